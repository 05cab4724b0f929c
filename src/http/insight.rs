//! `/v1/insight`: figures for those who lead. No persons; every figure leads to its entries.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::list::instant;
use crate::app::App;
use crate::insight::heatmap::{Point, heatmap};
use crate::insight::response::{Response, Times, response_times};
use crate::model::clock::Timestamp;
use crate::model::id::IncidentId;
use crate::model::place::LngLat;
use crate::model::report::Category;
use crate::model::viewer::Scope;
use crate::store::projections::SpanFilter;

/// Which stretch of time, and what of it.
#[derive(Debug, Deserialize, IntoParams)]
pub struct SpanQuery {
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// H3 resolution of the cells, 5 to 10; left out, 8.
    resolution: Option<u8>,
    /// Only this category.
    category: Option<String>,
    /// What is counted; `count`.
    measure: Option<String>,
}

impl SpanQuery {
    fn filter(&self, who: &Who, now: Timestamp) -> Result<SpanFilter, ApiError> {
        let viewer = who.watcher()?;
        let to = instant(self.to.as_deref(), "to")?.unwrap_or(now);
        let from = instant(self.from.as_deref(), "from")?.unwrap_or_else(|| to.plus_secs(-24 * 3600));
        let category = self.category.as_deref().filter(|code| !code.is_empty());
        let category = category
            .map(|code| Category::from_code(code).ok_or_else(|| ApiError::invalid("category", "no such category")))
            .transpose()?;
        if self.measure.as_deref().is_some_and(|measure| measure != "count") {
            return Err(ApiError::invalid("measure", "only count is served"));
        }
        let polsek = match &viewer.scope {
            Scope::Polsek(polsek) => Some(polsek.clone()),
            _ => None,
        };
        Ok(SpanFilter { polres: viewer.polres.clone(), polsek, from, to, category })
    }

    fn resolution(&self) -> Result<h3o::Resolution, ApiError> {
        let number = self.resolution.unwrap_or(8);
        let parsed = h3o::Resolution::try_from(number).ok().filter(|_| (5..=10).contains(&number));
        parsed.ok_or_else(|| ApiError::invalid("resolution", "5 to 10"))
    }
}

/// Where reports come from, as GeoJSON H3 cells.
///
/// # Errors
/// 403; 422 a parameter that is none.
#[utoipa::path(get, path = "/v1/insight/heatmap", tag = "insight", params(SpanQuery),
    responses((status = 200, description = "GeoJSON"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn cells(State(app): State<App>, who: Who, Query(query): Query<SpanQuery>) -> Result<HttpResponse, ApiError> {
    let filter = query.filter(&who, app.clock.now())?;
    let resolution = query.resolution()?;
    let points: Vec<Point> = app
        .store
        .report_points(&filter)
        .await?
        .into_iter()
        .map(|p| Point { at: LngLat::new(p.lng, p.lat), category: p.category, priority: p.priority })
        .collect();
    let geojson = heatmap(&points, resolution).to_geojson();
    let json = HeaderValue::from_static("application/geo+json");
    Ok(([(header::CONTENT_TYPE, json)], geojson.to_string()).into_response())
}

/// How many reports of one category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryCount {
    /// Its code.
    pub category: Category,
    /// What people read.
    pub label: String,
    /// Reports.
    pub count: usize,
}

/// Reports by category, most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    /// Most frequent first.
    pub items: Vec<CategoryCount>,
}

/// What people report.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/categories", tag = "insight", params(SpanQuery),
    responses((status = 200, body = Categories), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn categories(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SpanQuery>,
) -> Result<Json<Categories>, ApiError> {
    let filter = query.filter(&who, app.clock.now())?;
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for report in app.store.report_times(&filter).await? {
        *counts.entry(report.category).or_default() += 1;
    }
    let mut items: Vec<CategoryCount> = counts
        .into_iter()
        .map(|(category, count)| CategoryCount { category, label: category.label().to_owned(), count })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.count));
    Ok(Json(Categories { items }))
}

/// Response times by Polsek.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseTimes {
    /// By Polsek.
    pub items: Vec<Times>,
    /// Of all.
    pub total: Times,
}

/// How fast units came.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/response-times", tag = "insight", params(SpanQuery),
    responses((status = 200, body = ResponseTimes), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn times(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SpanQuery>,
) -> Result<Json<ResponseTimes>, ApiError> {
    let filter = query.filter(&who, app.clock.now())?;
    let mut by_incident: BTreeMap<IncidentId, Response> = BTreeMap::new();
    for row in app.store.response_rows(&filter).await? {
        let arrived = row.assignment.and_then(|a| a.stamps.on_scene_at);
        let polsek = row.polsek.unwrap_or_default();
        let response = by_incident.entry(row.incident).or_insert_with(|| Response {
            station: app.areas.polsek(&polsek).map(|polsek| polsek.seat),
            polsek,
            received_at: row.received_at,
            on_scene_at: None,
            at: LngLat::new(row.lng, row.lat),
        });
        response.on_scene_at = match (response.on_scene_at, arrived) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    let (items, total) = response_times(&by_incident.into_values().collect::<Vec<_>>());
    Ok(Json(ResponseTimes { items, total }))
}
