//! Streets as `GeoJSON` lines for the map: edges of one name and class joined into long lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::class::RoadClass;
use super::graph::RoadGraph;
use crate::model::place::LngLat;

impl RoadGraph {
    /// A `FeatureCollection` of `LineString`s with `name` and `class`, five decimals (about 1 m).
    #[must_use]
    pub fn to_geojson(&self, classes: &[RoadClass]) -> String {
        let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
        let mut first = true;
        for (class, name, edges) in self.streets(classes) {
            for chain in self.chains(&edges) {
                let comma = if first { "" } else { "," };
                first = false;
                // Writing to a String cannot fail.
                let _ = write!(
                    out,
                    "{comma}{{\"type\":\"Feature\",\"properties\":{{\"name\":{},\"class\":{}}},\
                     \"geometry\":{{\"type\":\"LineString\",\"coordinates\":",
                    serde_json::Value::from(name),
                    serde_json::json!(class),
                );
                write_line(&mut out, &chain);
                out.push_str("}}");
            }
        }
        out.push_str("]}");
        out
    }

    /// The big streets: toll road to city arterial.
    #[must_use]
    pub fn arterials(&self) -> String {
        self.to_geojson(&[RoadClass::Motorway, RoadClass::Trunk, RoadClass::Primary, RoadClass::Secondary])
    }

    /// All other streets and lanes.
    #[must_use]
    pub fn local_streets(&self) -> String {
        self.to_geojson(&[RoadClass::Tertiary, RoadClass::Residential, RoadClass::Gang])
    }

    /// The edges of each street, by class and name.
    fn streets(&self, classes: &[RoadClass]) -> Vec<(RoadClass, &str, Vec<u32>)> {
        let mut streets: BTreeMap<(RoadClass, &str), Vec<u32>> = BTreeMap::new();
        for (id, edge) in (0_u32..).zip(self.edges()) {
            if classes.contains(&edge.class) {
                streets.entry((edge.class, self.name(edge))).or_default().push(id);
            }
        }
        streets.into_iter().map(|((class, name), edges)| (class, name, edges)).collect()
    }

    /// Joins edges end to end, as long as it goes; each edge is drawn once.
    fn chains(&self, edges: &[u32]) -> Vec<Vec<LngLat>> {
        let mut at: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for id in edges {
            let e = self.edges()[*id as usize];
            at.entry(e.from).or_default().push(*id);
            at.entry(e.to).or_default().push(*id);
        }
        let mut drawn = std::collections::BTreeSet::new();
        let mut chains = Vec::new();
        // Ends first, so that a line is not started in its middle; then what is left: rings.
        let ends = at.iter().filter(|(_, ids)| ids.len() != 2).map(|(node, _)| *node);
        let starts: Vec<u32> = ends.chain(at.keys().copied()).collect();
        for start in starts {
            loop {
                let chain = self.chain(start, &at, &mut drawn);
                if chain.len() < 2 {
                    break;
                }
                chains.push(chain);
            }
        }
        chains
    }

    fn chain(
        &self,
        start: u32,
        at: &BTreeMap<u32, Vec<u32>>,
        drawn: &mut std::collections::BTreeSet<u32>,
    ) -> Vec<LngLat> {
        let mut points = vec![self.nodes()[start as usize]];
        let mut node = start;
        while let Some(id) = at[&node].iter().copied().find(|id| !drawn.contains(id)) {
            drawn.insert(id);
            let e = self.edges()[id as usize];
            if e.from == node {
                points.extend(self.points(id).skip(1));
                node = e.to;
            } else {
                points.extend(self.points(id).rev().skip(1));
                node = e.from;
            }
        }
        points
    }
}

fn write_line(out: &mut String, points: &[LngLat]) {
    for (i, p) in points.iter().enumerate() {
        let open = if i == 0 { '[' } else { ',' };
        let _ = write!(out, "{open}[{:.5},{:.5}]", p.lng, p.lat);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::{at, edge};
    use super::super::graph::{DraftEdge, RoadDraft};
    use super::*;

    #[test]
    fn edges_of_one_name_become_one_line() {
        let named = |from, to, name: &str| DraftEdge { name: name.into(), ..edge(from, to, false) };
        let nodes = (0..5).map(|i| at(f64::from(i), 0.0)).collect();
        let edges =
            vec![named(1, 2, "Jl. \"A\""), named(1, 0, "Jl. \"A\""), named(2, 3, "Jl. \"A\""), named(3, 4, "Jl. B")];
        let graph = RoadGraph::new(RoadDraft { nodes, edges, ..RoadDraft::default() }).unwrap();
        let json: serde_json::Value = serde_json::from_str(&graph.local_streets()).unwrap();
        let features = json["features"].as_array().unwrap();
        assert_eq!(features.len(), 2);
        assert_eq!(features[0]["properties"]["name"], "Jl. \"A\"");
        assert_eq!(features[0]["properties"]["class"], "residential");
        assert_eq!(features[0]["geometry"]["coordinates"].as_array().unwrap().len(), 4);
        let none: serde_json::Value = serde_json::from_str(&graph.arterials()).unwrap();
        assert!(none["features"].as_array().unwrap().is_empty());
    }
}
