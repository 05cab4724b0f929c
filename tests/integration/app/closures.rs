//! A bridge is closed: other units are recommended, crews are led around, and all of it ends again.

use serde_json::{Value, json};
use sigap::app::ROADS;
use sigap::insight::coverage::middle;
use sigap::model::place::LngLat;
use sigap::roads::class::RoadClass;
use sigap::roads::graph::{DraftEdge, RoadDraft, RoadGraph};
use sigap::store::offices::put_blob;

use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

/// East of the river, 1.4 km from the nearest car by the bridge, 6.4 km from the next without it.
const SCENE: LngLat = LngLat::new(98.650, 3.5901);

/// A river between west and east, a bridge at hand, another 12 km upstream.
fn streets() -> Vec<u8> {
    let at = |lng, lat| LngLat::new(lng, lat);
    let nodes = vec![
        at(98.630, 3.590),
        at(98.644, 3.590),
        at(98.646, 3.590),
        at(98.650, 3.590),
        at(98.710, 3.590),
        at(98.644, 3.700),
        at(98.646, 3.700),
    ];
    let edge = |from, to, name: &str| DraftEdge {
        from,
        to,
        class: RoadClass::Primary,
        one_way: false,
        roundabout: false,
        kmh: 0,
        name: name.to_owned(),
        shape: Vec::new(),
    };
    let edges = vec![
        edge(0, 1, "Jl. Barat"),
        edge(1, 2, "Jembatan Deli"),
        edge(2, 3, "Jl. Timur"),
        edge(3, 4, "Jl. Timur"),
        edge(1, 5, "Jl. Hulu Barat"),
        edge(5, 6, "Jembatan Hulu"),
        edge(6, 2, "Jl. Hulu Timur"),
    ];
    RoadGraph::new(RoadDraft { nodes, edges, forbidden: Vec::new() }).unwrap().encode()
}

async fn town_with_a_river(place: Place) -> Town {
    let store = place.open().await;
    store.write(vec![put_blob(ROADS, streets())]).await.unwrap();
    store.close().await;
    Town::on(place).await
}

fn bridge() -> Value {
    json!({ "type": "LineString", "coordinates": [[98.6442, 3.59], [98.6458, 3.59]] })
}

/// Call sign and travel time of the best candidate.
async fn best(town: &Town, incident: &str) -> (String, f64) {
    let advice = town.as_user("operator").get(&format!("/v1/incidents/{incident}/recommendation")).await.ok();
    let first = &advice["candidates"][0];
    let name = town.units.iter().find(|(_, id)| first["unit_id"] == json!(id)).unwrap().0.clone();
    (name, first["travel_time_s"].as_f64().unwrap())
}

async fn incident(town: &Town) -> String {
    let operator = town.as_user("operator");
    let body = json!({ "text": "jalan macet", "lng": SCENE.lng, "lat": SCENE.lat });
    let report = operator.post("/v1/reports", &body).await.ok();
    let path = format!("/v1/reports/{}/incident", report["id"].as_str().unwrap());
    operator.post(&path, &json!({})).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn a_closed_bridge_changes_who_is_recommended_until_it_is_open_again(place: Place) {
    let mut town = town_with_a_river(place).await;
    let operator = town.as_user("operator");
    let incident = incident(&town).await;
    let (free, secs) = best(&town, &incident).await;
    assert!(free.starts_with('B') && secs < 300.0, "{free} {secs}");

    let mut screen = town.as_user("operator").screen().await;
    let mut tablet = town.as_user("t-1").screen().await;
    let body = json!({ "geometry": bridge(), "reason": "flood" });
    let closure = operator.post("/v1/closures", &body).await.ok();
    assert_eq!(closure["streets"], json!(["Jembatan Deli"]));
    let id = closure["id"].as_str().unwrap().to_owned();
    let told = screen.entry("road_closed").await;
    assert_eq!(told["changed"]["closures"][0]["id"], closure["id"]);
    let heard = tablet.of_type("entry").await;
    assert_eq!(heard["changed"]["closures"][0]["id"], closure["id"], "every crew hears of it");
    let (closed, secs) = best(&town, &incident).await;
    assert!(closed.starts_with(['T', 'M']), "{closed} after {secs} s: nobody crosses the river");

    // A restart forgets nothing; the journal is the only memory of it.
    town = town.restart().await;
    assert_eq!(best(&town, &incident).await.0, closed);
    let operator = town.as_user("operator");
    let listed = operator.get("/v1/closures").await.ok();
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &closure["id"]));

    assert_eq!(operator.delete(&format!("/v1/closures/{id}")).await.status, 204);
    assert_eq!(best(&town, &incident).await.0, free);
    operator.delete(&format!("/v1/closures/{id}")).await.problem(409, "wrong_state");
    let ended = operator.get("/v1/closures?state=ended").await.ok();
    assert!(ended["items"][0]["ended_by"].is_string());
    assert!(operator.get("/v1/closures").await.ok()["items"].as_array().unwrap().is_empty());
    town.finish().await;
}

