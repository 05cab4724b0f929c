//! Which reports and incidents of a stretch of time a figure is of: a Polsek, a distance, a cell of a map, the
//! surroundings a forecast stands on, the cells a move would change, the offers to one unit.

use axum::http::StatusCode;
use h3o::{CellIndex, LatLng, Resolution};

use super::coverage::{Wanted, reach};
use super::heat::{incident_spots, report_spots};
use super::span::Asked;
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::ApiError;
use crate::http::list::instant;
use crate::insight::coverage::{Change, cells};
use crate::insight::heatmap::{Ground, Heatmap, SMALLEST, Spot, heatmap};
use crate::insight::lines::{IncidentLine, ReportLine};
use crate::model::clock::SECOND;
use crate::model::id::UnitId;
use crate::model::place::LngLat;
use crate::model::viewer::Scope;

/// Fewer of a small place are not listed.
const SMALLEST_LIST: usize = SMALLEST as usize;

/// Resolution of a map that names none.
const USUAL: u8 = 8;

/// What a figure is of; nothing said is all of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part<'a> {
    /// Code of the Polsek; `-` is nobody's area.
    pub polsek: Option<&'a str>,
    /// Step of the Polri clock.
    pub band: Option<&'a str>,
    /// A cell of the heatmap, `all` of it, or what it has `hidden`.
    pub cell: Option<&'a str>,
    /// Resolution of the map.
    pub resolution: Option<u8>,
    /// The heatmap compares with a time that begins here.
    pub compare_from: Option<&'a str>,
    /// The lines of that earlier time.
    pub before: bool,
    /// A cell with the six around it, or all `areas` of the forecast.
    pub around: Option<&'a str>,
    /// Cells reached sooner (`better`) or later (`worse`) after the move.
    pub reach: Option<&'a str>,
    /// The move.
    pub moved: Option<&'a str>,
    /// Offers to this unit.
    pub unit: Option<UnitId>,
    /// Offers with this reason.
    pub reason: Option<&'a str>,
}

/// The reports and incidents of a stretch of time that a figure is of.
///
/// # Errors
/// 403 so few that they would point at a house; 404, 409 a move that cannot be; 422 a parameter that is none.
pub(super) async fn chosen(
    app: &App,
    who: &Who,
    asked: &Asked,
    part: &Part<'_>,
) -> Result<(Vec<ReportLine>, Vec<IncidentLine>), ApiError> {
    let resolution = h3o::Resolution::try_from(part.resolution.unwrap_or(USUAL));
    let resolution = resolution.map_err(|_| ApiError::invalid("resolution", "0 to 15"))?;
    let earlier = instant(part.compare_from, "compare_from")?
        .map(|from| asked.earlier(asked.filter.from.0.saturating_sub(from.0) / SECOND));
    let (mut reports, mut incidents) = (asked.reports(app).await?, asked.incidents(app).await?);
    let (mut old_reports, mut old_incidents) = (None, None);
    if let Some(earlier) = &earlier {
        old_reports = Some(earlier.reports(app).await?);
        old_incidents = Some(earlier.incidents(app).await?);
    }
    let map = part.cell.map(MapPart::of).transpose()?;
    if let Some(map) = map {
        let (now, before) = (report_spots(&reports), old_reports.as_deref().map(report_spots));
        let counted = drawn(&now, before.as_deref(), resolution);
        let keep = |line: &ReportLine| line.at.is_some_and(|at| map.holds(counted.home(at)));
        reports.retain(keep);
        old_reports.iter_mut().for_each(|lines| lines.retain(keep));
        let (now, before) = (incident_spots(&incidents), old_incidents.as_deref().map(incident_spots));
        let reached = drawn(&now, before.as_deref(), resolution);
        let keep = |line: &IncidentLine| map.holds(reached.home(line.at));
        incidents.retain(keep);
        old_incidents.iter_mut().for_each(|lines| lines.retain(keep));
    }
    if part.before {
        (reports, incidents) = (old_reports.unwrap_or_default(), old_incidents.unwrap_or_default());
    }
    let of_polsek = |polsek: Option<&str>| part.polsek.is_none_or(|want| want == polsek.unwrap_or("-"));
    reports.retain(|line| of_polsek(line.polsek.as_deref()));
    incidents
        .retain(|line| of_polsek(line.polsek.as_deref()) && part.band.is_none_or(|band| band == line.band().code()));
    if let Some(around) = part.around {
        incidents = surrounding(app, who, incidents, around, resolution).await?;
    }
    if let Some(which) = part.reach {
        let wanted = match which {
            "better" => Change::Sooner,
            "worse" => Change::Later,
            _ => return Err(ApiError::invalid("reach", "better or worse")),
        };
        let asked = Wanted { resolution: part.resolution, moved: part.moved, within: None };
        let map = reach(app, who, asked).await?;
        incidents.retain(|line| cell_of(line.at, resolution).and_then(|cell| map.change_of(cell)) == Some(wanted));
        enough(incidents.len())?;
    }
    offers(&mut incidents, part);
    Ok((reports, incidents))
}

