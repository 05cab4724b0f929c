//! `POST /v1/reports/{id}/reopen`: an end that was a mistake is taken back.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::{find, note, typed, visible};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::undo::UndoEnd;
use crate::model::entry::Actor;
use crate::model::id::ReportId;
use crate::model::report::{Outcome, Report, ReportState};
use crate::runtime::desks::{DeskHandle, Rows, SubmitError};
use crate::runtime::hand_over;

/// Characters of a reason at least.
const LEAST_REASON: usize = 5;

/// An end that is taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReopenReport {
    /// Why, at least five characters; not needed while the news of the end still waits (`dispatch.undo_s`).
    pub reason: Option<String>,
    /// The caller takes it at once; otherwise it stands in the queue where it stood.
    pub take: bool,
}

/// Opens an ended report again. Its reporter hears nothing when the news of its end had not left yet, and
/// is told otherwise. One that was handed to another office comes back while nobody there has it.
///
/// # Errors
/// 403, 404, 409 it has not ended, ended too long ago, or somebody at the other office has it; 422 no reason.
#[utoipa::path(post, path = "/v1/reports/{id}/reopen", tag = "reports", operation_id = "reopen_report",
    params(("id" = ReportId, Path)), request_body = ReopenReport,
    responses((status = 200, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn reopen_report(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<ReopenReport>,
) -> Result<Json<Report>, ApiError> {
    let user = who.dispatcher()?.user;
    let report = visible(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    let ReportState::Closed { outcome } = report.state else { return Err(not_ended(&report)) };
    let rows = reason(&app, &who, desk, &report, wanted.reason.as_deref())?;
    let actor = Actor::User(user);
    let undo = UndoEnd { report: id, take: wanted.take.then_some(user), handed: None };
    // The desk lets go of what ended a day ago; it is read back.
    desk.submit(actor, Command::Recall(Box::new(report))).await?;
    if outcome == Outcome::HandedOver {
        let to = holder(&app, desk, id).await?;
        match hand_over::take_back(desk, to, undo, actor, rows).await {
            Err(SubmitError::Refused(_)) => return Err(taken_up()),
            result => result?,
        }
    } else {
        desk.submit_with(actor, Command::UndoEnd(undo), rows).await?;
    }
    find(desk, id).await.map(Json)
}

fn reason(
    app: &App,
    who: &Who,
    desk: &DeskHandle,
    report: &Report,
    text: Option<&str>,
) -> Result<Option<Rows>, ApiError> {
    let (now, undo_s) = (app.clock.now(), desk.parts.rules.now().plans.answers.undo_s);
    let at_once = report.stamps.closed_at.is_some_and(|at| now <= at.plus_secs(undo_s) && undo_s > 0);
    let length = text.map_or(0, |text| text.trim().chars().count());
    if length < LEAST_REASON && !(at_once && length == 0) {
        return Err(ApiError::invalid("reason", "say why it is opened again"));
    }
    if let Some(text) = text.filter(|_| length > 0) {
        typed(text, "reason")?;
    }
    Ok(note(app, who, report, text)?.1)
}

/// The office that has what this one handed over.
async fn holder<'a>(app: &'a App, from: &DeskHandle, id: ReportId) -> Result<&'a DeskHandle, ApiError> {
    for desk in app.desks.values().filter(|desk| desk.parts.office.code != from.parts.office.code) {
        if desk.look(move |desk| desk.handed.contains_key(&id)).await? {
            return Ok(desk);
        }
    }
    Err(taken_up())
}

fn not_ended(report: &Report) -> ApiError {
    ApiError::new(axum::http::StatusCode::CONFLICT, "wrong_state", format!("cannot reopen: {}", report.state.code()))
}

fn taken_up() -> ApiError {
    ApiError::new(axum::http::StatusCode::CONFLICT, "taken_up", "somebody at the other office has it already")
}
