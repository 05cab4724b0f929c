//! Who writes, and to which report it belongs: one person's messages become one report.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::desks::{DeskHandle, Rows, SubmitError};
use super::hand_over::hand_over;
use super::identity::{self, Known};
use super::intake::IntakeParts;
use super::rate::{Rate, Reached};
use super::reading::{Asking, Read, stands_at};
use super::turns::{self, Turn};
use crate::channels::citizen_app::{category_chosen, pin_accuracy_m, report_meant};
use crate::channels::{InboundMessage, MessageKind, Sender};
use crate::dispatch::command::{Command, Receive};
use crate::dispatch::decide::{Belongs, JOIN_WITHIN, belongs};
use crate::dispatch::desk::Desk;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{BlockId, Ids, MediaId, MessageId, ReportId, ReporterId};
use crate::model::media::{MediaOrigin, MediaState};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Report};
use crate::model::shield::Noise;
use crate::model::talk::Wants;
use crate::store::media::{self, Media, Said};
use crate::store::people::{self, Direction, Message};
use crate::store::vault::Vault;
use crate::store::{Statement, StoreError};
use crate::understand::screen::Contact;

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
    /// Id at the channel, and words.
    texts: Vec<(String, String)>,
    pin: Option<LngLat>,
    /// How far the pin may be off, metres, when its channel said so.
    accuracy_m: Option<f64>,
    /// What he chose from a list, if he did.
    chosen: Option<Category>,
    /// A photo, a voice or a pin was among it.
    shows: bool,
    last_at: Timestamp,
    /// Messages it holds; the desk may know of more that came through another door.
    messages: usize,
}

impl Thread {
    fn new(polres: &str, report: ReportId, at: Timestamp) -> Self {
        Self {
            polres: polres.to_owned(),
            report,
            texts: Vec::new(),
            pin: None,
            accuracy_m: None,
            chosen: None,
            shows: false,
            last_at: at,
            messages: 0,
        }
    }

    /// One message more; an edited one stands for what it was before.
    fn hear(&mut self, message: &InboundMessage) {
        if message.edited {
            self.texts.retain(|(id, _)| Some(id) != message.replies_to.as_ref());
        }
        if let Some(text) = message.text.clone().filter(|text| !text.is_empty()) {
            // An edit may be edited again, under the id of the first message.
            let id = message.replies_to.clone().filter(|_| message.edited);
            self.texts.push((id.unwrap_or_else(|| message.external_id.clone()), text));
        }
        if let Some(pin) = message.location.as_ref().and_then(|location| location.point.ok()) {
            (self.pin, self.accuracy_m) = (Some(pin), pin_accuracy_m(message));
        }
        self.chosen = self.chosen.or(category_chosen(message));
        self.shows |= shows(message);
    }
}

/// The latest report of a person.
struct Latest {
    polres: String,
    report: Report,
    /// A block of this person counts.
    is_blocked: bool,
    /// It ended so long ago that the desk forgets it with the next entry.
    is_forgotten: bool,
}

/// The conversations one worker leads.
pub struct Threads {
    parts: Arc<IntakeParts>,
    ids: Ids,
    people: HashMap<String, ReporterId>,
    open: HashMap<ReporterId, Thread>,
    rates: HashMap<ReporterId, Rate>,
}

impl Threads {
    /// No conversations yet; older ones are found in the store when needed.
    #[must_use]
    pub fn new(parts: Arc<IntakeParts>) -> Self {
        Self { parts, ids: Ids::random(), people: HashMap::new(), open: HashMap::new(), rates: HashMap::new() }
    }

    /// The sender must be looked up again.
    pub fn forget(&mut self, message: &InboundMessage) {
        self.people.remove(&names_key(&message.sender));
    }

