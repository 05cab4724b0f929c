//! Geocode: a place phrase in, ranked candidates and perhaps one certain place out.
//!
//! A pin goes before coordinates, coordinates before names. Names are compared part by part: how well a
//! run of the phrase's words spells the name, whether the other words name its kelurahan or
//! kecamatan, whether the kind fits. What stays ambiguous stays without a place: a question back to
//! the reporter is better than a patrol in the wrong village. Reporter's words never become a label.

use rapidfuzz::distance::indel;
use serde_json::{Value, json};

use super::address::{self, AddressWord};
use super::coordinates::{self, Written};
use super::gazetteer::{Gazetteer, Key};
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::place::{BadPoint, LngLat, Place, PlaceSource};

/// Candidates given back.
const MAX_CANDIDATES: usize = 8;

/// Below this a name does not resemble the phrase.
const MIN_SCORE: f64 = 0.55;

/// From here a clear best candidate is put on the map.
const CERTAIN: f64 = 0.75;

/// Two scores closer than this are no order.
const TIE: f64 = 0.06;

/// Uncertainty of a point somebody shared or wrote down, metres (consumer GNSS in a city).
const POINT_RADIUS_M: f64 = 50.0;

/// A point farther than this from every name has none, metres.
const NAMED_WITHIN_M: f64 = 500.0;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The place phrase, or the whole message.
    pub text: &'a str,
    /// A location the reporter shared.
    pub pin: Option<LngLat>,
    /// Where the reporter or caller roughly is: breaks ties, decides nothing alone.
    pub near: Option<LngLat>,
}

/// One place the phrase may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The gazetteer's entry.
    pub entry: GazetteerEntry,
    /// 0 to 1; from 0.75 on the kelurahan is right more often than not.
    pub score: f64,
    /// Which parts matched.
    pub because: String,
    /// Words of the phrase that spell the name, first and last.
    window: (usize, usize),
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Best first; empty when nothing resembles the phrase.
    pub candidates: Vec<Candidate>,
    /// Two or more places fit equally well.
    pub ambiguous: bool,
    /// Only when certain enough for the map.
    pub place: Option<Place>,
    /// Why there is no place although something was given.
    pub note: Option<String>,
}

/// Finds what the phrase means.
#[must_use]
pub fn geocode(query: &Query<'_>, gazetteer: &Gazetteer) -> Located {
    let mut note = None;
    if let Some(pin) = query.pin {
        match LngLat::checked(pin.lng, pin.lat) {
            Ok(at) => return point(at, PlaceSource::Pin, &near_name(at, gazetteer), "lokasi dibagikan pelapor"),
            Err(bad) => note = Some(bad_point(bad)),
        }
    }
    match coordinates::find(query.text) {
        Some(Written::Point { at, source: PlaceSource::MapLink }) => {
            return point(at, PlaceSource::MapLink, &near_name(at, gazetteer), "koordinat di tautan");
        }
        Some(Written::Point { at, source }) => {
            return point(at, source, &near_name(at, gazetteer), "koordinat di pesan");
        }
        Some(Written::Bad(bad)) => note = Some(bad_point(bad)),
        Some(Written::Unresolved) => note = Some("tautan peta pendek tidak memuat koordinat: minta lokasi".to_owned()),
        None => {}
    }
    let candidates = candidates(query, gazetteer);
    let ambiguous = is_ambiguous(&candidates);
    let place = candidates.first().filter(|best| !ambiguous && best.score >= CERTAIN).map(place);
    if place.is_none() && note.is_none() {
        note = Some(
            if ambiguous { "beberapa tempat cocok: tanyakan yang mana" } else { "tempat tidak dikenal: minta lokasi" }
                .to_owned(),
        );
    }
    Located { candidates, ambiguous, place, note: note.filter(|_| place_is_doubtful(query)) }
}

/// A note is for people who gave something; an empty phrase needs none.
fn place_is_doubtful(query: &Query<'_>) -> bool {
    query.pin.is_some() || !query.text.trim().is_empty()
}

fn bad_point(bad: BadPoint) -> String {
    match bad {
        BadPoint::Swapped => "koordinat tampak tertukar lintang dan bujurnya: periksa",
        BadPoint::OutsideIndonesia => "koordinat di luar Indonesia: periksa",
        BadPoint::OutOfRange | BadPoint::NotFinite => "koordinat tidak sah: periksa",
    }
    .to_owned()
}

/// What a crew would call a point: the nearest known name.
fn near_name(at: LngLat, gazetteer: &Gazetteer) -> String {
    let known = gazetteer.nearest(at, NAMED_WITHIN_M);
    known.map_or_else(|| "Titik tanpa nama".to_owned(), |entry| format!("Dekat {}", entry.name))
}

