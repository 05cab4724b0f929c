//! Turn restrictions: `no_left_turn` forbids a turn, `only_straight_on` forbids all others.

use std::collections::HashMap;

use super::OsmReport;
use super::element::Tags;
use crate::roads::graph::DraftEdge;

/// A restriction at one junction.
#[derive(Debug, Clone)]
pub(super) struct Restriction {
    pub id: i64,
    pub kind: Kind,
    pub from: Vec<i64>,
    pub via: i64,
    pub to: Vec<i64>,
}

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// From one way into another: forbidden.
    No,
    /// Back on the same way: forbidden.
    NoUTurn,
    /// From one way only into another.
    Only,
}

impl Restriction {
    /// What tags of a restriction say; none when it holds at some hours, or not for a patrol.
    pub(super) fn kind(tags: Tags<'_>) -> Option<Kind> {
        let excepted = tags.get("except").unwrap_or_default();
        if excepted.split(';').any(|who| matches!(who.trim(), "emergency" | "motorcar" | "motor_vehicle")) {
            return None;
        }
        let said = tags.get("restriction").or_else(|| tags.get("restriction:motorcar"))?;
        if tags.get("day_on").is_some() || tags.get("hour_on").is_some() {
            return None;
        }
        match said {
            "no_u_turn" => Some(Kind::NoUTurn),
            said if said.starts_with("no_") => Some(Kind::No),
            said if said.starts_with("only_") => Some(Kind::Only),
            _ => None,
        }
    }
}

/// Which edges a way became, and which junction a point.
pub(super) struct Cut<'a> {
    pub edges: &'a [DraftEdge],
    /// Edges by way.
    pub of_way: HashMap<i64, Vec<u32>>,
    /// Edges at a junction.
    pub at: Vec<Vec<u32>>,
    pub junction: HashMap<i64, u32>,
}

impl Cut<'_> {
    /// The arcs of an edge that end at a junction, or that begin there.
    fn arcs(&self, edge: u32, junction: u32, arriving: bool) -> impl Iterator<Item = u32> + use<> {
        let e = &self.edges[edge as usize];
        let [forth, back] = if arriving { [e.to, e.from] } else { [e.from, e.to] };
        let forth = (forth == junction).then_some(2 * edge);
        let back = (back == junction && !e.one_way).then_some(2 * edge + 1);
        forth.into_iter().chain(back)
    }

    fn arcs_of(&self, ways: &[i64], junction: u32, arriving: bool) -> Vec<u32> {
        let edges = ways.iter().filter_map(|way| self.of_way.get(way)).flatten();
        edges.flat_map(|edge| self.arcs(*edge, junction, arriving)).collect()
    }

    /// The pairs of arcs that may not follow each other.
    pub(super) fn forbidden(&self, restrictions: &[Restriction], report: &mut OsmReport) -> Vec<[u32; 2]> {
        let mut forbidden = Vec::new();
        for restriction in restrictions {
            let Some(junction) = self.junction.get(&restriction.via) else {
                report.restrictions_outside += 1;
                continue;
            };
            let known = |ways: &[i64]| ways.iter().any(|way| self.of_way.contains_key(way));
            if !known(&restriction.from) || !known(&restriction.to) {
                report.restrictions_outside += 1;
                continue;
            }
            let before = forbidden.len();
            let arriving = self.arcs_of(&restriction.from, *junction, true);
            let leaving = self.arcs_of(&restriction.to, *junction, false);
            if arriving.is_empty() || leaving.is_empty() {
                // One-way streets forbid it already.
                if restriction.kind == Kind::Only {
                    report.broken_restrictions.push(restriction.id);
                } else {
                    report.restrictions += 1;
                }
                continue;
            }
            for from in arriving {
                match restriction.kind {
                    Kind::No => forbidden.extend(leaving.iter().filter(|to| **to != from ^ 1).map(|to| [from, *to])),
                    Kind::NoUTurn => {
                        let same = leaving.contains(&(from ^ 1));
                        let back = leaving.iter().filter(|to| !same || **to == from ^ 1);
                        forbidden.extend(back.map(|to| [from, *to]));
                    }
                    Kind::Only => {
                        let all =
                            self.at[*junction as usize].iter().flat_map(|edge| self.arcs(*edge, *junction, false));
                        forbidden.extend(all.filter(|to| !leaving.contains(to)).map(|to| [from, to]));
                    }
                }
            }
            report.restrictions += 1;
            report.forbidden += forbidden.len() - before;
        }
        forbidden.sort_unstable();
        forbidden.dedup();
        forbidden
    }
}
