//! `sigap simulate`: the same days under different rules of who is sent, as a table and a plot.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::say;
use crate::dispatch::plan::Plans;
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::place::LngLat;
use crate::model::unit::UnitKind;
use crate::roads::graph::RoadGraph;
use crate::roads::osm;
use crate::roads::travel_time::RoadTravel;
use crate::sim::city::synthetic_medan;
use crate::sim::lab::days::{Rate, draw, far_apart};
use crate::sim::lab::figures::{self, Figure, Figures};
use crate::sim::lab::{Call, Outcome, Policy, Post, Town, live, plot, read_replay};

/// Spots where calls gather.
const HOT_SPOTS: usize = 12;

/// Share of the calls that gather there (judgement: a few streets give a third of the work).
const HOT_SHARE: f64 = 0.35;

/// Polsek of a town that was read from streets alone.
const SEATS: usize = 8;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub struct SimulateOptions {
    /// How many days.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// Calls of a day, on average.
    #[arg(long, default_value_t = 200.0, value_parser = positive)]
    pub per_day: f64,
    /// Units; the synthetic city has 40 of its own.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub units: Option<u16>,
    /// The same seed gives the same days.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Streets of a real city: `.osm.pbf`, `.osm` or `.osm.gz`. Without it, the synthetic Medan.
    #[arg(long)]
    pub osm: Option<PathBuf>,
    /// Days from a CSV of dispatch records (`received,latitude,longitude`, and more where there is more).
    #[arg(long)]
    pub replay: Option<PathBuf>,
    /// Rules to compare; all of them without this.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub policies: Vec<Policy>,
    /// Writes the plot to this SVG file.
    #[arg(long)]
    pub plot: Option<PathBuf>,
    /// Prints JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "a number is wanted".to_owned())?;
    if number.is_finite() && (0.1..=100_000.0).contains(&number) {
        Ok(number)
    } else {
        Err("between 0.1 and 100,000".to_owned())
    }
}

/// Runs the laboratory.
///
/// # Errors
/// A file that cannot be read.
pub fn simulate(options: &SimulateOptions) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let (name, town, spots) = match &options.osm {
        Some(path) => of_streets(path, usize::from(options.units.unwrap_or(40)), &mut rng)?,
        None => synthetic(options.units.map(usize::from))?,
    };
    let days = if let Some(path) = &options.replay {
        let csv = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        read_replay(&csv, &spots, &mut rng).with_context(|| path.display().to_string())?
    } else {
        let hot = far_apart(&spots, HOT_SPOTS, &mut rng);
        let rate = Rate { per_day: options.per_day, hot_share: HOT_SHARE };
        (0..options.days).map(|_| draw(rate, &spots, &hot, &mut rng)).collect()
    };
    let policies = if options.policies.is_empty() { Policy::ALL.to_vec() } else { options.policies.clone() };
    let calls: usize = days.iter().map(Vec::len).sum();
    let bar = progress(policies.len() * days.len());
    let mut lived: Vec<(Policy, Vec<Vec<Option<Outcome>>>)> = Vec::new();
    for policy in policies {
        let day = |day: &Vec<Call>| {
            bar.inc(1);
            live(&town, policy, day)
        };
        lived.push((policy, days.iter().map(day).collect()));
    }
    bar.finish_and_clear();
    let results: Vec<(Policy, Figures, Option<Figure>)> = lived
        .iter()
        .map(|(policy, days)| {
            let first = &lived[0];
            let gain = (first.0 != *policy).then(|| figures::gain(&first.1, days, options.seed));
            (*policy, figures::of(days, options.seed), gain)
        })
        .collect();
    let title = format!("{name}: {} days, {calls} calls, {} units", days.len(), town.posts.len());
    if options.json {
        print_json(&title, &results)?;
    } else {
        print_table(&title, &results);
    }
    if let Some(path) = &options.plot {
        let curves: Vec<(&str, Vec<f64>)> =
            lived.iter().map(|(policy, days)| (policy.name(), figures::responses(days))).collect();
        std::fs::write(path, plot::svg(&title, &curves)).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn progress(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} days, {eta}") {
        bar.set_style(style);
    }
    bar
}

