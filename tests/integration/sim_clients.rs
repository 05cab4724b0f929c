//! The simulated people over real sockets on loopback, against a server that answers as ours does.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sigap::channels::whatsapp::{self, Inbound, MessageStatus};
use sigap::feedback::transport::{GraphTransport, Recipient, SendError, graph_request};
use sigap::feedback::wording::{Params, Wording};
use sigap::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use sigap::model::clock::{Clock, SystemClock};
use sigap::model::entry::Template;
use sigap::model::id::UnitId;
use sigap::model::place::LngLat;
use sigap::model::report::Category;
use sigap::roads::travel_time::StraightLine;
use sigap::sim::citizens::{self, Citizens, Line, Pace};
use sigap::sim::crews::{self, CrewLogin, CrewWorld};
use sigap::sim::graph_double::{GraphDouble, post_notices};
use sigap::sim::operator::Patience;
use sigap::sim::operator_bot::{OperatorBot, OperatorLogin};
use sigap::sim::webhook::Webhook;
use tokio::sync::mpsc;
use uuid::Uuid;

const SECRET: &str = "demo-app-secret";
const POST: LngLat = LngLat::new(98.67, 3.59);
const PATIENCE: Duration = Duration::from_mins(1);

/// Serves `router` on a free port of loopback until the test ends; its address as a base URL.
async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Our webhook: checks the signature, reads the body, hands on what it holds.
fn webhook(items: mpsc::UnboundedSender<Inbound>) -> axum::Router {
    async fn take(
        State(items): State<mpsc::UnboundedSender<Inbound>>,
        headers: HeaderMap,
        body: axum::body::Bytes,
    ) -> Status {
        let header = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
        if !whatsapp::verify(&[SECRET.to_owned()], header, &body) {
            return Status(401);
        }
        for item in whatsapp::parse(&body, SystemClock.now()).expect("a webhook") {
            let _gone = items.send(item);
        }
        Status(200)
    }
    axum::Router::new().route("/v1/channels/whatsapp/webhook", post(take)).with_state(items)
}

/// A bare status code.
struct Status(u16);

impl IntoResponse for Status {
    fn into_response(self) -> Response {
        axum::http::StatusCode::from_u16(self.0).expect("a status code").into_response()
    }
}

async fn soon<T>(items: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(PATIENCE, items.recv()).await.expect("in time").expect("still served")
}

#[tokio::test]
async fn a_message_goes_out_through_the_double_and_its_statuses_come_back() {
    let (sender, mut items) = mpsc::unbounded_channel();
    let base = serve(webhook(sender)).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (double, notices) = GraphDouble::new(10, 1, Arc::clone(&clock));
    let graph = serve(double.router()).await;
    let poster = Webhook::new(&base, SECRET).expect("a client");
    tokio::spawn(post_notices(notices, poster, clock, Duration::from_millis(5)));

    let transport = GraphTransport::new(&format!("{graph}/v23.0"), "token").expect("a client");
    let wording = Wording::builtin().expect("complete");
    let out = wording.compose(Template::AskPlace, &Params::default());
    let to = Recipient::Phone("6281200000001".to_owned());
    let wamid = transport.send("1065", &graph_request(&to, &out)).await.expect("taken");
    assert_eq!(double.sent()[0].text.as_ref(), Some(&out.text));
    for wanted in [MessageStatus::Sent, MessageStatus::Delivered, MessageStatus::Read] {
        let Inbound::Status { external_id, status, .. } = soon(&mut items).await else { unreachable!("a status") };
        assert_eq!((external_id.as_str(), status), (wamid.as_str(), wanted));
    }
    let refused = transport.send("1065", &json!({ "messaging_product": "whatsapp" })).await;
    assert!(matches!(refused, Err(SendError::Permanent { code: 100, .. })), "{refused:?}");
    let nobody = GraphTransport::new("http://127.0.0.1:9/v23.0", "token").expect("a client");
    assert!(matches!(nobody.send("1", &json!({})).await, Err(SendError::Retry { .. })));
}

#[tokio::test]
async fn citizens_write_signed_bodies_that_we_accept() {
    let (sender, mut items) = mpsc::unbounded_channel();
    let base = serve(webhook(sender)).await;
    let place = GazetteerEntry {
        name: "Jl. Kenanga".to_owned(),
        kind: PlaceKind::Street,
        at: POST,
        radius_m: 100.0,
        kelurahan: "Suka Contoh".to_owned(),
        kecamatan: "Medan Contoh".to_owned(),
        kecamatan_code: "12.71.99".to_owned(),
        desa_code: "12.71.99.1001".to_owned(),
        aliases: Vec::new(),
    };
    let line = Line { phone_number_id: "106540352242922".to_owned(), places: vec![place].into() };
    let citizens = Citizens::new(vec![line], 11).expect("the script reads");
    let pace = Pace { speed: 2000.0, ..Pace::default() };
    let poster = Webhook::new(&base, SECRET).expect("a client");
    let task = tokio::spawn(citizens::run(citizens, pace, poster, Arc::new(SystemClock)));
    for _ in 0..60 {
        assert!(matches!(soon(&mut items).await, Inbound::Message(_)));
    }
    task.abort();
}

