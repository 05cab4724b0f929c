//! Streets as a graph: junctions, edges with their shape, and the segments a point snaps to.
//!
//! A [`RoadDraft`] enters (from an importer, a file or a generator) and is checked once; the
//! [`RoadGraph`] that leaves never changes. Lengths are great-circle metres along the shape.

use super::class::RoadClass;
use super::segments::{Segment, Segments};
use crate::model::place::{LngLat, Plane};

/// A point further than this from every street is not on the network, metres.
pub const MAX_SNAP_M: f64 = 2_000.0;

/// One edge as an importer hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftEdge {
    /// Index of the junction it starts at.
    pub from: u32,
    /// Index of the junction it ends at.
    pub to: u32,
    /// Class, which gives the speed.
    pub class: RoadClass,
    /// Whether it may be driven only from `from` to `to`.
    pub one_way: bool,
    /// Whether it belongs to a roundabout.
    pub roundabout: bool,
    /// Speed of a patrol, km/h; 0 for the one of its class.
    pub kmh: u8,
    /// Name, empty when it has none.
    pub name: String,
    /// Points between the two junctions, in order.
    pub shape: Vec<LngLat>,
}

/// Streets before they are checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoadDraft {
    /// Junctions.
    pub nodes: Vec<LngLat>,
    /// Edges between them.
    pub edges: Vec<DraftEdge>,
    /// Turns that may not be taken, as pairs of arcs: arc `2 e` is edge `e` as drawn, `2 e + 1` the way back.
    pub forbidden: Vec<[u32; 2]>,
}

/// Why streets are not a graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoadGraphError {
    /// An edge ends at a junction that is not there.
    #[error("edge {edge} refers to junction {node}, but there are {nodes}")]
    NoSuchNode {
        /// Index of the edge.
        edge: usize,
        /// What it refers to.
        node: u32,
        /// How many junctions there are.
        nodes: usize,
    },
    /// A coordinate is not finite or out of range.
    #[error("point {point} is not a place on earth")]
    BadPoint {
        /// Index among the junctions, then among the shape points.
        point: usize,
    },
    /// More than fits 32 bit indices.
    #[error("too many {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
    },
}

/// The parts of a graph, which refer to each other by number.
pub(super) struct Parts {
    pub(super) nodes: Vec<LngLat>,
    /// Their lengths are measured when the graph is made.
    pub(super) edges: Vec<Edge>,
    pub(super) shape: Vec<LngLat>,
    pub(super) names: Vec<String>,
    pub(super) forbidden: Vec<[u32; 2]>,
}

/// One edge of the graph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Junction it starts at.
    pub from: u32,
    /// Junction it ends at.
    pub to: u32,
    /// Length along the shape, metres.
    pub length_m: f64,
    /// Class, which gives the speed.
    pub class: RoadClass,
    /// Whether it may be driven only from `from` to `to`.
    pub one_way: bool,
    /// Whether it belongs to a roundabout.
    pub roundabout: bool,
    /// Speed of a patrol, km/h; 0 for the one of its class.
    pub kmh: u8,
    /// Index of its name.
    pub name: u32,
    pub(super) shape: [u32; 2],
}

impl Edge {
    /// Seconds a patrol needs from end to end.
    #[must_use]
    pub fn secs(&self) -> f64 {
        match self.kmh {
            0 => self.class.secs(self.length_m),
            kmh => self.length_m * 3.6 / f64::from(kmh),
        }
    }
}

/// One way out of a junction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// The junction at the other end.
    pub node: u32,
    /// The edge.
    pub edge: u32,
}

