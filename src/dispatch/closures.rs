//! Closed and slowed roads of a desk: folded from the journal, ended ones kept a day.

use std::collections::BTreeSet;

use super::desk::{Desk, Touched};
use crate::model::clock::{SECOND, Timestamp};
use crate::model::closure::Closure;
use crate::model::entry::Event;
use crate::model::id::ClosureId;

/// What has ended stays on the desk this long. Microseconds.
const KEEP_ENDED: i64 = 24 * 3600 * SECOND;

impl Desk {
    pub(super) fn apply_closure(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let id = match event {
            Event::RoadClosed(closure) => {
                self.closures.insert(closure.id, closure.clone());
                closure.id
            }
            Event::RoadReopened { closure, by } => {
                let Some(found) = self.closures.get_mut(closure) else { return };
                found.ended_at = Some(at);
                found.ended_by = *by;
                *closure
            }
            _ => return,
        };
        touched.closures.insert(id);
        self.closures
            .retain(|_, closure| closure.ended_at.is_none_or(|ended| at.micros() - ended.micros() <= KEEP_ENDED));
    }

    /// The closures that hold at `now`.
    #[must_use]
    pub fn closures_now(&self, now: Timestamp) -> BTreeSet<ClosureId> {
        self.closures.values().filter(|closure| closure.holds(now)).map(|closure| closure.id).collect()
    }

    /// When a closure next begins or ends by itself, also when that has passed.
    #[must_use]
    pub fn next_closure_change(&self, now: Timestamp) -> Option<Timestamp> {
        let open = self.closures.values().filter(|closure| closure.is_open());
        let next = |closure: &Closure| {
            let begins = (closure.from_at > now).then_some(closure.from_at);
            begins.into_iter().chain(closure.until_at).min()
        };
        open.filter_map(next).min()
    }
}
