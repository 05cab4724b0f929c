//! How long a unit needs to a place: over the streets, or as a stated guess without them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, RwLock};

use super::cch::NEVER;
use super::cch::dissect::order_of_edges;
use super::cch::hierarchy::{Hierarchy, Metric};
use super::cch::query::Sweep;
use super::cch::reach::reach;
use super::graph::{RoadGraph, Snap};
use super::network::{Leaving, Network, OFF_ROAD_KMH, millis, points};
use super::search::Search;
use super::snaps::SnapCache;
use super::steps::{Arcs, RouteStep, steps};
use crate::model::place::{LngLat, Plane};

/// Driven metres for each metre of straight line when there are no streets: between the 1.3 of
/// well-meshed cities and the 1.58 measured on an Indonesian city centre.
pub const DETOUR: f64 = 1.4;

/// Speed over the driven metres when there are no streets, km/h.
pub const STRAIGHT_KMH: f64 = 30.0;

/// A way, to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Points from start to end, both included.
    pub points: Vec<LngLat>,
    /// Seconds.
    pub secs: f64,
    /// Metres driven.
    pub metres: f64,
    /// What the driver is told; nothing without streets.
    pub steps: Vec<RouteStep>,
}

/// Travel times between places.
pub trait TravelTime: Send + Sync {
    /// Seconds from each of `from` to one place, in the order asked; `None` where there is no way.
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>>;

    /// Seconds to each of `to` from the nearest of `from`, in the order asked; `None` where nobody gets.
    fn nearest_of_many(&self, from: &[LngLat], to: &[LngLat]) -> Vec<Option<f64>> {
        let least = |to: &LngLat| self.many_to_one(from, *to).into_iter().flatten().min_by(f64::total_cmp);
        to.iter().map(least).collect()
    }

    /// The fastest way, `None` when there is none.
    fn route(&self, from: LngLat, to: LngLat) -> Option<Route>;

    /// Says that ways from here will be asked for soon. Changes no answer.
    fn expect_from(&self, _at: LngLat) {}
}

/// The state of the roads: how much slower than free each edge is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// Edges and their factor, at least 1; infinite when closed. An edge not named is free.
    pub edges: Vec<(u32, f64)>,
}

/// Searches after which it is worth ordering the map: an office at work, not a start or a test.
const WORTH_PREPARING: u32 = 32;

/// Travel times over a road graph: exact for its speeds, turns and closures.
///
/// It answers from its first moment by search; once [`RoadTravel::prepare`] has run, by hierarchy.
#[derive(Debug)]
pub struct RoadTravel {
    network: Network,
    hierarchy: OnceLock<Hierarchy>,
    now: RwLock<Arc<Weights>>,
    /// Held while weights are replaced, so that no state of the roads is lost to another.
    changing: Mutex<()>,
    searched: AtomicU32,
    searches: Mutex<Vec<Search>>,
    sweeps: Mutex<Vec<Sweep>>,
    snaps: SnapCache,
}

/// What driving costs in one state of the roads.
#[derive(Debug)]
struct Weights {
    arc_ms: Vec<u32>,
    metric: Option<Metric>,
}

impl RoadTravel {
    /// Travel over `graph`, each answer by a search of its own until it is prepared.
    #[must_use]
    pub fn new(graph: Arc<RoadGraph>) -> Self {
        let network = Network::new(graph);
        let weights = Weights::new(&network, None, network.free_ms().to_vec());
        Self {
            network,
            hierarchy: OnceLock::new(),
            now: RwLock::new(Arc::new(weights)),
            changing: Mutex::default(),
            searched: AtomicU32::new(0),
            searches: Mutex::default(),
            sweeps: Mutex::default(),
            snaps: SnapCache::default(),
        }
    }

    /// Travel over `graph` with a hierarchy: a second or two to prepare, answers in a fraction.
    #[must_use]
    pub fn prepared(graph: Arc<RoadGraph>) -> Self {
        let travel = Self::new(graph);
        travel.prepare();
        travel
    }

