//! What a file is, judged by its content: bytes enter piece by piece, a kind leaves or a reason why
//! the file is not kept. Names and declared types are never believed.
//!
//! Pure: no I/O, no clock. Files pass through in constant memory; only a picture is looked at whole
//! (see [`picture`]).

mod boxes;
mod mp3;
pub mod picture;

use boxes::BoxWalk;

use crate::model::media::{MediaKind, MediaProblem};

/// Bytes at the beginning that the judgement rests on.
const HEAD: usize = 4096;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its kind.
    pub kind: MediaKind,
    /// Its media type, as it is served.
    pub mime: &'static str,
}

/// Judges a file that passes by in pieces of any size.
#[derive(Debug, Default)]
pub struct Inspector {
    head: Vec<u8>,
    boxes: BoxWalk,
}

impl Inspector {
    /// The next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        self.boxes.feed(bytes);
    }

    /// What the bytes so far look like; enough is known after the first 4,096.
    #[must_use]
    pub fn looks_like(&self) -> Option<Found> {
        sniff(&self.head)
    }

    /// The judgement, once the file has passed by.
    ///
    /// # Errors
    /// [`MediaProblem`]: empty, of a kind that is not kept, or cut off.
    pub fn finish(&self) -> Result<Found, MediaProblem> {
        if self.head.is_empty() {
            return Err(MediaProblem::Empty);
        }
        let found = self.looks_like().ok_or(MediaProblem::Kind)?;
        let is_boxed = matches!(found.mime, "video/mp4" | "video/3gpp" | "video/quicktime" | "audio/mp4");
        if is_boxed && !self.boxes.is_whole() { Err(MediaProblem::Broken) } else { Ok(found) }
    }
}

/// The kind that the first bytes of a file show.
fn sniff(head: &[u8]) -> Option<Found> {
    use MediaKind::{Document, Picture, Sound};
    let found = |kind, mime| Some(Found { kind, mime });
    let at = |from: usize, word: &[u8]| head.get(from..from + word.len()) == Some(word);
    if at(0, b"\xff\xd8\xff") {
        found(Picture, "image/jpeg")
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        found(Picture, "image/png")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        found(Picture, "image/webp")
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        found(Picture, "image/gif")
    } else if at(4, b"ftyp") {
        by_brand(head.get(8..12)?)
    } else if at(0, b"OggS\0") {
        found(Sound, "audio/ogg")
    } else if at(0, b"ID3") || mp3::has_two_frames(head) {
        found(Sound, "audio/mpeg")
    } else if mp3::is_adts(head) {
        found(Sound, "audio/aac")
    } else if at(0, b"%PDF-") {
        found(Document, "application/pdf")
    } else {
        None
    }
}

/// The major brand of an ISO base media file (ISO 14496-12; brands as registered at mp4ra.org).
fn by_brand(brand: &[u8]) -> Option<Found> {
    let (kind, mime) = match brand {
        b"M4A " | b"M4B " => (MediaKind::Sound, "audio/mp4"),
        b"qt  " => (MediaKind::Video, "video/quicktime"),
        [b'3', b'g', b'p' | b'2' | b'e' | b'r' | b's', _] => (MediaKind::Video, "video/3gpp"),
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"mmp4" | b"MSNV"
        | b"dash" => (MediaKind::Video, "video/mp4"),
        _ => return None,
    };
    Some(Found { kind, mime })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(bytes: &[u8]) -> Result<&'static str, MediaProblem> {
        let mut whole = Inspector::default();
        whole.feed(bytes);
        let mut in_pieces = Inspector::default();
        bytes.chunks(7).for_each(|piece| in_pieces.feed(piece));
        assert_eq!(whole.finish(), in_pieces.finish(), "pieces make no difference");
        whole.finish().map(|found| found.mime)
    }

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).expect("small").to_be_bytes();
        [&size, &kind[..], content].concat()
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let mp4 = [boxed(*b"ftyp", b"isom\0\0\0\0"), boxed(*b"moov", b"x"), boxed(*b"mdat", &[0; 99])].concat();
        let mov = [boxed(*b"ftyp", b"qt  \0\0\0\0"), boxed(*b"wide", b""), boxed(*b"moov", b"x")].concat();
        let gp = [boxed(*b"ftyp", b"3gp4\0\0\0\0"), boxed(*b"moov", b"x")].concat();
        let m4a = [boxed(*b"ftyp", b"M4A \0\0\0\0"), boxed(*b"moov", b"x")].concat();
        let cases: [(&[u8], &str); 11] = [
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
            (b"GIF89a\x01\0", "image/gif"),
            (&mp4, "video/mp4"),
            (&mov, "video/quicktime"),
            (&gp, "video/3gpp"),
            (&m4a, "audio/mp4"),
            (b"OggS\0\x02", "audio/ogg"),
            (b"ID3\x04\0", "audio/mpeg"),
            (b"%PDF-1.7\n", "application/pdf"),
        ];
        for (bytes, mime) in cases {
            assert_eq!(judged(bytes), Ok(mime));
        }
    }

    #[test]
    fn what_can_run_or_hide_something_is_refused() {
        let cases: [&[u8]; 12] = [
            b"<!doctype html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<?xml version='1.0'?><svg/>",
            b"PK\x03\x04\x14\0",
            b"MZ\x90\0",
            b"\x7fELF\x02",
            b"#!/bin/sh\n",
            b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
            b"\x1f\x8b\x08\0",
            b"\xff\xfeh\0a\0l\0o\0",
            b" \xff\xd8\xff\xe0",
            b"\0\0\0\x18ftypheic",
        ];
        for bytes in cases {
            assert_eq!(judged(bytes), Err(MediaProblem::Kind), "{bytes:?}");
        }
        assert_eq!(judged(b""), Err(MediaProblem::Empty));
    }

    #[test]
    fn a_video_that_was_cut_off_is_damaged() {
        let whole = [boxed(*b"ftyp", b"isom\0\0\0\0"), boxed(*b"mdat", &[7; 5000]), boxed(*b"moov", b"xyz")].concat();
        assert_eq!(judged(&whole), Ok("video/mp4"));
        for cut in [13, 40, 3000, whole.len() - 1] {
            assert_eq!(judged(&whole[..cut]), Err(MediaProblem::Broken), "{cut}");
        }
        let without_index = [boxed(*b"ftyp", b"isom\0\0\0\0"), boxed(*b"mdat", &[7; 50])].concat();
        assert_eq!(judged(&without_index), Err(MediaProblem::Broken));
        let garbage = [boxed(*b"ftyp", b"isom\0\0\0\0"), vec![0xff; 400]].concat();
        assert_eq!(judged(&garbage), Err(MediaProblem::Broken));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_judge_fall_over(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _judgement = judged(&bytes);
            let _boxed = judged(&[&b"\0\0\0\x10ftypisom\0\0\0\0"[..], &bytes].concat());
        }
    }
}
