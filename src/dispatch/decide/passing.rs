//! Jobs that pass from one crew to another: a unit taken from a lesser job for a graver one, and a job
//! handed to another crew.
//!
//! Both are acts of people. A unit that is taken away is offered the graver incident in the same act,
//! and the lesser one waits again in its old place. A job that is handed over stays where it is until
//! the other crew accepts: nobody is ever without a crew because of it.

use super::Decision;
use crate::dispatch::command::Refusal;
use crate::dispatch::preempt::{all_takeable, may_take};
use crate::dispatch::recommend::{CONSIDERED, Candidate};
use crate::model::InvalidStep;
use crate::model::assignment::{Assignment, AssignmentState, HandOver, Preemption, Step, TakesOver};
use crate::model::entry::Event;
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::incident::{Handling, Incident};

impl Decision<'_> {
    /// Takes the unit of `from` away for a graver incident. `from` is what the operator saw: when the
    /// crew has moved on meanwhile, nothing is taken.
    pub(super) fn preempt(
        &mut self,
        id: IncidentId,
        unit: UnitId,
        from: AssignmentId,
        why: Option<&str>,
    ) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        incident.can_change("take a unit for it")?;
        let assignment = self.assignment(from)?;
        if assignment.unit != unit {
            return Err(Refusal::NotFound("assignment of this unit"));
        }
        let stands = InvalidStep { step: "take its unit", state: assignment.state.code() };
        if !assignment.state.is_live() || assignment.state == AssignmentState::OnScene {
            return Err(stands.into());
        }
        if may_take(self.desk, &self.rules.plans.preemption, assignment, incident.priority).is_none() {
            return Err(Refusal::NotTakeable);
        }
        let need = self.need_of(incident, &[]);
        let scene = self.scene_of(&need, CONSIDERED).ok_or(Refusal::NotFound("plan"))?;
        let free = self.rank(&need, CONSIDERED).map(|answer| answer.candidates).unwrap_or_default();
        let all = all_takeable(self.desk, self.world, &self.rules.plans, &scene, incident.priority, self.now);
        let chosen = all.iter().find(|candidate| candidate.unit_id == unit).ok_or(Refusal::NotTakeable)?;
        // A free unit that serves as well, or a cheaper job to take one from, is what the engine would choose.
        let others = all.iter().chain(free.iter().take(scene.needed.max(1)));
        let better = others.filter(|other| other.unit_id != unit && other.cost_s < chosen.cost_s);
        let best = better.min_by(|a, b| a.cost_s.total_cmp(&b.cost_s));
        let why = why.map(str::trim).filter(|why| !why.is_empty());
        if let (Some(best), None) = (best, why) {
            return Err(Refusal::ReasonNeeded { recommended: best.call_sign.clone() });
        }
        let override_reason = why.filter(|_| best.is_some());
        let reason = override_reason.map(str::to_owned);
        let runner_up = best.or_else(|| free.first()).map(|candidate| candidate.unit_id);
        let offer_s = scene.plan.offer_s;
        self.agree_to_help(id);
        self.events.push(Event::AssignmentPreempted(Preemption { assignment: from, taken_for: id, reason }));
        let primary = !need.has_primary;
        self.push_offer(id, chosen, primary, offer_s, false, override_reason, runner_up);
        self.takes_over(TakesOver::Unit(from));
        self.let_wait_again(assignment);
        Ok(())
    }

    /// The incident whose unit was taken is offered to the next one at once, or says what it lacks and is
    /// served in its old turn.
    fn let_wait_again(&mut self, taken: &Assignment) {
        let Some(incident) = self.desk.incidents.get(&taken.incident) else { return };
        if incident.handling != Handling::Open || self.desk.was_cleared(incident) {
            return;
        }
        let mut need = self.need_of(incident, &[taken.id]);
        need.shortfall = None;
        self.serve(&need);
    }

    /// Hands a job to another crew, or asks for it once more with the same key.
    pub(super) fn transfer(&mut self, id: AssignmentId, to: UnitId, key: &str, reason: &str) -> Result<(), Refusal> {
        let assignment = self.assignment(id)?;
        if assignment.keys.iter().any(|known| known == key) {
            return Ok(());
        }
        if !matches!(assignment.state, AssignmentState::Accepted | AssignmentState::EnRoute) {
            return Err(InvalidStep { step: "hand it over", state: assignment.state.code() }.into());
        }
        if assignment.is_being_handed() {
            return Err(InvalidStep { step: "hand it over", state: "already being handed over" }.into());
        }
        let incident = self.incident(assignment.incident)?;
        let chosen = self.candidate(incident, to)?;
        let plan = self.rules.plans.find(incident.category, incident.priority).ok_or(Refusal::NotFound("plan"))?;
        let offer = self.push_offer(incident.id, &chosen, false, plan.offer_s, false, None, None);
        self.takes_over(TakesOver::Job(id));
        self.events.push(Event::TransferAsked(HandOver {
            assignment: id,
            to: offer,
            unit: to,
            key: key.to_owned(),
            reason: reason.trim().to_owned(),
        }));
        Ok(())
    }

    /// What the offer just made takes from another assignment.
    fn takes_over(&mut self, what: TakesOver) {
        if let Some(Event::AssignmentOffered { takes_over, .. }) = self.events.last_mut() {
            *takes_over = Some(what);
        }
    }

    /// What a step of one crew means for the other one a job passes between.
    pub(super) fn pass_job(&mut self, assignment: &Assignment, step: Step) {
        match step {
            Step::Accept | Step::OnScene if assignment.state.is_offer() => {
                if let Some(other) = self.desk.relieved_by(assignment) {
                    self.events.push(Event::AssignmentTransferred { assignment: other.id, to: assignment.id });
                }
            }
            Step::OnScene => {
                if let Some(other) = self.desk.reliever_of(assignment) {
                    let reason = "kru pertama sudah tiba di lokasi".to_owned();
                    self.events.push(Event::AssignmentReleased { assignment: other.id, reason });
                }
            }
            _ => {}
        }
    }

    /// A free unit as a candidate for an incident, however far it is.
    fn candidate(&self, incident: &Incident, unit: UnitId) -> Result<Candidate, Refusal> {
        self.free_unit(unit)?;
        let need = self.need_of(incident, &[]);
        let near = self.rank(&need, CONSIDERED).map(|answer| answer.candidates).unwrap_or_default();
        match near.into_iter().find(|candidate| candidate.unit_id == unit) {
            Some(candidate) => Ok(candidate),
            None => self.far_candidate(unit, incident),
        }
    }
}
