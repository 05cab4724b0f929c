//! Geocode: a place phrase in, ranked candidates and perhaps one certain place out.
//!
//! A pin goes before coordinates, coordinates and plus codes before names. Names are compared part by
//! part (see `fits`). What stays ambiguous stays without a place: a question back to the reporter is
//! better than a patrol in the wrong village. Reporter's words never become a label.

use serde_json::{Value, json};

use super::address::{self, Phrase, Relation};
use super::coordinates::{self, Written};
use super::extent::{self, Stone};
use super::fits::{Comparison, Fit, MIN_SCORE, Run, apart};
use super::gazetteer::{Gazetteer, Key};
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use super::home::Home;
use super::jurisdiction_index::JurisdictionIndex;
use super::letters;
use super::plus_code;
use crate::model::place::{BadPoint, LngLat, MatchedPart, PartKind, Place, PlaceSource};

/// Candidates given back.
const MAX_CANDIDATES: usize = 8;

/// From here a clear best candidate is put on the map.
const CERTAIN: f64 = 0.75;

/// Below it a kabupaten that is named is looked through.
const CONVINCES: f64 = 0.85;

/// Two scores closer than this are no order.
const TIE: f64 = 0.06;

/// From this likeness on a name in a kecamatan that the phrase tells may be meant.
const RESEMBLES: f64 = 0.6;

/// Fits that may support each other.
const LEADERS: usize = 24;

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
    /// Where: the entry's point, or nearer when the phrase says more.
    pub at: LngLat,
    /// Within which the place lies, metres.
    pub radius_m: f64,
    /// 0 to 1; from 0.75 on it is right more often than not.
    pub score: f64,
    /// Which parts matched, for people.
    pub because: String,
    /// Which parts matched.
    pub parts: Vec<MatchedPart>,
    /// Words of the phrase that spell the name, first and last.
    run: Run,
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
    /// A kabupaten or kota that the phrase names and the gazetteer does not cover.
    pub elsewhere: Option<String>,
}

/// What a place in the areas of another office loses: of one name the own goes first and is certain, a
/// name that only another office has is still found.
const AWAY: f64 = 0.12;

/// Finds what the phrase means, whoever asks.
#[must_use]
pub fn geocode(query: &Query<'_>, gazetteer: &Gazetteer) -> Located {
    geocode_in(query, gazetteer, None)
}

/// Finds what the phrase means to the office that asks: its own places go first.
#[must_use]
pub fn geocode_in(query: &Query<'_>, gazetteer: &Gazetteer, home: Option<&Home<'_>>) -> Located {
    let mut note = None;
    if let Some(pin) = query.pin {
        match LngLat::checked(pin.lng, pin.lat) {
            Ok(at) => return point(at, POINT_RADIUS_M, PlaceSource::Pin, gazetteer, "lokasi dibagikan pelapor"),
            Err(bad) => note = Some(bad_point(bad)),
        }
    }
    match coordinates::find(query.text) {
        Some(Written::Point { at, source: PlaceSource::MapLink }) => {
            return point(at, POINT_RADIUS_M, PlaceSource::MapLink, gazetteer, "koordinat di tautan");
        }
        Some(Written::Point { at, source }) => {
            return point(at, POINT_RADIUS_M, source, gazetteer, "koordinat di pesan");
        }
        Some(Written::Bad(bad)) => note = Some(bad_point(bad)),
        Some(Written::Unresolved) => note = Some("tautan peta pendek tidak memuat koordinat: minta lokasi".to_owned()),
        Some(Written::ThreeWords) => {
            note = Some("alamat tiga kata (what3words) tidak dapat dibaca: minta lokasi".to_owned());
        }
        None => {}
    }
    let mut text = query.text;
    let rest;
    if let Some(code) = plus_code::find(query.text) {
        rest = code.rest;
        text = &rest;
        match code_point(&code.code, text, query.near, gazetteer, home) {
            Ok((at, radius_m)) => {
                return point(at, radius_m, PlaceSource::Coordinates, gazetteer, &format!("plus code {}", code.code));
            }
            Err(why) => note = Some(why),
        }
    }
    let phrase = address::read(text);
    let (candidates, elsewhere) = candidates(query, &phrase, gazetteer, home);
    let ambiguous = is_ambiguous(&candidates);
    let best = candidates.first().filter(|best| !ambiguous && best.score >= CERTAIN && elsewhere.is_none());
    let place = best.map(Candidate::place);
    if place.is_none() && note.is_none() && !text.trim().is_empty() {
        note = Some(match &elsewhere {
            Some(name) => format!("menyebut {name}, di luar data tempat kantor: periksa"),
            None if ambiguous => "beberapa tempat cocok: tanyakan yang mana".to_owned(),
            None => "tempat tidak dikenal: minta lokasi".to_owned(),
        });
    }
    let mut candidates = candidates;
    for candidate in &mut candidates {
        candidate.score = candidate.score.min(0.99);
    }
    Located { candidates, ambiguous, place, note, elsewhere }
}

