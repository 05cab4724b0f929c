//! Invented people who telephone 110: what they would say comes from the citizens' script, what the
//! exchange tells goes through its public door, repetitions and hang-ups included.
//!
//! What a caller is like ([`Caller::from_thread`]) is pure; [`run`] lets them call.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::citizens::{Citizens, Pace, Timed, Topic};
use crate::feedback::transport::use_ring;
use crate::model::clock::{Clock, Timestamp};
use crate::model::report::{Category, Priority};

/// Of a hundred calls this many are misuse or silence. In Banyuwangi (2025) it was 99; with that many
/// a demonstration would show nothing else.
const NOISE_PERCENT: u32 = 55;

/// How long somebody lets it ring: a joker, and one in need. Seconds.
const PATIENCE_S: [(f64, f64); 2] = [(3.0, 25.0), (20.0, 70.0)];

/// How often the exchange says again that it rings. Seconds.
const REPEATS_S: f64 = 2.0;

/// How long a call lasts once it is answered. Seconds.
const TALKS_S: (f64, f64) = (15.0, 40.0);

/// Voices remembered; those a human has listened to are never asked for.
const MOST_VOICES: usize = 500;

/// What callers say once somebody listens, by our id of the call: the voice on the line.
pub type Voices = Arc<Mutex<HashMap<String, Caller>>>;

/// One caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    /// As the exchange writes the number.
    pub number: String,
    /// What he says; empty when he says nothing.
    pub words: String,
    /// How urgent his words were written to be; none for misuse.
    pub matter: Option<(Category, Priority)>,
    /// Longitude and latitude the telephone network knows, degrees.
    pub place: Option<(f64, f64)>,
    /// Meta's id of the line his city's citizens write to.
    pub written_to: String,
}

impl Caller {
    /// A person of the script who telephones instead of writing. None when the thread has no words.
    #[must_use]
    pub fn from_thread(topic: Option<Topic>, thread: &[Timed], rng: &mut fastrand::Rng) -> Option<Self> {
        let values: Vec<&Value> = thread.iter().map(|(_, body)| &body["entry"][0]["changes"][0]["value"]).collect();
        let messages = || values.iter().map(|value| &value["messages"][0]);
        let said: Vec<&str> = messages().filter_map(|message| message["text"]["body"].as_str()).collect();
        let pin = messages().find_map(|m| m["location"]["longitude"].as_f64().zip(m["location"]["latitude"].as_f64()));
        let digits = messages().find_map(|message| message["from"].as_str());
        let topic = topic?;
        let noise = rng.u32(..100) < NOISE_PERCENT;
        let silent = noise && rng.bool();
        let words = if silent { String::new() } else { said.join(". ") };
        Some(Self {
            number: digits.map_or_else(|| "anonymous".to_owned(), |digits| written(digits, rng)),
            matter: (!noise).then_some((topic.category, topic.priority)),
            words: if noise && !silent { "Halo? (tertawa) tidak jadi, Pak".to_owned() } else { words },
            place: pin.filter(|_| !noise),
            written_to: values.first()?["metadata"]["phone_number_id"].as_str()?.to_owned(),
        })
        .filter(|caller| caller.matter.is_none() || !caller.words.is_empty())
    }

    fn patience_s(&self, rng: &mut fastrand::Rng) -> f64 {
        between(PATIENCE_S[usize::from(self.matter.is_some())], rng)
    }
}

/// The same number in one of the ways exchanges write it.
fn written(digits: &str, rng: &mut fastrand::Rng) -> String {
    let home = digits.strip_prefix("62").unwrap_or(digits);
    match rng.u32(..3) {
        0 => format!("+{digits}"),
        1 => format!("0{home}"),
        _ => digits.to_owned(),
    }
}

fn between((least, most): (f64, f64), rng: &mut fastrand::Rng) -> f64 {
    least + (most - least) * rng.f64()
}

/// The exchange they call through.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// `http://127.0.0.1:8110`
    pub base_url: String,
    /// Bearer token of an integration.
    pub token: String,
    /// Line of 110 by the WhatsApp line of the same office.
    pub lines: HashMap<String, String>,
    /// What is said on the line.
    pub voices: Voices,
}

/// Lets people telephone until the task is dropped or aborted.
///
/// # Errors
/// The HTTP client cannot be built on this machine.
pub async fn run(
    mut citizens: Citizens,
    pace: Pace,
    exchange: Exchange,
    clock: Arc<dyn Clock>,
    seed: u64,
) -> Result<(), reqwest::Error> {
    use_ring();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut calls = JoinSet::new();
    loop {
        let gap_s = pace.gap_s(clock.now()) * (-rng.f64().max(1e-9).ln()).min(3.0);
        tokio::time::sleep(Duration::from_secs_f64(gap_s)).await;
        let (topic, thread) = citizens.next_thread(clock.now());
        if let Some(caller) = Caller::from_thread(topic, &thread, &mut rng) {
            let line = Line { exchange: exchange.clone(), client: client.clone(), clock: clock.clone() };
            calls.spawn(line.carry(caller, pace.speed.max(0.01), rng.fork()));
        }
        while calls.try_join_next().is_some() {}
    }
}

