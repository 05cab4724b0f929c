//! The desk writes to a tablet and the crew answers; crews note what they saw; a step that comes too late
//! is told what happened meanwhile.

use reqwest::Method;
use serde_json::{Value, json};
use sigap::model::id::MessageId;

use super::citizen::Citizen;
use super::city::BARAT;
use super::client::Client;
use super::media::photo;
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::Place;

on_both_stores! {
    a_message_reaches_the_tablet_once_and_the_desk_sees_how_far_it_came,
    one_message_goes_to_several_crews_and_names_who_is_off_duty,
    notes_of_crews_reach_the_desk_and_their_words_never_the_journal,
    a_step_that_comes_too_late_is_told_who_did_what_meanwhile,
}

const WORDS: &str = "Merapat ke rumah Pak Harun, pagar hijau.";

fn path(town: &Town, call_sign: &str) -> String {
    format!("/v1/units/{}/messages", town.units[call_sign])
}

/// A fire that B-1 is sent to: its incident and its assignment.
async fn fire(town: &Town) -> (String, String) {
    Citizen::new(town).sees_a_fire(BARAT).await;
    town.settled().await;
    town.look("medan", |desk| {
        let assignment = desk.assignments.values().next().unwrap();
        (assignment.incident.to_string(), assignment.id.to_string())
    })
    .await
}

async fn step(town: &Town, assignment: &str, name: &str) -> super::client::Answer {
    town.clock.advance(7);
    let body = json!({ "step": name, "key": format!("k-{name}"), "at": town.now() });
    town.as_user("b-1").post(&format!("/v1/assignments/{assignment}/steps"), &body).await
}

fn first(list: &Value) -> &Value {
    &list["items"][0]
}

