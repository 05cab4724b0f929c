//! Where reports come from: H3 cells with counts, set against the hours patrols spent there, how fast
//! units came, or an earlier time. Cells that are too small are merged, so that nobody is found by them.

use std::collections::BTreeMap;

use h3o::{CellIndex, LatLng, Resolution};
use serde_json::{Value, json};

use super::response::percentile;
use super::table::{Table, number};
use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};

/// A cell with fewer reports than this is merged into a coarser one (trust: k-anonymity).
pub const SMALLEST: u32 = 5;

/// With fewer hours of patrol than this no rate is given: it would be chance.
pub const LEAST_PATROL_H: f64 = 1.0;

/// Coarsest resolution small cells are merged into (about 252 km² a cell); what is still too few
/// there is only counted.
const COARSEST: Resolution = Resolution::Five;

/// What a cell is coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many.
    Count,
    /// How many for each hour a patrol was there.
    Rate,
    /// Median response time.
    Response,
}

impl Measure {
    /// The measure with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Count, Self::Rate, Self::Response].into_iter().find(|measure| measure.code() == code)
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Rate => "rate",
            Self::Response => "response",
        }
    }
}

/// One report, or one incident, on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Where.
    pub at: LngLat,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// How long the first unit took, seconds; of incidents.
    pub response_s: Option<f64>,
}

/// What is laid on the map.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What happened.
    pub spots: &'a [Spot],
    /// What happened in the time it is compared with.
    pub before: Option<&'a [Spot]>,
    /// Seconds patrols spent in fine cells, never coarser than what is asked for.
    pub patrol: &'a [(CellIndex, f64)],
}

/// What one cell holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellCount {
    /// Reports.
    pub count: u32,
    /// Emergencies among them.
    pub p1: u32,
    /// Reports in the time compared with.
    pub before: u32,
    /// Reports by category.
    pub categories: BTreeMap<&'static str, u32>,
    /// Patrol, seconds.
    pub patrol_s: f64,
    /// Response times, seconds.
    pub secs: Vec<f64>,
}

impl CellCount {
    fn add(&mut self, spot: &Spot) {
        self.count += 1;
        self.p1 += u32::from(spot.priority == Priority::P1);
        *self.categories.entry(spot.category.code()).or_default() += 1;
        self.secs.extend(spot.response_s);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.p1 += other.p1;
        self.before += other.before;
        self.patrol_s += other.patrol_s;
        self.secs.extend(other.secs);
        for (code, n) in other.categories {
            *self.categories.entry(code).or_default() += n;
        }
    }

    /// Neither time shows one to four reports, and one of them shows any.
    const fn may_be_shown(&self) -> bool {
        (self.count == 0 || self.count >= SMALLEST)
            && (self.before == 0 || self.before >= SMALLEST)
            && self.count + self.before > 0
    }

    /// Patrol, hours.
    #[must_use]
    pub fn patrol_h(&self) -> f64 {
        self.patrol_s / 3600.0
    }

    /// Reports for each hour of patrol; none where there was hardly any.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.patrol_h() >= LEAST_PATROL_H).then(|| f64::from(self.count) / self.patrol_h())
    }

    /// Median response time, seconds.
    #[must_use]
    pub fn p50_s(&self) -> Option<f64> {
        let mut secs = self.secs.clone();
        secs.sort_by(f64::total_cmp);
        percentile(&secs, 50)
    }

    /// More, or fewer, than in the time compared with.
    #[must_use]
    pub fn difference(&self) -> i64 {
        i64::from(self.count) - i64::from(self.before)
    }
}

/// Cells of a heatmap.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Cells that may be shown, of several resolutions.
    pub cells: BTreeMap<CellIndex, CellCount>,
    /// What was too little even in a coarse cell.
    pub hidden: CellCount,
    /// All reports.
    pub total: u32,
    /// All reports of the time compared with; none without one.
    pub before: Option<u32>,
    resolution: Resolution,
}

