//! Sharing out units at the least total cost, beside VROOM: the same table of travel times, the same run.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sigap::dispatch::matching::{Costs, least_cost};
use sigap::model::place::LngLat;
use sigap::roads::travel_time::{RoadTravel, TravelTime};
use sigap::sim::city::synthetic_medan;

use crate::report::{Table, say};
use crate::timer::{cpu_us_per_call, median, real};

/// Incidents, units, the goal in milliseconds, and our calls to one figure.
const SIZES: [(usize, usize, f64, usize); 2] = [(50, 60, 0.2, 200), (200, 240, 5.0, 20)];

const ROUNDS: usize = 9;

/// What VROOM said.
#[derive(Debug, Deserialize)]
struct Answer {
    /// CPU milliseconds of each of its runs.
    cpu_ms: Vec<f64>,
    /// Sum of the travel times it chose, seconds; every incident has its unit.
    cost: f64,
}

/// Measures the rows over travel times of the synthetic city.
///
/// # Errors
/// The city cannot be built; the assignment is not the least one.
pub fn measure(table: &mut Table) -> Result<()> {
    let travel = RoadTravel::prepared(synthetic_medan(1)?.roads.into());
    let folder = std::env::temp_dir().join(format!("sigap-bench-matching-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let python = vroom();
    for (incidents, units, goal_ms, calls) in SIZES {
        let costs = table_of(&travel, incidents, units)?;
        let ours = cpu_us_per_call(ROUNDS, calls, |_| drop(black_box(least_cost(&costs))));
        let chosen = least_cost(&costs).context("fewer units than incidents")?;
        let total: f64 = chosen.iter().enumerate().map(|(row, column)| costs.get(row, *column)).sum();
        let greedy = nearest_first(&costs);
        ensure!(total <= greedy, "arrival order is cheaper than the least cost");
        let peer = python.as_deref().and_then(|python| ask(python, &folder, &costs));
        let over = |theirs: f64| format!("{:.1} %", (theirs / total - 1.0) * 100.0);
        let vroom_over = peer.as_ref().map(|peer| format!("; VROOM {} over the least cost", over(peer.cost)));
        if let Some(peer) = &peer {
            ensure!(peer.cost >= total - 0.5, "VROOM found {} s, we {total} s", peer.cost);
        }
        let note = format!(
            "CPU, exact; goal ≤ {goal_ms} ms; one after another by arrival {} over{}",
            over(greedy),
            vroom_over.unwrap_or_default()
        );
        let theirs = peer.map(|peer| median(&peer.cpu_ms));
        table.less(
            &format!("{incidents} incidents share {units} units"),
            median(&ours) / 1000.0,
            "ms",
            ("VROOM", theirs),
            &note,
        );
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Whole seconds from every unit to every incident, incidents by row.
fn table_of(travel: &RoadTravel, incidents: usize, units: usize) -> Result<Costs> {
    let mut rng = fastrand::Rng::with_seed(60);
    let nodes = travel.graph().nodes();
    let mut place = || nodes[rng.usize(..nodes.len())].offset_m(rng.f64() * 40.0, rng.f64() * 40.0);
    let from: Vec<LngLat> = (0..units).map(|_| place()).collect();
    let mut costs = Costs::filled(incidents, units, 0.0);
    for row in 0..incidents {
        for (column, secs) in travel.many_to_one(&from, place()).into_iter().enumerate() {
            costs.set(row, column, secs.context("a place nobody reaches")?.round());
        }
    }
    Ok(costs)
}

/// Each incident in order of arrival takes the nearest unit that is left; the sum, seconds.
fn nearest_first(costs: &Costs) -> f64 {
    let mut taken = vec![false; costs.columns()];
    let mut total = 0.0;
    for row in 0..costs.rows() {
        let free = (0..costs.columns()).filter(|column| !taken[*column]);
        if let Some(best) = free.min_by(|a, b| costs.get(row, *a).total_cmp(&costs.get(row, *b))) {
            taken[best] = true;
            total += costs.get(row, best);
        }
    }
    total
}

/// The Python that has VROOM; none, and said so, when it cannot be had.
fn vroom() -> Option<String> {
    let made = Command::new("bash").arg("benches/vroom.sh").stderr(Stdio::inherit()).output().ok()?;
    let python = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    if made.status.success() && !python.is_empty() {
        return Some(python);
    }
    say("VROOM cannot be had: its figures are left out");
    None
}

fn ask(python: &str, folder: &Path, costs: &Costs) -> Option<Answer> {
    let file = folder.join("costs.json");
    let rows: Vec<Vec<f64>> =
        (0..costs.rows()).map(|row| (0..costs.columns()).map(|column| costs.get(row, column)).collect()).collect();
    std::fs::write(&file, serde_json::to_vec(&rows).ok()?).ok()?;
    // The large table takes it seconds: three runs are enough.
    let runs = if real(costs.rows()) > 100.0 { "3" } else { "9" };
    let said = Command::new(python).arg("benches/vroom_costs.py").arg(&file).arg(runs).output().ok()?;
    let answer = serde_json::from_slice(&said.stdout).ok();
    if answer.is_none() {
        say(&format!("VROOM gave no answer: {}", String::from_utf8_lossy(&said.stderr).trim_end()));
    }
    answer
}
