//! A day at 99 % noise: the same day is lived twice, once with its hundred true reports alone and once
//! with ten thousand messages of noise around them, and every true report must come out alike.
//!
//! Banyuwangi counted 17,111 pranks among 17,257 calls in 2025; here 99 of 100 messages are noise, in
//! bursts, from people who are blocked and from people who are not.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sigap::model::clock::Timestamp;
use sigap::model::id::ReportId;
use sigap::model::place::LngLat;
use sigap::model::report::{Priority, Report, ReportState};
use sigap::model::shield::Lane;
use sigap::sim::webhook::envelope;

use super::citizen::{Citizen, FIRE, fresh_id, post};
use super::city::{BARAT, TIMUR};
use super::shield::{FLIRTING, block};
use super::town::{LINES, PATIENCE, Town};
use crate::store_contract::place::number;

/// Moments of the day at which a true report comes, one each.
const MOMENTS: usize = 100;

/// Messages of noise around each of them.
const NOISE: usize = 100;

/// Messages in one body: Meta batches under load.
const TOGETHER: usize = 10;

/// Seconds between two moments: a hundred of them are a day.
const STEP_S: i64 = 864;

/// People who are blocked when the day begins.
const BLOCKED: usize = 3;

/// What people who make noise write; none of it is a matter of the office.
const WORDS: [&str; 10] = [
    FLIRTING,
    "p",
    "halo",
    "tes",
    "🙏🙏",
    "hfjdksl",
    "promo pinjaman online cepat klik link disini",
    "pak aku lagi galau mau curhat soal mantan",
    "tangkap saya pak, saya mencuri hati dia wkwkwk",
    "admin cowok apa cewek? jomblo ga kak",
];

/// A true report: what is written, and where if a pin comes with it.
fn truth(moment: usize) -> (&'static str, Option<LngLat>) {
    match moment % 4 {
        // Far enough apart in time (58 minutes) that no two are perhaps the same event.
        0 => (FIRE, Some(if moment.is_multiple_of(8) { BARAT } else { TIMUR })),
        1 => ("barusan motor saya dijambret dua orang, saya luka", None),
        2 => ("jalan macet total dari tadi", None),
        _ => ("berapa biaya perpanjang SIM C pak", None),
    }
}

/// What became of a true report, apart from its ids: equal on both days, or the noise did something.
#[derive(Debug, PartialEq)]
struct Fate {
    lane: Lane,
    priority: Priority,
    /// Seconds from the moment it was sent until it stood in its lane, by the server's clock.
    received_after_s: f64,
    /// Call sign and seconds until the offer, where one was made.
    offered: Option<(String, f64)>,
    /// What its reporter was answered first.
    answer: Option<String>,
    /// True reports that stood before it when it came.
    ahead: usize,
}

/// One day, with or without its noise.
struct Day {
    fates: Vec<Fate>,
    /// Longest wait from the 200 until the report stood in its lane, by the clock on the wall.
    slowest: Duration,
    posted: usize,
}

async fn live(town: &Town, noisy: bool) -> Day {
    let mut day = Day { fates: Vec::new(), slowest: Duration::ZERO, posted: 0 };
    let mut blocked = Vec::new();
    if noisy {
        for _ in 0..BLOCKED {
            let pest = Citizen::new(town);
            block(town, &pest).await;
            blocked.push(pest.wa_id);
        }
    }
    let first = town.look("medan", |desk| desk.reports.len()).await;
    // Both days tell the same time, whatever was done before.
    let morning = Timestamp::from_secs(1_795_300_000);
    for moment in 0..MOMENTS {
        let at = morning.plus_secs(STEP_S * i64::try_from(moment).unwrap());
        town.turn((at.micros() - town.now().micros()) / 1_000_000).await;
        let noise = if noisy { noise(town, moment, &blocked) } else { Vec::new() };
        day.posted += noise.len() * TOGETHER;
        let teller = Citizen::new(town);
        let (noise, waited) =
            tokio::join!(join_all(noise.iter().map(|body| post(town, body))), tell(town, &teller, moment));
        assert!(noise.iter().all(|answer| answer.status == 200), "noise is taken like everything else");
        day.slowest = day.slowest.max(waited);
        if noisy {
            town.settled().await;
        }
        noise_stands_behind(town).await;
        day.fates.push(fate(town, &teller, at).await);
        clear(town, &teller).await;
    }
    assert!(noisy || first == 0);
    day
}

