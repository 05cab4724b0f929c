//! The tables people list, filter and count: one row for each report, incident, assignment and unit,
//! written whole with every change. Derived from the journal; they can be cleared and folded again.

pub use super::lists::{Cursor, Filed, PAGE_LIMIT};
use super::lists::{below, one_row, page};
use super::value::{code_of, json, params};
use super::{Row, Statement, Store, StoreError};
use crate::model::assignment::Assignment;
use crate::model::clock::Timestamp;
use crate::model::id::{AssignmentId, IncidentId, ReportId};
use crate::model::incident::{Handling, Incident};
use crate::model::place::Jurisdiction;
use crate::model::report::{Category, Channel, Priority, Report, ReportState};
use crate::model::unit::Unit;

/// Writes a report's row.
#[must_use]
pub fn upsert_report(polres: &str, report: &Report) -> Statement {
    let (mut outcome, mut incident, mut claimed_by) = (None, None, None);
    match report.state {
        ReportState::Closed { outcome: how } => outcome = Some(code_of(&how)),
        ReportState::Attached { incident: to } => incident = Some(to),
        ReportState::Claimed { by } => claimed_by = Some(by),
        ReportState::Queued | ReportState::WaitingReporter { .. } | ReportState::Joined { .. } => {}
    }
    let (place, area) = (report.place.as_ref(), Area::of(report.jurisdiction.as_ref()));
    let (reading, stamps) = (report.reading, report.stamps);
    Statement::one(
        include_str!("reports_upsert.sql"),
        params![
            report.id,
            polres,
            &report.number,
            code_of(&report.channel),
            report.reporter,
            report.state.code(),
            outcome,
            incident,
            claimed_by,
            code_of(&reading.service),
            reading.category.code(),
            reading.priority.number(),
            place.map(|at| at.lng),
            place.map(|at| at.lat),
            place.map(|at| at.radius_m),
            area.polsek,
            area.desa_code,
            area.kecamatan,
            stamps.sent_at,
            stamps.received_at,
            report.last_message_at,
            stamps.first_reply_at,
            stamps.located_at,
            stamps.claimed_at,
            stamps.closed_at,
            json(report),
        ],
    )
}

/// Writes an incident's row.
#[must_use]
pub fn upsert_incident(polres: &str, incident: &Incident) -> Statement {
    let disposition = match incident.handling {
        Handling::Closed { disposition } => Some(code_of(&disposition)),
        Handling::Open | Handling::Held { .. } => None,
    };
    let area = Area::of(incident.jurisdiction.as_ref());
    Statement::one(
        include_str!("incidents_upsert.sql"),
        params![
            incident.id,
            polres,
            &incident.number,
            incident.state.code(),
            code_of(&incident.handling),
            disposition,
            incident.category.code(),
            incident.priority.number(),
            incident.place.lng,
            incident.place.lat,
            incident.place.radius_m,
            area.polsek,
            area.desa_code,
            area.kecamatan,
            incident.automatic,
            incident.received_at,
            incident.opened_at,
            incident.closed_at,
            json(incident),
        ],
    )
}

/// Writes an assignment's row. [`StoreError::Conflict`] when the unit has another live one
/// (`one_live_assignment_per_unit`) or the incident another live primary (`one_primary_per_incident`).
#[must_use]
pub fn upsert_assignment(polres: &str, assignment: &Assignment) -> Statement {
    let stamps = assignment.stamps;
    Statement::one(
        include_str!("assignments_upsert.sql"),
        params![
            assignment.id,
            polres,
            assignment.incident,
            assignment.unit,
            assignment.state.code(),
            assignment.state.is_live(),
            assignment.primary,
            assignment.automatic,
            assignment.override_reason.is_some(),
            assignment.expires_at,
            assignment.travel_time_s,
            stamps.offered_at,
            stamps.delivered_at,
            stamps.accepted_at,
            stamps.en_route_at,
            stamps.on_scene_at,
            stamps.ended_at,
            json(assignment),
        ],
    )
}

/// Writes several assignments' rows: the ended ones first, so that a unit is free before it is bound
/// again. Of one assignment only the last state in the list counts.
#[must_use]
pub fn upsert_assignments(polres: &str, assignments: &[&Assignment]) -> Vec<Statement> {
    let (live, ended): (Vec<&Assignment>, Vec<&Assignment>) =
        assignments.iter().copied().partition(|assignment| assignment.state.is_live());
    ended.into_iter().chain(live).map(|assignment| upsert_assignment(polres, assignment)).collect()
}

