//! Messages to WhatsApp: an [`Outbound`] becomes a request of Meta's Graph API, and goes out; or it
//! goes out over a gateway (see [`super::gowa`]).
//!
//! [`graph_request`] and [`SendError::from_graph`] are pure; only [`GraphTransport`] does I/O.

use std::time::Duration;

use serde_json::{Value, json};

use super::form::{Form, boundary};
use super::gowa::GowaTransport;
use super::wording::{MAX_BUTTONS, MetaTemplate, Outbound};

/// Longest wait for an answer of the Graph API.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait before one more message to the same person (131056: one in 6 s). Seconds.
const PAIR_RATE_S: u32 = 6;

/// How long to wait when Meta limits the whole number or is not well. Seconds.
const LATER_S: u32 = 30;

/// What the outbox says where a linked telephone is to block somebody.
const GATEWAY_BLOCKS_NOBODY: &str =
    "a linked telephone (GOWA) has no call that blocks or unblocks anybody; do it by hand on that telephone";

/// To whom: the number when we have it, else the user id (since 2026 a number may be hidden).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Business-scoped user id (since 2026).
    UserId(String),
    /// Telephone number, digits only.
    Phone(String),
    /// Name at a gateway that shows no number (`…@lid`).
    Jid(String),
}

/// A file that goes along with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How the messages of an office leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Meta's Cloud API.
    Graph(GraphTransport),
    /// A linked telephone.
    Gowa(GowaTransport),
    /// Nowhere: a rehearsal writes down what would have left.
    Recorder(super::recorder::Recorder),
}

impl Transport {
    /// Sends one message from our `line` and gives the channel's id for it.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn deliver(
        &self,
        line: &str,
        to: &Recipient,
        out: &Outbound,
        attached: Option<&Attachment>,
    ) -> Result<String, SendError> {
        match self {
            Self::Gowa(gateway) => gateway.send(line, to, out, attached).await,
            Self::Recorder(recorder) => Ok(recorder.note("whatsapp", &out.text)),
            Self::Graph(graph) => {
                let uploaded = match attached {
                    Some(file) => Some(graph.upload(line, file).await?),
                    None => None,
                };
                graph.send(line, &graph_request_with(to, out, uploaded.as_deref())).await
            }
        }
    }

    /// Tells a person that his message was seen and that an answer is being written. Failing is no harm.
    pub async fn seen(&self, line: &str, external_id: &str) {
        if let Self::Graph(graph) = self {
            let request = seen_request(external_id);
            if let Err(error) = graph.call(graph.post(line, "messages").json(&request)).await {
                tracing::debug!(error = %error, "a message could not be marked as seen");
            }
        }
    }

    /// Ends a call over the channel without taking it. Failing is no harm: it rings out.
    pub async fn refuse_call(&self, line: &str, call_id: &str) {
        if let Self::Graph(graph) = self {
            let request = json!({ "messaging_product": "whatsapp", "call_id": call_id, "action": "reject" });
            if let Err(error) = graph.call(graph.post(line, "calls").json(&request)).await {
                tracing::debug!(error = %error, "a call could not be refused; it rings out");
            }
        }
    }

    /// What Meta says of our `line`; none of a linked telephone, which knows nothing of itself.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn about(&self, line: &str) -> Result<Option<AboutNumber>, SendError> {
        let Self::Graph(graph) = self else { return Ok(None) };
        let fields = [("fields", "display_phone_number,verified_name,quality_rating")];
        let request = graph.client.get(format!("{}/{line}", graph.base)).bearer_auth(&graph.token).query(&fields);
        let answer = graph.call(request).await?;
        let text = |key: &str| answer[key].as_str().map(str::to_owned);
        let (display, name) = (text("display_phone_number"), text("verified_name"));
        Ok(Some(AboutNumber { display, name, quality: text("quality_rating") }))
    }

    /// Whether nothing leaves over it.
    #[must_use]
    pub const fn only_records(&self) -> bool {
        matches!(self, Self::Recorder(_))
    }

    /// Whether only templates may be sent 24 hours after a person's last message.
    #[must_use]
    pub const fn has_window(&self) -> bool {
        matches!(self, Self::Graph(_))
    }

    /// Has the channel itself block a person, or let him in again. Asking twice does no harm.
    ///
    /// # Errors
    /// [`SendError`]; Meta blocks only who wrote within 24 hours ([`SendError::Window`]); a gateway
    /// cannot block at all.
    pub async fn set_blocked(&self, line: &str, who: &Recipient, blocked: bool) -> Result<(), SendError> {
        match self {
            Self::Graph(graph) => {
                let request = if blocked { graph.post(line, "block_users") } else { graph.delete(line, "block_users") };
                graph.call(request.json(&block_request(who))).await.map(drop)
            }
            Self::Gowa(_) => Err(SendError::Permanent { code: 0, why: GATEWAY_BLOCKS_NOBODY.to_owned() }),
            Self::Recorder(recorder) => {
                drop(recorder.note("whatsapp", if blocked { "block" } else { "unblock" }));
                Ok(())
            }
        }
    }
}

