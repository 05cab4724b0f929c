//! The exercises of this server: begun, found, turned, ended.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use parking_lot::Mutex;
use uuid::Uuid;

use super::crews::Crews;
use super::exercise::{Begin, Exercise, Source, remove};
use super::likeness;
use super::practice::Practice;
use super::results::{self, ExerciseResult, ResultLine, TraineePoints};
use super::ringers::{self, Ringer};
use super::score::{Card, Member, score};
use super::script::{self, LINE, Period, Teller};
use crate::app::App;
use crate::config::Config;
use crate::dispatch::command::{Command, NewUnit};
use crate::dispatch::desk::Desk;
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::clock::{ManualClock, Timestamp};
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::UserId;
use crate::model::jurisdiction::Office;
use crate::model::place::LngLat;
use crate::model::unit::{Unit, UnitStatus};
use crate::runtime::desks::DeskHandle;
use crate::sim::citizens::{Citizens, Line};
use crate::store::vault::Vault;
use crate::store::{Store, StoreSettings, offices};

/// Exercises of one server at the same time: each is an app of its own.
pub const MOST_AT_ONCE: usize = 4;

/// An exercise nobody touches for so long ends by itself, seconds.
pub const IDLE_S: f64 = 2.0 * 3600.0;

/// The longest stretch, minutes: one duty.
pub const MOST_MIN: u32 = 12 * 60;

/// Units of an exercise at most.
const MOST_UNITS: usize = 200;

/// Corrections of a past stretch are looked for this long after it, seconds.
const CORRECTED_S: i64 = 2 * 3600;

/// How often the clocks are turned.
const TURN: Duration = Duration::from_millis(250);

/// What stands before every number and name of an exercise.
pub const PREFIX: &str = "LAT-";
/// What stands before its name.
pub const NAMED: &str = "LATIHAN";

/// What a trainer asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name.
    pub title: String,
    /// What it is made from.
    pub source: Source,
    /// How long a synthetic stretch lasts, minutes of its own clock.
    pub minutes: u32,
    /// How many times faster than life.
    pub speed: u32,
    /// The machine may offer a clear P1 by itself.
    pub automatic: bool,
}

/// Why no exercise was begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// As many as this server carries are under way. (http: 409)
    #[error("{MOST_AT_ONCE} exercises are under way")]
    TooMany,
    /// The stretch holds no report. (http: 422)
    #[error("no report came in this stretch")]
    Empty,
    /// Anything else. (http: 500)
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// The rehearsal room of a server.
#[derive(Default)]
pub struct Rehearsals {
    running: Mutex<BTreeMap<Uuid, Arc<Exercise>>>,
    /// Taken while one is begun, so that two do not take the last place.
    beginning: tokio::sync::Mutex<()>,
    /// Taken while a result is kept.
    keeping: tokio::sync::Mutex<()>,
}

impl Rehearsals {
    /// An exercise under way.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<Arc<Exercise>> {
        self.running.lock().get(&id).cloned()
    }

    /// The exercises of an office, in the order they were begun.
    #[must_use]
    pub fn of(&self, polres: &str) -> Vec<Arc<Exercise>> {
        self.running.lock().values().filter(|exercise| exercise.polres == polres).cloned().collect()
    }

    /// Begins one and lets its clock run.
    ///
    /// # Errors
    /// [`BeginError`].
    pub async fn begin(
        &self,
        home: &App,
        trainer: Member,
        polres: &str,
        wanted: Wanted,
    ) -> Result<Arc<Exercise>, BeginError> {
        let one_at_a_time = self.beginning.lock().await;
        if self.running.lock().len() >= MOST_AT_ONCE {
            return Err(BeginError::TooMany);
        }
        let exercise = Arc::new(prepare(home, &trainer, polres, wanted).await?);
        exercise.join(trainer);
        self.running.lock().insert(exercise.practice.id, exercise.clone());
        drop(one_at_a_time);
        tokio::spawn(run(home.clone(), exercise.clone()));
        Ok(exercise)
    }

    /// Ends one: its score is kept and given, its memory and its files are given back. None when it has
    /// ended already.
    ///
    /// # Errors
    /// Storage failed; it goes on.
    pub async fn end(&self, home: &App, id: Uuid) -> Result<Option<ExerciseResult>> {
        let keeping = self.keeping.lock().await;
        let Some(exercise) = self.get(id) else { return Ok(None) };
        exercise.set_speed(0);
        let result = judge(home, &exercise).await?;
        results::keep(&home.store, &exercise.polres, &result).await.context("keeping the result of an exercise")?;
        self.running.lock().remove(&id);
        drop(keeping);
        exercise.close().await;
        Ok(Some(result))
    }

    /// Ends all without a score: the server stops.
    pub async fn close(&self) {
        let all = std::mem::take(&mut *self.running.lock());
        for exercise in all.into_values() {
            exercise.close().await;
        }
    }
}

