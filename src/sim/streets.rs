//! Streets of the synthetic city: arterials drawn by hand, a warped lattice of neighbourhood
//! streets between them, and lanes that end nowhere.
//!
//! Rivers and the toll road are crossed only by arterials, so a short straight line can be a long
//! way. Every street is reachable from every other: one-way streets are taken only from edges
//! outside a spanning tree.

use std::collections::{HashMap, HashSet};

use super::areas::{Mosaic, real, whole};
use super::network::{LOCAL, Network};
use super::noise::{hash01, smooth};
use super::seed::{Seed, StreetSeed};
use crate::model::place::{LngLat, Plane};
use crate::roads::class::RoadClass;

/// Distance of lattice points, metres.
const LATTICE_M: f64 = 116.0;
/// How far the lattice bends, metres, and over which distance.
const BEND: (f64, f64) = (130.0, 1_700.0);
/// Every so many rows and columns run through as collectors.
const COLLECTOR_EVERY: i64 = 7;
/// Share of the remaining lattice edges that close a loop.
const LOOPS: f64 = 0.37;
/// Share of local edges that a lane leaves from.
const LANES: f64 = 0.29;

type At = (i64, i64);

/// Lattice, arterials and obstacles while the city is drawn.
pub(super) struct Sketch<'a> {
    seed: u64,
    plane: Plane,
    mosaic: &'a Mosaic,
    seats: Vec<[f64; 2]>,
    walls: Vec<[[f64; 2]; 2]>,
    arterial_at: HashMap<At, [f64; 2]>,
    arterials: Vec<(At, At, usize)>,
}

/// Draws all streets.
pub(super) fn draw(seed: u64, plane: Plane, hand: &Seed, mosaic: &Mosaic) -> Network {
    let xy = |p: &[f64; 2]| plane.to_xy(LngLat::new(p[0], p[1]));
    let line = |points: &[[f64; 2]]| points.iter().map(xy).collect::<Vec<_>>();
    let mut sketch = Sketch {
        seed,
        plane,
        mosaic,
        seats: hand.areas.iter().map(|a| plane.to_xy(a.seat)).collect(),
        walls: Vec::new(),
        arterial_at: HashMap::new(),
        arterials: Vec::new(),
    };
    let tolls = || hand.streets.iter().filter(|s| s.class == RoadClass::Motorway);
    let barriers = hand.rivers.iter().map(|r| &r.line).chain(tolls().map(|s| &s.line));
    for wall in barriers.map(|points| line(points)) {
        sketch.walls.extend(wall.windows(2).map(|w| [w[0], w[1]]));
    }
    for (k, street) in hand.streets.iter().enumerate() {
        if street.class != RoadClass::Motorway {
            sketch.trace(&line(&street.line), k);
        }
    }
    let mut network = sketch.lattice(&hand.streets);
    for (k, street) in hand.streets.iter().enumerate() {
        if street.class == RoadClass::Motorway {
            let gates: Vec<[f64; 2]> = street.gate_at.iter().map(xy).collect();
            network.add_toll(&line(&street.line), &gates, k);
        }
    }
    network.keep_largest_part();
    network.contract();
    network
}

