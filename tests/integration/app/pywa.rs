//! A third-party client of the Cloud API (pywa, from `PyPI`) at the far end: it reads the webhooks our
//! fixtures and our simulator write, hands them on to our server, and its requests are ours.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use sigap::channels::whatsapp::{self, Inbound};
use sigap::channels::{InboundMessage, MessageKind};
use sigap::feedback::transport::{Recipient, graph_request};
use sigap::feedback::wording::Outbound;
use sigap::sim::webhook::{escaped, sign};

use super::citizen::{Citizen, FIRE, WEBHOOK};
use super::town::{SECRET, Town, eventually};

/// pywa on a port of its own, until the test ends.
struct Peer {
    process: Child,
    base: String,
    http: reqwest::Client,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // A process that has ended already is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Peer {
    /// None, with a word, where pywa is not installed.
    async fn start(graph: &str, forward: &str) -> Option<Self> {
        let Ok(python) = std::env::var("SIGAP_TEST_PYWA") else {
            println!("pywa was not tested: SIGAP_TEST_PYWA is not set to its python");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/pywa/peer.py");
        // It tells of every body it cannot read; what it read is asked of it.
        let process = Command::new(python)
            .args([script, &port.to_string(), graph, SECRET, forward])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let peer = Self { process, base: format!("http://127.0.0.1:{port}"), http };
        eventually("pywa listens", async || peer.http.get(format!("{}/seen", peer.base)).send().await.is_ok()).await;
        Some(peer)
    }

    /// Posts a signed webhook body: the status of pywa, and of the server it was handed on to.
    async fn webhook(&self, body: Vec<u8>) -> (u16, Option<String>) {
        let signature = sign(SECRET, &body);
        let request = self.http.post(format!("{}/webhook", self.base)).header("content-type", "application/json");
        let answer = request.header("x-hub-signature-256", signature).body(body).send().await.unwrap();
        let forwarded = answer.headers().get("x-forwarded-status").map(|v| v.to_str().unwrap().to_owned());
        (answer.status().as_u16(), forwarded)
    }

    /// What pywa made of the webhooks, by message id.
    async fn seen(&self) -> BTreeMap<String, Value> {
        let all: Vec<Value> = self.http.get(format!("{}/seen", self.base)).send().await.unwrap().json().await.unwrap();
        all.into_iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect()
    }

    async fn send(&self, wanted: Value) -> Value {
        self.http.post(format!("{}/send", self.base)).json(&wanted).send().await.unwrap().json().await.unwrap()
    }
}

fn graph(town: &Town) -> String {
    town.app.config.whatsapp.graph_url.clone()
}

/// The one message of a fixture, if it holds just one.
fn only_message(town: &Town, body: &[u8]) -> Option<InboundMessage> {
    match whatsapp::parse(body, town.now()).unwrap().as_slice() {
        [Inbound::Message(message)] => Some((**message).clone()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pywa_reads_every_fixture_of_one_message_as_we_do() {
    let town = Town::new().await;
    let Some(peer) = Peer::start(&graph(&town), "-").await else { return town.finish().await };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/whatsapp");
    let (mut compared, mut unread) = (0, Vec::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let Some(ours) = only_message(&town, &body) else { continue };
        let (status, _) = peer.webhook(body).await;
        let theirs = peer.seen().await.remove(&ours.external_id);
        let (Some(theirs), 200) = (theirs, status) else {
            unread.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
            continue;
        };
        let name = path.display();
        if theirs["what"] == "message" {
            let same_place = |ours: f64, theirs: &Value| theirs.as_f64().is_some_and(|it| (it - ours).abs() < 1e-9);
            if let Some(point) = ours.location.as_ref().and_then(|location| location.point.ok()) {
                assert!(same_place(point.lng, &theirs["lng"]) && same_place(point.lat, &theirs["lat"]), "{name}");
            }
            if matches!(ours.kind, MessageKind::Text | MessageKind::Image | MessageKind::Video) {
                // Half an emoji: Python leaves one mark of what is missing, we one a byte.
                let whole = |text: Option<&str>| text.map(|text| text.trim_end_matches('\u{fffd}').to_owned());
                assert_eq!(whole(theirs["text"].as_str()), whole(ours.text.as_deref()), "{name}");
            }
        }
        compared += 1;
    }
    unread.sort();
    println!("pywa and we agree on {compared} bodies; it does not read {unread:?}");
    assert!(compared >= 20, "{compared}: {unread:?}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_passed_through_pywa_becomes_a_report() {
    let town = Town::new().await;
    let forward = format!("{}{WEBHOOK}", town.base);
    let Some(peer) = Peer::start(&graph(&town), &forward).await else { return town.finish().await };
    let siti = Citizen::new(&town);
    let message = siti.message("text", &json!({ "body": FIRE }), town.now());
    let id = message["id"].as_str().unwrap().to_owned();
    let mut body = siti.body(&[message]);
    // Since 2026 every contact has a user id; pywa reads none without.
    let value = &mut body["entry"][0]["changes"][0]["value"];
    value["contacts"][0]["user_id"] = json!("ID.siti");
    value["messages"][0]["from_user_id"] = json!("ID.siti");
    let body = escaped(&body).into_bytes();
    assert_eq!(peer.webhook(body.clone()).await, (200, Some("200".to_owned())));
    assert_eq!(peer.webhook(body).await.1, Some("200".to_owned()), "a redelivery is taken too");
    town.settled().await;
    let reports = town.look("medan", |desk| desk.reports.len()).await;
    assert_eq!(reports, 1, "one message id makes one report");
    let seen = peer.seen().await;
    assert_eq!(seen[&id]["text"], FIRE);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_requests_are_those_pywa_makes() {
    let town = Town::new().await;
    let Some(peer) = Peer::start(&graph(&town), "-").await else { return town.finish().await };
    let plain = Outbound { text: "Petugas menuju lokasi.".to_owned(), ..Outbound::default() };
    let buttons = vec![("sudah".to_owned(), "Sudah".to_owned()), ("belum".to_owned(), "Belum selesai".to_owned())];
    let ours = [
        ("text", plain.clone()),
        ("ask_location", Outbound { ask_location: true, ..plain.clone() }),
        ("buttons", Outbound { buttons: buttons.clone(), ..plain.clone() }),
    ];
    for (kind, out) in ours {
        let answer =
            peer.send(json!({ "kind": kind, "to": "6281200001111", "text": out.text, "buttons": buttons })).await;
        let sent = town.double.sent().pop().unwrap();
        assert_eq!(answer["id"], sent.wamid, "{answer}");
        let mut wanted = graph_request(&Recipient::Phone("6281200001111".to_owned()), &out);
        let mut got = sent.payload;
        // A preview of links is off by default: one says so, the other leaves it out.
        for request in [&mut wanted, &mut got] {
            request["text"].as_object_mut().map(|text| text.remove("preview_url"));
        }
        assert_eq!(got, wanted, "{kind}");
    }
    let read = peer.send(json!({ "kind": "read", "to": "", "id": "wamid.X" })).await;
    let typing = peer.send(json!({ "kind": "typing", "to": "", "id": "wamid.X" })).await;
    assert!(read["error"].is_null() && typing["error"].is_null(), "{read} {typing}");
    let refused = peer.send(json!({ "kind": "text", "to": "62812", "text": "x".repeat(5000) })).await;
    assert!(refused["error"].is_string(), "what is too long for Meta is refused with an error pywa knows: {refused}");
    town.finish().await;
}
