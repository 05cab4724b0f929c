//! Who carried the work: operators by what they took, ended and sent; crews by what they were offered and
//! did; and how often somebody else was sent than recommended. Entries and lines enter, figures leave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lines::{IncidentLine, OfferLine};
use super::real;
use super::response::percentile;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{UnitId, UserId};
use crate::model::timeline::turnout_time_s;

/// What an operator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAct {
    /// Took a report.
    Took,
    /// Ended a report.
    Ended,
    /// Sent a unit.
    Sent,
}

/// One act of one operator, with its entry in the journal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deed {
    /// Who.
    pub by: UserId,
    /// What.
    pub act: OperatorAct,
    /// The report, or the incident a unit was sent to.
    pub about: Uuid,
    /// When.
    pub at: Timestamp,
    /// Number of the entry.
    pub seq: u64,
}

/// What an entry says an operator did, if it says so.
#[must_use]
pub fn deed(entry: &Entry) -> Option<Deed> {
    let (by, act, about) = match (&entry.event, entry.actor) {
        (Event::ReportClaimed { by, report }, _) => (*by, OperatorAct::Took, report.0),
        (Event::ReportClosed { report, .. }, Actor::User(by)) => (by, OperatorAct::Ended, report.0),
        (Event::AssignmentOffered { automatic: false, incident, .. }, Actor::User(by)) => {
            (by, OperatorAct::Sent, incident.0)
        }
        _ => return None,
    };
    Some(Deed { by, act, about, at: entry.at, seq: entry.seq })
}

/// The load of an operator.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OperatorLoad {
    /// Who.
    pub user: UserId,
    /// His name.
    pub name: String,
    /// Reports taken.
    pub took: usize,
    /// Reports ended by him.
    pub ended: usize,
    /// Units sent by him.
    pub sent: usize,
    /// Reports taken in his busiest hour of the clock.
    pub busiest_hour: usize,
    /// When that hour began, the earliest of several; none when nothing was taken.
    pub busiest_at: Option<Timestamp>,
}

/// The load of each operator, the heaviest first. Names are added by who knows them.
#[must_use]
pub fn operators(deeds: &[Deed]) -> Vec<OperatorLoad> {
    let mut people: BTreeMap<UserId, Vec<&Deed>> = BTreeMap::new();
    for deed in deeds {
        people.entry(deed.by).or_default().push(deed);
    }
    let count = |deeds: &[&Deed], act: OperatorAct| deeds.iter().filter(|deed| deed.act == act).count();
    let mut loads: Vec<OperatorLoad> = people
        .into_iter()
        .map(|(user, deeds)| {
            let busiest = busiest_hour(&deeds);
            OperatorLoad {
                user,
                name: String::new(),
                took: count(&deeds, OperatorAct::Took),
                ended: count(&deeds, OperatorAct::Ended),
                sent: count(&deeds, OperatorAct::Sent),
                busiest_hour: busiest.map_or(0, |(_, count)| count),
                busiest_at: busiest.map(|(at, _)| at),
            }
        })
        .collect();
    loads.sort_by_key(|load| (std::cmp::Reverse(load.took + load.sent), load.user));
    loads
}

/// One hour, microseconds.
const HOUR: i64 = 3600 * SECOND;

fn busiest_hour(deeds: &[&Deed]) -> Option<(Timestamp, usize)> {
    let mut hours: BTreeMap<i64, usize> = BTreeMap::new();
    for deed in deeds.iter().filter(|deed| deed.act == OperatorAct::Took) {
        *hours.entry(deed.at.0.div_euclid(HOUR)).or_default() += 1;
    }
    let busiest = hours.into_iter().max_by_key(|(hour, count)| (*count, std::cmp::Reverse(*hour)))?;
    Some((Timestamp(busiest.0 * HOUR), busiest.1))
}

/// The load of a crew.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CrewLoad {
    /// Which.
    pub unit: UnitId,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Offers it got.
    pub offered: usize,
    /// Of them accepted.
    pub accepted: usize,
    /// Refused.
    pub refused: usize,
    /// Not answered in time.
    pub expired: usize,
    /// Scenes it reached.
    pub arrived: usize,
    /// Hours from accepting to the end, all jobs together.
    pub busy_h: f64,
    /// Median time from accepting to rolling, seconds.
    pub turnout_p50_s: Option<f64>,
}

/// The load of each crew, the heaviest first. Call signs are added by who knows them.
#[must_use]
pub fn crews(lines: &[IncidentLine]) -> Vec<CrewLoad> {
    let mut crews: BTreeMap<UnitId, Vec<&OfferLine>> = BTreeMap::new();
    for offer in lines.iter().flat_map(|line| &line.offers) {
        crews.entry(offer.unit).or_default().push(offer);
    }
    let mut loads: Vec<CrewLoad> = crews.into_iter().map(|(unit, offers)| crew(unit, &offers)).collect();
    loads.sort_by(|a, b| b.busy_h.total_cmp(&a.busy_h).then(b.offered.cmp(&a.offered)).then(a.unit.cmp(&b.unit)));
    loads
}

