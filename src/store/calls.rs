//! Calls to 110: rows that follow from the journal, and sealed papers beside them: what the exchange
//! wrote of the caller, and what an operator has typed so far.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::lists::{Cursor, Filed, below, one_row, page};
use super::value::{json, params, texts};
use super::vault::Vault;
use super::{Statement, Store, StoreError};
use crate::model::call::{Call, CallResult, Dismissal};
use crate::model::clock::Timestamp;
use crate::model::id::{CallId, ReporterId};
use crate::model::report::Report;

/// Writes a call's row.
#[must_use]
pub fn upsert(polres: &str, call: &Call) -> Statement {
    let (result, report) = match &call.result {
        None => (None, None),
        Some(CallResult::Filed { report }) => (Some("filed"), Some(*report)),
        Some(CallResult::HandedOver { report, .. }) => (Some("handed_over"), Some(*report)),
        Some(CallResult::Diverted) => (Some("diverted"), None),
        Some(CallResult::Dismissed { .. }) => (Some("dismissed"), None),
    };
    let stamps = call.stamps;
    Statement::one(
        include_str!("calls_upsert.sql"),
        params![
            call.id,
            polres,
            &call.line,
            call.reporter,
            call.state.code(),
            result,
            super::value::code_of(&call.level),
            call.by,
            report,
            call.jurisdiction.as_ref().map(|area| area.polsek.clone()),
            call.place.as_ref().map(|at| at.lng),
            call.place.as_ref().map(|at| at.lat),
            stamps.received_at,
            stamps.claimed_at,
            stamps.answered_at,
            stamps.ended_at,
            stamps.settled_at,
            stamps.called_back_at,
            json(call),
        ],
    )
}

/// What lies beside a call, sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// What the exchange wrote of the caller.
    Caller,
    /// The form as typed so far.
    Notes,
}

impl Paper {
    const fn code(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Notes => "notes",
        }
    }

    fn row(self, call: CallId) -> String {
        format!("call_papers/{call}/{}", self.code())
    }
}

/// Keeps a paper of a call, in the place of an earlier one.
///
/// # Errors
/// It cannot be sealed.
pub fn keep<T: Serialize>(
    vault: &Vault,
    call: CallId,
    reporter: ReporterId,
    paper: Paper,
    what: &T,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&paper.row(call), what)?;
    let sql = "INSERT INTO call_papers (call_id, kind, reporter_id, saved_us, sealed) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (call_id, kind) DO UPDATE SET reporter_id = excluded.reporter_id, saved_us = excluded.saved_us,
            sealed = excluded.sealed";
    Ok(Statement::one(sql, params![call, paper.code(), reporter, now, sealed]))
}

/// Blind indices of a telephone number, digits with the country: as WhatsApp knows it and as a
/// telephone does, so that one person is one reporter whichever way he comes.
#[must_use]
pub fn number_aliases(vault: &Vault, digits: &str) -> [(&'static str, [u8; 32]); 2] {
    ["wa_id", "phone"].map(|kind| (kind, vault.alias(kind, digits)))
}

/// The id of a call: the exchange's own name of it, which stays unreadable. The same name on the same
/// exchange is the same call, however often and in whatever order its events come.
#[must_use]
pub fn call_id(vault: &Vault, external: &str) -> CallId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&vault.alias("call_110", external)[..16]);
    CallId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Which calls a list shows, newest first. What is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Of this Polres.
    pub polres: String,
    /// In the area of this Polsek, or of no known one.
    pub polsek: Option<String>,
    /// In this state, by its code.
    pub state: Option<String>,
    /// With this result, by its code.
    pub result: Option<String>,
    /// The rows after this one.
    pub after: Option<Cursor>,
    /// How many.
    pub limit: usize,
}

/// What is known of a caller's earlier calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// All of them.
    pub calls: u64,
    /// Hung up before anyone answered.
    pub abandoned: u64,
    /// Ended without a report: misuse, silence, a wrong number.
    pub dismissed: u64,
}

/// How the shield sees a caller: his calls within the hour before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CallsLately {
    /// All of them.
    pub calls: u64,
    /// Of them, misuse.
    pub pranks: u64,
    /// Of them, nobody spoke.
    pub silent: u64,
    /// How long the line was held open in silence, seconds together.
    pub silent_s: f64,
}

