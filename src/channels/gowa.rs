//! WhatsApp over a linked telephone (go-whatsapp-web-multidevice): the raw body of its webhook enters,
//! messages and statuses leave. One body holds one event. Signed like Meta's (`whatsapp::verify`).
//!
//! What the office wrote itself and what was said in groups is not for us.

use chrono::DateTime;

use super::json::{Node, too_deep, without_nan};
use super::whatsapp::{Inbound, Malformed, MessageStatus, RAW_NUMBER_CHARS, ignored, point};
use super::{InboundMessage, Media, MessageKind, Sender, SharedLocation};
use crate::model::clock::Timestamp;
use crate::model::report::Channel;

/// Kinds of attachments, by the key they stand under.
const ATTACHMENTS: [(&str, MessageKind); 6] = [
    ("image", MessageKind::Image),
    ("video", MessageKind::Video),
    ("video_note", MessageKind::Video),
    ("document", MessageKind::Document),
    ("audio", MessageKind::Voice),
    ("sticker", MessageKind::Sticker),
];

/// What a webhook body holds. `now` bounds the timestamps.
///
/// # Errors
/// The body is not a JSON object, or nested deeper than 100.
pub fn parse(body: &[u8], now: Timestamp) -> Result<Vec<Inbound>, Malformed> {
    let text = String::from_utf8_lossy(body);
    if too_deep(&text) {
        return Err(Malformed::TooDeep);
    }
    let text = without_nan(&text);
    let root = Node::read(&text).ok_or(Malformed::NotJson)?;
    let Some(payload) = root.node("payload") else { return Ok(vec![ignored("an event without payload")]) };
    let line = root.word("device_id").map(|device| line(&device)).unwrap_or_default();
    let event = root.text("event").unwrap_or_default();
    Ok(match event.as_str() {
        "message.ack" => read_ack(&payload, &root, now),
        "message" | "message.reaction" | "message.revoked" | "message.edited" => {
            vec![read_message(&event, &payload, &line, now)]
        }
        _ => vec![ignored("an event of another kind")],
    })
}

/// The name of one of our telephones in the settings and in bodies: its number, without what follows.
#[must_use]
pub fn line(device: &str) -> String {
    device.split(['@', ':']).next().unwrap_or_default().to_owned()
}

fn read_ack(payload: &Node<'_>, root: &Node<'_>, now: Timestamp) -> Vec<Inbound> {
    let status = match payload.text("receipt_type").as_deref() {
        Some("delivered" | "") => MessageStatus::Delivered,
        Some("read") => MessageStatus::Read,
        Some("played") => MessageStatus::Played,
        _ => return vec![ignored("a receipt of an unknown kind")],
    };
    let at = sent_at(root, now);
    let ids = payload.list("ids").into_iter().filter_map(|id| serde_json::from_str::<String>(id).ok());
    ids.map(|external_id| Inbound::Status { external_id, status, at, error_code: None }).collect()
}

fn read_message(event: &str, payload: &Node<'_>, line: &str, now: Timestamp) -> Inbound {
    if payload.is_true("is_from_me") {
        return ignored("a message of our own");
    }
    let chat = payload.text("chat_id").unwrap_or_default();
    if ["@g.us", "@broadcast", "@newsletter"].iter().any(|other| chat.ends_with(other)) {
        return ignored("a message to a group");
    }
    let Some(external_id) = payload.word("id") else { return ignored("a message without id") };
    let sender = sender(payload);
    if sender.is_nobody() {
        return ignored("a message without sender");
    }
    let mut message = InboundMessage {
        channel: Channel::Whatsapp,
        line: line.to_owned(),
        external_id,
        sender,
        sent_at: sent_at(payload, now),
        kind: MessageKind::Other,
        text: payload.word("body"),
        choice: None,
        location: None,
        media: None,
        replies_to: payload.word("replied_to_id"),
        renamed: None,
        edited: event == "message.edited",
        forwarded: payload.is_true("forwarded"),
    };
    match event {
        "message.reaction" => {
            message.kind = MessageKind::Reaction;
            message.text = payload.word("reaction");
            message.replies_to = payload.word("reacted_message_id");
        }
        "message.revoked" => {
            message.kind = MessageKind::Revoke;
            message.text = None;
            message.replies_to = payload.word("revoked_message_id");
        }
        "message.edited" => {
            message.kind = MessageKind::Text;
            message.replies_to = payload.word("original_message_id");
        }
        _ => fill(&mut message, payload),
    }
    Inbound::Message(Box::new(message))
}

