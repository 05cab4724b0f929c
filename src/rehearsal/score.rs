//! How an exercise went: its journal enters, figures leave, each with the entries behind it. Pure.
//!
//! Every figure counts what was good of how many. What counts as good is a judgement of Sigap, stated at
//! its constant and on the page, and the same for everybody, so that trainees can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::phone::PhoneBook;
use super::ringers::Matter;
use super::script::Truth;
use crate::dispatch::desk::Desk;
use crate::insight::response::percentile;
use crate::model::assignment::Step;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{AssignmentId, CallId, IncidentId, ReportId, UnitId, UserId};
use crate::model::report::{Channel, Priority, Service};
use crate::model::viewer::Scope;

/// Seconds within which a report is to be taken, by priority 1 to 4 (judgement).
pub const TAKEN_WITHIN_S: [f64; 4] = [30.0, 60.0, 180.0, 600.0];

/// Seconds from the report to the first unit chosen, by priority 1 to 4 (judgement).
pub const SENT_WITHIN_S: [f64; 4] = [120.0, 300.0, 900.0, 1800.0];

/// A unit that would have been there sooner by less than this makes no difference, seconds: a traffic light.
pub const NO_DIFFERENCE_S: f64 = 30.0;

/// A P1 without a unit after this is missed, seconds: the shortest Polri clock.
pub const MISSED_AFTER_S: f64 = 600.0;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How soon a report was taken.
    Take,
    /// Whether it was the first of the queue.
    Order,
    /// Whether its category is the one of the record or the script.
    Category,
    /// Whether its priority is.
    Priority,
    /// How soon a unit was chosen.
    Dispatch,
    /// Whether it was the recommended one.
    Recommended,
    /// Whether none that was free would have been there sooner, seen from where they really were.
    Hindsight,
    /// Whether the reporter heard anything after his report was taken.
    Answered,
    /// Whether a P1 had a unit within ten minutes.
    P1,
    /// How soon a call to 110 was answered.
    Phone,
    /// Whether need on the telephone became a report, and noise none.
    PhoneEnd,
    /// Whether an offer on a tablet was answered before it ran out.
    Offer,
}

impl Measure {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 12] = [
        Self::Take,
        Self::Order,
        Self::Category,
        Self::Priority,
        Self::Dispatch,
        Self::Recommended,
        Self::Hindsight,
        Self::Answered,
        Self::P1,
        Self::Phone,
        Self::PhoneEnd,
        Self::Offer,
    ];

    /// Stable code, as in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Order => "order",
            Self::Category => "category",
            Self::Priority => "priority",
            Self::Dispatch => "dispatch",
            Self::Recommended => "recommended",
            Self::Hindsight => "hindsight",
            Self::Answered => "answered",
            Self::P1 => "p1",
            Self::Phone => "phone",
            Self::PhoneEnd => "phone_end",
            Self::Offer => "offer",
        }
    }
}

/// One entry behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Behind {
    /// Number of the entry in the journal of the exercise.
    pub seq: u64,
    /// When, by the clock of the exercise.
    pub at: Timestamp,
    /// Human number of the report or incident.
    pub number: String,
    /// Whether it was good.
    pub good: bool,
    /// Seconds, where seconds are measured.
    pub secs: Option<f64>,
    /// What was done, as a code: a category, a priority, a call sign, a number.
    pub done: Option<String>,
    /// What would have been right.
    pub wanted: Option<String>,
}

/// One figure of somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ScoreFigure)]
pub struct Figure {
    /// What is measured.
    pub measure: Measure,
    /// How many were good.
    pub good: usize,
    /// Of how many.
    pub of: usize,
    /// Half were sooner, seconds.
    pub p50_s: Option<f64>,
    /// Nine of ten were sooner, seconds.
    pub p90_s: Option<f64>,
    /// The entries behind it, in order.
    pub behind: Vec<Behind>,
}

/// The figures of one trainee, or of all together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    /// Whose; none for all together.
    pub user: Option<UserId>,
    /// Name for people.
    pub name: String,
    /// 0 to 100: the mean of the shares of those figures that count anything; none without any.
    pub grade: Option<f64>,
    /// One for each measure, in order.
    pub figures: Vec<Figure>,
}

/// Who took part.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Name for people.
    pub name: String,
    /// How far he sees.
    pub scope: Scope,
    /// The unit of the exercise whose tablet he holds; none for those at the desk.
    pub unit: Option<UnitId>,
}

