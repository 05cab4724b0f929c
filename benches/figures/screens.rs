//! What the screens cost the people before them, in Chromium on the demonstration: the first picture, a tablet's data
//! plan, and the time from a held emergency button to the sign on another screen.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::demo_program::Demo;
use crate::report::Table;

/// What the browser saw (web/dev/screens.mjs).
#[derive(Debug, Deserialize)]
struct Seen {
    command_ms: f64,
    insight_ms: f64,
    heat_map_ms: f64,
    tablet_ms: f64,
    first_visit_bytes: f64,
    again_bytes: f64,
    patrol_bytes_h: f64,
    job_bytes_h: f64,
    panic_ms: f64,
    panic_slowest_ms: f64,
    faults: Vec<String>,
}

/// Measures the rows.
///
/// # Errors
/// The demonstration does not start, or there is no node or no Chromium.
pub async fn measure(table: &mut Table) -> Result<()> {
    let demo = Demo::start("screens")?;
    demo.token("operator").await?;
    let (url, logins) = (format!("http://{}", demo.address), demo.logins());
    let browser = move || {
        let web = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
        std::process::Command::new("node").arg("dev/screens.mjs").arg(url).arg(logins).current_dir(web).output()
    };
    let told = tokio::task::spawn_blocking(browser).await?.context("there is no node")?;
    anyhow::ensure!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let seen: Seen = serde_json::from_slice(&told.stdout).context("the browser said something else")?;
    anyhow::ensure!(seen.faults.is_empty(), "in the page: {:?}", seen.faults);
    rows(table, &seen);
    Ok(())
}

fn rows(table: &mut Table, seen: &Seen) {
    let first = format!(
        "goal ≤ 2 s, from the address to a live desk, nothing kept before; the commander's morning page {:.2} s and heat map {:.2} s, the tablet again {:.2} s",
        seen.insight_ms / 1000.0,
        seen.heat_map_ms / 1000.0,
        seen.tablet_ms / 1000.0
    );
    table.ours("first picture of the command center", seen.command_ms / 1000.0, "s", &first);
    let wire = "connections counted both ways, TCP and TLS added by piece; 1 position/s for 90 s, set to an hour";
    let visit = format!(
        "goal ≤ 3; {wire}; the first visit ever {:.2} MB, each start after it {:.2}",
        seen.first_visit_bytes / 1e6,
        seen.again_bytes / 1e6
    );
    table.ours("data of a tablet in an hour of patrol", seen.patrol_bytes_h / 1e6, "MB", &visit);
    let job = format!("goal ≤ 3; {wire}; each position at once, with the way to the scene");
    table.ours("data of a tablet in an hour on its way", seen.job_bytes_h / 1e6, "MB", &job);
    let panic = format!(
        "goal < 1000, median of 5 from the end of the hold to the sign drawn, the slowest {:.0} ms",
        seen.panic_slowest_ms
    );
    table.ours("emergency button to another screen", seen.panic_ms, "ms", &panic);
}
