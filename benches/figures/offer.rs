//! A signed webhook in, the offer on a tablet: latency when idle, and with 64 reports in flight.
//!
//! Each report is an emergency with a map link at the post of one car; some car's tablet hears of it,
//! mostly that one's. A round has one report for each car; between rounds, unmeasured, the incidents
//! are closed and the cars are free again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use parking_lot::Mutex;
use serde_json::json;
use sigap::dispatch::command::Command;
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::entry::Actor;
use sigap::model::id::MessageId;
use sigap::model::incident::Disposition;
use sigap::model::place::LngLat;
use sigap::sim::city::MIDDLE;
use sigap::sim::webhook::{envelope, escaped, sign};
use sigap::store::Statement;
use tokio::sync::{Semaphore, mpsc};

use crate::peers;
use crate::report::Table;
use crate::server::{Folder, LINE, OFFICE, SECRET, Served, cars};
use crate::timer::{self, micros, quantile};
use crate::wire::Wire;

/// Cars, hence reports in a round.
const CARS: usize = 640;
const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 4;
const IDLE: usize = 200;

/// What a round showed.
#[derive(Default)]
struct Seen {
    idle_ms: Vec<f64>,
    busy_ms: Vec<f64>,
    per_s: Vec<f64>,
}

/// Measures the rows for both stores.
///
/// # Errors
/// A server or a client failed.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = Folder::new("offer")?;
    let seen = run(&folder.sqlite()).await?;
    say(table, "SQLite", &seen, "goal p50 ≤ 0.6 ms idle", "goal ≥ 6,000/s", "goal p99 ≤ 20 ms");
    if let Some(url) = peers::postgres_url("sigap_bench_offer").await {
        let seen = run(&url).await?;
        say(table, "PostgreSQL", &seen, "goal p50 ≤ 3 ms idle", "goal ≥ 4,000/s", "");
    }
    Ok(())
}

fn say(table: &mut Table, store: &str, seen: &Seen, idle: &str, rate: &str, tail: &str) {
    let peer = "PostGIS function and push, as measured for the design";
    let name = |what: &str| format!("report durable and offered to its tablet, {store}, {what}");
    table.ours(&name("idle, p50"), quantile(&seen.idle_ms, 0.5), "ms", &format!("{idle}; {peer}: 0.85 ms"));
    table.ours(&name("idle, p99"), quantile(&seen.idle_ms, 0.99), "ms", "client and server share the cores");
    table.ours(&name("64 in flight"), timer::median(&seen.per_s), "1/s", &format!("{rate}; {peer}: 2,200/s"));
    table.ours(&name("64 in flight, p50"), quantile(&seen.busy_ms, 0.5), "ms", tail);
    table.ours(&name("64 in flight, p99"), quantile(&seen.busy_ms, 0.99), "ms", tail);
}

/// Where a car stands and its report is: on a street, so that nobody is there sooner, and further
/// apart than what counts as one event.
fn posts(served: &Served) -> Result<Vec<LngLat>> {
    let roads = sigap::sim::city::synthetic_medan(1)?.roads;
    let inside = |at: &LngLat| served.running.app.areas.find(*at).is_some_and(|j| j.polres == OFFICE);
    let mut posts: Vec<LngLat> = Vec::new();
    // From the middle outwards, ring by ring.
    let mut cells: Vec<(i32, i32)> = (-40..40).flat_map(|x| (-40..40).map(move |y| (x, y))).collect();
    cells.sort_by_key(|(x, y)| x * x + y * y);
    for (x, y) in cells {
        let cell = MIDDLE.offset_m(f64::from(x) * 330.0, f64::from(y) * 330.0);
        let Some(snap) = roads.snap(cell) else { continue };
        let at = LngLat::new((snap.point.lng * 1e6).round() / 1e6, (snap.point.lat * 1e6).round() / 1e6);
        if posts.len() < CARS && inside(&at) && posts.iter().all(|other| other.distance_m(at) > 310.0) {
            posts.push(at);
        }
    }
    ensure!(posts.len() == CARS, "only {} posts in the area", posts.len());
    Ok(posts)
}

