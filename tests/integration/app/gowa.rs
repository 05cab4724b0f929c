//! An office without the Cloud API: the same journey over a linked telephone.

use serde_json::{Value, json};
use sigap::http::server;
use sigap::model::media::MediaState;
use sigap::sim::gowa_double::{GowaDouble, GowaSent};
use sigap::sim::webhook::sign;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::citizen::{Citizen, fresh_id};
use super::client::Answer;
use super::media::photo;
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::{Place, number};

on_both_stores! {
    a_report_over_a_linked_telephone_is_answered_over_it,
}

const SECRET: &str = "gateway-secret";
const DEVICE: &str = "628116400110@s.whatsapp.net";
const SITI: &str = "628123456789@s.whatsapp.net";

/// A town whose office in Medan has a linked telephone.
async fn town(place: Place) -> (Town, GowaDouble) {
    let double = GowaDouble::new("sigap", "kata-sandi");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, double.router(), CancellationToken::new()));
    let town = Town::tuned(place, |config| {
        config.gowa.url = url;
        config.gowa.secret = SECRET.to_owned();
        config.gowa.user = "sigap".to_owned();
        config.gowa.password = "kata-sandi".to_owned();
        config.gowa.devices = format!("{DEVICE}=medan");
        config.shield.block_at_channel = true;
    })
    .await;
    (town, double)
}

async fn post(town: &Town, body: &Value, secret: &str) -> Answer {
    let bytes = body.to_string().into_bytes();
    let nobody = town.as_nobody();
    let request = nobody.request(reqwest::Method::POST, "/v1/channels/gowa/webhook");
    nobody.send(request.header("x-hub-signature-256", sign(secret, &bytes)).body(bytes)).await
}

/// Siti's telephone does something.
async fn event(town: &Town, event: &str, more: Value) {
    let mut payload = json!({
        "id": fresh_id(), "chat_id": SITI, "from": SITI, "from_lid": "251556368777322@lid", "from_name": "Siti Contoh",
        "timestamp": town.now().to_string(), "is_from_me": false,
    });
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let body = json!({ "event": event, "device_id": DEVICE, "payload": payload });
    assert_eq!(post(town, &body, SECRET).await.status, 200);
    town.settled().await;
}

async fn sent(double: &GowaDouble, count: usize) -> Vec<GowaSent> {
    eventually(&format!("{count} messages over the gateway"), async || double.sent().len() >= count).await;
    double.sent()
}

