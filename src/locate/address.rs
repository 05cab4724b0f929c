//! Addresses as people write them: a phrase in, its telling words in one spelling out.
//!
//! Abbreviations are spelled out (`gatsu`, `SM Raja`), words that only point (`depan`, `dekat`) fall
//! away, and words that say the kind (`jl`, `kec`) become a hint for the name that follows.

use super::gazetteer_entry::PlaceKind;

/// One telling word of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressWord {
    /// In the gazetteer's spelling, lower case.
    pub text: String,
    /// What a word before it says it is.
    pub hint: Option<PlaceKind>,
    /// A comma or pointing word stands before it: another part begins.
    pub part: usize,
}

/// Telling words of one address looked at.
const MAX_WORDS: usize = 40;

/// The telling words of a phrase.
#[must_use]
pub fn words(text: &str) -> Vec<AddressWord> {
    let plain = joined(&plain(text));
    let raw: Vec<&str> = plain.split_whitespace().collect();
    let mut found: Vec<AddressWord> = Vec::new();
    let mut hint = None;
    let mut part = 0;
    let mut at = 0;
    while at < raw.len() && found.len() < MAX_WORDS {
        let word = raw[at];
        let next = raw.get(at + 1).copied().unwrap_or("");
        at += 1;
        if word == "|" || POINTING.contains(&word) {
            part += 1;
            hint = None;
        } else if let Some(kind) = kind_word(word) {
            hint = Some(kind);
            part += 1;
            if kind == PlaceKind::Kilometre {
                found.push(AddressWord { text: "km".to_owned(), hint, part });
            }
        } else if let Some(full) = spelled_out(word, next) {
            at += usize::from(full.1);
            found.extend(full.0.split(' ').map(|text| AddressWord { text: text.to_owned(), hint, part }));
        } else {
            found.push(AddressWord { text: number(word).to_owned(), hint, part });
        }
    }
    found
}

/// Letters and digits in lower case; commas and other breaks as a lone `|`; `km12` and `gg3` parted.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last = ' ';
    for letter in text.chars().take(2_000) {
        if letter.is_alphanumeric() {
            let parted = last.is_ascii_alphabetic() && letter.is_ascii_digit();
            if parted {
                out.push(' ');
            }
            out.extend(letter.to_lowercase());
            last = letter;
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

/// Words that point at a place without naming it.
const POINTING: [&str; 56] = [
    "di",
    "ke",
    "dari",
    "ten",
    "ing",
    "ning",
    "nang",
    "neng",
    "yang",
    "pak",
    "bu",
    "rumah",
    "rumahnya",
    "depan",
    "dpn",
    "dekat",
    "dkt",
    "deket",
    "samping",
    "smping",
    "belakang",
    "blkg",
    "blkng",
    "sebelah",
    "sblh",
    "seberang",
    "sekitar",
    "sepanjang",
    "pinggir",
    "ujung",
    "bawah",
    "atas",
    "arah",
    "menuju",
    "antara",
    "sebelum",
    "sblm",
    "setelah",
    "sesudah",
    "pojok",
    "kawasan",
    "wilayah",
    "lewat",
    "rt",
    "rw",
    "no",
    "nomor",
    "tikungan",
    "dan",
    "kabupaten",
    "kab",
    "provinsi",
    "dusun",
    "dsn",
    "dukuh",
    "dk",
];

/// The kind a word announces.
fn kind_word(word: &str) -> Option<PlaceKind> {
    Some(match word {
        "jl" | "jln" | "jalan" | "jlan" | "jalanan" => PlaceKind::Street,
        "gg" | "gang" | "lorong" | "lr" => PlaceKind::Gang,
        "ds" | "desa" | "kel" | "kelurahan" => PlaceKind::Kelurahan,
        "kec" | "kecamatan" => PlaceKind::Kecamatan,
        "sp" | "simp" | "simpang" | "perempatan" | "pertigaan" | "prapatan" | "bundaran" => PlaceKind::Intersection,
        "km" | "kilometer" => PlaceKind::Kilometre,
        _ => return None,
    })
}

/// An abbreviation in full, and whether it took the next word with it.
fn spelled_out(word: &str, next: &str) -> Option<(&'static str, bool)> {
    Some(match (word, next) {
        ("sm" | "sisinga", "raja" | "mangaraja") | ("si", "singamangaraja") => ("sisingamangaraja", true),
        ("rumah" | "r", "sakit" | "s") => ("rs", true),
        ("smraja" | "smr", _) => ("sisingamangaraja", false),
        ("gatsu", _) => ("gatot subroto", false),
        ("rsu" | "rsud" | "rsup" | "rumkit", _) => ("rs", false),
        ("mesjid" | "msjd" | "masjid", _) => ("masjid", false),
        ("ponpes" | "pp" | "pondok" | "pesantren", _) => ("pesantren", false),
        ("perumahan" | "perum" | "prum" | "komplek" | "kompleks" | "komp", _) => ("perum", false),
        ("univ" | "universitas", _) => ("universitas", false),
        ("jend" | "jendral" | "jnd", _) => ("jenderal", false),
        ("kol", _) => ("kolonel", false),
        ("mayjend" | "mayjen", _) => ("mayjen", false),
        ("pajak", _) => ("pasar", false),
        ("galon", _) => ("spbu", false),
        ("sungai" | "sei", _) => ("sei", false),
        ("tj" | "tjg" | "tanjung", _) => ("tanjung", false),
        ("mdn", _) => ("medan", false),
        ("kp" | "kmpg", _) => ("kampung", false),
        ("stn" | "sta", _) => ("stasiun", false),
        ("yos", _) => ("yos", false),
        ("imbon", _) => ("imam bonjol", false),
        ("ay" | "ahmad", "yani") => ("ahmad yani", true),
        ("jamin", _) => ("jamin", false),
        _ => return None,
    })
}

/// Roman numerals as digits, so that `Sei Rengas I` and `sei rengas 1` are one.
fn number(word: &str) -> &str {
    match word {
        "i" => "1",
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "x" => "10",
        other => other.trim_start_matches('0'),
    }
}

/// A name's telling words run together, `bulungkulon`; what people part differently is equal.
#[must_use]
pub fn squeezed(text: &str) -> String {
    words(text).into_iter().map(|word| word.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        words(text).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn abbreviations_are_spelled_out_and_pointing_words_fall_away() {
        assert_eq!(told("dpn RSU Pirngadi jl. SM Raja"), "rs pirngadi sisingamangaraja");
        assert_eq!(told("jln gatsu gg.3, kel Sei Sikambing"), "gatot subroto 3 sei sikambing");
        assert_eq!(told("belakang rumah pak RT"), "");
    }

    #[test]
    fn the_word_before_a_name_says_its_kind() {
        let found = words("jl bulan kec. medan baru");
        assert_eq!(found[0].hint, Some(PlaceKind::Street));
        assert_eq!(found[1].hint, Some(PlaceKind::Kecamatan));
        assert!(found[0].part < found[1].part);
    }

    #[test]
    fn spelling_apart_and_roman_numerals_do_not_matter() {
        assert_eq!(squeezed("Bulung Kulon"), squeezed("Bulungkulon"));
        assert_eq!(squeezed("J a t i"), squeezed("Jati"));
        assert_eq!(squeezed("Sei Rengas II"), squeezed("sei rengas 2"));
    }
}
