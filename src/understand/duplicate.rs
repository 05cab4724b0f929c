//! Whether two tellings are of one event: what each says, where and when enters; a score with the
//! reasons that speak for it leaves.
//!
//! Pure. Judges only: what is proposed here, a person joins. Words are people's data, so the reasons
//! are for the card of an operator and never for the journal.

use std::collections::BTreeSet;

use super::normalise::{Token, tokens};
use crate::model::clock::Timestamp;
use crate::model::place::Place;
use crate::model::report::Category;

/// A pair below this score is not worth an operator's look.
pub const WORTH_A_LOOK: f64 = 0.5;

/// A row of the queue is marked from this score on: all see the mark, so it has to be right more often than a
/// proposal on an open card. On the drawn day of the tests (107 reports, 41 events, eight of one kind within a
/// kilometre and an hour) 89 % of the marked pairs are one event and 75 % of such pairs are marked; of the
/// proposed ones, from [`WORTH_A_LOOK`] on, 65 % are and 94 % are found.
pub const WORTH_A_MARK: f64 = 0.7;

/// Tellings farther apart in time than this are never one event. Seconds.
const APART_S: f64 = 3.0 * 3600.0;

/// Tellings this near in time lose nothing for it. Seconds.
const TOGETHER_S: f64 = 300.0;

/// Radii count up to this: a kelurahan-wide guess is no neighbourhood. Metres.
const MOST_RADIUS_M: f64 = 600.0;

/// Beyond both radii, half of the nearness is lost every so many metres.
const HALF_M: f64 = 150.0;

/// Nearness when one of the places is unknown: the words must then say more.
const UNPLACED: f64 = 0.2;

/// Shared telling words that are as good as it gets.
const ENOUGH_WORDS: f64 = 3.0;

/// One telling of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling<'a> {
    /// What it is about.
    pub category: Category,
    /// What people call that.
    pub called: &'a str,
    /// Where, if known.
    pub place: Option<&'a Place>,
    /// When it came.
    pub at: Timestamp,
    /// What was said.
    pub words: Words,
}

/// The words of a telling that tell something: folded, without those that every report has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    rare: BTreeSet<String>,
    plates: BTreeSet<String>,
}

/// One thing that speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clue {
    /// Stable code: `near`, `time`, `category`, `kin`, `words`, `plate`, `same_name`.
    pub code: &'static str,
    /// The same for people, Indonesian.
    pub text: String,
}

/// How alike two tellings are.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// 0 to 1.
    pub score: f64,
    /// What speaks for it, strongest first.
    pub clues: Vec<Clue>,
    /// Metres between the places, when both are known.
    pub distance_m: Option<f64>,
}

impl Words {
    /// The telling words of these messages.
    #[must_use]
    pub fn of(messages: &[&str]) -> Self {
        let found = tokens(messages);
        let rare = found.iter().filter(|token| tells(token)).map(|token| token.word.clone()).collect();
        Self { rare, plates: plates(&found) }
    }
}

/// Compares two tellings; none when they cannot be one event: too far apart in time or place, or of
/// matters that have nothing to do with each other.
///
/// Weights 0.40 place, 0.20 time, 0.20 category, 0.20 words are Sigap's own first set (2026-11-22):
/// place and time together are what dispatchers join by, words decide between neighbours.
#[must_use]
pub fn compare(one: &Telling<'_>, other: &Telling<'_>) -> Option<Likeness> {
    let apart_s = one.at.secs_since(other.at).abs();
    if apart_s > APART_S {
        return None;
    }
    let plate = one.words.plates.intersection(&other.words.plates).next();
    let kin = kinship(one.category, other.category);
    if kin == 0.0 && plate.is_none() {
        return None;
    }
    let shared: Vec<&str> = one.words.rare.intersection(&other.words.rare).map(String::as_str).collect();
    let (near, distance_m) = nearness(one.place, other.place);
    if distance_m.is_some() && near < 0.05 && plate.is_none() {
        return None;
    }
    let time = 1.0 - ((apart_s - TOGETHER_S) / (APART_S - TOGETHER_S)).clamp(0.0, 1.0);
    let words = if plate.is_some() { 1.0 } else { (count(shared.len()) / ENOUGH_WORDS).min(1.0) };
    let score = 0.40 * near + 0.20 * time + 0.20 * kin + 0.20 * words;
    let clues = clues(one, other, distance_m.filter(|_| near >= 0.5), apart_s, kin, plate, &shared);
    Some(Likeness { score: score.clamp(0.0, 1.0), clues, distance_m })
}

