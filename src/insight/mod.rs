//! See: what happened, as figures that can be traced to their entries. Pure.

pub mod answers;
pub mod backtest;
pub mod behind;
pub mod coverage;
pub mod evaluation;
pub mod fairness;
pub mod feed;
pub mod forecast;
pub mod health;
pub mod heatmap;
pub mod interval;
pub mod lines;
pub mod load;
pub mod paper;
pub mod patrol;
pub mod pdf;
pub mod response;
#[cfg(test)]
mod samples;
pub mod table;
pub mod when;

/// A count as a number to reckon with; exact up to 2^53.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of a service desk are far below 2^53")]
pub(crate) const fn real(count: usize) -> f64 {
    count as f64
}