/// Writes a unit's row.
#[must_use]
pub fn upsert_unit(polres: &str, unit: &Unit) -> Statement {
    Statement::one(
        "INSERT INTO units (id, polres, no, call_sign, kind, polsek, status, status_since_us, assignment_id,
            emergency, lng, lat, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (id) DO UPDATE SET no = excluded.no, call_sign = excluded.call_sign, kind = excluded.kind,
            polsek = excluded.polsek, status = excluded.status, status_since_us = excluded.status_since_us,
            assignment_id = excluded.assignment_id, emergency = excluded.emergency,
            lng = excluded.lng, lat = excluded.lat, body = excluded.body",
        params![
            unit.id,
            polres,
            unit.no,
            &unit.call_sign,
            code_of(&unit.kind),
            unit.polsek.clone(),
            code_of(&unit.status),
            unit.status_since,
            unit.assignment,
            unit.emergency,
            unit.post.lng,
            unit.post.lat,
            json(unit),
        ],
    )
}

/// Empties the projections of one office, before its journal is folded again.
#[must_use]
pub fn clear_projections(polres: &str) -> Vec<Statement> {
    [
        "DELETE FROM reports WHERE polres = $1",
        "DELETE FROM incidents WHERE polres = $1",
        "DELETE FROM assignments WHERE polres = $1",
        "DELETE FROM units WHERE polres = $1",
        "DELETE FROM calls WHERE polres = $1",
    ]
    .map(|sql| Statement::one(sql, params![polres]))
    .into()
}

/// The columns of a jurisdiction.
#[derive(Default)]
struct Area {
    polsek: Option<String>,
    desa_code: Option<String>,
    kecamatan: Option<String>,
}

impl Area {
    fn of(jurisdiction: Option<&Jurisdiction>) -> Self {
        jurisdiction.map_or_else(Self::default, |it| Self {
            polsek: Some(it.polsek.clone()),
            desa_code: Some(it.desa_code.clone()),
            kecamatan: Some(it.kecamatan.clone()),
        })
    }
}

/// Which reports or incidents a list shows, newest first. What is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListFilter {
    /// Of this Polres.
    pub polres: Option<String>,
    /// In the area of this Polsek.
    pub polsek: Option<String>,
    /// In this state, by its code.
    pub state: Option<String>,
    /// Whose number starts so (`MDN-20261121`); letters as written.
    pub number: Option<String>,
    /// Received at this instant or later.
    pub from: Option<Timestamp>,
    /// Received before this instant.
    pub to: Option<Timestamp>,
    /// The rows after this one.
    pub after: Option<Cursor>,
    /// How many, up to [`PAGE_LIMIT`].
    pub limit: usize,
}

impl ListFilter {
    fn params(&self) -> Vec<super::Value> {
        let (received_us, id) = below(self.after);
        params![
            self.polres.clone(),
            self.polsek.clone(),
            self.state.clone(),
            self.number.clone(),
            self.from,
            self.to,
            received_us,
            id,
            page(self.limit),
        ]
    }
}

macro_rules! newest_first {
    ($table:literal) => {
        concat!(
            "SELECT polres, body FROM ",
            $table,
            "
            WHERE (CAST($1 AS TEXT) IS NULL OR polres = $1)
              AND (CAST($2 AS TEXT) IS NULL OR polsek = $2)
              AND (CAST($3 AS TEXT) IS NULL OR state = $3)
              AND (CAST($4 AS TEXT) IS NULL OR substr(number, 1, length($4)) = $4)
              AND (CAST($5 AS BIGINT) IS NULL OR received_us >= $5)
              AND (CAST($6 AS BIGINT) IS NULL OR received_us < $6)
              AND (received_us, id) < ($7, $8)
            ORDER BY received_us DESC, id DESC LIMIT $9"
        )
    };
}

/// Which lines figures are counted from.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanFilter {
    /// Of this Polres.
    pub polres: String,
    /// Of this Polsek only.
    pub polsek: Option<String>,
    /// Received at this instant or later.
    pub from: Timestamp,
    /// Received before this instant.
    pub to: Timestamp,
    /// Of this category only.
    pub category: Option<Category>,
}

impl SpanFilter {
    pub(super) fn params(&self) -> Vec<super::Value> {
        params![&self.polres, self.polsek.clone(), self.from, self.to, self.category.map(Category::code)]
    }
}

