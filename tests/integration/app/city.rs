//! A city small enough to know by heart: two offices, three Polsek, three squares, seven units.
//!
//! West to east `barat` and `timur` of Polres `medan`; five kilometres north of them `bahari` of
//! Polres `belawan`. Everything in it is invented.

use geo::{MultiPolygon, polygon};
use sigap::dispatch::command::NewUnit;
use sigap::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use sigap::model::jurisdiction::{Area, Office, Polsek};
use sigap::model::place::LngLat;
use sigap::model::unit::UnitKind;
use sigap::store::{Statement, offices};

/// The middle of Polsek Barat.
pub const BARAT: LngLat = LngLat::new(98.635, 3.590);
/// The middle of Polsek Timur.
pub const TIMUR: LngLat = LngLat::new(98.705, 3.590);
/// The middle of Polsek Bahari, of the other office.
pub const BAHARI: LngLat = LngLat::new(98.670, 3.720);
/// Inside no area, but in Indonesia.
pub const NOWHERE: LngLat = LngLat::new(99.500, 2.900);

/// Code, name, kecamatan, Polsek, Polres, and west, south, east, north.
type Square = (&'static str, &'static str, &'static str, &'static str, &'static str, [f64; 4]);

const SQUARES: [Square; 3] = [
    ("12.71.01.1001", "Kenanga", "Kota Barat", "barat", "medan", [98.60, 3.55, 98.67, 3.63]),
    ("12.71.02.1001", "Melati", "Kota Timur", "timur", "medan", [98.67, 3.55, 98.74, 3.63]),
    ("12.71.03.1001", "Bahari", "Pelabuhan", "bahari", "belawan", [98.60, 3.68, 98.74, 3.76]),
];

/// The statements that record the city.
pub fn statements() -> Vec<Statement> {
    let mut job = Vec::new();
    for (code, name, prefix, seat) in
        [("medan", "Polrestabes Contoh", "MDN", BARAT), ("belawan", "Polres Bahari", "BLW", BAHARI)]
    {
        let (code, name, prefix) = (code.to_owned(), name.to_owned(), prefix.to_owned());
        job.push(offices::upsert_office(&Office { code, name, prefix, utc_offset_h: 7, seat, synthetic: true }));
    }
    for polres in ["medan", "belawan"] {
        let own: Vec<&Square> = SQUARES.iter().filter(|square| square.4 == polres).collect();
        let polseks: Vec<Polsek> = own.iter().map(|square| polsek(square)).collect();
        job.extend(offices::replace_polseks(polres, &polseks));
        job.extend(offices::replace_areas(polres, &own.iter().map(|square| area(square)).collect::<Vec<_>>(), 1));
        job.extend(offices::replace_places(polres, &own.iter().map(|square| street(square)).collect::<Vec<_>>()));
    }
    job
}

fn middle([west, south, east, north]: [f64; 4]) -> LngLat {
    LngLat::new(f64::midpoint(west, east), f64::midpoint(south, north))
}

fn polsek((_, _, _, polsek, polres, edges): &Square) -> Polsek {
    let name = format!("Polsek {polsek}");
    Polsek { code: (*polsek).to_owned(), name, polres: (*polres).to_owned(), seat: middle(*edges) }
}

fn area((code, name, kecamatan, polsek, polres, [w, s, e, n]): &Square) -> Area {
    let ring = polygon![(x: *w, y: *s), (x: *e, y: *s), (x: *e, y: *n), (x: *w, y: *n), (x: *w, y: *s)];
    Area {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        kecamatan_code: code.rsplit_once('.').unwrap().0.to_owned(),
        kecamatan: (*kecamatan).to_owned(),
        polsek: (*polsek).to_owned(),
        polres: (*polres).to_owned(),
        shape: MultiPolygon::new(vec![ring]),
    }
}

fn street((code, name, kecamatan, _, _, edges): &Square) -> GazetteerEntry {
    GazetteerEntry {
        name: format!("Jl. {name} Raya"),
        kind: PlaceKind::Street,
        at: middle(*edges),
        radius_m: 200.0,
        kelurahan: (*name).to_owned(),
        kecamatan: (*kecamatan).to_owned(),
        kecamatan_code: code.rsplit_once('.').unwrap().0.to_owned(),
        desa_code: (*code).to_owned(),
        aliases: Vec::new(),
    }
}

/// The units of an office. Cars stand nearer to the middle of their Polsek than the others.
pub fn units(polres: &str) -> Vec<NewUnit> {
    let all = [
        ("B-1", UnitKind::Car, Some("barat"), BARAT.offset_m(300.0, 0.0), "medan"),
        ("B-2", UnitKind::Motorcycle, Some("barat"), BARAT.offset_m(0.0, 1200.0), "medan"),
        ("T-1", UnitKind::Car, Some("timur"), TIMUR.offset_m(300.0, 0.0), "medan"),
        ("T-2", UnitKind::Traffic, Some("timur"), TIMUR.offset_m(0.0, 1200.0), "medan"),
        ("M-1", UnitKind::Detective, None, TIMUR.offset_m(2000.0, 2000.0), "medan"),
        ("L-1", UnitKind::Car, Some("bahari"), BAHARI.offset_m(300.0, 0.0), "belawan"),
        ("L-2", UnitKind::Traffic, Some("bahari"), BAHARI.offset_m(0.0, 900.0), "belawan"),
    ];
    let own = all.into_iter().filter(|unit| unit.4 == polres);
    own.map(|(call_sign, kind, polsek, post, _)| NewUnit {
        call_sign: call_sign.to_owned(),
        kind,
        polsek: polsek.map(str::to_owned),
        crew: 2,
        post,
    })
    .collect()
}
