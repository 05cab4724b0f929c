//! From cues to one category and one priority, by adding points that people can follow.
//!
//! Evidence for a category is the sum of its cues, each word counted once; a question speaks for an
//! information service, an event for the police. A danger cue is never dropped because of a joke
//! near it: laughter changes nothing, and who takes back an alarm is labelled a prank but keeps its
//! priority, so that a person looks at it first.

use super::cues::{Match, Word, signal, signals};
use super::lexicon::{Effect, Lexicon, Signal, kind};
use super::normalise::Break;
use crate::model::report::{Category, Priority, Service};

/// What was decided and by which words.
#[derive(Debug, Clone)]
pub(super) struct Judgement {
    pub category: Category,
    pub priority: Priority,
    pub confidence: f64,
    /// First and last word of what speaks loudest for the category.
    pub top: Option<(usize, usize)>,
    /// Word ranges that decided.
    pub because: Vec<(usize, usize)>,
}

/// Which cues put a report in priority 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// Those that leave no doubt: the floor under the learned part.
    Certain,
    /// Those of risk too, when nothing else weighs them.
    Possible,
}

/// Points with which a judgement counts as sure.
const SURE: f64 = 6.0;

/// Decides over the words of a report by rules alone; `points` are those of [`weigh`].
pub(super) fn by_rules(words: &[Word], found: &[Match], points: &[f64], lexicon: &Lexicon, alarm: Alarm) -> Judgement {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[b].total_cmp(&points[a]).then(a.cmp(&b)));
    let (best, second) = (order[0], order[1]);
    let danger = signal(found, Signal::Danger);
    let despair = signal(found, Signal::Despair);
    let category = match () {
        () if despair.is_some() && Category::ALL[best].service() != Service::OtherAgency => despairing(words),
        () if calls_after_greeting(Category::ALL[best], words, found) => Category::BelumJelas,
        () if points[best] > 0.0 => Category::ALL[best],
        () if danger.is_some() || signal(found, Signal::Help).is_some() => Category::BelumJelas,
        () if only_greeting(words) => Category::Salam,
        () => Category::BelumJelas,
    };
    let sure = (points[best] / SURE).min(1.0) * (points[best] / (points[best] + points[second]).max(0.1));
    let confidence = if points[best] > 0.0 { 0.25 + 0.7 * sure } else { low(category, found) };
    let because = cues_for(category, found);
    Judgement {
        category,
        priority: priority(category, words, found, lexicon, alarm),
        confidence: confidence.clamp(0.05, 0.97),
        top: because.first().copied(),
        because,
    }
}

/// The loudest cues for a category, then those of despair and danger.
pub(super) fn cues_for(category: Category, found: &[Match]) -> Vec<(usize, usize)> {
    let index = Category::ALL.iter().position(|&other| other == category);
    let mut own: Vec<&Match> = found
        .iter()
        .filter(|one| !one.negated && index.is_some_and(|index| one.effect == Effect::Category(index)))
        .collect();
    own.sort_by(|a, b| (b.weight, b.slots).partial_cmp(&(a.weight, a.slots)).unwrap_or(std::cmp::Ordering::Equal));
    own.truncate(3);
    let danger = signal(found, Signal::Danger);
    own.extend(signal(found, Signal::Despair));
    own.extend(danger.filter(|_| category.service() != Service::Information));
    own.into_iter().map(|one| (one.first, one.last)).collect()
}

fn low(category: Category, found: &[Match]) -> f64 {
    match category {
        Category::Salam => 0.6,
        _ if signal(found, Signal::Help).is_some() => 0.45,
        _ => 0.1,
    }
}

/// A person in despair is never off topic: their own words need a person, a stranger's act a unit.
pub(super) fn despairing(words: &[Word]) -> Category {
    let own = (0..words.len()).any(|at| is_writer(words, at));
    let stranger = words.iter().any(|word| word.is(kind::PERSON));
    if stranger && !own { Category::Kamtibmas } else { Category::BelumJelas }
}

