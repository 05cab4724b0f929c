//! Areas as an office keeps them: kelurahan polygons, grouped into Polsek, grouped into Polres.

use geo::MultiPolygon;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::place::LngLat;

/// One kelurahan or desa and who polices it.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Code of the Ministry of Home Affairs, `12.71.07.1004`.
    pub code: String,
    /// Name of the kelurahan or desa.
    pub name: String,
    /// Code of the kecamatan, `12.71.07`.
    pub kecamatan_code: String,
    /// Name of the kecamatan.
    pub kecamatan: String,
    /// Code of the Polsek in charge, `medan-kota`.
    pub polsek: String,
    /// Code of the Polres in charge, `medan`.
    pub polres: String,
    /// The area; WGS 84 degrees, x = lng.
    pub shape: MultiPolygon<f64>,
}

/// A Polsek: a name and the seat its units count from when they have no fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Polsek {
    /// Code, `medan-kota`.
    pub code: String,
    /// Name, `Polsek Medan Kota`.
    pub name: String,
    /// Code of the Polres it belongs to.
    pub polres: String,
    /// Seat: where its station stands.
    pub seat: LngLat,
}

/// A Polres: one journal, one desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Office {
    /// Code, `medan`.
    pub code: String,
    /// Name, `Polrestabes Medan`.
    pub name: String,
    /// Prefix of its human numbers, `MDN`.
    pub prefix: String,
    /// Hours east of Greenwich: 7 WIB, 8 WITA, 9 WIT (Indonesia has no summer time).
    pub utc_offset_h: i32,
    /// Seat of the office.
    pub seat: LngLat,
    /// Whether its area, streets and units are invented (shown on every screen).
    pub synthetic: bool,
}
