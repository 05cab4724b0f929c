//! `/v1/closures`: roads closed or slowed, drawn on the map by an operator.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::list::{Page, cursor, cursor_after};
use crate::app::App;
use crate::dispatch::command::{CloseRoad, Command};
use crate::model::clock::Timestamp;
use crate::model::closure::{Closure, ClosureReason, Drawing, MOST_POINTS};
use crate::model::entry::{Actor, Event};
use crate::model::id::ClosureId;

/// Which closures are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct ClosureQuery {
    /// `open` (the default: those that hold and those still to begin), `ended` or `all`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of a page, up to 200.
    limit: Option<usize>,
}

/// Closures of the office, the latest first.
///
/// # Errors
/// 401; 422 a state or a cursor that is none.
#[utoipa::path(get, path = "/v1/closures", tag = "places", operation_id = "closures_list", params(ClosureQuery),
    responses((status = 200, body = Page<Closure>), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(wanted): Query<ClosureQuery>,
) -> Result<Json<Page<Closure>>, ApiError> {
    let open = match wanted.state.as_deref() {
        None | Some("open") => Some(true),
        Some("ended") => Some(false),
        Some("all") => None,
        Some(_) => return Err(ApiError::invalid("state", "open, ended or all")),
    };
    let limit = wanted.limit.unwrap_or(200).clamp(1, 200);
    let after = wanted.after.as_deref().map(cursor).transpose()?;
    let items = app.store.closures(&who.viewer.polres, open, after, limit).await?;
    let next = items.last().filter(|_| items.len() >= limit).map(|last| cursor_after(last.from_at, last.id.0));
    Ok(Json(Page { items, next }))
}

/// A road to be closed or slowed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureRequest {
    /// A `GeoJSON` line along a road or across it, or a polygon of one ring; up to 500 points.
    pub geometry: Drawing,
    /// How many times slower than free, 1.1 to 20; left out when nobody can drive there.
    pub factor: Option<f64>,
    /// Why.
    pub reason: ClosureReason,
    /// Holds from then on; left out for now.
    pub from_at: Option<Timestamp>,
    /// Ends then by itself; left out when a person ends it.
    pub until_at: Option<Timestamp>,
}

/// Closes or slows a road. Travel times know it when this returns.
///
/// # Errors
/// 403 not an operator; 409 there are no streets, or too many closures; 422 a drawing, factor or time that cannot be.
#[utoipa::path(post, path = "/v1/closures", tag = "places", operation_id = "closures_create", request_body = ClosureRequest,
    responses((status = 201, body = Closure), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<ClosureRequest>,
) -> Result<(StatusCode, Json<Closure>), ApiError> {
    let user = who.dispatcher()?.user;
    let desk = who.desk(&app)?;
    let Some(roads) = desk.parts.roads.clone() else {
        return Err(ApiError::new(StatusCode::CONFLICT, "no_streets", "this office has no streets: import some first"));
    };
    if wanted.geometry.points().len() > MOST_POINTS {
        return Err(ApiError::invalid("geometry", format!("at most {MOST_POINTS} points")));
    }
    let drawing = wanted.geometry.clone();
    let streets = tokio::task::spawn_blocking(move || roads.streets(&drawing)).await;
    let command = Command::CloseRoad(CloseRoad {
        geometry: wanted.geometry,
        factor: wanted.factor,
        reason: wanted.reason,
        streets: streets.map_err(|_| ApiError::internal())?,
        from_at: wanted.from_at,
        until_at: wanted.until_at,
        by: user,
    });
    let entries = desk.submit(Actor::User(user), command).await?;
    let closed = entries.into_iter().find_map(|entry| match entry.event {
        Event::RoadClosed(closure) => Some(closure),
        _ => None,
    });
    Ok((StatusCode::CREATED, Json(closed.ok_or_else(ApiError::internal)?)))
}

/// Opens a road again. Travel times know it when this returns.
///
/// # Errors
/// 403 not an operator; 404 no such closure; 409 it is open already.
#[utoipa::path(delete, path = "/v1/closures/{id}", tag = "places", operation_id = "closures_remove", params(("id" = ClosureId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(State(app): State<App>, who: Who, Path(id): Path<ClosureId>) -> Result<StatusCode, ApiError> {
    let user = who.dispatcher()?.user;
    who.desk(&app)?.submit(Actor::User(user), Command::ReopenRoad { closure: id, by: user }).await?;
    Ok(StatusCode::NO_CONTENT)
}
