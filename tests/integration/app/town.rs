//! The whole app over real sockets: a store of its own, people with logins, a clock turned by hand,
//! a double of the Graph API, and the doors on a free port of loopback.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sigap::app::{App, Demo, Running};
use sigap::config::Config;
use sigap::dispatch::command::Command;
use sigap::dispatch::desk::Desk;
use sigap::http::{auth, router, server};
use sigap::model::clock::{Clock, ManualClock, Timestamp};
use sigap::model::entry::{Actor, Entry};
use sigap::model::id::{Ids, UnitId, UserId};
use sigap::model::unit::UnitStatus;
use sigap::runtime::desks::DeskHandle;
use sigap::sim::graph_double::{GraphDouble, Sent};
use sigap::store::users::{SessionKind, User};
use sigap::store::{Store, users};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::city;
use super::client::Client;
use crate::store_contract::place::{KEYS, Place};

/// Signs webhooks.
pub const SECRET: &str = "integration-secret";
/// Everybody's password.
pub const PASSWORD: &str = "kata-sandi-panjang";
/// Meta's ids of the two lines.
pub const LINES: [(&str, &str); 2] = [("1001", "medan"), ("1002", "belawan")];
/// A test that waits longer than this for something has failed.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// When every test begins: 2026-11-21 09:00 WIB.
const MORNING: Timestamp = Timestamp::from_secs(1_795_226_400);

/// Login name, role, Polres, Polsek. Crews come from the units.
const PEOPLE: [(&str, &str, &str, Option<&str>); 10] = [
    ("operator", "operator", "medan", None),
    ("supervisor", "supervisor", "medan", None),
    ("operator-barat", "operator", "medan", Some("barat")),
    ("operator-timur", "operator", "medan", Some("timur")),
    ("kapolres", "commander", "medan", None),
    ("admin", "admin", "medan", None),
    ("auditor", "auditor", "medan", None),
    ("operator-belawan", "operator", "belawan", None),
    ("kapolres-belawan", "commander", "belawan", None),
    ("sentral", "integration", "", None),
];

/// A running app and everything around it.
pub struct Town {
    pub app: App,
    pub base: String,
    pub clock: Arc<ManualClock>,
    pub double: GraphDouble,
    pub place: Place,
    /// Bearer tokens by login name.
    pub tokens: HashMap<String, String>,
    /// Units by call sign.
    pub units: BTreeMap<String, UnitId>,
    http: reqwest::Client,
    config: Config,
    running: Option<Running>,
    doors: JoinHandle<()>,
}

impl Town {
    /// A new city on the embedded store.
    pub async fn new() -> Self {
        Self::on(Place::sqlite()).await
    }

    /// A new city in a store of this place.
    pub async fn on(place: Place) -> Self {
        Self::tuned(place, |_| ()).await
    }

    /// A new city with settings of its own.
    pub async fn tuned(place: Place, tune: impl FnOnce(&mut Config)) -> Self {
        sigap::feedback::transport::use_ring();
        let clock = Arc::new(ManualClock::at(MORNING));
        let (double, notices) = GraphDouble::new(2000, 7, clock.clone());
        drop(notices);
        let graph = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = config(&place.url, &format!("http://{}/v25.0", graph.local_addr().unwrap()));
        if !place.is_sqlite() {
            let folder =
                std::env::temp_dir().join(format!("sigap-media-{}-{:x}", std::process::id(), fastrand::u64(..)));
            config.media.dir = folder.display().to_string();
        }
        tune(&mut config);
        tokio::spawn(server::serve(graph, double.router(), CancellationToken::new()));
        place.open().await.write(city::statements()).await.unwrap();
        let (running, base, doors) = start(&config, &place, &clock, &double).await;
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let app = running.app.clone();
        let mut town = Self {
            app,
            base,
            clock,
            double,
            place,
            tokens: HashMap::new(),
            units: BTreeMap::new(),
            http,
            config,
            running: Some(running),
            doors,
        };
        town.people().await;
        town
    }

    /// The same with operators `operator-0` and so on.
    pub async fn with_operators(mut self, count: usize) -> Self {
        let people = (0..count).map(|n| person(&format!("operator-{n}"), "operator", "medan", None, None)).collect();
        self.give_logins(people).await;
        self
    }

    async fn people(&mut self) {
        for (polres, desk) in &self.app.desks {
            desk.submit(Actor::System, Command::RegisterUnits(city::units(polres))).await.unwrap();
            let units = desk
                .look(|desk| desk.units.values().map(|u| (u.call_sign.clone(), u.id)).collect::<Vec<_>>())
                .await
                .unwrap();
            for (call_sign, unit) in units {
                desk.submit(Actor::System, Command::SetUnitStatus(unit, UnitStatus::Available)).await.unwrap();
                self.units.insert(call_sign, unit);
            }
        }
        let crews = self.units.iter().map(|(call_sign, unit)| {
            let polres = if call_sign.starts_with('L') { "belawan" } else { "medan" };
            person(&call_sign.to_lowercase(), "patrol", polres, None, Some(*unit))
        });
        let all: Vec<User> = PEOPLE
            .iter()
            .map(|(name, role, polres, polsek)| person(name, role, polres, *polsek, None))
            .chain(crews)
            .collect();
        self.give_logins(all).await;
    }

    async fn give_logins(&mut self, all: Vec<User>) {
        let mut job = Vec::new();
        for user in all {
            let (token, hash) = auth::fresh_token().unwrap();
            job.push(users::insert_user(&user));
            job.push(users::insert_session(&auth::new_session(&user, SessionKind::Device, hash, MORNING)));
            self.tokens.insert(user.username, token);
        }
        self.app.store.write(job).await.unwrap();
    }

