//! Decisions about help between two Polres: wanted, answered, noted, no longer needed.

use super::Decision;
use crate::dispatch::command::{Refusal, WantHelp};
use crate::model::InvalidStep;
use crate::model::assignment::AssignmentState;
use crate::model::entry::{Event, Template};
use crate::model::help::{Help, HelpEvent, HelpNews, HelpState, HelpTie};
use crate::model::id::{AssignmentId, HelpId, IncidentId};
use crate::model::incident::Disposition;

impl Decision<'_> {
    /// Another Polres asks for help: an incident of our own, until an operator answers. Asked twice for
    /// the same, it is one.
    pub(super) fn want_help(&mut self, wanted: &WantHelp) {
        let known =
            |help: &Help| help.id == wanted.tie.help || (help.incident == wanted.tie.theirs && help.state.is_open());
        if self.desk.incidents.values().any(|incident| incident.helps.as_ref().is_some_and(known)) {
            return;
        }
        let incident = IncidentId(self.ids.next(self.now));
        self.events.push(Event::IncidentOpened {
            incident,
            number: self.desk.next_incident_number(self.now),
            category: wanted.category,
            priority: wanted.priority,
            place: wanted.place.clone(),
            jurisdiction: wanted.jurisdiction.clone(),
            received_at: wanted.received_at.min(self.now),
            automatic: false,
        });
        self.events.push(Event::Help(HelpEvent::Wanted { incident, tie: wanted.tie.clone() }));
    }

    /// We have asked another Polres, which keeps `tie.theirs` for it.
    pub(super) fn ask_help(&mut self, id: IncidentId, tie: &HelpTie) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        if incident.helped_by.iter().any(|help| help.id == tie.help) {
            return Ok(());
        }
        incident.can_change("ask for help")?;
        self.events.push(Event::Help(HelpEvent::Asked { incident: id, tie: tie.clone() }));
        Ok(())
    }

    /// Yes: our units are offered it. No: it ends here, unless it is ours as well.
    pub(super) fn answer_help(&mut self, id: IncidentId, yes: bool, reason: Option<&str>) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        incident.can_change("answer")?;
        let help = incident.helps.as_ref().ok_or(Refusal::NotFound("request for help"))?;
        if help.state != HelpState::Asked {
            return Err(InvalidStep { step: "answer", state: "answered already" }.into());
        }
        let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if !yes && reason.is_none() {
            return Err(Refusal::NoteNeeded);
        }
        self.events.push(Event::Help(HelpEvent::Answered { incident: id, yes, reason }));
        if yes {
            let need = self.need_of(incident, &[]);
            self.serve(&need);
        } else {
            self.end_here(id);
        }
        Ok(())
    }

    /// An operator who offers a unit at once has answered with it.
    pub(super) fn agree_to_help(&mut self, id: IncidentId) {
        let Some(incident) = self.desk.incidents.get(&id) else { return };
        if incident.helps.as_ref().is_some_and(|help| help.state == HelpState::Asked) {
            self.events.push(Event::Help(HelpEvent::Answered { incident: id, yes: true, reason: None }));
        }
    }

    /// The office we asked says how far it is; the reporters hear what they would of our own unit.
    pub(super) fn note_help(&mut self, id: IncidentId, of: HelpId, news: &HelpNews) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        let known =
            incident.helped_by.iter().find(|help| help.id == of).ok_or(Refusal::NotFound("request for help"))?;
        if (known.state, &known.reason, &known.unit) == (news.state, &news.reason, &news.unit) {
            return Ok(());
        }
        let was = known.unit.as_ref().map(|unit| unit.state);
        self.events.push(Event::Help(HelpEvent::Noted { incident: id, help: of, news: news.clone() }));
        let own = self.desk.live_assignments(incident).any(|a| a.primary && !a.state.is_offer());
        let now = news.unit.as_ref().map(|unit| unit.state).filter(|now| Some(*now) != was && !own);
        match now {
            Some(AssignmentState::EnRoute) => self.tell_reporters(id, Template::UnitEnRoute),
            Some(AssignmentState::OnScene) => self.tell_reporters(id, Template::UnitOnScene),
            _ => {}
        }
        Ok(())
    }

    /// Whoever asked does not need it any more: our units are free, unless one has arrived.
    pub(super) fn withdraw_help(&mut self, id: IncidentId) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        let open = incident.helps.as_ref().is_some_and(|help| help.state.is_open());
        let there = self.desk.live_assignments(incident).any(|a| a.state == AssignmentState::OnScene);
        if !incident.is_open() || !open || there {
            return Ok(());
        }
        self.events.push(Event::Help(HelpEvent::Withdrawn { incident: id }));
        self.end_here(id);
        Ok(())
    }

    /// The incident that was opened for another office ends, unless people of our own told of it too: then
    /// it is ours, and goes on.
    fn end_here(&mut self, id: IncidentId) {
        let Some(incident) = self.desk.incidents.get(&id) else { return };
        if self.desk.open_reports(incident).next().is_some() {
            return;
        }
        let live: Vec<AssignmentId> = self.desk.live_assignments(incident).map(|a| a.id).collect();
        self.release_all(&live, "bantuan tidak jadi diperlukan");
        self.events.push(Event::IncidentClosed { incident: id, disposition: Disposition::Cancelled, note: None });
    }
}
