//! `/v1/rehearsals`: the rehearsal room, and the way into an exercise: `/latihan/{id}/…` leads to the same
//! doors and the same page, of an app of its own.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::operation;
use super::reports::checked_point;
use super::typed::typed;
use crate::app::App;
use crate::dispatch::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::id::{UnitId, UserId};
use crate::model::report::{Category, Priority};
use crate::model::unit::UnitStatus;
use crate::model::viewer::{Role, Scope, Viewer};
use crate::rehearsal::exercise::{Exercise, FASTEST, Source, Standing};
use crate::rehearsal::results::{self, ExerciseResult, ResultLine};
use crate::rehearsal::room::{BeginError, MOST_MIN, NAMED, Wanted};
use crate::rehearsal::score::{Card, Member, to_csv};
use crate::rehearsal::script::Truth;

/// Doors an exercise has not: what reaches outside, lets strangers in, or belongs to the real office.
const CLOSED: [&str; 15] = [
    "/v1/categories",
    "/v1/channels",
    "/v1/citizen",
    "/v1/gps",
    "/v1/health",
    "/v1/office",
    "/v1/plans",
    "/v1/rehearsals",
    "/v1/referrals/by-token",
    "/v1/session/password",
    "/v1/setup",
    "/v1/tokens",
    "/v1/trackers",
    "/v1/uploads",
    "/v1/users",
];

/// The longest title, characters.
const LONGEST_TITLE: usize = 80;

/// A CSV of an exercise is at most so long, bytes.
const MOST_CSV: usize = 64 * 1024 * 1024;

/// Says of every answer that it is of an exercise.
const MARK: HeaderName = HeaderName::from_static("x-sigap-latihan");

/// Somebody who takes part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Participant {
    /// Who.
    pub user: UserId,
    /// Name for people.
    pub name: String,
}

/// An exercise under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalView {
    /// Its id; its screens are at `/latihan/{id}/command`.
    pub id: Uuid,
    /// What the trainer called it.
    pub title: String,
    /// What it is made from.
    pub source: Source,
    /// Who leads it.
    pub trainer: UserId,
    /// When it was started, by the real clock.
    pub started_at: Timestamp,
    /// The machine may offer a clear P1 by itself.
    pub automatic: bool,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Who takes part, the trainer too.
    pub members: Vec<Participant>,
    /// Whether the caller does.
    pub joined: bool,
    /// Whether the caller may set its speed, let things happen and end it.
    pub may_lead: bool,
}

/// The rehearsal room of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalRoom {
    /// Under way, in the order they were begun.
    pub running: Vec<RehearsalView>,
    /// Ended, newest first; of the trainees only oneself for those who lead nothing.
    pub results: Vec<ResultLine>,
    /// Whether the caller may begin one.
    pub may_lead: bool,
}

/// An exercise to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRehearsal {
    /// Its name, up to 80 characters; without one, the day and the time.
    #[serde(default)]
    pub title: String,
    /// What it is made from.
    pub source: Source,
    /// How long a synthetic stretch lasts, minutes of its own clock, 5 to 720.
    #[serde(default = "an_hour")]
    pub minutes: u32,
    /// How many times faster than life, 0 (stands still) to 60.
    #[serde(default = "as_in_life")]
    pub speed: u32,
    /// Whether the machine may offer a clear P1 by itself.
    #[serde(default)]
    pub automatic: bool,
}

const fn an_hour() -> u32 {
    60
}

const fn as_in_life() -> u32 {
    1
}

/// How fast the clock runs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpeedRequest {
    /// 0 (stands still) to 60.
    pub speed: u32,
}

/// Something the trainer lets happen: somebody writes or telephones at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InjectedEvent {
    /// What he writes, or says when somebody answers.
    pub text: String,
    /// He telephones 110.
    #[serde(default)]
    pub telephones: bool,
    /// Where he stands; sent as a pin after the words, or known to the telephone network.
    #[serde(default)]
    pub lng: Option<f64>,
    /// Where he stands.
    #[serde(default)]
    pub lat: Option<f64>,
    /// What would be right, to be scored.
    #[serde(default)]
    pub category: Option<Category>,
    /// What would be right, to be scored.
    #[serde(default)]
    pub priority: Option<Priority>,
}

/// Whether somebody leads exercises: supervisors and commanders of the whole office.
fn leads(viewer: &Viewer) -> bool {
    viewer.role.trains() && viewer.scope == Scope::Polres
}

