//! The gazetteer: names in, and for any misspelt phrase the names that look most like it.
//!
//! Made for a city or a nation: names, points and areas lie in columns, texts in one pool, and an entry
//! is put together only when it is asked for. Each name and alias is a key; so is the shorter form of
//! a kecamatan that repeats its city's name (`Johor` for Medan Johor). Kecamatan that no entry gives
//! are made of their kelurahan. Kelurahan and kecamatan are indexed apart, so that `sukamaju
//! sumobito` finds the one Sukamaju of many.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::address::{self, AddressWord};
pub use super::gazetteer_csv::{GazetteerError, parse_csv};
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use super::name_index::NameIndex;
use super::regencies;
use super::shortlist::{AREA, LIFT_AT};
use crate::model::place::LngLat;

/// An area an entry lies in: its kelurahan and the kecamatan.
#[derive(Debug, Clone)]
pub(super) struct Area {
    pub kelurahan: Box<str>,
    pub desa_code: Box<str>,
    /// Number among the kecamatan.
    pub kecamatan: u32,
    pub squeezed: Box<str>,
}

/// A kecamatan.
#[derive(Debug, Clone)]
pub(super) struct Kecamatan {
    pub name: Box<str>,
    pub code: Box<str>,
    pub squeezed: Box<str>,
    /// Without the city's name, `johor` of Medan Johor; empty when there is none.
    pub short: Box<str>,
    /// The short form is a common word (`kota`, `timur`): it names the kecamatan only after `kec`.
    pub common: bool,
    /// Squeezed name of the kabupaten or kota, from the code; empty when unknown.
    pub regency: &'static str,
}

/// Names of places, ready to search.
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    kinds: Vec<PlaceKind>,
    /// Longitude and latitude, ten-millionths of a degree (11 mm).
    points: Vec<[i32; 2]>,
    radii: Vec<f32>,
    entry_areas: Vec<u32>,
    /// Name and aliases of each entry, parted by `|`.
    names: Pool,
    pub(super) areas: Vec<Area>,
    /// The kecamatan of each area.
    pub(super) area_kecamatan: Vec<u32>,
    pub(super) kecamatan: Vec<Kecamatan>,
    pub(super) key_entries: Vec<u32>,
    /// Squeezed words of each key, parted by blanks.
    keys: Pool,
    /// Points each key has from its own pieces.
    pub(super) key_points: Vec<u16>,
    /// The area each key lies in, and what lifts it ([`LIFT_AT`]).
    pub(super) key_areas: Vec<u32>,
    /// Keys of kelurahan, kecamatan after kecamatan, and where each kecamatan's end.
    pub(super) kelurahan_keys: Vec<u32>,
    pub(super) kelurahan_ends: Vec<u32>,
    /// Points each kecamatan has from its own pieces.
    pub(super) kecamatan_points: Vec<u16>,
    pub(super) name_index: NameIndex,
    pub(super) area_index: NameIndex,
    pub(super) kecamatan_index: NameIndex,
    /// The names lie in more than one kabupaten: which one is worth hearing.
    several_regencies: bool,
    /// Squeezed names of the kabupaten and kota the names lie in.
    regencies: HashSet<&'static str>,
    /// There are names of places inside kelurahan.
    pub(super) has_inner: bool,
    /// Kilometre entries by the squeezed name of their road: kilometre, entry.
    kilometres: BTreeMap<String, Vec<(f64, u32)>>,
}

/// Texts one after another.
#[derive(Debug, Clone, Default)]
struct Pool {
    text: String,
    ends: Vec<u32>,
}

impl Pool {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    fn get(&self, number: usize) -> &str {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        self.text.get(start as usize..self.ends[number] as usize).unwrap_or("")
    }

    fn memory(&self) -> usize {
        self.text.capacity() + 4 * self.ends.capacity()
    }
}

/// A name that looks like the phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// Number of the key.
    pub number: u32,
    /// The entry it names.
    pub entry: u32,
}

