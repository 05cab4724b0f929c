//! WhatsApp, Meta's Cloud API: the raw body of a webhook enters, messages and statuses leave.
//!
//! Several entries, changes, messages and statuses share one body; each is read alone, and a broken
//! one becomes [`Inbound::Ignored`] without costing its neighbours. Never decides what a message means.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::json::{Node, too_deep, without_nan};
use super::{InboundMessage, Media, MessageKind, Sender, SharedLocation};
use crate::model::clock::Timestamp;
use crate::model::place::{BadPoint, LngLat};
use crate::model::report::Channel;

/// Before this a timestamp cannot be true: 2010-01-01, soon after WhatsApp began. Unix seconds.
const FIRST_PLAUSIBLE_S: i64 = 1_262_304_000;

/// Raw coordinates are kept up to this many characters.
pub(super) const RAW_NUMBER_CHARS: usize = 64;

/// One item of a webhook body.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inbound {
    /// Somebody wrote to us.
    Message(Box<InboundMessage>),
    /// A message of ours came further.
    Status {
        /// Its `wamid.…`.
        external_id: String,
        /// How far.
        status: MessageStatus,
        /// When, by Meta's clock.
        at: Timestamp,
        /// Why it failed (131047: outside the service window …).
        error_code: Option<i64>,
    },
    /// Nothing for us, or too broken to use.
    Ignored {
        /// Why; holds nothing the sender wrote.
        why: String,
    },
}

/// How far a message of ours has come, as Meta says. The order of arrival is not guaranteed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Meta took it.
    Sent,
    /// It is on the telephone.
    Delivered,
    /// It was read.
    Read,
    /// A voice message of ours was played.
    Played,
    /// Meta gave up.
    Failed,
}

/// The body is not a webhook at all. (http: 400)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or not an object.
    #[error("the body is not a json object")]
    NotJson,
    /// Nested deeper than any real body.
    #[error("the body is nested too deeply")]
    TooDeep,
}

/// Whether `header` (`X-Hub-Signature-256`) was made from the raw `body` with one of `secrets`.
///
/// Two secrets may be valid at once while one is being changed; an empty secret never is. Compares
/// in constant time.
#[must_use]
pub fn verify(secrets: &[String], header: Option<&str>, body: &[u8]) -> bool {
    let Some(digest) = header.and_then(|header| header.strip_prefix("sha256=")) else {
        return false;
    };
    let mut wanted = [0; 32];
    if hex::decode_to_slice(digest, &mut wanted).is_err() {
        return false;
    }
    secrets.iter().fold(false, |valid, secret| valid | signed_with(secret, body, &wanted))
}

fn signed_with(secret: &str, body: &[u8], wanted: &[u8; 32]) -> bool {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    !secret.is_empty() && mac.chain_update(body).verify_slice(wanted).is_ok()
}

/// Every message and status of a webhook body, in its order. `now` bounds the timestamps.
///
/// A body for another product (`object` is not `whatsapp_business_account`) holds nothing for us.
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
    let mut found = Vec::new();
    if root.text("object").as_deref() == Some("whatsapp_business_account") {
        for entry in root.list("entry") {
            read_entry(entry, now, &mut found);
        }
    }
    Ok(found)
}

pub(super) fn ignored(why: impl Into<String>) -> Inbound {
    Inbound::Ignored { why: why.into() }
}

fn read_entry(entry: &str, now: Timestamp, found: &mut Vec<Inbound>) {
    let Some(entry) = Node::read(entry) else {
        found.push(ignored("an entry that is not an object"));
        return;
    };
    for change in entry.list("changes") {
        let change = Node::read(change);
        match (change.as_ref().and_then(|change| change.text("field")), change.and_then(|change| change.node("value")))
        {
            (Some(field), Some(value)) if field == "messages" => read_value(&value, now, found),
            (Some(field), Some(value)) if field == "calls" => read_calls(&value, now, found),
            (Some(field), _) if field != "messages" => found.push(ignored("a change of another field")),
            _ => found.push(ignored("a change without field or value")),
        }
    }
}

fn read_value(value: &Node<'_>, now: Timestamp, found: &mut Vec<Inbound>) {
    let line = value.node("metadata").and_then(|metadata| metadata.word("phone_number_id")).unwrap_or_default();
    let contacts: Vec<Node<'_>> = value.list("contacts").into_iter().filter_map(Node::read).collect();
    for message in value.list("messages") {
        found.push(read_message(message, &line, &contacts, now));
    }
    for status in value.list("statuses") {
        found.push(read_status(status, now));
    }
    for error in value.list("errors") {
        let code = Node::read(error).and_then(|error| error.integer("code"));
        found.push(ignored(format!("meta reports error {}", code.unwrap_or_default())));
    }
}

