//! The streets as a driver meets them: *arcs* (one direction of one edge) and the turns between them.
//!
//! Arc `2 e` is edge `e` as drawn, arc `2 e + 1` the way back where it may be driven. Times are whole
//! milliseconds, so that two ways of adding them up give one sum.

use std::sync::Arc;

use super::cch::NEVER;
use super::cch::hierarchy::Link;
use super::graph::{RoadGraph, Snap};
use crate::model::place::LngLat;

/// Cost of a right angle and more, seconds, and how much dearer the turn across the other lane is:
/// the car profile of OSRM (`turn_penalty = 7.5`, `turn_bias = 1.075`), for traffic on the left.
const TURN_S: f64 = 7.5;
const TURN_BIAS: f64 = 1.0 / 1.075;

/// Turning round on the road, seconds (OSRM: `u_turn_penalty = 20`).
const U_TURN_S: f64 = 20.0;

/// Speed between a place and the street it lies at (yard, field, bank), km/h.
pub const OFF_ROAD_KMH: f64 = 20.0;

/// A turn from one arc to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The arc that is left.
    pub from: u32,
    /// The arc that is entered.
    pub to: u32,
    /// What the turn itself costs, milliseconds.
    pub ms: u32,
}

/// Arcs and turns of a graph; never changes.
#[derive(Debug)]
pub struct Network {
    graph: Arc<RoadGraph>,
    /// Milliseconds of each arc on a free road.
    free_ms: Vec<u32>,
    /// Turns sorted by the arc they leave, and where each arc's begin.
    turns: Vec<Turn>,
    first: Vec<u32>,
    /// Numbers of turns sorted by the arc they enter, and where each arc's begin.
    entering: Vec<u32>,
    first_entering: Vec<u32>,
}

impl Network {
    /// The arcs and turns of `graph`.
    #[must_use]
    pub fn new(graph: Arc<RoadGraph>) -> Self {
        let arcs = graph.edges().len() * 2;
        let free_ms: Vec<u32> = graph.edges().iter().flat_map(|edge| [millis(edge.secs()); 2]).collect();
        let headings: Vec<Option<[f64; 2]>> = (0..index(arcs)).map(|arc| headings(&graph, arc)).collect();
        let mut turns = Vec::new();
        for from in 0..index(arcs) {
            let Some([_, arriving]) = headings[from as usize] else { continue };
            let node = head(&graph, from);
            let ways = graph.arcs_from(node);
            for way in ways {
                let to = arc_of(&graph, way.edge, node, way.node);
                for to in to {
                    if graph.forbids(from, to) {
                        continue;
                    }
                    let Some([leaving, _]) = headings[to as usize] else { continue };
                    turns.push(Turn { from, to, ms: turn_ms(from, to, leaving - arriving, ways.len()) });
                }
            }
        }
        turns.sort_unstable_by_key(|turn| (turn.from, turn.to));
        turns.dedup_by_key(|turn| (turn.from, turn.to));
        turns.shrink_to_fit();
        let first = firsts(arcs, turns.iter().map(|turn| turn.from));
        let mut entering: Vec<u32> = (0..index(turns.len())).collect();
        entering.sort_by_key(|turn| turns[*turn as usize].to);
        let first_entering = firsts(arcs, turns.iter().map(|turn| turn.to));
        Self { graph, free_ms, turns, first, entering, first_entering }
    }

    /// The streets, for another network over them.
    #[must_use]
    pub fn shared_graph(&self) -> Arc<RoadGraph> {
        self.graph.clone()
    }

    /// The streets.
    #[must_use]
    pub fn graph(&self) -> &RoadGraph {
        &self.graph
    }

