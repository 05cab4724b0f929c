//! `/v1/insight/coverage`: how many minutes the nearest free unit is away, everywhere.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Query;
use crate::app::App;
use crate::insight::coverage::{Reached, cells, middle, to_csv, to_geojson};
use crate::model::place::LngLat;
use crate::model::unit::UnitStatus;
use crate::model::viewer::Scope;

/// How fine.
#[derive(Debug, Deserialize, IntoParams)]
pub struct CoverageQuery {
    /// H3 resolution of the cells, 6 to 9; left out, 8.
    resolution: Option<u8>,
}

/// Minutes from the nearest free unit to the middle of each cell, over the roads as they are now, as GeoJSON.
///
/// # Errors
/// 403; 422 a resolution that is none.
#[utoipa::path(get, path = "/v1/insight/coverage", tag = "insight", operation_id = "coverage", params(CoverageQuery),
    responses((status = 200, description = "GeoJSON"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn coverage(
    State(app): State<App>,
    who: Who,
    Query(query): Query<CoverageQuery>,
) -> Result<Response, ApiError> {
    let json = HeaderValue::from_static("application/geo+json");
    let reached = reached(&app, &who, query.resolution).await?;
    Ok(([(header::CONTENT_TYPE, json)], to_geojson(&reached).to_string()).into_response())
}

/// The same as CSV.
///
/// # Errors
/// 403; 422 a resolution that is none.
#[utoipa::path(get, path = "/v1/insight/coverage.csv", tag = "insight", operation_id = "coverage_csv", params(CoverageQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<CoverageQuery>) -> Result<Response, ApiError> {
    let text = HeaderValue::from_static("text/csv; charset=utf-8");
    let reached = reached(&app, &who, query.resolution).await?;
    Ok(([(header::CONTENT_TYPE, text)], to_csv(&reached)).into_response())
}

async fn reached(app: &App, who: &Who, resolution: Option<u8>) -> Result<Vec<Reached>, ApiError> {
    let viewer = who.watcher()?;
    let number = resolution.unwrap_or(8);
    let resolution = h3o::Resolution::try_from(number).ok().filter(|_| (6..=9).contains(&number));
    let resolution = resolution.ok_or_else(|| ApiError::invalid("resolution", "6 to 9"))?;
    let desk = who.desk(app)?;
    let free = desk.look(|desk| {
        let free = desk.units.values().filter(|unit| unit.status == UnitStatus::Available);
        free.map(|unit| (unit.id, unit.post)).collect::<Vec<_>>()
    });
    let field = desk.parts.field.clone();
    let now = app.clock.now();
    let units: Vec<LngLat> =
        free.await?.into_iter().map(|(unit, post)| field.place(unit, now).unwrap_or(post)).collect();
    let (polres, scope) = (viewer.polres.clone(), viewer.scope.clone());
    let areas = app.areas.clone();
    let reach = move || {
        let own = areas
            .areas()
            .iter()
            .filter(|area| area.polres == polres && !matches!(&scope, Scope::Polsek(polsek) if *polsek != area.polsek));
        let cells = cells(own, resolution);
        let middles: Vec<LngLat> = cells.iter().map(|cell| middle(*cell)).collect();
        let secs = field.travel().nearest_of_many(&units, &middles);
        cells.into_iter().zip(secs).map(|(cell, secs)| Reached { cell, secs }).collect()
    };
    tokio::task::spawn_blocking(reach).await.map_err(|_| ApiError::internal())
}
