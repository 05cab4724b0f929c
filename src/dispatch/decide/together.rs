//! Decisions about what belongs together: reports of one event joined and parted, incidents merged
//! and unmerged. Whatever happens to a report that others follow happens to them.

use std::collections::BTreeSet;

use super::Decision;
use crate::dispatch::command::{Refusal, SameEvent};
use crate::model::InvalidStep;
use crate::model::assignment::AssignmentState;
use crate::model::clock::Timestamp;
use crate::model::entry::{Event, Template};
use crate::model::id::{AssignmentId, IncidentId, ReportId};
use crate::model::incident::{Incident, IncidentState};
use crate::model::report::{Outcome, Reading, Report, ReportState};
use crate::model::shield::Lane;

impl<'a> Decision<'a> {
    /// A report goes the way of another one, or of an incident. One that others follow brings them.
    pub(super) fn join(&mut self, id: ReportId, into: SameEvent) -> Result<(), Refusal> {
        let report = self.report(id)?;
        report.can_settle("join")?;
        let leader = match into {
            SameEvent::Incident(incident) => return self.attach(id, incident),
            SameEvent::Report(other) => self.leader_of(other)?,
        };
        if leader.id == id {
            return Err(InvalidStep { step: "join", state: "the same report, or followed by it" }.into());
        }
        match leader.state {
            ReportState::Attached { incident } => return self.attach(id, incident),
            ReportState::Closed { .. } => return Err(InvalidStep { step: "join", state: "closed" }.into()),
            _ => {}
        }
        self.events.push(Event::ReportJoined { report: id, into: leader.id });
        for follower in &report.followers {
            self.events.push(Event::ReportJoined { report: *follower, into: leader.id });
        }
        if let Some(place) = report.place.clone().filter(|_| leader.place.is_none()) {
            let jurisdiction = report.jurisdiction.clone();
            self.events.push(Event::ReportLocated { report: leader.id, place, jurisdiction });
        }
        self.lift(leader.id, &report.reading);
        // What is no noise does not go behind the rest with a report that is.
        if leader.lane == Lane::SetAside && report.lane == Lane::Main {
            self.events.push(Event::ReportLaned { report: leader.id, lane: Lane::Main, noise: leader.noise.clone() });
        }
        Ok(())
    }

