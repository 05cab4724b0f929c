//! A stand-in for Meta's Graph API on loopback: takes the messages we send, keeps the last of them
//! to look at, and tells afterwards how far each has come.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use base64::Engine as _;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::graph_media::GraphMedia;
use super::webhook::{Webhook, status_body};
use crate::model::clock::{Clock, Timestamp};

/// Notices waiting to be posted; beyond this they are dropped, as a busy Meta would be late.
const NOTICES: usize = 4096;

/// One message that was sent through the double.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// From which of our numbers.
    pub phone_number_id: String,
    /// To whom: digits or a user id.
    pub to: String,
    /// `text`, `interactive`, `image` …
    pub kind: String,
    /// What the person reads.
    pub text: Option<String>,
    /// Id it was given.
    pub wamid: String,
    /// The whole request.
    pub payload: Value,
}

/// A message of ours came further.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// From which of our numbers it went.
    pub phone_number_id: String,
    /// Its id.
    pub wamid: String,
    /// To whom.
    pub to: String,
    /// `sent`, `delivered` or `read`.
    pub status: &'static str,
}

/// The double's memory; clones share it.
#[derive(Clone)]
pub struct GraphDouble {
    inner: Arc<Inner>,
}

struct Inner {
    media: GraphMedia,
    capacity: usize,
    clock: Arc<dyn Clock>,
    state: Mutex<Memory>,
    notices: mpsc::Sender<Notice>,
}

struct Memory {
    sent: VecDeque<Sent>,
    seen: VecDeque<String>,
    refused_calls: Vec<String>,
    blocked: BTreeSet<String>,
    block_refusals: VecDeque<i64>,
    rng: fastrand::Rng,
}

/// The template of the authentication kind that the wording names.
const AUTHENTICATION: &str = "kode_masuk";