impl Sketch<'_> {
    fn bend(&self, xy: [f64; 2]) -> [f64; 2] {
        [0_u64, 1].map(|k| BEND.0 * smooth(self.seed ^ (0x71 + k), xy, BEND.1))
    }

    /// The lattice point nearest to a place.
    #[expect(clippy::cast_possible_truncation, reason = "lattice points of a city")]
    fn lattice_at(&self, xy: [f64; 2]) -> At {
        let bent = self.bend(xy);
        let [i, j] = [0, 1].map(|k| ((xy[k] + bent[k]) / LATTICE_M).round() as i64);
        (i, j)
    }

    /// Where a lattice point lies: the bend undone by iteration, and a little disorder.
    #[expect(clippy::cast_precision_loss, reason = "lattice points of a city")]
    fn place(&self, (i, j): At) -> [f64; 2] {
        let straight = [i as f64 * LATTICE_M, j as f64 * LATTICE_M];
        let mut xy = straight;
        for _ in 0..5 {
            let bent = self.bend(xy);
            xy = [straight[0] - bent[0], straight[1] - bent[1]];
        }
        let moved = |salt: u64| (hash01(self.seed ^ salt, i, j) - 0.5) * 0.44 * LATTICE_M;
        [xy[0] + moved(0x81), xy[1] + moved(0x82)]
    }

    /// Lays an arterial over the lattice: the points it passes move onto its line.
    fn trace(&mut self, line: &[[f64; 2]], street: usize) {
        let mut visits: Vec<(At, Vec<[f64; 2]>)> = Vec::new();
        for sample in samples(line, 12.0) {
            let at = self.lattice_at(sample);
            match visits.last_mut() {
                Some((last, points)) if *last == at => points.push(sample),
                _ => visits.push((at, vec![sample])),
            }
        }
        let mut path: Vec<At> = Vec::new();
        for (k, (at, points)) in visits.iter().enumerate() {
            let next = visits.get(k + 1).map(|v| v.0);
            let skippable = match (path.last(), next) {
                (Some(last), Some(next)) => beside(*last, next),
                _ => false,
            };
            if skippable && points.len() < 4 && !self.arterial_at.contains_key(at) {
                continue;
            }
            self.arterial_at.entry(*at).or_insert_with(|| mean(points));
            path.push(*at);
        }
        for pair in path.windows(2) {
            self.join(pair[0], pair[1], street);
        }
    }

    /// One edge of an arterial. Two diagonals never cross in a cell: the later goes by a corner.
    fn join(&mut self, a: At, b: At, street: usize) {
        let known =
            |x: At, y: At, all: &[(At, At, usize)]| all.iter().any(|e| (e.0, e.1) == (x, y) || (e.0, e.1) == (y, x));
        if a == b || known(a, b, &self.arterials) {
            return;
        }
        let corners = ((a.0, b.1), (b.0, a.1));
        if a.0 != b.0 && a.1 != b.1 && known(corners.0, corners.1, &self.arterials) {
            self.join(a, corners.0, street);
            self.join(corners.0, b, street);
            return;
        }
        self.arterials.push((a, b, street));
    }

    /// Lattice points that have a street, edges between them, and lanes.
    fn lattice(&self, streets: &[StreetSeed]) -> Network {
        let mut network = Network::new(self.plane);
        let mut index: HashMap<At, usize> = HashMap::new();
        for (a, b, street) in &self.arterials {
            let [a, b] = [a, b].map(|at| {
                let add = |n: &mut Network| n.add_node(self.arterial_at[at], self.area(self.arterial_at[at]));
                *index.entry(*at).or_insert_with(|| add(&mut network))
            });
            network.add_edge(a, b, streets[*street].class, *street);
        }
        let mut near: HashSet<At> = HashSet::new();
        for (i, j) in self.arterial_at.keys() {
            near.extend((-2..=2).flat_map(|di| (-2..=2).map(move |dj| (i + di, j + dj))));
        }
        let (low, high) = self.range();
        for j in low.1..=high.1 {
            for i in low.0..=high.0 {
                if index.contains_key(&(i, j)) {
                    continue;
                }
                let xy = self.place((i, j));
                if let Some(area) = self.mosaic.owner_at(xy)
                    && (near.contains(&(i, j)) || self.is_built(xy))
                {
                    index.insert((i, j), network.add_node(xy, Some(area)));
                }
            }
        }
        let candidates = self.candidates(&index, &network);
        Self::choose(candidates, &mut network);
        self.lanes(&mut network);
        network
    }

    fn area(&self, xy: [f64; 2]) -> Option<usize> {
        self.mosaic.owner_at(xy)
    }

    /// The lattice points that cover all seats and arterials with a margin.
    fn range(&self) -> (At, At) {
        let all = || {
            let seats = self.seats.iter().map(|s| self.lattice_at(*s));
            seats.chain(self.arterial_at.keys().copied())
        };
        let least = |f: fn(At) -> i64| all().map(f).min().unwrap_or(0) - 40;
        let most = |f: fn(At) -> i64| all().map(f).max().unwrap_or(0) + 40;
        ((least(|p| p.0), least(|p| p.1)), (most(|p| p.0), most(|p| p.1)))
    }

    /// Whether people live here: around the seats, with fields and swamps between.
    fn is_built(&self, xy: [f64; 2]) -> bool {
        let distance = |s: &[f64; 2]| (s[0] - xy[0]).hypot(s[1] - xy[1]);
        let nearest = self.seats.iter().map(distance).fold(f64::INFINITY, f64::min);
        nearest < (530.0 + 380.0 * smooth(self.seed ^ 0x91, xy, 900.0)).max(320.0)
    }

    /// Lattice edges that cross neither river nor toll road, cheapest first.
    fn candidates(&self, index: &HashMap<At, usize>, network: &Network) -> Vec<Candidate> {
        let taken: HashSet<(usize, usize)> = network.edges.iter().map(|e| (e.a.min(e.b), e.a.max(e.b))).collect();
        let mut ordered: Vec<(&At, &usize)> = index.iter().collect();
        ordered.sort_unstable();
        let mut candidates = Vec::new();
        for ((i, j), a) in ordered {
            for (salt, next) in [(1, (i + 1, *j)), (2, (*i, j + 1))] {
                let Some(b) = index.get(&next) else { continue };
                let ends = [network.nodes[*a].xy, network.nodes[*b].xy];
                let length = (ends[0][0] - ends[1][0]).hypot(ends[0][1] - ends[1][1]);
                let long = length > 2.2 * LATTICE_M;
                if long || taken.contains(&(*a.min(b), *a.max(b))) || self.is_walled(ends) {
                    continue;
                }
                let line = if salt == 1 { *j } else { *i };
                let collector = line.rem_euclid(COLLECTOR_EVERY) == 0;
                let chance = hash01(self.seed ^ salt, *i, *j);
                let weight = if collector { chance * 0.3 } else { 0.3 + chance };
                candidates.push(Candidate {
                    a: *a,
                    b: *b,
                    weight,
                    collector,
                    luck: hash01(self.seed ^ (salt + 4), *i, *j),
                });
            }
        }
        candidates.sort_by(|x, y| x.weight.total_cmp(&y.weight));
        candidates
    }

    fn is_walled(&self, [a, b]: [[f64; 2]; 2]) -> bool {
        self.walls.iter().any(|[c, d]| crosses(a, b, *c, *d))
    }

    /// A spanning tree, most collectors, and some loops.
    fn choose(candidates: Vec<Candidate>, network: &mut Network) {
        let mut parts = Parts::new(network.nodes.len());
        for e in &network.edges {
            parts.join(e.a, e.b);
        }
        for c in candidates {
            let share = if c.collector { 0.75 } else { LOOPS };
            if parts.join(c.a, c.b) || c.luck < share {
                let class = if c.collector { RoadClass::Tertiary } else { RoadClass::Residential };
                network.add_edge(c.a, c.b, class, LOCAL);
            }
        }
    }

    /// Lanes that leave a street and end in the middle of a block.
    fn lanes(&self, network: &mut Network) {
        for e in 0..network.edges.len() {
            let edge = network.edges[e];
            let id = i64::try_from(e).unwrap_or(0);
            let chance = |salt: u64| hash01(self.seed ^ salt, id, 0);
            let limit = if edge.street == LOCAL { LANES } else { 0.12 };
            if chance(0xa1) >= limit || edge.class == RoadClass::Motorway {
                continue;
            }
            let [a, b] = [network.nodes[edge.a].xy, network.nodes[edge.b].xy];
            let t = 0.35 + 0.3 * chance(0xa2);
            let foot = [0, 1].map(|k| a[k] + (b[k] - a[k]) * t);
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let side = if chance(0xa3) < 0.5 { 1.0 } else { -1.0 };
            let reach = side * (32.0 + 26.0 * chance(0xa4)) / dx.hypot(dy).max(1.0);
            let lean = 0.3 * (chance(0xa5) - 0.5);
            let end = [foot[0] + (-dy + dx * lean) * reach, foot[1] + (dx + dy * lean) * reach];
            let (Some(area), false) = (self.area(end), self.is_walled([foot, end])) else { continue };
            network.branch(e, foot, end, area);
        }
    }
}

