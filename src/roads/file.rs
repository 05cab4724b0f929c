//! A road graph as bytes: what the importer writes and the server reads at its start.
//!
//! Little-endian: magic, version, counts, junctions, edges, shape points, names, forbidden turns, checksum.
//! Version 1 had no forbidden turns, version 2 no speeds of single edges; both are read still.
//! Bytes may come from anywhere: every size is held against what is left before it is believed.

use super::class::RoadClass;
use super::graph::{Edge, Parts, RoadGraph, RoadGraphError};
use crate::model::place::LngLat;

const MAGIC: &[u8; 8] = b"SIGAPRD\n";
const VERSION: u32 = 3;
const NODE_BYTES: usize = 16;
const EDGE_BYTES: usize = 19;

/// Marks of an edge, in one byte.
const ONE_WAY: u8 = 1;
const ROUNDABOUT: u8 = 2;

/// Why bytes are not a road file.
#[derive(Debug, thiserror::Error)]
pub enum RoadFileError {
    /// Another sort of file.
    #[error("not a road file")]
    NotARoadFile,
    /// Written by another version of the program: import the streets again.
    #[error("road file version {found}, this program reads {VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Ends before it should, or a size is larger than the file.
    #[error("road file is cut short while reading {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
    },
    /// Bytes were changed or damaged.
    #[error("road file is damaged: {what}")]
    Damaged {
        /// What does not hold.
        what: &'static str,
    },
    /// The parts do not make a graph.
    #[error("road file does not hold a graph")]
    Graph(#[from] RoadGraphError),
}

impl RoadGraph {
    /// The graph as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.nodes.len() * NODE_BYTES + self.edges.len() * EDGE_BYTES);
        out.extend_from_slice(MAGIC);
        put(&mut out, VERSION);
        let counts = [self.nodes.len(), self.edges.len(), self.shape.len(), self.names.len(), self.forbidden.len()];
        for count in counts {
            put(&mut out, u32::try_from(count).unwrap_or(u32::MAX));
        }
        put_points(&mut out, &self.nodes);
        for edge in &self.edges {
            put(&mut out, edge.from);
            put(&mut out, edge.to);
            put(&mut out, edge.name);
            put(&mut out, edge.shape[1]);
            out.push(edge.class.number());
            out.push(u8::from(edge.one_way) * ONE_WAY + u8::from(edge.roundabout) * ROUNDABOUT);
            out.push(edge.kmh);
        }
        put_points(&mut out, &self.shape);
        for name in &self.names {
            put(&mut out, u32::try_from(name.len()).unwrap_or(u32::MAX));
            out.extend_from_slice(name.as_bytes());
        }
        for arc in self.forbidden.iter().flatten() {
            put(&mut out, *arc);
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// A graph from bytes.
    ///
    /// # Errors
    /// [`RoadFileError`]: another sort of file or version, cut short, damaged, not a graph.
    pub fn decode(bytes: &[u8]) -> Result<Self, RoadFileError> {
        let mut input = Input { left: bytes };
        if input.take(MAGIC.len(), "the header").map_err(|_| RoadFileError::NotARoadFile)? != MAGIC {
            return Err(RoadFileError::NotARoadFile);
        }
        let found = input.u32("the header")?;
        if !(1..=VERSION).contains(&found) {
            return Err(RoadFileError::Version { found });
        }
        let body = bytes.len().checked_sub(8).ok_or(RoadFileError::Truncated { what: "the checksum" })?;
        let [nodes, edges, shape, names] = [(); 4].map(|()| input.u32("the counts"));
        let turns = if found == 1 { 0 } else { input.u32("the counts")? };
        let nodes = input.points(nodes?, "the junctions")?;
        let mut edges = input.edges(edges?, found >= 3)?;
        let shape = input.points(shape?, "the shapes")?;
        let names = input.names(names?)?;
        let forbidden = input.turns(turns)?;
        if input.left.len() != 8 {
            return Err(RoadFileError::Damaged { what: "its length" });
        }
        if checksum(&bytes[..body]).to_le_bytes() != *input.left {
            return Err(RoadFileError::Damaged { what: "its checksum" });
        }
        let mut start = 0;
        for edge in &mut edges {
            edge.shape[0] = std::mem::replace(&mut start, edge.shape[1]);
            if edge.shape[0] > edge.shape[1] || edge.shape[1] as usize > shape.len() {
                return Err(RoadFileError::Damaged { what: "a shape" });
            }
            if edge.name as usize >= names.len() {
                return Err(RoadFileError::Damaged { what: "a name" });
            }
        }
        Ok(Self::of_parts(Parts { nodes, edges, shape, names, forbidden })?)
    }
}

/// What is left to read.
struct Input<'a> {
    left: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], RoadFileError> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(RoadFileError::Truncated { what })?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], RoadFileError> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| RoadFileError::Truncated { what })
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, RoadFileError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// Refuses a count whose items cannot fit into what is left, before anything is reserved.
    fn room(&self, count: u32, each: usize, what: &'static str) -> Result<usize, RoadFileError> {
        let count = count as usize;
        match count.checked_mul(each) {
            Some(need) if need <= self.left.len() => Ok(count),
            _ => Err(RoadFileError::Truncated { what }),
        }
    }

    fn points(&mut self, count: u32, what: &'static str) -> Result<Vec<LngLat>, RoadFileError> {
        let count = self.room(count, NODE_BYTES, what)?;
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            let lng = f64::from_le_bytes(self.array(what)?);
            points.push(LngLat::new(lng, f64::from_le_bytes(self.array(what)?)));
        }
        Ok(points)
    }

    /// Edges, each with the end of its shape alone.
    fn edges(&mut self, count: u32, with_speed: bool) -> Result<Vec<Edge>, RoadFileError> {
        const WHAT: &str = "the edges";
        let each = if with_speed { EDGE_BYTES } else { EDGE_BYTES - 1 };
        let count = self.room(count, each, WHAT)?;
        let mut edges = Vec::with_capacity(count);
        for _ in 0..count {
            let (from, to) = (self.u32(WHAT)?, self.u32(WHAT)?);
            let (name, shape) = (self.u32(WHAT)?, [0, self.u32(WHAT)?]);
            let [class, marks] = self.array(WHAT)?;
            let [kmh] = if with_speed { self.array(WHAT)? } else { [0] };
            let class = RoadClass::from_number(class);
            let class = class.ok_or(RoadFileError::Damaged { what: "a road class" })?;
            let [one_way, roundabout] = [ONE_WAY, ROUNDABOUT].map(|mark| marks & mark != 0);
            edges.push(Edge { from, to, length_m: 0.0, class, one_way, roundabout, kmh, name, shape });
        }
        Ok(edges)
    }

    fn turns(&mut self, count: u32) -> Result<Vec<[u32; 2]>, RoadFileError> {
        const WHAT: &str = "the forbidden turns";
        (0..self.room(count, 8, WHAT)?).map(|_| Ok([self.u32(WHAT)?, self.u32(WHAT)?])).collect()
    }

    fn names(&mut self, count: u32) -> Result<Vec<String>, RoadFileError> {
        let count = self.room(count, 4, "the names")?;
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            let len = self.u32("a name")? as usize;
            let text = std::str::from_utf8(self.take(len, "a name")?);
            names.push(text.map_err(|_| RoadFileError::Damaged { what: "a name" })?.to_owned());
        }
        Ok(names)
    }
}

fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_points(out: &mut Vec<u8>, points: &[LngLat]) {
    for p in points {
        out.extend_from_slice(&p.lng.to_le_bytes());
        out.extend_from_slice(&p.lat.to_le_bytes());
    }
}

/// FNV-1a, 64 bit: against damage, not against people.
fn checksum(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(start, |h: u64, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::super::graph::RoadDraft;
    use super::super::graph::tests::{at, edge};
    use super::*;

    fn bytes() -> Vec<u8> {
        let nodes = vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 2.0)];
        let mut bent = edge(1, 2, true);
        bent.shape = vec![at(2.0, 1.0), at(1.5, 1.5)];
        (bent.roundabout, bent.kmh) = (true, 35);
        let edges = vec![edge(0, 1, false), bent];
        RoadGraph::new(RoadDraft { nodes, edges, forbidden: vec![[0, 2]] }).unwrap().encode()
    }

    /// The same bytes with a checksum that fits, as a hostile writer would make them.
    fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
        let body = bytes.len() - 8;
        let sum = checksum(&bytes[..body]);
        bytes[body..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    #[test]
    fn a_graph_survives_its_file() {
        let again = RoadGraph::decode(&bytes()).unwrap();
        assert_eq!(again.encode(), bytes());
        assert_eq!(again.name(&again.edges()[1]), "Jl. 1");
        assert_eq!(again.points(1).count(), 4);
        assert!(again.edges()[1].one_way && again.edges()[1].roundabout && !again.edges()[0].roundabout);
        assert_eq!((again.edges()[0].kmh, again.edges()[1].kmh), (0, 35));
        assert!(again.forbids(0, 2) && !again.forbids(2, 0));
    }

    #[test]
    fn files_of_versions_1_and_2_are_read() {
        let without_speeds = |mut old: Vec<u8>| {
            let edges = 32 + 3 * NODE_BYTES;
            old.remove(edges + 2 * EDGE_BYTES - 1);
            old.remove(edges + EDGE_BYTES - 1);
            old
        };
        let mut second = without_speeds(bytes());
        second[8] = 2;
        let graph = RoadGraph::decode(&sealed(second.clone())).unwrap();
        assert!(graph.forbids(0, 2) && graph.edges()[1].one_way);
        assert_eq!(graph.edges()[1].kmh, 0);
        let mut first = second;
        first[8] = 1;
        first.drain(28..32);
        first.drain(first.len() - 16..first.len() - 8);
        let graph = RoadGraph::decode(&sealed(first)).unwrap();
        assert_eq!((graph.nodes().len(), graph.edges().len()), (3, 2));
        assert!(!graph.forbids(0, 2));
    }

    #[test]
    fn a_file_cut_at_any_byte_is_refused() {
        let whole = bytes();
        for len in 0..whole.len() {
            assert!(RoadGraph::decode(&whole[..len]).is_err(), "{len} bytes were accepted");
        }
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let whole = bytes();
        for i in 0..whole.len() {
            let mut changed = whole.clone();
            changed[i] ^= 0x10;
            assert!(RoadGraph::decode(&changed).is_err(), "byte {i} was accepted");
        }
    }

    #[test]
    fn a_huge_count_is_refused_before_memory_is_taken() {
        for field in 0..5 {
            let mut hostile = bytes();
            hostile[12 + field * 4..16 + field * 4].copy_from_slice(&u32::MAX.to_le_bytes());
            let error = RoadGraph::decode(&sealed(hostile)).unwrap_err();
            assert!(matches!(error, RoadFileError::Truncated { .. }), "{error}");
        }
    }

    #[test]
    fn an_edge_to_nowhere_is_refused_even_with_a_fitting_checksum() {
        let mut hostile = bytes();
        let first_edge = 32 + 3 * NODE_BYTES;
        hostile[first_edge..first_edge + 4].copy_from_slice(&99_u32.to_le_bytes());
        let error = RoadGraph::decode(&sealed(hostile)).unwrap_err();
        assert!(matches!(error, RoadFileError::Graph(RoadGraphError::NoSuchNode { .. })), "{error}");
    }
}