/// Why the Graph API refuses a request: HTTP status, Meta's code, words.
type Refusal = (StatusCode, i64, &'static str);

impl GraphDouble {
    /// A double that remembers the last `capacity` messages. Each message gives the notices sent,
    /// delivered and read, in this order, to the receiver; see [`post_notices`].
    #[must_use]
    pub fn new(capacity: usize, seed: u64, clock: Arc<dyn Clock>) -> (Self, mpsc::Receiver<Notice>) {
        let (notices, receiver) = mpsc::channel(NOTICES);
        let memory = Memory {
            sent: VecDeque::new(),
            seen: VecDeque::new(),
            refused_calls: Vec::new(),
            blocked: BTreeSet::new(),
            block_refusals: VecDeque::new(),
            rng: fastrand::Rng::with_seed(seed),
        };
        let inner = Inner { media: GraphMedia::default(), capacity, clock, state: Mutex::new(memory), notices };
        (Self { inner: Arc::new(inner) }, receiver)
    }

    /// The doors `messages`, `calls` and `block_users` under `/{version}/{phone_number_id}`, and those of its media.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/{version}/{phone_number_id}/messages", post(messages))
            .route("/{version}/{phone_number_id}/calls", post(calls))
            .route("/{version}/{phone_number_id}/block_users", post(block).delete(unblock))
            .with_state(self.clone())
            .merge(self.inner.media.router())
    }

    /// The files it knows.
    #[must_use]
    pub fn media(&self) -> &GraphMedia {
        &self.inner.media
    }

    /// The last messages, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.inner.state.lock().sent.iter().cloned().collect()
    }

    fn take(&self, phone_number_id: &str, authorised: bool, body: &[u8]) -> Result<Value, Refusal> {
        if !authorised {
            return Err((StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token."));
        }
        let payload: Value = serde_json::from_slice(body)
            .map_err(|_| (StatusCode::BAD_REQUEST, 100, "Invalid parameter: the body is not JSON."))?;
        if payload["messaging_product"] != "whatsapp" {
            return Err((StatusCode::BAD_REQUEST, 100, "The parameter messaging_product is required."));
        }
        if payload["status"] == "read" {
            let id = payload["message_id"].as_str().filter(|id| !id.is_empty());
            let id = id.ok_or((StatusCode::BAD_REQUEST, 100, "The parameter message_id is required."))?;
            self.see(id);
            return Ok(json!({ "success": true }));
        }
        let to = ["to", "recipient"].iter().find_map(|key| payload[*key].as_str()).unwrap_or_default();
        if to.is_empty() {
            return Err((StatusCode::BAD_REQUEST, 100, "The parameter to is required."));
        }
        let text = check(&payload)?.map(str::to_owned);
        let sent = self.remember(phone_number_id, to, text, &payload);
        let contact = if payload["to"].is_string() { "wa_id" } else { "user_id" };
        Ok(json!({
            "messaging_product": "whatsapp",
            "contacts": [{ "input": to, contact: to }],
            "messages": [{ "id": sent }],
        }))
    }

    fn see(&self, id: &str) {
        let mut state = self.inner.state.lock();
        state.seen.push_back(id.to_owned());
        if state.seen.len() > self.inner.capacity {
            state.seen.pop_front();
        }
    }

    /// Messages that were marked as read, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        self.inner.state.lock().seen.iter().cloned().collect()
    }

    /// Calls that were refused, by their ids.
    #[must_use]
    pub fn refused_calls(&self) -> Vec<String> {
        self.inner.state.lock().refused_calls.clone()
    }

    /// Who is blocked.
    #[must_use]
    pub fn blocked(&self) -> Vec<String> {
        self.inner.state.lock().blocked.iter().cloned().collect()
    }

    /// The next calls of `block_users` fail for the person named, with these codes.
    pub fn refuse_blocks(&self, codes: &[i64]) {
        self.inner.state.lock().block_refusals.extend(codes);
    }

    fn block(&self, body: &Value, block: bool) -> Result<Value, Refusal> {
        let users = body["block_users"].as_array().filter(|_| body["messaging_product"] == "whatsapp");
        let users = users.ok_or((StatusCode::BAD_REQUEST, 100, "The parameter block_users is required."))?;
        let names: Vec<String> = users.iter().filter_map(|user| user["user"].as_str().map(str::to_owned)).collect();
        let mut state = self.inner.state.lock();
        for name in &names {
            if block {
                state.blocked.insert(name.clone());
            } else {
                state.blocked.remove(name);
            }
        }
        let done: Vec<Value> = names.iter().map(|name| json!({ "input": name, "wa_id": name })).collect();
        let what = if block { "added_users" } else { "removed_users" };
        Ok(json!({ "messaging_product": "whatsapp", "block_users": { what: done } }))
    }

    fn remember(&self, phone_number_id: &str, to: &str, text: Option<String>, payload: &Value) -> String {
        let mut state = self.inner.state.lock();
        let mut random = [0; 24];
        state.rng.fill(&mut random);
        let wamid = format!("wamid.{}", base64::engine::general_purpose::STANDARD.encode(random));
        state.sent.push_back(Sent {
            at: self.inner.clock.now(),
            phone_number_id: phone_number_id.to_owned(),
            to: to.to_owned(),
            kind: payload["type"].as_str().unwrap_or("text").to_owned(),
            text,
            wamid: wamid.clone(),
            payload: payload.clone(),
        });
        if state.sent.len() > self.inner.capacity {
            state.sent.pop_front();
        }
        drop(state);
        for status in ["sent", "delivered", "read"] {
            let (phone_number_id, to) = (phone_number_id.to_owned(), to.to_owned());
            let notice = Notice { phone_number_id, wamid: wamid.clone(), to, status };
            if self.inner.notices.try_send(notice).is_err() {
                tracing::debug!("nobody takes the notices of the graph double");
            }
        }
        wamid
    }
}

/// An authentication template has its code twice: in its body, and as the parameter of its button.
fn has_its_code(template: &Value) -> bool {
    let of = |kind: &str| {
        let all = template["components"].as_array().into_iter().flatten();
        all.clone().find(|component| component["type"] == kind).cloned()
    };
    let (Some(body), Some(button)) = (of("body"), of("button")) else { return false };
    let code = body["parameters"][0]["text"].as_str().unwrap_or_default();
    (1..=15).contains(&code.chars().count())
        && button["sub_type"] == "url"
        && button["index"] == "0"
        && button["parameters"][0]["type"] == "text"
        && button["parameters"][0]["text"] == code
}

