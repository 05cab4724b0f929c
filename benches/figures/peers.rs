//! Peers started by `benches/peers.sh`, found in the environment; one that is absent is left out.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};

/// A connection to the peer PostgreSQL, in a database of its own.
pub async fn postgres(database: &str) -> Option<Client> {
    let url = postgres_url(database).await?;
    connect(&url).await.ok()
}

/// The url of a fresh database on the peer PostgreSQL.
pub async fn postgres_url(database: &str) -> Option<String> {
    let url = std::env::var("SIGAP_BENCH_POSTGRES_URL").ok()?;
    let admin = connect(&url).await.ok()?;
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await.ok()?;
    admin.batch_execute(&format!("CREATE DATABASE {database}")).await.ok()?;
    let (server, _) = url.rsplit_once('/')?;
    Some(format!("{server}/{database}"))
}

/// Connects.
///
/// # Errors
/// It does not answer.
pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("connecting to the peer PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// A column of some rows, as the driver sends it.
pub type Column = Box<dyn ToSql + Sync>;

/// How a table is made: `create`, then `insert` with the numbers of some rows as `$1` and their columns
/// behind it, then each statement of `ready`.
pub struct Recipe<'a> {
    /// `CREATE TABLE`.
    pub create: &'a str,
    /// `INSERT … SELECT … FROM unnest($1::int[], …)`.
    pub insert: &'a str,
    /// Indexes and `ANALYZE`, parted by semicolons.
    pub ready: &'a str,
}

/// Makes a table of rows, numbered from 0.
///
/// # Errors
/// PostgreSQL does not take it.
pub async fn fill<T>(
    client: &Client,
    recipe: &Recipe<'_>,
    rows: &[T],
    columns: impl Fn(&[T]) -> Vec<Column>,
) -> Result<()> {
    const AT_ONCE: usize = 2_000;
    client.batch_execute(recipe.create).await?;
    let insert = client.prepare(recipe.insert).await?;
    for (chunk, some) in rows.chunks(AT_ONCE).enumerate() {
        let first = chunk * AT_ONCE;
        let ids: Vec<i32> = (first..first + some.len()).map(i32::try_from).collect::<Result<_, _>>()?;
        let columns = columns(some);
        let mut all: Vec<&(dyn ToSql + Sync)> = vec![&ids];
        all.extend(columns.iter().map(|column| &**column));
        client.execute(&insert, &all).await?;
    }
    // One by one: VACUUM wants no transaction around it.
    for sql in recipe.ready.split(';') {
        client.batch_execute(sql).await?;
    }
    Ok(())
}

/// Process of a backend, for its CPU.
pub async fn backend_pid(client: &Client) -> Result<String> {
    let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
    Ok(row.get::<_, i32>(0).to_string())
}

/// Address and process id of a peer in the environment.
pub fn address(name: &str) -> Option<(String, String)> {
    let address = std::env::var(format!("SIGAP_BENCH_{name}")).ok()?;
    Some((address, std::env::var(format!("SIGAP_BENCH_{name}_PID")).ok()?))
}

/// A blocking Redis client that pipelines.
pub struct Redis {
    reader: BufReader<TcpStream>,
    /// The server's process.
    pub pid: String,
}

impl Redis {
    /// Connects to the peer Redis.
    pub fn connect() -> Option<Self> {
        let (address, pid) = address("REDIS")?;
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self { reader: BufReader::with_capacity(1 << 20, stream), pid })
    }

    /// Sends commands in one flight and reads all answers.
    ///
    /// # Errors
    /// The connection is lost.
    pub fn pipeline(&mut self, commands: &[Vec<String>]) -> Result<()> {
        let mut out = Vec::with_capacity(commands.len() * 128);
        for command in commands {
            write!(out, "*{}\r\n", command.len())?;
            for word in command {
                write!(out, "${}\r\n{word}\r\n", word.len())?;
            }
        }
        self.reader.get_mut().write_all(&out)?;
        commands.iter().try_for_each(|_| self.skip_answer())
    }

    fn skip_answer(&mut self) -> Result<()> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let count = |line: &str| line.get(1..).and_then(|n| n.trim().parse::<i64>().ok()).unwrap_or(0);
        match line.as_bytes().first() {
            Some(b'*') => (0..count(&line)).try_for_each(|_| self.skip_answer()),
            Some(b'$') if count(&line) >= 0 => {
                let mut text = vec![0; usize::try_from(count(&line))? + 2];
                Ok(self.reader.read_exact(&mut text)?)
            }
            Some(b'-') => anyhow::bail!("Redis said {line}"),
            _ => Ok(()),
        }
    }
}
