//! One named place of the gazetteer: what the fuzzy search looks through and answers with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::place::LngLat;

/// What sort of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A kelurahan or desa.
    Kelurahan,
    /// A kecamatan.
    Kecamatan,
    /// A street (*jalan*).
    Street,
    /// A lane (*gang*), usually a dead end.
    Gang,
    /// A known building or spot: hospital, market, station, campus, mosque, bridge.
    Landmark,
    /// Where two named streets meet (*simpang*).
    Intersection,
    /// A kilometre stone along a named street.
    Kilometre,
}

/// A name, where it is and how far it reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GazetteerEntry {
    /// Name as people write it, `Jl. Sisingamangaraja`.
    pub name: String,
    /// What it names.
    pub kind: PlaceKind,
    /// A representative point: on the street, inside the area, at the gate.
    pub at: LngLat,
    /// Distance from `at` within which all of it lies, metres.
    pub radius_m: f64,
    /// Name of the kelurahan `at` lies in; empty for a kecamatan.
    pub kelurahan: String,
    /// Name of the kecamatan.
    pub kecamatan: String,
    /// Code of the kecamatan, `12.71.07`.
    pub kecamatan_code: String,
    /// Code of the kelurahan or desa, `12.71.07.1004`; empty for a kecamatan.
    pub desa_code: String,
    /// Other names for the same place.
    pub aliases: Vec<String>,
}
