//! What a decision needs and the journal does not hold: positions, travel times, areas.

use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::place::{Jurisdiction, LngLat};

/// A unit near a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Which.
    pub unit: UnitId,
    /// Where it counts from.
    pub at: LngLat,
    /// Straight line, metres.
    pub distance_m: f64,
    /// When it was seen there; none when it counts at its post.
    pub fix_at: Option<Timestamp>,
}

/// Where a unit counts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whereabouts {
    /// The point.
    pub at: LngLat,
    /// When it was seen there; none when it counts at its post.
    pub fix_at: Option<Timestamp>,
}

/// The world as one decision sees it.
pub trait World {
    /// Up to `k` units that can be sent, nearest first (ties by call sign order of registration),
    /// only those `wanted`.
    fn nearest(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby>;

    /// Where a unit was last seen, whatever it is doing; none for one that is not known.
    fn whereabouts(&self, unit: UnitId) -> Option<Whereabouts>;

    /// Travel time by road from each of `from` to `to`, seconds; none where no way was found.
    fn travel_times_s(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>>;

    /// Whose area a point lies in.
    fn jurisdiction(&self, at: LngLat) -> Option<Jurisdiction>;
}