fn leader(who: &Who) -> Result<&Viewer, ApiError> {
    if leads(&who.viewer) {
        Ok(&who.viewer)
    } else {
        Err(ApiError::forbidden("only supervisors and commanders lead exercises"))
    }
}

/// Who has anything to do in the room: those at the desk, those who lead, and crews at their tablets.
fn takes_part(who: &Who) -> Result<&Viewer, ApiError> {
    let viewer = &who.viewer;
    let may = viewer.role.dispatches() || leads(viewer) || viewer.role == Role::Patrol;
    if may {
        Ok(viewer)
    } else {
        Err(ApiError::forbidden("only operators, crews, supervisors and commanders rehearse"))
    }
}

fn found(app: &App, viewer: &Viewer, id: Uuid) -> Result<std::sync::Arc<Exercise>, ApiError> {
    let exercise = app.rehearsals.get(id).filter(|exercise| exercise.polres == viewer.polres);
    exercise.ok_or_else(|| ApiError::not_found("exercise"))
}

fn member(who: &Who) -> Member {
    Member { user: who.user.id, name: who.user.name.clone(), scope: who.viewer.scope.clone(), unit: None }
}

async fn view(exercise: &Exercise, viewer: &Viewer) -> RehearsalView {
    let practice = &exercise.practice;
    let people = exercise.members().into_iter().map(|member| Participant { user: member.user, name: member.name });
    RehearsalView {
        id: practice.id,
        title: practice.title.clone(),
        source: exercise.source.clone(),
        trainer: practice.trainer,
        started_at: exercise.started_at,
        automatic: practice.automatic,
        standing: exercise.standing().await,
        members: people.collect(),
        joined: exercise.has(viewer.user),
        may_lead: leads(viewer),
    }
}

/// What of the room is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RoomQuery {
    /// Only what is under way: for a screen that asks every other second.
    running: Option<bool>,
}

