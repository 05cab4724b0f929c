//! Writes: durable when answered, shared flushes, no job harmed by another.

use sigap::model::entry::GENESIS;
use sigap::store::StoreError;
use sigap::store::journal::{Verdict, append};
use sigap::store::projections::upsert_unit;

use super::place::{Place, number, statement};
use super::samples;

pub async fn sixty_four_writers_at_once_all_last(place: &Place) {
    let store = place.open().await;
    let writers: Vec<_> = (0..64)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let polres = format!("polres-{writer:02}");
                let mut head = (0, GENESIS);
                for _ in 0..20 {
                    let entries = samples::entries(&polres, head, 1);
                    head = (entries[0].seq, entries[0].hash);
                    store.write(append(&entries)).await.unwrap();
                }
                (polres, head)
            })
        })
        .collect();
    let mut heads = Vec::new();
    for writer in writers {
        heads.push(writer.await.unwrap());
    }
    store.close().await;
    let store = place.open().await;
    for (polres, (entries, head)) in heads {
        assert_eq!(store.verify(&polres).await.unwrap(), Verdict::Whole { entries, head });
    }
}

pub async fn a_failing_job_harms_no_other(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 1))).await.unwrap();
    let jobs: Vec<_> = (0..60_u32)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut job = vec![upsert_unit("medan", &samples::unit(number))];
                match number % 10 {
                    3 => job.extend(append(&samples::first_entries("medan", 1))),
                    7 => job.push(statement("INSERT INTO no_such_table VALUES (1)", vec![])),
                    _ => {}
                }
                (number, store.write(job).await)
            })
        })
        .collect();
    for job in jobs {
        let (number, outcome) = job.await.unwrap();
        match number % 10 {
            3 => assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}"),
            7 => assert!(matches!(outcome, Err(StoreError::Backend { .. })), "{outcome:?}"),
            _ => outcome.unwrap(),
        }
    }
    assert_eq!(number(&store, "SELECT COUNT(*) FROM units").await, 48);
}

pub async fn a_dropped_store_keeps_what_it_acknowledged(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 10))).await.unwrap();
    drop(store);
    let store = place.open().await;
    assert!(matches!(store.verify("medan").await.unwrap(), Verdict::Whole { entries: 10, .. }));
}

pub async fn a_closed_store_says_so(place: &Place) {
    let store = place.open().await;
    let clone = store.clone();
    let waiting = tokio::spawn(async move { clone.write(append(&samples::first_entries("medan", 1))).await });
    waiting.await.unwrap().unwrap();
    let clone = store.clone();
    store.close().await;
    let refused = clone.write(append(&samples::first_entries("jombang", 1))).await;
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
}

pub async fn the_write_path_can_be_checked(place: &Place) {
    let store = place.open().await;
    store.ping_write().await.unwrap();
    store.ping_write().await.unwrap();
    assert_eq!(number(&store, "SELECT beats FROM write_checks").await, 2);
}
