//! What the tests of the room share: a noon, an hour of a stretch, and people of a town of two streets.

use super::script::{LINE, Period};
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::clock::Timestamp;
use crate::model::place::LngLat;
use crate::sim::citizens::{Citizens, Line};

/// 2026-11-21, 12:00 in Medan.
pub const NOON: Timestamp = Timestamp::from_secs(1_795_237_200);

/// Four hours from noon on.
pub const fn four_hours(per_hour: f64) -> Period {
    Period { begin: NOON, secs: 4.0 * 3600.0, per_hour, utc_offset_h: 7 }
}

pub fn citizens(seed: u64) -> Citizens {
    let place = |name: &str, at: LngLat| GazetteerEntry {
        name: name.to_owned(),
        kind: PlaceKind::Street,
        at,
        radius_m: 100.0,
        kelurahan: "Kenanga".to_owned(),
        kecamatan: "Kota Barat".to_owned(),
        kecamatan_code: "12.71.01".to_owned(),
        desa_code: "12.71.01.1001".to_owned(),
        aliases: Vec::new(),
    };
    let places = [place("Jl. Kenanga", LngLat::new(98.63, 3.59)), place("Jl. Melati", LngLat::new(98.70, 3.59))];
    Citizens::new(vec![Line { phone_number_id: LINE.to_owned(), places: places.into() }], seed).unwrap()
}
