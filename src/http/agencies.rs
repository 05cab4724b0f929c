//! `/v1/agencies`: the directory of other agencies, kept by the office's administrator.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use crate::app::App;
use crate::model::id::AgencyId;
use crate::model::referral::AgencyKind;
use crate::model::report::Category;
use crate::runtime::webhook_post::WebhookPost;
use crate::store::agencies::{Agency, AgencyCard, AgencyChannel, upsert_agency};

/// Longest name, characters.
const MOST_NAME: usize = 200;
/// Longest words about an agency, characters.
const MOST_WORDS: usize = 2000;
/// Most areas of one agency.
const MOST_AREAS: usize = 500;

/// An agency as its caller may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgencyView {
    /// Its id.
    pub id: AgencyId,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: AgencyKind,
    /// Which matters are its business; none for all.
    pub categories: Vec<Category>,
    /// Codes of kecamatan and kelurahan it works in; none for everywhere.
    pub areas: Vec<String>,
    /// How it is told.
    pub channel: AgencyChannel,
    /// WhatsApp number, e-mail address or webhook; for those who work with it.
    pub contact: Option<String>,
    /// Telephone number; for those who work with it.
    pub phone: Option<String>,
    /// When somebody is there.
    pub hours: String,
    /// For the operator.
    pub note: String,
    /// Came with the program and was not yet changed.
    pub example: bool,
    /// Whether a secret signs its webhooks.
    pub signed: bool,
    /// The new secret, said once.
    pub secret: Option<String>,
}

impl AgencyView {
    /// As `who` may see it: numbers are for operators, supervisors and administrators.
    #[must_use]
    pub fn of(agency: &Agency, who: &Who) -> Self {
        let works = who.viewer.role.dispatches() || who.admin().is_ok();
        let card = &agency.card;
        Self {
            id: agency.id,
            name: card.name.clone(),
            kind: agency.kind,
            categories: agency.categories.clone(),
            areas: agency.areas.clone(),
            channel: agency.channel,
            contact: works.then(|| card.contact.clone()),
            phone: works.then(|| card.phone.clone()),
            hours: card.hours.clone(),
            note: card.note.clone(),
            example: agency.example,
            signed: !card.secret.is_empty(),
            secret: None,
        }
    }
}

/// The directory.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agencies {
    /// In the order they were entered.
    pub items: Vec<AgencyView>,
}

/// What is known of an agency; in a change, what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgencyRequest {
    /// What people call it.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<AgencyKind>,
    /// Which matters are its business; an empty list for all.
    pub categories: Option<Vec<Category>>,
    /// Codes of kecamatan and kelurahan it works in (`12.71.07`); an empty list for everywhere.
    pub areas: Option<Vec<String>>,
    /// How it is told.
    pub channel: Option<AgencyChannel>,
    /// WhatsApp number, e-mail address or webhook address.
    pub contact: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// When somebody is there.
    pub hours: Option<String>,
    /// For the operator.
    pub note: Option<String>,
    /// Makes a new secret for its webhooks.
    #[serde(default)]
    pub new_secret: bool,
}

