//! An incident: what happened. It may have many reports and many units.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidStep;
use super::clock::Timestamp;
use super::crew_talk::IncidentNote;
use super::help::Help;
use super::id::{AssignmentId, IncidentId, ReportId, UnitId, UserId};
use super::photo::Photo;
use super::place::{Jurisdiction, Place};
use super::referral::Referral;
use super::report::{Category, Priority};
use super::shortfall::Shortfall;

/// How an incident ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Dealt with.
    Resolved,
    /// Nothing was found.
    Unfounded,
    /// Passed to another agency.
    Referred,
    /// Overtaken by events.
    Cancelled,
    /// The same as another incident.
    Duplicate,
    /// Misuse.
    Prank,
}

/// What a person decided about an incident; the rest is read from its assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Handling {
    /// Wants a unit, or has one.
    Open,
    /// Set aside by an operator.
    Held {
        /// Who.
        by: UserId,
    },
    /// Ended.
    Closed {
        /// How.
        disposition: Disposition,
    },
}

/// Where an incident stands: its handling and its assignments together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Waits for a unit.
    Queued,
    /// A unit was offered it and has not answered.
    Offered,
    /// A unit has accepted or is rolling.
    Responding,
    /// A unit is there.
    OnScene,
    /// Every unit is done; to be closed.
    Cleared,
    /// Set aside.
    Held,
    /// Ended.
    Closed,
}

impl IncidentState {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered => "offered",
            Self::Responding => "responding",
            Self::OnScene => "on_scene",
            Self::Cleared => "cleared",
            Self::Held => "held",
            Self::Closed => "closed",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// Human number, `MDN-20261121-0042`.
    pub number: String,
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
    /// Where.
    pub place: Place,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// The reports that belong to it, first one first.
    pub reports: Vec<ReportId>,
    /// Its assignments, live and ended, in order.
    pub assignments: Vec<AssignmentId>,
    /// Units that refused or let an offer expire: not offered again by the machine.
    pub declined: Vec<UnitId>,
    /// What a person decided about it.
    pub handling: Handling,
    /// Where it stands.
    pub state: IncidentState,
    /// Why no unit could be found, when it waits for that reason.
    pub shortfall: Option<Shortfall>,
    /// The incident it turned out to be; it is then closed.
    #[serde(default)]
    pub merged_into: Option<IncidentId>,
    /// Other agencies it was passed to, in order.
    #[serde(default)]
    pub referrals: Vec<Referral>,
    /// What crews showed of the place when they were done.
    #[serde(default)]
    pub photos: Vec<Photo>,
    /// What crews and operators noted about it, in the order it came.
    #[serde(default)]
    pub notes: Vec<IncidentNote>,
    /// Other Polres that were asked for help with it.
    #[serde(default)]
    pub helped_by: Vec<Help>,
    /// The Polres it was opened for: this office helps with an incident of that one.
    #[serde(default)]
    pub helps: Option<Help>,
    /// The machine offers it by itself: an emergency certain enough, or an operator said so once.
    pub automatic: bool,
    /// First report received: the start of the Polri clock.
    pub received_at: Timestamp,
    /// Made.
    pub opened_at: Timestamp,
    /// Opened again: assignments before it no longer count.
    pub reopened_at: Option<Timestamp>,
    /// Ended.
    pub closed_at: Option<Timestamp>,
}

impl Incident {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.handling, Handling::Closed { .. })
    }

    /// Whether the machine is to find units for it and found too few.
    #[must_use]
    pub const fn waits_for_a_unit(&self) -> bool {
        matches!(self.handling, Handling::Open) && self.automatic && self.shortfall.is_some()
    }

    /// Whether it may still be corrected, joined or offered.
    ///
    /// # Errors
    /// It was set aside or has ended.
    pub const fn can_change(&self, step: &'static str) -> Result<(), InvalidStep> {
        match self.handling {
            Handling::Open => Ok(()),
            Handling::Held { .. } => Err(InvalidStep { step, state: "held" }),
            Handling::Closed { .. } => Err(InvalidStep { step, state: "closed" }),
        }
    }
}
