//! The media of the Graph double: ids become addresses, addresses bytes, and files that are sent to
//! it get ids. What it serves can be told to misbehave as the network does.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::graph_double::{refuse, token};
use super::invented;

/// Largest file that can be sent to the double: Meta's limit for documents, bytes.
const MOST_BYTES: usize = 100 * 1024 * 1024;

/// What lies under an id.
#[derive(Debug, Clone)]
pub enum Lies {
    /// A file: its type and bytes.
    Here(String, Bytes),
    /// The address that is told, whatever it is.
    At(String),
    /// The address is ours, and answers with a redirect to this one.
    Moved(String),
    /// Asking for it is answered with this status.
    Refused(StatusCode),
}

/// Files the double knows, and what was asked of it.
#[derive(Debug, Clone, Default)]
pub struct GraphMedia(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    files: HashMap<String, Lies>,
    /// Requests of media since the start, addresses and files.
    asked: usize,
    next: u64,
    /// Invents what it does not know.
    invents: bool,
}

impl GraphMedia {
    /// Puts something under an id.
    pub fn put(&self, id: &str, lies: Lies) {
        self.0.lock().files.insert(id.to_owned(), lies);
    }

    /// A file that was sent to the double.
    #[must_use]
    pub fn file(&self, id: &str) -> Option<(String, Bytes)> {
        match self.0.lock().files.get(id) {
            Some(Lies::Here(mime, bytes)) => Some((mime.clone(), bytes.clone())),
            _ => None,
        }
    }

    /// How often an address or a file was asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.0.lock().asked
    }

    /// The doors `GET /{version}/{media_id}`, `GET /media/{id}/file` and `POST /{version}/{number}/media`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/{version}/{media_id}", get(address))
            .route("/media/{media_id}/file", get(file))
            .route("/{version}/{phone_number_id}/media", post(upload))
            .layer(DefaultBodyLimit::max(MOST_BYTES))
            .with_state(self.clone())
    }

    /// From now on, invents the files of the simulated citizens.
    pub fn invent(&self) {
        self.0.lock().invents = true;
    }

    fn ask(&self, id: &str) -> Option<Lies> {
        let mut memory = self.0.lock();
        memory.asked += 1;
        let known = memory.files.get(id).cloned();
        known.or_else(|| {
            memory.invents.then(|| invented::file(id)).flatten().map(|(mime, bytes)| Lies::Here(mime, bytes))
        })
    }
}

fn unknown() -> Response {
    refuse(StatusCode::BAD_REQUEST, 100, "Unsupported get request. Object does not exist.")
}

async fn address(
    State(media): State<GraphMedia>,
    Path((_version, id)): Path<(String, String)>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
) -> Response {
    if token(&headers).is_none() {
        return refuse(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token.");
    }
    if asked.is_some_and(|asked| asked.contains("display_phone_number")) {
        return number(&id);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = format!("http://{host}/media/{id}/file");
    let told = |url: &str, more: Value| {
        let mut answer = json!({ "messaging_product": "whatsapp", "url": url, "id": id });
        if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), more) {
            answer.extend(more);
        }
        Json(answer).into_response()
    };
    match media.ask(&id) {
        Some(Lies::Here(mime, bytes)) => {
            let hash = hex::encode(Sha256::digest(&bytes));
            told(&own, json!({ "mime_type": mime, "sha256": hash, "file_size": bytes.len() }))
        }
        Some(Lies::At(url)) => told(&url, json!({})),
        Some(Lies::Moved(_)) => told(&own, json!({})),
        Some(Lies::Refused(status)) => refuse(status, 1, "An unknown error occurred."),
        None => unknown(),
    }
}

/// What Meta says of one of our numbers; ids that begin with 9 are nobody's.
fn number(id: &str) -> Response {
    if id.starts_with('9') {
        return unknown();
    }
    let (display, name) = ("+62 811-0000-110", "Layanan Contoh");
    Json(json!({ "id": id, "display_phone_number": display, "verified_name": name, "quality_rating": "GREEN" }))
        .into_response()
}

async fn file(State(media): State<GraphMedia>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if token(&headers).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match media.ask(&id) {
        Some(Lies::Here(mime, bytes)) => ([(header::CONTENT_TYPE, mime)], bytes).into_response(),
        Some(Lies::Moved(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A form with the parts `messaging_product`, `type` and `file`, as Meta asks for it.
async fn upload(State(media): State<GraphMedia>, headers: HeaderMap, body: Bytes) -> Response {
    if token(&headers).is_none() {
        return refuse(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token.");
    }
    let parts = headers.get(header::CONTENT_TYPE).and_then(|kind| parts(kind.to_str().ok()?, &body));
    let parts = parts.unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let named = part("messaging_product").is_some_and(|part| part.bytes == "whatsapp".as_bytes());
    match part("file").filter(|part| named && !part.bytes.is_empty()) {
        Some(file) => {
            let id = {
                let mut memory = media.0.lock();
                memory.next += 1;
                format!("{}", 4_000_000_000_000_000 + memory.next)
            };
            media.put(&id, Lies::Here(file.mime.clone().unwrap_or_default(), file.bytes.clone()));
            Json(json!({ "id": id })).into_response()
        }
        None => refuse(StatusCode::BAD_REQUEST, 100, "The parameters messaging_product and file are required."),
    }
}

/// One part of a form.
pub(super) struct FormPart {
    pub(super) name: String,
    pub(super) mime: Option<String>,
    pub(super) bytes: Bytes,
}

/// The parts of a `multipart/form-data` body (RFC 7578).
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<FormPart>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split_once("boundary=")?.1;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let mark = format!("--{boundary}");
    let mut found = Vec::new();
    let mut begins: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(next) = find(body.get(at..)?, mark.as_bytes()) {
        begins.push(at + next);
        at += next + mark.len();
    }
    for pair in begins.windows(2) {
        let &[from, to] = pair else { continue };
        let part = body.slice(from + mark.len()..to);
        let head = find(&part, b"\r\n\r\n")?;
        let words = String::from_utf8_lossy(part.get(..head)?).into_owned();
        let name = words.split_once("name=\"")?.1.split('"').next()?.to_owned();
        let mime = words.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
        });
        let bytes = part.slice(head + 4..part.len().checked_sub(2)?.max(head + 4));
        found.push(FormPart { name, mime, bytes });
    }
    Some(found)
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_apart() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
            --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\
            \u{1}\r\n\u{2}\r\n--x--\r\n";
        let found = parts("multipart/form-data; boundary=x", &Bytes::from_static(body.as_bytes())).expect("a form");
        let named: Vec<_> =
            found.iter().map(|part| (part.name.as_str(), part.mime.as_deref(), &part.bytes[..])).collect();
        let wanted: [(&str, Option<&str>, &[u8]); 2] =
            [("messaging_product", None, b"whatsapp"), ("file", Some("image/jpeg"), b"\x01\r\n\x02")];
        assert_eq!(named, wanted);
    }
}
