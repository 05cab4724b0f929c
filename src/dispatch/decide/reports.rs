//! Decisions about reports: received, joined, claimed, corrected, answered, ended.

use super::conversation::{Belongs, belongs};
use super::{Decision, is_certain};
use crate::dispatch::command::{Correction, PutPlace, Receive, Refusal, Understood};
use crate::dispatch::questions::is_a_matter;
use crate::model::clock::Timestamp;
use crate::model::entry::{Event, Template};
use crate::model::id::{IncidentId, MessageId, ReportId, UserId};
use crate::model::incident::Incident;
use crate::model::place::{LngLat, Place, PlaceSource};
use crate::model::report::{Category, Outcome, Priority, Report, ReportState};
use crate::model::shield::Lane;
use crate::model::team::{OutOfTurn, TeamEvent};

/// Incidents of one category this near and this young are shown as perhaps the same, and an
/// emergency is then not sent a second car without an operator. Metres, seconds.
const SAME_EVENT_M: f64 = 300.0;
const SAME_EVENT_S: f64 = 20.0 * 60.0;

impl<'a> Decision<'a> {
    pub(super) fn receive(&mut self, receive: &Receive) {
        // What went back there may come again.
        if receive.handed_from.is_some_and(|origin| self.desk.handed.contains_key(&origin)) {
            return;
        }
        let latest = self.desk.latest.get(&receive.reporter).and_then(|id| self.desk.reports.get(id));
        let latest = latest.filter(|_| receive.handed_from.is_none());
        let belonging = belongs(latest, &receive.alone.reading, self.now);
        let blocking = self.desk.blocking(receive.reporter, receive.channel).filter(|_| receive.handed_from.is_none());
        match (blocking, belonging) {
            (Some(block), Belongs::Joins(open)) => self.receive_blocked(block, receive, Some(open)),
            (Some(block), _) => self.receive_blocked(block, receive, None),
            (None, Belongs::Joins(open)) => self.extend(open, receive),
            (None, Belongs::FollowsUp(report)) => self.follow_up(report, receive),
            (None, Belongs::New) => {
                let lane = self.lane_for(&receive.alone.reading, self.noise_of(receive).as_ref());
                self.start(receive, lane);
            }
        }
    }

    /// Only a report of the same person can be added to.
    pub(super) fn append(&mut self, report: ReportId, receive: &Receive) {
        let found = self.desk.reports.get(&report).filter(|found| found.is_open());
        let own = found.is_some_and(|found| found.reporter == receive.reporter);
        match self.desk.blocking(receive.reporter, receive.channel) {
            _ if !own => self.receive(receive),
            Some(block) => self.receive_blocked(block, receive, Some(report)),
            None => self.extend(report, receive),
        }
    }

    pub(super) fn start(&mut self, receive: &Receive, lane: Lane) -> ReportId {
        let report = ReportId(self.ids.next(self.now));
        self.events.push(Event::ReportReceived {
            report,
            number: self.desk.next_report_number(self.now),
            channel: receive.channel,
            reporter: receive.reporter,
            message: receive.message,
            sent_at: receive.sent_at,
            handed_from: receive.handed_from,
            lane,
            noise: self.noise_of(receive),
        });
        for message in &receive.more {
            self.events.push(Event::ReportExtended { report, message: *message });
        }
        let understood = &receive.alone;
        self.events.push(Event::ReportRead { report, reading: understood.reading, by_hand: false });
        self.locate(report, understood);
        let dispatched =
            lane != Lane::Guarded && self.dispatch_emergency(report, self.now, receive.sent_at, understood);
        self.open_conversation(report, receive, lane, dispatched);
        report
    }

