//! Simulated crews on the public surface: one socket per unit, steps over HTTP, reconnecting for ever.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::crew::{Action, Crew, Frame};
use super::driving::Position;
use crate::feedback::transport::use_ring;
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::assignment::Step;
use crate::model::clock::Clock;
use crate::model::id::{AssignmentId, UnitId};
use crate::model::jurisdiction::Area;
use crate::model::place::LngLat;
use crate::roads::travel_time::TravelTime;

/// How often a position is reported.
const TICK: Duration = Duration::from_secs(1);

/// The longest pause before one more try to connect.
const MAX_PAUSE: Duration = Duration::from_secs(15);

/// A step that met no answer is said this many times, with the same key.
const STEP_TRIES: u32 = 4;

/// One crew's login.
#[derive(Debug, Clone)]
pub struct CrewLogin {
    /// Which unit.
    pub unit_id: UnitId,
    /// Bearer token of its tablet.
    pub token: String,
    /// Its Polsek; none patrols everywhere.
    pub polsek: Option<String>,
    /// Where it starts.
    pub post: LngLat,
}

/// What all crews share.
#[derive(Clone)]
pub struct CrewWorld {
    /// `http://127.0.0.1:8080`
    pub base_url: String,
    /// Motion and work are this many times faster.
    pub speed: f64,
    /// Seed; each crew draws its own from it.
    pub seed: u64,
    /// The streets.
    pub streets: Arc<dyn TravelTime>,
    /// Points to patrol between, by Polsek code.
    pub patrol_points: Arc<HashMap<String, Vec<LngLat>>>,
    /// Whether a human holds the tablet of a unit: then its steps are left to the human.
    pub is_human: Arc<dyn Fn(UnitId) -> bool + Send + Sync>,
    /// Stamps of steps and positions.
    pub clock: Arc<dyn Clock>,
}

/// Points to patrol between: streets, lanes and junctions of the gazetteer, by the Polsek of their kelurahan.
#[must_use]
pub fn patrol_points(places: &[GazetteerEntry], areas: &[Area]) -> HashMap<String, Vec<LngLat>> {
    let polsek: HashMap<&str, &str> = areas.iter().map(|area| (&*area.code, &*area.polsek)).collect();
    let mut points: HashMap<String, Vec<LngLat>> = HashMap::new();
    for place in places {
        let on_road = matches!(place.kind, PlaceKind::Street | PlaceKind::Gang | PlaceKind::Intersection);
        if let Some(polsek) = polsek.get(&*place.desa_code).filter(|_| on_road) {
            points.entry((*polsek).to_owned()).or_default().push(place.at);
        }
    }
    points
}

