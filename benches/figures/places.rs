//! Point to kelurahan, travel times, understanding, geocoding: over the synthetic city.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context, Result};
use sigap::locate::gazetteer::Gazetteer;
use sigap::locate::geocode::{Query, geocode};
use sigap::locate::jurisdiction_index::JurisdictionIndex;
use sigap::model::place::LngLat;
use sigap::roads::travel_time::{RoadTravel, TravelTime};
use sigap::sim::city::{MIDDLE, synthetic_medan};
use sigap::train::Sets;
use sigap::understand::{self, Lexicon};

use crate::report::Table;
use crate::timer::{each_call_us, quantile};

const LATER: &str = "beside its peers from the next milestone on";

/// Invented messages as reporters write them.
const MESSAGES: [&str; 8] = [
    "tolong pak ada begal di jl krakatau dekat indomaret, motor saya dirampas",
    "KEBAKARAN RUMAH di gang melati kel tegal sari, api sudah besar",
    "ada kecelakaan truk sama motor, korban luka parah jln gatot subroto",
    "lampu merah simpang pos mati pak, macet parah",
    "tetangga saya ribut terus tiap malam putar musik keras",
    "pak suami saya memukul saya, saya takut",
    "anak saya hilang dari tadi sore umur 6 tahun baju merah di pasar petisah",
    "mau tanya cara perpanjang sim gimana ya pak",
];

/// Measures the rows.
///
/// # Errors
/// The city cannot be built.
pub fn measure(table: &mut Table) -> Result<()> {
    let city = synthetic_medan(1).context("building the city")?;
    let mut rng = fastrand::Rng::with_seed(3);
    let points: Vec<LngLat> =
        (0..4000).map(|_| MIDDLE.offset_m((rng.f64() - 0.5) * 18_000.0, (rng.f64() - 0.5) * 18_000.0)).collect();
    let count = city.areas.len();
    let index = JurisdictionIndex::new(city.areas, city.polseks);
    let times = each_call_us(20_000, |n| {
        black_box(index.containing(points[n % points.len()]));
    });
    table.ours(
        &format!("point to kelurahan, {count} areas, p50"),
        quantile(&times, 0.5),
        "µs",
        "goal ≤ 4 µs; among 83,000 see below",
    );
    table.ours(&format!("point to kelurahan, {count} areas, p99"), quantile(&times, 0.99), "µs", "goal ≤ 10 µs");
    let times = each_call_us(20_000, |n| drop(black_box(index.find(points[n % points.len()]))));
    table.ours("point to Polsek with border distance and neighbours, p50", quantile(&times, 0.5), "µs", LATER);
    let travel = RoadTravel::prepared(Arc::new(city.roads));
    for units in [12, 50] {
        let times = each_call_us(300, |n| {
            let to = points[(n * 7) % points.len()];
            let from: Vec<LngLat> = (0..units).map(|k| points[(n * 53 + k * 31) % points.len()]).collect();
            drop(black_box(travel.many_to_one(&from, to)));
        });
        let note = "units anywhere in the city, snapping included, turn costs on; goal ≤ 0.35 ms for 50";
        table.ours(
            &format!("travel time of {units} units to one incident, p50"),
            quantile(&times, 0.5) / 1000.0,
            "ms",
            note,
        );
        let near = each_call_us(300, |n| {
            let to = points[(n * 7) % points.len()];
            let from: Vec<LngLat> =
                (0..units).map(|_| to.offset_m((rng.f64() - 0.5) * 3000.0, (rng.f64() - 0.5) * 3000.0)).collect();
            drop(black_box(travel.many_to_one(&from, to)));
        });
        table.ours(
            &format!("travel time of the {units} units nearest by air, p50"),
            quantile(&near, 0.5) / 1000.0,
            "ms",
            "within 1.5 km",
        );
    }
    let lexicon = Lexicon::builtin();
    let times = each_call_us(4000, |n| drop(black_box(understand::read(&[MESSAGES[n % MESSAGES.len()]], &lexicon))));
    table.ours("understanding a message, p50", quantile(&times, 0.5) / 1000.0, "ms", "goal ≤ 0.2 ms");
    let labelled = Sets::builtin()?.eval;
    let times = each_call_us(2 * labelled.len(), |n| {
        drop(black_box(understand::read(&labelled[n % labelled.len()].texts(), &lexicon)));
    });
    let note = format!("{} held-out messages, goal ≤ 0.2 ms", labelled.len());
    table.ours("understanding a held-out message, p50", quantile(&times, 0.5) / 1000.0, "ms", &note);
    table.ours("understanding a held-out message, p99", quantile(&times, 0.99) / 1000.0, "ms", &note);
    let names = city.places.len();
    let phrases: Vec<String> = city.places.iter().step_by(17).map(|place| misspelt(&place.name, &mut rng)).collect();
    let gazetteer = Gazetteer::new(city.places);
    let times = each_call_us(2000, |n| {
        let query = Query { text: &phrases[n % phrases.len()], pin: None, near: None };
        drop(black_box(geocode(&query, &gazetteer)));
    });
    table.ours(
        &format!("fuzzy place search, {names} names, one typing error, p50"),
        quantile(&times, 0.5) / 1000.0,
        "ms",
        "goal ≤ 0.6 ms; among 100,000 see below",
    );
    Ok(())
}

/// One letter less.
fn misspelt(name: &str, rng: &mut fastrand::Rng) -> String {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    let gone = rng.usize(..letters.len().max(1));
    letters.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, letter)| *letter).collect()
}
