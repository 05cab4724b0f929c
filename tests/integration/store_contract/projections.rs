//! The tables people list and count, and the laws their indexes hold.

use sigap::model::assignment::{Assignment, AssignmentState};
use sigap::model::id::UserId;
use sigap::model::incident::{Disposition, Handling, Incident, IncidentState};
use sigap::model::report::{Category, Outcome, Report, ReportState};
use sigap::model::unit::Unit;
use sigap::store::projections::{
    Cursor, ListFilter, SpanFilter, clear_projections, upsert_assignment, upsert_assignments, upsert_incident,
    upsert_report, upsert_unit,
};
use sigap::store::{Statement, StoreError};

use super::place::{Place, number};
use super::samples::{self, at};

fn conflict(outcome: Result<(), StoreError>) -> String {
    match outcome {
        Err(StoreError::Conflict { constraint }) => constraint,
        other => format!("no conflict: {other:?}"),
    }
}

fn rows(report: &Report, incident: &Incident, offer: &Assignment, unit: &Unit) -> Vec<Statement> {
    vec![
        upsert_report("medan", report),
        upsert_incident("medan", incident),
        upsert_assignment("medan", offer),
        upsert_unit("medan", unit),
    ]
}

pub async fn rows_come_back_whole_and_the_last_one_counts(place: &Place) {
    let store = place.open().await;
    let (mut report, mut incident, mut unit) = (samples::report(1, 0), samples::incident(1, 0), samples::unit(7));
    let mut offer = samples::assignment(incident.id, unit.id, true);
    store.write(rows(&report, &incident, &offer, &unit)).await.unwrap();
    report.state = ReportState::Closed { outcome: Outcome::Resolved };
    report.stamps.closed_at = Some(at(900));
    report.place = None;
    incident.handling = Handling::Closed { disposition: Disposition::Resolved };
    incident.state = IncidentState::Closed;
    offer.state = AssignmentState::Cleared;
    offer.stamps.ended_at = Some(at(880));
    unit.emergency = true;
    store.write(rows(&report, &incident, &offer, &unit)).await.unwrap();

    let filed = store.report(report.id).await.unwrap().unwrap();
    assert_eq!((filed.polres.as_str(), &filed.item), ("medan", &report));
    assert_eq!(store.incident(incident.id).await.unwrap().unwrap().item, incident);
    assert_eq!(store.assignment(offer.id).await.unwrap().unwrap().item, offer);
    assert_eq!(store.assignments_of(incident.id).await.unwrap(), std::slice::from_ref(&offer));
    let units: Vec<_> = store.units(Some("medan")).await.unwrap().into_iter().map(|filed| filed.item).collect();
    assert_eq!(units, [unit]);
    let sql = "SELECT COUNT(*) FROM reports r, incidents i, assignments a WHERE r.outcome = 'resolved'
        AND r.lng IS NULL AND r.polsek = 'medan-kota' AND i.disposition = 'resolved' AND NOT a.live";
    assert_eq!(number(&store, sql).await, 1);
    assert!(store.report(samples::report(2, 0).id).await.unwrap().is_none());
}

pub async fn a_unit_has_one_live_assignment(place: &Place) {
    let store = place.open().await;
    let (unit, one, two) = (samples::unit(1), samples::incident(1, 0), samples::incident(2, 0));
    store.write(vec![upsert_assignment("medan", &samples::assignment(one.id, unit.id, true))]).await.unwrap();
    let second = samples::assignment(two.id, unit.id, true);
    let job = vec![upsert_incident("medan", &two), upsert_assignment("medan", &second)];
    assert_eq!(conflict(store.write(job).await), "one_live_assignment_per_unit");
    assert!(store.incident(two.id).await.unwrap().is_none());
}

pub async fn an_incident_has_one_live_primary(place: &Place) {
    let store = place.open().await;
    let incident = samples::incident(1, 0);
    let write = async |primary| {
        let assignment = samples::assignment(incident.id, samples::unit(1).id, primary);
        store.write(vec![upsert_assignment("medan", &assignment)]).await
    };
    write(true).await.unwrap();
    write(false).await.unwrap();
    assert_eq!(conflict(write(true).await), "one_primary_per_incident");
}

pub async fn ended_assignments_make_room_in_the_same_job(place: &Place) {
    let store = place.open().await;
    let (unit, one, two) = (samples::unit(1), samples::incident(1, 0), samples::incident(2, 0));
    let mut first = samples::assignment(one.id, unit.id, true);
    store.write(vec![upsert_assignment("medan", &first)]).await.unwrap();
    first.state = AssignmentState::Preempted;
    let second = samples::assignment(two.id, unit.id, true);
    store.write(upsert_assignments("medan", &[&second, &first])).await.unwrap();
    assert_eq!(store.assignments_of(two.id).await.unwrap(), [second]);
    assert_eq!(store.assignments_of(one.id).await.unwrap(), [first]);
}

