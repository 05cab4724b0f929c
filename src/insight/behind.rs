//! What stands behind a figure. Each figure is the number of the lines chosen here and nothing else, so
//! that whoever doubts one can open every report, incident, offer or call it is made of. A figure that is
//! a time (half of them were there in …) is the time of the first of its lines; the others took longer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::{Answer, answer_of};
use super::fairness::{Taken, out_of_turn};
use super::lines::{IncidentLine, OfferLine, ReportLine};
use super::load::{busy_s, is_chosen};
use super::response::rank;
use crate::model::call::Call;
use crate::model::clock::Timestamp;
use crate::model::report::Priority;
use crate::model::timeline::turnout_time_s;

/// A figure that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureCode {
    /// Reports that came.
    Reports,
    /// Of them emergencies.
    Emergencies,
    /// Of them taken by an operator.
    Taken,
    /// Of those, taken before one that came earlier with the same priority.
    Overtaking,
    /// Of those taken, the others: each in its turn.
    InTurn,
    /// Reports not ended.
    Unfinished,
    /// Reports in nobody's hands.
    Waiting,
    /// Reports that were misuse.
    Pranks,
    /// Incidents.
    Incidents,
    /// Of them reached by somebody.
    Reached,
    /// Reached within the Polri clock.
    Within,
    /// Reached later.
    Late,
    /// Not reached by anybody.
    Unserved,
    /// Offers an operator chose.
    Chosen,
    /// Of them for another unit than recommended.
    Overridden,
    /// Offers a crew refused, or did not answer in time.
    Unanswered,
    /// Incidents reached, from the one with the median response time on: half of them.
    SlowerHalf,
    /// Incidents reached, from the one on that nine of ten were sooner than.
    SlowestTenth,
    /// Offers made to crews.
    Offered,
    /// Of them accepted.
    Accepted,
    /// Of them with a crew that came to the scene.
    Arrived,
    /// Jobs that were accepted and are over: the hours a crew worked.
    Busy,
    /// Offers after which a crew rolled, from the one with the median turnout time on.
    SlowerTurnout,
    /// Calls to 110 that count.
    Calls,
    /// Of them answered within ten seconds.
    CallsWithin,
    /// Of them answered later.
    CallsLate,
    /// Of them never answered.
    CallsMissed,
    /// Calls answered, from the one on that nine of ten were answered sooner than.
    CallsSlowest,
    /// Now: reports in the queue, those set aside included.
    NowQueued,
    /// Now: reports in an operator's hands.
    NowClaimed,
    /// Now: open incidents.
    NowIncidents,
    /// Now: of them on hold.
    NowHeld,
    /// Now: units in danger.
    NowDanger,
    /// Now: roads closed or slowed.
    NowClosures,
    /// Now: units that are free; with a place, the nearest first.
    NowFree,
    /// Now: reports received before `to` that nobody has taken.
    NowUntaken,
}

/// What the lines behind a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Reports, incidents or offers of a stretch of time.
    Lines,
    /// Calls of a stretch of time.
    Calls,
    /// What the desk holds at this moment.
    Desk,
}

impl FigureCode {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::Reports,
        Self::Emergencies,
        Self::Taken,
        Self::Overtaking,
        Self::InTurn,
        Self::Unfinished,
        Self::Waiting,
        Self::Pranks,
        Self::Incidents,
        Self::Reached,
        Self::Within,
        Self::Late,
        Self::Unserved,
        Self::Chosen,
        Self::Overridden,
        Self::Unanswered,
        Self::SlowerHalf,
        Self::SlowestTenth,
        Self::Offered,
        Self::Accepted,
        Self::Arrived,
        Self::Busy,
        Self::SlowerTurnout,
        Self::Calls,
        Self::CallsWithin,
        Self::CallsLate,
        Self::CallsMissed,
        Self::CallsSlowest,
        Self::NowQueued,
        Self::NowClaimed,
        Self::NowIncidents,
        Self::NowHeld,
        Self::NowDanger,
        Self::NowClosures,
        Self::NowFree,
        Self::NowUntaken,
    ];

    /// What its lines are.
    #[must_use]
    pub const fn made_of(self) -> Made {
        match self {
            Self::Calls | Self::CallsWithin | Self::CallsLate | Self::CallsMissed | Self::CallsSlowest => Made::Calls,
            Self::NowQueued
            | Self::NowClaimed
            | Self::NowIncidents
            | Self::NowHeld
            | Self::NowDanger
            | Self::NowClosures
            | Self::NowFree
            | Self::NowUntaken => Made::Desk,
            _ => Made::Lines,
        }
    }

    /// Whether its lines stand in the order of what was measured, and the first one is the figure.
    #[must_use]
    pub const fn is_ranked(self) -> bool {
        matches!(self, Self::SlowerHalf | Self::SlowestTenth | Self::SlowerTurnout | Self::CallsSlowest)
    }
}

