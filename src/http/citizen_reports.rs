//! `/v1/citizen/reports`: what a person reports from the app. Each message takes the road of a WhatsApp
//! message: durable, then understood, located and on a desk before the door answers.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citizen_auth::Citizen;
use super::citizen_view::{self, CitizenReport, CitizenReportDetail, Own};
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use crate::app::App;
use crate::channels::InboundMessage;
use crate::channels::citizen_app::{self, AppMedia, AppMessage, AppSender, MOST_CHARS, checked_key};
use crate::dispatch::command::{Command, Refusal};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{MediaId, MessageId, ReportId};
use crate::model::media::MediaState;
use crate::model::report::{Category, Channel};
use crate::runtime::desks::{Rows, SubmitError};
use crate::runtime::intake::IntakeError;
use crate::store::people::{self, Direction, Message};

/// What a person reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CitizenReportRequest {
    /// The app's own id of the report: sent again, it makes nothing new. 1 to 100 letters, digits, `. _ : -`.
    pub key: String,
    /// What happened, up to 10,000 characters; may be left out with a photo.
    #[serde(default)]
    pub text: String,
    /// What it is about, when he chose it from a list: counts where his words say nothing clearer.
    pub category: Option<Category>,
    /// Longitude of his pin, degrees; with `lat`.
    pub lng: Option<f64>,
    /// Latitude of his pin, degrees; with `lng`.
    pub lat: Option<f64>,
    /// How far the pin may be off, metres.
    pub accuracy_m: Option<f64>,
    /// Finished uploads, up to 10.
    #[serde(default)]
    pub media: Vec<MediaId>,
    /// By the clock of his telephone: a report may have waited for a network.
    pub sent_at: Option<Timestamp>,
}

/// More about a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CitizenMessageRequest {
    /// The app's own id of the message: sent again, it makes nothing new.
    pub key: String,
    /// The words, up to 10,000 characters; may be left out with a pin or a photo.
    #[serde(default)]
    pub text: String,
    /// Longitude of his pin, degrees; with `lat`.
    pub lng: Option<f64>,
    /// Latitude of his pin, degrees; with `lng`.
    pub lat: Option<f64>,
    /// How far the pin may be off, metres.
    pub accuracy_m: Option<f64>,
    /// Finished uploads, up to 10.
    #[serde(default)]
    pub media: Vec<MediaId>,
    /// By the clock of his telephone.
    pub sent_at: Option<Timestamp>,
}

/// Reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenReports {
    /// Newest first.
    pub items: Vec<CitizenReport>,
}

/// Reports something. On a desk when it answers; the same `key` again gives the same report.
///
/// # Errors
/// 401 nobody is logged in; 403 the number is blocked; 422 nothing said, a point that cannot be, a file
/// that is not one's own; 429 too often; 503 to be sent again with the same key.
#[utoipa::path(post, path = "/v1/citizen/reports", tag = "citizen", request_body = CitizenReportRequest,
    responses((status = 201, body = CitizenReport), (status = 200, description = "it was here already", body = CitizenReport),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    citizen: Citizen,
    Json(wanted): Json<CitizenReportRequest>,
) -> Result<(StatusCode, Json<CitizenReport>), ApiError> {
    let CitizenReportRequest { key, text, category, lng, lat, accuracy_m, media, sent_at } = wanted;
    checked_key(&key)?;
    if let Some(known) = already(&app, &citizen, &key).await? {
        return Ok((StatusCode::OK, Json(known)));
    }
    if category.is_some_and(|category| !is_offered(&app, category)) {
        return Err(ApiError::invalid("category", "not a category one can report"));
    }
    let media = uploads(&app, &citizen, &media).await?;
    let sent = AppMessage { key, text, category, lng, lat, accuracy_m, media, sent_at, report: None };
    take_in(&app, &citizen, &sent).await?;
    let report = already(&app, &citizen, &sent.key).await?.ok_or_else(ApiError::away)?;
    Ok((StatusCode::CREATED, Json(report)))
}

