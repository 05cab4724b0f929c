//! Meta's side of the webhook: bodies in the shape of the Cloud API, signed and posted to us.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::feedback::transport::use_ring;
use crate::model::clock::Timestamp;

/// How often a body is posted before it is given up. Meta goes on for days; a demo need not.
const TRIES: u32 = 4;

/// `X-Hub-Signature-256` for `body`.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    // HMAC takes keys of any length: the error cannot happen, and an empty header is refused.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mac| format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes())),
    )
}

/// JSON as Meta writes it: slashes escaped, everything beyond ASCII as `\uXXXX`.
#[must_use]
pub fn escaped(body: &Value) -> String {
    let mut units = [0; 2];
    let mut text = String::new();
    for character in body.to_string().chars() {
        match character {
            '/' => text.push_str("\\/"),
            _ if character.is_ascii() => text.push(character),
            _ => {
                text.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

/// A webhook body around one `value` for the line `phone_number_id`.
#[must_use]
pub fn envelope(phone_number_id: &str, mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({ "display_phone_number": "628110000110", "phone_number_id": phone_number_id });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": value }] }],
    })
}

/// A webhook body that says how far our message `wamid` has come.
#[must_use]
pub fn status_body(phone_number_id: &str, wamid: &str, recipient: &str, status: &str, at: Timestamp) -> Value {
    let status = json!({
        "id": wamid, "status": status, "timestamp": (at.micros() / 1_000_000).to_string(), "recipient_id": recipient,
    });
    envelope(phone_number_id, json!({ "statuses": [status] }))
}

/// Posts signed bodies to a webhook, as Meta does.
#[derive(Debug, Clone)]
pub struct Webhook {
    client: reqwest::Client,
    url: String,
    secret: String,
}

impl Webhook {
    /// A poster to `{base_url}/v1/channels/whatsapp/webhook` that signs with `app_secret`.
    ///
    /// # Errors
    /// The HTTP client cannot be built on this machine.
    pub fn new(base_url: &str, app_secret: &str) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
        let url = format!("{}/v1/channels/whatsapp/webhook", base_url.trim_end_matches('/'));
        Ok(Self { client, url, secret: app_secret.to_owned() })
    }

    /// Posts one body, again after a pause when it was not taken; whether it was.
    pub async fn post(&self, body: &Value) -> bool {
        let bytes = escaped(body);
        let signature = sign(&self.secret, bytes.as_bytes());
        for attempt in 0..TRIES {
            let request = self.client.post(&self.url);
            let request = request.header("content-type", "application/json").header("x-hub-signature-256", &signature);
            match request.body(bytes.clone()).send().await {
                Ok(answer) if answer.status().is_success() => return true,
                Ok(answer) => tracing::debug!(status = answer.status().as_u16(), "the webhook did not take a body"),
                Err(error) => tracing::debug!(%error, "the webhook cannot be reached"),
            }
            tokio::time::sleep(Duration::from_millis(500 << attempt)).await;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::whatsapp::{Inbound, MessageStatus, parse, verify};

    #[test]
    fn what_is_signed_here_is_accepted_there() {
        let body = escaped(&json!({ "text": "é🔥/" }));
        assert_eq!(body, r#"{"text":"\u00e9\ud83d\udd25\/"}"#);
        let header = sign("secret", body.as_bytes());
        assert!(verify(&["secret".to_owned()], Some(&header), body.as_bytes()));
        assert!(!verify(&["other".to_owned()], Some(&header), body.as_bytes()));
    }

    #[test]
    fn a_status_reads_back_as_it_was_said() {
        let at = Timestamp::from_secs(1_795_262_000);
        let body = status_body("1065", "wamid.X", "62812", "delivered", at);
        let items = parse(escaped(&body).as_bytes(), at.plus_secs(5)).expect("a webhook");
        let wanted = Inbound::Status {
            external_id: "wamid.X".to_owned(),
            status: MessageStatus::Delivered,
            at,
            error_code: None,
        };
        assert_eq!(items, [wanted]);
    }
}
