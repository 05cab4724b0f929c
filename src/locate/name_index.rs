//! Which names share the rarest pieces with a phrase: a compact index of word-padded trigrams.
//!
//! Squeezed names enter in order of their number; a phrase's trigrams leave points per name. A
//! trigram counts the more the rarer it is (idf). Postings are differences in variable-length bytes in
//! one array, so five million names take about 20 bytes each.

use std::cell::RefCell;

/// Letters a name is made of after squeezing: blank, a-z, 0-9; others count as `z + 1`.
const LETTERS: usize = 38;

/// Trigrams there can be.
const GRAMS: usize = LETTERS * LETTERS * LETTERS;

/// Postings walked for one phrase, at most, for each name of the index and in all: the commoner pieces
/// beyond it say too little.
const BUDGET_A_NAME: u64 = 2;
const BUDGET: u64 = 40_000;

/// A piece that more than this share of all names have says nothing.
const COMMON_SHARE: u32 = 8;

/// A list shorter than this is always worth walking.
const ALWAYS: u32 = 2_000;

/// A list longer than this is never worth walking while there are shorter ones.
const LONGEST: u32 = 200_000;

/// Points of one unit of idf: points are whole numbers.
const POINTS: f32 = 32.0;

/// Names of one block of the sheet on which points are added up.
const BLOCK: usize = 64;

/// Points per name of the running question, and which blocks have any; all zero between questions.
///
/// A posting adds without asking whether its name had points before; blocks are looked through
/// afterwards, which costs less than one wrong guess a posting.
#[derive(Default)]
struct Sheet {
    points: Vec<u16>,
    used: Vec<bool>,
    most: u16,
}

impl Sheet {
    fn widen(&mut self, names: usize) {
        let blocks = names.div_ceil(BLOCK);
        if self.used.len() < blocks {
            self.used.resize(blocks, false);
            self.points.resize(blocks * BLOCK, 0);
        }
    }

    /// Names with at least `1 / part` of the most points any name has, by number; leaves an empty sheet.
    fn take(&mut self, part: u16) -> Vec<(u32, u16)> {
        let least = (std::mem::take(&mut self.most) / part).max(1);
        let mut found = Vec::new();
        for (block, used) in self.used.iter_mut().enumerate().filter(|(_, used)| **used) {
            *used = false;
            let points = &mut self.points[block * BLOCK..][..BLOCK];
            let numbers = u32::try_from(block * BLOCK).unwrap_or(u32::MAX)..;
            found.extend(numbers.zip(points.iter().copied()).filter(|(_, points)| *points >= least));
            points.fill(0);
        }
        found
    }
}

thread_local! {
    static SHEET: RefCell<Sheet> = RefCell::default();
}

/// An index from trigram to names.
#[derive(Debug, Clone, Default)]
pub(super) struct NameIndex {
    names: u32,
    /// Where the bytes of each trigram begin; one more than there are trigrams.
    starts: Vec<u32>,
    /// How many names have each trigram.
    counts: Vec<u32>,
    bytes: Vec<u8>,
}

impl NameIndex {
    /// Indexes names: `name(n, emit)` gives the squeezed words of name `n` one after another.
    pub(super) fn new(names: u32, mut name: impl FnMut(u32, &mut dyn FnMut(&str))) -> Self {
        let mut lengths = vec![0_u32; GRAMS];
        let mut counts = vec![0_u32; GRAMS];
        let mut last = vec![0_u32; GRAMS];
        let mut grams: Vec<u16> = Vec::new();
        for number in 0..names {
            collect(number, &mut grams, &mut name);
            for gram in grams.iter().map(|gram| usize::from(*gram)) {
                lengths[gram] += width(number + 1 - last[gram]);
                last[gram] = number + 1;
                counts[gram] += 1;
            }
        }
        let mut starts = Vec::with_capacity(GRAMS + 1);
        let mut end = 0_u32;
        starts.push(0);
        for length in lengths {
            end += length;
            starts.push(end);
        }
        let mut bytes = vec![0_u8; end as usize];
        let mut write: Vec<u32> = starts[..GRAMS].to_vec();
        last.fill(0);
        for number in 0..names {
            collect(number, &mut grams, &mut name);
            for gram in grams.iter().map(|gram| usize::from(*gram)) {
                write[gram] = put(&mut bytes, write[gram], number + 1 - last[gram]);
                last[gram] = number + 1;
            }
        }
        Self { names, starts, counts, bytes }
    }