/// The point of a plus code; a short one needs a place beside it or the office's own area.
fn code_point(
    code: &str,
    rest: &str,
    near: Option<LngLat>,
    gazetteer: &Gazetteer,
    home: Option<&Home<'_>>,
) -> Result<(LngLat, f64), String> {
    let full = if plus_code::is_full(code) {
        code.to_owned()
    } else {
        let beside = geocode_in(&Query { text: rest, pin: None, near }, gazetteer, home);
        let beside = beside.place.map(|place| place.point()).or(near);
        let from = beside.or_else(|| home.map(Home::middle)).or_else(|| gazetteer.middle());
        let from = from.ok_or("plus code pendek tanpa nama daerah: minta lokasi")?;
        plus_code::recover(code, from).ok_or("plus code tidak sah: periksa")?
    };
    let area = plus_code::decode(&full).ok_or("plus code tidak sah: periksa")?;
    let at = LngLat::new(f64::midpoint(area.west, area.east), f64::midpoint(area.south, area.north));
    let corner = LngLat::new(area.east, area.north);
    LngLat::checked(at.lng, at.lat).map(|at| (at, at.distance_m(corner).max(10.0))).map_err(bad_point)
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

fn point(at: LngLat, radius_m: f64, source: PlaceSource, gazetteer: &Gazetteer, because: &str) -> Located {
    let place = Place {
        lng: at.lng,
        lat: at.lat,
        radius_m,
        source,
        label: near_name(at, gazetteer),
        confidence: if source == PlaceSource::Pin { 0.98 } else { 0.95 },
        because: because.to_owned(),
        parts: Vec::new(),
    };
    Located { candidates: Vec::new(), ambiguous: false, place: Some(place), note: None, elsewhere: None }
}

impl Candidate {
    /// It as a place for the map.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            lng: self.at.lng,
            lat: self.at.lat,
            radius_m: self.radius_m.max(POINT_RADIUS_M),
            source: PlaceSource::Gazetteer,
            label: self.entry.name.clone(),
            confidence: self.score.min(0.99),
            because: self.because.clone(),
            parts: self.parts.clone(),
        }
    }
}

impl Located {
    /// The place found at a point, of this name where one is given: what somebody who was shown the
    /// candidates has chosen.
    #[must_use]
    pub fn chosen(&self, at: LngLat, label: Option<&str>) -> Option<Place> {
        // A point comes back from a screen as it was sent, up to the last digit.
        let meant =
            |place: &Place| place.point().distance_m(at) < 1.0 && label.is_none_or(|label| label == place.label);
        let shown = self.candidates.iter().map(Candidate::place);
        shown.chain(self.place.clone()).find(meant)
    }
}

