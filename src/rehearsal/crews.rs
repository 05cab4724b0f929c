//! The invented crews of an exercise: each turn they hear how their desk stands, drive, answer and take
//! their steps. What decides is `sim::crew`, seeded and pure; here it is joined to a desk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::dispatch::command::{Command, CrewTalk};
use crate::model::assignment::Assignment;
use crate::model::clock::Timestamp;
use crate::model::crew_talk::UnitMessage;
use crate::model::entry::Actor;
use crate::model::id::{AssignmentId, UnitId};
use crate::model::incident::Incident;
use crate::model::place::LngLat;
use crate::model::unit::{Fix, Unit, UnitStatus};
use crate::roads::travel_time::TravelTime;
use crate::runtime::desks::{DeskHandle, SubmitError};
use crate::sim::crew::{Action, Crew, Frame};
use crate::sim::driving::Position;

/// How exact the invented receivers are, metres.
const ACCURACY_M: f32 = 5.0;

struct Seat {
    unit: UnitId,
    crew: Crew,
    area: Arc<[LngLat]>,
    at: LngLat,
}

/// All crews of an exercise.
pub struct Crews {
    seats: Vec<Seat>,
    /// Units whose tablet a person holds: the car still drives by itself, the steps are his.
    manned: HashSet<UnitId>,
    streets: Arc<dyn TravelTime>,
    heard: Option<u64>,
    steps: u64,
}

/// What the crews hear.
struct Told {
    seq: u64,
    units: Vec<Unit>,
    live: Vec<(Assignment, Option<Incident>)>,
    messages: Vec<UnitMessage>,
}

impl Crews {
    /// The crews of these units; `points` to patrol between, by Polsek.
    #[must_use]
    pub fn new(
        units: &[Unit],
        points: &HashMap<String, Arc<[LngLat]>>,
        everywhere: &Arc<[LngLat]>,
        streets: Arc<dyn TravelTime>,
        seed: u64,
    ) -> Self {
        let seat = |unit: &Unit| {
            let own = unit.polsek.as_ref().and_then(|polsek| points.get(polsek)).cloned();
            let crew = Crew::new(unit.id, unit.post, seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(unit.no));
            Seat { unit: unit.id, crew, area: own.unwrap_or_else(|| everywhere.clone()), at: unit.post }
        };
        Self { seats: units.iter().map(seat).collect(), manned: HashSet::new(), streets, heard: None, steps: 0 }
    }

    /// A person holds the tablet of this unit from now on.
    pub fn man(&mut self, unit: UnitId) {
        self.manned.insert(unit);
    }

    /// Where a unit really is.
    #[must_use]
    pub fn true_place(&self, unit: UnitId) -> Option<LngLat> {
        self.seats.iter().find(|seat| seat.unit == unit).map(|seat| seat.at)
    }

    /// Lives on for `secs` seconds of the exercise, which end at `now`.
    ///
    /// # Errors
    /// The desk is closed.
    pub async fn live(&mut self, desk: &DeskHandle, secs: f64, now: Timestamp) -> Result<(), SubmitError> {
        self.hear(desk, now).await?;
        for n in 0..self.seats.len() {
            let seat = &mut self.seats[n];
            let human = self.manned.contains(&seat.unit);
            let actions = seat.crew.tick(secs, 1.0, human, &*self.streets, &seat.area);
            self.perform(n, actions, desk, now).await;
        }
        self.hear(desk, now).await
    }

    async fn hear(&mut self, desk: &DeskHandle, now: Timestamp) -> Result<(), SubmitError> {
        let heard = self.heard;
        let told = desk.look(move |desk| {
            if heard == Some(desk.seq) {
                return None;
            }
            let live = desk.assignments.values().filter(|assignment| assignment.state.is_live());
            let live = live.map(|a| (a.clone(), desk.incidents.get(&a.incident).cloned())).collect();
            let messages = desk.messages.all().filter(|message| message.read_at.is_none()).cloned().collect();
            Some(Told { seq: desk.seq, units: desk.units.values().cloned().collect(), live, messages })
        });
        let Some(told) = told.await? else { return Ok(()) };
        self.heard = Some(told.seq);
        for n in 0..self.seats.len() {
            let unit = self.seats[n].unit;
            let mine = || told.live.iter().filter(|(assignment, _)| assignment.unit == unit);
            let frame = Frame {
                kind: "snapshot".to_owned(),
                assignments: mine().map(|(assignment, _)| assignment.clone()).collect(),
                incidents: mine().filter_map(|(_, incident)| incident.clone()).collect(),
                units: told.units.iter().filter(|one| one.id == unit).cloned().collect(),
                messages: told.messages.iter().filter(|message| message.unit == unit).cloned().collect(),
                ..Frame::default()
            };
            let human = self.manned.contains(&unit);
            let actions = self.seats[n].crew.hear(frame, human, &*self.streets);
            self.perform(n, actions, desk, now).await;
        }
        Ok(())
    }

    async fn perform(&mut self, n: usize, actions: Vec<Action>, desk: &DeskHandle, now: Timestamp) {
        let unit = self.seats[n].unit;
        let actor = Actor::Unit(unit);
        for action in actions {
            match action {
                Action::Report(position) => {
                    self.seats[n].at = position.at;
                    desk.parts.field.report(unit, fix(&position, now), now);
                }
                // What the desk refuses has changed meanwhile: the next look says how.
                Action::Ack(assignment) => drop(desk.submit(actor, Command::Delivered(assignment)).await),
                Action::Got(message) => {
                    let talk = CrewTalk::Arrived { unit, messages: vec![message] };
                    drop(desk.submit(actor, Command::CrewTalk(talk)).await);
                }
                // A crew of the exercise reads and does not answer.
                Action::Answer(message) => {
                    let talk = CrewTalk::Read { unit, message, device_at: now };
                    drop(desk.submit(actor, Command::CrewTalk(talk)).await);
                }
                Action::ComeOnDuty => {
                    drop(desk.submit(actor, Command::SetUnitStatus(unit, UnitStatus::Available)).await);
                }
                Action::Step { assignment, step, reason } => {
                    self.steps += 1;
                    let command = Command::TakeStep {
                        assignment,
                        step,
                        key: format!("latihan-{:08}", self.steps),
                        device_at: now,
                        at: Some(self.seats[n].at),
                        reason: reason.map(str::to_owned),
                    };
                    if desk.submit(actor, command).await.is_err() {
                        self.step_failed(n, assignment);
                    }
                }
            }
        }
    }

    fn step_failed(&mut self, n: usize, assignment: AssignmentId) {
        self.seats[n].crew.step_failed(assignment, &*self.streets);
        self.heard = None;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "metres per second and degrees")]
fn fix(position: &Position, now: Timestamp) -> Fix {
    Fix {
        lng: position.at.lng,
        lat: position.at.lat,
        at: now,
        accuracy_m: Some(ACCURACY_M),
        speed_mps: Some(position.speed_mps as f32),
        heading_deg: position.heading_deg.map(|deg| deg as f32),
    }
}
