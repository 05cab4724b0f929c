//! `/v1/channels/call-110/events` and `/v1/calls`: what the telephone exchange says, and who takes it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Speaker, Who};
use super::call_form::CallNotes;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query, Raw};
use super::list::{Page, cursor, cursor_after};
use super::reports::masked;
use crate::app::App;
use crate::channels::call_center::{self, BadNotice};
use crate::dispatch::command::{Command, Refusal};
use crate::feedback::wording::Params;
use crate::model::call::{Call, CallState, Dismissal, PlaceProblem};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Template};
use crate::model::id::{CallId, MessageId, ReportId};
use crate::model::jurisdiction::Office;
use crate::model::report::{Channel, Report};
use crate::model::viewer::{Role, Scope};
use crate::runtime::calls::CallerPaper;
use crate::runtime::desks::{Rows, SubmitError};
use crate::store::calls::{CallCounts, CallFilter, CallsLately, Paper};
use crate::store::people::{self, Direction, Message, Profile};
use crate::store::{Statement, outbox};

/// Earlier reports of a caller beside his call.
const HISTORY: usize = 5;

/// The shield looks at the calls of a number over this span, seconds.
const LATELY_S: i64 = 3600;

/// One word of the exchange, as documented; read leniently, so that no call is lost for a detail.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body; channels/call_center.rs reads it value by value")]
pub struct CallEventBody {
    /// The exchange's own id of the call (SIP Call-ID), 1 to 255 characters.
    call_id: String,
    /// What happened.
    event: crate::model::call::CallNews,
    /// The caller as the exchange writes it: `+62…`, `62…`, `0…`, a SIP or tel URI, `anonymous`.
    caller: Option<String>,
    /// What the network asserts of the caller (P-Asserted-Identity); goes before `caller`.
    asserted: Option<String>,
    /// The line that was called, as in the setting `call110.lines`.
    line: Option<String>,
    /// When, by the clock of the exchange: RFC 3339, or Unix seconds or milliseconds.
    at: Option<Timestamp>,
    /// Longitude, degrees; with `lat`.
    lng: Option<f64>,
    /// Latitude, degrees; with `lng`.
    lat: Option<f64>,
    /// Uncertainty of the place, metres.
    accuracy_m: Option<f64>,
    /// PIDF-LO document of the call, or the whole SIP body with it; as text or base64.
    geolocation: Option<String>,
}

/// A word of the exchange was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallEventTaken {
    /// Our id of the call.
    pub call: CallId,
    /// How far it has come.
    pub state: CallState,
    /// It had been said before: nothing changed.
    pub again: bool,
    /// Why the place that came with it is kept out; the call is taken all the same.
    pub place_problem: Option<String>,
    /// Why its time is not believed; the call is taken all the same.
    pub time_problem: Option<String>,
}

/// Takes one event of the telephone exchange. Idempotent by `call_id` and `event`.
///
/// # Errors
/// 400 no JSON object; 401; 403 not for this line; 422 `call_id`, `event` or `line` cannot be used;
/// 503 not recorded, say it again.
#[utoipa::path(post, path = "/v1/channels/call-110/events", tag = "channels", request_body = CallEventBody,
    responses((status = 200, body = CallEventTaken, description = "said before"), (status = 202, body = CallEventTaken),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn event(
    State(app): State<App>,
    Speaker(who): Speaker,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<CallEventTaken>), ApiError> {
    if !who.viewer.role.reports_calls() {
        return Err(ApiError::forbidden("this role does not report calls"));
    }
    let notice = call_center::parse(&body).map_err(refused)?;
    let office = app.exchange.office(&notice, &who.viewer.polres).await?;
    if who.user.polres.as_ref().is_some_and(|own| *own != office) {
        return Err(ApiError::forbidden("this line belongs to another office"));
    }
    let taken = app.exchange.take(&office, &notice, Actor::User(who.viewer.user)).await?;
    metrics::counter!("sigap_call_events_total").increment(1);
    let status = if taken.again { StatusCode::OK } else { StatusCode::ACCEPTED };
    let answer = CallEventTaken {
        call: taken.call.id,
        state: taken.call.state,
        again: taken.again,
        place_problem: notice.place_problem.map(|problem: PlaceProblem| problem.to_string()),
        time_problem: notice.time_problem.then(|| "not an instant; ours is taken".to_owned()),
    };
    Ok((status, Json(answer)))
}

fn refused(bad: BadNotice) -> ApiError {
    match bad {
        BadNotice::Malformed => ApiError::new(StatusCode::BAD_REQUEST, "malformed", bad.to_string()),
        BadNotice::Field { field, why } => ApiError::invalid(field, why),
    }
}

/// Which calls.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct CallsQuery {
    /// `open` (those that need somebody), a state (`ringing`, `claimed`, `answered`, `abandoned`,
    /// `ended`) or a result (`filed`, `handed_over`, `diverted`, `dismissed`).
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of a page, up to 200.
    limit: Option<usize>,
}

