//! Decisions about assignments: offered, answered, expired, taken back, and who is asked next.

use std::collections::BTreeSet;

use super::Decision;
use crate::dispatch::command::Refusal;
use crate::dispatch::helping::helping;
use crate::dispatch::recommend::{CONSIDERED, Candidate, Recommendation, Scene, recommend};
use crate::model::InvalidStep;
use crate::model::assignment::{Assignment, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::{Event, Template};
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::incident::{Handling, Incident};
use crate::model::place::{Jurisdiction, LngLat, Place};
use crate::model::report::{Category, Priority};
use crate::model::shortfall::Shortfall;
use crate::model::unit::{Unit, UnitStatus};

/// What the machine needs to know of an incident to find units for it.
pub(super) struct Need<'a> {
    pub incident: IncidentId,
    category: Category,
    priority: Priority,
    place: &'a Place,
    jurisdiction: Option<&'a Jurisdiction>,
    pub declined: Vec<UnitId>,
    /// Live assignments that stay.
    live: usize,
    /// Whether one of them is the primary.
    pub has_primary: bool,
    pub shortfall: Option<&'a Shortfall>,
}

impl<'a> Need<'a> {
    fn of(incident: &'a Incident) -> Self {
        Self {
            incident: incident.id,
            category: incident.category,
            priority: incident.priority,
            place: &incident.place,
            jurisdiction: incident.jurisdiction.as_ref(),
            declined: incident.declined.clone(),
            live: 0,
            has_primary: false,
            shortfall: incident.shortfall.as_ref(),
        }
    }
}

impl<'a> Decision<'a> {
    /// Offers an incident this very decision opened.
    pub(super) fn offer_new(
        &mut self,
        incident: IncidentId,
        category: Category,
        priority: Priority,
        place: &Place,
        jurisdiction: Option<&Jurisdiction>,
    ) {
        self.serve(&Need {
            incident,
            category,
            priority,
            place,
            jurisdiction,
            declined: Vec::new(),
            live: 0,
            has_primary: false,
            shortfall: None,
        });
    }

    /// Offers as many units as the plan still wants; says once what is missing.
    pub(super) fn serve(&mut self, need: &Need<'_>) {
        if !self.served.insert(need.incident) {
            return;
        }
        let Some(answer) = self.rank(need, CONSIDERED) else { return };
        let mut primary = !need.has_primary;
        for (rank, best) in answer.candidates.iter().take(answer.needed).enumerate() {
            let runner_up = answer.candidates.get(rank + 1).map(|next| next.unit_id);
            self.push_offer(need.incident, best, primary, answer.plan.offer_s, true, None, runner_up);
            primary = false;
        }
        if let Some(shortfall) = answer.shortfall.filter(|short| need.shortfall != Some(short)) {
            self.events.push(Event::IncidentShort { incident: need.incident, shortfall });
        }
    }

    pub(super) fn rank(&self, need: &Need<'_>, considered: usize) -> Option<Recommendation> {
        let scene = self.scene_of(need, considered)?;
        Some(recommend(self.desk, self.world, &scene, self.now))
    }