/// One call on its way.
struct Line {
    exchange: Exchange,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl Line {
    /// Rings until somebody takes it or the caller has enough, talks, hangs up.
    async fn carry(self, caller: Caller, speed: f64, mut rng: fastrand::Rng) {
        let call_id = format!("sim-{:016x}", rng.u64(..));
        let patience_s = caller.patience_s(&mut rng);
        let (mut rung_s, mut taken) = (0.0, None);
        while rung_s < patience_s {
            let Some(answer) = self.tell(&call_id, "ringing", &caller).await else { return };
            if let Some(id) = answer["call"].as_str() {
                let mut voices = self.exchange.voices.lock();
                if voices.len() >= MOST_VOICES {
                    voices.clear();
                }
                voices.entry(id.to_owned()).or_insert_with(|| caller.clone());
                taken = Some(id.to_owned()).filter(|_| answer["state"]["name"] == "claimed");
            }
            if taken.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_secs_f64(REPEATS_S / speed)).await;
            rung_s += REPEATS_S;
        }
        if taken.is_some() {
            self.tell(&call_id, "answered", &caller).await;
            tokio::time::sleep(Duration::from_secs_f64(between(TALKS_S, &mut rng) / speed)).await;
        }
        let ended = self.tell(&call_id, "ended", &caller).await;
        if let (None, Some(id)) = (taken, ended.as_ref().and_then(|answer| answer["call"].as_str())) {
            self.exchange.voices.lock().remove(id);
        }
    }

    async fn tell(&self, call_id: &str, event: &str, caller: &Caller) -> Option<Value> {
        let line = self.exchange.lines.get(&caller.written_to)?;
        let at: Timestamp = self.clock.now();
        let mut body = json!({ "call_id": call_id, "event": event, "caller": caller.number, "line": line, "at": at });
        if let Some((lng, lat)) = caller.place {
            (body["lng"], body["lat"], body["accuracy_m"]) = (json!(lng), json!(lat), json!(60));
        }
        let url = format!("{}/v1/channels/call-110/events", self.exchange.base_url.trim_end_matches('/'));
        let answer = self.client.post(url).bearer_auth(&self.exchange.token).json(&body).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => answer.json().await.ok(),
            Ok(answer) => {
                tracing::debug!(status = answer.status().as_u16(), "an event of the exchange was not taken");
                None
            }
            Err(error) => {
                tracing::debug!(%error, "the door of the exchange cannot be reached");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
    use crate::model::place::LngLat;
    use crate::sim::citizens::Line as WrittenLine;

    #[test]
    fn callers_are_noise_and_need_and_every_number_is_one_of_ours_or_withheld() {
        let place = GazetteerEntry {
            name: "Jl. Kenanga".to_owned(),
            kind: PlaceKind::Street,
            at: LngLat::new(98.67, 3.59),
            radius_m: 80.0,
            kelurahan: "Suka Contoh".to_owned(),
            kecamatan: "Medan Contoh".to_owned(),
            kecamatan_code: "12.71.99".to_owned(),
            desa_code: "12.71.99.1001".to_owned(),
            aliases: Vec::new(),
        };
        let line = WrittenLine { phone_number_id: "1065".to_owned(), places: vec![place].into() };
        let mut citizens = Citizens::new(vec![line], 5).expect("the script can be read");
        let mut rng = fastrand::Rng::with_seed(5);
        let now = Timestamp::from_secs(1_795_262_400);
        let callers: Vec<Caller> = (0..600)
            .filter_map(|_| {
                let (topic, thread) = citizens.next_thread(now);
                Caller::from_thread(topic, &thread, &mut rng)
            })
            .collect();
        let needs = callers.iter().filter(|caller| caller.matter.is_some()).count();
        assert!(needs > 150 && needs < callers.len() - 200, "{needs} of {}", callers.len());
        assert!(callers.iter().any(|caller| caller.words.is_empty() && caller.matter.is_none()), "nobody is silent");
        assert!(callers.iter().any(|caller| caller.place.is_some()), "nobody is placed");
        for caller in &callers {
            let number = crate::channels::call_center::number(&caller.number);
            assert!(number.is_none_or(|digits| digits.starts_with("62812000")), "{}", caller.number);
            assert!(caller.matter.is_none() || !caller.words.is_empty());
        }
    }
}
