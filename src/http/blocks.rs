//! `/v1/blocks`: who is blocked, on what evidence, what he wrote since, and how it ends. A second
//! officer confirms; every end has a name.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::conversation::MessageView;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Query};
use super::list::{Page, cursor, cursor_after};
use super::reports::{RevealRequest, Revealed, masked, typed, visible};
use super::strikes::{StrikeView, note_under, noted};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::dispatch::decide::MOST_DAYS;
use crate::model::entry::{Actor, Event};
use crate::model::id::{BlockId, ReportId, ReporterId};
use crate::model::report::Channel;
use crate::model::shield::Block;
use crate::model::viewer::{Role, Scope, Viewer};
use crate::runtime::desks::Rows;
use crate::store::people::{self, Profile};

/// Digits of a telephone number, at least and at most (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Longest account name Meta gives (user ids), characters.
const MOST_ACCOUNT: usize = 140;

/// Which blocks are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct BlockQuery {
    /// Only in this state: `proposed`, `active`, `declined`, `lifted`, `expired`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of a page, up to 200.
    limit: Option<usize>,
}

/// A block with what an officer needs to judge it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
    /// The block.
    pub block: Block,
    /// The last digits of the number.
    pub masked: String,
    /// Strikes of the person, oldest first.
    pub strikes: Vec<StrikeView>,
}

/// A block with the words that led to it and those that came since.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockDetail {
    /// The block.
    #[serde(flatten)]
    pub view: BlockView,
    /// The messages that are the evidence, oldest first; only for those who work the queue.
    pub evidence: Vec<MessageView>,
    /// Why it was proposed, appealed and ended; only for those who work the queue.
    pub notes: Vec<MessageView>,
}

/// Blocks of the office, newest first.
///
/// # Errors
/// 403 not of the whole Polres; 422 a cursor that is none.
#[utoipa::path(get, path = "/v1/blocks", tag = "blocks", params(BlockQuery),
    responses((status = 200, body = Page<BlockView>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(wanted): Query<BlockQuery>,
) -> Result<Json<Page<BlockView>>, ApiError> {
    let viewer = watcher(&who)?;
    let limit = wanted.limit.unwrap_or(50).clamp(1, 200);
    let after = wanted.after.as_deref().map(cursor).transpose()?;
    let found = app.store.blocks(&viewer.polres, wanted.state.as_deref(), after, limit).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|last| cursor_after(last.proposed_at, last.id.0));
    Ok(Json(Page { items: views(&app, viewer, found).await?, next }))
}

/// One block.
///
/// # Errors
/// 403 not of the whole Polres; 404 no such block.
#[utoipa::path(get, path = "/v1/blocks/{id}", tag = "blocks", params(("id" = BlockId, Path)),
    responses((status = 200, body = BlockDetail), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who, Path(id): Path<BlockId>) -> Result<Json<BlockDetail>, ApiError> {
    let viewer = watcher(&who)?;
    let block = find(&app, viewer, id).await?;
    let mut notes: Vec<_> = [block.note, block.appeal.map(|a| a.message), block.ended.and_then(|e| e.note)].into();
    let view = view(&app, viewer, block).await?;
    let mut evidence = Vec::new();
    if viewer.role.dispatches() {
        let said: Vec<_> = view.strikes.iter().flat_map(|strike| strike.strike.messages.iter().copied()).collect();
        evidence = app.store.messages(&said).await?;
        notes.extend(view.strikes.iter().map(|strike| strike.strike.note));
    } else {
        notes.clear();
    }
    let notes = app.store.messages(&notes.into_iter().flatten().collect::<Vec<_>>()).await?;
    let seen = |messages: Vec<people::Message>| messages.into_iter().map(MessageView::from).collect();
    Ok(Json(BlockDetail { view, evidence: seen(evidence), notes: seen(notes) }))
}

