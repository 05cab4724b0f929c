//! What is written by hand about the city: the tables of `data/city`, packed into the program.

use serde::Deserialize;

use crate::locate::units_csv::{UnitRow, UnitsError, read_units};
use crate::model::place::LngLat;
use crate::roads::class::RoadClass;

const AREAS: &str = include_str!("../../data/city/areas.csv");
const KECAMATAN: &str = include_str!("../../data/city/kecamatan.csv");
const LANDMARKS: &str = include_str!("../../data/city/landmarks.csv");
const JUNCTIONS: &str = include_str!("../../data/city/junctions.csv");
const OFFICES: &str = include_str!("../../data/city/offices.toml");
const OUTLINE: &str = include_str!("../../data/city/outline.toml");
const ARTERIALS: &str = include_str!("../../data/city/arterials.toml");
const UNITS: [(&str, &str); 2] = [
    ("medan", include_str!("../../data/city/units_medan.csv")),
    ("belawan", include_str!("../../data/city/units_belawan.csv")),
];

/// A kelurahan: its seat and who polices it.
#[derive(Debug, Clone)]
pub struct AreaSeed {
    /// Code, `12.71.07.1004`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where its people live thickest.
    pub seat: LngLat,
    /// Code of the Polsek.
    pub polsek: String,
    /// Another spelling, or empty.
    pub alias: String,
}

/// A kecamatan and its seat.
#[derive(Debug, Clone)]
pub struct KecamatanSeed {
    /// Code, `12.71.07`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where its office stands.
    pub seat: LngLat,
}

/// A known place.
#[derive(Debug, Clone)]
pub struct LandmarkSeed {
    /// Name.
    pub name: String,
    /// Where it is.
    pub at: LngLat,
    /// How far it reaches, metres.
    pub radius_m: f64,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A name for the crossing of two arterials.
#[derive(Debug, Clone)]
pub struct JunctionSeed {
    /// The two streets.
    pub streets: [String; 2],
    /// Name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A known street.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreetSeed {
    /// Name.
    pub name: String,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Class.
    pub class: RoadClass,
    /// Whether it is driven only in the order of its points.
    #[serde(default)]
    pub one_way: bool,
    /// Names of the gates of a toll road.
    #[serde(default)]
    pub gates: Vec<String>,
    /// Where the gates are.
    #[serde(default)]
    pub gate_at: Vec<[f64; 2]>,
    /// Points, lng and lat.
    pub line: Vec<[f64; 2]>,
}

/// A river.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiverSeed {
    /// Name.
    pub name: String,
    /// Points, lng and lat.
    pub line: Vec<[f64; 2]>,
}

/// A Polsek.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolsekSeed {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Seat, lng and lat.
    pub seat: [f64; 2],
}

/// A Polres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeSeed {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Prefix of its human numbers.
    pub prefix: String,
    /// Seat, lng and lat.
    pub seat: [f64; 2],
    /// Its Polsek.
    pub polsek: Vec<PolsekSeed>,
    /// Its operator teams.
    pub teams: Vec<String>,
}

#[derive(Deserialize)]
struct OfficesFile {
    office: Vec<OfficeSeed>,
}

#[derive(Deserialize)]
struct OutlineFile {
    outline: Vec<[f64; 2]>,
    river: Vec<RiverSeed>,
}

#[derive(Deserialize)]
struct ArterialsFile {
    street: Vec<StreetSeed>,
}

/// Everything written by hand.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Offices with their Polsek.
    pub offices: Vec<OfficeSeed>,
    /// Rough border, lng and lat.
    pub outline: Vec<[f64; 2]>,
    /// Rivers.
    pub rivers: Vec<RiverSeed>,
    /// Kecamatan.
    pub kecamatan: Vec<KecamatanSeed>,
    /// Kelurahan.
    pub areas: Vec<AreaSeed>,
    /// Known streets.
    pub streets: Vec<StreetSeed>,
    /// Known places.
    pub landmarks: Vec<LandmarkSeed>,
    /// Known crossings.
    pub junctions: Vec<JunctionSeed>,
    /// Units with the code of their Polres.
    pub units: Vec<(String, UnitRow)>,
}

/// Why the tables cannot be read: only a programmer who edits them sees it.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A row of a table.
    #[error("{table}: cannot read {row:?}")]
    Row {
        /// Which table.
        table: &'static str,
        /// The row.
        row: String,
    },
    /// A TOML file.
    #[error("{table}")]
    Toml {
        /// Which file.
        table: &'static str,
        /// Why.
        source: toml::de::Error,
    },
    /// A table of units.
    #[error("units")]
    Units(#[from] UnitsError),
}