    /// Whether so much is asked that [`RoadTravel::prepare`] pays.
    #[must_use]
    pub fn wants_preparing(&self) -> bool {
        self.hierarchy.get().is_none() && self.searched.load(Ordering::Relaxed) >= WORTH_PREPARING
    }

    /// Orders the map and weighs the hierarchy; answers meanwhile, and afterwards the same ones sooner.
    pub fn prepare(&self) {
        let hierarchy = self.hierarchy.get_or_init(|| {
            let order = order_of_arcs(self.network.graph());
            Hierarchy::new(&order, &self.network.links(self.network.free_ms()))
        });
        let changing = self.changing.lock();
        let arc_ms = self.weights().arc_ms.clone();
        *self.now.write() = Arc::new(Weights::new(&self.network, Some(hierarchy), arc_ms));
        drop(changing);
    }

    /// Travel over the same streets with a state of its own: what is closed here is open there.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::new(self.network.shared_graph())
    }

    /// The streets it drives on.
    #[must_use]
    pub fn graph(&self) -> &RoadGraph {
        self.network.graph()
    }

    /// Takes over another state of the roads; answers under way finish with the one they began with.
    pub fn set_conditions(&self, conditions: &Conditions) {
        let mut arc_ms = self.network.free_ms().to_vec();
        for (edge, factor) in &conditions.edges {
            for arc in [2 * edge, 2 * edge + 1] {
                if let Some(ms) = arc_ms.get_mut(arc as usize) {
                    *ms = slowed(*ms, *factor);
                }
            }
        }
        let changing = self.changing.lock();
        *self.now.write() = Arc::new(Weights::new(&self.network, self.hierarchy.get(), arc_ms));
        drop(changing);
    }

    fn weights(&self) -> Arc<Weights> {
        self.now.read().clone()
    }

    /// Times by a plain search: without a hierarchy, and to judge it.
    fn searched(&self, weights: &Weights, from: &[Option<Snap>], target: &Snap) -> Vec<Option<f64>> {
        let mut search = self.searches.lock().pop().unwrap_or_default();
        search.run(&self.network, &weights.arc_ms, target, &self.wanted(from));
        self.searched.fetch_add(1, Ordering::Relaxed);
        let answer = self.times(from, target, |arc| search.from(arc));
        self.searches.lock().push(search);
        answer
    }

    fn swept(
        &self,
        hierarchy: &Hierarchy,
        (weights, metric): (&Weights, &Metric),
        from: &[Option<Snap>],
        target: &Snap,
    ) -> Vec<Option<f64>> {
        let mut sweep = self.sweeps.lock().pop().unwrap_or_default();
        sweep.aim(hierarchy, metric, &self.network.ends(target));
        let mut time = |source: &Option<Snap>| {
            let source = source.as_ref()?;
            let ms =
                self.network.leave_ms(source, target, &weights.arc_ms, |arc| sweep.from(hierarchy, metric, arc))?;
            Some(off_road_secs(source) + f64::from(ms) / 1000.0 + off_road_secs(target))
        };
        let answer = from.iter().map(&mut time).collect();
        self.sweeps.lock().push(sweep);
        answer
    }

    fn times(&self, from: &[Option<Snap>], target: &Snap, mut rest: impl FnMut(u32) -> u32) -> Vec<Option<f64>> {
        let mut time = |source: &Option<Snap>| {
            let source = source.as_ref()?;
            let (ms, _) = self.network.leave(source, target, &mut rest)?;
            Some(off_road_secs(source) + f64::from(ms) / 1000.0 + off_road_secs(target))
        };
        from.iter().map(&mut time).collect()
    }

    /// The arcs one can turn into from where the sources stand.
    fn wanted(&self, from: &[Option<Snap>]) -> Vec<u32> {
        let arcs = from.iter().flatten().flat_map(|source| self.network.on(source));
        arcs.flat_map(|(arc, _)| self.network.turns_from(arc)).map(|turn| turn.to).collect()
    }

    /// What is said on the way from a street to another, `to` lying beside it.
    fn steps(&self, search: &Search, (source, target): (&Snap, &Snap), leaving: Leaving, to: LngLat) -> Vec<RouteStep> {
        let along = |snap: &Snap, arc: u32| {
            let length = self.graph().edges()[snap.edge as usize].length_m;
            if arc.is_multiple_of(2) { snap.along_m } else { length - snap.along_m }
        };
        let arcs = match leaving {
            Leaving::Along(arc) => vec![arc],
            Leaving::Into { from, to } => std::iter::once(from).chain(search.path(to)).collect(),
        };
        let Some((first, last)) = arcs.first().copied().zip(arcs.last().copied()) else { return Vec::new() };
        let (start_m, end_m) = (along(source, first), along(target, last));
        steps(&self.network, &Arcs { driven: &arcs, start_m, end_m, target: to })
    }

    fn points(&self, search: &Search, source: &Snap, target: &Snap, leaving: Leaving) -> Vec<LngLat> {
        let graph = self.network.graph();
        let along = |snap: &Snap, arc: u32| {
            let length = graph.edges()[snap.edge as usize].length_m;
            if arc.is_multiple_of(2) { snap.along_m } else { length - snap.along_m }
        };
        let (from, to) = match leaving {
            Leaving::Along(arc) => return stretch(graph, arc, along(source, arc), along(target, arc)),
            Leaving::Into { from, to } => (from, to),
        };
        let mut way = stretch(graph, from, along(source, from), f64::INFINITY);
        let path = search.path(to);
        let Some((last, through)) = path.split_last() else { return way };
        for arc in through {
            way.extend(points(graph, *arc));
        }
        way.extend(stretch(graph, *last, 0.0, along(target, *last)));
        way
    }
}

