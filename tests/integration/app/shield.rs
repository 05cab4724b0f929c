//! The shield over real doors: warnings, blocks with a second officer, appeals, and what becomes of
//! the words of somebody who is blocked.

use serde_json::{Value, json};
use sigap::model::report::Report;
use sigap::model::shield::Lane;

use super::citizen::{Citizen, post};
use super::city::{BARAT, TIMUR};
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::{Place, number};

/// Words of misuse that are read as such.
pub const FLIRTING: &str = "hai kak boleh kenalan ga? minta foto polwan dong";

const DAY_S: i64 = 24 * 3600;

async fn reports(town: &Town) -> Vec<Report> {
    town.look("medan", |desk| desk.reports.values().cloned().collect::<Vec<_>>()).await
}

/// The last report of anybody.
async fn last(town: &Town) -> Report {
    reports(town).await.into_iter().max_by(|a, b| a.number.cmp(&b.number)).unwrap()
}

/// Writes something that is misuse, and an operator warns for it.
async fn misuse(town: &Town, who: &Citizen<'_>) -> Value {
    who.writes(FLIRTING).await;
    town.settled().await;
    let path = format!("/v1/reports/{}/strike", last(town).await.id);
    let struck = town.as_user("operator").post(&path, &json!({ "note": "minta foto polwan" })).await.ok();
    town.turn(7).await;
    struck
}

/// Blocks somebody: three warnings, and a supervisor's yes.
pub async fn block(town: &Town, who: &Citizen<'_>) -> String {
    let mut struck = Value::Null;
    for _ in 0..3 {
        struck = misuse(town, who).await;
    }
    let id = struck["block"].as_str().unwrap().to_owned();
    town.as_user("supervisor").post(&format!("/v1/blocks/{id}/confirm"), &json!({})).await.ok();
    id
}

async fn three_pranks_then_a_real_emergency(place: Place) {
    let town = Town::on(place).await;
    let budi = Citizen::new(&town);
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    for level in 1..=3 {
        let struck = misuse(&town, &budi).await;
        assert_eq!(struck["strike"]["level"], level);
        assert_eq!(struck["block"].is_string(), level == 3);
    }
    // Three guides and two warnings; the third warning is the proposal.
    let told = town.told_after_pauses(&budi.wa_id, 5).await;
    assert!(told.iter().any(|text| text.contains("peringatan pertama")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("peringatan terakhir")), "{told:?}");

    // The machine and one officer propose; another one decides.
    let listed = supervisor.get("/v1/blocks?state=proposed").await.ok();
    let id = listed["items"][0]["block"]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed["items"][0]["strikes"].as_array().unwrap().len(), 3);
    let path = format!("/v1/blocks/{id}");
    operator.post(&format!("{path}/confirm"), &json!({})).await.problem(403, "forbidden");
    supervisor.post(&format!("{path}/confirm"), &json!({ "days": 5000 })).await.problem(422, "invalid");
    let confirmed = supervisor.post(&format!("{path}/confirm"), &json!({ "days": 7 })).await.ok();
    assert_eq!(confirmed["block"]["state"], "active");
    let evidence = supervisor.get(&path).await.ok();
    let words: Vec<&str> =
        evidence["evidence"].as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(words, [FLIRTING; 3]);
    assert_eq!(evidence["notes"].as_array().unwrap().len(), 3, "each warning says why");
    town.turn(7).await;
    let told = town.told(&budi.wa_id, told.len() + 1).await;
    assert!(told.last().unwrap().contains("BANDING") && told.last().unwrap().contains("110"), "{told:?}");

    // An ordinary message: kept and counted, no report, no answer.
    let before = reports(&town).await.len();
    budi.writes("kok diblokir sih kak").await;
    town.settled().await;
    assert_eq!(reports(&town).await.len(), before);
    let contacts = operator.get(&format!("{path}/contacts")).await.ok();
    assert_eq!(contacts["items"][0]["text"], "kok diblokir sih kak");

    // Words of danger: recorded, in the guarded lane, an alarm on the list, and nobody is sent.
    budi.sees_a_fire(BARAT).await;
    town.settled().await;
    let fire = last(&town).await;
    assert_eq!((fire.lane, fire.messages.len()), (Lane::Guarded, 2));
    assert!(town.look("medan", |desk| desk.incidents.is_empty()).await, "a person decides");
    let listed = operator.get("/v1/blocks?state=active").await.ok();
    let kept = &listed["items"][0]["block"];
    assert_eq!((kept["contacts"].as_u64(), kept["alarms"].as_u64()), (Some(3), Some(1)), "{kept}");
    assert_eq!(kept["alarm"], json!(fire.id));
    operator.post(&format!("/v1/reports/{}/incident", fire.id), &json!({})).await.ok();
    town.turn(7).await;
    let now = town.double.sent().iter().filter(|sent| sent.to == budi.wa_id).count();
    assert_eq!(now, told.len(), "a blocked person is not answered by the machine");

    // What was blocked is blocked after a restart too, until its time has come.
    let town = town.restart().await;
    town.turn(7 * DAY_S).await;
    assert_eq!(town.as_user("supervisor").get(&path).await.ok()["block"]["state"], "expired");
    town.finish().await;
}

