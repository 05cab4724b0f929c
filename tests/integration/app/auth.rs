//! Who may: every door without a session, every role at its doors, forged origins, tokens, passwords.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use sigap::store::users;
use uuid::Uuid;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::client::Client;
use super::town::{PASSWORD, PATIENCE, Town};
use crate::store_contract::place::Place;

/// What strangers may ask, method and path as documented.
const OPEN: [&str; 23] = [
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/channels/whatsapp/webhook",
    "GET /v1/citizen/categories",
    "GET /v1/citizen/feed",
    "GET /v1/citizen/traffic",
    "GET /v1/gps/osmand",
    "GET /v1/map/config",
    "GET /v1/setup",
    "POST /v1/channels/gowa/webhook",
    "POST /v1/channels/whatsapp/webhook",
    "POST /v1/citizen/accounts",
    "POST /v1/citizen/sessions",
    "POST /v1/gps/osmand",
    "POST /v1/gps/owntracks",
    "POST /v1/referrals/by-token",
    "POST /v1/referrals/by-token/acknowledge",
    "POST /v1/referrals/by-token/media",
    "POST /v1/referrals/by-token/photos",
    "POST /v1/referrals/by-token/report",
    "POST /v1/session",
    "POST /v1/setup",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_documented_door_is_closed_to_strangers_but_the_listed_ones() {
    let town = Town::new().await;
    let nobody = town.as_nobody();
    let document = nobody.get("/openapi.json").await.ok();
    let (mut open, mut closed) = (BTreeSet::new(), 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| ["get", "post", "put", "patch", "delete"].contains(&key.as_str()))
        {
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = nobody.request(method.clone(), &path.replace("{id}", &Uuid::nil().to_string()));
            let request = if method == Method::GET { request } else { request.json(&json!({})) };
            let name = format!("{method} {path}");
            if OPEN.contains(&name.as_str()) {
                open.insert(name);
                continue;
            }
            nobody.send(request).await.problem(401, "unauthorized");
            closed += 1;
        }
    }
    assert_eq!(open.iter().map(String::as_str).collect::<Vec<_>>(), OPEN);
    assert!(closed >= 40, "{closed} doors");
    assert_eq!(nobody.screen_after("").await.err(), Some(401));
    nobody.post("/v1/session", &json!({})).await.problem(422, "invalid");
    town.finish().await;
}

async fn one_waiting_report(town: &Town, text: &str) -> String {
    let budi = Citizen::new(town);
    budi.writes(text).await;
    budi.pins(TIMUR).await;
    town.settled().await;
    let id = town.look("medan", |desk| desk.reports.values().map(|r| r.id).max()).await;
    format!("/v1/reports/{}", id.unwrap())
}

