//! Teams on the desk, and how fairly the queue is shared: what each operator took today, and what was
//! taken out of turn. Folded from the journal.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{ReportId, UserId};
use crate::model::report::Report;
use crate::model::team::{OutOfTurn, Team, TeamEvent, is_for};
use crate::model::viewer::Scope;

/// Reports taken out of turn that are kept by name; the counts are of the whole day.
const MOST_NAMED: usize = 200;

/// What one operator took from the queue today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takes {
    /// Reports.
    pub taken: u32,
    /// Of them while others of his line had waited longer.
    pub out_of_turn: u32,
    /// What they had waited until then, together, microseconds.
    pub waited_us: i64,
}

/// Teams, and the takes of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamBook {
    /// In the order the office lists them.
    pub teams: Vec<Team>,
    /// Number of the entry that arranged them; 0 before the first.
    pub arranged: u64,
    /// The day the takes are of, by the office's calendar: `20261121`.
    pub day: u32,
    /// Who took how many that day.
    pub takes: BTreeMap<UserId, Takes>,
    /// What was taken out of turn that day, the latest last, up to 200.
    pub named: VecDeque<(Timestamp, OutOfTurn)>,
}

impl TeamBook {
    pub(super) fn apply(&mut self, told: &TeamEvent, seq: u64, at: Timestamp) {
        match told {
            TeamEvent::Arranged { teams, .. } => {
                self.teams.clone_from(teams);
                self.arranged = seq;
            }
            TeamEvent::OutOfTurn(taken) => {
                self.takes.entry(taken.by).or_default().out_of_turn += 1;
                self.named.push_back((at, *taken));
                if self.named.len() > MOST_NAMED {
                    self.named.pop_front();
                }
            }
        }
    }

    /// The team somebody is in.
    #[must_use]
    pub fn of(&self, user: UserId) -> Option<&Team> {
        self.teams.iter().find(|team| team.members.contains(&user))
    }

    fn turn_to(&mut self, day: u32) {
        if day > self.day {
            self.day = day;
            self.takes.clear();
            self.named.clear();
        }
    }
}

impl Desk {
    /// Counts a report that somebody takes out of the queue. Called before the entry is applied.
    pub(super) fn count_take(&mut self, event: &Event, at: Timestamp) {
        let Event::ReportClaimed { report, by } = event else { return };
        self.teams.turn_to(at.local_day(self.utc_offset_h));
        let Some(report) = self.reports.get(report).filter(|report| report.is_queued()) else { return };
        let waited_us = at.micros() - report.stamps.received_at.micros();
        // What he wrote down himself at the telephone never stood in the queue.
        if waited_us <= 0 {
            return;
        }
        let takes = self.teams.takes.entry(*by).or_default();
        takes.taken += 1;
        takes.waited_us += waited_us;
    }

    /// The head of the queue for somebody: the first of his team's line, or when nothing waits there the
    /// first of all others, so that nobody rests while somebody waits. Only what his Polsek lets him see.
    #[must_use]
    pub fn head_for(&self, user: UserId, polsek: Option<&str>) -> Option<ReportId> {
        let mut of_others = None;
        for (report, own) in self.line_of(user, polsek) {
            if own {
                return Some(report.id);
            }
            of_others.get_or_insert(report.id);
        }
        of_others
    }

    /// How many reports stand before this one for somebody: those he would have been given first.
    #[must_use]
    pub fn ahead_of(&self, id: ReportId, user: UserId, polsek: Option<&str>) -> u32 {
        let Some(own) = self.line_of(user, polsek).find_map(|(report, own)| (report.id == id).then_some(own)) else {
            return 0;
        };
        let before = self.line_of(user, polsek).take_while(|(report, _)| report.id != id);
        let before = before.filter(|(_, theirs)| *theirs == own).count();
        // Whoever helps out another team has emptied the line of his own.
        let whole = if own { 0 } else { self.line_of(user, polsek).filter(|(_, own)| *own).count() };
        u32::try_from(before + whole).unwrap_or(u32::MAX)
    }

    /// The queue in its order, as far as somebody sees it, and whether each stands in his team's line.
    fn line_of<'a>(&'a self, user: UserId, polsek: Option<&str>) -> impl Iterator<Item = (&'a Report, bool)> {
        let scope = polsek.map_or(Scope::Polres, |polsek| Scope::Polsek(polsek.to_owned()));
        let team = self.teams.of(user);
        let waiting = self.queue.iter().filter_map(|(_, _, id)| self.reports.get(id));
        waiting
            .filter(move |report| scope.sees_report(report))
            .map(move |report| (report, team.is_none_or(|team| is_for(team, &self.teams.teams, report))))
    }
}
