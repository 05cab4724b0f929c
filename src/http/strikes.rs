//! Strikes: a person counts a misuse, with the report as its evidence; and several reports settled at
//! once, for what was set aside.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::blocks::WhyRequest;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::{act, typed, visible};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::dispatch::shield::ShieldRules;
use crate::model::entry::{Actor, Event};
use crate::model::id::{BlockId, MessageId, ReportId, ReporterId, StrikeId};
use crate::model::report::{Channel, Outcome, Report};
use crate::model::shield::{BlockState, Lane, Noise, Strike};
use crate::model::viewer::Role;
use crate::runtime::desks::{Rows, SubmitError};
use crate::store::Statement;
use crate::store::people::{self, Direction, Message};

/// Reports settled at once, at most.
const MOST_AT_ONCE: usize = 200;

/// A strike as officers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StrikeView {
    /// The strike.
    #[serde(flatten)]
    pub strike: Strike,
    /// Whether it counts now.
    pub counts: bool,
}

impl From<Strike> for StrikeView {
    fn from(strike: Strike) -> Self {
        Self { counts: strike.counts(), strike }
    }
}

/// How the person behind a report stands, and what the machine proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingView {
    /// Strikes over this door that count now.
    pub strikes: u32,
    /// The strike that proposes a block over this door; none when strikes never block there.
    pub strikes_to_block: Option<u32>,
    /// Number of the strike the machine proposes for this report, if it does.
    pub proposal: Option<u32>,
    /// The strike this report led to.
    pub strike: Option<StrikeId>,
    /// The block that is proposed or in force.
    pub block: Option<BlockId>,
    /// How far that block has come.
    pub block_state: Option<BlockState>,
}

impl StandingView {
    /// For one report, as the desk stands.
    #[must_use]
    pub fn of(desk: &Desk, rules: &ShieldRules, report: &Report) -> Self {
        let counting = desk.counting_strikes(report.reporter, report.channel).count();
        let strikes = u32::try_from(counting).unwrap_or(u32::MAX);
        let own = desk.strikes.values().find(|strike| strike.report == report.id && strike.reversed.is_none());
        let block = desk.open_block(report.reporter);
        let noisy = report.lane == Lane::SetAside && report.noise.as_ref().is_some_and(Noise::is_misuse);
        let proposal = (noisy && own.is_none() && report.is_open()).then_some(strikes + 1);
        Self {
            strikes,
            strikes_to_block: rules.strikes_to_block(report.channel),
            proposal,
            strike: own.map(|strike| strike.id),
            block: block.map(|block| block.id),
            block_state: block.map(|block| block.state),
        }
    }
}

/// A warning.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StrikeRequest {
    /// Why, for officers.
    pub note: Option<String>,
}

/// A strike that was given, and the block it proposes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Struck {
    /// The strike.
    pub strike: StrikeView,
    /// The block that now waits for a second officer.
    pub block: Option<BlockId>,
}

