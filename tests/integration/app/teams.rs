//! Teams of operators: who takes what, the fair next one for each, and what is seen of taking out of turn.

use serde_json::{Value, json};
use sigap::model::entry::Event;
use sigap::model::team::TeamEvent;

use super::citizen::Citizen;
use super::client::Client;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    the_fair_next_one_is_the_first_of_ones_own_line,
    teams_are_arranged_by_those_who_may_and_never_over_each_other,
    a_report_is_set_aside_by_hand_and_taken_back,
}

const HOLE: &str = "Pak jalan di depan pasar rusak parah berlubang, tolong diperbaiki";
const CRASH: &str = "Ada kecelakaan motor, korbannya luka parah berdarah tidak sadar";
const NOISE: &str = "Pak ada tetangga ribut ribut berisik pasang musik keras";

/// A report of its own minute; gives its id.
async fn reports(town: &Town, text: &str) -> String {
    town.clock.advance(60);
    let before = town.look("medan", |desk| desk.reports.keys().copied().collect::<Vec<_>>()).await;
    Citizen::new(town).writes(text).await;
    town.settled().await;
    town.clock.advance(5);
    let new = move |desk: &sigap::dispatch::desk::Desk| desk.reports.keys().find(|id| !before.contains(id)).copied();
    town.look("medan", new).await.unwrap().to_string()
}

async fn id_of(town: &Town, username: &str) -> String {
    town.store().user_by_name(username).await.unwrap().unwrap().id.to_string()
}

async fn arrange(town: &Town, items: Value) -> Value {
    let boss = town.as_user("supervisor");
    let version = boss.get("/v1/teams").await.ok()["version"].clone();
    boss.put("/v1/teams", &json!({ "version": version, "items": items })).await.ok()
}

async fn next(who: &Client) -> Option<String> {
    let answer = who.post("/v1/queue/next", &json!({})).await;
    if answer.status == 204 {
        return None;
    }
    Some(answer.ok()["report"]["id"].as_str().unwrap().to_owned())
}

async fn the_fair_next_one_is_the_first_of_ones_own_line(place: Place) {
    let town = Town::on(place).await.with_operators(3).await;
    let [roads, street, helper] = ["operator-0", "operator-1", "operator-2"];
    let teams = json!([
        { "name": "Regu Lingkungan", "members": [id_of(&town, roads).await], "takes": ["jalan_rusak", "lampu_pju"] },
        { "name": "  Regu   Jalan ", "members": [id_of(&town, street).await], "takes": ["kamtibmas"] },
    ]);
    let arranged = arrange(&town, teams).await;
    assert_eq!(arranged["items"][1]["name"], "Regu Jalan", "blanks are put in order");
    let first_noise = reports(&town, NOISE).await;
    let hole = reports(&town, HOLE).await;
    let second_noise = reports(&town, NOISE).await;
    let crash = reports(&town, CRASH).await;
    let read = town.look("medan", |desk| desk.reports.values().map(|r| r.reading.category).collect::<Vec<_>>()).await;
    assert!(
        read.iter().any(|it| it.code() == "jalan_rusak") && read.iter().any(|it| it.code() == "kamtibmas"),
        "{read:?}"
    );

    // What is urgent stands in every line.
    let lines = town.as_user("operator").get("/v1/teams").await.ok();
    let waiting: Vec<u64> = lines["items"].as_array().unwrap().iter().map(|t| t["waiting"].as_u64().unwrap()).collect();
    assert_eq!(waiting, [2, 3], "{lines}");
    let (roads, street, helper) = (town.as_user(roads), town.as_user(street), town.as_user(helper));
    assert_eq!(next(&roads).await, Some(crash), "first of all what is urgent");
    assert_eq!(next(&roads).await, Some(hole), "then the own line, though another waits longer");
    assert_eq!(next(&roads).await, Some(first_noise), "an empty line helps the others");

    // Out of turn: somebody takes what came last while another of his line waits.
    let third_noise = reports(&town, NOISE).await;
    street.post(&format!("/v1/reports/{third_noise}/claim"), &json!({})).await.ok();
    street.post(&format!("/v1/reports/{third_noise}/claim"), &json!({})).await.ok();
    assert_eq!(next(&helper).await, Some(second_noise));
    assert_eq!(next(&helper).await, None);
    let shared = town.as_user("kapolres").get("/v1/teams").await.ok();
    let of = |team: usize| &shared["items"][team]["members"][0];
    assert_eq!((&of(0)["taken"], &of(0)["out_of_turn"], &of(0)["holds"]), (&json!(3), &json!(0), &json!(3)));
    assert_eq!((&of(1)["taken"], &of(1)["out_of_turn"]), (&json!(1), &json!(1)));
    let skipped = &shared["out_of_turn"][0];
    assert_eq!((&skipped["report"], &skipped["ahead"]), (&json!(third_noise), &json!(1)), "{shared}");
    assert!(shared["out_of_turn"].as_array().unwrap().len() == 1 && of(0)["mean_wait_s"].as_f64().unwrap() > 0.0);
    let others: Vec<&Value> = shared["others"].as_array().unwrap().iter().filter(|it| it["taken"] != 0).collect();
    assert_eq!(others.len(), 1, "who has no team is counted too");

    // It stands in the journal, and a new day begins at nothing.
    let told = town.journal("medan").await;
    let out = told.iter().filter(|e| matches!(&e.event, Event::Team(TeamEvent::OutOfTurn(it)) if it.ahead == 1));
    assert_eq!(out.count(), 1);
    town.turn(24 * 3600).await;
    let tomorrow = town.as_user("operator").get("/v1/teams").await.ok();
    assert_eq!(tomorrow["items"][0]["members"][0]["taken"], 0);
    let town = town.restart().await;
    assert_eq!(town.as_user("operator").get("/v1/teams").await.ok()["items"][0]["name"], "Regu Lingkungan");
    town.finish().await;
}

