//! One person, many names: user ids, numbers, gateways. What is said under any of them meets.

use serde_json::{Value, json};
use sigap::channels::Sender;
use sigap::model::id::{Ids, ReporterId};
use sigap::runtime::identity::{aliases, who};
use sigap::sim::webhook::envelope;
use sigap::store::people::{self, Profile};

use super::citizen::{fresh_id, post};
use super::on_both_stores;
use super::town::{LINES, Town};
use crate::store_contract::place::{Place, number};

on_both_stores! {
    a_number_that_is_hidden_later_still_leads_to_the_same_person,
    a_changed_number_and_a_changed_id_stay_with_the_person,
    two_reporters_that_turn_out_to_be_one_are_joined_and_both_histories_are_found,
}

/// Names as they stand in a webhook.
#[derive(Clone, Copy, Default)]
struct Names<'a> {
    user: Option<&'a str>,
    wa: Option<&'a str>,
}

fn message(town: &Town, names: Names<'_>, kind: &str, content: &Value) -> Value {
    let secs = (town.now().micros() / 1_000_000).to_string();
    let mut message = json!({ "id": fresh_id(), "timestamp": secs, "type": kind, kind: content });
    if let Some(user) = names.user {
        message["from_user_id"] = json!(user);
    }
    if let Some(wa) = names.wa {
        message["from"] = json!(wa);
    }
    message
}

async fn sends(town: &Town, message: Value) {
    assert_eq!(post(town, &envelope(LINES[0].0, json!({ "messages": [message] }))).await.status, 200);
    town.settled().await;
}

async fn writes(town: &Town, names: Names<'_>, text: &str) {
    sends(town, message(town, names, "text", &json!({ "body": text }))).await;
}

async fn reporters(town: &Town) -> Vec<ReporterId> {
    let mut reports: Vec<_> =
        town.look("medan", |desk| desk.reports.values().map(|r| (r.number.clone(), r.reporter)).collect()).await;
    reports.sort();
    reports.into_iter().map(|(_, reporter)| reporter).collect()
}

/// Who a name leads to.
async fn lead(town: &Town, user: Option<&str>, wa: Option<&str>) -> Option<ReporterId> {
    let sender = Sender { user_id: user.map(str::to_owned), wa_id: wa.map(str::to_owned), ..Sender::default() };
    let vault = town.store().vault();
    let names: Vec<_> = aliases(vault, &sender).into_iter().map(|(_, alias)| alias).collect();
    town.store().reporter_by_aliases(&names).await.unwrap()
}

async fn a_number_that_is_hidden_later_still_leads_to_the_same_person(place: Place) {
    let town = Town::on(place).await;
    let both = Names { user: Some("ID.100"), wa: Some("628120001") };
    writes(&town, both, "jalan macet total").await;
    writes(&town, Names { wa: None, ..both }, "di jalan melati").await;
    writes(&town, Names { user: None, ..both }, "dekat pasar").await;
    assert_eq!(reporters(&town).await.len(), 1);
    let messages = town.look("medan", |desk| desk.reports.values().map(|r| r.messages.len()).sum::<usize>()).await;
    assert_eq!(messages, 3);
    // Somebody known by telephone only: the same digits are the same person.
    let caller = ReporterId(Ids::random().next(town.now()));
    let vault = town.store().vault();
    let profile = Profile { phone: Some("+628120009".to_owned()), ..Profile::default() };
    let rows = vec![
        people::insert_reporter(vault, caller, &profile, town.now()).unwrap(),
        people::insert_alias(&vault.alias("phone", "+628120009"), "phone", caller),
    ];
    town.store().write(rows).await.unwrap();
    writes(&town, Names { user: Some("ID.9"), wa: Some("628120009") }, "tadi saya telepon, begal di gang").await;
    assert_eq!(reporters(&town).await[1], caller);
    let profile = town.store().reporter(caller).await.unwrap().unwrap();
    assert_eq!((profile.wa_id.as_deref(), profile.wa_user_id.as_deref()), (Some("628120009"), Some("ID.9")));
    town.finish().await;
}

