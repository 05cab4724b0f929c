//! Rules and learned weights together: cues and chances in, one category, priority and confidence out.
//!
//! The points of the rules are features of the learned part, so an office's own cue counts at once.
//! What the learned part may not do: take a report below priority 1 that a danger cue put there, or
//! call a person in despair off topic, or a call for help a prank.

use super::categorise::{self, Alarm, Judgement, by_rules, cues_for, weigh};
use super::cues::{Match, Word, signal};
use super::features::{self, Feature, Seen};
use super::lexicon::{Lexicon, Signal};
use super::scorer::{Chances, Scorer};
use crate::model::report::{Category, Priority, Service};

/// A word that speaks for a category with less is not named as a reason.
const LEAST_REASON: f64 = 0.25;
/// Chance of priority 1 from which it is given to hearsay, to what is past, to what is said to be slight, and to
/// matters in which lives are seldom at stake.
const DOUBTFUL_ALARM: f64 = 0.6;
/// The same for what is over or happens again and again.
const CALM_ALARM: f64 = 0.3;
/// Words that mean help even from somebody who laughs.
const CRIES: [&str; 8] = ["tolong", "tlg", "tlng", "tulung", "darurat", "gawat", "bahaya", "sos"];
/// Reasons on a card.
const MOST_REASONS: usize = 5;

/// Decides over the words of a report.
pub(super) fn judge(words: &[Word], found: &[Match], lexicon: &Lexicon, place: Option<(usize, usize)>) -> Judgement {
    let points = weigh(words, found, place.is_some());
    // Where no word is known there is nothing to weigh: pieces of words alone are a guess.
    let knows = |scorer: &Scorer, word: &Word| {
        word.token.word.len() > 1 && (!word.forms.is_empty() || scorer.knows(&["w ", &word.token.word]))
    };
    let Some(scorer) = lexicon.scorer.as_ref().filter(|scorer| words.iter().any(|word| knows(scorer, word))) else {
        return by_rules(words, found, &points, lexicon, Alarm::Possible);
    };
    let rules = by_rules(words, found, &points, lexicon, Alarm::Certain);
    let seen = Seen { words, found, points: &points, place };
    let features = features::all(&seen, lexicon, |_| {});
    let chances = scorer.chances(&features);
    let best = top(&chances.categories, |_| true);
    // Who calls for help and laughs calls for help: a person looks, never a guess.
    let cries = |word: &Word| CRIES.contains(&&*word.token.word);
    let laughs = Category::ALL[best].service() == Service::Prank && words.iter().any(cries);
    let best = if laughs { top(&chances.categories, acts) } else { best };
    // "Halo, butuh bantuan polisi" is no greeting, however much it learned of those.
    let calls = categorise::calls_after_greeting(Category::ALL[best], words, found);
    let best = if calls { top(&chances.categories, |category| category == Category::BelumJelas) } else { best };
    let priority = urgency(Category::ALL[best], &rules, &chances, scorer, &seen, lexicon);
    let best = if priority == Priority::P1 { acted_on(best, &chances, found, words) } else { best };
    let category = Category::ALL[best];
    let because = reasons(category, best, found, &features, scorer, words.len());
    Judgement {
        category,
        priority,
        confidence: chances.categories[best].clamp(0.05, 0.98),
        top: because.first().copied().or(rules.top),
        because,
    }
}

/// The most likely category of those that fit.
fn top(chances: &[f64], fits: impl Fn(Category) -> bool) -> usize {
    let known = Category::ALL.iter().zip(chances).enumerate().filter(|(_, (category, _))| fits(**category));
    known.max_by(|a, b| a.1.1.total_cmp(b.1.1)).map_or(0, |(index, _)| index)
}

/// Somebody acts on it.
const fn acts(category: Category) -> bool {
    matches!(category.service(), Service::Police | Service::OtherAgency)
}

