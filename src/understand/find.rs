//! Finding words in what people wrote. In: what somebody looks for, and texts. Out: whether every word
//! is there, and the passage that shows it.
//!
//! A word is there when a word of the text begins with it, or shares a stem with it: `pencurian` finds
//! `dicuri`. Accents, capitals and long cries do not matter. No index is kept: texts lie sealed, and
//! what is looked for is judged when they are opened.

use super::normalise::{self, Token};
use super::stem;

/// Words of one search at most; what is typed beyond is not looked at.
const MOST_WORDS: usize = 8;

/// Letters a stem must have to count as the same word.
const MIN_SHARED: usize = 4;

/// Characters shown before and after the first word that was found.
const AROUND: usize = 48;

/// Every word was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The words around the first one that was said; none when none of them was said.
    pub passage: Option<String>,
}

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Sought {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    stems: Vec<String>,
}

impl Sought {
    /// The words of a search; none when there is no word in it.
    #[must_use]
    pub fn parse(query: &str) -> Option<Self> {
        let words: Vec<Word> =
            normalise::tokens(&[query]).into_iter().take(MOST_WORDS).map(|token| Word::new(token.word)).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Whether every word stands in `said` or in `about` (numbers, places, kinds: found, never shown).
    #[must_use]
    pub fn look_in(&self, about: &[&str], said: &[&str]) -> Option<Found> {
        let (about, words) = (normalise::tokens(about), normalise::tokens(said));
        let mut first: Option<&Token> = None;
        for wanted in &self.words {
            let in_said = words.iter().find(|token| wanted.is(&token.word));
            if in_said.is_none() && !about.iter().any(|token| wanted.is(&token.word)) {
                return None;
            }
            first = first.or(in_said);
        }
        Some(Found { passage: first.and_then(|token| passage(said.get(token.message)?, token)) })
    }
}

impl Word {
    fn new(text: String) -> Self {
        let mut stems = Vec::new();
        if text.chars().all(char::is_alphabetic) {
            if text.len() >= MIN_SHARED {
                stems.push(text.clone());
            }
            stem::each(&text, |stem| {
                if stem.len() >= MIN_SHARED && !stems.iter().any(|known| known == stem) {
                    stems.push(stem.to_owned());
                }
            });
        }
        Self { text, stems }
    }

    fn is(&self, word: &str) -> bool {
        if word.starts_with(&self.text) {
            return true;
        }
        // Whatever an affix did to the first letter, the rest of a shared stem stands in the word.
        let near = |stem: &String| stem.get(1..).is_some_and(|rest| word.contains(rest));
        if !self.stems.iter().any(near) {
            return false;
        }
        let mut shared = self.stems.iter().any(|stem| stem == word);
        stem::each(word, |stem| shared = shared || self.stems.iter().any(|known| known == stem));
        shared
    }
}

/// The words around a token, cut between words where there are any, with dots where something is left out.
fn passage(text: &str, token: &Token) -> Option<String> {
    let (before, rest) = (text.get(..token.start)?, text.get(token.start..)?);
    let head: String = before.chars().rev().take(AROUND).collect::<Vec<_>>().into_iter().rev().collect();
    let tail: String = rest.chars().take(AROUND + token.end - token.start).collect();
    let cut_head = head.len() < before.len();
    let cut_tail = tail.len() < rest.len();
    let head = if cut_head { head.split_once(' ').map_or(head.as_str(), |(_, kept)| kept) } else { &head };
    let tail = if cut_tail { tail.rsplit_once(' ').map_or(tail.as_str(), |(kept, _)| kept) } else { &tail };
    let dots = |cut: bool| if cut { "…" } else { "" };
    Some(format!("{}{head}{tail}{}", dots(cut_head), dots(cut_tail)).replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str, said: &[&str]) -> Option<Found> {
        Sought::parse(query)?.look_in(&["MDN-20261121-0042", "Laka lantas", "Jl. Melati Raya"], said)
    }

    #[test]
    fn a_word_is_found_by_its_beginning_and_by_its_stem() {
        for (query, text) in [
            ("curi", "motor saya dicuri orang"),
            ("pencurian", "motor saya dicuri orang"),
            ("dicuri", "ada pencurian di sini"),
            ("menabrak", "saya ditabrak mobil"),
            ("tolong", "TOLOOOONG pak"),
            ("Semarang", "arah Sémarang"),
            ("moto", "motor"),
        ] {
            assert!(found(query, &[text]).is_some(), "{query} in {text}");
        }
        for (query, text) in [("curang", "motor saya dicuri"), ("otor", "motor"), ("jalan", "jakarta")] {
            assert_eq!(found(query, &[text]), None, "{query} in {text}");
        }
    }

    #[test]
    fn every_word_must_be_there_in_what_was_said_or_what_it_is_about() {
        let said = ["ada tabrakan", "dua motor, satu terluka"];
        assert!(found("tabrakan luka melati", &said).is_some());
        assert_eq!(found("tabrakan kapal", &said), None);
        assert_eq!(found("0042", &said), Some(Found { passage: None }), "a number is found and nothing is quoted");
        assert_eq!(found("MDN-20261121-0042", &[]), Some(Found { passage: None }));
        assert!(Sought::parse(" ?! ").is_none());
    }

    #[test]
    fn the_passage_shows_the_first_word_in_its_surroundings() {
        let long = format!("{} rumah saya kebakaran pak tolong segera {}", "ya ".repeat(60), "cepat ".repeat(40));
        let shown = found("kebakaran", &["halo", &long]).unwrap().passage.unwrap();
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("rumah saya kebakaran pak tolong") && shown.chars().count() < 120, "{shown}");
        assert_eq!(found("halo", &["halo\npak"]).unwrap().passage.unwrap(), "halo pak");
    }
}
