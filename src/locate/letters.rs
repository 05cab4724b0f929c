//! Among names that a phrase fits about equally, the one written with the fewest wrong letters: the whole
//! phrase is held against the name and the areas around it, run together, so that word breaks do not
//! count (`tada tiumr parigi moutong` is Tada Timur, not Tada).

use rapidfuzz::distance::osa::BatchComparator;

use super::address::{AddressWord, squeeze_onto};
use super::fits::Fit;
use super::gazetteer::Gazetteer;
use super::gazetteer_entry::PlaceKind;

/// Words that say the kind and stand in no name as it is compared. Others (`ujung`, `simpang`) may.
const NO_NAME: [&str; 6] = ["jalan", "desa", "kelurahan", "kecamatan", "kabupaten", "kab"];

/// Fits looked at: the best ones.
const LEADERS: usize = 16;

/// A phrase of which even the best name leaves more than this open says more than an address: its letters
/// are no measure.
const MOST_OPEN: f64 = 0.25;

/// What a share of wrong letters more than the best one's costs in score.
const COST: f64 = 2.5;

/// And at most: it stays on the list a person chooses from.
const MOST: f64 = 0.45;

/// Longest phrase held against names, letters.
const LONGEST: usize = 64;

/// Lowers the scores of `fits`, best first, by the letters that others have less wrong.
pub(super) fn weigh(fits: &mut [Fit], words: &[AddressWord], gazetteer: &Gazetteer) {
    let mut asked = String::new();
    let told = words.iter().filter(|word| !NO_NAME.contains(&word.text.as_str()));
    told.for_each(|word| squeeze_onto(&mut asked, &word.text));
    if asked.is_empty() || asked.len() > LONGEST || fits.len() < 2 {
        return;
    }
    let asked = Asked { wrong: BatchComparator::new(asked.bytes()), letters: asked.len() };
    let leaders = fits.len().min(LEADERS);
    let open: Vec<f64> = fits[..leaders].iter().map(|fit| asked.open(fit, gazetteer)).collect();
    let least = open.iter().copied().fold(f64::INFINITY, f64::min);
    if least > MOST_OPEN {
        return;
    }
    for (at, fit) in fits.iter_mut().enumerate() {
        // Those behind the leaders are at least as far from it as the farthest may be.
        let open = open.get(at).copied().unwrap_or(MOST_OPEN);
        fit.less = (COST * (open - least)).min(MOST);
    }
}

struct Asked {
    wrong: BatchComparator<u8>,
    letters: usize,
}

impl Asked {
    /// Share of its letters that are wrong when it means this name, with those of the areas around it that
    /// make it least.
    fn open(&self, fit: &Fit, gazetteer: &Gazetteer) -> f64 {
        let mut name = String::new();
        gazetteer.key_text(fit.key, &mut name);
        let (_, area, kecamatan) = gazetteer.area(fit.entry);
        let kind = gazetteer.kind(fit.entry);
        let inner = !matches!(kind, PlaceKind::Kelurahan | PlaceKind::Kecamatan);
        let around = [
            if inner { &*area.squeezed } else { "" },
            if kind == PlaceKind::Kecamatan { "" } else { &*kecamatan.squeezed },
            kecamatan.regency,
        ];
        let mut least = usize::MAX;
        for told in 0..8_usize {
            if around.iter().enumerate().any(|(at, name)| told >> at & 1 == 1 && name.is_empty()) {
                continue;
            }
            let parts = around.iter().enumerate().filter(|(at, _)| told >> at & 1 == 1).map(|(_, name)| name.bytes());
            let text: Vec<u8> = name.bytes().chain(parts.flatten()).collect();
            if text.len().abs_diff(self.letters) < least {
                least = least.min(self.wrong.distance(text));
            }
        }
        let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        share(least) / share(self.letters)
    }
}
