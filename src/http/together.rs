//! What belongs together: duplicates proposed and joined, incidents merged, and all of it undone.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::{incidents, reports};
use crate::app::App;
use crate::dispatch::command::{Command, SameEvent};
use crate::model::id::{IncidentId, ReportId};
use crate::model::incident::Incident;
use crate::model::report::Report;
use crate::runtime::duplicates::{Proposal, proposals};

/// What is perhaps the same event as a report, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicates {
    /// Proposals; only a person joins.
    pub items: Vec<Proposal>,
}

/// Open reports and incidents that are perhaps the same event, with what speaks for it.
///
/// # Errors
/// 403 not an operator; 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/reports/{id}/duplicates", tag = "reports", params(("id" = ReportId, Path)),
    responses((status = 200, body = Duplicates), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn duplicates(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
) -> Result<Json<Duplicates>, ApiError> {
    let scope = who.dispatcher()?.scope.clone();
    reports::visible(&app, &who, id).await?;
    let items = proposals(who.desk(&app)?, &app.store, id, &scope).await?;
    Ok(Json(Duplicates { items }))
}

/// Whose way a report goes: exactly one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// A report that waits.
    pub report_id: Option<ReportId>,
    /// An open incident.
    pub incident_id: Option<IncidentId>,
}

/// Joins a report to another one, whose way it goes from then on, or to an incident.
///
/// # Errors
/// 403; 404 one of the two; 409 one has ended or is not free; 422 none of the two given, or both.
#[utoipa::path(post, path = "/v1/reports/{id}/join", tag = "reports", params(("id" = ReportId, Path)), request_body = JoinRequest,
    responses((status = 200, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn join(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<JoinRequest>,
) -> Result<Json<Report>, ApiError> {
    who.dispatcher()?;
    let into = match (wanted.report_id, wanted.incident_id) {
        (Some(other), None) => {
            reports::visible(&app, &who, other).await?;
            SameEvent::Report(other)
        }
        (None, Some(incident)) => {
            incidents::visible(&app, &who, incident).await?;
            SameEvent::Incident(incident)
        }
        _ => return Err(ApiError::invalid("report_id", "give either report_id or incident_id")),
    };
    reports::act(&app, &who, id, Command::Join { report: id, into }, None).await.map(Json)
}

/// Undoes a join: the report goes back to the queue with its first arrival time.
///
/// # Errors
/// 403, 404, 409 it is not joined, or it is the only report of its incident.
#[utoipa::path(post, path = "/v1/reports/{id}/part", tag = "reports", params(("id" = ReportId, Path)),
    responses((status = 200, body = Report), (status = 409, body = Problem)))]
pub async fn part(State(app): State<App>, who: Who, Path(id): Path<ReportId>) -> Result<Json<Report>, ApiError> {
    reports::act(&app, &who, id, Command::Part(id), None).await.map(Json)
}

/// Which incident goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The incident it turned out to be.
    pub into: IncidentId,
}

/// Merges an incident into another: its reports go along, its units are free again. Answers the one
/// that goes on.
///
/// # Errors
/// 403; 404 one of the two; 409 one has ended, both have a unit at the scene, or it is further along
/// than the other: then merge the other one into it.
#[utoipa::path(post, path = "/v1/incidents/{id}/merge", tag = "incidents", params(("id" = IncidentId, Path)), request_body = MergeRequest,
    responses((status = 200, body = Incident), (status = 409, body = Problem)))]
pub async fn merge(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<MergeRequest>,
) -> Result<Json<Incident>, ApiError> {
    who.dispatcher()?;
    incidents::visible(&app, &who, wanted.into).await?;
    incidents::act(&app, &who, id, Command::Merge { incident: id, into: wanted.into }, None).await?;
    incidents::find(who.desk(&app)?, wanted.into).await.map(Json)
}

/// Undoes a merge: the incident is open again, with its reports.
///
/// # Errors
/// 403, 404, 409 it was not merged, or the other one has ended meanwhile.
#[utoipa::path(post, path = "/v1/incidents/{id}/unmerge", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Incident), (status = 409, body = Problem)))]
pub async fn unmerge(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<Incident>, ApiError> {
    incidents::act(&app, &who, id, Command::Unmerge(id), None).await.map(Json)
}