    pub(super) fn extend(&mut self, report: ReportId, receive: &Receive) {
        self.events.push(Event::ReportExtended { report, message: receive.message });
        let Some(found) = self.desk.reports.get(&report) else { return };
        let together = receive.joined.as_ref().is_some_and(|(id, _)| *id == report);
        // Read together with what was said before; alone only if another message slipped between.
        let understood = match &receive.joined {
            Some((id, together)) if *id == report => together,
            _ => &receive.alone,
        };
        if !found.reading_by_hand && (receive.joined.is_some() || understood.reading.priority < found.reading.priority)
        {
            let mut reading = understood.reading;
            reading.known.place |= found.place.is_some();
            if reading != found.reading {
                self.events.push(Event::ReportRead { report, reading, by_hand: false });
            }
            self.relane(found, &reading, receive);
        }
        let better = understood.place.as_ref().filter(|new| is_better(new, found.place.as_ref()));
        if better.is_some() {
            self.locate(report, understood);
        }
        let alone_priority = if together { Priority::P1 } else { understood.reading.priority };
        let joined = Understood {
            // What a person said it is stands, and so does what was graver before a message that was
            // read alone; the new message may still say where.
            reading: if found.reading_by_hand || found.reading.priority < alone_priority {
                found.reading
            } else {
                understood.reading
            },
            place: better.cloned().or_else(|| found.place.clone()),
            jurisdiction: better.map_or_else(|| found.jurisdiction.clone(), |_| understood.jurisdiction.clone()),
        };
        let mut dispatched = false;
        match found.state {
            ReportState::Attached { incident } => self.improve_incident(incident, understood, better.is_some()),
            ReportState::Queued | ReportState::WaitingReporter { .. } if !self.is_guarded(found) => {
                dispatched = self.dispatch_emergency(report, found.stamps.received_at, receive.sent_at, &joined);
            }
            ReportState::Joined { into } => self.lift(into, &understood.reading),
            _ => {}
        }
        self.go_on(found, receive, &joined, dispatched);
    }

    fn locate(&mut self, report: ReportId, understood: &Understood) {
        if let Some(place) = &understood.place {
            let jurisdiction = understood.jurisdiction.clone();
            self.events.push(Event::ReportLocated { report, place: place.clone(), jurisdiction });
        }
    }

    /// Opens and offers an emergency without an operator when everything is certain enough.
    fn dispatch_emergency(
        &mut self,
        report: ReportId,
        received_at: Timestamp,
        sent_at: Timestamp,
        understood: &Understood,
    ) -> bool {
        let automatic = &self.rules.plans.automatic;
        let reading = &understood.reading;
        let young =
            self.now.secs_since(sent_at) <= Timestamp::from_secs(automatic.message_age_s).secs_since(Timestamp(0));
        let Some(place) = understood.place.as_ref().filter(|place| is_certain(place, self.rules)) else { return false };
        let ours = understood.jurisdiction.as_ref().is_some_and(|j| j.polres == self.desk.polres);
        if reading.priority != Priority::P1
            || !is_a_matter(reading.service)
            || reading.confidence < automatic.reading_confidence
            || !young
            || !ours
            || self.similar(reading.category, place.point()).next().is_some()
        {
            return false;
        }
        let incident = IncidentId(self.ids.next(self.now));
        self.events.push(Event::IncidentOpened {
            incident,
            number: self.desk.next_incident_number(self.now),
            category: reading.category,
            priority: reading.priority,
            place: place.clone(),
            jurisdiction: understood.jurisdiction.clone(),
            received_at,
            automatic: true,
        });
        self.events.push(Event::ReportAttached { report, incident });
        self.offer_new(incident, reading.category, reading.priority, place, understood.jurisdiction.as_ref());
        true
    }

    fn similar(&self, category: Category, at: LngLat) -> impl Iterator<Item = &Incident> {
        similar_incidents(self.desk.incidents.values(), category, at, self.now)
    }

    pub(super) fn claim(&mut self, report: Option<ReportId>, polsek: Option<&str>, by: UserId) -> Result<(), Refusal> {
        let id = match report {
            Some(id) => id,
            None => self.desk.head_for(by, polsek).ok_or(Refusal::NothingWaiting)?,
        };
        let report = self.report(id)?;
        if report.state == (ReportState::Claimed { by }) {
            return Ok(());
        }
        report.can_claim()?;
        self.events.push(Event::ReportClaimed { report: id, by });
        let ahead = self.desk.ahead_of(id, by, polsek);
        if ahead > 0 {
            self.events.push(Event::Team(TeamEvent::OutOfTurn(OutOfTurn { report: id, by, ahead })));
        }
        Ok(())
    }

    pub(super) fn release(&mut self, id: ReportId) -> Result<(), Refusal> {
        match self.report(id)?.state {
            ReportState::Claimed { .. } => self.events.push(Event::ReportReleased { report: id }),
            state => return Err(crate::model::InvalidStep { step: "release", state: state.code() }.into()),
        }
        Ok(())
    }

    pub(super) fn correct_report(&mut self, id: ReportId, correction: &Correction) -> Result<(), Refusal> {
        let report = self.report(id)?;
        report.can_settle("correct")?;
        self.may_be(correction)?;
        let mut reading = report.reading;
        if let Some(category) = correction.category {
            reading.category = category;
            reading.service = category.service();
        }
        reading.priority = correction.priority.unwrap_or(reading.priority);
        if correction.category.is_some() || correction.priority.is_some() {
            reading.confidence = 1.0;
            self.events.push(Event::ReportRead { report: id, reading, by_hand: true });
            self.lane_by_hand(report, &reading);
        }
        if let Some(put) = &correction.place {
            let (place, jurisdiction) = self.placed_by_hand(put);
            self.events.push(Event::ReportLocated { report: id, place, jurisdiction });
        }
        Ok(())
    }

