//! Sentences with slots in, labelled rows out: breadth for learning. The same file gives the same rows.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::rows::Row;
use crate::model::report::{Category, Priority};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    each: usize,
    places: Vec<String>,
    times: Vec<String>,
    persons: Vec<String>,
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    category: Category,
    priority: Priority,
    texts: Vec<String>,
}

/// The step through a list, so that neighbours get unlike slots: a prime no list's length divides.
const STEP: usize = 41;

/// All rows of a template file.
///
/// # Errors
/// The file is not of the expected shape.
pub fn compose(toml: &str) -> Result<Vec<Row>> {
    let source: Source = toml::from_str(toml).context("reading the templates")?;
    let mut rows = Vec::new();
    for kind in &source.kind {
        for text in &kind.texts {
            for _ in 0..source.each {
                rows.push(row(&source, kind, text, rows.len() + 1));
            }
        }
    }
    Ok(rows)
}

fn row(source: &Source, kind: &Kind, text: &str, number: usize) -> Row {
    let pick = |list: &[String], salt: usize| {
        let chosen = list.get((number * STEP + salt) % list.len().max(1)).cloned().unwrap_or_default();
        if number.is_multiple_of(3) { chosen.to_lowercase() } else { chosen }
    };
    let text = if number.is_multiple_of(3) { text.to_lowercase() } else { text.to_owned() };
    let (place, time, person) = (pick(&source.places, 0), pick(&source.times, 7), pick(&source.persons, 13));
    let filled = text.replace("{p}", &place).replace("{t}", &time).replace("{w}", &person);
    let slot = |mark: &str, phrase: String| text.contains(mark).then_some(phrase);
    let service = kind.category.service();
    Row {
        id: format!("C{number:04}"),
        office: "medan".to_owned(),
        lang: "id-informal".to_owned(),
        text: filled,
        service,
        category: kind.category,
        priority: kind.priority,
        place: slot("{p}", place),
        when: slot("{t}", time),
        who: slot("{w}", person),
        provenance: "own, composed".to_owned(),
        service_also_ok: Vec::new(),
        thread: None,
        seq: None,
    }
}
