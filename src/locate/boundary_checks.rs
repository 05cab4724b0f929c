//! What can be wrong with areas that should cover an office: bad rings, overlaps, gaps.
//!
//! Areas enter in degrees; pairs and square metres leave. Measured on a plane in metres around the
//! middle of the areas.

use std::collections::{HashMap, HashSet};

use geo::{Area as _, BooleanOps, BoundingRect, Coord, LineString, MapCoords, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::model::jurisdiction::Area;
use crate::model::place::{LngLat, Plane};

/// Smaller overlaps and gaps are the noise of rounded coordinates, square metres.
pub const NOISE_M2: f64 = 25.0;

/// Two areas that both claim some ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Codes of the two areas.
    pub codes: [String; 2],
    /// Ground claimed by both, square metres.
    pub square_m: f64,
}

/// Pairs of areas that overlap by more than [`NOISE_M2`].
pub(super) fn overlaps(areas: &[Area]) -> Vec<Overlap> {
    let flat = flatten(areas);
    let boxes = flat.iter().enumerate().filter_map(|(i, shape)| Some(GeomWithData::new(envelope(shape)?, i)));
    let tree = RTree::bulk_load(boxes.collect());
    let mut found = Vec::new();
    for (i, shape) in flat.iter().enumerate() {
        let Some(own) = envelope(shape) else { continue };
        let around = AABB::from_corners(own.lower(), own.upper());
        let mut others: Vec<usize> =
            tree.locate_in_envelope_intersecting(&around).map(|e| e.data).filter(|j| *j > i).collect();
        others.sort_unstable();
        for j in others {
            let square_m = shape.intersection(&flat[j]).unsigned_area();
            if square_m > NOISE_M2 {
                let codes = [i, j].map(|k| areas[k].code.clone());
                found.push(Overlap { codes, square_m });
            }
        }
    }
    found
}

/// Square metres of each hole that the union of all areas leaves inside itself.
pub(super) fn gaps(areas: &[Area]) -> Vec<f64> {
    let flat = flatten(areas);
    let union = geo::unary_union(&flat);
    let holes = union.iter().flat_map(Polygon::interiors);
    let sizes = holes.map(|ring| Polygon::new(ring.clone(), Vec::new()).unsigned_area());
    sizes.filter(|square_m| *square_m > NOISE_M2).collect()
}

fn flatten(areas: &[Area]) -> Vec<MultiPolygon<f64>> {
    let boxes = areas.iter().filter_map(|a| a.shape.bounding_rect());
    let middle = boxes.map(geo::Rect::center).next().unwrap_or(Coord { x: 0.0, y: 0.0 });
    let plane = Plane::around(LngLat::new(middle.x, middle.y));
    let flat = |c: Coord<f64>| Coord::from(plane.to_xy(LngLat::new(c.x, c.y)));
    areas.iter().map(|a| a.shape.map_coords(flat)).collect()
}

fn envelope(shape: &MultiPolygon<f64>) -> Option<Rectangle<[f64; 2]>> {
    let b = shape.bounding_rect()?;
    Some(Rectangle::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]))
}

/// What is wrong with one ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BadRing {
    /// Fewer than four points, the last one being the first again.
    #[error("a ring of fewer than 4 points")]
    TooShort,
    /// The last point is not the first.
    #[error("a ring that is not closed")]
    Open,
    /// Two of its edges cross, or it runs through one point twice.
    #[error("a ring that crosses itself")]
    CrossesItself,
}

/// Judges one ring.
pub(super) fn check_ring(points: &[[f64; 2]]) -> Result<(), BadRing> {
    if points.len() < 4 {
        return Err(BadRing::TooShort);
    }
    if points.first() != points.last() {
        return Err(BadRing::Open);
    }
    let corners = &points[..points.len() - 1];
    let different: HashSet<[u64; 2]> = corners.iter().map(|p| p.map(f64::to_bits)).collect();
    if different.len() < corners.len() || crosses_itself(points) {
        return Err(BadRing::CrossesItself);
    }
    Ok(())
}