    pub(super) fn scene_of<'s>(&'s self, need: &'s Need<'_>, considered: usize) -> Option<Scene<'s>> {
        let plan = self.rules.plans.find(need.category, need.priority)?;
        Some(Scene {
            incident: need.incident,
            at: need.place.point(),
            polsek: need.jurisdiction.map(|j| j.polsek.as_str()),
            plan,
            needed: plan.units.saturating_sub(need.live),
            declined: &need.declined,
            considered,
            taken: &self.taken,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one offer has this many sides")]
    pub(super) fn push_offer(
        &mut self,
        incident: IncidentId,
        best: &Candidate,
        primary: bool,
        offer_s: i64,
        automatic: bool,
        override_reason: Option<&str>,
        runner_up: Option<UnitId>,
    ) -> AssignmentId {
        self.taken.insert(best.unit_id);
        let assignment = AssignmentId(self.ids.next(self.now));
        self.events.push(Event::AssignmentOffered {
            assignment,
            incident,
            unit: best.unit_id,
            primary,
            expires_at: self.now.plus_secs(offer_s),
            travel_time_s: best.travel_time_s,
            automatic,
            override_reason: override_reason.map(str::to_owned),
            reasons: best.reasons.clone(),
            runner_up,
            takes_over: None,
        });
        assignment
    }

    /// A unit that can be sent now.
    pub(super) fn free_unit(&self, unit: UnitId) -> Result<&'a Unit, Refusal> {
        let found = self.desk.units.get(&unit).ok_or(Refusal::NotFound("unit"))?;
        let free = found.status == UnitStatus::Available && !found.emergency;
        if free { Ok(found) } else { Err(Refusal::UnitTaken { call_sign: found.call_sign.clone() }) }
    }

    /// Offers a unit a person chose. `held`: it stood first on his screen, so that it counts as
    /// recommended while no other is better by more than [`STEADY_S`].
    pub(super) fn offer(
        &mut self,
        id: IncidentId,
        unit: UnitId,
        reason: Option<&str>,
        held: bool,
    ) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        incident.can_change("offer")?;
        self.free_unit(unit)?;
        let need = self.need_of(incident, &[]);
        let answer = self.rank(&Need { declined: Vec::new(), ..need }, CONSIDERED).ok_or(Refusal::NotFound("plan"))?;
        let answer = if held { answer.steady(unit) } else { answer };
        let best = answer.candidates.first();
        let recommended = best.is_some_and(|best| best.unit_id == unit);
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let (false, None, Some(best)) = (recommended, reason, best) {
            return Err(Refusal::ReasonNeeded { recommended: best.call_sign.clone() });
        }
        self.agree_to_help(id);
        let primary = !self.desk.live_assignments(incident).any(|a| a.primary);
        let chosen = match answer.candidates.iter().find(|candidate| candidate.unit_id == unit) {
            Some(candidate) => candidate.clone(),
            None => self.far_candidate(unit, incident)?,
        };
        let runner_up = answer.candidates.iter().map(|c| c.unit_id).find(|other| *other != unit);
        let override_reason = reason.filter(|_| !recommended);
        self.push_offer(id, &chosen, primary, answer.plan.offer_s, false, override_reason, runner_up);
        Ok(())
    }

    /// A unit an operator wants although it is not among the nearest.
    pub(super) fn far_candidate(&self, unit: UnitId, incident: &Incident) -> Result<Candidate, Refusal> {
        let plan = self.rules.plans.find(incident.category, incident.priority).ok_or(Refusal::NotFound("plan"))?;
        let others: Vec<UnitId> = self.desk.units.keys().copied().filter(|other| *other != unit).collect();
        let scene = Scene {
            incident: incident.id,
            at: incident.place.point(),
            polsek: incident.jurisdiction.as_ref().map(|j| j.polsek.as_str()),
            plan,
            needed: 1,
            declined: &others,
            considered: CONSIDERED,
            taken: &self.taken,
        };
        let answer = recommend(self.desk, self.world, &scene, self.now);
        answer.candidates.into_iter().next().ok_or(Refusal::NotFound("unit"))
    }

    pub(super) fn delivered(&mut self, id: AssignmentId) -> Result<(), Refusal> {
        let assignment = self.assignment(id)?;
        if assignment.state == crate::model::assignment::AssignmentState::Offered {
            self.events.push(Event::AssignmentDelivered { assignment: id });
        }
        Ok(())
    }

    pub(super) fn take_step(
        &mut self,
        id: AssignmentId,
        step: Step,
        key: &str,
        device_at: Timestamp,
        at: Option<LngLat>,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let assignment = self.assignment(id)?;
        if assignment.keys.iter().any(|taken| taken == key) {
            return Ok(());
        }
        assignment.can_step(step)?;
        let incident = assignment.incident;
        self.events.push(Event::AssignmentStepped {
            assignment: id,
            step,
            key: key.to_owned(),
            device_at,
            at,
            reason: reason.map(str::to_owned),
        });
        self.pass_job(assignment, step);
        match step {
            Step::EnRoute if assignment.primary => self.tell_reporters(incident, Template::UnitEnRoute),
            Step::OnScene if assignment.primary => self.tell_reporters(incident, Template::UnitOnScene),
            Step::Refuse => self.ask_next(incident, &[id]),
            _ => {}
        }
        Ok(())
    }

    /// Who is asked after units declined; they themselves are not asked again.
    fn ask_next(&mut self, incident: IncidentId, gone: &[AssignmentId]) {
        let Some(incident) = self.desk.incidents.get(&incident) else { return };
        let assignments = gone.iter().filter_map(|id| self.desk.assignments.get(id));
        // Where nobody took a job over, the crew that has it goes on.
        if assignments.clone().all(|a| self.desk.relieved_by(a).is_some()) {
            return;
        }
        if incident.handling != Handling::Open || !incident.automatic || self.desk.was_cleared(incident) {
            return;
        }
        let mut need = self.need_of(incident, gone);
        need.declined.extend(assignments.map(|a| a.unit));
        // What was said before they declined may no longer be the reason.
        need.shortfall = None;
        self.serve(&need);
    }

    /// The need of an incident, as if the assignments in `gone` had ended.
    pub(super) fn need_of<'i>(&self, incident: &'i Incident, gone: &[AssignmentId]) -> Need<'i> {
        let mut need = Need::of(incident);
        need.live = helping(incident);
        for live in self.desk.live_assignments(incident).filter(|a| !gone.contains(&a.id)) {
            match self.desk.relieved_by(live) {
                // Who is to take a job over does not count beside the crew that still has it, and leads
                // in its stead when that one goes.
                Some(other) if !gone.contains(&other.id) => {}
                other => {
                    need.live += 1;
                    need.has_primary |= live.primary || other.is_some_and(|other| other.primary);
                }
            }
        }
        need
    }

    pub(super) fn release_assignment(&mut self, id: AssignmentId, reason: &str) -> Result<(), Refusal> {
        let assignment = self.assignment(id)?;
        if !assignment.state.is_live() {
            return Err(InvalidStep { step: "release", state: assignment.state.code() }.into());
        }
        self.events.push(Event::AssignmentReleased { assignment: id, reason: reason.to_owned() });
        Ok(())
    }

    /// Offers that ended go on to the next unit; incidents that waited for a free unit are served.
    pub(super) fn tick(&mut self) {
        let ended: Vec<AssignmentId> =
            self.desk.offers.iter().take_while(|(at, _)| *at <= self.now).map(|(_, id)| *id).collect();
        for id in &ended {
            self.events.push(Event::AssignmentExpired { assignment: *id });
        }
        let incidents: BTreeSet<IncidentId> =
            ended.iter().filter_map(|id| self.desk.assignments.get(id)).map(|a| a.incident).collect();
        for incident in incidents {
            let of_it = |id: &AssignmentId| self.desk.assignments.get(id).is_some_and(|a| a.incident == incident);
            let gone: Vec<AssignmentId> = ended.iter().copied().filter(of_it).collect();
            self.ask_next(incident, &gone);
        }
        self.serve_waiting();
        self.expire_blocks();
    }

    /// Gives units that are free now to incidents that found too few: gravest first, and those of one
    /// priority together.
    fn serve_waiting(&mut self) {
        let waits = |incident: &&Incident| incident.waits_for_a_unit() && !self.desk.was_cleared(incident);
        let mut waiting: Vec<&Incident> = self.desk.incidents.values().filter(waits).collect();
        waiting.sort_by_key(|i| (i.priority, i.received_at, i.id));
        for alike in waiting.chunk_by(|a, b| a.priority == b.priority) {
            let needs: Vec<Need<'_>> = alike.iter().map(|incident| self.need_of(incident, &[])).collect();
            self.serve_together(needs);
        }
    }

    pub(super) fn assignment(&self, id: AssignmentId) -> Result<&'a Assignment, Refusal> {
        self.desk.assignments.get(&id).ok_or(Refusal::NotFound("assignment"))
    }
}