/// Calls over WhatsApp (Meta, "User-initiated calls"): each event of one call is a message under the
/// call's own id, so that a call is one contact however many events it has. Calls of ours, should the
/// office ever place one elsewhere, are nothing a citizen said.
fn read_calls(value: &Node<'_>, now: Timestamp, found: &mut Vec<Inbound>) {
    let line = value.node("metadata").and_then(|metadata| metadata.word("phone_number_id")).unwrap_or_default();
    let contacts: Vec<Node<'_>> = value.list("contacts").into_iter().filter_map(Node::read).collect();
    for call in value.list("calls") {
        found.push(read_call(call, &line, &contacts, now));
    }
    for _ in value.list("statuses") {
        found.push(ignored("a status of a call"));
    }
}

fn read_call(json: &str, line: &str, contacts: &[Node<'_>], now: Timestamp) -> Inbound {
    let Some(node) = Node::read(json) else { return ignored("a call that is not an object") };
    let Some(external_id) = node.word("id") else { return ignored("a call without id") };
    if node.text("direction").is_some_and(|direction| direction == "BUSINESS_INITIATED") {
        return ignored("a call of ours");
    }
    let Some(sender) = sender(&node, contacts) else { return ignored("a call without caller") };
    Inbound::Message(Box::new(InboundMessage {
        channel: Channel::Whatsapp,
        line: line.to_owned(),
        external_id,
        sender,
        sent_at: sent_at(&node, now),
        kind: MessageKind::Call,
        text: None,
        choice: None,
        location: None,
        media: None,
        replies_to: None,
        edited: false,
        renamed: None,
        forwarded: false,
    }))
}

fn read_status(status: &str, now: Timestamp) -> Inbound {
    let Some(status) = Node::read(status) else { return ignored("a status that is not an object") };
    let Some(external_id) = status.word("id") else { return ignored("a status without id") };
    let reached = match status.text("status").as_deref() {
        Some("sent") => MessageStatus::Sent,
        Some("delivered") => MessageStatus::Delivered,
        Some("read") => MessageStatus::Read,
        Some("played") => MessageStatus::Played,
        Some("failed") => MessageStatus::Failed,
        _ => return ignored("a status of an unknown kind"),
    };
    let errors = status.list("errors");
    let error_code = errors.into_iter().filter_map(Node::read).find_map(|error| error.integer("code"));
    Inbound::Status { external_id, status: reached, at: sent_at(&status, now), error_code }
}

fn read_message(json: &str, line: &str, contacts: &[Node<'_>], now: Timestamp) -> Inbound {
    let Some(node) = Node::read(json) else { return ignored("a message that is not an object") };
    let Some(external_id) = node.word("id") else { return ignored("a message without id") };
    let kind = node.text("type").unwrap_or_default();
    let system = node.node("system").filter(|_| kind == "system");
    let before = system.as_ref().and_then(|system| system.word("previous_user_id"));
    let sender = sender(&node, contacts).or_else(|| before.clone().map(|_| Sender::default()));
    let Some(mut sender) = sender else { return ignored("a message without sender") };
    // A changed id is told under the new one: the sender is who he was.
    sender.user_id = before.or(sender.user_id);
    let context = node.node("context");
    let mut message = InboundMessage {
        channel: Channel::Whatsapp,
        line: line.to_owned(),
        external_id,
        sender,
        sent_at: sent_at(&node, now),
        kind: MessageKind::Other,
        text: None,
        choice: None,
        location: None,
        media: None,
        replies_to: context.as_ref().and_then(|context| context.word("id")),
        edited: kind == "edit",
        renamed: None,
        forwarded: context.is_some_and(|it| it.is_true("forwarded") || it.is_true("frequently_forwarded")),
    };
    match kind.as_str() {
        "edit" => return read_edit(&node, message),
        "revoke" => return read_revoke(&node, message),
        "system" => return read_system(system.as_ref(), message),
        _ => {}
    }
    fill(&mut message, &kind, &node);
    if message.kind == MessageKind::Text && message.text.is_none() {
        return ignored("a text message without text");
    }
    Inbound::Message(Box::new(message))
}

/// The new words of an edited message, as an answer to the old ones: both stay on record.
fn read_edit(node: &Node<'_>, mut message: InboundMessage) -> Inbound {
    let edit = node.node("edit");
    if let Some(new) = edit.as_ref().and_then(|edit| edit.node("message")) {
        fill(&mut message, &new.text("type").unwrap_or_default(), &new);
    }
    message.replies_to = edit.and_then(|edit| edit.word("original_message_id")).or(message.replies_to);
    Inbound::Message(Box::new(message))
}

/// A message taken back: which one.
fn read_revoke(node: &Node<'_>, mut message: InboundMessage) -> Inbound {
    message.kind = MessageKind::Revoke;
    let revoke = node.node("revoke");
    message.replies_to = revoke.and_then(|revoke| revoke.word("original_message_id")).or(message.replies_to);
    Inbound::Message(Box::new(message))
}

/// What the channel tells of the sender. Its words name numbers, so they are not kept.
fn read_system(system: Option<&Node<'_>>, mut message: InboundMessage) -> Inbound {
    message.kind = MessageKind::System;
    let what = system.and_then(|system| system.text("type")).unwrap_or_default();
    if matches!(what.as_str(), "user_changed_number" | "customer_changed_number" | "user_changed_user_id") {
        let word = |key: &str| system.and_then(|system| system.word(key));
        let new = Sender {
            user_id: word("user_id").filter(|id| is_user_id(id)),
            wa_id: word("wa_id").or_else(|| word("new_wa_id")).as_deref().and_then(digits),
            ..Sender::default()
        };
        message.renamed = (!new.is_nobody()).then_some(new);
    }
    message.choice = Some(what).filter(|what| !what.is_empty());
    Inbound::Message(Box::new(message))
}

/// Sets what depends on the type; anything unknown stays [`MessageKind::Other`].
fn fill(message: &mut InboundMessage, kind: &str, node: &Node<'_>) {
    let content = node.node(kind);
    let content = content.as_ref();
    match kind {
        "text" => {
            message.kind = MessageKind::Text;
            message.text = content.and_then(|text| text.text("body"));
        }
        "location" => {
            message.kind = MessageKind::Location;
            message.location = Some(location(content));
        }
        "image" | "video" | "document" | "audio" | "sticker" => {
            message.kind = media_kind(kind, content);
            message.text = content.and_then(|media| media.word("caption"));
            message.media = content.and_then(media);
        }
        "contacts" => {
            message.kind = MessageKind::Contacts;
            message.text = shared_contacts(&node.list("contacts"));
        }
        "reaction" => {
            message.kind = MessageKind::Reaction;
            message.text = content.and_then(|reaction| reaction.word("emoji"));
            message.replies_to = content.and_then(|reaction| reaction.word("message_id")).or(message.replies_to.take());
        }
        "button" => {
            message.kind = MessageKind::Button;
            message.text = content.and_then(|button| button.word("text"));
            message.choice = content.and_then(|button| button.word("payload"));
        }
        "interactive" => fill_interactive(message, content),
        "unsupported" | "unknown" => message.kind = MessageKind::Unsupported,
        _ => {}
    }
}

fn fill_interactive(message: &mut InboundMessage, content: Option<&Node<'_>>) {
    for (key, kind) in [("button_reply", MessageKind::Button), ("list_reply", MessageKind::List)] {
        if let Some(reply) = content.and_then(|content| content.node(key)) {
            message.kind = kind;
            message.text = reply.word("title");
            message.choice = reply.word("id");
        }
    }
}

fn media_kind(kind: &str, content: Option<&Node<'_>>) -> MessageKind {
    match kind {
        "image" => MessageKind::Image,
        "video" => MessageKind::Video,
        "document" => MessageKind::Document,
        "sticker" => MessageKind::Sticker,
        _ if content.is_some_and(|audio| audio.is_true("voice")) => MessageKind::Voice,
        _ => MessageKind::Audio,
    }
}

fn media(content: &Node<'_>) -> Option<Media> {
    Some(Media {
        id: content.word("id")?,
        mime: content.word("mime_type"),
        sha256: content.word("sha256"),
        filename: content.word("filename"),
        kept: None,
    })
}

fn location(content: Option<&Node<'_>>) -> SharedLocation {
    let raw = |key| content.and_then(|location| location.raw(key)).unwrap_or_default();
    let (raw_lng, raw_lat) = (raw("longitude"), raw("latitude"));
    SharedLocation {
        point: point(raw_lng, raw_lat),
        raw_lng: raw_lng.chars().take(RAW_NUMBER_CHARS).collect(),
        raw_lat: raw_lat.chars().take(RAW_NUMBER_CHARS).collect(),
        name: content.and_then(|location| location.word("name")),
        address: content.and_then(|location| location.word("address")),
        accuracy_m: None,
    }
}

/// Only JSON numbers count: a string ("3,59") is a guess about decimals that we do not make.
pub(super) fn point(raw_lng: &str, raw_lat: &str) -> Result<LngLat, BadPoint> {
    let number = |raw: &str| raw.parse::<f64>().map_err(|_| BadPoint::NotFinite);
    LngLat::checked(number(raw_lng)?, number(raw_lat)?)
}

fn shared_contacts(contacts: &[&str]) -> Option<String> {
    let lines: Vec<String> = contacts
        .iter()
        .filter_map(|contact| Node::read(contact))
        .map(|contact| {
            let name = contact.node("name").and_then(|name| name.word("formatted_name"));
            let phones = contact.list("phones");
            let phones = phones.into_iter().filter_map(Node::read).filter_map(|phone| phone.word("phone"));
            name.into_iter().chain(phones).collect::<Vec<_>>().join(" ")
        })
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// Who wrote: the message's own numbers, completed from the contact that carries the same number or id.
fn sender(message: &Node<'_>, contacts: &[Node<'_>]) -> Option<Sender> {
    let from = message.word("from").unwrap_or_default();
    let scoped = message.word("from_user_id").or_else(|| is_user_id(&from).then(|| from.clone()));
    let phone = if is_user_id(&from) { None } else { digits(&from) };
    let matching = contacts.iter().find(|contact| {
        let same_phone = phone.is_some() && phone == contact.word("wa_id").as_deref().and_then(digits);
        let same_user = scoped.is_some() && scoped == contact.word("user_id");
        same_phone || same_user
    });
    let unnamed = phone.is_none() && scoped.is_none() && contacts.len() == 1;
    let contact = matching.or_else(|| contacts.first().filter(|_| unnamed));
    let sender = Sender {
        user_id: scoped.or_else(|| contact?.word("user_id")),
        wa_id: phone.or_else(|| digits(&contact?.word("wa_id")?)),
        jid: None,
        name: contact.and_then(|contact| contact.node("profile")).and_then(|profile| profile.word("name")),
    };
    (!sender.is_nobody()).then_some(sender)
}

/// Business-scoped ids: a two-letter country, a dot, up to 128 characters (Meta, April 2026).
fn is_user_id(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'.', _, ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// When it was sent: never after `now`; what cannot be true counts as now.
fn sent_at(node: &Node<'_>, now: Timestamp) -> Timestamp {
    match node.integer("timestamp") {
        Some(secs) if secs >= FIRST_PLAUSIBLE_S => Timestamp::from_secs(secs).min(now),
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_262_400);

    fn secrets(list: &[&str]) -> Vec<String> {
        list.iter().map(|&secret| secret.to_owned()).collect()
    }

    /// RFC 4231, test case 2: key "Jefe".
    const JEFE: &[u8] = b"what do ya want for nothing?";
    const JEFE_SIGNATURE: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn a_known_signature_is_accepted_and_a_changed_byte_is_not() {
        assert!(verify(&secrets(&["Jefe"]), Some(JEFE_SIGNATURE), JEFE));
        assert!(!verify(&secrets(&["Jefe"]), Some(JEFE_SIGNATURE), b"what do ya want for nothing!"));
        assert!(!verify(&secrets(&["jefe"]), Some(JEFE_SIGNATURE), JEFE));
    }

    #[test]
    fn two_secrets_are_valid_while_one_is_being_changed() {
        assert!(verify(&secrets(&["new", "Jefe"]), Some(JEFE_SIGNATURE), JEFE));
        assert!(verify(&secrets(&["Jefe", "new"]), Some(JEFE_SIGNATURE), JEFE));
        assert!(!verify(&[], Some(JEFE_SIGNATURE), JEFE));
    }

    #[test]
    fn an_empty_secret_is_never_valid() {
        // HMAC-SHA256 of nothing under the empty key.
        let header = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
        assert!(signed_with_any_key(header), "the vector itself is right");
        assert!(!verify(&secrets(&[""]), Some(header), b""));
    }

    fn signed_with_any_key(header: &str) -> bool {
        let mut wanted = [0; 32];
        hex::decode_to_slice(header.trim_start_matches("sha256="), &mut wanted).expect("hex");
        let mac = Hmac::<Sha256>::new_from_slice(b"").expect("any length");
        mac.verify_slice(&wanted).is_ok()
    }

    #[test]
    fn headers_that_are_missing_cut_long_or_of_another_kind_are_refused() {
        let digest = JEFE_SIGNATURE.trim_start_matches("sha256=");
        let sha1 = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
        let cut = JEFE_SIGNATURE.strip_suffix("43").expect("a suffix");
        let long = format!("{JEFE_SIGNATURE}00");
        let upper = JEFE_SIGNATURE.replace("sha256", "SHA256");
        for header in
            [None, Some(""), Some("sha256="), Some(sha1), Some(digest), Some(cut), Some(&*long), Some(&*upper)]
        {
            assert!(!verify(&secrets(&["Jefe"]), header, JEFE), "{header:?}");
        }
    }

    #[test]
    fn the_raw_bytes_are_signed_not_their_meaning() {
        let sign = |body: &[u8]| {
            let mac = Hmac::<Sha256>::new_from_slice(b"s").expect("any length").chain_update(body);
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        };
        let escaped = br#"{"a":"\u00e9"}"#;
        let plain = "{\"a\":\"\u{e9}\"}".as_bytes();
        assert!(verify(&secrets(&["s"]), Some(&sign(escaped)), escaped));
        assert!(verify(&secrets(&["s"]), Some(&sign(plain)), plain));
        assert!(!verify(&secrets(&["s"]), Some(&sign(escaped)), plain));
    }

    #[test]
    fn depth_bombs_and_things_that_are_no_object_are_malformed() {
        let bomb = format!("{{\"object\":{}", "[".repeat(100_000));
        assert_eq!(parse(bomb.as_bytes(), NOW), Err(Malformed::TooDeep));
        let closed = format!("{{\"a\":{}{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_eq!(parse(closed.as_bytes(), NOW), Err(Malformed::TooDeep));
        for body in ["", "[]", "null", "7", "\"x\"", "{", "{\"object\":}", "object=page"] {
            assert_eq!(parse(body.as_bytes(), NOW), Err(Malformed::NotJson), "{body}");
        }
    }

    fn wrap(messages: &str) -> String {
        format!(
            "{{\"object\":\"whatsapp_business_account\",\"entry\":[{{\"changes\":[{{\"field\":\"messages\",\
             \"value\":{{\"messages\":[{messages}]}}}}]}}]}}"
        )
    }

    fn text(id: usize, body: &str) -> String {
        serde_json::json!({"id": format!("wamid.{id}"), "from": "6281200000001", "type": "text",
            "timestamp": "1795262000", "text": {"body": body}})
        .to_string()
    }

    #[test]
    fn long_text_is_kept_to_the_last_byte() {
        let long = "a\u{1f525} ".repeat(60_000);
        let items = parse(wrap(&text(1, &long)).as_bytes(), NOW).expect("a webhook");
        let [Inbound::Message(message)] = items.as_slice() else { unreachable!("one message: {}", items.len()) };
        assert_eq!(message.text.as_deref(), Some(long.as_str()));
    }

    #[test]
    fn bytes_that_are_not_utf8_cost_only_their_own_characters() {
        let mut body = wrap(&format!("{},{}", text(1, "api QQ besar"), text(2, "baik"))).into_bytes();
        let at = body.windows(2).position(|pair| pair == b"QQ").expect("the mark");
        body[at] = 0xff;
        let items = parse(&body, NOW).expect("a webhook");
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn what_is_sealed_opens_to_the_same_message() {
        let body = wrap(
            r#"{"id":"wamid.1","from":"62812","type":"location","location":{"latitude":98.6,"longitude":3.5}},
               {"id":"wamid.2","from":"ID.88","type":"image","image":{"id":"9","caption":" x "}}"#,
        );
        let items = parse(body.as_bytes(), NOW).expect("a webhook");
        assert_eq!(items.len(), 2);
        for item in items {
            let Inbound::Message(message) = item else { unreachable!("messages only") };
            let sealed = serde_json::to_vec(&message).expect("serialises");
            assert_eq!(serde_json::from_slice::<InboundMessage>(&sealed).expect("opens"), *message);
        }
    }

    proptest::proptest! {
        #[test]
        fn broken_neighbours_never_cost_a_message(broken in proptest::collection::vec(0_usize..6, 0..12)) {
            let junk = ["null", "7", "\"x\"", "{}", "{\"id\":\"wamid.x\",\"type\":\"text\"}", "[]"];
            let mut parts: Vec<String> = Vec::new();
            for (at, &kind) in broken.iter().enumerate() {
                parts.push(junk[kind].to_owned());
                parts.push(text(at, "baik"));
            }
            let items = parse(wrap(&parts.join(",")).as_bytes(), NOW).expect("a webhook");
            let good = items.iter().filter(|item| matches!(item, Inbound::Message(_))).count();
            proptest::prop_assert_eq!(good, broken.len());
            proptest::prop_assert_eq!(items.len(), parts.len());
        }

        #[test]
        fn no_body_makes_the_parser_fall_over(body in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _outcome = parse(&body, NOW);
        }
    }
}
