//! Names of the synthetic city as gazetteer entries: areas, streets, lanes, crossings, kilometres.

use std::collections::{BTreeMap, BTreeSet};

use super::network::Run;
use super::seed::{Seed, StreetSeed};
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::jurisdiction::Area;
use crate::model::place::LngLat;
use crate::roads::class::RoadClass;
use crate::roads::graph::RoadGraph;

/// Kilometres are counted from the old post office at Lapangan Merdeka.
const KILOMETRE_ZERO: LngLat = LngLat::new(98.678, 3.592);

pub(super) fn entries(hand: &Seed, index: &JurisdictionIndex, roads: &RoadGraph, runs: &[Run]) -> Vec<GazetteerEntry> {
    let maker = Maker { index };
    let mut all = maker.areas(hand);
    all.extend(
        hand.landmarks.iter().map(|l| maker.entry(&l.name, PlaceKind::Landmark, l.at, l.radius_m, l.aliases.clone())),
    );
    for street in &hand.streets {
        all.extend(maker.arterial(street, roads));
        if matches!(street.class, RoadClass::Trunk) {
            all.extend(maker.kilometres(street));
        }
        let gates = street.gates.iter().zip(&street.gate_at);
        all.extend(gates.map(|(name, [lng, lat])| {
            maker.entry(name, PlaceKind::Landmark, LngLat::new(*lng, *lat), 150.0, Vec::new())
        }));
    }
    all.extend(runs.iter().map(|run| maker.local(run, roads)));
    all.extend(maker.crossings(hand, roads));
    all
}

struct Maker<'a> {
    index: &'a JurisdictionIndex,
}

