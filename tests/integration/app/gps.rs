//! Trackers of every dialect: their fixes move their unit, nobody else's, and nothing else does.

use serde_json::json;
use sigap::model::place::LngLat;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::city::{BARAT, TIMUR};
use super::town::{PATIENCE, Town};
use crate::store_contract::place::Place;

const IMEI: &str = "123456789012345";

async fn with_tracker(town: &Town, call_sign: &str, device: &str) {
    let path = format!("/v1/units/{}/trackers", town.units[call_sign]);
    let admin = town.as_user("admin");
    admin.send(admin.request(reqwest::Method::PUT, &path).json(&json!({ "items": [device] }))).await.ok();
}

fn seen(town: &Town, call_sign: &str) -> Option<LngLat> {
    town.desk("medan").parts.field.fix(town.units[call_sign]).map(|fix| fix.point())
}

fn query(device: &str, at: LngLat, more: &str) -> String {
    format!("/v1/gps/osmand?id={device}&lat={}&lon={}{more}", at.lat, at.lng)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tracker_moves_the_unit_it_sits_in_and_is_unknown_until_it_is_entered() {
    let town = Town::new().await;
    let nobody = town.as_nobody();
    nobody.get(&query(IMEI, BARAT, "")).await.problem(404, "not_found");
    // A call sign is no secret: it names no tracker unless the office says so.
    nobody.get(&query("B-1", BARAT, "")).await.problem(404, "not_found");
    with_tracker(&town, "B-1", IMEI).await;
    let taken = nobody.get(&query(IMEI, BARAT, "&speed=10&bearing=90&accuracy=5&batt=80")).await.ok();
    assert_eq!(taken["taken"], 1);
    assert_eq!(seen(&town, "B-1"), Some(BARAT));
    // The same instant again is late; a form and JSON are taken like the query.
    assert_eq!(nobody.get(&query(IMEI, BARAT, "")).await.ok()["late"], 1);
    town.clock.advance(1);
    let form = format!("id={IMEI}&lat={}&lon={}", BARAT.lat + 0.0002, BARAT.lng);
    let request = nobody.request(reqwest::Method::POST, "/v1/gps/osmand");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(nobody.send(request).await.ok()["taken"], 1);
    town.clock.advance(1);
    let location = json!({ "timestamp": town.now(), "coords": { "latitude": BARAT.lat, "longitude": BARAT.lng, "speed": -1, "heading": -1 } });
    let body = json!({ "device_id": IMEI, "location": location });
    assert_eq!(nobody.post("/v1/gps/osmand", &body).await.ok()["taken"], 1);
    // Of no use, but answered: a client that queues must not stick to it.
    let mut mocked = body.clone();
    mocked["location"]["mock"] = json!(true);
    assert_eq!(nobody.post("/v1/gps/osmand", &mocked).await.ok()["refused"], 1);
    assert_eq!(nobody.get(&query(IMEI, LngLat::new(0.0, 0.0), "")).await.ok()["refused"], 1);
    assert_eq!(nobody.get(&query(IMEI, BARAT, "&timestamp=0")).await.ok()["refused"], 1, "1970");
    // Not readable: refused by name.
    nobody.get(&format!("/v1/gps/osmand?id={IMEI}&lat=NaN&lon=98.6")).await.problem(422, "invalid");
    nobody.get(&format!("/v1/gps/osmand?id={IMEI}&lat=98.6&lon=3.6")).await.problem(422, "invalid");
    nobody.get("/v1/gps/osmand?lat=3.6&lon=98.6").await.problem(422, "invalid");
    assert_eq!(seen(&town, "B-1"), Some(BARAT));
    // Moved to another car, it moves that one.
    with_tracker(&town, "T-1", IMEI).await;
    town.clock.advance(1);
    nobody.get(&query(IMEI, TIMUR, "")).await.ok();
    assert_eq!((seen(&town, "B-1"), seen(&town, "T-1")), (Some(BARAT), Some(TIMUR)));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_of_a_unit_speaks_for_it_whatever_name_the_tracker_gives() {
    let town = Town::new().await;
    let crew = town.as_user("b-1");
    assert_eq!(crew.get(&query("whatever", BARAT, "")).await.ok()["taken"], 1);
    assert_eq!(seen(&town, "B-1"), Some(BARAT));
    town.as_user("operator").get(&query("whatever", BARAT, "")).await.problem(403, "forbidden");
    town.as_nobody()
        .with("authorization", "Bearer nonsense")
        .get(&query(IMEI, BARAT, ""))
        .await
        .problem(401, "unauthorized");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owntracks_is_known_by_its_account() {
    let town = Town::new().await;
    with_tracker(&town, "B-1", "tablet-07").await;
    let place = json!({ "_type": "location", "tid": "07", "lat": BARAT.lat, "lon": BARAT.lng, "tst": town.now().micros() / 1_000_000, "acc": 8 });
    // tablet-07 with any password, as HTTP Basic.
    let account = town.as_nobody().with("authorization", "Basic dGFibGV0LTA3Ong=");
    assert_eq!(account.post("/v1/gps/owntracks", &place).await.ok(), json!([]));
    assert_eq!(seen(&town, "B-1"), Some(BARAT));
    let status = json!({ "_type": "status", "tid": "07" });
    assert_eq!(account.post("/v1/gps/owntracks", &status).await.ok(), json!([]));
    town.as_nobody().post("/v1/gps/owntracks", &place).await.problem(404, "not_found");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gt06_tracker_logs_in_is_answered_and_moves_its_unit() {
    let town = Town::tuned(Place::sqlite(), |config| "127.0.0.1:0".clone_into(&mut config.gps.gt06_listen)).await;
    with_tracker(&town, "B-1", IMEI).await;
    let address = town.app.trackers.gt06_address().unwrap();
    let mut tracker = TcpStream::connect(address).await.unwrap();
    tracker.write_all(&hex::decode("78780d01012345678901234500018cdd0d0a").unwrap()).await.unwrap();
    let mut answer = [0; 10];
    tracker.read_exact(&mut answer).await.unwrap();
    assert_eq!(hex::encode(answer), "787805010001d9dc0d0a");
    tracker.write_all(&position(BARAT, town.now().micros() / 1_000_000)).await.unwrap();
    // The heartbeat's answer says that what came before it was read.
    tracker.write_all(&frame(0x13, &[0x44, 6, 4, 0, 0])).await.unwrap();
    tracker.read_exact(&mut answer).await.unwrap();
    let at = seen(&town, "B-1").unwrap();
    assert!(at.distance_m(BARAT) < 1.0, "{at:?}");

    // A stranger, and one that does not speak the protocol, are hung up on.
    with_tracker(&town, "B-1", "another").await;
    for words in [hex::decode("78780d01012345678901234500018cdd0d0a").unwrap(), b"GET / HTTP/1.1\r\n\r\n".to_vec()] {
        let mut stranger = TcpStream::connect(address).await.unwrap();
        stranger.write_all(&words).await.unwrap();
        let mut rest = Vec::new();
        tokio::time::timeout(PATIENCE, stranger.read_to_end(&mut rest)).await.unwrap().ok();
        assert!(rest.is_empty(), "no answer");
    }
    town.finish().await;
}

/// A position with its flags for north, east and a fix, as the protocol writes it.
fn position(at: LngLat, secs: i64) -> Vec<u8> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "north and east")]
    let units = |degrees: f64| ((degrees * 1_800_000.0).round() as u32).to_be_bytes();
    let time = sigap::model::clock::Timestamp::from_secs(secs).to_string();
    let digits: Vec<u8> =
        time.split(['-', 'T', ':', '.']).take(6).map(|part| (part.parse::<u16>().unwrap() % 100) as u8).collect();
    let body = [&digits[..], &[0xC9], &units(at.lat), &units(at.lng), &[36], &[0x14, 0x5A]].concat();
    frame(0x22, &body)
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let checked = [&[u8::try_from(body.len() + 5).unwrap(), kind][..], body, &[0, 1]].concat();
    let mut crc = 0xFFFF_u16;
    for byte in &checked {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x8408 } else { crc >> 1 };
        }
    }
    [&[0x78, 0x78], &checked[..], &(!crc).to_be_bytes(), &[0x0D, 0x0A]].concat()
}
