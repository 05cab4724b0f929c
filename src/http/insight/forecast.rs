//! `/v1/insight/forecast`: how many incidents the next shift will bring, where, and how wrong such
//! forecasts were.

use axum::extract::State;
use axum::response::Response;
use h3o::LatLng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::span::Asked;
use super::{geojson, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::Query;
use crate::insight::backtest::{ForecastErrors, errors};
use crate::insight::coverage::{Reach, cells, middle};
use crate::insight::forecast::{Ground, LEAST_INCIDENTS, LEAST_SHIFTS, Past, expected};
use crate::insight::table::{Table, number};
use crate::insight::when::{shift_begins, shift_of};
use crate::model::clock::Timestamp;
use crate::model::viewer::Scope;

/// How far back incidents are looked at, seconds: half a year.
const MEMORY_S: i64 = 182 * 24 * 3600;

/// How fine.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ForecastQuery {
    /// H3 resolution of the cells, 6 to 8; left out, 8.
    resolution: Option<u8>,
}

/// What is known and what is missing for a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Known {
    /// Whole shifts since the first incident.
    pub shifts: i64,
    /// Incidents in them that lie in the office's areas.
    pub incidents: usize,
    /// Shifts that are needed.
    pub needed_shifts: i64,
    /// Incidents that are needed.
    pub needed_incidents: usize,
}

/// A forecast of the next shift.
struct Foretold {
    ground: Ground,
    known: Known,
    /// Incidents expected in each cell; none when too little is known.
    expected: Option<Vec<f64>>,
    errors: Option<ForecastErrors>,
    begins: Timestamp,
    ends: Timestamp,
}

/// How many incidents the next shift will bring and where, as GeoJSON; `meta.errors` says how wrong the
/// same way of foretelling was over the last four weeks, beside two simpler ones. With too little
/// history there are no cells, and `meta.known` says what is missing.
///
/// # Errors
/// 403; 422 a resolution that is none.
#[utoipa::path(get, path = "/v1/insight/forecast", tag = "insight", operation_id = "forecast", params(ForecastQuery),
    responses((status = 200, description = "GeoJSON"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn forecast(
    State(app): State<App>,
    who: Who,
    Query(query): Query<ForecastQuery>,
) -> Result<Response, ApiError> {
    let found = foretold(&app, &who, query.resolution, app.clock.now()).await?;
    let meta = json!({
        "from": found.begins, "to": found.ends, "known": found.known, "errors": found.errors,
        "total": found.expected.as_ref().map(|all| rounded(all.iter().sum::<f64>())),
        "cells": found.ground.cells.len(),
    });
    let features: Vec<serde_json::Value> = ranked(&found)
        .into_iter()
        .map(|(rank, at, value)| {
            let cell = found.ground.cells[at];
            json!({
                "type": "Feature",
                "properties": { "cell": cell.to_string(), "expected": rounded(value), "rank": rank + 1 },
                "geometry": { "type": "Polygon", "coordinates": [Reach::ring(cell)] },
            })
        })
        .collect();
    Ok(geojson(&json!({ "type": "FeatureCollection", "meta": meta, "features": features })))
}

/// The same as a table, the cell with most to expect first.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/forecast.csv", tag = "insight", operation_id = "forecast_csv", params(ForecastQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<ForecastQuery>) -> Result<Response, ApiError> {
    let found = foretold(&app, &who, query.resolution, app.clock.now()).await?;
    let mut text = Table::new(&["rank", "cell", "lng", "lat", "expected", "from", "to"]);
    for (rank, at, value) in ranked(&found) {
        let place = middle(found.ground.cells[at]);
        text.row(&[
            (rank + 1).to_string(),
            found.ground.cells[at].to_string(),
            format!("{:.6}", place.lng),
            format!("{:.6}", place.lat),
            number(Some(value), 5),
            found.begins.to_string(),
            found.ends.to_string(),
        ]);
    }
    Ok(table("prakiraan.csv", text.into_text()))
}

/// How wrong forecasts made before `until` were; none where too little is known.
///
/// # Errors
/// The store failed.
pub async fn errors_before(app: &App, who: &Who, until: Timestamp) -> Result<Option<ForecastErrors>, ApiError> {
    Ok(foretold(app, who, None, until).await?.errors)
}

/// Rank, position and expected number of each cell, the highest first.
fn ranked(found: &Foretold) -> Vec<(usize, usize, f64)> {
    let Some(expected) = &found.expected else { return Vec::new() };
    let mut order: Vec<(usize, f64)> = expected.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    order.into_iter().enumerate().map(|(rank, (at, value))| (rank, at, value)).collect()
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

async fn foretold(app: &App, who: &Who, resolution: Option<u8>, now: Timestamp) -> Result<Foretold, ApiError> {
    let viewer = who.watcher()?;
    let wanted = resolution.unwrap_or(8);
    let resolution = h3o::Resolution::try_from(wanted).ok().filter(|_| (6..=8).contains(&wanted));
    let resolution = resolution.ok_or_else(|| ApiError::invalid("resolution", "6 to 8"))?;
    let offset_h = who.desk(app)?.parts.office.utc_offset_h;
    // The shift that runs is not over: what it brought so far says nothing about a whole one.
    let running = shift_of(now, offset_h);
    let until = shift_begins(running, offset_h);
    let asked = Asked::between(who, (until.plus_secs(-MEMORY_S), until), offset_h);
    let lines = asked.incidents(app).await?;
    let (polres, scope, areas) = (viewer.polres.clone(), viewer.scope.clone(), app.areas.clone());
    let work = move || {
        let own = areas
            .areas()
            .iter()
            .filter(|area| area.polres == polres && !matches!(&scope, Scope::Polsek(polsek) if *polsek != area.polsek));
        let ground = Ground::new(cells(own, resolution));
        let past: Vec<Past> = lines
            .iter()
            .filter_map(|line| {
                let cell = LatLng::new(line.at.lat, line.at.lng).ok()?.to_cell(resolution);
                Some(Past { shift: shift_of(line.received_at, offset_h), cell: ground.position(cell)? })
            })
            .collect();
        // The shift of the first incident is rarely whole: the one after it is the first that counts.
        let first = past.iter().map(|one| one.shift).min().map_or(running, |shift| shift + 1);
        let past: Vec<Past> = past.into_iter().filter(|one| one.shift >= first).collect();
        let known = Known {
            shifts: running - first,
            incidents: past.len(),
            needed_shifts: LEAST_SHIFTS,
            needed_incidents: LEAST_INCIDENTS,
        };
        let enough = known.shifts >= LEAST_SHIFTS && known.incidents >= LEAST_INCIDENTS;
        let next = running + 1;
        Foretold {
            expected: enough.then(|| expected(&ground, &past, (first, running), next)),
            errors: enough.then(|| errors(&ground, &past, first, running)).flatten(),
            known,
            begins: shift_begins(next, offset_h),
            ends: shift_begins(next + 1, offset_h),
            ground,
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())
}
