//! Messages to reporters: composed with the entry that promises them, sent later from the outbox.
//!
//! The row in the outbox is in the same transaction as the entry. Sending is in order per person,
//! with retries; what fails for good stays visible as a dead letter.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desks::{Chain, DeskHandle};
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::feedback::transport::{GraphTransport, Recipient, SendError, graph_request};
use crate::feedback::wording::{Outbound, Params, Wording, template_code};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, DeliveryStatus, Entry, Event, Template};
use crate::model::id::{MessageId, ReporterId};
use crate::model::incident::Incident;
use crate::model::report::{Channel, Report, ReportState};
use crate::store::people::{Direction, Message};
use crate::store::vault::Vault;
use crate::store::{Statement, Store, StoreError, outbox, people};

/// A message is tried this often before it is given up.
const MOST_ATTEMPTS: u32 = 12;

/// Meta takes one message per six seconds to one person (error 131056).
const PAIR_PAUSE_S: f64 = 6.0;

/// Composes messages and the rows that promise them.
#[derive(Debug)]
pub struct Outgoing {
    /// The words.
    pub wording: Wording,
    /// Name of the office, as reporters read it.
    pub office: String,
    /// Seals what is said.
    pub store: Store,
    /// People of the app who want to hear over WhatsApp too.
    pub notified: Notified,
}

/// People of the citizen app who want to hear over WhatsApp too that a unit is on its way, and that it
/// is over; cheap to clone, all clones share it.
#[derive(Debug, Clone, Default)]
pub struct Notified(Arc<RwLock<HashSet<ReporterId>>>);

impl Notified {
    /// Those who asked for it before this start.
    #[must_use]
    pub fn new(people: Vec<ReporterId>) -> Self {
        Self(Arc::new(RwLock::new(people.into_iter().collect())))
    }

    /// Notes what a person wants from now on.
    pub fn set(&self, reporter: ReporterId, wanted: bool) {
        let mut people = self.0.write();
        if wanted {
            people.insert(reporter)
        } else {
            people.remove(&reporter)
        };
    }

    fn wants(&self, reporter: ReporterId, template: Template) -> bool {
        matches!(template, Template::UnitEnRoute | Template::Closed) && self.0.read().contains(&reporter)
    }
}

impl Outgoing {
    /// The rows that go with an entry: outbox and conversation for `feedback_queued`, else none.
    ///
    /// # Errors
    /// A message cannot be sealed.
    pub fn rows(&self, desk: &Desk, entry: &Entry) -> Result<Vec<Statement>, StoreError> {
        let Event::FeedbackQueued { report, message, template } = &entry.event else { return Ok(Vec::new()) };
        // A reply carries an operator's words: the door that took them records its rows.
        let Some(report) = desk.reports.get(report).filter(|_| *template != Template::Reply) else {
            return Ok(Vec::new());
        };
        let outbound = self.wording.compose(*template, &self.params(desk, report));
        let vault = self.store.vault();
        let mut rows = out_rows(vault, &desk.polres, report, *message, *template, &outbound, entry.at)?;
        if report.channel == Channel::CitizenApp && self.notified.wants(report.reporter, *template) {
            rows.push(outbox_row(vault, &desk.polres, report, *message, *template, &outbound, entry.at)?);
        }
        Ok(rows)
    }

