//! A report as its reporter sees it: in his words, with his own conversation, and no officer by name.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::ApiError;
use crate::app::App;
use crate::channels::InboundMessage;
use crate::dispatch::desk::Desk;
use crate::dispatch::motion::Freshness;
use crate::dispatch::world::World;
use crate::model::assignment::{Assignment, AssignmentState};
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Event};
use crate::model::id::{IncidentId, MediaId, MessageId, ReportId, ReporterId, UnitId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Outcome, Report, ReportState};
use crate::store::people::{Direction, Message};
use crate::store::projections::Filed;

/// Characters of the first words shown in the list.
const EXCERPT_CHARS: usize = 140;

/// Reports of one person that are looked through.
const MOST_REPORTS: usize = 200;

/// How far a report has come, in the words of the one who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Ours, and waiting for an officer.
    Received,
    /// An officer reads it.
    BeingRead,
    /// Something was asked; the reporter is to answer.
    Asked,
    /// Somebody is to go there.
    Arranged,
    /// A unit took it.
    UnitAssigned,
    /// A unit is on its way.
    OnTheWay,
    /// A unit is there.
    OnScene,
    /// The units are done; an officer closes it.
    Finishing,
    /// Done.
    Done,
    /// A question, answered.
    Answered,
    /// With another agency or office now.
    PassedOn,
    /// Told together with the same report of somebody else.
    Joined,
    /// Nothing for the police, or nothing was found.
    Ended,
}

impl Progress {
    /// The same for people, Indonesian.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Received => "Diterima, menunggu petugas",
            Self::BeingRead => "Sedang dibaca petugas",
            Self::Asked => "Petugas menunggu jawaban Anda",
            Self::Arranged => "Sedang dicarikan unit terdekat",
            Self::UnitAssigned => "Unit ditugaskan",
            Self::OnTheWay => "Unit menuju lokasi",
            Self::OnScene => "Unit di lokasi",
            Self::Finishing => "Penanganan selesai, sedang diperiksa",
            Self::Done => "Selesai ditangani",
            Self::Answered => "Sudah dijawab",
            Self::PassedOn => "Diteruskan ke instansi yang berwenang",
            Self::Joined => "Digabung dengan laporan yang sama",
            Self::Ended => "Ditutup",
        }
    }
}

/// The unit that takes care of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitOnTask {
    /// Its radio name; never that of an officer.
    pub call_sign: String,
    /// It is there.
    pub there: bool,
    /// It will be there in so many minutes, at least one.
    pub eta_min: Option<u32>,
}

/// A report in the list of its reporter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CitizenReport {
    /// Its id.
    pub id: ReportId,
    /// Ticket number.
    pub number: String,
    /// The door it came through: the same person may also have written over WhatsApp.
    pub channel: Channel,
    /// What it is about.
    pub category: Category,
    /// The same for people.
    pub category_label: String,
    /// The first words.
    pub excerpt: Option<String>,
    /// How far it has come.
    pub state: Progress,
    /// The same for people, Indonesian.
    pub state_text: String,
    /// When it came.
    pub received_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Name of the place, if it is known.
    pub place: Option<String>,
    /// The unit that takes care of it.
    pub unit: Option<UnitOnTask>,
    /// Stars its reporter gave, 1 to 5.
    pub stars: Option<u8>,
    /// It is open: more can be said.
    pub can_write: bool,
    /// It has ended and can be rated.
    pub can_rate: bool,
    /// It has ended lately: "belum selesai" opens it again.
    pub can_reopen: bool,
}

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenStep {
    /// When.
    pub at: Timestamp,
    /// What: `received`, `read`, `unit_assigned`, `on_the_way`, `on_scene`, `unit_done`, `closed`, `reopened`, `passed_on`.
    pub step: String,
    /// The unit it was.
    pub call_sign: Option<String>,
}

/// One message of the conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CitizenMessage {
    /// Its id.
    pub id: MessageId,
    /// `in`: of the reporter; `out`: to him.
    pub direction: String,
    /// What it says.
    pub text: Option<String>,
    /// When it came, or went.
    pub at: Timestamp,
    /// It asks where it is.
    pub asks_place: bool,
    /// A photo or video, for `/v1/citizen/media/{id}`.
    pub media: Option<Uuid>,
    /// `text`, `location`, `image`, `video` …
    pub kind: String,
}

/// A report with its way and its conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenReportDetail {
    /// The report.
    pub report: CitizenReport,
    /// Its way, first step first.
    pub timeline: Vec<CitizenStep>,
    /// The conversation, in order.
    pub messages: Vec<CitizenMessage>,
}

