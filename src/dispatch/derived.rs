//! What follows from the states of assignments: their stamps, and where an incident stands.

use super::helping::helpers;
use crate::model::assignment::{Assignment, AssignmentStamps, AssignmentState};
use crate::model::clock::Timestamp;
use crate::model::incident::{Handling, Incident, IncidentState};
use crate::model::report::{Category, Known, Priority, Reading, Service};

/// A report nobody has read yet: the lane of its first entry until `report_read` follows.
pub(super) const UNREAD: Reading = Reading {
    service: Service::Police,
    category: Category::BelumJelas,
    priority: Priority::P3,
    confidence: 0.0,
    known: Known { what: false, how: false, when: false, place: false, who: false },
};

/// Notes when a state was reached, once.
pub(super) fn stamp(stamps: &mut AssignmentStamps, state: AssignmentState, at: Timestamp) {
    let field = match state {
        AssignmentState::Offered => return,
        AssignmentState::Delivered => &mut stamps.delivered_at,
        AssignmentState::Accepted => &mut stamps.accepted_at,
        AssignmentState::EnRoute => &mut stamps.en_route_at,
        AssignmentState::OnScene => &mut stamps.on_scene_at,
        _ => &mut stamps.ended_at,
    };
    field.get_or_insert(at);
}

/// Where an incident stands, read from its handling and its assignments: the furthest live one leads.
pub(super) fn derived_state<'a>(
    incident: &Incident,
    assignments: impl Iterator<Item = &'a Assignment>,
) -> IncidentState {
    match incident.handling {
        Handling::Closed { .. } => return IncidentState::Closed,
        Handling::Held { .. } => return IncidentState::Held,
        Handling::Open => {}
    }
    let since = incident.reopened_at.unwrap_or(incident.opened_at);
    let (mut live, mut cleared) = (None, false);
    let own = assignments.filter(|a| a.stamps.offered_at >= since).map(|a| a.state);
    for state in own.chain(helpers(incident)) {
        let reached = match state {
            AssignmentState::OnScene => 3,
            AssignmentState::EnRoute | AssignmentState::Accepted => 2,
            AssignmentState::Offered | AssignmentState::Delivered => 1,
            state => {
                cleared |= state == AssignmentState::Cleared;
                continue;
            }
        };
        live = live.max(Some(reached));
    }
    match live {
        Some(3) => IncidentState::OnScene,
        Some(2) => IncidentState::Responding,
        Some(_) => IncidentState::Offered,
        None if cleared => IncidentState::Cleared,
        None => IncidentState::Queued,
    }
}
