//! Which reports and incidents are perhaps the same event as a report: the desk and what was said
//! enter, proposals with reasons leave, best first. Nothing is recorded: a person joins.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::desks::{DeskHandle, SubmitError};
use crate::dispatch::desk::Desk;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::id::{IncidentId, MessageId, ReportId, ReporterId};
use crate::model::place::Place;
use crate::model::report::{Category, Priority, Report, ReportState};
use crate::model::viewer::Scope;
use crate::store::people::Direction;
use crate::store::{Store, StoreError};
use crate::understand::duplicate::{Likeness, Telling, WORTH_A_LOOK, WORTH_A_MARK, Words, compare};

/// Candidates whose words are read: the nearest by place, time and category.
const MOST_READ: usize = 40;

/// Proposals given at most.
const MOST_PROPOSED: usize = 8;

/// Open incidents looked at for the marks of the queue, those told of last.
const MOST_OPEN: usize = 300;

/// Reports of an incident whose words count for it.
const MOST_OF_AN_INCIDENT: usize = 5;

/// The largest share of a score that words can add (see `understand::duplicate`).
const WORDS_SHARE: f64 = 0.20;

/// What an incident is shown above reports as alike: joining it ends the matter.
const INCIDENT_FIRST: f64 = 0.15;

/// One thing that speaks for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DuplicateReason {
    /// Stable code: `near`, `time`, `category`, `kin`, `words`, `plate`, `same_name`.
    pub code: String,
    /// The same for people, Indonesian; may hold words of the reporters.
    pub text: String,
}

/// Perhaps the same event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Proposal {
    /// The report that tells of it; or
    pub report_id: Option<ReportId>,
    /// the incident it is.
    pub incident_id: Option<IncidentId>,
    /// Human number.
    pub number: String,
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
    /// Its state, by its code.
    pub state: String,
    /// When its first report came.
    pub received_at: Timestamp,
    /// How many reports tell of it already.
    pub reports: usize,
    /// Metres between the places, when both are known.
    pub distance_m: Option<f64>,
    /// 0 to 1.
    pub score: f64,
    /// What speaks for it, strongest first.
    pub reasons: Vec<DuplicateReason>,
}

/// What a row of the queue says of a report that is perhaps no new event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PossibleDuplicate {
    /// The earlier report that tells of it; or
    pub report_id: Option<ReportId>,
    /// the incident it is.
    pub incident_id: Option<IncidentId>,
    /// Human number.
    pub number: String,
    /// 0 to 1.
    pub score: f64,
}

impl Proposal {
    /// Order of the list.
    fn rank(&self, score: f64) -> f64 {
        if self.incident_id.is_some() { score + INCIDENT_FIRST } else { score }
    }
}

/// Something open on the desk that the report is compared with.
#[derive(Clone)]
struct Candidate {
    proposal: Proposal,
    /// Who told it, if it is one report.
    reporter: Option<ReporterId>,
    place: Option<Place>,
    /// When its last report came: an event goes on while people tell of it.
    last_at: Timestamp,
    messages: Vec<MessageId>,
}

/// Open reports and incidents that are perhaps the same event as `id`, best first; none for an unknown
/// or an ended report.
///
/// # Errors
/// Storage is away.
pub async fn proposals(
    desk: &DeskHandle,
    store: &Store,
    id: ReportId,
    scope: &Scope,
) -> Result<Vec<Proposal>, SubmitError> {
    let scope = scope.clone();
    let found = desk.look(move |desk| gather(desk, id, &scope)).await?;
    let Some((report, candidates)) = found else { return Ok(Vec::new()) };
    let mut ids = report.messages.clone();
    ids.extend(candidates.iter().flat_map(|candidate| candidate.messages.iter().copied()));
    let said = texts(store, &ids).await.map_err(unread)?;
    let rules = desk.parts.rules.now();
    let own = telling(&report, words(&said, &report.messages));
    let judged = candidates.into_iter().filter_map(|candidate| judge(&own, candidate, &said, &rules.categories));
    let mut proposals: Vec<Proposal> = judged.filter(|proposal| proposal.score >= WORTH_A_LOOK).collect();
    proposals.sort_by(|a, b| b.rank(b.score).total_cmp(&a.rank(a.score)).then_with(|| a.number.cmp(&b.number)));
    proposals.truncate(MOST_PROPOSED);
    Ok(proposals)
}

