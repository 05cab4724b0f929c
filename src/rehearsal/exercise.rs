//! One exercise under way: its app, its clock, its people, and the engine that turns them.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use anyhow::{Context, Result};
use bytes::Bytes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::crews::Crews;
use super::practice::Practice;
use super::ringers::{self, Ringer};
use super::score::{Hindsight, Member, Notes};
use super::script::{self, ANSWERS_AFTER_S, Teller, Truth};
use super::switchboard::Switchboard;
use crate::app::{App, Running};
use crate::dispatch::command::Command;
use crate::http::Doors;
use crate::model::clock::{Clock, ManualClock, Timestamp};
use crate::model::entry::{Actor, Event, Template};
use crate::model::id::{AssignmentId, CallId, IncidentId, ReportId, UnitId, UserId};
use crate::model::place::LngLat;
use crate::model::report::Channel;
use crate::model::unit::UnitStatus;
use crate::runtime::desks::DeskHandle;

/// The fastest a clock of an exercise may run.
pub const FASTEST: u32 = 60;

/// The clock is turned by at most this at once, seconds: as often the crews are heard and the desk looks at it.
const STEP_S: f64 = 5.0;

/// What an exercise is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// An invented stretch in the office's own area.
    Synthetic {
        /// The same seed makes the same stretch.
        seed: u32,
        /// Reports an hour on average over the day.
        per_hour: f64,
        /// Calls to 110 an hour on average over the day; none without.
        #[serde(default)]
        calls_per_hour: f64,
        /// Hour of the office's day it begins at, 0 to 23; without it the present one.
        #[serde(default)]
        hour: Option<u8>,
    },
    /// A past stretch of the office's journal, in invented words.
    Replay {
        /// From this instant.
        from: Timestamp,
        /// To before this one.
        to: Timestamp,
    },
}

/// What somebody in the exercise sees of its state.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExerciseStanding)]
pub struct Standing {
    /// The clock of the exercise.
    pub now: Timestamp,
    /// It began then, by its own clock.
    pub begins_at: Timestamp,
    /// It ends by itself then.
    pub ends_at: Timestamp,
    /// How many times faster than life; 0 while it is paused.
    pub speed: u32,
    /// Messages and calls that came so far.
    pub told: usize,
    /// Messages and calls in all.
    pub messages: usize,
    /// Messages that would have left the office.
    pub recorded: u64,
}

/// An exercise under way.
pub struct Exercise {
    /// Its mark: id, title, trainer.
    pub practice: Arc<Practice>,
    /// Its office.
    pub polres: String,
    /// What it is made from.
    pub source: Source,
    /// When it was started, by the real clock.
    pub started_at: Timestamp,
    /// Its app.
    pub app: App,
    /// Its doors.
    pub router: Doors,
    begins_at: Timestamp,
    ends_at: Timestamp,
    clock: Arc<ManualClock>,
    speed: AtomicU32,
    touched_us: AtomicI64,
    people: Mutex<BTreeMap<UserId, Member>>,
    engine: tokio::sync::Mutex<Engine>,
    running: Mutex<Option<Running>>,
    folder: PathBuf,
}

/// What is needed to begin one.
pub struct Begin {
    /// Its mark.
    pub practice: Arc<Practice>,
    /// Its office.
    pub polres: String,
    /// What it is made from.
    pub source: Source,
    /// The real clock.
    pub started_at: Timestamp,
    /// Its app.
    pub running: Running,
    /// Its clock, at its begin.
    pub clock: Arc<ManualClock>,
    /// It ends by itself then.
    pub ends_at: Timestamp,
    /// Its speed.
    pub speed: u32,
    /// Who writes.
    pub tellers: Vec<Teller>,
    /// Who telephones.
    pub ringers: Vec<Ringer>,
    /// Its crews.
    pub crews: Crews,
    /// Its files.
    pub folder: PathBuf,
}

