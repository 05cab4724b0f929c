//! What exchanges write, and what is read from it.

use serde_json::{Value, json};

use super::*;

fn body(more: Value) -> Vec<u8> {
    let mut body = json!({ "call_id": "a84b4c76e66710@pc33", "event": "ringing", "caller": "081200000001",
        "line": "110-medan", "at": "2026-11-21T02:00:00Z" });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body.to_string().into_bytes()
}

fn read(more: Value) -> CallNotice {
    parse(&body(more)).expect("a call")
}

const PIDF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
  xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="pres:warga@example">
  <!-- <gml:Point><gml:pos>1 1</gml:pos></gml:Point> -->
  <tuple id="1"><status><gp:geopriv><gp:location-info>SHAPE</gp:location-info></gp:geopriv></status></tuple>
</presence>"#;

const POINT: &str = r#"<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>3.5952 98.6722</gml:pos></gml:Point>"#;
const CIRCLE: &str = r#"<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326">
  <gml:pos>3.5952 98.6722</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">120.5</gs:radius></gs:Circle>"#;

#[test]
fn a_number_is_one_number_however_it_is_written() {
    let ways = [
        "+6281200000001",
        "+62 812-0000-0001",
        "6281200000001",
        "006281200000001",
        "081200000001",
        "0812 0000 0001",
        "81200000001",
        "tel:+62-812-0000-0001",
        "sip:081200000001@10.0.0.1",
        "SIP:%2B6281200000001@gateway;user=phone",
        "\"Budi Contoh\" <sip:+6281200000001@ims.example;user=phone>;tag=77",
        "<tel:+6281200000001;phone-context=+62>",
    ];
    for way in ways {
        assert_eq!(number(way).as_deref(), Some("6281200000001"), "{way}");
    }
    assert_eq!(number("(061) 4567890").as_deref(), Some("62614567890"));
    assert_eq!(number("+6591234567").as_deref(), Some("6591234567"));
}

#[test]
fn what_is_no_number_is_nobody() {
    let ways = [
        "",
        "anonymous",
        "Anonymous <sip:anonymous@anonymous.invalid>",
        "sip:Unknown@host",
        "restricted",
        "4567890",
        "110",
        "0",
        "0000000000",
        "62000000000",
        "+",
        "+123456789012345678",
        "08120000000x",
        "０８１２００００",
        "'; DROP TABLE calls",
    ];
    for way in ways {
        assert_eq!(number(way), None, "{way}");
    }
}

#[test]
fn what_the_network_asserts_goes_before_what_the_caller_claims() {
    let forged = read(json!({ "caller": "+628111111111", "asserted": "<sip:+6281200000001@ims.example>" }));
    assert_eq!(forged.caller.number.as_deref(), Some("6281200000001"));
    let useless = read(json!({ "caller": "081200000001", "asserted": "<sip:trunk-3@ims.example>" }));
    assert_eq!(useless.caller.number.as_deref(), Some("6281200000001"));
    assert_eq!(read(json!({ "caller": null })).caller, Caller::default());
}

#[test]
fn a_landline_has_no_whatsapp() {
    assert!(may_have_whatsapp("6281200000001") && may_have_whatsapp("6591234567"));
    assert!(!may_have_whatsapp("62614567890"));
}

