//! The desk of one Polres: everything open, as a fold over its journal.
//!
//! In: entries, in order. Out: reports, queue, incidents, assignments, units. Never decides, never
//! refuses: what stands in the journal has happened.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::calls::CallBook;
use super::crew_talk::MessageBook;
use super::derived::{UNREAD, derived_state, stamp};
use super::duty::DutyBook;
use super::helping::helpers;
use super::report_fold::change_report;
use super::teams::TeamBook;
use super::versions::{CategoryBook, PlanBook};
use crate::model::assignment::{Assignment, AssignmentStamps, AssignmentState, Links};
use crate::model::clock::{SECOND, Timestamp};
use crate::model::closure::Closure;
use crate::model::entry::{Entry, Event, GENESIS, Hash};
use crate::model::id::{
    AssignmentId, BlockId, CallId, ClosureId, IncidentId, MessageId, ReferralId, ReportId, ReporterId, StrikeId, UnitId,
};
use crate::model::incident::{Handling, Incident, IncidentState};
use crate::model::referral::Subject;
use crate::model::report::{Outcome, Report, ReportStamps, ReportState};
use crate::model::shield::{Block, Rank, Standing, Strike};
use crate::model::talk::Talk;
use crate::model::unit::{Unit, UnitStatus};

/// What is closed stays on the desk this long, for a late answer or a reopening. Microseconds.
pub(super) const KEEP_CLOSED: i64 = 24 * 3600 * SECOND;

/// The state of one Polres.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Code of the Polres.
    pub polres: String,
    /// Prefix of its human numbers.
    pub prefix: String,
    /// Hours east of Greenwich, for the day in human numbers.
    pub utc_offset_h: i32,
    /// Number of the last entry applied.
    pub seq: u64,
    /// Hash of the last entry applied.
    pub head: Hash,
    /// Instant of the last entry applied: times never run backwards.
    pub last_at: Timestamp,
    /// Reports, open and lately closed.
    pub reports: BTreeMap<ReportId, Report>,
    /// Incidents, open and lately closed.
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Assignments of those incidents.
    pub assignments: BTreeMap<AssignmentId, Assignment>,
    /// Units of the Polres.
    pub units: BTreeMap<UnitId, Unit>,
    /// The queue in fair order: lane and priority, then arrival.
    pub queue: BTreeSet<(Rank, Timestamp, ReportId)>,
    /// Unanswered offers by the instant they end.
    pub offers: BTreeSet<(Timestamp, AssignmentId)>,
    /// The latest report of each reporter.
    pub latest: BTreeMap<ReporterId, ReportId>,
    /// Reports continued here from another Polres's journal.
    pub handed: BTreeMap<ReportId, ReportId>,
    /// Reports the machine asked back and that wait, with when it asked.
    #[serde(default)]
    pub waiting: BTreeMap<ReportId, Timestamp>,
    /// What each referral is about.
    #[serde(default)]
    pub referrals: BTreeMap<ReferralId, Subject>,
    /// When agencies that have not answered are reminded.
    #[serde(default)]
    pub reminders: BTreeSet<(Timestamp, ReferralId)>,
    /// Free units per Polsek (the empty name: of the Polres itself): the reserve.
    pub free: BTreeMap<String, u32>,
    /// Calls to 110.
    #[serde(default)]
    pub calls: CallBook,
    /// How people stand who misused the line.
    pub standing: BTreeMap<ReporterId, Standing>,
    /// Every strike that was given.
    pub strikes: BTreeMap<StrikeId, Strike>,
    /// Every block that was proposed.
    pub blocks: BTreeMap<BlockId, Block>,
    /// Roads closed or slowed, and those lately opened again.
    #[serde(default)]
    pub closures: BTreeMap<ClosureId, Closure>,
    /// Shifts and daily checks.
    #[serde(default)]
    pub duty: DutyBook,
    /// The office's own response plans.
    #[serde(default)]
    pub plans: PlanBook,
    /// The office's own categories.
    #[serde(default)]
    pub categories: CategoryBook,
    /// Teams of operators, and what each took today.
    #[serde(default)]
    pub teams: TeamBook,
    /// What was written to crews and by them, of the last day.
    #[serde(default)]
    pub messages: MessageBook,
    pub(super) closed: BTreeSet<(Timestamp, Closed)>,
    day: u32,
    reports_today: u32,
    incidents_today: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Closed {
    Report(ReportId),
    Incident(IncidentId),
}