/// Calls of the office, newest first.
///
/// # Errors
/// 403 the role does not see calls; 422 no such state, or a cursor that is none.
#[utoipa::path(get, path = "/v1/calls", tag = "calls", params(CallsQuery),
    responses((status = 200, body = Page<Call>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(asked): Query<CallsQuery>,
) -> Result<Json<Page<Call>>, ApiError> {
    let viewer = who.watcher()?;
    let (state, result) = match asked.state.as_deref().unwrap_or_default() {
        "" => (None, None),
        "open" => return open_calls(&app, &who).await,
        code @ ("ringing" | "claimed" | "answered" | "abandoned" | "ended") => (Some(code), None),
        code @ ("filed" | "handed_over" | "diverted" | "dismissed") => (None, Some(code)),
        _ => return Err(ApiError::invalid("state", "no such state or result of a call")),
    };
    let filter = CallFilter {
        polres: viewer.polres.clone(),
        polsek: match &viewer.scope {
            Scope::Polsek(polsek) => Some(polsek.clone()),
            Scope::Polres | Scope::Unit(_) => None,
        },
        state: state.map(str::to_owned),
        result: result.map(str::to_owned),
        after: asked.after.as_deref().map(cursor).transpose()?,
        limit: asked.limit.unwrap_or(50).clamp(1, 200),
    };
    let items: Vec<Call> = app.store.calls(&filter).await?.into_iter().map(|filed| filed.item).collect();
    let last = items.last().filter(|_| items.len() >= filter.limit);
    let next = last.map(|call| cursor_after(call.stamps.received_at, call.id.0));
    Ok(Json(Page { items, next }))
}

async fn open_calls(app: &App, who: &Who) -> Result<Json<Page<Call>>, ApiError> {
    let scope = who.viewer.scope.clone();
    let mut items: Vec<Call> = who
        .desk(app)?
        .look(move |desk| desk.calls.open().filter(|call| scope.sees_call(call)).cloned().collect())
        .await?;
    items.sort_by_key(|call| std::cmp::Reverse((call.stamps.received_at, call.id)));
    Ok(Json(Page { items, next: None }))
}

/// The caller as far as the viewer may see him.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerView {
    /// Enough to tell two callers apart: the last digits.
    pub masked: String,
    /// As he called himself; only for whoever has the call.
    pub name: Option<String>,
    /// Telephone number; only for whoever has the call.
    pub phone: Option<String>,
    /// As the exchange wrote it, when that is no number; only for whoever has the call.
    pub given: Option<String>,
    /// He can be pointed to WhatsApp.
    pub whatsapp: bool,
    /// Earlier calls to this office.
    pub calls: u64,
    /// Of them, hung up before anyone answered.
    pub abandoned: u64,
    /// Of them, misuse, silence or a wrong number.
    pub dismissed: u64,
    /// How the shield sees him: his calls within the hour before this one.
    pub lately: CallsLately,
}

/// A call with everything an operator needs to answer it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallDetail {
    /// The call.
    pub call: Call,
    /// Who calls.
    pub caller: CallerView,
    /// His last reports to this office, newest first.
    pub reports: Vec<Report>,
    /// What was typed so far.
    pub notes: CallNotes,
    /// When it was.
    pub saved_at: Option<Timestamp>,
    /// Name of the operator who has it.
    pub holder: Option<String>,
    /// The office whose area the call's place lies in, when that is another one.
    pub elsewhere: Option<Office>,
    /// In an exercise, what the caller says, empty for silence; only for whoever has the call.
    pub said: Option<String>,
}

/// One call.
///
/// # Errors
/// 403 not an operator; 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/calls/{id}", tag = "calls", params(("id" = CallId, Path)),
    responses((status = 200, body = CallDetail), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who, Path(id): Path<CallId>) -> Result<Json<CallDetail>, ApiError> {
    who.dispatcher()?;
    detail(&app, &who, id).await.map(Json)
}

