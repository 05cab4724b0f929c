//! `sigap train`: labelled messages and an office's corrections in, a model file and its figures out.
//!
//! Learned from what comes with the program (`data/messages/train.jsonl`, and the sentences of
//! `templates.toml` with their slots filled); measured on `eval.jsonl`, of which nothing is learned.
//! A model that reads worse than the one in use is not written.

pub mod compose;
pub mod figures;
pub mod rows;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::cli::{open, say};
use crate::config::Config;
use crate::understand::learn::{self, Labelled, Settings};
use crate::understand::{Lexicon, Scorer};
use figures::{measure, table};
use rows::Known;

/// How much a composed sentence counts beside one somebody wrote.
const COMPOSED: f32 = 0.25;
/// How much a correction counts: it is a message of this very office.
const CORRECTED: f32 = 2.0;
/// Chance of priority 1 from which it is given: a missed emergency is worth a dozen false alarms.
pub const ALARM: f64 = 0.1;
/// Parts of the cross-validation.
const FOLDS: usize = 5;

/// What `sigap train` is told.
#[derive(Debug, Args)]
pub struct TrainOptions {
    /// Also learn from what operators of the office corrected.
    #[arg(long)]
    pub with_corrections: bool,
    /// The office whose corrections; without it `office.code`.
    #[arg(long)]
    pub office: Option<String>,
    /// Folder with own train.jsonl, eval.jsonl, templates.toml; without it what comes with the program.
    #[arg(long)]
    pub messages: Option<PathBuf>,
    /// The file to write; without it `understand.model`.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Write a model that reads worse, too.
    #[arg(long)]
    pub force: bool,
    /// Only write composed.jsonl, the sentences with their slots filled, into the folder of `--messages`.
    #[arg(long, requires = "messages")]
    pub compose: bool,
}

/// Labelled messages by what they are for.
#[derive(Debug)]
pub struct Sets {
    /// Written by people, to learn from.
    pub train: Vec<Known>,
    /// Composed, to learn from.
    pub composed: Vec<Known>,
    /// Never learned from.
    pub eval: Vec<Known>,
}

impl Sets {
    /// What comes with the program.
    ///
    /// # Errors
    /// Never in a tested build.
    pub fn builtin() -> Result<Self> {
        Self::parse(
            include_str!("../../data/messages/train.jsonl"),
            include_str!("../../data/messages/eval.jsonl"),
            include_str!("../../data/messages/templates.toml"),
        )
    }

    /// A folder's.
    ///
    /// # Errors
    /// A file is missing or has a wrong line.
    pub fn of_folder(folder: &Path) -> Result<Self> {
        let text = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        Self::parse(&text("train.jsonl")?, &text("eval.jsonl")?, &text("templates.toml")?)
    }

    fn parse(train: &str, eval: &str, templates: &str) -> Result<Self> {
        Ok(Self {
            train: rows::read(train).context("train.jsonl")?,
            composed: rows::read(&composed_lines(templates)?).context("templates.toml")?,
            eval: rows::read(eval).context("eval.jsonl")?,
        })
    }

    /// Everything to learn from.
    #[must_use]
    pub fn labelled(&self) -> Vec<Labelled> {
        let written = self.train.iter().map(|known| known.labelled(1.0));
        written.chain(self.composed.iter().map(|known| known.labelled(COMPOSED))).collect()
    }
}

/// The rows of the templates as JSON lines.
///
/// # Errors
/// The templates are not of the expected shape.
pub fn composed_lines(templates: &str) -> Result<String> {
    let mut lines = String::new();
    for row in compose::compose(templates)? {
        lines.push_str(&serde_json::to_string(&row)?);
        lines.push('\n');
    }
    Ok(lines)
}

