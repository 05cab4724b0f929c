//! What operators corrected: the sealed words of a report with the category and priority a person gave.
//! In for learning (`sigap train --with-corrections`), never shown; gone with the person.

use serde::{Deserialize, Serialize};

use super::value::{code_of, params};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::{ReportId, ReporterId};
use crate::model::report::{Category, Priority};

/// The words of one report and what a person says they mean. Its `Debug` shows no words.
#[derive(Clone, PartialEq)]
pub struct Correction {
    /// The report.
    pub report: ReportId,
    /// Its office.
    pub polres: String,
    /// Whose words they are.
    pub reporter: ReporterId,
    /// The right category.
    pub category: Category,
    /// The right priority.
    pub priority: Priority,
    /// When it was corrected last.
    pub corrected_at: Timestamp,
    /// The reporter's messages, in order.
    pub messages: Vec<String>,
}

impl std::fmt::Debug for Correction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Correction")
            .field("report", &self.report)
            .field("category", &self.category)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Words {
    messages: Vec<String>,
}

/// Keeps a correction; a later one of the same report replaces it.
///
/// # Errors
/// The words cannot be sealed.
pub fn upsert_correction(vault: &Vault, correction: &Correction) -> Result<Statement, StoreError> {
    let words = Words { messages: correction.messages.clone() };
    let sealed = vault.seal_json(&row_name(correction.report), &words)?;
    Ok(Statement::one(
        "INSERT INTO corrections (report_id, polres, reporter_id, category, priority, corrected_us, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (report_id) DO UPDATE SET category = excluded.category, priority = excluded.priority,
            corrected_us = excluded.corrected_us, sealed = excluded.sealed",
        params![
            correction.report,
            &correction.polres,
            correction.reporter,
            code_of(&correction.category),
            i64::from(correction.priority.number()),
            correction.corrected_at,
            sealed,
        ],
    ))
}

/// Erases what was kept of a person's words.
#[must_use]
pub fn erase_corrections(reporter: ReporterId) -> Statement {
    Statement::one("DELETE FROM corrections WHERE reporter_id = $1", params![reporter])
}

impl Store {
    /// All corrections of an office, oldest first.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn corrections(&self, polres: &str) -> Result<Vec<Correction>, StoreError> {
        let sql = "SELECT report_id, polres, reporter_id, category, priority, corrected_us, sealed
            FROM corrections WHERE polres = $1 ORDER BY corrected_us, report_id";
        self.read(sql, params![polres]).await?.iter().map(|row| correction(self.vault(), row)).collect()
    }
}

fn correction(vault: &Vault, row: &Row) -> Result<Correction, StoreError> {
    let report = row.parsed(0)?;
    let words: Words = vault.open_json(&row_name(report), row.blob(6)?)?;
    Ok(Correction {
        report,
        polres: row.string(1)?,
        reporter: row.parsed(2)?,
        category: row.code(3)?,
        priority: priority(row)?,
        corrected_at: row.at(5)?,
        messages: words.messages,
    })
}

fn priority(row: &Row) -> Result<Priority, StoreError> {
    Priority::try_from(row.number::<u8>(4)?).map_err(StoreError::corrupt)
}

fn row_name(report: ReportId) -> String {
    format!("corrections/{report}")
}
