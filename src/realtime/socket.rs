//! One socket: a snapshot, then every entry the viewer may see, in order; positions within the view.
//!
//! A client that cannot keep up loses position ticks, never entries; past its buffer it is dropped
//! and resumes with `after`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{broadcast, watch};
use tokio::time::MissedTickBehavior;

use super::batch;
use super::hub::Room;
use super::lookers::{Looker, Seat, heard_by};
use super::message::{ClientMessage, Frame, Snapshot};
use super::positions::{Tick, Tile, TileFrame, View, json_dot};
use crate::app::App;
use crate::dispatch::command::{Command, CrewTalk};
use crate::http::auth::Who;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::model::entry::Actor;
use crate::model::id::{AssignmentId, MessageId, UnitId};
use crate::model::place::LngLat;
use crate::model::unit::Fix;
use crate::model::viewer::{Scope, Viewer};
use crate::runtime::desks::DeskHandle;
use crate::store::users::SessionKind;

/// Largest frame a client may send, bytes.
const MOST_BYTES: usize = 64 * 1024;

/// What is read, and gathered before writing, at once, bytes. The reader clears that much each time it
/// is asked, and keeps it for as long as the socket lives: the usual 128 KiB are 10 us a tick and
/// 128 MB for a thousand screens.
const READ_BYTES: usize = 4 * 1024;
const WRITE_BYTES: usize = 32 * 1024;

/// Bad frames before the socket is closed.
const MOST_BAD: u32 = 8;

/// A frame that cannot be handed to the network within this is the end of a client.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// How often the session is looked at again, and the client is pinged.
const CHECK_EVERY: Duration = Duration::from_secs(4);

/// Messages a tablet says it has, in one frame.
const MOST_GOT: usize = 100;

/// A client that says nothing for this many checks, not even a pong, is gone (60 s).
const SILENT_CHECKS: u32 = 15;

/// A silent tablet is pinged at every so many checks (20 s).
const CREW_PING_CHECKS: u32 = 5;

/// Why a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client went away.
    Gone,
    /// We restart: come back soon.
    Restart,
    /// Logged out, expired or disabled.
    SessionEnded,
    /// Too slow: come back with `after`.
    TooSlow,
    /// Frames that are none.
    BadFrames,
}

impl End {
    const fn close(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Gone => None,
            Self::Restart => Some((1012, "restart")),
            Self::SessionEnded => Some((4401, "session ended")),
            Self::TooSlow => Some((4408, "too slow")),
            Self::BadFrames => Some((1008, "bad frames")),
        }
    }
}

/// Where the client stands.
#[derive(Debug, Deserialize)]
pub struct Resume {
    /// Number of the last entry it has.
    after: Option<u64>,
}

/// `GET /v1/realtime`
///
/// # Errors
/// 401 nobody is logged in; 403 a foreign page; 422 `after` is no number.
pub async fn open(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    Query(resume): Query<Resume>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if who.kind == SessionKind::Browser || headers.contains_key(header::ORIGIN) {
        app.check_origin(&headers)?;
    }
    let desk = who.desk(&app)?.clone();
    let upgrade = upgrade?.max_message_size(MOST_BYTES).max_frame_size(MOST_BYTES);
    let upgrade = upgrade.read_buffer_size(READ_BYTES).write_buffer_size(WRITE_BYTES);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let tracker = app.sockets.clone();
        let session = Session::new(app, who, desk, socket);
        tracker.track_future(session.run(resume.after)).await;
    }))
}

struct Session {
    app: App,
    who: Who,
    desk: DeskHandle,
    sink: futures_util::stream::SplitSink<WebSocket, Message>,
    stream: futures_util::stream::SplitStream<WebSocket>,
    view: Option<View>,
    binary: bool,
    bad: u32,
    silent: u32,
    _presence: Option<Presence>,
    /// Among those who work the desk, once it said what it looks at.
    seat: Option<Seat>,
}

/// Counts an open socket of a unit for as long as it lives.
struct Presence {
    room: Arc<Room>,
    unit: UnitId,
    browser: bool,
}

