//! `POST /v1/reports`: a report an operator enters by hand.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Json;
use super::reply::{known_under, other_key};
use super::reports::{CorrectionRequest, find, typed, visible};
use crate::app::App;
use crate::dispatch::command::{Command, Receive};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{MessageId, ReportId, ReporterId};
use crate::model::report::{Channel, Report};
use crate::runtime::desks::Rows;
use crate::runtime::reading::{Asking, Read};
use crate::store::people::{self, Direction, Message, Profile};

/// A report an operator enters: a walk-in, the radio, an officer one knows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// What was said, 1 to 4,096 characters.
    pub text: String,
    /// Who said it.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Longitude, degrees; with `lat`.
    pub lng: Option<f64>,
    /// Latitude, degrees; with `lng`.
    pub lat: Option<f64>,
    /// Of the caller's making, one for each report: entered again under it, it is one report.
    pub key: Option<MessageId>,
}

/// Enters a report by hand.
///
/// # Errors
/// 403, 409 the key names something else, 422 no text, or a place that cannot be.
#[utoipa::path(post, path = "/v1/reports", tag = "reports", request_body = NewReport,
    responses((status = 201, body = Report), (status = 200, body = Report), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<NewReport>,
) -> Result<(StatusCode, Json<Report>), ApiError> {
    let user = who.dispatcher()?.user;
    typed(&wanted.text, "text")?;
    let pin = CorrectionRequest { lng: wanted.lng, lat: wanted.lat, ..CorrectionRequest::default() }.point()?;
    if let Some(known) = known_under(&app, wanted.key).await? {
        let entered = known.channel == Channel::Desk && known.direction == Direction::In;
        let report = if entered { visible(&app, &who, known.report).await? } else { return Err(other_key()) };
        return Ok((StatusCode::OK, Json(report)));
    }
    let now = app.clock.now();
    let reporter = ReporterId(app.next_id());
    let message = wanted.key.unwrap_or_else(|| MessageId(app.next_id()));
    let read = app.reader.read(&[&wanted.text], &Asking::by(&who.viewer.polres, pin));
    let read = read.with_own_words(&[&wanted.text], &who.desk(&app)?.parts.rules.now().categories);
    let command = Command::Receive(Box::new(Receive {
        channel: Channel::Desk,
        reporter,
        message,
        more: Vec::new(),
        sent_at: now,
        alone: read.understood.clone(),
        joined: None,
        answer: None,
        handed_from: None,
        noise: crate::model::shield::Noise::default(),
    }));
    let rows = entered_rows(&app, &who, &wanted, reporter, message, read, now);
    let desk = who.desk(&app)?;
    let entries = desk.submit_with(Actor::User(user), command, Some(rows)).await?;
    let id = received(&entries).ok_or_else(ApiError::internal)?;
    let report = find(desk, id).await?;
    Ok((StatusCode::CREATED, Json(report)))
}

fn entered_rows(
    app: &App,
    who: &Who,
    wanted: &NewReport,
    reporter: ReporterId,
    id: MessageId,
    read: Read,
    now: Timestamp,
) -> Rows {
    let store = app.store.clone();
    let profile = Profile {
        name: wanted.name.clone(),
        phone: wanted.phone.clone(),
        user_id: Some(who.viewer.user),
        ..Profile::default()
    };
    let body = serde_json::json!({ "text": wanted.text });
    Box::new(move |entries, desk| {
        let vault = store.vault();
        let Some(report) = received(entries) else { return Ok(Vec::new()) };
        let message = Message {
            id,
            polres: desk.polres.clone(),
            report,
            reporter,
            channel: Channel::Desk,
            direction: Direction::In,
            external_id: None,
            kind: "text".to_owned(),
            sent_at: now,
            received_at: now,
            status: None,
            body,
        };
        Ok(vec![
            people::insert_reporter(vault, reporter, &profile, now)?,
            people::insert_message(vault, &message)?,
            people::upsert_reading(vault, report, &read.meaning)?,
        ])
    })
}

/// The report that entries begin.
pub(super) fn received(entries: &[Entry]) -> Option<ReportId> {
    entries.iter().find_map(|entry| match entry.event {
        Event::ReportReceived { report, .. } => Some(report),
        _ => None,
    })
}
