//! Boundaries from a `GeoJSON` file of an office: read, checked, repaired where that is safe.
//!
//! Repaired and counted: rings that are not closed, rings that touch themselves in a point,
//! latitude before longitude in a whole feature. Refused, naming the feature: rings that cross
//! themselves, projected coordinates, places outside Indonesia, missing or repeated codes.
//! Measured: overlaps and gaps. Nothing is half imported.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use geo::{Area as _, Centroid, LineString, MultiPolygon, Polygon};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::boundary_checks::{BadRing, Overlap, check_ring, gaps, overlaps, split_ring};
use super::regencies::{self, MOST_REGENCIES};
use crate::model::jurisdiction::{Area, Polsek};
use crate::model::place::{BadPoint, LngLat, METRES_PER_DEGREE};

/// What an import found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoundaryReport {
    /// Features in the file.
    pub features: usize,
    /// Areas made of them.
    pub areas: usize,
    /// Kecamatan they belong to.
    pub kecamatan: usize,
    /// Corners of all rings, the closing one not counted.
    pub vertices: usize,
    /// Ground covered, square kilometres.
    pub square_km: f64,
    /// Rings that were not closed and now are.
    pub closed_rings: usize,
    /// Rings that touched themselves and were cut in two or more.
    pub split_rings: usize,
    /// Codes of features with latitude before longitude, now exchanged.
    pub swapped: Vec<String>,
    /// Pairs of areas that claim the same ground.
    pub overlaps: Vec<Overlap>,
    /// Holes between areas, square metres each.
    pub gaps: Vec<f64>,
    /// Codes of areas without a Polsek: their kecamatan stands in for it.
    pub without_polsek: Vec<String>,
    /// The Polsek named, seat in the middle of their areas; `polres` as in the areas.
    pub polseks: Vec<Polsek>,
}

/// Why one feature was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeatureProblem {
    /// No `kode` or `code`.
    #[error("it has no kode")]
    NoCode,
    /// No `nama` or `name`.
    #[error("it has no nama")]
    NoName,
    /// Another feature has the same code.
    #[error("its kode stands in the file twice")]
    Duplicate,
    /// Not a `Polygon` or `MultiPolygon` with pairs of numbers.
    #[error("its geometry is not a Polygon or MultiPolygon")]
    Geometry,
    /// A ring that cannot be repaired.
    #[error("it has {0}")]
    Ring(#[from] BadRing),
    /// Not degrees: metres of a projection.
    #[error("({0}, {1}) is not in degrees: convert the file to WGS 84 (EPSG:4326)")]
    Projected(f64, f64),
    /// A coordinate that is no place in Indonesia.
    #[error("{0}")]
    Point(#[from] BadPoint),
}

/// A feature and why it was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct BadFeature {
    /// Position in the file, from 0.
    pub index: usize,
    /// Line on which it begins, from 1.
    pub line: usize,
    /// Its code, if it has one.
    pub code: Option<String>,
    /// Why.
    pub problem: FeatureProblem,
}

impl std::fmt::Display for BadFeature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.as_deref().unwrap_or("without kode");
        write!(f, "feature {} ({code}, line {}): {}", self.index, self.line, self.problem)
    }
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum BoundaryError {
    /// Not JSON, or not a `FeatureCollection`.
    #[error("not a GeoJSON FeatureCollection{}", .0.as_ref().map(|error| format!(": {error}")).unwrap_or_default())]
    NotGeoJson(Option<serde_json::Error>),
    /// The file names another coordinate system.
    #[error("coordinate system {0}: convert the file to WGS 84 (EPSG:4326)")]
    Crs(String),
    /// No features.
    #[error("the file holds no features")]
    Empty,
    /// Areas of far more than one office.
    #[error(
        "the areas belong to {regencies} kabupaten and kota: this is no file of one office; choose with --only, \
         for example --only {example}"
    )]
    TooWide {
        /// Kabupaten and kota found.
        regencies: usize,
        /// A code to choose with.
        example: String,
    },
    /// No feature is in the chosen regions.
    #[error("no feature has a kode within the regions chosen with --only")]
    NoneChosen,
    /// Features that cannot be used, all of them listed.
    #[error("{} features cannot be used; {}", .0.len(), .0.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Features(Vec<BadFeature>),
    /// The table of Polsek has no usable header or row.
    #[error("polsek table, line {line}: {problem}")]
    PolsekTable {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

#[derive(Deserialize)]
struct Collection<'a> {
    r#type: String,
    #[serde(default)]
    crs: Value,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    r#type: String,
    #[serde(default)]
    coordinates: Value,
}

