//! The figures a Kapolres reads each morning and an office keeps: ten of them, days, hours, and what they
//! are compared with. Lines enter.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::answers::Answers;
use super::backtest::ForecastErrors;
use super::behind::{Figure, behind};
use super::lines::{IncidentLine, ReportLine};
use super::load::{CrewLoad, OperatorLoad, Overrides, overrides};
use super::real;
use super::response::{Times, times};
use super::when::local;
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
    /// What stands behind it, to be opened; the calls have a door of their own.
    pub behind: Option<Figure>,
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
    let figure = |(at, (key, unit, value, behind)): (usize, (Key, Counts, Option<f64>, Option<Figure>))| KeyFigure {
        key,
        unit,
        value,
        before: old.as_ref().and_then(|old| old.get(at)?.2),
        behind,
    };
    values(now).into_iter().enumerate().map(figure).collect()
}

fn values(all: Counted<'_>) -> Vec<(Key, Counts, Option<f64>, Option<Figure>)> {
    let count = |figure: Figure| behind(figure, all.reports, all.incidents).count();
    let share = |part: usize, of: usize| (of > 0).then(|| real(part) / real(of));
    let (total, taken) = (times("", all.incidents.iter()), count(Figure::Taken));
    let counted = |key: Key, figure: Figure| (key, Counts::Count, Some(real(count(figure))), Some(figure));
    vec![
        counted(Key::Reports, Figure::Reports),
        counted(Key::Emergencies, Figure::Emergencies),
        (Key::InTurn, Counts::Share, share(taken - count(Figure::Overtaking), taken), Some(Figure::Overtaking)),
        counted(Key::Unfinished, Figure::Unfinished),
        counted(Key::Reached, Figure::Reached),
        (Key::P50, Counts::Seconds, total.p50_s, Some(Figure::Reached)),
        (Key::P90, Counts::Seconds, total.p90_s, Some(Figure::Reached)),
        (Key::Within, Counts::Share, total.within_clock, Some(Figure::Late)),
        (Key::Overridden, Counts::Share, overrides(all.incidents).share, Some(Figure::Overridden)),
        (Key::Answered, Counts::Share, all.calls.share, None),
    ]
}

/// Something that went wrong, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wrong {
    /// What; it can be opened.
    pub figure: Figure,
    /// How often.
    pub count: usize,
}

/// What went wrong, the gravest first; what did not is left out.
#[must_use]
pub fn wrong(all: Counted<'_>) -> Vec<Wrong> {
    let order = [Figure::Waiting, Figure::Late, Figure::Unserved, Figure::Unanswered, Figure::Overtaking];
    let count = |figure: Figure| Wrong { figure, count: behind(figure, all.reports, all.incidents).count() };
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

/// Reports by category, most frequent first.
#[must_use]
pub fn categories(reports: &[ReportLine]) -> Vec<CategoryCount> {
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for report in reports {
        *counts.entry(report.category).or_default() += 1;
    }
    let item =
        |(category, count): (Category, usize)| CategoryCount { category, label: category.label().to_owned(), count };
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
    /// By Polsek, its name in place of the code.
    pub by_polsek: Vec<Times>,
    /// By category, what people read in place of the code.
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
            prop_assert_eq!(categories(&reports).iter().map(|item| item.count).sum::<usize>(), reports.len());
            let figures = ten(all, Some(all));
            prop_assert_eq!(figures.len(), 10);
            for figure in &figures {
                prop_assert_eq!(figure.value, figure.before);
                if let (Counts::Count, Some(open)) = (figure.unit, figure.behind) {
                    prop_assert_eq!(figure.value, Some(real(behind(open, &reports, &incidents).count())));
                }
            }
            prop_assert!(wrong(all).iter().all(|one| one.count == behind(one.figure, &reports, &incidents).count()));
        }
    }
}
