//! What a message is in the conversation: a turn that wants something, or a matter that is read; and
//! which answer a matter wants by itself. The desk decides what is really said.

use super::desks::DeskParts;
use super::intake::is_mute;
use super::reading::Read;
use crate::channels::{InboundMessage, MessageKind};
use crate::model::clock::Timestamp;
use crate::model::entry::Template;
use crate::model::report::{Category, Channel, Priority, Report, Service};
use crate::model::talk::Wants;
use crate::understand::turns::{Turns, read_stars};

/// A closed report is talked about this long, seconds: longer, and the message is a new matter.
const TALKED_ABOUT_S: f64 = 24.0 * 3600.0;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// A reaction: nothing is wanted.
    Quiet,
    /// Something is wanted of the conversation.
    Wants(Wants),
    /// To be read.
    Matter,
}

/// Whether a message is an answer that makes sense of a report which ended long ago: a button of ours,
/// "sudah", "belum", stars.
pub(super) fn is_late_answer(turns: &Turns, message: &InboundMessage) -> bool {
    if let Some(choice) = message.choice.as_deref() {
        return matches!(pressed(choice), Some(Wants::Done | Wants::NotDone | Wants::Stars(_)));
    }
    let said = message.text.as_deref().filter(|_| message.kind == MessageKind::Text && !message.edited);
    said.is_some_and(|said| read_stars(said).or_else(|| turns.read_done(said)).is_some())
}

/// Whether a report that ended was left with words that "sudah" or "4" answers.
pub(super) fn awaits_judgement(report: &Report) -> bool {
    use Template::{AskRating, Closed, RatedThanks, Status, Welcome};
    matches!(report.talk.last(), Some(Closed | AskRating | RatedThanks | Welcome | Status))
}

/// What `message` is, seen from the latest report of its sender; a report that has ended is answered
/// about for `late_s` seconds.
pub(super) fn turn(
    turns: &Turns,
    message: &InboundMessage,
    latest: Option<&Report>,
    now: Timestamp,
    late_s: f64,
) -> Turn {
    if message.kind == MessageKind::Reaction {
        return Turn::Quiet;
    }
    if let Some(wants) = message.choice.as_deref().and_then(pressed) {
        return Turn::Wants(wants);
    }
    let said = message.text.as_deref().filter(|_| message.kind == MessageKind::Text && !message.edited);
    let (Some(said), Some(latest)) = (said, latest.filter(|report| is_answered_about(report, now, late_s))) else {
        return Turn::Matter;
    };
    let context = match latest.talk.last() {
        _ if latest.is_open() => None,
        Some(Template::AskRating | Template::RatedThanks) => read_stars(said),
        Some(Template::Closed | Template::Welcome | Template::Status) => turns.read_done(said),
        _ => None,
    };
    let talked_about = is_talked_about(latest, now);
    context.or_else(|| turns.read(said).filter(|_| talked_about)).map_or(Turn::Matter, Turn::Wants)
}

fn is_answered_about(report: &Report, now: Timestamp, late_s: f64) -> bool {
    let ended = report.stamps.closed_at.unwrap_or(report.last_message_at);
    is_talked_about(report, now) || now.secs_since(ended) <= late_s
}

fn is_talked_about(report: &Report, now: Timestamp) -> bool {
    report.is_open() || now.secs_since(report.last_message_at) <= TALKED_ABOUT_S
}

/// What the button with this id stands for.
fn pressed(id: &str) -> Option<Wants> {
    match id {
        "sudah" => Some(Wants::Done),
        "belum" => Some(Wants::NotDone),
        "petugas" => Some(Wants::Person),
        "status" => Some(Wants::Status),
        _ => id.strip_prefix("bintang_")?.parse().ok().filter(|stars| (1..=5).contains(stars)).map(Wants::Stars),
    }
}

/// "Info lalu lintas" is a question, whatever its words say of jams and crashes.
pub(super) fn as_question_about_traffic(read: &mut Read) {
    let reading = &mut read.understood.reading;
    if reading.priority <= Priority::P2 {
        return;
    }
    (reading.service, reading.category, reading.priority) = (Service::Information, Category::LayananLain, Priority::P4);
    let meaning = &mut read.meaning;
    (meaning.service, meaning.category, meaning.priority) = (reading.service, reading.category, reading.priority);
}

/// The answer a message wants by itself; none over channels that are not answered.
pub(super) fn answer(
    message: &InboundMessage,
    read: &Read,
    wants: Option<Wants>,
    office: &DeskParts,
    now: Timestamp,
) -> Option<Template> {
    if !matches!(message.channel, Channel::Whatsapp | Channel::CitizenApp) {
        return None;
    }
    let reading = &read.understood.reading;
    let silent = message.text.as_deref().is_none_or(|text| text.trim().is_empty());
    let vague = match read.meaning.category {
        Category::Salam => true,
        Category::BelumJelas => read.meaning.what.is_none(),
        _ => false,
    };
    let sure = reading.confidence >= office.rules.now().plans.automatic.answer_confidence;
    let today = now.local_date(office.office.utc_offset_h);
    let answered =
        reading.service == Service::Information && sure && office.outgoing.handbook.answers(reading.category, &today);
    Some(match message.kind {
        MessageKind::Voice | MessageKind::Audio => Template::AskText,
        MessageKind::Call => Template::NoCalls,
        _ if wants == Some(Wants::Person) => Template::PersonAsked,
        _ if wants == Some(Wants::Traffic) && reading.service == Service::Information => Template::Traffic,
        _ if answered => Template::Article,
        kind if is_mute(kind) || silent || vague => Template::AskDetails,
        _ => Template::Received,
    })
}
