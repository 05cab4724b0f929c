//! Addresses as people write them: a phrase in, its words in one spelling out.
//!
//! Abbreviations are spelled out (`gatsu`, `SM Raja`); words that only point (`depan`, `dekat`) become
//! the relation of the name that follows, words that say the kind (`jl`, `kec`) its hint, and numbers
//! that belong to a house, RT or RW are taken aside.

use super::address_words::{self as lists, is_generic, is_title, kind_word, relation_word, spelled_out};
use super::gazetteer_entry::PlaceKind;

/// How much a word of an address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Points or says the kind: nothing when it stands alone.
    Weak,
    /// A common noun: a mosque, a stall; part of many names, a name by itself seldom.
    Generic,
    /// Names something.
    Telling,
}

/// Where the place lies relative to the name that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// In front, beside, behind, opposite: the next plot.
    Beside,
    /// Near, around.
    Near,
    /// Before, after, towards, along: somewhere on the way.
    Along,
}

/// One word of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressWord {
    /// In the gazetteer's spelling, lower case.
    pub text: String,
    /// What a word before it says it is.
    pub hint: Option<PlaceKind>,
    /// Where the place lies relative to it.
    pub relation: Option<Relation>,
    /// A comma or a word that says the kind stands before it: another part begins.
    pub part: usize,
    /// How much it tells.
    pub weight: Weight,
}

/// A phrase, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Phrase {
    /// Its words in order.
    pub words: Vec<AddressWord>,
    /// `km 12,5`.
    pub km: Option<f64>,
    /// `RT 02`.
    pub rt: Option<u16>,
    /// `RW 05`.
    pub rw: Option<u16>,
    /// A house number or block was given.
    pub house: bool,
}

/// Words of one address looked at.
pub(super) const MAX_WORDS: usize = 48;

/// Reads a phrase.
#[must_use]
pub fn read(text: &str) -> Phrase {
    let plain = joined(&plain(text));
    let raw: Vec<&str> = plain.split_whitespace().collect();
    let mut reader = Reader::default();
    let mut at = 0;
    while at < raw.len() && reader.phrase.words.len() + 2 < MAX_WORDS {
        at += reader.word(&raw, at);
    }
    reader.phrase
}

#[derive(Default)]
struct Reader {
    phrase: Phrase,
    hint: Option<PlaceKind>,
    relation: Option<Relation>,
    part: usize,
}

impl Reader {
    /// Takes one word, or several that belong together; how many.
    fn word(&mut self, raw: &[&str], at: usize) -> usize {
        let word = raw[at];
        let next = raw.get(at + 1).copied().unwrap_or("");
        let last = if at == 0 { "" } else { raw[at - 1] };
        if word == "|" {
            self.part += 1;
            (self.hint, self.relation) = (None, None);
            return 1;
        }
        if let Some(taken) = self.detail(word, raw, at) {
            return taken;
        }
        // Behind the last name of a part it points to nothing: Jamur Ujung.
        if let Some(relation) = relation_word(word, next).filter(|_| !matches!(next, "" | "|")) {
            self.part += 1;
            self.relation = Some(relation);
            self.hint = None;
            self.push(word, Weight::Weak);
            return 1;
        }
        if lists::POINTING.contains(&word) {
            self.push(word, Weight::Weak);
            return 1;
        }
        if let Some((kind, full)) = kind_word(word, next) {
            self.part += 1;
            self.hint = Some(kind);
            if matches!(kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan) {
                self.relation = None;
            }
            self.push(full, Weight::Weak);
            return 1;
        }
        if let Some((full, more)) = spelled_out(word, next, last) {
            for text in full.split(' ') {
                self.push(text, weight(text));
            }
            return 1 + usize::from(more);
        }
        if is_title(word) || matches!(word, "rt" | "rw" | "no" | "nomor") {
            self.push(word, Weight::Weak);
            return 1;
        }
        self.push(number(word), weight(word));
        1
    }

    fn push(&mut self, text: &str, weight: Weight) {
        let word =
            AddressWord { text: text.to_owned(), hint: self.hint, relation: self.relation, part: self.part, weight };
        self.phrase.words.push(word);
    }

