//! `/v1/insight/behind`: what a figure is made of, with the numbers of the entries; and those entries.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::chosen::{Part, chosen};
use super::load::call_signs;
use super::span::{Asked, SpanQuery};
use super::standing::{Standing, standing};
use super::{calls, table};
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::http::reports::checked_point;
use crate::insight::answers::answer_of;
use crate::insight::behind::{Behind, FigureCode, Made, behind, behind_calls};
use crate::insight::lines::{IncidentLine, OfferLine, ReportLine};
use crate::insight::load::busy_s;
use crate::insight::table::{Table, number};
use crate::model::call::Call;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry};
use crate::model::id::{CallId, ClosureId, IncidentId, ReportId, UnitId};
use crate::model::report::{Category, Priority};
use crate::model::timeline::turnout_time_s;

/// Lines shown in one answer; the table has them all.
pub(super) const MOST_SHOWN: usize = 200;

/// Entries of a unit that are shown, the latest: it has some for each of its days.
const MOST_OF_UNIT: usize = 60;

/// Which figure, and of what part.
#[derive(Debug, Deserialize, IntoParams)]
pub struct BehindQuery {
    /// The figure.
    #[param(inline)]
    figure: FigureCode,
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
    /// Only what the heatmap of this `resolution` counts in this H3 cell; `all` is what has a place,
    /// `hidden` what no cell of that map shows.
    cell: Option<String>,
    /// Resolution of that heatmap, of the reach map or of the forecast; left out, 8.
    resolution: Option<u8>,
    /// That heatmap compares with a time of the same length that begins here.
    compare_from: Option<String>,
    /// `before`: the lines of that earlier time.
    side: Option<String>,
    /// Only incidents in this H3 cell and the six around it: what a forecast of the cell stands on; `areas`
    /// are all cells of the forecast. One to four are not listed.
    around: Option<String>,
    /// Only incidents in cells a unit would reach half a minute sooner (`better`) or later (`worse`) after
    /// the `move`.
    reach: Option<String>,
    /// A free unit and where it would stand: `UNIT:lat,lng`.
    #[serde(rename = "move")]
    #[param(rename = "move")]
    moved: Option<String>,
    /// Only offers to this unit.
    unit: Option<UnitId>,
    /// Only offers an operator gave this reason for.
    reason: Option<String>,
    /// Longitude of the place free units are measured to.
    lng: Option<f64>,
    /// Its latitude.
    lat: Option<f64>,
}

impl BehindQuery {
    fn asked(&self, app: &App, who: &Who) -> Result<Asked, ApiError> {
        let span = [&self.from, &self.to, &self.category, &self.hours, &self.weekdays].map(Clone::clone);
        SpanQuery::of(span).asked(app, who)
    }

    fn part(&self) -> Part<'_> {
        Part {
            polsek: self.polsek.as_deref(),
            band: self.band.as_deref(),
            cell: self.cell.as_deref(),
            resolution: self.resolution,
            compare_from: self.compare_from.as_deref(),
            before: self.side.as_deref() == Some("before"),
            around: self.around.as_deref(),
            reach: self.reach.as_deref(),
            moved: self.moved.as_deref(),
            unit: self.unit,
            reason: self.reason.as_deref(),
        }
    }
}

/// What a line behind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A report.
    Report,
    /// An incident, or an offer made for it.
    Incident,
    /// A call to 110.
    Call,
    /// A unit.
    Unit,
    /// A closed or slowed road.
    Closure,
}

/// One line behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindItem {
    /// What it is.
    pub kind: LineKind,
    /// Its id.
    pub id: Uuid,
    /// Its human number; of a call the line, of a unit its call sign, of a road its name.
    pub number: String,
    /// What about, of a report or an incident.
    pub category: Option<Category>,
    /// How urgent, of a report or an incident.
    pub priority: Option<Priority>,
    /// Polsek of its place.
    pub polsek: Option<String>,
    /// When it came; of a unit, since when it stands so.
    pub received_at: Timestamp,
    /// How it stands or ended, by its code; of an offer, how that ended; of a call, how it counts.
    pub state: String,
    /// Response time of an incident, seconds.
    pub response_s: Option<f64>,
    /// What the figure measures of it, seconds: response, turnout, work, answer or way.
    pub value_s: Option<f64>,
    /// Whether the response was within the Polri clock.
    pub within_clock: Option<bool>,
    /// What the unit is called, of an offer.
    pub unit: Option<String>,
    /// Why another unit was sent than recommended.
    pub reason: Option<String>,
    /// Numbers of its entries in the journal, in order.
    pub entries: Vec<u64>,
}

