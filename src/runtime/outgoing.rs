//! Messages to reporters: composed with the entry that promises them, sent later from the outbox.
//!
//! The row in the outbox is in the same transaction as the entry. Sending is in order per person,
//! with retries; what fails for good stays visible as a dead letter.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desks::{Chain, DeskHandle};
use super::facts;
use super::handbook::Handbook;
use super::lines::Route;
use super::media::{MediaError, MediaVault, Version};
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::dispatch::undo::GRACE_S;
use crate::feedback::transport::{Attachment, Recipient, SendError};
use crate::feedback::wording::{MetaTemplate, Outbound, Params, template_code};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, DeliveryStatus, Entry, Event, Template};
use crate::model::id::{MediaId, MessageId, ReportId, ReporterId};
use crate::model::report::{Channel, Report};
use crate::store::people::{Direction, Message};
use crate::store::vault::Vault;
use crate::store::{Statement, Store, StoreError, outbox, people, referrals};

/// A message is tried this often before it is given up.
const MOST_ATTEMPTS: u32 = 12;

/// After this long without a word of the person only a template of Meta's may be sent, seconds.
const WINDOW_S: f64 = 24.0 * 3600.0;

/// Meta takes one message per six seconds to one person (error 131056).
const PAIR_PAUSE_S: f64 = 6.0;

/// The first answer to a message: it shows that the message was seen.
const FIRST_ANSWERS: [Template; 9] = [
    Template::Received,
    Template::ReceivedLate,
    Template::AskPlace,
    Template::AskWhat,
    Template::AskWhen,
    Template::AskWho,
    Template::AskHow,
    Template::AskDetails,
    Template::AskText,
];

/// Composes messages and the rows that promise them.
#[derive(Debug)]
pub struct Outgoing {
    /// The words.
    pub handbook: Arc<Handbook>,
    /// Name of the office, as reporters read it.
    pub office: String,
    /// Seals what is said.
    pub store: Store,
    /// People of the app who want to hear over WhatsApp too.
    pub notified: Notified,
    /// Seconds the news of an end waits, in which it can be taken back.
    pub undo_s: i64,
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
        if let Event::ReferralReminded { referral, .. } = &entry.event {
            return Ok(vec![referrals::remind_delivery(*referral, entry.at)]);
        }
        if let Event::FeedbackStatus { message, status: DeliveryStatus::Withdrawn, .. } = &entry.event {
            return Ok(vec![outbox::withdraw(*message), people::set_status(*message, DeliveryStatus::Withdrawn)]);
        }
        let Event::FeedbackQueued { report, message, template } = &entry.event else {
            return super::notices::rows(self, desk, entry);
        };
        // What a door fills in, an operator's words or an agency's name, it records itself.
        let by_door = matches!(template, Template::Reply | Template::Referred | Template::AfterPhoto);
        let Some(report) = desk.reports.get(report).filter(|_| !by_door) else {
            return Ok(Vec::new());
        };
        let params = facts::params(&self.handbook, &self.office, desk, report, *template, entry.at);
        let outbound = self.handbook.wording().compose(*template, &params);
        let vault = self.store.vault();
        let mut rows = out_rows(vault, &desk.polres, report, *message, *template, &outbound, entry.at)?;
        if report.channel == Channel::CitizenApp && self.notified.wants(report.reporter, *template) {
            let to = To { report: report.id, reporter: report.reporter, channel: report.channel };
            rows.push(outbox_row(vault, &desk.polres, to, *message, *template, &outbound, entry.at)?);
        }
        // The news of an end by hand waits a little: ends by mistake are taken back.
        let by_hand = matches!(entry.actor, Actor::User(_));
        let of_an_end = report.talk.closing == Some(*message) && report.channel != Channel::CitizenApp;
        if by_hand && of_an_end && self.undo_s > 0 {
            rows.push(outbox::hold(*message, entry.at.plus_secs(self.undo_s + GRACE_S)));
        }
        Ok(rows)
    }

    /// Meta's template that says what `message` says, for a reporter whose service window has closed.
    #[must_use]
    pub fn meta(&self, desk: &Desk, message: &outbox::Outgoing, text: &str, now: Timestamp) -> Option<MetaTemplate> {
        let office = || Params { office: Some(self.office.clone()), ..Params::default() };
        let mut params = desk.reports.get(&message.report).map_or_else(office, |report| {
            facts::params(&self.handbook, &self.office, desk, report, message.template, now)
        });
        if message.template == Template::Reply {
            params.text = Some(text.to_owned());
        }
        if message.template == Template::OneTimeCode {
            params.text = text.split('*').nth(1).map(str::to_owned);
        }
        self.handbook.wording().meta(message.template, &params)
    }
}

