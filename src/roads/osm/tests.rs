//! Extracts drawn by hand, in both formats; hostile and broken ones; what a file must give.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes written by hand")]

use std::fmt::Write as _;
use std::io::Write as _;

use geo::polygon;
use proptest::prelude::*;

use super::*;
use crate::roads::graph::RoadGraph;

/// A point of the drawn city: 0.001 degrees (111 m) a step.
fn at(x: f64, y: f64) -> LngLat {
    LngLat::new(98.67 + x * 0.001, 3.58 + y * 0.001)
}

type Tagged = &'static [&'static str];
type Members = Vec<(char, i64, &'static str)>;

/// An extract by hand: points, ways and relations with `key=value` tags.
#[derive(Debug, Clone, Default)]
struct Drawn {
    nodes: Vec<(i64, LngLat, Tagged)>,
    ways: Vec<(i64, Vec<i64>, Tagged)>,
    relations: Vec<(i64, Members, Tagged)>,
}

impl Drawn {
    fn xml(&self) -> String {
        let mut out = String::from("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n");
        let tags = |out: &mut String, tags: &[&str]| {
            for (key, value) in tags.iter().filter_map(|tag| tag.split_once('=')) {
                let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
                writeln!(out, "<tag k=\"{key}\" v=\"{value}\"/>").unwrap();
            }
        };
        for (id, at, own) in &self.nodes {
            writeln!(out, "<node id=\"{id}\" lat=\"{:.7}\" lon=\"{:.7}\">", at.lat, at.lng).unwrap();
            tags(&mut out, own);
            out.push_str("</node>\n");
        }
        for (id, nodes, own) in &self.ways {
            writeln!(out, "<way id=\"{id}\">").unwrap();
            nodes.iter().for_each(|node| writeln!(out, "<nd ref=\"{node}\"/>").unwrap());
            tags(&mut out, own);
            out.push_str("</way>\n");
        }
        for (id, members, own) in &self.relations {
            writeln!(out, "<relation id=\"{id}\">").unwrap();
            for (kind, member, role) in members {
                let kind = if *kind == 'n' { "node" } else { "way" };
                writeln!(out, "<member type=\"{kind}\" ref=\"{member}\" role=\"{role}\"/>").unwrap();
            }
            tags(&mut out, own);
            out.push_str("</relation>\n");
        }
        out + "</osm>\n"
    }

    fn pbf(&self) -> Vec<u8> {
        let mut strings = vec![String::new()];
        let mut index = |text: &str| {
            let known = strings.iter().position(|string| string == text);
            known.unwrap_or_else(|| {
                strings.push(text.to_owned());
                strings.len() - 1
            }) as u64
        };
        let mut pairs = |tags: &[&str]| -> Vec<(u64, u64)> {
            tags.iter().filter_map(|tag| tag.split_once('=')).map(|(k, v)| (index(k), index(v))).collect()
        };
        let mut dense = [vec![], vec![], vec![], vec![]];
        let mut last = [0_i64; 3];
        for (id, at, tags) in &self.nodes {
            let raw = [*id, (at.lat * 1e7).round() as i64, (at.lng * 1e7).round() as i64];
            for i in 0..3 {
                varint(&mut dense[i], zigzag(raw[i] - last[i]));
            }
            last = raw;
            for (key, value) in pairs(tags) {
                varint(&mut dense[3], key);
                varint(&mut dense[3], value);
            }
            varint(&mut dense[3], 0);
        }
        let mut group = Vec::new();
        let mut message = Vec::new();
        for (field, bytes) in [1, 8, 9, 10].into_iter().zip(&dense) {
            bytes_field(&mut message, field, bytes);
        }
        bytes_field(&mut group, 2, &message);
        let keyed = |id: i64, tags: Vec<(u64, u64)>| {
            let (mut message, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
            varint(&mut message, 1 << 3);
            varint(&mut message, id as u64);
            for (key, value) in tags {
                varint(&mut keys, key);
                varint(&mut values, value);
            }
            bytes_field(&mut message, 2, &keys);
            bytes_field(&mut message, 3, &values);
            message
        };
        for (id, nodes, tags) in &self.ways {
            let mut message = keyed(*id, pairs(tags));
            let (mut refs, mut last) = (Vec::new(), 0);
            for node in nodes {
                varint(&mut refs, zigzag(node - last));
                last = *node;
            }
            bytes_field(&mut message, 8, &refs);
            bytes_field(&mut group, 3, &message);
        }
        for (id, members, tags) in &self.relations {
            let mut message = keyed(*id, pairs(tags));
            let (mut roles, mut ids, mut kinds, mut last) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for (kind, member, role) in members {
                let role = pairs(&[&format!("{role}=")])[0].0;
                varint(&mut roles, role);
                varint(&mut ids, zigzag(member - last));
                varint(&mut kinds, u64::from(*kind != 'n'));
                last = *member;
            }
            bytes_field(&mut message, 8, &roles);
            bytes_field(&mut message, 9, &ids);
            bytes_field(&mut message, 10, &kinds);
            bytes_field(&mut group, 4, &message);
        }
        let mut table = Vec::new();
        strings.iter().for_each(|string| bytes_field(&mut table, 1, string.as_bytes()));
        let mut block = Vec::new();
        bytes_field(&mut block, 1, &table);
        bytes_field(&mut block, 2, &group);
        let mut header = Vec::new();
        bytes_field(&mut header, 4, b"OsmSchema-V0.6");
        bytes_field(&mut header, 4, b"DenseNodes");
        [blob("OSMHeader", &header), blob("OSMData", &block)].concat()
    }
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    let mut blob = Vec::new();
    varint(&mut blob, 2 << 3);
    varint(&mut blob, content.len() as u64);
    bytes_field(&mut blob, 3, &packed.finish().unwrap());
    let mut header = Vec::new();
    bytes_field(&mut header, 1, kind.as_bytes());
    varint(&mut header, 3 << 3);
    varint(&mut header, blob.len() as u64);
    let length = u32::try_from(header.len()).unwrap().to_be_bytes();
    [length.as_slice(), &header, &blob].concat()
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn bytes_field(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Two streets that cross at point 5, a lane, a bridge above, an island, a school.
fn town() -> Drawn {
    let node = |id, x, y| (id, at(x, y), &[][..]);
    Drawn {
        nodes: vec![
            node(1, -3.0, 0.0),
            node(2, 3.0, 0.0),
            node(3, 0.0, 3.0),
            node(4, 0.0, -3.0),
            node(5, 0.0, 0.0),
            node(6, 1.0, 0.0),
            node(7, 1.0, 2.0),
            node(8, -2.0, -2.0),
            node(9, 2.0, 2.5),
            node(10, 8.0, 8.0),
            node(11, 9.0, 8.0),
            (12, at(0.5, 0.5), &["amenity=school", "name=SD Negeri \"1\" & 2"]),
            (13, at(2.0, 0.02), &["highway=milestone", "distance=12"]),
        ],
        ways: vec![
            (100, vec![1, 5, 6, 2], &["highway=primary", "name=Jalan Krakatau", "maxspeed=60"]),
            (101, vec![3, 5], &["highway=residential", "name=Jalan Cemara"]),
            (102, vec![5, 4], &["highway=residential", "name=Jalan Cemara"]),
            (103, vec![6, 7], &["highway=footway", "name=Gang Melati", "motor_vehicle=yes"]),
            (104, vec![8, 9], &["highway=secondary", "name=Jalan Layang", "bridge=yes", "layer=1"]),
            (105, vec![10, 11], &["highway=residential", "name=Jalan Pulau"]),
        ],
        relations: vec![(
            200,
            vec![('w', 100, "from"), ('n', 5, "via"), ('w', 101, "to")],
            &["type=restriction", "restriction=no_left_turn"],
        )],
    }
}

fn read_all(drawn: &Drawn) -> OsmImport {
    let from_xml = read(drawn.xml().as_bytes(), None).unwrap();
    let from_pbf = read(drawn.pbf().as_slice(), None).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(drawn.xml().as_bytes()).unwrap();
    let from_gz = read(packed.finish().unwrap().as_slice(), None).unwrap();
    assert_eq!(from_xml, from_pbf, "both formats say the same");
    assert_eq!(from_xml, from_gz);
    from_xml
}

#[test]
fn streets_meet_where_they_share_a_point_and_bridges_meet_nothing() {
    let import = read_all(&town());
    let graph = RoadGraph::new(import.roads.clone()).unwrap();
    // 1, 2, 3, 4, 5, 6 and 7: neither the bridge nor the island hangs on them.
    assert_eq!((graph.nodes().len(), graph.edges().len()), (7, 6));
    assert!(graph.edges().iter().all(|edge| graph.name(edge) != "Jalan Layang"));
    let krakatau = graph.edges().iter().find(|edge| graph.name(edge) == "Jalan Krakatau").unwrap();
    assert_eq!(krakatau.kmh, 50);
    let report = &import.report;
    assert_eq!((report.nodes, report.ways, report.relations), (13, 6, 1));
    assert_eq!((report.roads, report.junctions, report.edges, report.with_speed), (6, 7, 6, 3));
    assert_eq!(report.islands.len(), 2);
    assert_eq!((report.islands[0].junctions, report.islands[0].way), (2, 104));
    assert_eq!((report.restrictions, report.forbidden), (1, 2), "both ways along Krakatau into Cemara");
}

#[test]
fn names_become_places_with_an_extent() {
    let places = read_all(&town()).places;
    let find = |name: &str| places.iter().find(|place| place.name == name).expect(name);
    let krakatau = find("Jalan Krakatau");
    assert_eq!(krakatau.kind, OsmKind::Street);
    assert!((300.0..460.0).contains(&krakatau.radius_m), "{krakatau:?}");
    assert_eq!(find("Gang Melati").kind, OsmKind::Gang);
    assert_eq!(find("SD Negeri \"1\" & 2").kind, OsmKind::Landmark);
    let crossing = find("Simpang Cemara–Krakatau");
    assert_eq!(crossing.kind, OsmKind::Intersection);
    assert!(crossing.at.distance_m(at(0.0, 0.0)) < 1.0);
    assert_eq!(crossing.aliases, ["Simpang Krakatau–Cemara"]);
    assert_eq!(find("Jalan Krakatau Km 12").aliases, ["km 12 Krakatau"]);
    assert!(places.iter().all(|place| !place.name.contains("Layang–") && !place.name.contains("–Layang")));
    assert_eq!(places.iter().filter(|place| place.name == "Jalan Cemara").count(), 1, "two ways, one street");
}

/// Arcs as `from>to` junction ids that a restriction forbids.
fn forbidden(kind: &'static [&'static str], from: i64, via: i64, to: i64) -> (Vec<String>, OsmReport) {
    let mut drawn = town();
    drawn.relations =
        vec![(200, vec![('w', from, "from"), (if via < 100 { 'n' } else { 'w' }, via, "via"), ('w', to, "to")], kind)];
    let import = read_all(&drawn);
    let nodes = &import.roads.nodes;
    let name = |junction: u32| {
        let place = nodes[junction as usize];
        drawn.nodes.iter().find(|(_, at, _)| at.distance_m(place) < 1.0).unwrap().0
    };
    let ends = |arc: u32| {
        let edge = &import.roads.edges[arc as usize / 2];
        if arc.is_multiple_of(2) { [edge.from, edge.to] } else { [edge.to, edge.from] }.map(name)
    };
    let turns = import.roads.forbidden.iter().map(|[a, b]| format!("{}>{}>{}", ends(*a)[0], ends(*a)[1], ends(*b)[1]));
    (turns.collect(), import.report)
}

#[test]
fn restrictions_forbid_turns_or_all_but_one() {
    let no = &["type=restriction", "restriction=no_right_turn"];
    assert_eq!(forbidden(no, 101, 5, 102).0, ["3>5>4"]);
    let mut only = forbidden(&["type=restriction", "restriction=only_straight_on"], 101, 5, 102).0;
    only.sort_unstable();
    assert_eq!(only, ["3>5>1", "3>5>3", "3>5>6"], "turning back is another turn too");
    assert_eq!(forbidden(&["type=restriction", "restriction=no_u_turn"], 101, 5, 101).0, ["3>5>3"]);
}

#[test]
fn restrictions_that_do_not_hold_are_counted() {
    let excepted = &["type=restriction", "restriction=no_left_turn", "except=psv;emergency"];
    let (turns, report) = forbidden(excepted, 101, 5, 102);
    assert_eq!((turns.len(), report.conditional), (0, 1));
    let (turns, report) =
        forbidden(&["type=restriction", "restriction:conditional=no_left_turn @ (07:00-09:00)"], 101, 5, 102);
    assert_eq!((turns.len(), report.conditional), (0, 1));
    let (turns, report) = forbidden(&["type=restriction", "restriction=no_left_turn"], 101, 102, 100);
    assert_eq!((turns.len(), report.via_way.first), (0, vec![200]));
    let (turns, report) = forbidden(&["type=restriction", "restriction=no_left_turn"], 101, 99, 102);
    assert_eq!((turns.len(), report.restrictions_outside), (0, 1));
}

#[test]
fn one_way_streets_are_drawn_the_way_they_are_driven() {
    let mut drawn = town();
    drawn.ways = vec![
        (100, vec![1, 5], &["highway=primary", "oneway=-1"]),
        (101, vec![5, 3], &["highway=primary", "oneway=yes"]),
        (102, vec![3, 1], &["highway=primary", "junction=roundabout"]),
    ];
    drawn.relations.clear();
    // 5 → 1 against the drawing; nothing leads from 1 back: no part of the map has two junctions.
    let import = read(drawn.xml().as_bytes(), None).unwrap();
    assert_eq!(import.roads.edges.len(), 0);
    drawn.ways[0].2 = &["highway=primary", "oneway=yes"];
    let import = read_all(&drawn);
    assert_eq!(import.roads.edges.iter().filter(|edge| edge.one_way).count(), 3);
    assert_eq!(import.roads.edges.iter().filter(|edge| edge.roundabout).count(), 1);
}

#[test]
fn a_bollard_ends_a_street_on_both_sides() {
    let mut drawn = town();
    drawn.nodes[4].2 = &["barrier=bollard"];
    drawn.ways.retain(|(id, _, _)| *id != 104);
    drawn.relations.clear();
    let import = read_all(&drawn);
    assert_eq!(import.report.barriers, 4, "four streets end at it");
    assert_eq!(import.roads.edges.len(), 3, "east of it: Krakatau in two pieces and the lane");
}

#[test]
fn what_is_broken_is_left_aside_and_named() {
    let mut drawn = town();
    drawn.nodes.push((14, LngLat::new(150.0, -5.0), &[]));
    drawn.nodes.push((15, LngLat::new(200.0, 3.0), &[]));
    drawn.ways.push((106, vec![5, 99, 2], &["highway=residential"]));
    drawn.ways.push((107, vec![4, 14], &["highway=residential"]));
    drawn.ways.push((100, vec![1, 2], &["highway=residential"]));
    let import = read(drawn.xml().as_bytes(), None).unwrap();
    assert_eq!(import.report.missing_nodes.first, [(106, 99)]);
    assert_eq!(import.report.leaps.first, [(107, [4, 14])]);
    assert_eq!(import.report.bad_nodes.first, [15]);
    assert_eq!(import.report.twice.first, [100]);
    assert_eq!(import.roads.edges.len(), 6, "the rest is as it was");
}

#[test]
fn an_import_is_cut_to_its_area() {
    let square = polygon![(x: 98.665, y: 3.575), (x: 98.672, y: 3.575), (x: 98.672, y: 3.585), (x: 98.665, y: 3.585)];
    let clip = Clip::around(&[square.into()], 0.0).unwrap();
    let import = read(town().xml().as_bytes(), Some(&clip)).unwrap();
    assert_eq!(import.report.nodes_outside, 3);
    assert_eq!(import.report.missing_nodes.count, 0, "cut is not broken");
    let elsewhere = polygon![(x: 110.0, y: -7.0), (x: 110.1, y: -7.0), (x: 110.1, y: -6.9)];
    let clip = Clip::around(&[elsewhere.into()], 1000.0).unwrap();
    let error = read(town().xml().as_bytes(), Some(&clip)).unwrap_err();
    assert!(error.to_string().contains("13 of 13 points lie outside it"), "{error}");
}

#[test]
fn a_country_is_refused_where_a_city_was_expected() {
    let mut drawn = Drawn::default();
    for i in 0..60_i32 {
        drawn.nodes.push((i.into(), LngLat::new(100.0 + f64::from(i) * 0.1, -2.0), &[]));
    }
    drawn.ways = vec![(1, (0..60).collect(), &["highway=trunk"])];
    let error = read(drawn.pbf().as_slice(), None).unwrap_err();
    assert!(error.to_string().contains("a country where a city was expected"), "{error}");
}

#[test]
fn other_files_are_refused_by_what_they_are() {
    let refused = |bytes: &[u8]| read(bytes, None).unwrap_err().to_string();
    assert!(refused(b"").contains("empty"));
    assert!(refused(b"PK\x03\x04 a zip file").contains("504b0304"));
    assert!(refused(b"<gpx></gpx>").contains("<gpx>"));
    assert!(refused(b"{\"type\":\"FeatureCollection\"}").contains("not an OpenStreetMap extract"));
    assert!(refused(b"<osm></osm>").contains("no street"));
    assert!(refused(b"<osm/>").contains("no street"));
    assert!(refused(b"<osm><way id=\"x\"/></osm>").contains("\"x\" is no id"));
    let huge = format!("<osm><node id=\"1\" lat=\"3\" lon=\"98\" user=\"{}\"/></osm>", "a".repeat(3 << 20));
    assert!(refused(huge.as_bytes()).contains("larger than 1 MiB"), "{}", refused(huge.as_bytes()));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let (xml, pbf) = (town().xml(), town().pbf());
    let whole = xml.trim_end().len();
    for len in (0..whole).step_by(7) {
        assert!(read(&xml.as_bytes()[..len], None).is_err(), "{len} bytes of XML were accepted");
    }
    let end_of_header = blob("OSMHeader", b"").len();
    for len in (0..pbf.len()).filter(|len| *len != end_of_header) {
        assert!(read(&pbf[..len], None).is_err(), "{len} bytes of PBF were accepted");
    }
}

#[test]
fn hostile_sizes_are_refused_before_memory_is_taken() {
    let refused = |bytes: Vec<u8>| read(bytes.as_slice(), None).unwrap_err().to_string();
    let header = blob("OSMHeader", b"\x22\x0eOsmSchema-V0.6");
    let said = |size: u64| {
        let mut message = Vec::new();
        bytes_field(&mut message, 1, b"OSMData");
        varint(&mut message, 3 << 3);
        varint(&mut message, size);
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        [header.clone(), length.to_vec(), message, vec![0; 40]].concat()
    };
    assert!(refused([header.clone(), vec![0xff; 8]].concat()).contains("its header says 4294967295 bytes"));
    assert!(refused(said(1 << 30)).contains("it says 1073741824 bytes"));
    assert!(refused(said(20 << 20)).contains("cut short"));
    // A blob that claims little and unpacks to much.
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 40 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    for claimed in [100_u64, 40 << 20] {
        let mut content = Vec::new();
        varint(&mut content, 2 << 3);
        varint(&mut content, claimed);
        bytes_field(&mut content, 3, &bomb);
        let mut message = Vec::new();
        bytes_field(&mut message, 1, b"OSMData");
        varint(&mut message, 3 << 3);
        varint(&mut message, content.len() as u64);
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let file = [header.clone(), length.to_vec(), message, content].concat();
        let error = refused(file);
        assert!(error.contains("another size") || error.contains("more than 32 MiB"), "{error}");
    }
    let historical = blob("OSMHeader", b"\x22\x15HistoricalInformation");
    assert!(refused(historical).contains("HistoricalInformation"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any change of any bytes, inside the packing or outside: an answer or a refusal, never a crash.
    #[test]
    fn a_changed_file_is_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        inside in any::<bool>(),
    ) {
        let whole = town().pbf();
        let bytes = if inside {
            // Unpacked, changed, and packed again: past the checksum of the packing.
            let head = blob("OSMHeader", b"\x22\x0eOsmSchema-V0.6");
            let mut content = town_block();
            changes.iter().for_each(|(place, byte)| { let i = place.index(content.len()); content[i] = *byte; });
            [head, blob("OSMData", &content)].concat()
        } else {
            let mut bytes = whole;
            changes.iter().for_each(|(place, byte)| { let i = place.index(bytes.len()); bytes[i] = *byte; });
            bytes
        };
        if let Ok(import) = read(bytes.as_slice(), None) {
            prop_assert!(RoadGraph::new(import.roads).is_ok());
        }
    }

    #[test]
    fn a_changed_document_is_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = town().xml().into_bytes();
        changes.iter().for_each(|(place, byte)| { let i = place.index(bytes.len()); bytes[i] = *byte; });
        if let Ok(import) = read(bytes.as_slice(), None) {
            prop_assert!(RoadGraph::new(import.roads).is_ok());
        }
    }
}

/// The unpacked data block of the town.
fn town_block() -> Vec<u8> {
    let whole = town().pbf();
    let header = blob("OSMHeader", &{
        let mut header = Vec::new();
        bytes_field(&mut header, 4, b"OsmSchema-V0.6");
        bytes_field(&mut header, 4, b"DenseNodes");
        header
    });
    let data = &whole[header.len()..];
    let start = data.windows(2).position(|pair| pair == [0x78, 0x01] || pair == [0x78, 0x5e] || pair == [0x78, 0x9c]);
    let mut content = Vec::new();
    let mut unpack = flate2::read::ZlibDecoder::new(&data[start.unwrap()..]);
    std::io::Read::read_to_end(&mut unpack, &mut content).unwrap();
    content
}