impl Presence {
    fn new(room: Arc<Room>, unit: UnitId, browser: bool) -> Self {
        room.note_presence(unit, browser, true);
        Self { room, unit, browser }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.room.note_presence(self.unit, self.browser, false);
    }
}

impl Session {
    fn new(app: App, who: Who, desk: DeskHandle, socket: WebSocket) -> Self {
        let (sink, stream) = socket.split();
        let browser = who.kind == SessionKind::Browser;
        let presence = match who.viewer.scope {
            Scope::Unit(unit) => Some(Presence::new(desk.parts.room.clone(), unit, browser)),
            _ => None,
        };
        let (view, binary, seat) = (None, false, None);
        Self { app, who, desk, sink, stream, view, binary, bad: 0, silent: 0, _presence: presence, seat }
    }

    async fn run(mut self, after: Option<u64>) {
        let end = match self.begin(after).await {
            Ok(entries) => self.go_on(entries).await,
            Err(end) => end,
        };
        if let Some((code, reason)) = end.close() {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            let _ = tokio::time::timeout(Duration::from_secs(1), self.sink.send(Message::Close(Some(frame)))).await;
        }
    }

    /// The snapshot, or what was missed; taken inside the desk's task, so that nothing falls between.
    async fn begin(&mut self, after: Option<u64>) -> Result<broadcast::Receiver<Arc<Frame>>, End> {
        let (scope, parts, now) = (self.who.viewer.scope.clone(), self.desk.parts.clone(), self.app.clock.now());
        let look = self.desk.look(move |desk| {
            let entries = parts.room.subscribe(&scope);
            let missed = after.and_then(|after| parts.room.missed(after, desk.seq));
            let snapshot = missed.is_none().then(|| Snapshot::of(desk, parts.field.fixes(), &scope, now));
            (entries, missed, snapshot, desk.seq)
        });
        let (entries, missed, snapshot, seq) = look.await.map_err(|_| End::Restart)?;
        if let Some(snapshot) = snapshot {
            self.text(super::message::json(&snapshot)).await?;
        }
        if let Some(missed) = missed {
            let resumed = json!({ "type": "resumed", "polres": self.desk.parts.office.code, "seq": seq });
            self.text(resumed.to_string().into()).await?;
            for frame in missed {
                self.entry(&frame).await?;
            }
        }
        Ok(entries)
    }