async fn kinds(operator: &Client, incident: &str) -> Vec<String> {
    let timeline = operator.get(&format!("/v1/incidents/{incident}/timeline")).await.ok();
    let items = timeline["items"].as_array().unwrap();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

async fn a_message_reaches_the_tablet_once_and_the_desk_sees_how_far_it_came(place: Place) {
    let town = Town::on(place).await;
    let (operator, crew) = (town.as_user("operator"), town.as_user("b-1"));
    let (incident, _) = fire(&town).await;
    let mut tablet = crew.screen().await;
    tablet.of_type("snapshot").await;
    let mut neighbour = town.as_user("b-2").screen().await;
    neighbour.of_type("snapshot").await;

    let door = path(&town, "B-1");
    let wanted = json!({ "text": WORDS, "incident_id": incident, "urgent": true, "key": "satu" });
    let sent = operator.post(&door, &wanted).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let sent = sent.ok();
    assert_eq!((&sent["text"], &sent["by_name"]), (&json!(WORDS), &json!("Contoh operator")));
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let again = operator.post(&door, &wanted).await.ok();
    assert_eq!(again["message"], sent["message"], "the same key sends once");

    // The tablet hears of it without its words, asks for them, and says that it has them.
    let heard = loop {
        let frame = tablet.of_type("entry").await;
        if let Some(message) = frame["changed"]["messages"].get(0) {
            break message.clone();
        }
    };
    assert_eq!(
        (heard["id"].as_str(), &heard["urgent"], &heard["text"]),
        (Some(id.as_str()), &json!(true), &Value::Null)
    );
    let read = crew.get(&door).await.ok();
    assert_eq!((&first(&read)["text"], read["items"].as_array().unwrap().len()), (&json!(WORDS), 1));
    tablet.say(&json!({ "type": "got", "messages": [id, id] })).await;
    let message: MessageId = id.parse().unwrap();
    eventually("the message counts as arrived", async || {
        town.look("medan", move |desk| desk.messages.get(message).is_some_and(|it| it.arrived_at.is_some())).await
    })
    .await;
    // A tablet that comes back finds it once, in the snapshot.
    let snapshot = crew.screen().await.of_type("snapshot").await;
    assert_eq!(snapshot["messages"].as_array().unwrap().len(), 1);

    let done = json!({ "at": town.now() });
    let read_door = format!("{door}/{id}/read");
    crew.post(&read_door, &done).await.ok();
    crew.post(&read_door, &done).await.ok();
    operator.post(&read_door, &done).await.problem(403, "forbidden");
    town.as_user("b-2").post(&read_door, &done).await.problem(404, "not_found");
    let answer = json!({ "text": "Siap", "answers": id, "key": "dua", "at": town.now() });
    let answered = crew.post(&door, &answer).await.ok();
    assert_eq!((&answered["message"]["side"], &answered["message"]["answers"]), (&json!("crew"), &json!(id)));
    assert_eq!(answered["message"]["incident"], json!(incident), "it is about what it answers");
    crew.post(&door, &answer).await.ok();
    let both = operator.get(&door).await.ok();
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
    let told: Vec<String> =
        kinds(&operator, &incident).await.into_iter().filter(|kind| kind.starts_with("unit_message")).collect();
    assert_eq!(told, ["unit_messaged", "unit_message_arrived", "unit_message_read", "unit_messaged"]);
    // Nothing of it is another crew's, and no word of it stands in the journal.
    assert!(neighbour_heard_nothing(&town, &mut neighbour).await);
    assert!(town.journal("medan").await.iter().all(|entry| !entry.body.contains("Harun")));

    refusals(&town, &door, &incident).await;
    let town = town.restart().await;
    assert_eq!(town.as_user("operator").get(&door).await.ok()["items"].as_array().unwrap().len(), 2);
    town.finish().await;
}

/// The next thing this tablet hears is its own panic button.
async fn neighbour_heard_nothing(town: &Town, neighbour: &mut super::client::Screen) -> bool {
    let door = format!("/v1/units/{}/emergency", town.units["B-2"]);
    town.as_user("b-2").post(&door, &json!({ "on": true })).await.ok();
    let frame = neighbour.of_type("entry").await;
    town.as_user("b-2").post(&door, &json!({ "on": false })).await.ok();
    frame["changed"]["units"][0]["emergency"] == json!(true)
}

async fn refusals(town: &Town, door: &str, incident: &str) {
    let operator = town.as_user("operator");
    let text = |text: &str| json!({ "text": text, "key": "lain" });
    assert_eq!(operator.post(door, &text(" \n ")).await.problem(422, "invalid")["field"], "text");
    operator.post(door, &text(&"a".repeat(1001))).await.problem(422, "invalid");
    operator.post(door, &json!({ "text": "a", "key": "" })).await.problem(422, "invalid");
    for user in ["kapolres", "auditor", "admin"] {
        town.as_user(user).post(door, &text("Halo")).await.problem(403, "forbidden");
    }
    town.as_user("operator-timur").post(door, &text("Halo")).await.problem(404, "not_found");
    town.as_user("operator-belawan").post(door, &text("Halo")).await.problem(404, "not_found");
    town.as_user("t-1").post(door, &text("Halo")).await.problem(403, "forbidden");
    town.as_user("t-1").get(door).await.problem(403, "forbidden");
    town.as_nobody().post(door, &text("Halo")).await.problem(401, "unauthorized");
    let elsewhere = json!({ "text": "Halo", "key": "k", "incident_id": uuid::Uuid::from_u128(5) });
    operator.post(door, &elsewhere).await.problem(404, "not_found");
    // A crew writes about what it was sent to and nothing else.
    let foreign = json!({ "text": "Halo", "key": "k", "incident_id": incident });
    town.as_user("t-1").post(&path(town, "T-1"), &foreign).await.problem(403, "forbidden");
    let off = json!({ "status": "off_duty" });
    town.as_user("t-2").post(&format!("/v1/units/{}/status", town.units["T-2"]), &off).await.ok();
    operator.post(&path(town, "T-2"), &text("Halo")).await.problem(409, "unit_off_duty");
}

async fn one_message_goes_to_several_crews_and_names_who_is_off_duty(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let off = json!({ "status": "off_duty" });
    town.as_user("t-2").post(&format!("/v1/units/{}/status", town.units["T-2"]), &off).await.ok();
    let door = "/v1/units/messages";
    let named =
        json!({ "unit_ids": [town.units["B-1"], town.units["T-2"], town.units["B-1"]], "text": WORDS, "key": "a" });
    let sent = operator.post(door, &named).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let sent = sent.ok();
    assert_eq!((sent["items"].as_array().unwrap().len(), &sent["off_duty"][0]["call_sign"]), (1, &json!("T-2")));
    assert_eq!(operator.post(door, &named).await.ok()["items"], sent["items"]);

    let on_duty = town
        .look("medan", |desk| {
            use sigap::model::unit::UnitStatus;
            desk.units.values().filter(|unit| unit.status != UnitStatus::OffDuty).count()
        })
        .await;
    let all = operator.post(door, &json!({ "all_on_duty": true, "text": WORDS, "key": "b" })).await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), on_duty);
    assert!(all["off_duty"].as_array().unwrap().is_empty(), "who is off duty was not named");
    let barat = operator.post(door, &json!({ "polsek": "barat", "text": WORDS, "key": "c" })).await.ok();
    let own = town
        .look("medan", |desk| desk.units.values().filter(|unit| unit.polsek.as_deref() == Some("barat")).count())
        .await;
    assert_eq!(barat["items"].as_array().unwrap().len(), own);
    // A Polsek writes to its own.
    let timur = town.as_user("operator-timur");
    let mine = timur.post(door, &json!({ "all_on_duty": true, "text": WORDS, "key": "d" })).await.ok();
    let of_timur = town
        .look("medan", |desk| {
            let timur = desk.units.values().filter(|unit| unit.polsek.as_deref() == Some("timur"));
            timur.filter(|unit| unit.call_sign != "T-2").count()
        })
        .await;
    assert_eq!(mine["items"].as_array().unwrap().len(), of_timur);
    let foreign = json!({ "unit_ids": [town.units["B-1"]], "text": WORDS, "key": "e" });
    timur.post(door, &foreign).await.problem(404, "not_found");

    let bad = [
        json!({ "text": WORDS, "key": "f" }),
        json!({ "all_on_duty": true, "polsek": "barat", "text": WORDS, "key": "f" }),
        json!({ "unit_ids": [], "text": WORDS, "key": "f" }),
        json!({ "all_on_duty": true, "text": "", "key": "f" }),
    ];
    for wanted in bad {
        operator.post(door, &wanted).await.problem(422, "invalid");
    }
    let nobody = json!({ "unit_ids": [town.units["T-2"]], "text": WORDS, "key": "g" });
    operator.post(door, &nobody).await.problem(409, "unit_off_duty");
    operator.post(door, &json!({ "polsek": "lain", "text": WORDS, "key": "h" })).await.problem(409, "unit_off_duty");
    town.as_user("b-1")
        .post(door, &json!({ "all_on_duty": true, "text": WORDS, "key": "i" }))
        .await
        .problem(403, "forbidden");
    // Each crew reads its own, and words that were never sent are not kept.
    let read = town.as_user("b-1").get(&path(&town, "B-1")).await.ok();
    assert_eq!(read["items"].as_array().unwrap().len(), 3);
    assert!(town.as_user("t-2").get(&path(&town, "T-2")).await.ok()["items"].as_array().unwrap().is_empty());
    town.finish().await;
}

