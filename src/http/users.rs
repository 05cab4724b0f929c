//! `/v1/users`: who may log in, as what; and one's own password. Each change is an entry.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{self, Who};
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::one_time;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::model::administration::{Administered, UserAct, UserChanged};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{UnitId, UserId};
use crate::model::viewer::Role;
use crate::store::users::{self, User};
use crate::store::{Statement, StoreError};

/// Fewest characters of a password a person chooses (ASVS 6.2.1 asks for 8, better 15).
pub(super) const FEWEST_PASSWORD: usize = 12;

/// Most characters of a password, a name and a login name.
const MOST_PASSWORD: usize = 1024;
const MOST_NAME: usize = 80;
const MOST_USERNAME: usize = 40;

/// Somebody with a login.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// His id.
    pub id: UserId,
    /// Login name.
    pub username: String,
    /// Name for people.
    pub name: String,
    /// What he does.
    pub role: Role,
    /// The Polsek he is confined to.
    pub polsek: Option<String>,
    /// The unit he rides in.
    pub unit_id: Option<UnitId>,
    /// May not log in.
    pub disabled: bool,
    /// Has a one-time password he has not replaced yet.
    pub must_change: bool,
    /// When the login was made.
    pub created_at: Timestamp,
    /// Live logins: browsers and devices.
    pub logins: u32,
    /// When one of them was last used.
    pub last_at: Option<Timestamp>,
}

/// The users of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Users {
    /// By login name.
    pub items: Vec<UserView>,
}

/// Somebody who is to get a login.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Login name, unique: 2 to 40 lower-case letters, digits, `.`, `-` and `_`.
    pub username: String,
    /// Name for people, 1 to 80 characters.
    pub name: String,
    /// What he does.
    pub role: Role,
    /// Code of the Polsek he is confined to.
    #[serde(default)]
    pub polsek: Option<String>,
    /// The unit he rides in: for a patrol, and for nobody else.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
}

/// What somebody does, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPlace {
    /// Name for people, 1 to 80 characters.
    pub name: String,
    /// What he does.
    pub role: Role,
    /// Code of the Polsek he is confined to.
    #[serde(default)]
    pub polsek: Option<String>,
    /// The unit he rides in: for a patrol, and for nobody else.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// May not log in.
    #[serde(default)]
    pub disabled: bool,
}

/// A login and its one-time password, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct FirstPassword {
    /// The login.
    pub user: UserView,
    /// To be changed at the first login.
    pub password: String,
}

/// The users of the caller's office.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(get, path = "/v1/users", tag = "users", responses((status = 200, body = Users), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Users>, ApiError> {
    let polres = who.admin()?.polres.clone();
    let logins = app.store.logins(app.clock.now()).await?;
    let own = app.store.users(Some(&polres)).await?.into_iter().filter(|user| user.polres.as_ref() == Some(&polres));
    let items = own.filter_map(|user| view(&user, logins.get(&user.id).copied())).collect();
    Ok(Json(Users { items }))
}

fn view(user: &User, logins: Option<(u32, Timestamp)>) -> Option<UserView> {
    Some(UserView {
        id: user.id,
        username: user.username.clone(),
        name: user.name.clone(),
        role: Role::from_code(&user.role)?,
        polsek: user.polsek.clone(),
        unit_id: user.unit,
        disabled: user.disabled,
        must_change: user.must_change,
        created_at: user.created_at,
        logins: logins.map_or(0, |(count, _)| count),
        last_at: logins.map(|(_, at)| at),
    })
}

/// Adds a user; the answer has the one-time password, this once.
///
/// # Errors
/// 403 not an administrator; 409 the login name is taken; 422 a value that cannot be used.
#[utoipa::path(post, path = "/v1/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = FirstPassword), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<NewUser>,
) -> Result<(StatusCode, Json<FirstPassword>), ApiError> {
    let polres = who.admin()?.polres.clone();
    let username = checked_username(&wanted.username)?;
    let place = UserPlace {
        name: wanted.name,
        role: wanted.role,
        polsek: wanted.polsek,
        unit_id: wanted.unit_id,
        disabled: false,
    };
    checked_place(&app, &who, &place).await?;
    if app.store.user_by_name(&username).await?.is_some() {
        return Err(ApiError::new(StatusCode::CONFLICT, "username_taken", "this login name is taken").field("username"));
    }
    let (password, password_hash) = one_time_password().await?;
    let user = User {
        id: UserId(app.next_id()),
        username,
        name: place.name.trim().to_owned(),
        role: place.role.code().to_owned(),
        polres: Some(polres),
        polsek: place.polsek,
        unit: place.unit_id,
        password_hash,
        disabled: false,
        created_at: app.clock.now(),
        must_change: true,
    };
    record(&app, &who, &user, UserAct::Added, vec![users::insert_user(&user)]).await?;
    let user = view(&user, None).ok_or_else(ApiError::internal)?;
    Ok((StatusCode::CREATED, Json(FirstPassword { user, password })))
}