/// Where the files of exercises lie.
#[must_use]
pub fn folder(config: &Config) -> PathBuf {
    config.media_dir().join("latihan")
}

/// Removes what a server that died left behind; it is sealed with keys nobody has.
pub async fn sweep(config: &Config) {
    let left = folder(config);
    if left.exists() {
        remove(left).await;
    }
}

/// Turns the clock of an exercise until it ends.
async fn run(home: App, exercise: Arc<Exercise>) {
    let id = exercise.practice.id;
    let stop = exercise.app.stop.clone();
    let mut every = tokio::time::interval(TURN);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = every.tick().await;
    let mut owed_s = 0.0;
    loop {
        let at = tokio::select! {
            () = stop.cancelled() => return,
            at = every.tick() => at,
        };
        owed_s += (at - last).as_secs_f64() * f64::from(exercise.speed());
        last = at;
        // Whole seconds: crews report their positions once a second, as in life.
        if owed_s >= 1.0 {
            // A machine that cannot keep up runs slower; it does not run after what it missed.
            let now_s = owed_s.min(4.0 * f64::from(exercise.speed().max(1)));
            owed_s = 0.0;
            if let Err(error) = exercise.turn(now_s).await {
                tracing::warn!(error = %format!("{error:#}"), "an exercise could not be turned");
            }
        }
        if exercise.is_over() || exercise.idle_s(home.clock.now()) > IDLE_S {
            match home.rehearsals.end(&home, id).await {
                Ok(_) => return,
                Err(error) => tracing::warn!(error = %format!("{error:#}"), "an exercise could not be ended yet"),
            }
        }
    }
}

async fn prepare(home: &App, trainer: &Member, polres: &str, wanted: Wanted) -> Result<Exercise, BeginError> {
    let real = home.desks.get(polres).context("the office is not served here")?;
    let Stretch { tellers, ringers, begins_at, ends_at } = stretch(home, polres, &wanted).await?;
    let id = home.next_id();
    let practice = Arc::new(Practice::new(id, wanted.title.clone(), trainer.user, wanted.automatic));
    let office = Office {
        name: format!("{NAMED} · {}", real.parts.office.name),
        prefix: format!("{PREFIX}{}", real.parts.office.prefix),
        ..real.parts.office.clone()
    };
    let folder = folder(&home.config).join(id.to_string());
    let store = open(home, &folder, &office).await?;
    likeness::furnish(&home.store, &store, polres).await?;
    let clock = Arc::new(ManualClock::at(begins_at));
    let config = settings(&home.config, &folder, polres);
    let running = home.start_practice(config, store, clock.clone(), practice.clone()).await?;
    let units =
        real.look(|desk| desk.units.values().cloned().collect::<Vec<_>>()).await.context("reading the units")?;
    let crews = match staff(&running.app, real, &units).await {
        Ok(crews) => crews,
        Err(error) => {
            running.stop().await;
            remove(folder).await;
            return Err(error.into());
        }
    };
    Ok(Exercise::begin(Begin {
        practice,
        polres: polres.to_owned(),
        source: wanted.source,
        started_at: home.clock.now(),
        running,
        clock,
        ends_at,
        speed: wanted.speed,
        tellers,
        ringers,
        crews,
        folder,
    }))
}

/// What happens, from when to when.
struct Stretch {
    tellers: Vec<Teller>,
    ringers: Vec<Ringer>,
    begins_at: Timestamp,
    ends_at: Timestamp,
}