impl Weights {
    fn new(network: &Network, hierarchy: Option<&Hierarchy>, arc_ms: Vec<u32>) -> Self {
        let metric = hierarchy.map(|hierarchy| hierarchy.customise(&network.links(&arc_ms)));
        Self { arc_ms, metric }
    }
}

impl TravelTime for RoadTravel {
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        let Some(target) = self.graph().snap(to) else { return vec![None; from.len()] };
        let from = self.snaps.of_all(self.graph(), from);
        let weights = self.weights();
        match (self.hierarchy.get(), &weights.metric) {
            (Some(hierarchy), Some(metric)) => self.swept(hierarchy, (&weights, metric), &from, &target),
            _ => self.searched(&weights, &from, &target),
        }
    }

    /// One pass over the whole map instead of a search for each place; prepares the map if need be.
    fn nearest_of_many(&self, from: &[LngLat], to: &[LngLat]) -> Vec<Option<f64>> {
        if self.weights().metric.is_none() {
            self.prepare();
        }
        let weights = self.weights();
        let (Some(hierarchy), Some(metric)) = (self.hierarchy.get(), &weights.metric) else {
            return vec![None; to.len()];
        };
        let from: Vec<Snap> = from.iter().filter_map(|at| self.graph().snap(*at)).collect();
        let mut seeds = Vec::new();
        for source in &from {
            let off_road = millis(off_road_secs(source));
            for (arc, to_end) in self.network.to_ends(source) {
                let turns = self.network.turns_from(arc).iter();
                seeds.extend(turns.map(|turn| (turn.to, off_road.saturating_add(to_end).saturating_add(turn.ms))));
            }
        }
        let reached = reach(hierarchy, metric, &seeds);
        let time = |to: &LngLat| {
            let target = self.graph().snap(*to)?;
            let over = self.network.ends(&target).into_iter().map(|(arc, ms)| reached[arc as usize].saturating_add(ms));
            let along = from.iter().filter(|source| source.edge == target.edge).filter_map(|source| {
                let (ms, _) = self.network.leave(source, &target, |_| NEVER)?;
                Some(millis(off_road_secs(source)).saturating_add(ms))
            });
            let ms = over.chain(along).min().filter(|ms| *ms < NEVER)?;
            Some(f64::from(ms) / 1000.0 + off_road_secs(&target))
        };
        to.iter().map(time).collect()
    }

    fn route(&self, from: LngLat, to: LngLat) -> Option<Route> {
        let (source, target) = (self.graph().snap(from)?, self.graph().snap(to)?);
        let weights = self.weights();
        let mut search = self.searches.lock().pop().unwrap_or_default();
        search.run(&self.network, &weights.arc_ms, &target, &self.wanted(&[Some(source)]));
        let found = self.network.leave(&source, &target, |arc| search.from(arc)).map(|(ms, leaving)| {
            let mut points = vec![from, source.point];
            points.extend(self.points(&search, &source, &target, leaving));
            points.extend([target.point, to]);
            points.dedup_by(|b, a| a.distance_m(*b) < 0.01);
            let metres = points.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum();
            let steps = self.steps(&search, (&source, &target), leaving, to);
            Route {
                points,
                steps,
                secs: off_road_secs(&source) + f64::from(ms) / 1000.0 + off_road_secs(&target),
                metres,
            }
        });
        self.searches.lock().push(search);
        found
    }

    fn expect_from(&self, at: LngLat) {
        self.snaps.of_all(self.graph(), &[at]);
    }
}

