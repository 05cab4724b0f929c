//! The judge of a desk: whether what it holds is lawful, said in words.
//!
//! In: a desk, however it came about. Out: every violation found, none for a lawful desk. Knows
//! nothing of commands or decisions: any set of assignments can be held against it, whoever made
//! them. Pure; reads everything once (tests, `sigap journal verify`), so not for every entry of a
//! busy desk.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use crate::model::assignment::{Assignment, AssignmentState, HandingState};
use crate::model::clock::Timestamp;
use crate::model::help::HelpState;
use crate::model::id::{AssignmentId, IncidentId, ReportId, UnitId};
use crate::model::incident::{Handling, Incident, IncidentState};
use crate::model::referral::{ReferralState, Subject};
use crate::model::report::{Outcome, Priority, Report, ReportState};
use crate::model::shield::{BlockState, Lane};
use crate::model::unit::{Unit, UnitStatus};

/// Everything about `desk` that must not be; empty for a lawful desk.
#[must_use]
pub fn violations(desk: &Desk) -> Vec<String> {
    let mut found = Vec::new();
    check_queue(desk, &mut found);
    check_offers(desk, &mut found);
    check_free(desk, &mut found);
    check_numbers(desk, &mut found);
    check_memory(desk, &mut found);
    check_shield(desk, &mut found);
    desk.reports.values().for_each(|report| check_report(desk, report, &mut found));
    desk.incidents.values().for_each(|incident| check_incident(desk, incident, &mut found));
    check_membership(desk, &mut found);
    check_followers(desk, &mut found);
    check_referrals(desk, &mut found);
    desk.assignments.values().for_each(|assignment| check_assignment(desk, assignment, &mut found));
    desk.assignments.values().for_each(|assignment| check_links(desk, assignment, &mut found));
    check_units(desk, &mut found);
    found.extend(super::calls::violations(&desk.calls, desk.last_at));
    found
}

/// The queue is the queued reports, in the order lane, arrival, id, and nothing else.
fn check_queue(desk: &Desk, found: &mut Vec<String>) {
    let mut fair: Vec<_> = desk
        .reports
        .values()
        .filter(|report| report.state == ReportState::Queued)
        .map(|report| ((lane_order(report), report.reading.priority), report.stamps.received_at, report.id))
        .collect();
    fair.sort();
    let fair: Vec<_> = fair.into_iter().map(|(_, at, id)| (at, id)).collect();
    let queue: Vec<_> = desk.queue.iter().map(|(_, at, id)| (*at, *id)).collect();
    if queue != fair {
        found.push(format!(
            "the queue holds {} reports, not the {} queued ones in fair order",
            queue.len(),
            fair.len()
        ));
    }
}

/// Priority 1, then what is guarded, then the rest of the main lane, then what was set aside.
fn lane_order(report: &Report) -> u8 {
    match report.lane {
        Lane::Main if report.reading.priority == Priority::P1 => 0,
        Lane::Guarded => 1,
        Lane::Main => 2,
        Lane::SetAside => 3,
    }
}

/// Strikes and blocks agree with how people stand, and two officers stand behind every block.
fn check_shield(desk: &Desk, found: &mut Vec<String>) {
    for strike in desk.strikes.values() {
        if desk.standing.get(&strike.reporter).is_none_or(|standing| !standing.strikes.contains(&strike.id)) {
            found.push(format!("strike {} is not remembered of its person", strike.id));
        }
        if strike.messages.is_empty() || strike.level == 0 {
            found.push(format!("strike {} has no evidence, or no number", strike.id));
        }
    }
    for block in desk.blocks.values() {
        let open = matches!(block.state, BlockState::Proposed | BlockState::Active);
        let remembered = desk.standing.get(&block.reporter).and_then(|standing| standing.block);
        if open != (remembered == Some(block.id)) || open == block.ended.is_some() {
            found.push(format!(
                "block {} is {} and its person's standing does not agree",
                block.id,
                block.state.code()
            ));
        }
        if block.confirmed_by == Some(block.proposed_by) {
            found.push(format!("block {} has no second officer", block.id));
        }
        if block.state == BlockState::Active && block.confirmed_at.is_none() {
            found.push(format!("block {} is in force and nobody confirmed it", block.id));
        }
        if !block.channel.is_written() {
            found.push(format!("block {} closes the telephone", block.id));
        }
        if block.alarms > block.contacts {
            found.push(format!("block {} has more alarms than contacts", block.id));
        }
    }
}