/// What Meta says of a number of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutNumber {
    /// As people write it.
    pub display: Option<String>,
    /// The name people see.
    pub name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: Option<String>,
}

/// Why a message did not go out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Try the same message again.
    #[error("the message may go out later: {why}")]
    Retry {
        /// How long to wait, seconds.
        after_s: u32,
        /// What was said.
        why: String,
    },
    /// More than 24 h since the person's last message (131047): only a template may be sent.
    #[error("the service window of the reporter has closed")]
    Window,
    /// It will never go out.
    #[error("the message was refused with code {code}: {why}")]
    Permanent {
        /// Meta's code, or the HTTP status when there is none.
        code: i64,
        /// What was said.
        why: String,
    },
}

impl SendError {
    /// What an error answer of the Graph API means for us. `retry_after_s` is its Retry-After header.
    #[must_use]
    pub fn from_graph(status: u16, retry_after_s: Option<u32>, body: &str) -> Self {
        let body = serde_json::from_str::<Value>(body).unwrap_or_default();
        // Of a block that failed the reason stands with the person (139100 says only that it did).
        let one = ["/block_users/failed_users/0/errors/0", "/error"].iter().find_map(|at| body.pointer(at)).cloned();
        let error = one.unwrap_or_default();
        let code = error["code"].as_i64().unwrap_or_else(|| i64::from(status));
        let why = error["message"].as_str().unwrap_or("no reason given").chars().take(200).collect();
        match code {
            131_047 => Self::Window,
            131_056 => Self::Retry { after_s: retry_after_s.unwrap_or(PAIR_RATE_S), why },
            // 1, 2 API trouble; 4, 80007, 130429 rate; 131000 unknown; 131016 overloaded; 133004 away;
            // 139102, 139103 block list busy
            1 | 2 | 4 | 80_007 | 130_429 | 131_000 | 131_016 | 133_004 | 139_102 | 139_103 => {
                Self::Retry { after_s: retry_after_s.unwrap_or(LATER_S), why }
            }
            _ if status == 429 || status >= 500 || error["is_transient"] == true => {
                Self::Retry { after_s: retry_after_s.unwrap_or(LATER_S), why }
            }
            _ => Self::Permanent { code, why },
        }
    }
}

/// The body of `POST /{version}/{phone_number_id}/messages` for this message.
#[must_use]
pub fn graph_request(to: &Recipient, out: &Outbound) -> Value {
    graph_request_with(to, out, None)
}

/// The same with the photo that was uploaded for it, by Meta's id.
#[must_use]
pub fn graph_request_with(to: &Recipient, out: &Outbound, uploaded: Option<&str>) -> Value {
    let mut request = json!({ "messaging_product": "whatsapp", "recipient_type": "individual" });
    match to {
        Recipient::UserId(id) | Recipient::Jid(id) => request["recipient"] = json!(id),
        Recipient::Phone(digits) => request["to"] = json!(digits),
    }
    if let Some(template) = &out.template {
        request["type"] = json!("template");
        request["template"] = template_content(template);
        return request;
    }
    if let Some(id) = uploaded {
        request["type"] = json!("image");
        request["image"] = json!({ "id": id, "caption": out.text });
        return request;
    }
    let interactive = if out.ask_location {
        json!({
            "type": "location_request_message",
            "body": { "text": out.text },
            "action": { "name": "send_location" },
        })
    } else if out.buttons.len() > MAX_BUTTONS {
        list(out)
    } else if !out.buttons.is_empty() {
        let reply = |(id, title): &(String, String)| json!({ "type": "reply", "reply": { "id": id, "title": title } });
        let buttons: Vec<Value> = out.buttons.iter().map(reply).collect();
        json!({ "type": "button", "body": { "text": out.text }, "action": { "buttons": buttons } })
    } else {
        request["type"] = json!("text");
        request["text"] = json!({ "preview_url": false, "body": out.text });
        return request;
    };
    request["type"] = json!("interactive");
    request["interactive"] = interactive;
    request
}