impl Seed {
    /// Reads the tables packed into the program.
    ///
    /// # Errors
    /// [`SeedError`] when a table was edited wrongly; a test reads them all.
    pub fn read() -> Result<Self, SeedError> {
        let outline: OutlineFile = toml("outline.toml", OUTLINE)?;
        let mut units = Vec::new();
        for (polres, csv) in UNITS {
            units.extend(read_units(csv)?.into_iter().map(|row| (polres.to_owned(), row)));
        }
        Ok(Self {
            offices: toml::<OfficesFile>("offices.toml", OFFICES)?.office,
            outline: outline.outline,
            rivers: outline.river,
            kecamatan: rows("kecamatan.csv", KECAMATAN, kecamatan)?,
            areas: rows("areas.csv", AREAS, area)?,
            streets: toml::<ArterialsFile>("arterials.toml", ARTERIALS)?.street,
            landmarks: rows("landmarks.csv", LANDMARKS, landmark)?,
            junctions: rows("junctions.csv", JUNCTIONS, junction)?,
            units,
        })
    }
}

fn toml<T: serde::de::DeserializeOwned>(table: &'static str, text: &str) -> Result<T, SeedError> {
    ::toml::from_str(text).map_err(|source| SeedError::Toml { table, source })
}

/// The rows of a table after its comments and its header.
fn rows<T>(table: &'static str, csv: &str, read: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, SeedError> {
    let lines = csv.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).skip(1);
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        read(&fields).ok_or_else(|| SeedError::Row { table, row: line.to_owned() })
    };
    lines.map(row).collect()
}

fn point(lng: &str, lat: &str) -> Option<LngLat> {
    LngLat::checked(lng.parse().ok()?, lat.parse().ok()?).ok()
}

fn list(text: &str) -> Vec<String> {
    text.split(';').filter(|a| !a.is_empty()).map(str::to_owned).collect()
}

fn area(fields: &[&str]) -> Option<AreaSeed> {
    let [code, name, lng, lat, polsek, alias] = fields else { return None };
    let [code, name, polsek, alias] = [code, name, polsek, alias].map(|t| (*t).to_owned());
    Some(AreaSeed { code, name, seat: point(lng, lat)?, polsek, alias })
}

fn kecamatan(fields: &[&str]) -> Option<KecamatanSeed> {
    let [code, name, lng, lat] = fields else { return None };
    let [code, name] = [code, name].map(|t| (*t).to_owned());
    Some(KecamatanSeed { code, name, seat: point(lng, lat)? })
}

fn landmark(fields: &[&str]) -> Option<LandmarkSeed> {
    let [name, lng, lat, radius, aliases] = fields else { return None };
    let (at, radius_m) = (point(lng, lat)?, radius.parse().ok()?);
    Some(LandmarkSeed { name: (*name).to_owned(), at, radius_m, aliases: list(aliases) })
}

fn junction(fields: &[&str]) -> Option<JunctionSeed> {
    let [a, b, name, aliases] = fields else { return None };
    let [a, b, name] = [a, b, name].map(|t| (*t).to_owned());
    Some(JunctionSeed { streets: [a, b], name, aliases: list(aliases) })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_tables_hold_what_the_city_needs() {
        let seed = Seed::read().unwrap();
        assert_eq!((seed.kecamatan.len(), seed.areas.len()), (21, 151));
        assert_eq!(seed.offices.iter().map(|o| o.polsek.len()).collect::<Vec<_>>(), [13, 4]);
        assert_eq!(seed.offices[0].teams.len(), 12);
        let count = |code: &str| seed.units.iter().filter(|(polres, _)| polres == code).count();
        assert_eq!((count("medan"), count("belawan")), (40, 10));
        assert!(seed.landmarks.len() >= 110 && seed.streets.len() >= 35);
    }

    #[test]
    fn every_polsek_owns_a_kelurahan_and_every_code_is_known() {
        let seed = Seed::read().unwrap();
        let known: HashSet<&str> = seed.offices.iter().flat_map(|o| &o.polsek).map(|p| p.code.as_str()).collect();
        let used: HashSet<&str> = seed.areas.iter().map(|a| a.polsek.as_str()).collect();
        assert_eq!(known, used);
        let kecamatan: HashSet<&str> = seed.kecamatan.iter().map(|k| k.code.as_str()).collect();
        assert!(seed.areas.iter().all(|a| kecamatan.contains(a.code.rsplit_once('.').unwrap().0)));
        let polsek = seed.units.iter().filter_map(|(_, unit)| unit.polsek.as_deref());
        assert!(polsek.into_iter().all(|p| known.contains(p)));
    }

    #[test]
    fn named_crossings_name_known_streets() {
        let seed = Seed::read().unwrap();
        let names: HashSet<&str> = seed.streets.iter().map(|s| s.name.as_str()).collect();
        for junction in &seed.junctions {
            assert!(junction.streets.iter().all(|s| names.contains(s.as_str())), "{}", junction.name);
        }
    }
}
