//! `/v1/citizen/accounts` and `/v1/citizen/sessions`: a person proves his number with a code that comes
//! over WhatsApp, and is logged in. Account and reporter are one: who wrote over WhatsApp before is the
//! same person here.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Source;
use super::citizen_auth::{self, CODE_S, COOKIE, Citizen, SESSION_S};
use super::error::{ApiError, Problem};
use super::extract::Json;
use crate::app::App;
use crate::channels::citizen_app::{BadField, MOST_NAME_CHARS, phone_digits};
use crate::feedback::wording::Params;
use crate::model::clock::Timestamp;
use crate::model::entry::Template;
use crate::model::id::{MessageId, ReportId, ReporterId};
use crate::store::citizens::{Account, CitizenSession, Code, Registration};
use crate::store::people::{Profile, insert_alias, insert_reporter, update_reporter};
use crate::store::users::SessionKind;
use crate::store::vault::Vault;
use crate::store::{Statement, StoreError, citizens, outbox};

impl From<BadField> for ApiError {
    fn from(bad: BadField) -> Self {
        Self::invalid(bad.field, bad.why)
    }
}

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// Telephone number with WhatsApp, as people write it.
    pub phone: String,
    /// As the person calls himself, up to 100 characters.
    pub name: Option<String>,
}

/// A code is on its way, if the number can be reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeSent {
    /// The code is worth nothing after this, seconds.
    pub expires_in_s: i64,
}

/// Sends a one-time code over WhatsApp. The answer is the same for every number.
///
/// # Errors
/// 422 no telephone number; 429 asked too often, with Retry-After.
#[utoipa::path(post, path = "/v1/citizen/accounts", tag = "citizen", request_body = AccountRequest,
    responses((status = 202, body = CodeSent), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn register(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Json(wanted): Json<AccountRequest>,
) -> Result<(StatusCode, Json<CodeSent>), ApiError> {
    own_page_or_app(&app, &headers)?;
    let phone = phone_digits(&wanted.phone)?;
    let name = wanted.name.map(|name| checked_name(&name)).transpose()?;
    let now = app.clock.now();
    let vault = app.store.vault();
    let alias = vault.alias("wa_id", &phone);
    app.citizens.may_send(alias, source.0, now)?;
    let words = citizen_auth::fresh_code().map_err(no_randomness)?;
    let code = Code {
        phone: alias,
        code: citizen_auth::hash_code(vault, &phone, &words),
        registration: Registration { phone: phone.clone(), name },
        tries: 0,
        sent_at: now,
        expires_at: now.plus_secs(CODE_S),
    };
    let rows = vec![citizens::put_code(vault, &code)?, code_message(&app, &phone, &words, now)?];
    app.store.write(rows).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeSent { expires_in_s: CODE_S })))
}

/// The message that carries a code. It belongs to no report, and goes to a number of which nobody
/// knows yet whose it is: the number travels in the sealed payload.
fn code_message(app: &App, phone: &str, code: &str, now: Timestamp) -> Result<Statement, ApiError> {
    let polres = home_office(app);
    let desk = app.desks.get(&polres).ok_or_else(|| ApiError::not_found("office"))?;
    let outgoing = &desk.parts.outgoing;
    let params = Params { office: Some(outgoing.office.clone()), text: Some(code.to_owned()), ..Params::default() };
    let mut payload = serde_json::json!(outgoing.handbook.wording().compose(Template::OneTimeCode, &params));
    payload["to"] = phone.into();
    let message = outbox::Outgoing {
        id: MessageId(app.next_id()),
        polres,
        report: ReportId(uuid::Uuid::nil()),
        // A name of its own: a code does not wait behind other messages to the same person.
        reporter: ReporterId(app.next_id()),
        template: Template::OneTimeCode,
        payload,
        attempts: 0,
        next_at: now,
        created_at: now,
        error: None,
    };
    Ok(outbox::insert(app.store.vault(), &message)?)
}

/// The office that is written to when nothing says otherwise.
pub(super) fn home_office(app: &App) -> String {
    let configured = Some(&app.config.office.code).filter(|code| app.desks.contains_key(*code));
    configured.or_else(|| app.desks.keys().min()).cloned().unwrap_or_default()
}

fn checked_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.chars().count() > MOST_NAME_CHARS {
        return Err(ApiError::invalid("name", format!("at most {MOST_NAME_CHARS} characters")));
    }
    Ok(name.to_owned())
}

