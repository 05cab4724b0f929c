//! One connection to PostgreSQL: prepared statements, whole transactions sent in one flight, rows.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{MaybeDone, join_all, maybe_done};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls};

use super::value::from_pg;
use crate::store::dialect::Dialect;
use crate::store::error::StoreError;
use crate::store::value::{Columns, Row, Statement, Value};

/// What each session is told first. Entries are answered when they are on the disk, also where the
/// cluster's default is laxer; a stricter default (a synchronous standby) stays.
const SETUP: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'";

/// One connection.
pub(super) struct Session {
    client: Client,
    driver: JoinHandle<()>,
    prepared: Mutex<HashMap<(usize, usize), tokio_postgres::Statement>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // the socket closes at once; the server takes back what was not committed
        self.driver.abort();
    }
}

impl Session {
    /// Connects, within `limit`.
    pub(super) async fn connect(config: &Config, limit: Duration) -> Result<Self, StoreError> {
        let connecting = async {
            let (client, connection) = config.connect(NoTls).await?;
            let driver = tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(%error, "a connection to PostgreSQL was lost");
                }
            });
            let session = Self { client, driver, prepared: Mutex::default() };
            session.client.batch_execute(SETUP).await?;
            Ok(session)
        };
        let connected = tokio::time::timeout(limit, connecting).await;
        let connected: Result<Self, Error> =
            connected.map_err(|error| StoreError::backend("connecting to PostgreSQL", error))?;
        connected.map_err(|error| StoreError::backend("connecting to PostgreSQL", error))
    }

    /// Whether the connection is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs SQL as it stands.
    pub(super) async fn script(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// Does all jobs in one transaction, or none. Everything is sent before the first answer is
    /// awaited: one round trip however many statements there are.
    pub(super) async fn commit(&self, jobs: &[Vec<Statement>]) -> Result<(), Error> {
        let mut prepared = Vec::new();
        for statement in jobs.iter().flatten() {
            prepared.push((self.prepare(statement.sql).await?, bound(&statement.params)));
        }
        let mut flights = vec![boxed(self.script("BEGIN"))];
        flights.extend(
            prepared.iter().map(|(statement, params)| {
                boxed(async move { self.client.execute(statement, params).await.map(drop) })
            }),
        );
        let mut flights: Vec<_> = flights.into_iter().map(maybe_done).collect();
        start(&mut flights).await;
        // a value that does not fit its parameter fails here already, without the server: it would commit the rest
        let spoiled = flights.iter().any(|flight| matches!(flight, MaybeDone::Done(Err(_))));
        flights.push(maybe_done(boxed(self.script(if spoiled { "ROLLBACK" } else { "COMMIT" }))));
        let outcomes = land(flights).await;
        // a COMMIT after a failed statement takes everything back and answers as if all were well
        let failures = outcomes.into_iter().filter_map(Result::err);
        failures.min_by_key(|error| error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)).map_or(Ok(()), Err)
    }

    /// Rows of a question.
    pub(super) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let failed = |error| StoreError::backend("reading", error);
        let statement = self.prepare(sql).await.map_err(failed)?;
        let found = self.client.query(&statement, &bound(params)).await.map_err(failed)?;
        let columns: Columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let row = |row: &tokio_postgres::Row| {
            let values = (0..columns.len()).map(|column| from_pg(row, column)).collect::<Result<_, _>>()?;
            Ok(Row::new(Arc::clone(&columns), values))
        };
        found.iter().map(row).collect()
    }

    async fn prepare(&self, sql: &'static str) -> Result<tokio_postgres::Statement, Error> {
        // a text is a constant of the program: its address names it
        let key = (sql.as_ptr().addr(), sql.len());
        let known = self.prepared.lock().get(&key).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(&Dialect::Postgis.translate(sql)).await?;
        self.prepared.lock().insert(key, statement.clone());
        Ok(statement)
    }
}

fn bound(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

type Flight<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

fn boxed<'a>(flight: impl Future<Output = Result<(), Error>> + Send + 'a) -> Flight<'a> {
    Box::pin(flight)
}

/// Starts the flights one after another: a request is sent when its future is polled first.
async fn start(flights: &mut [MaybeDone<Flight<'_>>]) {
    poll_fn(|context| {
        for flight in &mut *flights {
            let _ = Pin::new(flight).poll(context);
        }
        Poll::Ready(())
    })
    .await;
}

/// Waits for all flights; their outcomes in the order they were started.
async fn land(mut flights: Vec<MaybeDone<Flight<'_>>>) -> Vec<Result<(), Error>> {
    join_all(flights.iter_mut().map(Pin::new)).await;
    flights.iter_mut().filter_map(|flight| Pin::new(flight).take_output()).collect()
}