/// The lexicon with the configured weights; empty means the built-in ones.
///
/// # Errors
/// The file cannot be read or does not fit.
pub fn lexicon(model: &str) -> Result<Lexicon> {
    if model.is_empty() {
        return Ok(Lexicon::builtin());
    }
    let text = std::fs::read_to_string(model).with_context(|| format!("reading the model {model}"))?;
    Ok(Lexicon::rules().with_scorer(Scorer::parse(&text).with_context(|| format!("the model {model}"))?))
}

/// Learns, measures, prints, and writes what is no worse.
///
/// # Errors
/// Data that cannot be read, a model that reads worse (without `--force`), a file that cannot be written.
pub async fn run(config: &Config, options: &TrainOptions) -> Result<()> {
    if let Some(folder) = options.messages.as_deref().filter(|_| options.compose) {
        return write_composed(folder);
    }
    let sets = options.messages.as_deref().map_or_else(Sets::builtin, Sets::of_folder)?;
    let mut labelled = sets.labelled();
    if options.with_corrections {
        let office = options.office.as_deref().unwrap_or(&config.office.code);
        let corrections = corrections(config, office).await?;
        say(&format!("{} corrected reports of {office}", corrections.len()));
        labelled.extend(corrections);
    }
    let before = lexicon(&config.understand.model)?;
    // What is measured is what is written: weights in the steps of the file.
    let text = learned(&sets, &labelled).to_text();
    let after = Lexicon::rules().with_scorer(Scorer::parse(&text)?);
    let (old, new) = (measure(&sets.eval, &before), measure(&sets.eval, &after));
    say(&table(&new));
    say(&format!("\nbefore: {old}\nafter:  {new}"));
    let out = options.out.clone().unwrap_or_else(|| PathBuf::from(&config.understand.model));
    if out.as_os_str().is_empty() {
        say("not written: name a file with --out, and as understand.model to use it");
        return Ok(());
    }
    ensure!(
        options.force || !new.worse_than(&old),
        "the new model reads the held-out messages worse than the one in use: {} is left as it was (--force writes it)",
        out.display()
    );
    std::fs::write(&out, text).with_context(|| format!("writing {}", out.display()))?;
    say(&format!("written: {}", out.display()));
    Ok(())
}

fn learned(sets: &Sets, labelled: &[Labelled]) -> Scorer {
    let settings = Settings::default();
    // What was composed is learned in every part and asked in none: its sentences come back in all of them.
    let fold: Vec<usize> = (0..labelled.len())
        .map(|at| match sets.train.get(at) {
            Some(known) => part_of(known.row.thread.as_ref().unwrap_or(&known.row.id)),
            None => FOLDS,
        })
        .collect();
    let rules = Lexicon::rules();
    say(&format!("{} rows, {FOLDS} times without a fifth of those somebody wrote …", labelled.len()));
    let told = learn::held_out(labelled, &fold, FOLDS, &rules, &settings);
    let temperature = learn::temperature(&told);
    say(&format!("left out: category {:.1} %; temperature {temperature:.2}", learn::accuracy(&told) * 100.0));
    learn::learn(labelled, &rules, &settings).tuned(temperature, ALARM)
}

/// The part of the cross-validation a thread or message is in.
fn part_of(id: &str) -> usize {
    id.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))) % FOLDS
}

async fn corrections(config: &Config, office: &str) -> Result<Vec<Labelled>> {
    let store = open(config).await?;
    let kept = store.corrections(office).await.context("reading the corrections")?;
    // What only this office has a name for is no class of the model.
    let learnt = kept.into_iter().filter(|one| !one.category.is_own());
    let labelled = learnt.map(|one| Labelled {
        messages: one.messages,
        category: one.category,
        priority: one.priority,
        weight: CORRECTED,
    });
    Ok(labelled.collect())
}

fn write_composed(folder: &Path) -> Result<()> {
    let templates = folder.join("templates.toml");
    let text = std::fs::read_to_string(&templates).with_context(|| format!("reading {}", templates.display()))?;
    let file = folder.join("composed.jsonl");
    std::fs::write(&file, composed_lines(&text)?).with_context(|| format!("writing {}", file.display()))?;
    say(&format!("written: {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests;
