//! What another agency opens with its link: one matter, without the person who told us, and two
//! answers. The token comes in the body, so that it stands in no address and no log.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, Problem};
use super::extract::{Json, Raw};
use super::referrals::{NoteView, facts_of, facts_of_report, opens};
use super::reports::typed;
use crate::app::App;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::decide::MOST_PHOTOS;
use crate::feedback::referral::{Facts, map_link, place_words};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{MediaId, MessageId, ReportId};
use crate::model::media::{MediaKind, MediaOrigin};
use crate::model::photo::PhotoState;
use crate::model::referral::{Referral, ReferralState, Subject};
use crate::model::report::{Category, Priority};
use crate::runtime::desks::{DeskHandle, Rows};
use crate::runtime::media::NewMedia;
use crate::runtime::referral_link::named;
use crate::store::media::{self, Media};
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
    /// Photos the page shows: those of the matter, if the operator said so, and the agency's own.
    pub photos: Vec<PagePhoto>,
    /// Whether the agency may send one more photo.
    pub can_show: bool,
}

/// A photo on the page, without hidden data; its bytes come from `/v1/referrals/by-token/media`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct PagePhoto {
    /// Which.
    pub id: MediaId,
    /// The agency sent it.
    pub from_agency: bool,
}

/// A link that opens: whose desk, which referral, about what.
struct Opened {
    desk: DeskHandle,
    referral: Referral,
    facts: Facts,
    /// Reports whose photos may be shown, the first one first.
    reports: Vec<ReportId>,
    /// After-photos an operator approved.
    approved: Vec<MediaId>,
}

async fn opened(app: &App, token: &str) -> Result<Opened, ApiError> {
    let unknown = || ApiError::not_found("link");
    let id = named(token).ok_or_else(unknown)?;
    let polres = app.store.office_of_referral(id).await?.ok_or_else(unknown)?;
    let desk = app.desks.get(&polres).ok_or_else(unknown)?.clone();
    let rules = desk.parts.rules.now();
    let found = desk.look(move |desk| {
        let names = &rules.categories;
        let (referral, subject) = desk.referral(id)?;
        let (facts, reports, approved) = match subject {
            Subject::Incident(incident) => {
                let incident = desk.incidents.get(&incident)?;
                let approved = incident.photos.iter().filter(|photo| photo.state == PhotoState::Approved);
                (facts_of(incident, names), incident.reports.clone(), approved.map(|photo| photo.id).collect())
            }
            Subject::Report(report) => (facts_of_report(desk.reports.get(&report)?, names), vec![report], Vec::new()),
        };
        Some((referral.clone(), facts, reports, approved))
    });
    let ended = || ApiError::new(StatusCode::GONE, "link_ended", "this link has ended");
    // Its matter was closed a day ago or more and has left the desk.
    let (referral, facts, reports, approved) = found.await?.ok_or_else(ended)?;
    if !opens(app, token, &polres, &referral) {
        return Err(unknown());
    }
    if app.clock.now() >= referral.expires_at || referral.state == ReferralState::Closed {
        return Err(ended());
    }
    Ok(Opened { desk, referral, facts, reports, approved })
}

/// The photos a link may show.
async fn photos(app: &App, opened: &Opened) -> Result<Vec<PagePhoto>, ApiError> {
    let Opened { referral, reports, approved, .. } = opened;
    let mut found: Vec<PagePhoto> = Vec::new();
    if referral.photos {
        // Of the crews' photos only what was approved; of the agencies' only this one's own, below.
        let theirs = app.store.pictures_of(reports).await?.into_iter();
        let theirs = theirs.filter(|it| matches!(it.origin, MediaOrigin::Whatsapp | MediaOrigin::App));
        let all = theirs.map(|media| media.id).chain(approved.iter().copied());
        found.extend(all.map(|id| PagePhoto { id, from_agency: false }));
    }
    found.extend(referral.shown.iter().map(|id| PagePhoto { id: *id, from_agency: true }));
    Ok(found)
}

