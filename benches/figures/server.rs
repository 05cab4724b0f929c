//! The engine as it is served: the synthetic city, a store, units on duty, logins, a port.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use sigap::app::{App, Running};
use sigap::config::Config;
use sigap::demo::build_city;
use sigap::dispatch::command::{Command, NewUnit};
use sigap::http::{auth, router, server};
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::entry::Actor;
use sigap::model::id::{Ids, UnitId, UserId};
use sigap::model::place::LngLat;
use sigap::model::unit::{UnitKind, UnitStatus};
use sigap::runtime::desks::DeskHandle;
use sigap::sim::graph_double::GraphDouble;
use sigap::store::users::{SessionKind, User};
use sigap::store::vault::Vault;
use sigap::store::{Store, StoreSettings, users};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The office the benches write to.
pub const OFFICE: &str = "medan";

/// Its WhatsApp line.
pub const LINE: &str = "106540352242922";

/// Signs the webhooks of the benches.
pub const SECRET: &str = "bench-app-secret";

/// A folder that goes away with the bench.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A fresh one.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("sigap-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// The url of a SQLite store in it.
    pub fn sqlite(&self) -> String {
        format!("sqlite:{}", self.0.join("sigap.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store with fresh keys.
///
/// # Errors
/// It cannot be opened.
pub async fn store(url: &str) -> Result<Store> {
    let keys = Vault::fresh_key(1).context("making a key")?;
    Store::open(&StoreSettings { url: url.to_owned(), keys }).await.context("opening the store")
}

/// A running engine.
pub struct Served {
    /// What runs.
    pub running: Running,
    /// Where it listens.
    pub address: String,
    double_stop: CancellationToken,
}

impl Served {
    /// The city on a free port, with what is sent to reporters going to a double of the Graph API.
    ///
    /// # Errors
    /// The store or the port cannot be had.
    pub async fn start(url: &str) -> Result<Self> {
        let store = store(url).await?;
        build_city(&store).await?;
        let (double, _) = GraphDouble::new(10, 1, Arc::new(SystemClock));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let graph_url = format!("http://{}/v25.0", listener.local_addr()?);
        let double_stop = CancellationToken::new();
        tokio::spawn(server::serve(listener, double.router(), double_stop.clone()));
        let mut config = Config::default();
        config.whatsapp.app_secret = SECRET.to_owned();
        config.whatsapp.access_token = "bench".to_owned();
        config.whatsapp.graph_url = graph_url;
        config.whatsapp.phone_numbers = format!("{LINE}={OFFICE}");
        let running = App::start(config, store, Arc::new(SystemClock), None).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(server::serve(listener, router(running.app.clone()), running.app.stop.clone()));
        Ok(Self { running, address, double_stop })
    }

    /// The desk of [`OFFICE`].
    ///
    /// # Errors
    /// It is not there.
    pub fn desk(&self) -> Result<&DeskHandle> {
        self.running.app.desks.get(OFFICE).context("the office has no desk")
    }

    /// Bearer tokens: one for each of `units`, or for one operator.
    ///
    /// # Errors
    /// Storage failed.
    pub async fn tokens(&self, units: &[Option<UnitId>]) -> Result<Vec<String>> {
        let now = SystemClock.now();
        let mut ids = Ids::random();
        let mut job = Vec::new();
        let mut tokens = Vec::new();
        for unit in units {
            let id = UserId(ids.next(now));
            let user = User {
                id,
                username: format!("bench-{}", id.0),
                name: String::new(),
                role: if unit.is_some() { "patrol" } else { "operator" }.to_owned(),
                polres: Some(OFFICE.to_owned()),
                polsek: None,
                unit: *unit,
                password_hash: String::new(),
                disabled: false,
                created_at: now,
                must_change: false,
            };
            let (token, hash) = auth::fresh_token().map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
            job.push(users::insert_user(&user));
            job.push(users::insert_session(&auth::new_session(&user, SessionKind::Device, hash, now)));
            tokens.push(token);
        }
        self.running.app.store.write(job).await?;
        Ok(tokens)
    }

    /// Ends everything.
    pub async fn stop(self) {
        self.double_stop.cancel();
        self.running.stop().await;
    }
}

/// Cars on duty at these posts, in the order of the posts.
///
/// # Errors
/// The desk refused.
pub async fn cars(desk: &DeskHandle, posts: &[LngLat]) -> Result<Vec<UnitId>> {
    let car = |(n, post): (usize, &LngLat)| NewUnit {
        call_sign: format!("B-{n:05}"),
        kind: UnitKind::Car,
        polsek: None,
        crew: 2,
        post: *post,
    };
    desk.submit(Actor::System, Command::RegisterUnits(posts.iter().enumerate().map(car).collect())).await?;
    let mut units = desk.look(|desk| desk.units.values().map(|unit| (unit.no, unit.id)).collect::<Vec<_>>()).await?;
    units.sort_unstable();
    let units: Vec<UnitId> = units.into_iter().map(|(_, id)| id).collect();
    let on_duty =
        units.iter().map(|unit| desk.submit(Actor::System, Command::SetUnitStatus(*unit, UnitStatus::Available)));
    for outcome in futures_util::future::join_all(on_duty).await {
        outcome?;
    }
    Ok(units)
}
