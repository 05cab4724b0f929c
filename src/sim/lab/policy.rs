//! Who is sent: four rules, from the straight line to the engine's own recommendation for all who wait.

use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Post, Town, unit_id};
use crate::dispatch::desk::Desk;
use crate::dispatch::matching::{Costs, least_cost};
use crate::dispatch::recommend::{CONSIDERED, Candidate, Scene, recommend};
use crate::dispatch::world::{Nearby, Whereabouts, World};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{IncidentId, UnitId};
use crate::model::place::{Jurisdiction, LngLat};
use crate::model::unit::UnitStatus;

/// 2026-01-01, for the desk: nothing here depends on it.
const DAY: Timestamp = Timestamp::from_secs(1_767_225_600);

/// A unit that is no candidate, seconds.
const NEVER: f64 = 1e9;

/// A rule of who is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Policy {
    /// The free unit nearest by straight line.
    Straight,
    /// The free unit there first by road.
    Travel,
    /// The engine's recommendation, one call after another.
    Recommended,
    /// The same costs, all who wait together.
    Shared,
}

impl Policy {
    /// All of them, the plainest first.
    pub const ALL: [Self; 4] = [Self::Straight, Self::Travel, Self::Recommended, Self::Shared];

    /// For tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Straight => "straight line",
            Self::Travel => "travel time",
            Self::Recommended => "recommendation",
            Self::Shared => "recommendation, shared out",
        }
    }

    /// The unit of each waiting call, in their order; none where there is none.
    pub(super) fn choose(
        self,
        town: &Town,
        desks: &Desks,
        waiting: &[usize],
        calls: &[Call],
        free: &[(usize, LngLat)],
    ) -> Vec<Option<Sent>> {
        let answers: Vec<Answer> = waiting.iter().map(|call| Answer::of(town, &calls[*call], free)).collect();
        if self == Self::Shared && waiting.len() > 1 {
            return shared(town, desks, waiting, calls, free, &answers);
        }
        let mut taken = BTreeSet::new();
        let mut chosen = Vec::new();
        for (call, answer) in waiting.iter().zip(&answers) {
            let unit = match self {
                Self::Straight => answer.first(&taken, |way| way.metres),
                Self::Travel => answer.first(&taken, |way| way.secs),
                Self::Recommended | Self::Shared => {
                    let ranked = desks.rank(town, &calls[*call], free, answer, &taken, CONSIDERED);
                    ranked.iter().find_map(|candidate| {
                        answer.ways.iter().position(|way| unit_id(way.unit) == candidate.unit_id && way.secs < NEVER)
                    })
                }
            };
            chosen.push(unit.map(|way| answer.send(way, &taken)));
            taken.extend(unit.map(|way| answer.ways[way].unit));
        }
        chosen
    }
}

/// Who goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub unit: usize,
    pub travel_s: f64,
    /// Of the free unit that would have been there first.
    pub best_s: f64,
}

/// The way of every free unit to one call.
struct Answer {
    ways: Vec<Way>,
}

struct Way {
    unit: usize,
    metres: f64,
    secs: f64,
}

impl Answer {
    fn of(town: &Town, call: &Call, free: &[(usize, LngLat)]) -> Self {
        let from: Vec<LngLat> = free.iter().map(|(_, at)| *at).collect();
        let times = town.travel.many_to_one(&from, call.place);
        let way = |((unit, at), secs): (&(usize, LngLat), Option<f64>)| Way {
            unit: *unit,
            metres: at.distance_m(call.place),
            secs: secs.unwrap_or(NEVER),
        };
        Self { ways: free.iter().zip(times).map(way).collect() }
    }

    fn first(&self, taken: &BTreeSet<usize>, by: impl Fn(&Way) -> f64) -> Option<usize> {
        let open = self.ways.iter().enumerate().filter(|(_, way)| way.secs < NEVER && !taken.contains(&way.unit));
        open.min_by(|a, b| by(a.1).total_cmp(&by(b.1))).map(|(index, _)| index)
    }

    fn send(&self, way: usize, taken: &BTreeSet<usize>) -> Sent {
        let best = self.first(taken, |way| way.secs).map_or(self.ways[way].secs, |best| self.ways[best].secs);
        Sent { unit: self.ways[way].unit, travel_s: self.ways[way].secs, best_s: best }
    }
}

