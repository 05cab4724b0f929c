//! 10,000 units once a second to 1,000 viewers: server CPU of a tick, beside NATS and Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use sigap::model::clock::{Clock, SystemClock, Timestamp};
use sigap::model::id::UnitId;
use sigap::model::place::LngLat;
use sigap::model::unit::{Fix, Unit, UnitKind, UnitStatus};
use sigap::realtime::positions::{Dot, Tick, Tile};
use sigap::runtime::field::Field;
use tokio::io::AsyncWriteExt;

use crate::peers;
use crate::report::Table;
use crate::server::{Folder, Served};
use crate::timer::{self, median};
use crate::wire::{Clients, GRID, Wire, corner, on_grid, subject};

const UNITS: usize = 10_000;
const VIEWERS: usize = 1000;
const TICKS: usize = 8;

/// Measures the row.
///
/// # Errors
/// The server or its clients failed.
pub async fn measure(table: &mut Table) -> Result<()> {
    let ours = ours().await?;
    let ticks = peer_ticks();
    let nats = match peers::address("NATS") {
        Some((address, pid)) => Some(published(&address, &pid, "nats", &ticks).await?),
        None => None,
    };
    let redis = match peers::address("REDIS") {
        Some((address, pid)) => Some(published(&address, &pid, "redis", &ticks).await?),
        None => None,
    };
    let name = "10,000 units at 1 Hz to 1,000 viewers, CPU of a tick";
    let note =
        format!("whole process, kernel sends included, median of {TICKS} ticks; 16 of 256 tiles each; goal ≤ 30 ms");
    table.less(name, median(&ours), "ms", ("NATS, one message a tile", nats), &format!("{note}, ≤ 0.4× NATS"));
    table.less(name, median(&ours), "ms", ("Redis pub/sub, one message a tile", redis), &note);
    Ok(())
}

fn unit(n: usize, at: LngLat) -> Unit {
    Unit {
        id: UnitId(uuid::Uuid::from_u128(n as u128 + 1)),
        no: u32::try_from(n).unwrap_or(0),
        call_sign: format!("F-{n}"),
        kind: UnitKind::Car,
        polsek: None,
        crew: 2,
        post: at,
        status: UnitStatus::Busy,
        status_since: Timestamp::default(),
        assignment: None,
        emergency: false,
        taken: 0,
    }
}

/// Where the units stand: evenly over the grid of tiles.
fn posts() -> Vec<LngLat> {
    let mut rng = fastrand::Rng::with_seed(5);
    let size = f64::from(GRID);
    (0..UNITS)
        .map(|_| {
            let [lng, lat] =
                on_grid(f64::from(corner().x) + rng.f64() * size, f64::from(corner().y) + rng.f64() * size);
            LngLat::new(lng, lat)
        })
        .collect()
}

fn fix(at: LngLat, now: Timestamp) -> Fix {
    Fix { lng: at.lng, lat: at.lat, at: now, accuracy_m: Some(5.0), speed_mps: Some(8.0), heading_deg: Some(90.0) }
}

async fn ours() -> Result<Vec<f64>> {
    let folder = Folder::new("fan-out")?;
    let served = Served::start(&folder.sqlite()).await?;
    let desk = served.desk()?;
    let posts = posts();
    posts.iter().enumerate().for_each(|(n, at)| desk.parts.field.update(&unit(n, *at)));
    let token = served.tokens(&[None]).await?.remove(0);
    let clients = Clients::start(vec![
        "client-drain".to_owned(),
        served.address.clone(),
        VIEWERS.to_string(),
        "sigap".to_owned(),
        token,
    ])
    .await?;
    let feeder = Feeder::start(desk.parts.field.clone(), posts);
    let mut ticks = desk.parts.room.ticks();
    let mut values = Vec::new();
    tokio::time::sleep(Duration::from_secs(2)).await;
    ticks.changed().await?;
    ticks.borrow_and_update();
    // From the middle of one pause between ticks to the middle of the next.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut before = (timer::process_cpu_ns("self"), feeder.cpu_ns());
    for _ in 0..TICKS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let after = (timer::process_cpu_ns("self"), feeder.cpu_ns());
        values.push(timer::ns_to_us((after.0 - before.0).saturating_sub(after.1 - before.1)) / 1000.0);
        before = after;
    }
    feeder.stop.store(true, Ordering::Relaxed);
    let said = clients.end().await?;
    anyhow::ensure!(said.starts_with("1000 of"), "viewers were lost: {said}");
    served.stop().await;
    Ok(values)
}

/// Reports every unit's position once a second, on a thread whose CPU is counted apart.
struct Feeder {
    cpu: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Feeder {
    fn start(field: Arc<Field>, mut posts: Vec<LngLat>) -> Self {
        let (cpu, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let feeder = Self { cpu: cpu.clone(), stop: stop.clone() };
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let now = SystemClock.now();
                for (n, at) in posts.iter_mut().enumerate() {
                    *at = at.offset_m(3.0, -2.0);
                    field.report(UnitId(uuid::Uuid::from_u128(n as u128 + 1)), fix(*at, now), now);
                }
                cpu.store(timer::thread_cpu_ns(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        feeder
    }

    fn cpu_ns(&self) -> u64 {
        self.cpu.load(Ordering::Relaxed)
    }
}

/// The frames of one tick, as ours has them, for the peers to carry.
fn peer_ticks() -> Vec<(Tile, Vec<u8>)> {
    let now = SystemClock.now();
    let dot = |(n, at): (usize, LngLat)| Dot {
        unit: UnitId(uuid::Uuid::from_u128(n as u128 + 1)),
        no: u32::try_from(n).unwrap_or(0),
        polsek: None,
        status: UnitStatus::Busy,
        emergency: false,
        fix: fix(at, now),
    };
    let tick = Tick::encode(1, now, 1, posts().into_iter().enumerate().map(dot).collect());
    tick.tiles.iter().map(|(tile, frame)| (*tile, frame.binary.to_vec())).collect()
}

/// CPU milliseconds of the peer's process for one tick.
async fn published(address: &str, pid: &str, kind: &str, tiles: &[(Tile, Vec<u8>)]) -> Result<f64> {
    let clients =
        Clients::start(vec!["client-drain".to_owned(), address.to_owned(), VIEWERS.to_string(), kind.to_owned()])
            .await?;
    let mut publisher = Wire::connect(address).await?;
    if kind == "nats" {
        publisher.stream.write_all(b"CONNECT {\"verbose\":false}\r\n").await?;
    }
    let mut flight = Vec::new();
    for (tile, payload) in tiles {
        let name = subject(*tile);
        if kind == "nats" {
            flight.extend(format!("PUB {name} {}\r\n", payload.len()).as_bytes());
        } else {
            flight.extend(
                format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{name}\r\n${}\r\n", name.len(), payload.len()).as_bytes(),
            );
        }
        flight.extend(payload);
        flight.extend(b"\r\n");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut values = Vec::new();
    for _ in 0..TICKS {
        let before = timer::process_cpu_ns(pid);
        publisher.stream.write_all(&flight).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        values.push(timer::ns_to_us(timer::process_cpu_ns(pid) - before) / 1000.0);
    }
    clients.end().await?;
    Ok(median(&values))
}
