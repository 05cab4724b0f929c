//! The policy laboratory: the same days, handled by different rules of who is sent.
//!
//! In: a [`Town`] (streets, units at their posts) and [`Call`]s. Out: for every policy the response time
//! of every call. All policies get the same calls, so their differences are paired. The full policy is
//! the engine's own recommendation, not a copy of it.

pub mod days;
pub mod figures;
pub mod plot;
mod policy;
mod replay;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::dispatch::plan::Plans;
use crate::model::id::UnitId;
use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};
use crate::model::unit::UnitKind;
use crate::roads::travel_time::TravelTime;
use policy::Desks;
pub use policy::Policy;
pub use replay::{BadReplay, happened, read as read_replay};

/// A unit of the laboratory.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Radio name.
    pub call_sign: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Its Polsek.
    pub polsek: Option<String>,
    /// Where it stands between calls.
    pub at: LngLat,
}

/// Where the days happen.
pub struct Town {
    /// How long it takes to drive.
    pub travel: Arc<dyn TravelTime>,
    /// The units.
    pub posts: Vec<Post>,
    /// Whose area a point lies in.
    pub polsek_of: Box<dyn Fn(LngLat) -> Option<String>>,
    /// What an incident is answered with.
    pub plans: Plans,
}

/// Somebody needs a patrol.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Seconds from the start of its day.
    pub at_s: f64,
    /// Where.
    pub place: LngLat,
    /// How grave.
    pub priority: Priority,
    /// What.
    pub category: Category,
    /// From the call to the moment a unit can be chosen, seconds.
    pub entry_s: f64,
    /// From the choice to the wheels rolling, seconds.
    pub turnout_s: f64,
    /// At the scene, seconds.
    pub service_s: f64,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// From the call to the arrival, seconds.
    pub response_s: f64,
    /// Of it, waiting for a unit to be free, seconds.
    pub waited_s: f64,
    /// Of it, driving, seconds.
    pub travel_s: f64,
    /// Seconds the chosen unit needs more than the free unit that would have been there first.
    pub lost_s: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Happening {
    Call(usize),
    Free(usize),
}

/// An instant of the day in milliseconds, then the order in which it was entered.
type Due = Reverse<(u64, usize)>;

/// Where a unit is: rolling home from a scene, or at its post.
#[derive(Debug, Clone, Copy)]
struct Whereabouts {
    busy: bool,
    from: LngLat,
    since_s: f64,
    home_s: f64,
}

/// Lets a day pass under a policy. The outcome of each call, in their order; `None` where no unit has a way.
#[must_use]
pub fn live(town: &Town, policy: Policy, calls: &[Call]) -> Vec<Option<Outcome>> {
    let mut day = Day::new(town, policy, calls);
    let mut agenda: BinaryHeap<Due> = BinaryHeap::new();
    let mut happenings = Vec::new();
    let enter = |agenda: &mut BinaryHeap<Due>, happenings: &mut Vec<Happening>, at_s: f64, what: Happening| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of some weeks")]
        agenda.push(Reverse(((at_s.max(0.0) * 1000.0) as u64, happenings.len())));
        happenings.push(what);
    };
    for (index, call) in calls.iter().enumerate() {
        enter(&mut agenda, &mut happenings, call.at_s + call.entry_s, Happening::Call(index));
    }
    while let Some(Reverse((at_ms, index))) = agenda.pop() {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some weeks")]
        let now_s = at_ms as f64 / 1000.0;
        match happenings[index] {
            Happening::Call(call) => day.waiting.push(call),
            Happening::Free(unit) => day.come_free(unit, now_s),
        }
        for (unit, free_s) in day.serve(now_s) {
            enter(&mut agenda, &mut happenings, free_s, Happening::Free(unit));
        }
    }
    day.outcomes
}

/// A day under way.
struct Day<'a> {
    town: &'a Town,
    policy: Policy,
    calls: &'a [Call],
    units: Vec<Whereabouts>,
    desks: Desks,
    waiting: Vec<usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl<'a> Day<'a> {
    fn new(town: &'a Town, policy: Policy, calls: &'a [Call]) -> Self {
        let at_post = |post: &Post| Whereabouts { busy: false, from: post.at, since_s: 0.0, home_s: 0.0 };
        Self {
            town,
            policy,
            calls,
            units: town.posts.iter().map(at_post).collect(),
            desks: Desks::of(&town.posts),
            waiting: Vec::new(),
            outcomes: vec![None; calls.len()],
        }
    }

    /// Where the free units are now, by their index.
    fn free(&self, now_s: f64) -> Vec<(usize, LngLat)> {
        let spots = self.units.iter().enumerate().filter(|(_, unit)| !unit.busy);
        spots.map(|(index, unit)| (index, unit.at(self.town.posts[index].at, now_s))).collect()
    }

    fn come_free(&mut self, unit: usize, now_s: f64) {
        let home = self.town.posts[unit].at;
        let from = self.units[unit].from;
        let home_s = self.town.travel.many_to_one(&[from], home)[0].unwrap_or(0.0);
        self.units[unit] = Whereabouts { busy: false, from, since_s: now_s, home_s };
        self.desks.set(unit, true);
    }

    /// Sends units to who waits, gravest and oldest first; who comes free when.
    fn serve(&mut self, now_s: f64) -> Vec<(usize, f64)> {
        self.waiting.sort_by_key(|call| (self.calls[*call].priority, *call));
        let mut freed = Vec::new();
        let waiting = std::mem::take(&mut self.waiting);
        let free = self.free(now_s);
        let chosen = self.policy.choose(self.town, &self.desks, &waiting, self.calls, &free);
        for (call, unit) in waiting.into_iter().zip(chosen) {
            match unit {
                Some(sent) => freed.push(self.send(call, sent, now_s)),
                // Nobody will ever have a way there.
                None if free.len() == self.units.len() => {}
                None => self.waiting.push(call),
            }
        }
        freed
    }

    fn send(&mut self, index: usize, sent: policy::Sent, now_s: f64) -> (usize, f64) {
        let call = &self.calls[index];
        let arrives_s = now_s + call.turnout_s + sent.travel_s;
        self.outcomes[index] = Some(Outcome {
            response_s: arrives_s - call.at_s,
            waited_s: now_s - call.at_s - call.entry_s,
            travel_s: sent.travel_s,
            lost_s: sent.travel_s - sent.best_s,
        });
        self.units[sent.unit] = Whereabouts { busy: true, from: call.place, since_s: now_s, home_s: 0.0 };
        self.desks.set(sent.unit, false);
        (sent.unit, arrives_s + call.service_s)
    }
}

impl Whereabouts {
    /// On the straight line home in proportion to the time by road: where a unit was last seen is enough here.
    fn at(&self, home: LngLat, now_s: f64) -> LngLat {
        if self.home_s <= 0.0 {
            return home;
        }
        let share = ((now_s - self.since_s) / self.home_s).clamp(0.0, 1.0);
        LngLat::new(
            self.from.lng + (home.lng - self.from.lng) * share,
            self.from.lat + (home.lat - self.from.lat) * share,
        )
    }
}

/// The id of the unit at this index.
fn unit_id(index: usize) -> UnitId {
    UnitId(uuid::Uuid::from_u128(index as u128 + 1))
}

#[cfg(test)]
mod tests;
