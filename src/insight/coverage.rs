//! How long the nearest free unit needs to each part of the area: H3 cells with minutes, and what moving
//! one unit would change. No persons, no positions of units.

use geo::{BoundingRect, Contains, Point};
use h3o::{CellIndex, LatLng, Resolution};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::heatmap::SMALLEST;
use super::real;
use super::table::{Table, number};
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

/// Less than half a minute is not told apart from where a unit happens to stand just now. Seconds.
pub const NOTICED_S: f64 = 30.0;

/// What a move changes for a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Somebody is there at least half a minute sooner, or at all.
    Sooner,
    /// At least half a minute later, or nobody any more.
    Later,
    /// Neither.
    Same,
}

/// What a move changes in figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = MoveChanged)]
pub struct Changed {
    /// Cells reached at least half a minute sooner.
    pub better: usize,
    /// Cells reached at least half a minute later.
    pub worse: usize,
    /// Mean gain over the better cells, minutes.
    pub better_mean_min: Option<f64>,
    /// Mean loss over the worse cells, minutes.
    pub worse_mean_min: Option<f64>,
    /// Past incidents in the better cells; none where there were one to four.
    pub past_better: Option<usize>,
    /// Past incidents in the worse cells; none where there were one to four.
    pub past_worse: Option<usize>,
}

/// A reach map: as it is, and as it would be with one unit somewhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// As it is.
    pub now: Vec<Reached>,
    /// The same cells with the unit moved; none when no move is asked about.
    pub moved: Option<Vec<Reached>>,
    /// A cell is covered when somebody gets to its middle within so many seconds.
    pub within_s: f64,
    /// Where incidents happened lately: how many in each cell.
    pub past: Vec<usize>,
}

/// A reach map in figures. The area counts, not the people who live in it: those are not known here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Covered {
    /// Cells of the area.
    pub cells: usize,
    /// Of them reached in time.
    pub within: usize,
    /// Share of the cells reached in time, 0 to 1; none without a cell.
    pub share: Option<f64>,
    /// Mean over the cells somebody gets to, minutes.
    pub mean_min: Option<f64>,
    /// The worst of them, minutes.
    pub worst_min: Option<f64>,
    /// Cells nobody gets to.
    pub unreached: usize,
}

/// The figures of a reach map.
#[must_use]
pub fn covered(reached: &[Reached], within_s: f64) -> Covered {
    let secs: Vec<f64> = reached.iter().filter_map(|one| one.secs).collect();
    let within = secs.iter().filter(|secs| **secs <= within_s).count();
    Covered {
        cells: reached.len(),
        within,
        share: (!reached.is_empty()).then(|| real(within) / real(reached.len())),
        mean_min: minutes((!secs.is_empty()).then(|| secs.iter().sum::<f64>() / real(secs.len()))),
        worst_min: minutes(secs.iter().copied().max_by(f64::total_cmp)),
        unreached: reached.len() - secs.len(),
    }
}

impl Reach {
    /// What the move changes for a cell; none without a move or outside the area.
    #[must_use]
    pub fn change_of(&self, cell: CellIndex) -> Option<Change> {
        let at = self.now.binary_search_by(|one| one.cell.cmp(&cell)).ok()?;
        self.change(at).map(|(change, _)| change)
    }

    /// What the move changes, and by how many seconds where both are known.
    fn change(&self, at: usize) -> Option<(Change, Option<f64>)> {
        let after = self.after(at)?.secs;
        Some(match (self.now[at].secs, after) {
            (Some(now), Some(after)) if after <= now - NOTICED_S => (Change::Sooner, Some(now - after)),
            (Some(now), Some(after)) if after >= now + NOTICED_S => (Change::Later, Some(after - now)),
            (None, Some(_)) => (Change::Sooner, None),
            (Some(_), None) => (Change::Later, None),
            _ => (Change::Same, None),
        })
    }

    /// What the move changes in figures; none without one.
    #[must_use]
    pub fn changed(&self) -> Option<Changed> {
        self.moved.as_ref()?;
        let of = |wanted: Change| {
            let own: Vec<(usize, Option<f64>)> = (0..self.now.len())
                .filter_map(|at| self.change(at).filter(|(change, _)| *change == wanted).map(|(_, secs)| (at, secs)))
                .collect();
            let secs: Vec<f64> = own.iter().filter_map(|(_, secs)| *secs).collect();
            let mean = (!secs.is_empty()).then(|| secs.iter().sum::<f64>() / real(secs.len()));
            let past: usize = own.iter().filter_map(|(at, _)| self.past.get(*at)).sum();
            let shown = (past == 0 || past >= SMALLEST as usize).then_some(past);
            (own.len(), minutes(mean), shown)
        };
        let ((better, better_mean_min, past_better), (worse, worse_mean_min, past_worse)) =
            (of(Change::Sooner), of(Change::Later));
        Some(Changed { better, worse, better_mean_min, worse_mean_min, past_better, past_worse })
    }

