//! The composition root: store, desks, intake, outbox, rooms and map layers put together.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::http::{HeaderMap, header};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use parking_lot::Mutex;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::config::Config;
use crate::dispatch::decide::Rules;
use crate::dispatch::plan::Plans;
use crate::http::auth::Sessions;
use crate::http::citizen_auth::Citizens;
use crate::http::citizen_feed::Told;
use crate::http::error::ApiError;
use crate::http::insight::patrol::Patrols;
use crate::http::places::Layer;
use crate::http::proxies::Proxies;
use crate::http::setup::SetupDoor;
use crate::locate::area_names::with_areas;
use crate::locate::gazetteer::Gazetteer;
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::id::Ids;
use crate::model::jurisdiction::{Area, Office, Polsek};
use crate::realtime::hub::Room;
use crate::realtime::positions::Tick;
use crate::rehearsal::practice::Practice;
use crate::rehearsal::room::{self, Rehearsals};
use crate::roads::graph::RoadGraph;
use crate::roads::travel_time::{RoadTravel, StraightLine, TravelTime};
use crate::runtime::calls::Exchange;
use crate::runtime::closed_roads::ClosedRoads;
use crate::runtime::courier::Courier;
use crate::runtime::desks::{Chain, ClockDebug, DeskHandle, DeskParts};
use crate::runtime::directory;
use crate::runtime::field::Field;
use crate::runtime::handbook::Handbook;
use crate::runtime::helping;
use crate::runtime::intake::{Intake, IntakeParts};
use crate::runtime::lines::{Lines, Route};
use crate::runtime::media::MediaVault;
use crate::runtime::media_fetch::MediaFetch;
use crate::runtime::outgoing::{Notified, Outgoing, Sender};
use crate::runtime::reading::Reader;
use crate::runtime::rules::OfficeRules;
use crate::runtime::street_import::StreetImport;
use crate::runtime::trackers::Trackers;
use crate::runtime::webhook_post::WebhookPost;
use crate::runtime::wellbeing::Noted;
use crate::serving::Restart;
use crate::sim::graph_double::{GraphDouble, Sent};
use crate::store::{Store, tracks};
use crate::understand::turns::Turns;

/// Name of the blob that holds the road graph.
pub const ROADS: &str = "roads";

/// Where a unit was seen is still its last position this long after a restart, seconds.
const REMEMBERED_S: i64 = 24 * 3600;

/// Everything a door needs; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
    /// The record.
    pub store: Store,
    /// The desks by Polres.
    pub desks: HashMap<String, DeskHandle>,
    /// Whose area is where.
    pub areas: Arc<JurisdictionIndex>,
    /// Understands and locates.
    pub reader: Arc<Reader>,
    /// The way in for channels.
    pub intake: Intake,
    /// Photos, videos, sounds and documents.
    pub media: MediaVault,
    /// The way out of each office to WhatsApp.
    pub routes: HashMap<String, Route>,
    /// Trackers of the units.
    pub trackers: Arc<Trackers>,
    /// The way in for telephone exchanges.
    pub exchange: Exchange,
    /// The streets, when the office has imported some.
    pub roads: Option<Arc<RoadTravel>>,
    /// What the map is drawn from.
    pub map: Arc<MapLayers>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Who is logged in to the citizen app.
    pub citizens: Citizens,
    /// What the public was told last.
    pub told: Told,
    /// People of the citizen app who want to hear over WhatsApp too.
    pub notified: Notified,
    /// How long patrols were where, day by day.
    pub patrols: Patrols,
    /// Figures for Prometheus.
    pub metrics: PrometheusHandle,
    /// The double of the Graph API, in a demonstration.
    pub demo: Option<Demo>,
    /// The mark of an exercise; none in a real office.
    pub practice: Option<Arc<Practice>>,
    /// The exercises under way beside it.
    pub rehearsals: Rehearsals,
    /// Whose word about a client's address is believed.
    pub proxies: Proxies,
    /// The way in before there is an administrator.
    pub setup: SetupDoor,
    /// What only counts from a start on asks for one here.
    pub restart: Restart,
    /// Streets that come as a file.
    pub streets: StreetImport,
    /// What the doors noted of the channels.
    pub noted: Noted,
    /// Told to stop.
    pub stop: CancellationToken,
    /// Sockets under way.
    pub sockets: TaskTracker,
    ids: Mutex<Ids>,
}

/// What only a demonstration has.
#[derive(Clone)]
pub struct Demo {
    /// Records what is sent to reporters.
    pub double: GraphDouble,
}

