//! The embedded store: one writer thread that shares each flush among all waiting jobs, and a few
//! read connections.
//!
//! A job is a list of statements that happen together or not at all. The writer takes every job
//! that waits, runs them in one transaction, commits once, and only then answers. When one fails, all
//! are run again, each in a savepoint, so that the failing one goes back alone. A failed flush answers all of them with a failure; the file
//! is opened afresh for the next batch.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use parking_lot::Mutex;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, params_from_iter};
use tokio::sync::{Semaphore, oneshot};

use super::dialect::Dialect;
use super::error::StoreError;
use super::migrations;
use super::value::{Columns, Row, Statement, Value};

/// Jobs that share one flush at most.
const BATCH: usize = 512;

/// Connections that read at the same time.
const READERS: usize = 4;

/// Prepared statements kept per connection: more than the program has texts.
const STATEMENTS: usize = 256;

type Answer = oneshot::Sender<Result<(), StoreError>>;

enum Message {
    Job(Vec<Statement>, Answer),
    Stop,
}

/// The embedded store.
pub(crate) struct Sqlite {
    jobs: Sender<Message>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
}

impl Sqlite {
    /// Opens or makes the file at `path`, brings its tables up to date, starts the writer.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::backend("making the data folder", error))?;
        }
        let mut first = Handle::open(path)?;
        migrations::run_sqlite(&mut first.connection)?;
        let (jobs, waiting) = channel();
        let writer = Writer { path: path.to_owned(), handle: Some(first) };
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(&waiting))
            .map_err(|error| StoreError::backend("starting the writer", error))?;
        let readers = Readers { path: path.to_owned(), idle: Mutex::default(), permits: Semaphore::new(READERS) };
        Ok(Self { jobs, writer: Mutex::new(Some(writer)), readers: Arc::new(readers) })
    }

    /// Does the statements together, durably.
    pub(crate) async fn write(&self, job: Vec<Statement>) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let closed = || StoreError::backend("writing", "the writer has stopped");
        self.jobs.send(Message::Job(job, answer)).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Rows of a question.
    pub(crate) async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let readers = Arc::clone(&self.readers);
        let _permit = self.readers.permits.acquire().await.map_err(|error| StoreError::backend("reading", error))?;
        let work = tokio::task::spawn_blocking(move || readers.read(sql, &params));
        work.await.map_err(|error| StoreError::backend("reading", error))?
    }

    /// Waits until all jobs handed in are done, then ends the writer.
    pub(crate) async fn close(&self) {
        let _ = self.jobs.send(Message::Stop);
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        }
        self.readers.idle.lock().clear();
    }
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Handle>>,
    permits: Semaphore,
}

impl Readers {
    fn read(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let idle = self.idle.lock().pop();
        let mut handle = idle.map_or_else(|| Handle::open(&self.path), Ok)?;
        // a connection that failed is not used again
        let rows = handle.query(sql, params).map_err(|error| classify("reading", error))?;
        self.idle.lock().push(handle);
        Ok(rows)
    }
}

/// A connection and the texts it has translated.
struct Handle {
    connection: Connection,
    texts: HashMap<(usize, usize), String>,
}

impl Handle {
    fn open(path: &Path) -> Result<Self, StoreError> {
        Self::connect(path).map_err(|error| StoreError::backend("opening the SQLite file", error))
    }

    fn connect(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // FULL: a commit is on the disk before it is answered, in WAL mode too
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;",
        )?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self { connection, texts: HashMap::new() })
    }

    fn execute(&mut self, sql: &'static str, params: &[Value]) -> rusqlite::Result<()> {
        let text = translated(&mut self.texts, sql);
        let mut statement = self.connection.prepare_cached(text)?;
        statement.execute(params_from_iter(params))?;
        Ok(())
    }

    fn query(&mut self, sql: &'static str, params: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let text = translated(&mut self.texts, sql);
        let mut statement = self.connection.prepare_cached(text)?;
        let columns: Columns = statement.column_names().map(str::to_owned).collect();
        let mut found = statement.query(params_from_iter(params))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values = (0..columns.len()).map(|i| row.get_ref(i).map(Value::from)).collect::<Result<_, _>>()?;
            rows.push(Row::new(Arc::clone(&columns), values));
        }
        Ok(rows)
    }

    fn run(&mut self, job: &[Statement]) -> rusqlite::Result<()> {
        job.iter().try_for_each(|statement| self.execute(statement.sql, &statement.params))
    }

    /// As [`Handle::run`]; when it fails, nothing of the job stays.
    fn run_apart(&mut self, job: &[Statement]) -> rusqlite::Result<()> {
        self.execute("SAVEPOINT job", &[])?;
        let outcome = self.run(job);
        // grave failures (disk full, I/O) end the whole transaction by themselves
        if !self.connection.is_autocommit() {
            if outcome.is_err() {
                self.execute("ROLLBACK TO job", &[])?;
            }
            self.execute("RELEASE job", &[])?;
        }
        outcome
    }
}