async fn run(url: &str) -> Result<Seen> {
    let served = Served::start(url).await?;
    let desk = served.desk()?.clone();
    let posts = posts(&served)?;
    // A spare beside each car, later in the alphabet and without a tablet: the city never runs dry.
    let both: Vec<LngLat> = posts.iter().chain(&posts).copied().collect();
    let cars = cars(&desk, &both).await?;
    let tokens = served.tokens(&cars.iter().take(CARS).copied().map(Some).collect::<Vec<_>>()).await?;
    let mut clients = ClientSide::start(&served.address, tokens, posts)?;
    let mut seen = Seen::default();
    let rounds = [(1, IDLE), (1, IDLE)].into_iter().chain([(IN_FLIGHT, CARS); ROUNDS]);
    for (n, (in_flight, count)) in rounds.enumerate() {
        // The first round warms up.
        let into = if n == 0 { &mut Seen::default() } else { &mut seen };
        if let Err(error) = clients.round(in_flight, count, into).await {
            return Err(error.context(standing(&served).await?));
        }
        clear(&served).await?;
    }
    served.stop().await;
    Ok(seen)
}

/// How far reports came, when something stands still.
async fn standing(served: &Served) -> Result<String> {
    let desk = served.desk()?;
    let told = desk.look(|desk| {
        let queued = desk.queue.len();
        let open = desk.incidents.values().filter(|incident| incident.is_open()).count();
        let free: u32 = desk.free.values().sum();
        format!(
            "{} reports, {queued} queued, {open} incidents open, {} offers, {free} cars free",
            desk.reports.len(),
            desk.offers.len()
        )
    });
    Ok(told.await?)
}

/// Closes every incident, so that the cars are free again; what reporters would still be told is
/// dropped, so that a round does not pay for the one before.
async fn clear(served: &Served) -> Result<()> {
    let desk = served.desk()?;
    let open =
        desk.look(|desk| desk.incidents.values().filter(|i| i.is_open()).map(|i| i.id).collect::<Vec<_>>()).await?;
    let mut ids = sigap::model::id::Ids::random();
    let closing = open.into_iter().map(|incident| {
        let note = Some(MessageId(ids.next(SystemClock.now())));
        desk.submit(Actor::System, Command::CloseIncident { incident, disposition: Disposition::Cancelled, note })
    });
    for outcome in join_all(closing).await {
        outcome?;
    }
    let waiting = Statement::one("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'", Vec::new());
    served.running.app.store.write(vec![waiting]).await?;
    Ok(())
}

/// Where the waits of one round and its seconds are answered to.
type Waits = tokio::sync::oneshot::Sender<Result<(Vec<f64>, f64)>>;

/// Reporters and tablets, on one thread of their own.
struct ClientSide {
    orders: mpsc::UnboundedSender<(usize, usize, Waits)>,
}

impl ClientSide {
    fn start(address: &str, tokens: Vec<String>, posts: Vec<LngLat>) -> Result<Self> {
        let (orders, mut inbox) =
            mpsc::unbounded_channel::<(usize, usize, tokio::sync::oneshot::Sender<Result<(Vec<f64>, f64)>>)>();
        let address = address.to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                let mut tablets = match Tablets::open(&address, &tokens).await {
                    Ok(tablets) => tablets,
                    Err(error) => return crate::report::say(&format!("no tablets: {error:#}")),
                };
                let mut serial = 0;
                while let Some((in_flight, count, answer)) = inbox.recv().await {
                    let _ = answer.send(tablets.round(&address, &posts, in_flight, count, &mut serial).await);
                }
            });
        });
        Ok(Self { orders })
    }

    async fn round(&mut self, in_flight: usize, count: usize, seen: &mut Seen) -> Result<()> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.orders.send((in_flight, count, answer)).ok().context("the clients are gone")?;
        let (times, per_s) = answered.await.context("the clients are gone")??;
        if in_flight == 1 {
            seen.idle_ms.extend(times);
        } else {
            seen.busy_ms.extend(times);
            seen.per_s.push(per_s);
        }
        Ok(())
    }
}

/// A place as a key: millionths of a degree.
type Spot = (i64, i64);

#[expect(clippy::cast_possible_truncation, reason = "degrees in millionths")]
fn spot(lng: f64, lat: f64) -> Spot {
    ((lng * 1e6).round() as i64, (lat * 1e6).round() as i64)
}

/// The place of the incident a tablet's frame offers.
fn offered_at(frame: &[u8]) -> Option<Spot> {
    if !contains(frame, br#""state":"offered""#) {
        return None;
    }
    let frame: serde_json::Value = serde_json::from_slice(frame).ok()?;
    let place = &frame["changed"]["incidents"].get(0)?["place"];
    Some(spot(place["lng"].as_f64()?, place["lat"].as_f64()?))
}

