//! The desk as a fold: numbers, days, what is forgotten.

use super::drawn::{City, MORNING, understood};
use crate::dispatch::command::Command;
use crate::dispatch::desk::Desk;
use crate::model::entry::Event;
use crate::model::id::{ReportId, UserId};
use crate::model::report::{Category, Outcome, Priority};

fn vague() -> crate::dispatch::command::Understood {
    understood(Category::Kamtibmas, Priority::P3, None)
}

#[test]
fn numbers_never_repeat_when_the_clock_is_set_back_over_midnight() {
    let mut city = City::drawn("*");
    // 23:59:50 WIB, then ten seconds past midnight, then back.
    city.now = MORNING.plus_secs(14 * 3600 - 10);
    for (reporter, wait_s) in [(1, 20), (2, -20), (3, 3600), (4, 0)] {
        // Past the runtime, which would not let the clock run back: the fold must hold by itself.
        let received = city.message(reporter, vague());
        let event = Event::ReportReceived {
            report: ReportId(received.message.0),
            number: city.desk.next_report_number(city.now),
            channel: received.channel,
            reporter: received.reporter,
            message: received.message,
            sent_at: city.now,
            handed_from: None,
            lane: crate::model::shield::Lane::Main,
            noise: None,
        };
        city.record(event);
        city.wait(wait_s);
    }
    let mut numbers: Vec<&str> = city.desk.reports.values().map(|report| report.number.as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["MDN-20261121-0001", "MDN-20261122-0001", "MDN-20261122-0002", "MDN-20261122-0003"]);
}

#[test]
fn the_queue_is_lane_then_arrival_and_a_release_returns_to_its_place() {
    let mut city = City::drawn("*");
    for (reporter, priority) in [(1, Priority::P3), (2, Priority::P3), (3, Priority::P2)] {
        city.hears(reporter, understood(Category::Kamtibmas, priority, None));
        city.wait(1);
    }
    let by = UserId(uuid::Uuid::from_u128(7));
    let mut claimed = Vec::new();
    let order = |city: &City| {
        city.desk.queue.iter().map(|(_, _, id)| city.desk.reports[id].reporter.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(order(&city), [3, 1, 2]);
    for _ in 0..2 {
        claimed.push(city.desk.queue.first().unwrap().2);
        city.ask(Command::Claim { report: None, polsek: None, by }).unwrap();
    }
    assert_eq!(order(&city), [2]);
    for report in claimed {
        city.ask(Command::Release(report)).unwrap();
    }
    assert_eq!(order(&city), [3, 1, 2]);
}

#[test]
fn what_is_closed_stays_a_day_and_no_longer() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let (incident, report) = (city.incident(), city.report());
    city.serve("A");
    city.step("B", crate::model::assignment::Step::Refuse).unwrap();
    let disposition = crate::model::incident::Disposition::Resolved;
    city.ask(Command::CloseIncident { incident, disposition, note: None }).unwrap();
    city.wait(24 * 3600);
    city.hears(2, vague());
    assert!(city.desk.reports.contains_key(&report) && city.desk.incidents.contains_key(&incident));
    city.wait(1);
    city.hears(3, vague());
    assert!(!city.desk.reports.contains_key(&report) && !city.desk.incidents.contains_key(&incident));
    assert!(city.desk.assignments.is_empty());
}

#[test]
fn what_was_opened_again_is_not_forgotten() {
    let mut city = City::drawn("*");
    city.hears(1, vague());
    let report = city.report();
    city.ask(Command::Resolve { report, outcome: Outcome::Answered, note: None }).unwrap();
    city.wait(3600);
    city.ask(Command::Reopen { report, message: crate::model::id::MessageId(uuid::Uuid::nil()) }).unwrap();
    city.wait(48 * 3600);
    city.hears(2, vague());
    assert!(city.desk.reports[&report].is_open());
    assert_eq!(city.desk.queue.first().unwrap().2, report, "with its first arrival time");
}

#[test]
fn a_snapshot_is_the_desk() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let text = serde_json::to_string(&city.desk).unwrap();
    assert_eq!(serde_json::from_str::<Desk>(&text).unwrap(), city.desk);
}
