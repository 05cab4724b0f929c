//! `/v1/insight/coverage`: how many minutes the nearest free unit is away, everywhere, and what moving one
//! of them would change.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::chosen::{cell_of, own_cells};
use super::span::Asked;
use super::{geojson, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::Query;
use crate::http::reports::checked_point;
use crate::insight::coverage::{Reach, Reached, middle};
use crate::model::id::UnitId;
use crate::model::place::LngLat;
use crate::model::unit::{Unit, UnitStatus};

/// Where incidents happened is counted over so many seconds: thirty days.
const PAST_S: i64 = 30 * 24 * 3600;

/// A cell is covered when a unit gets there within so many minutes, unless asked otherwise: the first
/// step of the Polri clock.
const WITHIN_MIN: f64 = 10.0;

/// How fine, and what if.
#[derive(Debug, Deserialize, IntoParams)]
pub struct CoverageQuery {
    /// H3 resolution of the cells, 6 to 9; left out, 8.
    resolution: Option<u8>,
    /// A free unit and where it would stand: `UNIT:lat,lng`.
    #[serde(rename = "move")]
    #[param(rename = "move")]
    moved: Option<String>,
    /// A cell is covered within so many minutes, 1 to 60; left out, 10.
    within: Option<f64>,
}

/// Minutes from the nearest free unit to the middle of each cell, over the roads as they are now, as GeoJSON;
/// with `move` also as it would be, the figures of both (`meta.before`, `meta.after`), and how many cells gain
/// and lose half a minute or more (`meta.changed`), with the incidents of the last thirty days in them.
/// Nothing is sent to anybody.
///
/// # Errors
/// 403; 404 no such unit; 409 it is not free; 422 a parameter that is none.
#[utoipa::path(get, path = "/v1/insight/coverage", tag = "insight", operation_id = "coverage", params(CoverageQuery),
    responses((status = 200, description = "GeoJSON"), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn coverage(
    State(app): State<App>,
    who: Who,
    Query(query): Query<CoverageQuery>,
) -> Result<Response, ApiError> {
    let mut map = reach(&app, &who, Wanted::of(&query)).await?.to_geojson();
    let (scope, to) = (who.viewer.scope.clone(), app.clock.now());
    let is_free = move |unit: &&Unit| unit.status == UnitStatus::Available && scope.sees_unit(unit);
    let free = who.desk(&app)?.look(move |desk| desk.units.values().filter(is_free).count()).await?;
    map["meta"]["free"] = free.into();
    map["meta"]["past"] = serde_json::json!({ "from": to.plus_secs(-PAST_S), "to": to });
    Ok(geojson(&map))
}

/// A reach map somebody wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// H3 resolution, 6 to 9; none is 8.
    pub resolution: Option<u8>,
    /// `UNIT:lat,lng`.
    pub moved: Option<&'a str>,
    /// Minutes, 1 to 60; none is 10.
    pub within: Option<f64>,
}

impl<'a> Wanted<'a> {
    fn of(query: &'a CoverageQuery) -> Self {
        Self { resolution: query.resolution, moved: query.moved.as_deref(), within: query.within }
    }
}

/// The same as a table: cell, its middle, minutes, minutes after the move.
///
/// # Errors
/// 403; 404; 409; 422.
#[utoipa::path(get, path = "/v1/insight/coverage.csv", tag = "insight", operation_id = "coverage_csv", params(CoverageQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<CoverageQuery>) -> Result<Response, ApiError> {
    Ok(table("jangkauan.csv", reach(&app, &who, Wanted::of(&query)).await?.to_csv()))
}

/// `UNIT:lat,lng`.
fn wanted_move(text: &str) -> Result<(UnitId, LngLat), ApiError> {
    let parts = text.split_once(':').and_then(|(unit, at)| {
        let (lat, lng) = at.split_once(',')?;
        Some((unit.parse().ok()?, lng.trim().parse().ok()?, lat.trim().parse().ok()?))
    });
    let (unit, lng, lat) = parts.ok_or_else(|| ApiError::invalid("move", "not like UNIT:lat,lng"))?;
    Ok((unit, checked_point(lng, lat)?))
}

/// A reach map as it is, and with a move as it would be.
///
/// # Errors
/// 403; 404 no such unit; 409 it is not free; 422 a parameter that is none.
pub(super) async fn reach(app: &App, who: &Who, wanted: Wanted<'_>) -> Result<Reach, ApiError> {
    let viewer = who.watcher()?;
    let number = wanted.resolution.unwrap_or(8);
    let resolution = h3o::Resolution::try_from(number).ok().filter(|_| (6..=9).contains(&number));
    let resolution = resolution.ok_or_else(|| ApiError::invalid("resolution", "6 to 9"))?;
    let within_min = wanted.within.unwrap_or(WITHIN_MIN);
    if !(1.0..=60.0).contains(&within_min) {
        return Err(ApiError::invalid("within", "1 to 60 minutes"));
    }
    let moved = wanted.moved.filter(|text| !text.is_empty()).map(wanted_move).transpose()?;
    let desk = who.desk(app)?;
    let (scope, asked) = (viewer.scope.clone(), moved.map(|(unit, _)| unit));
    let (free, known) = desk
        .look(move |desk| {
            let free = desk.units.values().filter(|unit| unit.status == UnitStatus::Available);
            let known = asked.is_none_or(|id| desk.units.get(&id).is_some_and(|unit| scope.sees_unit(unit)));
            (free.map(|unit| (unit.id, unit.post)).collect::<Vec<_>>(), known)
        })
        .await?;
    if !known {
        return Err(ApiError::not_found("unit"));
    }
    if let Some(unit) = asked.filter(|unit| free.iter().all(|(id, _)| id != unit)) {
        return Err(ApiError::new(StatusCode::CONFLICT, "wrong_state", format!("unit {unit} is not free")));
    }
    let field = desk.parts.field.clone();
    let now = app.clock.now();
    let places = |moved: Option<(UnitId, LngLat)>| -> Vec<LngLat> {
        let place = |(unit, post): &(UnitId, LngLat)| match moved {
            Some((id, to)) if id == *unit => to,
            _ => field.place(*unit, now).unwrap_or(*post),
        };
        free.iter().map(place).collect()
    };
    let (units, after) = (places(None), moved.map(|to| places(Some(to))));
    let cells = own_cells(app, who, resolution).await?;
    let offset_h = desk.parts.office.utc_offset_h;
    let lately = match moved {
        Some(_) => Asked::between(who, (now.plus_secs(-PAST_S), now), offset_h).incidents(app).await?,
        None => Vec::new(),
    };
    let mut past = vec![0; cells.len()];
    for at in lately.iter().filter_map(|line| cells.binary_search(&cell_of(line.at, resolution)?).ok()) {
        past[at] += 1;
    }
    let work = move || {
        let middles: Vec<LngLat> = cells.iter().map(|cell| middle(*cell)).collect();
        let reached = |units: &[LngLat]| -> Vec<Reached> {
            let secs = field.travel().nearest_of_many(units, &middles);
            cells.iter().zip(secs).map(|(cell, secs)| Reached { cell: *cell, secs }).collect()
        };
        Reach { now: reached(&units), moved: after.as_deref().map(reached), within_s: within_min * 60.0, past }
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())
}
