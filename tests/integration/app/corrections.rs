//! What an operator corrects is kept, sealed, for learning.

use serde_json::json;
use sigap::model::report::{Category, Priority};

use super::citizen::Citizen;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_corrected_category_is_kept_with_the_sealed_words,
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
