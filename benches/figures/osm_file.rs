//! A road graph as an `.osm.pbf`, so that peers drive on the same streets as we do.

use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use sigap::roads::class::RoadClass;
use sigap::roads::graph::RoadGraph;

/// Points or ways in one block.
const BLOCK: usize = 7000;

/// The graph as a file: junctions and shape points, then one way for each edge.
///
/// # Errors
/// Packing fails.
pub fn pbf(graph: &RoadGraph) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut header = Vec::new();
    bytes(&mut header, 4, b"OsmSchema-V0.6");
    bytes(&mut header, 4, b"DenseNodes");
    blob(&mut file, "OSMHeader", &header)?;
    let mut points: Vec<[i64; 2]> = graph.nodes().iter().map(|at| raw(at.lng, at.lat)).collect();
    let mut ways = Vec::new();
    for (id, edge) in (0_u32..).zip(graph.edges()) {
        let inner: Vec<_> = graph.points(id).collect();
        let mut nodes = vec![i64::from(edge.from) + 1];
        for at in &inner[1..inner.len() - 1] {
            points.push(raw(at.lng, at.lat));
            nodes.push(i64::try_from(points.len())?);
        }
        nodes.push(i64::from(edge.to) + 1);
        ways.push((id, nodes));
    }
    for (block, chunk) in points.chunks(BLOCK).enumerate() {
        let mut columns = [Vec::new(), Vec::new(), Vec::new()];
        let mut last = [0_i64; 3];
        for (i, [lng, lat]) in chunk.iter().enumerate() {
            let values = [i64::try_from(block * BLOCK + i)? + 1, *lat, *lng];
            for k in 0..3 {
                varint(&mut columns[k], zigzag(values[k] - last[k]));
            }
            last = values;
        }
        let mut dense = Vec::new();
        for (field, column) in [1, 8, 9].into_iter().zip(&columns) {
            bytes(&mut dense, field, column);
        }
        let mut group = Vec::new();
        bytes(&mut group, 2, &dense);
        data(&mut file, &[], &group)?;
    }
    for chunk in ways.chunks(BLOCK) {
        let mut strings: Vec<String> = Vec::new();
        let mut known = std::collections::HashMap::new();
        let mut group = Vec::new();
        for (id, nodes) in chunk {
            let edge = &graph.edges()[*id as usize];
            let mut tags = vec![("highway", highway(edge.class))];
            let name = graph.name(edge);
            tags.extend((!name.is_empty()).then_some(("name", name)));
            tags.push(("oneway", if edge.one_way { "yes" } else { "no" }));
            let mut index = |text: &str| {
                *known.entry(text.to_owned()).or_insert_with(|| {
                    strings.push(text.to_owned());
                    strings.len() as u64
                })
            };
            let (mut keys, mut values, mut refs, mut last) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for (key, value) in tags {
                varint(&mut keys, index(key));
                varint(&mut values, index(value));
            }
            for node in nodes {
                varint(&mut refs, zigzag(node - last));
                last = *node;
            }
            let mut way = Vec::new();
            varint(&mut way, 1 << 3);
            varint(&mut way, u64::from(*id) + 1);
            for (field, column) in [(2, &keys), (3, &values), (8, &refs)] {
                bytes(&mut way, field, column);
            }
            bytes(&mut group, 3, &way);
        }
        data(&mut file, &strings, &group)?;
    }
    Ok(file)
}

fn highway(class: RoadClass) -> &'static str {
    match class {
        RoadClass::Motorway => "motorway",
        RoadClass::Trunk => "trunk",
        RoadClass::Primary => "primary",
        RoadClass::Secondary => "secondary",
        RoadClass::Tertiary => "tertiary",
        RoadClass::Residential => "residential",
        RoadClass::Gang => "living_street",
    }
}

/// In units of 100 nanodegrees.
#[expect(clippy::cast_possible_truncation, reason = "within ±1.8·10⁹")]
fn raw(lng: f64, lat: f64) -> [i64; 2] {
    [lng, lat].map(|degrees| (degrees * 1e7).round() as i64)
}

fn data(file: &mut Vec<u8>, strings: &[String], group: &[u8]) -> Result<()> {
    let mut table = Vec::new();
    bytes(&mut table, 1, b"");
    strings.iter().for_each(|text| bytes(&mut table, 1, text.as_bytes()));
    let mut block = Vec::new();
    bytes(&mut block, 1, &table);
    bytes(&mut block, 2, group);
    blob(file, "OSMData", &block)
}

fn blob(file: &mut Vec<u8>, kind: &str, content: &[u8]) -> Result<()> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content)?;
    let mut blob = Vec::new();
    varint(&mut blob, 2 << 3);
    varint(&mut blob, content.len() as u64);
    bytes(&mut blob, 3, &packed.finish()?);
    let mut header = Vec::new();
    bytes(&mut header, 1, kind.as_bytes());
    varint(&mut header, 3 << 3);
    varint(&mut header, blob.len() as u64);
    file.extend_from_slice(&u32::try_from(header.len())?.to_be_bytes());
    file.extend_from_slice(&header);
    file.extend_from_slice(&blob);
    Ok(())
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}
