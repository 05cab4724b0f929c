//! Which edges a drawing on the map means: a line along a road or across it, or everything in an area.

use std::collections::BTreeMap;

use super::graph::RoadGraph;
use super::segments::Segment;
use crate::model::closure::Drawing;

/// A hand-drawn line this near to a street runs along it, metres; the nearest street within the second.
const ALONG_M: f64 = 12.0;
const NEAREST_M: f64 = 25.0;

/// Two lines within this angle run the same way, degrees.
const SAME_WAY_DEG: f64 = 35.0;

/// A street is closed when the line runs along this much of it, metres, or along half of it.
const ENOUGH_M: f64 = 25.0;

/// A line that crosses a street this far from its junctions (or from a quarter of it on) bars it, metres.
const BARS_FROM_M: f64 = 20.0;

/// Steps along a drawing.
const STEP_M: f64 = 5.0;
const MOST_STEPS: f64 = 8_000.0;

impl RoadGraph {
    /// The edges a drawing means, ascending.
    #[must_use]
    pub fn edges_of(&self, drawing: &Drawing) -> Vec<u32> {
        let points: Vec<[f64; 2]> = drawing.points().into_iter().map(|at| self.plane.to_xy(at)).collect();
        if points.len() < 2 || points.iter().flatten().any(|v| !v.is_finite()) {
            return Vec::new();
        }
        match drawing {
            Drawing::LineString(_) => self.edges_along(&points),
            Drawing::Polygon(_) => self.edges_inside(&points),
        }
    }

