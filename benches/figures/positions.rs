//! Positions over the network: CPU of the server for one, by socket, by HTTP, by HTTP in batches.

use anyhow::{Context, Result};
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::id::UnitId;
use sigap::model::place::LngLat;
use sigap::sim::city::MIDDLE;
use tokio::io::AsyncWriteExt;

use crate::report::{Table, say};
use crate::server::{Folder, Served, cars};
use crate::timer::{self, median};
use crate::wire::{Clients, Wire, text_frame};

const TABLETS: usize = 20;
const ROUNDS: usize = 3;
const BATCH: usize = 100;

/// Measures the row.
///
/// # Errors
/// The server or its clients failed.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = Folder::new("positions")?;
    let served = Served::start(&folder.sqlite()).await?;
    let posts: Vec<LngLat> = (0..TABLETS).map(|n| MIDDLE.offset_m(timer::real(n) * 100.0, 0.0)).collect();
    let units = cars(served.desk()?, &posts).await?;
    let tokens = served.tokens(&units.iter().copied().map(Some).collect::<Vec<_>>()).await?;
    let list = folder.0.join("tablets");
    let lines: Vec<String> = units.iter().zip(&tokens).map(|(unit, token)| format!("{unit} {token}")).collect();
    std::fs::write(&list, lines.join("\n"))?;
    let (mut socket, mut single, mut batch) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Each goes on in time where the one before ended: a device's clock does not run backwards.
        socket.push(run(&served, &list, "socket", 5000, round * 3).await?);
        single.push(run(&served, &list, "single", 500, round * 3 + 1).await?);
        batch.push(run(&served, &list, "batch", 5000, round * 3 + 2).await?);
    }
    let seen =
        units.iter().filter(|unit| served.desk().is_ok_and(|desk| desk.parts.field.fix(**unit).is_some())).count();
    anyhow::ensure!(seen == TABLETS, "positions of {seen} tablets arrived");
    let note = "server CPU, 20 tablets that never pause; goal ≤ 2 µs, ≤ 1/10 of one POST each";
    table.less(
        "position by socket, JSON frame",
        median(&socket),
        "µs",
        ("one HTTP POST each, our own door", Some(median(&single))),
        note,
    );
    table.less(
        "position by HTTP, 100 in a batch",
        median(&batch),
        "µs",
        ("one HTTP POST each, our own door", Some(median(&single))),
        "server CPU; goal ≤ 0.2 µs",
    );
    served.stop().await;
    Ok(())
}

async fn run(served: &Served, list: &std::path::Path, kind: &str, each: usize, round: usize) -> Result<f64> {
    let words = [
        "client-positions".to_owned(),
        served.address.clone(),
        kind.to_owned(),
        list.display().to_string(),
        each.to_string(),
        round.to_string(),
    ];
    let before = timer::process_cpu_ns("self");
    let clients = Clients::start(words.to_vec()).await?;
    let said = clients.finish().await?;
    let spent = timer::process_cpu_ns("self") - before;
    anyhow::ensure!(said == "done", "the tablets said {said:?}");
    Ok(timer::ns_to_us(spent) / timer::real(each * TABLETS))
}

/// `client-positions ADDRESS KIND LIST EACH ROUND`
///
/// # Errors
/// The server refused.
pub fn client(words: &[String]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let list = std::fs::read_to_string(&words[3])?;
        let (each, round): (usize, usize) = (words[4].parse()?, words[5].parse()?);
        say("ready");
        let tablets = list.lines().enumerate().map(|(n, line)| {
            let (unit, token) = line.split_once(' ').unwrap_or_default();
            tablet(words[1].clone(), words[2].clone(), unit.to_owned(), token.to_owned(), n, each, round)
        });
        for outcome in futures_util::future::join_all(tablets).await {
            outcome?;
        }
        say("done");
        Ok(())
    })
}

async fn tablet(
    address: String,
    kind: String,
    unit: String,
    token: String,
    n: usize,
    each: usize,
    round: usize,
) -> Result<()> {
    let unit: UnitId = unit.parse().ok().context("no unit")?;
    let start = SystemClock.now().plus_secs(-3600 + i64::try_from(round)? * 100);
    let position = |at: usize| {
        let here = MIDDLE.offset_m(timer::real(n) * 100.0 + timer::real(at % 50), 0.0);
        let when = sigap::model::clock::Timestamp(start.micros() + i64::try_from(at).unwrap_or(0) * 10_000);
        format!(
            r#""lng":{:.6},"lat":{:.6},"at":"{when}","accuracy_m":5,"speed_mps":8.5,"heading_deg":90"#,
            here.lng, here.lat
        )
    };
    if kind == "socket" {
        let mut wire = Wire::realtime(&address, &token).await?;
        wire.frame().await?;
        let frames: Vec<u8> =
            (0..each).flat_map(|at| text_frame(&format!(r#"{{"type":"position",{}}}"#, position(at)))).collect();
        for chunk in frames.chunks(8192) {
            wire.stream.write_all(chunk).await?;
        }
        // A frame that is none is answered: then all before it are taken.
        wire.stream.write_all(&text_frame("?")).await?;
        while !String::from_utf8_lossy(&wire.frame().await?).contains("bad_frame") {}
        return Ok(());
    }
    let size = if kind == "batch" { BATCH } else { 1 };
    let mut wire = Wire::connect(&address).await?;
    for first in (0..each).step_by(size) {
        let items: Vec<String> = (first..first + size).map(|at| format!("{{{}}}", position(at))).collect();
        let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
        let request = format!(
            "POST /v1/units/{unit}/positions HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let status = wire.request(request.as_bytes()).await?;
        anyhow::ensure!(status == 200, "positions were answered with {status}");
    }
    Ok(())
}
