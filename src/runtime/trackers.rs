//! Trackers: whose they are, and the door of those that speak GT06 over TCP.
//!
//! A tracker's name of itself is all that most protocols send. It is entered with the unit it sits in;
//! an unknown one is told so and changes nothing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use parking_lot::RwLock;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::desks::{ClockDebug, DeskHandle};
use crate::channels::gps::Unusable;
use crate::channels::gt06::{self, Said06};
use crate::config::Gps;
use crate::dispatch::motion::Verdict;
use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::unit::Fix;
use crate::store::{Store, StoreError, trackers};

/// Connections of trackers at a time: an office has some hundred units.
const MOST_CONNECTIONS: usize = 2_000;

/// A tracker says who it is within this time.
const LOGIN_WITHIN: Duration = Duration::from_secs(15);

/// A tracker that is silent for longer is gone: its heartbeat comes every 3 to 5 minutes.
const SILENT: Duration = Duration::from_mins(10);

/// Bytes waiting for their end, at most.
const MOST_WAITING: usize = 4096;

/// How a tracker speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// GT06 over TCP: built into a vehicle.
    Gt06,
    /// `OsmAnd` over HTTP: the Traccar client on a telephone.
    Osmand,
    /// `OwnTracks` over HTTP: a telephone.
    Owntracks,
}

/// A tracker as the office knows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KnownTracker {
    /// What it calls itself: an IMEI, or what was typed into the app.
    pub device: String,
    /// The unit it sits in.
    pub unit_id: UnitId,
    /// How it speaks, once heard.
    pub dialect: Option<Dialect>,
    /// When it was last heard since the server started, with or without a place.
    pub heard_at: Option<Timestamp>,
}

/// Where fixes of trackers go.
pub struct Trackers {
    known: RwLock<HashMap<String, (String, UnitId)>>,
    heard: RwLock<HashMap<String, (Dialect, Timestamp)>>,
    since: Timestamp,
    store: Store,
    desks: HashMap<String, DeskHandle>,
    clock: Arc<dyn ClockDebug>,
    call_signs: bool,
    gt06: OnceLock<SocketAddr>,
}

impl std::fmt::Debug for Trackers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trackers").field("known", &self.known.read().len()).finish_non_exhaustive()
    }
}

impl Trackers {
    /// Reads what is known, and listens for GT06 until told to stop, where the settings say so.
    ///
    /// # Errors
    /// A backend that failed; an address that cannot be listened on.
    pub async fn start(
        settings: &Gps,
        store: Store,
        desks: HashMap<String, DeskHandle>,
        clock: Arc<dyn ClockDebug>,
        stop: CancellationToken,
    ) -> Result<(Arc<Self>, Option<JoinHandle<()>>)> {
        let known = store.trackers().await.context("reading the trackers")?;
        let known = RwLock::new(known.into_iter().map(|t| (t.device, (t.polres, t.unit))).collect());
        let call_signs = settings.accept_call_signs;
        let (heard, since) = (RwLock::default(), clock.now());
        let trackers = Arc::new(Self { known, heard, since, store, desks, clock, call_signs, gt06: OnceLock::new() });
        if settings.gt06_listen.is_empty() {
            return Ok((trackers, None));
        }
        let task = trackers.clone().listen(&settings.gt06_listen, stop).await?;
        Ok((trackers, Some(task)))
    }

    /// The names of the trackers that sit in a unit.
    #[must_use]
    pub fn of(&self, unit: UnitId) -> Vec<String> {
        let known = self.known.read();
        let mut names: Vec<String> =
            known.iter().filter(|(_, (_, of))| *of == unit).map(|(device, _)| device.clone()).collect();
        names.sort_unstable();
        names
    }

    /// The trackers of an office by name, and since when they are listened to.
    #[must_use]
    pub fn of_office(&self, polres: &str) -> (Vec<KnownTracker>, Timestamp) {
        let (known, heard) = (self.known.read(), self.heard.read());
        let own = known.iter().filter(|(_, (of, _))| of == polres);
        let mut trackers: Vec<KnownTracker> = own
            .map(|(device, (_, unit))| {
                let (dialect, heard_at) = heard.get(device).copied().unzip();
                KnownTracker { device: device.clone(), unit_id: *unit, dialect, heard_at }
            })
            .collect();
        trackers.sort_by(|a, b| a.device.cmp(&b.device));
        (trackers, self.since)
    }

    /// Notes that a tracker that is entered was heard.
    pub fn hear(&self, device: &str, dialect: Dialect) {
        if self.known.read().contains_key(device) {
            self.heard.write().insert(device.to_owned(), (dialect, self.clock.now()));
        }
    }

