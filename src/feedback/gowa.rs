//! Messages to WhatsApp over a linked telephone (go-whatsapp-web-multidevice): what has buttons at
//! Meta has numbers here. [`gowa_request`] and [`send_error`] are pure; [`GowaTransport`] does I/O.

use std::time::Duration;

use serde_json::{Value, json};

use super::form::{Form, boundary};
use super::transport::{Attachment, Recipient, SendError, use_ring};
use super::wording::Outbound;

/// Longest wait for an answer; the gateway itself talks to WhatsApp meanwhile.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait when the gateway is away or not logged in. Seconds.
const LATER_S: u32 = 30;

/// Whom the gateway is to write to: the number's JID, or the JID itself where no number is known.
#[must_use]
pub fn jid(to: &Recipient) -> Option<String> {
    match to {
        Recipient::Phone(digits) => Some(format!("{digits}@s.whatsapp.net")),
        Recipient::Jid(jid) => Some(jid.clone()),
        Recipient::UserId(_) => None,
    }
}

/// The body of `POST /send/message`.
#[must_use]
pub fn gowa_request(jid: &str, out: &Outbound) -> Value {
    json!({ "phone": jid, "message": out.as_plain_text() })
}

/// What an error answer of the gateway means for us.
#[must_use]
pub fn send_error(status: u16, body: &str) -> SendError {
    let answer = serde_json::from_str::<Value>(body).unwrap_or_default();
    let why = answer["message"].as_str().unwrap_or("no reason given").chars().take(200).collect();
    match status {
        // 401: somebody has to set the password right, the message can wait for that.
        401 | 429 | 500.. => SendError::Retry { after_s: LATER_S, why },
        _ => SendError::Permanent { code: i64::from(status), why },
    }
}

/// Sends over one gateway.
#[derive(Debug, Clone)]
pub struct GowaTransport {
    client: reqwest::Client,
    base: String,
    user: String,
    password: String,
}

impl GowaTransport {
    /// A transport to the gateway at `base` (`http://127.0.0.1:3000`) with its user and password.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(base: &str, user: &str, password: &str) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { client, base, user: user.to_owned(), password: password.to_owned() })
    }

    /// Sends one message from the telephone `device` and gives WhatsApp's id for it.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn send(
        &self,
        device: &str,
        to: &Recipient,
        out: &Outbound,
        attached: Option<&Attachment>,
    ) -> Result<String, SendError> {
        let permanent = |why: &str| SendError::Permanent { code: 0, why: why.to_owned() };
        let jid = jid(to).ok_or_else(|| permanent("the gateway writes to numbers only"))?;
        let request = match attached {
            None => self.post(device, "/send/message").json(&gowa_request(&jid, out)),
            Some(file) => {
                let boundary = boundary().map_err(|error| SendError::Retry { after_s: 1, why: error.to_string() })?;
                let form = Form::new(&boundary).field("phone", &jid).field("caption", &out.as_plain_text());
                let (kind, body) = form.file("image", "foto.jpg", &file.mime, &file.bytes).finish();
                self.post(device, "/send/image").header("content-type", kind).body(body)
            }
        };
        self.deliver(request).await
    }

    fn post(&self, device: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.base)).basic_auth(&self.user, Some(&self.password));
        request.header("x-device-id", device)
    }

    async fn deliver(&self, request: reqwest::RequestBuilder) -> Result<String, SendError> {
        let later = |error: reqwest::Error| SendError::Retry { after_s: LATER_S, why: error.without_url().to_string() };
        let answer = request.send().await.map_err(later)?;
        let status = answer.status();
        let text = answer.text().await.map_err(later)?;
        if !status.is_success() {
            return Err(send_error(status.as_u16(), &text));
        }
        let answer = serde_json::from_str::<Value>(&text).unwrap_or_default();
        // Taken, but unnamed: sending it again would be worse than not following it.
        Ok(answer["results"]["message_id"].as_str().unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_become_numbers_and_a_place_is_asked_for_in_words() {
        let buttons = vec![("sudah".to_owned(), "Sudah".to_owned()), ("belum".to_owned(), "Belum selesai".to_owned())];
        let out = Outbound { text: "Apakah sudah selesai?".to_owned(), buttons, ..Outbound::default() };
        let request = gowa_request("62812@s.whatsapp.net", &out);
        assert_eq!(request["phone"], "62812@s.whatsapp.net");
        let text = request["message"].as_str().expect("words");
        assert!(text.starts_with("Apakah sudah selesai?\n\n1. Sudah\n2. Belum selesai\n"), "{text}");
        let ask = Outbound { text: "Di mana?".to_owned(), ask_location: true, ..Outbound::default() };
        let text = ask.as_plain_text();
        assert!(text.starts_with("Di mana?\n\n") && text.contains("Lokasi"), "{text}");
    }

    #[test]
    fn a_number_or_a_gateway_name_can_be_written_to_and_a_user_id_cannot() {
        assert_eq!(jid(&Recipient::Phone("62812".to_owned())).as_deref(), Some("62812@s.whatsapp.net"));
        assert_eq!(jid(&Recipient::Jid("2515@lid".to_owned())).as_deref(), Some("2515@lid"));
        assert_eq!(jid(&Recipient::UserId("ID.1".to_owned())), None);
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for status in [401, 429, 500, 503] {
            assert!(matches!(send_error(status, ""), SendError::Retry { .. }), "{status}");
        }
        let refused = send_error(400, r#"{"code":"INVALID_JID","message":"your JID is invalid"}"#);
        assert_eq!(refused, SendError::Permanent { code: 400, why: "your JID is invalid".to_owned() });
    }
}
