//! Decisions about after-photos: taken by the crew that was there, approved or declined by an operator.

use super::Decision;
use crate::dispatch::command::Refusal;
use crate::model::InvalidStep;
use crate::model::entry::{Event, Template};
use crate::model::id::{IncidentId, MediaId, MessageId, ReportId, UnitId};
use crate::model::incident::Incident;
use crate::model::photo::Photo;
use crate::model::report::{Report, ReportState};

/// After-photos of one incident at most.
const MOST_PHOTOS: usize = 10;

impl<'a> Decision<'a> {
    pub(super) fn take_photo(
        &mut self,
        id: IncidentId,
        unit: UnitId,
        photo: MediaId,
        key: &str,
    ) -> Result<(), Refusal> {
        let incident = self.incident(id)?;
        if incident.photos.iter().any(|taken| taken.unit == unit && taken.key == key) {
            return Ok(());
        }
        let own = incident.assignments.iter().rev().filter_map(|id| self.desk.assignments.get(id));
        let own: Vec<_> = own.filter(|assignment| assignment.unit == unit).collect();
        let last = own.first().ok_or(Refusal::NotYours("incident"))?;
        let was_there = own.iter().find(|assignment| assignment.may_show());
        let was_there = was_there.ok_or(InvalidStep { step: "show the place", state: last.state.code() })?;
        if incident.photos.len() >= MOST_PHOTOS {
            return Err(InvalidStep { step: "show the place", state: "shown in ten photos" }.into());
        }
        let assignment = was_there.id;
        self.events.push(Event::PhotoTaken { photo, incident: id, assignment, unit, key: key.to_owned() });
        Ok(())
    }

    /// The reporters get it, those who were told the end already too.
    pub(super) fn approve_photo(&mut self, photo: MediaId) -> Result<(), Refusal> {
        let (incident, found) = self.photo(photo)?;
        found.can_decide("approve")?;
        self.events.push(Event::PhotoApproved { photo, incident: incident.id });
        // Whoever was parted from the incident, or went on elsewhere, does not hear of it.
        let here = |report: &&Report| match report.state {
            ReportState::Attached { incident: of } => of == incident.id,
            ReportState::Closed { .. } => true,
            _ => false,
        };
        let reports = incident.reports.iter().filter_map(|id| self.desk.reports.get(id)).filter(here);
        let reports: Vec<ReportId> = reports.map(|report| report.id).collect();
        for report in reports {
            self.tell_reporter(report, Template::AfterPhoto);
        }
        Ok(())
    }

    pub(super) fn decline_photo(&mut self, photo: MediaId, note: Option<MessageId>) -> Result<(), Refusal> {
        let (incident, found) = self.photo(photo)?;
        found.can_decide("decline")?;
        self.events.push(Event::PhotoDeclined { photo, incident: incident.id, note });
        Ok(())
    }

    fn photo(&self, id: MediaId) -> Result<(&'a Incident, &'a Photo), Refusal> {
        let mut all = self.desk.incidents.values().flat_map(|it| it.photos.iter().map(move |photo| (it, photo)));
        all.find(|(_, photo)| photo.id == id).ok_or(Refusal::NotFound("photo"))
    }
}
