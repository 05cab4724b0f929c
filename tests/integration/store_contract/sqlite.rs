//! What only the embedded store can show: a killed process, a file that is away for a while.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use sigap::model::entry::GENESIS;
use sigap::store::journal::{Verdict, append};
use sigap::store::offices::put_blob;
use sigap::store::{Store, StoreError, StoreSettings};

use super::place::{KEYS, Place, statement};
use super::samples;

const CHILD: &str = "SIGAP_TEST_WRITE_UNTIL_KILLED";

/// The child of the test below: writes entries and says each number once it is acknowledged.
#[tokio::test]
async fn write_until_killed() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let store = Store::open(&StoreSettings { url, keys: KEYS.to_owned() }).await.unwrap();
    let mut head = (0, GENESIS);
    loop {
        let entries = samples::entries("medan", head, 3);
        store.write(append(&entries)).await.unwrap();
        let last = entries.last().unwrap();
        head = (last.seq, last.hash);
        println!("acknowledged {}", last.seq);
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let place = Place::sqlite();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store_contract::sqlite::write_until_killed", "--nocapture"])
        .env(CHILD, &place.url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some((_, seq)) = line.unwrap().split_once("acknowledged ") {
            acknowledged = seq.parse().unwrap();
        }
        if acknowledged == 600 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged >= 600);
    match place.open().await.verify("medan").await.unwrap() {
        Verdict::Whole { entries, .. } => {
            assert!(entries >= acknowledged, "{entries} of {acknowledged}");
            assert_eq!(entries % 3, 0, "a job is whole or not there");
        }
        broken @ Verdict::Broken { .. } => panic!("{broken:?}"),
    }
}

#[tokio::test]
async fn a_locked_file_is_a_failure_and_passes() {
    let place = Place::sqlite();
    let store = place.open().await;
    let other = rusqlite::Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.ping_write().await;
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
    let refused = store.write(append(&samples::first_entries("medan", 1))).await;
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
    other.execute_batch("ROLLBACK").unwrap();
    store.write(append(&samples::first_entries("medan", 1))).await.unwrap();
    store.ping_write().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_harms_its_own_job_only_and_passes() {
    let place = Place::sqlite();
    let store = place.open().await;
    // the writer has one connection, so a limit set in a job holds for the jobs after it
    let limit = |sql| store.write(vec![statement(sql, vec![])]);
    let _ = limit("PRAGMA max_page_count = 200").await;
    let big = || vec![put_blob("x", vec![7; 4_000_000])];
    let refused = store.write(big()).await;
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
    store.write(append(&samples::first_entries("medan", 1))).await.unwrap();
    let _ = limit("PRAGMA max_page_count = 100000").await;
    store.write(big()).await.unwrap();
    assert!(matches!(store.verify("medan").await.unwrap(), Verdict::Whole { entries: 1, .. }));
}

#[tokio::test]
async fn an_unknown_url_is_refused_without_its_password() {
    for url in ["mysql://u:secret@h/d", "sqlite:", ""] {
        let settings = StoreSettings { url: url.to_owned(), keys: KEYS.to_owned() };
        let refused = Store::open(&settings).await.unwrap_err();
        assert!(matches!(refused, StoreError::BadUrl { .. }), "{refused}");
        assert!(!format!("{refused} {settings:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let place = Place::sqlite();
    place.open().await.close().await;
    place.tamper("INSERT INTO schema_migrations (version, name) VALUES (9999, 'later')").await;
    let refused = Store::open(&place.settings(KEYS)).await;
    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9999, .. })), "{refused:?}");
}
