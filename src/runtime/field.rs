//! The field of one Polres: where its units are, how far they are by road, whose area a point is.
//!
//! This is the [`World`] of its decisions. Positions are not entries: the latest is kept here, a
//! sample goes to the `tracks` table, and what moved goes to the screens once a second.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::dispatch::unit_index::{UnitIndex, Whereabouts};
use crate::dispatch::world::{Nearby, World};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::id::UnitId;
use crate::model::place::{Jurisdiction, LngLat};
use crate::model::unit::{Fix, LOST_AFTER_S, Unit, UnitStatus};
use crate::realtime::message::UnitFix;
use crate::realtime::positions::Dot;
use crate::roads::travel_time::TravelTime;

/// Faster than this between two fixes is a jump, not a drive: 250 km/h in metres per second.
const FASTEST_MPS: f64 = 70.0;

/// Jitter of a standing receiver: a jump must be longer than this, metres.
const JITTER_M: f64 = 150.0;

/// A device clock may be ahead of ours by this much before it is set to ours, seconds.
const CLOCK_AHEAD_S: i64 = 5;

/// A fix older than this is history, not a position, seconds.
const OLDEST_FIX_S: i64 = 24 * 3600;

/// A track point is kept at most this often per unit. Microseconds.
const TRACK_EVERY: i64 = 5 * SECOND;

/// What became of a reported fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixOutcome {
    /// It is the unit's position now.
    Taken,
    /// Older than the one we have: kept for the track only.
    Late,
    /// Too far from the last one for the time between: held until a second fix agrees.
    Jump,
    /// Older than a day, or no such unit.
    Refused,
}

#[derive(Debug)]
struct Known {
    no: u32,
    polsek: Option<String>,
    post: LngLat,
    status: UnitStatus,
    emergency: bool,
    fix: Option<Fix>,
    suspect: Option<Fix>,
    tracked_at: Timestamp,
}

#[derive(Debug)]
struct Inner {
    index: UnitIndex,
    units: HashMap<UnitId, Known>,
    moved: HashSet<UnitId>,
    tracks: Vec<(UnitId, Fix)>,
}

/// Where the units of one Polres are.
pub struct Field {
    inner: Mutex<Inner>,
    travel: Arc<dyn TravelTime>,
    areas: Arc<JurisdictionIndex>,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Field").field("units", &self.inner.lock().units.len()).finish_non_exhaustive()
    }
}

impl Field {
    /// A field around the seat of an office.
    #[must_use]
    pub fn new(seat: LngLat, travel: Arc<dyn TravelTime>, areas: Arc<JurisdictionIndex>) -> Self {
        let inner =
            Inner { index: UnitIndex::around(seat), units: HashMap::new(), moved: HashSet::new(), tracks: Vec::new() };
        Self { inner: Mutex::new(inner), travel, areas }
    }

    /// Takes over what the desk says of a unit: it enters or leaves the index with its status.
    pub fn update(&self, unit: &Unit) {
        let mut inner = self.inner.lock();
        let known = inner.units.entry(unit.id).or_insert_with(|| Known {
            no: unit.no,
            polsek: unit.polsek.clone(),
            post: unit.post,
            status: unit.status,
            emergency: unit.emergency,
            fix: None,
            suspect: None,
            tracked_at: Timestamp::default(),
        });
        known.status = unit.status;
        known.emergency = unit.emergency;
        known.post = unit.post;
        known.polsek.clone_from(&unit.polsek);
        let whereabouts = known.whereabouts();
        if unit.status == UnitStatus::Available {
            inner.index.set(unit.id, whereabouts);
        } else {
            inner.index.remove(unit.id);
        }
        inner.moved.insert(unit.id);
    }

    /// Takes a fix from a device, by its own clock; `now` is ours.
    pub fn report(&self, unit: UnitId, mut fix: Fix, now: Timestamp) -> FixOutcome {
        if fix.at > now.plus_secs(CLOCK_AHEAD_S) {
            fix.at = now;
        }
        if fix.at < now.plus_secs(-OLDEST_FIX_S) {
            return FixOutcome::Refused;
        }
        let mut inner = self.inner.lock();
        let Some(known) = inner.units.get_mut(&unit) else { return FixOutcome::Refused };
        let outcome = known.take(fix);
        let track = outcome != FixOutcome::Jump && fix.at.micros() - known.tracked_at.micros() >= TRACK_EVERY;
        if track {
            known.tracked_at = fix.at;
        }
        let (sendable, whereabouts) = (known.status == UnitStatus::Available, known.whereabouts());
        if track {
            inner.tracks.push((unit, fix));
        }
        if outcome == FixOutcome::Taken {
            if sendable {
                inner.index.set(unit, whereabouts);
            }
            inner.moved.insert(unit);
        }
        outcome
    }