/// The arcs of a graph in order of contraction.
fn order_of_arcs(graph: &RoadGraph) -> Vec<u32> {
    let plane = Plane::around(graph.nodes().first().copied().unwrap_or(LngLat::new(0.0, 0.0)));
    let at: Vec<[f64; 2]> = graph.nodes().iter().map(|node| plane.to_xy(*node)).collect();
    let edges: Vec<[u32; 2]> = graph.edges().iter().map(|edge| [edge.from, edge.to]).collect();
    order_of_edges(&at, &edges).into_iter().flat_map(|edge| [2 * edge, 2 * edge + 1]).collect()
}

/// Seconds between a place and its place on the street.
pub(super) fn off_road_secs(snap: &Snap) -> f64 {
    snap.distance_m * 3.6 / OFF_ROAD_KMH
}

fn slowed(ms: u32, factor: f64) -> u32 {
    let slow = f64::from(ms) * factor.max(1.0);
    if slow.is_finite() { millis(slow / 1000.0) } else { NEVER }
}

/// The inner points of an arc strictly between two positions, metres from its start, in the order driven;
/// its last point too when the stretch goes to the end.
fn stretch(graph: &RoadGraph, arc: u32, start_m: f64, end_m: f64) -> Vec<LngLat> {
    let (mut along, mut last) = (0.0, None);
    let mut inside = Vec::new();
    for point in points(graph, arc) {
        along += last.map_or(0.0, |last: LngLat| last.distance_m(point));
        last = Some(point);
        if along > start_m && along < end_m {
            inside.push(point);
        }
    }
    inside
}

/// Straight lines with a stated detour and speed: only for an office without a road file.
#[derive(Debug, Clone, Copy, Default)]
pub struct StraightLine;

/// Driven metres and seconds of a straight line.
fn guess(from: LngLat, to: LngLat) -> (f64, f64) {
    let metres = from.distance_m(to) * DETOUR;
    (metres, metres * 3.6 / STRAIGHT_KMH)
}