/// The lines behind a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Behind<'a> {
    /// Reports.
    Reports(Vec<&'a ReportLine>),
    /// Incidents.
    Incidents(Vec<&'a IncidentLine>),
    /// Offers, each with its incident.
    Offers(Vec<(&'a IncidentLine, &'a OfferLine)>),
}

impl Behind<'_> {
    /// The figure itself.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Reports(lines) => lines.len(),
            Self::Incidents(lines) => lines.len(),
            Self::Offers(lines) => lines.len(),
        }
    }
}

/// What stands behind a figure of these reports and incidents: nothing, when it is made of something else.
#[must_use]
pub fn behind<'a>(figure: FigureCode, reports: &'a [ReportLine], incidents: &'a [IncidentLine]) -> Behind<'a> {
    use FigureCode as F;
    let of_reports =
        |wanted: &dyn Fn(&ReportLine) -> bool| Behind::Reports(reports.iter().filter(|line| wanted(line)).collect());
    let of_incidents = |wanted: &dyn Fn(&IncidentLine) -> bool| {
        Behind::Incidents(incidents.iter().filter(|line| wanted(line)).collect())
    };
    let of_offers = |wanted: &dyn Fn(&OfferLine) -> bool| {
        let offers = incidents.iter().flat_map(|line| line.offers.iter().map(move |offer| (line, offer)));
        Behind::Offers(offers.filter(|(_, offer)| wanted(offer)).collect())
    };
    match figure {
        F::Reports => of_reports(&|_| true),
        F::Emergencies => of_reports(&|line| line.priority == Priority::P1),
        F::Taken => of_reports(&|line| line.claimed_at.is_some()),
        F::Overtaking => Behind::Reports(turns(reports, true)),
        F::InTurn => Behind::Reports(turns(reports, false)),
        F::Unfinished => of_reports(&|line| line.closed_at.is_none()),
        F::Waiting => of_reports(&|line| line.state == "queued"),
        F::Pranks => of_reports(&|line| line.outcome.as_deref() == Some("prank")),
        F::Incidents => of_incidents(&|_| true),
        F::Reached => of_incidents(&|line| line.within_clock().is_some()),
        F::Within => of_incidents(&|line| line.within_clock() == Some(true)),
        F::Late => of_incidents(&|line| line.within_clock() == Some(false)),
        F::Unserved => of_incidents(&|line| line.within_clock().is_none()),
        F::Chosen => of_offers(&is_chosen),
        F::Overridden => of_offers(&|offer| is_chosen(offer) && offer.overridden),
        F::Unanswered => of_offers(&|offer| matches!(offer.state.as_str(), "refused" | "expired")),
        F::SlowerHalf => Behind::Incidents(slower(incidents.iter(), |line| line.response_s(), 50)),
        F::SlowestTenth => Behind::Incidents(slower(incidents.iter(), |line| line.response_s(), 90)),
        F::Offered => of_offers(&|_| true),
        F::Accepted => of_offers(&|offer| offer.stamps.accepted_at.is_some()),
        F::Arrived => of_offers(&|offer| offer.stamps.on_scene_at.is_some()),
        F::Busy => of_offers(&|offer| busy_s(offer).is_some()),
        F::SlowerTurnout => {
            let offers = incidents.iter().flat_map(|line| line.offers.iter().map(move |offer| (line, offer)));
            Behind::Offers(slower(offers, |(_, offer)| turnout_time_s(&offer.stamps), 50))
        }
        _ => Behind::Reports(Vec::new()),
    }
}

/// What stands behind a figure of these calls at `now`: nothing, when it is made of something else.
#[must_use]
pub fn behind_calls(figure: FigureCode, calls: &[Call], now: Timestamp) -> Vec<&Call> {
    use FigureCode as F;
    let of = |wanted: &[Answer]| calls.iter().filter(|call| wanted.contains(&answer_of(call, now))).collect();
    match figure {
        F::Calls => of(&[Answer::Within, Answer::Late, Answer::Unanswered]),
        F::CallsWithin => of(&[Answer::Within]),
        F::CallsLate => of(&[Answer::Late]),
        F::CallsMissed => of(&[Answer::Unanswered]),
        F::CallsSlowest => slower(of(&[Answer::Within, Answer::Late]).into_iter(), |call| call.answer_time_s(), 90),
        _ => Vec::new(),
    }
}

