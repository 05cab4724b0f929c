//! Ends that are taken back: before the reporter hears of them, and after.

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Refusal, SameEvent};
use crate::dispatch::undo::{Heard, UndoEnd};
use crate::model::entry::{DeliveryStatus, Event, Template};
use crate::model::id::{MessageId, ReportId, UserId};
use crate::model::incident::Disposition;
use crate::model::report::{Category, Channel, Outcome, Priority, ReportState};

fn operator() -> UserId {
    UserId(uuid::Uuid::from_u128(9))
}

fn undo(report: ReportId) -> Command {
    Command::UndoEnd(UndoEnd { report, take: None, handed: None })
}

/// A report of `person`, ended by an operator.
fn ended(city: &mut City, person: u128, outcome: Outcome) -> ReportId {
    city.hears(person, understood(Category::Kamtibmas, Priority::P3, Some(city.place(300.0))));
    let report = city.report();
    city.ask(Command::Resolve { report, outcome, note: None }).unwrap();
    report
}

fn reopened_is_told(events: &[Event]) -> bool {
    events.iter().any(|e| matches!(e, Event::FeedbackQueued { template: Template::Reopened, .. }))
}

#[test]
fn what_is_taken_back_in_time_was_never_said() {
    let mut city = City::drawn("A.*");
    let report = ended(&mut city, 1, Outcome::Unfounded);
    let closing = city.desk.reports[&report].talk.closing.unwrap();
    city.wait(4);
    let take = Command::UndoEnd(UndoEnd { report, take: Some(operator()), handed: None });
    let heard = city.ask(take.clone()).unwrap();
    assert_eq!(kinds(&heard), "feedback_status report_reopened report_claimed");
    let withdrawn = Event::FeedbackStatus { report, message: closing, status: DeliveryStatus::Withdrawn };
    assert_eq!(heard[0], withdrawn);
    let found = &city.desk.reports[&report];
    assert_eq!((found.state, found.stamps.closed_at), (ReportState::Claimed { by: operator() }, None));
    assert!(!found.talk.has_said(Template::Closed));
    assert!(city.ask(take).is_err(), "it is open");
}

#[test]
fn after_that_the_reporter_is_told_that_it_is_open_again() {
    let mut city = City::drawn("A.*");
    let report = ended(&mut city, 1, Outcome::Unfounded);
    city.wait(5);
    let heard = city.ask(undo(report)).unwrap();
    assert_eq!(kinds(&heard), "report_reopened feedback_queued");
    assert!(reopened_is_told(&heard));
    assert_eq!(city.desk.reports[&report].state, ReportState::Queued);
    // An end nobody was told of is taken back without a word, however late.
    let quiet = ended(&mut city, 2, Outcome::OutOfScope);
    city.wait(600);
    assert_eq!(kinds(&city.ask(undo(quiet)).unwrap()), "report_reopened");
}

#[test]
fn what_is_read_in_the_app_cannot_be_unsaid() {
    let mut city = City::drawn("A.*");
    let mut sent = city.message(1, understood(Category::Kamtibmas, Priority::P3, Some(city.place(300.0))));
    sent.channel = Channel::CitizenApp;
    city.ask(Command::Receive(Box::new(sent))).unwrap();
    let report = city.report();
    city.ask(Command::Resolve { report, outcome: Outcome::Unfounded, note: None }).unwrap();
    assert!(reopened_is_told(&city.ask(undo(report)).unwrap()));
}

#[test]
fn those_who_ended_with_it_come_back_with_it() {
    let mut city = City::drawn("A.*");
    let told = understood(Category::Kamtibmas, Priority::P3, Some(city.place(300.0)));
    let all: Vec<ReportId> = (1..=4)
        .map(|person| {
            city.hears(person, told.clone());
            city.report()
        })
        .collect();
    for other in &all[1..3] {
        city.ask(Command::Join { report: *other, into: SameEvent::Report(all[0]) }).unwrap();
    }
    // The fourth ended at the same instant, by itself.
    for report in [all[0], all[3]] {
        city.ask(Command::Resolve { report, outcome: Outcome::Referred, note: None }).unwrap();
    }
    let heard = city.ask(undo(all[0])).unwrap();
    let taken_back = |e: &&Event| matches!(e, Event::FeedbackStatus { status: DeliveryStatus::Withdrawn, .. });
    assert_eq!(heard.iter().filter(taken_back).count(), 3);
    assert_eq!(city.desk.reports[&all[0]].followers, all[1..3]);
    assert_eq!(city.desk.queue.len(), 1);
    assert!(!city.desk.reports[&all[3]].is_open());
}

#[test]
fn an_incident_that_is_opened_again_in_time_tells_nobody() {
    for (waited, told) in [(4, false), (40, true)] {
        let mut city = City::drawn("A.*B");
        city.hears(1, city.robbery());
        let (incident, report) = (city.incident(), city.report());
        let note = Some(MessageId(uuid::Uuid::from_u128(5)));
        city.ask(Command::CloseIncident { incident, disposition: Disposition::Resolved, note }).unwrap();
        city.wait(waited);
        let heard = city.ask(Command::ReopenIncident(incident)).unwrap();
        assert_eq!(reopened_is_told(&heard), told);
        assert_eq!(kinds(&heard).contains("feedback_status"), !told);
        assert_eq!(city.desk.reports[&report].state, ReportState::Attached { incident });
    }
}

#[test]
fn what_another_office_handed_here_goes_back_while_nobody_has_it() {
    let origin = ReportId(uuid::Uuid::from_u128(77));
    let mut city = City::drawn("A.*");
    let mut handed = city.message(1, understood(Category::Kamtibmas, Priority::P3, Some(city.place(300.0))));
    handed.handed_from = Some(origin);
    handed.answer = Some(Template::HandedOver);
    city.ask(Command::Receive(Box::new(handed.clone()))).unwrap();
    let first = city.report();
    assert!(city.desk.reports[&first].talk.closing.is_some());
    let heard = city.ask(Command::TakeBack(origin)).unwrap();
    assert_eq!(kinds(&heard), "feedback_status report_closed");
    assert!(city.desk.queue.is_empty());
    assert!(city.ask(Command::TakeBack(origin)).is_err(), "once");

    // Handed here once more it is a new one, and stays with whoever takes it.
    assert!(!city.ask(Command::Receive(Box::new(handed.clone()))).unwrap().is_empty());
    assert_eq!(city.ask(Command::Receive(Box::new(handed))).unwrap(), []);
    let second = city.desk.handed[&origin];
    assert_ne!(first, second);
    city.ask(Command::Claim { report: Some(second), polsek: None, by: operator() }).unwrap();
    let taken = city.ask(Command::TakeBack(origin)).unwrap_err();
    assert!(taken.to_string().contains("taken up there"), "{taken}");
}

#[test]
fn what_came_back_from_another_office_is_open_here_and_said_when_it_was_heard() {
    for (heard, told) in [(Heard::No, false), (Heard::Yes, true)] {
        let mut city = City::drawn("A.*");
        let report = ended(&mut city, 1, Outcome::HandedOver);
        assert!(matches!(city.ask(undo(report)), Err(Refusal::Step(_))), "only together with the other office");
        let back = UndoEnd { report, take: None, handed: Some(heard) };
        assert_eq!(reopened_is_told(&city.ask(Command::UndoEnd(back)).unwrap()), told);
        assert_eq!(city.desk.reports[&report].state, ReportState::Queued);
    }
}