async fn notes_of_crews_reach_the_desk_and_their_words_never_the_journal(place: Place) {
    let town = Town::on(place).await;
    let (operator, crew) = (town.as_user("operator"), town.as_user("b-1"));
    let (incident, assignment) = fire(&town).await;
    step(&town, &assignment, "accept").await.ok();
    let door = format!("/v1/incidents/{incident}/notes");
    let written = town.now();
    town.clock.advance(1200);
    let note = json!({ "text": "Bu Sumiati sudah dievakuasi.", "key": "n1", "at": written });
    let made = crew.post(&door, &note).await;
    assert_eq!(made.status, 201, "{}", made.text);
    crew.post(&door, &note).await.ok();
    operator.post(&door, &json!({ "text": "PLN sudah dihubungi.", "key": "n1" })).await.ok();
    let seen = operator.get(&door).await.ok();
    let items = seen["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{seen}");
    assert_eq!(
        (&items[0]["text"], &items[0]["call_sign"], &items[0]["at"]),
        (&json!("Bu Sumiati sudah dievakuasi."), &json!("B-1"), &json!(written))
    );
    assert_eq!((&items[1]["by_name"], &items[1]["unit"]), (&json!("Contoh operator"), &Value::Null));
    let own = crew.get(&door).await.ok();
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "what operators note is theirs");
    assert!(town.journal("medan").await.iter().all(|entry| !entry.body.contains("Sumiati")));
    assert!(kinds(&operator, &incident).await.contains(&"incident_noted".to_owned()));
    let notes = operator.get(&format!("/v1/incidents/{incident}")).await.ok();
    assert_eq!(notes["incident"]["notes"].as_array().unwrap().len(), 2);

    crew.post(&door, &json!({ "text": "", "key": "n2" })).await.problem(422, "invalid");
    crew.post(&door, &json!({ "text": "a".repeat(4097), "key": "n2" })).await.problem(422, "invalid");
    town.as_user("t-1").post(&door, &json!({ "text": "a", "key": "n2" })).await.problem(403, "forbidden");
    town.as_user("t-1").get(&door).await.problem(403, "forbidden");
    town.as_user("kapolres").post(&door, &json!({ "text": "a", "key": "n2" })).await.problem(403, "forbidden");
    town.as_user("operator-belawan").get(&door).await.problem(404, "not_found");
    // After the end it is still taken.
    let close = json!({ "disposition": "resolved", "note": "Selesai." });
    operator.post(&format!("/v1/incidents/{incident}/close"), &close).await.ok();
    crew.post(&door, &json!({ "text": "Api padam.", "key": "n3" })).await.ok();
    assert_eq!(operator.get(&door).await.ok()["items"].as_array().unwrap().len(), 3);
    town.finish().await;
}

