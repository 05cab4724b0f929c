//! How long the nearest free unit needs to each part of the area: H3 cells with minutes. No persons, no
//! positions of units.

use std::fmt::Write as _;

use geo::{BoundingRect, Contains, Point};
use h3o::{CellIndex, LatLng, Resolution};
use serde_json::{Value, json};

use crate::model::jurisdiction::Area;
use crate::model::place::{LngLat, METRES_PER_DEGREE};

/// A cell and the seconds the nearest free unit needs to its middle; none when nobody gets there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// The cell.
    pub cell: CellIndex,
    /// Seconds.
    pub secs: Option<f64>,
}

/// The cells whose middle lies in one of the areas, each once, ascending.
#[must_use]
pub fn cells<'a>(areas: impl Iterator<Item = &'a Area>, resolution: Resolution) -> Vec<CellIndex> {
    // Denser than a cell is wide (0.87 edges from its middle to a side): no cell is stepped over.
    let step_deg = 0.6 * resolution.edge_length_m() / METRES_PER_DEGREE;
    let mut cells: Vec<CellIndex> = Vec::new();
    for area in areas {
        let Some(rect) = area.shape.bounding_rect() else { continue };
        let steps = |from: f64, to: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a city in cells")]
            let count = ((to - from) / step_deg).ceil().clamp(0.0, 10_000.0) as u32;
            (0..=count + 1).map(move |i| from + (f64::from(i) - 0.5) * step_deg)
        };
        let mut own: Vec<CellIndex> = Vec::new();
        for lat in steps(rect.min().y, rect.max().y) {
            own.extend(
                steps(rect.min().x, rect.max().x)
                    .filter_map(|lng| Some(LatLng::new(lat, lng).ok()?.to_cell(resolution))),
            );
        }
        own.sort_unstable();
        own.dedup();
        own.retain(|cell| {
            let at = middle(*cell);
            area.shape.contains(&Point::new(at.lng, at.lat))
        });
        cells.extend(own);
    }
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// The middle of a cell.
#[must_use]
pub fn middle(cell: CellIndex) -> LngLat {
    let at = LatLng::from(cell);
    LngLat::new(at.lng(), at.lat())
}

fn minutes(secs: Option<f64>) -> Option<f64> {
    secs.map(|secs| (secs / 6.0).round() / 10.0)
}

/// Cells as `GeoJSON`, with `minutes` (one decimal, null where nobody gets).
#[must_use]
pub fn to_geojson(reached: &[Reached]) -> Value {
    let feature = |one: &Reached| {
        let mut ring: Vec<[f64; 2]> = one.cell.boundary().iter().map(|at| [at.lng(), at.lat()]).collect();
        ring.extend(ring.first().copied());
        json!({
            "type": "Feature",
            "properties": { "cell": one.cell.to_string(), "minutes": minutes(one.secs) },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    json!({ "type": "FeatureCollection", "features": reached.iter().map(feature).collect::<Vec<_>>() })
}

/// The same as CSV: cell, its middle, minutes (empty where nobody gets).
#[must_use]
pub fn to_csv(reached: &[Reached]) -> String {
    let mut out = String::from("cell,lng,lat,minutes\n");
    for one in reached {
        let at = middle(one.cell);
        let minutes = minutes(one.secs).map_or_else(String::new, |minutes| format!("{minutes:.1}"));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{},{:.6},{:.6},{minutes}", one.cell, at.lng, at.lat);
    }
    out
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    fn area() -> Area {
        let ring = polygon![(x: 98.60, y: 3.55), (x: 98.67, y: 3.55), (x: 98.67, y: 3.63), (x: 98.60, y: 3.63)];
        Area {
            code: "12.71.01.1001".to_owned(),
            name: "Kenanga".to_owned(),
            kecamatan_code: "12.71.01".to_owned(),
            kecamatan: "Kota Barat".to_owned(),
            polsek: "barat".to_owned(),
            polres: "medan".to_owned(),
            shape: ring.into(),
        }
    }

    #[test]
    fn cells_fill_the_area_and_are_written_with_one_decimal() {
        let found = cells([area()].iter(), Resolution::Eight);
        // 69 km² in cells of 0.74 km² on average, about 0.65 near the equator's icosahedron edge.
        assert!((70..130).contains(&found.len()), "{}", found.len());
        let inside = |at: LngLat| (98.60..98.67).contains(&at.lng) && (3.55..3.63).contains(&at.lat);
        assert!(found.iter().all(|cell| inside(middle(*cell))));
        let reached = [Reached { cell: found[0], secs: Some(371.0) }, Reached { cell: found[1], secs: None }];
        let json = to_geojson(&reached);
        assert_eq!(json["features"][0]["properties"]["minutes"], 6.2);
        assert!(json["features"][1]["properties"]["minutes"].is_null());
        assert_eq!(json["features"][0]["geometry"]["coordinates"][0].as_array().unwrap().len(), 7);
        let csv = to_csv(&reached);
        assert!(csv.lines().nth(1).unwrap().ends_with(",6.2") && csv.lines().nth(2).unwrap().ends_with(','));
    }
}
