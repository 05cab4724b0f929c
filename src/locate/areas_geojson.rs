//! Areas and their borders as `GeoJSON`: for the map, and for taking them to another office.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::jurisdiction_index::{Border, JurisdictionIndex};
use crate::model::jurisdiction::Area;

/// Areas as a `FeatureCollection` that [`super::boundaries::read_boundaries`] reads back unchanged.
#[must_use]
pub fn areas_to_geojson(areas: &[Area]) -> String {
    collection(&areas.iter().map(feature).collect::<Vec<_>>())
}

impl JurisdictionIndex {
    /// Everything to draw: kelurahan as areas (`level` `desa`), and the borders of Polsek and Polres
    /// as lines (`level` `polsek` or `polres`, with code and name).
    #[must_use]
    pub fn areas_geojson(&self) -> String {
        let mut features: Vec<serde_json::Value> = self.areas().iter().map(feature).collect();
        features.extend(self.outlines("polsek", |a| &a.polsek));
        features.extend(self.outlines("polres", |a| &a.polres));
        collection(&features)
    }

    /// One feature for each owner: the borders where the other side belongs to somebody else.
    fn outlines(&self, level: &str, owner: fn(&Area) -> &String) -> Vec<serde_json::Value> {
        let mut lines: BTreeMap<&str, Vec<&Border>> = BTreeMap::new();
        for border in self.borders() {
            let owners = border.sides.map(|side| side.map(|i| owner(&self.areas()[i as usize]).as_str()));
            if owners[0] != owners[1] {
                for code in owners.into_iter().flatten() {
                    lines.entry(code).or_default().push(border);
                }
            }
        }
        let outline = |(code, borders): (&str, Vec<&Border>)| {
            let name = self.polsek(code).filter(|_| level == "polsek").map_or(code, |p| p.name.as_str());
            json!({
                "type": "Feature",
                "properties": { "level": level, "kode": code, "nama": name },
                "geometry": { "type": "MultiLineString", "coordinates": chains(&borders) },
            })
        };
        lines.into_iter().map(outline).collect()
    }
}

/// Joins pieces end to end into long lines; each piece is drawn once.
fn chains(borders: &[&Border]) -> Vec<Vec<[f64; 2]>> {
    let key = |p: [f64; 2]| p.map(f64::to_bits);
    let ends = |b: &Border| b.ends.map(|p| [p.lng, p.lat]);
    let mut at: HashMap<[u64; 2], Vec<usize>> = HashMap::new();
    let mut order: Vec<usize> = (0..borders.len()).collect();
    order.sort_by(|a, b| ends(borders[*a])[0].partial_cmp(&ends(borders[*b])[0]).unwrap_or(std::cmp::Ordering::Equal));
    for i in &order {
        for end in ends(borders[*i]) {
            at.entry(key(end)).or_default().push(*i);
        }
    }
    let mut drawn = vec![false; borders.len()];
    let mut lines = Vec::new();
    for start in order {
        if drawn[start] {
            continue;
        }
        drawn[start] = true;
        let [first, second] = ends(borders[start]);
        let mut line = std::collections::VecDeque::from([first, second]);
        for forward in [true, false] {
            let mut tip = if forward { second } else { first };
            while let Some(next) = at[&key(tip)].iter().copied().find(|i| !drawn[*i]) {
                drawn[next] = true;
                let [a, b] = ends(borders[next]);
                tip = if key(a) == key(tip) { b } else { a };
                if forward { line.push_back(tip) } else { line.push_front(tip) }
            }
        }
        lines.push(line.into_iter().collect());
    }
    lines
}

fn feature(area: &Area) -> serde_json::Value {
    let ring = |line: &geo::LineString<f64>| line.coords().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    let polygons: Vec<Vec<Vec<[f64; 2]>>> =
        area.shape.iter().map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect()).collect();
    json!({
        "type": "Feature",
        "properties": {
            "level": "desa",
            "kode": area.code,
            "nama": area.name,
            "kode_kecamatan": area.kecamatan_code,
            "kecamatan": area.kecamatan,
            "polsek": area.polsek,
            "polres": area.polres,
        },
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
    })
}

fn collection(features: &[serde_json::Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::jurisdiction_index::tests::area;
    use super::*;

    #[test]
    fn outlines_leave_out_borders_inside_a_polsek() {
        let areas = vec![
            area("1", "a", [0.0, 0.0, 10.0, 10.0]),
            area("2", "a", [10.0, 0.0, 20.0, 10.0]),
            area("3", "b", [20.0, 0.0, 30.0, 10.0]),
        ];
        let text = JurisdictionIndex::new(areas, Vec::new()).areas_geojson();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let features = json["features"].as_array().unwrap();
        assert_eq!(features.len(), 3 + 2 + 1);
        let lines = |i: usize| features[i]["geometry"]["coordinates"].as_array().unwrap().clone();
        // Two rectangles side by side have six outer edges; all three together have eight, less the shared.
        let points: usize = lines(3).iter().map(|l| l.as_array().unwrap().len() - 1).sum();
        assert_eq!((points, lines(3).len()), (6, 1));
        let polres: usize = lines(5).iter().map(|l| l.as_array().unwrap().len() - 1).sum();
        assert_eq!(polres, 8);
    }
}
