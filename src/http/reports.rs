//! `/v1/reports` and `/v1/queue`: what people told us, in fair order.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::conversation::{self, MessageView};
use super::corrections;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::list::{Page, PageQuery, cursor_after};
use super::placing;
pub use super::typed::typed;
use crate::app::App;
use crate::dispatch::command::{Command, Correction, PutPlace};
use crate::dispatch::decide::similar_incidents;
use crate::locate::geocode::Located;
use crate::model::entry::{Actor, Event};
use crate::model::id::{IncidentId, MessageId, ReportId};
use crate::model::incident::Incident;
use crate::model::place::LngLat;
use crate::model::report::{Category, Meaning, Outcome, Priority, Report, ReportState};
use crate::model::viewer::{Scope, Viewer};
use crate::runtime::desks::{DeskHandle, Rows};
use crate::runtime::duplicates::{PossibleDuplicate, marks};
use crate::runtime::hand_over;
use crate::runtime::reading::{Asking, stands_at};
use crate::store::people::{Direction, Message, Profile};
use crate::store::projections::Cursor;

/// Characters of a report's text shown in the queue.
const EXCERPT_CHARS: usize = 140;

/// Pages read at most for one answer.
const MOST_PAGES: usize = 25;

/// One waiting report.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    /// The report.
    pub report: Report,
    /// The beginning of what was said.
    pub excerpt: Option<String>,
    /// What it perhaps tells of again; only for those who work the queue.
    pub possible_duplicate: Option<PossibleDuplicate>,
}

/// The queue in fair order: priority lane, then arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// Waiting reports.
    pub items: Vec<QueueItem>,
}

/// The queue as the caller may see it, first 200.
///
/// # Errors
/// 403 the role does not work with reports.
#[utoipa::path(get, path = "/v1/queue", tag = "reports", responses((status = 200, body = Queue), (status = 403, body = Problem)))]
pub async fn queue(State(app): State<App>, who: Who) -> Result<Json<Queue>, ApiError> {
    let scope = who.watcher()?.scope.clone();
    let seen = scope.clone();
    let waiting: Vec<Report> = who
        .desk(&app)?
        .look(move |desk| {
            let reports = desk.queue.iter().filter_map(|(_, _, id)| desk.reports.get(id));
            reports.filter(|report| seen.sees_report(report)).take(200).cloned().collect()
        })
        .await?;
    let (excerpts, mut marks) = if who.viewer.role.dispatches() {
        (excerpts(&app, &waiting).await?, marks(who.desk(&app)?, &app.store, &waiting, &scope).await?)
    } else {
        Default::default()
    };
    let mut excerpts = excerpts.into_iter();
    let item = |report: Report| QueueItem {
        excerpt: excerpts.next().flatten(),
        possible_duplicate: marks.remove(&report.id),
        report,
    };
    Ok(Json(Queue { items: waiting.into_iter().map(item).collect() }))
}

async fn excerpts(app: &App, reports: &[Report]) -> Result<Vec<Option<String>>, ApiError> {
    let ids: Vec<MessageId> = reports.iter().flat_map(|report| report.messages.iter().copied()).collect();
    let messages = app.store.messages(&ids).await?;
    let texts: std::collections::HashMap<MessageId, String> =
        messages.into_iter().filter_map(|m| Some((m.id, m.body["text"].as_str()?.to_owned()))).collect();
    let excerpt = |report: &Report| {
        let said: Vec<&str> = report.messages.iter().filter_map(|id| texts.get(id)).map(String::as_str).collect();
        let joined = said.join(" · ");
        (!joined.is_empty()).then(|| joined.chars().take(EXCERPT_CHARS).collect())
    };
    Ok(reports.iter().map(excerpt).collect())
}

/// Takes the head of the queue.
///
/// # Errors
/// 403 not an operator. 204 when nothing waits.
#[utoipa::path(post, path = "/v1/queue/next", tag = "reports",
    responses((status = 200, body = ReportDetail), (status = 204), (status = 403, body = Problem)))]
