//! Figures on labelled messages that are not part of the project: set `SIGAP_DEV_DATA` to the folder
//! that holds `triage-dev.jsonl`; without it the test says that it is skipped.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::Value;

use super::*;

struct Row {
    id: String,
    messages: Vec<String>,
    label: Value,
}

fn rows() -> Option<Vec<Row>> {
    let folder = std::env::var("SIGAP_DEV_DATA").ok()?;
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("triage-dev.jsonl")).ok()?;
    let mut threads: HashMap<String, Vec<String>> = HashMap::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        let label: Value = serde_json::from_str(line).unwrap();
        let message = label["text"].as_str().unwrap().to_owned();
        let messages = match label["thread"].as_str() {
            Some(thread) => {
                let known = threads.entry(thread.to_owned()).or_default();
                known.push(message);
                known.clone()
            }
            None => vec![message],
        };
        rows.push(Row { id: label["id"].as_str().unwrap().to_owned(), messages, label });
    }
    Some(rows)
}

/// F1 of the words two phrases share.
fn overlap(told: Option<&str>, label: Option<&str>) -> f64 {
    let (Some(told), Some(label)) = (told, label) else {
        return f64::from(u8::from(told.is_none() == label.is_none()));
    };
    let words = |text: &str| normalise::tokens(&[text]).into_iter().map(|token| token.word).collect::<Vec<_>>();
    let (told, label) = (words(told), words(label));
    let shared = told.iter().filter(|word| label.contains(word)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let f1 = 2.0 * shared as f64 / (told.len() + label.len()) as f64;
    f1
}

#[test]
#[expect(clippy::cast_precision_loss, clippy::disallowed_methods, reason = "a report for people, timed")]
fn labelled_messages_are_read_well_enough() {
    let Some(rows) = rows() else {
        eprintln!("skipped: SIGAP_DEV_DATA names no folder with triage-dev.jsonl");
        return;
    };
    let lexicon = Lexicon::builtin();
    let total = rows.len() as f64;
    let (mut service, mut category, mut priority) = (0.0, 0.0, 0.0);
    let (mut hits, mut alarms, mut urgent) = (0.0, 0.0, 0.0);
    let (mut place, mut places) = (0.0, 0.0);
    let (mut when, mut who) = (0.0, 0.0);
    let mut times = Vec::new();
    for row in &rows {
        let refs: Vec<&str> = row.messages.iter().map(String::as_str).collect();
        let begin = Instant::now();
        let told = read(&refs, &lexicon);
        times.push(begin.elapsed());
        let line = understand_json(&row.id, &refs, &lexicon);
        let right = line["service"] == row.label["service"]
            || row.label["service_also_ok"].as_array().is_some_and(|also| also.contains(&line["service"]));
        service += f64::from(u8::from(right));
        category += f64::from(u8::from(line["category"] == row.label["category"]));
        priority += f64::from(u8::from(line["priority"] == row.label["priority"]));
        urgent += f64::from(u8::from(row.label["priority"] == 1));
        alarms += f64::from(u8::from(line["priority"] == 1));
        hits += f64::from(u8::from(line["priority"] == 1 && row.label["priority"] == 1));
        let where_f1 = overlap(line["where"].as_str(), row.label["where"].as_str());
        if !row.label["where"].is_null() || !line["where"].is_null() {
            places += 1.0;
            place += where_f1;
        }
        when += overlap(line["when"].as_str(), row.label["when"].as_str());
        who += overlap(line["who"].as_str(), row.label["who"].as_str());
        if !right
            || line["category"] != row.label["category"]
            || line["priority"] != row.label["priority"]
            || where_f1 < 0.8
        {
            eprintln!(
                "{} {:?}\n   told {} {} {:?} {:?}, label {} {} {:?}",
                row.id,
                refs,
                line["category"],
                line["priority"],
                line["where"].as_str(),
                told.because,
                row.label["category"],
                row.label["priority"],
                row.label["where"].as_str()
            );
        }
    }
    times.sort_unstable();
    eprintln!(
        "service {:.3} category {:.3} priority {:.3} P1 recall {:.3} precision {:.3} where F1 {:.3} of {places} when {:.3} who {:.3} p50 {:?} max {:?}",
        service / total,
        category / total,
        priority / total,
        hits / urgent,
        hits / alarms,
        place / places,
        when / total,
        who / total,
        times[times.len() / 2],
        times[times.len() - 1]
    );
    assert!(service / total >= 0.92 && category / total >= 0.85, "service or category worse than promised");
    assert!(hits / urgent >= 0.97 && hits / alarms >= 0.7, "priority 1 worse than promised");
    assert!(place / places >= 0.85, "where worse than promised");
}
