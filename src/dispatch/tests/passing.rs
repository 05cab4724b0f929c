//! Units taken from a lesser job, and jobs handed to another crew.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::recommend::{Candidate, STEADY_S};
use crate::dispatch::what_if::{NoComparison, advice, what_if};
use crate::model::assignment::{AssignmentState, HandingState, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{AssignmentId, IncidentId, UnitId};
use crate::model::incident::{Disposition, IncidentState};
use crate::model::report::{Category, Priority};
use crate::model::shortfall::Missing;
use crate::model::unit::UnitStatus;

/// Somebody reports something at the star; an operator makes an incident of it.
fn matter(city: &mut City, reporter: u128, category: Category, priority: Priority) -> IncidentId {
    city.hears(reporter, understood(category, priority, Some(city.place(20.0))));
    let report = city.report();
    if city.desk.reports[&report].is_queued() {
        city.ask(Command::Escalate { report, incident: None }).unwrap();
    }
    city.incident()
}

fn offer(city: &mut City, incident: IncidentId, call_sign: &str) {
    let unit = city.unit(call_sign);
    let reason = Some("uji".to_owned());
    city.ask(Command::Offer { incident, unit, reason, held: false }).unwrap();
}

fn take(city: &mut City, incident: IncidentId, call_sign: &str, reason: Option<&str>) -> Result<Vec<Event>, Refusal> {
    let (unit, from) = (city.unit(call_sign), city.assignment(call_sign));
    city.ask(Command::Preempt { incident, unit, from, reason: reason.map(str::to_owned) })
}

fn takeable(city: &City, incident: IncidentId) -> Vec<Candidate> {
    advice(&city.desk, &city.map, city.rules(), incident, city.now).unwrap().takeable
}

fn names(candidates: &[Candidate]) -> String {
    candidates.iter().map(|c| c.call_sign.as_str()).collect::<Vec<_>>().join(" ")
}

fn reasons(candidate: &Candidate) -> String {
    candidate.reasons.iter().map(|r| format!("{} {:.0}", r.code, r.cost_s)).collect::<Vec<_>>().join(" + ")
}

/// A drives to a quarrel (P3) at the star; then there is a fire (P1) right behind A, and C is far away.
fn a_fire_behind_the_only_near_unit() -> (City, IncidentId, IncidentId) {
    let mut city = City::drawn("....A....*.................................................C");
    let quarrel = matter(&mut city, 1, Category::Kamtibmas, Priority::P3);
    offer(&mut city, quarrel, "A");
    for step in [Step::Accept, Step::EnRoute] {
        city.step("A", step).unwrap();
    }
    city.wait(30);
    city.star = city.star.offset_m(-700.0, 0.0);
    // Nobody is sent by himself: the place is too vague.
    city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(900.0))));
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    let fire = city.incident();
    (city, quarrel, fire)
}

#[test]
fn a_unit_on_its_way_to_a_lesser_job_is_proposed_with_its_price_and_what_is_given_up() {
    let (city, quarrel, fire) = a_fire_behind_the_only_near_unit();
    let found = takeable(&city, fire);
    assert_eq!(names(&found), "A");
    // C needs 5,000 m to the quarrel where A needs 500 m: 450 s later, of which a quarter counts.
    assert_eq!(reasons(&found[0]), "travel_time 20 + workload 10 + taken_job 120 + left_waiting 112");
    let lost = found[0].gives_up.as_ref().unwrap();
    assert_eq!((lost.incident_id, lost.priority, lost.state), (quarrel, Priority::P3, AssignmentState::EnRoute));
    assert_eq!((lost.remaining_s, lost.waits_longer_s), (Some(50.0), Some(450.0)));
    assert_eq!(lost.next.as_ref().map(|next| next.call_sign.as_str()), Some("C"));
    assert!(found[0].reasons[3].text.contains("menunggu 8 menit lebih lama, diganti C"), "{:?}", found[0].reasons);
}

#[test]
fn the_machine_never_takes_a_unit_away_by_itself() {
    let (mut city, quarrel, fire) = a_fire_behind_the_only_near_unit();
    city.ask(Command::SetUnitStatus(city.unit("C"), UnitStatus::Break)).unwrap();
    for _ in 0..10 {
        city.wait(10);
        city.ask(Command::Tick).unwrap();
    }
    assert_eq!((city.bound(quarrel).as_str(), city.bound(fire).as_str()), ("A*", ""));
}

