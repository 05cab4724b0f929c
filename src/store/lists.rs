//! What lists have in common: how many rows, where to go on, and whose they are.

use uuid::Uuid;

use super::{Row, StoreError};
use crate::model::clock::Timestamp;

/// Rows of one page at most.
pub const PAGE_LIMIT: usize = 200;

/// Where a list goes on: after this row of a list that shows the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its arrival.
    pub received_at: Timestamp,
    /// Its id, for those that arrived at the same microsecond.
    pub id: Uuid,
}

/// Something together with the office it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed<T> {
    /// Code of the Polres.
    pub polres: String,
    /// The thing.
    pub item: T,
}

impl<T: serde::de::DeserializeOwned> Filed<T> {
    /// From a row of `(polres, body)`.
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { polres: row.string(0)?, item: row.json(1)? })
    }
}

/// A page size that is neither nothing nor without end.
pub(crate) fn page(limit: usize) -> usize {
    limit.clamp(1, PAGE_LIMIT)
}

/// `(received_us, id)` that rows must stay below; without a cursor, above all rows: ids are
/// hexadecimal, `g` comes after every one of them.
pub(crate) fn below(cursor: Option<Cursor>) -> (i64, String) {
    cursor.map_or_else(|| (i64::MAX, "g".to_owned()), |at| (at.received_at.micros(), at.id.to_string()))
}

/// The one row of an answer, if there is one.
pub(crate) fn one_row(rows: Vec<Row>) -> Option<Row> {
    rows.into_iter().next()
}
