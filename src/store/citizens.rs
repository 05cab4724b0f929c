//! Accounts of the citizen app: who proved his number, with which code, and what is logged in.
//!
//! A code and a token are kept as hashes; what somebody registered with is sealed until he proves it.

use serde::{Deserialize, Serialize};

use super::lists::one_row;
use super::projections::Filed;
use super::users::SessionKind;
use super::value::{code_of, params, texts};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::ReporterId;
use crate::model::report::Report;

/// A person who uses the citizen app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who; the person's data are in the vault.
    pub reporter: ReporterId,
    /// The office that is written to when a report does not say where it is.
    pub polres: String,
    /// Wants to hear over WhatsApp too that a unit is on its way, and that it is over.
    pub notify_whatsapp: bool,
    /// When the number was proved first.
    pub created_at: Timestamp,
}

/// What somebody registers with. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Telephone number: country code and number, digits only.
    pub phone: String,
    /// As the person calls himself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").finish_non_exhaustive()
    }
}

/// A one-time code that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Blind index of the number ([`Vault::alias`]).
    pub phone: [u8; 32],
    /// Keyed hash of the code.
    pub code: [u8; 32],
    /// What he registered with.
    pub registration: Registration,
    /// How often a code was tried against it.
    pub tries: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// It is worth nothing from here on.
    pub expires_at: Timestamp,
}

/// One login of a citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenSession {
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// Whose.
    pub reporter: ReporterId,
    /// A page with a cookie, or an app with a bearer token.
    pub kind: SessionKind,
    /// Since when.
    pub created_at: Timestamp,
    /// Ends by itself.
    pub expires_at: Timestamp,
    /// Ended by the person.
    pub revoked: bool,
}

/// Writes an account; its first day stays.
#[must_use]
pub fn upsert_account(account: &Account) -> Statement {
    Statement::one(
        "INSERT INTO citizen_accounts (reporter_id, polres, notify_whatsapp, created_us) VALUES ($1, $2, $3, $4)
        ON CONFLICT (reporter_id) DO UPDATE SET polres = excluded.polres, notify_whatsapp = excluded.notify_whatsapp",
        params![account.reporter, &account.polres, account.notify_whatsapp, account.created_at],
    )
}

/// Writes the code of a number over the one before.
///
/// # Errors
/// What he registered with cannot be sealed.
pub fn put_code(vault: &Vault, code: &Code) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&code_row(&code.phone), &code.registration)?;
    Ok(Statement::one(
        "INSERT INTO citizen_codes (phone, code, sealed, tries, sent_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (phone) DO UPDATE SET code = excluded.code, sealed = excluded.sealed, tries = excluded.tries,
            sent_us = excluded.sent_us, expires_us = excluded.expires_us",
        params![hex::encode(code.phone), code.code, sealed, code.tries, code.sent_at, code.expires_at],
    ))
}

/// Counts one try, before the code is looked at.
#[must_use]
pub fn count_try(phone: &[u8; 32]) -> Statement {
    Statement::one("UPDATE citizen_codes SET tries = tries + 1 WHERE phone = $1", params![hex::encode(phone)])
}

/// A code is used once.
#[must_use]
pub fn drop_code(phone: &[u8; 32]) -> Statement {
    Statement::one("DELETE FROM citizen_codes WHERE phone = $1", params![hex::encode(phone)])
}

/// Records a login.
#[must_use]
pub fn insert_session(session: &CitizenSession) -> Statement {
    Statement::one(
        "INSERT INTO citizen_sessions (token_hash, reporter_id, kind, created_us, expires_us, revoked)
        VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            session.token_hash,
            session.reporter,
            code_of(&session.kind),
            session.created_at,
            session.expires_at,
            session.revoked,
        ],
    )
}

/// Ends a login.
#[must_use]
pub fn revoke_session(token_hash: [u8; 32]) -> Statement {
    Statement::one("UPDATE citizen_sessions SET revoked = $2 WHERE token_hash = $1", params![token_hash, true])
}