/// What an entry changed, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Reports.
    pub reports: BTreeSet<ReportId>,
    /// Incidents.
    pub incidents: BTreeSet<IncidentId>,
    /// Assignments.
    pub assignments: BTreeSet<AssignmentId>,
    /// Units.
    pub units: BTreeSet<UnitId>,
    /// Calls to 110.
    pub calls: BTreeSet<CallId>,
    /// Strikes.
    pub strikes: BTreeSet<StrikeId>,
    /// Blocks.
    pub blocks: BTreeSet<BlockId>,
    /// Closed roads.
    pub closures: BTreeSet<ClosureId>,
    /// Messages between the desk and its crews.
    pub messages: BTreeSet<MessageId>,
}

impl Touched {
    /// Takes in what another entry changed.
    pub fn merge(&mut self, other: &Self) {
        self.reports.extend(&other.reports);
        self.incidents.extend(&other.incidents);
        self.assignments.extend(&other.assignments);
        self.units.extend(&other.units);
        self.calls.extend(&other.calls);
        self.strikes.extend(&other.strikes);
        self.blocks.extend(&other.blocks);
        self.closures.extend(&other.closures);
        self.messages.extend(&other.messages);
    }
}

impl Desk {
    /// An empty desk: nothing has happened yet.
    #[must_use]
    pub fn new(polres: &str, prefix: &str, utc_offset_h: i32) -> Self {
        Self {
            polres: polres.to_owned(),
            prefix: prefix.to_owned(),
            utc_offset_h,
            seq: 0,
            head: GENESIS,
            last_at: Timestamp::default(),
            reports: BTreeMap::new(),
            incidents: BTreeMap::new(),
            assignments: BTreeMap::new(),
            units: BTreeMap::new(),
            queue: BTreeSet::new(),
            offers: BTreeSet::new(),
            latest: BTreeMap::new(),
            handed: BTreeMap::new(),
            waiting: BTreeMap::new(),
            referrals: BTreeMap::new(),
            reminders: BTreeSet::new(),
            free: BTreeMap::new(),
            calls: CallBook::default(),
            standing: BTreeMap::new(),
            strikes: BTreeMap::new(),
            blocks: BTreeMap::new(),
            closures: BTreeMap::new(),
            duty: DutyBook::default(),
            plans: PlanBook::default(),
            categories: CategoryBook::default(),
            teams: TeamBook::default(),
            messages: MessageBook::default(),
            closed: BTreeSet::new(),
            day: 0,
            reports_today: 0,
            incidents_today: 0,
        }
    }

    /// The human number of the next report, `MDN-20261121-0042`.
    #[must_use]
    pub fn next_report_number(&self, now: Timestamp) -> String {
        let (day, reports, _) = self.counters(now);
        format!("{}-{day}-{:04}", self.prefix, reports + 1)
    }

    /// The human number of the next incident, `MDN-20261121-K0007`.
    #[must_use]
    pub fn next_incident_number(&self, now: Timestamp) -> String {
        let (day, _, incidents) = self.counters(now);
        format!("{}-{day}-K{:04}", self.prefix, incidents + 1)
    }

    /// The short number of the next unit.
    #[must_use]
    pub fn next_unit_no(&self) -> u32 {
        self.units.values().map(|unit| unit.no).max().unwrap_or(0) + 1
    }