impl Maker<'_> {
    fn entry(&self, name: &str, kind: PlaceKind, at: LngLat, radius_m: f64, aliases: Vec<String>) -> GazetteerEntry {
        let found = self.index.find(at);
        let area = found.and_then(|j| self.index.areas().iter().find(|a| a.code == j.desa_code));
        let text = |part: fn(&Area) -> &str| area.map_or_else(String::new, |a| part(a).to_owned());
        GazetteerEntry {
            name: name.to_owned(),
            kind,
            at: LngLat::new(rounded(at.lng), rounded(at.lat)),
            radius_m: radius_m.ceil(),
            kelurahan: text(|a| &a.name),
            kecamatan: text(|a| &a.kecamatan),
            kecamatan_code: text(|a| &a.kecamatan_code),
            desa_code: text(|a| &a.code),
            aliases,
        }
    }

    fn areas(&self, hand: &Seed) -> Vec<GazetteerEntry> {
        let mut all = Vec::new();
        for (seed, area) in hand.areas.iter().zip(self.index.areas()) {
            let mut aliases = vec![format!("Kel. {}", area.name)];
            aliases.extend(Some(seed.alias.clone()).filter(|a| !a.is_empty()));
            all.push(GazetteerEntry {
                name: area.name.clone(),
                kind: PlaceKind::Kelurahan,
                at: seed.seat,
                radius_m: reach(seed.seat, [area]),
                kelurahan: area.name.clone(),
                kecamatan: area.kecamatan.clone(),
                kecamatan_code: area.kecamatan_code.clone(),
                desa_code: area.code.clone(),
                aliases,
            });
        }
        for kecamatan in &hand.kecamatan {
            let own = self.index.areas().iter().filter(|a| a.kecamatan_code == kecamatan.code);
            all.push(GazetteerEntry {
                name: kecamatan.name.clone(),
                kind: PlaceKind::Kecamatan,
                at: kecamatan.seat,
                radius_m: reach(kecamatan.seat, own),
                kelurahan: String::new(),
                kecamatan: kecamatan.name.clone(),
                kecamatan_code: kecamatan.code.clone(),
                desa_code: String::new(),
                aliases: vec![format!("Kec. {}", kecamatan.name)],
            });
        }
        all
    }

    /// A known street: the point on it nearest to its middle.
    fn arterial(&self, street: &StreetSeed, roads: &RoadGraph) -> Option<GazetteerEntry> {
        let edges = (0_u32..).zip(roads.edges()).filter(|(_, e)| roads.name(e) == street.name);
        let points: Vec<LngLat> = edges.flat_map(|(id, _)| roads.points(id)).collect();
        let (at, radius) = middle_of(&points)?;
        Some(self.entry(&street.name, PlaceKind::Street, at, radius, street.aliases.clone()))
    }

    fn local(&self, run: &Run, roads: &RoadGraph) -> GazetteerEntry {
        let edges = run.edges.iter().filter_map(|e| u32::try_from(*e).ok());
        let points: Vec<LngLat> = edges.flat_map(|id| roads.points(id)).collect();
        let (at, radius) = middle_of(&points).unwrap_or((KILOMETRE_ZERO, 0.0));
        let kind = if run.lane { PlaceKind::Gang } else { PlaceKind::Street };
        self.entry(&run.name, kind, at, radius.max(20.0), Vec::new())
    }

    /// Each whole kilometre of a national road, counted from the middle of the city.
    fn kilometres(&self, street: &StreetSeed) -> Vec<GazetteerEntry> {
        let line: Vec<LngLat> = street.line.iter().map(|p| LngLat::new(p[0], p[1])).collect();
        let mut at_m = line.first().map_or(0.0, |p| p.distance_m(KILOMETRE_ZERO));
        let (mut all, mut next) = (Vec::new(), 1_u32);
        for w in line.windows(2) {
            let length = w[0].distance_m(w[1]);
            while f64::from(next) * 1000.0 <= at_m + length {
                let t = (f64::from(next) * 1000.0 - at_m) / length;
                if t >= 0.0 {
                    let mix = |a: f64, b: f64| a + (b - a) * t;
                    let at = LngLat::new(mix(w[0].lng, w[1].lng), mix(w[0].lat, w[1].lat));
                    let name = format!("{} Km {next}", street.name);
                    let short = street.aliases.iter().map(|a| format!("km {next} {a}")).collect();
                    all.push(self.entry(&name, PlaceKind::Kilometre, at, 500.0, short));
                }
                next += 1;
            }
            at_m += length;
        }
        all
    }

    /// Where two known streets meet.
    fn crossings(&self, hand: &Seed, roads: &RoadGraph) -> Vec<GazetteerEntry> {
        let known: BTreeSet<&str> =
            hand.streets.iter().filter(|s| s.class != RoadClass::Motorway).map(|s| s.name.as_str()).collect();
        let mut streets: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for edge in roads.edges() {
            if let Some(name) = known.get(roads.name(edge)) {
                streets.entry(edge.from).or_default().insert(name);
                streets.entry(edge.to).or_default().insert(name);
            }
        }
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for (node, names) in streets {
            let names: Vec<&str> = names.into_iter().collect();
            for (i, a) in names.iter().enumerate() {
                for b in &names[i + 1..] {
                    if seen.insert((*a, *b)) {
                        all.push(self.crossing(hand, a, b, roads.nodes()[node as usize]));
                    }
                }
            }
        }
        all
    }

    fn crossing(&self, hand: &Seed, a: &str, b: &str, at: LngLat) -> GazetteerEntry {
        let plain = |name: &str| name.trim_start_matches("Jl. ").to_owned();
        let descriptive = format!("Simpang {}–{}", plain(a), plain(b));
        let mirrored = format!("Simpang {}–{}", plain(b), plain(a));
        let named = hand.junctions.iter().find(|j| j.streets.iter().all(|s| s == a || s == b));
        let (name, mut aliases) = match named {
            Some(j) => (j.name.clone(), j.aliases.clone()),
            None => (descriptive.clone(), Vec::new()),
        };
        aliases.extend([descriptive, mirrored].into_iter().filter(|n| *n != name));
        self.entry(&name, PlaceKind::Intersection, at, 60.0, aliases)
    }
}

/// The point nearest to the middle of all, and the distance to the furthest from it.
fn middle_of(points: &[LngLat]) -> Option<(LngLat, f64)> {
    let furthest = |from: LngLat| points.iter().map(|p| p.distance_m(from)).fold(0.0, f64::max);
    let sum = points.iter().fold((0.0, 0.0, 0.0), |s, p| (s.0 + p.lng, s.1 + p.lat, s.2 + 1.0));
    let mean = LngLat::new(sum.0 / sum.2, sum.1 / sum.2);
    let nearest = points.iter().min_by(|a, b| a.distance_m(mean).total_cmp(&b.distance_m(mean)))?;
    Some((*nearest, furthest(*nearest)))
}

/// Metres to the furthest corner of the areas.
fn reach<'a>(from: LngLat, areas: impl IntoIterator<Item = &'a Area>) -> f64 {
    let rings = areas.into_iter().flat_map(|a| a.shape.iter());
    let corners = rings.flat_map(|p| p.exterior().coords().map(|c| LngLat::new(c.x, c.y)));
    corners.map(|c| c.distance_m(from)).fold(0.0, f64::max).ceil()
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}