struct Candidate {
    a: usize,
    b: usize,
    weight: f64,
    collector: bool,
    luck: f64,
}

/// Disjoint sets of nodes.
pub(super) struct Parts(Vec<usize>);

impl Parts {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    pub(super) fn root(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    /// Whether the two were apart before.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a] = b;
        a != b
    }
}

fn beside(a: At, b: At) -> bool {
    (a.0 - b.0).abs() <= 1 && (a.1 - b.1).abs() <= 1
}

fn mean(points: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|k| points.iter().map(|p| p[k]).sum::<f64>() / real(points.len()))
}

/// Points along a line, about `step` metres apart, both ends included.
pub(super) fn samples(line: &[[f64; 2]], step: f64) -> Vec<[f64; 2]> {
    let mut points = Vec::new();
    for w in line.windows(2) {
        let count = whole((w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]) / step) + 1;
        for n in 0..count {
            let t = real(n) / real(count);
            points.push([0, 1].map(|k| w[0][k] + (w[1][k] - w[0][k]) * t));
        }
    }
    points.extend(line.last());
    points
}

/// Whether the segments a-b and c-d cross.
pub(super) fn crosses(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    (side(a, b, c) > 0.0) != (side(a, b, d) > 0.0) && (side(c, d, a) > 0.0) != (side(c, d, b) > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_is_told_from_passing_by() {
        let (a, b) = ([0.0, 0.0], [10.0, 0.0]);
        assert!(crosses(a, b, [5.0, -1.0], [5.0, 1.0]));
        assert!(!crosses(a, b, [5.0, 0.5], [5.0, 2.0]));
        assert!(!crosses(a, b, [11.0, -1.0], [11.0, 1.0]));
    }

    #[test]
    fn samples_keep_both_ends_and_the_step() {
        let points = samples(&[[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]], 20.0);
        assert_eq!((points[0], points[points.len() - 1]), ([0.0, 0.0], [100.0, 50.0]));
        assert!(points.windows(2).all(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]) <= 20.01));
    }

    #[test]
    fn parts_are_joined_once() {
        let mut parts = Parts::new(3);
        assert!(parts.join(0, 1) && parts.join(1, 2) && !parts.join(0, 2));
    }
}
