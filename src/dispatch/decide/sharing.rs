//! Several incidents wait for units at once: the free units are shared out so that all of them together
//! are reached soonest, not one after another.

use std::collections::BTreeMap;

use super::Decision;
use super::assignments::Need;
use crate::dispatch::matching::{Costs, least_cost};
use crate::dispatch::recommend::{CONSIDERED, Candidate, Recommendation, reason};
use crate::model::entry::Event;
use crate::model::id::UnitId;
use crate::model::shortfall::Shortfall;

/// More than the costs of all offers together, seconds: whoever waits longer is not left out to save a way.
const UNSERVED: f64 = 1e6;

/// A unit that is no candidate for an incident.
const NEVER: f64 = 1e12;

/// A place for one unit at one incident.
struct Slot {
    incident: usize,
    /// What it costs to leave it empty.
    empty: f64,
}

impl Decision<'_> {
    /// Offers the free units to incidents of one priority, oldest first in `needs`. Each incident gets
    /// its first unit before any gets its second, the older before the younger; among all ways to do
    /// that, the one with the least total cost. What is offered already stays.
    pub(super) fn serve_together(&mut self, mut needs: Vec<Need<'_>>) {
        needs.retain(|need| !self.served.contains(&need.incident));
        if let [only] = &needs[..] {
            return self.serve(only);
        }
        let answers: Vec<Option<Recommendation>> =
            needs.iter().map(|need| self.rank(need, CONSIDERED.max(2 * needs.len()))).collect();
        let slots = slots(&needs, &answers);
        let units = columns(&answers);
        let chosen = share(&slots, &answers, &units);
        for (index, (need, answer)) in needs.iter().zip(&answers).enumerate() {
            self.served.insert(need.incident);
            let Some(answer) = answer else { continue };
            let mut own: Vec<&Candidate> = slots
                .iter()
                .zip(&chosen)
                .filter(|(slot, _)| slot.incident == index)
                .filter_map(|(_, unit)| answer.candidates.iter().find(|candidate| Some(candidate.unit_id) == *unit))
                .collect();
            own.sort_by(|a, b| a.cost_s.total_cmp(&b.cost_s));
            self.offer_shared(need, answer, &own);
        }
    }

    fn offer_shared(&mut self, need: &Need<'_>, answer: &Recommendation, own: &[&Candidate]) {
        let mut primary = !need.has_primary;
        for (rank, candidate) in own.iter().enumerate() {
            let better = &answer.candidates[rank];
            let mut candidate = (*candidate).clone();
            if better.unit_id != candidate.unit_id {
                let text =
                    format!("{} lebih dekat, tetapi dibutuhkan kejadian lain yang juga menunggu", better.call_sign);
                candidate.reasons.push(reason("shared", 0.0, text).naming(&better.call_sign));
            }
            let taken: Vec<UnitId> = own.iter().map(|c| c.unit_id).collect();
            let runner_up = answer.candidates.iter().map(|c| c.unit_id).find(|unit| !taken.contains(unit));
            self.push_offer(need.incident, &candidate, primary, answer.plan.offer_s, true, None, runner_up);
            primary = false;
        }
        let missing = Shortfall::of(own.len(), answer.needed, need.declined.len());
        if let Some(shortfall) = missing.filter(|short| need.shortfall != Some(short)) {
            self.events.push(Event::IncidentShort { incident: need.incident, shortfall });
        }
    }
}

/// The places to fill; what it costs to leave one empty orders them.
fn slots(needs: &[Need<'_>], answers: &[Option<Recommendation>]) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (incident, (need, answer)) in needs.iter().zip(answers).enumerate() {
        for nth in 0..answer.as_ref().map_or(0, |answer| answer.needed) {
            let first = nth == 0 && !need.has_primary;
            let older = needs.len() - incident + if first { needs.len() } else { 0 };
            #[expect(clippy::cast_precision_loss, reason = "some hundred incidents at most")]
            slots.push(Slot { incident, empty: UNSERVED * older as f64 });
        }
    }
    slots
}

/// Every candidate once, with its column.
fn columns(answers: &[Option<Recommendation>]) -> BTreeMap<UnitId, usize> {
    let all = answers.iter().flatten().flat_map(|answer| &answer.candidates).map(|candidate| candidate.unit_id);
    let mut units: BTreeMap<UnitId, usize> = all.map(|unit| (unit, 0)).collect();
    for (column, (_, place)) in units.iter_mut().enumerate() {
        *place = column;
    }
    units
}

/// The unit of each slot, if it gets one.
fn share(slots: &[Slot], answers: &[Option<Recommendation>], units: &BTreeMap<UnitId, usize>) -> Vec<Option<UnitId>> {
    // Behind the units stands a column for each slot: nobody.
    let mut costs = Costs::filled(slots.len(), units.len() + slots.len(), NEVER);
    for (row, slot) in slots.iter().enumerate() {
        costs.set(row, units.len() + row, slot.empty);
        for candidate in answers[slot.incident].iter().flat_map(|answer| &answer.candidates) {
            if let Some(column) = units.get(&candidate.unit_id) {
                costs.set(row, *column, candidate.cost_s);
            }
        }
    }
    let names: Vec<UnitId> = units.keys().copied().collect();
    let chosen = least_cost(&costs).unwrap_or_default();
    chosen.into_iter().map(|column| names.get(column).copied()).collect()
}
