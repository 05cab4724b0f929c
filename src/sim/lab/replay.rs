//! Days replayed from a CSV of dispatch records: times, priorities and the shape of the city's demand are
//! theirs; the places are laid over the town's own map.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::{Call, days};
use crate::model::clock::Timestamp;
use crate::model::place::LngLat;
use crate::model::report::Priority;

/// Longest stay at a scene that is believed, seconds.
const LONGEST_S: f64 = 6.0 * 3600.0;

/// Why a file cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReplay {
    /// The first line does not name a column that is needed.
    #[error("the records lack a column: one of {0}")]
    MissingColumn(&'static str),
    /// A line that is no record.
    #[error("records line {line}: {reason}")]
    BadLine {
        /// Counted from 1, the header being line 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// No record.
    #[error("the file holds no record")]
    Empty,
}

/// One record, as it was written.
struct Record {
    incident: String,
    received: NaiveDateTime,
    dispatched: Option<NaiveDateTime>,
    rolling: Option<NaiveDateTime>,
    at: Option<(f64, f64)>,
    priority: Option<u8>,
    service_s: Option<f64>,
}

/// Reads records, one call an incident (its first record), grouped by day. Columns by name: `received` or
/// `time`; `latitude` or `lat`; `longitude`, `lng` or `lon`; and, where there, `incident_id`, `dispatch`,
/// `response`, `priority` (1 is gravest; letters count as 3), `service_s`. Times are RFC 3339 without an offset. The box of all
/// places is laid over the box of `spots`, each place then moved to the nearest spot.
///
/// # Errors
/// [`BadReplay`], naming column or line.
pub fn read(csv: &str, spots: &[LngLat], rng: &mut fastrand::Rng) -> Result<Vec<Vec<Call>>, BadReplay> {
    let records = records(csv, true)?;
    let box_of = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        points.fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, (x, y)| {
            [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)]
        })
    };
    let theirs = box_of(&mut records.iter().filter_map(|record| record.at));
    let ours = box_of(&mut spots.iter().map(|at| (at.lng, at.lat)));
    let mut days_by_date: BTreeMap<chrono::NaiveDate, Vec<Call>> = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for record in records {
        let Some(at) = record.at.filter(|_| record.incident.is_empty() || seen.insert(record.incident.clone())) else {
            continue;
        };
        let along = |value: f64, from: usize| {
            let share = (value - theirs[from]) / (theirs[from + 2] - theirs[from]).max(f64::EPSILON);
            ours[from] + share * (ours[from + 2] - ours[from])
        };
        let laid = LngLat::new(along(at.0, 0), along(at.1, 1));
        let nearest = spots.iter().min_by(|a, b| a.distance_m(laid).total_cmp(&b.distance_m(laid)));
        let since = record.received.time().signed_duration_since(chrono::NaiveTime::MIN);
        let mut call = days::call(secs(since), nearest.copied().unwrap_or(laid), rng);
        let took = |from: Option<NaiveDateTime>, to: Option<NaiveDateTime>| {
            Some(secs(to?.signed_duration_since(from?))).filter(|secs| (0.0..LONGEST_S).contains(secs))
        };
        call.entry_s = took(Some(record.received), record.dispatched).unwrap_or(call.entry_s);
        call.turnout_s = took(record.dispatched, record.rolling).unwrap_or(call.turnout_s);
        call.service_s = record.service_s.filter(|secs| (0.0..LONGEST_S).contains(secs)).unwrap_or(call.service_s);
        call.priority = match record.priority {
            Some(1) => Priority::P1,
            Some(2) => Priority::P2,
            Some(_) => Priority::P3,
            None => call.priority,
        };
        days_by_date.entry(record.received.date()).or_default().push(call);
    }
    let mut days: Vec<Vec<Call>> = days_by_date.into_values().collect();
    for day in &mut days {
        day.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    }
    if days.is_empty() { Err(BadReplay::Empty) } else { Ok(days) }
}

/// When and where each incident of the records happened, in order of time: the first record of each. Columns as
/// for [`read`]; records without any place are read too.
///
/// # Errors
/// [`BadReplay`], naming column or line.
pub fn happened(csv: &str) -> Result<Vec<(Timestamp, Option<LngLat>)>, BadReplay> {
    let mut seen = std::collections::HashSet::new();
    let mut found: Vec<(Timestamp, Option<LngLat>)> = records(csv, false)?
        .into_iter()
        .filter(|record| record.incident.is_empty() || seen.insert(record.incident.clone()))
        .map(|record| {
            let at = Timestamp::from_secs(record.received.and_utc().timestamp());
            (at, record.at.map(|(lng, lat)| LngLat::new(lng, lat)))
        })
        .collect();
    found.sort_by_key(|(at, _)| *at);
    if found.is_empty() { Err(BadReplay::Empty) } else { Ok(found) }
}

fn records(csv: &str, with_place: bool) -> Result<Vec<Record>, BadReplay> {
    let mut lines = csv.lines().enumerate();
    let (_, header) = lines.next().ok_or(BadReplay::Empty)?;
    let columns: Vec<&str> = header.trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
    let find = |names: &[&str]| columns.iter().position(|column| names.contains(column));
    let must = |names: &'static str| {
        let all: Vec<&str> = names.split(", ").collect();
        find(&all).ok_or(BadReplay::MissingColumn(names))
    };
    let received = must("received, time")?;
    let place = if with_place {
        Some((must("latitude, lat")?, must("longitude, lng, lon")?))
    } else {
        find(&["latitude", "lat"]).zip(find(&["longitude", "lng", "lon"]))
    };
    let (incident, priority, service) = (find(&["incident_id"]), find(&["priority"]), find(&["service_s"]));
    let (dispatch, response) = (find(&["dispatch"]), find(&["response"]));
    let mut records = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let bad = |reason: String| BadReplay::BadLine { line: index + 1, reason };
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
        let degrees = |column: usize, most: f64| {
            let value: Option<f64> = cell(column).parse().ok();
            value
                .filter(|value| value.abs() <= most)
                .ok_or_else(|| bad(format!("{} is no coordinate: {:?}", columns[column], cell(column))))
        };
        records.push(Record {
            incident: incident.map_or(String::new(), |column| cell(column).to_owned()),
            received: instant(cell(received)).ok_or_else(|| bad(format!("no time: {:?}", cell(received))))?,
            dispatched: dispatch.and_then(|column| instant(cell(column))),
            rolling: response.and_then(|column| instant(cell(column))),
            at: match place {
                Some((lat, lng)) => Some((degrees(lng, 180.0)?, degrees(lat, 90.0)?)),
                None => None,
            },
            priority: priority.map(|column| cell(column).parse().unwrap_or(3)),
            service_s: service.and_then(|column| cell(column).parse().ok()),
        });
    }
    Ok(records)
}

fn instant(written: &str) -> Option<NaiveDateTime> {
    let plain = written.trim_end_matches('Z').replacen(' ', "T", 1);
    NaiveDateTime::parse_from_str(&plain, "%Y-%m-%dT%H:%M:%S%.f").ok()
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
fn secs(span: chrono::TimeDelta) -> f64 {
    span.num_milliseconds() as f64 / 1000.0
}
