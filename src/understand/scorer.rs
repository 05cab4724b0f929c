//! The learned part: weights of features for categories and priorities, read from a text file that a
//! person can read too. In go features, out come chances of each category and of each priority.
//!
//! The file: `key<TAB>value` lines up to an empty line (version, classes, temperature, alarm), then
//! one feature a line, `name<TAB>` and its weights: a letter for the class (in the order of the classes,
//! then the four priorities: `0`–`9`, `a`–`z`, `A` …) and the weight in twentieths, `c17 e-4`.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::features::{Feature, key};
use crate::model::report::Category;

/// Categories and the four priorities.
pub(super) const CLASSES: usize = Category::ALL.len() + PRIORITIES;
/// Priorities 1 to 4.
pub(super) const PRIORITIES: usize = 4;
/// Letters of the classes in the file.
const LETTERS: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Steps of a weight in the file: one twentieth.
const STEPS: f32 = 20.0;
/// Version of the file this program reads.
const VERSION: &str = "1";

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A line that is no feature or setting.
    #[error("model line {line} is not readable: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Made for other categories or by another version of the program.
    #[error("model does not fit this program: {0}; train it again")]
    Unfit(String),
}

/// Chances of the categories and priorities of one report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chances {
    /// By index into [`Category::ALL`]; they sum to 1.
    pub categories: Vec<f64>,
    /// Priority 1 first; they sum to 1.
    pub priorities: [f64; PRIORITIES],
}

/// Weights learned from labelled messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    rows: HashMap<u64, u32>,
    weights: Vec<f32>,
    names: Vec<String>,
    /// Divides the sums for categories before they become chances: fitted so that of all judgements told with 0.8, eight in ten hold.
    pub(super) temperature: f64,
    /// Chance of priority 1 from which it is given.
    pub(super) alarm: f64,
}

impl Scorer {
    /// The one that comes with the program.
    ///
    /// # Panics
    /// Never in a tested build: the embedded file is parsed by a test.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the embedded file is checked by a test")]
    pub fn builtin() -> Self {
        Self::parse(include_str!("../../data/understanding.tsv")).expect("the embedded model is well formed")
    }

    /// Weights in rows of [`CLASSES`], one row a name.
    pub(super) fn new(names: Vec<String>, weights: Vec<f32>, temperature: f64, alarm: f64) -> Self {
        let rows = names.iter().zip(0..).map(|(name, row)| (key(&[name]), row)).collect();
        Self { rows, weights, names, temperature, alarm }
    }

