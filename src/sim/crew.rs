//! What a simulated crew does: frames and seconds enter, steps and positions leave.
//!
//! Pure: its randomness is a seeded generator, its streets a [`TravelTime`]. See `crews` for the socket.

use std::collections::HashMap;

use serde::Deserialize;

use super::driving::{Drive, Position};
use crate::model::assignment::{Assignment, AssignmentState, Step};
use crate::model::crew_talk::{MessageSide, UnitMessage};
use crate::model::id::{AssignmentId, IncidentId, MessageId, UnitId};
use crate::model::incident::Incident;
use crate::model::place::LngLat;
use crate::model::unit::{Unit, UnitStatus};
use crate::roads::travel_time::{Route, TravelTime};

/// A free crew drives this much slower than the road allows.
const PATROL_HASTE: f64 = 0.6;

/// Speed where the streets know no way, metres per second.
const FLIGHT_MPS: f64 = 8.0;

/// How long a crew reads a message, seconds.
const READING_S: f64 = 8.0;

/// What the socket says, as far as a crew listens.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// `snapshot`, `entry` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Assignments of a snapshot.
    pub assignments: Vec<Assignment>,
    /// Incidents of a snapshot.
    pub incidents: Vec<Incident>,
    /// Units of a snapshot.
    pub units: Vec<Unit>,
    /// Messages of a snapshot.
    pub messages: Vec<UnitMessage>,
    /// What an entry changed.
    pub changed: Changed,
}

/// What an entry changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Changed {
    /// Assignments.
    pub assignments: Vec<Assignment>,
    /// Incidents.
    pub incidents: Vec<Incident>,
    /// Units.
    pub units: Vec<Unit>,
    /// Messages with crews.
    pub messages: Vec<UnitMessage>,
}

/// What the crew does towards the outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Acknowledge an offer.
    Ack(AssignmentId),
    /// Acknowledge a message.
    Got(MessageId),
    /// Answer a message.
    Answer(MessageId),
    /// Take a step.
    Step {
        /// Of which assignment.
        assignment: AssignmentId,
        /// Which.
        step: Step,
        /// Why, when it is a refusal.
        reason: Option<&'static str>,
    },
    /// Come on duty.
    ComeOnDuty,
    /// Report the position.
    Report(Position),
}

/// What the crew is about.
#[derive(Debug)]
enum Duty {
    /// Free; stands for so many seconds more.
    Standing(f64),
    /// Free; drives to a point of its area.
    Patrolling(Drive),
    /// Reads an offer, answers when the seconds are over (`None`: never).
    Considering(AssignmentId, Option<f64>),
    /// Accepted; rolls when the seconds are over.
    TurningOut(AssignmentId, f64),
    /// On the way.
    Driving(AssignmentId, Drive),
    /// There and has said so, or waits for a human to say so.
    Working(AssignmentId, f64),
    /// The last step is said; the office is to confirm.
    Done(AssignmentId),
}

/// One simulated crew.
#[derive(Debug)]
pub struct Crew {
    unit: UnitId,
    rng: fastrand::Rng,
    at: LngLat,
    duty: Duty,
    scenes: HashMap<IncidentId, LngLat>,
    assignments: HashMap<AssignmentId, Assignment>,
    /// Messages that are read when the seconds are over.
    to_read: Vec<(MessageId, f64)>,
    on_duty: bool,
}

impl Crew {
    /// A crew that stands at `at`.
    #[must_use]
    pub fn new(unit: UnitId, at: LngLat, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let pause = rng.f64() * 30.0;
        let (scenes, assignments) = (HashMap::new(), HashMap::new());
        Self { unit, rng, at, duty: Duty::Standing(pause), scenes, assignments, to_read: Vec::new(), on_duty: true }
    }

