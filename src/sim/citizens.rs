//! Invented citizens who write to the office: seeded threads of webhook bodies, and a runner that posts them.
//!
//! The generator ([`Citizens`]) is pure: seed and time enter, bodies leave. Names, numbers and events
//! are invented (data/citizens.toml); places are those of the synthetic city.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::invented::{PHOTO, VOICE};
use super::place_words::{place_words, typo};
use super::webhook::{Webhook, envelope};
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::clock::{Clock, SECOND, Timestamp};
use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};

/// How many people live in the invented city; each has one number, 62812000xxxxx.
const PEOPLE: u32 = 40_000;

/// How busy each hour of the local day is, 1 on average: quiet before dawn, busiest in the evening.
pub const BUSY_BY_HOUR: [f64; 24] = [
    0.8, 0.6, 0.4, 0.3, 0.3, 0.4, 0.7, 1.0, 1.2, 1.2, 1.1, 1.1, 1.1, 1.0, 1.0, 1.1, 1.3, 1.5, 1.5, 1.5, 1.4, 1.3, 1.2,
    1.0,
];

const TIMES: [&str; 8] = [
    "barusan",
    "tadi jam 9",
    "tadi malam",
    "jam 5 sore tadi",
    "10 menit lalu",
    "tadi pagi",
    "baru aja",
    "sejam yg lalu",
];

const WHO: [&str; 8] = [
    "dua orang naik kereta matik hitam",
    "4 orang naik mobil avanza putih",
    "laki laki baju merah",
    "satu orang pake jaket ojol",
    "dua laki laki plat kereta BK 4321 XX",
    "tiga anak muda",
    "bapak bapak kumisan",
    "orang pake helm hitam",
];

/// One message, and how long after the message before it, in seconds.
pub type Timed = (f64, Value);

/// What is written, as data/citizens.toml has it.
#[derive(Debug, Deserialize)]
struct Script {
    names: Vec<String>,
    kind: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    category: Category,
    priority: Priority,
    weight: u32,
    texts: Vec<String>,
}

/// One of our lines and the places its citizens write about.
#[derive(Debug, Clone)]
pub struct Line {
    /// Meta's id of our number.
    pub phone_number_id: String,
    /// Places of the synthetic city; streets, lanes, landmarks and junctions are used.
    pub places: Arc<[GazetteerEntry]>,
}

/// What a thread was about, for tests and for a second witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// The category its words were written for.
    pub category: Category,
    /// The priority they were written for.
    pub priority: Priority,
    kind: usize,
    line: usize,
    place: Option<usize>,
}

/// The invented citizens: an endless, seeded source of threads.
#[derive(Debug)]
pub struct Citizens {
    script: Script,
    lines: Vec<Line>,
    rng: fastrand::Rng,
    serial: u64,
    last: Option<Topic>,
}

/// One person while writing.
struct Writer {
    number: Option<String>,
    user_id: String,
    name: String,
    line: String,
}

impl Citizens {
    /// Citizens that write to `lines`; the same seed writes the same.
    ///
    /// # Errors
    /// data/citizens.toml is broken; a test reads it.
    pub fn new(lines: Vec<Line>, seed: u64) -> Result<Self, toml::de::Error> {
        let script = toml::from_str(include_str!("../../data/citizens.toml"))?;
        Ok(Self { script, lines, rng: fastrand::Rng::with_seed(seed), serial: seed << 32, last: None })
    }

    /// The next thread: 1 to 5 bodies of one person, none when there is no line to write to.
    /// `now` stamps its first message. About one thread in ten is a second witness of the last event.
    pub fn next_thread(&mut self, now: Timestamp) -> (Option<Topic>, Vec<Timed>) {
        let Some(topic) = self.topic() else { return (None, Vec::new()) };
        self.last = topic.place.is_some().then_some(topic);
        (Some(topic), self.thread(topic, now))
    }

