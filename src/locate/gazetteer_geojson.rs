//! Names of places from `GeoJSON`: points, lines and areas with the properties that the CSV has as
//! columns (see `gazetteer_csv`). The shape gives the point and how far the place reaches.

use geo::{Centroid, ClosestPoint, CoordsIter, Geometry, InteriorPoint};
use serde_json::{Map, Value};

use super::gazetteer_csv::{GazetteerError, place_of};
use super::gazetteer_entry::GazetteerEntry;
use crate::model::place::LngLat;

/// Entries of a `FeatureCollection`; the points are checked.
///
/// # Errors
/// [`GazetteerError`]: no `FeatureCollection`, or a feature without a usable shape, name or kind.
pub fn parse_geojson(text: &str) -> Result<Vec<GazetteerEntry>, GazetteerError> {
    let text = text.trim_start_matches('\u{feff}');
    let not = |why: String| GazetteerError::NotPlaces(why);
    let file: geojson::FeatureCollection = text.parse().map_err(|error: geojson::Error| not(error.to_string()))?;
    let features = file.features.into_iter().enumerate();
    features.map(|(number, feature)| entry(feature).map_err(|why| not(format!("feature {number}: {why}")))).collect()
}

fn entry(feature: geojson::Feature) -> Result<GazetteerEntry, String> {
    let geometry = feature.geometry.ok_or("it has no geometry")?;
    let shape = Geometry::<f64>::try_from(geometry).map_err(|error| error.to_string())?;
    let (at, reach_m) = middle(&shape).ok_or("its geometry is empty")?;
    let properties = feature.properties.unwrap_or_default();
    let mut names: Vec<String> = properties.keys().cloned().collect();
    let mut row: Vec<String> = names.iter().map(|name| text_of(&properties, name)).collect();
    names.extend(["lng", "lat"].map(str::to_owned));
    row.extend([at.lng.to_string(), at.lat.to_string()]);
    let mut entry = place_of(&names, &row).map_err(|error| match error {
        GazetteerError::BadLine { reason, .. } => reason,
        other => other.to_string(),
    })?;
    if reach_m > 0.0 && text_of(&properties, "radius_m").is_empty() {
        entry.radius_m = reach_m.ceil();
    }
    Ok(entry)
}

fn text_of(properties: &Map<String, Value>, name: &str) -> String {
    match properties.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        _ => String::new(),
    }
}

/// A point of the shape, and the distance to its farthest corner.
fn middle(shape: &Geometry<f64>) -> Option<(LngLat, f64)> {
    let centre = shape.centroid()?;
    let point = match shape {
        Geometry::LineString(_) | Geometry::MultiLineString(_) => match shape.closest_point(&centre) {
            geo::Closest::SinglePoint(on) | geo::Closest::Intersection(on) => on,
            geo::Closest::Indeterminate => centre,
        },
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => shape.interior_point().unwrap_or(centre),
        _ => centre,
    };
    let at = LngLat::new(point.x(), point.y());
    let reach = shape.coords_iter().map(|corner| at.distance_m(LngLat::new(corner.x, corner.y))).fold(0.0, f64::max);
    Some((at, reach))
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer_entry::PlaceKind;
    use super::*;

    fn file(geometry: &str, properties: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#
        )
    }

    #[test]
    fn a_line_is_a_street_that_reaches_as_far_as_it_is_long() {
        let line = r#"{"type":"LineString","coordinates":[[98.6,3.5],[98.61,3.5]]}"#;
        let text = file(line, r#"{"name":"Jl. Krakatau","kind":"street","aliases":["Krakatau Raya"]}"#);
        let entry = parse_geojson(&text).unwrap().remove(0);
        assert_eq!((entry.kind, entry.radius_m, entry.aliases.len()), (PlaceKind::Street, 555.0, 1));
        assert!((entry.at.lng - 98.605).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let refused = |text: &str| parse_geojson(text).unwrap_err().to_string();
        let point = |lng: &str| format!(r#"{{"type":"Point","coordinates":[{lng},3.5]}}"#);
        let named = r#"{"name":"X","kind":"landmark"}"#;
        assert!(refused(&file(&point("98.6"), r#"{"name":"X","kind":"river"}"#)).contains("feature 0: unknown kind"));
        assert!(refused(&file(&point("462000"), named)).contains("feature 0: coordinates out of range"));
        assert!(refused(&file("null", named)).contains("no geometry"));
        assert!(refused("{\"type\":\"FeatureCollection\",\"features\":[{").contains("line 1"));
    }
}