fn code_row(phone: &[u8; 32]) -> String {
    format!("citizen_codes/{}", hex::encode(phone))
}

impl Store {
    /// The account of a person.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn citizen_account(&self, reporter: ReporterId) -> Result<Option<Account>, StoreError> {
        let sql =
            "SELECT reporter_id, polres, notify_whatsapp, created_us FROM citizen_accounts WHERE reporter_id = $1";
        one_row(self.read(sql, params![reporter]).await?).as_ref().map(|row| account(row, 0)).transpose()
    }

    /// Everybody who wants to hear over WhatsApp too.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn citizens_to_notify(&self) -> Result<Vec<ReporterId>, StoreError> {
        let sql = "SELECT reporter_id FROM citizen_accounts WHERE notify_whatsapp = $1";
        self.read(sql, params![true]).await?.iter().map(|row| row.parsed(0)).collect()
    }

    /// The code that was sent to a number last, also an old one: the caller judges by `tries` and
    /// `expires_at`.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn citizen_code(&self, phone: &[u8; 32]) -> Result<Option<Code>, StoreError> {
        let sql = "SELECT code, sealed, tries, sent_us, expires_us FROM citizen_codes WHERE phone = $1";
        let Some(row) = one_row(self.read(sql, params![hex::encode(phone)]).await?) else { return Ok(None) };
        let code =
            row.blob(0)?.try_into().map_err(|_| StoreError::corrupt("the hash of a code is not 32 bytes long"))?;
        Ok(Some(Code {
            phone: *phone,
            code,
            registration: self.vault().open_json(&code_row(phone), row.blob(1)?)?,
            tries: row.number(2)?,
            sent_at: row.at(3)?,
            expires_at: row.at(4)?,
        }))
    }

    /// A login with its account, also an ended one: the caller judges by `revoked` and `expires_at`.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn citizen_session(&self, token_hash: [u8; 32]) -> Result<Option<(CitizenSession, Account)>, StoreError> {
        let sql = "SELECT s.kind, s.created_us, s.expires_us, s.revoked,
                a.reporter_id, a.polres, a.notify_whatsapp, a.created_us
            FROM citizen_sessions s JOIN citizen_accounts a ON a.reporter_id = s.reporter_id WHERE s.token_hash = $1";
        let Some(row) = one_row(self.read(sql, params![token_hash]).await?) else { return Ok(None) };
        let account = account(&row, 4)?;
        let session = CitizenSession {
            token_hash,
            reporter: account.reporter,
            kind: row.code(0)?,
            created_at: row.at(1)?,
            expires_at: row.at(2)?,
            revoked: row.flag(3)?,
        };
        Ok(Some((session, account)))
    }

    /// The reports of one person in every office, newest first, at most `limit`.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn own_reports(&self, reporter: ReporterId, limit: usize) -> Result<Vec<Filed<Report>>, StoreError> {
        let sql = "SELECT polres, body FROM reports WHERE reporter_id = $1 ORDER BY received_us DESC, id DESC LIMIT $2";
        self.read(sql, params![reporter, limit]).await?.iter().map(Filed::from_row).collect()
    }

    /// The latest report of a person, at any office, under any of these ids.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn latest_report_of(&self, people: &[ReporterId]) -> Result<Option<Filed<Report>>, StoreError> {
        let sql = "SELECT polres, body FROM reports WHERE reporter_id IN (TEXTS($1))
            ORDER BY received_us DESC, id DESC LIMIT 1";
        one_row(self.read(sql, params![texts(people)]).await?).as_ref().map(Filed::from_row).transpose()
    }
}

fn account(row: &Row, first: usize) -> Result<Account, StoreError> {
    Ok(Account {
        reporter: row.parsed(first)?,
        polres: row.string(first + 1)?,
        notify_whatsapp: row.flag(first + 2)?,
        created_at: row.at(first + 3)?,
    })
}
