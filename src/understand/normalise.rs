//! Text in, words out: each word with its place in the original, so that phrases can be cut from it.
//!
//! Folding: lower case, Latin accents and full-width forms removed, combining marks and invisible
//! characters skipped, three or more equal letters become one (`toloooong`), a trailing `2` of a
//! doubled word is dropped (`bapak2`). The original is never changed.

/// Words looked at in one report; what stands beyond cannot change a judgement made by then.
const MAX_TOKENS: usize = 3_000;

/// Letters kept of one word: no Indonesian word is longer.
const MAX_LETTERS: usize = 40;

/// What stands between a word and the one before it, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Nothing or blanks.
    Space,
    /// A dash or slash.
    Dash,
    /// A full stop, which may only end an abbreviation.
    Dot,
    /// A comma, colon or bracket.
    Comma,
    /// End of a sentence or line.
    Stop,
    /// Another message.
    Message,
}

/// One word of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Index of the message it stands in.
    pub message: usize,
    /// First byte in that message.
    pub start: usize,
    /// Byte after its last.
    pub end: usize,
    /// Folded form.
    pub word: String,
    /// What stands before it.
    pub before: Break,
    /// Begins with a capital.
    pub capital: bool,
    /// All letters are capitals.
    pub shouted: bool,
    /// Begins with a digit.
    pub number: bool,
}

/// The words of all messages of one report, in order.
#[must_use]
pub fn tokens(messages: &[&str]) -> Vec<Token> {
    let mut found = Vec::new();
    for (index, text) in messages.iter().enumerate() {
        let mut before = if index == 0 { Break::Stop } else { Break::Message };
        let mut open: Option<Token> = None;
        for (at, letter) in text.char_indices() {
            if is_invisible(letter) {
                if let Some(token) = &mut open {
                    token.end = at + letter.len_utf8();
                }
                continue;
            }
            if letter.is_alphanumeric() || (letter == '\'' && open.is_some()) {
                let token = open.get_or_insert_with(|| begin(index, at, letter, before));
                extend(token, at, letter);
                continue;
            }
            if let Some(token) = open.take() {
                before = Break::Space;
                finish(token, &mut found);
            }
            before = before.max(strength(letter));
        }
        if let Some(token) = open.take() {
            finish(token, &mut found);
        }
        if found.len() >= MAX_TOKENS {
            found.truncate(MAX_TOKENS);
            break;
        }
    }
    found
}

/// Text folded like the words of [`tokens`], joined by single blanks.
#[must_use]
pub fn fold(text: &str) -> String {
    tokens(&[text]).iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ")
}

fn begin(message: usize, at: usize, letter: char, before: Break) -> Token {
    Token {
        message,
        start: at,
        end: at,
        word: String::new(),
        before,
        capital: letter.is_uppercase(),
        shouted: true,
        number: letter.is_ascii_digit(),
    }
}

fn extend(token: &mut Token, at: usize, letter: char) {
    token.end = at + letter.len_utf8();
    token.shouted &= letter.is_uppercase() || !letter.is_alphabetic();
    if token.word.len() >= MAX_LETTERS || letter == '\'' {
        return;
    }
    if letter.is_ascii() {
        token.word.push(letter.to_ascii_lowercase());
    } else {
        token.word.extend(plain(letter).to_lowercase());
    }
}

fn finish(mut token: Token, found: &mut Vec<Token>) {
    squeeze(&mut token.word);
    let doubled = token.word.len() > 3 && token.word.ends_with('2') && !token.number;
    if doubled && token.word.chars().rev().nth(1).is_some_and(char::is_alphabetic) {
        token.word.pop();
    }
    found.push(token);
}

/// Three or more equal letters become one.
fn squeeze(word: &mut String) {
    let letters = word.as_bytes();
    if !letters.windows(3).any(|w| w[0] == w[1] && w[1] == w[2] && w[0].is_ascii_alphabetic()) {
        return;
    }
    let mut out = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(letter) = rest.next() {
        let mut run = 1;
        while rest.next_if_eq(&letter).is_some() {
            run += 1;
        }
        let keep = if run >= 3 && letter.is_alphabetic() { 1 } else { run };
        out.extend(std::iter::repeat_n(letter, keep));
    }
    *word = out;
}

const fn strength(letter: char) -> Break {
    match letter {
        '-' | '/' | '\u{2013}' | '\u{2014}' => Break::Dash,
        '.' => Break::Dot,
        ',' | ':' | '(' | ')' | '"' | '[' | ']' => Break::Comma,
        '!' | '?' | ';' | '\n' | '\r' => Break::Stop,
        _ => Break::Space,
    }
}

/// Combining marks, zero-width characters, direction marks, variation selectors.
const fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}

fn plain(letter: char) -> char {
    match letter {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter)
        }
        'à'..='å' | 'À'..='Å' => 'a',
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ĕ' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ò'..='ö' | 'Ò'..='Ö' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        tokens(&[text]).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn long_cries_doubled_words_and_accents_become_plain() {
        assert_eq!(words("TOLOOOONG bapak2 Sémarang km12"), ["tolong", "bapak", "semarang", "km12"]);
        assert_eq!(words("Ａwas z\u{200b}ero\u{301}"), ["awas", "zero"]);
    }

    #[test]
    fn a_full_stop_is_weaker_than_the_end_of_a_sentence() {
        let found = tokens(&["Jl. Bulan! tolong, cepat", "lagi"]);
        let breaks: Vec<_> = found.iter().map(|token| token.before).collect();
        assert_eq!(breaks, [Break::Stop, Break::Dot, Break::Stop, Break::Comma, Break::Message]);
    }

    proptest! {
        #[test]
        fn every_word_is_cut_on_character_borders_and_in_order(texts in proptest::collection::vec("\\PC{0,60}|[\\u{300}-\\u{36f}a\\u{200b}ꦲ]{0,40}", 0..4)) {
            let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
            let mut last = (0, 0);
            for token in tokens(&refs) {
                prop_assert!(refs[token.message].get(token.start..token.end).is_some());
                prop_assert!((token.message, token.start) >= last);
                last = (token.message, token.end);
            }
        }
    }
}
