//! Each thing broken once: the words change, the level rises, and nothing else is blamed.

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_795_226_400);

fn healthy() -> Facts {
    let line = Line {
        can_send: true,
        can_receive: true,
        heard_at: Some(NOW.plus_secs(-60)),
        signed_at: Some(NOW.plus_secs(-60)),
        templates: 2,
        quality: Some("GREEN".to_owned()),
        ..Line::default()
    };
    Facts {
        now: NOW,
        write_ms: Some(3.0),
        disk: Some(Disk { free: 60_000_000_000, total: 100_000_000_000 }),
        backup: Backup::At(NOW.plus_secs(-3600)),
        broken_entry: None,
        entries: 40,
        line: Some(line),
        waiting_since: Some(NOW.plus_secs(-20)),
        dead: (0, None),
        lines_110: 1,
        called_at: Some(NOW.plus_secs(-600)),
        units: (4, 0),
        areas: 21,
        roads: Some(30_000),
        roads_at: None,
        places: 12_000,
        places_at: None,
        own_model: false,
        skew_s: Some(1.0),
        sockets: 7,
        public_url: "https://sigap.example".to_owned(),
        loopback: false,
    }
}

/// What is not well after one thing is broken.
fn broken(change: impl FnOnce(&mut Facts)) -> Vec<(&'static str, Level)> {
    let mut facts = healthy();
    change(&mut facts);
    let items = judge(&facts);
    assert!(items.iter().all(|item| !item.words.id.is_empty() && !item.words.en.is_empty()));
    let bad = items.into_iter().filter(|item| item.level != Level::Ok);
    bad.inspect(|item| assert!(!item.hint.id.is_empty() && !item.hint.en.is_empty(), "{} says what to do", item.code))
        .map(|item| (item.code, item.level))
        .collect()
}

#[test]
fn a_healthy_office_has_nothing_to_do() {
    assert_eq!(broken(|_| ()), []);
    assert_eq!(worst(&judge(&healthy())), Level::Ok);
}

#[test]
fn each_thing_that_breaks_is_named_and_nothing_else_is() {
    use Level::{Bad, Note, Warn};
    let ago = |secs: i64| NOW.plus_secs(-secs);
    assert_eq!(broken(|f| f.write_ms = None), [("store", Bad)]);
    assert_eq!(broken(|f| f.write_ms = Some(900.0)), [("store", Warn)]);
    assert_eq!(broken(|f| f.disk = Some(Disk { free: 15, total: 100 })), [("disk", Warn)]);
    assert_eq!(broken(|f| f.disk = Some(Disk { free: 2, total: 100 })), [("disk", Bad)]);
    assert_eq!(broken(|f| f.backup = Backup::Unwatched), [("backup", Note)]);
    assert_eq!(broken(|f| f.backup = Backup::None), [("backup", Bad)]);
    assert_eq!(broken(|f| f.backup = Backup::At(ago(30 * 3600))), [("backup", Warn)]);
    assert_eq!(broken(|f| f.backup = Backup::At(ago(50 * 3600))), [("backup", Bad)]);
    assert_eq!(broken(|f| f.broken_entry = Some(31)), [("journal", Bad)]);
    assert_eq!(broken(|f| f.waiting_since = Some(ago(300))), [("outbox", Warn)]);
    assert_eq!(broken(|f| f.waiting_since = Some(ago(900))), [("outbox", Bad)]);
    assert_eq!(broken(|f| f.dead = (3, Some(ago(900)))), [("dead", Warn)]);
    assert_eq!(broken(|f| f.lines_110 = 0), [("call_110", Note)]);
    assert_eq!(broken(|f| f.called_at = None), [("call_110", Warn)]);
    assert_eq!(broken(|f| f.called_at = Some(ago(90_000))), [("call_110", Warn)]);
    assert_eq!(broken(|f| f.units = (4, 1)), [("units", Warn)]);
    assert_eq!(broken(|f| f.units = (4, 4)), [("units", Bad)]);
    assert_eq!(broken(|f| f.units = (0, 0)), [("units", Note)]);
    assert_eq!(broken(|f| f.areas = 0), [("areas", Bad)]);
    assert_eq!(broken(|f| f.roads = None), [("roads", Warn)]);
    assert_eq!(broken(|f| f.places = 0), [("places", Warn)]);
    assert_eq!(broken(|f| f.skew_s = Some(-400.0)), [("clock", Bad)]);
    assert_eq!(broken(|f| f.skew_s = Some(90.0)), [("clock", Warn)]);
    assert_eq!(broken(|f| f.public_url = "http://sigap.example".to_owned()), [("address", Warn)]);
    assert_eq!(broken(|f| f.public_url = String::new()), [("address", Warn)]);
}

#[test]
fn what_is_wrong_with_a_line_is_told_apart() {
    use Level::{Bad, Warn};
    let line = |change: fn(&mut Line)| {
        broken(|facts| {
            if let Some(line) = facts.line.as_mut() {
                change(line);
            }
        })
    };
    assert_eq!(broken(|f| f.line = None), [("whatsapp", Bad), ("citizen_app", Warn)]);
    assert_eq!(line(|l| l.can_send = false), [("whatsapp", Bad), ("citizen_app", Warn)]);
    assert_eq!(line(|l| l.can_receive = false), [("whatsapp", Bad)]);
    assert_eq!(line(|l| l.heard_at = None), [("heard", Warn)]);
    assert_eq!(line(|l| l.heard_at = Some(NOW.plus_secs(-100_000))), [("heard", Warn)]);
    assert_eq!(line(|l| l.templates = 0), [("templates", Warn)]);
    assert_eq!(line(|l| l.quality = Some("RED".to_owned())), [("quality", Bad)]);
    let forged = |l: &mut Line, at: i64| (l.forged_at, l.forged) = (Some(NOW.plus_secs(at)), 3);
    assert_eq!(line(|l| (l.forged_at, l.forged) = (Some(NOW.plus_secs(-10)), 3)), [("signature", Bad)]);
    // Right ones have come since: it is somebody else's, or mended.
    let mut facts = healthy();
    forged(facts.line.as_mut().unwrap(), -100);
    assert_eq!(worst(&judge(&facts)), Warn);
    forged(facts.line.as_mut().unwrap(), -4000);
    assert_eq!(worst(&judge(&facts)), Level::Ok);
}

#[test]
fn spans_are_said_as_people_say_them() {
    assert_eq!(span(61.0).id, "61 detik");
    assert_eq!(span(600.0).id, "10 menit");
    assert_eq!(span(7200.0).id, "2 jam");
    assert_eq!(span(259_200.0).en, "3 days");
    assert_eq!([7, 999, 23_111, 1_000_000].map(|n| count(n).id), ["7", "999", "23.111", "1.000.000"]);
    assert_eq!(gigabytes(16_600_000_000), said("16,6", "16.6"));
}
