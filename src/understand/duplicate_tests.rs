//! One event or two: what a dispatcher would say, case by case.

use super::*;
use crate::model::place::{LngLat, PlaceSource};

const NOON: Timestamp = Timestamp::from_secs(1_795_237_200);
const CORNER: LngLat = LngLat::new(98.67, 3.59);

fn place(east_m: f64, radius_m: f64, label: &str) -> Place {
    let at = CORNER.offset_m(east_m, 0.0);
    Place {
        lng: at.lng,
        lat: at.lat,
        radius_m,
        source: PlaceSource::Pin,
        label: label.to_owned(),
        confidence: 1.0,
        because: String::new(),
    }
}

fn telling<'a>(category: Category, place: Option<&'a Place>, minute: i64, said: &str) -> Telling<'a> {
    Telling { category, place, at: NOON.plus_secs(minute * 60), words: Words::of(&[said]) }
}

fn score(one: &Telling<'_>, other: &Telling<'_>) -> f64 {
    compare(one, other).map_or(0.0, |likeness| likeness.score)
}

#[test]
fn two_who_see_one_fire_are_alike_and_it_is_said_why() {
    let (a, b) = (place(0.0, 20.0, "Jl. Melati"), place(40.0, 50.0, "Jl. Melati"));
    let one = telling(Category::Kebakaran, Some(&a), 0, "kebakaran gudang cat di samping masjid");
    let other = telling(Category::Kebakaran, Some(&b), 3, "ada api besar, gudang cat terbakar samping masjid");
    let likeness = compare(&one, &other).unwrap();
    assert!(likeness.score > 0.9, "{likeness:?}");
    let codes: Vec<_> = likeness.clues.iter().map(|clue| clue.code).collect();
    assert_eq!(codes, ["near", "same_name", "category", "time", "words"]);
    assert!(likeness.clues[0].text.contains("40 m") && likeness.clues[4].text.contains("masjid"), "{likeness:?}");
}

#[test]
fn distance_time_and_matter_each_set_two_events_apart() {
    let (here, far) = (place(0.0, 20.0, ""), place(1500.0, 20.0, ""));
    let fire = telling(Category::Kebakaran, Some(&here), 0, "api di pasar");
    assert_eq!(compare(&fire, &telling(Category::Kebakaran, Some(&far), 2, "api di pasar")), None);
    assert_eq!(compare(&fire, &telling(Category::Kebakaran, Some(&here), 181, "api di pasar")), None);
    assert_eq!(compare(&fire, &telling(Category::Kejahatan, Some(&here), 2, "dompet di pasar")), None);
    let soon = score(&fire, &telling(Category::Kebakaran, Some(&here), 2, "api di pasar"));
    let late = score(&fire, &telling(Category::Kebakaran, Some(&here), 100, "api di pasar"));
    assert!(soon > late && late > WORTH_A_LOOK, "{soon} {late}");
}

#[test]
fn the_radii_of_both_places_count() {
    let (pin, street, block) = (place(0.0, 20.0, ""), place(400.0, 500.0, ""), place(400.0, 20.0, ""));
    let one = telling(Category::LakaLantas, Some(&pin), 0, "tabrakan");
    let wide = compare(&one, &telling(Category::LakaLantas, Some(&street), 1, "tabrakan")).unwrap();
    let sharp = compare(&one, &telling(Category::LakaLantas, Some(&block), 1, "tabrakan")).unwrap();
    assert!(wide.score > sharp.score, "400 m is within the street and beyond the block");
    assert!(wide.score < 0.9, "a wide place proves little");
}

#[test]
fn categories_of_one_event_are_kin_and_questions_never_are() {
    let here = place(0.0, 20.0, "");
    let crash = telling(Category::LakaLantas, Some(&here), 0, "truk menabrak angkot");
    let jam = telling(Category::Kemacetan, Some(&here), 5, "antre panjang, truk melintang dengan angkot");
    assert!(score(&crash, &jam) > WORTH_A_LOOK);
    for &one in Category::ALL {
        for &other in Category::ALL {
            assert!((kinship(one, other) - kinship(other, one)).abs() < 1e-9, "{one:?} {other:?}");
        }
    }
    let sim = telling(Category::Sim, Some(&here), 0, "syarat perpanjangan sim");
    assert_eq!(compare(&sim, &sim), None);
}

#[test]
fn one_number_plate_is_one_car_however_it_is_written() {
    let far = place(1800.0, 20.0, "");
    let here = place(0.0, 20.0, "");
    let one = telling(Category::Kejahatan, Some(&here), 0, "mobil dibawa kabur, BK 1234 ABC warna merah");
    let other = telling(Category::LakaLantas, Some(&far), 10, "bk1234abc tabrak lari");
    let likeness = compare(&one, &other).unwrap();
    assert_eq!(likeness.clues[0].code, "plate");
    assert!(likeness.clues[0].text.contains("BK1234ABC"));
    assert!(!is_plate("km12") && !is_plate("jalan12a") && is_plate("b1234x"));
}

#[test]
fn without_a_place_only_the_words_can_propose() {
    let here = place(0.0, 20.0, "");
    let placed = telling(Category::Kebakaran, Some(&here), 0, "gudang cat terbakar samping masjid raya");
    let silent = telling(Category::Kebakaran, None, 1, "kebakaran tolong cepat");
    let telling_words = telling(Category::Kebakaran, None, 1, "gudang cat samping masjid raya terbakar");
    assert!(score(&placed, &silent) < score(&placed, &telling_words));
    assert!(score(&placed, &telling_words) >= WORTH_A_LOOK);
}

#[test]
fn the_common_words_are_sorted_and_each_stands_once() {
    let mut sorted: Vec<&str> = COMMON.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), COMMON.len());
}

#[test]
fn ten_thousand_letters_of_anything_are_compared_without_harm() {
    let long = "\u{202e}<script>\u{0}ꦲ ".repeat(1000);
    let one = telling(Category::Kebakaran, None, 0, &long);
    assert!(compare(&one, &one).unwrap().score <= 1.0);
}
