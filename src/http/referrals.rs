//! Referrals as operators see them: to whom, how far, what was said; and passing a matter on.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agencies::AgencyView;
use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::{agencies, incidents, reports};
use crate::app::App;
use crate::dispatch::command::{Command, Refer};
use crate::dispatch::desk::Desk;
use crate::feedback::referral::Facts;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Event};
use crate::model::id::{AgencyId, IncidentId, MessageId, ReferralId, ReportId};
use crate::model::incident::Incident;
use crate::model::referral::{Referral, ReferralEnd, Subject};
use crate::model::report::Report;
use crate::runtime::referral_link;
use crate::runtime::referring::{self, Passing};
use crate::store::agencies::Agency;
use crate::store::referrals::{ReferralNote, stop_delivery};

/// Words about a referral.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteView {
    /// The agency said it, not an operator.
    pub from_agency: bool,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub text: String,
}

impl From<ReferralNote> for NoteView {
    fn from(note: ReferralNote) -> Self {
        Self { from_agency: note.from_agency, at: note.at, text: note.text }
    }
}

/// How the link fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// `waiting`, `sent`, `dead`, or `by_hand` when somebody calls.
    pub state: String,
    /// Tries since it was last due.
    pub attempts: u32,
    /// When it was taken last.
    pub sent_at: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// A referral with everything an operator needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferralView {
    /// How far it has come.
    pub referral: Referral,
    /// To whom; none when it is no longer known.
    pub agency: Option<AgencyView>,
    /// What was said, oldest first.
    pub notes: Vec<NoteView>,
    /// How the link fares.
    pub delivery: Option<DeliveryView>,
    /// The link, to be read out or sent by hand; only for those who work the queue, while it opens.
    pub url: Option<String>,
}

/// Referrals of an incident or a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Referrals {
    /// In order.
    pub items: Vec<ReferralView>,
}

/// Referrals of an incident, and of its reports.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/incidents/{id}/referrals", tag = "agencies", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Referrals), (status = 404, body = Problem)))]
pub async fn of_incident(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
) -> Result<Json<Referrals>, ApiError> {
    who.watcher()?;
    let incident = incidents::visible(&app, &who, id).await?;
    views(&app, &who, all_of(&app, &who, &incident).await?).await.map(Json)
}

/// Referrals of an incident, and those its reports had before.
///
/// # Errors
/// The desk is closed.
pub async fn all_of(app: &App, who: &Who, incident: &Incident) -> Result<Vec<Referral>, ApiError> {
    let reports = incident.reports.clone();
    let look = move |desk: &Desk| {
        let of = reports.iter().filter_map(|id| desk.reports.get(id)).flat_map(|report| report.referrals.clone());
        of.collect::<Vec<Referral>>()
    };
    let mut all = incident.referrals.clone();
    all.extend(who.desk(app)?.look(look).await?);
    all.sort_by_key(|referral| referral.sent_at);
    Ok(all)
}

/// Referrals of a report.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/reports/{id}/referrals", tag = "agencies", params(("id" = ReportId, Path)),
    responses((status = 200, body = Referrals), (status = 404, body = Problem)))]
pub async fn of_report(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
) -> Result<Json<Referrals>, ApiError> {
    who.watcher()?;
    let report = reports::visible(&app, &who, id).await?;
    views(&app, &who, report.referrals).await.map(Json)
}

async fn views(app: &App, who: &Who, referrals: Vec<Referral>) -> Result<Referrals, ApiError> {
    let ids: Vec<ReferralId> = referrals.iter().map(|referral| referral.id).collect();
    let (directory, notes) =
        (app.store.agencies(&who.viewer.polres, true).await?, app.store.referral_notes(&ids).await?);
    let deliveries = app.store.deliveries(&ids).await?;
    let works = who.viewer.role.dispatches();
    let view = |referral: Referral| {
        let delivery = deliveries.iter().find(|delivery| delivery.referral == referral.id);
        // In the order of the journal: notes of one instant have no other.
        let own = referral.notes.iter().filter_map(|id| notes.iter().find(|note| note.id == *id));
        let url = delivery.map(|delivery| delivery.parcel.url.clone());
        ReferralView {
            agency: directory.iter().find(|agency| agency.id == referral.agency).map(|it| AgencyView::of(it, who)),
            notes: own.cloned().map(NoteView::from).collect(),
            delivery: delivery.map(|delivery| DeliveryView {
                state: delivery.state.clone(),
                attempts: delivery.attempts,
                sent_at: delivery.sent_at,
                error: delivery.error.clone(),
            }),
            url: url.filter(|_| works && referral.is_live()),
            referral,
        }
    };
    Ok(Referrals { items: referrals.into_iter().map(view).collect() })
}

