//! A conversation as an operator reads it: what was said, what was attached, what was taken back.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiError;
use super::media::MediaView;
use crate::app::App;
use crate::channels::InboundMessage;
use crate::model::clock::Timestamp;
use crate::model::entry::DeliveryStatus;
use crate::model::id::MessageId;
use crate::store::people::{Direction, Message};

/// One message of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// `in`, `out` or `note`.
    pub direction: String,
    /// `text`, `location`, `image` …
    pub kind: String,
    /// What it says.
    pub text: Option<String>,
    /// A shared location.
    pub lng: Option<f64>,
    /// A shared location.
    pub lat: Option<f64>,
    /// An attached file.
    pub media: Option<MediaView>,
    /// The sender took it back; what it said stays on record.
    pub revoked: bool,
    /// By the sender's clock.
    pub sent_at: Timestamp,
    /// By ours.
    pub received_at: Timestamp,
    /// How far an outgoing one has come.
    pub status: Option<DeliveryStatus>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        let inbound: Option<InboundMessage> = serde_json::from_value(message.body.clone()).ok();
        let point = inbound.as_ref().and_then(|i| i.location.as_ref()).and_then(|location| location.point.ok());
        let direction = match message.direction {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::Note => "note",
        };
        Self {
            id: message.id,
            direction: direction.to_owned(),
            kind: message.kind,
            text: message.body["text"].as_str().map(str::to_owned),
            lng: point.map(|p| p.lng),
            lat: point.map(|p| p.lat),
            media: None,
            revoked: false,
            sent_at: message.sent_at,
            received_at: message.received_at,
            status: message.status,
        }
    }
}

/// Messages as they are shown, with what was attached to them.
///
/// # Errors
/// Storage is away.
pub async fn view(app: &App, messages: Vec<Message>) -> Result<Vec<MessageView>, ApiError> {
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let files = app.store.media_of_messages(&ids).await?;
    let taken_back: HashSet<String> = messages
        .iter()
        .filter(|message| message.kind == "revoke")
        .filter_map(|message| message.body["replies_to"].as_str().map(str::to_owned))
        .collect();
    let view = |message: Message| {
        let media = files.iter().find(|file| file.message == Some(message.id)).map(MediaView::from);
        let revoked = message.external_id.as_ref().is_some_and(|id| taken_back.contains(id));
        MessageView { media, revoked, ..MessageView::from(message) }
    };
    Ok(messages.into_iter().map(view).collect())
}