/// A report with all the ids it had in the journals it went through, the present one first.
pub struct Own {
    /// As it stands.
    pub filed: Filed<Report>,
    /// Its earlier ids.
    pub earlier: Vec<Filed<Report>>,
}

impl Own {
    /// Every id it had.
    #[must_use]
    pub fn ids(&self) -> Vec<ReportId> {
        std::iter::once(&self.filed).chain(&self.earlier).map(|filed| filed.item.id).collect()
    }
}

/// The reports of one person, newest first. One that was handed over stands once, as it stands now.
///
/// # Errors
/// 503.
pub async fn own_reports(app: &App, reporter: ReporterId) -> Result<Vec<Own>, ApiError> {
    let mut all = app.store.own_reports(reporter, MOST_REPORTS).await?;
    let gone = went_back(&all);
    all.retain(|filed| !gone.contains(&filed.item.id));
    let continued: HashMap<ReportId, usize> =
        all.iter().enumerate().filter_map(|(n, filed)| Some((filed.item.handed_from?, n))).collect();
    let mut own = Vec::new();
    for filed in all.iter().filter(|filed| !continued.contains_key(&filed.item.id)) {
        let mut earlier: Vec<Filed<Report>> = Vec::new();
        let mut from = filed.item.handed_from;
        while let Some(before) = from.and_then(|id| all.iter().find(|filed| filed.item.id == id)) {
            from = before.item.handed_from;
            earlier.push(before.clone());
        }
        own.push(Own { filed: filed.clone(), earlier });
    }
    Ok(own)
}

/// Reports that went back to the office they came from: there they go on.
fn went_back(all: &[Filed<Report>]) -> Vec<ReportId> {
    let is_back = |n: usize, report: &Report| {
        let cancelled = report.state == ReportState::Closed { outcome: Outcome::Cancelled };
        let Some(origin) = report.handed_from.filter(|_| cancelled) else { return false };
        let newer = all[..n].iter().any(|other| other.item.handed_from == Some(origin));
        let handed = ReportState::Closed { outcome: Outcome::HandedOver };
        newer || all.iter().any(|other| other.item.id == origin && other.item.state != handed)
    };
    all.iter().enumerate().filter(|(n, filed)| is_back(*n, &filed.item)).map(|(_, filed)| filed.item.id).collect()
}

/// One report of this person, under any id it had.
///
/// # Errors
/// 404 there is none, or it is somebody else's.
pub async fn own_report(app: &App, reporter: ReporterId, id: ReportId) -> Result<Own, ApiError> {
    let own = own_reports(app, reporter).await?;
    own.into_iter().find(|own| own.ids().contains(&id)).ok_or_else(|| ApiError::not_found("report"))
}

/// Whether a file stands in one of this person's conversations.
///
/// # Errors
/// 503.
pub async fn holds(app: &App, reporter: ReporterId, media: MediaId) -> Result<bool, ApiError> {
    let own = own_reports(app, reporter).await?;
    let ids: Vec<ReportId> = own.iter().flat_map(Own::ids).collect();
    let said = app.store.messages_of_reports(&ids).await?;
    let shown = said.into_iter().filter(|message| message.direction != Direction::Note);
    Ok(shown.map(message).any(|message| message.media == Some(media.0)))
}

/// What only the living desk knows of a report.
struct Live {
    on_desk: bool,
    primary: Option<(Assignment, String)>,
    incident_at: Option<LngLat>,
    finishing: bool,
}

fn live(desk: &Desk, id: ReportId) -> Live {
    let Some(report) = desk.reports.get(&id) else {
        return Live { on_desk: false, primary: None, incident_at: None, finishing: false };
    };
    let incident = match report.state {
        ReportState::Attached { incident } => desk.incidents.get(&incident),
        _ => None,
    };
    let taken = incident.into_iter().flat_map(|incident| desk.live_assignments(incident));
    let leading =
        taken.filter(|a| !a.state.is_offer()).max_by_key(|a| (a.state == AssignmentState::OnScene, a.primary));
    Live {
        on_desk: true,
        primary: leading.and_then(|a| Some((a.clone(), desk.units.get(&a.unit)?.call_sign.clone()))),
        incident_at: incident.map(|incident| incident.place.point()),
        finishing: incident.is_some_and(|incident| desk.was_cleared(incident)),
    }
}

/// Reports as their reporter sees them in his list.
///
/// # Errors
/// 503.
pub async fn list(app: &App, own: &[Own]) -> Result<Vec<CitizenReport>, ApiError> {
    let first: Vec<MessageId> = own.iter().filter_map(|own| own.filed.item.messages.first().copied()).collect();
    let words: HashMap<MessageId, String> = app
        .store
        .messages(&first)
        .await?
        .into_iter()
        .filter_map(|message| Some((message.id, message.body["text"].as_str()?.to_owned())))
        .collect();
    let mut items = Vec::new();
    for own in own {
        let said = own.filed.item.messages.first().and_then(|id| words.get(id));
        let excerpt = said.map(|text| text.chars().take(EXCERPT_CHARS).collect());
        items.push(view(app, &own.filed, excerpt).await?);
    }
    Ok(items)
}

