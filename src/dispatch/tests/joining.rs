//! One event told by many: joined, told together, parted; incidents merged and unmerged.

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Refusal, SameEvent};
use crate::model::assignment::Step;
use crate::model::entry::{Event, Template};
use crate::model::id::{IncidentId, ReportId, UserId};
use crate::model::incident::Disposition;
use crate::model::report::{Category, Outcome, Priority, ReportState};

fn told(events: &[Event], template: Template) -> usize {
    events.iter().filter(|e| matches!(e, Event::FeedbackQueued { template: found, .. } if *found == template)).count()
}

fn vague(city: &City) -> crate::dispatch::command::Understood {
    understood(Category::Kamtibmas, Priority::P3, Some(city.place(300.0)))
}

fn join(city: &mut City, report: ReportId, into: SameEvent) -> Result<Vec<Event>, Refusal> {
    city.ask(Command::Join { report, into })
}

/// Reports of `count` people about one matter, in order of arrival.
fn many(city: &mut City, count: u128) -> Vec<ReportId> {
    (1..=count)
        .map(|person| {
            let told = vague(city);
            city.hears(person, told);
            city.report()
        })
        .collect()
}

#[test]
fn those_who_follow_go_where_the_first_goes() {
    let mut city = City::drawn("A.*");
    let all = many(&mut city, 3);
    join(&mut city, all[1], SameEvent::Report(all[0])).unwrap();
    // Whoever joins a follower joins the one it follows.
    join(&mut city, all[2], SameEvent::Report(all[1])).unwrap();
    assert_eq!(city.desk.reports[&all[0]].followers, [all[1], all[2]]);
    assert_eq!(city.desk.queue.len(), 1, "followers wait for nobody");
    let heard = city.ask(Command::Escalate { report: all[0], incident: None }).unwrap();
    assert_eq!(kinds(&heard), "incident_opened report_attached report_attached report_attached");
    let incident = city.incident();
    assert_eq!(city.desk.incidents[&incident].reports.len(), 3);
    assert!(city.desk.reports[&all[0]].followers.is_empty());
}

#[test]
fn the_clock_of_an_incident_begins_with_the_first_of_its_reports() {
    let mut city = City::drawn("A.*");
    let first = many(&mut city, 1)[0];
    let began = city.now;
    city.wait(300);
    let told = vague(&city);
    city.hears(2, told);
    let second = city.report();
    join(&mut city, first, SameEvent::Report(second)).unwrap();
    city.ask(Command::Escalate { report: second, incident: None }).unwrap();
    assert_eq!(city.desk.incidents[&city.incident()].received_at, began);
}

#[test]
fn an_ending_is_for_all_of_them_but_not_a_prank() {
    let mut city = City::drawn("A.*");
    let all = many(&mut city, 3);
    for other in &all[1..] {
        join(&mut city, *other, SameEvent::Report(all[0])).unwrap();
    }
    let heard = city.ask(Command::Resolve { report: all[0], outcome: Outcome::Referred, note: None }).unwrap();
    assert_eq!(told(&heard, Template::Closed), 3);
    let ended = |city: &City, id| city.desk.reports[id].state == ReportState::Closed { outcome: Outcome::Referred };
    assert!(all.iter().all(|id| ended(&city, id)));

    let more: Vec<ReportId> = [11, 12]
        .map(|person| {
            let told = vague(&city);
            city.hears(person, told);
            city.report()
        })
        .into();
    join(&mut city, more[1], SameEvent::Report(more[0])).unwrap();
    city.ask(Command::Resolve { report: more[0], outcome: Outcome::Prank, note: None }).unwrap();
    assert_eq!(city.desk.reports[&more[1]].state, ReportState::Queued, "judged by itself");
}

#[test]
fn what_is_not_the_same_event_goes_back_to_its_place_in_the_queue() {
    let mut city = City::drawn("A.*");
    let all = many(&mut city, 3);
    let order: Vec<_> = city.desk.queue.iter().copied().collect();
    join(&mut city, all[0], SameEvent::Report(all[2])).unwrap();
    city.ask(Command::Part(all[0])).unwrap();
    assert_eq!(city.desk.queue.iter().copied().collect::<Vec<_>>(), order);
    assert!(city.desk.reports[&all[2]].followers.is_empty());
    let again = city.ask(Command::Part(all[0])).unwrap_err();
    assert!(again.to_string().contains("queued"), "{again}");
}

