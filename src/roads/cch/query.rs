//! The time from any arc to one target: the way down from the target's ancestors is shared by all who
//! ask, each rank is settled once.

use super::NEVER;
use super::hierarchy::{Hierarchy, Metric};

/// Buffers of one target, used again for the next.
#[derive(Debug, Default)]
pub struct Sweep {
    /// Milliseconds from each rank to the target, valid where `known` has this sweep's number.
    secs: Vec<u32>,
    known: Vec<u32>,
    /// The same for ranks reached from the target's side, before what is above them was looked at.
    seeded: Vec<u32>,
    number: u32,
    path: Vec<u32>,
}

impl Sweep {
    /// Begins anew for a target: `ends` are arcs with the milliseconds from their start to it.
    pub fn aim(&mut self, hierarchy: &Hierarchy, metric: &Metric, ends: &[(u32, u32)]) {
        let count = hierarchy.rank.len();
        if self.secs.len() != count || self.number == u32::MAX {
            *self = Self { secs: vec![NEVER; count], known: vec![0; count], seeded: vec![0; count], ..Self::default() };
        }
        self.number += 1;
        for (arc, weight) in ends {
            self.seed(hierarchy.rank[*arc as usize], *weight);
        }
        for (arc, _) in ends {
            self.climb(hierarchy, metric, hierarchy.rank[*arc as usize]);
        }
    }

    fn seed(&mut self, rank: u32, weight: u32) {
        let rank = rank as usize;
        if self.seeded[rank] == self.number {
            self.secs[rank] = self.secs[rank].min(weight);
        } else {
            self.seeded[rank] = self.number;
            self.secs[rank] = weight;
        }
    }

    /// Carries what is known of a rank to all its ancestors: how they fall to the target.
    fn climb(&mut self, hierarchy: &Hierarchy, metric: &Metric, mut rank: u32) {
        loop {
            let here = self.secs[rank as usize];
            let own = hierarchy.above(rank);
            for i in own.clone() {
                self.seed(hierarchy.up[i], here.saturating_add(metric.falling[i]).min(NEVER));
            }
            if own.is_empty() {
                return;
            }
            rank = hierarchy.up[own.start];
        }
    }

    /// Milliseconds from the start of `arc` to the target; [`NEVER`] without a way.
    pub fn from(&mut self, hierarchy: &Hierarchy, metric: &Metric, arc: u32) -> u32 {
        let asked = hierarchy.rank[arc as usize];
        let mut rank = asked;
        self.path.clear();
        while self.known[rank as usize] != self.number {
            self.path.push(rank);
            let own = hierarchy.above(rank);
            if own.is_empty() {
                break;
            }
            rank = hierarchy.up[own.start];
        }
        while let Some(rank) = self.path.pop() {
            let own = hierarchy.above(rank);
            let r = rank as usize;
            let mut best = if self.seeded[r] == self.number { self.secs[r] } else { NEVER };
            for (to, weight) in hierarchy.up[own.clone()].iter().zip(&metric.rising[own]) {
                best = best.min(weight + self.secs[*to as usize]);
            }
            self.secs[r] = best.min(NEVER);
            self.known[r] = self.number;
        }
        self.secs[asked as usize]
    }
}
