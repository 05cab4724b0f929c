//! What happened before a step of a crew came: a tablet that was without network is told who did what, and
//! when, instead of a bare no.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::unit_messages::name_of;
use crate::app::App;
use crate::model::assignment::{Assignment, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{AssignmentId, UnitId};

/// What became of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Its incident was ended.
    Closed,
    /// Its incident was set aside.
    Held,
    /// Its incident turned out to be another one.
    Merged,
    /// The unit was taken back.
    Released,
    /// Nobody answered in time.
    Expired,
    /// The unit was taken for something more urgent.
    Preempted,
    /// Another crew has it.
    Transferred,
    /// A step was taken: this one already, or a later one.
    Stepped,
}

/// What happened to an assignment meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meanwhile {
    /// What.
    pub what: Became,
    /// When.
    pub at: Timestamp,
    /// Name of the operator who did it, if one did.
    pub by_name: Option<String>,
    /// The crew that did it, or that has the job now.
    pub call_sign: Option<String>,
    /// The step that was taken.
    pub step: Option<Step>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}

/// What the journal last says of an assignment. None where nothing is found: an explanation that fails
/// must not hide the refusal it explains.
pub async fn of_assignment(app: &App, who: &Who, assignment: &Assignment) -> Option<Meanwhile> {
    let ids = [assignment.id.0, assignment.incident.0];
    let entries = app.store.entries_of(&who.viewer.polres, &ids).await.ok()?;
    let (told, what, step, reason) = entries.iter().rev().find_map(|entry| {
        let (what, step, reason) = became(&entries, entry, assignment.id)?;
        Some((entry, what, step, reason))
    })?;
    let by_name = match told.actor {
        Actor::User(user) => name_of(app, user).await.ok().flatten(),
        _ => None,
    };
    let unit = match told.actor {
        _ if what == Became::Transferred => assignment.links.handing.as_ref().map(|handing| handing.unit),
        Actor::Unit(unit) => Some(unit),
        _ => None,
    };
    let call_sign = match unit {
        Some(unit) => call_sign(app, who, unit).await,
        None => None,
    };
    Some(Meanwhile { what, at: told.at, by_name, call_sign, step, reason })
}

/// What an entry did to the assignment, if it did anything.
fn became(all: &[Entry], entry: &Entry, id: AssignmentId) -> Option<(Became, Option<Step>, Option<String>)> {
    let same_act = |other: &&Entry| other.at == entry.at && other.actor == entry.actor;
    match &entry.event {
        Event::AssignmentReleased { assignment, reason } if *assignment == id => {
            let whole = all.iter().filter(same_act).find_map(|other| match other.event {
                Event::IncidentClosed { .. } => Some(Became::Closed),
                Event::IncidentHeld { .. } => Some(Became::Held),
                Event::IncidentMerged { .. } => Some(Became::Merged),
                _ => None,
            });
            let reason = whole.is_none().then(|| reason.clone());
            Some((whole.unwrap_or(Became::Released), None, reason))
        }
        Event::AssignmentExpired { assignment } if *assignment == id => Some((Became::Expired, None, None)),
        Event::AssignmentPreempted(it) if it.assignment == id => Some((Became::Preempted, None, it.reason.clone())),
        Event::AssignmentTransferred { assignment, .. } if *assignment == id => Some((Became::Transferred, None, None)),
        Event::AssignmentStepped { assignment, step, .. } if *assignment == id => {
            Some((Became::Stepped, Some(*step), None))
        }
        _ => None,
    }
}

async fn call_sign(app: &App, who: &Who, unit: UnitId) -> Option<String> {
    let desk = who.desk(app).ok()?;
    desk.look(move |desk| desk.units.get(&unit).map(|unit| unit.call_sign.clone())).await.ok().flatten()
}