    /// Makes these the trackers of a unit; one that sits in another unit is moved.
    ///
    /// # Errors
    /// A backend that failed; nothing is changed then.
    pub async fn replace(&self, polres: &str, unit: UnitId, devices: &[String]) -> Result<(), StoreError> {
        self.store.write(trackers::replace(polres, unit, devices, self.clock.now())).await?;
        let mut known = self.known.write();
        known.retain(|_, (_, of)| *of != unit);
        known.extend(devices.iter().map(|device| (device.clone(), (polres.to_owned(), unit))));
        Ok(())
    }

    /// Where trackers that speak GT06 connect.
    #[must_use]
    pub fn gt06_address(&self) -> Option<SocketAddr> {
        self.gt06.get().copied()
    }

    /// Office and unit of a tracker.
    pub async fn find(&self, device: &str) -> Option<(String, UnitId)> {
        if let Some(found) = self.known.read().get(device) {
            return Some(found.clone());
        }
        if !self.call_signs {
            return None;
        }
        let id: Option<UnitId> = device.parse().ok();
        for (polres, desk) in &self.desks {
            let name = device.to_owned();
            let found = desk.look(move |desk| {
                let named = |unit: &&crate::model::unit::Unit| {
                    Some(unit.id) == id || unit.call_sign.eq_ignore_ascii_case(&name)
                };
                desk.units.values().find(named).map(|unit| unit.id)
            });
            if let Ok(Some(unit)) = found.await {
                return Some((polres.clone(), unit));
            }
        }
        None
    }

    /// Takes a fix of a unit.
    #[must_use]
    pub fn report(&self, polres: &str, unit: UnitId, fix: Fix) -> Verdict {
        let Some(desk) = self.desks.get(polres) else { return Verdict::Refused };
        desk.parts.field.report(unit, fix, self.clock.now())
    }

    /// Counts a message of a unit whose place is of no use.
    #[must_use]
    pub fn note(&self, polres: &str, unit: UnitId, why: Unusable) -> Verdict {
        let verdict = match why {
            Unusable::Mocked => Verdict::Mocked,
            Unusable::OutsideIndonesia => Verdict::Outside,
            Unusable::NoFix => Verdict::NoFix,
        };
        if let Some(desk) = self.desks.get(polres) {
            desk.parts.field.note(unit, verdict, self.clock.now());
        }
        verdict
    }

    async fn listen(self: Arc<Self>, address: &str, stop: CancellationToken) -> Result<JoinHandle<()>> {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening for GT06 on {address}"))?;
        let bound = listener.local_addr()?;
        let _ = self.gt06.set(bound);
        tracing::info!(address = %bound, "trackers may connect (GT06)");
        Ok(tokio::spawn(accept(self, listener, stop)))
    }

    /// One connection, to its end; why it ended.
    async fn serve(&self, mut socket: TcpStream) -> std::io::Result<&'static str> {
        let mut waiting = Vec::with_capacity(256);
        let mut unit: Option<(String, UnitId, String)> = None;
        let mut bytes = [0; 1024];
        loop {
            let patience = if unit.is_some() { SILENT } else { LOGIN_WITHIN };
            let Ok(read) = tokio::time::timeout(patience, socket.read(&mut bytes)).await else {
                return Ok("silent");
            };
            let count = read?;
            if count == 0 {
                return Ok("closed");
            }
            waiting.extend_from_slice(&bytes[..count]);
            loop {
                match gt06::next(&mut waiting) {
                    Ok(None) => break,
                    Err(_) => return Ok("not GT06"),
                    Ok(Some(frame)) => {
                        match frame.said {
                            Said06::Login(imei) => {
                                unit = self.find(&imei).await.map(|(polres, unit)| (polres, unit, imei));
                                if unit.is_none() {
                                    return Ok("unknown tracker");
                                }
                            }
                            Said06::Fix(tracked) => {
                                let Some((polres, unit, _)) = &unit else { return Ok("no login") };
                                if let Some(fix) = tracked.fix {
                                    let _ = self.report(polres, *unit, fix);
                                } else if let Some(why) = tracked.unusable {
                                    let _ = self.note(polres, *unit, why);
                                }
                            }
                            Said06::Heartbeat | Said06::Other => {}
                        }
                        if let Some((_, _, imei)) = &unit {
                            self.hear(imei, Dialect::Gt06);
                        }
                        if let Some(answer) = frame.answer {
                            socket.write_all(&answer).await?;
                        }
                    }
                }
            }
            if waiting.len() > MOST_WAITING {
                return Ok("not GT06");
            }
        }
    }
}

async fn accept(trackers: Arc<Trackers>, listener: TcpListener, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, from)) = accepted else {
            // Out of file descriptors: the next connection may find one.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            tracing::warn!(%from, "too many trackers");
            continue;
        };
        let (trackers, stop) = (trackers.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = trackers.serve(socket) => tracing::debug!(%from, ?ended, "a tracker's connection ended"),
            }
            drop(place);
        });
    }
}