/// Changes name, role, place, or whether somebody may log in. Who gets another role, or none, is logged
/// out everywhere.
///
/// # Errors
/// 403 not an administrator; 404 no such user here; 409 nobody could administer any more; 422.
#[utoipa::path(put, path = "/v1/users/{id}", tag = "users", params(("id" = UserId, Path)), request_body = UserPlace,
    responses((status = 200, body = UserView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UserId>,
    Json(wanted): Json<UserPlace>,
) -> Result<Json<UserView>, ApiError> {
    let old = find(&app, &who, id).await?;
    checked_place(&app, &who, &wanted).await?;
    if wanted.disabled || wanted.role != Role::Admin {
        stays_administered(&app, &old).await?;
    }
    let new = User {
        name: wanted.name.trim().to_owned(),
        role: wanted.role.code().to_owned(),
        polsek: wanted.polsek,
        unit: wanted.unit_id,
        disabled: wanted.disabled,
        ..old.clone()
    };
    let act = match (old.disabled, new.disabled) {
        (false, true) => UserAct::Disabled,
        (true, false) => UserAct::Enabled,
        _ => UserAct::Changed,
    };
    let mut rows = vec![users::update_user(&new)];
    let other_right = (&old.role, &old.polsek, old.unit) != (&new.role, &new.polsek, new.unit);
    if other_right || new.disabled {
        rows.push(users::revoke_sessions_of(id));
    }
    record(&app, &who, &new, act, rows).await?;
    app.sessions.forget_user(id);
    let logins = app.store.logins(app.clock.now()).await?;
    view(&new, logins.get(&id).copied()).map(Json).ok_or_else(ApiError::internal)
}

/// Gives somebody a new one-time password and logs him out everywhere.
///
/// # Errors
/// 403 not an administrator; 404 no such user here.
#[utoipa::path(post, path = "/v1/users/{id}/password", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = FirstPassword), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn reset_password(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UserId>,
) -> Result<Json<FirstPassword>, ApiError> {
    let old = find(&app, &who, id).await?;
    let (password, password_hash) = one_time_password().await?;
    let new = User { password_hash, must_change: true, ..old };
    let rows = vec![users::update_user(&new), users::revoke_sessions_of(id)];
    record(&app, &who, &new, UserAct::PasswordReset, rows).await?;
    app.sessions.forget_user(id);
    let user = view(&new, None).ok_or_else(ApiError::internal)?;
    Ok(Json(FirstPassword { user, password }))
}

/// Logs somebody out everywhere.
///
/// # Errors
/// 403 not an administrator; 404 no such user here.
#[utoipa::path(post, path = "/v1/users/{id}/sign-out", tag = "users", params(("id" = UserId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn sign_out(State(app): State<App>, who: Who, Path(id): Path<UserId>) -> Result<StatusCode, ApiError> {
    let user = find(&app, &who, id).await?;
    record(&app, &who, &user, UserAct::SignedOut, vec![users::revoke_sessions_of(id)]).await?;
    app.sessions.forget_user(id);
    Ok(StatusCode::NO_CONTENT)
}

/// A password somebody chooses for himself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// The one he came with.
    pub old: String,
    /// The new one, 12 to 1,024 characters.
    pub new: String,
}