async fn detail(app: &App, who: &Who, id: CallId) -> Result<CallDetail, ApiError> {
    let call = visible(app, who, id).await?;
    let polres = &who.viewer.polres;
    let mut reports = app.store.reports_of(polres, call.reporter, HISTORY + 1).await?;
    reports.retain(|report| who.viewer.scope.sees_report(report));
    reports.truncate(HISTORY);
    let notes = app.store.call_paper::<CallNotes>(id, Paper::Notes).await?;
    let (notes, saved_at) = notes.map_or_else(Default::default, |(notes, at)| (notes, Some(at)));
    let holder = match call.by {
        Some(user) => app.store.user(user).await?.map(|user| user.name),
        None => None,
    };
    let elsewhere = call.place.as_ref().and_then(|place| app.exchange.office_at(place.point(), polres));
    let elsewhere = elsewhere.and_then(|office| Some(app.desks.get(&office)?.parts.office.clone()));
    let caller = caller_view(app, who, &call).await?;
    let handling = call.by == Some(who.viewer.user);
    let said = app.practice.as_ref().filter(|_| handling).and_then(|practice| practice.said(call.id));
    Ok(CallDetail { call, caller, reports, notes, saved_at, holder, elsewhere, said })
}

/// Name and number for whoever has the call; that he took it stands in the journal.
async fn caller_view(app: &App, who: &Who, call: &Call) -> Result<CallerView, ApiError> {
    let profile = app.store.reporter(call.reporter).await?.unwrap_or_default();
    let counts = if call.anonymous {
        CallCounts::default()
    } else {
        app.store.call_counts(&who.viewer.polres, call.reporter, call.stamps.received_at).await?
    };
    let mut past = Vec::new();
    if !call.anonymous {
        let (people, began) = (app.store.same_person(call.reporter).await?, call.stamps.received_at);
        past = app.store.calls_since(&who.viewer.polres, &people, began.plus_secs(-LATELY_S)).await?;
        past.retain(|past| past.stamps.received_at < began);
    }
    let lately = CallsLately::of(&past);
    let handling = call.by == Some(who.viewer.user);
    let paper = app.store.call_paper::<CallerPaper>(call.id, Paper::Caller).await?;
    Ok(CallerView {
        masked: masked(&profile),
        whatsapp: profile.wa_id.is_some() || profile.wa_user_id.is_some(),
        given: paper.map(|(paper, _)| paper.given).filter(|_| handling && profile.phone.is_none()),
        name: profile.name.filter(|_| handling),
        phone: profile.phone.filter(|_| handling),
        calls: counts.calls,
        abandoned: counts.abandoned,
        dismissed: counts.dismissed,
        lately,
    })
}

/// A call the viewer may see, from the desk or, when it has left it, from the archive.
pub(super) async fn visible(app: &App, who: &Who, id: CallId) -> Result<Call, ApiError> {
    let live = who.desk(app)?.look(move |desk| desk.calls.get(id).cloned()).await?;
    let call = match live {
        Some(call) => Some(call),
        None => app.store.call(id).await?.filter(|filed| filed.polres == who.viewer.polres).map(|filed| filed.item),
    };
    call.filter(|call| who.viewer.scope.sees_call(call)).ok_or_else(|| ApiError::not_found("call"))
}

/// Carries out a dispatcher's command on a call he may see. Who has a call is said by name.
pub(super) async fn act(
    app: &App,
    who: &Who,
    id: CallId,
    command: Command,
    rows: Option<Rows>,
) -> Result<Vec<crate::model::entry::Entry>, ApiError> {
    let user = who.dispatcher()?.user;
    visible(app, who, id).await?;
    match who.desk(app)?.submit_with(Actor::User(user), command, rows).await {
        Err(SubmitError::Refused(Refusal::CallTaken { by })) => {
            let name = app.store.user(by).await?.map_or_else(|| "somebody else".to_owned(), |user| user.name);
            Err(ApiError::new(StatusCode::CONFLICT, "call_taken", format!("{name} has this call")))
        }
        answer => Ok(answer?),
    }
}

async fn call_after(app: &App, who: &Who, id: CallId) -> Result<Json<Call>, ApiError> {
    visible(app, who, id).await.map(Json)
}

