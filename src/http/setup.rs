//! `/v1/setup`: the first administrator. Open only while there is none, and only to who has read the
//! one-time code where the server was started.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{self, COOKIE, Source};
use super::error::{ApiError, Problem};
use super::extract::Json;
use super::limiter::Limiter;
use super::{one_time, users as people};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::model::administration::{Administered, UserAct, UserChanged};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::UserId;
use crate::model::jurisdiction::Office;
use crate::model::place::{INDONESIA, LngLat};
use crate::model::viewer::Role;
use crate::store::users::{self, SessionKind, User};
use crate::store::{StoreError, journal, offices};

/// Codes one source may try, and in how many seconds (as for passwords: 5 in 10 min).
const MOST_TRIES: usize = 5;
const TRIES_WINDOW_S: f64 = 600.0;

/// The way in before there is anybody: closed unless a code was given out.
#[derive(Debug)]
pub struct SetupDoor {
    code: Mutex<Option<String>>,
    tries: Limiter<std::net::IpAddr>,
}

impl Default for SetupDoor {
    fn default() -> Self {
        Self { code: Mutex::default(), tries: Limiter::new(MOST_TRIES, TRIES_WINDOW_S) }
    }
}

impl SetupDoor {
    /// Opens it to whoever knows `code`.
    pub fn open(&self, code: String) {
        *self.code.lock() = Some(code);
    }

    fn is_open(&self) -> bool {
        self.code.lock().is_some()
    }

    /// Takes the code out of the door when it is the right one: two who come at once are one too many.
    fn take(&self, typed: &str) -> Option<String> {
        let mut code = self.code.lock();
        if code.as_ref().is_some_and(|code| one_time::is_same(code, typed)) { code.take() } else { None }
    }
}

/// Whether the set-up is to be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupState {
    /// There is no administrator yet; the code opens the set-up.
    pub open: bool,
    /// The office that is there already.
    pub office: Option<String>,
}

/// Whether the set-up is to be done.
///
/// # Errors
/// 503.
#[utoipa::path(get, path = "/v1/setup", tag = "setup", responses((status = 200, body = SetupState)))]
pub async fn state(State(app): State<App>) -> Result<Json<SetupState>, ApiError> {
    let open = app.setup.is_open();
    let office = if open { app.store.offices().await?.into_iter().next().map(|office| office.name) } else { None };
    Ok(Json(SetupState { open, office }))
}

/// An office that begins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOffice {
    /// Code, 2 to 20 lower-case letters, digits and hyphens: `medan`.
    pub code: String,
    /// Name, `Polrestabes Medan`.
    pub name: String,
    /// Prefix of human numbers, 2 to 5 capital letters: `MDN`.
    pub prefix: String,
    /// Hours east of Greenwich: 7 WIB, 8 WITA, 9 WIT.
    pub utc_offset_h: i32,
}

/// The first administrator, and the office when there is none yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstRun {
    /// The code the server printed when it was started.
    pub code: String,
    /// Left out when the store has an office.
    #[serde(default)]
    pub office: Option<NewOffice>,
    /// Login name of the administrator.
    pub username: String,
    /// His name for people.
    pub name: String,
    /// His password, 12 to 1,024 characters.
    pub password: String,
}

/// What the first step gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirstRunDone {
    /// The server starts anew to take up the office; ask `GET /v1/session` until it answers.
    pub restarting: bool,
}

/// Makes the first administrator and logs him in; makes the office when there is none.
///
/// # Errors
/// 403 a wrong code, or the set-up is over; 422 a value that cannot be used; 429 too many codes.
#[utoipa::path(post, path = "/v1/setup", tag = "setup", request_body = FirstRun,
    responses((status = 201, body = FirstRunDone), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn begin(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Json(wanted): Json<FirstRun>,
) -> Result<Response, ApiError> {
    app.check_origin(&headers)?;
    let now = app.clock.now();
    let wait = |secs| {
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "too many wrong codes; wait").retry_after(secs)
    };
    app.setup.tries.take(source.0, now).map_err(wait)?;
    let wrong = || {
        let said = "the code is another one; it stands where the server was started";
        ApiError::new(StatusCode::FORBIDDEN, "wrong_code", said).field("code")
    };
    let code = app.setup.take(&wanted.code).ok_or_else(wrong)?;
    let begun = begin_with(&app, &wanted, now).await;
    if begun.is_err() {
        app.setup.open(code);
    }
    let (token, restarting) = begun?;
    if restarting {
        app.restart.ask();
    }
    let secure = if app.config.server.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(FirstRunDone { restarting })).into_response())
}

