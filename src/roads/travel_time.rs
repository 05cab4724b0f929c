//! How long a unit needs to a place: over the streets, or as a stated guess without them.

use std::sync::Arc;

use parking_lot::Mutex;

use super::graph::{RoadGraph, Snap};
use super::search::{Cost, Leave, Search, off_road};
use crate::model::place::LngLat;

/// Driven metres for each metre of straight line when there are no streets: between the 1.3 of
/// well-meshed cities and the 1.58 measured on an Indonesian city centre.
pub const DETOUR: f64 = 1.4;

/// Speed over the driven metres when there are no streets, km/h.
pub const STRAIGHT_KMH: f64 = 30.0;

/// Length of a way in time and space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trip {
    /// Seconds.
    pub secs: f64,
    /// Metres driven.
    pub metres: f64,
}

/// A way, to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Points from start to end, both included.
    pub points: Vec<LngLat>,
    /// Seconds.
    pub secs: f64,
    /// Metres driven.
    pub metres: f64,
}

/// Travel times between places.
pub trait TravelTime: Send + Sync {
    /// From each of `from` to one place, in the order asked; `None` where there is no way.
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<Trip>>;

    /// The fastest way, `None` when there is none.
    fn route(&self, from: LngLat, to: LngLat) -> Option<Route>;
}

/// Travel times over a road graph: exact for its speeds, one search for any number of units.
#[derive(Debug)]
pub struct RoadTravel {
    graph: Arc<RoadGraph>,
    pool: Mutex<Vec<Search>>,
}

impl RoadTravel {
    /// Travel over `graph`.
    #[must_use]
    pub fn new(graph: Arc<RoadGraph>) -> Self {
        Self { graph, pool: Mutex::default() }
    }

    /// The streets it drives on.
    #[must_use]
    pub fn graph(&self) -> &RoadGraph {
        &self.graph
    }

    /// Runs a search with buffers from the pool.
    fn search<T>(&self, from: &[Option<Snap>], to: Snap, read: impl FnOnce(&Search, &RoadGraph) -> T) -> T {
        let mut search = self.pool.lock().pop().unwrap_or_default();
        search.run(&self.graph, from, to);
        let answer = read(&search, &self.graph);
        self.pool.lock().push(search);
        answer
    }
}

impl TravelTime for RoadTravel {
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<Trip>> {
        let Some(target) = self.graph.snap(to) else { return vec![None; from.len()] };
        let snaps: Vec<Option<Snap>> = from.iter().map(|at| self.graph.snap(*at)).collect();
        self.search(&snaps, target, |search, graph| {
            let trip = |source: &Option<Snap>| {
                let source = (*source)?;
                Some(trip(search.from(graph, source)?.1, &source, &target))
            };
            snaps.iter().map(trip).collect()
        })
    }

    fn route(&self, from: LngLat, to: LngLat) -> Option<Route> {
        let (source, target) = (self.graph.snap(from)?, self.graph.snap(to)?);
        self.search(&[Some(source)], target, |search, graph| {
            let (leave, cost) = search.from(graph, source)?;
            let Trip { secs, metres } = trip(cost, &source, &target);
            let mut points = vec![from, source.point];
            points.extend(shape(graph, search, source, leave));
            points.extend([target.point, to]);
            points.dedup_by(|b, a| a.distance_m(*b) < 0.01);
            Some(Route { points, secs, metres })
        })
    }
}

/// The way over the streets with the bits between street and place at both ends.
fn trip(on_street: Cost, source: &Snap, target: &Snap) -> Trip {
    let (first, last) = (off_road(source), off_road(target));
    Trip { secs: first.secs + on_street.secs + last.secs, metres: first.metres + on_street.metres + last.metres }
}

/// The points passed between the two places on the streets.
fn shape(graph: &RoadGraph, search: &Search, source: Snap, leave: Leave) -> Vec<LngLat> {
    let Some(target) = search.target() else { return Vec::new() };
    let Leave::Through(node, end_m) = leave else {
        return between(graph, source.edge, source.along_m, target.along_m);
    };
    let mut points = between(graph, source.edge, source.along_m, end_m);
    points.push(graph.nodes()[node as usize]);
    let mut at = node;
    for (edge, next) in search.path(node) {
        let e = graph.edges()[edge as usize];
        if e.from == next && e.to == at {
            points.extend(graph.points(edge).rev());
        } else {
            points.extend(graph.points(edge));
        }
        at = next;
    }
    let e = graph.edges()[target.edge as usize];
    // On a loop both ends are one junction: the nearer end, if it may be driven from there.
    let is_loop = e.from == e.to;
    let from_end = if is_loop { !e.one_way && target.along_m * 2.0 > e.length_m } else { e.to == at };
    let start = if from_end { e.length_m } else { 0.0 };
    points.extend(between(graph, target.edge, start, target.along_m));
    points
}

