//! From an empty store to a test message, as somebody does it who has only seen the code on the screen.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sigap::config::Config;
use sigap::http::server;
use sigap::model::clock::{ManualClock, Timestamp};
use sigap::serving;
use sigap::sim::graph_double::GraphDouble;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::on_both_stores;
use super::town::{PATIENCE, eventually};
use crate::store_contract::place::{KEYS, Place};

on_both_stores! {
    an_empty_store_becomes_an_office_that_sends_a_test_message,
}

const CODE: &str = "7kf2-92mn-pq4r";

/// `sigap serve` on an empty store, with settings somebody edits while it runs.
struct Fresh {
    base: String,
    settings: Arc<Mutex<Config>>,
    double: GraphDouble,
    stop: CancellationToken,
    serving: JoinHandle<anyhow::Result<()>>,
    place: Place,
}

impl Fresh {
    async fn start(place: Place) -> Self {
        sigap::feedback::transport::use_ring();
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_795_226_400)));
        let (double, notices) = GraphDouble::new(100, 7, clock.clone());
        drop(notices);
        let graph = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config::default();
        place.url.clone_into(&mut config.database.url);
        KEYS.clone_into(&mut config.privacy.keys);
        config.whatsapp.graph_url = format!("http://{}/v25.0", graph.local_addr().unwrap());
        tokio::spawn(server::serve(graph, double.router(), CancellationToken::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let settings = Arc::new(Mutex::new(config));
        let (read, stop) = (settings.clone(), CancellationToken::new());
        let load = move || Ok(read.lock().unwrap().clone());
        let until = stop.clone().cancelled_owned();
        let serving = tokio::spawn(serving::serve(load, listener, clock, Some(CODE.to_owned()), until));
        Self { base, settings, double, stop, serving, place }
    }

    fn nobody(&self) -> Client {
        self.of_page(&self.base)
    }

    fn of_page(&self, origin: &str) -> Client {
        // A connection kept from before a restart is closed by it.
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0).build().unwrap();
        Client::nobody(http, &self.base).with("origin", origin)
    }

    async fn end(self) {
        self.stop.cancel();
        self.serving.await.unwrap().unwrap();
        self.place.remove().await;
    }
}

/// What a door says while the server may be starting anew: nothing, while it does.
async fn asked(admin: &Client, path: &str) -> Option<Value> {
    let answer = admin.request(reqwest::Method::GET, path).send().await.ok()?;
    if answer.status() == 200 { answer.json().await.ok() } else { None }
}

fn first(code: &str) -> Value {
    json!({
        "code": code, "username": "kasi.tik", "name": "Kasi TIK", "password": "sandi pertama yang panjang",
        "office": { "code": "binjai", "name": "Polres Binjai Contoh", "prefix": "BNJ", "utc_offset_h": 7 },
    })
}

