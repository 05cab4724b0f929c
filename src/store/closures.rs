//! Closed and slowed roads as people list them. Written whole with every change, derived from the journal.

use super::lists::{Cursor, below, page};
use super::value::{json, params};
use super::{Statement, Store, StoreError};
use crate::model::closure::Closure;

/// Writes a closure's row.
#[must_use]
pub fn upsert(polres: &str, closure: &Closure) -> Statement {
    Statement::one(
        "INSERT INTO closures (id, polres, is_open, from_us, until_us, ended_us, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, ended_us = excluded.ended_us, body = excluded.body",
        params![
            closure.id,
            polres,
            closure.is_open(),
            closure.from_at,
            closure.until_at,
            closure.ended_at,
            json(closure),
        ],
    )
}

/// Empties the rows of one office, before its journal is folded again.
#[must_use]
pub fn clear(polres: &str) -> Statement {
    Statement::one("DELETE FROM closures WHERE polres = $1", params![polres])
}

impl Store {
    /// Closures of an office, the latest first; `open` only those that have not ended, or only those that have.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn closures(
        &self,
        polres: &str,
        open: Option<bool>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Closure>, StoreError> {
        let (from_us, id) = below(after);
        let both = [open != Some(false), open != Some(true)];
        let sql = "SELECT body FROM closures
            WHERE polres = $1 AND ((is_open AND $2) OR (NOT is_open AND $3)) AND (from_us, id) < ($4, $5)
            ORDER BY from_us DESC, id DESC LIMIT $6";
        let rows = self.read(sql, params![polres, both[0], both[1], from_us, id, page(limit)]).await?;
        rows.iter().map(|row| row.json(0)).collect()
    }
}
