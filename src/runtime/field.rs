//! The field of one Polres: where its units are, how far they are by road, whose area a point is.
//!
//! This is the [`World`] of its decisions. Positions are not entries: the latest is kept here, a
//! sample goes to the `tracks` table, and what moved goes to the screens once a second.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dispatch::motion::{Freshness, KeptOut, Motion, Verdict, Verdicts, shift_us};
use crate::dispatch::unit_index::{UnitIndex, Whereabouts};
use crate::dispatch::world::{Nearby, World};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::id::UnitId;
use crate::model::place::{Jurisdiction, LngLat};
use crate::model::unit::{Fix, Unit, UnitStatus};
use crate::realtime::message::UnitFix;
use crate::realtime::positions::Dot;
use crate::roads::travel_time::TravelTime;

/// A track point of a unit that moves is kept at most this often. Microseconds.
const TRACK_EVERY: i64 = 5 * SECOND;

/// A track point of a unit that stands: enough to tell standing from silence. Microseconds.
const TRACK_STILL_EVERY: i64 = 30 * SECOND;

/// A unit that stands is told to the screens this often, so that its fix does not look stale. Microseconds.
const TOLD_STILL_EVERY: i64 = 10 * SECOND;

/// How well the fixes of one unit come in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reception {
    /// How fresh its position is.
    pub freshness: Freshness,
    /// The position.
    pub fix: Option<Fix>,
    /// Whether its receiver stands.
    pub stands: bool,
    /// When anything was heard of it, by our clock.
    pub heard_at: Option<Timestamp>,
    /// Counted from here on: its duty, or the start of the server when that is later.
    pub since: Timestamp,
    /// What became of its fixes.
    pub counts: Verdicts,
    /// The last fix that was kept out.
    pub kept_out: Option<KeptOut>,
    /// By how many seconds the clock of its device runs ahead, if it does.
    pub clock_ahead_s: Option<f64>,
}

#[derive(Debug)]
struct Known {
    no: u32,
    polsek: Option<String>,
    post: LngLat,
    status: UnitStatus,
    emergency: bool,
    motion: Motion,
    lost: bool,
    since: Timestamp,
    told_at: Timestamp,
    tracked_at: Timestamp,
    late_tracked_at: Timestamp,
}

