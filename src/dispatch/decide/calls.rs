//! Decisions about calls to 110: what the exchange says, who takes it, what comes of it.
//!
//! The exchange may say a thing twice, late, or in the wrong order: each is recorded once, and what
//! came before its beginning waits for it. Strikes and blocks of the chat never touch a call.

use super::Decision;
use crate::dispatch::command::{CallEvent, Correction, FileCall, Refusal, Understood};
use crate::model::call::{Call, CallNews, CallResult, Dismissal, Rang};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{CallId, MessageId, ReportId, UserId};
use crate::model::shield::Lane;

impl<'a> Decision<'a> {
    /// The exchange says something. No entries: it had said so before.
    pub(super) fn call_event(&mut self, event: &CallEvent) {
        let at = event.at.min(self.now);
        let known = self.desk.calls.get(event.call);
        let rings = event.news == CallNews::Ringing;
        let news = match known {
            None => true,
            // A ring that comes after its answer still brings what the answer did not say.
            Some(call) => rings && call.stamps.rang_at.is_none(),
        };
        if news {
            self.events.push(Event::CallRang(Rang {
                call: event.call,
                line: event.line.clone(),
                reporter: event.reporter,
                anonymous: event.anonymous,
                rang_at: rings.then_some(at),
                place: event.place.clone(),
                jurisdiction: event.jurisdiction.clone(),
                place_problem: event.place_problem,
                set_aside: event.noise.as_ref().is_some_and(|noise| self.is_noisy(noise)),
                noise: event.noise.clone(),
            }));
        }
        let stamps = known.map(|call| call.stamps);
        match event.news {
            CallNews::Answered if stamps.is_none_or(|stamps| stamps.answered_at.is_none()) => {
                self.events.push(Event::CallAnswered { call: event.call, answered_at: at });
            }
            CallNews::Ended if stamps.is_none_or(|stamps| stamps.ended_at.is_none()) => {
                self.events.push(Event::CallEnded { call: event.call, ended_at: at, assumed: false });
            }
            CallNews::Ringing | CallNews::Answered | CallNews::Ended => {}
        }
    }

    pub(super) fn claim_call(&mut self, id: CallId, by: UserId) -> Result<(), Refusal> {
        let call = self.unsettled(id)?;
        match call.by {
            Some(holder) if holder == by => {}
            Some(holder) => return Err(Refusal::CallTaken { by: holder }),
            None => self.events.push(Event::CallClaimed { call: id, by }),
        }
        Ok(())
    }

    pub(super) fn release_call(&mut self, id: CallId, by: UserId, anyone: bool) -> Result<(), Refusal> {
        let holder = self.unsettled(id)?.by.filter(|_| anyone);
        self.held(id, holder.unwrap_or(by))?;
        self.events.push(Event::CallReleased { call: id });
        Ok(())
    }

    /// The form becomes a report. What the operator chose stands over what the machine reads, and the
    /// report is his unless he gives it to the queue or a unit was already sent.
    pub(super) fn file_call(&mut self, filed: &FileCall) -> Result<(), Refusal> {
        self.held(filed.call, filed.by)?;
        self.may_be(&filed.chosen)?;
        let mut receive = filed.receive.clone();
        receive.alone = self.chosen(receive.alone, &filed.chosen);
        let understood = receive.alone.clone();
        let report = self.start(&receive, Lane::Main);
        if filed.chosen.category.is_some() || filed.chosen.priority.is_some() {
            self.events.push(Event::ReportRead { report, reading: understood.reading, by_hand: true });
        }
        let sent = self.events.iter().any(|event| matches!(event, Event::ReportAttached { .. }));
        if !filed.to_queue && !sent {
            self.events.push(Event::ReportClaimed { report, by: filed.by });
        }
        self.events.push(Event::CallFiled { call: filed.call, report });
        Ok(())
    }

