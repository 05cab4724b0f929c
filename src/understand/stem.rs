//! Stems of Indonesian and Javanese words: affixes off, the swallowed first letter back.
//!
//! `menusuk` and `nusuk` give `tusuk`, `dicurine` gives `curi`. All possibilities are offered; the
//! lexicon keeps those it knows. No dictionary, so a stem may be no word at all.

/// Prefix, and what stood there before it changed the word.
const PREFIXES: [(&str, &str); 36] = [
    ("di", ""),
    ("ke", ""),
    ("ter", ""),
    ("ber", ""),
    ("be", ""),
    ("se", ""),
    ("per", ""),
    ("tak", ""),
    ("memper", ""),
    ("diper", ""),
    ("me", ""),
    ("pe", ""),
    ("mem", ""),
    ("mem", "p"),
    ("men", ""),
    ("men", "t"),
    ("meng", ""),
    ("meng", "k"),
    ("meny", "s"),
    ("menge", ""),
    ("pem", ""),
    ("pem", "p"),
    ("pen", ""),
    ("pen", "t"),
    ("peng", ""),
    ("peng", "k"),
    ("peny", "s"),
    ("m", "p"),
    ("n", "t"),
    ("ny", "s"),
    ("ny", "c"),
    ("ng", ""),
    ("ng", "k"),
    ("nge", ""),
    ("n", ""),
    ("ke", "k"),
];

const SUFFIXES: [&str; 19] = [
    "nya", "kan", "an", "i", "in", "lah", "kah", "ku", "mu", "ne", "e", "ake", "ke", "annya", "inya", "kannya", "en",
    "ane", "pun",
];

/// Shortest stem worth looking up; three letters only before `nya` (`apinya`).
const MIN_STEM: usize = 4;

/// Calls `take` with every possible stem of `word`, lightest change first.
pub(super) fn each(word: &str, mut take: impl FnMut(&str)) {
    if word.len() < MIN_STEM || !word.is_ascii() {
        return;
    }
    let mut bare = String::with_capacity(word.len() + 1);
    without_suffixes(word, &mut take);
    for (prefix, before) in PREFIXES {
        let Some(rest) = word.strip_prefix(prefix) else { continue };
        if rest.len() + before.len() < MIN_STEM {
            continue;
        }
        bare.clear();
        bare.push_str(before);
        bare.push_str(rest);
        take(&bare);
        without_suffixes(&bare, &mut take);
    }
}

fn without_suffixes(word: &str, take: &mut impl FnMut(&str)) {
    for suffix in SUFFIXES {
        if let Some(stem) = word.strip_suffix(suffix)
            && (stem.len() >= MIN_STEM || (stem.len() == MIN_STEM - 1 && suffix == "nya"))
        {
            take(stem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(word: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(word, |stem| found.push(stem.to_owned()));
        found
    }

    #[test]
    fn the_swallowed_letter_comes_back() {
        for (word, stem) in [
            ("menusuk", "tusuk"),
            ("memukul", "pukul"),
            ("nyuri", "curi"),
            ("ngeroyok", "keroyok"),
            ("pengeroyokan", "keroyok"),
        ] {
            assert!(stems(word).contains(&stem.to_owned()), "{word} {:?}", stems(word));
        }
    }

    #[test]
    fn short_words_are_left_alone() {
        assert!(stems("di").is_empty());
        assert!(stems("ada").is_empty());
    }
}