/// For each of the waiting reports that is perhaps no new event, the likeliest thing it is: an incident, or a
/// report that came before it. What came first is not marked.
///
/// # Errors
/// Storage is away.
pub async fn marks(
    desk: &DeskHandle,
    store: &Store,
    waiting: &[Report],
    scope: &Scope,
) -> Result<HashMap<ReportId, PossibleDuplicate>, SubmitError> {
    let (seen, own) = (scope.clone(), waiting.to_vec());
    let open = desk
        .look(move |desk| {
            let incidents = desk.incidents.values().filter(|it| it.is_open() && seen.sees_incident(it, &[]));
            let mut open: Vec<Candidate> = incidents.map(|incident| of_incident(desk, incident)).collect();
            open.sort_by_key(|candidate| std::cmp::Reverse(candidate.last_at));
            open.truncate(MOST_OPEN);
            open.extend(own.iter().map(of_report));
            open
        })
        .await?;
    let pairs: Vec<(&Report, Vec<&Candidate>)> = waiting
        .iter()
        .map(|report| (report, open.iter().filter(|candidate| may_be(report, candidate)).collect::<Vec<_>>()))
        .filter(|(_, candidates)| !candidates.is_empty())
        .collect();
    let mut ids: Vec<MessageId> = pairs
        .iter()
        .flat_map(|(report, candidates)| {
            report.messages.iter().chain(candidates.iter().flat_map(|candidate| &candidate.messages)).copied()
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let said = texts(store, &ids).await.map_err(unread)?;
    let rules = desk.parts.rules.now();
    let marked = pairs.into_iter().filter_map(|(report, candidates)| {
        let own = telling(report, words(&said, &report.messages));
        let judged =
            candidates.into_iter().filter_map(|candidate| judge(&own, candidate.clone(), &said, &rules.categories));
        let best = judged
            .filter(|proposal| proposal.score >= WORTH_A_MARK)
            .max_by(|a, b| a.rank(a.score).total_cmp(&b.rank(b.score)).then_with(|| b.number.cmp(&a.number)))?;
        let Proposal { report_id, incident_id, number, score, .. } = best;
        Some((report.id, PossibleDuplicate { report_id, incident_id, number, score }))
    });
    Ok(marked.collect())
}

/// Whether a candidate came before a report, from somebody else, and is near enough in place, time and category.
fn may_be(report: &Report, candidate: &Candidate) -> bool {
    let (own, other) = (report.stamps.received_at, candidate.proposal.received_at);
    let before =
        candidate.proposal.incident_id.is_some() || (other, &candidate.proposal.number) < (own, &report.number);
    before
        && candidate.reporter != Some(report.reporter)
        && compare(&telling(report, Words::default()), &candidate.telling(Words::default()))
            .is_some_and(|coarse| coarse.score + WORDS_SHARE >= WORTH_A_MARK)
}

/// The report and what it is to be compared with: those that place, time and category leave possible.
fn gather(desk: &Desk, id: ReportId, scope: &Scope) -> Option<(Report, Vec<Candidate>)> {
    let report = desk.reports.get(&id).filter(|report| report.is_open())?;
    let own = telling(report, Words::default());
    let home = match report.state {
        ReportState::Attached { incident } => Some(incident),
        _ => None,
    };
    let others = desk.reports.values().filter(|other| {
        let waits = !matches!(
            other.state,
            ReportState::Closed { .. } | ReportState::Attached { .. } | ReportState::Joined { .. }
        );
        waits
            && other.id != id
            && other.reporter != report.reporter
            && scope.sees_report(other)
            && report.state != (ReportState::Joined { into: other.id })
    });
    let incidents =
        desk.incidents.values().filter(|it| it.is_open() && Some(it.id) != home && scope.sees_incident(it, &[]));
    let mut all: Vec<(f64, Candidate)> = others
        .map(of_report)
        .chain(incidents.map(|incident| of_incident(desk, incident)))
        .filter_map(|candidate| {
            let coarse = compare(&own, &candidate.telling(Words::default()))?.score;
            (coarse + WORDS_SHARE >= WORTH_A_LOOK).then_some((candidate.proposal.rank(coarse), candidate))
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.truncate(MOST_READ);
    Some((report.clone(), all.into_iter().map(|(_, candidate)| candidate).collect()))
}

fn of_report(report: &Report) -> Candidate {
    Candidate {
        proposal: Proposal {
            report_id: Some(report.id),
            incident_id: None,
            number: report.number.clone(),
            category: report.reading.category,
            priority: report.reading.priority,
            state: report.state.code().to_owned(),
            received_at: report.stamps.received_at,
            reports: 1 + report.followers.len(),
            distance_m: None,
            score: 0.0,
            reasons: Vec::new(),
        },
        reporter: Some(report.reporter),
        place: report.place.clone(),
        last_at: report.stamps.received_at,
        messages: report.messages.clone(),
    }
}

fn of_incident(desk: &Desk, incident: &crate::model::incident::Incident) -> Candidate {
    let reports: Vec<&Report> = incident.reports.iter().filter_map(|id| desk.reports.get(id)).collect();
    let last_at = reports.iter().map(|report| report.stamps.received_at).max();
    Candidate {
        proposal: Proposal {
            report_id: None,
            incident_id: Some(incident.id),
            number: incident.number.clone(),
            category: incident.category,
            priority: incident.priority,
            state: incident.state.code().to_owned(),
            received_at: incident.received_at,
            reports: reports.len(),
            distance_m: None,
            score: 0.0,
            reasons: Vec::new(),
        },
        reporter: None,
        place: Some(incident.place.clone()),
        last_at: last_at.unwrap_or(incident.received_at),
        messages: reports.iter().take(MOST_OF_AN_INCIDENT).flat_map(|report| report.messages.clone()).collect(),
    }
}

impl Candidate {
    fn telling(&self, words: Words) -> Telling<'_> {
        let category = self.proposal.category;
        Telling { category, called: category.label(), place: self.place.as_ref(), at: self.last_at, words }
    }
}

fn telling(report: &Report, words: Words) -> Telling<'_> {
    let category = report.reading.category;
    Telling { category, called: category.label(), place: report.place.as_ref(), at: report.stamps.received_at, words }
}

/// What was said in these messages by those who reported.
async fn texts(store: &Store, ids: &[MessageId]) -> Result<HashMap<MessageId, String>, StoreError> {
    let messages = store.messages(ids).await?.into_iter().filter(|message| message.direction == Direction::In);
    Ok(messages.filter_map(|message| Some((message.id, message.body["text"].as_str()?.to_owned()))).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the end of an error, given to map_err")]
fn unread(error: StoreError) -> SubmitError {
    tracing::warn!(error = %super::desks::Chain(&error), "what was said cannot be read; no duplicates are proposed");
    SubmitError::Away
}

fn words(said: &HashMap<MessageId, String>, messages: &[MessageId]) -> Words {
    let texts: Vec<&str> = messages.iter().filter_map(|id| said.get(id)).map(String::as_str).collect();
    Words::of(&texts)
}

/// Both as the office calls them.
fn judge(
    own: &Telling<'_>,
    mut candidate: Candidate,
    said: &HashMap<MessageId, String>,
    names: &CategorySet,
) -> Option<Proposal> {
    let own = Telling { called: names.name(own.category), ..own.clone() };
    let other = candidate.telling(words(said, &candidate.messages));
    let other = Telling { called: names.name(other.category), ..other };
    let Likeness { score, clues, distance_m } = compare(&own, &other)?;
    candidate.proposal.score = score;
    candidate.proposal.distance_m = distance_m;
    let reason =
        |clue: crate::understand::duplicate::Clue| DuplicateReason { code: clue.code.to_owned(), text: clue.text };
    candidate.proposal.reasons = clues.into_iter().map(reason).collect();
    Some(candidate.proposal)
}