async fn view(app: &App, filed: &Filed<Report>, excerpt: Option<String>) -> Result<CitizenReport, ApiError> {
    let report = &filed.item;
    let id = report.id;
    let desk = app.desks.get(&filed.polres).ok_or_else(|| ApiError::not_found("office"))?;
    let live = desk.look(move |desk| live(desk, id)).await?;
    let state = progress(report, &live);
    let ended = !report.is_open();
    let lately = ended && (live.on_desk || ended_lately(app, filed));
    Ok(CitizenReport {
        id,
        number: report.number.clone(),
        channel: report.channel,
        category: report.reading.category,
        category_label: desk.parts.rules.now().categories.name(report.reading.category).to_owned(),
        excerpt,
        state,
        state_text: state.text().to_owned(),
        received_at: report.stamps.received_at,
        closed_at: report.stamps.closed_at,
        place: report.place.as_ref().map(|place| place.label.clone()),
        unit: unit(app, &filed.polres, &live),
        stars: report.talk.stars,
        can_write: !ended && live.on_desk,
        can_rate: lately && report.talk.stars.is_none() && was_served(report),
        can_reopen: lately,
    })
}

/// Whether a report that has left its desk can still be judged by its reporter.
fn ended_lately(app: &App, filed: &Filed<Report>) -> bool {
    let late_s = app.desks.get(&filed.polres).map(|desk| desk.parts.rules.now().plans.answers.late_s());
    let ended = filed.item.stamps.closed_at;
    late_s.zip(ended).is_some_and(|(late_s, ended)| app.clock.now().secs_since(ended) <= late_s)
}

/// What was dealt with can be judged; what was none of ours cannot.
fn was_served(report: &Report) -> bool {
    matches!(
        report.state,
        ReportState::Closed {
            outcome: Outcome::Answered
                | Outcome::Resolved
                | Outcome::Referred
                | Outcome::Unfounded
                | Outcome::Duplicate
        }
    )
}

const fn closed_as(outcome: Outcome) -> Progress {
    match outcome {
        Outcome::Resolved => Progress::Done,
        Outcome::Answered => Progress::Answered,
        Outcome::Referred | Outcome::HandedOver => Progress::PassedOn,
        Outcome::Duplicate => Progress::Joined,
        _ => Progress::Ended,
    }
}

fn progress(report: &Report, live: &Live) -> Progress {
    match report.state {
        ReportState::Queued => Progress::Received,
        ReportState::Claimed { .. } => Progress::BeingRead,
        ReportState::WaitingReporter { .. } => Progress::Asked,
        ReportState::Closed { outcome } => closed_as(outcome),
        ReportState::Joined { .. } => Progress::Joined,
        ReportState::Attached { .. } => match live.primary.as_ref().map(|(assignment, _)| assignment.state) {
            Some(AssignmentState::OnScene) => Progress::OnScene,
            Some(AssignmentState::EnRoute) => Progress::OnTheWay,
            Some(_) => Progress::UnitAssigned,
            None if live.finishing => Progress::Finishing,
            None => Progress::Arranged,
        },
    }
}

