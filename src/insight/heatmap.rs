//! Where reports come from: H3 cells with counts, small ones merged so that nobody is found by them.

use std::collections::BTreeMap;

use h3o::{CellIndex, LatLng, Resolution};
use serde_json::{Value, json};

use crate::model::place::LngLat;
use crate::model::report::{Category, Priority};

/// A cell with fewer reports than this is merged into a coarser one (trust: k-anonymity).
pub const SMALLEST: u32 = 5;

/// Coarsest resolution small cells are merged into (about 252 km² a cell); what is still too few
/// there is only counted.
const COARSEST: Resolution = Resolution::Five;

/// One report on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Where.
    pub at: LngLat,
    /// What about.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
}

/// What one cell holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellCount {
    /// Reports.
    pub count: u32,
    /// Emergencies among them.
    pub p1: u32,
    /// Reports by category.
    pub categories: BTreeMap<&'static str, u32>,
}

impl CellCount {
    fn add(&mut self, point: &Point) {
        self.count += 1;
        self.p1 += u32::from(point.priority == Priority::P1);
        *self.categories.entry(point.category.code()).or_default() += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.p1 += other.p1;
        for (code, n) in &other.categories {
            *self.categories.entry(code).or_default() += n;
        }
    }
}

/// Cells of a heatmap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heatmap {
    /// Cells with at least [`SMALLEST`] reports, of several resolutions.
    pub cells: BTreeMap<CellIndex, CellCount>,
    /// Reports that were too few even in a coarse cell.
    pub hidden: u32,
    /// All reports.
    pub total: u32,
}

/// Counts points into cells of `resolution`; cells that are too small join their parent.
#[must_use]
pub fn heatmap(points: &[Point], resolution: Resolution) -> Heatmap {
    let mut level: BTreeMap<CellIndex, CellCount> = BTreeMap::new();
    let mut total = 0;
    for point in points {
        if let Ok(at) = LatLng::new(point.at.lat, point.at.lng) {
            level.entry(at.to_cell(resolution)).or_default().add(point);
            total += 1;
        }
    }
    let mut cells = BTreeMap::new();
    let mut hidden = 0;
    while !level.is_empty() {
        let mut coarser: BTreeMap<CellIndex, CellCount> = BTreeMap::new();
        for (cell, count) in level {
            let parent = cell.resolution().pred().filter(|r| *r >= COARSEST).and_then(|r| cell.parent(r));
            match parent {
                _ if count.count >= SMALLEST => drop(cells.insert(cell, count)),
                Some(parent) => coarser.entry(parent).or_default().merge(&count),
                None => hidden += count.count,
            }
        }
        level = coarser;
    }
    Heatmap { cells, hidden, total }
}

impl Heatmap {
    /// GeoJSON polygons, coarse cells first so that fine ones are drawn over them.
    #[must_use]
    pub fn to_geojson(&self) -> Value {
        let mut cells: Vec<_> = self.cells.iter().collect();
        cells.sort_by_key(|(cell, _)| (cell.resolution(), **cell));
        let features: Vec<Value> = cells.into_iter().map(|(cell, count)| feature(*cell, count)).collect();
        json!({
            "type": "FeatureCollection",
            "meta": { "k": SMALLEST, "total": self.total, "hidden": self.hidden },
            "features": features,
        })
    }
}

fn feature(cell: CellIndex, count: &CellCount) -> Value {
    let mut ring: Vec<[f64; 2]> =
        cell.boundary().iter().map(|corner| [round5(corner.lng()), round5(corner.lat())]).collect();
    ring.extend(ring.first().copied());
    json!({
        "type": "Feature",
        "properties": {
            "cell": cell.to_string(), "resolution": u8::from(cell.resolution()),
            "count": count.count, "p1": count.p1, "categories": count.categories,
        },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}

fn round5(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(east_m: f64, north_m: f64) -> Point {
        Point {
            at: LngLat::new(98.67, 3.59).offset_m(east_m, north_m),
            category: Category::LakaLantas,
            priority: Priority::P1,
        }
    }

    #[test]
    fn a_lonely_report_is_counted_and_not_shown() {
        let map = heatmap(&[point(0.0, 0.0)], Resolution::Nine);
        assert_eq!((map.cells.len(), map.hidden, map.total), (0, 1, 1));
    }

    #[test]
    fn many_reports_of_one_street_stay_in_their_fine_cell() {
        let points: Vec<Point> = (0..8).map(|i| point(f64::from(i), 0.0)).collect();
        let map = heatmap(&points, Resolution::Eight);
        let (cell, count) = map.cells.iter().next().unwrap();
        assert_eq!((cell.resolution(), count.count, count.p1), (Resolution::Eight, 8, 8));
    }

    proptest! {
        #[test]
        fn every_report_is_in_one_cell_or_hidden_and_no_cell_is_small(
            spots in prop::collection::vec((-20_000.0..20_000.0f64, -20_000.0..20_000.0f64), 0..80),
        ) {
            let points: Vec<Point> = spots.iter().map(|(x, y)| point(*x, *y)).collect();
            let map = heatmap(&points, Resolution::Eight);
            let shown: u32 = map.cells.values().map(|c| c.count).sum();
            prop_assert_eq!(shown + map.hidden, map.total);
            prop_assert_eq!(map.total as usize, points.len());
            prop_assert!(map.cells.values().all(|c| c.count >= SMALLEST));
        }
    }
}
