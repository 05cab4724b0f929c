//! `/v1/assignments`: the steps of a crew, and jobs that pass to another crew; idempotent by key.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::meanwhile::of_assignment;
use super::reports::typed;
use crate::app::App;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::desk::Desk;
use crate::dispatch::recommend::Candidate;
use crate::dispatch::what_if::advice;
use crate::model::assignment::{Assignment, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{AssignmentId, UnitId};
use crate::model::place::LngLat;
use crate::model::unit::UnitKind;
use crate::model::viewer::Scope;
use crate::runtime::desks::{DeskHandle, SubmitError};

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
/// 403 not this unit's crew and not an operator; 404; 409 the assignment has ended or passed the step,
/// with what happened `meanwhile`.
#[utoipa::path(post, path = "/v1/assignments/{id}/steps", tag = "assignments", params(("id" = AssignmentId, Path)), request_body = StepRequest,
    responses((status = 200, body = Assignment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn step(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
    Json(wanted): Json<StepRequest>,
) -> Result<Json<Assignment>, ApiError> {
    let desk = who.desk(&app)?;
    let assignment = find(desk, id).await?;
    let actor = may_step(&who, desk, &assignment).await?;
    checked_key(&wanted.key)?;
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
    if let Err(error) = desk.submit(actor, command).await {
        let passed = matches!(error, SubmitError::Refused(Refusal::Step(_)));
        let error = ApiError::from(error);
        return Err(if passed { error.meanwhile(of_assignment(&app, &who, &assignment).await) } else { error });
    }
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

/// A free unit that could take a job over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Relief {
    /// Which.
    pub unit_id: UnitId,
    /// Radio name.
    pub call_sign: String,
    /// Its kind.
    pub unit_kind: UnitKind,
    /// Travel time by road to the scene, seconds; none where no way was found.
    pub travel_time_s: Option<f64>,
    /// Straight line, metres.
    pub distance_m: f64,
}

/// Free units that could take a job over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reliefs {
    /// Best first.
    pub items: Vec<Relief>,
}

/// Which free units could take the job of an assignment over, best first. For its crew and for operators;
/// a crew learns no more of the others than this.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/assignments/{id}/transfer", tag = "assignments", params(("id" = AssignmentId, Path)),
    responses((status = 200, body = Reliefs), (status = 404, body = Problem)))]
pub async fn reliefs(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
) -> Result<Json<Reliefs>, ApiError> {
    let desk = who.desk(&app)?;
    let assignment = find(desk, id).await?;
    may_step(&who, desk, &assignment).await?;
    let (field, rules, now) = (desk.parts.field.clone(), desk.parts.rules.now(), app.clock.now());
    let answer = desk.look(move |desk| advice(desk, &*field, &rules, assignment.incident, now)).await?;
    let relief = |candidate: Candidate| Relief {
        unit_id: candidate.unit_id,
        call_sign: candidate.call_sign,
        unit_kind: candidate.unit_kind,
        travel_time_s: candidate.travel_time_s,
        distance_m: candidate.distance_m,
    };
    let candidates = answer.map(|answer| answer.candidates).unwrap_or_default();
    Ok(Json(Reliefs { items: candidates.into_iter().map(relief).collect() }))
}

/// To whom a job is handed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// The other unit; it must be free.
    pub unit_id: UnitId,
    /// Made by who asks, 1 to 64 characters; the same key asks once.
    pub key: String,
    /// Why.
    pub reason: String,
}

/// Hands a job to another unit. It stays with its crew until the other one accepts; when that one says no
/// or does not answer, nothing has changed. Gives the assignment that is handed over.
///
/// # Errors
/// 403 not this unit's crew and not an operator; 404; 409 not accepted yet, already at the scene, being
/// handed over, or the other unit is not free; 422.
#[utoipa::path(post, path = "/v1/assignments/{id}/transfer", tag = "assignments", params(("id" = AssignmentId, Path)), request_body = TransferRequest,
    responses((status = 200, body = Assignment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn transfer(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
    Json(wanted): Json<TransferRequest>,
) -> Result<Json<Assignment>, ApiError> {
    let desk = who.desk(&app)?;
    let actor = may_step(&who, desk, &find(desk, id).await?).await?;
    checked_key(&wanted.key)?;
    typed(&wanted.reason, "reason")?;
    let TransferRequest { unit_id: to, key, reason } = wanted;
    desk.submit(actor, Command::Transfer { assignment: id, to, key, reason }).await?;
    find(desk, id).await.map(Json)
}

pub(super) fn checked_key(key: &str) -> Result<(), ApiError> {
    if key.is_empty() || key.chars().count() > 64 {
        return Err(ApiError::invalid("key", "1 to 64 characters"));
    }
    Ok(())
}

/// The assignment as it stands on the desk.
///
/// # Errors
/// 404 it is not there.
pub async fn find(desk: &DeskHandle, id: AssignmentId) -> Result<Assignment, ApiError> {
    desk.look(move |desk| desk.assignments.get(&id).cloned()).await?.ok_or_else(|| ApiError::not_found("assignment"))
}