    /// A thread about a matter of this category, of this priority where the script knows one and else of
    /// the nearest, at the named place nearest to `near`; none where the script has no such category.
    pub fn thread_about(
        &mut self,
        category: Category,
        priority: Priority,
        near: Option<LngLat>,
        now: Timestamp,
    ) -> Option<(Topic, Vec<Timed>)> {
        let apart = |kind: &Kind| kind.priority.number().abs_diff(priority.number());
        let of_category = self.script.kind.iter().enumerate().filter(|(_, kind)| kind.category == category);
        let (kind, _) = of_category.min_by_key(|(_, kind)| apart(kind))?;
        let places = &self.lines.first()?.places;
        let place = near.and_then(|near| {
            let named = places.iter().enumerate().filter(|(_, place)| can_stand_at(place));
            named.min_by(|a, b| near.distance_m(a.1.at).total_cmp(&near.distance_m(b.1.at))).map(|(at, _)| at)
        });
        let topic = Topic { category, priority: self.script.kind[kind].priority, kind, line: 0, place };
        Some((topic, self.thread(topic, now)))
    }

    /// Where a matter is, when it is anywhere.
    #[must_use]
    pub fn spot(&self, topic: Topic) -> Option<LngLat> {
        topic.place.and_then(|at| Some(self.lines.get(topic.line)?.places.get(at)?.at))
    }

    fn thread(&mut self, topic: Topic, now: Timestamp) -> Vec<Timed> {
        let writer = self.writer(topic.line);
        let messages = self.messages(topic);
        let mut at = now;
        let mut thread = Vec::new();
        for (delay_s, content) in messages {
            at = at.plus_secs(whole_secs(delay_s));
            let id = self.wamid();
            let body = writer.body(&id, at, content);
            thread.push((delay_s, body.clone()));
            if self.rng.f32() < 0.04 {
                thread.push((self.rng.f64() * 3.0, body)); // redelivered: the same id again
            }
        }
        thread
    }

    fn topic(&mut self) -> Option<Topic> {
        let again = self.last.take().filter(|_| self.rng.f32() < 0.1);
        if again.is_some() {
            return again;
        }
        let line = (!self.lines.is_empty()).then(|| self.rng.usize(..self.lines.len()))?;
        let total: u32 = self.script.kind.iter().map(|kind| kind.weight).sum();
        let mut pick = self.rng.u32(..total.max(1));
        let kind = self.script.kind.iter().position(|kind| {
            let here = pick < kind.weight;
            if !here {
                pick -= kind.weight;
            }
            here
        })?;
        let place = self.place(line);
        let Kind { category, priority, .. } = self.script.kind[kind];
        Some(Topic { category, priority, kind, line, place })
    }

    /// A place one can stand at: a few tries find one in any gazetteer that has them.
    fn place(&mut self, line: usize) -> Option<usize> {
        let places = &self.lines[line].places;
        let usable = |at: &usize| can_stand_at(&places[*at]);
        (!places.is_empty()).then(|| (0..40).map(|_| self.rng.usize(..places.len())).find(usable)).flatten()
    }

    fn writer(&mut self, line: usize) -> Writer {
        let person = self.rng.u32(..PEOPLE);
        // Drawn from the person, so that the same person always has the same name.
        let name = self.script.names[person as usize % self.script.names.len()].clone();
        Writer {
            number: (!person.is_multiple_of(40)).then(|| format!("62812000{person:05}")),
            user_id: format!("ID.9100{person:08}"),
            name,
            line: self.lines[line].phone_number_id.clone(),
        }
    }

    /// What the person sends: seconds after the one before, and the content without its envelope.
    fn messages(&mut self, topic: Topic) -> Vec<Timed> {
        let texts = &self.script.kind[topic.kind].texts;
        let text = texts[self.rng.usize(..texts.len())].clone();
        let place = topic.place.map(|at| self.lines[topic.line].places[at].clone());
        let typos = self.rng.f32() < 0.2;
        let mut parts: Vec<String> = Vec::new();
        for part in text.split("||") {
            let part = if typos { typo(part, &mut self.rng) } else { part.to_owned() };
            parts.push(self.fill(&part, place.as_ref(), topic));
        }
        let dispatchable = topic.priority != Priority::P4;
        let mut messages = Vec::new();
        if self.rng.f32() < 0.06 {
            messages.push(text_message(["halo pak", "lapor pak", "selamat malam", "bang"][self.rng.usize(..4)]));
        }
        let style = self.rng.f32();
        match (style, dispatchable, &place) {
            (..0.05, true, _) => {
                messages.push(voice(&mut self.rng));
                messages.extend(parts.iter().map(text_message));
            }
            (0.05..0.14, true, _) => messages.extend(image_with_caption(&parts, &mut self.rng)),
            (0.14..0.34, true, Some(place)) => {
                messages.extend(parts.iter().map(text_message));
                messages.push(pin(spot_near(place, &mut self.rng)));
            }
            (0.34..0.38, true, _) => {
                messages.extend(parts.iter().map(text_message));
                messages.push(text_message("pak??"));
            }
            _ => messages.extend(parts.iter().map(text_message)),
        }
        let mut delay = 0.0;
        let mut timed = Vec::new();
        for message in messages {
            timed.push((delay, message));
            delay = 3.0 + self.rng.f64() * 17.0;
        }
        timed
    }

