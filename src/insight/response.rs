//! How fast units came: medians, and the share within the Polri clock.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::lines::{Band, IncidentLine};
use super::real;

/// The figures of some incidents.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Times {
    /// Code of the Polsek, the category or the band of distance; empty for all, or for nobody's area.
    pub key: String,
    /// Incidents somebody arrived at.
    pub incidents: usize,
    /// Of them within the Polri clock.
    pub within: usize,
    /// Incidents nobody has arrived at; they are in no other figure of this row.
    pub unserved: usize,
    /// Median response time, seconds.
    pub p50_s: Option<f64>,
    /// Nine of ten were faster, seconds.
    pub p90_s: Option<f64>,
    /// Share within the Polri clock, 0 to 1.
    pub within_clock: Option<f64>,
}

/// The figures of each group, ascending by key.
#[must_use]
pub fn times_by(lines: &[IncidentLine], key: impl Fn(&IncidentLine) -> String) -> Vec<Times> {
    let mut groups: BTreeMap<String, Vec<&IncidentLine>> = BTreeMap::new();
    for line in lines {
        groups.entry(key(line)).or_default().push(line);
    }
    groups.into_iter().map(|(key, group)| times(&key, group.into_iter())).collect()
}

/// The figures by distance from the station, the nearest band first.
#[must_use]
pub fn by_band(lines: &[IncidentLine]) -> Vec<Times> {
    let of = |band: Band| {
        let found = times(band.code(), lines.iter().filter(|line| line.band() == band));
        Some(found).filter(|found| found.incidents + found.unserved > 0)
    };
    [Band::Near, Band::Middle, Band::Far].into_iter().filter_map(of).collect()
}

/// The figures of these incidents.
#[must_use]
pub fn times<'a>(key: &str, lines: impl Iterator<Item = &'a IncidentLine>) -> Times {
    let (mut secs, mut within, mut unserved) = (Vec::new(), 0, 0);
    for line in lines {
        match (line.response_s(), line.within_clock()) {
            (Some(response_s), in_time) => {
                secs.push(response_s);
                within += usize::from(in_time == Some(true));
            }
            _ => unserved += 1,
        }
    }
    secs.sort_by(f64::total_cmp);
    Times {
        key: key.to_owned(),
        incidents: secs.len(),
        within,
        unserved,
        p50_s: percentile(&secs, 50),
        p90_s: percentile(&secs, 90),
        within_clock: (!secs.is_empty()).then(|| real(within) / real(secs.len())),
    }
}

/// Nearest-rank percentile of sorted values.
#[must_use]
pub fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get(rank(sorted.len(), percent)).copied()
}

/// Position of the nearest-rank percentile among so many sorted values.
#[must_use]
pub const fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::samples::incident;
    use super::*;

    fn line(polsek: &str, secs: Option<i64>, north_m: f64) -> IncidentLine {
        let mut line = incident(1, secs, north_m);
        line.polsek = Some(polsek.to_owned());
        line
    }

    #[test]
    fn a_far_place_has_more_time() {
        assert_eq!(line("a", Some(720), 100.0).within_clock(), Some(false));
        assert_eq!(line("a", Some(720), 6_000.0).within_clock(), Some(true));
        assert_eq!([100.0, 4_000.0, 8_000.0].map(|m| line("a", None, m).band().code()), ["near", "middle", "far"]);
    }

    #[test]
    fn figures_by_polsek_and_of_all() {
        let all: Vec<IncidentLine> =
            [("a", 100), ("a", 300), ("b", 900)].iter().map(|(p, s)| line(p, Some(*s), 10.0)).collect();
        let items = times_by(&all, |line| line.polsek.clone().unwrap_or_default());
        assert_eq!(
            items.iter().map(|t| (t.key.as_str(), t.incidents, t.p50_s)).collect::<Vec<_>>(),
            [("a", 2, Some(100.0)), ("b", 1, Some(900.0))]
        );
        let total = times("", all.iter());
        assert_eq!((total.incidents, total.p50_s, total.p90_s), (3, Some(300.0), Some(900.0)));
        assert_eq!((total.within, total.within_clock), (2, Some(2.0 / 3.0)));
    }

    #[test]
    fn nobody_there_gives_no_figure_and_is_said() {
        let total = times("", [line("a", None, 0.0)].iter());
        assert_eq!((total.incidents, total.unserved, total.p50_s, total.within_clock), (0, 1, None, None));
    }
}
