//! Coordinates and map links written in a message: text in, a checked point or the reason why not out.
//!
//! Understood: `3.5952, 98.6722`, decimal commas, `LU/LS/BT`, degrees-minutes-seconds, `geo:`, links of
//! Google Maps, OpenStreetMap (also its short links), Waze, Bing and Apple. Nothing is repaired: an exchanged pair is told, not
//! turned round. A short link holds no coordinates; it is said to be unresolved, not guessed.

use super::map_codes;
use crate::model::place::{BadPoint, LngLat, PlaceSource};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Written {
    /// A point in Indonesia.
    Point {
        /// Where.
        at: LngLat,
        /// Written as numbers or inside a link.
        source: PlaceSource,
    },
    /// Numbers that are no usable point.
    Bad(BadPoint),
    /// A map link that holds no coordinates and would have to be followed.
    Unresolved,
    /// Three words of what3words: only their maker can turn them into a point.
    ThreeWords,
}

/// Characters of a message that are looked at.
const MAX_CHARS: usize = 12_000;

/// The first coordinates or map link in a text; links go before bare numbers.
#[must_use]
pub fn find(text: &str) -> Option<Written> {
    let mut unresolved = None;
    for word in text.split_whitespace() {
        match link(word).or_else(|| three_words(word)) {
            Some(asked @ (Written::Unresolved | Written::ThreeWords)) => unresolved = Some(asked),
            Some(found) => return Some(found),
            None => {}
        }
    }
    let letters: Vec<char> = text.chars().take(MAX_CHARS).collect();
    pair(&letters).map(|(lat, lng)| judged(lat, lng, PlaceSource::Coordinates)).or(unresolved)
}

fn judged(lat: f64, lng: f64, source: PlaceSource) -> Written {
    LngLat::checked(lng, lat).map_or_else(Written::Bad, |at| Written::Point { at, source })
}

/// Hosts whose links are maps.
const MAP_HOSTS: [&str; 11] = [
    "maps.google.",
    "google.com/maps",
    "google.co.id/maps",
    "maps.app.goo.gl",
    "goo.gl/maps",
    "openstreetmap.org",
    "osm.org",
    "waze.com",
    "maps.apple",
    "bing.com/maps",
    "g.co/maps",
];

/// `///kata.kata.kata` and links to it.
fn three_words(word: &str) -> Option<Written> {
    let lower = word.to_lowercase();
    let told = lower.contains("what3words.com/") || lower.contains("w3w.co/");
    let words = lower.strip_prefix("///").map(|rest| rest.split('.'));
    let three = words.is_some_and(|words| {
        words.clone().count() == 3 && words.clone().all(|w| w.chars().count() > 1 && w.chars().all(char::is_alphabetic))
    });
    (told || three).then_some(Written::ThreeWords)
}

fn link(word: &str) -> Option<Written> {
    let lower = word.to_ascii_lowercase().replace("%2c", ",").replace("%20", "").replace('+', "");
    if let Some(rest) = lower.find("geo:").and_then(|at| lower.get(at + 4..)) {
        let (lat, lng) = plain_pair(rest)?;
        return Some(judged(lat, lng, PlaceSource::MapLink));
    }
    if !MAP_HOSTS.iter().any(|host| lower.contains(host)) {
        return None;
    }
    let found = google_pin(&lower)
        .or_else(|| named_pair(&lower))
        .or_else(|| separate_names(&lower))
        .or_else(|| osm_fragment(&lower))
        .or_else(|| map_codes::osm_short(after(word, "/go/")?))
        .or_else(|| map_codes::geohash(after(&lower, "waze.com/ul/h")?))
        .or_else(|| tilde_pair(&lower))
        .or_else(|| after(&lower, "@").and_then(plain_pair));
    Some(found.map_or(Written::Unresolved, |(lat, lng)| judged(lat, lng, PlaceSource::MapLink)))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.find(mark).and_then(|at| text.get(at + mark.len()..))
}

/// `!3d<lat>!4d<lng>`: the pin itself, while `@` is only the middle of the screen.
fn google_pin(link: &str) -> Option<(f64, f64)> {
    Some((number(after(link, "!3d")?)?, number(after(link, "!4d")?)?))
}