#[derive(Debug)]
struct Inner {
    index: UnitIndex,
    units: HashMap<UnitId, Known>,
    moved: HashSet<UnitId>,
    tracks: Vec<(UnitId, Fix)>,
    totals: Verdicts,
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
        let inner = Inner {
            index: UnitIndex::around(seat),
            units: HashMap::new(),
            moved: HashSet::new(),
            tracks: Vec::new(),
            totals: Verdicts::default(),
        };
        Self { inner: Mutex::new(inner), travel, areas }
    }

    /// Takes over what the desk says of a unit: it enters or leaves the index with its status.
    pub fn update(&self, unit: &Unit) {
        let mut inner = self.inner.lock();
        let known = inner.units.entry(unit.id).or_insert_with(|| Known::of(unit));
        if known.status == UnitStatus::OffDuty && unit.status != UnitStatus::OffDuty {
            known.motion.begin();
            known.since = unit.status_since;
        }
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

    /// Puts units back where they were last seen before the server stopped; they are as old as they are.
    pub fn remember(&self, fixes: &[(UnitId, Fix)], now: Timestamp) {
        let mut inner = self.inner.lock();
        let Inner { index, units, moved, .. } = &mut *inner;
        for known in units.values_mut() {
            known.since = known.since.max(now);
        }
        for (unit, fix) in fixes {
            let Some(known) = units.get_mut(unit).filter(|known| known.motion.held().is_none()) else { continue };
            known.motion.recall(*fix);
            known.tracked_at = fix.at;
            known.lost = Freshness::of(Some(fix), now) == Freshness::Lost;
            if known.status == UnitStatus::Available {
                index.set(*unit, known.whereabouts());
            }
            moved.insert(*unit);
        }
    }

    /// Takes a fix from a device, by its own clock; `now` is ours.
    pub fn report(&self, unit: UnitId, fix: Fix, now: Timestamp) -> Verdict {
        self.inner.lock().report(unit, fix, shift_us(fix.at, fix.at, now), now)
    }

    /// Takes the fixes of a batch from one device, whatever their order.
    pub fn report_all(&self, unit: UnitId, mut fixes: Vec<Fix>, now: Timestamp) -> Vec<Verdict> {
        fixes.sort_by_key(|fix| fix.at);
        let Some(newest) = fixes.last().map(|fix| fix.at) else { return Vec::new() };
        let mut inner = self.inner.lock();
        fixes.into_iter().map(|fix| inner.report(unit, fix, shift_us(fix.at, newest, now), now)).collect()
    }

    /// Counts a message of a device that had no place to use.
    pub fn note(&self, unit: UnitId, verdict: Verdict, now: Timestamp) {
        let mut inner = self.inner.lock();
        inner.totals.count(verdict);
        if let Some(known) = inner.units.get_mut(&unit) {
            known.motion.note(verdict, now);
        }
    }

    /// How well the fixes of a unit come in.
    #[must_use]
    pub fn reception(&self, unit: UnitId, now: Timestamp) -> Option<Reception> {
        let inner = self.inner.lock();
        let Known { motion, since, .. } = inner.units.get(&unit)?;
        Some(Reception {
            freshness: Freshness::of(motion.held().as_ref(), now),
            fix: motion.held(),
            stands: motion.stands(),
            heard_at: motion.heard_at(),
            since: *since,
            counts: motion.counts(),
            kept_out: motion.kept_out(),
            clock_ahead_s: motion.clock_ahead_s(),
        })
    }

    /// What became of all fixes since the start.
    #[must_use]
    pub fn totals(&self) -> Verdicts {
        self.inner.lock().totals
    }

    /// Units whose fix is lost count at their post from now on; call it every minute or so.
    pub fn forget_lost(&self, now: Timestamp) {
        let mut inner = self.inner.lock();
        let Inner { index, units, .. } = &mut *inner;
        for (id, known) in units {
            let lost = Freshness::of(known.motion.held().as_ref(), now) == Freshness::Lost;
            if std::mem::replace(&mut known.lost, lost) != lost && known.status == UnitStatus::Available {
                index.set(*id, known.whereabouts());
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

    /// Makes the streets ready to be asked from where these units are now, so that a question need not look for
    /// the street of each: some 1.6 µs a unit that can be sent, off the way of the fix and of the question.
    pub fn expect_questions(&self, moved: &[Dot]) {
        let sendable = moved.iter().filter(|dot| dot.status == UnitStatus::Available);
        sendable.for_each(|dot| self.travel.expect_from(dot.fix.point()));
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

    /// The last position of a unit, however old.
    #[must_use]
    pub fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.inner.lock().units.get(&unit)?.motion.held()
    }

    /// Where a unit counts from: its position, or its post when it has none or the last one is lost.
    #[must_use]
    pub fn place(&self, unit: UnitId, now: Timestamp) -> Option<LngLat> {
        let inner = self.inner.lock();
        let known = inner.units.get(&unit)?;
        let seen = known.motion.held().filter(|fix| Freshness::of(Some(fix), now) != Freshness::Lost);
        Some(seen.map_or(known.post, |fix| fix.point()))
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

impl Inner {
    fn report(&mut self, unit: UnitId, fix: Fix, ahead_us: i64, now: Timestamp) -> Verdict {
        let Some(known) = self.units.get_mut(&unit) else { return Verdict::Refused };
        let (before, stood) = (known.motion.held(), known.motion.stands());
        let verdict = known.motion.hear_shifted(fix, ahead_us, now);
        self.totals.count(verdict);
        let raw = Fix { at: Timestamp(fix.at.0.saturating_sub(ahead_us)), ..fix };
        let points = known.track(verdict, before.filter(|_| stood), raw);
        self.tracks.extend(points.into_iter().flatten().map(|point| (unit, point)));
        if !matches!(verdict, Verdict::Taken | Verdict::Still) {
            return verdict;
        }
        known.lost = false;
        if known.status == UnitStatus::Available {
            self.index.set(unit, known.whereabouts());
        }
        if verdict == Verdict::Taken || known.is_to_be_told(stood) {
            known.told_at = known.motion.held().map_or(known.told_at, |held| held.at);
            self.moved.insert(unit);
        }
        verdict
    }
}

impl Known {
    fn of(unit: &Unit) -> Self {
        Self {
            no: unit.no,
            polsek: unit.polsek.clone(),
            post: unit.post,
            status: unit.status,
            emergency: unit.emergency,
            motion: Motion::default(),
            lost: false,
            since: unit.status_since,
            told_at: Timestamp::default(),
            tracked_at: Timestamp::default(),
            late_tracked_at: Timestamp::default(),
        }
    }

    fn whereabouts(&self) -> Whereabouts {
        match self.motion.held() {
            Some(fix) if !self.lost => Whereabouts { at: fix.point(), fix_at: Some(fix.at) },
            _ => Whereabouts { at: self.post, fix_at: None },
        }
    }

    fn dot(&self, unit: UnitId) -> Option<Dot> {
        let fix = self.motion.held()?;
        let polsek = self.polsek.clone();
        Some(Dot { unit, no: self.no, polsek, status: self.status, emergency: self.emergency, fix })
    }

    /// Whether the screens are to hear that it stands: it has just stopped, or they have not heard for a while.
    fn is_to_be_told(&self, stood: bool) -> bool {
        !stood || self.motion.held().is_some_and(|held| held.at.0 - self.told_at.0 >= TOLD_STILL_EVERY)
    }

    /// What of a judged fix is kept in the track: a sample while moving, fewer while standing, beginning and end
    /// of each stand, and late ones between. `left` is where it stood until now, if it did.
    fn track(&mut self, verdict: Verdict, left: Option<Fix>, raw: Fix) -> [Option<Fix>; 2] {
        let since = |earlier: Timestamp, at: Timestamp| at.0.saturating_sub(earlier.0).abs();
        let Some(held) = self.motion.held() else { return [None; 2] };
        match verdict {
            Verdict::Taken | Verdict::Still => {
                let changed = left.is_some() != self.motion.stands();
                let every = if verdict == Verdict::Still { TRACK_STILL_EVERY } else { TRACK_EVERY };
                if !changed && since(self.tracked_at, held.at) < every {
                    return [None; 2];
                }
                let end = left.filter(|fix| changed && fix.at > self.tracked_at);
                self.tracked_at = held.at;
                [end, Some(held)]
            }
            Verdict::Late if since(self.late_tracked_at, raw.at) >= TRACK_EVERY => {
                self.late_tracked_at = raw.at;
                [Some(raw), None]
            }
            _ => [None; 2],
        }
    }
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
