//! RECORD: what was decided enters, durably; what is asked for leaves. Two backends (SQLite and
//! PostgreSQL with PostGIS) under one small surface: every SQL text is written once.
//!
//! Families of tables live in one file each: functions that give [`Statement`]s for a write, and
//! reads on [`Store`]. The runtime puts the statements of one decision into one job; a job happens
//! wholly or not at all, and many jobs share one flush.

pub mod agencies;
pub mod calls;
pub mod citizens;
pub mod closures;
pub mod corrections;
pub mod inbox;
pub mod insight;
pub mod journal;
pub mod media;
pub mod offices;
pub mod outbox;
pub mod people;
pub mod projections;
pub mod referrals;
pub mod sealed_file;
pub mod shield;
pub mod trackers;
pub mod tracks;
pub mod users;
pub mod vault;
pub mod words;

mod dialect;
mod error;
mod lists;
mod migrations;
mod postgis;
mod sqlite;
mod value;

use std::sync::Arc;
use std::time::Duration;

pub use error::StoreError;
pub use value::{Row, Statement, Value};

use postgis::Postgis;
use sqlite::Sqlite;
pub(crate) use value::code_of;
use value::params;
use vault::Vault;

/// A write that takes longer than this counts as no write path, for readiness.
const PING: Duration = Duration::from_secs(2);

/// Where the store is and what its people's data are sealed with.
#[derive(Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Privacy keys, `id:base64[,id:base64…]`; the first one seals. See [`Vault::new`].
    pub keys: String,
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreSettings").field("url", &without_password(&self.url)).finish_non_exhaustive()
    }
}

enum Backend {
    Sqlite(Sqlite),
    Postgis(Box<Postgis>),
}

/// The store. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    vault: Arc<Vault>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store, makes it when it is new, brings its tables up to date, checks the keys.
    ///
    /// # Errors
    /// A url or keys that cannot be used, a newer schema, a backend that does not answer.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        let vault = Arc::new(Vault::new(&settings.keys)?);
        let backend = Arc::new(Self::connect(&settings.url).await?);
        let store = Self { backend, vault };
        store.check_keys().await?;
        Ok(store)
    }

    async fn connect(url: &str) -> Result<Backend, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Backend::Postgis(Box::new(Postgis::open(url).await?)));
        }
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(StoreError::BadUrl { url: without_password(url) });
        };
        let path = std::path::PathBuf::from(path.strip_prefix("//").unwrap_or(path));
        if path.as_os_str().is_empty() {
            return Err(StoreError::BadUrl { url: without_password(url) });
        }
        let opening = tokio::task::spawn_blocking(move || Sqlite::open(&path));
        opening.await.map_err(|error| StoreError::backend("opening the SQLite file", error))?.map(Backend::Sqlite)
    }

    /// Does all statements of a job, or none. Answered when they are on the disk; jobs that wait at
    /// the same time share one flush, and a failing one does not harm the others.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::Conflict`], or a backend that failed.
    pub async fn write(&self, job: Vec<Statement>) -> Result<(), StoreError> {
        if job.is_empty() {
            return Ok(());
        }
        match &*self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(job).await,
            Backend::Postgis(postgis) => postgis.write(job).await,
        }
    }

    /// Rows of a question; `sql` as in [`Statement`].
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match &*self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(sql, params).await,
            Backend::Postgis(postgis) => postgis.read(sql, params).await,
        }
    }

    /// Whether a write arrives on the disk right now, within 2 s.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping_write(&self) -> Result<(), StoreError> {
        let beat = Statement::one("UPDATE write_checks SET beats = beats + 1 WHERE id = 1", params![]);
        let written = tokio::time::timeout(PING, self.write(vec![beat])).await;
        written.map_err(|error| StoreError::backend("checking the write path", error))?
    }

    /// Finishes every job handed in and lets go of files and connections. Later writes fail.
    pub async fn close(self) {
        match &*self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgis(postgis) => postgis.close().await,
        }
    }

    /// What seals people's data.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Keys that were used before must still be the same ones; new ones are noted.
    async fn check_keys(&self) -> Result<(), StoreError> {
        let index = hex::encode(self.vault.alias("vault", "sigap"));
        let known = self.read("SELECT key_id, proof, index_mark FROM vault_keys", params![]).await?;
        for row in &known {
            let id = row.int(0)?;
            if self.vault.key_ids().any(|ours| i64::from(ours) == id) && !self.vault.proves(row.blob(1)?) {
                let why = format!("key {id} is not the one the data were sealed with");
                return Err(StoreError::BadKey { why });
            }
            if row.text(2)? != index {
                let why = "the key with the lowest id was added or removed; people are found by it".to_owned();
                return Err(StoreError::BadKey { why });
            }
        }
        let note = |(id, proof): (u8, Vec<u8>)| {
            let sql = "INSERT INTO vault_keys (key_id, proof, index_mark) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            Statement::one(sql, params![id, proof, &index])
        };
        self.write(self.vault.proofs()?.into_iter().map(note).collect()).await
    }
}

/// A database url without what only the database should know.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        assert_eq!(without_password("postgres://u:p@ss@db/x"), "postgres://…@db/x");
        assert_eq!(without_password("sqlite:/var/x.db"), "sqlite:/var/x.db");
    }
}
