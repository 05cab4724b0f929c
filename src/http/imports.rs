//! `/v1/office/streets` and `/v1/office/places`: streets and names from a file, looked at before they count, as
//! the commands `sigap import osm` and `sigap import gazetteer` do. A refused file changes nothing.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::office::{FileProblem, record};
use crate::app::App;
use crate::import;
use crate::import_osm::Streets;
use crate::locate::gazetteer_csv::GazetteerError;
use crate::locate::gazetteer_entry::GazetteerEntry;
use crate::model::administration::{OfficeAct, OfficeChanged};
use crate::roads::osm::{Listed, OsmReport};
use crate::runtime::street_import::{BadUpload, Stage};

/// Largest file of names, bytes.
pub const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// How far beyond the areas streets are kept when nothing else is said, metres.
const MARGIN_M: f64 = 5000.0;

/// The widest margin, metres.
const WIDEST_M: f64 = 50_000.0;

/// How the file is cut.
#[derive(Debug, Deserialize, IntoParams)]
pub struct StreetsQuery {
    /// How far beyond the areas streets are kept, metres, 0 to 50,000; 5,000 when it is not said.
    margin_m: Option<f64>,
}

/// How far an import of streets has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreetsState {
    /// There is none.
    None,
    /// The file comes in.
    Receiving,
    /// It is read.
    Reading,
    /// It can be looked at and taken over.
    Ready,
    /// It was refused.
    Refused,
    /// It was taken over and counts after a restart.
    Applied,
}

/// What a file of streets holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreetsFound {
    /// Places where one can turn.
    pub junctions: usize,
    /// Pieces of street between them.
    pub edges: usize,
    /// Their length, kilometres.
    pub km: f64,
    /// Pieces one may drive one way only.
    pub one_way: usize,
    /// Names of streets and places.
    pub names: usize,
    /// Points of the file.
    pub nodes: u64,
    /// Of them outside the areas and their margin.
    pub nodes_outside: u64,
    /// Parts of the map that are cut off from the rest and left out.
    pub islands: usize,
    /// Their length, kilometres.
    pub islands_km: f64,
    /// What was left aside or cut, each with its first examples.
    pub notes: Vec<FileProblem>,
    /// Areas by which it was cut; 0: the whole file is taken.
    pub areas: usize,
}

/// The import of streets of this server.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreetsJob {
    /// How far it has come.
    pub state: StreetsState,
    /// Of the file, read so far, 0 to 1.
    pub done: f64,
    /// Why it was refused.
    pub problem: Option<String>,
    /// What it holds, once it can be looked at.
    pub found: Option<StreetsFound>,
}

/// Takes in an `OpenStreetMap` extract (`.osm.pbf`, `.osm` or `.osm.gz`) and begins to read it; nothing counts
/// yet.
///
/// # Errors
/// 400 it broke off; 403 not an administrator; 409 another file is being read; 413 over 1 GB; 422 no margin; 503
/// no room on the disk.
#[utoipa::path(put, path = "/v1/office/streets", tag = "setup", params(StreetsQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, body = StreetsJob), (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn upload_streets(
    State(app): State<App>,
    who: Who,
    Query(query): Query<StreetsQuery>,
    body: Body,
) -> Result<(StatusCode, Json<StreetsJob>), ApiError> {
    who.admin()?;
    let margin_m = query.margin_m.unwrap_or(MARGIN_M);
    if !(0.0..=WIDEST_M).contains(&margin_m) {
        return Err(ApiError::invalid("margin_m", "0 to 50,000 metres"));
    }
    let areas = app.store.areas(None).await?;
    let folder = app.config.media_dir().join("impor");
    app.streets.receive(&folder, body.into_data_stream(), areas, margin_m).await?;
    Ok((StatusCode::ACCEPTED, Json(job(&app, &who).await?)))
}

/// How far the import of streets has come, and what the file holds.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(get, path = "/v1/office/streets", tag = "setup", responses((status = 200, body = StreetsJob), (status = 403, body = Problem)))]
pub async fn streets(State(app): State<App>, who: Who) -> Result<Json<StreetsJob>, ApiError> {
    who.admin()?;
    job(&app, &who).await.map(Json)
}