/// What happens in the stretch that was asked for.
async fn stretch(home: &App, polres: &str, wanted: &Wanted) -> Result<Stretch, BeginError> {
    let offset = home.desks.get(polres).map_or(7, |desk| desk.parts.office.utc_offset_h);
    match wanted.source {
        Source::Synthetic { seed, per_hour, calls_per_hour, hour } => {
            let now = home.clock.now();
            let at_hour = |hour: u8| {
                Timestamp::day_begins(now.local_day(offset), offset).map(|day| day.plus_secs(i64::from(hour) * 3600))
            };
            let begins_at = hour.and_then(at_hour).unwrap_or(now);
            let secs = f64::from(wanted.minutes) * 60.0;
            let (line, begin) = (line(home, polres), begins_at);
            let writing = tokio::task::spawn_blocking(move || {
                let mut citizens = Citizens::new(vec![line], u64::from(seed))?;
                let mut rng = fastrand::Rng::with_seed(u64::from(seed));
                let writing = Period { begin, secs, per_hour, utc_offset_h: offset };
                let tellers = script::synthetic(&mut citizens, &mut rng, &writing);
                // Who telephones is drawn after who writes, so that calls change nothing about the messages.
                let calling = Period { per_hour: calls_per_hour, ..writing };
                let ringers = ringers::synthetic(&mut citizens, &mut rng, &calling);
                anyhow::Ok((tellers, ringers))
            });
            let (tellers, ringers) = writing.await.context("writing the script")??;
            Ok(Stretch { tellers, ringers, begins_at, ends_at: script::moved(begins_at, secs) })
        }
        Source::Replay { from, to } => {
            let told = |entry: &Entry| {
                use Event::{CallDismissed, CallFiled, CallRang, ReportLocated, ReportRead, ReportReceived};
                let report = matches!(entry.event, ReportReceived { .. } | ReportRead { .. } | ReportLocated { .. });
                let kept = report || matches!(entry.event, CallRang(_) | CallFiled { .. } | CallDismissed { .. });
                kept.then(|| entry.clone())
            };
            let span = (from, to.plus_secs(CORRECTED_S));
            let entries = home.store.entries_between(polres, span, told).await.context("reading the journal")?;
            let line = line(home, polres);
            let writing = tokio::task::spawn_blocking(move || {
                let seed = from.micros().unsigned_abs();
                let mut citizens = Citizens::new(vec![line], seed)?;
                let tellers = script::replayed(&mut citizens, &script::past(&entries, from, to), from);
                let (calls, mut rng) = (ringers::past(&entries, from, to), fastrand::Rng::with_seed(seed));
                anyhow::Ok((tellers, ringers::replayed(&mut citizens, &mut rng, &calls, from)))
            });
            let (tellers, ringers) = writing.await.context("writing the script")??;
            if tellers.is_empty() && ringers.is_empty() {
                return Err(BeginError::Empty);
            }
            Ok(Stretch { tellers, ringers, begins_at: from, ends_at: to })
        }
    }
}

/// The named places of the office, as its invented citizens know them.
fn line(home: &App, polres: &str) -> Line {
    let own = |place: &GazetteerEntry| home.areas.containing(place.at).is_some_and(|area| area.polres == polres);
    let places: Vec<GazetteerEntry> = home.reader.gazetteer().entries().filter(own).collect();
    Line { phone_number_id: LINE.to_owned(), places: places.into() }
}

/// A store of its own, under a key that exists here only.
async fn open(home: &App, folder: &Path, office: &Office) -> Result<Store> {
    make_private(folder.to_owned()).await.context("making the folder of an exercise")?;
    let url = format!("sqlite:{}", folder.join("latihan.db").display());
    let keys = Vault::fresh_key(1).context("making the key of an exercise")?;
    let store = Store::open(&StoreSettings { url, keys }).await.context("opening the store of an exercise")?;
    let polseks: Vec<_> = home.areas.polseks().filter(|polsek| polsek.polres == office.code).cloned().collect();
    let mut job = vec![offices::upsert_office(office)];
    job.extend(offices::replace_polseks(&office.code, &polseks));
    store.write(job).await.context("recording the office of an exercise")?;
    Ok(store)
}

async fn make_private(folder: PathBuf) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let making = move || std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    Ok(tokio::task::spawn_blocking(making).await??)
}

/// Settings of an exercise: what judges like the office's, and nothing that reaches outside.
fn settings(real: &Config, folder: &Path, polres: &str) -> Config {
    let mut config = Config {
        server: real.server.clone(),
        office: real.office.clone(),
        dispatch: real.dispatch.clone(),
        understand: real.understand.clone(),
        shield: real.shield.clone(),
        map: real.map.clone(),
        ..Config::default()
    };
    config.whatsapp.phone_numbers = format!("{LINE}={polres}");
    config.call110.whatsapp_links.clone_from(&real.call110.whatsapp_links);
    config.gps.track_days = 0;
    config.media.dir = folder.join("media").display().to_string();
    config
}

