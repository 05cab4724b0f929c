//! Those who write to us: bodies in the shape of Meta's webhook, signed.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use sigap::model::clock::Timestamp;
use sigap::model::place::LngLat;
use sigap::sim::webhook::{envelope, escaped, sign};

use super::client::Answer;
use super::town::{LINES, SECRET, Town};

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// Path of the webhook.
pub const WEBHOOK: &str = "/v1/channels/whatsapp/webhook";

/// An id no other message has.
pub fn fresh_id() -> String {
    format!("wamid.T{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A person with a telephone.
#[derive(Clone)]
pub struct Citizen<'a> {
    town: &'a Town,
    /// Telephone number, digits.
    pub wa_id: String,
    /// Which of our numbers is written to.
    pub line: String,
}

impl<'a> Citizen<'a> {
    /// A person nobody knows yet, who writes to Medan.
    pub fn new(town: &'a Town) -> Self {
        let wa_id = format!("62812{:08}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Self { town, wa_id, line: LINES[0].0.to_owned() }
    }

    /// The same person writing to another line.
    pub fn on_line(mut self, line: &str) -> Self {
        line.clone_into(&mut self.line);
        self
    }

    /// One message of this person at an instant.
    pub fn message(&self, kind: &str, content: &Value, at: Timestamp) -> Value {
        json!({ "from": self.wa_id, "id": fresh_id(), "timestamp": (at.micros() / 1_000_000).to_string(), "type": kind, kind: content })
    }

    /// A body with these messages.
    pub fn body(&self, messages: &[Value]) -> Value {
        let contact = json!({ "wa_id": self.wa_id, "profile": { "name": "Siti Contoh" } });
        envelope(&self.line, json!({ "contacts": [contact], "messages": messages }))
    }

    /// Sends one message now; it is taken.
    pub async fn sends(&self, kind: &str, content: Value) {
        let message = self.message(kind, &content, self.town.now());
        let answer = post(self.town, &self.body(&[message])).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    pub async fn writes(&self, text: &str) {
        self.sends("text", json!({ "body": text })).await;
    }

    pub async fn pins(&self, at: LngLat) {
        self.sends("location", json!({ "longitude": at.lng, "latitude": at.lat })).await;
    }

    /// An emergency told well enough for the machine to act on: a fire, one unit, offered 20 s.
    pub async fn sees_a_fire(&self, at: LngLat) {
        let fire = self.message("text", &json!({ "body": FIRE }), self.town.now());
        let pin = self.message("location", &json!({ "longitude": at.lng, "latitude": at.lat }), self.town.now());
        assert_eq!(post(self.town, &self.body(&[fire, pin])).await.status, 200);
    }
}

/// Words of an emergency that are understood with certainty; one unit by plan.
pub const FIRE: &str = "Tolong kebakaran rumah besar, api membesar, ada orang terjebak di dalam";

/// Posts a body as Meta does.
pub async fn post(town: &Town, body: &Value) -> Answer {
    post_bytes(town, escaped(body).into_bytes()).await
}

/// Posts any bytes with a right signature.
pub async fn post_bytes(town: &Town, body: Vec<u8>) -> Answer {
    let signature = sign(SECRET, &body);
    post_signed(town, body, Some(&signature)).await
}

/// Posts any bytes with any signature.
pub async fn post_signed(town: &Town, body: Vec<u8>, signature: Option<&str>) -> Answer {
    let nobody = town.as_nobody();
    let request = nobody.request(reqwest::Method::POST, WEBHOOK).header("content-type", "application/json");
    let request = signature.into_iter().fold(request, |request, value| request.header("x-hub-signature-256", value));
    nobody.send(request.body(body)).await
}