fn candidates(
    query: &Query<'_>,
    phrase: &Phrase,
    gazetteer: &Gazetteer,
    home: Option<&Home<'_>>,
) -> (Vec<Candidate>, Option<String>) {
    let keys = gazetteer.shortlist(&phrase.words);
    ranked(query, phrase, &keys, gazetteer, home)
}

/// The candidates among these keys, best first, and a region the phrase names that is not covered.
fn ranked(
    query: &Query<'_>,
    phrase: &Phrase,
    keys: &[Key],
    gazetteer: &Gazetteer,
    home: Option<&Home<'_>>,
) -> (Vec<Candidate>, Option<String>) {
    let words = &phrase.words;
    let mut comparison = Comparison::new(phrase, gazetteer);
    let mut fits: Vec<Fit> = keys.iter().filter_map(|key| comparison.fit(*key)).collect();
    // Nothing convincing, but the phrase names a kabupaten: among its desa even a badly misspelt one is found.
    if !fits.iter().any(|fit| fit.score(words) >= CONVINCES)
        && let Some(regency) = comparison.regency()
    {
        fits.extend(gazetteer.kelurahan_in(regency).filter_map(|key| comparison.fit(key)));
    }
    fits.retain(|fit| fit.score(words) >= MIN_SCORE - 0.1);
    sort_fits(&mut fits, phrase);
    let mut seen = std::collections::HashSet::new();
    fits.retain(|fit| seen.insert(fit.entry));
    fits.truncate(LEADERS * 2);
    letters::weigh(&mut fits, words, gazetteer);
    let supports = agree(&mut fits, gazetteer);
    step_back(&mut fits, words, gazetteer);
    let mut found: Vec<Candidate> = fits
        .iter()
        .zip(&supports)
        .map(|(fit, support)| candidate(fit, *support, &fits, phrase, gazetteer))
        .filter(|candidate| candidate.score >= MIN_SCORE)
        .collect();
    found.extend(extent::kilometre(phrase, &comparison.windows, gazetteer).into_iter().map(stone));
    let asked = words.iter().any(|word| word.hint == Some(PlaceKind::Intersection));
    let known = found.iter().any(|one| one.entry.kind == PlaceKind::Intersection && one.score >= CERTAIN);
    if asked
        && !known
        && let Some((entry, run, likeness)) = extent::crossing(&fits, gazetteer)
    {
        // Asked for by name, it goes before the two streets themselves.
        let streets = found.iter().map(|one| one.score).fold(0.0, f64::max);
        let score = likeness * (streets + TIE + 0.01).max(0.9);
        found.push(composed(entry, run, score, likeness, "pertemuan dua jalan"));
    }
    let abroad = comparison.mentions.iter().filter(|mention| !mention.covered);
    let abroad: Vec<_> = abroad.map(|mention| (mention.run, mention.regency.name)).collect();
    let mut elsewhere = None;
    for candidate in &mut found {
        if let Some((_, name)) = abroad.iter().find(|(run, _)| apart(candidate.run, *run)) {
            candidate.score *= 0.7;
            elsewhere = Some((*name).to_owned());
        }
        if let Some(near) = query.near {
            // 0.05 beside the reporter, nothing 10 km away.
            candidate.score += 0.05 * (1.0 - near.distance_m(candidate.at) / 10_000.0).max(0.0);
        }
        if home.is_some_and(|home| !home.has(&candidate.entry, candidate.at)) {
            candidate.score -= AWAY;
        }
    }
    let own = |one: &Candidate| abroad.iter().all(|(run, _)| !apart(one.run, *run));
    if let Some((_, name)) = abroad.first()
        && !found.iter().any(own)
    {
        elsewhere = Some((*name).to_owned());
    } else if found.iter().any(|one| own(one) && one.score >= CERTAIN) {
        elsewhere = None;
    }
    sort(&mut found);
    found.truncate(MAX_CANDIDATES);
    (found, elsewhere)
}

