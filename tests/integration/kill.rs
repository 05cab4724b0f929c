//! `kill -9` at any moment: what was answered for is there once, and what was under way goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use sigap::config::DEMO_APP_SECRET;
use sigap::dispatch::checker::violations;
use sigap::dispatch::desk::Desk;
use sigap::model::assignment::AssignmentState;
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::id::AssignmentId;
use sigap::model::jurisdiction::Office;
use sigap::model::place::LngLat;
use sigap::model::report::Channel;
use sigap::runtime::desks::{fold_journal, read_desk};
use sigap::sim::webhook::{envelope, escaped, sign};
use sigap::store::{Store, StoreSettings};
use tokio::sync::mpsc;

const LINE: &str = "106540352242922";

/// Times the process is killed while messages come in.
const ROUNDS: usize = 3;

/// Telephones that write at the same time.
const WRITERS: usize = 4;

/// Nothing here takes longer; a test that waits in vain fails instead.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("sigap-kill-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let plans = include_str!("../../data/plans.toml").replace("offer_s = 20", "offer_s = 2");
        std::fs::write(path.join("plans.toml"), plans).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn settings(&self) -> StoreSettings {
        let keys = std::fs::read_to_string(self.file("privacy.key")).unwrap().trim().to_owned();
        StoreSettings { url: format!("sqlite:{}", self.file("sigap.db")), keys }
    }

    async fn store(&self) -> Store {
        Store::open(&self.settings()).await.unwrap()
    }

    /// A command on the same data.
    fn command(&self, arguments: &[&str]) -> Output {
        let StoreSettings { url, keys } = self.settings();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sigap"));
        command.args(arguments).env("SIGAP__DATABASE__URL", url).env("SIGAP__PRIVACY__KEYS", keys);
        command.output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// The real program, until it is killed.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    /// Starts on a free port; returns when it says where it listens.
    fn start(folder: &Folder) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sigap"))
            .args(["demo", "--no-simulator", "--listen", "127.0.0.1:0", "--units", "8", "--data"])
            .arg(Path::new(&folder.0))
            .env("SIGAP__DISPATCH__PLANS", folder.file("plans.toml"))
            .env("SIGAP_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said.find_map(|line| Some(line.trim().strip_prefix("buka")?.trim().to_owned()));
        let url = url.expect("it ended before it listened");
        // Somebody must go on reading what it says.
        std::thread::spawn(move || said.for_each(drop));
        Self { child, url }
    }

    /// SIGKILL: no farewell, no flush.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _dead = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn body(phone: &str, id: &str, mut message: Value) -> String {
    message["from"] = json!(phone);
    message["id"] = json!(id);
    message["timestamp"] = json!((SystemClock.now().micros() / 1_000_000).to_string());
    let contacts = json!([{ "profile": { "name": "Warga" }, "wa_id": phone }]);
    escaped(&envelope(LINE, json!({ "contacts": contacts, "messages": [message] })))
}

/// Posts one signed body; whether it was answered with 200.
async fn post(client: &reqwest::Client, url: &str, body: String) -> bool {
    let request = client
        .post(format!("{url}/v1/channels/whatsapp/webhook"))
        .header("x-hub-signature-256", sign(DEMO_APP_SECRET, body.as_bytes()));
    request.body(body).send().await.is_ok_and(|answer| answer.status() == 200)
}

/// One telephone after another: two words, then nothing more; until the server is gone.
async fn write(url: String, writer: String, heard: mpsc::UnboundedSender<String>) {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    for n in 0.. {
        let id = format!("wamid.{writer}-{n}");
        let phone = format!("62812{writer}{:05}", n / 2);
        let text = if n % 2 == 0 { "pak kereta saya hilang dicuri" } else { "beat hitam, tadi pagi" };
        let message = json!({ "type": "text", "text": { "body": text } });
        if !post(&client, &url, body(&phone, &id, message)).await || heard.send(id).is_err() {
            return;
        }
    }
}

/// Lets the writers write, kills the process after `count` answers; what was answered for.
async fn write_until_killed(process: Process, round: usize, count: usize) -> Vec<String> {
    let (heard, mut answers) = mpsc::unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(process.url.clone(), format!("{round}{writer}"), heard.clone())))
        .collect();
    drop(heard);
    let mut answered = Vec::new();
    for _ in 0..count {
        answered.push(answers.recv().await.expect("the server answers"));
    }
    process.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    while let Some(id) = answers.recv().await {
        answered.push(id);
    }
    answered
}