    /// Stops the app as SIGTERM does, and starts it again on the same store.
    pub async fn restart(mut self) -> Self {
        self.end().await;
        let (running, base, doors) = start(&self.config, &self.place, &self.clock, &self.double).await;
        self.app = running.app.clone();
        (self.running, self.base, self.doors) = (Some(running), base, doors);
        self
    }

    async fn end(&mut self) {
        let running = self.running.take().unwrap();
        running.app.stop.cancel();
        (&mut self.doors).await.unwrap();
        running.stop().await;
    }

    /// Checks what must hold after every test, and takes everything down.
    pub async fn finish(mut self) {
        super::books::replay_gives_the_living_desk(&self).await;
        self.end().await;
        let store = self.place.open().await;
        super::books::rows_follow_from_the_journal(&store).await;
        store.close().await;
        // Beside the SQLite file it goes with it.
        let _ = std::fs::remove_dir_all(self.config.media_dir());
        self.place.remove().await;
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// The desk of an office.
    pub fn desk(&self, polres: &str) -> &DeskHandle {
        &self.app.desks[polres]
    }

    /// Looks at the desk of an office.
    pub async fn look<T: Send + 'static>(&self, polres: &str, look: impl FnOnce(&Desk) -> T + Send + 'static) -> T {
        self.desk(polres).look(look).await.unwrap()
    }

    /// Every entry of an office.
    pub async fn journal(&self, polres: &str) -> Vec<Entry> {
        self.store().read_after(polres, 0, 100_000).await.unwrap()
    }

    /// Somebody with a bearer token.
    pub fn as_user(&self, username: &str) -> Client {
        Client::bearer(self.http.clone(), &self.base, &self.tokens[username])
    }

    /// Nobody.
    pub fn as_nobody(&self) -> Client {
        Client::nobody(self.http.clone(), &self.base)
    }

    /// The present moment of this town.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Turns the clock, and lets every desk look at it at once.
    pub async fn turn(&self, secs: i64) {
        self.clock.advance(secs);
        for desk in self.app.desks.values() {
            desk.submit(Actor::System, Command::Tick).await.unwrap();
        }
    }

    /// Waits until every body in the inbox is worked off.
    pub async fn settled(&self) {
        let store = self.store();
        eventually("the inbox is worked off", async || store.undone(1).await.is_ok_and(|undone| undone.is_empty()))
            .await;
    }

    /// What a person was sent, once there are at least `count` messages.
    pub async fn told(&self, wa_id: &str, count: usize) -> Vec<String> {
        let to = |sent: &Sent| sent.to == wa_id;
        eventually(&format!("{wa_id} is told {count} things"), async || {
            self.double.sent().iter().filter(|s| to(s)).count() >= count
        })
        .await;
        self.double.sent().into_iter().filter(to).filter_map(|sent| sent.text).collect()
    }

    /// The same, with the clock turned past Meta's pause between two messages to one person.
    pub async fn told_after_pauses(&self, wa_id: &str, count: usize) -> Vec<String> {
        for wanted in 1..=count {
            self.told(wa_id, wanted).await;
            self.turn(7).await;
        }
        self.told(wa_id, count).await
    }
}

/// Waits for a condition that other tasks bring about.
pub async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| unreachable!("never: {what}"));
}

fn config(url: &str, graph_url: &str) -> Config {
    let mut config = Config::default();
    url.clone_into(&mut config.database.url);
    KEYS.clone_into(&mut config.privacy.keys);
    SECRET.clone_into(&mut config.whatsapp.app_secret);
    "integration-verify".clone_into(&mut config.whatsapp.verify_token);
    "integration-access".clone_into(&mut config.whatsapp.access_token);
    graph_url.clone_into(&mut config.whatsapp.graph_url);
    "110-medan=medan,110-belawan=belawan".clone_into(&mut config.call110.lines);
    "medan=https://wa.me/628110000110".clone_into(&mut config.call110.whatsapp_links);
    // What is ended is told at once; tests of taking it back say otherwise.
    config.dispatch.undo_s = 0;
    // Agencies of these tests listen on loopback.
    config.referrals.allow_private = true;
    config.whatsapp.phone_numbers = LINES.map(|(number, office)| format!("{number}={office}")).join(",");
    "laporan_selesai:id,balasan_petugas:id".clone_into(&mut config.whatsapp.templates);
    config
}

async fn start(
    config: &Config,
    place: &Place,
    clock: &Arc<ManualClock>,
    double: &GraphDouble,
) -> (Running, String, JoinHandle<()>) {
    let store = place.open().await;
    let demo = Demo { double: double.clone() };
    let running = App::start(config.clone(), store, clock.clone(), Some(demo)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let doors = tokio::spawn(server::serve(listener, router(running.app.clone()), running.app.stop.clone()));
    (running, base, doors)
}

fn person(username: &str, role: &str, polres: &str, polsek: Option<&str>, unit: Option<UnitId>) -> User {
    static HASH: OnceLock<String> = OnceLock::new();
    User {
        id: UserId(Ids::random().next(MORNING)),
        username: username.to_owned(),
        name: format!("Contoh {username}"),
        role: role.to_owned(),
        polres: Some(polres).filter(|code| !code.is_empty()).map(str::to_owned),
        polsek: polsek.map(str::to_owned),
        unit,
        password_hash: HASH.get_or_init(|| auth::hash_password(PASSWORD).unwrap()).clone(),
        disabled: false,
        created_at: MORNING,
        must_change: false,
    }
}
