//! Who telephones 110 in an exercise: when, what he says when somebody answers, and what is right about it.
//! Seeds, a place list and the entries of a journal enter; callers leave. Pure.
//!
//! As with those who write, people and words are invented. Of a past call only its skeleton is used: when it
//! rang, where to some hundred metres, and what came of it.

use std::collections::BTreeMap;

use super::script::{MOST, Period, Told, Truth, blurred, content};
use crate::model::call::Dismissal;
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Event};
use crate::model::id::{CallId, ReportId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};
use crate::sim::citizens::{Citizens, Timed};

/// Calls of an invented stretch that are noise, percent (judgement): a trainee is to meet both often.
const NOISE_PERCENT: u32 = 25;

/// Calls with a withheld number, percent.
const WITHHELD_PERCENT: u32 = 10;

/// What is said by those who need nothing; nothing at all is a silent call.
const NOISE: [&str; 4] = [
    "",
    "Halo? (tertawa) Tidak jadi, Pak.",
    "(suara anak-anak tertawa, lalu diam)",
    "Ini rumah makan, ya? Oh, salah sambung.",
];

/// How long who needs nothing, and who needs something, lets it ring. Seconds, from and to.
const PATIENCE_S: [(f64, f64); 2] = [(12.0, 30.0), (45.0, 120.0)];

/// What is right about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// Somebody needs something.
    Need(Truth),
    /// Misuse, silence, a wrong number: no report is right.
    Noise,
    /// Nobody can say: it is not scored.
    Unknown,
}

impl Matter {
    /// What is right about the report it becomes.
    #[must_use]
    pub const fn truth(self) -> Option<Truth> {
        match self {
            Self::Need(truth) => Some(truth),
            Self::Noise | Self::Unknown => None,
        }
    }
}

/// Somebody who telephones.
#[derive(Debug, Clone, PartialEq)]
pub struct Ringer {
    /// Seconds after the begin of the exercise.
    pub at_s: f64,
    /// His number is withheld.
    pub withheld: bool,
    /// What he says when somebody answers; empty when he says nothing.
    pub says: String,
    /// Where the telephone network says he is.
    pub place: Option<LngLat>,
    /// What is right about it.
    pub matter: Matter,
    /// He hangs up when nobody has answered after this, seconds.
    pub patience_s: f64,
}

/// Who telephones in an invented stretch.
#[must_use]
pub fn synthetic(citizens: &mut Citizens, rng: &mut fastrand::Rng, period: &Period) -> Vec<Ringer> {
    let mut ringers = Vec::new();
    for Told { at_s, truth, place, thread } in period.told(citizens, rng) {
        if rng.u32(..100) < NOISE_PERCENT {
            ringers.push(noise(rng, at_s));
            continue;
        }
        let place = place.filter(|_| rng.bool());
        ringers.extend(need(rng, at_s, &thread, place, Matter::Need(truth)));
    }
    ringers
}

/// A call of a past stretch, without a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastCall {
    /// When it was heard of first.
    pub rang_at: Timestamp,
    /// Where the network said it was, else where its report was, to some hundred metres.
    pub at: Option<LngLat>,
    /// What came of it.
    pub matter: Matter,
}