/// An agency whose business this may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// Which.
    pub agency: AgencyView,
    /// The office's plan says that it hears of such a matter.
    pub planned: bool,
    /// Has it already.
    pub referred: bool,
}

/// Agencies for a matter, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Those whose business it is, then all others.
    pub items: Vec<Suggestion>,
}

/// Agencies for an incident: by plan, matter and area.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/incidents/{id}/referrals/suggestions", tag = "agencies", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Suggestions), (status = 404, body = Problem)))]
pub async fn suggestions(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
) -> Result<Json<Suggestions>, ApiError> {
    who.dispatcher()?;
    let incident = incidents::visible(&app, &who, id).await?;
    suggest(&app, &who, &facts_of(&incident, &names(&app, &who)?), &incident.referrals).await.map(Json)
}

/// Agencies for a report: by plan, matter and area.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/reports/{id}/referrals/suggestions", tag = "agencies", params(("id" = ReportId, Path)),
    responses((status = 200, body = Suggestions), (status = 404, body = Problem)))]
pub async fn report_suggestions(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
) -> Result<Json<Suggestions>, ApiError> {
    who.dispatcher()?;
    let report = reports::visible(&app, &who, id).await?;
    suggest(&app, &who, &facts_of_report(&report, &names(&app, &who)?), &report.referrals).await.map(Json)
}

async fn suggest(app: &App, who: &Who, facts: &Facts, present: &[Referral]) -> Result<Suggestions, ApiError> {
    let hears = who.desk(app)?.parts.rules.now().plans.hears(facts.category, facts.priority);
    let desa = facts.jurisdiction.as_ref().map(|area| area.desa_code.as_str());
    let rank = |agency: &Agency| {
        let planned = hears.contains(&agency.kind);
        let own = agency.categories.iter().position(|category| *category == facts.category);
        let fits = own.is_some() && agency.works_in(desa);
        (!(planned && agency.works_in(desa)), !fits, agency.areas.is_empty(), own.unwrap_or(usize::MAX))
    };
    let mut all = app.store.agencies(&who.viewer.polres, false).await?;
    all.sort_by_cached_key(|agency| (rank(agency), agency.card.name.clone()));
    let item = |agency: &Agency| Suggestion {
        planned: hears.contains(&agency.kind),
        referred: present.iter().any(|referral| referral.agency == agency.id && referral.is_live()),
        agency: AgencyView::of(agency, who),
    };
    Ok(Suggestions { items: all.iter().map(item).collect() })
}

/// What the caller's office calls its categories.
fn names(app: &App, who: &Who) -> Result<CategorySet, ApiError> {
    Ok(who.desk(app)?.parts.rules.now().categories.clone())
}

/// What an agency may know of an incident.
#[must_use]
pub fn facts_of(incident: &Incident, names: &CategorySet) -> Facts {
    Facts {
        number: incident.number.clone(),
        category: incident.category,
        what: names.name(incident.category).to_owned(),
        priority: incident.priority,
        place: Some(incident.place.clone()),
        jurisdiction: incident.jurisdiction.clone(),
    }
}

/// What an agency may know of a report.
#[must_use]
pub fn facts_of_report(report: &Report, names: &CategorySet) -> Facts {
    Facts {
        number: report.number.clone(),
        category: report.reading.category,
        what: names.name(report.reading.category).to_owned(),
        priority: report.reading.priority,
        place: report.place.clone(),
        jurisdiction: report.jurisdiction.clone(),
    }
}

/// To whom a matter is passed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferRequest {
    /// The agency.
    pub agency_id: AgencyId,
    /// Words for the agency: never a name or number of a reporter.
    pub note: Option<String>,
    /// Whether the reporters hear of it; yes when left out.
    pub tell_reporter: Option<bool>,
    /// Whether its page shows the photos of the matter: those of the reports, and after-photos that
    /// were approved; no when left out.
    #[serde(default)]
    pub photos: bool,
}

