//! People's data: who reports, what was said, what it means. Sealed on the way in, opened on the way
//! out; the journal holds only the ids.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::lists::one_row;
use super::value::{code_of, params, texts};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::entry::DeliveryStatus;
use crate::model::id::{MessageId, ReportId, ReporterId, UserId};
use crate::model::report::{Channel, Meaning};

/// Who a reporter is. Its `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// As the person calls himself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// WhatsApp id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// WhatsApp's business-scoped user id (since 2026; the number may be hidden).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_user_id: Option<String>,
    /// Name at a WhatsApp gateway that shows no number (`…@lid`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_jid: Option<String>,
    /// Account in the citizen app, or the officer who entered the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").finish_non_exhaustive()
    }
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the reporter.
    In,
    /// To the reporter.
    Out,
    /// A note of an officer, for officers.
    Note,
}

/// One message of a conversation.
#[derive(Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Whose journal its report is in.
    pub polres: String,
    /// The report it belongs to.
    pub report: ReportId,
    /// The person on the other side.
    pub reporter: ReporterId,
    /// The door.
    pub channel: Channel,
    /// Which way.
    pub direction: Direction,
    /// Its id at the channel; what comes twice is known by it.
    pub external_id: Option<String>,
    /// `text`, `location`, `image` …
    pub kind: String,
    /// By the clock of the sender.
    pub sent_at: Timestamp,
    /// By ours.
    pub received_at: Timestamp,
    /// How far an outgoing one has come.
    pub status: Option<DeliveryStatus>,
    /// What it says, as JSON of the caller's making; sealed at rest.
    pub body: serde_json::Value,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

macro_rules! messages_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, polres, report_id, reporter_id, channel, direction, external_id, kind,
                sent_us, received_us, status, sealed
            FROM messages WHERE ",
            $rest
        )
    };
}

/// Records a reporter.
///
/// # Errors
/// The profile cannot be sealed.
pub fn insert_reporter(
    vault: &Vault,
    id: ReporterId,
    profile: &Profile,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&reporter_row(id), profile)?;
    let sql = "INSERT INTO reporters (id, sealed, created_us, updated_us) VALUES ($1, $2, $3, $3)";
    Ok(Statement::one(sql, params![id, sealed, now]))
}

/// Replaces what is known of a reporter.
///
/// # Errors
/// The profile cannot be sealed.
pub fn update_reporter(
    vault: &Vault,
    id: ReporterId,
    profile: &Profile,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&reporter_row(id), profile)?;
    let sql = "UPDATE reporters SET sealed = $2, updated_us = $3 WHERE id = $1";
    Ok(Statement::one(sql, params![id, sealed, now]))
}

/// Makes a reporter findable by a blind index ([`Vault::alias`]). [`StoreError::Conflict`]
/// (`reporter_aliases_pkey`) when somebody else has it: read again, then decide.
#[must_use]
pub fn insert_alias(alias: &[u8; 32], kind: &str, reporter: ReporterId) -> Statement {
    let sql = "INSERT INTO reporter_aliases (alias, kind, reporter_id) VALUES ($1, $2, $3)";
    Statement::one(sql, params![hex::encode(alias), kind, reporter])
}

/// Two reporters turned out to be one person: the names of `other` lead to `kept` from now on. What
/// was said under either id stays there; [`Store::same_person`] finds both.
#[must_use]
pub fn merge(other: ReporterId, kept: ReporterId, now: Timestamp) -> Vec<Statement> {
    let merges = "INSERT INTO reporter_merges (merged_id, kept_id, merged_us) VALUES ($1, $2, $3)
        ON CONFLICT (merged_id) DO UPDATE SET kept_id = excluded.kept_id, merged_us = excluded.merged_us";
    vec![
        Statement::one("UPDATE reporter_aliases SET reporter_id = $2 WHERE reporter_id = $1", params![other, kept]),
        Statement::one("UPDATE reporter_merges SET kept_id = $2 WHERE kept_id = $1", params![other, kept]),
        Statement::one(merges, params![other, kept, now]),
    ]
}

