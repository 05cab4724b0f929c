//! One search against the direction of travel: from an incident back over the arcs. Exact (Dijkstra);
//! it knows the way itself, not only its length, and judges the hierarchy.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cch::NEVER;
use super::graph::Snap;
use super::network::Network;

/// What is known about an arc during a search.
#[derive(Debug, Clone, Copy)]
struct Label {
    /// The search that wrote it; an older one means "unknown".
    search: u32,
    settled: bool,
    /// Arc to drive next, the arc itself when the target lies on it.
    next: u32,
    ms: u32,
}

const UNKNOWN: Label = Label { search: 0, settled: false, next: 0, ms: NEVER };

/// Buffers of one search, used again for the next.
#[derive(Debug, Default)]
pub(super) struct Search {
    labels: Vec<Label>,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
    number: u32,
}

impl Search {
    /// Milliseconds from the start of every arc to `target`; ends early once all `wanted` are known.
    pub(super) fn run(&mut self, network: &Network, arc_ms: &[u32], target: &Snap, wanted: &[u32]) {
        self.begin(network.arcs());
        for (arc, ms) in network.ends(target) {
            self.reach(arc, ms, arc);
        }
        let mut open: Vec<u32> = wanted.to_vec();
        while let Some(Reverse((ms, arc))) = self.heap.pop() {
            let label = &mut self.labels[arc as usize];
            if label.settled {
                continue;
            }
            label.settled = true;
            if open.last() == Some(&arc) {
                while open.last().is_some_and(|arc| self.is_settled(*arc)) {
                    open.pop();
                }
                if open.is_empty() {
                    return;
                }
            }
            for turn in network.turns_into(arc) {
                let on = arc_ms[turn.from as usize];
                if on < NEVER {
                    self.reach(turn.from, ms + turn.ms + on, arc);
                }
            }
        }
    }

    /// Clears everything for a network of `arcs` (in constant time, mostly).
    fn begin(&mut self, arcs: usize) {
        if self.labels.len() != arcs || self.number == u32::MAX {
            self.labels.clear();
            self.labels.resize(arcs, UNKNOWN);
            self.number = 0;
        }
        self.number += 1;
        self.heap.clear();
    }

    fn reach(&mut self, arc: u32, ms: u32, next: u32) {
        let number = self.number;
        let label = &mut self.labels[arc as usize];
        if label.search == number && label.ms <= ms {
            return;
        }
        *label = Label { search: number, settled: false, next, ms };
        self.heap.push(Reverse((ms, arc)));
    }

    fn is_settled(&self, arc: u32) -> bool {
        let label = self.labels[arc as usize];
        label.search == self.number && label.settled
    }

    /// Milliseconds from the start of an arc to the target; [`NEVER`] when there is no way, or none was
    /// looked for.
    pub(super) fn from(&self, arc: u32) -> u32 {
        if self.is_settled(arc) { self.labels[arc as usize].ms } else { NEVER }
    }

    /// The arcs driven from the start of one, itself and the target's included.
    pub(super) fn path(&self, mut arc: u32) -> Vec<u32> {
        let mut path = vec![arc];
        while self.labels[arc as usize].next != arc && path.len() <= self.labels.len() {
            arc = self.labels[arc as usize].next;
            path.push(arc);
        }
        path
    }
}