/// The tablets: each says when an offer reached it, and where to.
struct Tablets {
    heard: mpsc::UnboundedReceiver<(Spot, Instant)>,
}

impl Tablets {
    async fn open(address: &str, tokens: &[String]) -> Result<Self> {
        let (hear, heard) = mpsc::unbounded_channel();
        for token in tokens {
            let mut wire = Wire::realtime(address, token).await?;
            wire.frame().await.context("no snapshot")?;
            let hear = hear.clone();
            tokio::spawn(async move {
                while let Ok(frame) = wire.frame().await {
                    let at = timer::now();
                    if let Some(spot) = offered_at(&frame) {
                        let _ = hear.send((spot, at));
                    }
                }
            });
        }
        Ok(Self { heard })
    }

    /// Milliseconds from the first byte of each report to the frame on its tablet, and reports a second.
    async fn round(
        &mut self,
        address: &str,
        posts: &[LngLat],
        in_flight: usize,
        count: usize,
        serial: &mut usize,
    ) -> Result<(Vec<f64>, f64)> {
        while self.heard.try_recv().is_ok() {}
        let bodies: Vec<Vec<u8>> = posts.iter().take(count).map(|at| request(address, *at, serial)).collect();
        let number: HashMap<Spot, usize> =
            posts.iter().take(count).enumerate().map(|(n, at)| (spot(at.lng, at.lat), n)).collect();
        let sent: Arc<Mutex<Vec<Option<Instant>>>> = Arc::new(Mutex::new(vec![None; count]));
        let permits = Arc::new(Semaphore::new(in_flight));
        let (free, mut idle) = mpsc::unbounded_channel();
        for _ in 0..in_flight {
            free.send(Wire::connect(address).await?).ok().context("closed")?;
        }
        let began = timer::now();
        let (permits_of_reader, sent_of_sender) = (permits.clone(), sent.clone());
        let sender = tokio::spawn(async move {
            for (car, body) in bodies.into_iter().enumerate() {
                permits.acquire().await?.forget();
                let mut wire: Wire = idle.recv().await.context("closed")?;
                sent_of_sender.lock()[car] = Some(timer::now());
                let free = free.clone();
                tokio::spawn(async move {
                    let status = wire.request(&body).await;
                    if !matches!(status, Ok(200)) {
                        crate::report::say(&format!("a report was answered with {status:?}"));
                    }
                    let _ = free.send(wire);
                });
            }
            anyhow::Ok(())
        });
        let mut times = Vec::new();
        let mut done = vec![false; count];
        while times.len() < count {
            let heard = tokio::time::timeout(Duration::from_secs(10), self.heard.recv()).await;
            let (place, at) =
                heard.with_context(|| format!("only {} of {count} offers came", times.len()))?.context("closed")?;
            let Some(&car) = number.get(&place) else { continue };
            let start = sent.lock().get(car).copied().flatten();
            // An offer of the round before, heard late, has no start.
            if let (Some(start), false) = (start, done.get(car).copied().unwrap_or(true)) {
                done[car] = true;
                times.push(micros(at - start) / 1000.0);
                permits_of_reader.add_permits(1);
            }
        }
        let per_s = timer::real(count) / began.elapsed().as_secs_f64();
        sender.await??;
        Ok((times, per_s))
    }
}

fn contains(frame: &[u8], needle: &[u8]) -> bool {
    frame.windows(needle.len()).any(|some| some == needle)
}

/// A signed webhook of a person not seen before.
fn request(address: &str, at: LngLat, serial: &mut usize) -> Vec<u8> {
    *serial += 1;
    let number = format!("6281{:09}", *serial);
    let text = format!("Tolong kebakaran rumah! api besar https://maps.google.com/?q={:.6},{:.6}", at.lat, at.lng);
    let value = json!({
        "contacts": [{ "profile": { "name": "Uji" }, "wa_id": number }],
        "messages": [{
            "from": number, "id": format!("wamid.BENCH{:012}", *serial), "type": "text", "text": { "body": text },
            "timestamp": (SystemClock.now().micros() / 1_000_000).to_string(),
        }],
    });
    let body = escaped(&envelope(LINE, value));
    let signature = sign(SECRET, body.as_bytes());
    format!(
        "POST /v1/channels/whatsapp/webhook HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