/// Records a message; one whose external id is known already changes nothing.
///
/// # Errors
/// The body cannot be sealed.
pub fn insert_message(vault: &Vault, message: &Message) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&message_row(message.id), &message.body)?;
    Ok(Statement::one(
        "INSERT INTO messages (id, polres, report_id, reporter_id, channel, direction, external_id, kind,
            sent_us, received_us, status, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (channel, external_id) WHERE external_id IS NOT NULL DO NOTHING",
        params![
            message.id,
            &message.polres,
            message.report,
            message.reporter,
            code_of(&message.channel),
            code_of(&message.direction),
            message.external_id.clone(),
            &message.kind,
            message.sent_at,
            message.received_at,
            message.status.as_ref().map(code_of),
            sealed,
        ],
    ))
}

/// Notes the id the channel gave to a message we sent.
#[must_use]
pub fn set_external_id(id: MessageId, external_id: &str) -> Statement {
    Statement::one("UPDATE messages SET external_id = $2 WHERE id = $1", params![id, external_id])
}

/// Notes how far a message has come.
#[must_use]
pub fn set_status(id: MessageId, status: DeliveryStatus) -> Statement {
    Statement::one("UPDATE messages SET status = $2 WHERE id = $1", params![id, code_of(&status)])
}

/// Writes what the messages of a report mean.
///
/// # Errors
/// It cannot be sealed.
pub fn upsert_reading(vault: &Vault, report: ReportId, meaning: &Meaning) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&reading_row(report), meaning)?;
    let sql = "INSERT INTO readings (report_id, sealed) VALUES ($1, $2)
        ON CONFLICT (report_id) DO UPDATE SET sealed = excluded.sealed";
    Ok(Statement::one(sql, params![report, sealed]))
}

fn reporter_row(id: ReporterId) -> String {
    format!("reporters/{id}")
}

fn message_row(id: MessageId) -> String {
    format!("messages/{id}")
}

fn reading_row(id: ReportId) -> String {
    format!("readings/{id}")
}

