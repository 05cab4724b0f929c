//! Sound files without a head of their own: MPEG layer III frames (ISO 11172-3) and ADTS (ISO 13818-7).

/// Bit rates of MPEG-1 layer III by index, kbit/s; 0 is free or forbidden.
const MPEG1: [u32; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
/// Bit rates of MPEG-2 and 2.5 layer III by index, kbit/s.
const MPEG2: [u32; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

/// Whether two frames of layer III follow each other: one alone is too easily something else.
pub(super) fn has_two_frames(head: &[u8]) -> bool {
    let Some(first) = frame_len(head) else { return false };
    head.get(first..).is_some_and(|rest| frame_len(rest).is_some())
}

fn frame_len(head: &[u8]) -> Option<usize> {
    let &[sync, version, rates, ..] = head else { return None };
    // eleven bits of sync, a version that exists, layer III
    if sync != 0xff || version & 0xe6 != 0xe2 || version & 0x18 == 0x08 {
        return None;
    }
    let is_mpeg1 = version & 0x18 == 0x18;
    let rate = *(if is_mpeg1 { MPEG1 } else { MPEG2 }).get(usize::from(rates >> 4))?;
    let sample_hz = match (rates >> 2) & 3 {
        0 => 44_100,
        1 => 48_000,
        2 => 32_000,
        _ => return None,
    };
    let halved = match version & 0x18 {
        0x18 => 1,
        0x10 => 2,
        _ => 4,
    };
    let samples = if is_mpeg1 { 144_000 } else { 72_000 };
    let padding = u32::from(rates >> 1 & 1);
    let bytes = samples * rate / (sample_hz / halved) + padding;
    usize::try_from(bytes).ok().filter(|_| rate > 0)
}

/// Whether an ADTS frame begins here and another one follows it.
pub(super) fn is_adts(head: &[u8]) -> bool {
    let frame = |bytes: &[u8]| {
        let &[sync, flags, _, a, b, c, ..] = bytes else { return None };
        let len = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c >> 5);
        (sync == 0xff && flags & 0xf6 == 0xf0 && len > 7).then_some(len)
    };
    frame(head).and_then(|len| head.get(len..)).is_some_and(|rest| frame(rest).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_long_as_the_standard_says() {
        // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes, 418 with padding.
        assert_eq!(frame_len(&[0xff, 0xfb, 0x90, 0]), Some(417));
        assert_eq!(frame_len(&[0xff, 0xfb, 0x92, 0]), Some(418));
        // MPEG-2, 64 kbit/s, 22.05 kHz: 208 bytes.
        assert_eq!(frame_len(&[0xff, 0xf3, 0x80, 0]), Some(208));
        assert_eq!(frame_len(&[0xff, 0xfe, 0x41, 0]), None, "a byte order mark is no sound");
    }

    #[test]
    fn one_frame_alone_is_not_enough() {
        let mut sound = vec![0; 500];
        sound[..3].copy_from_slice(&[0xff, 0xfb, 0x90]);
        assert!(!has_two_frames(&sound));
        sound[417..420].copy_from_slice(&[0xff, 0xfb, 0x90]);
        assert!(has_two_frames(&sound));
    }

    #[test]
    fn adts_frames_follow_each_other() {
        let frame = [0xff, 0xf1, 0x50, 0x80, 0x01, 0x7f, 0xfc, 0, 0, 0, 0];
        assert!(is_adts(&[frame, frame].concat()));
        assert!(!is_adts(&frame));
    }
}