pub async fn next(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    let viewer = who.dispatcher()?;
    let command = Command::Claim { report: None, polsek: polsek_of(viewer), by: viewer.user };
    let entries = match who.desk(&app)?.submit(Actor::User(viewer.user), command).await {
        Err(crate::runtime::desks::SubmitError::Refused(crate::dispatch::command::Refusal::NothingWaiting)) => {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        answer => answer?,
    };
    let claimed = entries.iter().find_map(|entry| match entry.event {
        Event::ReportClaimed { report, .. } => Some(report),
        _ => None,
    });
    let id = claimed.ok_or_else(ApiError::internal)?;
    Ok(Json(detail(&app, &who, id).await?).into_response())
}

/// Reports of the office, newest first.
///
/// # Errors
/// 403 the role does not see reports; 422 a cursor that is none.
#[utoipa::path(get, path = "/v1/reports", tag = "reports", params(PageQuery),
    responses((status = 200, body = Page<Report>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Report>>, ApiError> {
    let viewer = who.watcher()?;
    let (cell, category) = (page.cell()?, page.category()?);
    let wanted = |report: &Report| {
        viewer.scope.sees_report(report)
            && category.is_none_or(|category| report.reading.category == category)
            && cell.is_none_or(|cell| in_cell(report, cell))
    };
    let mut filter = page.filter(viewer)?;
    let (mut items, mut next) = (Vec::new(), None);
    // Rows that are not wanted do not count: go on until the page is full or the list is at its end.
    for _ in 0..MOST_PAGES {
        let found: Vec<Report> = app.store.reports(&filter).await?.into_iter().map(|filed| filed.item).collect();
        let last = found.last().map(|report| Cursor { received_at: report.stamps.received_at, id: report.id.0 });
        let full = found.len() >= filter.limit;
        items.extend(found.into_iter().filter(&wanted));
        filter.after = last;
        next = last.filter(|_| full).map(|at| cursor_after(at.received_at, at.id));
        if next.is_none() || items.len() >= page.rows() {
            break;
        }
    }
    Ok(Json(Page { items, next }))
}

fn in_cell(report: &Report, cell: h3o::CellIndex) -> bool {
    let index = report.place.as_ref().and_then(|place| h3o::LatLng::new(place.lat, place.lng).ok());
    index.is_some_and(|at| at.to_cell(cell.resolution()) == cell)
}

/// The reporter as far as the caller may see him.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReporterView {
    /// Enough to tell two reporters apart: the last digits.
    pub masked: String,
    /// Only for whoever handles the report.
    pub name: Option<String>,
    /// Only for whoever handles the report.
    pub phone: Option<String>,
}

/// A place the words may mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceCandidate {
    /// Name in the gazetteer.
    pub name: String,
    /// What it is: `kelurahan`, `street`, `landmark` …
    pub kind: crate::locate::gazetteer_entry::PlaceKind,
    /// Longitude, degrees.
    pub lng: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Uncertainty, metres.
    pub radius_m: f64,
    /// Kelurahan it lies in.
    pub kelurahan: String,
    /// Kecamatan it lies in.
    pub kecamatan: String,
    /// Code of the kecamatan.
    pub kecamatan_code: String,
    /// Code of the kelurahan.
    pub desa_code: String,
    /// 0 to 1.
    pub score: f64,
    /// Which parts matched, in words.
    pub because: String,
    /// Which parts of the phrase matched which names.
    pub parts: Vec<crate::model::place::MatchedPart>,
}

impl From<crate::locate::geocode::Candidate> for PlaceCandidate {
    fn from(candidate: crate::locate::geocode::Candidate) -> Self {
        let entry = candidate.entry;
        Self {
            name: entry.name,
            kind: entry.kind,
            lng: candidate.at.lng,
            lat: candidate.at.lat,
            radius_m: candidate.radius_m,
            kelurahan: entry.kelurahan,
            kecamatan: entry.kecamatan,
            kecamatan_code: entry.kecamatan_code,
            desa_code: entry.desa_code,
            score: candidate.score,
            because: candidate.because,
            parts: candidate.parts,
        }
    }
}

/// A report with everything an operator needs to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportDetail {
    /// The report.
    pub report: Report,
    /// Its conversation, oldest first.
    pub messages: Vec<MessageView>,
    /// What it means, with the words that decided.
    pub meaning: Option<Meaning>,
    /// Who told us.
    pub reporter: ReporterView,
    /// Places its words may mean, best first.
    pub candidates: Vec<PlaceCandidate>,
    /// Open incidents that are perhaps the same event.
    pub similar: Vec<Incident>,
    /// How the reporter stands, and whether a warning is proposed.
    pub standing: super::strikes::StandingView,
}