#[test]
fn a_bad_place_is_said_and_never_costs_the_call() {
    let point = |bad| Some(PlaceProblem::Point(bad));
    let cases = [
        (json!({ "lng": 3.59, "lat": 98.67 }), point(BadPoint::Swapped)),
        (json!({ "lng": 98.67, "lat": 91 }), point(BadPoint::OutOfRange)),
        (json!({ "lng": 0, "lat": 0 }), point(BadPoint::OutsideIndonesia)),
        (json!({ "lng": "NaN", "lat": 3.59 }), point(BadPoint::NotFinite)),
        (json!({ "lng": 98.67 }), Some(PlaceProblem::Incomplete)),
        (json!({ "lng": true, "lat": [] }), Some(PlaceProblem::Incomplete)),
        (json!({ "lng": "98,67", "lat": "3,59" }), Some(PlaceProblem::Incomplete)),
        (json!({ "geolocation": "cid:target@example" }), Some(PlaceProblem::Unreadable)),
    ];
    for (more, problem) in cases {
        let notice = read(more.clone());
        assert_eq!((notice.place, notice.place_problem), (None, problem), "{more}");
    }
    for raw in [r#""lng":NaN,"lat":3.59"#, r#""lng":NaN,"lat":NaN"#, r#""lng":1e999,"lat":3.59"#] {
        let text = format!(r#"{{"call_id":"x","event":"ringing",{raw}}}"#);
        let notice = parse(text.as_bytes()).expect("a call");
        assert_eq!(notice.place_problem, point(BadPoint::NotFinite), "{text}");
    }
}

#[test]
fn a_place_keeps_its_uncertainty_and_nonsense_gets_that_of_a_cell() {
    let radius = |accuracy: Value| {
        let notice = read(json!({ "lng": 98.67, "lat": 3.59, "accuracy_m": accuracy }));
        notice.place.map(|place| place.radius_m)
    };
    assert_eq!(radius(json!(85.5)), Some(85.5));
    assert_eq!(radius(json!(0.1)), Some(10.0));
    for nonsense in [json!(null), json!(-4), json!("NaN"), json!({})] {
        assert_eq!(radius(nonsense), Some(500.0));
    }
}

#[test]
fn a_location_document_is_read_alone_in_a_sip_body_and_packed() {
    let (point, circle) = (PIDF.replace("SHAPE", POINT), PIDF.replace("SHAPE", CIRCLE));
    let body =
        format!("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=<sip:x@y>\r\n--b\r\n\r\n{circle}\r\n--b--");
    let at = LngLat::new(98.6722, 3.5952);
    for (document, radius_m) in [
        (point.clone(), 500.0),
        (circle.clone(), 120.5),
        (STANDARD.encode(&body), 120.5),
        (body, 120.5),
        (point.replace("gml:", ""), 500.0),
        (point.replace("4326", "4979").replace("98.6722", "98.6722 25"), 500.0),
        (PIDF.replace("SHAPE", &format!("<gs:Polygon/>{CIRCLE}")), 120.5),
    ] {
        let notice = read(json!({ "geolocation": document }));
        assert_eq!(notice.place, Some(NetworkPlace { at, radius_m }), "{document}");
    }
    let swapped = read(json!({ "geolocation": point.replace("3.5952 98.6722", "98.6722 3.5952") }));
    assert_eq!(swapped.place_problem, Some(PlaceProblem::Point(BadPoint::Swapped)));
    for broken in [point.replace("3.5952", "x"), point.replace("4326", "3857"), "<<<>".to_owned()] {
        assert_eq!(read(json!({ "geolocation": broken })).place_problem, Some(PlaceProblem::Unreadable), "{broken}");
    }
    // Plain numbers go first.
    let both = read(json!({ "lng": 98.7, "lat": 3.6, "geolocation": circle }));
    assert_eq!(both.place.map(|place| place.at), Some(LngLat::new(98.7, 3.6)));
}

#[test]
fn the_clock_of_the_exchange_is_read_in_three_ways_and_may_be_broken() {
    let at = |value: Value| read(json!({ "at": value }));
    let wanted = Some("2026-11-21T02:00:00Z".parse().expect("an instant"));
    for value in
        [json!("2026-11-21T09:00:00+07:00"), json!(1_795_226_400), json!("1795226400"), json!(1_795_226_400_000_i64)]
    {
        assert_eq!((at(value.clone()).at, at(value.clone()).time_problem), (wanted, false), "{value}");
    }
    for value in [json!("kemarin"), json!(-3), json!(1e300), json!([])] {
        assert_eq!((at(value.clone()).at, at(value.clone()).time_problem), (None, true), "{value}");
    }
    assert!(!at(json!(null)).time_problem);
}

#[test]
fn what_names_no_call_is_refused_by_its_field() {
    for bad in [&b"{"[..], b"[]", b"\xff\xfe", b"", b"null", "[".repeat(100_000).as_bytes()] {
        assert_eq!(parse(bad), Err(BadNotice::Malformed));
    }
    let field = |more: Value| match parse(&body(more)) {
        Err(BadNotice::Field { field, .. }) => field,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(field(json!({ "call_id": null })), "call_id");
    assert_eq!(field(json!({ "call_id": "" })), "call_id");
    assert_eq!(field(json!({ "call_id": "a\u{0}b" })), "call_id");
    assert_eq!(field(json!({ "call_id": "x".repeat(256) })), "call_id");
    assert_eq!(field(json!({ "event": "RINGING" })), "event");
    assert_eq!(field(json!({ "event": 7 })), "event");
    assert_eq!(field(json!({ "line": "x".repeat(65) })), "line");
}
