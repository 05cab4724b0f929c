//! A patrol unit: what it is, what it is doing, and where it was last seen.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::id::{AssignmentId, UnitId, UserId};
use super::place::LngLat;

/// What a unit can do; response plans ask for kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Patrol car (Sabhara, Raimas, Polsek patrol).
    Car,
    /// Patrol motorcycle.
    Motorcycle,
    /// Traffic police.
    Traffic,
    /// Detectives.
    Detective,
}

/// What a unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitStatus {
    /// Not on duty.
    OffDuty,
    /// On duty and free, on patrol or at its post.
    Available,
    /// An offer waits for the crew's answer.
    Offered,
    /// Accepted, not rolling yet.
    Committed,
    /// Rolling to the scene.
    EnRoute,
    /// At the scene.
    OnScene,
    /// On duty with other work (office, transport).
    Busy,
    /// On a break.
    Break,
    /// The vehicle or crew cannot be used.
    OutOfService,
}

impl UnitStatus {
    /// Whether a crew may set this status by hand; the others follow from assignments.
    #[must_use]
    pub const fn is_settable(self) -> bool {
        matches!(self, Self::OffDuty | Self::Available | Self::Busy | Self::Break | Self::OutOfService)
    }
}

/// A patrol that can be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Short number used in binary position frames; unique within one Polres.
    pub no: u32,
    /// What it is called on the radio.
    pub call_sign: String,
    /// What it can do.
    pub kind: UnitKind,
    /// The Polsek it belongs to; none for units of the Polres itself.
    pub polsek: Option<String>,
    /// How many officers ride in it.
    pub crew: u8,
    /// Where it counts from while it has no fix.
    pub post: LngLat,
    /// What it is doing.
    pub status: UnitStatus,
    /// Since when.
    pub status_since: Timestamp,
    /// Its one live assignment.
    pub assignment: Option<AssignmentId>,
    /// Panic button pressed and not yet cleared.
    pub emergency: bool,
    /// Assignments taken since it came on duty: the workload.
    pub taken: u32,
}

/// A unit's AVL position: one fix.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fix {
    /// Longitude, degrees.
    pub lng: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Clock of the device, clamped to what the server finds plausible.
    pub at: Timestamp,
    /// Accuracy, metres, when the device says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f32>,
    /// Speed, metres per second, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f32>,
    /// Course over ground, degrees from north, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f32>,
}

impl Fix {
    /// The point itself.
    #[must_use]
    pub const fn point(&self) -> LngLat {
        LngLat::new(self.lng, self.lat)
    }
}

/// Somebody played back where a unit was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackViewed {
    /// The unit.
    pub unit: UnitId,
    /// Who looked.
    pub by: UserId,
    /// From this instant.
    pub from: Timestamp,
    /// To before this one.
    pub to: Timestamp,
}

/// A fix older than this is stale: shown, penalised, never "nearest" without a mark. Seconds.
pub const STALE_AFTER_S: f64 = 60.0;

/// A fix older than this is lost: the unit counts at its post. Seconds.
pub const LOST_AFTER_S: f64 = 15.0 * 60.0;
