//! Names out of an extract: streets with their extent, settlements, buildings and spots, crossings of two
//! named streets, kilometre stones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collect::Collection;
use super::element::Tags;
use super::{OsmKind, OsmPlace};
use crate::model::place::{LngLat, Plane};
use crate::roads::class::RoadClass;
use crate::roads::graph::RoadDraft;

/// Pieces of one name this near to each other are one street, metres.
const SAME_STREET_M: f64 = 300.0;

/// Crossings of the same two streets this near to each other are one (carriageways apart), metres.
const SAME_CROSSING_M: f64 = 150.0;

/// A kilometre stone stands this near to its road, metres.
const BESIDE_ROAD_M: f64 = 80.0;

/// Names longer than this are no names.
const LONGEST_NAME: usize = 120;

/// What a tagged point or area is called.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    pub name: String,
    pub kind: OsmKind,
    /// How far it reaches when the file does not show it, metres.
    pub radius_m: f64,
    pub aliases: Vec<String>,
}

/// Keys that make a named thing a place people know.
const LANDMARK_KEYS: [&str; 14] = [
    "amenity",
    "shop",
    "tourism",
    "leisure",
    "office",
    "healthcare",
    "building",
    "historic",
    "man_made",
    "railway",
    "public_transport",
    "aeroway",
    "landuse",
    "craft",
];

/// The name of a point.
pub(super) fn named_point(tags: Tags<'_>) -> Option<Named> {
    if tags.is("highway", "milestone") {
        let stated = ["distance", "pk", "name", "ref"].iter().find_map(|key| tags.get(key))?;
        let name = kilometre(stated)?;
        return Some(Named { name, kind: OsmKind::Kilometre, radius_m: 100.0, aliases: Vec::new() });
    }
    let is_junction = tags.is("junction", "yes")
        || matches!(tags.get("highway"), Some("traffic_signals" | "motorway_junction" | "mini_roundabout"));
    if is_junction {
        return named(tags, OsmKind::Intersection, 80.0);
    }
    if matches!(tags.get("highway"), Some("bus_stop")) || tags.is("barrier", "toll_booth") {
        return named(tags, OsmKind::Landmark, 50.0);
    }
    if let Some(place) = tags.get("place") {
        return named(tags, OsmKind::Settlement, settlement_m(place)?);
    }
    is_landmark(tags).then(|| named(tags, OsmKind::Landmark, 50.0)).flatten()
}

/// The name of an area or a line that is no street.
pub(super) fn named_area(tags: Tags<'_>) -> Option<Named> {
    if let Some(place) = tags.get("place") {
        return named(tags, OsmKind::Settlement, settlement_m(place)?);
    }
    // Rails and rivers are too long to be a place.
    let is_line = tags.is("railway", "rail") || tags.get("waterway").is_some();
    (is_landmark(tags) && !is_line).then(|| named(tags, OsmKind::Landmark, 30.0)).flatten()
}

fn is_landmark(tags: Tags<'_>) -> bool {
    LANDMARK_KEYS.iter().any(|key| tags.get(key).is_some_and(|value| value != "no"))
}

fn named(tags: Tags<'_>, kind: OsmKind, radius_m: f64) -> Option<Named> {
    let name = clean(tags.get("name").or_else(|| tags.get("name:id"))?)?;
    Some(Named { name, kind, radius_m, aliases: aliases(tags) })
}

/// How far a settlement reaches around its point, metres; none for what is larger than a kelurahan.
fn settlement_m(place: &str) -> Option<f64> {
    Some(match place {
        "suburb" | "village" | "quarter" => 1000.0,
        "neighbourhood" | "hamlet" => 500.0,
        "locality" | "isolated_dwelling" | "farm" | "allotments" => 300.0,
        "city_block" | "plot" | "square" => 150.0,
        _ => return None,
    })
}

/// Other names of an element.
pub(super) fn aliases(tags: Tags<'_>) -> Vec<String> {
    let name = tags.get("name").map(str::trim);
    let keys = ["alt_name", "old_name", "short_name", "loc_name", "official_name", "name:id"];
    let all = keys.iter().filter_map(|key| tags.get(key)).flat_map(|value| value.split(';')).filter_map(clean);
    let mut all: Vec<String> = all.filter(|other| Some(other.as_str()) != name).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A name without control characters; none when nothing or too much is left.
fn clean(name: &str) -> Option<String> {
    let name: String = name.chars().map(|c| if c.is_control() || c == '|' { ' ' } else { c }).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty() && name.chars().count() <= LONGEST_NAME).then_some(name)
}

