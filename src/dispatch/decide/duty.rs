//! Decisions about those on duty: a shift passes on what it holds, a day is signed once nothing of it
//! lies in nobody's hands.

use super::Decision;
use crate::dispatch::command::{ArrangeTeams, HandOverShift, Refusal};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::duty::{DayCheck, ShiftHandOver, ShiftTaken};
use crate::model::entry::Event;
use crate::model::id::{MessageId, ReportId, ShiftId, UserId};
use crate::model::report::ReportState;
use crate::model::team::TeamEvent;
use crate::model::viewer::Scope;

/// Days back that may still be signed.
const LATEST_DAYS: i64 = 31;

impl Decision<'_> {
    pub(super) fn hand_over_shift(&mut self, wanted: &HandOverShift) {
        let scope = wanted.polsek.clone().map_or(Scope::Polres, Scope::Polsek);
        self.events.push(Event::ShiftHandedOver(ShiftHandOver {
            shift: wanted.shift,
            by: wanted.by,
            polsek: wanted.polsek.clone(),
            note: wanted.note,
            stand: self.desk.stand(&scope),
        }));
    }

    /// Whoever takes a shift has the reports of who gave it: nothing goes home with anybody.
    pub(super) fn take_shift(&mut self, id: ShiftId, by: UserId) -> Result<(), Refusal> {
        let shift = self.desk.duty.shift(id).ok_or(Refusal::NotFound("shift"))?;
        let step = "take the shift";
        if shift.taken.is_some() {
            return Err(InvalidStep { step, state: "taken already" }.into());
        }
        if shift.handed.by == by {
            return Err(InvalidStep { step, state: "your own" }.into());
        }
        let held: Vec<ReportId> = self.desk.held_by(shift.handed.by).map(|report| report.id).collect();
        self.events.push(Event::ShiftTaken(ShiftTaken { shift: id, by }));
        self.events.extend(held.into_iter().map(|report| Event::ReportClaimed { report, by }));
        Ok(())
    }

    /// A report goes from one pair of hands into another, without passing the queue.
    pub(super) fn take_over(&mut self, id: ReportId, by: UserId) -> Result<(), Refusal> {
        match self.report(id)?.state {
            ReportState::Claimed { by: holder } if holder == by => {}
            ReportState::Claimed { .. } | ReportState::WaitingReporter { .. } => {
                self.events.push(Event::ReportClaimed { report: id, by });
            }
            state => return Err(InvalidStep { step: "take over", state: state.code() }.into()),
        }
        Ok(())
    }

    /// The teams as they are from now on; refused when somebody else arranged them meanwhile.
    pub(super) fn arrange_teams(&mut self, wanted: &ArrangeTeams) -> Result<(), Refusal> {
        if wanted.seen != self.desk.teams.arranged {
            return Err(InvalidStep { step: "arrange the teams", state: "changed by someone else meanwhile" }.into());
        }
        if wanted.teams != self.desk.teams.teams {
            self.events.push(Event::Team(TeamEvent::Arranged { teams: wanted.teams.clone(), by: wanted.by }));
        }
        Ok(())
    }

    pub(super) fn check_day(&mut self, day: u32, by: UserId, note: Option<MessageId>) -> Result<(), Refusal> {
        let offset = self.desk.utc_offset_h;
        let step = "sign the day";
        let end = Timestamp::day_ends(day, offset).ok_or(Refusal::NotFound("day"))?;
        if self.now < end {
            return Err(InvalidStep { step, state: "not over" }.into());
        }
        if end < self.now.plus_secs(-LATEST_DAYS * 24 * 3600) {
            return Err(InvalidStep { step, state: "too long ago" }.into());
        }
        if self.desk.duty.days.contains_key(&day) {
            return Err(InvalidStep { step, state: "signed already" }.into());
        }
        let left = self.desk.untaken_before(end);
        if let Some(first) = left.first() {
            return Err(Refusal::WithoutState { count: left.len(), first: first.number.clone() });
        }
        let open = self.desk.reports.values().filter(|report| report.is_open() && report.stamps.received_at < end);
        let open = u32::try_from(open.count()).unwrap_or(u32::MAX);
        self.events.push(Event::DayChecked(DayCheck { day, by, note, open }));
        Ok(())
    }
}