    /// How many arcs there are, those that may not be driven included.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.free_ms.len()
    }

    /// Milliseconds of each arc on a free road.
    #[must_use]
    pub fn free_ms(&self) -> &[u32] {
        &self.free_ms
    }

    /// The turns out of an arc.
    #[must_use]
    pub fn turns_from(&self, arc: u32) -> &[Turn] {
        &self.turns[self.first[arc as usize] as usize..self.first[arc as usize + 1] as usize]
    }

    /// The turns into an arc.
    pub fn turns_into(&self, arc: u32) -> impl Iterator<Item = &Turn> {
        let own = self.first_entering[arc as usize] as usize..self.first_entering[arc as usize + 1] as usize;
        self.entering[own].iter().map(|turn| &self.turns[*turn as usize])
    }

    /// Each turn with the arc before it, weighed with `arc_ms` per arc.
    #[must_use]
    pub fn links(&self, arc_ms: &[u32]) -> Vec<Link> {
        let weight = |turn: &Turn| arc_ms[turn.from as usize].saturating_add(turn.ms).min(NEVER);
        self.turns.iter().map(|turn| Link { from: turn.from, to: turn.to, weight: weight(turn) }).collect()
    }

    /// The arcs a place lies on, each with the milliseconds from its start to the place.
    #[must_use]
    pub fn ends(&self, place: &Snap) -> Vec<(u32, u32)> {
        self.on(place).into_iter().map(|(arc, part)| (arc, part_ms(self.free_ms[arc as usize], part))).collect()
    }

    /// The arcs a place lies on, each with the milliseconds from the place to its end.
    #[must_use]
    pub fn to_ends(&self, place: &Snap) -> Vec<(u32, u32)> {
        let rest = |(arc, part): (u32, f64)| {
            let free = self.free_ms[arc as usize];
            (arc, free - part_ms(free, part))
        };
        self.on(place).into_iter().map(rest).collect()
    }

    /// The arcs a place lies on, each with the share of it that lies behind the place.
    pub(super) fn on(&self, place: &Snap) -> Vec<(u32, f64)> {
        let edge = self.graph.edges()[place.edge as usize];
        let part = if edge.length_m > 0.0 { (place.along_m / edge.length_m).clamp(0.0, 1.0) } else { 0.0 };
        let mut arcs = vec![(2 * place.edge, part)];
        if !edge.one_way {
            arcs.push((2 * place.edge + 1, 1.0 - part));
        }
        arcs
    }

    /// Milliseconds between a place on the network and a target: straight along a shared arc, or out of
    /// its arcs and on, where `rest` knows the way from the start of an arc. Also the first turn.
    pub(super) fn leave(
        &self,
        source: &Snap,
        target: &Snap,
        mut rest: impl FnMut(u32) -> u32,
    ) -> Option<(u32, Leaving)> {
        let mut best = (NEVER, Leaving::Along(0));
        for (arc, part) in self.on(source) {
            let free = self.free_ms[arc as usize];
            let ahead = self.on(target).into_iter().find(|(other, share)| *other == arc && *share >= part);
            if let Some((_, share)) = ahead {
                let ms = part_ms(free, share) - part_ms(free, part);
                if ms < best.0 {
                    best = (ms, Leaving::Along(arc));
                }
            }
            let to_end = free - part_ms(free, part);
            for turn in self.turns_from(arc) {
                let ms = to_end.saturating_add(turn.ms).saturating_add(rest(turn.to));
                if ms < best.0 {
                    best = (ms, Leaving::Into { from: arc, to: turn.to });
                }
            }
        }
        (best.0 < NEVER).then_some(best)
    }

    /// The milliseconds of [`Network::leave`] with a third of its questions: `rest` of an arc includes all
    /// turns at its end, where the arc is driven at its free speed and the target does not lie on it.
    pub(super) fn leave_ms(
        &self,
        source: &Snap,
        target: &Snap,
        arc_ms: &[u32],
        mut rest: impl FnMut(u32) -> u32,
    ) -> Option<u32> {
        let target = self.on(target);
        let mut best = NEVER;
        for (arc, part) in self.on(source) {
            let free = self.free_ms[arc as usize];
            let behind = part_ms(free, part);
            let here = target.iter().find(|(other, _)| *other == arc);
            if let Some((_, share)) = here.filter(|(_, share)| *share >= part) {
                best = best.min(part_ms(free, *share) - behind);
            }
            if here.is_none() && arc_ms[arc as usize] == free {
                let ms = rest(arc);
                if ms < NEVER {
                    best = best.min(ms - behind);
                }
                continue;
            }
            for turn in self.turns_from(arc) {
                best = best.min((free - behind).saturating_add(turn.ms).saturating_add(rest(turn.to)));
            }
        }
        (best < NEVER).then_some(best)
    }
}