    fn params(&self, desk: &Desk, report: &Report) -> Params {
        let incident = match report.state {
            ReportState::Attached { incident } => desk.incidents.get(&incident),
            _ => None,
        };
        let primary = incident.and_then(|incident| desk.live_assignments(incident).find(|a| a.primary));
        let ahead = desk.queue.iter().take_while(|(_, _, id)| *id != report.id).count();
        Params {
            office: Some(self.office.clone()),
            number: Some(report.number.clone()),
            ahead: report.is_queued().then_some(ahead),
            eta_min: primary.and_then(|a| a.travel_time_s).map(minutes),
            call_sign: primary.and_then(|a| desk.units.get(&a.unit)).map(|unit| unit.call_sign.clone()),
            place: report.place.as_ref().map(|place| place.label.clone()),
            text: incident.filter(|i| !i.is_open()).map(disposition_words),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a travel time in whole minutes")]
fn minutes(secs: f64) -> u32 {
    (secs / 60.0).ceil().clamp(1.0, 999.0) as u32
}

fn disposition_words(incident: &Incident) -> String {
    format!("{} di {}", incident.category.label(), incident.place.label)
}

/// The rows of one message to a reporter: in the conversation, and in the outbox of its channel.
///
/// # Errors
/// The message cannot be sealed.
pub fn out_rows(
    vault: &Vault,
    polres: &str,
    report: &Report,
    id: MessageId,
    template: Template,
    outbound: &Outbound,
    at: Timestamp,
) -> Result<Vec<Statement>, StoreError> {
    let message = Message {
        id,
        polres: polres.to_owned(),
        report: report.id,
        reporter: report.reporter,
        channel: report.channel,
        direction: Direction::Out,
        external_id: None,
        kind: "text".to_owned(),
        sent_at: at,
        received_at: at,
        status: None,
        body: json!({ "text": outbound.text, "template": template_code(template) }),
    };
    let mut rows = vec![people::insert_message(vault, &message)?];
    if report.channel == Channel::Whatsapp {
        rows.push(outbox_row(vault, polres, report, id, template, outbound, at)?);
    }
    Ok(rows)
}

fn outbox_row(
    vault: &Vault,
    polres: &str,
    report: &Report,
    id: MessageId,
    template: Template,
    outbound: &Outbound,
    at: Timestamp,
) -> Result<Statement, StoreError> {
    let outgoing = outbox::Outgoing {
        id,
        polres: polres.to_owned(),
        report: report.id,
        reporter: report.reporter,
        template,
        payload: json!(outbound),
        attempts: 0,
        next_at: at,
        created_at: at,
        error: None,
    };
    outbox::insert(vault, &outgoing)
}

/// Sends what the outbox holds.
#[derive(Debug)]
pub struct Sender {
    /// Where messages wait.
    pub store: Store,
    /// How they leave.
    pub transport: GraphTransport,
    /// The `phone_number_id` of each office.
    pub lines: HashMap<String, String>,
    /// The desks, which hear how far a message has come.
    pub desks: HashMap<String, DeskHandle>,
    /// The present moment.
    pub clock: Arc<dyn super::desks::ClockDebug>,
}

impl Sender {
    /// Sends until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut last_sent: HashMap<ReporterId, Timestamp> = HashMap::new();
        loop {
            let sent = self.round(&mut last_sent).await;
            let pause = Duration::from_millis(if sent > 0 { 20 } else { 250 });
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Sends what is due once; how many messages left or failed.
    pub async fn round(&self, last_sent: &mut HashMap<ReporterId, Timestamp>) -> usize {
        let now = self.clock.now();
        last_sent.retain(|_, at| now.secs_since(*at) < PAIR_PAUSE_S);
        let due = match self.store.due(now, 50).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the outbox cannot be read");
                return 0;
            }
        };
        let ready: Vec<_> = due.into_iter().filter(|m| !last_sent.contains_key(&m.reporter)).collect();
        for message in &ready {
            self.send(message).await;
            last_sent.insert(message.reporter, now);
        }
        ready.len()
    }

    async fn send(&self, message: &outbox::Outgoing) {
        let result = self.try_send(message).await;
        let outcome = if result.is_ok() { "sent" } else { "failed" };
        metrics::counter!("sigap_messages_out_total", "outcome" => outcome).increment(1);
        let now = self.clock.now();
        let (rows, status) = match &result {
            Ok(wamid) => (vec![outbox::mark_sent(message.id, Some(wamid))], Some(DeliveryStatus::Sent)),
            Err(SendError::Retry { after_s, why }) if message.attempts + 1 < MOST_ATTEMPTS => {
                let wait = i64::from(*after_s).max(1 << message.attempts.min(10));
                (vec![outbox::retry(message.id, now.plus_secs(wait), why)], None)
            }
            Err(error) => (vec![outbox::dead(message.id, &error.to_string())], Some(DeliveryStatus::Failed)),
        };
        if let Err(error) = self.store.write(rows).await {
            tracing::warn!(error = %Chain(&error), "an outbox row could not be settled; the message may be sent twice");
            return;
        }
        // A code belongs to no conversation and to no journal.
        if message.template == Template::OneTimeCode {
            return;
        }
        if let Ok(wamid) = &result
            && let Err(error) = self.store.write(vec![people::set_external_id(message.id, wamid)]).await
        {
            tracing::warn!(error = %Chain(&error), "the channel gave an id twice; its delivery will not be followed");
        }
        if let (Some(status), Some(desk)) = (status, self.desks.get(&message.polres)) {
            note_status(desk, message.report, message.id, status).await;
        }
    }

    async fn try_send(&self, message: &outbox::Outgoing) -> Result<String, SendError> {
        let permanent = |why: &str| SendError::Permanent { code: 0, why: why.to_owned() };
        let line = self.lines.get(&message.polres).ok_or_else(|| permanent("the office has no WhatsApp line"))?;
        let to = match message.payload["to"].as_str() {
            Some(digits) => Recipient::Phone(digits.to_owned()),
            None => self.address_of(message.reporter).await?,
        };
        let outbound: Outbound =
            serde_json::from_value(message.payload.clone()).map_err(|error| permanent(&error.to_string()))?;
        self.transport.send(line, &graph_request(&to, &outbound)).await
    }

    async fn address_of(&self, reporter: ReporterId) -> Result<Recipient, SendError> {
        let permanent = |why: &str| SendError::Permanent { code: 0, why: why.to_owned() };
        let profile = self.store.reporter(reporter).await;
        let profile = profile
            .map_err(|error| SendError::Retry { after_s: 5, why: error.to_string() })?
            .ok_or_else(|| permanent("the reporter was erased"))?;
        match (profile.wa_user_id, profile.wa_id) {
            (_, Some(digits)) => Ok(Recipient::Phone(digits)),
            (Some(user), None) => Ok(Recipient::UserId(user)),
            (None, None) => Err(permanent("the reporter has no WhatsApp address")),
        }
    }
}

/// Records how far a message has come; an unknown report is not worth a word.
pub async fn note_status(
    desk: &DeskHandle,
    report: crate::model::id::ReportId,
    message: MessageId,
    status: DeliveryStatus,
) {
    let command = Command::FeedbackStatus { report, message, status };
    let row = people::set_status(message, status);
    let rows: super::desks::Rows = Box::new(move |_, _| Ok(vec![row]));
    if let Err(error) = desk.submit_with(Actor::System, command, Some(rows)).await {
        tracing::warn!(report.id = %report, error = %error, "a delivery status was not recorded");
    }
}
