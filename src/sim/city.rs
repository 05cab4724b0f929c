//! The synthetic city of Medan: areas, streets, names, units. The same seed gives the same city.
//!
//! What is true: names and codes of kecamatan and kelurahan, names of known streets and places.
//! What is invented: every border, every small street, every unit, some Polsek areas.

use geo::MultiPolygon;

use super::areas::Mosaic;
use super::gazetteer;
use super::seed::{Seed, SeedError};
use super::streets;
use crate::locate::gazetteer_entry::GazetteerEntry;
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::jurisdiction::{Area, Office, Polsek};
use crate::model::place::{LngLat, Plane};
use crate::roads::graph::{RoadGraph, RoadGraphError};

/// The middle of the city: Lapangan Merdeka.
pub const MIDDLE: LngLat = LngLat::new(98.678, 3.591);

/// A patrol unit to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedUnit {
    /// Call sign.
    pub call_sign: String,
    /// `car`, `motorcycle`, `traffic` or `detective`.
    pub kind: String,
    /// Code of its Polres.
    pub polres: String,
    /// Code of its Polsek, `None` for a unit of the Polres.
    pub polsek: Option<String>,
    /// Officers on board.
    pub crew: u8,
    /// Where it stands when it has no fix.
    pub post: LngLat,
}

/// A city ready to be policed.
#[derive(Debug)]
pub struct City {
    /// Polrestabes Medan and Polres Pelabuhan Belawan.
    pub offices: Vec<Office>,
    /// Their Polsek.
    pub polseks: Vec<Polsek>,
    /// Kelurahan.
    pub areas: Vec<Area>,
    /// Streets.
    pub roads: RoadGraph,
    /// Names of places.
    pub places: Vec<GazetteerEntry>,
    /// Patrol units.
    pub units: Vec<SeedUnit>,
    /// Operator teams of Polrestabes Medan.
    pub teams: Vec<String>,
}

