//! Whose question it is: of several places of one name, those in the areas of the office that asks go
//! first.

use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use super::jurisdiction_index::JurisdictionIndex;
use crate::model::place::{BBox, LngLat};

/// The areas of one office.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    areas: &'a JurisdictionIndex,
    polres: &'a str,
    bounds: BBox,
}

impl<'a> Home<'a> {
    /// The areas of an office; `None` when it has none, and no place is its own.
    #[must_use]
    pub fn of(polres: &'a str, areas: &'a JurisdictionIndex) -> Option<Self> {
        Some(Self { areas, polres, bounds: areas.bounds(polres)? })
    }

    /// Whether an entry, meant at this point, lies there. The middle of a kecamatan may lie in the water,
    /// so its code goes before its point; elsewhere the point goes before the code.
    #[must_use]
    pub fn has(&self, entry: &GazetteerEntry, at: LngLat) -> bool {
        let by_code = || self.areas.has_kecamatan(self.polres, &entry.kecamatan_code);
        if entry.kind == PlaceKind::Kecamatan && by_code() {
            return true;
        }
        let around = self.bounds.contains(at).then(|| self.areas.containing(at)).flatten();
        around.map_or_else(by_code, |area| area.polres == self.polres)
    }

    /// The middle of its box.
    #[must_use]
    pub fn middle(&self) -> LngLat {
        let BBox { west, south, east, north } = self.bounds;
        LngLat::new(f64::midpoint(west, east), f64::midpoint(south, north))
    }
}

#[cfg(test)]
mod tests {
    use super::super::jurisdiction_index::tests::area;
    use super::*;

    fn entry(kind: PlaceKind, code: &str) -> GazetteerEntry {
        GazetteerEntry {
            name: "Contoh".to_owned(),
            kind,
            at: LngLat::new(0.0, 0.0),
            radius_m: 100.0,
            kelurahan: String::new(),
            kecamatan: "Contoh".to_owned(),
            kecamatan_code: code.to_owned(),
            desa_code: String::new(),
            aliases: Vec::new(),
        }
    }

    #[test]
    fn a_place_is_at_home_where_its_point_lies_and_a_kecamatan_by_its_code() {
        let mut other = area("12.71.02.1001", "b", [5.0, 0.0, 10.0, 10.0]);
        "belawan".clone_into(&mut other.polres);
        "12.71.02".clone_into(&mut other.kecamatan_code);
        let index = JurisdictionIndex::new(vec![area("12.71.01.1001", "a", [0.0, 0.0, 5.0, 10.0]), other], Vec::new());
        let home = Home::of("medan", &index).unwrap();
        let at = |x: f64| LngLat::new(98.6 + x * 0.001, 3.505);
        let street = entry(PlaceKind::Street, "12.71.01");
        assert!(home.has(&street, at(2.0)) && !home.has(&entry(PlaceKind::Street, "12.71.02"), at(7.0)));
        assert!(home.has(&entry(PlaceKind::Street, ""), at(2.0)) && !home.has(&entry(PlaceKind::Street, ""), at(50.0)));
        // In no area: the code says whose it is; of a kecamatan it always does.
        assert!(home.has(&street, at(-3.0)));
        let (own, others) = (entry(PlaceKind::Kecamatan, "12.71.01"), entry(PlaceKind::Kecamatan, "12.71.02"));
        assert!(home.has(&own, at(20.0)) && !home.has(&others, at(20.0)));
        assert!((home.middle().lng - 98.6025).abs() < 1e-9);
        assert!(Home::of("kudus", &index).is_none());
    }
}
