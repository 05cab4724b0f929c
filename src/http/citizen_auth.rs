//! Who asks from the citizen app: one-time codes, sessions, and the [`Citizen`] every closed door of
//! the app takes. A code is six digits, good for five minutes and five tries; what is kept of it is a
//! keyed hash. Known and unknown numbers get the same answer.

use std::collections::HashMap;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use parking_lot::Mutex;

use super::auth::{fresh_token, hash_token, is_safe};
use super::error::ApiError;
use super::limiter::Limiter;
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::id::ReporterId;
use crate::store::StoreError;
use crate::store::citizens::{CitizenSession, Code};
use crate::store::users::SessionKind;
use crate::store::vault::Vault;

/// The cookie of the page.
pub const COOKIE: &str = "sigap_citizen";

/// A code is worth nothing after this, seconds.
pub const CODE_S: i64 = 300;

/// A code may be tried this often.
pub const MOST_TRIES: u32 = 5;

/// A login lasts this long, seconds: a person reports rarely, and must not wait for a code then.
pub const SESSION_S: i64 = 90 * 24 * 3600;

/// How long a looked-up session is believed, seconds.
const BELIEVED_S: f64 = 3.0;

/// Somebody who proved his number and is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Who; the same person as over WhatsApp.
    pub reporter: ReporterId,
    /// Code of the office his account belongs to.
    pub polres: String,
    /// SHA-256 of the token he came with.
    pub token_hash: [u8; 32],
}

impl Citizen {
    /// How the owner of his uploads is written.
    #[must_use]
    pub fn owner(&self) -> String {
        format!("citizen:{}", self.reporter)
    }
}

impl FromRequestParts<App> for Citizen {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (token, kind) = token_of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if kind == SessionKind::Browser && !is_safe(&parts.method) {
            app.check_origin(&parts.headers)?;
        }
        let found = app.citizens.find(app, hash_token(token), kind).await?;
        found.ok_or_else(ApiError::unauthorized)
    }
}

/// The token of a request: `Authorization: Bearer …` of an app, else the cookie of the page.
fn token_of(headers: &HeaderMap) -> Option<(&str, SessionKind)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return Some((value.to_str().ok()?.strip_prefix("Bearer ")?, SessionKind::Device));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookie| cookie.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| (token, SessionKind::Browser))
}

/// Logins looked up lately, and how often codes were asked for and tried.
#[derive(Debug)]
pub struct Citizens {
    known: Mutex<HashMap<[u8; 32], (Timestamp, SessionKind, Citizen)>>,
    tries: Mutex<HashMap<[u8; 32], (Timestamp, u32)>>,
    codes_of_number: Limiter<[u8; 32]>,
    codes_of_source: Limiter<IpAddr>,
    tries_of_source: Limiter<IpAddr>,
    messages_of_person: Limiter<ReporterId>,
}

impl Default for Citizens {
    fn default() -> Self {
        Self {
            known: Mutex::default(),
            tries: Mutex::default(),
            // Three codes in a quarter of an hour: 15 tries at a million codes.
            codes_of_number: Limiter::new(3, 900.0),
            // Many telephones of one network share an address (CGNAT).
            codes_of_source: Limiter::new(60, 600.0),
            tries_of_source: Limiter::new(120, 600.0),
            messages_of_person: Limiter::new(60, 60.0),
        }
    }
}

impl Citizens {
    async fn find(&self, app: &App, token_hash: [u8; 32], kind: SessionKind) -> Result<Option<Citizen>, StoreError> {
        let now = app.clock.now();
        if let Some((at, known_kind, citizen)) = self.known.lock().get(&token_hash)
            && now.secs_since(*at) < BELIEVED_S
            && now >= *at
        {
            return Ok((*known_kind == kind).then(|| citizen.clone()));
        }
        let found = app.store.citizen_session(token_hash).await?;
        let Some((session, account)) = found.filter(|(session, _)| !session.revoked && now < session.expires_at) else {
            self.forget(&token_hash);
            return Ok(None);
        };
        let citizen = Citizen { reporter: account.reporter, polres: account.polres, token_hash };
        let mut known = self.known.lock();
        if known.len() > 10_000 {
            known.clear();
        }
        known.insert(token_hash, (now, session.kind, citizen.clone()));
        Ok((session.kind == kind).then_some(citizen))
    }