/// How a way leaves the edge it starts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Along this arc, straight to the target.
    Along(u32),
    /// To the end of one arc and into the next.
    Into {
        /// The arc it starts on.
        from: u32,
        /// The arc it turns into.
        to: u32,
    },
}

/// The junction an arc leads to.
pub(super) fn head(graph: &RoadGraph, arc: u32) -> u32 {
    let edge = graph.edges()[arc as usize / 2];
    if arc.is_multiple_of(2) { edge.to } else { edge.from }
}

/// Points of an arc in the order driven.
pub(super) fn points(graph: &RoadGraph, arc: u32) -> Vec<LngLat> {
    let forth = graph.points(arc / 2);
    if arc.is_multiple_of(2) { forth.collect() } else { forth.rev().collect() }
}

/// The arcs by which an edge is driven from one junction to another (two of them on a loop).
fn arc_of(graph: &RoadGraph, edge: u32, from: u32, to: u32) -> impl Iterator<Item = u32> + use<> {
    let e = graph.edges()[edge as usize];
    let forth = (e.from == from && e.to == to).then_some(2 * edge);
    let back = (!e.one_way && e.to == from && e.from == to).then_some(2 * edge + 1);
    forth.into_iter().chain(back)
}

/// Headings at the start and the end of an arc, degrees from north; none for an arc nobody may drive.
pub(super) fn headings(graph: &RoadGraph, arc: u32) -> Option<[f64; 2]> {
    if arc % 2 == 1 && graph.edges()[arc as usize / 2].one_way {
        return None;
    }
    let points = points(graph, arc);
    let heading = |pair: &[LngLat]| bearing(pair[0], pair[1]);
    let apart = |pair: &&[LngLat]| pair[0] != pair[1];
    let first = points.windows(2).find(apart).map_or(0.0, heading);
    let last = points.windows(2).rev().find(apart).map_or(0.0, heading);
    Some([first, last])
}

fn bearing(a: LngLat, b: LngLat) -> f64 {
    let east = (b.lng - a.lng) * a.lat.to_radians().cos();
    east.atan2(b.lat - a.lat).to_degrees()
}

/// What a turn by `degrees` (to the right, any winding) costs where `ways` lead out of the junction.
fn turn_ms(from: u32, to: u32, degrees: f64, ways: usize) -> u32 {
    if from ^ to == 1 {
        return millis(U_TURN_S);
    }
    if ways <= 2 {
        return 0;
    }
    let angle = (degrees + 540.0).rem_euclid(360.0) - 180.0;
    let (slope, shift) =
        if angle >= 0.0 { (13.0 / TURN_BIAS, 6.5 * TURN_BIAS) } else { (13.0 * TURN_BIAS, 6.5 / TURN_BIAS) };
    millis(TURN_S / (1.0 + (shift - slope * angle.abs() / 180.0).exp()))
}

/// The part of an arc's time that lies behind a share of its length.
pub(super) fn part_ms(whole: u32, share: f64) -> u32 {
    millis(f64::from(whole) * share / 1000.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub(super) fn millis(secs: f64) -> u32 {
    (secs * 1000.0).round().clamp(0.0, f64::from(NEVER)) as u32
}

fn firsts(count: usize, keys: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut first = vec![0_u32; count + 1];
    for key in keys {
        first[key as usize + 1] += 1;
    }
    for i in 1..first.len() {
        first[i] += first[i - 1];
    }
    first
}

fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