/// The unit that would have been there first, seen from where all free units really were.
#[derive(Debug, Clone, PartialEq)]
pub struct Hindsight {
    /// Its call sign.
    pub best: String,
    /// How much sooner than the chosen one, seconds; 0 for the chosen one itself.
    pub lost_s: f64,
}

/// What the exercise knows beside its journal.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// What is right about each report.
    pub truths: BTreeMap<ReportId, Truth>,
    /// What would have been best, by offer.
    pub hindsight: BTreeMap<AssignmentId, Hindsight>,
    /// What is right about each call.
    pub calls: BTreeMap<CallId, Matter>,
}

/// The cards of all members, best first, and the one of all together.
///
/// `desk` is the empty desk of the exercise; `ended_at` its clock at the end.
#[must_use]
pub fn score(
    desk: Desk,
    entries: &[Entry],
    notes: &Notes,
    members: &[Member],
    ended_at: Timestamp,
) -> (Card, Vec<Card>) {
    let mut walk = Walk {
        desk,
        notes,
        members,
        takers: BTreeMap::new(),
        takes: BTreeMap::new(),
        found: Vec::new(),
        dispatched: BTreeSet::new(),
        answered: BTreeSet::new(),
        calls: PhoneBook::default(),
    };
    for entry in entries {
        walk.found.extend(walk.calls.before(entry, &walk.desk, notes));
        walk.before(entry);
        walk.desk.apply(entry);
    }
    walk.at_the_end(ended_at);
    let mut found = walk.found;
    found.extend(walk.calls.at_the_end(ended_at));
    found.sort_by(|a, b| (a.measure, a.behind.seq, &a.behind.number).cmp(&(b.measure, b.behind.seq, &b.behind.number)));
    let mut cards: Vec<Card> = members
        .iter()
        .map(|member| card(Some(member.user), &member.name, found.iter().filter(|one| one.user == Some(member.user))))
        .collect();
    cards.sort_by(|a, b| b.grade.unwrap_or(-1.0).total_cmp(&a.grade.unwrap_or(-1.0)).then(a.name.cmp(&b.name)));
    (card(None, "", found.iter()), cards)
}

pub(super) struct Found {
    pub(super) user: Option<UserId>,
    pub(super) measure: Measure,
    pub(super) behind: Behind,
}

struct Walk<'a> {
    desk: Desk,
    notes: &'a Notes,
    members: &'a [Member],
    /// Who took each report first.
    takers: BTreeMap<ReportId, UserId>,
    /// The entry with which.
    takes: BTreeMap<ReportId, (u64, Timestamp)>,
    /// Incidents a unit was chosen for.
    dispatched: BTreeSet<IncidentId>,
    /// Reports whose reporter heard something after the taking.
    answered: BTreeSet<ReportId>,
    calls: PhoneBook,
    found: Vec<Found>,
}