async fn a_report_over_a_linked_telephone_is_answered_over_it(place: Place) {
    let (town, double) = town(place).await;
    event(&town, "message", json!({ "body": "jalan macet total, mobil mogok" })).await;
    let told = sent(&double, 1).await;
    assert_eq!((told[0].device.as_str(), told[0].phone.as_str()), (DEVICE, SITI));
    assert!(
        told[0].text.contains("di mana kejadiannya?") && told[0].text.contains("tanda lampiran"),
        "{}",
        told[0].text
    );
    assert!(town.double.sent().is_empty(), "nothing leaves over the other channel");

    // The place, alive: the same report. The photo: fetched from the gateway.
    let path = double.put("1752404751-x.jpeg", photo(300, 200).into());
    event(&town, "message", json!({ "live_location": { "degreesLatitude": 3.5952, "degreesLongitude": 98.6722 } }))
        .await;
    event(&town, "message", json!({ "image": { "path": path, "caption": "mobilnya" } })).await;
    let reports = town.look("medan", |desk| desk.reports.values().cloned().collect::<Vec<_>>()).await;
    assert_eq!((reports.len(), reports[0].messages.len()), (1, 3));
    let kept = async || number(town.store(), "SELECT COUNT(*) FROM media WHERE state = 'kept'").await == 1;
    eventually("the photo is kept", kept).await;

    // Delivered, read: the answer is followed.
    town.turn(7).await;
    let ack = json!({ "ids": [told[0].id], "receipt_type": "read", "from": SITI, "chat_id": SITI });
    event(&town, "message.ack", ack).await;
    let read = async || number(town.store(), "SELECT COUNT(*) FROM messages WHERE status = 'read'").await == 1;
    eventually("the answer was read", read).await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_the_button_where_there_are_none() {
    let (town, double) = town(Place::sqlite()).await;
    event(&town, "message", json!({ "body": "jalan macet total di Jl. Melati Raya" })).await;
    sent(&double, 1).await;
    let operator = town.as_user("operator");
    let detail = operator.post("/v1/queue/next", &json!({})).await.ok();
    let report = format!("/v1/reports/{}", detail["report"]["id"].as_str().unwrap());
    operator.post(&format!("{report}/resolve"), &json!({ "outcome": "resolved", "note": "sudah lancar" })).await.ok();
    town.turn(7).await;
    let told = sent(&double, 2).await;
    assert!(told[1].text.contains("1. ") && told[1].text.contains("2. "), "{}", told[1].text);
    town.turn(7).await;
    event(&town, "message", json!({ "body": " 2 " })).await;
    assert_eq!(operator.get("/v1/queue").await.ok()["items"].as_array().unwrap().len(), 1, "it is not over");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_not_ours_is_not_heard_and_groups_make_no_reports() {
    let (town, _double) = town(Place::sqlite()).await;
    let body = json!({ "event": "message", "device_id": DEVICE, "payload": {
        "id": "A", "chat_id": SITI, "from": SITI, "body": "tolong", "timestamp": town.now().to_string() } });
    for wrong in ["secret", "", "other"] {
        post(&town, &body, wrong).await.problem(401, "bad_signature");
    }
    event(&town, "message", json!({ "chat_id": "1203634@g.us", "body": "tolong kebakaran" })).await;
    event(&town, "message", json!({ "is_from_me": true, "body": "tolong kebakaran" })).await;
    assert_eq!(number(town.store(), "SELECT COUNT(*) FROM messages").await, 0);
    assert_eq!(number(town.store(), "SELECT COUNT(*) FROM inbox WHERE format = 'gowa'").await, 2);
    // Who writes to both lines is one person: the same digits.
    let mut siti = Citizen::new(&town);
    siti.wa_id = "628123456789".to_owned();
    event(&town, "message", json!({ "body": "jalan macet total" })).await;
    siti.writes("di jalan melati").await;
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_over_the_gateway_is_read_in_its_own_words_after_a_stop() {
    let (town, _double) = town(Place::sqlite()).await;
    let bytes = json!({ "event": "message", "device_id": DEVICE, "payload": {
        "id": "LATE", "chat_id": SITI, "from": SITI, "body": "ada tawuran", "timestamp": town.now().to_string() } });
    // Recorded before the stop, not worked off.
    let arrival = sigap::store::inbox::Arrival {
        id: uuid::Uuid::now_v7(),
        channel: sigap::model::report::Channel::Whatsapp,
        format: sigap::store::inbox::Format::Gowa,
        received_at: town.now(),
        body: bytes.to_string().into_bytes(),
    };
    let row = sigap::store::inbox::insert(town.store().vault(), &arrival).unwrap();
    town.store().write(vec![row]).await.unwrap();
    let town = town.restart().await;
    town.settled().await;
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_the_gateway_did_not_fetch_is_gone() {
    let (town, _double) = town(Place::sqlite()).await;
    event(&town, "message", json!({ "image": { "url": "https://mmg.whatsapp.net/x", "caption": "lihat" } })).await;
    event(&town, "message", json!({ "video": "statics/media/nowhere.mp4" })).await;
    let gone = json!(MediaState::Gone);
    assert_eq!(gone, "gone");
    eventually("both are gone", async || {
        number(town.store(), "SELECT COUNT(*) FROM media WHERE state = 'gone'").await == 2
    })
    .await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_linked_telephone_cannot_block_anybody_and_the_outbox_says_so_plainly() {
    let (town, double) = town(Place::sqlite()).await;
    let (operator, supervisor) = (town.as_user("operator"), town.as_user("supervisor"));
    let made = operator.post("/v1/blocks", &json!({ "phone": "+628123456789", "note": "meneror" })).await.json();
    let path = format!("/v1/blocks/{}/confirm", made["block"]["id"].as_str().unwrap());
    supervisor.post(&path, &json!({})).await.ok();
    let dead = async || supervisor.get("/v1/outbox").await.ok()["items"].clone();
    eventually("the order is seen as undone", async || dead().await != json!([])).await;
    let order = dead().await[0].clone();
    assert_eq!(order["template"], "channel_block");
    let why = order["error"].as_str().unwrap();
    assert!(why.contains("GOWA") && why.contains("by hand"), "{why}");
    // With us he is blocked all the same.
    event(&town, "message", json!({ "body": "halo" })).await;
    assert_eq!((town.look("medan", |desk| desk.reports.len()).await, double.sent().len()), (0, 0));
    town.finish().await;
}
