//! Streets while they are made: nodes, edges, what is cut off, what is joined, what is one-way.

use std::collections::HashMap;

use super::names::Namer;
use super::noise::hash01;
use super::seed::StreetSeed;
use super::streets::{Parts, samples};
use crate::model::place::{LngLat, Plane};
use crate::roads::class::RoadClass;
use crate::roads::graph::{DraftEdge, RoadDraft};

/// Instead of the number of an arterial: a street of a neighbourhood.
pub(super) const LOCAL: usize = usize::MAX;
/// Instead of the number of an arterial: the way between a toll gate and the city.
pub(super) const GATE: usize = usize::MAX - 1;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub xy: [f64; 2],
    /// The kelurahan it lies in.
    pub area: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub a: usize,
    pub b: usize,
    pub class: RoadClass,
    /// Number of the arterial, [`LOCAL`] or [`GATE`].
    pub street: usize,
    /// First and last of its inner points among `Network::inner`.
    pub inner: (usize, usize),
}

/// One named street as it was laid out.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub name: String,
    pub lane: bool,
    pub edges: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Network {
    plane: Plane,
    pub nodes: Vec<Node>,
    pub edges: Vec<Line>,
    inner: Vec<[f64; 2]>,
}

impl Network {
    pub(super) fn new(plane: Plane) -> Self {
        Self { plane, nodes: Vec::new(), edges: Vec::new(), inner: Vec::new() }
    }

    pub(super) fn add_node(&mut self, xy: [f64; 2], area: Option<usize>) -> usize {
        self.nodes.push(Node { xy, area });
        self.nodes.len() - 1
    }

    pub(super) fn add_edge(&mut self, a: usize, b: usize, class: RoadClass, street: usize) {
        self.edges.push(Line { a, b, class, street, inner: (0, 0) });
    }

    /// A lane from `foot` on edge `e` to `end`.
    pub(super) fn branch(&mut self, e: usize, foot: [f64; 2], end: [f64; 2], area: usize) {
        let Line { b, class, street, .. } = self.edges[e];
        let middle = self.add_node(foot, Some(area));
        let tip = self.add_node(end, Some(area));
        self.edges[e].b = middle;
        self.add_edge(middle, b, class, street);
        self.add_edge(middle, tip, RoadClass::Gang, LOCAL);
    }

    /// A toll road over everything else, joined to the streets only at its gates.
    pub(super) fn add_toll(&mut self, line: &[[f64; 2]], gates: &[[f64; 2]], street: usize) {
        let city = self.nodes.len();
        let arterial: Vec<usize> = self.edges.iter().filter(|e| e.street < GATE).map(|e| e.a).collect();
        let points = samples(line, 250.0);
        let first = self.nodes.len();
        for xy in &points {
            self.add_node(*xy, None);
        }
        for n in first + 1..self.nodes.len() {
            self.add_edge(n - 1, n, RoadClass::Motorway, street);
        }
        for gate in gates {
            let near = |among: &mut dyn Iterator<Item = usize>| {
                let distance = |n: &usize| {
                    let [x, y] = self.nodes[*n].xy;
                    (x - gate[0]).hypot(y - gate[1])
                };
                among.min_by(|a, b| distance(a).total_cmp(&distance(b)))
            };
            let street = near(&mut arterial.iter().copied().filter(|n| *n < city));
            let toll = near(&mut (first..first + points.len()));
            if let (Some(street), Some(toll)) = (street, toll) {
                self.add_edge(toll, street, RoadClass::Secondary, GATE);
            }
        }
    }

    /// Drops what cannot be reached from the greater part.
    pub(super) fn keep_largest_part(&mut self) {
        let mut parts = Parts::new(self.nodes.len());
        for e in &self.edges {
            parts.join(e.a, e.b);
        }
        let roots: Vec<usize> = (0..self.nodes.len()).map(|n| parts.root(n)).collect();
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for root in &roots {
            *sizes.entry(*root).or_default() += 1;
        }
        let largest = sizes.into_iter().max_by_key(|(root, size)| (*size, *root)).map(|(root, _)| root);
        self.edges.retain(|e| Some(roots[e.a]) == largest);
        self.renumber();
    }

