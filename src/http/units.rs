//! `/v1/units`: patrol units, their status, their positions.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::checked_point;
use crate::app::App;
use crate::dispatch::command::{Command, NewUnit};
use crate::dispatch::motion::Verdict;
use crate::model::entry::Actor;
use crate::model::id::UnitId;
use crate::model::place::LngLat;
use crate::model::unit::{Fix, Unit, UnitKind, UnitStatus};
use crate::model::viewer::{Role, Scope};
use crate::realtime::message::UnitFix;
use crate::runtime::desks::DeskHandle;

/// Positions in one batch, at most: half an hour at 1 Hz.
const MOST_POSITIONS: usize = 1800;

/// The units of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Units {
    /// By call sign.
    pub items: Vec<Unit>,
    /// Last positions.
    pub fixes: Vec<UnitFix>,
}

/// Units the caller may see.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/v1/units", tag = "units", responses((status = 200, body = Units), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Units>, ApiError> {
    let desk = who.desk(&app)?;
    let scope = who.viewer.scope.clone();
    let mut items: Vec<Unit> =
        desk.look(move |desk| desk.units.values().filter(|u| scope.sees_unit(u)).cloned().collect()).await?;
    items.sort_by(|a, b| a.call_sign.cmp(&b.call_sign));
    let seen = |fix: &UnitFix| items.iter().any(|unit| unit.id == fix.unit_id);
    let fixes = desk.parts.field.fixes().into_iter().filter(seen).collect();
    Ok(Json(Units { items, fixes }))
}

/// A unit that joins the office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRequest {
    /// Radio name, 1 to 40 characters, unique.
    pub call_sign: String,
    /// What it can do.
    pub kind: UnitKind,
    /// Code of its Polsek; left out for a unit of the Polres itself.
    pub polsek: Option<String>,
    /// Officers in it, 1 to 50.
    pub crew: u8,
    /// Where it counts from without a fix.
    pub lng: f64,
    /// Where it counts from without a fix.
    pub lat: f64,
}

/// Registers a unit.
///
/// # Errors
/// 403 not an administrator; 409 the call sign is taken; 422.
#[utoipa::path(post, path = "/v1/units", tag = "units", request_body = UnitRequest,
    responses((status = 201, body = Unit), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<UnitRequest>,
) -> Result<(StatusCode, Json<Unit>), ApiError> {
    let user = who.admin()?.user;
    if wanted.call_sign.trim().is_empty() || wanted.call_sign.chars().count() > 40 {
        return Err(ApiError::invalid("call_sign", "1 to 40 characters"));
    }
    if !(1..=50).contains(&wanted.crew) {
        return Err(ApiError::invalid("crew", "1 to 50 officers"));
    }
    let unit = NewUnit {
        call_sign: wanted.call_sign.clone(),
        kind: wanted.kind,
        polsek: wanted.polsek,
        crew: wanted.crew,
        post: checked_point(wanted.lng, wanted.lat)?,
    };
    let desk = who.desk(&app)?;
    desk.submit(Actor::User(user), Command::RegisterUnits(vec![unit])).await?;
    let found = desk.look(move |desk| desk.units.values().find(|u| u.call_sign == wanted.call_sign).cloned()).await?;
    Ok((StatusCode::CREATED, Json(found.ok_or_else(ApiError::internal)?)))
}

/// A status a crew sets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusRequest {
    /// `available`, `busy`, `break`, `out_of_service` or `off_duty`.
    pub status: UnitStatus,
}

/// Sets a unit's status.
///
/// # Errors
/// 403, 404, 409 it is bound by an assignment, 422 a status that follows from assignments.
#[utoipa::path(post, path = "/v1/units/{id}/status", tag = "units", params(("id" = UnitId, Path)), request_body = StatusRequest,
    responses((status = 200, body = Unit), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn status(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Json(wanted): Json<StatusRequest>,
) -> Result<Json<Unit>, ApiError> {
    let desk = who.desk(&app)?;
    let actor = may_drive(&who, desk, id).await?;
    desk.submit(actor, Command::SetUnitStatus(id, wanted.status)).await?;
    find(desk, id).await.map(Json)
}

/// The panic button.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyRequest {
    /// Pressed (true) or cleared.
    pub on: bool,
}