impl BehindItem {
    /// A line with what every line has.
    pub(super) fn new(kind: LineKind, id: Uuid, number: &str, received_at: Timestamp) -> Self {
        Self {
            kind,
            id,
            number: number.to_owned(),
            category: None,
            priority: None,
            polsek: None,
            received_at,
            state: String::new(),
            response_s: None,
            value_s: None,
            within_clock: None,
            unit: None,
            reason: None,
            entries: Vec::new(),
        }
    }
}

/// What a figure is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindFigure {
    /// The figure.
    pub figure: FigureCode,
    /// How many lines there are.
    pub total: usize,
    /// Up to 200, the latest first; of a figure that is a time, in the order of the times: the first is it.
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
    let mut text = Table::new(&[&first[..], &["value_s", "unit", "reason", "entries"]].concat());
    for item in items {
        let entries: Vec<String> = item.entries.iter().map(u64::to_string).collect();
        text.row(&[
            item.number,
            item.category.map_or_else(String::new, |category| category.code().to_owned()),
            item.priority.map_or_else(String::new, |priority| priority.number().to_string()),
            item.polsek.unwrap_or_default(),
            item.received_at.to_string(),
            item.state,
            number(item.response_s, 0),
            item.within_clock.map_or_else(String::new, |within| within.to_string()),
            number(item.value_s, 0),
            item.unit.unwrap_or_default(),
            item.reason.unwrap_or_default(),
            entries.join(" "),
        ]);
    }
    Ok(table("di-balik-angka.csv", text.into_text()))
}

async fn opened(app: &App, who: &Who, query: &BehindQuery, most: usize) -> Result<(usize, Vec<BehindItem>), ApiError> {
    let asked = query.asked(app, who)?;
    let (total, mut items) = match query.figure.made_of() {
        Made::Desk => {
            let to = query.lng.zip(query.lat).map(|(lng, lat)| checked_point(lng, lat)).transpose()?;
            let wanted = Standing { figure: query.figure, until: asked.filter.to, to };
            let mut items = standing(app, who, wanted).await?;
            let total = items.len();
            items.truncate(most);
            return Ok((total, items));
        }
        Made::Calls => {
            let (calls, now) = (calls::of(app, &asked).await?, app.clock.now());
            let found = behind_calls(query.figure, &calls, now);
            let item = |call: &Call| of_call(call, now);
            (found.len(), ordered(&found, query.figure, most).map(|call| item(call)).collect::<Vec<_>>())
        }
        Made::Lines => {
            let (reports, incidents) = chosen(app, who, &asked, &query.part()).await?;
            let signs = call_signs(app, who).await?;
            match behind(query.figure, &reports, &incidents) {
                Behind::Reports(lines) => {
                    (lines.len(), ordered(&lines, query.figure, most).map(|line| of_report(line)).collect())
                }
                Behind::Incidents(lines) => {
                    (lines.len(), ordered(&lines, query.figure, most).map(|line| of_incident(line)).collect())
                }
                Behind::Offers(lines) => {
                    let item =
                        |(line, offer): &(&IncidentLine, &OfferLine)| of_offer(query.figure, line, offer, &signs);
                    (lines.len(), ordered(&lines, query.figure, most).map(item).collect())
                }
            }
        }
    };
    let ids: Vec<Uuid> = items.iter().map(|(id, _)| *id).collect();
    let numbers = app.store.entry_numbers_of(&who.viewer.polres, &ids).await?;
    for (id, item) in &mut items {
        item.entries = numbers.get(id).cloned().unwrap_or_default();
    }
    Ok((total, items.into_iter().map(|(_, item)| item).collect()))
}

/// The first of them: the latest, or in the order of what was measured.
fn ordered<T>(lines: &[T], figure: FigureCode, most: usize) -> Box<dyn Iterator<Item = &T> + '_> {
    if figure.is_ranked() { Box::new(lines.iter().take(most)) } else { Box::new(lines.iter().rev().take(most)) }
}

fn of_report(line: &ReportLine) -> (Uuid, BehindItem) {
    let item = BehindItem {
        category: Some(line.category),
        priority: Some(line.priority),
        polsek: line.polsek.clone(),
        state: line.outcome.clone().unwrap_or_else(|| line.state.clone()),
        ..BehindItem::new(LineKind::Report, line.id.0, &line.number, line.received_at)
    };
    (line.id.0, item)
}

