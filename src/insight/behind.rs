//! What stands behind a figure. Each figure is the number of the lines chosen here and nothing else, so
//! that whoever doubts one can open every report, incident or offer it is made of.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fairness::{Taken, out_of_turn};
use super::lines::{IncidentLine, OfferLine, ReportLine};
use super::load::is_chosen;
use crate::model::clock::Timestamp;
use crate::model::report::Priority;

/// A figure that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Reports that came.
    Reports,
    /// Of them emergencies.
    Emergencies,
    /// Of them taken by an operator.
    Taken,
    /// Of those, taken before one that came earlier with the same priority.
    Overtaking,
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
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Reports,
        Self::Emergencies,
        Self::Taken,
        Self::Overtaking,
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
    ];
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

/// What stands behind a figure of these reports and incidents.
#[must_use]
pub fn behind<'a>(figure: Figure, reports: &'a [ReportLine], incidents: &'a [IncidentLine]) -> Behind<'a> {
    use Figure as F;
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
        F::Overtaking => Behind::Reports(overtaking(reports)),
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
    }
}

fn overtaking(reports: &[ReportLine]) -> Vec<&ReportLine> {
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
    out_of_turn(&taken).into_iter().map(|at| lines[at].0).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::load::overrides;
    use super::super::response::times;
    use super::super::samples::{incidents, reports};
    use super::*;

    proptest! {
        #[test]
        fn every_figure_is_the_number_of_what_stands_behind_it(reports in reports(), incidents in incidents()) {
            let count = |figure: Figure| behind(figure, &reports, &incidents).count();
            let total = times("", incidents.iter());
            prop_assert_eq!((total.incidents, total.within, total.unserved), (count(Figure::Reached), count(Figure::Within), count(Figure::Unserved)));
            prop_assert_eq!(count(Figure::Within) + count(Figure::Late), count(Figure::Reached));
            prop_assert_eq!(count(Figure::Reached) + count(Figure::Unserved), count(Figure::Incidents));
            let found = overrides(&incidents);
            prop_assert_eq!((found.chosen, found.overridden), (count(Figure::Chosen), count(Figure::Overridden)));
            prop_assert_eq!((count(Figure::Reports), count(Figure::Incidents)), (reports.len(), incidents.len()));
            // A plain look at every pair of reports.
            let overtook = |one: &&ReportLine| reports.iter().any(|other| {
                let earlier = other.priority == one.priority && other.received_at < one.received_at;
                earlier && other.claimed_at.zip(one.claimed_at).is_some_and(|(theirs, own)| theirs > own)
            });
            prop_assert_eq!(count(Figure::Overtaking), reports.iter().filter(overtook).count());
        }
    }
}
