//! What an operator corrects is kept for learning: a corrected report or incident in, the rows that go with the entry out.

use super::error::ApiError;
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::incident::Incident;
use crate::model::report::{Category, Priority, Report};
use crate::runtime::desks::Rows;
use crate::store::corrections::{Correction, upsert_correction};
use crate::store::people::Direction;

/// The words of a corrected report, sealed beside what the entry says they mean: the office may learn from them.
///
/// # Errors
/// The messages cannot be read.
pub(super) async fn kept(app: &App, report: &Report, polres: &str) -> Result<Rows, ApiError> {
    let words = Words::of(app, report, polres).await?;
    let (store, id) = (app.store.clone(), report.id);
    Ok(Box::new(move |entries, _| {
        let by_hand = entries.iter().find_map(|entry| match entry.event {
            Event::ReportRead { report, reading, by_hand: true } if report == id => Some((reading, entry.at)),
            _ => None,
        });
        let kept = by_hand.and_then(|(reading, at)| words.meaning(reading.category, reading.priority, at));
        kept.map(|kept| upsert_correction(store.vault(), &kept)).into_iter().collect()
    }))
}

/// The same for a corrected incident: the words of those of its reports that were taken for what it was taken for.
/// A report of the traffic jam behind an accident is no word for the accident.
///
/// # Errors
/// The messages cannot be read.
pub(super) async fn kept_of_incident(
    app: &App,
    incident: &Incident,
    reports: &[Report],
    polres: &str,
) -> Result<Rows, ApiError> {
    let mut all = Vec::new();
    for report in reports.iter().filter(|report| report.reading.category == incident.category) {
        all.push(Words::of(app, report, polres).await?);
    }
    let (store, id) = (app.store.clone(), incident.id);
    Ok(Box::new(move |entries, _| {
        let changed = entries.iter().find_map(|entry| match entry.event {
            Event::IncidentChanged { incident, category, priority, .. } if incident == id => {
                Some((category, priority, entry.at))
            }
            _ => None,
        });
        let Some((category, priority, at)) = changed else { return Ok(Vec::new()) };
        let kept = all.iter().filter_map(|words| words.meaning(category, priority, at));
        kept.map(|kept| upsert_correction(store.vault(), &kept)).collect()
    }))
}

/// What the reporter of one report said.
struct Words {
    report: Report,
    polres: String,
    messages: Vec<String>,
}

impl Words {
    async fn of(app: &App, report: &Report, polres: &str) -> Result<Self, ApiError> {
        let said = app.store.messages(&report.messages).await?;
        let messages = said
            .iter()
            .filter(|message| message.direction == Direction::In)
            .filter_map(|message| Some(message.body["text"].as_str()?.to_owned()))
            .collect();
        Ok(Self { report: report.clone(), polres: polres.to_owned(), messages })
    }

    /// With what a person says it means; none when nothing was said in words.
    fn meaning(&self, category: Category, priority: Priority, corrected_at: Timestamp) -> Option<Correction> {
        (!self.messages.is_empty()).then(|| Correction {
            report: self.report.id,
            polres: self.polres.clone(),
            reporter: self.report.reporter,
            category,
            priority,
            corrected_at,
            messages: self.messages.clone(),
        })
    }
}
