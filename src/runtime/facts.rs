//! What is known for the placeholders of a message: the desk and a report enter, facts leave.

use super::handbook::Handbook;
use crate::dispatch::desk::Desk;
use crate::feedback::traffic::{self, TrafficLine};
use crate::feedback::wording::Params;
use crate::model::assignment::{Assignment, AssignmentState};
use crate::model::clock::Timestamp;
use crate::model::entry::Template;
use crate::model::incident::{Incident, IncidentState};
use crate::model::report::{Report, ReportState};

/// The facts for a message about `report` as the desk stands at `now`. The entry that promises the
/// message is applied already.
#[must_use]
pub fn params(
    handbook: &Handbook,
    office: &str,
    desk: &Desk,
    report: &Report,
    template: Template,
    now: Timestamp,
) -> Params {
    let incident = match report.state {
        ReportState::Attached { incident } => desk.incidents.get(&incident),
        _ => None,
    };
    let unit = incident.and_then(|incident| desk.live_assignments(incident).find(|a| a.primary && has_taken_it(a)));
    let ahead = desk.queue.iter().take_while(|(_, _, id)| *id != report.id).count();
    let mut params = Params {
        office: Some(office.to_owned()),
        hello: (report.talk.sent.len() == 1).then(|| office.to_owned()),
        number: Some(report.number.clone()),
        ahead: report.is_queued().then_some(ahead),
        turn: report.is_queued().then_some(ahead + 1),
        eta_min: unit.and_then(|unit| eta_min(unit, now)),
        call_sign: unit.and_then(|unit| desk.units.get(&unit.unit)).map(|unit| unit.call_sign.clone()),
        place: report.place.as_ref().map(|place| place.label.clone()),
        state: handbook.wording().word(state_word(report, incident, unit)),
        sent_clock: Some(report.stamps.sent_at.local_clock(desk.utc_offset_h)),
        ..Params::default()
    };
    match template {
        Template::Article => add_article(&mut params, handbook, desk, report, now),
        Template::Traffic => params.text = Some(traffic_words(handbook, desk, report, now)),
        Template::Closed => params.text = ended_words(desk, report),
        _ => {}
    }
    params
}

/// Only a crew that took it is named to the reporter.
const fn has_taken_it(assignment: &Assignment) -> bool {
    matches!(assignment.state, AssignmentState::Accepted | AssignmentState::EnRoute | AssignmentState::OnScene)
}

/// Whole minutes until the unit arrives, counted from when it rolled; none once it is there.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a travel time in whole minutes")]
fn eta_min(unit: &Assignment, now: Timestamp) -> Option<u32> {
    let whole_s = unit.travel_time_s.filter(|_| unit.state != AssignmentState::OnScene)?;
    let gone_s = unit.stamps.en_route_at.map_or(0.0, |at| now.secs_since(at).max(0.0));
    Some(((whole_s - gone_s) / 60.0).ceil().clamp(1.0, 999.0) as u32)
}

/// The name of the words for where a report stands.
fn state_word(report: &Report, incident: Option<&Incident>, unit: Option<&Assignment>) -> &'static str {
    match (report.state, incident.map(|incident| incident.state)) {
        (ReportState::Closed { .. }, _) => "closed",
        (ReportState::Attached { .. }, Some(IncidentState::Held)) => "held",
        (ReportState::Attached { .. }, Some(IncidentState::Responding)) => match unit.map(|unit| unit.state) {
            Some(AssignmentState::Accepted) => "unit_chosen",
            _ => "unit_en_route",
        },
        (ReportState::Attached { .. }, Some(IncidentState::OnScene)) => "unit_on_scene",
        (ReportState::Attached { .. }, Some(IncidentState::Cleared | IncidentState::Closed)) => "unit_cleared",
        (ReportState::Attached { .. }, _) => "unit_sought",
        (ReportState::Claimed { .. }, _) => "claimed",
        (ReportState::WaitingReporter { .. }, _) => "waiting_reporter",
        (ReportState::Queued, _) if report.talk.person_asked_at.is_some() => "person_asked",
        // Somebody else told the same: it goes the way of that report.
        (ReportState::Queued | ReportState::Joined { .. }, _) => "queued",
    }
}

fn add_article(params: &mut Params, handbook: &Handbook, desk: &Desk, report: &Report, now: Timestamp) {
    let today = now.local_date(desk.utc_offset_h);
    let articles = handbook.articles();
    let Some(article) = articles.on(report.reading.category, &today) else { return };
    params.title = Some(article.title.clone());
    params.text = Some(article.text.trim_end().to_owned());
    params.source = Some(article.source.clone());
    params.caution = handbook.wording().word("example").filter(|_| article.example);
}

fn traffic_words(handbook: &Handbook, desk: &Desk, report: &Report, now: Timestamp) -> String {
    let near = report.place.as_ref().map(crate::model::place::Place::point);
    let lines = traffic::lines(desk.incidents.values(), near, now);
    if lines.is_empty() {
        return handbook.wording().word("no_traffic").unwrap_or_default();
    }
    lines.iter().map(TrafficLine::words).collect::<Vec<_>>().join("\n")
}

/// What the incident was that has just been closed with this report.
fn ended_words(desk: &Desk, report: &Report) -> Option<String> {
    let incident = desk.incidents.values().find(|incident| incident.reports.contains(&report.id))?;
    (!incident.is_open()).then(|| format!("{} di {}", desk.category_name(incident.category), incident.place.label))
}
