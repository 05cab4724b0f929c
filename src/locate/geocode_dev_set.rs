//! Figures on real names that are not part of the project: set `SIGAP_DEV_DATA` to the folder with
//! `geocode-dev.jsonl` and `SIGAP_DEV_GAZETTEER` to a list of desa (`kode,nama,kode_kecamatan,kecamatan,
//! kabupaten,luas_km2,lat,lon,…`); without them the test says that it is skipped.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::*;

/// One gazetteer per kabupaten code, kecamatan made of their desa.
fn gazetteers(text: &str) -> HashMap<String, Gazetteer> {
    let mut offices: HashMap<String, Vec<GazetteerEntry>> = HashMap::new();
    let mut kecamatan: BTreeMap<String, Vec<GazetteerEntry>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let row = crate::locate::gazetteer::fields(line);
        let number = |at: usize| row[at].parse::<f64>().unwrap_or(1.0);
        let entry = GazetteerEntry {
            name: row[1].clone(),
            kind: PlaceKind::Kelurahan,
            at: LngLat::new(number(7), number(6)),
            radius_m: (number(5) / std::f64::consts::PI).sqrt() * 1_500.0,
            kelurahan: row[1].clone(),
            kecamatan: row[3].clone(),
            kecamatan_code: row[2].clone(),
            desa_code: row[0].clone(),
            aliases: Vec::new(),
        };
        kecamatan.entry(row[2].clone()).or_default().push(entry.clone());
        offices.entry(row[0].chars().take(5).collect()).or_default().push(entry);
    }
    for (code, desa) in kecamatan {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen desa")]
        let count = desa.len() as f64;
        let mut whole = desa[0].clone();
        whole.at = LngLat::new(
            desa.iter().map(|d| d.at.lng).sum::<f64>() / count,
            desa.iter().map(|d| d.at.lat).sum::<f64>() / count,
        );
        whole.radius_m = desa.iter().map(|d| d.at.distance_m(whole.at) + d.radius_m).fold(0.0, f64::max);
        whole.name = whole.kecamatan.clone();
        whole.kind = PlaceKind::Kecamatan;
        whole.kelurahan.clear();
        whole.desa_code.clear();
        offices.entry(code.chars().take(5).collect()).or_default().push(whole);
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
            "landmark" => continue,
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
            eprintln!(
                "{} {:?} {:?} told {:?}",
                row["id"],
                row["text"],
                expect["desa"],
                told.candidates
                    .iter()
                    .take(3)
                    .map(|one| (&one.entry.name, &one.entry.kecamatan, one.score))
                    .collect::<Vec<_>>()
            );
        }
    }
    times.sort_unstable();
    eprintln!(
        "right {right} of {asked}, placed {placed} of which wrong {wrong}, p50 {:?} max {:?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
    assert!(right / asked >= 0.9, "{right} of {asked}");
}
