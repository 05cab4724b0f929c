//! How fast units came: medians, and the share within the Polri clock.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::clock::Timestamp;
use crate::model::place::LngLat;
use crate::model::timeline::polri_clock_s;

/// One incident a unit was sent to.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Polsek of its place; empty when nobody's.
    pub polsek: String,
    /// First report received.
    pub received_at: Timestamp,
    /// First unit there; none when nobody arrived yet.
    pub on_scene_at: Option<Timestamp>,
    /// Its place.
    pub at: LngLat,
    /// Station of its Polsek.
    pub station: Option<LngLat>,
}

/// The figures of a Polsek, or of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Times {
    /// Code of the Polsek; empty for all.
    pub polsek: String,
    /// Incidents somebody arrived at.
    pub incidents: usize,
    /// Median response time, seconds.
    pub p50_s: Option<f64>,
    /// Nine of ten were faster, seconds.
    pub p90_s: Option<f64>,
    /// Share within the Polri clock, 0 to 1.
    pub within_clock: Option<f64>,
}

/// Figures by Polsek, and of all.
#[must_use]
pub fn response_times(responses: &[Response]) -> (Vec<Times>, Times) {
    let mut by_polsek: BTreeMap<&str, Vec<&Response>> = BTreeMap::new();
    for response in responses {
        by_polsek.entry(&response.polsek).or_default().push(response);
    }
    let items = by_polsek.into_iter().map(|(polsek, all)| times(polsek, &all)).collect();
    (items, times("", &responses.iter().collect::<Vec<_>>()))
}

#[expect(clippy::cast_precision_loss, reason = "counts of incidents")]
fn times(polsek: &str, all: &[&Response]) -> Times {
    let arrived: Vec<(f64, bool)> = all.iter().filter_map(|r| arrival(r)).collect();
    let mut secs: Vec<f64> = arrived.iter().map(|(secs, _)| *secs).collect();
    secs.sort_by(f64::total_cmp);
    let within = arrived.iter().filter(|(_, within)| *within).count();
    Times {
        polsek: polsek.to_owned(),
        incidents: arrived.len(),
        p50_s: percentile(&secs, 50),
        p90_s: percentile(&secs, 90),
        within_clock: (!arrived.is_empty()).then(|| within as f64 / arrived.len() as f64),
    }
}

/// Response time, and whether it kept the Polri clock. Distance to the station is the straight line
/// times 1.4, the detour of well-meshed streets.
fn arrival(response: &Response) -> Option<(f64, bool)> {
    let secs = response.on_scene_at?.secs_since(response.received_at);
    let distance_m = response.station.map_or(0.0, |station| station.distance_m(response.at) * 1.4);
    #[expect(clippy::cast_precision_loss, reason = "at most 25 minutes")]
    let allowed = polri_clock_s(distance_m) as f64;
    Some((secs, secs <= allowed))
}

/// Nearest-rank percentile of sorted values.
#[must_use]
pub fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(polsek: &str, secs: i64, north_m: f64) -> Response {
        let station = LngLat::new(98.67, 3.59);
        Response {
            polsek: polsek.to_owned(),
            received_at: Timestamp::from_secs(1000),
            on_scene_at: Some(Timestamp::from_secs(1000 + secs)),
            at: station.offset_m(0.0, north_m),
            station: Some(station),
        }
    }

    #[test]
    fn a_far_place_has_more_time() {
        let near = response("a", 12 * 60, 100.0);
        let far = response("a", 12 * 60, 6_000.0);
        assert_eq!(arrival(&near), Some((720.0, false)));
        assert_eq!(arrival(&far), Some((720.0, true)));
    }

    #[test]
    fn figures_by_polsek_and_of_all() {
        let all: Vec<Response> =
            [("a", 100), ("a", 300), ("b", 900)].iter().map(|(p, s)| response(p, *s, 10.0)).collect();
        let (items, total) = response_times(&all);
        assert_eq!(
            items.iter().map(|t| (t.polsek.as_str(), t.incidents, t.p50_s)).collect::<Vec<_>>(),
            [("a", 2, Some(100.0)), ("b", 1, Some(900.0))]
        );
        assert_eq!((total.incidents, total.p50_s, total.p90_s), (3, Some(300.0), Some(900.0)));
        assert_eq!(total.within_clock, Some(2.0 / 3.0));
    }

    #[test]
    fn nobody_there_gives_no_figure() {
        let (items, total) = response_times(&[Response { on_scene_at: None, ..response("a", 0, 0.0) }]);
        assert_eq!((items[0].incidents, items[0].p50_s, total.within_clock), (0, None, None));
    }
}
