//! Who telephones in an exercise, and what of past calls comes back.

use serde_json::json;
use uuid::Uuid;

use super::super::fixtures::{NOON, citizens, four_hours};
use super::*;
use crate::model::call::Rang;
use crate::model::entry::{Actor, GENESIS};
use crate::model::id::ReporterId;

#[test]
fn need_and_noise_ring_as_often_as_was_asked_for_and_the_same_seed_rings_the_same() {
    let hours = |seed, per_hour| {
        let mut rng = fastrand::Rng::with_seed(seed);
        synthetic(&mut citizens(seed), &mut rng, &four_hours(per_hour))
    };
    let ringers = hours(3, 60.0);
    assert_eq!(ringers, hours(3, 60.0));
    assert_ne!(ringers, hours(4, 60.0));
    assert_eq!(hours(3, 0.0), [], "nobody rings where nobody is to ring");
    assert!((180..310).contains(&ringers.len()), "{}", ringers.len());
    let noise = ringers.iter().filter(|ringer| ringer.matter == Matter::Noise).count();
    assert!(noise * 100 > ringers.len() * 15 && noise * 100 < ringers.len() * 40, "{noise} of {}", ringers.len());
    assert!(ringers.iter().any(|ringer| ringer.says.is_empty()), "nobody is silent");
    assert!(ringers.iter().any(|ringer| ringer.place.is_some()), "nobody is placed");
    for ringer in &ringers {
        assert!(ringer.matter != Matter::Unknown && (10.0..=120.0).contains(&ringer.patience_s));
        assert!(ringer.matter == Matter::Noise || !ringer.says.trim().is_empty());
    }
}

fn entry(seq: u64, at_s: i64, event: Event) -> Entry {
    Entry::seal("medan", seq, NOON.plus_secs(at_s), Actor::System, event, GENESIS)
}

fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(n))
}

fn rang(seq: u64, at_s: i64, n: u128) -> Entry {
    let place = json!({ "lng": 98.630_471, "lat": 3.590_388, "radius_m": 90.0, "source": "network", "label": "",
        "confidence": 0.9, "because": "" });
    let rang = Rang {
        call: call(n),
        line: "110".to_owned(),
        reporter: ReporterId(Uuid::from_u128(900 + n)),
        anonymous: false,
        rang_at: Some(NOON.plus_secs(at_s)),
        place: (n == 2).then(|| serde_json::from_value(place).unwrap()),
        jurisdiction: None,
        place_problem: None,
        noise: None,
        set_aside: false,
    };
    entry(seq, at_s, Event::CallRang(rang))
}

#[test]
fn a_past_call_gives_when_where_and_what_came_of_it() {
    let report = ReportId(Uuid::from_u128(7));
    let reading = serde_json::from_value(json!({
        "service": "police", "category": "kejahatan", "priority": 1, "confidence": 0.9,
        "known": { "what": true, "how": false, "when": false, "where": true, "who": false },
    }));
    let entries = [
        rang(1, -1, 1),
        rang(2, 0, 2),
        entry(3, 5, Event::ReportRead { report, reading: reading.unwrap(), by_hand: false }),
        entry(4, 5, Event::CallFiled { call: call(2), report }),
        rang(5, 60, 3),
        entry(6, 70, Event::CallDismissed { call: call(3), reason: Dismissal::Prank }),
        rang(7, 80, 4),
        rang(8, 3600, 5),
    ];
    let past = past(&entries, NOON, NOON.plus_secs(3600));
    let truth = serde_json::from_value(json!({ "category": "kejahatan", "priority": 1 })).unwrap();
    let matters: Vec<Matter> = past.iter().map(|call| call.matter).collect();
    assert_eq!(matters, [Matter::Need(truth), Matter::Noise, Matter::Unknown]);
    assert_eq!(past[0].at, Some(LngLat::new(98.630, 3.590)), "to some hundred metres");

    let ringers = replayed(&mut citizens(1), &mut fastrand::Rng::with_seed(1), &past, NOON);
    let seen: Vec<(f64, Matter)> = ringers.iter().map(|ringer| (ringer.at_s, ringer.matter)).collect();
    assert_eq!(seen, [(0.0, Matter::Need(truth)), (60.0, Matter::Noise), (80.0, Matter::Unknown)]);
}
