//! An office's own words: who may change them, what is refused, and that they count at once.

use serde_json::{Value, json};

use super::citizen::Citizen;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    an_article_an_administrator_changed_is_what_the_next_asker_reads,
    words_of_a_message_change_are_kept_and_can_be_put_back,
}

async fn an_article_an_administrator_changed_is_what_the_next_asker_reads(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    let list = admin.get("/v1/articles").await.ok();
    let sim = |list: &Value| {
        let items = list["items"].as_array().unwrap();
        items.iter().find(|item| item["article"]["category"] == "sim").unwrap().clone()
    };
    assert_eq!((&sim(&list)["version"], &sim(&list)["article"]["example"]), (&json!(0), &json!(true)));
    assert_eq!(list["items"].as_array().unwrap().len(), 11);

    let change = json!({ "title": "SIM", "text": "Loket buka pukul 08.00.", "source": "Satlantas", "version": 0 });
    let changed = admin.request(reqwest::Method::PUT, "/v1/articles/sim").json(&change);
    let changed = admin.send(changed).await.ok();
    assert_eq!((&changed["version"], &changed["changed_by"]), (&json!(1), &json!("Contoh admin")));
    // Somebody who saw the old one does not overwrite it unseen.
    let late = admin.request(reqwest::Method::PUT, "/v1/articles/sim").json(&change);
    admin.send(late).await.problem(409, "stale");

    let siti = Citizen::new(&town);
    siti.writes("bagaimana cara perpanjang SIM C?").await;
    let told = town.told(&siti.wa_id, 1).await;
    assert!(told[0].contains("Loket buka pukul 08.00.") && told[0].contains("Sumber: Satlantas"), "{}", told[0]);
    assert!(!told[0].contains("informasi umum"), "the office has checked it: {}", told[0]);
    // The words survive a start; another office has its own.
    let town = town.restart().await;
    let again = town.as_user("supervisor").get("/v1/articles").await.ok();
    assert_eq!(sim(&again)["article"]["text"], "Loket buka pukul 08.00.");
    let budi = Citizen::new(&town).on_line("1002");
    budi.writes("bagaimana cara perpanjang SIM C?").await;
    assert!(town.told(&budi.wa_id, 1).await[0].contains("informasi umum"));

    town.as_user("admin").post("/v1/articles/sim/reset", &json!({})).await.ok();
    let history = town.as_user("auditor").get("/v1/articles/sim/history").await.ok();
    let versions: Vec<(&Value, bool)> =
        history["items"].as_array().unwrap().iter().map(|it| (&it["version"], it["article"].is_null())).collect();
    assert_eq!(versions, [(&json!(2), true), (&json!(1), false)]);
    town.finish().await;
}