/// The timers are the unanswered offers, each at the instant it ends.
fn check_offers(desk: &Desk, found: &mut Vec<String>) {
    let open: BTreeSet<(Timestamp, AssignmentId)> = desk
        .assignments
        .values()
        .filter(|a| matches!(a.state, AssignmentState::Offered | AssignmentState::Delivered))
        .map(|a| (a.expires_at, a.id))
        .collect();
    if open != desk.offers {
        found.push(format!("{} timers run for {} unanswered offers", desk.offers.len(), open.len()));
    }
}

/// The reserve of each Polsek is its available units.
fn check_free(desk: &Desk, found: &mut Vec<String>) {
    let mut free: BTreeMap<&str, u32> = BTreeMap::new();
    for unit in desk.units.values().filter(|unit| unit.status == UnitStatus::Available) {
        *free.entry(unit.polsek.as_deref().unwrap_or_default()).or_default() += 1;
    }
    let polseks: BTreeSet<&str> = free.keys().copied().chain(desk.free.keys().map(String::as_str)).collect();
    for polsek in polseks {
        let (is, said) = (free.get(polsek).copied().unwrap_or(0), desk.free.get(polsek).copied().unwrap_or(0));
        if is != said {
            found.push(format!("Polsek {polsek:?} is said to have {said} free units, it has {is}"));
        }
    }
}

/// Human numbers, call signs and short numbers name one thing each.
fn check_numbers(desk: &Desk, found: &mut Vec<String>) {
    twice(desk.reports.values().map(|report| report.number.as_str()), "report number", found);
    twice(desk.incidents.values().map(|incident| incident.number.as_str()), "incident number", found);
    twice(desk.units.values().map(|unit| unit.call_sign.as_str()), "call sign", found);
    twice(desk.units.values().map(|unit| unit.no), "unit number", found);
}

fn twice<T: Ord + std::fmt::Display>(names: impl Iterator<Item = T>, what: &str, found: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in names {
        let said = name.to_string();
        if !seen.insert(name) {
            found.push(format!("{what} {said} is given twice"));
        }
    }
}

/// What is remembered of reporters and of other journals is on the desk.
fn check_memory(desk: &Desk, found: &mut Vec<String>) {
    for (reporter, id) in &desk.latest {
        if desk.reports.get(id).is_none_or(|report| report.reporter != *reporter) {
            found.push(format!("reporter {reporter} is remembered for report {id}, which is not his or not here"));
        }
    }
    for (origin, id) in &desk.handed {
        if desk.reports.get(id).is_none_or(|report| report.handed_from != Some(*origin)) {
            found.push(format!("report {origin} is said to continue as {id}, which does not say so"));
        }
    }
}

fn check_report(desk: &Desk, report: &Report, found: &mut Vec<String>) {
    let name = &report.number;
    let stamps = &report.stamps;
    if report.lane == Lane::SetAside && report.reading.priority <= Priority::P2 && report.is_queued() {
        found.push(format!("report {name} is urgent and was set aside"));
    }
    for (what, at) in [
        ("answered", stamps.first_reply_at),
        ("located", stamps.located_at),
        ("claimed", stamps.claimed_at),
        ("closed", stamps.closed_at),
    ] {
        if at.is_some_and(|at| at < stamps.received_at || at > desk.last_at) {
            found.push(format!("report {name} was {what} before it came, or after the last entry"));
        }
    }
    if stamps.closed_at.is_some() == report.is_open() {
        found.push(format!("report {name} is {} and its closing stamp says otherwise", report.state.code()));
    }
    if report.messages.is_empty() || report.last_message_at < stamps.received_at {
        found.push(format!("report {name} has no message, or its last came before its first"));
    }
    if let Some(origin) = report.handed_from
        && !desk.handed.contains_key(&origin)
        && report.state != (ReportState::Closed { outcome: Outcome::Cancelled })
    {
        found.push(format!("report {name} was handed over and its origin does not know it"));
    }
}

