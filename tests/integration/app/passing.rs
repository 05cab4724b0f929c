//! Jobs that pass from one crew to another, over the wire: a unit taken for a graver incident, a job
//! handed over, and what an operator is told before he sends another unit than the recommended one.

use serde_json::{Value, json};
use sigap::model::place::LngLat;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::client::{Answer, Screen};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

async fn step(town: &Town, assignment: &Value, who: &str, step: &str) -> Answer {
    let id = assignment["id"].as_str().unwrap();
    let body = json!({ "step": step, "key": format!("{id}-{step}"), "at": town.now() });
    town.as_user(who).post(&format!("/v1/assignments/{id}/steps"), &body).await
}

async fn says_it_is(town: &Town, call_sign: &str, status: &str) {
    let path = format!("/v1/units/{}/status", town.units[call_sign]);
    town.as_user(&call_sign.to_lowercase()).post(&path, &json!({ "status": status })).await.ok();
}

/// An operator enters a matter of a priority; gives the path of the incident.
async fn matter(town: &Town, at: LngLat, priority: u8) -> String {
    let operator = town.as_user("operator");
    let body = json!({ "text": "jalan macet", "lng": at.lng, "lat": at.lat });
    let report = operator.post("/v1/reports", &body).await.ok();
    let path = format!("/v1/reports/{}/incident", report["id"].as_str().unwrap());
    let incident = operator.post(&path, &json!({})).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/incidents/{incident}");
    operator.patch(&path, &json!({ "priority": priority })).await.ok();
    path
}

