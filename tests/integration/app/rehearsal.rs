//! The rehearsal room: an exercise is worked like an office and is none.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use parking_lot::Mutex;
use serde_json::{Value, json};
use sigap::model::entry::Event;
use sigap::model::id::AgencyId;
use sigap::model::report::Category;
use sigap::rehearsal::exercise::Exercise;
use sigap::store::agencies::{Agency, AgencyCard, AgencyChannel, upsert_agency};
use tokio::net::TcpListener;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::client::Client;
use super::on_both_stores;
use super::town::{PASSWORD, Town, eventually};
use crate::store_contract::place::Place;

on_both_stores! {
    an_exercise_is_worked_over_the_same_doors_and_scored,
    a_past_stretch_is_told_again_in_invented_words,
}

fn synthetic() -> Value {
    json!({ "title": "Latihan pagi", "source": { "kind": "synthetic", "seed": 3, "per_hour": 60 }, "minutes": 60, "speed": 0 })
}

pub async fn begun(town: &Town, wanted: &Value) -> (String, Arc<Exercise>) {
    let answer = town.as_user("supervisor").post("/v1/rehearsals", wanted).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = answer.ok()["id"].as_str().unwrap().to_owned();
    let exercise = town.app.rehearsals.get(id.parse().unwrap()).unwrap();
    (id, exercise)
}

pub async fn joined(town: &Town, username: &str, id: &str) -> Client {
    let client = town.as_user(username);
    client.post(&format!("/v1/rehearsals/{id}/join"), &json!({})).await.ok();
    client.at(&format!("{}/latihan/{id}", town.base))
}

pub fn figure<'a>(card: &'a Value, measure: &str) -> &'a Value {
    card["figures"].as_array().unwrap().iter().find(|figure| figure["measure"] == measure).unwrap()
}

async fn an_exercise_is_worked_over_the_same_doors_and_scored(place: Place) {
    let town = Town::on(place).await;
    let (id, exercise) = begun(&town, &synthetic()).await;
    let outside = town.as_user("operator").at(&format!("{}/latihan/{id}", town.base));
    outside.get("/v1/queue").await.problem(403, "forbidden");
    let operator = joined(&town, "operator", &id).await;
    let me = operator.get("/v1/session").await.ok();
    assert_eq!(me["rehearsal"]["id"], json!(id));
    assert_eq!(
        (&me["office"]["prefix"], &me["office"]["name"]),
        (&json!("LAT-MDN"), &json!("LATIHAN · Polrestabes Contoh"))
    );
    assert!(town.as_user("operator").get("/v1/session").await.ok()["rehearsal"].is_null());

    // A text the reader places by its pin; the trainer knows what is right about it.
    let event = json!({ "text": "Tolong pak ada begal bawa kelewang, korban dipukuli", "lng": BARAT.lng, "lat": BARAT.lat,
        "category": "kejahatan", "priority": 1 });
    let events = format!("/v1/rehearsals/{id}/events");
    town.as_user("operator").post(&events, &event).await.problem(403, "forbidden");
    town.as_user("supervisor").post(&events, &event).await.ok();
    exercise.turn(20.0).await.unwrap();
    let screen = operator.screen().await;
    drop(screen);
    let taken = operator.post("/v1/queue/next", &json!({})).await.ok();
    let report = taken["report"]["id"].as_str().unwrap().to_owned();
    assert!(taken["report"]["number"].as_str().unwrap().starts_with("LAT-MDN-"), "{}", taken["report"]["number"]);
    operator.patch(&format!("/v1/reports/{report}"), &json!({ "category": "kejahatan", "priority": 1 })).await.ok();
    let incident = operator.post(&format!("/v1/reports/{report}/incident"), &json!({})).await.ok();
    let incident = incident["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/incidents/{incident}");
    let recommended = operator.get(&format!("{path}/recommendation")).await.ok();
    let unit = recommended["candidates"][0]["unit_id"].clone();
    operator.post(&format!("{path}/assignments"), &json!({ "unit_id": unit })).await.ok();
    // The crew is invented and does its work: half an hour is enough for five kilometres.
    exercise.turn(1800.0).await.unwrap();
    let state = operator.get(&path).await.ok()["incident"]["state"].clone();
    assert!(["cleared", "on_scene", "responding"].contains(&state.as_str().unwrap()), "{state}");
    let csv = operator.get("/v1/insight/daily-check.csv").await;
    assert!(csv.text.lines().skip(1).all(|line| line.starts_with("LATIHAN,LAT-MDN-")), "{}", csv.text);
    assert_eq!(csv.header("x-sigap-latihan"), id);

    let standing = town.as_user("supervisor").get(&format!("/v1/rehearsals/{id}")).await.ok();
    assert!(standing["recorded"].as_u64().unwrap() > 0 && standing["told"].as_u64().unwrap() > 5, "{standing}");
    let end = format!("/v1/rehearsals/{id}/end");
    town.as_user("operator").post(&end, &json!({})).await.problem(403, "forbidden");
    let result = town.as_user("supervisor").post(&end, &json!({})).await.ok();
    let card = &result["cards"][0];
    assert_eq!(card["name"], "Contoh operator", "who leads and does nothing is no trainee: {result}");
    for (measure, good) in
        [("take", 1), ("order", 1), ("category", 1), ("priority", 1), ("dispatch", 1), ("recommended", 1), ("p1", 1)]
    {
        let figure = figure(card, measure);
        assert_eq!((&figure["good"], &figure["of"]), (&json!(good), &json!(1)), "{measure}: {figure}");
        assert!(figure["behind"][0]["number"].as_str().unwrap().starts_with("LAT-MDN-"), "{figure}");
    }
    assert!(figure(card, "hindsight")["behind"][0]["secs"].as_f64().unwrap() >= 0.0);
    assert_eq!(card["grade"], json!(100.0), "{card}");

    // It is gone, its files with it, and the result stays: one's own for the trainee, all for who leads.
    operator.get("/v1/queue").await.problem(404, "not_found");
    let folder = town.app.config.media_dir().join("latihan").join(&id);
    assert!(!Path::new(&folder).exists());
    let result = format!("/v1/rehearsals/{id}/result");
    assert_eq!(town.as_user("operator").get(&result).await.ok()["cards"].as_array().unwrap().len(), 1);
    town.as_user("operator-barat").get(&result).await.problem(404, "not_found");
    let room = town.as_user("kapolres").get("/v1/rehearsals").await.ok();
    assert_eq!((&room["results"][0]["title"], &room["running"]), (&json!("Latihan pagi"), &json!([])));
    assert_eq!(town.as_user("operator-barat").get("/v1/rehearsals").await.ok()["results"], json!([]));
    let csv = town.as_user("supervisor").get(&format!("{result}.csv")).await;
    assert!(
        csv.text.lines().count() > 8 && csv.text.lines().skip(1).all(|line| line.starts_with("LATIHAN,")),
        "{}",
        csv.text
    );
    town.finish().await;
}