async fn begin_with(app: &App, wanted: &FirstRun, now: Timestamp) -> Result<(String, bool), ApiError> {
    let username = people::checked_username(&wanted.username)?;
    let name = people::checked_name("name", &wanted.name)?;
    people::checked_password("password", &wanted.password)?;
    if app.store.has_admin().await? {
        return Err(ApiError::forbidden("there is an administrator already"));
    }
    let known = app.store.offices().await?.into_iter().next();
    let office = match (known, &wanted.office) {
        (Some(known), _) => known,
        (None, Some(new)) => checked_office(new)?,
        (None, None) => return Err(ApiError::invalid("office", "the office is to be named")),
    };
    let user = User {
        id: UserId(app.next_id()),
        username,
        name,
        role: Role::Admin.code().to_owned(),
        polres: Some(office.code.clone()),
        polsek: None,
        unit: None,
        password_hash: people::hashed(wanted.password.clone()).await?,
        disabled: false,
        created_at: now,
        must_change: false,
    };
    let (token, token_hash) = auth::fresh_token().map_err(|error| {
        tracing::error!(error = %error, "no random numbers for a token");
        ApiError::internal()
    })?;
    let session = auth::new_session(&user, SessionKind::Browser, token_hash, now);
    let mut rows = vec![users::insert_user(&user), users::insert_session(&session)];
    let changed = UserChanged { user: user.id, by: user.id, act: UserAct::Added, role: Role::Admin };
    let done = Administered::User(changed);
    if let Some(desk) = app.desks.get(&office.code) {
        let rows = Box::new(move |_: &[_], _: &_| Ok::<_, StoreError>(rows));
        desk.submit_with(Actor::User(user.id), Command::Administer(done), Some(rows)).await?;
        return Ok((token, false));
    }
    // Nobody works on this journal yet: the desk begins with this entry when the server has started anew.
    let (seq, head) = app.store.head(&office.code).await?;
    let entry = Entry::seal(&office.code, seq + 1, now, Actor::User(user.id), Event::Administered(done), head);
    rows.push(offices::upsert_office(&office));
    rows.extend(journal::append(&[entry]));
    app.store.write(rows).await?;
    Ok((token, true))
}

fn checked_office(new: &NewOffice) -> Result<Office, ApiError> {
    let code = new.code.trim();
    let lawful = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=20).contains(&code.len())
        || !code.chars().all(lawful)
        || !code.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return Err(ApiError::invalid("office.code", "2 to 20 lower-case letters, digits and hyphens"));
    }
    let prefix = new.prefix.trim();
    if !(2..=5).contains(&prefix.len()) || !prefix.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(ApiError::invalid("office.prefix", "2 to 5 capital letters"));
    }
    if !(7..=9).contains(&new.utc_offset_h) {
        return Err(ApiError::invalid("office.utc_offset_h", "7 (WIB), 8 (WITA) or 9 (WIT)"));
    }
    Ok(Office {
        code: code.to_owned(),
        name: people::checked_name("office.name", &new.name)?,
        prefix: prefix.to_owned(),
        utc_offset_h: new.utc_offset_h,
        seat: LngLat::new(f64::midpoint(INDONESIA.west, INDONESIA.east), -2.5),
        synthetic: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_lets_one_in_and_no_second() {
        let door = SetupDoor::default();
        assert!(!door.is_open() && door.take("").is_none());
        door.open("7kf0-92mn-pq1r".to_owned());
        assert_eq!(door.take("7kf0-92mn-pq1s"), None);
        assert!(door.take("7KF0 92MN PQ1R").is_some());
        assert_eq!(door.take("7kf0-92mn-pq1r"), None);
    }

    #[test]
    fn an_office_that_cannot_be_is_refused_by_field() {
        let office = |code: &str, prefix: &str, utc_offset_h| NewOffice {
            code: code.to_owned(),
            name: "Polres Contoh".to_owned(),
            prefix: prefix.to_owned(),
            utc_offset_h,
        };
        assert!(checked_office(&office("binjai", "BNJ", 7)).is_ok());
        for bad in
            [office("Binjai", "BNJ", 7), office("b", "BNJ", 7), office("binjai", "bnj", 7), office("binjai", "BNJ", 6)]
        {
            assert!(checked_office(&bad).is_err(), "{bad:?}");
        }
    }
}
