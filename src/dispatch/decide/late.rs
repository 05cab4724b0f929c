//! Decisions about what comes late or never: reports nobody wrote a word for, answers about reports the
//! desk has forgotten, and people who turn out to be one.

use super::Decision;
use crate::dispatch::command::Refusal;
use crate::model::InvalidStep;
use crate::model::entry::Event;
use crate::model::id::ReporterId;
use crate::model::report::{Outcome, Report};

impl Decision<'_> {
    /// Reports that waited long enough for a written word are settled: none is older than a day
    /// without a state. Their voice notes and calls stay on record, and a word that comes later begins
    /// a new report.
    pub(super) fn settle_wordless(&mut self) {
        let asked = self.now.plus_secs(-self.rules.plans.answers.wordless_hours.max(1) * 3600);
        let over = self.desk.waits_since(asked);
        self.events.extend(over.map(|report| Event::ReportClosed { report, outcome: Outcome::Unanswered, note: None }));
    }

    /// A report of this office that ended lately enough is put on the desk again.
    pub(super) fn recall(&mut self, report: &Report) -> Result<(), Refusal> {
        if self.desk.reports.contains_key(&report.id) && !self.desk.forgets(report.id, self.now) {
            return Ok(());
        }
        let late = |at| self.now.secs_since(at) > self.rules.plans.answers.late_s();
        match report.stamps.closed_at {
            Some(closed_at) if !report.is_open() && !late(closed_at) => {
                self.events.push(Event::ReportRecalled { report: Box::new(report.clone()) });
                Ok(())
            }
            _ => Err(InvalidStep { step: "recall", state: report.state.code() }.into()),
        }
    }

    pub(super) fn merge_reporters(&mut self, reporter: ReporterId, kept: ReporterId) {
        if reporter != kept && self.desk.standing.contains_key(&reporter) {
            self.events.push(Event::ReporterMerged { reporter, kept });
        }
    }
}