async fn words_of_a_message_change_are_kept_and_can_be_put_back(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    let put = |code: &str, body: Value| {
        let request = admin.request(reqwest::Method::PUT, &format!("/v1/templates/{code}")).json(&body);
        admin.send(request)
    };
    let text = "Laporan <b>kami terima</b>, {hello}. Tiket {number}.";
    let shown = admin.post("/v1/templates/received/preview", &json!({ "text": text })).await.ok();
    assert_eq!(shown["text"], "Laporan <b>kami terima</b>, Polrestabes Contoh. Tiket CTH-20261121-0042.");
    assert_eq!(put("received", json!({ "text": text })).await.ok()["version"], 1);
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total di Jl. Melati Raya, truk mogok di tengah jalan").await;
    let told = town.told(&siti.wa_id, 1).await;
    assert_eq!(told[0], "Laporan <b>kami terima</b>, Polrestabes Contoh. Tiket MDN-20261121-0001.");

    let reset = admin.post("/v1/templates/received/reset", &json!({})).await.ok();
    assert_eq!((&reset["text"], &reset["version"]), (&reset["original"], &json!(2)));
    let titles = json!({ "text": "Selesai?", "titles": ["Beres", "Masih ada masalah di sini"] });
    assert_eq!(put("closed", titles).await.problem(422, "invalid")["field"], "titles");
    for text in ["", "  ", "{nama_petugas}", &"x".repeat(10_000)] {
        assert_eq!(put("noted", json!({ "text": text })).await.problem(422, "invalid")["field"], "text", "{text}");
    }
    put("reply", json!({ "text": "x" })).await.problem(404, "not_found");
    put("nothing", json!({ "text": "x" })).await.problem(404, "not_found");
    let odd = "nol \u{0} di tengah \u{202e}balik <script>alert(1)</script>";
    assert_eq!(put("noted", json!({ "text": odd })).await.ok()["text"], odd, "words stand as they were typed");
    put("quick_replies", json!({ "text": "Baik.\n\nMohon tunggu." })).await.ok();
    let lines = town.as_user("operator").get("/v1/quick-replies").await.ok();
    assert_eq!(lines["items"], json!(["Baik.", "Mohon tunggu."]));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_administrators_change_words_and_watchers_read_them() {
    let town = Town::new().await;
    for name in ["operator", "supervisor", "kapolres", "auditor"] {
        let user = town.as_user(name);
        user.get("/v1/templates").await.ok();
        user.get("/v1/articles").await.ok();
        for path in ["/v1/templates/noted", "/v1/articles/sim"] {
            let body = json!({ "title": "x", "text": "x" });
            let body = if path.ends_with("noted") { json!({ "text": "x" }) } else { body };
            user.send(user.request(reqwest::Method::PUT, path).json(&body)).await.problem(403, "forbidden");
            user.post(&format!("{path}/reset"), &json!({})).await.problem(403, "forbidden");
        }
    }
    let crew = town.as_user("b-1");
    for path in ["/v1/templates", "/v1/articles", "/v1/outbox", "/v1/quick-replies"] {
        crew.get(path).await.problem(403, "forbidden");
    }
    let admin = town.as_user("admin");
    for (path, status) in [("/v1/articles/kejahatan", 404), ("/v1/articles/nothing", 404)] {
        let body = json!({ "title": "x", "text": "x" });
        admin.send(admin.request(reqwest::Method::PUT, path).json(&body)).await.problem(status, "not_found");
    }
    let bad = json!({ "title": "x", "text": "x", "valid_from": "besok" });
    let bad = admin.send(admin.request(reqwest::Method::PUT, "/v1/articles/sim").json(&bad)).await;
    assert_eq!(bad.problem(422, "invalid")["field"], "valid_from");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_failed_for_good_is_seen_and_a_supervisor_sends_it_again() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total di Jl. Melati Raya, truk mogok di tengah jalan").await;
    town.told(&siti.wa_id, 1).await;
    let operator = town.as_user("operator");
    let report = operator.post("/v1/queue/next", &json!({})).await.ok()["report"]["id"].as_str().unwrap().to_owned();
    // A day later only a template may go out, and for this message none is approved.
    town.turn(25 * 3600).await;
    operator.post(&format!("/v1/reports/{report}/incident"), &json!({})).await.ok();
    let incidents = operator.get("/v1/incidents").await.ok();
    let incident = incidents["items"][0]["id"].as_str().unwrap().to_owned();
    let advice = operator.get(&format!("/v1/incidents/{incident}/recommendation")).await.ok();
    let offer = json!({ "unit_id": advice["candidates"][0]["unit_id"] });
    let offered = operator.post(&format!("/v1/incidents/{incident}/assignments"), &offer).await.ok();
    for step in ["accept", "en_route"] {
        let path = format!("/v1/assignments/{}/steps", offered["id"].as_str().unwrap());
        operator.post(&path, &json!({ "step": step, "key": step, "at": town.now() })).await.ok();
    }
    let store = town.store();
    super::town::eventually("it fails", async || !store.dead_messages("medan", 9).await.unwrap().is_empty()).await;
    let dead = town.as_user("auditor").get("/v1/outbox?state=dead").await.ok();
    let item = &dead["items"][0];
    assert_eq!(
        (&item["template"], &item["text"]),
        (&json!("unit_en_route"), &Value::Null),
        "an auditor reads no words"
    );
    assert!(item["error"].as_str().unwrap().contains("window"), "{item}");
    assert_eq!(town.told(&siti.wa_id, 1).await.len(), 1);

    let retry = format!("/v1/outbox/{}/retry", item["id"].as_str().unwrap());
    operator.post(&retry, &json!({})).await.problem(403, "forbidden");
    town.as_user("operator-belawan").post(&retry, &json!({})).await.problem(403, "forbidden");
    siti.writes("sampai mana pak").await;
    town.settled().await;
    town.as_user("supervisor").post(&retry, &json!({})).await.ok();
    let told = town.told_after_pauses(&siti.wa_id, 3).await;
    assert!(told.iter().any(|text| text.contains("sedang menuju lokasi")), "{told:#?}");
    town.as_user("supervisor").post(&retry, &json!({})).await.problem(404, "not_found");
    assert_eq!(operator.get("/v1/outbox").await.ok()["items"], json!([]));
    operator.get("/v1/outbox?state=lost").await.problem(422, "invalid");
    town.finish().await;
}