    /// What was believed of a login is no longer.
    pub fn forget(&self, token_hash: &[u8; 32]) {
        self.known.lock().remove(token_hash);
    }

    /// Whether a code may be sent to this number for this source.
    ///
    /// # Errors
    /// 429.
    pub fn may_send(&self, phone: [u8; 32], source: IpAddr, now: Timestamp) -> Result<(), ApiError> {
        self.codes_of_source.take(source, now).map_err(too_many)?;
        self.codes_of_number.take(phone, now).map_err(too_many)
    }

    /// Whether this source may try a code.
    ///
    /// # Errors
    /// 429.
    pub fn may_try(&self, source: IpAddr, now: Timestamp) -> Result<(), ApiError> {
        self.tries_of_source.take(source, now).map_err(too_many)
    }

    /// Whether this person may send one more message; what waits on the telephone is not lost.
    ///
    /// # Errors
    /// 429.
    pub fn may_write(&self, reporter: ReporterId, now: Timestamp) -> Result<(), ApiError> {
        self.messages_of_person.take(reporter, now).map_err(too_many)
    }

    /// Whether `code` may be tried once more; the try counts, so that many at once gain nothing.
    pub fn begin_try(&self, code: &Code, now: Timestamp) -> bool {
        let mut tries = self.tries.lock();
        if tries.len() > 10_000 {
            tries.retain(|_, (sent_at, _)| now.secs_since(*sent_at) < 600.0);
        }
        let (sent_at, count) = tries.entry(code.phone).or_insert((code.sent_at, 0));
        if *sent_at != code.sent_at {
            (*sent_at, *count) = (code.sent_at, 0);
        }
        *count += 1;
        *count <= MOST_TRIES && code.tries < MOST_TRIES && now < code.expires_at
    }
}

fn too_many(secs: u32) -> ApiError {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "too often; wait a little, then try again")
        .retry_after(secs)
}

/// Six random digits.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn fresh_code() -> Result<String, getrandom::Error> {
    // The last of 4,294 full rounds of a million: beyond it some codes would be likelier than others.
    const FAIR: u32 = 4_294_000_000;
    loop {
        let drawn = getrandom::u32()?;
        if drawn < FAIR {
            return Ok(format!("{:06}", drawn % 1_000_000));
        }
    }
}

/// The keyed hash of a code for one number: worth nothing to who reads the tables without the key.
#[must_use]
pub fn hash_code(vault: &Vault, phone: &str, code: &str) -> [u8; 32] {
    vault.alias("one_time_code", &format!("{phone}/{code}"))
}

/// A new login, with its token.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn new_session(
    reporter: ReporterId,
    kind: SessionKind,
    now: Timestamp,
) -> Result<(String, CitizenSession), getrandom::Error> {
    let (token, token_hash) = fresh_token()?;
    let expires_at = now.plus_secs(SESSION_S);
    Ok((token, CitizenSession { token_hash, reporter, kind, created_at: now, expires_at, revoked: false }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::citizens::Registration;

    fn code(sent_at: i64, tries: u32) -> Code {
        let sent_at = Timestamp::from_secs(sent_at);
        let registration = Registration { phone: "62812".to_owned(), name: None };
        Code { phone: [7; 32], code: [1; 32], registration, tries, sent_at, expires_at: sent_at.plus_secs(CODE_S) }
    }

    #[test]
    fn a_code_is_six_digits() {
        for _ in 0..1000 {
            let code = fresh_code().unwrap();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }

    #[test]
    fn five_tries_and_five_minutes_are_all_a_code_has() {
        let (citizens, now) = (Citizens::default(), Timestamp::from_secs(10));
        for _ in 0..MOST_TRIES {
            assert!(citizens.begin_try(&code(0, 0), now));
        }
        assert!(!citizens.begin_try(&code(0, 0), now));
        assert!(citizens.begin_try(&code(5, 0), now), "the next code has its own tries");
        assert!(!citizens.begin_try(&code(5, MOST_TRIES), now), "tries before a restart count");
        assert!(!citizens.begin_try(&code(6, 0), Timestamp::from_secs(6 + CODE_S)), "too late");
    }
}
