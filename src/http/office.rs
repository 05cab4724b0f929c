//! `/v1/office`: how far the set-up has come; the office's name, areas and units, each looked at before
//! it counts. A refused file changes nothing.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Json;
use super::users::checked_name;
use crate::app::App;
use crate::dispatch::command::{Command, NewUnit};
use crate::import;
use crate::locate::boundaries::{BoundaryError, BoundaryReport, read_boundaries_of};
use crate::locate::units_csv::{UnitsError, read_units};
use crate::model::administration::{Administered, OfficeAct, OfficeChanged};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::jurisdiction::{Area, Office, Polsek};
use crate::model::unit::UnitKind;
use crate::store::{StoreError, offices};

/// Largest file of areas, bytes: a province in full detail is about 40 MB.
pub const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Problems of a file that are listed; the rest is counted.
const MOST_PROBLEMS: usize = 50;

/// How far the set-up has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupSteps {
    /// The office as it works now.
    pub office: Office,
    /// Areas in the store.
    pub areas: usize,
    /// Which import they are from.
    pub areas_version: i64,
    /// Polsek in the store.
    pub polseks: Vec<Polsek>,
    /// Pieces of road that are loaded; none before an import.
    pub roads: Option<usize>,
    /// Names of places that are loaded.
    pub places: usize,
    /// Units that are registered.
    pub units: usize,
    /// Users by role, by its code.
    pub users: BTreeMap<String, usize>,
    /// There is a WhatsApp line that can send and receive.
    pub line: bool,
    /// When a WhatsApp message last came in with a right signature, since the start.
    pub heard_at: Option<Timestamp>,
    /// Something in the store counts only after a restart.
    pub restart_needed: bool,
    /// The server can start anew by itself.
    pub can_restart: bool,
}

/// How far the set-up has come.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(get, path = "/v1/office/steps", tag = "setup", responses((status = 200, body = SetupSteps), (status = 403, body = Problem)))]
pub async fn steps(State(app): State<App>, who: Who) -> Result<Json<SetupSteps>, ApiError> {
    let polres = who.admin()?.polres.clone();
    let desk = who.desk(&app)?;
    let known = app.store.offices().await?.into_iter().find(|office| office.code == polres);
    let stored = app.store.areas(Some(&polres)).await?;
    let working: Vec<&Area> = app.areas.areas().iter().filter(|area| area.polres == polres).collect();
    let mut users: BTreeMap<String, usize> = BTreeMap::new();
    for user in app.store.users(Some(&polres)).await?.into_iter().filter(|user| !user.disabled) {
        *users.entry(user.role).or_default() += 1;
    }
    let same_areas = stored.len() == working.len() && stored.iter().zip(&working).all(|(a, b)| a == *b);
    let meta = &app.config.whatsapp;
    let route = app.routes.get(&polres);
    let can = |over_meta: bool| {
        if over_meta {
            !meta.access_token.is_empty() && !meta.secrets().is_empty()
        } else {
            !app.config.gowa.secrets().is_empty()
        }
    };
    let office = desk.parts.office.clone();
    Ok(Json(SetupSteps {
        restart_needed: !same_areas
            || app.streets.taken()
            || known.as_ref().is_some_and(|known| known.name != office.name),
        office: known.unwrap_or(office),
        areas: stored.len(),
        areas_version: app.store.areas_version(&polres).await?,
        polseks: app.store.polseks(&polres).await?,
        roads: app.roads.as_ref().map(|roads| roads.graph().edges().len()),
        places: app.reader.gazetteer().len(),
        units: desk.look(|desk| desk.units.len()).await?,
        users,
        line: route.is_some_and(|route| can(route.transport.has_window())),
        heard_at: app.noted.read().signed_at,
        can_restart: app.restart.is_heard(),
    }))
}

/// Another name of the office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeName {
    /// 1 to 80 characters.
    pub name: String,
}

