//! The journal: what goes in comes out, in order, unchanged, or somebody hears of it.

use sigap::model::entry::{Event, GENESIS};
use sigap::model::id::UnitId;
use sigap::model::shortfall::Shortfall;
use sigap::model::unit::UnitStatus;
use sigap::store::journal::{Verdict, append};
use sigap::store::{StoreError, projections};

use super::place::{Place, number, statement};
use super::samples;

pub async fn entries_come_back_as_they_went_in(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.head("medan").await.unwrap(), (0, GENESIS));
    let entries = samples::first_entries("medan", 1203);
    for batch in entries.chunks(400) {
        store.write(append(batch)).await.unwrap();
    }
    store.write(append(&samples::first_entries("jombang", 2))).await.unwrap();
    let last = entries.last().unwrap();
    assert_eq!(store.head("medan").await.unwrap(), (1203, last.hash));
    assert_eq!(store.read_after("medan", 0, 5000).await.unwrap(), entries);
    assert_eq!(store.read_after("medan", 1200, 2).await.unwrap(), entries[1200..1202]);
    assert_eq!(store.verify("medan").await.unwrap(), Verdict::Whole { entries: 1203, head: last.hash });
    assert_eq!(store.verify("nowhere").await.unwrap(), Verdict::Whole { entries: 0, head: GENESIS });
    assert_eq!(store.polres_list().await.unwrap(), ["jombang", "medan"]);
}

pub async fn a_taken_number_is_stale_and_nothing_of_its_job_is_written(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 2))).await.unwrap();
    let mut job = vec![projections::upsert_unit("medan", &samples::unit(1))];
    job.extend(append(&samples::first_entries("medan", 3)[1..]));
    let refused = store.write(job).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    assert_eq!(store.head("medan").await.unwrap().0, 2);
    assert_eq!(number(&store, "SELECT COUNT(*) FROM units").await, 0);
    assert_eq!(number(&store, "SELECT COUNT(*) FROM entry_refs").await, 2);
}

pub async fn timelines_hold_what_touches_an_id(place: &Place) {
    let store = place.open().await;
    let (incident, unit) = (samples::incident(1, 0), samples::unit(1));
    let offer = samples::assignment(incident.id, unit.id, true);
    let events = vec![
        Event::UnitStatusSet { unit: unit.id, status: UnitStatus::Available },
        Event::AssignmentOffered {
            assignment: offer.id,
            incident: incident.id,
            unit: unit.id,
            primary: true,
            expires_at: offer.expires_at,
            travel_time_s: None,
            automatic: true,
            override_reason: None,
            reasons: vec![],
            runner_up: None,
            takes_over: None,
        },
        Event::AssignmentDelivered { assignment: offer.id },
        Event::IncidentShort { incident: incident.id, shortfall: Shortfall::of(0, 1, 0).unwrap() },
        Event::UnitStatusSet { unit: UnitId(uuid::Uuid::nil()), status: UnitStatus::Break },
    ];
    store.write(append(&samples::sealed("medan", events))).await.unwrap();
    let touched = async |ids: &[uuid::Uuid]| -> Vec<u64> {
        store.entries_of("medan", ids).await.unwrap().iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(touched(&[incident.id.0]).await, [2, 4]);
    assert_eq!(touched(&[incident.id.0, offer.id.0]).await, [2, 3, 4]);
    assert_eq!(touched(&[unit.id.0]).await, [1, 2]);
    assert!(touched(&[]).await.is_empty());
    assert!(store.entries_of("jombang", &[incident.id.0]).await.unwrap().is_empty());
}

pub async fn entries_cannot_be_changed_or_removed(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 2))).await.unwrap();
    for sql in ["UPDATE entries SET at_us = 0", "DELETE FROM entries WHERE seq = 2", "DELETE FROM entries"] {
        let refused = store.write(vec![statement(sql, vec![])]).await;
        assert!(matches!(refused, Err(StoreError::Backend { .. })), "{sql}: {refused:?}");
    }
    if !place.is_sqlite() {
        assert!(store.write(vec![statement("TRUNCATE entries", vec![])]).await.is_err());
    }
    assert!(matches!(store.verify("medan").await.unwrap(), Verdict::Whole { entries: 2, .. }));
}

/// What somebody with the database's password would do first.
async fn disarm(place: &Place) {
    place
        .tamper(if place.is_sqlite() {
            "DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_removed"
        } else {
            "DROP TRIGGER entries_are_not_changed ON entries"
        })
        .await;
}

pub async fn a_changed_byte_is_found(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 40))).await.unwrap();
    disarm(place).await;
    place.tamper("UPDATE entries SET body = replace(body, 'available', 'off_duty') WHERE seq = 17").await;
    let verdict = store.verify("medan").await.unwrap();
    assert_eq!(verdict, Verdict::Broken { seq: 17, why: "was changed after it was written".to_owned() });
}

pub async fn a_missing_entry_is_found(place: &Place) {
    let store = place.open().await;
    store.write(append(&samples::first_entries("medan", 40))).await.unwrap();
    disarm(place).await;
    place.tamper("DELETE FROM entries WHERE seq = 23").await;
    let verdict = store.verify("medan").await.unwrap();
    assert_eq!(verdict, Verdict::Broken { seq: 23, why: "missing, the next one is 24".to_owned() });
}
