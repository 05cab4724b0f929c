//! How long patrols were where, from their tracks. Whole days that are over are reckoned once and kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use h3o::CellIndex;
use parking_lot::Mutex;

use super::span::Asked;
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::ApiError;
use crate::insight::patrol::Presence;
use crate::insight::when::local;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::id::UnitId;

/// Days kept, all offices together: a quarter of a year of one.
const MOST_DAYS: usize = 92;

/// One day, seconds.
const DAY_S: i64 = 24 * 3600;

/// Fixes of one unit in one day at most: one a second.
const MOST_FIXES: usize = 86_400;

/// Office and first instant of a day.
type DayOf = (String, Timestamp);

/// What is known of whole days.
#[derive(Debug, Default)]
pub struct Patrols(Mutex<HashMap<DayOf, Arc<Presence>>>);

impl Patrols {
    /// Seconds patrols spent in each cell within what is asked, as far as tracks are kept.
    ///
    /// # Errors
    /// The store failed.
    pub async fn within(&self, app: &App, who: &Who, asked: &Asked) -> Result<Vec<(CellIndex, f64)>, ApiError> {
        let scope = who.viewer.scope.clone();
        let units: Vec<UnitId> = who
            .desk(app)?
            .look(move |desk| desk.units.values().filter(|unit| scope.sees_unit(unit)).map(|unit| unit.id).collect())
            .await?;
        let mut cells: BTreeMap<CellIndex, f64> = BTreeMap::new();
        let mut from = asked.filter.from;
        while from < asked.filter.to {
            let midnight = midnight_after(from, asked.offset_h);
            let to = midnight.min(asked.filter.to);
            let presence = self.day(app, asked, &units, (from, to)).await?;
            for (cell, secs) in presence.within(&asked.when) {
                *cells.entry(cell).or_default() += secs;
            }
            from = to;
        }
        Ok(cells.into_iter().collect())
    }

    async fn day(
        &self,
        app: &App,
        asked: &Asked,
        units: &[UnitId],
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Arc<Presence>, ApiError> {
        // A whole day of the whole office that is over, an hour for tablets that were without network.
        let is_over = to.plus_secs(3600) < app.clock.now();
        let keeps = to == from.plus_secs(DAY_S) && is_over && asked.filter.polsek.is_none();
        let key = (asked.filter.polres.clone(), from);
        if let Some(known) = self.0.lock().get(&key).filter(|_| keeps) {
            return Ok(known.clone());
        }
        let mut presence = Presence::default();
        for unit in units {
            let fixes = app.store.track(*unit, from, to, MOST_FIXES).await?;
            presence.add(&fixes, asked.offset_h);
        }
        let presence = Arc::new(presence);
        if keeps {
            let mut days = self.0.lock();
            if days.len() >= MOST_DAYS {
                days.clear();
            }
            days.insert(key, presence.clone());
        }
        Ok(presence)
    }
}

fn midnight_after(at: Timestamp, offset_h: i32) -> Timestamp {
    Timestamp(((local(at, offset_h).day + 1) * DAY_S - i64::from(offset_h) * 3600) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_midnight_of_the_office() {
        let at: Timestamp = "2026-11-21T18:00:00Z".parse().unwrap();
        assert_eq!(midnight_after(at, 7).to_string(), "2026-11-22T17:00:00.000000Z");
        assert_eq!(midnight_after("2026-11-21T17:00:00Z".parse().unwrap(), 7), midnight_after(at, 7));
    }
}
