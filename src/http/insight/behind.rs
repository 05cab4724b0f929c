//! `/v1/insight/behind`: what a figure is made of, with the numbers of the entries; and those entries.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::heat::{incident_spots, report_spots};
use super::load::call_signs;
use super::span::SpanQuery;
use super::table;
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::insight::behind::{Behind, Figure, behind};
use crate::insight::heatmap::{Ground, Spot, heatmap};
use crate::insight::lines::{IncidentLine, OfferLine, ReportLine};
use crate::insight::table::{Table, number};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{IncidentId, ReportId, UnitId};
use crate::model::report::{Category, Priority};

/// Lines shown in one answer; the table has them all.
pub(super) const MOST_SHOWN: usize = 200;

/// Which figure, and of what part.
#[derive(Debug, Deserialize, IntoParams)]
pub struct BehindQuery {
    /// The figure.
    #[param(inline)]
    figure: Figure,
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Only these hours of the office's day: `22-5`.
    hours: Option<String>,
    /// Only these weekdays: `1,2,7`.
    weekdays: Option<String>,
    /// Only of this Polsek; `-` is nobody's area.
    polsek: Option<String>,
    /// Only so far from the station: `near`, `middle`, `far`.
    band: Option<String>,
    /// Only what the heatmap of this `resolution` counts in this H3 cell.
    cell: Option<String>,
    /// Resolution of that heatmap; left out, 8.
    resolution: Option<u8>,
    /// Only offers to this unit.
    unit: Option<UnitId>,
}

/// What a line behind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A report.
    Report,
    /// An incident, or an offer made for it.
    Incident,
}

/// One line behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindItem {
    /// What it is.
    pub kind: LineKind,
    /// Its id.
    pub id: Uuid,
    /// Its human number.
    pub number: String,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// Polsek of its place.
    pub polsek: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// How it stands or ended, by its code; of an offer, how that ended.
    pub state: String,
    /// Response time of an incident, seconds.
    pub response_s: Option<f64>,
    /// Whether that was within the Polri clock.
    pub within_clock: Option<bool>,
    /// What the unit is called, of an offer.
    pub unit: Option<String>,
    /// Why another unit was sent than recommended.
    pub reason: Option<String>,
    /// Numbers of its entries in the journal, in order.
    pub entries: Vec<u64>,
}

/// What a figure is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindFigure {
    /// The figure.
    pub figure: Figure,
    /// How many lines there are.
    pub total: usize,
    /// The latest first, up to 200.
    pub items: Vec<BehindItem>,
}

/// What a figure is made of: its reports, incidents or offers, each with its entries.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/behind", tag = "insight", params(BehindQuery),
    responses((status = 200, body = BehindFigure), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn behind_figure(
    State(app): State<App>,
    who: Who,
    Query(query): Query<BehindQuery>,
) -> Result<Json<BehindFigure>, ApiError> {
    let (total, items) = opened(&app, &who, &query, MOST_SHOWN).await?;
    Ok(Json(BehindFigure { figure: query.figure, total, items }))
}

/// All of them as a table, the latest first.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/behind.csv", tag = "insight", operation_id = "behind_csv", params(BehindQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn behind_csv(
    State(app): State<App>,
    who: Who,
    Query(query): Query<BehindQuery>,
) -> Result<Response, ApiError> {
    let (_, items) = opened(&app, &who, &query, usize::MAX).await?;
    let first = ["number", "category", "priority", "polsek", "received_at", "state", "response_s", "within_clock"];
    let mut text = Table::new(&[&first[..], &["unit", "reason", "entries"]].concat());
    for item in items {
        let entries: Vec<String> = item.entries.iter().map(u64::to_string).collect();
        text.row(&[
            item.number,
            item.category.code().to_owned(),
            item.priority.number().to_string(),
            item.polsek.unwrap_or_default(),
            item.received_at.to_string(),
            item.state,
            number(item.response_s, 0),
            item.within_clock.map_or_else(String::new, |within| within.to_string()),
            item.unit.unwrap_or_default(),
            item.reason.unwrap_or_default(),
            entries.join(" "),
        ]);
    }
    Ok(table("di-balik-angka.csv", text.into_text()))
}

async fn opened(app: &App, who: &Who, query: &BehindQuery, most: usize) -> Result<(usize, Vec<BehindItem>), ApiError> {
    let span = [&query.from, &query.to, &query.category, &query.hours, &query.weekdays].map(Clone::clone);
    let asked = SpanQuery::of(span).asked(app, who)?;
    let cell = query.cell.as_deref().map(str::parse::<h3o::CellIndex>).transpose();
    let cell = cell.map_err(|_| ApiError::invalid("cell", "not an H3 cell"))?;
    let (mut reports, mut incidents) = (asked.reports(app).await?, asked.incidents(app).await?);
    let of_polsek = |polsek: Option<&str>| query.polsek.as_deref().is_none_or(|want| want == polsek.unwrap_or("-"));
    reports.retain(|line| of_polsek(line.polsek.as_deref()));
    incidents.retain(|line| {
        of_polsek(line.polsek.as_deref()) && query.band.as_deref().is_none_or(|band| band == line.band().code())
    });
    if let Some(cell) = cell {
        let resolution = h3o::Resolution::try_from(query.resolution.unwrap_or(8));
        let resolution = resolution.map_err(|_| ApiError::invalid("resolution", "0 to 15"))?;
        let map = |spots: &[Spot]| heatmap(Ground { spots, before: None, patrol: &[] }, resolution);
        let counted = map(&report_spots(&reports));
        reports.retain(|line| line.at.is_some_and(|at| counted.home(at) == Some(cell)));
        let reached = map(&incident_spots(&incidents));
        incidents.retain(|line| reached.home(line.at) == Some(cell));
    }
    if let Some(unit) = query.unit {
        for line in &mut incidents {
            line.offers.retain(|offer| offer.unit == unit);
        }
    }
    let found = behind(query.figure, &reports, &incidents);
    let total = found.count();
    Ok((total, items(app, who, &found, most).await?))
}

