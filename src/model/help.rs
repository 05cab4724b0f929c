//! Help between two Polres: one asks, the other says yes or no, and its unit goes.
//!
//! Each side keeps its own incident in its own journal; the two name each other. No reports and no
//! people cross the border, only what happened and where.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assignment::AssignmentState;
use super::clock::Timestamp;
use super::id::{HelpId, IncidentId};

/// How a wish for help stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HelpState {
    /// The other office has not answered.
    Asked,
    /// It sends somebody.
    Agreed,
    /// It cannot.
    Declined,
    /// Its incident was closed: its part is over.
    Ended,
    /// Not needed any more.
    Withdrawn,
}

impl HelpState {
    /// Whether anything is still to come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Agreed)
    }
}

/// How far the unit of the other office is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HelpUnit {
    /// Its radio name.
    pub call_sign: String,
    /// How far it is.
    pub state: AssignmentState,
    /// Travel time when it was offered, seconds.
    pub travel_time_s: Option<f64>,
}

/// A wish for help, as one of the two offices keeps it with its incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Help {
    /// Its id, the same on both sides.
    pub id: HelpId,
    /// Code of the other Polres.
    pub polres: String,
    /// The incident of the other Polres.
    pub incident: IncidentId,
    /// Its human number.
    pub number: String,
    /// How it stands.
    pub state: HelpState,
    /// When it was asked for, by this side's clock.
    pub asked_at: Timestamp,
    /// Why it was declined.
    pub reason: Option<String>,
    /// The unit that goes; kept on the side that asked.
    pub unit: Option<HelpUnit>,
}

/// The two sides of a wish for help, as one office names the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HelpTie {
    /// Its id, the same on both sides.
    pub help: HelpId,
    /// Code of the other Polres.
    pub polres: String,
    /// The incident of the other Polres.
    pub theirs: IncidentId,
    /// Its human number.
    pub number: String,
}

/// What the other office says of its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HelpNews {
    /// How it stands.
    pub state: HelpState,
    /// Why it was declined.
    pub reason: Option<String>,
    /// The unit that goes.
    pub unit: Option<HelpUnit>,
}

/// What happens about help, in the journal of either side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum HelpEvent {
    /// Another Polres was asked.
    Asked {
        /// Our incident.
        incident: IncidentId,
        /// Whom.
        tie: HelpTie,
    },
    /// Another Polres asks us; this incident was opened for it.
    Wanted {
        /// Our incident.
        incident: IncidentId,
        /// Who.
        tie: HelpTie,
    },
    /// We say yes or no.
    Answered {
        /// Our incident.
        incident: IncidentId,
        /// Yes.
        yes: bool,
        /// Why not.
        reason: Option<String>,
    },
    /// The office we asked says how far it is.
    Noted {
        /// Our incident.
        incident: IncidentId,
        /// Which wish.
        help: HelpId,
        /// How it stands.
        news: HelpNews,
    },
    /// Whoever asked does not need it any more.
    Withdrawn {
        /// Our incident.
        incident: IncidentId,
    },
}

impl HelpEvent {
    /// The incident of the journal it stands in.
    #[must_use]
    pub const fn incident(&self) -> IncidentId {
        match self {
            Self::Asked { incident, .. }
            | Self::Wanted { incident, .. }
            | Self::Answered { incident, .. }
            | Self::Noted { incident, .. }
            | Self::Withdrawn { incident } => *incident,
        }
    }
}