/// `saya` for oneself, not behind whom one belongs to: `adik saya`, `kawan satu kos awak`.
fn is_writer(words: &[Word], at: usize) -> bool {
    const OWN: [&str; 13] =
        ["saya", "sy", "sya", "aku", "ak", "aq", "gw", "gue", "gua", "awak", "kula", "kulo", "abdi"];
    if !OWN.contains(&words[at].token.word.as_str()) {
        return false;
    }
    let before = words[..at].iter().rev().take(3);
    let mut joined = words[at].token.before < Break::Comma;
    for word in before {
        if !joined {
            break;
        }
        if word.is(kind::PERSON) {
            return false;
        }
        joined = word.token.before < Break::Comma;
    }
    true
}

/// A greeting that goes on to call for help is a call for help; thanks for help are thanks.
pub(super) fn calls_after_greeting(category: Category, words: &[Word], found: &[Match]) -> bool {
    let thanks = words.iter().any(|word| {
        matches!(word.token.word.as_str(), "terima" | "terimakasih" | "makasih" | "suwun" | "nuwun" | "thanks")
    });
    category == Category::Salam
        && !thanks
        && (signal(found, Signal::Help).is_some() || signal(found, Signal::Danger).is_some())
}

fn only_greeting(words: &[Word]) -> bool {
    let greeting = ["halo", "selamat", "permisi", "assalamualaikum", "horas", "pagi", "siang", "sore", "malam"];
    words.iter().any(|word| greeting.contains(&word.token.word.as_str()))
        && words.iter().all(|word| word.is(kind::FILLER | kind::TIME | kind::COMMON))
}

/// Points of each category of the list.
pub(super) fn weigh(words: &[Word], found: &[Match], has_place: bool) -> Vec<f64> {
    let mut points = own_points(found, words.len());
    let question = signals(found, Signal::Question) > 0;
    let event = signals(found, Signal::Event);
    let danger = signal(found, Signal::Danger).or_else(|| signal(found, Signal::Risk)).is_some();
    let taken_back = taken_back(words, found);
    let laughing = signal(found, Signal::Laughter).is_some();
    let past = signal(found, Signal::Past).is_some();
    for (index, category) in Category::ALL.iter().enumerate() {
        if points[index] <= 0.0 {
            continue;
        }
        points[index] += match category.service() {
            Service::Information => {
                f64::from(u8::from(question)) * 2.0 + f64::from(u8::from(past))
                    - f64::from(u8::from(danger)) * 2.5
                    - f64::from(u8::from(has_place && !is_site(*category))) * 1.0
            }
            Service::Police | Service::OtherAgency => {
                let told = if event > 0 { 0.8 } else { 0.0 };
                told + if has_place { 1.2 } else { 0.0 } + if danger { 1.5 } else { 0.0 }
                    - if question && !danger { 0.5 } else { 0.0 }
                    - if past { 0.5 } else { 0.0 }
            }
            Service::OffTopic => -f64::from(u8::from(danger)) * 2.0,
            Service::Prank => {
                (if taken_back { 3.0 } else { 0.0 }) + (if laughing { 1.5 } else { 0.0 })
                    - if danger && !taken_back { 2.5 } else { 0.0 }
            }
        };
    }
    points
}

/// Information services that concern a place.
const fn is_site(category: Category) -> bool {
    matches!(category, Category::Patroli | Category::Keramaian | Category::Pengawalan | Category::LayananLain)
}