#[test]
fn the_taken_unit_is_offered_the_graver_incident_and_the_lesser_one_goes_to_the_next() {
    let (mut city, quarrel, fire) = a_fire_behind_the_only_near_unit();
    let (old, came) = (city.assignment("A"), city.desk.incidents[&quarrel].received_at);
    let events = take(&mut city, fire, "A", None).unwrap();
    assert_eq!(kinds(&events), "assignment_preempted assignment_offered assignment_offered");
    assert_eq!((city.bound(fire).as_str(), city.bound(quarrel).as_str()), ("A*", "C*"));
    assert_eq!(city.desk.assignments[&old].state, AssignmentState::Preempted);
    assert_eq!(city.desk.assignments[&old].links.taken_for, Some(fire));
    assert_eq!(city.desk.incidents[&quarrel].received_at, came, "its place in the queue is its own");
    assert_eq!(city.desk.incidents[&quarrel].declined, [], "nobody said no to it");
    // What the crew pressed before it heard is refused: the job is not theirs any more.
    let late = Command::TakeStep {
        assignment: old,
        step: Step::OnScene,
        key: "late".to_owned(),
        device_at: city.now,
        at: None,
        reason: None,
    };
    assert!(matches!(city.ask(late), Err(Refusal::Step(_))));
}

#[test]
fn with_nobody_else_the_lesser_incident_waits_in_its_old_turn_before_a_younger_one() {
    let (mut city, quarrel, fire) = a_fire_behind_the_only_near_unit();
    city.ask(Command::SetUnitStatus(city.unit("C"), UnitStatus::Break)).unwrap();
    take(&mut city, fire, "A", None).unwrap();
    assert_eq!(city.desk.incidents[&quarrel].state, IncidentState::Queued);
    assert_eq!(city.desk.incidents[&quarrel].shortfall.as_ref().map(|short| short.code), Some(Missing::NoUnit));
    city.wait(5);
    city.ask(Command::SetUnitStatus(city.unit("C"), UnitStatus::Available)).unwrap();
    city.ask(Command::Tick).unwrap();
    assert_eq!(city.bound(quarrel), "C*");
}

#[test]
fn nobody_is_taken_from_a_scene_from_a_job_as_grave_or_while_in_need() {
    let (mut city, _, fire) = a_fire_behind_the_only_near_unit();
    city.ask(Command::Emergency(city.unit("A"), true)).unwrap();
    assert_eq!(names(&takeable(&city, fire)), "");
    assert_eq!(take(&mut city, fire, "A", Some("tetap")), Err(Refusal::NotTakeable));
    city.ask(Command::Emergency(city.unit("A"), false)).unwrap();
    city.step("A", Step::OnScene).unwrap();
    assert_eq!(names(&takeable(&city, fire)), "");
    assert!(matches!(take(&mut city, fire, "A", Some("tetap")), Err(Refusal::Step(_))));

    let mut city = City::drawn("A*.................................C");
    let theft = matter(&mut city, 1, Category::Kejahatan, Priority::P2);
    offer(&mut city, theft, "A");
    city.step("A", Step::Accept).unwrap();
    city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(900.0))));
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    let fire = city.incident();
    assert_eq!(names(&takeable(&city, fire)), "", "P2 is not far enough below P1");
    assert_eq!(take(&mut city, fire, "A", Some("tetap")), Err(Refusal::NotTakeable));
}

#[test]
fn a_free_unit_that_is_there_as_soon_is_named_and_taking_wants_a_reason() {
    let mut city = City::drawn("A..*...C......D");
    let quarrel = matter(&mut city, 1, Category::Kamtibmas, Priority::P3);
    offer(&mut city, quarrel, "A");
    city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(900.0))));
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    let fire = city.incident();
    assert_eq!(names(&takeable(&city, fire)), "");
    assert_eq!(take(&mut city, fire, "A", Some(" ")), Err(Refusal::ReasonNeeded { recommended: "C".to_owned() }));
    take(&mut city, fire, "A", Some("C sedang mengisi bahan bakar")).unwrap();
    let chosen = &city.desk.assignments[&city.assignment("A")];
    assert_eq!(chosen.override_reason.as_deref(), Some("C sedang mengisi bahan bakar"));
}

