//! A nation of invented villages, for measuring: names, and areas that tile the ground without gaps.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::locate::regencies::Regency;
use crate::model::jurisdiction::Area;
use crate::model::place::LngLat;

const HEADS: [&str; 40] = [
    "suka", "karang", "kedung", "banjar", "tanjung", "sumber", "wono", "pring", "lubuk", "muara", "bandar", "gunung",
    "ujung", "simpang", "kali", "bulu", "jati", "mojo", "randu", "tegal", "pulo", "batu", "mekar", "sido", "teluk",
    "padang", "rawa", "cipta", "nagri", "bukit", "pasir", "ranto", "semper", "walu", "gading", "kemang", "balong",
    "parit", "sawah", "lembah",
];
const TAILS: [&str; 36] = [
    "rejo", "sari", "maju", "jaya", "mulyo", "agung", "harjo", "asri", "indah", "makmur", "wangi", "baru", "tani",
    "langu", "wetan", "kulon", "kidul", "lor", "lama", "hilir", "hulu", "tengah", "dua", "anyar", "gede", "ombo",
    "duwur", "ngisor", "manis", "pandan", "waru", "aren", "salak", "duren", "nangka", "kopi",
];
const MIDDLES: [&str; 24] = [
    "", "", "", "", "ka", "ta", "ng", "li", "mo", "ra", "si", "do", "pe", "lu", "be", "nu", "ge", "wa", "ci", "to",
    "ma", "du", "ri", "ke",
];

fn name(rng: &mut fastrand::Rng) -> String {
    let head = HEADS[rng.usize(..HEADS.len())];
    let tail = TAILS[rng.usize(..TAILS.len())];
    let middle = MIDDLES[rng.usize(..MIDDLES.len())];
    let word = if rng.u8(..3) == 0 { format!("{head}{middle} {tail}") } else { format!("{head}{middle}{tail}") };
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    word.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

/// `count` kelurahan under kecamatan of 15 of these kabupaten, in order; the same for the same seed.
#[must_use]
pub fn villages(count: usize, regencies: &[Regency], rng: &mut fastrand::Rng) -> Vec<GazetteerEntry> {
    let mut all = Vec::with_capacity(count);
    let per_regency = count.div_ceil(regencies.len().max(1)).max(1);
    for (number, regency) in regencies.iter().enumerate() {
        let seat = LngLat::new(96.0 + rng.f64() * 44.0, -9.0 + rng.f64() * 13.0);
        let mut kecamatan = String::new();
        for desa in 0..per_regency.min(count - (number * per_regency).min(count)) {
            if desa % 15 == 0 {
                kecamatan = name(rng);
            }
            let name = name(rng);
            let kecamatan_code = format!("{}.{:02}", regency.code, desa / 15 + 1);
            all.push(GazetteerEntry {
                kind: PlaceKind::Kelurahan,
                at: seat.offset_m((rng.f64() - 0.5) * 40_000.0, (rng.f64() - 0.5) * 40_000.0),
                radius_m: 1_200.0,
                kelurahan: name.clone(),
                kecamatan: kecamatan.clone(),
                desa_code: format!("{kecamatan_code}.{}", 2_001 + desa % 15),
                kecamatan_code,
                aliases: Vec::new(),
                name,
            });
        }
    }
    all
}

/// Streets and landmarks of these villages, one after another.
pub fn places<'a>(
    count: usize,
    villages: &'a [GazetteerEntry],
    rng: &'a mut fastrand::Rng,
) -> impl Iterator<Item = GazetteerEntry> + 'a {
    (0..count).map(move |number| {
        let village = &villages[rng.usize(..villages.len())];
        let plain = name(rng);
        let (name, kind) = match number % 4 {
            0 => (format!("Jl. {plain}"), PlaceKind::Street),
            1 => (format!("Gg. {plain}"), PlaceKind::Gang),
            2 => (format!("Masjid {plain}"), PlaceKind::Landmark),
            _ => (format!("SD Negeri {} {plain}", number % 900), PlaceKind::Landmark),
        };
        GazetteerEntry { name, kind, radius_m: 150.0, ..village.clone() }
    })
}

/// Corners of one side of an area between two corners of the lattice.
const CORNERS_A_SIDE: u32 = 26;

