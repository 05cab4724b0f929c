//! Teams of operators: who is in each and which matters it takes. Names are the office's own words for
//! a team; people stand in it by id.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::{ReportId, UserId};
use super::report::{Category, Priority, Report};
use super::shield::Lane;

/// Teams of an office at most.
pub const MOST_TEAMS: usize = 60;

/// Characters of a team's name at most.
pub const MOST_NAME: usize = 40;

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// As the office calls it, up to 40 characters: `Regu 1`.
    pub name: String,
    /// Who is in it; nobody is in two.
    pub members: Vec<UserId>,
    /// The matters it takes; empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<Category>,
}

/// A report that was taken while others of the same line had waited longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutOfTurn {
    /// Which.
    pub report: ReportId,
    /// Who took it.
    pub by: UserId,
    /// How many reports stood before it that he could have taken.
    pub ahead: u32,
}

/// What happens about teams, in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum TeamEvent {
    /// These are the teams from now on, all of them.
    Arranged {
        /// In the order the office lists them.
        teams: Vec<Team>,
        /// Who arranged them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// Taken out of turn; the claim stands before it.
    OutOfTurn(OutOfTurn),
}

/// Whether a report stands in the line of `team`. What is urgent is everybody's, and so is a matter that
/// no team has been given: nothing waits because nobody is meant.
#[must_use]
pub fn is_for(team: &Team, teams: &[Team], report: &Report) -> bool {
    let urgent = report.reading.priority <= Priority::P2 || report.lane == Lane::Guarded;
    let category = report.reading.category;
    let given = |team: &Team| team.takes.is_empty() || team.takes.contains(&category);
    urgent || given(team) || !teams.iter().any(given)
}