/// Those that were measured, from the one at the percentile on, ascending.
fn slower<T>(all: impl Iterator<Item = T>, measured: impl Fn(&T) -> Option<f64>, percent: usize) -> Vec<T> {
    let mut found: Vec<(f64, T)> = all.filter_map(|one| Some((measured(&one)?, one))).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sooner = rank(found.len(), percent);
    found.into_iter().skip(sooner).map(|(_, one)| one).collect()
}

/// Reports that were taken: those that overtook another, or those in their turn.
fn turns(reports: &[ReportLine], overtaking: bool) -> Vec<&ReportLine> {
    let lines: Vec<(&ReportLine, Timestamp)> =
        reports.iter().filter_map(|line| Some((line, line.claimed_at?))).collect();
    let taken: Vec<Taken> = lines
        .iter()
        .map(|(line, claimed_at)| Taken {
            priority: line.priority,
            received_at: line.received_at,
            claimed_at: *claimed_at,
        })
        .collect();
    let early = out_of_turn(&taken);
    let wanted = |at: &usize| early.binary_search(at).is_ok() == overtaking;
    (0..lines.len()).filter(wanted).map(|at| lines[at].0).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::load::{crews, overrides};
    use super::super::response::times;
    use super::super::samples::{incidents, reports};
    use super::*;

    proptest! {
        #[test]
        fn every_figure_is_the_number_of_what_stands_behind_it(reports in reports(), incidents in incidents()) {
            let count = |figure: FigureCode| behind(figure, &reports, &incidents).count();
            let total = times("", incidents.iter());
            prop_assert_eq!((total.incidents, total.within, total.unserved), (count(FigureCode::Reached), count(FigureCode::Within), count(FigureCode::Unserved)));
            prop_assert_eq!(count(FigureCode::Within) + count(FigureCode::Late), count(FigureCode::Reached));
            prop_assert_eq!(count(FigureCode::InTurn) + count(FigureCode::Overtaking), count(FigureCode::Taken));
            prop_assert_eq!(count(FigureCode::Reached) + count(FigureCode::Unserved), count(FigureCode::Incidents));
            let found = overrides(&incidents);
            prop_assert_eq!((found.chosen, found.overridden), (count(FigureCode::Chosen), count(FigureCode::Overridden)));
            prop_assert_eq!((count(FigureCode::Reports), count(FigureCode::Incidents)), (reports.len(), incidents.len()));
            // A time is that of the first line, and as many were sooner as it says.
            for (figure, time, percent) in [(FigureCode::SlowerHalf, total.p50_s, 50), (FigureCode::SlowestTenth, total.p90_s, 90)] {
                let Behind::Incidents(lines) = behind(figure, &reports, &incidents) else { unreachable!() };
                prop_assert_eq!(lines.first().and_then(|line| line.response_s()), time);
                prop_assert_eq!(lines.len(), total.incidents - rank(total.incidents, percent));
                prop_assert!(lines.windows(2).all(|pair| pair[0].response_s() <= pair[1].response_s()));
            }
            for crew in crews(&incidents) {
                let mut own = incidents.clone();
                for line in &mut own {
                    line.offers.retain(|offer| offer.unit == crew.unit);
                }
                let count = |figure: FigureCode| behind(figure, &[], &own).count();
                prop_assert_eq!((crew.offered, crew.accepted), (count(FigureCode::Offered), count(FigureCode::Accepted)));
                prop_assert_eq!((crew.arrived, crew.refused + crew.expired), (count(FigureCode::Arrived), count(FigureCode::Unanswered)));
                let Behind::Offers(worked) = behind(FigureCode::Busy, &[], &own) else { unreachable!() };
                let hours = worked.iter().filter_map(|(_, offer)| busy_s(offer)).fold(0.0, |sum, secs| sum + secs) / 3600.0;
                prop_assert!((hours - crew.busy_h).abs() < 1e-9);
                let Behind::Offers(rolled) = behind(FigureCode::SlowerTurnout, &[], &own) else { unreachable!() };
                prop_assert_eq!(rolled.first().and_then(|(_, offer)| turnout_time_s(&offer.stamps)), crew.turnout_p50_s);
            }
            // A plain look at every pair of reports.
            let overtook = |one: &&ReportLine| reports.iter().any(|other| {
                let earlier = other.priority == one.priority && other.received_at < one.received_at;
                earlier && other.claimed_at.zip(one.claimed_at).is_some_and(|(theirs, own)| theirs > own)
            });
            prop_assert_eq!(count(FigureCode::Overtaking), reports.iter().filter(overtook).count());
        }
    }
}
