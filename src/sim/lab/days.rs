//! The days of the laboratory: calls drawn from stated rates, units placed by hand or spread over a map.

use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};

use super::Call;

/// Calls of each hour of the day against the mean, local time: quiet before dawn, busy in the evening.
const BY_HOUR: [f64; 24] = [
    0.70, 0.55, 0.45, 0.40, 0.40, 0.50, 0.70, 0.95, 1.05, 1.10, 1.10, 1.05, 1.05, 1.05, 1.05, 1.10, 1.20, 1.35, 1.45,
    1.45, 1.40, 1.30, 1.15, 0.90,
];

/// Seconds from the call until a unit can be chosen: median and spread (San Francisco, January 2018:
/// 78 s to the entry, 30 s more to the choice).
const ENTRY: (f64, f64) = (90.0, 0.5);

/// Seconds from the choice to the wheels rolling: median and spread (the same source: 49 s).
const TURNOUT: (f64, f64) = (49.0, 0.5);

/// Seconds at the scene: median and spread (judgement; half an hour).
const SERVICE: (f64, f64) = (1800.0, 0.6);

/// What happens, how often, how grave.
const MATTERS: [(Category, Priority, f64); 6] = [
    (Category::Kejahatan, Priority::P1, 0.10),
    (Category::Kekerasan, Priority::P1, 0.08),
    (Category::LakaLantas, Priority::P2, 0.20),
    (Category::Kejahatan, Priority::P2, 0.17),
    (Category::Kamtibmas, Priority::P3, 0.30),
    (Category::Kemacetan, Priority::P3, 0.15),
];

/// How the days are to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Calls of a day, on average.
    pub per_day: f64,
    /// Where a share of the calls gathers: some spots are hot.
    pub hot_share: f64,
}

/// One day: Poisson arrivals by the hour, at `spots` chosen evenly and at some of them again and again.
pub fn draw(rate: Rate, spots: &[LngLat], hot: &[LngLat], rng: &mut fastrand::Rng) -> Vec<Call> {
    let mut calls = Vec::new();
    if spots.is_empty() || rate.per_day <= 0.0 {
        return calls;
    }
    for (hour, busy) in (0_u32..).zip(BY_HOUR) {
        let per_s = rate.per_day * busy / 86_400.0;
        let mut at_s = 0.0;
        loop {
            at_s += -rng.f64().max(1e-12).ln() / per_s;
            if at_s >= 3600.0 {
                break;
            }
            let among = if !hot.is_empty() && rng.f64() < rate.hot_share { hot } else { spots };
            let place = among[rng.usize(..among.len())].offset_m(spread(rng, 60.0), spread(rng, 60.0));
            calls.push(call(f64::from(hour) * 3600.0 + at_s, place, rng));
        }
    }
    calls
}

/// A call with everything else drawn.
pub(super) fn call(at_s: f64, place: LngLat, rng: &mut fastrand::Rng) -> Call {
    let mut share = rng.f64();
    let (category, priority, _) = MATTERS
        .into_iter()
        .find(|(_, _, part)| {
            share -= part;
            share < 0.0
        })
        .unwrap_or(MATTERS[MATTERS.len() - 1]);
    Call {
        at_s,
        place,
        priority,
        category,
        entry_s: lognormal(rng, ENTRY),
        turnout_s: lognormal(rng, TURNOUT),
        service_s: lognormal(rng, SERVICE),
    }
}

/// `count` of the points, far from each other: each next one is the farthest from those chosen.
#[must_use]
pub fn far_apart(points: &[LngLat], count: usize, rng: &mut fastrand::Rng) -> Vec<LngLat> {
    if points.is_empty() {
        return Vec::new();
    }
    let mut chosen = vec![points[rng.usize(..points.len())]];
    let mut gap: Vec<f64> = points.iter().map(|at| at.distance_m(chosen[0])).collect();
    while chosen.len() < count.min(points.len()) {
        let Some((farthest, _)) = gap.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { break };
        chosen.push(points[farthest]);
        for (gap, at) in gap.iter_mut().zip(points) {
            *gap = gap.min(at.distance_m(points[farthest]));
        }
    }
    chosen
}

fn lognormal(rng: &mut fastrand::Rng, (median, sigma): (f64, f64)) -> f64 {
    median * (sigma * normal(rng)).exp()
}

fn spread(rng: &mut fastrand::Rng, metres: f64) -> f64 {
    metres * normal(rng)
}

/// Box and Muller, 1958.
fn normal(rng: &mut fastrand::Rng) -> f64 {
    (-2.0 * rng.f64().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * rng.f64()).cos()
}
