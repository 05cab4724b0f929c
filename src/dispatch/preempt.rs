//! Which units could be taken from a lesser job for a graver incident, and what that gives up.
//!
//! In: a scene, the free units that were ranked for it, the rules of the office. Out: units with
//! another job that would be there sooner even so, each with its price in seconds. A proposal: only a
//! person takes a unit away. Never proposed: a crew that has arrived, one that called for help, one
//! whose job is being handed over. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::plan::{Plans, PreemptionRules};
use super::recommend::{CONSIDERED, Candidate, Scene, minutes, reason, recommend, weigh};
use super::world::{Nearby, Whereabouts, World};
use crate::model::assignment::{Assignment, AssignmentState};
use crate::model::clock::Timestamp;
use crate::model::entry::Reason;
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::incident::Incident;
use crate::model::report::{Category, Priority};
use crate::model::unit::{LOST_AFTER_S, Unit};

/// So many are proposed at most.
pub const MOST: usize = 3;

/// What taking a unit away costs, seconds. Judgement of Sigap, to be measured and tuned.
mod cost {
    /// The crew has taken the job: it must be there two minutes sooner than any free unit.
    pub const TAKEN_JOB: f64 = 120.0;
    /// The crew has not answered yet.
    pub const TAKEN_OFFER: f64 = 30.0;
    /// Each second the other incident waits longer counts a quarter.
    pub const WAITING_SHARE: f64 = 0.25;
    /// Nobody else is free for it: it counts as waiting this much longer.
    pub const NOBODY: f64 = 600.0;
}

/// The unit that would go there instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NextUnit {
    /// Which.
    pub unit_id: UnitId,
    /// Radio name.
    pub call_sign: String,
    /// Travel time by road, seconds; none where no way was found.
    pub travel_time_s: Option<f64>,
}

/// What is given up when a unit is taken from its job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GivesUp {
    /// Its assignment, which ends.
    pub assignment_id: AssignmentId,
    /// The incident that waits again.
    pub incident_id: IncidentId,
    /// Its human number.
    pub number: String,
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
    /// How far the crew is with it.
    pub state: AssignmentState,
    /// Until the crew would be there, seconds, if a way was found.
    pub remaining_s: Option<f64>,
    /// Who would go there instead; none when nobody is free.
    pub next: Option<NextUnit>,
    /// How much later somebody is there, seconds; none when nobody is free or no way was found.
    pub waits_longer_s: Option<f64>,
}

/// Whether the unit of this assignment may be taken for an incident of priority `to`, and from which.
#[must_use]
pub fn may_take<'a>(
    desk: &'a Desk,
    rules: &PreemptionRules,
    assignment: &Assignment,
    to: Priority,
) -> Option<(&'a Unit, &'a Incident)> {
    use AssignmentState as S;
    let early = matches!(assignment.state, S::Offered | S::Delivered | S::Accepted | S::EnRoute);
    let alone = !assignment.is_being_handed() && desk.relieved_by(assignment).is_none();
    let unit = desk.units.get(&assignment.unit).filter(|unit| !unit.emergency)?;
    let incident = desk.incidents.get(&assignment.incident)?;
    (early && alone && rules.allow(to, incident.priority)).then_some((unit, incident))
}

/// The units that could be taken for a scene of priority `to`, best first, [`MOST`] at most: those that
/// cost less than the last of the `free` units that would be sent. Empty when the rules allow none.
#[must_use]
pub fn takeable(
    desk: &Desk,
    world: &dyn World,
    plans: &Plans,
    scene: &Scene<'_>,
    to: Priority,
    free: &[Candidate],
    now: Timestamp,
) -> Vec<Candidate> {
    let Some(last) = scene.needed.checked_sub(1) else { return Vec::new() };
    let limit_s = free.get(last).map_or(f64::INFINITY, |candidate| candidate.cost_s);
    let mut found = all_takeable(desk, world, plans, scene, to, now);
    found.retain(|candidate| candidate.cost_s < limit_s);
    found.truncate(MOST);
    found
}