/// Arcs by junction (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub(super) struct Arcs {
    first: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Arcs {
    fn new(nodes: usize, ends: &[(u32, Arc)]) -> Self {
        let mut first = vec![0_u32; nodes + 1];
        for (at, _) in ends {
            first[*at as usize + 1] += 1;
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut order: Vec<&(u32, Arc)> = ends.iter().collect();
        order.sort_by_key(|(at, _)| *at);
        Self { first, arcs: order.into_iter().map(|(_, arc)| *arc).collect() }
    }

    pub(super) fn of(&self, node: u32) -> &[Arc] {
        let i = node as usize;
        &self.arcs[self.first[i] as usize..self.first[i + 1] as usize]
    }
}

/// Where a point meets the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// The edge.
    pub edge: u32,
    /// Metres from the start of the edge.
    pub along_m: f64,
    /// The place on the edge.
    pub point: LngLat,
    /// Metres from the asked point to it.
    pub distance_m: f64,
}

/// A checked network of streets; never changes.
#[derive(Debug, Clone)]
pub struct RoadGraph {
    pub(super) nodes: Vec<LngLat>,
    pub(super) edges: Vec<Edge>,
    pub(super) shape: Vec<LngLat>,
    pub(super) names: Vec<String>,
    forward: Arcs,
    /// Turns that may not be taken, sorted.
    pub(super) forbidden: Vec<[u32; 2]>,
    pub(super) plane: Plane,
    pub(super) segments: Segments,
}

impl RoadGraph {
    /// Checks a draft and indexes it.
    ///
    /// # Errors
    /// [`RoadGraphError`]: an edge without its junction, a coordinate that is none, too many.
    pub fn new(draft: RoadDraft) -> Result<Self, RoadGraphError> {
        index_of(draft.nodes.len(), "junctions")?;
        index_of(draft.edges.len(), "edges")?;
        let mut shape = Vec::new();
        let mut names = Names::default();
        let mut edges = Vec::with_capacity(draft.edges.len());
        for edge in draft.edges {
            let start = index_of(shape.len(), "shape points")?;
            shape.extend_from_slice(&edge.shape);
            let end = index_of(shape.len(), "shape points")?;
            edges.push(Edge {
                from: edge.from,
                to: edge.to,
                length_m: 0.0,
                class: edge.class,
                one_way: edge.one_way,
                roundabout: edge.roundabout,
                kmh: edge.kmh,
                name: names.index(edge.name)?,
                shape: [start, end],
            });
        }
        let (nodes, forbidden, names) = (draft.nodes, draft.forbidden, names.list);
        Self::of_parts(Parts { nodes, edges, shape, names, forbidden })
    }

    /// Checks parts that refer to each other by number, and indexes them.
    ///
    /// # Errors
    /// [`RoadGraphError`]: an edge without its junction, a coordinate that is none.
    pub(super) fn of_parts(parts: Parts) -> Result<Self, RoadGraphError> {
        let nodes = parts.nodes.len();
        for (edge, it) in parts.edges.iter().enumerate() {
            if let Some(node) = [it.from, it.to].into_iter().find(|node| *node as usize >= nodes) {
                return Err(RoadGraphError::NoSuchNode { edge, node, nodes });
            }
        }
        if let Some(point) = parts.nodes.iter().chain(&parts.shape).position(|p| !on_earth(*p)) {
            return Err(RoadGraphError::BadPoint { point });
        }
        Ok(Self::index(parts))
    }

    /// Lengths, arcs and the tree of segments from checked parts.
    fn index(parts: Parts) -> Self {
        let Parts { nodes, edges, shape, names, mut forbidden } = parts;
        forbidden.sort_unstable();
        let plane = Plane::around(middle(&nodes));
        let (forward, segments) = (Arcs::default(), Segments::default());
        let mut graph = Self { nodes, edges, shape, names, forward, forbidden, plane, segments };
        let mut pieces = Vec::with_capacity(graph.edges.len() + graph.shape.len());
        let mut leave = Vec::with_capacity(graph.edges.len() * 2);
        for i in 0..graph.edges.len() {
            let id = u32::try_from(i).unwrap_or(u32::MAX);
            graph.edges[i].length_m = graph.cut(id, &mut pieces);
            let edge = graph.edges[i];
            leave.push((edge.from, Arc { node: edge.to, edge: id }));
            if !edge.one_way {
                leave.push((edge.to, Arc { node: edge.from, edge: id }));
            }
        }
        graph.forward = Arcs::new(graph.nodes.len(), &leave);
        graph.segments = Segments::new(&pieces);
        graph
    }