    /// As `GeoJSON`: `minutes` (one decimal, null where nobody gets), and with a move `minutes_after`
    /// and `change` (minutes, less is better; null where either is).
    #[must_use]
    pub fn to_geojson(&self) -> Value {
        let features: Vec<Value> = (0..self.now.len()).map(|at| self.feature(at)).collect();
        let after = self.moved.as_ref().map(|moved| covered(moved, self.within_s));
        let meta = json!({
            "within_min": self.within_s / 60.0, "before": covered(&self.now, self.within_s), "after": after,
            "changed": self.changed(),
        });
        json!({ "type": "FeatureCollection", "meta": meta, "features": features })
    }

    fn feature(&self, at: usize) -> Value {
        let one = self.now[at];
        let mut properties = json!({ "cell": one.cell.to_string(), "minutes": minutes(one.secs) });
        if let Some(after) = self.after(at) {
            properties["minutes_after"] = json!(minutes(after.secs));
            properties["change"] = json!(one.secs.zip(after.secs).and_then(|(now, after)| minutes(Some(after - now))));
        }
        json!({
            "type": "Feature",
            "properties": properties,
            "geometry": { "type": "Polygon", "coordinates": [Self::ring(one.cell)] },
        })
    }

    /// The corners of a cell, the first one again at the end; `[lng, lat]`.
    #[must_use]
    pub fn ring(cell: CellIndex) -> Vec<[f64; 2]> {
        let mut ring: Vec<[f64; 2]> = cell.boundary().iter().map(|at| [at.lng(), at.lat()]).collect();
        ring.extend(ring.first().copied());
        ring
    }

    /// The same cell after the move; none without one.
    fn after(&self, at: usize) -> Option<Reached> {
        self.moved.as_ref()?.get(at).copied()
    }

    /// The same as a table: cell, its middle, minutes (empty where nobody gets), minutes after the move.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut table = Table::new(&["cell", "lng", "lat", "minutes", "minutes_after"]);
        for (at, one) in self.now.iter().enumerate() {
            let place = middle(one.cell);
            table.row(&[
                one.cell.to_string(),
                format!("{:.6}", place.lng),
                format!("{:.6}", place.lat),
                number(minutes(one.secs), 1),
                number(self.after(at).and_then(|after| minutes(after.secs)), 1),
            ]);
        }
        table.into_text()
    }
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
        let now = vec![Reached { cell: found[0], secs: Some(371.0) }, Reached { cell: found[1], secs: None }];
        let moved = vec![Reached { cell: found[0], secs: Some(900.0) }, Reached { cell: found[1], secs: Some(60.0) }];
        let json = Reach { now: now.clone(), moved: None, within_s: 600.0, past: Vec::new() }.to_geojson();
        assert_eq!(json["features"][0]["properties"]["minutes"], 6.2);
        assert!(json["features"][1]["properties"]["minutes"].is_null() && json["meta"]["after"].is_null());
        assert_eq!(json["features"][0]["geometry"]["coordinates"][0].as_array().unwrap().len(), 7);
        assert_eq!(
            json["meta"]["before"],
            json!({ "cells": 2, "within": 1, "share": 0.5, "mean_min": 6.2, "worst_min": 6.2, "unreached": 1 })
        );
        let reach = Reach { now, moved: Some(moved), within_s: 600.0, past: vec![7, 3] };
        let changed = reach.changed().unwrap();
        assert_eq!(
            (changed.better, changed.better_mean_min, changed.past_better),
            (1, None, None),
            "three are too few"
        );
        assert_eq!((changed.worse, changed.worse_mean_min, changed.past_worse), (1, Some(8.8), Some(7)));
        assert_eq!(reach.change_of(found[1]), Some(Change::Sooner));
        let json = reach.to_geojson();
        assert_eq!(json["features"][0]["properties"]["change"], 8.8);
        assert!(json["features"][1]["properties"]["change"].is_null());
        assert_eq!((&json["meta"]["after"]["share"], &json["meta"]["after"]["unreached"]), (&json!(0.5), &json!(0)));
        let csv = reach.to_csv();
        assert!(csv.lines().nth(1).unwrap().ends_with(",6.2,15.0") && csv.lines().nth(2).unwrap().ends_with(",,1.0"));
        assert_eq!(covered(&[], 600.0).share, None);
    }
}
