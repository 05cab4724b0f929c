//! Who may log in, and who is logged in where.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::lists::one_row;
use super::value::{code_of, params};
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::{UnitId, UserId};

/// Someone with a login.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Login name; unique.
    pub username: String,
    /// Name for people.
    pub name: String,
    /// Role, by its code: `operator`, `supervisor`, `patrol`, `commander`, `admin`, `auditor`.
    pub role: String,
    /// The Polres it belongs to; none for all of them.
    pub polres: Option<String>,
    /// The Polsek it is confined to.
    pub polsek: Option<String>,
    /// The unit it rides in.
    pub unit: Option<UnitId>,
    /// PHC string of the password.
    pub password_hash: String,
    /// May not log in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Has a one-time password: must choose another before anything else.
    pub must_change: bool,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// A browser with a cookie.
    Browser,
    /// A tablet or an integration with a bearer token.
    Device,
}

/// One login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// What is logged in.
    pub kind: SessionKind,
    /// Since when.
    pub created_at: Timestamp,
    /// Last used.
    pub last_at: Timestamp,
    /// Ends by itself.
    pub expires_at: Timestamp,
    /// Ended by a person.
    pub revoked: bool,
}

macro_rules! users {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.username, u.name, u.role, u.polres, u.polsek, u.unit_id, u.password_hash, u.disabled,
                u.created_us, u.must_change
            FROM users u ",
            $rest
        )
    };
}

/// Records a user. [`StoreError::Conflict`] (`users_username_key`) when the login name is taken.
#[must_use]
pub fn insert_user(user: &User) -> Statement {
    Statement::one(
        "INSERT INTO users (id, username, name, role, polres, polsek, unit_id, password_hash, disabled, created_us,
            must_change)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        user_params(user),
    )
}

/// Replaces what is known of a user.
#[must_use]
pub fn update_user(user: &User) -> Statement {
    Statement::one(
        "UPDATE users SET username = $2, name = $3, role = $4, polres = $5, polsek = $6, unit_id = $7,
            password_hash = $8, disabled = $9, created_us = $10, must_change = $11 WHERE id = $1",
        user_params(user),
    )
}

fn user_params(user: &User) -> Vec<super::Value> {
    params![
        user.id,
        &user.username,
        &user.name,
        &user.role,
        user.polres.clone(),
        user.polsek.clone(),
        user.unit,
        &user.password_hash,
        user.disabled,
        user.created_at,
        user.must_change,
    ]
}

/// Removes a user and its sessions.
#[must_use]
pub fn delete_user(id: UserId) -> Statement {
    Statement::one("DELETE FROM users WHERE id = $1", params![id])
}

/// Records a login.
#[must_use]
pub fn insert_session(session: &Session) -> Statement {
    Statement::one(
        "INSERT INTO sessions (token_hash, user_id, kind, created_us, last_us, expires_us, revoked)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            session.token_hash,
            session.user,
            code_of(&session.kind),
            session.created_at,
            session.last_at,
            session.expires_at,
            session.revoked,
        ],
    )
}

/// Notes that a login was used.
#[must_use]
pub fn touch_session(token_hash: [u8; 32], now: Timestamp) -> Statement {
    Statement::one("UPDATE sessions SET last_us = $2 WHERE token_hash = $1", params![token_hash, now])
}

/// Ends a login.
#[must_use]
pub fn revoke_session(token_hash: [u8; 32]) -> Statement {
    Statement::one("UPDATE sessions SET revoked = $2 WHERE token_hash = $1", params![token_hash, true])
}

/// Ends every login of a user.
#[must_use]
pub fn revoke_sessions_of(user: UserId) -> Statement {
    Statement::one("UPDATE sessions SET revoked = $2 WHERE user_id = $1", params![user, true])
}

/// Ends every login of a user but the one with this token.
#[must_use]
pub fn revoke_others(user: UserId, kept: [u8; 32]) -> Statement {
    let sql = "UPDATE sessions SET revoked = $2 WHERE user_id = $1 AND token_hash <> $3";
    Statement::one(sql, params![user, true, kept])
}

/// Removes logins that ended by themselves before `before`.
#[must_use]
pub fn purge_sessions(before: Timestamp) -> Statement {
    Statement::one("DELETE FROM sessions WHERE expires_us < $1", params![before])
}

impl Store {
    /// The user with this login name.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn user_by_name(&self, username: &str) -> Result<Option<User>, StoreError> {
        let rows = self.read(users!("WHERE u.username = $1"), params![username]).await?;
        one_row(rows).as_ref().map(user).transpose()
    }

    /// The user with this id.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let rows = self.read(users!("WHERE u.id = $1"), params![id]).await?;
        one_row(rows).as_ref().map(user).transpose()
    }

    /// Whether anybody could administer: an enabled administrator of any office.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn has_admin(&self) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM users WHERE role = 'admin' AND disabled = $1";
        one_row(self.read(sql, params![false]).await?).map_or(Ok(false), |row| Ok(row.int(0)? > 0))
    }

    /// Live logins of each user: how many, and when one was last used.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn logins(&self, now: Timestamp) -> Result<HashMap<UserId, (u32, Timestamp)>, StoreError> {
        let sql = "SELECT user_id, COUNT(*), MAX(last_us) FROM sessions
            WHERE revoked = $1 AND expires_us > $2 GROUP BY user_id";
        let rows = self.read(sql, params![false, now]).await?;
        rows.iter().map(|row| Ok((row.parsed(0)?, (row.number(1)?, row.at(2)?)))).collect()
    }

    /// All users by login name; of one Polres, with those of all of them, when one is given.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn users(&self, polres: Option<&str>) -> Result<Vec<User>, StoreError> {
        let sql = users!("WHERE CAST($1 AS TEXT) IS NULL OR u.polres IS NULL OR u.polres = $1 ORDER BY u.username");
        self.read(sql, params![polres]).await?.iter().map(user).collect()
    }

    /// A login with its user, also an ended one: the caller judges by `revoked`, `expires_at` and
    /// `disabled`.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn session(&self, token_hash: [u8; 32]) -> Result<Option<(Session, User)>, StoreError> {
        let sql = "SELECT u.id, u.username, u.name, u.role, u.polres, u.polsek, u.unit_id, u.password_hash, u.disabled,
                u.created_us, u.must_change, s.kind, s.created_us, s.last_us, s.expires_us, s.revoked
            FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1";
        let Some(row) = one_row(self.read(sql, params![token_hash]).await?) else { return Ok(None) };
        let user = user(&row)?;
        let session = Session {
            token_hash,
            user: user.id,
            kind: row.code(11)?,
            created_at: row.at(12)?,
            last_at: row.at(13)?,
            expires_at: row.at(14)?,
            revoked: row.flag(15)?,
        };
        Ok(Some((session, user)))
    }
}

fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.parsed(0)?,
        username: row.string(1)?,
        name: row.string(2)?,
        role: row.string(3)?,
        polres: row.opt_text(4)?,
        polsek: row.opt_text(5)?,
        unit: row.opt_parsed(6)?,
        password_hash: row.string(7)?,
        disabled: row.flag(8)?,
        created_at: row.at(9)?,
        must_change: row.flag(10)?,
    })
}