/// The same without a limit: whoever may be taken at all, cheapest first.
#[must_use]
pub fn all_takeable(
    desk: &Desk,
    world: &dyn World,
    plans: &Plans,
    scene: &Scene<'_>,
    to: Priority,
    now: Timestamp,
) -> Vec<Candidate> {
    let bound = desk.units.values().filter_map(|unit| desk.assignments.get(&unit.assignment?));
    let mut near: Vec<(Nearby, &Assignment)> = bound
        .filter(|assignment| assignment.incident != scene.incident && !scene.taken.contains(&assignment.unit))
        .filter_map(|assignment| {
            let (unit, _) = may_take(desk, &plans.preemption, assignment, to)?;
            let Whereabouts { at, fix_at } = seen(world, unit, now);
            Some((Nearby { unit: unit.id, at, distance_m: at.distance_m(scene.at), fix_at }, assignment))
        })
        .collect();
    near.sort_by(|(a, _), (b, _)| a.distance_m.total_cmp(&b.distance_m).then(a.unit.cmp(&b.unit)));
    near.truncate(CONSIDERED);
    let from: Vec<_> = near.iter().map(|(near, _)| near.at).collect();
    let times = world.travel_times_s(&from, scene.at);
    let mut found: Vec<Candidate> = near
        .iter()
        .zip(times)
        .filter_map(|((near, assignment), time)| {
            let unit = desk.units.get(&near.unit)?;
            let mut candidate = weigh(desk, unit, near, time, scene, now);
            // It is not free now, so nothing of the reserve goes with it.
            candidate.reasons.retain(|reason| reason.code != "reserve");
            let gives_up = gives_up(desk, world, plans, assignment, scene.taken, now)?;
            candidate.reasons.extend(price(&gives_up));
            candidate.cost_s = candidate.reasons.iter().map(|reason| reason.cost_s).sum();
            candidate.gives_up = Some(gives_up);
            Some(candidate)
        })
        .collect();
    found.sort_by(|a, b| a.cost_s.total_cmp(&b.cost_s).then_with(|| a.call_sign.cmp(&b.call_sign)));
    found
}

/// What is given up when the unit of an assignment is taken away; `taken` cannot go there instead.
#[must_use]
pub fn gives_up(
    desk: &Desk,
    world: &dyn World,
    plans: &Plans,
    assignment: &Assignment,
    taken: &BTreeSet<UnitId>,
    now: Timestamp,
) -> Option<GivesUp> {
    let unit = desk.units.get(&assignment.unit)?;
    let incident = desk.incidents.get(&assignment.incident)?;
    let from = seen(world, unit, now).at;
    let remaining_s = world.travel_times_s(&[from], incident.place.point()).first().copied().flatten();
    let next = next_unit(desk, world, plans, incident, taken, now);
    let waits_longer_s = next.as_ref().and_then(|next| Some((next.travel_time_s? - remaining_s?).max(0.0)));
    Some(GivesUp {
        assignment_id: assignment.id,
        incident_id: incident.id,
        number: incident.number.clone(),
        category: incident.category,
        priority: incident.priority,
        state: assignment.state,
        remaining_s,
        next,
        waits_longer_s,
    })
}

/// The free unit that would be sent to an incident if `taken` could not be.
pub(super) fn next_unit(
    desk: &Desk,
    world: &dyn World,
    plans: &Plans,
    incident: &Incident,
    taken: &BTreeSet<UnitId>,
    now: Timestamp,
) -> Option<NextUnit> {
    let scene = Scene {
        incident: incident.id,
        at: incident.place.point(),
        polsek: incident.jurisdiction.as_ref().map(|j| j.polsek.as_str()),
        plan: plans.find(incident.category, incident.priority)?,
        needed: 1,
        declined: &incident.declined,
        considered: CONSIDERED,
        taken,
    };
    let best = recommend(desk, world, &scene, now).candidates.into_iter().next()?;
    Some(NextUnit { unit_id: best.unit_id, call_sign: best.call_sign, travel_time_s: best.travel_time_s })
}

/// Where a unit counts from: its last fix while that is usable, else its post.
fn seen(world: &dyn World, unit: &Unit, now: Timestamp) -> Whereabouts {
    let usable = |seen: &Whereabouts| seen.fix_at.is_some_and(|at| now.secs_since(at) <= LOST_AFTER_S);
    world.whereabouts(unit.id).filter(usable).unwrap_or(Whereabouts { at: unit.post, fix_at: None })
}

fn price(gives_up: &GivesUp) -> Vec<Reason> {
    let job = format!("{} (P{})", gives_up.number, gives_up.priority.number());
    let taken = match gives_up.state {
        AssignmentState::Offered | AssignmentState::Delivered => {
            reason("taken_offer", cost::TAKEN_OFFER, format!("tawaran {job} ditarik; kru belum menjawab"))
                .about(&gives_up.number)
        }
        AssignmentState::EnRoute => {
            reason("taken_job", cost::TAKEN_JOB, format!("ditarik dari {job}, sedang menuju lokasi"))
                .about(&gives_up.number)
        }
        _ => reason("taken_job", cost::TAKEN_JOB, format!("ditarik dari {job}, sudah diterima kru"))
            .about(&gives_up.number),
    };
    let waiting = match (&gives_up.next, gives_up.waits_longer_s) {
        (Some(next), Some(secs)) => reason(
            "left_waiting",
            cost::WAITING_SHARE * secs,
            format!("{} menunggu {} lebih lama, diganti {}", gives_up.number, minutes(secs), next.call_sign),
        )
        .about(&gives_up.number)
        .lasting(secs)
        .naming(&next.call_sign),
        _ => reason(
            "left_waiting",
            cost::WAITING_SHARE * cost::NOBODY,
            format!("{} menunggu: tidak ada unit lain yang siap", gives_up.number),
        )
        .about(&gives_up.number),
    };
    vec![taken, waiting]
}