    /// Cuts an edge into straight pieces; its length in metres.
    fn cut(&self, edge: u32, into: &mut Vec<Segment>) -> f64 {
        let mut along = 0.0;
        let mut points = self.points(edge);
        let Some(mut last) = points.next() else { return 0.0 };
        for point in points {
            let end = along + last.distance_m(point);
            into.push(Segment::new(edge, self.plane.to_xy(last), self.plane.to_xy(point), [along, end]));
            (along, last) = (end, point);
        }
        along
    }

    /// The junctions.
    #[must_use]
    pub fn nodes(&self) -> &[LngLat] {
        &self.nodes
    }

    /// The edges.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The name of an edge, empty when it has none.
    #[must_use]
    pub fn name(&self, edge: &Edge) -> &str {
        self.names.get(edge.name as usize).map_or("", String::as_str)
    }

    /// All points of an edge from its start to its end, the junctions included.
    #[must_use]
    pub fn points(&self, edge: u32) -> impl DoubleEndedIterator<Item = LngLat> + '_ {
        let e = &self.edges[edge as usize];
        let inner = &self.shape[e.shape[0] as usize..e.shape[1] as usize];
        std::iter::once(self.nodes[e.from as usize])
            .chain(inner.iter().copied())
            .chain(std::iter::once(self.nodes[e.to as usize]))
    }

    /// The ways out of a junction.
    #[must_use]
    pub fn arcs_from(&self, node: u32) -> &[Arc] {
        self.forward.of(node)
    }

    /// Whether a turn from one arc into another is forbidden.
    #[must_use]
    pub fn forbids(&self, from: u32, to: u32) -> bool {
        self.forbidden.binary_search(&[from, to]).is_ok()
    }

    /// The nearest place on a street, `None` beyond [`MAX_SNAP_M`] or without streets.
    #[must_use]
    pub fn snap(&self, at: LngLat) -> Option<Snap> {
        let xy = self.plane.to_xy(at);
        if !xy[0].is_finite() || !xy[1].is_finite() {
            return None;
        }
        let segment = self.segments.nearest(xy)?;
        let distance_m = segment.distance_m(xy);
        if distance_m > MAX_SNAP_M {
            return None;
        }
        let fraction = segment.fraction(xy);
        Some(Snap {
            edge: segment.edge,
            along_m: segment.along_m(fraction),
            point: self.plane.to_lnglat(segment.point(fraction)),
            distance_m,
        })
    }
}

/// Names, each kept once; the first is the empty one.
struct Names {
    list: Vec<String>,
    known: std::collections::HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self { list: vec![String::new()], known: [(String::new(), 0)].into() }
    }
}

impl Names {
    fn index(&mut self, name: String) -> Result<u32, RoadGraphError> {
        if let Some(i) = self.known.get(&name) {
            return Ok(*i);
        }
        let i = index_of(self.list.len(), "names")?;
        self.list.push(name.clone());
        self.known.insert(name, i);
        Ok(i)
    }
}

fn index_of(len: usize, what: &'static str) -> Result<u32, RoadGraphError> {
    match u32::try_from(len) {
        Ok(i) if i < u32::MAX => Ok(i),
        _ => Err(RoadGraphError::TooMany { what }),
    }
}

fn on_earth(at: LngLat) -> bool {
    at.lng.abs() <= 180.0 && at.lat.abs() <= 90.0
}

