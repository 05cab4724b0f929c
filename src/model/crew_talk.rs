//! What the desk and its crews write to each other, and what is noted about an incident. The words may
//! name people: they lie in the vault and are referred to by id.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::id::{IncidentId, MessageId, UnitId, UserId};

/// Which end a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageSide {
    /// From the desk to the tablet.
    Desk,
    /// From the crew to the desk.
    Crew,
}

/// A message between the desk and a crew, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitMessage {
    /// Its words in the vault.
    pub id: MessageId,
    /// Which crew.
    pub unit: UnitId,
    /// The incident it is about, where it is about one.
    pub incident: Option<IncidentId>,
    /// Who wrote it.
    pub side: MessageSide,
    /// The operator, for one from the desk.
    pub by: Option<UserId>,
    /// Rings until it is read, and is read aloud.
    pub urgent: bool,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// Idempotency key of the sender.
    pub key: String,
    /// Server clock.
    pub sent_at: Timestamp,
    /// The tablet has its words.
    pub arrived_at: Option<Timestamp>,
    /// The crew pressed that it has read them.
    pub read_at: Option<Timestamp>,
}

/// A message was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitMessaged {
    /// Its words, in the vault.
    pub message: MessageId,
    /// Which crew.
    pub unit: UnitId,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// From which end.
    pub side: MessageSide,
    /// The operator, for one from the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Rings until it is read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<MessageId>,
    /// Idempotency key of the sender.
    pub key: String,
}

/// A message came further: it is on the tablet, or it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageMark {
    /// Which.
    pub message: MessageId,
    /// Whose tablet.
    pub unit: UnitId,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// By the clock of the tablet, for one that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_at: Option<Timestamp>,
}

/// A note about an incident was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentNoted {
    /// Which incident.
    pub incident: IncidentId,
    /// The words, in the vault.
    pub note: MessageId,
    /// The crew that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The operator who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Idempotency key of the writer.
    pub key: String,
    /// When it was written, by the writer's clock: without network it comes later.
    pub device_at: Timestamp,
}

/// A note on an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentNote {
    /// Its words in the vault.
    pub id: MessageId,
    /// The crew that wrote it.
    pub unit: Option<UnitId>,
    /// The operator who wrote it.
    pub by: Option<UserId>,
    /// Idempotency key of the writer.
    pub key: String,
    /// When it was written, by the writer's clock.
    pub written_at: Timestamp,
    /// When it came, by ours.
    pub noted_at: Timestamp,
}