/// Counts into cells of `resolution`; cells that are too small join their parent, patrol hours and all.
#[must_use]
pub fn heatmap(ground: Ground<'_>, resolution: Resolution) -> Heatmap {
    let mut level: BTreeMap<CellIndex, CellCount> = BTreeMap::new();
    let cell_of = |spot: &Spot| LatLng::new(spot.at.lat, spot.at.lng).ok().map(|at| at.to_cell(resolution));
    let (mut total, mut before) = (0, ground.before.map(|_| 0));
    for (spot, cell) in ground.spots.iter().filter_map(|spot| Some((spot, cell_of(spot)?))) {
        level.entry(cell).or_default().add(spot);
        total += 1;
    }
    for cell in ground.before.unwrap_or_default().iter().filter_map(cell_of) {
        level.entry(cell).or_default().before += 1;
        before = before.map(|n: u32| n + 1);
    }
    for (cell, secs) in ground.patrol {
        if let Some(cell) = cell.parent(resolution) {
            level.entry(cell).or_default().patrol_s += secs;
        }
    }
    let (mut cells, mut hidden) = (BTreeMap::new(), CellCount::default());
    while !level.is_empty() {
        let mut coarser: BTreeMap<CellIndex, CellCount> = BTreeMap::new();
        for (cell, count) in level {
            let parent = cell.resolution().pred().filter(|r| *r >= COARSEST).and_then(|r| cell.parent(r));
            match parent {
                _ if count.may_be_shown() => drop(cells.insert(cell, count)),
                Some(parent) => coarser.entry(parent).or_default().merge(count),
                None => hidden.merge(count),
            }
        }
        level = coarser;
    }
    Heatmap { cells, hidden, total, before, resolution }
}

impl Heatmap {
    /// The cell a place is counted in: the finest one shown that it belongs to. A coarse cell holds what
    /// its finer ones did not keep for themselves.
    #[must_use]
    pub fn home(&self, at: LngLat) -> Option<CellIndex> {
        let mut cell = LatLng::new(at.lat, at.lng).ok()?.to_cell(self.resolution);
        while !self.cells.contains_key(&cell) {
            cell = cell.parent(cell.resolution().pred()?)?;
        }
        Some(cell)
    }

    /// GeoJSON polygons, coarse cells first so that fine ones are drawn over them.
    #[must_use]
    pub fn to_geojson(&self, measure: Measure) -> Value {
        let mut cells: Vec<_> = self.cells.iter().collect();
        cells.sort_by_key(|(cell, _)| (cell.resolution(), **cell));
        let features: Vec<Value> = cells.into_iter().map(|(cell, count)| self.feature(*cell, count, measure)).collect();
        json!({
            "type": "FeatureCollection",
            "meta": {
                "k": SMALLEST, "total": self.total, "hidden": self.hidden.count, "measure": measure.code(),
                "before": self.before, "hidden_before": self.before.map(|_| self.hidden.before),
                "least_patrol_h": LEAST_PATROL_H,
            },
            "features": features,
        })
    }