    async fn go_on(&mut self, mut entries: broadcast::Receiver<Arc<Frame>>) -> End {
        let mut ticks = self.desk.parts.room.ticks();
        let mut lookers = self.desk.parts.room.lookers().watch();
        let stop = self.app.stop.clone();
        let mut check = tokio::time::interval(CHECK_EVERY);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        check.reset();
        loop {
            let step = tokio::select! {
                biased;
                () = stop.cancelled() => Err(End::Restart),
                entry = entries.recv() => match entry {
                    Ok(frame) => self.entry(&frame).await,
                    Err(broadcast::error::RecvError::Lagged(_)) => Err(End::TooSlow),
                    Err(broadcast::error::RecvError::Closed) => Err(End::Restart),
                },
                said = self.stream.next() => self.heard(said).await,
                _ = check.tick() => self.check().await,
                changed = lookers.changed(), if self.seat.is_some() => match changed {
                    Ok(()) => {
                        let all = lookers.borrow_and_update().clone();
                        self.presence(&all).await
                    }
                    Err(_) => Err(End::Restart),
                },
                changed = ticks.changed() => match changed {
                    Ok(()) => self.tick(&mut ticks).await,
                    Err(_) => Err(End::Restart),
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn entry(&mut self, frame: &Frame) -> Result<(), End> {
        match frame.text_for(&self.who.viewer.scope) {
            Some(text) => self.text(text).await,
            None => Ok(()),
        }
    }

    async fn text(&mut self, bytes: Bytes) -> Result<(), End> {
        let text = Utf8Bytes::try_from(bytes).map_err(|_| End::Gone)?;
        self.send(Message::Text(text)).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match tokio::time::timeout(SEND_WITHIN, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::TooSlow),
        }
    }

    /// Who else is here, for those who work the desk.
    async fn presence(&mut self, all: &[Looker]) -> Result<(), End> {
        let items = heard_by(&self.who.viewer.scope, all);
        self.text(super::message::json(&json!({ "type": "presence", "items": items }))).await
    }

    async fn tick(&mut self, ticks: &mut watch::Receiver<Arc<Tick>>) -> Result<(), End> {
        let tick = ticks.borrow_and_update().clone();
        self.positions(&tick).await
    }

    /// What moved within the view: shared tile frames for those who see the whole Polres, one flush.
    async fn positions(&mut self, tick: &Tick) -> Result<(), End> {
        let Some(view) = self.view else { return Ok(()) };
        match &self.who.viewer.scope {
            // A crew knows where it is, except in an exercise, whose cars drive by themselves.
            Scope::Unit(unit) if self.app.practice.is_some() => {
                let seen: Vec<Vec<u8>> = tick.dots.iter().filter(|dot| dot.unit == *unit).map(json_dot).collect();
                self.json_positions(tick, seen.iter().map(Vec::as_slice)).await
            }
            Scope::Unit(_) => Ok(()),
            Scope::Polsek(polsek) => {
                let mine = tick.dots.iter().filter(|dot| dot.polsek.as_ref() == Some(polsek));
                let seen: Vec<Vec<u8>> =
                    mine.filter(|dot| view.shows(Tile::of(dot.fix.point()))).map(json_dot).collect();
                self.json_positions(tick, seen.iter().map(Vec::as_slice)).await
            }
            Scope::Polres => {
                let seen = tick.tiles.iter().filter(|(tile, _)| view.shows(**tile)).map(|(_, frame)| frame);
                if !self.binary {
                    return self.json_positions(tick, seen.map(TileFrame::json)).await;
                }
                let frames: Vec<Bytes> = seen.map(|frame| frame.binary.clone()).collect();
                self.feed_all(frames).await
            }
        }
    }

    async fn feed_all(&mut self, frames: Vec<Bytes>) -> Result<(), End> {
        let sink = &mut self.sink;
        let feeding = async {
            for frame in frames {
                sink.feed(Message::Binary(frame)).await?;
            }
            sink.flush().await
        };
        match tokio::time::timeout(SEND_WITHIN, feeding).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::TooSlow),
        }
    }

    async fn json_positions<'a>(&mut self, tick: &Tick, fragments: impl Iterator<Item = &'a [u8]>) -> Result<(), End> {
        match tick.json_message(fragments) {
            Some(bytes) => self.text(bytes).await,
            None => Ok(()),
        }
    }

