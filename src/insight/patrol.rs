//! How long patrols were where: fixes of units enter, seconds in H3 cells by hour of the day leave. What
//! a map of reports lacks: it shows where people have telephones, this shows where the police was.

use std::collections::BTreeMap;

use h3o::{CellIndex, LatLng, Resolution};

use super::when::{When, local};
use crate::model::clock::Timestamp;
use crate::model::unit::Fix;

/// Patrol is kept in cells of this size (about 0.1 km²): nothing finer is asked of it.
pub const FINEST: Resolution = Resolution::Nine;

/// A silence longer than this is a gap: nobody knows where the unit was. Seconds.
pub const GAP_S: f64 = 120.0;

/// Seconds by cell and hour of the day, of one day or a part of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Presence {
    bins: BTreeMap<(u8, CellIndex), f64>,
    weekday: Option<Timestamp>,
}

impl Presence {
    /// Adds the fixes of one unit, in order of time. The time between two of them belongs half to the
    /// place of each; a silence belongs to nobody.
    pub fn add(&mut self, fixes: &[Fix], offset_h: i32) {
        for pair in fixes.windows(2) {
            let secs = pair[1].at.secs_since(pair[0].at);
            if !(0.0..=GAP_S).contains(&secs) {
                continue;
            }
            for fix in pair {
                if let Ok(at) = LatLng::new(fix.lat, fix.lng) {
                    let hour = local(fix.at, offset_h).hour;
                    *self.bins.entry((hour, at.to_cell(FINEST))).or_default() += secs / 2.0;
                }
            }
        }
        self.weekday = self.weekday.or_else(|| fixes.first().map(|fix| fix.at));
    }

    /// Seconds by cell, of the hours that count.
    pub fn within<'a>(&'a self, when: &'a When) -> impl Iterator<Item = (CellIndex, f64)> + 'a {
        let day_counts = self.weekday.is_none_or(|at| when.holds_day(at));
        let bins = self.bins.iter().filter(move |((hour, _), _)| day_counts && when.holds_hour(*hour));
        bins.map(|((_, cell), secs)| (*cell, *secs))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::place::LngLat;

    const NINE: Timestamp = Timestamp::from_secs(1_795_226_400);

    fn fix(secs: i64, east_m: f64) -> Fix {
        let at = LngLat::new(98.67, 3.59).offset_m(east_m, 0.0);
        Fix { lng: at.lng, lat: at.lat, at: NINE.plus_secs(secs), accuracy_m: None, speed_mps: None, heading_deg: None }
    }

    #[test]
    fn time_belongs_half_to_each_end_and_a_silence_to_nobody() {
        let mut presence = Presence::default();
        presence.add(&[fix(0, 0.0), fix(60, 3_000.0), fix(400, 3_000.0), fix(410, 3_000.0)], 7);
        let always = When::always(7);
        let mut secs: Vec<f64> = presence.within(&always).map(|(_, secs)| secs).collect();
        secs.sort_by(f64::total_cmp);
        assert_eq!(secs, [30.0, 40.0]);
        let night = When::parse(Some("0-6"), None, 7).unwrap();
        assert_eq!(presence.within(&night).count(), 0);
        let sunday = When::parse(None, Some("7"), 7).unwrap();
        assert_eq!(presence.within(&sunday).count(), 0, "it was a Saturday");
    }

    proptest! {
        #[test]
        fn all_of_the_time_without_gaps_is_somewhere(steps in prop::collection::vec((1_i64..200, -5_000.0..5_000.0_f64), 0..60)) {
            let mut at = 0;
            let fixes: Vec<Fix> = steps.iter().map(|(secs, east_m)| { at += secs; fix(at, *east_m) }).collect();
            let mut presence = Presence::default();
            presence.add(&fixes, 7);
            let plain: f64 = fixes.windows(2).map(|p| p[1].at.secs_since(p[0].at)).filter(|secs| *secs <= GAP_S).sum();
            let found: f64 = presence.within(&When::always(7)).map(|(_, secs)| secs).sum();
            prop_assert!((found - plain).abs() < 1e-6);
        }
    }
}
