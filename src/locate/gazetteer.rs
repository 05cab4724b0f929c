//! The gazetteer: names in, and for any misspelt phrase the names that look most like it.
//!
//! Each name (and alias) is cut into word-padded trigrams; a trigram counts the more the rarer it is
//! (idf). A query adds up the posting lists of its trigrams and keeps the best [`SHORTLIST`]; the exact
//! comparison of those is `geocode`'s. Names are also indexed run together, so that `Bulungkulon`
//! finds `Bulung Kulon`.

use std::collections::HashMap;

use super::address::{self, AddressWord};
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::place::LngLat;

/// Names compared exactly for one query.
const SHORTLIST: usize = 120;

/// Posting lists longer than this say too little to be worth walking (of 83,000 names).
const MAX_POSTINGS: usize = 6_000;

/// A searchable name of an entry.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub entry: u32,
    /// Telling words run together.
    pub squeezed: String,
    /// Telling words.
    pub words: usize,
    /// Digits in it, in order: a lane 3 is no lane 13.
    pub digits: String,
}

/// Names of places, ready to search.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    entries: Vec<GazetteerEntry>,
    keys: Vec<Key>,
    postings: HashMap<[u8; 3], Vec<u32>>,
    /// Telling words of kelurahan and kecamatan, per entry.
    contexts: Vec<Vec<String>>,
}

/// Why a gazetteer file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GazetteerError {
    /// The first line does not name the columns.
    #[error("gazetteer lacks the column {0}")]
    MissingColumn(&'static str),
    /// A line that makes no entry.
    #[error("gazetteer line {line}: {reason}")]
    BadLine {
        /// Counted from 1, the header being line 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Gazetteer {
    /// A gazetteer of these entries; a name without a telling word cannot be found.
    #[must_use]
    pub fn new(entries: Vec<GazetteerEntry>) -> Self {
        let mut keys = Vec::new();
        let mut postings: HashMap<[u8; 3], Vec<u32>> = HashMap::new();
        let mut contexts = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let context = address::words(&format!("{} {}", entry.kelurahan, entry.kecamatan));
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                let words = address::words(name);
                let Some(key) = key(index, &words) else { continue };
                let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
                let mut grams = grams_of(words.iter().chain(&context).map(|word| word.text.as_str()));
                add_grams(&key.squeezed, &mut grams);
                grams.sort_unstable();
                grams.dedup();
                for gram in grams {
                    postings.entry(gram).or_default().push(number);
                }
                keys.push(key);
            }
            contexts.push(context.into_iter().map(|word| word.text).collect());
        }
        Self { entries, keys, postings, contexts }
    }

    /// All entries, in the order given.
    #[must_use]
    pub fn entries(&self) -> &[GazetteerEntry] {
        &self.entries
    }

    /// The entry nearest to a point, at most `within_m` metres away; names of whole areas do not count.
    #[must_use]
    pub fn nearest(&self, at: LngLat, within_m: f64) -> Option<&GazetteerEntry> {
        let spot = |entry: &&GazetteerEntry| !matches!(entry.kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan);
        self.entries
            .iter()
            .filter(spot)
            .map(|entry| (entry, entry.at.distance_m(at)))
            .filter(|(_, distance_m)| *distance_m <= within_m)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(entry, _)| entry)
    }

    pub(super) fn entry(&self, key: &Key) -> &GazetteerEntry {
        &self.entries[key.entry as usize]
    }

    /// Telling words of the kelurahan and kecamatan an entry lies in.
    pub(super) fn context(&self, key: &Key) -> &[String] {
        &self.contexts[key.entry as usize]
    }

    /// The keys that share the most telling trigrams with the words, best first.
    pub(super) fn shortlist(&self, words: &[AddressWord]) -> Vec<&Key> {
        let mut grams = grams_of(words.iter().map(|word| word.text.as_str()));
        for pair in words.windows(2) {
            add_grams(&format!("{}{}", pair[0].text, pair[1].text), &mut grams);
        }
        grams.sort_unstable();
        grams.dedup();
        let mut points = vec![0.0_f32; self.keys.len()];
        let mut touched: Vec<u32> = Vec::new();
        for gram in &grams {
            let Some(list) = self.postings.get(gram) else { continue };
            if list.len() > MAX_POSTINGS {
                continue;
            }
            let weight = self.idf(list.len());
            for &key in list {
                let slot = &mut points[key as usize];
                if *slot == 0.0 {
                    touched.push(key);
                }
                *slot += weight;
            }
        }
        // Long names gather more points for the same likeness.
        let rank = |key: u32| {
            points[key as usize]
                / (6.0 + f32::from(u8::try_from(self.keys[key as usize].squeezed.len()).unwrap_or(255))).sqrt()
        };
        let order = |a: &u32, b: &u32| rank(*b).total_cmp(&rank(*a)).then(a.cmp(b));
        if touched.len() > SHORTLIST {
            touched.select_nth_unstable_by(SHORTLIST, order);
            touched.truncate(SHORTLIST);
        }
        touched.sort_unstable_by(order);
        touched.into_iter().map(|key| &self.keys[key as usize]).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more than seven digits")]
    fn idf(&self, documents: usize) -> f32 {
        ((self.keys.len() as f32 + 1.0) / (documents as f32 + 0.5)).ln()
    }
}

