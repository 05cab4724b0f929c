//! `/v1/insight/morning` and `/evaluation`: the page of the Kapolres at seven, and the report an office
//! keeps.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::span::Asked;
use super::{calls, file, forecast, load, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::duty::{DailyCheck, Day, looked_through};
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::http::list::instant;
use crate::insight::evaluation::{self, Counted, Evaluation, KeyFigure, Wrong, ten, wrong};
use crate::insight::paper;
use crate::insight::response::{Times, by_band, times, times_by};
use crate::insight::table::{Table, number};
use crate::model::clock::Timestamp;
use crate::model::duty::Stand;
use crate::model::report::Category;
use crate::store::code_of;

/// A week, seconds.
const WEEK_S: i64 = 7 * 24 * 3600;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
pub struct MorningQuery {
    /// `2026-11-21` by the office's calendar; left out, yesterday.
    day: Option<String>,
}

/// What a Kapolres wants to know at seven.
#[derive(Debug, Serialize, ToSchema)]
pub struct Morning {
    /// The day begins.
    pub from: Timestamp,
    /// It ends.
    pub to: Timestamp,
    /// Ten figures, with those of the same weekday a week before.
    pub figures: Vec<KeyFigure>,
    /// How the desk stands now.
    pub stand: Stand,
    /// What went wrong that day, the gravest first.
    pub wrong: Vec<Wrong>,
    /// The check of the day, and who signed it.
    pub check: DailyCheck,
}

/// A day in ten figures, what waits now, what went wrong, and the signed check.
///
/// # Errors
/// 403 the role does not see reports; 422 not a day.
#[utoipa::path(get, path = "/v1/insight/morning", tag = "insight", operation_id = "morning", params(MorningQuery),
    responses((status = 200, body = Morning), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn morning(
    State(app): State<App>,
    who: Who,
    Query(query): Query<MorningQuery>,
) -> Result<Json<Morning>, ApiError> {
    let viewer = who.watcher()?;
    let desk = who.desk(&app)?;
    let offset_h = desk.parts.office.utc_offset_h;
    let day = Day::of(query.day.as_deref(), app.clock.now(), offset_h)?;
    let (from, to) = (day.begins, day.ends);
    let asked = Asked::between(&who, (from, to), offset_h);
    let before = asked.earlier(WEEK_S);
    let (reports, incidents) = (asked.reports(&app).await?, asked.incidents(&app).await?);
    let (old_reports, old_incidents) = (before.reports(&app).await?, before.incidents(&app).await?);
    let (answers, old_answers) = (calls::answers_of(&app, &asked).await?, calls::answers_of(&app, &before).await?);
    let now = Counted { reports: &reports, incidents: &incidents, calls: &answers };
    let old = Counted { reports: &old_reports, incidents: &old_incidents, calls: &old_answers };
    // A week in which nothing was recorded is no comparison.
    let old = (!old_reports.is_empty() || old_answers.calls > 0).then_some(old);
    let scope = viewer.scope.clone();
    let stand = desk.look(move |desk| desk.stand(&scope)).await?;
    let check = looked_through(&app, &who, day).await?;
    Ok(Json(Morning { from, to, figures: ten(now, old), stand, wrong: wrong(now), check }))
}

/// Which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
pub struct EvaluationQuery {
    /// From this instant; left out, 30 days before `to`.
    from: Option<String>,
    /// To before this one; left out, now.
    to: Option<String>,
}

/// Longest report, seconds: a quarter of a year and a few days.
const LONGEST_S: f64 = 95.0 * 24.0 * 3600.0;

/// Everything the evaluation report says.
///
/// # Errors
/// 403; 422 an instant that is none, or more than 95 days.
#[utoipa::path(get, path = "/v1/insight/evaluation", tag = "insight", operation_id = "evaluation", params(EvaluationQuery),
    responses((status = 200, body = Evaluation), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn evaluation(
    State(app): State<App>,
    who: Who,
    Query(query): Query<EvaluationQuery>,
) -> Result<Json<Evaluation>, ApiError> {
    Ok(Json(evaluated(&app, &who, &query).await?))
}

/// The same as a document of A4 pages.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/evaluation.pdf", tag = "insight", operation_id = "evaluation_pdf", params(EvaluationQuery),
    responses((status = 200, description = "PDF"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn pdf(State(app): State<App>, who: Who, Query(query): Query<EvaluationQuery>) -> Result<Response, ApiError> {
    let found = evaluated(&app, &who, &query).await?;
    let name = format!("evaluasi-{}.pdf", found.to.local_date(found.utc_offset_h));
    let bytes = tokio::task::spawn_blocking(move || paper::pdf(&found)).await.map_err(|_| ApiError::internal())?;
    Ok(file(&name, "application/pdf", bytes))
}

/// The ten figures and the days as a table.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/evaluation.csv", tag = "insight", operation_id = "evaluation_csv", params(EvaluationQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<EvaluationQuery>) -> Result<Response, ApiError> {
    let found = evaluated(&app, &who, &query).await?;
    let mut text = Table::new(&["part", "name", "value", "before", "reached", "within", "p50_s", "p90_s"]);
    for figure in &found.figures {
        let mut row =
            vec!["figure".to_owned(), code_of(&figure.key), number(figure.value, 4), number(figure.before, 4)];
        row.resize(8, String::new());
        text.row(&row);
    }
    for day in &found.days {
        text.row(&[
            "day".to_owned(),
            day.day.clone(),
            day.reports.to_string(),
            String::new(),
            day.reached.to_string(),
            day.within.to_string(),
            number(day.p50_s, 0),
            number(day.p90_s, 0),
        ]);
    }
    for (hour, count) in found.hours.iter().enumerate() {
        let mut row = vec!["hour".to_owned(), format!("{hour:02}"), count.to_string()];
        row.resize(8, String::new());
        text.row(&row);
    }
    Ok(table("evaluasi.csv", text.into_text()))
}

async fn evaluated(app: &App, who: &Who, query: &EvaluationQuery) -> Result<Evaluation, ApiError> {
    who.watcher()?;
    let office = who.desk(app)?.parts.office.clone();
    let now = app.clock.now();
    let to = instant(query.to.as_deref(), "to")?.unwrap_or(now);
    let from = instant(query.from.as_deref(), "from")?.unwrap_or_else(|| to.plus_secs(-30 * 24 * 3600));
    let length_s = to.secs_since(from);
    if !(1.0..=LONGEST_S).contains(&length_s) {
        return Err(ApiError::invalid("from", "before `to`, and at most 95 days"));
    }
    let asked = Asked::between(who, (from, to), office.utc_offset_h);
    let before = asked.earlier((to.0 - from.0) / crate::model::clock::SECOND);
    let (reports, incidents) = (asked.reports(app).await?, asked.incidents(app).await?);
    let (old_reports, old_incidents) = (before.reports(app).await?, before.incidents(app).await?);
    let (answers, old_answers) = (calls::answers_of(app, &asked).await?, calls::answers_of(app, &before).await?);
    let all = Counted { reports: &reports, incidents: &incidents, calls: &answers };
    let old = Counted { reports: &old_reports, incidents: &old_incidents, calls: &old_answers };
    let old = (!old_reports.is_empty() || old_answers.calls > 0).then_some(old);
    let load = load::of(app, who, &asked, &incidents).await?;
    let by_polsek = times_by(&incidents, |line| line.polsek.clone().unwrap_or_default());
    let name = |row: &Times| Some((row.key.clone(), app.areas.polsek(&row.key)?.name.clone()));
    let tested = forecast::errors_before(app, who, to.min(now)).await?;
    let rules = who.desk(app)?.parts.rules.now();
    let names = &rules.categories;
    let complaints = evaluation::categories(&reports, names);
    let by_category = times_by(&incidents, |line| line.category.code().to_owned());
    let called = |row: &Times| Some((row.key.clone(), names.name(Category::from_code(&row.key)?).to_owned()));
    Ok(Evaluation {
        figures: ten(all, old),
        days: evaluation::days(all, (from, to), office.utc_offset_h),
        hours: evaluation::hours(&reports, office.utc_offset_h),
        total: times("", incidents.iter()),
        polsek_names: by_polsek.iter().filter_map(name).collect(),
        by_polsek,
        category_names: by_category.iter().filter_map(called).collect(),
        by_category,
        by_band: by_band(&incidents),
        complaints,
        overrides: load.overrides,
        operators: load.operators,
        crews: load.crews,
        tested_from: tested.as_ref().map(|tested| tested.from),
        tested_to: tested.as_ref().map(|tested| tested.to),
        forecast: tested.map(|tested| tested.errors),
        calls: answers,
        office: office.name,
        synthetic: office.synthetic,
        made_at: now,
        utc_offset_h: office.utc_offset_h,
        from,
        to,
    })
}
