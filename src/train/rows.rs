//! Labelled messages: JSON lines in, reports with their labels out. The shape is that of
//! `data/messages/*.jsonl` (see the README there).

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::model::report::{Category, Priority, Service};
use crate::understand::learn::Labelled;

/// One labelled message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its number.
    pub id: String,
    /// The office that received it.
    pub office: String,
    /// `id-formal`, `id-informal`, `jv`, `id-medan`, `mixed`.
    pub lang: String,
    /// What was written.
    pub text: String,
    /// The service wanted.
    pub service: Service,
    /// The category.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// Exact words that say the place.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// Exact words that say the time.
    pub when: Option<String>,
    /// Exact words that say who.
    pub who: Option<String>,
    /// Where it comes from.
    pub provenance: String,
    /// Other services that are not wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_also_ok: Vec<Service>,
    /// Messages of one report share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Place in the thread, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
}

/// What is known after reading a message: all messages of its thread so far, and the labels.
#[derive(Debug, Clone)]
pub struct Known {
    /// In order.
    pub messages: Vec<String>,
    /// Labels of the last.
    pub row: Row,
}

impl Known {
    /// The messages as they are read.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(String::as_str).collect()
    }

    /// For learning, counting this much.
    #[must_use]
    pub fn labelled(&self, weight: f32) -> Labelled {
        let (category, priority) = (self.row.category, self.row.priority);
        Labelled { messages: self.messages.clone(), category, priority, weight }
    }
}

/// Reads JSON lines; every phrase must stand in the messages, every service be that of its category.
///
/// # Errors
/// The line and what is wrong with it.
pub fn read(text: &str) -> Result<Vec<Known>> {
    let mut threads: HashMap<String, Vec<String>> = HashMap::new();
    let mut known = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let row: Row = serde_json::from_str(line).with_context(|| format!("line {number}"))?;
        let messages = match &row.thread {
            Some(thread) => {
                let said = threads.entry(thread.clone()).or_default();
                said.push(row.text.clone());
                said.clone()
            }
            None => vec![row.text.clone()],
        };
        for phrase in [&row.place, &row.when, &row.who].into_iter().flatten() {
            let stands = messages.iter().any(|message| message.contains(phrase.as_str()));
            ensure!(stands, "line {number}: {phrase:?} does not stand in the messages");
        }
        ensure!(!row.category.is_own(), "line {number}: no office's own matter is learned");
        ensure!(row.service == row.category.service(), "line {number}: the service is not that of the category");
        known.push(Known { messages, row });
    }
    Ok(known)
}
