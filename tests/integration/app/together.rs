//! One event told by many: one car is sent, everybody is answered, and what was joined wrongly comes
//! apart again.

use serde_json::{Value, json};

use super::citizen::{Citizen, FIRE, post};
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    thirty_people_see_one_fire_and_one_unit_goes,
    two_incidents_are_merged_and_unmerged,
}

/// How many people see the fire.
const CROWD: usize = 30;

async fn reports_of(town: &Town, state: &str) -> Vec<Value> {
    let all = town.as_user("operator").get("/v1/reports?limit=200").await.ok();
    all["items"].as_array().unwrap().iter().filter(|report| report["state"]["name"] == state).cloned().collect()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

async fn steps(town: &Town, assignment: &Value, names: &[&str]) {
    let crew = town.as_user("b-1");
    for step in names {
        town.clock.advance(7);
        let body = json!({ "step": step, "key": format!("k-{step}"), "at": town.now() });
        crew.post(&format!("/v1/assignments/{}/steps", id(assignment)), &body).await.ok();
    }
}

async fn thirty_people_see_one_fire_and_one_unit_goes(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let crowd: Vec<Citizen<'_>> = (0..CROWD).map(|_| Citizen::new(&town)).collect();
    // Each stands somewhere else around it and says it in other words.
    for (n, person) in (0_u32..).zip(&crowd) {
        person.sees_a_fire(BARAT.offset_m(f64::from(n % 6) * 8.0, f64::from(n / 6) * 8.0)).await;
    }
    town.settled().await;
    let counts =
        |desk: &sigap::dispatch::desk::Desk| (desk.reports.len(), desk.incidents.len(), desk.assignments.len());
    assert_eq!(town.look("medan", counts).await, (CROWD, 1, 1), "thirty reports, one incident, one unit");
    for person in &crowd {
        assert!(town.told(&person.wa_id, 1).await[0].contains("Nomor tiket"), "everybody has a ticket");
    }

    // Each of the others is proposed to the operator, who joins with one key.
    let incident = town.look("medan", |desk| desk.incidents.keys().next().unwrap().to_string()).await;
    let waiting = reports_of(&town, "queued").await;
    assert_eq!(waiting.len(), CROWD - 1);
    let queue = operator.get("/v1/queue").await.ok();
    for item in queue["items"].as_array().unwrap() {
        assert_eq!(item["possible_duplicate"]["incident_id"], incident.as_str(), "the row says so: {item}");
    }
    let watched = town.as_user("auditor").get("/v1/queue").await.ok();
    assert!(watched["items"].as_array().unwrap().iter().all(|item| item["possible_duplicate"].is_null()));
    for report in &waiting {
        let path = format!("/v1/reports/{}", id(report));
        let proposals = operator.get(&format!("{path}/duplicates")).await.ok();
        let best = &proposals["items"][0];
        assert!(best["score"].as_f64().unwrap() > 0.8, "{proposals}");
        assert!(best["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "near"), "{best}");
        let found = proposals["items"].as_array().unwrap().iter().any(|item| item["incident_id"] == incident.as_str());
        assert!(found, "the incident is proposed: {proposals}");
        let joined = operator.post(&format!("{path}/join"), &json!({ "incident_id": incident })).await.ok();
        assert_eq!(joined["state"], json!({ "name": "attached", "incident": incident }));
    }
    assert_eq!(town.look("medan", counts).await, (CROWD, 1, 1), "joining sends nobody");

    let assignment = operator.get(&format!("/v1/incidents/{incident}")).await.ok()["assignments"][0].clone();
    steps(&town, &assignment, &["accept", "en_route"]).await;
    for person in &crowd {
        town.told_after_pauses(&person.wa_id, 2).await;
    }
    for person in &crowd {
        assert!(town.told(&person.wa_id, 2).await[1].contains("menuju lokasi"));
    }

    // One was another fire after all: it goes back to its place in the queue and hears no more of this.
    let other = format!("/v1/reports/{}", id(&waiting[7]));
    let stranger = town
        .look("medan", {
            let number = waiting[7]["number"].as_str().unwrap().to_owned();
            move |desk| desk.reports.values().find(|report| report.number == number).unwrap().reporter
        })
        .await;
    let stranger = town.store().reporter(stranger).await.unwrap().unwrap().wa_id.unwrap();
    let parted = operator.post(&format!("{other}/part"), &json!({})).await.ok();
    assert_eq!(parted["state"], json!({ "name": "queued" }));
    operator.post(&format!("{other}/part"), &json!({})).await.problem(409, "wrong_state");
    steps(&town, &assignment, &["on_scene", "clear"]).await;
    operator.post(&format!("/v1/incidents/{incident}/close"), &json!({ "disposition": "resolved" })).await.ok();
    let rest: Vec<&Citizen<'_>> = crowd.iter().filter(|person| person.wa_id != stranger).collect();
    assert_eq!(rest.len(), CROWD - 1);
    for person in &rest {
        let told = town.told_after_pauses(&person.wa_id, 4).await;
        assert!(told[2].contains("sudah tiba") && told[3].contains("telah ditangani"), "{told:#?}");
    }
    assert_eq!(town.told(&stranger, 2).await.len(), 2, "the twenty-nine others heard the end, not this one");
    assert_eq!(reports_of(&town, "closed").await.len(), CROWD - 1);
    town.finish().await;
}

async fn two_incidents_are_merged_and_unmerged(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let (siti, budi) = (Citizen::new(&town), Citizen::new(&town));
    siti.sees_a_fire(BARAT).await;
    budi.sees_a_fire(TIMUR).await;
    town.settled().await;
    let ids = town.look("medan", |desk| desk.incidents.keys().map(ToString::to_string).collect::<Vec<_>>()).await;
    let (first, second) = (&ids[0], &ids[1]);
    let path = format!("/v1/incidents/{second}");
    for user in ["kapolres", "auditor", "b-1"] {
        town.as_user(user).post(&format!("{path}/merge"), &json!({ "into": first })).await.problem(403, "forbidden");
    }
    town.as_user("operator-belawan")
        .post(&format!("{path}/merge"), &json!({ "into": first }))
        .await
        .problem(404, "not_found");
    operator.post(&format!("{path}/merge"), &json!({ "into": second })).await.problem(409, "wrong_state");
    let whole = operator.post(&format!("{path}/merge"), &json!({ "into": first })).await.ok();
    assert_eq!((whole["id"].as_str().unwrap(), whole["reports"].as_array().unwrap().len()), (first.as_str(), 2));
    let ended = operator.get(&path).await.ok();
    assert_eq!(ended["incident"]["merged_into"], first.as_str());
    assert_eq!(ended["assignments"][0]["state"], "released");
    operator.post(&format!("{path}/reopen"), &json!({})).await.problem(409, "wrong_state");
    let again = operator.post(&format!("{path}/unmerge"), &json!({})).await.ok();
    assert_eq!((again["state"].as_str().unwrap(), again["reports"].as_array().unwrap().len()), ("queued", 1));
    let timeline = operator.get(&format!("/v1/incidents/{first}/timeline")).await.ok();
    let kinds: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().filter_map(|item| item["kind"].as_str()).collect();
    assert!(kinds.contains(&"incident_merged") && kinds.contains(&"incident_unmerged"), "{kinds:?}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_that_wait_are_joined_to_each_other_and_both_reporters_hear_the_end() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let (siti, budi) = (Citizen::new(&town), Citizen::new(&town));
    for person in [&siti, &budi] {
        let told = person.message("text", &json!({ "body": "jalan macet total dekat pasar, truk mogok" }), town.now());
        let pin = person.message("location", &json!({ "longitude": BARAT.lng, "latitude": BARAT.lat }), town.now());
        assert_eq!(post(&town, &person.body(&[told, pin])).await.status, 200);
    }
    town.settled().await;
    let waiting = reports_of(&town, "queued").await;
    assert_eq!(waiting.len(), 2);
    let (one, other) = (id(&waiting[0]), id(&waiting[1]));
    let path = format!("/v1/reports/{one}");
    let proposals = operator.get(&format!("{path}/duplicates")).await.ok();
    assert_eq!(proposals["items"][0]["report_id"], other);
    let words = proposals["items"][0]["reasons"].as_array().unwrap().iter().find(|r| r["code"] == "words").unwrap();
    assert!(words["text"].as_str().unwrap().contains("truk"), "{words}");
    for bad in [json!({}), json!({ "report_id": other, "incident_id": other })] {
        operator.post(&format!("{path}/join"), &bad).await.problem(422, "invalid");
    }
    operator.post(&format!("{path}/join"), &json!({ "report_id": one })).await.problem(409, "wrong_state");
    town.as_user("operator-timur")
        .post(&format!("{path}/join"), &json!({ "report_id": other }))
        .await
        .problem(404, "not_found");
    town.as_user("kapolres").get(&format!("{path}/duplicates")).await.problem(403, "forbidden");
    let joined = operator.post(&format!("{path}/join"), &json!({ "report_id": other })).await.ok();
    assert_eq!(joined["state"], json!({ "name": "joined", "into": other }));
    operator.post(&format!("/v1/reports/{other}/resolve"), &json!({ "outcome": "referred" })).await.ok();
    for person in [&siti, &budi] {
        assert!(town.told_after_pauses(&person.wa_id, 2).await[1].contains("telah ditangani"));
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_another_fire_far_away_propose_nothing() {
    let town = Town::new().await;
    let (siti, budi) = (Citizen::new(&town), Citizen::new(&town));
    siti.writes("jalan macet total").await;
    siti.pins(BARAT).await;
    budi.writes(FIRE).await;
    budi.pins(TIMUR).await;
    town.settled().await;
    let waiting = reports_of(&town, "queued").await;
    let found = town.as_user("operator").get(&format!("/v1/reports/{}/duplicates", id(&waiting[0]))).await.ok();
    assert_eq!(found["items"], json!([]));
    town.finish().await;
}
