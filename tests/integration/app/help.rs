//! Help between two Polres: one asks, the other says yes or no, its unit goes, and both journals tell it.

use serde_json::{Value, json};
use sigap::model::entry::Event;
use sigap::model::incident::IncidentState;

use super::citizen::Citizen;
use super::city::BARAT;
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::Place;

/// Everybody in Medan is busy when a house burns there; gives the path of the incident and its reporter.
async fn a_fire_nobody_in_medan_is_free_for(town: &Town) -> (String, Citizen<'_>) {
    for call_sign in ["B-1", "B-2", "T-1", "T-2", "M-1"] {
        let path = format!("/v1/units/{}/status", town.units[call_sign]);
        town.as_user(&call_sign.to_lowercase()).post(&path, &json!({ "status": "busy" })).await.ok();
    }
    let siti = Citizen::new(town);
    siti.sees_a_fire(BARAT).await;
    town.settled().await;
    let id = town.look("medan", |desk| desk.incidents.keys().next().copied()).await.unwrap();
    (format!("/v1/incidents/{id}"), siti)
}

/// The incident the other office opened for it.
async fn asked_for(town: &Town) -> String {
    let wanted = |desk: &sigap::dispatch::desk::Desk| {
        desk.incidents.values().find(|incident| incident.helps.is_some() && incident.is_open()).map(|i| i.id)
    };
    let id = town.look("belawan", wanted).await.unwrap();
    format!("/v1/incidents/{id}")
}

async fn help_is(town: &Town, incident: &str, state: &str, unit: Option<&str>) {
    let path = incident.to_owned();
    let said = format!("help with {path} is {state}, {unit:?}");
    eventually(&said, async || {
        let help = town.as_user("operator").get(&path).await.ok()["incident"]["helped_by"][0].clone();
        help["state"] == state && help["unit"].get("state").and_then(Value::as_str) == unit
    })
    .await;
}

async fn step(town: &Town, assignment: &Value, who: &str, step: &str) {
    let id = assignment["id"].as_str().unwrap();
    let body = json!({ "step": step, "key": format!("{id}-{step}"), "at": town.now() });
    town.as_user(who).post(&format!("/v1/assignments/{id}/steps"), &body).await.ok();
}

