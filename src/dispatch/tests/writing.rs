//! What the desk and its crews write to each other.

use super::drawn::{City, kinds};
use crate::dispatch::command::{Command, CrewTalk, Refusal, ToUnits, WriteNote};
use crate::model::clock::Timestamp;
use crate::model::crew_talk::MessageSide;
use crate::model::entry::Event;
use crate::model::id::{IncidentId, MessageId, UnitId, UserId};
use crate::model::unit::UnitStatus;

const OPERATOR: UserId = UserId(uuid::Uuid::from_u128(900));

fn words(n: u128) -> MessageId {
    MessageId(uuid::Uuid::from_u128(n))
}

fn write(city: &mut City, to: &[(UnitId, MessageId)], key: &str) -> Result<Vec<Event>, Refusal> {
    let wanted = ToUnits { to: to.to_vec(), incident: None, by: OPERATOR, urgent: false, key: key.to_owned() };
    city.ask(Command::CrewTalk(CrewTalk::ToUnits(wanted)))
}

fn say(city: &mut City, talk: CrewTalk) -> Result<Vec<Event>, Refusal> {
    city.ask(Command::CrewTalk(talk))
}

#[test]
fn a_message_is_sent_arrives_and_is_read_once_however_often_it_is_said() {
    let mut city = City::drawn("A*B");
    let (a, b, now) = (city.unit("A"), city.unit("B"), city.now);
    assert_eq!(kinds(&write(&mut city, &[(a, words(1))], "k").unwrap()), "unit_messaged");
    assert!(write(&mut city, &[(a, words(2))], "k").unwrap().is_empty(), "the same key sends once");
    let got = |unit| CrewTalk::Arrived { unit, messages: vec![words(1), words(1), words(7)] };
    assert!(say(&mut city, got(b)).unwrap().is_empty(), "it is not that crew's");
    assert_eq!(kinds(&say(&mut city, got(a)).unwrap()), "unit_message_arrived");
    assert!(say(&mut city, got(a)).unwrap().is_empty());
    let read = |unit| CrewTalk::Read { unit, message: words(1), device_at: now };
    assert_eq!(say(&mut city, read(b)), Err(Refusal::NotFound("message")));
    assert_eq!(kinds(&say(&mut city, read(a)).unwrap()), "unit_message_read");
    assert!(say(&mut city, read(a)).unwrap().is_empty());
    let message = city.desk.messages.get(words(1)).unwrap();
    assert!(message.arrived_at.is_some() && message.read_at.is_some());
}

#[test]
fn whoever_reads_has_it_and_whoever_answers_has_read() {
    let mut city = City::drawn("A*");
    let (a, now) = (city.unit("A"), city.now);
    write(&mut city, &[(a, words(1))], "k").unwrap();
    let answer = |key: &str, message| CrewTalk::ToDesk {
        unit: a,
        message,
        answers: Some(words(1)),
        incident: None,
        key: key.to_owned(),
        device_at: now,
    };
    assert_eq!(kinds(&say(&mut city, answer("t", words(2))).unwrap()), "unit_message_read unit_messaged");
    assert!(say(&mut city, answer("t", words(3))).unwrap().is_empty());
    let read = city.desk.messages.get(words(1)).unwrap();
    assert_eq!((read.arrived_at, read.read_at), (Some(now), Some(now)));
    let said = city.desk.messages.get(words(2)).unwrap();
    assert_eq!((said.side, said.answers), (MessageSide::Crew, Some(words(1))));
    // An answer to what is forgotten is still worth its words.
    city.wait(25 * 3600);
    assert_eq!(kinds(&say(&mut city, answer("u", words(4))).unwrap()), "unit_messaged");
    assert!(city.desk.messages.get(words(1)).is_none(), "a day is over");
}

#[test]
fn nobody_off_duty_is_written_to() {
    let mut city = City::drawn("A*B");
    let (a, b) = (city.unit("A"), city.unit("B"));
    city.ask(Command::SetUnitStatus(a, UnitStatus::OffDuty)).unwrap();
    let refused = write(&mut city, &[(a, words(1))], "k");
    assert_eq!(refused, Err(Refusal::OffDuty { call_sign: "A".to_owned() }));
    let sent = write(&mut city, &[(a, words(1)), (b, words(2))], "k").unwrap();
    assert_eq!(kinds(&sent), "unit_messaged", "the one who is there is written to");
    assert_eq!(city.desk.messages.with(b).len(), 1);
    let stranger = UnitId(uuid::Uuid::from_u128(77));
    assert_eq!(write(&mut city, &[(stranger, words(3))], "l"), Err(Refusal::NotFound("unit")));
}

fn note(incident: IncidentId, unit: Option<UnitId>, key: &str, at: Timestamp) -> CrewTalk {
    let by = unit.is_none().then_some(OPERATOR);
    CrewTalk::Note(WriteNote { incident, note: words(5), unit, by, key: key.to_owned(), device_at: at })
}

#[test]
fn a_crew_that_was_sent_notes_also_after_its_job_was_ended() {
    let mut city = City::drawn("A*......B");
    let told = city.robbery();
    city.hears(1, told);
    let incident = city.incident();
    let (a, now) = (city.unit("A"), city.now);
    let sent: Vec<UnitId> = city.desk.assignments.values().map(|assignment| assignment.unit).collect();
    assert!(sent.contains(&a));
    let live: Vec<_> = city.desk.assignments.keys().copied().collect();
    for assignment in live {
        city.ask(Command::ReleaseAssignment { assignment, reason: "salah".to_owned() }).unwrap();
    }
    assert_eq!(kinds(&say(&mut city, note(incident, Some(a), "n", now)).unwrap()), "incident_noted");
    assert!(say(&mut city, note(incident, Some(a), "n", now)).unwrap().is_empty(), "the same key notes once");
    assert_eq!(kinds(&say(&mut city, note(incident, None, "n", now)).unwrap()), "incident_noted", "another writer");
    assert_eq!(city.desk.incidents[&incident].notes.len(), 2);
    let nowhere = IncidentId(uuid::Uuid::from_u128(9));
    assert_eq!(say(&mut city, note(nowhere, None, "n", now)), Err(Refusal::NotFound("incident")));
    let stranger = UnitId(uuid::Uuid::from_u128(77));
    assert_eq!(say(&mut city, note(incident, Some(stranger), "n", now)), Err(Refusal::NotYours("incident")));
}
