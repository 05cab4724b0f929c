//! What another agency opens with its link: one matter, without the person who told us, and two
//! answers. The token comes in the body, so that it stands in no address and no log.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, Problem};
use super::extract::Json;
use super::referrals::{NoteView, facts_of, facts_of_report, opens};
use super::reports::typed;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::feedback::referral::{Facts, map_link, place_words};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::MessageId;
use crate::model::referral::{Referral, ReferralState, Subject};
use crate::model::report::{Category, Priority};
use crate::runtime::desks::{DeskHandle, Rows};
use crate::runtime::referral_link::named;
use crate::store::referrals::{ReferralNote, insert_note};

/// The code of a link: what stands behind the `#`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The code.
    pub token: String,
}

/// What an agency says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// The code.
    pub token: String,
    /// It is done.
    pub done: bool,
    /// Words for the office, 1 to 4,096 characters.
    pub note: Option<String>,
}

/// One matter as another agency may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferralPage {
    /// Who passes it on.
    pub office: String,
    /// To whom.
    pub agency: String,
    /// Human number, for the telephone.
    pub number: String,
    /// What, by its code.
    pub category: Category,
    /// What, in words.
    pub what: String,
    /// How urgent.
    pub priority: Priority,
    /// Where, in words.
    pub place: Option<String>,
    /// Longitude, degrees.
    pub lng: Option<f64>,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// Uncertainty of the place, metres.
    pub radius_m: Option<f64>,
    /// Where the point can be looked at.
    pub map_url: Option<String>,
    /// How far it has come.
    pub state: ReferralState,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The link opens nothing after this.
    pub expires_at: Timestamp,
    /// The agency has it.
    pub acknowledged_at: Option<Timestamp>,
    /// What was said, oldest first.
    pub notes: Vec<NoteView>,
}

/// A link that opens: whose desk, which referral, about what.
struct Opened {
    desk: DeskHandle,
    referral: Referral,
    facts: Facts,
}

async fn opened(app: &App, token: &str) -> Result<Opened, ApiError> {
    let unknown = || ApiError::not_found("link");
    let id = named(token).ok_or_else(unknown)?;
    let polres = app.store.office_of_referral(id).await?.ok_or_else(unknown)?;
    let desk = app.desks.get(&polres).ok_or_else(unknown)?.clone();
    let found = desk.look(move |desk| {
        let (referral, subject) = desk.referral(id)?;
        let facts = match subject {
            Subject::Incident(incident) => facts_of(desk.incidents.get(&incident)?),
            Subject::Report(report) => facts_of_report(desk.reports.get(&report)?),
        };
        Some((referral.clone(), facts))
    });
    let ended = || ApiError::new(StatusCode::GONE, "link_ended", "this link has ended");
    // Its matter was closed a day ago or more and has left the desk.
    let (referral, facts) = found.await?.ok_or_else(ended)?;
    if !opens(app, token, &polres, &referral) {
        return Err(unknown());
    }
    if app.clock.now() >= referral.expires_at || referral.state == ReferralState::Closed {
        return Err(ended());
    }
    Ok(Opened { desk, referral, facts })
}

async fn page(app: &App, Opened { desk, referral, facts }: Opened) -> Result<Json<ReferralPage>, ApiError> {
    let agency = app.store.agency(referral.agency).await?;
    let notes = app.store.referral_notes(&[referral.id]).await?;
    let in_order = referral.notes.iter().filter_map(|id| notes.iter().find(|note| note.id == *id));
    let place = facts.place.as_ref();
    Ok(Json(ReferralPage {
        office: desk.parts.office.name.clone(),
        agency: agency.map(|agency| agency.card.name).unwrap_or_default(),
        number: facts.number.clone(),
        category: facts.category,
        what: facts.category.label().to_owned(),
        priority: facts.priority,
        place: place_words(&facts),
        lng: place.map(|place| place.lng),
        lat: place.map(|place| place.lat),
        radius_m: place.map(|place| place.radius_m),
        map_url: place.map(map_link),
        state: referral.state,
        sent_at: referral.sent_at,
        expires_at: referral.expires_at,
        acknowledged_at: referral.acknowledged_at,
        notes: in_order.cloned().map(NoteView::from).collect(),
    }))
}

/// What the link is about. Open: the code is the right.
///
/// # Errors
/// 404 no such link; 410 it has ended.
#[utoipa::path(post, path = "/v1/referrals/by-token", tag = "agencies", request_body = LinkRequest,
    responses((status = 200, body = ReferralPage), (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn show(State(app): State<App>, Json(link): Json<LinkRequest>) -> Result<Json<ReferralPage>, ApiError> {
    let opened = opened(&app, &link.token).await?;
    page(&app, opened).await
}

/// The agency has it. Saying it again changes nothing.
///
/// # Errors
/// 404 no such link; 409 the agency said it is done; 410 it has ended.
#[utoipa::path(post, path = "/v1/referrals/by-token/acknowledge", tag = "agencies", request_body = LinkRequest,
    responses((status = 200, body = ReferralPage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem)))]
pub async fn acknowledge(
    State(app): State<App>,
    Json(link): Json<LinkRequest>,
) -> Result<Json<ReferralPage>, ApiError> {
    let Opened { desk, referral, .. } = opened(&app, &link.token).await?;
    desk.submit(Actor::Agency(referral.agency), Command::AcknowledgeReferral(referral.id)).await?;
    let again = opened(&app, &link.token).await?;
    page(&app, again).await
}

/// The agency says how it went.
///
/// # Errors
/// 404 no such link; 409 the agency said it is done; 410 it has ended; 422 neither done nor a word, or too many.
#[utoipa::path(post, path = "/v1/referrals/by-token/report", tag = "agencies", request_body = AnswerRequest,
    responses((status = 200, body = ReferralPage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
pub async fn report(State(app): State<App>, Json(said): Json<AnswerRequest>) -> Result<Json<ReferralPage>, ApiError> {
    let Opened { desk, referral, .. } = opened(&app, &said.token).await?;
    let text = said.note.filter(|note| !note.trim().is_empty());
    match &text {
        Some(text) => typed(text, "note")?,
        None if said.done => {}
        None => return Err(ApiError::invalid("note", "say how it goes, or that it is done")),
    }
    let note = text.map(|text| ReferralNote {
        id: MessageId(app.next_id()),
        referral: referral.id,
        from_agency: true,
        at: app.clock.now(),
        text,
    });
    let command =
        Command::ReportReferral { referral: referral.id, done: said.done, note: note.as_ref().map(|note| note.id) };
    let row = note.map(|note| insert_note(app.store.vault(), &note)).transpose()?;
    let rows: Rows = Box::new(move |_, _| Ok(row.into_iter().collect()));
    desk.submit_with(Actor::Agency(referral.agency), command, Some(rows)).await?;
    let again = opened(&app, &said.token).await?;
    page(&app, again).await
}