/// The text as SQLite reads it. A text is a constant of the program: its address names it.
fn translated<'t>(texts: &'t mut HashMap<(usize, usize), String>, sql: &'static str) -> &'t str {
    texts.entry((sql.as_ptr().addr(), sql.len())).or_insert_with(|| Dialect::Sqlite.translate(sql))
}

struct Writer {
    path: PathBuf,
    handle: Option<Handle>,
}

impl Writer {
    fn run(mut self, waiting: &Receiver<Message>) {
        while let Ok(Message::Job(job, answer)) = waiting.recv() {
            let mut batch = vec![(job, answer)];
            let mut stop = false;
            while batch.len() < BATCH && !stop {
                match waiting.try_recv() {
                    Ok(Message::Job(job, answer)) => batch.push((job, answer)),
                    Ok(Message::Stop) => stop = true,
                    Err(_) => break,
                }
            }
            // whoever is not answered hears that the writer failed
            if catch_unwind(AssertUnwindSafe(|| self.batch(batch))).is_err() {
                tracing::error!("the store's writer failed unexpectedly; the file is opened again");
                self.handle = None;
            }
            if stop {
                break;
            }
        }
    }

    fn batch(&mut self, batch: Vec<(Vec<Statement>, Answer)>) {
        let (jobs, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        match self.commit(&jobs) {
            Ok(outcomes) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    let _ = answer.send(outcome);
                }
            }
            Err(error) => {
                self.handle = None;
                let cause = error.to_string();
                for answer in answers {
                    let _ = answer.send(Err(StoreError::backend("writing", cause.clone())));
                }
            }
        }
    }

    /// Runs the jobs in one transaction; the outer error means that none of them is stored.
    fn commit(&mut self, jobs: &[Vec<Statement>]) -> rusqlite::Result<Vec<Result<(), StoreError>>> {
        let mut handle = self.handle.take().map_or_else(|| Handle::connect(&self.path), Ok)?;
        handle.execute("BEGIN IMMEDIATE", &[])?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        if jobs.iter().try_for_each(|job| handle.run(job)).is_ok() {
            outcomes.extend(jobs.iter().map(|_| Ok(())));
        } else {
            // rare: again from the start, each job in a savepoint (which costs a copy of every page)
            if !handle.connection.is_autocommit() {
                handle.execute("ROLLBACK", &[])?;
            }
            handle.execute("BEGIN IMMEDIATE", &[])?;
            for job in jobs {
                match handle.run_apart(job) {
                    Err(error) if handle.connection.is_autocommit() => return Err(error),
                    outcome => outcomes.push(outcome.map_err(|error| classify("writing", error))),
                }
            }
        }
        handle.execute("COMMIT", &[])?;
        self.handle = Some(handle);
        Ok(outcomes)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(it) => ValueRef::Integer(*it),
            Self::Real(it) => ValueRef::Real(*it),
            Self::Text(it) => ValueRef::Text(it.as_bytes()),
            Self::Blob(it) => ValueRef::Blob(it),
        }))
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(it: ValueRef<'_>) -> Self {
        match it {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(it) => Self::Int(it),
            ValueRef::Real(it) => Self::Real(it),
            ValueRef::Text(it) => Self::Text(String::from_utf8_lossy(it).into_owned()),
            ValueRef::Blob(it) => Self::Blob(it.to_vec()),
        }
    }
}

/// Uniqueness rules by the columns SQLite names, and their names in PostgreSQL.
const RULES: &[(&str, &str)] = &[
    ("entries.polres, entries.seq", "entries_pkey"),
    ("assignments.unit_id", "one_live_assignment_per_unit"),
    ("assignments.incident_id", "one_primary_per_incident"),
    ("users.username", "users_username_key"),
    ("reporter_aliases.alias", "reporter_aliases_pkey"),
];

fn classify(doing: &'static str, error: rusqlite::Error) -> StoreError {
    if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
        return StoreError::backend(doing, error);
    }
    let text = error.to_string();
    let Some((_, columns)) = text.split_once("UNIQUE constraint failed: ") else {
        return StoreError::backend(doing, error);
    };
    let rule = RULES.iter().find(|(known, _)| *known == columns);
    StoreError::conflict(rule.map_or(columns, |(_, name)| name))
}