type Ring = Vec<[f64; 2]>;

/// Reads areas. A Polsek comes from the property `polsek`, from the table (`kode,polsek` or
/// `kode_kecamatan,polsek`; other columns are passed over), or else is the kecamatan; `polres` comes
/// from the property of that name and is left empty without it, for the caller to fill.
///
/// # Errors
/// [`BoundaryError`]: not `GeoJSON`, another coordinate system, features that cannot be used.
pub fn read_boundaries(geojson: &str, polsek_csv: Option<&str>) -> Result<(Vec<Area>, BoundaryReport), BoundaryError> {
    read_boundaries_of(geojson, polsek_csv, &[])
}

/// Reads the areas whose code is one of `only` or lies in one of them, `12.71`; without any, all, when
/// they are not of more than [`MOST_REGENCIES`] kabupaten and kota.
///
/// # Errors
/// As [`read_boundaries`]; also areas of a country where those of an office were expected.
pub fn read_boundaries_of(
    geojson: &str,
    polsek_csv: Option<&str>,
    only: &[String],
) -> Result<(Vec<Area>, BoundaryReport), BoundaryError> {
    let text = geojson.trim_start_matches('\u{feff}');
    let file: Collection<'_> = serde_json::from_str(text).map_err(|e| BoundaryError::NotGeoJson(Some(e)))?;
    if file.r#type != "FeatureCollection" {
        return Err(BoundaryError::NotGeoJson(None));
    }
    check_crs(&file.crs)?;
    if file.features.is_empty() {
        return Err(BoundaryError::Empty);
    }
    let table = polsek_csv.map_or_else(|| Ok(HashMap::new()), read_polsek_table)?;
    let mut report = BoundaryReport { features: file.features.len(), ..BoundaryReport::default() };
    let mut reader = Reader { table, seen: HashSet::new(), names: BTreeMap::new(), report: &mut report };
    let (mut areas, mut bad) = (Vec::new(), Vec::new());
    for (index, raw) in file.features.into_iter().enumerate() {
        let read: Result<Feature, _> = serde_json::from_str(raw.get());
        let properties = read.as_ref().ok().and_then(|feature| feature.properties.as_ref());
        let code = properties.and_then(|properties| text_of(properties, &["kode", "code"]));
        if !only.is_empty() && !code.as_ref().is_some_and(|code| regencies::within(code, only)) {
            continue;
        }
        let area = read.map_err(|_| FeatureProblem::Geometry).and_then(|feature| reader.area(feature, code.clone()));
        match area {
            Ok(area) => areas.push(area),
            Err(problem) => bad.push(BadFeature { index, line: line_of(text, raw), code, problem }),
        }
    }
    if !bad.is_empty() {
        return Err(BoundaryError::Features(bad));
    }
    let regencies = regencies::count(areas.iter().map(|area| area.code.as_str()));
    if only.is_empty() && regencies > MOST_REGENCIES {
        let example = areas.first().map(|area| area.code.chars().take(5).collect()).unwrap_or_default();
        return Err(BoundaryError::TooWide { regencies, example });
    }
    if areas.is_empty() {
        return Err(BoundaryError::NoneChosen);
    }
    let names = std::mem::take(&mut reader.names);
    report.areas = areas.len();
    report.kecamatan = areas.iter().map(|a| &a.kecamatan_code).collect::<BTreeSet<_>>().len();
    report.square_km = areas.iter().map(square_km).sum();
    report.overlaps = overlaps(&areas);
    report.gaps = gaps(&areas);
    report.polseks = polseks(&areas, &names);
    Ok((areas, report))
}

/// The line of the file on which a piece of it begins.
fn line_of(text: &str, piece: &RawValue) -> usize {
    let start = piece.get().as_ptr() as usize - text.as_ptr() as usize;
    text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1
}