impl Demo {
    /// What was sent to reporters, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.double.sent()
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// An app and the tasks that belong to it.
pub struct Running {
    /// The app.
    pub app: App,
    /// End after `stop`.
    pub tasks: Vec<JoinHandle<()>>,
}

impl App {
    /// Reads the office's data, starts desks, intake, outbox and tickers.
    ///
    /// # Errors
    /// The store cannot be read, or a data file of the program is broken.
    pub async fn start(
        config: Config,
        store: Store,
        clock: Arc<dyn ClockDebug>,
        demo: Option<Demo>,
    ) -> Result<Running> {
        let offices = store.offices().await.context("reading the offices")?;
        let ground = Ground::read(&config, &store, &offices).await?;
        room::sweep(&config).await;
        let stop = CancellationToken::new();
        let prepared = ground.roads.clone().map(|roads| tokio::spawn(prepare_roads(roads, stop.clone())));
        let mut running = Self::assemble(config, store, clock, demo, None, ground, stop).await?;
        running.tasks.extend(prepared);
        running.tasks.push(tokio::spawn(keep_metrics(
            running.app.metrics.clone(),
            running.app.desks.clone(),
            running.app.stop.clone(),
        )));
        Ok(running)
    }

    /// Starts an exercise beside this app: over the same areas, names and streets, with roads of its own
    /// state. It stops with this app, at the latest.
    ///
    /// # Errors
    /// Its store cannot be read.
    pub async fn start_practice(
        &self,
        config: Config,
        store: Store,
        clock: Arc<dyn ClockDebug>,
        practice: Arc<Practice>,
    ) -> Result<Running> {
        let roads = self.roads.as_ref().map(|roads| Arc::new(roads.apart()));
        let travel: Arc<dyn TravelTime> = match &roads {
            Some(roads) => roads.clone(),
            None => Arc::new(StraightLine),
        };
        let (areas, reader, map) = (self.areas.clone(), self.reader.clone(), self.map.clone());
        let ground = Ground { areas, reader, map, roads, travel };
        Self::assemble(config, store, clock, None, Some(practice), ground, self.stop.child_token()).await
    }