/// To whom a message goes, and under which report it is filed.
#[derive(Debug, Clone, Copy)]
pub struct To {
    /// Filed under this report, or under the block of a person who has none.
    pub report: ReportId,
    /// The person.
    pub reporter: ReporterId,
    /// Over this door.
    pub channel: Channel,
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
    let to = To { report: report.id, reporter: report.reporter, channel: report.channel };
    out_rows_to(vault, polres, to, id, template, outbound, at)
}

/// The same for a person who may have no report on the desk.
///
/// # Errors
/// The message cannot be sealed.
pub fn out_rows_to(
    vault: &Vault,
    polres: &str,
    to: To,
    id: MessageId,
    template: Template,
    outbound: &Outbound,
    at: Timestamp,
) -> Result<Vec<Statement>, StoreError> {
    let message = Message {
        id,
        polres: polres.to_owned(),
        report: to.report,
        reporter: to.reporter,
        channel: to.channel,
        direction: Direction::Out,
        external_id: None,
        kind: "text".to_owned(),
        sent_at: at,
        received_at: at,
        status: None,
        body: json!({
            "text": outbound.text, "template": template_code(template), "media": outbound.media,
            "choices": outbound.buttons.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        }),
    };
    let mut rows = vec![people::insert_message(vault, &message)?];
    if to.channel == Channel::Whatsapp {
        rows.push(outbox_row(vault, polres, to, id, template, outbound, at)?);
    }
    Ok(rows)
}

