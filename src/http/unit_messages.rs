//! `/v1/units/{id}/messages`: what the desk writes to a crew's tablet, and what the crew answers. The words
//! lie sealed beside those of reporters; the journal says who wrote when, and how far it came.

use std::collections::{BTreeSet, HashMap};

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
use super::units;
use crate::app::App;
use crate::dispatch::command::{Command, CrewTalk, ToUnits};
use crate::dispatch::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::crew_talk::UnitMessage;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{IncidentId, MessageId, ReportId, ReporterId, UnitId, UserId};
use crate::model::unit::{Unit, UnitStatus};
use crate::model::viewer::Scope;
use crate::runtime::desks::{DeskHandle, Rows};
use crate::store::Statement;

/// Characters of a message at most: what is read at a glance in a car.
const MOST_CHARS: usize = 1000;

/// Crews one message goes to at most.
const MOST_UNITS: usize = 500;

/// A message with its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitMessageView {
    /// The message.
    pub message: UnitMessage,
    /// Its words; none when they were erased.
    pub text: Option<String>,
    /// Name of who wrote it.
    pub by_name: Option<String>,
}

/// The messages with a crew.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitMessages {
    /// Of the last day, in the order they were sent.
    pub items: Vec<UnitMessageView>,
}

/// The messages of the last day with a crew.
///
/// # Errors
/// 403 the role does not see units; 404 no such unit that the caller may see.
#[utoipa::path(get, path = "/v1/units/{id}/messages", tag = "units", operation_id = "unit_messages", params(("id" = UnitId, Path)),
    responses((status = 200, body = UnitMessages), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who, Path(id): Path<UnitId>) -> Result<Json<UnitMessages>, ApiError> {
    let desk = who.desk(&app)?;
    if who.viewer.scope != Scope::Unit(id) {
        who.watcher()?;
        seen_unit(&who, desk, id).await?;
    }
    let messages =
        desk.look(move |desk| desk.messages.with(id).into_iter().cloned().collect::<Vec<UnitMessage>>()).await?;
    Ok(Json(UnitMessages { items: with_words(&app, messages).await? }))
}

/// What is written to a crew, or by it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitMessageRequest {
    /// Up to 1,000 characters.
    pub text: String,
    /// What it is about.
    pub incident_id: Option<IncidentId>,
    /// Rings until it is read, and is read aloud; for the desk alone.
    #[serde(default)]
    pub urgent: bool,
    /// The message it answers; for crews alone.
    pub answers: Option<MessageId>,
    /// Made by the sender, 1 to 64 characters; the same key sends once.
    pub key: String,
    /// By the clock of a tablet that was without network; left out, now.
    pub at: Option<Timestamp>,
}

/// Writes to a crew; or, from its tablet, to the desk.
///
/// # Errors
/// 403 neither an operator nor this crew; 404 no such unit or incident that the caller may see; 409 the
/// crew is off duty (`unit_off_duty`): nobody would read it; 422 no words, or more than 1,000 characters.
#[utoipa::path(post, path = "/v1/units/{id}/messages", tag = "units", operation_id = "unit_message", params(("id" = UnitId, Path)), request_body = UnitMessageRequest,
    responses((status = 201, body = UnitMessageView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn send(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Json(wanted): Json<UnitMessageRequest>,
) -> Result<(StatusCode, Json<UnitMessageView>), ApiError> {
    typed_within(&wanted.text, "text", MOST_CHARS)?;
    checked_key(&wanted.key)?;
    let desk = who.desk(&app)?;
    let message = if who.viewer.scope == Scope::Unit(id) {
        from_crew(&app, &who, desk, id, wanted).await?
    } else {
        who.dispatcher()?;
        seen_unit(&who, desk, id).await?;
        let UnitMessageRequest { text, incident_id, urgent, key, .. } = wanted;
        let sent = to_units(&app, &who, desk, vec![id], Words { text, incident_id, urgent, key }).await?;
        sent.into_iter().next().ok_or_else(ApiError::internal)?
    };
    let view = with_words(&app, vec![message]).await?.pop().ok_or_else(ApiError::internal)?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// One message to several crews: to exactly one of `unit_ids`, `polsek` and `all_on_duty`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitsMessageRequest {
    /// These units, 500 at most.
    pub unit_ids: Option<Vec<UnitId>>,
    /// Every unit of this Polsek that is on duty.
    pub polsek: Option<String>,
    /// Every unit the caller sees that is on duty.
    #[serde(default)]
    pub all_on_duty: bool,
    /// Up to 1,000 characters.
    pub text: String,
    /// What it is about.
    pub incident_id: Option<IncidentId>,
    /// Rings until it is read, and is read aloud.
    #[serde(default)]
    pub urgent: bool,
    /// Made by the sender, 1 to 64 characters; the same key sends once.
    pub key: String,
}

/// A unit that was passed over: it is off duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedOver {
    /// Which.
    pub unit_id: UnitId,
    /// Radio name.
    pub call_sign: String,
}

/// To whom a message went.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitsMessaged {
    /// The messages, one for each crew.
    pub items: Vec<UnitMessage>,
    /// Named units nobody would read it in.
    pub off_duty: Vec<PassedOver>,
}

