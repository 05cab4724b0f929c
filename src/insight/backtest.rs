//! How wrong the forecast was: each of the last shifts is foretold from what was known before it, and
//! held against what came; beside it the same shift of last week, the mean of each cell so far, and an even
//! spread over all cells.

use serde::Serialize;
use utoipa::ToSchema;

use super::forecast::{Counts, Ground, LEAST_SHIFTS, Past, expected};
use super::interval::{SHARE, Scatter};
use super::real;
use super::when::SHIFTS_A_WEEK;

/// How wrong one way of foretelling was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct ForecastError {
    /// Mean distance between foretold and true number of a cell in a shift, incidents. Whoever always says
    /// nought does well here.
    pub mae_cell: f64,
    /// Root of the mean squared distance of a cell in a shift, incidents; least for the true mean.
    pub rmse_cell: f64,
    /// Mean distance of the whole office in a shift, incidents.
    pub mae_shift: f64,
    /// Share of the incidents that lay in the twentieth of the cells named first; even spread: 0.05.
    pub hit_5: f64,
    /// In the tenth of the cells named first; even spread: 0.1.
    pub hit_10: f64,
}

/// How well the limits held that were given for the number of a shift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct IntervalError {
    /// Share of the shifts that was promised to fall within, 0 to 1.
    pub promised: f64,
    /// Share that did.
    pub held: f64,
    /// Mean distance between the limits, incidents.
    pub width: f64,
}

/// How wrong each way was over the same shifts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct ForecastErrors {
    /// The first shift looked back at, counted from 1970.
    pub first_shift: i64,
    /// Shifts looked back at.
    pub shifts: usize,
    /// Incidents in them.
    pub incidents: usize,
    /// The forecast.
    pub model: ForecastError,
    /// What the same shift brought a week before.
    pub last_week: ForecastError,
    /// The mean of each cell over all shifts known.
    pub mean: ForecastError,
    /// The same number everywhere.
    pub even: ForecastError,
    /// The limits of the forecast.
    pub interval: IntervalError,
}

/// Which shifts are looked back at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookback {
    /// So many must be known before the first that is foretold.
    pub least: i64,
    /// The last so many.
    pub most: i64,
}

impl Lookback {
    /// What an office is shown: the last four weeks, each shift with four weeks known before it.
    pub const SHOWN: Self = Self { least: LEAST_SHIFTS, most: 4 * SHIFTS_A_WEEK };
}

/// Sums on the way to an [`ForecastError`].
#[derive(Default)]
struct Sums {
    cell: f64,
    squares: f64,
    shift: f64,
    hits_5: f64,
    hits_10: f64,
}

/// The errors over the last shifts before `until`; none when too little was known before all of them.
#[must_use]
pub fn errors(
    ground: &Ground,
    past: &[Past],
    (first, until): (i64, i64),
    lookback: Lookback,
) -> Option<ForecastErrors> {
    // The first shift of all with enough known when it was foretold; one shift still ran then.
    let earliest = first + lookback.least + 1;
    let from = earliest.max(until - lookback.most);
    let totals = Counts::of(past, (first, until));
    let mut scatter = Scatter::before(&totals, earliest..from - 1);
    let (mut model, mut last_week, mut mean, mut even) =
        (Sums::default(), Sums::default(), Sums::default(), Sums::default());
    let (mut shifts, mut incidents, mut held, mut width) = (0, 0.0, 0, 0.0);
    for target in from..until {
        let truth = counts(ground, past, target);
        let came = truth.iter().sum::<f64>();
        let means = means(ground, past, (first, target - 1));
        let flat = vec![means.iter().sum::<f64>() / real(ground.cells.len()).max(1.0); ground.cells.len()];
        let foretold = expected(ground, past, (first, target - 1), target);
        let number = foretold.iter().sum::<f64>();
        let (low, high) = scatter.limits(number);
        held += usize::from((low..=high).contains(&came));
        width += high - low;
        // What the shift before the target brings is known only when the target already runs.
        scatter.add(totals.expected(target - 2, target - 1), totals.get(target - 1));
        model.add(&foretold, &truth);
        last_week.add(&counts(ground, past, target - SHIFTS_A_WEEK), &truth);
        mean.add(&means, &truth);
        even.add(&flat, &truth);
        shifts += 1;
        incidents += came;
    }
    (shifts > 0).then(|| ForecastErrors {
        first_shift: from,
        shifts,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of counts")]
        incidents: incidents as usize,
        model: model.error(shifts, incidents, ground),
        last_week: last_week.error(shifts, incidents, ground),
        mean: mean.error(shifts, incidents, ground),
        even: even.error(shifts, incidents, ground),
        interval: IntervalError { promised: SHARE, held: real(held) / real(shifts), width: width / real(shifts) },
    })
}

/// The mean of each cell over the shifts from `first` to before `until`.
fn means(ground: &Ground, past: &[Past], (first, until): (i64, i64)) -> Vec<f64> {
    let mut means = vec![0.0; ground.cells.len()];
    #[expect(clippy::cast_precision_loss, reason = "some years of shifts")]
    let share = 1.0 / (until - first).max(1) as f64;
    for one in past.iter().filter(|one| (first..until).contains(&one.shift)) {
        means[one.cell] += share;
    }
    means
}

