//! The way of a unit over the roads: for the map, and turn by turn for the crew.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::assignments;
use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::reports::checked_point;
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::place::LngLat;
use crate::roads::steps::RouteStep;
use crate::roads::travel_time::Route;
use crate::runtime::desks::DeskHandle;

/// From which unit to which incident.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RouteQuery {
    /// The unit.
    unit_id: UnitId,
    /// The incident.
    incident_id: IncidentId,
}

/// One thing to do on the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaidStep {
    /// What, where, how far to the next.
    #[serde(flatten)]
    pub step: RouteStep,
    /// The step in Indonesian, without its distance.
    pub text: String,
}

/// A way over the roads.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteAnswer {
    /// `[lng, lat]` of each point.
    pub points: Vec<[f64; 2]>,
    /// Seconds.
    pub secs: f64,
    /// Metres.
    pub metres: f64,
    /// What the driver is told; nothing where the office has no streets.
    pub steps: Vec<SaidStep>,
    /// When the unit is there, if it sets out now.
    pub arrives_at: Timestamp,
}

/// The way of a unit to an incident.
///
/// # Errors
/// 404 no such unit or incident that the caller may see, or no way.
#[utoipa::path(get, path = "/v1/map/route", tag = "places", params(RouteQuery),
    responses((status = 200, body = RouteAnswer), (status = 404, body = Problem)))]
pub async fn route(
    State(app): State<App>,
    who: Who,
    Query(query): Query<RouteQuery>,
) -> Result<Json<RouteAnswer>, ApiError> {
    let desk = who.desk(&app)?;
    let scope = who.viewer.scope.clone();
    let ends = desk
        .look(move |desk| {
            let unit = desk.units.get(&query.unit_id).filter(|unit| scope.sees_unit(unit))?;
            let incident = desk.incidents.get(&query.incident_id)?;
            let crews: Vec<UnitId> = desk.live_assignments(incident).map(|a| a.unit).collect();
            scope.sees_incident(incident, &crews).then(|| (unit.post, incident.place.point()))
        })
        .await?;
    let (post, to) = ends.ok_or_else(|| ApiError::not_found("unit or incident"))?;
    let from = desk.parts.field.place(query.unit_id, app.clock.now()).unwrap_or(post);
    way(&app, desk, from, to).await
}

/// Where the crew is, when its tablet knows better than the last fix.
#[derive(Debug, Deserialize, IntoParams)]
pub struct FromQuery {
    /// Longitude, degrees.
    lng: Option<f64>,
    /// Latitude, degrees.
    lat: Option<f64>,
}

/// The way of a crew to its incident, turn by turn; around what is closed now.
///
/// # Errors
/// 404 no such assignment that the caller may see, or no way; 409 it has ended; 422 a point that is none.
#[utoipa::path(get, path = "/v1/assignments/{id}/route", tag = "assignments", operation_id = "assignment_route",
    params(("id" = AssignmentId, Path), FromQuery),
    responses((status = 200, body = RouteAnswer), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn of_assignment(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AssignmentId>,
    Query(query): Query<FromQuery>,
) -> Result<Json<RouteAnswer>, ApiError> {
    let desk = who.desk(&app)?;
    let assignment = assignments::find(desk, id).await?;
    let scope = who.viewer.scope.clone();
    let ends = desk
        .look(move |desk| {
            let (unit, incident) = (desk.units.get(&assignment.unit)?, desk.incidents.get(&assignment.incident)?);
            let seen = scope.sees_assignment(&assignment, Some(unit), Some(incident));
            seen.then(|| (unit.id, unit.post, incident.place.point(), assignment.state.is_live()))
        })
        .await?;
    let (unit, post, to, live) = ends.ok_or_else(|| ApiError::not_found("assignment"))?;
    if !live {
        return Err(ApiError::new(StatusCode::CONFLICT, "wrong_state", "the assignment has ended"));
    }
    let from = match query.lng.zip(query.lat) {
        Some((lng, lat)) => checked_point(lng, lat)?,
        None => desk.parts.field.place(unit, app.clock.now()).unwrap_or(post),
    };
    way(&app, desk, from, to).await
}

async fn way(app: &App, desk: &DeskHandle, from: LngLat, to: LngLat) -> Result<Json<RouteAnswer>, ApiError> {
    let field = desk.parts.field.clone();
    let found = tokio::task::spawn_blocking(move || field.travel().route(from, to)).await;
    let Route { points, secs, metres, steps } = found.ok().flatten().ok_or_else(|| ApiError::not_found("way"))?;
    let said = |step: RouteStep| SaidStep { text: step.sentence(), step };
    #[expect(clippy::cast_possible_truncation, reason = "a drive of some hours at most")]
    let arrives_at = app.clock.now().plus_secs(secs.round() as i64);
    Ok(Json(RouteAnswer {
        points: points.iter().map(|p| [p.lng, p.lat]).collect(),
        secs,
        metres,
        steps: steps.into_iter().map(said).collect(),
        arrives_at,
    }))
}