/// What a crew said to the server.
type Said = mpsc::UnboundedSender<(String, Value)>;

/// A server with one offer for unit 1; it moves the assignment on with each step, as ours does.
fn dispatch_server(said: Said) -> axum::Router {
    let (updates, _) = tokio::sync::broadcast::channel::<String>(16);
    let steps = {
        let updates = updates.clone();
        move |State(said): State<Said>, Path(_id): Path<Uuid>, headers: HeaderMap, Json(body): Json<Value>| async move {
            assert_eq!(headers["authorization"], "Bearer crew-token");
            let state = match body["step"].as_str().expect("a step") {
                "accept" => "accepted",
                "clear" => "cleared",
                other => other,
            };
            let entry = json!({ "type": "entry", "polres": "medan", "seq": 2, "at": SystemClock.now(), "kind": "x",
                "changed": { "reports": [], "incidents": [incident()], "assignments": [assignment(state)], "units": [] } });
            let _nobody = updates.send(entry.to_string());
            let _gone = said.send(("step".to_owned(), body.clone()));
            Json(assignment(state))
        }
    };
    let socket = move |State(said): State<Said>, headers: HeaderMap, upgrade: WebSocketUpgrade| async move {
        if headers.get("authorization").is_none_or(|value| value != "Bearer crew-token") {
            return Status(401).into_response();
        }
        let updates = updates.subscribe();
        upgrade.on_upgrade(move |socket| talk(socket, said, updates))
    };
    axum::Router::new()
        .route("/v1/realtime", get(socket))
        .route("/v1/assignments/{id}/steps", post(steps))
        .with_state(said)
}

