//! How many incidents the next shift will bring, and where. Past incidents enter, an expected number for
//! each cell leaves. Simple on purpose, so that a person can say what it does:
//!
//! - how many in all: the same shift of the same weekday in past weeks, the last weeks counting more,
//!   drawn towards all days of that shift as long as few weeks are known;
//! - where: the places of past incidents, the last weeks counting more, a part of each given to the six
//!   cells around it; places of the same shift of the day first, drawn towards those of all hours.
//!
//! How wrong it is, [`super::backtest`] says beside every forecast, and within which limits the number of the
//! whole office falls eight times of ten, [`super::interval`].

use std::collections::HashMap;

use h3o::CellIndex;

use super::real;
use super::when::SHIFTS_A_WEEK;

/// Less history than this is no ground for a forecast: shifts (four weeks).
pub const LEAST_SHIFTS: i64 = 4 * SHIFTS_A_WEEK;

/// Fewer incidents than this are none either.
pub const LEAST_INCIDENTS: usize = 60;

/// A week this long ago counts half for how many there will be. Weeks.
const HALF_LIFE_NUMBER: f64 = 6.0;

/// An incident this long ago counts half for where they will be. Weeks.
const HALF_LIFE_PLACE: f64 = 8.0;

/// All days of a shift count as much as so many weeks of the same weekday.
const WEIGHT_OF_ALL_DAYS: f64 = 4.0;

/// All hours count as much as so many incidents of the same shift of the day.
const WEIGHT_OF_ALL_HOURS: f64 = 30.0;

/// So many incidents are thought to be spread evenly over all cells: anything may happen anywhere.
const WEIGHT_OF_ANYWHERE: f64 = 5.0;

/// Part of an incident that is given to the six cells around its own.
const SPREAD: f64 = 0.3;

/// Shifts of a day.
const SHIFTS_A_DAY: i64 = 3;

/// An incident: the number of its shift, and the position of its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Past {
    /// See [`super::when::shift_of`].
    pub shift: i64,
    /// Position in the cells of the [`Ground`].
    pub cell: usize,
}

/// The cells of an office, and which touch which.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Ascending.
    pub cells: Vec<CellIndex>,
    around: Vec<Vec<usize>>,
}

impl Ground {
    /// The ground of these cells, each once, ascending.
    #[must_use]
    pub fn new(cells: Vec<CellIndex>) -> Self {
        let positions: HashMap<CellIndex, usize> = cells.iter().enumerate().map(|(at, cell)| (*cell, at)).collect();
        let near = |cell: &CellIndex| {
            let ring: Vec<CellIndex> = cell.grid_disk(1);
            let mut near: Vec<usize> =
                ring.iter().filter(|other| *other != cell).filter_map(|other| positions.get(other).copied()).collect();
            near.sort_unstable();
            near
        };
        let around = cells.iter().map(near).collect();
        Self { cells, around }
    }

    /// Position of a cell.
    #[must_use]
    pub fn position(&self, cell: CellIndex) -> Option<usize> {
        self.cells.binary_search(&cell).ok()
    }

    /// Each incident with a part of it in the cells around; the sum stays.
    fn spread(&self, weights: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; weights.len()];
        for (at, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let near = &self.around[at];
            let given = weight * SPREAD / 6.0;
            out[at] += weight - given * real(near.len());
            for other in near {
                out[*other] += given;
            }
        }
        out
    }
}

/// Expected incidents of each cell in shift `target`, from what is known up to and without shift `until`.
/// The shift before the target still runs when one asks, so `until` is usually `target - 1`.
#[must_use]
pub fn expected(ground: &Ground, past: &[Past], (first, until): (i64, i64), target: i64) -> Vec<f64> {
    let number = Counts::of(past, (first, until)).expected(until, target);
    let mut everywhere = vec![0.0; ground.cells.len()];
    let mut same_shift = vec![0.0; ground.cells.len()];
    for one in past.iter().filter(|one| (first..until).contains(&one.shift)) {
        let weight = halved(weeks(target - one.shift), HALF_LIFE_PLACE);
        everywhere[one.cell] += weight;
        if (target - one.shift).rem_euclid(SHIFTS_A_DAY) == 0 {
            same_shift[one.cell] += weight;
        }
    }
    let cells = real(ground.cells.len()).max(1.0);
    let (everywhere, same_shift) = (ground.spread(&everywhere), ground.spread(&same_shift));
    let all: f64 = everywhere.iter().sum();
    let same: f64 = same_shift.iter().sum();
    let share = |(any, own): (&f64, &f64)| {
        let of_all = (any + WEIGHT_OF_ANYWHERE / cells) / (all + WEIGHT_OF_ANYWHERE);
        (own + WEIGHT_OF_ALL_HOURS * of_all) / (same + WEIGHT_OF_ALL_HOURS)
    };
    everywhere.iter().zip(&same_shift).map(share).map(|share| number * share).collect()
}

/// Incidents of the whole office shift by shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    first: i64,
    counts: Vec<f64>,
}