/// `GeoJSON` is WGS 84; older files may say something else.
fn check_crs(crs: &Value) -> Result<(), BoundaryError> {
    let Some(name) = crs.pointer("/properties/name").and_then(Value::as_str) else { return Ok(()) };
    if name.ends_with("CRS84") || name.ends_with(":4326") { Ok(()) } else { Err(BoundaryError::Crs(name.to_owned())) }
}

struct Reader<'a> {
    table: HashMap<String, String>,
    seen: HashSet<String>,
    /// Names of Polsek by code.
    names: BTreeMap<String, String>,
    report: &'a mut BoundaryReport,
}

impl Reader<'_> {
    fn area(&mut self, feature: Feature, code: Option<String>) -> Result<Area, FeatureProblem> {
        let properties = feature.properties.unwrap_or_default();
        let code = code.ok_or(FeatureProblem::NoCode)?;
        let name = text_of(&properties, &["nama", "name"]).ok_or(FeatureProblem::NoName)?;
        if !self.seen.insert(code.clone()) {
            return Err(FeatureProblem::Duplicate);
        }
        let geometry = feature.geometry.ok_or(FeatureProblem::Geometry)?;
        let shape = self.shape(geometry, &code)?;
        let kecamatan_code = text_of(&properties, &["kode_kecamatan"]).unwrap_or_else(|| kecamatan_of(&code));
        let kecamatan = text_of(&properties, &["kecamatan"]).unwrap_or_else(|| kecamatan_code.clone());
        let named = text_of(&properties, &["polsek"])
            .or_else(|| self.table.get(&code).cloned())
            .or_else(|| self.table.get(&kecamatan_code).cloned());
        if named.is_none() {
            self.report.without_polsek.push(code.clone());
        }
        let named = named.unwrap_or_else(|| kecamatan.clone());
        let polsek = code_of(&named);
        self.names.entry(polsek.clone()).or_insert(named);
        let polres = text_of(&properties, &["polres"]).unwrap_or_default();
        Ok(Area { code, name, kecamatan_code, kecamatan, polsek, polres, shape })
    }

    fn shape(&mut self, geometry: Geometry, code: &str) -> Result<MultiPolygon<f64>, FeatureProblem> {
        let mut polygons = polygons(geometry).ok_or(FeatureProblem::Geometry)?;
        let points = || polygons.iter().flatten().flatten();
        if points().next().is_none() {
            return Err(FeatureProblem::Geometry);
        }
        let judged = |p: &[f64; 2]| LngLat::checked(p[0], p[1]);
        if points().all(|p| judged(p) == Err(BadPoint::Swapped)) {
            polygons.iter_mut().flatten().flatten().for_each(|p| p.swap(0, 1));
            self.report.swapped.push(code.to_owned());
        }
        for p in polygons.iter().flatten().flatten() {
            match judged(p) {
                Ok(_) => {}
                Err(BadPoint::OutOfRange) => return Err(FeatureProblem::Projected(p[0], p[1])),
                Err(other) => return Err(other.into()),
            }
        }
        let mut shape = Vec::new();
        for rings in polygons {
            let mut rings = rings.into_iter();
            let outer = self.rings(rings.next().ok_or(FeatureProblem::Geometry)?)?;
            let mut holes = Vec::new();
            for hole in rings {
                holes.extend(self.rings(hole)?);
            }
            shape.extend(with_holes(outer, holes));
        }
        Ok(MultiPolygon::new(shape))
    }

    /// One ring, closed and cut where it touches itself.
    fn rings(&mut self, mut ring: Ring) -> Result<Vec<LineString<f64>>, FeatureProblem> {
        ring.dedup();
        if ring.first() != ring.last() {
            ring.extend(ring.first().copied());
            self.report.closed_rings += 1;
        }
        self.report.vertices += ring.len() - 1;
        match check_ring(&ring) {
            Ok(()) => Ok(vec![LineString::from(ring)]),
            Err(BadRing::CrossesItself) => {
                let cut = split_ring(&ring).filter(|r| !r.is_empty());
                let cut = cut.ok_or(FeatureProblem::Ring(BadRing::CrossesItself))?;
                self.report.split_rings += 1;
                Ok(cut)
            }
            Err(bad) => Err(bad.into()),
        }
    }
}

