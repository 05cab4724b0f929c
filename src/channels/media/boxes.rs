//! Walks the boxes of an ISO base media file (MP4, MOV, 3GP; ISO 14496-12, 4.2) as it passes by, to
//! know whether it is whole.

/// The boxes met so far.
#[derive(Debug, Default)]
pub(super) struct BoxWalk {
    /// The head of the next box, as far as it has come: 8 bytes, or 16 with a long size.
    head: Vec<u8>,
    /// Bytes of the present box still to pass.
    left: u64,
    /// The last box reaches to the end of the file.
    to_the_end: bool,
    has_index: bool,
    broken: bool,
}

impl BoxWalk {
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.to_the_end && !self.broken {
            if self.left > 0 {
                let passed = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= passed as u64;
                bytes = bytes.get(passed..).unwrap_or_default();
                continue;
            }
            let taken = (self.head_len() - self.head.len()).min(bytes.len());
            let (new, rest) = bytes.split_at(taken);
            self.head.extend_from_slice(new);
            bytes = rest;
            if self.head.len() == self.head_len() {
                self.begin();
            }
        }
    }

    /// A size of 1 says that the true size follows in eight bytes.
    fn head_len(&self) -> usize {
        if self.head.starts_with(&[0, 0, 0, 1]) && self.head.len() >= 8 { 16 } else { 8 }
    }

    fn begin(&mut self) {
        let short = self.head.first_chunk::<4>().map_or(0, |size| u64::from(u32::from_be_bytes(*size)));
        let long = self.head.last_chunk::<8>().map_or(0, |size| u64::from_be_bytes(*size));
        let size = if short == 1 { long } else { short };
        let kind = self.head.get(4..8).unwrap_or_default();
        self.broken |= !kind.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == 0xa9);
        // An index (`moov`), or the pieces of a video written while it was filmed (`moof`).
        self.has_index |= matches!(kind, b"moov" | b"moof");
        match size.checked_sub(self.head.len() as u64) {
            _ if short == 0 => self.to_the_end = true,
            Some(left) => self.left = left,
            None => self.broken = true,
        }
        self.head.clear();
    }

    /// The file ended where its last box ends, and it has an index.
    pub(super) const fn is_whole(&self) -> bool {
        self.has_index && !self.broken && self.left == 0 && self.head.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sizes_and_boxes_to_the_end_are_followed() {
        let mut walk = BoxWalk::default();
        walk.feed(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x12xx");
        walk.feed(b"\0\0\0\x09moovx");
        assert!(walk.is_whole());
        walk.feed(b"\0\0\0\0mdat");
        walk.feed(&[0; 5000]);
        assert!(walk.is_whole());
    }

    #[test]
    fn a_size_smaller_than_its_own_head_is_broken() {
        let mut walk = BoxWalk::default();
        walk.feed(b"\0\0\0\x09moovx\0\0\0\x05free");
        assert!(!walk.is_whole());
    }
}
