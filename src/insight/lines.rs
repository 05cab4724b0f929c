//! What every figure is counted from: reports and incidents of a stretch of time, one line each, as the
//! tables keep them. No persons.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::assignment::AssignmentStamps;
use crate::model::clock::Timestamp;
use crate::model::id::{AssignmentId, IncidentId, ReportId, UnitId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Priority};
use crate::model::timeline::polri_clock_s;

/// A straight line times this is about the way over well-meshed streets.
const DETOUR: f64 = 1.4;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportLine {
    /// Which.
    pub id: ReportId,
    /// Human number.
    pub number: String,
    /// The door.
    pub channel: Channel,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// State, by its code.
    pub state: String,
    /// How it ended, by its code.
    pub outcome: Option<String>,
    /// Where, if known.
    pub at: Option<LngLat>,
    /// Polsek of its place.
    pub polsek: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// First answered.
    pub first_reply_at: Option<Timestamp>,
    /// First taken by an operator.
    pub claimed_at: Option<Timestamp>,
    /// Ended.
    pub closed_at: Option<Timestamp>,
}

/// An incident with the offers made for it.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentLine {
    /// Which.
    pub id: IncidentId,
    /// Human number.
    pub number: String,
    /// Polsek of its place.
    pub polsek: Option<String>,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// Where.
    pub at: LngLat,
    /// Station of its Polsek.
    pub station: Option<LngLat>,
    /// First report received.
    pub received_at: Timestamp,
    /// Ended.
    pub closed_at: Option<Timestamp>,
    /// How it ended, by its code.
    pub disposition: Option<String>,
    /// In the order they were made.
    pub offers: Vec<OfferLine>,
}

/// One offer of an incident to a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferLine {
    /// The assignment.
    pub id: AssignmentId,
    /// To whom.
    pub unit: UnitId,
    /// State, by its code.
    pub state: String,
    /// Chosen by the machine alone.
    pub automatic: bool,
    /// An operator chose otherwise than recommended.
    pub overridden: bool,
    /// Why he did.
    pub override_reason: Option<String>,
    /// Its stamps.
    pub stamps: AssignmentStamps,
}

/// How far a place is from the station of its Polsek: the steps of the Polri clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Up to 5 km: 10 minutes.
    Near,
    /// Beyond 5 km: 15 minutes.
    Middle,
    /// Beyond 10 km: 25 minutes.
    Far,
}

impl Band {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Middle => "middle",
            Self::Far => "far",
        }
    }
}

impl IncidentLine {
    /// When the first unit was there.
    #[must_use]
    pub fn on_scene_at(&self) -> Option<Timestamp> {
        self.offers.iter().filter_map(|offer| offer.stamps.on_scene_at).min()
    }

    /// Received → first unit there, seconds.
    #[must_use]
    pub fn response_s(&self) -> Option<f64> {
        Some(self.on_scene_at()?.secs_since(self.received_at))
    }

    /// Way from the station of its Polsek, metres: the straight line and what streets add to it. A place
    /// of nobody's Polsek has the shortest limit.
    #[must_use]
    pub fn station_m(&self) -> f64 {
        self.station.map_or(0.0, |station| station.distance_m(self.at) * DETOUR)
    }

    /// Seconds the Polri clock allows.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 25 minutes")]
    pub fn allowed_s(&self) -> f64 {
        polri_clock_s(self.station_m()) as f64
    }

    /// Its step of the Polri clock.
    #[must_use]
    pub fn band(&self) -> Band {
        match polri_clock_s(self.station_m()) {
            ..=600 => Band::Near,
            601..=900 => Band::Middle,
            901.. => Band::Far,
        }
    }

    /// Whether somebody was there in time; none while nobody was there at all.
    #[must_use]
    pub fn within_clock(&self) -> Option<bool> {
        Some(self.response_s()? <= self.allowed_s())
    }
}
