//! The citizen app's door: what a person sent from the app enters, [`InboundMessage`]s leave, in the
//! same shape as those of WhatsApp, so that everything after it is the same road.
//!
//! Pure. Nothing is judged or shortened; what cannot be taken is refused with the field it is about.

use super::{InboundMessage, Media, MessageKind, Sender, SharedLocation};
use crate::model::clock::Timestamp;
use crate::model::id::{MediaId, ReportId, ReporterId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Service};

/// Longest text of one message, characters.
pub const MOST_CHARS: usize = 10_000;

/// Longest key, characters.
pub const MOST_KEY_CHARS: usize = 100;

/// Longest name a person may give himself, characters.
pub const MOST_NAME_CHARS: usize = 100;

/// Photos and videos of one message.
pub const MOST_MEDIA: usize = 10;

/// A pin less precise than this is of no use even to an operator, metres.
const WORST_ACCURACY_M: f64 = 100_000.0;

/// Somebody who proved his number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSender {
    /// Who he is in the vault.
    pub reporter: ReporterId,
    /// Telephone number, digits only.
    pub phone: String,
    /// As he calls himself.
    pub name: Option<String>,
    /// Code of the office his account belongs to.
    pub polres: String,
}

/// A finished upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppMedia {
    /// Its id.
    pub id: MediaId,
    /// Media type, as found in the file.
    pub mime: String,
}

/// One message from the app.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AppMessage {
    /// The app's own id of the message: sent again, it makes nothing new.
    pub key: String,
    /// What he wrote.
    pub text: String,
    /// What he says it is about.
    pub category: Option<Category>,
    /// Longitude of his pin, degrees.
    pub lng: Option<f64>,
    /// Latitude of his pin, degrees.
    pub lat: Option<f64>,
    /// How far the pin may be off, metres.
    pub accuracy_m: Option<f64>,
    /// Photos and videos.
    pub media: Vec<AppMedia>,
    /// By the clock of his telephone.
    pub sent_at: Option<Timestamp>,
    /// The report it belongs to, when he says so.
    pub report: Option<ReportId>,
}

/// Why a message cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct BadField {
    /// The field it is about.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

fn bad<T>(field: &'static str, why: impl Into<String>) -> Result<T, BadField> {
    Err(BadField { field, why: why.into() })
}

/// The messages a report, or a further message of one, becomes: the words with the pin first, then
/// one for each photo or video.
///
/// # Errors
/// [`BadField`]: nothing is said, too much is said, a point that cannot be, a key that is none.
pub fn messages(sent: &AppMessage, from: &AppSender, now: Timestamp) -> Result<Vec<InboundMessage>, BadField> {
    checked_key(&sent.key)?;
    checked_text(sent)?;
    let location = location(sent)?;
    let choice = sent.category.map(offered).transpose()?;
    let said = !sent.text.trim().is_empty();
    let first = InboundMessage {
        channel: Channel::CitizenApp,
        line: from.polres.clone(),
        external_id: external_id(from.reporter, &sent.key),
        sender: Sender { user_id: None, wa_id: Some(from.phone.clone()), name: from.name.clone(), jid: None },
        sent_at: sent.sent_at.unwrap_or(now).min(now),
        kind: if said { MessageKind::Text } else { MessageKind::Location },
        text: said.then(|| sent.text.clone()),
        choice: choice.map(|category| category.code().to_owned()),
        location,
        media: None,
        replies_to: sent.report.map(|report| report.to_string()),
        edited: false,
        renamed: None,
        forwarded: false,
    };
    let mut all = Vec::new();
    if said || first.location.is_some() {
        all.push(first.clone());
    }
    for (n, media) in sent.media.iter().enumerate() {
        // The first of all carries the key itself, so that it can be found by it.
        let part = if all.is_empty() { sent.key.clone() } else { format!("{}/{n}", sent.key) };
        all.push(InboundMessage {
            external_id: external_id(from.reporter, &part),
            kind: kind_of(&media.mime),
            text: None,
            location: None,
            choice: first.choice.clone().filter(|_| all.is_empty()),
            media: Some(kept(media)),
            ..first.clone()
        });
    }
    Ok(all)
}

