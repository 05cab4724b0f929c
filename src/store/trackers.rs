//! Which unit a tracker sits in.

use super::value::{json, params};
use super::{Statement, Store, StoreError, Value};
use crate::model::clock::Timestamp;
use crate::model::id::UnitId;

/// A tracker and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracker {
    /// What it calls itself.
    pub device: String,
    /// Whose unit it is.
    pub polres: String,
    /// The unit it sits in.
    pub unit: UnitId,
}

/// Makes these the trackers of a unit, and no others. A device that sits in another unit is moved.
#[must_use]
pub fn replace(polres: &str, unit: UnitId, devices: &[String], now: Timestamp) -> Vec<Statement> {
    vec![
        Statement::one("DELETE FROM trackers WHERE unit_id = $1", params![unit]),
        Statement::one(
            "INSERT INTO trackers (device_id, polres, unit_id, added_us)
            SELECT value ->> 0, $2, $3, $4 FROM ROWS($1) WHERE TRUE
            ON CONFLICT (device_id) DO UPDATE SET polres = $2, unit_id = $3, added_us = $4",
            vec![
                Value::Text(json(&devices.iter().map(|device| [device]).collect::<Vec<_>>())),
                polres.into(),
                unit.into(),
                now.into(),
            ],
        ),
    ]
}

impl Store {
    /// Every tracker that is known.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn trackers(&self) -> Result<Vec<Tracker>, StoreError> {
        let sql = "SELECT device_id, polres, unit_id FROM trackers ORDER BY device_id";
        let rows = self.read(sql, params![]).await?;
        rows.iter()
            .map(|row| {
                Ok(Tracker { device: row.text(0)?.to_owned(), polres: row.text(1)?.to_owned(), unit: row.parsed(2)? })
            })
            .collect()
    }
}
