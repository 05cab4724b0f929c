//! Figures of the laboratory: distributions of response times and how sure the differences are.

use super::Outcome;

/// Resamplings behind an interval.
const RESAMPLED: usize = 1000;

/// The Polri clock at the scene, seconds.
const CLOCK_S: f64 = 600.0;

/// A figure and where it lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Figure {
    /// The figure of all days.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// What a policy achieved.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Calls that were reached.
    pub calls: usize,
    /// Calls nobody had a way to.
    pub unreached: usize,
    /// Response time, seconds: half of the calls are reached within it.
    pub p50_s: Figure,
    /// Nine of ten are.
    pub p90_s: Figure,
    /// The mean, seconds.
    pub mean_s: Figure,
    /// Share reached within ten minutes, 0 to 1.
    pub in_clock: Figure,
    /// Share for which another free unit would have been there at least ten seconds sooner, 0 to 1.
    pub wrong: Figure,
    /// Seconds lost in those, half of them at least.
    pub lost_p50_s: f64,
}

/// The figures of some days. Whole days are drawn again for the intervals, because the calls of a day depend
/// on each other (a bootstrap of blocks).
#[must_use]
pub fn of(days: &[Vec<Option<Outcome>>], seed: u64) -> Figures {
    let all: Vec<&Outcome> = days.iter().flatten().flatten().collect();
    let figure = |measure: fn(&[&Outcome]) -> f64| {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut drawn: Vec<f64> = (0..RESAMPLED)
            .map(|_| {
                let picked = (0..days.len()).map(|_| &days[rng.usize(..days.len())]);
                measure(&picked.flatten().flatten().collect::<Vec<_>>())
            })
            .collect();
        drawn.sort_by(f64::total_cmp);
        Figure { value: measure(&all), low: quantile(&drawn, 0.025), high: quantile(&drawn, 0.975) }
    };
    Figures {
        calls: all.len(),
        unreached: days.iter().flatten().filter(|outcome| outcome.is_none()).count(),
        p50_s: figure(|all| quantile(&sorted(all), 0.5)),
        p90_s: figure(|all| quantile(&sorted(all), 0.9)),
        mean_s: figure(|all| mean(all.iter().map(|outcome| outcome.response_s))),
        in_clock: figure(|all| mean(all.iter().map(|outcome| f64::from(outcome.response_s <= CLOCK_S)))),
        wrong: figure(|all| mean(all.iter().map(|outcome| f64::from(outcome.lost_s >= 10.0)))),
        lost_p50_s: {
            let mut lost: Vec<f64> = all.iter().map(|outcome| outcome.lost_s).filter(|lost| *lost >= 10.0).collect();
            lost.sort_by(f64::total_cmp);
            quantile(&lost, 0.5)
        },
    }
}

/// How many seconds `other` is sooner on average, call by call.
#[must_use]
pub fn gain(days: &[Vec<Option<Outcome>>], other: &[Vec<Option<Outcome>>], seed: u64) -> Figure {
    let by_day: Vec<Vec<f64>> = days
        .iter()
        .zip(other)
        .map(|(day, other)| {
            day.iter().zip(other).filter_map(|(a, b)| Some((*a)?.response_s - (*b)?.response_s)).collect()
        })
        .collect();
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut drawn: Vec<f64> = (0..RESAMPLED)
        .map(|_| mean((0..by_day.len()).flat_map(|_| &by_day[rng.usize(..by_day.len())]).copied()))
        .collect();
    drawn.sort_by(f64::total_cmp);
    Figure {
        value: mean(by_day.iter().flatten().copied()),
        low: quantile(&drawn, 0.025),
        high: quantile(&drawn, 0.975),
    }
}

/// The response times of some days in order, seconds.
#[must_use]
pub fn responses(days: &[Vec<Option<Outcome>>]) -> Vec<f64> {
    sorted(&days.iter().flatten().flatten().collect::<Vec<_>>())
}

fn sorted(all: &[&Outcome]) -> Vec<f64> {
    let mut times: Vec<f64> = all.iter().map(|outcome| outcome.response_s).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The value below which this share of the sorted values lies; 0 of none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1)) as f64 * share;
    let low = sorted.get(at.floor() as usize).copied().unwrap_or(0.0);
    let high = sorted.get(at.ceil() as usize).copied().unwrap_or(low);
    low + (high - low) * (at - at.floor())
}
