//! An exercise has the office's own plans, words and teams; its telephones ring and its tablets work.

use serde_json::{Value, json};

use super::city::BARAT;
use super::client::Client;
use super::rehearsal::{begun, figure, joined};
use super::town::{Town, eventually};

fn quiet() -> Value {
    json!({ "title": "Latihan kantor", "source": { "kind": "synthetic", "seed": 3, "per_hour": 1 }, "minutes": 60, "speed": 0 })
}

fn robbery() -> Value {
    json!({ "text": "Tolong pak ada begal bawa kelewang, korban dipukuli", "lng": BARAT.lng, "lat": BARAT.lat,
        "category": "kejahatan", "priority": 1 })
}

/// The head of the queue made an incident; its path.
async fn incident(operator: &Client) -> String {
    let taken = operator.post("/v1/queue/next", &json!({})).await.ok();
    let report = taken["report"]["id"].as_str().unwrap().to_owned();
    operator.patch(&format!("/v1/reports/{report}"), &json!({ "category": "kejahatan", "priority": 1 })).await.ok();
    let incident = operator.post(&format!("/v1/reports/{report}/incident"), &json!({})).await.ok();
    format!("/v1/incidents/{}", incident["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_office_as_it_is_stands_in_its_exercise() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    let mut set = admin.get("/v1/plans").await.ok()["set"].clone();
    let own = json!({ "categories": ["kejahatan"], "priorities": [1], "units": 3, "kinds": ["motorcycle", "car"], "offer_s": 77 });
    set["plans"].as_array_mut().unwrap().insert(0, own);
    admin.put("/v1/plans", &json!({ "set": set, "version": 0 })).await.ok();
    admin.put("/v1/templates/received", &json!({ "text": "Siap, tiket {number}." })).await.ok();
    let sim = json!({ "title": "SIM", "text": "Loket buka pukul 08.00.", "source": "Satlantas", "version": 0 });
    admin.put("/v1/articles/sim", &sim).await.ok();
    let member = town.store().user_by_name("operator").await.unwrap().unwrap().id;
    let teams = json!({ "version": 0, "items": [{ "name": "Regu Mawar", "members": [member] }] });
    town.as_user("supervisor").put("/v1/teams", &teams).await.ok();

    let (id, exercise) = begun(&town, &quiet()).await;
    let operator = joined(&town, "operator", &id).await;
    let seen = operator.get("/v1/teams").await.ok();
    assert_eq!(seen["items"][0]["name"], "Regu Mawar");
    assert_eq!(seen["items"][0]["members"][0]["name"], "Contoh operator", "{seen}");
    let supervisor = town.as_user("supervisor");
    supervisor.post(&format!("/v1/rehearsals/{id}/events"), &robbery()).await.ok();
    let path = incident(&operator).await;
    let advice = operator.get(&format!("{path}/recommendation")).await.ok();
    assert_eq!((&advice["plan"]["units"], &advice["plan"]["offer_s"]), (&json!(3), &json!(77)), "{advice}");
    let recorder = exercise.practice.recorder.clone();
    eventually("the reporter reads the office's own words", async || {
        exercise.turn(1.0).await.unwrap();
        recorder.noted().iter().any(|noted| noted.text.starts_with("Siap, tiket LAT-MDN-"))
    })
    .await;
    let articles = operator.get("/v1/articles").await.ok();
    let text = |item: &Value| item["article"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(articles["items"].as_array().unwrap().iter().any(|item| text(item) == "Loket buka pukul 08.00."));

    // Copies: what the office changes later, and what is changed in the exercise, stays where it is.
    town.as_user("supervisor").put("/v1/teams", &json!({ "version": seen["version"], "items": [] })).await;
    assert_eq!(operator.get("/v1/teams").await.ok()["items"][0]["name"], "Regu Mawar");
    let result = supervisor.post(&format!("/v1/rehearsals/{id}/end"), &json!({})).await.ok();
    assert_eq!(result["cards"].as_array().unwrap().len(), 1, "who arranged the teams is no trainee: {result}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_to_110_rings_in_an_exercise_is_read_written_down_and_scored() {
    let town = Town::new().await;
    let (id, exercise) = begun(&town, &quiet()).await;
    let operator = joined(&town, "operator", &id).await;
    let supervisor = town.as_user("supervisor");
    let events = format!("/v1/rehearsals/{id}/events");
    let mut rings = robbery();
    rings["telephones"] = json!(true);
    supervisor.post(&events, &rings).await.ok();
    let open = operator.get("/v1/calls?state=open").await.ok();
    let call = &open["items"][0];
    assert_eq!((&call["state"]["name"], &call["place"]["source"]), (&json!("ringing"), &json!("network")), "{open}");
    let path = format!("/v1/calls/{}", call["id"].as_str().unwrap());
    assert_eq!(operator.get(&path).await.ok()["said"], Value::Null, "nobody listens yet");
    exercise.turn(4.0).await.unwrap();
    let claimed = operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    assert_eq!(claimed["said"], rings["text"]);
    assert!(claimed["caller"]["phone"].as_str().unwrap().starts_with("+620009"), "{claimed}");
    assert_eq!(claimed["holder"], "Contoh operator");
    // The telephone follows the screen: picked up, and hung up once it is said what came of it.
    exercise.turn(3.0).await.unwrap();
    assert_eq!(operator.get(&path).await.ok()["call"]["state"]["name"], "answered");
    let form = json!({ "what": "Begal dengan kelewang", "category": "kejahatan", "priority": 1, "queue": false });
    operator.post(&format!("{path}/report"), &form).await.ok();
    exercise.turn(3.0).await.unwrap();
    let ended = operator.get(&path).await.ok();
    assert_eq!((&ended["call"]["state"]["name"], &ended["call"]["result"]["name"]), (&json!("ended"), &json!("filed")));

    // A second one, whom nobody answers: he has had enough after two minutes.
    supervisor.post(&events, &json!({ "text": "Halo?", "telephones": true })).await.ok();
    exercise.turn(150.0).await.unwrap();
    let abandoned = operator.get("/v1/calls?state=abandoned").await.ok();
    assert_eq!(abandoned["items"].as_array().unwrap().len(), 1, "{abandoned}");

    let result = supervisor.post(&format!("/v1/rehearsals/{id}/end"), &json!({})).await.ok();
    let (card, team) = (&result["cards"][0], &result["team"]);
    for (measure, counts) in
        [("phone", (1, 1)), ("phone_end", (1, 1)), ("category", (1, 1)), ("priority", (1, 1)), ("take", (0, 0))]
    {
        let figure = figure(card, measure);
        assert_eq!((&figure["good"], &figure["of"]), (&json!(counts.0), &json!(counts.1)), "{measure}: {figure}");
    }
    assert_eq!(figure(card, "phone")["behind"][0]["secs"], json!(4.0));
    assert_eq!((&figure(team, "phone")["good"], &figure(team, "phone")["of"]), (&json!(1), &json!(2)));
    assert_eq!(town.as_user("operator").get("/v1/calls").await.ok()["items"], json!([]), "none of it is real");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crew_holds_the_tablet_of_its_unit_in_an_exercise() {
    let town = Town::new().await;
    let (id, exercise) = begun(&town, &quiet()).await;
    let (real, join) = (town.units["B-1"], format!("/v1/rehearsals/{id}/join"));
    let crew = town.as_user("b-1");
    crew.post(&join, &json!({})).await.problem(409, "unit_on_duty");
    crew.at(&format!("{}/latihan/{id}", town.base)).get("/v1/session").await.problem(403, "forbidden");
    let crew = town.as_user("b-1");
    crew.post(&format!("/v1/units/{real}/status"), &json!({ "status": "off_duty" })).await.ok();
    let tablet = joined(&town, "b-1", &id).await;
    let me = tablet.get("/v1/session").await.ok();
    let unit = me["unit_id"].as_str().unwrap().to_owned();
    assert_ne!(unit, real.to_string(), "the unit of the exercise, not the real one");
    assert_eq!(me["rehearsal"]["leads"], false);
    tablet.get("/v1/queue").await.problem(403, "forbidden");

    let operator = joined(&town, "operator", &id).await;
    town.as_user("supervisor").post(&format!("/v1/rehearsals/{id}/events"), &robbery()).await.ok();
    let path = incident(&operator).await;
    let mut screen = tablet.screen().await;
    let offer = json!({ "unit_id": unit, "override_reason": "latihan awak" });
    let offered = operator.post(&format!("{path}/assignments"), &offer).await.ok();
    let assignment = offered["id"].as_str().unwrap().to_owned();
    let heard = screen.assignment(&unit, "offered").await;
    assert_eq!(heard["id"], offered["id"], "the offer reaches the tablet");
    // Nobody answers for it: the crew is human.
    exercise.turn(10.0).await.unwrap();
    let state = |answer: &Value| answer["state"].as_str().or(answer["state"]["name"].as_str()).unwrap().to_owned();
    let steps = format!("/v1/assignments/{assignment}/steps");
    let step = async |name: &str, key: &str| {
        let at = exercise.now();
        state(&tablet.post(&steps, &json!({ "step": name, "key": key, "at": at })).await.ok())
    };
    assert_eq!(step("accept", "k-1").await, "accepted");
    assert_eq!(step("en_route", "k-2").await, "en_route");
    // A classroom is no position; the car drives by itself, and waits at the scene for its crew.
    let fixes = json!({ "items": [{ "lng": 106.8, "lat": -6.2, "at": exercise.now() }] });
    let taken = tablet.post(&format!("/v1/units/{unit}/positions"), &fixes).await.ok();
    assert_eq!(taken["taken"], 0);
    exercise.turn(1500.0).await.unwrap();
    let at = exercise.desk().unwrap().look(|desk| desk.units.values().map(|unit| unit.id).collect::<Vec<_>>()).await;
    let seat = at.unwrap().into_iter().find(|one| one.to_string() == unit).unwrap();
    let fix = exercise.desk().unwrap().parts.field.fix(seat).unwrap().point();
    assert!(fix.distance_m(BARAT) < 400.0, "it has come to the scene: {fix:?}");
    assert_eq!(step("on_scene", "k-3").await, "on_scene");
    exercise.turn(600.0).await.unwrap();
    assert_eq!(step("clear", "k-4").await, "cleared", "nobody else clears it");

    let result = town.as_user("supervisor").post(&format!("/v1/rehearsals/{id}/end"), &json!({})).await.ok();
    let own = result["cards"].as_array().unwrap().iter().find(|card| card["name"] == "Contoh b-1").unwrap();
    let offers = figure(own, "offer");
    assert_eq!((&offers["good"], &offers["of"]), (&json!(1), &json!(1)), "{offers}");
    // Its own result, and nobody else's.
    let seen = crew.get(&format!("/v1/rehearsals/{id}/result")).await.ok();
    assert_eq!(seen["cards"].as_array().unwrap().len(), 1);
    assert_eq!(town.look("medan", move |desk| desk.units[&real].assignment).await, None);
    town.finish().await;
}