    #[expect(clippy::too_many_lines, reason = "the composition root: one part after another")]
    async fn assemble(
        config: Config,
        store: Store,
        clock: Arc<dyn ClockDebug>,
        demo: Option<Demo>,
        practice: Option<Arc<Practice>>,
        ground: Ground,
        stop: CancellationToken,
    ) -> Result<Running> {
        let offices = store.offices().await.context("reading the offices")?;
        let Ground { areas, reader, map, roads, travel } = ground;
        let mut tasks = Vec::new();
        let mut plans = plans(&config.dispatch.plans)?;
        if practice.as_ref().is_some_and(|practice| !practice.automatic) {
            // No reading is certain enough: whoever practises decides.
            plans.automatic.reading_confidence = f64::INFINITY;
        }
        plans.answers.undo_s = config.dispatch.undo_s.clamp(0, 60);
        let undo_s = plans.answers.undo_s;
        let rules = Arc::new(Rules { plans, categories: CategorySet::builtin(), shield: config.shield.clone() });
        let notified = Notified::new(store.citizens_to_notify().await.context("reading the accounts")?);
        let closed_roads = roads.clone().map(|roads| Arc::new(ClosedRoads::new(roads)));
        let mut desks = HashMap::new();
        for office in &offices {
            directory::begin(&store, &office.code, clock.now()).await.context("beginning the directory of agencies")?;
            let parts = DeskParts {
                roads: closed_roads.clone(),
                field: Arc::new(Field::new(office.seat, travel.clone(), areas.clone())),
                room: Arc::new(Room::default()),
                outgoing: Arc::new(Outgoing {
                    handbook: Arc::new(Handbook::read(&store, &office.code).await?),
                    office: office.name.clone(),
                    store: store.clone(),
                    notified: notified.clone(),
                    undo_s,
                }),
                office: office.clone(),
                store: store.clone(),
                rules: OfficeRules::new(rules.clone()),
                clock: clock.clone(),
                counted: practice.is_none(),
            };
            let (desk, task) = DeskHandle::start(parts, stop.clone()).await.context("reading a journal")?;
            let now = clock.now();
            let seen = store.last_fixes(&office.code, now.plus_secs(-REMEMBERED_S)).await;
            desk.parts.field.remember(&seen.context("reading where units were last seen")?, now);
            tasks.push(task);
            tasks.push(tokio::spawn(tick(desk.clone(), clock.clone(), stop.clone())));
            tasks.push(tokio::spawn(keep_tracks(desk.clone(), clock.clone(), config.gps.track_days, stop.clone())));
            desks.insert(office.code.clone(), desk);
        }
        let all_desks = Arc::new(desks.clone());
        tasks.extend(
            offices
                .iter()
                .map(|office| tokio::spawn(helping::relay(office.code.clone(), all_desks.clone(), stop.clone()))),
        );
        let mut lines = Lines::new(&config).context("the telephones of the offices")?;
        if let Some(practice) = &practice {
            lines.record(&practice.recorder);
        }
        let intake_parts = IntakeParts {
            store: store.clone(),
            desks: desks.clone(),
            lines: lines.offices,
            numbered: lines.numbered,
            reader: reader.clone(),
            turns: Turns::builtin().context("the turns of a conversation")?,
            clock: clock.clone(),
            merged: Mutex::default(),
            burst_per_min: config.shield.burst_per_min,
        };
        let (intake, more) = Intake::start(intake_parts, stop.clone()).await.context("reading the inbox")?;
        tasks.extend(more);
        let media = MediaVault::new(store.clone(), config.media_dir(), config.media.max_bytes, clock.clone());
        let sender = Sender {
            store: store.clone(),
            templates: config.whatsapp.approved()?,
            routes: lines.routes.clone(),
            media: media.clone(),
            desks: desks.clone(),
            clock: clock.clone(),
        };
        let courier = Courier {
            store: store.clone(),
            webhooks: WebhookPost::new(config.referrals.allow_private)?,
            routes: lines.routes.clone(),
            settings: config.referrals.clone(),
            recorder: practice.as_ref().map(|practice| practice.recorder.clone()),
            clock: clock.clone(),
        };
        tasks.push(tokio::spawn(sender.run(stop.clone())));
        tasks.push(tokio::spawn(courier.run(stop.clone())));
        tasks.push(tokio::spawn(sweep_media(media.clone(), stop.clone())));
        if practice.is_none() {
            let fetch = MediaFetch::new(store.clone(), media.clone(), desks.clone(), lines.source, clock.clone())?;
            tasks.push(tokio::spawn(fetch.run(stop.clone())));
        }
        let metrics = recorder().context("starting the metrics")?;
        let exchange =
            Exchange::new(store.clone(), desks.clone(), config.call110.lines()?, reader.clone(), clock.clone());
        let proxies = config.server.proxies()?;
        let (trackers, listening) =
            Trackers::start(&config.gps, store.clone(), desks.clone(), clock.clone(), stop.clone()).await?;
        tasks.extend(listening);
        let parts = Parts {
            proxies,
            config,
            clock,
            store,
            desks,
            areas,
            reader,
            intake,
            media,
            routes: lines.routes,
            trackers,
            exchange,
            roads,
            map,
            sessions: Sessions::default(),
            citizens: Citizens::default(),
            told: Told::default(),
            patrols: Patrols::default(),
            notified,
            metrics,
            demo,
            setup: SetupDoor::default(),
            restart: Restart::default(),
            streets: StreetImport::default(),
            noted: Noted::default(),
            practice,
            rehearsals: Rehearsals::default(),
            stop,
            sockets: TaskTracker::new(),
            ids: Mutex::new(Ids::random()),
        };
        Ok(Running { app: Self(Arc::new(parts)), tasks })
    }

    /// A fresh id.
    #[must_use]
    pub fn next_id(&self) -> Uuid {
        self.ids.lock().next(self.clock.now())
    }

    /// Refuses a request a foreign page made a browser send. The Origin is compared whole.
    ///
    /// # Errors
    /// 403 another origin, or none.
    pub fn check_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let foreign = || ApiError::forbidden("the request came from another page");
        let origin = text(header::ORIGIN).ok_or_else(foreign)?;
        let public = self.config.server.public_url.trim_end_matches('/');
        let own = if public.is_empty() {
            let host = text(header::HOST).unwrap_or_default();
            origin == format!("http://{host}") || origin == format!("https://{host}")
        } else {
            origin == public
        };
        if own { Ok(()) } else { Err(foreign()) }
    }
}

impl Running {
    /// Stops: no new work, what is under way is finished, what is decided is recorded.
    pub async fn stop(self) {
        self.app.stop.cancel();
        self.app.rehearsals.close().await;
        self.app.sockets.close();
        if tokio::time::timeout(Duration::from_secs(8), self.app.sockets.wait()).await.is_err() {
            tracing::warn!("some sockets did not end in time");
        }
        for task in self.tasks {
            if tokio::time::timeout(Duration::from_secs(5), task).await.is_err() {
                tracing::warn!("a task did not end in time");
            }
        }
        self.app.store.clone().close().await;
    }
}

