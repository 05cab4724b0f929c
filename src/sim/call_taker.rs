//! A simulated operator at the telephone: takes what has rung too long for a human, listens, writes it
//! down, or closes it. On the public API like everybody.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::callers::{Caller, Voices};
use super::operator_bot::{BotError, OperatorLogin};
use crate::feedback::transport::use_ring;
use crate::model::call::{Call, CallState};
use crate::model::clock::{Clock, Timestamp};
use crate::model::id::CallId;
use crate::model::report::Priority;

/// A call rings this long before it is taken: a human comes first, and sees it climb. Seconds.
const TAKES_AFTER_S: f64 = 13.0;

/// It listens this long before it writes. Seconds.
const LISTENS_S: f64 = 8.0;

/// A call that was taken and never answered is left after this. Seconds.
const GIVES_UP_S: f64 = 60.0;

#[derive(Deserialize)]
struct Calls {
    items: Vec<Call>,
}

/// What it does with a call it has.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Write it down.
    File(Value),
    /// Close it without a report.
    Close(&'static str),
    /// Point the caller to WhatsApp.
    Divert,
}

/// What to do with what a caller says. Pure.
#[must_use]
pub fn judge(caller: Option<&Caller>) -> Act {
    match caller {
        None => Act::Close("silent"),
        Some(caller) => match caller.matter {
            None if caller.words.is_empty() => Act::Close("silent"),
            None => Act::Close("prank"),
            Some((_, Priority::P4)) => Act::Divert,
            Some(_) => Act::File(json!({ "what": caller.words, "queue": true })),
        },
    }
}

/// One simulated operator at the telephone.
pub struct CallTaker {
    login: OperatorLogin,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    voices: Voices,
    /// The call it has, and since when.
    has: Option<(CallId, Timestamp)>,
}

impl CallTaker {
    /// An operator with this login; nobody else may use it.
    ///
    /// # Errors
    /// The HTTP client cannot be built on this machine.
    pub fn new(login: OperatorLogin, voices: Voices, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
        Ok(Self { login, client, clock, voices, has: None })
    }

    /// Works until the task is dropped or aborted: one round every `every`.
    pub async fn run(mut self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.round().await {
                tracing::debug!(%error, "a simulated call taker's round ended early");
            }
        }
    }

    /// One round: looks after the call it has, or takes the one that has rung longest.
    ///
    /// # Errors
    /// The server cannot be reached, or refused.
    pub async fn round(&mut self) -> Result<(), BotError> {
        let calls: Calls = self.call(Method::GET, "/v1/calls?state=open", None).await?;
        let now = self.clock.now();
        let Some((id, since)) = self.has else {
            let ripe = |call: &&Call| {
                call.state == CallState::Ringing && now.secs_since(call.stamps.received_at) > TAKES_AFTER_S
            };
            if let Some(call) = calls.items.iter().rev().find(ripe) {
                self.on_call::<Value>(call.id, "claim", json!({})).await?;
                self.has = Some((call.id, now));
            }
            return Ok(());
        };
        match calls.items.iter().find(|call| call.id == id) {
            Some(call) if call.stamps.answered_at.is_some() && now.secs_since(since) > LISTENS_S => {
                self.has = None;
                self.settle(id).await
            }
            Some(call) if call.state == CallState::Abandoned || now.secs_since(since) > GIVES_UP_S => {
                self.has = None;
                self.on_call::<Value>(id, "release", json!({})).await.map(drop)
            }
            Some(_) => Ok(()),
            None => {
                self.has = None;
                Ok(())
            }
        }
    }

    async fn settle(&self, id: CallId) -> Result<(), BotError> {
        let caller = self.voices.lock().remove(&id.to_string());
        match judge(caller.as_ref()) {
            Act::File(form) => self.on_call::<Value>(id, "report", form).await.map(drop),
            Act::Close(reason) => self.on_call::<Value>(id, "close", json!({ "reason": reason })).await.map(drop),
            Act::Divert => match self.on_call::<Value>(id, "divert", json!({})).await {
                // A withheld number: he was told by voice.
                Err(BotError::Refused { .. }) => {
                    self.on_call::<Value>(id, "close", json!({ "reason": "answered" })).await.map(drop)
                }
                answer => answer.map(drop),
            },
        }
    }

    async fn on_call<T: DeserializeOwned>(&self, id: CallId, step: &str, body: Value) -> Result<T, BotError> {
        self.call(Method::POST, &format!("/v1/calls/{id}/{step}"), Some(body)).await
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Value>) -> Result<T, BotError> {
        self.login.ask(&self.client, method, path, body).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Category;

    #[test]
    fn need_is_written_down_and_noise_is_closed() {
        let caller = |words: &str, matter| Caller {
            number: "anonymous".to_owned(),
            words: words.to_owned(),
            matter,
            place: None,
            written_to: "1065".to_owned(),
        };
        let need = caller("ada maling", Some((Category::Kejahatan, Priority::P2)));
        assert_eq!(judge(Some(&need)), Act::File(json!({ "what": "ada maling", "queue": true })));
        assert_eq!(judge(Some(&caller("SIM?", Some((Category::Sim, Priority::P4))))), Act::Divert);
        assert_eq!(judge(Some(&caller("(tertawa)", None))), Act::Close("prank"));
        assert_eq!(judge(Some(&caller("", None))), Act::Close("silent"));
        assert_eq!(judge(None), Act::Close("silent"));
    }
}
