//! Keeps what matters of the elements that pass by: points inside the area, ways with a name or a road on
//! them, turn restrictions. Memory is bounded by [`super::MOST_NODES`].

use std::collections::HashSet;

use super::clip::Clip;
use super::element::{Member, MemberKind, Sink, Tags};
use super::names::{Named, named_area, named_point};
use super::profile::{Drive, drive, stops_cars};
use super::restrictions::Restriction;
use super::{MOST_NODES, OsmError, OsmReport};
use crate::model::place::LngLat;

/// Points outside the area whose ids are remembered, to tell a cut way from a broken one.
const MOST_OUTSIDE: usize = 40_000_000;

/// A kept point, in 10⁻⁷ degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    pub id: i64,
    pub lng: i32,
    pub lat: i32,
}

impl Node {
    pub(super) fn at(self) -> LngLat {
        LngLat::new(f64::from(self.lng) / 1e7, f64::from(self.lat) / 1e7)
    }
}

/// A way with a highway tag.
#[derive(Debug, Clone)]
pub(super) struct RoadWay {
    pub id: i64,
    pub nodes: Vec<i64>,
    /// How it is driven; none for a footway with a name.
    pub drive: Option<Drive>,
    pub name: String,
    pub aliases: Vec<String>,
}

/// Everything kept of a file.
#[derive(Debug)]
pub(super) struct Collection<'a> {
    clip: Option<&'a Clip>,
    pub nodes: Vec<Node>,
    sorted: bool,
    /// Ids of points outside the area.
    pub outside: Vec<i64>,
    pub barriers: HashSet<i64>,
    pub roads: Vec<RoadWay>,
    pub points: Vec<(LngLat, Named)>,
    pub areas: Vec<(Vec<i64>, Named)>,
    pub restrictions: Vec<Restriction>,
    pub report: OsmReport,
}

impl<'a> Collection<'a> {
    pub(super) fn new(clip: Option<&'a Clip>) -> Self {
        Self {
            clip,
            nodes: Vec::new(),
            sorted: true,
            outside: Vec::new(),
            barriers: HashSet::new(),
            roads: Vec::new(),
            points: Vec::new(),
            areas: Vec::new(),
            restrictions: Vec::new(),
            report: OsmReport::default(),
        }
    }

    /// Puts points in the order of their ids, each once.
    pub(super) fn settle(&mut self) {
        if !self.sorted {
            self.nodes.sort_by_key(|node| node.id);
        }
        for pair in self.nodes.windows(2).filter(|pair| pair[0].id == pair[1].id) {
            self.report.twice.push(pair[1].id);
        }
        self.nodes.dedup_by_key(|node| node.id);
        self.outside.sort_unstable();
        let mut seen = HashSet::with_capacity(self.roads.len());
        let twice = &mut self.report.twice;
        self.roads.retain(|way| {
            let new = seen.insert(way.id);
            if !new {
                twice.push(way.id);
            }
            new
        });
    }

    /// Position of a kept point.
    pub(super) fn find(&self, id: i64) -> Option<u32> {
        let found = self.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
        u32::try_from(found).ok()
    }

    pub(super) fn is_outside(&self, id: i64) -> bool {
        self.outside.len() >= MOST_OUTSIDE || self.outside.binary_search(&id).is_ok()
    }
}

impl Sink for Collection<'_> {
    fn node(&mut self, id: i64, at: LngLat, tags: Tags<'_>) -> Result<(), OsmError> {
        self.report.nodes += 1;
        if !(at.lng.abs() <= 180.0 && at.lat.abs() <= 90.0) {
            self.report.bad_nodes.push(id);
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, reason = "within ±1.8·10⁹")]
        let [lng, lat] = [at.lng, at.lat].map(|degrees| (degrees * 1e7).round() as i32);
        let node = Node { id, lng, lat };
        let at = node.at();
        let e = self.report.extent.get_or_insert([at.lng, at.lat, at.lng, at.lat]);
        *e = [e[0].min(at.lng), e[1].min(at.lat), e[2].max(at.lng), e[3].max(at.lat)];
        if self.clip.is_some_and(|clip| !clip.contains(at)) {
            self.report.nodes_outside += 1;
            if self.outside.len() < MOST_OUTSIDE {
                self.outside.push(id);
            }
            return Ok(());
        }
        if self.nodes.len() >= MOST_NODES {
            return Err(OsmError::TooLarge { what: format!("more than {MOST_NODES} points") });
        }
        self.sorted = self.sorted && self.nodes.last().is_none_or(|last| last.id <= id);
        self.nodes.push(node);
        if tags.0.is_empty() {
            return Ok(());
        }
        if stops_cars(tags) {
            self.barriers.insert(id);
        }
        self.points.extend(named_point(tags).map(|named| (at, named)));
        Ok(())
    }

    fn way(&mut self, id: i64, nodes: &[i64], tags: Tags<'_>) -> Result<(), OsmError> {
        self.report.ways += 1;
        if tags.get("highway").is_some() {
            let drive = drive(tags);
            self.report.no_entry += usize::from(drive.is_none());
            let name = tags.get("name").unwrap_or_default().trim();
            if drive.is_some() || !name.is_empty() {
                let aliases = super::names::aliases(tags);
                self.roads.push(RoadWay { id, nodes: nodes.to_vec(), drive, name: name.to_owned(), aliases });
            }
        } else if let Some(named) = named_area(tags) {
            self.areas.push((nodes.to_vec(), named));
        }
        Ok(())
    }

    fn relation(&mut self, id: i64, members: &[Member<'_>], tags: Tags<'_>) -> Result<(), OsmError> {
        self.report.relations += 1;
        if !tags.is("type", "restriction") {
            return Ok(());
        }
        let Some(kind) = Restriction::kind(tags) else {
            self.report.conditional += 1;
            return Ok(());
        };
        let only = |role: &str, kind: MemberKind| {
            let mut own = members.iter().filter(|member| member.role == role);
            own.next().filter(|member| member.kind == kind).map(|member| member.id)
        };
        if members.iter().any(|member| member.role == "via" && member.kind == MemberKind::Way) {
            self.report.via_way.push(id);
            return Ok(());
        }
        let all = |role: &str| -> Vec<i64> {
            members.iter().filter(|m| m.role == role && m.kind == MemberKind::Way).map(|m| m.id).collect()
        };
        let Some(via) = only("via", MemberKind::Node) else {
            self.report.broken_restrictions.push(id);
            return Ok(());
        };
        let (from, to) = (all("from"), all("to"));
        self.restrictions.push(Restriction { id, kind, from, via, to });
        Ok(())
    }
}
