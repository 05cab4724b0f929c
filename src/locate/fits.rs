//! How well each name explains a phrase: the name, the kelurahan, kecamatan and kabupaten around it, and
//! the words that remain.
//!
//! Words and names in, fits with a score out. A name that is spelled badly is still taken when the
//! phrase names its kecamatan well; words that nothing explains lower the score by their length,
//! common nouns (a mosque, a stall) by little.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use super::address::{AddressWord, MAX_WORDS, Phrase, Relation, Weight};
use super::gazetteer::{Gazetteer, Kecamatan, Key};
use super::gazetteer_entry::PlaceKind;
use super::regencies::{self, Regency};
use super::windows::{self, Spelled, Window};

/// Below this a name does not resemble the phrase.
pub(super) const MIN_SCORE: f64 = 0.5;

/// Score of a name spelled right that explains all words, without its area.
const WHOLE: f64 = 0.94;

/// What is lost when no other word is explained.
const UNEXPLAINED: f64 = 0.45;

/// The most for a name whose number the phrase leaves out: shown, never put on the map, whatever else
/// speaks for it.
const NUMBER_OPEN: f64 = 0.62;

/// Likeness of a common word that is short for a kecamatan.
const LOOSE: f64 = 0.79;

/// What a name that is not spelled exactly loses beside one that is.
const INEXACT: f64 = 0.03;

/// Runs with how well they spell a name, best first.
type Runs = Rc<[(f64, Run)]>;

/// How well a kabupaten must be spelled: there are few.
const REGENCY: f64 = 0.7;

/// A run of words, first and last.
pub(super) type Run = (usize, usize);

/// One entry that the phrase may mean.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// Number of the entry.
    pub entry: u32,
    /// The name of it that the words spell.
    pub key: Key,
    /// How well the words spell its name, 0 to 1.
    pub likeness: f64,
    /// The words that spell it.
    pub run: Run,
    /// Where the place lies relative to it.
    pub relation: Option<Relation>,
    /// Its kelurahan, kecamatan and kabupaten, as far as the phrase names them: likeness.
    pub kelurahan: Option<f64>,
    pub kecamatan: Option<f64>,
    pub regency: Option<f64>,
    /// Another name of the phrase lies there too.
    pub supported: bool,
    /// The words that name its kecamatan.
    pub above: Option<Run>,
    /// No score is higher than this.
    pub most: f64,
    /// Taken off the score: others are written with fewer wrong letters.
    pub less: f64,
    /// Share of each word that is explained.
    explained: [f32; MAX_WORDS],
    kind_fits: f64,
    bonus: f64,
    /// A kecamatan: too large to stand for words that it does not explain.
    vast: bool,
}

impl Fit {
    /// About 0 to 1.
    pub(super) fn score(&self, words: &[AddressWord]) -> f64 {
        let (mut total, mut open) = (0.0, 0.0);
        for (word, explained) in words.iter().zip(&self.explained) {
            let weight = worth(word);
            total += weight;
            open += weight * (1.0 - f64::from(*explained));
        }
        let open = if total > 0.0 { open / total } else { 0.0 } * if self.vast { 2.0 } else { 1.0 };
        let likeness = if self.likeness < 1.0 { self.likeness - INEXACT } else { 1.0 };
        (likeness * self.kind_fits * (WHOLE - UNEXPLAINED * open.min(1.5)) + self.bonus - self.less).min(self.most)
    }

    /// Takes words as explained by something else than the name.
    pub(super) fn explain(&mut self, run: Run, likeness: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        for explained in &mut self.explained[run.0..=run.1] {
            *explained = explained.max(likeness as f32);
        }
    }
}

/// Letters of a word that should be explained.
fn worth(word: &AddressWord) -> f64 {
    let letters = f64::from(u8::try_from(word.text.len()).unwrap_or(u8::MAX));
    match word.weight {
        Weight::Weak => 0.0,
        Weight::Generic => 0.3 * letters,
        Weight::Telling if word.text.bytes().all(|byte| byte.is_ascii_digit()) => 1.0,
        Weight::Telling => letters,
    }
}

/// A kabupaten or kota that the phrase names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention {
    pub regency: &'static Regency,
    pub run: Run,
    /// The gazetteer has names there.
    pub covered: bool,
}