/// Takes a call; of two who try at once one has it, and the other hears who.
///
/// # Errors
/// 403, 404, 409 somebody else has it, or it was said already what came of it.
#[utoipa::path(post, path = "/v1/calls/{id}/claim", tag = "calls", params(("id" = CallId, Path)),
    responses((status = 200, body = CallDetail), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn claim(State(app): State<App>, who: Who, Path(id): Path<CallId>) -> Result<Json<CallDetail>, ApiError> {
    let by = who.dispatcher()?.user;
    act(&app, &who, id, Command::ClaimCall { call: id, by }, None).await?;
    detail(&app, &who, id).await.map(Json)
}

/// Gives a call back, with what was typed so far. A supervisor may give back somebody else's.
///
/// # Errors
/// 403, 404, 409 the caller of this door does not have it.
#[utoipa::path(post, path = "/v1/calls/{id}/release", tag = "calls", params(("id" = CallId, Path)),
    responses((status = 200, body = Call), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn release(State(app): State<App>, who: Who, Path(id): Path<CallId>) -> Result<Json<Call>, ApiError> {
    let by = who.dispatcher()?.user;
    let anyone = who.viewer.role == Role::Supervisor;
    act(&app, &who, id, Command::ReleaseCall { call: id, by, anyone }, None).await?;
    call_after(&app, &who, id).await
}

/// Emergency only: sends the caller the WhatsApp link, and nothing else.
///
/// # Errors
/// 403, 404, 409 somebody else has it; 422 the number cannot have WhatsApp, or the office has no line.
#[utoipa::path(post, path = "/v1/calls/{id}/divert", tag = "calls", params(("id" = CallId, Path)),
    responses((status = 200, body = Call), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn divert(State(app): State<App>, who: Who, Path(id): Path<CallId>) -> Result<Json<Call>, ApiError> {
    let by = who.dispatcher()?.user;
    let call = visible(&app, &who, id).await?;
    let profile = app.store.reporter(call.reporter).await?.unwrap_or_default();
    let message = MessageId(app.next_id());
    let rows = link_rows(&app, &who, &call, &profile, message)?;
    let command = Command::DivertCall { call: id, by, message };
    act(&app, &who, id, command, Some(Box::new(move |_, _| Ok(rows)))).await?;
    call_after(&app, &who, id).await
}

/// The message with the link: in the vault and in the outbox, under the id of the call.
fn link_rows(app: &App, who: &Who, call: &Call, profile: &Profile, id: MessageId) -> Result<Vec<Statement>, ApiError> {
    let cannot = |why| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "no_whatsapp", why).field("caller");
    if profile.wa_id.is_none() && profile.wa_user_id.is_none() {
        return Err(cannot("this number cannot have WhatsApp: it is withheld or a landline"));
    }
    let (polres, setting) = (&who.viewer.polres, |_| ApiError::internal());
    if !app.config.whatsapp.lines().map_err(setting)?.values().any(|office| office == polres) {
        return Err(cannot("this office has no WhatsApp line"));
    }
    let link = app.config.call110.links().map_err(setting)?.get(polres).cloned();
    let outgoing = &who.desk(app)?.parts.outgoing;
    let params = Params { office: Some(outgoing.office.clone()), text: link, ..Params::default() };
    let outbound = outgoing.handbook.wording().compose(Template::WhatsappLink, &params);
    let (now, report, vault) = (app.clock.now(), ReportId(call.id.0), app.store.vault());
    let message = Message {
        id,
        polres: polres.clone(),
        report,
        reporter: call.reporter,
        channel: Channel::Whatsapp,
        direction: Direction::Out,
        external_id: None,
        kind: "text".to_owned(),
        sent_at: now,
        received_at: now,
        status: None,
        body: serde_json::json!({ "text": outbound.text, "template": "whatsapp_link" }),
    };
    let waiting = outbox::Outgoing {
        id,
        polres: polres.clone(),
        report,
        reporter: call.reporter,
        template: Template::WhatsappLink,
        payload: serde_json::json!(outbound),
        attempts: 0,
        next_at: now,
        created_at: now,
        error: None,
    };
    Ok(vec![people::insert_message(vault, &message)?, outbox::insert(vault, &waiting)?])
}

/// Why a call becomes no report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseCallRequest {
    /// Why.
    pub reason: Dismissal,
}

/// Closes a call without a report.
///
/// # Errors
/// 403, 404, 409 somebody else has it, or it was said already what came of it.
#[utoipa::path(post, path = "/v1/calls/{id}/close", tag = "calls", params(("id" = CallId, Path)), request_body = CloseCallRequest,
    responses((status = 200, body = Call), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn close(
    State(app): State<App>,
    who: Who,
    Path(id): Path<CallId>,
    Json(wanted): Json<CloseCallRequest>,
) -> Result<Json<Call>, ApiError> {
    let by = who.dispatcher()?.user;
    act(&app, &who, id, Command::DismissCall { call: id, by, reason: wanted.reason }, None).await?;
    call_after(&app, &who, id).await
}

/// Notes that an abandoned call was called back.
///
/// # Errors
/// 403, 404, 409 it was not abandoned.
#[utoipa::path(post, path = "/v1/calls/{id}/called-back", tag = "calls", params(("id" = CallId, Path)),
    responses((status = 200, body = Call), (status = 409, body = Problem)))]
pub async fn call_back(State(app): State<App>, who: Who, Path(id): Path<CallId>) -> Result<Json<Call>, ApiError> {
    let by = who.dispatcher()?.user;
    act(&app, &who, id, Command::CallBack { call: id, by }, None).await?;
    call_after(&app, &who, id).await
}