/// Each outer ring becomes a polygon; a hole goes to the one it lies in.
fn with_holes(outer: Vec<LineString<f64>>, holes: Vec<LineString<f64>>) -> Vec<Polygon<f64>> {
    use geo::Intersects;
    let mut polygons: Vec<Polygon<f64>> = outer.into_iter().map(|r| Polygon::new(r, Vec::new())).collect();
    for hole in holes {
        let owner = polygons.iter().position(|p| hole.coords().all(|c| p.intersects(c)));
        if let Some(owner) = owner {
            polygons[owner].interiors_push(hole);
        }
    }
    polygons
}

fn polygons(geometry: Geometry) -> Option<Vec<Vec<Ring>>> {
    let raw: Vec<Vec<Vec<Vec<f64>>>> = match geometry.r#type.as_str() {
        "Polygon" => vec![serde_json::from_value(geometry.coordinates).ok()?],
        "MultiPolygon" => serde_json::from_value(geometry.coordinates).ok()?,
        _ => return None,
    };
    let position = |p: Vec<f64>| Some([*p.first()?, *p.get(1)?]);
    let ring = |r: Vec<Vec<f64>>| r.into_iter().map(position).collect::<Option<Ring>>();
    raw.into_iter().map(|polygon| polygon.into_iter().map(ring).collect()).collect()
}

/// A text or a number under the first of these names that is there.
fn text_of(properties: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    names.iter().find_map(|name| properties.get(*name).and_then(text))
}

/// `12.71.07.1004` lies in `12.71.07`.
fn kecamatan_of(code: &str) -> String {
    code.rsplit_once('.').map_or(code, |(head, _)| head).to_owned()
}