/// All who wait together, the gravest first: within one priority the least total cost.
fn shared(
    town: &Town,
    desks: &Desks,
    waiting: &[usize],
    calls: &[Call],
    free: &[(usize, LngLat)],
    answers: &[Answer],
) -> Vec<Option<Sent>> {
    let mut taken = BTreeSet::new();
    let mut chosen = Vec::new();
    let mut begin = 0;
    for alike in waiting.chunk_by(|a, b| calls[*a].priority == calls[*b].priority) {
        let part = &answers[begin..begin + alike.len()];
        begin += alike.len();
        // Behind the units stands nobody, dearer for who waits longer.
        let mut costs = Costs::filled(alike.len(), free.len() + alike.len(), NEVER);
        for (row, (call, answer)) in alike.iter().zip(part).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "some hundred calls")]
            costs.set(row, free.len() + row, 1e6 * (alike.len() - row) as f64);
            let ranked = desks.rank(town, &calls[*call], free, answer, &taken, free.len());
            let by_unit: BTreeMap<UnitId, f64> = ranked.iter().map(|c| (c.unit_id, c.cost_s)).collect();
            for (column, way) in answer.ways.iter().enumerate().filter(|(_, way)| way.secs < NEVER) {
                if let Some(cost_s) = by_unit.get(&unit_id(way.unit)) {
                    costs.set(row, column, *cost_s);
                }
            }
        }
        let columns = least_cost(&costs).unwrap_or_default();
        let sent: Vec<Option<Sent>> = columns
            .iter()
            .zip(part)
            .map(|(column, answer)| (*column < free.len()).then(|| answer.send(*column, &taken)))
            .collect();
        taken.extend(sent.iter().flatten().map(|sent| sent.unit));
        chosen.extend(sent);
    }
    chosen
}

/// The desk that recommends: the engine's own, with the laboratory's units.
pub(super) struct Desks {
    desk: Desk,
}

/// The units where they are, and the ways that were measured.
struct Streets<'a> {
    free: &'a [(usize, LngLat)],
    answer: &'a Answer,
}

impl World for Streets<'_> {
    fn nearest(&self, _: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        let mut near: Vec<Nearby> = (self.free.iter().zip(&self.answer.ways))
            .map(|((unit, at), way)| Nearby {
                unit: unit_id(*unit),
                at: *at,
                distance_m: way.metres,
                fix_at: Some(DAY),
            })
            .filter(|near| wanted(near.unit))
            .collect();
        near.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        near.truncate(k);
        near
    }

    fn whereabouts(&self, unit: UnitId) -> Option<Whereabouts> {
        let (_, at) = self.free.iter().find(|(index, _)| unit_id(*index) == unit)?;
        Some(Whereabouts { at: *at, fix_at: Some(DAY) })
    }

    fn travel_times_s(&self, from: &[LngLat], _: LngLat) -> Vec<Option<f64>> {
        let time = |at: &LngLat| {
            let way = self.free.iter().position(|(_, spot)| spot == at).map(|index| &self.answer.ways[index]);
            way.map(|way| way.secs).filter(|secs| *secs < NEVER)
        };
        from.iter().map(time).collect()
    }

    fn jurisdiction(&self, _: LngLat) -> Option<Jurisdiction> {
        None
    }
}

impl Desks {
    pub(super) fn of(posts: &[Post]) -> Self {
        let mut desks = Self { desk: Desk::new("lab", "LAB", 7) };
        for (index, post) in posts.iter().enumerate() {
            desks.record(Event::UnitRegistered {
                unit: unit_id(index),
                no: u32::try_from(index + 1).unwrap_or(u32::MAX),
                call_sign: post.call_sign.clone(),
                unit_kind: post.kind,
                polsek: post.polsek.clone(),
                crew: 2,
                post: post.at,
            });
            desks.set(index, true);
        }
        desks
    }

    /// A unit is free, or bound.
    pub(super) fn set(&mut self, unit: usize, free: bool) {
        let status = if free { UnitStatus::Available } else { UnitStatus::Busy };
        self.record(Event::UnitStatusSet { unit: unit_id(unit), status });
    }

    fn record(&mut self, event: Event) {
        let entry = Entry::seal("lab", self.desk.seq + 1, DAY, Actor::System, event, self.desk.head);
        self.desk.apply(&entry);
    }

    fn rank(
        &self,
        town: &Town,
        call: &Call,
        free: &[(usize, LngLat)],
        answer: &Answer,
        taken: &BTreeSet<usize>,
        considered: usize,
    ) -> Vec<Candidate> {
        let polsek = (town.polsek_of)(call.place);
        let Some(plan) = town.plans.find(call.category, call.priority) else { return Vec::new() };
        let scene = Scene {
            incident: IncidentId(uuid::Uuid::nil()),
            at: call.place,
            polsek: polsek.as_deref(),
            plan,
            needed: 1,
            declined: &[],
            considered,
            taken: &taken.iter().map(|unit| unit_id(*unit)).collect(),
        };
        recommend(&self.desk, &Streets { free, answer }, &scene, DAY).candidates
    }
}