/// What the person wrote since he is blocked, newest first.
///
/// # Errors
/// 403 not an operator of the whole Polres; 404 no such block; 422 a cursor that is none.
#[utoipa::path(get, path = "/v1/blocks/{id}/contacts", tag = "blocks", params(("id" = BlockId, Path), BlockQuery),
    responses((status = 200, body = Page<MessageView>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn contacts(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Query(wanted): Query<BlockQuery>,
) -> Result<Json<Page<MessageView>>, ApiError> {
    let viewer = officer(&who)?;
    find(&app, viewer, id).await?;
    let limit = wanted.limit.unwrap_or(50).clamp(1, 200);
    let after = wanted.after.as_deref().map(cursor).transpose()?;
    let found = app.store.contacts_of(id, after, limit).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|last| cursor_after(last.received_at, last.id.0));
    Ok(Json(Page { items: found.into_iter().map(MessageView::from).collect(), next }))
}

/// Whom to block: exactly one of report, number and account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockRequest {
    /// Who wrote this report.
    pub report_id: Option<ReportId>,
    /// Telephone number, `+62 812 …` or `0812 …`.
    pub phone: Option<String>,
    /// Account: WhatsApp's user id.
    pub account: Option<String>,
    /// Why, 1 to 4,096 characters.
    pub note: String,
}

