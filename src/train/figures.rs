//! How well messages are read: labelled reports in, figures and a confusion matrix out.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::rows::Known;
use crate::model::report::{Category, Meaning, Priority};
use crate::understand::{self, Lexicon, normalise};

/// Right out of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// Sum of what was right, 1 each.
    pub right: f64,
    /// Out of.
    pub of: f64,
}

impl Share {
    fn add(&mut self, right: f64) {
        self.right += right;
        self.of += 1.0;
    }

    /// 0 to 1; 1 of nothing.
    #[must_use]
    pub fn value(self) -> f64 {
        if self.of > 0.0 { self.right / self.of } else { 1.0 }
    }
}

/// What was measured over a set of reports.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The service, or another that is not wrong.
    pub service: Share,
    /// The category.
    pub category: Share,
    /// The priority.
    pub priority: Share,
    /// Of the reports that are priority 1, those told so.
    pub p1_recall: Share,
    /// Of those told priority 1, the ones that are.
    pub p1_precision: Share,
    /// F1 of the words shared with the labelled place phrase.
    pub place: Share,
    /// The same for the time, where one was told or labelled.
    pub when: Share,
    /// The same for who, where one is labelled (not every row's is).
    pub who: Share,
    /// Told confidence in tenths: mean confidence and share right of each.
    pub bins: [(Share, Share); 10],
    /// Label and told category, how often.
    pub confusion: BTreeMap<(&'static str, &'static str), u32>,
}

/// Reads every report and compares.
#[must_use]
pub fn measure(reports: &[Known], lexicon: &Lexicon) -> Figures {
    let mut figures = Figures::default();
    reports.iter().for_each(|known| figures.take(known, &understand::read(&known.texts(), lexicon)));
    figures
}

impl Figures {
    /// Adds one report.
    pub fn take(&mut self, known: &Known, told: &Meaning) {
        let row = &known.row;
        let yes = |right: bool| f64::from(u8::from(right));
        self.service.add(yes(told.service == row.service || row.service_also_ok.contains(&told.service)));
        self.category.add(yes(told.category == row.category));
        self.priority.add(yes(told.priority == row.priority));
        if row.priority == Priority::P1 {
            self.p1_recall.add(yes(told.priority == Priority::P1));
        }
        if told.priority == Priority::P1 {
            self.p1_precision.add(yes(row.priority == Priority::P1));
        }
        let text = |phrase: &Option<crate::model::report::Phrase>| phrase.as_ref().map(|phrase| phrase.text.clone());
        let (place, when, who) = (text(&told.place), text(&told.when), text(&told.who));
        if place.is_some() || row.place.is_some() {
            self.place.add(overlap(place.as_deref(), row.place.as_deref()));
        }
        if when.is_some() || row.when.is_some() {
            self.when.add(overlap(when.as_deref(), row.when.as_deref()));
        }
        if row.who.is_some() {
            self.who.add(overlap(who.as_deref(), row.who.as_deref()));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
        let bin = ((told.confidence * 10.0) as usize).min(9);
        self.bins[bin].0.add(told.confidence);
        self.bins[bin].1.add(yes(told.category == row.category));
        *self.confusion.entry((row.category.code(), told.category.code())).or_default() += 1;
    }

    /// Precision and recall of a category; none when it was neither labelled nor told.
    #[must_use]
    pub fn of(&self, category: Category) -> Option<(Share, Share)> {
        let (mut precision, mut recall) = (Share::default(), Share::default());
        for ((label, told), &count) in &self.confusion {
            let right = if label == told { f64::from(count) } else { 0.0 };
            if *told == category.code() {
                precision = Share { right: precision.right + right, of: precision.of + f64::from(count) };
            }
            if *label == category.code() {
                recall = Share { right: recall.right + right, of: recall.of + f64::from(count) };
            }
        }
        (precision.of + recall.of > 0.0).then_some((precision, recall))
    }

    /// Whether it is worse than another in what counts: category, or finding priority 1.
    #[must_use]
    pub fn worse_than(&self, other: &Self) -> bool {
        const NOISE: f64 = 0.005;
        self.category.value() + NOISE < other.category.value()
            || self.service.value() + NOISE < other.service.value()
            || self.p1_recall.value() + NOISE < other.p1_recall.value()
    }
}

/// F1 of the words two phrases share, repeated words counted; 1 when neither is there.
#[must_use]
pub fn overlap(told: Option<&str>, label: Option<&str>) -> f64 {
    let (Some(told), Some(label)) = (told, label) else {
        return f64::from(u8::from(told.is_none() == label.is_none()));
    };
    let words = |text: &str| normalise::tokens(&[text]).into_iter().map(|token| token.word).collect::<Vec<_>>();
    let (told, mut label) = (words(told), words(label));
    let total = told.len() + label.len();
    let before = label.len();
    for word in &told {
        if let Some(at) = label.iter().position(|other| other == word) {
            label.swap_remove(at);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let f1 = 2.0 * (before - label.len()) as f64 / total.max(1) as f64;
    f1
}

impl Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: Share| share.value() * 100.0;
        write!(
            f,
            "service {:.1} %, category {:.1} %, priority {:.1} %, P1 recall {:.1} % precision {:.1} %, where F1 {:.3}, when {:.3}, who {:.3} ({} messages)",
            percent(self.service),
            percent(self.category),
            percent(self.priority),
            percent(self.p1_recall),
            percent(self.p1_precision),
            self.place.value(),
            self.when.value(),
            self.who.value(),
            self.category.of
        )
    }
}

/// Precision and recall of each category, then what was taken for what.
#[must_use]
pub fn table(figures: &Figures) -> String {
    let mut lines = vec![format!("{:<20} {:>6} {:>9} {:>7}  taken for", "category", "rows", "precision", "recall")];
    for category in Category::ALL {
        let Some((precision, recall)) = figures.of(*category) else { continue };
        let wrong: Vec<String> = figures
            .confusion
            .iter()
            .filter(|((label, told), _)| *label == category.code() && label != told)
            .map(|((_, told), count)| format!("{told} {count}"))
            .collect();
        lines.push(format!(
            "{:<20} {:>6} {:>8.1}% {:>6.1}%  {}",
            category.code(),
            recall.of,
            precision.value() * 100.0,
            recall.value() * 100.0,
            wrong.join(", ")
        ));
    }
    lines.join("\n")
}
