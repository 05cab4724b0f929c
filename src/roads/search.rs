//! One search against the direction of travel: from an incident back to every unit.
//!
//! Exact (Dijkstra), honours one-way streets, stops as soon as every asked place is settled.
//! A place on an edge is reached through the ends of the edge or straight along it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{RoadGraph, Snap};

/// Speed between a place and the street it lies at (yard, field, bank), km/h.
pub const OFF_ROAD_KMH: f64 = 20.0;

const NONE: u32 = u32::MAX;

/// What is known about a junction during a search.
#[derive(Debug, Clone, Copy)]
struct Label {
    /// The search that wrote it; an older one means "unknown".
    search: u32,
    settled: bool,
    /// Edge to drive next, [`NONE`] when the target lies on the edge reached from here.
    next_edge: u32,
    next_node: u32,
    secs: f64,
    metres: f64,
}

const UNKNOWN: Label =
    Label { search: 0, settled: false, next_edge: NONE, next_node: NONE, secs: f64::INFINITY, metres: f64::INFINITY };

/// Seconds and metres of a part of a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    pub secs: f64,
    pub metres: f64,
}

/// How a way leaves the edge it starts on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Leave {
    /// Straight along the same edge to the target.
    Along,
    /// Through this junction, at this end of the edge (metres from its start).
    Through(u32, f64),
}

/// Buffers of one search, used again for the next.
#[derive(Debug, Default)]
pub(super) struct Search {
    labels: Vec<Label>,
    wanted: Vec<u32>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    number: u32,
    target: Option<Snap>,
}

impl Search {
    /// Seconds from every end of `sources` to `target`, and on the way there from more junctions.
    pub(super) fn run(&mut self, graph: &RoadGraph, sources: &[Option<Snap>], target: Snap) {
        self.begin(graph.nodes.len());
        self.target = Some(target);
        let mut open = 0;
        for snap in sources.iter().flatten() {
            let edge = graph.edges[snap.edge as usize];
            for node in [edge.from, edge.to] {
                let wanted = &mut self.wanted[node as usize];
                open += usize::from(*wanted != self.number);
                *wanted = self.number;
            }
        }
        let edge = graph.edges[target.edge as usize];
        let on = |metres: f64| Cost { secs: edge.class.secs(metres), metres };
        self.reach(edge.from, on(target.along_m), NONE, NONE);
        if !edge.one_way {
            self.reach(edge.to, on(edge.length_m - target.along_m), NONE, NONE);
        }
        while open > 0 {
            let Some(Reverse((_, node))) = self.heap.pop() else { break };
            let label = &mut self.labels[node as usize];
            if label.settled {
                continue;
            }
            label.settled = true;
            open -= usize::from(self.wanted[node as usize] == self.number);
            let Label { secs, metres, .. } = *label;
            for arc in graph.arcs_into(node) {
                let cost = Cost { secs: secs + arc.secs, metres: metres + arc.metres };
                self.reach(arc.node, cost, arc.edge, node);
            }
        }
    }

    /// Clears everything for a network of `nodes` junctions (in constant time, mostly).
    fn begin(&mut self, nodes: usize) {
        if self.labels.len() != nodes || self.number == u32::MAX {
            self.labels.clear();
            self.labels.resize(nodes, UNKNOWN);
            self.wanted.clear();
            self.wanted.resize(nodes, 0);
            self.number = 0;
        }
        self.number += 1;
        self.heap.clear();
    }

    fn reach(&mut self, node: u32, cost: Cost, next_edge: u32, next_node: u32) {
        let number = self.number;
        let label = &mut self.labels[node as usize];
        if label.search == number && label.secs <= cost.secs {
            return;
        }
        let Cost { secs, metres } = cost;
        *label = Label { search: number, settled: false, next_edge, next_node, secs, metres };
        // The bits of non-negative numbers sort as the numbers do.
        self.heap.push(Reverse((secs.to_bits(), node)));
    }

    /// What is left from a junction to the target, when the search settled it.
    fn rest(&self, node: u32) -> Option<Cost> {
        let label = self.labels[node as usize];
        let known = label.search == self.number && label.settled;
        known.then_some(Cost { secs: label.secs, metres: label.metres })
    }

    /// The best way from a place on the network to the target.
    pub(super) fn from(&self, graph: &RoadGraph, source: Snap) -> Option<(Leave, Cost)> {
        let target = self.target?;
        let edge = graph.edges[source.edge as usize];
        let on = |metres: f64, leave| (leave, Cost { secs: edge.class.secs(metres), metres });
        let through = |node: u32, end_m: f64| {
            let metres = (end_m - source.along_m).abs();
            let (leave, first) = on(metres, Leave::Through(node, end_m));
            let rest = self.rest(node)?;
            Some((leave, Cost { secs: first.secs + rest.secs, metres: first.metres + rest.metres }))
        };
        let ahead = target.along_m - source.along_m;
        let reachable = source.edge == target.edge && (ahead >= 0.0 || !edge.one_way);
        let along = reachable.then(|| on(ahead.abs(), Leave::Along));
        let back = if edge.one_way { None } else { through(edge.from, 0.0) };
        let forth = through(edge.to, edge.length_m);
        let ways = [along, back, forth].into_iter().flatten();
        ways.min_by(|a, b| a.1.secs.total_cmp(&b.1.secs))
    }

    /// The edges driven from a settled junction, each with the junction it leads to.
    pub(super) fn path(&self, mut node: u32) -> Vec<(u32, u32)> {
        let mut path = Vec::new();
        loop {
            let label = self.labels[node as usize];
            if label.search != self.number || label.next_edge == NONE {
                return path;
            }
            path.push((label.next_edge, label.next_node));
            node = label.next_node;
        }
    }

    /// Where the last search led to.
    pub(super) fn target(&self) -> Option<Snap> {
        self.target
    }
}

/// Seconds and metres between a place and its place on the street.
pub(super) fn off_road(snap: &Snap) -> Cost {
    Cost { secs: snap.distance_m * 3.6 / OFF_ROAD_KMH, metres: snap.distance_m }
}