async fn a_closure_begins_and_ends_by_the_clock(place: Place) {
    let town = town_with_a_river(place).await;
    let operator = town.as_user("operator");
    let incident = incident(&town).await;
    let (free, _) = best(&town, &incident).await;
    let (from_at, until_at) = (town.now().plus_secs(600), town.now().plus_secs(4200));
    let body = json!({ "geometry": bridge(), "reason": "event", "from_at": from_at, "until_at": until_at });
    operator.post("/v1/closures", &body).await.ok();
    assert_eq!(best(&town, &incident).await.0, free, "it has not begun");
    town.turn(600).await;
    let (closed, _) = best(&town, &incident).await;
    assert_ne!(closed, free);
    town.turn(3599).await;
    assert_eq!(best(&town, &incident).await.0, closed);
    town.turn(1).await;
    assert_eq!(best(&town, &incident).await.0, free);
    let ended = operator.get("/v1/closures?state=ended").await.ok();
    assert!(ended["items"][0]["ended_by"].is_null(), "nobody ended it but the clock");
    town.finish().await;
}

async fn a_slow_road_slows_and_what_cannot_be_is_refused(place: Place) {
    let town = town_with_a_river(place).await;
    let operator = town.as_user("operator");
    let incident = incident(&town).await;
    let (_, before) = best(&town, &incident).await;
    let ring = [[98.6435, 3.589], [98.6465, 3.589], [98.6465, 3.591], [98.6435, 3.591], [98.6435, 3.589]];
    let area = json!({ "type": "Polygon", "coordinates": [ring] });
    let body = json!({ "geometry": area, "factor": 3.0, "reason": "congestion" });
    let closure = operator.post("/v1/closures", &body).await.ok();
    assert!(closure["streets"].as_array().unwrap().contains(&json!("Jembatan Deli")));
    let (_, after) = best(&town, &incident).await;
    assert!(after > before + 20.0, "{before} {after}");

    let refused = async |body: Value| operator.post("/v1/closures", &body).await.problem(422, "invalid");
    let far = json!({ "type": "LineString", "coordinates": [[98.70, 3.62], [98.71, 3.62]] });
    refused(json!({ "geometry": far, "reason": "flood" })).await;
    refused(json!({ "geometry": bridge(), "reason": "flood", "factor": 1.0 })).await;
    refused(json!({ "geometry": bridge(), "reason": "flood", "until_at": town.now().plus_secs(-5) })).await;
    let open =
        json!({ "type": "Polygon", "coordinates": [[[98.64, 3.58], [98.65, 3.58], [98.65, 3.6], [98.64, 3.6]]] });
    refused(json!({ "geometry": open, "reason": "flood" })).await;
    let swapped = json!({ "type": "LineString", "coordinates": [[3.59, 98.6442], [3.59, 98.6458]] });
    refused(json!({ "geometry": swapped, "reason": "flood" })).await;
    let body = json!({ "geometry": bridge(), "reason": "flood" });
    assert_eq!(town.as_user("b-1").post("/v1/closures", &body).await.status, 403);
    assert_eq!(town.as_user("kapolres").post("/v1/closures", &body).await.status, 403);
    town.finish().await;
}

async fn a_crew_is_led_turn_by_turn_and_around_what_is_closed(place: Place) {
    let town = town_with_a_river(place).await;
    let operator = town.as_user("operator");
    let incident = incident(&town).await;
    let unit = town.units["B-1"];
    let offer = operator
        .post(&format!("/v1/incidents/{incident}/assignments"), &json!({ "unit_id": unit, "override_reason": "dekat" }))
        .await
        .ok();
    let path = format!("/v1/assignments/{}/route", offer["id"].as_str().unwrap());
    let way = town.as_user("b-1").get(&path).await.ok();
    assert!(way["metres"].as_f64().unwrap() < 2000.0, "{way}");
    let steps = way["steps"].as_array().unwrap();
    assert_eq!(steps[0]["manoeuvre"], "depart");
    assert!(steps.iter().any(|step| step["street"] == "Jembatan Deli"), "{steps:?}");
    assert!(steps.last().unwrap()["text"].as_str().unwrap().starts_with("Sampai"));
    operator.post("/v1/closures", &json!({ "geometry": bridge(), "reason": "flood" })).await.ok();
    let around = town.as_user("b-1").get(&path).await.ok();
    assert!(around["metres"].as_f64().unwrap() > 20_000.0);
    assert!(around["steps"].as_array().unwrap().iter().any(|step| step["text"] == "Belok kiri ke Jl. Hulu Barat"));
    // From where the tablet says it is: on the east bank already.
    let here = town.as_user("b-1").get(&format!("{path}?lng=98.6465&lat=3.59")).await.ok();
    assert!(here["metres"].as_f64().unwrap() < 600.0);
    assert_eq!(town.as_user("t-1").get(&path).await.status, 404, "another crew's");
    town.finish().await;
}

