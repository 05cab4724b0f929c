//! The fold of what belongs together: reports that follow another, incidents that turned out to be one.
//!
//! Enters: an entry that joins, parts, merges or unmerges. Leaves: both sides changed, so that who
//! follows and who leads never disagree.

use super::desk::{Closed, Desk, Touched};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{IncidentId, ReportId};
use crate::model::incident::{Disposition, Handling};
use crate::model::report::{Report, ReportState};

impl Desk {
    pub(super) fn apply_together(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::ReportJoined { report, into } => {
                self.set_state(*report, ReportState::Joined { into: *into }, touched);
                if let Some(leader) = self.reports.get_mut(into) {
                    leader.followers.push(*report);
                    touched.reports.insert(*into);
                }
            }
            Event::ReportParted { report, .. } => self.set_state(*report, ReportState::Queued, touched),
            Event::IncidentMerged { incident, into, reports } => self.merge(*incident, *into, reports, at, touched),
            Event::IncidentUnmerged { incident, reports, .. } => self.unmerge(*incident, reports, at, touched),
            _ => {}
        }
    }

    fn set_state(&mut self, id: ReportId, state: ReportState, touched: &mut Touched) {
        let Some(report) = self.reports.get_mut(&id) else { return };
        let before = report.state;
        self.queue.remove(&report.queue_key());
        report.state = state;
        if report.is_queued() {
            self.queue.insert(report.queue_key());
        }
        touched.reports.insert(id);
        self.leave(id, before, touched);
    }

    /// A report is no longer what it was: whom it followed, or the open incident it was in, forgets it.
    pub(super) fn leave(&mut self, id: ReportId, before: ReportState, touched: &mut Touched) {
        match before {
            ReportState::Joined { into } => {
                if let Some(leader) = self.reports.get_mut(&into) {
                    leader.followers.retain(|follower| *follower != id);
                    touched.reports.insert(into);
                }
            }
            // An incident that ended keeps the list of what it was told.
            ReportState::Attached { incident } => {
                let moved = self.reports.get(&id).is_some_and(Report::is_open);
                if let Some(incident) = self.incidents.get_mut(&incident).filter(|it| moved && it.is_open()) {
                    incident.reports.retain(|own| *own != id);
                    touched.incidents.insert(incident.id);
                }
            }
            _ => {}
        }
    }

    fn merge(&mut self, id: IncidentId, into: IncidentId, reports: &[ReportId], at: Timestamp, touched: &mut Touched) {
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        incident.handling = Handling::Closed { disposition: Disposition::Duplicate };
        incident.merged_into = Some(into);
        incident.closed_at = Some(at);
        self.closed.insert((at, Closed::Incident(id)));
        self.move_reports(reports, into, touched);
        self.derive_incident(id, touched);
    }

    fn unmerge(&mut self, id: IncidentId, reports: &[ReportId], at: Timestamp, touched: &mut Touched) {
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        incident.handling = Handling::Open;
        incident.merged_into = None;
        incident.closed_at = None;
        incident.reopened_at = Some(at);
        incident.declined.clear();
        incident.reports.clear();
        self.closed.retain(|(_, what)| *what != Closed::Incident(id));
        self.move_reports(reports, id, touched);
        self.derive_incident(id, touched);
    }

    fn move_reports(&mut self, reports: &[ReportId], to: IncidentId, touched: &mut Touched) {
        for report in reports {
            self.set_state(*report, ReportState::Attached { incident: to }, touched);
            if let Some(incident) = self.incidents.get_mut(&to).filter(|it| !it.reports.contains(report)) {
                incident.reports.push(*report);
            }
        }
        touched.incidents.insert(to);
    }
}
