//! What is to go out to reporters: recorded with the entries that cause it, sent afterwards, in order
//! for each reporter, until the channel takes it or somebody has to look.

use super::value::{code_of, params};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::entry::Template;
use crate::model::id::{MessageId, ReportId, ReporterId};

/// A message on its way out.
#[derive(Clone, PartialEq)]
pub struct Outgoing {
    /// Id of the message.
    pub id: MessageId,
    /// Whose journal its report is in.
    pub polres: String,
    /// The report it is about.
    pub report: ReportId,
    /// Who is to get it.
    pub reporter: ReporterId,
    /// Which words.
    pub template: Template,
    /// What the channel needs to send it, as JSON of the caller's making; sealed at rest.
    pub payload: serde_json::Value,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub next_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// What went wrong last.
    pub error: Option<String>,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).field("template", &self.template).finish_non_exhaustive()
    }
}

macro_rules! outbox {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.polres, o.report_id, o.reporter_id, o.template, o.sealed, o.attempts, o.next_us,
                o.created_us, o.error
            FROM outbox o ",
            $rest
        )
    };
}

/// Records a message to be sent.
///
/// # Errors
/// The payload cannot be sealed.
pub fn insert(vault: &Vault, message: &Outgoing) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&row_name(message.id), &message.payload)?;
    Ok(Statement::one(
        "INSERT INTO outbox (id, polres, report_id, reporter_id, template, state, attempts, next_us, created_us, sealed)
        VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9)",
        params![
            message.id, &message.polres, message.report, message.reporter, code_of(&message.template),
            message.attempts, message.next_at, message.created_at, sealed,
        ],
    ))
}

/// The channel took it, under its own id.
#[must_use]
pub fn mark_sent(id: MessageId, external_id: Option<&str>) -> Statement {
    let sql = "UPDATE outbox SET state = 'sent', external_id = $2, attempts = attempts + 1, error = NULL WHERE id = $1";
    Statement::one(sql, params![id, external_id])
}

/// It failed; it is tried again at `next_at`.
#[must_use]
pub fn retry(id: MessageId, next_at: Timestamp, error: &str) -> Statement {
    let sql = "UPDATE outbox SET next_us = $2, error = $3, attempts = attempts + 1 WHERE id = $1";
    Statement::one(sql, params![id, next_at, error])
}

/// It failed for good.
#[must_use]
pub fn dead(id: MessageId, error: &str) -> Statement {
    let sql = "UPDATE outbox SET state = 'dead', error = $2, attempts = attempts + 1 WHERE id = $1";
    Statement::one(sql, params![id, error])
}

/// It waits until `until`.
#[must_use]
pub fn hold(id: MessageId, until: Timestamp) -> Statement {
    Statement::one("UPDATE outbox SET next_us = $2 WHERE id = $1 AND state = 'waiting'", params![id, until])
}

/// It is taken back before it leaves; nothing to do when it has left.
#[must_use]
pub fn withdraw(id: MessageId) -> Statement {
    Statement::one("UPDATE outbox SET state = 'withdrawn' WHERE id = $1 AND state = 'waiting'", params![id])
}

/// Somebody wants it tried again now, from the first attempt on.
#[must_use]
pub fn revive(id: MessageId, now: Timestamp) -> Statement {
    let sql = "UPDATE outbox SET state = 'waiting', attempts = 0, next_us = $2 WHERE id = $1 AND state = 'dead'";
    Statement::one(sql, params![id, now])
}

fn row_name(id: MessageId) -> String {
    format!("outbox/{id}")
}

impl Store {
    /// Up to `limit` messages to send now: of each reporter only the eldest that waits, so that one
    /// that failed holds back what follows it.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let sql = outbox!(
            "WHERE o.state = 'waiting' AND o.next_us <= $1 AND NOT EXISTS (
                SELECT 1 FROM outbox e WHERE e.state = 'waiting' AND e.reporter_id = o.reporter_id AND e.line < o.line)
            ORDER BY o.next_us, o.line LIMIT $2"
        );
        self.outgoing(sql, params![now, limit]).await
    }

    /// Messages of an office that failed for good, in the order they were recorded.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn dead_messages(&self, polres: &str, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let sql = outbox!("WHERE o.state = 'dead' AND o.polres = $1 ORDER BY o.line LIMIT $2");
        self.outgoing(sql, params![polres, limit]).await
    }

    /// Messages of an office that wait to be sent, in the order they were recorded.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn waiting_of(&self, polres: &str, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let sql = outbox!("WHERE o.state = 'waiting' AND o.polres = $1 ORDER BY o.line LIMIT $2");
        self.outgoing(sql, params![polres, limit]).await
    }

    /// A message that failed for good.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn dead_message(&self, id: MessageId) -> Result<Option<Outgoing>, StoreError> {
        let sql = outbox!("WHERE o.state = 'dead' AND o.id = $1");
        Ok(self.outgoing(sql, params![id]).await?.into_iter().next())
    }

    /// How many messages wait, all offices together.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn waiting_messages(&self) -> Result<u64, StoreError> {
        let rows = self.read("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'", params![]).await?;
        rows.first().map_or(Ok(0), |row| row.number(0))
    }

    async fn outgoing(&self, sql: &'static str, params: Vec<super::Value>) -> Result<Vec<Outgoing>, StoreError> {
        self.read(sql, params).await?.iter().map(|row| outgoing(self.vault(), row)).collect()
    }
}

fn outgoing(vault: &Vault, row: &Row) -> Result<Outgoing, StoreError> {
    let id = row.parsed(0)?;
    Ok(Outgoing {
        id,
        polres: row.string(1)?,
        report: row.parsed(2)?,
        reporter: row.parsed(3)?,
        template: row.code(4)?,
        payload: vault.open_json(&row_name(id), row.blob(5)?)?,
        attempts: row.number(6)?,
        next_at: row.at(7)?,
        created_at: row.at(8)?,
        error: row.opt_text(9)?,
    })
}
