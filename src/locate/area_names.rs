//! Names that areas bring with them: an office that imported its boundaries can be searched by the
//! names of its kelurahan without a list of places.

use std::collections::HashSet;

use geo::{Centroid, Contains, InteriorPoint};

use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::jurisdiction::Area;
use crate::model::place::LngLat;

/// The places, and an entry for each area whose code none of them has.
#[must_use]
pub fn with_areas<'a>(
    mut places: Vec<GazetteerEntry>,
    areas: impl IntoIterator<Item = &'a Area>,
) -> Vec<GazetteerEntry> {
    let named = places.iter().filter(|place| place.kind == PlaceKind::Kelurahan);
    let known: HashSet<String> = named.map(|place| place.desa_code.clone()).collect();
    places.extend(areas.into_iter().filter(|area| !known.contains(&area.code)).filter_map(entry));
    places
}

/// A kelurahan with a point inside it, and how far it reaches from there.
fn entry(area: &Area) -> Option<GazetteerEntry> {
    let middle = area.shape.centroid()?;
    let inside = if area.shape.contains(&middle) { middle } else { area.shape.interior_point()? };
    let at = LngLat::new(inside.x(), inside.y());
    let corners = area.shape.iter().flat_map(|polygon| polygon.exterior().coords());
    let reach = corners.map(|corner| LngLat::new(corner.x, corner.y).distance_m(at)).fold(0.0, f64::max);
    Some(GazetteerEntry {
        name: area.name.clone(),
        kind: PlaceKind::Kelurahan,
        at,
        radius_m: reach.ceil(),
        kelurahan: area.name.clone(),
        kecamatan: area.kecamatan.clone(),
        kecamatan_code: area.kecamatan_code.clone(),
        desa_code: area.code.clone(),
        aliases: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::jurisdiction_index::tests::area;
    use super::*;

    #[test]
    fn areas_without_a_name_of_their_own_bring_one() {
        let areas =
            [area("12.71.01.1001", "a", [0.0, 0.0, 10.0, 10.0]), area("12.71.01.1002", "a", [10.0, 0.0, 12.0, 10.0])];
        let own = with_areas(Vec::new(), &areas[..1]);
        assert_eq!((own.len(), own[0].desa_code.as_str(), own[0].radius_m), (1, "12.71.01.1001", 786.0));
        let both = with_areas(own, &areas);
        assert_eq!(
            both.iter().map(|one| one.desa_code.as_str()).collect::<Vec<_>>(),
            ["12.71.01.1001", "12.71.01.1002"]
        );
    }
}
