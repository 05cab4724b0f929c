//! Which cues stand in a report: words in, matches out, in one pass over the words.

use super::lexicon::{Cue, Effect, Lexicon, Signal, WordId, kind};
use super::normalise::{Break, Token};

/// Small words that may stand between two neighbours of a cue.
const MAX_FILLERS: usize = 2;

/// A word of the report with all it may stand for.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub token: Token,
    pub forms: Vec<WordId>,
    /// The written word is itself known (its first form is not a stem).
    pub direct: bool,
    /// Bits of [`kind`] of the word itself, or of its nearest stem.
    pub kinds: u16,
}

impl Word {
    pub fn is(&self, bits: u16) -> bool {
        self.kinds & bits != 0
    }
}

/// A cue that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub cue: u32,
    pub effect: Effect,
    pub weight: f64,
    pub first: usize,
    pub last: usize,
    pub slots: usize,
    pub negated: bool,
}

/// The words of a report with their known forms.
pub(super) fn look_up(tokens: Vec<Token>, lexicon: &Lexicon) -> Vec<Word> {
    tokens
        .into_iter()
        .map(|token| {
            let forms = lexicon.forms(&token.word);
            let direct = lexicon.knows(&token.word);
            let kinds = forms.first().map_or(0, |&id| lexicon.kinds(id));
            Word { token, forms, direct, kinds }
        })
        .collect()
}

/// All cues in the words, without those that a longer expression or the name of a place swallows.
pub(super) fn find(words: &[Word], lexicon: &Lexicon, place: Option<(usize, usize)>) -> Vec<Match> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for (rank, form) in word.forms.iter().enumerate() {
            let Some(cues) = lexicon.by_first.get(form) else { continue };
            for &number in cues {
                let cue = &lexicon.cues[number as usize];
                let first_fits =
                    cue.slots[0].fits.iter().any(|&(id, exact)| id == *form && (!exact || is_direct(word, rank)));
                if !first_fits {
                    continue;
                }
                if let Some(last) = rest_fits(cue, words, at) {
                    found.push(Match {
                        cue: number,
                        effect: cue.effect,
                        weight: cue.weight,
                        first: at,
                        last,
                        slots: cue.slots.len(),
                        negated: is_negated(words, at),
                    });
                }
            }
        }
    }
    found.retain(|one| !place.is_some_and(|place| is_name(words, one, place)));
    drop_swallowed(&mut found, words.len());
    drop_figures(&mut found);
    found
}

/// `begal hati` is no robbery, and neither is the `begal` before it: danger cues inside a figure of speech go,
/// with the same cues elsewhere. Another danger cue beside it stays.
fn drop_figures(found: &mut Vec<Match>) {
    let alarms = |one: &Match| matches!(one.effect, Effect::Signal(Signal::Danger | Signal::Risk | Signal::Urgent));
    let figures: Vec<Match> = found.iter().filter(|one| one.effect == Effect::Signal(Signal::Idiom)).copied().collect();
    let inside = |one: &Match| figures.iter().any(|figure| figure.first <= one.first && one.last <= figure.last);
    let meant: Vec<u32> = found.iter().filter(|one| alarms(one) && inside(one)).map(|one| one.cue).collect();
    found.retain(|one| !(alarms(one) && meant.contains(&one.cue)));
}

const fn is_direct(word: &Word, rank: usize) -> bool {
    word.direct && rank == 0
}

fn rest_fits(cue: &Cue, words: &[Word], at: usize) -> Option<usize> {
    let mut last = at;
    for slot in cue.slots.iter().skip(1) {
        let mut fillers = 0;
        let mut skipped = 0;
        let mut next = last + 1;
        loop {
            let word = words.get(next)?;
            let far = if slot.gap.is_some() { Break::Message } else { Break::Stop };
            if word.token.before >= far {
                return None;
            }
            let fits = word.forms.iter().enumerate().any(|(rank, form)| {
                slot.fits.iter().any(|&(id, exact)| id == *form && (!exact || is_direct(word, rank)))
            });
            if fits {
                break;
            }
            match slot.gap {
                Some(gap) if skipped < gap => skipped += 1,
                None if fillers < MAX_FILLERS && word.is(kind::FILLER) => fillers += 1,
                _ => return None,
            }
            next += 1;
        }
        last = next;
    }
    Some(last)
}

/// `Jl Gajah` is no animal, `pajak Sikambing` no tax. What tells of danger is a name only right behind a street word.
fn is_name(words: &[Word], one: &Match, (first, last): (usize, usize)) -> bool {
    let inside = first <= one.first && one.last <= last;
    let street = one.first > first
        && one.first.checked_sub(1).is_some_and(|before| STREETS.contains(&words[before].token.word.as_str()));
    inside && (street || matches!(one.effect, Effect::Category(_)))
}

const STREETS: [&str; 6] = ["jl", "jln", "jalan", "gg", "gang", "komplek"];

/// `tidak ada korban`: a negation right before the cue, small words aside.
fn is_negated(words: &[Word], at: usize) -> bool {
    let mut index = at;
    for _ in 0..3 {
        if index == 0 || words[index].token.before >= Break::Comma {
            return false;
        }
        index -= 1;
        if words[index].is(kind::NEGATION) {
            return true;
        }
        if !words[index].is(kind::FILLER) {
            return false;
        }
    }
    false
}

/// A category's cue that stands wholly inside a longer expression of another says nothing.
fn drop_swallowed(found: &mut Vec<Match>, words: usize) {
    let mut longest = vec![0; words];
    for one in found.iter().filter(|one| matches!(one.effect, Effect::Category(_)) && tight(one)) {
        for slot in &mut longest[one.first..=one.last] {
            *slot = one.slots.max(*slot);
        }
    }
    found.retain(|one| {
        !matches!(one.effect, Effect::Category(_))
            || longest[one.first..=one.last].iter().any(|&slots| slots <= one.slots)
    });
}

const fn tight(one: &Match) -> bool {
    one.last - one.first < one.slots + 1
}

/// Whether a signal was given and not negated.
pub(super) fn signal(found: &[Match], wanted: Signal) -> Option<&Match> {
    found.iter().find(|one| one.effect == Effect::Signal(wanted) && !one.negated)
}

/// How many different cues of a signal were given and not negated.
pub(super) fn signals(found: &[Match], wanted: Signal) -> usize {
    let mut cues: Vec<u32> =
        found.iter().filter(|one| one.effect == Effect::Signal(wanted) && !one.negated).map(|one| one.cue).collect();
    cues.sort_unstable();
    cues.dedup();
    cues.len()
}
