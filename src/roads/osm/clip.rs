//! The area an import is cut to: polygons with a margin, as a raster, so that millions of points can be
//! asked for in a moment.

use geo::{BoundingRect, Contains, MultiPolygon, Point};

use crate::model::place::{LngLat, Plane};

/// Side of a raster cell, metres; larger only where the area would need too many.
const CELL_M: f64 = 100.0;

/// Cells of one raster.
const MOST_CELLS: f64 = 4_000_000.0;

/// An area with its margin. A point within half a cell of the border may count to either side.
#[derive(Debug, Clone)]
pub struct Clip {
    plane: Plane,
    low: [f64; 2],
    cell_m: f64,
    columns: usize,
    rows: usize,
    inside: Vec<bool>,
}

impl Clip {
    /// The union of `areas` and everything within `margin_m` metres of it; none without an area.
    #[must_use]
    pub fn around(areas: &[MultiPolygon<f64>], margin_m: f64) -> Option<Self> {
        let margin_m = margin_m.max(0.0);
        let boxes: Vec<_> = areas.iter().filter_map(BoundingRect::bounding_rect).collect();
        let fold = |pick: fn(&geo::Rect<f64>) -> f64, join: fn(f64, f64) -> f64| boxes.iter().map(pick).reduce(join);
        let (west, south) = (fold(|b| b.min().x, f64::min)?, fold(|b| b.min().y, f64::min)?);
        let (east, north) = (fold(|b| b.max().x, f64::max)?, fold(|b| b.max().y, f64::max)?);
        let plane = Plane::around(LngLat::new(f64::midpoint(west, east), f64::midpoint(south, north)));
        let [left, bottom] = plane.to_xy(LngLat::new(west, south));
        let [right, top] = plane.to_xy(LngLat::new(east, north));
        let (wide, high) = (right - left + 2.0 * margin_m, top - bottom + 2.0 * margin_m);
        if !wide.is_finite() || !high.is_finite() {
            return None;
        }
        let cell_m = CELL_M.max((wide * high / MOST_CELLS).sqrt());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand cells")]
        let [columns, rows] = [wide, high].map(|side| (side / cell_m).ceil() as usize + 1);
        let low = [left - margin_m, bottom - margin_m];
        let mut clip = Self { plane, low, cell_m, columns, rows, inside: vec![false; columns * rows] };
        areas.iter().for_each(|area| clip.mark(area));
        clip.widen(margin_m);
        Some(clip)
    }

    /// Whether a point lies in the area or its margin.
    #[must_use]
    pub fn contains(&self, at: LngLat) -> bool {
        let xy = self.plane.to_xy(at);
        self.cell(xy).is_some_and(|cell| self.inside[cell])
    }

    fn cell(&self, xy: [f64; 2]) -> Option<usize> {
        let [x, y] = [0, 1].map(|i| ((xy[i] - self.low[i]) / self.cell_m).floor());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be small and positive")]
        let cell = |v: f64, count: usize| (0.0..1e9).contains(&v).then_some(v as usize).filter(|v| *v < count);
        Some(cell(y, self.rows)? * self.columns + cell(x, self.columns)?)
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand cells")]
    fn middle(&self, column: usize, row: usize) -> LngLat {
        let xy = [column, row].map(|v| v as f64 + 0.5);
        self.plane.to_lnglat([0, 1].map(|i| self.low[i] + xy[i] * self.cell_m))
    }

    /// Cells whose middle lies in the area, and cells its border passes.
    fn mark(&mut self, area: &MultiPolygon<f64>) {
        for polygon in area {
            let Some(rect) = polygon.bounding_rect() else { continue };
            let corner = |x, y| self.cell(self.plane.to_xy(LngLat::new(x, y)));
            let (Some(low), Some(high)) = (corner(rect.min().x, rect.min().y), corner(rect.max().x, rect.max().y))
            else {
                continue;
            };
            for row in low / self.columns..=high / self.columns {
                for column in low % self.columns..=high % self.columns {
                    let at = self.middle(column, row);
                    let cell = row * self.columns + column;
                    self.inside[cell] = self.inside[cell] || polygon.contains(&Point::new(at.lng, at.lat));
                }
            }
            for line in polygon.exterior().lines() {
                let [a, b] = [line.start, line.end].map(|c| self.plane.to_xy(LngLat::new(c.x, c.y)));
                let steps = ((b[0] - a[0]).hypot(b[1] - a[1]) / self.cell_m * 2.0).ceil().clamp(1.0, 1e6);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
                for step in 0..=steps as u32 {
                    let t = f64::from(step) / steps;
                    if let Some(cell) = self.cell([0, 1].map(|i| a[i] + (b[i] - a[i]) * t)) {
                        self.inside[cell] = true;
                    }
                }
            }
        }
    }

    /// Takes in every cell within `margin_m` of one that is inside.
    fn widen(&mut self, margin_m: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "some hundred cells")]
        let reach = (margin_m / self.cell_m).ceil().min(1e4) as isize;
        if reach == 0 {
            return;
        }
        let core = self.inside.clone();
        let (columns, rows) = (self.columns.cast_signed(), self.rows.cast_signed());
        let is_core = |column: isize, row: isize| {
            (0..columns).contains(&column) && (0..rows).contains(&row) && core[(row * columns + column).cast_unsigned()]
        };
        for row in 0..rows {
            for column in 0..columns {
                let edge = is_core(column, row)
                    && [(1, 0), (-1, 0), (0, 1), (0, -1)].iter().any(|(x, y)| !is_core(column + x, row + y));
                if !edge {
                    continue;
                }
                for y in -reach..=reach {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_precision_loss,
                        reason = "some hundred cells"
                    )]
                    let half = ((reach * reach - y * y) as f64).sqrt() as isize;
                    if !(0..rows).contains(&(row + y)) {
                        continue;
                    }
                    let from = (column - half).max(0) + (row + y) * columns;
                    let to = (column + half).min(columns - 1) + (row + y) * columns;
                    self.inside[from.cast_unsigned()..=to.cast_unsigned()].fill(true);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::{Distance, Euclidean, polygon};

    use super::*;

    #[test]
    fn the_margin_reaches_as_far_as_it_says() {
        // An L in Medan, about 2 by 2 km, one quarter missing.
        let l = polygon![
            (x: 98.66, y: 3.58), (x: 98.68, y: 3.58), (x: 98.68, y: 3.59), (x: 98.67, y: 3.59),
            (x: 98.67, y: 3.60), (x: 98.66, y: 3.60),
        ];
        let shape = MultiPolygon::new(vec![l.clone()]);
        let metre = 1.0 / 111_195.0;
        for margin in [0.0, 500.0, 2000.0] {
            let clip = Clip::around(std::slice::from_ref(&shape), margin).unwrap();
            let mut rng = fastrand::Rng::with_seed(9);
            let (mut inside, mut outside) = (0, 0);
            for _ in 0..4000 {
                let at = LngLat::new(98.63 + rng.f64() * 0.08, 3.55 + rng.f64() * 0.08);
                let away = Euclidean.distance(&Point::new(at.lng, at.lat), &l) / metre;
                if away < margin - 120.0 || away == 0.0 {
                    assert!(clip.contains(at), "{at:?} is {away:.0} m away, margin {margin}");
                    inside += 1;
                } else if away > margin + 320.0 {
                    assert!(!clip.contains(at), "{at:?} is {away:.0} m away, margin {margin}");
                    outside += 1;
                }
            }
            assert!(inside > 50 && outside > 50, "{inside} {outside}");
        }
        assert!(Clip::around(&[], 500.0).is_none());
    }
}
