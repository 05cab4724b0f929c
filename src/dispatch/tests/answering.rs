//! Offers: answered, refused, expired, taken back; and who is asked next.

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Refusal};
use crate::model::assignment::{AssignmentState, Step};
use crate::model::entry::Event;
use crate::model::id::{IncidentId, MessageId, UserId};
use crate::model::incident::{Disposition, IncidentState};
use crate::model::report::{Category, Priority};
use crate::model::shortfall::Shortfall;
use crate::model::unit::UnitStatus;

fn close(incident: IncidentId) -> Command {
    let note = Some(MessageId(uuid::Uuid::from_u128(9)));
    Command::CloseIncident { incident, disposition: Disposition::Resolved, note }
}

fn operator() -> UserId {
    UserId(uuid::Uuid::from_u128(7))
}

#[test]
fn a_grave_emergency_gets_two_units_and_one_of_them_leads() {
    let mut city = City::drawn("A.*B...C");
    let heard = city.hears(1, city.robbery());
    assert_eq!(
        kinds(&heard),
        "report_received report_read report_located incident_opened report_attached \
         assignment_offered assignment_offered feedback_queued"
    );
    assert_eq!(city.bound(city.incident()), "B* A");
}

#[test]
fn an_unanswered_offer_goes_to_the_next_best() {
    let mut city = City::drawn("A.*B...C....D");
    city.hears(1, city.robbery());
    city.step("A", Step::Accept).unwrap();
    city.wait(19);
    assert_eq!(city.ask(Command::Tick).unwrap(), []);
    city.wait(1);
    assert_eq!(kinds(&city.ask(Command::Tick).unwrap()), "assignment_expired assignment_offered");
    assert_eq!(city.bound(city.incident()), "A C*");
    assert_eq!(city.desk.units[&city.unit("B")].status, UnitStatus::Available);
}

#[test]
fn two_offers_that_end_in_one_tick_go_to_two_others() {
    let mut city = City::drawn("A.*B...C....D");
    city.hears(1, city.robbery());
    city.wait(20);
    let ended = city.ask(Command::Tick).unwrap();
    assert_eq!(kinds(&ended), "assignment_expired assignment_expired assignment_offered assignment_offered");
    assert_eq!(city.bound(city.incident()), "C* D");
}

#[test]
fn who_refuses_is_not_asked_again() {
    let mut city = City::drawn("A.*");
    city.hears(1, city.robbery());
    assert_eq!(kinds(&city.step("A", Step::Refuse).unwrap()), "assignment_stepped incident_short");
    city.wait(60);
    assert_eq!(city.ask(Command::Tick).unwrap(), []);
    let incident = &city.desk.incidents[&city.incident()];
    assert_eq!((incident.state, incident.declined.len()), (IncidentState::Queued, 1));
}

#[test]
fn a_refusal_asks_the_next_unit_at_once() {
    let mut city = City::drawn("A.*B...C");
    city.hears(1, city.robbery());
    city.step("B", Step::Accept).unwrap();
    assert_eq!(kinds(&city.step("B", Step::Refuse).unwrap()), "assignment_stepped assignment_offered");
    assert_eq!(city.bound(city.incident()), "A C*");
}

#[test]
fn a_freed_unit_goes_to_the_gravest_then_the_oldest_that_wait() {
    let mut city = City::drawn("A*");
    city.hears(1, understood(Category::Kekerasan, Priority::P1, Some(city.place(20.0))));
    let busy = city.incident();
    // Both wait, the less grave one longer; an operator asked for a unit for it and took it back.
    let mut wait = |reporter, category, priority| {
        city.wait(5);
        city.hears(reporter, understood(category, priority, Some(city.place(20.0))));
        if priority != Priority::P1 {
            city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
            let incident = city.incident();
            let changed = &city.desk.incidents[&incident];
            let opened = Event::IncidentShort { incident, shortfall: Shortfall::of(0, 1, 0).unwrap() };
            assert!(!changed.automatic);
            city.record(opened);
            city.desk.incidents.get_mut(&incident).unwrap().automatic = true;
        }
        city.incident()
    };
    let minor = wait(2, Category::Kemacetan, Priority::P3);
    let older = wait(3, Category::Kebakaran, Priority::P1);
    let newer = wait(4, Category::LakaLantas, Priority::P1);
    let bound = |city: &City| [busy, minor, older, newer].map(|id| city.bound(id)).join("|");
    assert_eq!(bound(&city), "A*|||");
    for after in ["||A*|", "|||A*", "|A*||"] {
        city.serve("A");
        city.wait(1);
        city.ask(Command::Tick).unwrap();
        assert_eq!(bound(&city), after);
    }
}