/// The number on a stone: `12`, `12.5 km`, `Km. 12`.
fn kilometre(stated: &str) -> Option<String> {
    let number: String = stated.chars().skip_while(|c| !c.is_ascii_digit()).collect();
    let number: String = number.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+')).collect();
    let number = number.trim_end_matches(['.', ',', '+']).replace(',', ".");
    (!number.is_empty() && number.len() <= 8).then_some(number)
}

/// All names of an extract, ordered by kind and name.
pub(super) fn places(collection: &Collection<'_>, roads: &RoadDraft) -> Vec<OsmPlace> {
    let mut all = streets(collection);
    all.extend(crossings(roads));
    for (at, named) in &collection.points {
        if named.kind == OsmKind::Kilometre {
            all.extend(stone(collection, *at, &named.name));
        } else {
            all.push(place(named, *at, named.radius_m));
        }
    }
    for (nodes, named) in &collection.areas {
        let points: Vec<LngLat> = points_of(collection, nodes);
        if let Some((at, radius_m)) = middle(&points) {
            all.push(place(named, at, radius_m.max(named.radius_m)));
        }
    }
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)).then(a.at.lng.total_cmp(&b.at.lng)));
    all
}

fn place(named: &Named, at: LngLat, radius_m: f64) -> OsmPlace {
    OsmPlace { name: named.name.clone(), kind: named.kind, at, radius_m, aliases: named.aliases.clone() }
}

fn points_of(collection: &Collection<'_>, nodes: &[i64]) -> Vec<LngLat> {
    let found = nodes.iter().filter_map(|id| collection.find(*id));
    found.map(|point| collection.nodes[point as usize].at()).collect()
}

/// The point nearest to the middle of the box of all, and the distance to the furthest from it.
fn middle(points: &[LngLat]) -> Option<(LngLat, f64)> {
    let first = *points.first()?;
    let (mut low, mut high) = (first, first);
    for p in points {
        low = LngLat::new(low.lng.min(p.lng), low.lat.min(p.lat));
        high = LngLat::new(high.lng.max(p.lng), high.lat.max(p.lat));
    }
    let centre = LngLat::new(f64::midpoint(low.lng, high.lng), f64::midpoint(low.lat, high.lat));
    let at = *points.iter().min_by(|a, b| a.distance_m(centre).total_cmp(&b.distance_m(centre)))?;
    let furthest = points.iter().map(|p| p.distance_m(at)).fold(0.0, f64::max);
    Some((at, furthest))
}

/// Named ways joined into streets: what touches or lies near and has one name is one street.
fn streets(collection: &Collection<'_>) -> Vec<OsmPlace> {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, way) in collection.roads.iter().enumerate() {
        if let Some(name) = clean(&way.name) {
            by_name.entry(name).or_default().push(i);
        }
    }
    let mut all = Vec::new();
    for (name, ways) in by_name {
        let shapes: Vec<(usize, Vec<LngLat>)> = ways
            .into_iter()
            .map(|way| (way, points_of(collection, &collection.roads[way].nodes)))
            .filter(|(_, points)| !points.is_empty())
            .collect();
        for group in near_each_other(&shapes) {
            let points: Vec<LngLat> = group.iter().flat_map(|i| shapes[*i].1.iter().copied()).collect();
            let Some((at, radius_m)) = middle(&points) else { continue };
            let ways = || group.iter().map(|i| &collection.roads[shapes[*i].0]);
            let aliases: BTreeSet<&String> = ways().flat_map(|way| &way.aliases).collect();
            let lane = is_lane(&name) || ways().all(|way| way.drive.is_none_or(|d| d.class == RoadClass::Gang));
            let kind = if lane { OsmKind::Gang } else { OsmKind::Street };
            let aliases = aliases.into_iter().cloned().collect();
            all.push(OsmPlace { name: name.clone(), kind, at, radius_m: radius_m.max(20.0), aliases });
        }
    }
    all
}

fn is_lane(name: &str) -> bool {
    let first = name.split([' ', '.']).next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "gang" | "gg" | "lorong" | "lrg" | "lr")
}

