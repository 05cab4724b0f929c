//! What counts as good, on a small journal written by hand.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::model::call::{Dismissal, Rang};
use crate::model::entry::GENESIS;
use crate::model::id::{MessageId, ReporterId};
use crate::model::report::{Category, Channel};
use crate::model::shield::Lane;
use crate::model::unit::UnitKind;

const NOON: Timestamp = Timestamp::from_secs(1_795_237_200);
const ANI: UserId = UserId(Uuid::from_u128(71));
const BUDI: UserId = UserId(Uuid::from_u128(72));
const UNIT: UnitId = UnitId(Uuid::from_u128(50));
const OTHER: UnitId = UnitId(Uuid::from_u128(51));
const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(40));
const OFFER: AssignmentId = AssignmentId(Uuid::from_u128(60));

fn report(n: u128) -> ReportId {
    ReportId(Uuid::from_u128(n))
}

/// A journal that grows: seconds after noon, who, what.
#[derive(Default)]
struct Book(Vec<Entry>);

impl Book {
    fn add(&mut self, at_s: i64, actor: Actor, event: Event) -> &mut Self {
        let seq = self.0.len() as u64 + 1;
        self.0.push(Entry::seal("medan", seq, NOON.plus_secs(at_s), actor, event, GENESIS));
        self
    }

    fn comes(&mut self, at_s: i64, n: u128, category: Category, priority: u8) -> &mut Self {
        let reading = serde_json::from_value(json!({
            "service": category.service(), "category": category, "priority": priority, "confidence": 0.9,
            "known": { "what": true, "how": false, "when": false, "where": true, "who": false },
        }));
        let received = Event::ReportReceived {
            report: report(n),
            number: format!("LAT-{n}"),
            channel: Channel::Whatsapp,
            reporter: ReporterId(Uuid::from_u128(900 + n)),
            message: MessageId(Uuid::from_u128(800 + n)),
            sent_at: NOON.plus_secs(at_s),
            handed_from: None,
            lane: Lane::Main,
            noise: None,
        };
        self.add(at_s, Actor::System, received).add(
            at_s,
            Actor::System,
            Event::ReportRead { report: report(n), reading: reading.unwrap(), by_hand: false },
        )
    }

    fn takes(&mut self, at_s: i64, who: UserId, n: u128) -> &mut Self {
        self.add(at_s, Actor::User(who), Event::ReportClaimed { report: report(n), by: who })
    }
}

fn scored(book: &Book, notes: &Notes, ended_s: i64) -> (Card, Vec<Card>) {
    let member = |user, name: &str| Member { user, name: name.to_owned(), scope: Scope::Polres, unit: None };
    let members = [member(ANI, "Ani"), member(BUDI, "Budi")];
    score(Desk::new("medan", "LAT-MDN", 7), &book.0, notes, &members, NOON.plus_secs(ended_s))
}

fn of(card: &Card, measure: Measure) -> &Figure {
    card.figures.iter().find(|figure| figure.measure == measure).unwrap()
}

fn counts(card: &Card, measure: Measure) -> (usize, usize) {
    (of(card, measure).good, of(card, measure).of)
}

fn truth(category: Category, priority: Priority) -> Truth {
    Truth { category, priority }
}

#[test]
fn out_of_turn_and_late_are_seen_and_stand_with_their_entries() {
    let mut book = Book::default();
    book.comes(0, 1, Category::Kamtibmas, 3).comes(5, 2, Category::Kamtibmas, 3).comes(6, 3, Category::Kejahatan, 1);
    // Budi takes the younger of two alike while a P1 waits; Ani takes the P1, forty seconds old.
    book.takes(20, BUDI, 2).takes(46, ANI, 3).takes(50, BUDI, 1);
    let (team, cards) = scored(&book, &Notes::default(), 60);
    let [ani, budi] = [0, 1].map(|n| cards.iter().find(|card| card.name == ["Ani", "Budi"][n]).unwrap());
    assert_eq!((counts(ani, Measure::Order), counts(budi, Measure::Order)), ((1, 1), (1, 2)));
    assert_eq!(
        (counts(ani, Measure::Take), counts(budi, Measure::Take)),
        ((0, 1), (2, 2)),
        "30 s for a P1, 180 s for a P3"
    );
    let line = of(budi, Measure::Order).behind.iter().find(|line| !line.good).unwrap();
    assert_eq!((line.seq, line.number.as_str(), line.wanted.as_deref()), (7, "LAT-2", Some("LAT-3")));
    assert_eq!(of(&team, Measure::Take).p90_s, Some(50.0));
    assert_eq!(counts(&team, Measure::Order), (2, 3));
    assert_eq!(cards[0].name, "Budi", "best first: {cards:?}");
}