#[test]
fn nobody_is_sent_by_the_machine_to_what_is_cleared() {
    let mut city = City::drawn("A*");
    city.hears(1, city.robbery());
    assert!(city.desk.incidents[&city.incident()].shortfall.is_some(), "the plan wants two");
    city.serve("A");
    assert_eq!(city.ask(Command::Tick).unwrap(), []);
    assert_eq!(city.desk.incidents[&city.incident()].state, IncidentState::Cleared);
}

#[test]
fn holding_frees_the_units_and_resuming_leaves_the_choice_to_the_operator() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let incident = city.incident();
    city.ask(Command::Hold { incident, by: operator() }).unwrap();
    assert_eq!((city.bound(incident).as_str(), city.desk.incidents[&incident].state), ("", IncidentState::Held));
    assert!(city.ask(Command::Hold { incident, by: operator() }).is_err());
    city.wait(60);
    assert_eq!(city.ask(Command::Tick).unwrap(), []);
    city.ask(Command::Resume(incident)).unwrap();
    assert!(city.ask(Command::Resume(incident)).is_err());
    city.ask(Command::Offer { incident, unit: city.unit("B"), reason: None, held: false }).unwrap();
    assert_eq!(city.bound(incident), "B*");
}

#[test]
fn closing_frees_the_units_and_ends_the_reports_and_reopening_starts_afresh() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let (incident, report) = (city.incident(), city.report());
    city.serve("B");
    city.ask(close(incident)).unwrap();
    assert!(!city.desk.reports[&report].is_open());
    assert_eq!(city.desk.units[&city.unit("A")].status, UnitStatus::Available);
    assert!(city.ask(close(incident)).is_err());
    city.wait(60);
    city.ask(Command::ReopenIncident(incident)).unwrap();
    assert_eq!(city.desk.incidents[&incident].state, IncidentState::Queued);
    assert_eq!(city.desk.incidents[&incident].reports, [report]);
    let unsaid = Command::CloseIncident { incident, disposition: Disposition::Resolved, note: None };
    assert_eq!(city.ask(unsaid), Err(Refusal::NoteNeeded), "what was cleared before does not count");
}

#[test]
fn a_reopened_incident_leaves_a_report_where_it_went_meanwhile() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let (first, report) = (city.incident(), city.report());
    city.ask(close(first)).unwrap();
    city.ask(Command::Reopen { report, message: MessageId(uuid::Uuid::from_u128(5)) }).unwrap();
    city.ask(Command::Escalate { report, incident: None }).unwrap();
    let second = city.incident();
    city.ask(Command::ReopenIncident(first)).unwrap();
    assert!(city.desk.incidents[&first].reports.is_empty());
    assert_eq!(city.desk.incidents[&second].reports, [report]);
}

#[test]
fn another_than_the_recommended_unit_needs_a_reason_and_a_unit_in_need_is_not_sent() {
    let mut city = City::drawn("A.*B");
    city.hears(1, understood(Category::Kamtibmas, Priority::P3, Some(city.place(20.0))));
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    let incident = city.incident();
    let offer = |unit, reason: &str| Command::Offer { incident, unit, reason: Some(reason.to_owned()), held: false };
    let (a, b) = (city.unit("A"), city.unit("B"));
    assert_eq!(city.ask(offer(a, " ")), Err(Refusal::ReasonNeeded { recommended: "B".to_owned() }));
    city.ask(Command::Emergency(b, true)).unwrap();
    assert_eq!(city.ask(offer(b, "dekat")), Err(Refusal::UnitTaken { call_sign: "B".to_owned() }));
    city.ask(Command::Emergency(b, false)).unwrap();
    city.ask(offer(a, "kenal tempatnya")).unwrap();
    let reason = city.desk.assignments[&city.assignment("A")].override_reason.clone();
    assert_eq!(reason.as_deref(), Some("kenal tempatnya"));
}

#[test]
fn a_step_with_the_same_key_is_taken_once() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let assignment = city.assignment("A");
    let accept = Command::TakeStep {
        assignment,
        step: Step::Accept,
        key: "k".to_owned(),
        device_at: city.now,
        at: None,
        reason: None,
    };
    assert_eq!(city.ask(accept.clone()).unwrap().len(), 1);
    assert_eq!(city.ask(accept).unwrap(), []);
    assert_eq!(city.desk.assignments[&assignment].state, AssignmentState::Accepted);
    assert!(city.step("A", Step::Clear).is_err(), "not there yet");
}