    /// Takes in what the socket said. `human`: somebody else holds the tablet, so nothing is acknowledged.
    pub fn hear(&mut self, frame: Frame, human: bool, streets: &dyn TravelTime) -> Vec<Action> {
        let snapshot = frame.kind == "snapshot";
        if snapshot {
            self.assignments.clear();
            self.scenes.clear();
        }
        for incident in frame.incidents.into_iter().chain(frame.changed.incidents) {
            self.scenes.insert(incident.id, incident.place.point());
        }
        for unit in frame.units.into_iter().chain(frame.changed.units).filter(|unit| unit.id == self.unit) {
            self.on_duty = unit.status != UnitStatus::OffDuty;
        }
        let mine = |assignment: &Assignment| assignment.unit == self.unit;
        let heard: Vec<_> = frame.assignments.into_iter().chain(frame.changed.assignments).filter(mine).collect();
        for assignment in heard {
            self.assignments.insert(assignment.id, assignment);
        }
        let mut actions = Vec::new();
        if snapshot && !self.on_duty && !human {
            actions.push(Action::ComeOnDuty);
        }
        if !human {
            let messages = frame.messages.into_iter().chain(frame.changed.messages);
            actions.extend(messages.filter_map(|message| self.take(&message)));
        }
        self.follow(human, streets, &mut actions);
        self.assignments.retain(|_, assignment| assignment.state.is_live());
        self.scenes.retain(|incident, _| self.assignments.values().any(|it| it.incident == *incident));
        actions
    }

    /// Brings the duty up to what the office believes: never back, except when an assignment has ended.
    fn follow(&mut self, human: bool, streets: &dyn TravelTime, actions: &mut Vec<Action>) {
        let live = self.assignments.values().filter(|assignment| assignment.state.is_live());
        let Some(assignment) = live.min_by_key(|assignment| assignment.id).cloned() else {
            if self.duty.assignment().is_some() {
                self.duty = Duty::Standing(5.0 + self.rng.f64() * 40.0);
            }
            return;
        };
        let id = assignment.id;
        let same = self.duty.assignment() == Some(id);
        let rank = if same { self.duty.rank() } else { 0 };
        match assignment.state {
            AssignmentState::Offered | AssignmentState::Delivered if rank < 1 => {
                if !human {
                    actions.push(Action::Ack(id));
                }
                let answers = self.rng.f32() >= 0.02;
                self.duty = Duty::Considering(id, answers.then(|| 3.0 + self.rng.f64() * 5.0));
            }
            AssignmentState::Accepted if rank < 2 => {
                self.duty = Duty::TurningOut(id, 3.0 + self.rng.f64() * 7.0);
            }
            AssignmentState::EnRoute if rank < 3 => self.drive_to(&assignment, streets),
            AssignmentState::OnScene if rank < 4 => self.duty = Duty::Working(id, self.work_s()),
            _ => {}
        }
    }

    /// A message of the desk is acknowledged at once and answered when it was read.
    fn take(&mut self, message: &UnitMessage) -> Option<Action> {
        let new = message.unit == self.unit && message.side == MessageSide::Desk && message.read_at.is_none();
        if !new || self.to_read.iter().any(|(known, _)| *known == message.id) {
            return None;
        }
        self.to_read.push((message.id, READING_S));
        message.arrived_at.is_none().then_some(Action::Got(message.id))
    }

    /// What was read by now.
    fn read(&mut self, secs: f64) -> Vec<Action> {
        self.to_read.iter_mut().for_each(|(_, left)| *left -= secs);
        self.to_read.extract_if(.., |(_, left)| *left <= 0.0).map(|(message, _)| Action::Answer(message)).collect()
    }

    fn drive_to(&mut self, assignment: &Assignment, streets: &dyn TravelTime) {
        // A scene it was never told counts as here, and without a way it flies: nobody waits for ever.
        let scene = self.scenes.get(&assignment.incident).copied().unwrap_or(self.at);
        let route = streets.route(self.at, scene).unwrap_or_else(|| {
            let metres = self.at.distance_m(scene);
            Route { points: vec![self.at, scene], secs: metres / FLIGHT_MPS, metres, steps: Vec::new() }
        });
        self.duty = Duty::Driving(assignment.id, Drive::over(route, 1.0));
    }

