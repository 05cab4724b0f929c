//! The outline of an area laid out for fast questions: is a point inside, how far is the edge.

use geo::{LineString, MultiPolygon};

use crate::model::place::{LngLat, Plane};

/// Where a point lies relative to an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Inside,
    OnEdge,
    Outside,
}

/// Closed rings one after another; degrees, x = lng.
#[derive(Debug, Clone)]
pub(super) struct AreaShape {
    points: Vec<[f64; 2]>,
    /// Where each ring ends among the points.
    ends: Vec<usize>,
    area_deg2: f64,
}

impl AreaShape {
    pub(super) fn new(shape: &MultiPolygon<f64>) -> Self {
        let mut new = Self { points: Vec::new(), ends: Vec::new(), area_deg2: 0.0 };
        for polygon in shape {
            new.add(polygon.exterior(), 1.0);
            for hole in polygon.interiors() {
                new.add(hole, -1.0);
            }
        }
        new
    }

    fn add(&mut self, ring: &LineString<f64>, sign: f64) {
        let start = self.points.len();
        self.points.extend(ring.coords().map(|c| [c.x, c.y]));
        self.ends.push(self.points.len());
        self.area_deg2 += sign * ring_area(&self.points[start..]).abs();
    }

    /// Square degrees: only to compare neighbours.
    pub(super) fn area_deg2(&self) -> f64 {
        self.area_deg2
    }

    /// Lowest and highest corner, `None` without points.
    pub(super) fn envelope(&self) -> Option<[[f64; 2]; 2]> {
        let first = *self.points.first()?;
        let corners = self.points.iter().fold([first, first], |[low, high], p| {
            [[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]]
        });
        Some(corners)
    }

    fn rings(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.points[start..*end])
    }

    /// Every edge of every ring.
    pub(super) fn edges(&self) -> impl Iterator<Item = [[f64; 2]; 2]> {
        self.rings().flat_map(|ring| ring.windows(2).map(|w| [w[0], w[1]]))
    }

    /// Even-odd rule. An edge gives the same answer to both areas that share it, because its ends
    /// are ordered before anything is computed.
    pub(super) fn position(&self, [x, y]: [f64; 2]) -> Position {
        let mut inside = false;
        for ring in self.rings() {
            for pair in ring.windows(2) {
                let (a, b) = if pair[0][1] <= pair[1][1] { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
                if y < a[1] || y > b[1] {
                    continue;
                }
                let side = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
                if side == 0.0 && (a[0].min(b[0])..=a[0].max(b[0])).contains(&x) {
                    return Position::OnEdge;
                }
                // Half open, so that a corner is counted once; positive: the edge lies to the right.
                inside ^= y < b[1] && side > 0.0;
            }
        }
        if inside { Position::Inside } else { Position::Outside }
    }

    /// Metres from the origin of `plane` to the nearest edge.
    pub(super) fn distance_m(&self, plane: &Plane) -> f64 {
        let xy = |p: [f64; 2]| plane.to_xy(LngLat::new(p[0], p[1]));
        let each = self.edges().map(|[a, b]| segment_distance_2([0.0, 0.0], xy(a), xy(b)));
        each.fold(f64::INFINITY, f64::min).sqrt()
    }
}

/// Signed area of a closed ring, positive when it runs counter-clockwise.
pub(super) fn ring_area(ring: &[[f64; 2]]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let cross =
        |w: &[[f64; 2]]| (w[0][0] - origin[0]) * (w[1][1] - origin[1]) - (w[1][0] - origin[0]) * (w[0][1] - origin[1]);
    ring.windows(2).map(cross).sum::<f64>() / 2.0
}

/// Square of the distance from `at` to the segment `a`-`b`.
pub(super) fn segment_distance_2(at: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let along = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square;
    let t = if square == 0.0 { 0.0 } else { along.clamp(0.0, 1.0) };
    (a[0] + dx * t - at[0]).powi(2) + (a[1] + dy * t - at[1]).powi(2)
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;

    fn square_with_hole() -> AreaShape {
        AreaShape::new(&MultiPolygon::from(polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)]],
        )))
    }

    #[test]
    fn a_hole_is_outside_and_its_edge_is_edge() {
        let shape = square_with_hole();
        assert_eq!(shape.position([3.0, 1.5]), Position::Inside);
        assert_eq!(shape.position([1.5, 1.5]), Position::Outside);
        assert_eq!(shape.position([1.0, 1.5]), Position::OnEdge);
        assert_eq!(shape.position([0.5, 2.0]), Position::Inside);
        assert_eq!(shape.position([4.0, 4.0]), Position::OnEdge);
        assert_eq!(shape.position([5.0, 0.0]), Position::Outside);
        assert!((shape.area_deg2() - 15.0).abs() < 1e-12);
    }

    #[test]
    fn the_distance_to_a_segment_ends_at_its_ends() {
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [-1.0, 0.0]) - 25.0).abs() < 1e-12);
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [9.0, 0.0]) - 16.0).abs() < 1e-12);
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [0.0, 0.0]) - 25.0).abs() < 1e-12);
    }
}
