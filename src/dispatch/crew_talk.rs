//! The fold of what the desk and its crews write to each other; notes stand with their incident.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::desk::{Desk, Touched};
use crate::model::clock::{SECOND, Timestamp};
use crate::model::crew_talk::{IncidentNote, MessageSide, UnitMessage, UnitMessaged};
use crate::model::entry::Event;
use crate::model::id::{IncidentId, MessageId, UnitId, UserId};

/// Messages stay on the desk, and on a tablet that has not read them, for a day. Microseconds.
const KEEP: i64 = 24 * 3600 * SECOND;

/// What an operator or a crew writes, and what its tablet says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrewTalk {
    /// The desk writes to crews.
    ToUnits(ToUnits),
    /// A crew writes to the desk.
    ToDesk {
        /// Which crew.
        unit: UnitId,
        /// Its words, in the vault.
        message: MessageId,
        /// The message it answers, which it has read then.
        answers: Option<MessageId>,
        /// What it is about.
        incident: Option<IncidentId>,
        /// Idempotency key of the tablet.
        key: String,
        /// By the clock of the tablet.
        device_at: Timestamp,
    },
    /// These are on the tablet.
    Arrived {
        /// Whose tablet.
        unit: UnitId,
        /// Which.
        messages: Vec<MessageId>,
    },
    /// The crew has read one.
    Read {
        /// Which crew.
        unit: UnitId,
        /// Which message.
        message: MessageId,
        /// By the clock of the tablet.
        device_at: Timestamp,
    },
    /// A note about an incident.
    Note(WriteNote),
}

/// One message of the desk to one crew or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToUnits {
    /// To whom, each with the id of its words in the vault.
    pub to: Vec<(UnitId, MessageId)>,
    /// What it is about.
    pub incident: Option<IncidentId>,
    /// Who writes.
    pub by: UserId,
    /// Rings until it is read.
    pub urgent: bool,
    /// Idempotency key of the screen.
    pub key: String,
}

/// A note about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteNote {
    /// Which.
    pub incident: IncidentId,
    /// Its words, in the vault.
    pub note: MessageId,
    /// The crew that writes it.
    pub unit: Option<UnitId>,
    /// The operator who writes it.
    pub by: Option<UserId>,
    /// Idempotency key of the writer.
    pub key: String,
    /// By the clock of the writer.
    pub device_at: Timestamp,
}

/// Messages between the desk and its crews, of the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageBook {
    all: BTreeMap<MessageId, UnitMessage>,
}

impl MessageBook {
    /// One message.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&UnitMessage> {
        self.all.get(&id)
    }

    /// Every message, by id.
    pub fn all(&self) -> impl Iterator<Item = &UnitMessage> {
        self.all.values()
    }

    /// Messages with one crew, in the order they were sent.
    #[must_use]
    pub fn with(&self, unit: UnitId) -> Vec<&UnitMessage> {
        let mut found: Vec<&UnitMessage> = self.all.values().filter(|message| message.unit == unit).collect();
        found.sort_by_key(|message| (message.sent_at, message.id));
        found
    }

    /// What this operator sent under this key.
    pub fn sent_by<'a>(&'a self, by: UserId, key: &'a str) -> impl Iterator<Item = &'a UnitMessage> {
        self.all.values().filter(move |message| message.by == Some(by) && message.key == key)
    }

    /// What this crew sent under this key.
    #[must_use]
    pub fn said_by(&self, unit: UnitId, key: &str) -> Option<&UnitMessage> {
        self.all
            .values()
            .find(|message| message.side == MessageSide::Crew && message.unit == unit && message.key == key)
    }

    fn send(&mut self, sent: &UnitMessaged, at: Timestamp) {
        let message = UnitMessage {
            id: sent.message,
            unit: sent.unit,
            incident: sent.incident,
            side: sent.side,
            by: sent.by,
            urgent: sent.urgent,
            answers: sent.answers,
            key: sent.key.clone(),
            sent_at: at,
            arrived_at: None,
            read_at: None,
        };
        self.all.insert(sent.message, message);
    }

    /// Forgets what is older than a day; the journal and the vault keep it.
    pub(super) fn prune(&mut self, now: Timestamp) {
        while let Some((id, first)) = self.all.first_key_value()
            && now.micros() - first.sent_at.micros() > KEEP
        {
            let id = *id;
            self.all.remove(&id);
        }
    }
}

impl Desk {
    pub(super) fn apply_crew_talk(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::UnitMessaged(sent) => {
                self.messages.send(sent, at);
                touched.messages.insert(sent.message);
            }
            Event::UnitMessageArrived(mark) | Event::UnitMessageRead(mark) => {
                let Some(message) = self.messages.all.get_mut(&mark.message) else { return };
                // Whoever has read it has it.
                message.arrived_at.get_or_insert(at);
                if matches!(event, Event::UnitMessageRead(_)) {
                    message.read_at.get_or_insert(at);
                }
                touched.messages.insert(mark.message);
            }
            Event::IncidentNoted(noted) => {
                let Some(incident) = self.incidents.get_mut(&noted.incident) else { return };
                incident.notes.push(IncidentNote {
                    id: noted.note,
                    unit: noted.unit,
                    by: noted.by,
                    key: noted.key.clone(),
                    written_at: noted.device_at,
                    noted_at: at,
                });
                touched.incidents.insert(noted.incident);
            }
            _ => {}
        }
    }
}