/// `q=lat,lng` and its relatives.
fn named_pair(link: &str) -> Option<(f64, f64)> {
    [
        "?q=",
        "&q=",
        "query=",
        "?ll=",
        "&ll=",
        "sll=",
        "destination=",
        "daddr=",
        "/search/",
        "q=loc:",
        "/place/",
        "/dir//",
        "coordinate=",
        "to=ll.",
        "latlng=",
        "center=",
    ]
    .iter()
    .find_map(|mark| after(link, mark).and_then(plain_pair))
}

/// `cp=lat~lng`.
fn tilde_pair(link: &str) -> Option<(f64, f64)> {
    let (lat, rest) = after(link, "cp=")?.split_once('~')?;
    Some((lat.parse().ok()?, number(rest)?))
}

/// `mlat=…&mlon=…`.
fn separate_names(link: &str) -> Option<(f64, f64)> {
    [("mlat=", "mlon="), ("lat=", "lon="), ("lat=", "lng=")]
        .iter()
        .find_map(|(lat, lng)| Some((number(after(link, lat)?)?, number(after(link, lng)?)?)))
}

/// `#map=16/lat/lng`.
fn osm_fragment(link: &str) -> Option<(f64, f64)> {
    let mut parts = after(link, "#map=")?.split('/').skip(1);
    Some((number(parts.next()?)?, number(parts.next()?)?))
}

/// The number a text begins with.
fn number(text: &str) -> Option<f64> {
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '-'))).unwrap_or(text.len());
    text.get(..end)?.trim_end_matches('.').parse().ok()
}

/// `lat,lng` with decimal points, as links write it; `nan` is a number that is none.
fn plain_pair(text: &str) -> Option<(f64, f64)> {
    if text.starts_with("nan") {
        return Some((f64::NAN, f64::NAN));
    }
    let (first, rest) = text.split_once(',')?;
    let lat = first.trim().parse().ok()?;
    Some((lat, number(rest)?))
}

/// North or south, east or west, as a letter told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    North,
    South,
    East,
    West,
}

/// One angle as written.
#[derive(Debug, Clone, Copy)]
struct Angle {
    value: f64,
    decimals: usize,
    minutes: bool,
    side: Option<Side>,
    end: usize,
}

/// The first two angles that stand beside each other and look like coordinates: latitude, longitude.
fn pair(letters: &[char]) -> Option<(f64, f64)> {
    let mut at = 0;
    while at < letters.len() {
        let fresh = at == 0 || !(letters[at - 1].is_alphanumeric() || matches!(letters[at - 1], '.' | ','));
        if !fresh || !(begins_number(letters, at) || begins_sided(letters, at)) {
            at += 1;
            continue;
        }
        let Some(first) = angle(letters, at) else {
            at = skip_digits(letters, at + 1);
            continue;
        };
        let next = separators(letters, first.end);
        if next - first.end <= 8
            && let Some(second) = angle(letters, next)
            && let Some(found) = accepted(first, second)
        {
            return Some(found);
        }
        at = first.end.max(at + 1);
    }
    None
}

/// `LS 6.8` or `BT110.8`: a side with its number behind it.
fn begins_sided(letters: &[char], at: usize) -> bool {
    side(letters, at).is_some_and(|(_, end)| letters.get(blanks(letters, end)).is_some_and(char::is_ascii_digit))
}

fn accepted(first: Angle, second: Angle) -> Option<(f64, f64)> {
    let precise = first.decimals.min(second.decimals) >= 3 && first.decimals.max(second.decimals) >= 4;
    let told = first.side.is_some() && second.side.is_some();
    let sexagesimal = first.minutes && second.minutes;
    if !(precise || told || sexagesimal) {
        return None;
    }
    let exchanged = matches!(first.side, Some(Side::East | Side::West))
        && matches!(second.side, Some(Side::North | Side::South) | None);
    Some(if exchanged { (second.value, first.value) } else { (first.value, second.value) })
}

fn begins_number(letters: &[char], at: usize) -> bool {
    let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    digit(at) || (matches!(letters[at], '-' | '\u{2212}') && digit(at + 1))
}

