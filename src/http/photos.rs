//! The after-photo: taken by the crew that was there, looked at by an operator, sent to the reporters.
//! Nobody sees what was hidden in the picture; the original stays sealed as evidence.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query, Raw};
use super::{incidents, reports};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::model::assignment::Assignment;
use crate::model::entry::{Actor, Event, Template};
use crate::model::id::{IncidentId, MediaId, ReportId, UnitId};
use crate::model::incident::Incident;
use crate::model::media::{MediaKind, MediaOrigin};
use crate::model::photo::Photo;
use crate::model::report::Report;
use crate::model::viewer::Scope;
use crate::runtime::desks::Rows;
use crate::runtime::media::NewMedia;
use crate::runtime::photos::{after_photo_rows, attach};

/// Largest photo, bytes: a telephone's own, uncompressed by any messenger.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Which photo of the tablet this is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PhotoQuery {
    /// Idempotency key, 1 to 64 letters or digits: the same photo sent again is one.
    key: String,
}

/// An after-photo that is ours.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoTaken {
    /// The photo.
    pub photo: Photo,
}

/// Takes the after-photo of a crew: the bytes of a JPEG, PNG or WebP, 10 MB at most.
///
/// # Errors
/// 403 not a crew, or not sent there; 404 no such incident; 409 not there yet; 413 too large; 415 or
/// 422 not a picture.
#[utoipa::path(post, path = "/v1/incidents/{id}/photos", tag = "incidents", params(("id" = IncidentId, Path), PhotoQuery),
    request_body(content = String, content_type = "image/jpeg"),
    responses((status = 201, body = PhotoTaken), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn take(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Query(query): Query<PhotoQuery>,
    Raw(bytes): Raw,
) -> Result<(StatusCode, Json<PhotoTaken>), ApiError> {
    let Scope::Unit(unit) = who.viewer.scope else { return Err(ApiError::forbidden("only crews show the place")) };
    let key = query.key;
    if key.is_empty() || key.len() > 64 || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(ApiError::invalid("key", "1 to 64 letters, digits or dashes"));
    }
    let desk = who.desk(&app)?;
    let (incident, report) =
        desk.look(move |desk| found(desk, id)).await?.ok_or_else(|| ApiError::not_found("incident"))?;
    // Asked before the picture is looked at: a stranger's bytes are not worth it.
    may_show(desk.look(move |desk| was_there(desk, id, unit)).await?)?;
    if let Some(known) = taken(&incident, unit, &key) {
        return Ok((StatusCode::CREATED, Json(PhotoTaken { photo: known })));
    }
    let new = NewMedia {
        owner: Some(super::uploads::unit_owner(unit)),
        ..NewMedia::of(&who.viewer.polres, MediaOrigin::Unit)
    };
    let kept = app.media.keep(new, &bytes).await?;
    if kept.kind != MediaKind::Picture {
        return Err(ApiError::invalid("body", "not a picture"));
    }
    let command = Command::TakePhoto { incident: id, unit, photo: kept.id, key: key.clone() };
    let rows: Rows = Box::new(move |entries, _| Ok(attach(entries, kept.id, report)));
    desk.submit_with(Actor::Unit(unit), command, Some(rows)).await?;
    let photo = taken(&incidents::find(desk, id).await?, unit, &key).ok_or_else(ApiError::internal)?;
    Ok((StatusCode::CREATED, Json(PhotoTaken { photo })))
}

fn found(desk: &Desk, id: IncidentId) -> Option<(Incident, Option<ReportId>)> {
    let incident = desk.incidents.get(&id)?;
    Some((incident.clone(), incident.reports.first().copied()))
}

fn taken(incident: &Incident, unit: UnitId, key: &str) -> Option<Photo> {
    incident.photos.iter().find(|photo| photo.unit == unit && photo.key == key).cloned()
}

/// Whether the crew was sent there, and whether it has arrived.
fn was_there(desk: &Desk, id: IncidentId, unit: UnitId) -> Option<bool> {
    let incident = desk.incidents.get(&id)?;
    let mut own = incident.assignments.iter().filter_map(|id| desk.assignments.get(id)).filter(|a| a.unit == unit);
    let first = own.next()?;
    Some(std::iter::once(first).chain(own).any(Assignment::may_show))
}

fn may_show(was_there: Option<bool>) -> Result<(), ApiError> {
    match was_there {
        None => Err(ApiError::forbidden("this unit was not sent there")),
        Some(false) => Err(ApiError::new(StatusCode::CONFLICT, "wrong_state", "the unit is not at the scene yet")),
        Some(true) => Ok(()),
    }
}

/// Sends an after-photo to every reporter of its incident.
///
/// # Errors
/// 403; 404 no such photo; 409 it was decided already.
#[utoipa::path(post, path = "/v1/photos/{id}/approve", tag = "incidents", params(("id" = MediaId, Path)),
    responses((status = 200, body = Incident), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn approve(State(app): State<App>, who: Who, Path(id): Path<MediaId>) -> Result<Json<Incident>, ApiError> {
    let user = who.dispatcher()?.user;
    let incident = incident_of(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    let (store, outgoing) = (app.store.clone(), desk.parts.outgoing.clone());
    let rows: Rows = Box::new(move |entries, desk| after_photo_rows(&store, &outgoing, entries, desk, id));
    let entries = desk.submit_with(Actor::User(user), Command::ApprovePhoto(id), Some(rows)).await?;
    let told = |event: &Event| matches!(event, Event::FeedbackQueued { template: Template::AfterPhoto, .. });
    tracing::info!(photo.id = %id, reporters = entries.iter().filter(|e| told(&e.event)).count(), "an after-photo was approved");
    incidents::find(desk, incident.id).await.map(Json)
}

/// Why the reporters do not get a photo.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// For officers.
    pub note: Option<String>,
}

/// Keeps an after-photo from the reporters; the crew may take another one.
///
/// # Errors
/// 403; 404 no such photo; 409 it was decided already; 422 a note too long.
#[utoipa::path(post, path = "/v1/photos/{id}/decline", tag = "incidents", params(("id" = MediaId, Path)), request_body = DeclineRequest,
    responses((status = 200, body = Incident), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decline(
    State(app): State<App>,
    who: Who,
    Path(id): Path<MediaId>,
    Json(wanted): Json<DeclineRequest>,
) -> Result<Json<Incident>, ApiError> {
    let user = who.dispatcher()?.user;
    let incident = incident_of(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    let first = incident.reports.first().copied();
    let report: Option<Report> = desk.look(move |desk| desk.reports.get(&first?).cloned()).await?;
    let (note, rows) = match &report {
        Some(report) => reports::note(&app, &who, report, wanted.note.as_deref())?,
        None => (None, None),
    };
    desk.submit_with(Actor::User(user), Command::DeclinePhoto { photo: id, note }, rows).await?;
    incidents::find(desk, incident.id).await.map(Json)
}

/// The incident a photo belongs to, when the caller may see it.
async fn incident_of(app: &App, who: &Who, id: MediaId) -> Result<Incident, ApiError> {
    let look = move |desk: &Desk| {
        let mut all = desk.incidents.values();
        all.find(|incident| incident.photos.iter().any(|photo| photo.id == id)).map(|incident| incident.id)
    };
    let found = who.desk(app)?.look(look).await?.ok_or_else(|| ApiError::not_found("photo"))?;
    incidents::visible(app, who, found).await.map_err(|_| ApiError::not_found("photo"))
}