/// What nobody writes while an office is at work, and its exercises may share.
struct Ground {
    areas: Arc<JurisdictionIndex>,
    reader: Arc<Reader>,
    map: Arc<MapLayers>,
    roads: Option<Arc<RoadTravel>>,
    travel: Arc<dyn TravelTime>,
}

impl Ground {
    async fn read(config: &Config, store: &Store, offices: &[Office]) -> Result<Self> {
        let (areas, places) = office_data(store, offices).await?;
        let (travel, roads) = travel(store).await?;
        let lexicon = crate::train::lexicon(&config.understand.model)?;
        let reader = Arc::new(Reader::new(lexicon, Gazetteer::new(places.clone()), areas.clone()));
        let map = MapLayers::new(&areas, roads.as_ref().map(|roads| roads.graph()), &places);
        Ok(Self { areas, reader, map: Arc::new(map), roads, travel })
    }
}

/// The office's own response plans, or the ones that ship with the program.
fn plans(file: &str) -> Result<Plans> {
    if file.is_empty() {
        return Ok(Plans::builtin()?);
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading the response plans {file}"))?;
    Plans::parse(&text).with_context(|| format!("the response plans {file}"))
}

async fn office_data(store: &Store, offices: &[Office]) -> Result<(Arc<JurisdictionIndex>, Vec<GazetteerEntry>)> {
    let areas: Vec<Area> = store.areas(None).await.context("reading the areas")?;
    let mut polseks: Vec<Polsek> = Vec::new();
    let mut places = Vec::new();
    for office in offices {
        polseks.extend(store.polseks(&office.code).await.context("reading the Polsek")?);
        let own = store.places(&office.code).await.context("reading the places")?;
        places.extend(with_areas(own, areas.iter().filter(|area| area.polres == office.code)));
    }
    let index = tokio::task::spawn_blocking(move || JurisdictionIndex::new(areas, polseks)).await?;
    Ok((Arc::new(index), places))
}

/// Travel over the imported streets; as the crow flies before an import.
async fn travel(store: &Store) -> Result<(Arc<dyn TravelTime>, Option<Arc<RoadTravel>>)> {
    let Some(bytes) = store.blob(ROADS).await.context("reading the roads")? else {
        return Ok((Arc::new(StraightLine), None));
    };
    let read = move || RoadGraph::decode(&bytes).map(|graph| Arc::new(RoadTravel::new(Arc::new(graph))));
    let roads = tokio::task::spawn_blocking(read).await?.context("the stored roads")?;
    Ok((roads.clone(), Some(roads)))
}

/// Orders the map once the office is at work; until then, and while it lasts, travel times are searched.
async fn prepare_roads(roads: Arc<RoadTravel>, stop: CancellationToken) {
    while !roads.wants_preparing() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
    if let Err(error) = tokio::task::spawn_blocking(move || roads.prepare()).await {
        tracing::warn!(error = %error, "the map was not ordered: travel times stay slower");
    }
}

/// The recorder of this process: one, however many apps it runs.
fn recorder() -> Result<PrometheusHandle> {
    static RECORDER: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut recorder = RECORDER.lock();
    if let Some(handle) = recorder.as_ref() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder()?;
    *recorder = Some(handle.clone());
    Ok(handle)
}

/// Removes uploads nobody finished.
async fn sweep_media(media: MediaVault, stop: CancellationToken) {
    loop {
        if let Err(error) = media.sweep().await {
            tracing::warn!(error = %Chain(&error), "unfinished uploads could not be removed yet");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_mins(10)) => {}
        }
    }
}

