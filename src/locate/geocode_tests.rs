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

#[test]
fn the_shortlist_loses_nothing_that_a_scan_over_all_names_finds() {
    let mut rng = fastrand::Rng::with_seed(19);
    let names = villages(1_200, &mut rng);
    let entries = names.iter().enumerate().map(|(number, name)| {
        let kecamatan = &names[number / 15];
        let mut one = entry(name, PlaceKind::Kelurahan, 110.0 + rng.f64(), -7.0 - rng.f64(), name, kecamatan);
        one.kecamatan_code = format!("99.{:02}", number / 15);
        one.desa_code = format!("99.{:02}.{number}", number / 15);
        one
    });
    let gazetteer = Gazetteer::new(entries.collect::<Vec<_>>());
    let all = gazetteer.all_keys();
    let (mut same, mut better) = (0, Vec::new());
    for round in 0..300 {
        let wanted = gazetteer.entry(rng.usize(..1_200));
        let mut text = misspelt(&wanted.name, &mut rng);
        if round % 2 == 0 {
            text = misspelt(&text, &mut rng);
        }
        if round % 4 != 0 {
            text = format!("{text} {}", misspelt(&wanted.kecamatan, &mut rng));
        }
        let query = Query { text: &text, pin: None, near: None };
        let phrase = address::read(&text);
        let judged = ranked(&query, &phrase, &all, &gazetteer, None).0;
        let found = geocode(&query, &gazetteer).candidates;
        let score = |list: &[Candidate]| list.first().map_or(0.0, |one| one.score.min(0.99));
        if (score(&judged) - score(&found)).abs() < 1e-9 {
            same += 1;
        } else {
            better.push((text, score(&judged), score(&found)));
        }
    }
    assert!(same >= 294, "{same} of 300 as good as the scan: {better:?}");
}

#[test]
fn a_place_reaches_as_far_as_its_name_and_the_way_it_is_pointed_at() {
    let radius = |text: &str| ask(text).candidates[0].radius_m;
    let mut town = town().entries().collect::<Vec<_>>();
    for one in &mut town {
        if matches!(one.kind, PlaceKind::Landmark | PlaceKind::Intersection) {
            one.radius_m = 60.0;
        }
    }
    let town = Gazetteer::new(town);
    let spot = |text: &str| geocode(&Query { text, pin: None, near: None }, &town).candidates[0].radius_m;
    assert_eq!((spot("simpang pos"), spot("depan simpang pos")), (60.0, 100.0));
    assert_eq!((spot("dekat simpang pos"), spot("sebelum simpang pos")), (210.0, 460.0));
    assert_eq!((radius("ds gedangan sumobito"), radius("kec sumobito")), (900.0, 4_000.0));
}

#[test]
fn the_parts_that_matched_are_named_by_the_gazetteer() {
    let best = ask("gang 3 rt 02 kel sitirejo medan kota").candidates.remove(0);
    let parts: Vec<(PartKind, &str)> = best.parts.iter().map(|one| (one.part, one.name.as_str())).collect();
    assert_eq!(
        parts,
        [(PartKind::Name, "Gg. 3"), (PartKind::Kelurahan, "Sitirejo"), (PartKind::Kecamatan, "Medan Kota")]
    );
    assert!(best.because.contains("RT 2 tidak ada di data"), "{}", best.because);
}

fn road() -> Gazetteer {
    let stone = |km: u32, lng: f64| {
        let name = format!("Jl. Medan–Binjai Km {km}");
        let mut one = entry(&name, PlaceKind::Kilometre, lng, 3.6, "Lalang", "Sunggal");
        one.radius_m = 500.0;
        one
    };
    let mut all = vec![stone(10, 98.600), stone(11, 98.591), stone(13, 98.573)];
    for (name, lng, lat) in [("Jl. Krakatau", 98.70, 3.62), ("Jl. Cemara", 98.705, 3.624), ("Jl. Jauh", 98.50, 3.40)] {
        all.push(entry(name, PlaceKind::Street, lng, lat, "Pulo Brayan", "Medan Timur"));
    }
    Gazetteer::new(all)
}