/// Lets the crews live until the task is dropped or aborted.
///
/// # Errors
/// The HTTP client cannot be built on this machine.
pub async fn run(logins: Vec<CrewLogin>, world: CrewWorld) -> Result<(), reqwest::Error> {
    use_ring();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
    let mut crews = JoinSet::new();
    let count = u32::try_from(logins.len().max(1)).unwrap_or(u32::MAX);
    for (login, at) in logins.into_iter().zip(0..) {
        let tablet = Tablet::new(login, world.clone(), client.clone(), u64::from(at));
        // Spread over the second, so that they do not all speak at once.
        let phase = TICK * at / count;
        crews.spawn(async move {
            tokio::time::sleep(phase).await;
            tablet.live().await;
        });
    }
    while crews.join_next().await.is_some() {}
    Ok(())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Tablet {
    login: CrewLogin,
    world: CrewWorld,
    client: reqwest::Client,
    area: Arc<[LngLat]>,
    crew: Crew,
    rng: fastrand::Rng,
}

impl Tablet {
    fn new(login: CrewLogin, world: CrewWorld, client: reqwest::Client, at: u64) -> Self {
        let seed = world.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(at);
        let crew = Crew::new(login.unit_id, login.post, seed);
        let points = &world.patrol_points;
        let own = login.polsek.as_ref().and_then(|polsek| points.get(polsek));
        let area: Arc<[LngLat]> = own.map_or_else(|| everywhere(points), |points| points.as_slice().into());
        Self { login, world, client, area, crew, rng: fastrand::Rng::with_seed(!seed) }
    }

    /// Connects, lives on the socket, and connects again, for ever.
    async fn live(mut self) {
        let mut pause = Duration::from_millis(500);
        loop {
            match self.connect().await {
                Ok(socket) => {
                    pause = Duration::from_millis(500);
                    if let Err(error) = self.on_duty(socket).await {
                        tracing::debug!(%error, unit.id = %self.login.unit_id, "a crew lost its socket");
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, unit.id = %self.login.unit_id, "a crew cannot connect");
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
            tokio::time::sleep(pause.mul_f64(0.5 + self.rng.f64())).await;
        }
    }

    async fn connect(&self) -> Result<Socket, tungstenite::Error> {
        let base = self.world.base_url.trim_end_matches('/').replacen("http", "ws", 1);
        let mut request = format!("{base}/v1/realtime").into_client_request()?;
        let bearer = format!("Bearer {}", self.login.token).parse().map_err(tungstenite::http::Error::from)?;
        request.headers_mut().insert("authorization", bearer);
        Ok(tokio_tungstenite::connect_async(request).await?.0)
    }

    async fn on_duty(&mut self, mut socket: Socket) -> Result<(), tungstenite::Error> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut heard = false;
        loop {
            let human = (self.world.is_human)(self.login.unit_id);
            let actions = tokio::select! {
                frame = socket.next() => match frame.transpose()? {
                    None | Some(Message::Close(_)) => return Ok(()),
                    Some(Message::Text(text)) => {
                        heard = true;
                        self.hear(text.as_str(), human)
                    }
                    Some(_) => Vec::new(),
                },
                // Before the snapshot a crew does not know what it is about.
                _ = ticks.tick(), if heard => {
                    let world = &self.world;
                    self.crew.tick(TICK.as_secs_f64(), world.speed, human, &*world.streets, &self.area)
                }
            };
            for action in actions {
                self.perform(action, &mut socket).await?;
            }
        }
    }

    fn hear(&mut self, text: &str, human: bool) -> Vec<Action> {
        match serde_json::from_str::<Frame>(text) {
            Ok(frame) => self.crew.hear(frame, human, &*self.world.streets),
            Err(error) => {
                tracing::debug!(%error, "a crew does not understand a frame");
                Vec::new()
            }
        }
    }

    async fn perform(&mut self, action: Action, socket: &mut Socket) -> Result<(), tungstenite::Error> {
        match action {
            Action::Ack(assignment) => say(socket, &json!({ "type": "ack", "delivery": assignment })).await,
            Action::Got(message) => say(socket, &json!({ "type": "got", "messages": [message] })).await,
            Action::Answer(message) => {
                let url = format!("{}/v1/units/{}/messages", self.base(), self.login.unit_id);
                let key = format!("{:016x}", self.rng.u64(..));
                self.post(&url, &json!({ "text": "Siap", "answers": message, "key": key })).await;
                Ok(())
            }
            Action::Report(position) => say(socket, &self.position(position)).await,
            Action::ComeOnDuty => {
                let url = format!("{}/v1/units/{}/status", self.base(), self.login.unit_id);
                self.post(&url, &json!({ "status": "available" })).await;
                Ok(())
            }
            Action::Step { assignment, step, reason } => {
                if !self.step(assignment, step, reason).await {
                    self.crew.step_failed(assignment, &*self.world.streets);
                }
                Ok(())
            }
        }
    }

    fn position(&self, position: Position) -> Value {
        let mut message = json!({
            "type": "position", "lng": round(position.at.lng, 1e6), "lat": round(position.at.lat, 1e6),
            "at": self.world.clock.now(), "accuracy_m": 5.0, "speed_mps": round(position.speed_mps, 10.0),
        });
        if let Some(heading) = position.heading_deg {
            message["heading_deg"] = json!(round(heading, 10.0));
        }
        message
    }

    fn base(&self) -> &str {
        self.world.base_url.trim_end_matches('/')
    }

    /// Says a step until the office answers; whether it was taken.
    async fn step(&mut self, assignment: AssignmentId, step: Step, reason: Option<&str>) -> bool {
        let url = format!("{}/v1/assignments/{assignment}/steps", self.base());
        let mut body =
            json!({ "step": step, "key": format!("{:016x}", self.rng.u64(..)), "at": self.world.clock.now() });
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        for attempt in 0..STEP_TRIES {
            match self.post(&url, &body).await {
                Some(status) if status.is_success() => return true,
                Some(status) if status.is_client_error() => return false,
                _ => tokio::time::sleep(Duration::from_millis(300 << attempt)).await,
            }
        }
        false
    }

    async fn post(&self, url: &str, body: &Value) -> Option<reqwest::StatusCode> {
        match self.client.post(url).bearer_auth(&self.login.token).json(body).send().await {
            Ok(answer) => Some(answer.status()),
            Err(error) => {
                tracing::debug!(error = %error.without_url(), "a crew's request met no answer");
                None
            }
        }
    }
}

/// The points of all Polsek, in an order that repeats.
fn everywhere(points: &HashMap<String, Vec<LngLat>>) -> Arc<[LngLat]> {
    let mut all: Vec<_> = points.values().flatten().copied().collect();
    all.sort_by(|a, b| a.lng.total_cmp(&b.lng).then(a.lat.total_cmp(&b.lat)));
    all.into()
}

fn round(value: f64, per_unit: f64) -> f64 {
    (value * per_unit).round() / per_unit
}

async fn say(socket: &mut Socket, message: &Value) -> Result<(), tungstenite::Error> {
    socket.send(Message::text(message.to_string())).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::city::synthetic_medan;

    #[test]
    fn every_polsek_of_the_city_has_streets_to_patrol_and_keeps_to_its_own() {
        let city = synthetic_medan(1).expect("a city");
        let points = patrol_points(&city.places, &city.areas);
        for polsek in city.areas.iter().map(|area| &area.polsek) {
            assert!(points.get(polsek).is_some_and(|points| points.len() >= 20), "{polsek}");
        }
        let all = everywhere(&points);
        assert_eq!(all.len(), points.values().map(Vec::len).sum::<usize>());
        assert!(all.windows(2).all(|pair| pair[0].lng <= pair[1].lng), "the order repeats");
    }
}