async fn page(app: &App, opened: Opened) -> Result<Json<ReferralPage>, ApiError> {
    let photos = photos(app, &opened).await?;
    let Opened { desk, referral, facts, .. } = opened;
    let agency = app.store.agency(referral.agency).await?;
    let notes = app.store.referral_notes(&[referral.id]).await?;
    let in_order = referral.notes.iter().filter_map(|id| notes.iter().find(|note| note.id == *id));
    let place = facts.place.as_ref();
    Ok(Json(ReferralPage {
        office: desk.parts.office.name.clone(),
        agency: agency.map(|agency| agency.card.name).unwrap_or_default(),
        number: facts.number.clone(),
        category: facts.category,
        what: facts.what.clone(),
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
        photos,
        can_show: referral.is_live() && referral.shown.len() < MOST_PHOTOS,
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
    let command = Command::ReportReferral {
        referral: referral.id,
        done: said.done,
        note: note.as_ref().map(|note| note.id),
        photo: None,
    };
    let row = note.map(|note| insert_note(app.store.vault(), &note)).transpose()?;
    let rows: Rows = Box::new(move |_, _| Ok(row.into_iter().collect()));
    desk.submit_with(Actor::Agency(referral.agency), command, Some(rows)).await?;
    let again = opened(&app, &said.token).await?;
    page(&app, again).await
}

/// Which photo of which link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoRequest {
    /// The code.
    pub token: String,
    /// The photo.
    pub media: MediaId,
}

/// A photo the page shows: a JPEG without hidden data.
///
/// # Errors
/// 404 no such link, or it shows no such photo; 410 it has ended.
#[utoipa::path(post, path = "/v1/referrals/by-token/media", tag = "agencies", request_body = PhotoRequest,
    responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn photo(State(app): State<App>, Json(wanted): Json<PhotoRequest>) -> Result<Response, ApiError> {
    let opened = opened(&app, &wanted.token).await?;
    let shown = photos(&app, &opened).await?.into_iter().any(|photo| photo.id == wanted.media);
    if !shown {
        return Err(ApiError::not_found("photo"));
    }
    super::media::shown(&app, wanted.media, &HeaderMap::new()).await
}

/// Takes a photo of the agency with its report back: the bytes of a JPEG, PNG or WebP, 10 MB at most.
/// The code comes as `Authorization: Bearer …`, so that it stands in no address and no log. The same
/// photo again is one.
///
/// # Errors
/// 404 no such link; 409 it is done, or has as many photos as it may; 410 it has ended; 413 too large;
/// 415 or 422 not a picture.
#[utoipa::path(post, path = "/v1/referrals/by-token/photos", tag = "agencies",
    params(("authorization" = String, Header, description = "`Bearer` and the code of the link")),
    request_body(content = String, content_type = "image/jpeg"),
    responses((status = 201, body = ReferralPage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn show_photo(
    State(app): State<App>,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<(StatusCode, Json<ReferralPage>), ApiError> {
    let code = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = code.ok_or_else(|| ApiError::not_found("link"))?.to_owned();
    let found = opened(&app, &token).await?;
    // Asked before the picture is looked at: what cannot be kept is not worth it.
    found.referral.can_answer("show").map_err(Refusal::from)?;
    if found.referral.shown.len() >= MOST_PHOTOS {
        return Err(Refusal::from(InvalidStep { step: "show", state: "with as many photos as it may have" }).into());
    }
    let new = NewMedia {
        owner: Some(format!("agency:{}", found.referral.agency)),
        ..NewMedia::of(&found.desk.parts.office.code, MediaOrigin::Agency)
    };
    let kept = app.media.keep(new, &bytes).await?;
    if kept.kind != MediaKind::Picture {
        // It belongs to nothing and is removed after a day.
        return Err(ApiError::invalid("body", "not a picture"));
    }
    let mut sent_before = false;
    for id in &found.referral.shown {
        let same = |media: &Media| media.sha256.as_deref() == Some(&kept.sha256[..]);
        sent_before |= app.store.media(*id).await?.is_some_and(|media| same(&media));
    }
    if !sent_before {
        let report = found.reports.first().copied();
        let row = report.map(|report| media::attach(kept.id, report, None, None));
        let rows: Rows = Box::new(move |_, _| Ok(row.into_iter().collect()));
        let Referral { id, agency, .. } = found.referral;
        let command = Command::ReportReferral { referral: id, done: false, note: None, photo: Some(kept.id) };
        found.desk.submit_with(Actor::Agency(agency), command, Some(rows)).await?;
    }
    let again = opened(&app, &token).await?;
    Ok((StatusCode::CREATED, page(&app, again).await?))
}