/// Why the city cannot be built: only a programmer who edits its tables sees it.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// A table cannot be read.
    #[error("the tables of the city")]
    Seed(#[from] SeedError),
    /// The streets do not make a graph.
    #[error("the streets of the city")]
    Roads(#[from] RoadGraphError),
}

/// Builds the city.
///
/// # Errors
/// [`CityError`] when a table of `data/city` was edited wrongly; tests build it.
pub fn synthetic_medan(seed: u64) -> Result<City, CityError> {
    let hand = Seed::read()?;
    let plane = Plane::around(MIDDLE);
    let seats: Vec<LngLat> = hand.areas.iter().map(|a| a.seat).collect();
    let mosaic = Mosaic::grow(seed, plane, &hand.outline, &seats);
    let areas = areas(&hand, mosaic.shapes());
    let mut network = streets::draw(seed, plane, &hand, &mosaic);
    let runs = network.runs();
    let one_way = network.one_ways(seed, &hand.streets);
    let roads = RoadGraph::new(network.draft(&hand.streets, &runs, &one_way))?;
    let polseks = polseks(&hand);
    let index = JurisdictionIndex::new(areas, Vec::new());
    let places = gazetteer::entries(&hand, &index, &roads, &runs);
    Ok(City {
        offices: offices(&hand),
        polseks,
        areas: index.into_areas(),
        roads,
        places,
        units: units(&hand),
        teams: hand.offices.iter().flat_map(|o| o.teams.clone()).collect(),
    })
}

fn areas(hand: &Seed, shapes: Vec<MultiPolygon<f64>>) -> Vec<Area> {
    let polres_of = |polsek: &str| {
        let office = hand.offices.iter().find(|o| o.polsek.iter().any(|p| p.code == polsek));
        office.map_or_else(String::new, |o| o.code.clone())
    };
    let area = |(seed, shape): (&super::seed::AreaSeed, _)| {
        let kecamatan = hand.kecamatan.iter().find(|k| seed.code.starts_with(&k.code));
        Area {
            code: seed.code.clone(),
            name: seed.name.clone(),
            kecamatan_code: kecamatan.map_or_else(String::new, |k| k.code.clone()),
            kecamatan: kecamatan.map_or_else(String::new, |k| k.name.clone()),
            polsek: seed.polsek.clone(),
            polres: polres_of(&seed.polsek),
            shape,
        }
    };
    hand.areas.iter().zip(shapes).map(area).collect()
}

fn offices(hand: &Seed) -> Vec<Office> {
    let office = |o: &super::seed::OfficeSeed| Office {
        code: o.code.clone(),
        name: o.name.clone(),
        prefix: o.prefix.clone(),
        utc_offset_h: 7,
        seat: LngLat::new(o.seat[0], o.seat[1]),
        synthetic: true,
    };
    hand.offices.iter().map(office).collect()
}

fn polseks(hand: &Seed) -> Vec<Polsek> {
    let all = hand.offices.iter().flat_map(|o| o.polsek.iter().map(move |p| (o, p)));
    let polsek = all.map(|(o, p)| Polsek {
        code: p.code.clone(),
        name: p.name.clone(),
        polres: o.code.clone(),
        seat: LngLat::new(p.seat[0], p.seat[1]),
    });
    polsek.collect()
}

fn units(hand: &Seed) -> Vec<SeedUnit> {
    let unit = |(polres, row): &(String, crate::locate::units_csv::UnitRow)| SeedUnit {
        call_sign: row.call_sign.clone(),
        kind: row.kind.clone(),
        polres: polres.clone(),
        polsek: row.polsek.clone(),
        crew: row.crew,
        post: row.post,
    };
    hand.units.iter().map(unit).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::{Arc, LazyLock};

    use super::super::areas::{real, whole};
    use super::super::streets::crosses;
    use super::*;
    use crate::roads::class::RoadClass;
    use crate::roads::travel_time::{RoadTravel, StraightLine, TravelTime};

    static CITY: LazyLock<City> = LazyLock::new(|| synthetic_medan(1).unwrap());

    fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
        values.sort_by(f64::total_cmp);
        values[whole(share * real(values.len() - 1))]
    }

    fn degrees(roads: &RoadGraph) -> Vec<u32> {
        let mut degree = vec![0; roads.nodes().len()];
        for e in roads.edges() {
            degree[e.from as usize] += 1;
            degree[e.to as usize] += 1;
        }
        degree
    }

    #[test]
    fn the_streets_have_the_figures_of_a_real_city() {
        let roads = &CITY.roads;
        let nodes = real(roads.nodes().len());
        let dead = real(degrees(roads).iter().filter(|d| **d == 1).count());
        let edges = real(roads.edges().len());
        let mean = roads.edges().iter().map(|e| e.length_m).sum::<f64>() / edges;
        let one_way = real(roads.edges().iter().filter(|e| e.one_way).count());
        println!(
            "{nodes} junctions, {edges} edges, dead ends {:.3}, edge mean {mean:.1} m, one-way {:.3}",
            dead / nodes,
            one_way / edges
        );
        assert!((15_000.0..=20_000.0).contains(&nodes));
        assert!((0.27..=0.40).contains(&(dead / nodes)));
        assert!((70.0..=110.0).contains(&mean));
        assert!((0.07..=0.15).contains(&(one_way / edges)));
    }

    #[test]
    fn the_way_is_about_half_as_long_again_as_the_straight_line() {
        let travel = RoadTravel::new(Arc::new(CITY.roads.clone()));
        let mut rng = fastrand::Rng::with_seed(3);
        let nodes = CITY.roads.nodes();
        let mut factors = Vec::new();
        for _ in 0..30 {
            let to = nodes[rng.usize(..nodes.len())];
            let from: Vec<LngLat> = (0..40).map(|_| nodes[rng.usize(..nodes.len())]).collect();
            for at in from.iter().take(10) {
                let straight = at.distance_m(to);
                if (500.0..6_000.0).contains(&straight) {
                    factors.push(travel.route(*at, to).unwrap().metres / straight);
                }
            }
        }
        let (p50, p90) = (percentile(factors.clone(), 0.5), percentile(factors, 0.9));
        println!("detour p50 {p50:.2}, p90 {p90:.2}");
        assert!((1.35..=1.65).contains(&p50) && (1.6..=2.6).contains(&p90));
    }

    #[test]
    fn the_straight_line_picks_a_slower_unit_at_times() {
        let travel = RoadTravel::new(Arc::new(CITY.roads.clone()));
        let mut rng = fastrand::Rng::with_seed(4);
        let nodes = CITY.roads.nodes();
        let (mut wrong, mut lost) = (0, Vec::new());
        for _ in 0..400 {
            let to = nodes[rng.usize(..nodes.len())];
            let from: Vec<LngLat> = (0..40).map(|_| nodes[rng.usize(..nodes.len())]).collect();
            let secs = |times: Vec<Option<f64>>| -> Vec<f64> { times.into_iter().map(Option::unwrap).collect() };
            let best = |s: &[f64]| (0..s.len()).min_by(|a, b| s[*a].total_cmp(&s[*b])).unwrap();
            let road = secs(travel.many_to_one(&from, to));
            let straight = best(&secs(StraightLine.many_to_one(&from, to)));
            let right = best(&road);
            if right != straight {
                wrong += 1;
                lost.push(road[straight] - road[right]);
            }
        }
        println!("straight line wrong in {wrong} of 400, losing {:.0} s (p50)", percentile(lost, 0.5));
        assert!((48..=160).contains(&wrong));
    }

    #[test]
    fn every_street_is_reached_from_every_other() {
        let roads = &CITY.roads;
        let mut into: Vec<Vec<u32>> = vec![Vec::new(); roads.nodes().len()];
        for node in 0..u32::try_from(into.len()).unwrap() {
            for arc in roads.arcs_from(node) {
                into[arc.node as usize].push(node);
            }
        }
        let out = |node: u32| roads.arcs_from(node).iter().map(|arc| arc.node).collect();
        for forward in [true, false] {
            let mut seen = vec![false; roads.nodes().len()];
            let mut open = vec![0_u32];
            seen[0] = true;
            while let Some(node) = open.pop() {
                let next: Vec<u32> = if forward { out(node) } else { into[node as usize].clone() };
                open.extend(next.into_iter().filter(|next| !std::mem::replace(&mut seen[*next as usize], true)));
            }
            assert_eq!(seen.iter().filter(|s| !**s).count(), 0);
        }
    }

    #[test]
    fn rivers_are_crossed_on_bridges_of_known_streets_only() {
        let hand = Seed::read().unwrap();
        let known: HashSet<&str> = hand.streets.iter().map(|s| s.name.as_str()).collect();
        let roads = &CITY.roads;
        let mut bridges = HashSet::new();
        for river in hand.rivers.iter().filter(|r| r.name.contains("Deli") || r.name.contains("Babura")) {
            for (id, edge) in (0_u32..).zip(roads.edges()) {
                let points: Vec<[f64; 2]> = roads.points(id).map(|p| [p.lng, p.lat]).collect();
                let wet = points.windows(2).any(|w| river.line.windows(2).any(|r| crosses(w[0], w[1], r[0], r[1])));
                let name = roads.name(edge);
                if wet && edge.class != RoadClass::Motorway {
                    assert!(known.contains(name), "{name} goes through {}", river.name);
                    bridges.insert((name, river.name.as_str()));
                }
            }
        }
        println!("{} bridges: {bridges:?}", bridges.len());
        assert!((8..40).contains(&bridges.len()));
    }

    #[test]
    fn each_kelurahan_has_its_seat_its_streets_and_its_polsek() {
        use geo::Contains;
        assert_eq!(CITY.areas.len(), 151);
        let hand = Seed::read().unwrap();
        for (area, seed) in CITY.areas.iter().zip(&hand.areas) {
            let seat = geo::Point::new(seed.seat.lng, seed.seat.lat);
            let index = JurisdictionIndex::new(vec![area.clone()], Vec::new());
            let near = area.shape.contains(&seat) || index.find(seed.seat).is_some();
            assert!(near, "the seat of {} lies elsewhere", area.name);
        }
        let mut streets: HashMap<&str, usize> = HashMap::new();
        for place in &CITY.places {
            *streets.entry(place.desa_code.as_str()).or_default() += 1;
        }
        for area in &CITY.areas {
            let count = streets.get(area.code.as_str()).copied().unwrap_or(0);
            assert!(count >= 5, "{} has only {count} places", area.name);
            assert!(CITY.polseks.iter().any(|p| p.code == area.polsek && p.polres == area.polres));
        }
    }

    #[test]
    fn posts_and_seats_lie_in_the_city_of_their_polres() {
        let index = JurisdictionIndex::new(CITY.areas.clone(), CITY.polseks.clone());
        for unit in &CITY.units {
            let found = index.find(unit.post).unwrap();
            assert_eq!(found.polres, unit.polres, "{}", unit.call_sign);
        }
        for polsek in &CITY.polseks {
            let found = index.find(polsek.seat).unwrap();
            assert_eq!(found.polsek, polsek.code);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_city_and_another_seed_another() {
        let again = synthetic_medan(1).unwrap();
        assert_eq!(again.areas, CITY.areas);
        assert_eq!(again.places, CITY.places);
        assert_eq!(again.roads.encode(), CITY.roads.encode());
        assert_ne!(synthetic_medan(2).unwrap().roads.encode(), CITY.roads.encode());
    }

    #[test]
    fn the_index_of_the_city_answers_as_a_scan_over_its_polygons_does() {
        use geo::Contains;
        let index = JurisdictionIndex::new(CITY.areas.clone(), CITY.polseks.clone());
        let mut rng = fastrand::Rng::with_seed(8);
        let (mut held, mut missed) = (0, 0);
        for _ in 0..2_000 {
            let at = LngLat::new(98.58 + rng.f64() * 0.17, 3.48 + rng.f64() * 0.33);
            let point = geo::Point::new(at.lng, at.lat);
            let scan: Vec<&str> =
                CITY.areas.iter().filter(|a| a.shape.contains(&point)).map(|a| a.code.as_str()).collect();
            let found: Vec<&str> = index.containing(at).map(|a| a.code.as_str()).into_iter().collect();
            assert_eq!(found, scan, "{at:?}");
            held += found.len();
            missed += usize::from(index.find(at).is_none());
        }
        assert!(held > 700 && missed > 500);
    }

    #[test]
    fn no_invented_street_takes_the_name_of_a_known_one() {
        let hand = Seed::read().unwrap();
        for street in &hand.streets {
            let count = CITY.places.iter().filter(|p| p.name == street.name).count();
            assert_eq!(count, 1, "{}", street.name);
        }
    }
}
