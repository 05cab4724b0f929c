//! Codes inside map links that hold a point: geohash (Waze), OpenStreetMap short links.
//!
//! A code in, latitude and longitude in the middle of its box out; nothing when it is too coarse to
//! send somebody there.

/// Boxes wider than this many degrees (about 1 km) say no place.
const TOO_COARSE: f64 = 0.01;

/// A geohash (base 32, longitude first).
pub(super) fn geohash(code: &str) -> Option<(f64, f64)> {
    const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let (mut lat, mut lng) = ((-90.0, 90.0), (-180.0, 180.0));
    let mut east = true;
    let letters = code.bytes().take_while(u8::is_ascii_alphanumeric).take(12);
    for letter in letters {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        for bit in (0..5).rev() {
            halve(if east { &mut lng } else { &mut lat }, value >> bit & 1 == 1);
            east = !east;
        }
    }
    middle(lat, lng)
}

/// The code of `osm.org/go/…`: three bits of longitude and latitude a letter, longitude first.
pub(super) fn osm_short(code: &str) -> Option<(f64, f64)> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~";
    let (mut lat, mut lng) = ((-90.0, 90.0), (-180.0, 180.0));
    let letters = code.bytes().map(|letter| if letter == b'@' { b'~' } else { letter });
    for letter in letters.take_while(|letter| ALPHABET.contains(letter)).take(10) {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        for pair in (0..3).rev() {
            halve(&mut lng, value >> (2 * pair + 1) & 1 == 1);
            halve(&mut lat, value >> (2 * pair) & 1 == 1);
        }
    }
    middle(lat, lng)
}

fn halve(range: &mut (f64, f64), upper: bool) {
    let middle = f64::midpoint(range.0, range.1);
    if upper { range.0 = middle } else { range.1 = middle }
}

fn middle(lat: (f64, f64), lng: (f64, f64)) -> Option<(f64, f64)> {
    let fine = lat.1 - lat.0 < TOO_COARSE && lng.1 - lng.0 < TOO_COARSE;
    fine.then(|| (f64::midpoint(lat.0, lat.1), f64::midpoint(lng.0, lng.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<(f64, f64)>, lat: f64, lng: f64) -> bool {
        found.is_some_and(|(y, x)| (y - lat).abs() < 0.001 && (x - lng).abs() < 0.001)
    }

    #[test]
    fn known_codes_lead_to_their_points() {
        // The example of the geohash article (Jutland) and of the OpenStreetMap wiki (Uxbridge).
        assert!(near(geohash("u4pruydqqvj"), 57.649_11, 10.407_44));
        assert!(near(osm_short("0EEQjE--"), 51.510_8, 0.055_4) || near(osm_short("0EEQjE"), 51.510_8, 0.055_4));
        assert_eq!((geohash("u4"), geohash("ail"), osm_short("0E"), osm_short("")), (None, None, None, None));
    }
}
