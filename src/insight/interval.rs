//! Limits for the number of incidents of a shift: eight times of ten it falls within. The scatter is learned
//! from how far earlier forecasts were off, never less than pure chance (Poisson); wider scatter makes a
//! negative binomial of the same mean.

use std::ops::Range;

use super::forecast::Counts;

/// Share of the shifts that is to fall within the limits.
pub const SHARE: f64 = 0.8;

/// Pure chance counts as much as so many shifts looked back at.
const WEIGHT_OF_CHANCE: f64 = 12.0;

/// More than this is expected of no office: the search for a limit ends there. Incidents a shift.
const MOST: f64 = 100_000.0;

/// How far forecasts were off, measured against chance: 1 is pure chance, 2 twice its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scatter {
    sum: f64,
    weight: f64,
}

impl Default for Scatter {
    fn default() -> Self {
        Self { sum: WEIGHT_OF_CHANCE, weight: WEIGHT_OF_CHANCE }
    }
}

impl Scatter {
    /// The scatter of the forecasts of these shifts, each made while the one before it still ran.
    #[must_use]
    pub fn before(totals: &Counts, shifts: Range<i64>) -> Self {
        let mut scatter = Self::default();
        for target in shifts {
            scatter.add(totals.expected(target - 1, target), totals.get(target));
        }
        scatter
    }

    /// One more shift: what was expected and what came.
    pub fn add(&mut self, expected: f64, came: f64) {
        // Below one expected a single incident would count as a storm.
        self.sum += (came - expected).powi(2) / expected.max(1.0);
        self.weight += 1.0;
    }

    /// Variance over mean, at least 1.
    #[must_use]
    pub fn over_chance(&self) -> f64 {
        (self.sum / self.weight).max(1.0)
    }

    /// The least and the most incidents eight shifts of ten have, when so many are expected.
    #[must_use]
    pub fn limits(&self, expected: f64) -> (f64, f64) {
        let outside = (1.0 - SHARE) / 2.0;
        let (mut below, mut count, mut low) = (0.0, 0.0, None);
        let mut chance = Chance::new(expected, self.over_chance());
        while count < MOST {
            let at = chance.next();
            if low.is_none() && below + at > outside {
                low = Some(count);
            }
            below += at;
            if below >= 1.0 - outside {
                break;
            }
            count += 1.0;
        }
        (low.unwrap_or(0.0), count)
    }
}

/// The chance of 0, 1, 2 … incidents, one after another.
struct Chance {
    mean: f64,
    /// Variance over mean.
    over: f64,
    count: f64,
    log: f64,
}

impl Chance {
    fn new(mean: f64, over: f64) -> Self {
        let mean = mean.max(0.0);
        let log = if over > 1.0 + 1e-9 { -mean / (over - 1.0) * over.ln() } else { -mean };
        Self { mean, over, count: 0.0, log }
    }

    fn next(&mut self) -> f64 {
        let chance = self.log.exp();
        // Negative binomial: p(n + 1) / p(n) = (mean + n (over - 1)) / (over (n + 1)); Poisson where over is 1.
        let ratio = (self.mean + self.count * (self.over - 1.0)) / (self.over * (self.count + 1.0));
        self.log += if ratio > 0.0 { ratio.ln() } else { f64::NEG_INFINITY };
        self.count += 1.0;
        chance
    }
}

#[cfg(test)]
mod tests {
    use super::super::forecast::Past;
    use super::*;

    fn scatter(over: f64) -> Scatter {
        Scatter { sum: over, weight: 1.0 }
    }

    #[test]
    fn chances_make_one_and_have_the_mean_and_the_variance() {
        for (mean, over) in [(0.4, 1.0), (5.0, 1.0), (5.0, 2.5), (130.0, 1.4)] {
            let mut chance = Chance::new(mean, over);
            let (mut whole, mut first, mut second) = (0.0, 0.0, 0.0);
            for n in 0..2_000 {
                let at = chance.next();
                let n = f64::from(n);
                whole += at;
                first += at * n;
                second += at * n * n;
            }
            assert!((whole - 1.0).abs() < 1e-9, "{mean} {over}: {whole}");
            assert!((first - mean).abs() < 1e-6 * mean.max(1.0), "{first}");
            assert!((second - first * first - over * mean).abs() < 1e-5 * mean.max(1.0) * over, "{second}");
        }
    }

    #[test]
    fn limits_hold_as_often_as_promised_and_no_narrower_ones_would() {
        for (mean, over) in [(0.0, 1.0), (0.3, 1.0), (2.0, 1.0), (7.5, 1.8), (120.0, 3.0)] {
            let (low, high) = scatter(over).limits(mean);
            let mut chance = Chance::new(mean, over);
            let (mut below, mut up_to) = (0.0, 0.0);
            for n in 0..2_000 {
                let (at, n) = (chance.next(), f64::from(n));
                below += if n < low { at } else { 0.0 };
                up_to += if n <= high { at } else { 0.0 };
            }
            assert!(below <= 0.1 && up_to >= 0.9, "{mean} {over}: {low} to {high}");
        }
        assert_eq!(scatter(1.0).limits(0.0), (0.0, 0.0));
        assert!(scatter(4.0).limits(20.0).1 > scatter(1.0).limits(20.0).1);
    }

    #[test]
    fn forecasts_that_are_far_off_widen_the_limits() {
        let calm: Vec<Past> = (0..200).map(|shift| Past { shift, cell: 0 }).collect();
        let totals = Counts::of(&calm, (0, 200));
        assert!((Scatter::before(&totals, 100..200).over_chance() - 1.0).abs() < 1e-9);
        let wild: Vec<Past> =
            (0..200).filter(|shift| shift % 8 == 0).flat_map(|shift| vec![Past { shift, cell: 0 }; 16]).collect();
        let totals = Counts::of(&wild, (0, 200));
        assert!(Scatter::before(&totals, 100..200).over_chance() > 3.0);
    }
}
