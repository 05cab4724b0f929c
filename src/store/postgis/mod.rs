//! The PostgreSQL store: one writer task that shares each commit among all waiting jobs, and a small
//! pool of connections that read.
//!
//! All jobs that wait go into one transaction, sent in one flight. When it fails, its halves are tried
//! apart, down to the one job that is wrong: only that one hears of it. A connection that is lost fails
//! the jobs on it (whether they arrived is not known then) and is made again with the next ones.

mod session;
mod value;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_postgres::Config;
use tokio_postgres::error::SqlState;

use super::error::StoreError;
use super::migrations;
use super::value::{Row, Statement, Value};
use session::Session;

/// Jobs that share one commit at most.
const BATCH: usize = 512;

/// Connections that read at the same time; each takes many questions at once.
const READERS: usize = 4;

/// Longest wait for an answer to something small.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// Waits between attempts to connect: jobs in between are refused at once.
const BACKOFF: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];

/// Key of the lock under which one program migrates at a time: "sigap" in ASCII.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(495639978352)";

type Job = (Vec<Statement>, oneshot::Sender<Result<(), StoreError>>);

/// The PostgreSQL store.
pub(crate) struct Postgis {
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: [Link; READERS],
    turn: AtomicUsize,
}

impl Postgis {
    /// Connects, brings the tables up to date, starts the writer.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error| StoreError::backend("reading the database url", error))?;
        config.application_name("sigap").connect_timeout(CONNECT).tcp_user_timeout(PATIENCE);
        let config = Arc::new(config);
        migrate(&Session::connect(&config, CONNECT).await?).await?;
        let (jobs, waiting) = mpsc::unbounded_channel();
        let writer = tokio::spawn(write_all(Link::new(&config), waiting));
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(Some(writer)),
            readers: std::array::from_fn(|_| Link::new(&config)),
            turn: AtomicUsize::new(0),
        })
    }

    /// Does the statements together, durably.
    pub(crate) async fn write(&self, job: Vec<Statement>) -> Result<(), StoreError> {
        let limit = patience(&job);
        let (answer, answered) = oneshot::channel();
        let stopped = || StoreError::backend("writing", "the writer has stopped");
        let jobs = self.jobs.lock().await.clone().ok_or_else(stopped)?;
        jobs.send((job, answer)).map_err(|_| stopped())?;
        let answered = tokio::time::timeout(limit, answered).await;
        answered.map_err(|error| StoreError::backend("writing", error))?.map_err(|_| stopped())?
    }

    /// Rows of a question.
    pub(crate) async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        let Some(link) = self.readers.get(turn) else {
            return Err(StoreError::backend("reading", "no connection"));
        };
        let asking = async {
            let session = link.session().await?;
            match session.query(sql, &params).await {
                // a connection that was lost meanwhile: a question may be asked twice
                Err(_) if session.is_closed() => link.session().await?.query(sql, &params).await,
                answer => answer,
            }
        };
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(answer) => answer,
            Err(error) => {
                link.drop_session().await;
                Err(StoreError::backend("reading", error))
            }
        }
    }

    /// Waits until all jobs handed in are done, then ends the writer and lets go of connections.
    pub(crate) async fn close(&self) {
        *self.jobs.lock().await = None;
        if let Some(writer) = self.writer.lock().await.take() {
            let _ = writer.await;
        }
        for link in &self.readers {
            link.drop_session().await;
        }
    }
}

/// How long a job may take: a small one [`PATIENCE`], a large one 2 ms more for each statement and 1 s
/// for each megabyte.
fn patience(job: &[Statement]) -> Duration {
    PATIENCE + extra(job)
}

fn extra(job: &[Statement]) -> Duration {
    let size = |value: &Value| match value {
        Value::Text(it) => it.len(),
        Value::Blob(it) => it.len(),
        Value::Null | Value::Int(_) | Value::Real(_) => 8,
    };
    let bytes: usize = job.iter().flat_map(|statement| &statement.params).map(size).sum();
    let extra_ms = job.len() * 2 + bytes / 1000;
    Duration::from_millis(u64::try_from(extra_ms).unwrap_or(u64::MAX))
}

/// A place for one connection, made when it is needed and again when it was lost.
struct Link {
    config: Arc<Config>,
    state: Mutex<LinkState>,
}

#[derive(Default)]
struct LinkState {
    session: Option<Arc<Session>>,
    failures: usize,
    not_before: Option<Instant>,
}

impl Link {
    fn new(config: &Arc<Config>) -> Self {
        Self { config: Arc::clone(config), state: Mutex::default() }
    }

