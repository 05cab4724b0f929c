//! Messages that tell nothing new about the matter: "sampai mana?", "petugas", "makasih", "sudah", "5".
//!
//! In: the words of one message. Out: what its writer wants, or nothing when it must be read as a
//! report. Strict on purpose: one word more than a turn has, and it is a report.

use serde::Deserialize;

use super::normalise;
use crate::model::talk::Wants;

/// A longer message is no turn, words.
const MOST_WORDS: usize = 9;

/// The words of one turn.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    #[serde(default)]
    keys: Vec<String>,
    words: Vec<String>,
}

impl Turn {
    /// Whether one of the keys stands in `said`, word by word.
    fn has_key(&self, said: &[&str]) -> bool {
        let stands = |key: &str| {
            let key: Vec<&str> = key.split(' ').collect();
            said.windows(key.len()).any(|window| window == key)
        };
        self.keys.iter().any(|key| stands(key))
    }

    fn knows(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word) || self.keys.iter().any(|key| key.split(' ').any(|w| w == word))
    }

    /// Whether `said` is this turn and nothing else.
    fn is(&self, said: &[&str], filler: &Self) -> bool {
        self.has_key(said) && said.iter().all(|word| self.knows(word) || filler.knows(word))
    }
}

/// The turns of a conversation, as data/turns.toml has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turns {
    filler: Turn,
    person: Turn,
    status: Turn,
    thanks: Turn,
    done: Turn,
    not_done: Turn,
    traffic: Turn,
}

impl Turns {
    /// The turns that come with the program.
    ///
    /// # Errors
    /// Never for the file in the repository: a test reads it.
    pub fn builtin() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../data/turns.toml"))
    }

    /// What the writer of `text` wants, whatever was said before.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Wants> {
        let tokens = normalise::tokens(&[text]);
        let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
        if self.traffic.has_key(&words) {
            return Some(Wants::Traffic);
        }
        let said = without_ticket(&words);
        if said.is_empty() || said.len() > MOST_WORDS {
            return None;
        }
        let turns = [(&self.person, Wants::Person), (&self.status, Wants::Status), (&self.thanks, Wants::Thanks)];
        turns.into_iter().find(|(turn, _)| turn.is(&said, &self.filler)).map(|(_, wants)| wants)
    }

    /// The answer to "is it over?".
    #[must_use]
    pub fn read_done(&self, text: &str) -> Option<Wants> {
        let tokens = normalise::tokens(&[text]);
        let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
        if words.is_empty() || words.len() > MOST_WORDS {
            return None;
        }
        let turns = [(&self.not_done, Wants::NotDone), (&self.done, Wants::Done)];
        turns.into_iter().find(|(turn, _)| turn.is(&words, &self.filler)).map(|(_, wants)| wants)
    }
}

/// The stars of an answer to "how many stars?": `5`, `bintang 4`, `4/5`, `⭐⭐⭐`.
#[must_use]
pub fn read_stars(text: &str) -> Option<Wants> {
    let drawn = text.chars().filter(|letter| matches!(letter, '⭐' | '★' | '🌟')).count();
    let tokens = normalise::tokens(&[text]);
    let said: Vec<&str> =
        tokens.iter().map(|t| t.word.as_str()).filter(|word| !matches!(*word, "bintang" | "nilai")).collect();
    let stars = match said.as_slice() {
        [] => u8::try_from(drawn).ok(),
        [number] | [number, "5"] => number.parse().ok(),
        _ => None,
    };
    stars.filter(|stars| (1..=5).contains(stars)).map(Wants::Stars)
}

/// The words without a ticket number, `MDN-20261121-0042`, which folds to three words.
fn without_ticket<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let is_number = |word: &&str| word.chars().all(|letter| letter.is_ascii_digit());
    let at = words.windows(3).position(|w| w[0].chars().count() == 3 && is_number(&w[1]) && is_number(&w[2]));
    let keep = |index: usize| at.is_none_or(|at| !(at..at + 3).contains(&index));
    words.iter().enumerate().filter(|(index, _)| keep(*index)).map(|(_, word)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Wants> {
        Turns::builtin().expect("the file of the repository").read(text)
    }

    #[test]
    fn turns_are_known_in_the_ways_people_write_them() {
        for text in ["petugas", "Bicara petugas", "mau ngomong sama orang dong pak", "OPERATOR!!", "bukan bot ya"] {
            let expected = if text.contains("bot ya") { None } else { Some(Wants::Person) };
            assert_eq!(read(text), expected, "{text}");
        }
        for text in [
            "status",
            "Status MDN-20261121-0042",
            "antrian ke berapa ya pak?",
            "sampai mana petugasnya",
            "sampun tekan pundi pak",
            "kapan polisi datang??",
            "gimana laporan saya tadi, sudah sampe mana",
        ] {
            assert_eq!(read(text), Some(Wants::Status), "{text}");
        }
        for text in ["makasih", "Terima kasih banyak pak polisi 🙏", "matur nuwun nggih", "ok siap", "Mauliate bang"]
        {
            assert_eq!(read(text), Some(Wants::Thanks), "{text}");
        }
        for text in ["info lalu lintas", "info macet jalan gatot subroto dong", "jalan mana yang macet sekarang"] {
            assert_eq!(read(text), Some(Wants::Traffic), "{text}");
        }
    }

    #[test]
    fn one_word_of_a_matter_makes_it_a_report() {
        for text in [
            "tolong petugas ke jalan melati ada begal",
            "antrian panjang di spbu sampai macet",
            "orang gila bawa parang",
            "terima kasih, tapi sekarang ada kebakaran",
            "status saya korban",
            "kapan polisi datang ini sudah tawuran",
            "macet total di simpang lima",
            "p",
            "",
            "...",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_answers_to_done_are_read_only_as_such() {
        let turns = Turns::builtin().expect("the file of the repository");
        for (text, wants) in [
            ("sudah", Some(Wants::Done)),
            ("Sudah aman pak, terima kasih", Some(Wants::Done)),
            ("belum", Some(Wants::NotDone)),
            ("masih rame pak", Some(Wants::NotDone)),
            ("belum selesai", Some(Wants::NotDone)),
            ("sudah ada maling lagi", None),
        ] {
            assert_eq!(turns.read_done(text), wants, "{text}");
        }
    }

    #[test]
    fn stars_are_one_to_five() {
        for (text, stars) in [("5", 5), ("bintang 4", 4), ("3/5", 3), ("⭐⭐⭐⭐", 4), ("1", 1)] {
            assert_eq!(read_stars(text), Some(Wants::Stars(stars)), "{text}");
        }
        for text in ["0", "6", "10", "jl 5", "", "5 orang luka", "⭐⭐⭐⭐⭐⭐"] {
            assert_eq!(read_stars(text), None, "{text}");
        }
    }
}
