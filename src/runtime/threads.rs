//! Who writes, and to which report it belongs: one person's messages become one report.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::desks::{DeskHandle, Rows, SubmitError};
use super::hand_over::hand_over;
use super::intake::{IntakeParts, is_mute};
use super::reading::Read;
use crate::channels::citizen_app::{category_chosen, pin_accuracy_m, report_meant};
use crate::channels::{InboundMessage, MessageKind, Sender};
use crate::dispatch::command::{Command, Receive};
use crate::dispatch::decide::{JOIN_WITHIN, joinable};
use crate::dispatch::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event, Template};
use crate::model::id::{Ids, MediaId, MessageId, ReportId, ReporterId};
use crate::model::media::{MediaOrigin, MediaState};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel};
use crate::store::media::{self, Media, Said};
use crate::store::people::{self, Direction, Message, Profile};
use crate::store::vault::Vault;
use crate::store::{Statement, StoreError};

/// Threads kept in memory by one worker.
const MOST_THREADS: usize = 2000;

/// A message was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is recorded, and on a desk if it belongs there.
    Recorded,
}

/// What somebody has said lately.
#[derive(Debug, Clone)]
struct Thread {
    polres: String,
    report: ReportId,
    texts: Vec<String>,
    pin: Option<LngLat>,
    /// How far the pin may be off, metres, when its channel said so.
    accuracy_m: Option<f64>,
    /// What he chose from a list, if he did.
    chosen: Option<Category>,
    last_at: Timestamp,
    /// Messages it holds; the desk may know of more that came through another door.
    messages: usize,
}

/// A sender as the vault knows him.
struct Known {
    reporter: ReporterId,
    /// Rows that make him known, when he is new.
    rows: Vec<Statement>,
}

/// The conversations one worker leads.
pub struct Threads {
    parts: Arc<IntakeParts>,
    ids: Ids,
    people: HashMap<String, ReporterId>,
    open: HashMap<ReporterId, Thread>,
}

impl Threads {
    /// No conversations yet; older ones are found in the store when needed.
    #[must_use]
    pub fn new(parts: Arc<IntakeParts>) -> Self {
        Self { parts, ids: Ids::random(), people: HashMap::new(), open: HashMap::new() }
    }

    /// The sender must be looked up again.
    pub fn forget(&mut self, message: &InboundMessage) {
        self.people.remove(&message.sender.key());
    }

    /// Takes one message: a new report, or more of an open one.
    ///
    /// # Errors
    /// Storage is away, or a desk could not decide; nothing was recorded.
    pub async fn take(&mut self, message: &InboundMessage, received_at: Timestamp) -> Result<Sent, SubmitError> {
        let known = self.who(&message.sender, received_at).await.map_err(away)?;
        let meant = report_meant(message);
        let thread = match meant {
            Some(report) => self.thread_meant(&known, report).await?,
            None => self.thread(&known, received_at).await?,
        };
        let id = MessageId(self.ids.next(received_at));
        let message = &self.with_file(message, received_at);
        if let Some(answered) = self.take_answer(message, &known, id, received_at).await? {
            return Ok(answered);
        }
        let said = message.text.clone().unwrap_or_default();
        let pin = message.location.as_ref().and_then(|location| location.point.ok());
        let (accuracy_m, chosen) = (pin_accuracy_m(message), category_chosen(message));
        let alone = self.parts.reader.read(&[&said], pin).with_accuracy(accuracy_m).with_choice(chosen);
        let joined = thread.as_ref().map(|thread| self.read_together(thread, &said, pin, accuracy_m, chosen));
        let office = self.office_for(message, thread.as_ref(), &alone);
        let Some(desk) = self.parts.desks.get(&office).cloned() else {
            tracing::error!(polres = office, "no desk for a message; its body stays in the inbox");
            return Ok(Sent::Recorded);
        };
        let receive = Box::new(Receive {
            channel: message.channel,
            reporter: known.reporter,
            message: id,
            more: Vec::new(),
            sent_at: message.sent_at,
            joined: thread.as_ref().zip(joined.as_ref()).map(|(thread, read)| (thread.report, read.understood.clone())),
            answer: answer_for(message, &alone),
            alone: alone.understood.clone(),
            handed_from: None,
        });
        let command = match (meant, &thread) {
            (Some(report), Some(_)) => Command::Append { report, receive },
            _ => Command::Receive(receive),
        };
        let rows = self.rows(message, &known, id, received_at, &alone, joined.as_ref().zip(thread.as_ref()));
        let entries = desk.submit_with(Actor::Reporter(known.reporter), command, Some(rows)).await?;
        if self.people.len() >= MOST_THREADS {
            self.people.clear();
        }
        self.people.insert(message.sender.key(), known.reporter);
        self.remember(
            known.reporter,
            &office,
            &entries,
            &said,
            pin.map(|at| (at, accuracy_m)),
            chosen,
            received_at,
            thread,
        );
        self.hand_over_if_elsewhere(&desk, &entries).await;
        Ok(Sent::Recorded)
    }