fn key(index: usize, words: &[AddressWord]) -> Option<Key> {
    let squeezed: String = words.iter().map(|word| word.text.as_str()).collect();
    let digits = squeezed.chars().filter(char::is_ascii_digit).collect();
    let entry = u32::try_from(index).ok()?;
    (!squeezed.is_empty()).then_some(Key { entry, squeezed, words: words.len(), digits })
}

fn grams_of<'a>(words: impl Iterator<Item = &'a str>) -> Vec<[u8; 3]> {
    let mut grams = Vec::new();
    for word in words {
        add_grams(word, &mut grams);
    }
    grams
}

/// Trigrams of a word with two blanks before and one behind.
fn add_grams(word: &str, grams: &mut Vec<[u8; 3]>) {
    let mut last = [b' ', b' '];
    for byte in word.bytes().chain(std::iter::once(b' ')) {
        grams.push([last[0], last[1], byte]);
        last = [last[1], byte];
    }
}

/// Columns of a gazetteer file; aliases are separated by `|`.
const COLUMNS: [&str; 10] =
    ["name", "kind", "lng", "lat", "radius_m", "kelurahan", "kecamatan", "kecamatan_code", "desa_code", "aliases"];

/// Entries of a CSV text with the columns of [`COLUMNS`], in any order; the points are checked.
///
/// # Errors
/// [`GazetteerError`]: a column is missing, or a line has a wrong kind, number or point.
pub fn parse_csv(text: &str) -> Result<Vec<GazetteerEntry>, GazetteerError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate();
    let header = lines.next().map_or_else(Vec::new, |(_, line)| fields(line));
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = header.iter().position(|name| name.trim() == column).ok_or(GazetteerError::MissingColumn(column))?;
    }
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let row = fields(line);
            entry(&places.map(|place| row.get(place).map_or("", |field| field.trim())))
                .map_err(|reason| GazetteerError::BadLine { line: number + 1, reason })
        })
        .collect()
}

fn entry(row: &[&str; COLUMNS.len()]) -> Result<GazetteerEntry, String> {
    let [name, kind, lng, lat, radius_m, kelurahan, kecamatan, kecamatan_code, desa_code, aliases] = *row;
    let number = |text: &str| text.parse::<f64>().map_err(|_| format!("{text:?} is no number"));
    if name.is_empty() {
        return Err("the name is empty".to_owned());
    }
    Ok(GazetteerEntry {
        name: name.to_owned(),
        kind: kind_of(kind).ok_or_else(|| format!("unknown kind {kind:?}"))?,
        at: LngLat::checked(number(lng)?, number(lat)?).map_err(|bad| bad.to_string())?,
        radius_m: number(radius_m)
            .ok()
            .filter(|radius| radius.is_finite() && *radius >= 0.0)
            .ok_or("radius_m must be 0 or more")?,
        kelurahan: kelurahan.to_owned(),
        kecamatan: kecamatan.to_owned(),
        kecamatan_code: kecamatan_code.to_owned(),
        desa_code: desa_code.to_owned(),
        aliases: aliases.split('|').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
    })
}

fn kind_of(text: &str) -> Option<PlaceKind> {
    Some(match text {
        "kelurahan" | "desa" => PlaceKind::Kelurahan,
        "kecamatan" => PlaceKind::Kecamatan,
        "street" => PlaceKind::Street,
        "gang" => PlaceKind::Gang,
        "landmark" => PlaceKind::Landmark,
        "intersection" => PlaceKind::Intersection,
        "kilometre" => PlaceKind::Kilometre,
        _ => return None,
    })
}

/// Fields of one CSV line; a quoted field may hold commas and doubled quotes (RFC 4180, one line).
pub(super) fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => push(&mut fields, '"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], letter: char) {
    if let Some(field) = fields.last_mut() {
        field.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "name,kind,lng,lat,radius_m,kelurahan,kecamatan,kecamatan_code,desa_code,aliases\n";

    #[test]
    fn a_line_becomes_an_entry_with_its_aliases() {
        let text = format!(
            "{HEADER}\"Pasar \"\"Baru\"\", Kota\",landmark,98.68,3.58,80,Aur,Medan Maimun,12.71.11,12.71.11.1001,Pajak Baru|Pasar Lama\r\n"
        );
        let entries = parse_csv(&text).unwrap();
        assert_eq!(entries[0].name, "Pasar \"Baru\", Kota");
        assert_eq!(entries[0].aliases, ["Pajak Baru", "Pasar Lama"]);
    }

    #[test]
    fn a_wrong_line_is_told_with_its_number() {
        for (line, word) in [
            ("X,street,3.58,98.68,80,,,,,", "swapped"),
            ("X,river,98.68,3.58,80,,,,,", "kind"),
            ("X,street,a,3.58,80,,,,,", "number"),
            ("X,street,98.68,3.58,-1,,,,,", "radius"),
        ] {
            let error = parse_csv(&format!("{HEADER}{line}\n")).unwrap_err();
            assert!(error.to_string().contains("line 2") && error.to_string().contains(word), "{error}");
        }
        assert_eq!(parse_csv("name,kind\n"), Err(GazetteerError::MissingColumn("lng")));
    }
}
