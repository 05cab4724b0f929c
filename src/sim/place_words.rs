//! How people in a hurry write: where they are, and with which slips.

use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};

/// The place as somebody standing there would write it.
#[must_use]
pub fn place_words(place: &GazetteerEntry, rng: &mut fastrand::Rng) -> String {
    let name = &place.name;
    let mut words = match place.kind {
        PlaceKind::Landmark => {
            let beside = ["dekat", "dpn", "depan", "samping", "di", "belakang"];
            format!("{} {name}", beside[rng.usize(..beside.len())])
        }
        PlaceKind::Intersection => format!("{} {name}", ["di", "pas"][rng.usize(..2)]),
        _ => format!("di {name}"),
    };
    let lane = place.kind == PlaceKind::Gang;
    if !place.kelurahan.is_empty() && (lane || rng.f32() < 0.3) {
        words = format!("{words} {} {}", ["kel", "kelurahan", ""][rng.usize(..3)], place.kelurahan);
    } else if !place.kecamatan.is_empty() && rng.f32() < 0.2 {
        words = format!("{words} {}", place.kecamatan);
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if rng.f32() < 0.5 { words.to_lowercase() } else { words }
}

/// One slip of the thumb in a word of five letters or more; slots in braces stay whole.
#[must_use]
pub fn typo(text: &str, rng: &mut fastrand::Rng) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long = |word: &&mut String| word.chars().count() >= 5 && word.chars().all(char::is_alphabetic);
    let count = words.iter_mut().filter(|word| long(word)).count();
    if count == 0 {
        return text.to_owned();
    }
    let chosen = rng.usize(..count);
    if let Some(word) = words.iter_mut().filter(|word| long(word)).nth(chosen) {
        let mut letters: Vec<char> = word.chars().collect();
        let at = rng.usize(1..letters.len() - 1);
        match rng.u8(..3) {
            0 => letters.swap(at, at + 1),
            1 => drop(letters.remove(at)),
            _ => letters.insert(at, letters[at]),
        }
        *word = letters.into_iter().collect();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::LngLat;

    #[test]
    fn the_name_of_the_place_is_always_said() {
        let mut rng = fastrand::Rng::with_seed(1);
        for kind in
            [PlaceKind::Street, PlaceKind::Gang, PlaceKind::Landmark, PlaceKind::Intersection, PlaceKind::Kilometre]
        {
            let place = GazetteerEntry {
                name: "Pajak Sore".to_owned(),
                kind,
                at: LngLat::new(98.6, 3.5),
                radius_m: 50.0,
                kelurahan: "Suka Contoh".to_owned(),
                kecamatan: "Medan Contoh".to_owned(),
                kecamatan_code: String::new(),
                desa_code: String::new(),
                aliases: Vec::new(),
            };
            for _ in 0..50 {
                let words = place_words(&place, &mut rng);
                assert!(words.to_lowercase().contains("pajak sore"), "{words}");
                assert!(!words.contains("  "), "{words}");
            }
        }
    }

    #[test]
    fn a_slip_changes_one_word_and_never_a_slot() {
        let mut rng = fastrand::Rng::with_seed(2);
        let text = "tolong ada begal {place} pak {who}";
        for _ in 0..200 {
            let slipped = typo(text, &mut rng);
            assert!(slipped.contains("{place}") && slipped.contains("{who}"), "{slipped}");
            let changed = text.split(' ').zip(slipped.split(' ')).filter(|(a, b)| a != b).count();
            assert!(changed <= 1, "{slipped}");
        }
        assert_eq!(typo("pak ada", &mut rng), "pak ada");
    }
}