impl Walk<'_> {
    /// Looks at an entry while the desk is still as the one who caused it saw it.
    fn before(&mut self, entry: &Entry) {
        match &entry.event {
            Event::ReportClaimed { report, by } => self.claimed(entry, *report, *by),
            Event::AssignmentOffered { assignment, incident, unit, automatic, override_reason, runner_up, .. } => {
                let actor = match entry.actor {
                    Actor::User(user) if !automatic => Some(user),
                    _ => None,
                };
                self.offered(entry, actor, *incident, *unit, *assignment, override_reason.is_some(), *runner_up);
            }
            Event::AssignmentStepped { assignment, step: Step::Accept | Step::Refuse, .. } => {
                self.offer_ends(entry, *assignment, true);
            }
            Event::AssignmentExpired { assignment } => self.offer_ends(entry, *assignment, false),
            Event::FeedbackQueued { report, .. } if self.takers.contains_key(report) => {
                self.answered.insert(*report);
            }
            _ => {}
        }
    }

    /// An offer on the tablet of a trainee was answered, or ran out.
    fn offer_ends(&mut self, entry: &Entry, id: AssignmentId, good: bool) {
        let Some(assignment) = self.desk.assignments.get(&id) else { return };
        let Some(member) = self.members.iter().find(|member| member.unit == Some(assignment.unit)) else { return };
        let Some(incident) = self.desk.incidents.get(&assignment.incident) else { return };
        let behind = Behind {
            seq: entry.seq,
            at: entry.at,
            number: incident.number.clone(),
            good,
            secs: Some(entry.at.secs_since(assignment.stamps.offered_at)),
            done: None,
            wanted: None,
        };
        self.found.push(Found { user: Some(member.user), measure: Measure::Offer, behind });
    }

    fn claimed(&mut self, entry: &Entry, id: ReportId, by: UserId) {
        let Some(report) = self.desk.reports.get(&id) else { return };
        // Only the first taking is his own haste; a hand-over passes on what others took.
        if self.takers.contains_key(&id) || entry.actor != Actor::User(by) {
            return;
        }
        let number = report.number.clone();
        let (secs, priority) = (entry.at.secs_since(report.stamps.received_at), report.reading.priority);
        let key = report.queue_key();
        let scope = self.members.iter().find(|member| member.user == by).map_or(&Scope::Polres, |member| &member.scope);
        let seen = |id: &ReportId| self.desk.reports.get(id).filter(|report| scope.sees_report(report));
        let ahead = self.desk.queue.iter().take_while(|other| **other < key).find_map(|(_, _, id)| seen(id));
        let ahead = ahead.filter(|_| report.is_queued()).map(|report| report.number.clone());
        let line = |good: bool| Behind {
            seq: entry.seq,
            at: entry.at,
            number: number.clone(),
            good,
            secs: None,
            done: None,
            wanted: None,
        };
        let take = Behind { secs: Some(secs), ..line(secs <= within(TAKEN_WITHIN_S, priority)) };
        let order = Behind { wanted: ahead.clone(), ..line(ahead.is_none()) };
        self.takers.insert(id, by);
        self.takes.insert(id, (entry.seq, entry.at));
        // What he wrote down himself at the telephone never waited for anybody.
        if report.channel == Channel::Call110 && secs <= 0.0 {
            return;
        }
        self.found.push(Found { user: Some(by), measure: Measure::Take, behind: take });
        self.found.push(Found { user: Some(by), measure: Measure::Order, behind: order });
    }

    #[expect(clippy::too_many_arguments, reason = "one offer has this many sides")]
    fn offered(
        &mut self,
        entry: &Entry,
        by: Option<UserId>,
        incident: IncidentId,
        unit: UnitId,
        assignment: AssignmentId,
        overridden: bool,
        runner_up: Option<UnitId>,
    ) {
        let first = self.dispatched.insert(incident);
        let (Some(by), Some(incident)) = (by, self.desk.incidents.get(&incident)) else { return };
        let call_sign = |unit: UnitId| self.desk.units.get(&unit).map(|unit| unit.call_sign.clone());
        let line = |good: bool| Behind {
            seq: entry.seq,
            at: entry.at,
            number: incident.number.clone(),
            good,
            secs: None,
            done: call_sign(unit),
            wanted: None,
        };
        let mut found = Vec::new();
        if first {
            let secs = entry.at.secs_since(incident.received_at);
            let good = secs <= within(SENT_WITHIN_S, incident.priority);
            found.push((Measure::Dispatch, Behind { secs: Some(secs), ..line(good) }));
        }
        let wanted = runner_up.filter(|_| overridden).and_then(call_sign);
        found.push((Measure::Recommended, Behind { wanted, ..line(!overridden) }));
        if let Some(best) = self.notes.hindsight.get(&assignment) {
            let good = best.lost_s <= NO_DIFFERENCE_S;
            let wanted = (!good).then(|| best.best.clone());
            found.push((Measure::Hindsight, Behind { secs: Some(best.lost_s), wanted, ..line(good) }));
        }
        self.found.extend(found.into_iter().map(|(measure, behind)| Found { user: Some(by), measure, behind }));
    }

    /// What can be said only at the end: how reports were read, who heard something, which P1 had nobody.
    fn at_the_end(&mut self, ended_at: Timestamp) {
        for (id, by) in &self.takers {
            let (Some(report), Some((seq, at))) = (self.desk.reports.get(id), self.takes.get(id)) else { continue };
            let line = |good: bool| Behind {
                seq: *seq,
                at: *at,
                number: report.number.clone(),
                good,
                secs: None,
                done: None,
                wanted: None,
            };
            let mut found = Vec::new();
            // Who telephoned was answered by voice.
            if report.channel != Channel::Call110 {
                found.push((Measure::Answered, line(self.answered.contains(id))));
            }
            if let Some(truth) = self.notes.truths.get(id) {
                let (category, priority) = (report.reading.category, report.reading.priority);
                found.push((
                    Measure::Category,
                    Behind {
                        done: Some(category.code().to_owned()),
                        wanted: Some(truth.category.code().to_owned()),
                        ..line(category == truth.category)
                    },
                ));
                found.push((
                    Measure::Priority,
                    Behind {
                        done: Some(priority.number().to_string()),
                        wanted: Some(truth.priority.number().to_string()),
                        ..line(priority == truth.priority)
                    },
                ));
            }
            self.found.extend(found.into_iter().map(|(measure, behind)| Found { user: Some(*by), measure, behind }));
        }
        let urgent = |truth: &Truth| {
            truth.priority == Priority::P1 && matches!(truth.category.service(), Service::Police | Service::OtherAgency)
        };
        for (id, _) in self.notes.truths.iter().filter(|(_, truth)| urgent(truth)) {
            let Some(report) = self.desk.reports.get(id) else { continue };
            let received_at = report.stamps.received_at;
            let sent = self.first_offer(*id).filter(|at| at.secs_since(received_at) <= MISSED_AFTER_S);
            // The ten minutes were not over: neither kept nor missed.
            if sent.is_none() && ended_at.secs_since(received_at) < MISSED_AFTER_S {
                continue;
            }
            let (seq, at) = self.takes.get(id).copied().unwrap_or((0, received_at));
            let behind = Behind {
                seq,
                at,
                number: report.number.clone(),
                good: sent.is_some(),
                secs: sent.map(|at| at.secs_since(received_at)),
                done: None,
                wanted: None,
            };
            self.found.push(Found { user: self.takers.get(id).copied(), measure: Measure::P1, behind });
        }
    }

    /// When a unit was first chosen for the incident of a report, or of the report it follows.
    fn first_offer(&self, id: ReportId) -> Option<Timestamp> {
        let incident = self.desk.incidents.values().find(|incident| incident.reports.contains(&id))?;
        let offers = self.desk.assignments.values().filter(|assignment| assignment.incident == incident.id);
        offers.map(|assignment| assignment.stamps.offered_at).min()
    }
}