/// `Polsek Medan Kota` and `Medan Kota` are `medan-kota`.
fn code_of(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let plain = lower.strip_prefix("polsek ").unwrap_or(&lower);
    plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

/// Polsek by code of the desa or the kecamatan.
fn read_polsek_table(csv: &str) -> Result<HashMap<String, String>, BoundaryError> {
    let bad = |line, problem| BoundaryError::PolsekTable { line, problem };
    let lines = (1..).zip(csv.trim_start_matches('\u{feff}').lines().map(str::trim));
    let mut lines = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
    let (line, header) = lines.next().ok_or(bad(1, "is empty"))?;
    let columns: Vec<&str> = header.split(',').map(str::trim).collect();
    let find = |name: &str| columns.iter().position(|c| *c == name);
    let key = find("kode").or_else(|| find("kode_kecamatan"));
    let key = key.ok_or(bad(line, "has no column kode or kode_kecamatan"))?;
    let polsek = find("polsek").ok_or(bad(line, "has no column polsek"))?;
    let mut table = HashMap::new();
    for (line, text) in lines {
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        let (Some(code), Some(name)) = (fields.get(key), fields.get(polsek)) else {
            return Err(bad(line, "has too few fields"));
        };
        if name.is_empty() {
            return Err(bad(line, "names no polsek"));
        }
        if table.insert((*code).to_owned(), (*name).to_owned()).is_some() {
            return Err(bad(line, "repeats a code"));
        }
    }
    Ok(table)
}

fn square_km(area: &Area) -> f64 {
    let lat = area.shape.centroid().map_or(0.0, geo::Point::y);
    let square_m = area.shape.unsigned_area() * METRES_PER_DEGREE.powi(2) * lat.to_radians().cos();
    square_m / 1e6
}

fn polseks(areas: &[Area], names: &BTreeMap<String, String>) -> Vec<Polsek> {
    let polsek = |(code, name): (&String, &String)| {
        let own = areas.iter().filter(|a| a.polsek == *code);
        let polres = own.clone().next().map_or_else(String::new, |a| a.polres.clone());
        let centres = own.filter_map(|a| Some((a.shape.centroid()?, a.shape.unsigned_area())));
        let sum = centres.fold((0.0, 0.0, 0.0), |s, (c, w)| (s.0 + c.x() * w, s.1 + c.y() * w, s.2 + w));
        let seat = LngLat::new(sum.0 / sum.2, sum.1 / sum.2);
        let full = name.to_lowercase().starts_with("polsek");
        let name = if full { name.clone() } else { format!("Polsek {name}") };
        Polsek { code: code.clone(), name, polres, seat }
    };
    names.iter().map(polsek).collect()
}

#[cfg(test)]
mod tests {
    use super::super::areas_geojson::areas_to_geojson;
    use super::*;
    use crate::sim::city::synthetic_medan;

    const SQUARE: &str = "[[[98.6,3.5],[98.61,3.5],[98.61,3.51],[98.6,3.51],[98.6,3.5]]]";

    fn file(features: &[(&str, &str)]) -> String {
        let one = |(code, rings): &(&str, &str)| {
            format!(
                "{{\"type\":\"Feature\",\"properties\":{{\"kode\":\"{code}\",\"nama\":\"N\",\"kecamatan\":\"Medan Kota\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{rings}}}}}"
            )
        };
        let all: Vec<String> = features.iter().map(one).collect();
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", all.join(","))
    }

    fn problem(rings: &str) -> String {
        read_boundaries(&file(&[("12.71.01.1001", rings)]), None).unwrap_err().to_string()
    }

    #[test]
    fn rings_are_closed_and_swapped_features_turned_and_both_are_reported() {
        let open = "[[[3.5,98.6],[3.5,98.61],[3.51,98.61],[3.51,98.6]]]";
        let (areas, report) = read_boundaries(&file(&[("12.71.01.1001", open)]), None).unwrap();
        assert_eq!((report.closed_rings, report.swapped.as_slice()), (1, &["12.71.01.1001".to_owned()][..]));
        assert_eq!((report.vertices, report.kecamatan, areas[0].polsek.as_str()), (4, 1, "medan-kota"));
        assert_eq!((areas[0].kecamatan_code.as_str(), report.without_polsek.len()), ("12.71.01", 1));
        assert!((report.square_km - 1.2339).abs() < 0.001, "{}", report.square_km);
    }

    #[test]
    fn what_cannot_be_repaired_is_refused_and_named() {
        let head = "1 features cannot be used; feature 0 (12.71.01.1001, line 1): ";
        let cases = [
            ("[[[98.6,3.5],[98.61,3.51],[98.61,3.5],[98.6,3.51],[98.6,3.5]]]", "it has a ring that crosses itself"),
            ("[[[98.6,3.5],[98.61,3.51],[98.6,3.5]]]", "it has a ring of fewer than 4 points"),
            (
                "[[[455000.0,395000.0],[456000,395000],[456000,396000],[455000,395000]]]",
                "(455000, 395000) is not in degrees: convert the file to WGS 84 (EPSG:4326)",
            ),
            ("[[[8.6,3.5],[8.61,3.5],[8.61,3.51],[8.6,3.5]]]", "the point lies outside Indonesia"),
            ("[[[98.6]]]", "its geometry is not a Polygon or MultiPolygon"),
            ("[]", "its geometry is not a Polygon or MultiPolygon"),
        ];
        for (rings, expected) in cases {
            assert_eq!(problem(rings), format!("{head}{expected}"));
        }
    }

    #[test]
    fn files_that_are_something_else_are_refused() {
        let refused = |text: &str| read_boundaries(text, None).unwrap_err().to_string();
        assert!(refused("{}").starts_with("not a GeoJSON FeatureCollection: missing field"));
        assert_eq!(refused("{\"type\":\"Topology\",\"features\":[]}"), "not a GeoJSON FeatureCollection");
        assert_eq!(refused("{\"type\":\"FeatureCollection\",\"features\":[]}"), "the file holds no features");
        let projected = file(&[("1.1", SQUARE)]).replacen(
            '{',
            "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::32647\"}},",
            1,
        );
        assert!(refused(&projected).starts_with("coordinate system urn:ogc:def:crs:EPSG::32647"));
        let twice = refused(&file(&[("1.1", SQUARE), ("1.1", SQUARE)]));
        assert_eq!(twice, "1 features cannot be used; feature 1 (1.1, line 1): its kode stands in the file twice");
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused_and_says_where() {
        let whole = file(&[("12.71.01.1001", SQUARE), ("12.71.01.1002", &SQUARE.replace("98.6", "98.7"))]);
        assert!(read_boundaries(&whole, None).is_ok());
        for end in (0..whole.len()).step_by(7) {
            let error = read_boundaries(&whole[..end], None).unwrap_err().to_string();
            assert!(error.contains("line 1 column"), "{end}: {error}");
        }
        let second = whole.replace("},{\"type\":\"Feature\"", "},\n{\"type\":\"Feature\"").replace("98.7", "8.7");
        let error = read_boundaries(&second, None).unwrap_err().to_string();
        assert!(error.contains("feature 1 (12.71.01.1002, line 2)"), "{error}");
    }

    #[test]
    fn a_country_where_a_city_was_expected_is_refused_unless_a_region_is_chosen() {
        let codes: Vec<String> = (1..=13).map(|n| format!("33.{n:02}.01.2001")).collect();
        let shapes: Vec<String> = (0..13).map(|n| SQUARE.replace("98.", &format!("{}.", 98 + n))).collect();
        let pairs: Vec<(&str, &str)> =
            codes.iter().map(String::as_str).zip(shapes.iter().map(String::as_str)).collect();
        let file = file(&pairs);
        let error = read_boundaries(&file, None).unwrap_err().to_string();
        assert!(error.contains("13 kabupaten and kota") && error.contains("--only 33.01"), "{error}");
        let (areas, report) = read_boundaries_of(&file, None, &["33.02".to_owned()]).unwrap();
        assert_eq!((areas.len(), areas[0].code.as_str(), report.features), (1, "33.02.01.2001", 13));
        let none = read_boundaries_of(&file, None, &["12.71".to_owned()]).unwrap_err();
        assert!(matches!(none, BoundaryError::NoneChosen));
    }

    #[test]
    fn a_table_groups_areas_into_polsek() {
        let far = SQUARE.replace("98.6", "98.7");
        let file = file(&[("12.71.01.1001", SQUARE), ("12.71.02.1001", &far)]);
        let table = "kode_kecamatan,kecamatan,polsek\n12.71.01,Medan Kota,Polsek Medan Kota\n12.71.02,x,Sunggal\n";
        let (areas, report) = read_boundaries(&file, Some(table)).unwrap();
        assert_eq!(areas.iter().map(|a| a.polsek.as_str()).collect::<Vec<_>>(), ["medan-kota", "sunggal"]);
        assert_eq!(report.polseks[1].name, "Polsek Sunggal");
        let error = read_boundaries(&file, Some("kode,pos\n")).unwrap_err();
        assert_eq!(error.to_string(), "polsek table, line 1: has no column polsek");
    }

    #[test]
    fn the_synthetic_city_survives_its_own_file_and_covers_its_ground() {
        let city = synthetic_medan(1).unwrap();
        let (areas, report) = read_boundaries(&areas_to_geojson(&city.areas), None).unwrap();
        assert_eq!(areas, city.areas);
        assert_eq!((report.overlaps.len(), report.gaps.len()), (0, 0), "{report:?}");
        assert_eq!((report.split_rings, report.closed_rings, report.kecamatan), (0, 0, 21));
        assert!((240.0..310.0).contains(&report.square_km), "{}", report.square_km);
        assert_eq!(report.polseks.len(), 17);
    }

    /// Real boundaries, where somebody has them: `SIGAP_REFERENCE_DATA` names a folder with
    /// `boundaries/medan_desa.geojson` (151 kelurahan of Medan).
    #[test]
    fn real_boundaries_of_medan_are_read_where_they_are_at_hand() {
        let folder = std::env::var_os("SIGAP_REFERENCE_DATA").map(std::path::PathBuf::from);
        let file = folder.map(|f| f.join("boundaries/medan_desa.geojson"));
        let Some(text) = file.and_then(|f| std::fs::read_to_string(f).ok()) else {
            println!("skipped: SIGAP_REFERENCE_DATA holds no boundaries/medan_desa.geojson");
            return;
        };
        let (areas, report) = read_boundaries(&text, None).unwrap();
        let gaps: f64 = report.gaps.iter().sum();
        let overlaps: f64 = report.overlaps.iter().map(|o| o.square_m).sum();
        println!(
            "{} areas, {} kecamatan, {} vertices, {:.1} km2, {} overlaps ({overlaps:.0} m2), {} gaps ({gaps:.0} m2), {} split",
            report.areas,
            report.kecamatan,
            report.vertices,
            report.square_km,
            report.overlaps.len(),
            report.gaps.len(),
            report.split_rings,
        );
        assert_eq!((report.areas, report.kecamatan, areas.len()), (151, 21, 151));
        assert!((250.0..310.0).contains(&report.square_km));
        assert!(overlaps < 10_000.0 && gaps < 1e6);
    }
}
