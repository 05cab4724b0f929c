//! The socket: a snapshot, then every entry in order without a gap; positions within the view; and
//! what happens to clients that do not behave.

use serde_json::{Value, json};
use sigap::dispatch::command::Command;
use sigap::model::entry::Actor;
use sigap::model::place::LngLat;

use super::citizen::Citizen;
use super::city::{BARAT, TIMUR};
use super::client::{Heard, Screen};
use super::town::{Town, eventually};

async fn presses(town: &Town, call_sign: &str, on: bool) {
    let path = format!("/v1/units/{}/emergency", town.units[call_sign]);
    town.as_user(&call_sign.to_lowercase()).post(&path, &json!({ "on": on })).await.ok();
}

/// Numbers of the entries up to `last`.
async fn numbers(screen: &mut Screen, last: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        numbers.push(screen.of_type("entry").await["seq"].as_u64().unwrap());
    }
    numbers
}

async fn head(town: &Town) -> u64 {
    town.look("medan", |desk| desk.seq).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens_hear_every_entry_once_and_in_order_while_two_hundred_commands_run() {
    let town = Town::new().await;
    let before = head(&town).await;
    let commands = async {
        let crews = ["B-1", "B-2", "T-1", "T-2"].map(|call_sign| {
            let town = &town;
            async move {
                for n in 0..50 {
                    presses(town, call_sign, n % 2 == 0).await;
                }
            }
        });
        futures_util::future::join_all(crews).await;
    };
    let watching = async {
        let mut starts = Vec::new();
        for _ in 0..4 {
            let mut screen = town.as_user("operator").screen().await;
            let snapshot = screen.json().await;
            let first = snapshot["seq"].as_u64().unwrap();
            let heard = if first == before + 200 { Vec::new() } else { numbers(&mut screen, before + 200).await };
            assert_eq!(heard, (first + 1..=before + 200).collect::<Vec<_>>());
            starts.push(first);
        }
        starts
    };
    let ((), starts) = tokio::join!(commands, watching);
    assert_eq!(head(&town).await, before + 200);
    assert_eq!(starts.len(), 4);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_that_comes_back_gets_exactly_what_it_missed_or_a_snapshot() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let last = operator.screen().await.json().await["seq"].as_u64().unwrap();
    for n in 0..30 {
        presses(&town, "B-1", n % 2 == 0).await;
    }
    let now = head(&town).await;
    for after in [last, last + 7, now - 1, now] {
        let mut screen = operator.screen_after(&format!("?after={after}")).await.unwrap();
        let resumed = screen.json().await;
        assert_eq!((&resumed["type"], resumed["seq"].as_u64()), (&json!("resumed"), Some(now)));
        let missed = if after == now { Vec::new() } else { numbers(&mut screen, now).await };
        assert_eq!(missed, (after + 1..=now).collect::<Vec<_>>());
        let (first, second) = (after == now, head(&town).await);
        assert_eq!(second, now, "looking writes nothing ({first})");
    }
    for after in [now + 1, 1 << 63, u64::MAX] {
        let mut screen = operator.screen_after(&format!("?after={after}")).await.unwrap();
        assert_eq!(screen.json().await["type"], "snapshot", "{after}");
    }
    let mut all = operator.screen_after("?after=0").await.unwrap();
    let begin = all.json().await;
    assert!(begin["type"] == "snapshot" || numbers(&mut all, now).await == (1..=now).collect::<Vec<_>>());
    for wrong in ["-1", "18446744073709551616", "x", "1.5", ""] {
        assert_eq!(operator.screen_after(&format!("?after={wrong}")).await.err(), Some(422), "{wrong}");
    }
    // A restart says so; afterwards nothing is remembered, and the screen begins anew.
    let mut open = operator.screen().await;
    assert_eq!(open.json().await["type"], "snapshot");
    let town = town.restart().await;
    assert_eq!(open.closed().await, 1012);
    let mut back = town.as_user("operator").screen_after(&format!("?after={last}")).await.unwrap();
    assert_eq!(back.json().await["type"], "snapshot");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crew_hears_of_itself_and_its_own_assignment_and_never_of_the_reporter() {
    let town = Town::new().await;
    let (mut mine, mut other) = (town.as_user("t-1").screen().await, town.as_user("b-1").screen().await);
    for (screen, call_sign) in [(&mut mine, "T-1"), (&mut other, "B-1")] {
        let snapshot = screen.json().await;
        assert_eq!(snapshot["units"].as_array().unwrap().len(), 1);
        assert_eq!(snapshot["units"][0]["call_sign"], call_sign);
        assert!(
            snapshot["reports"].as_array().unwrap().is_empty() && snapshot["incidents"].as_array().unwrap().is_empty()
        );
    }
    let siti = Citizen::new(&town);
    siti.sees_a_fire(TIMUR).await;
    let heard = mine.json().await;
    assert_eq!(heard["changed"]["assignments"][0]["unit"], json!(town.units["T-1"]));
    assert_eq!(heard["changed"]["incidents"].as_array().unwrap().len(), 1);
    assert!(heard["changed"]["reports"].as_array().unwrap().is_empty());
    for secret in [siti.wa_id.as_str(), "Siti", "terjebak"] {
        assert!(!heard.to_string().contains(secret), "{secret}");
    }
    town.settled().await;
    // The first thing the other crew hears is about itself.
    presses(&town, "B-1", true).await;
    assert_eq!(other.json().await["changed"]["units"][0]["call_sign"], "B-1");
    // An acknowledgement of somebody else's offer is not taken.
    other.say(&json!({ "type": "ack", "delivery": heard["changed"]["assignments"][0]["id"] })).await;
    presses(&town, "B-1", false).await;
    other.json().await;
    let states = town.look("medan", |desk| desk.assignments.values().map(|a| a.state.code()).collect::<Vec<_>>()).await;
    assert_eq!(states, ["offered"]);
    town.finish().await;
}

async fn drives(town: &Town, call_sign: &str, at: LngLat) {
    let fix = json!({ "lng": at.lng, "lat": at.lat, "at": town.now(), "speed_mps": 12.0, "heading_deg": 90.0 });
    let path = format!("/v1/units/{}/positions", town.units[call_sign]);
    let taken = town.as_user(&call_sign.to_lowercase()).post(&path, &json!({ "items": [fix] })).await.ok();
    assert_eq!(taken["taken"], 1, "{taken}");
}

fn view(around: LngLat, binary: bool) -> Value {
    let bbox = [around.lng - 0.02, around.lat - 0.02, around.lng + 0.02, around.lat + 0.02];
    json!({ "type": "view", "bbox": bbox, "zoom": 14, "binary": binary })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_come_only_from_inside_the_view_as_json_and_as_tiles() {
    let town = Town::new().await;
    drives(&town, "B-1", BARAT).await;
    drives(&town, "T-1", TIMUR).await;
    let no = town.look("medan", |desk| desk.units.values().find(|u| u.call_sign == "B-1").map(|u| u.no)).await.unwrap();
    let mut text = town.as_user("operator").screen().await;
    let mut blind = town.as_user("supervisor").screen().await;
    let mut tiles = town.as_user("kapolres").screen().await;
    let snapshot = tiles.json().await;
    assert_eq!(snapshot["fixes"].as_array().unwrap().len(), 2);
    text.say(&view(BARAT, false)).await;
    tiles.say(&view(BARAT, true)).await;
    let positions = text.of_type("positions").await;
    let items = positions["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["unit_id"]), (1, &json!(town.units["B-1"])));
    let Heard::Binary(frame) = tiles.next().await else { unreachable!("a binary frame") };
    decoded(&frame, no, BARAT);

    // Both move; again only one of them is seen.
    town.clock.advance(1);
    let east = BARAT.offset_m(30.0, 0.0);
    drives(&town, "B-1", east).await;
    drives(&town, "T-1", TIMUR.offset_m(30.0, 0.0)).await;
    loop {
        let positions = text.of_type("positions").await;
        let items = positions["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["unit_id"] == json!(town.units["B-1"])), "{positions}");
        if items.iter().any(|item| (item["lng"].as_f64().unwrap() - east.lng).abs() < 1e-9) {
            break;
        }
    }
    // A tablet says over its socket where it is, too.
    let mut tablet = town.as_user("b-1").screen().await;
    town.clock.advance(1);
    let north = BARAT.offset_m(0.0, 40.0);
    tablet.say(&json!({ "type": "position", "lng": north.lng, "lat": north.lat, "at": town.now() })).await;
    while (text.of_type("positions").await["items"][0]["lat"].as_f64().unwrap() - north.lat).abs() > 1e-9 {}
    // Who never said what he looks at hears entries only.
    presses(&town, "M-1", true).await;
    assert_eq!(blind.json().await["type"], "snapshot");
    assert_eq!(blind.json().await["type"], "entry");
    for wrong in [json!([1, 2, 3, "x"]), json!([5.0, 5.0, 1.0, 1.0]), json!([1, 2, 3])] {
        text.say(&json!({ "type": "view", "bbox": wrong })).await;
        text.of_type("error").await;
    }
    town.finish().await;
}

fn decoded(frame: &[u8], no: u32, at: LngLat) {
    let word = |from: usize| <[u8; 4]>::try_from(&frame[from..from + 4]).unwrap();
    assert_eq!((frame[0], frame[1], u16::from_le_bytes([frame[2], frame[3]])), (1, 1, 1), "kind, version, count");
    assert_eq!(frame.len(), 16 + 16);
    assert_eq!(u32::from_le_bytes(word(16)), no);
    let degrees = |from| f64::from(i32::from_le_bytes(word(from))) / 1e6;
    assert!((degrees(20) - at.lng).abs() < 1e-6 && (degrees(24) - at.lat).abs() < 1e-6);
    assert_eq!(
        (frame[28], frame[29], frame[30], frame[31]),
        (1, 64, 12, 8),
        "available, heading east, 12 m/s, heading known"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_none_end_a_socket_at_the_eighth_and_a_huge_one_at_once() {
    let town = Town::new().await;
    let mut rude = town.as_user("operator").screen().await;
    assert_eq!(rude.json().await["type"], "snapshot");
    let frames = [
        "",
        "{",
        "[]",
        "null",
        r#"{"type":"shout"}"#,
        r#"{"type":"position","lng":98.6,"lat":3.6,"at":"2026-11-21T02:00:00Z"}"#,
        r#"{"type":"ack","delivery":"x"}"#,
    ];
    for frame in frames {
        rude.say_text(frame).await;
        assert_eq!(rude.json().await["type"], "error", "{frame}");
    }
    rude.say_text("eighth").await;
    assert_eq!(rude.closed().await, 1008);

    let mut huge = town.as_user("operator").screen().await;
    assert_eq!(huge.json().await["type"], "snapshot");
    huge.say_text(&format!("{{\"type\":\"{}\"}}", "x".repeat(2 * 1024 * 1024))).await;
    huge.closed().await;
    eventually("both sockets are gone", async || town.app.sockets.is_empty()).await;
    assert_eq!(town.as_user("operator").screen().await.json().await["type"], "snapshot");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_reads_is_dropped_and_the_others_miss_nothing() {
    let town = Town::new().await;
    let asleep = town.as_user("supervisor").screen().await;
    let mut awake = town.as_user("operator").screen().await;
    let first = awake.json().await["seq"].as_u64().unwrap();
    let incident = town
        .as_user("operator")
        .post("/v1/reports", &json!({ "text": "macet", "lng": TIMUR.lng, "lat": TIMUR.lat }))
        .await
        .ok();
    let path = format!("/v1/reports/{}/incident", incident["id"].as_str().unwrap());
    let incident: sigap::model::incident::Incident =
        serde_json::from_value(town.as_user("operator").post(&path, &json!({})).await.ok()).unwrap();
    // A reason of a quarter megabyte, forty times: more than the network holds for a sleeper.
    let (desk, unit) = (town.desk("medan").clone(), town.units["T-1"]);
    let talking = async {
        for _ in 0..60 {
            let offer = Command::Offer { incident: incident.id, unit, reason: Some("uji".to_owned()), held: false };
            desk.submit(Actor::System, offer).await.unwrap();
            let assignment = desk.look(move |desk| desk.units[&unit].assignment).await.unwrap().unwrap();
            let reason = "r".repeat(256 * 1024);
            desk.submit(Actor::System, Command::ReleaseAssignment { assignment, reason }).await.unwrap();
        }
        desk.look(|desk| desk.seq).await.unwrap()
    };
    let reading = async {
        let mut heard: Vec<u64> = Vec::new();
        let mut releases = 0;
        while releases < 60 {
            let entry = awake.of_type("entry").await;
            heard.push(entry["seq"].as_u64().unwrap());
            releases += usize::from(entry["kind"] == "assignment_released");
        }
        heard
    };
    let (last, heard) = tokio::join!(talking, reading);
    assert_eq!(heard, (first + 1..=last).collect::<Vec<_>>());
    assert_eq!(town.app.sockets.len(), 2);
    eventually("the sleeper is dropped", async || town.app.sockets.len() == 1).await;
    presses(&town, "B-1", true).await;
    assert_eq!(awake.entry("unit_emergency").await["seq"].as_u64(), Some(last + 1));
    drop(asleep);
    town.finish().await;
}