/// Takes entries one by one, so that a nation's names never lie in memory twice.
#[derive(Debug, Default)]
pub struct GazetteerBuilder {
    made: Gazetteer,
    area_numbers: HashMap<String, u32>,
    kecamatan_numbers: HashMap<String, u32>,
    /// Kecamatan that an entry gives.
    given: Vec<bool>,
}

impl GazetteerBuilder {
    /// Adds an entry; one without a telling word in its name can be listed, not found.
    pub fn push(&mut self, entry: &GazetteerEntry) {
        let kecamatan = self.kecamatan(&entry.kecamatan, &entry.kecamatan_code);
        let area = self.area(&entry.kelurahan, &entry.desa_code, kecamatan);
        let made = &mut self.made;
        let number = u32::try_from(made.kinds.len()).unwrap_or(u32::MAX);
        made.kinds.push(entry.kind);
        made.points.push(packed(entry.at));
        #[expect(clippy::cast_possible_truncation, reason = "metres to seven digits")]
        made.radii.push(entry.radius_m as f32);
        made.entry_areas.push(area);
        let mut names = entry.name.replace('|', " ");
        for alias in &entry.aliases {
            names.push('|');
            names.push_str(&alias.replace('|', " "));
        }
        made.names.push(&names);
        made.has_inner |= !matches!(entry.kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan);
        self.given[kecamatan as usize] |= entry.kind == PlaceKind::Kecamatan;
        for name in std::iter::once(&entry.name).chain(&entry.aliases) {
            made.add_key(number, &address::name_words(name, entry.kind));
        }
        if entry.kind == PlaceKind::Kilometre
            && let Some((road, km)) = kilometre_of(&entry.name)
        {
            made.kilometres.entry(road).or_default().push((km, number));
        }
    }

    fn kecamatan(&mut self, name: &str, code: &str) -> u32 {
        let key = if code.is_empty() { name } else { code };
        if let Some(known) = self.kecamatan_numbers.get(key) {
            return *known;
        }
        let number = u32::try_from(self.made.kecamatan.len()).unwrap_or(u32::MAX);
        self.kecamatan_numbers.insert(key.to_owned(), number);
        self.given.push(false);
        self.made.kecamatan.push(Kecamatan {
            name: name.into(),
            code: code.into(),
            squeezed: squeezed(name, PlaceKind::Kecamatan).into(),
            short: "".into(),
            common: false,
            regency: regencies::of_code(code).map_or("", |regency| regency.squeezed.as_str()),
        });
        number
    }

    fn area(&mut self, kelurahan: &str, code: &str, kecamatan: u32) -> u32 {
        let key = format!("{kecamatan} {code} {kelurahan}");
        if let Some(known) = self.area_numbers.get(&key) {
            return *known;
        }
        let number = u32::try_from(self.made.areas.len()).unwrap_or(u32::MAX);
        self.area_numbers.insert(key, number);
        self.made.area_kecamatan.push(kecamatan);
        self.made.areas.push(Area {
            kelurahan: kelurahan.into(),
            desa_code: code.into(),
            kecamatan,
            squeezed: squeezed(kelurahan, PlaceKind::Kelurahan).into(),
        });
        number
    }