    fn fill(&mut self, part: &str, place: Option<&GazetteerEntry>, topic: Topic) -> String {
        let mut text = part.to_owned();
        if text.contains("{place}") {
            let words = place.map_or_else(|| "dekat sini".to_owned(), |place| place_words(place, &mut self.rng));
            text = text.replace("{place}", &words);
        }
        if text.contains("{street}") {
            text = text.replace("{street}", &self.street(place, topic.line));
        }
        text = text.replace("{time}", TIMES[self.rng.usize(..TIMES.len())]);
        text = text.replace("{who}", WHO[self.rng.usize(..WHO.len())]);
        if self.rng.f32() < 0.04 { text.to_uppercase() } else { text }
    }

    /// A street of the same kecamatan, if a few tries find one.
    fn street(&mut self, near: Option<&GazetteerEntry>, line: usize) -> String {
        let places = &self.lines[line].places;
        let fits = |at: &usize| {
            let place = &places[*at];
            place.kind == PlaceKind::Street && near.is_none_or(|near| near.kecamatan_code == place.kecamatan_code)
        };
        let found = (!places.is_empty()).then(|| (0..60).map(|_| self.rng.usize(..places.len())).find(fits)).flatten();
        found.map_or_else(|| "jalan besar".to_owned(), |at| places[at].name.clone())
    }

    fn wamid(&mut self) -> String {
        self.serial += 1;
        format!("wamid.SIM{:016X}{:08X}", self.serial, self.rng.u32(..))
    }
}

impl Writer {
    fn body(&self, id: &str, at: Timestamp, mut message: Value) -> Value {
        message["id"] = json!(id);
        message["timestamp"] = json!((at.micros() / SECOND).to_string());
        let mut contact = json!({ "profile": { "name": self.name }, "user_id": self.user_id });
        if let Some(number) = &self.number {
            message["from"] = json!(number);
            contact["wa_id"] = json!(number);
        } else {
            message["from_user_id"] = json!(self.user_id);
        }
        envelope(&self.line, json!({ "contacts": [contact], "messages": [message] }))
    }
}

const fn can_stand_at(place: &GazetteerEntry) -> bool {
    !matches!(place.kind, PlaceKind::Kecamatan | PlaceKind::Kelurahan)
}

#[expect(clippy::cast_possible_truncation, reason = "delays are seconds within one thread")]
fn whole_secs(secs: f64) -> i64 {
    secs.round() as i64
}

fn text_message(text: impl AsRef<str>) -> Value {
    let text = text.as_ref();
    json!({ "type": "text", "text": { "body": text } })
}

fn voice(rng: &mut fastrand::Rng) -> Value {
    let id = format!("{VOICE}{:08}", rng.u32(..100_000_000));
    json!({ "type": "audio", "audio": { "id": id, "mime_type": "audio/ogg; codecs=opus", "voice": true } })
}

fn image_with_caption(parts: &[String], rng: &mut fastrand::Rng) -> impl Iterator<Item = Value> {
    let id = format!("{PHOTO}{:08}", rng.u32(..100_000_000));
    parts.iter().enumerate().map(move |(at, part)| match at {
        0 => json!({ "type": "image", "image": { "id": id, "mime_type": "image/jpeg", "caption": part } }),
        _ => text_message(part),
    })
}

fn pin(at: LngLat) -> Value {
    json!({ "type": "location", "location": { "latitude": at.lat, "longitude": at.lng } })
}

