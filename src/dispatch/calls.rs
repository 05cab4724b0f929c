//! The calls of a desk, as a fold over its journal.
//!
//! In: entries about calls, in order. Out: calls, and when the clock next does something to one.
//! Never decides, never refuses. What is settled is forgotten after a while; the tables remember.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::call::{Call, CallResult, CallStamps, CallState, Level, Rang};
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::Event;
use crate::model::id::{CallId, ReporterId, UserId};

/// A call that needs nobody any more stays on the desk this long, for late words of the exchange.
/// Microseconds. At 17,000 prank calls a day (Banyuwangi, 2025) these are some 350 calls.
const KEEP_SETTLED: i64 = 30 * 60 * SECOND;

/// An abandoned call nobody called back stays this long. Microseconds.
const KEEP_ABANDONED: i64 = 24 * 3600 * SECOND;

/// The calls of one Polres.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CallBook {
    calls: BTreeMap<CallId, Call>,
    /// When the clock next does something, by call.
    due: BTreeSet<(Timestamp, CallId)>,
    /// Ended calls by the instant they leave the desk, and that instant by call.
    leaving: BTreeSet<(Timestamp, CallId)>,
    leaves: BTreeMap<CallId, Timestamp>,
}

impl CallBook {
    /// A call on the desk.
    #[must_use]
    pub fn get(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&id)
    }

    /// All calls on the desk, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    /// Calls a screen is to show from the start: those that need somebody, eldest first.
    pub fn open(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(|call| call.is_open())
    }

    /// When the clock next does something to a call.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Calls whose time has come.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &Call> {
        self.due.iter().take_while(move |(at, _)| *at <= now).filter_map(|(_, id)| self.calls.get(id))
    }

    /// Applies an entry about a call; the call it changed.
    pub fn apply(&mut self, event: &Event, at: Timestamp) -> Option<CallId> {
        let id = call_of(event)?;
        if let Event::CallRang(_) = event {
            self.ring(id, event, at);
        }
        let call = self.calls.get_mut(&id)?;
        let was_due = call.due_at();
        change(call, event, at);
        call.state = call.derived_state();
        let (due, leaves) = (call.due_at(), leaves_at(call, at));
        self.reschedule(id, was_due, due);
        if let Some(before) = self.leaves.remove(&id) {
            self.leaving.remove(&(before, id));
        }
        if let Some(leaves) = leaves {
            self.leaving.insert((leaves, id));
            self.leaves.insert(id, leaves);
        }
        Some(id)
    }

    fn ring(&mut self, id: CallId, event: &Event, at: Timestamp) {
        let Event::CallRang(Rang { line, reporter, rang_at, .. }) = event else { return };
        if !self.calls.contains_key(&id) {
            let call = new_call(id, line, *reporter, *rang_at, at);
            self.due.extend(call.due_at().map(|due| (due, id)));
            self.calls.insert(id, call);
        }
    }

    fn reschedule(&mut self, id: CallId, was: Option<Timestamp>, is: Option<Timestamp>) {
        if was != is {
            if let Some(at) = was {
                self.due.remove(&(at, id));
            }
            self.due.extend(is.map(|at| (at, id)));
        }
    }

    /// Forgets what nobody needs any more at `now`.
    pub fn prune(&mut self, now: Timestamp) {
        while let Some((at, id)) = self.leaving.first().copied()
            && at < now
        {
            self.leaving.pop_first();
            self.leaves.remove(&id);
            self.calls.remove(&id);
        }
    }
}

fn new_call(id: CallId, line: &str, reporter: ReporterId, rang_at: Option<Timestamp>, at: Timestamp) -> Call {
    Call {
        id,
        line: line.to_owned(),
        reporter,
        anonymous: false,
        state: CallState::Ringing,
        level: Level::Polsek,
        by: None,
        place: None,
        jurisdiction: None,
        place_problem: None,
        noise: None,
        set_aside: false,
        result: None,
        called_back_by: None,
        stamps: CallStamps {
            received_at: at,
            rang_at,
            claimed_at: None,
            answered_at: None,
            ended_at: None,
            settled_at: None,
            called_back_at: None,
        },
    }
}

/// When a call leaves the desk: after its last need, none while somebody has to do something.
fn leaves_at(call: &Call, at: Timestamp) -> Option<Timestamp> {
    let keep = match call.state {
        CallState::Abandoned if call.called_back_by.is_none() => KEEP_ABANDONED,
        // Somebody still writes: it stays until he is done, or for a day.
        CallState::Ended if call.is_open() => KEEP_ABANDONED,
        CallState::Abandoned | CallState::Ended => KEEP_SETTLED,
        CallState::Ringing | CallState::Claimed { .. } | CallState::Answered { .. } => return None,
    };
    Some(Timestamp(at.micros().saturating_add(keep)))
}