    /// The gazetteer of all entries given.
    #[must_use]
    pub fn finish(mut self) -> Gazetteer {
        self.make_kecamatan();
        let mut made = self.made;
        made.shorten();
        for number in 0..made.kinds.len() {
            let kecamatan = &made.kecamatan[made.areas[made.entry_areas[number] as usize].kecamatan as usize];
            if made.kinds[number] == PlaceKind::Kecamatan && !kecamatan.short.is_empty() && !kecamatan.common {
                let short = kecamatan.short.clone();
                made.key_entries.push(u32::try_from(number).unwrap_or(u32::MAX));
                made.keys.push(&short);
            }
        }
        for list in made.kilometres.values_mut() {
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let keys = &made.keys;
        made.name_index = NameIndex::new(count(made.key_entries.len()), |n, emit| {
            let text = keys.get(n as usize);
            text.split(' ').for_each(&mut *emit);
            if text.contains(' ') {
                emit(&text.replace(' ', ""));
            }
        });
        let areas = &made.areas;
        made.area_index = NameIndex::new(count(areas.len()), |n, emit| emit(&areas[n as usize].squeezed));
        let kecamatan = &made.kecamatan;
        made.regencies = kecamatan.iter().map(|one| one.regency).collect();
        made.several_regencies = kecamatan.iter().any(|one| one.regency != kecamatan[0].regency);
        let many = made.several_regencies;
        made.kecamatan_index = NameIndex::new(count(kecamatan.len()), |n, emit| {
            let one = &kecamatan[n as usize];
            emit(&one.squeezed);
            emit(&one.short);
            if many {
                emit(one.regency);
            }
        });
        made.key_points =
            (0..made.key_entries.len()).map(|n| made.name_index.own_points(made.keys.get(n).split(' '))).collect();
        made.group_kelurahan();
        for pool in [&mut made.names, &mut made.keys] {
            pool.text.shrink_to_fit();
            pool.ends.shrink_to_fit();
        }
        made
    }

    /// An entry for each kecamatan that none names: around its kelurahan.
    fn make_kecamatan(&mut self) {
        let mut own: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (number, kind) in self.made.kinds.iter().enumerate() {
            let kecamatan = self.made.areas[self.made.entry_areas[number] as usize].kecamatan;
            if *kind == PlaceKind::Kelurahan && !self.given[kecamatan as usize] {
                own.entry(kecamatan).or_default().push(number);
            }
        }
        for (kecamatan, desa) in own {
            let known = self.made.kecamatan[kecamatan as usize].clone();
            if known.name.is_empty() {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "a few dozen kelurahan")]
            let count = desa.len() as f64;
            let points: Vec<(LngLat, f64)> =
                desa.iter().map(|n| (self.made.at(*n), f64::from(self.made.radii[*n]))).collect();
            let middle = LngLat::new(
                points.iter().map(|(at, _)| at.lng).sum::<f64>() / count,
                points.iter().map(|(at, _)| at.lat).sum::<f64>() / count,
            );
            let reach = points.iter().map(|(at, radius_m)| at.distance_m(middle) + radius_m);
            self.push(&GazetteerEntry {
                name: known.name.to_string(),
                kind: PlaceKind::Kecamatan,
                at: middle,
                radius_m: reach.fold(0.0, f64::max).ceil(),
                kelurahan: String::new(),
                kecamatan: known.name.to_string(),
                kecamatan_code: known.code.to_string(),
                desa_code: String::new(),
                aliases: Vec::new(),
            });
        }
    }
}

