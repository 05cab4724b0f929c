//! Durable entries a second with 64 writers: a desk over SQLite and PostgreSQL, beside PostgreSQL with
//! a transaction for each entry.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sigap::app::App;
use sigap::dispatch::command::Command;
use sigap::model::clock::SystemClock;
use sigap::model::entry::Actor;
use sigap::model::unit::UnitStatus;
use sigap::sim::city::MIDDLE;
use tokio_util::sync::CancellationToken;

use crate::peers;
use crate::report::Table;
use crate::server::{self, Folder, OFFICE, cars};
use crate::timer::{self, median};

const WRITERS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1200);

/// Measures the rows, in interleaved rounds.
///
/// # Errors
/// A store failed.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = Folder::new("durable")?;
    let sqlite = Desk::start(&folder.sqlite()).await?;
    let postgres = match peers::postgres_url("sigap_bench_desk").await {
        Some(url) => Some(Desk::start(&url).await?),
        None => None,
    };
    let peer = OneByOne::start().await?;
    let (mut ours, mut batched, mut single) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(sqlite.round().await?);
        if let Some(postgres) = &postgres {
            batched.push(postgres.round().await?);
        }
        if let Some(peer) = &peer {
            single.push(peer.round().await?);
        }
    }
    let single = (!single.is_empty()).then(|| median(&single));
    let note = "an entry, its reference and the unit's row each; 64 writers through the desk";
    table.more(
        "durable entries, SQLite",
        median(&ours),
        "1/s",
        ("PostgreSQL one by one, 400 B rows", single),
        &format!("{note}; goal ≥ 30,000/s, ≥ 3×"),
    );
    if !batched.is_empty() {
        table.more(
            "durable entries, PostgreSQL",
            median(&batched),
            "1/s",
            ("PostgreSQL one by one, 400 B rows", single),
            &format!("{note}; goal ≥ 10,000/s"),
        );
    }
    Ok(())
}

struct Desk {
    handle: sigap::runtime::desks::DeskHandle,
    units: Vec<sigap::model::id::UnitId>,
    stop: CancellationToken,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Desk {
    async fn start(url: &str) -> Result<Self> {
        let store = server::store(url).await?;
        sigap::demo::build_city(&store).await?;
        let running = App::start(sigap::config::Config::default(), store, Arc::new(SystemClock), None).await?;
        let desk = running.app.desks.get(OFFICE).context("no desk")?.clone();
        let units = cars(&desk, &[MIDDLE; WRITERS]).await?;
        Ok(Self { handle: desk, units, stop: running.app.stop.clone() })
    }

    /// Entries a second, each writer waiting for its own.
    async fn round(&self) -> Result<f64> {
        let began = timer::now();
        let writers: Vec<_> = self
            .units
            .iter()
            .map(|unit| {
                let (desk, unit) = (self.handle.clone(), *unit);
                tokio::spawn(async move {
                    let mut entries = 0;
                    while began.elapsed() < ROUND {
                        for status in [UnitStatus::Busy, UnitStatus::Break] {
                            entries +=
                                desk.submit(Actor::Unit(unit), Command::SetUnitStatus(unit, status)).await?.len();
                        }
                    }
                    anyhow::Ok(entries)
                })
            })
            .collect();
        let mut entries = 0;
        for writer in writers {
            entries += writer.await??;
        }
        Ok(timer::real(entries) / began.elapsed().as_secs_f64())
    }
}

/// 64 connections that each commit one row at a time.
struct OneByOne {
    clients: Vec<Arc<tokio_postgres::Client>>,
}

impl OneByOne {
    async fn start() -> Result<Option<Self>> {
        let Some(url) = peers::postgres_url("sigap_bench_single").await else { return Ok(None) };
        let first = peers::connect(&url).await?;
        first
            .batch_execute("CREATE TABLE entries (writer bigint, seq bigint, body text, PRIMARY KEY (writer, seq))")
            .await?;
        let mut clients = Vec::new();
        for _ in 0..WRITERS {
            clients.push(Arc::new(peers::connect(&url).await?));
        }
        Ok(Some(Self { clients }))
    }

    async fn round(&self) -> Result<f64> {
        let body: Arc<str> = "x".repeat(400).into();
        let began = timer::now();
        let writers: Vec<_> = self
            .clients
            .iter()
            .enumerate()
            .map(|(writer, client)| {
                let (client, body) = (client.clone(), body.clone());
                tokio::spawn(async move {
                    let next = "SELECT COALESCE(MAX(seq), 0) FROM entries WHERE writer = $1";
                    let writer = i64::try_from(writer)?;
                    let mut seq: i64 = client.query_one(next, &[&writer]).await?.get(0);
                    let insert = client.prepare("INSERT INTO entries VALUES ($1, $2, $3)").await?;
                    let mut entries = 0;
                    while began.elapsed() < ROUND {
                        seq += 1;
                        client.execute(&insert, &[&writer, &seq, &&*body]).await?;
                        entries += 1;
                    }
                    anyhow::Ok(entries)
                })
            })
            .collect();
        let mut entries = 0;
        for writer in writers {
            entries += writer.await??;
        }
        Ok(timer::real(entries) / began.elapsed().as_secs_f64())
    }
}