/// Everything somebody could see or count of the real office, as bytes.
async fn office_as_seen(town: &Town) -> Vec<String> {
    let supervisor = town.as_user("supervisor");
    let mut seen = Vec::new();
    for path in [
        "/v1/reports",
        "/v1/incidents",
        "/v1/queue",
        "/v1/units",
        "/v1/shifts",
        "/v1/calls",
        "/v1/outbox?state=dead",
        "/v1/search?q=begal",
        "/v1/insight/categories",
        "/v1/insight/heatmap",
        "/v1/insight/response-times",
        "/v1/insight/daily-check.csv",
        "/v1/insight/coverage.csv",
        "/v1/citizen/feed",
        "/v1/closures",
    ] {
        let answer = supervisor.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        seen.push(answer.text);
    }
    for office in ["medan", "belawan"] {
        seen.extend(town.journal(office).await.iter().map(|entry| format!("{entry:?}")));
    }
    let counts =
        "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM reporters), (SELECT count(*) FROM outbox),
        (SELECT count(*) FROM inbox), (SELECT count(*) FROM tracks), (SELECT count(*) FROM reports)";
    let row = &town.store().read(counts, Vec::new()).await.unwrap()[0];
    seen.push(format!("{row:?}"));
    seen
}

/// Somebody who listens where an agency would, and what he heard.
async fn listener() -> (String, Arc<Mutex<usize>>) {
    let heard = Arc::new(Mutex::new(0));
    let count = heard.clone();
    let router = Router::new().fallback(move || {
        *count.lock() += 1;
        async { "ok" }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/rujukan", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_an_exercise_reaches_the_office_or_anybody_outside() {
    let town = Town::new().await;
    Citizen::new(&town).writes("Ada begal di Jl. Kenanga Raya").await;
    town.settled().await;
    town.turn(30).await;
    let told =
        async || town.journal("medan").await.iter().filter(|e| matches!(e.event, Event::FeedbackStatus { .. })).count();
    eventually("the reporter is told", async || {
        let sent = town.double.sent().len();
        sent > 0 && told().await == sent && town.store().due(town.now(), 9).await.unwrap().is_empty()
    })
    .await;
    let (before, sent) = (office_as_seen(&town).await, town.double.sent().len());

    let mut wanted = synthetic();
    wanted["source"]["calls_per_hour"] = json!(60);
    let (id, exercise) = begun(&town, &wanted).await;
    let (url, heard) = listener().await;
    let agency = Agency {
        id: AgencyId(town.app.next_id()),
        polres: "medan".to_owned(),
        kind: serde_json::from_value(json!("electricity")).unwrap(),
        categories: Vec::new(),
        areas: Vec::new(),
        channel: AgencyChannel::Webhook,
        example: false,
        created_at: town.now(),
        updated_at: town.now(),
        removed_at: None,
        card: AgencyCard {
            name: "PLN Contoh".to_owned(),
            contact: url,
            secret: "s".to_owned(),
            ..AgencyCard::default()
        },
    };
    let vault = exercise.app.store.vault();
    exercise.app.store.write(vec![upsert_agency(vault, &agency).unwrap()]).await.unwrap();
    let operator = joined(&town, "operator", &id).await;
    exercise.turn(600.0).await.unwrap();
    assert_ne!(operator.get("/v1/calls").await.ok()["items"], json!([]), "nobody telephones");
    let report = operator.post("/v1/queue/next", &json!({})).await.ok()["report"]["id"].as_str().unwrap().to_owned();
    operator.post(&format!("/v1/reports/{report}/reply"), &json!({ "text": "Baik, kami tangani." })).await.ok();
    let refer = json!({ "agency_id": agency.id, "note": "Kabel putus" });
    operator.post(&format!("/v1/reports/{report}/referrals"), &refer).await.ok();
    operator.post(&format!("/v1/reports/{report}/resolve"), &json!({ "outcome": "answered" })).await.ok();
    let road = json!({ "reason": "flood", "drawing": { "type": "area", "points": [] } });
    drop(operator.post("/v1/closures", &road).await);
    let recorder = exercise.practice.recorder.clone();
    eventually("the referral is written down", async || recorder.noted().iter().any(|noted| noted.way == "webhook"))
        .await;
    // One message to a person in six seconds, by the clock of the exercise.
    eventually("so is the reply", async || {
        exercise.turn(1.0).await.unwrap();
        recorder.noted().iter().any(|noted| noted.text.contains("kami tangani"))
    })
    .await;

    // What reaches outside or lets strangers in is no door of an exercise.
    for path in [
        "/v1/channels/whatsapp/webhook",
        "/v1/citizen/feed",
        "/v1/gps/osmand",
        "/v1/rehearsals",
        "/metrics",
        "/healthz",
        "/demo/outbox",
        "/admin",
    ] {
        assert_eq!(operator.get(path).await.status, 404, "{path}");
    }
    let nobody = town.as_nobody().at(&format!("{}/latihan/{id}", town.base));
    nobody.get("/v1/queue").await.problem(401, "unauthorized");
    nobody.log_in("operator", PASSWORD).await.problem(404, "not_found");

    assert_eq!(town.double.sent().len(), sent, "no message left");
    assert_eq!(office_as_seen(&town).await, before, "while it runs");
    town.as_user("supervisor").post(&format!("/v1/rehearsals/{id}/end"), &json!({})).await.ok();
    assert_eq!(office_as_seen(&town).await, before, "and after it");
    assert_eq!(*heard.lock(), 0, "nobody outside heard anything");
    town.finish().await;
}

async fn a_past_stretch_is_told_again_in_invented_words(place: Place) {
    let town = Town::on(place).await;
    let begins = town.now();
    let person = Citizen::new(&town);
    person.writes("Ada begal di Jl. Kenanga Raya, nama saya Pelaporrahasia").await;
    town.settled().await;
    town.turn(120).await;
    let second = Citizen::new(&town);
    second.writes("Mau tanya syarat perpanjang SIM, plat saya BK 9911 ZZ").await;
    second.pins(TIMUR).await;
    town.settled().await;
    town.turn(600).await;
    let wanted: Vec<Category> = town
        .look("medan", |desk| {
            let mut reports: Vec<_> = desk.reports.values().collect();
            reports.sort_by_key(|report| report.stamps.received_at);
            reports.iter().map(|report| report.reading.category).collect()
        })
        .await;

    let source = json!({ "kind": "replay", "from": begins, "to": town.now() });
    let (id, exercise) = begun(&town, &json!({ "source": source, "speed": 0 })).await;
    let supervisor = joined(&town, "supervisor", &id).await;
    assert_eq!(exercise.now(), begins, "its clock stands where the stretch begins");
    exercise.turn(60.0).await.unwrap();
    assert_eq!(supervisor.get("/v1/reports").await.ok()["items"].as_array().unwrap().len(), 1, "in its own time");
    exercise.turn(400.0).await.unwrap();
    let items = supervisor.get("/v1/reports").await.ok()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), wanted.len());
    let truths: Vec<Category> = exercise.notes().await.truths.values().map(|truth| truth.category).collect();
    assert!(truths.iter().all(|category| wanted.contains(category)) && !truths.is_empty(), "{truths:?} of {wanted:?}");
    for item in &items {
        let id = item["id"].as_str().unwrap();
        let detail = supervisor.get(&format!("/v1/reports/{id}")).await.text;
        for secret in ["Pelaporrahasia", "9911", "Siti Contoh", &person.wa_id, &second.wa_id] {
            assert!(!detail.contains(secret), "{secret} in {detail}");
        }
        let reporter =
            supervisor.post(&format!("/v1/reports/{id}/reporter"), &json!({ "reason": "latihan" })).await.ok();
        assert!(reporter["phone"].as_str().unwrap().contains("62000"), "{reporter}");
    }
    town.as_user("supervisor").post(&format!("/v1/rehearsals/{id}/end"), &json!({})).await.ok();
    let nothing = json!({ "kind": "replay", "from": begins.plus_secs(-7200), "to": begins.plus_secs(-3600) });
    let answer = town.as_user("supervisor").post("/v1/rehearsals", &json!({ "source": nothing })).await;
    answer.problem(422, "invalid");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_some_lead_only_so_many_run_and_a_forgotten_one_ends() {
    let town = Town::new().await;
    let begin = synthetic();
    for user in ["operator", "operator-barat", "auditor", "admin", "b-1"] {
        town.as_user(user).post("/v1/rehearsals", &begin).await.problem(403, "forbidden");
    }
    for (field, wanted) in [
        ("speed", json!({ "source": begin["source"], "speed": 61 })),
        ("minutes", json!({ "source": begin["source"], "minutes": 4 })),
        ("title", json!({ "source": begin["source"], "title": "x".repeat(81) })),
        ("source", json!({ "source": { "kind": "synthetic", "seed": 1, "per_hour": 0 } })),
        ("source", json!({ "source": { "kind": "synthetic", "seed": 1, "per_hour": 10, "hour": 24 } })),
        ("source", json!({ "source": { "kind": "replay", "from": town.now(), "to": town.now().plus_secs(60) } })),
    ] {
        let answer = town.as_user("kapolres").post("/v1/rehearsals", &wanted).await;
        assert_eq!((answer.status, answer.json()["field"].as_str().unwrap_or_default()), (422, field), "{wanted}");
    }
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(begun(&town, &begin).await.0);
    }
    town.as_user("kapolres").post("/v1/rehearsals", &begin).await.problem(409, "too_many_rehearsals");
    let first = format!("/v1/rehearsals/{}", ids[0]);
    town.as_user("operator-belawan").get(&first).await.problem(404, "not_found");
    town.as_user("kapolres-belawan").post(&format!("{first}/end"), &json!({})).await.problem(404, "not_found");
    let quick = json!({ "speed": 60 });
    town.as_user("operator").post(&format!("{first}/speed"), &quick).await.problem(403, "forbidden");
    assert_eq!(town.as_user("kapolres").post(&format!("{first}/speed"), &quick).await.ok()["speed"], 60);
    let exercise = town.app.rehearsals.get(ids[0].parse().unwrap()).unwrap();
    let began = exercise.now();
    eventually("its clock runs by itself", async || exercise.now() > began).await;
    drop(exercise);

    // Nobody touches them for two hours: they end, and are scored all the same.
    town.turn(2 * 3600 + 60).await;
    eventually("all have ended", async || town.app.rehearsals.of("medan").is_empty()).await;
    let room = town.as_user("supervisor").get("/v1/rehearsals").await.ok();
    assert_eq!(room["results"].as_array().unwrap().len(), 4);
    town.finish().await;
}