/// Other agencies a matter can be passed to.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/agencies", tag = "agencies",
    responses((status = 200, body = Agencies), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Agencies>, ApiError> {
    let polres = &who.watcher()?.polres;
    let items = app.store.agencies(polres, false).await?.iter().map(|agency| AgencyView::of(agency, &who)).collect();
    Ok(Json(Agencies { items }))
}

/// Enters an agency. A webhook gets a secret, said in this answer only.
///
/// # Errors
/// 403 not an administrator; 422 what is missing or cannot be, by its field.
#[utoipa::path(post, path = "/v1/agencies", tag = "agencies", request_body = AgencyRequest,
    responses((status = 201, body = AgencyView), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<AgencyRequest>,
) -> Result<(StatusCode, Json<AgencyView>), ApiError> {
    let polres = who.admin()?.polres.clone();
    let now = app.clock.now();
    let agency = Agency {
        id: AgencyId(app.next_id()),
        polres,
        kind: wanted.kind.ok_or_else(|| ApiError::invalid("kind", "say what it is"))?,
        categories: Vec::new(),
        areas: Vec::new(),
        channel: AgencyChannel::Phone,
        example: false,
        created_at: now,
        updated_at: now,
        removed_at: None,
        card: AgencyCard::default(),
    };
    Ok((StatusCode::CREATED, Json(save(&app, &who, agency, wanted).await?)))
}

/// Changes an agency.
///
/// # Errors
/// 403 not an administrator; 404 no such agency; 422 what cannot be, by its field.
#[utoipa::path(patch, path = "/v1/agencies/{id}", tag = "agencies", params(("id" = AgencyId, Path)), request_body = AgencyRequest,
    responses((status = 200, body = AgencyView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Path(id): Path<AgencyId>,
    Json(wanted): Json<AgencyRequest>,
) -> Result<Json<AgencyView>, ApiError> {
    who.admin()?;
    let agency = find(&app, &who, id).await?;
    save(&app, &who, agency, wanted).await.map(Json)
}

/// Takes an agency out of the directory; what was passed to it keeps its name.
///
/// # Errors
/// 403 not an administrator; 404 no such agency.
#[utoipa::path(delete, path = "/v1/agencies/{id}", tag = "agencies", params(("id" = AgencyId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(State(app): State<App>, who: Who, Path(id): Path<AgencyId>) -> Result<StatusCode, ApiError> {
    who.admin()?;
    let now = app.clock.now();
    let agency = Agency { removed_at: Some(now), updated_at: now, ..find(&app, &who, id).await? };
    app.store.write(vec![upsert_agency(app.store.vault(), &agency)?]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An agency of the caller's office that stands in the directory.
///
/// # Errors
/// 404 none.
pub async fn find(app: &App, who: &Who, id: AgencyId) -> Result<Agency, ApiError> {
    let found = app.store.agency(id).await?;
    let ours = found.filter(|agency| agency.polres == who.viewer.polres && agency.removed_at.is_none());
    ours.ok_or_else(|| ApiError::not_found("agency"))
}

async fn save(app: &App, who: &Who, mut agency: Agency, wanted: AgencyRequest) -> Result<AgencyView, ApiError> {
    let wants_secret = wanted.new_secret;
    fill(&mut agency, wanted)?;
    agency.card.contact = contact(agency.channel, &agency.card.contact, app.config.referrals.allow_private)?;
    agency.example = false;
    agency.updated_at = app.clock.now();
    let webhook = agency.channel == AgencyChannel::Webhook;
    let secret = if wants_secret || (webhook && agency.card.secret.is_empty()) {
        let (secret, _) = super::auth::fresh_token().map_err(|_| ApiError::internal())?;
        agency.card.secret.clone_from(&secret);
        Some(secret)
    } else {
        None
    };
    app.store.write(vec![upsert_agency(app.store.vault(), &agency)?]).await?;
    Ok(AgencyView { secret, ..AgencyView::of(&agency, who) })
}

fn fill(agency: &mut Agency, wanted: AgencyRequest) -> Result<(), ApiError> {
    let card = &mut agency.card;
    for (field, most, from, to) in [
        ("name", MOST_NAME, wanted.name, &mut card.name),
        ("contact", MOST_WORDS, wanted.contact, &mut card.contact),
        ("phone", 30, wanted.phone, &mut card.phone),
        ("hours", MOST_NAME, wanted.hours, &mut card.hours),
        ("note", MOST_WORDS, wanted.note, &mut card.note),
    ] {
        let Some(text) = from else { continue };
        if text.chars().count() > most {
            return Err(ApiError::invalid(field, format!("at most {most} characters")));
        }
        *to = text;
    }
    if card.name.trim().is_empty() {
        return Err(ApiError::invalid("name", "it is empty"));
    }
    if !card.phone.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c)) {
        return Err(ApiError::invalid("phone", "digits, blanks, + - and brackets only"));
    }
    agency.kind = wanted.kind.unwrap_or(agency.kind);
    agency.channel = wanted.channel.unwrap_or(agency.channel);
    agency.categories = wanted.categories.unwrap_or_else(|| agency.categories.clone());
    if let Some(areas) = wanted.areas {
        let code =
            |area: &String| (5..=13).contains(&area.len()) && area.chars().all(|c| c.is_ascii_digit() || c == '.');
        if areas.len() > MOST_AREAS || !areas.iter().all(code) {
            return Err(ApiError::invalid("areas", "codes of kecamatan or kelurahan like 12.71.07, 500 at most"));
        }
        agency.areas = areas;
    }
    Ok(())
}

/// The address as it is used; digits alone for WhatsApp.
fn contact(channel: AgencyChannel, text: &str, allow_private: bool) -> Result<String, ApiError> {
    let bad = |why: &str| Err(ApiError::invalid("contact", why));
    match channel {
        AgencyChannel::Phone => Ok(text.to_owned()),
        AgencyChannel::Whatsapp => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let digits = digits.strip_prefix('0').map_or(digits.clone(), |rest| format!("62{rest}"));
            if text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c)) && (8..=15).contains(&digits.len()) {
                Ok(digits)
            } else {
                bad("a WhatsApp number has 8 to 15 digits")
            }
        }
        AgencyChannel::Email => {
            let whole = text.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != ',');
            match text.split_once('@') {
                Some((name, host)) if whole && !name.is_empty() && host.contains('.') && !host.contains('@') => {
                    Ok(text.to_owned())
                }
                _ => bad("not an e-mail address"),
            }
        }
        AgencyChannel::Webhook => match WebhookPost::check(text, allow_private) {
            Ok(url) => Ok(url.to_string()),
            Err(why) => bad(&why),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_checked_by_their_channel() {
        use AgencyChannel as C;
        assert_eq!(contact(C::Whatsapp, "0812-3456-789", false).unwrap(), "628123456789");
        assert_eq!(contact(C::Whatsapp, "+62 812 3456 789", false).unwrap(), "628123456789");
        assert_eq!(contact(C::Email, "posko@damkar.example", false).unwrap(), "posko@damkar.example");
        for (channel, text) in [
            (C::Whatsapp, "112"),
            (C::Whatsapp, "081234567x9"),
            (C::Email, "posko@damkar"),
            (C::Email, "a@b.c\r\nBcc: x@y.z"),
            (C::Email, "a@b.c,d@e.f"),
            (C::Webhook, "http://a.example/"),
            (C::Webhook, "https://192.168.0.1/"),
        ] {
            assert!(contact(channel, text, false).is_err(), "{text}");
        }
    }
}
