//! Learning: labelled messages in, a [`Scorer`] out. Multinomial logistic regression for the category
//! and, beside it, for the priority, by stochastic gradient steps with `AdaGrad` step sizes (Duchi,
//! Hazan, Singer 2011). The same rows in the same order give the same weights: the shuffling is an
//! own counter-based generator, not chance.

use std::collections::HashMap;

use super::features::{self, Feature, Seen};
use super::lexicon::Lexicon;
use super::scorer::{CLASSES, PRIORITIES, Scorer, softmax};
use super::{categorise, cues, normalise, place_phrase};
use crate::model::report::{Category, Priority};

/// Messages of one report with what a person says they mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// In order.
    pub messages: Vec<String>,
    /// The right category.
    pub category: Category,
    /// The right priority.
    pub priority: Priority,
    /// How much it counts; 1 for a message somebody wrote.
    pub weight: f32,
}

/// How learning goes; the defaults were chosen by five-fold cross-validation on the free-written rows.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Times through all rows.
    pub epochs: u32,
    /// First step size.
    pub rate: f32,
    /// Pull towards zero, per step.
    pub decay: f32,
    /// A feature seen in fewer rows is not learned.
    pub least_rows: u32,
    /// Weights smaller than this, in absolute value, are dropped from the result.
    pub smallest: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 30, rate: 0.07, decay: 3e-4, least_rows: 3, smallest: 0.15 }
    }
}

/// A row as numbers.
#[derive(Debug, Clone)]
struct Example {
    features: Vec<(u32, f32)>,
    category: usize,
    priority: usize,
    weight: f32,
}

/// Learns from rows. Deterministic; seconds for a few thousand rows.
#[must_use]
pub fn learn(rows: &[Labelled], lexicon: &Lexicon, settings: &Settings) -> Scorer {
    let (names, examples) = numbered(rows, lexicon, settings.least_rows);
    let mut weights = vec![0.0_f32; names.len() * CLASSES];
    let mut seen = vec![1e-3_f32; weights.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for epoch in 0..settings.epochs {
        shuffle(&mut order, u64::from(epoch));
        for &at in &order {
            step(&examples[at], &mut weights, &mut seen, settings);
        }
    }
    weights.iter_mut().filter(|weight| weight.abs() < settings.smallest).for_each(|weight| *weight = 0.0);
    let (names, weights) = kept(names, &weights);
    Scorer::new(names, weights, 1.0, 0.5)
}

/// Features of the messages of one report, told with their names.
pub(super) fn features_of(messages: &[&str], lexicon: &Lexicon, name: impl FnMut(&[&str])) -> Vec<Feature> {
    let words = cues::look_up(normalise::tokens(messages), lexicon);
    let place = place_phrase::find(&words).map(|span| (span.first, span.last));
    let found = cues::find(&words, lexicon, place);
    let points = categorise::weigh(&words, &found, place.is_some());
    features::all(&Seen { words: &words, found: &found, points: &points, place }, lexicon, name)
}

fn numbered(rows: &[Labelled], lexicon: &Lexicon, least_rows: u32) -> (Vec<String>, Vec<Example>) {
    let mut names: HashMap<u64, String> = HashMap::new();
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let found: Vec<Vec<Feature>> = rows
        .iter()
        .map(|row| {
            let texts: Vec<&str> = row.messages.iter().map(String::as_str).collect();
            let features = features_of(&texts, lexicon, |parts| {
                names.entry(features::key(parts)).or_insert_with(|| parts.concat());
            });
            let mut keys: Vec<u64> = features.iter().map(|feature| feature.key).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
            features
        })
        .collect();
    let mut kept: Vec<(String, u64)> = names
        .into_iter()
        .filter(|(key, _)| counts.get(key).is_some_and(|&count| count >= least_rows))
        .map(|(key, name)| (name, key))
        .collect();
    kept.sort_unstable();
    let numbers: HashMap<u64, u32> = kept.iter().zip(0..).map(|((_, key), number)| (*key, number)).collect();
    let examples = rows.iter().zip(&found).map(|(row, features)| example(row, features, &numbers)).collect();
    (kept.into_iter().map(|(name, _)| name).collect(), examples)
}

fn example(row: &Labelled, features: &[Feature], numbers: &HashMap<u64, u32>) -> Example {
    let mut sums: Vec<(u32, f32)> =
        features.iter().filter_map(|one| Some((*numbers.get(&one.key)?, one.value))).collect();
    sums.sort_by_key(|&(number, _)| number);
    sums.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0.0 };
        same
    });
    let category = Category::ALL.iter().position(|&category| category == row.category).unwrap_or(0);
    let priority = usize::from(row.priority.number()) - 1;
    Example { features: sums, category, priority, weight: row.weight }
}

