//! Carries links to agencies: by WhatsApp, e-mail or a signed webhook, with retries; what fails for
//! good stays visible on the card. A reminder is the same parcel once more.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desks::{Chain, ClockDebug};
use super::lines::Route;
use super::webhook_post::WebhookPost;
use crate::config::Referrals;
use crate::feedback::recorder::Recorder;
use crate::feedback::referral::reminder;
use crate::feedback::transport::{Recipient, SendError};
use crate::feedback::wording::{MetaTemplate, Outbound};
use crate::store::Store;
use crate::store::agencies::AgencyChannel;
use crate::store::referrals::{Delivery, dead_delivery, mark_delivered, retry_delivery};

/// A link is tried this often before it is given up: with the pauses below, two hours.
const MOST_ATTEMPTS: u32 = 8;

/// Looks at the table this often.
const EVERY: Duration = Duration::from_millis(500);

/// Sends what is due.
#[derive(Debug)]
pub struct Courier {
    /// Where deliveries wait.
    pub store: Store,
    /// Webhooks.
    pub webhooks: WebhookPost,
    /// The way out of each office to WhatsApp.
    pub routes: HashMap<String, Route>,
    /// Settings.
    pub settings: Referrals,
    /// In a rehearsal: takes everything, so that nothing leaves.
    pub recorder: Option<Recorder>,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
}

impl Courier {
    /// Sends until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            self.round().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn round(&self) {
        let due = match self.store.due_deliveries(self.clock.now(), 20).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the links to agencies cannot be read");
                return;
            }
        };
        for delivery in due {
            self.carry(&delivery).await;
        }
    }

    async fn carry(&self, delivery: &Delivery) {
        let result = self.send(delivery).await;
        let now = self.clock.now();
        let row = match &result {
            Ok(()) => mark_delivered(delivery, now),
            Err(SendError::Retry { after_s, why }) if delivery.attempts + 1 < MOST_ATTEMPTS => {
                let wait = i64::from(*after_s).max(30_i64 << delivery.attempts.min(7));
                retry_delivery(delivery, now.plus_secs(wait), why)
            }
            Err(error) => dead_delivery(delivery, &error.to_string()),
        };
        if self.recorder.is_none() {
            let outcome = if result.is_ok() { "sent" } else { "failed" };
            metrics::counter!("sigap_referrals_out_total", "outcome" => outcome).increment(1);
        }
        if let Err(error) = self.store.write(vec![row]).await {
            tracing::warn!(error = %Chain(&error), "a link to an agency could not be settled; it may be sent twice");
        }
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), SendError> {
        let parcel = &delivery.parcel;
        let text = match delivery.reminders {
            0 => parcel.text.clone(),
            times => reminder(&parcel.text, times),
        };
        if let Some(recorder) = &self.recorder {
            let way = match delivery.channel {
                AgencyChannel::Whatsapp => "whatsapp",
                AgencyChannel::Email => "email",
                AgencyChannel::Webhook => "webhook",
                AgencyChannel::Phone => return Ok(()),
            };
            drop(recorder.note(way, &text));
            return Ok(());
        }
        match delivery.channel {
            AgencyChannel::Whatsapp => self.whatsapp(delivery, &text).await,
            AgencyChannel::Email => self.mail(&parcel.contact, &parcel.title, &text).await,
            AgencyChannel::Webhook => {
                let body = json!({
                    "kind": if delivery.reminders == 0 { "referral" } else { "reminder" },
                    "referral_id": delivery.referral, "number": parcel.number, "text": text, "url": parcel.url,
                    "sent_at": self.clock.now(), "reminders": delivery.reminders,
                });
                self.webhooks.post(&parcel.contact, &parcel.secret, body.to_string()).await
            }
            AgencyChannel::Phone => Ok(()),
        }
    }

    async fn whatsapp(&self, delivery: &Delivery, text: &str) -> Result<(), SendError> {
        let permanent = |why: &str| SendError::Permanent { code: 0, why: why.to_owned() };
        let route = self.routes.get(&delivery.polres).ok_or_else(|| permanent("the office has no WhatsApp line"))?;
        let to = Recipient::Phone(delivery.parcel.contact.clone());
        let message = whatsapp_message(text, &self.settings.whatsapp_template);
        route.transport.deliver(&route.line, &to, &message, None).await.map(drop)
    }

    /// Hands a letter to the mail program of this machine.
    async fn mail(&self, to: &str, title: &str, text: &str) -> Result<(), SendError> {
        let permanent = |why: String| SendError::Permanent { code: 0, why };
        let mut words = self.settings.sendmail.split_whitespace().map(str::to_owned);
        let program = words.next().ok_or_else(|| permanent("no mail program is set up".to_owned()))?;
        let arguments: Vec<String> = words.collect();
        let letter = letter(&self.settings.mail_from, to, title, text).map_err(|why| permanent(why.to_owned()))?;
        let sent = tokio::task::spawn_blocking(move || hand_in(&program, &arguments, &letter)).await;
        let later = |why: String| SendError::Retry { after_s: 60, why };
        sent.map_err(|error| later(error.to_string()))?.map_err(|error| later(error.to_string()))
    }
}