    fn feature(&self, cell: CellIndex, count: &CellCount, measure: Measure) -> Value {
        let mut properties = json!({
            "cell": cell.to_string(), "resolution": u8::from(cell.resolution()),
            "count": count.count, "p1": count.p1, "categories": count.categories,
        });
        match measure {
            Measure::Count => {}
            Measure::Rate => {
                properties["patrol_h"] = json!(rounded(count.patrol_h(), 100.0));
                properties["rate"] = json!(count.rate().map(|rate| rounded(rate, 1000.0)));
            }
            Measure::Response => properties["p50_s"] = json!(count.p50_s().map(f64::round)),
        }
        if self.before.is_some() {
            properties["before"] = json!(count.before);
            properties["difference"] = json!(count.difference());
        }
        let mut ring: Vec<[f64; 2]> =
            cell.boundary().iter().map(|at| [rounded(at.lng(), 1e5), rounded(at.lat(), 1e5)]).collect();
        ring.extend(ring.first().copied());
        json!({
            "type": "Feature",
            "properties": properties,
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    }

    /// The same as a table, a row for each cell.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let columns =
            ["cell", "resolution", "lng", "lat", "reports", "p1", "before", "patrol_h", "per_patrol_hour", "p50_s"];
        let mut table = Table::new(&columns);
        for (cell, count) in &self.cells {
            let middle = LatLng::from(*cell);
            table.row(&[
                cell.to_string(),
                u8::from(cell.resolution()).to_string(),
                format!("{:.6}", middle.lng()),
                format!("{:.6}", middle.lat()),
                count.count.to_string(),
                count.p1.to_string(),
                self.before.map_or_else(String::new, |_| count.before.to_string()),
                number((count.patrol_s > 0.0).then(|| count.patrol_h()), 2),
                number(count.rate(), 3),
                number(count.p50_s(), 0),
            ]);
        }
        table.into_text()
    }
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spot(east_m: f64, north_m: f64) -> Spot {
        Spot {
            at: LngLat::new(98.67, 3.59).offset_m(east_m, north_m),
            category: Category::LakaLantas,
            priority: Priority::P1,
            response_s: Some(east_m.abs()),
        }
    }

    fn of(spots: &[Spot], resolution: Resolution) -> Heatmap {
        heatmap(Ground { spots, before: None, patrol: &[] }, resolution)
    }

    fn cell_at(at: LngLat, resolution: Resolution) -> CellIndex {
        LatLng::new(at.lat, at.lng).unwrap().to_cell(resolution)
    }

    #[test]
    fn a_lonely_report_is_counted_and_not_shown() {
        let map = of(&[spot(0.0, 0.0)], Resolution::Nine);
        assert_eq!((map.cells.len(), map.hidden.count, map.total), (0, 1, 1));
        let json = map.to_geojson(Measure::Count);
        assert_eq!((&json["meta"]["hidden"], &json["meta"]["k"]), (&json!(1), &json!(5)));
    }

    #[test]
    fn many_reports_of_one_street_stay_in_their_fine_cell() {
        let spots: Vec<Spot> = (0..8).map(|i| spot(f64::from(i), 0.0)).collect();
        let map = of(&spots, Resolution::Eight);
        let (cell, count) = map.cells.iter().next().unwrap();
        assert_eq!((cell.resolution(), count.count, count.p1), (Resolution::Eight, 8, 8));
        assert_eq!(count.p50_s(), Some(3.0));
    }

    #[test]
    fn a_rate_needs_an_hour_of_patrol() {
        let spots: Vec<Spot> = (0..6).map(|i| spot(f64::from(i), 0.0)).collect();
        let fine = cell_at(spots[0].at, Resolution::Nine);
        let rate = |secs: f64| {
            let map = heatmap(Ground { spots: &spots, before: None, patrol: &[(fine, secs)] }, Resolution::Eight);
            map.to_geojson(Measure::Rate)["features"][0]["properties"]["rate"].clone()
        };
        assert_eq!((rate(7200.0), rate(3599.0)), (json!(3.0), Value::Null));
    }

    #[test]
    fn two_times_are_compared_only_where_neither_shows_a_few() {
        let (six, two) = ((0..6).map(|i| spot(f64::from(i), 0.0)), (0..2).map(|i| spot(f64::from(i), 0.0)));
        let (six, two): (Vec<Spot>, Vec<Spot>) = (six.collect(), two.collect());
        let map = |spots: &[Spot], before: &[Spot]| {
            heatmap(Ground { spots, before: Some(before), patrol: &[] }, Resolution::Nine)
        };
        let whole = map(&six, &[]).to_geojson(Measure::Count);
        assert_eq!(whole["features"][0]["properties"]["difference"], 6);
        let few = map(&six, &two);
        assert_eq!((few.cells.len(), few.hidden.count, few.hidden.before), (0, 6, 2));
    }

    proptest! {
        #[test]
        fn every_report_and_every_hour_is_in_one_cell_or_hidden_and_no_cell_is_small(
            spots in prop::collection::vec((-20_000.0..20_000.0f64, -20_000.0..20_000.0f64), 0..80),
            before in prop::collection::vec((-20_000.0..20_000.0f64, -20_000.0..20_000.0f64), 0..60),
            patrol in prop::collection::vec((-20_000.0..20_000.0f64, -20_000.0..20_000.0f64, 0.0..9_000.0f64), 0..60),
        ) {
            let all = |places: &[(f64, f64)]| places.iter().map(|(x, y)| spot(*x, *y)).collect::<Vec<Spot>>();
            let (spots, before) = (all(&spots), all(&before));
            let patrol: Vec<(CellIndex, f64)> =
                patrol.iter().map(|(x, y, secs)| (cell_at(spot(*x, *y).at, Resolution::Nine), *secs)).collect();
            let map = heatmap(Ground { spots: &spots, before: Some(&before), patrol: &patrol }, Resolution::Eight);
            let shown: u32 = map.cells.values().map(|c| c.count).sum();
            prop_assert_eq!(shown + map.hidden.count, map.total);
            prop_assert_eq!(map.total as usize, spots.len());
            let shown: u32 = map.cells.values().map(|c| c.before).sum();
            prop_assert_eq!(Some(shown + map.hidden.before), map.before);
            let hours: f64 = map.cells.values().map(|c| c.patrol_s).sum::<f64>() + map.hidden.patrol_s;
            prop_assert!((hours - patrol.iter().map(|(_, secs)| secs).sum::<f64>()).abs() < 1e-6);
            for (cell, count) in &map.cells {
                prop_assert!(count.count == 0 || count.count >= SMALLEST);
                prop_assert!(count.before == 0 || count.before >= SMALLEST);
                let plain = spots.iter().filter(|spot| map.home(spot.at) == Some(*cell)).count();
                prop_assert_eq!(count.count as usize, plain);
                prop_assert_eq!(count.secs.len(), plain);
            }
        }
    }
}
