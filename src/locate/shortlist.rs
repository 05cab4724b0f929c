//! Which names are worth comparing with a phrase: a few hundred of millions.
//!
//! Names that share its rarest pieces, lifted by the areas it names, and all kelurahan of the kecamatan
//! it most probably names.

use std::collections::HashSet;

use super::address::{self, AddressWord, Weight};
use super::gazetteer::{Gazetteer, Key};

/// Names compared exactly for one query because of their own likeness.
const SHORTLIST: usize = 80;

/// Kecamatan all of whose kelurahan are compared.
const OPENED: usize = 4;

/// Names of kelurahan taken from one kecamatan.
const MOST_KELURAHAN: usize = 60;

/// Where the number of an area ends in a key's, and which of [`lifts`] counts begins.
pub(super) const LIFT_AT: u32 = 30;
pub(super) const AREA: u32 = (1 << LIFT_AT) - 1;

/// The [`SHORTLIST`] best ranks of many.
struct Best {
    ranked: Vec<(f32, u32)>,
    /// What is below it is not among them.
    least: f32,
}

impl Default for Best {
    fn default() -> Self {
        Self { ranked: Vec::with_capacity(8 * SHORTLIST), least: f32::NEG_INFINITY }
    }
}

impl Best {
    /// The higher rank first, of equal ones the lower number.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as sorting asks")]
    fn order(a: &(f32, u32), b: &(f32, u32)) -> std::cmp::Ordering {
        b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
    }

    fn push(&mut self, one: (f32, u32)) {
        if self.ranked.len() == 8 * SHORTLIST {
            self.cut();
        }
        self.ranked.push(one);
    }

    fn cut(&mut self) {
        if self.ranked.len() > SHORTLIST {
            self.ranked.select_nth_unstable_by(SHORTLIST - 1, Self::order);
            self.ranked.truncate(SHORTLIST);
            self.least = self.ranked[SHORTLIST - 1].0;
        }
    }

    /// Their numbers, the best first.
    fn finish(mut self) -> Vec<u32> {
        self.cut();
        self.ranked.sort_unstable_by(Self::order);
        self.ranked.into_iter().map(|(_, number)| number).collect()
    }
}

impl Gazetteer {
    /// The keys that share the most telling pieces with the words, best first. The area a phrase names
    /// lifts what lies in it.
    pub(super) fn shortlist(&self, words: &[AddressWord]) -> Vec<Key> {
        let mut texts: Vec<String> = Vec::new();
        let asked = |word: &AddressWord| word.weight != Weight::Weak || (word.text.len() > 3 && !is_kind(&word.text));
        for (at, word) in words.iter().enumerate().filter(|(_, word)| asked(word)) {
            texts.push(address::squeezed([word.text.as_str()]));
            let next = words.get(at + 1).filter(|next| next.part == word.part && next.weight != Weight::Weak);
            texts.extend(next.map(|next| address::squeezed([word.text.as_str(), next.text.as_str()])));
        }
        let asked = || texts.iter().map(String::as_str);
        let found = self.name_index.strongest(asked(), 3);
        if found.is_empty() {
            return Vec::new();
        }
        let above = self.kecamatan_index.points(asked());
        let lifts = self.lifts(&above, asked());
        let lift = |packed: u32| 0.6 * f32::from(lifts[(packed >> LIFT_AT) as usize][(packed & AREA) as usize]);
        let mut best = Best::default();
        for (key, points) in found {
            let (points, lift) = (f32::from(points), lift(self.key_areas[key as usize]));
            // Its rank is at most this: most names need no further look.
            if points + lift < best.least {
                continue;
            }
            let share = points / f32::from(self.key_points[key as usize].max(1));
            best.push((points * share.min(1.0).sqrt() + lift, key));
        }
        let mut numbers: Vec<u32> = best.finish();
        let known = numbers.len();
        numbers.extend(self.kelurahan_of(&above));
        let mut seen: HashSet<u32> = numbers[..known].iter().copied().collect();
        let mut at = 0;
        numbers.retain(|number| {
            at += 1;
            at <= known || seen.insert(*number)
        });
        numbers.into_iter().map(|number| Key { number, entry: self.key_entries[number as usize] }).collect()
    }

    /// Keys of all kelurahan of a kabupaten or kota, by its squeezed name.
    pub(super) fn kelurahan_in(&self, regency: &str) -> impl Iterator<Item = Key> {
        let own = self.kecamatan.iter().enumerate().filter(move |(_, one)| one.regency == regency);
        let keys = own.flat_map(|(at, _)| {
            let start = at.checked_sub(1).map_or(0, |before| self.kelurahan_ends[before]) as usize;
            &self.kelurahan_keys[start..self.kelurahan_ends[at] as usize]
        });
        keys.map(|number| Key { number: *number, entry: self.key_entries[*number as usize] })
    }

    /// Points for each area that the phrase lends to what lies in it: of its kecamatan, of its kecamatan
    /// or itself, none.
    fn lifts<'a>(&self, above: &[(u32, u16)], asked: impl Iterator<Item = &'a str>) -> [Vec<u16>; 3] {
        let kecamatan = strongest(self.kecamatan.len(), above);
        let upper: Vec<u16> = self.area_kecamatan.iter().map(|number| kecamatan[*number as usize]).collect();
        if !self.has_inner {
            return [upper, Vec::new(), Vec::new()];
        }
        let mut either = upper.clone();
        for (area, points) in self.area_index.strongest(asked, 3) {
            either[area as usize] = either[area as usize].max(points);
        }
        [upper, either, vec![0; self.areas.len()]]
    }

    /// Keys of the kelurahan of the kecamatan that the phrase most probably names, whatever their own
    /// likeness: among so few even a badly misspelt one is found.
    fn kelurahan_of(&self, kecamatan: &[(u32, u16)]) -> impl Iterator<Item = u32> + '_ {
        let share = |one: &(u32, u16)| f32::from(one.1) / f32::from(self.kecamatan_points[one.0 as usize].max(1));
        let mut likely: Vec<(f32, u32)> =
            kecamatan.iter().map(|one| (f32::from(one.1) * share(one).min(1.0), one.0)).collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if likely.len() > OPENED {
            likely.select_nth_unstable_by(OPENED, order);
            likely.truncate(OPENED);
        }
        likely.sort_unstable_by(order);
        likely.into_iter().flat_map(|(_, number)| {
            let start = if number == 0 { 0 } else { self.kelurahan_ends[number as usize - 1] };
            let keys = start as usize..self.kelurahan_ends[number as usize] as usize;
            self.kelurahan_keys[keys].iter().copied().take(MOST_KELURAHAN)
        })
    }
}

/// Words that say the kind: in every other phrase.
fn is_kind(word: &str) -> bool {
    matches!(word, "jalan" | "gang" | "desa" | "kelurahan" | "kecamatan" | "simpang")
}

/// Points of the areas a phrase most probably names: those with at least a third of the best one's.
fn strongest(count: usize, found: &[(u32, u16)]) -> Vec<u16> {
    let most = found.iter().map(|one| one.1).max().unwrap_or(0);
    let mut all = vec![0; count];
    found.iter().filter(|one| one.1 >= most / 3).for_each(|one| all[one.0 as usize] = one.1);
    all
}