fn square(code: &str, name: &str, west: f64, south: f64) -> Value {
    let (east, north) = (west + 0.05, south + 0.05);
    json!({
        "type": "Feature",
        "properties": { "kode": code, "nama": name, "kode_kecamatan": "12.75.01", "kecamatan": "Binjai Kota" },
        "geometry": { "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
    })
}

fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

async fn an_empty_store_becomes_an_office_that_sends_a_test_message(place: Place) {
    let fresh = Fresh::start(place).await;
    let nobody = fresh.nobody();
    let state = nobody.get("/v1/setup").await.ok();
    assert_eq!((&state["open"], &state["office"]), (&json!(true), &Value::Null));
    nobody.post("/v1/setup", &first("0000-0000-0000")).await.problem(403, "wrong_code");
    let mut weak = first(CODE);
    weak["password"] = json!("pendek");
    assert_eq!(nobody.post("/v1/setup", &weak).await.problem(422, "invalid")["field"], "password");
    let foreign = fresh.of_page("http://evil.example");
    assert_eq!(foreign.post("/v1/setup", &first(CODE)).await.status, 403);
    let done = nobody.post("/v1/setup", &first("7KF2 92MN PQ4R")).await;
    assert_eq!(done.ok()["restarting"], true);
    let admin = nobody.browser(&done).with("origin", &fresh.base);
    eventually("the office is served", async || asked(&admin, "/v1/session").await.is_some()).await;
    let me = admin.get("/v1/session").await.ok();
    assert_eq!((&me["office"]["name"], &me["role"]), (&json!("Polres Binjai Contoh"), &json!("admin")));
    // The door is shut behind him.
    assert_eq!(nobody.get("/v1/setup").await.ok()["open"], false);
    nobody.post("/v1/setup", &first(CODE)).await.problem(403, "wrong_code");

    areas(&fresh, &admin).await;
    units(&admin).await;
    let wanted = json!({ "username": "operator", "name": "Operator Satu", "role": "operator" });
    assert!(admin.post("/v1/users", &wanted).await.ok()["password"].is_string());
    line(&fresh, &admin).await;
    let steps = admin.get("/v1/office/steps").await.ok();
    assert_eq!((&steps["areas"], &steps["units"], &steps["line"]), (&json!(2), &json!(1), &json!(true)), "{steps}");
    assert_eq!(steps["users"], json!({ "admin": 1, "operator": 1 }));
    assert_eq!(steps["restart_needed"], false);
    let offices = admin.get("/v1/offices").await.ok();
    assert_eq!(offices["items"].as_array().map(Vec::len), Some(1), "none is made beside it: {offices}");
    fresh.end().await;
}

async fn restarted(fresh: &Fresh, admin: &Client, sign: impl AsyncFn() -> bool) {
    assert_eq!(admin.post("/v1/office/restart", &json!({})).await.status, 202);
    eventually("the server has started anew", sign).await;
    assert!(!fresh.serving.is_finished());
}

async fn areas(fresh: &Fresh, admin: &Client) {
    let crossed = json!([[[98.45, 3.6], [98.5, 3.65], [98.5, 3.6], [98.45, 3.65], [98.45, 3.6]]]);
    let mut bad = square("12.75.01.1002", "Timbang Langkat", 98.5, 3.6);
    bad["geometry"]["coordinates"] = crossed;
    let file = collection(&[square("12.75.01.1001", "Binjai", 98.45, 3.6), bad]);
    let report = admin.post("/v1/office/areas", &json!({ "geojson": file })).await.ok();
    assert_eq!((&report["usable"], &report["problem_count"]), (&json!(false), &json!(1)), "{report}");
    assert_eq!((&report["problems"][0]["what"], &report["problems"][0]["line"]), (&json!("12.75.01.1002"), &json!(1)));
    admin.post("/v1/office/areas", &json!({ "geojson": file, "apply": true })).await.problem(422, "invalid");

    let good = collection(&[
        square("12.75.01.1001", "Binjai", 98.45, 3.6),
        square("12.75.01.1002", "Timbang Langkat", 98.5, 3.6),
    ]);
    let report = admin.post("/v1/office/areas", &json!({ "geojson": good })).await.ok();
    assert_eq!((&report["usable"], &report["areas"], &report["applied"]), (&json!(true), &json!(2), &json!(false)));
    let report = admin.post("/v1/office/areas", &json!({ "geojson": good, "apply": true })).await.ok();
    assert_eq!(report["applied"], true);
    let steps = admin.get("/v1/office/steps").await.ok();
    assert_eq!((&steps["areas"], &steps["restart_needed"]), (&json!(2), &json!(true)), "{steps}");
    let place = "/v1/jurisdiction?lng=98.47&lat=3.62";
    admin.get(place).await.problem(404, "not_found");
    restarted(fresh, admin, async || asked(admin, place).await.is_some()).await;
}

async fn units(admin: &Client) {
    let header = "call_sign,kind,polsek,crew,lng,lat\n";
    let bad = format!("{header}Binjai-01,boat,,2,98.47,3.62\n");
    let report = admin.post("/v1/office/units", &json!({ "csv": bad })).await.ok();
    assert_eq!(
        (&report["problems"][0]["line"], &report["problems"][0]["what"]),
        (&json!(2), &json!("kind")),
        "{report}"
    );
    let lost = format!("{header}Binjai-01,car,polsek-entah,2,98.47,3.62\n");
    admin.post("/v1/office/units", &json!({ "csv": lost, "apply": true })).await.problem(422, "invalid");
    let good = format!("{header}Binjai-01,car,,2,98.47,3.62\n");
    let report = admin.post("/v1/office/units", &json!({ "csv": good })).await.ok();
    assert_eq!((&report["usable"], &report["units"]), (&json!(true), &json!(["Binjai-01"])));
    admin.post("/v1/office/units", &json!({ "csv": good, "apply": true })).await.ok();
    let again = admin.post("/v1/office/units", &json!({ "csv": good })).await.ok();
    assert_eq!(again["usable"], false, "the call sign is taken: {again}");
}

async fn line(fresh: &Fresh, admin: &Client) {
    let before = admin.get("/v1/office/whatsapp").await.ok();
    assert_eq!((&before["line"], &before["webhook_url"]), (&Value::Null, &Value::Null));
    let check = admin.post("/v1/office/whatsapp/check", &json!({})).await.ok();
    assert_eq!((&check["items"][0]["level"], &check["items"][1]["level"]), (&json!("bad"), &json!("bad")), "{check}");
    // A number Meta does not know: said in words, with what to do.
    {
        let mut config = fresh.settings.lock().unwrap();
        config.whatsapp.phone_numbers = "9001=binjai".to_owned();
        config.whatsapp.access_token = "token".to_owned();
        config.whatsapp.app_secret = "rahasia-kantor".to_owned();
        config.whatsapp.verify_token = "kata-verifikasi".to_owned();
        config.server.public_url.clone_from(&fresh.base);
    }
    let has_line =
        async |wanted: &str| asked(admin, "/v1/office/whatsapp").await.is_some_and(|line| line["line"] == wanted);
    restarted(fresh, admin, async || has_line("9001").await).await;
    let check = admin.post("/v1/office/whatsapp/check", &json!({})).await.ok();
    assert!(check["items"][0]["words"].as_str().unwrap().contains("phone_number_id salah"), "{check}");
    assert_eq!(check["items"][1]["level"], "ok", "our own address answers: {check}");
    fresh.settings.lock().unwrap().whatsapp.phone_numbers = "1001=binjai".to_owned();
    restarted(fresh, admin, async || has_line("1001").await).await;
    let check = admin.post("/v1/office/whatsapp/check", &json!({})).await.ok();
    assert!(check["items"][0]["words"].as_str().unwrap().contains("Layanan Contoh"), "{check}");

    admin.post("/v1/office/whatsapp/test", &json!({ "to": "bukan nomor" })).await.problem(422, "invalid");
    let sent = admin.post("/v1/office/whatsapp/test", &json!({ "to": "0812 0000 0007" })).await.ok();
    assert_eq!(sent["level"], "ok", "{sent}");
    let told = fresh.double.sent();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].to.as_str(), told[0].phone_number_id.as_str()), ("6281200000007", "1001"));
    assert!(told[0].text.as_ref().unwrap().contains("Polres Binjai Contoh"));
    // Without its token the same is refused, in words.
    fresh.settings.lock().unwrap().whatsapp.access_token = String::new();
    let has_token = async |wanted: bool| {
        let line = asked(admin, "/v1/office/whatsapp").await;
        let settings = line.as_ref().and_then(|line| line["settings"].as_array()).cloned().unwrap_or_default();
        settings.iter().any(|it| it["key"] == "whatsapp.access_token" && it["set"] == wanted)
    };
    restarted(fresh, admin, async || has_token(false).await).await;
    let refused = admin.post("/v1/office/whatsapp/test", &json!({ "to": "0812 0000 0007" })).await.ok();
    assert_eq!(refused["level"], "bad", "{refused}");
    assert!(refused["words"].as_str().unwrap().contains("Token akses"), "{refused}");
    fresh.settings.lock().unwrap().whatsapp.access_token = "token".to_owned();
    restarted(fresh, admin, async || has_token(true).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_the_code_is_stopped_after_five() {
    let fresh = Fresh::start(Place::sqlite()).await;
    let nobody = fresh.nobody();
    for _ in 0..5 {
        nobody.post("/v1/setup", &first("1111-1111-1111")).await.problem(403, "wrong_code");
    }
    nobody.post("/v1/setup", &first(CODE)).await.problem(429, "too_many_tries");
    nobody.get("/v1/office/steps").await.problem(401, "unauthorized");
    fresh.end().await;
}