#[test]
fn a_report_passed_on_is_not_taken_twice_and_nothing_counts_for_nobody() {
    let mut book = Book::default();
    book.comes(0, 1, Category::Kamtibmas, 3).takes(10, ANI, 1);
    book.add(20, Actor::User(ANI), Event::ReportReleased { report: report(1) }).takes(400, BUDI, 1);
    let (_, cards) = scored(&book, &Notes::default(), 500);
    let budi = cards.iter().find(|card| card.name == "Budi").unwrap();
    assert_eq!((counts(budi, Measure::Take), budi.grade), ((0, 0), None));
}

#[test]
fn category_priority_unit_answer_and_p1_are_held_against_what_is_right() {
    let mut book = Book::default();
    for (n, unit, call_sign) in [(1, UNIT, "B-1"), (2, OTHER, "B-2")] {
        let event = Event::UnitRegistered {
            unit,
            no: n,
            call_sign: call_sign.to_owned(),
            unit_kind: UnitKind::Car,
            polsek: None,
            crew: 2,
            post: crate::model::place::LngLat::new(98.6, 3.5),
        };
        book.add(0, Actor::System, event);
    }
    book.comes(0, 1, Category::Kamtibmas, 1)
        .comes(1, 2, Category::Kejahatan, 1)
        .comes(2, 3, Category::Kejahatan, 1)
        .takes(10, ANI, 1);
    let place = json!({ "lng": 98.6, "lat": 3.5, "radius_m": 9.0, "source": "pin", "label": "", "confidence": 1.0, "because": "" });
    let opened = Event::IncidentOpened {
        incident: INCIDENT,
        number: "LAT-K1".to_owned(),
        category: Category::Kamtibmas,
        priority: Priority::P1,
        place: serde_json::from_value(place).unwrap(),
        jurisdiction: None,
        received_at: NOON,
        automatic: false,
    };
    let offered = Event::AssignmentOffered {
        assignment: OFFER,
        incident: INCIDENT,
        unit: UNIT,
        primary: true,
        expires_at: NOON.plus_secs(200),
        travel_time_s: Some(90.0),
        automatic: false,
        override_reason: Some("lebih dekat".to_owned()),
        reasons: Vec::new(),
        runner_up: Some(OTHER),
        takes_over: None,
    };
    let told = Event::FeedbackQueued {
        report: report(1),
        message: MessageId(Uuid::from_u128(5)),
        template: crate::model::entry::Template::UnitEnRoute,
    };
    book.add(100, Actor::User(ANI), opened)
        .add(100, Actor::User(ANI), Event::ReportAttached { report: report(1), incident: INCIDENT })
        .add(110, Actor::User(ANI), offered)
        .add(160, Actor::Unit(UNIT), told);
    let mut notes = Notes::default();
    notes.truths.insert(report(1), truth(Category::Kejahatan, Priority::P1));
    notes.truths.insert(report(2), truth(Category::Kejahatan, Priority::P1));
    notes.truths.insert(report(3), truth(Category::Sim, Priority::P1));
    notes.hindsight.insert(OFFER, Hindsight { best: "B-2".to_owned(), lost_s: 45.0 });
    let (team, cards) = scored(&book, &notes, 900);
    let ani = cards.iter().find(|card| card.name == "Ani").unwrap();
    let all = [
        Measure::Category,
        Measure::Priority,
        Measure::Dispatch,
        Measure::Recommended,
        Measure::Hindsight,
        Measure::Answered,
        Measure::P1,
    ];
    assert_eq!(all.map(|measure| counts(ani, measure)), [(0, 1), (1, 1), (1, 1), (0, 1), (0, 1), (1, 1), (1, 1)]);
    let category = &of(ani, Measure::Category).behind[0];
    assert_eq!((category.done.as_deref(), category.wanted.as_deref()), (Some("kamtibmas"), Some("kejahatan")));
    assert_eq!(of(ani, Measure::Recommended).behind[0].wanted.as_deref(), Some("B-2"));
    assert_eq!(of(ani, Measure::Hindsight).behind[0].secs, Some(45.0));
    // The second P1 had nobody for ten minutes; a question about SIM wants no unit.
    assert_eq!(counts(&team, Measure::P1), (1, 2));
    assert_eq!(counts(&scored(&book, &notes, 300).0, Measure::P1), (1, 1), "its ten minutes are not over");

    let csv = to_csv("7", &cards);
    assert!(csv.lines().skip(1).all(|line| line.starts_with("LATIHAN,7,\"Ani\",")), "{csv}");
    assert!(csv.contains("category,LAT-1,9,"), "{csv}");
}