    /// The message with our own id for its file: the same that the row of the file gets.
    fn with_file(&mut self, message: &InboundMessage, now: Timestamp) -> InboundMessage {
        let mut message = message.clone();
        if let Some(media) = message.media.as_mut().filter(|_| message.kind != MessageKind::Sticker) {
            // A file from the app is ours already.
            media.kept.get_or_insert_with(|| MediaId(self.ids.next(now)));
        }
        message
    }

    async fn who(&mut self, sender: &Sender, now: Timestamp) -> Result<Known, StoreError> {
        if let Some(reporter) = self.people.get(&sender.key()) {
            return Ok(Known { reporter: *reporter, rows: Vec::new() });
        }
        let store = &self.parts.store;
        let vault = store.vault();
        let aliases: Vec<(&str, [u8; 32])> = [("wa_user", &sender.user_id), ("wa_id", &sender.wa_id)]
            .into_iter()
            .filter_map(|(kind, text)| Some((kind, vault.alias(kind, text.as_deref()?))))
            .collect();
        let bare: Vec<[u8; 32]> = aliases.iter().map(|(_, alias)| *alias).collect();
        if let Some(reporter) = store.reporter_by_aliases(&bare).await? {
            return Ok(Known { reporter, rows: Vec::new() });
        }
        let reporter = ReporterId(self.ids.next(now));
        let profile = Profile {
            name: sender.name.clone(),
            phone: sender.wa_id.as_ref().map(|digits| format!("+{digits}")),
            wa_id: sender.wa_id.clone(),
            wa_user_id: sender.user_id.clone(),
            user_id: None,
        };
        let mut rows = vec![people::insert_reporter(vault, reporter, &profile, now)?];
        rows.extend(aliases.iter().map(|(kind, alias)| people::insert_alias(alias, kind, reporter)));
        Ok(Known { reporter, rows })
    }

    /// The open report of this person, from memory or from the desks and the vault.
    async fn thread(&self, known: &Known, now: Timestamp) -> Result<Option<Thread>, SubmitError> {
        if !known.rows.is_empty() {
            return Ok(None);
        }
        let young = |thread: &&Thread| now.micros() - thread.last_at.micros() <= JOIN_WITHIN;
        let remembered = self.open.get(&known.reporter);
        let reporter = known.reporter;
        for (polres, desk) in &self.parts.desks {
            let found = desk
                .look(move |desk| {
                    let report = desk.latest.get(&reporter).and_then(|id| desk.reports.get(id));
                    joinable(report, now).map(|report| (report.id, report.messages.clone(), report.last_message_at))
                })
                .await?;
            let Some((report, messages, last_at)) = found else { continue };
            let same = |thread: &&Thread| thread.report == report && thread.messages == messages.len();
            if let Some(thread) = remembered.filter(young).filter(same) {
                return Ok(Some(thread.clone()));
            }
            return self.recall(polres, report, &messages, last_at).await.map(Some);
        }
        Ok(None)
    }

    /// The report this message says it belongs to, when it is this person's and still open.
    async fn thread_meant(&self, known: &Known, meant: ReportId) -> Result<Option<Thread>, SubmitError> {
        let reporter = known.reporter;
        for (polres, desk) in &self.parts.desks {
            let own = move |desk: &Desk| {
                let report = desk.reports.get(&meant).filter(|report| report.reporter == reporter && report.is_open());
                report.map(|report| (report.messages.clone(), report.last_message_at))
            };
            if let Some((messages, last_at)) = desk.look(own).await? {
                return self.recall(polres, meant, &messages, last_at).await.map(Some);
            }
        }
        Ok(None)
    }

    /// What was said in a report so far, from the vault.
    async fn recall(
        &self,
        polres: &str,
        report: ReportId,
        messages: &[MessageId],
        last_at: Timestamp,
    ) -> Result<Thread, SubmitError> {
        let mut said = self.parts.store.messages(messages).await.map_err(away)?;
        said.sort_by_cached_key(|message| messages.iter().position(|id| *id == message.id));
        let inbound: Vec<InboundMessage> =
            said.into_iter().filter_map(|message| serde_json::from_value(message.body).ok()).collect();
        let texts = inbound.iter().filter_map(|message| message.text.clone()).collect();
        let pinned = |message: &InboundMessage| Some((message.location.as_ref()?.point.ok()?, pin_accuracy_m(message)));
        let (pin, accuracy_m) = inbound.iter().rev().find_map(pinned).unzip();
        let chosen = inbound.iter().find_map(category_chosen);
        let (accuracy_m, messages) = (accuracy_m.flatten(), messages.len());
        Ok(Thread { polres: polres.to_owned(), report, texts, pin, accuracy_m, chosen, last_at, messages })
    }