    /// The connection. After a failed attempt the next one waits; whoever asks in between is refused.
    async fn session(&self) -> Result<Arc<Session>, StoreError> {
        let mut state = self.state.lock().await;
        if let Some(session) = state.session.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        state.session = None;
        if state.not_before.is_some_and(|at| Instant::now() < at) {
            return Err(StoreError::backend("connecting to PostgreSQL", "it was away a moment ago"));
        }
        match Session::connect(&self.config, CONNECT).await {
            Ok(session) => {
                let session = Arc::new(session);
                *state = LinkState { session: Some(Arc::clone(&session)), ..LinkState::default() };
                Ok(session)
            }
            Err(error) => {
                let wait = BACKOFF.get(state.failures).or(BACKOFF.last()).copied().unwrap_or_default();
                state.failures += 1;
                state.not_before = Some(Instant::now() + wait);
                Err(error)
            }
        }
    }

    async fn drop_session(&self) {
        self.state.lock().await.session = None;
    }
}

async fn write_all(link: Link, mut waiting: mpsc::UnboundedReceiver<Job>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // nobody waits any more for a job that ran out of patience in the queue
        let (jobs, answers): (Vec<_>, Vec<_>) = batch.drain(..).filter(|(_, answer)| !answer.is_closed()).unzip();
        let outcomes = write_batch(&link, &jobs).await;
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _ = answer.send(outcome);
        }
    }
}

/// One outcome for each job.
async fn write_batch(link: &Link, jobs: &[Vec<Statement>]) -> Vec<Result<(), StoreError>> {
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut parts = vec![jobs];
    while let Some(part) = parts.pop() {
        match write_part(link, part).await {
            Ok(()) => outcomes.extend(part.iter().map(|_| Ok(()))),
            Err(Failure::Gone(cause)) => {
                let failed = || Err(StoreError::backend("writing", cause.clone()));
                outcomes.extend(part.iter().map(|_| failed()));
            }
            Err(Failure::Refused(error)) if part.len() < 2 => outcomes.push(Err(error)),
            Err(Failure::Refused(_)) => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
        }
    }
    outcomes
}

enum Failure {
    /// The database said no: some job of the part is wrong.
    Refused(StoreError),
    /// The connection is lost or silent: not known what arrived.
    Gone(String),
}

async fn write_part(link: &Link, part: &[Vec<Statement>]) -> Result<(), Failure> {
    if part.is_empty() {
        return Ok(());
    }
    let session = link.session().await.map_err(|error| Failure::Gone(chain(&error)))?;
    let limit = PATIENCE + part.iter().map(|job| extra(job)).sum::<Duration>();
    match tokio::time::timeout(limit, session.commit(part)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if error.as_db_error().is_some() && !ends_session(&error) => {
            Err(Failure::Refused(classify(error)))
        }
        Ok(Err(error)) if !session.is_closed() && error.as_db_error().is_none() && !error.is_closed() => {
            // a value that does not fit its parameter
            Err(Failure::Refused(StoreError::backend("writing", error)))
        }
        Ok(Err(error)) => {
            link.drop_session().await;
            Err(Failure::Gone(chain(&error)))
        }
        Err(_) => {
            link.drop_session().await;
            Err(Failure::Gone(format!("PostgreSQL did not answer within {limit:?}")))
        }
    }
}

/// The server is going down or has thrown the session out.
fn ends_session(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW].contains(&code)
    })
}

fn classify(error: tokio_postgres::Error) -> StoreError {
    let broken = error.as_db_error().filter(|db| *db.code() == SqlState::UNIQUE_VIOLATION);
    match broken.and_then(|db| db.constraint()) {
        Some(constraint) => StoreError::conflict(constraint),
        None => StoreError::backend("writing", error),
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Brings the tables up to date; several programs that start together take turns.
async fn migrate(session: &Session) -> Result<(), StoreError> {
    let failed = |error| StoreError::backend("migrating", error);
    session.script(MIGRATION_LOCK).await.map_err(failed)?;
    session.script(migrations::LEDGER_POSTGIS).await.map_err(failed)?;
    let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations";
    let found = session.query(sql, &[]).await?.first().map_or(Ok(0), |row| row.int(0))?;
    for step in migrations::missing(found)? {
        let note = format!("INSERT INTO schema_migrations (version, name) VALUES ({}, '{}')", step.version, step.name);
        session.script(&format!("BEGIN;\n{}\n;{note}; COMMIT", step.postgis)).await.map_err(failed)?;
    }
    // the lock goes with the session, which is not kept
    Ok(())
}
