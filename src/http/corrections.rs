//! What an operator corrects is kept for learning: a corrected report in, the row that goes with the entry out.

use super::error::ApiError;
use crate::app::App;
use crate::model::entry::Event;
use crate::model::report::Report;
use crate::runtime::desks::Rows;
use crate::store::corrections::{Correction, upsert_correction};
use crate::store::people::Direction;

/// The words of a corrected report, sealed beside what the entry says they mean: the office may learn from them.
///
/// # Errors
/// The messages cannot be read.
pub(super) async fn kept(app: &App, report: &Report, polres: &str) -> Result<Rows, ApiError> {
    let said = app.store.messages(&report.messages).await?;
    let messages: Vec<String> = said
        .iter()
        .filter(|message| message.direction == Direction::In)
        .filter_map(|message| Some(message.body["text"].as_str()?.to_owned()))
        .collect();
    let (store, id, polres, reporter) = (app.store.clone(), report.id, polres.to_owned(), report.reporter);
    Ok(Box::new(move |entries, _| {
        let by_hand = entries.iter().find_map(|entry| match entry.event {
            Event::ReportRead { report, reading, by_hand: true } if report == id => Some((reading, entry.at)),
            _ => None,
        });
        let Some((reading, corrected_at)) = by_hand.filter(|_| !messages.is_empty()) else { return Ok(Vec::new()) };
        let (category, priority) = (reading.category, reading.priority);
        let kept = Correction { report: id, polres, reporter, category, priority, corrected_at, messages };
        Ok(vec![upsert_correction(store.vault(), &kept)?])
    }))
}
