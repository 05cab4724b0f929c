//! Runs of a phrase's words, ready to be compared with many names: how alike are they, 0 to 1.
//!
//! Likeness is 1 minus the share of letters to insert or delete (indel), counted 64 letters at a time
//! (Hyyrö 2004), so that a hundred names cost some microseconds.

use super::address::{AddressWord, Weight, squeeze_onto};
use super::gazetteer_entry::PlaceKind;

/// Most words of one run.
const MOST_WORDS: usize = 6;

/// A name as runs are compared with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelled<'a> {
    pub text: &'a str,
    /// Which letters stand in it.
    letters: u64,
}

impl<'a> Spelled<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, letters: text.bytes().fold(0, |letters, byte| letters | 1 << slot(byte)) }
    }
}

/// A run of words, squeezed.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// First and last word.
    pub first: usize,
    pub last: usize,
    pub text: String,
    /// For each letter, where it stands in the text.
    masks: Box<[u64; 38]>,
    /// Which letters stand in it.
    letters: u64,
    /// All its words are weak or generic.
    pub generic: bool,
    /// What a word before it says it is; only of the first name behind that word.
    pub hint: Option<PlaceKind>,
    /// All its words are weak: `dari` is a village, too.
    pub weak: bool,
}

impl Window {
    fn new((first, last): (usize, usize), text: String, hint: Option<PlaceKind>, weight: Weight) -> Option<Self> {
        if text.is_empty() || text.len() > 64 {
            return None;
        }
        let mut masks = Box::new([0; 38]);
        let mut letters = 0;
        for (at, byte) in text.bytes().enumerate() {
            masks[slot(byte)] |= 1 << at;
            letters |= 1 << slot(byte);
        }
        let (generic, weak) = (weight != Weight::Telling, weight == Weight::Weak);
        Some(Self { first, last, text, masks, letters, generic, hint, weak })
    }

    /// Whether its likeness to a name may be `least` or more: what one has longer than the other and
    /// letters that only the name has count against it. No letter is compared for that.
    fn may_reach(&self, name: &Spelled<'_>, least: f64) -> bool {
        let foreign = (name.letters & !self.letters).count_ones() as usize;
        let shared = self.text.len().min(name.text.len().saturating_sub(foreign));
        let count = |length: usize| f64::from(u32::try_from(length).unwrap_or(u32::MAX));
        // Rounding must not shut out what is exactly alike enough.
        2.0 * count(shared) >= least * count(self.text.len() + name.text.len()) - 1e-6
    }

    /// How alike, when that is `least` or more.
    pub(super) fn alike_from(&self, name: &Spelled<'_>, least: f64) -> Option<f64> {
        if !self.may_reach(name, least) {
            return None;
        }
        Some(self.alike(name.text)).filter(|likeness| *likeness >= least)
    }

    /// Whether the digits of both are the same: 3 and 13 are never alike.
    fn same_digits(&self, name: &Spelled<'_>) -> bool {
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
        (self.letters | name.letters) & DIGITS == 0 || digits(&self.text) == digits(name.text)
    }

    /// Whether it shares a word with another run.
    pub(super) fn overlaps(&self, (first, last): (usize, usize)) -> bool {
        self.first <= last && first <= self.last
    }

    /// How alike the run and a name are, 0 to 1; a first letter that differs counts extra.
    pub(super) fn alike(&self, name: &str) -> f64 {
        let mut open = u64::MAX;
        for byte in name.bytes() {
            let matched = open & self.masks[slot(byte)];
            open = open.wrapping_add(matched) | (open - matched);
        }
        let within = if self.text.len() == 64 { u64::MAX } else { (1 << self.text.len()) - 1 };
        let common = (!open & within).count_ones();
        let letters = u32::try_from(self.text.len() + name.len()).unwrap_or(u32::MAX);
        let likeness = f64::from(2 * common) / f64::from(letters);
        if self.text.as_bytes()[0] == name.as_bytes().first().copied().unwrap_or(0) {
            likeness
        } else {
            likeness - 0.04
        }
    }
}

/// Slots of the digits.
const DIGITS: u64 = 0x3ff << 26;

fn slot(byte: u8) -> usize {
    usize::from(match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        _ => 37,
    })
}

/// All runs of a phrase's words that stay within one part.
pub(super) fn windows(words: &[AddressWord]) -> Vec<Window> {
    let mut all = Vec::new();
    for first in 0..words.len() {
        let mut text = String::new();
        let mut weight = Weight::Weak;
        let own = words[..first].iter().rev().take_while(|word| word.part == words[first].part);
        let hint = words[first].hint.filter(|_| own.clone().all(|word| word.weight == Weight::Weak));
        for (last, word) in words.iter().enumerate().skip(first).take(MOST_WORDS) {
            // A word that says the kind begins its part but belongs to the name behind it.
            if word.part != words[first].part {
                break;
            }
            squeeze_onto(&mut text, &word.text);
            weight = weight.max(word.weight);
            all.extend(Window::new((first, last), text.clone(), hint, weight));
        }
    }
    all
}

/// The run that spells a name best among those `usable`, and how well; none below `least`.
pub(super) fn best<'a>(
    windows: &'a [Window],
    name: &Spelled<'_>,
    least: f64,
    usable: impl Fn(&Window) -> bool,
) -> Option<(f64, &'a Window)> {
    let mut best: Option<(f64, &Window)> = None;
    for window in windows {
        let known = best.map_or(least, |(known, _)| known.max(least));
        if !window.may_reach(name, known) || !usable(window) || !window.same_digits(name) {
            continue;
        }
        let likeness = window.alike(name.text);
        if likeness >= least && best.is_none_or(|(known, _)| likeness > known) {
            best = Some((likeness, window));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rapidfuzz::distance::indel;

    use super::super::address;
    use super::*;

    proptest! {
        #[test]
        fn likeness_is_that_of_the_library(a in "[a-e0-2]{1,64}", b in "[a-e0-2]{1,80}") {
            let window = Window::new((0, 0), a.clone(), None, Weight::Telling).unwrap();
            let mut expected = indel::normalized_similarity(a.bytes(), b.bytes());
            if a.as_bytes()[0] != b.as_bytes()[0] {
                expected -= 0.04;
            }
            prop_assert!((window.alike(&b) - expected).abs() < 1e-9);
        }

        #[test]
        fn what_is_passed_over_is_never_alike_enough(
            a in "[a-e0-2]{1,20}", b in "[a-g0-2]{1,20}", least in 0.0..1.0_f64,
        ) {
            let window = Window::new((0, 0), a, None, Weight::Telling).unwrap();
            let (name, likeness) = (Spelled::new(&b), window.alike(&b));
            // What is asked for may be exactly what it is.
            for least in [least, likeness] {
                let found = window.alike_from(&name, least);
                prop_assert_eq!(found, Some(likeness).filter(|likeness| *likeness >= least));
            }
        }
    }

    #[test]
    fn runs_end_where_a_part_ends() {
        let words = address::read("sei agul, medan barat").words;
        let texts: Vec<String> = windows(&words).into_iter().map(|window| window.text).collect();
        assert_eq!(texts, ["sei", "seiagul", "agul", "medan", "medanbarat", "barat"]);
    }
}