fn kept(media: &AppMedia) -> Media {
    let mime = Some(media.mime.clone());
    Media { id: media.id.to_string(), mime, sha256: None, filename: None, kept: Some(media.id) }
}

/// What a message of the app is known by: the person and his own key.
#[must_use]
pub fn external_id(reporter: ReporterId, key: &str) -> String {
    format!("{reporter}/{key}")
}

/// The report a message was written to, when it says so.
#[must_use]
pub fn report_meant(message: &InboundMessage) -> Option<ReportId> {
    let meant = message.replies_to.as_deref().filter(|_| message.channel == Channel::CitizenApp);
    meant.and_then(|id| id.parse().ok())
}

/// What the person says it is about, when he chose one of the categories offered to him.
#[must_use]
pub fn category_chosen(message: &InboundMessage) -> Option<Category> {
    let chosen = message.choice.as_deref().filter(|_| message.channel == Channel::CitizenApp);
    chosen.and_then(Category::from_code)
}

/// How far the pin may be off, metres, when the app said so.
#[must_use]
pub fn pin_accuracy_m(message: &InboundMessage) -> Option<f64> {
    message.location.as_ref().filter(|_| message.channel == Channel::CitizenApp)?.accuracy_m
}

fn kind_of(mime: &str) -> MessageKind {
    match mime.split('/').next() {
        Some("image") => MessageKind::Image,
        Some("video") => MessageKind::Video,
        Some("audio") => MessageKind::Audio,
        _ => MessageKind::Document,
    }
}

/// A key that can be kept and compared anywhere.
///
/// # Errors
/// Empty, longer than [`MOST_KEY_CHARS`], or with other signs than letters, digits, `.`, `_`, `:` and `-`.
pub fn checked_key(key: &str) -> Result<(), BadField> {
    let lawful = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    if key.is_empty() || key.chars().count() > MOST_KEY_CHARS || !key.chars().all(lawful) {
        return bad("key", format!("1 to {MOST_KEY_CHARS} letters, digits, dots, colons, dashes or underscores"));
    }
    Ok(())
}

fn checked_text(sent: &AppMessage) -> Result<(), BadField> {
    if sent.text.chars().count() > MOST_CHARS {
        return bad("text", format!("at most {MOST_CHARS} characters"));
    }
    if sent.media.len() > MOST_MEDIA {
        return bad("media", format!("at most {MOST_MEDIA} photos and videos"));
    }
    if sent.text.trim().is_empty() && sent.media.is_empty() && (sent.lng.is_none() || sent.report.is_none()) {
        return bad("text", "say what happened, or add a photo");
    }
    Ok(())
}

fn location(sent: &AppMessage) -> Result<Option<SharedLocation>, BadField> {
    let (lng, lat) = match (sent.lng, sent.lat) {
        (None, None) if sent.accuracy_m.is_some() => return bad("accuracy_m", "there is no point it could be of"),
        (None, None) => return Ok(None),
        (Some(lng), Some(lat)) => (lng, lat),
        (None, Some(_)) => return bad("lng", "lng and lat belong together"),
        (Some(_), None) => return bad("lat", "lng and lat belong together"),
    };
    let point = LngLat::checked(lng, lat).or_else(|error| bad("lng", error.to_string()))?;
    let lawful = |metres: &f64| metres.is_finite() && (0.0..=WORST_ACCURACY_M).contains(metres);
    if sent.accuracy_m.is_some_and(|metres| !lawful(&metres)) {
        return bad("accuracy_m", format!("0 to {WORST_ACCURACY_M} metres"));
    }
    Ok(Some(SharedLocation {
        point: Ok(point),
        raw_lng: lng.to_string(),
        raw_lat: lat.to_string(),
        name: None,
        address: None,
        accuracy_m: sent.accuracy_m,
    }))
}