/// Gives the office another name; it counts after a restart. Code, prefix and time zone stand in numbers
/// that were given out and stay.
///
/// # Errors
/// 403 not an administrator; 422.
#[utoipa::path(put, path = "/v1/office", tag = "setup", request_body = OfficeName,
    responses((status = 200, body = Office), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn rename(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<OfficeName>,
) -> Result<Json<Office>, ApiError> {
    let by = who.admin()?.user;
    let office = Office { name: checked_name("name", &wanted.name)?, ..stored_office(&app, &who).await? };
    let row = offices::upsert_office(&office);
    record(&app, &who, OfficeChanged { by, act: OfficeAct::Named, count: None }, vec![row]).await?;
    Ok(Json(office))
}

async fn stored_office(app: &App, who: &Who) -> Result<Office, ApiError> {
    let known = app.store.offices().await?.into_iter().find(|office| office.code == who.viewer.polres);
    known.ok_or_else(|| ApiError::not_found("office"))
}

pub(super) async fn record(
    app: &App,
    who: &Who,
    changed: OfficeChanged,
    rows: Vec<crate::store::Statement>,
) -> Result<(), ApiError> {
    let rows = Box::new(move |_: &[_], _: &_| Ok::<_, StoreError>(rows));
    let command = Command::Administer(Administered::Office(changed));
    who.desk(app)?.submit_with(Actor::User(who.viewer.user), command, Some(rows)).await?;
    Ok(())
}

/// A file of areas.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreasFile {
    /// `GeoJSON` with kode, nama, `kode_kecamatan`, kecamatan.
    pub geojson: String,
    /// CSV that groups areas into Polsek: `kode_kecamatan,polsek` or `kode,polsek`.
    #[serde(default)]
    pub polsek_csv: Option<String>,
    /// Only what lies in these regions, by code: `12.71`.
    #[serde(default)]
    pub only: Vec<String>,
    /// Takes them over; otherwise they are only looked at.
    #[serde(default)]
    pub apply: bool,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileProblem {
    /// Line of the file, from 1, where it is known.
    pub line: Option<usize>,
    /// The thing in the file: a code, a column.
    pub what: Option<String>,
    /// What is wrong.
    pub problem: String,
}

/// What a file of areas holds.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AreasReport {
    /// It can be taken over.
    pub usable: bool,
    /// It was taken over.
    pub applied: bool,
    /// What is wrong, the first 50.
    pub problems: Vec<FileProblem>,
    /// How many things are wrong.
    pub problem_count: usize,
    /// Areas.
    pub areas: usize,
    /// Kecamatan they belong to.
    pub kecamatan: usize,
    /// Ground covered, square kilometres.
    pub square_km: f64,
    /// Rings that were not closed and now are.
    pub closed_rings: usize,
    /// Codes of areas with latitude before longitude, now exchanged.
    pub swapped: Vec<String>,
    /// Pairs of areas that claim the same ground, as codes and square metres.
    pub overlaps: Vec<FileProblem>,
    /// Holes between areas.
    pub gaps: usize,
    /// Codes of areas without a Polsek: their kecamatan stands in for it.
    pub without_polsek: Vec<String>,
    /// The Polsek that are named.
    pub polseks: Vec<String>,
    /// Areas that are in use now and not in the file, by name.
    pub leaving: Vec<String>,
}

/// Looks at a file of areas, and takes it over when asked to; it counts after a restart.
///
/// # Errors
/// 403 not an administrator; 413 over 64 MB; 422 a file that cannot be used was to be taken over.
#[utoipa::path(post, path = "/v1/office/areas", tag = "setup", request_body = AreasFile,
    responses((status = 200, body = AreasReport), (status = 403, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn areas(
    State(app): State<App>,
    who: Who,
    Json(file): Json<AreasFile>,
) -> Result<Json<AreasReport>, ApiError> {
    let viewer = who.admin()?.clone();
    let apply = file.apply;
    let read = move || read_boundaries_of(&file.geojson, file.polsek_csv.as_deref(), &file.only);
    let read = tokio::task::spawn_blocking(read).await.map_err(|_| ApiError::internal())?;
    let (areas, found) = match read {
        Ok(read) => read,
        Err(error) if apply => return Err(ApiError::invalid("geojson", error.to_string())),
        Err(error) => return Ok(Json(refused(&error))),
    };
    let stored = app.store.areas(Some(&viewer.polres)).await?;
    let codes: std::collections::HashSet<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    let leaving =
        stored.iter().filter(|area| !codes.contains(area.code.as_str())).map(|area| area.name.clone()).collect();
    let mut report = AreasReport { leaving, ..described(&found) };
    if apply {
        let office = stored_office(&app, &who).await?;
        let count = u32::try_from(areas.len()).ok();
        let version = app.store.areas_version(&viewer.polres).await? + 1;
        let rows = import::area_rows(&office, areas, &found.polseks, version);
        record(&app, &who, OfficeChanged { by: viewer.user, act: OfficeAct::AreasReplaced, count }, rows).await?;
        report.applied = true;
    }
    Ok(Json(report))
}

fn described(found: &BoundaryReport) -> AreasReport {
    let overlap = |it: &crate::locate::boundary_checks::Overlap| FileProblem {
        line: None,
        what: Some(it.codes.join(" + ")),
        problem: format!("{:.0} m²", it.square_m),
    };
    AreasReport {
        usable: true,
        areas: found.areas,
        kecamatan: found.kecamatan,
        square_km: found.square_km,
        closed_rings: found.closed_rings,
        swapped: found.swapped.iter().take(MOST_PROBLEMS).cloned().collect(),
        overlaps: found.overlaps.iter().take(MOST_PROBLEMS).map(overlap).collect(),
        gaps: found.gaps.len(),
        without_polsek: found.without_polsek.iter().take(MOST_PROBLEMS).cloned().collect(),
        polseks: found.polseks.iter().map(|polsek| polsek.name.clone()).collect(),
        ..AreasReport::default()
    }
}

fn refused(error: &BoundaryError) -> AreasReport {
    let problem = |line, what, problem| FileProblem { line, what, problem };
    let problems: Vec<FileProblem> = match error {
        BoundaryError::Features(bad) => bad
            .iter()
            .map(|bad| {
                let what = bad.code.clone().unwrap_or_else(|| format!("feature {}", bad.index + 1));
                problem(Some(bad.line), Some(what), bad.problem.to_string())
            })
            .collect(),
        BoundaryError::PolsekTable { line, problem: why } => {
            vec![problem(Some(*line), Some("polsek".to_owned()), (*why).to_owned())]
        }
        BoundaryError::NotGeoJson(Some(why)) => vec![problem(Some(why.line()), None, error.to_string())],
        other => vec![problem(None, None, other.to_string())],
    };
    AreasReport {
        problem_count: problems.len(),
        problems: problems.into_iter().take(MOST_PROBLEMS).collect(),
        ..AreasReport::default()
    }
}

/// A table of units.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitsFile {
    /// CSV `call_sign,kind,polsek,crew,lng,lat`.
    pub csv: String,
    /// Registers them; otherwise they are only looked at.
    #[serde(default)]
    pub apply: bool,
}

/// What a table of units holds.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct UnitsReport {
    /// It can be taken over.
    pub usable: bool,
    /// It was taken over.
    pub applied: bool,
    /// What is wrong.
    pub problems: Vec<FileProblem>,
    /// Call signs of the new units.
    pub units: Vec<String>,
}