fn unit(app: &App, polres: &str, live: &Live) -> Option<UnitOnTask> {
    let (assignment, call_sign) = live.primary.as_ref()?;
    let there = assignment.state == AssignmentState::OnScene;
    let eta_s = if there { None } else { eta_s(app, polres, assignment, live.incident_at) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a travel time in whole minutes")]
    let eta_min = eta_s.map(|secs| (secs / 60.0).ceil().clamp(1.0, 999.0) as u32);
    Some(UnitOnTask { call_sign: call_sign.clone(), there, eta_min })
}

/// From where the unit is now by road; without a fix, what is left of the time it was sent with.
fn eta_s(app: &App, polres: &str, assignment: &Assignment, to: Option<LngLat>) -> Option<f64> {
    let (field, now) = (&app.desks.get(polres)?.parts.field, app.clock.now());
    let from_here = field
        .fix(assignment.unit)
        .filter(|fix| Freshness::of(Some(fix), now) != Freshness::Lost)
        .zip(to)
        .and_then(|(fix, to)| World::travel_times_s(&**field, &[fix.point()], to).into_iter().next().flatten());
    from_here.or_else(|| {
        let since = assignment.stamps.en_route_at.or(assignment.stamps.accepted_at)?;
        Some(assignment.travel_time_s? - now.secs_since(since))
    })
}

/// A report with its way and its conversation.
///
/// # Errors
/// 503.
pub async fn detail(app: &App, own: &Own) -> Result<CitizenReportDetail, ApiError> {
    let messages = conversation(app, own).await?;
    let excerpt = messages.iter().find(|message| message.direction == "in").and_then(|message| message.text.clone());
    let excerpt = excerpt.map(|text| text.chars().take(EXCERPT_CHARS).collect());
    Ok(CitizenReportDetail {
        report: view(app, &own.filed, excerpt).await?,
        timeline: timeline(app, own).await?,
        messages,
    })
}

async fn conversation(app: &App, own: &Own) -> Result<Vec<CitizenMessage>, ApiError> {
    let mut said = app.store.messages_of_reports(&own.ids()).await?;
    // Several messages of one instant: the report knows their order, ids do not.
    let order = |id| own.filed.item.messages.iter().position(|known| *known == id).unwrap_or(usize::MAX);
    said.sort_by_cached_key(|message| (message.received_at, order(message.id), message.id));
    // Notes are for officers.
    Ok(said.into_iter().filter(|message| message.direction != Direction::Note).map(message).collect())
}

fn message(message: Message) -> CitizenMessage {
    let inbound: Option<InboundMessage> = serde_json::from_value(message.body.clone()).ok();
    let sent_media = message.body["media"].as_str().and_then(|id| id.parse().ok());
    CitizenMessage {
        id: message.id,
        direction: if message.direction == Direction::In { "in" } else { "out" }.to_owned(),
        text: message.body["text"].as_str().map(str::to_owned),
        at: message.received_at,
        asks_place: message.body["template"] == "ask_place",
        media: inbound.and_then(|inbound| inbound.media?.kept).map(|media| media.0).or(sent_media),
        kind: message.kind,
    }
}

async fn timeline(app: &App, own: &Own) -> Result<Vec<CitizenStep>, ApiError> {
    let mut steps = Vec::new();
    let mut incidents: Vec<IncidentId> = Vec::new();
    for filed in own.earlier.iter().rev().chain([&own.filed]) {
        let entries = app.store.entries_of(&filed.polres, &[filed.item.id.0]).await?;
        incidents.extend(entries.iter().filter_map(attached));
        // A report that was handed over was received by its reporter's clock only once.
        let again = filed.item.handed_from.is_some();
        steps.extend(entries.iter().filter_map(step).filter(|step| !(again && step.step == "received")));
    }
    incidents.sort_unstable();
    incidents.dedup();
    let names = call_signs(app, &own.filed.polres).await?;
    for incident in incidents {
        let assignments = app.store.assignments_of(incident).await?;
        steps.extend(assignments.iter().filter(|a| a.primary).flat_map(|a| unit_steps(a, &names)));
    }
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

fn attached(entry: &Entry) -> Option<IncidentId> {
    match entry.event {
        Event::ReportAttached { incident, .. } => Some(incident),
        _ => None,
    }
}

fn step(entry: &Entry) -> Option<CitizenStep> {
    let step = match &entry.event {
        Event::ReportReceived { .. } => "received",
        Event::ReportClaimed { .. } => "read",
        Event::ReportReopened { .. } => "reopened",
        Event::ReportClosed { outcome: Outcome::HandedOver | Outcome::Referred, .. } => "passed_on",
        Event::ReportClosed { .. } => "closed",
        _ => return None,
    };
    Some(CitizenStep { at: entry.at, step: step.to_owned(), call_sign: None })
}

fn unit_steps<'a>(
    assignment: &'a Assignment,
    names: &'a HashMap<UnitId, String>,
) -> impl Iterator<Item = CitizenStep> + 'a {
    let stamps = assignment.stamps;
    let done = stamps.ended_at.filter(|_| assignment.state == AssignmentState::Cleared);
    let all = [
        ("unit_assigned", stamps.accepted_at),
        ("on_the_way", stamps.en_route_at),
        ("on_scene", stamps.on_scene_at),
        ("unit_done", done),
    ];
    let call_sign = names.get(&assignment.unit);
    all.into_iter().filter_map(move |(step, at)| {
        Some(CitizenStep { at: at?, step: step.to_owned(), call_sign: call_sign.cloned() })
    })
}

async fn call_signs(app: &App, polres: &str) -> Result<HashMap<UnitId, String>, ApiError> {
    let Some(desk) = app.desks.get(polres) else { return Ok(HashMap::new()) };
    Ok(desk.look(|desk| desk.units.values().map(|unit| (unit.id, unit.call_sign.clone())).collect()).await?)
}
