//! Help between two Polres, as the journal of one of them tells it.

use super::desk::{Desk, Touched};
use crate::model::assignment::AssignmentState;
use crate::model::clock::Timestamp;
use crate::model::help::{Help, HelpEvent, HelpNews, HelpState, HelpTie, HelpUnit};
use crate::model::incident::Incident;

impl Desk {
    pub(super) fn apply_help(&mut self, event: &HelpEvent, at: Timestamp, touched: &mut Touched) {
        let id = event.incident();
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        match event {
            HelpEvent::Asked { tie, .. } => incident.helped_by.push(asked(tie, at)),
            HelpEvent::Wanted { tie, .. } => incident.helps = Some(asked(tie, at)),
            HelpEvent::Answered { yes, reason, .. } => {
                // Who says yes wants a unit found for it.
                incident.automatic |= yes;
                if let Some(help) = &mut incident.helps {
                    help.state = if *yes { HelpState::Agreed } else { HelpState::Declined };
                    help.reason.clone_from(reason);
                }
            }
            HelpEvent::Noted { help, news, .. } => {
                if let Some(known) = incident.helped_by.iter_mut().find(|known| known.id == *help) {
                    known.state = news.state;
                    known.reason.clone_from(&news.reason);
                    known.unit.clone_from(&news.unit);
                }
            }
            HelpEvent::Withdrawn { .. } => {
                if let Some(help) = &mut incident.helps {
                    help.state = HelpState::Withdrawn;
                }
            }
        }
        self.derive_incident(id, touched);
    }

    /// What this office has to say to the one it helps with an incident.
    #[must_use]
    pub fn help_news(&self, incident: &Incident) -> Option<HelpNews> {
        let help = incident.helps.as_ref()?;
        let own = incident.assignments.iter().filter_map(|id| self.assignments.get(id));
        // The unit that is there, or on its way; else the last that was.
        let furthest = own.max_by_key(|a| (a.state.is_live(), a.primary, a.stamps.offered_at));
        let unit = furthest.map(|assignment| HelpUnit {
            call_sign: self.units.get(&assignment.unit).map(|unit| unit.call_sign.clone()).unwrap_or_default(),
            state: assignment.state,
            travel_time_s: assignment.travel_time_s,
        });
        let over = !incident.is_open() && help.state.is_open();
        let state = if over { HelpState::Ended } else { help.state };
        Some(HelpNews { state, reason: help.reason.clone(), unit })
    }
}

fn asked(tie: &HelpTie, at: Timestamp) -> Help {
    Help {
        id: tie.help,
        polres: tie.polres.clone(),
        incident: tie.theirs,
        number: tie.number.clone(),
        state: HelpState::Asked,
        asked_at: at,
        reason: None,
        unit: None,
    }
}

/// The states of units of other offices at an incident since it was last opened.
pub(super) fn helpers(incident: &Incident) -> impl Iterator<Item = AssignmentState> + '_ {
    let since = incident.reopened_at.unwrap_or(incident.opened_at);
    let counts = move |help: &&Help| help.asked_at >= since && help.state != HelpState::Declined;
    incident.helped_by.iter().filter(counts).filter_map(|help| help.unit.as_ref()).map(|unit| unit.state)
}

/// Units of other offices that have taken an incident and are bound to it.
pub(super) fn helping(incident: &Incident) -> usize {
    helpers(incident).filter(|state| state.is_live() && !state.is_offer()).count()
}
