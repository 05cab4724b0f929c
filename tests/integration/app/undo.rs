//! An end by mistake is taken back: unseen while its news waits, in words afterwards.

use serde_json::{Value, json};

use super::citizen::Citizen;
use super::town::Town;
use crate::store_contract::place::Place;

/// A town whose news of an end waits fifteen seconds.
async fn town() -> Town {
    Town::tuned(Place::sqlite(), |config| config.dispatch.undo_s = 15).await
}

/// A report of this person, in the hands of the operator of Medan.
async fn taken(town: &Town, person: &Citizen<'_>) -> String {
    person.writes("jalan macet total").await;
    town.settled().await;
    let next = town.as_user("operator").post("/v1/queue/next", &json!({})).await.ok();
    format!("/v1/reports/{}", next["report"]["id"].as_str().unwrap())
}

fn statuses(card: &Value) -> Vec<&str> {
    card["messages"].as_array().unwrap().iter().filter_map(|m| m["status"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_is_taken_back_before_its_reporter_hears_of_it() {
    let town = town().await;
    let siti = Citizen::new(&town);
    let path = taken(&town, &siti).await;
    let operator = town.as_user("operator");
    let before = town.told(&siti.wa_id, 1).await.len();
    operator.post(&format!("{path}/reopen"), &json!({})).await.problem(409, "wrong_state");
    operator.post(&format!("{path}/resolve"), &json!({ "outcome": "unfounded" })).await.ok();
    town.turn(10).await;
    town.as_user("kapolres").post(&format!("{path}/reopen"), &json!({})).await.problem(403, "forbidden");
    let open = operator.post(&format!("{path}/reopen"), &json!({ "take": true })).await.ok();
    assert_eq!(open["state"]["name"], "claimed");
    let card = operator.get(&path).await.ok();
    assert!(statuses(&card).contains(&"withdrawn"), "{card}");

    // The second end is told, after its time: one message, and none of the first.
    operator.post(&format!("{path}/resolve"), &json!({ "outcome": "referred" })).await.ok();
    town.turn(30).await;
    let told = town.told(&siti.wa_id, before + 1).await;
    assert_eq!(told.len(), before + 1, "{told:#?}");

    // Now it is said: a reason is needed, and the reporter hears that it is open again.
    operator.post(&format!("{path}/reopen"), &json!({ "reason": "x" })).await.problem(422, "invalid");
    let again = json!({ "reason": "pelapor menelepon lagi" });
    let open = operator.post(&format!("{path}/reopen"), &again).await.ok();
    assert_eq!(open["state"]["name"], "queued");
    town.turn(30).await;
    let told = town.told(&siti.wa_id, before + 2).await;
    assert!(told[before + 1].contains("buka kembali"), "{told:#?}");
    operator.post("/v1/queue/next", &json!({})).await.ok();
    let card = operator.get(&path).await.ok();
    assert!(card.to_string().contains("pelapor menelepon lagi"), "the reason stands on the card");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_is_taken_back_while_nobody_there_has_it() {
    let town = town().await;
    let siti = Citizen::new(&town);
    let path = taken(&town, &siti).await;
    let before = town.told(&siti.wa_id, 1).await.len();
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    let to_belawan = json!({ "polres": "belawan" });
    medan.post(&format!("{path}/hand-over"), &to_belawan).await.ok();
    assert_eq!(town.look("belawan", |desk| desk.queue.len()).await, 1);
    let back = medan.post(&format!("{path}/reopen"), &json!({ "take": true })).await.ok();
    assert_eq!(back["state"]["name"], "claimed");
    assert_eq!(town.look("belawan", |desk| desk.queue.len()).await, 0);
    town.turn(40).await;
    assert_eq!(town.told(&siti.wa_id, before).await.len(), before, "nothing was said of it");

    // Handed over once more, it arrives once more; whoever took it there keeps it.
    medan.post(&format!("{path}/hand-over"), &to_belawan).await.ok();
    let next = belawan.post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(next["report"]["handed_from"], back["id"]);
    medan.post(&format!("{path}/reopen"), &json!({})).await.problem(409, "taken_up");
    let here = medan.get(&path).await.ok();
    assert_eq!(here["report"]["state"], json!({ "name": "closed", "outcome": "handed_over" }));
    town.turn(30).await;
    town.told(&siti.wa_id, before + 1).await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_and_reports_under_one_key_are_recorded_once() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let path = taken(&town, &siti).await;
    let before = town.told(&siti.wa_id, 1).await.len();
    let operator = town.as_user("operator");
    let key = "0193b3c8-1111-7000-8000-000000000001";
    let words = json!({ "text": "Petugas menuju lokasi", "key": key });
    let first = operator.post(&format!("{path}/reply"), &words).await.ok();
    let second = operator.post(&format!("{path}/reply"), &words).await.ok();
    assert_eq!(first, second);
    town.turn(30).await;
    assert_eq!(town.told(&siti.wa_id, before + 1).await.len(), before + 1);

    let entered = json!({ "text": "dompet dicopet di pasar", "key": "0193b3c8-1111-7000-8000-000000000002" });
    let one = operator.post("/v1/reports", &entered).await.ok();
    let same = operator.post("/v1/reports", &entered).await.ok();
    assert_eq!(one["id"], same["id"]);
    // A key of other words, or of another kind, is no key.
    let other = json!({ "text": "lain", "key": key });
    operator.post("/v1/reports", &other).await.problem(409, "key_used");
    town.finish().await;
}
