//! Many at once: one wins, the others hear so; and positions that come late, early or from afar.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sigap::model::place::LngLat;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::town::Town;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_click_six_times_each_on_one_report_and_one_of_them_has_it() {
    let town = Town::new().await;
    Citizen::new(&town).writes("jalan macet total").await;
    town.settled().await;
    let id = town.look("medan", |desk| desk.reports.values().next().map(|r| r.id)).await.unwrap();
    let path = format!("/v1/reports/{id}/claim");
    // Claiming again what one has is no conflict: a second click changes nothing.
    let people = ["operator", "supervisor"];
    let claims = (0..12).map(|n| {
        let (client, path) = (town.as_user(people[n % 2]), &path);
        async move { (n % 2, client.post(path, &json!({})).await) }
    });
    let answers = join_all(claims).await;
    let winners: Vec<usize> = answers.iter().filter(|(_, answer)| answer.status == 200).map(|(who, _)| *who).collect();
    assert_eq!(winners.len(), 6, "one person, six clicks");
    assert!(winners.iter().all(|who| *who == winners[0]));
    for (_, answer) in answers.iter().filter(|(who, _)| *who != winners[0]) {
        answer.problem(409, "wrong_state");
    }
    let claimed = town.journal("medan").await.iter().filter(|entry| entry.body.contains("report_claimed")).count();
    assert_eq!(claimed, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_operators_share_a_queue_without_taking_one_report_twice_and_one_wins_a_single_report() {
    let town = Town::new().await.with_operators(12).await;
    for _ in 0..8 {
        Citizen::new(&town).writes("jalan macet total").await;
    }
    town.settled().await;
    let clicks = (0..12).map(|n| {
        let client = town.as_user(&format!("operator-{n}"));
        async move { client.post("/v1/queue/next", &json!({})).await }
    });
    let answers = join_all(clicks).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 4);
    let mut taken: Vec<Value> =
        answers.iter().filter(|answer| answer.status == 200).map(|a| a.json()["report"]["id"].clone()).collect();
    taken.sort_by_key(Value::to_string);
    taken.dedup();
    assert_eq!(taken.len(), 8);

    Citizen::new(&town).writes("jalan macet total").await;
    town.settled().await;
    let id = town.as_user("operator").get("/v1/queue").await.ok()["items"][0]["report"]["id"].clone();
    let path = format!("/v1/reports/{}/claim", id.as_str().unwrap());
    let claims = (0..12).map(|n| {
        let (client, path) = (town.as_user(&format!("operator-{n}")), &path);
        async move { client.post(path, &json!({})).await.status }
    });
    let mut statuses = join_all(claims).await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[409; 11][..]));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_unit_offered_to_twelve_incidents_at_once_goes_to_one() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let mut incidents = Vec::new();
    for n in 0..12 {
        let at = TIMUR.offset_m(f64::from(n) * 400.0 - 2400.0, 0.0);
        let report =
            operator.post("/v1/reports", &json!({ "text": "jalan macet", "lng": at.lng, "lat": at.lat })).await.ok();
        let path = format!("/v1/reports/{}/incident", report["id"].as_str().unwrap());
        incidents.push(operator.post(&path, &json!({})).await.ok()["id"].as_str().unwrap().to_owned());
    }
    let unit = json!({ "unit_id": town.units["T-2"], "override_reason": "uji" });
    let offers = incidents.iter().map(|incident| {
        let (operator, unit) = (operator.clone(), &unit);
        async move { operator.post(&format!("/v1/incidents/{incident}/assignments"), unit).await }
    });
    let answers = join_all(offers).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "unit_taken");
    }
    let live = town.look("medan", |desk| desk.assignments.values().filter(|a| a.state.is_live()).count()).await;
    assert_eq!(live, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepting_releasing_and_expiring_at_once_leave_one_lawful_end() {
    let town = Town::new().await;
    for round in 0..6 {
        let at = TIMUR.offset_m(f64::from(round) * 500.0 - 1500.0, 500.0);
        Citizen::new(&town).sees_a_fire(at).await;
        town.settled().await;
        let offer =
            town.look("medan", |desk| desk.assignments.values().find(|a| a.state.is_live()).cloned()).await.unwrap();
        let id = offer.id;
        let crew = town.units.iter().find(|(_, unit)| offer.unit == **unit).unwrap().0.to_lowercase();
        let (operator, crew) = (town.as_user("operator"), town.as_user(&crew));
        let (steps, release) = (format!("/v1/assignments/{id}/steps"), format!("/v1/assignments/{id}/release"));
        let body = json!({ "step": "accept", "key": "a", "at": town.now() });
        let release_body = json!({ "reason": "uji" });
        let (accepted, released, ()) =
            tokio::join!(crew.post(&steps, &body), operator.post(&release, &release_body), town.turn(20));
        assert!([200, 409].contains(&accepted.status) && [200, 409].contains(&released.status));
        // Whatever won, the incident ends with everybody free again.
        let close = format!("/v1/incidents/{}/close", offer.incident);
        operator.post(&close, &json!({ "disposition": "cancelled", "note": "uji" })).await.ok();
        let bound =
            town.look("medan", |desk| desk.units.values().filter(|unit| unit.assignment.is_some()).count()).await;
        let live = town.look("medan", |desk| desk.assignments.values().filter(|a| a.state.is_live()).count()).await;
        assert_eq!((bound, live), (0, 0), "round {round}");
    }
    town.finish().await;
}

async fn reports(town: &Town, at: LngLat, device: &str) -> Value {
    let path = format!("/v1/units/{}/positions", town.units["B-1"]);
    let fix = json!({ "lng": at.lng, "lat": at.lat, "at": device });
    town.as_user("b-1").post(&path, &json!({ "items": [fix] })).await.ok()
}

async fn fix(town: &Town) -> Value {
    let units = town.as_user("operator").get("/v1/units").await.ok();
    let id = json!(town.units["B-1"]);
    units["fixes"].as_array().unwrap().iter().find(|fix| fix["unit_id"] == id).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_fix_or_an_absurd_device_clock_never_replaces_a_newer_position() {
    let town = Town::new().await;
    let now = || town.now().to_string();
    assert_eq!(reports(&town, BARAT, &now()).await["taken"], 1);
    let east = |metres: f64| BARAT.offset_m(metres, 0.0);
    let old = town.now().plus_secs(-30).to_string();
    assert_eq!(reports(&town, east(50.0), &old).await["late"], 1);
    assert_eq!(reports(&town, east(50.0), "1970-01-01T00:00:00Z").await["refused"], 1);
    assert_eq!(reports(&town, east(50.0), &town.now().plus_secs(-25 * 3600).to_string()).await["refused"], 1);
    assert_eq!(fix(&town).await["lng"], json!(BARAT.lng));

    let mut still = false;
    // A clock that runs ahead is set to ours: it cannot hold the place for a day, or for ever.
    for device in [town.now().plus_secs(24 * 3600).to_string(), "9999-12-31T23:59:59Z".to_owned()] {
        town.clock.advance(10);
        let taken = reports(&town, east(30.0), &device).await;
        // The second time it stands there already.
        assert_eq!(taken[if still { "still" } else { "taken" }], 1, "{device}");
        still = true;
        assert_eq!(fix(&town).await["at"], json!(town.now()));
    }
    town.clock.advance(10);
    assert_eq!(reports(&town, east(60.0), &now()).await["taken"], 1);
    assert!((fix(&town).await["lng"].as_f64().unwrap() - east(60.0).lng).abs() < 1e-12);
    for (lng, lat) in [(0.0, 0.0), (3.59, 98.635), (200.0, 3.0)] {
        assert_eq!(reports(&town, LngLat::new(lng, lat), &now()).await["refused"], 1);
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jump_of_three_hundred_kilometres_is_marked_and_does_not_make_a_unit_nearest() {
    let town = Town::new().await;
    // B-1 stands 300 km away; one second later its receiver says it is beside the scene.
    let far = TIMUR.offset_m(0.0, -300_000.0);
    assert_eq!(reports(&town, far, &town.now().to_string()).await["taken"], 1);
    town.clock.advance(1);
    assert_eq!(reports(&town, TIMUR, &town.now().to_string()).await["jumps"], 1);
    assert!((fix(&town).await["lat"].as_f64().unwrap() - far.lat).abs() < 1e-9);
    Citizen::new(&town).sees_a_fire(TIMUR).await;
    town.settled().await;
    let offered = town.look("medan", |desk| desk.assignments.values().map(|a| a.unit).collect::<Vec<_>>()).await;
    assert_eq!(offered, [town.units["T-1"]]);
    // A second fix that agrees with the jump is believed.
    town.clock.advance(1);
    assert_eq!(reports(&town, TIMUR.offset_m(10.0, 0.0), &town.now().to_string()).await["taken"], 1);
    town.finish().await;
}