async fn job(app: &App, who: &Who) -> Result<StreetsJob, ApiError> {
    let plain = |state, done| StreetsJob { state, done, problem: None, found: None };
    Ok(match app.streets.stage() {
        Stage::None => plain(StreetsState::None, 0.0),
        Stage::Receiving => plain(StreetsState::Receiving, 0.0),
        Stage::Reading(read, of) => {
            #[expect(clippy::cast_precision_loss, reason = "bytes of a file, as a share")]
            let done = read.load(std::sync::atomic::Ordering::Relaxed) as f64 / of.max(1) as f64;
            plain(StreetsState::Reading, done.min(1.0))
        }
        Stage::Ready(streets) => {
            let areas = app.store.areas(None).await?;
            let count = areas.len();
            let (read, polres) = (streets.clone(), who.viewer.polres.clone());
            let named = tokio::task::spawn_blocking(move || read.names(areas, &polres).0);
            let names = named.await.map_err(|_| ApiError::internal())?.values().map(Vec::len).sum();
            StreetsJob { found: Some(found(&streets, names, count)), ..plain(StreetsState::Ready, 1.0) }
        }
        Stage::Refused(problem) => StreetsJob { problem: Some(problem), ..plain(StreetsState::Refused, 1.0) },
        Stage::Applied => plain(StreetsState::Applied, 1.0),
    })
}

fn found(streets: &Streets, names: usize, areas: usize) -> StreetsFound {
    let report = &streets.report;
    StreetsFound {
        junctions: report.junctions,
        edges: report.edges,
        km: report.km,
        one_way: report.one_way,
        names,
        nodes: report.nodes,
        nodes_outside: report.nodes_outside,
        islands: report.islands.len(),
        islands_km: report.islands.iter().map(|island| island.km).sum(),
        notes: notes(report),
        areas,
    }
}

fn notes(report: &OsmReport) -> Vec<FileProblem> {
    let mut all = Vec::new();
    let mut note = |what: &str, count: usize, first: Vec<String>| {
        if count > 0 {
            let problem = if first.is_empty() { count.to_string() } else { format!("{count}: {}", first.join(", ")) };
            all.push(FileProblem { line: None, what: Some(what.to_owned()), problem });
        }
    };
    let words = |listed: &Listed<i64>| listed.first.iter().map(ToString::to_string).collect::<Vec<_>>();
    let missing = report.missing_nodes.first.iter().map(|(way, node)| format!("way {way}, node {node}")).collect();
    note("missing_nodes", report.missing_nodes.count, missing);
    let leaps = report.leaps.first.iter().map(|(way, _)| format!("way {way}")).collect();
    note("leaps", report.leaps.count, leaps);
    note("bad_nodes", report.bad_nodes.count, words(&report.bad_nodes));
    note("via_way", report.via_way.count, words(&report.via_way));
    note("broken_restrictions", report.broken_restrictions.count, words(&report.broken_restrictions));
    all
}

/// Takes over what was looked at; it counts after a restart.
///
/// # Errors
/// 403 not an administrator; 409 there is nothing to be taken over; 503 the streets in use stay in use.
#[utoipa::path(post, path = "/v1/office/streets/apply", tag = "setup", responses((status = 200, body = StreetsJob), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn apply_streets(State(app): State<App>, who: Who) -> Result<Json<StreetsJob>, ApiError> {
    let viewer = who.admin()?.clone();
    let Stage::Ready(streets) = app.streets.stage() else {
        return Err(ApiError::new(StatusCode::CONFLICT, "no_streets", "no file was read that could be taken over"));
    };
    let areas = app.store.areas(None).await?;
    let (read, now) = (streets.clone(), app.clock.now());
    let making = tokio::task::spawn_blocking(move || {
        let (named, _) = read.names(areas, &viewer.polres);
        read.rows(&named, now)
    });
    let rows = making.await.map_err(|_| ApiError::internal())?;
    let count = u32::try_from(streets.report.edges).ok();
    record(&app, &who, OfficeChanged { by: viewer.user, act: OfficeAct::StreetsReplaced, count }, rows).await?;
    app.streets.applied();
    job(&app, &who).await.map(Json)
}