async fn two_hundred_messages_in_a_minute_are_one_thread(place: Place) {
    let town = Town::on(place).await;
    let siti = Citizen::new(&town);
    for round in 0..20 {
        let text = |n| json!({ "body": format!("jalan macet lagi {round} {n}") });
        let messages: Vec<Value> = (0..10).map(|n| siti.message("text", &text(n), town.now())).collect();
        assert_eq!(post(&town, &siti.body(&messages)).await.status, 200);
        town.clock.advance(2);
    }
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!((found.len(), found[0].messages.len()), (1, 200), "one thread, none lost");
    assert_eq!(number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await, 200);
    assert!(found[0].noise.as_ref().is_some_and(|noise| noise.signs.contains(&sigap::model::shield::Sign::Burst)));
    let answers = number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'out'").await;
    assert_eq!(answers, 1, "the first message is answered, the flood is not");

    // Danger in the middle of a flood is heard at once.
    siti.sees_a_fire(TIMUR).await;
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.incidents.len()).await, 1);
    town.finish().await;
}

on_both_stores!(
    three_pranks_then_a_real_emergency,
    two_hundred_messages_in_a_minute_are_one_thread,
    a_block_is_carried_to_whatsapp_and_lifted_there_when_it_ends,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appeal_by_button_or_word_is_answered_once_and_a_supervisor_lifts_the_block() {
    let town = Town::new().await;
    let budi = Citizen::new(&town);
    let id = block(&town, &budi).await;
    let path = format!("/v1/blocks/{id}");
    town.turn(7).await;
    let before = town.told_after_pauses(&budi.wa_id, 6).await.len();
    let button = json!({ "type": "button_reply", "button_reply": { "id": "banding", "title": "Ajukan banding" } });
    budi.sends("interactive", button).await;
    budi.writes("saya ajukan banding, itu adik saya yang pegang hp").await;
    town.settled().await;
    let shown = town.as_user("supervisor").get(&path).await.ok();
    assert!(shown["block"]["appeal"].is_object());
    assert_eq!(shown["block"]["contacts"], 2);
    town.turn(7).await;
    let told = town.told(&budi.wa_id, before + 1).await;
    assert!(told.last().unwrap().contains("ditinjau kembali"), "{told:?}");

    town.as_user("operator").post(&format!("{path}/lift"), &json!({ "note": "x" })).await.problem(403, "forbidden");
    let supervisor = town.as_user("supervisor");
    for note in ["", "  "] {
        let problem = supervisor.post(&format!("{path}/lift"), &json!({ "note": note })).await.problem(422, "invalid");
        assert_eq!(problem["field"], "note");
    }
    supervisor.post(&format!("{path}/lift"), &json!({ "note": "adiknya yang menulis" })).await.ok();
    supervisor.post(&format!("{path}/lift"), &json!({ "note": "lagi" })).await.problem(409, "wrong_state");
    town.turn(7).await;
    assert!(town.told(&budi.wa_id, before + 2).await.last().unwrap().contains("sudah dibuka"));
    budi.writes("terima kasih, jalan macet total di simpang").await;
    town.settled().await;
    assert_eq!(last(&town).await.lane, Lane::Main);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_can_be_blocked_before_it_ever_writes_and_every_odd_word_survives_or_is_refused() {
    let town = Town::new().await;
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    let eka = Citizen::new(&town);
    let odd = "\u{202e}iseng\u{0} <script>alert(1)</script> 👮🏽 ꦱꦸ\u{200b} =HYPERLINK {{7*7}}";
    let made = operator.post("/v1/blocks", &json!({ "phone": format!("+{}", eka.wa_id), "note": odd })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["block"]["id"].as_str().unwrap().to_owned();
    let again = operator
        .post("/v1/blocks", &json!({ "phone": format!("0{}", eka.wa_id.strip_prefix("62").unwrap()), "note": "x" }))
        .await;
    again.problem(409, "wrong_state");
    let detail = supervisor.get(&format!("/v1/blocks/{id}")).await.ok();
    assert_eq!(detail["notes"][0]["text"], odd);
    supervisor.post(&format!("/v1/blocks/{id}/confirm"), &json!({ "days": 0 })).await.ok();
    eka.writes("halo kak").await;
    town.settled().await;
    assert!(reports(&town).await.is_empty());
    assert_eq!(supervisor.get(&format!("/v1/blocks/{id}")).await.ok()["block"]["contacts"], 1);

    let long = "x".repeat(10_000);
    for (body, field) in [
        (json!({ "note": "x" }), "report_id"),
        (json!({ "note": "x", "phone": "081234567890", "account": "ID.1" }), "report_id"),
        (json!({ "note": "x", "phone": "bukan nomor" }), "phone"),
        (json!({ "note": "x", "phone": "'; DROP TABLE blocks; --" }), "phone"),
        (json!({ "note": "x", "account": " " }), "account"),
        (json!({ "note": "x", "account": long }), "account"),
        (json!({ "note": long, "account": "ID.1" }), "note"),
    ] {
        let problem = operator.post("/v1/blocks", &body).await.problem(422, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
    }
    assert_eq!(operator.post("/v1/blocks", &json!({ "note": "x", "account": "ID.987" })).await.status, 201);
    let reveal = format!("/v1/blocks/{id}/reporter");
    operator.post(&reveal, &json!({ "reason": "x" })).await.problem(422, "invalid");
    let seen = operator.post(&reveal, &json!({ "reason": "memeriksa nomor" })).await.ok();
    assert_eq!(seen["phone"], format!("+{}", eka.wa_id));
    assert!(town.journal("medan").await.iter().any(|entry| entry.body.contains("reporter_viewed")));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_are_seen_by_the_polres_alone_and_words_only_by_those_who_work_the_queue() {
    let town = Town::new().await;
    let budi = Citizen::new(&town);
    let id = block(&town, &budi).await;
    let path = format!("/v1/blocks/{id}");
    for stranger in ["operator-barat", "b-1"] {
        town.as_user(stranger).get("/v1/blocks").await.problem(403, "forbidden");
        town.as_user(stranger).get(&path).await.problem(403, "forbidden");
    }
    town.as_user("operator-belawan").get(&path).await.problem(404, "not_found");
    for reader in ["kapolres", "auditor", "admin"] {
        let detail = town.as_user(reader).get(&path).await.ok();
        assert_eq!((&detail["evidence"], &detail["notes"]), (&json!([]), &json!([])), "{reader}");
        assert!(!detail.to_string().contains(&budi.wa_id), "{reader}: no number");
        town.as_user(reader).get(&format!("{path}/contacts")).await.problem(403, "forbidden");
        for act in ["confirm", "decline", "lift", "appeal", "reporter"] {
            let body = json!({ "note": "x", "reason": "ingin tahu" });
            let body = if act == "confirm" { json!({}) } else { body_for(act, &body) };
            town.as_user(reader).post(&format!("{path}/{act}"), &body).await.problem(403, "forbidden");
        }
    }
    let nobody = uuid::Uuid::nil();
    town.as_user("operator").get(&format!("/v1/blocks/{nobody}")).await.problem(404, "not_found");
    town.as_user("operator")
        .post(&format!("/v1/strikes/{nobody}/reverse"), &json!({ "note": "x" }))
        .await
        .problem(404, "not_found");
    town.as_user("operator").get("/v1/blocks?after=x").await.problem(422, "invalid");
    town.finish().await;
}

fn body_for(act: &str, both: &Value) -> Value {
    if act == "reporter" { json!({ "reason": both["reason"] }) } else { json!({ "note": both["note"] }) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_proposes_the_next_warning_and_a_warning_can_be_taken_back() {
    let town = Town::new().await;
    let budi = Citizen::new(&town);
    budi.writes(FLIRTING).await;
    town.settled().await;
    let report = last(&town).await;
    assert_eq!(report.lane, Lane::SetAside);
    let operator = town.as_user("operator");
    let card = operator.get(&format!("/v1/reports/{}", report.id)).await.ok();
    assert_eq!((&card["standing"]["proposal"], &card["standing"]["strikes_to_block"]), (&json!(1), &json!(3)));
    let strike = format!("/v1/reports/{}/strike", report.id);
    let given = operator.post(&strike, &json!({})).await.ok();
    operator.post(&strike, &json!({})).await.problem(409, "wrong_state");
    let card = operator.get(&format!("/v1/reports/{}", report.id)).await.ok();
    assert_eq!((&card["standing"]["strikes"], &card["standing"]["proposal"]), (&json!(1), &json!(null)));
    let reverse = format!("/v1/strikes/{}/reverse", given["strike"]["id"].as_str().unwrap());
    town.as_user("operator-timur").post(&reverse, &json!({ "note": "bukan saya" })).await.problem(403, "forbidden");
    let taken_back = town.as_user("supervisor").post(&reverse, &json!({ "note": "salah orang" })).await.ok();
    assert_eq!(taken_back["counts"], false);
    operator.post(&reverse, &json!({ "note": "lagi" })).await.problem(409, "wrong_state");
    assert_eq!(misuse(&town, &budi).await["strike"]["level"], 1);
    // Words of help are not proposed for a warning, and nobody can warn an officer's own entry.
    let other = Citizen::new(&town);
    other.writes("tolong pak wkwk").await;
    town.settled().await;
    let card = operator.get(&format!("/v1/reports/{}", last(&town).await.id)).await.ok();
    assert_eq!(card["standing"]["proposal"], json!(null));
    let typed = operator.post("/v1/reports", &json!({ "text": "wkwkwk" })).await.ok();
    let path = format!("/v1/reports/{}/strike", typed["id"].as_str().unwrap());
    operator.post(&path, &json!({})).await.problem(409, "wrong_state");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_is_settled_together_and_nothing_else_with_it() {
    let town = Town::new().await;
    for _ in 0..5 {
        Citizen::new(&town).writes(FLIRTING).await;
    }
    Citizen::new(&town).writes("jalan macet total").await;
    town.settled().await;
    let operator = town.as_user("operator");
    let queue = operator.get("/v1/queue").await.ok();
    let lanes: Vec<&str> =
        queue["items"].as_array().unwrap().iter().map(|i| i["report"]["lane"].as_str().unwrap()).collect();
    assert_eq!(lanes, ["main", "set_aside", "set_aside", "set_aside", "set_aside", "set_aside"]);
    let ids: Vec<&Value> = queue["items"].as_array().unwrap().iter().map(|item| &item["report"]["id"]).collect();
    let done = operator.post("/v1/reports/bulk", &json!({ "ids": ids, "outcome": "out_of_scope" })).await.ok();
    assert_eq!(done["settled"].as_array().unwrap().len(), 5);
    assert_eq!(done["left"], json!([ids[0]]), "what was not set aside is looked at one by one");
    let again = operator.post("/v1/reports/bulk", &json!({ "ids": ids, "outcome": "prank" })).await.ok();
    assert_eq!(again["settled"], json!([]));
    for (body, field) in [
        (json!({ "ids": [], "outcome": "prank" }), "ids"),
        (json!({ "ids": vec![ids[0]; 201], "outcome": "prank" }), "ids"),
        (json!({ "ids": ids, "outcome": "handed_over" }), "outcome"),
    ] {
        assert_eq!(operator.post("/v1/reports/bulk", &body).await.problem(422, "invalid")["field"], field);
    }
    town.as_user("kapolres")
        .post("/v1/reports/bulk", &json!({ "ids": ids, "outcome": "prank" }))
        .await
        .problem(403, "forbidden");
    town.finish().await;
}

/// A town whose blocks are carried to WhatsApp, with a person who is blocked for seven days.
async fn carried(place: Place) -> Town {
    Town::tuned(place, |config| config.shield.block_at_channel = true).await
}

async fn proposed(town: &Town, who: &Citizen<'_>) -> String {
    let mut struck = Value::Null;
    for _ in 0..3 {
        struck = misuse(town, who).await;
    }
    format!("/v1/blocks/{}", struck["block"].as_str().unwrap())
}

async fn a_block_is_carried_to_whatsapp_and_lifted_there_when_it_ends(place: Place) {
    let town = carried(place).await;
    let (budi, supervisor) = (Citizen::new(&town), town.as_user("supervisor"));
    let path = proposed(&town, &budi).await;
    assert!(town.double.blocked().is_empty(), "a proposal blocks nobody");
    let before = town.told_after_pauses(&budi.wa_id, 5).await.len();
    // WhatsApp is not well twice: the order is tried again.
    town.double.refuse_blocks(&[139_103, 130_429]);
    let confirmed = supervisor.post(&format!("{path}/confirm"), &json!({ "days": 7 })).await.ok();
    assert_eq!(confirmed["block"]["at_channel"], true);
    // He hears of it before the door closes.
    town.told(&budi.wa_id, before + 1).await;
    assert!(town.double.blocked().is_empty());
    let tries = || "SELECT attempts FROM outbox WHERE template = 'channel_block'";
    for round in 1..=2 {
        town.turn(61).await;
        eventually("it is tried", async || number(town.store(), tries()).await >= round).await;
    }
    // A stop in between loses nothing.
    let wa_id = budi.wa_id.clone();
    let town = town.restart().await;
    town.turn(61).await;
    eventually("WhatsApp blocks him", async || town.double.blocked() == [wa_id.clone()]).await;
    let listed = town.as_user("supervisor").get("/v1/outbox?state=waiting").await.ok();
    assert_eq!(listed["items"], json!([]), "the order is done");

    // Time ends it there too.
    town.turn(7 * DAY_S).await;
    eventually("WhatsApp lets him in", async || town.double.blocked().is_empty()).await;
    assert_eq!(town.as_user("supervisor").get(&path).await.ok()["block"]["state"], "expired");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_whatsapp_refuses_is_a_dead_letter_and_a_lifted_one_is_lifted_there_before_it_is_said() {
    let town = carried(Place::sqlite()).await;
    let (budi, supervisor) = (Citizen::new(&town), town.as_user("supervisor"));
    let path = proposed(&town, &budi).await;
    let before = town.told_after_pauses(&budi.wa_id, 5).await.len();
    town.double.refuse_blocks(&[139_101]);
    supervisor.post(&format!("{path}/confirm"), &json!({})).await.ok();
    town.told(&budi.wa_id, before + 1).await;
    town.turn(7).await;
    let dead = async || supervisor.get("/v1/outbox").await.ok()["items"].clone();
    eventually("the refused order is seen", async || dead().await.as_array().is_some_and(|items| items.len() == 1))
        .await;
    let order = dead().await[0].clone();
    assert_eq!(order["template"], "channel_block");
    assert!(order["error"].as_str().unwrap().contains("139101"), "{order}");
    let retry = format!("/v1/outbox/{}/retry", order["id"].as_str().unwrap());
    town.turn(7).await;
    supervisor.post(&retry, &json!({})).await.ok();
    eventually("WhatsApp blocks him", async || town.double.blocked() == [budi.wa_id.clone()]).await;

    // Upholding it gives no second order; lifting it lets him in first, then tells him.
    supervisor.post(&format!("{path}/appeal"), &json!({ "note": "menelepon" })).await.ok();
    supervisor.post(&format!("{path}/confirm"), &json!({ "days": 9 })).await.ok();
    supervisor.post(&format!("{path}/lift"), &json!({ "note": "sudah minta maaf" })).await.ok();
    let orders = "SELECT COUNT(*) FROM outbox WHERE template LIKE 'channel%'";
    assert_eq!(number(town.store(), orders).await, 2);
    town.turn(7).await;
    eventually("WhatsApp lets him in", async || town.double.blocked().is_empty()).await;
    assert_eq!(town.double.sent().iter().filter(|sent| sent.to == budi.wa_id).count(), before + 1);
    town.turn(7).await;
    assert!(town.told(&budi.wa_id, before + 2).await.last().unwrap().contains("sudah dibuka"));
    town.finish().await;
}
