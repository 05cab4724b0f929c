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
        parts: Vec::new(),
    }
}

fn telling<'a>(category: Category, place: Option<&'a Place>, minute: i64, said: &str) -> Telling<'a> {
    Telling { category, called: category.label(), place, at: NOON.plus_secs(minute * 60), words: Words::of(&[said]) }
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

/// What people write of five kinds of events, each in his own words.
const SAID: [(Category, [&str; 8]); 5] = [
    (
        Category::Kebakaran,
        [
            "kebakaran pak tolong damkar",
            "ada api besar dari ruko, asapnya tebal",
            "rumah kebakar, orang pada lari keluar",
            "geni gedhe pak, kobongan",
            "asap hitam kelihatan dari jauh, kayaknya gudang cat",
            "tolong pemadam cepat, api sudah ke lantai dua",
            "toko cat terbakar, ada ledakan",
            "bang terbakar ruko orang, besar kali apinya",
        ],
    ),
    (
        Category::LakaLantas,
        [
            "kecelakaan truk sama motor",
            "ada yang tertabrak truk, darah banyak",
            "laka pak, pengendara motor tidak bangun",
            "truk pasir nabrak vario, macet panjang",
            "wonten tiyang ketabrak truk",
            "tolong ambulans ada korban tabrakan",
            "motor masuk kolong truk pasir",
            "tabrakan parah bang, kepalanya berdarah",
        ],
    ),
    (
        Category::Kekerasan,
        [
            "tawuran pelajar bawa celurit",
            "anak sekolah berantem rame, ada yang kena bacok",
            "tolong pak ada tawuran",
            "pelajar saling serang pakai gir",
            "bocah-bocah tawuran nggawa parang",
            "ribut anak sekolah bang, bawa kelewang",
            "dua kelompok lempar-lemparan batu",
            "ada korban luka bacok tawuran",
        ],
    ),
    (
        Category::Kejahatan,
        [
            "jambret tas ibu-ibu, kabur naik satria",
            "barusan ada penjambretan",
            "tas saya ditarik orang naik motor satria hitam",
            "copet pak, ibu ini nangis",
            "ada jambret dikejar warga",
            "wonten jambret numpak satria",
            "tas ditarik bang, jatuh ibu itu",
            "pelaku jambret dua orang",
        ],
    ),
    (
        Category::PohonTumbang,
        [
            "pohon tumbang menutup jalan",
            "pokok besar tumbang bang, tak bisa lewat",
            "wit ambruk nutup dalan",
            "pohon mahoni roboh kena kabel",
            "jalan tertutup pohon, tolong digergaji",
            "ada pohon roboh, motor tidak bisa lewat",
            "dahan besar jatuh ke jalan",
            "pohon besar tumbang abis hujan angin",
        ],
    ),
];

struct Dice(u64);

impl Dice {
    /// 0 up to `below`; splitmix64.
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    /// Metres to either side.
    fn about(&mut self, metres: u32) -> f64 {
        let rolled = u32::try_from(self.roll(u64::from(metres) * 2)).unwrap_or(0);
        f64::from(rolled) - f64::from(metres)
    }
}

/// A place as exact as the door it came through: a pin, a named street, a kelurahan, or none.
fn seen_from(dice: &mut Dice, (east, north): (f64, f64)) -> Option<Place> {
    let (off_m, radius_m) = match dice.roll(10) {
        0..=4 => (40, 20.0),
        5..=7 => (150, 200.0),
        8 => (400, 600.0),
        _ => return None,
    };
    let at = CORNER.offset_m(east + dice.about(off_m), north + dice.about(off_m));
    Some(Place { lng: at.lng, lat: at.lat, radius_m, ..place(0.0, radius_m, "") })
}

/// One day: an event in the eyes of thirty people, and forty of one to three, many of them of its kind and some
/// within a few hundred metres and an hour. Of the pairs of reports: how many of those proposed (and of those
/// marked in the queue) are one event, and how many of one event are proposed.
#[test]
fn on_a_busy_day_few_of_one_event_are_missed_and_most_marks_hold() {
    let mut dice = Dice(7);
    let mut told: Vec<(usize, Category, Option<Place>, i64, &str)> = Vec::new();
    for event in 0..41_usize {
        let first = event == 0;
        let (category, said) = &SAID[if event < 12 { 1 } else { event % SAID.len() }];
        let minute = if first { 600 } else { i64::try_from(dice.roll(1_320)).unwrap() };
        let near = (1..8).contains(&event);
        let minute = if near { 570 + i64::try_from(dice.roll(60)).unwrap() } else { minute };
        let scene = match () {
            () if first => (0.0, 0.0),
            () if near => (500.0 + dice.about(200), 500.0 + dice.about(200)),
            () => (dice.about(4_000), dice.about(4_000)),
        };
        let crowd = if first { 30 } else { 1 + dice.roll(3) };
        for _ in 0..crowd {
            let text = said[usize::try_from(dice.roll(8)).unwrap()];
            let after = i64::try_from(dice.roll(if first { 20 } else { 10 })).unwrap();
            told.push((event, *category, seen_from(&mut dice, scene), minute + after, text));
        }
    }
    let tellings: Vec<Telling<'_>> = told
        .iter()
        .map(|(_, category, place, minute, text)| telling(*category, place.as_ref(), *minute, text))
        .collect();
    let (mut same, mut proposed, mut right, mut marked, mut marked_right) = (0, 0, 0, 0, 0);
    for (at, one) in tellings.iter().enumerate() {
        for (before, other) in tellings.iter().enumerate().take(at) {
            let truth = told[at].0 == told[before].0;
            let score = score(one, other);
            same += u32::from(truth);
            proposed += u32::from(score >= WORTH_A_LOOK);
            right += u32::from(score >= WORTH_A_LOOK && truth);
            marked += u32::from(score >= WORTH_A_MARK);
            marked_right += u32::from(score >= WORTH_A_MARK && truth);
        }
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let (precision, recall) = (share(right, proposed), share(right, same));
    let (sure, found) = (share(marked_right, marked), share(marked_right, same));
    eprintln!(
        "{} reports: proposed right {precision:.2}, found {recall:.2}; marked right {sure:.2}, found {found:.2}",
        told.len()
    );
    assert!(precision >= 0.60 && recall >= 0.90, "proposed: precision {precision:.2}, recall {recall:.2}");
    assert!(sure >= 0.85 && found >= 0.70, "marked: precision {sure:.2}, recall {found:.2}");
}