/// Where the person stands: within the place, at most 60 m from its point, as telephones see it.
fn spot_near(place: &GazetteerEntry, rng: &mut fastrand::Rng) -> LngLat {
    let reach = place.radius_m.clamp(5.0, 60.0);
    let (angle, metres) = (rng.f64() * std::f64::consts::TAU, rng.f64().sqrt() * reach);
    let at = place.at.offset_m(metres * angle.cos(), metres * angle.sin());
    LngLat::new((at.lng * 1e6).round() / 1e6, (at.lat * 1e6).round() / 1e6)
}

/// How the citizens are to write.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Mean seconds from one thread to the next, over the day.
    pub mean_gap_s: f64,
    /// Everything is this many times faster.
    pub speed: f64,
    /// Hours east of Greenwich, for the hours of the day.
    pub utc_offset_h: i32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { mean_gap_s: 20.0, speed: 1.0, utc_offset_h: 7 }
    }
}

impl Pace {
    /// Mean gap at `now`, seconds.
    #[must_use]
    pub fn gap_s(&self, now: Timestamp) -> f64 {
        let hour = (now.micros() / (3600 * SECOND) + i64::from(self.utc_offset_h)).rem_euclid(24);
        let busy = usize::try_from(hour).ok().and_then(|hour| BUSY_BY_HOUR.get(hour)).unwrap_or(&1.0);
        self.mean_gap_s / (busy * self.speed.max(0.01))
    }
}