/// What a phrase says of a kecamatan, once for all that lies in it.
#[derive(Default)]
struct Around {
    kecamatan: Runs,
    /// Its kabupaten, where the names lie in several.
    regency: Runs,
}

/// By numbers that are spread well enough as they are: a few hundred of them for one phrase.
type ByNumber<T> = HashMap<u32, T, BuildHasherDefault<NumberHasher>>;

#[derive(Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.wrapping_mul(257).wrapping_add(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        // Knuth's multiplier: neighbours fall far apart.
        self.0 = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A phrase ready to be compared.
pub(super) struct Comparison<'a> {
    pub phrase: &'a Phrase,
    pub windows: Rc<[Window]>,
    pub mentions: Vec<Mention>,
    gazetteer: &'a Gazetteer,
    /// Room for the name at hand.
    name: String,
    kecamatan: ByNumber<Rc<Around>>,
    kelurahan: ByNumber<Runs>,
    regencies: HashMap<&'static str, Runs>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(phrase: &'a Phrase, gazetteer: &'a Gazetteer) -> Self {
        let windows: Rc<[Window]> = windows::windows(&phrase.words).into();
        let mentions = mentions(&phrase.words, &windows, gazetteer);
        Self {
            phrase,
            windows,
            mentions,
            gazetteer,
            name: String::new(),
            kecamatan: ByNumber::default(),
            kelurahan: ByNumber::default(),
            regencies: HashMap::new(),
        }
    }

    /// How well the phrase means a key's entry; `None` when it does not resemble its name.
    pub(super) fn fit(&mut self, key: Key) -> Option<Fit> {
        let (gazetteer, all) = (self.gazetteer, self.windows.clone());
        gazetteer.key_text(key, &mut self.name);
        let name = std::mem::take(&mut self.name);
        let fit = self.fit_name(key, &Spelled::new(&name), gazetteer, &all);
        self.name = name;
        fit
    }

    fn fit_name(&mut self, key: Key, name: &Spelled<'_>, gazetteer: &'a Gazetteer, all: &[Window]) -> Option<Fit> {
        let kind = gazetteer.kind(key.entry);
        let (number, area, kecamatan) = gazetteer.area(key.entry);
        let is_kecamatan = kind == PlaceKind::Kecamatan;
        let around = self.around(area.kecamatan, kecamatan);
        let above = if is_kecamatan { Runs::default() } else { around.kecamatan.clone() };
        // `baru` alone is Medan Baru only right behind a name.
        let loose = kecamatan.common && above.first().is_some_and(|(likeness, _)| *likeness == LOOSE);
        let named = !loose && above.first().is_some_and(|(likeness, _)| *likeness >= 0.8);
        let region = around.regency.first().is_some_and(|(likeness, _)| *likeness >= 0.8);
        let told = if named {
            Told::Kecamatan
        } else if region {
            Told::Regency
        } else {
            Told::Nothing
        };
        let least = least(name.text.len(), told);
        let usable = |window: &Window| {
            if window.weak {
                // A weak word is a name only where a name must stand, spelled right.
                return window.text == name.text && (named || window.hint == Some(PlaceKind::Kelurahan));
            }
            usable_for(window.hint, kind) || (window.text.starts_with("gang") && name.text.starts_with("gang"))
        };
        let (mut likeness, mut window) = windows::best(all, name, least, usable)?;
        let behind = window.last + 1;
        let free = |run: &Run| !window.overlaps(*run) && (!loose || run.0 == behind);
        let mut upper = above.iter().find(|(_, run)| free(run)).copied();
        if upper.is_none() && named && likeness < self::least(name.text.len(), Told::Nothing) {
            return None;
        }
        // The kecamatan may bear the name, too: `jati jati` is desa Jati in Jati; the words decide.
        if let Some((_, run)) = above.first().filter(|(_, run)| !free(run))
            && let Some(other) = windows::best(all, name, least, |w| usable(w) && !w.overlaps(*run))
            && other.0 >= likeness - 0.1
        {
            (likeness, window) = other;
            upper = above.first().copied();
        }
        let run = (window.first, window.last);
        let free = |other: &Run| !window.overlaps(*other) && upper.is_none_or(|(_, taken)| apart(*other, taken));
        let inner = !matches!(kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan);
        let kelurahan = if inner { self.kelurahan_runs(number, &area.squeezed) } else { Runs::default() };
        let lower = kelurahan.iter().find(|(_, run)| free(run)).copied();
        let home = self.mentions.iter().find(|one| one.covered && free(&one.run));
        let home = home.filter(|one| kecamatan.regency.is_empty() || one.regency.squeezed == kecamatan.regency);
        let home_run =
            home.map(|one| (1.0, one.run)).or_else(|| around.regency.iter().find(|(_, run)| free(run)).copied());
        let generic = window.generic && !inner;
        let mut fit = Fit {
            entry: key.entry,
            key,
            likeness,
            run,
            relation: self.phrase.words[window.first..=window.last].iter().find_map(|word| word.relation),
            kelurahan: lower.map(|one| one.0),
            kecamatan: upper.map(|one| one.0),
            regency: home_run.map(|one| one.0),
            supported: false,
            above: upper.map(|one| one.1),
            most: if window.leaves_number_out(name) { NUMBER_OPEN } else { f64::INFINITY },
            less: 0.0,
            explained: [0.0; MAX_WORDS],
            kind_fits: kind_fits(window.hint, kind),
            bonus: 0.0,
            vast: is_kecamatan,
        };
        fit.explain(run, 1.0);
        for (likeness, run) in [upper, lower].into_iter().flatten() {
            fit.explain(run, likeness);
            fit.bonus += 0.08 * likeness;
        }
        if let Some((likeness, run)) = home_run {
            fit.explain(run, likeness);
            fit.bonus += if self.gazetteer.several_regencies() { 0.05 } else { 0.01 } * likeness;
        }
        let told = matches!(window.hint, Some(PlaceKind::Kelurahan | PlaceKind::Kecamatan));
        if generic && !told && upper.is_none() {
            fit.kind_fits *= 0.75;
        }
        Some(fit)
    }

    /// The kabupaten or kota that the phrase names best, misspelt or not, where the names lie in several.
    pub(super) fn regency(&mut self) -> Option<&'static str> {
        let covered = regencies::all().iter().filter(|one| self.gazetteer.covers(&one.squeezed));
        let names: Vec<&'static str> = covered.map(|one| one.squeezed.as_str()).collect();
        let named = names.into_iter().filter_map(|name| Some((self.regency_runs(name).first()?.0, name)));
        named.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
    }

    /// What the phrase says of a kecamatan.
    fn around(&mut self, number: u32, kecamatan: &Kecamatan) -> Rc<Around> {
        if let Some(known) = self.kecamatan.get(&number) {
            return known.clone();
        }
        let found = Rc::new(Around {
            kecamatan: kecamatan_runs(&self.windows, kecamatan).into(),
            regency: self.regency_runs(kecamatan.regency),
        });
        self.kecamatan.insert(number, found.clone());
        found
    }

    /// Runs that name a kabupaten, misspelt or not, where the names lie in several.
    fn regency_runs(&mut self, regency: &'static str) -> Runs {
        if regency.is_empty() || !self.gazetteer.several_regencies() {
            return Runs::default();
        }
        let windows = &self.windows;
        let found = || runs(windows, regency, REGENCY, |window| window.hint.is_none()).into();
        self.regencies.entry(regency).or_insert_with(found).clone()
    }

    fn kelurahan_runs(&mut self, number: u32, name: &str) -> Runs {
        if name.is_empty() {
            return Runs::default();
        }
        let windows = &self.windows;
        let fits = |window: &Window| !matches!(window.hint, Some(hint) if hint != PlaceKind::Kelurahan);
        self.kelurahan.entry(number).or_insert_with(|| runs(windows, name, spelled(name), fits).into()).clone()
    }
}