/// Sets what depends on which key there is; words alone are a text.
fn fill(message: &mut InboundMessage, payload: &Node<'_>) {
    let place = ["location", "live_location"].iter().find_map(|key| payload.node(key));
    let attached = ATTACHMENTS.iter().find_map(|(key, kind)| Some((*kind, payload.raw(key)?)));
    if let Some(place) = place {
        message.kind = MessageKind::Location;
        message.location = Some(location(&place));
    } else if let Some((kind, raw)) = attached {
        message.kind = kind;
        let (media, caption) = attachment(raw);
        message.media = media;
        message.text = message.text.take().or(caption);
    } else if let Some(names) = contacts(payload) {
        message.kind = MessageKind::Contacts;
        message.text = Some(names);
    } else if message.text.is_some() {
        message.kind = MessageKind::Text;
    }
}

/// A path alone, or an object with a path (or an address that only WhatsApp itself can read) and a caption.
fn attachment(raw: &str) -> (Option<Media>, Option<String>) {
    let media = |id: String, filename: Option<String>| Media { id, mime: None, sha256: None, filename, kept: None };
    if let Ok(path) = serde_json::from_str::<String>(raw) {
        return ((!path.is_empty()).then(|| media(path, None)), None);
    }
    let Some(object) = Node::read(raw) else { return (None, None) };
    let id = object.word("path").or_else(|| object.word("url"));
    (id.map(|id| media(id, object.word("filename"))), object.word("caption"))
}

fn location(place: &Node<'_>) -> SharedLocation {
    let raw = |key| place.raw(key).unwrap_or_default();
    let (raw_lng, raw_lat) = (raw("degreesLongitude"), raw("degreesLatitude"));
    SharedLocation {
        point: point(raw_lng, raw_lat),
        raw_lng: raw_lng.chars().take(RAW_NUMBER_CHARS).collect(),
        raw_lat: raw_lat.chars().take(RAW_NUMBER_CHARS).collect(),
        name: place.word("name"),
        address: place.word("address"),
        accuracy_m: None,
    }
}