pub async fn lists_are_filtered_and_go_on_without_gap_or_repeat(place: &Place) {
    let store = place.open().await;
    // several of the same microsecond, so that the id has to decide
    let mut reports: Vec<_> = (0..57).map(|n| samples::report(n, i64::from(n / 5))).collect();
    for (n, report) in reports.iter_mut().enumerate() {
        if n % 3 == 0 {
            report.state = ReportState::Claimed { by: UserId(report.id.0) };
        }
        if n % 4 == 0 {
            report.jurisdiction = Some(samples::jurisdiction("medan-area"));
        }
    }
    store.write(reports.iter().map(|report| upsert_report("medan", report)).collect()).await.unwrap();
    store.write(vec![upsert_report("jombang", &samples::report(99, 3))]).await.unwrap();
    let medan = || ListFilter { polres: Some("medan".to_owned()), limit: 8, ..ListFilter::default() };

    for (state, polsek) in
        [(None, None), (Some("claimed"), None), (None, Some("medan-area")), (Some("queued"), Some("medan-area"))]
    {
        let mut expected: Vec<_> = reports
            .iter()
            .filter(|report| {
                state.is_none_or(|state| report.state.code() == state)
                    && polsek.is_none_or(|polsek| report.jurisdiction.as_ref().unwrap().polsek == polsek)
            })
            .collect();
        expected.sort_by_key(|report| std::cmp::Reverse((report.stamps.received_at, report.id)));
        let mut filter = ListFilter { state: state.map(str::to_owned), polsek: polsek.map(str::to_owned), ..medan() };
        let mut listed = Vec::new();
        loop {
            let page = store.reports(&filter).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some(Cursor { received_at: last.item.stamps.received_at, id: last.item.id.0 });
            assert!(page.len() <= 8);
            listed.extend(page.into_iter().map(|filed| filed.item));
        }
        assert!(listed.iter().eq(expected), "{state:?} {polsek:?}");
    }
    let by_number = ListFilter { number: Some("MDN-20261121-000".to_owned()), limit: 200, ..ListFilter::default() };
    assert_eq!(store.reports(&by_number).await.unwrap().len(), 10);
    let span = ListFilter { from: Some(at(2)), to: Some(at(4)), limit: 200, ..ListFilter::default() };
    assert_eq!(store.reports(&span).await.unwrap().len(), 11);
    assert_eq!(store.reports(&ListFilter { limit: 1000, ..ListFilter::default() }).await.unwrap().len(), 58);
    assert!(store.incidents(&medan()).await.unwrap().is_empty());
}

fn span(from: i64, to: i64) -> SpanFilter {
    SpanFilter { polres: "medan".to_owned(), polsek: None, from: at(from), to: at(to), category: None }
}

pub async fn report_lines_are_those_of_the_span(place: &Place) {
    let store = place.open().await;
    let mut reports: Vec<_> = (0..10).map(|n| samples::report(n, i64::from(n))).collect();
    reports[4].place = None;
    reports[5].reading.category = Category::Kejahatan;
    reports[6].jurisdiction = Some(samples::jurisdiction("medan-area"));
    store.write(reports.iter().map(|report| upsert_report("medan", report)).collect()).await.unwrap();
    let lines = store.report_lines(&span(3, 8)).await.unwrap();
    let placed: Vec<_> = lines.iter().filter(|line| line.at.is_some()).map(|line| line.received_at).collect();
    assert_eq!((lines.len(), placed), (5, vec![at(3), at(5), at(6), at(7)]));
    let first = lines[0].at.unwrap();
    assert_eq!((first.lng, first.lat, lines[0].priority.number()), (98.68, 3.58, 2));
    let crime = SpanFilter { category: Some(Category::Kejahatan), ..span(0, 10) };
    assert_eq!(store.report_lines(&crime).await.unwrap().len(), 1);
    let area = SpanFilter { polsek: Some("medan-area".to_owned()), ..span(0, 10) };
    assert_eq!(store.report_lines(&area).await.unwrap()[0].received_at, at(6));
    assert_eq!(store.report_times(&span(0, 10)).await.unwrap().len(), 10);
}

pub async fn incident_lines_hold_their_offers_in_order(place: &Place) {
    let store = place.open().await;
    let (one, two) = (samples::incident(1, 1), samples::incident(2, 2));
    let mut refused = samples::assignment(one.id, samples::unit(1).id, true);
    refused.state = AssignmentState::Refused;
    let mut taken = samples::assignment(one.id, samples::unit(2).id, true);
    taken.override_reason = Some("lebih dekat".to_owned());
    taken.stamps.offered_at = at(30);
    taken.stamps.on_scene_at = Some(at(400));
    let mut job = upsert_assignments("medan", &[&taken, &refused]);
    job.extend([upsert_incident("medan", &one), upsert_incident("medan", &two)]);
    store.write(job).await.unwrap();
    let lines = store.incident_lines(&span(0, 10)).await.unwrap();
    assert_eq!(lines.iter().map(|line| (line.id, line.offers.len())).collect::<Vec<_>>(), [(one.id, 2), (two.id, 0)]);
    let offers = &lines[0].offers;
    assert_eq!([&offers[0], &offers[1]].map(|offer| offer.unit), [refused.unit, taken.unit]);
    assert_eq!((offers[0].state.as_str(), offers[0].overridden), ("refused", false));
    assert_eq!((offers[1].override_reason.as_deref(), offers[1].stamps), (Some("lebih dekat"), taken.stamps));
    assert_eq!(lines[0].on_scene_at(), Some(at(400)));
    assert_eq!((lines[1].number.as_str(), lines[1].on_scene_at()), (two.number.as_str(), None));
}

pub async fn clearing_one_office_leaves_the_others(place: &Place) {
    let store = place.open().await;
    for polres in ["medan", "jombang"] {
        store
            .write(vec![upsert_report(polres, &samples::report(1, 0)), upsert_unit(polres, &samples::unit(1))])
            .await
            .unwrap();
    }
    store.write(clear_projections("medan")).await.unwrap();
    let left = store.reports(&ListFilter { limit: 10, ..ListFilter::default() }).await.unwrap();
    assert_eq!(left.iter().map(|filed| filed.polres.as_str()).collect::<Vec<_>>(), ["jombang"]);
    assert_eq!(store.units(None).await.unwrap().len(), 1);
}
