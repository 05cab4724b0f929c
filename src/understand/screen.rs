//! How much a report looks like noise: what was read of it and how it came in, a score with its signs
//! out. Pure.
//!
//! The score orders and proposes, it never decides: what scores high is set aside and asked back, a
//! person settles it. Who may be in danger scores nothing, whatever else stands in the message, and
//! what names a real matter stays below the line however often it is sent.

use super::lexicon::{Lexicon, kind};
use super::normalise;
use crate::model::clock::Timestamp;
use crate::model::report::{Category, Meaning, Priority, Service};
use crate::model::shield::{Noise, Sign};

/// What a matter of the office can score at most: below every sensible line.
const REAL_MATTER: u8 = 50;

/// Below this confidence a category speaks less loudly for noise.
const SURE: f64 = 0.5;

/// What a photo, a voice or a pin takes off: somebody must look at it.
const SHOWN: u8 = 40;

/// Calls of one number are looked at over this span, seconds.
const CALLS_WITHIN_S: f64 = 3600.0;

/// A report as it came in.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about how it came in")]
pub struct Contact<'a> {
    /// What its messages mean.
    pub meaning: &'a Meaning,
    /// Its texts, in the order they came, the newest last.
    pub texts: &'a [&'a str],
    /// A photo, a video, a file, a voice or a pin came with it.
    pub shows: bool,
    /// The newest message was forwarded from elsewhere.
    pub forwarded: bool,
    /// The rate at which a burst begins was reached.
    pub burst: bool,
    /// The button that asks for an appeal was pressed.
    pub appeals: bool,
}

/// Scores a report.
#[must_use]
pub fn score(contact: &Contact<'_>, lexicon: &Lexicon) -> Noise {
    let mut noise = Noise::default();
    if contact.appeals || speaks_of_appeal(contact.texts) {
        noise.signs.push(Sign::Appeal);
    }
    if contact.meaning.priority <= Priority::P2 {
        return noise;
    }
    let own = own_sign(contact, lexicon);
    let mut score = own.map_or(0, |(_, score)| score);
    noise.signs.extend(own.map(|(sign, _)| sign));
    for (there, sign, points) in [
        (is_repeated(contact.texts), Sign::Repeated, 15),
        (contact.burst, Sign::Burst, 30),
        (contact.forwarded, Sign::Forwarded, 5),
    ] {
        if there {
            score += points;
            noise.signs.push(sign);
        }
    }
    if contact.shows {
        score = score.saturating_sub(SHOWN);
    }
    noise.score = score.min(if own.is_some() { 100 } else { REAL_MATTER });
    noise
}

/// What the category, or the lack of one, says; with its points.
fn own_sign(contact: &Contact<'_>, lexicon: &Lexicon) -> Option<(Sign, u8)> {
    let meaning = contact.meaning;
    let (sign, points) = match meaning.category {
        Category::Kenalan => (Sign::Flirting, 80),
        Category::Spam => (Sign::Spam, 80),
        Category::Curhat => (Sign::Outpouring, 60),
        Category::Opini | Category::SalahKirim => (Sign::OffTopic, 60),
        Category::Salam => return Some((Sign::GreetingOnly, 60)),
        Category::BelumJelas if says_nothing(contact, lexicon) => return Some((Sign::SaysNothing, 60)),
        _ if meaning.service == Service::Prank => (Sign::Prank, 80),
        _ => return None,
    };
    Some((sign, if meaning.confidence < SURE { points / 4 * 3 } else { points }))
}

/// No word that could carry a matter: nothing at all, single letters, small words, keys struck at
/// random. A word we merely do not know may be a dialect: it counts as said.
fn says_nothing(contact: &Contact<'_>, lexicon: &Lexicon) -> bool {
    if contact.shows || contact.meaning.what.is_some() || contact.meaning.place.is_some() {
        return false;
    }
    let empty = |word: &str| word.chars().count() <= 2 || is_mash(word) || is_small(word, lexicon);
    normalise::tokens(contact.texts).iter().all(|token| empty(&token.word))
}

fn is_small(word: &str, lexicon: &Lexicon) -> bool {
    let small = kind::FILLER | kind::COMMON | kind::TIME;
    lexicon.knows(word) && lexicon.forms(word).first().is_some_and(|form| lexicon.kinds(*form) & small != 0)
}

/// Keys struck at random: five letters or more, and hardly a vowel among them.
fn is_mash(word: &str) -> bool {
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let vowels = word.chars().filter(|letter| "aeiou".contains(*letter)).count();
    letters >= 5 && vowels * 6 <= letters
}

/// The newest text was said twice before.
fn is_repeated(texts: &[&str]) -> bool {
    let Some((newest, before)) = texts.split_last() else { return false };
    let same = |text: &&&str| text.trim().eq_ignore_ascii_case(newest.trim());
    !newest.trim().is_empty() && before.iter().filter(same).take(2).count() == 2
}

fn speaks_of_appeal(texts: &[&str]) -> bool {
    let newest = texts.last().map_or(&[][..], std::slice::from_ref);
    normalise::tokens(newest).iter().any(|token| token.word == "banding")
}

/// How an earlier call of a number went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// Somebody spoke, and it became a report.
    Reported,
    /// Answered, and nobody spoke.
    Silent,
    /// Answered, and it was misuse.
    Prank,
    /// Ended before it was answered, or within three seconds.
    HungUp,
    /// Somebody spoke, and nothing had to be written down: speaks for nothing but a burst.
    Spoken,
}

/// An earlier call of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastCall {
    /// When it rang.
    pub at: Timestamp,
    /// How it went.
    pub end: CallEnd,
}

/// Scores a ringing call by what its number did within the last hour. It is always put through: the
/// score only says which of several ringing calls is taken first. A number whose call became a report
/// scores nothing: it may be calling back.
#[must_use]
pub fn call_score(history: &[PastCall], now: Timestamp) -> Noise {
    let lately = || history.iter().filter(|call| (0.0..=CALLS_WITHIN_S).contains(&now.secs_since(call.at)));
    let count = |end| u8::try_from(lately().filter(|call| call.end == end).count()).unwrap_or(u8::MAX);
    if count(CallEnd::Reported) > 0 {
        return Noise::default();
    }
    let mut noise = Noise::default();
    let all = u8::try_from(lately().count()).unwrap_or(u8::MAX);
    for (times, sign, each) in [
        (count(CallEnd::Prank), Sign::Prank, 40),
        (count(CallEnd::Silent), Sign::Silent, 25),
        (count(CallEnd::HungUp), Sign::HungUp, 10),
        (all.saturating_sub(4), Sign::Burst, 10),
    ] {
        if times > 0 {
            noise.score = noise.score.saturating_add(times.saturating_mul(each)).min(100);
            noise.signs.push(sign);
        }
    }
    noise
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
