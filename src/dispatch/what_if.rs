//! What changes when another unit is sent than the recommended one.
//!
//! In: a desk, an incident, a unit an operator thinks of. Out: minutes, Polsek, reserve, workload, what
//! its other job loses, and which other waiting incidents are reached later or sooner. A question: it
//! decides nothing. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decide::Rules;
use super::desk::Desk;
use super::helping::helping;
use super::preempt::{NextUnit, all_takeable, next_unit};
use super::recommend::{CONSIDERED, Candidate, Recommendation, Scene, recommend};
use super::world::World;
use crate::model::clock::Timestamp;
use crate::model::id::{IncidentId, UnitId};
use crate::model::incident::{Handling, Incident, IncidentState};
use crate::model::report::{Category, Priority};

/// Other waiting incidents that are looked at, gravest and oldest first.
const OTHERS: usize = 12;

/// A difference in travel below this is none, seconds.
const SAME_S: f64 = 1.0;

/// One side of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Side {
    /// The unit, with its reasons.
    pub unit: Candidate,
    /// It belongs to the Polsek of the incident; none where one of them has none.
    pub own_polsek: Option<bool>,
    /// Units that stay free in its Polsek when it goes.
    pub reserve_left: u32,
    /// Jobs it has taken on this duty.
    pub taken: u32,
}

/// Another waiting incident, and who could go there afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OtherIncident {
    /// Which.
    pub incident_id: IncidentId,
    /// Its human number.
    pub number: String,
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
    /// Who could go there when the recommended unit is sent here; none when nobody is free.
    pub with_recommended: Option<NextUnit>,
    /// Who could when the chosen one is.
    pub with_chosen: Option<NextUnit>,
    /// How much longer it waits with the chosen one, seconds; below 0 it is reached sooner. None where
    /// one of the two has nobody.
    pub waits_longer_s: Option<f64>,
}

/// What changes when another unit is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    /// For which incident.
    pub incident_id: IncidentId,
    /// The unit that was asked about.
    pub chosen: Side,
    /// The recommended one; none when it is the chosen one itself, or none is free.
    pub recommended: Option<Side>,
    /// How much later the chosen one is there, seconds; below 0 sooner. None without a way by road.
    pub later_s: Option<f64>,
    /// How much more it costs by all reasons, seconds.
    pub costs_more_s: Option<f64>,
    /// Other waiting incidents that are served differently.
    pub others: Vec<OtherIncident>,
}

/// How a unit cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoComparison {
    /// No such incident on the desk, or no plan for it.
    NoIncident,
    /// The unit is not known, off duty, or bound by a job it may not be taken from.
    NotSendable,
}

/// The recommendation for an incident as its card shows it, with the units that could be taken from a
/// lesser job.
#[must_use]
pub fn advice(desk: &Desk, world: &dyn World, rules: &Rules, id: IncidentId, now: Timestamp) -> Option<Recommendation> {
    let incident = desk.incidents.get(&id)?;
    let nobody = BTreeSet::new();
    let scene = scene(desk, rules, incident, &nobody)?;
    let mut answer = recommend(desk, world, &scene, now);
    answer.takeable =
        super::preempt::takeable(desk, world, &rules.plans, &scene, incident.priority, &answer.candidates, now);
    Some(answer)
}

/// Compares `unit` with the recommended one.
///
/// # Errors
/// [`NoComparison`]: no such incident, or the unit cannot be sent there.
pub fn what_if(
    desk: &Desk,
    world: &dyn World,
    rules: &Rules,
    id: IncidentId,
    unit: UnitId,
    now: Timestamp,
) -> Result<WhatIf, NoComparison> {
    let incident = desk.incidents.get(&id).ok_or(NoComparison::NoIncident)?;
    let answer = advice(desk, world, rules, id, now).ok_or(NoComparison::NoIncident)?;
    let chosen = find(desk, world, rules, incident, &answer, unit, now).ok_or(NoComparison::NotSendable)?;
    let recommended = answer.candidates.first().filter(|best| best.unit_id != unit);
    let others = recommended.map_or_else(Vec::new, |best| others(desk, world, rules, id, best.unit_id, unit, now));
    Ok(WhatIf {
        incident_id: id,
        later_s: recommended.and_then(|best| Some(chosen.travel_time_s? - best.travel_time_s?)),
        costs_more_s: recommended.map(|best| chosen.cost_s - best.cost_s),
        recommended: recommended.map(|best| side(desk, incident, best.clone())),
        chosen: side(desk, incident, chosen),
        others,
    })
}