impl Exercise {
    /// An exercise whose clock stands at its begin.
    #[must_use]
    pub fn begin(begin: Begin) -> Self {
        let app = begin.running.app.clone();
        let begins_at = begin.clock.now();
        let mut engine = Engine::new(begin.crews);
        for teller in begin.tellers {
            engine.add(teller, begins_at);
        }
        for ringer in begin.ringers {
            engine.board.add(script::moved(begins_at, ringer.at_s), ringer);
        }
        Self {
            router: crate::http::router(app.clone()),
            app,
            practice: begin.practice,
            polres: begin.polres,
            source: begin.source,
            started_at: begin.started_at,
            begins_at,
            ends_at: begin.ends_at,
            clock: begin.clock,
            speed: AtomicU32::new(begin.speed.min(FASTEST)),
            touched_us: AtomicI64::new(begin.started_at.micros()),
            people: Mutex::default(),
            engine: tokio::sync::Mutex::new(engine),
            running: Mutex::new(Some(begin.running)),
            folder: begin.folder,
        }
    }

    /// Its desk.
    ///
    /// # Errors
    /// Its app has none, which cannot be.
    pub fn desk(&self) -> Result<&DeskHandle> {
        self.app.desks.get(&self.polres).context("the exercise has no desk")
    }

    /// How many times faster than life; 0 stands still.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speed.load(Ordering::Relaxed)
    }

    /// Sets how fast the clock runs; 0 is a pause.
    pub fn set_speed(&self, speed: u32) {
        self.speed.store(speed.min(FASTEST), Ordering::Relaxed);
    }

    /// The clock of the exercise.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.now() >= self.ends_at
    }

    /// Somebody did something in it at `now` of the real clock.
    pub fn touch(&self, now: Timestamp) {
        self.touched_us.fetch_max(now.micros(), Ordering::Relaxed);
    }

    /// Seconds since anybody did anything in it.
    #[must_use]
    pub fn idle_s(&self, now: Timestamp) -> f64 {
        now.secs_since(Timestamp(self.touched_us.load(Ordering::Relaxed)))
    }

    /// Somebody takes part from now on.
    pub fn join(&self, member: Member) -> bool {
        self.people.lock().insert(member.user, member).is_none()
    }

    /// A crew takes part from now on: the tablet of `unit` of this exercise is in its hands.
    pub async fn man(&self, member: Member, unit: UnitId) {
        self.join(Member { unit: Some(unit), ..member });
        self.engine.lock().await.crews.man(unit);
    }

    /// The unit whose tablet somebody holds here.
    #[must_use]
    pub fn unit_of(&self, user: UserId) -> Option<UnitId> {
        self.people.lock().get(&user)?.unit
    }

    /// Whether somebody takes part.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.people.lock().contains_key(&user)
    }

    /// Who takes part, by id.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        self.people.lock().values().cloned().collect()
    }

    /// How it stands.
    pub async fn standing(&self) -> Standing {
        let engine = self.engine.lock().await;
        Standing {
            now: self.now(),
            begins_at: self.begins_at,
            ends_at: self.ends_at,
            speed: self.speed(),
            told: engine.told + engine.board.rang,
            messages: engine.told + engine.due.len() + engine.board.rang + engine.board.to_come(),
            recorded: self.practice.recorder.count(),
        }
    }

    /// Lets `secs` seconds of the exercise pass: messages come, crews drive, the desk looks at the clock.
    ///
    /// # Errors
    /// Its store failed, or it has ended.
    pub async fn turn(&self, secs: f64) -> Result<()> {
        let mut engine = self.engine.lock().await;
        let mut left_s = secs.min(self.ends_at.secs_since(self.now()));
        while left_s > 1e-6 {
            let step_s = left_s.min(STEP_S);
            self.clock.set(script::moved(self.now(), step_s));
            engine.step(self, step_s).await?;
            left_s -= step_s;
        }
        Ok(())
    }

    /// Lets somebody write `text` at once, from `pin` when there is one.
    ///
    /// # Errors
    /// Its store failed, or it has ended.
    pub async fn inject(&self, text: &str, pin: Option<LngLat>, truth: Option<Truth>) -> Result<()> {
        let mut engine = self.engine.lock().await;
        let no = engine.next_no;
        let at_s = self.now().secs_since(self.begins_at);
        engine.add(script::injected(no, at_s, text, pin, truth), self.begins_at);
        engine.tell(self).await?;
        self.desk()?.submit(Actor::System, Command::Tick).await?;
        engine.follow(self, None).await
    }

    /// Lets somebody telephone at once, who says `text` when somebody answers; the network knows `pin`.
    ///
    /// # Errors
    /// Its store failed, or it has ended.
    pub async fn ring(&self, text: &str, pin: Option<LngLat>, truth: Option<Truth>) -> Result<()> {
        let mut engine = self.engine.lock().await;
        let at_s = self.now().secs_since(self.begins_at);
        engine.board.add(self.now(), ringers::injected(at_s, text, pin, truth));
        engine.telephone(self).await
    }

    /// What the exercise knows beside its journal, to be scored.
    pub async fn notes(&self) -> Notes {
        let mut engine = self.engine.lock().await;
        // What was pressed since its clock stands belongs to it too.
        if let Err(error) = engine.follow(self, None).await {
            tracing::warn!(error = %format!("{error:#}"), "the last entries of an exercise could not be read");
        }
        engine.notes.clone()
    }

    /// Takes it down: its tasks end, its files go.
    pub async fn close(&self) {
        let running = self.running.lock().take();
        if let Some(running) = running {
            // An app that stops closes its exercises, which are apps.
            Box::pin(running.stop()).await;
        }
        remove(self.folder.clone()).await;
    }
}