impl TravelTime for StraightLine {
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        from.iter().map(|at| Some(guess(*at, to).1)).collect()
    }

    fn route(&self, from: LngLat, to: LngLat) -> Option<Route> {
        let (metres, secs) = guess(from, to);
        Some(Route { points: vec![from, to], secs, metres, steps: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::class::RoadClass;
    use super::super::graph::tests::{at, edge};
    use super::super::graph::{DraftEdge, RoadDraft};
    use super::*;

    /// A random small city: some edges bent, some one-way, some parallel, some loops, some turns forbidden.
    fn city(seed: u64) -> RoadDraft {
        let mut rng = fastrand::Rng::with_seed(seed);
        let count = rng.u32(2..14);
        let nodes: Vec<LngLat> = (0..count).map(|_| at(rng.f64() * 20.0, rng.f64() * 20.0)).collect();
        let edges: Vec<DraftEdge> = (0..rng.u32(1..30))
            .map(|_| DraftEdge {
                class: RoadClass::ALL[rng.usize(..7)],
                shape: (0..rng.usize(..3)).map(|_| at(rng.f64() * 20.0, rng.f64() * 20.0)).collect(),
                ..edge(rng.u32(..count), rng.u32(..count), rng.bool())
            })
            .collect();
        let arcs = u32::try_from(edges.len()).unwrap() * 2;
        let forbidden = (0..rng.usize(..20)).map(|_| [rng.u32(..arcs), rng.u32(..arcs)]).collect();
        RoadDraft { nodes, edges, forbidden }
    }

    fn graph(draft: RoadDraft) -> Arc<RoadGraph> {
        Arc::new(RoadGraph::new(draft).unwrap())
    }

    /// Milliseconds from the start of each arc to the start of each other by Floyd and Warshall.
    fn floyd(network: &Network, arc_ms: &[u32]) -> Vec<Vec<u32>> {
        let n = network.arcs();
        let mut ms = vec![vec![NEVER; n]; n];
        for (i, row) in ms.iter_mut().enumerate() {
            row[i] = 0;
        }
        for link in network.links(arc_ms) {
            let cell = &mut ms[link.from as usize][link.to as usize];
            *cell = (*cell).min(link.weight);
        }
        for k in 0..n {
            for i in 0..n {
                for j in 0..n {
                    ms[i][j] = ms[i][j].min(ms[i][k] + ms[k][j]);
                }
            }
        }
        ms
    }

    /// Seconds between two places by trying every arc they lie on.
    fn judge(travel: &RoadTravel, all: &[Vec<u32>], from: LngLat, to: LngLat) -> Option<f64> {
        let network = &travel.network;
        let (s, t) = (network.graph().snap(from)?, network.graph().snap(to)?);
        let mut best = NEVER;
        for (a, behind) in network.ends(&s) {
            for (b, rest) in network.ends(&t) {
                if a == b && rest >= behind {
                    best = best.min(rest - behind);
                }
                for turn in network.turns_from(a) {
                    let on = network.free_ms()[a as usize] - behind + turn.ms;
                    best = best.min(on + all[turn.to as usize][b as usize] + rest);
                }
            }
        }
        (best < NEVER).then(|| off_road_secs(&s) + f64::from(best) / 1000.0 + off_road_secs(&t))
    }

    #[test]
    fn every_time_is_the_one_found_by_trying_all_ways_before_and_after_closures() {
        let (mut found, mut none) = (0, 0);
        for seed in 0..150 {
            let graph = graph(city(seed));
            let (plain, fast) = (RoadTravel::new(graph.clone()), RoadTravel::prepared(graph));
            let mut rng = fastrand::Rng::with_seed(seed + 1000);
            for closures in [0, 3] {
                let edges = plain.graph().edges().len();
                let state = |rng: &mut fastrand::Rng| if rng.bool() { f64::INFINITY } else { 1.0 + rng.f64() * 4.0 };
                let edges = (0..closures).map(|_| (rng.u32(..u32::try_from(edges).unwrap()), state(&mut rng)));
                let conditions = Conditions { edges: edges.collect() };
                plain.set_conditions(&conditions);
                fast.set_conditions(&conditions);
                let all = floyd(&plain.network, &plain.weights().arc_ms);
                let mut place = || at(rng.f64() * 22.0 - 1.0, rng.f64() * 22.0 - 1.0);
                let to = place();
                let from: Vec<LngLat> = (0..12).map(|_| place()).collect();
                let right: Vec<Option<f64>> = from.iter().map(|at| judge(&plain, &all, *at, to)).collect();
                assert_eq!(plain.many_to_one(&from, to), right, "searched, seed {seed}");
                assert_eq!(fast.many_to_one(&from, to), right, "swept, seed {seed}");
                found += right.iter().flatten().count();
                none += right.iter().filter(|time| time.is_none()).count();
            }
        }
        assert!(found > 1000 && none > 50, "{found} {none}");
    }

    #[test]
    fn the_reach_map_is_the_least_of_all_times() {
        let (mut found, mut none) = (0, 0);
        for seed in 0..80 {
            let travel = RoadTravel::prepared(graph(city(seed)));
            let mut rng = fastrand::Rng::with_seed(seed + 3000);
            let edges = u32::try_from(travel.graph().edges().len()).unwrap();
            travel.set_conditions(&Conditions { edges: vec![(rng.u32(..edges), f64::INFINITY)] });
            let mut place = || at(rng.f64() * 20.0, rng.f64() * 20.0);
            let from: Vec<LngLat> = (0..4).map(|_| place()).collect();
            let to: Vec<LngLat> = (0..12).map(|_| place()).collect();
            for (place, time) in to.iter().zip(travel.nearest_of_many(&from, &to)) {
                let right = travel.many_to_one(&from, *place).into_iter().flatten().min_by(f64::total_cmp);
                found += usize::from(right.is_some());
                none += usize::from(right.is_none());
                match (time, right) {
                    (Some(time), Some(right)) => assert!((time - right).abs() < 0.002, "seed {seed}: {time} {right}"),
                    (time, right) => assert_eq!(time, right, "seed {seed}"),
                }
            }
        }
        assert!(found > 400 && none > 20, "{found} {none}");
    }

    #[test]
    fn a_route_is_as_long_as_its_points_and_as_fast_as_its_trip() {
        let mut drawn = 0;
        for seed in 0..200 {
            let travel = RoadTravel::new(graph(city(seed)));
            let mut rng = fastrand::Rng::with_seed(seed + 5000);
            let mut place = || at(rng.f64() * 20.0, rng.f64() * 20.0);
            let (from, to) = (place(), place());
            let route = travel.route(from, to);
            assert_eq!(travel.many_to_one(&[from], to)[0], route.as_ref().map(|r| r.secs), "seed {seed}");
            let Some(route) = route else { continue };
            assert!(route.points[0].distance_m(from) < 0.02);
            assert!(route.points[route.points.len() - 1].distance_m(to) < 0.02);
            drawn += 1;
        }
        assert!(drawn > 50, "{drawn}");
    }

    #[test]
    fn a_one_way_street_is_left_at_its_end_even_for_a_target_just_behind() {
        // A square of one-way streets: 10 m back means once around.
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        let edges = (0..4).map(|i| edge(i, (i + 1) % 4, true)).collect();
        let travel = RoadTravel::new(graph(RoadDraft { nodes, edges, forbidden: Vec::new() }));
        let metres = |to: f64| travel.route(at(0.5, 0.0), at(to, 0.0)).unwrap().metres;
        assert!((metres(0.6) - 11.1).abs() < 0.1, "{}", metres(0.6));
        assert!((metres(0.4) + metres(0.6) - 4.0 * 111.0).abs() < 2.0, "{}", metres(0.4));
    }

    #[test]
    fn a_forbidden_turn_costs_the_way_around_and_turning_back_costs_20_seconds() {
        // A cross: north arm forbidden from the west arm, so one drives on, turns round and comes back.
        let nodes = vec![at(0.0, 0.0), at(-3.0, 0.0), at(3.0, 0.0), at(0.0, 3.0)];
        let edges = vec![edge(1, 0, false), edge(0, 2, false), edge(0, 3, false)];
        let free = RoadDraft { nodes, edges, forbidden: Vec::new() };
        let strict = RoadDraft { forbidden: vec![[0, 4]], ..free.clone() };
        let secs = |draft| RoadTravel::new(graph(draft)).many_to_one(&[at(-2.0, 0.0)], at(0.0, 2.0))[0].unwrap();
        let (free, strict) = (secs(free), secs(strict));
        let cheapest_way_round = 20.0;
        assert!(strict > free + cheapest_way_round, "{free} {strict}");
    }

    #[test]
    fn a_closed_street_is_driven_round_and_its_houses_are_still_reached() {
        let nodes = vec![at(0.0, 0.0), at(2.0, 0.0), at(2.0, 2.0), at(0.0, 2.0)];
        let edges = (0..4).map(|i| edge(i, (i + 1) % 4, false)).collect();
        let travel = RoadTravel::prepared(graph(RoadDraft { nodes, edges, forbidden: Vec::new() }));
        let secs = |from, to| travel.many_to_one(&[from], to)[0].unwrap();
        let (through, inside) = ((at(0.0, 0.1), at(2.0, 0.1)), (at(0.0, 0.1), at(1.0, 0.0)));
        let before = secs(through.0, through.1);
        travel.set_conditions(&Conditions { edges: vec![(0, f64::INFINITY)] });
        assert!(secs(through.0, through.1) > before * 2.0);
        assert!(secs(inside.0, inside.1) < before, "the crew stops inside the closure");
        travel.set_conditions(&Conditions::default());
        assert!((secs(through.0, through.1) - before).abs() < 1e-9);
    }

    #[test]
    fn preparing_changes_no_answer_and_keeps_what_was_closed_meanwhile() {
        let nodes = vec![at(0.0, 0.0), at(2.0, 0.0), at(2.0, 2.0), at(0.0, 2.0)];
        let edges = (0..4).map(|i| edge(i, (i + 1) % 4, false)).collect();
        let travel = RoadTravel::new(graph(RoadDraft { nodes, edges, forbidden: Vec::new() }));
        let ask = || travel.many_to_one(&[at(0.0, 0.1), at(1.5, 2.0)], at(2.0, 0.1));
        travel.set_conditions(&Conditions { edges: vec![(0, f64::INFINITY)] });
        let searched: Vec<_> = (0..WORTH_PREPARING).map(|_| ask()).collect();
        assert!(travel.wants_preparing());
        travel.prepare();
        assert!(!travel.wants_preparing());
        assert!(travel.weights().metric.is_some());
        assert_eq!(ask(), searched[0], "the closure survives the preparation");
    }

    #[test]
    fn there_is_no_trip_to_another_island() {
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0), at(9.0, 9.0), at(9.0, 10.0)];
        let edges = vec![edge(0, 1, false), edge(2, 3, false)];
        let travel = RoadTravel::new(graph(RoadDraft { nodes, edges, forbidden: Vec::new() }));
        assert_eq!(travel.many_to_one(&[at(9.0, 9.5), at(0.5, 0.0)], at(0.2, 0.0))[0], None);
        assert_eq!(travel.route(at(9.0, 9.5), at(0.2, 0.0)), None);
    }

    #[test]
    fn without_streets_a_kilometre_takes_168_seconds() {
        let (a, b) = (at(0.0, 0.0), at(0.0, 0.0).offset_m(0.0, 1000.0));
        let secs = StraightLine.many_to_one(&[a], b)[0].unwrap();
        assert!((secs - 168.0).abs() < 0.1, "{secs}");
        let route = StraightLine.route(a, b).unwrap();
        assert!((route.metres - 1400.0).abs() < 1.0, "{route:?}");
    }
}
