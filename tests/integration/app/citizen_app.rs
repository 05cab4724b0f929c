//! The citizen app from outside: a number is proved, a report travels, somebody else's stays closed.

use reqwest::Method;
use serde_json::{Value, json};
use sigap::http::citizen_auth::COOKIE;
use uuid::Uuid;

use super::citizen::{Citizen, FIRE};
use super::city::{BARAT, NOWHERE, TIMUR};
use super::client::Client;
use super::media::photo;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_report_travels_from_the_app_to_the_unit_and_back,
    a_code_proves_a_number_and_is_good_once,
}

const REPORTS: &str = "/v1/citizen/reports";

/// The code that was sent to a number last.
async fn code_for(town: &Town, digits: &str, nth: usize) -> String {
    let told = town.told(digits, nth).await;
    let code: String = told[nth - 1].split('*').nth(1).unwrap().to_owned();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{told:?}");
    code
}

/// Somebody with the app, logged in; the number is his own.
pub(super) async fn with_app(town: &Town, digits: &str) -> Client {
    let nobody = town.as_nobody();
    let sent =
        nobody.post("/v1/citizen/accounts", &json!({ "phone": format!("+{digits}"), "name": "Siti Contoh" })).await;
    assert_eq!((sent.status, sent.ok()["expires_in_s"].as_i64()), (202, Some(300)));
    let code = code_for(town, digits, 1).await;
    let session = nobody.post("/v1/citizen/sessions", &json!({ "phone": digits, "code": code })).await;
    assert_eq!((session.status, session.header("set-cookie")), (201, ""), "an app gets a token, no cookie");
    nobody.with("authorization", &format!("Bearer {}", session.ok()["token"].as_str().unwrap()))
}

fn pinned(key: &str, text: &str, lng: f64, lat: f64) -> Value {
    json!({ "key": key, "text": text, "lng": lng, "lat": lat, "accuracy_m": 12.0 })
}

