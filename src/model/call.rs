//! A call to 110: how the telephone went, who took it, and what came of it.
//!
//! Two things run side by side and neither waits for the other: the telephone (ringing, answered,
//! ended, as the exchange says) and the paper (claimed, filed, diverted, handed over, dismissed, as
//! operators say). The caller's number is people's data and not in here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::{SECOND, Timestamp};
use super::id::{CallId, ReportId, ReporterId, UserId};
use super::place::{BadPoint, Jurisdiction, Place};
use super::shield::Noise;

/// A call not answered within this climbs one level. Microseconds. Source: 110 is answered within
/// 10 s, otherwise it climbs from Polsek to Polres to Polda (Polri, ANTARA, 26 January 2026).
pub const CLIMB_AFTER: i64 = 10 * SECOND;

/// A call that rings this long without a word from the exchange has ended unseen. Microseconds.
pub const RINGS_AT_MOST: i64 = 180 * SECOND;

/// An answered call that lasts this long has ended unseen. Microseconds.
pub const LASTS_AT_MOST: i64 = 4 * 3600 * SECOND;

/// What the telephone exchange says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallNews {
    /// It rings.
    Ringing,
    /// It was picked up.
    Answered,
    /// It was hung up.
    Ended,
}

/// Who ought to answer by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The Polsek: the first ten seconds.
    Polsek,
    /// The Polres: ten seconds more.
    Polres,
    /// The Polda: it has rung for twenty seconds.
    Polda,
}

impl Level {
    /// The next one up; none above the Polda.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Polsek => Some(Self::Polres),
            Self::Polres => Some(Self::Polda),
            Self::Polda => None,
        }
    }

    /// Steps of [`CLIMB_AFTER`] after which a call stands here.
    #[must_use]
    pub const fn steps(self) -> i64 {
        match self {
            Self::Polsek => 0,
            Self::Polres => 1,
            Self::Polda => 2,
        }
    }
}

/// Why an answered call became no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dismissal {
    /// Misuse.
    Prank,
    /// Nobody spoke.
    Silent,
    /// Wrong number.
    WrongNumber,
    /// A question, answered on the telephone.
    Answered,
    /// The caller was told whom to call instead.
    OtherAgency,
}

/// What came of a call, as an operator said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum CallResult {
    /// It became a report.
    Filed {
        /// Which.
        report: ReportId,
    },
    /// It became a report and went to another Polres.
    HandedOver {
        /// Which, in this journal.
        report: ReportId,
        /// Code of the Polres.
        to: String,
    },
    /// Not an emergency: the caller was sent the WhatsApp link.
    Diverted,
    /// Nothing to report.
    Dismissed {
        /// Why.
        reason: Dismissal,
    },
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum CallState {
    /// It rings and nobody has it.
    Ringing,
    /// An operator takes it; the telephone still rings.
    Claimed {
        /// Who.
        by: UserId,
    },
    /// The telephone was picked up.
    Answered {
        /// Who, once somebody has said so on the screen.
        by: Option<UserId>,
    },
    /// The caller hung up before anyone picked up: kept until somebody calls back.
    Abandoned,
    /// The caller has hung up.
    Ended,
}

impl CallState {
    /// Stable code, as in lists and tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Claimed { .. } => "claimed",
            Self::Answered { .. } => "answered",
            Self::Abandoned => "abandoned",
            Self::Ended => "ended",
        }
    }
}

/// Why the place that came with a call is kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "name", content = "why")]
pub enum PlaceProblem {
    /// The numbers are no point we may use.
    #[error(transparent)]
    Point(#[from] BadPoint),
    /// Only one of longitude and latitude came, or not as numbers.
    #[error("lng and lat belong together, as numbers")]
    Incomplete,
    /// A location document without a point or circle we can read.
    #[error("the location document holds no point and no circle that can be read")]
    Unreadable,
}

/// The stamps of a call; kept apart, never overwritten. Those of the exchange by its clock, but never
/// later than ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallStamps {
    /// First word of it durably ours: the start of the ten seconds.
    pub received_at: Timestamp,
    /// It began to ring, by the exchange.
    pub rang_at: Option<Timestamp>,
    /// First claimed by an operator.
    pub claimed_at: Option<Timestamp>,
    /// Picked up, by the exchange.
    pub answered_at: Option<Timestamp>,
    /// Hung up, by the exchange; by our clock when the exchange never said.
    pub ended_at: Option<Timestamp>,
    /// An operator said what came of it.
    pub settled_at: Option<Timestamp>,
    /// An abandoned call was called back.
    pub called_back_at: Option<Timestamp>,
}

/// A call to 110.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    /// Its id, made from the exchange's own.
    pub id: CallId,
    /// The line that was called, as the exchange names it.
    pub line: String,
    /// Who calls; the person's data are in the vault.
    pub reporter: ReporterId,
    /// The number is withheld: each such call has a reporter of its own.
    pub anonymous: bool,
    /// How far it has come.
    pub state: CallState,
    /// Who ought to answer by now.
    pub level: Level,
    /// The operator who has it.
    pub by: Option<UserId>,
    /// Where the telephone network says it is.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// Why the place that came with it is kept out.
    pub place_problem: Option<PlaceProblem>,
    /// What the number did within the hour before that speaks for noise: silent calls, pranks, a burst.
    #[serde(default)]
    pub noise: Option<Noise>,
    /// Others that ring are answered first. It rings, climbs and is kept like them: 110 is never closed.
    #[serde(default)]
    pub set_aside: bool,
    /// What came of it.
    pub result: Option<CallResult>,
    /// Who called back.
    pub called_back_by: Option<UserId>,
    /// Its stamps.
    pub stamps: CallStamps,
}

