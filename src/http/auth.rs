//! Who asks: sessions, passwords, and the right to ask at all. Every handler that takes a [`Who`]
//! is closed to strangers; those that do not are listed in a test.

use std::collections::HashMap;
use std::net::SocketAddr;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::id::UserId;
use crate::model::viewer::{Role, Scope, Viewer};
use crate::runtime::desks::DeskHandle;
use crate::store::users::{Session, SessionKind, User};
use crate::store::{StoreError, users};

/// The cookie of a browser session.
pub const COOKIE: &str = "sigap_session";

/// A browser session ends this long after its login, seconds: one duty of 12 h and its hand-over.
const BROWSER_S: i64 = 14 * 3600;

/// A device token lasts this long, seconds.
const DEVICE_S: i64 = 180 * 24 * 3600;

/// A browser session not used for this long ends, seconds.
const IDLE_S: f64 = 4.0 * 3600.0;

/// How long a looked-up session is believed, seconds: a logout elsewhere is felt within it.
const BELIEVED_S: f64 = 3.0;

/// Wrong passwords of one source for one name before it must wait, and how long (CJIS: 5, 10 min).
const MOST_FAILURES: u32 = 5;
const FAILURE_WAIT_S: f64 = 600.0;

/// Who asks, with which right.
#[derive(Debug, Clone)]
pub struct Who {
    /// Role and scope.
    pub viewer: Viewer,
    /// The user.
    pub user: User,
    /// Browser or device.
    pub kind: SessionKind,
    /// SHA-256 of the token he came with.
    pub token_hash: [u8; 32],
}

impl Who {
    /// Only those who work the queue.
    ///
    /// # Errors
    /// 403.
    pub fn dispatcher(&self) -> Result<&Viewer, ApiError> {
        self.only(self.viewer.role.dispatches(), "only operators and supervisors may do this")
    }

    /// Only those who may look at reports, incidents and units.
    ///
    /// # Errors
    /// 403.
    pub fn watcher(&self) -> Result<&Viewer, ApiError> {
        self.only(self.viewer.role.watches(), "this role does not see this")
    }

    /// Only administrators.
    ///
    /// # Errors
    /// 403.
    pub fn admin(&self) -> Result<&Viewer, ApiError> {
        self.only(self.viewer.role == Role::Admin, "only administrators may do this")
    }

    fn only(&self, allowed: bool, why: &str) -> Result<&Viewer, ApiError> {
        if allowed { Ok(&self.viewer) } else { Err(ApiError::forbidden(why)) }
    }

    /// The desk this user works with.
    ///
    /// # Errors
    /// 404: his office is not served here.
    pub fn desk<'a>(&self, app: &'a App) -> Result<&'a DeskHandle, ApiError> {
        app.desks.get(&self.viewer.polres).ok_or_else(|| ApiError::not_found("office"))
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let who = whoever(parts, app).await?;
        // A machine that reports events has its own door and no other.
        who.only(who.viewer.role != Role::Integration, "this token only reports events")?;
        Ok(who)
    }
}

/// Who asks, machines included: for the doors where events are reported.
#[derive(Debug, Clone)]
pub struct Speaker(pub Who);

impl FromRequestParts<App> for Speaker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        whoever(parts, app).await.map(Self)
    }
}

/// Who a bearer token belongs to, where there is one.
///
/// # Errors
/// 401 a token that is none; 503.
pub(super) async fn bearer(app: &App, headers: &HeaderMap) -> Result<Option<Who>, ApiError> {
    match token_of(headers) {
        Some((token, SessionKind::Device)) => {
            let who = app.sessions.find(app, hash_token(token)).await?.filter(|who| who.kind == SessionKind::Device);
            who.map(Some).ok_or_else(ApiError::unauthorized)
        }
        _ => Ok(None),
    }
}

async fn whoever(parts: &Parts, app: &App) -> Result<Who, ApiError> {
    let (token, kind) = token_of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
    if kind == SessionKind::Browser && !is_safe(&parts.method) {
        app.check_origin(&parts.headers)?;
    }
    let who = app.sessions.find(app, hash_token(token)).await?.ok_or_else(ApiError::unauthorized)?;
    if who.kind != kind {
        return Err(ApiError::unauthorized());
    }
    // A one-time password opens nothing but the door where another one is chosen.
    if who.user.must_change && !parts.uri.path().starts_with("/v1/session") {
        let said = "choose a password of your own first";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "password_change_needed", said));
    }
    Ok(who)
}

pub(super) const fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The token of a request: `Authorization: Bearer …` for devices, the cookie for browsers.
fn token_of(headers: &HeaderMap) -> Option<(&str, SessionKind)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return Some((value.to_str().ok()?.strip_prefix("Bearer ")?, SessionKind::Device));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookie| cookie.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| (token, SessionKind::Browser))
}

pub(super) fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A fresh token, 256 random bits, and its hash.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn fresh_token() -> Result<(String, [u8; 32]), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash_token(&token);
    Ok((token, hash))
}