fn sort_fits(fits: &mut [Fit], phrase: &Phrase) {
    fits.sort_by(|a, b| {
        b.score(&phrase.words)
            .total_cmp(&a.score(&phrase.words))
            .then(b.likeness.total_cmp(&a.likeness))
            .then(a.entry.cmp(&b.entry))
    });
}

/// By score, then the kecamatan (a bare name may mean all of it), then the smaller place, then name and
/// code, so that answers repeat.
fn sort(found: &mut [Candidate]) {
    found.sort_by(|a, b| {
        let score = |one: &Candidate| (one.score * 1e6).round();
        score(b)
            .total_cmp(&score(a))
            .then_with(|| (a.entry.kind != PlaceKind::Kecamatan).cmp(&(b.entry.kind != PlaceKind::Kecamatan)))
            .then(a.radius_m.total_cmp(&b.radius_m))
            .then_with(|| a.entry.name.cmp(&b.entry.name))
            .then_with(|| a.entry.desa_code.cmp(&b.entry.desa_code))
    });
}

/// Different words of one phrase that name places beside each other support each other: for each fit
/// the best that supports it.
fn agree(fits: &mut [Fit], gazetteer: &Gazetteer) -> Vec<Option<usize>> {
    let leaders = fits.len().min(LEADERS);
    let discs: Vec<(LngLat, f64)> = fits[..leaders]
        .iter()
        .map(|fit| (gazetteer.at(fit.entry as usize), reach_m(fit.entry, None, gazetteer)))
        .collect();
    let mut supports = vec![None; fits.len()];
    for (at, support) in supports.iter_mut().enumerate().take(leaders) {
        let fit = &fits[at];
        let helps = |other: &usize| {
            let (one, two) = (discs[at], discs[*other]);
            *other != at
                && apart(fits[*other].run, fit.run)
                && fits[*other].likeness >= 0.8
                && one.0.distance_m(two.0) < one.1 + two.1 + 300.0
                && gazetteer.kind(fits[*other].entry) != PlaceKind::Kecamatan
                // An area is not what is meant because something lies in it.
                && !matches!(gazetteer.kind(fit.entry), PlaceKind::Kelurahan | PlaceKind::Kecamatan)
        };
        *support = (0..leaders).find(helps);
    }
    for at in 0..leaders {
        if let Some(other) = supports[at] {
            let (run, likeness) = (fits[other].run, fits[other].likeness);
            fits[at].explain(run, likeness * 0.9);
            fits[at].supported = true;
        }
    }
    supports
}

/// `tlaga galis`: the desa of Galis that `tlaga` resembles goes before Galis itself, kecamatan or desa.
fn step_back(fits: &mut [Fit], words: &[address::AddressWord], gazetteer: &Gazetteer) {
    let resembles = |fit: &&Fit| gazetteer.kind(fit.entry) == PlaceKind::Kelurahan && fit.likeness >= RESEMBLES;
    let inner: Vec<(Run, u32, f64, Run)> = fits
        .iter()
        .filter(resembles)
        .filter_map(|fit| Some((fit.above?, gazetteer.kecamatan_number(fit.entry), fit.score(words), fit.run)))
        .collect();
    for fit in fits.iter_mut() {
        let kind = gazetteer.kind(fit.entry);
        let area = matches!(kind, PlaceKind::Kecamatan | PlaceKind::Kelurahan) && fit.above.is_none();
        let own = gazetteer.kecamatan_number(fit.entry);
        let inside = inner.iter().filter(|(above, kecamatan, _, run)| {
            area && *kecamatan == own && !apart(*above, fit.run) && apart(*run, fit.run)
        });
        if let Some(best) = inside.map(|one| one.2).max_by(f64::total_cmp) {
            fit.most = fit.most.min(best - TIE);
        }
    }
}

fn reach_m(entry: u32, relation: Option<Relation>, gazetteer: &Gazetteer) -> f64 {
    extent::radius_m(gazetteer.kind(entry), gazetteer.reach_m(entry), relation)
}

