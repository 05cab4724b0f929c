//! Messages: joined to a report, better than before, the same event, from another Polres.

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Correction};
use crate::model::entry::Event;
use crate::model::id::ReportId;
use crate::model::report::{Category, Priority, ReportState};

#[test]
fn messages_within_ten_minutes_of_each_other_are_one_report() {
    let mut city = City::drawn("*");
    let vague = || understood(Category::Kamtibmas, Priority::P3, None);
    city.hears(1, vague());
    city.wait(600);
    city.hears(1, vague());
    city.wait(600);
    city.hears(1, vague());
    assert_eq!((city.desk.reports.len(), city.desk.reports[&city.report()].messages.len()), (1, 3));
    city.wait(601);
    city.hears(1, vague());
    city.hears(2, vague());
    assert_eq!(city.desk.reports.len(), 3);
}

#[test]
fn a_pin_that_follows_sends_the_units() {
    let mut city = City::drawn("A.*B");
    city.hears(1, understood(Category::Kejahatan, Priority::P1, None));
    assert!(city.desk.incidents.is_empty());
    city.wait(30);
    city.hears(1, city.robbery());
    assert_eq!(city.bound(city.incident()), "B* A");
    let incident = &city.desk.incidents[&city.incident()];
    assert_eq!(incident.received_at, city.now.plus_secs(-30), "the clock began with the first message");
}

#[test]
fn a_better_place_moves_the_incident_and_a_worse_one_does_not() {
    let mut city = City::drawn("A.*B");
    let wide = understood(Category::Kejahatan, Priority::P1, Some(city.place(500.0)));
    city.hears(1, wide.clone());
    let incident = city.incident();
    let heard = city.hears(1, city.robbery());
    assert!(kinds(&heard).contains("incident_changed"));
    assert!((city.desk.incidents[&incident].place.radius_m - 20.0).abs() < 1e-9);
    let heard = city.hears(1, wide);
    assert!(!kinds(&heard).contains("incident_changed") && !kinds(&heard).contains("report_located"));
}

#[test]
fn what_may_be_the_same_event_waits_for_an_operator() {
    let mut city = City::drawn("A.*B...C...D");
    city.hears(1, city.robbery());
    city.hears(2, city.robbery());
    assert_eq!(city.desk.incidents.len(), 1);
    assert_eq!(city.desk.reports[&city.report()].state, ReportState::Queued);
    // Farther than 300 m, or later than 20 minutes, it is another one.
    city.star = city.star.offset_m(301.0, 0.0);
    city.hears(3, city.robbery());
    assert_eq!(city.desk.incidents.len(), 2);
    city.star = city.star.offset_m(-301.0, 0.0);
    city.wait(1201);
    city.hears(4, city.robbery());
    assert_eq!(city.desk.incidents.len(), 3);
}

#[test]
fn a_message_delivered_late_sends_nobody() {
    let mut city = City::drawn("A.*B");
    let mut late = city.message(1, city.robbery());
    late.sent_at = city.now.plus_secs(-1801);
    let heard = city.ask(Command::Receive(Box::new(late))).unwrap();
    assert!(!kinds(&heard).contains("incident_opened"));
}

#[test]
fn what_a_person_said_it_is_stands() {
    let mut city = City::drawn("A.*B");
    city.hears(1, understood(Category::Kejahatan, Priority::P1, None));
    let minor = Correction { priority: Some(Priority::P3), ..Correction::default() };
    city.ask(Command::CorrectReport(city.report(), minor)).unwrap();
    let heard = city.hears(1, city.robbery());
    assert_eq!(kinds(&heard), "report_extended report_located");
    assert_eq!(city.desk.reports[&city.report()].reading.priority, Priority::P3);
}

#[test]
fn a_report_handed_over_twice_is_one() {
    let mut city = City::drawn("A.*B");
    let mut handed = city.message(1, city.robbery());
    handed.handed_from = Some(ReportId(uuid::Uuid::from_u128(77)));
    assert!(!city.ask(Command::Receive(Box::new(handed.clone()))).unwrap().is_empty());
    assert_eq!(city.ask(Command::Receive(Box::new(handed))).unwrap(), []);
    assert_eq!(city.desk.reports.len(), 1);
}

#[test]
fn somewhere_else_is_no_matter_of_ours() {
    let mut city = City::drawn("A.*B");
    let mut elsewhere = city.robbery();
    elsewhere.jurisdiction.as_mut().unwrap().polres = "belawan".to_owned();
    let heard = city.hears(1, elsewhere);
    assert!(!heard.iter().any(|event| matches!(event, Event::IncidentOpened { .. })));
}