/// Only what somebody can come to report; how it is dealt with is not his to say.
fn offered(category: Category) -> Result<Category, BadField> {
    match category.service() {
        Service::Police | Service::OtherAgency | Service::Information if category != Category::BelumJelas => {
            Ok(category)
        }
        _ => bad("category", "not a category one can report"),
    }
}

/// A telephone number as people write it, as digits with the country code: `0812 3456-7890`,
/// `+62 812…`, `62812…` and `812…` are the same number.
///
/// # Errors
/// Not 8 to 15 digits (ITU-T E.164), or other signs than digits, spaces, dashes, dots, brackets and a
/// leading plus.
pub fn phone_digits(written: &str) -> Result<String, BadField> {
    let written = written.trim();
    let (plus, rest) = written.strip_prefix('+').map_or((false, written), |rest| (true, rest));
    if !rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')')) {
        return bad("phone", "a telephone number has digits only");
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let full = match digits.strip_prefix('0') {
        Some(national) if !plus => format!("62{national}"),
        None if !plus && digits.starts_with('8') => format!("62{digits}"),
        _ => digits,
    };
    if full.starts_with('0') || !(8..=15).contains(&full.len()) {
        return bad("phone", "a telephone number has 8 to 15 digits, with its country code");
    }
    Ok(full)
}

/// Messages as they lie in the inbox until they are worked off.
#[must_use]
pub fn to_store(messages: &[InboundMessage]) -> Vec<u8> {
    serde_json::to_vec(messages).unwrap_or_default()
}