    /// Names of the streets of these edges, each once; an unnamed one gives an empty name.
    #[must_use]
    pub fn names_of(&self, edges: &[u32]) -> Vec<String> {
        let mut names: Vec<String> =
            edges.iter().map(|edge| self.name(&self.edges[*edge as usize]).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        names.sort_by_key(String::is_empty);
        names
    }

    fn edges_along(&self, line: &[[f64; 2]]) -> Vec<u32> {
        let mut along: BTreeMap<u32, f64> = BTreeMap::new();
        let mut barred = Vec::new();
        let whole: f64 = line.windows(2).map(|pair| length(pair[0], pair[1])).sum();
        let step = STEP_M.max(whole / MOST_STEPS);
        for pair in line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let long = length(a, b);
            if long == 0.0 {
                continue;
            }
            for segment in self.near(a, b, 0.0).filter(|segment| !same_way(a, b, segment)) {
                barred.extend(crossing(a, b, segment).filter(|at| self.is_inner(segment, *at)).map(|_| segment.edge));
            }
            let steps = (long / step).ceil();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most some thousands")]
            for i in 0..steps as u32 {
                let t = (f64::from(i) + 0.5) / steps;
                let at = [0, 1].map(|k| a[k] + (b[k] - a[k]) * t);
                for edge in self.beside(at, a, b) {
                    *along.entry(edge).or_default() += long / steps;
                }
            }
        }
        let enough = |edge: u32| ENOUGH_M.min(0.5 * self.edges[edge as usize].length_m).min(0.5 * whole);
        let mut edges: Vec<u32> =
            along.into_iter().filter(|(edge, metres)| *metres >= enough(*edge)).map(|(edge, _)| edge).collect();
        edges.extend(barred);
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Streets that run the same way right beside a point, each once; else the nearest that does.
    fn beside(&self, at: [f64; 2], a: [f64; 2], b: [f64; 2]) -> Vec<u32> {
        let mut near: Vec<(f64, u32)> = self
            .near(at, at, NEAREST_M)
            .filter(|segment| same_way(a, b, segment))
            .map(|segment| (segment.distance_m(at), segment.edge))
            .filter(|(metres, _)| *metres <= NEAREST_M)
            .collect();
        near.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        let nearest = near.first().copied();
        let mut edges: Vec<u32> = near
            .iter()
            .filter(|(metres, _)| *metres <= ALONG_M)
            .chain(nearest.as_ref())
            .map(|(_, edge)| *edge)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Segments whose box meets the box around two points.
    fn near(&self, a: [f64; 2], b: [f64; 2], around_m: f64) -> impl Iterator<Item = &Segment> {
        let low = [0, 1].map(|i| a[i].min(b[i]) - around_m);
        let high = [0, 1].map(|i| a[i].max(b[i]) + around_m);
        self.segments.meeting(low, high)
    }

    /// Whether a place on an edge is not at one of its ends: a line drawn through a junction bars no side street.
    fn is_inner(&self, segment: &Segment, along_m: f64) -> bool {
        let whole = self.edges[segment.edge as usize].length_m;
        let least = BARS_FROM_M.min(whole / 4.0);
        along_m >= least && along_m <= whole - least
    }

    fn edges_inside(&self, ring: &[[f64; 2]]) -> Vec<u32> {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [west, south, east, north] =
            ring.iter().fold(start, |b, [x, y]| [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]);
        let touches = |segment: &&Segment| {
            let steps = (length(segment.a(), segment.b()) / (2.0 * STEP_M)).ceil().clamp(1.0, 1000.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let count = steps as u32;
            (0..count).any(|i| inside(segment.point((f64::from(i) + 0.5) / steps), ring))
        };
        let near = self.near([west, south], [east, north], 0.0);
        let mut edges: Vec<u32> = near.filter(touches).map(|segment| segment.edge).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

fn length(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

fn same_way(a: [f64; 2], b: [f64; 2], segment: &Segment) -> bool {
    let (from, to) = (segment.a(), segment.b());
    let (drawn, street) = ([b[0] - a[0], b[1] - a[1]], [to[0] - from[0], to[1] - from[1]]);
    let product = drawn[0].hypot(drawn[1]) * street[0].hypot(street[1]);
    product > 0.0 && ((drawn[0] * street[0] + drawn[1] * street[1]) / product).abs() >= SAME_WAY_DEG.to_radians().cos()
}

/// Where two straight pieces cross, metres along the edge.
fn crossing(a: [f64; 2], b: [f64; 2], segment: &Segment) -> Option<f64> {
    let between = |from: [f64; 2], to: [f64; 2]| [to[0] - from[0], to[1] - from[1]];
    let cross = |one: [f64; 2], other: [f64; 2]| one[0] * other[1] - one[1] * other[0];
    let (drawn, street, apart) = (between(a, b), between(segment.a(), segment.b()), between(a, segment.a()));
    let det = cross(drawn, street);
    if det == 0.0 {
        return None;
    }
    let (on_drawn, on_street) = (cross(apart, street) / det, cross(apart, drawn) / det);
    let on = 0.0..=1.0;
    (on.contains(&on_drawn) && on.contains(&on_street)).then(|| segment.along_m(on_street))
}

/// Whether a point lies inside a closed ring (a ray to the east crosses it an odd number of times).
fn inside(at: [f64; 2], ring: &[[f64; 2]]) -> bool {
    let crosses = |pair: &[[f64; 2]]| {
        let (a, b) = (pair[0], pair[1]);
        (a[1] > at[1]) != (b[1] > at[1]) && at[0] < a[0] + (at[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    ring.windows(2).filter(|pair| crosses(pair)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::{at, edge};
    use super::super::graph::{DraftEdge, RoadDraft};
    use super::*;

    fn pair((x, y): (f64, f64)) -> [f64; 2] {
        let at = at(x, y);
        [at.lng, at.lat]
    }

    /// A long street west to east in three edges, two side streets at its inner junctions, a parallel
    /// carriageway 15 m north of its middle.
    fn graph() -> RoadGraph {
        let nodes = vec![
            at(0.0, 0.0),
            at(2.0, 0.0),
            at(4.0, 0.0),
            at(6.0, 0.0),
            at(2.0, 2.0),
            at(4.0, -2.0),
            at(2.0, 0.135),
            at(4.0, 0.135),
        ];
        let named = |from, to, name: &str| DraftEdge { name: name.to_owned(), ..edge(from, to, false) };
        let edges = vec![
            named(0, 1, "Jl. Raya"),
            named(1, 2, "Jl. Raya"),
            named(2, 3, "Jl. Raya"),
            named(1, 4, "Jl. Utara"),
            named(2, 5, ""),
            named(6, 7, "Jl. Seberang"),
        ];
        RoadGraph::new(RoadDraft { nodes, edges, forbidden: Vec::new() }).unwrap()
    }

    fn line(points: &[(f64, f64)]) -> Drawing {
        Drawing::LineString(points.iter().copied().map(pair).collect())
    }

    #[test]
    fn a_line_along_a_street_closes_what_it_runs_along_and_no_side_street() {
        let graph = graph();
        assert_eq!(graph.edges_of(&line(&[(0.1, 0.03), (1.9, -0.02)])), [0]);
        assert_eq!(graph.edges_of(&line(&[(0.5, 0.0), (5.5, -0.01)])), [0, 1, 2], "through two junctions");
        assert_eq!(graph.edges_of(&line(&[(2.0, 0.2), (2.0, 1.0)])), [3]);
        assert_eq!(graph.edges_of(&line(&[(2.2, 0.13), (3.8, 0.13)])), [5], "the other carriageway stays open");
    }

    #[test]
    fn a_line_across_a_street_bars_it() {
        let graph = graph();
        assert_eq!(graph.edges_of(&line(&[(1.0, -0.2), (1.0, 0.2)])), [0]);
        assert_eq!(graph.edges_of(&line(&[(3.0, -0.3), (3.0, 0.4)])), [1, 5]);
    }

    #[test]
    fn an_area_closes_every_street_in_it() {
        let ring = [(1.5, -0.5), (2.5, -0.5), (2.5, 0.05), (1.5, 0.05), (1.5, -0.5)];
        let area = Drawing::Polygon(vec![ring.into_iter().map(pair).collect()]);
        let graph = graph();
        assert_eq!(graph.edges_of(&area), [0, 1, 3]);
        assert_eq!(graph.names_of(&[0, 1, 3, 4]), ["Jl. Raya", "Jl. Utara", ""]);
    }

    #[test]
    fn a_line_far_from_every_street_means_none() {
        assert!(graph().edges_of(&line(&[(0.0, 5.0), (3.0, 5.0)])).is_empty());
        assert!(graph().edges_of(&Drawing::LineString(vec![[f64::NAN, 0.0], [98.0, 3.0]])).is_empty());
    }
}