/// Whether the office at home here knows the matter: one of its own needs a name.
fn is_offered(app: &App, category: Category) -> bool {
    let desk = app.desks.get(&super::citizen::home_office(app));
    desk.is_none_or(|desk| desk.parts.rules.now().categories.has(category))
}

/// Takes a message in, and waits until it is on a desk.
async fn take_in(app: &App, citizen: &Citizen, sent: &AppMessage) -> Result<(), ApiError> {
    let now = app.clock.now();
    let from = sender(app, citizen).await?;
    let messages = citizen_app::messages(sent, &from, now)?;
    app.citizens.may_write(citizen.reporter, now)?;
    match app.intake.accept_app(messages).await {
        Ok(()) => Ok(()),
        Err(IntakeError::Store(error)) => Err(error.into()),
        Err(IntakeError::Malformed(_) | IntakeError::Closing | IntakeError::Late) => Err(ApiError::away()),
    }
}

async fn sender(app: &App, citizen: &Citizen) -> Result<AppSender, ApiError> {
    let profile = app.store.reporter(citizen.reporter).await?.ok_or_else(ApiError::unauthorized)?;
    Ok(AppSender {
        reporter: citizen.reporter,
        phone: profile.wa_id.ok_or_else(ApiError::unauthorized)?,
        name: profile.name,
        polres: citizen.polres.clone(),
    })
}

/// The report a message with this key went into, if there is one.
async fn already(app: &App, citizen: &Citizen, key: &str) -> Result<Option<CitizenReport>, ApiError> {
    let id = citizen_app::external_id(citizen.reporter, key);
    let Some(message) = app.store.message_by_external(Channel::CitizenApp, &id).await? else { return Ok(None) };
    let own = citizen_view::own_reports(app, citizen.reporter).await?;
    // What a blocked person says is kept, but not in a report.
    let own = own.into_iter().find(|own| own.ids().contains(&message.report)).ok_or_else(blocked)?;
    Ok(citizen_view::list(app, &[own]).await?.pop())
}

fn blocked() -> ApiError {
    let why = "reports from this number are blocked for now; if a life is in danger, call 110";
    ApiError::new(StatusCode::FORBIDDEN, "blocked", why)
}

/// Finished uploads of this person.
async fn uploads(app: &App, citizen: &Citizen, ids: &[MediaId]) -> Result<Vec<AppMedia>, ApiError> {
    let mut all = Vec::new();
    for id in ids {
        let unknown = || ApiError::invalid("media", "no such finished upload of yours");
        let media = app.store.media(*id).await?.filter(|media| media.owner == Some(citizen.owner()));
        let media = media.ok_or_else(unknown)?;
        if media.state != MediaState::Kept {
            return Err(ApiError::invalid("media", "the upload is not finished, or the file was refused"));
        }
        all.push(AppMedia { id: *id, mime: media.mime.unwrap_or_default() });
    }
    Ok(all)
}

/// One's own reports.
///
/// # Errors
/// 401 nobody is logged in.
#[utoipa::path(get, path = "/v1/citizen/reports", tag = "citizen",
    responses((status = 200, body = CitizenReports), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, citizen: Citizen) -> Result<Json<CitizenReports>, ApiError> {
    let own = citizen_view::own_reports(&app, citizen.reporter).await?;
    Ok(Json(CitizenReports { items: citizen_view::list(&app, &own).await? }))
}