    /// Bytes kept in memory.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len() + 4 * (self.starts.len() + self.counts.len())
    }

    /// Names that share telling pieces with the words, with their points, by number: all of them.
    pub(super) fn points<'a>(&self, words: impl Iterator<Item = &'a str>) -> Vec<(u32, u16)> {
        self.strongest(words, u16::MAX)
    }

    /// The same, only those with at least `1 / part` of the most points any name has.
    pub(super) fn strongest<'a>(&self, words: impl Iterator<Item = &'a str>, part: u16) -> Vec<(u32, u16)> {
        if self.names == 0 {
            return Vec::new();
        }
        let mut grams = Vec::new();
        words.for_each(|word| add_grams(word, &mut grams));
        grams.sort_unstable();
        grams.dedup();
        grams.retain(|gram| self.counts[usize::from(*gram)] > 0);
        grams.sort_unstable_by_key(|gram| (self.counts[usize::from(*gram)], *gram));
        SHEET.with_borrow_mut(|sheet| {
            sheet.widen(self.names as usize);
            let budget = (u64::from(self.names) * BUDGET_A_NAME).clamp(4_000, BUDGET);
            let mut walked = 0_u64;
            for gram in grams {
                let count = self.counts[usize::from(gram)];
                let common = count > ALWAYS.max((self.names / COMMON_SHARE).min(LONGEST));
                if (common || walked > budget) && walked > 0 {
                    break;
                }
                walked += u64::from(count);
                self.walk(usize::from(gram), self.weight(count), sheet);
            }
            sheet.take(part)
        })
    }

    fn walk(&self, gram: usize, weight: u16, sheet: &mut Sheet) {
        let mut name = 0_u32;
        let mut bytes = self.bytes[self.starts[gram] as usize..self.starts[gram + 1] as usize].iter();
        while let Some(byte) = bytes.next() {
            // Most gaps take one byte.
            let mut gap = u32::from(*byte);
            if gap > 0x7f {
                gap &= 0x7f;
                let mut shift = 7;
                for byte in bytes.by_ref() {
                    gap |= u32::from(byte & 0x7f) << shift;
                    shift += 7;
                    if byte & 0x80 == 0 {
                        break;
                    }
                }
            }
            name += gap;
            let at = (name - 1) as usize;
            let sum = sheet.points[at].saturating_add(weight);
            sheet.points[at] = sum;
            sheet.most = sheet.most.max(sum);
            sheet.used[at / BLOCK] = true;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more than seven digits")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 16 times POINTS")]
    fn weight(&self, count: u32) -> u16 {
        (((self.names as f32 + 1.0) / (count as f32 + 0.5)).ln().max(0.02) * POINTS) as u16 + 1
    }

    /// Points a name has from all its own pieces.
    pub(super) fn own_points<'a>(&self, words: impl Iterator<Item = &'a str>) -> u16 {
        let mut grams = Vec::new();
        words.for_each(|word| add_grams(word, &mut grams));
        grams.sort_unstable();
        grams.dedup();
        let counted = grams.iter().map(|gram| self.counts[usize::from(*gram)]).filter(|count| *count > 0);
        counted.fold(0, |sum: u16, count| sum.saturating_add(self.weight(count)))
    }
}

fn collect(number: u32, grams: &mut Vec<u16>, name: &mut impl FnMut(u32, &mut dyn FnMut(&str))) {
    grams.clear();
    name(number, &mut |word| add_grams(word, grams));
    grams.sort_unstable();
    grams.dedup();
}

const fn width(value: u32) -> u32 {
    match value {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        0x20_0000..=0x0fff_ffff => 4,
        _ => 5,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn put(bytes: &mut [u8], mut at: u32, mut value: u32) -> u32 {
    while value > 0x7f {
        bytes[at as usize] = (value & 0x7f) as u8 | 0x80;
        value >>= 7;
        at += 1;
    }
    bytes[at as usize] = value as u8;
    at + 1
}

/// Number of a letter, below [`LETTERS`].
fn letter(byte: u8) -> u16 {
    u16::from(match byte {
        b'a'..=b'z' => byte - b'a' + 1,
        b'0'..=b'9' => byte - b'0' + 27,
        _ => 37,
    })
}

/// Trigrams of a word with two blanks before and one behind.
fn add_grams(word: &str, grams: &mut Vec<u16>) {
    let (mut first, mut second) = (0, 0);
    for third in word.bytes().map(letter).chain(std::iter::once(0)) {
        grams.push((first * 38 + second) * 38 + third);
        (first, second) = (second, third);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn points_are_those_of_a_scan_over_all_names() {
        let mut rng = fastrand::Rng::with_seed(4);
        let word = |rng: &mut fastrand::Rng| -> String {
            (0..rng.usize(1..9)).map(|_| char::from(b'a' + rng.u8(..5))).collect()
        };
        let names: Vec<Vec<String>> =
            (0..3_000).map(|_| (0..rng.usize(1..4)).map(|_| word(&mut rng)).collect()).collect();
        let index = NameIndex::new(3_000, |n, emit| names[n as usize].iter().for_each(|word| emit(word)));
        for _ in 0..200 {
            let query: Vec<String> = (0..rng.usize(1..4)).map(|_| word(&mut rng)).collect();
            let found: BTreeMap<u32, u16> = index.points(query.iter().map(String::as_str)).into_iter().collect();
            let grams = |words: &[String]| {
                let mut grams = Vec::new();
                words.iter().for_each(|word| add_grams(word, &mut grams));
                grams.into_iter().collect::<std::collections::BTreeSet<u16>>()
            };
            let asked = grams(&query);
            for (number, name) in (0_u32..).zip(&names) {
                let shared = grams(name);
                let points: u16 =
                    shared.intersection(&asked).map(|gram| index.weight(index.counts[usize::from(*gram)])).sum();
                assert_eq!(found.get(&number).copied().unwrap_or(0), points, "{name:?} for {query:?}");
            }
        }
    }

    #[test]
    fn long_gaps_between_names_survive_packing() {
        let index =
            NameIndex::new(70_000, |n, emit| if [0, 5, 200, 69_999].contains(&n) { emit("qq") } else { emit("a") });
        let mut found: Vec<u32> = index.points(["qq"].into_iter()).into_iter().map(|one| one.0).collect();
        found.sort_unstable();
        assert_eq!(found, [0, 5, 200, 69_999]);
    }
}