/// The middle of the box around the points.
fn middle(points: &[LngLat]) -> LngLat {
    let Some(first) = points.first() else { return LngLat::new(0.0, 0.0) };
    let (mut low, mut high) = (*first, *first);
    for p in points {
        low = LngLat::new(low.lng.min(p.lng), low.lat.min(p.lat));
        high = LngLat::new(high.lng.max(p.lng), high.lat.max(p.lat));
    }
    LngLat::new(f64::midpoint(low.lng, high.lng), f64::midpoint(low.lat, high.lat))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A street of Medan, 0.001 degrees (111 m) a step.
    pub fn at(x: f64, y: f64) -> LngLat {
        LngLat::new(98.67 + x * 0.001, 3.58 + y * 0.001)
    }

    pub fn edge(from: u32, to: u32, one_way: bool) -> DraftEdge {
        DraftEdge {
            from,
            to,
            class: RoadClass::Residential,
            one_way,
            roundabout: false,
            kmh: 0,
            name: format!("Jl. {from}"),
            shape: Vec::new(),
        }
    }

    #[test]
    fn a_point_snaps_to_the_right_place_of_a_bent_edge() {
        let mut bent = edge(0, 1, false);
        bent.shape = vec![at(1.0, 0.0)];
        let draft = RoadDraft { nodes: vec![at(0.0, 0.0), at(1.0, 1.0)], edges: vec![bent], ..RoadDraft::default() };
        let graph = RoadGraph::new(draft).unwrap();
        let snap = graph.snap(at(1.1, 0.5)).unwrap();
        assert_eq!(snap.edge, 0);
        assert!((snap.along_m - 1.5 * graph.edges()[0].length_m / 2.0).abs() < 0.5, "{snap:?}");
        assert!((snap.distance_m - 11.1).abs() < 0.2, "{snap:?}");
        assert!(snap.point.distance_m(at(1.0, 0.5)) < 0.1);
    }

    #[test]
    fn the_nearest_street_is_the_one_a_plain_scan_finds() {
        let mut rng = fastrand::Rng::with_seed(7);
        let nodes: Vec<LngLat> = (0..60).map(|_| at(rng.f64() * 40.0, rng.f64() * 40.0)).collect();
        let edges = (0..80).map(|_| edge(rng.u32(..60), rng.u32(..60), false)).collect();
        let graph = RoadGraph::new(RoadDraft { nodes, edges, ..RoadDraft::default() }).unwrap();
        for _ in 0..300 {
            let p = at(rng.f64() * 40.0, rng.f64() * 40.0);
            let xy = graph.plane.to_xy(p);
            let scan = graph.segments.iter().map(|s| s.distance_m(xy));
            let least = scan.fold(f64::INFINITY, f64::min);
            assert!((graph.snap(p).unwrap().distance_m - least).abs() < 1e-6);
        }
    }

    #[test]
    fn a_place_far_from_every_street_does_not_snap() {
        let draft = RoadDraft {
            nodes: vec![at(0.0, 0.0), at(1.0, 0.0)],
            edges: vec![edge(0, 1, false)],
            ..RoadDraft::default()
        };
        let graph = RoadGraph::new(draft).unwrap();
        assert_eq!(graph.snap(at(0.0, 40.0)), None);
        assert_eq!(graph.snap(LngLat::new(f64::NAN, 3.0)), None);
        assert_eq!(RoadGraph::new(RoadDraft::default()).unwrap().snap(at(0.0, 0.0)), None);
    }

    #[test]
    fn a_one_way_street_has_one_arc() {
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0)];
        let graph = RoadGraph::new(RoadDraft { nodes, edges: vec![edge(0, 1, true)], ..RoadDraft::default() }).unwrap();
        assert_eq!(graph.arcs_from(0).len(), 1);
        assert!(graph.arcs_from(1).is_empty());
    }

    #[test]
    fn an_edge_without_its_junction_is_refused() {
        let draft = RoadDraft { nodes: vec![at(0.0, 0.0)], edges: vec![edge(0, 5, false)], ..RoadDraft::default() };
        let error = RoadGraph::new(draft).unwrap_err();
        assert_eq!(error, RoadGraphError::NoSuchNode { edge: 0, node: 5, nodes: 1 });
    }
}