/// Removes the files of an exercise.
pub(super) async fn remove(folder: PathBuf) {
    let removing = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
    if let Ok(Err(error)) = removing {
        tracing::warn!(error = %error, "the files of an exercise could not be removed");
    }
}

/// A person of the exercise, while it runs.
struct Person {
    name: String,
    pin: Option<LngLat>,
    truth: Option<Truth>,
    sent: u64,
    /// He has said where he is, or will.
    placed: bool,
    report: Option<ReportId>,
}

struct Engine {
    /// What is to be told, by instant and number.
    due: BTreeMap<(Timestamp, u64), (u32, Value)>,
    people: HashMap<u32, Person>,
    by_report: HashMap<ReportId, u32>,
    crews: Crews,
    board: Switchboard,
    notes: Notes,
    /// The last entry that was looked at.
    seq: u64,
    next_no: u32,
    next_due: u64,
    told: usize,
}

impl Engine {
    fn new(crews: Crews) -> Self {
        Self {
            due: BTreeMap::new(),
            people: HashMap::new(),
            by_report: HashMap::new(),
            crews,
            board: Switchboard::default(),
            notes: Notes::default(),
            seq: 0,
            next_no: 1,
            next_due: 0,
            told: 0,
        }
    }

    fn add(&mut self, teller: Teller, begins_at: Timestamp) {
        let Teller { no, name, says, pin, truth } = teller;
        self.next_no = self.next_no.max(no.saturating_add(1));
        let placed = says.iter().any(|(_, content)| content["type"] == "location");
        self.people.insert(no, Person { name, pin, truth, sent: 0, placed, report: None });
        for (at_s, content) in says {
            self.say(no, script::moved(begins_at, at_s), content);
        }
    }

    fn say(&mut self, no: u32, at: Timestamp, content: Value) {
        self.next_due += 1;
        self.due.insert((at, self.next_due), (no, content));
    }

    async fn step(&mut self, exercise: &Exercise, secs: f64) -> Result<()> {
        self.tell(exercise).await?;
        // What was pressed since the last step is heard before the telephones go on.
        self.follow(exercise, None).await?;
        self.telephone(exercise).await?;
        let desk = exercise.desk()?;
        self.crews.live(desk, secs, exercise.now()).await?;
        desk.submit(Actor::System, Command::Tick).await?;
        self.follow(exercise, None).await
    }

    /// Tells what is due, one message after another.
    async fn tell(&mut self, exercise: &Exercise) -> Result<()> {
        while let Some(next) = self.due.first_entry().filter(|next| next.key().0 <= exercise.now()) {
            let (no, content) = next.remove();
            let Some(person) = self.people.get_mut(&no) else { continue };
            person.sent += 1;
            let body = script::body(no, &person.name, person.sent, exercise.now(), &content);
            exercise.app.intake.accept_whole(Bytes::from(body.to_string())).await?;
            self.told += 1;
            self.follow(exercise, Some(no)).await?;
        }
        Ok(())
    }

