//! Decisions about what the desk and its crews write to each other: sent once however often it comes,
//! never to a crew that is not there, read once.

use super::Decision;
use crate::dispatch::command::{CrewTalk, Refusal, ToUnits, WriteNote};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::crew_talk::{IncidentNoted, MessageMark, MessageSide, UnitMessage, UnitMessaged};
use crate::model::entry::Event;
use crate::model::id::{IncidentId, MessageId, UnitId};
use crate::model::unit::{Unit, UnitStatus};

/// Notes of one incident at most.
pub const MOST_NOTES: usize = 200;

impl<'a> Decision<'a> {
    pub(super) fn crew_talk(&mut self, talk: &CrewTalk) -> Result<(), Refusal> {
        match talk {
            CrewTalk::ToUnits(wanted) => self.write_to_units(wanted),
            CrewTalk::ToDesk { unit, message, answers, incident, key, device_at } => {
                self.write_to_desk(*unit, *message, *answers, *incident, key, *device_at)
            }
            CrewTalk::Arrived { unit, messages } => {
                self.arrived(*unit, messages);
                Ok(())
            }
            CrewTalk::Read { unit, message, device_at } => self.read_message(*unit, *message, *device_at),
            CrewTalk::Note(wanted) => self.write_note(wanted),
        }
    }

    /// To every crew of them that is on duty; refused when none is.
    fn write_to_units(&mut self, wanted: &ToUnits) -> Result<(), Refusal> {
        if self.desk.messages.sent_by(wanted.by, &wanted.key).next().is_some() {
            return Ok(());
        }
        let mut off_duty = None;
        for (unit, message) in &wanted.to {
            let found = self.known_unit(*unit)?;
            if found.status == UnitStatus::OffDuty {
                off_duty.get_or_insert_with(|| found.call_sign.clone());
                continue;
            }
            self.events.push(Event::UnitMessaged(UnitMessaged {
                message: *message,
                unit: *unit,
                incident: wanted.incident,
                side: MessageSide::Desk,
                by: Some(wanted.by),
                urgent: wanted.urgent,
                answers: None,
                key: wanted.key.clone(),
            }));
        }
        match off_duty {
            Some(call_sign) if self.events.is_empty() => Err(Refusal::OffDuty { call_sign }),
            _ => Ok(()),
        }
    }

    fn write_to_desk(
        &mut self,
        unit: UnitId,
        message: MessageId,
        answers: Option<MessageId>,
        incident: Option<IncidentId>,
        key: &str,
        device_at: Timestamp,
    ) -> Result<(), Refusal> {
        self.known_unit(unit)?;
        if self.desk.messages.said_by(unit, key).is_some() {
            return Ok(());
        }
        // What it answers may be forgotten since: the words are worth more than the link.
        let answered = answers.and_then(|id| self.sent_to(unit, id));
        if let Some(answered) = answered.filter(|answered| answered.read_at.is_none()) {
            self.events.push(Event::UnitMessageRead(mark(answered, Some(device_at))));
        }
        self.events.push(Event::UnitMessaged(UnitMessaged {
            message,
            unit,
            incident: incident.or_else(|| answered.and_then(|answered| answered.incident)),
            side: MessageSide::Crew,
            by: None,
            urgent: false,
            answers: answered.map(|answered| answered.id),
            key: key.to_owned(),
        }));
        Ok(())
    }

    /// A tablet may name what is gone, or not its own: that is passed over.
    fn arrived(&mut self, unit: UnitId, messages: &[MessageId]) {
        let new = messages.iter().filter_map(|id| self.sent_to(unit, *id)).filter(|it| it.arrived_at.is_none());
        let mut marks: Vec<MessageMark> = Vec::new();
        for message in new {
            if marks.iter().all(|known| known.message != message.id) {
                marks.push(mark(message, None));
            }
        }
        self.events.extend(marks.into_iter().map(Event::UnitMessageArrived));
    }

    fn read_message(&mut self, unit: UnitId, id: MessageId, device_at: Timestamp) -> Result<(), Refusal> {
        let message = self.sent_to(unit, id).ok_or(Refusal::NotFound("message"))?;
        if message.read_at.is_none() {
            self.events.push(Event::UnitMessageRead(mark(message, Some(device_at))));
        }
        Ok(())
    }

    /// Also after the end of a crew's job: what it saw there is still worth knowing.
    fn write_note(&mut self, wanted: &WriteNote) -> Result<(), Refusal> {
        let incident = self.incident(wanted.incident)?;
        let same = |unit, by, key: &str| (unit, by, key) == (wanted.unit, wanted.by, wanted.key.as_str());
        if incident.notes.iter().any(|note| same(note.unit, note.by, &note.key)) {
            return Ok(());
        }
        if let Some(unit) = wanted.unit {
            let mut sent = incident.assignments.iter().filter_map(|id| self.desk.assignments.get(id));
            if !sent.any(|assignment| assignment.unit == unit) {
                return Err(Refusal::NotYours("incident"));
            }
        }
        if incident.notes.len() >= MOST_NOTES {
            return Err(InvalidStep { step: "note", state: "full of notes" }.into());
        }
        self.events.push(Event::IncidentNoted(IncidentNoted {
            incident: wanted.incident,
            note: wanted.note,
            unit: wanted.unit,
            by: wanted.by,
            key: wanted.key.clone(),
            device_at: wanted.device_at,
        }));
        Ok(())
    }

    fn known_unit(&self, id: UnitId) -> Result<&'a Unit, Refusal> {
        self.desk.units.get(&id).ok_or(Refusal::NotFound("unit"))
    }

    /// A message of the desk to this crew.
    fn sent_to(&self, unit: UnitId, id: MessageId) -> Option<&'a UnitMessage> {
        self.desk.messages.get(id).filter(|message| message.unit == unit && message.side == MessageSide::Desk)
    }
}

fn mark(message: &UnitMessage, device_at: Option<Timestamp>) -> MessageMark {
    MessageMark { message: message.id, unit: message.unit, incident: message.incident, device_at }
}