    /// Pings, and looks whether the session still stands.
    async fn check(&mut self) -> Result<(), End> {
        self.silent += 1;
        if self.silent > SILENT_CHECKS {
            return Err(End::Gone);
        }
        // While storage is away nobody is logged out.
        if let Ok(found) = self.app.sessions.find(&self.app, self.who.token_hash).await
            && found.is_none_or(|who| who.viewer != self.who.viewer)
        {
            return Err(End::SessionEnded);
        }
        // Who has just spoken is alive; a tablet that stands is asked seldom, for its data plan and its battery.
        let every = if matches!(self.who.viewer.scope, Scope::Unit(_)) { CREW_PING_CHECKS } else { 1 };
        if self.silent <= 1 || !self.silent.is_multiple_of(every) {
            return Ok(());
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn heard(&mut self, said: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.silent = 0;
        match said {
            Some(Ok(Message::Text(text))) => match serde_json::from_str::<ClientMessage>(&text) {
                Ok(message) => self.obey(message).await,
                Err(error) => self.complain("bad_frame", &error.to_string()).await,
            },
            Some(Ok(Message::Binary(frame))) => match batch::read(&frame) {
                Ok(fixes) => self.drove(fixes).await,
                Err(why) => self.complain("bad_frame", why).await,
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    async fn complain(&mut self, code: &str, detail: &str) -> Result<(), End> {
        self.bad += 1;
        if self.bad >= MOST_BAD {
            return Err(End::BadFrames);
        }
        let error = json!({ "type": "error", "code": code, "detail": detail });
        self.text(error.to_string().into()).await
    }

    async fn obey(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::View { bbox, binary, .. } => {
                let Some(view) = View::from_bbox(bbox) else {
                    return self.complain("bad_view", "bbox must be west, south, east, north").await;
                };
                self.view = Some(view);
                self.binary = binary;
                let mut dots = self.desk.parts.field.all_dots();
                dots.retain(|dot| view.shows(Tile::of(dot.fix.point())));
                let seen = Tick::encode(0, self.app.clock.now(), self.desk.parts.room.seq(), dots);
                self.positions(&seen).await
            }
            ClientMessage::Look { kind, id, typing } => {
                let Viewer { user, role, scope, .. } = &self.who.viewer;
                if !role.dispatches() {
                    return self.complain("forbidden", "only those who work the desk are seen").await;
                }
                let lookers = self.desk.parts.room.lookers();
                let seat = self.seat.get_or_insert_with(|| lookers.sit(*user, &self.who.user.name, scope));
                seat.look(kind.zip(id), typing);
                Ok(())
            }
            ClientMessage::Ping => self.text(Bytes::from_static(br#"{"type":"pong"}"#)).await,
            ClientMessage::Ack { delivery } => self.acknowledge(delivery).await,
            ClientMessage::Got { messages } => self.got(messages).await,
            ClientMessage::Position { lng, lat, at, accuracy_m, speed_mps, heading_deg } => {
                let Scope::Unit(unit) = self.who.viewer.scope else {
                    return self.complain("forbidden", "only a crew has a position").await;
                };
                if let Err(error) = LngLat::checked(lng, lat) {
                    return self.complain("bad_position", &error.to_string()).await;
                }
                if self.app.practice.is_some() {
                    return Ok(());
                }
                let fix = Fix { lng, lat, at, accuracy_m, speed_mps, heading_deg };
                self.desk.parts.field.report(unit, fix, self.app.clock.now());
                Ok(())
            }
        }
    }

    /// Positions of some seconds at once.
    async fn drove(&mut self, fixes: Vec<Fix>) -> Result<(), End> {
        let Scope::Unit(unit) = self.who.viewer.scope else {
            return self.complain("forbidden", "only a crew has a position").await;
        };
        // Where the classroom is says nothing about the car of an exercise.
        if self.app.practice.is_none() {
            self.desk.parts.field.report_all(unit, fixes, self.app.clock.now());
        }
        Ok(())
    }

    /// Messages of the desk are on the tablet.
    async fn got(&mut self, messages: Vec<MessageId>) -> Result<(), End> {
        let Scope::Unit(unit) = self.who.viewer.scope else {
            return self.complain("forbidden", "only a crew has a tablet").await;
        };
        if messages.len() > MOST_GOT {
            return self.complain("bad_frame", "too many messages at once").await;
        }
        // What is not ours, or here already, is passed over; while storage is away the tablet says it again.
        let command = Command::CrewTalk(CrewTalk::Arrived { unit, messages });
        let _ = self.desk.submit(Actor::Unit(unit), command).await;
        Ok(())
    }

    async fn acknowledge(&mut self, delivery: AssignmentId) -> Result<(), End> {
        let Scope::Unit(unit) = self.who.viewer.scope else {
            return self.complain("forbidden", "only a crew acknowledges").await;
        };
        let own = self.desk.look(move |desk| desk.assignments.get(&delivery).is_some_and(|a| a.unit == unit)).await;
        if own.is_ok_and(|own| own) {
            // A refusal here means the offer has passed: the tablet hears that as an entry.
            let _ = self.desk.submit(Actor::Unit(unit), Command::Delivered(delivery)).await;
        }
        Ok(())
    }
}