async fn the_reach_map_shows_minutes_and_closures(place: Place) {
    let town = town_with_a_river(place).await;
    let chief = town.as_user("kapolres");
    let minutes = async || {
        let map = chief.get("/v1/insight/coverage?resolution=7").await.ok();
        let all = map["features"].as_array().unwrap().clone();
        all.iter().filter_map(|cell| cell["properties"]["minutes"].as_f64()).sum::<f64>()
    };
    let before = minutes().await;
    let csv = chief.get("/v1/insight/coverage.csv").await;
    assert!(csv.status == 200 && csv.text.starts_with("cell,lng,lat,minutes,minutes_after\r\n"));
    // Nobody is left in the east: whoever goes there must cross.
    for crew in ["T-1", "T-2", "M-1"] {
        let path = format!("/v1/units/{}/status", town.units[crew]);
        town.as_user(&crew.to_lowercase()).post(&path, &json!({ "status": "off_duty" })).await.ok();
    }
    let west_only = minutes().await;
    assert!(before > 0.0 && west_only > before, "{before} {west_only}");
    town.as_user("operator").post("/v1/closures", &json!({ "geometry": bridge(), "reason": "flood" })).await.ok();
    assert!(minutes().await > west_only);
    assert_eq!(town.as_user("b-1").get("/v1/insight/coverage").await.status, 403);
    assert_eq!(chief.get("/v1/insight/coverage?resolution=12").await.status, 422);
    moving_one_unit_changes_what_a_search_for_each_cell_says(&town).await;
    town.finish().await;
}

/// Only B-1 and B-2 are free, both in the west, and the bridge is closed.
async fn moving_one_unit_changes_what_a_search_for_each_cell_says(town: &Town) {
    let chief = town.as_user("kapolres");
    let to = LngLat::new(98.70, 3.59);
    let path = format!("/v1/insight/coverage?resolution=7&within=15&move={}:{},{}", town.units["B-2"], to.lat, to.lng);
    let map = chief.get(&path).await.ok();
    let field = &town.desk("medan").parts.field;
    let place = |unit: &str| field.place(town.units[unit], town.now()).unwrap();
    let (now, after) = ([place("B-1"), place("B-2")], [place("B-1"), to]);
    let (mut covered, mut better, cells) = ([0, 0], 0, map["features"].as_array().unwrap());
    for feature in cells {
        let cell = feature["properties"]["cell"].as_str().unwrap().parse().unwrap();
        let secs = |units: &[LngLat]| {
            // One Dijkstra search for each cell; the door makes one sweep over all.
            let all = field.travel().many_to_one(units, middle(cell));
            all.into_iter().flatten().min_by(f64::total_cmp)
        };
        for (at, (name, units)) in [("minutes", &now), ("minutes_after", &after)].into_iter().enumerate() {
            let (told, right) = (feature["properties"][name].as_f64(), secs(units).map(|secs| secs / 60.0));
            assert_eq!(told.is_some(), right.is_some(), "{feature}");
            assert!(told.zip(right).is_none_or(|(told, right)| (told - right).abs() < 0.051), "{told:?} {right:?}");
            covered[at] += usize::from(right.is_some_and(|minutes| minutes <= 15.0));
        }
        better += usize::from(feature["properties"]["change"].as_f64().is_some_and(|change| change < -1.0));
    }
    assert!(better > 0 && cells.len() > 5, "{better}");
    let meta = &map["meta"];
    assert_eq!((&meta["before"]["within"], &meta["after"]["within"]), (&json!(covered[0]), &json!(covered[1])));
    assert!(covered[1] > covered[0], "{covered:?}");
    let csv = chief.get(&path.replace("coverage?", "coverage.csv?")).await.text;
    assert_eq!(csv.lines().count(), cells.len() + 1);
    let bad = [("T-1:3.59,98.70", 422), ("x", 422)];
    for (wanted, status) in bad {
        assert_eq!(chief.get(&format!("/v1/insight/coverage?move={wanted}")).await.status, status);
    }
    let off_duty = format!("/v1/insight/coverage?move={}:3.59,98.70", town.units["T-1"]);
    chief.get(&off_duty).await.problem(409, "wrong_state");
    let foreign = format!("/v1/insight/coverage?move={}:3.59,98.70", town.units["L-1"]);
    chief.get(&foreign).await.problem(404, "not_found");
}

on_both_stores!(
    a_closed_bridge_changes_who_is_recommended_until_it_is_open_again,
    a_closure_begins_and_ends_by_the_clock,
    a_slow_road_slows_and_what_cannot_be_is_refused,
    a_crew_is_led_turn_by_turn_and_around_what_is_closed,
    the_reach_map_shows_minutes_and_closures,
);