/// The office's plans and teams, and its units, on duty, with invented crews.
async fn staff(app: &App, real: &DeskHandle, units: &[Unit]) -> Result<Crews> {
    let polres = real.parts.office.code.as_str();
    let desk = app.desks.get(polres).context("the exercise has no desk")?;
    likeness::arrange(real, desk).await?;
    let mut known: Vec<&Unit> = units.iter().collect();
    known.sort_by_key(|unit| unit.no);
    let new = |unit: &&Unit| NewUnit {
        call_sign: unit.call_sign.clone(),
        kind: unit.kind,
        polsek: unit.polsek.clone(),
        crew: unit.crew,
        post: unit.post,
    };
    let new: Vec<NewUnit> = known.iter().take(MOST_UNITS).map(new).collect();
    desk.submit(Actor::System, Command::RegisterUnits(new)).await?;
    let mut units: Vec<Unit> = desk.look(|desk| desk.units.values().cloned().collect()).await?;
    units.sort_by_key(|unit| unit.no);
    for unit in &units {
        desk.submit(Actor::System, Command::SetUnitStatus(unit.id, UnitStatus::Available)).await?;
    }
    let (points, everywhere) = patrol_points(app, polres);
    Ok(Crews::new(&units, &points, &everywhere, desk.parts.field.streets(), 1))
}

type Points = HashMap<String, Arc<[LngLat]>>;

/// Street points to patrol between, by Polsek, and all of them; in an order that repeats.
fn patrol_points(app: &App, polres: &str) -> (Points, Arc<[LngLat]>) {
    let mut points: HashMap<String, Vec<LngLat>> = HashMap::new();
    let mut all = Vec::new();
    for place in app.reader.gazetteer().entries() {
        if matches!(place.kind, PlaceKind::Street | PlaceKind::Landmark | PlaceKind::Intersection)
            && let Some(area) = app.areas.containing(place.at).filter(|area| area.polres == polres)
        {
            points.entry(area.polsek.clone()).or_default().push(place.at);
            all.push(place.at);
        }
    }
    (points.into_iter().map(|(polsek, points)| (polsek, points.into())).collect(), all.into())
}

/// Scores an exercise from its journal.
async fn judge(home: &App, exercise: &Exercise) -> Result<ExerciseResult> {
    let desk = exercise.desk()?;
    let office = desk.parts.office.clone();
    let mut entries = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry: &crate::model::entry::Entry| entry.seq);
        let page = exercise
            .app
            .store
            .read_after(&exercise.polres, after, 2000)
            .await
            .context("reading the journal of an exercise")?;
        if page.is_empty() {
            break;
        }
        entries.extend(page);
    }
    let notes = exercise.notes().await;
    // Who leads and did nothing is no trainee.
    let acted = |user: UserId| entries.iter().any(|entry| entry.actor == Actor::User(user));
    let trainer = exercise.practice.trainer;
    let members: Vec<Member> =
        exercise.members().into_iter().filter(|one| one.user != trainer || acted(trainer)).collect();
    let trainer_name = exercise.members().into_iter().find(|one| one.user == trainer).map(|one| one.name);
    let reports = entries.iter().filter(|entry| matches!(entry.event, Event::ReportReceived { .. })).count();
    let standing = exercise.standing().await;
    let (from, to) = (standing.begins_at, standing.now);
    let judging = tokio::task::spawn_blocking(move || {
        let desk = Desk::new(&office.code, &office.prefix, office.utc_offset_h);
        score(desk, &entries, &notes, &members, to)
    });
    let (team, cards) = judging.await?;
    let points = |card: &Card| Some(TraineePoints { user: card.user?, name: card.name.clone(), grade: card.grade });
    let line = ResultLine {
        id: exercise.practice.id,
        title: exercise.practice.title.clone(),
        source: exercise.source.clone(),
        trainer,
        trainer_name: trainer_name.unwrap_or_default(),
        started_at: exercise.started_at,
        ended_at: home.clock.now(),
        from,
        to,
        reports,
        trainees: cards.iter().filter_map(points).collect(),
    };
    Ok(ExerciseResult { line, team, cards })
}
