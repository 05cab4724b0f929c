//! An assignment: one unit sent to one incident, from offer to clear.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidStep;
use super::clock::Timestamp;
use super::id::{AssignmentId, IncidentId, UnitId};

/// Where an assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// Pushed; no sign from the tablet yet.
    Offered,
    /// The tablet has it.
    Delivered,
    /// The crew takes it.
    Accepted,
    /// Rolling.
    EnRoute,
    /// There.
    OnScene,
    /// Done.
    Cleared,
    /// The crew said no.
    Refused,
    /// No answer in time.
    Expired,
    /// Taken back by an operator, or its incident ended.
    Released,
    /// Taken away for something more urgent.
    Preempted,
    /// Handed over: another crew has taken the job.
    Transferred,
}

impl AssignmentState {
    /// Whether the unit is bound by it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Offered | Self::Delivered | Self::Accepted | Self::EnRoute | Self::OnScene)
    }

    /// Whether it still waits for the crew's answer.
    #[must_use]
    pub const fn is_offer(self) -> bool {
        matches!(self, Self::Offered | Self::Delivered)
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::EnRoute => "en_route",
            Self::OnScene => "on_scene",
            Self::Cleared => "cleared",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Released => "released",
            Self::Preempted => "preempted",
            Self::Transferred => "transferred",
        }
    }
}

/// What a crew reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// We take it.
    Accept,
    /// We cannot.
    Refuse,
    /// Rolling.
    EnRoute,
    /// At the scene.
    OnScene,
    /// Done.
    Clear,
}

impl Step {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::EnRoute => "en_route",
            Self::OnScene => "on_scene",
            Self::Clear => "clear",
        }
    }

    /// The state a step leads to.
    #[must_use]
    pub const fn target(self) -> AssignmentState {
        match self {
            Self::Accept => AssignmentState::Accepted,
            Self::Refuse => AssignmentState::Refused,
            Self::EnRoute => AssignmentState::EnRoute,
            Self::OnScene => AssignmentState::OnScene,
            Self::Clear => AssignmentState::Cleared,
        }
    }
}

/// The stamps of an assignment, server clock; kept apart, never overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct AssignmentStamps {
    /// Pushed.
    pub offered_at: Timestamp,
    /// The tablet acknowledged.
    pub delivered_at: Option<Timestamp>,
    /// The crew accepted.
    pub accepted_at: Option<Timestamp>,
    /// Rolling.
    pub en_route_at: Option<Timestamp>,
    /// At the scene.
    pub on_scene_at: Option<Timestamp>,
    /// Cleared, refused, expired, released, taken away or handed over.
    pub ended_at: Option<Timestamp>,
}

/// What an offer takes from another assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "what", content = "assignment")]
pub enum TakesOver {
    /// Its unit: this incident is more urgent, and the other one waits again.
    Unit(AssignmentId),
    /// Its job: the crew there goes on until this one accepts.
    Job(AssignmentId),
}

impl TakesOver {
    /// The assignment whose job is to be taken over, if that is what it takes.
    #[must_use]
    pub const fn job(self) -> Option<AssignmentId> {
        match self {
            Self::Job(assignment) => Some(assignment),
            Self::Unit(_) => None,
        }
    }
}

/// How a hand-over stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandingState {
    /// The other crew has not answered: the job is still here.
    Asked,
    /// It has the job now.
    Taken,
    /// It said no: the job stays.
    Refused,
    /// It did not answer in time: the job stays.
    Expired,
    /// Taken back, or no longer needed.
    Withdrawn,
}

/// To whom a crew hands its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Handing {
    /// The offer the other crew has of it.
    pub to: AssignmentId,
    /// The other crew.
    pub unit: UnitId,
    /// Its radio name: a tablet knows no unit but its own.
    pub call_sign: String,
    /// How it stands.
    pub state: HandingState,
}

/// How an assignment hangs together with others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Links {
    /// What it takes from another assignment.
    pub takes_over: Option<TakesOver>,
    /// The more urgent incident its unit was taken for.
    pub taken_for: Option<IncidentId>,
    /// To whom it was handed last.
    pub handing: Option<Handing>,
}

/// A unit is taken from a lesser job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preemption {
    /// The assignment that ends.
    pub assignment: AssignmentId,
    /// The more urgent incident.
    pub taken_for: IncidentId,
    /// Why, where it was not what the engine would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A job is to be handed to another crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandOver {
    /// The assignment that is handed over; it goes on until the other crew accepts.
    pub assignment: AssignmentId,
    /// The offer to the other crew.
    pub to: AssignmentId,
    /// The other crew.
    pub unit: UnitId,
    /// Idempotency key of who asked.
    pub key: String,
    /// Why.
    pub reason: String,
}