fn point(at: LngLat, source: PlaceSource, label: &str, because: &str) -> Located {
    let place = Place {
        lng: at.lng,
        lat: at.lat,
        radius_m: POINT_RADIUS_M,
        source,
        label: label.to_owned(),
        confidence: if source == PlaceSource::Pin { 0.98 } else { 0.95 },
        because: because.to_owned(),
    };
    Located { candidates: Vec::new(), ambiguous: false, place: Some(place), note: None }
}

fn place(best: &Candidate) -> Place {
    Place {
        lng: best.entry.at.lng,
        lat: best.entry.at.lat,
        radius_m: best.entry.radius_m.max(POINT_RADIUS_M),
        source: PlaceSource::Gazetteer,
        label: best.entry.name.clone(),
        confidence: best.score,
        because: best.because.clone(),
    }
}

fn candidates(query: &Query<'_>, gazetteer: &Gazetteer) -> Vec<Candidate> {
    let words = address::words(query.text);
    let mut found: Vec<Candidate> =
        gazetteer.shortlist(&words).into_iter().filter_map(|key| compare(&words, key, gazetteer)).collect();
    for candidate in &mut found {
        if let Some(near) = query.near {
            // 0.05 beside the reporter, nothing 10 km away.
            candidate.score += 0.05 * (1.0 - near.distance_m(candidate.entry.at) / 10_000.0).max(0.0);
        }
    }
    sort(&mut found);
    let mut seen: Vec<(String, PlaceKind, String)> = Vec::new();
    found.retain(|candidate| {
        let entry = &candidate.entry;
        let name = (entry.name.clone(), entry.kind, format!("{}{}", entry.kecamatan_code, entry.desa_code));
        let new = !seen.contains(&name);
        seen.push(name);
        new
    });
    agree(&mut found);
    for candidate in &mut found {
        candidate.score = candidate.score.min(0.99);
    }
    sort(&mut found);
    found.truncate(MAX_CANDIDATES);
    found
}

/// By score, then the kecamatan (a bare name may mean all of it), then the smaller place, then name and code, so that answers repeat.
fn sort(found: &mut [Candidate]) {
    found.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| (a.entry.kind != PlaceKind::Kecamatan).cmp(&(b.entry.kind != PlaceKind::Kecamatan)))
            .then(a.entry.radius_m.total_cmp(&b.entry.radius_m))
            .then_with(|| a.entry.name.cmp(&b.entry.name))
            .then_with(|| a.entry.desa_code.cmp(&b.entry.desa_code))
    });
}

/// Different words of one phrase that name places beside each other support each other.
fn agree(found: &mut [Candidate]) {
    let known: Vec<(LngLat, f64, (usize, usize), f64)> =
        found.iter().take(24).map(|one| (one.entry.at, one.entry.radius_m, one.window, one.score)).collect();
    for candidate in found.iter_mut().take(24) {
        let supported = known.iter().any(|&(at, radius_m, window, score)| {
            let apart = window.1 < candidate.window.0 || candidate.window.1 < window.0;
            apart && score > 0.6 && at.distance_m(candidate.entry.at) < radius_m + candidate.entry.radius_m + 300.0
        });
        if supported {
            candidate.score += 0.12;
            candidate.because.push_str("; bagian lain menunjuk ke sana juga");
        }
    }
}

/// How well the words spell this key, or `None` when they do not.
fn compare(words: &[AddressWord], key: &Key, gazetteer: &Gazetteer) -> Option<Candidate> {
    let (likeness, window) = best_window(words, key)?;
    let entry = gazetteer.entry(key);
    let context = gazetteer.context(key);
    let mut letters = (0.0, 0.0);
    let mut told = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if (window.0..=window.1).contains(&at) {
            continue;
        }
        let length = f64::from(u8::try_from(word.text.len()).unwrap_or(u8::MAX));
        letters.1 += length;
        if context.iter().any(|name| alike(name, &word.text) >= 0.8) {
            letters.0 += length;
            told.push(word.text.as_str());
        }
    }
    let unexplained = if letters.1 > 0.0 { 1.0 - letters.0 / letters.1 } else { 0.0 };
    let spelled = f64::from(u8::try_from(key.squeezed.len()).unwrap_or(u8::MAX));
    let share = letters.1 / (letters.1 + spelled);
    let kind = kind_fits(words.get(window.0).and_then(|word| word.hint), entry.kind);
    let score = likeness * (0.93 - 0.3 * unexplained * share) * kind + if told.is_empty() { 0.0 } else { 0.06 };
    let because = if told.is_empty() {
        format!("nama {} ({:.0} %)", entry.name, likeness * 100.0)
    } else {
        format!("nama {} ({:.0} %), wilayah {}", entry.name, likeness * 100.0, entry.kecamatan)
    };
    (score >= MIN_SCORE).then(|| Candidate { entry: entry.clone(), score, because, window })
}