    /// Lets the telephones ring, be picked up and be hung up.
    async fn telephone(&mut self, exercise: &Exercise) -> Result<()> {
        let (exchange, practice, now) = (&exercise.app.exchange, &exercise.practice, exercise.now());
        let notes = &mut self.notes;
        let right = |call, matter| {
            notes.calls.insert(call, matter);
        };
        self.board.turn(exchange, &exercise.polres, practice, now, right).await
    }

    /// Reads on in the journal: whose a new report is, who is asked where he is, what was offered.
    async fn follow(&mut self, exercise: &Exercise, teller: Option<u32>) -> Result<()> {
        let entries = exercise.app.store.read_after(&exercise.polres, self.seq, 2000).await?;
        for entry in entries {
            self.seq = entry.seq;
            self.board.hear(&entry.event);
            match entry.event {
                Event::CallFiled { call, report } => self.filed(call, report),
                Event::ReportReceived { report, channel: Channel::Whatsapp, .. } => {
                    if let Some(no) = teller {
                        self.received(no, report);
                    }
                }
                Event::ReportAsked { report, .. }
                | Event::FeedbackQueued { report, template: Template::AskPlace | Template::AskDetails, .. } => {
                    self.asked(report, exercise.now());
                }
                Event::AssignmentOffered { assignment, incident, unit, .. } => {
                    self.offered(exercise, assignment, incident, unit).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn received(&mut self, no: u32, report: ReportId) {
        let Some(person) = self.people.get_mut(&no).filter(|person| person.report.is_none()) else { return };
        person.report = Some(report);
        self.by_report.insert(report, no);
        if let Some(truth) = person.truth {
            self.notes.truths.insert(report, truth);
        }
    }

    fn filed(&mut self, call: CallId, report: ReportId) {
        if let Some(truth) = self.notes.calls.get(&call).and_then(|matter| matter.truth()) {
            self.notes.truths.insert(report, truth);
        }
    }

    fn asked(&mut self, report: ReportId, now: Timestamp) {
        let Some(no) = self.by_report.get(&report).copied() else { return };
        let Some(person) = self.people.get_mut(&no).filter(|person| !person.placed) else { return };
        let Some(pin) = person.pin else { return };
        person.placed = true;
        self.say(no, now.plus_secs(ANSWERS_AFTER_S), script::pinned(pin));
    }

    /// Looks which unit would have been there first, from where all of them really are.
    async fn offered(
        &mut self,
        exercise: &Exercise,
        assignment: AssignmentId,
        incident: IncidentId,
        chosen: UnitId,
    ) -> Result<()> {
        let desk = exercise.desk()?;
        let rules = desk.parts.rules.now();
        let looked = desk.look(move |desk| {
            let incident = desk.incidents.get(&incident)?;
            let kinds = rules.plans.find(incident.category, incident.priority).map(|plan| plan.kinds.clone())?;
            let could = desk.units.values().filter(|unit| {
                unit.id == chosen || (unit.status == UnitStatus::Available && kinds.contains(&unit.kind))
            });
            let could: Vec<(UnitId, String)> = could.map(|unit| (unit.id, unit.call_sign.clone())).collect();
            Some((incident.place.point(), could))
        });
        let Some((to, could)) = looked.await? else { return Ok(()) };
        let spots: Vec<LngLat> = could.iter().map(|(unit, _)| self.crews.true_place(*unit).unwrap_or(to)).collect();
        let field = desk.parts.field.clone();
        let times = tokio::task::spawn_blocking(move || field.travel().many_to_one(&spots, to)).await?;
        let reached =
            || could.iter().zip(&times).filter_map(|((unit, call_sign), secs)| Some((*unit, call_sign, (*secs)?)));
        let best = reached().min_by(|a, b| a.2.total_cmp(&b.2).then(a.1.cmp(b.1)));
        let own = reached().find(|(unit, ..)| *unit == chosen);
        if let (Some((_, best, best_s)), Some((_, _, own_s))) = (best, own) {
            self.notes.hindsight.insert(assignment, Hindsight { best: best.clone(), lost_s: own_s - best_s });
        }
        Ok(())
    }
}