/// Words, and with them an approved template that has the words as its one variable: that is what Meta
/// lets through to somebody who has not written to us within 24 hours.
fn whatsapp_message(text: &str, template: &str) -> Outbound {
    // A variable of a template may hold no line break (error 132018).
    let words = || text.lines().collect::<Vec<_>>().join(" | ");
    let template = (!template.is_empty()).then(|| MetaTemplate {
        name: template.to_owned(),
        language: "id".to_owned(),
        params: vec![words()],
        code: None,
    });
    Outbound { text: text.to_owned(), template, ..Outbound::default() }
}

/// A letter as RFC 5322 wants it; nothing that comes from outside may begin a header of its own.
fn letter(from: &str, to: &str, title: &str, text: &str) -> Result<String, &'static str> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    if [from, to]
        .iter()
        .any(|address| address.chars().any(|c| c.is_control() || c.is_whitespace()) || address.is_empty())
    {
        return Err("an address that cannot stand in a letter");
    }
    let body: Vec<String> =
        STANDARD.encode(text).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    Ok(format!(
        "From: {from}\r\nTo: {to}\r\nSubject: =?UTF-8?B?{}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        STANDARD.encode(title),
        body.join("\r\n")
    ))
}

fn hand_in(program: &str, arguments: &[String], letter: &str) -> std::io::Result<()> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // One that ends well without having read the letter has not sent it.
    let read = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(letter.as_bytes()));
    let status = child.wait()?;
    read?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("the mail program ended with {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_only_our_headers() {
        let letter = letter("sigap@polres.example", "damkar@kota.example", "Rujukan\r\nBcc: x@y.z", "Isi · ✓").unwrap();
        assert!(!letter.contains("Bcc: x"), "{letter}");
        assert!(super::letter("a@b.c", "x@y.z\r\nBcc: q@r.s", "", "").is_err());
        assert!(super::letter("", "x@y.z", "", "").is_err());
    }

    #[test]
    fn a_template_carries_the_words_on_one_line() {
        let message = whatsapp_message("satu\ndua", "rujukan");
        assert_eq!(message.template.map(|template| template.params), Some(vec!["satu | dua".to_owned()]));
        let message = whatsapp_message("satu\ndua", "");
        assert_eq!((message.text.as_str(), message.template), ("satu\ndua", None));
    }

    #[test]
    fn the_mail_program_gets_the_letter_and_its_failure_is_told() {
        assert!(hand_in("sh", &["-c".to_owned(), "test \"$(cat)\" = x".to_owned()], "x").is_ok());
        assert!(hand_in("false", &[], "x").is_err());
        assert!(hand_in("true", &[], &"x".repeat(1 << 20)).is_err(), "it was never read");
        assert!(hand_in("no-such-program-here", &[], "x").is_err());
    }
}