fn crew(unit: UnitId, offers: &[&OfferLine]) -> CrewLoad {
    let ended = |code: &str| offers.iter().filter(|offer| offer.state == code).count();
    let mut turnouts: Vec<f64> = offers.iter().filter_map(|offer| turnout_time_s(&offer.stamps)).collect();
    turnouts.sort_by(f64::total_cmp);
    CrewLoad {
        unit,
        call_sign: String::new(),
        offered: offers.len(),
        accepted: offers.iter().filter(|offer| offer.stamps.accepted_at.is_some()).count(),
        refused: ended("refused"),
        expired: ended("expired"),
        arrived: offers.iter().filter(|offer| offer.stamps.on_scene_at.is_some()).count(),
        busy_h: offers.iter().filter_map(|offer| busy_s(offer)).fold(0.0, |sum, secs| sum + secs) / 3600.0,
        turnout_p50_s: percentile(&turnouts, 50),
    }
}

/// From accepting to the end of a job, seconds; none while it runs, or when it was never accepted.
#[must_use]
pub fn busy_s(offer: &OfferLine) -> Option<f64> {
    Some(offer.stamps.ended_at?.secs_since(offer.stamps.accepted_at?))
}

/// A reason that was given, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonCount {
    /// The words of the operators.
    pub reason: String,
    /// Times.
    pub count: usize,
}

/// How often another unit was sent than the recommended one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Overrides {
    /// Offers an operator chose; the machine's own are not counted.
    pub chosen: usize,
    /// Of them for another unit than recommended.
    pub overridden: usize,
    /// Share of them, 0 to 1; none without a choice.
    pub share: Option<f64>,
    /// Reasons, the most frequent first; the first 20.
    pub reasons: Vec<ReasonCount>,
}

/// Reasons shown at most.
const MOST_REASONS: usize = 20;

/// How often another unit was sent than the recommended one, and why.
#[must_use]
pub fn overrides(lines: &[IncidentLine]) -> Overrides {
    let chosen: Vec<&OfferLine> = lines.iter().flat_map(|line| &line.offers).filter(|offer| is_chosen(offer)).collect();
    let others: Vec<&&OfferLine> = chosen.iter().filter(|offer| offer.overridden).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for offer in &others {
        let reason = offer.override_reason.as_deref().map(str::trim).unwrap_or_default();
        *counts.entry(reason.to_owned()).or_default() += 1;
    }
    let mut reasons: Vec<ReasonCount> =
        counts.into_iter().map(|(reason, count)| ReasonCount { reason, count }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons.truncate(MOST_REASONS);
    Overrides {
        chosen: chosen.len(),
        overridden: others.len(),
        share: (!chosen.is_empty()).then(|| real(others.len()) / real(chosen.len())),
        reasons,
    }
}

/// Whether an operator chose it.
#[must_use]
pub const fn is_chosen(offer: &OfferLine) -> bool {
    !offer.automatic
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{NOON, incidents};
    use super::*;

    proptest! {
        #[test]
        fn overrides_and_crews_are_what_a_plain_count_says(lines in incidents()) {
            let found = overrides(&lines);
            let mut chosen = Vec::new();
            for line in &lines {
                for offer in &line.offers {
                    if !offer.automatic {
                        chosen.push(offer.clone());
                    }
                }
            }
            prop_assert_eq!(found.chosen, chosen.len());
            prop_assert_eq!(found.overridden, chosen.iter().filter(|offer| offer.overridden).count());
            prop_assert_eq!(found.reasons.iter().map(|reason| reason.count).sum::<usize>(), found.overridden);
            prop_assert!(found.reasons.windows(2).all(|pair| pair[0].count >= pair[1].count));
            let loads = crews(&lines);
            prop_assert_eq!(loads.iter().map(|load| load.offered).sum::<usize>(), lines.iter().map(|line| line.offers.len()).sum::<usize>());
            for load in &loads {
                let own = || lines.iter().flat_map(|line| &line.offers).filter(|offer| offer.unit == load.unit);
                prop_assert_eq!(load.arrived, own().filter(|offer| offer.stamps.on_scene_at.is_some()).count());
                prop_assert_eq!(load.expired, own().filter(|offer| offer.state == "expired").count());
            }
        }

        #[test]
        fn operators_are_counted_act_by_act(acts in prop::collection::vec((0_u128..4, 0_u8..3, 0_i64..40_000), 0..80)) {
            let deeds: Vec<Deed> = (1..).zip(&acts).map(|(seq, (who, act, at))| Deed {
                by: UserId(Uuid::from_u128(*who)),
                about: Uuid::nil(),
                act: [OperatorAct::Took, OperatorAct::Ended, OperatorAct::Sent][usize::from(*act)],
                at: NOON.plus_secs(*at),
                seq,
            }).collect();
            for load in operators(&deeds) {
                let own = |act: OperatorAct| deeds.iter().filter(move |deed| deed.by == load.user && deed.act == act);
                prop_assert_eq!((load.took, load.ended, load.sent), (own(OperatorAct::Took).count(), own(OperatorAct::Ended).count(), own(OperatorAct::Sent).count()));
                let hour = |deed: &Deed| deed.at.0 / 3_600_000_000;
                let most = own(OperatorAct::Took).map(|one| own(OperatorAct::Took).filter(|other| hour(other) == hour(one)).count()).max();
                prop_assert_eq!(load.busiest_hour, most.unwrap_or(0));
                let within = |deed: &&Deed| load.busiest_at.is_some_and(|at| (at..at.plus_secs(3600)).contains(&deed.at));
                prop_assert_eq!(own(OperatorAct::Took).filter(within).count(), load.busiest_hour);
            }
        }
    }
}
