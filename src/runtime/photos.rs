//! The rows of an after-photo: the picture belongs to the incident's first report, and goes out to
//! every reporter when it was approved.

use super::outgoing::{Outgoing, out_rows};
use crate::dispatch::desk::Desk;
use crate::feedback::wording::Params;
use crate::model::entry::{Entry, Event, Template};
use crate::model::id::{MediaId, ReportId};
use crate::store::{Statement, Store, StoreError, media};

/// Ties the picture to its report, so that those who handle it see it. Nothing when the tablet had
/// sent it before: the new copy belongs to nothing and is removed after a day.
#[must_use]
pub fn attach(entries: &[Entry], photo: MediaId, report: Option<ReportId>) -> Vec<Statement> {
    let ours = entries.iter().any(|e| matches!(e.event, Event::PhotoTaken { photo: taken, .. } if taken == photo));
    report.filter(|_| ours).map(|report| media::attach(photo, report, None, None)).into_iter().collect()
}

/// What the reporters are sent with an approved photo.
///
/// # Errors
/// A message cannot be sealed.
pub fn after_photo_rows(
    store: &Store,
    outgoing: &Outgoing,
    entries: &[Entry],
    desk: &Desk,
    photo: MediaId,
) -> Result<Vec<Statement>, StoreError> {
    let mut rows = Vec::new();
    for entry in entries {
        let Event::FeedbackQueued { report, message, template: Template::AfterPhoto } = &entry.event else { continue };
        let Some(report) = desk.reports.get(report) else { continue };
        let params = Params {
            office: Some(outgoing.office.clone()),
            number: Some(report.number.clone()),
            place: report.place.as_ref().map(|place| place.label.clone()),
            ..Params::default()
        };
        let mut outbound = outgoing.handbook.wording().compose(Template::AfterPhoto, &params);
        outbound.media = Some(photo);
        rows.extend(out_rows(
            store.vault(),
            &desk.polres,
            report,
            *message,
            Template::AfterPhoto,
            &outbound,
            entry.at,
        )?);
    }
    Ok(rows)
}