    /// Leaves out nodes without edges.
    fn renumber(&mut self) {
        let mut number = vec![usize::MAX; self.nodes.len()];
        let mut kept = Vec::new();
        for e in &mut self.edges {
            for end in [&mut e.a, &mut e.b] {
                if number[*end] == usize::MAX {
                    number[*end] = kept.len();
                    kept.push(self.nodes[*end].clone());
                }
                *end = number[*end];
            }
        }
        self.nodes = kept;
    }

    /// Edges at each node.
    pub(super) fn ends(&self) -> Vec<Vec<usize>> {
        let mut ends = vec![Vec::new(); self.nodes.len()];
        for (i, e) in self.edges.iter().enumerate() {
            ends[e.a].push(i);
            ends[e.b].push(i);
        }
        ends
    }

    /// Turns nodes where only two pieces of one local street meet into points of its shape.
    pub(super) fn contract(&mut self) {
        let ends = self.ends();
        let same = |e: &[usize]| {
            let [x, y] = [self.edges[e[0]], self.edges[e[1]]];
            x.street == LOCAL && y.street == LOCAL && e[0] != e[1]
        };
        let passing: Vec<bool> = ends.iter().map(|e| e.len() == 2 && same(e)).collect();
        let mut used = vec![false; self.edges.len()];
        let (mut lines, mut inner) = (Vec::new(), Vec::new());
        for start in 0..self.edges.len() {
            for (from, to) in [(self.edges[start].a, self.edges[start].b), (self.edges[start].b, self.edges[start].a)] {
                if used[start] || passing[from] {
                    continue;
                }
                let (mut at, mut edge, first) = (to, start, inner.len());
                let mut class = self.edges[start].class;
                used[edge] = true;
                while passing[at] {
                    inner.push(self.nodes[at].xy);
                    edge = if ends[at][0] == edge { ends[at][1] } else { ends[at][0] };
                    used[edge] = true;
                    let e = self.edges[edge];
                    class = class.max(e.class);
                    at = if e.a == at { e.b } else { e.a };
                }
                let street = self.edges[start].street;
                lines.push(Line { a: from, b: at, class, street, inner: (first, inner.len()) });
            }
        }
        (self.edges, self.inner) = (lines, inner);
        self.renumber();
    }

    /// Edges that may be driven one way only without cutting anything off.
    pub(super) fn one_ways(&self, seed: u64, streets: &[StreetSeed]) -> Vec<bool> {
        let flagged = |e: &Line| streets.get(e.street).is_some_and(|s| s.one_way);
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        order.sort_by_key(|i| (flagged(&self.edges[*i]), self.edges[*i].street != LOCAL));
        let mut parts = Parts::new(self.nodes.len());
        let mut one_way = vec![false; self.edges.len()];
        for i in order {
            let e = self.edges[i];
            if parts.join(e.a, e.b) || e.a == e.b {
                continue;
            }
            let [x, y] = self.nodes[e.a].xy;
            let share = match x.hypot(y) {
                ..2_500.0 => 0.85,
                ..6_000.0 => 0.8,
                _ => 0.6,
            };
            let id = i64::try_from(i).unwrap_or(0);
            let drawn = e.street == LOCAL && e.class < RoadClass::Gang;
            one_way[i] = flagged(&e) || (drawn && hash01(seed ^ 0xb1, id, 1) < share);
        }
        one_way
    }

