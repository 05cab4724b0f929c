//! `/v1/outbox`: messages to reporters that wait, and those that failed for good.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::entry::Template;
use crate::model::id::{MessageId, ReportId};
use crate::model::viewer::{Role, Scope};
use crate::store::outbox;

/// Messages shown at once.
const MOST: usize = 200;

/// Which messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Not yet taken by the channel.
    Waiting,
    /// Given up.
    Dead,
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OutboxQuery {
    /// `dead` (when left out) or `waiting`.
    #[param(inline)]
    pub state: Option<OutboxState>,
}

/// A message that did not go out yet, or never will by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxItem {
    /// Its id.
    pub id: MessageId,
    /// The report it is about.
    pub report: ReportId,
    /// Human number of that report.
    pub number: Option<String>,
    /// Which words.
    pub template: Template,
    /// What it says; only for who works the queue.
    pub text: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub next_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// What went wrong last.
    pub error: Option<String>,
}

/// Messages that wait or failed, in the order they were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxList {
    /// The first 200.
    pub items: Vec<OutboxItem>,
}

/// Messages of the office that wait, or failed for good.
///
/// # Errors
/// 403 the role does not see reports; 422 no such state.
#[utoipa::path(get, path = "/v1/outbox", tag = "outbox", params(OutboxQuery),
    responses((status = 200, body = OutboxList), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(wanted): Query<OutboxQuery>,
) -> Result<Json<OutboxList>, ApiError> {
    let viewer = who.watcher()?;
    let found = match wanted.state.unwrap_or(OutboxState::Dead) {
        OutboxState::Dead => app.store.dead_messages(&viewer.polres, MOST).await?,
        OutboxState::Waiting => app.store.waiting_of(&viewer.polres, MOST).await?,
    };
    let mut items = Vec::new();
    for message in found {
        let report = app.store.report(message.report).await?.map(|filed| filed.item);
        let seen = report.as_ref().map_or(viewer.scope == Scope::Polres, |report| viewer.scope.sees_report(report));
        if seen {
            items.push(item(message, report.map(|report| report.number), viewer.role));
        }
    }
    Ok(Json(OutboxList { items }))
}

fn item(message: outbox::Outgoing, number: Option<String>, role: Role) -> OutboxItem {
    let text =
        message.payload["text"].as_str().filter(|_| message.template != Template::OneTimeCode).map(str::to_owned);
    OutboxItem {
        id: message.id,
        report: message.report,
        number,
        template: message.template,
        text: text.filter(|_| role.dispatches()),
        attempts: message.attempts,
        next_at: message.next_at,
        created_at: message.created_at,
        error: message.error,
    }
}

/// Tries a message that failed for good once more.
///
/// # Errors
/// 403 not a supervisor; 404 no such dead message.
#[utoipa::path(post, path = "/v1/outbox/{id}/retry", tag = "outbox", params(("id" = MessageId, Path)),
    responses((status = 200, body = OutboxItem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn retry(State(app): State<App>, who: Who, Path(id): Path<MessageId>) -> Result<Json<OutboxItem>, ApiError> {
    let viewer = who.dispatcher()?;
    if viewer.role != Role::Supervisor {
        return Err(ApiError::forbidden("only supervisors may do this"));
    }
    let missing = || ApiError::not_found("failed message");
    let message = app.store.dead_message(id).await?.filter(|message| message.polres == viewer.polres);
    let message = message.ok_or_else(missing)?;
    let report = app.store.report(message.report).await?.map(|filed| filed.item);
    if report.as_ref().is_some_and(|report| !viewer.scope.sees_report(report)) {
        return Err(missing());
    }
    let now = app.clock.now();
    app.store.write(vec![outbox::revive(id, now)]).await?;
    let revived = outbox::Outgoing { attempts: 0, next_at: now, ..message };
    Ok(Json(item(revived, report.map(|report| report.number), viewer.role)))
}