/// The inner points of an edge strictly between two positions, in the order driven.
fn between(graph: &RoadGraph, edge: u32, start_m: f64, end_m: f64) -> Vec<LngLat> {
    let (low, high) = (start_m.min(end_m), start_m.max(end_m));
    let mut along = 0.0;
    let mut last = None;
    let mut points = Vec::new();
    for point in graph.points(edge) {
        along += last.map_or(0.0, |l: LngLat| l.distance_m(point));
        last = Some(point);
        if along > low && along < high {
            points.push(point);
        }
    }
    if start_m > end_m {
        points.reverse();
    }
    points
}

/// Straight lines with a stated detour and speed: only for an office without a road file.
#[derive(Debug, Clone, Copy, Default)]
pub struct StraightLine;

impl StraightLine {
    fn trip(from: LngLat, to: LngLat) -> Trip {
        let metres = from.distance_m(to) * DETOUR;
        Trip { secs: metres * 3.6 / STRAIGHT_KMH, metres }
    }
}

impl TravelTime for StraightLine {
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<Trip>> {
        from.iter().map(|at| Some(Self::trip(*at, to))).collect()
    }

    fn route(&self, from: LngLat, to: LngLat) -> Option<Route> {
        let Trip { secs, metres } = Self::trip(from, to);
        Some(Route { points: vec![from, to], secs, metres })
    }
}

#[cfg(test)]
mod tests {
    use super::super::class::RoadClass;
    use super::super::graph::tests::{at, edge};
    use super::super::graph::{DraftEdge, RoadDraft};
    use super::*;

    /// A random small city: some edges bent, some one-way, some parallel, some loops.
    fn city(seed: u64) -> RoadGraph {
        let mut rng = fastrand::Rng::with_seed(seed);
        let count = rng.u32(2..14);
        let nodes: Vec<LngLat> = (0..count).map(|_| at(rng.f64() * 20.0, rng.f64() * 20.0)).collect();
        let edges = (0..rng.u32(1..30)).map(|_| DraftEdge {
            class: RoadClass::ALL[rng.usize(..7)],
            shape: (0..rng.usize(..3)).map(|_| at(rng.f64() * 20.0, rng.f64() * 20.0)).collect(),
            ..edge(rng.u32(..count), rng.u32(..count), rng.bool())
        });
        let edges = edges.collect();
        RoadGraph::new(RoadDraft { nodes, edges }).unwrap()
    }

    /// Seconds between all pairs of junctions by Floyd and Warshall.
    fn floyd(graph: &RoadGraph) -> Vec<Vec<f64>> {
        let n = graph.nodes().len();
        let mut secs = vec![vec![f64::INFINITY; n]; n];
        for (i, row) in secs.iter_mut().enumerate() {
            row[i] = 0.0;
        }
        for e in graph.edges() {
            let (a, b) = (e.from as usize, e.to as usize);
            secs[a][b] = secs[a][b].min(e.secs());
            if !e.one_way {
                secs[b][a] = secs[b][a].min(e.secs());
            }
        }
        for k in 0..n {
            for i in 0..n {
                for j in 0..n {
                    secs[i][j] = secs[i][j].min(secs[i][k] + secs[k][j]);
                }
            }
        }
        secs
    }

    /// Seconds between two places by trying every pair of ends.
    fn judge(graph: &RoadGraph, all: &[Vec<f64>], from: LngLat, to: LngLat) -> f64 {
        let (Some(s), Some(t)) = (graph.snap(from), graph.snap(to)) else { return f64::INFINITY };
        let (se, te) = (graph.edges()[s.edge as usize], graph.edges()[t.edge as usize]);
        let mut outs = vec![(se.to, se.class.secs(se.length_m - s.along_m))];
        let mut ins = vec![(te.from, te.class.secs(t.along_m))];
        let mut best = f64::INFINITY;
        if !se.one_way {
            outs.push((se.from, se.class.secs(s.along_m)));
        }
        if !te.one_way {
            ins.push((te.to, te.class.secs(te.length_m - t.along_m)));
        }
        if s.edge == t.edge && (!se.one_way || s.along_m <= t.along_m) {
            best = se.class.secs((s.along_m - t.along_m).abs());
        }
        for (o, first) in outs {
            for (i, last) in &ins {
                best = best.min(first + all[o as usize][*i as usize] + last);
            }
        }
        best + off_road(&s).secs + off_road(&t).secs
    }