fn check_incident(desk: &Desk, incident: &Incident, found: &mut Vec<String>) {
    let name = &incident.number;
    let own: Vec<&Assignment> = incident.assignments.iter().filter_map(|id| desk.assignments.get(id)).collect();
    if own.len() != incident.assignments.len() || own.iter().any(|a| a.incident != incident.id) {
        found.push(format!("incident {name} lists assignments that are not its own"));
    }
    let live: Vec<&Assignment> = own.iter().copied().filter(|a| a.state.is_live()).collect();
    let primaries = live.iter().filter(|a| a.primary).count();
    if primaries > 1 {
        found.push(format!("incident {name} has {primaries} primary units"));
    }
    if !matches!(incident.handling, Handling::Open) && !live.is_empty() {
        found.push(format!("incident {name} is {} and {} units are bound to it", incident.state.code(), live.len()));
    }
    let wanted = expected_state(incident, &own);
    if incident.state != wanted {
        found.push(format!("incident {name} is said to be {}, it is {}", incident.state.code(), wanted.code()));
    }
    if incident.closed_at.is_some() == incident.is_open() {
        found.push(format!("incident {name} is {} and its closing stamp says otherwise", incident.state.code()));
    }
    if incident.received_at > incident.opened_at || incident.opened_at > desk.last_at {
        found.push(format!("incident {name} was opened before its first report came, or after the last entry"));
    }
    let crews: BTreeSet<UnitId> = live.iter().map(|a| a.unit).collect();
    if crews.len() != live.len() {
        found.push(format!("incident {name} has the same unit twice"));
    }
}

/// Where an incident stands by its handling and the assignments since it was (re)opened.
fn expected_state(incident: &Incident, own: &[&Assignment]) -> IncidentState {
    match incident.handling {
        Handling::Closed { .. } => return IncidentState::Closed,
        Handling::Held { .. } => return IncidentState::Held,
        Handling::Open => {}
    }
    let since = incident.reopened_at.unwrap_or(incident.opened_at);
    let from_elsewhere = incident
        .helped_by
        .iter()
        .filter(|help| help.asked_at >= since && help.state != HelpState::Declined)
        .filter_map(|help| help.unit.as_ref())
        .map(|unit| unit.state);
    let states: BTreeSet<&str> = own
        .iter()
        .filter(|a| a.stamps.offered_at >= since)
        .map(|a| a.state)
        .chain(from_elsewhere)
        .map(AssignmentState::code)
        .collect();
    let any = |wanted: &[AssignmentState]| wanted.iter().any(|state| states.contains(state.code()));
    if any(&[AssignmentState::OnScene]) {
        IncidentState::OnScene
    } else if any(&[AssignmentState::Accepted, AssignmentState::EnRoute]) {
        IncidentState::Responding
    } else if any(&[AssignmentState::Offered, AssignmentState::Delivered]) {
        IncidentState::Offered
    } else if any(&[AssignmentState::Cleared]) {
        IncidentState::Cleared
    } else {
        IncidentState::Queued
    }
}

/// A report belongs to one open incident at most, and both sides know it.
fn check_membership(desk: &Desk, found: &mut Vec<String>) {
    let mut home: BTreeMap<ReportId, IncidentId> = BTreeMap::new();
    for incident in desk.incidents.values().filter(|incident| incident.is_open()) {
        for id in &incident.reports {
            if let Some(other) = home.insert(*id, incident.id) {
                found.push(format!("report {id} is in two incidents, {other} and {}", incident.id));
            }
        }
    }
    for report in desk.reports.values() {
        let attached = match report.state {
            ReportState::Attached { incident } => Some(incident),
            _ => None,
        };
        if attached != home.get(&report.id).copied() {
            found.push(format!(
                "report {} is {} and the open incidents do not agree",
                report.number,
                report.state.code()
            ));
        }
    }
}

