//! Which kelurahan, Polsek and Polres a point belongs to, and how near the next Polsek is.
//!
//! Areas enter once; a point leaves as a [`Jurisdiction`]. Envelopes in an R-tree, then exact
//! point in polygon. Borders of a Polsek lie in a second tree, in metres around the middle of the
//! areas (good to about 0.5 % within a province).

use std::collections::{HashMap, HashSet};

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

use super::area_shape::{AreaShape, Position};
use crate::model::jurisdiction::{Area, Polsek};
use crate::model::place::{BBox, Jurisdiction, LngLat, METRES_PER_DEGREE, Plane};

/// A point outside every area is given to the nearest one up to this far, metres: shores and
/// rivers are drawn roughly.
pub const MISS_M: f64 = 200.0;

/// Sources disagree about borders: other Polsek this near are named as well, metres.
pub const NEIGHBOUR_M: f64 = 300.0;

/// A piece of the border between two Polsek, or between one and nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Border {
    a: [f64; 2],
    b: [f64; 2],
    pub(super) ends: [LngLat; 2],
    /// Areas on its sides; the second is missing at the rim.
    pub(super) sides: [Option<u32>; 2],
}

impl RTreeObject for Border {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.a, self.b)
    }
}

impl PointDistance for Border {
    fn distance_2(&self, at: &[f64; 2]) -> f64 {
        super::area_shape::segment_distance_2(*at, self.a, self.b)
    }
}

/// An area and one of its edges.
type Side = (u32, [[f64; 2]; 2]);

type Envelope = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Areas of one or more offices, ready to be asked.
#[derive(Debug)]
pub struct JurisdictionIndex {
    areas: Vec<Area>,
    shapes: Vec<AreaShape>,
    polseks: HashMap<String, Polsek>,
    /// Box and kecamatan codes of each Polres.
    offices: HashMap<String, (BBox, HashSet<String>)>,
    envelopes: RTree<Envelope>,
    borders: RTree<Border>,
    plane: Plane,
}

impl JurisdictionIndex {
    /// Indexes areas; `polseks` gives the names for the map.
    #[must_use]
    pub fn new(areas: Vec<Area>, polseks: Vec<Polsek>) -> Self {
        let shapes: Vec<AreaShape> = areas.iter().map(|a| AreaShape::new(&a.shape)).collect();
        let boxes = (0_u32..).zip(&shapes).filter_map(|(i, shape)| {
            let [low, high] = shape.envelope()?;
            Some(Envelope::new(Rectangle::from_corners(low, high), i))
        });
        let envelopes: RTree<Envelope> = RTree::bulk_load(boxes.collect());
        let all = envelopes.root().envelope();
        let middle = if areas.is_empty() { [0.0, 0.0] } else { rstar::Envelope::center(&all) };
        let mut index = Self {
            offices: offices(&areas, &shapes),
            areas,
            shapes,
            polseks: polseks.into_iter().map(|p| (p.code.clone(), p)).collect(),
            envelopes,
            borders: RTree::new(),
            plane: Plane::around(LngLat::new(middle[0], middle[1])),
        };
        index.borders = RTree::bulk_load(index.polsek_borders());
        index
    }

    /// The areas, as given.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The areas, given back.
    #[must_use]
    pub fn into_areas(self) -> Vec<Area> {
        self.areas
    }

    /// Every Polsek, by code.
    pub fn polseks(&self) -> impl Iterator<Item = &Polsek> {
        let mut all: Vec<&Polsek> = self.polseks.values().collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all.into_iter()
    }

    /// A Polsek by its code.
    #[must_use]
    pub fn polsek(&self, code: &str) -> Option<&Polsek> {
        self.polseks.get(code)
    }

    /// The box around the areas of an office; `None` when it has none.
    #[must_use]
    pub fn bounds(&self, polres: &str) -> Option<BBox> {
        self.offices.get(polres).map(|office| office.0)
    }

    /// Whether areas of an office lie in a kecamatan, by its code.
    #[must_use]
    pub fn has_kecamatan(&self, polres: &str, code: &str) -> bool {
        self.offices.get(polres).is_some_and(|office| office.1.contains(code))
    }