    #[test]
    fn every_time_is_the_one_found_by_trying_all_ways() {
        for seed in 0..300 {
            let travel = RoadTravel::new(Arc::new(city(seed)));
            let all = floyd(travel.graph());
            let mut rng = fastrand::Rng::with_seed(seed + 1000);
            let mut place = || at(rng.f64() * 22.0 - 1.0, rng.f64() * 22.0 - 1.0);
            for _ in 0..3 {
                let to = place();
                let from: Vec<LngLat> = (0..12).map(|_| place()).collect();
                for (at, trip) in from.iter().zip(travel.many_to_one(&from, to)) {
                    let expected = judge(travel.graph(), &all, *at, to);
                    let found = trip.map_or(f64::INFINITY, |t| t.secs);
                    let same = found.is_infinite() && expected.is_infinite() || (found - expected).abs() < 1e-6;
                    assert!(same, "seed {seed}: {found} instead of {expected}");
                }
            }
        }
    }

    #[test]
    fn a_route_is_as_long_as_its_points_and_as_fast_as_its_trip() {
        for seed in 0..200 {
            let travel = RoadTravel::new(Arc::new(city(seed)));
            let mut rng = fastrand::Rng::with_seed(seed + 5000);
            let mut place = || at(rng.f64() * 20.0, rng.f64() * 20.0);
            let (from, to) = (place(), place());
            let trip = travel.many_to_one(&[from], to)[0];
            let route = travel.route(from, to);
            assert_eq!(trip.map(|t| t.secs), route.as_ref().map(|r| r.secs), "seed {seed}");
            let Some(route) = route else { continue };
            let drawn: f64 = route.points.windows(2).map(|p| p[0].distance_m(p[1])).sum();
            let apart = (drawn - route.metres).abs();
            assert!(apart < 1.0 + route.metres * 1e-3, "seed {seed}: {drawn} drawn, {}", route.metres);
            assert!(route.points[0].distance_m(from) < 0.02);
            assert!(route.points[route.points.len() - 1].distance_m(to) < 0.02);
        }
    }

    #[test]
    fn a_one_way_street_is_left_at_its_end_even_for_a_target_just_behind() {
        // A square of one-way streets: 10 m back means once around.
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        let edges = (0..4).map(|i| edge(i, (i + 1) % 4, true)).collect();
        let travel = RoadTravel::new(Arc::new(RoadGraph::new(RoadDraft { nodes, edges }).unwrap()));
        let back = travel.many_to_one(&[at(0.5, 0.0)], at(0.4, 0.0))[0].unwrap();
        let ahead = travel.many_to_one(&[at(0.5, 0.0)], at(0.6, 0.0))[0].unwrap();
        assert!((ahead.metres - 11.1).abs() < 0.1, "{ahead:?}");
        assert!((back.metres + ahead.metres - 4.0 * 111.0).abs() < 2.0, "{back:?}");
    }

    #[test]
    fn there_is_no_trip_to_another_island() {
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0), at(9.0, 9.0), at(9.0, 10.0)];
        let edges = vec![edge(0, 1, false), edge(2, 3, false)];
        let travel = RoadTravel::new(Arc::new(RoadGraph::new(RoadDraft { nodes, edges }).unwrap()));
        assert_eq!(travel.many_to_one(&[at(9.0, 9.5), at(0.5, 0.0)], at(0.2, 0.0))[0], None);
        assert_eq!(travel.route(at(9.0, 9.5), at(0.2, 0.0)), None);
    }

    #[test]
    fn without_streets_a_kilometre_takes_168_seconds() {
        let (a, b) = (at(0.0, 0.0), at(0.0, 0.0).offset_m(0.0, 1000.0));
        let trip = StraightLine.many_to_one(&[a], b)[0].unwrap();
        assert!((trip.secs - 168.0).abs() < 0.1, "{trip:?}");
        assert!((trip.metres - 1400.0).abs() < 1.0, "{trip:?}");
    }
}
