//! Phrases people write, and where they mean.

use proptest::prelude::*;

use super::*;

fn entry(name: &str, kind: PlaceKind, lng: f64, lat: f64, kelurahan: &str, kecamatan: &str) -> GazetteerEntry {
    GazetteerEntry {
        name: name.to_owned(),
        kind,
        at: LngLat::new(lng, lat),
        radius_m: if kind == PlaceKind::Kecamatan { 4_000.0 } else { 900.0 },
        kelurahan: kelurahan.to_owned(),
        kecamatan: kecamatan.to_owned(),
        kecamatan_code: if kecamatan.is_empty() { String::new() } else { format!("99.{}", kecamatan.len()) },
        desa_code: if kelurahan.is_empty() {
            String::new()
        } else {
            format!("99.{}.{}", kecamatan.len(), kelurahan.len())
        },
        aliases: Vec::new(),
    }
}

fn town() -> Gazetteer {
    use PlaceKind::{Gang, Intersection, Kecamatan, Kelurahan, Landmark, Street};
    let mut market = entry("Pasar Simpang Limun", Landmark, 98.69, 3.55, "Sudirejo", "Medan Kota");
    market.aliases.push("Pajak Limun".to_owned());
    Gazetteer::new(vec![
        entry("Gedangan", Kelurahan, 112.28, -7.61, "Gedangan", "Mojowarno"),
        entry("Gedangan", Kelurahan, 112.31, -7.49, "Gedangan", "Sumobito"),
        entry("Sumobito", Kecamatan, 112.33, -7.51, "", "Sumobito"),
        entry("Sumobito", Kelurahan, 112.34, -7.52, "Sumobito", "Sumobito"),
        entry("Bulung Kulon", Kelurahan, 110.93, -6.80, "Bulung Kulon", "Jekulo"),
        entry("Jl. Sisingamangaraja", Street, 98.70, 3.56, "Sitirejo", "Medan Kota"),
        entry("Jl. Gatot Subroto", Street, 98.65, 3.59, "Sei Sikambing", "Medan Petisah"),
        entry("Gg. 3", Gang, 98.71, 3.57, "Sitirejo", "Medan Kota"),
        entry("Gg. 13", Gang, 98.61, 3.47, "Tegal", "Medan Area"),
        entry("Simpang Pos", Intersection, 98.66, 3.53, "Kwala Bekala", "Medan Johor"),
        market,
    ])
}

fn ask(text: &str) -> Located {
    geocode(&Query { text, pin: None, near: None }, &town())
}

fn label(text: &str) -> Option<String> {
    ask(text).place.map(|place| place.label)
}

#[test]
fn what_people_write_finds_the_name() {
    for (text, name) in [
        ("ds gedangan sumobito", "Gedangan"),
        ("bulungkulon", "Bulung Kulon"),
        ("dpn indomaret jl SM Raja", "Jl. Sisingamangaraja"),
        ("gatsu", "Jl. Gatot Subroto"),
        ("gg.3", "Gg. 3"),
        ("sp pos", "Simpang Pos"),
        ("pajak limun", "Pasar Simpang Limun"),
        ("jln sisingamangraja", "Jl. Sisingamangaraja"),
    ] {
        assert_eq!(label(text).as_deref(), Some(name), "{text}: {:?}", ask(text));
    }
}

#[test]
fn a_name_borne_by_two_places_stays_ambiguous_until_something_decides() {
    let located = ask("desa gedangan");
    assert!(located.ambiguous && located.place.is_none() && located.candidates.len() >= 2);
    assert!(!ask("gedangan mojowarno").ambiguous);
}

#[test]
fn a_kecamatan_and_its_kelurahan_of_the_same_name_are_no_question() {
    let located = ask("kec sumobito");
    assert!(!located.ambiguous);
    assert_eq!(located.candidates[0].entry.kind, PlaceKind::Kecamatan);
}

#[test]
fn the_unknown_is_not_placed() {
    for text in ["", "belakang rumah pak RT", "desa Cukir Jombang", "di sana itu", "gg 4"] {
        let located = ask(text);
        assert!(located.place.is_none() && !located.ambiguous, "{text}: {located:?}");
    }
}

#[test]
fn a_pin_goes_first_and_a_bad_one_is_told() {
    let pin = |lng, lat| geocode(&Query { text: "gatsu", pin: Some(LngLat::new(lng, lat)), near: None }, &town());
    assert_eq!(pin(98.6, 3.5).place.unwrap().label, "Titik tanpa nama");
    assert_eq!(pin(98.6902, 3.5501).place.unwrap().label, "Dekat Pasar Simpang Limun");
    let swapped = pin(3.5, 98.6);
    assert_eq!(swapped.place.unwrap().source, PlaceSource::Gazetteer);
    assert!(swapped.note.unwrap().contains("tertukar"));
    assert!(ask("https://maps.app.goo.gl/xyz").note.unwrap().contains("tautan"));
    assert_eq!(ask("3.5952, 98.6722").place.unwrap().source, PlaceSource::Coordinates);
}

proptest! {
    #[test]
    fn any_text_is_survived_and_labels_come_from_the_gazetteer(text in "\\PC{0,80}|((jl|gg|km|desa|gedangan|3|,|\\u{301}|ꦲ) ?){0,30}") {
        let town = town();
        if let Some(place) = geocode(&Query { text: &text, pin: None, near: None }, &town).place
            && place.source == PlaceSource::Gazetteer {
            prop_assert!(town.entries().any(|entry| entry.name == place.label));
        }
    }
}

/// Names of invented villages, made of syllables, all different.
fn villages(count: usize, rng: &mut fastrand::Rng) -> Vec<String> {
    let parts = [
        "su", "ka", "ma", "ju", "ker", "to", "wo", "no", "sa", "ri", "ban", "dung", "ge", "dang", "an", "tan", "jung",
        "pu", "ro", "si", "do", "lu", "hur", "ci", "beng", "kel", "mo", "jo",
    ];
    let mut names = std::collections::BTreeSet::new();
    while names.len() < count {
        let name: String = (0..rng.usize(3..5)).map(|_| parts[rng.usize(..parts.len())]).collect();
        names.insert(name);
    }
    names.into_iter().collect()
}

/// One letter wrong, missing, doubled or exchanged with its neighbour.
pub(super) fn misspelt(name: &str, rng: &mut fastrand::Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 2 {
        return name.to_owned();
    }
    let at = rng.usize(1..letters.len());
    match rng.usize(..4) {
        0 => letters[at] = rng.lowercase(),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => letters.swap(at - 1, at),
    }
    letters.into_iter().collect()
}

#[test]
fn misspelt_villages_are_found_first_in_ninety_six_of_a_hundred() {
    let mut rng = fastrand::Rng::with_seed(7);
    let names = villages(2_000, &mut rng);
    let entries = names.iter().enumerate().map(|(number, name)| {
        let kecamatan = &names[number / 20];
        entry(name, PlaceKind::Kelurahan, 110.0 + rng.f64(), -7.0 - rng.f64(), name, kecamatan)
    });
    let gazetteer = Gazetteer::new(entries);
    let hits = (0..500)
        .filter(|_| {
            let wanted = &gazetteer.entry(rng.usize(..2_000));
            let text = format!("ds {} {}", misspelt(&wanted.name, &mut rng), wanted.kecamatan);
            let located = geocode(&Query { text: &text, pin: None, near: None }, &gazetteer);
            located.candidates.first().is_some_and(|best| best.entry.name == wanted.name)
        })
        .count();
    assert!(hits >= 480, "found {hits} of 500");
}
