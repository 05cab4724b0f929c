//! One task owns each desk: takes commands, decides, records durably, applies, then tells.
//!
//! Commands that wait at the same time are decided one after another, each seeing the entries of
//! those before it, and share one flush. Answers and pushes wait for the flush. When it fails, the
//! batch never happened: the desk is read again from the journal and the callers hear
//! [`SubmitError::Away`], so that channels retry.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::closed_roads::ClosedRoads;
use super::field::Field;
use super::outgoing::Outgoing;
use super::rules::OfficeRules;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::decide::decide;
use crate::dispatch::desk::{Desk, Touched};
use crate::model::clock::{Clock, Timestamp};
use crate::model::entry::{Actor, Entry};
use crate::model::id::{ClosureId, Ids};
use crate::model::jurisdiction::Office;
use crate::model::unit::UnitStatus;
use crate::realtime::hub::Room;
use crate::realtime::message::Frame;
use crate::store::{Statement, Store, StoreError, calls, closures, journal, projections, shield};

/// Commands that share one flush, at most.
const BATCH: usize = 256;

/// Commands that may wait for the desk; beyond it callers wait themselves.
const QUEUE: usize = 4096;

/// How often the desk looks at the clock when nothing is due.
const IDLE_TICK: Duration = Duration::from_secs(5);

/// Entries between two snapshots of the desk: what a start must fold at most.
const SNAPSHOT_EVERY: u64 = 20_000;

/// Rows that belong to a command and are recorded with its entries: people's data, mostly.
pub type Rows = Box<dyn FnOnce(&[Entry], &Desk) -> Result<Vec<Statement>, StoreError> + Send>;

/// A look at the desk between two batches.
type Look = Box<dyn FnOnce(&Desk) + Send>;

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The desk said no. (http: see [`Refusal`])
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rule of the tables said no. (http: 409)
    #[error("in conflict with what is stored ({0})")]
    Conflict(String),
    /// Storage is away: nothing was recorded, try again. (http: 503)
    #[error("storage is away; nothing was recorded")]
    Away,
    /// A fault of ours in deciding this command; nothing was recorded. (http: 500)
    #[error("the command could not be decided")]
    Fault,
}

enum Task {
    Submit {
        command: Command,
        actor: Actor,
        rows: Option<Rows>,
        answer: oneshot::Sender<Result<Vec<Entry>, SubmitError>>,
    },
    Look(Look),
}

/// What one desk works with.
#[derive(Debug, Clone)]
pub struct DeskParts {
    /// Whose desk.
    pub office: Office,
    /// Where it is recorded.
    pub store: Store,
    /// Its units and roads.
    pub field: Arc<Field>,
    /// What is closed on them; none without streets.
    pub roads: Option<Arc<ClosedRoads>>,
    /// Its screens.
    pub room: Arc<Room>,
    /// Its rules.
    pub rules: OfficeRules,
    /// Composes messages to reporters.
    pub outgoing: Arc<Outgoing>,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
    /// What it does counts in the figures of this server; not so in an exercise.
    pub counted: bool,
}

/// A clock that can be shown in debug output.
pub trait ClockDebug: Clock + std::fmt::Debug {}
impl<T: Clock + std::fmt::Debug> ClockDebug for T {}

/// A way to one desk; cheap to clone.
#[derive(Debug, Clone)]
pub struct DeskHandle {
    tasks: mpsc::Sender<Task>,
    /// What it works with.
    pub parts: DeskParts,
}