fn contacts(payload: &Node<'_>) -> Option<String> {
    let one = payload.raw("contact").into_iter();
    let cards = one.chain(payload.list("contacts_array")).filter_map(Node::read);
    let lines: Vec<String> = cards.filter_map(|card| card.word("vcard").or_else(|| card.word("displayName"))).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// A number where there is one; a `…@lid` is a name like any other.
fn sender(payload: &Node<'_>) -> Sender {
    let from = payload.word("from").unwrap_or_default();
    let is_number = from.ends_with("@s.whatsapp.net") || !from.contains('@');
    let number: String = line(&from).chars().filter(char::is_ascii_digit).collect();
    let lid = payload.word("from_lid").or_else(|| from.ends_with("@lid").then(|| from.clone()));
    Sender {
        user_id: None,
        wa_id: (is_number && !number.is_empty()).then_some(number),
        // Which of his telephones he used (`:12`) makes nobody else of him.
        jid: lid.filter(|lid| lid.ends_with("@lid")).map(|lid| format!("{}@lid", line(&lid))),
        name: payload.word("from_name"),
    }
}

/// When it was sent: never after `now`; what cannot be read counts as now.
fn sent_at(node: &Node<'_>, now: Timestamp) -> Timestamp {
    let said = node.text("timestamp").and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    said.map_or(now, |at| Timestamp(at.timestamp_micros()).min(now))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_262_400);

    fn event(event: &str, more: Value) -> Vec<Inbound> {
        let mut payload = json!({
            "id": "3EB0C127D7BACC83D6A1", "chat_id": "628123456789@s.whatsapp.net",
            "from": "628123456789:12@s.whatsapp.net", "from_lid": "251556368777322@lid", "from_name": "Siti Contoh",
            "timestamp": "2026-11-21T11:55:00Z", "is_from_me": false,
        });
        for (key, value) in more.as_object().expect("an object") {
            payload[key] = value.clone();
        }
        let body = json!({ "event": event, "device_id": "628116400110:3@s.whatsapp.net", "payload": payload });
        parse(body.to_string().as_bytes(), NOW).expect("a body")
    }

    fn message(kind: &str, more: Value) -> InboundMessage {
        match event(kind, more).as_slice() {
            [Inbound::Message(message)] => (**message).clone(),
            other => unreachable!("one message: {other:?}"),
        }
    }

    #[test]
    fn a_text_keeps_its_words_and_its_sender_has_both_names() {
        let said = message(
            "message",
            json!({ "body": "begal di Jl. Melati <script>\u{202e}", "replied_to_id": "3EB0", "forwarded": true }),
        );
        assert_eq!(
            (said.kind, said.text.as_deref()),
            (MessageKind::Text, Some("begal di Jl. Melati <script>\u{202e}"))
        );
        assert_eq!(
            (said.line.as_str(), said.replies_to.as_deref(), said.forwarded),
            ("628116400110", Some("3EB0"), true)
        );
        assert_eq!(said.sender.wa_id.as_deref(), Some("628123456789"));
        assert_eq!(said.sender.jid.as_deref(), Some("251556368777322@lid"));
        assert_eq!(said.sent_at, Timestamp::from_secs(1_795_262_100));
        let hidden = message("message", json!({ "from": "251556368777322:4@lid", "from_lid": null, "body": "x" }));
        assert_eq!((hidden.sender.wa_id, hidden.sender.jid.as_deref()), (None, Some("251556368777322@lid")));
    }

    #[test]
    fn places_are_places_alive_or_not() {
        let at = json!({ "degreesLatitude": 3.59, "degreesLongitude": 98.67, "name": "Pasar" });
        for key in ["location", "live_location"] {
            let said = message("message", json!({ key: at }));
            let place = said.location.expect("a place");
            assert_eq!((said.kind, place.name.as_deref()), (MessageKind::Location, Some("Pasar")));
            assert!(place.point.is_ok_and(|point| (point.lat - 3.59).abs() < 1e-9));
        }
        let swapped = message("message", json!({ "location": { "degreesLatitude": 98.67, "degreesLongitude": 3.59 } }));
        assert!(swapped.location.is_some_and(|place| place.point.is_err()));
    }

    #[test]
    fn attachments_are_a_path_or_an_object() {
        let path = "statics/media/1752404751-ad9e37ac.jpeg";
        for (image, caption) in [(json!(path), None), (json!({ "path": path, "caption": "api" }), Some("api"))] {
            let said = message("message", json!({ "image": image }));
            assert_eq!((said.kind, said.text.as_deref()), (MessageKind::Image, caption));
            assert_eq!(said.media.expect("a file").id, path);
        }
        for (key, kind) in ATTACHMENTS {
            assert_eq!(message("message", json!({ key: "statics/media/x" })).kind, kind, "{key}");
        }
    }

    #[test]
    fn our_own_messages_groups_and_other_events_are_ignored() {
        for (kind, more) in [
            ("message", json!({ "is_from_me": true, "body": "x" })),
            ("message", json!({ "chat_id": "120363402106@g.us", "body": "x" })),
            ("message", json!({ "chat_id": "status@broadcast", "body": "x" })),
            ("message", json!({ "id": null, "body": "x" })),
            ("message", json!({ "from": null, "from_lid": null, "body": "x" })),
            ("message.deleted", json!({})),
            ("call.offer", json!({})),
            ("group.participants", json!({})),
        ] {
            let items = event(kind, more);
            assert!(matches!(items.as_slice(), [Inbound::Ignored { .. }]), "{kind}: {items:?}");
        }
    }

    #[test]
    fn reactions_edits_and_what_is_taken_back_name_the_message_they_are_about() {
        let reaction = message("message.reaction", json!({ "reaction": "👍", "reacted_message_id": "A" }));
        assert_eq!(
            (reaction.kind, reaction.text.as_deref(), reaction.replies_to.as_deref()),
            (MessageKind::Reaction, Some("👍"), Some("A"))
        );
        let revoke = message("message.revoked", json!({ "revoked_message_id": "B" }));
        assert_eq!((revoke.kind, revoke.replies_to.as_deref()), (MessageKind::Revoke, Some("B")));
        let edit = message("message.edited", json!({ "original_message_id": "C", "body": "gang 3" }));
        assert_eq!(
            (edit.kind, edit.text.as_deref(), edit.replies_to.as_deref()),
            (MessageKind::Text, Some("gang 3"), Some("C"))
        );
    }

    #[test]
    fn receipts_follow_every_message_they_name() {
        let items = event("message.ack", json!({ "ids": ["A", "B", 7], "receipt_type": "read" }));
        let read: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                Inbound::Status { external_id, status, .. } => Some((external_id.as_str(), *status)),
                _ => None,
            })
            .collect();
        assert_eq!(read, [("A", MessageStatus::Read), ("B", MessageStatus::Read)]);
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_the_parser_fall_over(body in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _outcome = parse(&body, NOW);
        }
    }
}
