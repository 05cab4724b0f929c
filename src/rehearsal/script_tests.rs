//! What an exercise tells, and what it must not.

use uuid::Uuid;

use super::super::fixtures::{NOON, citizens, four_hours};
use super::*;
use crate::model::entry::{Actor, GENESIS};
use crate::model::id::{MessageId, ReporterId};
use crate::model::report::Channel;
use crate::model::shield::Lane;

fn words(teller: &Teller) -> String {
    teller
        .says
        .iter()
        .map(|(_, content)| content["text"]["body"].as_str().unwrap_or("pin"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_same_seed_writes_the_same_hour_and_about_as_much_as_was_asked_for() {
    let hour = |seed| synthetic(&mut citizens(seed), &mut fastrand::Rng::with_seed(seed), &four_hours(60.0));
    let tellers = hour(3);
    assert_eq!(tellers, hour(3));
    assert_ne!(tellers, hour(4));
    assert!((180..300).contains(&tellers.len()), "{}", tellers.len());
    assert!(tellers[0].says[0].0 <= 5.0, "nobody looks at an empty desk");
    for teller in &tellers {
        assert!(teller.says.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(teller.truth.is_some());
        for (_, content) in &teller.says {
            assert!(["text", "location"].contains(&content["type"].as_str().unwrap()), "nothing is fetched: {content}");
        }
    }
}

fn entry(seq: u64, at: Timestamp, event: Event) -> Entry {
    Entry::seal("medan", seq, at, Actor::System, event, GENESIS)
}

fn received(seq: u64, at: Timestamp, report: u128) -> Entry {
    let event = Event::ReportReceived {
        report: ReportId(Uuid::from_u128(report)),
        number: format!("MDN-{seq}"),
        channel: Channel::Whatsapp,
        reporter: ReporterId(Uuid::from_u128(900 + report)),
        message: MessageId(Uuid::from_u128(800 + report)),
        sent_at: at,
        handed_from: None,
        lane: Lane::Main,
        noise: None,
    };
    entry(seq, at, event)
}

fn read(seq: u64, at: Timestamp, report: u128, category: Category, priority: u8) -> Entry {
    let reading = serde_json::from_value(json!({
        "service": category.service(), "category": category, "priority": priority, "confidence": 0.9,
        "known": { "what": true, "how": false, "when": false, "where": true, "who": false },
    }));
    entry(
        seq,
        at,
        Event::ReportRead { report: ReportId(Uuid::from_u128(report)), reading: reading.unwrap(), by_hand: seq > 5 },
    )
}

#[test]
fn a_past_stretch_gives_when_what_and_where_and_the_last_word_on_it() {
    let place = json!({ "lng": 98.630_471, "lat": 3.590_388, "radius_m": 9.0, "source": "pin", "label": "Jl. Kenanga No. 5",
        "confidence": 1.0, "because": "" });
    let located = Event::ReportLocated {
        report: ReportId(Uuid::from_u128(2)),
        place: serde_json::from_value(place).unwrap(),
        jurisdiction: None,
    };
    let entries = [
        received(1, NOON.plus_secs(-1), 1),
        received(2, NOON, 2),
        read(3, NOON, 2, Category::Kamtibmas, 3),
        received(4, NOON.plus_secs(60), 3),
        entry(5, NOON.plus_secs(61), located),
        read(6, NOON.plus_secs(7200), 2, Category::Kejahatan, 1),
        received(7, NOON.plus_secs(3600), 4),
    ];
    let past = past(&entries, NOON, NOON.plus_secs(3600));
    let truth = Truth { category: Category::Kejahatan, priority: Priority::P1 };
    assert_eq!(past.len(), 2, "the minute before and the hour after are not of it");
    assert_eq!((past[0].truth, past[0].at), (Some(truth), Some(LngLat::new(98.630, 3.590))), "no house is pointed at");
    assert_eq!(past[1].truth, None);

    let tellers = replayed(&mut citizens(1), &past, NOON);
    assert_eq!(tellers.len(), 1, "what was never read tells nothing");
    assert_eq!(tellers[0].truth, Some(truth));
    assert!(!words(&tellers[0]).contains("No. 5"));
    let far =
        Past { received_at: NOON, truth: Some(Truth { category: Category::Sim, priority: Priority::P1 }), at: None };
    assert_eq!(
        replayed(&mut citizens(1), &[far], NOON)[0].truth,
        None,
        "no words for it: nothing is held against anybody"
    );
}

#[test]
fn a_body_reads_back_as_a_message_of_an_invented_number() {
    let teller = injected(7, 3.0, "Tolong", Some(LngLat::new(98.6, 3.5)), None);
    assert_eq!(teller.says.len(), 2);
    let body = body(teller.no, &teller.name, 1, NOON, &teller.says[0].1);
    let items = crate::channels::whatsapp::parse(body.to_string().as_bytes(), NOON).unwrap();
    let [crate::channels::whatsapp::Inbound::Message(message)] = items.as_slice() else { unreachable!("{items:?}") };
    assert!(format!("{message:?}").contains("6200000000007"));
}
