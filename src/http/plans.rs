//! `/v1/plans`: response plans in the office's own hand: changed, tried on what has happened, put back.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Json;
use crate::app::App;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::plan::Plans;
use crate::dispatch::plan_set::BadPlans;
use crate::dispatch::versions::{Changed, Version};
use crate::model::administration::{Administered, PlansChanged};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{IncidentId, UserId};
use crate::model::plan::{Plan, PlanSet};
use crate::model::report::{Category, Priority};
use crate::runtime::desks::SubmitError;
use crate::store::projections::{Cursor, ListFilter, PAGE_LIMIT};

/// Incidents a trial looks at, at most; an office has about 100 reports a day.
const MOST_INCIDENTS: usize = 1000;

/// Incidents shown one by one.
const MOST_SHOWN: usize = 50;

/// The plans of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlansView {
    /// Counts the changes; 0 as long as there is none.
    pub version: u32,
    /// Who changed them last.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
    /// Those that count.
    pub set: PlanSet,
    /// Those of the program and the settings.
    pub original: PlanSet,
}

/// Other plans.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlansChange {
    /// The plans as a whole.
    pub set: PlanSet,
    /// The version that was changed: a newer one is a conflict.
    pub version: u32,
}

/// Plans to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlansTrial {
    /// The plans as a whole.
    pub set: PlanSet,
}

/// Which version is to count again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlansRestore {
    /// Its number; 0 for the plans of the program.
    pub to: u32,
    /// The version that counts now, as seen.
    pub version: u32,
}

/// An incident that would be answered otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct OtherwisePlanned {
    /// Which.
    pub incident: IncidentId,
    /// Human number.
    pub number: String,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// The plan it has had.
    pub before: Plan,
    /// The plan it would have.
    pub after: Plan,
}

/// What other plans would have changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialResult {
    /// From the beginning of yesterday, by the office's calendar.
    pub from: Timestamp,
    /// Up to now.
    pub to: Timestamp,
    /// Incidents in that time.
    pub incidents: usize,
    /// Those that would be answered otherwise.
    pub changed: usize,
    /// The latest 50 of them.
    pub items: Vec<OtherwisePlanned>,
}

/// One version of the plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlansVersion {
    /// Its number.
    pub version: u32,
    /// Who.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The plans; none when those of the program were put back.
    pub set: Option<PlanSet>,
    /// The version it was taken from.
    pub restored: Option<u32>,
}

/// The versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlansHistory {
    /// Each of them.
    pub items: Vec<PlansVersion>,
}

/// The plans of the caller's office.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/plans", tag = "plans", responses((status = 200, body = PlansView), (status = 403, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who) -> Result<Json<PlansView>, ApiError> {
    who.watcher()?;
    view(&app, &who).await.map(Json)
}

async fn view(app: &App, who: &Who) -> Result<PlansView, ApiError> {
    let desk = who.desk(app)?;
    let last = desk.look(|desk| desk.plans.versions.back().cloned()).await?;
    let names = changers(app, last.iter()).await?;
    Ok(PlansView {
        version: last.as_ref().map_or(0, |last| last.changed.version),
        changed_by: last.as_ref().and_then(|last| names.get(&last.changed.by).cloned()),
        changed_at: last.as_ref().map(|last| last.at),
        set: desk.parts.rules.now().plans.set(),
        original: desk.parts.rules.base().plans.set(),
    })
}

/// The names of who changed something.
pub(super) async fn changers<'a, C: Changed + 'a>(
    app: &App,
    versions: impl Iterator<Item = &'a Version<C>>,
) -> Result<HashMap<UserId, String>, ApiError> {
    let mut names = HashMap::new();
    for version in versions {
        let by = version.changed.by();
        if !names.contains_key(&by)
            && let Some(user) = app.store.user(by).await?
        {
            names.insert(by, user.name);
        }
    }
    Ok(names)
}