/// More buttons than fit are a list: one section whose rows are the buttons.
fn list(out: &Outbound) -> Value {
    let row = |(id, title): &(String, String)| json!({ "id": id, "title": title });
    let rows: Vec<Value> = out.buttons.iter().map(row).collect();
    json!({
        "type": "list",
        "body": { "text": out.text },
        "action": { "button": "Pilih", "sections": [{ "rows": rows }] },
    })
}

fn template_content(template: &MetaTemplate) -> Value {
    let params: Vec<Value> = template.params.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    let mut content = json!({ "name": template.name, "language": { "code": template.language } });
    let mut components = Vec::new();
    if !params.is_empty() {
        components.push(json!({ "type": "body", "parameters": params }));
    }
    if let Some(code) = &template.code {
        let parameters = json!([{ "type": "text", "text": code }]);
        components.push(json!({ "type": "button", "sub_type": "url", "index": "0", "parameters": parameters }));
    }
    if !components.is_empty() {
        content["components"] = components.into();
    }
    content
}

/// The body that marks a message as read and shows that an answer is being written.
fn seen_request(external_id: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": external_id,
        "typing_indicator": { "type": "text" },
    })
}

/// The body of `POST` and `DELETE /{version}/{phone_number_id}/block_users`.
fn block_request(who: &Recipient) -> Value {
    let who = match who {
        Recipient::UserId(id) | Recipient::Jid(id) | Recipient::Phone(id) => id,
    };
    json!({ "messaging_product": "whatsapp", "block_users": [{ "user": who }] })
}

/// Sends requests to the Graph API (or to anything that speaks it).
#[derive(Debug, Clone)]
pub struct GraphTransport {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl GraphTransport {
    /// A transport to `base` (`https://graph.facebook.com/v23.0`) with a bearer `token`.
    /// Follows no redirect and gives up after 10 s.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(base: &str, token: &str) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// Sends one message from our number and gives Meta's id for it (`wamid.…`).
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn send(&self, phone_number_id: &str, body: &Value) -> Result<String, SendError> {
        let answer = self.call(self.post(phone_number_id, "messages").json(body)).await?;
        // Taken, but unnamed: sending it again would be worse than not following it.
        Ok(answer["messages"][0]["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Hands Meta a file to send and gives Meta's id for it; it lives 30 days there.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn upload(&self, phone_number_id: &str, file: &Attachment) -> Result<String, SendError> {
        let later = |why: String| SendError::Retry { after_s: PAIR_RATE_S, why };
        let boundary = boundary().map_err(|error| later(error.to_string()))?;
        let form = Form::new(&boundary).field("messaging_product", "whatsapp").field("type", &file.mime);
        let (kind, body) = form.file("file", "foto.jpg", &file.mime, &file.bytes).finish();
        let request = self.post(phone_number_id, "media").header("content-type", kind).body(body);
        let answer = self.call(request).await?;
        answer["id"].as_str().map(str::to_owned).ok_or_else(|| later("the file got no id".to_owned()))
    }

    fn post(&self, phone_number_id: &str, what: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}/{phone_number_id}/{what}", self.base)).bearer_auth(&self.token)
    }

    fn delete(&self, phone_number_id: &str, what: &str) -> reqwest::RequestBuilder {
        self.client.delete(format!("{}/{phone_number_id}/{what}", self.base)).bearer_auth(&self.token)
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Value, SendError> {
        let later =
            |error: reqwest::Error| SendError::Retry { after_s: PAIR_RATE_S, why: error.without_url().to_string() };
        let answer = request.send().await.map_err(later)?;
        let status = answer.status();
        let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let text = answer.text().await.map_err(later)?;
        if !status.is_success() {
            return Err(SendError::from_graph(status.as_u16(), retry_after, &text));
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

/// Makes ring the cryptography of this process; harmless when one is chosen already.
pub fn use_ring() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(text: &str) -> Outbound {
        Outbound { text: text.to_owned(), ..Outbound::default() }
    }

    #[test]
    fn a_text_has_the_shape_of_the_cloud_api() {
        let request = graph_request(&Recipient::Phone("6281200000001".to_owned()), &out("baik"));
        let wanted = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281200000001",
            "type": "text", "text": { "preview_url": false, "body": "baik" },
        });
        assert_eq!(request, wanted);
    }

    #[test]
    fn a_location_request_has_the_shape_of_the_cloud_api() {
        let ask = Outbound { ask_location: true, ..out("di mana?") };
        let request = graph_request(&Recipient::UserId("ID.77".to_owned()), &ask);
        let wanted = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "ID.77",
            "type": "interactive",
            "interactive": {
                "type": "location_request_message",
                "body": { "text": "di mana?" },
                "action": { "name": "send_location" },
            },
        });
        assert_eq!(request, wanted);
    }

