//! `POST /v1/reports/{id}/reply`: an operator's words to a reporter, each sent once.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::{act, typed, visible};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::model::entry::Template;
use crate::model::id::{MessageId, ReportId};
use crate::model::report::Report;
use crate::runtime::outgoing::out_rows;
use crate::store::people::{Direction, Message};

/// Words to the reporter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRequest {
    /// 1 to 4,096 characters, sent unchanged.
    pub text: String,
    /// Of the caller's making, one for each message: sent again under it, the message goes out once.
    pub key: Option<MessageId>,
}

/// A message that was recorded and will be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queued {
    /// Its id.
    pub message_id: MessageId,
}

/// Writes to the reporter.
///
/// # Errors
/// 403, 404, 422 no text or too much of it.
#[utoipa::path(post, path = "/v1/reports/{id}/reply", tag = "reports", params(("id" = ReportId, Path)), request_body = ReplyRequest,
    responses((status = 200, body = Queued), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn reply(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<ReplyRequest>,
) -> Result<Json<Queued>, ApiError> {
    who.dispatcher()?;
    let report = visible(&app, &who, id).await?;
    let message_id = send_reply(&app, &who, &report, &wanted.text, wanted.key).await?;
    Ok(Json(Queued { message_id }))
}

/// Records an operator's words to a reporter, with their outbox row; under a key that is known already,
/// nothing more.
///
/// # Errors
/// 403, 409 the key names something else, 422, 503.
pub async fn send_reply(
    app: &App,
    who: &Who,
    report: &Report,
    text: &str,
    key: Option<MessageId>,
) -> Result<MessageId, ApiError> {
    who.dispatcher()?;
    typed(text, "text")?;
    let now = app.clock.now();
    let message = key.unwrap_or_else(|| MessageId(app.next_id()));
    if let Some(known) = known_under(app, key).await? {
        let same = known.report == report.id && known.direction == Direction::Out;
        return if same { Ok(message) } else { Err(other_key()) };
    }
    let outbound = crate::feedback::wording::Outbound { text: text.to_owned(), ..Default::default() };
    let rows = out_rows(app.store.vault(), &who.viewer.polres, report, message, Template::Reply, &outbound, now)?;
    let command = Command::Reply { report: report.id, message };
    act(app, who, report.id, command, Some(Box::new(move |_, _| Ok(rows)))).await?;
    Ok(message)
}

/// What was recorded under a key before.
///
/// # Errors
/// 503.
pub(super) async fn known_under(app: &App, key: Option<MessageId>) -> Result<Option<Message>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    Ok(app.store.messages(&[key]).await?.into_iter().next())
}

/// A key that was used for something else.
pub(super) fn other_key() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "key_used", "this key was used for something else")
}