async fn offered(town: &Town, incident: &str, call_sign: &str, more: Value) -> Answer {
    let mut body = json!({ "unit_id": town.units[call_sign] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.as_user("operator").post(&format!("{incident}/assignments"), &body).await
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

async fn kinds(town: &Town, incident: &str) -> Vec<String> {
    let timeline = town.as_user("operator").get(&format!("{incident}/timeline")).await.ok();
    let kind = |item: &Value| item["kind"].as_str().unwrap().to_owned();
    timeline["items"].as_array().unwrap().iter().map(kind).collect()
}

/// B-1 drives to a traffic jam in the east; then a house burns where B-1 set off, and nobody else is free.
async fn a_unit_is_taken_for_a_fire_and_the_jam_waits_in_its_old_place(place: Place) {
    let town = Town::on(place).await;
    for call_sign in ["B-2", "T-1", "T-2", "M-1"] {
        says_it_is(&town, call_sign, "busy").await;
    }
    let operator = town.as_user("operator");
    let jam = matter(&town, TIMUR, 3).await;
    let job = offered(&town, &jam, "B-1", json!({})).await.ok();
    step(&town, &job, "b-1", "accept").await.ok();
    step(&town, &job, "b-1", "en_route").await.ok();
    let mut tablet: Screen = town.as_user("b-1").screen().await;
    town.turn(20).await;
    Citizen::new(&town).sees_a_fire(BARAT).await;
    town.settled().await;
    let fire = town
        .look("medan", |desk| desk.incidents.values().find(|i| i.priority.number() == 1).map(|i| i.id.to_string()))
        .await
        .unwrap();
    let fire = format!("/v1/incidents/{fire}");
    // The machine says what is missing and takes nobody.
    let advice = operator.get(&format!("{fire}/recommendation")).await.ok();
    assert_eq!(advice["candidates"], json!([]));
    assert_eq!(advice["shortfall"]["text"], "tidak ada unit yang siap");
    let [unit] = &advice["takeable"].as_array().unwrap()[..] else { unreachable!("{advice}") };
    assert_eq!(unit["call_sign"], "B-1");
    let lost = &unit["gives_up"];
    assert_eq!(
        (&lost["incident_id"], &lost["priority"], &lost["state"]),
        (&json!(id_of(&jam)), &json!(3), &json!("en_route"))
    );
    assert_eq!((&lost["next"], &lost["waits_longer_s"]), (&Value::Null, &Value::Null));
    let cost: f64 = unit["reasons"].as_array().unwrap().iter().map(|r| r["cost_s"].as_f64().unwrap()).sum();
    assert!((cost - unit["cost_s"].as_f64().unwrap()).abs() < 1e-6);
    for _ in 0..3 {
        town.turn(30).await;
    }
    assert_eq!(operator.get(&fire).await.ok()["incident"]["state"], "queued");

    // Only for what is grave enough, only what was seen, only by who dispatches.
    let from = json!({ "taken_from": job["id"] });
    let other_jam = matter(&town, BARAT, 2).await;
    offered(&town, &other_jam, "B-1", from.clone()).await.problem(409, "not_takeable");
    let body = json!({ "unit_id": town.units["B-1"], "taken_from": job["id"] });
    town.as_user("kapolres").post(&format!("{fire}/assignments"), &body).await.problem(403, "forbidden");
    let taken = offered(&town, &fire, "B-1", from.clone()).await.ok();
    offered(&town, &fire, "B-1", from).await.problem(409, "wrong_state");
    assert_eq!((&taken["state"], &taken["primary"]), (&json!("offered"), &json!(true)));
    assert_eq!(taken["links"]["takes_over"], json!({ "what": "unit", "assignment": job["id"] }));

    // The crew's tablet hears that its job is over and what for, and has the new offer.
    let unit_id = town.units["B-1"].to_string();
    let gone = tablet.assignment(&unit_id, "preempted").await;
    assert_eq!((&gone["id"], &gone["links"]["taken_for"]), (&job["id"], &json!(id_of(&fire))));
    let new = tablet.assignment(&unit_id, "offered").await;
    assert_eq!(new["id"], taken["id"]);
    step(&town, &job, "b-1", "on_scene").await.problem(409, "wrong_state");

    // The jam waits again since it came, and says what it lacks; the next free unit is its own.
    let waiting = operator.get(&jam).await.ok()["incident"].clone();
    assert_eq!((&waiting["state"], &waiting["shortfall"]["code"]), (&json!("queued"), &json!("no_unit")));
    let younger = matter(&town, TIMUR, 3).await;
    says_it_is(&town, "T-1", "available").await;
    let served = operator.get(&jam).await.ok();
    assert_eq!(served["assignments"].as_array().unwrap().last().unwrap()["unit"], json!(town.units["T-1"]));
    assert_eq!(operator.get(&younger).await.ok()["assignments"], json!([]));

    // Both timelines tell it.
    assert!(kinds(&town, &jam).await.contains(&"assignment_preempted".to_owned()));
    assert!(kinds(&town, &fire).await.contains(&"assignment_preempted".to_owned()));
    town.finish().await;
}

/// A crew hands its job over; the other one says no, then yes.
async fn a_job_is_handed_over_and_stays_until_the_other_crew_accepts(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let jam = matter(&town, BARAT, 3).await;
    let advice = operator.get(&format!("{jam}/recommendation")).await.ok();
    let first = advice["candidates"][0]["call_sign"].as_str().unwrap().to_owned();
    let job = offered(&town, &jam, &first, json!({})).await.ok();
    let crew = town.as_user(&first.to_lowercase());
    let path = format!("/v1/assignments/{}/transfer", job["id"].as_str().unwrap());
    let others = crew.get(&path).await.ok()["items"].as_array().unwrap().clone();
    let (to, name) = (others[0]["unit_id"].clone(), others[0]["call_sign"].as_str().unwrap().to_owned());
    assert!(others[0].get("lng").is_none(), "a crew learns no positions of others");
    let wish = |key: &str| json!({ "unit_id": to, "key": key, "reason": "ban kempes" });
    crew.post(&path, &wish("a")).await.problem(409, "wrong_state");
    step(&town, &job, &first.to_lowercase(), "accept").await.ok();
    crew.post(&path, &json!({ "unit_id": to, "key": "a", "reason": " " })).await.problem(422, "invalid");
    crew.post(&path, &json!({ "unit_id": to, "key": "", "reason": "x" })).await.problem(422, "invalid");
    crew.post(&path, &json!({ "unit_id": town.units[&first], "key": "a", "reason": "x" }))
        .await
        .problem(409, "unit_taken");
    town.as_user("l-1").post(&path, &wish("a")).await.problem(404, "not_found");
    town.as_user(&name.to_lowercase()).post(&path, &wish("a")).await.problem(404, "not_found");

    for _ in 0..2 {
        let asked = crew.post(&path, &wish("a")).await.ok();
        assert_eq!(asked["state"], "accepted");
        assert_eq!(
            (&asked["links"]["handing"]["state"], &asked["links"]["handing"]["call_sign"]),
            (&json!("asked"), &json!(name))
        );
    }
    crew.post(&path, &wish("b")).await.problem(409, "wrong_state");
    let offer_of = async |name: &str| {
        let unit = town.units[name];
        let found =
            town.look("medan", move |desk| desk.assignments[&desk.units[&unit].assignment.unwrap()].clone()).await;
        serde_json::to_value(found).unwrap()
    };
    let offer = offer_of(&name).await;
    assert_eq!(offer["links"]["takes_over"], json!({ "what": "job", "assignment": job["id"] }));
    step(&town, &offer, &name.to_lowercase(), "refuse").await.ok();
    let detail = operator.get(&jam).await.ok();
    assert_eq!(detail["incident"]["state"], "responding");
    let of_it = |detail: &Value, id: &Value| {
        detail["assignments"].as_array().unwrap().iter().find(|a| a["id"] == *id).unwrap().clone()
    };
    assert_eq!(of_it(&detail, &job["id"])["links"]["handing"]["state"], "refused");
    assert_eq!(detail["assignments"].as_array().unwrap().len(), 2, "nobody else is asked");

    // An operator asks the same of another one, over the radio; that crew takes it.
    let list = operator.get(&path).await.ok();
    let third = list["items"].as_array().unwrap().iter().find(|r| r["call_sign"] != name.as_str()).unwrap().clone();
    let third_name = third["call_sign"].as_str().unwrap().to_owned();
    let body = json!({ "unit_id": third["unit_id"], "key": "c", "reason": "ganti dinas" });
    operator.post(&path, &body).await.ok();
    let offer = offer_of(&third_name).await;
    step(&town, &offer, &third_name.to_lowercase(), "accept").await.ok();
    let detail = operator.get(&jam).await.ok();
    assert_eq!(of_it(&detail, &job["id"])["state"], "transferred");
    let theirs = of_it(&detail, &offer["id"]);
    assert_eq!((&theirs["state"], &theirs["primary"]), (&json!("accepted"), &json!(true)));
    assert_eq!(detail["incident"]["state"], "responding");
    let free = town.units[&first];
    assert!(town.look("medan", move |desk| desk.units[&free].assignment.is_none()).await);
    let told = kinds(&town, &jam).await;
    assert_eq!(told.iter().filter(|kind| *kind == "transfer_asked").count(), 2);
    assert_eq!(told.iter().filter(|kind| *kind == "assignment_transferred").count(), 1);
    town.finish().await;
}

on_both_stores!(
    a_unit_is_taken_for_a_fire_and_the_jam_waits_in_its_old_place,
    a_job_is_handed_over_and_stays_until_the_other_crew_accepts,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_unit_is_compared_first_and_the_reason_it_is_sent_for_is_in_the_journal() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let (here, there) = (matter(&town, BARAT, 3).await, matter(&town, TIMUR, 3).await);
    let advice = operator.get(&format!("{here}/recommendation")).await.ok();
    let best = advice["candidates"][0].clone();
    let far = town.units["T-1"];
    let compared = operator.get(&format!("{here}/what-if?unit_id={far}")).await.ok();
    assert_eq!(compared["recommended"]["unit"]["unit_id"], best["unit_id"]);
    assert_eq!(compared["chosen"]["unit"]["call_sign"], "T-1");
    assert_eq!(
        (&compared["recommended"]["own_polsek"], &compared["chosen"]["own_polsek"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(compared["chosen"]["reserve_left"], 1);
    let later = compared["chosen"]["unit"]["travel_time_s"].as_f64().unwrap() - best["travel_time_s"].as_f64().unwrap();
    assert!((compared["later_s"].as_f64().unwrap() - later).abs() < 1e-6 && later > 60.0);
    let others = compared["others"].as_array().unwrap();
    assert!(others.iter().any(|other| other["incident_id"] == id_of(&there)), "{others:?}");

    offered(&town, &here, "T-1", json!({})).await.problem(422, "reason_needed");
    let why = json!({ "override_reason": "lebih kenal tempatnya" });
    let sent = offered(&town, &here, "T-1", why).await.ok();
    assert_eq!(sent["override_reason"], "lebih kenal tempatnya");
    let timeline = operator.get(&format!("{here}/timeline")).await.ok();
    let entry =
        timeline["items"].as_array().unwrap().iter().find(|item| item["kind"] == "assignment_offered").unwrap().clone();
    assert_eq!(entry["data"]["runner_up"], best["unit_id"], "whom he did not send");
    assert_eq!(entry["actor"]["type"], "user");

    operator.get(&format!("{here}/what-if?unit_id={far}")).await.problem(409, "not_takeable");
    let nobody = uuid::Uuid::nil();
    operator.get(&format!("{here}/what-if?unit_id={nobody}")).await.problem(409, "not_takeable");
    operator.get(&format!("/v1/incidents/{nobody}/what-if?unit_id={far}")).await.problem(404, "not_found");
    town.as_user("kapolres").get(&format!("{here}/what-if?unit_id={far}")).await.problem(403, "forbidden");

    // What stands first on a screen stays there while no other is much better.
    let held = &best["unit_id"].as_str().unwrap();
    let again = operator.get(&format!("{there}/recommendation?held={held}")).await.ok();
    assert_ne!(again["candidates"][0]["unit_id"], best["unit_id"], "it is far from there: another one is better");
    town.finish().await;
}
