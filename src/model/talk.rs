//! How far the conversation with one reporter has come: what the service itself has said, and who
//! leads it now. Kept with the report, so that no question is put twice, by machine or person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::entry::{DeliveryStatus, Template};
use super::id::MessageId;

/// The conversation about one report. No words of people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Talk {
    /// What the service has sent, each kind of message once, the latest last.
    pub sent: Vec<Template>,
    /// When the latest of them was recorded.
    pub last_sent_at: Option<Timestamp>,
    /// The reporter asked for a person.
    pub person_asked_at: Option<Timestamp>,
    /// An operator took it or wrote: the service asks nothing more by itself.
    pub led_by_person: bool,
    /// How the reporter rated the service, 1 (bad) to 5 (good).
    pub stars: Option<u8>,
    /// The news of its end, or of where it was handed: what is taken back with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closing: Option<MessageId>,
}

impl Talk {
    /// Notes a message to the reporter.
    pub fn note(&mut self, template: Template, at: Timestamp) {
        self.led_by_person |= template == Template::Reply;
        self.sent.retain(|sent| *sent != template);
        self.sent.push(template);
        self.last_sent_at = Some(at);
    }

    /// Notes which message tells of the end.
    pub fn note_closing(&mut self, template: Template, message: MessageId) {
        if matches!(template, Template::Closed | Template::HandedOver) {
            self.closing = Some(message);
        }
    }

    /// Notes how far a message has come: what was taken back was never said.
    pub fn note_status(&mut self, message: MessageId, status: DeliveryStatus) {
        if status == DeliveryStatus::Withdrawn && self.closing == Some(message) {
            self.closing = None;
            self.sent.retain(|sent| !matches!(sent, Template::Closed | Template::HandedOver));
        }
    }

    /// Whether this kind of message was sent already.
    #[must_use]
    pub fn has_said(&self, template: Template) -> bool {
        self.sent.contains(&template)
    }

    /// What was sent last.
    #[must_use]
    pub fn last(&self) -> Option<Template> {
        self.sent.last().copied()
    }

    /// Whether the last thing the service said was a question.
    #[must_use]
    pub fn awaits_answer(&self) -> bool {
        self.last().is_some_and(Template::is_question)
    }

    /// How many questions the service has put.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.sent.iter().filter(|sent| sent.is_question() && !sent.is_guide()).count()
    }
}

/// What a reporter wants with a message that tells nothing new about the matter itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wants {
    /// How far is it?
    Status,
    /// A person instead of the machine.
    Person,
    /// Thanks, or "fine".
    Thanks,
    /// It is over.
    Done,
    /// It is not over.
    NotDone,
    /// Rates the service, 1 to 5.
    Stars(u8),
    /// What is happening on the roads?
    Traffic,
    /// Nothing: a message was taken back.
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_sent_again_is_the_latest_and_stands_once() {
        let mut talk = Talk::default();
        for template in [Template::Received, Template::Status, Template::AskWhen, Template::Status] {
            talk.note(template, Timestamp(7));
        }
        assert_eq!(talk.sent, [Template::Received, Template::AskWhen, Template::Status]);
        assert!(!talk.awaits_answer() && talk.has_said(Template::AskWhen) && !talk.led_by_person);
        assert_eq!(talk.questions(), 1);
    }

    #[test]
    fn what_was_taken_back_was_never_said() {
        let message = MessageId(uuid::Uuid::from_u128(5));
        let mut talk = Talk::default();
        talk.note(Template::Closed, Timestamp(7));
        talk.note_closing(Template::Closed, message);
        talk.note_status(message, DeliveryStatus::Read);
        assert!(talk.has_said(Template::Closed) && talk.closing == Some(message));
        talk.note_status(MessageId(uuid::Uuid::nil()), DeliveryStatus::Withdrawn);
        assert!(talk.has_said(Template::Closed), "another message");
        talk.note_status(message, DeliveryStatus::Withdrawn);
        assert!(!talk.has_said(Template::Closed) && talk.closing.is_none());
    }

    #[test]
    fn words_of_an_operator_stop_the_machine() {
        let mut talk = Talk::default();
        talk.note(Template::Reply, Timestamp(7));
        assert!(talk.led_by_person);
    }
}