fn skip_digits(letters: &[char], mut at: usize) -> usize {
    while letters.get(at).is_some_and(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ',')) {
        at += 1;
    }
    at
}

fn blanks(letters: &[char], mut at: usize) -> usize {
    while letters.get(at).is_some_and(|letter| letter.is_whitespace()) {
        at += 1;
    }
    at
}

fn separators(letters: &[char], mut at: usize) -> usize {
    while letters.get(at).is_some_and(|letter| letter.is_whitespace() || matches!(letter, ',' | ';' | '/' | '|' | ':'))
    {
        at += 1;
    }
    at
}

/// An angle: optional side, number, degrees-minutes-seconds, optional side.
fn angle(letters: &[char], start: usize) -> Option<Angle> {
    let (before, at) = side(letters, start).map_or((None, start), |(side, end)| (Some(side), blanks(letters, end)));
    let (mut value, decimals, mut at) = decimal(letters, at, 3)?;
    let negative = value.is_sign_negative();
    let mut minutes = false;
    let mark = blanks(letters, at);
    if letters.get(mark).is_some_and(|letter| matches!(letter, '°' | 'º' | '˚')) {
        at = mark + 1;
        let mut size = value.abs();
        for (marks, unit) in [(['\'', '′', '’', '‘'], 60.0), (['"', '″', '”', '\''], 3_600.0)] {
            let Some((part, _, end)) = decimal(letters, blanks(letters, at), 1) else { break };
            let mut end = blanks(letters, end);
            if !letters.get(end).is_some_and(|letter| marks.contains(letter)) || !(0.0..60.0).contains(&part) {
                break;
            }
            while letters.get(end).is_some_and(|letter| marks.contains(letter)) {
                end += 1;
            }
            size += part / unit;
            minutes = true;
            at = end;
        }
        value = if negative { -size } else { size };
    }
    let behind = side(letters, blanks(letters, at)).filter(|_| before.is_none());
    let (told, end) = behind.map_or((before, at), |(side, end)| (Some(side), end));
    if matches!(told, Some(Side::South | Side::West)) {
        value = -value.abs();
    }
    Some(Angle { value, decimals, minutes, side: told, end })
}

/// A decimal number with point, or with comma and at least `comma` digits behind it: value, digits
/// behind the point, end. `1.500.000` is none.
fn decimal(letters: &[char], start: usize, comma: usize) -> Option<(f64, usize, usize)> {
    let mut at = start;
    let mut text = String::new();
    if letters.get(at).is_some_and(|letter| matches!(letter, '-' | '\u{2212}' | '+')) {
        text.push(if letters[at] == '+' { '+' } else { '-' });
        at += 1;
    }
    let whole = at;
    while let Some(letter) = letters.get(at).filter(|letter| letter.is_ascii_digit()) {
        text.push(*letter);
        at += 1;
    }
    if at == whole || at - whole > 3 {
        return None;
    }
    let digits = |from: usize| letters.iter().skip(from).take_while(|letter| letter.is_ascii_digit()).count();
    let mut decimals = 0;
    let point = letters.get(at).copied();
    let behind = digits(at + 1);
    if (point == Some('.') && behind > 0)
        || (point == Some(',') && behind >= comma && letters.get(at + 1 + behind) != Some(&'.'))
    {
        text.push('.');
        text.extend(letters.iter().skip(at + 1).take(behind));
        decimals = behind;
        at += 1 + behind;
    }
    let again = letters.get(at) == Some(&'.') && letters.get(at + 1).is_some_and(char::is_ascii_digit);
    if again {
        return None;
    }
    text.parse().ok().map(|value| (value, decimals, at))
}

