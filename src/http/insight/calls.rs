//! `/v1/insight/calls` and `/v1/calls.csv`: how fast 110 was answered, with the calls and journal
//! entries behind each figure. No persons.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::span::{Asked, SpanQuery};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::insight::answers::{ANSWERED_WITHIN_S, Answer, Answers, answer_of, answers};
use crate::insight::table::cell;
use crate::model::call::{Call, CallResult, Level};
use crate::model::clock::Timestamp;
use crate::model::id::CallId;

/// Calls of one figure at most: a week of the worst day known (17,257 calls, Banyuwangi 2025).
const MOST_CALLS: usize = 150_000;

/// Calls shown behind the figure.
const MOST_SHOWN: usize = 200;

/// Which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
pub struct CallSpan {
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// Only these hours of the office's day: `22-5`.
    hours: Option<String>,
    /// Only these weekdays: `1,2,7`.
    weekdays: Option<String>,
}

/// A call that was not answered in time.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallBehind {
    /// The call.
    pub call: CallId,
    /// Its first word.
    pub received_at: Timestamp,
    /// How it counts.
    pub answer: Answer,
    /// Seconds to the answer; none when there was none.
    pub answer_time_s: Option<f64>,
    /// How far it climbed.
    pub level: Level,
    /// Numbers of its entries in the journal, in order.
    pub entries: Vec<u64>,
}

/// How fast 110 was answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallAnswers {
    /// The time allowed, seconds.
    pub within_s: f64,
    /// The figures.
    pub total: Answers,
    /// Calls that were late or never answered, the latest first; the first 200.
    pub behind: Vec<CallBehind>,
}

/// How fast 110 was answered, and the calls that were not in time.
///
/// # Errors
/// 403; 422 an instant that is none.
#[utoipa::path(get, path = "/v1/insight/calls", tag = "insight", params(CallSpan),
    responses((status = 200, body = CallAnswers), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn call_answers(
    State(app): State<App>,
    who: Who,
    Query(span): Query<CallSpan>,
) -> Result<Json<CallAnswers>, ApiError> {
    let (calls, now) = calls(&app, &who, &span).await?;
    let total = answers(&calls, now);
    let missed = |call: &&Call| matches!(answer_of(call, now), Answer::Late | Answer::Unanswered);
    let missed: Vec<&Call> = calls.iter().rev().filter(missed).take(MOST_SHOWN).collect();
    let ids: Vec<_> = missed.iter().map(|call| call.id.0).collect();
    let mut entries = app.store.entry_numbers_of(&who.viewer.polres, &ids).await?;
    let behind = missed.into_iter().map(|call| CallBehind {
        call: call.id,
        received_at: call.stamps.received_at,
        answer: answer_of(call, now),
        answer_time_s: call.answer_time_s(),
        level: call.level,
        entries: entries.remove(&call.id.0).unwrap_or_default(),
    });
    Ok(Json(CallAnswers { within_s: ANSWERED_WITHIN_S, total, behind: behind.collect() }))
}

/// How fast 110 was answered in a stretch of time, as far as somebody sees.
///
/// # Errors
/// The store failed.
pub async fn answers_of(app: &App, asked: &Asked) -> Result<Answers, ApiError> {
    Ok(answers(&of(app, asked).await?, app.clock.now()))
}

/// The calls of a stretch of time, as far as somebody sees, oldest first.
///
/// # Errors
/// The store failed.
pub async fn of(app: &App, asked: &Asked) -> Result<Vec<Call>, ApiError> {
    let filter = &asked.filter;
    let span = (filter.from, filter.to);
    let mut calls = app.store.calls_between(&filter.polres, filter.polsek.as_deref(), span, MOST_CALLS).await?;
    calls.retain(|call| asked.when.holds(call.stamps.received_at));
    Ok(calls)
}

async fn calls(app: &App, who: &Who, span: &CallSpan) -> Result<(Vec<Call>, Timestamp), ApiError> {
    let span = [span.from.clone(), span.to.clone(), None, span.hours.clone(), span.weekdays.clone()];
    let asked = SpanQuery::of(span).asked(app, who)?;
    Ok((of(app, &asked).await?, app.clock.now()))
}

/// The calls of a stretch of time as a table, oldest first: when each rang, was answered and ended, how
/// it counts, and its entries in the journal.
///
/// # Errors
/// 403; 422 an instant that is none.
#[utoipa::path(get, path = "/v1/calls.csv", tag = "calls", params(CallSpan),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn calls_csv(State(app): State<App>, who: Who, Query(span): Query<CallSpan>) -> Result<Response, ApiError> {
    let (calls, now) = calls(&app, &who, &span).await?;
    let ids: Vec<_> = calls.iter().map(|call| call.id.0).collect();
    let entries = app.store.entry_numbers_of(&who.viewer.polres, &ids).await?;
    let mut text = "call,line,polsek,received_at,rang_at,answered_at,ended_at,answer_time_s,answer,level,state,result,\
        entries\r\n"
        .to_owned();
    for call in &calls {
        let numbers = entries.get(&call.id.0).into_iter().flatten().map(u64::to_string).collect::<Vec<_>>();
        text.push_str(&row(call, now, &numbers.join(" ")));
    }
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    let file = [(header::CONTENT_DISPOSITION, "attachment; filename=\"telepon-110.csv\"")];
    Ok((kind, file, text).into_response())
}

fn row(call: &Call, now: Timestamp, entries: &str) -> String {
    let stamps = call.stamps;
    let first = [stamps.claimed_at, stamps.answered_at].into_iter().flatten().min();
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let result = match &call.result {
        None => "",
        Some(CallResult::Filed { .. }) => "filed",
        Some(CallResult::HandedOver { .. }) => "handed_over",
        Some(CallResult::Diverted) => "diverted",
        Some(CallResult::Dismissed { .. }) => "dismissed",
    };
    let level = ["polsek", "polres", "polda"][call.level as usize];
    let polsek = call.jurisdiction.as_ref().map(|area| area.polsek.as_str()).unwrap_or_default();
    let fields = [
        call.id.to_string(),
        cell(&call.line),
        cell(polsek),
        at(Some(stamps.received_at)),
        at(stamps.rang_at),
        at(first),
        at(stamps.ended_at),
        call.answer_time_s().map(|secs| format!("{secs:.3}")).unwrap_or_default(),
        answer_of(call, now).code().to_owned(),
        level.to_owned(),
        call.state.code().to_owned(),
        result.to_owned(),
        entries.to_owned(),
    ];
    format!("{}\r\n", fields.join(","))
}