/// A page names where it comes from: only our own may log somebody in. An app names nothing.
fn own_page_or_app(app: &App, headers: &HeaderMap) -> Result<SessionKind, ApiError> {
    if !headers.contains_key(header::ORIGIN) {
        return Ok(SessionKind::Device);
    }
    app.check_origin(headers)?;
    Ok(SessionKind::Browser)
}

fn no_randomness(error: getrandom::Error) -> ApiError {
    tracing::error!(error = %error, "no random numbers");
    ApiError::internal()
}

/// What somebody logs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// The number the code was sent to.
    pub phone: String,
    /// The six digits.
    pub code: String,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenMe {
    /// As the person calls himself.
    pub name: Option<String>,
    /// The number, all but its last digits hidden.
    pub phone: String,
    /// Name of the office that is written to.
    pub office: String,
    /// Hears over WhatsApp too that a unit is on its way, and that it is over.
    pub notify_whatsapp: bool,
    /// For an app: to be sent as `Authorization: Bearer …`; shown once. A page gets a cookie instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The login ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Logs in with a code: a page gets a cookie that scripts cannot read, an app (a request without
/// `Origin`) a bearer token.
///
/// # Errors
/// 401 the code is wrong, old or used up; 422 no telephone number; 429 too many tries.
#[utoipa::path(post, path = "/v1/citizen/sessions", tag = "citizen", request_body = CodeRequest,
    responses((status = 201, body = CitizenMe), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn log_in(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Json(wanted): Json<CodeRequest>,
) -> Result<Response, ApiError> {
    let kind = own_page_or_app(&app, &headers)?;
    let phone = phone_digits(&wanted.phone)?;
    let now = app.clock.now();
    app.citizens.may_try(source.0, now)?;
    let code = right_code(&app, &phone, wanted.code.trim(), now).await?;
    let (account, session, token) = enter(&app, &code, kind, now).await?;
    let mut me = me(&app, &account).await?;
    if kind == SessionKind::Device {
        (me.token, me.expires_at) = (Some(token), Some(session.expires_at));
        return Ok((StatusCode::CREATED, Json(me)).into_response());
    }
    let secure = if app.config.server.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/v1; Max-Age={SESSION_S}; HttpOnly; SameSite=Strict{secure}");
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// The code of this number, when it is the one he typed. A wrong, old, used up or never sent one gets
/// the same answer.
async fn right_code(app: &App, phone: &str, typed: &str, now: Timestamp) -> Result<Code, ApiError> {
    let wrong =
        || ApiError::new(StatusCode::UNAUTHORIZED, "wrong_code", "the code is wrong or no longer good").field("code");
    let vault = app.store.vault();
    let alias = vault.alias("wa_id", phone);
    let hash = citizen_auth::hash_code(vault, phone, typed);
    // Both a known and an unknown number cost one read and one write.
    let code = app.store.citizen_code(&alias).await?;
    app.store.write(vec![citizens::count_try(&alias)]).await?;
    let code = code.filter(|code| app.citizens.begin_try(code, now)).ok_or_else(wrong)?;
    // Keyed hashes: how long the comparison takes says nothing about the code.
    if code.code == hash { Ok(code) } else { Err(wrong()) }
}

/// Makes the login, and the account and the person when they are new.
async fn enter(
    app: &App,
    code: &Code,
    kind: SessionKind,
    now: Timestamp,
) -> Result<(Account, CitizenSession, String), ApiError> {
    // Somebody who writes over WhatsApp for the first time at this very moment wins: look again.
    for _ in 0..3 {
        let (reporter, mut rows) = person(app, &code.registration, now).await?;
        let kept = app.store.citizen_account(reporter).await?;
        let account = kept.unwrap_or_else(|| Account {
            reporter,
            polres: home_office(app),
            notify_whatsapp: false,
            created_at: now,
        });
        let (token, session) = citizen_auth::new_session(reporter, kind, now).map_err(no_randomness)?;
        rows.push(citizens::upsert_account(&account));
        rows.push(citizens::insert_session(&session));
        rows.push(citizens::drop_code(&code.phone));
        match app.store.write(rows).await {
            Err(StoreError::Conflict { .. }) => {}
            done => return done.map(|()| (account, session, token)).map_err(ApiError::from),
        }
    }
    Err(ApiError::away())
}

/// The person behind a number, with the rows that make him known when he is new.
async fn person(
    app: &App,
    registration: &Registration,
    now: Timestamp,
) -> Result<(ReporterId, Vec<Statement>), ApiError> {
    let vault = app.store.vault();
    let aliases = aliases(vault, &registration.phone);
    let bare: Vec<[u8; 32]> = aliases.iter().map(|(_, alias)| *alias).collect();
    if let Some(reporter) = app.store.reporter_by_aliases(&bare).await? {
        let mut profile = app.store.reporter(reporter).await?.unwrap_or_default();
        let name = registration.name.clone().filter(|name| !name.is_empty());
        let known = (profile.name.clone(), profile.wa_id.clone());
        profile.name = name.or(profile.name);
        profile.wa_id.get_or_insert_with(|| registration.phone.clone());
        let changed = known != (profile.name.clone(), profile.wa_id.clone());
        let row = changed.then(|| update_reporter(vault, reporter, &profile, now)).transpose()?;
        return Ok((reporter, row.into_iter().collect()));
    }
    let reporter = ReporterId(app.next_id());
    let profile = Profile {
        name: registration.name.clone().filter(|name| !name.is_empty()),
        phone: Some(format!("+{}", registration.phone)),
        wa_id: Some(registration.phone.clone()),
        ..Profile::default()
    };
    let mut rows = vec![insert_reporter(vault, reporter, &profile, now)?];
    rows.extend(aliases.iter().map(|(kind, alias)| insert_alias(alias, kind, reporter)));
    Ok((reporter, rows))
}

/// The names by which this number is found: over WhatsApp, and of a caller.
fn aliases(vault: &Vault, digits: &str) -> [(&'static str, [u8; 32]); 2] {
    [("wa_id", vault.alias("wa_id", digits)), ("phone", vault.alias("phone", &format!("+{digits}")))]
}

async fn me(app: &App, account: &Account) -> Result<CitizenMe, ApiError> {
    let profile = app.store.reporter(account.reporter).await?.unwrap_or_default();
    let office = app.desks.get(&account.polres).map(|desk| desk.parts.office.name.clone()).unwrap_or_default();
    let phone = super::reports::masked(&profile);
    Ok(CitizenMe {
        name: profile.name,
        phone,
        office,
        notify_whatsapp: account.notify_whatsapp,
        token: None,
        expires_at: None,
    })
}

async fn account(app: &App, citizen: &Citizen) -> Result<Account, ApiError> {
    app.store.citizen_account(citizen.reporter).await?.ok_or_else(ApiError::unauthorized)
}

/// Who is logged in.
///
/// # Errors
/// 401 nobody.
#[utoipa::path(get, path = "/v1/citizen/sessions", tag = "citizen",
    responses((status = 200, body = CitizenMe), (status = 401, body = Problem)))]
pub async fn signed_in(State(app): State<App>, citizen: Citizen) -> Result<Json<CitizenMe>, ApiError> {
    let account = account(&app, &citizen).await?;
    me(&app, &account).await.map(Json)
}

/// Logs out.
///
/// # Errors
/// 401 nobody is logged in.
#[utoipa::path(delete, path = "/v1/citizen/sessions", tag = "citizen",
    responses((status = 204), (status = 401, body = Problem)))]
