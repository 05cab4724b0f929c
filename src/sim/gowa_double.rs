//! A stand-in for a go-whatsapp-web-multidevice gateway on loopback: takes the messages we send over
//! a linked telephone, serves the attachments it "downloaded", and writes webhook bodies as it does.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::graph_media::parts;

/// One message that was sent over the double.
#[derive(Debug, Clone, PartialEq)]
pub struct GowaSent {
    /// From which of our telephones.
    pub device: String,
    /// To whom, a JID.
    pub phone: String,
    /// What the person reads.
    pub text: String,
    /// The photo that went along.
    pub image: Option<Bytes>,
    /// Id it was given.
    pub id: String,
}

/// The double's memory; clones share it.
#[derive(Debug, Clone)]
pub struct GowaDouble {
    authorization: String,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    sent: Vec<GowaSent>,
    files: HashMap<String, Bytes>,
}

impl GowaDouble {
    /// A gateway for this user.
    #[must_use]
    pub fn new(user: &str, password: &str) -> Self {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        Self { authorization, memory: Arc::default() }
    }

    /// Its doors.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/send/message", post(message))
            .route("/send/image", post(image))
            .route("/statics/media/{file}", get(file))
            .with_state(self.clone())
    }

    /// What was sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<GowaSent> {
        self.memory.lock().sent.clone()
    }

    /// Puts an attachment there; gives the path a webhook names it by.
    #[must_use]
    pub fn put(&self, file: &str, bytes: Bytes) -> String {
        self.memory.lock().files.insert(file.to_owned(), bytes);
        format!("statics/media/{file}")
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        headers.get(header::AUTHORIZATION).is_some_and(|said| said.as_bytes() == self.authorization.as_bytes())
    }

    fn take(&self, headers: &HeaderMap, phone: &str, text: &str, image: Option<Bytes>) -> Response {
        if !self.is_known(headers) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        if !(phone.ends_with("@s.whatsapp.net") || phone.ends_with("@lid")) {
            let refusal = json!({ "code": "INVALID_JID", "message": "your JID is invalid", "results": null });
            return (StatusCode::BAD_REQUEST, Json(refusal)).into_response();
        }
        let device = headers.get("x-device-id").and_then(|device| device.to_str().ok()).unwrap_or_default();
        let mut memory = self.memory.lock();
        let id = format!("3EB0{:016X}", memory.sent.len() + 1);
        memory.sent.push(GowaSent {
            device: device.to_owned(),
            phone: phone.to_owned(),
            text: text.to_owned(),
            image,
            id: id.clone(),
        });
        let results = json!({ "message_id": id, "status": format!("Message sent to {phone}") });
        Json(json!({ "code": "SUCCESS", "message": "Success", "results": results })).into_response()
    }
}

async fn message(State(double): State<GowaDouble>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let word = |key: &str| body[key].as_str().unwrap_or_default();
    double.take(&headers, word("phone"), word("message"), None)
}

async fn image(State(double): State<GowaDouble>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let parts = parts(kind, &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name).map(|part| part.bytes.clone());
    let word = |name: &str| part(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    double.take(&headers, &word("phone"), &word("caption"), part("image"))
}

async fn file(State(double): State<GowaDouble>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    if !double.is_known(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    double
        .memory
        .lock()
        .files
        .get(&file)
        .cloned()
        .map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response)
}