    /// Live assignments of an incident.
    pub fn live_assignments<'a>(&'a self, incident: &'a Incident) -> impl Iterator<Item = &'a Assignment> {
        incident.assignments.iter().filter_map(|id| self.assignments.get(id)).filter(|a| a.state.is_live())
    }

    /// Open reports that belong to an incident.
    pub fn open_reports<'a>(&'a self, incident: &'a Incident) -> impl Iterator<Item = &'a Report> {
        incident.reports.iter().filter_map(|id| self.reports.get(id)).filter(|report| report.is_open())
    }

    /// Whether a unit has been there and cleared it since it was last opened: no more are sent by themselves.
    #[must_use]
    pub fn was_cleared(&self, incident: &Incident) -> bool {
        let since = incident.reopened_at.unwrap_or(incident.opened_at);
        let mut own = incident.assignments.iter().filter_map(|id| self.assignments.get(id));
        own.any(|a| a.state == AssignmentState::Cleared && a.stamps.offered_at >= since)
            || helpers(incident).any(|state| state == AssignmentState::Cleared)
    }

    // The day of a human number never runs backwards, even when a clock does: no number twice.
    fn counters(&self, now: Timestamp) -> (u32, u32, u32) {
        let day = now.local_day(self.utc_offset_h);
        if day > self.day { (day, 0, 0) } else { (self.day, self.reports_today, self.incidents_today) }
    }

    /// Applies the next entry; returns what it changed.
    pub fn apply(&mut self, entry: &Entry) -> Touched {
        let mut touched = Touched::default();
        self.seq = entry.seq;
        self.head = entry.hash;
        self.last_at = entry.at;
        self.count_take(&entry.event, entry.at);
        self.apply_event(&entry.event, entry.at, &mut touched);
        touched.calls.extend(self.calls.apply(&entry.event, entry.at));
        self.prune(entry.at);
        touched
    }

