//! What the learned part sees of a report: the words, two neighbours, pieces of words, and what the
//! lexicon says about them. In go words and cues, out come named features with a value and the words
//! they stand on, so that a weight can be read and a judgement traced back to words.
//!
//! Names inside the place phrase are left out: that a street is called after a king says nothing.

use super::cues::{Match, Word, signal};
use super::lexicon::{Lexicon, Signal, kind};
use super::normalise::Break;
use crate::model::report::Category;

/// Share of word features in the length of the vector; the pieces of words share [`PIECES`].
const WORDS: f32 = 2.0;
/// Share of the features from pieces of words.
const PIECES: f32 = 2.0;
/// Rule points that count as one.
const POINTS: f64 = 2.5;
/// Features of one report at most; what stands beyond changes no judgement.
const MOST: usize = 6_000;

/// What one report is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub words: &'a [Word],
    pub found: &'a [Match],
    /// Rule points of each category.
    pub points: &'a [f64],
    /// First and last word of the place phrase.
    pub place: Option<(usize, usize)>,
}

/// A named property of a report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feature {
    /// Hash of its name.
    pub key: u64,
    pub value: f32,
    /// First and last word it stands on; none for what concerns the whole report.
    pub run: Option<(usize, usize)>,
}

/// FNV-1a with 64 bits, by Fowler, Noll and Vo: the same name gives the same key on every machine.
pub(super) fn key(parts: &[&str]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// All features of a report; `name` hears the name of each before its key is taken.
pub(super) fn all(seen: &Seen<'_>, lexicon: &Lexicon, mut name: impl FnMut(&[&str])) -> Vec<Feature> {
    let mut features = Vec::with_capacity(64 + seen.words.len() * 12);
    let mut take = |parts: &[&str], value: f32, run| {
        name(parts);
        features.push(Feature { key: key(parts), value, run });
    };
    let texts: Vec<Option<&str>> = (0..seen.words.len()).map(|at| text(seen, lexicon, at)).collect();
    let spoken = texts.iter().flatten().count().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a count of words, at most thousands")]
    let root = (spoken as f32).sqrt();
    neighbours(seen, &texts, lexicon, WORDS / root, &mut take);
    pieces(seen, &texts, PIECES / (root * 2.0), &mut take);
    cues(seen, &mut take);
    shape(seen, &mut take);
    features
}

/// The usual form of a word, or none when it is only part of a place's name.
fn text<'a>(seen: &'a Seen<'_>, lexicon: &'a Lexicon, at: usize) -> Option<&'a str> {
    let word = &seen.words[at];
    let named = seen.place.is_some_and(|(first, last)| (first..=last).contains(&at));
    if named && !word.is(kind::PLACE | kind::RELATION | kind::PREP) {
        return None;
    }
    if word.token.number {
        return Some("#");
    }
    Some(word.forms.first().filter(|_| word.direct).map_or(word.token.word.as_str(), |&form| lexicon.name(form)))
}

fn neighbours(
    seen: &Seen<'_>,
    texts: &[Option<&str>],
    lexicon: &Lexicon,
    value: f32,
    take: &mut impl FnMut(&[&str], f32, Option<(usize, usize)>),
) {
    let mut before: Option<(usize, &str)> = None;
    for (at, text) in texts.iter().enumerate().take(MOST / 12) {
        let Some(text) = *text else {
            if before.is_none_or(|(_, word)| word != "<place>") {
                before = Some((at, "<place>"));
            }
            continue;
        };
        take(&["w ", text], value, Some((at, at)));
        let word = &seen.words[at];
        for &stem in word.forms.iter().skip(usize::from(word.direct)).take(2) {
            take(&["w ", lexicon.name(stem)], value, Some((at, at)));
        }
        let joined = word.token.before <= Break::Comma;
        if let Some((first, left)) = before.filter(|_| joined) {
            take(&["b ", left, " ", text], value, Some((if left == "<place>" { at } else { first }, at)));
        }
        before = Some((at, text));
    }
}

/// Three to five letters in a row, with `^` and `$` at the ends of a word.
fn pieces(
    seen: &Seen<'_>,
    texts: &[Option<&str>],
    value: f32,
    take: &mut impl FnMut(&[&str], f32, Option<(usize, usize)>),
) {
    for (at, text) in texts.iter().enumerate().take(MOST / 12) {
        let word = &seen.words[at].token.word;
        if text.is_none() || word.len() < 4 || !word.is_ascii() || seen.words[at].token.number {
            continue;
        }
        let framed = format!("^{word}$");
        for length in 3..=4 {
            for start in 0..framed.len().saturating_sub(length - 1) {
                if let Some(piece) = framed.get(start..start + length) {
                    take(&["c ", piece], value, Some((at, at)));
                }
            }
        }
    }
}

/// What the lexicon says.
fn cues(seen: &Seen<'_>, take: &mut impl FnMut(&[&str], f32, Option<(usize, usize)>)) {
    let best = seen.points.iter().copied().fold(0.0, f64::max);
    for (category, &points) in Category::ALL.iter().zip(seen.points) {
        if points > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a few points")]
            take(&["r ", category.code()], (points / POINTS).min(2.5) as f32, None);
            if points >= best {
                take(&["top ", category.code()], 1.5, None);
            }
        }
    }
    if best <= 0.0 {
        take(&["top -"], 1.0, None);
    }
    for (wanted, code) in SIGNALS {
        if signal(seen.found, wanted).is_some() {
            take(&["s ", code], 1.0, None);
        }
    }
}

const SIGNALS: [(Signal, &str); 17] = [
    (Signal::Question, "question"),
    (Signal::Event, "event"),
    (Signal::Help, "help"),
    (Signal::Laughter, "laughter"),
    (Signal::Retract, "retract"),
    (Signal::Unverified, "unverified"),
    (Signal::Past, "past"),
    (Signal::Hypothetical, "hypothetical"),
    (Signal::Ongoing, "ongoing"),
    (Signal::Done, "done"),
    (Signal::Idiom, "idiom"),
    (Signal::Soft, "soft"),
    (Signal::Despair, "despair"),
    (Signal::Danger, "danger"),
    (Signal::Risk, "risk"),
    (Signal::Urgent, "urgent"),
    (Signal::Minor, "minor"),
];

/// Length, place, persons, shouting.
fn shape(seen: &Seen<'_>, take: &mut impl FnMut(&[&str], f32, Option<(usize, usize)>)) {
    take(&["bias"], 1.0, None);
    let words = seen.words;
    let length = match words.len() {
        0..=2 => "l 2",
        3..=4 => "l 4",
        5..=8 => "l 8",
        9..=16 => "l 16",
        _ => "l more",
    };
    take(&[length], 1.0, None);
    for (holds, code) in [
        (seen.place.is_some(), "has place"),
        (words.iter().any(|word| word.is(kind::WEAPON)), "has weapon"),
        (words.iter().any(|word| word.is(kind::VEHICLE)), "has vehicle"),
        (words.iter().any(|word| word.is(kind::PERSON)), "has person"),
        (words.iter().any(|word| word.is(kind::TIME)), "has time"),
        (words.iter().any(|word| word.is(kind::NEGATION)), "has negation"),
        (words.iter().filter(|word| word.token.shouted && word.token.word.len() > 2).count() > 2, "shouts"),
    ] {
        if holds {
            take(&[code], 1.0, None);
        }
    }
}