impl Call {
    /// Where it stands, read from its stamps and its holder.
    #[must_use]
    pub const fn derived_state(&self) -> CallState {
        match (self.stamps.ended_at, self.stamps.answered_at, self.by) {
            (Some(_), None, _) if self.result.is_none() => CallState::Abandoned,
            (Some(_), _, _) => CallState::Ended,
            (None, Some(_), by) => CallState::Answered { by },
            (None, None, Some(by)) => CallState::Claimed { by },
            (None, None, None) => CallState::Ringing,
        }
    }

    /// The telephone is still ringing or off the hook.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.stamps.ended_at.is_none()
    }

    /// Somebody still has to do something: answer, write down, or call back.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self.state {
            CallState::Ringing | CallState::Claimed { .. } | CallState::Answered { .. } => true,
            CallState::Abandoned => self.called_back_by.is_none(),
            CallState::Ended => self.result.is_none() && self.by.is_some(),
        }
    }

    /// The next instant at which the clock does something to it: it climbs, or has ended unseen.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        if !self.is_live() {
            return None;
        }
        let after = |start: Timestamp, micros| Timestamp(start.micros().saturating_add(micros));
        let began = self.stamps.received_at;
        if let Some(answered) = self.stamps.answered_at {
            return Some(after(began.max(answered), LASTS_AT_MOST));
        }
        match (self.by, self.level.above()) {
            (None, Some(next)) => Some(after(began, CLIMB_AFTER * next.steps())),
            _ => Some(after(began, RINGS_AT_MOST)),
        }
    }

    /// Seconds the line was open, from the answer to the end; none while it goes on, or unanswered.
    #[must_use]
    pub fn talk_s(&self) -> Option<f64> {
        Some(self.stamps.ended_at?.secs_since(self.stamps.answered_at?).max(0.0))
    }

    /// Seconds from the first ring to the first answer, on the screen or by the exchange, when there
    /// was one: what the share "answered within ten seconds" is made of.
    #[must_use]
    pub fn answer_time_s(&self) -> Option<f64> {
        let began = self.stamps.rang_at.unwrap_or(self.stamps.received_at);
        let first = [self.stamps.claimed_at, self.stamps.answered_at].into_iter().flatten().min()?;
        Some(first.secs_since(began).max(0.0))
    }
}

/// What the exchange told of a call for the first time, or had left out before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rang {
    /// The call.
    pub call: CallId,
    /// The line that was called.
    pub line: String,
    /// Who calls.
    pub reporter: ReporterId,
    /// The number is withheld.
    pub anonymous: bool,
    /// When it began to ring, by the exchange; none when another event of it came first.
    pub rang_at: Option<Timestamp>,
    /// Where the telephone network says it is.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// Why the place that came with it is kept out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_problem: Option<PlaceProblem>,
    /// What the number did within the last hour that speaks for noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// Others that ring are answered first; it rings, climbs and is kept like them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub set_aside: bool,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_226_400);

    fn call() -> Call {
        Call {
            id: CallId(Uuid::from_u128(1)),
            line: "110-medan".to_owned(),
            reporter: ReporterId(Uuid::from_u128(2)),
            anonymous: false,
            state: CallState::Ringing,
            level: Level::Polsek,
            by: None,
            place: None,
            jurisdiction: None,
            place_problem: None,
            noise: None,
            set_aside: false,
            result: None,
            called_back_by: None,
            stamps: CallStamps {
                received_at: NOW,
                rang_at: Some(NOW),
                claimed_at: None,
                answered_at: None,
                ended_at: None,
                settled_at: None,
                called_back_at: None,
            },
        }
    }

    #[test]
    fn a_call_that_ends_unanswered_is_abandoned_whoever_had_it() {
        let mut call = call();
        assert_eq!(call.derived_state(), CallState::Ringing);
        call.by = Some(UserId(Uuid::from_u128(3)));
        assert!(matches!(call.derived_state(), CallState::Claimed { .. }));
        call.stamps.ended_at = Some(NOW.plus_secs(9));
        assert_eq!(call.derived_state(), CallState::Abandoned);
        call.stamps.answered_at = Some(NOW.plus_secs(8));
        assert_eq!(call.derived_state(), CallState::Ended);
    }

    #[test]
    fn the_clock_climbs_twice_and_then_gives_up() {
        let mut call = call();
        assert_eq!(call.due_at(), Some(NOW.plus_secs(10)));
        call.level = Level::Polres;
        assert_eq!(call.due_at(), Some(NOW.plus_secs(20)));
        call.level = Level::Polda;
        assert_eq!(call.due_at(), Some(NOW.plus_secs(180)));
        call.stamps.ended_at = Some(NOW.plus_secs(30));
        assert_eq!(call.due_at(), None);
    }

    #[test]
    fn the_answer_counts_from_the_ring_to_whoever_was_first() {
        let mut call = call();
        assert_eq!(call.answer_time_s(), None);
        call.stamps.claimed_at = Some(NOW.plus_secs(7));
        call.stamps.answered_at = Some(NOW.plus_secs(4));
        assert_eq!(call.answer_time_s(), Some(4.0));
    }
}