    /// A scorer from a file's text.
    ///
    /// # Errors
    /// [`ModelError`]: an unreadable line, or a model for other categories.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut lines = text.lines().zip(1..);
        let mut settings = HashMap::new();
        for (line, _) in lines.by_ref().take_while(|(line, _)| !line.is_empty()) {
            settings.extend(line.split_once('\t'));
        }
        let setting = |name: &str| settings.get(name).copied().unwrap_or_default();
        if setting("version") != VERSION {
            return Err(ModelError::Unfit(format!("version {:?} instead of {VERSION}", setting("version"))));
        }
        if setting("classes") != class_codes() {
            return Err(ModelError::Unfit("its categories are others".to_owned()));
        }
        let number = |name: &str| {
            let value = setting(name).parse::<f64>().ok().filter(|value| value.is_finite() && *value > 0.0);
            value.ok_or_else(|| ModelError::Unfit(format!("{name} is missing")))
        };
        let (temperature, alarm) = (number("temperature")?, number("alarm")?);
        let (mut names, mut weights) = (Vec::new(), Vec::new());
        for (text, line) in lines {
            let wrong = |what: &str| ModelError::Line { line, what: what.to_owned() };
            let (name, row) = text.split_once('\t').ok_or_else(|| wrong("no tab"))?;
            names.push(name.to_owned());
            let start = weights.len();
            weights.resize(start + CLASSES, 0.0);
            for pair in row.split(' ') {
                let (class, weight) = pair.split_at_checked(1).ok_or_else(|| wrong("no class and weight"))?;
                let class = LETTERS.find(class).filter(|&class| class < CLASSES);
                let weight: i16 = weight.parse().map_err(|_| wrong("the weight is no number"))?;
                let slot = class.and_then(|class| weights.get_mut(start + class));
                *slot.ok_or_else(|| wrong("no such class"))? = f32::from(weight) / STEPS;
            }
        }
        Ok(Self::new(names, weights, temperature, alarm))
    }

    /// The text [`Scorer::parse`] reads; weights under half a step are left out.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "version\t{VERSION}\nclasses\t{}\ntemperature\t{:.3}\nalarm\t{:.3}\n\n",
            class_codes(),
            self.temperature,
            self.alarm
        );
        for (name, row) in self.names.iter().zip(self.weights.chunks_exact(CLASSES)) {
            let pairs: Vec<String> = row
                .iter()
                .zip(LETTERS.chars())
                .filter_map(|(weight, class)| {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "weights are small; they are cut at the border"
                    )]
                    let steps = (weight * STEPS).round().clamp(-9_999.0, 9_999.0) as i16;
                    (steps != 0).then(|| format!("{class}{steps}"))
                })
                .collect();
            if !pairs.is_empty() {
                let _ = writeln!(text, "{name}\t{}", pairs.join(" "));
            }
        }
        text
    }

    /// How many features it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether it knows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether it has weights for the feature of this name.
    pub(super) fn knows(&self, parts: &[&str]) -> bool {
        self.rows.contains_key(&key(parts))
    }

    /// Weights of one feature for all classes, if it is known.
    fn row(&self, key: u64) -> Option<&[f32]> {
        let start = *self.rows.get(&key)? as usize * CLASSES;
        self.weights.get(start..start + CLASSES)
    }

    /// Sums for all classes.
    pub(super) fn sums(&self, features: &[Feature]) -> [f64; CLASSES] {
        let mut sums = [0.0_f32; CLASSES];
        for feature in features {
            let Some(row) = self.row(feature.key) else { continue };
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += weight * feature.value;
            }
        }
        sums.map(f64::from)
    }

    /// Chances of each category and priority.
    pub(super) fn chances(&self, features: &[Feature]) -> Chances {
        let sums = self.sums(features);
        let (categories, priorities) = sums.split_at(Category::ALL.len());
        let mut four = [0.0; PRIORITIES];
        four.iter_mut().zip(softmax(priorities, 1.0)).for_each(|(slot, chance)| *slot = chance);
        Chances { categories: softmax(categories, self.temperature), priorities: four }
    }

    /// How much each word speaks for a category, against the mean of all.
    pub(super) fn by_word(&self, features: &[Feature], category: usize, words: usize) -> Vec<f64> {
        let mut spoken = vec![0.0; words];
        for feature in features {
            let (Some((first, last)), Some(row)) = (feature.run, self.row(feature.key)) else { continue };
            let said = f64::from(row[category] * feature.value);
            #[expect(clippy::cast_precision_loss, reason = "one or two words")]
            let share = said / (last - first + 1) as f64;
            spoken.get_mut(first..=last).unwrap_or_default().iter_mut().for_each(|sum| *sum += share);
        }
        spoken
    }
}

fn class_codes() -> String {
    Category::ALL.iter().map(|category| category.code()).collect::<Vec<_>>().join(" ")
}

/// Sums to chances.
pub(super) fn softmax(sums: &[f64], temperature: f64) -> Vec<f64> {
    let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut chances: Vec<f64> = sums.iter().map(|sum| ((sum - top) / temperature).exp()).collect();
    let total: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance /= total);
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_read_and_written_as_it_stands() {
        let text = include_str!("../../data/understanding.tsv");
        assert!(text.len() <= 600_000, "{} bytes", text.len());
        let scorer = Scorer::parse(text).unwrap();
        assert!(scorer.len() > 1_000);
        assert_eq!(scorer.to_text(), text);
    }

    #[test]
    fn a_model_for_other_categories_or_with_a_broken_line_is_refused() {
        let head = format!("version\t1\nclasses\t{}\ntemperature\t1\nalarm\t0.3\n\n", class_codes());
        assert!(Scorer::parse(&format!("{head}w begal\tc16\n")).is_ok());
        assert!(matches!(Scorer::parse("version\t1\nclasses\tsim\n\n"), Err(ModelError::Unfit(_))));
        assert!(matches!(Scorer::parse("hello"), Err(ModelError::Unfit(_))));
        for broken in ["w begal", "w begal\t", "w begal\tcx", "w begal\t?1", "w begal\tZ1", "w begal\tc99999999"] {
            let told = Scorer::parse(&format!("{head}{broken}\n"));
            assert!(matches!(told, Err(ModelError::Line { line: 6, .. })), "{broken}: {told:?}");
        }
    }

    #[test]
    fn chances_sum_to_one_even_for_what_is_unknown() {
        let chances = Scorer::builtin().chances(&[]);
        assert!((chances.categories.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((chances.priorities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