    fn apply_event(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::ReportReceived { .. } => self.receive(event, at, touched),
            Event::ReportRecalled { report } => self.recall(report, at, touched),
            Event::ReporterMerged { reporter, kept } => self.merge_standing(*reporter, *kept, at, touched),
            Event::IncidentOpened { .. } => self.open_incident(event, at, touched),
            Event::AssignmentOffered { .. } => self.offer(event, at, touched),
            Event::UnitRegistered { .. } => self.register_unit(event, at, touched),
            Event::AssignmentDelivered { .. }
            | Event::AssignmentStepped { .. }
            | Event::AssignmentExpired { .. }
            | Event::AssignmentReleased { .. }
            | Event::AssignmentPreempted(_)
            | Event::AssignmentTransferred { .. } => self.apply_assignment(event, at, touched),
            Event::Help(help) => self.apply_help(help, at, touched),
            Event::TransferAsked(asked) => self.ask_transfer(asked, touched),
            Event::UnitStatusSet { unit, status } => self.set_status(*unit, *status, at, touched),
            Event::UnitEmergency { unit, on } => {
                if let Some(found) = self.units.get_mut(unit) {
                    found.emergency = *on;
                    touched.units.insert(*unit);
                }
            }
            Event::IncidentChanged { incident, .. }
            | Event::IncidentShort { incident, .. }
            | Event::IncidentHeld { incident, .. }
            | Event::IncidentResumed { incident }
            | Event::IncidentClosed { incident, .. }
            | Event::IncidentReopened { incident } => self.apply_incident(*incident, event, at, touched),
            Event::StrikeGiven { .. }
            | Event::StrikeReversed { .. }
            | Event::BlockProposed { .. }
            | Event::BlockConfirmed { .. }
            | Event::BlockDeclined { .. }
            | Event::BlockAppealed { .. }
            | Event::BlockLifted { .. }
            | Event::BlockExpired { .. }
            | Event::BlockedContact { .. } => self.apply_shield(event, at, touched),
            Event::PhotoTaken { .. } | Event::PhotoApproved { .. } | Event::PhotoDeclined { .. } => {
                self.apply_photo(event, at, touched);
            }
            Event::ReferralSent { .. }
            | Event::ReferralAcknowledged { .. }
            | Event::ReferralReported { .. }
            | Event::ReferralReminded { .. }
            | Event::ReferralClosed { .. } => self.apply_referral(event, at, touched),
            Event::RoadClosed(_) | Event::RoadReopened { .. } => self.apply_closure(event, at, touched),
            Event::Administered(done) => self.apply_administered(done, at),
            Event::ShiftHandedOver(_) | Event::ShiftTaken(_) | Event::DayChecked(_) => self.duty.apply(event, at),
            Event::Team(told) => self.teams.apply(told, self.seq, at),
            Event::UnitMessaged(_)
            | Event::UnitMessageArrived(_)
            | Event::UnitMessageRead(_)
            | Event::IncidentNoted(_) => self.apply_crew_talk(event, at, touched),
            Event::ReportJoined { .. }
            | Event::ReportParted { .. }
            | Event::IncidentMerged { .. }
            | Event::IncidentUnmerged { .. } => self.apply_together(event, at, touched),
            _ => self.apply_report(event, at, touched),
        }
    }

    fn receive(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::ReportReceived { report, number, channel, reporter, message, sent_at, handed_from, lane, noise } =
            event
        else {
            return;
        };
        let (day, reports, incidents) = self.counters(at);
        (self.day, self.reports_today, self.incidents_today) = (day, reports + 1, incidents);
        let stamps = ReportStamps {
            sent_at: *sent_at,
            received_at: at,
            first_reply_at: None,
            located_at: None,
            claimed_at: None,
            closed_at: None,
        };
        let new = Report {
            id: *report,
            number: number.clone(),
            channel: *channel,
            reporter: *reporter,
            messages: vec![*message],
            last_message_at: at,
            reading: UNREAD,
            reading_by_hand: false,
            place: None,
            jurisdiction: None,
            lane: *lane,
            noise: noise.clone(),
            state: ReportState::Queued,
            handed_from: *handed_from,
            followers: Vec::new(),
            ended_with: None,
            referrals: Vec::new(),
            talk: Talk::default(),
            stamps,
        };
        self.queue.insert(new.queue_key());
        self.latest.insert(*reporter, *report);
        if let Some(origin) = handed_from {
            self.handed.insert(*origin, *report);
        }
        self.reports.insert(*report, new);
        touched.reports.insert(*report);
    }

    fn apply_report(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let id = match event {
            Event::ReportExtended { report, .. }
            | Event::ReportRead { report, .. }
            | Event::ReportLocated { report, .. }
            | Event::ReportClaimed { report, .. }
            | Event::ReportReleased { report }
            | Event::ReportAsked { report, .. }
            | Event::ReportAttached { report, .. }
            | Event::ReportClosed { report, .. }
            | Event::ReportReopened { report }
            | Event::PersonAsked { report }
            | Event::ReportRated { report, .. }
            | Event::MediaKept { report, .. }
            | Event::ReportLaned { report, .. }
            | Event::FeedbackQueued { report, .. }
            | Event::FeedbackStatus { report, .. } => *report,
            _ => return,
        };
        let Some(report) = self.reports.get_mut(&id) else { return };
        self.queue.remove(&report.queue_key());
        let (before, handed_from) = (report.state, report.handed_from);
        change_report(report, event, at);
        if report.is_queued() {
            self.queue.insert(report.queue_key());
        }
        if report.state != before {
            self.leave(id, before, touched);
        }
        if let Event::ReportAttached { incident, .. } = event
            && let Some(incident) = self.incidents.get_mut(incident)
        {
            if !incident.reports.contains(&id) {
                incident.reports.push(id);
            }
            touched.incidents.insert(incident.id);
        }
        match event {
            Event::ReportClosed { outcome, .. } => {
                self.closed.insert((at, Closed::Report(id)));
                // Untouched, it went back where it came from.
                if let Some(origin) = handed_from
                    && (before, *outcome) == (ReportState::Queued, Outcome::Cancelled)
                {
                    self.handed.remove(&origin);
                }
            }
            Event::ReportReopened { .. } => {
                self.closed.retain(|(_, what)| *what != Closed::Report(id));
                if let Some(origin) = handed_from {
                    self.handed.entry(origin).or_insert(id);
                }
            }
            _ => {}
        }
        self.note_waiting(id, at);
        touched.reports.insert(id);
    }

    fn open_incident(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::IncidentOpened { incident, number, category, priority, place, jurisdiction, received_at, automatic } =
            event
        else {
            return;
        };
        let (day, reports, incidents) = self.counters(at);
        (self.day, self.reports_today, self.incidents_today) = (day, reports, incidents + 1);
        let new = Incident {
            id: *incident,
            number: number.clone(),
            category: *category,
            priority: *priority,
            place: place.clone(),
            jurisdiction: jurisdiction.clone(),
            reports: Vec::new(),
            assignments: Vec::new(),
            declined: Vec::new(),
            handling: Handling::Open,
            state: IncidentState::Queued,
            shortfall: None,
            merged_into: None,
            referrals: Vec::new(),
            photos: Vec::new(),
            notes: Vec::new(),
            helped_by: Vec::new(),
            helps: None,
            automatic: *automatic,
            received_at: *received_at,
            opened_at: at,
            reopened_at: None,
            closed_at: None,
        };
        self.incidents.insert(*incident, new);
        touched.incidents.insert(*incident);
    }

    fn apply_incident(&mut self, id: IncidentId, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        match event {
            Event::IncidentChanged { category, priority, place, jurisdiction, .. } => {
                incident.category = *category;
                incident.priority = *priority;
                incident.place = place.clone();
                incident.jurisdiction.clone_from(jurisdiction);
            }
            Event::IncidentShort { shortfall, .. } => incident.shortfall = Some(shortfall.clone()),
            Event::IncidentHeld { by, .. } => incident.handling = Handling::Held { by: *by },
            Event::IncidentResumed { .. } => incident.handling = Handling::Open,
            Event::IncidentClosed { disposition, .. } => {
                incident.handling = Handling::Closed { disposition: *disposition };
                incident.closed_at = Some(at);
                self.closed.insert((at, Closed::Incident(id)));
            }
            Event::IncidentReopened { .. } => {
                incident.handling = Handling::Open;
                incident.closed_at = None;
                incident.reopened_at = Some(at);
                incident.declined.clear();
                // Its reports follow one by one; those that went elsewhere meanwhile stay there.
                incident.reports.clear();
                self.closed.retain(|(_, what)| *what != Closed::Incident(id));
            }
            _ => {}
        }
        self.derive_incident(id, touched);
    }

    fn offer(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::AssignmentOffered {
            assignment,
            incident,
            unit,
            primary,
            expires_at,
            travel_time_s,
            automatic,
            override_reason,
            takes_over,
            ..
        } = event
        else {
            return;
        };
        let new = Assignment {
            id: *assignment,
            incident: *incident,
            unit: *unit,
            primary: *primary,
            state: AssignmentState::Offered,
            expires_at: *expires_at,
            travel_time_s: *travel_time_s,
            automatic: *automatic,
            override_reason: override_reason.clone(),
            keys: Vec::new(),
            stamps: AssignmentStamps { offered_at: at, ..AssignmentStamps::default() },
            links: Links { takes_over: *takes_over, ..Links::default() },
        };
        self.assignments.insert(*assignment, new);
        self.offers.insert((*expires_at, *assignment));
        if let Some(found) = self.units.get_mut(unit) {
            found.assignment = Some(*assignment);
        }
        self.set_status(*unit, UnitStatus::Offered, at, touched);
        if let Some(incident) = self.incidents.get_mut(incident) {
            incident.assignments.push(*assignment);
            incident.shortfall = None;
            // An operator who offered once wants it served: the next best follows on refusal.
            incident.automatic = true;
        }
        self.derive_incident(*incident, touched);
        touched.assignments.insert(*assignment);
    }

    fn apply_assignment(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let (id, state) = match event {
            Event::AssignmentDelivered { assignment } => (*assignment, AssignmentState::Delivered),
            Event::AssignmentStepped { assignment, step, .. } => (*assignment, step.target()),
            Event::AssignmentExpired { assignment } => (*assignment, AssignmentState::Expired),
            Event::AssignmentReleased { assignment, .. } => (*assignment, AssignmentState::Released),
            Event::AssignmentPreempted(it) => (it.assignment, AssignmentState::Preempted),
            Event::AssignmentTransferred { assignment, .. } => (*assignment, AssignmentState::Transferred),
            _ => return,
        };
        let Some(assignment) = self.assignments.get_mut(&id) else { return };
        if let Event::AssignmentStepped { key, .. } = event {
            assignment.keys.push(key.clone());
        }
        assignment.state = state;
        stamp(&mut assignment.stamps, state, at);
        let (unit, incident, expires_at) = (assignment.unit, assignment.incident, assignment.expires_at);
        if !state.is_offer() {
            self.offers.remove(&(expires_at, id));
        }
        touched.assignments.insert(id);
        self.link(id, event, touched);
        self.settle_unit(unit, state, at, touched);
        if matches!(state, AssignmentState::Refused | AssignmentState::Expired)
            && let Some(incident) = self.incidents.get_mut(&incident)
            && !incident.declined.contains(&unit)
        {
            incident.declined.push(unit);
        }
        self.derive_incident(incident, touched);
    }

    fn settle_unit(&mut self, unit: UnitId, state: AssignmentState, at: Timestamp, touched: &mut Touched) {
        let status = match state {
            AssignmentState::Offered | AssignmentState::Delivered => return,
            AssignmentState::Accepted => UnitStatus::Committed,
            AssignmentState::EnRoute => UnitStatus::EnRoute,
            AssignmentState::OnScene => UnitStatus::OnScene,
            _ => UnitStatus::Available,
        };
        if let Some(found) = self.units.get_mut(&unit) {
            if !state.is_live() {
                found.assignment = None;
            }
            if state == AssignmentState::Accepted {
                found.taken += 1;
            }
        }
        self.set_status(unit, status, at, touched);
    }

    pub(super) fn derive_incident(&mut self, id: IncidentId, touched: &mut Touched) {
        let Some(incident) = self.incidents.get(&id) else { return };
        let state = derived_state(incident, incident.assignments.iter().filter_map(|a| self.assignments.get(a)));
        if let Some(incident) = self.incidents.get_mut(&id) {
            incident.state = state;
            if state == IncidentState::Cleared {
                incident.shortfall = None;
            }
        }
        touched.incidents.insert(id);
    }

    fn prune(&mut self, now: Timestamp) {
        self.calls.prune(now);
        self.messages.prune(now);
        while let Some((at, what)) = self.closed.first().copied()
            && now.micros() - at.micros() > KEEP_CLOSED
        {
            self.closed.pop_first();
            match what {
                Closed::Report(id) => self.forget_report(id),
                Closed::Incident(id) => {
                    if let Some(incident) = self.incidents.remove(&id) {
                        incident.assignments.iter().for_each(|a| drop(self.assignments.remove(a)));
                        self.forget_referrals(&incident.referrals);
                    }
                }
            }
        }
    }

    fn forget_report(&mut self, id: ReportId) {
        let Some(report) = self.reports.remove(&id) else { return };
        self.waiting.remove(&id);
        self.forget_referrals(&report.referrals);
        if self.latest.get(&report.reporter) == Some(&id) {
            self.latest.remove(&report.reporter);
        }
        // Handed here once more, it continues as another one.
        if let Some(origin) = report.handed_from.filter(|origin| self.handed.get(origin) == Some(&id)) {
            self.handed.remove(&origin);
        }
    }
}
