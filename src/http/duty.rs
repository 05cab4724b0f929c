//! `/v1/shifts` and `/v1/insight/daily-check`: who hands over to whom and with which words, and the day
//! that cannot be signed while a report is in nobody's hands.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::reports::polsek_of;
use super::strikes::note_under;
use super::typed::typed;
use crate::app::App;
use crate::dispatch::command::{Command, HandOverShift};
use crate::insight::fairness::{Taken, in_turn};
use crate::model::clock::Timestamp;
use crate::model::duty::{Shift, SignedDay, Stand};
use crate::model::entry::Actor;
use crate::model::id::{MessageId, ReportId, ReporterId, ShiftId, UserId};
use crate::model::report::Report;
use crate::model::viewer::{Role, Scope, Viewer};
use crate::runtime::desks::Rows;
use crate::store::code_of;
use crate::store::projections::{ReportTimes, SpanFilter};

/// Shifts of one answer, the latest.
const SHOWN: usize = 20;

/// Reports in nobody's hands that are listed.
const MOST_LEFT: usize = 100;

/// Days of the overview, the latest.
const DAYS_SHOWN: i64 = 7;

/// A shift that was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftView {
    /// Which.
    pub id: ShiftId,
    /// Who went.
    pub by: UserId,
    /// His name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// The Polsek it is of; none for the whole Polres.
    pub polsek: Option<String>,
    /// Notes for who comes.
    pub note: Option<String>,
    /// What stood open.
    pub stand: Stand,
    /// Reports still in his hands: they go to whoever takes the shift.
    pub holds: usize,
    /// Who took it.
    pub taken_by: Option<String>,
    /// When.
    pub taken_at: Option<Timestamp>,
}

/// Shifts, and how the desk stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shifts {
    /// How the desk stands now.
    pub now: Stand,
    /// Reports in the caller's own hands.
    pub mine: usize,
    /// The latest first, up to 20.
    pub items: Vec<ShiftView>,
}

/// The latest shifts of the office, or of the caller's Polsek, and how the desk stands now.
///
/// # Errors
/// 403 the role does not see reports.
#[utoipa::path(get, path = "/v1/shifts", tag = "duty", operation_id = "shifts_list",
    responses((status = 200, body = Shifts), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Shifts>, ApiError> {
    let viewer = who.watcher()?;
    let (scope, user) = (viewer.scope.clone(), viewer.user);
    let (now, mine, shifts) = who
        .desk(&app)?
        .look(move |desk| {
            let seen = desk.duty.shifts.iter().rev().filter(|shift| is_seen(&scope, shift)).take(SHOWN);
            let with_holds = seen.map(|shift| (shift.clone(), desk.held_by(shift.handed.by).count()));
            let shifts: Vec<(Shift, usize)> = with_holds.collect();
            (desk.stand(&scope), desk.held_by(user).count(), shifts)
        })
        .await?;
    Ok(Json(Shifts { now, mine, items: views(&app, shifts).await? }))
}

/// A Polsek sees its own shifts, a Polres all.
fn is_seen(scope: &Scope, shift: &Shift) -> bool {
    match scope {
        Scope::Polres => true,
        Scope::Polsek(polsek) => shift.handed.polsek.as_ref() == Some(polsek),
        Scope::Unit(_) => false,
    }
}

async fn views(app: &App, shifts: Vec<(Shift, usize)>) -> Result<Vec<ShiftView>, ApiError> {
    let notes = notes(app, shifts.iter().filter_map(|(shift, _)| shift.handed.note).collect()).await?;
    let people = shifts.iter().flat_map(|(shift, _)| [Some(shift.handed.by), shift.taken.map(|(by, _)| by)]);
    let names = names(app, people.flatten().collect()).await?;
    let name = |id: UserId| names.get(&id).cloned().unwrap_or_default();
    let view = |(shift, holds): (Shift, usize)| ShiftView {
        id: shift.handed.shift,
        by: shift.handed.by,
        by_name: name(shift.handed.by),
        at: shift.at,
        note: shift.handed.note.and_then(|id| notes.get(&id).cloned()),
        polsek: shift.handed.polsek,
        stand: shift.handed.stand,
        holds: if shift.taken.is_none() { holds } else { 0 },
        taken_by: shift.taken.map(|(by, _)| name(by)),
        taken_at: shift.taken.map(|(_, at)| at),
    };
    Ok(shifts.into_iter().map(view).collect())
}

async fn notes(app: &App, ids: Vec<MessageId>) -> Result<HashMap<MessageId, String>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let messages = app.store.messages(&ids).await?;
    Ok(messages.into_iter().filter_map(|note| Some((note.id, note.body["text"].as_str()?.to_owned()))).collect())
}