/// How near two places are, 0 to 1, and the metres between them. Wide places that overlap say less
/// than narrow ones; an unknown place says little.
fn nearness(one: Option<&Place>, other: Option<&Place>) -> (f64, Option<f64>) {
    let (Some(one), Some(other)) = (one, other) else { return (UNPLACED, None) };
    let distance_m = one.point().distance_m(other.point());
    let reach_m = (one.radius_m + other.radius_m).min(MOST_RADIUS_M);
    let beyond_m = (distance_m - reach_m).max(0.0);
    let sharp = 1.0 - 0.4 * (reach_m / MOST_RADIUS_M);
    (sharp * 0.5_f64.powf(beyond_m / HALF_M), Some(distance_m))
}

/// How likely two categories are told of one event: 1 the same, 0 never.
#[must_use]
pub fn kinship(one: Category, other: Category) -> f64 {
    use Category as C;
    if one == other {
        // Two people who ask for a SIM have nothing in common.
        let asks = matches!(one.service(), crate::model::report::Service::Information);
        return if asks { 0.0 } else { 1.0 };
    }
    let kin = |a, b| (one == a && other == b) || (one == b && other == a);
    let pairs = [
        (C::LakaLantas, C::Kemacetan, 0.6),
        (C::LakaLantas, C::Ambulans, 0.7),
        (C::LakaLantas, C::Kekerasan, 0.3),
        (C::Kejahatan, C::Kekerasan, 0.7),
        (C::Kejahatan, C::Kamtibmas, 0.5),
        (C::Kekerasan, C::Kamtibmas, 0.7),
        (C::Kekerasan, C::Ambulans, 0.4),
        (C::Kamtibmas, C::Keramaian, 0.4),
        (C::Kamtibmas, C::Odgj, 0.5),
        (C::Kekerasan, C::Odgj, 0.4),
        (C::Kebakaran, C::Ambulans, 0.4),
        (C::Kebakaran, C::Bencana, 0.5),
        (C::Kebakaran, C::Lingkungan, 0.3),
        (C::PohonTumbang, C::Kemacetan, 0.5),
        (C::PohonTumbang, C::Bencana, 0.5),
        (C::PohonTumbang, C::JalanRusak, 0.3),
        (C::PohonTumbang, C::LampuPju, 0.3),
        (C::JalanRusak, C::LakaLantas, 0.3),
        (C::JalanRusak, C::Kemacetan, 0.4),
        (C::Bencana, C::Kemacetan, 0.3),
        (C::LampuPju, C::Kemacetan, 0.4),
    ];
    if let Some((.., how)) = pairs.into_iter().find(|(a, b, _)| kin(*a, *b)) {
        return how;
    }
    let unclear = one == C::BelumJelas || other == C::BelumJelas;
    let visits = |c: C| {
        matches!(c.service(), crate::model::report::Service::Police | crate::model::report::Service::OtherAgency)
    };
    if unclear && visits(one) && visits(other) { 0.4 } else { 0.0 }
}

fn clues(
    one: &Telling<'_>,
    other: &Telling<'_>,
    near_m: Option<f64>,
    apart_s: f64,
    kin: f64,
    plate: Option<&String>,
    shared: &[&str],
) -> Vec<Clue> {
    let mut found = Vec::new();
    let mut say = |code, text| found.push(Clue { code, text });
    if let Some(plate) = plate {
        say("plate", format!("nomor polisi sama: {}", plate.to_uppercase()));
    }
    if let Some(metres) = near_m {
        say("near", if metres < 10.0 { "titik yang sama".to_owned() } else { format!("berjarak {metres:.0} m") });
    }
    if let (Some(a), Some(b)) = (one.place, other.place)
        && !a.label.is_empty()
        && a.label == b.label
        && a.label != PIN_LABEL
    {
        say("same_name", format!("nama tempat sama: {}", a.label));
    }
    if (kin - 1.0).abs() < f64::EPSILON {
        say("category", format!("sama-sama {}", one.called));
    } else if kin > 0.0 {
        say("kin", format!("{} dan {} sering satu kejadian", one.called, other.called));
    }
    if apart_s < 60.0 {
        say("time", "selang kurang dari 1 menit".to_owned());
    } else if apart_s <= APART_S / 3.0 {
        say("time", format!("selang {:.0} menit", apart_s / 60.0));
    }
    if !shared.is_empty() {
        let words: Vec<&str> = shared.iter().copied().take(5).collect();
        say("words", format!("kata yang sama: {}", words.join(", ")));
    }
    found
}

