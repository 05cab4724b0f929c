//! `/v1/reports/{id}/history`: what the same person told before, what happened at the same place, and
//! what a crew should be warned of.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::visible;
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::id::{IncidentId, ReportId};
use crate::model::incident::Incident;
use crate::model::place::{LngLat, Place};
use crate::model::report::{Category, Priority, Report, ReportState};
use crate::store::projections::PAGE_LIMIT;

/// Rows of each list in one answer, the newest; the counts are of all that were looked at.
const SHOWN: usize = 20;

/// How far back a place is looked at, days.
const BACK_DAYS: i64 = 365;

/// Within this of the place it happened there, metres; more where the place itself is less certain.
const NEAR_M: f64 = 100.0;

/// A place less certain than this has no history: it would be that of a whole quarter. Metres.
const TOO_WIDE_M: f64 = 300.0;

/// Incidents near a place that are looked at, the newest.
const MOST_NEAR: usize = 200;

/// Metres of one degree of latitude.
const DEGREE_M: f64 = 111_195.0;

/// What a crew should be warned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// A weapon was told of.
    Weapon,
    /// Violence.
    Violence,
    /// Somebody in mental distress.
    Distress,
    /// It was priority 1.
    Grave,
}

/// A warning from the past.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Warning {
    /// Of what.
    pub code: WarningCode,
    /// The word that says it, for a weapon.
    pub word: Option<String>,
    /// How often in that time.
    pub times: u32,
    /// The latest incident it is of.
    pub incident: IncidentId,
    /// Its number.
    pub number: String,
    /// When that one came.
    pub at: Timestamp,
}

/// What the same person told before.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerPast {
    /// How many reports before this one, up to 200 are counted.
    pub total: usize,
    /// Of them misuse.
    pub pranks: usize,
    /// The latest, newest first, up to 20.
    pub items: Vec<Report>,
}

/// What happened at the same place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacePast {
    /// Within this of the report's place, metres.
    pub radius_m: f64,
    /// How far back was looked, days.
    pub days: i64,
    /// How many incidents.
    pub total: usize,
    /// The latest, newest first, up to 20.
    pub items: Vec<Incident>,
    /// What a crew should know, gravest first.
    pub warnings: Vec<Warning>,
}

/// The past of a report's caller and of its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// The person; other people's reports are not in it.
    pub caller: CallerPast,
    /// The place; none while it is not known well enough.
    pub place: Option<PlacePast>,
}

/// What the same person told before, and what happened at the same place. Without names and numbers:
/// those are asked for with a reason.
///
/// # Errors
/// 403 not an operator; 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/reports/{id}/history", tag = "reports", operation_id = "report_history", params(("id" = ReportId, Path)),
    responses((status = 200, body = History), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn of_report(State(app): State<App>, who: Who, Path(id): Path<ReportId>) -> Result<Json<History>, ApiError> {
    who.dispatcher()?;
    let report = visible(&app, &who, id).await?;
    let caller = caller(&app, &who, &report).await?;
    let place = match report.place.as_ref().filter(|place| place.radius_m <= TOO_WIDE_M) {
        Some(at) => Some(place(&app, &who, &report, at).await?),
        None => None,
    };
    Ok(Json(History { caller, place }))
}

async fn caller(app: &App, who: &Who, report: &Report) -> Result<CallerPast, ApiError> {
    let mut past = Vec::new();
    for reporter in app.store.same_person(report.reporter).await? {
        past.extend(app.store.reports_of(&who.viewer.polres, reporter, PAGE_LIMIT).await?);
    }
    past.retain(|other| other.id != report.id && who.viewer.scope.sees_report(other));
    past.sort_by(|a, b| (b.stamps.received_at, &b.number).cmp(&(a.stamps.received_at, &a.number)));
    let is_prank =
        |other: &&Report| matches!(other.state, ReportState::Closed { outcome: crate::model::report::Outcome::Prank });
    let (total, pranks) = (past.len(), past.iter().filter(is_prank).count());
    past.truncate(SHOWN);
    Ok(CallerPast { total, pranks, items: past })
}

async fn place(app: &App, who: &Who, report: &Report, place: &Place) -> Result<PlacePast, ApiError> {
    let (at, radius_m) = (place.point(), place.radius_m.max(NEAR_M));
    let from = app.clock.now().plus_secs(-BACK_DAYS * 24 * 3600);
    let mut near = app.store.incidents_within(&who.viewer.polres, bounds(at, radius_m), from, MOST_NEAR).await?;
    let own = match report.state {
        ReportState::Attached { incident } => Some(incident),
        _ => None,
    };
    near.retain(|incident| {
        Some(incident.id) != own
            && incident.merged_into.is_none()
            && !incident.reports.contains(&report.id)
            && who.viewer.scope.sees_incident(incident, &[])
            && incident.place.point().distance_m(at) <= radius_m
    });
    let warnings = warnings(app, &near).await?;
    let total = near.len();
    near.truncate(SHOWN);
    Ok(PlacePast { radius_m, days: BACK_DAYS, total, items: near, warnings })
}

/// West, south, east, north of a circle.
fn bounds(at: LngLat, radius_m: f64) -> [f64; 4] {
    let north = radius_m / DEGREE_M * 1.01;
    let east = north / at.lat.to_radians().cos().max(0.01);
    [at.lng - east, at.lat - north, at.lng + east, at.lat + north]
}

/// Of each kind one warning, with the latest incident it is of; `near` stands newest first.
async fn warnings(app: &App, near: &[Incident]) -> Result<Vec<Warning>, ApiError> {
    let told: Vec<ReportId> = near.iter().flat_map(|incident| incident.reports.iter().copied()).collect();
    let read = app.store.readings_of(&told).await?;
    let mut all: Vec<Warning> = Vec::new();
    for incident in near {
        let mut own = read.iter().filter(|(report, _)| incident.reports.contains(report));
        let weapon = own.find_map(|(_, meaning)| app.reader.weapon(meaning));
        let mut found = vec![];
        if let Some(word) = weapon {
            found.push((WarningCode::Weapon, Some(word)));
        }
        match incident.category {
            Category::Kekerasan => found.push((WarningCode::Violence, None)),
            Category::Odgj => found.push((WarningCode::Distress, None)),
            _ if incident.priority == Priority::P1 => found.push((WarningCode::Grave, None)),
            _ => {}
        }
        for (code, word) in found {
            if let Some(known) = all.iter_mut().find(|known| known.code == code) {
                known.times += 1;
                continue;
            }
            let (incident, number, at) = (incident.id, incident.number.clone(), incident.received_at);
            all.push(Warning { code, word, times: 1, incident, number, at });
        }
    }
    all.sort_by_key(|warning| warning.code);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_hold_the_whole_circle() {
        for (lng, lat) in [(98.67, 3.58), (112.7, -7.25), (140.7, -2.5), (95.3, 5.9)] {
            let at = LngLat { lng, lat };
            let [west, south, east, north] = bounds(at, 250.0);
            for (lng, lat) in [(west, at.lat), (east, at.lat), (at.lng, south), (at.lng, north)] {
                let reach = LngLat { lng, lat }.distance_m(at);
                assert!((250.0..260.0).contains(&reach), "{reach} m");
            }
        }
    }
}
