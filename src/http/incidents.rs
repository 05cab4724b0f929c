//! `/v1/incidents`: what happened, who should go, and how it ended.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::corrections;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::list::{Page, PageQuery, cursor_after};
use super::placing;
use super::reply::{Queued, ReplyRequest, send_reply};
use super::reports::{CorrectionRequest, note, typed};
use crate::app::App;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::desk::Desk;
use crate::dispatch::recommend::Recommendation;
use crate::dispatch::what_if::{NoComparison, WhatIf, advice, what_if};
use crate::model::assignment::Assignment;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Event};
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::incident::{Disposition, Incident};
use crate::model::report::Report;
use crate::runtime::desks::{DeskHandle, Rows};

/// An incident with its reports and assignments.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentDetail {
    /// The incident.
    pub incident: Incident,
    /// Its reports.
    pub reports: Vec<Report>,
    /// Its assignments, in order.
    pub assignments: Vec<Assignment>,
}

/// Incidents of the office, newest first.
///
/// # Errors
/// 403 the role does not see incidents; 422 a cursor that is none.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", params(PageQuery),
    responses((status = 200, body = Page<Incident>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Incident>>, ApiError> {
    let viewer = who.watcher()?;
    let found = app.store.incidents(&page.filter(viewer)?).await?;
    let last = found.last().filter(|_| found.len() >= page.rows());
    let next = last.map(|filed| cursor_after(filed.item.received_at, filed.item.id.0));
    let items = found.into_iter().map(|filed| filed.item).filter(|i| viewer.scope.sees_incident(i, &[])).collect();
    Ok(Json(Page { items, next }))
}

/// One incident.
///
/// # Errors
/// 404 none that the caller may see.
#[utoipa::path(get, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = IncidentDetail), (status = 404, body = Problem)))]
pub async fn show(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
) -> Result<Json<IncidentDetail>, ApiError> {
    let incident = visible(&app, &who, id).await?;
    let reports = incident.reports.clone();
    let live: Vec<Report> = who
        .desk(&app)?
        .look(move |desk| reports.iter().filter_map(|id| desk.reports.get(id)).cloned().collect())
        .await?;
    let assignments = app.store.assignments_of(id).await?;
    let scope = &who.viewer.scope;
    Ok(Json(IncidentDetail {
        reports: live.into_iter().filter(|r| scope.sees_report(r)).collect(),
        assignments,
        incident,
    }))
}

/// An incident the caller may see: by his scope, or because his unit is sent there.
///
/// # Errors
/// 404 none, or none that he may see.
pub async fn visible(app: &App, who: &Who, id: IncidentId) -> Result<Incident, ApiError> {
    let desk = who.desk(app)?;
    let with_crews = |desk: &Desk, id| {
        let incident = desk.incidents.get(&id)?;
        Some((incident.clone(), desk.live_assignments(incident).map(|a| a.unit).collect::<Vec<_>>()))
    };
    let live = desk.look(move |desk| with_crews(desk, id)).await?;
    let found = if let Some(found) = live {
        Some(found)
    } else {
        let filed = app.store.incident(id).await?.filter(|filed| filed.polres == who.viewer.polres);
        filed.map(|filed| (filed.item, Vec::new()))
    };
    let seen = found.filter(|(incident, crews)| who.viewer.scope.sees_incident(incident, crews));
    seen.map(|(incident, _)| incident).ok_or_else(|| ApiError::not_found("incident"))
}

/// The incident as it stands on the desk.
///
/// # Errors
/// 404 it is not there.
pub async fn find(desk: &DeskHandle, id: IncidentId) -> Result<Incident, ApiError> {
    desk.look(move |desk| desk.incidents.get(&id).cloned()).await?.ok_or_else(|| ApiError::not_found("incident"))
}

pub(super) async fn act(
    app: &App,
    who: &Who,
    id: IncidentId,
    command: Command,
    rows: Option<Rows>,
) -> Result<Incident, ApiError> {
    let user = who.dispatcher()?.user;
    visible(app, who, id).await?;
    let desk = who.desk(app)?;
    desk.submit_with(Actor::User(user), command, rows).await?;
    find(desk, id).await
}

/// Corrects category, priority or place.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 a place that cannot be, or no candidate of that name.
#[utoipa::path(patch, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = IncidentId, Path)), request_body = CorrectionRequest,
    responses((status = 200, body = Incident), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn correct(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<CorrectionRequest>,
) -> Result<Json<Incident>, ApiError> {
    let correction = placing::of_incident(&app, &who, id, &wanted).await?;
    let rows = if correction.category.is_some() || correction.priority.is_some() {
        who.dispatcher()?;
        let incident = visible(&app, &who, id).await?;
        let told = incident.reports.clone();
        let look = move |desk: &Desk| told.iter().filter_map(|id| desk.reports.get(id).cloned()).collect::<Vec<_>>();
        let reports = who.desk(&app)?.look(look).await?;
        Some(corrections::kept_of_incident(&app, &incident, &reports, &who.viewer.polres).await?)
    } else {
        None
    };
    act(&app, &who, id, Command::CorrectIncident(id, correction), rows).await.map(Json)
}

/// What stood first before.
#[derive(Debug, Deserialize, IntoParams)]
pub struct AdviceQuery {
    /// The unit that stands first on the screen: it stays there while no other is better by more than
    /// 15 s, so that two that are as good do not change places all the time.
    held: Option<UnitId>,
}

/// Which units could go, best first, each with its reasons; and which could be taken from a lesser job.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/incidents/{id}/recommendation", tag = "incidents", params(("id" = IncidentId, Path), AdviceQuery),
    responses((status = 200, body = Recommendation), (status = 404, body = Problem)))]
pub async fn recommendation(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Query(query): Query<AdviceQuery>,
) -> Result<Json<Recommendation>, ApiError> {
    who.dispatcher()?;
    visible(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    let (field, rules, now) = (desk.parts.field.clone(), desk.parts.rules.now(), app.clock.now());
    let answer = desk.look(move |desk| advice(desk, &*field, &rules, id, now)).await?;
    let answer = answer.ok_or_else(|| ApiError::not_found("incident"))?;
    Ok(Json(match query.held {
        Some(held) => answer.steady(held),
        None => answer,
    }))
}

/// Which unit is asked about.
#[derive(Debug, Deserialize, IntoParams)]
pub struct WhatIfQuery {
    /// The unit.
    unit_id: UnitId,
}

/// What changes when another unit than the recommended one is sent: minutes, Polsek, reserve, workload,
/// and which other incident waits longer. Decides nothing.
///
/// # Errors
/// 403; 404; 409 the unit cannot be sent there.
#[utoipa::path(get, path = "/v1/incidents/{id}/what-if", tag = "incidents", params(("id" = IncidentId, Path), WhatIfQuery),
    responses((status = 200, body = WhatIf), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn compare(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Query(query): Query<WhatIfQuery>,
) -> Result<Json<WhatIf>, ApiError> {
    who.dispatcher()?;
    visible(&app, &who, id).await?;
    let desk = who.desk(&app)?;
    let (field, rules, now) = (desk.parts.field.clone(), desk.parts.rules.now(), app.clock.now());
    let answer = desk.look(move |desk| what_if(desk, &*field, &rules, id, query.unit_id, now)).await?;
    answer.map(Json).map_err(|why| match why {
        NoComparison::NoIncident => ApiError::not_found("incident"),
        NoComparison::NotSendable => Refusal::NotTakeable.into(),
    })
}

/// Which unit is offered the incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferRequest {
    /// The unit.
    pub unit_id: UnitId,
    /// Why not the recommended one.
    pub override_reason: Option<String>,
    /// It stood first on the screen: while no other is better by more than 15 s it counts as recommended.
    #[serde(default)]
    pub held: bool,
    /// The assignment the unit is taken from, as the screen showed it: for a unit with a lesser job.
    #[serde(default)]
    pub taken_from: Option<AssignmentId>,
}

/// Offers the incident to a unit; with `taken_from`, to one that has a lesser job, which then waits again.
///
/// # Errors
/// 403; 404 no such incident or unit; 409 it has ended, the unit is taken, or may not be taken from its
/// job; 422 not the recommended unit and no reason given.
#[utoipa::path(post, path = "/v1/incidents/{id}/assignments", tag = "incidents", params(("id" = IncidentId, Path)), request_body = OfferRequest,
    responses((status = 201, body = Assignment), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn offer(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<OfferRequest>,
) -> Result<(StatusCode, Json<Assignment>), ApiError> {
    let user = who.dispatcher()?.user;
    visible(&app, &who, id).await?;
    if let Some(reason) = wanted.override_reason.as_deref().filter(|reason| !reason.trim().is_empty()) {
        typed(reason, "override_reason")?;
    }
    let desk = who.desk(&app)?;
    let OfferRequest { unit_id: unit, override_reason: reason, held, taken_from } = wanted;
    let command = match taken_from {
        Some(from) => Command::Preempt { incident: id, unit, from, reason },
        None => Command::Offer { incident: id, unit, reason, held },
    };
    let entries = desk.submit(Actor::User(user), command).await?;
    let offered = entries.iter().find_map(|entry| match entry.event {
        Event::AssignmentOffered { assignment, incident, .. } if incident == id => Some(assignment),
        _ => None,
    });
    let assignment = super::assignments::find(desk, offered.ok_or_else(ApiError::internal)?).await?;
    Ok((StatusCode::CREATED, Json(assignment)))
}

/// Sets the incident aside; its units are free again.
///
/// # Errors
/// 403, 404, 409 it has ended.
#[utoipa::path(post, path = "/v1/incidents/{id}/hold", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Incident), (status = 409, body = Problem)))]
pub async fn hold(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<Incident>, ApiError> {
    let by = who.dispatcher()?.user;
    act(&app, &who, id, Command::Hold { incident: id, by }, None).await.map(Json)
}

/// Takes a held incident up again.
///
/// # Errors
/// 403, 404, 409 it is not held.
#[utoipa::path(post, path = "/v1/incidents/{id}/resume", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Incident), (status = 409, body = Problem)))]
pub async fn resume(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<Incident>, ApiError> {
    act(&app, &who, id, Command::Resume(id), None).await.map(Json)
}

/// How an incident ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// How.
    pub disposition: Disposition,
    /// Why; needed when no unit cleared it.
    pub note: Option<String>,
}

/// Ends an incident and its reports; the reporters hear of it.
///
/// # Errors
/// 403, 404, 409 it has ended, 422 no unit cleared it and no note says why.
#[utoipa::path(post, path = "/v1/incidents/{id}/close", tag = "incidents", params(("id" = IncidentId, Path)), request_body = CloseRequest,
    responses((status = 200, body = Incident), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn close(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<CloseRequest>,
) -> Result<Json<Incident>, ApiError> {
    who.dispatcher()?;
    let report = first_report(&app, &who, id).await?;
    let (note, rows) = match &report {
        Some(report) => note(&app, &who, report, wanted.note.as_deref())?,
        None => (None, None),
    };
    let command = Command::CloseIncident { incident: id, disposition: wanted.disposition, note };
    act(&app, &who, id, command, rows).await.map(Json)
}

async fn first_report(app: &App, who: &Who, id: IncidentId) -> Result<Option<Report>, ApiError> {
    let look = move |desk: &Desk| desk.incidents.get(&id)?.reports.iter().find_map(|id| desk.reports.get(id)).cloned();
    Ok(who.desk(app)?.look(look).await?)
}

/// Opens an ended incident again.
///
/// # Errors
/// 403, 404, 409 it has not ended.
#[utoipa::path(post, path = "/v1/incidents/{id}/reopen", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Incident), (status = 409, body = Problem)))]
pub async fn reopen(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<Incident>, ApiError> {
    act(&app, &who, id, Command::ReopenIncident(id), None).await.map(Json)
}

/// Writes to every reporter of the incident.
///
/// # Errors
/// 403, 404, 422 no text, too much of it, or nobody to write to.
#[utoipa::path(post, path = "/v1/incidents/{id}/feedback", tag = "incidents", params(("id" = IncidentId, Path)), request_body = ReplyRequest,
    responses((status = 200, body = Queued), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn feedback(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<ReplyRequest>,
) -> Result<Json<Queued>, ApiError> {
    who.dispatcher()?;
    let incident = visible(&app, &who, id).await?;
    let look =
        move |desk: &Desk| incident.reports.iter().filter_map(|id| desk.reports.get(id)).cloned().collect::<Vec<_>>();
    let mut last = None;
    for report in who.desk(&app)?.look(look).await? {
        last = Some(send_reply(&app, &who, &report, &wanted.text, None).await?);
    }
    let message_id = last.ok_or_else(|| ApiError::invalid("text", "the incident has no reporter to write to"))?;
    Ok(Json(Queued { message_id }))
}

/// One line of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineItem {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, as `{kind, data}`.
    #[serde(flatten)]
    pub event: Event,
}

/// The journal's lines about an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// In order.
    pub items: Vec<TimelineItem>,
}

/// Everything the journal holds about an incident, its reports and its assignments.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/incidents/{id}/timeline", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Timeline), (status = 404, body = Problem)))]
pub async fn timeline(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
) -> Result<Json<Timeline>, ApiError> {
    who.watcher()?;
    let incident = visible(&app, &who, id).await?;
    let assignments: Vec<AssignmentId> = app.store.assignments_of(id).await?.iter().map(|a| a.id).collect();
    let mut ids = vec![id.0];
    ids.extend(incident.reports.iter().map(|report| report.0));
    ids.extend(assignments.iter().map(|assignment| assignment.0));
    ids.extend(super::referrals::all_of(&app, &who, &incident).await?.iter().map(|referral| referral.id.0));
    let entries = app.store.entries_of(&who.viewer.polres, &ids).await?;
    let items = entries.into_iter().map(|e| TimelineItem { seq: e.seq, at: e.at, actor: e.actor, event: e.event });
    Ok(Json(Timeline { items: items.collect() }))
}
