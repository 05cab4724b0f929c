//! The figures of the design beside those of peers, in one run: `make bench`.
//!
//! In: the engine built for release, peers named in the environment (`benches/peers.sh`). Out: a
//! table, and `target/bench/results.json`. Words after `--` choose rows by the name of their part.

mod big_city;
mod demo_program;
mod demo_start;
mod durable;
mod fan_out;
mod map_frames;
mod matching;
mod naming;
mod offer;
mod osm_file;
mod peers;
mod places;
mod positions;
mod report;
mod roads;
mod screens;
mod server;
mod timer;
mod units;
mod upload;
mod webhook;
mod wire;

use anyhow::Result;
use report::{Table, say};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.first().map(String::as_str) {
        // The bench starts itself a second time to be its own clients, or to measure what it holds.
        Some("client-city") => return big_city::child(&words),
        Some("client-drain") => return wire::drain_client(&words),
        Some("client-positions") => return positions::client(&words),
        _ => {}
    }
    let filter = tracing_subscriber::EnvFilter::try_from_env("SIGAP_LOG").unwrap_or_else(|_| "off".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    sigap::feedback::transport::use_ring();
    let mut table = Table::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| part.contains(word.as_str()));
    let part = |name: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            say(&format!("{name}: left out: {error:#}"));
        }
    };
    if wanted("places") {
        part("places", places::measure(&mut table));
    }
    if wanted("roads") {
        part("roads", runtime.block_on(roads::measure(&mut table)));
    }
    if wanted("matching") {
        part("matching", matching::measure(&mut table));
    }
    if wanted("big_city") {
        part("big_city", big_city::measure(&mut table));
    }
    if wanted("naming") {
        part("naming", runtime.block_on(naming::measure(&mut table)));
    }
    if wanted("units") {
        part("units", runtime.block_on(units::measure(&mut table)));
    }
    if wanted("durable") {
        part("durable", runtime.block_on(durable::measure(&mut table)));
    }
    if wanted("offer") {
        part("offer", runtime.block_on(offer::measure(&mut table)));
    }
    if wanted("positions") {
        part("positions", runtime.block_on(positions::measure(&mut table)));
    }
    if wanted("fan_out") {
        part("fan_out", runtime.block_on(fan_out::measure(&mut table)));
    }
    if wanted("upload") {
        part("upload", runtime.block_on(upload::measure(&mut table)));
    }
    if wanted("webhook") {
        part("webhook", runtime.block_on(webhook::measure(&mut table)));
    }
    if wanted("map_frames") {
        part("map_frames", runtime.block_on(map_frames::measure(&mut table)));
    }
    if wanted("screens") {
        part("screens", runtime.block_on(screens::measure(&mut table)));
    }
    if wanted("demo_start") {
        part("demo_start", runtime.block_on(demo_start::measure(&mut table)));
    }
    table.write()
}