/// Only the offers a figure is of; incidents stay.
fn offers(incidents: &mut [IncidentLine], part: &Part<'_>) {
    for line in incidents {
        line.offers.retain(|offer| {
            let reason = || offer.override_reason.as_deref().map(str::trim).unwrap_or_default();
            part.unit.is_none_or(|unit| offer.unit == unit)
                && part.reason.is_none_or(|wanted| offer.overridden && reason() == wanted)
        });
    }
}

/// Which part of a heatmap.
#[derive(Debug, Clone, Copy)]
enum MapPart {
    All,
    Hidden,
    Cell(CellIndex),
}

impl MapPart {
    fn of(text: &str) -> Result<Self, ApiError> {
        match text {
            "all" => Ok(Self::All),
            "hidden" => Ok(Self::Hidden),
            cell => Ok(Self::Cell(cell.parse().map_err(|_| ApiError::invalid("cell", "not an H3 cell"))?)),
        }
    }

    fn holds(self, home: Option<CellIndex>) -> bool {
        match self {
            Self::All => true,
            Self::Hidden => home.is_none(),
            Self::Cell(cell) => home == Some(cell),
        }
    }
}

fn drawn(spots: &[Spot], before: Option<&[Spot]>, resolution: Resolution) -> Heatmap {
    heatmap(Ground { spots, before, patrol: &[] }, resolution)
}

/// Incidents in a cell and the six around it, or in all cells of the office.
async fn surrounding(
    app: &App,
    who: &Who,
    mut incidents: Vec<IncidentLine>,
    around: &str,
    resolution: Resolution,
) -> Result<Vec<IncidentLine>, ApiError> {
    if around == "areas" {
        let own = own_cells(app, who, resolution).await?;
        incidents.retain(|line| cell_of(line.at, resolution).is_some_and(|cell| own.binary_search(&cell).is_ok()));
        return Ok(incidents);
    }
    let cell: CellIndex = around.parse().map_err(|_| ApiError::invalid("around", "not an H3 cell"))?;
    let near: Vec<CellIndex> = cell.grid_disk(1);
    incidents.retain(|line| cell_of(line.at, cell.resolution()).is_some_and(|at| near.contains(&at)));
    enough(incidents.len())?;
    Ok(incidents)
}

/// Of a small place so few are not listed, to nobody: no matter of rights, and it has a code of its own.
fn enough(count: usize) -> Result<(), ApiError> {
    match count {
        1..SMALLEST_LIST => {
            Err(ApiError::new(StatusCode::FORBIDDEN, "too_few", "so few incidents would point at a house"))
        }
        _ => Ok(()),
    }
}

/// The cell a place lies in.
#[must_use]
pub(super) fn cell_of(at: LngLat, resolution: Resolution) -> Option<CellIndex> {
    Some(LatLng::new(at.lat, at.lng).ok()?.to_cell(resolution))
}

/// The cells of the areas somebody sees, ascending.
///
/// # Errors
/// 403; 500 the reckoning ended early.
pub(super) async fn own_cells(app: &App, who: &Who, resolution: Resolution) -> Result<Vec<CellIndex>, ApiError> {
    let viewer = who.watcher()?;
    let (polres, scope, areas) = (viewer.polres.clone(), viewer.scope.clone(), app.areas.clone());
    let work = move || {
        let sees = |polsek: &str| !matches!(&scope, Scope::Polsek(own) if own != polsek);
        cells(areas.areas().iter().filter(|area| area.polres == polres && sees(&area.polsek)), resolution)
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())
}