/// Writes one message to several crews; who is off duty is passed over and named.
///
/// # Errors
/// 403 not an operator; 404 no such unit or incident that the caller may see; 409 none of them is on duty
/// (`unit_off_duty`); 422 no words, too many, or not exactly one choice of units.
#[utoipa::path(post, path = "/v1/units/messages", tag = "units", operation_id = "units_message", request_body = UnitsMessageRequest,
    responses((status = 201, body = UnitsMessaged), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn send_to_several(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<UnitsMessageRequest>,
) -> Result<(StatusCode, Json<UnitsMessaged>), ApiError> {
    who.dispatcher()?;
    typed_within(&wanted.text, "text", MOST_CHARS)?;
    checked_key(&wanted.key)?;
    let desk = who.desk(&app)?;
    let units = chosen(&who, desk, &wanted).await?;
    let UnitsMessageRequest { text, incident_id, urgent, key, .. } = wanted;
    let ids = units.iter().map(|unit| unit.id).collect();
    let items = to_units(&app, &who, desk, ids, Words { text, incident_id, urgent, key }).await?;
    let off = units.into_iter().filter(|unit| items.iter().all(|message| message.unit != unit.id));
    let off_duty = off.map(|unit| PassedOver { unit_id: unit.id, call_sign: unit.call_sign }).collect();
    Ok((StatusCode::CREATED, Json(UnitsMessaged { items, off_duty })))
}

/// The units somebody chose, by call sign, each once.
async fn chosen(who: &Who, desk: &DeskHandle, wanted: &UnitsMessageRequest) -> Result<Vec<Unit>, ApiError> {
    let choices = [wanted.unit_ids.is_some(), wanted.polsek.is_some(), wanted.all_on_duty];
    if choices.into_iter().filter(|choice| *choice).count() != 1 {
        return Err(ApiError::invalid("unit_ids", "exactly one of unit_ids, polsek and all_on_duty"));
    }
    let ids: Option<BTreeSet<UnitId>> = wanted.unit_ids.as_ref().map(|ids| ids.iter().copied().collect());
    if ids.as_ref().is_some_and(|ids| ids.is_empty() || ids.len() > MOST_UNITS) {
        return Err(ApiError::invalid("unit_ids", format!("1 to {MOST_UNITS} units")));
    }
    let (scope, polsek, named) = (who.viewer.scope.clone(), wanted.polsek.clone(), ids.clone());
    let mut units: Vec<Unit> = desk
        .look(move |desk| {
            let on_duty =
                |unit: &Unit| unit.status != UnitStatus::OffDuty && (polsek.is_none() || unit.polsek == polsek);
            let wanted = |unit: &&Unit| named.as_ref().map_or_else(|| on_duty(unit), |ids| ids.contains(&unit.id));
            desk.units.values().filter(|unit| scope.sees_unit(unit)).filter(wanted).cloned().collect()
        })
        .await?;
    if ids.is_some_and(|ids| ids.len() > units.len()) {
        return Err(ApiError::not_found("unit"));
    }
    if units.is_empty() {
        return Err(ApiError::new(StatusCode::CONFLICT, "unit_off_duty", "no unit of them is on duty"));
    }
    units.sort_by(|a, b| a.call_sign.cmp(&b.call_sign));
    Ok(units)
}

/// What is written, to whomever.
struct Words {
    text: String,
    incident_id: Option<IncidentId>,
    urgent: bool,
    key: String,
}

async fn to_units(
    app: &App,
    who: &Who,
    desk: &DeskHandle,
    units: Vec<UnitId>,
    words: Words,
) -> Result<Vec<UnitMessage>, ApiError> {
    if let Some(incident) = words.incident_id {
        super::incidents::visible(app, who, incident).await?;
    }
    let (mut to, mut rows) = (Vec::with_capacity(units.len()), HashMap::new());
    for unit in units {
        let (id, row) = note_under(app, who, ReportId(unit.0), ReporterId(unit.0), &words.text)?;
        to.push((unit, id));
        rows.insert(id, row);
    }
    let (by, key) = (who.viewer.user, words.key.clone());
    let command =
        CrewTalk::ToUnits(ToUnits { to, incident: words.incident_id, by, urgent: words.urgent, key: words.key });
    desk.submit_with(Actor::User(by), Command::CrewTalk(command), Some(only_sent(rows))).await?;
    let sent = move |desk: &Desk| desk.messages.sent_by(by, &key).cloned().collect();
    Ok(desk.look(sent).await?)
}

async fn from_crew(
    app: &App,
    who: &Who,
    desk: &DeskHandle,
    unit: UnitId,
    wanted: UnitMessageRequest,
) -> Result<UnitMessage, ApiError> {
    if let Some(incident) = wanted.incident_id {
        super::notes::sent_there(app, who, incident).await?;
    }
    let (message, row) = note_under(app, who, ReportId(unit.0), ReporterId(unit.0), &wanted.text)?;
    let key = wanted.key.clone();
    let command = CrewTalk::ToDesk {
        unit,
        message,
        answers: wanted.answers,
        incident: wanted.incident_id,
        key: wanted.key,
        device_at: not_later(wanted.at, app.clock.now()),
    };
    let rows = only_sent(HashMap::from([(message, row)]));
    desk.submit_with(Actor::Unit(unit), Command::CrewTalk(command), Some(rows)).await?;
    let found = desk.look(move |desk| desk.messages.said_by(unit, &key).cloned()).await?;
    found.ok_or_else(ApiError::internal)
}

/// Words are kept only of what was sent: not of what came twice, nor for who is off duty.
fn only_sent(mut rows: HashMap<MessageId, Statement>) -> Rows {
    let sent = |entry: &Entry| match &entry.event {
        Event::UnitMessaged(it) => Some(it.message),
        Event::IncidentNoted(it) => Some(it.note),
        _ => None,
    };
    Box::new(move |entries, _| Ok(entries.iter().filter_map(sent).filter_map(|id| rows.remove(&id)).collect()))
}

/// The same for one text, under the id it was given.
pub(super) fn only_if_recorded(id: MessageId, row: Statement) -> Rows {
    only_sent(HashMap::from([(id, row)]))
}

/// When a crew read a message.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadRequest {
    /// By the clock of the tablet; left out, now.
    pub at: Option<Timestamp>,
}

