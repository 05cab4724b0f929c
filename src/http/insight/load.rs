//! `/v1/insight/load`: who carried the work, and how often somebody else was sent than recommended.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::behind::{LineKind, MOST_SHOWN, seen};
use super::span::{Asked, SpanQuery};
use super::table;
use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::{ApiError, Problem};
use crate::http::extract::{Json, Query};
use crate::insight::lines::IncidentLine;
use crate::insight::load::{CrewLoad, Deed, OperatorAct, OperatorLoad, Overrides, crews, deed, operators, overrides};
use crate::insight::table::{Table, number};
use crate::model::clock::Timestamp;
use crate::model::id::{UnitId, UserId};

/// Who carried the work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Load {
    /// Operators, the heaviest load first.
    pub operators: Vec<OperatorLoad>,
    /// Crews, the heaviest load first.
    pub crews: Vec<CrewLoad>,
    /// How often another unit was sent than the recommended one.
    pub overrides: Overrides,
}

/// The load of operators and crews, and the overrides with their reasons.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/load", tag = "insight", operation_id = "load", params(SpanQuery),
    responses((status = 200, body = Load), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn load(State(app): State<App>, who: Who, Query(query): Query<SpanQuery>) -> Result<Json<Load>, ApiError> {
    let asked = query.asked(&app, &who)?;
    let lines = asked.incidents(&app).await?;
    Ok(Json(of(&app, &who, &asked, &lines).await?))
}

/// Operators and crews as one table.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/load.csv", tag = "insight", operation_id = "load_csv", params(SpanQuery),
    responses((status = 200, description = "CSV"), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn load_csv(State(app): State<App>, who: Who, Query(query): Query<SpanQuery>) -> Result<Response, ApiError> {
    let asked = query.asked(&app, &who)?;
    let lines = asked.incidents(&app).await?;
    let found = of(&app, &who, &asked, &lines).await?;
    let columns = ["kind", "name", "took", "ended", "sent", "busiest_hour"];
    let more = ["offered", "accepted", "refused", "expired", "arrived", "busy_h", "turnout_p50_s"];
    let mut text = Table::new(&[&columns[..], &more].concat());
    for one in found.operators {
        let mut cells = vec!["operator".to_owned(), one.name];
        cells.extend([one.took, one.ended, one.sent, one.busiest_hour].map(|count| count.to_string()));
        cells.extend(vec![String::new(); more.len()]);
        text.row(&cells);
    }
    for one in found.crews {
        let mut cells = vec!["crew".to_owned(), one.call_sign];
        cells.extend(vec![String::new(); 4]);
        cells.extend([one.offered, one.accepted, one.refused, one.expired, one.arrived].map(|count| count.to_string()));
        cells.extend([number(Some(one.busy_h), 2), number(one.turnout_p50_s, 0)]);
        text.row(&cells);
    }
    Ok(table("beban.csv", text.into_text()))
}

/// Which operator, and what of him.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DeedsQuery {
    /// The operator.
    operator: UserId,
    /// What he did.
    #[param(inline)]
    act: OperatorAct,
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// Only these hours of the office's day: `22-5`.
    hours: Option<String>,
    /// Only these weekdays: `1,2,7`.
    weekdays: Option<String>,
}

/// One thing an operator did.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeedLine {
    /// Number of the entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub kind: LineKind,
    /// The report, or the incident a unit was sent to.
    pub about: Uuid,
    /// Its human number.
    pub number: String,
}

/// What an operator did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deeds {
    /// How many entries there are.
    pub total: usize,
    /// The latest first, up to 200.
    pub items: Vec<DeedLine>,
}

/// The entries behind the load of an operator.
///
/// # Errors
/// 403; 422.
#[utoipa::path(get, path = "/v1/insight/deeds", tag = "insight", operation_id = "deeds", params(DeedsQuery),
    responses((status = 200, body = Deeds), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn deeds_of(
    State(app): State<App>,
    who: Who,
    Query(query): Query<DeedsQuery>,
) -> Result<Json<Deeds>, ApiError> {
    let span = [query.from.clone(), query.to.clone(), None, query.hours.clone(), query.weekdays.clone()];
    let asked = SpanQuery::of(span).asked(&app, &who)?;
    let own = |deed: &Deed| deed.by == query.operator && deed.act == query.act;
    let found: Vec<Deed> = deeds(&app, &asked).await?.into_iter().filter(own).collect();
    let mut items = Vec::new();
    for deed in found.iter().rev().take(MOST_SHOWN) {
        if let Some((kind, number)) = seen(&app, &who, deed.about).await? {
            items.push(DeedLine { seq: deed.seq, at: deed.at, kind, about: deed.about, number });
        }
    }
    Ok(Json(Deeds { total: found.len(), items }))
}

/// What operators did in a stretch of time. A Polsek has no journal of its own: what its own people did
/// with reports of other areas counts too.
///
/// # Errors
/// The store failed.
pub async fn deeds(app: &App, asked: &Asked) -> Result<Vec<Deed>, ApiError> {
    let filter = &asked.filter;
    let kept = |entry: &_| deed(entry).filter(|deed| asked.when.holds(deed.at));
    Ok(app.store.entries_between(&filter.polres, (filter.from, filter.to), kept).await?)
}

/// The load of a stretch of time.
///
/// # Errors
/// The store failed.
pub async fn of(app: &App, who: &Who, asked: &Asked, lines: &[IncidentLine]) -> Result<Load, ApiError> {
    let mut loads = operators(&deeds(app, asked).await?);
    let users = app.store.users(Some(&asked.filter.polres)).await?;
    let names: HashMap<_, _> = users.into_iter().map(|user| (user.id, (user.name, user.polsek))).collect();
    // Whoever leads a Polsek sees the load of his own people.
    loads.retain(|load| match (&asked.filter.polsek, names.get(&load.user)) {
        (Some(own), Some((_, polsek))) => polsek.as_ref() == Some(own),
        (Some(_), None) => false,
        (None, _) => true,
    });
    for load in &mut loads {
        load.name = names.get(&load.user).map(|(name, _)| name.clone()).unwrap_or_default();
    }
    let mut crews = crews(lines);
    let signs = call_signs(app, who).await?;
    for crew in &mut crews {
        crew.call_sign = signs.get(&crew.unit).cloned().unwrap_or_default();
    }
    Ok(Load { operators: loads, crews, overrides: overrides(lines) })
}

/// What the units of the office are called.
///
/// # Errors
/// 404 no such office.
pub async fn call_signs(app: &App, who: &Who) -> Result<HashMap<UnitId, String>, ApiError> {
    let look = |desk: &crate::dispatch::desk::Desk| {
        desk.units.values().map(|unit| (unit.id, unit.call_sign.clone())).collect::<HashMap<_, _>>()
    };
    Ok(who.desk(app)?.look(look).await?)
}
