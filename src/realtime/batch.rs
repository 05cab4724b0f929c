//! Positions of a tablet in one binary frame: a second of driving costs nine bytes instead of 140.
//!
//! In: a frame as it came over the socket. Out: its fixes, or why it is none. Little endian: `u8 kind=2,
//! u8 version=1, u16 count, i64 ms since 1970, i32 lng·1e6, i32 lat·1e6`, then per fix `u16 hundredths
//! of a second since that instant, i16 and i16 millionths of a degree east and north of the fix before
//! (of that point, for the first), u8 accuracy m, u8 speed in quarters of a m/s, u8 heading in 1/255 of
//! a turn`; 255 is a value the device does not know. The clock is the tablet's, set to ours.

use crate::model::clock::Timestamp;
use crate::model::place::LngLat;
use crate::model::unit::Fix;

const KIND: u8 = 2;
const VERSION: u8 = 1;
const HEAD_BYTES: usize = 20;
const FIX_BYTES: usize = 9;
const UNKNOWN: u8 = 255;

/// Most fixes in a frame: the tablet sends them every few seconds, and all it kept after a gap in pieces.
pub const MOST_FIXES: usize = 120;

/// The fixes of a frame, in its order.
///
/// # Errors
/// What is wrong with the frame: another kind or version, no or too many fixes, a length that does not fit, a
/// point that is none. Nothing of such a frame is used.
pub fn read(frame: &[u8]) -> Result<Vec<Fix>, &'static str> {
    let (head, fixes) = frame.split_at_checked(HEAD_BYTES).ok_or("shorter than its head")?;
    let mut head = Reader(head);
    if (head.u8(), head.u8()) != (KIND, VERSION) {
        return Err("a frame of another kind or version");
    }
    let count = usize::from(head.u16());
    if !(1..=MOST_FIXES).contains(&count) {
        return Err("one to 120 fixes");
    }
    if fixes.len() != count * FIX_BYTES {
        return Err("its length is not that of its fixes");
    }
    let began_ms = head.i64();
    let (mut lng, mut lat) = (head.i32(), head.i32());
    let mut read = Vec::with_capacity(count);
    for record in fixes.chunks_exact(FIX_BYTES) {
        let mut record = Reader(record);
        let after_ms = i64::from(record.u16()) * 10;
        (lng, lat) = (lng.saturating_add(record.i16().into()), lat.saturating_add(record.i16().into()));
        let point = LngLat::checked(f64::from(lng) / 1e6, f64::from(lat) / 1e6).map_err(|_| "a point that is none")?;
        read.push(Fix {
            lng: point.lng,
            lat: point.lat,
            at: Timestamp(began_ms.saturating_add(after_ms).saturating_mul(1000)),
            accuracy_m: record.known(1.0),
            speed_mps: record.known(0.25),
            heading_deg: record.known(360.0 / 255.0),
        });
    }
    Ok(read)
}

/// Takes numbers off the front; the lengths were looked at before.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((first, rest)) = self.0.split_first_chunk::<N>() else { return [0; N] };
        self.0 = rest;
        *first
    }

    fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.bytes())
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn i16(&mut self) -> i16 {
        i16::from_le_bytes(self.bytes())
    }

    fn i32(&mut self) -> i32 {
        i32::from_le_bytes(self.bytes())
    }

    fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.bytes())
    }

    fn known(&mut self, unit: f32) -> Option<f32> {
        let value = self.u8();
        (value != UNKNOWN).then(|| f32::from(value) * unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same frame stands in web/src/tablet/batch.test.ts.
    const TOGETHER: &str = "020102000026acaa9a0100004084e005e06735000000000000000824ff6500f5fff50a0a0880";

    #[test]
    fn a_frame_of_the_tablet_is_read() {
        let fixes = read(&hex::decode(TOGETHER).unwrap()).unwrap();
        let place = |fix: &Fix| (fix.lng, fix.lat, fix.at.0);
        assert_eq!(place(&fixes[0]), (98.6, 3.5, 1_763_800_000_000_000));
        assert_eq!((fixes[0].accuracy_m, fixes[0].speed_mps, fixes[0].heading_deg), (Some(8.0), Some(9.0), None));
        assert_eq!(place(&fixes[1]), (98.599_989, 3.502_805, 1_763_800_001_010_000));
        assert_eq!((fixes[1].accuracy_m, fixes[1].speed_mps), (Some(10.0), Some(2.0)));
        assert!((fixes[1].heading_deg.unwrap() - 180.7).abs() < 0.1);
    }

    #[test]
    fn what_is_no_frame_says_why() {
        let whole = hex::decode(TOGETHER).unwrap();
        assert_eq!(read(&[]), Err("shorter than its head"));
        assert_eq!(read(&whole[..whole.len() - 1]), Err("its length is not that of its fixes"));
        assert_eq!(read(&[&[1], &whole[1..]].concat()), Err("a frame of another kind or version"));
        assert_eq!(read(&[&whole[..2], &[0, 0], &whole[4..]].concat()), Err("one to 120 fixes"));
        assert_eq!(read(&[&whole[..2], &[0, 9], &whole[4..]].concat()), Err("one to 120 fixes"));
        let far = [&whole[..12], &[0xff, 0xff, 0xff, 0x7f], &whole[16..]].concat();
        assert_eq!(read(&far), Err("a point that is none"));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }

        #[test]
        fn every_fix_of_a_drive_comes_back(steps in proptest::collection::vec((0_u16..200, -3000_i16..3000, -3000_i16..3000, any::<[u8; 3]>()), 1..MOST_FIXES)) {
            let (began, lng, lat) = (1_763_800_000_000_i64, 98_600_000_i32, 3_500_000_i32);
            let mut frame = vec![KIND, VERSION];
            frame.extend(u16::try_from(steps.len()).unwrap().to_le_bytes());
            frame.extend(began.to_le_bytes());
            frame.extend(lng.to_le_bytes());
            frame.extend(lat.to_le_bytes());
            for (after, east, north, rest) in &steps {
                frame.extend(after.to_le_bytes());
                frame.extend(east.to_le_bytes());
                frame.extend(north.to_le_bytes());
                frame.extend(rest);
            }
            let fixes = read(&frame).unwrap();
            prop_assert_eq!(fixes.len(), steps.len());
            let (mut x, mut y) = (lng, lat);
            for (fix, (after, east, north, rest)) in fixes.iter().zip(&steps) {
                (x, y) = (x + i32::from(*east), y + i32::from(*north));
                prop_assert_eq!((fix.lng, fix.lat), (f64::from(x) / 1e6, f64::from(y) / 1e6));
                prop_assert_eq!(fix.at.0, (began + i64::from(*after) * 10) * 1000);
                prop_assert_eq!(fix.accuracy_m.is_some(), rest[0] != UNKNOWN);
                prop_assert_eq!(fix.speed_mps.is_some(), rest[1] != UNKNOWN);
            }
        }
    }
}
