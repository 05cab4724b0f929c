//! The duty book of a desk: shifts and daily checks, folded from the journal; and what of the desk they
//! count.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::duty::{DayCheck, Shift, ShiftHandOver, SignedDay, Stand};
use crate::model::entry::Event;
use crate::model::id::{ShiftId, UserId};
use crate::model::incident::Handling;
use crate::model::report::{Report, ReportState};
use crate::model::viewer::Scope;

/// Shifts kept on the desk: three a day for a month. The journal keeps all.
const MOST_SHIFTS: usize = 93;

/// Signed days kept on the desk.
const MOST_DAYS: usize = 62;

/// Shifts and signatures, the latest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyBook {
    /// Shifts that were handed over.
    pub shifts: VecDeque<Shift>,
    /// Signed days.
    pub days: BTreeMap<u32, SignedDay>,
}

impl DutyBook {
    pub(super) fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::ShiftHandedOver(handed) => self.hand_over(handed.clone(), at),
            Event::ShiftTaken(taken) => self.take(taken.shift, taken.by, at),
            Event::DayChecked(check) => self.sign(check.clone(), at),
            _ => {}
        }
    }

    /// A shift of the book.
    #[must_use]
    pub fn shift(&self, id: ShiftId) -> Option<&Shift> {
        self.shifts.iter().find(|shift| shift.handed.shift == id)
    }

    fn hand_over(&mut self, handed: ShiftHandOver, at: Timestamp) {
        self.shifts.push_back(Shift { handed, at, taken: None });
        while self.shifts.len() > MOST_SHIFTS {
            self.shifts.pop_front();
        }
    }

    fn take(&mut self, id: ShiftId, by: UserId, at: Timestamp) {
        if let Some(shift) = self.shifts.iter_mut().find(|shift| shift.handed.shift == id) {
            shift.taken = Some((by, at));
        }
    }

    fn sign(&mut self, check: DayCheck, at: Timestamp) {
        self.days.insert(check.day, SignedDay { check, at });
        while self.days.len() > MOST_DAYS {
            self.days.pop_first();
        }
    }
}

impl Desk {
    /// How the desk stands for somebody of this scope.
    #[must_use]
    pub fn stand(&self, scope: &Scope) -> Stand {
        let mut stand = Stand::default();
        for report in self.reports.values().filter(|report| scope.sees_report(report)) {
            stand.queued += u32::from(report.is_queued());
            stand.claimed += u32::from(holder(report).is_some());
        }
        for incident in self.incidents.values().filter(|incident| scope.sees_incident(incident, &[])) {
            let open = !matches!(incident.handling, Handling::Closed { .. });
            stand.incidents += u32::from(open);
            stand.held += u32::from(matches!(incident.handling, Handling::Held { .. }));
        }
        let in_danger = |unit: &&crate::model::unit::Unit| unit.emergency && scope.sees_unit(unit);
        stand.emergencies = count(self.units.values().filter(in_danger).count());
        stand.closures = count(self.closures.values().filter(|closure| closure.is_open()).count());
        stand
    }

    /// Reports in this operator's hands, in order of arrival.
    pub fn held_by(&self, user: UserId) -> impl Iterator<Item = &Report> {
        self.reports.values().filter(move |report| holder(report) == Some(user))
    }

    /// Reports received before `end` that nobody has taken: of the queue and of what was set aside. In
    /// order of arrival.
    #[must_use]
    pub fn untaken_before(&self, end: Timestamp) -> Vec<&Report> {
        let waiting = self.queue.iter().filter_map(|(_, _, id)| self.reports.get(id));
        let mut left: Vec<&Report> = waiting.filter(|report| report.stamps.received_at < end).collect();
        left.sort_by(|a, b| (a.stamps.received_at, &a.number).cmp(&(b.stamps.received_at, &b.number)));
        left
    }
}

/// Who has a report in his hands.
#[must_use]
pub const fn holder(report: &Report) -> Option<UserId> {
    match report.state {
        ReportState::Claimed { by } => Some(by),
        ReportState::WaitingReporter { by } => by,
        _ => None,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