/// Runs that name a kecamatan, best first.
fn kecamatan_runs(windows: &[Window], kecamatan: &Kecamatan) -> Vec<(f64, Run)> {
    if kecamatan.squeezed.is_empty() {
        return Vec::new();
    }
    let fits = |window: &Window| !matches!(window.hint, Some(hint) if hint != PlaceKind::Kecamatan);
    let mut all = runs(windows, &kecamatan.squeezed, spelled(&kecamatan.squeezed), fits);
    if !kecamatan.short.is_empty() {
        let told = |window: &Window| window.hint == Some(PlaceKind::Kecamatan);
        all.extend(runs(windows, &kecamatan.short, spelled(&kecamatan.short), |window| {
            if kecamatan.common { told(window) } else { fits(window) }
        }));
        let alone = windows.iter().filter(|w| kecamatan.common && w.text == *kecamatan.short && !told(w));
        all.extend(alone.map(|window| (LOOSE, (window.first, window.last))));
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    all
}

/// How well the name of an area must be spelled.
const fn spelled(name: &str) -> f64 {
    least(name.len(), Told::Nothing)
}

/// All runs that spell the name of an area, best first.
fn runs(windows: &[Window], name: &str, least: f64, fits: impl Fn(&Window) -> bool) -> Vec<(f64, Run)> {
    let close =
        |window: &&Window| !window.weak && window.text.len().abs_diff(name.len()) * 2 <= name.len() + 2 && fits(window);
    let name = Spelled::new(name);
    let spelled = |window: &Window| Some((window.alike_from(&name, least)?, (window.first, window.last)));
    let mut all: Vec<(f64, Run)> = windows.iter().filter(close).filter_map(spelled).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all
}

pub(super) fn apart(a: Run, b: Run) -> bool {
    a.1 < b.0 || b.1 < a.0
}

/// What else the phrase says about where a name is.
#[derive(Clone, Copy)]
enum Told {
    Nothing,
    Regency,
    Kecamatan,
}

/// Short names must be spelled better: one slip makes another name of them. Among the few names of a
/// kecamatan that the phrase tells, a poor likeness decides.
const fn least(letters: usize, told: Told) -> f64 {
    match (letters, told) {
        (0..=4, Told::Nothing) => 0.99,
        (5..=6, Told::Nothing) => 0.8,
        (_, Told::Nothing) => 0.72,
        (0..=4, Told::Regency) => 0.74,
        (_, Told::Regency) => 0.62,
        (0..=4, Told::Kecamatan) => 0.6,
        (_, Told::Kecamatan) => 0.52,
    }
}

/// Whether a run announced as one kind may name another.
const fn usable_for(hint: Option<PlaceKind>, kind: PlaceKind) -> bool {
    !matches!((hint, kind), (Some(PlaceKind::Gang), PlaceKind::Kelurahan | PlaceKind::Kecamatan))
}

/// What an announced kind does to a candidate of another.
fn kind_fits(hint: Option<PlaceKind>, kind: PlaceKind) -> f64 {
    use PlaceKind::{Gang, Intersection, Kecamatan, Kelurahan, Kilometre, Street};
    match (hint, kind) {
        (None, _) => 1.0,
        (Some(hint), kind) if hint == kind => 1.04,
        (Some(Street), Gang | Kilometre | Intersection)
        | (Some(Intersection | Kilometre), Street)
        | (Some(Kelurahan), Kecamatan) => 0.95,
        (Some(Street), Kelurahan | Kecamatan) => 0.79,
        (Some(Kelurahan | Kecamatan), Street | Gang) => 0.82,
        (Some(Kecamatan), Kelurahan) => 0.8,
        _ => 0.9,
    }
}

/// Kabupaten and kota named in the phrase: at its end, or behind `kab` or `kota`.
fn mentions(words: &[AddressWord], windows: &[Window], gazetteer: &Gazetteer) -> Vec<Mention> {
    let last = words.iter().rposition(|word| word.weight != Weight::Weak);
    let told = |window: &Window| {
        let before = window.first.checked_sub(1).map(|at| words[at].text.as_str());
        matches!(before, Some("kab" | "kabupaten" | "kota"))
            || matches!(words[window.first].text.as_str(), "kab" | "kabupaten" | "kota")
    };
    let plain = |window: &&Window| {
        !window.weak
            && matches!(window.hint, None | Some(PlaceKind::Kecamatan))
            && (told(window) || Some(window.last) == last)
    };
    let found = windows.iter().filter(plain).filter_map(|window| {
        let plain: String = words[window.first..=window.last].iter().map(|word| word.text.as_str()).collect();
        let text = ["kabupaten", "kab", "kota"].iter().find_map(|head| plain.strip_prefix(head));
        let regency = regencies::named(&plain).or_else(|| regencies::named(text?))?;
        let covered = gazetteer.covers(&regency.squeezed);
        Some(Mention { regency, run: (window.first, window.last), covered })
    });
    found.collect()
}
