//! Where a test's store lives: a temporary file, or a database of its own in a test cluster.

use std::sync::atomic::{AtomicU32, Ordering};

use sigap::store::{Row, Statement, Store, StoreSettings, Value};

/// Privacy keys of the tests.
pub const KEYS: &str = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Where a store lives.
pub struct Place {
    pub url: String,
    folder: Option<std::path::PathBuf>,
    admin: Option<(String, String)>,
}

impl Place {
    /// A new file in a temporary folder.
    pub fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(unique("sigap-store"));
        let url = format!("sqlite:{}", folder.join("data/sigap.db").display());
        Self { url, folder: Some(folder), admin: None }
    }

    /// A new database in the test cluster, if there is one.
    pub async fn postgres() -> Option<Self> {
        let Ok(admin) = std::env::var("SIGAP_TEST_POSTGRES_URL") else {
            println!("PostgreSQL was not tested: SIGAP_TEST_POSTGRES_URL is not set");
            return None;
        };
        let name = unique("sigap_test").replace('-', "_");
        run_as_admin(&admin, &format!("CREATE DATABASE {name}")).await;
        let url = format!("{}/{name}", admin.rsplit_once('/').unwrap().0);
        Some(Self { url, folder: None, admin: Some((admin, name)) })
    }

    /// Opens the store; again and again if wanted.
    pub async fn open(&self) -> Store {
        Store::open(&self.settings(KEYS)).await.unwrap()
    }

    /// The settings with other keys.
    pub fn settings(&self, keys: &str) -> StoreSettings {
        StoreSettings { url: self.url.clone(), keys: keys.to_owned() }
    }

    /// Whether this is the embedded store.
    pub const fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// Path of the SQLite file.
    pub fn file(&self) -> std::path::PathBuf {
        self.folder.as_ref().unwrap().join("data/sigap.db")
    }

    /// Drops the test's database.
    pub async fn remove(&self) {
        if let Some((admin, name)) = &self.admin {
            run_as_admin(admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// Takes the whole database away: no writer gets in, and PostgreSQL throws everybody out.
    pub async fn shut(&self) -> Shut {
        if let Some((admin, name)) = &self.admin {
            run_as_admin(admin, &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
            let all = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            run_as_admin(admin, &all).await;
            return Shut(None);
        }
        let lock = rusqlite::Connection::open(self.file()).unwrap();
        lock.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Shut(Some(lock))
    }

    /// Gives the database back.
    pub async fn reopen(&self, shut: Shut) {
        drop(shut);
        if let Some((admin, name)) = &self.admin {
            run_as_admin(admin, &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")).await;
        }
    }

    /// Runs SQL past the store, as someone with a shell would.
    pub async fn tamper(&self, sql: &str) {
        if self.is_sqlite() {
            rusqlite::Connection::open(self.file()).unwrap().execute_batch(sql).unwrap();
        } else {
            run_as_admin(&self.url, sql).await;
        }
    }
}

/// A database taken away; of an embedded one, the lock.
pub struct Shut(Option<rusqlite::Connection>);

impl Drop for Shut {
    fn drop(&mut self) {
        if let Some(lock) = &self.0 {
            let _ = lock.execute_batch("ROLLBACK");
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// A name no other test uses.
fn unique(prefix: &str) -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{}-{number}-{:x}", std::process::id(), fastrand::u32(..))
}

async fn run_as_admin(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
}

/// One statement.
pub fn statement(sql: &'static str, params: Vec<Value>) -> Statement {
    Statement::one(sql, params)
}

/// The one number a question gives.
pub async fn number(store: &Store, sql: &'static str) -> i64 {
    let rows: Vec<Row> = store.read(sql, vec![]).await.unwrap();
    rows[0].int(0).unwrap()
}