/// The calls of a journal that began to ring in `[from, to)`, in order; `entries` may go on beyond `to`, where
/// corrections stand.
#[must_use]
pub fn past(entries: &[Entry], from: Timestamp, to: Timestamp) -> Vec<PastCall> {
    let mut found: BTreeMap<CallId, (u64, PastCall)> = BTreeMap::new();
    let mut truths: BTreeMap<ReportId, Truth> = BTreeMap::new();
    let mut places: BTreeMap<ReportId, LngLat> = BTreeMap::new();
    let mut filed: BTreeMap<CallId, ReportId> = BTreeMap::new();
    for entry in entries {
        match &entry.event {
            Event::CallRang(rang) if (from..to).contains(&entry.at) => {
                let at = rang.place.as_ref().map(|place| blurred(place.point()));
                // A ring that is told after its answer is the same call.
                let call = PastCall { rang_at: entry.at, at, matter: Matter::Unknown };
                found.entry(rang.call).or_insert((entry.seq, call));
            }
            Event::CallFiled { call, report } => drop(filed.insert(*call, *report)),
            Event::CallDismissed { call, reason } => {
                let noise = matches!(reason, Dismissal::Prank | Dismissal::Silent | Dismissal::WrongNumber);
                if let Some((_, call)) = found.get_mut(call).filter(|_| noise) {
                    call.matter = Matter::Noise;
                }
            }
            Event::ReportRead { report, reading, .. } => {
                truths.insert(*report, Truth { category: reading.category, priority: reading.priority });
            }
            Event::ReportLocated { report, place, .. } => drop(places.insert(*report, blurred(place.point()))),
            _ => {}
        }
    }
    for (id, (_, call)) in &mut found {
        let Some(report) = filed.get(id) else { continue };
        call.matter = truths.get(report).map_or(Matter::Unknown, |truth| Matter::Need(*truth));
        call.at = call.at.or_else(|| places.get(report).copied());
    }
    let mut ordered: Vec<(u64, PastCall)> = found.into_values().collect();
    ordered.sort_by_key(|(seq, _)| *seq);
    ordered.into_iter().map(|(_, call)| call).take(MOST).collect()
}

/// A past stretch that rings again, in invented words.
#[must_use]
pub fn replayed(citizens: &mut Citizens, rng: &mut fastrand::Rng, past: &[PastCall], from: Timestamp) -> Vec<Ringer> {
    let mut ringers = Vec::new();
    for one in past {
        let at_s = one.rang_at.secs_since(from);
        let Some(truth) = one.matter.truth() else {
            match one.matter {
                Matter::Noise => ringers.push(noise(rng, at_s)),
                _ => ringers.extend(asks(citizens, rng, one, at_s)),
            }
            continue;
        };
        match citizens.thread_about(truth.category, truth.priority, one.at, one.rang_at) {
            Some((topic, thread)) => {
                // Words of another priority than the record: nothing is held against anybody.
                let same = topic.priority == truth.priority;
                let matter = if same { one.matter } else { Matter::Unknown };
                ringers.extend(need(rng, at_s, &thread, one.at, matter));
            }
            None => ringers.extend(asks(citizens, rng, one, at_s)),
        }
    }
    ringers
}

/// Somebody who asks for help without saying what about; not scored.
fn asks(citizens: &mut Citizens, rng: &mut fastrand::Rng, one: &PastCall, at_s: f64) -> Option<Ringer> {
    let priority = Priority::P3;
    let (_, thread) = citizens.thread_about(Category::BelumJelas, priority, one.at, one.rang_at)?;
    need(rng, at_s, &thread, one.at, Matter::Unknown)
}

/// What the trainer lets ring.
#[must_use]
pub fn injected(at_s: f64, says: &str, place: Option<LngLat>, truth: Option<Truth>) -> Ringer {
    let matter = truth.map_or(Matter::Unknown, Matter::Need);
    Ringer { at_s, withheld: false, says: says.to_owned(), place, matter, patience_s: PATIENCE_S[1].1 }
}

fn need(rng: &mut fastrand::Rng, at_s: f64, thread: &[Timed], place: Option<LngLat>, matter: Matter) -> Option<Ringer> {
    let (_, said) = content(thread, at_s);
    let words: Vec<&str> = said.iter().filter_map(|(_, content)| content["text"]["body"].as_str()).collect();
    let says = words.join(" … ");
    let withheld = rng.u32(..100) < WITHHELD_PERCENT;
    let patience_s = between(PATIENCE_S[1], rng);
    (!says.trim().is_empty()).then_some(Ringer { at_s, withheld, says, place, matter, patience_s })
}

fn noise(rng: &mut fastrand::Rng, at_s: f64) -> Ringer {
    let (withheld, says) = (rng.bool(), NOISE[rng.usize(..NOISE.len())].to_owned());
    let patience_s = between(PATIENCE_S[0], rng);
    Ringer { at_s, withheld, says, place: None, matter: Matter::Noise, patience_s }
}

fn between((least, most): (f64, f64), rng: &mut fastrand::Rng) -> f64 {
    least + (most - least) * rng.f64()
}

#[cfg(test)]
#[path = "ringers_tests.rs"]
mod tests;