#[test]
fn a_kilometre_between_two_stones_is_put_between_them() {
    let on = |text: &str| geocode(&Query { text, pin: None, near: None }, &road());
    let exact = on("km 11 jln medan-binjai");
    assert_eq!(
        exact.place.as_ref().map(|place| (place.label.as_str(), place.lng)),
        Some(("Jl. Medan–Binjai Km 11", 98.591))
    );
    let between = on("jalan Medan Binjai km 12,5").place.unwrap();
    assert_eq!(between.label, "Jl. Medan–Binjai Km 12,5");
    assert!((between.lng - 98.5775).abs() < 1e-6 && (400.0..600.0).contains(&between.radius_m), "{between:?}");
    assert!(on("km 30 jln medan binjai").place.is_none());
}

#[test]
fn two_streets_meet_where_they_come_near_each_other() {
    let on = |text: &str| geocode(&Query { text, pin: None, near: None }, &road());
    let crossing = on("simpang krakatau - cemara");
    let place = crossing.place.clone().unwrap_or_else(|| unreachable!("{crossing:?}"));
    assert_eq!(place.label, "Simpang Krakatau–Cemara");
    assert!(place.point().distance_m(LngLat::new(98.7025, 3.622)) < 100.0, "{place:?}");
    assert!(on("simpang krakatau - jauh").candidates.iter().all(|one| one.entry.kind != PlaceKind::Intersection));
}

#[test]
fn the_earlier_pin_or_the_office_decides_between_two_of_a_name() {
    let town = town();
    let query = |near| Query { text: "desa gedangan", pin: None, near };
    let beside = geocode(&query(Some(LngLat::new(112.282, -7.612))), &town);
    assert_eq!(beside.candidates[0].entry.kecamatan, "Mojowarno");
    let office = |code: &str, [west, south, east, north]: [f64; 4]| {
        let mut area = super::super::jurisdiction_index::tests::area(code, code, [0.0; 4]);
        code.clone_into(&mut area.polres);
        area.shape = geo::Rect::new((west, south), (east, north)).to_polygon().into();
        area
    };
    let sumobito = office("a", [112.3, -7.55, 112.4, -7.45]);
    let areas = JurisdictionIndex::new(vec![sumobito, office("b", [112.2, -7.65, 112.3, -7.56])], Vec::new());
    let asked_by = |code: &str| geocode_in(&query(None), &town, Home::of(code, &areas).as_ref());
    let own = |code: &str| asked_by(code).place.map(|place| place.point());
    assert_eq!(own("a"), Some(LngLat::new(112.31, -7.49)));
    assert_eq!(own("b"), Some(LngLat::new(112.28, -7.61)));
    // An office that has neither decides nothing.
    assert!(asked_by("c").ambiguous && own("c").is_none());
}

#[test]
fn a_number_left_out_is_a_question_and_a_wrong_one_another_place() {
    let mut all: Vec<GazetteerEntry> = town().entries().collect();
    for (number, lng) in [("I", 98.72), ("II", 98.74), ("III", 98.76)] {
        let name = format!("Tegal Sari Mandala {number}");
        all.push(entry(&name, PlaceKind::Kelurahan, lng, 3.57, &name, "Medan Denai"));
    }
    let town = Gazetteer::new(all);
    let on = |text: &str| geocode(&Query { text, pin: None, near: None }, &town);
    let open = on("kel tegal sari mandala");
    assert!(open.ambiguous && open.place.is_none() && open.candidates.len() == 3, "{open:?}");
    assert_eq!(on("kel tegal sari mandala 2").place.unwrap().label, "Tegal Sari Mandala II");
    assert!(on("kel tegal sari mandala 4").place.is_none());
}

