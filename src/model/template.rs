//! Which messages a reporter can be sent, and how far one has come. Their words stand in data/wording.toml.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which message a reporter is sent; the words are in data/wording.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Received, with the ticket number.
    Received,
    /// Received, but written more than an hour ago.
    ReceivedLate,
    /// Where is it? With a button that shares the location.
    AskPlace,
    /// What happened?
    AskWhat,
    /// When was it?
    AskWhen,
    /// Who is involved?
    AskWho,
    /// How did it happen, how is it now?
    AskHow,
    /// What happened, and where? Nothing usable was said yet.
    AskDetails,
    /// Voice notes and calls are not heard: please write.
    AskText,
    /// A call over WhatsApp is not taken: how to write, and when to dial 110.
    NoCalls,
    /// Enough is known: an officer will write.
    Noted,
    /// How far it has come: ticket, place in the queue, unit.
    Status,
    /// A person was asked for and will answer.
    PersonAsked,
    /// The answer to a question about a service, from the office's articles.
    Article,
    /// A further question after an article goes to a person.
    FollowUp,
    /// What is happening on the roads.
    Traffic,
    /// A unit is on its way, with its ETA.
    UnitEnRoute,
    /// A unit is there.
    UnitOnScene,
    /// Done.
    Closed,
    /// It is not over, says the reporter: opened again.
    Reopened,
    /// How many stars?
    AskRating,
    /// Thanks for the stars.
    RatedThanks,
    /// You are welcome.
    Welcome,
    /// Handed to another Polres.
    HandedOver,
    /// Passed to another agency.
    Referred,
    /// The place when the crew was done, with a photo.
    AfterPhoto,
    /// Words of an operator.
    Reply,
    /// The code that lets somebody into the citizen app; belongs to no report, never in the journal.
    OneTimeCode,
    /// Not an emergency: 110 points the caller to this WhatsApp number.
    WhatsappLink,
    /// A first warning for misuse.
    #[serde(rename = "strike_1")]
    Strike1,
    /// The last warning.
    #[serde(rename = "strike_2")]
    Strike2,
    /// Blocked: how to appeal, and that 110 is always there.
    Blocked,
    /// No longer blocked.
    Unblocked,
    /// An appeal was received.
    AppealReceived,
    /// No words: an order to WhatsApp to block the person.
    ChannelBlock,
    /// No words: an order to WhatsApp to let the person in again.
    ChannelUnblock,
    /// A message of another version of this program: it stands in the journal, and is never sent again.
    #[serde(other)]
    Other,
}

impl Template {
    /// Whether it says that words are needed, to somebody who spoke or called.
    #[must_use]
    pub const fn is_guide(self) -> bool {
        matches!(self, Self::AskText | Self::NoCalls)
    }

    /// Whether it asks the reporter for something about the matter.
    #[must_use]
    pub const fn is_question(self) -> bool {
        matches!(
            self,
            Self::AskPlace
                | Self::AskWhat
                | Self::AskWhen
                | Self::AskWho
                | Self::AskHow
                | Self::AskDetails
                | Self::AskText
                | Self::NoCalls
        )
    }
}

/// How far a message to a reporter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// The channel took it.
    Sent,
    /// It is on the telephone.
    Delivered,
    /// It was read.
    Read,
    /// The channel gave up.
    Failed,
    /// It was taken back before it left: the reporter never got it.
    Withdrawn,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_another_version_is_still_read() {
        let read: Template = serde_json::from_str("\"sent_by_a_later_version\"").unwrap();
        assert_eq!(read, Template::Other);
        assert_eq!(serde_json::from_str::<Template>("\"unit_en_route\"").unwrap(), Template::UnitEnRoute);
    }
}