pub async fn log_out(State(app): State<App>, citizen: Citizen) -> Result<Response, ApiError> {
    app.store.write(vec![citizens::revoke_session(citizen.token_hash)]).await?;
    app.citizens.forget(&citizen.token_hash);
    let cookie = format!("{COOKIE}=; Path=/v1; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// What somebody changes about his account; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// As the person calls himself, up to 100 characters.
    pub name: Option<String>,
    /// Hear over WhatsApp too that a unit is on its way, and that it is over.
    pub notify_whatsapp: Option<bool>,
}

/// Changes one's own account.
///
/// # Errors
/// 401 nobody is logged in; 422 a name that is too long.
#[utoipa::path(patch, path = "/v1/citizen/accounts", tag = "citizen", request_body = AccountChange,
    responses((status = 200, body = CitizenMe), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    citizen: Citizen,
    Json(wanted): Json<AccountChange>,
) -> Result<Json<CitizenMe>, ApiError> {
    let mut account = account(&app, &citizen).await?;
    account.notify_whatsapp = wanted.notify_whatsapp.unwrap_or(account.notify_whatsapp);
    let mut rows = vec![citizens::upsert_account(&account)];
    if let Some(name) = wanted.name {
        let mut profile = app.store.reporter(citizen.reporter).await?.unwrap_or_default();
        profile.name = Some(checked_name(&name)?).filter(|name| !name.is_empty());
        rows.push(update_reporter(app.store.vault(), citizen.reporter, &profile, app.clock.now())?);
    }
    app.store.write(rows).await?;
    app.notified.set(citizen.reporter, account.notify_whatsapp);
    me(&app, &account).await.map(Json)
}