/// One report.
///
/// # Errors
/// 403 not an operator; 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/reports/{id}", tag = "reports", params(("id" = ReportId, Path)),
    responses((status = 200, body = ReportDetail), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who, Path(id): Path<ReportId>) -> Result<Json<ReportDetail>, ApiError> {
    who.dispatcher()?;
    detail(&app, &who, id).await.map(Json)
}

async fn detail(app: &App, who: &Who, id: ReportId) -> Result<ReportDetail, ApiError> {
    let report = visible(app, who, id).await?;
    let now = app.clock.now();
    let (category, place) = (report.reading.category, report.place.as_ref().map(crate::model::place::Place::point));
    let similar = who
        .desk(app)?
        .look(move |desk| {
            let at = place.into_iter().flat_map(|at| similar_incidents(desk.incidents.values(), category, at, now));
            at.cloned().collect::<Vec<Incident>>()
        })
        .await?;
    let messages = messages_of(app, &report).await?;
    let meaning = app.store.reading(id).await?;
    let standing = standing(app, who, &report).await?;
    let located = meaning.as_ref().map(|meaning| own_places(app, who, &report, meaning, &messages));
    let candidates = located.map(|located| located.candidates).unwrap_or_default();
    let candidates = candidates.into_iter().take(5).map(PlaceCandidate::from).collect();
    let attached = match report.state {
        ReportState::Attached { incident } => Some(incident),
        _ => None,
    };
    Ok(ReportDetail {
        similar: similar.into_iter().filter(|incident| Some(incident.id) != attached).collect(),
        reporter: reporter_view(app, who, &report).await?,
        messages: conversation::view(app, messages).await?,
        meaning,
        candidates,
        standing,
        report,
    })
}

async fn standing(app: &App, who: &Who, report: &Report) -> Result<super::strikes::StandingView, ApiError> {
    let (report, rules) = (report.clone(), app.config.shield.clone());
    Ok(who.desk(app)?.look(move |desk| super::strikes::StandingView::of(desk, &rules, &report)).await?)
}

/// Its conversation, oldest first.
pub(super) async fn messages_of(app: &App, report: &Report) -> Result<Vec<Message>, ApiError> {
    let mut messages = app.store.messages_of_reports(&[report.id]).await?;
    let known: Vec<MessageId> = messages.iter().map(|m| m.id).collect();
    let handed: Vec<MessageId> = report.messages.iter().copied().filter(|id| !known.contains(id)).collect();
    messages.extend(app.store.messages(&handed).await?);
    // Messages of one body came at one instant: the report knows their order, ids do not.
    let order = |id| report.messages.iter().position(|known| *known == id).unwrap_or(usize::MAX);
    messages.sort_by_cached_key(|m| (m.received_at, order(m.id), m.id));
    Ok(messages)
}

/// Where the words of a report may mean, to the office that has it.
pub(super) fn own_places(app: &App, who: &Who, report: &Report, meaning: &Meaning, messages: &[Message]) -> Located {
    let said = messages.iter().filter(|m| m.direction == Direction::In).filter_map(|m| m.body["text"].as_str());
    let asking = Asking::by(&who.viewer.polres, None).near(stands_at(report.place.as_ref()));
    app.reader.locate(meaning, &said.collect::<Vec<_>>(), &asking)
}

