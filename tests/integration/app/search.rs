//! Any word finds a report, within what the searcher may see; people are found by those with a reason,
//! and each look is an entry.

use serde_json::{Value, json};
use sigap::model::entry::Event;
use sigap::model::place::LngLat;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_word_of_the_conversation_finds_a_report_for_those_who_may_read_it,
    a_person_is_found_by_number_or_name_for_a_reason_and_the_look_is_recorded,
}

const THEFT: &str = "Pak, motor saya dicuri orang di parkiran tadi malam";

async fn reports<'a>(town: &'a Town, text: &str, at: LngLat) -> Citizen<'a> {
    let citizen = Citizen::new(town);
    let messages = [
        citizen.message("text", &json!({ "body": text }), town.now()),
        citizen.message("location", &json!({ "latitude": at.lat, "longitude": at.lng }), town.now()),
    ];
    assert_eq!(super::citizen::post(town, &citizen.body(&messages)).await.status, 200);
    town.settled().await;
    citizen
}

async fn search(town: &Town, login: &str, q: &str) -> Value {
    town.as_user(login).get(&format!("/v1/search?{q}")).await.ok()
}

fn numbers(answer: &Value) -> Vec<&str> {
    answer["reports"].as_array().unwrap().iter().map(|hit| hit["report"]["number"].as_str().unwrap()).collect()
}

async fn a_word_of_the_conversation_finds_a_report_for_those_who_may_read_it(place: Place) {
    let town = Town::on(place).await;
    reports(&town, THEFT, BARAT).await;
    town.clock.advance(60);
    reports(&town, "Ada pencurian helm di depan toko", TIMUR).await;

    let both = search(&town, "operator", "q=pencurian").await;
    assert_eq!(numbers(&both), ["MDN-20261121-0002", "MDN-20261121-0001"], "by the stem, newest first");
    assert!(both["reports"][1]["passage"].as_str().unwrap().contains("motor saya dicuri orang"), "{both}");
    assert_eq!((both["next"].is_null(), both["incidents"].as_array().unwrap().len()), (true, 0));
    assert_eq!(numbers(&search(&town, "operator", "q=curi%20parkiran").await), ["MDN-20261121-0001"], "every word");
    assert_eq!(numbers(&search(&town, "operator", "q=0002").await), ["MDN-20261121-0002"]);
    assert_eq!(numbers(&search(&town, "operator", "q=melati%20toko").await), ["MDN-20261121-0002"], "kelurahan too");
    assert!(numbers(&search(&town, "operator", "q=kapal").await).is_empty());

    // One by one: the answer says where to go on.
    let first = search(&town, "operator", "q=curi&limit=1").await;
    let rest = search(&town, "operator", &format!("q=curi&limit=1&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!([numbers(&first), numbers(&rest)].concat(), numbers(&both));

    // A Polsek sees its own; who does not work the queue reads no conversation; a crew has no lists.
    assert_eq!(numbers(&search(&town, "operator-timur", "q=curi").await), ["MDN-20261121-0002"]);
    assert!(numbers(&search(&town, "operator-belawan", "q=curi").await).is_empty());
    assert!(numbers(&search(&town, "auditor", "q=parkiran").await).is_empty());
    let seen = search(&town, "auditor", "q=kejahatan%20kenanga").await;
    assert_eq!(numbers(&seen), ["MDN-20261121-0001"]);
    assert!(seen["reports"][0]["passage"].is_null(), "and nothing is quoted to him");
    town.as_user("b-1").get("/v1/search?q=curi").await.problem(403, "forbidden");
    town.as_user("operator").get("/v1/search?q=%3F%21").await.problem(422, "invalid");

    // An incident is found by its place, and a report still is when the desk has forgotten it.
    let operator = town.as_user("operator");
    let id = both["reports"][1]["report"]["id"].as_str().unwrap();
    let incident = operator.post(&format!("/v1/reports/{id}/incident"), &json!({})).await.ok();
    let found = search(&town, "operator", "q=kenanga%20kejahatan").await;
    assert_eq!(found["incidents"][0]["id"], incident["id"]);
    let other = both["reports"][0]["report"]["id"].as_str().unwrap();
    operator.post(&format!("/v1/reports/{other}/resolve"), &json!({ "outcome": "answered" })).await.ok();
    town.turn(26 * 3600).await;
    reports(&town, "Selamat pagi, mau tanya jadwal SIM keliling", BARAT).await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 2, "it left the desk");
    assert_eq!(numbers(&search(&town, "operator", "q=helm").await), ["MDN-20261121-0002"]);
    town.finish().await;
}

async fn a_person_is_found_by_number_or_name_for_a_reason_and_the_look_is_recorded(place: Place) {
    let town = Town::on(place).await;
    let citizen = reports(&town, THEFT, BARAT).await;
    let operator = town.as_user("operator");
    let looks = async || {
        let is_look = |event: &Event| matches!(event, Event::ReporterViewed { .. });
        town.journal("medan").await.iter().filter(|entry| is_look(&entry.event)).count()
    };

    let ask = |q: &str, reason: &str| json!({ "q": q, "reason": reason });
    operator.post("/v1/search/people", &ask(&citizen.wa_id, "")).await.problem(422, "invalid");
    operator.post("/v1/search/people", &ask("12", "menelepon lagi")).await.problem(422, "invalid");
    town.as_user("auditor").post("/v1/search/people", &ask("siti", "ingin tahu")).await.problem(403, "forbidden");
    assert_eq!(looks().await, 0, "nobody was shown");

    let local = format!("0{}", citizen.wa_id.strip_prefix("62").unwrap());
    let found = operator.post("/v1/search/people", &ask(&local, "menelepon menanyakan laporannya")).await.ok();
    assert_eq!(found["items"][0]["name"], "Siti Contoh");
    assert_eq!(found["items"][0]["reports"][0]["number"], "MDN-20261121-0001");
    assert_eq!(looks().await, 1);
    let named = operator.post("/v1/search/people", &ask("siti con", "menelepon menanyakan laporannya")).await.ok();
    assert_eq!(named["items"].as_array().unwrap().len(), 1);
    assert_eq!((looks().await, named["items"][0]["phone"].as_str().unwrap().ends_with(&citizen.wa_id)), (2, true));
    let nobody = operator.post("/v1/search/people", &ask("budi", "menelepon menanyakan laporannya")).await.ok();
    assert!(nobody["items"].as_array().unwrap().is_empty());
    // Another Polsek finds nobody it has nothing to do with, and that leaves no look.
    let timur = town.as_user("operator-timur");
    let found = timur.post("/v1/search/people", &ask(&local, "menelepon menanyakan laporannya")).await.ok();
    assert_eq!((found["items"].as_array().unwrap().len(), looks().await), (0, 2));

    // The reason stands with the report, and the look is one also when the report is long over.
    let id = named["items"][0]["reports"][0]["id"].as_str().unwrap();
    let detail = operator.get(&format!("/v1/reports/{id}")).await.ok();
    let notes = detail["messages"].as_array().unwrap().iter().filter(|m| m["direction"] == "note");
    assert_eq!(notes.count(), 2);
    operator.post(&format!("/v1/reports/{id}/resolve"), &json!({ "outcome": "answered" })).await.ok();
    town.turn(26 * 3600).await;
    operator.post("/v1/search/people", &ask("siti", "mencari laporan lama")).await.ok();
    assert_eq!(looks().await, 3);
    town.finish().await;
}
