//! Streets and names from a file in an administrator's browser: looked at first, refused by line, taken over
//! whole, and counted after a restart.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::osm::grid;
use crate::store_contract::place::Place;

on_both_stores! {
    streets_come_as_a_file_are_looked_at_and_count_after_a_restart,
}

const STREETS: &str = "/v1/office/streets";

async fn send(who: &Client, bytes: Vec<u8>) -> super::client::Answer {
    who.send(who.request(Method::PUT, STREETS).header("content-type", "application/octet-stream").body(bytes)).await
}

/// The job once it is read, whatever came of it.
async fn read(who: &Client) -> Value {
    eventually("the file is read", async || {
        let state = who.get(STREETS).await.ok()["state"].clone();
        state != "reading" && state != "receiving"
    })
    .await;
    who.get(STREETS).await.ok()
}

async fn streets_come_as_a_file_are_looked_at_and_count_after_a_restart(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    assert_eq!(admin.get(STREETS).await.ok()["state"], "none");
    send(&town.as_user("supervisor"), b"x".to_vec()).await.problem(403, "forbidden");
    admin.post(&format!("{STREETS}/apply"), &json!({})).await.problem(409, "no_streets");

    // A file that is none is refused in words, and nothing has changed.
    assert_eq!(send(&admin, b"PK\x03\x04 not a map".to_vec()).await.status, 202);
    let refused = read(&admin).await;
    assert_eq!(refused["state"], "refused");
    assert!(refused["problem"].as_str().unwrap().contains("not an OpenStreetMap extract"), "{refused}");
    let whole = grid(8);
    let cut: Vec<u8> = whole.bytes().take(whole.len() / 2).collect();
    send(&admin, cut).await;
    assert_eq!(read(&admin).await["state"], "refused", "half a file is none");
    assert_eq!(admin.get("/v1/office/steps").await.ok()["roads"], Value::Null);

    let accepted = send(&admin, whole.into_bytes()).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    let ready = read(&admin).await;
    assert_eq!(ready["state"], "ready", "{ready}");
    let found = &ready["found"];
    assert_eq!((&found["areas"], found["edges"].as_u64().unwrap() > 50), (&json!(3), true), "{found}");
    let steps = admin.get("/v1/office/steps").await.ok();
    assert_eq!((&steps["roads"], &steps["restart_needed"]), (&Value::Null, &json!(false)), "only looked at");

    assert_eq!(admin.post(&format!("{STREETS}/apply"), &json!({})).await.ok()["state"], "applied");
    assert_eq!(admin.get("/v1/office/steps").await.ok()["restart_needed"], true);
    let town = town.restart().await;
    let admin = town.as_user("admin");
    let steps = admin.get("/v1/office/steps").await.ok();
    assert_eq!((&steps["roads"], &steps["restart_needed"]), (&found["edges"], &json!(false)));
    let health = admin.get("/v1/health").await.ok();
    let roads = health["items"].as_array().unwrap().iter().find(|item| item["code"] == "roads").unwrap();
    assert!(roads["words"].as_str().unwrap().ends_with("diimpor hari ini."), "{roads}");
    let told = town.journal("medan").await.iter().any(|entry| entry.body.contains("streets_replaced"));
    assert!(told, "the journal says who replaced the streets");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_refused_by_line_looked_at_and_replaced() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    let ask = |text: &str, apply: bool| {
        let body = json!({ "text": text, "apply": apply });
        let admin = admin.clone();
        async move { admin.post("/v1/office/places", &body).await }
    };
    let bad = "name,kind,lng,lat\nJl. Anggrek,street,98.63,3.59\nJl. Salah,street,198.63,3.59\n";
    let report = ask(bad, false).await.ok();
    assert_eq!((&report["usable"], &report["problems"][0]["line"]), (&json!(false), &json!(3)), "{report}");
    assert_eq!(ask(bad, true).await.problem(422, "invalid")["field"], "text");
    assert_eq!(ask("tidak ada kolom", false).await.ok()["problems"][0]["line"], 1);
    let good = "name,kind,lng,lat\nJl. Anggrek,street,98.63,3.59\nPasar Uji,landmark,98.64,3.6\n";
    let looked = ask(good, false).await.ok();
    assert_eq!((&looked["places"], &looked["replaced"], &looked["applied"]), (&json!(2), &json!(2), &json!(false)));
    assert_eq!(looked["kinds"], json!({ "landmark": 1, "street": 1 }));
    assert_eq!(admin.get("/v1/office/steps").await.ok()["restart_needed"], false);
    assert_eq!(ask(good, true).await.ok()["applied"], true);
    assert_eq!(admin.get("/v1/office/steps").await.ok()["restart_needed"], true);
    let town = town.restart().await;
    let found = town.as_user("operator").get("/v1/locate?q=Pasar%20Uji").await.ok();
    assert_eq!(found["candidates"][0]["name"], "Pasar Uji", "{found}");
    town.as_user("operator").post("/v1/office/places", &json!({ "text": good })).await.problem(403, "forbidden");
    town.finish().await;
}