    #[test]
    fn buttons_have_the_shape_of_the_cloud_api() {
        let buttons = vec![("sudah".to_owned(), "Sudah".to_owned()), ("belum".to_owned(), "Belum selesai".to_owned())];
        let request = graph_request(&Recipient::Phone("62812".to_owned()), &Outbound { buttons, ..out("selesai?") });
        let wanted = json!({
            "type": "button",
            "body": { "text": "selesai?" },
            "action": { "buttons": [
                { "type": "reply", "reply": { "id": "sudah", "title": "Sudah" } },
                { "type": "reply", "reply": { "id": "belum", "title": "Belum selesai" } },
            ] },
        });
        assert_eq!(request["interactive"], wanted);
        assert_eq!(request["type"], "interactive");
    }

    #[test]
    fn five_choices_are_a_list() {
        let buttons = (1..=5).map(|n| (format!("bintang_{n}"), n.to_string())).collect();
        let to = Recipient::Phone("62812".to_owned());
        let request = graph_request(&to, &Outbound { buttons, ..out("puas?") });
        let list = &request["interactive"];
        assert_eq!((&list["type"], &list["action"]["button"]), (&json!("list"), &json!("Pilih")));
        assert_eq!(list["action"]["sections"][0]["rows"].as_array().map(Vec::len), Some(5));
    }

    #[test]
    fn a_photo_and_a_template_have_the_shape_of_the_cloud_api() {
        let to = Recipient::Phone("62812".to_owned());
        let photo = graph_request_with(&to, &out("sudah aman"), Some("4000"));
        assert_eq!(
            (&photo["type"], &photo["image"]),
            (&json!("image"), &json!({ "id": "4000", "caption": "sudah aman" }))
        );
        let template = MetaTemplate {
            name: "laporan_selesai".to_owned(),
            language: "id".to_owned(),
            code: None,
            params: vec!["MDN-20261121-0042".to_owned()],
        };
        let request = graph_request(&to, &Outbound { template: Some(template), ..out("selesai") });
        let wanted = json!({
            "name": "laporan_selesai", "language": { "code": "id" },
            "components": [{ "type": "body", "parameters": [{ "type": "text", "text": "MDN-20261121-0042" }] }],
        });
        assert_eq!((&request["type"], &request["template"]), (&json!("template"), &wanted));
    }

    fn graph_error(code: i64) -> String {
        json!({ "error": { "message": format!("(#{code}) x"), "type": "OAuthException", "code": code } }).to_string()
    }

    #[test]
    fn errors_are_sorted_by_what_can_be_done() {
        assert_eq!(SendError::from_graph(400, None, &graph_error(131_047)), SendError::Window);
        for code in [130_429, 131_056, 131_016, 131_000, 2] {
            let error = SendError::from_graph(400, None, &graph_error(code));
            assert!(matches!(error, SendError::Retry { .. }), "{code}: {error:?}");
        }
        for code in [190, 131_008, 131_009, 131_026, 131_048, 131_049, 131_051, 100] {
            let error = SendError::from_graph(400, None, &graph_error(code));
            assert!(matches!(error, SendError::Permanent { code: found, .. } if found == code), "{code}: {error:?}");
        }
    }

    #[test]
    fn answers_that_are_not_from_graph_are_retried_only_when_they_may_pass() {
        assert!(matches!(SendError::from_graph(502, None, "<html>"), SendError::Retry { .. }));
        assert!(matches!(SendError::from_graph(429, Some(7), ""), SendError::Retry { after_s: 7, .. }));
        assert!(matches!(SendError::from_graph(404, None, "{}"), SendError::Permanent { code: 404, .. }));
        assert!(matches!(SendError::from_graph(302, None, ""), SendError::Permanent { code: 302, .. }));
    }
}
