//! What an operator corrects is kept, sealed, for learning.

use serde_json::json;
use sigap::model::report::{Category, Priority};

use super::citizen::Citizen;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_corrected_category_is_kept_with_the_sealed_words,
    a_corrected_incident_teaches_what_its_reports_meant,
}

async fn a_corrected_incident_teaches_what_its_reports_meant(place: Place) {
    let town = Town::on(place).await;
    let (siti, operator) = (Citizen::new(&town), town.as_user("operator"));
    siti.sees_a_fire(super::city::BARAT).await;
    town.settled().await;
    let incident = town.look("medan", |desk| desk.incidents.values().next().cloned()).await.unwrap();
    let path = format!("/v1/incidents/{}", incident.id);
    operator.patch(&path, &json!({ "lng": 98.67, "lat": 3.59 })).await.ok();
    assert!(town.store().corrections("medan").await.unwrap().is_empty(), "a moved pin is no label");

    operator.patch(&path, &json!({ "category": "lingkungan", "priority": 3 })).await.ok();
    let kept = town.store().corrections("medan").await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].report, kept[0].category), (incident.reports[0], Category::Lingkungan));
    assert_eq!(kept[0].priority, Priority::P3);
    assert!(!kept[0].messages.is_empty());

    // Who is not allowed to correct teaches nothing.
    town.as_user("auditor").patch(&path, &json!({ "priority": 1 })).await.problem(403, "forbidden");
    assert_eq!(town.store().corrections("medan").await.unwrap()[0].priority, Priority::P3);
    town.finish().await;
}

async fn a_corrected_category_is_kept_with_the_sealed_words(place: Place) {
    let town = Town::on(place).await;
    let budi = Citizen::new(&town);
    budi.writes("jalan macet total di Jl. Melati Raya, mobil mogok di tengah jalan").await;
    town.settled().await;
    let detail = town.as_user("operator").post("/v1/queue/next", &json!({})).await.ok();
    let report = format!("/v1/reports/{}", detail["report"]["id"].as_str().unwrap());
    assert!(town.store().corrections("medan").await.unwrap().is_empty());

    let wanted = json!({ "category": "kamtibmas", "priority": 2 });
    town.as_user("auditor").patch(&report, &wanted).await.problem(403, "forbidden");
    assert!(town.store().corrections("medan").await.unwrap().is_empty());
    town.as_user("operator").patch(&report, &wanted).await.ok();
    let kept = town.store().corrections("medan").await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].category, kept[0].priority), (Category::Kamtibmas, Priority::P2));
    assert_eq!(kept[0].messages, ["jalan macet total di Jl. Melati Raya, mobil mogok di tengah jalan"]);

    // A second one replaces the first; a moved pin is no label.
    town.as_user("operator").patch(&report, &json!({ "priority": 3 })).await.ok();
    let kept = town.store().corrections("medan").await.unwrap();
    assert_eq!((kept.len(), kept[0].category, kept[0].priority), (1, Category::Kamtibmas, Priority::P3));
    assert!(town.store().corrections("kudus").await.unwrap().is_empty());

    let row = format!("{:?}", town.store().read("SELECT * FROM corrections", vec![]).await.unwrap());
    assert!(!row.contains("Melati"), "{row}");
    town.finish().await;
}
