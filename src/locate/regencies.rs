//! Kabupaten and kota of Indonesia: to hear that a phrase speaks of another region than the office's.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::address;
use super::gazetteer_entry::PlaceKind;

/// A kabupaten or kota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regency {
    /// Code of the Ministry of Home Affairs, `12.71`.
    pub code: &'static str,
    /// Name without `Kabupaten`, `Kota Medan` with `Kota`.
    pub name: &'static str,
    /// As it is compared, without `Kota`: `medan`.
    pub squeezed: String,
    /// Its letters as written, lower case, without `Kota` and blanks: `barru`.
    pub plain: String,
}

static ALL: LazyLock<Vec<Regency>> = LazyLock::new(|| {
    let lines = include_str!("../../data/regencies.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let row = |line: &'static str| {
        let (code, name) = line.split_once(',')?;
        let plain = name.strip_prefix("Kota ").unwrap_or(name);
        let words = address::name_words(plain, PlaceKind::Kelurahan);
        let squeezed = address::squeezed(words.iter().map(|word| word.text.as_str()));
        let letters = plain.chars().filter(|letter| letter.is_alphanumeric());
        Some(Regency { code, name, squeezed, plain: letters.flat_map(char::to_lowercase).collect() })
    };
    lines.filter_map(row).collect()
});

static BY_CODE: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| ALL.iter().enumerate().map(|(at, one)| (one.code, at)).collect());

static BY_NAME: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| ALL.iter().enumerate().map(|(at, one)| (one.plain.as_str(), at)).collect());

/// The kabupaten or kota of a code of it or of anything in it, `12.71.07.1004`.
#[must_use]
pub fn of_code(code: &str) -> Option<&'static Regency> {
    BY_CODE.get(code.get(..5)?).map(|at| &ALL[*at])
}

/// The kabupaten or kota with this name, lower case and without blanks; where a kabupaten and a kota
/// share it, either. Spelled right only: Barru is not `baru`.
#[must_use]
pub fn named(plain: &str) -> Option<&'static Regency> {
    BY_NAME.get(plain).map(|at| &ALL[*at])
}

/// More kabupaten and kota than any one office polices: the file is of a country, not of a city.
pub const MOST_REGENCIES: usize = 12;

/// How many kabupaten and kota codes of areas belong to; codes that are none do not count.
#[must_use]
pub fn count<'a>(codes: impl IntoIterator<Item = &'a str>) -> usize {
    let known: std::collections::HashSet<&str> =
        codes.into_iter().filter_map(|code| Some(of_code(code)?.code)).collect();
    known.len()
}

/// Whether a code is one of these or lies in one of them; no codes mean all.
#[must_use]
pub fn within(code: &str, regions: &[String]) -> bool {
    let inside = |region: &String| {
        code.strip_prefix(region.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    regions.is_empty() || regions.iter().any(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_counted_and_chosen_by_their_codes() {
        assert_eq!(count(["12.71.01.1001", "12.71.02", "35.17.01", "99.99.01", ""]), 2);
        let only = ["12.71".to_owned()];
        assert!(within("12.71.01.1001", &only) && within("12.71", &only) && within("x", &[]));
        assert!(!within("12.7", &only) && !within("12.710", &only));
    }

    #[test]
    fn codes_and_names_lead_to_each_other() {
        assert_eq!(ALL.len(), 514);
        assert_eq!(of_code("12.71.07.1004").unwrap().name, "Kota Medan");
        assert_eq!(of_code("35.17").unwrap().squeezed, "jombang");
        assert_eq!((of_code("99.99"), of_code("1"), named("kayangan")), (None, None, None));
        assert_eq!(named("kudus").unwrap().code, "33.19");
        assert_eq!((named("barru").unwrap().name, named("baru")), ("Barru", None));
    }
}