    /// Takes one message: a turn of the conversation, a new report, or more of an open one.
    ///
    /// # Errors
    /// Storage is away, or a desk could not decide; nothing was recorded.
    pub async fn take(&mut self, message: &InboundMessage, received_at: Timestamp) -> Result<Sent, SubmitError> {
        let known = self.who(message, received_at).await.map_err(away)?;
        if matches!(message.kind, MessageKind::System | MessageKind::Revoke) {
            return self.take_note(message, &known, received_at).await;
        }
        self.join_people(&known).await?;
        let mut latest = match report_meant(message) {
            Some(report) => self.meant(&known, report).await?,
            None => self.latest(&known).await?,
        };
        // The desk lets go of what ended a day ago, with the next entry at the latest.
        latest = latest.filter(|latest| !latest.is_forgotten);
        if latest.is_none() && !known.is_new && turns::is_late_answer(&self.parts.turns, message) {
            latest = self.recalled(message, &known).await?;
        }
        let id = MessageId(self.ids.next(received_at));
        let message = &self.with_file(message, received_at);
        let message = &self.with_choice(message, latest.as_ref()).await?;
        let rate = self.rate(known.reporter, received_at);
        // Who is blocked, or writes faster than anybody reads, leads no conversation.
        let talks = latest.as_ref().filter(|latest| !latest.is_blocked && !rate.is_over);
        let late_s = self.late_s(latest.as_ref());
        match turns::turn(&self.parts.turns, message, talks.map(|latest| &latest.report), received_at, late_s) {
            Turn::Quiet => return self.note_quietly(message, latest, id, received_at).await,
            Turn::Wants(wants) => {
                if let Some(latest) = talks {
                    return self.converse(message, latest, id, received_at, wants).await;
                }
            }
            Turn::Matter => {}
        }
        self.take_matter(message, &known, latest, (id, received_at), &rate).await
    }

