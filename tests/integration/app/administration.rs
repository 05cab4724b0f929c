//! Users and response plans in an administrator's hands: what he may, what is refused by name, and that
//! it counts at once.

use reqwest::Method;
use serde_json::{Value, json};
use sigap::model::entry::Event;

use super::citizen::Citizen;
use super::city::TIMUR;
use super::client::{Answer, Client};
use super::on_both_stores;
use super::town::{PASSWORD, Town};
use crate::store_contract::place::Place;

on_both_stores! {
    a_one_time_password_opens_one_door_and_is_replaced_there,
    plans_an_administrator_changed_count_for_the_next_recommendation,
}

async fn put(who: &Client, path: &str, body: &Value) -> Answer {
    who.send(who.request(Method::PUT, path).json(body)).await
}

fn id(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

async fn a_one_time_password_opens_one_door_and_is_replaced_there(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    let wanted =
        json!({ "username": "Siti.Aminah", "name": "Bripda Contoh Baru", "role": "operator", "polsek": "timur" });
    let made = admin.post("/v1/users", &wanted).await.ok();
    let once = made["password"].as_str().unwrap().to_owned();
    assert_eq!((&made["user"]["username"], &made["user"]["must_change"]), (&json!("siti.aminah"), &json!(true)));
    admin.post("/v1/users", &wanted).await.problem(409, "username_taken");

    let nobody = town.as_nobody();
    let login = nobody.log_in("siti.aminah", &once).await;
    assert_eq!(login.ok()["must_change"], true);
    let siti = nobody.browser(&login).with("origin", &town.base);
    siti.get("/v1/queue").await.problem(403, "password_change_needed");
    assert_eq!(siti.screen_after("").await.err(), Some(403));
    let own = |old: &str, new: &str| json!({ "old": old, "new": new });
    siti.post("/v1/session/password", &own(&once, "pendek")).await.problem(422, "invalid");
    siti.post("/v1/session/password", &own("salah-sama-sekali", "sandi baru yang panjang"))
        .await
        .problem(403, "wrong_password");
    siti.post("/v1/session/password", &own(&once, &once)).await.problem(422, "invalid");
    siti.post("/v1/session/password", &own(&once, "sandi baru yang panjang")).await.ok();
    siti.get("/v1/queue").await.ok();
    assert_eq!(nobody.log_in("siti.aminah", &once).await.status, 401);

    // Another right ends every login; so does signing out, and so does being disabled.
    let path = format!("/v1/users/{}", id(&made["user"]));
    let place = |role: &str, disabled: bool| json!({ "name": "Bripda Contoh", "role": role, "disabled": disabled });
    put(&admin, &path, &place("supervisor", false)).await.ok();
    siti.get("/v1/session").await.problem(401, "unauthorized");
    let again = nobody.browser(&nobody.log_in("siti.aminah", "sandi baru yang panjang").await);
    assert_eq!(again.get("/v1/session").await.ok()["role"], "supervisor");
    admin.post(&format!("{path}/sign-out"), &json!({})).await.ok();
    again.get("/v1/session").await.problem(401, "unauthorized");
    put(&admin, &path, &place("supervisor", true)).await.ok();
    assert_eq!(nobody.log_in("siti.aminah", "sandi baru yang panjang").await.status, 401);
    put(&admin, &path, &place("supervisor", false)).await.ok();
    let reset = admin.post(&format!("{path}/password"), &json!({})).await.ok();
    assert_ne!(reset["password"], json!(once));

    let what = |event| match event {
        Event::Administered(done) => serde_json::to_value(done).ok(),
        _ => None,
    };
    let entries: Vec<Value> = town.journal("medan").await.into_iter().filter_map(|entry| what(entry.event)).collect();
    let acts: Vec<&str> = entries.iter().filter_map(|entry| entry["act"].as_str()).collect();
    let due = ["added", "password_chosen", "changed", "signed_out", "disabled", "enabled", "password_reset"];
    assert_eq!(acts, due);
    let written = serde_json::to_string(&entries).unwrap();
    assert!(!written.contains("Contoh") && !written.contains("siti"), "ids only: {written}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_never_left_without_an_administrator_and_users_of_others_are_not_found() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    let users = admin.get("/v1/users").await.ok();
    let find = |name: &str| {
        let all = users["items"].as_array().unwrap();
        all.iter().find(|user| user["username"] == name).cloned()
    };
    assert!(find("operator-belawan").is_none(), "another office's");
    let own = format!("/v1/users/{}", id(&find("admin").unwrap()));
    let me = |role: &str, disabled: bool| json!({ "name": "Admin", "role": role, "disabled": disabled });
    put(&admin, &own, &me("admin", true)).await.problem(409, "last_admin");
    put(&admin, &own, &me("operator", false)).await.problem(409, "last_admin");
    put(&admin, &own, &me("admin", false)).await.ok();

    let new = |more: Value| {
        let mut body = json!({ "username": "baru", "name": "Baru", "role": "operator" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, field) in [
        (json!({ "username": "a b" }), "username"),
        (json!({ "name": "  " }), "name"),
        (json!({ "role": "patrol" }), "unit_id"),
        (json!({ "unit_id": town.units["B-1"] }), "unit_id"),
        (json!({ "polsek": "bahari" }), "polsek"),
    ] {
        assert_eq!(admin.post("/v1/users", &new(more)).await.problem(422, "invalid")["field"], field);
    }
    admin.post("/v1/users", &new(json!({ "role": "dewa" }))).await.problem(422, "invalid");
    admin.post("/v1/users", &new(json!({ "password_hash": "x" }))).await.problem(422, "invalid");
    let stranger = town.store().user_by_name("operator-belawan").await.unwrap().unwrap().id.0;
    admin.post(&format!("/v1/users/{stranger}/password"), &json!({})).await.problem(404, "not_found");
    for role in ["operator", "supervisor", "kapolres", "auditor"] {
        town.as_user(role).get("/v1/users").await.problem(403, "forbidden");
    }
    assert!(!town.as_nobody().log_in("admin", PASSWORD).await.ok()["must_change"].as_bool().unwrap());
    town.finish().await;
}

async fn jam(town: &Town) -> String {
    let citizen = Citizen::new(town);
    citizen.writes("jalan macet total").await;
    citizen.pins(TIMUR).await;
    town.settled().await;
    let operator = town.as_user("operator");
    let report = operator.post("/v1/queue/next", &json!({})).await.ok();
    let report = report["report"]["id"].as_str().unwrap().to_owned();
    let incident = operator.post(&format!("/v1/reports/{report}/incident"), &json!({})).await.ok();
    format!("/v1/incidents/{}", incident["id"].as_str().unwrap())
}

async fn plans_an_administrator_changed_count_for_the_next_recommendation(place: Place) {
    let town = Town::on(place).await;
    let admin = town.as_user("admin");
    let incident = jam(&town).await;
    let advice = town.as_user("operator").get(&format!("{incident}/recommendation")).await.ok();
    assert_eq!((&advice["plan"]["units"], &advice["plan"]["kinds"][0]), (&json!(1), &json!("traffic")), "{advice}");

    let plans = admin.get("/v1/plans").await.ok();
    assert_eq!((&plans["version"], &plans["set"]), (&json!(0), &plans["original"]));
    let mut set = plans["set"].clone();
    let own = json!({ "categories": ["kemacetan"], "priorities": [1, 2, 3, 4], "units": 2, "kinds": ["motorcycle", "traffic"], "offer_s": 60 });
    set["plans"].as_array_mut().unwrap().insert(0, own);

    // Tried before it counts: the incident of today would be answered otherwise.
    let trial = admin.post("/v1/plans/preview", &json!({ "set": set })).await.ok();
    assert_eq!((&trial["incidents"], &trial["changed"]), (&json!(1), &json!(1)));
    assert_eq!((&trial["items"][0]["before"]["units"], &trial["items"][0]["after"]["units"]), (&json!(1), &json!(2)));
    let same = admin.post("/v1/plans/preview", &json!({ "set": plans["set"] })).await.ok();
    assert_eq!(same["changed"], 0);

    let change = json!({ "set": set, "version": 0 });
    town.as_user("supervisor")
        .send(town.as_user("supervisor").request(Method::PUT, "/v1/plans").json(&change))
        .await
        .problem(403, "forbidden");
    let changed = put(&admin, "/v1/plans", &change).await.ok();
    assert_eq!((&changed["version"], &changed["changed_by"]), (&json!(1), &json!("Contoh admin")));
    put(&admin, "/v1/plans", &change).await.problem(409, "stale");
    let advice = town.as_user("operator").get(&format!("{incident}/recommendation")).await.ok();
    assert_eq!((&advice["plan"]["units"], &advice["plan"]["kinds"][0]), (&json!(2), &json!("motorcycle")), "{advice}");

    // The other office has its own; a start changes nothing.
    let belawan = town.desk("belawan").parts.rules.now().plans.set();
    assert_eq!(serde_json::to_value(belawan).unwrap(), plans["original"]);
    let town = town.restart().await;
    let admin = town.as_user("admin");
    assert_eq!(admin.get("/v1/plans").await.ok()["set"], set);

    let back = admin.post("/v1/plans/restore", &json!({ "to": 0, "version": 1 })).await.ok();
    assert_eq!((&back["version"], &back["set"]), (&json!(2), &back["original"]));
    let forth = admin.post("/v1/plans/restore", &json!({ "to": 1, "version": 2 })).await.ok();
    assert_eq!((&forth["version"], &forth["set"]), (&json!(3), &set));
    admin.post("/v1/plans/restore", &json!({ "to": 9, "version": 3 })).await.problem(404, "not_found");
    let history = town.as_user("auditor").get("/v1/plans/history").await.ok();
    let versions: Vec<(&Value, &Value)> =
        history["items"].as_array().unwrap().iter().map(|it| (&it["version"], &it["restored"])).collect();
    assert_eq!(versions, [(&json!(3), &json!(1)), (&json!(2), &json!(0)), (&json!(1), &Value::Null)]);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_that_cannot_be_are_refused_by_name() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    let plans = admin.get("/v1/plans").await.ok();
    let refused = async |change: fn(&mut Value), code: &str| {
        let mut set = plans["set"].clone();
        change(&mut set);
        put(&admin, "/v1/plans", &json!({ "set": set, "version": 0 })).await.problem(422, code)
    };
    let unknown = refused(|set| set["plans"][0]["kinds"] = json!(["helicopter"]), "invalid").await;
    assert!(unknown["detail"].as_str().unwrap().contains("helicopter"), "{unknown}");
    let empty = refused(|set| set["plans"][1]["kinds"] = json!([]), "plan_no_kind").await;
    assert_eq!(empty["field"], "plans[1].kinds");
    refused(|set| drop(set["plans"].as_array_mut().unwrap().pop()), "plan_missing").await;
    let first = |set: &mut Value| {
        let all = json!({ "categories": [], "priorities": [1, 2, 3, 4], "units": 1, "kinds": ["car"], "offer_s": 30 });
        set["plans"].as_array_mut().unwrap().insert(0, all);
    };
    assert_eq!(refused(first, "plan_never_reached").await["field"], "plans[1]");
    assert_eq!(admin.get("/v1/plans").await.ok()["version"], 0);
    town.finish().await;
}
