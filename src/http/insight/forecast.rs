//! `/v1/insight/forecast`: how many incidents the next shift will bring, where, and how wrong such
//! forecasts were.

use axum::extract::State;
use axum::response::Response;
use h3o::CellIndex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::chosen::{cell_of, own_cells};
use super::span::Asked;
use super::{geojson, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::Query;
use crate::insight::backtest::{ForecastErrors, Lookback, errors};
use crate::insight::coverage::{Reach, middle};
use crate::insight::forecast::{Counts, Ground, LEAST_INCIDENTS, LEAST_SHIFTS, Past, expected};
use crate::insight::heatmap::SMALLEST;
use crate::insight::interval::{SHARE, Scatter};
use crate::insight::table::{Table, number};
use crate::insight::when::{shift_begins, shift_of};
use crate::model::clock::Timestamp;

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
#[schema(as = ForecastHistory)]
pub struct History {
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
    known: History,
    /// Incidents expected in each cell; none when too little is known.
    expected: Option<Vec<f64>>,
    /// The whole office falls within these eight times of ten.
    limits: Option<(f64, f64)>,
    errors: Option<Tested>,
    /// Incidents known in each cell and the six around it: what its forecast stands on.
    past: Vec<usize>,
    /// What is known lies between these.
    history: (Timestamp, Timestamp),
    begins: Timestamp,
    ends: Timestamp,
}

/// How wrong forecasts were, and of which time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Tested {
    /// The first shift looked back at begins.
    pub from: Timestamp,
    /// The last one ends.
    pub to: Timestamp,
    /// How wrong each way was.
    #[serde(flatten)]
    pub errors: ForecastErrors,
}

/// How many incidents the next shift will bring and where, as GeoJSON; `meta.low` to `meta.high` are the limits
/// of the whole office that eight shifts of ten keep, `meta.errors` says how wrong the same way of foretelling
/// was over the last four weeks, beside three simpler ones, and `past` of a cell how many known incidents in it
/// and around it this stands on (null for one to four). With too little history there are no cells, and
/// `meta.known` says what is missing.
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
        "low": found.limits.map(|(low, _)| low), "high": found.limits.map(|(_, high)| high), "promised": SHARE,
        "cells": found.ground.cells.len(),
        "history": { "from": found.history.0, "to": found.history.1 },
    });
    let features: Vec<serde_json::Value> = ranked(&found)
        .into_iter()
        .map(|(rank, at, value)| {
            let cell = found.ground.cells[at];
            json!({
                "type": "Feature",
                "properties": {
                    "cell": cell.to_string(), "expected": rounded(value), "rank": rank + 1, "past": shown(found.past[at]),
                },
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
pub async fn errors_before(app: &App, who: &Who, until: Timestamp) -> Result<Option<Tested>, ApiError> {
    Ok(foretold(app, who, None, until).await?.errors)
}

/// Rank, position and expected number of each cell, the highest first.
fn ranked(found: &Foretold) -> Vec<(usize, usize, f64)> {
    let Some(expected) = &found.expected else { return Vec::new() };
    let mut order: Vec<(usize, f64)> = expected.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    order.into_iter().enumerate().map(|(rank, (at, value))| (rank, at, value)).collect()
}

/// A number of past incidents that points at no house.
fn shown(count: usize) -> Option<usize> {
    (count == 0 || count >= SMALLEST as usize).then_some(count)
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

async fn foretold(app: &App, who: &Who, resolution: Option<u8>, now: Timestamp) -> Result<Foretold, ApiError> {
    who.watcher()?;
    let wanted = resolution.unwrap_or(8);
    let resolution = h3o::Resolution::try_from(wanted).ok().filter(|_| (6..=8).contains(&wanted));
    let resolution = resolution.ok_or_else(|| ApiError::invalid("resolution", "6 to 8"))?;
    let offset_h = who.desk(app)?.parts.office.utc_offset_h;
    // The shift that runs is not over: what it brought so far says nothing about a whole one.
    let running = shift_of(now, offset_h);
    let until = shift_begins(running, offset_h);
    let asked = Asked::between(who, (until.plus_secs(-MEMORY_S), until), offset_h);
    let lines = asked.incidents(app).await?;
    let cells = own_cells(app, who, resolution).await?;
    let work = move || {
        let ground = Ground::new(cells);
        let placed =
            lines.iter().filter_map(|line| Some((shift_of(line.received_at, offset_h), cell_of(line.at, resolution)?)));
        let placed: Vec<(i64, CellIndex)> = placed.collect();
        let inside = |(shift, cell): &(i64, CellIndex)| Some(Past { shift: *shift, cell: ground.position(*cell)? });
        let past: Vec<Past> = placed.iter().filter_map(inside).collect();
        // The shift of the first incident is rarely whole: the one after it is the first that counts.
        let first = past.iter().map(|one| one.shift).min().map_or(running, |shift| shift + 1);
        let past: Vec<Past> = past.into_iter().filter(|one| one.shift >= first).collect();
        let known = History {
            shifts: running - first,
            incidents: past.len(),
            needed_shifts: LEAST_SHIFTS,
            needed_incidents: LEAST_INCIDENTS,
        };
        let enough = known.shifts >= LEAST_SHIFTS && known.incidents >= LEAST_INCIDENTS;
        let next = running + 1;
        let expected = enough.then(|| expected(&ground, &past, (first, running), next));
        let totals = Counts::of(&past, (first, running));
        let scatter = Scatter::before(&totals, first + LEAST_SHIFTS + 1..running);
        let errors = enough.then(|| errors(&ground, &past, (first, running), Lookback::SHOWN)).flatten();
        Foretold {
            limits: expected.as_ref().map(|all| scatter.limits(all.iter().sum())),
            expected,
            errors: errors.map(|errors| Tested { from: shift_begins(errors.first_shift, offset_h), to: until, errors }),
            past: around(&ground, placed.iter().filter(|(shift, _)| *shift >= first).map(|(_, cell)| *cell)),
            history: (shift_begins(first, offset_h), until),
            known,
            begins: shift_begins(next, offset_h),
            ends: shift_begins(next + 1, offset_h),
            ground,
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())
}

/// How many of these lie in each cell of the ground and the six around it.
fn around(ground: &Ground, places: impl Iterator<Item = CellIndex>) -> Vec<usize> {
    let mut past = vec![0; ground.cells.len()];
    for place in places {
        let near: Vec<CellIndex> = place.grid_disk(1);
        for at in near.into_iter().filter_map(|cell| ground.position(cell)) {
            past[at] += 1;
        }
    }
    past
}