async fn talk(mut socket: WebSocket, said: Said, mut updates: tokio::sync::broadcast::Receiver<String>) {
    let snapshot = json!({ "type": "snapshot", "polres": "medan", "seq": 1, "at": SystemClock.now(), "reports": [],
        "incidents": [incident()], "assignments": [assignment("offered")], "units": [], "fixes": [] });
    socket.send(Message::text(snapshot.to_string())).await.expect("sent");
    loop {
        tokio::select! {
            Ok(update) = updates.recv() => {
                if socket.send(Message::text(update)).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => {
                let Some(Ok(Message::Text(text))) = heard else { return };
                let message: Value = serde_json::from_str(&text).expect("json");
                let _gone = said.send((message["type"].as_str().expect("a type").to_owned(), message));
            }
        }
    }
}

fn assignment(state: &str) -> Value {
    let at = SystemClock.now();
    json!({ "id": Uuid::from_u128(7), "incident": Uuid::from_u128(8), "unit": Uuid::from_u128(1), "primary": true,
        "state": state, "expires_at": at.plus_secs(45), "travel_time_s": 60.0, "automatic": true, "override_reason": null,
        "keys": [], "stamps": { "offered_at": at, "delivered_at": null, "accepted_at": null, "en_route_at": null,
            "on_scene_at": null, "ended_at": null } })
}

fn incident() -> Value {
    let (at, place) = (SystemClock.now(), POST.offset_m(700.0, 0.0));
    json!({ "id": Uuid::from_u128(8), "number": "MDN-1", "category": "laka_lantas", "priority": 1,
        "place": { "lng": place.lng, "lat": place.lat, "radius_m": 20.0, "source": "pin", "label": "", "confidence": 1.0,
            "because": "" },
        "jurisdiction": null, "reports": [], "assignments": [], "declined": [], "handling": { "name": "open" },
        "state": "queued", "shortfall": null, "automatic": true, "received_at": at.plus_secs(-120),
        "opened_at": at.plus_secs(-120), "closed_at": null })
}

#[tokio::test]
async fn a_crew_acknowledges_accepts_drives_and_clears_over_the_public_surface() {
    let (sender, mut said) = mpsc::unbounded_channel();
    let base = serve(dispatch_server(sender)).await;
    let login =
        CrewLogin { unit_id: UnitId(Uuid::from_u128(1)), token: "crew-token".to_owned(), polsek: None, post: POST };
    let world = CrewWorld {
        base_url: base,
        speed: 500.0,
        seed: 5,
        streets: Arc::new(StraightLine),
        patrol_points: Arc::new(HashMap::new()),
        is_human: Arc::new(|_| false),
        clock: Arc::new(SystemClock),
    };
    let task = tokio::spawn(crews::run(vec![login], world));
    let (mut steps, mut acks, mut positions) = (Vec::new(), 0, 0);
    let mut keys = std::collections::BTreeSet::new();
    while steps.last() != Some(&"clear".to_owned()) {
        let (kind, message) = tokio::time::timeout(PATIENCE, said.recv()).await.expect("in time").expect("served");
        match kind.as_str() {
            "ack" => {
                assert_eq!(message["delivery"], json!(Uuid::from_u128(7)));
                acks += 1;
            }
            "position" => {
                let at = LngLat::new(message["lng"].as_f64().expect("lng"), message["lat"].as_f64().expect("lat"));
                assert!(at.distance_m(POST) < 710.0);
                positions += 1;
            }
            _ => {
                assert!(keys.insert(message["key"].as_str().expect("a key").to_owned()), "each step has its own key");
                steps.push(message["step"].as_str().expect("a step").to_owned());
            }
        }
    }
    task.abort();
    assert_eq!(steps, ["accept", "en_route", "on_scene", "clear"]);
    assert_eq!(acks, 1);
    assert!(positions >= 4, "{positions}");
}

/// One report in the queue, of this category.
fn report(category: Category, state: &str) -> Value {
    let at = SystemClock.now().plus_secs(-90);
    json!({ "id": Uuid::from_u128(3), "number": "MDN-1", "channel": "whatsapp", "reporter": Uuid::nil(), "messages": [],
        "last_message_at": at, "reading": { "service": category.service(), "category": category, "priority": 2,
            "confidence": 0.9, "known": { "what": true, "how": false, "when": false, "where": true, "who": false } },
        "reading_by_hand": false, "place": incident()["place"], "jurisdiction": null,
        "state": { "name": state, "by": Uuid::nil() }, "handed_from": null,
        "stamps": { "sent_at": at, "received_at": at, "first_reply_at": null, "located_at": null, "claimed_at": null,
            "closed_at": null } })
}

/// The paths an operator asks for, in order, when the queue holds one report of `category`.
async fn operator_round(category: Category, incidents: Value) -> Vec<String> {
    let (sender, mut asked) = mpsc::unbounded_channel();
    let answer = move |method: axum::http::Method, uri: axum::http::Uri, headers: HeaderMap, body: String| async move {
        assert_eq!(headers["authorization"], "Bearer operator-token");
        let _gone = sender.send(format!("{method} {} {body}", uri.path()));
        match uri.path().rsplit('/').next().expect("a path") {
            "queue" => Json(json!({ "items": [{ "report": report(category, "queued"), "excerpt": null }] })),
            "claim" => Json(json!({ "report": report(category, "claimed"), "similar": [] })),
            "incidents" => Json(json!({ "items": incidents, "next": null })),
            "incident" => Json(incident()),
            "recommendation" => {
                Json(json!({ "candidates": [{ "unit_id": Uuid::from_u128(1) }, { "unit_id": Uuid::nil() }] }))
            }
            _ => Json(Value::Null),
        }
    };
    let base = serve(axum::Router::new().fallback(answer)).await;
    let login = OperatorLogin { base_url: base, token: "operator-token".to_owned() };
    let patience = Patience { close_after_s: 0.0, ..Patience::default() };
    let mut bot = OperatorBot::new(login, patience, Arc::new(SystemClock)).expect("a client");
    bot.round().await.expect("a whole round");
    std::iter::from_fn(|| asked.try_recv().ok()).collect()
}

#[tokio::test]
async fn an_operator_sends_the_unit_that_is_recommended_first() {
    let asked = operator_round(Category::LakaLantas, json!([])).await;
    let (report, incident) = (Uuid::from_u128(3), Uuid::from_u128(8));
    let wanted = [
        "GET /v1/queue ".to_owned(),
        format!("POST /v1/reports/{report}/claim {{}}"),
        format!("POST /v1/reports/{report}/incident {{}}"),
        format!("GET /v1/incidents/{incident}/recommendation "),
        format!("POST /v1/incidents/{incident}/assignments {{\"unit_id\":\"{}\"}}", Uuid::from_u128(1)),
        "GET /v1/incidents ".to_owned(),
    ];
    assert_eq!(asked, wanted);
}

#[tokio::test]
async fn an_operator_answers_questions_ends_pranks_and_closes_what_is_cleared() {
    let report = Uuid::from_u128(3);
    let asked = operator_round(Category::Skck, json!([])).await;
    assert!(asked[2].starts_with(&format!("POST /v1/reports/{report}/reply {{\"text\":")), "{asked:?}");
    assert_eq!(asked[3], format!("POST /v1/reports/{report}/resolve {{\"outcome\":\"answered\"}}"));

    let mut cleared = incident();
    cleared["state"] = json!("cleared");
    let asked = operator_round(Category::Prank, json!([cleared])).await;
    assert_eq!(asked[2], format!("POST /v1/reports/{report}/resolve {{\"outcome\":\"prank\"}}"));
    assert!(asked[4].starts_with(&format!("POST /v1/incidents/{}/close", Uuid::from_u128(8))), "{asked:?}");
    assert!(asked[4].contains("\"disposition\":\"resolved\""), "{asked:?}");
}
