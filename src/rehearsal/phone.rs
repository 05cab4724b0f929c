//! How the telephone was answered in an exercise: its entries enter, what was found leaves. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::ringers::Matter;
use super::score::{Behind, Found, Measure, Notes};
use crate::dispatch::desk::Desk;
use crate::insight::answers::ANSWERED_WITHIN_S;
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Event};
use crate::model::id::{CallId, UserId};
use crate::model::report::{Priority, Service};

/// A call that rang.
struct Rang {
    seq: u64,
    at: Timestamp,
    /// `110/3`: calls have no number of their own.
    number: String,
    claimed: bool,
}

/// The calls of an exercise, as its journal tells them.
#[derive(Default)]
pub(super) struct PhoneBook {
    rang: BTreeMap<CallId, Rang>,
    ended: BTreeSet<CallId>,
}

impl PhoneBook {
    /// Looks at an entry while the desk is still as the one who caused it saw it.
    pub(super) fn before(&mut self, entry: &Entry, desk: &Desk, notes: &Notes) -> Option<Found> {
        match &entry.event {
            Event::CallRang(told) => {
                let number = format!("110/{}", self.rang.len() + 1);
                let rang = Rang { seq: entry.seq, at: entry.at, number, claimed: false };
                self.rang.entry(told.call).or_insert(rang);
                None
            }
            Event::CallClaimed { call, by } => self.claimed(entry, *call, *by),
            Event::CallFiled { call, .. } => self.settled(entry, *call, desk, notes, "filed"),
            Event::CallDiverted { call, .. } => self.settled(entry, *call, desk, notes, "diverted"),
            Event::CallDismissed { call, .. } => self.settled(entry, *call, desk, notes, "dismissed"),
            Event::CallEnded { call, .. } => {
                self.ended.insert(*call);
                None
            }
            _ => None,
        }
    }

    /// Only the first taking is an answer: later ones pass a call on.
    fn claimed(&mut self, entry: &Entry, call: CallId, by: UserId) -> Option<Found> {
        let rang = self.rang.get_mut(&call).filter(|rang| !rang.claimed)?;
        // Who takes what has been hung up calls back; he answers nobody.
        if self.ended.contains(&call) {
            return None;
        }
        rang.claimed = true;
        let secs = entry.at.secs_since(rang.at);
        let behind = Behind { secs: Some(secs), ..line(entry.seq, entry.at, rang, secs <= ANSWERED_WITHIN_S) };
        Some(Found { user: Some(by), measure: Measure::Phone, behind })
    }

    /// What came of a call, held against what it was about.
    fn settled(&self, entry: &Entry, id: CallId, desk: &Desk, notes: &Notes, done: &str) -> Option<Found> {
        let (rang, call) = (self.rang.get(&id)?, desk.calls.get(id)?);
        let wanted = match notes.calls.get(&id)? {
            Matter::Noise => "dismissed",
            // A question may be answered at once, pointed to WhatsApp or written down: all are help.
            Matter::Need(truth) if truth.priority == Priority::P4 || is_question(truth.category.service()) => done,
            Matter::Need(_) => "filed",
            Matter::Unknown => return None,
        };
        let said = |code: &str| Some(code.to_owned());
        let behind =
            Behind { done: said(done), wanted: said(wanted), ..line(entry.seq, entry.at, rang, done == wanted) };
        Some(Found { user: call.by, measure: Measure::PhoneEnd, behind })
    }

    /// What rang and nobody took: nobody's own, and everybody's.
    pub(super) fn at_the_end(&self, ended_at: Timestamp) -> Vec<Found> {
        let missed = |(id, rang): (&CallId, &Rang)| {
            let over = self.ended.contains(id) || ended_at.secs_since(rang.at) > ANSWERED_WITHIN_S;
            let behind = line(rang.seq, rang.at, rang, false);
            (over && !rang.claimed).then_some(Found { user: None, measure: Measure::Phone, behind })
        };
        self.rang.iter().filter_map(missed).collect()
    }
}

const fn is_question(service: Service) -> bool {
    matches!(service, Service::Information)
}

fn line(seq: u64, at: Timestamp, rang: &Rang, good: bool) -> Behind {
    Behind { seq, at, number: rang.number.clone(), good, secs: None, done: None, wanted: None }
}
