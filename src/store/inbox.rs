//! What came through a door and is not yet worked off: kept, sealed, before the door answers.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::value::{code_of, params};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::report::Channel;

/// In whose words a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Meta's Cloud API.
    Graph,
    /// A go-whatsapp-web-multidevice gateway.
    Gowa,
}

/// A body as it arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its id.
    pub id: Uuid,
    /// The door.
    pub channel: Channel,
    /// In whose words it is written.
    pub format: Format,
    /// When it came.
    pub received_at: Timestamp,
    /// The bytes.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival").field("id", &self.id).field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Keeps a body.
///
/// # Errors
/// It cannot be sealed.
pub fn insert(vault: &Vault, arrival: &Arrival) -> Result<Statement, StoreError> {
    let sealed = vault.seal(&row_name(arrival.id), &arrival.body)?;
    let sql = "INSERT INTO inbox (id, channel, format, received_us, sealed) VALUES ($1, $2, $3, $4, $5)";
    let Arrival { id, channel, format, received_at, .. } = arrival;
    Ok(Statement::one(sql, params![*id, code_of(channel), code_of(format), *received_at, sealed]))
}

/// Notes that a body is worked off.
#[must_use]
pub fn mark_done(id: Uuid, now: Timestamp) -> Statement {
    Statement::one("UPDATE inbox SET done_us = $2 WHERE id = $1", params![id, now])
}

/// Removes bodies that were worked off before `before`.
#[must_use]
pub fn purge(before: Timestamp) -> Statement {
    Statement::one("DELETE FROM inbox WHERE done_us IS NOT NULL AND done_us < $1", params![before])
}

fn row_name(id: Uuid) -> String {
    format!("inbox/{id}")
}

impl Store {
    /// Up to `limit` bodies that are not worked off, in order of arrival.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn undone(&self, limit: usize) -> Result<Vec<Arrival>, StoreError> {
        let sql = "SELECT id, channel, received_us, sealed, format FROM inbox
            WHERE done_us IS NULL ORDER BY received_us, id LIMIT $1";
        self.read(sql, params![limit]).await?.iter().map(|row| arrival(self.vault(), row)).collect()
    }
}

fn arrival(vault: &Vault, row: &Row) -> Result<Arrival, StoreError> {
    let id = row.parsed(0)?;
    let body = vault.open(&row_name(id), row.blob(3)?)?;
    Ok(Arrival { id, channel: row.code(1)?, format: row.code(4)?, received_at: row.at(2)?, body })
}
