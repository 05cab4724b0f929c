//! Storage goes away and comes back: the doors say so, nothing acknowledged is lost, nobody has to
//! restart anything.

use serde_json::json;

use super::citizen::{Citizen, post};
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::Place;

on_both_stores! {
    while_storage_is_away_every_door_says_so_and_then_all_goes_on,
    a_database_taken_away_is_waited_for_and_everything_acknowledged_arrives,
    what_was_acknowledged_outlives_a_journal_that_cannot_be_written_and_a_restart,
}

/// A fault past the store: a rule of the database that refuses to write into `table`.
async fn break_table(place: &Place, table: &str) {
    if place.is_sqlite() {
        let sql = format!(
            "CREATE TRIGGER away_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END;"
        );
        place.tamper(&sql).await;
    } else {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk I/O error' USING ERRCODE = '58030'; END $$;
             CREATE TRIGGER away_{table} BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION away();"
        );
        place.tamper(&sql).await;
    }
}

async fn mend_table(place: &Place, table: &str) {
    let of = if place.is_sqlite() { String::new() } else { format!(" ON {table}") };
    place.tamper(&format!("DROP TRIGGER away_{table}{of};")).await;
}

/// The write path of readiness is an update of one row.
async fn break_heartbeat(place: &Place) {
    if place.is_sqlite() {
        place.tamper("CREATE TRIGGER away_beat BEFORE UPDATE ON write_checks BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END;").await;
    } else {
        place
            .tamper(
                "CREATE TRIGGER away_beat BEFORE UPDATE ON write_checks FOR EACH STATEMENT EXECUTE FUNCTION away();",
            )
            .await;
    }
}

async fn while_storage_is_away_every_door_says_so_and_then_all_goes_on(place: Place) {
    let town = Town::on(place).await;
    let (nobody, operator) = (town.as_nobody(), town.as_user("operator"));
    assert_eq!(nobody.get("/readyz").await.status, 200);
    for table in ["inbox", "entries"] {
        break_table(&town.place, table).await;
    }
    break_heartbeat(&town.place).await;

    let siti = Citizen::new(&town);
    let body = siti.body(&[siti.message("text", &json!({ "body": "jalan macet total" }), town.now())]);
    let refused = post(&town, &body).await;
    refused.problem(503, "storage_away");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    nobody.get("/readyz").await.problem(503, "storage_away");
    assert_eq!(nobody.get("/healthz").await.status, 200);
    let before = town.look("medan", |desk| desk.seq).await;
    operator.post("/v1/reports", &json!({ "text": "macet" })).await.problem(503, "storage_away");
    let status = format!("/v1/units/{}/status", town.units["B-1"]);
    town.as_user("b-1").post(&status, &json!({ "status": "break" })).await.problem(503, "storage_away");
    // What can be read is still shown, and nobody sees what was not recorded.
    assert_eq!(operator.get("/v1/queue").await.ok()["items"].as_array().unwrap().len(), 0);
    let after = town.look("medan", |desk| (desk.seq, desk.reports.len())).await;
    assert_eq!(after, (before, 0));

    for table in ["inbox", "entries"] {
        mend_table(&town.place, table).await;
    }
    let of = if town.place.is_sqlite() { "" } else { " ON write_checks" };
    town.place.tamper(&format!("DROP TRIGGER away_beat{of};")).await;
    eventually("it is ready again", async || nobody.get("/readyz").await.status == 200).await;
    assert_eq!(post(&town, &body).await.status, 200);
    town.as_user("b-1").post(&status, &json!({ "status": "break" })).await.ok();
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    town.finish().await;
}

async fn what_was_acknowledged_outlives_a_journal_that_cannot_be_written_and_a_restart(place: Place) {
    let town = Town::on(place).await;
    break_table(&town.place, "entries").await;
    let mut people = Vec::new();
    for n in 0..10 {
        let person = Citizen::new(&town);
        person.writes(&format!("jalan macet total nomor {n}")).await;
        people.push(person.wa_id.clone());
    }
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 0);
    // It is stopped while the journal is away, and comes back before the journal does.
    let town = town.restart().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 0);
    mend_table(&town.place, "entries").await;
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 10);
    for wa_id in &people {
        assert_eq!(town.told(wa_id, 1).await.len(), 1);
    }
    town.finish().await;
}

async fn a_database_taken_away_is_waited_for_and_everything_acknowledged_arrives(place: Place) {
    let town = Town::on(place).await;
    let nobody = town.as_nobody();
    let mut screen = town.as_user("operator").screen().await;
    let people: Vec<Citizen<'_>> = (0..6).map(|_| Citizen::new(&town)).collect();
    for person in &people[..5] {
        person.writes("jalan macet total").await;
    }
    let shut = town.place.shut().await;
    let late = people[5].body(&[people[5].message("text", &json!({ "body": "jalan macet total" }), town.now())]);
    let (refused, ready) = tokio::join!(post(&town, &late), nobody.get("/readyz"));
    refused.problem(503, "storage_away");
    ready.problem(503, "storage_away");
    town.place.reopen(shut).await;
    eventually("it is ready again", async || nobody.get("/readyz").await.status == 200).await;
    // Meta sends again what was refused, and what was taken twice is one report all the same.
    assert_eq!(post(&town, &late).await.status, 200);
    assert_eq!(post(&town, &late).await.status, 200);
    town.settled().await;
    let seq = town.look("medan", |desk| (desk.reports.len(), desk.seq)).await;
    assert_eq!(seq.0, 6);
    // The screens stayed open and missed nothing.
    let mut heard = screen.json().await["seq"].as_u64().unwrap();
    while heard < seq.1 {
        let next = screen.of_type("entry").await["seq"].as_u64().unwrap();
        assert_eq!(next, heard + 1);
        heard = next;
    }
    town.finish().await;
}