/// A report the caller may see, from the desk or, when it has left it, from the archive.
pub(super) async fn visible(app: &App, who: &Who, id: ReportId) -> Result<Report, ApiError> {
    let live = who.desk(app)?.look(move |desk| desk.reports.get(&id).cloned()).await?;
    let report = match live {
        Some(report) => Some(report),
        None => app.store.report(id).await?.filter(|filed| filed.polres == who.viewer.polres).map(|filed| filed.item),
    };
    report.filter(|report| who.viewer.scope.sees_report(report)).ok_or_else(|| ApiError::not_found("report"))
}

async fn reporter_view(app: &App, who: &Who, report: &Report) -> Result<ReporterView, ApiError> {
    let profile = app.store.reporter(report.reporter).await?.unwrap_or_default();
    let handling = report.state == (ReportState::Claimed { by: who.viewer.user });
    Ok(ReporterView {
        masked: masked(&profile),
        name: profile.name.filter(|_| handling),
        phone: profile.phone.filter(|_| handling),
    })
}

/// The end of a telephone number, or that there is none.
pub(super) fn masked(profile: &Profile) -> String {
    let digits: Vec<char> = profile.phone.iter().flat_map(|phone| phone.chars()).filter(char::is_ascii_digit).collect();
    match digits.len() {
        0..=3 => "tanpa nomor".to_owned(),
        n => format!("•••• {}", digits[n - 4..].iter().collect::<String>()),
    }
}

/// Why somebody wants to see the reporter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    /// The reason, at least five characters.
    pub reason: String,
}

/// The reporter's name and number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revealed {
    /// As the person calls himself.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

/// Shows the reporter's name and number; the look is recorded in the journal.
///
/// # Errors
/// 403 not an operator; 404 no such report; 422 no reason.
#[utoipa::path(post, path = "/v1/reports/{id}/reporter", tag = "reports", params(("id" = ReportId, Path)), request_body = RevealRequest,
    responses((status = 200, body = Revealed), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn reveal(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<RevealRequest>,
) -> Result<Json<Revealed>, ApiError> {
    let by = who.dispatcher()?.user;
    if wanted.reason.trim().chars().count() < 5 {
        return Err(ApiError::invalid("reason", "say why you need to see the reporter"));
    }
    let report = visible(&app, &who, id).await?;
    let row = note_row(&app, &who, &report, &wanted.reason)?.1;
    let command = Command::ViewReporter { report: id, by };
    who.desk(&app)?.submit_with(Actor::User(by), command, Some(Box::new(move |_, _| Ok(vec![row])))).await?;
    let profile = app.store.reporter(report.reporter).await?.unwrap_or_default();
    Ok(Json(Revealed { name: profile.name, phone: profile.phone }))
}

/// A correction by a person; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// The right category.
    pub category: Option<Category>,
    /// The right priority.
    pub priority: Option<Priority>,
    /// Longitude of the right place, degrees; with `lat`.
    pub lng: Option<f64>,
    /// Latitude of the right place, degrees; with `lng`.
    pub lat: Option<f64>,
    /// Name of the candidate that was chosen at this point: it keeps its radius and the parts that
    /// matched. Without a name it is a point on the map.
    pub label: Option<String>,
    /// The phrase that candidate was found with, up to 500 characters; without one it is looked for
    /// among the candidates of the report's own words.
    pub phrase: Option<String>,
}

impl CorrectionRequest {
    /// The point, checked.
    ///
    /// # Errors
    /// 422: half a point, or one that cannot be.
    pub fn point(&self) -> Result<Option<LngLat>, ApiError> {
        match (self.lng, self.lat) {
            (None, None) => Ok(None),
            (Some(lng), Some(lat)) => checked_point(lng, lat).map(Some),
            _ => Err(ApiError::invalid("lng", "lng and lat belong together")),
        }
    }