/// Who follows and who is followed agree; whoever is followed waits, and follows nobody.
fn check_followers(desk: &Desk, found: &mut Vec<String>) {
    let mut followed: BTreeMap<ReportId, BTreeSet<ReportId>> = BTreeMap::new();
    for report in desk.reports.values() {
        if let ReportState::Joined { into } = report.state {
            followed.entry(into).or_default().insert(report.id);
        }
    }
    for leader in desk.reports.values() {
        let said: BTreeSet<ReportId> = leader.followers.iter().copied().collect();
        let is = followed.remove(&leader.id).unwrap_or_default();
        if said != is || said.len() != leader.followers.len() {
            found.push(format!(
                "report {} is said to lead {} reports, {} follow it",
                leader.number,
                said.len(),
                is.len()
            ));
        }
        let leads = !matches!(
            leader.state,
            ReportState::Closed { .. } | ReportState::Joined { .. } | ReportState::Attached { .. }
        );
        if !is.is_empty() && !leads {
            found.push(format!("report {} is {} and others follow it", leader.number, leader.state.code()));
        }
    }
    found.extend(followed.keys().map(|leader| format!("report {leader} is followed and not on the desk")));
    for incident in desk.incidents.values().filter(|it| it.merged_into.is_some() && it.is_open()) {
        found.push(format!("incident {} was merged and is open", incident.number));
    }
}

/// Every referral is known by what it is about, and runs a timer while it waits for an answer.
fn check_referrals(desk: &Desk, found: &mut Vec<String>) {
    let of_incidents =
        desk.incidents.values().flat_map(|it| it.referrals.iter().map(|r| (r, Subject::Incident(it.id))));
    let of_reports = desk.reports.values().flat_map(|it| it.referrals.iter().map(|r| (r, Subject::Report(it.id))));
    let all: Vec<_> = of_incidents.chain(of_reports).collect();
    let known: BTreeMap<_, _> = all.iter().map(|(referral, subject)| (referral.id, *subject)).collect();
    if known != desk.referrals || known.len() != all.len() {
        found.push(format!("{} referrals stand on the desk, {} are known", all.len(), desk.referrals.len()));
    }
    let waiting: BTreeSet<_> =
        all.iter().filter_map(|(referral, _)| Some((referral.remind_at?, referral.id))).collect();
    if waiting != desk.reminders {
        found.push(format!("{} reminders run for {} referrals that wait", desk.reminders.len(), waiting.len()));
    }
    for (referral, _) in all {
        if referral.is_live() == referral.closed_at.is_some() {
            found.push(format!("referral {} is {} and its stamp says otherwise", referral.id, referral.state.code()));
        }
        if referral.remind_at.is_some() && referral.state != ReferralState::Sent {
            found.push(format!("referral {} was answered and is to be reminded", referral.id));
        }
    }
}

fn check_assignment(desk: &Desk, assignment: &Assignment, found: &mut Vec<String>) {
    let id = assignment.id;
    let listed = desk.incidents.get(&assignment.incident).is_some_and(|i| i.assignments.contains(&id));
    if !listed {
        found.push(format!("assignment {id} belongs to no incident"));
    }
    let stamps = &assignment.stamps;
    let order = [Some(stamps.offered_at), stamps.accepted_at, stamps.en_route_at, stamps.on_scene_at, stamps.ended_at];
    if !order.iter().flatten().is_sorted() || order.iter().flatten().any(|at| *at > desk.last_at) {
        found.push(format!("the stamps of assignment {id} are not in order"));
    }
    if stamps.delivered_at.is_some_and(|at| at < stamps.offered_at) {
        found.push(format!("assignment {id} was delivered before it was offered"));
    }
    if stamps.ended_at.is_some() == assignment.state.is_live() {
        found.push(format!("assignment {id} is {} and its last stamp says otherwise", assignment.state.code()));
    }
    if assignment.expires_at < stamps.offered_at {
        found.push(format!("assignment {id} ended before it was offered"));
    }
    let keys: BTreeSet<&String> = assignment.keys.iter().collect();
    if keys.len() != assignment.keys.len() {
        found.push(format!("a step of assignment {id} was taken twice"));
    }
    if assignment.state.is_live() && desk.units.get(&assignment.unit).is_none_or(|u| u.assignment != Some(id)) {
        found.push(format!("assignment {id} is live and its unit does not know it"));
    }
}

