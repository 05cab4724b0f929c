//! What comes late or never on the desk: reports that wait for words, reports that are remembered when
//! an answer comes after the desk has forgotten them, and strikes of people who turn out to be one.

use super::desk::{Closed, Desk, KEEP_CLOSED, Touched};
use crate::model::clock::Timestamp;
use crate::model::id::{ReportId, ReporterId};
use crate::model::report::{Report, ReportState};
use crate::model::shield::{BlockState, Ending};

impl Desk {
    /// Keeps the list of reports that wait for their reporters in step with their states.
    pub(super) fn note_waiting(&mut self, id: ReportId, at: Timestamp) {
        if self.reports.get(&id).is_some_and(|it| it.state == ReportState::WaitingReporter { by: None }) {
            self.waiting.entry(id).or_insert(at);
        } else {
            self.waiting.remove(&id);
        }
    }

    /// Reports the machine asked for words at or before `asked`, and that have none.
    pub fn waits_since(&self, asked: Timestamp) -> impl Iterator<Item = ReportId> {
        let waits = |id: &ReportId| {
            self.reports.get(id).is_some_and(|report| report.state == ReportState::WaitingReporter { by: None })
        };
        self.waiting.iter().filter(move |(_, at)| **at <= asked).map(|(id, _)| *id).filter(waits)
    }

    /// Whether a report has ended so long ago that the desk forgets it with the next entry.
    #[must_use]
    pub fn forgets(&self, id: ReportId, now: Timestamp) -> bool {
        let is_over = |at: Timestamp| now.micros() - at.micros() > KEEP_CLOSED;
        let Some(closed_at) = self.reports.get(&id).and_then(|report| report.stamps.closed_at) else { return false };
        is_over(closed_at) && self.closed.iter().all(|(at, what)| *what != Closed::Report(id) || is_over(*at))
    }

    /// A report that had left the desk, or is about to, is there again, as it was.
    pub(super) fn recall(&mut self, report: &Report, at: Timestamp, touched: &mut Touched) {
        self.closed.retain(|(_, what)| *what != Closed::Report(report.id));
        self.closed.insert((at, Closed::Report(report.id)));
        if self.reports.contains_key(&report.id) {
            return;
        }
        self.reports.insert(report.id, report.clone());
        // Whoever has written since is heard about what he wrote since.
        self.latest.entry(report.reporter).or_insert(report.id);
        touched.reports.insert(report.id);
    }

    /// Two reporters are one person: strikes and the block of `other` count for `kept`. Of two open
    /// blocks one stays: what is in force before what is proposed, then the elder.
    pub(super) fn merge_standing(&mut self, other: ReporterId, kept: ReporterId, at: Timestamp, touched: &mut Touched) {
        let Some(before) = self.standing.remove(&other).filter(|_| other != kept) else { return };
        for strike in self.strikes.values_mut().filter(|strike| strike.reporter == other) {
            strike.reporter = kept;
            touched.strikes.insert(strike.id);
        }
        for block in self.blocks.values_mut().filter(|block| block.reporter == other) {
            block.reporter = kept;
            touched.blocks.insert(block.id);
        }
        let standing = self.standing.entry(kept).or_default();
        standing.strikes.extend(before.strikes);
        standing.strikes.sort_by_key(|id| self.strikes.get(id).map(|strike| (strike.given_at, strike.id)));
        let mut open: Vec<_> = [standing.block, before.block].into_iter().flatten().collect();
        open.sort_by_key(|id| self.blocks.get(id).map(|it| (it.state != BlockState::Active, it.proposed_at, it.id)));
        let mut open = open.into_iter();
        standing.block = open.next();
        for id in open {
            if let Some(block) = self.blocks.get_mut(&id) {
                block.state = BlockState::Lifted;
                block.ended = Some(Ending { by: None, at, note: None });
                touched.blocks.insert(id);
            }
        }
    }
}
