//! Where units were, sampled and written in batches.

use super::value::{json, params};
use super::{Row, Statement, Store, StoreError, Value};
use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::unit::Fix;

/// Records fixes in one statement; a fix of a unit at an instant it already has one changes nothing.
#[must_use]
pub fn insert_fixes(fixes: &[(UnitId, Fix)]) -> Statement {
    let rows: Vec<_> = fixes
        .iter()
        .map(|(unit, fix)| (unit, fix.at.micros(), fix.lng, fix.lat, fix.speed_mps, fix.heading_deg, fix.accuracy_m))
        .collect();
    Statement::one(
        "INSERT INTO tracks (unit_id, at_us, lng, lat, speed_mps, heading_deg, accuracy_m)
        SELECT value ->> 0, CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS DOUBLE PRECISION),
            CAST(value ->> 3 AS DOUBLE PRECISION), CAST(value ->> 4 AS DOUBLE PRECISION),
            CAST(value ->> 5 AS DOUBLE PRECISION), CAST(value ->> 6 AS DOUBLE PRECISION)
        FROM ROWS($1) WHERE TRUE
        ON CONFLICT (unit_id, at_us) DO NOTHING",
        vec![Value::Text(json(&rows))],
    )
}

/// Removes fixes before `before`.
#[must_use]
pub fn purge(before: Timestamp) -> Statement {
    Statement::one("DELETE FROM tracks WHERE at_us < $1", params![before])
}

impl Store {
    /// Up to `limit` fixes of a unit from `from` to before `to`, in order of time.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn track(
        &self,
        unit: UnitId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Fix>, StoreError> {
        let sql = "SELECT lng, lat, at_us, accuracy_m, speed_mps, heading_deg FROM tracks
            WHERE unit_id = $1 AND at_us >= $2 AND at_us < $3 ORDER BY at_us LIMIT $4";
        self.read(sql, params![unit, from, to, limit]).await?.iter().map(fix).collect()
    }

    /// The last fix of each unit of an office, of those not before `after`.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn last_fixes(&self, polres: &str, after: Timestamp) -> Result<Vec<(UnitId, Fix)>, StoreError> {
        let sql = "SELECT t.lng, t.lat, t.at_us, t.accuracy_m, t.speed_mps, t.heading_deg, t.unit_id
            FROM units u JOIN tracks t ON t.unit_id = u.id
                AND t.at_us = (SELECT MAX(at_us) FROM tracks WHERE unit_id = u.id)
            WHERE u.polres = $1 AND t.at_us >= $2 ORDER BY u.no";
        self.read(sql, params![polres, after]).await?.iter().map(|row| Ok((row.parsed(6)?, fix(row)?))).collect()
    }
}

fn fix(row: &Row) -> Result<Fix, StoreError> {
    Ok(Fix {
        lng: row.real(0)?,
        lat: row.real(1)?,
        at: row.at(2)?,
        accuracy_m: row.opt_real(3)?.map(single),
        speed_mps: row.opt_real(4)?.map(single),
        heading_deg: row.opt_real(5)?.map(single),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "it was a single when it was stored")]
const fn single(value: f64) -> f32 {
    value as f32
}
