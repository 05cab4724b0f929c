//! A report that belongs to another office goes there with all that was said, and its reporter hears
//! of it once.

use serde_json::json;
use sigap::model::report::{Outcome, ReportState};

use super::citizen::{Citizen, FIRE};
use super::city::{BAHARI, TIMUR};
use super::town::Town;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_hands_a_report_over_with_everything_said_so_far() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total").await;
    siti.writes("sudah dari tadi pagi").await;
    town.settled().await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    let first = medan.post("/v1/queue/next", &json!({})).await.ok();
    let path = format!("/v1/reports/{}", first["report"]["id"].as_str().unwrap());
    for nowhere in ["medan", "atlantis", ""] {
        medan.post(&format!("{path}/hand-over"), &json!({ "polres": nowhere })).await.problem(422, "invalid");
    }
    let closed = medan.post(&format!("{path}/hand-over"), &json!({ "polres": "belawan" })).await.ok();
    assert_eq!(closed["state"], json!({ "name": "closed", "outcome": "handed_over" }));
    medan.post(&format!("{path}/hand-over"), &json!({ "polres": "belawan" })).await.problem(409, "wrong_state");

    let next = belawan.post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(next["report"]["handed_from"], first["report"]["id"]);
    assert!(next["report"]["number"].as_str().unwrap().starts_with("BLW-"));
    assert_eq!(next["report"]["reading"], first["report"]["reading"]);
    let said: Vec<&str> = next["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["direction"] == "in")
        .map(|m| m["text"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["jalan macet total", "sudah dari tadi pagi"]);
    assert_eq!(next["reporter"]["name"], "Siti Contoh");
    assert!(next["meaning"].is_object(), "what was understood goes along");
    belawan.get(&path).await.problem(404, "not_found");

    let told = town.told_after_pauses(&siti.wa_id, 2).await;
    assert_eq!(told.len(), 2);
    assert!(
        told[1].contains("Polres Bahari") && told[1].contains(next["report"]["number"].as_str().unwrap()),
        "{}",
        told[1]
    );

    // What is written next goes on where the report is now.
    siti.writes("masih macet").await;
    town.settled().await;
    let counts = town.look("belawan", |desk| desk.reports.values().map(|r| r.messages.len()).collect::<Vec<_>>()).await;
    assert_eq!(counts, [3]);
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_pin_in_another_area_takes_the_report_there_and_sends_its_units() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    siti.writes(FIRE).await;
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    town.clock.advance(7);
    siti.pins(BAHARI).await;
    town.settled().await;
    let there = town.look("belawan", |desk| desk.reports.values().cloned().collect::<Vec<_>>()).await;
    assert_eq!((there.len(), there[0].messages.len()), (1, 2));
    assert!(matches!(there[0].state, ReportState::Attached { .. }));
    let here = town.look("medan", |desk| desk.reports.values().map(|r| r.state).collect::<Vec<_>>()).await;
    assert_eq!(here, [ReportState::Closed { outcome: Outcome::HandedOver }]);
    let offered = town.look("belawan", |desk| desk.assignments.values().map(|a| a.unit).collect::<Vec<_>>()).await;
    assert_eq!(offered, [town.units["L-1"]]);

    let told = town.told_after_pauses(&siti.wa_id, 2).await;
    assert!(told[0].contains("di mana kejadiannya?"));
    siti.writes("cepat pak").await;
    town.settled().await;
    town.turn(7).await;
    let told = town.told(&siti.wa_id, 2).await;
    assert_eq!(
        told.iter()
            .filter(
                |text| text.contains("Diteruskan ke: *Polres Bahari*") || text.contains("Diteruskan ke: Polres Bahari")
            )
            .count(),
        1,
        "{told:#?}"
    );
    assert_eq!(told.len(), 2);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_names_its_place_at_once_begins_where_it_belongs() {
    let town = Town::new().await;
    let (north, south) = (Citizen::new(&town), Citizen::new(&town).on_line("1002"));
    north.writes("macet total di Jl. Bahari Raya").await;
    south.writes("macet total").await;
    south.pins(TIMUR).await;
    town.settled().await;
    let belawan = town
        .look("belawan", |desk| desk.reports.values().map(|r| (r.state.code(), r.handed_from)).collect::<Vec<_>>())
        .await;
    let medan = town
        .look("medan", |desk| {
            desk.reports.values().map(|r| (r.state.code(), r.handed_from.is_some())).collect::<Vec<_>>()
        })
        .await;
    assert_eq!(medan, [("queued", true)]);
    assert_eq!(belawan.len(), 2);
    assert_eq!(belawan.iter().filter(|(state, _)| *state == "queued").count(), 1);
    town.finish().await;
}