/// Checks what Meta checks, and gives the words the person would read.
fn check(payload: &Value) -> Result<Option<&str>, Refusal> {
    let refused = |why| Err((StatusCode::BAD_REQUEST, 131_009, why));
    let words = |value: &'_ Value, limit: usize| {
        value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= limit)
    };
    match payload["type"].as_str().unwrap_or("text") {
        "text" => {
            let body = &payload["text"]["body"];
            if words(body, 4096) { Ok(body.as_str()) } else { refused("text.body must have 1 to 4096 characters.") }
        }
        "interactive" => {
            let interactive = &payload["interactive"];
            if !words(&interactive["body"]["text"], 1024) {
                return refused("interactive.body.text must have 1 to 1024 characters.");
            }
            let action = &interactive["action"];
            let lawful = match interactive["type"].as_str() {
                Some("location_request_message") => action["name"] == "send_location",
                Some("button") => action["buttons"].as_array().is_some_and(|buttons| {
                    let lawful =
                        |button: &Value| words(&button["reply"]["title"], 20) && words(&button["reply"]["id"], 256);
                    (1..=3).contains(&buttons.len()) && buttons.iter().all(lawful)
                }),
                Some("list" | "cta_url" | "flow") => action.is_object(),
                _ => false,
            };
            if lawful { Ok(interactive["body"]["text"].as_str()) } else { refused("interactive.action is not valid.") }
        }
        kind @ ("image" | "video" | "document" | "audio" | "sticker") => {
            let media = &payload[kind];
            let named = media["id"].is_string() || media["link"].is_string();
            if named { Ok(media["caption"].as_str()) } else { refused("media needs an id or a link.") }
        }
        "template" => {
            let template = &payload["template"];
            if template.is_null() {
                return refused("the content of the message is missing.");
            }
            if template["name"] == AUTHENTICATION && !has_its_code(template) {
                return Err((StatusCode::BAD_REQUEST, 132_000, "Number of parameters does not match."));
            }
            Ok(None)
        }
        kind @ ("location" | "reaction" | "contacts") => {
            if payload[kind].is_null() {
                refused("the content of the message is missing.")
            } else {
                Ok(None)
            }
        }
        _ => refused("type is not a message type."),
    }
}

