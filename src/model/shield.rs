//! The shield: how noise is set aside without being lost, and how misuse is counted, warned and blocked.
//!
//! Machines only propose. A strike is given by a person and keeps its evidence; a block is confirmed
//! by a second one, ends by itself or by a named person, and never closes the telephone line 110.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::id::{BlockId, MessageId, ReportId, ReporterId, StrikeId, UserId};
use super::report::{Channel, Priority};

/// Which line of the queue a report stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// By priority, then arrival.
    #[default]
    Main,
    /// Words of danger from somebody who is blocked: a person looks, nothing is sent by itself.
    Guarded,
    /// Probably noise: after everything else, never lost.
    SetAside,
}

impl Lane {
    /// Whether it is the ordinary lane, which old entries do not name.
    #[must_use]
    pub const fn is_main(&self) -> bool {
        matches!(self, Self::Main)
    }
}

/// Place of a report in the queue before its arrival counts: smaller is served first.
///
/// Priority 1 comes first, then the guarded lane: a life may hang on it, so it stands before what
/// can wait, but someone misused the line three times, so it never stands before a priority 1 of
/// anybody else. One person has one open report at most, so it cannot be flooded. What was set aside
/// comes after everything, in its own order of priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rank(u8);

impl Rank {
    /// The rank of a lane and a priority.
    #[must_use]
    pub const fn of(lane: Lane, priority: Priority) -> Self {
        let number = priority.number();
        match lane {
            Lane::Main => Self(number * 10),
            Lane::Guarded => Self(10 + number),
            Lane::SetAside => Self(50 + number),
        }
    }
}

/// One thing that speaks for noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Says itself that it is a joke.
    Prank,
    /// Flirting, asking for photos or numbers of officers.
    Flirting,
    /// A private outpouring.
    Outpouring,
    /// Advertising, chain letters.
    Spam,
    /// Nothing for the police.
    OffTopic,
    /// A greeting and nothing else.
    GreetingOnly,
    /// No word that could be understood, or no word at all.
    SaysNothing,
    /// The same words again.
    Repeated,
    /// Many messages or calls in a short time.
    Burst,
    /// Forwarded from elsewhere.
    Forwarded,
    /// Calls in which nobody speaks.
    Silent,
    /// Calls that ended at once.
    HungUp,
    /// Warned before.
    Warned,
    /// Asks that a block be looked at again; speaks for nothing else.
    Appeal,
}

impl Sign {
    /// Whether it is misuse, for which a warning may be proposed; the rest is only set aside.
    #[must_use]
    pub const fn is_misuse(self) -> bool {
        matches!(self, Self::Prank | Self::Flirting | Self::Outpouring | Self::Spam | Self::Repeated | Self::Burst)
    }
}

/// How much a report looks like noise, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Noise {
    /// 0 (nothing speaks for it) to 100.
    pub score: u8,
    /// What speaks for it.
    pub signs: Vec<Sign>,
}

impl Noise {
    /// Whether the signs are of misuse.
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        self.signs.iter().any(|sign| sign.is_misuse())
    }

    /// Whether somebody asks that his block be looked at again.
    #[must_use]
    pub fn is_appeal(&self) -> bool {
        self.signs.contains(&Sign::Appeal)
    }
}

/// One counted misuse, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Strike {
    /// Its id.
    pub id: StrikeId,
    /// Whose.
    pub reporter: ReporterId,
    /// Over which door.
    pub channel: Channel,
    /// For which report.
    pub report: ReportId,
    /// Human number of that report.
    pub number: String,
    /// What was said, in the vault.
    pub messages: Vec<MessageId>,
    /// Its number on the ladder when it was given: 1, 2, 3 …
    pub level: u32,
    /// Who gave it.
    pub by: UserId,
    /// When.
    pub given_at: Timestamp,
    /// Why, in the vault.
    pub note: Option<MessageId>,
    /// Taken back.
    pub reversed: Option<Ending>,
    /// Counted in a block that has ended: it does not count again.
    pub spent: bool,
}

impl Strike {
    /// Whether it still counts.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.reversed.is_none() && !self.spent
    }
}

/// Who ended something, when and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ending {
    /// Who; none when time ended it.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Why, in the vault.
    pub note: Option<MessageId>,
}

/// A request to look at a block again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Appeal {
    /// When.
    pub at: Timestamp,
    /// What was said, in the vault.
    pub message: MessageId,
}

/// How far a block has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockState {
    /// Waits for a second officer; nothing is held back yet.
    Proposed,
    /// In force.
    Active,
    /// The second officer said no.
    Declined,
    /// Ended by a named person.
    Lifted,
    /// Ended by time.
    Expired,
}

impl BlockState {
    /// Stable code, as in lists and tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::Declined => "declined",
            Self::Lifted => "lifted",
            Self::Expired => "expired",
        }
    }
}

/// A person whose written messages are kept but no longer answered or shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Block {
    /// Its id; contacts since are filed under it.
    pub id: BlockId,
    /// Who.
    pub reporter: ReporterId,
    /// The door of the misuse, over which he is told.
    pub channel: Channel,
    /// The report that led to it.
    pub report: Option<ReportId>,
    /// How far it has come.
    pub state: BlockState,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: Timestamp,
    /// Why, in the vault.
    pub note: Option<MessageId>,
    /// The second officer.
    pub confirmed_by: Option<UserId>,
    /// When.
    pub confirmed_at: Option<Timestamp>,
    /// Ends then; none is for ever.
    pub expires_at: Option<Timestamp>,
    /// WhatsApp itself was asked to block him too, and is asked to let him in again when it ends.
    #[serde(default)]
    pub at_channel: bool,
    /// Declined, lifted or expired.
    pub ended: Option<Ending>,
    /// The person asks that it be looked at again.
    pub appeal: Option<Appeal>,
    /// Messages since it is in force.
    pub contacts: u64,
    /// The last of them.
    pub last_contact_at: Option<Timestamp>,
    /// Messages with words of danger since it is in force.
    pub alarms: u64,
    /// The report the last of them made or joined: to be looked at.
    pub alarm: Option<ReportId>,
}

/// How one person stands. Who never misused the line has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// Strikes, in the order they were given, those that no longer count too.
    pub strikes: Vec<StrikeId>,
    /// The block that is proposed or in force.
    pub block: Option<BlockId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_comes_after_everything_and_guarded_only_after_priority_one() {
        let all = [Priority::P1, Priority::P2, Priority::P3, Priority::P4];
        let lowest_main = Rank::of(Lane::Main, Priority::P4);
        for priority in all {
            assert!(Rank::of(Lane::SetAside, priority) > lowest_main);
            assert!(Rank::of(Lane::Guarded, priority) > Rank::of(Lane::Main, Priority::P1));
            assert!(Rank::of(Lane::Guarded, priority) < Rank::of(Lane::Main, Priority::P2));
        }
        assert!(all.map(|priority| Rank::of(Lane::Main, priority)).is_sorted());
    }
}