#[test]
fn what_cannot_be_joined_says_why() {
    let mut city = City::drawn("A.*");
    let all = many(&mut city, 3);
    let says = |refusal: Refusal| refusal.to_string();
    assert!(says(join(&mut city, all[0], SameEvent::Report(all[0])).unwrap_err()).contains("same report"));
    join(&mut city, all[1], SameEvent::Report(all[0])).unwrap();
    assert!(says(join(&mut city, all[0], SameEvent::Report(all[1])).unwrap_err()).contains("followed by it"));
    city.ask(Command::Resolve { report: all[2], outcome: Outcome::Answered, note: None }).unwrap();
    assert!(says(join(&mut city, all[0], SameEvent::Report(all[2])).unwrap_err()).contains("closed"));
    let claim = Command::Claim { report: Some(all[1]), polsek: None, by: UserId(uuid::Uuid::nil()) };
    assert!(says(city.ask(claim).unwrap_err()).contains("joined"));
    city.ask(Command::Escalate { report: all[0], incident: None }).unwrap();
    city.ask(Command::Part(all[1])).unwrap();
    assert!(says(city.ask(Command::Part(all[0])).unwrap_err()).contains("only report"));
}

#[test]
fn a_graver_telling_lifts_the_report_it_follows() {
    let mut city = City::drawn("*");
    let all = many(&mut city, 2);
    join(&mut city, all[1], SameEvent::Report(all[0])).unwrap();
    let graver = understood(Category::Kekerasan, Priority::P1, Some(city.place(900.0)));
    city.hears(2, graver);
    assert_eq!(city.desk.reports[&all[0]].reading.priority, Priority::P1);
}

#[test]
fn whoever_joins_late_hears_how_far_it_is() {
    let mut city = City::drawn("A.*B");
    city.hears(1, city.robbery());
    let incident = city.incident();
    city.step("B", Step::Accept).unwrap();
    city.step("B", Step::EnRoute).unwrap();
    city.hears(2, city.robbery());
    let late = city.report();
    let heard = join(&mut city, late, SameEvent::Incident(incident)).unwrap();
    assert_eq!(told(&heard, Template::UnitEnRoute), 1);
    let heard = city.step("B", Step::OnScene).unwrap();
    assert_eq!(told(&heard, Template::UnitOnScene), 2);
}

/// Two robberies 400 m apart, each with its units.
fn two_robberies(picture: &str) -> (City, IncidentId, IncidentId) {
    let mut city = City::drawn(picture);
    city.hears(1, city.robbery());
    let first = city.incident();
    city.star = city.star.offset_m(400.0, 0.0);
    city.hears(2, city.robbery());
    let second = city.incident();
    assert_ne!(first, second);
    (city, first, second)
}

#[test]
fn a_merged_incident_gives_its_reports_and_frees_its_units_and_can_be_undone() {
    let (mut city, first, second) = two_robberies("A*B...C..D");
    assert_eq!((city.bound(first), city.bound(second)), ("A* B".to_owned(), "C* D".to_owned()));
    city.step("A", Step::Accept).unwrap();
    city.step("A", Step::EnRoute).unwrap();
    let heard = city.ask(Command::Merge { incident: second, into: first }).unwrap();
    assert_eq!(told(&heard, Template::UnitEnRoute), 1, "the other reporter hears of the unit under way");
    assert_eq!((city.bound(first), city.bound(second)), ("A* B".to_owned(), String::new()));
    assert_eq!(city.desk.incidents[&first].reports.len(), 2);
    assert!(city.ask(Command::ReopenIncident(second)).unwrap_err().to_string().contains("unmerge"));
    city.ask(Command::Unmerge(second)).unwrap();
    assert_eq!(city.desk.incidents[&first].reports.len(), 1);
    assert!(city.desk.incidents[&second].is_open() && city.desk.incidents[&second].reports.len() == 1);
    assert!(city.ask(Command::Unmerge(second)).unwrap_err().to_string().contains("not merged"));
}

#[test]
fn the_incident_that_is_further_along_goes_on() {
    let (mut city, first, second) = two_robberies("A*B...C..D");
    for crew in ["A", "C"] {
        city.step(crew, Step::Accept).unwrap();
        city.step(crew, Step::EnRoute).unwrap();
    }
    city.step("C", Step::OnScene).unwrap();
    let further = city.ask(Command::Merge { incident: second, into: first }).unwrap_err();
    assert!(further.to_string().contains("further along"), "{further}");
    city.step("A", Step::OnScene).unwrap();
    let both = city.ask(Command::Merge { incident: second, into: first }).unwrap_err();
    assert!(both.to_string().contains("both scenes"), "{both}");
}

#[test]
fn what_ended_together_does_not_come_apart() {
    let (mut city, first, second) = two_robberies("A*B...C..D");
    city.ask(Command::Merge { incident: second, into: first }).unwrap();
    city.serve("A");
    let heard =
        city.ask(Command::CloseIncident { incident: first, disposition: Disposition::Resolved, note: None }).unwrap();
    assert_eq!(told(&heard, Template::Closed), 2);
    assert!(city.ask(Command::Unmerge(second)).unwrap_err().to_string().contains("closed"));
}
