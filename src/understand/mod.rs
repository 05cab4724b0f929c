//! Understand: the messages of one report in, what they mean out.
//!
//! Rules and an editable lexicon, so that every judgement can say which words made it. Never fails:
//! what is missing is `None`, what says nothing is `belum_jelas` with low confidence. Pure and
//! linear in the length of the messages.

mod categorise;
mod cues;
pub mod duplicate;
mod five_w;
pub mod lexicon;
pub mod normalise;
mod place_phrase;
pub mod screen;
mod stem;
pub mod turns;

use serde_json::{Value, json};

pub use lexicon::{Lexicon, LexiconError};

use crate::model::report::{Category, Meaning, Phrase, Service};

/// Reads the messages of one report, in the order they came.
///
/// Phrases are exact substrings of one of the messages.
#[must_use]
pub fn read(messages: &[&str], lexicon: &Lexicon) -> Meaning {
    let words = cues::look_up(normalise::tokens(messages), lexicon);
    let found = cues::find(&words, lexicon);
    let place = place_phrase::find(&words);
    let judgement = categorise::judge(&words, &found, lexicon, place.is_some());
    let category = judgement.category;
    let place = place.filter(|_| concerns_a_place(category));
    let run = place.map(|span| (span.first, span.last));
    let report = !matches!(category.service(), Service::Information | Service::OffTopic);
    let phrase = |run, confidence| five_w::cut(messages, &words, run, confidence);
    Meaning {
        service: category.service(),
        category,
        priority: judgement.priority,
        confidence: judgement.confidence,
        what: judgement.top.and_then(|top| phrase(five_w::what(&words, &top, run), judgement.confidence)),
        place: place.and_then(|span| phrase((span.first, span.last), (0.4 + span.points / 8.0).min(0.95))),
        when: five_w::when(&words).and_then(|run| phrase(run, 0.7)),
        who: if report { five_w::who(&words, run).and_then(|run| phrase(run, 0.6)) } else { None },
        how: if report { five_w::how(&words, run).and_then(|run| phrase(run, 0.5)) } else { None },
        because: judgement.because.into_iter().filter_map(|run| phrase(run, 1.0)).map(|phrase| phrase.text).collect(),
    }
}

/// Whether a place named in such a report is where something is to be done.
fn concerns_a_place(category: Category) -> bool {
    match category.service() {
        Service::Information => matches!(category, Category::Patroli | Category::Pengawalan | Category::Keramaian),
        Service::OffTopic => false,
        Service::Police | Service::OtherAgency | Service::Prank => true,
    }
}

/// One line of `sigap understand`.
#[must_use]
pub fn understand_json(id: &str, messages: &[&str], lexicon: &Lexicon) -> Value {
    let meaning = read(messages, lexicon);
    let text = |phrase: &Option<Phrase>| phrase.as_ref().map(|phrase| phrase.text.clone());
    json!({
        "id": id,
        "service": meaning.service,
        "category": meaning.category,
        "priority": meaning.priority,
        "what": text(&meaning.what),
        "where": text(&meaning.place),
        "when": text(&meaning.when),
        "who": text(&meaning.who),
        "how": text(&meaning.how),
        "confidence": (meaning.confidence * 1_000.0).round() / 1_000.0,
        "because": meaning.because,
    })
}

#[cfg(test)]
mod dev_set;
#[cfg(test)]
mod tests;