impl DeskHandle {
    /// Reads the desk from the journal and starts its task.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn start(
        parts: DeskParts,
        stop: CancellationToken,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), StoreError> {
        let desk = read_desk(&parts.store, &parts.office).await?;
        parts.room.begin_at(desk.seq);
        let (tasks, inbox) = mpsc::channel(QUEUE);
        let handle = Self { tasks, parts: parts.clone() };
        let mut owner = Owner {
            snapshot_at: desk.seq,
            desk,
            parts,
            ids: Ids::random(),
            ticked_at: Timestamp::default(),
            closed: BTreeSet::new(),
        };
        owner.parts.rules.follow(&owner.desk);
        owner.lay_closures().await;
        owner.update_field(owner.desk.units.keys().copied().collect::<Vec<_>>());
        let task = tokio::spawn(owner.run(inbox, stop));
        Ok((handle, task))
    }

    /// Decides a command and records it; the entries are durable when this returns.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was recorded.
    pub async fn submit(&self, actor: Actor, command: Command) -> Result<Vec<Entry>, SubmitError> {
        self.submit_with(actor, command, None).await
    }

    /// The same, with rows that are recorded in the same transaction.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was recorded.
    pub async fn submit_with(
        &self,
        actor: Actor,
        command: Command,
        rows: Option<Rows>,
    ) -> Result<Vec<Entry>, SubmitError> {
        let (answer, answered) = oneshot::channel();
        let task = Task::Submit { command, actor, rows, answer };
        self.tasks.send(task).await.map_err(|_| SubmitError::Away)?;
        answered.await.map_err(|_| SubmitError::Away)?
    }

    /// Looks at the desk as it stands between two batches: only what is durable is seen.
    ///
    /// # Errors
    /// The desk is closed.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Desk) -> T + Send + 'static,
    ) -> Result<T, SubmitError> {
        let (answer, answered) = oneshot::channel();
        let look: Look = Box::new(move |desk| drop(answer.send(look(desk))));
        self.tasks.send(Task::Look(look)).await.map_err(|_| SubmitError::Away)?;
        answered.await.map_err(|_| SubmitError::Away)
    }
}

/// Name of the blob that holds the snapshot of a desk.
fn snapshot_name(polres: &str) -> String {
    format!("desk/{polres}")
}

/// The desk as its journal tells it, from the last snapshot on.
///
/// # Errors
/// The journal cannot be read.
pub async fn read_desk(store: &Store, office: &Office) -> Result<Desk, StoreError> {
    let snapshot = store.blob(&snapshot_name(&office.code)).await?;
    let kept = snapshot.and_then(|bytes| serde_json::from_slice::<Desk>(&bytes).ok());
    let (head, _) = store.head(&office.code).await?;
    let desk = match kept.filter(|desk| desk.seq <= head) {
        Some(desk) => desk,
        None => Desk::new(&office.code, &office.prefix, office.utc_offset_h),
    };
    fold_journal(store, desk, |_, _| ()).await
}

/// Folds the journal onto `desk`, calling `each` after every entry.
///
/// # Errors
/// The journal cannot be read.
pub async fn fold_journal(
    store: &Store,
    mut desk: Desk,
    mut each: impl FnMut(&Desk, &Touched),
) -> Result<Desk, StoreError> {
    loop {
        let entries = store.read_after(&desk.polres, desk.seq, 2000).await?;
        if entries.is_empty() {
            return Ok(desk);
        }
        for entry in &entries {
            let touched = desk.apply(entry);
            each(&desk, &touched);
        }
    }
}

struct Owner {
    desk: Desk,
    parts: DeskParts,
    ids: Ids,
    snapshot_at: u64,
    ticked_at: Timestamp,
    /// The closures the roads know.
    closed: BTreeSet<ClosureId>,
}

/// A command that was decided and waits for the flush.
struct Waiting {
    answer: oneshot::Sender<Result<Vec<Entry>, SubmitError>>,
    result: Result<Vec<Entry>, SubmitError>,
}

/// What one batch will record.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    frames: Vec<Arc<Frame>>,
    touched: Touched,
    rows: Vec<Statement>,
    waiting: Vec<Waiting>,
    /// A decision was half applied when making its rows failed: nothing of the batch may stand.
    spoilt: Option<StoreError>,
}

impl Batch {
    fn spoil(&mut self, error: StoreError) -> SubmitError {
        self.spoilt = Some(error);
        SubmitError::Fault
    }
}