async fn items(app: &App, who: &Who, found: &Behind<'_>, most: usize) -> Result<Vec<BehindItem>, ApiError> {
    let (mut items, ids): (Vec<BehindItem>, Vec<Uuid>) = match found {
        Behind::Reports(lines) => lines.iter().rev().take(most).map(|line| (of_report(line), line.id.0)).unzip(),
        Behind::Incidents(lines) => lines.iter().rev().take(most).map(|line| (of_incident(line), line.id.0)).unzip(),
        Behind::Offers(lines) => {
            let signs = call_signs(app, who).await?;
            let offer = |(line, offer): &(&IncidentLine, &OfferLine)| (of_offer(line, offer, &signs), offer.id.0);
            lines.iter().rev().take(most).map(offer).unzip()
        }
    };
    let numbers = app.store.entry_numbers_of(&who.viewer.polres, &ids).await?;
    for (item, id) in items.iter_mut().zip(&ids) {
        item.entries = numbers.get(id).cloned().unwrap_or_default();
    }
    Ok(items)
}

fn of_report(line: &ReportLine) -> BehindItem {
    BehindItem {
        kind: LineKind::Report,
        id: line.id.0,
        number: line.number.clone(),
        category: line.category,
        priority: line.priority,
        polsek: line.polsek.clone(),
        received_at: line.received_at,
        state: line.outcome.clone().unwrap_or_else(|| line.state.clone()),
        response_s: None,
        within_clock: None,
        unit: None,
        reason: None,
        entries: Vec::new(),
    }
}

fn of_incident(line: &IncidentLine) -> BehindItem {
    let stands = if line.on_scene_at().is_some() { "on_scene" } else { "queued" };
    BehindItem {
        kind: LineKind::Incident,
        id: line.id.0,
        number: line.number.clone(),
        category: line.category,
        priority: line.priority,
        polsek: line.polsek.clone(),
        received_at: line.received_at,
        state: line.disposition.clone().unwrap_or_else(|| stands.to_owned()),
        response_s: line.response_s(),
        within_clock: line.within_clock(),
        unit: None,
        reason: None,
        entries: Vec::new(),
    }
}

fn of_offer(line: &IncidentLine, offer: &OfferLine, signs: &HashMap<UnitId, String>) -> BehindItem {
    BehindItem {
        state: offer.state.clone(),
        unit: signs.get(&offer.unit).cloned(),
        reason: offer.override_reason.clone(),
        ..of_incident(line)
    }
}

/// Whose entries.
#[derive(Debug, Deserialize, IntoParams)]
pub struct EntriesQuery {
    /// A report or an incident.
    about: Uuid,
}

/// One entry of the journal, without what it says of anybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryLine {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What happened, by its code.
    pub event: String,
    /// Who did it, where a member of the office did: his name, or the call sign.
    pub by: Option<String>,
}

/// The entries of a report or an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryLines {
    /// Its human number.
    pub number: String,
    /// In order.
    pub items: Vec<EntryLine>,
}

/// What the journal holds of a report or an incident and its offers: the entries a figure was counted
/// from. No words and no persons but those of the office.
///
/// # Errors
/// 403; 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/insight/entries", tag = "insight", operation_id = "entries", params(EntriesQuery),
    responses((status = 200, body = EntryLines), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn entries(
    State(app): State<App>,
    who: Who,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<EntryLines>, ApiError> {
    let viewer = who.watcher()?;
    let (_, number) = seen(&app, &who, query.about).await?.ok_or_else(|| ApiError::not_found("report or incident"))?;
    let mut ids = vec![query.about];
    ids.extend(app.store.assignments_of(IncidentId(query.about)).await?.iter().map(|assignment| assignment.id.0));
    let users = app.store.users(Some(&viewer.polres)).await?;
    let names: HashMap<_, _> = users.into_iter().map(|user| (user.id, user.name)).collect();
    let signs = call_signs(&app, &who).await?;
    let entries = app.store.entries_of(&viewer.polres, &ids).await?;
    let line = |entry: crate::model::entry::Entry| EntryLine {
        seq: entry.seq,
        at: entry.at,
        event: kind_of(&entry.body),
        by: match entry.actor {
            Actor::User(user) => names.get(&user).cloned(),
            Actor::Unit(unit) => signs.get(&unit).cloned(),
            Actor::System | Actor::Reporter(_) | Actor::Agency(_) => None,
        },
    };
    Ok(Json(EntryLines { number, items: entries.into_iter().map(line).collect() }))
}

/// What an id is, and its number, where the caller may see it.
///
/// # Errors
/// The store failed.
pub(super) async fn seen(app: &App, who: &Who, id: Uuid) -> Result<Option<(LineKind, String)>, ApiError> {
    let viewer = &who.viewer;
    if let Some(filed) = app.store.incident(IncidentId(id)).await? {
        let seen = filed.polres == viewer.polres && viewer.scope.sees_incident(&filed.item, &[]);
        return Ok(seen.then_some((LineKind::Incident, filed.item.number)));
    }
    let filed = app.store.report(ReportId(id)).await?;
    let seen = filed.filter(|filed| filed.polres == viewer.polres && viewer.scope.sees_report(&filed.item));
    Ok(seen.map(|filed| (LineKind::Report, filed.item.number)))
}

fn kind_of(body: &str) -> String {
    /// The kind of an entry and nothing else of it.
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    serde_json::from_str::<Kind>(body).map(|found| found.kind).unwrap_or_default()
}
