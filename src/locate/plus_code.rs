//! Plus codes (Open Location Code): a code in, the box it names out; short codes with a place nearby.
//!
//! The algorithm is the one of the specification (github.com/google/open-location-code, version 2020):
//! base 20, ten digits in pairs, then a grid of 4 by 5 per digit, up to 15 digits.

use crate::model::place::{BBox, LngLat};

const ALPHABET: &[u8; 20] = b"23456789CFGHJMPQRVWX";

/// Digits before the plus sign.
const BEFORE_PLUS: usize = 8;

/// Digits that come in pairs of latitude and longitude.
const PAIRS: usize = 10;

/// Digits that mean something.
const MOST_DIGITS: usize = 15;

/// Columns and rows of a digit behind the pairs.
const GRID: (i64, i64) = (4, 5);

/// Parts of a degree in whole numbers: 8000 per degree at ten digits, then 5 or 4 times finer per digit.
const LAT_STEPS: i64 = 8_000 * 3_125;
const LNG_STEPS: i64 = 8_000 * 1_024;

/// A code found in a text, and the text without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The code, upper case.
    pub code: String,
    /// What stands around it.
    pub rest: String,
}

/// The first plus code in a text.
#[must_use]
pub fn find(text: &str) -> Option<Found> {
    let trimmed = |word: &str| word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '+').to_uppercase();
    let word = text.split_whitespace().find(|word| {
        let code = trimmed(word);
        // `2+2` is no place: at least four digits before and two behind the plus.
        code.split_once('+').is_some_and(|(head, tail)| head.len() >= 4 && tail.len() >= 2) && is_valid(&code)
    })?;
    let rest = text.split_whitespace().filter(|other| *other != word).collect::<Vec<_>>().join(" ");
    Some(Found { code: trimmed(word), rest })
}

fn digit(byte: u8) -> Option<i64> {
    ALPHABET.iter().position(|known| *known == byte.to_ascii_uppercase()).and_then(|at| i64::try_from(at).ok())
}

/// Whether a text is a plus code, full or short.
#[must_use]
pub fn is_valid(code: &str) -> bool {
    let Some((head, tail)) = code.split_once('+') else { return false };
    let padding = head.bytes().filter(|byte| *byte == b'0').count();
    let digits = head.trim_end_matches('0');
    let padded = padding > 0;
    let even = head.len().is_multiple_of(2) && head.len() <= BEFORE_PLUS;
    let right_padding = !padded
        || (head.len() == BEFORE_PLUS && tail.is_empty() && digits.len() == head.len() - padding)
            && digits.len().is_multiple_of(2)
            && !digits.is_empty();
    even && right_padding
        && tail.len() != 1
        && head.len() + tail.len() > 0
        && digits.bytes().chain(tail.bytes()).all(|byte| digit(byte).is_some())
}

/// Whether a code names its box without a place nearby.
#[must_use]
pub fn is_full(code: &str) -> bool {
    let upper = code.as_bytes();
    is_valid(code)
        && code.find('+') == Some(BEFORE_PLUS)
        && upper.first().and_then(|b| digit(*b)).is_some_and(|d| d < 9)
        && upper.get(1).and_then(|b| digit(*b)).is_some_and(|d| d < 18)
}

/// The box of a full code, degrees; `None` for anything else.
#[must_use]
pub fn decode(code: &str) -> Option<BBox> {
    if !is_full(code) {
        return None;
    }
    let digits: Vec<i64> =
        code.bytes().filter(|byte| !matches!(byte, b'+' | b'0')).take(MOST_DIGITS).map_while(digit).collect();
    let (mut lat, mut lng) = (-90 * LAT_STEPS, -180 * LNG_STEPS);
    let (mut high, mut wide) = (LAT_STEPS * 400, LNG_STEPS * 400);
    for pair in digits[..digits.len().min(PAIRS)].chunks(2) {
        high /= 20;
        wide /= 20;
        lat += pair[0] * high;
        lng += pair.get(1).copied().unwrap_or(0) * wide;
    }
    for value in digits.iter().skip(PAIRS) {
        high /= GRID.1;
        wide /= GRID.0;
        lat += value / GRID.0 * high;
        lng += value % GRID.0 * wide;
    }
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let degrees = |steps: i64, per: i64| steps as f64 / per as f64;
    Some(BBox {
        west: degrees(lng, LNG_STEPS),
        south: degrees(lat, LAT_STEPS),
        east: degrees(lng + wide, LNG_STEPS),
        north: degrees(lat + high, LAT_STEPS),
    })
}