/// Compares edges that share a row of a coarse grid, so that long rings stay cheap.
fn crosses_itself(ring: &[[f64; 2]]) -> bool {
    let tree = RTree::bulk_load(
        ring.windows(2).enumerate().map(|(i, w)| GeomWithData::new(Rectangle::from_corners(w[0], w[1]), i)).collect(),
    );
    let last = ring.len() - 2;
    ring.windows(2).enumerate().any(|(i, w)| {
        let around = AABB::from_corners(w[0], w[1]);
        tree.locate_in_envelope_intersecting(&around).any(|other| {
            let j = other.data;
            let neighbours = j <= i + 1 || (i == 0 && j == last);
            !neighbours && meet(w[0], w[1], ring[j], ring[j + 1])
        })
    })
}

/// Whether two segments share a point.
fn meet(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| {
        let cross = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
        if cross == 0.0 { 0.0 } else { cross.signum() }
    };
    let within =
        |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (0..2).all(|k| (p[k].min(q[k])..=p[k].max(q[k])).contains(&r[k]));
    let (ac, ad, ca, cb) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b));
    (ac * ad < 0.0 && ca * cb < 0.0)
        || (ac == 0.0 && within(a, b, c))
        || (ad == 0.0 && within(a, b, d))
        || (ca == 0.0 && within(c, d, a))
        || (cb == 0.0 && within(c, d, b))
}

/// Cuts a ring that runs through points twice into rings that do not, dropping slivers. `None` when
/// edges cross between points: that cannot be repaired without guessing.
pub(super) fn split_ring(points: &[[f64; 2]]) -> Option<Vec<LineString<f64>>> {
    let mut rings = Vec::new();
    let mut path: Vec<[f64; 2]> = Vec::new();
    let mut seen: HashMap<[u64; 2], usize> = HashMap::new();
    for p in points {
        let key = p.map(f64::to_bits);
        if let Some(start) = seen.get(&key).copied() {
            let mut ring: Vec<[f64; 2]> = path.drain(start + 1..).collect();
            for q in &ring {
                seen.remove(&q.map(f64::to_bits));
            }
            ring.insert(0, *p);
            ring.push(*p);
            if ring.len() >= 4 {
                check_ring(&ring).ok()?;
                rings.push(LineString::from(ring));
            }
        } else {
            seen.insert(key, path.len());
            path.push(*p);
        }
    }
    Some(rings)
}

#[cfg(test)]
mod tests {
    use super::super::jurisdiction_index::tests::area;
    use super::*;

    #[test]
    fn overlaps_and_gaps_are_measured() {
        // Four rectangles around a hole of 1 by 1 (111 m each way); the last lies 2 by 1 over the first.
        let areas = [
            area("1", "a", [0.0, 0.0, 10.0, 4.0]),
            area("2", "a", [0.0, 4.0, 4.0, 10.0]),
            area("3", "a", [5.0, 4.0, 10.0, 10.0]),
            area("4", "a", [4.0, 5.0, 5.0, 10.0]),
            area("5", "a", [8.0, -1.0, 10.0, 1.0]),
        ];
        let square = 111.19_f64.powi(2);
        let found = overlaps(&areas);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].codes, ["1", "5"]);
        assert!((found[0].square_m / (2.0 * square) - 1.0).abs() < 0.01, "{found:?}");
        let holes = gaps(&areas);
        assert_eq!(holes.len(), 1);
        assert!((holes[0] / square - 1.0).abs() < 0.01, "{holes:?}");
    }

    #[test]
    fn rings_are_judged() {
        let square = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
        assert_eq!(check_ring(&square), Ok(()));
        assert_eq!(check_ring(&square[..4]), Err(BadRing::Open));
        assert_eq!(check_ring(&square[..3]), Err(BadRing::TooShort));
        let bow = [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        assert_eq!(check_ring(&bow), Err(BadRing::CrossesItself));
        assert_eq!(split_ring(&bow), None);
    }

    #[test]
    fn two_squares_joined_at_a_corner_become_two_rings() {
        let eight = [[0., 0.], [1., 0.], [1., 1.], [2., 1.], [2., 2.], [1., 2.], [1., 1.], [0., 1.], [0., 0.]];
        assert_eq!(check_ring(&eight), Err(BadRing::CrossesItself));
        let rings = split_ring(&eight).unwrap();
        assert_eq!(rings.iter().map(|r| r.0.len()).collect::<Vec<_>>(), [5, 5]);
    }
}