#[test]
fn what_somebody_chose_keeps_its_name_radius_and_parts() {
    let shown = ask("ds gedangan sumobito");
    let candidate = &shown.candidates[0];
    let chosen = shown.chosen(candidate.at, Some("Gedangan")).unwrap();
    assert_eq!((chosen.label.as_str(), chosen.radius_m), ("Gedangan", 900.0));
    let parts: Vec<(PartKind, &str)> = chosen.parts.iter().map(|one| (one.part, one.name.as_str())).collect();
    assert_eq!(parts, [(PartKind::Name, "Gedangan"), (PartKind::Kecamatan, "Sumobito")]);
    assert_eq!(shown.chosen(candidate.at, Some("Kayen")), None);
    assert_eq!(shown.chosen(candidate.at.offset_m(30.0, 0.0), None), None);
    let point = ask("3.5952, 98.6722");
    assert_eq!(point.chosen(LngLat::new(98.6722, 3.5952), None), point.place);
}

#[test]
fn another_regency_is_heard_and_nothing_is_put_there() {
    let mut all: Vec<GazetteerEntry> = town().entries().collect();
    for one in &mut all {
        one.kecamatan_code = format!("35.17.{:02}", one.kecamatan.len());
    }
    let town = Gazetteer::new(all);
    let on = |text: &str| geocode(&Query { text, pin: None, near: None }, &town);
    let away = on("Gedangan, Kab. Sidoarjo");
    assert_eq!((away.elsewhere.as_deref(), away.place), (Some("Sidoarjo"), None));
    assert_eq!(on("gedangan mojowarno jombang").elsewhere, None);
    assert!(on("gedangan mojowarno jombang").place.is_some());
}

#[test]
fn a_short_plus_code_is_found_beside_the_place_it_names() {
    let town = town();
    let full = super::super::plus_code::encode(LngLat::new(98.702, 3.561), 10);
    let short = full.get(4..).unwrap();
    let text = format!("{short} Medan Kota, Sumatera Utara");
    let place = geocode(&Query { text: &text, pin: None, near: Some(LngLat::new(98.69, 3.55)) }, &town).place.unwrap();
    assert!(place.point().distance_m(LngLat::new(98.702, 3.561)) < 15.0 && place.radius_m < 20.0, "{place:?}");
    assert_eq!(place.source, PlaceSource::Coordinates);
    assert!(place.because.contains(short));
}

/// Desa of three kabupaten: name, kecamatan, its code.
fn three_regencies() -> Gazetteer {
    let rows = [
        ("Tada", "Tinombo Selatan", "72.08.11"),
        ("Tada Timur", "Tinombo Selatan", "72.08.11"),
        ("Ujung Tinggi", "Simeulue Timur", "11.09.01"),
        ("Linggi", "Simeulue Timur", "11.09.01"),
        ("Jamur Ujung", "Simeulue Timur", "11.09.01"),
        ("Tihang", "Lengkiti", "16.01.08"),
        ("Lubuk Batang", "Lengkiti", "16.01.08"),
    ];
    let made = |(n, (name, kecamatan, code)): (u32, (&str, &str, &str))| {
        let east = f64::from(n) * 0.05;
        let mut one = entry(name, PlaceKind::Kelurahan, 104.0 + east, -4.0, name, kecamatan);
        (one.kecamatan_code, one.desa_code) = (code.to_owned(), format!("{code}.{}", 2001 + n));
        one
    };
    Gazetteer::new((0..).zip(rows).map(made))
}

#[test]
fn of_names_that_fit_alike_the_one_with_fewer_wrong_letters_goes_first() {
    let villages = three_regencies();
    for (text, name) in [
        ("tada tiumr parigimuotong", "Tada Timur"),
        ("tada parigi moutong", "Tada"),
        ("ujung tinggi simeulue timur simeulue", "Ujung Tinggi"),
        ("linggi simeulue timur", "Linggi"),
        ("jamur ujung", "Jamur Ujung"),
        ("tihnag ogan komering ulu", "Tihang"),
    ] {
        let found = geocode(&Query { text, pin: None, near: None }, &villages);
        let first = found.candidates.first().map(|one| one.entry.name.as_str());
        assert_eq!(first, Some(name), "{text}: {found:?}");
    }
}
