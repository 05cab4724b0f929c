//! The telephone of an exercise: rings on its desk as an exchange would, is picked up once somebody has taken
//! the call on the screen, and hung up once he has said what came of it, or the caller has had enough.
//!
//! What a caller says is shown to whoever has the call ([`Practice::said`]): nobody speaks in an exercise.

use std::collections::BTreeMap;

use anyhow::Result;

use super::practice::Practice;
use super::ringers::{Matter, Ringer};
use crate::channels::call_center::{CallNotice, Caller, NetworkPlace};
use crate::model::call::CallNews;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Event};
use crate::model::id::CallId;
use crate::runtime::calls::Exchange;

/// The line that rings.
const LINE: &str = "110-latihan";

/// Nobody talks longer than this, seconds: the exercise goes on though a call was forgotten.
const TALKS_AT_MOST_S: f64 = 1200.0;

/// Uncertainty of the place a network gives, metres: a street.
const NETWORK_M: f64 = 150.0;

/// A call that is not over.
struct Open {
    notice: CallNotice,
    rang_at: Timestamp,
    patience_s: f64,
    answered_at: Option<Timestamp>,
    /// Somebody has it on his screen.
    claimed: bool,
    /// It was said what came of it.
    settled: bool,
}

impl Open {
    /// What the telephone does next.
    fn next(&self, now: Timestamp) -> Option<CallNews> {
        if self.settled {
            return Some(CallNews::Ended);
        }
        match self.answered_at {
            Some(at) => (now.secs_since(at) > TALKS_AT_MOST_S).then_some(CallNews::Ended),
            None if self.claimed => Some(CallNews::Answered),
            None => (now.secs_since(self.rang_at) > self.patience_s).then_some(CallNews::Ended),
        }
    }
}

/// All telephones of an exercise.
#[derive(Default)]
pub struct Switchboard {
    /// Who is still to ring, by instant and number.
    due: BTreeMap<(Timestamp, u32), Ringer>,
    open: BTreeMap<CallId, Open>,
    numbered: u32,
    /// Calls that rang so far.
    pub rang: usize,
}

impl Switchboard {
    /// Somebody will ring at `at`.
    pub fn add(&mut self, at: Timestamp, ringer: Ringer) {
        self.numbered += 1;
        self.due.insert((at, self.numbered), ringer);
    }

    /// Calls that are still to come.
    #[must_use]
    pub fn to_come(&self) -> usize {
        self.due.len()
    }

    /// Lets ring what is due and goes on with what rings. `right` is told what is right about each new call.
    ///
    /// # Errors
    /// The desk of the exercise is closed or its store failed.
    pub async fn turn(
        &mut self,
        exchange: &Exchange,
        polres: &str,
        practice: &Practice,
        now: Timestamp,
        mut right: impl FnMut(CallId, Matter),
    ) -> Result<()> {
        while let Some(next) = self.due.first_entry().filter(|next| next.key().0 <= now) {
            let ((_, no), ringer) = next.remove_entry();
            let notice = notice(no, &ringer);
            let taken = exchange.take(polres, &CallNotice { at: Some(now), ..notice.clone() }, Actor::System).await?;
            self.rang += 1;
            practice.hears(taken.call.id, &ringer.says);
            right(taken.call.id, ringer.matter);
            let open = Open {
                notice,
                rang_at: now,
                patience_s: ringer.patience_s,
                answered_at: None,
                claimed: false,
                settled: false,
            };
            self.open.insert(taken.call.id, open);
        }
        let news: Vec<(CallId, CallNews)> =
            self.open.iter().filter_map(|(id, call)| Some((*id, call.next(now)?))).collect();
        for (id, news) in news {
            let Some(call) = self.open.get_mut(&id) else { continue };
            let said = CallNotice { news, at: Some(now), ..call.notice.clone() };
            exchange.take(polres, &said, Actor::System).await?;
            match news {
                CallNews::Answered => call.answered_at = Some(now),
                _ => drop(self.open.remove(&id)),
            }
        }
        Ok(())
    }

    /// Hears what was done on the screens.
    pub fn hear(&mut self, event: &Event) {
        let (call, claimed, settled) = match event {
            Event::CallClaimed { call, .. } => (call, true, false),
            Event::CallReleased { call } => (call, false, false),
            Event::CallFiled { call, .. } | Event::CallDiverted { call, .. } | Event::CallDismissed { call, .. } => {
                (call, true, true)
            }
            _ => return,
        };
        if let Some(open) = self.open.get_mut(call) {
            open.claimed = claimed;
            open.settled |= settled;
        }
    }
}

/// A word of the exchange about the call of a ringer. The numbers begin with 620009, which no telephone in
/// Indonesia has, and nobody who writes in an exercise either.
fn notice(no: u32, ringer: &Ringer) -> CallNotice {
    let number = (!ringer.withheld).then(|| format!("620009{no:07}"));
    let given = number.as_ref().map_or_else(|| "anonymous".to_owned(), |digits| format!("+{digits}"));
    CallNotice {
        call_id: format!("latihan-{no:08}"),
        news: CallNews::Ringing,
        caller: Caller { number, given },
        line: LINE.to_owned(),
        at: None,
        time_problem: false,
        place: ringer.place.map(|at| NetworkPlace { at, radius_m: NETWORK_M }),
        place_problem: None,
    }
}