impl Owner {
    async fn run(mut self, mut inbox: mpsc::Receiver<Task>, stop: CancellationToken) {
        let mut tasks = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                count = inbox.recv_many(&mut tasks, BATCH) => if count == 0 { break },
                () = tokio::time::sleep(self.until_due()) => {}
            }
            self.work(std::mem::take(&mut tasks)).await;
        }
        // What was handed in before the stop is still carried out.
        inbox.close();
        while inbox.recv_many(&mut tasks, BATCH).await > 0 {
            self.work(std::mem::take(&mut tasks)).await;
        }
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now().max(self.desk.last_at)
    }

    /// When the clock next does something by itself: an offer ends, a call climbs.
    fn due_at(&self) -> Option<Timestamp> {
        let offer_ends = self.desk.offers.first().map(|(at, _)| *at);
        let road_changes = self.desk.next_closure_change(self.now());
        offer_ends.into_iter().chain(self.desk.calls.next_due()).chain(road_changes).min()
    }

    fn until_due(&self) -> Duration {
        let due = self.due_at().map(|at| at.secs_since(self.now()).max(0.0));
        due.map_or(IDLE_TICK, |secs| Duration::from_secs_f64(secs).min(IDLE_TICK))
    }

    async fn work(&mut self, tasks: Vec<Task>) {
        let idle = tasks.is_empty();
        let mut batch = Batch::default();
        let mut looks = Vec::new();
        for task in tasks {
            match task {
                Task::Look(look) => looks.push(look),
                Task::Submit { command, actor, rows, answer } => {
                    let result = self.decide(&command, actor, rows, &mut batch);
                    batch.waiting.push(Waiting { answer, result });
                }
            }
        }
        if idle || self.tick_is_due() {
            self.ticked_at = self.now();
            let _ = self.decide(&Command::Tick, Actor::System, None, &mut batch);
        }
        let freed = self.frees_a_unit(&batch);
        self.record(batch).await;
        // One that begins by itself has no entry of its own.
        self.lay_closures().await;
        if freed {
            self.serve_waiting().await;
        }
        looks.into_iter().for_each(|look| look(&self.desk));
        self.keep_snapshot().await;
    }

    fn tick_is_due(&self) -> bool {
        let now = self.now();
        self.due_at().is_some_and(|at| at <= now) || now.secs_since(self.ticked_at) >= IDLE_TICK.as_secs_f64()
    }

    fn frees_a_unit(&self, batch: &Batch) -> bool {
        let free = |id| self.desk.units.get(id).is_some_and(|unit| unit.status == UnitStatus::Available);
        batch.touched.units.iter().any(free)
    }

    /// A freed unit is found near an incident only once it is on the map, which is after its flush.
    async fn serve_waiting(&mut self) {
        let mut batch = Batch::default();
        let _ = self.decide(&Command::Tick, Actor::System, None, &mut batch);
        self.record(batch).await;
    }

    fn decide(
        &mut self,
        command: &Command,
        actor: Actor,
        rows: Option<Rows>,
        batch: &mut Batch,
    ) -> Result<Vec<Entry>, SubmitError> {
        let now = self.now();
        let Self { desk, parts, ids, .. } = self;
        let rules = parts.rules.now();
        // A fault in one decision must not take the desk down; deciding changes nothing.
        let decided = catch_unwind(AssertUnwindSafe(|| decide(desk, &*parts.field, &rules, command, now, ids)));
        let events = decided.map_err(|_| SubmitError::Fault)??;
        let mut entries = Vec::with_capacity(events.len());
        let mut extra = Vec::new();
        for event in events {
            let entry = Entry::seal(&self.desk.polres, self.desk.seq + 1, now, actor, event, self.desk.head);
            let touched = self.desk.apply(&entry);
            extra.extend(self.parts.outgoing.rows(&self.desk, &entry).map_err(|error| batch.spoil(error))?);
            batch.frames.push(Arc::new(Frame::new(&entry, &self.desk, &touched)));
            batch.touched.merge(&touched);
            entries.push(entry);
        }
        if let Some(rows) = rows {
            extra.extend(rows(&entries, &self.desk).map_err(|error| batch.spoil(error))?);
        }
        batch.entries.extend(entries.iter().cloned());
        batch.rows.extend(extra);
        Ok(entries)
    }

    /// Record before tell.
    async fn record(&mut self, batch: Batch) {
        let Batch { entries, frames, touched, rows, waiting, spoilt } = batch;
        if let Some(error) = spoilt {
            self.discard(&error, waiting).await;
            return;
        }
        if !entries.is_empty() || !rows.is_empty() {
            let mut job = journal::append(&entries);
            job.extend(self.projections(&touched));
            job.extend(rows);
            let began = self.parts.clock.now();
            if let Err(error) = self.parts.store.write(job).await {
                if self.parts.counted {
                    metrics::counter!("sigap_batches_failed_total").increment(1);
                }
                self.discard(&error, waiting).await;
                return;
            }
            if self.parts.counted {
                metrics::counter!("sigap_entries_total").increment(entries.len() as u64);
                metrics::histogram!("sigap_flush_seconds").record(self.parts.clock.now().secs_since(began));
            }
        }
        self.parts.rules.follow(&self.desk);
        self.update_field(touched.units);
        self.lay_closures().await;
        if !frames.is_empty() {
            self.parts.room.publish(frames);
        }
        for Waiting { answer, result } in waiting {
            // A caller that has gone away needs no answer.
            let _ = answer.send(result);
        }
    }

    fn projections(&self, touched: &Touched) -> Vec<Statement> {
        let desk = &self.desk;
        let polres = &desk.polres;
        let assignments: Vec<_> = touched.assignments.iter().filter_map(|id| desk.assignments.get(id)).collect();
        let reports = touched.reports.iter().filter_map(|id| desk.reports.get(id));
        let incidents = touched.incidents.iter().filter_map(|id| desk.incidents.get(id));
        let units = touched.units.iter().filter_map(|id| desk.units.get(id));
        let calls = touched.calls.iter().filter_map(|id| desk.calls.get(*id));
        let mut job = projections::upsert_assignments(polres, &assignments);
        job.extend(calls.map(|call| calls::upsert(polres, call)));
        job.extend(incidents.map(|incident| projections::upsert_incident(polres, incident)));
        job.extend(reports.map(|report| projections::upsert_report(polres, report)));
        job.extend(units.map(|unit| projections::upsert_unit(polres, unit)));
        let strikes = touched.strikes.iter().filter_map(|id| desk.strikes.get(id));
        let blocks: Vec<_> = touched.blocks.iter().filter_map(|id| desk.blocks.get(id)).collect();
        job.extend(strikes.map(|strike| shield::upsert_strike(polres, strike)));
        job.extend(shield::upsert_blocks(polres, &blocks));
        let roads = touched.closures.iter().filter_map(|id| desk.closures.get(id));
        job.extend(roads.map(|closure| closures::upsert(polres, closure)));
        job
    }

    /// The flush failed: the batch never happened.
    async fn discard(&mut self, error: &StoreError, waiting: Vec<Waiting>) {
        tracing::error!(polres = self.desk.polres, error = %Chain(error), "entries could not be recorded; reading the desk again");
        let said = match error {
            StoreError::Conflict { constraint } => SubmitError::Conflict(constraint.clone()),
            _ => SubmitError::Away,
        };
        for Waiting { answer, .. } in waiting {
            let _ = answer.send(Err(said.clone()));
        }
        let mut pause = Duration::from_millis(100);
        loop {
            match read_desk(&self.parts.store, &self.parts.office).await {
                Ok(desk) => {
                    self.desk = desk;
                    self.parts.rules.follow(&self.desk);
                    self.update_field(self.desk.units.keys().copied().collect::<Vec<_>>());
                    return;
                }
                Err(error) => {
                    tracing::warn!(polres = self.desk.polres, error = %Chain(&error), "the journal cannot be read");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Lets the roads know what holds now, when that has changed; before anyone is answered.
    async fn lay_closures(&mut self) {
        let Some(roads) = self.parts.roads.clone() else { return };
        let holds = self.desk.closures_now(self.now());
        if holds == self.closed {
            return;
        }
        let polres = self.desk.polres.clone();
        let closures: Vec<_> = holds.iter().filter_map(|id| self.desk.closures.get(id)).cloned().collect();
        match tokio::task::spawn_blocking(move || roads.set(&polres, &closures)).await {
            Ok(()) => self.closed = holds,
            Err(error) => {
                tracing::error!(polres = self.desk.polres, error = %error, "closures are not known to the roads");
            }
        }
    }

    fn update_field(&self, units: impl IntoIterator<Item = crate::model::id::UnitId>) {
        for unit in units.into_iter().filter_map(|id| self.desk.units.get(&id)) {
            self.parts.field.update(unit);
        }
    }

    async fn keep_snapshot(&mut self) {
        if self.desk.seq < self.snapshot_at + SNAPSHOT_EVERY {
            return;
        }
        self.snapshot_at = self.desk.seq;
        let Ok(bytes) = serde_json::to_vec(&self.desk) else { return };
        let put = crate::store::offices::put_blob(&snapshot_name(&self.desk.polres), bytes);
        if let Err(error) = self.parts.store.write(vec![put]).await {
            tracing::warn!(polres = self.desk.polres, error = %Chain(&error), "the desk's snapshot was not kept");
        }
    }
}

/// An error with all its causes on one line, for logs.
pub struct Chain<'a>(pub &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