/// Gauges of each desk, and the recorder's own housekeeping.
async fn keep_metrics(handle: PrometheusHandle, desks: HashMap<String, DeskHandle>, stop: CancellationToken) {
    loop {
        for (polres, desk) in &desks {
            let counts = desk.look(|desk| {
                let open = desk.incidents.values().filter(|incident| incident.is_open()).count();
                let free: u32 = desk.free.values().sum();
                (desk.queue.len(), open, free, desk.seq)
            });
            let Ok((queued, open, free, seq)) = counts.await else { return };
            let set = |name: &'static str, value: f64| metrics::gauge!(name, "polres" => polres.clone()).set(value);
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
            {
                set("sigap_reports_queued", queued as f64);
                set("sigap_incidents_open", open as f64);
                set("sigap_units_free", f64::from(free));
                set("sigap_journal_seq", seq as f64);
            }
            for (verdict, count) in desk.parts.field.totals().named() {
                metrics::counter!("sigap_fixes_total", "polres" => polres.clone(), "verdict" => verdict)
                    .absolute(count);
            }
        }
        handle.run_upkeep();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

/// One position tick a second; a unit whose fix is lost counts at its post.
async fn tick(desk: DeskHandle, clock: Arc<dyn ClockDebug>, stop: CancellationToken) {
    let mut no = 0;
    let mut every = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        no += 1;
        let DeskParts { field, room, .. } = &desk.parts;
        let moved = field.take_moved();
        if !moved.is_empty() {
            field.expect_questions(&moved);
            room.tick(Tick::encode(no, clock.now(), room.seq(), moved));
        }
        if no % 30 == 0 {
            field.forget_lost(clock.now());
        }
    }
}

/// Writes sampled positions in batches; what cannot be written is dropped: they are no entries. Once an hour
/// what is older than `days` is removed (0: never).
async fn keep_tracks(desk: DeskHandle, clock: Arc<dyn ClockDebug>, days: i64, stop: CancellationToken) {
    let mut purged_at: Option<Timestamp> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        let fixes = desk.parts.field.take_tracks();
        let mut job: Vec<_> = (!fixes.is_empty()).then(|| tracks::insert_fixes(&fixes)).into_iter().collect();
        let now = clock.now();
        if days > 0 && purged_at.is_none_or(|at| now.secs_since(at) >= 3600.0) {
            purged_at = Some(now);
            job.push(tracks::purge(now.plus_secs(-days * 24 * 3600)));
        }
        if job.is_empty() {
            continue;
        }
        if let Err(error) = desk.parts.store.write(job).await {
            tracing::warn!(error = %Chain(&error), "a batch of positions was not kept");
        }
    }
}

/// What the map is drawn from, encoded once.
pub struct MapLayers {
    /// Kelurahan areas.
    pub areas: Layer,
    /// Polsek borders and seats.
    pub polseks: Layer,
    /// Main roads.
    pub arterials: Layer,
    /// Streets and lanes.
    pub streets: Layer,
    /// Names.
    pub places: Layer,
}

impl MapLayers {
    fn new(areas: &JurisdictionIndex, roads: Option<&RoadGraph>, places: &[GazetteerEntry]) -> Self {
        let empty = || json!({ "type": "FeatureCollection", "features": [] }).to_string();
        let (kelurahan, borders) = area_layers(areas);
        Self {
            areas: Layer::new(kelurahan),
            polseks: Layer::new(borders),
            arterials: Layer::new(roads.map_or_else(empty, RoadGraph::arterials)),
            streets: Layer::new(roads.map_or_else(empty, RoadGraph::local_streets)),
            places: Layer::new(place_layer(places)),
        }
    }
}

fn area_layers(index: &JurisdictionIndex) -> (String, String) {
    let all: serde_json::Value = serde_json::from_str(&index.areas_geojson()).unwrap_or_default();
    let features = all["features"].as_array().cloned().unwrap_or_default();
    let (lines, areas): (Vec<_>, Vec<_>) =
        features.into_iter().partition(|f| f["properties"]["level"].is_string() && f["properties"]["level"] != "desa");
    let renamed = |mut feature: serde_json::Value| {
        let properties = feature["properties"].take();
        feature["properties"] = json!({
            "level": properties["level"], "code": properties["kode"], "name": properties["nama"],
            "kecamatan": properties["kecamatan"], "polsek": properties["polsek"], "polres": properties["polres"],
        });
        feature
    };
    let mut borders: Vec<serde_json::Value> = lines.into_iter().map(renamed).collect();
    borders.extend(index.polseks().map(|polsek| {
        json!({
            "type": "Feature",
            "properties": { "level": "seat", "code": polsek.code, "name": polsek.name, "polres": polsek.polres },
            "geometry": { "type": "Point", "coordinates": [polsek.seat.lng, polsek.seat.lat] },
        })
    }));
    let collection =
        |features: Vec<serde_json::Value>| json!({ "type": "FeatureCollection", "features": features }).to_string();
    (collection(areas.into_iter().map(renamed).collect()), collection(borders))
}

fn place_layer(places: &[GazetteerEntry]) -> String {
    let shown = |place: &&GazetteerEntry| {
        matches!(
            place.kind,
            PlaceKind::Kelurahan | PlaceKind::Kecamatan | PlaceKind::Landmark | PlaceKind::Intersection
        )
    };
    let feature = |place: &GazetteerEntry| {
        json!({
            "type": "Feature",
            "properties": { "name": place.name, "kind": place.kind },
            "geometry": { "type": "Point", "coordinates": [place.at.lng, place.at.lat] },
        })
    };
    let features: Vec<_> = places.iter().filter(shown).map(feature).collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}