    /// RT, RW, a house number, a block, a kilometre: numbers that are no part of a name.
    fn detail(&mut self, word: &str, raw: &[&str], at: usize) -> Option<usize> {
        let digits = |place: usize| raw.get(place).filter(|w| w.bytes().all(|b| b.is_ascii_digit()) && w.len() < 6);
        let first = digits(at + 1);
        match word {
            "rt" | "rw" | "rtrw" => {
                let value = first?.parse().ok();
                let slot = if word == "rw" { &mut self.phrase.rw } else { &mut self.phrase.rt };
                *slot = value;
                let second = digits(at + 2).filter(|_| word != "rw");
                if let Some(second) = second {
                    self.phrase.rw = second.parse().ok();
                }
                self.part += 1;
                self.hint = None;
                Some(2 + usize::from(second.is_some()))
            }
            "no" | "nomor" | "nmr" | "nomer" => {
                first?;
                self.phrase.house = true;
                Some(2)
            }
            "blok" | "blk" => {
                let block = raw.get(at + 1).filter(|w| w.len() <= 2 && w.is_ascii())?;
                self.phrase.house = true;
                let number = digits(at + 2).is_some() && !block.bytes().all(|b| b.is_ascii_digit());
                Some(2 + usize::from(number))
            }
            "km" | "kilometer" | "kilo" => {
                let whole = first?;
                let part = raw.get(at + 2).filter(|w| w.starts_with('\u{b7}'));
                let text = format!("{whole}.{}", part.map_or("0", |w| w.trim_start_matches('\u{b7}')));
                self.phrase.km = text.parse().ok();
                self.part += 1;
                self.hint = Some(PlaceKind::Kilometre);
                self.push("km", Weight::Weak);
                self.push(number(whole), Weight::Weak);
                self.hint = None;
                self.part += 1;
                Some(2 + usize::from(part.is_some()))
            }
            _ => None,
        }
    }
}

fn weight(word: &str) -> Weight {
    if is_generic(word) || word.len() < 2 && !word.bytes().all(|b| b.is_ascii_digit()) {
        Weight::Generic
    } else {
        Weight::Telling
    }
}

/// The words of a name that the gazetteer knows it by: of an area all, of a street without `jalan`
/// and titles, of the rest without titles.
#[must_use]
pub fn name_words(name: &str, kind: PlaceKind) -> Vec<AddressWord> {
    let mut phrase = read(name).words;
    let area = matches!(kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan);
    let own = |text: &str| match kind {
        PlaceKind::Kelurahan => matches!(text, "desa" | "kelurahan"),
        PlaceKind::Kecamatan => text == "kecamatan",
        PlaceKind::Street | PlaceKind::Kilometre => text == "jalan",
        PlaceKind::Gang | PlaceKind::Landmark => matches!(text, "jalan" | "di" | "dan"),
        PlaceKind::Intersection => matches!(text, "jalan" | "dan"),
    };
    let kept = |word: &AddressWord| !own(&word.text) && (area || !is_title(&word.text));
    if phrase.iter().any(|word| kept(word) && word.weight != Weight::Weak) || area {
        phrase.retain(kept);
    }
    phrase
}

/// Letters and digits in lower case; commas and other breaks as a lone `|`; `km12` and `gg3` parted.
/// A digit behind a decimal point or comma is marked by a `·` before it.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().take(2_000).peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        let decimal =
            matches!(letter, '.' | ',') && last.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit);
        if letter.is_alphanumeric() {
            if last.is_ascii_alphabetic() && letter.is_ascii_digit() {
                out.push(' ');
            }
            out.extend(letter.to_lowercase().map(folded));
            last = letter;
        } else if decimal {
            out.push_str(" \u{b7}");
            last = ' ';
        } else if matches!(letter, ',' | ';' | '\n' | '(' | ')') {
            out.push_str(" | ");
            last = ' ';
        } else if !matches!(letter, '\'' | '’' | '`' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}') {
            out.push(' ');
            last = ' ';
        }
    }
    out
}

/// Letters with marks as their plain ones.
const fn folded(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// Three or more lone letters in a row are one word written apart (`J a t i`).
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let words: Vec<&str> = text.split_whitespace().collect();
    let lone = |word: &&str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut at = 0;
    while at < words.len() {
        let run = words.iter().skip(at).take_while(|word| lone(word)).count();
        if run >= 3 {
            out.extend(words.iter().skip(at).take(run).copied());
            at += run;
        } else {
            out.push_str(words[at]);
            at += 1;
        }
        out.push(' ');
    }
    out
}

