//! How fast 110 was answered: the share within the ten seconds of the Polri clock, and which calls were
//! not. Calls enter, figures leave; no persons.

use serde::Serialize;
use utoipa::ToSchema;

use super::response::percentile;
use crate::model::call::{CLIMB_AFTER, Call, CallState};
use crate::model::clock::{SECOND, Timestamp};

/// Seconds within which a call is to be answered. Source: see [`CLIMB_AFTER`].
#[expect(clippy::cast_precision_loss, reason = "ten seconds")]
pub const ANSWERED_WITHIN_S: f64 = CLIMB_AFTER as f64 / SECOND as f64;

/// The figures of some calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Answers {
    /// Calls that were answered, hung up, or have rung for longer than ten seconds.
    pub calls: usize,
    /// Of them, answered within ten seconds of the first ring.
    pub within: usize,
    /// Of them, answered later.
    pub late: usize,
    /// Of them, never answered.
    pub unanswered: usize,
    /// Share answered within ten seconds, 0 to 1; none without a call.
    pub share: Option<f64>,
    /// Median time to the answer, seconds; of those that were answered.
    pub p50_s: Option<f64>,
    /// Nine of ten were answered sooner, seconds.
    pub p90_s: Option<f64>,
}

/// How one call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Within ten seconds.
    Within,
    /// Later.
    Late,
    /// Never.
    Unanswered,
    /// It rings, and the ten seconds are not over.
    Ringing,
}

impl Answer {
    /// Stable code, as in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Late => "late",
            Self::Unanswered => "unanswered",
            Self::Ringing => "ringing",
        }
    }
}

/// How a call counts at `now`.
#[must_use]
pub fn answer_of(call: &Call, now: Timestamp) -> Answer {
    let began = call.stamps.rang_at.unwrap_or(call.stamps.received_at);
    match call.answer_time_s() {
        // Claimed on a screen, and the caller hung up before anybody spoke.
        Some(_) if call.state == CallState::Abandoned => Answer::Unanswered,
        Some(secs) if secs <= ANSWERED_WITHIN_S => Answer::Within,
        Some(_) => Answer::Late,
        None if call.is_live() && now.secs_since(began) <= ANSWERED_WITHIN_S => Answer::Ringing,
        None => Answer::Unanswered,
    }
}

/// The figures of these calls at `now`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of calls")]
pub fn answers(calls: &[Call], now: Timestamp) -> Answers {
    let mut found = Answers::default();
    let mut secs = Vec::new();
    for call in calls {
        match answer_of(call, now) {
            Answer::Within => found.within += 1,
            Answer::Late => found.late += 1,
            Answer::Unanswered => {
                found.unanswered += 1;
                continue;
            }
            Answer::Ringing => continue,
        }
        secs.extend(call.answer_time_s());
    }
    secs.sort_by(f64::total_cmp);
    found.calls = found.within + found.late + found.unanswered;
    found.share = (found.calls > 0).then(|| found.within as f64 / found.calls as f64);
    (found.p50_s, found.p90_s) = (percentile(&secs, 50), percentile(&secs, 90));
    found
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::dispatch::calls::CallBook;
    use crate::model::call::Rang;
    use crate::model::entry::Event;
    use crate::model::id::{CallId, ReporterId};

    const NOON: Timestamp = Timestamp::from_secs(1_795_226_400);

    /// A call that rang at noon, was answered after `answered` seconds and ended after `ended`.
    fn call(n: u128, answered: Option<i64>, ended: Option<i64>) -> Call {
        let id = CallId(Uuid::from_u128(n));
        let mut book = CallBook::default();
        let rang = Event::CallRang(Rang {
            call: id,
            line: "110".to_owned(),
            reporter: ReporterId(Uuid::from_u128(n)),
            anonymous: false,
            rang_at: Some(NOON),
            place: None,
            jurisdiction: None,
            place_problem: None,
            noise: None,
            set_aside: false,
        });
        book.apply(&rang, NOON);
        if let Some(secs) = answered {
            let at = NOON.plus_secs(secs);
            book.apply(&Event::CallAnswered { call: id, answered_at: at }, at);
        }
        if let Some(secs) = ended {
            let at = NOON.plus_secs(secs);
            book.apply(&Event::CallEnded { call: id, ended_at: at, assumed: false }, at);
        }
        book.get(id).unwrap().clone()
    }

    #[test]
    fn the_share_counts_who_was_never_answered_and_not_who_still_rings() {
        let calls = [
            call(1, Some(4), Some(60)),
            call(2, Some(10), None),
            call(3, Some(11), Some(90)),
            call(4, None, Some(5)),
            call(5, None, None),
        ];
        let soon = answers(&calls, NOON.plus_secs(8));
        assert_eq!((soon.calls, soon.within, soon.late, soon.unanswered), (4, 2, 1, 1));
        assert_eq!((soon.share, soon.p50_s, soon.p90_s), (Some(0.5), Some(10.0), Some(11.0)));
        let later = answers(&calls, NOON.plus_secs(11));
        assert_eq!((later.calls, later.unanswered, later.share), (5, 2, Some(0.4)));
    }

    #[test]
    fn no_call_gives_no_share() {
        assert_eq!(answers(&[], NOON), Answers::default());
        assert_eq!(answers(&[call(1, None, None)], NOON).share, None);
    }
}
