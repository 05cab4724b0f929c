//! Where: the longest phrase that says the place, found by the kinds of its words.
//!
//! A phrase is built of parts: relations (`depan`), place words (`pasar`), and names, which are words
//! no list knows, or capitals after a place word. The best phrase has the most that can be found on a map.

use super::cues::Word;
use super::lexicon::kind;
use super::normalise::Break;

/// A run of words that says a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub first: usize,
    pub last: usize,
    pub points: f64,
    /// It has a place word, or a name written as one.
    pub certain: bool,
}

/// Longest run of name words after one place word.
const MAX_NAMES: usize = 4;

/// The best place phrase in the words.
pub(super) fn find(words: &[Word]) -> Option<Span> {
    let capitals_tell = capitals_tell(words);
    let mut best: Option<Span> = None;
    let mut at = 0;
    while at < words.len() {
        let Some(span) = phrase(words, at, capitals_tell) else {
            at += 1;
            continue;
        };
        at = span.last + 1;
        if best.is_none_or(|known| span.points > known.points) {
            best = Some(span);
        }
    }
    best.filter(|span| span.points >= 1.0)
}

/// Whether the writer uses capitals with meaning: not a message in capitals only.
fn capitals_tell(words: &[Word]) -> bool {
    let letters = words.iter().filter(|word| !word.token.number).count();
    let shouted = words.iter().filter(|word| word.token.shouted && word.token.word.len() > 2).count();
    shouted * 2 < letters.max(1)
}

fn phrase(words: &[Word], at: usize, capitals: bool) -> Option<Span> {
    let mut span = part(words, at, capitals, true)?;
    loop {
        let next = span.last + 1;
        let Some(word) = words.get(next) else { break };
        if word.token.before >= Break::Stop || (word.token.before == Break::Dot && !abbreviated(&words[span.last])) {
            break;
        }
        let step = usize::from(word.is(kind::PREP) && !word.is(kind::RELATION));
        let Some(more) = part(words, next + step, capitals, false) else { break };
        if word.token.before == Break::Comma && (more.points < 0.9 || !more.certain) {
            break;
        }
        let points = span.points + more.points;
        span = Span { last: more.last, points, certain: span.certain || more.certain, ..span };
    }
    Some(span)
}

/// One part: relations, place words, names. `opening` parts need more than a bare known word.
fn part(words: &[Word], start: usize, capitals: bool, opening: bool) -> Option<Span> {
    let mut at = start;
    let mut points = 0.0;
    let (mut relations, mut places, mut names) = (0, 0, 0);
    let (mut weak, mut written) = (true, false);
    while let Some(word) = words.get(at) {
        if at > start && broken(words, at) {
            break;
        }
        if word.is(kind::RELATION) && names == 0 && !is_name_after(words, at, capitals, places) {
            relations += 1;
        } else if word.is(kind::PLACE) && names == 0 && word.direct && !says_very(words, at) {
            places += 1;
            weak &= word.is(kind::WEAK_PLACE);
        } else if word.is(kind::PART) && places > 0 && leads_on(words, at + 1) {
            // `toko emas di Pajak …`, `jalan baru Gambiran`
        } else {
            break;
        }
        at += 1;
    }
    let head = at;
    while names < MAX_NAMES {
        let Some(word) = words.get(at) else { break };
        if at > start && broken(words, at) {
            break;
        }
        let after_head = at == head && at > start;
        if is_name(
            words,
            at,
            capitals,
            places > 0 && after_head,
            places + relations > 0 || !opening || follows_prep(words, at),
        ) {
            names += 1;
            written |= capitals && word.token.capital;
        } else if !(at > head && word.is(kind::PLACE | kind::RELATION) && word.direct && word.token.capital && capitals)
        {
            break;
        } else {
            names += 1;
        }
        at += 1;
    }
    if names > 0 {
        points += 1.2 + 0.3 * f64::from(u8::try_from(names).unwrap_or(4));
        points += if written || !capitals { 0.5 } else { 0.0 };
        points += if places > 0 { 1.5 } else { 0.0 } + if relations > 0 { 0.4 } else { 0.0 };
    } else if places > 0 && !weak {
        points += if relations > 0 { 1.0 } else { 0.7 } + 0.2 * f64::from(u8::try_from(places).unwrap_or(4));
    } else if places > 0 && relations > 0 {
        points += 0.6;
    } else if places > 1 {
        points += 0.5;
    }
    if at == start || points <= 0.0 {
        return None;
    }
    Some(Span { first: start, last: at - 1, points, certain: places > 0 || (names > 0 && written) })
}

/// `macet kali`: in Medan `kali` behind a quality is "very", no river.
fn says_very(words: &[Word], at: usize) -> bool {
    let quality = at > 0
        && words[at].token.before == Break::Space
        && !words[at - 1].is(kind::PREP | kind::RELATION | kind::PLACE);
    let named = words.get(at + 1).is_some_and(|next| {
        next.token.before <= Break::Dash && (next.forms.is_empty() || next.token.capital) && !next.is(kind::PLACE)
    });
    words[at].token.word == "kali" && quality && !named
}

