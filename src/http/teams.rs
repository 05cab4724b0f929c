//! `/v1/teams`: the teams of operators, how the queue stands for each, and how fairly it is shared.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Json;
use crate::app::App;
use crate::dispatch::command::{ArrangeTeams, Command};
use crate::dispatch::desk::Desk;
use crate::dispatch::teams::Takes;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::Actor;
use crate::model::id::{ReportId, UserId};
use crate::model::report::{Category, Report};
use crate::model::shield::Lane;
use crate::model::team::{MOST_NAME, MOST_TEAMS, Team, is_for};
use crate::model::viewer::{Role, Scope};
use crate::store::users::User;

/// Reports taken out of turn that are named in one answer, the latest.
const MOST_NAMED: usize = 50;

/// An operator, and what he took from the queue today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// His id.
    pub id: UserId,
    /// His name.
    pub name: String,
    /// Reports he took today.
    pub taken: u32,
    /// Of them while others of his line had waited longer.
    pub out_of_turn: u32,
    /// What those he took had waited, on average, seconds; none when he took none.
    pub mean_wait_s: Option<f64>,
    /// Reports in his hands now.
    pub holds: usize,
}

/// A team, and how its line of the queue stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamView {
    /// As the office calls it.
    pub name: String,
    /// The matters it takes; empty for all of them.
    pub takes: Vec<Category>,
    /// Reports that wait in its line; urgent ones stand in every line.
    pub waiting: usize,
    /// When the one that waits longest came.
    pub oldest_at: Option<Timestamp>,
    /// Who is in it.
    pub members: Vec<MemberView>,
}

/// A report that was taken out of turn today.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutOfTurnView {
    /// Which.
    pub report: ReportId,
    /// Its number.
    pub number: String,
    /// Who took it.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// How many stood before it.
    pub ahead: u32,
}

/// The teams of the office, and how the queue is shared today.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamsView {
    /// To be sent back when they are arranged anew.
    pub version: u64,
    /// In the order the office lists them.
    pub items: Vec<TeamView>,
    /// Operators in no team: every report stands in their line.
    pub others: Vec<MemberView>,
    /// What was taken out of turn today, the latest first, up to 50.
    pub out_of_turn: Vec<OutOfTurnView>,
}

/// What the desk says of the teams.
struct Stand {
    version: u64,
    teams: Vec<(Team, usize, Option<Timestamp>)>,
    takes: HashMap<UserId, Takes>,
    holds: HashMap<UserId, usize>,
    named: Vec<(ReportId, String, UserId, Timestamp, u32)>,
}

fn stand_of(desk: &Desk, scope: &Scope, users: &[UserId], day: u32) -> Stand {
    let book = &desk.teams;
    let waiting: Vec<&Report> = desk
        .queue
        .iter()
        .filter_map(|(_, _, id)| desk.reports.get(id))
        .filter(|report| report.lane != Lane::SetAside && scope.sees_report(report))
        .collect();
    let line = |team: &Team| {
        let own = || waiting.iter().filter(|report| is_for(team, &book.teams, report));
        (team.clone(), own().count(), own().map(|report| report.stamps.received_at).min())
    };
    let today = book.day == day;
    let named = book.named.iter().rev().filter(|_| today).filter_map(|(at, taken)| {
        let report = desk.reports.get(&taken.report).filter(|report| scope.sees_report(report))?;
        Some((taken.report, report.number.clone(), taken.by, *at, taken.ahead))
    });
    Stand {
        version: book.arranged,
        teams: book.teams.iter().map(line).collect(),
        takes: if today { book.takes.iter().map(|(user, takes)| (*user, *takes)).collect() } else { HashMap::new() },
        holds: users.iter().map(|user| (*user, desk.held_by(*user).count())).collect(),
        named: named.take(MOST_NAMED).collect(),
    }
}