/// Counts a misuse: the person is warned, the third time a block is proposed.
///
/// # Errors
/// 403; 404; 409 warned for this report already; 422 a note that is too long.
#[utoipa::path(post, path = "/v1/reports/{id}/strike", tag = "blocks", params(("id" = ReportId, Path)), request_body = StrikeRequest,
    responses((status = 200, body = Struck), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn give(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<StrikeRequest>,
) -> Result<Json<Struck>, ApiError> {
    let by = who.dispatcher()?.user;
    let report = visible(&app, &who, id).await?;
    let note = wanted.note.as_deref().filter(|text| !text.trim().is_empty());
    let (note, rows) = match note {
        Some(text) => noted(&app, &who, id, report.reporter, text).map(|(id, rows)| (Some(id), Some(rows)))?,
        None => (None, None),
    };
    let desk = who.desk(&app)?;
    let command = Command::GiveStrike { report: id, by, note };
    let entries = desk.submit_with(Actor::User(by), command, rows).await?;
    let (mut given, mut block) = (None, None);
    for entry in &entries {
        match entry.event {
            Event::StrikeGiven { strike, .. } => given = Some(strike),
            Event::BlockProposed { block: proposed, .. } => block = Some(proposed),
            _ => {}
        }
    }
    let given = given.ok_or_else(ApiError::internal)?;
    let strike = desk.look(move |desk| desk.strikes.get(&given).cloned()).await?;
    let strike = StrikeView::from(strike.ok_or_else(ApiError::internal)?);
    Ok(Json(Struck { strike, block }))
}

/// Takes a strike back: who gave it, or a supervisor.
///
/// # Errors
/// 403; 404; 409 taken back already; 422 no reason.
#[utoipa::path(post, path = "/v1/strikes/{id}/reverse", tag = "blocks", params(("id" = StrikeId, Path)), request_body = WhyRequest,
    responses((status = 200, body = StrikeView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn reverse(
    State(app): State<App>,
    who: Who,
    Path(id): Path<StrikeId>,
    Json(wanted): Json<WhyRequest>,
) -> Result<Json<StrikeView>, ApiError> {
    let viewer = who.dispatcher()?;
    let desk = who.desk(&app)?;
    let found = desk.look(move |desk| desk.strikes.get(&id).cloned()).await?;
    let found = found.ok_or_else(|| ApiError::not_found("strike"))?;
    if found.by != viewer.user && viewer.role != Role::Supervisor {
        return Err(ApiError::forbidden("only who gave it, or a supervisor"));
    }
    let (note, rows) = noted(&app, &who, found.report, found.reporter, &wanted.note)?;
    let command = Command::ReverseStrike { strike: id, by: viewer.user, note };
    desk.submit_with(Actor::User(viewer.user), command, Some(rows)).await?;
    let after = desk.look(move |desk| desk.strikes.get(&id).cloned()).await?;
    after.map(|strike| Json(StrikeView::from(strike))).ok_or_else(ApiError::internal)
}

/// Several reports with one end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// 1 to 200 reports.
    pub ids: Vec<ReportId>,
    /// How they end: `out_of_scope`, `prank`, `answered`, `duplicate` or `cancelled`.
    pub outcome: Outcome,
}

/// What became of them.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BulkDone {
    /// Ended now.
    pub settled: Vec<ReportId>,
    /// Not ended: they have ended already, belong to an incident, or cannot be seen.
    pub left: Vec<ReportId>,
}

/// Settles several reports that were set aside.
///
/// # Errors
/// 403; 422 none or too many, or an outcome that needs a look at each.
#[utoipa::path(post, path = "/v1/reports/bulk", tag = "blocks", request_body = BulkRequest,
    responses((status = 200, body = BulkDone), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn bulk(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<BulkRequest>,
) -> Result<Json<BulkDone>, ApiError> {
    let by = who.dispatcher()?.user;
    if wanted.ids.is_empty() || wanted.ids.len() > MOST_AT_ONCE {
        return Err(ApiError::invalid("ids", format!("1 to {MOST_AT_ONCE} reports")));
    }
    let simple = [Outcome::OutOfScope, Outcome::Prank, Outcome::Answered, Outcome::Duplicate, Outcome::Cancelled];
    if !simple.contains(&wanted.outcome) {
        return Err(ApiError::invalid("outcome", "this end needs a look at each report"));
    }
    let desk = who.desk(&app)?;
    let (scope, ids) = (who.viewer.scope.clone(), wanted.ids.clone());
    let aside: Vec<ReportId> = desk
        .look(move |desk| {
            let settled = |report: &&Report| scope.sees_report(report) && report.lane == Lane::SetAside;
            ids.iter().filter_map(|id| desk.reports.get(id)).filter(settled).map(|report| report.id).collect()
        })
        .await?;
    let left = wanted.ids.iter().copied().filter(|id| !aside.contains(id)).collect();
    let mut done = BulkDone { settled: Vec::new(), left };
    // Handed in together, they share a flush.
    let settle =
        |id| desk.submit(Actor::User(by), Command::Resolve { report: id, outcome: wanted.outcome, note: None });
    let answers = futures_util::future::join_all(aside.iter().map(|id| settle(*id))).await;
    for (id, answer) in aside.into_iter().zip(answers) {
        match answer {
            Ok(_) => done.settled.push(id),
            Err(SubmitError::Refused(_)) => done.left.push(id),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(done))
}

/// Where a report is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaneRequest {
    /// `set_aside`, or `main` for back into the queue.
    pub lane: Lane,
}

/// Sets a report aside, or takes it back into the queue, where it keeps its arrival time.
///
/// # Errors
/// 403; 404; 409 it has ended, is urgent, or stands in the guarded line.
#[utoipa::path(post, path = "/v1/reports/{id}/lane", tag = "reports", operation_id = "report_lane", params(("id" = ReportId, Path)), request_body = LaneRequest,
    responses((status = 200, body = Report), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn lane(
    State(app): State<App>,
    who: Who,
    Path(id): Path<ReportId>,
    Json(wanted): Json<LaneRequest>,
) -> Result<Json<Report>, ApiError> {
    act(&app, &who, id, Command::Lane { report: id, lane: wanted.lane }, None).await.map(Json)
}

/// An officer's note filed under a report or a block: its id and its row.
///
/// # Errors
/// It cannot be sealed.
pub fn note_under(
    app: &App,
    who: &Who,
    filed: ReportId,
    reporter: ReporterId,
    text: &str,
) -> Result<(MessageId, Statement), ApiError> {
    let now = app.clock.now();
    let id = MessageId(app.next_id());
    let message = Message {
        id,
        polres: who.viewer.polres.clone(),
        report: filed,
        reporter,
        channel: Channel::Desk,
        direction: Direction::Note,
        external_id: None,
        kind: "note".to_owned(),
        sent_at: now,
        received_at: now,
        status: None,
        body: serde_json::json!({ "text": text, "by": who.user.name }),
    };
    Ok((id, people::insert_message(app.store.vault(), &message)?))
}

/// A note that must be there: its id, and the rows that keep it.
///
/// # Errors
/// 422 empty or too long.
pub fn noted(
    app: &App,
    who: &Who,
    filed: ReportId,
    reporter: ReporterId,
    text: &str,
) -> Result<(MessageId, Rows), ApiError> {
    typed(text, "note")?;
    let (id, row) = note_under(app, who, filed, reporter, text)?;
    Ok((id, Box::new(move |_, _| Ok(vec![row]))))
}
