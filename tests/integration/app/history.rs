//! What the same person told before, and what happened at the same place: on the card, without names.

use serde_json::{Value, json};
use sigap::model::place::LngLat;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! { the_past_of_a_caller_and_of_a_place_is_on_the_card }

async fn told(town: &Town, citizen: &Citizen<'_>, text: &str, at: LngLat) -> String {
    town.turn(1800).await;
    let before = town.look("medan", |desk| desk.reports.keys().copied().collect::<Vec<_>>()).await;
    citizen.sends("text", json!({ "body": text })).await;
    citizen.pins(at).await;
    town.settled().await;
    let new = move |desk: &sigap::dispatch::desk::Desk| desk.reports.keys().find(|id| !before.contains(id)).copied();
    town.look("medan", new).await.unwrap().to_string()
}

/// Ends what came of a report.
async fn ends(town: &Town, report: &str, disposition: &str) -> String {
    let operator = town.as_user("operator");
    let found = operator.get(&format!("/v1/reports/{report}")).await.ok()["report"]["state"].clone();
    let incident = match found["incident"].as_str() {
        Some(incident) => incident.to_owned(),
        None => operator.post(&format!("/v1/reports/{report}/incident"), &json!({})).await.ok()["id"]
            .as_str()
            .unwrap()
            .to_owned(),
    };
    let how = json!({ "disposition": disposition, "note": "Sudah ditangani." });
    operator.post(&format!("/v1/incidents/{incident}/close"), &how).await.ok();
    incident
}

async fn the_past_of_a_caller_and_of_a_place_is_on_the_card(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let (siti, budi) = (Citizen::new(&town), Citizen::new(&town));
    let armed = told(&town, &siti, "Ada orang mengamuk bawa golok mengancam warga", BARAT).await;
    let armed = ends(&town, &armed, "resolved").await;
    let near = LngLat::new(BARAT.lng + 0.0005, BARAT.lat);
    let theft = told(&town, &budi, "Motor saya dicuri orang di parkiran", near).await;
    ends(&town, &theft, "unfounded").await;
    let far = told(&town, &budi, "Motor saya dicuri lagi di parkiran", TIMUR).await;

    let now = told(&town, &siti, "Ada pencurian helm di depan rumah", BARAT).await;
    let path = format!("/v1/reports/{now}/history");
    let past = operator.get(&path).await.ok();
    assert_eq!((&past["caller"]["total"], &past["caller"]["pranks"]), (&json!(1), &json!(0)), "{past}");
    let (place, items) = (&past["place"], past["place"]["items"].as_array().unwrap());
    assert_eq!((&place["total"], items.len()), (&json!(2), 2), "what is near, not what is far: {past}");
    assert!(items[0]["received_at"].as_str() > items[1]["received_at"].as_str(), "newest first");
    let warning = &place["warnings"][0];
    assert_eq!((&warning["code"], &warning["incident"]), (&json!("weapon"), &json!(armed)), "{place}");
    assert_eq!(warning["word"], "golok");
    let text = past.to_string();
    assert!(!text.contains(&siti.wa_id) && !text.contains("Siti Contoh"), "no name, no number");

    // Elsewhere nothing happened; a report without a place has none.
    let elsewhere = operator.get(&format!("/v1/reports/{far}/history")).await.ok();
    assert_eq!((&elsewhere["place"]["total"], &elsewhere["caller"]["total"]), (&json!(0), &json!(1)));
    town.turn(1800).await;
    Citizen::new(&town).writes("Ada orang berkelahi").await;
    town.settled().await;
    let placeless = town.look("medan", |desk| desk.reports.values().find(|r| r.place.is_none()).map(|r| r.id)).await;
    let nowhere = operator.get(&format!("/v1/reports/{}/history", placeless.unwrap())).await.ok();
    assert_eq!((&nowhere["place"], &nowhere["caller"]["total"]), (&Value::Null, &json!(0)));

    for who in ["kapolres", "admin", "auditor"] {
        town.as_user(who).get(&path).await.problem(403, "forbidden");
    }
    town.as_user("operator-timur").get(&path).await.problem(404, "not_found");
    town.as_user("operator-belawan").get(&path).await.problem(404, "not_found");
    town.finish().await;
}
