//! From a webhook body to a report on a desk.
//!
//! The raw body is durable before the channel hears 200; the rest happens after. What was not worked
//! off when the process died is worked off at the next start; a message that comes twice makes
//! nothing new. Messages of one person are worked off in order.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::desks::{Chain, ClockDebug, DeskHandle, SubmitError};
use super::reading::Reader;
use super::threads::{Sent, Threads};
use crate::channels::citizen_app;
use crate::channels::gowa;
use crate::channels::whatsapp::{self, Inbound, Malformed};
use crate::channels::{InboundMessage, MessageKind};
use crate::model::clock::Timestamp;
use crate::model::entry::DeliveryStatus;
use crate::model::id::{Ids, ReporterId};
use crate::model::report::Channel;
use crate::store::inbox::{self, Arrival, Format};
use crate::store::{Store, StoreError};
use crate::understand::turns::Turns;

/// Workers; messages of one person always meet the same one. Each waits for one flush at a time, so
/// this many messages can share one.
const SHARDS: usize = 64;

/// Messages that may wait for a worker; beyond it the door waits.
const QUEUE: usize = 128;

/// Messages a worker looks up together.
const TOGETHER: usize = 64;

/// How long somebody with the app waits for his report to reach a desk.
const APP_WAITS: Duration = Duration::from_secs(3);

/// Why a body was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It cannot be read. (http: 400)
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It could not be recorded; the channel is to send it again. (http: 503)
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Shutting down. (http: 503)
    #[error("shutting down")]
    Closing,
    /// It is recorded and will become a report, but not in the time a caller waits. (http: 503)
    #[error("recorded, not yet worked off")]
    Late,
}

/// What the intake works with.
#[derive(Debug)]
pub struct IntakeParts {
    /// Where bodies and messages are recorded.
    pub store: Store,
    /// The desks by Polres.
    pub desks: HashMap<String, DeskHandle>,
    /// Polres of each telephone of ours.
    pub lines: HashMap<String, String>,
    /// Telephones whose messages carry numbers where others carry buttons.
    pub numbered: HashSet<String>,
    /// Understands and locates.
    pub reader: Arc<Reader>,
    /// Knows "sampai mana?", "petugas", "makasih".
    pub turns: Turns,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
    /// Reporters that turned out to be others while this program ran.
    pub merged: Mutex<HashMap<ReporterId, ReporterId>>,
    /// Messages of one person within a minute that are answered and read together.
    pub burst_per_min: u32,
}

/// The way in; cheap to clone.
#[derive(Debug, Clone)]
pub struct Intake {
    parts: Arc<IntakeParts>,
    shards: Vec<mpsc::Sender<Job>>,
    done: mpsc::UnboundedSender<Uuid>,
}

/// A body in work: settled when the last of its messages is.
#[derive(Debug)]
struct Body {
    id: Uuid,
    left: AtomicUsize,
    done: mpsc::UnboundedSender<Uuid>,
    /// Wakes the one who waits for it, if anybody does.
    finished: Notify,
}

impl Body {
    fn finished_one(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.finished.notify_one();
            // Without a receiver the body stays undone and is read again at the next start.
            let _ = self.done.send(self.id);
        }
    }
}

#[derive(Debug)]
struct Job {
    what: Inbound,
    received_at: Timestamp,
    body: Arc<Body>,
}

impl Intake {
    /// Starts the workers and takes up what an earlier run left undone.
    ///
    /// # Errors
    /// The inbox cannot be read.
    pub async fn start(
        parts: IntakeParts,
        stop: CancellationToken,
    ) -> Result<(Self, Vec<tokio::task::JoinHandle<()>>), StoreError> {
        let parts = Arc::new(parts);
        let (done, settled) = mpsc::unbounded_channel();
        let mut tasks = vec![tokio::spawn(settle(parts.clone(), settled, stop.clone()))];
        let mut shards = Vec::new();
        for _ in 0..SHARDS {
            let (shard, jobs) = mpsc::channel(QUEUE);
            shards.push(shard);
            tasks.push(tokio::spawn(Worker::new(parts.clone(), stop.clone()).run(jobs)));
        }
        let intake = Self { parts, shards, done };
        for arrival in intake.parts.store.undone(100_000).await? {
            match stored(&arrival) {
                Ok(items) => drop(intake.hand_out(arrival.id, items, arrival.received_at).await),
                Err(error) => tracing::warn!(error = %error, "a stored body cannot be read"),
            }
        }
        Ok((intake, tasks))
    }

