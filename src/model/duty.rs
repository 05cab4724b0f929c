//! The duty book: shifts handed over with what stood open, and days that were checked. Notes are in the
//! vault and referred to by id.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::id::{MessageId, ShiftId, UserId};

/// How a desk stood, in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stand {
    /// Reports in the queue, those set aside included.
    pub queued: u32,
    /// Reports in an operator's hands, also those that wait for their reporter.
    pub claimed: u32,
    /// Open incidents.
    pub incidents: u32,
    /// Of them on hold.
    pub held: u32,
    /// Units in danger.
    pub emergencies: u32,
    /// Roads closed or slowed.
    pub closures: u32,
}

/// A shift that is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShiftHandOver {
    /// Which.
    pub shift: ShiftId,
    /// Who goes.
    pub by: UserId,
    /// The Polsek it is of; none for the whole Polres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polsek: Option<String>,
    /// Notes for who comes, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<MessageId>,
    /// What stood open.
    pub stand: Stand,
}

/// Who came for a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShiftTaken {
    /// Which shift.
    pub shift: ShiftId,
    /// Who came.
    pub by: UserId,
}

/// A shift in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// What was handed over.
    pub handed: ShiftHandOver,
    /// When.
    pub at: Timestamp,
    /// Who took it, and when.
    pub taken: Option<(UserId, Timestamp)>,
}

/// A day that is checked: no report of it, or from before, was in nobody's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayCheck {
    /// The day by the office's calendar, `20261121`.
    pub day: u32,
    /// Who signs.
    pub by: UserId,
    /// Words to it, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<MessageId>,
    /// Reports up to the end of that day that are still being worked on.
    pub open: u32,
}

/// A signature in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDay {
    /// What was signed.
    pub check: DayCheck,
    /// When.
    pub at: Timestamp,
}