/// Looks at the store until `wanted` gives something.
async fn until<T>(what: &str, mut wanted: impl AsyncFnMut() -> Option<T>) -> T {
    let look = async {
        loop {
            if let Some(found) = wanted().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.map_err(|_| format!("waited in vain: {what}")).unwrap()
}

async fn medan(store: &Store) -> Office {
    store.offices().await.unwrap().into_iter().find(|office| office.code == "medan").unwrap()
}

/// Every message that was answered for is in exactly one report, and once in the vault.
async fn all_there_once(store: &Store, desk: &Desk, answered: &[String]) {
    let mut homes: BTreeMap<_, u32> = BTreeMap::new();
    desk.reports.values().flat_map(|report| &report.messages).for_each(|id| *homes.entry(*id).or_default() += 1);
    for external in answered {
        let found = store.message_by_external(Channel::Whatsapp, external).await.unwrap();
        let found = found.ok_or(format!("{external} was answered for and is lost")).unwrap();
        assert_eq!(homes.get(&found.id), Some(&1), "{external} is not in exactly one report");
    }
    assert!(homes.values().all(|count| *count == 1), "a message is in two reports");
}

/// A robbery, with a pin at the office's seat: offered to two units at once.
async fn emergency(process: &Process, at: LngLat) {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let text = json!({ "type": "text", "text": { "body": "ada perampokan toko, pelaku pegang senjata" } });
    let pin = json!({ "type": "location", "location": { "latitude": at.lat, "longitude": at.lng } });
    assert!(post(&client, &process.url, body("6281390000001", "wamid.help-1", text)).await);
    assert!(post(&client, &process.url, body("6281390000001", "wamid.help-2", pin)).await);
}

fn open_offers(desk: &Desk) -> BTreeSet<AssignmentId> {
    desk.offers.iter().map(|(_, id)| *id).collect()
}

/// Every row that follows from the journal.
async fn rows(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT * FROM reports ORDER BY id",
        "SELECT * FROM incidents ORDER BY id",
        "SELECT * FROM assignments ORDER BY id",
        "SELECT * FROM units ORDER BY id",
    ] {
        all.extend(store.read(sql, Vec::new()).await.unwrap().iter().map(|row| format!("{row:?}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_for_is_lost_by_kill_9() {
    sigap::feedback::transport::use_ring();
    let folder = Folder::new();
    let mut rng = fastrand::Rng::with_seed(9);
    let mut answered = Vec::new();
    for round in 0..ROUNDS {
        let process = Process::start(&folder);
        let before = answered.len();
        answered.extend(write_until_killed(process, round, rng.usize(20..120)).await);
        println!("round {round}: killed after {} answers", answered.len() - before);
    }
    let store = folder.store().await;
    let office = medan(&store).await;
    println!("{} bodies were answered for and not worked off", store.undone(100_000).await.unwrap().len());

    // Once more: everything is worked off, then somebody needs help, then it dies with the offer open.
    let process = Process::start(&folder);
    until("the inbox is empty", async || store.undone(1).await.unwrap().is_empty().then_some(())).await;
    all_there_once(&store, &read_desk(&store, &office).await.unwrap(), &answered).await;
    emergency(&process, office.seat).await;
    until("two offers", async || (read_desk(&store, &office).await.unwrap().offers.len() == 2).then_some(())).await;
    process.kill();
    let dead = read_desk(&store, &office).await.unwrap();
    let offers = open_offers(&dead);
    assert_eq!(offers.len(), 2, "it was killed with its offers open");

    let process = Process::start(&folder);
    let desk = until("the next units are asked", async || {
        let desk = read_desk(&store, &office).await.unwrap();
        let expired = offers.iter().all(|id| desk.assignments[id].state == AssignmentState::Expired);
        let asked = offers.iter().all(|id| desk.incidents[&desk.assignments[id].incident].assignments.len() >= 4);
        (expired && asked).then_some(desk)
    })
    .await;
    let incident = desk.assignments.values().next().unwrap().incident;
    let crews: Vec<_> = desk.incidents[&incident].assignments.iter().map(|id| desk.assignments[id].unit).collect();
    assert_eq!(crews.iter().collect::<BTreeSet<_>>().len(), crews.len(), "a unit was asked twice");
    process.kill();

    let desk = read_desk(&store, &office).await.unwrap();
    assert_eq!(violations(&desk), Vec::<String>::new());
    all_there_once(&store, &desk, &answered).await;
    let fresh = Desk::new(&office.code, &office.prefix, office.utc_offset_h);
    assert_eq!(fold_journal(&store, fresh, |_, _| ()).await.unwrap(), desk);
    the_tools_agree(&folder, &store).await;
    store.close().await;
}

async fn the_tools_agree(folder: &Folder, store: &Store) {
    let verdict = folder.command(&["journal", "verify"]);
    let said = String::from_utf8_lossy(&verdict.stdout).into_owned();
    assert!(verdict.status.success() && said.contains("medan: ") && said.contains("whole"), "{verdict:?}");
    let before = rows(store).await;
    assert!(before.len() > 40, "only {} rows", before.len());
    let replay = folder.command(&["journal", "replay"]);
    assert!(replay.status.success(), "{replay:?}");
    let after = rows(store).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after, "a row differs after the replay");
    }
    assert_eq!(before.len(), after.len());
}
