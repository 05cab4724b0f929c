//! The figures a Kapolres reads each morning and an office keeps: ten of them, days, hours, and what they
//! are compared with. Lines enter.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::answers::Answers;
use super::backtest::ForecastErrors;
use super::behind::{FigureCode, behind};
use super::lines::{IncidentLine, ReportLine};
use super::load::{CrewLoad, OperatorLoad, Overrides};
use super::real;
use super::response::{Times, times};
use super::when::local;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::report::Category;

/// What a key figure counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Whole things.
    Count,
    /// Seconds.
    Seconds,
    /// 0 to 1.
    Share,
}

/// The ten figures of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Reports that came.
    Reports,
    /// Of them emergencies.
    Emergencies,
    /// Share of those taken that were taken in turn.
    InTurn,
    /// Reports not ended.
    Unfinished,
    /// Incidents reached by somebody.
    Reached,
    /// Median response time.
    P50,
    /// Nine of ten were reached sooner.
    P90,
    /// Share within the Polri clock.
    Within,
    /// Share of the operators' choices that were not the recommended unit.
    Overridden,
    /// Share of 110 calls answered within ten seconds.
    Answered,
}

/// One of the ten figures.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KeyFigure {
    /// Which.
    pub key: Key,
    /// What it counts in.
    pub unit: Counts,
    /// The figure; none where there is nothing to count.
    pub value: Option<f64>,
    /// The same a week before.
    pub before: Option<f64>,
    /// What stands behind it, to be opened: its lines; of a time, those that took as long or longer.
    pub behind: FigureCode,
    /// Of a share, what it is the share of.
    pub of: Option<FigureCode>,
}

/// What the ten figures are made of.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// Reports of the time.
    pub reports: &'a [ReportLine],
    /// Incidents of the time.
    pub incidents: &'a [IncidentLine],
    /// Calls to 110 of the time.
    pub calls: &'a Answers,
}

/// The ten figures, with those of the time they are compared with.
#[must_use]
pub fn ten(now: Counted<'_>, before: Option<Counted<'_>>) -> Vec<KeyFigure> {
    let old = before.map(values);
    let figure = |(at, (key, unit, value, behind, of)): (usize, Value)| KeyFigure {
        key,
        unit,
        value,
        before: old.as_ref().and_then(|old| old.get(at)?.2),
        behind,
        of,
    };
    values(now).into_iter().enumerate().map(figure).collect()
}

/// Which, in what, how much, what stands behind it, and what it is the share of.
type Value = (Key, Counts, Option<f64>, FigureCode, Option<FigureCode>);

fn values(all: Counted<'_>) -> Vec<Value> {
    use FigureCode as F;
    let count = |figure: F| behind(figure, all.reports, all.incidents).count();
    let total = times("", all.incidents.iter());
    let counted = |key: Key, figure: F| (key, Counts::Count, Some(real(count(figure))), figure, None);
    let timed = |key: Key, value: Option<f64>, figure: F| (key, Counts::Seconds, value, figure, None);
    let shared = |key: Key, part: F, of: F| {
        let share = (count(of) > 0).then(|| real(count(part)) / real(count(of)));
        (key, Counts::Share, share, part, Some(of))
    };
    vec![
        counted(Key::Reports, F::Reports),
        counted(Key::Emergencies, F::Emergencies),
        shared(Key::InTurn, F::InTurn, F::Taken),
        counted(Key::Unfinished, F::Unfinished),
        counted(Key::Reached, F::Reached),
        timed(Key::P50, total.p50_s, F::SlowerHalf),
        timed(Key::P90, total.p90_s, F::SlowestTenth),
        shared(Key::Within, F::Within, F::Reached),
        shared(Key::Overridden, F::Overridden, F::Chosen),
        (Key::Answered, Counts::Share, all.calls.share, F::CallsWithin, Some(F::Calls)),
    ]
}

/// Something that went wrong, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wrong {
    /// What; it can be opened.
    pub figure: FigureCode,
    /// How often.
    pub count: usize,
}

/// What went wrong, the gravest first; what did not is left out.
#[must_use]
pub fn wrong(all: Counted<'_>) -> Vec<Wrong> {
    let order =
        [FigureCode::Waiting, FigureCode::Late, FigureCode::Unserved, FigureCode::Unanswered, FigureCode::Overtaking];
    let count = |figure: FigureCode| Wrong { figure, count: behind(figure, all.reports, all.incidents).count() };
    order.into_iter().map(count).filter(|wrong| wrong.count > 0).collect()
}

/// One day in a row of days.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DayRow {
    /// `2026-11-21` by the office's calendar.
    pub day: String,
    /// Reports that came.
    pub reports: usize,
    /// Incidents reached by somebody.
    pub reached: usize,
    /// Of them within the Polri clock.
    pub within: usize,
    /// Median response time, seconds.
    pub p50_s: Option<f64>,
    /// Nine of ten were faster, seconds.
    pub p90_s: Option<f64>,
}

