//! A shift passes on what it holds, and a day is signed only when nothing of it lies in nobody's hands.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sigap::model::entry::Event;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_shift_is_handed_over_with_its_notes_and_what_it_holds,
    a_day_is_signed_when_no_report_of_it_is_in_nobodys_hands,
}

async fn reports(town: &Town, text: &str) -> String {
    let before: BTreeSet<_> = town.look("medan", |desk| desk.reports.keys().copied().collect()).await;
    Citizen::new(town).writes(text).await;
    town.settled().await;
    let new = town.look("medan", move |desk| desk.reports.keys().find(|id| !before.contains(id)).copied()).await;
    new.unwrap().to_string()
}

async fn a_shift_is_handed_over_with_its_notes_and_what_it_holds(place: Place) {
    let town = Town::on(place).await;
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    let first = reports(&town, "Motor saya dicuri orang di parkiran").await;
    reports(&town, "Ada orang berkelahi di depan pasar").await;
    operator.post(&format!("/v1/reports/{first}/claim"), &json!({})).await.ok();
    let before = operator.get("/v1/shifts").await.ok();
    assert_eq!(
        (&before["mine"], &before["now"]["queued"], &before["now"]["claimed"]),
        (&json!(1), &json!(1), &json!(1))
    );

    let words = "Pelapor motor hilang akan mengirim nomor rangka.";
    let shift = operator.post("/v1/shifts", &json!({ "note": words })).await;
    assert_eq!(shift.status, 201, "{}", shift.text);
    let shift = shift.ok();
    assert_eq!((&shift["note"], &shift["holds"], &shift["stand"]["queued"]), (&json!(words), &json!(1), &json!(1)));
    let path = format!("/v1/shifts/{}/take", shift["id"].as_str().unwrap());
    operator.post(&path, &json!({})).await.problem(409, "wrong_state");
    town.as_user("kapolres").post(&path, &json!({})).await.problem(403, "forbidden");
    town.as_user("operator-barat").post(&path, &json!({})).await.problem(404, "not_found");
    town.as_user("operator-belawan").post(&path, &json!({})).await.problem(404, "not_found");

    town.clock.advance(300);
    let taken = supervisor.post(&path, &json!({})).await.ok();
    assert_eq!((&taken["taken_by"], &taken["holds"]), (&json!("Contoh supervisor"), &json!(0)));
    supervisor.post(&path, &json!({})).await.problem(409, "wrong_state");
    let detail = supervisor.get(&format!("/v1/reports/{first}")).await.ok();
    assert_eq!(detail["report"]["state"]["name"], "claimed");
    let after = supervisor.get("/v1/shifts").await.ok();
    assert_eq!((&after["mine"], &after["items"][0]["note"]), (&json!(1), &json!(words)));
    assert_eq!(operator.get("/v1/shifts").await.ok()["mine"], 0, "nothing went home with him");

    // A supervisor takes one report over without a hand-over; nobody else does, and not one of the queue.
    let take_over = format!("/v1/reports/{first}/take-over");
    operator.post(&take_over, &json!({})).await.problem(403, "forbidden");
    supervisor.post(&format!("/v1/reports/{first}/release"), &json!({})).await.ok();
    supervisor.post(&take_over, &json!({})).await.problem(409, "wrong_state");
    operator.post(&format!("/v1/reports/{first}/claim"), &json!({})).await.ok();
    supervisor.post(&take_over, &json!({})).await.ok();
    let mine = [supervisor.get("/v1/shifts").await.ok(), operator.get("/v1/shifts").await.ok()];
    assert_eq!(mine.map(|shifts| shifts["mine"].as_u64().unwrap()), [1, 0]);

    // The book holds who and when, never the words; a Polsek has its own.
    let journal = town.journal("medan").await;
    let at = journal.iter().position(|entry| matches!(entry.event, Event::ShiftTaken(_))).unwrap();
    assert!(matches!(journal[at + 1].event, Event::ReportClaimed { .. }), "what it held follows");
    assert!(journal.iter().all(|entry| !entry.body.contains("rangka")));
    let barat = town.as_user("operator-barat");
    assert!(barat.get("/v1/shifts").await.ok()["items"].as_array().unwrap().is_empty());
    let own = barat.post("/v1/shifts", &json!({})).await.ok();
    assert_eq!((&own["polsek"], &own["note"]), (&json!("barat"), &Value::Null));
    assert_eq!(supervisor.get("/v1/shifts").await.ok()["items"].as_array().unwrap().len(), 2);
    town.as_user("b-1").get("/v1/shifts").await.problem(403, "forbidden");

    // It is still there after a restart.
    let town = town.restart().await;
    assert_eq!(town.as_user("supervisor").get("/v1/shifts").await.ok()["items"][1]["taken_by"], "Contoh supervisor");
    town.finish().await;
}