/// Lets the citizens write until the task is dropped or aborted. Threads overlap, as in life.
pub async fn run(mut citizens: Citizens, pace: Pace, webhook: Webhook, clock: Arc<dyn Clock>) {
    let mut rng = citizens.rng.fork();
    let mut threads = JoinSet::new();
    loop {
        // Arrivals without memory: exponential gaps, cut so that no pause looks like a fault.
        let gap_s = pace.gap_s(clock.now()) * (-rng.f64().max(1e-9).ln()).min(4.0);
        tokio::time::sleep(Duration::from_secs_f64(gap_s)).await;
        let (_, thread) = citizens.next_thread(clock.now());
        let (webhook, speed) = (webhook.clone(), pace.speed.max(0.01));
        threads.spawn(async move {
            for (delay_s, body) in thread {
                tokio::time::sleep(Duration::from_secs_f64(delay_s / speed)).await;
                if !webhook.post(&body).await {
                    tracing::warn!("a citizen's message was not taken");
                }
            }
        });
        while threads.try_join_next().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::channels::whatsapp::{Inbound, parse};
    use crate::channels::{InboundMessage, MessageKind};

    const NOW: Timestamp = Timestamp::from_secs(1_795_262_400);

    fn entry(name: &str, kind: PlaceKind, at: LngLat) -> GazetteerEntry {
        GazetteerEntry {
            name: name.to_owned(),
            kind,
            at,
            radius_m: 80.0,
            kelurahan: "Suka Contoh".to_owned(),
            kecamatan: "Medan Contoh".to_owned(),
            kecamatan_code: "12.71.99".to_owned(),
            desa_code: "12.71.99.1001".to_owned(),
            aliases: Vec::new(),
        }
    }

    fn lines() -> Vec<Line> {
        let at = LngLat::new(98.67, 3.59);
        let places = [
            entry("Jl. Kenanga", PlaceKind::Street, at),
            entry("Gg. Melati", PlaceKind::Gang, at.offset_m(500.0, 0.0)),
            entry("Pajak Sore", PlaceKind::Landmark, at.offset_m(0.0, 900.0)),
            entry("Simpang Kenanga", PlaceKind::Intersection, at.offset_m(100.0, 100.0)),
            entry("Suka Contoh", PlaceKind::Kelurahan, at),
        ];
        vec![Line { phone_number_id: "106540352242922".to_owned(), places: places.into() }]
    }

    fn citizens(seed: u64) -> Citizens {
        Citizens::new(lines(), seed).expect("the script can be read")
    }

    fn read(body: &Value) -> InboundMessage {
        let items = parse(body.to_string().as_bytes(), NOW.plus_secs(3600)).expect("a webhook");
        let [Inbound::Message(message)] = items.as_slice() else { unreachable!("one message: {items:?}") };
        (**message).clone()
    }

    #[test]
    fn the_script_covers_every_category_with_at_least_120_texts_and_known_slots() {
        let script = citizens(1).script;
        let covered: BTreeSet<_> = script.kind.iter().map(|kind| kind.category).collect();
        assert_eq!(covered.len(), Category::ALL.len());
        let priorities: BTreeSet<_> = script.kind.iter().map(|kind| kind.priority).collect();
        assert_eq!(priorities.len(), 4);
        let texts: Vec<_> = script.kind.iter().flat_map(|kind| &kind.texts).collect();
        assert!(texts.len() >= 120, "{}", texts.len());
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "no text stands twice");
        for text in texts {
            for slot in text.split('{').skip(1).filter_map(|part| part.split('}').next()) {
                assert!(["place", "street", "time", "who"].contains(&slot), "{text}");
            }
        }
    }

    #[test]
    fn every_body_reads_back_as_one_message_with_a_sender_and_no_slot_left() {
        let mut citizens = citizens(7);
        let mut kinds = BTreeMap::new();
        let mut hidden = 0;
        for _ in 0..2000 {
            let (topic, thread) = citizens.next_thread(NOW);
            assert!(topic.is_some() && (1..=10).contains(&thread.len()), "{}", thread.len());
            for (delay_s, body) in thread {
                let message = read(&body);
                assert!((0.0..=20.0).contains(&delay_s));
                assert_eq!(message.line, "106540352242922");
                assert!(!message.text.as_deref().unwrap_or_default().contains(['{', '}']), "{message:?}");
                assert!(message.location.is_none_or(|it| it.point.is_ok()));
                hidden += usize::from(message.sender.wa_id.is_none());
                assert!(message.sender.user_id.is_some() && message.sender.name.is_some());
                *kinds.entry(format!("{:?}", message.kind)).or_insert(0) += 1;
            }
        }
        for kind in [MessageKind::Text, MessageKind::Image, MessageKind::Location, MessageKind::Voice] {
            assert!(kinds.get(&format!("{kind:?}")).is_some_and(|&count| count > 20), "{kinds:?}");
        }
        assert!(hidden > 0, "some hide their number");
    }

    #[test]
    fn ids_differ_except_where_a_message_is_delivered_again() {
        let mut citizens = citizens(3);
        let mut bodies: BTreeMap<String, Value> = BTreeMap::new();
        let mut again = 0;
        for _ in 0..1000 {
            for (_, body) in citizens.next_thread(NOW).1 {
                if let Some(before) = bodies.insert(read(&body).external_id, body.clone()) {
                    assert_eq!(before, body, "a repeated id carries the same message");
                    again += 1;
                }
            }
        }
        assert!(again > 10);
    }

    #[test]
    fn the_same_seed_writes_the_same_and_another_seed_does_not() {
        let write = |seed| {
            let mut citizens = citizens(seed);
            (0..50).map(|_| citizens.next_thread(NOW)).collect::<Vec<_>>()
        };
        assert_eq!(write(5), write(5));
        assert_ne!(write(5), write(6));
    }

    #[test]
    fn pins_lie_within_sixty_metres_of_their_place() {
        let lines = lines();
        let mut rng = fastrand::Rng::with_seed(2);
        for place in lines[0].places.iter().cycle().take(500) {
            assert!(spot_near(place, &mut rng).distance_m(place.at) < 61.0);
        }
    }

    #[test]
    fn evenings_are_busier_than_the_hours_before_dawn_and_the_day_averages_out() {
        let pace = Pace::default();
        let at = |hour: i64| pace.gap_s(Timestamp::from_secs((hour - 7) * 3600));
        assert!(at(19) < at(12) && at(12) < at(3), "{} {} {}", at(19), at(12), at(3));
        let mean = BUSY_BY_HOUR.iter().sum::<f64>() / 24.0;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn without_lines_or_places_nobody_falls_over() {
        let mut nobody = Citizens::new(Vec::new(), 1).expect("reads");
        assert_eq!(nobody.next_thread(NOW), (None, Vec::new()));
        let nowhere = Line { phone_number_id: "1".to_owned(), places: Vec::new().into() };
        let mut nowhere = Citizens::new(vec![nowhere], 1).expect("reads");
        for _ in 0..200 {
            assert!(!nowhere.next_thread(NOW).1.is_empty());
        }
    }
}