/// The row of one message, or of an order to the channel, in the outbox.
///
/// # Errors
/// The message cannot be sealed.
pub fn outbox_row(
    vault: &Vault,
    polres: &str,
    to: To,
    id: MessageId,
    template: Template,
    outbound: &Outbound,
    at: Timestamp,
) -> Result<Statement, StoreError> {
    let outgoing = outbox::Outgoing {
        id,
        polres: polres.to_owned(),
        report: to.report,
        reporter: to.reporter,
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
    /// Language of each template that Meta has approved, by name.
    pub templates: BTreeMap<String, String>,
    /// How they leave each office.
    pub routes: HashMap<String, Route>,
    /// Photos that go along.
    pub media: MediaVault,
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
        if !self.routes.get(&message.polres).is_some_and(|route| route.transport.only_records()) {
            metrics::counter!("sigap_messages_out_total", "outcome" => outcome).increment(1);
        }
        let now = self.clock.now();
        let (rows, status) = match &result {
            Ok(wamid) => (
                vec![outbox::mark_sent(message.id, Some(wamid).filter(|id| !id.is_empty()).map(String::as_str))],
                Some(DeliveryStatus::Sent),
            ),
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
        // A code and an order to the channel belong to no conversation and to no journal.
        if matches!(message.template, Template::OneTimeCode | Template::ChannelBlock | Template::ChannelUnblock) {
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
        let route = self.routes.get(&message.polres).ok_or_else(|| permanent("the office has no WhatsApp line"))?;
        let to = match message.payload["to"].as_str() {
            Some(digits) => Recipient::Phone(digits.to_owned()),
            None => self.address_of(message.reporter).await?,
        };
        if let Some(blocked) = order(message.template) {
            return route.transport.set_blocked(&route.line, &to, blocked).await.map(|()| String::new());
        }
        let outbound: Outbound =
            serde_json::from_value(message.payload.clone()).map_err(|error| permanent(&error.to_string()))?;
        // A gateway is a telephone: it knows no window and no templates.
        let is_code = message.template == Template::OneTimeCode;
        if route.transport.has_window() && (is_code || self.window_has_closed(message).await?) {
            match self.send_template(route, &to, message, &outbound).await {
                // Without an approved template a code still reaches who wrote to us lately.
                Err(SendError::Window) if is_code => {}
                result => return result,
            }
        }
        let attached = match outbound.media {
            Some(id) => Some(self.attachment(id).await?),
            None => None,
        };
        if FIRST_ANSWERS.contains(&message.template) {
            self.show_as_seen(route, message.report).await;
        }
        if message.template == Template::NoCalls {
            self.refuse_call(route, message.report).await;
        }
        match route.transport.deliver(&route.line, &to, &outbound, attached.as_ref()).await {
            // Meta counts otherwise than we do: once more, as a template.
            Err(SendError::Window) => self.send_template(route, &to, message, &outbound).await,
            result => result,
        }
    }

    async fn address_of(&self, reporter: ReporterId) -> Result<Recipient, SendError> {
        let permanent = |why: &str| SendError::Permanent { code: 0, why: why.to_owned() };
        let profile = self.store.reporter(reporter).await;
        let profile = profile
            .map_err(|error| SendError::Retry { after_s: 5, why: error.to_string() })?
            .ok_or_else(|| permanent("the reporter was erased"))?;
        match (profile.wa_id, profile.wa_user_id, profile.wa_jid) {
            (Some(digits), ..) => Ok(Recipient::Phone(digits)),
            (None, Some(user), _) => Ok(Recipient::UserId(user)),
            (None, None, Some(jid)) => Ok(Recipient::Jid(jid)),
            (None, None, None) => Err(permanent("the reporter has no WhatsApp address")),
        }
    }

    async fn window_has_closed(&self, message: &outbox::Outgoing) -> Result<bool, SendError> {
        let written = self.store.last_written(message.reporter, Channel::Whatsapp).await;
        let written = written.map_err(|error| SendError::Retry { after_s: 5, why: error.to_string() })?;
        Ok(written.is_some_and(|at| self.clock.now().secs_since(at) > WINDOW_S))
    }

    /// Sends the template Meta approved for this message; without one the window stays closed.
    async fn send_template(
        &self,
        route: &Route,
        to: &Recipient,
        message: &outbox::Outgoing,
        outbound: &Outbound,
    ) -> Result<String, SendError> {
        let desk = self.desks.get(&message.polres).ok_or(SendError::Window)?;
        let (outgoing, now) = (desk.parts.outgoing.clone(), self.clock.now());
        let (about, text) = (message.clone(), outbound.text.clone());
        let meta = desk.look(move |desk| outgoing.meta(desk, &about, &text, now)).await;
        let meta = meta.map_err(|error| SendError::Retry { after_s: 5, why: error.to_string() })?;
        let mut meta = meta.ok_or(SendError::Window)?;
        self.templates.get(&meta.name).ok_or(SendError::Window)?.clone_into(&mut meta.language);
        let outbound = Outbound { template: Some(meta), ..outbound.clone() };
        route.transport.deliver(&route.line, to, &outbound, None).await
    }

    /// The shown version of a photo of ours: at most 1,600 pixels, below Meta's 5 MB.
    async fn attachment(&self, id: MediaId) -> Result<Attachment, SendError> {
        let read = async {
            let mut reader = self.media.open(id, Version::Shown).await?;
            let mut bytes = Vec::new();
            while (bytes.len() as u64) < reader.len() {
                bytes.extend(reader.piece(bytes.len() as u64, u64::MAX).await?);
            }
            Ok::<_, MediaError>(bytes)
        };
        match read.await {
            Ok(bytes) => Ok(Attachment { mime: "image/jpeg".to_owned(), bytes }),
            Err(MediaError::Missing) => Err(SendError::Permanent { code: 0, why: "the photo was erased".to_owned() }),
            Err(error) => Err(SendError::Retry { after_s: 5, why: error.to_string() }),
        }
    }

    /// Ends the ringing at the caller's; the guide says why.
    async fn refuse_call(&self, route: &Route, report: ReportId) {
        let Ok(messages) = self.store.messages_of_reports(&[report]).await else { return };
        let last = messages.into_iter().rev().find(|message| message.kind == "call");
        if let Some(id) = last.and_then(|message| message.external_id) {
            route.transport.refuse_call(&route.line, &id).await;
        }
    }

    /// Blue ticks, and "is writing", for the message that is about to be answered.
    async fn show_as_seen(&self, route: &Route, report: crate::model::id::ReportId) {
        let Ok(messages) = self.store.messages_of_reports(&[report]).await else { return };
        let last = messages.into_iter().rev().find(|message| message.direction == Direction::In);
        if let Some(id) = last.and_then(|message| message.external_id) {
            route.transport.seen(&route.line, &id).await;
        }
    }
}

/// Whether a row of the outbox is an order to the channel: true to block, false to let in again.
const fn order(template: Template) -> Option<bool> {
    match template {
        Template::ChannelBlock => Some(true),
        Template::ChannelUnblock => Some(false),
        _ => None,
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