async fn teams_are_arranged_by_those_who_may_and_never_over_each_other(place: Place) {
    let town = Town::on(place).await;
    let (boss, admin) = (town.as_user("supervisor"), town.as_user("admin"));
    let operator = id_of(&town, "operator").await;
    let team = |name: &str, members: &[&str]| json!({ "name": name, "members": members });
    let wanted = |version: u64, items: Value| json!({ "version": version, "items": items });
    for who in ["operator", "kapolres", "auditor", "operator-barat"] {
        town.as_user(who).put("/v1/teams", &wanted(0, json!([]))).await.problem(403, "forbidden");
    }
    town.as_user("b-1").get("/v1/teams").await.problem(403, "forbidden");
    let long = "R".repeat(41);
    for (items, field) in [
        (json!([team("", &[])]), "name"),
        (json!([team(&long, &[])]), "name"),
        (json!([team("Regu 1", &[]), team("regu  1", &[])]), "name"),
        (json!([team("Regu 1", &[&operator]), team("Regu 2", &[&operator])]), "members"),
        (json!([team("Regu 1", &[&id_of(&town, "kapolres").await])]), "members"),
        (json!([team("Regu 1", &[&id_of(&town, "operator-belawan").await])]), "members"),
    ] {
        let refused = boss.put("/v1/teams", &wanted(0, items)).await.problem(422, "invalid");
        assert_eq!(refused["field"], field, "{refused}");
    }
    let first = boss.put("/v1/teams", &wanted(0, json!([team("Regu 🚓", &[&operator])]))).await.ok();
    assert_eq!(first["items"][0]["name"], "Regu 🚓");
    // The other one saw them before: his would undo what was just done.
    admin.put("/v1/teams", &wanted(0, json!([team("Regu 2", &[])]))).await.problem(409, "wrong_state");
    let version = admin.get("/v1/teams").await.ok()["version"].as_u64().unwrap();
    let second = admin.put("/v1/teams", &wanted(version, json!([team("Regu 2", &[])]))).await.ok();
    assert_eq!((&second["items"][0]["name"], second["items"].as_array().unwrap().len()), (&json!("Regu 2"), 1));
    town.finish().await;
}

async fn a_report_is_set_aside_by_hand_and_taken_back(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let (noise, crash) = (reports(&town, NOISE).await, reports(&town, CRASH).await);
    let path = format!("/v1/reports/{noise}/lane");
    town.as_user("kapolres").post(&path, &json!({ "lane": "set_aside" })).await.problem(403, "forbidden");
    operator.post(&path, &json!({ "lane": "elsewhere" })).await.problem(422, "invalid");
    for _ in 0..2 {
        assert_eq!(operator.post(&path, &json!({ "lane": "set_aside" })).await.ok()["lane"], "set_aside");
    }
    let urgent = format!("/v1/reports/{crash}/lane");
    operator.post(&urgent, &json!({ "lane": "set_aside" })).await.problem(409, "wrong_state");
    operator.post(&path, &json!({ "lane": "guarded" })).await.problem(409, "wrong_state");
    assert_eq!(operator.post(&path, &json!({ "lane": "main" })).await.ok()["lane"], "main");
    operator.post(&format!("/v1/reports/{noise}/claim"), &json!({})).await.ok();
    let aside = operator.post(&path, &json!({ "lane": "set_aside" })).await.ok();
    assert_eq!((&aside["lane"], &aside["state"]["name"]), (&json!("set_aside"), &json!("queued")), "nobody's any more");
    operator.post(&format!("/v1/reports/{noise}/resolve"), &json!({ "outcome": "cancelled" })).await.ok();
    operator.post(&path, &json!({ "lane": "main" })).await.problem(409, "wrong_state");
    town.finish().await;
}