/// Chooses one's own password; other logins of the same person end.
///
/// # Errors
/// 401 nobody; 403 the old one is wrong; 422 too short, or the same.
#[utoipa::path(post, path = "/v1/session/password", tag = "session", request_body = OwnPassword,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn choose_password(
    State(app): State<App>,
    source: auth::Source,
    who: Who,
    Json(wanted): Json<OwnPassword>,
) -> Result<StatusCode, ApiError> {
    checked_password("new", &wanted.new)?;
    if wanted.new == wanted.old {
        return Err(ApiError::invalid("new", "choose another password than the old one"));
    }
    let wait = |secs| {
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "too many wrong passwords; wait")
            .retry_after(secs)
    };
    app.sessions.begin_try(source.0, &who.user.username, app.clock.now()).map_err(wait)?;
    let user = app.store.user(who.user.id).await?.ok_or_else(ApiError::unauthorized)?;
    let (old, hash) = (wanted.old, user.password_hash.clone());
    let right = tokio::task::spawn_blocking(move || auth::verify_password(&old, Some(&hash))).await;
    if !right.map_err(|_| ApiError::internal())? {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "wrong_password", "the old password is wrong").field("old"));
    }
    app.sessions.note_success(source.0, &who.user.username);
    let new = User { password_hash: hashed(wanted.new).await?, must_change: false, ..user };
    let rows = vec![users::update_user(&new), users::revoke_others(new.id, who.token_hash)];
    record(&app, &who, &new, UserAct::PasswordChosen, rows).await?;
    app.sessions.forget_user(new.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Checks a password a person chose.
///
/// # Errors
/// 422.
pub(super) fn checked_password(field: &str, password: &str) -> Result<(), ApiError> {
    match password.chars().count() {
        FEWEST_PASSWORD..=MOST_PASSWORD => Ok(()),
        _ => Err(ApiError::invalid(field, format!("a password has {FEWEST_PASSWORD} to {MOST_PASSWORD} characters"))),
    }
}

/// Checks a login name; people may type it in capitals.
///
/// # Errors
/// 422.
pub(super) fn checked_username(username: &str) -> Result<String, ApiError> {
    let name = username.trim().to_lowercase();
    let lawful = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c));
    if (2..=MOST_USERNAME).contains(&name.chars().count()) && lawful {
        return Ok(name);
    }
    Err(ApiError::invalid("username", "2 to 40 letters, digits, dots, hyphens and underscores"))
}

/// Checks a name for people.
///
/// # Errors
/// 422.
pub(super) fn checked_name(field: &str, name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::invalid(field, "1 to 80 characters"));
    }
    Ok(name.to_owned())
}

async fn checked_place(app: &App, who: &Who, wanted: &UserPlace) -> Result<(), ApiError> {
    checked_name("name", &wanted.name)?;
    let desk = who.desk(app)?;
    match (wanted.role, wanted.unit_id) {
        (Role::Patrol, None) => return Err(ApiError::invalid("unit_id", "a patrol rides in a unit; choose which")),
        (Role::Patrol, Some(unit)) => drop(super::units::find(desk, unit).await?),
        (_, Some(_)) => return Err(ApiError::invalid("unit_id", "only a patrol rides in a unit")),
        (_, None) => {}
    }
    let known = |code: &String| app.areas.polseks().any(|it| it.polres == who.viewer.polres && it.code == *code);
    if wanted.polsek.as_ref().is_some_and(|code| !known(code)) {
        return Err(ApiError::invalid("polsek", "this office has no such Polsek"));
    }
    if wanted.polsek.is_some() && matches!(wanted.role, Role::Admin | Role::Patrol | Role::Integration) {
        return Err(ApiError::invalid("polsek", "this role is not confined to a Polsek"));
    }
    Ok(())
}

async fn find(app: &App, who: &Who, id: UserId) -> Result<User, ApiError> {
    let polres = &who.admin()?.polres;
    let user = app.store.user(id).await?.filter(|user| user.polres.as_ref() == Some(polres));
    user.ok_or_else(|| ApiError::not_found("user"))
}

/// An office in which nobody could administer any more would need a prompt to be let in again.
async fn stays_administered(app: &App, leaving: &User) -> Result<(), ApiError> {
    if leaving.role != Role::Admin.code() || leaving.disabled {
        return Ok(());
    }
    let others = app.store.users(leaving.polres.as_deref()).await?;
    if others.iter().any(|user| user.id != leaving.id && user.role == Role::Admin.code() && !user.disabled) {
        return Ok(());
    }
    let said = "this is the last administrator of the office; make another one first";
    Err(ApiError::new(StatusCode::CONFLICT, "last_admin", said))
}

async fn one_time_password() -> Result<(String, String), ApiError> {
    let password = one_time::fresh().map_err(|error| {
        tracing::error!(error = %error, "no random numbers for a password");
        ApiError::internal()
    })?;
    Ok((password.clone(), hashed(password).await?))
}

/// The hash of a password; it takes a while on purpose.
///
/// # Errors
/// 500.
pub(super) async fn hashed(password: String) -> Result<String, ApiError> {
    let made = tokio::task::spawn_blocking(move || auth::hash_password(&password)).await;
    made.ok().and_then(Result::ok).ok_or_else(|| {
        tracing::error!("a password could not be hashed");
        ApiError::internal()
    })
}

async fn record(app: &App, who: &Who, user: &User, act: UserAct, rows: Vec<Statement>) -> Result<(), ApiError> {
    let role = Role::from_code(&user.role).ok_or_else(ApiError::internal)?;
    let by = who.viewer.user;
    let done = Administered::User(UserChanged { user: user.id, by, act, role });
    let rows = Box::new(move |_: &[_], _: &_| Ok::<_, StoreError>(rows));
    who.desk(app)?.submit_with(Actor::User(by), Command::Administer(done), Some(rows)).await?;
    Ok(())
}