/// The run of words that spells the key best, and how well (0 to 1).
fn best_window(words: &[AddressWord], key: &Key) -> Option<(f64, (usize, usize))> {
    let target = key.squeezed.len();
    let mut best: Option<(f64, (usize, usize))> = None;
    let mut text = String::new();
    for first in 0..words.len() {
        text.clear();
        for (last, word) in words.iter().enumerate().skip(first).take(key.words + 2) {
            text.push_str(&word.text);
            if text.len() * 10 > target * 15 + 20 {
                break;
            }
            if text.len() * 15 < target * 10 || text.chars().filter(char::is_ascii_digit).ne(key.digits.chars()) {
                continue;
            }
            let likeness = alike(&text, &key.squeezed);
            if likeness >= least(target) && best.is_none_or(|(known, _)| likeness > known) {
                best = Some((likeness, (first, last)));
            }
        }
    }
    best
}

/// Short names must be spelled better: one slip makes another name of them.
const fn least(letters: usize) -> f64 {
    match letters {
        0..=4 => 0.99,
        5..=6 => 0.8,
        _ => 0.74,
    }
}

/// 1 minus the share of letters to insert or delete, with a first letter that differs counting extra.
fn alike(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let likeness = indel::normalized_similarity(a.bytes(), b.bytes());
    if a.bytes().next() == b.bytes().next() { likeness } else { likeness - 0.04 }
}

/// What an announced kind does to a candidate of another.
fn kind_fits(hint: Option<PlaceKind>, kind: PlaceKind) -> f64 {
    use PlaceKind::{Gang, Intersection, Kecamatan, Kelurahan, Kilometre, Street};
    match (hint, kind) {
        (None, _) => 1.0,
        (Some(hint), kind) if hint == kind => 1.05,
        (Some(Street), Gang | Kilometre | Intersection)
        | (Some(Intersection | Kilometre), Street)
        | (Some(Kelurahan), Kecamatan) => 0.95,
        (Some(Street), Kelurahan | Kecamatan) | (Some(Kelurahan | Kecamatan), Street | Gang) => 0.82,
        _ => 0.9,
    }
}

/// Whether another candidate fits as well and lies elsewhere.
fn is_ambiguous(found: &[Candidate]) -> bool {
    let Some(best) = found.first() else { return false };
    found.iter().skip(1).any(|other| {
        let overlap = other.window.0 <= best.window.1 && best.window.0 <= other.window.1;
        overlap && best.score - other.score < TIE && !same_place(&best.entry, &other.entry)
    })
}

/// One lies in or beside the other: a kelurahan and the kecamatan of the same name are no question.
fn same_place(a: &GazetteerEntry, b: &GazetteerEntry) -> bool {
    let within = |area: &GazetteerEntry, inner: &GazetteerEntry| {
        area.kind == PlaceKind::Kecamatan
            && !area.kecamatan_code.is_empty()
            && area.kecamatan_code == inner.kecamatan_code
    };
    within(a, b) || within(b, a) || a.at.distance_m(b.at) < (a.radius_m + b.radius_m).clamp(300.0, 1_500.0)
}

/// One line of `sigap locate`; `inside` is for the caller, who knows the areas.
#[must_use]
pub fn locate_json(id: &str, query: &Query<'_>, gazetteer: &Gazetteer, inside: impl Fn(LngLat) -> bool) -> Value {
    let located = geocode(query, gazetteer);
    let mut candidates: Vec<Value> = located.candidates.iter().map(candidate_json).collect();
    if let Some(place) = located.place.as_ref().filter(|place| place.source != PlaceSource::Gazetteer) {
        candidates = vec![json!({
            "name": place.label, "kind": "coordinates", "lng": place.lng, "lat": place.lat, "radius_m": place.radius_m,
            "kelurahan": null, "kecamatan": null, "kecamatan_code": null, "desa_code": null,
            "score": place.confidence, "because": place.because,
        })];
    }
    json!({
        "id": id,
        "candidates": candidates,
        "ambiguous": located.ambiguous,
        "inside": located.place.as_ref().map(|place| inside(place.point())),
        "note": located.note,
    })
}

fn candidate_json(candidate: &Candidate) -> Value {
    let entry = &candidate.entry;
    let known = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    json!({
        "name": entry.name, "kind": entry.kind, "lng": entry.at.lng, "lat": entry.at.lat, "radius_m": entry.radius_m,
        "kelurahan": known(&entry.kelurahan), "kecamatan": known(&entry.kecamatan),
        "kecamatan_code": known(&entry.kecamatan_code), "desa_code": known(&entry.desa_code),
        "score": (candidate.score * 1_000.0).round() / 1_000.0, "because": candidate.because,
    })
}

#[cfg(test)]
#[path = "geocode_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "geocode_dev_set.rs"]
mod dev_set;