    /// Checked, its place a point on the map.
    ///
    /// # Errors
    /// 422: half a point, or one that cannot be.
    pub fn checked(&self) -> Result<Correction, ApiError> {
        let place = self.point()?.map(PutPlace::Point);
        Ok(Correction { category: self.category, priority: self.priority, place })
    }
}

/// A point from outside.
///
/// # Errors
/// 422: not finite, out of range, swapped, or outside Indonesia.
pub fn checked_point(lng: f64, lat: f64) -> Result<LngLat, ApiError> {
    LngLat::checked(lng, lat).map_err(|error| ApiError::invalid("lng", error.to_string()))
}

/// Corrects category, priority or place.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 a place that cannot be, or no candidate of that name.
#[utoipa::path(patch, path = "/v1/reports/{id}", tag = "reports", params(("id" = ReportId, Path)), request_body = CorrectionRequest,
    responses((status = 200, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn correct(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<CorrectionRequest>,
) -> Result<Json<Report>, ApiError> {
    let correction = placing::of_report(&app, &who, id, &wanted).await?;
    let rows = if correction.category.is_some() || correction.priority.is_some() {
        who.dispatcher()?;
        Some(corrections::kept(&app, &visible(&app, &who, id).await?, &who.viewer.polres).await?)
    } else {
        None
    };
    act(&app, &who, id, Command::CorrectReport(id, correction), rows).await.map(Json)
}

/// Takes the report.
///
/// # Errors
/// 403, 404, 409 someone else has it.
#[utoipa::path(post, path = "/v1/reports/{id}/claim", tag = "reports", params(("id" = ReportId, Path)),
    responses((status = 200, body = ReportDetail), (status = 409, body = Problem)))]
pub async fn claim(State(app): State<App>, who: Who, Path(id): Path<ReportId>) -> Result<Json<ReportDetail>, ApiError> {
    let viewer = who.dispatcher()?;
    let command = Command::Claim { report: Some(id), polsek: polsek_of(viewer), by: viewer.user };
    act(&app, &who, id, command, None).await?;
    detail(&app, &who, id).await.map(Json)
}

/// The Polsek a viewer is confined to.
pub(super) fn polsek_of(viewer: &Viewer) -> Option<String> {
    match &viewer.scope {
        Scope::Polsek(polsek) => Some(polsek.clone()),
        _ => None,
    }
}

/// Takes a report out of another operator's hands.
///
/// # Errors
/// 403 not a supervisor; 404; 409 nobody has it, or it has ended.
#[utoipa::path(post, path = "/v1/reports/{id}/take-over", tag = "reports", operation_id = "report_take_over", params(("id" = ReportId, Path)),
    responses((status = 200, body = ReportDetail), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn take_over(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
) -> Result<Json<ReportDetail>, ApiError> {
    let viewer = who.dispatcher()?;
    if viewer.role != crate::model::viewer::Role::Supervisor {
        return Err(ApiError::forbidden("only supervisors take a report over"));
    }
    act(&app, &who, id, Command::TakeOver { report: id, by: viewer.user }, None).await?;
    detail(&app, &who, id).await.map(Json)
}

/// Gives the report back to the queue; it keeps its arrival time.
///
/// # Errors
/// 403, 404, 409 nobody has it.
#[utoipa::path(post, path = "/v1/reports/{id}/release", tag = "reports", params(("id" = ReportId, Path)),
    responses((status = 200, body = Report), (status = 409, body = Problem)))]
pub async fn release(State(app): State<App>, who: Who, Path(id): Path<ReportId>) -> Result<Json<Report>, ApiError> {
    act(&app, &who, id, Command::Release(id), None).await.map(Json)
}

/// How a report ends without an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// How.
    pub outcome: Outcome,
    /// Why.
    pub note: Option<String>,
}