/// A report as fairness proofs need it: when it came and when someone took it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportTimes {
    /// Which.
    pub id: ReportId,
    /// Human number.
    pub number: String,
    /// The door.
    pub channel: Channel,
    /// What about.
    pub category: Category,
    /// Its lane.
    pub priority: Priority,
    /// State, by its code.
    pub state: String,
    /// How it ended, by its code.
    pub outcome: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// First answered.
    pub first_reply_at: Option<Timestamp>,
    /// First claimed.
    pub claimed_at: Option<Timestamp>,
    /// Ended.
    pub closed_at: Option<Timestamp>,
}

impl Store {
    /// Reports, newest first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn reports(&self, filter: &ListFilter) -> Result<Vec<Filed<Report>>, StoreError> {
        self.read(newest_first!("reports"), filter.params()).await?.iter().map(Filed::from_row).collect()
    }

    /// Incidents, newest first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn incidents(&self, filter: &ListFilter) -> Result<Vec<Filed<Incident>>, StoreError> {
        self.read(newest_first!("incidents"), filter.params()).await?.iter().map(Filed::from_row).collect()
    }

    /// Incidents of an office that came since `from` within these bounds (west, south, east, north,
    /// degrees), newest first, up to `most`.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn incidents_within(
        &self,
        polres: &str,
        [west, south, east, north]: [f64; 4],
        from: Timestamp,
        most: usize,
    ) -> Result<Vec<Incident>, StoreError> {
        let sql = "SELECT body FROM incidents
            WHERE polres = $1 AND received_us >= $2 AND lng BETWEEN $3 AND $4 AND lat BETWEEN $5 AND $6
            ORDER BY received_us DESC, id DESC LIMIT $7";
        let params = params![polres, from, west, east, south, north, most];
        self.read(sql, params).await?.iter().map(|row| row.json(0)).collect()
    }

    /// One report.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn report(&self, id: ReportId) -> Result<Option<Filed<Report>>, StoreError> {
        let rows = self.read("SELECT polres, body FROM reports WHERE id = $1", params![id]).await?;
        one_row(rows).as_ref().map(Filed::from_row).transpose()
    }

    /// One incident.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<Filed<Incident>>, StoreError> {
        let rows = self.read("SELECT polres, body FROM incidents WHERE id = $1", params![id]).await?;
        one_row(rows).as_ref().map(Filed::from_row).transpose()
    }

    /// One assignment.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn assignment(&self, id: AssignmentId) -> Result<Option<Filed<Assignment>>, StoreError> {
        let rows = self.read("SELECT polres, body FROM assignments WHERE id = $1", params![id]).await?;
        one_row(rows).as_ref().map(Filed::from_row).transpose()
    }

    /// The assignments of an incident, in the order they were offered.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn assignments_of(&self, incident: IncidentId) -> Result<Vec<Assignment>, StoreError> {
        let sql = "SELECT body FROM assignments WHERE incident_id = $1 ORDER BY offered_us, id";
        self.read(sql, params![incident]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// The units of an office, by number; of all offices without one.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn units(&self, polres: Option<&str>) -> Result<Vec<Filed<Unit>>, StoreError> {
        let sql = "SELECT polres, body FROM units WHERE (CAST($1 AS TEXT) IS NULL OR polres = $1) ORDER BY polres, no";
        self.read(sql, params![polres]).await?.iter().map(Filed::from_row).collect()
    }

    /// When reports came and were taken, in order of arrival.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn report_times(&self, filter: &SpanFilter) -> Result<Vec<ReportTimes>, StoreError> {
        let sql = "SELECT id, number, channel, category, priority, state, outcome,
                received_us, first_reply_us, claimed_us, closed_us
            FROM reports
            WHERE polres = $1 AND (CAST($2 AS TEXT) IS NULL OR polsek = $2)
              AND received_us >= $3 AND received_us < $4 AND (CAST($5 AS TEXT) IS NULL OR category = $5)
            ORDER BY received_us, id";
        self.read(sql, filter.params()).await?.iter().map(times).collect()
    }
}

/// A priority out of a column.
pub(super) fn priority(row: &Row, column: usize) -> Result<Priority, StoreError> {
    Priority::try_from(row.number::<u8>(column)?).map_err(StoreError::corrupt)
}

fn times(row: &Row) -> Result<ReportTimes, StoreError> {
    Ok(ReportTimes {
        id: row.parsed(0)?,
        number: row.string(1)?,
        channel: row.code(2)?,
        category: row.code(3)?,
        priority: priority(row, 4)?,
        state: row.string(5)?,
        outcome: row.opt_text(6)?,
        received_at: row.at(7)?,
        first_reply_at: row.opt_at(8)?,
        claimed_at: row.opt_at(9)?,
        closed_at: row.opt_at(10)?,
    })
}