/// What a place is called that has no name.
const PIN_LABEL: &str = "Titik di peta";

/// Whether a word tells one event from another.
fn tells(token: &Token) -> bool {
    let letters = token.word.chars().count();
    (letters >= 4 || (token.number && letters >= 2)) && !COMMON.contains(&token.word.as_str())
}

/// Number plates, `bk1234abc`: one or two letters, one to four digits, up to three letters, written
/// in one to three words.
fn plates(found: &[Token]) -> BTreeSet<String> {
    let mut plates = BTreeSet::new();
    for at in 0..found.len() {
        for words in 1..=3 {
            let Some(run) = found.get(at..at + words) else { break };
            let text: String = run.iter().map(|token| token.word.as_str()).collect();
            if is_plate(&text) && run.iter().all(|token| token.word.len() <= 9) {
                plates.insert(text);
            }
        }
    }
    plates
}

fn is_plate(text: &str) -> bool {
    let letters = |part: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        std::iter::from_fn(|| part.next_if(char::is_ascii_lowercase)).count()
    };
    let mut rest = text.chars().peekable();
    let area = letters(&mut rest);
    let digits = std::iter::from_fn(|| rest.next_if(char::is_ascii_digit)).count();
    let series = letters(&mut rest);
    (1..=2).contains(&area) && (3..=4).contains(&digits) && (1..=3).contains(&series) && rest.next().is_none()
}

#[expect(clippy::cast_precision_loss, reason = "a few words")]
const fn count(words: usize) -> f64 {
    words as f64
}

/// Words that every report has, or that say what the category says already. Folded; sorted.
const COMMON: &[&str] = &[
    "adalah",
    "agar",
    "akan",
    "anak",
    "anda",
    "apakah",
    "assalamualaikum",
    "atas",
    "atau",
    "bang",
    "bantu",
    "bantuan",
    "banyak",
    "bapak",
    "baru",
    "bawah",
    "begal",
    "belum",
    "benar",
    "berada",
    "besar",
    "bisa",
    "bukan",
    "cepat",
    "dalam",
    "dari",
    "dekat",
    "dengan",
    "depan",
    "disini",
    "ditempat",
    "gang",
    "hari",
    "harus",
    "izin",
    "jadi",
    "jalan",
    "jangan",
    "kabar",
    "kali",
    "kalau",
    "kami",
    "kantor",
    "karena",
    "kebakaran",
    "kecelakaan",
    "kejadian",
    "kira",
    "kita",
    "korban",
    "kota",
    "lagi",
    "laka",
    "lapor",
    "laporan",
    "laporkan",
    "lebih",
    "lewat",
    "lokasi",
    "macet",
    "malam",
    "masih",
    "mohon",
    "motor",
    "mobil",
    "nomor",
    "orang",
    "pagi",
    "para",
    "pencurian",
    "petugas",
    "pohon",
    "pojok",
    "polisi",
    "polsek",
    "rumah",
    "saat",
    "sampai",
    "sana",
    "sangat",
    "saya",
    "sebelah",
    "sedang",
    "segera",
    "sekarang",
    "sekitar",
    "selamat",
    "semua",
    "siang",
    "siapa",
    "sini",
    "sore",
    "sudah",
    "tadi",
    "tempat",
    "terima",
    "terjadi",
    "terus",
    "tidak",
    "titik",
    "tolong",
    "tumbang",
    "untuk",
    "warga",
    "yang",
];

#[cfg(test)]
#[path = "duplicate_tests.rs"]
mod tests;