/// The teams of operators: how the queue stands for each, what each operator took today, and what was
/// taken out of turn.
///
/// # Errors
/// 403 the role does not see reports.
#[utoipa::path(get, path = "/v1/teams", tag = "duty", operation_id = "teams_list",
    responses((status = 200, body = TeamsView), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<TeamsView>, ApiError> {
    who.watcher()?;
    view(&app, &who).await.map(Json)
}

/// Those of the office who work the queue, by login name.
async fn operators(app: &App, who: &Who) -> Result<Vec<User>, ApiError> {
    let all = app.store.users(Some(&who.viewer.polres)).await?;
    let works = |user: &User| {
        let role = Role::from_code(&user.role).is_some_and(Role::dispatches);
        role && !user.disabled && user.polres.as_ref() == Some(&who.viewer.polres)
    };
    Ok(all.into_iter().filter(works).collect())
}

async fn view(app: &App, who: &Who) -> Result<TeamsView, ApiError> {
    let people = operators(app, who).await?;
    let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
    let desk = who.desk(app)?;
    let day = app.clock.now().local_day(desk.parts.office.utc_offset_h);
    let scope = who.viewer.scope.clone();
    let stand = desk.look(move |desk| stand_of(desk, &scope, &ids, day)).await?;
    let member = |user: &User| {
        let takes = stand.takes.get(&user.id).copied().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "microseconds of one day")]
        let waited_s = takes.waited_us as f64 / SECOND as f64;
        MemberView {
            id: user.id,
            name: user.name.clone(),
            taken: takes.taken,
            out_of_turn: takes.out_of_turn,
            mean_wait_s: (takes.taken > 0).then(|| waited_s / f64::from(takes.taken)),
            holds: stand.holds.get(&user.id).copied().unwrap_or(0),
        }
    };
    let placed: HashSet<UserId> = stand.teams.iter().flat_map(|(team, _, _)| team.members.iter().copied()).collect();
    let name = |id: UserId| people.iter().find(|user| user.id == id).map(|user| user.name.clone()).unwrap_or_default();
    let named = stand.named.iter().map(|(report, number, by, at, ahead)| OutOfTurnView {
        report: *report,
        number: number.clone(),
        by_name: name(*by),
        at: *at,
        ahead: *ahead,
    });
    Ok(TeamsView {
        version: stand.version,
        out_of_turn: named.collect(),
        others: people.iter().filter(|user| !placed.contains(&user.id)).map(member).collect(),
        items: stand
            .teams
            .iter()
            .map(|(team, waiting, oldest_at)| TeamView {
                name: team.name.clone(),
                takes: team.takes.clone(),
                waiting: *waiting,
                oldest_at: *oldest_at,
                members: people.iter().filter(|user| team.members.contains(&user.id)).map(member).collect(),
            })
            .collect(),
    })
}

/// The teams as they are to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamsRequest {
    /// `version` of the answer they were seen in.
    pub version: u64,
    /// All teams, up to 60; none ends them.
    pub items: Vec<Team>,
}

/// Arranges the teams anew.
///
/// # Errors
/// 403 neither an administrator nor a supervisor of the whole office; 409 somebody else arranged them
/// meanwhile; 422 a name that is empty, too long or there twice, or somebody who is in two teams or no
/// operator of this office.
#[utoipa::path(put, path = "/v1/teams", tag = "duty", operation_id = "teams_arrange", request_body = TeamsRequest,
    responses((status = 200, body = TeamsView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn arrange(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<TeamsRequest>,
) -> Result<Json<TeamsView>, ApiError> {
    let viewer = &who.viewer;
    if !matches!(viewer.role, Role::Supervisor | Role::Admin) || viewer.scope != Scope::Polres {
        return Err(ApiError::forbidden("only an administrator or a supervisor of the whole office arranges teams"));
    }
    let teams = checked(wanted.items, &operators(&app, &who).await?)?;
    let command = Command::ArrangeTeams(ArrangeTeams { teams, seen: wanted.version, by: Some(viewer.user) });
    who.desk(&app)?.submit(Actor::User(viewer.user), command).await?;
    view(&app, &who).await.map(Json)
}

fn checked(teams: Vec<Team>, operators: &[User]) -> Result<Vec<Team>, ApiError> {
    if teams.len() > MOST_TEAMS {
        return Err(ApiError::invalid("items", format!("at most {MOST_TEAMS} teams")));
    }
    let (mut names, mut people) = (HashSet::new(), HashSet::new());
    let mut all = Vec::with_capacity(teams.len());
    for mut team in teams {
        team.name = team.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if team.name.is_empty() || team.name.chars().count() > MOST_NAME || team.name.chars().any(char::is_control) {
            return Err(ApiError::invalid("name", format!("a team's name has 1 to {MOST_NAME} characters")));
        }
        if !names.insert(team.name.to_lowercase()) {
            return Err(ApiError::invalid("name", format!("two teams are called {}", team.name)));
        }
        for member in &team.members {
            let known = operators.iter().find(|user| user.id == *member);
            let user = known.ok_or_else(|| ApiError::invalid("members", "somebody is no operator of this office"))?;
            if !people.insert(*member) {
                return Err(ApiError::invalid("members", format!("{} is in two teams", user.name)));
            }
        }
        team.takes.sort_unstable();
        team.takes.dedup();
        all.push(team);
    }
    Ok(all)
}