/// Presses or clears the panic button of a unit.
///
/// # Errors
/// 403, 404.
#[utoipa::path(post, path = "/v1/units/{id}/emergency", tag = "units", params(("id" = UnitId, Path)), request_body = EmergencyRequest,
    responses((status = 200, body = Unit), (status = 404, body = Problem)))]
pub async fn emergency(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Json(wanted): Json<EmergencyRequest>,
) -> Result<Json<Unit>, ApiError> {
    let desk = who.desk(&app)?;
    let actor = may_drive(&who, desk, id).await?;
    desk.submit(actor, Command::Emergency(id, wanted.on)).await?;
    find(desk, id).await.map(Json)
}

/// The crew itself, a dispatcher who sees the unit, or an administrator.
async fn may_drive(who: &Who, desk: &DeskHandle, id: UnitId) -> Result<Actor, ApiError> {
    let unit = find(desk, id).await?;
    if !who.viewer.scope.sees_unit(&unit) {
        return Err(ApiError::not_found("unit"));
    }
    match who.viewer.scope {
        Scope::Unit(unit) => Ok(Actor::Unit(unit)),
        _ if who.viewer.role == Role::Admin => Ok(Actor::User(who.viewer.user)),
        _ => Ok(Actor::User(who.dispatcher()?.user)),
    }
}

pub(super) async fn find(desk: &DeskHandle, id: UnitId) -> Result<Unit, ApiError> {
    desk.look(move |desk| desk.units.get(&id).cloned()).await?.ok_or_else(|| ApiError::not_found("unit"))
}

/// Fixes of one unit, oldest first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionsRequest {
    /// Up to 1,800.
    pub items: Vec<Fix>,
}

/// What became of a batch of fixes.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PositionsTaken {
    /// Became the unit's position.
    pub taken: usize,
    /// Within the wander of a receiver that stands: the unit is where it was, and was seen there just now.
    pub still: usize,
    /// Older than what we had.
    pub late: usize,
    /// So inexact that what we had says more.
    pub coarse: usize,
    /// Too far from the one before; held until another agrees.
    pub jumps: usize,
    /// Unusable: not a point in Indonesia, made up, or older than a day.
    pub refused: usize,
}

impl PositionsTaken {
    /// Counts one fix.
    pub(super) const fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Taken => self.taken += 1,
            Verdict::Still => self.still += 1,
            Verdict::Late => self.late += 1,
            Verdict::Coarse => self.coarse += 1,
            Verdict::Jump => self.jumps += 1,
            Verdict::Old | Verdict::Mocked | Verdict::Outside | Verdict::NoFix | Verdict::Refused => self.refused += 1,
        }
    }
}

/// Reports positions.
///
/// # Errors
/// 403 not this unit's crew; 404; 413 too many.
#[utoipa::path(post, path = "/v1/units/{id}/positions", tag = "units", params(("id" = UnitId, Path)), request_body = PositionsRequest,
    responses((status = 200, body = PositionsTaken), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
pub async fn positions(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Json(wanted): Json<PositionsRequest>,
) -> Result<Json<PositionsTaken>, ApiError> {
    if who.viewer.scope != Scope::Unit(id) {
        return Err(ApiError::not_found("unit"));
    }
    // In an exercise the car drives by itself; where the classroom is says nothing.
    if app.practice.is_some() {
        return Ok(Json(PositionsTaken::default()));
    }
    if wanted.items.len() > MOST_POSITIONS {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("at most {MOST_POSITIONS} positions"),
        ));
    }
    let field = &who.desk(&app)?.parts.field;
    let now = app.clock.now();
    let mut taken = PositionsTaken::default();
    let (good, bad): (Vec<Fix>, Vec<Fix>) =
        wanted.items.into_iter().partition(|fix| LngLat::checked(fix.lng, fix.lat).is_ok());
    for _ in bad {
        field.note(id, Verdict::Outside, now);
        taken.count(Verdict::Outside);
    }
    for verdict in field.report_all(id, good, now) {
        taken.count(verdict);
    }
    Ok(Json(taken))
}
