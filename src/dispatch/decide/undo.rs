//! Decisions that take an end back: a report that was settled, or handed to another office, by mistake.
//!
//! The news of an end is held in the outbox for a while (`[dispatch] undo_s`). What is taken back before
//! that, its reporter never hears of; later he is told that it is open again. What was said is not unsaid.

use super::Decision;
use crate::dispatch::command::Refusal;
use crate::dispatch::undo::{Heard, UndoEnd, is_untouched};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::entry::{DeliveryStatus, Event, Template};
use crate::model::id::ReportId;
use crate::model::report::{Outcome, Report, ReportState};

impl Decision<'_> {
    pub(super) fn undo_end(&mut self, wanted: &UndoEnd) -> Result<(), Refusal> {
        let report = self.report(wanted.report)?;
        let ReportState::Closed { outcome } = report.state else {
            return Err(InvalidStep { step: "reopen", state: report.state.code() }.into());
        };
        if (outcome == Outcome::HandedOver) != wanted.handed.is_some() {
            return Err(InvalidStep { step: "reopen", state: "with another office" }.into());
        }
        self.open_again(report);
        if wanted.handed == Some(Heard::Yes) {
            self.tell_reporter(report.id, Template::Reopened);
        }
        let came_along =
            |other: &&Report| other.ended_with == Some(report.id) && other.stamps.closed_at == report.stamps.closed_at;
        for follower in self.desk.reports.values().filter(came_along) {
            self.open_again(follower);
            self.events.push(Event::ReportJoined { report: follower.id, into: report.id });
        }
        if let Some(by) = wanted.take {
            self.events.push(Event::ReportClaimed { report: report.id, by });
        }
        Ok(())
    }

    /// Opens an ended report; the news of its end is taken back, or taken back in words.
    pub(super) fn open_again(&mut self, report: &Report) {
        let heard = report.stamps.closed_at.map_or(Heard::Yes, |at| self.heard(report, at));
        let closing = report.talk.closing;
        self.withdraw(report, heard);
        self.events.push(Event::ReportReopened { report: report.id });
        if closing.is_some() && heard == Heard::Yes {
            self.tell_reporter(report.id, Template::Reopened);
        }
    }

    /// What another office handed here by mistake goes back, while nobody has done anything about it.
    pub(super) fn take_back(&mut self, origin: ReportId) -> Result<(), Refusal> {
        let id = self.desk.handed.get(&origin).copied().ok_or(Refusal::NotFound("report"))?;
        let report = self.report(id)?;
        if !is_untouched(report) {
            return Err(InvalidStep { step: "take it back", state: "taken up there" }.into());
        }
        self.withdraw(report, self.heard(report, report.stamps.received_at));
        self.events.push(Event::ReportClosed { report: id, outcome: Outcome::Cancelled, note: None });
        Ok(())
    }

    fn heard(&self, report: &Report, at: Timestamp) -> Heard {
        Heard::of(report, at, self.rules.plans.answers.undo_s, self.now)
    }

    fn withdraw(&mut self, report: &Report, heard: Heard) {
        if let Some(message) = report.talk.closing.filter(|_| heard == Heard::No) {
            let status = DeliveryStatus::Withdrawn;
            self.events.push(Event::FeedbackStatus { report: report.id, message, status });
        }
    }
}