/// Whether a name, a place word or `di` follows.
fn leads_on(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|word| {
        word.token.before <= Break::Dash
            && (word.is(kind::PLACE | kind::RELATION | kind::PREP) || word.forms.is_empty())
    })
}

fn broken(words: &[Word], at: usize) -> bool {
    match words[at].token.before {
        Break::Space | Break::Dash => false,
        Break::Dot => !abbreviated(&words[at - 1]),
        Break::Comma | Break::Stop | Break::Message => true,
    }
}

/// A word whose full stop ends an abbreviation: `Jl.`, `Ds.`, `komp.`.
fn abbreviated(word: &Word) -> bool {
    word.is(kind::PLACE | kind::RELATION) && word.token.word.len() <= 5 || word.token.word.len() <= 2
}

fn follows_prep(words: &[Word], at: usize) -> bool {
    at > 0 && words[at - 1].is(kind::PREP) && words[at].token.before == Break::Space
}

/// A relation that is part of a name: `Sragen Wetan`, `Medan Timur` keep going, `depan` does not.
fn is_name_after(words: &[Word], at: usize, capitals: bool, places: usize) -> bool {
    capitals && places > 0 && words[at].token.capital && at > 0 && words[at - 1].is(kind::PLACE)
}

/// Whether a word can be part of a place's name.
fn is_name(words: &[Word], at: usize, capitals: bool, after_place: bool, expected: bool) -> bool {
    let word = &words[at];
    let capital = capitals && word.token.capital && at > 0 && words[at - 1].token.before <= Break::Message;
    let opens = word.token.before >= Break::Stop;
    if word.token.number || word.token.word.len() == 1 {
        let counts = words.get(at + 1).is_some_and(|next| {
            next.token.before == Break::Space && next.is(kind::PERSON | kind::VEHICLE | kind::TIME)
        });
        return expected && !counts && after_number_word(words, at);
    }
    let written_before =
        at > 0 && words[at - 1].token.capital && words[at - 1].kinds & (kind::PLACE | kind::RELATION) == 0;
    if capitals && !after_place && expected && written_before && words[at].token.before <= Break::Dash {
        // Who writes names with capitals ends them with a small letter.
        return word.token.capital && !word.is(kind::NEGATION | kind::FILLER | kind::PREP) && !is_no_word(words, at);
    }
    if is_title_of_person(words, at) || is_no_word(words, at) {
        return false;
    }
    let said = kind::NEGATION | kind::FILLER | kind::PREP;
    let time = word.is(kind::TIME) && !word.token.capital;
    if after_place && announces_name(&words[at - 1]) && !word.is(said) && !time {
        return true;
    }
    if word.is(kind::PERSON | kind::VEHICLE | kind::NEGATION | kind::FILLER | kind::PREP) {
        return capital && after_place && !word.is(kind::NEGATION | kind::PREP);
    }
    if word.kinds == 0 && !word.direct && word.forms.is_empty() {
        return expected || (capital && (!opens || followed_by_name(words, at)));
    }
    if word.is(kind::COMMON | kind::TIME) || word.direct || !word.forms.is_empty() {
        let goes_on = at > 0 && words[at - 1].token.capital && words[at - 1].forms.is_empty();
        return capital && !opens && (after_place || expected && (goes_on || !word.is(kind::TIME)));
    }
    false
}

/// `dua2nya`, or the last letters of a plate.
fn is_no_word(words: &[Word], at: usize) -> bool {
    let token = &words[at].token;
    let doubled = token.word.contains(|letter: char| letter.is_ascii_digit())
        && token.word.ends_with(|letter: char| letter.is_ascii_alphabetic());
    let number = |next: &Word| next.token.number && (3..=4).contains(&next.token.word.len());
    let plate_head = token.shouted && token.word.len() <= 2 && words.get(at + 1).is_some_and(number);
    let plate = token.shouted && token.word.len() <= 3 && at > 0 && words[at - 1].token.number;
    !token.number && (doubled || plate || plate_head)
}

/// Abbreviations that nobody writes without a name behind them.
fn announces_name(word: &Word) -> bool {
    matches!(
        word.token.word.as_str(),
        "jl" | "jln"
            | "gg"
            | "gang"
            | "ds"
            | "dsn"
            | "dk"
            | "kel"
            | "kelurahan"
            | "kec"
            | "kecamatan"
            | "perum"
            | "komp"
            | "simp"
            | "sp"
    )
}

/// Two capitals in a row at the beginning are a place, one is the start of a sentence.
fn followed_by_name(words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_none_or(|next| next.token.before >= Break::Stop || (next.token.capital && !next.direct))
}

fn after_number_word(words: &[Word], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|index| &words[index]) else { return false };
    before.is(kind::PLACE) || (before.token.word.len() >= 3 && !before.is(kind::COMMON)) || before.token.number
}

/// `pak Budi`, `an. Sari`: a person's name, not a place's.
fn is_title_of_person(words: &[Word], at: usize) -> bool {
    at > 0
        && words[at].token.before == Break::Space
        && matches!(
            words[at - 1].token.word.as_str(),
            "pak" | "bu" | "bapak" | "ibu" | "mbah" | "bang" | "bernama" | "nama" | "an" | "mas" | "mbak" | "namanya"
        )
}