    fn leader_of(&self, id: ReportId) -> Result<&'a Report, Refusal> {
        let report = self.report(id)?;
        match report.state {
            ReportState::Joined { into } => self.report(into),
            _ => Ok(report),
        }
    }

    /// What one follower tells makes the matter graver for the report it follows.
    pub(super) fn lift(&mut self, leader: ReportId, told: &Reading) {
        let Some(found) = self.desk.reports.get(&leader) else { return };
        if told.priority < found.reading.priority && !found.reading_by_hand {
            // What was located in this very decision is known already.
            let mut reading = Reading { priority: told.priority, ..found.reading };
            reading.known.place |=
                self.events.iter().any(|e| matches!(e, Event::ReportLocated { report, .. } if *report == leader));
            self.events.push(Event::ReportRead { report: leader, reading, by_hand: false });
        }
    }

    /// A report becomes part of an incident, and its reporter hears how far that is.
    pub(super) fn attach(&mut self, report: ReportId, incident: IncidentId) -> Result<(), Refusal> {
        let found = self.incident(incident)?;
        found.can_change("join")?;
        self.events.push(Event::ReportAttached { report, incident });
        if let Some(news) = self.news_of(found) {
            self.tell_reporter(report, news);
        }
        Ok(())
    }

    /// What the reporters of an incident heard last of its first unit.
    fn news_of(&self, incident: &Incident) -> Option<Template> {
        let primary = self.desk.live_assignments(incident).find(|assignment| assignment.primary)?;
        match primary.state {
            AssignmentState::EnRoute => Some(Template::UnitEnRoute),
            AssignmentState::OnScene => Some(Template::UnitOnScene),
            _ => None,
        }
    }

    /// A report goes its own way again.
    pub(super) fn part(&mut self, id: ReportId) -> Result<(), Refusal> {
        let incident = match self.report(id)?.state {
            ReportState::Joined { .. } => None,
            ReportState::Attached { incident } => {
                let others = self.desk.open_reports(self.incident(incident)?).any(|report| report.id != id);
                if !others {
                    return Err(InvalidStep { step: "part", state: "the only report of its incident" }.into());
                }
                Some(incident)
            }
            state => return Err(InvalidStep { step: "part", state: state.code() }.into()),
        };
        self.events.push(Event::ReportParted { report: id, incident });
        Ok(())
    }

    /// When the first of a report and those who follow it came: the start of the Polri clock.
    pub(super) fn first_told(&self, report: &Report) -> Timestamp {
        let followers = report.followers.iter().filter_map(|id| self.desk.reports.get(id));
        followers.map(|follower| follower.stamps.received_at).fold(report.stamps.received_at, Timestamp::min)
    }

    /// Adds to a decision what it means for the followers of the reports it is about: they join the
    /// same incident, end the same way and are told the same. Nobody is a prankster because another
    /// one was, and another office gets only the report handed to it: those followers go back to the queue.
    pub(super) fn followers_follow(&mut self) {
        let mut done: BTreeSet<ReportId> = BTreeSet::new();
        for at in 0..self.events.len() {
            let (leader, fate) = match &self.events[at] {
                Event::ReportAttached { report, incident } => (*report, Fate::Attached(*incident)),
                Event::ReportClosed { report, outcome: Outcome::Prank | Outcome::HandedOver, .. } => {
                    (*report, Fate::Parted)
                }
                Event::ReportClosed { report, outcome, .. } => (*report, Fate::Closed(*outcome)),
                _ => continue,
            };
            let Some(followers) = self.desk.reports.get(&leader).map(|report| report.followers.clone()) else {
                continue;
            };
            let told: Vec<Template> = self.told(leader);
            for follower in followers.into_iter().filter(|follower| done.insert(*follower)) {
                self.events.push(fate.event(follower));
                if !matches!(fate, Fate::Parted) {
                    told.iter().for_each(|template| self.tell_reporter(follower, *template));
                }
            }
        }
    }

    /// The news this decision has for the reporter of a report.
    fn told(&self, of: ReportId) -> Vec<Template> {
        let news = |event: &Event| match event {
            Event::FeedbackQueued { report, template, .. } if *report == of => Some(*template),
            _ => None,
        };
        let everybodys = [Template::UnitEnRoute, Template::UnitOnScene, Template::Closed];
        self.events.iter().filter_map(news).filter(|template| everybodys.contains(template)).collect()
    }

    /// One incident turned out to be another: its open reports go there and its units are free again.
    ///
    /// The one that is further along goes on: releasing a crew that is on its way, only to ask the
    /// next one to drive there, costs minutes. Two crews at two scenes are two scenes until one clears.
    pub(super) fn merge(&mut self, id: IncidentId, into: IncidentId) -> Result<(), Refusal> {
        let (incident, other) = (self.incident(id)?, self.incident(into)?);
        if id == into {
            return Err(InvalidStep { step: "merge", state: "the same incident" }.into());
        }
        incident.can_change("merge")?;
        other.can_change("merge")?;
        match (progress(incident.state), progress(other.state)) {
            (AT_SCENE, AT_SCENE) => {
                return Err(InvalidStep { step: "merge", state: "at both scenes: units stand there" }.into());
            }
            (here, there) if here > there => {
                return Err(InvalidStep { step: "merge", state: "further along: merge the other one into it" }.into());
            }
            _ => {}
        }
        let live: Vec<AssignmentId> = self.desk.live_assignments(incident).map(|a| a.id).collect();
        let reports: Vec<ReportId> = self.desk.open_reports(incident).map(|report| report.id).collect();
        self.release_all(&live, "kejadian digabung");
        self.events.push(Event::IncidentMerged { incident: id, into, reports: reports.clone() });
        if incident.priority < other.priority {
            self.events.push(Event::IncidentChanged {
                incident: into,
                category: other.category,
                priority: incident.priority,
                place: other.place.clone(),
                jurisdiction: other.jurisdiction.clone(),
            });
        }
        if let Some(news) = self.news_of(other) {
            reports.into_iter().for_each(|report| self.tell_reporter(report, news));
        }
        Ok(())
    }

    /// It was another one after all: open again, with those of its reports that are still there.
    pub(super) fn unmerge(&mut self, id: IncidentId) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        let Some(from) = incident.merged_into else {
            return Err(InvalidStep { step: "unmerge", state: "not merged" }.into());
        };
        self.incident(from)?.can_change("unmerge")?;
        let there = |report: &&ReportId| {
            self.desk.reports.get(report).is_some_and(|r| r.state == ReportState::Attached { incident: from })
        };
        let reports: Vec<ReportId> = incident.reports.iter().filter(there).copied().collect();
        self.events.push(Event::IncidentUnmerged { incident: id, from, reports });
        Ok(())
    }
}

/// What becomes of those who follow a report.
enum Fate {
    Attached(IncidentId),
    Closed(Outcome),
    Parted,
}

impl Fate {
    const fn event(&self, report: ReportId) -> Event {
        match self {
            Self::Attached(incident) => Event::ReportAttached { report, incident: *incident },
            Self::Closed(outcome) => Event::ReportClosed { report, outcome: *outcome, note: None },
            Self::Parted => Event::ReportParted { report, incident: None },
        }
    }
}

/// The step at which a crew stands, or stood, at the scene.
const AT_SCENE: u8 = 3;

/// How far an incident has come.
const fn progress(state: IncidentState) -> u8 {
    match state {
        IncidentState::OnScene | IncidentState::Cleared => AT_SCENE,
        IncidentState::Responding => 2,
        IncidentState::Offered => 1,
        _ => 0,
    }
}
