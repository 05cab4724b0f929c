//! Who, what and how: runs of words, cut from the original text.

use super::cues::Word;
use super::lexicon::kind;
use super::normalise::Break;
use crate::model::report::Phrase;

/// A run of words by index.
pub(super) type Run = (usize, usize);

/// Cuts a run of words out of the messages; `None` when it crosses messages.
pub(super) fn cut(messages: &[&str], words: &[Word], run: Run, confidence: f64) -> Option<Phrase> {
    let (first, last) = (&words.get(run.0)?.token, &words.get(run.1)?.token);
    if first.message != last.message {
        return None;
    }
    let text = messages.get(first.message)?.get(first.start..last.end)?;
    Some(Phrase { text: text.to_owned(), confidence })
}

/// Who: plates, counted persons, persons and vehicles with what describes them.
pub(super) fn who(words: &[Word], place: Option<Run>) -> Option<Run> {
    if let Some(plate) = (0..words.len()).find_map(|at| plate(words, at)) {
        return Some(plate);
    }
    let outside = |at: usize| place.is_none_or(|(first, last)| at < first || at > last);
    let mut best: Option<(usize, Run)> = None;
    for at in 0..words.len() {
        if !outside(at) || !words[at].is(kind::PERSON) || is_address_form(words, at) {
            continue;
        }
        let counted = at > 0 && is_count(&words[at - 1]) && words[at].token.before == Break::Space;
        let first = if counted { at - 1 } else { at };
        let last = described(words, at, &outside);
        let value = usize::from(counted) * 3 + (last - at) * 2 + usize::from(!is_vague(&words[at]));
        if value > 0 && best.is_none_or(|(known, _)| value > known) {
            best = Some((value, (first, last)));
        }
    }
    best.map(|(_, run)| run)
}

/// `BK 1234 ABC`, in one word or three.
fn plate(words: &[Word], at: usize) -> Option<Run> {
    let word = &words[at].token.word;
    let letters = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = words.get(at + 1).filter(|next| {
        next.token.number && (3..=4).contains(&next.token.word.len()) && next.token.before <= Break::Dash
    });
    let series = words
        .get(at + 2)
        .filter(|next| next.token.shouted && next.token.word.len() <= 3 && next.token.before <= Break::Dash);
    if letters && words[at].token.shouted && number.is_some() {
        return Some((at, if series.is_some() { at + 2 } else { at + 1 }));
    }
    let head = word.bytes().take_while(u8::is_ascii_lowercase).count();
    let digits = word.bytes().skip(head).take_while(u8::is_ascii_digit).count();
    let tail = word.len().saturating_sub(head + digits);
    let whole = (1..=2).contains(&head) && (2..=4).contains(&digits) && (1..=3).contains(&tail);
    (whole && word.bytes().skip(head + digits).all(|byte| byte.is_ascii_lowercase())).then_some((at, at))
}

fn is_count(word: &Word) -> bool {
    word.token.number
        || matches!(
            word.token.word.as_str(),
            "satu"
                | "dua"
                | "tiga"
                | "empat"
                | "lima"
                | "enam"
                | "tujuh"
                | "delapan"
                | "sembilan"
                | "sepuluh"
                | "belasan"
                | "puluhan"
                | "seorang"
                | "beberapa"
                | "sekelompok"
                | "segerombolan"
                | "loro"
                | "telu"
        )
}

/// `pak`, `bang` at the beginning address the officer.
fn is_address_form(words: &[Word], at: usize) -> bool {
    matches!(words[at].token.word.as_str(), "pak" | "bang" | "bu" | "polisi" | "bapak" | "ibu" | "kak")
        && (at == 0 || !is_count(&words[at - 1]))
        || words[at].token.word == "warga"
}

fn is_vague(word: &Word) -> bool {
    matches!(word.token.word.as_str(), "orang" | "org" | "wong" | "anak" | "warga" | "korban" | "pelaku")
}

/// The last word of `bapak2 naik pit`, `tiga orang dengan mobil bak`, `pria baju hitam`.
fn described(words: &[Word], at: usize, outside: &impl Fn(usize) -> bool) -> usize {
    let mut last = at;
    while let Some(next) = words.get(last + 1) {
        if next.token.before > Break::Space || !outside(last + 1) || last - at >= 5 {
            break;
        }
        let joins = matches!(
            next.token.word.as_str(),
            "naik"
                | "numpak"
                | "dengan"
                | "pakai"
                | "pake"
                | "baju"
                | "kaos"
                | "jaket"
                | "bawa"
                | "mengendarai"
                | "berboncengan"
                | "celana"
                | "helm"
                | "bertopi"
        );
        let describes = matches!(
            next.token.word.as_str(),
            "hitam"
                | "merah"
                | "putih"
                | "biru"
                | "kuning"
                | "hijau"
                | "abu"
                | "coklat"
                | "tua"
                | "muda"
                | "gondrong"
                | "kos"
                | "bak"
                | "motor"
                | "geng"
                | "sma"
                | "smp"
                | "kecil"
                | "hamil"
        );
        let joined = joins && words.get(last + 2).is_some_and(|after| after.token.before == Break::Space);
        let goes_on = joined || describes || next.is(kind::VEHICLE | kind::WEAPON);
        if !goes_on {
            break;
        }
        last += if joins { 2 } else { 1 };
    }
    last.min(words.len() - 1)
}

/// What: the clause around the cue that decided, without the place.
pub(super) fn what(words: &[Word], top: Run, place: Option<Run>) -> Run {
    let stops = |at: usize| place.is_some_and(|(first, last)| (first..=last).contains(&at));
    let mut first = top.0;
    while first > 0
        && words[first].token.before < Break::Comma
        && !stops(first - 1)
        && top.0 - first < 4
        && !words[first - 1].is(kind::FILLER)
    {
        first -= 1;
    }
    let mut last = top.1;
    while let Some(next) = words.get(last + 1) {
        if next.token.before >= Break::Comma || stops(last + 1) || last - top.1 >= 5 {
            break;
        }
        last += 1;
    }
    (first, last)
}

/// How: the means, `pakai golok`, `dengan cara …`, `lewat link apk`.
pub(super) fn how(words: &[Word], place: Option<Run>) -> Option<Run> {
    let outside = |at: usize| place.is_none_or(|(first, last)| at < first || at > last);
    for (at, word) in words.iter().enumerate() {
        let opens = matches!(
            word.token.word.as_str(),
            "pakai"
                | "pake"
                | "dengan"
                | "dgn"
                | "menggunakan"
                | "modus"
                | "modusnya"
                | "bawa"
                | "lewat"
                | "naik"
                | "karena"
                | "gara"
                | "nganggo"
        );
        if !opens || !outside(at) {
            continue;
        }
        let mut last = at;
        while let Some(next) = words.get(last + 1) {
            if next.token.before >= Break::Comma || !outside(last + 1) || last - at >= 4 {
                break;
            }
            last += 1;
        }
        if last > at {
            return Some((at, last));
        }
    }
    None
}
