//! A city three times the demo's, invented: reading it from an extract, loading it at a start, and what
//! its streets and names take in the memory of a process that holds nothing else.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sigap::locate::gazetteer::Gazetteer;
use sigap::locate::geocode::{Query, geocode};
use sigap::locate::regencies;
use sigap::model::place::LngLat;
use sigap::roads::class::RoadClass;
use sigap::roads::graph::{DraftEdge, RoadDraft, RoadGraph};
use sigap::roads::osm;
use sigap::roads::travel_time::{RoadTravel, TravelTime};
use sigap::sim::city::MIDDLE;
use sigap::sim::nation;

use crate::osm_file;
use crate::report::{Table, say};
use crate::timer::{ns_to_us, real, resident_kb, thread_cpu_ns};

/// Junctions along one side of the city that is read, and of the one that is held.
const SIDE: usize = 250;
const SIDE_HELD: usize = 224;

/// Metres between two junctions, the mean of real cities.
const BLOCK_M: f64 = 90.0;

/// Names of places.
const NAMES: usize = 100_000;

/// Measures the rows.
///
/// # Errors
/// The city cannot be written, read, or held.
pub fn measure(table: &mut Table) -> Result<()> {
    let file = osm_file::pbf(&RoadGraph::new(draft(SIDE))?)?;
    let before = thread_cpu_ns();
    let graph = RoadGraph::new(osm::read(file.as_slice(), None)?.roads)?;
    let seconds = ns_to_us(thread_cpu_ns() - before) / 1e6;
    let (junctions, edges) = (graph.nodes().len(), graph.edges().len());
    ensure!(junctions >= 60_000, "only {junctions} junctions");
    let size = format!("{edges} edges, {} kB", file.len() / 1024);
    let city = format!("a city of {junctions} junctions");
    table.ours(&format!("importing {city}"), seconds, "s", &format!("CPU; {size}; goal < 10 s"));
    let stored = graph.encode();
    drop(graph);
    let before = thread_cpu_ns();
    let graph = RoadGraph::decode(&stored)?;
    let loaded = ns_to_us(thread_cpu_ns() - before) / 1000.0;
    drop(graph);
    table.ours(&format!("loading {city}"), loaded, "ms", &format!("CPU; {} kB; goal < 300 ms", stored.len() / 1024));
    let graph = RoadGraph::new(draft(SIDE_HELD))?;
    let (city, stored) = (format!("a city of {} junctions", graph.nodes().len()), graph.encode());
    drop(graph);
    let path = std::env::temp_dir().join(format!("sigap-bench-city-{}", std::process::id()));
    std::fs::write(&path, &stored)?;
    let child = Command::new(std::env::current_exe()?).arg("client-city").arg(&path).output();
    let _ = std::fs::remove_file(&path);
    let said = String::from_utf8(child?.stdout)?;
    let kilobytes: Vec<usize> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [roads, all] = kilobytes[..] else { anyhow::bail!("the process that holds it said {said:?}") };
    let note = "resident growth of a process of its own: streets, their index, turns, hierarchy ready";
    table.ours(&format!("memory of {city}"), real(roads) / 1000.0, "MB", note);
    let with = format!("memory of {city} with {NAMES} names");
    table.ours(&with, real(all) / 1000.0, "MB", "goal ≤ 150 MB for 50,000 junctions");
    Ok(())
}

/// Holds the city of a file and the names, asks each once, and says what both take, kB.
///
/// # Errors
/// There is no such file.
pub fn child(words: &[String]) -> Result<()> {
    let file = words.get(1).context("no file")?;
    let before = resident_kb();
    let stored = std::fs::read(Path::new(file))?;
    let graph = RoadGraph::decode(&stored)?;
    drop(stored);
    let travel = RoadTravel::prepared(Arc::new(graph));
    let units: Vec<LngLat> = (0..50_u8).map(|n| MIDDLE.offset_m(f64::from(n) * 40.0, f64::from(n) * -25.0)).collect();
    ensure!(travel.many_to_one(&units, MIDDLE).iter().any(Option::is_some), "nobody gets there");
    let roads = resident_kb().saturating_sub(before);
    let regencies = &regencies::all()[..1];
    let gazetteer = Gazetteer::new(nation::villages(NAMES, regencies, &mut fastrand::Rng::with_seed(5)));
    let asked = geocode(&Query { text: "karang anyar suka maju", pin: None, near: None }, &gazetteer);
    ensure!(!asked.candidates.is_empty(), "nothing is found");
    let all = resident_kb().saturating_sub(before);
    say(&format!("{roads} {all}"));
    ensure!(travel.graph().nodes().len() >= 50_000, "the city is gone");
    Ok(())
}

/// A crooked lattice: every tenth street an arterial, one street in twelve one-way, one block in nine
/// without its street, two bends between junctions.
fn draft(side: usize) -> RoadDraft {
    let mut rng = fastrand::Rng::with_seed(17);
    let half = real(side) / 2.0;
    let mut off = |by: f64| (rng.f64() - 0.5) * by;
    let nodes: Vec<LngLat> = (0..side * side)
        .map(|n| {
            let (x, y) = (real(n % side) - half, real(n / side) - half);
            MIDDLE.offset_m(x * BLOCK_M + off(50.0), y * BLOCK_M + off(50.0))
        })
        .collect();
    let mut rng = fastrand::Rng::with_seed(18);
    let mut edges = Vec::new();
    for n in 0..side * side {
        let (x, y) = (n % side, n / side);
        for (to, street, inside) in [(n + 1, y, x + 1 < side), (n + side, x, y + 1 < side)] {
            let arterial = street % 10 == 0;
            if !inside || (!arterial && rng.u8(..9) == 0) {
                continue;
            }
            let between = |share: f64| {
                let (a, b) = (nodes[n], nodes[to]);
                LngLat::new(a.lng + (b.lng - a.lng) * share, a.lat + (b.lat - a.lat) * share)
            };
            let mut bend = |share: f64| between(share).offset_m(rng.f64() * 12.0 - 6.0, rng.f64() * 12.0 - 6.0);
            let shape = vec![bend(0.33), bend(0.66)];
            edges.push(DraftEdge {
                from: u32::try_from(n).unwrap_or(u32::MAX),
                to: u32::try_from(to).unwrap_or(u32::MAX),
                class: if arterial { RoadClass::Secondary } else { RoadClass::Residential },
                one_way: !arterial && street % 12 == 5,
                roundabout: false,
                kmh: 0,
                name: format!("Jalan {} {street}", if to == n + 1 { "Barat" } else { "Utara" }),
                shape,
            });
        }
    }
    RoadDraft { nodes, edges, forbidden: Vec::new() }
}
