//! The fold of after-photos: they stand with their incident.

use super::desk::{Desk, Touched};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{IncidentId, MediaId};
use crate::model::photo::{Photo, PhotoState};

impl Desk {
    pub(super) fn apply_photo(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::PhotoTaken { photo, incident, assignment, unit, key } => {
                let Some(found) = self.incidents.get_mut(incident) else { return };
                found.photos.push(Photo {
                    id: *photo,
                    assignment: *assignment,
                    unit: *unit,
                    key: key.clone(),
                    taken_at: at,
                    state: PhotoState::Waiting,
                    decided_at: None,
                });
                touched.incidents.insert(*incident);
            }
            Event::PhotoApproved { photo, incident } => {
                self.decide_photo(*incident, *photo, PhotoState::Approved, at, touched);
            }
            Event::PhotoDeclined { photo, incident, .. } => {
                self.decide_photo(*incident, *photo, PhotoState::Declined, at, touched);
            }
            _ => {}
        }
    }

    fn decide_photo(
        &mut self,
        incident: IncidentId,
        id: MediaId,
        state: PhotoState,
        at: Timestamp,
        touched: &mut Touched,
    ) {
        let Some(found) = self.incidents.get_mut(&incident) else { return };
        for photo in found.photos.iter_mut().filter(|photo| photo.id == id) {
            photo.state = state;
            photo.decided_at = Some(at);
        }
        touched.incidents.insert(incident);
    }
}