async fn a_changed_number_and_a_changed_id_stay_with_the_person(place: Place) {
    let town = Town::on(place).await;
    writes(&town, Names { user: Some("ID.1"), wa: Some("628111") }, "jalan macet total").await;
    let person = reporters(&town).await[0];
    let changed = json!({
        "type": "user_changed_number", "body": "User A changed from 628111 to 628222",
        "wa_id": "628222", "user_id": "ID.2", "previous_user_id": "ID.1",
    });
    sends(&town, message(&town, Names { user: None, wa: Some("628111") }, "system", &changed)).await;
    let hidden = json!({ "type": "user_changed_user_id", "user_id": "ID.3", "previous_user_id": "ID.2" });
    sends(&town, message(&town, Names { user: Some("ID.3"), wa: None }, "system", &hidden)).await;
    let told = json!({ "type": "customer_identity_changed", "body": "x" });
    sends(&town, message(&town, Names { user: Some("ID.3"), wa: None }, "system", &told)).await;
    assert_eq!(reporters(&town).await, [person], "news of a person is no report");
    for (user, wa) in [(Some("ID.1"), None), (Some("ID.2"), None), (Some("ID.3"), None), (None, Some("628222"))] {
        assert_eq!(lead(&town, user, wa).await, Some(person), "{user:?} {wa:?}");
    }
    let profile = town.store().reporter(person).await.unwrap().unwrap();
    assert_eq!((profile.wa_id.as_deref(), profile.wa_user_id.as_deref()), (Some("628222"), Some("ID.3")));
    let notes = number(town.store(), "SELECT COUNT(*) FROM messages WHERE kind = 'system'").await;
    assert_eq!(notes, 3, "each is on record");
    // Years later, from the new number only.
    town.turn(1200).await;
    writes(&town, Names { user: None, wa: Some("628222") }, "ada tawuran di jalan melati").await;
    assert_eq!(reporters(&town).await, [person, person]);
    town.finish().await;
}