    /// Takes a body whose signature was checked. Durable when this returns.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn accept(&self, format: Format, body: Bytes) -> Result<(), IntakeError> {
        let received_at = self.parts.clock.now();
        let items = read(format, &body, received_at)?;
        let id = Ids::random().next(received_at);
        let arrival = Arrival { id, channel: Channel::Whatsapp, format, received_at, body: body.to_vec() };
        let row = inbox::insert(self.parts.store.vault(), &arrival)?;
        self.parts.store.write(vec![row]).await?;
        metrics::counter!("sigap_webhook_bodies_total").increment(1);
        self.hand_out(id, items, received_at).await.map(drop).ok_or(IntakeError::Closing)
    }

    /// Takes messages of the citizen app: durable first, and on a desk when this returns.
    ///
    /// # Errors
    /// [`IntakeError`]; after `Late` they are recorded all the same, and the same messages sent again
    /// make nothing new.
    pub async fn accept_app(&self, messages: Vec<InboundMessage>) -> Result<(), IntakeError> {
        let received_at = self.parts.clock.now();
        let id = Ids::random().next(received_at);
        let body = citizen_app::to_store(&messages);
        let row = inbox::insert(
            self.parts.store.vault(),
            &Arrival { id, channel: Channel::CitizenApp, format: Format::Graph, received_at, body },
        )?;
        self.parts.store.write(vec![row]).await?;
        let items = messages.into_iter().map(|message| Inbound::Message(Box::new(message))).collect();
        let body = self.hand_out(id, items, received_at).await.ok_or(IntakeError::Closing)?;
        tokio::time::timeout(APP_WAITS, body.finished.notified()).await.map_err(|_| IntakeError::Late)
    }

    /// Takes a body as [`Intake::accept`] does, and waits until its messages are on a desk: for a
    /// rehearsal, whose clock stands meanwhile.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn accept_whole(&self, body: Bytes) -> Result<(), IntakeError> {
        let received_at = self.parts.clock.now();
        let items = read(Format::Graph, &body, received_at)?;
        let id = Ids::random().next(received_at);
        let arrival =
            Arrival { id, channel: Channel::Whatsapp, format: Format::Graph, received_at, body: body.to_vec() };
        self.parts.store.write(vec![inbox::insert(self.parts.store.vault(), &arrival)?]).await?;
        let body = self.hand_out(id, items, received_at).await.ok_or(IntakeError::Closing)?;
        tokio::time::timeout(APP_WAITS, body.finished.notified()).await.map_err(|_| IntakeError::Late)
    }

    async fn hand_out(&self, id: Uuid, items: Vec<Inbound>, received_at: Timestamp) -> Option<Arc<Body>> {
        // One more than there are items, so that a body settles only after all are handed out.
        let left = AtomicUsize::new(items.len() + 1);
        let body = Arc::new(Body { id, left, done: self.done.clone(), finished: Notify::new() });
        for what in items {
            let shard = &self.shards[shard_of(&what)];
            shard.send(Job { what, received_at, body: body.clone() }).await.ok()?;
        }
        body.finished_one();
        Some(body)
    }
}

/// The messages of a body that an earlier run left undone.
fn stored(arrival: &Arrival) -> Result<Vec<Inbound>, Malformed> {
    match arrival.channel {
        Channel::CitizenApp => {
            let messages = citizen_app::from_store(&arrival.body);
            Ok(messages.into_iter().map(|message| Inbound::Message(Box::new(message))).collect())
        }
        _ => read(arrival.format, &arrival.body, arrival.received_at),
    }
}

fn read(format: Format, body: &[u8], now: Timestamp) -> Result<Vec<Inbound>, Malformed> {
    match format {
        Format::Graph => whatsapp::parse(body, now),
        Format::Gowa => gowa::parse(body, now),
    }
}

fn shard_of(item: &Inbound) -> usize {
    let mut hasher = DefaultHasher::new();
    match item {
        Inbound::Message(message) => message.sender.key().hash(&mut hasher),
        Inbound::Status { external_id, .. } => external_id.hash(&mut hasher),
        Inbound::Ignored { .. } => {}
    }
    usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0)
}

