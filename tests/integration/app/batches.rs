//! Positions of some seconds in one binary frame: judged like any other, and of the crew alone.

use serde_json::{Value, json};
use sigap::model::place::LngLat;

use super::city::BARAT;
use super::town::{Town, eventually};

/// A frame of fixes `(seconds from now, metres east)` around BARAT, 5 m exact, at 9 m/s, heading unknown.
fn frame(town: &Town, fixes: &[(i64, f64)]) -> Vec<u8> {
    #[expect(clippy::cast_possible_truncation, reason = "degrees and milliseconds fit")]
    let micro = |degrees: f64| (degrees * 1e6).round() as i32;
    let points: Vec<LngLat> = fixes.iter().map(|(_, east)| BARAT.offset_m(*east, 0.0)).collect();
    let began_ms = town.now().plus_secs(fixes[0].0).micros() / 1000;
    let mut bytes = vec![2, 1];
    bytes.extend(u16::try_from(fixes.len()).unwrap().to_le_bytes());
    bytes.extend(began_ms.to_le_bytes());
    let (mut lng, mut lat) = (micro(points[0].lng), micro(points[0].lat));
    bytes.extend(lng.to_le_bytes());
    bytes.extend(lat.to_le_bytes());
    for ((secs, _), point) in fixes.iter().zip(&points) {
        let (x, y) = (micro(point.lng), micro(point.lat));
        bytes.extend(u16::try_from((secs - fixes[0].0) * 100).unwrap().to_le_bytes());
        bytes.extend(i16::try_from(x - lng).unwrap().to_le_bytes());
        bytes.extend(i16::try_from(y - lat).unwrap().to_le_bytes());
        bytes.extend([5, 36, 255]);
        (lng, lat) = (x, y);
    }
    bytes
}

async fn reception(town: &Town) -> Value {
    town.as_user("operator").get(&format!("/v1/units/{}/positions", town.units["B-1"])).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_a_crew_is_judged_fix_by_fix_and_a_bad_one_is_answered_and_used_in_no_part() {
    let town = Town::new().await;
    let mut tablet = town.as_user("b-1").screen().await;
    assert_eq!(tablet.json().await["type"], "snapshot");
    town.clock.advance(10);
    tablet.say_bytes(frame(&town, &[(-4, 0.0), (-3, 9.0), (-2, 18.0), (-1, 27.0), (0, 36.0)])).await;
    eventually("the batch to be taken", async || reception(&town).await["counts"]["taken"] == 5).await;
    let seen = reception(&town).await;
    assert_eq!(seen["fix"]["at"], json!(town.now()), "the newest is its place");
    assert_eq!((&seen["fix"]["accuracy_m"], &seen["fix"]["speed_mps"]), (&json!(5.0), &json!(9.0)));
    assert!(seen["fix"].get("heading_deg").is_none(), "{seen}");
    let place = LngLat::new(seen["fix"]["lng"].as_f64().unwrap(), seen["fix"]["lat"].as_f64().unwrap());
    assert!((place.distance_m(BARAT) - 36.0).abs() < 0.3);

    // What was kept while the network was away comes later and in pieces; a piece told twice does no harm.
    town.clock.advance(60);
    let (kept, now) = (frame(&town, &[(-50, 200.0), (-30, 400.0)]), frame(&town, &[(0, 900.0)]));
    for bytes in [now, kept.clone(), kept] {
        tablet.say_bytes(bytes).await;
    }
    eventually("the later ones to be counted", async || {
        let counts = &reception(&town).await["counts"];
        counts["taken"] == 6 && counts["late"] == 4
    })
    .await;

    let mut cut = frame(&town, &[(0, 40.0), (1, 50.0)]);
    cut.pop();
    tablet.say_bytes(cut).await;
    assert_eq!(tablet.of_type("error").await["code"], "bad_frame");
    assert_eq!(reception(&town).await["counts"]["taken"], 6);
    let mut operator = town.as_user("operator").screen().await;
    operator.say_bytes(frame(&town, &[(0, 40.0)])).await;
    assert_eq!(operator.of_type("error").await["code"], "forbidden");
    town.finish().await;
}
