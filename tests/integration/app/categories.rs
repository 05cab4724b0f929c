//! Categories in an administrator's hands: named, ordered, retired, meant by own words; looked at before they
//! count, put back, and shown everywhere under their new name.

use serde_json::{Value, json};

use super::citizen::Citizen;
use super::citizen_app::with_app;
use super::city::BARAT;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_category_an_administrator_renamed_is_called_so_everywhere,
    an_office_adds_a_matter_of_its_own_and_works_with_it,
}

const CATEGORIES: &str = "/v1/categories";

fn style<'a>(set: &'a mut Value, code: &str) -> &'a mut Value {
    set["items"].as_array_mut().unwrap().iter_mut().find(|style| style["code"] == code).unwrap()
}

async fn a_category_an_administrator_renamed_is_called_so_everywhere(place: Place) {
    // Citizens write to the office at home on this server.
    let town = Town::tuned(place, |config| "medan".clone_into(&mut config.office.code)).await;
    let admin = town.as_user("admin");
    let view = admin.get(CATEGORIES).await.ok();
    assert_eq!((&view["version"], &view["set"]), (&json!(0), &view["original"]));
    assert_eq!(town.as_user("b-1").get("/v1/session").await.ok()["categories"], Value::Null);
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total").await;
    town.settled().await;

    let mut set = view["set"].clone();
    style(&mut set, "kemacetan")["name_id"] = json!("  Macet &  <b>padat</b> 🚗 ");
    style(&mut set, "hewan")["words"] = json!(["ular  Sanca"]);
    style(&mut set, "jalan_rusak")["on_form"] = json!(false);
    style(&mut set, "rekrutmen")["retired"] = json!(true);
    let items = set["items"].as_array_mut().unwrap();
    items.rotate_right(1);

    // Looked at before it counts.
    let seen = admin.post(&format!("{CATEGORIES}/preview"), &json!({ "set": set })).await.ok();
    assert_eq!((&seen["reordered"], seen["items"].as_array().unwrap().len()), (&json!(true), 4), "{seen}");
    let jam = seen["items"].as_array().unwrap().iter().find(|item| item["after"]["code"] == "kemacetan").unwrap();
    assert_eq!((&jam["reports"], &jam["after"]["name_id"]), (&json!(1), &json!("Macet & <b>padat</b> 🚗")));
    assert_eq!(admin.get(CATEGORIES).await.ok()["version"], 0);

    let change = json!({ "set": set, "version": 0 });
    town.as_user("supervisor").put(CATEGORIES, &change).await.problem(403, "forbidden");
    let changed = admin.put(CATEGORIES, &change).await.ok();
    assert_eq!((&changed["version"], &changed["changed_by"]), (&json!(1), &json!("Contoh admin")));
    admin.put(CATEGORIES, &change).await.problem(409, "stale");

    // Every screen of the office hears it with the session, crews too; citizens in their own doors.
    let own = town.as_user("b-1").get("/v1/session").await.ok()["categories"].clone();
    assert_eq!(own, changed["set"]);
    let form = town.as_nobody().get("/v1/citizen/categories").await.ok();
    let codes: Vec<&str> =
        form["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"kemacetan") && !codes.contains(&"jalan_rusak") && codes.len() == 9, "{codes:?}");
    // What came in this very instant is of the next one's figures.
    town.turn(60).await;
    let evaluation = town.as_user("supervisor").get("/v1/insight/evaluation").await.ok();
    assert_eq!(evaluation["complaints"][0]["label"], "Macet & <b>padat</b> 🚗", "{}", evaluation["complaints"]);
    let elsewhere = town.as_user("operator-belawan").get("/v1/session").await.ok();
    assert_eq!(elsewhere["categories"], Value::Null, "another office has its own");

    // The office's own words: where the machine is not sure, and never more urgent or more certain for it.
    let budi = Citizen::new(&town);
    budi.writes("pak ada ular sanca").await;
    budi.pins(BARAT).await;
    town.settled().await;
    let found = town
        .look("medan", |desk| {
            let mut reports: Vec<_> = desk.reports.values().cloned().collect();
            reports.sort_by(|a, b| a.number.cmp(&b.number));
            reports.pop().unwrap()
        })
        .await;
    assert_eq!(serde_json::to_value(found.reading.category).unwrap(), "hewan", "{:?}", found.reading);

    // It survives a start; the program's come back as a new version, and an old one too.
    let town = town.restart().await;
    let admin = town.as_user("admin");
    assert_eq!(admin.get(CATEGORIES).await.ok()["set"], changed["set"]);
    let restore = format!("{CATEGORIES}/restore");
    let back = admin.post(&restore, &json!({ "to": 0, "version": 1 })).await.ok();
    assert_eq!((&back["version"], &back["set"]), (&json!(2), &back["original"]));
    assert_eq!(town.as_user("operator").get("/v1/session").await.ok()["categories"], Value::Null);
    let forth = admin.post(&restore, &json!({ "to": 1, "version": 2 })).await.ok();
    assert_eq!((&forth["version"], &forth["set"]), (&json!(3), &changed["set"]));
    admin.post(&restore, &json!({ "to": 9, "version": 3 })).await.problem(404, "not_found");
    let history = town.as_user("auditor").get(&format!("{CATEGORIES}/history")).await.ok();
    let lines: Vec<(&Value, bool, &Value)> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (&item["version"], item["set"].is_null(), &item["restored"]))
        .collect();
    assert_eq!(lines, [(&json!(3), false, &json!(1)), (&json!(2), true, &json!(0)), (&json!(1), false, &Value::Null)]);
    town.finish().await;
}

