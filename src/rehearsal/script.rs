//! What happens in an exercise: who writes what when, and what is right about it. Seeds, a place list and
//! the entries of a journal enter; timed messages leave. Pure. Who telephones stands in `ringers`.
//!
//! People and words are always invented. Of a past stretch of a journal only its skeleton is used: when a
//! report came, its category and priority as they stood at the end, and where it was, to some hundred
//! metres. Names, numbers and words of reporters lie sealed elsewhere and are never opened for an exercise,
//! so that nobody needs a right to see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::{Entry, Event};
use crate::model::id::ReportId;
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Priority};
use crate::sim::citizens::{BUSY_BY_HOUR, Citizens, Timed};
use crate::sim::webhook::envelope;

/// Our invented telephone line.
pub const LINE: &str = "latihan";

/// Reports of one exercise at most, so that a stretch of a busy month does not fill the memory.
pub const MOST: usize = 2000;

/// A reporter who is asked where he is answers after this long, seconds.
pub const ANSWERS_AFTER_S: i64 = 25;

/// What is right about a report, by the record or the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Truth {
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
}

/// One person of an exercise and what he writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Teller {
    /// His number in the exercise; makes his invented telephone number.
    pub no: u32,
    /// His invented name.
    pub name: String,
    /// Seconds after the begin of the exercise, and the content of each message.
    pub says: Vec<(f64, Value)>,
    /// Where he is, when he is asked.
    pub pin: Option<LngLat>,
    /// What is right; none where the words cannot say it.
    pub truth: Option<Truth>,
}

/// A stretch of time to be filled with what is invented, and how much of it.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// It begins then.
    pub begin: Timestamp,
    /// It lasts so many seconds.
    pub secs: f64,
    /// So much happens in an hour, on average over the day; more by day than by night.
    pub per_hour: f64,
    /// Hours of the office's clock ahead of UTC.
    pub utc_offset_h: i32,
}

/// What somebody invented comes with.
pub(super) struct Told {
    /// Seconds after the begin.
    pub at_s: f64,
    /// What is right about it.
    pub truth: Truth,
    /// Where it is, when it is anywhere.
    pub place: Option<LngLat>,
    /// What he writes.
    pub thread: Vec<Timed>,
}

impl Period {
    /// Who comes when with what, in order; at most [`MOST`].
    pub(super) fn told(&self, citizens: &mut Citizens, rng: &mut fastrand::Rng) -> Vec<Told> {
        let one = |at_s| {
            let (topic, thread) = citizens.next_thread(moved(self.begin, at_s));
            let topic = topic?;
            let truth = Truth { category: topic.category, priority: topic.priority };
            Some(Told { at_s, truth, place: citizens.spot(topic), thread })
        };
        self.arrivals(rng).into_iter().map_while(one).collect()
    }

    /// Seconds after the begin at which something happens. The first one soon, so that nobody looks at an empty desk.
    fn arrivals(&self, rng: &mut fastrand::Rng) -> Vec<f64> {
        let mut all = Vec::new();
        let mut at_s = 0.0;
        while all.len() < MOST && self.per_hour > 0.0 {
            let since = moved(self.begin, at_s).micros() / (3600 * SECOND);
            let hour = (since + i64::from(self.utc_offset_h)).rem_euclid(24);
            let busy = usize::try_from(hour).ok().and_then(|hour| BUSY_BY_HOUR.get(hour)).unwrap_or(&1.0);
            // Arrivals without memory.
            let mean_s = 3600.0 / (self.per_hour * busy);
            let gap_s = mean_s * (-rng.f64().max(1e-9).ln()).min(4.0);
            at_s += if all.is_empty() { gap_s.min(5.0) } else { gap_s };
            if at_s >= self.secs {
                break;
            }
            all.push(at_s);
        }
        all
    }
}

/// Who writes in an invented stretch.
#[must_use]
pub fn synthetic(citizens: &mut Citizens, rng: &mut fastrand::Rng, period: &Period) -> Vec<Teller> {
    let mut tellers = Vec::new();
    for Told { at_s, truth, place, thread } in period.told(citizens, rng) {
        let (name, says) = content(&thread, at_s);
        if !says.is_empty() {
            tellers.push(Teller { no: number(&tellers), name, says, pin: place, truth: Some(truth) });
        }
    }
    tellers
}

/// A report of a past stretch, without a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past {
    /// When it came.
    pub received_at: Timestamp,
    /// As it stood at the end; none for one that was never read.
    pub truth: Option<Truth>,
    /// Where it was, to some hundred metres.
    pub at: Option<LngLat>,
}

