//! Files of the simulated citizens: drawn and composed, nobody is in them.

use std::io::Cursor;

use bytes::Bytes;

/// How the ids of invented photos begin.
pub const PHOTO: &str = "10033834";
/// How the ids of invented voice notes begin.
pub const VOICE: &str = "20033834";

/// Packets of an invented voice note: 20 ms each.
const SILENT_PACKETS: u8 = 150;

/// The file behind an id that a simulated citizen gave: its type and bytes. The same id, the same file.
#[must_use]
pub fn file(id: &str) -> Option<(String, Bytes)> {
    let seed = |prefix| id.strip_prefix(prefix).and_then(|rest: &str| rest.parse().ok());
    if let Some(seed) = seed(PHOTO) {
        return Some(("image/jpeg".to_owned(), photo(seed)));
    }
    seed(VOICE).map(|_| ("audio/ogg; codecs=opus".to_owned(), voice()))
}

/// Night, lamps, and the colours `seed` chooses.
fn photo(seed: u64) -> Bytes {
    let mut rng = fastrand::Rng::with_seed(seed);
    let (width, height) = (960_u32, 720_u32);
    let horizon = rng.u32(250..420);
    let glow = [rng.u8(150..255), rng.u8(60..160), rng.u8(20..90)];
    let centre = (rng.u32(200..760), horizon + rng.u32(0..120));
    let blocks: Vec<(u32, u32, u8)> = (0..12).map(|n| (n * 80, horizon - rng.u32(30..220), rng.u8(18..60))).collect();
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let away = f64::from(x.abs_diff(centre.0)).hypot(f64::from(y.abs_diff(centre.1)));
        let light = (1.0 - away / 420.0).max(0.0).powi(2);
        let shade = blocks.iter().rev().find(|(left, _, _)| x >= *left).filter(|(_, top, _)| y >= *top && y < horizon);
        let base = match shade {
            Some((_, _, dark)) if (x / 16 + y / 20) % 5 == 0 => dark.saturating_add(70),
            Some((_, _, dark)) => *dark,
            None if y >= horizon => 44,
            None => 16,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 255")]
        let lit = |channel: u8| base.saturating_add((f64::from(channel) * light) as u8);
        image::Rgb(glow.map(lit))
    });
    let mut jpeg = Cursor::new(Vec::new());
    // Memory takes every picture.
    let _ = picture.write_to(&mut jpeg, image::ImageFormat::Jpeg);
    jpeg.into_inner().into()
}

/// Three seconds of silence in Opus (RFC 7845).
fn voice() -> Bytes {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend([0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    let tags = b"OpusTags\x05\0\0\0sigap\0\0\0\0".to_vec();
    let sound: Vec<u8> = [0xf8, 0xff, 0xfe].repeat(SILENT_PACKETS.into());
    let pages = [
        page(2, 0, 0, &[u8::try_from(head.len()).unwrap_or(0)], &head),
        page(0, 0, 1, &[u8::try_from(tags.len()).unwrap_or(0)], &tags),
        page(4, 960 * u64::from(SILENT_PACKETS), 2, &vec![3; SILENT_PACKETS.into()], &sound),
    ];
    pages.concat().into()
}

/// One page of an Ogg stream (RFC 3533, 6).
fn page(flags: u8, samples: u64, number: u32, lengths: &[u8], content: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(samples.to_le_bytes());
    page.extend(7_u32.to_le_bytes());
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    page.push(u8::try_from(lengths.len()).unwrap_or(u8::MAX));
    page.extend_from_slice(lengths);
    page.extend_from_slice(content);
    let check = crc(&page);
    if let Some(field) = page.get_mut(22..26) {
        field.copy_from_slice(&check.to_le_bytes());
    }
    page
}

/// The check sum of Ogg: polynomial 04c11db7, nothing reflected.
fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << 24), |crc, _| {
            let carry = if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 };
            (crc << 1) ^ carry
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::media::{Inspector, picture};
    use crate::model::media::MediaKind;

    #[test]
    fn what_is_invented_is_what_it_says_and_repeats() {
        let kind = |id: &str| {
            let (_, bytes) = file(id)?;
            let mut inspector = Inspector::default();
            inspector.feed(&bytes);
            inspector.finish().ok().map(|found| found.kind)
        };
        assert_eq!(kind("1003383400000007"), Some(MediaKind::Picture));
        assert_eq!(kind("2003383400000007"), Some(MediaKind::Sound));
        assert_eq!(kind("3003383400000007"), None);
        assert!(picture::shown(&file("1003383400000007").expect("a photo").1).is_ok());
        assert_eq!(file("1003383400000007"), file("1003383400000007"));
        assert_ne!(file("1003383400000007"), file("1003383400000008"));
    }
}