#[test]
fn what_was_seen_and_has_changed_is_not_taken() {
    let (mut city, _, fire) = a_fire_behind_the_only_near_unit();
    let (unit, from) = (city.unit("A"), city.assignment("A"));
    take(&mut city, fire, "A", None).unwrap();
    let again = Command::Preempt { incident: fire, unit, from, reason: None };
    assert!(matches!(city.ask(again), Err(Refusal::Step(_))), "two operators press at once");
}

// --- hand-over ----------------------------------------------------------------------------------

fn hand(city: &mut City, from: AssignmentId, to: &str, key: &str) -> Result<Vec<Event>, Refusal> {
    let to = city.unit(to);
    city.ask(Command::Transfer { assignment: from, to, key: key.to_owned(), reason: "ban kempes".to_owned() })
}

/// A has accepted a quarrel; B is free.
fn a_job_of_a() -> (City, IncidentId, AssignmentId) {
    let mut city = City::drawn("A...*....B...C");
    let quarrel = matter(&mut city, 1, Category::Kamtibmas, Priority::P3);
    offer(&mut city, quarrel, "A");
    city.step("A", Step::Accept).unwrap();
    let job = city.assignment("A");
    (city, quarrel, job)
}

fn handing(city: &City, job: AssignmentId) -> HandingState {
    city.desk.assignments[&job].links.handing.as_ref().unwrap().state
}

#[test]
fn a_job_stays_with_its_crew_until_the_other_one_accepts() {
    let (mut city, quarrel, job) = a_job_of_a();
    let events = hand(&mut city, job, "B", "k").unwrap();
    assert_eq!(kinds(&events), "assignment_offered transfer_asked");
    assert_eq!(city.bound(quarrel), "A* B");
    assert_eq!(hand(&mut city, job, "B", "k").unwrap(), [], "the same key asks once");
    assert!(matches!(hand(&mut city, job, "C", "other"), Err(Refusal::Step(_))), "one at a time");
    let events = city.step("B", Step::Accept).unwrap();
    assert_eq!(kinds(&events), "assignment_stepped assignment_transferred");
    assert_eq!(city.bound(quarrel), "B*");
    assert_eq!(city.desk.assignments[&job].state, AssignmentState::Transferred);
    assert_eq!(handing(&city, job), HandingState::Taken);
    assert_eq!(city.desk.units[&city.unit("A")].status, UnitStatus::Available);
    assert_eq!(city.desk.incidents[&quarrel].state, IncidentState::Responding);
}

#[test]
fn a_refused_or_unanswered_hand_over_changes_nothing_and_asks_nobody_else() {
    let (mut city, quarrel, job) = a_job_of_a();
    hand(&mut city, job, "B", "k").unwrap();
    assert_eq!(kinds(&city.step("B", Step::Refuse).unwrap()), "assignment_stepped");
    assert_eq!((city.bound(quarrel).as_str(), handing(&city, job)), ("A*", HandingState::Refused));
    hand(&mut city, job, "C", "k2").unwrap();
    city.wait(46);
    assert_eq!(kinds(&city.ask(Command::Tick).unwrap()), "assignment_expired");
    assert_eq!((city.bound(quarrel).as_str(), handing(&city, job)), ("A*", HandingState::Expired));
    // The crew goes on as if nothing had been asked.
    for step in [Step::EnRoute, Step::OnScene, Step::Clear] {
        city.step("A", step).unwrap();
    }
    assert!(matches!(hand(&mut city, job, "B", "k3"), Err(Refusal::Step(_))));
}

#[test]
fn who_arrives_first_keeps_the_job_and_who_gives_it_up_meanwhile_leaves_the_lead_to_the_other() {
    let (mut city, quarrel, job) = a_job_of_a();
    hand(&mut city, job, "B", "k").unwrap();
    let events = city.step("A", Step::OnScene).unwrap();
    assert!(kinds(&events).contains("assignment_released"), "{}", kinds(&events));
    assert_eq!((city.bound(quarrel).as_str(), handing(&city, job)), ("A*", HandingState::Withdrawn));

    let (mut city, quarrel, job) = a_job_of_a();
    hand(&mut city, job, "B", "k").unwrap();
    city.step("A", Step::Refuse).unwrap();
    assert_eq!(city.bound(quarrel), "B*", "the offer that was out is the offer now");
    city.step("B", Step::Refuse).unwrap();
    assert_eq!(city.bound(quarrel), "C*", "and goes on like any other");
}