/// One's own report: how far it is, which unit comes, what was said.
///
/// # Errors
/// 401 nobody is logged in; 404 there is none, or it is somebody else's.
#[utoipa::path(get, path = "/v1/citizen/reports/{id}", tag = "citizen", params(("id" = ReportId, Path)),
    responses((status = 200, body = CitizenReportDetail), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn report(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<ReportId>,
) -> Result<Json<CitizenReportDetail>, ApiError> {
    let own = citizen_view::own_report(&app, citizen.reporter, id).await?;
    citizen_view::detail(&app, &own).await.map(Json)
}

/// A photo or video of one's own reports: sent, or answered with.
///
/// # Errors
/// 401 nobody is logged in; 404 it stands in none of one's own conversations; 416 a range beyond its end.
#[utoipa::path(get, path = "/v1/citizen/media/{id}", tag = "citizen", params(("id" = MediaId, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 401, body = Problem), (status = 404, body = Problem), (status = 416, body = Problem)))]
pub async fn media(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !citizen_view::holds(&app, citizen.reporter, id).await? {
        return Err(ApiError::not_found("media"));
    }
    super::media::shown(&app, id, &headers).await
}

/// Adds to an open report.
///
/// # Errors
/// 401, 403, 404; 409 it has ended: open it again, or make a new one; 422; 429; 503.
#[utoipa::path(post, path = "/v1/citizen/reports/{id}/messages", tag = "citizen", params(("id" = ReportId, Path)), request_body = CitizenMessageRequest,
    responses((status = 200, body = CitizenReportDetail), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn write(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<ReportId>,
    Json(wanted): Json<CitizenMessageRequest>,
) -> Result<Json<CitizenReportDetail>, ApiError> {
    let own = citizen_view::own_report(&app, citizen.reporter, id).await?;
    let CitizenMessageRequest { key, text, lng, lat, accuracy_m, media, sent_at } = wanted;
    checked_key(&key)?;
    if already(&app, &citizen, &key).await?.is_none() {
        if !own.filed.item.is_open() {
            return Err(ended());
        }
        let media = uploads(&app, &citizen, &media).await?;
        let report = Some(own.filed.item.id);
        let sent = AppMessage { key, text, category: None, lng, lat, accuracy_m, media, sent_at, report };
        take_in(&app, &citizen, &sent).await?;
    }
    fresh(&app, &citizen, id).await
}

fn ended() -> ApiError {
    let why = "the report has ended: open it again with \"belum selesai\", or make a new one";
    ApiError::new(StatusCode::CONFLICT, "wrong_state", why)
}

async fn fresh(app: &App, citizen: &Citizen, id: ReportId) -> Result<Json<CitizenReportDetail>, ApiError> {
    let own = citizen_view::own_report(app, citizen.reporter, id).await?;
    citizen_view::detail(app, &own).await.map(Json)
}

/// Stars for how a report was handled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRequest {
    /// 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5)]
    pub stars: u8,
    /// Why, up to 10,000 characters.
    pub note: Option<String>,
}

/// Rates how a report was handled; once, until it is opened again.
///
/// # Errors
/// 401, 404; 409 it has not ended, is rated already, or ended too long ago (`[answers] late_days`); 422 other than 1 to 5.
#[utoipa::path(post, path = "/v1/citizen/reports/{id}/rating", tag = "citizen", params(("id" = ReportId, Path)), request_body = RatingRequest,
    responses((status = 200, body = CitizenReportDetail), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn rate(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<ReportId>,
    Json(wanted): Json<RatingRequest>,
) -> Result<Json<CitizenReportDetail>, ApiError> {
    let own = citizen_view::own_report(&app, citizen.reporter, id).await?;
    if !(1..=5).contains(&wanted.stars) {
        return Err(ApiError::invalid("stars", "1 to 5"));
    }
    let note = wanted.note.filter(|note| !note.trim().is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > MOST_CHARS) {
        return Err(ApiError::invalid("note", format!("at most {MOST_CHARS} characters")));
    }
    let seen = citizen_view::list(&app, std::slice::from_ref(&own)).await?.pop().ok_or_else(ApiError::internal)?;
    if !seen.can_rate {
        let why = "only what has ended lately can be rated, and only once";
        return Err(ApiError::new(StatusCode::CONFLICT, "wrong_state", why));
    }
    let report = own.filed.item.id;
    let rows = note.map(|note| rating_note(&app, &own, note, wanted.stars)).transpose()?;
    submit(&app, &citizen, &own, Command::Rate { report, stars: wanted.stars }, rows).await?;
    fresh(&app, &citizen, id).await
}

fn rating_note(app: &App, own: &Own, note: String, stars: u8) -> Result<Rows, ApiError> {
    let body = serde_json::json!({ "text": note, "stars": stars });
    message_row(app, own, MessageId(app.next_id()), None, "rating", app.clock.now(), body)
}

/// Why it is not over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenRequest {
    /// The app's own id of the message: sent again, it opens nothing twice.
    pub key: String,
    /// What is still wrong, up to 10,000 characters.
    #[serde(default)]
    pub text: String,
}

/// "Belum selesai": opens a report again that has lately ended; it keeps its place in the queue.
///
/// # Errors
/// 401, 404; 409 it is open, or ended too long ago (`[answers] late_days`); 422 too much text.
#[utoipa::path(post, path = "/v1/citizen/reports/{id}/reopen", tag = "citizen", params(("id" = ReportId, Path)), request_body = ReopenRequest,
    responses((status = 200, body = CitizenReportDetail), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn reopen(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<ReportId>,
    Json(wanted): Json<ReopenRequest>,
) -> Result<Json<CitizenReportDetail>, ApiError> {
    let own = citizen_view::own_report(&app, citizen.reporter, id).await?;
    let now = app.clock.now();
    let text = if wanted.text.trim().is_empty() { "Belum selesai".to_owned() } else { wanted.text };
    let report = own.filed.item.id;
    let sent = AppMessage { key: wanted.key, text, report: Some(report), ..AppMessage::default() };
    let messages = citizen_app::messages(&sent, &sender(&app, &citizen).await?, now)?;
    if already(&app, &citizen, &sent.key).await?.is_some() {
        return fresh(&app, &citizen, id).await;
    }
    if own.filed.item.is_open() {
        return Err(ApiError::new(StatusCode::CONFLICT, "wrong_state", "the report is still open"));
    }
    app.citizens.may_write(citizen.reporter, now)?;
    let message = MessageId(app.next_id());
    let said = messages.into_iter().next().ok_or_else(ApiError::internal)?;
    let rows = said_row(&app, &own, message, &said, now)?;
    submit(&app, &citizen, &own, Command::Reopen { report, message }, Some(rows)).await?;
    fresh(&app, &citizen, id).await
}

fn said_row(app: &App, own: &Own, id: MessageId, said: &InboundMessage, now: Timestamp) -> Result<Rows, ApiError> {
    message_row(app, own, id, Some(said.external_id.clone()), "text", now, serde_json::json!(said))
}

fn message_row(
    app: &App,
    own: &Own,
    id: MessageId,
    external_id: Option<String>,
    kind: &str,
    now: Timestamp,
    body: serde_json::Value,
) -> Result<Rows, ApiError> {
    let message = Message {
        id,
        polres: own.filed.polres.clone(),
        report: own.filed.item.id,
        reporter: own.filed.item.reporter,
        channel: Channel::CitizenApp,
        direction: Direction::In,
        external_id,
        kind: kind.to_owned(),
        sent_at: now,
        received_at: now,
        status: None,
        body,
    };
    let row = people::insert_message(app.store.vault(), &message)?;
    Ok(Box::new(move |_, _| Ok(vec![row])))
}

/// Hands a command of this person to the desk that has the report.
async fn submit(app: &App, citizen: &Citizen, own: &Own, command: Command, rows: Option<Rows>) -> Result<(), ApiError> {
    let desk = app.desks.get(&own.filed.polres).ok_or_else(|| ApiError::not_found("office"))?;
    // The desk lets go of what ended a day ago; it is read back for a late answer.
    if !own.filed.item.is_open() {
        let recalled = desk.submit(Actor::System, Command::Recall(Box::new(own.filed.item.clone()))).await;
        recalled.map_err(|error| match error {
            SubmitError::Refused(_) => too_late(),
            error => error.into(),
        })?;
    }
    match desk.submit_with(Actor::Reporter(citizen.reporter), command, rows).await {
        Ok(_) => Ok(()),
        Err(SubmitError::Refused(Refusal::NotFound(_))) => Err(too_late()),
        Err(error) => Err(error.into()),
    }
}

fn too_late() -> ApiError {
    let why = "the report ended too long ago: make a new one";
    ApiError::new(StatusCode::CONFLICT, "wrong_state", why)
}