/// The messages of a body in the inbox; none when it is not one of ours.
#[must_use]
pub fn from_store(body: &[u8]) -> Vec<InboundMessage> {
    serde_json::from_slice(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_226_400);

    fn siti() -> AppSender {
        AppSender {
            reporter: ReporterId(Uuid::from_u128(7)),
            phone: "6281234567890".to_owned(),
            name: Some("Siti".to_owned()),
            polres: "medan".to_owned(),
        }
    }

    fn says(text: &str) -> AppMessage {
        AppMessage { key: "k-1".to_owned(), text: text.to_owned(), ..AppMessage::default() }
    }

    fn pinned(lng: f64, lat: f64) -> AppMessage {
        AppMessage { lng: Some(lng), lat: Some(lat), ..says("pohon tumbang") }
    }

    fn refused(sent: &AppMessage) -> &'static str {
        messages(sent, &siti(), NOW).unwrap_err().field
    }

    #[test]
    fn words_pin_and_photos_become_messages_of_one_sender_in_order() {
        let photo = AppMedia { id: MediaId(Uuid::from_u128(1)), mime: "image/jpeg".to_owned() };
        let video = AppMedia { id: MediaId(Uuid::from_u128(2)), mime: "video/mp4".to_owned() };
        let sent = AppMessage { media: vec![photo, video], accuracy_m: Some(12.5), ..pinned(98.67, 3.59) };
        let all = messages(&sent, &siti(), NOW).unwrap();
        let kinds: Vec<_> = all.iter().map(|m| m.kind).collect();
        assert_eq!(kinds, [MessageKind::Text, MessageKind::Image, MessageKind::Video]);
        assert_eq!(all[0].location.as_ref().unwrap().point, Ok(LngLat::new(98.67, 3.59)));
        assert_eq!(pin_accuracy_m(&all[0]), Some(12.5));
        assert!(all.iter().all(|m| m.sender.wa_id.as_deref() == Some("6281234567890") && m.line == "medan"));
        let ids: std::collections::BTreeSet<_> = all.iter().map(|m| &m.external_id).collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(all[0].external_id, external_id(siti().reporter, "k-1"));
    }

    #[test]
    fn what_waits_in_the_inbox_comes_out_as_it_went_in() {
        let all = messages(&pinned(98.67, 3.59), &siti(), NOW).unwrap();
        assert_eq!(from_store(&to_store(&all)), all);
        assert!(from_store(b"{").is_empty());
    }

    #[test]
    fn a_photo_alone_is_found_by_the_key_itself() {
        let photo = AppMedia { id: MediaId(Uuid::from_u128(1)), mime: "image/png".to_owned() };
        let all = messages(&AppMessage { media: vec![photo], ..says(" ") }, &siti(), NOW).unwrap();
        assert_eq!((all.len(), all[0].kind, all[0].text.clone()), (1, MessageKind::Image, None));
        assert_eq!(all[0].external_id, external_id(siti().reporter, "k-1"));
    }

    #[test]
    fn any_words_pass_unchanged_up_to_their_limit() {
        for text in ["\u{202e}gnolot", "<script>alert(1)</script>", "a\0b", "=HYPERLINK(\"x\")", "👩‍👩‍👧 {{7*7}}"]
        {
            assert_eq!(messages(&says(text), &siti(), NOW).unwrap()[0].text.as_deref(), Some(text));
        }
        let most = "ñ".repeat(MOST_CHARS);
        assert_eq!(messages(&says(&most), &siti(), NOW).unwrap()[0].text.as_deref(), Some(most.as_str()));
        assert_eq!(refused(&says(&(most + "x"))), "text");
        assert_eq!(refused(&says(" \n ")), "text");
    }

    #[test]
    fn a_point_that_cannot_be_is_refused_by_name() {
        for (lng, lat) in [(3.59, 98.67), (0.0, 0.0), (f64::NAN, 3.0), (f64::INFINITY, 3.0), (-0.1, 51.5)] {
            assert_eq!(refused(&pinned(lng, lat)), "lng");
        }
        assert_eq!(refused(&AppMessage { lng: Some(98.67), ..says("x") }), "lat");
        assert_eq!(refused(&AppMessage { lat: Some(3.59), ..says("x") }), "lng");
        for metres in [-1.0, f64::NAN, 1e9] {
            assert_eq!(refused(&AppMessage { accuracy_m: Some(metres), ..pinned(98.67, 3.59) }), "accuracy_m");
        }
        assert_eq!(refused(&AppMessage { accuracy_m: Some(5.0), ..says("x") }), "accuracy_m");
    }

    #[test]
    fn only_what_one_can_report_may_be_chosen() {
        let chosen = |category| messages(&AppMessage { category: Some(category), ..says("x") }, &siti(), NOW);
        let taken = chosen(Category::PohonTumbang).unwrap();
        assert_eq!(category_chosen(&taken[0]), Some(Category::PohonTumbang));
        for category in [Category::Prank, Category::Spam, Category::Curhat, Category::BelumJelas] {
            assert_eq!(chosen(category).unwrap_err().field, "category");
        }
    }

    #[test]
    fn a_clock_that_is_ahead_is_set_to_ours() {
        let sent = |at| messages(&AppMessage { sent_at: Some(at), ..says("x") }, &siti(), NOW).unwrap()[0].sent_at;
        assert_eq!(sent(NOW.plus_secs(3600)), NOW);
        assert_eq!(sent(NOW.plus_secs(-3600)), NOW.plus_secs(-3600));
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for written in ["0812 3456-7890", "+62 812 3456 7890", "6281234567890", "81234567890", "(0812)3456.7890"] {
            assert_eq!(phone_digits(written).unwrap(), "6281234567890", "{written}");
        }
        assert_eq!(phone_digits("+60 12-345 6789").unwrap(), "60123456789");
        for written in ["", "08", "12", "+0812", "0812abc", "0812\u{0660}", "1".repeat(16).as_str(), "'; --"] {
            assert_eq!(phone_digits(written).unwrap_err().field, "phone", "{written}");
        }
    }

    proptest! {
        #[test]
        fn no_key_of_one_person_meets_that_of_another(a in "[a-z0-9._:-]{1,40}", b in "[a-z0-9._:-]{1,40}", n in 0u8..9) {
            let (one, two) = (ReporterId(Uuid::from_u128(1)), ReporterId(Uuid::from_u128(2)));
            prop_assert_ne!(external_id(one, &a), external_id(two, &b));
            prop_assert_ne!(external_id(one, &a), external_id(one, &[b.clone(), n.to_string()].join("/")));
            let part = format!("{b}/{n}");
            prop_assert!(checked_key(&a).is_ok() && checked_key(&part).is_err());
        }
    }
}