/// A crew has read a message; said twice it counts once.
///
/// # Errors
/// 403 not a crew; 404 no such message to it, or older than a day.
#[utoipa::path(post, path = "/v1/units/{id}/messages/{message}/read", tag = "units", operation_id = "unit_message_read",
    params(("id" = UnitId, Path), ("message" = MessageId, Path)), request_body = ReadRequest,
    responses((status = 200, body = UnitMessage), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(app): State<App>,
    who: Who,
    Path((id, message)): Path<(UnitId, MessageId)>,
    Json(wanted): Json<ReadRequest>,
) -> Result<Json<UnitMessage>, ApiError> {
    match who.viewer.scope {
        Scope::Unit(unit) if unit == id => {}
        Scope::Unit(_) => return Err(ApiError::not_found("message")),
        _ => return Err(ApiError::forbidden("only its crew reads a message")),
    }
    let device_at = not_later(wanted.at, app.clock.now());
    let desk = who.desk(&app)?;
    let command = Command::CrewTalk(CrewTalk::Read { unit: id, message, device_at });
    desk.submit(Actor::Unit(id), command).await?;
    let found = desk.look(move |desk| desk.messages.get(message).cloned()).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("message"))
}

/// When a tablet says that it was; never in the future, whatever its clock says.
pub(super) fn not_later(at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    at.map_or(now, |at| at.min(now))
}

async fn seen_unit(who: &Who, desk: &DeskHandle, id: UnitId) -> Result<Unit, ApiError> {
    let unit = units::find(desk, id).await?;
    if who.viewer.scope.sees_unit(&unit) { Ok(unit) } else { Err(ApiError::not_found("unit")) }
}

async fn with_words(app: &App, messages: Vec<UnitMessage>) -> Result<Vec<UnitMessageView>, ApiError> {
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let mut words = words_of(app, &ids).await?;
    let view = |message: UnitMessage| {
        let Said { text, by_name } = words.remove(&message.id).unwrap_or_default();
        UnitMessageView { message, text, by_name }
    };
    Ok(messages.into_iter().map(view).collect())
}

/// Words of officers, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: Option<String>,
    pub by_name: Option<String>,
}

/// The words behind these ids, as far as they are kept.
pub(super) async fn words_of(app: &App, ids: &[MessageId]) -> Result<HashMap<MessageId, Said>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let found = app.store.messages(ids).await?;
    Ok(found
        .into_iter()
        .map(|row| (row.id, Said { text: word(&row.body["text"]), by_name: word(&row.body["by"]) }))
        .collect())
}

/// The name of an operator; none when he is gone.
pub(super) async fn name_of(app: &App, user: UserId) -> Result<Option<String>, ApiError> {
    Ok(app.store.user(user).await?.map(|user| user.name))
}