/// Roman numerals as digits, so that `Sei Rengas I` and `sei rengas 1` are one.
fn number(word: &str) -> &str {
    match word {
        "i" | "satu" => "1",
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "x" => "10",
        other => match other.trim_start_matches(['0', '\u{b7}']) {
            "" => other,
            short => short,
        },
    }
}

/// A name run together as it is compared: habits of spelling that mean nothing are evened out
/// (`dj` is `j`, `oe` is `u`, doubled letters are one).
#[must_use]
pub fn squeezed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    words.into_iter().for_each(|word| squeeze_onto(&mut out, word));
    out
}

/// Appends one word to a squeezed text.
pub(super) fn squeeze_onto(out: &mut String, word: &str) {
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let pair = (letter, letters.peek().copied());
        let (letter, skip) = match pair {
            ('d', Some('j')) => ('j', true),
            ('t', Some('j')) => ('c', true),
            ('o', Some('e')) => ('u', true),
            ('d', Some('h')) => ('d', true),
            ('t', Some('h')) => ('t', true),
            ('k', Some('h')) => ('k', true),
            ('s', Some('y')) => ('s', true),
            ('v', _) => ('f', false),
            ('q', _) => ('k', false),
            ('z', _) => ('s', false),
            ('y', None) => ('i', false),
            (other, _) => (other, false),
        };
        if skip {
            letters.next();
        }
        if letter.is_ascii_digit() || !out.ends_with(letter) {
            out.push(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let words = read(text).words.into_iter().filter(|word| word.weight != Weight::Weak);
        words.map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn abbreviations_are_spelled_out_and_pointing_words_are_weak() {
        assert_eq!(told("dpn RSU Pirngadi jl. SM Raja"), "rs pirngadi sisingamangaraja");
        assert_eq!(told("jln gatsu gg.3, kel Sei Sikambing"), "gatot subroto 3 sei sikambing");
        assert_eq!(told("belakang rumah pak RT"), "");
        assert_eq!(told("smp negeri 2 smp kantor pajak"), "smp negeri 2 kantor pajak");
        assert_eq!(told("pajak sambu dekat titi gantung"), "pasar sambu jembatan gantung");
    }

    #[test]
    fn the_word_before_a_name_says_its_kind_and_where_from_it() {
        let found = read("dpn jl bulan kec. medan baru").words;
        assert_eq!(found[0].relation, Some(Relation::Beside));
        assert_eq!((found[2].hint, found[2].relation), (Some(PlaceKind::Street), Some(Relation::Beside)));
        assert_eq!((found[4].hint, found[4].relation), (Some(PlaceKind::Kecamatan), None));
        assert!(found[2].part < found[4].part);
    }

    #[test]
    fn numbers_of_houses_and_neighbourhoods_are_taken_aside() {
        let phrase = read("Jl Mawar no. 12 RT 03/RW 07 blok C5, km 12,5");
        assert_eq!((phrase.rt, phrase.rw, phrase.house, phrase.km), (Some(3), Some(7), true, Some(12.5)));
        assert_eq!(told("Jl Mawar no. 12 RT 03/RW 07 blok C5"), "mawar");
        assert_eq!((read("rt 2/5").rt, read("rt 2/5").rw), (Some(2), Some(5)));
        assert_eq!(told("gg 3"), "3");
    }

    #[test]
    fn spelling_apart_old_spelling_and_roman_numerals_do_not_matter() {
        let squeeze = |text: &str| squeezed(name_words(text, PlaceKind::Kelurahan).iter().map(|w| w.text.as_str()));
        assert_eq!(squeeze("Bulung Kulon"), squeeze("Bulungkulon"));
        assert_eq!(squeeze("J a t i"), squeeze("Djati"));
        assert_eq!(squeeze("Sei Rengas II"), squeeze("sungai rengas 2"));
        assert_eq!(squeeze("Kloempit"), squeeze("Klumpit"));
    }

    #[test]
    fn a_name_keeps_the_words_that_make_it() {
        let name = |text: &str, kind| name_words(text, kind).into_iter().map(|w| w.text).collect::<Vec<_>>().join(" ");
        assert_eq!(name("Jl. Jend. Sudirman", PlaceKind::Street), "sudirman");
        assert_eq!(name("Simpang Tiga", PlaceKind::Kelurahan), "simpang tiga");
        assert_eq!(name("Ujung Serdang", PlaceKind::Kelurahan), "ujung serdang");
        assert_eq!(name("RSUP H. Adam Malik", PlaceKind::Landmark), "rs adam malik");
    }
}
