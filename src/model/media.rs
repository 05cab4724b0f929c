//! Photos, videos, sounds and documents: what they are, where they came from, how far they have come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file is, judged by its content and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A photo: a version without hidden data is shown.
    Picture,
    /// A video.
    Video,
    /// A sound file or a voice note.
    Sound,
    /// A document (PDF).
    Document,
}

/// Who brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaOrigin {
    /// A reporter, over WhatsApp.
    Whatsapp,
    /// A reporter, over the citizen app.
    App,
    /// A crew, over its tablet.
    Unit,
    /// An operator.
    Operator,
    /// Another agency, with its report back.
    Agency,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// Being sent to us in pieces.
    Uploading,
    /// Still at the channel: to be fetched.
    Waiting,
    /// Ours, sealed.
    Kept,
    /// Looked at and not kept; the reason stands beside it.
    Refused,
    /// No longer to be had: the channel let go of it, or it was erased.
    Gone,
}

/// Why a file is not kept; a stable code, said to people by the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum MediaProblem {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither a photo, a video, a sound nor a PDF, whatever its name says.
    #[error("only photos, videos, sounds and pdf documents are kept")]
    Kind,
    /// Cut off or damaged.
    #[error("the file is damaged")]
    Broken,
    /// More bytes than allowed.
    #[error("the file is too large")]
    TooLarge,
    /// More pixels than can be looked at safely.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// Not the file the channel announced.
    #[error("the file is not the one that was announced")]
    Changed,
    /// The channel no longer has it.
    #[error("the channel no longer has the file")]
    Gone,
    /// It lies at an address that is not the channel's.
    #[error("the file lies at a foreign address")]
    ForeignAddress,
}
