//! Taking an end back: what is asked, and what can still be taken back. Pure.

use crate::model::clock::Timestamp;
use crate::model::id::{ReportId, UserId};
use crate::model::report::{Channel, Report, ReportState};

/// The news of an end waits this much longer than it can be taken back unseen: a decision of the last
/// moment is recorded before the message leaves. Seconds.
pub const GRACE_S: i64 = 1;

/// An end that is taken back by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoEnd {
    /// Which report.
    pub report: ReportId,
    /// Who takes it at once; none leaves it to the queue.
    pub take: Option<UserId>,
    /// It had been handed over and comes back; `heard`: its reporter was told so already.
    pub handed: Option<Heard>,
}

/// Whether the reporter was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// He was, or will be.
    Yes,
    /// The message still waits, and is taken back.
    No,
}

impl Heard {
    /// Whether news of `at` about this report has reached its reporter, `undo_s` seconds being the time it
    /// waits. In the app it is seen at once.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "seconds of a minute")]
    pub fn of(report: &Report, at: Timestamp, undo_s: i64, now: Timestamp) -> Self {
        let waits = report.channel != Channel::CitizenApp && now.secs_since(at) < undo_s as f64;
        if waits || report.talk.closing.is_none() { Self::No } else { Self::Yes }
    }
}

/// Whether nobody has done anything yet about a report that was handed here.
#[must_use]
pub fn is_untouched(report: &Report) -> bool {
    report.state == ReportState::Queued
        && report.stamps.claimed_at.is_none()
        && report.followers.is_empty()
        && report.referrals.is_empty()
        && report.last_message_at == report.stamps.received_at
}
