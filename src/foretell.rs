//! `sigap forecast --replay`: the forecast of the commander's room held against past records of any city, each
//! shift foretold from what was known before it, beside simpler ways.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use h3o::{CellIndex, LatLng, Resolution};

use crate::cli::say;
use crate::insight::backtest::{ForecastError, ForecastErrors, Lookback, errors};
use crate::insight::forecast::{Ground, LEAST_SHIFTS, Past};
use crate::insight::when::shift_of;
use crate::sim::lab::happened;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub struct ForecastOptions {
    /// CSV of records: `received` (or `time`, by the clock on the wall), and where there, `incident_id`,
    /// `latitude`, `longitude`. Without places only the number of a shift is tested.
    #[arg(long)]
    pub replay: PathBuf,
    /// H3 resolution of the cells.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(5..=9))]
    pub resolution: u8,
    /// Shifts known before the first that is foretold; an office has four weeks.
    #[arg(long, default_value_t = LEAST_SHIFTS, value_parser = clap::value_parser!(i64).range(2..=10_000))]
    pub known: i64,
    /// The last so many shifts are foretold; without it, all that can be.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    pub last: Option<i64>,
    /// Prints JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// Foretells the past.
///
/// # Errors
/// A file that cannot be read, or too few records.
pub fn foretell(options: &ForecastOptions) -> Result<()> {
    let csv =
        std::fs::read_to_string(&options.replay).with_context(|| format!("reading {}", options.replay.display()))?;
    let found = tested(&csv, options).with_context(|| options.replay.display().to_string())?;
    if options.json {
        say(&serde_json::to_string_pretty(&found)?);
        return Ok(());
    }
    say(&format!("{} shifts foretold, {} incidents in them", found.shifts, found.incidents));
    say("way          hit 5 %  hit 10 %  off a shift  rms a cell  mean a cell");
    let ways = [("forecast", found.model), ("last week", found.last_week), ("mean", found.mean), ("even", found.even)];
    ways.iter().for_each(|(name, error)| say(&row(name, error)));
    let limits = found.interval;
    say(&format!(
        "limits: promised for {:.0} % of the shifts, held for {:.1} %, {:.1} incidents wide",
        100.0 * limits.promised,
        100.0 * limits.held,
        limits.width
    ));
    Ok(())
}

fn row(name: &str, error: &ForecastError) -> String {
    let ForecastError { hit_5, hit_10, mae_shift, rmse_cell, mae_cell } = error;
    let (hit_5, hit_10) = (100.0 * hit_5, 100.0 * hit_10);
    format!("{name:<11} {hit_5:>7.1} % {hit_10:>7.1} % {mae_shift:>12.2} {rmse_cell:>11.4} {mae_cell:>12.4}")
}

fn tested(csv: &str, options: &ForecastOptions) -> Result<ForecastErrors> {
    let records = happened(csv)?;
    let resolution = Resolution::try_from(options.resolution)?;
    // Without a place everything happens in one cell.
    let nowhere = LatLng::new(0.0, 0.0)?.to_cell(resolution);
    let cell = |place: &Option<crate::model::place::LngLat>| match place {
        Some(at) => LatLng::new(at.lat, at.lng).map_or(nowhere, |at| at.to_cell(resolution)),
        None => nowhere,
    };
    let placed: Vec<(i64, CellIndex)> = records.iter().map(|(at, place)| (shift_of(*at, 0), cell(place))).collect();
    let mut cells: Vec<CellIndex> = placed.iter().map(|(_, cell)| *cell).collect();
    cells.sort_unstable();
    cells.dedup();
    let ground = Ground::new(cells);
    let first = placed.iter().map(|(shift, _)| *shift).min().unwrap_or_default() + 1;
    let until = placed.iter().map(|(shift, _)| *shift).max().unwrap_or_default();
    let known = |(shift, cell): &(i64, CellIndex)| Some(Past { shift: *shift, cell: ground.position(*cell)? });
    let past: Vec<Past> = placed.iter().filter_map(known).filter(|one| (first..until).contains(&one.shift)).collect();
    let lookback = Lookback { least: options.known, most: options.last.unwrap_or(i64::from(u32::MAX)) };
    match errors(&ground, &past, (first, until), lookback) {
        Some(found) => Ok(found),
        None => bail!("{} whole shifts are too few to foretell one after {} known ones", until - first, options.known),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn options() -> ForecastOptions {
        ForecastOptions { replay: PathBuf::new(), resolution: 8, known: 21, last: None, json: false }
    }

    /// Three weeks and more of one incident each evening, two at one corner each night.
    fn records(days: u32) -> String {
        let mut csv = "received,incident_id,latitude,longitude\n".to_owned();
        for day in 0..days {
            let date = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(day.into());
            for (n, time, at) in
                [(0, "18:00:00", "3.58,98.66"), (1, "23:30:00", "3.60,98.70"), (2, "23:40:00", "3.60,98.70")]
            {
                writeln!(csv, "{date}T{time},{day}-{n},{at}").unwrap();
                // The second unit sent to the same incident is no second incident.
                writeln!(csv, "{date}T{time},{day}-{n},{at}").unwrap();
            }
        }
        csv
    }

    #[test]
    fn days_that_are_all_alike_are_foretold_without_error() {
        let found = tested(&records(40), &options()).unwrap();
        assert!(found.shifts > 60 && found.model.mae_shift < 0.01, "{found:?}");
        assert!(found.model.mae_shift < found.mean.mae_shift, "{found:?}");
        assert!((found.interval.held - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_cannot_be_read_or_is_too_short_is_said() {
        let said = |csv: &str| format!("{:#}", tested(csv, &options()).unwrap_err());
        assert!(said(&records(3)).contains("too few"), "{}", said(&records(3)));
        assert!(said("when\n1").contains("received, time"));
        assert!(said("received\nyesterday").contains("line 2"));
        assert!(said("").contains("no record"));
    }
}
