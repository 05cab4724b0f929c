//! Figures on real names that are not part of the project: set `SIGAP_DEV_DATA` to the folder with
//! `geocode-dev.jsonl` and `SIGAP_DEV_GAZETTEER` to a list of desa as the ministry gives it; without them
//! the tests say that they are skipped.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::*;
use crate::locate::gazetteer::parse_csv;

/// One gazetteer per kabupaten code.
fn gazetteers(text: &str) -> BTreeMap<String, Gazetteer> {
    let mut offices: BTreeMap<String, Vec<GazetteerEntry>> = BTreeMap::new();
    for entry in parse_csv(text).unwrap() {
        offices.entry(entry.desa_code.chars().take(5).collect()).or_default().push(entry);
    }
    offices.into_iter().map(|(code, entries)| (code, Gazetteer::new(entries))).collect()
}

fn read(variable: &str, file: &str) -> Option<String> {
    let path = std::env::var(variable).ok()?;
    std::fs::read_to_string(std::path::Path::new(&path).join(file)).or_else(|_| std::fs::read_to_string(path)).ok()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a report for people, timed")]
fn real_village_names_are_found() {
    let (Some(rows), Some(desa)) = (read("SIGAP_DEV_DATA", "geocode-dev.jsonl"), read("SIGAP_DEV_GAZETTEER", ""))
    else {
        eprintln!("skipped: SIGAP_DEV_DATA or SIGAP_DEV_GAZETTEER is not set");
        return;
    };
    let offices = gazetteers(&desa);
    let (mut asked, mut right, mut times) = (0.0, 0.0, Vec::new());
    let (mut placed, mut wrong) = (0.0, 0.0);
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let code = match row["office"].as_str().unwrap() {
            "medan" => "12.71",
            "jombang" => "35.17",
            "kudus" => "33.19",
            _ => "33.14",
        };
        let query = Query { text: row["text"].as_str().unwrap(), pin: None, near: None };
        let begin = Instant::now();
        let told = geocode(&query, &offices[code]);
        times.push(begin.elapsed());
        let best = told.candidates.first();
        let expect = &row["expect"];
        let kind = row["kind"].as_str().unwrap();
        let code = best.map(|best| {
            if kind == "kecamatan" { best.entry.kecamatan_code.as_str() } else { best.entry.desa_code.as_str() }
        });
        let fits = match kind {
            "ambiguous" => told.ambiguous,
            "outside" | "no_location" => told.place.is_none(),
            "coordinates" => told.place.as_ref().is_some_and(|place| Some(place.lat) == expect["lat"].as_f64()),
            // A landmark is not in a list of desa: what counts is that it is not put elsewhere.
            "landmark" => told.place.is_none() || code == expect["desa_code"].as_str(),
            "kecamatan" => {
                code == expect["kecamatan_code"].as_str()
                    && best.is_some_and(|best| best.entry.kind == PlaceKind::Kecamatan)
            }
            _ => code == expect["desa_code"].as_str(),
        };
        asked += 1.0;
        right += f64::from(u8::from(fits));
        placed += f64::from(u8::from(told.place.is_some()));
        wrong += f64::from(u8::from(told.place.is_some() && !fits));
        if !fits {
            let names = told.candidates.iter().take(3).map(|one| (&one.entry.name, &one.entry.kecamatan, one.score));
            let names: Vec<_> = names.collect();
            eprintln!("{} {:?} {:?} told {names:?}", row["id"], row["text"], expect["desa"]);
        }
    }
    times.sort_unstable();
    let (p50, most) = (times[times.len() / 2], times[times.len() - 1]);
    eprintln!("right {right} of {asked}, placed {placed} of which wrong {wrong}, p50 {p50:?} max {most:?}");
    assert!(right / asked >= 0.97 && wrong / asked < 0.02, "{right} of {asked}, wrong {wrong}");
}

/// How people say a desa and its kecamatan.
const PHRASES: [&str; 16] = [
    "{d}",
    "ds {d}",
    "kel. {d}",
    "{d} {k}",
    "ds. {d} kec. {k}",
    "{k} {d}",
    "kec {k} desa {d}",
    "{d}, {k}, {c}",
    "dsn Krajan ds {d} {k}",
    "rt 3 rw 2 desa {d}",
    "dekat masjid {d}",
    "belakang balai desa {d}",
    "jl raya {d} {k}",
    "sawah {d} dkt makam",
    "warung depan kantor kelurahan {d}",
    "{d} tolong segera pak",
];

/// Phrases made from all real names: right kecamatan, right desa, wrong and confident.
#[test]
fn real_names_in_made_up_phrases_are_found() {
    let Some(desa) = read("SIGAP_DEV_GAZETTEER", "") else {
        eprintln!("skipped: SIGAP_DEV_GAZETTEER is not set");
        return;
    };
    for edits in [0, 1] {
        let mut rng = fastrand::Rng::with_seed(11);
        let (mut asked, mut desa_right, mut kecamatan_right, mut wrong) = (0.0, 0.0, 0.0, 0.0);
        for (code, gazetteer) in gazetteers(&desa) {
            let city = super::super::regencies::of_code(&code).unwrap().name.trim_start_matches("Kota ");
            let all: Vec<_> = gazetteer.entries().filter(|entry| entry.kind == PlaceKind::Kelurahan).collect();
            let mut bearers: HashMap<String, usize> = HashMap::new();
            all.iter().for_each(|entry| *bearers.entry(entry.name.replace(' ', "").to_lowercase()).or_default() += 1);
            for phrase in PHRASES {
                for entry in all.iter().filter(|_| rng.usize(..4) == 0).collect::<Vec<_>>() {
                    let unique = bearers[&entry.name.replace(' ', "").to_lowercase()] == 1;
                    if !unique && !phrase.contains("{k}") {
                        continue;
                    }
                    let name =
                        if edits == 1 { super::tests::misspelt(&entry.name, &mut rng) } else { entry.name.clone() };
                    let text = phrase.replace("{d}", &name).replace("{k}", &entry.kecamatan).replace("{c}", city);
                    let told = geocode(&Query { text: &text, pin: None, near: None }, &gazetteer);
                    let first = told.candidates.first();
                    let there = first.is_some_and(|one| one.entry.kecamatan_code == entry.kecamatan_code);
                    let same = entry.name == entry.kecamatan && there;
                    let right = same || first.is_some_and(|one| one.entry.desa_code == entry.desa_code);
                    let count = |yes: bool| f64::from(u8::from(yes));
                    asked += 1.0;
                    desa_right += count(right);
                    kecamatan_right += count(there);
                    wrong += count(told.place.is_some() && !right);
                }
            }
        }
        let shares = [kecamatan_right / asked, desa_right / asked, wrong / asked];
        eprintln!("{edits} edits, {asked} phrases: kecamatan, desa right, wrong and confident {shares:.4?}");
        assert!(shares[0] >= 0.95 && shares[1] >= 0.9 && shares[2] < 0.02, "{shares:?}");
    }
}