async fn two_reporters_that_turn_out_to_be_one_are_joined_and_both_histories_are_found(place: Place) {
    let town = Town::on(place).await;
    writes(&town, Names { user: Some("ID.7"), wa: None }, "jalan macet total").await;
    town.turn(1200).await;
    writes(&town, Names { user: None, wa: Some("6287") }, "ada tawuran di jalan melati").await;
    let [eldest, younger] = reporters(&town).await[..] else { unreachable!("two people") };
    assert_ne!(eldest, younger);
    town.turn(1200).await;
    writes(&town, Names { user: Some("ID.7"), wa: Some("6287") }, "pohon tumbang di jalan melati").await;
    assert_eq!(reporters(&town).await, [eldest, younger, eldest]);
    assert_eq!(lead(&town, None, Some("6287")).await, Some(eldest));
    for id in [eldest, younger] {
        assert_eq!(town.store().same_person(id).await.unwrap(), [eldest, younger]);
    }
    // A worker that knew the younger one hears of it too.
    town.turn(1200).await;
    writes(&town, Names { user: None, wa: Some("6287") }, "mobil mogok di jalan melati").await;
    assert_eq!(reporters(&town).await[3], eldest);
    let profile = town.store().reporter(eldest).await.unwrap().unwrap();
    assert_eq!(profile.phone.as_deref(), Some("+6287"));
    // What was said before the two met can still be answered.
    assert!(town.store().reporter(younger).await.unwrap().is_some());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_taken_back_stays_on_record_and_says_so() {
    let town = Town::new().await;
    let names = Names { user: Some("ID.5"), wa: Some("62855") };
    let first = message(&town, names, "text", &json!({ "body": "kecelakaan di tol, dua korban" }));
    let id = first["id"].clone();
    sends(&town, first).await;
    town.turn(1200).await;
    sends(&town, message(&town, names, "revoke", &json!({ "original_message_id": id }))).await;
    let reports = town.look("medan", |desk| desk.reports.keys().copied().collect::<Vec<_>>()).await;
    assert_eq!(reports.len(), 1, "taking back is no report");
    let detail = town.as_user("operator").get(&format!("/v1/reports/{}", reports[0])).await.ok();
    let said: Vec<_> = detail["messages"].as_array().unwrap().iter().filter(|m| m["direction"] == "in").collect();
    assert_eq!((&said[0]["text"], &said[0]["revoked"]), (&json!("kecelakaan di tol, dua korban"), &json!(true)));
    assert_eq!((&said[1]["kind"], &said[1]["revoked"]), (&json!("revoke"), &json!(false)));
    // Nobody takes back what somebody else said.
    let stranger = Names { user: Some("ID.6"), wa: None };
    sends(&town, message(&town, stranger, "revoke", &json!({ "original_message_id": id }))).await;
    let detail = town.as_user("operator").get(&format!("/v1/reports/{}", reports[0])).await.ok();
    let taken = detail["messages"].as_array().unwrap().iter().filter(|m| m["kind"] == "revoke").count();
    assert_eq!(taken, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_twice_who_somebody_is_changes_nothing_the_second_time() {
    let town = Town::new().await;
    let sender = Sender {
        user_id: Some("ID.1".to_owned()),
        wa_id: Some("6281".to_owned()),
        jid: Some("251556368777322@lid".to_owned()),
        name: Some("Siti Contoh".to_owned()),
    };
    let mut ids = Ids::random();
    let first = who(town.store(), &mut ids, &[&sender], town.now()).await.unwrap();
    assert!(first.is_new && first.merged.is_empty());
    assert_eq!(first.rows.len(), 5, "the person and four names");
    town.store().write(first.rows).await.unwrap();
    let again = who(town.store(), &mut ids, &[&sender], town.now()).await.unwrap();
    assert_eq!((again.reporter, again.is_new, again.rows.len()), (first.reporter, false, 0));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warnings_and_blocks_follow_a_person_whose_two_names_turn_out_to_be_one() {
    let town = Town::new().await;
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    let (user, phone) = (Names { user: Some("ID.77"), wa: None }, Names { user: None, wa: Some("62877") });
    let misuse = async |names: Names| {
        writes(&town, names, super::shield::FLIRTING).await;
        let report = town.look("medan", |desk| desk.reports.keys().max().copied().unwrap()).await;
        let struck = operator.post(&format!("/v1/reports/{report}/strike"), &json!({})).await.ok();
        town.turn(700).await;
        struck
    };
    assert_eq!(misuse(user).await["strike"]["level"], 1);
    assert_eq!(misuse(phone).await["strike"]["level"], 1, "two people, as far as anybody knows");
    // Both names in one message: it is one person, and this is his third.
    let third = misuse(Names { user: user.user, wa: phone.wa }).await;
    assert_eq!(third["strike"]["level"], 3);
    let block = third["block"].as_str().unwrap_or_else(|| unreachable!("the third proposes a block")).to_owned();
    let listed = supervisor.get(&format!("/v1/blocks/{block}")).await.ok();
    assert_eq!(listed["strikes"].as_array().unwrap().len(), 3, "{listed}");
    supervisor.post(&format!("/v1/blocks/{block}/confirm"), &json!({})).await.ok();
    let before = reporters(&town).await.len();
    writes(&town, phone, "kok saya diblokir").await;
    writes(&town, user, "halo").await;
    assert_eq!(reporters(&town).await.len(), before, "blocked under either name");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_blocks_of_one_person_the_one_in_force_stays() {
    let town = Town::new().await;
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    let proposed = operator.post("/v1/blocks", &json!({ "account": "ID.88", "note": "menggoda" })).await.ok();
    let active = operator.post("/v1/blocks", &json!({ "phone": "+62888000111", "note": "iseng" })).await.ok();
    let active = active["block"]["id"].as_str().unwrap().to_owned();
    supervisor.post(&format!("/v1/blocks/{active}/confirm"), &json!({})).await.ok();
    writes(&town, Names { user: Some("ID.88"), wa: Some("62888000111") }, "halo kak").await;
    let open = supervisor.get("/v1/blocks?state=active").await.ok();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    assert_eq!(open["items"][0]["block"]["id"], json!(active));
    assert_eq!(open["items"][0]["block"]["contacts"], 1, "what he wrote is filed under the block");
    let other = supervisor.get(&format!("/v1/blocks/{}", proposed["block"]["id"].as_str().unwrap())).await.ok();
    assert_eq!(other["block"]["state"], "lifted");
    assert_eq!(other["block"]["reporter"], open["items"][0]["block"]["reporter"]);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_a_person_erases_the_words_kept_to_learn_from_under_every_id_he_had() {
    let town = Town::new().await;
    writes(&town, Names { user: Some("ID.9"), wa: None }, "jalan macet sekali").await;
    town.turn(1200).await;
    writes(&town, Names { user: None, wa: Some("6299") }, "jalan macet lagi").await;
    town.turn(1200).await;
    writes(&town, Names { user: Some("ID.9"), wa: Some("6299") }, "jalan macet total").await;
    writes(&town, Names { user: None, wa: Some("62000") }, "orang lain, jalan macet total").await;
    let operator = town.as_user("operator");
    let reports = town.look("medan", |desk| desk.reports.keys().copied().collect::<Vec<_>>()).await;
    for report in &reports {
        let correction = json!({ "category": "kamtibmas", "priority": 2 });
        operator.patch(&format!("/v1/reports/{report}"), &correction).await.ok();
    }
    let count = async || number(town.store(), "SELECT COUNT(*) FROM corrections").await;
    assert_eq!(count().await, 4);
    let eldest = reporters(&town).await[0];
    town.app.media.erase_of(eldest).await.unwrap();
    assert_eq!(count().await, 1, "only the other person's words are kept");
    town.finish().await;
}
