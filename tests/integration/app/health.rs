//! The health page on a living town: what is broken is named, in words, and mended again.

use serde_json::{Value, json};

use super::citizen::Citizen;
use super::city::TIMUR;
use super::client::Client;
use super::town::{SECRET, Town, eventually};

async fn item(who: &Client, code: &str) -> Option<Value> {
    let health = who.get("/v1/health").await.ok();
    health["items"].as_array().unwrap().iter().find(|item| item["code"] == code).cloned()
}

fn level(item: Option<Value>) -> String {
    item.map_or_else(|| "none".to_owned(), |item| item["level"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_with_a_wrong_secret_is_a_broken_channel_until_right_ones_come() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    assert_eq!(level(item(&admin, "signature").await), "none");
    let nobody = town.as_nobody();
    let body = br#"{"object":"whatsapp_business_account","entry":[]}"#.to_vec();
    let post = async |secret: &str| {
        let signed = sigap::sim::webhook::sign(secret, &body);
        let request = nobody.request(reqwest::Method::POST, "/v1/channels/whatsapp/webhook");
        nobody.send(request.header("x-hub-signature-256", signed).body(body.clone())).await.status
    };
    assert_eq!(post("somebody-else").await, 401);
    let broken = item(&admin, "signature").await.unwrap();
    assert_eq!(broken["level"], "bad");
    assert!(broken["words"].as_str().unwrap().contains("tanda tangannya salah"), "{broken}");
    assert!(broken["hint"].as_str().unwrap().contains("whatsapp.app_secret"), "{broken}");
    let english = admin.get("/v1/health?lang=en").await.ok();
    assert!(english.to_string().contains("refused for a wrong signature"), "{english}");
    town.turn(5).await;
    assert_eq!(post(SECRET).await, 200);
    assert_eq!(level(item(&admin, "signature").await), "warn");
    town.turn(3700).await;
    assert_eq!(level(item(&admin, "signature").await), "none");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_silent_units_and_the_exchange_are_watched() {
    let town = Town::new().await;
    let (admin, supervisor) = (town.as_user("admin"), town.as_user("supervisor"));
    assert_eq!(level(item(&admin, "heard").await), "warn", "nobody has written yet");
    assert_eq!(level(item(&admin, "call_110").await), "warn");
    assert_eq!(level(item(&admin, "backup").await), "note");
    let silent = item(&admin, "units").await.unwrap();
    assert_eq!(silent["level"], "bad", "{silent}");
    assert!(silent["words"].as_str().unwrap().starts_with("5 dari 5 unit"), "{silent}");

    let fix = json!({ "items": [{ "at": town.now(), "lng": TIMUR.lng, "lat": TIMUR.lat, "accuracy_m": 5.0 }] });
    town.as_user("t-1").post(&format!("/v1/units/{}/positions", town.units["T-1"]), &fix).await.ok();
    assert_eq!(level(item(&admin, "units").await), "warn");
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total").await;
    town.settled().await;
    assert_eq!(level(item(&admin, "heard").await), "ok");
    town.told(&siti.wa_id, 1).await;

    // Who leads the shift hears only what is wrong; who only works the queue, nothing.
    let seen = supervisor.get("/v1/health").await.ok();
    let levels: Vec<&Value> = seen["items"].as_array().unwrap().iter().map(|item| &item["level"]).collect();
    assert!(!levels.is_empty() && levels.iter().all(|level| *level == "warn" || *level == "bad"), "{seen}");
    town.as_user("operator").get("/v1/health").await.problem(403, "forbidden");
    town.as_user("kapolres").get("/v1/health").await.problem(403, "forbidden");
    town.as_nobody().get("/v1/health").await.problem(401, "unauthorized");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outbox_that_stands_still_is_seen_by_its_age() {
    // Nobody takes the messages: the channel is away.
    let town = Town::tuned(crate::store_contract::place::Place::sqlite(), |config| {
        config.whatsapp.graph_url = "http://127.0.0.1:9/v25.0".to_owned();
    })
    .await;
    let admin = town.as_user("admin");
    assert_eq!(level(item(&admin, "outbox").await), "ok");
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total").await;
    town.settled().await;
    eventually("the answer waits", async || town.store().waiting_messages().await.is_ok_and(|count| count > 0)).await;
    town.turn(300).await;
    let waits = item(&admin, "outbox").await.unwrap();
    assert_eq!(waits["level"], "warn", "{waits}");
    assert!(waits["words"].as_str().unwrap().contains("5 menit") && waits["since"].is_string(), "{waits}");
    town.turn(600).await;
    assert_eq!(level(item(&admin, "outbox").await), "bad");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_somebody_wrote_into_is_seen() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    assert_eq!(level(item(&admin, "journal").await), "ok");
    // The store itself refuses that: somebody had to take its guard away first.
    let write = |body: &str| format!("UPDATE entries SET body = {body} WHERE polres = 'medan' AND seq = 1;");
    town.place.tamper(&format!("DROP TRIGGER entries_are_not_changed; {}", write("body || ' '"))).await;
    let broken = item(&admin, "journal").await.unwrap();
    assert_eq!(broken["level"], "bad", "{broken}");
    town.place.tamper(&write("rtrim(body)")).await;
    assert_eq!(level(item(&admin, "journal").await), "ok");
    town.finish().await;
}
