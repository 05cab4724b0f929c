//! `/v1/search`: reports and incidents by any word, and people by name or number for those with a reason.
//!
//! What people wrote lies sealed and is opened to be searched; no index of their words is kept. So a
//! search reads backwards in time, page by page, and says how far it came.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::blocks::national;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::list::{cursor, cursor_after};
use super::reports::masked;
use super::strikes::note_under;
use crate::app::App;
use crate::dispatch::command::Command;
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{MessageId, ReportId, ReporterId};
use crate::model::incident::Incident;
use crate::model::place::{Jurisdiction, Place};
use crate::model::report::Report;
use crate::model::viewer::{Scope, Viewer};
use crate::store::people::Profile;
use crate::store::projections::{Cursor, ListFilter, PAGE_LIMIT};
use crate::understand::find::Sought;

/// Characters of a search at most.
const MOST_TYPED: usize = 200;

/// Pages of reports read for one answer: 4,000 reports, some weeks of a busy office.
const MOST_PAGES: usize = 20;

/// Pages of incidents read for one answer.
const MOST_INCIDENT_PAGES: usize = 5;

/// Incidents, and people, of one answer.
const MOST_SHOWN: usize = 10;

/// Reports shown of one person.
const OF_ONE: usize = 5;

/// Characters of a reason at least.
const LEAST_REASON: usize = 5;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct SearchQuery {
    /// Words, up to 200 characters: every one of them must be there.
    q: String,
    /// `next` of the answer before: further back in time.
    after: Option<String>,
    /// Reports of one answer, up to 200.
    limit: Option<usize>,
}

/// A report that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportHit {
    /// The report.
    pub report: Report,
    /// The words around the first one found in its conversation; none when its number, kind or place
    /// was found.
    pub passage: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// Reports, newest first.
    pub reports: Vec<ReportHit>,
    /// Incidents, newest first; only in the first answer of a search.
    pub incidents: Vec<Incident>,
    /// Reports received at this instant or later were looked at; none when there were none.
    pub back_to: Option<Timestamp>,
    /// To be sent as `after` to look further back; none when nothing older is there.
    pub next: Option<String>,
}