/// Jobs that pass from one crew to another: both sides say the same, and never two crews lead.
fn check_links(desk: &Desk, assignment: &Assignment, found: &mut Vec<String>) {
    let (id, links) = (assignment.id, &assignment.links);
    if links.taken_for.is_some() != (assignment.state == AssignmentState::Preempted) {
        found.push(format!("assignment {id} is {} and what it was taken for says otherwise", assignment.state.code()));
    }
    if let Some(handing) = &links.handing {
        let taken = handing.state == HandingState::Taken;
        if taken != (assignment.state == AssignmentState::Transferred) {
            found.push(format!("assignment {id} is {} and its hand-over says otherwise", assignment.state.code()));
        }
        let offer = desk.assignments.get(&handing.to);
        let asked = handing.state == HandingState::Asked;
        if asked && !(assignment.state.is_live() && offer.is_some_and(|offer| offer.state.is_offer())) {
            found.push(format!("assignment {id} waits for a crew that has answered, or has itself ended"));
        }
        if offer.is_none_or(|offer| offer.relieves() != Some(id) || offer.incident != assignment.incident) {
            found.push(format!("assignment {id} is handed to one that does not know it"));
        }
    }
    if let Some(other) = desk.relieved_by(assignment).filter(|_| assignment.state.is_live()) {
        if other.links.handing.as_ref().is_none_or(|handing| handing.to != id) {
            found.push(format!("assignment {id} takes over from one that does not hand itself to it"));
        }
        if assignment.primary || !assignment.state.is_offer() {
            found.push(format!("assignment {id} has the job before the other crew gave it up"));
        }
    }
}

/// A unit has one live assignment at most, and its status agrees with it.
fn check_units(desk: &Desk, found: &mut Vec<String>) {
    let mut live: BTreeMap<UnitId, Vec<&Assignment>> = BTreeMap::new();
    for assignment in desk.assignments.values().filter(|a| a.state.is_live()) {
        live.entry(assignment.unit).or_default().push(assignment);
    }
    for unit in desk.units.values() {
        let bound = live.remove(&unit.id).unwrap_or_default();
        check_unit(unit, &bound, found);
    }
    found.extend(live.keys().map(|unit| format!("an assignment binds unit {unit}, which is not on the desk")));
}

fn check_unit(unit: &Unit, bound: &[&Assignment], found: &mut Vec<String>) {
    let name = &unit.call_sign;
    if bound.len() > 1 {
        found.push(format!("unit {name} has {} live assignments", bound.len()));
    }
    let lawful = match bound.first() {
        None => unit.status.is_settable() && unit.assignment.is_none(),
        Some(assignment) => unit.assignment == Some(assignment.id) && unit.status == status_of(assignment.state),
    };
    if !lawful {
        found.push(format!("unit {name} is {:?}, which its assignments do not say", unit.status));
    }
}

/// The status of a unit with an assignment in this state.
const fn status_of(state: AssignmentState) -> UnitStatus {
    match state {
        AssignmentState::Offered | AssignmentState::Delivered => UnitStatus::Offered,
        AssignmentState::Accepted => UnitStatus::Committed,
        AssignmentState::EnRoute => UnitStatus::EnRoute,
        AssignmentState::OnScene => UnitStatus::OnScene,
        _ => UnitStatus::Available,
    }
}