impl Gazetteer {
    /// A gazetteer of these entries; a name without a telling word cannot be found.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = GazetteerEntry>) -> Self {
        let mut builder = GazetteerBuilder::default();
        entries.into_iter().for_each(|entry| builder.push(&entry));
        builder.finish()
    }

    /// Entries kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Bytes kept in memory, about.
    #[must_use]
    pub fn memory(&self) -> usize {
        let areas: usize =
            self.areas.iter().map(|a| 64 + a.kelurahan.len() + a.desa_code.len() + a.squeezed.len()).sum();
        let indexes = [&self.name_index, &self.area_index, &self.kecamatan_index];
        self.kinds.len() * (1 + 8 + 4 + 4)
            + self.names.memory()
            + self.keys.memory()
            + self.key_entries.len() * (4 + 2 + 4 + 4)
            + areas
            + self.area_kecamatan.len() * 4
            + self.kecamatan.len() * 160
            + indexes.into_iter().map(NameIndex::memory).sum::<usize>()
    }

    /// All entries in the order given, then the kecamatan made of their kelurahan.
    pub fn entries(&self) -> impl Iterator<Item = GazetteerEntry> + '_ {
        (0..self.kinds.len()).map(|number| self.entry(number))
    }

    /// An entry by its number.
    pub(super) fn entry(&self, number: usize) -> GazetteerEntry {
        let area = &self.areas[self.entry_areas[number] as usize];
        let kecamatan = &self.kecamatan[area.kecamatan as usize];
        let mut names = self.names.get(number).split('|').map(str::to_owned);
        GazetteerEntry {
            name: names.next().unwrap_or_default(),
            kind: self.kinds[number],
            at: self.at(number),
            radius_m: f64::from(self.radii[number]),
            kelurahan: area.kelurahan.to_string(),
            kecamatan: kecamatan.name.to_string(),
            kecamatan_code: kecamatan.code.to_string(),
            desa_code: area.desa_code.to_string(),
            aliases: names.collect(),
        }
    }

    /// Where an entry is.
    pub(super) fn at(&self, number: usize) -> LngLat {
        let [lng, lat] = self.points[number];
        LngLat::new(f64::from(lng) / 1e7, f64::from(lat) / 1e7)
    }

    pub(super) fn kind(&self, entry: u32) -> PlaceKind {
        self.kinds[entry as usize]
    }

    /// The number of the kecamatan an entry lies in.
    pub(super) fn kecamatan_number(&self, entry: u32) -> u32 {
        self.area_kecamatan[self.entry_areas[entry as usize] as usize]
    }

    /// The kelurahan and the kecamatan of an entry.
    pub(super) fn area(&self, entry: u32) -> (u32, &Area, &Kecamatan) {
        let number = self.entry_areas[entry as usize];
        let area = &self.areas[number as usize];
        (number, area, &self.kecamatan[area.kecamatan as usize])
    }

    /// Puts the squeezed text of a key, without blanks, into `text`.
    pub(super) fn key_text(&self, key: Key, text: &mut String) {
        text.clear();
        self.keys.get(key.number as usize).split(' ').for_each(|word| text.push_str(word));
    }

    /// Reach of an entry as given, metres; 0 when it was not.
    pub(super) fn reach_m(&self, entry: u32) -> f64 {
        f64::from(self.radii[entry as usize])
    }

    /// Kilometre stones of roads: squeezed name, then kilometre and entry in order.
    pub(super) fn kilometres(&self) -> &BTreeMap<String, Vec<(f64, u32)>> {
        &self.kilometres
    }

    /// Whether the names lie in more than one kabupaten or kota.
    pub(super) fn several_regencies(&self) -> bool {
        self.several_regencies
    }

    /// Whether a kabupaten or kota, by its squeezed name, is among those the names lie in.
    pub(super) fn covers(&self, regency: &str) -> bool {
        self.regencies.contains(regency)
    }

    /// The middle of all entries; `None` without any.
    #[must_use]
    pub fn middle(&self) -> Option<LngLat> {
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 entries")]
        let count = self.points.len() as f64;
        let sum = self.points.iter().fold((0.0, 0.0), |s, p| (s.0 + f64::from(p[0]), s.1 + f64::from(p[1])));
        (count > 0.0).then(|| LngLat::new(sum.0 / count / 1e7, sum.1 / count / 1e7))
    }

    /// The entry nearest to a point, at most `within_m` metres away; names of whole areas do not count.
    #[must_use]
    pub fn nearest(&self, at: LngLat, within_m: f64) -> Option<GazetteerEntry> {
        let spot = |n: usize| !matches!(self.kinds[n], PlaceKind::Kelurahan | PlaceKind::Kecamatan);
        self.nearest_of(at, within_m, spot, |distance_m, _| distance_m)
    }

    /// The kelurahan a point most probably lies in, judged by distance and size, when no areas are at
    /// hand: the nearest in its own radii.
    #[must_use]
    pub fn kelurahan_around(&self, at: LngLat) -> Option<GazetteerEntry> {
        let desa = |n: usize| self.kinds[n] == PlaceKind::Kelurahan;
        self.nearest_of(at, 20_000.0, desa, |distance_m, radius_m| distance_m / radius_m.max(200.0))
            .filter(|found| found.at.distance_m(at) <= found.radius_m * 1.2)
    }

    fn nearest_of(
        &self,
        at: LngLat,
        within_m: f64,
        wanted: impl Fn(usize) -> bool,
        order: impl Fn(f64, f64) -> f64,
    ) -> Option<GazetteerEntry> {
        let [lng, lat] = packed(at);
        // 111 km a degree of latitude; a degree of longitude is never longer.
        #[expect(clippy::cast_possible_truncation, reason = "at most a few degrees")]
        let reach = (within_m / 111_000.0 * 1.2e7).min(1e9) as i32;
        let near = |n: &usize| {
            let [x, y] = self.points[*n];
            (y - lat).abs() <= reach && (x - lng).abs() <= reach && wanted(*n)
        };
        let measured = (0..self.kinds.len()).filter(near).map(|n| (n, self.at(n).distance_m(at)));
        let within = measured.filter(|(_, distance_m)| *distance_m <= within_m);
        let rank = |one: &(usize, f64)| order(one.1, f64::from(self.radii[one.0]));
        within.min_by(|a, b| rank(a).total_cmp(&rank(b)).then(a.0.cmp(&b.0))).map(|(n, _)| self.entry(n))
    }

    fn group_kelurahan(&mut self) {
        let lifted = |entry: &u32| match self.kinds[*entry as usize] {
            // Without anything inside kelurahan a kecamatan may lift itself.
            _ if !self.has_inner => 0,
            PlaceKind::Kelurahan => 0,
            PlaceKind::Kecamatan => 2,
            _ => 1,
        };
        let area = |entry: &u32| self.entry_areas[*entry as usize] | lifted(entry) << LIFT_AT;
        self.key_areas = self.key_entries.iter().map(area).collect();
        let is_desa = |number: &u32| self.kinds[self.key_entries[*number as usize] as usize] == PlaceKind::Kelurahan;
        let count = u32::try_from(self.key_entries.len()).unwrap_or(u32::MAX);
        let mut keys: Vec<u32> = (0..count).filter(is_desa).collect();
        let kecamatan = |number: &u32| self.area_kecamatan[(self.key_areas[*number as usize] & AREA) as usize];
        keys.sort_by_key(kecamatan);
        self.kelurahan_ends = vec![0; self.kecamatan.len()];
        for number in &keys {
            self.kelurahan_ends[kecamatan(number) as usize] += 1;
        }
        let mut end = 0;
        for slot in &mut self.kelurahan_ends {
            end += *slot;
            *slot = end;
        }
        self.kelurahan_keys = keys;
        let own = |one: &Kecamatan| self.kecamatan_index.own_points([&*one.squeezed].into_iter());
        self.kecamatan_points = self.kecamatan.iter().map(own).collect();
    }

    /// Every key, for a judge that compares the phrase with all of them.
    #[cfg(test)]
    pub(super) fn all_keys(&self) -> Vec<Key> {
        (0_u32..).zip(&self.key_entries).map(|(number, entry)| Key { number, entry: *entry }).collect()
    }

    fn add_key(&mut self, entry: u32, words: &[AddressWord]) {
        let parts: Vec<String> = words.iter().map(|word| address::squeezed([word.text.as_str()])).collect();
        if parts.iter().any(|part| !part.is_empty()) {
            self.key_entries.push(entry);
            self.keys.push(&parts.join(" "));
        }
    }

    /// The short form of kecamatan whose first word many share or is the city's name.
    fn shorten(&mut self) {
        let mut shared: HashMap<String, u32> = HashMap::new();
        let first =
            |one: &Kecamatan| address::name_words(&one.name, PlaceKind::Kecamatan).first().map(|w| w.text.clone());
        for one in &self.kecamatan {
            let prefix: String = one.code.chars().take(5).collect();
            *shared.entry(format!("{prefix} {}", first(one).unwrap_or_default())).or_default() += 1;
        }
        for at in 0..self.kecamatan.len() {
            let one = &self.kecamatan[at];
            let words = address::name_words(&one.name, PlaceKind::Kecamatan);
            let Some(head) = words.first().filter(|_| words.len() > 1) else { continue };
            let prefix: String = one.code.chars().take(5).collect();
            let many = shared.get(&format!("{prefix} {}", head.text)).is_some_and(|count| *count >= 3);
            if many || (!one.regency.is_empty() && head.text == one.regency) {
                let short = address::squeezed(words[1..].iter().map(|word| word.text.as_str()));
                let one = &mut self.kecamatan[at];
                one.common = short.len() < 4 || COMMON.contains(&short.as_str());
                one.short = short.into();
            }
        }
    }
}