/// A matter of the office's own, as an administrator writes it.
fn own(code: &str, name: &str) -> Value {
    json!({ "code": code, "name_id": name, "on_form": true, "words": ["adu ngebut"] })
}

async fn an_office_adds_a_matter_of_its_own_and_works_with_it(place: Place) {
    let town = Town::tuned(place, |config| "medan".clone_into(&mut config.office.code)).await;
    let (admin, operator) = (town.as_user("admin"), town.as_user("operator"));
    let siti = with_app(&town, "6281200000009").await;
    let citizens_report = |key: &str, category: &str| json!({ "key": key, "text": "tolong pak", "category": category, "lng": BARAT.lng, "lat": BARAT.lat });

    // Before it has a name it is nothing: nobody is offered it, nobody can say it.
    let mut set = admin.get(CATEGORIES).await.ok()["set"].clone();
    assert!(!set.to_string().contains("own_"), "{set}");
    let early = siti.post("/v1/citizen/reports", &citizens_report("k-0", "own_police_1")).await;
    assert_eq!(early.problem(422, "invalid")["field"], "category");
    let first = siti.post("/v1/citizen/reports", &citizens_report("k-1", "kamtibmas")).await.ok();
    let path = format!("/v1/reports/{}", first["id"].as_str().unwrap());
    let wanted = json!({ "category": "own_police_1", "priority": 3 });
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    assert_eq!(operator.patch(&path, &wanted).await.problem(422, "invalid")["field"], "category");

    // Named: first in the list, on the citizens' form, in the session of every screen.
    set["items"].as_array_mut().unwrap().insert(0, own("own_police_1", "Balap liar"));
    let seen = admin.post(&format!("{CATEGORIES}/preview"), &json!({ "set": set })).await.ok();
    assert_eq!(seen["items"][0]["before"]["name_id"], Value::Null);
    assert_eq!(seen["items"][0]["after"]["name_id"], "Balap liar");
    let named = admin.put(CATEGORIES, &json!({ "set": set, "version": 0 })).await.ok();
    assert_eq!(named["set"]["items"][0]["code"], "own_police_1");
    assert_eq!(operator.get("/v1/session").await.ok()["categories"], named["set"]);
    let form = town.as_nobody().get("/v1/citizen/categories").await.ok();
    let offered = json!({ "code": "own_police_1", "name_id": "Balap liar", "name_en": null, "own": true });
    assert_eq!(form["items"][0], offered);

    // An operator says it; the citizen reads its name; an incident of it has a plan and finds a unit.
    operator.patch(&path, &wanted).await.ok();
    let seen = siti.get(&format!("/v1/citizen/reports/{}", first["id"].as_str().unwrap())).await.ok();
    assert_eq!(seen["report"]["category_label"], "Balap liar");
    let incident = operator.post(&format!("{path}/incident"), &json!({})).await.ok();
    let incident = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    assert!(
        !operator.get(&format!("{incident}/recommendation")).await.ok()["candidates"].as_array().unwrap().is_empty()
    );

    // A citizen chooses it; and the office's own words mean it where the machine is not sure.
    let ani = with_app(&town, "6281200000010").await;
    let chosen = ani.post("/v1/citizen/reports", &citizens_report("k-2", "own_police_1")).await.ok();
    assert_eq!((&chosen["category"], &chosen["category_label"]), (&json!("own_police_1"), &json!("Balap liar")));
    let budi = Citizen::new(&town);
    budi.writes("pak ada adu ngebut").await;
    town.settled().await;
    let own_matter = serde_json::from_value(json!("own_police_1")).unwrap();
    let read = town.look("medan", |desk| desk.reports.values().map(|r| r.reading).collect::<Vec<_>>()).await;
    assert!(read.len() == 3 && read.iter().all(|reading| reading.category == own_matter), "{read:?}");

    // A plan only for it; figures and tables call it by its name.
    let plans = admin.get("/v1/plans").await.ok();
    let mut wanted = plans["set"].clone();
    let plan =
        json!({ "categories": ["own_police_1"], "priorities": [3], "units": 2, "kinds": ["car"], "offer_s": 60 });
    wanted["plans"].as_array_mut().unwrap().insert(0, plan);
    admin.put("/v1/plans", &json!({ "set": wanted, "version": 0 })).await.ok();
    town.turn(60).await;
    let chief = town.as_user("supervisor");
    let counted = chief.get("/v1/insight/categories").await.ok();
    assert_eq!(counted["items"][0], json!({ "category": "own_police_1", "label": "Balap liar", "count": 3 }));
    assert!(chief.get("/v1/insight/categories.csv").await.text.contains("own_police_1,Balap liar,3"));
    let found = operator.get("/v1/search?q=balap").await.ok();
    assert_eq!(found["reports"].as_array().unwrap().len(), 3, "{found}");
    let only = chief.get("/v1/insight/categories?category=own_police_1").await.ok();
    assert_eq!(only["items"].as_array().unwrap().len(), 1);

    // Another office knows it as the matter of the program it is one of.
    let handed = town.as_user("operator").get("/v1/reports?category=own_police_1").await.ok();
    let waiting =
        handed["items"].as_array().unwrap().iter().find(|report| report["state"]["name"] == "queued").unwrap();
    let path = format!("/v1/reports/{}", waiting["id"].as_str().unwrap());
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    operator.post(&format!("{path}/hand-over"), &json!({ "polres": "belawan" })).await.ok();
    let there = town.look("belawan", |desk| desk.reports.values().next().unwrap().reading.category).await;
    assert_eq!(there.code(), "kamtibmas");

    // Putting the program's back retires it under its name: reports carry it.
    let back = admin.post(&format!("{CATEGORIES}/restore"), &json!({ "to": 0, "version": 1 })).await.ok();
    let kept = back["set"]["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&kept["name_id"], &kept["retired"], &kept["on_form"]),
        (&json!("Balap liar"), &json!(true), &json!(false))
    );
    let town = town.restart().await;
    let admin = town.as_user("admin");
    let after = admin.get(CATEGORIES).await.ok();
    assert_eq!(after["set"], back["set"]);
    let counted = town.as_user("supervisor").get("/v1/insight/categories").await.ok();
    assert_eq!(counted["items"][0]["label"], "Balap liar");
    // A name that is emptied stays, and a place without one is refused.
    let mut set = after["set"].clone();
    *style(&mut set, "own_police_1") = own("own_police_1", " ");
    let emptied = admin.put(CATEGORIES, &json!({ "set": set, "version": 2 })).await.ok();
    assert_eq!(emptied["set"], back["set"]);
    set["items"].as_array_mut().unwrap().push(own("own_info_2", ""));
    let refused = admin.put(CATEGORIES, &json!({ "set": set, "version": 3 })).await.problem(422, "category_name");
    assert_eq!(refused["field"], "own_info_2.name_id");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn categories_that_cannot_be_are_refused_by_name() {
    let town = Town::new().await;
    let admin = town.as_user("admin");
    let set = admin.get(CATEGORIES).await.ok()["set"].clone();
    let with = |code: &str, field: &str, value: Value| {
        let mut set = set.clone();
        style(&mut set, code)[field] = value;
        set
    };
    for (wanted, code, field) in [
        (with("sim", "name_id", json!("x".repeat(10_000))), "category_name", "sim.name_id"),
        (with("sim", "name_en", json!("a\u{7}b")), "category_name", "sim.name_en"),
        (with("sim", "name_id", json!("SKCK")), "category_same_name", "skck.name_id"),
        (with("belum_jelas", "retired", json!(true)), "category_needed", "belum_jelas.retired"),
        (with("spam", "on_form", json!(true)), "category_on_form", "spam.on_form"),
        (with("sim", "words", json!(["x".repeat(41)])), "category_word", "sim.words"),
        (json!({ "items": [] }), "category_not_once", "sim"),
    ] {
        for (method, path) in [("put", CATEGORIES.to_owned()), ("post", format!("{CATEGORIES}/preview"))] {
            let body = if method == "put" { json!({ "set": wanted, "version": 0 }) } else { json!({ "set": wanted }) };
            let answer = if method == "put" { admin.put(&path, &body).await } else { admin.post(&path, &body).await };
            assert_eq!(answer.problem(422, code)["field"], field);
        }
    }
    admin
        .put(CATEGORIES, &json!({ "set": with("sim", "code", json!("dewa")), "version": 0 }))
        .await
        .problem(422, "invalid");
    admin
        .put(CATEGORIES, &json!({ "set": with("sim", "color", json!("red")), "version": 0 }))
        .await
        .problem(422, "invalid");
    for role in ["b-1", "sentral"] {
        let refused = town.as_user(role).get(CATEGORIES).await;
        assert_eq!(refused.status, 403, "{role}");
    }
    town.finish().await;
}
