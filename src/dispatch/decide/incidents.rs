//! Decisions about incidents: corrected, set aside, closed with their reports, opened again.

use super::Decision;
use crate::dispatch::command::{Correction, Refusal, Understood};
use crate::model::InvalidStep;
use crate::model::entry::{Event, Template};
use crate::model::id::{AssignmentId, IncidentId, MessageId, ReportId, UserId};
use crate::model::incident::{Disposition, Handling, Incident};
use crate::model::place::PlaceSource;
use crate::model::report::{Outcome, Report, ReportState};

impl<'a> Decision<'a> {
    /// A further message made the place narrower or the matter graver: the incident learns of it.
    pub(super) fn improve_incident(&mut self, id: IncidentId, understood: &Understood, better_place: bool) {
        let Some(incident) = self.desk.incidents.get(&id).filter(|incident| incident.is_open()) else { return };
        let by_hand = incident.place.source == PlaceSource::Operator;
        let place = understood.place.as_ref().filter(|_| better_place && !by_hand);
        let priority = incident.priority.min(understood.reading.priority);
        if place.is_none() && priority == incident.priority {
            return;
        }
        self.events.push(Event::IncidentChanged {
            incident: id,
            category: incident.category,
            priority,
            place: place.unwrap_or(&incident.place).clone(),
            jurisdiction: place.map_or_else(|| incident.jurisdiction.clone(), |_| understood.jurisdiction.clone()),
        });
    }

    pub(super) fn correct_incident(&mut self, id: IncidentId, correction: &Correction) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        incident.can_change("correct")?;
        self.may_be(correction)?;
        let (place, jurisdiction) = match &correction.place {
            Some(put) => self.placed_by_hand(put),
            None => (incident.place.clone(), incident.jurisdiction.clone()),
        };
        self.events.push(Event::IncidentChanged {
            incident: id,
            category: correction.category.unwrap_or(incident.category),
            priority: correction.priority.unwrap_or(incident.priority),
            place,
            jurisdiction,
        });
        Ok(())
    }

    pub(super) fn hold(&mut self, id: IncidentId, by: UserId) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        incident.can_change("hold")?;
        let live: Vec<AssignmentId> = self.desk.live_assignments(incident).map(|a| a.id).collect();
        self.events.push(Event::IncidentHeld { incident: id, by });
        self.release_all(&live, "kejadian ditahan");
        Ok(())
    }

    pub(super) fn resume(&mut self, id: IncidentId) -> Result<(), Refusal> {
        match self.incident(id)?.handling {
            Handling::Held { .. } => self.events.push(Event::IncidentResumed { incident: id }),
            _ => return Err(InvalidStep { step: "resume", state: "not held" }.into()),
        }
        Ok(())
    }

    pub(super) fn close(
        &mut self,
        id: IncidentId,
        disposition: Disposition,
        note: Option<MessageId>,
    ) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        if !incident.is_open() {
            return Err(InvalidStep { step: "close", state: "closed" }.into());
        }
        // What was opened for another office has no reporter to whom a reason is owed.
        if note.is_none() && !self.desk.was_cleared(incident) && incident.helps.is_none() {
            return Err(Refusal::NoteNeeded);
        }
        let live: Vec<AssignmentId> = self.desk.live_assignments(incident).map(|a| a.id).collect();
        let reports: Vec<ReportId> = self.desk.open_reports(incident).map(|report| report.id).collect();
        self.release_all(&live, "kejadian ditutup");
        self.events.push(Event::IncidentClosed { incident: id, disposition, note });
        for report in reports {
            self.events.push(Event::ReportClosed { report, outcome: outcome_of(disposition), note: None });
            if disposition != Disposition::Prank {
                self.tell_reporter(report, Template::Closed);
            }
        }
        Ok(())
    }

    pub(super) fn reopen(&mut self, id: IncidentId) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        if incident.is_open() {
            return Err(InvalidStep { step: "reopen", state: incident.state.code() }.into());
        }
        if incident.merged_into.is_some() {
            return Err(InvalidStep { step: "reopen", state: "merged: unmerge it" }.into());
        }
        self.events.push(Event::IncidentReopened { incident: id });
        // A report that was opened again by its reporter may be somebody's work, or another incident's.
        let ours = |report: &&Report| matches!(report.state, ReportState::Closed { .. } | ReportState::Queued);
        for report in incident.reports.iter().filter_map(|report| self.desk.reports.get(report)).filter(ours) {
            if !report.is_open() {
                self.open_again(report);
            }
            self.events.push(Event::ReportAttached { report: report.id, incident: id });
        }
        Ok(())
    }

    pub(super) fn release_all(&mut self, live: &[AssignmentId], reason: &str) {
        for assignment in live {
            self.events.push(Event::AssignmentReleased { assignment: *assignment, reason: reason.to_owned() });
        }
    }

    pub(super) fn incident(&self, id: IncidentId) -> Result<&'a Incident, Refusal> {
        self.desk.incidents.get(&id).ok_or(Refusal::NotFound("incident"))
    }
}

const fn outcome_of(disposition: Disposition) -> Outcome {
    match disposition {
        Disposition::Resolved => Outcome::Resolved,
        Disposition::Unfounded => Outcome::Unfounded,
        Disposition::Referred => Outcome::Referred,
        Disposition::Cancelled => Outcome::Cancelled,
        Disposition::Duplicate => Outcome::Duplicate,
        Disposition::Prank => Outcome::Prank,
    }
}
