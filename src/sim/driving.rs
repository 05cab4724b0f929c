//! A vehicle on its way: a route enters, positions along it leave, second by second.

use crate::model::place::LngLat;
use crate::roads::travel_time::Route;

/// A leg shorter than this has no course, metres.
const HEADING_MIN_M: f64 = 0.5;

/// A way that is being driven at the route's own mean speed.
#[derive(Debug, Clone)]
pub struct Drive {
    points: Vec<LngLat>,
    /// Length of the drawn way, metres.
    length_m: f64,
    /// Metres of the drawn way per second.
    speed_mps: f64,
    /// The leg being driven starts at this point, `before_m` metres from the start.
    leg: usize,
    before_m: f64,
    driven_m: f64,
}

/// Where a vehicle is at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// The point.
    pub at: LngLat,
    /// Metres per second.
    pub speed_mps: f64,
    /// Course over ground, degrees from north; `None` while it cannot be told.
    pub heading_deg: Option<f64>,
}

impl Drive {
    /// A drive over `route`, `haste` times as fast as the route says (1 = as planned).
    #[must_use]
    pub fn over(route: Route, haste: f64) -> Self {
        let length_m = route.points.windows(2).map(|leg| leg[0].distance_m(leg[1])).sum::<f64>();
        let speed_mps = if route.secs > 0.0 { length_m / route.secs * haste } else { length_m.max(1.0) };
        Self { points: route.points, length_m, speed_mps, leg: 0, before_m: 0.0, driven_m: 0.0 }
    }

    /// Drives on for `secs` and says where that leads.
    pub fn advance(&mut self, secs: f64) -> Option<Position> {
        self.driven_m = (self.driven_m + self.speed_mps * secs).min(self.length_m);
        while let (Some(&from), Some(&to)) = (self.points.get(self.leg), self.points.get(self.leg + 1)) {
            let leg_m = from.distance_m(to);
            if self.before_m + leg_m < self.driven_m && self.leg + 2 < self.points.len() {
                self.before_m += leg_m;
                self.leg += 1;
                continue;
            }
            let part = if leg_m > 0.0 { ((self.driven_m - self.before_m) / leg_m).clamp(0.0, 1.0) } else { 1.0 };
            let at = LngLat::new(from.lng + (to.lng - from.lng) * part, from.lat + (to.lat - from.lat) * part);
            let heading_deg = (leg_m > HEADING_MIN_M).then(|| bearing_deg(from, to));
            return Some(Position { at, speed_mps: self.speed_mps, heading_deg });
        }
        self.points.last().map(|&at| Position { at, speed_mps: 0.0, heading_deg: None })
    }

    /// Whether the end is reached.
    #[must_use]
    pub fn arrived(&self) -> bool {
        self.driven_m >= self.length_m
    }
}

/// Course from one point to another nearby, degrees from north, 0 to 360.
fn bearing_deg(from: LngLat, to: LngLat) -> f64 {
    let east = (to.lng - from.lng) * from.lat.to_radians().cos();
    east.atan2(to.lat - from.lat).to_degrees().rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: LngLat = LngLat::new(98.67, 3.59);

    fn corner() -> Route {
        let corner = START.offset_m(300.0, 0.0);
        Route {
            points: vec![START, corner, corner, corner.offset_m(0.0, 100.0)],
            secs: 40.0,
            metres: 400.0,
            steps: Vec::new(),
        }
    }

    #[test]
    fn a_drive_takes_as_long_as_its_route_says_however_it_is_cut() {
        for step in [0.1, 1.0, 3.0, 7.0] {
            let mut drive = Drive::over(corner(), 1.0);
            let mut secs = 0.0;
            while !drive.arrived() {
                let before = drive.driven_m;
                assert!(drive.advance(step).is_some());
                assert!(drive.driven_m > before);
                secs += step;
            }
            assert!((39.9..40.1 + step).contains(&secs), "{secs}");
            let end = drive.advance(0.0).map(|position| position.at.distance_m(corner().points[3]));
            assert!(end.is_some_and(|metres| metres < 0.1));
        }
    }

    #[test]
    fn it_heads_east_and_then_north_and_stays_on_the_way() {
        let mut drive = Drive::over(corner(), 2.0);
        let first = drive.advance(5.0).expect("on the way");
        assert!((first.heading_deg.expect("known") - 90.0).abs() < 0.5);
        assert!((first.at.distance_m(START) - 100.0).abs() < 1.0, "{}", first.at.distance_m(START));
        assert!((first.speed_mps - 20.0).abs() < 0.1);
        let second = drive.advance(12.0).expect("on the way");
        assert!(second.heading_deg.is_some_and(|deg| !(0.5..=359.5).contains(&deg)), "{second:?}");
    }

    #[test]
    fn odd_routes_end_at_once() {
        for points in [vec![], vec![START], vec![START, START]] {
            let mut drive = Drive::over(Route { points, secs: 0.0, metres: 0.0, steps: Vec::new() }, 1.0);
            let _position = drive.advance(1.0);
            assert!(drive.arrived());
        }
    }
}
