//! The fold of units: who joins the office, and what each is doing.

use super::desk::{Desk, Touched};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::UnitId;
use crate::model::unit::{Unit, UnitStatus};

impl Desk {
    pub(super) fn register_unit(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::UnitRegistered { unit, no, call_sign, unit_kind, polsek, crew, post } = event else { return };
        let new = Unit {
            id: *unit,
            no: *no,
            call_sign: call_sign.clone(),
            kind: *unit_kind,
            polsek: polsek.clone(),
            crew: *crew,
            post: *post,
            status: UnitStatus::OffDuty,
            status_since: at,
            assignment: None,
            emergency: false,
            taken: 0,
        };
        self.units.insert(*unit, new);
        touched.units.insert(*unit);
    }

    pub(super) fn set_status(&mut self, id: UnitId, status: UnitStatus, at: Timestamp, touched: &mut Touched) {
        let Some(unit) = self.units.get_mut(&id) else { return };
        let free = self.free.entry(unit.polsek.clone().unwrap_or_default()).or_default();
        if unit.status == UnitStatus::Available {
            *free = free.saturating_sub(1);
        }
        if status == UnitStatus::Available {
            *free += 1;
        }
        if unit.status == UnitStatus::OffDuty && status != UnitStatus::OffDuty {
            unit.taken = 0;
        }
        unit.status = status;
        unit.status_since = at;
        touched.units.insert(id);
    }
}