/// Changes the plans: they count from the next decision on.
///
/// # Errors
/// 403 not an administrator; 409 changed meanwhile; 422 plans that cannot be, by name.
#[utoipa::path(put, path = "/v1/plans", tag = "plans", request_body = PlansChange,
    responses((status = 200, body = PlansView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<PlansChange>,
) -> Result<Json<PlansView>, ApiError> {
    who.admin()?;
    wanted.set.check()?;
    record(&app, &who, Some(wanted.set), wanted.version, None).await?;
    view(&app, &who).await.map(Json)
}

/// Lets an old version count again, as a new one.
///
/// # Errors
/// 403 not an administrator; 404 no such version; 409 changed meanwhile.
#[utoipa::path(post, path = "/v1/plans/restore", tag = "plans", request_body = PlansRestore,
    responses((status = 200, body = PlansView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<PlansRestore>,
) -> Result<Json<PlansView>, ApiError> {
    who.admin()?;
    let set = match wanted.to {
        0 => None,
        to => {
            let found = who.desk(&app)?.look(move |desk| desk.plans.find(to).cloned()).await?;
            found.ok_or_else(|| ApiError::not_found("version"))?.changed.set
        }
    };
    record(&app, &who, set, wanted.version, Some(wanted.to)).await?;
    view(&app, &who).await.map(Json)
}

async fn record(app: &App, who: &Who, set: Option<PlanSet>, seen: u32, restored: Option<u32>) -> Result<(), ApiError> {
    let by = who.viewer.user;
    let changed = PlansChanged { version: seen.saturating_add(1), by, set, restored };
    let command = Command::Administer(Administered::Plans(changed));
    match who.desk(app)?.submit(Actor::User(by), command).await {
        Ok(_) => Ok(()),
        Err(SubmitError::Refused(Refusal::Step(_))) => Err(stale()),
        Err(error) => Err(error.into()),
    }
}

/// Somebody else was first.
pub(super) fn stale() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "stale", "somebody else changed them meanwhile; read them again")
}

/// Which incidents since the beginning of yesterday would have been answered otherwise.
///
/// # Errors
/// 403 the role does not see them; 422 plans that cannot be, by name.
#[utoipa::path(post, path = "/v1/plans/preview", tag = "plans", request_body = PlansTrial,
    responses((status = 200, body = TrialResult), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<PlansTrial>,
) -> Result<Json<TrialResult>, ApiError> {
    let viewer = who.watcher()?;
    wanted.set.check()?;
    let desk = who.desk(&app)?;
    let before = desk.parts.rules.now();
    let after = before.plans.with(&wanted.set);
    let to = app.clock.now();
    let offset = desk.parts.office.utc_offset_h;
    let yesterday = to.plus_secs(-24 * 3600);
    let from = Timestamp::day_begins(yesterday.local_day(offset), offset).unwrap_or(yesterday);
    let mut filter = ListFilter {
        polres: Some(viewer.polres.clone()),
        from: Some(from),
        limit: PAGE_LIMIT,
        ..ListFilter::default()
    };
    let (mut incidents, mut changed, mut items) = (0, 0, Vec::new());
    while incidents < MOST_INCIDENTS {
        let page = app.store.incidents(&filter).await?;
        let Some(last) = page.last() else { break };
        filter.after = Some(Cursor { received_at: last.item.received_at, id: last.item.id.0 });
        incidents += page.len();
        for incident in page.into_iter().map(|filed| filed.item) {
            let Some((was, now)) = differs(&before.plans, &after, incident.category, incident.priority) else {
                continue;
            };
            changed += 1;
            if items.len() < MOST_SHOWN {
                items.push(OtherwisePlanned {
                    incident: incident.id,
                    number: incident.number,
                    category: incident.category,
                    priority: incident.priority,
                    before: was,
                    after: now,
                });
            }
        }
    }
    Ok(Json(TrialResult { from, to, incidents, changed, items }))
}

fn differs(before: &Plans, after: &Plans, category: Category, priority: Priority) -> Option<(Plan, Plan)> {
    let (was, now) = (before.find(category, priority)?, after.find(category, priority)?);
    let same = (was.units, &was.kinds, was.offer_s) == (now.units, &now.kinds, now.offer_s);
    (!same).then(|| (was.clone(), now.clone()))
}

/// The versions of the plans, newest first.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/plans/history", tag = "plans", responses((status = 200, body = PlansHistory), (status = 403, body = Problem)))]
pub async fn history(State(app): State<App>, who: Who) -> Result<Json<PlansHistory>, ApiError> {
    who.watcher()?;
    let versions: Vec<Version<PlansChanged>> =
        who.desk(&app)?.look(|desk| desk.plans.versions.iter().rev().cloned().collect()).await?;
    let names = changers(&app, versions.iter()).await?;
    let item = |version: Version<PlansChanged>| PlansVersion {
        version: version.changed.version,
        changed_by: names.get(&version.changed.by).cloned().unwrap_or_default(),
        changed_at: version.at,
        set: version.changed.set,
        restored: version.changed.restored,
    };
    Ok(Json(PlansHistory { items: versions.into_iter().map(item).collect() }))
}

impl From<BadPlans> for ApiError {
    fn from(bad: BadPlans) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, bad.code(), bad.to_string()).field(&bad.field())
    }
}