/// Finds reports and incidents by words: of the conversation (for those who work the queue), the
/// number, the kind, the place.
///
/// # Errors
/// 403 the role does not see reports; 422 no word, too long, or a cursor that is none.
#[utoipa::path(get, path = "/v1/search", tag = "reports", operation_id = "search_words", params(SearchQuery),
    responses((status = 200, body = SearchAnswer), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn words(
    State(app): State<App>,
    who: Who,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let viewer = who.watcher()?;
    let sought = sought(&query.q)?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    let rules = who.desk(&app)?.parts.rules.now();
    let names = &rules.categories;
    let incidents = if after.is_none() { incidents(&app, viewer, &sought, names).await? } else { Vec::new() };
    let wanted = query.limit.unwrap_or(20).clamp(1, PAGE_LIMIT);
    let mut walk = Walk::new(viewer, after)?;
    let mut reports: Vec<ReportHit> = Vec::new();
    while reports.len() < wanted
        && let Some(page) = walk.step(&app).await?
    {
        let said = if viewer.role.dispatches() { conversations(&app, &page).await? } else { HashMap::new() };
        for report in page {
            let said = said.get(&report.id).map(Vec::as_slice).unwrap_or_default();
            let said: Vec<&str> = said.iter().map(String::as_str).collect();
            if let Some(found) = sought.look_in(&about_report(&report, names), &said) {
                walk.stop_after(&report, reports.len() + 1 == wanted);
                reports.push(ReportHit { report, passage: found.passage });
            }
            if reports.len() == wanted {
                break;
            }
        }
    }
    Ok(Json(SearchAnswer { reports, incidents, back_to: walk.back_to, next: walk.next() }))
}

fn sought(text: &str) -> Result<Sought, ApiError> {
    if text.chars().count() > MOST_TYPED {
        return Err(ApiError::invalid("q", format!("at most {MOST_TYPED} characters")));
    }
    Sought::parse(text).ok_or_else(|| ApiError::invalid("q", "there is no word in it"))
}

/// A walk back through the reports of a viewer, page by page.
struct Walk {
    filter: ListFilter,
    scope: Scope,
    pages: usize,
    back_to: Option<Timestamp>,
    more: bool,
}

impl Walk {
    fn new(viewer: &Viewer, after: Option<Cursor>) -> Result<Self, ApiError> {
        let filter = ListFilter { after, ..newest(viewer)? };
        Ok(Self { filter, scope: viewer.scope.clone(), pages: MOST_PAGES, back_to: None, more: true })
    }

    /// The next older page, as far as the viewer may see it; none at the end, or when enough was read.
    async fn step(&mut self, app: &App) -> Result<Option<Vec<Report>>, ApiError> {
        if !self.more || self.pages == 0 {
            return Ok(None);
        }
        self.pages -= 1;
        let found: Vec<Report> = app.store.reports(&self.filter).await?.into_iter().map(|filed| filed.item).collect();
        self.more = found.len() >= self.filter.limit;
        if let Some(last) = found.last() {
            self.stand_at(last);
        }
        Ok(Some(found.into_iter().filter(|report| self.scope.sees_report(report)).collect()))
    }

    /// The answer is full with this report: what is older comes with the next one.
    fn stop_after(&mut self, report: &Report, full: bool) {
        if full {
            self.stand_at(report);
            self.more = true;
        }
    }

    fn stand_at(&mut self, report: &Report) {
        let received_at = report.stamps.received_at;
        self.back_to = Some(received_at);
        self.filter.after = Some(Cursor { received_at, id: report.id.0 });
    }

    fn next(&self) -> Option<String> {
        self.filter.after.filter(|_| self.more).map(|at| cursor_after(at.received_at, at.id))
    }
}

/// The lists of a viewer from the newest on.
fn newest(viewer: &Viewer) -> Result<ListFilter, ApiError> {
    let polsek = match &viewer.scope {
        Scope::Polres => None,
        Scope::Polsek(polsek) => Some(polsek.clone()),
        Scope::Unit(_) => return Err(ApiError::forbidden("a crew has no lists")),
    };
    Ok(ListFilter { polres: Some(viewer.polres.clone()), polsek, limit: PAGE_LIMIT, ..ListFilter::default() })
}

/// What was said in each of these reports, oldest first.
async fn conversations(app: &App, reports: &[Report]) -> Result<HashMap<ReportId, Vec<String>>, ApiError> {
    let ids: Vec<ReportId> = reports.iter().map(|report| report.id).collect();
    let mut messages = app.store.messages_of_reports(&ids).await?;
    let known: HashSet<MessageId> = messages.iter().map(|message| message.id).collect();
    // What came with a report from another office is filed there.
    let elsewhere: HashMap<MessageId, ReportId> = reports
        .iter()
        .flat_map(|report| report.messages.iter().map(|message| (*message, report.id)))
        .filter(|(message, _)| !known.contains(message))
        .collect();
    if !elsewhere.is_empty() {
        messages.extend(app.store.messages(&elsewhere.keys().copied().collect::<Vec<_>>()).await?);
    }
    let mut said: HashMap<ReportId, Vec<String>> = HashMap::new();
    for message in messages {
        let report = elsewhere.get(&message.id).copied().unwrap_or(message.report);
        if let Some(text) = message.body["text"].as_str() {
            said.entry(report).or_default().push(text.to_owned());
        }
    }
    Ok(said)
}

fn about_report<'a>(report: &'a Report, names: &'a CategorySet) -> Vec<&'a str> {
    about(&report.number, names.name(report.reading.category), report.place.as_ref(), report.jurisdiction.as_ref())
}

fn about<'a>(number: &'a str, kind: &'a str, place: Option<&'a Place>, area: Option<&'a Jurisdiction>) -> Vec<&'a str> {
    let place = place.map(|place| place.label.as_str());
    let area = area.into_iter().flat_map(|area| [area.kelurahan.as_str(), area.kecamatan.as_str()]);
    [number, kind].into_iter().chain(place).chain(area).collect()
}

async fn incidents(
    app: &App,
    viewer: &Viewer,
    sought: &Sought,
    names: &CategorySet,
) -> Result<Vec<Incident>, ApiError> {
    let mut filter = newest(viewer)?;
    let mut found = Vec::new();
    for _ in 0..MOST_INCIDENT_PAGES {
        let page = app.store.incidents(&filter).await?;
        let full = page.len() >= filter.limit;
        filter.after = page.last().map(|filed| Cursor { received_at: filed.item.received_at, id: filed.item.id.0 });
        let seen = page.into_iter().map(|filed| filed.item).filter(|i| viewer.scope.sees_incident(i, &[]));
        found.extend(seen.filter(|incident| {
            let kind = names.name(incident.category);
            let about = about(&incident.number, kind, Some(&incident.place), incident.jurisdiction.as_ref());
            sought.look_in(&about, &[]).is_some()
        }));
        if !full || found.len() >= MOST_SHOWN {
            break;
        }
    }
    found.truncate(MOST_SHOWN);
    Ok(found)
}

/// A person who is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleRequest {
    /// A telephone number, or a name.
    pub q: String,
    /// Why, at least 5 characters: kept with each report through which a person is found.
    pub reason: String,
}

