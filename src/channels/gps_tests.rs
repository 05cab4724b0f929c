//! Trackers over HTTP: what is read, what is refused by name, what is let go.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);

fn query(text: &str) -> Result<Tracked, BadTrack> {
    osmand(text.split('&').filter_map(|pair| pair.split_once('=')), NOW)
}

#[test]
fn a_query_as_traccar_client_sends_it() {
    let tracked =
        query("id=865067&lat=3.5952&lon=98.6722&timestamp=1789999990&speed=19.44&bearing=270.5&altitude=23&accuracy=4&batt=87")
            .unwrap();
    let fix = tracked.fix.unwrap();
    assert_eq!(tracked.device.as_deref(), Some("865067"));
    assert_eq!((fix.lng, fix.lat, fix.at), (98.6722, 3.5952, Timestamp::from_secs(1_789_999_990)));
    assert!((fix.speed_mps.unwrap() - 10.0).abs() < 0.01, "19.44 knots are 10 m/s");
    assert_eq!((fix.heading_deg, fix.accuracy_m), (Some(270.5), Some(4.0)));
}

#[test]
fn times_in_every_form() {
    for (written, secs) in [
        ("1789999990", 1_789_999_990),
        ("1789999990000", 1_789_999_990),
        ("2026-09-21T12:53:20Z", 1_789_995_200),
        ("2026-09-21 12:53:20", 1_789_995_200),
        ("0", 0),
    ] {
        let fix = query(&format!("deviceid=a&location=3.5,98.6&timestamp={written}")).unwrap().fix.unwrap();
        assert_eq!(fix.at, Timestamp::from_secs(secs), "{written}");
    }
    assert_eq!(query("id=a&lat=3.5&lon=98.6").unwrap().fix.unwrap().at, NOW, "no time is now");
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    for (text, field) in [
        ("id=a&lat=NaN&lon=98.6", "lat"),
        ("id=a&lat=3,59&lon=98.6", "lat"),
        ("id=a&lat=91&lon=98.6", "lat"),
        ("id=a&lat=3.5&lon=181", "lat"),
        ("id=a&lat=98.6&lon=3.5", "lat"),
        ("id=a&lat=true&lon=98.6", "lat"),
        ("id=a&lon=98.6", "lat"),
        ("id=a&lat=3.5", "lon"),
        ("id=a&lat=3.5&lon=98.6&speed=fast", "speed"),
        ("id=a&lat=3.5&lon=98.6&timestamp=1e400", "timestamp"),
        ("id=a&lat=3.5&lon=98.6&timestamp=-5", "timestamp"),
        ("id=a&location=3.5 98.6", "location"),
    ] {
        match query(text) {
            Err(BadTrack::Field { field: named, .. }) => assert_eq!(named, field, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(query(&format!("id={}&lat=3.5&lon=98.6", "x".repeat(65))).unwrap_err(), device("").unwrap_err());
}

#[test]
fn a_useless_place_is_let_go_with_its_reason() {
    for (text, why) in [
        ("id=a&lat=0&lon=0", Unusable::OutsideIndonesia),
        ("id=a&lat=51.5&lon=-0.1", Unusable::OutsideIndonesia),
        ("id=a&lat=3.5&lon=98.6&mock=true", Unusable::Mocked),
        ("id=a&lat=3.5&lon=98.6&valid=false", Unusable::NoFix),
    ] {
        let tracked = query(text).unwrap();
        assert_eq!((tracked.fix, tracked.unusable), (None, Some(why)), "{text}");
    }
}

#[test]
fn the_json_of_newer_clients_with_its_minus_one() {
    let body = br#"{"location":{"timestamp":"2026-09-21T12:53:20.000Z","coords":{"latitude":3.5952,"longitude":98.6722,
        "accuracy":5,"speed":-1,"heading":-1,"altitude":20},"is_moving":true,"odometer":0,"event":"motionchange",
        "battery":{"level":0.8,"is_charging":false},"activity":{"type":"still"}},"device_id":"658765"}"#;
    let tracked = osmand_json(body, NOW).unwrap();
    let fix = tracked.fix.unwrap();
    assert_eq!(tracked.device.as_deref(), Some("658765"));
    assert_eq!((fix.speed_mps, fix.heading_deg, fix.accuracy_m), (None, None, Some(5.0)));
    let mocked = String::from_utf8_lossy(body).replace("\"is_moving\":true", "\"mock\":true");
    assert_eq!(osmand_json(mocked.as_bytes(), NOW).unwrap().unusable, Some(Unusable::Mocked));
    let moving = String::from_utf8_lossy(body).replace("\"speed\":-1,\"heading\":-1", "\"speed\":10,\"heading\":360");
    let fix = osmand_json(moving.as_bytes(), NOW).unwrap().fix.unwrap();
    assert_eq!((fix.speed_mps, fix.heading_deg), (Some(10.0), Some(0.0)));
    assert_eq!(osmand_json(b"[]", NOW).unwrap_err(), BadTrack::Malformed);
    assert_eq!(osmand_json(br#"{"device_id":"a"}"#, NOW).unwrap_err(), bad("location", "an object is wanted"));
}

#[test]
fn owntracks_over_http() {
    let body =
        br#"{"_type":"location","tid":"S7","lat":3.5952,"lon":98.6722,"tst":1789999990,"vel":36,"cog":90,"acc":12,
        "batt":77,"topic":"owntracks/sabhara/tablet-07","conn":"m"}"#;
    let tracked = owntracks(body, NOW).unwrap();
    let fix = tracked.fix.unwrap();
    assert_eq!(tracked.device.as_deref(), Some("tablet-07"));
    assert!((fix.speed_mps.unwrap() - 10.0).abs() < 1e-4);
    assert_eq!(fix.at, Timestamp::from_secs(1_789_999_990));
    let other = owntracks(br#"{"_type":"lwt","tid":"S7","tst":1}"#, NOW).unwrap();
    assert_eq!((other.device.as_deref(), other.fix), (Some("S7"), None));
    assert_eq!(owntracks(br#"{"lat":1}"#, NOW).unwrap_err(), bad("_type", "is missing"));
}

proptest! {
    #[test]
    fn nothing_from_outside_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,80}") {
        let _ = osmand_json(&bytes, NOW);
        let _ = owntracks(&bytes, NOW);
        for field in ["lat", "lon", "timestamp", "speed", "location", "id", "bearing"] {
            let _ = osmand([("lat", "3.5"), ("lon", "98.6"), (field, text.as_str())], NOW);
            if let Ok(Tracked { fix: Some(fix), .. }) = osmand([(field, text.as_str()), ("lat", "3.5"), ("lon", "98.6")], NOW) {
                prop_assert!(LngLat::checked(fix.lng, fix.lat).is_ok());
            }
        }
    }
}