/// One gradient step over both questions.
fn step(example: &Example, weights: &mut [f32], seen: &mut [f32], settings: &Settings) {
    let mut sums = [0.0_f64; CLASSES];
    for &(number, value) in &example.features {
        let row = &weights[number as usize * CLASSES..][..CLASSES];
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += f64::from(weight * value);
        }
    }
    let (categories, priorities) = sums.split_at(CLASSES - PRIORITIES);
    let chances = softmax(categories, 1.0).into_iter().chain(softmax(priorities, 1.0));
    let mut error = [0.0_f32; CLASSES];
    for (class, (slot, chance)) in error.iter_mut().zip(chances).enumerate() {
        let right = class == example.category || class == CLASSES - PRIORITIES + example.priority;
        #[expect(clippy::cast_possible_truncation, reason = "a chance")]
        let chance = chance as f32;
        *slot = (chance - f32::from(u8::from(right))) * example.weight;
    }
    for &(number, value) in &example.features {
        let start = number as usize * CLASSES;
        let row = weights[start..].iter_mut().zip(seen[start..].iter_mut()).zip(&error);
        for ((weight, seen), error) in row {
            let gradient = error * value + settings.decay * *weight;
            *seen += gradient * gradient;
            *weight -= settings.rate * gradient / seen.sqrt();
        }
    }
}

/// Fisher and Yates, with splitmix64 (Steele, Lea, Flood 2014) as its source.
fn shuffle(order: &mut [usize], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for last in (1..order.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let other = usize::try_from((mixed ^ (mixed >> 31)) % (last as u64 + 1)).unwrap_or(0);
        order.swap(last, other);
    }
}

fn kept(names: Vec<String>, weights: &[f32]) -> (Vec<String>, Vec<f32>) {
    let mut rows = Vec::new();
    let mut left = Vec::new();
    for (name, row) in names.into_iter().zip(weights.chunks_exact(CLASSES)) {
        if row.iter().any(|weight| *weight != 0.0) {
            left.push(name);
            rows.extend_from_slice(row);
        }
    }
    (left, rows)
}

/// What held-out rows say about a scorer learned without them: sums for all classes, and the labels.
#[derive(Debug, Clone)]
pub struct HeldOut {
    sums: [f64; CLASSES],
    category: usize,
}

/// Learns five times without a fifth of the rows (`fold` says which) and asks about that fifth.
#[must_use]
pub fn held_out(
    rows: &[Labelled],
    fold: &[usize],
    folds: usize,
    lexicon: &Lexicon,
    settings: &Settings,
) -> Vec<HeldOut> {
    let mut told = Vec::new();
    for left_out in 0..folds {
        let rest: Vec<Labelled> =
            rows.iter().zip(fold).filter(|&(_, &at)| at != left_out).map(|(row, _)| row.clone()).collect();
        let scorer = learn(&rest, lexicon, settings);
        for row in rows.iter().zip(fold).filter(|&(_, &at)| at == left_out).map(|(row, _)| row) {
            let texts: Vec<&str> = row.messages.iter().map(String::as_str).collect();
            told.push(HeldOut {
                sums: scorer.sums(&features_of(&texts, lexicon, |_| {})),
                category: Category::ALL.iter().position(|&category| category == row.category).unwrap_or(0),
            });
        }
    }
    told
}

/// Share of held-out rows whose category was right.
#[must_use]
pub fn accuracy(told: &[HeldOut]) -> f64 {
    let right = told.iter().filter(|one| {
        let chances = one.sums.iter().take(CLASSES - PRIORITIES);
        let best = chances.enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.is_some_and(|(index, _)| index == one.category)
    });
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let share = right.count() as f64 / told.len().max(1) as f64;
    share
}

/// The temperature with which held-out rows are likeliest, to a twentieth.
#[must_use]
pub fn temperature(told: &[HeldOut]) -> f64 {
    let loss = |temperature: f64| -> f64 {
        let chance = |one: &HeldOut| softmax(&one.sums[..CLASSES - PRIORITIES], temperature)[one.category];
        told.iter().map(|one| -chance(one).max(1e-12).ln()).sum()
    };
    let tried = (6..=80).map(|step| f64::from(step) / 20.0);
    tried.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0)
}

impl Scorer {
    /// The same weights with a fitted temperature and alarm.
    #[must_use]
    pub fn tuned(mut self, temperature: f64, alarm: f64) -> Self {
        (self.temperature, self.alarm) = (temperature, alarm);
        self
    }
}
