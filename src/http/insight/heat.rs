//! `/v1/insight/heatmap`: where reports come from, set against patrol hours, response times or an earlier
//! time.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::span::{Asked, SpanQuery};
use super::{geojson, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::Query;
use crate::http::list::instant;
use crate::insight::heatmap::{Ground, Heatmap, Measure, Spot, heatmap};
use crate::insight::lines::{IncidentLine, ReportLine};
use crate::insight::patrol::FINEST;

/// What is drawn.
#[derive(Debug, Deserialize, IntoParams)]
pub struct HeatQuery {
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Only these hours of the office's day: `22-5` is from 22.00 to before 05.00.
    hours: Option<String>,
    /// Only these weekdays: `1,2,7`; 1 is Monday.
    weekdays: Option<String>,
    /// H3 resolution of the cells, 5 to 10 (5 to 9 for `rate`); left out, 8.
    resolution: Option<u8>,
    /// `count` (reports), `rate` (reports for each hour a patrol was there) or `response` (median
    /// response time of incidents); left out, `count`.
    measure: Option<String>,
    /// Compare with a time of the same length that begins here.
    compare_from: Option<String>,
}

impl HeatQuery {
    fn span(&self) -> SpanQuery {
        SpanQuery::of([&self.from, &self.to, &self.category, &self.hours, &self.weekdays].map(Clone::clone))
    }

    fn resolution(&self, measure: Measure) -> Result<h3o::Resolution, ApiError> {
        let finest = if measure == Measure::Rate { u8::from(FINEST) } else { 10 };
        let number = self.resolution.unwrap_or(8);
        let parsed = h3o::Resolution::try_from(number).ok().filter(|_| (5..=finest).contains(&number));
        parsed.ok_or_else(|| ApiError::invalid("resolution", "5 to 10; 5 to 9 for rate"))
    }

    fn measure(&self) -> Result<Measure, ApiError> {
        let code = self.measure.as_deref().filter(|code| !code.is_empty()).unwrap_or("count");
        Measure::from_code(code).ok_or_else(|| ApiError::invalid("measure", "count, rate or response"))
    }
}

/// Where reports come from, as GeoJSON H3 cells. A cell that would show one to four reports is merged
/// into a coarser one; what is still too few is only counted (`meta.hidden`).
///
/// # Errors
/// 403; 422 a parameter that is none.
#[utoipa::path(get, path = "/v1/insight/heatmap", tag = "insight", params(HeatQuery),
    responses((status = 200, description = "GeoJSON"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn cells(State(app): State<App>, who: Who, Query(query): Query<HeatQuery>) -> Result<Response, ApiError> {
    let (map, measure) = drawn(&app, &who, &query).await?;
    Ok(geojson(&map.to_geojson(measure)))
}

/// The same as a table, a row for each cell.
///
/// # Errors
/// 403; 422 a parameter that is none.
#[utoipa::path(get, path = "/v1/insight/heatmap.csv", tag = "insight", operation_id = "heatmap_csv", params(HeatQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<HeatQuery>) -> Result<Response, ApiError> {
    let (map, _) = drawn(&app, &who, &query).await?;
    Ok(table("peta-panas.csv", map.to_csv()))
}

async fn drawn(app: &App, who: &Who, query: &HeatQuery) -> Result<(Heatmap, Measure), ApiError> {
    let asked = query.span().asked(app, who)?;
    let measure = query.measure()?;
    let resolution = query.resolution(measure)?;
    let before = match instant(query.compare_from.as_deref(), "compare_from")? {
        Some(from) => {
            let micros = asked.filter.from.0.saturating_sub(from.0);
            Some(spots(app, &asked.earlier(micros / crate::model::clock::SECOND), measure).await?)
        }
        None => None,
    };
    let spots = spots(app, &asked, measure).await?;
    let patrol = match measure {
        Measure::Rate => app.patrols.within(app, who, &asked).await?,
        Measure::Count | Measure::Response => Vec::new(),
    };
    Ok((heatmap(Ground { spots: &spots, before: before.as_deref(), patrol: &patrol }, resolution), measure))
}

/// Reports; for response times the incidents somebody reached.
async fn spots(app: &App, asked: &Asked, measure: Measure) -> Result<Vec<Spot>, ApiError> {
    Ok(match measure {
        Measure::Response => incident_spots(&asked.incidents(app).await?),
        Measure::Count | Measure::Rate => report_spots(&asked.reports(app).await?),
    })
}

/// Reports that have a place.
#[must_use]
pub fn report_spots(lines: &[ReportLine]) -> Vec<Spot> {
    let spot = |line: &ReportLine| {
        Some(Spot { at: line.at?, category: line.category, priority: line.priority, response_s: None })
    };
    lines.iter().filter_map(spot).collect()
}

/// Incidents somebody reached.
#[must_use]
pub fn incident_spots(lines: &[IncidentLine]) -> Vec<Spot> {
    let spot = |line: &IncidentLine| {
        let response_s = Some(line.response_s()?);
        Some(Spot { at: line.at, category: line.category, priority: line.priority, response_s })
    };
    lines.iter().filter_map(spot).collect()
}