    /// The area a point lies in. Where areas overlap the smallest one; on an edge the lowest code.
    #[must_use]
    pub fn containing(&self, at: LngLat) -> Option<&Area> {
        self.owner(at).map(|i| &self.areas[i as usize])
    }

    /// The area, Polsek and Polres of a point; outside every area those of the nearest area within
    /// [`MISS_M`], else `None`.
    #[must_use]
    pub fn find(&self, at: LngLat) -> Option<Jurisdiction> {
        let owner = self.owner(at).or_else(|| self.nearest(at))?;
        let area = &self.areas[owner as usize];
        let xy = self.plane.to_xy(at);
        let border = self.borders.nearest_neighbor(&xy).map_or(f64::INFINITY, |b| b.distance_2(&xy));
        let mut neighbours = Vec::new();
        if border <= NEIGHBOUR_M * NEIGHBOUR_M {
            let near = self.borders.locate_within_distance(xy, NEIGHBOUR_M * NEIGHBOUR_M);
            let sides = near.flat_map(|b| b.sides).flatten();
            let others = sides.map(|i| self.areas[i as usize].polsek.as_str());
            neighbours.extend(others.filter(|p| *p != area.polsek));
            neighbours.sort_unstable();
            neighbours.dedup();
        }
        Some(Jurisdiction {
            polres: area.polres.clone(),
            polsek: area.polsek.clone(),
            desa_code: area.code.clone(),
            kelurahan: area.name.clone(),
            kecamatan: area.kecamatan.clone(),
            border_distance_m: border.sqrt(),
            neighbours: neighbours.into_iter().map(str::to_owned).collect(),
        })
    }

    /// The area a point lies in, by the same rules as [`Self::containing`].
    fn owner(&self, at: LngLat) -> Option<u32> {
        let point = [at.lng, at.lat];
        let mut best: Option<u32> = None;
        let mut best_inside = false;
        for candidate in self.envelopes.locate_all_at_point(&point) {
            let i = candidate.data;
            let inside = match self.shapes[i as usize].position(point) {
                Position::Outside => continue,
                Position::Inside => true,
                Position::OnEdge => false,
            };
            let better = match best {
                None => true,
                Some(_) if inside != best_inside => inside,
                Some(other) => self.comes_first(i, other, inside),
            };
            if better {
                (best, best_inside) = (Some(i), inside);
            }
        }
        best
    }

    /// Whether area `i` owns a point rather than `other`, both holding it the same way.
    fn comes_first(&self, i: u32, other: u32, inside: bool) -> bool {
        let code = |i: u32| &self.areas[i as usize].code;
        let square = |i: u32| self.shapes[i as usize].area_deg2();
        let by_size = if inside { square(i).total_cmp(&square(other)) } else { std::cmp::Ordering::Equal };
        by_size.then_with(|| code(i).cmp(code(other))).is_lt()
    }