/// Passes an incident to another agency.
///
/// # Errors
/// 403; 404 no such incident or agency; 409 it has ended, or the agency has it already; 422 a note too long.
#[utoipa::path(post, path = "/v1/incidents/{id}/referrals", tag = "agencies", params(("id" = IncidentId, Path)), request_body = ReferRequest,
    responses((status = 201, body = ReferralView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn refer_incident(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<ReferRequest>,
) -> Result<(StatusCode, Json<ReferralView>), ApiError> {
    who.dispatcher()?;
    let incident = incidents::visible(&app, &who, id).await?;
    refer(&app, &who, Subject::Incident(id), facts_of(&incident, &names(&app, &who)?), wanted).await
}

/// Passes a report to another agency.
///
/// # Errors
/// 403; 404 no such report or agency; 409 it has ended, or the agency has it already; 422 a note too long.
#[utoipa::path(post, path = "/v1/reports/{id}/referrals", tag = "agencies", params(("id" = ReportId, Path)), request_body = ReferRequest,
    responses((status = 201, body = ReferralView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn refer_report(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<ReferRequest>,
) -> Result<(StatusCode, Json<ReferralView>), ApiError> {
    who.dispatcher()?;
    let report = reports::visible(&app, &who, id).await?;
    refer(&app, &who, Subject::Report(id), facts_of_report(&report, &names(&app, &who)?), wanted).await
}

async fn refer(
    app: &App,
    who: &Who,
    subject: Subject,
    facts: Facts,
    wanted: ReferRequest,
) -> Result<(StatusCode, Json<ReferralView>), ApiError> {
    let user = who.dispatcher()?.user;
    let agency = agencies::find(app, who, wanted.agency_id).await?;
    let text = wanted.note.filter(|note| !note.trim().is_empty());
    if let Some(text) = &text {
        reports::typed(text, "note")?;
    }
    let note = text.map(|text| (MessageId(app.next_id()), text));
    let settings = &app.config.referrals;
    let command = Command::Refer(Refer {
        subject,
        agency: agency.id,
        note: note.as_ref().map(|(id, _)| *id),
        lasts_s: settings.lasts_h.clamp(1, 24 * 90) * 3600,
        remind_every_s: settings.remind_min.max(0) * 60,
        tell: wanted.tell_reporter.unwrap_or(true),
        photos: wanted.photos,
    });
    let desk = who.desk(app)?;
    let passing = Passing {
        store: app.store.clone(),
        outgoing: desk.parts.outgoing.clone(),
        base_url: base_url(app),
        agency,
        facts,
        note,
        hours: settings.lasts_h,
    };
    let entries = desk.submit_with(Actor::User(user), command, Some(referring::rows(passing))).await?;
    let sent = entries.iter().find_map(|entry| match entry.event {
        Event::ReferralSent { referral, .. } => Some(referral),
        _ => None,
    });
    let view = one(app, who, sent.ok_or_else(ApiError::internal)?).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

async fn one(app: &App, who: &Who, id: ReferralId) -> Result<ReferralView, ApiError> {
    let found = who.desk(app)?.look(move |desk| desk.referral(id).map(|(referral, _)| referral.clone())).await?;
    let referral = found.ok_or_else(|| ApiError::not_found("referral"))?;
    views(app, who, vec![referral]).await?.items.pop().ok_or_else(ApiError::internal)
}

/// How this server is called from outside.
fn base_url(app: &App) -> String {
    let server = &app.config.server;
    if server.public_url.is_empty() {
        format!("http://{}", server.listen)
    } else {
        server.public_url.trim_end_matches('/').to_owned()
    }
}

/// How a referral ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// Taken back, or settled some other way.
    pub how: ReferralEnd,
}

/// Ends a referral: the link opens nothing more.
///
/// # Errors
/// 403; 404 no such referral; 409 it has ended.
#[utoipa::path(post, path = "/v1/referrals/{id}/close", tag = "agencies", params(("id" = ReferralId, Path)), request_body = EndRequest,
    responses((status = 200, body = ReferralView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn close(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReferralId>,
    Json(wanted): Json<EndRequest>,
) -> Result<Json<ReferralView>, ApiError> {
    let user = who.dispatcher()?.user;
    let desk = who.desk(&app)?;
    let subject = desk.look(move |desk| desk.referral(id).map(|(_, subject)| subject)).await?;
    match subject.ok_or_else(|| ApiError::not_found("referral"))? {
        Subject::Incident(incident) => drop(incidents::visible(&app, &who, incident).await?),
        Subject::Report(report) => drop(reports::visible(&app, &who, report).await?),
    }
    let row = stop_delivery(id);
    let command = Command::CloseReferral(id, wanted.how);
    desk.submit_with(Actor::User(user), command, Some(Box::new(move |_, _| Ok(vec![row])))).await?;
    one(&app, &who, id).await.map(Json)
}

/// Whether this token still opens that referral.
#[must_use]
pub fn opens(app: &App, token: &str, polres: &str, referral: &Referral) -> bool {
    referral_link::opens(app.store.vault(), token, polres, referral.id, referral.expires_at)
}
