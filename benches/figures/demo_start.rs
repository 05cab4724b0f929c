//! The demonstration started a second time: until it is ready, and what it holds in memory.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::report::Table;
use crate::server::Folder;
use crate::timer::{self, median};
use crate::wire::Wire;

const STARTS: usize = 3;

/// Measures both rows with the program beside this bench.
///
/// # Errors
/// The program does not start.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = Folder::new("demo")?;
    // The first start builds the city; it is told apart.
    let (first, _) = start(&folder.0).await?;
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (secs, megabytes) = start(&folder.0).await?;
        ready.push(secs);
        resident.push(megabytes);
    }
    table.ours(
        "start of the demo, second time, to /readyz",
        median(&ready),
        "s",
        &format!("goal ≤ 2 s; the first start took {first:.1} s"),
    );
    table.ours(
        "resident memory of the demo, 10 s after its start",
        median(&resident),
        "MB",
        "goal ≤ 150 MB; simulator running",
    );
    Ok(())
}

async fn start(data: &Path) -> Result<(f64, f64)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let began = timer::now();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_sigap"))
        .args(["demo", "--listen", &address, "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting the demo")?;
    let outcome = observe(&address, &demo, began).await;
    Command::new("kill").arg(demo.id().to_string()).status()?;
    demo.wait()?;
    outcome
}

async fn observe(address: &str, demo: &Child, began: std::time::Instant) -> Result<(f64, f64)> {
    while !is_ready(address).await {
        if began.elapsed() > Duration::from_mins(1) {
            bail!("the demo was not ready within a minute");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let secs = began.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(10)).await;
    Ok((secs, resident_mb(demo.id()).context("no VmRSS")?))
}

async fn is_ready(address: &str) -> bool {
    let Ok(mut wire) = Wire::connect(address).await else { return false };
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    matches!(wire.request(request.as_bytes()).await, Ok(200))
}

fn resident_mb(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
