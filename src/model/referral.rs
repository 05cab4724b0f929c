//! A referral: a matter passed to another agency by a link of its own, and how far that has come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidStep;
use super::clock::Timestamp;
use super::id::{AgencyId, IncidentId, MediaId, MessageId, ReferralId, ReportId};

/// What is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "on", content = "id")]
pub enum Subject {
    /// An incident.
    Incident(IncidentId),
    /// A report without an incident.
    Report(ReportId),
}

/// What an agency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// Fire service (Damkar).
    Fire,
    /// Disaster agency (BPBD).
    Disaster,
    /// Ambulance, public health.
    Medical,
    /// Search and rescue (Basarnas).
    Rescue,
    /// Electricity (PLN).
    Electricity,
    /// Water company.
    Water,
    /// Transport office (Dishub).
    Transport,
    /// Public works (PU).
    PublicWorks,
    /// Environment and cleaning office (DLH).
    Environment,
    /// Social office (Dinsos).
    Social,
    /// Public order (Satpol PP).
    PublicOrder,
    /// City or provincial government.
    Government,
    /// Council (DPRD).
    Council,
    /// A community figure.
    Community,
    /// Another one.
    Other,
}

/// How far a referral has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// On its way, or there without an answer.
    Sent,
    /// The agency has it.
    Acknowledged,
    /// The agency says it is done.
    Done,
    /// Ended by an operator.
    Closed,
}

impl ReferralState {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Done => "done",
            Self::Closed => "closed",
        }
    }
}

/// How an operator ends a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralEnd {
    /// Taken back: the link opens nothing more.
    Withdrawn,
    /// The agency answered some other way, by telephone.
    Settled,
}

/// A matter passed to another agency. Its words are in the vault, its link is known to the agency only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// To whom.
    pub agency: AgencyId,
    /// How far it has come.
    pub state: ReferralState,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The link opens nothing after this.
    pub expires_at: Timestamp,
    /// When the agency is reminded next, while it has not answered.
    pub remind_at: Option<Timestamp>,
    /// Seconds between two reminders.
    pub remind_every_s: i64,
    /// Reminders sent so far.
    pub reminders: u8,
    /// The agency has it.
    pub acknowledged_at: Option<Timestamp>,
    /// The agency reported last.
    pub reported_at: Option<Timestamp>,
    /// Ended.
    pub closed_at: Option<Timestamp>,
    /// What was said with it and what came back, in the vault.
    pub notes: Vec<MessageId>,
    /// Its page shows the photos of the matter: the operator said so.
    #[serde(default)]
    pub photos: bool,
    /// Photos the agency sent back.
    #[serde(default)]
    pub shown: Vec<MediaId>,
}

impl Referral {
    /// Whether the agency may still answer it.
    ///
    /// # Errors
    /// It has ended.
    pub const fn can_answer(&self, step: &'static str) -> Result<(), InvalidStep> {
        match self.state {
            ReferralState::Sent | ReferralState::Acknowledged => Ok(()),
            state => Err(InvalidStep { step, state: state.code() }),
        }
    }

    /// Whether somebody still waits for the agency.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, ReferralState::Sent | ReferralState::Acknowledged)
    }
}