    fn work_s(&mut self) -> f64 {
        30.0 + self.rng.f64() * 90.0
    }

    /// Lives on for `secs` real seconds, `speed` times as fast on the road and at the scene.
    /// `area`: points to patrol between.
    pub fn tick(
        &mut self,
        secs: f64,
        speed: f64,
        human: bool,
        streets: &dyn TravelTime,
        area: &[LngLat],
    ) -> Vec<Action> {
        let mut actions = if human { Vec::new() } else { self.read(secs) };
        let mut position = Position { at: self.at, speed_mps: 0.0, heading_deg: None };
        match &mut self.duty {
            Duty::Standing(left) => {
                *left -= secs * speed;
                if *left <= 0.0 && self.on_duty {
                    self.set_out(streets, area);
                }
            }
            Duty::Patrolling(drive) => {
                position = drive.advance(secs * speed).unwrap_or(position);
                if drive.arrived() {
                    self.duty = Duty::Standing(20.0 + self.rng.f64() * 70.0);
                }
            }
            Duty::Considering(id, Some(left)) => {
                *left -= secs;
                if *left <= 0.0 && !human {
                    let id = *id;
                    actions.push(self.answer(id));
                }
            }
            Duty::TurningOut(id, left) => {
                *left -= secs;
                if *left <= 0.0 && !human {
                    let id = *id;
                    actions.push(step(id, Step::EnRoute));
                    if let Some(assignment) = self.assignments.get(&id).cloned() {
                        self.drive_to(&assignment, streets);
                    }
                }
            }
            Duty::Driving(id, drive) => {
                position = drive.advance(secs * speed).unwrap_or(position);
                if drive.arrived() && !human {
                    let id = *id;
                    actions.push(step(id, Step::OnScene));
                    self.duty = Duty::Working(id, self.work_s());
                }
            }
            Duty::Working(id, left) => {
                *left -= secs * speed;
                if *left <= 0.0 && !human {
                    let id = *id;
                    actions.push(step(id, Step::Clear));
                    self.duty = Duty::Done(id);
                }
            }
            Duty::Considering(_, None) | Duty::Done(_) => {}
        }
        self.at = position.at;
        // A telephone's fix: within a few metres of the truth.
        position.at = position.at.offset_m(self.rng.f64() * 4.0 - 2.0, self.rng.f64() * 4.0 - 2.0);
        actions.push(Action::Report(position));
        actions
    }

    /// The step was not taken by the office: what it believes is followed from the beginning.
    pub fn step_failed(&mut self, assignment: AssignmentId, streets: &dyn TravelTime) {
        if self.duty.assignment() == Some(assignment) {
            self.duty = Duty::Standing(10.0);
            self.follow(true, streets, &mut Vec::new());
        }
    }

    fn answer(&mut self, assignment: AssignmentId) -> Action {
        if self.rng.f32() < 0.03 {
            self.duty = Duty::Done(assignment);
            let reasons = ["kendaraan sedang diperiksa", "sedang menangani warga", "bahan bakar menipis"];
            let reason = Some(reasons[self.rng.usize(..reasons.len())]);
            return Action::Step { assignment, step: Step::Refuse, reason };
        }
        self.duty = Duty::TurningOut(assignment, 3.0 + self.rng.f64() * 7.0);
        step(assignment, Step::Accept)
    }

    fn set_out(&mut self, streets: &dyn TravelTime, area: &[LngLat]) {
        let goal = (!area.is_empty()).then(|| area[self.rng.usize(..area.len())]);
        self.duty = match goal.and_then(|goal| streets.route(self.at, goal)) {
            Some(route) => Duty::Patrolling(Drive::over(route, PATROL_HASTE)),
            None => Duty::Standing(60.0),
        };
    }
}

const fn step(assignment: AssignmentId, step: Step) -> Action {
    Action::Step { assignment, step, reason: None }
}