async fn names(app: &App, mut ids: Vec<UserId>) -> Result<HashMap<UserId, String>, ApiError> {
    ids.sort_unstable();
    ids.dedup();
    let mut names = HashMap::new();
    for id in ids {
        if let Some(user) = app.store.user(id).await? {
            names.insert(id, user.name);
        }
    }
    Ok(names)
}

/// Words for who comes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftRequest {
    /// Up to 4,096 characters; left out when there is nothing to say.
    pub note: Option<String>,
}

/// Hands the shift over; the next one takes it with the reports that are still in hand.
///
/// # Errors
/// 403 not an operator; 422 too many words.
#[utoipa::path(post, path = "/v1/shifts", tag = "duty", operation_id = "shifts_hand_over", request_body = ShiftRequest,
    responses((status = 201, body = ShiftView), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn hand_over(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<ShiftRequest>,
) -> Result<(StatusCode, Json<ShiftView>), ApiError> {
    let viewer = who.dispatcher()?;
    let shift = ShiftId(app.next_id());
    let (note, rows) = note(&app, &who, shift.0, wanted.note.as_deref())?;
    let command = Command::HandOverShift(HandOverShift { shift, by: viewer.user, polsek: polsek_of(viewer), note });
    who.desk(&app)?.submit_with(Actor::User(viewer.user), command, rows).await?;
    Ok((StatusCode::CREATED, Json(view(&app, &who, shift).await?)))
}

/// Takes a shift: the reports in the hands of who gave it are the caller's from here on.
///
/// # Errors
/// 403 not an operator; 404 no such shift; 409 it is taken, or the caller's own.
#[utoipa::path(post, path = "/v1/shifts/{id}/take", tag = "duty", operation_id = "shifts_take", params(("id" = ShiftId, Path)),
    responses((status = 200, body = ShiftView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn take(State(app): State<App>, who: Who, Path(id): Path<ShiftId>) -> Result<Json<ShiftView>, ApiError> {
    let by = who.dispatcher()?.user;
    find(&app, &who, id).await?;
    who.desk(&app)?.submit(Actor::User(by), Command::TakeShift { shift: id, by }).await?;
    view(&app, &who, id).await.map(Json)
}

async fn find(app: &App, who: &Who, id: ShiftId) -> Result<(Shift, usize), ApiError> {
    let scope = who.viewer.scope.clone();
    let found = who.desk(app)?.look(move |desk| {
        let shift = desk.duty.shift(id).filter(|shift| is_seen(&scope, shift))?;
        Some((shift.clone(), desk.held_by(shift.handed.by).count()))
    });
    found.await?.ok_or_else(|| ApiError::not_found("shift"))
}

async fn view(app: &App, who: &Who, id: ShiftId) -> Result<ShiftView, ApiError> {
    let found = find(app, who, id).await?;
    views(app, vec![found]).await?.pop().ok_or_else(ApiError::internal)
}

/// A note under an id of its own, if there is one: it belongs to no report and no reporter.
fn note(
    app: &App,
    who: &Who,
    under: uuid::Uuid,
    text: Option<&str>,
) -> Result<(Option<MessageId>, Option<Rows>), ApiError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok((None, None)) };
    typed(text, "note")?;
    let (id, row) = note_under(app, who, ReportId(under), ReporterId(under), text)?;
    Ok((Some(id), Some(Box::new(move |_, _| Ok(vec![row])))))
}

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DayQuery {
    /// `2026-11-21` by the office's calendar; left out, yesterday.
    day: Option<String>,
}

/// A signature under a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signature {
    /// Name of who signed.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// Words to it.
    pub note: Option<String>,
    /// Reports up to the end of that day that were still being worked on.
    pub open: u32,
}

