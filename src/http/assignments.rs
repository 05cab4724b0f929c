//! `/v1/assignments`: the steps of a crew, idempotent by key.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::typed;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::model::assignment::{Assignment, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::AssignmentId;
use crate::model::place::LngLat;
use crate::model::viewer::Scope;
use crate::runtime::desks::DeskHandle;

/// A step of a crew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRequest {
    /// Which.
    pub step: Step,
    /// Made by the tablet, 1 to 64 characters; the same key makes the step once.
    pub key: String,
    /// By the clock of the tablet.
    pub at: Timestamp,
    /// Where the tablet was; left out when it does not know.
    pub lng: Option<f64>,
    /// Where the tablet was; left out when it does not know.
    pub lat: Option<f64>,
    /// Why, for a refusal.
    pub reason: Option<String>,
}

/// Takes a step.
///
/// # Errors
/// 403 not this unit's crew and not an operator; 404; 409 the assignment has ended or passed the step.
#[utoipa::path(post, path = "/v1/assignments/{id}/steps", tag = "assignments", params(("id" = AssignmentId, Path)), request_body = StepRequest,
    responses((status = 200, body = Assignment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn step(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
    Json(wanted): Json<StepRequest>,
) -> Result<Json<Assignment>, ApiError> {
    let desk = who.desk(&app)?;
    let actor = may_step(&who, desk, &find(desk, id).await?).await?;
    if wanted.key.is_empty() || wanted.key.chars().count() > 64 {
        return Err(ApiError::invalid("key", "1 to 64 characters"));
    }
    if let Some(reason) = &wanted.reason {
        typed(reason, "reason")?;
    }
    // A tablet without a good fix still takes its step; only the point is left out.
    let at = wanted.lng.zip(wanted.lat).and_then(|(lng, lat)| LngLat::checked(lng, lat).ok());
    let command = Command::TakeStep {
        assignment: id,
        step: wanted.step,
        key: wanted.key,
        device_at: wanted.at,
        at,
        reason: wanted.reason,
    };
    desk.submit(actor, command).await?;
    find(desk, id).await.map(Json)
}

/// The crew itself, or an operator who hears it over the radio.
async fn may_step(who: &Who, desk: &DeskHandle, assignment: &Assignment) -> Result<Actor, ApiError> {
    match &who.viewer.scope {
        Scope::Unit(unit) if *unit == assignment.unit => Ok(Actor::Unit(*unit)),
        Scope::Unit(_) => Err(ApiError::not_found("assignment")),
        _ => {
            let user = who.dispatcher()?.user;
            visible(who, desk, assignment).await?;
            Ok(Actor::User(user))
        }
    }
}

/// Only what lies within the caller's scope: the unit or the incident is his.
async fn visible(who: &Who, desk: &DeskHandle, assignment: &Assignment) -> Result<(), ApiError> {
    let (scope, assignment) = (who.viewer.scope.clone(), assignment.clone());
    let look = move |desk: &Desk| {
        let (unit, incident) = (desk.units.get(&assignment.unit), desk.incidents.get(&assignment.incident));
        scope.sees_assignment(&assignment, unit, incident)
    };
    if desk.look(look).await? { Ok(()) } else { Err(ApiError::not_found("assignment")) }
}

/// Why a unit is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// The reason.
    pub reason: String,
}

/// Takes a unit back.
///
/// # Errors
/// 403, 404, 409 the assignment has ended, 422 no reason.
#[utoipa::path(post, path = "/v1/assignments/{id}/release", tag = "assignments", params(("id" = AssignmentId, Path)), request_body = ReleaseRequest,
    responses((status = 200, body = Assignment), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn release(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
    Json(wanted): Json<ReleaseRequest>,
) -> Result<Json<Assignment>, ApiError> {
    let user = who.dispatcher()?.user;
    typed(&wanted.reason, "reason")?;
    let desk = who.desk(&app)?;
    let assignment = find(desk, id).await?;
    visible(&who, desk, &assignment).await?;
    desk.submit(Actor::User(user), Command::ReleaseAssignment { assignment: id, reason: wanted.reason }).await?;
    find(desk, id).await.map(Json)
}

/// The assignment as it stands on the desk.
///
/// # Errors
/// 404 it is not there.
pub async fn find(desk: &DeskHandle, id: AssignmentId) -> Result<Assignment, ApiError> {
    desk.look(move |desk| desk.assignments.get(&id).cloned()).await?.ok_or_else(|| ApiError::not_found("assignment"))
}
