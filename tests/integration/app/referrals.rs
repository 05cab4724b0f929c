//! A matter goes to another agency and its answer comes back; nobody learns who reported it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::{Value, json};
use sigap::http::server;
use sigap::runtime::webhook_post::signature;
use sigap::sim::graph_media::Lies;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::citizen::Citizen;
use super::city::BARAT;
use super::media::photo;
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::Place;

on_both_stores! {
    a_matter_goes_to_an_agency_and_its_answer_comes_back,
    the_directory_is_kept_by_the_administrator,
}

const DAMKAR: &str = "628115550113";

async fn agency(town: &Town, body: Value) -> Value {
    let answer = town.as_user("admin").post("/v1/agencies", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn damkar(town: &Town) -> Value {
    let contact = format!("+{DAMKAR}");
    agency(town, json!({
        "name": "Damkar Contoh", "kind": "fire", "categories": ["kebakaran"], "channel": "whatsapp", "contact": contact,
    }))
    .await
}

/// An incident of a fire, by its path.
async fn fire(town: &Town, siti: &Citizen<'_>) -> String {
    siti.sees_a_fire(BARAT).await;
    town.settled().await;
    format!("/v1/incidents/{}", town.look("medan", |desk| desk.incidents.keys().next().unwrap().to_string()).await)
}

fn token(url: &str) -> String {
    url.split_once("/rujukan#").unwrap().1.to_owned()
}

async fn a_matter_goes_to_an_agency_and_its_answer_comes_back(place: Place) {
    let town = Town::on(place).await;
    let (siti, operator, nobody) = (Citizen::new(&town), town.as_user("operator"), town.as_nobody());
    let incident = fire(&town, &siti).await;
    let damkar = damkar(&town).await;
    let suggested = operator.get(&format!("{incident}/referrals/suggestions")).await.ok();
    assert!(suggested["items"][0]["planned"].as_bool().unwrap(), "the plan names the fire service: {suggested}");
    assert!(suggested["items"].as_array().unwrap().iter().any(|it| it["agency"]["id"] == damkar["id"]));

    let wanted = json!({ "agency_id": damkar["id"], "note": "gudang cat, \u{202e}<script>x</script>" });
    let sent = operator.post(&format!("{incident}/referrals"), &wanted).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let sent = sent.json();
    assert_eq!(sent["referral"]["state"], "sent");
    operator.post(&format!("{incident}/referrals"), &wanted).await.problem(409, "wrong_state");
    let letter = &town.told(DAMKAR, 1).await[0];
    let url = sent["url"].as_str().unwrap();
    assert!(letter.contains(url) && letter.contains("Kebakaran") && letter.contains("<script>x</script>"), "{letter}");
    assert!(!letter.contains("Siti") && !letter.contains(&siti.wa_id), "{letter}");
    let told = town.told_after_pauses(&siti.wa_id, 2).await;
    assert!(told[1].contains("Diteruskan ke: Damkar Contoh"), "{told:#?}");

    // The page: one matter, no reporter, and only with the right code.
    let code = json!({ "token": token(url) });
    let page = nobody.post("/v1/referrals/by-token", &code).await;
    let seen = page.ok();
    assert_eq!((&seen["what"], &seen["agency"]), (&json!("Kebakaran"), &json!("Damkar Contoh")));
    assert_eq!(seen["notes"][0]["text"], wanted["note"]);
    assert!(!seen.to_string().contains("Siti") && !seen.to_string().contains(&siti.wa_id), "{seen}");
    let mut forged = token(url);
    forged.replace_range(30..31, if forged.as_bytes()[30] == b'A' { "B" } else { "A" });
    for wrong in [forged.as_str(), "", "x", &"A".repeat(54)] {
        nobody.post("/v1/referrals/by-token", &json!({ "token": wrong })).await.problem(404, "not_found");
    }

    for _ in 0..2 {
        let taken = nobody.post("/v1/referrals/by-token/acknowledge", &code).await.ok();
        assert_eq!(taken["state"], "acknowledged");
    }
    let report = |done: bool, note: Option<&str>| json!({ "token": token(url), "done": done, "note": note });
    let path = "/v1/referrals/by-token/report";
    nobody.post(path, &report(false, None)).await.problem(422, "invalid");
    nobody.post(path, &report(false, Some(&"x".repeat(10_000)))).await.problem(422, "invalid");
    nobody.post(path, &report(false, Some("dua mobil berangkat"))).await.ok();
    let done = nobody.post(path, &report(true, Some("api padam"))).await.ok();
    assert_eq!(done["state"], "done");
    nobody.post(path, &report(true, None)).await.problem(409, "wrong_state");

    let card = operator.get(&format!("{incident}/referrals")).await.ok();
    let notes: Vec<&str> =
        card["items"][0]["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(notes, [wanted["note"].as_str().unwrap(), "dua mobil berangkat", "api padam"]);
    assert_eq!(card["items"][0]["delivery"]["state"], "sent");
    let timeline = operator.get(&format!("{incident}/timeline")).await.ok();
    let kinds: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().filter_map(|item| item["kind"].as_str()).collect();
    for kind in ["referral_sent", "referral_acknowledged", "referral_reported"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let agency = timeline["items"].as_array().unwrap().iter().find(|it| it["kind"] == "referral_acknowledged").unwrap();
    assert_eq!(agency["actor"], json!({ "type": "agency", "id": damkar["id"] }));
    town.finish().await;
}

async fn the_directory_is_kept_by_the_administrator(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    let begun = admin.get("/v1/agencies").await.ok();
    let examples = begun["items"].as_array().unwrap();
    assert!(examples.iter().any(|it| it["phone"] == "119" && it["example"] == true), "{begun}");
    for user in ["operator", "supervisor", "kapolres", "auditor", "b-1"] {
        town.as_user(user)
            .post("/v1/agencies", &json!({ "name": "x", "kind": "fire" }))
            .await
            .problem(403, "forbidden");
    }
    town.as_user("b-1").get("/v1/agencies").await.problem(403, "forbidden");
    let seen = town.as_user("kapolres").get("/v1/agencies").await.ok();
    assert!(seen["items"].as_array().unwrap().iter().all(|it| it["phone"].is_null()), "numbers are for those who call");
    for (body, field) in [
        (json!({ "name": "x" }), "kind"),
        (json!({ "kind": "fire" }), "name"),
        (json!({ "kind": "fire", "name": "n".repeat(10_000) }), "name"),
        (json!({ "kind": "fire", "name": "x", "channel": "whatsapp", "contact": "112" }), "contact"),
        (json!({ "kind": "fire", "name": "x", "channel": "email", "contact": "a@b.c\r\nBcc: d@e.f" }), "contact"),
        (json!({ "kind": "fire", "name": "x", "areas": ["Medan"] }), "areas"),
        (json!({ "kind": "fire", "name": "x", "phone": "nol" }), "phone"),
    ] {
        let problem = admin.post("/v1/agencies", &body).await.problem(422, "invalid");
        assert_eq!(problem["field"], field, "{body}");
    }
    let odd = "Posko \u{0}\u{202e}<script>";
    let made = agency(&town, json!({ "name": odd, "kind": "community" })).await;
    let path = format!("/v1/agencies/{}", made["id"].as_str().unwrap());
    assert_eq!(made["name"], odd);
    assert_eq!(admin.patch(&path, &json!({ "areas": ["12.71.01"] })).await.ok()["name"], odd);
    let elsewhere = town.as_user("operator-belawan").get("/v1/agencies").await.ok();
    assert!(!elsewhere.to_string().contains("Posko"), "each office has its own");
    assert_eq!(admin.delete(&path).await.status, 204);
    admin.patch(&path, &json!({ "note": "x" })).await.problem(404, "not_found");
    let town = town.restart().await;
    let after = town.as_user("admin").get("/v1/agencies").await.ok();
    assert_eq!(after["items"], begun["items"], "what was taken out stays out");
    town.finish().await;
}

/// A webhook of an agency, which fails as often as it is told to.
async fn webhook(failures: usize) -> (String, Arc<Mutex<Vec<(String, String)>>>) {
    let heard: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let memory = heard.clone();
    let take = move |headers: HeaderMap, body: Bytes| async move {
        let mut memory = memory.lock();
        let signed = headers["x-sigap-signature"].to_str().unwrap_or_default().to_owned();
        memory.push((signed, String::from_utf8_lossy(&body).into_owned()));
        if memory.len() <= failures { StatusCode::BAD_GATEWAY } else { StatusCode::NO_CONTENT }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, Router::new().route("/hook", post(take)), CancellationToken::new()));
    (url, heard)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_signed_tried_again_and_reminded() {
    let town = Town::new().await;
    let (url, heard) = webhook(1).await;
    let made =
        agency(&town, json!({ "name": "PLN Contoh", "kind": "electricity", "channel": "webhook", "contact": url }))
            .await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let siti = Citizen::new(&town);
    let incident = fire(&town, &siti).await;
    let operator = town.as_user("operator");
    let wanted = json!({ "agency_id": made["id"], "tell_reporter": false });
    assert_eq!(operator.post(&format!("{incident}/referrals"), &wanted).await.status, 201);
    eventually("the webhook is called", async || heard.lock().len() == 1).await;
    town.turn(31).await;
    eventually("the webhook is called again", async || heard.lock().len() == 2).await;
    eventually("it is noted", async || {
        let card = operator.get(&format!("{incident}/referrals")).await.ok();
        card["items"][0]["delivery"]["state"] == "sent"
    })
    .await;
    // Nobody answers for a quarter of an hour, three times; then the card alone says so.
    for times in 1..=4 {
        town.turn(15 * 60).await;
        if times <= 3 {
            eventually("the agency is reminded", async || heard.lock().len() == 2 + times).await;
            let (signed, body) = heard.lock().last().unwrap().clone();
            assert_eq!(signed, signature(&secret, body.as_bytes()));
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((&body["kind"], &body["reminders"]), (&json!("reminder"), &json!(times)));
            assert!(!body.to_string().contains("Siti"));
        }
    }
    let card = operator.get(&format!("{incident}/referrals")).await.ok();
    assert_eq!(
        (&card["items"][0]["referral"]["reminders"], &card["items"][0]["referral"]["remind_at"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(heard.lock().len(), 5);
    assert_eq!(town.told(&siti.wa_id, 1).await.len(), 1, "the reporter was not told, as the operator wished");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_ends_when_it_is_taken_back_and_when_its_time_is_over() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let incident = fire(&town, &siti).await;
    let (operator, nobody) = (town.as_user("operator"), town.as_nobody());
    let made = damkar(&town).await;
    let (path, wanted) = (format!("{incident}/referrals"), json!({ "agency_id": made["id"] }));
    let first = operator.post(&path, &wanted).await.json();
    let close = format!("/v1/referrals/{}/close", first["referral"]["id"].as_str().unwrap());
    for user in ["kapolres", "admin", "b-1"] {
        town.as_user(user).post(&close, &json!({ "how": "withdrawn" })).await.problem(403, "forbidden");
    }
    town.as_user("operator-belawan").post(&close, &json!({ "how": "withdrawn" })).await.problem(404, "not_found");
    let taken_back = operator.post(&close, &json!({ "how": "withdrawn" })).await.ok();
    assert!(taken_back["url"].is_null());
    let code = |view: &Value| json!({ "token": token(view["url"].as_str().unwrap()) });
    nobody.post("/v1/referrals/by-token", &code(&first)).await.problem(410, "link_ended");
    nobody.post("/v1/referrals/by-token/acknowledge", &code(&first)).await.problem(410, "link_ended");
    let second = operator.post(&path, &wanted).await.json();
    nobody.post("/v1/referrals/by-token", &code(&second)).await.ok();
    town.turn(72 * 3600).await;
    nobody.post("/v1/referrals/by-token", &code(&second)).await.problem(410, "link_ended");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_without_an_incident_is_passed_on_and_its_followers_hear_of_it() {
    let town = Town::new().await;
    let (siti, budi, operator) = (Citizen::new(&town), Citizen::new(&town), town.as_user("operator"));
    siti.writes("pohon tumbang menutup jalan").await;
    budi.writes("ada pohon tumbang di jalan").await;
    town.settled().await;
    let ids = town.look("medan", |desk| desk.reports.keys().map(ToString::to_string).collect::<Vec<_>>()).await;
    operator.post(&format!("/v1/reports/{}/join", ids[1]), &json!({ "report_id": ids[0] })).await.ok();
    let made = damkar(&town).await;
    let path = format!("/v1/reports/{}/referrals", ids[0]);
    let sent = operator.post(&path, &json!({ "agency_id": made["id"] })).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let page = town
        .as_nobody()
        .post("/v1/referrals/by-token", &json!({ "token": token(sent.json()["url"].as_str().unwrap()) }))
        .await
        .ok();
    assert!(page["place"].is_null() && page["map_url"].is_null(), "what is not known is not said");
    for person in [&siti, &budi] {
        let told = town.told_after_pauses(&person.wa_id, 2).await;
        assert!(told[1].contains("Damkar Contoh"), "{told:#?}");
    }
    assert_eq!(operator.get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
    town.finish().await;
}

async fn send_photo(town: &Town, token: &str, bytes: Vec<u8>) -> super::client::Answer {
    let nobody = town.as_nobody();
    let request = nobody.request(reqwest::Method::POST, "/v1/referrals/by-token/photos");
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "image/jpeg");
    nobody.send(request.body(bytes)).await
}

async fn photo_of(town: &Town, token: &str, media: &Value) -> (u16, Vec<u8>) {
    let nobody = town.as_nobody();
    let request = nobody.request(reqwest::Method::POST, "/v1/referrals/by-token/media");
    let answer = request.json(&json!({ "token": token, "media": media })).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agency_sees_photos_only_when_the_operator_said_so_and_sends_its_own_back() {
    let town = Town::new().await;
    let (siti, operator) = (Citizen::new(&town), town.as_user("operator"));
    town.double.media().put("77", Lies::Here("image/jpeg".to_owned(), photo(900, 600).into()));
    let incident = fire(&town, &siti).await;
    siti.sends("image", json!({ "id": "77", "mime_type": "image/jpeg" })).await;
    town.settled().await;
    let kept = async || {
        crate::store_contract::place::number(town.store(), "SELECT COUNT(*) FROM media WHERE state = 'kept'").await == 1
    };
    eventually("the photo is ours", kept).await;
    let (damkar, pln) =
        (damkar(&town).await, agency(&town, json!({ "name": "PLN Contoh", "kind": "electricity" })).await);
    let refer = async |agency: &Value, photos: bool| {
        let wanted = json!({ "agency_id": agency["id"], "photos": photos });
        let sent = operator.post(&format!("{incident}/referrals"), &wanted).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        token(sent.json()["url"].as_str().unwrap())
    };
    let (seeing, blind) = (refer(&damkar, true).await, refer(&pln, false).await);
    let page = async |code: &str| town.as_nobody().post("/v1/referrals/by-token", &json!({ "token": code })).await.ok();
    let shown = page(&seeing).await;
    assert_eq!((shown["photos"].as_array().unwrap().len(), &shown["can_show"]), (1, &json!(true)));
    assert_eq!(page(&blind).await["photos"], json!([]));
    let media = shown["photos"][0]["id"].clone();
    let (status, bytes) = photo_of(&town, &seeing, &media).await;
    assert!(status == 200 && bytes.starts_with(b"\xff\xd8\xff"), "{status}");
    assert!(!bytes.windows(7).any(|window| window == b"<script"), "what was hidden in it stays hidden");
    assert_eq!(photo_of(&town, &blind, &media).await.0, 404, "the other agency was not meant to");
    assert_eq!(photo_of(&town, &seeing, &json!(uuid::Uuid::nil())).await.0, 404);

    // Its own photo: looked at like any other, once however often it is sent.
    for (bytes, status) in [
        (Vec::new(), 422),
        (b"<html>".to_vec(), 415),
        (b"\xff\xd8\xff\xe0 but no photo".to_vec(), 422),
        (vec![0; 11 * 1024 * 1024], 413),
    ] {
        assert_eq!(send_photo(&town, &blind, bytes).await.status, status);
    }
    let back = photo(1200, 900);
    for _ in 0..2 {
        let taken = send_photo(&town, &blind, back.clone()).await;
        assert_eq!(taken.status, 201, "{}", taken.text);
        assert_eq!(taken.json()["photos"].as_array().unwrap().len(), 1);
    }
    assert_eq!(page(&seeing).await["photos"].as_array().unwrap().len(), 1, "agencies do not see each other's");
    let own = page(&blind).await["photos"][0].clone();
    assert_eq!(own["from_agency"], true);
    assert_eq!(photo_of(&town, &blind, &own["id"]).await.0, 200);
    // The card has it, for those who handle the matter.
    let card = operator.get(&format!("{incident}/referrals")).await.ok();
    let referral = card["items"].as_array().unwrap().iter().find(|it| it["agency"]["id"] == pln["id"]).unwrap();
    assert_eq!(referral["referral"]["shown"], json!([own["id"]]));
    let path = format!("/v1/media/{}", own["id"].as_str().unwrap());
    let seen = operator.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(seen.status().as_u16(), 200);
    assert_eq!(town.as_user("kapolres").get(&path).await.status, 403);

    // Ten are enough; without the right code nothing is taken.
    for n in 0..9 {
        assert_eq!(send_photo(&town, &blind, photo(100 + n, 80)).await.status, 201);
    }
    send_photo(&town, &blind, photo(300, 80)).await.problem(409, "wrong_state");
    assert_eq!(page(&blind).await["can_show"], false);
    send_photo(&town, "x", back.clone()).await.problem(404, "not_found");
    town.as_nobody().post("/v1/referrals/by-token/photos", &json!({})).await.problem(404, "not_found");
    let done = json!({ "token": seeing, "done": true });
    town.as_nobody().post("/v1/referrals/by-token/report", &done).await.ok();
    send_photo(&town, &seeing, back).await.problem(409, "wrong_state");
    town.finish().await;
}