/// Each day from `from` to before `to`, also those on which nothing came.
#[must_use]
pub fn days(all: Counted<'_>, (from, to): (Timestamp, Timestamp), offset_h: i32) -> Vec<DayRow> {
    let day_of = |at: Timestamp| local(at, offset_h).day;
    let mut reports: BTreeMap<i64, usize> = BTreeMap::new();
    for line in all.reports {
        *reports.entry(day_of(line.received_at)).or_default() += 1;
    }
    let mut incidents: BTreeMap<i64, Vec<&IncidentLine>> = BTreeMap::new();
    for line in all.incidents {
        incidents.entry(day_of(line.received_at)).or_default().push(line);
    }
    let row = |day: i64| {
        let own = incidents.get(&day).map(Vec::as_slice).unwrap_or_default();
        let found = times("", own.iter().copied());
        DayRow {
            day: Timestamp::from_secs(day * 24 * 3600).local_date(0),
            reports: reports.get(&day).copied().unwrap_or_default(),
            reached: found.incidents,
            within: found.within,
            p50_s: found.p50_s,
            p90_s: found.p90_s,
        }
    };
    (day_of(from)..=day_of(Timestamp(to.0 - 1))).map(row).collect()
}

/// Reports by hour of the day, 24 numbers.
#[must_use]
pub fn hours(reports: &[ReportLine], offset_h: i32) -> Vec<usize> {
    let mut hours = vec![0; 24];
    for line in reports {
        hours[usize::from(local(line.received_at, offset_h).hour)] += 1;
    }
    hours
}

/// How many reports of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryCount {
    /// Its code.
    pub category: Category,
    /// What people read.
    pub label: String,
    /// Reports.
    pub count: usize,
}

/// Reports by category, as the office calls them, most frequent first.
#[must_use]
pub fn categories(reports: &[ReportLine], names: &CategorySet) -> Vec<CategoryCount> {
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for report in reports {
        *counts.entry(report.category).or_default() += 1;
    }
    let item = |(category, count): (Category, usize)| {
        let label = names.name(category).to_owned();
        CategoryCount { category, label, count }
    };
    let mut items: Vec<CategoryCount> = counts.into_iter().map(item).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.count));
    items
}

/// Everything the evaluation report says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Evaluation {
    /// Name of the office.
    pub office: String,
    /// Its areas, streets and units are invented.
    pub synthetic: bool,
    /// From this instant.
    pub from: Timestamp,
    /// To before this one.
    pub to: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// Hours the office lies east of Greenwich.
    pub utc_offset_h: i32,
    /// The ten figures, with those of the time of the same length before.
    pub figures: Vec<KeyFigure>,
    /// Day by day.
    pub days: Vec<DayRow>,
    /// Reports by hour of the day, 24 numbers.
    pub hours: Vec<usize>,
    /// Response times of all.
    pub total: Times,
    /// By Polsek.
    pub by_polsek: Vec<Times>,
    /// Names of these Polsek, by code.
    pub polsek_names: BTreeMap<String, String>,
    /// What the office calls these categories, by code.
    pub category_names: BTreeMap<String, String>,
    /// By category.
    pub by_category: Vec<Times>,
    /// By distance from the station.
    pub by_band: Vec<Times>,
    /// The most frequent complaints.
    pub complaints: Vec<CategoryCount>,
    /// How fast 110 was answered.
    pub calls: Answers,
    /// How often another unit was sent than recommended.
    pub overrides: Overrides,
    /// The load of the operators.
    pub operators: Vec<OperatorLoad>,
    /// The load of the crews.
    pub crews: Vec<CrewLoad>,
    /// How wrong the forecast of the next shift was; none where too little is known.
    pub forecast: Option<ForecastErrors>,
    /// From when on its shifts were looked back at.
    pub tested_from: Option<Timestamp>,
    /// And until when.
    pub tested_to: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{NOON, incidents, reports};
    use super::*;

    proptest! {
        #[test]
        fn days_hours_and_categories_hold_every_report_once(reports in reports(), incidents in incidents()) {
            let calls = Answers::default();
            let all = Counted { reports: &reports, incidents: &incidents, calls: &calls };
            let (from, to) = (NOON, NOON.plus_secs(600_000));
            let days = days(all, (from, to), 7);
            prop_assert_eq!(days.iter().map(|day| day.reports).sum::<usize>(), reports.len());
            let total = times("", incidents.iter());
            prop_assert_eq!(days.iter().map(|day| day.reached).sum::<usize>(), total.incidents);
            prop_assert_eq!(days.iter().map(|day| day.within).sum::<usize>(), total.within);
            prop_assert_eq!(days.len(), 8, "from Saturday morning to the Saturday after");
            prop_assert_eq!(hours(&reports, 7).iter().sum::<usize>(), reports.len());
            prop_assert_eq!(categories(&reports, &CategorySet::builtin()).iter().map(|item| item.count).sum::<usize>(), reports.len());
            let figures = ten(all, Some(all));
            prop_assert_eq!(figures.len(), 10);
            for figure in &figures {
                prop_assert_eq!(figure.value, figure.before);
                let count = |open: FigureCode| real(behind(open, &reports, &incidents).count());
                match (figure.unit, figure.of, figure.value) {
                    (Counts::Count, _, value) => prop_assert_eq!(value, Some(count(figure.behind))),
                    (Counts::Share, Some(of), Some(share)) => prop_assert!((share - count(figure.behind) / count(of)).abs() < 1e-12),
                    (Counts::Share, of, None) => prop_assert!(of.is_some_and(|of| count(of) == 0.0)),
                    (unit, of, value) => prop_assert!(unit == Counts::Seconds && of.is_none() && value.is_some() == (count(figure.behind) > 0.0)),
                }
            }
            prop_assert!(wrong(all).iter().all(|one| one.count == behind(one.figure, &reports, &incidents).count()));
        }
    }
}