    fn chosen(&self, mut read: Understood, chosen: &Correction) -> Understood {
        if let Some(category) = chosen.category {
            read.reading.category = category;
            read.reading.service = category.service();
        }
        read.reading.priority = chosen.priority.unwrap_or(read.reading.priority);
        if chosen.category.is_some() {
            read.reading.confidence = 1.0;
        }
        if let Some(put) = &chosen.place {
            let (place, jurisdiction) = self.placed_by_hand(put);
            read.place = Some(place);
            read.jurisdiction = jurisdiction;
            read.reading.known.place = true;
        }
        read
    }

    pub(super) fn call_handed_over(&mut self, id: CallId, report: ReportId, to: &str) -> Result<(), Refusal> {
        let call = self.call(id)?;
        if call.result != Some(CallResult::Filed { report }) {
            return Err(crate::model::InvalidStep { step: "hand over", state: call.state.code() }.into());
        }
        self.events.push(Event::CallHandedOver { call: id, report, to: to.to_owned() });
        Ok(())
    }

    pub(super) fn divert_call(&mut self, id: CallId, by: UserId, message: MessageId) -> Result<(), Refusal> {
        self.held(id, by)?;
        self.events.push(Event::CallDiverted { call: id, message });
        Ok(())
    }

    pub(super) fn dismiss_call(&mut self, id: CallId, by: UserId, reason: Dismissal) -> Result<(), Refusal> {
        self.held(id, by)?;
        self.events.push(Event::CallDismissed { call: id, reason });
        Ok(())
    }

    pub(super) fn call_back(&mut self, id: CallId, by: UserId) -> Result<(), Refusal> {
        let call = self.call(id)?;
        if call.is_live() || call.stamps.answered_at.is_some() {
            return Err(crate::model::InvalidStep { step: "call back", state: call.state.code() }.into());
        }
        if call.called_back_by.is_none() {
            self.events.push(Event::CallCalledBack { call: id, by });
        }
        Ok(())
    }

    /// Calls nobody answered climb; those the exchange has forgotten end.
    pub(super) fn tick_calls(&mut self) {
        let due: Vec<&'a Call> = self.desk.calls.due(self.now).collect();
        for call in due {
            let mut level = call.level;
            while let (None, None, Some(next)) = (call.by, call.stamps.answered_at, level.above())
                && self.now.micros() - call.stamps.received_at.micros()
                    >= next.steps() * crate::model::call::CLIMB_AFTER
            {
                self.events.push(Event::CallClimbed { call: call.id, level: next });
                level = next;
            }
            if ended_unseen(call, self.now) {
                self.events.push(Event::CallEnded { call: call.id, ended_at: self.now, assumed: true });
            }
        }
    }

    fn call(&self, id: CallId) -> Result<&'a Call, Refusal> {
        self.desk.calls.get(id).ok_or(Refusal::NotFound("call"))
    }

    /// A call nobody has said the outcome of.
    fn unsettled(&self, id: CallId) -> Result<&'a Call, Refusal> {
        let call = self.call(id)?;
        if call.result.is_some() { Err(Refusal::CallSettled) } else { Ok(call) }
    }

    /// The same, which `by` has.
    fn held(&self, id: CallId, by: UserId) -> Result<&'a Call, Refusal> {
        let call = self.unsettled(id)?;
        match call.by {
            Some(holder) if holder == by => Ok(call),
            Some(holder) => Err(Refusal::CallTaken { by: holder }),
            None => Err(Refusal::CallUnclaimed),
        }
    }
}

/// A call that cannot still be going on, whatever the exchange forgot to say.
fn ended_unseen(call: &Call, now: Timestamp) -> bool {
    use crate::model::call::{LASTS_AT_MOST, RINGS_AT_MOST};
    let began = call.stamps.received_at;
    let (since, longest) = match call.stamps.answered_at {
        Some(answered) => (answered.max(began), LASTS_AT_MOST),
        None => (began, RINGS_AT_MOST),
    };
    call.is_live() && now.micros() - since.micros() >= longest
}