    /// A message that is read: a new report, or more of an open one.
    async fn take_matter(
        &mut self,
        message: &InboundMessage,
        known: &Known,
        latest: Option<Latest>,
        (id, received_at): (MessageId, Timestamp),
        rate: &Reached,
    ) -> Result<Sent, SubmitError> {
        let said = message.text.clone().unwrap_or_default();
        let pin = message.location.as_ref().and_then(|location| location.point.ok());
        let polres = latest.as_ref().filter(|latest| latest.report.is_open()).map(|latest| latest.polres.clone());
        let polres = polres.unwrap_or_else(|| self.written_to(message));
        // What he shared with his report before says where he is, roughly.
        let near = latest.as_ref().and_then(|latest| stands_at(latest.report.place.as_ref()));
        let mut alone = self.parts.reader.read(&[&said], &Asking::by(&polres, pin).near(near));
        alone = self.in_own_words(alone, &[&said], &polres, category_chosen(message));
        alone = alone.with_accuracy(pin_accuracy_m(message));
        let wants = self.parts.turns.read(&said);
        if wants == Some(Wants::Traffic) {
            turns::as_question_about_traffic(&mut alone);
        }
        let open = latest.as_ref().map(|latest| &latest.report).filter(|report| report.is_open());
        let meant = report_meant(message).filter(|id| open.is_some_and(|report| report.id == *id));
        let belonging = match meant {
            Some(report) => Belongs::Joins(report),
            None => belongs(latest.as_ref().map(|latest| &latest.report), &alone.understood.reading, received_at),
        };
        let thread = match latest.filter(|_| belonging.report().is_some()) {
            Some(latest) => Some(self.thread(latest).await?),
            None => None,
        };
        // In a burst each message is read once, by itself: that is enough to hear danger in it.
        let joined =
            thread.as_ref().filter(|_| !rate.is_over).map(|thread| self.read_together(thread, message, &said, pin));
        let noise = self.noise_of(message, &alone, joined.as_ref().zip(thread.as_ref()), &said, rate.is_full);
        let office = self.office_for(message, thread.as_ref(), &alone);
        let Some(desk) = self.parts.desks.get(&office).cloned() else {
            tracing::error!(polres = office, "no desk for a message; its body stays in the inbox");
            return Ok(Sent::Recorded);
        };
        let answer = turns::answer(message, joined.as_ref().unwrap_or(&alone), wants, &desk.parts, received_at);
        let receive = Box::new(Receive {
            channel: message.channel,
            reporter: known.reporter,
            message: id,
            more: Vec::new(),
            sent_at: message.sent_at,
            joined: thread.as_ref().zip(joined.as_ref()).map(|(thread, read)| (thread.report, read.understood.clone())),
            answer: answer.filter(|_| !rate.is_over),
            alone: alone.understood.clone(),
            handed_from: None,
            noise,
        });
        let command = match meant {
            Some(report) => Command::Append { report, receive },
            None => Command::Receive(receive),
        };
        let rows = self.rows(message, known, id, received_at, &alone, joined.as_ref().zip(thread.as_ref()));
        let entries = desk.submit_with(Actor::Reporter(known.reporter), command, Some(rows)).await?;
        self.learnt(message, known);
        self.remember(known.reporter, &office, &entries, message, received_at, thread);
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

    /// Where there are no buttons, a number alone is the button of the last message that had some.
    async fn with_choice(
        &self,
        message: &InboundMessage,
        latest: Option<&Latest>,
    ) -> Result<InboundMessage, SubmitError> {
        let mut message = message.clone();
        let number = message.text.as_deref().and_then(|text| text.trim().parse::<usize>().ok());
        let number = number.filter(|_| self.parts.numbered.contains(&message.line));
        let (Some(number), Some(latest)) = (number, latest) else { return Ok(message) };
        let said = self.parts.store.messages_of_reports(&[latest.report.id]).await.map_err(away)?;
        let last = said.into_iter().rev().find(|message| message.direction == Direction::Out);
        let choice =
            last.and_then(|last| last.body["choices"].get(number.checked_sub(1)?)?.as_str().map(str::to_owned));
        if choice.is_some() {
            message.kind = MessageKind::Button;
            message.choice = choice;
        }
        Ok(message)
    }

    /// Who wrote, from memory or from the vault.
    async fn who(&mut self, message: &InboundMessage, now: Timestamp) -> Result<Known, StoreError> {
        let mut names = vec![&message.sender];
        names.extend(&message.renamed);
        if let Some(reporter) = self.people.get(&names_key(&message.sender)).filter(|_| message.renamed.is_none()) {
            // Another worker may have learnt since that two were one.
            let kept = self.parts.merged.lock().get(reporter).copied();
            return Ok(Known::already(kept.unwrap_or(*reporter)));
        }
        identity::who(&self.parts.store, &mut self.ids, &names, now).await
    }

    /// The rows that make a sender known are durable.
    fn learnt(&mut self, message: &InboundMessage, known: &Known) {
        if !known.merged.is_empty() {
            let mut merged = self.parts.merged.lock();
            merged.extend(known.merged.iter().map(|other| (*other, known.reporter)));
        }
        if self.people.len() >= MOST_THREADS {
            self.people.clear();
        }
        self.people.insert(names_key(&message.sender), known.reporter);
    }

    /// The latest report of this person, open before closed.
    async fn latest(&self, known: &Known) -> Result<Option<Latest>, SubmitError> {
        if known.is_new {
            return Ok(None);
        }
        let (reporter, now) = (known.reporter, self.parts.clock.now());
        let mut latest: Option<Latest> = None;
        for (polres, desk) in &self.parts.desks {
            let find = move |desk: &Desk| {
                let report = desk.latest.get(&reporter).and_then(|id| desk.reports.get(id))?;
                Some((report.clone(), desk.blocking(reporter, report.channel).is_some(), desk.forgets(report.id, now)))
            };
            let Some((report, is_blocked, is_forgotten)) = desk.look(find).await? else { continue };
            let newer = |than: &Latest| {
                (report.is_open(), report.last_message_at) > (than.report.is_open(), than.report.last_message_at)
            };
            if latest.as_ref().is_none_or(newer) {
                latest = Some(Latest { polres: polres.clone(), report, is_blocked, is_forgotten });
            }
        }
        Ok(latest)
    }

    /// The report a message says it belongs to, when it is this person's.
    async fn meant(&self, known: &Known, meant: ReportId) -> Result<Option<Latest>, SubmitError> {
        let (reporter, now) = (known.reporter, self.parts.clock.now());
        for (polres, desk) in &self.parts.desks {
            let own = move |desk: &Desk| {
                let report = desk.reports.get(&meant).filter(|report| report.reporter == reporter)?;
                Some((report.clone(), desk.blocking(reporter, report.channel).is_some(), desk.forgets(meant, now)))
            };
            if let Some((report, is_blocked, is_forgotten)) = desk.look(own).await? {
                return Ok(Some(Latest { polres: polres.clone(), report, is_blocked, is_forgotten }));
            }
        }
        self.latest(known).await
    }

    /// Warnings and blocks of people who turn out to be one follow them, before anything is decided.
    async fn join_people(&self, known: &Known) -> Result<(), SubmitError> {
        let kept = known.reporter;
        for other in known.merged.iter().copied() {
            for desk in self.parts.desks.values() {
                if desk.look(move |desk| desk.standing.contains_key(&other)).await? {
                    desk.submit(Actor::System, Command::MergeReporters { reporter: other, kept }).await?;
                }
            }
        }
        Ok(())
    }

    /// How long after its end a report is still answered about, seconds.
    fn late_s(&self, latest: Option<&Latest>) -> f64 {
        let desk = latest.and_then(|latest| self.parts.desks.get(&latest.polres));
        desk.map_or(0.0, |desk| desk.parts.rules.now().plans.answers.late_s())
    }

    /// The report a late answer is about, put on its desk again: the one whose message was answered,
    /// else the person's latest.
    async fn recalled(&self, message: &InboundMessage, known: &Known) -> Result<Option<Latest>, SubmitError> {
        let store = &self.parts.store;
        let people = store.same_person(known.reporter).await.map_err(away)?;
        let about = match &message.replies_to {
            Some(id) => store.message_by_external(message.channel, id).await.map_err(away)?,
            None => None,
        };
        let found = match about.filter(|about| people.contains(&about.reporter)) {
            Some(about) => store.report(about.report).await.map_err(away)?,
            None => store.latest_report_of(&people).await.map_err(away)?,
        };
        let answers = |report: &Report| message.choice.is_some() || turns::awaits_judgement(report);
        let Some(found) = found.filter(|found| !found.item.is_open() && answers(&found.item)) else { return Ok(None) };
        let Some(desk) = self.parts.desks.get(&found.polres) else { return Ok(None) };
        let report = found.item;
        match desk.submit(Actor::System, Command::Recall(Box::new(report.clone()))).await {
            Ok(_) => Ok(Some(Latest { polres: found.polres, report, is_blocked: false, is_forgotten: false })),
            // It ended too long ago: what is said now is a new matter.
            Err(SubmitError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What was said in a report so far, from memory or from the vault.
    async fn thread(&self, latest: Latest) -> Result<Thread, SubmitError> {
        let Latest { polres, report, .. } = latest;
        let whole = |thread: &&Thread| thread.report == report.id && thread.messages == report.messages.len();
        let remembered = self.open.get(&report.reporter).filter(whole);
        if let Some(thread) = remembered {
            return Ok(thread.clone());
        }
        let mut said = self.parts.store.messages(&report.messages).await.map_err(away)?;
        said.sort_by_cached_key(|message| report.messages.iter().position(|id| *id == message.id));
        let mut thread = Thread::new(&polres, report.id, report.last_message_at);
        thread.messages = report.messages.len();
        let inbound = said.into_iter().filter_map(|message| serde_json::from_value(message.body).ok());
        inbound.for_each(|message: InboundMessage| thread.hear(&message));
        Ok(thread)
    }

    /// How fast this person writes.
    fn rate(&mut self, reporter: ReporterId, at: Timestamp) -> Reached {
        if self.rates.len() >= MOST_THREADS {
            self.rates.retain(|_, rate| rate.is_live(at));
        }
        self.rates.entry(reporter).or_default().count(at, self.parts.burst_per_min)
    }

    /// What speaks for noise: of the whole report where it was read together, else of this message.
    fn noise_of(
        &self,
        message: &InboundMessage,
        alone: &Read,
        joined: Option<(&Read, &Thread)>,
        said: &str,
        burst: bool,
    ) -> Noise {
        let mut texts: Vec<&str> =
            joined.iter().flat_map(|(_, thread)| &thread.texts).map(|(_, text)| text.as_str()).collect();
        texts.push(said);
        self.parts.reader.screen(&Contact {
            meaning: joined.map_or(&alone.meaning, |(read, _)| &read.meaning),
            texts: &texts,
            shows: shows(message) || joined.is_some_and(|(_, thread)| thread.shows),
            forwarded: message.forwarded,
            burst,
            appeals: message.choice.as_deref() == Some("banding"),
        })
    }

    fn read_together(&self, thread: &Thread, message: &InboundMessage, said: &str, pin: Option<LngLat>) -> Read {
        let edited = |id: &str| message.edited && message.replies_to.as_deref() == Some(id);
        let mut texts: Vec<&str> =
            thread.texts.iter().filter(|(id, _)| !edited(id)).map(|(_, text)| text.as_str()).collect();
        texts.push(said);
        let accuracy_m = if pin.is_some() { pin_accuracy_m(message) } else { thread.accuracy_m };
        let chosen = thread.chosen.or(category_chosen(message));
        let asking = Asking::by(&thread.polres, pin.or(thread.pin));
        let read = self.parts.reader.read(&texts, &asking);
        self.in_own_words(read, &texts, &thread.polres, chosen).with_accuracy(accuracy_m)
    }

    /// With the office's own words, and what was chosen among the matters it offers.
    fn in_own_words(&self, read: Read, texts: &[&str], polres: &str, chosen: Option<Category>) -> Read {
        let Some(desk) = self.parts.desks.get(polres) else { return read };
        let rules = desk.parts.rules.now();
        read.with_own_words(texts, &rules.categories).with_choice(chosen, &rules.categories)
    }

    /// An open thread stays where it is; a new report goes to the office whose area it names, else
    /// to the office that was written to.
    fn office_for(&self, message: &InboundMessage, thread: Option<&Thread>, alone: &Read) -> String {
        let at_home =
            alone.understood.jurisdiction.as_ref().map(|j| &j.polres).filter(|p| self.parts.desks.contains_key(*p));
        match thread {
            Some(thread) => thread.polres.clone(),
            None => at_home.cloned().unwrap_or_else(|| self.written_to(message)),
        }
    }

    /// The office that was written to: the app says its code, WhatsApp one of its numbers.
    fn written_to(&self, message: &InboundMessage) -> String {
        let desk = || self.parts.desks.get_key_value(&message.line).map(|(polres, _)| polres);
        let known = self.parts.lines.get(&message.line).or_else(desk);
        known.or_else(|| self.parts.lines.values().min()).cloned().unwrap_or_default()
    }

    /// What makes no report: a message taken back, or news of the sender. It is recorded with the
    /// message it is about, else with the sender's latest report.
    async fn take_note(&mut self, message: &InboundMessage, known: &Known, at: Timestamp) -> Result<Sent, SubmitError> {
        let store = &self.parts.store;
        let original = match &message.replies_to {
            Some(id) => store.message_by_external(message.channel, id).await.map_err(away)?,
            None => None,
        };
        let about = match original.filter(|original| original.reporter == known.reporter) {
            Some(original) => Some((original.polres, original.report)),
            None => self.latest(known).await?.map(|latest| (latest.polres, latest.report.id)),
        };
        let home = self.parts.lines.get(&message.line).cloned().unwrap_or_default();
        let (polres, report) = about.unwrap_or((home, ReportId(uuid::Uuid::nil())));
        let id = MessageId(self.ids.next(at));
        let mut rows = known.rows.clone();
        rows.push(message_row(&self.parts, message, known.reporter, id, at, &polres, report).map_err(away)?);
        self.parts.store.write(rows).await.map_err(|error| match error {
            StoreError::Conflict { constraint } => SubmitError::Conflict(constraint),
            error => away(error),
        })?;
        self.learnt(message, known);
        Ok(Sent::Recorded)
    }

    /// A reaction wants nothing: it stands in the conversation, if there is one.
    async fn note_quietly(
        &self,
        message: &InboundMessage,
        latest: Option<Latest>,
        id: MessageId,
        at: Timestamp,
    ) -> Result<Sent, SubmitError> {
        // A reaction of somebody without a report: the body in the inbox is record enough.
        let Some(Latest { polres, report, .. }) = latest else { return Ok(Sent::Recorded) };
        let row = message_row(&self.parts, message, report.reporter, id, at, &polres, report.id).map_err(away)?;
        self.parts.store.write(vec![row]).await.map_err(away)?;
        Ok(Sent::Recorded)
    }

    /// A turn of the conversation about a report, open or lately closed.
    async fn converse(
        &mut self,
        message: &InboundMessage,
        latest: &Latest,
        id: MessageId,
        at: Timestamp,
        wants: Wants,
    ) -> Result<Sent, SubmitError> {
        let Latest { polres, report, .. } = latest;
        let desk = self.parts.desks.get(polres).ok_or(SubmitError::Away)?;
        let row = message_row(&self.parts, message, report.reporter, id, at, polres, report.id).map_err(away)?;
        let rows: Rows = Box::new(move |_, _| Ok(vec![row]));
        let command = Command::Converse { report: report.id, message: id, wants };
        desk.submit_with(Actor::Reporter(report.reporter), command, Some(rows)).await?;
        // It stands in the report, and says nothing of the matter.
        if let Some(thread) = self.open.get_mut(&report.reporter).filter(|thread| thread.report == report.id) {
            thread.messages += 1;
        }
        Ok(Sent::Recorded)
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
        let in_burst = joined.is_none() && !known.is_new;
        let joined = joined.map(|(read, thread)| (thread.report, read.meaning.clone()));
        Box::new(move |entries, desk| {
            let Some(report) = report_of(entries) else {
                // A contact of somebody who is blocked is filed under his block.
                if let Some(block) = block_of(entries) {
                    rows.push(message_row(&parts, &message, reporter, id, at, &desk.polres, ReportId(block.0))?);
                }
                return Ok(rows);
            };
            rows.push(message_row(&parts, &message, reporter, id, at, &desk.polres, report)?);
            rows.extend(file_row(parts.store.vault(), &message, (reporter, id, report), &desk.polres, at)?);
            if in_burst && !is_read(entries) {
                return Ok(rows);
            }
            let meaning = joined.filter(|(id, _)| *id == report).map_or(alone, |(_, meaning)| meaning);
            rows.push(people::upsert_reading(parts.store.vault(), report, &meaning)?);
            Ok(rows)
        })
    }

    fn remember(
        &mut self,
        reporter: ReporterId,
        polres: &str,
        entries: &[Entry],
        message: &InboundMessage,
        at: Timestamp,
        thread: Option<Thread>,
    ) {
        let Some(report) = report_of(entries) else { return };
        if self.open.len() >= MOST_THREADS {
            self.open.retain(|_, thread| at.micros() - thread.last_at.micros() <= JOIN_WITHIN);
        }
        let mut thread =
            thread.filter(|thread| thread.report == report).unwrap_or_else(|| Thread::new(polres, report, at));
        thread.hear(message);
        thread.last_at = at;
        thread.messages += 1;
        self.open.insert(reporter, thread);
    }

    /// A report that turns out to lie in another office's area goes there with everything said so far.
    async fn hand_over_if_elsewhere(&self, desk: &DeskHandle, entries: &[Entry]) {
        let elsewhere = entries.iter().find_map(|entry| match &entry.event {
            Event::ReportLocated { report, place, jurisdiction: Some(j) }
                if j.polres != desk.parts.office.code
                    && place.confidence >= desk.parts.rules.now().plans.automatic.place_confidence =>
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

/// All names a message carries: one more name is one more thing to learn.
fn names_key(sender: &Sender) -> String {
    let names = [&sender.user_id, &sender.wa_id, &sender.jid];
    names.map(|name| name.as_deref().unwrap_or_default()).join(" ")
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

/// The block of a sender who is blocked.
fn block_of(entries: &[Entry]) -> Option<BlockId> {
    entries.iter().find_map(|entry| match entry.event {
        Event::BlockedContact { block, .. } => Some(block),
        _ => None,
    })
}

/// Whether what a report means was judged anew.
fn is_read(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.event, Event::ReportRead { .. }))
}

/// Whether a message shows something that words do not say.
fn shows(message: &InboundMessage) -> bool {
    use MessageKind as Kind;
    matches!(
        message.kind,
        Kind::Location | Kind::Image | Kind::Video | Kind::Document | Kind::Audio | Kind::Voice | Kind::Unsupported
    )
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
