//! What the figures are counted from: reports, incidents with their offers, and the entries of a stretch
//! of time.

use super::projections::{SpanFilter, priority};
use super::value::params;
use super::{Row, Store, StoreError};
use crate::insight::lines::{IncidentLine, OfferLine, ReportLine};
use crate::model::assignment::{Assignment, AssignmentStamps};
use crate::model::clock::Timestamp;
use crate::model::entry::Entry;
use crate::model::place::LngLat;

/// Entries read in one go.
const PAGE: usize = 2000;

impl Store {
    /// Reports of a stretch of time, in order of arrival.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn report_lines(&self, filter: &SpanFilter) -> Result<Vec<ReportLine>, StoreError> {
        let sql = "SELECT id, number, channel, category, priority, state, outcome, lng, lat, polsek,
                received_us, first_reply_us, claimed_us, closed_us
            FROM reports
            WHERE polres = $1 AND (CAST($2 AS TEXT) IS NULL OR polsek = $2)
              AND received_us >= $3 AND received_us < $4 AND (CAST($5 AS TEXT) IS NULL OR category = $5)
            ORDER BY received_us, id";
        self.read(sql, filter.params()).await?.iter().map(report).collect()
    }

    /// Incidents of a stretch of time with their offers, in order of arrival and offer. Who knows the
    /// stations adds them.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn incident_lines(&self, filter: &SpanFilter) -> Result<Vec<IncidentLine>, StoreError> {
        let mut lines: Vec<IncidentLine> = Vec::new();
        for row in &self.read(include_str!("incident_lines.sql"), filter.params()).await? {
            let line = incident(row)?;
            if lines.last().is_none_or(|last| last.id != line.id) {
                lines.push(line);
            }
            if let (Some(line), Some(offer)) = (lines.last_mut(), offer(row)?) {
                line.offers.push(offer);
            }
        }
        Ok(lines)
    }

    /// Entries of an office from `from` to before `to`, in order: those `keep` makes something of.
    /// Where they begin is found by halving, because times never run backwards in a journal.
    ///
    /// # Errors
    /// A backend that failed; an entry that cannot be read back.
    pub async fn entries_between<T>(
        &self,
        polres: &str,
        (from, to): (Timestamp, Timestamp),
        keep: impl Fn(&Entry) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut after = self.seq_before(polres, from).await?;
        loop {
            let entries = self.read_after(polres, after, PAGE).await?;
            for entry in entries.iter().take_while(|entry| entry.at < to) {
                found.extend(keep(entry));
            }
            match entries.last() {
                Some(last) if last.at < to && entries.len() == PAGE => after = last.seq,
                _ => return Ok(found),
            }
        }
    }

    /// The number of the last entry before `at`; 0 when there is none.
    async fn seq_before(&self, polres: &str, at: Timestamp) -> Result<u64, StoreError> {
        let head = "SELECT COALESCE(MAX(seq), 0) FROM entries WHERE polres = $1";
        let last: u64 = self.read(head, params![polres]).await?.first().map_or(Ok(0), |row| row.number(0))?;
        // All up to `low` are before `at`, all after `high` are not.
        let (mut low, mut high) = (0, last);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let sql = "SELECT at_us FROM entries WHERE polres = $1 AND seq = $2";
            let rows = self.read(sql, params![polres, middle]).await?;
            let is_before = rows.first().map(|row| row.at(0)).transpose()?.is_some_and(|found| found < at);
            if is_before { low = middle } else { high = middle - 1 }
        }
        Ok(low)
    }
}

fn report(row: &Row) -> Result<ReportLine, StoreError> {
    Ok(ReportLine {
        id: row.parsed(0)?,
        number: row.string(1)?,
        channel: row.code(2)?,
        category: row.code(3)?,
        priority: priority(row, 4)?,
        state: row.string(5)?,
        outcome: row.opt_text(6)?,
        at: row.opt_real(7)?.zip(row.opt_real(8)?).map(|(lng, lat)| LngLat::new(lng, lat)),
        polsek: row.opt_text(9)?,
        received_at: row.at(10)?,
        first_reply_at: row.opt_at(11)?,
        claimed_at: row.opt_at(12)?,
        closed_at: row.opt_at(13)?,
    })
}

fn incident(row: &Row) -> Result<IncidentLine, StoreError> {
    Ok(IncidentLine {
        id: row.parsed(0)?,
        number: row.string(1)?,
        polsek: row.opt_text(2)?,
        category: row.code(3)?,
        priority: priority(row, 4)?,
        at: LngLat::new(row.real(5)?, row.real(6)?),
        station: None,
        received_at: row.at(7)?,
        closed_at: row.opt_at(8)?,
        disposition: row.opt_text(9)?,
        offers: Vec::new(),
    })
}

fn offer(row: &Row) -> Result<Option<OfferLine>, StoreError> {
    let Some(id) = row.opt_parsed(10)? else { return Ok(None) };
    let overridden = row.flag(13)?;
    // Only where there is a reason to be read.
    let override_reason = if overridden { row.json::<Assignment>(21)?.override_reason } else { None };
    Ok(Some(OfferLine {
        id,
        unit: row.parsed(11)?,
        state: row.string(12)?,
        overridden,
        automatic: row.flag(14)?,
        override_reason,
        stamps: AssignmentStamps {
            offered_at: row.at(15)?,
            delivered_at: row.opt_at(16)?,
            accepted_at: row.opt_at(17)?,
            en_route_at: row.opt_at(18)?,
            on_scene_at: row.opt_at(19)?,
            ended_at: row.opt_at(20)?,
        },
    }))
}
