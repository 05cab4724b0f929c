//! The command center's map with 10,000 units that move once a second, in Chromium: frames while it is
//! dragged, and what a second of positions costs the page.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use sigap::http::auth;
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::id::{Ids, UnitId, UserId};
use sigap::model::place::LngLat;
use sigap::model::unit::Fix;
use sigap::sim::city::MIDDLE;
use sigap::store::users::{self, User};

use crate::report::Table;
use crate::server::{Folder, OFFICE, Served, cars};
use crate::timer;

const UNITS: usize = 10_000;
const PASSWORD: &str = "kata-sandi-panjang";

/// What the browser saw.
#[derive(Debug, Deserialize)]
struct Seen {
    units: usize,
    fps: f64,
    frame_p95_ms: f64,
    long_tasks: usize,
    longest_ms: f64,
    script_ms: f64,
    task_ms: f64,
    faults: Vec<String>,
}

/// Measures the rows.
///
/// # Errors
/// The server failed, or there is no node or no Chromium.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = Folder::new("map_frames")?;
    let served = Served::start(&folder.sqlite()).await?;
    let posts: Vec<LngLat> = (0..UNITS)
        .map(|n| MIDDLE.offset_m(timer::real(n % 100) * 180.0 - 9000.0, timer::real(n / 100) * 180.0 - 9000.0))
        .collect();
    let units = cars(served.desk()?, &posts).await?;
    let username = operator(&served).await?;
    let moving = tokio::spawn(move_all(served.desk()?.parts.field.clone(), units.into_iter().zip(posts).collect()));
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
    let url = format!("http://{}", served.address);
    let browser = move || {
        let words = ["dev/frames.mjs", &url, &username, PASSWORD];
        std::process::Command::new("node").args(words).current_dir(web).output()
    };
    let told = tokio::task::spawn_blocking(browser).await;
    moving.abort();
    let told = told?.context("there is no node")?;
    served.stop().await;
    anyhow::ensure!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr).lines().next().unwrap_or(""));
    let seen: Seen = serde_json::from_slice(&told.stdout).context("the browser said something else")?;
    anyhow::ensure!(seen.faults.is_empty(), "in the page: {:?}", seen.faults);
    anyhow::ensure!(seen.units >= UNITS, "the page knows {} units", seen.units);
    rows(table, &seen);
    Ok(())
}

fn rows(table: &mut Table, seen: &Seen) {
    let where_ = "10,000 units at 1 Hz, 1280×800, headless Chromium, WebGL in software on the same cores";
    let long = format!("{where_}; goal ≥ 50; {} tasks over 50 ms, longest {:.0} ms", seen.long_tasks, seen.longest_ms);
    table.ours("map dragged with 10,000 moving units", seen.fps, "frames/s", &long);
    table.ours("map dragged with 10,000 moving units, slowest frame in 20", seen.frame_p95_ms, "ms", where_);
    table.ours("a second of 10,000 positions, script", seen.script_ms, "ms", &format!("{where_}; goal ≤ 10"));
    table.ours(
        "a second of 10,000 positions, main thread",
        seen.task_ms,
        "ms",
        &format!("{where_}, drawing included; goal ≤ 48"),
    );
}

/// An operator with a password; gives the name.
async fn operator(served: &Served) -> Result<String> {
    let now = SystemClock.now();
    let user = User {
        id: UserId(Ids::random().next(now)),
        username: "operator-peta".to_owned(),
        name: "Operator Peta".to_owned(),
        role: "operator".to_owned(),
        polres: Some(OFFICE.to_owned()),
        polsek: None,
        unit: None,
        password_hash: auth::hash_password(PASSWORD).map_err(|error| anyhow::anyhow!("no password: {error}"))?,
        disabled: false,
        created_at: now,
        must_change: false,
    };
    served.running.app.store.write(vec![users::insert_user(&user)]).await?;
    Ok(user.username)
}

/// Every unit drives around its post, one fix a second.
async fn move_all(field: std::sync::Arc<sigap::runtime::field::Field>, units: Vec<(UnitId, LngLat)>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    for turn in 0_u32.. {
        second.tick().await;
        let now = SystemClock.now();
        for (n, (unit, post)) in units.iter().enumerate() {
            let angle = f64::from(turn) * 0.1 + timer::real(n);
            let at = post.offset_m(90.0 * angle.cos(), 90.0 * angle.sin());
            #[expect(clippy::cast_possible_truncation, reason = "degrees of a heading")]
            let heading = (90.0 - angle.to_degrees() + 90.0).rem_euclid(360.0) as f32;
            let fix = Fix {
                lng: at.lng,
                lat: at.lat,
                at: now,
                accuracy_m: Some(5.0),
                speed_mps: Some(9.0),
                heading_deg: Some(heading),
            };
            field.report(*unit, fix, now);
        }
    }
}