/// The reports of a journal that came in `[from, to)`, in order; `entries` may go on beyond `to`, where
/// corrections stand.
#[must_use]
pub fn past(entries: &[Entry], from: Timestamp, to: Timestamp) -> Vec<Past> {
    let mut found: BTreeMap<ReportId, (u64, Past)> = BTreeMap::new();
    for entry in entries {
        match &entry.event {
            // Who telephoned telephones again: `ringers`.
            Event::ReportReceived { channel: Channel::Call110, .. } => {}
            Event::ReportReceived { report, .. } if (from..to).contains(&entry.at) => {
                found.insert(*report, (entry.seq, Past { received_at: entry.at, truth: None, at: None }));
            }
            Event::ReportRead { report, reading, .. } => {
                if let Some((_, past)) = found.get_mut(report) {
                    past.truth = Some(Truth { category: reading.category, priority: reading.priority });
                }
            }
            Event::ReportLocated { report, place, .. } => {
                if let Some((_, past)) = found.get_mut(report) {
                    past.at = Some(blurred(place.point()));
                }
            }
            _ => {}
        }
    }
    let mut ordered: Vec<(u64, Past)> = found.into_values().collect();
    ordered.sort_by_key(|(seq, _)| *seq);
    ordered.into_iter().map(|(_, past)| past).take(MOST).collect()
}

/// To three decimals, some hundred metres: the street, and nobody's house.
pub(super) fn blurred(at: LngLat) -> LngLat {
    LngLat::new((at.lng * 1e3).round() / 1e3, (at.lat * 1e3).round() / 1e3)
}

/// A past stretch told again, in invented words by invented people.
#[must_use]
pub fn replayed(citizens: &mut Citizens, past: &[Past], from: Timestamp) -> Vec<Teller> {
    let mut tellers: Vec<Teller> = Vec::new();
    for one in past {
        let at_s = one.received_at.secs_since(from);
        let Some(truth) = one.truth else { continue };
        let about = citizens.thread_about(truth.category, truth.priority, one.at, one.received_at);
        // A category nobody wrote words for: somebody asks for help, and nothing is held against anybody.
        let (thread, truth) = match about {
            Some((topic, thread)) => (thread, (topic.priority == truth.priority).then_some(truth)),
            None => match citizens.thread_about(Category::BelumJelas, truth.priority, one.at, one.received_at) {
                Some((_, thread)) => (thread, None),
                None => continue,
            },
        };
        let (name, says) = content(&thread, at_s);
        if !says.is_empty() {
            tellers.push(Teller { no: number(&tellers), name, says, pin: one.at, truth });
        }
    }
    tellers
}

/// What the trainer lets happen: `text` at once, and the pin when he set one.
#[must_use]
pub fn injected(no: u32, at_s: f64, text: &str, pin: Option<LngLat>, truth: Option<Truth>) -> Teller {
    let mut says = vec![(at_s, json!({ "type": "text", "text": { "body": text } }))];
    says.extend(pin.map(|at| (at_s, pinned(at))));
    Teller { no, name: "Warga".to_owned(), says, pin, truth }
}

/// The content of a pin.
#[must_use]
pub fn pinned(at: LngLat) -> Value {
    json!({ "type": "location", "location": { "latitude": at.lat, "longitude": at.lng } })
}

/// The body of one message of a person, as the channel would bring it. The numbers begin with 62000, which
/// no telephone in Indonesia has.
#[must_use]
pub fn body(no: u32, name: &str, nth: u64, at: Timestamp, content: &Value) -> Value {
    let number = format!("62000{no:08}");
    let mut message = content.clone();
    message["id"] = json!(format!("wamid.LATIHAN{no:08}{nth:08}"));
    message["timestamp"] = json!((at.micros() / SECOND).to_string());
    message["from"] = json!(number);
    let contact = json!({ "profile": { "name": name }, "wa_id": number });
    envelope(LINE, json!({ "contacts": [contact], "messages": [message] }))
}

fn number(tellers: &[Teller]) -> u32 {
    u32::try_from(tellers.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// The name of whoever writes a thread, and its contents with the seconds they come at. Nothing leaves an
/// exercise and nothing is fetched for it: a voice note is left out, of a photo its caption stays.
pub(super) fn content(thread: &[(f64, Value)], begin_s: f64) -> (String, Vec<(f64, Value)>) {
    let (mut at_s, mut name, mut ids) = (begin_s, String::new(), Vec::new());
    let mut says = Vec::new();
    for (delay_s, body) in thread {
        at_s += delay_s;
        let value = &body["entry"][0]["changes"][0]["value"];
        let message = &value["messages"][0];
        if let Some(said) = value["contacts"][0]["profile"]["name"].as_str() {
            said.clone_into(&mut name);
        }
        // One that comes twice is the channel's matter and no exercise.
        let id = message["id"].as_str().unwrap_or_default().to_owned();
        if ids.contains(&id) {
            continue;
        }
        ids.push(id);
        let content = match message["type"].as_str() {
            Some("text") => json!({ "type": "text", "text": message["text"] }),
            Some("location") => json!({ "type": "location", "location": message["location"] }),
            Some("image") => json!({ "type": "text", "text": { "body": message["image"]["caption"] } }),
            _ => continue,
        };
        says.push((at_s, content));
    }
    (name, says)
}

/// An instant some seconds later.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "an exercise lasts hours")]
pub fn moved(at: Timestamp, secs: f64) -> Timestamp {
    Timestamp(at.micros() + (secs * 1e6).round() as i64)
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