fn of_incident(line: &IncidentLine) -> (Uuid, BehindItem) {
    let stands = if line.on_scene_at().is_some() { "on_scene" } else { "queued" };
    let item = BehindItem {
        category: Some(line.category),
        priority: Some(line.priority),
        polsek: line.polsek.clone(),
        state: line.disposition.clone().unwrap_or_else(|| stands.to_owned()),
        response_s: line.response_s(),
        value_s: line.response_s(),
        within_clock: line.within_clock(),
        ..BehindItem::new(LineKind::Incident, line.id.0, &line.number, line.received_at)
    };
    (line.id.0, item)
}

fn of_offer(
    figure: FigureCode,
    line: &IncidentLine,
    offer: &OfferLine,
    signs: &HashMap<UnitId, String>,
) -> (Uuid, BehindItem) {
    let value_s = match figure {
        FigureCode::Busy => busy_s(offer),
        FigureCode::SlowerTurnout => turnout_time_s(&offer.stamps),
        _ => line.response_s(),
    };
    let item = BehindItem {
        state: offer.state.clone(),
        value_s,
        unit: signs.get(&offer.unit).cloned(),
        reason: offer.override_reason.clone(),
        ..of_incident(line).1
    };
    (offer.id.0, item)
}

fn of_call(call: &Call, now: Timestamp) -> (Uuid, BehindItem) {
    let item = BehindItem {
        polsek: call.jurisdiction.as_ref().map(|area| area.polsek.clone()),
        state: answer_of(call, now).code().to_owned(),
        value_s: call.answer_time_s(),
        ..BehindItem::new(LineKind::Call, call.id.0, &call.line, call.stamps.received_at)
    };
    (call.id.0, item)
}

/// Whose entries.
#[derive(Debug, Deserialize, IntoParams)]
pub struct EntriesQuery {
    /// A report, an incident, a call, a unit or a closed road.
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

/// The entries of a report, an incident, a call, a unit or a closed road.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryLines {
    /// Its human number, or what it is called.
    pub number: String,
    /// In order; of a unit the last 60.
    pub items: Vec<EntryLine>,
}

/// What the journal holds of a report, of an incident and its offers, of a call, a unit or a closed road: the
/// entries a figure was counted from. No words and no persons but those of the office.
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
    let (kind, number) =
        seen(&app, &who, query.about).await?.ok_or_else(|| ApiError::not_found("report or incident"))?;
    let mut ids = vec![query.about];
    ids.extend(app.store.assignments_of(IncidentId(query.about)).await?.iter().map(|assignment| assignment.id.0));
    let users = app.store.users(Some(&viewer.polres)).await?;
    let names: HashMap<_, _> = users.into_iter().map(|user| (user.id, user.name)).collect();
    let signs = call_signs(&app, &who).await?;
    let entries = match kind {
        LineKind::Unit => app.store.last_entries_of(&viewer.polres, query.about, MOST_OF_UNIT).await?,
        _ => app.store.entries_of(&viewer.polres, &ids).await?,
    };
    let line = |entry: Entry| EntryLine {
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
    if let Some(filed) = app.store.report(ReportId(id)).await? {
        let seen = filed.polres == viewer.polres && viewer.scope.sees_report(&filed.item);
        return Ok(seen.then_some((LineKind::Report, filed.item.number)));
    }
    if let Some(filed) = app.store.call(CallId(id)).await? {
        let seen = filed.polres == viewer.polres && viewer.scope.sees_call(&filed.item);
        return Ok(seen.then_some((LineKind::Call, filed.item.line)));
    }
    let scope = viewer.scope.clone();
    let look = move |desk: &crate::dispatch::desk::Desk| {
        let unit = desk.units.get(&UnitId(id)).filter(|unit| scope.sees_unit(unit));
        let unit = unit.map(|unit| (LineKind::Unit, unit.call_sign.clone()));
        let road = || desk.closures.get(&ClosureId(id)).map(|one| (LineKind::Closure, one.streets.join(", ")));
        unit.or_else(road)
    };
    Ok(who.desk(app)?.look(look).await?)
}

fn kind_of(body: &str) -> String {
    /// The kind of an entry and nothing else of it.
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    serde_json::from_str::<Kind>(body).map(|found| found.kind).unwrap_or_default()
}