#[test]
fn a_name_that_looks_like_a_formula_is_text() {
    assert_eq!(unformula("=1+1"), "'=1+1");
    assert_eq!(unformula("Ani"), "Ani");
}

#[test]
fn calls_are_answered_in_ten_seconds_and_noise_becomes_no_report() {
    let call = |n: u128| CallId(Uuid::from_u128(200 + n));
    let rang = |n: u128| {
        Event::CallRang(Rang {
            call: call(n),
            line: "110".to_owned(),
            reporter: ReporterId(Uuid::from_u128(950 + n)),
            anonymous: true,
            rang_at: None,
            place: None,
            jurisdiction: None,
            place_problem: None,
            noise: None,
            set_aside: false,
        })
    };
    let claims = |n: u128, by: UserId| Event::CallClaimed { call: call(n), by };
    let ends = |n: u128, at_s: i64| Event::CallEnded { call: call(n), ended_at: NOON.plus_secs(at_s), assumed: false };
    let mut book = Book::default();
    for n in 1..=5 {
        book.add(i64::try_from(n).unwrap(), Actor::System, rang(n));
    }
    book.add(9, Actor::User(ANI), claims(1, ANI)).comes(20, 1, Category::Kejahatan, 1);
    book.add(20, Actor::User(ANI), Event::CallFiled { call: call(1), report: report(1) });
    book.add(25, Actor::User(BUDI), claims(2, BUDI));
    book.add(30, Actor::User(BUDI), Event::CallDismissed { call: call(2), reason: Dismissal::Answered });
    // A prank that was written down as a crime.
    book.add(12, Actor::User(BUDI), claims(3, BUDI)).comes(40, 2, Category::Kejahatan, 2);
    book.add(40, Actor::User(BUDI), Event::CallFiled { call: call(3), report: report(2) });
    book.add(41, Actor::System, ends(4, 41)).add(50, Actor::User(ANI), claims(4, ANI));
    let mut notes = Notes::default();
    notes.calls.insert(call(1), Matter::Need(truth(Category::Kejahatan, Priority::P1)));
    notes.calls.insert(call(2), Matter::Need(truth(Category::Kekerasan, Priority::P1)));
    notes.calls.insert(call(3), Matter::Noise);
    notes.calls.insert(call(4), Matter::Unknown);
    notes.calls.insert(call(5), Matter::Unknown);
    let (team, cards) = scored(&book, &notes, 60);
    let [ani, budi] = [0, 1].map(|n| cards.iter().find(|card| card.name == ["Ani", "Budi"][n]).unwrap());
    assert_eq!((counts(ani, Measure::Phone), counts(budi, Measure::Phone)), ((1, 1), (1, 2)));
    assert_eq!((counts(ani, Measure::PhoneEnd), counts(budi, Measure::PhoneEnd)), ((1, 1), (0, 2)));
    assert_eq!(counts(&team, Measure::Phone), (2, 5), "what nobody answered is everybody's");
    let wanted: Vec<_> = of(budi, Measure::PhoneEnd).behind.iter().map(|line| line.wanted.as_deref()).collect();
    assert_eq!(wanted, [Some("filed"), Some("dismissed")]);
    assert_eq!(of(ani, Measure::Phone).behind[0].number, "110/1");
    assert_eq!(of(ani, Measure::Phone).behind[0].secs, Some(8.0));
}
