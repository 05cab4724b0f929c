//! `/v1/incidents/{id}/notes`: what crews saw and operators wrote down, and what was written to and fro
//! about it. Words of officers, sealed like those of reporters.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assignments::checked_key;
use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::strikes::note_under;
use super::typed::typed_within;
use super::unit_messages::{not_later, only_if_recorded, words_of};
use crate::app::App;
use crate::dispatch::command::{Command, CrewTalk, WriteNote};
use crate::dispatch::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::crew_talk::MessageSide;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{IncidentId, MessageId, ReportId, ReporterId, UnitId};
use crate::model::viewer::Scope;

/// Characters of a note at most.
const MOST_CHARS: usize = 4096;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// A note.
    Note,
    /// From the desk to a crew.
    ToCrew,
    /// From a crew to the desk.
    FromCrew,
}

/// Something written about an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenView {
    /// Its words.
    pub id: MessageId,
    /// What it is.
    pub what: Written,
    /// When it was written, by the writer's clock; without network it comes later.
    pub at: Timestamp,
    /// The crew that wrote it, or was written to.
    pub unit: Option<UnitId>,
    /// Radio name of that crew.
    pub call_sign: Option<String>,
    /// Name of who wrote it.
    pub by_name: Option<String>,
    /// The words; none when they were erased.
    pub text: Option<String>,
}

/// What was written about an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenList {
    /// In the order it came.
    pub items: Vec<WrittenView>,
}

/// Notes about an incident, and messages between the desk and crews about it. A crew reads the notes of
/// crews and its own messages.
///
/// # Errors
/// 403, 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/incidents/{id}/notes", tag = "incidents", operation_id = "incident_notes", params(("id" = IncidentId, Path)),
    responses((status = 200, body = WrittenList), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<WrittenList>, ApiError> {
    let own = if let Scope::Unit(unit) = who.viewer.scope {
        sent_there(&app, &who, id).await?;
        Some(unit)
    } else {
        who.watcher()?;
        super::incidents::visible(&app, &who, id).await?;
        None
    };
    let entries = app.store.entries_of(&who.viewer.polres, &[id.0]).await?;
    let mut items: Vec<WrittenView> = entries.iter().filter_map(|entry| written(entry, own)).collect();
    let ids: Vec<MessageId> = items.iter().map(|item| item.id).collect();
    let mut words = words_of(&app, &ids).await?;
    let units: Vec<UnitId> = items.iter().filter_map(|item| item.unit).collect();
    let names = who
        .desk(&app)?
        .look(move |desk| {
            units.into_iter().filter_map(|id| Some((id, desk.units.get(&id)?.call_sign.clone()))).collect::<Vec<_>>()
        })
        .await?;
    for item in &mut items {
        let said = words.remove(&item.id).unwrap_or_default();
        (item.text, item.by_name) = (said.text, said.by_name);
        item.call_sign = names.iter().find(|(unit, _)| Some(*unit) == item.unit).map(|(_, name)| name.clone());
    }
    Ok(Json(WrittenList { items }))
}

/// What an entry says was written; for a crew only what it may read.
fn written(entry: &Entry, own: Option<UnitId>) -> Option<WrittenView> {
    let (id, what, at, unit) = match &entry.event {
        Event::IncidentNoted(it) if own.is_none() || it.unit.is_some() => {
            (it.note, Written::Note, it.device_at, it.unit)
        }
        Event::UnitMessaged(it) if own.is_none_or(|own| own == it.unit) => {
            let what = if it.side == MessageSide::Desk { Written::ToCrew } else { Written::FromCrew };
            (it.message, what, entry.at, Some(it.unit))
        }
        _ => return None,
    };
    Some(WrittenView { id, what, at, unit, call_sign: None, by_name: None, text: None })
}

/// A note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// Up to 4,096 characters.
    pub text: String,
    /// Made by the writer, 1 to 64 characters; the same key notes once.
    pub key: String,
    /// When it was written, by the clock of a tablet that was without network; left out, now.
    pub at: Option<Timestamp>,
}

/// Notes something about an incident: a crew that was sent there, also after its job has ended, or an
/// operator. Gives all that was written about it.
///
/// # Errors
/// 403 neither an operator nor sent there; 404 no such incident that the caller may see; 409 it is full of
/// notes; 422 no words, or too many.
#[utoipa::path(post, path = "/v1/incidents/{id}/notes", tag = "incidents", operation_id = "incident_note", params(("id" = IncidentId, Path)), request_body = NoteRequest,
    responses((status = 201, body = WrittenList), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn write(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<NoteRequest>,
) -> Result<(StatusCode, Json<WrittenList>), ApiError> {
    typed_within(&wanted.text, "text", MOST_CHARS)?;
    checked_key(&wanted.key)?;
    let (unit, by, actor) = if let Scope::Unit(unit) = who.viewer.scope {
        sent_there(&app, &who, id).await?;
        (Some(unit), None, Actor::Unit(unit))
    } else {
        let user = who.dispatcher()?.user;
        super::incidents::visible(&app, &who, id).await?;
        (None, Some(user), Actor::User(user))
    };
    // Filed with the first report: what is said of a person is erased with him.
    let look = move |desk: &Desk| {
        let report = desk.incidents.get(&id)?.reports.iter().find_map(|id| desk.reports.get(id))?;
        Some((report.id, report.reporter))
    };
    let desk = who.desk(&app)?;
    let (filed, reporter) = desk.look(look).await?.unwrap_or((ReportId(id.0), ReporterId(id.0)));
    let (note, row) = note_under(&app, &who, filed, reporter, &wanted.text)?;
    let device_at = not_later(wanted.at, app.clock.now());
    let command = WriteNote { incident: id, note, unit, by, key: wanted.key, device_at };
    let command = Command::CrewTalk(CrewTalk::Note(command));
    desk.submit_with(actor, command, Some(only_if_recorded(note, row))).await?;
    Ok((StatusCode::CREATED, list(State(app), who, Path(id)).await?))
}

/// Whether a crew was ever sent to an incident that is still on the desk.
///
/// # Errors
/// 403 another crew's; 404 no such incident.
pub(super) async fn sent_there(app: &App, who: &Who, id: IncidentId) -> Result<(), ApiError> {
    let Scope::Unit(unit) = who.viewer.scope else { return Err(ApiError::forbidden("only crews are sent")) };
    let look = move |desk: &Desk| {
        let incident = desk.incidents.get(&id)?;
        let mut own = incident.assignments.iter().filter_map(|id| desk.assignments.get(id));
        Some(own.any(|assignment| assignment.unit == unit))
    };
    match who.desk(app)?.look(look).await? {
        None => Err(ApiError::not_found("incident")),
        Some(false) => Err(ApiError::forbidden("this unit was not sent there")),
        Some(true) => Ok(()),
    }
}