    /// The nearest area within [`MISS_M`].
    fn nearest(&self, at: LngLat) -> Option<u32> {
        let plane = Plane::around(at);
        let reach = MISS_M / METRES_PER_DEGREE * 1.05;
        let reach_lng = reach / at.lat.to_radians().cos().max(0.01);
        let around = AABB::from_corners([at.lng - reach_lng, at.lat - reach], [at.lng + reach_lng, at.lat + reach]);
        let near = self.envelopes.locate_in_envelope_intersecting(&around);
        let measured = near.map(|e| (self.shapes[e.data as usize].distance_m(&plane), e.data));
        let within = measured.filter(|(distance, _)| *distance <= MISS_M);
        let code = |i: u32| &self.areas[i as usize].code;
        within.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| code(a.1).cmp(code(b.1)))).map(|(_, i)| i)
    }

    /// Edges of areas that do not have the same Polsek on both sides.
    fn polsek_borders(&self) -> Vec<Border> {
        // Sorted, not hashed: a nation has nine million edges.
        let mut edges: Vec<([u64; 4], Side)> = Vec::new();
        for (i, shape) in (0_u32..).zip(&self.shapes) {
            edges.extend(shape.edges().map(|edge| (edge_key(edge), (i, edge))));
        }
        edges.sort_unstable_by_key(|(key, (area, _))| (*key, *area));
        let mut borders = Vec::new();
        for owners in edges.chunk_by(|a, b| a.0 == b.0) {
            let (first, edge) = owners[0].1;
            let sides = match owners.get(1) {
                Some((_, (second, _))) => [Some(first), Some(*second)],
                None => [Some(first), self.other_side(first, edge)],
            };
            let polsek = |side: Option<u32>| side.map(|i| self.areas[i as usize].polsek.as_str());
            if polsek(sides[0]) != polsek(sides[1]) {
                let ends = edge.map(|[lng, lat]| LngLat::new(lng, lat));
                let [a, b] = ends.map(|p| self.plane.to_xy(p));
                borders.push(Border { a, b, ends, sides });
            }
        }
        borders
    }

    /// What lies 2 m beyond an edge that no other area repeats exactly.
    fn other_side(&self, own: u32, edge: [[f64; 2]; 2]) -> Option<u32> {
        let [a, b] = edge.map(|[lng, lat]| LngLat::new(lng, lat));
        let middle = LngLat::new(f64::midpoint(a.lng, b.lng), f64::midpoint(a.lat, b.lat));
        let [x, y] = Plane::around(a).to_xy(b);
        let length = x.hypot(y).max(1e-9);
        let (dx, dy) = (-y / length * 2.0, x / length * 2.0);
        let sides = [middle.offset_m(dx, dy), middle.offset_m(-dx, -dy)];
        sides.into_iter().filter_map(|at| self.owner(at)).find(|i| *i != own)
    }

    pub(super) fn borders(&self) -> impl Iterator<Item = &Border> {
        self.borders.iter()
    }
}

/// Box and kecamatan codes of each Polres.
fn offices(areas: &[Area], shapes: &[AreaShape]) -> HashMap<String, (BBox, HashSet<String>)> {
    let mut all: HashMap<String, (BBox, HashSet<String>)> = HashMap::new();
    for (area, [low, high]) in areas.iter().zip(shapes).filter_map(|(area, shape)| Some((area, shape.envelope()?))) {
        let own = BBox { west: low[0], south: low[1], east: high[0], north: high[1] };
        let (bounds, kecamatan) = all.entry(area.polres.clone()).or_insert((own, HashSet::new()));
        bounds.west = bounds.west.min(own.west);
        bounds.south = bounds.south.min(own.south);
        bounds.east = bounds.east.max(own.east);
        bounds.north = bounds.north.max(own.north);
        if !area.kecamatan_code.is_empty() && !kecamatan.contains(&area.kecamatan_code) {
            kecamatan.insert(area.kecamatan_code.clone());
        }
    }
    all
}

/// The same for both directions of an edge.
fn edge_key(edge: [[f64; 2]; 2]) -> [u64; 4] {
    let [a, b] = edge.map(|p| p.map(f64::to_bits));
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    [a[0], a[1], b[0], b[1]]
}