fn change(call: &mut Call, event: &Event, at: Timestamp) {
    let stamps = &mut call.stamps;
    match event {
        Event::CallRang(Rang {
            reporter,
            anonymous,
            rang_at,
            place,
            jurisdiction,
            place_problem,
            noise,
            set_aside,
            ..
        }) => {
            if noise.is_some() {
                (call.noise, call.set_aside) = (noise.clone(), *set_aside);
            }
            call.reporter = *reporter;
            call.anonymous = *anonymous;
            stamps.rang_at = stamps.rang_at.or(*rang_at);
            if place.is_some() {
                call.place.clone_from(place);
                call.jurisdiction.clone_from(jurisdiction);
            }
            call.place_problem = *place_problem;
        }
        Event::CallAnswered { answered_at, .. } => {
            stamps.answered_at.get_or_insert(*answered_at);
        }
        Event::CallEnded { ended_at, .. } => {
            stamps.ended_at.get_or_insert(*ended_at);
        }
        Event::CallClimbed { level, .. } => call.level = *level,
        Event::CallClaimed { by, .. } => {
            call.by = Some(*by);
            stamps.claimed_at.get_or_insert(at);
        }
        Event::CallReleased { .. } => call.by = None,
        Event::CallFiled { report, .. } => settle(call, CallResult::Filed { report: *report }, at),
        Event::CallHandedOver { report, to, .. } => {
            settle(call, CallResult::HandedOver { report: *report, to: to.clone() }, at);
        }
        Event::CallDiverted { .. } => settle(call, CallResult::Diverted, at),
        Event::CallDismissed { reason, .. } => settle(call, CallResult::Dismissed { reason: *reason }, at),
        Event::CallCalledBack { by, .. } => called_back(call, *by, at),
        _ => {}
    }
}

fn settle(call: &mut Call, result: CallResult, at: Timestamp) {
    call.result = Some(result);
    call.stamps.settled_at.get_or_insert(at);
}

fn called_back(call: &mut Call, by: UserId, at: Timestamp) {
    call.called_back_by.get_or_insert(by);
    call.stamps.called_back_at.get_or_insert(at);
}

/// The call an event is about.
const fn call_of(event: &Event) -> Option<CallId> {
    match event {
        Event::CallRang(Rang { call, .. })
        | Event::CallAnswered { call, .. }
        | Event::CallEnded { call, .. }
        | Event::CallClimbed { call, .. }
        | Event::CallClaimed { call, .. }
        | Event::CallReleased { call }
        | Event::CallFiled { call, .. }
        | Event::CallHandedOver { call, .. }
        | Event::CallDiverted { call, .. }
        | Event::CallDismissed { call, .. }
        | Event::CallCalledBack { call, .. } => Some(*call),
        _ => None,
    }
}

/// What is wrong with the calls of a desk, in words; empty for a lawful book.
#[must_use]
pub fn violations(book: &CallBook, last_at: Timestamp) -> Vec<String> {
    let mut found = Vec::new();
    for call in book.iter() {
        let id = call.id;
        if call.state != call.derived_state() {
            found.push(format!("call {id} is said to be {}, its stamps say otherwise", call.state.code()));
        }
        if matches!(call.state, CallState::Claimed { by } if call.by != Some(by)) {
            found.push(format!("call {id} is claimed by somebody who does not have it"));
        }
        if call.result.is_some() != call.stamps.settled_at.is_some() {
            found.push(format!("call {id} has a result and no stamp of it, or the other way round"));
        }
        let CallStamps { received_at, claimed_at, settled_at, called_back_at, .. } = call.stamps;
        if [claimed_at, settled_at, called_back_at].iter().flatten().any(|at| *at < received_at || *at > last_at) {
            found.push(format!("call {id} was dealt with before it came, or after the last entry"));
        }
        if call.called_back_by.is_some() != called_back_at.is_some() {
            found.push(format!("call {id} was called back by nobody, or at no time"));
        }
    }
    let due: BTreeSet<(Timestamp, CallId)> = book.iter().filter_map(|call| Some((call.due_at()?, call.id))).collect();
    if due != book.due {
        found.push(format!("{} clocks run for {} calls that need one", book.due.len(), due.len()));
    }
    found
}