/// Notes in the inbox what is worked off, many bodies in one write; again when storage was away.
async fn settle(parts: Arc<IntakeParts>, mut settled: mpsc::UnboundedReceiver<Uuid>, stop: CancellationToken) {
    let mut ids = Vec::new();
    loop {
        // What could not be noted last time does not wait for more.
        if ids.is_empty() {
            tokio::select! {
                biased;
                count = settled.recv_many(&mut ids, 500) => if count == 0 { return },
                () = stop.cancelled() => return,
            }
        }
        let now = parts.clock.now();
        let rows = ids.iter().map(|id| inbox::mark_done(*id, now)).collect();
        match parts.store.write(rows).await {
            Ok(()) => ids.clear(),
            Err(error) => tracing::warn!(error = %Chain(&error), "bodies could not be marked as done yet"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
}

struct Worker {
    parts: Arc<IntakeParts>,
    threads: Threads,
    recent: HashSet<String>,
    stop: CancellationToken,
}

/// Told to stop while storage is away: what is in hand stays in the inbox for the next start.
struct Stopped;

impl Worker {
    fn new(parts: Arc<IntakeParts>, stop: CancellationToken) -> Self {
        Self { threads: Threads::new(parts.clone()), parts, recent: HashSet::new(), stop }
    }

    async fn run(mut self, jobs: mpsc::Receiver<Job>) {
        let Err(Stopped) = self.work_off(jobs).await else { return };
        tracing::debug!("told to stop; what is left stays in the inbox");
    }

    async fn work_off(&mut self, mut jobs: mpsc::Receiver<Job>) -> Result<(), Stopped> {
        let mut batch = Vec::with_capacity(TOGETHER);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Stopped),
                count = jobs.recv_many(&mut batch, TOGETHER) => if count == 0 { return Ok(()) },
            }
            self.forget_some();
            let known = self.known(&batch).await?;
            for job in batch.drain(..) {
                self.work(&job, &known).await?;
                job.body.finished_one();
            }
        }
    }

    /// Waits for something that may take as long as storage is away.
    async fn unless_stopped<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Stopped> {
        self.stop.run_until_cancelled(waiting).await.ok_or(Stopped)
    }

    /// The memory of ids is bounded: what it forgets is still in the store.
    fn forget_some(&mut self) {
        if self.recent.len() > 10_000 {
            self.recent.clear();
        }
    }

    /// Which messages of the batch are recorded already.
    async fn known(&self, batch: &[Job]) -> Result<HashSet<String>, Stopped> {
        let mut known = HashSet::new();
        for channel in [Channel::Whatsapp, Channel::CitizenApp] {
            let of_channel = |job: &Job| match &job.what {
                Inbound::Message(message) if message.channel == channel => Some(message.external_id.clone()),
                _ => None,
            };
            let ids: Vec<String> = batch.iter().filter_map(of_channel).collect();
            if !ids.is_empty() {
                known.extend(self.unless_stopped(patiently(|| self.parts.store.known_external(channel, &ids))).await?);
            }
        }
        Ok(known)
    }

    async fn work(&mut self, job: &Job, known: &HashSet<String>) -> Result<(), Stopped> {
        match &job.what {
            Inbound::Message(message) => {
                if known.contains(&message.external_id) || !self.recent.insert(message.external_id.clone()) {
                    tracing::debug!("a message came again");
                    return Ok(());
                }
                self.message(message, job.received_at).await
            }
            Inbound::Status { external_id, status, .. } => self.status(external_id, *status).await,
            Inbound::Ignored { why } => {
                tracing::debug!(why, "an item of a body was not for us");
                Ok(())
            }
        }
    }

    async fn message(&mut self, message: &InboundMessage, received_at: Timestamp) -> Result<(), Stopped> {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.threads.take(message, received_at).await {
                Ok(Sent::Recorded) => return Ok(()),
                // The sender is known by another name since: look again.
                Err(SubmitError::Conflict(_)) => self.threads.forget(message),
                Err(SubmitError::Away) => tracing::warn!("storage is away; a message waits"),
                Err(error) => {
                    tracing::error!(error = %error, "a message could not become a report; its body stays in the inbox");
                    return Ok(());
                }
            }
            self.unless_stopped(tokio::time::sleep(pause)).await?;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn status(&self, external_id: &str, status: whatsapp::MessageStatus) -> Result<(), Stopped> {
        let asking = patiently(|| self.parts.store.message_by_external(Channel::Whatsapp, external_id));
        let Some(message) = self.unless_stopped(asking).await? else { return Ok(()) };
        let status = match status {
            whatsapp::MessageStatus::Sent => DeliveryStatus::Sent,
            whatsapp::MessageStatus::Delivered => DeliveryStatus::Delivered,
            whatsapp::MessageStatus::Read | whatsapp::MessageStatus::Played => DeliveryStatus::Read,
            whatsapp::MessageStatus::Failed => DeliveryStatus::Failed,
        };
        // Order is not guaranteed: "delivered" after "read" is no news.
        let news = message.status.is_none_or(|last| status > last);
        if let (true, Some(desk)) = (news, self.parts.desks.get(&message.polres)) {
            super::outgoing::note_status(desk, message.report, message.id, status).await;
        }
        Ok(())
    }
}

/// Asks the store until it answers: a worker has nothing better to do while it is away.
async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(ask: impl Fn() -> F) -> T {
    let mut pause = Duration::from_millis(100);
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => tracing::warn!(error = %Chain(&error), "the store does not answer; messages wait"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

/// Whether a message says anything an operator could read.
#[must_use]
pub fn is_mute(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Sticker | MessageKind::Unsupported | MessageKind::Other | MessageKind::Contacts)
}