    /// Where an operator says it is, with the area it lies in. What he chose by its name is no more
    /// precise for that: it keeps its radius.
    pub(super) fn placed_by_hand(&self, put: &PutPlace) -> (Place, Option<crate::model::place::Jurisdiction>) {
        let (source, confidence) = (PlaceSource::Operator, 1.0);
        let place = match put {
            PutPlace::Point(at) => Place {
                lng: at.lng,
                lat: at.lat,
                radius_m: 25.0,
                source,
                label: "Titik di peta".to_owned(),
                confidence,
                because: "ditempatkan operator".to_owned(),
                parts: Vec::new(),
            },
            PutPlace::Found(place) => {
                let because = format!("dipilih operator; {}", place.because);
                Place { source, confidence, because, ..place.clone() }
            }
        };
        let jurisdiction = self.world.jurisdiction(place.point());
        (place, jurisdiction)
    }

    pub(super) fn reply(&mut self, id: ReportId, message: MessageId) -> Result<(), Refusal> {
        self.report(id)?;
        self.events.push(Event::FeedbackQueued { report: id, message, template: Template::Reply });
        Ok(())
    }

    pub(super) fn resolve(&mut self, id: ReportId, outcome: Outcome, note: Option<MessageId>) -> Result<(), Refusal> {
        self.report(id)?.can_settle("resolve")?;
        self.events.push(Event::ReportClosed { report: id, outcome, note });
        match outcome {
            // The office that takes it over tells the reporter, with its own number.
            Outcome::Resolved | Outcome::Unfounded | Outcome::Referred => self.tell_reporter(id, Template::Closed),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn escalate(&mut self, id: ReportId, into: Option<IncidentId>) -> Result<(), Refusal> {
        let report = self.report(id)?;
        report.can_settle("escalate")?;
        if let Some(incident) = into {
            return self.attach(id, incident);
        }
        let place = report.place.clone().ok_or(Refusal::PlaceNeeded)?;
        let incident = IncidentId(self.ids.next(self.now));
        self.events.push(Event::IncidentOpened {
            incident,
            number: self.desk.next_incident_number(self.now),
            category: report.reading.category,
            priority: report.reading.priority,
            place,
            jurisdiction: report.jurisdiction.clone(),
            received_at: self.first_told(report),
            automatic: false,
        });
        self.events.push(Event::ReportAttached { report: id, incident });
        Ok(())
    }

    pub(super) fn reopen_report(&mut self, id: ReportId, message: MessageId) -> Result<(), Refusal> {
        let report = self.report(id)?;
        if let Some(block) = self.desk.blocking(report.reporter, report.channel).map(|block| block.id) {
            self.events.push(Event::BlockedContact { block, message, report: None, alarm: false });
            return Ok(());
        }
        self.events.push(Event::ReportExtended { report: id, message });
        if !report.is_open() {
            self.events.push(Event::ReportReopened { report: id });
        }
        Ok(())
    }

    /// The report may have left the desk: a look at an old one is a look too.
    pub(super) fn view_reporter(&mut self, report: ReportId, by: UserId) {
        self.events.push(Event::ReporterViewed { report, by });
    }

    pub(super) fn report(&self, id: ReportId) -> Result<&'a Report, Refusal> {
        self.desk.reports.get(&id).ok_or(Refusal::NotFound("report"))
    }
}

/// Open incidents of one category that are near and young enough to be perhaps the same event.
pub fn similar_incidents<'a>(
    incidents: impl Iterator<Item = &'a Incident>,
    category: Category,
    at: LngLat,
    now: Timestamp,
) -> impl Iterator<Item = &'a Incident> {
    incidents.filter(move |incident| {
        incident.is_open()
            && incident.category == category
            && now.secs_since(incident.received_at) <= SAME_EVENT_S
            && incident.place.point().distance_m(at) <= SAME_EVENT_M
    })
}

/// A new place replaces the old one when nobody set it by hand, and it is a pin the reporter shared
/// (people correct themselves) or narrower.
fn is_better(new: &Place, old: Option<&Place>) -> bool {
    let newer_pin = |old: &Place| new.source == PlaceSource::Pin && new.point() != old.point();
    old.is_none_or(|old| old.source != PlaceSource::Operator && (newer_pin(old) || new.radius_m < old.radius_m))
}