/// A new login of `user`.
#[must_use]
pub fn new_session(user: &User, kind: SessionKind, token_hash: [u8; 32], now: Timestamp) -> Session {
    let lasts = if kind == SessionKind::Browser { BROWSER_S } else { DEVICE_S };
    Session {
        token_hash,
        user: user.id,
        kind,
        created_at: now,
        last_at: now,
        expires_at: now.plus_secs(lasts),
        revoked: false,
    }
}

/// The argon2id hash of a password, as a PHC string.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether `password` is the one behind `hash`. An unknown user is checked against a stand-in, so
/// that the answer takes as long.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    static STAND_IN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let stand_in = STAND_IN.get_or_init(|| hash_password("nobody").unwrap_or_default());
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(stand_in)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && hash.is_some()
}

/// Sessions looked up lately, and failed logins.
#[derive(Debug, Default)]
pub struct Sessions {
    known: Mutex<HashMap<[u8; 32], (Timestamp, Who)>>,
    failures: Mutex<HashMap<(std::net::IpAddr, String), (u32, Timestamp)>>,
}

impl Sessions {
    /// The user behind a token; none when the session ended or the user was disabled.
    ///
    /// # Errors
    /// The store is away.
    pub async fn find(&self, app: &App, token_hash: [u8; 32]) -> Result<Option<Who>, StoreError> {
        // An exercise has no logins of its own: whom the real office let in.
        if let Some(practice) = &app.practice {
            return Ok(practice.who(&token_hash));
        }
        let now = app.clock.now();
        if let Some((at, who)) = self.known.lock().get(&token_hash)
            && now.secs_since(*at) < BELIEVED_S
            && now >= *at
        {
            return Ok(Some(who.clone()));
        }
        let found = app.store.session(token_hash).await?;
        let Some((session, user)) = found.filter(|(session, user)| is_live(session, user, now)) else {
            self.known.lock().remove(&token_hash);
            return Ok(None);
        };
        if now.secs_since(session.last_at) > 60.0 {
            app.store.write(vec![users::touch_session(token_hash, now)]).await?;
        }
        let Some(viewer) = viewer_of(app, &user) else { return Ok(None) };
        let who = Who { viewer, user, kind: session.kind, token_hash };
        let mut known = self.known.lock();
        if known.len() > 10_000 {
            known.clear();
        }
        known.insert(token_hash, (now, who.clone()));
        Ok(Some(who))
    }

    /// What was believed of a session is no longer.
    pub fn forget(&self, token_hash: &[u8; 32]) {
        self.known.lock().remove(token_hash);
    }

    /// What was believed of every session of a user is no longer.
    pub fn forget_user(&self, user: UserId) {
        self.known.lock().retain(|_, (_, who)| who.user.id != user);
    }

    /// Whether this source may try this name now; seconds to wait otherwise. The try counts as failed
    /// until it succeeded, so that many at once gain nothing.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn begin_try(&self, source: std::net::IpAddr, username: &str, now: Timestamp) -> Result<(), u32> {
        let mut failures = self.failures.lock();
        failures.retain(|_, (_, at)| now.secs_since(*at) < FAILURE_WAIT_S);
        let (count, last) = failures.entry((source, username.to_owned())).or_insert((0, now));
        if *count >= MOST_FAILURES {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most ten minutes")]
            return Err((FAILURE_WAIT_S - now.secs_since(*last)).clamp(1.0, FAILURE_WAIT_S) as u32);
        }
        *count += 1;
        *last = now;
        Ok(())
    }

    /// A login succeeded.
    pub fn note_success(&self, source: std::net::IpAddr, username: &str) {
        self.failures.lock().remove(&(source, username.to_owned()));
    }
}

fn is_live(session: &Session, user: &User, now: Timestamp) -> bool {
    let idle = session.kind == SessionKind::Browser && now.secs_since(session.last_at) > IDLE_S;
    !session.revoked && !user.disabled && now < session.expires_at && !idle
}

/// Role and scope of a user. A user without a Polres works with the first one; one whose role is
/// unknown, or a crew without a unit, sees nothing.
fn viewer_of(app: &App, user: &User) -> Option<Viewer> {
    let role = Role::from_code(&user.role)?;
    let scope = match (role, user.unit, &user.polsek) {
        (Role::Patrol, Some(unit), _) => Scope::Unit(unit),
        (Role::Patrol, None, _) => return None,
        (_, _, Some(polsek)) => Scope::Polsek(polsek.clone()),
        _ => Scope::Polres,
    };
    let polres = user.polres.clone().or_else(|| app.desks.keys().min().cloned())?;
    Some(Viewer { user: user.id, role, polres, scope })
}

/// The address a request came from: the peer, or what one of our own proxies says of it.
#[derive(Debug, Clone, Copy)]
pub struct Source(pub std::net::IpAddr);

impl FromRequestParts<App> for Source {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = info.map_or(std::net::IpAddr::from([0, 0, 0, 0]), |ConnectInfo(addr)| addr.ip());
        Ok(Self(app.proxies.client(peer, &parts.headers)))
    }
}