/// One reason for or against a unit, in seconds of cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Stable code: `travel_time`, `other_polsek`, `wrong_kind`, `stale_fix`, `no_fix`, `reserve`, `workload`;
    /// for a unit with another job also `taken_offer`, `taken_job`, `left_waiting`.
    pub code: String,
    /// What it adds to the cost, seconds.
    pub cost_s: f64,
    /// The numbers and names in its sentence.
    #[serde(default, skip_serializing_if = "ReasonParams::is_empty")]
    pub params: ReasonParams,
    /// The same for people, Indonesian.
    pub text: String,
}

/// What the sentence of a reason names; what it does not name is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReasonParams {
    /// How long, seconds: the way, the age of a fix, the wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secs: Option<f64>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Radio name of another unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Human number of another incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

impl ReasonParams {
    /// Whether it names nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Reason {
    /// The same, naming a time in seconds.
    #[must_use]
    pub const fn lasting(mut self, secs: f64) -> Self {
        self.params.secs = Some(secs);
        self
    }

    /// The same, naming a number.
    #[must_use]
    pub const fn counting(mut self, count: u32) -> Self {
        self.params.count = Some(count);
        self
    }

    /// The same, naming a unit.
    #[must_use]
    pub fn naming(mut self, call_sign: &str) -> Self {
        self.params.unit = Some(call_sign.to_owned());
        self
    }

    /// The same, naming an incident.
    #[must_use]
    pub fn about(mut self, number: &str) -> Self {
        self.params.number = Some(number.to_owned());
        self
    }
}

/// One unit sent to one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    /// Its id; also the `delivery` its tablet acknowledges.
    pub id: AssignmentId,
    /// What for.
    pub incident: IncidentId,
    /// Who.
    pub unit: UnitId,
    /// First unit of the incident: exactly one is primary.
    pub primary: bool,
    /// Where it stands.
    pub state: AssignmentState,
    /// An unanswered offer ends here.
    pub expires_at: Timestamp,
    /// Travel time when it was offered, seconds.
    pub travel_time_s: Option<f64>,
    /// Chosen by the machine alone (an emergency certain enough).
    pub automatic: bool,
    /// Why an operator chose otherwise than recommended.
    pub override_reason: Option<String>,
    /// Idempotency keys of the steps already taken.
    pub keys: Vec<String>,
    /// Its stamps.
    pub stamps: AssignmentStamps,
    /// What it took from others, and who takes it over.
    #[serde(default)]
    pub links: Links,
}

impl Assignment {
    /// Whether another crew was asked to take it over and has not answered.
    #[must_use]
    pub fn is_being_handed(&self) -> bool {
        self.links.handing.as_ref().is_some_and(|handing| handing.state == HandingState::Asked)
    }

    /// The assignment it is to take over, if it is an offer to do that.
    #[must_use]
    pub fn relieves(&self) -> Option<AssignmentId> {
        self.links.takes_over.and_then(TakesOver::job)
    }

    /// Whether its crew may show the place: it was there, or it was on its way when others ended its job,
    /// so that its arrival could not be recorded any more.
    #[must_use]
    pub const fn may_show(&self) -> bool {
        let ended_by_others =
            matches!(self.state, AssignmentState::Released | AssignmentState::Preempted | AssignmentState::Transferred);
        self.stamps.on_scene_at.is_some() || (self.stamps.accepted_at.is_some() && ended_by_others)
    }

    /// Whether the crew may take `step` now. Steps may be skipped forward (a crew already at the
    /// scene says so at once), never taken back.
    ///
    /// # Errors
    /// The assignment has ended, or has passed the step.
    pub const fn can_step(&self, step: Step) -> Result<(), InvalidStep> {
        use AssignmentState as S;
        let lawful = matches!(
            (self.state, step),
            (S::Offered | S::Delivered, Step::Accept | Step::Refuse)
                | (S::Accepted, Step::EnRoute | Step::OnScene | Step::Refuse)
                | (S::EnRoute, Step::OnScene)
                | (S::OnScene, Step::Clear)
        );
        if lawful { Ok(()) } else { Err(InvalidStep { step: step.code(), state: self.state.code() }) }
    }
}