#[test]
fn closing_the_incident_ends_both_sides_of_a_hand_over() {
    let (mut city, quarrel, job) = a_job_of_a();
    hand(&mut city, job, "B", "k").unwrap();
    let note = Some(crate::model::id::MessageId(uuid::Uuid::from_u128(9)));
    city.ask(Command::CloseIncident { incident: quarrel, disposition: Disposition::Cancelled, note }).unwrap();
    assert_eq!(city.bound(quarrel), "");
    assert_eq!(handing(&city, job), HandingState::Withdrawn);
}

#[test]
fn a_unit_in_a_hand_over_is_not_taken_away() {
    let (mut city, _, job) = a_job_of_a();
    hand(&mut city, job, "B", "k").unwrap();
    city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(900.0))));
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    let fire = city.incident();
    assert_eq!(names(&takeable(&city, fire)), "");
    for call_sign in ["A", "B"] {
        assert_eq!(take(&mut city, fire, call_sign, Some("tetap")), Err(Refusal::NotTakeable));
    }
}

// --- what if, and steadiness --------------------------------------------------------------------

#[test]
fn what_changes_is_told_in_minutes_polsek_reserve_workload_and_who_waits_longer() {
    let mut city = City::drawn("A.*........B...........................D");
    city.make("B", crate::model::unit::UnitKind::Car, "baru");
    let here = matter(&mut city, 1, Category::Kamtibmas, Priority::P3);
    city.star = city.star.offset_m(900.0, 0.0);
    let there = matter(&mut city, 2, Category::Kamtibmas, Priority::P3);
    let answer = what_if(&city.desk, &city.map, city.rules(), here, city.unit("B"), city.now).unwrap();
    let best = answer.recommended.as_ref().unwrap();
    assert_eq!((best.unit.call_sign.as_str(), answer.later_s), ("A", Some(70.0)));
    assert_eq!((best.own_polsek, answer.chosen.own_polsek), (Some(true), Some(false)));
    assert_eq!((best.reserve_left, answer.chosen.reserve_left), (1, 0));
    let [other] = &answer.others[..] else { unreachable!("{:?}", answer.others) };
    assert_eq!(other.incident_id, there);
    // With A away B is 0 m from it (60 s and 90 s of other reasons or not); with B away A has 1,100 m.
    let by = |next: &Option<crate::dispatch::preempt::NextUnit>| next.as_ref().unwrap().call_sign.clone();
    assert_eq!((by(&other.with_recommended), by(&other.with_chosen)), ("B".to_owned(), "A".to_owned()));
    assert_eq!(other.waits_longer_s, Some(110.0));
    let of_itself = what_if(&city.desk, &city.map, city.rules(), here, city.unit("A"), city.now).unwrap();
    assert!(of_itself.recommended.is_none() && of_itself.others.is_empty());
    city.ask(Command::SetUnitStatus(city.unit("D"), UnitStatus::OffDuty)).unwrap();
    let nobody = what_if(&city.desk, &city.map, city.rules(), here, city.unit("D"), city.now);
    assert_eq!(nobody, Err(NoComparison::NotSendable));
}

#[test]
fn two_units_as_good_as_each_other_do_not_change_places_on_the_screen() {
    let mut city = City::drawn("A....*....B");
    let incident = matter(&mut city, 1, Category::Kamtibmas, Priority::P3);
    let (a, b) = (city.unit("A"), city.unit("B"));
    let first = |city: &City, held: Option<UnitId>| {
        let answer = advice(&city.desk, &city.map, city.rules(), incident, city.now).unwrap();
        held.map_or(answer.clone(), |held| answer.steady(held)).candidates[0].unit_id
    };
    let mut held = first(&city, None);
    let mut plain_changes = 0;
    let mut plain = held;
    // Both move to and fro; who is ahead changes every time, by less than the margin.
    for round in 0..20 {
        let lead = if round % 2 == 0 { -7.0 } else { 7.0 };
        city.map.detours_s.insert(a, Some(50.0 + lead));
        city.map.detours_s.insert(b, Some(50.0 - lead));
        plain_changes += usize::from(plain != first(&city, None));
        plain = first(&city, None);
        let shown = first(&city, Some(held));
        assert_eq!(shown, held, "round {round}");
        held = shown;
    }
    assert!(plain_changes >= 19, "without it they would: {plain_changes}");
    // Better by more than the margin is better.
    let other = if held == a { b } else { a };
    city.map.detours_s.insert(other, Some(20.0));
    city.map.detours_s.insert(held, Some(20.0 + STEADY_S + 1.0));
    assert_eq!(first(&city, Some(held)), other);
    // What stands first within the margin is offered without a reason, when the screen says so.
    city.map.detours_s.insert(held, Some(25.0));
    let offer = |held_there| Command::Offer { incident, unit: held, reason: None, held: held_there };
    assert!(matches!(city.ask(offer(false)), Err(Refusal::ReasonNeeded { .. })));
    city.ask(offer(true)).unwrap();
    assert_eq!(city.desk.assignments.values().filter(|a| a.override_reason.is_some()).count(), 0);
}

