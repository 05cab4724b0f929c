//! What and how: runs of words, cut from the original text.

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
