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
    /// Lowest and highest latitude.
    low: f64,
    high: f64,
    /// Edges by strips of latitude, each by its first point; where the edges of each strip end.
    strip_edges: Vec<u32>,
    strip_ends: Vec<u32>,
}

/// Edges in one strip, about: some fit a cache line, and the strips stay fewer than the edges.
const EDGES_A_STRIP: usize = 6;

impl AreaShape {
    pub(super) fn new(shape: &MultiPolygon<f64>) -> Self {
        let mut new = Self {
            points: Vec::new(),
            ends: Vec::new(),
            area_deg2: 0.0,
            low: 0.0,
            high: 0.0,
            strip_edges: Vec::new(),
            strip_ends: Vec::new(),
        };
        for polygon in shape {
            new.add(polygon.exterior(), 1.0);
            for hole in polygon.interiors() {
                new.add(hole, -1.0);
            }
        }
        new.points.shrink_to_fit();
        new.cut();
        new
    }

    /// Sorts the edges into strips of latitude; an edge stands in every strip that it touches.
    fn cut(&mut self) {
        let Some([low, high]) = self.envelope() else { return };
        (self.low, self.high) = (low[1], high[1]);
        let edges: Vec<u32> = self.first_points().collect();
        let count = (edges.len() / EDGES_A_STRIP).max(1);
        let mut sizes = vec![0_u32; count];
        for edge in &edges {
            for strip in self.strips_of(*edge, count) {
                sizes[strip] += 1;
            }
        }
        let mut end = 0;
        let mut next: Vec<u32> = Vec::with_capacity(count);
        for size in &mut sizes {
            next.push(end);
            end += *size;
            *size = end;
        }
        self.strip_edges = vec![0; end as usize];
        for edge in edges {
            for strip in self.strips_of(edge, count) {
                self.strip_edges[next[strip] as usize] = edge;
                next[strip] += 1;
            }
        }
        self.strip_ends = sizes;
    }

    /// Numbers of the points that begin an edge.
    fn first_points(&self) -> impl Iterator<Item = u32> + '_ {
        let last = |at: usize| self.ends.binary_search(&(at + 1)).is_ok();
        (0..self.points.len()).filter(move |at| !last(*at)).filter_map(|at| u32::try_from(at).ok())
    }

    fn strips_of(&self, edge: u32, count: usize) -> std::ops::RangeInclusive<usize> {
        let (a, b) = (self.points[edge as usize][1], self.points[edge as usize + 1][1]);
        self.strip(a.min(b), count)..=self.strip(a.max(b), count)
    }

    /// The strip of a latitude; rounding is the same for edges and questions, and never falls.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a small count"
    )]
    fn strip(&self, lat: f64, count: usize) -> usize {
        let share = (lat - self.low) / (self.high - self.low).max(f64::MIN_POSITIVE);
        ((share * count as f64).max(0.0) as usize).min(count - 1)
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
        if self.strip_ends.is_empty() || !(self.low..=self.high).contains(&y) {
            return Position::Outside;
        }
        let strip = self.strip(y, self.strip_ends.len());
        let start = if strip == 0 { 0 } else { self.strip_ends[strip - 1] };
        for edge in &self.strip_edges[start as usize..self.strip_ends[strip] as usize] {
            let pair = [self.points[*edge as usize], self.points[*edge as usize + 1]];
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
    fn strips_give_the_answer_of_all_edges_and_of_the_library() {
        use geo::{Contains, Intersects};
        for seed in 0..60 {
            let mut rng = fastrand::Rng::with_seed(seed);
            // A star with a hole, some of its corners on whole numbers so that points fall on edges.
            let corners = 5 + rng.usize(..120);
            let star = |scale: f64, rng: &mut fastrand::Rng| -> Vec<(f64, f64)> {
                (0..corners)
                    .map(|n| {
                        #[expect(clippy::cast_precision_loss, reason = "a few corners")]
                        let turn = n as f64 / corners as f64 * std::f64::consts::TAU;
                        let far = scale * (0.5 + rng.f64() * 0.5);
                        ((turn.cos() * far).round(), (turn.sin() * far).round())
                    })
                    .collect()
            };
            let outer = star(40.0, &mut rng);
            let polygon = geo::Polygon::new(LineString::from(outer.clone()), Vec::new());
            let shape = AreaShape::new(&MultiPolygon::from(polygon.clone()));
            for _ in 0..300 {
                let at = if rng.bool() {
                    [f64::from(rng.i32(-41..42)), f64::from(rng.i32(-41..42))]
                } else {
                    [rng.f64() * 84.0 - 42.0, rng.f64() * 84.0 - 42.0]
                };
                let mut inside = false;
                let mut on_edge = false;
                for [a, b] in shape.edges() {
                    let (a, b) = if a[1] <= b[1] { (a, b) } else { (b, a) };
                    let side = (b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0]);
                    let level = (a[1]..=b[1]).contains(&at[1]);
                    on_edge |= level && side == 0.0 && (a[0].min(b[0])..=a[0].max(b[0])).contains(&at[0]);
                    inside ^= level && at[1] < b[1] && side > 0.0;
                }
                let expected = match (on_edge, inside) {
                    (true, _) => Position::OnEdge,
                    (false, true) => Position::Inside,
                    _ => Position::Outside,
                };
                assert_eq!(shape.position(at), expected, "seed {seed} {at:?}");
                let point = geo::Point::new(at[0], at[1]);
                // The library goes by the even-odd rule only where a ring does not cross itself.
                if !on_edge && check(&outer) {
                    assert_eq!(polygon.contains(&point), expected == Position::Inside);
                    assert_eq!(polygon.intersects(&point), expected == Position::Inside);
                }
            }
        }
    }

    fn check(outer: &[(f64, f64)]) -> bool {
        let mut ring: Vec<[f64; 2]> = outer.iter().map(|(x, y)| [*x, *y]).collect();
        ring.push(ring[0]);
        super::super::boundary_checks::check_ring(&ring).is_ok()
    }

    #[test]
    fn the_distance_to_a_segment_ends_at_its_ends() {
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [-1.0, 0.0]) - 25.0).abs() < 1e-12);
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [9.0, 0.0]) - 16.0).abs() < 1e-12);
        assert!((segment_distance_2([3.0, 4.0], [0.0, 0.0], [0.0, 0.0]) - 25.0).abs() < 1e-12);
    }
}
