//! The after-photo: what a crew shows of the place when it is done, and whether the reporter may see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidStep;
use super::clock::Timestamp;
use super::id::{AssignmentId, MediaId, UnitId};

/// How far an after-photo has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// An operator is to look at it.
    Waiting,
    /// Sent to the reporters.
    Approved,
    /// Kept, and shown to no reporter.
    Declined,
}

/// An after-photo. The picture is in the media store, without hidden data for whoever sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Photo {
    /// The picture.
    pub id: MediaId,
    /// The crew's assignment.
    pub assignment: AssignmentId,
    /// Who took it.
    pub unit: UnitId,
    /// Idempotency key of the tablet.
    pub key: String,
    /// When it came.
    pub taken_at: Timestamp,
    /// How far it has come.
    pub state: PhotoState,
    /// When an operator decided.
    pub decided_at: Option<Timestamp>,
}

impl Photo {
    /// An operator decides.
    ///
    /// # Errors
    /// Somebody decided already.
    pub const fn can_decide(&self, step: &'static str) -> Result<(), InvalidStep> {
        match self.state {
            PhotoState::Waiting => Ok(()),
            PhotoState::Approved => Err(InvalidStep { step, state: "approved" }),
            PhotoState::Declined => Err(InvalidStep { step, state: "declined" }),
        }
    }
}
