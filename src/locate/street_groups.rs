//! Pieces of one street become one name: maps hold a street in many segments.
//!
//! Streets with the same squeezed name are one where each piece lies within [`APART_M`] of another; the
//! rest stay apart, because every kelurahan has its Jalan Melati.

use std::collections::BTreeMap;

use super::address;
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::place::LngLat;

/// Pieces of one name farther apart than this are different streets, metres.
pub const APART_M: f64 = 1_500.0;

/// The entries, with pieces of one street put together; order of first pieces.
#[must_use]
pub fn group_streets(entries: Vec<GazetteerEntry>) -> Vec<GazetteerEntry> {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind == PlaceKind::Street) {
        let words = address::name_words(&entry.name, entry.kind);
        by_name.entry(address::squeezed(words.iter().map(|word| word.text.as_str()))).or_default().push(number);
    }
    let mut first_of: Vec<usize> = (0..entries.len()).collect();
    for mut open in by_name.into_values() {
        // From the lowest piece outwards; what is reached belongs to it.
        while let Some(first) = open.first().copied() {
            let mut reached = vec![first];
            open.retain(|one| *one != first);
            let mut next = 0;
            while let Some(from) = reached.get(next).map(|at| entries[*at].clone()) {
                let near = |other: &usize| {
                    let other = &entries[*other];
                    from.at.distance_m(other.at) - from.radius_m - other.radius_m <= APART_M
                };
                let (found, left): (Vec<usize>, Vec<usize>) = open.into_iter().partition(near);
                reached.extend(found);
                open = left;
                next += 1;
            }
            reached.iter().for_each(|at| first_of[*at] = first);
        }
    }
    let mut pieces: BTreeMap<usize, Vec<GazetteerEntry>> = BTreeMap::new();
    for (entry, first) in entries.into_iter().zip(first_of) {
        pieces.entry(first).or_default().push(entry);
    }
    pieces.values().filter_map(|pieces| joined(pieces)).collect()
}

/// One street of its pieces: the piece nearest to their middle gives point and area.
fn joined(pieces: &[GazetteerEntry]) -> Option<GazetteerEntry> {
    #[expect(clippy::cast_precision_loss, reason = "pieces of a street")]
    let count = pieces.len() as f64;
    let middle = LngLat::new(
        pieces.iter().map(|one| one.at.lng).sum::<f64>() / count,
        pieces.iter().map(|one| one.at.lat).sum::<f64>() / count,
    );
    let nearest = pieces.iter().min_by(|a, b| a.at.distance_m(middle).total_cmp(&b.at.distance_m(middle)));
    let mut street = nearest.cloned()?;
    let reach = pieces.iter().map(|one| one.at.distance_m(street.at) + one.radius_m);
    street.radius_m = reach.fold(0.0, f64::max).ceil();
    let mut aliases: Vec<String> = pieces.iter().flat_map(|one| one.aliases.clone()).collect();
    aliases.sort_unstable();
    aliases.dedup();
    street.aliases = aliases;
    Some(street)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> GazetteerEntry {
        GazetteerEntry {
            name: String::new(),
            kind: PlaceKind::Street,
            at: LngLat::new(0.0, 0.0),
            radius_m: 0.0,
            kelurahan: String::new(),
            kecamatan: String::new(),
            kecamatan_code: String::new(),
            desa_code: String::new(),
            aliases: Vec::new(),
        }
    }

    fn piece(name: &str, east_m: f64) -> GazetteerEntry {
        let at = LngLat::new(98.6, 3.5).offset_m(east_m, 0.0);
        GazetteerEntry { name: name.to_owned(), at, radius_m: 100.0, ..nowhere() }
    }

    #[test]
    fn pieces_that_follow_each_other_are_one_street_and_far_ones_another() {
        let pieces = [
            ("Jl. Krakatau", 0.0),
            ("Jalan Krakatau", 1_200.0),
            ("Jl Krakatau", 2_800.0),
            ("Jl. Krakatau", 9_000.0),
            ("Jl. Cemara", 100.0),
        ];
        let streets = group_streets(pieces.map(|(name, at)| piece(name, at)).to_vec());
        let reach: Vec<f64> = streets.iter().map(|one| one.radius_m).collect();
        assert_eq!(reach, [1_700.0, 100.0, 100.0]);
        assert!((streets[0].at.distance_m(piece("", 1_200.0).at)) < 1.0);
    }
}