fn candidate(fit: &Fit, support: Option<usize>, fits: &[Fit], phrase: &Phrase, gazetteer: &Gazetteer) -> Candidate {
    let entry = gazetteer.entry(fit.entry as usize);
    let mut at = entry.at;
    let mut radius_m = reach_m(fit.entry, fit.relation, gazetteer);
    let part = |part, name: &str, likeness| MatchedPart { part, name: name.to_owned(), likeness: hundredths(likeness) };
    let mut parts = vec![part(PartKind::Name, &entry.name, fit.likeness)];
    let regency = super::regencies::of_code(&entry.kecamatan_code).map_or("", |one| one.name);
    let around = [
        (PartKind::Kelurahan, entry.kelurahan.as_str(), fit.kelurahan),
        (PartKind::Kecamatan, entry.kecamatan.as_str(), fit.kecamatan),
        (PartKind::Regency, regency, fit.regency),
    ];
    parts.extend(around.into_iter().filter_map(|(kind, name, likeness)| Some(part(kind, name, likeness?))));
    if let Some(other) = support.map(|at| &fits[at]) {
        let beside = gazetteer.entry(other.entry as usize);
        let reach = reach_m(other.entry, other.relation, gazetteer);
        // The place lies in both: the smaller disc holds it.
        if entry.kind == PlaceKind::Street && reach < radius_m {
            (at, radius_m) = (beside.at, reach);
        }
        parts.push(part(PartKind::Beside, &beside.name, other.likeness));
    }
    let because = because(&parts, phrase);
    let score = fit.score(&phrase.words) + if fit.supported { 0.06 } else { 0.0 };
    Candidate { at, radius_m, score, because, parts, run: fit.run, entry }
}

/// The matched parts in words.
fn because(parts: &[MatchedPart], phrase: &Phrase) -> String {
    let told = parts.iter().map(|one| {
        let name = &one.name;
        match one.part {
            PartKind::Name => format!("nama {name} ({:.0} %)", one.likeness * 100.0),
            PartKind::Kelurahan => format!("kelurahan {name}"),
            PartKind::Kecamatan => format!("wilayah {name}"),
            PartKind::Regency => name.clone(),
            PartKind::Beside => format!("bagian lain menunjuk ke sana juga: {name}"),
        }
    });
    let numbers = [("RT", phrase.rt), ("RW", phrase.rw)];
    let numbers =
        numbers.into_iter().filter_map(|(name, number)| Some(format!("{name} {} tidak ada di data", number?)));
    told.chain(numbers).collect::<Vec<_>>().join("; ")
}

fn hundredths(likeness: f64) -> f64 {
    (likeness * 100.0).round() / 100.0
}

fn stone(stone: Stone) -> Candidate {
    composed(stone.entry, stone.run, stone.likeness * 0.97, stone.likeness, "kilometer di jalan itu")
}

fn composed(entry: GazetteerEntry, run: Run, score: f64, likeness: f64, why: &str) -> Candidate {
    let name = MatchedPart { part: PartKind::Name, name: entry.name.clone(), likeness: hundredths(likeness) };
    let because = format!("nama {} ({:.0} %); {why}", entry.name, likeness * 100.0);
    let radius_m = extent::radius_m(entry.kind, entry.radius_m, None);
    Candidate { at: entry.at, radius_m, score, because, parts: vec![name], run, entry }
}

/// Whether another candidate fits as well and lies elsewhere.
fn is_ambiguous(found: &[Candidate]) -> bool {
    let Some(best) = found.first() else { return false };
    found
        .iter()
        .skip(1)
        .any(|other| !apart(best.run, other.run) && best.score - other.score < TIE && !same_place(best, other))
}