impl CallsLately {
    /// Counts these calls.
    #[must_use]
    pub fn of(calls: &[Call]) -> Self {
        let ended = |call: &&Call, why: Dismissal| call.result == Some(CallResult::Dismissed { reason: why });
        let silent: Vec<&Call> = calls.iter().filter(|call| ended(call, Dismissal::Silent)).collect();
        Self {
            calls: calls.len() as u64,
            pranks: calls.iter().filter(|call| ended(call, Dismissal::Prank)).count() as u64,
            silent: silent.len() as u64,
            silent_s: silent.iter().filter_map(|call| call.talk_s()).sum(),
        }
    }
}

impl Store {
    /// One call.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn call(&self, id: CallId) -> Result<Option<Filed<Call>>, StoreError> {
        let rows = self.read("SELECT polres, body FROM calls WHERE id = $1", params![id]).await?;
        one_row(rows).as_ref().map(Filed::from_row).transpose()
    }

    /// Calls, newest first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn calls(&self, filter: &CallFilter) -> Result<Vec<Filed<Call>>, StoreError> {
        let sql = "SELECT polres, body FROM calls
            WHERE polres = $1 AND (CAST($2 AS TEXT) IS NULL OR polsek IS NULL OR polsek = $2)
              AND (CAST($3 AS TEXT) IS NULL OR state = $3) AND (CAST($4 AS TEXT) IS NULL OR result = $4)
              AND (received_us, id) < ($5, $6)
            ORDER BY received_us DESC, id DESC LIMIT $7";
        let (received_us, id) = below(filter.after);
        let asked = params![
            &filter.polres,
            filter.polsek.clone(),
            filter.state.clone(),
            filter.result.clone(),
            received_us,
            id,
            page(filter.limit),
        ];
        self.read(sql, asked).await?.iter().map(Filed::from_row).collect()
    }

    /// A paper of a call, and when it was kept.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn call_paper<T: DeserializeOwned>(
        &self,
        call: CallId,
        paper: Paper,
    ) -> Result<Option<(T, Timestamp)>, StoreError> {
        let sql = "SELECT sealed, saved_us FROM call_papers WHERE call_id = $1 AND kind = $2";
        let row = one_row(self.read(sql, params![call, paper.code()]).await?);
        row.map(|row| Ok((self.vault().open_json(&paper.row(call), row.blob(0)?)?, row.at(1)?))).transpose()
    }

    /// The last reports of a person in an office, newest first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn reports_of(
        &self,
        polres: &str,
        reporter: ReporterId,
        limit: usize,
    ) -> Result<Vec<Report>, StoreError> {
        let sql = "SELECT body FROM reports WHERE polres = $1 AND reporter_id = $2
            ORDER BY received_us DESC, id DESC LIMIT $3";
        self.read(sql, params![polres, reporter, page(limit)]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// Calls of an office that came between `from` and `to`, oldest first; the first `most` of them.
    /// Of one Polsek: in its area, or of no known one.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn calls_between(
        &self,
        polres: &str,
        polsek: Option<&str>,
        (from, to): (Timestamp, Timestamp),
        most: usize,
    ) -> Result<Vec<Call>, StoreError> {
        let sql = "SELECT body FROM calls
            WHERE polres = $1 AND (CAST($2 AS TEXT) IS NULL OR polsek IS NULL OR polsek = $2)
              AND received_us >= $3 AND received_us < $4
            ORDER BY received_us, id LIMIT $5";
        let rows = self.read(sql, params![polres, polsek.map(str::to_owned), from, to, most]).await?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// Calls of a person, under all the ids he has had, to an office since `since`, oldest first; the
    /// last hundred of them.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn calls_since(
        &self,
        polres: &str,
        people: &[ReporterId],
        since: Timestamp,
    ) -> Result<Vec<Call>, StoreError> {
        let sql = "SELECT body FROM calls WHERE polres = $1 AND reporter_id IN (TEXTS($2)) AND received_us >= $3
            ORDER BY received_us DESC, id DESC LIMIT 100";
        let rows = self.read(sql, params![polres, texts(people), since]).await?;
        rows.iter().rev().map(|row| row.json(0)).collect()
    }

    /// What is known of a person's calls to an office before `before`.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn call_counts(
        &self,
        polres: &str,
        reporter: ReporterId,
        before: Timestamp,
    ) -> Result<CallCounts, StoreError> {
        let sql = "SELECT COUNT(*),
                COUNT(CASE WHEN state = 'abandoned' THEN 1 END), COUNT(CASE WHEN result = 'dismissed' THEN 1 END)
            FROM calls WHERE polres = $1 AND reporter_id = $2 AND received_us < $3";
        let Some(row) = one_row(self.read(sql, params![polres, reporter, before]).await?) else {
            return Ok(CallCounts::default());
        };
        Ok(CallCounts { calls: row.number(0)?, abandoned: row.number(1)?, dismissed: row.number(2)? })
    }
}