impl Duty {
    const fn assignment(&self) -> Option<AssignmentId> {
        match self {
            Self::Standing(_) | Self::Patrolling(_) => None,
            Self::Considering(id, _)
            | Self::TurningOut(id, _)
            | Self::Driving(id, _)
            | Self::Working(id, _)
            | Self::Done(id) => Some(*id),
        }
    }

    /// How far along an assignment is, to never fall back behind what was already said.
    const fn rank(&self) -> u8 {
        match self {
            Self::Standing(_) | Self::Patrolling(_) => 0,
            Self::Considering(..) => 1,
            Self::TurningOut(..) => 2,
            Self::Driving(..) => 3,
            Self::Working(..) => 4,
            Self::Done(_) => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::assignment::{AssignmentStamps, Links};
    use crate::model::clock::Timestamp;
    use crate::roads::travel_time::StraightLine;

    const POST: LngLat = LngLat::new(98.67, 3.59);

    fn offer(unit: u128, state: AssignmentState) -> Frame {
        let place = POST.offset_m(900.0, 200.0);
        let assignment = Assignment {
            id: AssignmentId(Uuid::from_u128(7)),
            incident: IncidentId(Uuid::from_u128(8)),
            unit: UnitId(Uuid::from_u128(unit)),
            primary: true,
            state,
            expires_at: Timestamp::default(),
            travel_time_s: None,
            automatic: true,
            override_reason: None,
            keys: Vec::new(),
            stamps: AssignmentStamps::default(),
            links: Links::default(),
        };
        let incident = serde_json::json!({
            "id": assignment.incident, "number": "MDN-1", "category": "laka_lantas", "priority": 1,
            "place": { "lng": place.lng, "lat": place.lat, "radius_m": 20.0, "source": "pin", "label": "",
                "confidence": 1.0, "because": "" },
            "jurisdiction": null, "reports": [], "assignments": [], "declined": [], "handling": { "name": "open" },
            "state": "offered", "shortfall": null, "automatic": true, "received_at": Timestamp::default(),
            "opened_at": Timestamp::default(), "closed_at": null,
        });
        let frame = serde_json::json!({ "type": "entry", "polres": "medan", "seq": 3, "kind": "x", "data": {},
            "changed": { "reports": [], "incidents": [incident], "assignments": [assignment], "units": [] } });
        serde_json::from_value(frame).expect("an entry as the server writes it")
    }

    fn state_after(step: Step, reached: &mut Vec<Step>) -> AssignmentState {
        reached.push(step);
        step.target()
    }

    /// Lives until the assignment has ended or an hour is over; answers each step as the office would.
    fn live(crew: &mut Crew, human: bool) -> (Vec<Step>, Vec<LngLat>) {
        let (mut steps, mut track) = (Vec::new(), Vec::new());
        let mut actions = crew.hear(offer(1, AssignmentState::Offered), human, &StraightLine);
        for _ in 0..3600 {
            for action in actions {
                match action {
                    Action::Step { step, .. } => {
                        let state = state_after(step, &mut steps);
                        crew.hear(offer(1, state), human, &StraightLine);
                    }
                    Action::Report(position) => track.push(position.at),
                    Action::Ack(_) | Action::Got(_) | Action::Answer(_) | Action::ComeOnDuty => {}
                }
            }
            actions = crew.tick(1.0, 1.0, human, &StraightLine, &[]);
        }
        (steps, track)
    }

    #[test]
    fn crews_answer_drive_work_and_clear_and_few_refuse_or_ignore() {
        let (mut cleared, mut refused, mut ignored) = (0, 0, 0);
        for seed in 0..1000 {
            let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, seed);
            let (steps, track) = live(&mut crew, false);
            match steps.as_slice() {
                [Step::Accept, Step::EnRoute, Step::OnScene, Step::Clear] => cleared += 1,
                [Step::Refuse] => refused += 1,
                [] => ignored += 1,
                odd => unreachable!("{odd:?}"),
            }
            for pair in track.windows(2) {
                assert!(pair[0].distance_m(pair[1]) < 40.0, "no crew jumps");
            }
        }
        assert!(
            cleared > 920 && (10..=55).contains(&refused) && (5..=45).contains(&ignored),
            "{cleared} {refused} {ignored}"
        );
    }

    #[test]
    fn a_crew_whose_tablet_a_human_holds_takes_no_step_but_still_drives() {
        let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 4);
        assert_eq!(live(&mut crew, true).0, []);
        crew.hear(offer(1, AssignmentState::Accepted), true, &StraightLine);
        crew.hear(offer(1, AssignmentState::EnRoute), true, &StraightLine);
        for _ in 0..600 {
            let actions = crew.tick(1.0, 1.0, true, &StraightLine, &[]);
            assert!(actions.iter().all(|action| matches!(action, Action::Report(_))), "{actions:?}");
        }
        assert!(crew.at.distance_m(POST.offset_m(900.0, 200.0)) < 1.0);
    }