/// Short forms that are everyday words.
const COMMON: [&str; 9] = ["kota", "timur", "barat", "utara", "selatan", "tengah", "baru", "lama", "area"];

fn squeezed(name: &str, kind: PlaceKind) -> String {
    address::squeezed(address::name_words(name, kind).iter().map(|word| word.text.as_str()))
}

/// `Jl. Medan–Binjai Km 12,5` as the squeezed name of the road and its kilometre.
fn kilometre_of(name: &str) -> Option<(String, f64)> {
    let km = address::read(name).km?;
    let lower = name.to_lowercase();
    let road = lower.rfind("km").and_then(|at| name.get(..at))?;
    Some((squeezed(road, PlaceKind::Street), km))
}

#[expect(clippy::cast_possible_truncation, reason = "at most 1.8 billion, which fits")]
fn packed(at: LngLat) -> [i32; 2] {
    [(at.lng * 1e7).round() as i32, (at.lat * 1e7).round() as i32]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desa(name: &str, kecamatan: &str, code: &str, lng: f64) -> GazetteerEntry {
        GazetteerEntry {
            name: name.to_owned(),
            kind: PlaceKind::Kelurahan,
            at: LngLat::new(lng, -7.5),
            radius_m: 900.0,
            kelurahan: name.to_owned(),
            kecamatan: kecamatan.to_owned(),
            kecamatan_code: code.to_owned(),
            desa_code: format!("{code}.2001"),
            aliases: vec!["Lain | Nama".to_owned()],
        }
    }

    #[test]
    fn what_is_packed_comes_back_as_it_was() {
        let given = [desa("Kayen", "Contoh", "35.17.01", 112.123_456_7), desa("Mojo", "Contoh", "35.17.01", 112.2)];
        let gazetteer = Gazetteer::new(given.clone());
        let back: Vec<_> = gazetteer.entries().collect();
        assert_eq!((back[0].at, back[0].radius_m, &back[1].name), (given[0].at, 900.0, &given[1].name));
        assert_eq!(back[0].aliases, ["Lain   Nama"]);
        assert_eq!((back[0].desa_code.as_str(), back[0].kecamatan.as_str()), ("35.17.01.2001", "Contoh"));
    }

    #[test]
    fn a_kecamatan_that_no_entry_names_is_made_of_its_kelurahan() {
        let gazetteer =
            Gazetteer::new([desa("A", "Contoh", "35.17.01", 112.1), desa("B", "Contoh", "35.17.01", 112.2)]);
        let made: Vec<_> = gazetteer.entries().filter(|entry| entry.kind == PlaceKind::Kecamatan).collect();
        assert_eq!(made.len(), 1);
        assert_eq!((made[0].name.as_str(), made[0].desa_code.as_str()), ("Contoh", ""));
        assert!((made[0].at.lng - 112.15).abs() < 1e-6 && (6_400.0..6_500.0).contains(&made[0].radius_m));
    }

    #[test]
    fn kilometres_are_read_from_their_names() {
        assert_eq!(kilometre_of("Jl. Medan–Binjai Km 12,5"), Some(("medanbinjai".to_owned(), 12.5)));
        assert_eq!(kilometre_of("Jl. Medan–Binjai"), None);
    }
}