/// Incidents of each cell in a shift.
fn counts(ground: &Ground, past: &[Past], shift: i64) -> Vec<f64> {
    let mut counts = vec![0.0; ground.cells.len()];
    for one in past.iter().filter(|one| one.shift == shift) {
        counts[one.cell] += 1.0;
    }
    counts
}

impl Sums {
    fn add(&mut self, foretold: &[f64], truth: &[f64]) {
        self.cell += foretold.iter().zip(truth).map(|(a, b)| (a - b).abs()).sum::<f64>();
        self.squares += foretold.iter().zip(truth).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        self.shift += (foretold.iter().sum::<f64>() - truth.iter().sum::<f64>()).abs();
        self.hits_5 += hits(foretold, truth, foretold.len().div_ceil(20));
        self.hits_10 += hits(foretold, truth, foretold.len().div_ceil(10));
    }

    fn error(&self, shifts: usize, incidents: f64, ground: &Ground) -> ForecastError {
        let share = |hits: f64| if incidents > 0.0 { hits / incidents } else { 0.0 };
        ForecastError {
            mae_cell: self.cell / (real(shifts) * real(ground.cells.len()).max(1.0)),
            rmse_cell: (self.squares / (real(shifts) * real(ground.cells.len()).max(1.0))).sqrt(),
            mae_shift: self.shift / real(shifts),
            hit_5: share(self.hits_5),
            hit_10: share(self.hits_10),
        }
    }
}

/// Incidents in the `most` cells that were foretold highest. Of cells foretold alike at the limit each
/// counts with the chance it has to be among them: no order of cells helps or harms anybody.
fn hits(foretold: &[f64], truth: &[f64], most: usize) -> f64 {
    let mut sorted = foretold.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let Some(limit) = most.checked_sub(1).and_then(|last| sorted.get(last)).copied() else { return 0.0 };
    let above = foretold.iter().filter(|value| **value > limit).count();
    let alike = foretold.iter().filter(|value| value.total_cmp(&limit).is_eq()).count();
    let chance = real(most - above) / real(alike);
    let weight = |value: f64| match value.total_cmp(&limit) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => chance,
        std::cmp::Ordering::Less => 0.0,
    };
    foretold.iter().zip(truth).map(|(value, count)| weight(*value) * count).sum()
}

#[cfg(test)]
mod tests {
    use super::super::forecast::tests::ground;
    use super::*;

    /// Twelve weeks of a town with two busy corners, drawn with a fixed seed.
    fn town(cells: usize) -> Vec<Past> {
        let mut state = 7_u64;
        let mut draw = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut past = Vec::new();
        for shift in 0..12 * SHIFTS_A_WEEK {
            for _ in 0..2 + draw(3) + if shift % 3 == 2 { 3 } else { 0 } {
                let cell = match draw(10) {
                    0..=3 => 3,
                    4..=6 => 11,
                    _ => usize::try_from(draw(cells as u64)).unwrap(),
                };
                past.push(Past { shift, cell });
            }
        }
        past
    }

    #[test]
    fn an_even_spread_hits_by_chance_and_the_forecast_beats_both() {
        let ground = ground(5);
        let past = town(ground.cells.len());
        let found = errors(&ground, &past, (0, 12 * SHIFTS_A_WEEK), Lookback::SHOWN).unwrap();
        assert_eq!(found.shifts, usize::try_from(Lookback::SHOWN.most).unwrap());
        let from = 12 * SHIFTS_A_WEEK - Lookback::SHOWN.most;
        assert_eq!(found.first_shift, from);
        assert_eq!(found.incidents, past.iter().filter(|one| one.shift >= from).count());
        let chance = real(ground.cells.len().div_ceil(20)) / real(ground.cells.len());
        assert!((found.even.hit_5 - chance).abs() < 1e-9, "{:?}", found.even);
        assert!(found.model.hit_5 > 0.65 && found.model.hit_5 > found.last_week.hit_5, "{found:?}");
        assert!(found.model.mae_shift < found.last_week.mae_shift, "{found:?}");
        assert!(found.model.mae_shift < found.even.mae_shift, "{found:?}");
        assert!(found.model.rmse_cell < found.mean.rmse_cell.min(found.last_week.rmse_cell), "{found:?}");
        assert!(found.interval.held >= 0.75 && found.interval.width < 8.0, "{found:?}");
    }

    #[test]
    fn too_little_history_gives_no_error_at_all() {
        let ground = ground(2);
        let shown = |until: i64| errors(&ground, &[], (0, until), Lookback::SHOWN);
        assert_eq!(shown(LEAST_SHIFTS + 1), None);
        assert!(shown(LEAST_SHIFTS + 2).is_some_and(|errors| errors.shifts == 1));
    }

    #[test]
    fn hits_are_those_of_a_plain_sort_when_no_two_are_alike() {
        let foretold = [0.1, 0.9, 0.5, 0.7, 0.3];
        let truth = [1.0, 2.0, 4.0, 8.0, 16.0];
        let near = |found: f64, right: f64| (found - right).abs() < 1e-12;
        for (most, right) in [(1, 2.0), (2, 10.0), (3, 14.0)] {
            assert!(near(hits(&foretold, &truth, most), right), "{most}");
        }
        assert!(near(hits(&[0.0; 4], &[1.0; 4], 1), 1.0), "four alike: a quarter each");
        assert!(near(hits(&[], &[], 0), 0.0));
    }
}