/// Who is in danger is not told that his matter is none: the likeliest category somebody acts on.
fn acted_on(best: usize, chances: &Chances, found: &[Match], words: &[Word]) -> usize {
    let index = |category: Category| Category::ALL.iter().position(|&other| other == category).unwrap_or(best);
    if signal(found, Signal::Despair).is_some() && Category::ALL[best].service() != Service::OtherAgency {
        // Whose despair it is: as learned where that says something, by who speaks otherwise.
        let (own, other) = (index(Category::BelumJelas), index(Category::Kamtibmas));
        let (own_chance, other_chance) = (chances.categories[own], chances.categories[other]);
        return match () {
            () if own_chance.max(other_chance) < 0.2 => index(categorise::despairing(words)),
            () if own_chance >= other_chance => own,
            () => other,
        };
    }
    match Category::ALL[best].service() {
        Service::Information | Service::OffTopic => top(&chances.categories, acts),
        _ => best,
    }
}

fn urgency(
    category: Category,
    rules: &Judgement,
    chances: &Chances,
    scorer: &Scorer,
    seen: &Seen<'_>,
    lexicon: &Lexicon,
) -> Priority {
    let ruled = categorise::priority(category, seen.words, seen.found, lexicon, Alarm::Certain);
    let doubt = !puts_lives_at_stake(category)
        || categorise::supposed(seen.words, seen.found)
        || [Signal::Soft, Signal::Unverified, Signal::Past, Signal::Idiom]
            .iter()
            .any(|&one| signal(seen.found, one).is_some());
    let alarm = if doubt { scorer.alarm.max(DOUBTFUL_ALARM) } else { scorer.alarm };
    let alarm = if categorise::calm(seen.found) { alarm.max(CALM_ALARM) } else { alarm };
    let told = [Signal::Danger, Signal::Despair].iter().any(|&one| signal(seen.found, one).is_some());
    let certain = told && (rules.priority == Priority::P1 || ruled == Priority::P1);
    if certain || chances.priorities[0] >= alarm {
        return Priority::P1;
    }
    match category.service() {
        Service::Information | Service::OffTopic | Service::Prank => Priority::P4,
        _ if category == Category::BelumJelas => ruled,
        Service::Police | Service::OtherAgency => {
            // Nothing that is a matter of the police is left without a visit.
            let rest = [Priority::P2, Priority::P3, Priority::P4];
            let least = if category.service() == Service::Police { 2 } else { 3 };
            let likely = rest.iter().take(least).zip(&chances.priorities[1..]).max_by(|a, b| a.1.total_cmp(b.1));
            likely.map_or(ruled, |(&priority, _)| priority)
        }
    }
}

/// Matters in which a life is often at stake; in others the learned part has to be sure of it.
const fn puts_lives_at_stake(category: Category) -> bool {
    matches!(
        category,
        Category::LakaLantas
            | Category::Kejahatan
            | Category::Kekerasan
            | Category::Kamtibmas
            | Category::Kebakaran
            | Category::Bencana
            | Category::Ambulans
    )
}

/// The cues of the lexicon and the words whose weights speak for the category.
fn reasons(
    category: Category,
    index: usize,
    found: &[Match],
    features: &[Feature],
    scorer: &Scorer,
    words: usize,
) -> Vec<(usize, usize)> {
    let mut because: Vec<(usize, usize)> = Vec::new();
    for run in cues_for(category, found) {
        if !because.iter().any(|&(first, last)| first <= run.0 && run.1 <= last) {
            because.push(run);
        }
    }
    let spoken = scorer.by_word(features, index, words);
    let mut loudest: Vec<usize> = (0..spoken.len()).filter(|&at| spoken[at] >= LEAST_REASON).collect();
    loudest.sort_by(|&a, &b| spoken[b].total_cmp(&spoken[a]).then(a.cmp(&b)));
    for at in loudest {
        if because.len() >= MOST_REASONS {
            break;
        }
        if !because.iter().any(|&(first, last)| (first..=last).contains(&at)) {
            because.push((at, at));
        }
    }
    because
}
