//! The rooms: one per Polres. Entries go to everyone who may see them, in order, without a gap;
//! positions go out once a second and may be skipped.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};

use super::lookers::Lookers;
use super::message::Frame;
use super::positions::Tick;
use crate::model::id::UnitId;
use crate::model::viewer::Scope;

/// Entries kept for screens that resume; an older `after` gets a fresh snapshot.
const REMEMBERED: usize = 4096;

/// Entries a socket may fall behind before it is dropped and resumes.
const BUFFER: usize = 2048;

/// The same for a tablet, which only hears of what concerns its unit.
const CREW_BUFFER: usize = 128;

/// What joins the screens of one Polres.
#[derive(Debug)]
pub struct Room {
    recent: Mutex<VecDeque<Arc<Frame>>>,
    entries: broadcast::Sender<Arc<Frame>>,
    crews: Mutex<HashMap<UnitId, broadcast::Sender<Arc<Frame>>>>,
    ticks: watch::Sender<Arc<Tick>>,
    present: Mutex<HashMap<UnitId, Present>>,
    lookers: Arc<Lookers>,
    seq: AtomicU64,
}

/// Sockets open for one unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Present {
    /// Devices with a bearer token.
    pub devices: usize,
    /// Browsers with a session cookie: a person has the tablet open.
    pub browsers: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            recent: Mutex::default(),
            entries: broadcast::channel(BUFFER).0,
            crews: Mutex::default(),
            ticks: watch::channel(Arc::default()).0,
            present: Mutex::default(),
            lookers: Arc::default(),
            seq: AtomicU64::new(0),
        }
    }
}

impl Room {
    /// Tells everyone; called by the desk's task only, after the flush.
    pub fn publish(&self, frames: Vec<Arc<Frame>>) {
        let mut recent = self.recent.lock();
        let mut crews = self.crews.lock();
        for frame in frames {
            tell_crews(&mut crews, &frame);
            self.seq.store(frame.seq, Ordering::Release);
            recent.push_back(frame.clone());
            // No receiver is no failure: nobody is looking.
            let _ = self.entries.send(frame);
        }
        let surplus = recent.len().saturating_sub(REMEMBERED);
        recent.drain(..surplus);
    }

    /// Entries from now on; for a crew only those that concern its unit, so that a tablet is not woken
    /// for every other. To be called within the desk's task, so that nothing falls between a snapshot
    /// and the first entry.
    #[must_use]
    pub fn subscribe(&self, scope: &Scope) -> broadcast::Receiver<Arc<Frame>> {
        match scope {
            Scope::Unit(unit) => {
                let mut crews = self.crews.lock();
                crews.entry(*unit).or_insert_with(|| broadcast::channel(CREW_BUFFER).0).subscribe()
            }
            Scope::Polres | Scope::Polsek(_) => self.entries.subscribe(),
        }
    }

    /// The entries after `after` up to `head`; none when they are no longer remembered, or never were.
    #[must_use]
    pub fn missed(&self, after: u64, head: u64) -> Option<Vec<Arc<Frame>>> {
        if after == head {
            return Some(Vec::new());
        }
        let recent = self.recent.lock();
        let first = recent.front()?.seq;
        (after < head && after + 1 >= first).then(|| recent.iter().filter(|f| f.seq > after).cloned().collect())
    }

    /// Number of the last entry told, or read at the start.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Where the journal stood when the desk was read.
    pub fn begin_at(&self, seq: u64) {
        self.seq.store(seq, Ordering::Release);
    }

    /// Who looks at what.
    #[must_use]
    pub const fn lookers(&self) -> &Arc<Lookers> {
        &self.lookers
    }

    /// Position ticks; a slow reader sees the latest and skips the rest.
    #[must_use]
    pub fn ticks(&self) -> watch::Receiver<Arc<Tick>> {
        self.ticks.subscribe()
    }

    /// A tick is over.
    pub fn tick(&self, tick: Tick) {
        self.ticks.send_replace(Arc::new(tick));
    }

    /// A socket of a unit opened (+1) or closed (−1).
    pub fn note_presence(&self, unit: UnitId, browser: bool, opened: bool) {
        let mut present = self.present.lock();
        let counts = present.entry(unit).or_default();
        let count = if browser { &mut counts.browsers } else { &mut counts.devices };
        *count = if opened { *count + 1 } else { count.saturating_sub(1) };
        if *counts == Present::default() {
            present.remove(&unit);
        }
    }

    /// Sockets open for a unit.
    #[must_use]
    pub fn presence(&self, unit: UnitId) -> Present {
        self.present.lock().get(&unit).copied().unwrap_or_default()
    }
}

/// A crew nobody listens for any more is forgotten.
fn tell_crews(crews: &mut HashMap<UnitId, broadcast::Sender<Arc<Frame>>>, frame: &Arc<Frame>) {
    if crews.is_empty() {
        return;
    }
    if frame.is_for_all_crews() {
        crews.retain(|_, crew| crew.send(frame.clone()).is_ok());
        return;
    }
    for unit in frame.crews() {
        if crews.get(&unit).is_some_and(|crew| crew.send(frame.clone()).is_err()) {
            crews.remove(&unit);
        }
    }
}