/// Forgets a file that was looked at.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(delete, path = "/v1/office/streets", tag = "setup", responses((status = 204), (status = 403, body = Problem)))]
pub async fn forget_streets(State(app): State<App>, who: Who) -> Result<StatusCode, ApiError> {
    who.admin()?;
    app.streets.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// A file of names.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacesFile {
    /// CSV `name,kind,lng,lat,…` or `GeoJSON`.
    pub text: String,
    /// Only what lies in these regions, by code: `12.71`.
    #[serde(default)]
    pub only: Vec<String>,
    /// Takes them over; otherwise they are only looked at.
    #[serde(default)]
    pub apply: bool,
}

/// What a file of names holds.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PlacesReport {
    /// It can be taken over.
    pub usable: bool,
    /// It was taken over.
    pub applied: bool,
    /// What is wrong.
    pub problems: Vec<FileProblem>,
    /// Lines of the file.
    pub lines: usize,
    /// Names, pieces of one street put together.
    pub places: usize,
    /// How many of each kind, by its code.
    pub kinds: BTreeMap<String, usize>,
    /// Some of them.
    pub examples: Vec<String>,
    /// Names of the office that are replaced.
    pub replaced: usize,
}

/// Looks at a file of names, and takes it over when asked to; it counts after a restart. Names from an extract
/// of `OpenStreetMap` stay beside them.
///
/// # Errors
/// 403 not an administrator; 413 over 64 MB; 422 a file that cannot be used was to be taken over.
#[utoipa::path(post, path = "/v1/office/places", tag = "setup", request_body = PlacesFile,
    responses((status = 200, body = PlacesReport), (status = 403, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn places(
    State(app): State<App>,
    who: Who,
    Json(file): Json<PlacesFile>,
) -> Result<Json<PlacesReport>, ApiError> {
    let viewer = who.admin()?.clone();
    let apply = file.apply;
    let read = tokio::task::spawn_blocking(move || import::read_gazetteer(&file.text, &file.only));
    let (places, lines) = match read.await.map_err(|_| ApiError::internal())? {
        Ok(read) => read,
        Err(error) if apply => return Err(ApiError::invalid("text", format!("{error:#}"))),
        Err(error) => return Ok(Json(PlacesReport { problems: vec![bad_line(&error)], ..PlacesReport::default() })),
    };
    let replaced = app.store.own_places(&viewer.polres).await?;
    let mut report = PlacesReport { lines, replaced, ..described(&places) };
    if apply {
        let count = u32::try_from(places.len()).ok();
        let rows = import::place_rows(&viewer.polres, &places, app.clock.now());
        record(&app, &who, OfficeChanged { by: viewer.user, act: OfficeAct::PlacesReplaced, count }, rows).await?;
        app.streets.note_taken();
        report.applied = true;
    }
    Ok(Json(report))
}

fn described(places: &[GazetteerEntry]) -> PlacesReport {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for place in places {
        let code = serde_json::json!(place.kind);
        *kinds.entry(code.as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let step = (places.len() / 8).max(1);
    let examples = places.iter().step_by(step).take(8).map(|place| place.name.clone()).collect();
    PlacesReport { usable: true, places: places.len(), kinds, examples, ..PlacesReport::default() }
}

fn bad_line(error: &anyhow::Error) -> FileProblem {
    let line = match error.downcast_ref::<GazetteerError>() {
        Some(GazetteerError::BadLine { line, .. }) => Some(*line),
        Some(GazetteerError::MissingColumn(_)) => Some(1),
        _ => None,
    };
    FileProblem { line, what: None, problem: format!("{error:#}") }
}

impl From<BadUpload> for ApiError {
    fn from(bad: BadUpload) -> Self {
        let said = bad.to_string();
        match bad {
            BadUpload::Busy => Self::new(StatusCode::CONFLICT, "import_running", said),
            BadUpload::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", said),
            BadUpload::CutOff => Self::new(StatusCode::BAD_REQUEST, "cut_off", said),
            BadUpload::Disk(error) => {
                tracing::error!(error = %format!("{error:#}"), "a file of streets could not be put on the disk");
                Self::away()
            }
        }
    }
}
