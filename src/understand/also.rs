//! Several matters in one report: its words and what it was taken for in, what else it asks for out.
//!
//! The words are cut where a sentence, a line or a message ends, at commas, and at words that open
//! something new (`sekalian`). A part speaks of another matter when it says so itself, or when one of
//! the two is a question to an office and the other is not: an accident and its traffic jam are one.

use super::cues::{self, Word};
use super::five_w::Run;
use super::judge;
use super::lexicon::Lexicon;
use super::normalise::Break;
use super::place_phrase;
use crate::model::report::{Category, Priority, Service};

/// Parts looked at; nobody asks for more in one report.
const MOST_PARTS: usize = 8;
/// A part with fewer words says nothing of its own.
const LEAST_WORDS: usize = 3;
/// Less sure than this is no other matter.
const SURE: f64 = 0.5;

/// Another matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Other {
    pub category: Category,
    pub priority: Priority,
    pub confidence: f64,
    pub run: Run,
}

/// What else is asked for, in the order it was said; each category once.
pub(super) fn find(words: &[Word], main: Category, lexicon: &Lexicon) -> Vec<Other> {
    let parts = parts(words);
    let mut others: Vec<Other> = Vec::new();
    if parts.len() < 2 {
        return others;
    }
    for (first, last, opened) in parts {
        let slice = &words[first..=last];
        if slice.len() < LEAST_WORDS {
            continue;
        }
        let place = place_phrase::find(slice).map(|span| (span.first, span.last));
        let found = cues::find(slice, lexicon, place);
        let told = judge::judge(slice, &found, lexicon, place);
        let new = told.category != main && !others.iter().any(|other| other.category == told.category);
        let asks = (told.category.service() == Service::Information) != (main.service() == Service::Information);
        let matter = !matches!(told.category.service(), Service::OffTopic | Service::Prank)
            && !matches!(main.service(), Service::OffTopic | Service::Prank)
            && told.category != Category::BelumJelas
            && main != Category::BelumJelas;
        if new && matter && (opened || asks) && told.confidence >= SURE {
            let (category, priority, confidence) = (told.category, told.priority, told.confidence);
            others.push(Other { category, priority, confidence, run: (first, last) });
        }
    }
    others
}

/// First and last word of each part, and whether its first word opens something new.
fn parts(words: &[Word]) -> Vec<(usize, usize, bool)> {
    let mut parts = Vec::new();
    let mut first = 0;
    let mut opened = false;
    for at in 0..words.len() {
        let opens = opens(words, at);
        if at > first && (words[at].token.before >= Break::Comma || opens) {
            parts.push((first, at - 1, opened));
            (first, opened) = (at, false);
        }
        opened |= opens;
        if parts.len() >= MOST_PARTS {
            return parts;
        }
    }
    if first < words.len() {
        parts.push((first, words.len() - 1, opened));
    }
    parts
}

fn opens(words: &[Word], at: usize) -> bool {
    let next = words.get(at + 1).map_or("", |next| next.token.word.as_str());
    match words[at].token.word.as_str() {
        "sekalian" | "oiya" | "btw" | "selain" => true,
        "oh" => matches!(next, "ya" | "iya"),
        "satu" => matches!(next, "lagi"),
        "sama" | "dan" | "terus" | "trus" => matches!(next, "juga" | "mau" | "tanya" | "sekalian"),
        _ => false,
    }
}