async fn a_day_is_signed_when_no_report_of_it_is_in_nobodys_hands(place: Place) {
    let town = Town::on(place).await;
    let supervisor = town.as_user("supervisor");
    let citizen = Citizen::new(&town);
    citizen.sends("text", json!({ "body": "Motor saya dicuri orang di parkiran" })).await;
    citizen.pins(BARAT).await;
    town.settled().await;
    let other = Citizen::new(&town);
    other.sends("text", json!({ "body": "Ada pencurian helm di depan toko" })).await;
    other.pins(TIMUR).await;
    town.settled().await;
    let sign = json!({ "day": "2026-11-21", "note": "Lengkap." });
    supervisor.post("/v1/insight/daily-check", &sign).await.problem(409, "wrong_state");

    // 02:00 of the next day; one report came after midnight and belongs to that day.
    town.turn(17 * 3600).await;
    reports(&town, "Lampu jalan mati di gang kami").await;
    let check = supervisor.get("/v1/insight/daily-check").await.ok();
    assert_eq!((&check["day"], &check["over"], &check["received"]), (&json!("2026-11-21"), &json!(true), &json!(2)));
    let left: Vec<&str> = check["left"].as_array().unwrap().iter().map(|r| r["number"].as_str().unwrap()).collect();
    assert_eq!((left, &check["left_count"]), (vec!["MDN-20261121-0001", "MDN-20261121-0002"], &json!(2)));
    let refused = supervisor.post("/v1/insight/daily-check", &sign).await.problem(409, "without_state");
    assert!(refused["detail"].as_str().unwrap().contains("MDN-20261121-0001"), "{refused}");

    // One is taken, one is ended: both have a state. The one of today does not hinder yesterday.
    let ids: Vec<String> =
        check["left"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
    let operator = town.as_user("operator");
    operator.post(&format!("/v1/reports/{}/claim", ids[0]), &json!({})).await.ok();
    supervisor.post("/v1/insight/daily-check", &sign).await.problem(409, "without_state");
    operator.post(&format!("/v1/reports/{}/resolve", ids[1]), &json!({ "outcome": "answered" })).await.ok();
    operator.post("/v1/insight/daily-check", &sign).await.problem(403, "forbidden");
    town.as_user("kapolres").post("/v1/insight/daily-check", &sign).await.problem(403, "forbidden");
    let signed = supervisor.post("/v1/insight/daily-check", &sign).await.ok();
    assert_eq!((&signed["signed"]["by_name"], &signed["signed"]["open"]), (&json!("Contoh supervisor"), &json!(1)));
    assert_eq!((&signed["signed"]["note"], &signed["closed"]), (&json!("Lengkap."), &json!(1)));
    assert_eq!((&signed["taken"], &signed["in_turn"]), (&json!(1), &json!(1)));
    assert_eq!(signed["days"][1], json!({ "day": "2026-11-21", "signed": true }));
    supervisor.post("/v1/insight/daily-check", &sign).await.problem(409, "wrong_state");
    assert!(town.journal("medan").await.iter().all(|entry| !entry.body.contains("Lengkap")));

    // What cannot be a day, and what a Polsek and a commander see.
    for day in ["kemarin", "2026-02-30", "20261121", "2026-1-021"] {
        supervisor.post("/v1/insight/daily-check", &json!({ "day": day })).await.problem(422, "invalid");
    }
    supervisor.post("/v1/insight/daily-check", &json!({ "day": "2026-01-01" })).await.problem(409, "wrong_state");
    let seen = town.as_user("operator-timur").get("/v1/insight/daily-check?day=2026-11-21").await.ok();
    assert_eq!((&seen["received"], &seen["left_count"]), (&json!(1), &json!(0)));
    let csv = town.as_user("kapolres").get("/v1/insight/daily-check.csv?day=2026-11-21").await;
    assert_eq!((csv.status, csv.text.lines().count()), (200, 3), "{}", csv.text);
    assert!(csv.text.contains("MDN-20261121-0002,whatsapp,"), "{}", csv.text);
    town.finish().await;
}
