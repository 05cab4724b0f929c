//! `/v1/incidents/{id}/help`: help between two Polres.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::incidents::{act, find, visible};
use super::reports::typed;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::dispatch::what_if::nearest_of;
use crate::model::entry::Actor;
use crate::model::help::HelpState;
use crate::model::id::{HelpId, IncidentId};
use crate::model::incident::Incident;
use crate::runtime::desks::DeskHandle;
use crate::runtime::helping;

/// So many offices are named at most, nearest first.
const MOST: usize = 5;

/// Another Polres that could help.
#[derive(Debug, Serialize, ToSchema)]
pub struct Helper {
    /// Code of the Polres.
    pub polres: String,
    /// Its name.
    pub name: String,
    /// How many of its units are free.
    pub free_units: u32,
    /// Travel time of its nearest fitting unit, seconds; none when nobody is free or no way was found.
    pub travel_time_s: Option<f64>,
    /// It was asked, and how that stands.
    pub asked: Option<HelpState>,
}

/// Other Polres that could help.
#[derive(Debug, Serialize, ToSchema)]
pub struct Helpers {
    /// Soonest first; those with nobody free last.
    pub items: Vec<Helper>,
}

/// Which neighbouring Polres could help with an incident, soonest first. Of their units only the number
/// and the time is told.
///
/// # Errors
/// 403, 404.
#[utoipa::path(get, path = "/v1/incidents/{id}/help", tag = "incidents", operation_id = "help_choices", params(("id" = IncidentId, Path)),
    responses((status = 200, body = Helpers), (status = 404, body = Problem)))]
pub async fn choices(State(app): State<App>, who: Who, Path(id): Path<IncidentId>) -> Result<Json<Helpers>, ApiError> {
    who.dispatcher()?;
    let incident = visible(&app, &who, id).await?;
    let now = app.clock.now();
    let mut items = Vec::new();
    for (code, desk) in app.desks.iter().filter(|(code, _)| **code != who.viewer.polres) {
        let (field, rules, about) = (desk.parts.field.clone(), desk.parts.rules.now(), incident.clone());
        let look = move |desk: &Desk| (desk.free.values().sum::<u32>(), nearest_of(desk, &*field, &rules, &about, now));
        let (free_units, nearest) = desk.look(look).await?;
        let asked = incident.helped_by.iter().rev().find(|help| help.polres == *code).map(|help| help.state);
        let name = desk.parts.office.name.clone();
        let travel_time_s = nearest.and_then(|nearest| nearest.travel_time_s);
        items.push(Helper { polres: code.clone(), name, free_units, travel_time_s, asked });
    }
    let order = |helper: &Helper| (helper.free_units == 0, helper.travel_time_s.unwrap_or(f64::INFINITY));
    items.sort_by(|a, b| {
        let ((a_none, a_s), (b_none, b_s)) = (order(a), order(b));
        a_none.cmp(&b_none).then(a_s.total_cmp(&b_s)).then_with(|| a.name.cmp(&b.name))
    });
    items.truncate(MOST);
    Ok(Json(Helpers { items }))
}

/// Whom to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HelpRequest {
    /// Code of the Polres.
    pub polres: String,
}

/// Asks another Polres for help: it gets an incident of its own, and its operator says yes or no.
///
/// # Errors
/// 403; 404; 409 the incident has ended, or that office was asked already; 422 no such office, or our own.
#[utoipa::path(post, path = "/v1/incidents/{id}/help", tag = "incidents", operation_id = "help_ask", params(("id" = IncidentId, Path)), request_body = HelpRequest,
    responses((status = 200, body = Incident), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn ask(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<HelpRequest>,
) -> Result<Json<Incident>, ApiError> {
    let user = who.dispatcher()?.user;
    visible(&app, &who, id).await?;
    let from = who.desk(&app)?;
    let to = other_office(&app, &who, &wanted)?;
    helping::ask(from, to, id, HelpId(app.next_id()), Actor::User(user)).await?;
    find(from, id).await.map(Json)
}

/// The desk of the office that is asked: one of this store, not our own.
fn other_office<'a>(app: &'a App, who: &Who, wanted: &HelpRequest) -> Result<&'a DeskHandle, ApiError> {
    let to = app.desks.get(&wanted.polres).filter(|to| to.parts.office.code != who.viewer.polres);
    to.ok_or_else(|| ApiError::invalid("polres", "no other office with this code"))
}

/// Whether we help.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HelpAnswer {
    /// Yes: our units are offered it.
    pub yes: bool,
    /// Why not; needed for a no.
    pub reason: Option<String>,
}

/// Says yes or no to another Polres that asks for help.
///
/// # Errors
/// 403; 404 no such incident, or nobody asked for it; 409 answered already; 422 a no without a reason.
#[utoipa::path(post, path = "/v1/incidents/{id}/help/answer", tag = "incidents", operation_id = "help_answer", params(("id" = IncidentId, Path)), request_body = HelpAnswer,
    responses((status = 200, body = Incident), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn answer(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<HelpAnswer>,
) -> Result<Json<Incident>, ApiError> {
    if let Some(reason) = &wanted.reason {
        typed(reason, "reason")?;
    } else if !wanted.yes {
        return Err(ApiError::invalid("reason", "say why not"));
    }
    let command = Command::AnswerHelp { incident: id, yes: wanted.yes, reason: wanted.reason };
    act(&app, &who, id, command, None).await.map(Json)
}

/// Takes a wish for help back: the other office's units are free again.
///
/// # Errors
/// 403; 404 no such incident, or that office was not asked or its part is over; 409 its unit has arrived;
/// 422 no such office.
#[utoipa::path(post, path = "/v1/incidents/{id}/help/withdraw", tag = "incidents", operation_id = "help_withdraw", params(("id" = IncidentId, Path)), request_body = HelpRequest,
    responses((status = 200, body = Incident), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn withdraw(
    State(app): State<App>,
    who: Who,
    Path(id): Path<IncidentId>,
    Json(wanted): Json<HelpRequest>,
) -> Result<Json<Incident>, ApiError> {
    let user = who.dispatcher()?.user;
    visible(&app, &who, id).await?;
    let from = who.desk(&app)?;
    let to = other_office(&app, &who, &wanted)?;
    helping::withdraw(from, to, id, Actor::User(user)).await?;
    find(from, id).await.map(Json)
}
