//! The spans every figure is made of, each defined once (NFPA 1710 usage).

use super::assignment::AssignmentStamps;
use super::clock::Timestamp;

/// Received → offered, seconds: how long a report waited for a unit to be chosen.
#[must_use]
pub fn queue_time_s(received_at: Timestamp, stamps: &AssignmentStamps) -> f64 {
    stamps.offered_at.secs_since(received_at)
}

/// Accepted → en route, seconds: how long the crew took to roll.
#[must_use]
pub fn turnout_time_s(stamps: &AssignmentStamps) -> Option<f64> {
    Some(stamps.en_route_at?.secs_since(stamps.accepted_at?))
}

/// En route → on scene, seconds.
#[must_use]
pub fn travel_time_s(stamps: &AssignmentStamps) -> Option<f64> {
    Some(stamps.on_scene_at?.secs_since(stamps.en_route_at?))
}

/// Received → on scene, seconds: what the reporter lived through.
#[must_use]
pub fn response_time_s(received_at: Timestamp, stamps: &AssignmentStamps) -> Option<f64> {
    Some(stamps.on_scene_at?.secs_since(received_at))
}

/// On scene → cleared, seconds.
#[must_use]
pub fn on_scene_time_s(stamps: &AssignmentStamps) -> Option<f64> {
    Some(stamps.ended_at?.secs_since(stamps.on_scene_at?))
}

/// The Polri clock: minutes allowed from report to scene by road distance from the station.
///
/// 10 min, 15 beyond 5 km, 25 beyond 10 km (ANTARA, 26 Jan 2026; Tribun, 18 Nov 2025).
#[must_use]
pub fn polri_clock_s(station_distance_m: f64) -> i64 {
    if station_distance_m > 10_000.0 {
        25 * 60
    } else if station_distance_m > 5_000.0 {
        15 * 60
    } else {
        10 * 60
    }
}