    /// Units whose fix is lost count at their post from now on; call it every minute or so.
    pub fn forget_lost(&self, now: Timestamp) {
        let mut inner = self.inner.lock();
        let Inner { index, units, .. } = &mut *inner;
        for (id, known) in units.iter().filter(|(_, known)| known.status == UnitStatus::Available) {
            if known.fix.is_some_and(|fix| now.secs_since(fix.at) > LOST_AFTER_S) {
                index.set(*id, Whereabouts { at: known.post, fix_at: None });
            }
        }
    }

    /// What moved since the last call.
    #[must_use]
    pub fn take_moved(&self) -> Vec<Dot> {
        let mut inner = self.inner.lock();
        let moved = std::mem::take(&mut inner.moved);
        moved.into_iter().filter_map(|id| inner.units.get(&id)?.dot(id)).collect()
    }

    /// Every unit with a position.
    #[must_use]
    pub fn all_dots(&self) -> Vec<Dot> {
        self.inner.lock().units.iter().filter_map(|(id, known)| known.dot(*id)).collect()
    }

    /// Last positions, for snapshots.
    #[must_use]
    pub fn fixes(&self) -> Vec<UnitFix> {
        self.all_dots().into_iter().map(|dot| UnitFix { unit_id: dot.unit, no: dot.no, fix: dot.fix }).collect()
    }

    /// The last position of a unit.
    #[must_use]
    pub fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.inner.lock().units.get(&unit)?.fix
    }

    /// Track points gathered since the last call, for the `tracks` table.
    #[must_use]
    pub fn take_tracks(&self) -> Vec<(UnitId, Fix)> {
        std::mem::take(&mut self.inner.lock().tracks)
    }

    /// The streets, for those who drive on them.
    #[must_use]
    pub fn streets(&self) -> Arc<dyn TravelTime> {
        self.travel.clone()
    }

    /// Polsek and post of a unit.
    #[must_use]
    pub fn home(&self, unit: UnitId) -> Option<(Option<String>, LngLat)> {
        self.inner.lock().units.get(&unit).map(|known| (known.polsek.clone(), known.post))
    }

    /// Travel times over the roads.
    #[must_use]
    pub fn travel(&self) -> &dyn TravelTime {
        &*self.travel
    }
}

impl Known {
    fn whereabouts(&self) -> Whereabouts {
        match self.fix {
            Some(fix) => Whereabouts { at: fix.point(), fix_at: Some(fix.at) },
            None => Whereabouts { at: self.post, fix_at: None },
        }
    }

    fn dot(&self, unit: UnitId) -> Option<Dot> {
        let fix = self.fix?;
        let polsek = self.polsek.clone();
        Some(Dot { unit, no: self.no, polsek, status: self.status, emergency: self.emergency, fix })
    }

    /// A late fix never replaces a newer one; a jump must be confirmed by a second fix.
    fn take(&mut self, fix: Fix) -> FixOutcome {
        if let Some(last) = self.fix {
            if fix.at <= last.at {
                return FixOutcome::Late;
            }
            let confirmed = self.suspect.is_some_and(|suspect| !is_jump(&suspect, &fix));
            if is_jump(&last, &fix) && !confirmed {
                self.suspect = Some(fix);
                return FixOutcome::Jump;
            }
        }
        self.suspect = None;
        self.fix = Some(fix);
        FixOutcome::Taken
    }
}

fn is_jump(from: &Fix, to: &Fix) -> bool {
    let metres = from.point().distance_m(to.point());
    metres > JITTER_M && metres > FASTEST_MPS * to.at.secs_since(from.at)
}

impl World for Field {
    fn nearest(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        self.inner.lock().index.nearest(to, k, wanted)
    }

    fn whereabouts(&self, unit: UnitId) -> Option<Whereabouts> {
        self.inner.lock().units.get(&unit).map(Known::whereabouts)
    }

    fn travel_times_s(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        self.travel.many_to_one(from, to)
    }

    fn jurisdiction(&self, at: LngLat) -> Option<Jurisdiction> {
        self.areas.find(at)
    }
}