    #[test]
    fn an_offer_to_somebody_else_is_not_answered() {
        let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 4);
        assert_eq!(crew.hear(offer(2, AssignmentState::Offered), false, &StraightLine), []);
        assert!(crew.duty.assignment().is_none());
    }

    #[test]
    fn an_offer_is_acknowledged_once_and_a_released_crew_is_free_again() {
        let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 4);
        assert!(matches!(crew.hear(offer(1, AssignmentState::Offered), false, &StraightLine)[..], [Action::Ack(_)]));
        assert_eq!(crew.hear(offer(1, AssignmentState::Delivered), false, &StraightLine), []);
        crew.hear(offer(1, AssignmentState::Released), false, &StraightLine);
        assert!(crew.duty.assignment().is_none());
    }

    #[test]
    fn after_a_reconnect_the_crew_goes_on_where_the_office_believes_it_is() {
        let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 4);
        crew.hear(offer(1, AssignmentState::EnRoute), false, &StraightLine);
        assert!(matches!(crew.duty, Duty::Driving(..)));
        crew.step_failed(AssignmentId(Uuid::from_u128(7)), &StraightLine);
        assert!(matches!(crew.duty, Duty::Driving(..)));
        crew.hear(offer(1, AssignmentState::Accepted), false, &StraightLine);
        assert!(matches!(crew.duty, Duty::Driving(..)), "an old entry does not turn it back");
    }

    /// An island: no way leads anywhere.
    struct Island;

    impl TravelTime for Island {
        fn many_to_one(&self, from: &[LngLat], _to: LngLat) -> Vec<Option<f64>> {
            vec![None; from.len()]
        }

        fn route(&self, _from: LngLat, _to: LngLat) -> Option<Route> {
            None
        }
    }

    #[test]
    fn a_crew_without_a_way_still_says_that_it_is_there() {
        let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 4);
        crew.hear(offer(1, AssignmentState::EnRoute), false, &Island);
        let said = (0..300).flat_map(|_| crew.tick(1.0, 1.0, false, &Island, &[])).find_map(|action| match action {
            Action::Step { step, .. } => Some(step),
            _ => None,
        });
        assert_eq!(said, Some(Step::OnScene));
    }

    #[test]
    fn free_crews_patrol_and_speed_multiplies_their_motion() {
        let area = [POST.offset_m(2000.0, 0.0), POST.offset_m(-2000.0, 0.0)];
        let driven = |speed: f64| {
            let mut crew = Crew::new(UnitId(Uuid::from_u128(1)), POST, 9);
            let mut metres = 0.0;
            for _ in 0..2000 {
                let before = crew.at;
                crew.tick(1.0, speed, false, &StraightLine, &area);
                metres += before.distance_m(crew.at);
            }
            metres
        };
        let (slow, fast) = (driven(1.0), driven(4.0));
        assert!(slow > 3000.0 && fast > 3.0 * slow, "{slow} {fast}");
    }
}