/// Ends a report without an incident.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 an outcome that is not the caller's to give.
#[utoipa::path(post, path = "/v1/reports/{id}/resolve", tag = "reports", params(("id" = ReportId, Path)), request_body = ResolveRequest,
    responses((status = 200, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn resolve(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<ResolveRequest>,
) -> Result<Json<Report>, ApiError> {
    who.dispatcher()?;
    if wanted.outcome == Outcome::HandedOver {
        return Err(ApiError::invalid("outcome", "use hand-over to pass a report to another office"));
    }
    let report = visible(&app, &who, id).await?;
    let (note, rows) = note(&app, &who, &report, wanted.note.as_deref())?;
    act(&app, &who, id, Command::Resolve { report: id, outcome: wanted.outcome, note }, rows).await.map(Json)
}

/// A note for officers, if there is one: its id, and its row.
///
/// # Errors
/// 422 too long.
pub fn note(
    app: &App,
    who: &Who,
    report: &Report,
    text: Option<&str>,
) -> Result<(Option<MessageId>, Option<Rows>), ApiError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok((None, None)) };
    typed(text, "note")?;
    let (id, row) = note_row(app, who, report, text)?;
    Ok((Some(id), Some(Box::new(move |_, _| Ok(vec![row])))))
}

fn note_row(
    app: &App,
    who: &Who,
    report: &Report,
    text: &str,
) -> Result<(MessageId, crate::store::Statement), ApiError> {
    super::strikes::note_under(app, who, report.id, report.reporter, text)
}

/// What a report becomes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateRequest {
    /// The incident it joins; left out, a new one is made.
    pub incident_id: Option<IncidentId>,
}

/// Makes an incident of a report, or joins it to one.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 it has no place yet.
#[utoipa::path(post, path = "/v1/reports/{id}/incident", tag = "reports", params(("id" = ReportId, Path)), request_body = EscalateRequest,
    responses((status = 200, body = Incident), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn escalate(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<EscalateRequest>,
) -> Result<Json<Incident>, ApiError> {
    let user = who.dispatcher()?.user;
    visible(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    if let Some(incident) = wanted.incident_id {
        super::incidents::visible(&app, &who, incident).await?;
    }
    let entries =
        desk.submit(Actor::User(user), Command::Escalate { report: id, incident: wanted.incident_id }).await?;
    let incident = entries.iter().find_map(|entry| match entry.event {
        Event::ReportAttached { incident, .. } => Some(incident),
        _ => None,
    });
    let incident = incident.ok_or_else(ApiError::internal)?;
    super::incidents::find(desk, incident).await.map(Json)
}

/// To whom a report is handed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverRequest {
    /// Code of the Polres.
    pub polres: String,
}

/// Hands a report to another Polres with everything typed so far.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 no such office.
#[utoipa::path(post, path = "/v1/reports/{id}/hand-over", tag = "reports", params(("id" = ReportId, Path)), request_body = HandOverRequest,
    responses((status = 200, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn hand(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<HandOverRequest>,
) -> Result<Json<Report>, ApiError> {
    let user = who.dispatcher()?.user;
    visible(&app, &who, id).await?;
    let from = who.desk(&app)?;
    let to = app.desks.get(&wanted.polres).filter(|to| to.parts.office.code != from.parts.office.code);
    let to = to.ok_or_else(|| ApiError::invalid("polres", "no such other office"))?;
    hand_over::hand_over(from, to, id, Actor::User(user), app.clock.now()).await?;
    visible(&app, &who, id).await.map(Json)
}

/// Carries out a dispatcher's command on a report he may see.
pub(super) async fn act(
    app: &App,
    who: &Who,
    id: ReportId,
    command: Command,
    rows: Option<Rows>,
) -> Result<Report, ApiError> {
    let user = who.dispatcher()?.user;
    visible(app, who, id).await?;
    let desk = who.desk(app)?;
    desk.submit_with(Actor::User(user), command, rows).await?;
    find(desk, id).await
}

pub(super) async fn find(desk: &DeskHandle, id: ReportId) -> Result<Report, ApiError> {
    desk.look(move |desk| desk.reports.get(&id).cloned()).await?.ok_or_else(|| ApiError::not_found("report"))
}