/// A person who was found, with his last reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonHit {
    /// Enough to tell two reporters apart: the last digits.
    pub masked: String,
    /// As the person calls himself.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// The last reports, newest first.
    pub reports: Vec<Report>,
}

/// People who were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleAnswer {
    /// Those who reported last come first.
    pub items: Vec<PersonHit>,
    /// A name was looked for among those who reported at this instant or later; none for a number,
    /// which is found however old it is.
    pub back_to: Option<Timestamp>,
}

/// Finds people by number or name, for whoever works the queue and says why. That each of them was
/// looked at stands in the journal.
///
/// # Errors
/// 403 not an operator; 422 no name or number, or no reason.
#[utoipa::path(post, path = "/v1/search/people", tag = "reports", operation_id = "search_people", request_body = PeopleRequest,
    responses((status = 200, body = PeopleAnswer), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn people(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<PeopleRequest>,
) -> Result<Json<PeopleAnswer>, ApiError> {
    let by = who.dispatcher()?.user;
    if wanted.reason.trim().chars().count() < LEAST_REASON {
        return Err(ApiError::invalid("reason", "say why you look for this person"));
    }
    let (found, back_to) = if wanted.q.chars().any(char::is_alphabetic) {
        named(&app, &who.viewer, &sought(&wanted.q)?).await?
    } else {
        let digits =
            national(&wanted.q).map_err(|_| ApiError::invalid("q", "neither a name nor a telephone number"))?;
        (numbered(&app, &digits).await?, None)
    };
    let mut items = Vec::new();
    for (reporter, profile) in found {
        let reports = reports_of(&app, &who.viewer, reporter).await?;
        let Some(latest) = reports.first() else { continue };
        let row = note_under(&app, &who, latest.id, latest.reporter, &wanted.reason)?.1;
        let look = Command::ViewReporter { report: latest.id, by };
        who.desk(&app)?.submit_with(Actor::User(by), look, Some(Box::new(move |_, _| Ok(vec![row])))).await?;
        items.push(PersonHit { masked: masked(&profile), name: profile.name, phone: profile.phone, reports });
        if items.len() == MOST_SHOWN {
            break;
        }
    }
    Ok(Json(PeopleAnswer { items, back_to }))
}

type People = Vec<(ReporterId, Profile)>;

async fn numbered(app: &App, digits: &str) -> Result<People, ApiError> {
    let vault = app.store.vault();
    let aliases = [vault.alias("wa_id", digits), vault.alias("phone", &format!("+{digits}"))];
    let Some(reporter) = app.store.reporter_by_aliases(&aliases).await? else { return Ok(Vec::new()) };
    let profile = app.store.reporter(reporter).await?.unwrap_or_default();
    Ok(vec![(reporter, profile)])
}

/// People whose name holds every word, those who reported last first; and how far back was looked.
async fn named(app: &App, viewer: &Viewer, sought: &Sought) -> Result<(People, Option<Timestamp>), ApiError> {
    let mut walk = Walk::new(viewer, None)?;
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    while found.len() < MOST_SHOWN
        && let Some(page) = walk.step(app).await?
    {
        let fresh: Vec<ReporterId> = page.iter().map(|report| report.reporter).filter(|id| seen.insert(*id)).collect();
        let mut profiles = app.store.profiles(&fresh).await?;
        let known = fresh.into_iter().filter_map(|id| Some((id, profiles.remove(&id)?)));
        found.extend(
            known.filter(|(_, profile)| {
                profile.name.as_deref().is_some_and(|name| sought.look_in(&[], &[name]).is_some())
            }),
        );
    }
    found.truncate(MOST_SHOWN);
    Ok((found, walk.back_to))
}

/// The last reports of a person under every id he has had, as far as the viewer may see them.
async fn reports_of(app: &App, viewer: &Viewer, reporter: ReporterId) -> Result<Vec<Report>, ApiError> {
    let mut reports = Vec::new();
    for id in app.store.same_person(reporter).await? {
        reports.extend(app.store.reports_of(&viewer.polres, id, PAGE_LIMIT).await?);
    }
    reports.retain(|report| viewer.scope.sees_report(report));
    reports.sort_by_key(|report| std::cmp::Reverse((report.stamps.received_at, report.id)));
    reports.truncate(OF_ONE);
    Ok(reports)
}