/// `LU`, `LS`, `BT`, `N`, `S`, `E`, `U`, `T`, standing alone.
fn side(letters: &[char], at: usize) -> Option<(Side, usize)> {
    let word: String = letters.iter().skip(at).take(3).take_while(|letter| letter.is_alphabetic()).collect();
    let side = match word.to_uppercase().as_str() {
        "LU" | "N" | "U" => Side::North,
        "LS" | "S" => Side::South,
        "BT" | "E" | "T" => Side::East,
        "BB" | "W" => Side::West,
        _ => return None,
    };
    Some((side, at + word.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(text: &str) -> (f64, f64) {
        match find(text) {
            Some(Written::Point { at, .. }) => ((at.lat * 1e4).round() / 1e4, (at.lng * 1e4).round() / 1e4),
            other => unreachable!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_way_of_writing_a_point_gives_that_point() {
        for text in [
            "3.5952, 98.6722",
            "posisi 3.5952,98.6722 pak",
            "3,5952 98,6722",
            "3,5952, 98,6722",
            "3.5952 LU 98.6722 BT",
            "LU 3.5952 BT 98.6722",
            "98.6722 BT 3.5952 LU",
            "3°35'42.72\"N 98°40'19.92\"E",
            "3° 35′ 42,72″ LU, 98° 40′ 19,92″ BT",
            "https://maps.google.com/?q=3.5952,98.6722",
            "https://maps.google.com/maps?q=3.5952%2C98.6722&z=17",
            "https://www.google.com/maps/@3.5952,98.6722,17z",
            "https://www.google.com/maps/place/X/@3.1,98.1,17z/data=!3d3.5952!4d98.6722",
            "geo:3.5952,98.6722?z=3",
            "https://waze.com/ul?ll=3.5952,98.6722&navigate=yes",
            "https://www.openstreetmap.org/?mlat=3.5952&mlon=98.6722#map=16/3.1/98.1",
            "https://www.openstreetmap.org/#map=16/3.5952/98.6722",
            "https://maps.apple.com/place?coordinate=3.5952,98.6722&name=x",
            "https://www.waze.com/live-map/directions?to=ll.3.5952%2C98.6722",
            "https://www.bing.com/maps?cp=3.5952~98.6722&lvl=16",
        ] {
            assert_eq!(point(text), (3.5952, 98.6722), "{text}");
        }
        assert_eq!(point("-6.8188, 110.8344"), (-6.8188, 110.8344));
        assert_eq!(point("6.8188 LS 110.8344 BT"), (-6.8188, 110.8344));
    }

    #[test]
    fn what_is_no_usable_point_says_why_and_is_never_repaired() {
        assert_eq!(find("98.6722, 3.5952"), Some(Written::Bad(BadPoint::Swapped)));
        assert_eq!(find("0.0000, 0.0000"), Some(Written::Bad(BadPoint::OutsideIndonesia)));
        assert_eq!(find("https://maps.google.com/?q=nan,nan"), Some(Written::Bad(BadPoint::NotFinite)));
        assert_eq!(find("-6.9 110.1234567, lalu 200.1234 500.1234"), Some(Written::Bad(BadPoint::OutOfRange)));
        assert_eq!(find("https://maps.app.goo.gl/AbCd12"), Some(Written::Unresolved));
        for text in ["di ///kuda.lari.cepat pak", "https://what3words.com/kuda.lari.cepat", "https://w3w.co/a.b.c"] {
            assert_eq!(find(text), Some(Written::ThreeWords), "{text}");
        }
    }

    #[test]
    fn prices_telephone_numbers_and_times_are_no_coordinates() {
        for text in [
            "Rp 1.500.000 sampai 2.500.000",
            "0812-3456-7890",
            "jam 10.30 sampai 11.45",
            "1.500, 2.000",
            "plat 1234 5678",
            "https://example.com/?q=3.5,98.6",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_a_point_lies_in_indonesia(text in "\\PC{0,60}|[-0-9., °'\"LSBTNE]{0,60}|(geo:|@|q=|https://maps.google.com/|[0-9.,-]){0,20}") {
            if let Some(Written::Point { at, .. }) = find(&text) {
                prop_assert!(crate::model::place::INDONESIA.contains(at));
            }
        }

        #[test]
        fn a_point_written_out_is_read_back(lat in -10.0..5.0_f64, lng in 96.0..140.0_f64) {
            let text = format!("lokasi {lat:.5}, {lng:.5}");
            let Some(Written::Point { at, .. }) = find(&text) else { return Err(TestCaseError::fail(text)) };
            prop_assert!((at.lat - lat).abs() < 1e-5 && (at.lng - lng).abs() < 1e-5);
        }
    }
}