impl Store {
    /// Who a reporter is.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn reporter(&self, id: ReporterId) -> Result<Option<Profile>, StoreError> {
        let row = one_row(self.read("SELECT sealed FROM reporters WHERE id = $1", params![id]).await?);
        row.map(|row| self.vault().open_json(&reporter_row(id), row.blob(0)?)).transpose()
    }

    /// Who these reporters are; one that is gone is left out.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn profiles(&self, ids: &[ReporterId]) -> Result<HashMap<ReporterId, Profile>, StoreError> {
        let rows = self.read("SELECT id, sealed FROM reporters WHERE id IN (TEXTS($1))", params![texts(ids)]).await?;
        let profile = |row: &Row| {
            let id = row.parsed(0)?;
            Ok((id, self.vault().open_json(&reporter_row(id), row.blob(1)?)?))
        };
        rows.iter().map(profile).collect()
    }

    /// The reporter who has one of these blind indices. When they lead to several, the eldest.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn reporter_by_aliases(&self, aliases: &[[u8; 32]]) -> Result<Option<ReporterId>, StoreError> {
        let sql = "SELECT reporter_id FROM reporter_aliases WHERE alias IN (TEXTS($1)) ORDER BY reporter_id LIMIT 1";
        let row = one_row(self.read(sql, params![texts(aliases.iter().map(hex::encode))]).await?);
        row.map(|row| row.parsed(0)).transpose()
    }

    /// The reporter behind each of these blind indices that is known.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn reporters_by_aliases(
        &self,
        aliases: &[[u8; 32]],
    ) -> Result<HashMap<[u8; 32], ReporterId>, StoreError> {
        let sql = "SELECT alias, reporter_id FROM reporter_aliases WHERE alias IN (TEXTS($1))";
        let rows = self.read(sql, params![texts(aliases.iter().map(hex::encode))]).await?;
        let pair = |row: &Row| {
            let mut alias = [0; 32];
            hex::decode_to_slice(row.text(0)?, &mut alias).map_err(|_| StoreError::corrupt("an alias is no hash"))?;
            Ok((alias, row.parsed(1)?))
        };
        rows.iter().map(pair).collect()
    }

    /// Every id a person has had: the one that is kept first, then those that were joined to it.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn same_person(&self, reporter: ReporterId) -> Result<Vec<ReporterId>, StoreError> {
        let sql = "SELECT kept_id FROM reporter_merges WHERE merged_id = $1";
        let kept = one_row(self.read(sql, params![reporter]).await?).map_or(Ok(reporter), |row| row.parsed(0))?;
        let sql = "SELECT merged_id FROM reporter_merges WHERE kept_id = $1 ORDER BY merged_id";
        let merged = self.read(sql, params![kept]).await?;
        std::iter::once(Ok(kept)).chain(merged.iter().map(|row| row.parsed(0))).collect()
    }

    /// Messages by id, in order of arrival.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn messages(&self, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
        let sql = messages_where!("id IN (TEXTS($1)) ORDER BY received_us, id");
        self.opened(sql, params![texts(ids)]).await
    }

    /// The conversations of reports, in order of arrival.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn messages_of_reports(&self, reports: &[ReportId]) -> Result<Vec<Message>, StoreError> {
        let sql = messages_where!("report_id IN (TEXTS($1)) ORDER BY received_us, id");
        self.opened(sql, params![texts(reports)]).await
    }

    /// Messages filed under one id that stand below `(received_us, id)`, newest first.
    pub(super) async fn messages_below(
        &self,
        report: ReportId,
        below: (i64, String),
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let sql = messages_where!(
            "report_id = $1 AND direction = 'in' AND (received_us, id) < ($2, $3) ORDER BY received_us DESC, id DESC LIMIT $4"
        );
        self.opened(sql, params![report, below.0, below.1, limit]).await
    }

    /// The message that a channel knows by this id.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn message_by_external(
        &self,
        channel: Channel,
        external_id: &str,
    ) -> Result<Option<Message>, StoreError> {
        let sql = messages_where!("channel = $1 AND external_id = $2");
        Ok(self.opened(sql, params![code_of(&channel), external_id]).await?.into_iter().next())
    }

    /// When a reporter last wrote over a channel, by the channel's clock: Meta's service window of
    /// 24 hours begins there.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn last_written(&self, reporter: ReporterId, channel: Channel) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MAX(sent_us) FROM messages WHERE reporter_id = $1 AND direction = 'in' AND channel = $2";
        let rows = self.read(sql, params![reporter, code_of(&channel)]).await?;
        rows.first().map_or(Ok(None), |row| row.opt_at(0))
    }

    /// Which of these ids of a channel are recorded already.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn known_external(&self, channel: Channel, ids: &[String]) -> Result<HashSet<String>, StoreError> {
        let sql = "SELECT external_id FROM messages WHERE channel = $1 AND external_id IN (TEXTS($2))";
        self.read(sql, params![code_of(&channel), texts(ids)]).await?.iter().map(|row| row.string(0)).collect()
    }

    /// What the messages of a report mean, in the reporter's own words.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn reading(&self, report: ReportId) -> Result<Option<Meaning>, StoreError> {
        let row = one_row(self.read("SELECT sealed FROM readings WHERE report_id = $1", params![report]).await?);
        row.map(|row| self.vault().open_json(&reading_row(report), row.blob(0)?)).transpose()
    }

    /// What each of these reports means, as far as it was read.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn readings_of(&self, reports: &[ReportId]) -> Result<Vec<(ReportId, Meaning)>, StoreError> {
        let sql = "SELECT report_id, sealed FROM readings WHERE report_id IN (TEXTS($1))";
        let rows = self.read(sql, params![texts(reports)]).await?;
        let open = |row: &Row| {
            let report: ReportId = row.parsed(0)?;
            Ok((report, self.vault().open_json(&reading_row(report), row.blob(1)?)?))
        };
        rows.iter().map(open).collect()
    }

    async fn opened(&self, sql: &'static str, params: Vec<super::Value>) -> Result<Vec<Message>, StoreError> {
        self.read(sql, params).await?.iter().map(|row| message(self.vault(), row)).collect()
    }
}

fn message(vault: &Vault, row: &Row) -> Result<Message, StoreError> {
    let id = row.parsed(0)?;
    Ok(Message {
        id,
        polres: row.string(1)?,
        report: row.parsed(2)?,
        reporter: row.parsed(3)?,
        channel: row.code(4)?,
        direction: row.code(5)?,
        external_id: row.opt_text(6)?,
        kind: row.string(7)?,
        sent_at: row.at(8)?,
        received_at: row.at(9)?,
        status: row.opt_code(10)?,
        body: vault.open_json(&message_row(id), row.blob(11)?)?,
    })
}
