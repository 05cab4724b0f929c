//! Decisions about roads: closing, slowing, opening again.

use super::Decision;
use crate::dispatch::command::{CloseRoad, Refusal};
use crate::model::InvalidStep;
use crate::model::closure::{Closure, Drawing, MOST_POINTS};
use crate::model::entry::Event;
use crate::model::id::{ClosureId, UserId};
use crate::model::place::LngLat;

/// Open closures of one office, at most.
const MOST_OPEN: usize = 500;

/// Slower than free by at least and at most this factor: less is no slowdown, more is a closure.
const FACTORS: std::ops::RangeInclusive<f64> = 1.1..=20.0;

impl Decision<'_> {
    pub(super) fn close_road(&mut self, wanted: &CloseRoad) -> Result<(), Refusal> {
        well_drawn(&wanted.geometry)?;
        if wanted.factor.is_some_and(|factor| !FACTORS.contains(&factor)) {
            return Err(Refusal::BadClosure { field: "factor", why: "1.1 to 20 times slower, or left out for closed" });
        }
        let from_at = wanted.from_at.unwrap_or(self.now).max(self.now);
        if wanted.until_at.is_some_and(|until| until <= from_at) {
            return Err(Refusal::BadClosure { field: "until_at", why: "it would end before it begins" });
        }
        if wanted.streets.is_empty() {
            return Err(Refusal::BadClosure { field: "geometry", why: "there is no street along or inside it" });
        }
        if self.desk.closures.values().filter(|closure| closure.is_open()).count() >= MOST_OPEN {
            return Err(InvalidStep { step: "close a road", state: "at its limit of 500 closures" }.into());
        }
        self.events.push(Event::RoadClosed(Closure {
            id: ClosureId(self.ids.next(self.now)),
            geometry: wanted.geometry.clone(),
            factor: wanted.factor,
            reason: wanted.reason,
            streets: wanted.streets.clone(),
            from_at,
            until_at: wanted.until_at,
            by: wanted.by,
            ended_at: None,
            ended_by: None,
        }));
        Ok(())
    }

    pub(super) fn reopen_road(&mut self, id: ClosureId, by: UserId) -> Result<(), Refusal> {
        let closure = self.desk.closures.get(&id).ok_or(Refusal::NotFound("closure"))?;
        if !closure.is_open() {
            return Err(InvalidStep { step: "open the road", state: "open already" }.into());
        }
        self.events.push(Event::RoadReopened { closure: id, by: Some(by) });
        Ok(())
    }

    /// Roads whose time has come are open again.
    pub(super) fn tick_closures(&mut self) {
        let over = |until| until <= self.now;
        let ended =
            self.desk.closures.values().filter(|closure| closure.is_open() && closure.until_at.is_some_and(over));
        let ended: Vec<Event> = ended.map(|closure| Event::RoadReopened { closure: closure.id, by: None }).collect();
        self.events.extend(ended);
    }
}

fn well_drawn(drawing: &Drawing) -> Result<(), Refusal> {
    let bad = |why| Refusal::BadClosure { field: "geometry", why };
    let points = drawing.points();
    let least = match drawing {
        Drawing::LineString(_) => 2,
        Drawing::Polygon(rings) if rings.len() == 1 => 4,
        Drawing::Polygon(_) => return Err(bad("one ring, without holes")),
    };
    if points.len() < least || points.len() > MOST_POINTS {
        return Err(bad("a line of 2 to 500 points, or a closed ring of 4 to 500"));
    }
    if matches!(drawing, Drawing::Polygon(_)) && points.first() != points.last() {
        return Err(bad("the ring is not closed"));
    }
    if points.iter().any(|at| LngLat::checked(at.lng, at.lat).is_err()) {
        return Err(bad("a point that is no place in Indonesia"));
    }
    Ok(())
}
