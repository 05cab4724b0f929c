//! Who is asked when an offer is not taken, and who is served when a unit is free again.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sigap::model::entry::Event;

use super::citizen::{Citizen, FIRE};
use super::city::{BARAT, TIMUR};
use super::client::Screen;
use super::town::Town;

async fn next_offer(screen: &mut Screen) -> Value {
    screen.entry("assignment_offered").await["changed"]["assignments"][0].clone()
}

fn call_sign(town: &Town, unit: &Value) -> String {
    town.units.iter().find(|(_, id)| unit == &json!(id)).unwrap().0.clone()
}

async fn step(town: &Town, assignment: &Value, who: &str, step: &str) -> Value {
    let id = assignment["id"].as_str().unwrap();
    let body = json!({ "step": step, "key": format!("{id}-{step}"), "at": town.now() });
    town.as_user(who).post(&format!("/v1/assignments/{id}/steps"), &body).await.ok()
}

async fn refuses(town: &Town, assignment: &Value) {
    let crew = call_sign(town, &assignment["unit"]).to_lowercase();
    step(town, assignment, &crew, "refuse").await;
}

async fn says_it_is(town: &Town, call_sign: &str, status: &str) {
    let path = format!("/v1/units/{}/status", town.units[call_sign]);
    town.as_user(&call_sign.to_lowercase()).post(&path, &json!({ "status": status })).await.ok();
}

async fn shortfalls(town: &Town) -> Vec<String> {
    let said = |event| match event {
        Event::IncidentShort { shortfall, .. } => Some(shortfall.text),
        _ => None,
    };
    town.journal("medan").await.into_iter().filter_map(|entry| said(entry.event)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_nobody_answers_goes_to_the_unit_that_is_recommended_next() {
    let town = Town::new().await;
    let mut screen = town.as_user("operator").screen().await;
    Citizen::new(&town).sees_a_fire(BARAT).await;
    let first = next_offer(&mut screen).await;
    assert_eq!(call_sign(&town, &first["unit"]), "B-1");
    let incident = format!("/v1/incidents/{}", first["incident"].as_str().unwrap());
    let advice = town.as_user("operator").get(&format!("{incident}/recommendation")).await.ok();

    town.turn(19).await;
    assert_eq!(town.look("medan", |desk| desk.offers.len()).await, 1, "one second is left");
    town.turn(1).await;
    let expired = screen.entry("assignment_expired").await;
    assert_eq!(expired["changed"]["assignments"][0]["id"], first["id"]);
    let second = next_offer(&mut screen).await;
    assert_eq!(second["unit"], advice["candidates"][0]["unit_id"]);
    assert_ne!(second["unit"], first["unit"]);
    let late = json!({ "step": "accept", "key": "late", "at": town.now() });
    let path = format!("/v1/assignments/{}/steps", first["id"].as_str().unwrap());
    town.as_user("b-1").post(&path, &late).await.problem(409, "wrong_state");

    // A clock that jumps two days is no storm: every unit is asked once at most.
    for _ in 0..3 {
        town.turn(2 * 24 * 3600).await;
    }
    let offered = town.look("medan", |desk| desk.assignments.values().map(|a| a.unit).collect::<Vec<_>>()).await;
    assert!(offered.len() <= 5, "{offered:?}");
    assert_eq!(offered.iter().collect::<BTreeSet<_>>().len(), offered.len());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_units_refuse_it_is_said_once_and_the_next_free_unit_is_asked() {
    let town = Town::new().await;
    says_it_is(&town, "M-1", "busy").await;
    let mut screen = town.as_user("operator").screen().await;
    Citizen::new(&town).sees_a_fire(BARAT).await;
    let mut asked = BTreeSet::new();
    for _ in 0..4 {
        let offer = next_offer(&mut screen).await;
        assert!(asked.insert(call_sign(&town, &offer["unit"])), "nobody is asked twice");
        refuses(&town, &offer).await;
    }
    assert_eq!(asked.iter().map(String::as_str).collect::<Vec<_>>(), ["B-1", "B-2", "T-1", "T-2"]);
    screen.entry("incident_short").await;
    for _ in 0..3 {
        town.turn(60).await;
    }
    assert_eq!(shortfalls(&town).await.len(), 1);
    says_it_is(&town, "M-1", "available").await;
    let offer = next_offer(&mut screen).await;
    assert_eq!(call_sign(&town, &offer["unit"]), "M-1");
    assert_eq!(shortfalls(&town).await.len(), 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_for_two_units_never_says_the_same_shortfall_twice() {
    let town = Town::new().await;
    let mut screen = town.as_user("operator").screen().await;
    let witness = Citizen::new(&town);
    witness.writes("Tolong ada orang dibacok").await;
    witness.pins(TIMUR).await;
    for _ in 0..5 {
        let offer = next_offer(&mut screen).await;
        refuses(&town, &offer).await;
        town.turn(1).await;
    }
    let said = shortfalls(&town).await;
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{said:?}");
    assert!(!said.is_empty());
    let primaries = town.look("medan", |desk| desk.assignments.values().filter(|a| a.primary).count()).await;
    assert!(primaries >= 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_is_free_again_serves_the_incident_that_waits_longest() {
    let town = Town::new().await;
    for call_sign in ["B-1", "B-2", "T-1", "T-2", "M-1"] {
        says_it_is(&town, call_sign, "busy").await;
    }
    let mut screen = town.as_user("operator").screen().await;
    let mut waiting = Vec::new();
    for at in [TIMUR, BARAT] {
        Citizen::new(&town).sees_a_fire(at).await;
        waiting.push(screen.entry("incident_short").await["changed"]["incidents"][0]["id"].clone());
        town.turn(5).await;
    }
    assert_eq!(shortfalls(&town).await.len(), 2, "each says it once");
    says_it_is(&town, "B-1", "available").await;
    let first = next_offer(&mut screen).await;
    assert_eq!(first["incident"], waiting[0], "the older one, though the other is nearer");
    for name in ["accept", "en_route", "on_scene", "clear"] {
        step(&town, &first, "b-1", name).await;
    }
    let second = next_offer(&mut screen).await;
    assert_eq!((&second["incident"], &second["unit"]), (&waiting[1], &first["unit"]));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_people_who_see_one_fire_get_one_dispatch_and_thirty_answers() {
    let town = Town::new().await;
    let crowd: Vec<Citizen<'_>> = (0..30).map(|_| Citizen::new(&town)).collect();
    for (n, person) in (0_i32..).zip(&crowd) {
        person.writes(FIRE).await;
        person.pins(BARAT.offset_m(f64::from(n), 0.0)).await;
    }
    town.settled().await;
    let counts = town.look("medan", |desk| (desk.reports.len(), desk.incidents.len(), desk.assignments.len())).await;
    assert_eq!(counts, (30, 1, 1));
    for person in &crowd {
        assert_eq!(town.told(&person.wa_id, 1).await.len(), 1);
    }
    town.finish().await;
}