async fn a_step_that_comes_too_late_is_told_who_did_what_meanwhile(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let (incident, assignment) = fire(&town).await;
    step(&town, &assignment, "accept").await.ok();
    // The operator heard it over the radio.
    let by_radio = json!({ "step": "en_route", "key": "radio", "at": town.now() });
    operator.post(&format!("/v1/assignments/{assignment}/steps"), &by_radio).await.ok();
    let said = step(&town, &assignment, "en_route").await.problem(409, "wrong_state")["meanwhile"].clone();
    assert_eq!(
        (&said["what"], &said["step"], &said["by_name"]),
        (&json!("stepped"), &json!("en_route"), &json!("Contoh operator"))
    );

    town.clock.advance(60);
    let release = json!({ "reason": "pelapor membatalkan" });
    operator.post(&format!("/v1/assignments/{assignment}/release"), &release).await.ok();
    let at = town.now();
    let said = step(&town, &assignment, "on_scene").await.problem(409, "wrong_state")["meanwhile"].clone();
    assert_eq!(
        (&said["what"], &said["by_name"], &said["reason"], &said["at"]),
        (&json!("released"), &json!("Contoh operator"), &json!("pelapor membatalkan"), &json!(at))
    );
    // What it saw on its way is still taken.
    let picture = town
        .as_user("b-1")
        .request(Method::POST, &format!("/v1/incidents/{incident}/photos?key=satu"))
        .header("content-type", "image/jpeg")
        .body(photo(64, 48));
    assert_eq!(picture.send().await.unwrap().status(), 201);

    // The next crew's job ends with its incident.
    let unit = town.units["B-2"];
    let offer = json!({ "unit_id": unit, "override_reason": "lebih dekat" });
    let offered = operator.post(&format!("/v1/incidents/{incident}/assignments"), &offer).await.ok();
    let door = format!("/v1/assignments/{}/steps", offered["id"].as_str().unwrap());
    let close = json!({ "disposition": "cancelled", "note": "Tidak ada apa-apa." });
    town.clock.advance(5);
    operator.post(&format!("/v1/incidents/{incident}/close"), &close).await.ok();
    let late = json!({ "step": "accept", "key": "x", "at": town.now() });
    let said = town.as_user("b-2").post(&door, &late).await.problem(409, "wrong_state")["meanwhile"].clone();
    assert_eq!((&said["what"], &said["reason"]), (&json!("closed"), &Value::Null), "{said}");
    town.finish().await;
}