/// `side` × `side` areas of about 104 corners that share their borders exactly, a hundredth of a degree
/// wide, from `west`, `south` on.
#[must_use]
pub fn areas(side: u32, west: f64, south: f64) -> Vec<Area> {
    let ground = Ground { west, south };
    let cells = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
    cells
        .map(|(row, column)| {
            let mut ring = ground.line((column, row), (column + 1, row));
            ring.extend(ground.line((column + 1, row), (column + 1, row + 1)));
            ring.extend(ground.line((column, row + 1), (column + 1, row + 1)).into_iter().rev());
            ring.extend(ground.line((column, row), (column, row + 1)).into_iter().rev());
            ring.dedup();
            let code = format!("99.{:02}.{:02}.{:04}", row / 15 % 100, column / 15 % 100, row % 15 * 15 + column % 15);
            Area {
                name: format!("Desa {row}-{column}"),
                kecamatan_code: code.rsplit_once('.').map_or("", |(head, _)| head).to_owned(),
                kecamatan: format!("Kecamatan {}-{}", row / 15, column / 15),
                polsek: format!("polsek-{}-{}", row / 15, column / 15),
                polres: format!("polres-{}", row / 60),
                shape: MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())]),
                code,
            }
        })
        .collect()
}

struct Ground {
    west: f64,
    south: f64,
}

impl Ground {
    /// From one corner of the lattice to the next one east or north, crooked, the same for both sides.
    fn line(&self, from: (u32, u32), to: (u32, u32)) -> Vec<Coord<f64>> {
        let (a, b) = (self.corner(from), self.corner(to));
        let upright = from.0 == to.0;
        let seed = u64::from(from.0) << 33 | u64::from(from.1) << 1 | u64::from(upright);
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut points = vec![a];
        for n in 1..CORNERS_A_SIDE {
            let share = f64::from(n) / f64::from(CORNERS_A_SIDE);
            // Crooked across its direction only, so that it never crosses itself.
            let off = (rng.f64() - 0.5) * 0.001_2;
            let at = Coord { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
            points.push(if upright { Coord { x: at.x + off, ..at } } else { Coord { y: at.y + off, ..at } });
        }
        points.push(b);
        points
    }

    fn corner(&self, (column, row): (u32, u32)) -> Coord<f64> {
        let mut rng = fastrand::Rng::with_seed(u64::from(column) << 32 | u64::from(row) | 1 << 63);
        Coord {
            x: self.west + f64::from(column) * 0.01 + (rng.f64() - 0.5) * 0.003,
            y: self.south + f64::from(row) * 0.01 + (rng.f64() - 0.5) * 0.003,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locate::jurisdiction_index::JurisdictionIndex;
    use crate::locate::regencies;

    #[test]
    fn areas_tile_the_ground_and_every_point_has_the_owner_a_scan_finds() {
        use geo::Contains;
        let areas = areas(12, 110.0, -7.5);
        let index = JurisdictionIndex::new(areas.clone(), Vec::new());
        let mut rng = fastrand::Rng::with_seed(2);
        for _ in 0..3_000 {
            let at = LngLat::new(110.01 + rng.f64() * 0.1, -7.49 + rng.f64() * 0.1);
            let point = geo::Point::new(at.lng, at.lat);
            let holding: Vec<&str> =
                areas.iter().filter(|area| area.shape.contains(&point)).map(|area| area.code.as_str()).collect();
            let found = index.containing(at).map(|area| area.code.as_str());
            assert_eq!(found.into_iter().collect::<Vec<_>>(), holding, "{at:?}");
        }
        // A corner of the lattice lies on the edge of four areas: the lowest code owns it, always.
        for (n, area) in areas.iter().enumerate() {
            let corner = area.shape.0[0].exterior().0[0];
            let at = LngLat::new(corner.x, corner.y);
            let touching = areas.iter().filter(|other| other.shape.0[0].exterior().0.contains(&corner));
            let lowest = touching.map(|other| other.code.as_str()).min();
            assert_eq!(index.containing(at).map(|area| area.code.as_str()), lowest, "area {n}");
        }
    }

    #[test]
    fn villages_lie_in_their_regencies() {
        let all = [regencies::of_code("12.71").unwrap().clone(), regencies::of_code("35.17").unwrap().clone()];
        let villages = villages(100, &all, &mut fastrand::Rng::with_seed(1));
        assert_eq!(villages.len(), 100);
        assert!(villages[..50].iter().all(|one| one.desa_code.starts_with("12.71.")));
        assert_eq!(villages[99].kecamatan_code, "35.17.04");
        assert_eq!(places(8, &villages, &mut fastrand::Rng::with_seed(1)).count(), 8);
    }
}
