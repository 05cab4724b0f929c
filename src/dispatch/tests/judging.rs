//! The judge sees what is made wrong on purpose.

use super::drawn::{City, understood};
use crate::dispatch::checker::violations;
use crate::model::assignment::AssignmentState;
use crate::model::report::{Category, Priority, ReportState};
use crate::model::unit::UnitStatus;

/// A desk with a queued report, an attached one, two offers and a free unit.
fn city() -> City {
    let mut city = City::drawn("A.*B..C");
    city.hears(1, understood(Category::Kamtibmas, Priority::P3, None));
    city.hears(2, city.robbery());
    city
}

#[track_caller]
fn sees(spoil: impl FnOnce(&mut City), what: &str) {
    let mut city = city();
    assert_eq!(violations(&city.desk), Vec::<String>::new());
    spoil(&mut city);
    let found = violations(&city.desk);
    assert!(found.iter().any(|said| said.contains(what)), "{what:?} is not among {found:#?}");
}

#[test]
fn every_kind_of_disorder_is_seen() {
    sees(|city| city.desk.queue.clear(), "the queue holds 0 reports");
    sees(|city| city.desk.offers.clear(), "0 timers run for 2 unanswered offers");
    sees(|city| *city.desk.free.get_mut("kota").unwrap() += 1, "is said to have 2 free units, it has 1");
    sees(
        |city| {
            let report = city.desk.reports.values_mut().next().unwrap();
            report.state = ReportState::Claimed { by: crate::model::id::UserId(uuid::Uuid::nil()) };
        },
        "the queue holds 1 reports",
    );
    sees(
        |city| {
            let number = city.desk.reports.values().next().unwrap().number.clone();
            city.desk.reports.values_mut().for_each(|report| report.number.clone_from(&number));
        },
        "is given twice",
    );
}

#[test]
fn a_unit_or_an_assignment_out_of_step_is_seen() {
    let unit = |city: &City, sign: &str| city.unit(sign);
    sees(
        |city| {
            let (a, b) = (unit(city, "A"), city.assignment("B"));
            city.desk.assignments.get_mut(&b).unwrap().unit = a;
        },
        "has 2 live assignments",
    );
    sees(
        |city| {
            let a = unit(city, "A");
            city.desk.units.get_mut(&a).unwrap().status = UnitStatus::OnScene;
        },
        "which its assignments do not say",
    );
    sees(
        |city| {
            let a = city.assignment("A");
            city.desk.assignments.get_mut(&a).unwrap().state = AssignmentState::Cleared;
        },
        "its last stamp says otherwise",
    );
    sees(
        |city| {
            let a = city.assignment("A");
            city.desk.assignments.get_mut(&a).unwrap().stamps.en_route_at = Some(city.now.plus_secs(-1));
        },
        "are not in order",
    );
    sees(|city| city.desk.assignments.values_mut().for_each(|a| a.primary = true), "has 2 primary units");
}

#[test]
fn a_report_with_two_homes_or_none_is_seen() {
    sees(|city| city.desk.incidents.values_mut().for_each(|incident| incident.reports.clear()), "do not agree");
    sees(
        |city| {
            let mut second = city.desk.incidents.values().next().unwrap().clone();
            second.id = crate::model::id::IncidentId(uuid::Uuid::nil());
            second.assignments.clear();
            city.desk.incidents.insert(second.id, second);
        },
        "is in two incidents",
    );
    sees(
        |city| city.desk.incidents.values_mut().for_each(|i| i.state = crate::model::incident::IncidentState::OnScene),
        "is said to be on_scene, it is offered",
    );
}