async fn a_report_travels_from_the_app_to_the_unit_and_back(place: Place) {
    let town = Town::on(place).await;
    let siti = with_app(&town, "6281200000001").await;
    let crew = town.as_user("b-1");
    let mut tablet = crew.screen().await;
    assert_eq!(tablet.json().await["type"], "snapshot");

    // REPORT IN: on a desk when the door answers, and the nearest unit is offered it.
    let created = siti.post(REPORTS, &pinned("k-1", FIRE, BARAT.lng, BARAT.lat)).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let report = created.ok();
    assert_eq!((&report["number"], &report["category"]), (&json!("MDN-20261121-0001"), &json!("kebakaran")));
    assert_eq!((&report["state"], &report["can_write"]), (&json!("arranged"), &json!(true)));
    let again = siti.post(REPORTS, &pinned("k-1", FIRE, BARAT.lng, BARAT.lat)).await;
    assert_eq!((again.status, &again.ok()["id"]), (200, &report["id"]));
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    let path = format!("{REPORTS}/{}", report["id"].as_str().unwrap());

    let unit = town.units["B-1"].to_string();
    let offer = tablet.assignment(&unit, "offered").await;
    let steps = format!("/v1/assignments/{}/steps", offer["id"].as_str().unwrap());
    for (step, state) in
        [("accept", "unit_assigned"), ("en_route", "on_the_way"), ("on_scene", "on_scene"), ("clear", "finishing")]
    {
        town.clock.advance(7);
        crew.post(&steps, &json!({ "step": step, "key": step, "at": town.now() })).await.ok();
        let seen = siti.get(&path).await.ok();
        assert_eq!(seen["report"]["state"], state);
        match state {
            "finishing" => assert_eq!(seen["report"]["unit"], Value::Null),
            "on_scene" => {
                assert_eq!(seen["report"]["unit"], json!({ "call_sign": "B-1", "there": true, "eta_min": null }));
            }
            _ => assert!(seen["report"]["unit"]["eta_min"].as_u64().unwrap() >= 1, "{seen}"),
        }
    }
    // An officer's words come back, and more words of the reporter go to the same report, however late.
    let operator = town.as_user("operator");
    let report_id = report["id"].as_str().unwrap();
    operator.post(&format!("/v1/reports/{report_id}/reply"), &json!({ "text": "Api sudah padam." })).await.ok();
    town.turn(3600).await;
    let more = siti.post(&format!("{path}/messages"), &json!({ "key": "k-2", "text": "masih ada asap" })).await.ok();
    let texts: Vec<&str> = more["messages"].as_array().unwrap().iter().filter_map(|m| m["text"].as_str()).collect();
    assert!(texts.contains(&"Api sudah padam.") && texts.contains(&"masih ada asap"), "{texts:?}");
    siti.post(&format!("{path}/messages"), &json!({ "key": "k-2", "text": "masih ada asap" })).await.ok();
    assert_eq!(
        town.look("medan", |desk| desk.reports.values().map(|r| r.messages.len()).collect::<Vec<_>>()).await,
        [2]
    );
    siti.post(&format!("{path}/rating"), &json!({ "stars": 5 })).await.problem(409, "wrong_state");

    // CLOSED, rated, and not over after all.
    let incident = offer["incident"].as_str().unwrap();
    operator.post(&format!("/v1/incidents/{incident}/close"), &json!({ "disposition": "resolved" })).await.ok();
    let closed = siti.get(&path).await.ok();
    assert_eq!((&closed["report"]["state"], &closed["report"]["can_rate"]), (&json!("done"), &json!(true)));
    let way: Vec<&str> = closed["timeline"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect();
    assert_eq!(way, ["received", "unit_assigned", "on_the_way", "on_scene", "unit_done", "closed"]);
    assert_eq!(closed["timeline"][1]["call_sign"], "B-1");
    siti.post(&format!("{path}/messages"), &json!({ "key": "k-3", "text": "halo" })).await.problem(409, "wrong_state");
    for stars in [json!(0), json!(6), json!("x")] {
        siti.post(&format!("{path}/rating"), &json!({ "stars": stars })).await.problem(422, "invalid");
    }
    let rated = siti.post(&format!("{path}/rating"), &json!({ "stars": 4, "note": "cepat" })).await.ok();
    assert_eq!((&rated["report"]["stars"], &rated["report"]["can_rate"]), (&json!(4), &json!(false)));
    siti.post(&format!("{path}/rating"), &json!({ "stars": 1 })).await.problem(409, "wrong_state");
    let open = siti.post(&format!("{path}/reopen"), &json!({ "key": "k-4", "text": "api menyala lagi" })).await.ok();
    assert_eq!((&open["report"]["state"], &open["report"]["stars"]), (&json!("received"), &Value::Null));
    siti.post(&format!("{path}/reopen"), &json!({ "key": "k-4" })).await.ok();
    siti.post(&format!("{path}/reopen"), &json!({ "key": "k-5" })).await.problem(409, "wrong_state");
    assert_eq!(operator.get("/v1/queue").await.ok()["items"].as_array().unwrap().len(), 1);
    // Nothing went over WhatsApp but the code.
    assert_eq!(town.told("6281200000001", 1).await.len(), 1);
    town.finish().await;
}

async fn a_code_proves_a_number_and_is_good_once(place: Place) {
    let town = Town::on(place).await;
    let nobody = town.as_nobody();
    let siti = Citizen::new(&town);
    siti.writes("halo pak, ada pohon tumbang di Jl. Melati Raya").await;
    town.settled().await;
    town.told(&siti.wa_id, 1).await;
    // Known and unknown numbers get the same answer.
    let known = nobody.post("/v1/citizen/accounts", &json!({ "phone": siti.wa_id })).await;
    let unknown = nobody.post("/v1/citizen/accounts", &json!({ "phone": "0812 0000-0002" })).await;
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    let code = code_for(&town, "6281200000002", 1).await;
    let session = |phone: &str, code: &str| json!({ "phone": phone, "code": code });
    let other = if code == "123456" { "123457" } else { "123456" };
    for wrong in ["", other, "1e999", "'; DROP TABLE citizen_codes--"] {
        nobody.post("/v1/citizen/sessions", &session("081200000002", wrong)).await.problem(401, "wrong_code");
    }
    let answer = nobody.post("/v1/citizen/sessions", &session("+62 812-0000-0002", &code)).await;
    assert_eq!(answer.status, 201, "the fifth try is the last: {}", answer.text);
    nobody.post("/v1/citizen/sessions", &session("081200000002", &code)).await.problem(401, "wrong_code");

    // Who wrote over WhatsApp is the same person here, and finds that report.
    town.turn(10).await;
    let code = code_for(&town, &siti.wa_id, 2).await;
    let token = nobody.post("/v1/citizen/sessions", &session(&siti.wa_id, &code)).await.ok();
    let app = nobody.clone().with("authorization", &format!("Bearer {}", token["token"].as_str().unwrap()));
    let items = app.get(REPORTS).await.ok()["items"].clone();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["channel"]), (1, &json!("whatsapp")));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_tries_at_once_are_no_more_than_five_and_old_codes_are_worth_nothing() {
    let town = Town::new().await;
    let nobody = town.as_nobody();
    let digits = "6281200000003";
    let ask = || async { nobody.post("/v1/citizen/accounts", &json!({ "phone": digits })).await };
    ask().await.ok();
    let code = code_for(&town, digits, 1).await;
    let wrong = |n: usize| format!("{:06}", (code.parse::<usize>().unwrap() + 1 + n) % 1_000_000);
    let tries = (0..20).map(|n| {
        let (client, guess) = (nobody.clone(), wrong(n));
        async move { client.post("/v1/citizen/sessions", &json!({ "phone": digits, "code": guess })).await }
    });
    for answer in futures_util::future::join_all(tries).await {
        answer.problem(401, "wrong_code");
    }
    nobody.post("/v1/citizen/sessions", &json!({ "phone": digits, "code": code })).await.problem(401, "wrong_code");
    // A new code is good, but not for ever.
    town.turn(10).await;
    ask().await.ok();
    let second = code_for(&town, digits, 2).await;
    town.turn(300).await;
    nobody.post("/v1/citizen/sessions", &json!({ "phone": digits, "code": second })).await.problem(401, "wrong_code");
    ask().await.ok();
    let refused = ask().await;
    refused.problem(429, "too_many_tries");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 60);
    // The tables know neither code nor number.
    let rows = format!("{:?}", town.store().read("SELECT * FROM citizen_codes", vec![]).await.unwrap());
    assert!(!rows.contains(digits) && !rows.contains(&code), "{rows}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_gets_a_cookie_scripts_cannot_read_and_only_our_own_page_may_use_it() {
    let town = Town::new().await;
    let (nobody, digits) = (town.as_nobody(), "6281200000004");
    let page = nobody.clone().with("origin", &town.base);
    page.post("/v1/citizen/accounts", &json!({ "phone": digits })).await.ok();
    let code = code_for(&town, digits, 1).await;
    let login = json!({ "phone": digits, "code": code });
    let foreign = nobody.clone().with("origin", "https://lapor.example");
    foreign.post("/v1/citizen/sessions", &login).await.problem(403, "forbidden");
    let answer = page.post("/v1/citizen/sessions", &login).await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in [COOKIE, "HttpOnly", "SameSite=Strict", "Path=/v1"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(answer.ok()["token"], Value::Null);
    let pair = cookie.split(';').next().unwrap();
    let page = page.with("cookie", pair);
    assert_eq!(page.get("/v1/citizen/sessions").await.ok()["phone"], "•••• 0004");
    page.patch("/v1/citizen/accounts", &json!({ "name": "Budi", "notify_whatsapp": true })).await.ok();
    assert_eq!(page.get("/v1/citizen/sessions").await.ok()["notify_whatsapp"], true);
    let foreign = foreign.with("cookie", pair);
    foreign.post(REPORTS, &json!({ "key": "k", "text": "x" })).await.problem(403, "forbidden");
    // The token of the cookie is no bearer token, and neither opens an officer's door.
    let token = pair.split_once('=').unwrap().1;
    let bearer = nobody.clone().with("authorization", &format!("Bearer {token}"));
    bearer.get(REPORTS).await.problem(401, "unauthorized");
    page.get("/v1/reports").await.problem(401, "unauthorized");
    town.as_user("operator").get(REPORTS).await.problem(401, "unauthorized");
    assert_eq!(page.delete("/v1/citizen/sessions").await.status, 204);
    page.get(REPORTS).await.problem(401, "unauthorized");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_does_not_exist() {
    let town = Town::new().await;
    let (siti, budi) = (with_app(&town, "6281200000005").await, with_app(&town, "6281200000006").await);
    let report = siti.post(REPORTS, &pinned("same-key", "pohon tumbang", TIMUR.lng, TIMUR.lat)).await.ok();
    let path = format!("{REPORTS}/{}", report["id"].as_str().unwrap());
    for path in [path.clone(), format!("{REPORTS}/{}", Uuid::nil()), format!("{REPORTS}/x")] {
        budi.get(&path).await.problem(404, "not_found");
        budi.post(&format!("{path}/messages"), &json!({ "key": "k", "text": "x" })).await.problem(404, "not_found");
        budi.post(&format!("{path}/rating"), &json!({ "stars": 1 })).await.problem(404, "not_found");
        budi.post(&format!("{path}/reopen"), &json!({ "key": "k" })).await.problem(404, "not_found");
    }
    // The key of one is not the key of the other.
    let own = budi.post(REPORTS, &pinned("same-key", "pohon tumbang", TIMUR.lng, TIMUR.lat)).await;
    assert_eq!(own.status, 201);
    assert_ne!(own.ok()["id"], report["id"]);
    assert_eq!(budi.get(REPORTS).await.ok()["items"].as_array().unwrap().len(), 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_is_refused_with_its_field_and_everything_else_comes_through_unchanged() {
    let town = Town::new().await;
    let siti = with_app(&town, "6281200000007").await;
    let refused = [
        (json!({ "text": "x" }), None),
        (json!({ "key": "", "text": "x" }), Some("key")),
        (json!({ "key": "a/b", "text": "x" }), Some("key")),
        (json!({ "key": "k", "text": " " }), Some("text")),
        (json!({ "key": "k", "text": "x".repeat(10_001) }), Some("text")),
        (json!({ "key": "k", "text": "x", "lng": 98.6 }), Some("lat")),
        (json!({ "key": "k", "text": "x", "lng": BARAT.lat, "lat": BARAT.lng }), Some("lng")),
        (json!({ "key": "k", "text": "x", "lng": 0, "lat": 0 }), Some("lng")),
        (json!({ "key": "k", "text": "x", "lng": "98,6", "lat": 3 }), None),
        (json!({ "key": "k", "text": "x", "category": "prank" }), Some("category")),
        (json!({ "key": "k", "text": "x", "category": "zombie" }), None),
        (json!({ "key": "k", "text": "x", "media": [Uuid::nil()] }), Some("media")),
        (json!({ "key": "k", "text": "x", "status": "closed" }), None),
        (json!({ "key": "k", "text": "x", "reporter": Uuid::nil() }), None),
    ];
    for (body, field) in refused {
        let problem = siti.post(REPORTS, &body).await.problem(422, "invalid");
        assert_eq!(problem["field"].as_str(), field, "{body}");
    }
    for body in [
        "{\"key\":\"k\",\"text\":\"x\",\"lng\":1e999,\"lat\":3}",
        "{\"key\":\"k\",\"text\":\"x\",\"lng\":NaN,\"lat\":3}",
        "{",
    ] {
        let raw = siti.request(Method::POST, REPORTS).header("content-type", "application/json").body(body);
        siti.send(raw).await.problem(400, "malformed");
    }
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 0);
    let long = "ñ".repeat(10_000);
    let words = ["\u{202e}gnolot", "<script>alert(1)</script>", "nul\u{0}di tengah", "=HYPERLINK(\"x\")", &long];
    for (n, text) in words.iter().enumerate() {
        siti.post(REPORTS, &json!({ "key": format!("w-{n}"), "text": text })).await.ok();
    }
    let items = siti.get(REPORTS).await.ok()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1, "messages of ten minutes are one report");
    let path = format!("{REPORTS}/{}", items[0]["id"].as_str().unwrap());
    let detail = siti.get(&path).await.ok();
    let said: Vec<&str> = detail["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["direction"] == "in")
        .map(|m| m["text"].as_str().unwrap())
        .collect();
    assert_eq!(said, words);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_is_as_precise_as_the_telephone_says_and_a_choice_helps_where_words_do_not() {
    let town = Town::new().await;
    let siti = with_app(&town, "6281200000008").await;
    // Two kilometres off: nobody is sent without an operator.
    let vague = json!({ "key": "k-1", "text": FIRE, "lng": BARAT.lng, "lat": BARAT.lat, "accuracy_m": 2000.0 });
    assert_eq!(siti.post(REPORTS, &vague).await.ok()["state"], "received");
    let radius = town.look("medan", |desk| desk.reports.values().next().unwrap().place.clone().unwrap().radius_m).await;
    assert!((radius - 2000.0).abs() < 1e-9, "{radius}");
    // The next pin is good, and the unit is offered it.
    let exact = json!({ "key": "k-2", "text": "ini titiknya", "lng": BARAT.lng, "lat": BARAT.lat, "accuracy_m": 8.0 });
    assert_eq!(siti.post(REPORTS, &exact).await.ok()["state"], "arranged");

    let budi = with_app(&town, "6281200000009").await;
    let chosen = json!({ "key": "k-1", "text": "tolong pak di sini", "category": "pohon_tumbang", "lng": TIMUR.lng, "lat": TIMUR.lat });
    assert_eq!(budi.post(REPORTS, &chosen).await.ok()["category"], "pohon_tumbang");
    let more = budi.post(REPORTS, &json!({ "key": "k-2", "text": "cepat ya" })).await.ok();
    assert_eq!(more["category"], "pohon_tumbang", "what he chose is not forgotten");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_lies_elsewhere_goes_there_and_stays_one_report_for_its_reporter() {
    let town = Town::new().await;
    let siti = with_app(&town, "6281200000010").await;
    let words = siti.post(REPORTS, &json!({ "key": "k-1", "text": "ada pohon tumbang menutup jalan" })).await.ok();
    assert!(words["number"].as_str().unwrap().starts_with("BLW-"), "{words}");
    let pin = siti.post(REPORTS, &pinned("k-2", "ini lokasinya", TIMUR.lng, TIMUR.lat)).await.ok();
    assert!(pin["number"].as_str().unwrap().starts_with("MDN-"), "{pin}");
    let items = siti.get(REPORTS).await.ok()["items"].clone();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &pin["id"]));
    // The id he was given first still leads to it, with everything said.
    let detail = siti.get(&format!("{REPORTS}/{}", words["id"].as_str().unwrap())).await.ok();
    assert_eq!(detail["report"]["id"], pin["id"]);
    let said = detail["messages"].as_array().unwrap().iter().filter(|m| m["direction"] == "in").count();
    assert_eq!(said, 2);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_it_hears_over_whatsapp_that_a_unit_comes_and_that_it_is_over() {
    let town = Town::new().await;
    let digits = "6281200000011";
    let siti = with_app(&town, digits).await;
    siti.patch("/v1/citizen/accounts", &json!({ "notify_whatsapp": true })).await.ok();
    siti.post(REPORTS, &pinned("k-1", FIRE, BARAT.lng, BARAT.lat)).await.ok();
    let offer = town.look("medan", |desk| desk.assignments.values().next().map(|a| (a.id, a.incident)).unwrap()).await;
    let crew = town.as_user("b-1");
    for step in ["accept", "en_route", "on_scene", "clear"] {
        crew.post(
            &format!("/v1/assignments/{}/steps", offer.0),
            &json!({ "step": step, "key": step, "at": town.now() }),
        )
        .await
        .ok();
    }
    town.as_user("operator")
        .post(&format!("/v1/incidents/{}/close", offer.1), &json!({ "disposition": "resolved" }))
        .await
        .ok();
    let told = town.told_after_pauses(digits, 3).await;
    assert!(told[1].contains("sedang menuju lokasi") && told[2].contains("telah ditangani"), "{told:#?}");
    assert_eq!(told.len(), 3, "{told:#?}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_goes_up_with_the_report_and_only_its_reporter_and_officers_see_it() {
    let town = Town::new().await;
    let (siti, budi) = (with_app(&town, "6281200000013").await, with_app(&town, "6281200000014").await);
    let photo = photo(400, 300);
    let begin = siti.request(Method::POST, "/v1/uploads").header("tus-resumable", "1.0.0");
    let begin = begin.header("upload-length", photo.len().to_string());
    let begin = begin.header("content-type", "application/offset+octet-stream").body(photo);
    let answer = siti.send(begin).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let media = answer.header("upload-media-id").to_owned();
    let with = |key: &str| json!({ "key": key, "text": "pohon tumbang", "media": [media] });
    budi.post(REPORTS, &with("k")).await.problem(422, "invalid");
    let report = siti.post(REPORTS, &with("k")).await.ok();
    let id = report["id"].as_str().unwrap();
    let detail = siti.get(&format!("{REPORTS}/{id}")).await.ok();
    let shown = detail["messages"].as_array().unwrap().iter().find(|m| m["kind"] == "image").unwrap();
    assert_eq!(shown["media"], json!(media));
    let path = format!("/v1/citizen/media/{media}");
    let seen = siti.request(Method::GET, &path).send().await.unwrap();
    assert_eq!((seen.status().as_u16(), seen.headers()["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    budi.get(&path).await.problem(404, "not_found");
    town.as_nobody().get(&path).await.problem(401, "unauthorized");
    let operator = town.as_user("operator-belawan").request(Method::GET, &format!("/v1/media/{media}"));
    assert_eq!(operator.send().await.unwrap().status().as_u16(), 200);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_was_recorded_before_the_end_is_there_after_the_start() {
    let town = Town::new().await;
    let siti = with_app(&town, "6281200000012").await;
    siti.post(REPORTS, &pinned("k-1", "pohon tumbang", TIMUR.lng, TIMUR.lat)).await.ok();
    let before = siti.get(REPORTS).await.ok();
    let headers = siti.headers.clone();
    let town = town.restart().await;
    let mut siti = town.as_nobody();
    siti.headers = headers;
    assert_eq!(siti.get(REPORTS).await.ok(), before);
    let again = siti.post(REPORTS, &pinned("k-1", "pohon tumbang", TIMUR.lng, TIMUR.lat)).await;
    assert_eq!(again.status, 200);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_may_know_of_the_roads_but_not_of_persons_or_exact_places() {
    let town = Town::new().await;
    let budi = Citizen::new(&town);
    budi.writes("jalan macet total, mobil mogok di tengah jalan").await;
    budi.pins(TIMUR).await;
    town.settled().await;
    let operator = town.as_user("operator");
    let detail = operator.post("/v1/queue/next", &json!({})).await.ok();
    let report = format!("/v1/reports/{}", detail["report"]["id"].as_str().unwrap());
    operator.patch(&report, &json!({ "category": "kemacetan", "priority": 2 })).await.ok();
    operator.post(&format!("{report}/incident"), &json!({})).await.ok();
    let nobody = town.as_nobody();
    let feed = nobody.get("/v1/citizen/feed").await.ok();
    let item = &feed["items"][0];
    assert_eq!(
        (&item["category"], &item["kelurahan"], &item["live"]),
        (&json!("kemacetan"), &json!("Melati"), &json!(true))
    );
    assert_ne!((item["lng"].as_f64(), item["lat"].as_f64()), (Some(TIMUR.lng), Some(TIMUR.lat)));
    assert!(item.get("id").is_none() && item.get("reports").is_none(), "{item}");
    let near = |lng: f64, lat: f64| format!("/v1/citizen/traffic?near={lng},{lat}");
    let found = nobody.get(&near(TIMUR.lng, TIMUR.lat)).await.ok();
    assert!(found["items"][0]["distance_m"].as_u64().unwrap() <= 300, "{found}");
    assert_eq!(nobody.get(&near(NOWHERE.lng, NOWHERE.lat)).await.ok()["items"], json!([]));
    for wrong in ["x", "1", "NaN,NaN", "3.59,98.67", "1e999,3"] {
        nobody.get(&format!("/v1/citizen/traffic?near={wrong}")).await.problem(422, "invalid");
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rating_and_reopening_work_for_seven_days_though_the_desk_forgets_after_one() {
    let town = Town::new().await;
    let siti = with_app(&town, "6281200000071").await;
    let operator = town.as_user("operator");
    let mut paths = Vec::new();
    for n in 0..3 {
        let text = "jalan rusak parah, lubangnya dalam";
        let report = siti.post(REPORTS, &pinned(&format!("k-{n}"), text, BARAT.lng, BARAT.lat)).await.ok();
        let id = report["id"].as_str().unwrap().to_owned();
        let end = json!({ "outcome": "resolved", "note": "sudah ditambal" });
        operator.post(&format!("/v1/reports/{id}/resolve"), &end).await.ok();
        paths.push((format!("{REPORTS}/{id}"), id));
        town.turn(700).await;
    }
    town.turn(6 * 24 * 3600).await;
    operator.post("/v1/reports", &json!({ "text": "hari ini" })).await.ok();
    let on_desk = town.look("medan", |desk| desk.reports.len()).await;
    assert_eq!(on_desk, 1, "the desk has forgotten them");

    let (rated, _) = &paths[0];
    let seen = siti.get(rated).await.ok();
    assert_eq!((&seen["report"]["can_rate"], &seen["report"]["can_reopen"]), (&json!(true), &json!(true)));
    let after = siti.post(&format!("{rated}/rating"), &json!({ "stars": 4, "note": "lama" })).await.ok();
    assert_eq!(after["report"]["stars"], 4);
    siti.post(&format!("{rated}/rating"), &json!({ "stars": 1 })).await.problem(409, "wrong_state");

    // "Belum selesai" puts it back where it stood: before what came since.
    let (opened, id) = &paths[1];
    let open = siti.post(&format!("{opened}/reopen"), &json!({ "key": "again", "text": "berlubang lagi" })).await.ok();
    assert_eq!(open["report"]["state"], "received");
    let queue = operator.get("/v1/queue").await.ok();
    let waiting: Vec<&str> =
        queue["items"].as_array().unwrap().iter().map(|item| item["report"]["id"].as_str().unwrap()).collect();
    assert!(waiting.contains(&id.as_str()), "{waiting:?}");
    let card = operator.get(&format!("/v1/reports/{id}")).await.ok();
    let texts: Vec<&str> = card["messages"].as_array().unwrap().iter().filter_map(|m| m["text"].as_str()).collect();
    assert!(
        texts.iter().any(|text| text.contains("lubangnya dalam")) && texts.contains(&"berlubang lagi"),
        "{texts:?}"
    );

    // A week later it is a new matter; the restart in between changes nothing.
    let town = town.restart().await;
    town.turn(2 * 24 * 3600).await;
    let (late, _) = &paths[2];
    let siti = siti.at(&town.base);
    let seen = siti.get(late).await.ok();
    assert_eq!((&seen["report"]["can_rate"], &seen["report"]["can_reopen"]), (&json!(false), &json!(false)));
    siti.post(&format!("{late}/rating"), &json!({ "stars": 4 })).await.problem(409, "wrong_state");
    siti.post(&format!("{late}/reopen"), &json!({ "key": "late" })).await.problem(409, "wrong_state");
    town.finish().await;
}