/// The code of a point with 2, 4, 6, 8, 10 or 11 to 15 digits.
#[must_use]
pub fn encode(at: LngLat, digits: usize) -> String {
    let digits = if digits < PAIRS { digits.div_ceil(2).max(1) * 2 } else { digits.min(MOST_DIGITS) };
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "below 2^53")]
    let steps = |value: f64, per: i64| (value * per as f64).floor() as i64;
    let mut lat = steps(at.lat + 90.0, LAT_STEPS).clamp(0, 180 * LAT_STEPS - 1);
    let mut lng = steps(at.lng + 180.0, LNG_STEPS).rem_euclid(360 * LNG_STEPS);
    let mut reversed: Vec<i64> = Vec::with_capacity(MOST_DIGITS);
    for _ in PAIRS..MOST_DIGITS {
        reversed.push(lat % GRID.1 * GRID.0 + lng % GRID.0);
        lat /= GRID.1;
        lng /= GRID.0;
    }
    for _ in 0..PAIRS / 2 {
        reversed.push(lng % 20);
        reversed.push(lat % 20);
        lng /= 20;
        lat /= 20;
    }
    let mut code = String::with_capacity(digits + 1);
    for (at, value) in reversed.iter().rev().enumerate().take(digits.max(BEFORE_PLUS)) {
        if at == BEFORE_PLUS {
            code.push('+');
        }
        let known = usize::try_from(*value).ok().and_then(|value| ALPHABET.get(value)).copied().unwrap_or(b'0');
        code.push(char::from(if at < digits { known } else { b'0' }));
    }
    if digits <= BEFORE_PLUS {
        code.push('+');
    }
    code
}

