//! A road closed or slowed by an operator: where on the map, how much, why, from when until when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::id::{ClosureId, UserId};
use super::place::LngLat;

/// Points of one drawing, at most.
pub const MOST_POINTS: usize = 500;

/// What was drawn: a line along a road or across it, or the outline of an area. A `GeoJSON` geometry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "coordinates")]
pub enum Drawing {
    /// Along a road, or across it: `[[lng, lat], …]`.
    LineString(Vec<[f64; 2]>),
    /// Everything inside: one ring, `[[[lng, lat], …]]`.
    Polygon(Vec<Vec<[f64; 2]>>),
}

impl Drawing {
    /// Its points, in order; of an area its outline.
    #[must_use]
    pub fn points(&self) -> Vec<LngLat> {
        let of = |pairs: &[[f64; 2]]| pairs.iter().map(|[lng, lat]| LngLat::new(*lng, *lat)).collect();
        match self {
            Self::LineString(line) => of(line),
            Self::Polygon(rings) => rings.first().map_or_else(Vec::new, |ring| of(ring)),
        }
    }
}

/// Why a road is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosureReason {
    /// Water on the road (*banjir*).
    Flood,
    /// An accident.
    Accident,
    /// Works on or beside it.
    Works,
    /// A tree or a pole across it.
    Fallen,
    /// A slide of earth, or the road is gone.
    Landslide,
    /// A fire beside it.
    Fire,
    /// A demonstration or a crowd.
    Crowd,
    /// A parade, a wedding, a market.
    Event,
    /// Congestion.
    Congestion,
    /// Anything else.
    Other,
}

/// A road closed or slowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Closure {
    /// Which.
    pub id: ClosureId,
    /// What was drawn.
    pub geometry: Drawing,
    /// How many times slower than free, more than 1; none when nobody drives there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// Why.
    pub reason: ClosureReason,
    /// Names of the streets it meets, as the map had them.
    pub streets: Vec<String>,
    /// Holds from then on.
    pub from_at: Timestamp,
    /// Ends then by itself; none when a person ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_at: Option<Timestamp>,
    /// Who drew it.
    pub by: UserId,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who ended it; none for the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<UserId>,
}

impl Closure {
    /// Whether it has not ended, even if it has not begun.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.is_open() && self.from_at <= now && self.until_at.is_none_or(|until| now < until)
    }
}