/// Proposes a block; it is in force once a second officer confirms it.
///
/// # Errors
/// 403, 404 no such report, 409 blocked or proposed already, 422 nobody named, or no reason.
#[utoipa::path(post, path = "/v1/blocks", tag = "blocks", request_body = BlockRequest,
    responses((status = 201, body = BlockView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn propose(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<BlockRequest>,
) -> Result<(StatusCode, Json<BlockView>), ApiError> {
    let viewer = officer(&who)?;
    typed(&wanted.note, "note")?;
    let whom = whom(&app, &who, &wanted).await?;
    let filed = whom.report.unwrap_or(ReportId(whom.reporter.0));
    let (note, row) = note_under(&app, &who, filed, whom.reporter, &wanted.note)?;
    let mut rows = whom.rows;
    rows.push(row);
    let command = Command::ProposeBlock {
        reporter: whom.reporter,
        channel: whom.channel,
        report: whom.report,
        by: viewer.user,
        note: Some(note),
    };
    let rows: Rows = Box::new(move |_, _| Ok(rows));
    let entries = who.desk(&app)?.submit_with(Actor::User(viewer.user), command, Some(rows)).await?;
    let id = entries.iter().find_map(|entry| match entry.event {
        Event::BlockProposed { block, .. } => Some(block),
        _ => None,
    });
    let block = find(&app, viewer, id.ok_or_else(ApiError::internal)?).await?;
    Ok((StatusCode::CREATED, Json(view(&app, viewer, block).await?)))
}

/// A person to be blocked, with the rows that make him known when he is not.
struct Whom {
    reporter: ReporterId,
    channel: Channel,
    report: Option<ReportId>,
    rows: Vec<crate::store::Statement>,
}

async fn whom(app: &App, who: &Who, wanted: &BlockRequest) -> Result<Whom, ApiError> {
    match (wanted.report_id, &wanted.phone, &wanted.account) {
        (Some(id), None, None) => {
            let report = visible(app, who, id).await?;
            Ok(Whom { reporter: report.reporter, channel: report.channel, report: Some(id), rows: Vec::new() })
        }
        (None, Some(phone), None) => {
            let digits = national(phone)?;
            let profile =
                Profile { phone: Some(format!("+{digits}")), wa_id: Some(digits.clone()), ..Profile::default() };
            known_as(app, "wa_id", &digits, profile).await
        }
        (None, None, Some(account)) => {
            let account = account.trim();
            if account.is_empty() || account.chars().count() > MOST_ACCOUNT {
                return Err(ApiError::invalid("account", "not an account"));
            }
            let profile = Profile { wa_user_id: Some(account.to_owned()), ..Profile::default() };
            known_as(app, "wa_user", account, profile).await
        }
        _ => Err(ApiError::invalid("report_id", "exactly one of report_id, phone and account")),
    }
}

/// The person with this number or account; one nobody knows yet is made known, so that the block is
/// there before he writes.
async fn known_as(app: &App, kind: &str, text: &str, profile: Profile) -> Result<Whom, ApiError> {
    let vault = app.store.vault();
    let alias = vault.alias(kind, text);
    let whom = |reporter, rows| Whom { reporter, channel: Channel::Whatsapp, report: None, rows };
    if let Some(reporter) = app.store.reporter_by_aliases(&[alias]).await? {
        return Ok(whom(reporter, Vec::new()));
    }
    let reporter = ReporterId(app.next_id());
    let made = people::insert_reporter(vault, reporter, &profile, app.clock.now())?;
    Ok(whom(reporter, vec![made, people::insert_alias(&alias, kind, reporter)]))
}

/// The digits of a number with its country, 62 unless it says otherwise.
pub(super) fn national(phone: &str) -> Result<String, ApiError> {
    let phone = phone.trim();
    let wrong = || ApiError::invalid("phone", "not a telephone number");
    if phone.chars().any(|letter| !(letter.is_ascii_digit() || "+-() .".contains(letter))) {
        return Err(wrong());
    }
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.strip_prefix('0') {
        Some(rest) if !phone.starts_with('+') => format!("62{rest}"),
        _ => digits,
    };
    if PHONE_DIGITS.contains(&digits.len()) { Ok(digits) } else { Err(wrong()) }
}

/// For how long.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// Days, 1 to 3,650; 0 is for ever; left out, as the office has set.
    pub days: Option<u32>,
}

/// Confirms a block somebody else proposed, or upholds one after an appeal.
///
/// # Errors
/// 403 not a supervisor; 404; 409 the same officer proposed it, or it does not wait; 422 too many days.
#[utoipa::path(post, path = "/v1/blocks/{id}/confirm", tag = "blocks", params(("id" = BlockId, Path)), request_body = ConfirmRequest,
    responses((status = 200, body = BlockView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn confirm(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Json(wanted): Json<ConfirmRequest>,
) -> Result<Json<BlockView>, ApiError> {
    let by = supervisor(&who)?.user;
    if wanted.days.is_some_and(|days| days > MOST_DAYS) {
        return Err(ApiError::invalid("days", format!("at most {MOST_DAYS}; 0 is for ever")));
    }
    act(&app, &who, id, Command::ConfirmBlock { block: id, by, days: wanted.days }, None).await
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyRequest {
    /// 1 to 4,096 characters.
    pub note: String,
}

/// Declines a proposed block.
///
/// # Errors
/// 403 not a supervisor; 404; 409 it does not wait; 422 no reason.
#[utoipa::path(post, path = "/v1/blocks/{id}/decline", tag = "blocks", params(("id" = BlockId, Path)), request_body = WhyRequest,
    responses((status = 200, body = BlockView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decline(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Json(wanted): Json<WhyRequest>,
) -> Result<Json<BlockView>, ApiError> {
    let by = supervisor(&who)?.user;
    let (note, rows) = why(&app, &who, id, &wanted).await?;
    act(&app, &who, id, Command::DeclineBlock { block: id, by, note: Some(note) }, Some(rows)).await
}

/// Ends a block before its time.
///
/// # Errors
/// 403 not a supervisor; 404; 409 it is not in force; 422 no reason.
#[utoipa::path(post, path = "/v1/blocks/{id}/lift", tag = "blocks", params(("id" = BlockId, Path)), request_body = WhyRequest,
    responses((status = 200, body = BlockView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn lift(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Json(wanted): Json<WhyRequest>,
) -> Result<Json<BlockView>, ApiError> {
    let by = supervisor(&who)?.user;
    let (note, rows) = why(&app, &who, id, &wanted).await?;
    act(&app, &who, id, Command::LiftBlock { block: id, by, note }, Some(rows)).await
}

/// Notes an appeal an officer heard at the desk or by telephone.
///
/// # Errors
/// 403; 404; 409 it has ended; 422 nothing said.
#[utoipa::path(post, path = "/v1/blocks/{id}/appeal", tag = "blocks", params(("id" = BlockId, Path)), request_body = WhyRequest,
    responses((status = 200, body = BlockView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn appeal(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Json(wanted): Json<WhyRequest>,
) -> Result<Json<BlockView>, ApiError> {
    let (appeal, rows) = why(&app, &who, id, &wanted).await?;
    act(&app, &who, id, Command::AppealBlock { block: id, appeal }, Some(rows)).await
}

/// Shows the name and number of a person who is blocked; the look is recorded in the journal.
///
/// # Errors
/// 403, 404, 422 no reason.
#[utoipa::path(post, path = "/v1/blocks/{id}/reporter", tag = "blocks", params(("id" = BlockId, Path)), request_body = RevealRequest,
    responses((status = 200, body = Revealed), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn reveal(
    State(app): State<App>,
    who: Who,
    Path(id): Path<BlockId>,
    Json(wanted): Json<RevealRequest>,
) -> Result<Json<Revealed>, ApiError> {
    let viewer = officer(&who)?;
    if wanted.reason.trim().chars().count() < 5 {
        return Err(ApiError::invalid("reason", "say why you need to see the reporter"));
    }
    let block = find(&app, viewer, id).await?;
    let row = note_under(&app, &who, ReportId(id.0), block.reporter, &wanted.reason)?.1;
    let rows: Rows = Box::new(move |_, _| Ok(vec![row]));
    let command = Command::ViewBlocked { block: id, by: viewer.user };
    who.desk(&app)?.submit_with(Actor::User(viewer.user), command, Some(rows)).await?;
    let profile = app.store.reporter(block.reporter).await?.unwrap_or_default();
    Ok(Json(Revealed { name: profile.name, phone: profile.phone }))
}

/// Blocks belong to the Polres, not to one Polsek of it.
fn whole_polres(viewer: &Viewer) -> Result<&Viewer, ApiError> {
    if viewer.scope == Scope::Polres { Ok(viewer) } else { Err(ApiError::forbidden("blocks belong to the Polres")) }
}

fn watcher(who: &Who) -> Result<&Viewer, ApiError> {
    whole_polres(who.watcher()?)
}

fn officer(who: &Who) -> Result<&Viewer, ApiError> {
    whole_polres(who.dispatcher()?)
}

fn supervisor(who: &Who) -> Result<&Viewer, ApiError> {
    let viewer = officer(who)?;
    let is_one = viewer.role == Role::Supervisor;
    if is_one { Ok(viewer) } else { Err(ApiError::forbidden("only supervisors decide about blocks")) }
}

async fn why(
    app: &App,
    who: &Who,
    id: BlockId,
    wanted: &WhyRequest,
) -> Result<(crate::model::id::MessageId, Rows), ApiError> {
    let block = find(app, officer(who)?, id).await?;
    noted(app, who, ReportId(id.0), block.reporter, &wanted.note)
}

async fn act(
    app: &App,
    who: &Who,
    id: BlockId,
    command: Command,
    rows: Option<Rows>,
) -> Result<Json<BlockView>, ApiError> {
    let viewer = officer(who)?;
    who.desk(app)?.submit_with(Actor::User(viewer.user), command, rows).await?;
    let block = find(app, viewer, id).await?;
    view(app, viewer, block).await.map(Json)
}

async fn find(app: &App, viewer: &Viewer, id: BlockId) -> Result<Block, ApiError> {
    let found = app.store.block(id).await?.filter(|filed| filed.polres == viewer.polres);
    found.map(|filed| filed.item).ok_or_else(|| ApiError::not_found("block"))
}

async fn view(app: &App, viewer: &Viewer, block: Block) -> Result<BlockView, ApiError> {
    views(app, viewer, vec![block]).await?.pop().ok_or_else(ApiError::internal)
}

async fn views(app: &App, viewer: &Viewer, blocks: Vec<Block>) -> Result<Vec<BlockView>, ApiError> {
    let people: Vec<ReporterId> = blocks.iter().map(|block| block.reporter).collect();
    let mut strikes: HashMap<ReporterId, Vec<StrikeView>> = HashMap::new();
    for strike in app.store.strikes_of(&viewer.polres, &people).await? {
        strikes.entry(strike.reporter).or_default().push(StrikeView::from(strike));
    }
    let mut views = Vec::with_capacity(blocks.len());
    for block in blocks {
        let profile = app.store.reporter(block.reporter).await?.unwrap_or_default();
        let strikes = strikes.get(&block.reporter).cloned().unwrap_or_default();
        views.push(BlockView { masked: masked(&profile), strikes, block });
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_country() {
        for written in ["0812-3456-7890", "+62 812 3456 7890", "62 (812) 34567890", "081234567890"] {
            assert_eq!(national(written).unwrap(), "6281234567890", "{written}");
        }
        assert_eq!(national("+1 650 555 1234").unwrap(), "16505551234");
        for wrong in ["", "812", "0812abc4567", "+62<script>", "1234567890123456"] {
            assert!(national(wrong).is_err(), "{wrong}");
        }
    }
}