/// One lies in or beside the other: a kelurahan and the kecamatan of the same name are no question.
fn same_place(a: &Candidate, b: &Candidate) -> bool {
    let within = |area: &GazetteerEntry, inner: &GazetteerEntry| {
        area.kind == PlaceKind::Kecamatan
            && !area.kecamatan_code.is_empty()
            && area.kecamatan_code == inner.kecamatan_code
    };
    let areas = a.entry.kind == PlaceKind::Kelurahan && b.entry.kind == PlaceKind::Kelurahan;
    within(&a.entry, &b.entry)
        || within(&b.entry, &a.entry)
        || (!areas && a.at.distance_m(b.at) < (a.radius_m + b.radius_m).clamp(300.0, 1_500.0))
}

/// One line of `sigap locate`, asked by an office. `inside` is whether the place lies in the office's areas; when the office
/// has none, whether a known kelurahan is around it.
#[must_use]
pub fn locate_json(
    id: &str,
    query: &Query<'_>,
    gazetteer: &Gazetteer,
    areas: &JurisdictionIndex,
    office: &str,
) -> Value {
    let located = geocode_in(query, gazetteer, Home::of(office, areas).as_ref());
    let mut candidates: Vec<Value> = located.candidates.iter().map(candidate_json).collect();
    if let Some(place) = located.place.as_ref().filter(|place| place.source != PlaceSource::Gazetteer) {
        candidates = vec![point_json(place, gazetteer, areas)];
    }
    let inside = |at: LngLat| match areas.areas() {
        [] => gazetteer.kelurahan_around(at).is_some(),
        _ => areas.find(at).is_some(),
    };
    let first = located.candidates.first().map(|one| one.at);
    let asked = located.place.as_ref().map(Place::point).or(first).map(inside);
    json!({
        "id": id,
        "candidates": candidates,
        "ambiguous": located.ambiguous,
        "inside": if located.elsewhere.is_some() { Some(false) } else { asked },
        "note": located.note,
    })
}

/// A shared or written point with the area it lies in.
fn point_json(place: &Place, gazetteer: &Gazetteer, areas: &JurisdictionIndex) -> Value {
    let at = place.point();
    let known = areas.find(at).map(|found| {
        let code = found.desa_code.rsplit_once('.').map_or("", |(head, _)| head).to_owned();
        (found.kelurahan, found.kecamatan, code, found.desa_code)
    });
    let guessed = || {
        let near = gazetteer.kelurahan_around(at)?;
        Some((near.kelurahan, near.kecamatan, near.kecamatan_code, near.desa_code))
    };
    let because = match &known {
        None if areas.areas().is_empty() => format!("{}; kelurahan terdekat", place.because),
        _ => place.because.clone(),
    };
    let (kelurahan, kecamatan, kecamatan_code, desa_code) =
        known.or_else(|| areas.areas().is_empty().then(guessed).flatten()).unwrap_or_default();
    json!({
        "name": place.label, "kind": "coordinates", "lng": place.lng, "lat": place.lat, "radius_m": place.radius_m,
        "kelurahan": told(&kelurahan), "kecamatan": told(&kecamatan),
        "kecamatan_code": told(&kecamatan_code), "desa_code": told(&desa_code),
        "score": place.confidence, "because": because, "parts": [],
    })
}

fn told(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

fn candidate_json(candidate: &Candidate) -> Value {
    let entry = &candidate.entry;
    json!({
        "name": entry.name, "kind": entry.kind, "lng": candidate.at.lng, "lat": candidate.at.lat,
        "radius_m": candidate.radius_m,
        "kelurahan": told(&entry.kelurahan), "kecamatan": told(&entry.kecamatan),
        "kecamatan_code": told(&entry.kecamatan_code), "desa_code": told(&entry.desa_code),
        "score": (candidate.score * 1_000.0).round() / 1_000.0, "because": candidate.because,
        "parts": candidate.parts,
    })
}

#[cfg(test)]
#[path = "geocode_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "geocode_dev_set.rs"]
mod dev_set;
