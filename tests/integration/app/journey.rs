//! How a report travels: by the machine alone, and through an operator's hands.

use serde_json::{Value, json};

use super::citizen::{Citizen, FIRE};
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    an_emergency_travels_from_the_webhook_to_the_unit_and_back_to_the_reporter,
    an_operator_leads_a_report_from_the_queue_to_its_end,
}

/// The ticket number a message carries.
fn ticket(text: &str) -> &str {
    text.split('*').nth(1).unwrap()
}

async fn an_emergency_travels_from_the_webhook_to_the_unit_and_back_to_the_reporter(place: Place) {
    let town = Town::on(place).await;
    let siti = Citizen::new(&town);
    let mut desk = town.as_user("operator").screen().await;
    let crew = town.as_user("b-1");
    let mut tablet = crew.screen().await;
    assert_eq!(tablet.json().await["type"], "snapshot");

    // REPORT IN, UNDERSTAND: the words are certain, the place is asked for.
    siti.writes(FIRE).await;
    let read = desk.entry("report_read").await;
    let report = read["changed"]["reports"][0].clone();
    assert_eq!((&report["reading"]["category"], &report["reading"]["priority"]), (&json!("kebakaran"), &json!(1)));
    let number = report["number"].as_str().unwrap();
    assert_eq!(number, "MDN-20261121-0001");
    assert!(town.told(&siti.wa_id, 1).await[0].contains("di mana kejadiannya?"));

    // LOCATE, DECIDE: the pin gives place and Polsek, and the nearest car is offered at once.
    siti.pins(BARAT).await;
    let located = desk.entry("report_located").await;
    let jurisdiction = &located["changed"]["reports"][0]["jurisdiction"];
    assert_eq!((&jurisdiction["polsek"], &jurisdiction["polres"]), (&json!("barat"), &json!("medan")));
    let unit = town.units["B-1"].to_string();
    let offer = tablet.assignment(&unit, "offered").await;
    let (id, path) = (offer["id"].clone(), format!("/v1/assignments/{}/steps", offer["id"].as_str().unwrap()));
    assert_eq!((&offer["automatic"], &offer["primary"]), (&json!(true), &json!(true)));

    // An image belongs to the same report.
    siti.sends("image", json!({ "id": "1003", "mime_type": "image/jpeg", "caption": "apinya sudah ke atap" })).await;
    let extended = desk.entry("report_extended").await;
    assert_eq!(extended["changed"]["reports"][0]["id"], report["id"]);
    assert_eq!(extended["changed"]["reports"][0]["messages"].as_array().unwrap().len(), 3);

    // TELL: acknowledged, accepted, rolling, there, done; each step counts once.
    tablet.say(&json!({ "type": "ack", "delivery": id })).await;
    tablet.assignment(&unit, "delivered").await;
    for (step, state) in
        [("accept", "accepted"), ("en_route", "en_route"), ("on_scene", "on_scene"), ("clear", "cleared")]
    {
        town.clock.advance(7);
        let body =
            json!({ "step": step, "key": format!("k-{step}"), "at": town.now(), "lng": BARAT.lng, "lat": BARAT.lat });
        let first = crew.post(&path, &body).await.ok();
        let again = crew.post(&path, &body).await.ok();
        assert_eq!((&first["state"], &first), (&json!(state), &again));
        tablet.assignment(&unit, state).await;
    }
    let late = json!({ "step": "accept", "key": "k-late", "at": town.now() });
    crew.post(&path, &late).await.problem(409, "wrong_state");

    let incident = offer["incident"].as_str().unwrap();
    let close = json!({ "disposition": "resolved" });
    let closed = town.as_user("operator").post(&format!("/v1/incidents/{incident}/close"), &close).await.ok();
    assert_eq!(closed["state"], "closed");
    town.as_user("operator").post(&format!("/v1/incidents/{incident}/close"), &close).await.problem(409, "wrong_state");

    let told = town.told_after_pauses(&siti.wa_id, 4).await;
    let wanted = ["di mana kejadiannya?", "sedang menuju lokasi", "sudah tiba di lokasi", "telah ditangani"];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (text, words) in told.iter().zip(wanted) {
        assert!(text.contains(words), "{words}: {text}");
        assert_eq!(ticket(text), number);
    }
    assert!(told[1].contains("B-1"), "{}", told[1]);
    let steps: Vec<Value> =
        timeline(&town, incident).await.into_iter().filter(|kind| kind == "assignment_stepped").collect();
    assert_eq!(steps.len(), 4);
    assert_eq!(
        town.look("medan", |desk| (desk.reports.len(), desk.incidents.len(), desk.assignments.len())).await,
        (1, 1, 1)
    );
    town.finish().await;
}