/// One day of the overview.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayLine {
    /// `2026-11-21`.
    pub day: String,
    /// It is signed.
    pub signed: bool,
}

/// A day, looked through.
#[derive(Debug, Serialize, ToSchema)]
pub struct DailyCheck {
    /// `2026-11-21` by the office's calendar.
    pub day: String,
    /// It is over: it may be signed.
    pub over: bool,
    /// Reports received that day.
    pub received: usize,
    /// Of them ended.
    pub closed: usize,
    /// Of them taken by an operator.
    pub taken: usize,
    /// Of those taken in order of arrival within their priority.
    pub in_turn: usize,
    /// Reports of that day and from before in nobody's hands; while there is one the day cannot be signed.
    pub left_count: usize,
    /// The eldest of them, up to 100.
    pub left: Vec<Report>,
    /// Who signed it, if anybody has.
    pub signed: Option<Signature>,
    /// The last days, the latest first.
    pub days: Vec<DayLine>,
}

/// How a day ended: what came, what is done, what nobody has taken; and who signed it.
///
/// # Errors
/// 403 the role does not see reports; 422 not a day.
#[utoipa::path(get, path = "/v1/insight/daily-check", tag = "duty", operation_id = "daily_check", params(DayQuery),
    responses((status = 200, body = DailyCheck), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn check(
    State(app): State<App>,
    who: Who,
    Query(query): Query<DayQuery>,
) -> Result<Json<DailyCheck>, ApiError> {
    let offset = office_offset(&app, &who)?;
    let day = Day::of(query.day.as_deref(), app.clock.now(), offset)?;
    looked_through(&app, &who, day).await.map(Json)
}

/// The reports of a day with what became of each, as CSV.
///
/// # Errors
/// 403 the role does not see reports; 422 not a day.
#[utoipa::path(get, path = "/v1/insight/daily-check.csv", tag = "duty", operation_id = "daily_check_csv", params(DayQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn csv(State(app): State<App>, who: Who, Query(query): Query<DayQuery>) -> Result<Response, ApiError> {
    let day = Day::of(query.day.as_deref(), app.clock.now(), office_offset(&app, &who)?)?;
    let rows = reports_of(&app, who.watcher()?, &day).await?;
    let mut text =
        "number,channel,category,priority,state,outcome,received_at,first_reply_at,claimed_at,closed_at\n".to_owned();
    let instant = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    for row in rows {
        let cells = [
            row.number,
            code_of(&row.channel),
            row.category.code().to_owned(),
            row.priority.number().to_string(),
            row.state,
            row.outcome.unwrap_or_default(),
            row.received_at.to_string(),
            instant(row.first_reply_at),
            instant(row.claimed_at),
            instant(row.closed_at),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Signs a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// `2026-11-21` by the office's calendar; it must be over.
    pub day: String,
    /// Words to it, up to 4,096 characters.
    pub note: Option<String>,
}

/// Signs a day: every report of it and from before was taken by somebody.
///
/// # Errors
/// 403 not a supervisor of the whole office; 409 a report is in nobody's hands (`without_state`), the day
/// is not over, too long ago or signed already; 422 not a day.
#[utoipa::path(post, path = "/v1/insight/daily-check", tag = "duty", operation_id = "daily_check_sign", request_body = SignRequest,
    responses((status = 200, body = DailyCheck), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn sign(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<SignRequest>,
) -> Result<Json<DailyCheck>, ApiError> {
    let viewer = who.dispatcher()?;
    if viewer.role != Role::Supervisor || viewer.scope != Scope::Polres {
        return Err(ApiError::forbidden("only a supervisor of the whole office signs a day"));
    }
    let day = Day::of(Some(&wanted.day), app.clock.now(), office_offset(&app, &who)?)?;
    let (note, rows) = note(&app, &who, app.next_id(), wanted.note.as_deref())?;
    let command = Command::CheckDay { day: day.number, by: viewer.user, note };
    who.desk(&app)?.submit_with(Actor::User(viewer.user), command, rows).await?;
    looked_through(&app, &who, day).await.map(Json)
}

/// A day of the office.
pub(super) struct Day {
    number: u32,
    /// Its first midnight.
    pub begins: Timestamp,
    /// The midnight it ends with.
    pub ends: Timestamp,
    offset: i32,
}

impl Day {
    pub(super) fn of(text: Option<&str>, now: Timestamp, offset: i32) -> Result<Self, ApiError> {
        let number = match text {
            None => now.plus_secs(-24 * 3600).local_day(offset),
            Some(text) => {
                let well = text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]);
                let digits = text.replace('-', "").parse().ok().filter(|_| well);
                digits.ok_or_else(|| ApiError::invalid("day", "not a day like 2026-11-21"))?
            }
        };
        let begins = Timestamp::day_begins(number, offset);
        let begins = begins.ok_or_else(|| ApiError::invalid("day", "not a day of the calendar"))?;
        Ok(Self { number, begins, ends: begins.plus_secs(24 * 3600), offset })
    }

    fn name(&self) -> String {
        self.begins.local_date(self.offset)
    }
}

fn office_offset(app: &App, who: &Who) -> Result<i32, ApiError> {
    Ok(who.desk(app)?.parts.office.utc_offset_h)
}

async fn reports_of(app: &App, viewer: &Viewer, day: &Day) -> Result<Vec<ReportTimes>, ApiError> {
    let span = SpanFilter {
        polres: viewer.polres.clone(),
        polsek: polsek_of(viewer),
        from: day.begins,
        to: day.ends,
        category: None,
    };
    Ok(app.store.report_times(&span).await?)
}

pub(super) async fn looked_through(app: &App, who: &Who, day: Day) -> Result<DailyCheck, ApiError> {
    let viewer = who.watcher()?;
    let came = reports_of(app, viewer, &day).await?;
    let taken: Vec<Taken> = came.iter().filter_map(taken).collect();
    let (scope, number, ends, now, offset) = (viewer.scope.clone(), day.number, day.ends, app.clock.now(), day.offset);
    let (left, signed, days) = who
        .desk(app)?
        .look(move |desk| {
            let left = desk.untaken_before(ends).into_iter().filter(|report| scope.sees_report(report)).cloned();
            let line = |back: i64| {
                let at = now.plus_secs(-back * 24 * 3600);
                let signed = desk.duty.days.contains_key(&at.local_day(offset));
                DayLine { day: at.local_date(offset), signed }
            };
            let days: Vec<DayLine> = (0..DAYS_SHOWN).map(line).collect();
            (left.collect::<Vec<Report>>(), desk.duty.days.get(&number).cloned(), days)
        })
        .await?;
    Ok(DailyCheck {
        day: day.name(),
        over: app.clock.now() >= day.ends,
        received: came.len(),
        closed: came.iter().filter(|report| report.closed_at.is_some()).count(),
        taken: taken.len(),
        in_turn: in_turn(&taken),
        left_count: left.len(),
        left: left.into_iter().take(MOST_LEFT).collect(),
        signed: match signed {
            Some(signed) => Some(signature(app, signed).await?),
            None => None,
        },
        days,
    })
}

fn taken(report: &ReportTimes) -> Option<Taken> {
    let claimed_at = report.claimed_at?;
    Some(Taken { priority: report.priority, received_at: report.received_at, claimed_at })
}

async fn signature(app: &App, signed: SignedDay) -> Result<Signature, ApiError> {
    let notes = notes(app, signed.check.note.into_iter().collect()).await?;
    let name = app.store.user(signed.check.by).await?.map(|user| user.name).unwrap_or_default();
    Ok(Signature { by_name: name, at: signed.at, note: notes.into_values().next(), open: signed.check.open })
}