    fn read_together(
        &self,
        thread: &Thread,
        said: &str,
        pin: Option<LngLat>,
        accuracy_m: Option<f64>,
        chosen: Option<Category>,
    ) -> Read {
        let mut texts: Vec<&str> = thread.texts.iter().map(String::as_str).collect();
        texts.push(said);
        let accuracy_m = if pin.is_some() { accuracy_m } else { thread.accuracy_m };
        let read = self.parts.reader.read(&texts, pin.or(thread.pin));
        read.with_accuracy(accuracy_m).with_choice(thread.chosen.or(chosen))
    }

    /// An open thread stays where it is; a new report goes to the office whose area it names, else
    /// to the office that was written to.
    fn office_for(&self, message: &InboundMessage, thread: Option<&Thread>, alone: &Read) -> String {
        // The app writes to an office by its code, WhatsApp to one of its numbers.
        let desk = || self.parts.desks.get_key_value(&message.line).map(|(polres, _)| polres);
        let written_to = self.parts.lines.get(&message.line).or_else(desk);
        let at_home =
            alone.understood.jurisdiction.as_ref().map(|j| &j.polres).filter(|p| self.parts.desks.contains_key(*p));
        let first = || self.parts.lines.values().min().cloned().unwrap_or_default();
        match thread {
            Some(thread) => thread.polres.clone(),
            None => at_home.or(written_to).cloned().unwrap_or_else(first),
        }
    }

    /// The buttons under "selesai": `sudah` needs no one, `belum` opens the report again.
    async fn take_answer(
        &self,
        message: &InboundMessage,
        known: &Known,
        id: MessageId,
        at: Timestamp,
    ) -> Result<Option<Sent>, SubmitError> {
        let quiet = message.kind == MessageKind::Reaction || message.choice.as_deref() == Some("sudah");
        if !quiet && message.choice.as_deref() != Some("belum") {
            return Ok(None);
        }
        let reporter = known.reporter;
        for desk in self.parts.desks.values() {
            let Some(report) = desk.look(move |desk| desk.latest.get(&reporter).copied()).await? else { continue };
            let row =
                message_row(&self.parts, message, reporter, id, at, &desk.parts.office.code, report).map_err(away)?;
            if quiet {
                self.parts.store.write(vec![row]).await.map_err(away)?;
            } else {
                let rows: Rows = Box::new(move |_, _| Ok(vec![row]));
                desk.submit_with(Actor::Reporter(reporter), Command::Reopen { report, message: id }, Some(rows))
                    .await?;
            }
            return Ok(Some(Sent::Recorded));
        }
        // A reaction of somebody without a report: the body in the inbox is record enough.
        Ok(quiet.then_some(Sent::Recorded))
    }

