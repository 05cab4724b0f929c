//! Simulated operators on the public API: slower than a human who watches, so that they never take
//! the work out of somebody's hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::operator::{Act, Asked, Detail, Patience, QueueItem, judge, to_claim, wants_unit};
use crate::feedback::transport::use_ring;
use crate::model::clock::{Clock, Timestamp};
use crate::model::id::{IncidentId, ReportId, UnitId};
use crate::model::incident::{Incident, IncidentState};

/// A report asked for its place is forgotten after this many others.
const ASKED_MAX: usize = 10_000;

/// How an operator comes in.
#[derive(Debug, Clone)]
pub struct OperatorLogin {
    /// `http://127.0.0.1:8080`
    pub base_url: String,
    /// Bearer token of an operator.
    pub token: String,
}

impl OperatorLogin {
    /// Asks the API with this login; an empty answer reads as null.
    ///
    /// # Errors
    /// [`BotError`]: the server cannot be reached, refused, or answered something else.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        client: &reqwest::Client,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, BotError> {
        let url = format!("{}{path}", self.base_url.trim_end_matches('/'));
        let mut request = client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        if status.is_success() {
            let body = answer.bytes().await?;
            return Ok(serde_json::from_slice(if body.is_empty() { b"null" } else { &body })?);
        }
        let problem: Value = answer.json().await.unwrap_or_default();
        Err(BotError::Refused { status, code: problem["code"].as_str().unwrap_or_default().to_owned() })
    }
}

/// What went wrong with one request; the bot goes on with the next round.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// The server cannot be reached.
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    /// The server answered something else than expected.
    #[error("an answer that cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// The server refused; most often someone else was first.
    #[error("refused with {status}")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// Stable code of the refusal.
        code: String,
    },
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Recommendation {
    candidates: Vec<Candidate>,
}

#[derive(Deserialize)]
struct Candidate {
    unit_id: UnitId,
}

/// One simulated operator.
pub struct OperatorBot {
    login: OperatorLogin,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    patience: Patience,
    asked: Asked,
    cleared: HashMap<IncidentId, Timestamp>,
}

impl OperatorBot {
    /// An operator with this login.
    ///
    /// # Errors
    /// The HTTP client cannot be built on this machine.
    pub fn new(login: OperatorLogin, patience: Patience, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
        Ok(Self { login, client, clock, patience, asked: Asked::new(), cleared: HashMap::new() })
    }

    /// Works until the task is dropped or aborted: one round every `every`.
    pub async fn run(mut self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.round().await {
                tracing::debug!(%error, "a simulated operator's round ended early");
            }
        }
    }

    /// One round: takes at most one report, then looks after the incidents.
    ///
    /// # Errors
    /// The server cannot be reached, or refused what is not a race with someone else.
    pub async fn round(&mut self) -> Result<(), BotError> {
        let queue: Items<QueueItem> = self.call(Method::GET, "/v1/queue", None).await?;
        if let Some(report) = to_claim(&queue.items, &self.asked, self.clock.now(), &self.patience) {
            let claimed = self.call::<Detail>(Method::POST, &report_path(report, "claim"), Some(json!({}))).await;
            match claimed {
                Ok(detail) => self.take_care_of(&detail).await?,
                Err(BotError::Refused { status: StatusCode::CONFLICT, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.look_after_incidents().await
    }

    /// Handles a report; one that cannot be handled goes back to the queue and is left to others for a while.
    async fn take_care_of(&mut self, detail: &Detail) -> Result<(), BotError> {
        match self.handle(detail).await {
            Err(BotError::Refused { status, code }) => {
                tracing::debug!(status = status.as_u16(), code, "a simulated operator puts a report back");
                self.asked.insert(detail.report.id, self.clock.now());
                self.on_report(detail.report.id, "release", json!({})).await
            }
            outcome => outcome,
        }
    }

    async fn handle(&mut self, detail: &Detail) -> Result<(), BotError> {
        let id = detail.report.id;
        let now = self.clock.now();
        match judge(detail, self.asked.contains_key(&id), now, &self.patience) {
            Act::Answer(words, outcome) => {
                self.on_report(id, "reply", json!({ "text": words })).await?;
                self.on_report(id, "resolve", json!({ "outcome": outcome })).await?;
            }
            Act::Resolve(outcome) => {
                self.asked.remove(&id);
                self.on_report(id, "resolve", json!({ "outcome": outcome })).await?;
            }
            Act::Send(incident) => {
                let body = incident.map_or_else(|| json!({}), |incident| json!({ "incident_id": incident }));
                let incident: Incident = self.call(Method::POST, &report_path(id, "incident"), Some(body)).await?;
                if incident.state == IncidentState::Queued {
                    self.offer(incident.id).await?;
                }
            }
            Act::AskPlace => {
                if self.asked.len() > ASKED_MAX {
                    self.asked.clear();
                }
                self.asked.insert(id, now);
                let text = "Mohon tulis nama jalan dan patokannya, atau bagikan lokasi Anda.";
                self.on_report(id, "reply", json!({ "text": text })).await?;
                self.on_report(id, "release", json!({})).await?;
            }
            Act::Release => {
                self.asked.insert(id, now);
                self.on_report(id, "release", json!({})).await?;
            }
        }
        Ok(())
    }

    async fn look_after_incidents(&mut self) -> Result<(), BotError> {
        let incidents: Items<Incident> = self.call(Method::GET, "/v1/incidents?limit=200", None).await?;
        let now = self.clock.now();
        let is_cleared = |incident: &Incident| incident.state == IncidentState::Cleared;
        self.cleared.retain(|id, _| incidents.items.iter().any(|it| it.id == *id && is_cleared(it)));
        for incident in &incidents.items {
            if is_cleared(incident) {
                let since = *self.cleared.entry(incident.id).or_insert(now);
                if now.secs_since(since) >= self.patience.close_after_s {
                    let path = format!("/v1/incidents/{}/close", incident.id);
                    let body = json!({ "disposition": "resolved", "note": "ditangani di lokasi" });
                    raced(self.call::<Value>(Method::POST, &path, Some(body)).await)?;
                }
            } else if wants_unit(incident, now, &self.patience) {
                match self.offer(incident.id).await {
                    Err(BotError::Refused { status, code }) => {
                        tracing::debug!(status = status.as_u16(), code, "a simulated operator finds no unit to offer");
                    }
                    outcome => outcome?,
                }
            }
        }
        Ok(())
    }

    /// Offers the incident to the unit that is recommended first, if there is one.
    async fn offer(&self, incident: IncidentId) -> Result<(), BotError> {
        let path = format!("/v1/incidents/{incident}/recommendation");
        let recommendation: Recommendation = self.call(Method::GET, &path, None).await?;
        let Some(best) = recommendation.candidates.first() else { return Ok(()) };
        let path = format!("/v1/incidents/{incident}/assignments");
        raced(self.call::<Value>(Method::POST, &path, Some(json!({ "unit_id": best.unit_id }))).await)
    }

    async fn on_report(&self, id: ReportId, step: &str, body: Value) -> Result<(), BotError> {
        raced(self.call::<Value>(Method::POST, &report_path(id, step), Some(body)).await)
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Value>) -> Result<T, BotError> {
        self.login.ask(&self.client, method, path, body).await
    }
}

/// Someone else was first, or the best unit changed meanwhile: no fault, the next round looks again.
fn raced<T>(outcome: Result<T, BotError>) -> Result<(), BotError> {
    match outcome {
        Ok(_) | Err(BotError::Refused { status: StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY, .. }) => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn report_path(id: ReportId, step: &str) -> String {
    format!("/v1/reports/{id}/{step}")
}
