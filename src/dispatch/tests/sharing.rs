//! Several incidents wait, units become free: who goes where.

use super::drawn::{City, understood};
use crate::dispatch::command::Command;
use crate::model::entry::Event;
use crate::model::id::IncidentId;
use crate::model::report::{Category, Priority};
use crate::model::unit::UnitStatus;

/// Everybody is away when these emergencies come in, ten seconds apart, at cells of the first row.
fn waiting(picture: &str, cells: &[u8]) -> (City, Vec<IncidentId>) {
    let mut city = City::drawn(picture);
    let corner = city.star.offset_m(-100.0 * f64::from(u8::try_from(picture.find('*').unwrap()).unwrap()), 0.0);
    on_duty(&mut city, UnitStatus::Break);
    let mut incidents = Vec::new();
    for (reporter, cell) in (1..).zip(cells) {
        city.wait(10);
        city.star = corner.offset_m(100.0 * f64::from(*cell), 0.0);
        city.hears(reporter, understood(Category::Kekerasan, Priority::P1, Some(city.place(20.0))));
        incidents.push(city.incident());
    }
    (city, incidents)
}

fn on_duty(city: &mut City, status: UnitStatus) {
    for unit in city.desk.units.keys().copied().collect::<Vec<_>>() {
        city.ask(Command::SetUnitStatus(unit, status)).unwrap();
    }
}

fn bound(city: &City, incidents: &[IncidentId]) -> Vec<String> {
    incidents.iter().map(|incident| city.bound(*incident)).collect()
}

#[test]
fn the_older_waits_ten_seconds_more_so_that_the_younger_need_not_wait_a_minute() {
    // One after another the first would take A, and B would have a kilometre to the second.
    let (mut city, incidents) = waiting("B...*..A", &[4, 40]);
    assert_eq!(bound(&city, &incidents), ["", ""]);
    let (mut near, near_incidents) = waiting("B...*..A..............................", &[4, 10]);
    on_duty(&mut near, UnitStatus::Available);
    let events = near.ask(Command::Tick).unwrap();
    assert_eq!(bound(&near, &near_incidents), ["B*", "A*"]);
    let why = events.iter().find_map(|event| match event {
        Event::AssignmentOffered { incident, reasons, .. } if *incident == near_incidents[0] => {
            reasons.iter().find(|reason| reason.code == "shared").map(|reason| reason.text.clone())
        }
        _ => None,
    });
    assert_eq!(why.as_deref(), Some("A lebih dekat, tetapi dibutuhkan kejadian lain yang juga menunggu"));
    // Nothing is taken back afterwards.
    near.wait(1);
    near.ask(Command::Tick).unwrap();
    assert_eq!(bound(&near, &near_incidents), ["B*", "A*"]);
    // Where both ways cost the same, the order of arrival stays.
    on_duty(&mut city, UnitStatus::Available);
    city.ask(Command::Tick).unwrap();
    assert_eq!(bound(&city, &incidents), ["B*", "A*"]);
}

#[test]
fn with_fewer_units_than_emergencies_the_older_are_served_and_nobody_gets_two() {
    let (mut city, incidents) = waiting("A..*..B", &[3, 20, 40]);
    on_duty(&mut city, UnitStatus::Available);
    city.ask(Command::Tick).unwrap();
    assert_eq!(bound(&city, &incidents), ["A*", "B*", ""]);
    // With more units, each has its first before any has its second.
    let (mut city, incidents) = waiting("A..*..B..C", &[3, 30]);
    on_duty(&mut city, UnitStatus::Available);
    city.ask(Command::Tick).unwrap();
    let held: Vec<usize> = bound(&city, &incidents).iter().map(|units| units.matches('*').count()).collect();
    assert_eq!(held, [1, 1], "each has its first");
    assert_eq!(bound(&city, &incidents)[0].split(' ').count(), 2, "the older has the second too");
}

#[test]
fn a_graver_emergency_goes_before_an_older_lighter_one() {
    let mut city = City::drawn("A*");
    on_duty(&mut city, UnitStatus::Break);
    city.hears(1, understood(Category::Kekerasan, Priority::P1, Some(city.place(20.0))));
    let first = city.incident();
    city.wait(5);
    city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(20.0))));
    let second = city.incident();
    on_duty(&mut city, UnitStatus::Available);
    city.ask(Command::Tick).unwrap();
    assert_eq!(bound(&city, &[first, second]), ["A*", ""]);
}
