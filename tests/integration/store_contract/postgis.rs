//! What only PostgreSQL can show: a server that goes away, two programs at one journal, PostGIS.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use sigap::model::entry::GENESIS;
use sigap::store::journal::{Verdict, append};
use sigap::store::offices::put_blob;
use sigap::store::projections::{upsert_incident, upsert_report};
use sigap::store::{Store, StoreError, StoreSettings};
use tokio::time::Instant;

use super::place::{KEYS, Place, number, statement};
use super::samples;

/// A call that takes longer waits for ever: the store gives up after three seconds, a busy machine is slower.
const NOT_HUNG: Duration = Duration::from_secs(30);

/// A cluster of its own, for a test that takes it down.
struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    fn new() -> Self {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        Self { folder: std::env::temp_dir().join(format!("sigap-cluster-{port}")), port }
    }

    async fn control(&self, command: &'static str) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/postgres.sh");
        let mut run = Command::new(script);
        run.arg(command).arg(&self.folder).arg(self.port.to_string());
        run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let status = tokio::task::spawn_blocking(move || run.status().unwrap()).await.unwrap();
        assert!(status.success(), "postgres.sh {command}");
    }

    fn settings(&self) -> StoreSettings {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        StoreSettings { url, keys: KEYS.to_owned() }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/postgres.sh");
        let _ = Command::new(script).arg("stop").arg(&self.folder).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_is_found_again_and_nothing_acknowledged_is_lost() {
    if std::env::var("SIGAP_TEST_POSTGRES_URL").is_err() {
        println!("PostgreSQL was not tested: SIGAP_TEST_POSTGRES_URL is not set");
        return;
    }
    let cluster = Cluster::new();
    cluster.control("start").await;
    let store = Store::open(&cluster.settings()).await.unwrap();
    let first = samples::first_entries("medan", 5);
    store.write(append(&first)).await.unwrap();

    cluster.control("stop").await;
    for _ in 0..3 {
        let asked = Instant::now();
        let refused = store.write(append(&samples::first_entries("jombang", 1))).await;
        assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
        assert!(store.head("medan").await.is_err());
        assert!(store.ping_write().await.is_err());
        assert!(asked.elapsed() < NOT_HUNG, "{:?}", asked.elapsed());
    }

    cluster.control("start").await;
    let back = Instant::now();
    while store.ping_write().await.is_err() || store.head("medan").await.is_err() {
        assert!(back.elapsed() < NOT_HUNG);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("found again after {:?}", back.elapsed());
    assert!(matches!(store.verify("medan").await.unwrap(), Verdict::Whole { entries: 5, .. }));
    let last = first.last().unwrap();
    store.write(append(&samples::entries("medan", (5, last.hash), 1))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_programs_at_one_journal_one_is_stale() {
    let Some(place) = Place::postgres().await else { return };
    let (one, two) = tokio::join!(place.open(), place.open());
    let mut head = (0, GENESIS);
    for _ in 0..20 {
        let [a, b] = [samples::entries("medan", head, 2), samples::entries("medan", head, 2)];
        let (a_wrote, b_wrote) = tokio::join!(one.write(append(&a)), two.write(append(&b)));
        let (winner, refused) = if a_wrote.is_ok() { (&a, b_wrote) } else { (&b, a_wrote) };
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
        head = (winner[1].seq, winner[1].hash);
        assert_eq!(one.head("medan").await.unwrap(), head);
    }
    assert!(matches!(two.verify("medan").await.unwrap(), Verdict::Whole { entries: 40, .. }));
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_is_a_failure_and_passes() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 1))).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&place.url, tokio_postgres::NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE entries IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let asked = Instant::now();
    let next = samples::first_entries("jombang", 1);
    let (written, read) = tokio::join!(store.write(append(&next)), store.head("medan"));
    assert!(matches!(written, Err(StoreError::Backend { .. })), "{written:?}");
    assert!(read.is_err());
    assert!(asked.elapsed() < NOT_HUNG, "{:?}", asked.elapsed());
    client.batch_execute("ROLLBACK").await.unwrap();
    store.write(append(&samples::first_entries("kudus", 1))).await.unwrap();
    assert_eq!(store.head("medan").await.unwrap().0, 1);
    drop(client);
    driver.await.unwrap().unwrap();
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_of_the_wrong_kind_spoils_its_own_job_only() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let wrong = vec![
        put_blob("half", vec![1]),
        statement("INSERT INTO write_checks (id, beats) VALUES ($1, 1)", vec!["text".into()]),
    ];
    let (refused, written) = tokio::join!(store.write(wrong), store.write(vec![put_blob("whole", vec![2])]));
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
    written.unwrap();
    assert!(store.blob("half").await.unwrap().is_none(), "nothing of a spoilt job is stored");
    assert_eq!(store.blob("whole").await.unwrap(), Some(vec![2]));
    store.write(vec![put_blob("nul \0 in a name", vec![3])]).await.unwrap();
    assert_eq!(store.blob("nul \0 in a name").await.unwrap(), Some(vec![3]));
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instants_and_points_can_be_asked_for_as_postgis_knows_them() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let (near, mut far) = (samples::report(1, 0), samples::report(2, 60));
    far.place = Some(samples::place(99.5, 2.5));
    let incident = samples::incident(1, 0);
    let rows = vec![upsert_report("medan", &near), upsert_report("medan", &far), upsert_incident("medan", &incident)];
    store.write(rows).await.unwrap();
    store.write(append(&samples::first_entries("medan", 1))).await.unwrap();
    let sql = "SELECT COUNT(*) FROM reports r JOIN incidents i
        ON ST_DWithin(CAST(r.geom AS geography), CAST(i.geom AS geography), 5000)
        WHERE r.received_at = timestamptz '2026-11-21 01:00:00Z' AND i.closed_at IS NULL";
    assert_eq!(number(&store, sql).await, 1);
    let sql = "SELECT COUNT(*) FROM entries_readable
        WHERE kind = 'unit_status_set' AND data ->> 'status' = 'available' AND at > timestamptz '2026-11-21 01:00:00Z'";
    assert_eq!(number(&store, sql).await, 1);
    place.remove().await;
}
