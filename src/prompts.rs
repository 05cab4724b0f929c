//! `sigap understand` and `sigap locate`: lines in, JSON lines out.

use std::collections::HashMap;
use std::io::BufRead;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::cli::{open, say};
use crate::config::Config;
use crate::locate::area_names::with_areas;
use crate::locate::gazetteer::Gazetteer;
use crate::locate::geocode::{Query, locate_json};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::sim::city::synthetic_medan;
use crate::understand::understand_json;

/// One line of input: plain text, or `{id, text, thread?}`.
#[derive(Debug, Deserialize)]
struct Line {
    id: Option<serde_json::Value>,
    text: String,
    thread: Option<serde_json::Value>,
}

fn lines() -> impl Iterator<Item = Result<(String, Line)>> {
    std::io::stdin()
        .lock()
        .lines()
        .enumerate()
        .filter(|(_, line)| line.as_ref().map_or(true, |line| !line.trim().is_empty()))
        .map(|(at, line)| {
            let line = line.context("reading standard input")?;
            let parsed = if line.trim_start().starts_with('{') {
                serde_json::from_str(&line).with_context(|| format!("line {}", at + 1))?
            } else {
                Line { id: None, text: line, thread: None }
            };
            let id = match &parsed.id {
                Some(serde_json::Value::String(id)) => id.clone(),
                Some(id) => id.to_string(),
                None => (at + 1).to_string(),
            };
            Ok((id, parsed))
        })
}

/// Understands messages; those that share a `thread` are read together, in order.
///
/// # Errors
/// A line that is neither text nor the expected JSON; a model file that does not fit.
pub fn understand(office: Option<&str>, config: &Config) -> Result<()> {
    if let Some(office) = office.filter(|office| *office != config.office.code) {
        tracing::warn!(office, "this office is not configured: the built-in lexicon is used");
    }
    let lexicon = crate::train::lexicon(&config.understand.model)?;
    let mut threads: HashMap<String, Vec<String>> = HashMap::new();
    for line in lines() {
        let (id, line) = line?;
        let texts = match &line.thread {
            Some(thread) if !thread.is_null() => {
                let said = threads.entry(thread.to_string()).or_default();
                said.push(line.text);
                said.clone()
            }
            _ => vec![line.text],
        };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        say(&understand_json(&id, &texts, &lexicon).to_string());
    }
    Ok(())
}

/// Locates phrases among the names of an office; without any, among those of the synthetic city.
///
/// # Errors
/// A line that is neither text nor the expected JSON; a store that cannot be read.
pub async fn locate(config: &Config, office: &str) -> Result<()> {
    let (places, areas) = names(config, office).await?;
    let gazetteer = Gazetteer::new(places);
    for line in lines() {
        let (id, line) = line?;
        let query = Query { text: &line.text, pin: None, near: None };
        say(&locate_json(&id, &query, &gazetteer, &areas, office).to_string());
    }
    Ok(())
}

async fn names(
    config: &Config,
    office: &str,
) -> Result<(Vec<crate::locate::gazetteer_entry::GazetteerEntry>, JurisdictionIndex)> {
    if !config.privacy.keys.is_empty() {
        let store = open(config).await?;
        let index = JurisdictionIndex::new(store.areas(Some(office)).await?, store.polseks(office).await?);
        let places = with_areas(store.places(office).await?, index.areas());
        if !places.is_empty() {
            return Ok((places, index));
        }
    }
    tracing::warn!(office, "this office has no places of its own: those of the synthetic Medan are used");
    let city = synthetic_medan(1)?;
    Ok((city.places, JurisdictionIndex::new(city.areas, city.polseks)))
}