async fn timeline(town: &Town, incident: &str) -> Vec<Value> {
    let timeline = town.as_user("auditor").get(&format!("/v1/incidents/{incident}/timeline")).await.ok();
    let items = timeline["items"].as_array().unwrap();
    let numbers: Vec<u64> = items.iter().map(|item| item["seq"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    items.iter().map(|item| item["kind"].clone()).collect()
}

async fn an_operator_leads_a_report_from_the_queue_to_its_end(place: Place) {
    let town = Town::on(place).await;
    let budi = Citizen::new(&town);
    budi.writes("jalan macet total di Jl. Melati Raya, mobil mogok di tengah jalan").await;
    town.settled().await;
    let operator = town.as_user("operator");

    let queue = operator.get("/v1/queue").await.ok();
    assert_eq!(queue["items"].as_array().unwrap().len(), 1);
    assert!(queue["items"][0]["excerpt"].as_str().unwrap().starts_with("jalan macet total"));
    let detail = operator.post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(
        (&detail["report"]["state"]["name"], &detail["reporter"]["name"]),
        (&json!("claimed"), &json!("Siti Contoh"))
    );
    assert_eq!(operator.post("/v1/queue/next", &json!({})).await.status, 204);
    let report = format!("/v1/reports/{}", detail["report"]["id"].as_str().unwrap());
    assert_eq!(town.as_user("supervisor").get(&report).await.ok()["reporter"]["name"], Value::Null);

    operator
        .patch(&report, &json!({ "category": "kemacetan", "priority": 2, "lng": TIMUR.lng, "lat": TIMUR.lat }))
        .await
        .ok();
    let incident = operator.post(&format!("{report}/incident"), &json!({})).await.ok();
    assert_eq!(
        (&incident["category"], &incident["priority"], &incident["automatic"]),
        (&json!("kemacetan"), &json!(2), &json!(false))
    );
    let incident = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    let advice = operator.get(&format!("{incident}/recommendation")).await.ok();
    let candidates = advice["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 5);
    assert!(candidates.iter().all(|c| !c["reasons"].as_array().unwrap().is_empty()), "{advice}");

    let (first, second) = (&candidates[0]["unit_id"], &candidates[1]["unit_id"]);
    let problem = operator
        .post(&format!("{incident}/assignments"), &json!({ "unit_id": second }))
        .await
        .problem(422, "reason_needed");
    assert_eq!(problem["field"], "override_reason");
    let with_reason = json!({ "unit_id": second, "override_reason": "sudah dekat menurut radio" });
    let overridden = operator.post(&format!("{incident}/assignments"), &with_reason).await.ok();
    assert_eq!(overridden["override_reason"], "sudah dekat menurut radio");
    operator.post(&format!("{incident}/assignments"), &with_reason).await.problem(409, "unit_taken");
    let released = format!("/v1/assignments/{}/release", overridden["id"].as_str().unwrap());
    operator.post(&released, &json!({ "reason": "" })).await.problem(422, "invalid");
    operator.post(&released, &json!({ "reason": "salah pilih" })).await.ok();
    let recommended = operator.post(&format!("{incident}/assignments"), &json!({ "unit_id": first })).await.ok();
    assert_eq!(recommended["override_reason"], Value::Null);

    // The crew speaks over the radio; the operator takes its steps.
    let steps = format!("/v1/assignments/{}/steps", recommended["id"].as_str().unwrap());
    for step in ["accept", "en_route", "on_scene"] {
        operator.post(&steps, &json!({ "step": step, "key": step, "at": town.now() })).await.ok();
    }
    operator.post(&format!("{incident}/feedback"), &json!({ "text": "Mobil derek sedang datang." })).await.ok();
    operator.post(&steps, &json!({ "step": "clear", "key": "clear", "at": town.now() })).await.ok();
    operator.post(&format!("{incident}/close"), &json!({ "disposition": "resolved", "note": "diderek" })).await.ok();

    let told = town.told_after_pauses(&budi.wa_id, 5).await;
    let wanted = ["sudah kami terima", "sedang menuju", "sudah tiba", "Mobil derek sedang datang.", "telah ditangani"];
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told.iter().zip(wanted).all(|(text, words)| text.contains(words)), "{told:#?}");
    assert_eq!(operator.get(&report).await.ok()["report"]["state"], json!({ "name": "closed", "outcome": "resolved" }));

    // It is not over: the reporter presses the button, and the report is first in line again.
    budi.sends(
        "interactive",
        json!({ "type": "button_reply", "button_reply": { "id": "belum", "title": "Belum selesai" } }),
    )
    .await;
    town.settled().await;
    assert_eq!(operator.get("/v1/queue").await.ok()["items"].as_array().unwrap().len(), 1);
    town.finish().await;
}
