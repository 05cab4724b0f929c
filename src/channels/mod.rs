//! The doors a report comes through: raw bodies of the outside world enter, [`InboundMessage`]s leave.
//!
//! Pure: no I/O, no clock, no randomness. Nothing a reporter sent is judged or shortened here.

pub mod call_center;
pub mod citizen_app;
pub mod gowa;
pub mod gps;
pub mod gt06;
mod json;
pub mod media;
mod pidf;
pub mod whatsapp;

use serde::{Deserialize, Serialize};

use crate::model::clock::Timestamp;
use crate::model::id::MediaId;
use crate::model::place::{BadPoint, LngLat};
use crate::model::report::Channel;

/// One message of one person, as it came. This is what gets sealed in the vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The door.
    pub channel: Channel,
    /// Which of our lines was written to: Meta's `phone_number_id`; empty when the body did not say.
    pub line: String,
    /// The channel's own id of the message (`wamid.…`): what duplicates are recognised by.
    pub external_id: String,
    /// Who wrote.
    pub sender: Sender,
    /// When it was sent by the channel's clock; never later than its arrival.
    pub sent_at: Timestamp,
    /// What sort of message.
    pub kind: MessageKind,
    /// Body, caption, title of the pressed button, emoji of the reaction, shared contact; unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Id of the button or list row that was pressed, as we gave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// A shared location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SharedLocation>,
    /// An attached file, still at the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// External id of the message it answers, edits, takes back or reacts to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies_to: Option<String>,
    /// It is the new wording of the message it answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// The names the sender goes by from now on, when the channel says that they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<Sender>,
    /// Forwarded from elsewhere: a hint of a hoax, never a proof.
    #[serde(default)]
    pub forwarded: bool,
}

/// Who wrote: at least one of `user_id`, `wa_id` and `jid` is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sender {
    /// Business-scoped user id (since 2026); the key of a person, stays when the number is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Telephone number, digits only; may be missing for users with a user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// Name at a gateway without a number (`…@lid`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jid: Option<String>,
    /// Name the person gave in their profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Sender {
    /// What tells one sender from another, before the vault knows him: the user id, else the number.
    #[must_use]
    pub fn key(&self) -> String {
        self.user_id.clone().or_else(|| self.wa_id.clone()).or_else(|| self.jid.clone()).unwrap_or_default()
    }

    /// Whether nothing tells who it is.
    #[must_use]
    pub const fn is_nobody(&self) -> bool {
        self.user_id.is_none() && self.wa_id.is_none() && self.jid.is_none()
    }
}

/// What sort of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Written words.
    Text,
    /// A location pin.
    Location,
    /// A photo.
    Image,
    /// A video.
    Video,
    /// A file.
    Document,
    /// A sound file.
    Audio,
    /// A voice note: not heard, answered with a guide.
    Voice,
    /// A call over the channel: refused with a guide, once a call.
    Call,
    /// A sticker.
    Sticker,
    /// Shared contacts.
    Contacts,
    /// A pressed button.
    Button,
    /// A chosen row of a list.
    List,
    /// An emoji put on a message; no text when it was taken away.
    Reaction,
    /// The sender took a message back; what was said stays on record.
    Revoke,
    /// The channel tells something of the sender: a new number, a new telephone.
    System,
    /// The channel itself could not carry it.
    Unsupported,
    /// A type we do not know: recorded, and asked back.
    Other,
}

/// A shared location: the point if it can be used, and the numbers as they were written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharedLocation {
    /// The point, or why it is none.
    pub point: Result<LngLat, BadPoint>,
    /// Longitude as written in the body, at most 64 characters.
    pub raw_lng: String,
    /// Latitude as written in the body, at most 64 characters.
    pub raw_lat: String,
    /// Name of the place, when the sender picked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address of the place, when the sender picked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How far the point may be off, metres, when the channel says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
}

/// A file that is still at the channel; ids in webhooks live 7 days (Meta, June 2026).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Id to ask the channel for it.
    pub id: String,
    /// Media type as the channel says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// SHA-256 of the file, base64, as the channel says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Name of the file, as the sender says: never a path to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Our own id for it, once we mean to keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<MediaId>,
}
