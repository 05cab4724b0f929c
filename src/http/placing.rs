//! Where an operator says that something is: a point on the map, or a candidate he was shown.
//!
//! A candidate is found again among the names, so that name, radius and parts are the gazetteer's own and
//! never words somebody wrote.

use super::auth::Who;
use super::error::ApiError;
use super::places::MOST_PHRASE;
use super::reports::{CorrectionRequest, messages_of, own_places};
use super::{incidents, reports};
use crate::app::App;
use crate::dispatch::command::{Correction, PutPlace};
use crate::locate::geocode::Located;
use crate::model::id::{IncidentId, ReportId};
use crate::model::place::Place;
use crate::runtime::reading::Asking;

/// A correction of a report.
///
/// # Errors
/// 403, 404, 422 a place that cannot be, or no candidate of that name at that point.
pub(super) async fn of_report(
    app: &App,
    who: &Who,
    id: ReportId,
    wanted: &CorrectionRequest,
) -> Result<Correction, ApiError> {
    let correction = wanted.checked()?;
    if wanted.label.is_none() {
        return Ok(correction);
    }
    who.dispatcher()?;
    let report = reports::visible(app, who, id).await?;
    let located = match wanted.phrase()? {
        Some(phrase) => searched(app, who, phrase, report.place.as_ref()),
        None => match app.store.reading(id).await? {
            Some(meaning) => own_places(app, who, &report, &meaning, &messages_of(app, &report).await?),
            None => return Err(no_candidate()),
        },
    };
    wanted.found_among(correction, &located)
}

/// A correction of an incident; only what was searched for has candidates.
///
/// # Errors
/// 403, 404, 422 a place that cannot be, or no candidate of that name at that point.
pub(super) async fn of_incident(
    app: &App,
    who: &Who,
    id: IncidentId,
    wanted: &CorrectionRequest,
) -> Result<Correction, ApiError> {
    let correction = wanted.checked()?;
    if wanted.label.is_none() {
        return Ok(correction);
    }
    who.dispatcher()?;
    let incident = incidents::visible(app, who, id).await?;
    let phrase = wanted.phrase()?.ok_or_else(no_candidate)?;
    wanted.found_among(correction, &searched(app, who, phrase, Some(&incident.place)))
}

/// What the search shows: what fits equally well is ordered by how near it is to where the matter is now.
fn searched(app: &App, who: &Who, phrase: &str, now: Option<&Place>) -> Located {
    app.reader.find(phrase, &Asking::by(&who.viewer.polres, None).near(now.map(Place::point)))
}

fn no_candidate() -> ApiError {
    ApiError::invalid("label", "no candidate of this name at this point; search again")
}

impl CorrectionRequest {
    fn phrase(&self) -> Result<Option<&str>, ApiError> {
        let phrase = self.phrase.as_deref().filter(|phrase| !phrase.trim().is_empty());
        match phrase {
            Some(phrase) if phrase.chars().count() > MOST_PHRASE => {
                Err(ApiError::invalid("phrase", format!("at most {MOST_PHRASE} characters")))
            }
            phrase => Ok(phrase),
        }
    }

    fn found_among(&self, correction: Correction, located: &Located) -> Result<Correction, ApiError> {
        let at = self.point()?.ok_or_else(|| ApiError::invalid("label", "lng and lat belong to it"))?;
        let place = located.chosen(at, self.label.as_deref()).ok_or_else(no_candidate)?;
        Ok(Correction { place: Some(PutPlace::Found(place)), ..correction })
    }
}
