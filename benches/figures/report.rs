//! Rows of the result: collected, printed as a table, written as JSON.

use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;

use crate::timer;

/// One figure beside a peer's.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Ours.
    pub value: f64,
    /// In what.
    pub unit: String,
    /// Who does the same otherwise; empty without one.
    pub peer: String,
    /// The peer's, in the same unit.
    pub peer_value: Option<f64>,
    /// How many times better ours is: less time, or more a second.
    pub ratio: Option<f64>,
    /// Goal, conditions, load average.
    pub note: String,
}

/// Collects rows.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure without a peer.
    pub fn ours(&mut self, name: &str, value: f64, unit: &str, note: &str) {
        self.push(Row::new(name, value, unit, note));
    }

    /// A figure beside a peer's, where less is better.
    pub fn less(&mut self, name: &str, value: f64, unit: &str, peer: (&str, Option<f64>), note: &str) {
        self.beside(name, value, unit, peer, note, |ours, theirs| theirs / ours);
    }

    /// A figure beside a peer's, where more is better.
    pub fn more(&mut self, name: &str, value: f64, unit: &str, peer: (&str, Option<f64>), note: &str) {
        self.beside(name, value, unit, peer, note, |ours, theirs| ours / theirs);
    }

    fn beside(
        &mut self,
        name: &str,
        value: f64,
        unit: &str,
        peer: (&str, Option<f64>),
        note: &str,
        ratio: fn(f64, f64) -> f64,
    ) {
        let mut row = Row::new(name, value, unit, note);
        peer.0.clone_into(&mut row.peer);
        row.peer_value = peer.1.map(rounded);
        row.ratio = peer.1.map(|theirs| rounded(ratio(value, theirs)));
        if row.peer_value.is_none() {
            row.note = format!("{}; peer not there", row.note);
        }
        self.push(row);
    }

    fn push(&mut self, row: Row) {
        say(&line(&row));
        self.rows.push(row);
    }

    /// Writes `target/bench/results.json` and says where.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self) -> anyhow::Result<()> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        let folder = target.join("bench");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("results.json");
        std::fs::write(&file, serde_json::to_string_pretty(&self.rows)? + "\n")?;
        say(&format!("\n{} figures in {}", self.rows.len(), file.display()));
        Ok(())
    }
}

impl Row {
    fn new(name: &str, value: f64, unit: &str, note: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: rounded(value),
            unit: unit.to_owned(),
            peer: String::new(),
            peer_value: None,
            ratio: None,
            note: format!("{note}; load {}", timer::load()),
        }
    }
}

/// Three digits are as many as a bench knows.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10f64.powf(2.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

fn line(row: &Row) -> String {
    let peer = row.peer_value.map(|value| format!("{} {value} {}", row.peer, row.unit)).unwrap_or_default();
    let ratio = row.ratio.map(|ratio| format!("{ratio}×")).unwrap_or_default();
    format!("{:<58} {:>9} {:<9} {:<34} {:>7}  {}", row.name, row.value, row.unit, peer, ratio, row.note)
}

/// A line for whoever runs the bench.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