/// Looks at a table of units, and registers them when asked to: they count at once.
///
/// # Errors
/// 403 not an administrator; 409 a call sign is taken; 422 a table that cannot be used was to be taken over.
#[utoipa::path(post, path = "/v1/office/units", tag = "setup", request_body = UnitsFile,
    responses((status = 200, body = UnitsReport), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn units(
    State(app): State<App>,
    who: Who,
    Json(file): Json<UnitsFile>,
) -> Result<Json<UnitsReport>, ApiError> {
    let viewer = who.admin()?.clone();
    let rows = match read_units(&file.csv) {
        Ok(rows) => rows,
        Err(error) if file.apply => return Err(ApiError::invalid("csv", error.to_string())),
        Err(error) => return Ok(Json(UnitsReport { problems: vec![bad_line(&error)], ..UnitsReport::default() })),
    };
    let desk = who.desk(&app)?;
    let known = desk.look(|desk| desk.units.values().map(|unit| unit.call_sign.clone()).collect::<Vec<_>>()).await?;
    let polseks = app.store.polseks(&viewer.polres).await?;
    let mut report = UnitsReport::default();
    let mut new = Vec::new();
    for row in rows {
        let problem = |problem: String| FileProblem { line: None, what: Some(row.call_sign.clone()), problem };
        if known.contains(&row.call_sign) {
            report.problems.push(problem("the call sign is taken".to_owned()));
        }
        if let Some(code) = row.polsek.as_ref().filter(|code| !polseks.iter().any(|polsek| polsek.code == **code)) {
            report.problems.push(problem(format!("there is no Polsek {code:?}")));
        }
        report.units.push(row.call_sign.clone());
        let kind = serde_json::from_value::<UnitKind>(row.kind.into()).map_err(|_| ApiError::internal())?;
        new.push(NewUnit { call_sign: row.call_sign, kind, polsek: row.polsek, crew: row.crew, post: row.post });
    }
    if new.is_empty() {
        report.problems.push(FileProblem { line: None, what: None, problem: "the table has no rows".to_owned() });
    }
    report.usable = report.problems.is_empty();
    if file.apply {
        if let Some(first) = report.problems.first() {
            let what = first.what.clone().unwrap_or_default();
            return Err(ApiError::invalid("csv", format!("{what}: {}", first.problem)));
        }
        desk.submit(Actor::User(viewer.user), Command::RegisterUnits(new)).await?;
        report.applied = true;
    }
    Ok(Json(report))
}

fn bad_line(error: &UnitsError) -> FileProblem {
    let (line, what) = match error {
        UnitsError::Header { line } | UnitsError::Fields { line, .. } => (*line, None),
        UnitsError::Field { line, column, .. } => (*line, Some((*column).to_owned())),
    };
    FileProblem { line: Some(line), what, problem: error.to_string() }
}

/// Starts the server anew, so that areas, streets and settings count. Requests wait for a second or two.
///
/// # Errors
/// 403 not an administrator; 409 it has to be started by hand.
#[utoipa::path(post, path = "/v1/office/restart", tag = "setup",
    responses((status = 202), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn restart(State(app): State<App>, who: Who) -> Result<StatusCode, ApiError> {
    let user = who.admin()?.user;
    if !app.restart.is_heard() {
        let said = "this program cannot start anew by itself; start it by hand";
        return Err(ApiError::new(StatusCode::CONFLICT, "no_restart", said));
    }
    tracing::info!(user.id = %user.0, "an administrator starts the server anew");
    app.restart.ask();
    Ok(StatusCode::ACCEPTED)
}
