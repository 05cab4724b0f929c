//! Decisions about units: joining the office, status, panic, and who looks at where they were.

use super::Decision;
use crate::dispatch::command::{NewUnit, Refusal};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{UnitId, UserId};
use crate::model::unit::{TrackViewed, Unit, UnitStatus};

impl Decision<'_> {
    pub(super) fn register_units(&mut self, units: &[NewUnit]) -> Result<(), Refusal> {
        let numbers = self.desk.next_unit_no()..;
        for ((i, unit), no) in units.iter().enumerate().zip(numbers) {
            let taken = self.desk.units.values().any(|known| known.call_sign == unit.call_sign)
                || units.iter().take(i).any(|earlier| earlier.call_sign == unit.call_sign);
            if taken {
                return Err(Refusal::CallSignTaken(unit.call_sign.clone()));
            }
            self.events.push(Event::UnitRegistered {
                unit: UnitId(self.ids.next(self.now)),
                no,
                call_sign: unit.call_sign.clone(),
                unit_kind: unit.kind,
                polsek: unit.polsek.clone(),
                crew: unit.crew,
                post: unit.post,
            });
        }
        Ok(())
    }

    pub(super) fn set_unit_status(&mut self, id: UnitId, status: UnitStatus) -> Result<(), Refusal> {
        let unit = self.unit(id)?;
        if !status.is_settable() {
            return Err(Refusal::StatusNotSettable);
        }
        if unit.assignment.is_some() {
            return Err(InvalidStep { step: "set the status", state: "bound by an assignment" }.into());
        }
        if unit.status != status {
            self.events.push(Event::UnitStatusSet { unit: id, status });
        }
        Ok(())
    }

    pub(super) fn emergency(&mut self, id: UnitId, on: bool) -> Result<(), Refusal> {
        if self.unit(id)?.emergency != on {
            self.events.push(Event::UnitEmergency { unit: id, on });
        }
        Ok(())
    }

    /// A look at where officers were is an entry.
    pub(super) fn view_track(
        &mut self,
        unit: UnitId,
        by: UserId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), Refusal> {
        self.unit(unit)?;
        self.events.push(Event::TrackViewed(TrackViewed { unit, by, from, to }));
        Ok(())
    }

    fn unit(&self, id: UnitId) -> Result<&Unit, Refusal> {
        self.desk.units.get(&id).ok_or(Refusal::NotFound("unit"))
    }
}