/// The synthetic Medan: its own units and Polsek, calls where its named places are.
fn synthetic(units: Option<usize>) -> Result<(String, Town, Vec<LngLat>)> {
    let city = synthetic_medan(1).context("building the synthetic city")?;
    let index = JurisdictionIndex::new(city.areas, city.polseks);
    let medan = |at: LngLat| index.find(at).is_some_and(|found| found.polres == "medan");
    let spots: Vec<LngLat> = city.places.iter().map(|place| place.at).filter(|at| medan(*at)).collect();
    let mut posts: Vec<Post> = Vec::new();
    for unit in city.units.iter().filter(|unit| unit.polres == "medan") {
        let kind: UnitKind = serde_json::from_value(serde_json::Value::String(unit.kind.clone()))
            .with_context(|| format!("the kind of {}", unit.call_sign))?;
        posts.push(Post { call_sign: unit.call_sign.clone(), kind, polsek: unit.polsek.clone(), at: unit.post });
    }
    posts.truncate(units.unwrap_or(posts.len()));
    let town = Town {
        travel: Arc::new(RoadTravel::prepared(Arc::new(city.roads))),
        posts,
        polsek_of: Box::new(move |at| index.find(at).map(|found| found.polsek)),
        plans: Plans::builtin()?,
    };
    Ok(("synthetic Medan".to_owned(), town, spots))
}

/// A town of streets alone: units and seats of Polsek spread over it, calls at its junctions.
fn of_streets(path: &PathBuf, units: usize, rng: &mut fastrand::Rng) -> Result<(String, Town, Vec<LngLat>)> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let import = osm::read(file, None).with_context(|| format!("reading {}", path.display()))?;
    let graph = Arc::new(RoadGraph::new(import.roads).with_context(|| name.clone())?);
    let spots = graph.nodes().to_vec();
    if spots.len() < 2 {
        bail!("{name} holds too few junctions for a simulation");
    }
    let seats = far_apart(&spots, SEATS, rng);
    let polsek_of = move |at: LngLat| {
        let near = seats.iter().enumerate().min_by(|a, b| a.1.distance_m(at).total_cmp(&b.1.distance_m(at)));
        near.map(|(seat, _)| format!("polsek-{}", seat + 1))
    };
    let kinds = [UnitKind::Car, UnitKind::Motorcycle, UnitKind::Traffic, UnitKind::Car];
    let posts = (0..units)
        .map(|n| {
            let at = spots[rng.usize(..spots.len())];
            Post { call_sign: format!("Unit-{:02}", n + 1), kind: kinds[n % kinds.len()], polsek: polsek_of(at), at }
        })
        .collect();
    let town = Town {
        travel: Arc::new(RoadTravel::prepared(graph)),
        posts,
        polsek_of: Box::new(polsek_of),
        plans: Plans::builtin()?,
    };
    Ok((name, town, spots))
}

fn print_table(title: &str, results: &[(Policy, Figures, Option<Figure>)]) {
    say(title);
    say("response time from the call to the arrival, minutes; in brackets 95 % intervals over days");
    let minutes =
        |figure: Figure| format!("{:5.2} [{:.2}–{:.2}]", figure.value / 60.0, figure.low / 60.0, figure.high / 60.0);
    let percent = |f: Figure| format!("{:4.1} % [{:.1}–{:.1}]", f.value * 100.0, f.low * 100.0, f.high * 100.0);
    say(&format!(
        "{:<28}{:>22}{:>22}{:>22}{:>24}{:>24}{:>13}",
        "policy", "half within", "9 of 10 within", "mean", "within 10 min", "a faster one was free", "by s (half)"
    ));
    for (policy, f, _) in results {
        say(&format!(
            "{:<28}{:>22}{:>22}{:>22}{:>24}{:>24}{:>13.0}",
            policy.name(),
            minutes(f.p50_s),
            minutes(f.p90_s),
            minutes(f.mean_s),
            percent(f.in_clock),
            percent(f.wrong),
            f.lost_p50_s
        ));
    }
    for (policy, _, gain) in results {
        if let Some(gain) = gain {
            say(&format!(
                "{}: {:.1} s sooner than {} on average [{:.1}–{:.1}]",
                policy.name(),
                gain.value,
                results[0].0.name(),
                gain.low,
                gain.high
            ));
        }
    }
    let unreached: usize = results.iter().map(|(_, f, _)| f.unreached).max().unwrap_or(0);
    if unreached > 0 {
        say(&format!("{unreached} calls lie where no unit has a way"));
    }
}

fn print_json(title: &str, results: &[(Policy, Figures, Option<Figure>)]) -> Result<()> {
    let rows: Vec<serde_json::Value> = results
        .iter()
        .map(|(policy, figures, gain)| {
            serde_json::json!({ "policy": policy.name(), "figures": figures, "gain_s": gain })
        })
        .collect();
    say(&serde_json::to_string_pretty(&serde_json::json!({ "title": title, "policies": rows }))?);
    Ok(())
}