async fn a_neighbour_says_yes_and_its_unit_is_followed_on_both_sides(place: Place) {
    let town = Town::on(place).await;
    let (fire, siti) = a_fire_nobody_in_medan_is_free_for(&town).await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    let short = medan.get(&fire).await.ok()["incident"]["shortfall"].clone();
    assert_eq!(short["code"], "no_unit");
    let choices = medan.get(&format!("{fire}/help")).await.ok();
    let [choice] = &choices["items"].as_array().unwrap()[..] else { unreachable!("{choices}") };
    assert_eq!(
        (&choice["polres"], &choice["free_units"], &choice["asked"]),
        (&json!("belawan"), &json!(2), &Value::Null)
    );
    assert!(choice["travel_time_s"].as_f64().unwrap() > 300.0);

    for nowhere in ["medan", "atlantis", ""] {
        medan.post(&format!("{fire}/help"), &json!({ "polres": nowhere })).await.problem(422, "invalid");
    }
    town.as_user("kapolres")
        .post(&format!("{fire}/help"), &json!({ "polres": "belawan" }))
        .await
        .problem(403, "forbidden");
    belawan.post(&format!("{fire}/help"), &json!({ "polres": "medan" })).await.problem(404, "not_found");
    let asked = medan.post(&format!("{fire}/help"), &json!({ "polres": "belawan" })).await.ok();
    assert_eq!(asked["helped_by"][0]["state"], "asked");
    medan.post(&format!("{fire}/help"), &json!({ "polres": "belawan" })).await.problem(409, "help_asked");

    // Belawan has an incident of its own number: what and where, nobody's name, and no unit is sent yet.
    let theirs = asked_for(&town).await;
    let detail = belawan.get(&theirs).await.ok();
    assert_eq!((&detail["incident"]["number"], &detail["reports"]), (&asked["helped_by"][0]["number"], &json!([])));
    assert!(detail["incident"]["number"].as_str().unwrap().starts_with("BLW-"));
    assert_eq!(detail["incident"]["helps"]["number"], asked["number"]);
    assert_eq!(detail["incident"]["received_at"], asked["received_at"]);
    town.turn(60).await;
    assert_eq!(belawan.get(&theirs).await.ok()["assignments"], json!([]));
    medan.post(&format!("{theirs}/help/answer"), &json!({ "yes": true })).await.problem(404, "not_found");

    belawan.post(&format!("{theirs}/help/answer"), &json!({ "yes": true })).await.ok();
    belawan.post(&format!("{theirs}/help/answer"), &json!({ "yes": true })).await.problem(409, "wrong_state");
    let job = belawan.get(&theirs).await.ok()["assignments"][0].clone();
    assert_eq!(job["unit"], json!(town.units["L-1"]));
    help_is(&town, &fire, "agreed", Some("offered")).await;
    for (name, state) in [("accept", "accepted"), ("en_route", "en_route")] {
        step(&town, &job, "l-1", name).await;
        help_is(&town, &fire, "agreed", Some(state)).await;
    }
    assert_eq!(medan.get(&fire).await.ok()["incident"]["state"], "responding");
    let told = town.told_after_pauses(&siti.wa_id, 2).await;
    assert!(told.iter().any(|text| text.contains("menuju lokasi")), "{told:#?}");
    // The own machine sends nobody beside it.
    let path = format!("/v1/units/{}/status", town.units["M-1"]);
    town.as_user("m-1").post(&path, &json!({ "status": "available" })).await.ok();
    town.turn(30).await;
    assert_eq!(medan.get(&fire).await.ok()["assignments"], json!([]));

    step(&town, &job, "l-1", "on_scene").await;
    help_is(&town, &fire, "agreed", Some("on_scene")).await;
    step(&town, &job, "l-1", "clear").await;
    help_is(&town, &fire, "agreed", Some("cleared")).await;
    assert_eq!(medan.get(&fire).await.ok()["incident"]["state"], "cleared");
    belawan.post(&format!("{theirs}/close"), &json!({ "disposition": "resolved" })).await.ok();
    help_is(&town, &fire, "ended", Some("cleared")).await;
    medan.post(&format!("{fire}/close"), &json!({ "disposition": "resolved" })).await.ok();

    // Both timelines tell it, and both journals hold it.
    for (who, path) in [(&medan, &fire), (&belawan, &theirs)] {
        let timeline = who.get(&format!("{path}/timeline")).await.ok();
        let about = timeline["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "help").count();
        assert!(about >= 2, "{timeline}");
    }
    let noted = town.journal("medan").await.into_iter().filter(|entry| matches!(entry.event, Event::Help(_))).count();
    town.turn(60).await;
    let later = town.journal("medan").await.into_iter().filter(|entry| matches!(entry.event, Event::Help(_))).count();
    assert_eq!(later, noted, "what is known is not said again");
    let town = town.restart().await;
    town.turn(5).await;
    let again = town.journal("medan").await.into_iter().filter(|entry| matches!(entry.event, Event::Help(_))).count();
    assert_eq!(again, noted, "nor after a start");
    town.finish().await;
}

async fn a_neighbour_says_no_with_a_reason_and_can_be_asked_again(place: Place) {
    let town = Town::on(place).await;
    let (fire, _) = a_fire_nobody_in_medan_is_free_for(&town).await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    medan.post(&format!("{fire}/help"), &json!({ "polres": "belawan" })).await.ok();
    let theirs = asked_for(&town).await;
    belawan.post(&format!("{theirs}/help/answer"), &json!({ "yes": false })).await.problem(422, "invalid");
    let no = json!({ "yes": false, "reason": "semua unit di pelabuhan" });
    assert_eq!(belawan.post(&format!("{theirs}/help/answer"), &no).await.ok()["state"], "closed");
    help_is(&town, &fire, "declined", None).await;
    let incident = medan.get(&fire).await.ok()["incident"].clone();
    assert_eq!(incident["helped_by"][0]["reason"], "semua unit di pelabuhan");
    assert_eq!((&incident["state"], &incident["shortfall"]["code"]), (&json!("queued"), &json!("no_unit")));

    // Asked again; meanwhile an own unit is free, and the fire is closed before anybody answers.
    medan.post(&format!("{fire}/help"), &json!({ "polres": "belawan" })).await.ok();
    asked_for(&town).await;
    let id = fire.rsplit('/').next().unwrap().to_owned();
    medan.post(&format!("{fire}/close"), &json!({ "disposition": "cancelled", "note": "padam sendiri" })).await.ok();
    eventually("Belawan hears that it is over", async || {
        town.look("belawan", |desk| desk.incidents.values().all(|i| i.state == IncidentState::Closed)).await
    })
    .await;
    eventually("Medan knows that it was withdrawn", async || {
        let path = format!("/v1/incidents/{id}");
        medan.get(&path).await.ok()["incident"]["helped_by"][1]["state"] == "withdrawn"
    })
    .await;
    town.finish().await;
}

async fn whoever_asked_takes_the_wish_back(place: Place) {
    let town = Town::on(place).await;
    let (fire, _siti) = a_fire_nobody_in_medan_is_free_for(&town).await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    let back = json!({ "polres": "belawan" });
    let withdraw = format!("{fire}/help/withdraw");
    medan.post(&withdraw, &back).await.problem(404, "not_found");
    medan.post(&format!("{fire}/help"), &back).await.ok();
    let theirs = asked_for(&town).await;
    town.as_user("kapolres").post(&withdraw, &back).await.problem(403, "forbidden");
    belawan.post(&withdraw, &back).await.problem(404, "not_found");
    medan.post(&withdraw, &json!({ "polres": "medan" })).await.problem(422, "invalid");
    assert_eq!(medan.post(&withdraw, &back).await.ok()["helped_by"][0]["state"], "withdrawn");
    assert_eq!(belawan.get(&theirs).await.ok()["incident"]["state"], "closed");
    medan.post(&withdraw, &back).await.problem(404, "not_found");

    // Asked again: once their unit stands there it is too late.
    medan.post(&format!("{fire}/help"), &back).await.ok();
    let theirs = asked_for(&town).await;
    belawan.post(&format!("{theirs}/help/answer"), &json!({ "yes": true })).await.ok();
    let job = belawan.get(&theirs).await.ok()["assignments"][0].clone();
    for name in ["accept", "en_route", "on_scene"] {
        step(&town, &job, "l-1", name).await;
    }
    medan.post(&withdraw, &back).await.problem(409, "wrong_state");
    assert_eq!(belawan.get(&theirs).await.ok()["incident"]["state"], "on_scene");
    town.finish().await;
}

on_both_stores!(
    whoever_asked_takes_the_wish_back,
    a_neighbour_says_yes_and_its_unit_is_followed_on_both_sides,
    a_neighbour_says_no_with_a_reason_and_can_be_asked_again,
);