fn names(units: &Value) -> Vec<&str> {
    units["items"].as_array().unwrap().iter().map(|unit| unit["call_sign"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_finds_its_own_doors_open_and_the_others_closed() {
    let town = Town::new().await;
    let report = one_waiting_report(&town, "jalan macet total").await;
    let (claim, reveal, reply) = (format!("{report}/claim"), format!("{report}/reporter"), format!("{report}/reply"));
    let unit = json!({ "call_sign": "X-1", "kind": "car", "crew": 2, "lng": TIMUR.lng, "lat": TIMUR.lat });
    let say = |text: &str| json!({ "text": text });
    let doors: [(&str, Method, &str, Value); 12] = [
        ("lists reports", Method::GET, "/v1/reports", Value::Null),
        ("sees the queue", Method::GET, "/v1/queue", Value::Null),
        ("lists incidents", Method::GET, "/v1/incidents", Value::Null),
        ("sees figures", Method::GET, "/v1/insight/categories", Value::Null),
        ("reads a report", Method::GET, &report, Value::Null),
        ("lists units", Method::GET, "/v1/units", Value::Null),
        ("claims", Method::POST, &claim, json!({})),
        ("replies", Method::POST, &reply, say("baik")),
        ("sees the reporter", Method::POST, &reveal, json!({ "reason": "telepon balik" })),
        ("takes the next", Method::POST, "/v1/queue/next", json!({})),
        ("makes units", Method::POST, "/v1/units", unit),
        ("makes tokens", Method::POST, "/v1/tokens", json!({ "username": "auditor" })),
    ];
    // In the order of the doors: + open, - forbidden.
    let rights = [
        ("b-1", "-----+------"),
        ("kapolres", "++++-+------"),
        ("auditor", "++++-+------"),
        ("admin", "++++-+----++"),
        ("supervisor", "+++++++++" /* and the queue is empty then */),
        ("operator-timur", "+++++++++"),
    ];
    for (user, row) in rights {
        for ((door, method, path, body), right) in doors.iter().zip(row.chars()) {
            let client = town.as_user(user);
            let request = client.request(method.clone(), path);
            let request = if body.is_null() { request } else { request.json(body) };
            let answer = client.send(request).await;
            // The supervisor has claimed it already when the operator tries.
            let taken = user == "operator-timur" && *door == "claims";
            match (right, taken) {
                ('+', false) => {
                    assert!((200..300).contains(&answer.status), "{user} {door}: {} {}", answer.status, answer.text);
                }
                ('+', true) => drop(answer.problem(409, "wrong_state")),
                _ => drop(answer.problem(403, "forbidden")),
            }
        }
    }
    let operator = town.as_user("operator");
    operator.post("/v1/units", &doors[10].3).await.problem(403, "forbidden");
    operator.post("/v1/tokens", &json!({ "username": "admin" })).await.problem(403, "forbidden");
    town.as_user("admin")
        .post("/v1/tokens", &json!({ "username": "operator-belawan" }))
        .await
        .problem(404, "not_found");
    assert_eq!(names(&town.as_user("b-1").get("/v1/units").await.ok()), ["B-1"]);
    // A commander reads figures, not words.
    town.as_user("supervisor").post(&format!("{report}/release"), &json!({})).await.ok();
    assert_eq!(town.as_user("kapolres").get("/v1/queue").await.ok()["items"][0]["excerpt"], Value::Null);
    // Each look at a reporter is in the book.
    let looks = town.journal("medan").await.iter().filter(|e| e.body.contains("reporter_viewed")).count();
    assert_eq!(looks, 2);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_another_polsek_or_office_does_not_exist() {
    let town = Town::new().await;
    let report = one_waiting_report(&town, "jalan macet total").await;
    let (operator, t_1) = (town.as_user("operator"), town.units["T-1"]);
    let incident = one_waiting_report(&town, "jalan macet total, mobil mogok").await;
    let incident = operator.post(&format!("{incident}/incident"), &json!({})).await.ok();
    let incident_id = incident["id"].clone();
    let incident = format!("/v1/incidents/{}", incident_id.as_str().unwrap());
    let offer = json!({ "unit_id": t_1, "override_reason": "uji" });
    let assignment = operator.post(&format!("{incident}/assignments"), &offer).await.ok();
    let assignment = format!("/v1/assignments/{}", assignment["id"].as_str().unwrap());

    let own = [
        ("operator-timur", 2, vec!["T-1", "T-2"]),
        ("operator-barat", 0, vec!["B-1", "B-2"]),
        ("operator-belawan", 0, vec!["L-1", "L-2"]),
    ];
    for (user, count, units) in own {
        let client = town.as_user(user);
        assert_eq!(client.get("/v1/reports").await.ok()["items"].as_array().unwrap().len(), count, "{user}");
        assert_eq!(client.get("/v1/incidents").await.ok()["items"].as_array().unwrap().len(), count / 2, "{user}");
        assert_eq!(client.get("/v1/queue").await.ok()["items"].as_array().unwrap().len(), count / 2, "{user}");
        assert_eq!(names(&client.get("/v1/units").await.ok()), units);
        let snapshot = client.screen().await.json().await;
        assert_eq!(snapshot["reports"].as_array().unwrap().len(), count, "{user}");
        assert_eq!(snapshot["assignments"].as_array().unwrap().len(), count / 2, "{user}");
        assert_eq!(snapshot["units"].as_array().unwrap().len(), 2, "{user}");
    }
    let step = json!({ "step": "accept", "key": "k", "at": town.now() });
    for user in ["operator-barat", "operator-belawan"] {
        let stranger = town.as_user(user);
        for path in [
            &report,
            &incident,
            &format!("{incident}/timeline"),
            &format!("{incident}/recommendation"),
            &format!("/v1/units/{t_1}/track"),
        ] {
            stranger.get(path).await.problem(404, "not_found");
        }
        let posts = [
            (format!("{report}/claim"), json!({})),
            (format!("{report}/reply"), json!({ "text": "x" })),
            (format!("{report}/resolve"), json!({ "outcome": "prank" })),
            (format!("{report}/reporter"), json!({ "reason": "ingin tahu" })),
            (format!("{report}/hand-over"), json!({ "polres": "belawan" })),
            (format!("{incident}/close"), json!({ "disposition": "prank", "note": "x" })),
            (format!("{incident}/hold"), json!({})),
            (format!("{incident}/assignments"), json!({ "unit_id": town.units["B-1"] })),
            (format!("{assignment}/steps"), step.clone()),
            (format!("{assignment}/release"), json!({ "reason": "x" })),
            (format!("/v1/units/{t_1}/status"), json!({ "status": "break" })),
            (format!("/v1/units/{t_1}/emergency"), json!({ "on": true })),
            (format!("/v1/units/{t_1}/positions"), json!({ "items": [] })),
        ];
        for (path, body) in &posts {
            stranger.post(path, body).await.problem(404, "not_found");
        }
        assert_eq!(stranger.post("/v1/queue/next", &json!({})).await.status, 204);
    }
    // A crew takes steps of its own assignment only, and moves itself only.
    town.as_user("b-1").post(&format!("{assignment}/steps"), &step).await.problem(404, "not_found");
    town.as_user("b-1")
        .post(&format!("/v1/units/{t_1}/status"), &json!({ "status": "break" }))
        .await
        .problem(404, "not_found");
    // An own report cannot be joined to an incident out of sight.
    let barat = town.as_user("operator-barat");
    let mine = barat.post("/v1/reports", &json!({ "text": "macet", "lng": BARAT.lng, "lat": BARAT.lat })).await.ok();
    let join = format!("/v1/reports/{}/incident", mine["id"].as_str().unwrap());
    barat.post(&join, &json!({ "incident_id": incident_id })).await.problem(404, "not_found");
    town.as_user("t-1").post(&format!("{assignment}/steps"), &step).await.ok();
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_complaint_about_the_police_stays_with_the_polres() {
    let town = Town::new().await;
    let complaint = one_waiting_report(&town, "polisinya minta uang waktu tilang, saya mau mengadu").await;
    let category = town.as_user("operator").get(&complaint).await.ok()["report"]["reading"]["category"].clone();
    assert_eq!(category, "pengaduan_pelayanan");
    let timur = town.as_user("operator-timur");
    timur.get(&complaint).await.problem(404, "not_found");
    assert_eq!(timur.post("/v1/queue/next", &json!({})).await.status, 204);
    let left = town.as_user("operator").post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(left["report"]["reading"]["category"], category);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_of_one_polsek_hears_only_of_it() {
    let town = Town::new().await;
    let mut barat = town.as_user("operator-barat").screen().await;
    assert_eq!(barat.json().await["units"].as_array().unwrap().len(), 2);
    let report = one_waiting_report(&town, "jalan macet total").await;
    town.as_user("operator").post(&format!("{report}/claim"), &json!({})).await.ok();
    town.as_user("t-1")
        .post(&format!("/v1/units/{}/status", town.units["T-1"]), &json!({ "status": "break" }))
        .await
        .ok();
    town.as_user("b-2")
        .post(&format!("/v1/units/{}/status", town.units["B-2"]), &json!({ "status": "break" }))
        .await
        .ok();
    let first = barat.json().await;
    assert_eq!(first["changed"]["units"][0]["call_sign"], "B-2");
    assert_eq!(
        (&first["kind"], &first["data"]),
        (&Value::Null, &Value::Null),
        "the entry itself is for the whole Polres"
    );
    town.finish().await;
}

async fn browser(town: &Town, username: &str) -> Client {
    let nobody = town.as_nobody();
    nobody.browser(&nobody.log_in(username, PASSWORD).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_counts_only_with_our_own_origin() {
    let town = Town::new().await;
    let operator = browser(&town, "operator").await;
    let next = "/v1/queue/next";
    assert_eq!(operator.get("/v1/session").await.ok()["username"], "operator");
    operator.post(next, &json!({})).await.problem(403, "forbidden");
    assert_eq!(operator.screen_after("").await.err(), Some(403));
    let port = town.base.rsplit(':').next().unwrap();
    let foreign = [
        "http://127.0.0.1.evil.example".to_owned(),
        format!("{}.evil.example", town.base),
        format!("{}0", town.base),
        format!("http://localhost:{port}"),
        format!("http://x@127.0.0.1:{port}"),
        "http://127.0.0.1".to_owned(),
        "null".to_owned(),
        String::new(),
        "file://".to_owned(),
    ];
    for origin in &foreign {
        let forged = operator.clone().with("origin", origin);
        forged.post(next, &json!({})).await.problem(403, "forbidden");
        assert_eq!(forged.screen_after("").await.err(), Some(403), "{origin}");
        let login = json!({ "username": "operator", "password": PASSWORD });
        town.as_nobody().with("origin", origin).post("/v1/session", &login).await.problem(403, "forbidden");
    }
    let own = operator.clone().with("origin", &town.base);
    assert_eq!(own.post(next, &json!({})).await.status, 204);
    assert_eq!(own.screen().await.json().await["type"], "snapshot");
    // A token is of one kind: a cookie is no bearer token, nor the other way round.
    let token = operator.headers[0].1.split_once('=').unwrap().1;
    let nobody = town.as_nobody();
    nobody
        .clone()
        .with("authorization", &format!("Bearer {token}"))
        .get("/v1/session")
        .await
        .problem(401, "unauthorized");
    let swapped = format!("sigap_session={}", town.tokens["operator"]);
    nobody.with("cookie", &swapped).get("/v1/session").await.problem(401, "unauthorized");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_or_a_disabled_user_ends_the_socket_within_five_seconds() {
    let town = Town::new().await;
    let operator = browser(&town, "operator").await.with("origin", &town.base);
    let mut leaving = operator.screen().await;
    let mut dismissed = town.as_user("auditor").screen().await;
    let mut staying = town.as_user("supervisor").screen().await;
    assert_eq!(staying.json().await["type"], "snapshot");
    assert_eq!(operator.delete("/v1/session").await.status, 204);
    let mut auditor = town.store().user_by_name("auditor").await.unwrap().unwrap();
    auditor.disabled = true;
    town.store().write(vec![users::update_user(&auditor)]).await.unwrap();
    town.turn(4).await;
    operator.get("/v1/session").await.problem(401, "unauthorized");
    town.as_user("auditor").get("/v1/session").await.problem(401, "unauthorized");
    assert_eq!(tokio::time::timeout(PATIENCE, leaving.closed()).await, Ok(4401));
    assert_eq!(tokio::time::timeout(PATIENCE, dismissed.closed()).await, Ok(4401));
    town.as_user("b-1").post(&format!("/v1/units/{}/emergency", town.units["B-1"]), &json!({ "on": true })).await.ok();
    staying.entry("unit_emergency").await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_five_wrong_passwords_a_source_waits_ten_minutes_for_that_name() {
    let town = Town::new().await;
    let nobody = town.as_nobody();
    for name in ["operator", "nobody-at-all"] {
        let tries = (0..20).map(|n| {
            let nobody = nobody.clone();
            async move { nobody.log_in(name, &format!("salah {n}")).await }
        });
        let answers = futures_util::future::join_all(tries).await;
        let (wrong, waiting): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 401);
        assert_eq!((wrong.len(), waiting.len()), (5, 15), "{name}");
        assert!(
            wrong.iter().all(|answer| answer.problem(401, "wrong_credentials")["detail"] == "wrong name or password")
        );
        for answer in waiting {
            answer.problem(429, "too_many_tries");
            assert!((1..=600).contains(&answer.header("retry-after").parse::<u32>().unwrap()));
        }
    }
    nobody.log_in("operator", PASSWORD).await.problem(429, "too_many_tries");
    nobody.log_in("supervisor", PASSWORD).await.ok();
    town.turn(601).await;
    nobody.log_in("operator", PASSWORD).await.ok();
    nobody.log_in("operator", &"x".repeat(1025)).await.problem(422, "invalid");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_none_is_a_401_whatever_it_looks_like() {
    let town = Town::new().await;
    let good = &town.tokens["operator"];
    let values = [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("bearer{good}"),
        format!("Basic {good}"),
        format!("Bearer {good}x"),
        format!("Bearer {}", good.split_at(20).0),
        format!("Bearer {}", "a".repeat(7 * 1024)),
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.".to_owned(),
        "Bearer ' OR 1=1 --".to_owned(),
        format!("Bearer {}", Uuid::nil()),
    ];
    for value in &values {
        town.as_nobody().with("authorization", value).get("/v1/session").await.problem(401, "unauthorized");
    }
    // A session ends by itself: half a year for a tablet.
    town.turn(181 * 24 * 3600).await;
    town.as_user("operator").get("/v1/session").await.problem(401, "unauthorized");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_refused_in_one_form() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let id = Uuid::nil();
    for extra in ["role", "status", "unit_id", "created_at"] {
        operator.post("/v1/reports", &json!({ "text": "x", extra: "y" })).await.problem(422, "invalid");
    }
    operator.post("/v1/reports", &json!({ "text": "  " })).await.problem(422, "invalid");
    operator.post("/v1/reports", &json!({ "text": "x".repeat(4097) })).await.problem(422, "invalid");
    operator.post("/v1/reports", &json!({ "text": "x", "lng": 98.6 })).await.problem(422, "invalid");
    for (lng, lat) in [
        (json!(112.2), json!(-75.0)),
        (json!(-7.5), json!(112.2)),
        (json!(0), json!(0)),
        (json!("3,59"), json!(98)),
        (json!(true), json!([])),
    ] {
        operator.post("/v1/reports", &json!({ "text": "x", "lng": lng, "lat": lat })).await.problem(422, "invalid");
    }
    let raw = |kind: &str, body: String| {
        operator.request(Method::POST, "/v1/reports").header("content-type", kind).body(body)
    };
    operator.send(raw("text/plain", "{\"text\":\"x\"}".to_owned())).await.problem(415, "unsupported_media_type");
    for body in ["", "{", "NaN", "{\"text\":1e999"] {
        operator.send(raw("application/json", body.to_owned())).await.problem(400, "malformed");
    }
    operator.send(raw("application/json", "[".repeat(100_000))).await.problem(422, "invalid");
    operator
        .send(raw("application/json", format!("{{\"text\":\"{}\"}}", "x".repeat(1024 * 1024))))
        .await
        .problem(413, "too_large");
    for path in [
        "/v1/nothing",
        "/v1/reports/not-an-id",
        "/v1/reports/%2e%2e%2f",
        "/nothing.html",
        &format!("/v1/incidents/{id}"),
        "/../etc/passwd",
    ] {
        operator.get(path).await.problem(404, "not_found");
    }
    for query in ["after=1", "after=x.y", "limit=many", "limit=-1", "from=yesterday", "cell=zz"] {
        operator.get(&format!("/v1/reports?{query}")).await.problem(422, "invalid");
    }
    operator.get("/v1/reports?limit=100000&q='%3B%20DROP%20TABLE%20reports--&state=pg_sleep(9)").await.ok();
    operator.delete("/v1/reports").await.problem(405, "method_not_allowed");
    operator.get("/v1/realtime").await.problem(400, "no_socket");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rates_count_the_client_behind_our_own_proxy_and_believe_nobody_else() {
    // The tests come from 127.0.0.1: in one town that is our proxy, in the other it is not.
    let behind = Town::tuned(Place::sqlite(), |config| config.server.trusted_proxies = "127.0.0.0/8".to_owned()).await;
    let direct = Town::new().await;
    let wrong = serde_json::json!({ "phone": "6281200000001", "code": "000000" });
    let tries = async |town: &Town, from: &str, n: usize| {
        let mut refused = 0;
        for _ in 0..n {
            let client = town.as_nobody().with("x-forwarded-for", from);
            refused += usize::from(client.post("/v1/citizen/sessions", &wrong).await.status == 429);
        }
        refused
    };
    // 120 tries in ten minutes are allowed to one address.
    assert_eq!(tries(&behind, "198.51.100.7", 121).await, 1);
    assert_eq!(tries(&behind, "198.51.100.8", 1).await, 0, "another client of the proxy is another matter");
    assert_eq!(tries(&behind, "198.51.100.8, 198.51.100.7", 1).await, 1, "what the client wrote itself is nothing");
    assert_eq!(tries(&direct, "198.51.100.7", 120).await, 0);
    assert_eq!(tries(&direct, "198.51.100.8", 1).await, 1, "without a proxy of ours the header is nothing");
    behind.finish().await;
    direct.finish().await;
}