/// Sum of the cues of each category; a word already counted adds nothing, an expression around it a quarter.
fn own_points(found: &[Match], words: usize) -> Vec<f64> {
    let mut own: Vec<Vec<&Match>> = vec![Vec::new(); Category::ALL.len()];
    for one in found {
        if let (Effect::Category(index), false) = (one.effect, one.negated) {
            own[index].push(one);
        }
    }
    own.into_iter()
        .map(|mut matches| {
            matches
                .sort_by(|a, b| b.weight.total_cmp(&a.weight).then(b.slots.cmp(&a.slots)).then(a.first.cmp(&b.first)));
            let mut taken = vec![false; if matches.is_empty() { 0 } else { words }];
            let mut used: Vec<u32> = Vec::new();
            let mut sum = 0.0;
            for one in matches.into_iter().take(64) {
                if used.contains(&one.cue) {
                    continue;
                }
                used.push(one.cue);
                let fresh = !taken[one.first] && !taken[one.last];
                let longer = 1.0 + 0.15 * f64::from(u8::try_from(one.slots.min(4) - 1).unwrap_or(0));
                let again = if one.slots > 1 { 0.25 } else { 0.0 };
                sum += one.weight * longer * if fresh { 1.0 } else { again };
                taken[one.first] = true;
                taken[one.last] = true;
            }
            sum
        })
        .collect()
}

/// Takes back what was said: a joke word after the last alarm, or with no alarm at all.
fn taken_back(words: &[Word], found: &[Match]) -> bool {
    let alarm = found.iter().filter(|one| one.effect == Effect::Signal(Signal::Danger)).map(|one| one.last).max();
    let Some(joke) = found
        .iter()
        .filter(|one| one.effect == Effect::Signal(Signal::Retract) && !one.negated)
        .map(|one| one.last)
        .max()
    else {
        return false;
    };
    alarm.is_none_or(|alarm| joke > alarm && words.len() - joke <= 3)
}

/// A question about what could be, `kalau ada begal lapor ke mana?`, without a cry for help.
pub(super) fn supposed(words: &[Word], found: &[Match]) -> bool {
    const CRIES: [&str; 12] = [
        "tolong", "tlg", "tulung", "cepat", "cepet", "cepetan", "cpt", "gawat", "darurat", "sekarang", "skrg", "saiki",
    ];
    signal(found, Signal::Hypothetical).is_some()
        && signal(found, Signal::Question).is_some()
        && !words.iter().any(|word| CRIES.contains(&word.token.word.as_str()))
}

/// What is over, `dikeroyok tadi pagi`, or happens again and again, when nothing says that it goes on now.
pub(super) fn calm(found: &[Match]) -> bool {
    signal(found, Signal::Done).is_some() && signal(found, Signal::Ongoing).is_none()
}

/// How urgent a report of this category is by its cues.
pub(super) fn priority(
    category: Category,
    words: &[Word],
    found: &[Match],
    lexicon: &Lexicon,
    alarm: Alarm,
) -> Priority {
    let risk = alarm == Alarm::Possible && signal(found, Signal::Risk).is_some();
    let danger = risk || signal(found, Signal::Danger).is_some();
    if signal(found, Signal::Despair).is_some() {
        return Priority::P1;
    }
    let soft = signal(found, Signal::Soft).is_some() || calm(found) && signals(found, Signal::Danger) < 2;
    match category.service() {
        Service::Information => return Priority::P4,
        Service::OffTopic | Service::Prank if !danger => return Priority::P4,
        _ => {}
    }
    if category == Category::BelumJelas && !danger {
        return if signal(found, Signal::Help).is_some() { Priority::P2 } else { Priority::P3 };
    }
    let told = signal(found, Signal::Unverified).is_none() && signal(found, Signal::Past).is_none();
    if danger && told && !supposed(words, found) {
        return if soft { Priority::P2 } else { Priority::P1 };
    }
    let base = lexicon.priority(category);
    if signal(found, Signal::Unverified).is_some() || (soft && base != Priority::P4) {
        return base.max(Priority::P3);
    }
    if base == Priority::P4 {
        return base;
    }
    if signal(found, Signal::Minor).is_some() && signals(found, Signal::Urgent) < 2 {
        return Priority::P3;
    }
    let armed = words.iter().any(|word| word.is(kind::WEAPON));
    if armed || signal(found, Signal::Urgent).is_some() {
        return base.min(Priority::P2);
    }
    base
}