/// What is under way, and what has ended.
///
/// # Errors
/// 403 who does not rehearse.
#[utoipa::path(get, path = "/v1/rehearsals", tag = "rehearsals", params(RoomQuery),
    responses((status = 200, body = RehearsalRoom), (status = 403, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(query): Query<RoomQuery>,
) -> Result<Json<RehearsalRoom>, ApiError> {
    let viewer = takes_part(&who)?;
    let mut running = Vec::new();
    for exercise in app.rehearsals.of(&viewer.polres) {
        running.push(view(&exercise, viewer).await);
    }
    if query.running == Some(true) {
        return Ok(Json(RehearsalRoom { running, results: Vec::new(), may_lead: leads(viewer) }));
    }
    let mut lines = results::list(&app.store, &viewer.polres).await?;
    if !leads(viewer) {
        // Others' points are the trainer's matter.
        for line in &mut lines {
            line.trainees.retain(|trainee| trainee.user == viewer.user);
        }
        lines.retain(|line| !line.trainees.is_empty());
    }
    Ok(Json(RehearsalRoom { running, results: lines, may_lead: leads(viewer) }))
}

/// Begins an exercise; whoever begins it leads it and takes part.
///
/// # Errors
/// 403; 409 as many as this server carries are under way; 422 what is asked for cannot be.
#[utoipa::path(post, path = "/v1/rehearsals", tag = "rehearsals", request_body = NewRehearsal,
    responses((status = 201, body = RehearsalView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn begin(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<NewRehearsal>,
) -> Result<(StatusCode, Json<RehearsalView>), ApiError> {
    let viewer = leader(&who)?;
    let wanted = checked(&app, viewer, wanted)?;
    let begun = app.rehearsals.begin(&app, member(&who), &viewer.polres, wanted).await;
    let exercise = begun.map_err(|error| match error {
        BeginError::TooMany => ApiError::new(StatusCode::CONFLICT, "too_many_rehearsals", "end another exercise first"),
        BeginError::Empty => ApiError::invalid("source", "no report came in this stretch"),
        BeginError::Failed(error) => {
            tracing::error!(error = %format!("{error:#}"), "an exercise could not be begun");
            ApiError::internal()
        }
    })?;
    Ok((StatusCode::CREATED, Json(view(&exercise, viewer).await)))
}

fn checked(app: &App, viewer: &Viewer, wanted: NewRehearsal) -> Result<Wanted, ApiError> {
    let NewRehearsal { title, source, minutes, speed, automatic } = wanted;
    let title = title.trim();
    if title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
        return Err(ApiError::invalid("title", format!("at most {LONGEST_TITLE} characters on one line")));
    }
    checked_speed(speed)?;
    if !(5..=MOST_MIN).contains(&minutes) {
        return Err(ApiError::invalid("minutes", format!("5 to {MOST_MIN}")));
    }
    match &source {
        Source::Synthetic { per_hour, calls_per_hour, hour, .. } => {
            if !(1.0..=600.0).contains(per_hour) {
                return Err(ApiError::invalid("source", "per_hour is 1 to 600"));
            }
            if !(0.0..=300.0).contains(calls_per_hour) {
                return Err(ApiError::invalid("source", "calls_per_hour is 0 to 300"));
            }
            if hour.is_some_and(|hour| hour > 23) {
                return Err(ApiError::invalid("source", "hour is 0 to 23"));
            }
        }
        Source::Replay { from, to } => {
            if from >= to || *to > app.clock.now() {
                return Err(ApiError::invalid("source", "a stretch that has passed, from before to"));
            }
            if to.secs_since(*from) > f64::from(MOST_MIN) * 60.0 {
                return Err(ApiError::invalid("source", format!("at most {} hours", MOST_MIN / 60)));
            }
        }
    }
    let offset = app.desks.get(&viewer.polres).map_or(7, |desk| desk.parts.office.utc_offset_h);
    let now = app.clock.now();
    let usual = || format!("Latihan {} {}", now.local_date(offset), now.local_clock(offset));
    let title = if title.is_empty() { usual() } else { title.to_owned() };
    Ok(Wanted { title, source, minutes, speed, automatic })
}

fn checked_speed(speed: u32) -> Result<(), ApiError> {
    if speed <= FASTEST { Ok(()) } else { Err(ApiError::invalid("speed", format!("0 to {FASTEST}"))) }
}

/// One exercise under way.
///
/// # Errors
/// 403; 404 no such exercise under way.
#[utoipa::path(get, path = "/v1/rehearsals/{id}", tag = "rehearsals", params(("id" = Uuid, Path)),
    responses((status = 200, body = RehearsalView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<Json<RehearsalView>, ApiError> {
    let viewer = takes_part(&who)?;
    let exercise = found(&app, viewer, id)?;
    Ok(Json(view(&exercise, viewer).await))
}

/// Takes part from now on. Twice is once. A crew gets the tablet of its own unit as the exercise has it, once
/// the real unit is off duty: whoever rehearses would not hear a real offer.
///
/// # Errors
/// 403; 404 no such exercise under way, or the unit is not in it; 409 the crew's unit is on duty.
#[utoipa::path(post, path = "/v1/rehearsals/{id}/join", tag = "rehearsals", params(("id" = Uuid, Path)),
    responses((status = 200, body = RehearsalView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn join(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<Json<RehearsalView>, ApiError> {
    let viewer = takes_part(&who)?;
    let exercise = found(&app, viewer, id)?;
    match viewer.scope {
        Scope::Unit(unit) => exercise.man(member(&who), same_unit(&app, &who, &exercise, unit).await?).await,
        _ => drop(exercise.join(member(&who))),
    }
    exercise.touch(app.clock.now());
    Ok(Json(view(&exercise, viewer).await))
}

/// The unit of an exercise that stands for a real one.
async fn same_unit(app: &App, who: &Who, exercise: &Exercise, unit: UnitId) -> Result<UnitId, ApiError> {
    let unit = super::units::find(who.desk(app)?, unit).await?;
    if !matches!(unit.status, UnitStatus::OffDuty | UnitStatus::OutOfService) {
        let said = "the unit is on duty; go off duty first, so that no real offer is missed";
        return Err(ApiError::new(StatusCode::CONFLICT, "unit_on_duty", said));
    }
    let desk = who.desk(&exercise.app)?;
    let same = move |desk: &Desk| desk.units.values().find(|one| one.call_sign == unit.call_sign).map(|one| one.id);
    desk.look(same).await?.ok_or_else(|| ApiError::not_found("unit"))
}

/// Sets how fast its clock runs; 0 is a pause.
///
/// # Errors
/// 403 who does not lead; 404; 422 a speed that is none.
#[utoipa::path(post, path = "/v1/rehearsals/{id}/speed", tag = "rehearsals", operation_id = "set_speed",
    params(("id" = Uuid, Path)), request_body = SpeedRequest,
    responses((status = 200, body = RehearsalView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_speed(
    State(app): State<App>,
    who: Who,
    Path(id): Path<Uuid>,
    Json(wanted): Json<SpeedRequest>,
) -> Result<Json<RehearsalView>, ApiError> {
    let viewer = leader(&who)?;
    let exercise = found(&app, viewer, id)?;
    checked_speed(wanted.speed)?;
    exercise.set_speed(wanted.speed);
    exercise.touch(app.clock.now());
    Ok(Json(view(&exercise, viewer).await))
}

/// Lets somebody report something at once, in writing or by telephone.
///
/// # Errors
/// 403 who does not lead; 404; 422 no words, or a point that is none.
#[utoipa::path(post, path = "/v1/rehearsals/{id}/events", tag = "rehearsals", operation_id = "inject",
    params(("id" = Uuid, Path)), request_body = InjectedEvent,
    responses((status = 200, body = RehearsalView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn inject(
    State(app): State<App>,
    who: Who,
    Path(id): Path<Uuid>,
    Json(event): Json<InjectedEvent>,
) -> Result<Json<RehearsalView>, ApiError> {
    let viewer = leader(&who)?;
    let exercise = found(&app, viewer, id)?;
    typed(&event.text, "text")?;
    let pin = event.lng.zip(event.lat).map(|(lng, lat)| checked_point(lng, lat)).transpose()?;
    let truth = event.category.zip(event.priority).map(|(category, priority)| Truth { category, priority });
    exercise.touch(app.clock.now());
    let text = event.text.trim();
    let happened =
        if event.telephones { exercise.ring(text, pin, truth).await } else { exercise.inject(text, pin, truth).await };
    happened.map_err(|error| {
        tracing::error!(error = %format!("{error:#}"), "an event of an exercise could not happen");
        ApiError::internal()
    })?;
    Ok(Json(view(&exercise, viewer).await))
}

/// Ends it and gives the score.
///
/// # Errors
/// 403 who does not lead; 404 it has ended already.
#[utoipa::path(post, path = "/v1/rehearsals/{id}/end", tag = "rehearsals", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExerciseResult), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn end(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<Json<ExerciseResult>, ApiError> {
    found(&app, leader(&who)?, id)?;
    let ended = app.rehearsals.end(&app, id).await.map_err(|error| {
        tracing::error!(error = %format!("{error:#}"), "an exercise could not be ended");
        ApiError::away()
    })?;
    ended.map(Json).ok_or_else(|| ApiError::not_found("exercise"))
}

async fn result_for(app: &App, who: &Who, id: Uuid) -> Result<ExerciseResult, ApiError> {
    let viewer = takes_part(who)?;
    let kept = results::find(&app.store, &viewer.polres, id).await?;
    let mut result = kept.ok_or_else(|| ApiError::not_found("result"))?;
    if !leads(viewer) {
        result.cards.retain(|card| card.user == Some(viewer.user));
        result.line.trainees.retain(|trainee| trainee.user == viewer.user);
        if result.cards.is_empty() {
            return Err(ApiError::not_found("result"));
        }
        // What stands behind the figures of all is what the others did.
        for figure in &mut result.team.figures {
            figure.behind.clear();
        }
    }
    Ok(result)
}

/// The score of an exercise that has ended; of the trainees only oneself for those who lead nothing.
///
/// # Errors
/// 403; 404 no such result.
#[utoipa::path(get, path = "/v1/rehearsals/{id}/result", tag = "rehearsals", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExerciseResult), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn result(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<Json<ExerciseResult>, ApiError> {
    result_for(&app, &who, id).await.map(Json)
}

/// The same as CSV: one line for each entry behind a figure, each marked LATIHAN.
///
/// # Errors
/// 403; 404 no such result.
#[utoipa::path(get, path = "/v1/rehearsals/{id}/result.csv", tag = "rehearsals", operation_id = "result_csv", params(("id" = Uuid, Path)),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn result_csv(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<Response, ApiError> {
    let result = result_for(&app, &who, id).await?;
    let mut cards: Vec<Card> = result.cards;
    if leads(&who.viewer) {
        // A missed P1 nobody took stands with nobody.
        let unclaimed = |line: &crate::rehearsal::score::Behind| line.seq == 0;
        let mut team = result.team;
        for figure in &mut team.figures {
            figure.behind.retain(unclaimed);
        }
        cards.push(team);
    }
    Ok(csv(to_csv(&id.to_string(), &cards), &format!("{NAMED}-nilai-{id}.csv")))
}

fn csv(text: String, name: &str) -> Response {
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let named = named.unwrap_or(HeaderValue::from_static("attachment"));
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], text).into_response()
}

/// What no other door takes: an exercise, or a screen.
pub async fn or_web(State(app): State<App>, request: Request) -> Response {
    match inside(request.uri().path()) {
        None => operation::web(request.uri()),
        Some((id, rest)) => enter(&app, id, &rest, request).await.unwrap_or_else(IntoResponse::into_response),
    }
}

/// Of `/latihan/{id}/rest` the id and `/rest`.
fn inside(path: &str) -> Option<(Uuid, String)> {
    let (id, rest) = path.strip_prefix("/latihan/")?.split_once('/')?;
    Some((id.parse().ok()?, format!("/{rest}")))
}

/// Leads somebody whom the real office knows, and who takes part, to the same door of the exercise.
async fn enter(app: &App, id: Uuid, rest: &str, request: Request) -> Result<Response, ApiError> {
    match rest {
        "/command" => return Ok(operation::web(&Uri::from_static("/command"))),
        "/tablet" => return Ok(operation::web(&Uri::from_static("/tablet"))),
        _ => {}
    }
    let closed = |door: &&str| rest.strip_prefix(*door).is_some_and(|more| more.is_empty() || more.starts_with('/'));
    if !rest.starts_with("/v1/") || CLOSED.iter().any(closed) {
        return Err(ApiError::not_found("resource"));
    }
    let (mut parts, body) = request.into_parts();
    let session = rest == "/v1/session";
    if session && parts.method != Method::GET {
        return Err(ApiError::not_found("resource"));
    }
    let mut who = Who::from_request_parts(&mut parts, app).await?;
    let exercise = found(app, takes_part(&who)?, id)?;
    if !exercise.has(who.user.id) {
        return Err(ApiError::forbidden("join the exercise first"));
    }
    // A crew sits in the unit of the exercise that stands for its own.
    if let Some(unit) = exercise.unit_of(who.user.id) {
        (who.viewer.scope, who.user.unit) = (Scope::Unit(unit), Some(unit));
    }
    exercise.practice.admit(&who);
    if !super::auth::is_safe(&parts.method) {
        exercise.touch(app.clock.now());
    }
    let query = parts.uri.query().map_or_else(String::new, |query| format!("?{query}"));
    parts.uri = format!("{rest}{query}").parse().map_err(|_| ApiError::not_found("resource"))?;
    // What is packed cannot be marked; the way out packs it again.
    parts.headers.remove(header::ACCEPT_ENCODING);
    let answer = exercise.router.clone().oneshot(Request::from_parts(parts, body)).await;
    let answer = answer.unwrap_or_else(|never| match never {});
    marked(answer, id).await
}

/// Marks an answer; of a table every line.
async fn marked(mut answer: Response, id: Uuid) -> Result<Response, ApiError> {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        answer.headers_mut().insert(MARK, value);
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/csv")) {
        return Ok(answer);
    }
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, MOST_CSV).await.map_err(|_| ApiError::internal())?;
    parts.headers.remove(header::CONTENT_LENGTH);
    let named = HeaderValue::from_static("attachment; filename=\"LATIHAN.csv\"");
    parts.headers.insert(header::CONTENT_DISPOSITION, named);
    Ok(Response::from_parts(parts, Body::from(mark_lines(&String::from_utf8_lossy(&bytes)))))
}

/// A table with a first column that says what it is. A line break within quotes begins no line.
fn mark_lines(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() + text.len() / 8);
    let (mut begins, mut quoted) = (true, false);
    for character in text.chars() {
        if begins {
            marked.push_str(if marked.is_empty() { "latihan," } else { "LATIHAN," });
        }
        quoted ^= character == '"';
        marked.push(character);
        begins = character == '\n' && !quoted;
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_table_says_what_it_is_and_a_break_in_quotes_begins_none() {
        assert_eq!(mark_lines("a,b\n1,\"x\ny\"\n2,z\n"), "latihan,a,b\nLATIHAN,1,\"x\ny\"\nLATIHAN,2,z\n");
        assert_eq!(mark_lines(""), "");
    }

    #[test]
    fn only_a_path_with_an_id_leads_into_an_exercise() {
        let id = Uuid::from_u128(7);
        assert_eq!(inside(&format!("/latihan/{id}/v1/queue")), Some((id, "/v1/queue".to_owned())));
        for path in ["/latihan", "/latihan/", "/latihan/x/v1/queue", &format!("/latihan/{id}")] {
            assert_eq!(inside(path), None, "{path}");
        }
    }
}