/// The full code that a short one means near a place; a full one is given back.
#[must_use]
pub fn recover(short: &str, near: LngLat) -> Option<String> {
    if is_full(short) {
        return Some(short.to_uppercase());
    }
    if !is_valid(short) {
        return None;
    }
    let missing = BEFORE_PLUS - short.find('+')?;
    let head: String = encode(near, PAIRS).chars().take(missing).collect();
    let code = format!("{head}{}", short.to_uppercase());
    let area = decode(&code)?;
    // Degrees of one step of the digits that were missing.
    let step = 20_f64.powf(2.0 - f64::from(u8::try_from(missing / 2).unwrap_or(1)));
    let mut at = LngLat::new(f64::midpoint(area.west, area.east), f64::midpoint(area.south, area.north));
    if near.lat + step / 2.0 < at.lat && at.lat - step >= -90.0 {
        at.lat -= step;
    } else if near.lat - step / 2.0 > at.lat && at.lat + step <= 90.0 {
        at.lat += step;
    }
    if near.lng + step / 2.0 < at.lng {
        at.lng -= step;
    } else if near.lng - step / 2.0 > at.lng {
        at.lng += step;
    }
    let digits = code.bytes().filter(|byte| !matches!(byte, b'+' | b'0')).count();
    Some(encode(at, digits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Vectors of the specification's test data (decoding.csv): code, south, west, north, east.
    const DECODING: [(&str, f64, f64, f64, f64); 12] = [
        ("7FG49Q00+", 20.35, 2.75, 20.4, 2.8),
        ("7FG49QCJ+2V", 20.37, 2.782_125, 20.370_125, 2.782_25),
        ("7FG49QCJ+2VX", 20.370_1, 2.782_218_75, 20.370_125, 2.782_25),
        ("7FG49QCJ+2VXGJ", 20.370_113, 2.782_234_375, 20.370_114, 2.782_236_328_13),
        ("8FVC2222+22", 47.0, 8.0, 47.000_125, 8.000_125),
        ("4VCPPQGP+Q9", -41.273_125, 174.785_875, -41.273, 174.786),
        ("62G20000+", 0.0, -180.0, 1.0, -179.0),
        ("6FH32222+222", 1.0, 1.0, 1.000_025, 1.000_031_25),
        ("CFX30000+", 89.0, 1.0, 90.0, 2.0),
        ("CFX3X2X2+X2", 89.999_875, 1.0, 90.0, 1.000_125),
        ("84000000+", 30.0, -140.0, 50.0, -120.0),
        ("849VGJQF+VX7QR3J7QR3J", 37.539_669_12, -122.375_069_824_2, 37.539_669_16, -122.375_069_702_1),
    ];

    #[test]
    fn the_boxes_are_those_of_the_specification() {
        for (code, south, west, north, east) in DECODING {
            let area = decode(code).unwrap();
            let near = |a: f64, b: f64| (a - b).abs() < 1e-10;
            assert!(near(area.south, south) && near(area.west, west), "{code}: {area:?}");
            assert!(near(area.north, north) && near(area.east, east), "{code}: {area:?}");
        }
    }

    #[test]
    fn codes_are_told_from_other_words_as_the_specification_does() {
        for (code, full) in [
            ("8FWC2345+G6", true),
            ("8FWC2345+G6G", true),
            ("8fwc2345+", true),
            ("8FWCX400+", true),
            ("WC2345+G6g", false),
            ("2345+G6", false),
            ("45+G6", false),
            ("+G6", false),
            ("849VGJQF+VX7QR3JW", true),
        ] {
            assert!(is_valid(code) && is_full(code) == full, "{code}");
        }
        for code in [
            "G+",
            "8FWC2345+G",
            "8FWC2_45+G6",
            "8FWC2η45+G6",
            "8FWC2345+G6+",
            "8FWC2345G6+",
            "8FWC2300+G6",
            "WC2300+G6g",
            "WC2345+G",
            "WC2300+",
            "849VGJQF+VX7QR3U",
            "849VGJQF+VX7QR3JU",
            "",
        ] {
            assert!(!is_valid(code), "{code}");
        }
    }

    #[test]
    fn the_codes_are_those_of_the_specification() {
        for (lat, lng, digits, code) in [
            (20.375, 2.775, 6, "7FG49Q00+"),
            (20.370_062_5, 2.782_187_5, 10, "7FG49QCJ+2V"),
            (20.370_112_5, 2.782_234_375, 11, "7FG49QCJ+2VX"),
            (47.000_062_5, 8.000_062_5, 10, "8FVC2222+22"),
            (-41.273_062_5, 174.785_937_5, 10, "4VCPPQGP+Q9"),
            (90.0, 1.0, 4, "CFX30000+"),
            (1.0, 180.0, 4, "62H20000+"),
        ] {
            assert_eq!(encode(LngLat::new(lng, lat), digits), code);
        }
    }

    #[test]
    fn short_codes_are_found_again_beside_their_place() {
        for (full, lat, lng, short) in [
            ("9C3W9QCJ+2VX", 51.370_112_5, -1.217_765_625, "+2VX"),
            ("9C3W9QCJ+2VX", 51.370_867_5, -1.217_765_625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.370_112_5, -1.218_520_625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.385_212_5, -1.217_765_625, "9QCJ+2VX"),
            ("9C3W9QCJ+2VX", 51.370_112_5, -1.202_665_625, "9QCJ+2VX"),
            ("8FJFW222+", 42.899, 9.012, "22+"),
            ("796RXG22+", 14.951_25, -23.500_1, "22+"),
            ("8FRCXGRF+PM", 47.0, 8.55, "XGRF+PM"),
            ("CFX22222+22", 89.6, 0.0, "2222+22"),
            ("2CXXXXXX+XX", -81.0, 0.0, "XXXXXX+XX"),
        ] {
            assert_eq!(recover(short, LngLat::new(lng, lat)).as_deref(), Some(full), "{short}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_taken_for_one() {
        for text in ["2+2", "jl a+b", "081234+567", "WC2345+G6GA", "8FWC2_45+", "8FWC2345+G", "8FWC2300+G6", "A+AA"] {
            assert_eq!(find(text), None, "{text}");
        }
        let found = find("di HMXG+8Q, Medan pak").unwrap();
        assert_eq!((found.code.as_str(), found.rest.as_str()), ("HMXG+8Q", "di Medan pak"));
    }

    proptest! {
        #[test]
        fn a_point_lies_in_the_box_of_its_code(lat in -89.9..89.9_f64, lng in -180.0..179.9_f64, digits in 2_usize..16) {
            let code = encode(LngLat::new(lng, lat), digits);
            let area = decode(&code).unwrap();
            prop_assert!(area.contains(LngLat::new(lng, lat)), "{code} {area:?}");
        }

        #[test]
        fn a_shortened_code_comes_back(lat in -10.0..5.0_f64, lng in 96.0..140.0_f64, dx in -0.4..0.4_f64, dy in -0.4..0.4_f64) {
            let full = encode(LngLat::new(lng, lat), 10);
            prop_assert_eq!(recover(full.get(4..).unwrap(), LngLat::new(lng + dx, lat + dy)), Some(full));
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,30}|[23456789CFGHJMPQRVWX0+]{1,14}") {
            if let Some(found) = find(&text) {
                prop_assert!(is_valid(&found.code));
                let _ = recover(&found.code, LngLat::new(98.6, 3.6)).and_then(|code| decode(&code));
            }
        }
    }
}