impl Counts {
    /// From shift `first` to before `until`; what lies outside is not counted.
    #[must_use]
    pub fn of(past: &[Past], (first, until): (i64, i64)) -> Self {
        let mut counts = vec![0.0; usize::try_from(until - first).unwrap_or(0)];
        for one in past {
            if let Some(count) = usize::try_from(one.shift - first).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1.0;
            }
        }
        Self { first, counts }
    }

    /// Incidents of a shift; none before the first.
    #[must_use]
    pub fn get(&self, shift: i64) -> f64 {
        usize::try_from(shift - self.first).ok().and_then(|at| self.counts.get(at)).copied().unwrap_or_default()
    }

    /// Expected incidents of the whole office in shift `target`, from the shifts before `until`.
    #[must_use]
    pub fn expected(&self, until: i64, target: i64) -> f64 {
        // The mean over past shifts at this distance of each other, weighted by age; and the sum of weights.
        let mean = |step: i64| {
            let (mut sum, mut weights) = (0.0, 0.0);
            let mut shift = target - step;
            while shift >= self.first {
                if shift < until {
                    let weight = halved(weeks(target - shift), HALF_LIFE_NUMBER);
                    sum += weight * self.get(shift);
                    weights += weight;
                }
                shift -= step;
            }
            (sum, weights)
        };
        let (same_day, weight) = mean(SHIFTS_A_WEEK);
        let (all_days, of_all) = mean(SHIFTS_A_DAY);
        let prior = if of_all > 0.0 { all_days / of_all } else { 0.0 };
        (same_day + WEIGHT_OF_ALL_DAYS * prior) / (weight + WEIGHT_OF_ALL_DAYS)
    }
}

#[expect(clippy::cast_precision_loss, reason = "some years of shifts")]
fn weeks(shifts: i64) -> f64 {
    shifts as f64 / SHIFTS_A_WEEK as f64
}

fn halved(age: f64, half_life: f64) -> f64 {
    0.5_f64.powf(age / half_life)
}

#[cfg(test)]
pub(super) mod tests {
    use h3o::{LatLng, Resolution};
    use proptest::prelude::*;

    use super::*;

    /// The cells within `k` steps of the middle of Medan.
    pub fn ground(k: u32) -> Ground {
        let middle = LatLng::new(3.59, 98.67).unwrap().to_cell(Resolution::Eight);
        let mut cells: Vec<CellIndex> = middle.grid_disk(k);
        cells.sort_unstable();
        Ground::new(cells)
    }

    #[test]
    fn a_city_where_every_week_is_the_same_is_foretold() {
        let ground = ground(3);
        // Every Monday night (shift 0 of the cycle) fourteen in cell 4, else one in cell 20.
        let mut past = Vec::new();
        for shift in 0..12 * SHIFTS_A_WEEK {
            let (cell, count) = if shift % SHIFTS_A_WEEK == 0 { (4, 14) } else { (20, 1) };
            past.extend(std::iter::repeat_n(Past { shift, cell }, count));
        }
        let busy = expected(&ground, &past, (0, 12 * SHIFTS_A_WEEK - 1), 12 * SHIFTS_A_WEEK);
        let calm = expected(&ground, &past, (0, 12 * SHIFTS_A_WEEK - 1), 12 * SHIFTS_A_WEEK + 1);
        let sum = |all: &[f64]| all.iter().sum::<f64>();
        assert!((8.0..14.0).contains(&sum(&busy)), "{}", sum(&busy));
        assert!((0.9..1.1).contains(&sum(&calm)), "{}", sum(&calm));
        let top = |all: &[f64]| (0..all.len()).max_by(|a, b| all[*a].total_cmp(&all[*b])).unwrap();
        assert_eq!((top(&busy), top(&calm)), (4, 20));
    }

    #[test]
    fn nothing_known_is_nothing_expected() {
        assert!(expected(&ground(1), &[], (0, 100), 101).iter().all(|value| *value == 0.0));
    }

    proptest! {
        #[test]
        fn what_happens_later_changes_nothing_and_shares_make_the_whole(
            all in prop::collection::vec((0_i64..200, 0_usize..19), 0..120),
        ) {
            let ground = ground(2);
            let past: Vec<Past> = all.iter().map(|(shift, cell)| Past { shift: *shift, cell: *cell }).collect();
            let known: Vec<Past> = past.iter().copied().filter(|one| one.shift < 150).collect();
            let found = expected(&ground, &past, (0, 150), 151);
            prop_assert_eq!(&found, &expected(&ground, &known, (0, 150), 151));
            prop_assert!(found.iter().all(|value| *value >= 0.0 && value.is_finite()));
            let number = Counts::of(&known, (0, 150)).expected(150, 151);
            prop_assert!((found.iter().sum::<f64>() - number).abs() < 1e-9);
            let weights: Vec<f64> = (0..19).map(|cell| real(all.iter().filter(|(_, at)| *at == cell).count())).collect();
            prop_assert!((ground.spread(&weights).iter().sum::<f64>() - weights.iter().sum::<f64>()).abs() < 1e-9);
        }
    }
}