async fn messages(
    State(double): State<GraphDouble>,
    Path((_version, phone_number_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match double.take(&phone_number_id, token(&headers).is_some(), &body) {
        Ok(answer) => Json(answer).into_response(),
        Err((status, code, message)) => refuse(status, code, message),
    }
}

async fn calls(State(double): State<GraphDouble>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let id = body["call_id"].as_str().filter(|_| body["action"] == "reject" && body["messaging_product"] == "whatsapp");
    match (token(&headers), id) {
        (None, _) => refuse(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token."),
        (_, None) => refuse(StatusCode::BAD_REQUEST, 100, "call_id and a known action are required."),
        (_, Some(id)) => {
            double.inner.state.lock().refused_calls.push(id.to_owned());
            Json(json!({ "success": true })).into_response()
        }
    }
}

async fn block(State(double): State<GraphDouble>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    set_block(&double, &headers, &body, true)
}

async fn unblock(State(double): State<GraphDouble>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    set_block(&double, &headers, &body, false)
}

fn set_block(double: &GraphDouble, headers: &HeaderMap, body: &Value, block: bool) -> Response {
    if token(headers).is_none() {
        return refuse(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token.");
    }
    let refused = double.inner.state.lock().block_refusals.pop_front();
    if let Some(code) = refused {
        let who = &body["block_users"][0]["user"];
        let errors =
            json!([{ "message": format!("(#{code}) refused"), "code": code, "error_data": { "details": "" } }]);
        let answer = json!({
            "messaging_product": "whatsapp",
            "block_users": { "failed_users": [{ "input": who, "wa_id": who, "errors": errors }] },
            "error": { "message": "(#139100) Failed to block/unblock users", "type": "OAuthException", "code": 139_100 },
        });
        return (StatusCode::BAD_REQUEST, Json(answer)).into_response();
    }
    match double.block(body, block) {
        Ok(answer) => Json(answer).into_response(),
        Err((status, code, message)) => refuse(status, code, message),
    }
}

/// The bearer token of a request.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.map(str::trim).filter(|token| !token.is_empty())
}

/// A refusal as the Graph API writes it.
pub(super) fn refuse(status: StatusCode, code: i64, message: &str) -> Response {
    let error = json!({ "error": {
        "message": format!("(#{code}) {message}"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": message }, "fbtrace_id": "double",
    } });
    (status, Json(error)).into_response()
}

/// Posts the notices back to our webhook, `pause` after one another; ends when the double is gone.
pub async fn post_notices(
    mut notices: mpsc::Receiver<Notice>,
    webhook: Webhook,
    clock: Arc<dyn Clock>,
    pause: Duration,
) {
    while let Some(notice) = notices.recv().await {
        // All that wait share one pause, so that a busy double does not fall behind.
        tokio::time::sleep(pause).await;
        let mut due = vec![notice];
        while let Ok(more) = notices.try_recv() {
            due.push(more);
        }
        for notice in due {
            let Notice { phone_number_id, wamid, to, status } = &notice;
            webhook.post(&status_body(phone_number_id, wamid, to, status, clock.now())).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::transport::{Recipient, SendError, graph_request};
    use crate::feedback::wording::{Params, TEMPLATES, Wording};
    use crate::model::clock::ManualClock;

    fn double(capacity: usize) -> (GraphDouble, mpsc::Receiver<Notice>) {
        GraphDouble::new(capacity, 1, Arc::new(ManualClock::at(Timestamp::from_secs(1_795_262_400))))
    }

    fn refusal(payload: &Value) -> SendError {
        let (double, _notices) = double(3);
        let (status, code, message) = double.take("1065", true, payload.to_string().as_bytes()).expect_err("refused");
        let body = json!({ "error": { "code": code, "message": message } }).to_string();
        SendError::from_graph(status.as_u16(), None, &body)
    }

    #[test]
    fn every_message_we_compose_is_taken() {
        let (double, mut notices) = double(100);
        let wording = Wording::builtin().expect("complete");
        let params = Params { text: Some("baik".to_owned()), eta_min: Some(4), ..Params::default() };
        for &template in TEMPLATES {
            for to in [Recipient::Phone("62812".to_owned()), Recipient::UserId("ID.7".to_owned())] {
                let request = graph_request(&to, &wording.compose(template, &params)).to_string();
                let answer = double.take("1065", true, request.as_bytes());
                assert!(answer.is_ok_and(|answer| answer["messages"][0]["id"].is_string()), "{request}");
            }
        }
        assert_eq!(double.sent().len(), TEMPLATES.len() * 2);
        assert!(double.sent().iter().all(|sent| sent.text.as_ref().is_some_and(|text| !text.is_empty())));
        let statuses: Vec<_> = std::iter::from_fn(|| notices.try_recv().ok()).map(|notice| notice.status).collect();
        assert_eq!(statuses.len(), TEMPLATES.len() * 2 * 3);
        assert_eq!(statuses[..3], ["sent", "delivered", "read"]);
    }

    #[test]
    fn what_meta_refuses_is_refused() {
        let good = json!({ "messaging_product": "whatsapp", "to": "62812", "type": "text", "text": { "body": "x" } });
        let without = |key: &str| {
            let mut payload = good.clone();
            payload[key] = Value::Null;
            payload
        };
        for payload in [without("messaging_product"), without("to"), without("text"), json!([]), json!({})] {
            assert!(matches!(refusal(&payload), SendError::Permanent { .. }), "{payload}");
        }
        let (double, _notices) = double(3);
        let refused = double.take("1065", false, good.to_string().as_bytes()).expect_err("no token");
        assert_eq!((refused.0, refused.1), (StatusCode::UNAUTHORIZED, 190));
        assert!(double.take("1065", true, good.to_string().as_bytes()).is_ok());
        assert!(
            double.take("1065", true, br#"{"messaging_product":"whatsapp","status":"read","message_id":"w"}"#).is_ok()
        );
        assert_eq!(double.sent().len(), 1);
    }

    #[test]
    fn only_the_last_messages_are_kept_and_a_full_channel_does_no_harm() {
        let (double, _notices) = double(10);
        for at in 0..3000 {
            double.remember("1065", &at.to_string(), None, &Value::Null);
        }
        let kept: Vec<_> = double.sent().into_iter().map(|sent| sent.to).collect();
        assert_eq!(kept, (2990..3000).map(|at| at.to_string()).collect::<Vec<_>>());
    }
}
