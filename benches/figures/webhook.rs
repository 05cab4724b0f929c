//! The webhook's answer under a flood: 200 messages a second for 20 seconds, 99 of 100 noise, each from
//! its time on whether or not those before it were answered (open loop), at the program as it is
//! served, with the shield on. What was answered 200 is then counted on the desk.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sigap::model::clock::{Clock, SystemClock};
use sigap::sim::webhook::{envelope, escaped, sign};

use crate::demo_program::Demo;
use crate::report::Table;
use crate::server::LINE;
use crate::timer::{self, quantile};

/// Messages a second (issue: "at 200 messages/s").
const RATE: u32 = 200;
/// How long.
const SECONDS: u32 = 20;
/// One in so many is a true report (press: 17,111 of 17,257 calls were pranks, Banyuwangi 2025).
const TRUE_ONE_IN: u32 = 100;
/// People who write noise; a sender of these writes every ten seconds.
const SENDERS: u32 = 2000;

/// What people write who have nothing to report.
const NOISE: [&str; 8] = [
    "p",
    "hai kak boleh kenalan ga? minta foto polwan dong",
    "wkwkwkwk prank",
    "assalamualaikum",
    "PROMO pinjaman cepat cair tanpa jaminan klik link ini",
    "tes tes 123",
    "aku lagi sedih banget pak butuh teman curhat",
    "maaf salah kirim",
];

/// What people write who have.
const TRUE: [&str; 3] = [
    "Tolong pak ada kecelakaan di Jl. Setia Budi, dua motor, satu orang tidak sadar",
    "ada begal di dekat simpang, korban dibacok",
    "Pohon tumbang menutup jalan, arus macet total",
];

/// Measures both rows.
///
/// # Errors
/// The program does not start, or refuses a message.
pub async fn measure(table: &mut Table) -> Result<()> {
    let demo = Demo::start("webhook")?;
    let (times, settled) = flood(&demo).await?;
    let note = format!(
        "{RATE}/s for {SECONDS} s, open loop, 99 % noise, shield on; {} answered, the true ones in the queue {settled:.1} s later",
        times.len()
    );
    for (name, share, goal) in [("p50", 0.5, 10), ("p99", 0.99, 100)] {
        let ms = quantile(&times, share) / 1000.0;
        table.ours(
            &format!("webhook answer at 200 messages/s, {name}"),
            ms,
            "ms",
            &format!("goal ≤ {goal} ms; {note}"),
        );
    }
    Ok(())
}

/// Answer times in microseconds from the instant each message was due, and how long after the last one
/// every true report was in the queue, seconds.
async fn flood(demo: &Demo) -> Result<(Vec<f64>, f64)> {
    let token = demo.token("operator").await?;
    let base = format!("http://{}", demo.address);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(64).build()?;
    let url = format!("{base}/v1/channels/whatsapp/webhook");
    let start = tokio::time::Instant::from_std(timer::now()) + Duration::from_millis(200);
    let mut sent = Vec::new();
    for n in 0..RATE * SECONDS {
        let body = escaped(&message(n)).into_bytes();
        let signature = sign(sigap::config::DEMO_APP_SECRET, &body);
        let request = http.post(&url).header("x-hub-signature-256", signature).body(body);
        let due = start + Duration::from_secs(1) * n / RATE;
        sent.push(tokio::spawn(async move {
            tokio::time::sleep_until(due).await;
            let answer = request.send().await?.error_for_status()?;
            drop(answer.bytes().await?);
            Ok::<f64, reqwest::Error>(timer::micros(due.elapsed()))
        }));
    }
    let mut times = Vec::new();
    for answer in sent {
        times.push(answer.await?.context("a message was not answered 200")?);
    }
    // Every true report stands in the queue before the noise.
    let (over, wanted) = (timer::now(), (RATE * SECONDS / TRUE_ONE_IN) as usize);
    loop {
        let queue = http.get(format!("{base}/v1/queue?limit=200")).bearer_auth(&token).send().await?;
        let queue: Value = serde_json::from_str(&queue.error_for_status()?.text().await?)?;
        let items = queue["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        if items.iter().take_while(|item| item["report"]["lane"] == "main").count() >= wanted {
            return Ok((times, over.elapsed().as_secs_f64()));
        }
        ensure!(over.elapsed() < Duration::from_mins(2), "the true reports are not in the queue");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The `n`-th message as Meta posts it.
fn message(n: u32) -> Value {
    let is_true = n % TRUE_ONE_IN == 50;
    let (from, text) = if is_true {
        (900_000 + n, TRUE[(n / TRUE_ONE_IN) as usize % TRUE.len()])
    } else {
        (100_000 + n % SENDERS, NOISE[n as usize % NOISE.len()])
    };
    let from = format!("62812{from:08}");
    let at = SystemClock.now().micros() / 1_000_000;
    envelope(
        LINE,
        json!({
            "contacts": [{ "wa_id": from, "profile": { "name": "Warga Contoh" } }],
            "messages": [{
                "from": from, "id": format!("wamid.BENCH{n}"), "timestamp": at.to_string(), "type": "text",
                "text": { "body": text },
            }],
        }),
    )
}