/// The noise around one moment: a burst of one person, people who are blocked, and many strangers.
fn noise(town: &Town, moment: usize, blocked: &[String]) -> Vec<Value> {
    (0..NOISE / TOGETHER)
        .map(|batch| {
            let stranger = Citizen::new(town).wa_id;
            let messages: Vec<Value> = (0..TOGETHER)
                .map(|n| {
                    let from = match batch {
                        0..=2 => stranger_of(moment),
                        3..=4 => blocked[n % blocked.len()].clone(),
                        _ => format!("{stranger}{n}"),
                    };
                    let words = WORDS[(moment + batch * 3 + n) % WORDS.len()];
                    let at = (town.now().micros() / 1_000_000).to_string();
                    let body = json!({ "body": words });
                    json!({ "from": from, "id": fresh_id(), "timestamp": at, "type": "text", "text": body })
                })
                .collect();
            envelope(LINES[0].0, json!({ "messages": messages }))
        })
        .collect()
}

/// Who floods at this moment.
fn stranger_of(moment: usize) -> String {
    format!("62899{moment:08}")
}

/// A true report, and how long it took from its 200 until it stood in its lane or was offered.
async fn tell(town: &Town, teller: &Citizen<'_>, moment: usize) -> Duration {
    let (words, pin) = truth(moment);
    let text = teller.message("text", &json!({ "body": words }), town.now());
    let place =
        pin.map(|at| teller.message("location", &json!({ "longitude": at.lng, "latitude": at.lat }), town.now()));
    let messages: Vec<Value> = std::iter::once(text).chain(place).collect();
    let wanted = messages.len();
    assert_eq!(post(town, &teller.body(&messages)).await.status, 200);
    let begun = since_start();
    let waiting = async {
        while report_of(town, &teller.wa_id).await.is_none_or(|report| report.messages.len() < wanted) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("a true report never came to its lane");
    since_start().saturating_sub(begun)
}

#[expect(clippy::disallowed_methods, reason = "the wait is measured by the clock on the wall, beside the town's own")]
fn since_start() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The report of a person by his number.
async fn report_of(town: &Town, wa_id: &str) -> Option<Report> {
    let alias = town.store().vault().alias("wa_id", wa_id);
    let reporter = town.store().reporter_by_aliases(&[alias]).await.unwrap()?;
    town.look("medan", move |desk| desk.latest.get(&reporter).and_then(|id| desk.reports.get(id)).cloned()).await
}

/// However the queue is looked at, nothing that was set aside stands before anything that was not.
async fn noise_stands_behind(town: &Town) {
    let lanes =
        town.look("medan", |desk| desk.queue.iter().map(|key| desk.reports[&key.2].lane).collect::<Vec<_>>()).await;
    let first_noise = lanes.iter().position(|lane| *lane == Lane::SetAside).unwrap_or(lanes.len());
    assert!(lanes[first_noise..].iter().all(|lane| *lane == Lane::SetAside), "noise stands before a report: {lanes:?}");
}

async fn fate(town: &Town, teller: &Citizen<'_>, at: Timestamp) -> Fate {
    let report = report_of(town, &teller.wa_id).await.unwrap();
    let id = report.id;
    let (offered, ahead) = town
        .look("medan", move |desk| {
            let incident = match desk.reports[&id].state {
                ReportState::Attached { incident } => desk.incidents.get(&incident),
                _ => None,
            };
            let first = incident.and_then(|incident| desk.live_assignments(incident).find(|a| a.primary));
            let offered = first.map(|a| (desk.units[&a.unit].call_sign.clone(), a.stamps.offered_at));
            (offered, desk.queue.iter().take_while(|key| key.2 != id).count())
        })
        .await;
    let answers = town.store().messages_of_reports(&[id]).await.unwrap();
    let answer = answers.iter().find_map(|message| message.body["template"].as_str().map(str::to_owned));
    Fate {
        lane: report.lane,
        priority: report.reading.priority,
        received_after_s: report.stamps.received_at.secs_since(at),
        offered: offered.map(|(unit, offered_at)| (unit, offered_at.secs_since(at))),
        answer,
        ahead: if report.is_queued() { ahead } else { 0 },
    }
}

/// An operator deals with the true report, so that the next moment finds every unit free.
async fn clear(town: &Town, teller: &Citizen<'_>) {
    let report = report_of(town, &teller.wa_id).await.unwrap();
    let operator = town.as_user("operator");
    let answer = match report.state {
        ReportState::Attached { incident } => {
            let body = json!({ "disposition": "resolved", "note": "sudah padam" });
            operator.post(&format!("/v1/incidents/{incident}/close"), &body).await
        }
        // A question is answered with an article at once.
        ReportState::Closed { .. } => return,
        _ => operator.post(&format!("/v1/reports/{}/resolve", report.id), &json!({ "outcome": "answered" })).await,
    };
    answer.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_ninety_nine_percent_noise_no_true_report_is_late_or_lost() {
    let calm = Town::new().await;
    let without = live(&calm, false).await;
    calm.finish().await;

    let town = Town::new().await;
    let before = number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await;
    assert_eq!(before, 0);
    let with = live(&town, true).await;
    println!(
        "{} messages of noise, {MOMENTS} true reports; slowest into its lane {:?} (calm day {:?})",
        with.posted, with.slowest, without.slowest
    );
    assert!(with.posted >= 99 * MOMENTS, "a day that is not noisy proves nothing");
    for (moment, (noisy, calm)) in with.fates.iter().zip(&without.fates).enumerate() {
        assert_eq!(noisy, calm, "true report {moment} came out otherwise with noise around it");
    }
    let offered = with.fates.iter().filter(|fate| fate.offered.is_some()).count();
    assert_eq!(offered, MOMENTS / 4, "every emergency was offered");
    none_is_lost(&town, &with).await;
    town.finish().await;
}

/// Every message that got its 200 can be listed: in a report, or under the block of its sender.
async fn none_is_lost(town: &Town, day: &Day) {
    let pins = (0..MOMENTS).filter(|moment| truth(*moment).1.is_some()).count();
    let led_to_blocks = BLOCKED * 3;
    let wanted = day.posted + MOMENTS + pins + led_to_blocks;
    let kept = number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await;
    assert_eq!(usize::try_from(kept).unwrap(), wanted, "messages kept");
    let mut journaled: BTreeMap<&str, usize> = BTreeMap::new();
    let journal = town.journal("medan").await;
    for entry in &journal {
        let kind = serde_json::from_str::<Value>(&entry.body).unwrap()["kind"].as_str().unwrap().to_owned();
        for known in ["report_received", "report_extended", "blocked_contact"] {
            *journaled.entry(known).or_default() += usize::from(kind == known);
        }
    }
    assert_eq!(journaled.values().sum::<usize>(), wanted, "{journaled:?}");
    // Over the doors: what blocked people wrote is counted and can be read.
    let supervisor = town.as_user("supervisor");
    let listed = supervisor.get("/v1/blocks?state=active").await.ok();
    let mut contacts = 0;
    for item in listed["items"].as_array().unwrap() {
        let path = format!("/v1/blocks/{}/contacts?limit=200", item["block"]["id"].as_str().unwrap());
        let (mut read, mut after) = (0, String::new());
        loop {
            let page = supervisor.get(&format!("{path}{after}")).await.ok();
            read += page["items"].as_array().unwrap().len();
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(item["block"]["contacts"], read, "each contact is counted and can be read");
        contacts += read;
    }
    assert_eq!(contacts, MOMENTS * 2 * TOGETHER);
    // And no report of noise was sent a unit, or made an incident.
    let true_ones = day.fates.iter().filter(|fate| fate.offered.is_some()).count();
    let incidents: Vec<ReportId> = journal
        .iter()
        .filter_map(|entry| match &entry.event {
            sigap::model::entry::Event::ReportAttached { report, .. } => Some(*report),
            _ => None,
        })
        .collect();
    assert_eq!(incidents.len(), true_ones);
}