fn scene<'a>(desk: &Desk, rules: &'a Rules, incident: &'a Incident, taken: &'a BTreeSet<UnitId>) -> Option<Scene<'a>> {
    let plan = rules.plans.find(incident.category, incident.priority)?;
    let at_it =
        helping(incident) + desk.live_assignments(incident).filter(|live| desk.relieved_by(live).is_none()).count();
    Some(Scene {
        incident: incident.id,
        at: incident.place.point(),
        polsek: incident.jurisdiction.as_ref().map(|j| j.polsek.as_str()),
        plan,
        needed: plan.units.saturating_sub(at_it),
        declined: &[],
        considered: CONSIDERED,
        taken,
    })
}

/// The unit as a candidate: among the nearest, far away, or bound by a lesser job.
fn find(
    desk: &Desk,
    world: &dyn World,
    rules: &Rules,
    incident: &Incident,
    answer: &Recommendation,
    unit: UnitId,
    now: Timestamp,
) -> Option<Candidate> {
    let ranked = answer.candidates.iter().chain(&answer.takeable).find(|candidate| candidate.unit_id == unit);
    if let Some(ranked) = ranked {
        return Some(ranked.clone());
    }
    let others: BTreeSet<UnitId> = desk.units.keys().copied().filter(|other| *other != unit).collect();
    let scene = scene(desk, rules, incident, &others)?;
    let free = recommend(desk, world, &scene, now).candidates.into_iter().next();
    free.or_else(|| {
        all_takeable(desk, world, &rules.plans, &scene, incident.priority, now)
            .into_iter()
            .find(|candidate| candidate.unit_id == unit)
    })
}

fn side(desk: &Desk, incident: &Incident, unit: Candidate) -> Side {
    let known = desk.units.get(&unit.unit_id);
    let free = desk.free.get(unit.polsek.as_deref().unwrap_or_default()).copied().unwrap_or(0);
    Side {
        own_polsek: incident.jurisdiction.as_ref().zip(unit.polsek.as_ref()).map(|(j, own)| j.polsek == *own),
        // A unit with another job is not part of the reserve.
        reserve_left: if unit.gives_up.is_some() { free } else { free.saturating_sub(1) },
        taken: known.map_or(0, |known| known.taken),
        unit,
    }
}

/// Waiting incidents somebody else would go to, once with the recommended unit away and once with the chosen one.
fn others(
    desk: &Desk,
    world: &dyn World,
    rules: &Rules,
    id: IncidentId,
    recommended: UnitId,
    chosen: UnitId,
    now: Timestamp,
) -> Vec<OtherIncident> {
    let waits =
        |other: &&Incident| other.id != id && other.handling == Handling::Open && other.state == IncidentState::Queued;
    let mut waiting: Vec<&Incident> = desk.incidents.values().filter(waits).collect();
    waiting.sort_by_key(|other| (other.priority, other.received_at, other.id));
    let without =
        |other: &Incident, unit: UnitId| next_unit(desk, world, &rules.plans, other, &BTreeSet::from([unit]), now);
    let compared = waiting.into_iter().take(OTHERS).filter_map(|other| {
        let (with_recommended, with_chosen) = (without(other, recommended), without(other, chosen));
        let secs = |next: &Option<NextUnit>| next.as_ref().and_then(|next| next.travel_time_s);
        let waits_longer_s = secs(&with_chosen).zip(secs(&with_recommended)).map(|(later, sooner)| later - sooner);
        let same = waits_longer_s.map_or(with_recommended == with_chosen, |secs| secs.abs() < SAME_S);
        (!same).then(|| OtherIncident {
            incident_id: other.id,
            number: other.number.clone(),
            category: other.category,
            priority: other.priority,
            with_recommended,
            with_chosen,
            waits_longer_s,
        })
    });
    compared.collect()
}

/// The free unit of a desk that would be sent to an incident of another office.
#[must_use]
pub fn nearest_of(
    desk: &Desk,
    world: &dyn World,
    rules: &Rules,
    incident: &Incident,
    now: Timestamp,
) -> Option<NextUnit> {
    next_unit(desk, world, &rules.plans, incident, &BTreeSet::new(), now)
}