/// Groups of shapes whose boxes lie within [`SAME_STREET_M`] of each other.
fn near_each_other(shapes: &[(usize, Vec<LngLat>)]) -> Vec<Vec<usize>> {
    let Some(origin) = shapes.first().and_then(|(_, points)| points.first()) else { return Vec::new() };
    let plane = Plane::around(*origin);
    let half = SAME_STREET_M / 2.0;
    let mut boxes: Vec<(usize, [f64; 4])> = shapes
        .iter()
        .enumerate()
        .map(|(i, (_, points))| {
            let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            let around = points.iter().map(|p| plane.to_xy(*p)).fold(start, |b, [x, y]| {
                [b[0].min(x - half), b[1].min(y - half), b[2].max(x + half), b[3].max(y + half)]
            });
            (i, around)
        })
        .collect();
    boxes.sort_by(|a, b| a.1[0].total_cmp(&b.1[0]));
    let mut group: Vec<usize> = (0..shapes.len()).collect();
    let leader = |group: &mut [usize], mut i: usize| {
        while group[i] != i {
            group[i] = group[group[i]];
            i = group[i];
        }
        i
    };
    for (n, (i, a)) in boxes.iter().enumerate() {
        for (j, b) in boxes[n + 1..].iter().take_while(|(_, b)| b[0] <= a[2]) {
            if a[1] <= b[3] && b[1] <= a[3] {
                let (x, y) = (leader(&mut group, *i), leader(&mut group, *j));
                group[x.max(y)] = x.min(y);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..shapes.len() {
        groups.entry(leader(&mut group, i)).or_default().push(i);
    }
    groups.into_values().collect()
}

/// Where two named streets share a junction; a bridge above a street shares none.
fn crossings(roads: &RoadDraft) -> Vec<OsmPlace> {
    let mut names: HashMap<u32, BTreeSet<&str>> = HashMap::new();
    for edge in roads.edges.iter().filter(|edge| edge.class != RoadClass::Motorway && !edge.name.is_empty()) {
        names.entry(edge.from).or_default().insert(&edge.name);
        names.entry(edge.to).or_default().insert(&edge.name);
    }
    let mut met: BTreeMap<(&str, &str), Vec<LngLat>> = BTreeMap::new();
    let mut junctions: Vec<(u32, Vec<&str>)> =
        names.into_iter().filter(|(_, n)| n.len() > 1).map(|(j, n)| (j, n.into_iter().collect())).collect();
    junctions.sort_unstable();
    for (junction, names) in &junctions {
        let at = roads.nodes[*junction as usize];
        for (i, a) in names.iter().enumerate() {
            for b in &names[i + 1..] {
                let known = met.entry((a, b)).or_default();
                if known.iter().all(|other| other.distance_m(at) > SAME_CROSSING_M) {
                    known.push(at);
                }
            }
        }
    }
    let mut all = Vec::new();
    for ((a, b), places) in met {
        let (Some(a), Some(b)) = (clean(plain(a)), clean(plain(b))) else { continue };
        for at in places {
            let aliases = vec![format!("Simpang {b}–{a}")];
            let name = format!("Simpang {a}–{b}");
            all.push(OsmPlace { name, kind: OsmKind::Intersection, at, radius_m: 60.0, aliases });
        }
    }
    all
}

/// A street's name without the word for street.
fn plain(name: &str) -> &str {
    ["Jl. ", "Jl.", "Jl ", "Jalan ", "Jln. ", "Jln "].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name)
}

/// A kilometre stone, named after the road it stands at.
fn stone(collection: &Collection<'_>, at: LngLat, number: &str) -> Option<OsmPlace> {
    let named = collection.roads.iter().filter(|way| way.drive.is_some() && !way.name.is_empty());
    let distance = |nodes: &[i64]| {
        let points = points_of(collection, nodes);
        let plane = Plane::around(at);
        let flat: Vec<[f64; 2]> = points.iter().map(|p| plane.to_xy(*p)).collect();
        flat.windows(2).map(|pair| from_origin(pair[0], pair[1])).fold(f64::INFINITY, f64::min)
    };
    let (road, away) = named.map(|way| (way, distance(&way.nodes))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let road = clean(&road.name).filter(|_| away <= BESIDE_ROAD_M)?;
    let aliases = vec![format!("km {number} {}", plain(&road))];
    Some(OsmPlace { name: format!("{road} Km {number}"), kind: OsmKind::Kilometre, at, radius_m: 100.0, aliases })
}

/// Distance of the origin from a straight piece.
fn from_origin(a: [f64; 2], b: [f64; 2]) -> f64 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let square = d[0] * d[0] + d[1] * d[1];
    let t = if square > 0.0 { (-(a[0] * d[0] + a[1] * d[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + d[0] * t).hypot(a[1] + d[1] * t)
}