#[cfg(test)]
pub(super) mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;

    /// A rectangle in thousandths of a degree (111 m) from 98.6, 3.5.
    pub fn area(code: &str, polsek: &str, [west, south, east, north]: [f64; 4]) -> Area {
        let corner = |x: f64, y: f64| geo::Coord { x: 98.6 + x * 0.001, y: 3.5 + y * 0.001 };
        let shape = polygon![corner(west, south), corner(east, south), corner(east, north), corner(west, north)];
        Area {
            code: code.into(),
            name: format!("Kelurahan {code}"),
            kecamatan_code: "12.71.01".into(),
            kecamatan: "Medan Kota".into(),
            polsek: polsek.into(),
            polres: "medan".into(),
            shape: MultiPolygon::from(shape),
        }
    }

    fn at(x: f64, y: f64) -> LngLat {
        LngLat::new(98.6 + x * 0.001, 3.5 + y * 0.001)
    }

    fn index(areas: Vec<Area>) -> JurisdictionIndex {
        JurisdictionIndex::new(areas, Vec::new())
    }

    #[test]
    fn the_border_of_the_polsek_counts_and_not_that_of_the_kelurahan() {
        let index = index(vec![
            area("1", "a", [0.0, 0.0, 10.0, 10.0]),
            area("2", "a", [10.0, 0.0, 20.0, 10.0]),
            area("3", "b", [20.0, 0.0, 30.0, 10.0]),
        ]);
        let found = index.find(at(10.5, 5.0)).unwrap();
        assert_eq!((found.desa_code.as_str(), found.neighbours.len()), ("2", 0));
        assert!((found.border_distance_m - 5.0 * 111.19).abs() < 2.0, "{found:?}");
        let near = index.find(at(19.0, 5.0)).unwrap();
        assert_eq!(near.neighbours, ["b"]);
        assert!((near.border_distance_m - 111.0).abs() < 1.0, "{near:?}");
    }

    #[test]
    fn a_kelurahan_border_cut_differently_on_its_sides_is_not_a_polsek_border() {
        let index = index(vec![
            area("1", "a", [0.0, 0.0, 10.0, 10.0]),
            area("2", "a", [10.0, 0.0, 20.0, 4.0]),
            area("3", "a", [10.0, 4.0, 20.0, 10.0]),
        ]);
        let found = index.find(at(10.1, 6.0)).unwrap();
        assert!((found.border_distance_m - 4.0 * 111.19).abs() < 2.0, "{found:?}");
    }

    #[test]
    fn an_edge_has_one_owner_and_an_overlap_goes_to_the_smallest() {
        let index = index(vec![
            area("2", "a", [0.0, 0.0, 10.0, 10.0]),
            area("1", "b", [10.0, 0.0, 20.0, 10.0]),
            area("9", "c", [2.0, 2.0, 4.0, 4.0]),
        ]);
        assert_eq!(index.containing(at(10.0, 5.0)).unwrap().code, "1");
        assert_eq!(index.containing(at(3.0, 3.0)).unwrap().code, "9");
        assert_eq!(index.containing(at(2.0, 3.0)).unwrap().code, "2");
    }

    #[test]
    fn a_miss_goes_to_the_nearest_area_within_200_m() {
        let index = index(vec![area("1", "a", [0.0, 0.0, 10.0, 10.0])]);
        assert_eq!(index.find(at(-1.7, 5.0)).unwrap().desa_code, "1");
        assert_eq!(index.find(at(-1.9, 5.0)), None);
        assert_eq!(index.find(at(10.0, 11.5)).unwrap().desa_code, "1");
        assert_eq!(index.find(LngLat::new(f64::NAN, 3.5)), None);
    }

    #[test]
    fn the_index_of_no_areas_answers_nothing() {
        assert_eq!(index(Vec::new()).find(at(0.0, 0.0)), None);
    }

    #[test]
    fn every_answer_is_the_one_a_scan_over_all_polygons_gives() {
        use geo::{Contains, Intersects};
        for seed in 0..40 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let areas: Vec<Area> = (0..25)
                .map(|i| {
                    let (x, y) = (rng.f64() * 40.0, rng.f64() * 40.0);
                    let (w, h) = (1.0 + rng.f64() * 12.0, 1.0 + rng.f64() * 12.0);
                    area(&format!("{i:02}"), &format!("p{}", i % 4), [x, y, x + w, y + h])
                })
                .collect();
            let index = index(areas.clone());
            for _ in 0..200 {
                let p = at(rng.f64() * 54.0 - 2.0, rng.f64() * 54.0 - 2.0);
                let point = geo::Point::new(p.lng, p.lat);
                let holding = areas.iter().enumerate().filter(|(_, a)| a.shape.contains(&point));
                let size = |i: usize| index.shapes[i].area_deg2();
                let smallest = holding.min_by(|a, b| size(a.0).total_cmp(&size(b.0)));
                let found = index.containing(p).map(|a| a.code.as_str());
                assert_eq!(found, smallest.map(|(_, a)| a.code.as_str()));
                let touching = areas.iter().any(|a| a.shape.intersects(&point));
                assert!(!touching || index.find(p).is_some());
            }
        }
    }
}
