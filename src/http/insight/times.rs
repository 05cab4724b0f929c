//! `/v1/insight/response-times`, `/categories`, `/fairness`: how fast, what, and whether in turn.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::span::SpanQuery;
use super::table;
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::insight::behind::{FigureCode, behind};
use crate::insight::evaluation::{CategoryCount, categories as counted};
use crate::insight::lines::{IncidentLine, ReportLine};
use crate::insight::response::{Times, by_band, times as of_all, times_by};
use crate::insight::table::{Table, number};
use crate::model::report::Priority;

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
    let reports = query.asked(&app, &who)?.reports(&app).await?;
    Ok(Json(Categories { items: counted(&reports, &who.desk(&app)?.parts.rules.now().categories) }))
}

/// The same as a table.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/categories.csv", tag = "insight", operation_id = "categories_csv", params(SpanQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn categories_csv(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SpanQuery>,
) -> Result<Response, ApiError> {
    let reports = query.asked(&app, &who)?.reports(&app).await?;
    let mut text = Table::new(&["category", "label", "reports"]);
    for item in counted(&reports, &who.desk(&app)?.parts.rules.now().categories) {
        text.row(&[item.category.code().to_owned(), item.label, item.count.to_string()]);
    }
    Ok(table("kategori.csv", text.into_text()))
}

/// Response times.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseTimes {
    /// By Polsek.
    pub items: Vec<Times>,
    /// By category.
    pub by_category: Vec<Times>,
    /// By distance from the station: `near`, `middle`, `far`.
    pub by_band: Vec<Times>,
    /// Of all.
    pub total: Times,
}

fn response_times(lines: &[IncidentLine]) -> ResponseTimes {
    ResponseTimes {
        items: times_by(lines, |line| line.polsek.clone().unwrap_or_default()),
        by_category: times_by(lines, |line| line.category.code().to_owned()),
        by_band: by_band(lines),
        total: of_all("", lines.iter()),
    }
}

/// How fast units came: by Polsek, category and distance from the station.
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
    let lines = query.asked(&app, &who)?.incidents(&app).await?;
    Ok(Json(response_times(&lines)))
}

/// The same as a table.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/response-times.csv", tag = "insight", operation_id = "times_csv", params(SpanQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn times_csv(State(app): State<App>, who: Who, Query(query): Query<SpanQuery>) -> Result<Response, ApiError> {
    let lines = query.asked(&app, &who)?.incidents(&app).await?;
    let all = response_times(&lines);
    let mut text = Table::new(&["group", "key", "incidents", "within", "unserved", "p50_s", "p90_s", "within_clock"]);
    let groups =
        [("polsek", all.items), ("category", all.by_category), ("distance", all.by_band), ("all", vec![all.total])];
    for (group, rows) in groups {
        for row in rows {
            text.row(&[
                group.to_owned(),
                row.key,
                row.incidents.to_string(),
                row.within.to_string(),
                row.unserved.to_string(),
                number(row.p50_s, 0),
                number(row.p90_s, 0),
                number(row.within_clock, 4),
            ]);
        }
    }
    Ok(table("waktu-tanggap.csv", text.into_text()))
}

/// Whether reports of one priority were taken in order of arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct LaneTurns {
    /// The priority.
    pub priority: Priority,
    /// Reports that were taken.
    pub taken: usize,
    /// Of them taken in their turn.
    pub in_turn: usize,
}

/// Whether reports were taken in order of arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct Turns {
    /// Priority by priority.
    pub items: Vec<LaneTurns>,
    /// Reports that were taken.
    pub taken: usize,
    /// Of them taken in their turn.
    pub in_turn: usize,
}

fn turns(reports: &[ReportLine]) -> Turns {
    let lane = |priority: Priority| {
        let own: Vec<ReportLine> = reports.iter().filter(|line| line.priority == priority).cloned().collect();
        let taken = behind(FigureCode::Taken, &own, &[]).count();
        LaneTurns { priority, taken, in_turn: taken - behind(FigureCode::Overtaking, &own, &[]).count() }
    };
    let items: Vec<LaneTurns> = [Priority::P1, Priority::P2, Priority::P3, Priority::P4].map(lane).into();
    Turns {
        taken: items.iter().map(|lane| lane.taken).sum(),
        in_turn: items.iter().map(|lane| lane.in_turn).sum(),
        items,
    }
}

/// Whether reports were taken in order of arrival, priority by priority.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/fairness", tag = "insight", params(SpanQuery),
    responses((status = 200, body = Turns), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn fairness(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SpanQuery>,
) -> Result<Json<Turns>, ApiError> {
    let reports = query.asked(&app, &who)?.reports(&app).await?;
    Ok(Json(turns(&reports)))
}

/// The same as a table.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/fairness.csv", tag = "insight", operation_id = "fairness_csv", params(SpanQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn fairness_csv(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SpanQuery>,
) -> Result<Response, ApiError> {
    let reports = query.asked(&app, &who)?.reports(&app).await?;
    let mut text = Table::new(&["priority", "taken", "in_turn"]);
    for lane in turns(&reports).items {
        text.row(&[lane.priority.number().to_string(), lane.taken.to_string(), lane.in_turn.to_string()]);
    }
    Ok(table("urutan.csv", text.into_text()))
}
