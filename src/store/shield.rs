//! Strikes and blocks as people list them. Written whole with every change, derived from the journal.

use super::lists::{Cursor, Filed, below, one_row, page};
use super::value::{code_of, json, params, texts};
use super::{Statement, Store, StoreError};
use crate::model::id::{BlockId, ReportId, ReporterId};
use crate::model::shield::{Block, BlockState, Strike};
use crate::store::people::Message;

/// Writes a strike's row.
#[must_use]
pub fn upsert_strike(polres: &str, strike: &Strike) -> Statement {
    Statement::one(
        "INSERT INTO strikes (id, polres, reporter_id, report_id, channel, counts, given_us, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET reporter_id = excluded.reporter_id, counts = excluded.counts, body = excluded.body",
        params![
            strike.id,
            polres,
            strike.reporter,
            strike.report,
            code_of(&strike.channel),
            strike.counts(),
            strike.given_at,
            json(strike),
        ],
    )
}

/// Writes a block's row. [`StoreError::Conflict`] when the person has another open one
/// (`one_open_block_per_person`).
#[must_use]
pub fn upsert_block(polres: &str, block: &Block) -> Statement {
    Statement::one(
        "INSERT INTO blocks (id, polres, reporter_id, state, is_open, appealed, proposed_us, expires_us, contacts,
            last_contact_us, alarms, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO UPDATE SET reporter_id = excluded.reporter_id, state = excluded.state, is_open = excluded.is_open,
            appealed = excluded.appealed, expires_us = excluded.expires_us, contacts = excluded.contacts,
            last_contact_us = excluded.last_contact_us, alarms = excluded.alarms, body = excluded.body",
        params![
            block.id,
            polres,
            block.reporter,
            block.state.code(),
            matches!(block.state, BlockState::Proposed | BlockState::Active),
            block.appeal.is_some(),
            block.proposed_at,
            block.expires_at,
            block.contacts,
            block.last_contact_at,
            block.alarms,
            json(block),
        ],
    )
}

/// Writes several blocks' rows: the ended ones first, so that a person is free before he is blocked again.
#[must_use]
pub fn upsert_blocks(polres: &str, blocks: &[&Block]) -> Vec<Statement> {
    let (ended, open): (Vec<&Block>, Vec<&Block>) = blocks.iter().copied().partition(|block| block.ended.is_some());
    ended.into_iter().chain(open).map(|block| upsert_block(polres, block)).collect()
}

/// Empties the rows of one office, before its journal is folded again.
#[must_use]
pub fn clear(polres: &str) -> Vec<Statement> {
    ["DELETE FROM strikes WHERE polres = $1", "DELETE FROM blocks WHERE polres = $1"]
        .map(|sql| Statement::one(sql, params![polres]))
        .into()
}

impl Store {
    /// Blocks of an office, newest first; only those in this state, if one is given. The cursor's
    /// instant is that of the proposal.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn blocks(
        &self,
        polres: &str,
        state: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Block>, StoreError> {
        let sql = "SELECT polres, body FROM blocks
            WHERE polres = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (proposed_us, id) < ($3, $4)
            ORDER BY proposed_us DESC, id DESC LIMIT $5";
        let (proposed_us, id) = below(after);
        let rows = self.read(sql, params![polres, state.map(str::to_owned), proposed_us, id, page(limit)]).await?;
        rows.iter().map(|row| Filed::from_row(row).map(|filed| filed.item)).collect()
    }

    /// One block.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn block(&self, id: BlockId) -> Result<Option<Filed<Block>>, StoreError> {
        let rows = self.read("SELECT polres, body FROM blocks WHERE id = $1", params![id]).await?;
        one_row(rows).as_ref().map(Filed::from_row).transpose()
    }

    /// Strikes of these people at one office, in the order they were given.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn strikes_of(&self, polres: &str, reporters: &[ReporterId]) -> Result<Vec<Strike>, StoreError> {
        let sql = "SELECT body FROM strikes WHERE polres = $1 AND reporter_id IN (TEXTS($2)) ORDER BY given_us, id";
        self.read(sql, params![polres, texts(reporters)]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// What a person wrote since he is blocked, newest first.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn contacts_of(
        &self,
        block: BlockId,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        self.messages_below(ReportId(block.0), below(after), page(limit)).await
    }
}