fn within(limits_s: [f64; 4], priority: Priority) -> f64 {
    limits_s.get(usize::from(priority.number()).saturating_sub(1)).copied().unwrap_or(f64::INFINITY)
}

#[expect(clippy::cast_precision_loss, reason = "counts of one exercise")]
fn card<'a>(user: Option<UserId>, name: &str, found: impl Iterator<Item = &'a Found>) -> Card {
    let mut by_measure: BTreeMap<Measure, Vec<Behind>> = BTreeMap::new();
    for one in found {
        by_measure.entry(one.measure).or_default().push(one.behind.clone());
    }
    let figure = |measure: Measure| {
        let behind = by_measure.get(&measure).cloned().unwrap_or_default();
        let mut secs: Vec<f64> = behind.iter().filter_map(|line| line.secs).collect();
        secs.sort_by(f64::total_cmp);
        Figure {
            measure,
            good: behind.iter().filter(|line| line.good).count(),
            of: behind.len(),
            p50_s: percentile(&secs, 50),
            p90_s: percentile(&secs, 90),
            behind,
        }
    };
    let figures: Vec<Figure> = Measure::ALL.into_iter().map(figure).collect();
    let shares: Vec<f64> =
        figures.iter().filter(|figure| figure.of > 0).map(|figure| figure.good as f64 / figure.of as f64).collect();
    let grade = (!shares.is_empty()).then(|| 100.0 * shares.iter().sum::<f64>() / shares.len() as f64);
    Card { user, name: name.to_owned(), grade, figures }
}

/// The cards as CSV, one line for each entry behind a figure; every line says that it is an exercise.
#[must_use]
pub fn to_csv(number: &str, cards: &[Card]) -> String {
    let mut text = "latihan,exercise,trainee,measure,number,entry,at,good,seconds,done,wanted\n".to_owned();
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    for card in cards {
        for figure in &card.figures {
            for line in &figure.behind {
                let cells = [
                    "LATIHAN".to_owned(),
                    number.to_owned(),
                    quoted(&unformula(&card.name)),
                    figure.measure.code().to_owned(),
                    line.number.clone(),
                    line.seq.to_string(),
                    line.at.to_string(),
                    line.good.to_string(),
                    line.secs.map_or_else(String::new, |secs| format!("{secs:.1}")),
                    quoted(line.done.as_deref().unwrap_or_default()),
                    quoted(line.wanted.as_deref().unwrap_or_default()),
                ];
                text.push_str(&cells.join(","));
                text.push('\n');
            }
        }
    }
    text
}

/// A cell that begins like a formula is text for a table program too.
fn unformula(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
