//! `/v1/units/{id}/track` and `…/positions`: where a unit was, and how well its positions come in.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::list::instant;
use super::units::find;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::model::entry::Actor;
use crate::model::id::UnitId;
use crate::model::unit::{Fix, Unit};
use crate::model::viewer::Scope;
use crate::runtime::desks::DeskHandle;
use crate::runtime::field::Reception;

/// The longest stretch of one answer, seconds: a duty of 12 h twice over.
const LONGEST_S: f64 = 24.0 * 3600.0;

/// Points of one answer: a day at one sample in five seconds.
const MOST_POINTS: usize = 18_000;

/// Which stretch of a track.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TrackQuery {
    /// From this instant; left out, an hour before `to`.
    from: Option<String>,
    /// To before this instant; left out, now. At most a day after `from`.
    to: Option<String>,
}

/// A stretch of a unit's track.
#[derive(Debug, Serialize, ToSchema)]
pub struct Track {
    /// Sampled fixes, oldest first: one in 5 s while it moves, one in 30 s while it stands. Where they are
    /// further apart nothing was heard.
    pub items: Vec<Fix>,
}

/// Where a unit was. Each look by somebody else than its crew is an entry of the journal.
///
/// # Errors
/// 403 the role sees no units; 404; 422 no instant, or more than a day.
#[utoipa::path(get, path = "/v1/units/{id}/track", tag = "units", params(("id" = UnitId, Path), TrackQuery),
    responses((status = 200, body = Track), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn track(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Query(query): Query<TrackQuery>,
) -> Result<Json<Track>, ApiError> {
    let (desk, _) = visible(&app, &who, id).await?;
    let to = instant(query.to.as_deref(), "to")?.unwrap_or_else(|| app.clock.now());
    let from = instant(query.from.as_deref(), "from")?.unwrap_or_else(|| to.plus_secs(-3600));
    if !(0.0..=LONGEST_S).contains(&to.secs_since(from)) {
        return Err(ApiError::invalid("to", "at most a day after from"));
    }
    if who.viewer.scope != Scope::Unit(id) {
        let by = who.viewer.user;
        desk.submit(Actor::User(by), Command::ViewTrack { unit: id, by, from, to }).await?;
    }
    let items = app.store.track(id, from, to, MOST_POINTS).await?;
    Ok(Json(Track { items }))
}

/// How well the positions of a unit come in: what was taken, and what was kept out and why.
///
/// # Errors
/// 403 the role sees no units; 404.
#[utoipa::path(get, path = "/v1/units/{id}/positions", tag = "units", operation_id = "reception", params(("id" = UnitId, Path)),
    responses((status = 200, body = Reception), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn reception(State(app): State<App>, who: Who, Path(id): Path<UnitId>) -> Result<Json<Reception>, ApiError> {
    let (desk, unit) = visible(&app, &who, id).await?;
    let reception = desk.parts.field.reception(unit.id, app.clock.now());
    reception.map(Json).ok_or_else(|| ApiError::not_found("unit"))
}

/// The unit, for its own crew and for those who see it.
async fn visible<'a>(app: &'a App, who: &Who, id: UnitId) -> Result<(&'a DeskHandle, Unit), ApiError> {
    let desk = who.desk(app)?;
    let unit = find(desk, id).await?;
    if !who.viewer.scope.sees_unit(&unit) {
        return Err(ApiError::not_found("unit"));
    }
    if who.viewer.scope != Scope::Unit(id) {
        who.watcher()?;
    }
    Ok((desk, unit))
}