    fn rows(
        &self,
        message: &InboundMessage,
        known: &Known,
        id: MessageId,
        at: Timestamp,
        alone: &Read,
        joined: Option<(&Read, &Thread)>,
    ) -> Rows {
        let parts = self.parts.clone();
        let (message, reporter) = (message.clone(), known.reporter);
        let mut rows = known.rows.clone();
        let alone = alone.meaning.clone();
        let joined = joined.map(|(read, thread)| (thread.report, read.meaning.clone()));
        Box::new(move |entries, desk| {
            let Some(report) = report_of(entries) else { return Ok(rows) };
            rows.push(message_row(&parts, &message, reporter, id, at, &desk.polres, report)?);
            rows.extend(file_row(parts.store.vault(), &message, (reporter, id, report), &desk.polres, at)?);
            let meaning = joined.filter(|(id, _)| *id == report).map_or(alone, |(_, meaning)| meaning);
            rows.push(people::upsert_reading(parts.store.vault(), report, &meaning)?);
            Ok(rows)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one message has this many sides")]
    fn remember(
        &mut self,
        reporter: ReporterId,
        polres: &str,
        entries: &[Entry],
        said: &str,
        pin: Option<(LngLat, Option<f64>)>,
        chosen: Option<Category>,
        at: Timestamp,
        thread: Option<Thread>,
    ) {
        let Some(report) = report_of(entries) else { return };
        if self.open.len() >= MOST_THREADS {
            self.open.retain(|_, thread| at.micros() - thread.last_at.micros() <= JOIN_WITHIN);
        }
        let mut thread = thread.filter(|thread| thread.report == report).unwrap_or_else(|| Thread {
            polres: polres.to_owned(),
            report,
            texts: Vec::new(),
            pin: None,
            accuracy_m: None,
            chosen,
            last_at: at,
            messages: 0,
        });
        if !said.is_empty() {
            thread.texts.push(said.to_owned());
        }
        if let Some((at, accuracy_m)) = pin {
            (thread.pin, thread.accuracy_m) = (Some(at), accuracy_m);
        }
        thread.last_at = at;
        thread.messages += 1;
        self.open.insert(reporter, thread);
    }

    /// A report that turns out to lie in another office's area goes there with everything said so far.
    async fn hand_over_if_elsewhere(&self, desk: &DeskHandle, entries: &[Entry]) {
        let elsewhere = entries.iter().find_map(|entry| match &entry.event {
            Event::ReportLocated { report, place, jurisdiction: Some(j) }
                if j.polres != desk.parts.office.code
                    && place.confidence >= desk.parts.rules.plans.automatic.place_confidence =>
            {
                Some((*report, j.polres.clone()))
            }
            _ => None,
        });
        let Some((report, polres)) = elsewhere else { return };
        let Some(target) = self.parts.desks.get(&polres) else { return };
        let hand = hand_over(desk, target, report, Actor::System, self.parts.clock.now()).await;
        if let Err(error) = hand {
            tracing::warn!(report.id = %report, error = %error, "a report stays although it lies in another office's area");
        }
    }
}

fn away(error: StoreError) -> SubmitError {
    tracing::warn!(error = %super::desks::Chain(&error), "people's data cannot be reached");
    SubmitError::Away
}

/// The report an answer is about: the first entry names it.
fn report_of(entries: &[Entry]) -> Option<ReportId> {
    entries.iter().find_map(|entry| match &entry.event {
        Event::ReportReceived { report, .. } | Event::ReportExtended { report, .. } => Some(*report),
        _ => None,
    })
}

fn message_row(
    parts: &IntakeParts,
    message: &InboundMessage,
    reporter: ReporterId,
    id: MessageId,
    at: Timestamp,
    polres: &str,
    report: ReportId,
) -> Result<Statement, StoreError> {
    let row = Message {
        id,
        polres: polres.to_owned(),
        report,
        reporter,
        channel: message.channel,
        direction: Direction::In,
        external_id: Some(message.external_id.clone()),
        kind: json!(message.kind).as_str().unwrap_or("other").to_owned(),
        sent_at: message.sent_at,
        received_at: at,
        status: None,
        body: json!(message),
    };
    people::insert_message(parts.store.vault(), &row)
}

/// The file a message brings, to be fetched.
fn file_row(
    vault: &Vault,
    message: &InboundMessage,
    (reporter, id, report): (ReporterId, MessageId, ReportId),
    polres: &str,
    now: Timestamp,
) -> Result<Option<Statement>, StoreError> {
    let Some((attached, kept)) = message.media.as_ref().and_then(|media| Some((media, media.kept?))) else {
        return Ok(None);
    };
    if message.channel == Channel::CitizenApp {
        return Ok(Some(media::attach(kept, report, Some(id), Some(reporter))));
    }
    let said = Said {
        filename: attached.filename.clone(),
        mime: attached.mime.clone(),
        channel_id: Some(attached.id.clone()),
        channel_sha256: attached.sha256.clone(),
        line: Some(message.line.clone()),
        ..Said::default()
    };
    let file = Media {
        report: Some(report),
        message: Some(id),
        reporter: Some(reporter),
        said,
        ..Media::new(kept, polres, MediaOrigin::Whatsapp, MediaState::Waiting, now)
    };
    media::insert(vault, &file).map(Some)
}

/// The answer a message wants; the desk decides whether its place must be asked for.
fn answer_for(message: &InboundMessage, read: &Read) -> Option<Template> {
    if !matches!(message.channel, Channel::Whatsapp | Channel::CitizenApp) {
        return None;
    }
    let silent = message.text.as_deref().is_none_or(|text| text.trim().is_empty());
    let vague = matches!(read.meaning.category, Category::BelumJelas | Category::Salam) && read.meaning.what.is_none();
    Some(match message.kind {
        MessageKind::Voice | MessageKind::Audio => Template::AskText,
        kind if is_mute(kind) || silent || vague => Template::AskDetails,
        _ => Template::Received,
    })
}