// --- against brute force ------------------------------------------------------------------------

/// Everything again, written plainly: who may be taken and for how much.
fn by_hand(city: &City, fire: IncidentId) -> Vec<(String, i64)> {
    let scene = city.desk.incidents[&fire].place.point();
    let mut found = Vec::new();
    for unit in city.desk.units.values() {
        let Some(job) = unit.assignment.map(|id| &city.desk.assignments[&id]) else { continue };
        let lesser = &city.desk.incidents[&job.incident];
        let (accepted, early) = match job.state {
            AssignmentState::Offered | AssignmentState::Delivered => (false, true),
            AssignmentState::Accepted | AssignmentState::EnRoute => (true, true),
            _ => (true, false),
        };
        if unit.emergency || !early || lesser.priority < Priority::P3 {
            continue;
        }
        let at = city.map.spots[&unit.id].0;
        let metres = |from: crate::model::place::LngLat, to| from.distance_m(to).round();
        let mut cost = metres(at, scene) / 10.0 + 10.0 * f64::from(unit.taken.min(5));
        cost += if accepted { 120.0 } else { 30.0 };
        let remaining = metres(at, lesser.place.point()) / 10.0;
        let next = city
            .desk
            .units
            .values()
            .filter(|other| other.status == UnitStatus::Available && !lesser.declined.contains(&other.id))
            .map(|other| {
                let way = metres(city.map.spots[&other.id].0, lesser.place.point()) / 10.0;
                let last = city.desk.free["kota"] <= 1;
                let cost = way + if last { 90.0 } else { 0.0 } + 10.0 * f64::from(other.taken.min(5));
                (cost, other.call_sign.clone(), way)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        cost += 0.25 * next.map_or(600.0, |(_, _, way)| (way - remaining).max(0.0));
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds")]
        found.push((unit.call_sign.clone(), (cost * 1000.0).round() as i64));
    }
    found.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Cities of up to nine units with jobs of every gravity and stage: the proposal is the plain scan's,
    /// and nobody is ever taken who may not be.
    #[test]
    fn who_is_proposed_is_who_a_plain_scan_finds(
        spots in proptest::collection::vec((0_usize..30, 0_usize..12), 3..9),
        jobs in proptest::collection::vec((0_usize..30, 0_usize..12, 1_u8..=4, 0_usize..5, any::<bool>()), 1..6),
        fire_at in (0_usize..30, 0_usize..12),
    ) {
        let mut picture = vec![vec!['.'; 30]; 12];
        let mut letters = ('A'..='Z').collect::<Vec<_>>().into_iter();
        for (x, y) in &spots {
            if picture[*y][*x] == '.' {
                picture[*y][*x] = letters.next().unwrap();
            }
        }
        let rows: Vec<String> = picture.iter().map(|row| row.iter().collect()).collect();
        let mut city = City::drawn(&rows.join("\n"));
        let corner = city.star;
        let at = |x: usize, y: usize| {
            let metres = |cells: usize| f64::from(u32::try_from(cells).unwrap()) * 100.0;
            corner.offset_m(metres(x), -metres(y))
        };
        for (reporter, (x, y, priority, stage, need)) in (10..).zip(&jobs) {
            city.star = at(*x, *y);
            let vague = city.place(900.0);
            city.hears(reporter, understood(Category::Kamtibmas, Priority::try_from(*priority).unwrap(), Some(vague)));
            city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
            let incident = city.incident();
            let free = city.desk.units.values().find(|unit| unit.status == UnitStatus::Available);
            let Some(call_sign) = free.map(|unit| unit.call_sign.clone()) else { break };
            offer(&mut city, incident, &call_sign);
            for step in [Step::Accept, Step::EnRoute, Step::OnScene].iter().take(*stage) {
                city.step(&call_sign, *step).unwrap();
            }
            if *need {
                city.ask(Command::Emergency(city.unit(&call_sign), true)).unwrap();
            }
        }
        city.star = at(fire_at.0, fire_at.1);
        city.hears(2, understood(Category::Kebakaran, Priority::P1, Some(city.place(900.0))));
        city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
        let fire = city.incident();
        let answer = advice(&city.desk, &city.map, city.rules(), fire, city.now).unwrap();
        let limit = answer.candidates.first().map_or(i64::MAX, |best| millis(best.cost_s));
        let mut wanted = by_hand(&city, fire);
        wanted.retain(|(_, cost)| *cost < limit);
        wanted.truncate(3);
        let got: Vec<(String, i64)> =
            answer.takeable.iter().map(|c| (c.call_sign.clone(), millis(c.cost_s))).collect();
        prop_assert_eq!(&got, &wanted);
        // Whoever is asked for: taken exactly when a plain scan allows it, and the desk is lawful after it.
        let allowed: BTreeSet<String> = by_hand(&city, fire).into_iter().map(|(call_sign, _)| call_sign).collect();
        let bound: Vec<String> = city
            .desk
            .units
            .values()
            .filter(|unit| unit.assignment.is_some())
            .map(|unit| unit.call_sign.clone())
            .collect();
        if let Some(call_sign) = bound.last() {
            let was: Timestamp = city.desk.incidents[&fire].received_at;
            let taken = take(&mut city, fire, call_sign, Some("uji")).is_ok();
            prop_assert_eq!(taken, allowed.contains(call_sign));
            prop_assert_eq!(city.desk.incidents[&fire].received_at, was);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds")]
fn millis(secs: f64) -> i64 {
    (secs * 1000.0).round() as i64
}

#[test]
fn what_another_office_asked_for_stays_ours_when_people_here_told_of_it_too() {
    use crate::dispatch::command::WantHelp;
    use crate::model::help::{HelpState, HelpTie};
    let mut city = City::drawn("A*");
    let wanted = |city: &City, no: u128| {
        let tie = HelpTie {
            help: crate::model::id::HelpId(uuid::Uuid::from_u128(no)),
            polres: "belawan".to_owned(),
            theirs: IncidentId(uuid::Uuid::from_u128(no)),
            number: "BLW-1".to_owned(),
        };
        Command::WantHelp(Box::new(WantHelp {
            tie,
            category: Category::Kebakaran,
            priority: Priority::P1,
            place: city.place(20.0),
            jurisdiction: None,
            received_at: city.now.plus_secs(-60),
        }))
    };
    let first = wanted(&city, 1);
    assert_eq!(kinds(&city.ask(first.clone()).unwrap()), "incident_opened help");
    assert_eq!(city.ask(first).unwrap(), [], "asked twice it is one");
    let incident = city.incident();
    assert_eq!(city.ask(Command::Tick).unwrap(), [], "nobody goes before an operator has answered");
    let events = city.ask(Command::AnswerHelp { incident, yes: true, reason: None }).unwrap();
    assert_eq!((kinds(&events).as_str(), city.bound(incident).as_str()), ("help assignment_offered", "A*"));
    city.ask(Command::WithdrawHelp(incident)).unwrap();
    assert_eq!((city.desk.incidents[&incident].state, city.bound(incident).as_str()), (IncidentState::Closed, ""));

    let second = wanted(&city, 2);
    city.ask(second).unwrap();
    let incident = city.incident();
    city.hears(1, understood(Category::Kebakaran, Priority::P1, Some(city.place(20.0))));
    let report = city.report();
    if city.desk.reports[&report].is_queued() {
        city.ask(Command::Escalate { report, incident: Some(incident) }).unwrap();
    }
    assert_eq!(city.desk.incidents[&incident].reports, [report]);
    city.ask(Command::WithdrawHelp(incident)).unwrap();
    let left = &city.desk.incidents[&incident];
    assert!(left.is_open() && left.helps.as_ref().is_some_and(|help| help.state == HelpState::Withdrawn));
}
