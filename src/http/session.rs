//! `/v1/session` and `/v1/tokens`: logging in and out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::{self, COOKIE, Source, Who};
use super::error::{ApiError, Problem};
use super::extract::Json;
use crate::app::App;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::id::{UnitId, UserId};
use crate::model::jurisdiction::Office;
use crate::model::viewer::Role;
use crate::runtime::desks::{Chain, DeskHandle};
use crate::store::users::{self, SessionKind, User};

/// What somebody logs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Login name.
    pub username: String,
    /// Password, up to 1,024 characters.
    pub password: String,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// His id.
    pub id: UserId,
    /// Login name.
    pub username: String,
    /// Name for people.
    pub name: String,
    /// What he does.
    pub role: Role,
    /// Code of the Polres he works with.
    pub polres: String,
    /// The Polsek he is confined to.
    pub polsek: Option<String>,
    /// The unit he rides in.
    pub unit_id: Option<UnitId>,
    /// The office itself.
    pub office: Office,
    /// Server clock.
    pub server_time: Timestamp,
    /// A demonstration: simulated day, invented people.
    pub demo: bool,
    /// Came with a one-time password: must choose another before anything else.
    pub must_change: bool,
    /// What his office calls its categories and in which order it offers them; none: as the program does.
    pub categories: Option<CategorySet>,
    /// Seconds in which an end can be taken back before its reporter hears of it (`dispatch.undo_s`).
    pub undo_s: i64,
    /// An exercise: nothing in it is real, and nothing leaves it.
    pub rehearsal: Option<Rehearsal>,
}

/// The exercise somebody takes part in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rehearsal {
    /// Its id.
    pub id: Uuid,
    /// What the trainer called it.
    pub title: String,
    /// Whether he may set its speed, let things happen and end it.
    pub leads: bool,
}

fn me(app: &App, user: &User, who_polres: &str, role: Role) -> Result<Me, ApiError> {
    let desk = app.desks.get(who_polres).ok_or_else(|| ApiError::not_found("office"))?;
    Ok(Me {
        id: user.id,
        username: user.username.clone(),
        name: user.name.clone(),
        role,
        polres: who_polres.to_owned(),
        polsek: user.polsek.clone(),
        unit_id: user.unit,
        office: desk.parts.office.clone(),
        server_time: app.clock.now(),
        demo: app.demo.is_some(),
        must_change: user.must_change,
        categories: own_categories(desk),
        undo_s: desk.parts.rules.now().plans.answers.undo_s,
        rehearsal: app.practice.as_ref().map(|practice| Rehearsal {
            id: practice.id,
            title: practice.title.clone(),
            leads: role.trains() && user.polsek.is_none(),
        }),
    })
}

fn own_categories(desk: &DeskHandle) -> Option<CategorySet> {
    let (now, base) = (desk.parts.rules.now(), desk.parts.rules.base());
    (now.categories != base.categories).then(|| now.categories.clone())
}

/// Logs in; the session is a cookie that scripts cannot read.
///
/// # Errors
/// 401 wrong name or password; 429 too many wrong ones, with Retry-After.
#[utoipa::path(post, path = "/v1/session", tag = "session", request_body = Login,
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn log_in(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Result<Response, ApiError> {
    app.check_origin(&headers)?;
    let now = app.clock.now();
    let wait = |secs| {
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "too many wrong passwords; wait")
            .retry_after(secs)
    };
    app.sessions.begin_try(source.0, &login.username, now).map_err(wait)?;
    let user = app.store.user_by_name(&login.username).await?;
    let right = check_password(login.password, user.as_ref().map(|user| user.password_hash.clone())).await?;
    if right {
        app.sessions.note_success(source.0, &login.username);
    }
    let wrong = || ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "wrong name or password");
    let user = user.filter(|user| right && !user.disabled).ok_or_else(wrong)?;
    let (token, token_hash) = fresh(SessionKind::Browser)?;
    app.store
        .write(vec![users::insert_session(&auth::new_session(&user, SessionKind::Browser, token_hash, now))])
        .await?;
    let who = app.sessions.find(&app, token_hash).await?.ok_or_else(wrong)?;
    let body = me(&app, &user, &who.viewer.polres, who.viewer.role)?;
    let secure = if app.config.server.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

async fn check_password(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    if password.chars().count() > 1024 {
        return Err(ApiError::invalid("password", "a password has at most 1,024 characters"));
    }
    let checked = tokio::task::spawn_blocking(move || auth::verify_password(&password, hash.as_deref()));
    checked.await.map_err(|_| ApiError::internal())
}

fn fresh(kind: SessionKind) -> Result<(String, [u8; 32]), ApiError> {
    auth::fresh_token().map_err(|error| {
        tracing::error!(error = %error, kind = ?kind, "no random numbers for a token");
        ApiError::internal()
    })
}

/// Who is logged in.
///
/// # Errors
/// 401 nobody.
#[utoipa::path(get, path = "/v1/session", tag = "session",
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who) -> Result<Json<Me>, ApiError> {
    me(&app, &who.user, &who.viewer.polres, who.viewer.role).map(Json)
}

/// Logs out.
///
/// # Errors
/// 401 nobody is logged in.
#[utoipa::path(delete, path = "/v1/session", tag = "session", responses((status = 204), (status = 401, body = Problem)))]
pub async fn log_out(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    app.store.write(vec![users::revoke_session(who.token_hash)]).await?;
    app.sessions.forget(&who.token_hash);
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// For whom a token is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Login name of the user whose right the token carries.
    pub username: String,
}

/// A bearer token; it is shown once.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// To be sent as `Authorization: Bearer …`.
    pub token: String,
    /// Ends by itself.
    pub expires_at: Timestamp,
}

/// Makes a bearer token for a device or an integration.
///
/// # Errors
/// 403 not an administrator; 404 no such user in this office.
#[utoipa::path(post, path = "/v1/tokens", tag = "session", request_body = TokenRequest,
    responses((status = 201, body = Token), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn make_token(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<TokenRequest>,
) -> Result<(StatusCode, Json<Token>), ApiError> {
    let polres = &who.admin()?.polres;
    let user = app.store.user_by_name(&wanted.username).await?;
    let user = user.filter(|user| user.polres.as_ref() == Some(polres)).ok_or_else(|| ApiError::not_found("user"))?;
    let token = issue_token(&app, &user).await?;
    Ok((StatusCode::CREATED, Json(token)))
}

/// A new device token of `user`, recorded.
///
/// # Errors
/// Storage is away.
pub async fn issue_token(app: &App, user: &User) -> Result<Token, ApiError> {
    let (token, token_hash) = fresh(SessionKind::Device)?;
    let session = auth::new_session(user, SessionKind::Device, token_hash, app.clock.now());
    app.store.write(vec![users::insert_session(&session)]).await.inspect_err(|error| {
        tracing::error!(error = %Chain(error), "a token was not recorded");
    })?;
    Ok(Token { token, expires_at: session.expires_at })
}