    /// Names the local streets: each runs on as straight as it can, lanes end where they end.
    pub(super) fn runs(&mut self) -> Vec<Run> {
        let ends = self.ends();
        for e in &mut self.edges {
            let dead = ends[e.a].len() == 1 || ends[e.b].len() == 1;
            if e.street == LOCAL && dead {
                e.class = RoadClass::Gang;
            }
        }
        let mut taken: Vec<bool> = self.edges.iter().map(|e| e.street != LOCAL).collect();
        let mut namer = Namer::default();
        let mut runs = Vec::new();
        for start in 0..self.edges.len() {
            if taken[start] {
                continue;
            }
            taken[start] = true;
            let e = self.edges[start];
            let lane = e.class == RoadClass::Gang;
            let mut edges = vec![start];
            if !lane {
                for (from, at) in [(e.a, e.b), (e.b, e.a)] {
                    self.follow(start, from, at, &ends, &mut taken, &mut edges);
                }
            }
            let area = self.nodes[e.a].area.or(self.nodes[e.b].area).unwrap_or(0);
            let name = if lane { namer.lane(area) } else { namer.street(area) };
            runs.push(Run { name, lane, edges });
        }
        runs
    }

    /// Adds the unnamed edges that go straight on from the end of a street.
    fn follow(
        &self,
        start: usize,
        from: usize,
        at: usize,
        ends: &[Vec<usize>],
        named: &mut [bool],
        edges: &mut Vec<usize>,
    ) {
        let (mut edge, mut from, mut at) = (start, from, at);
        for _ in 0..5 {
            let heading = self.heading(edge, from, true);
            let class = self.edges[edge].class;
            let straight = |next: &usize| {
                let turn = (self.heading(*next, at, false) - heading).rem_euclid(std::f64::consts::TAU);
                turn.min(std::f64::consts::TAU - turn)
            };
            let open = ends[at].iter().copied().filter(|n| !named[*n] && self.edges[*n].class == class);
            let Some(next) = open.min_by(|a, b| straight(a).total_cmp(&straight(b))) else { return };
            if straight(&next) > 0.7 {
                return;
            }
            named[next] = true;
            edges.push(next);
            let e = self.edges[next];
            (edge, from, at) = (next, at, if e.a == at { e.b } else { e.a });
        }
    }

    /// Direction of an edge driven from `from`, at its far end or at its start, radians.
    fn heading(&self, edge: usize, from: usize, far: bool) -> f64 {
        let mut points = self.points(edge);
        if self.edges[edge].a != from {
            points.reverse();
        }
        let n = points.len();
        let [p, q] = if far { [points[n - 2], points[n - 1]] } else { [points[0], points[1]] };
        (q[1] - p[1]).atan2(q[0] - p[0])
    }

    /// All points of an edge in metres.
    pub(super) fn points(&self, edge: usize) -> Vec<[f64; 2]> {
        let e = self.edges[edge];
        let inner = self.inner[e.inner.0..e.inner.1].iter().copied();
        let (first, last) = (self.nodes[e.a].xy, self.nodes[e.b].xy);
        std::iter::once(first).chain(inner).chain(std::iter::once(last)).collect()
    }

    /// The streets as a draft, six decimals.
    pub(super) fn draft(&self, streets: &[StreetSeed], runs: &[Run], one_way: &[bool]) -> RoadDraft {
        let mut names: Vec<&str> =
            self.edges.iter().map(|e| streets.get(e.street).map_or("Gerbang Tol", |s| s.name.as_str())).collect();
        for run in runs {
            for edge in &run.edges {
                names[*edge] = &run.name;
            }
        }
        let point = |xy: [f64; 2]| {
            let p = self.plane.to_lnglat(xy);
            LngLat::new((p.lng * 1e6).round() / 1e6, (p.lat * 1e6).round() / 1e6)
        };
        let edges = self.edges.iter().enumerate().map(|(i, e)| DraftEdge {
            from: u32::try_from(e.a).unwrap_or(u32::MAX),
            to: u32::try_from(e.b).unwrap_or(u32::MAX),
            class: e.class,
            one_way: one_way[i],
            roundabout: false,
            kmh: 0,
            name: names[i].to_owned(),
            shape: self.inner[e.inner.0..e.inner.1].iter().map(|p| point(*p)).collect(),
        });
        RoadDraft {
            edges: edges.collect(),
            nodes: self.nodes.iter().map(|n| point(n.xy)).collect(),
            forbidden: Vec::new(),
        }
    }
}
