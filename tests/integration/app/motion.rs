//! Positions at the wire: what is kept out is kept out with a reason that can be read, and what was seen can be
//! played back by those who may, which is an entry.

use serde_json::{Value, json};
use sigap::model::entry::{Actor, Event};
use sigap::model::place::LngLat;
use sigap::model::unit::TrackViewed;
use sigap::runtime::field::Field;
use sigap::store::tracks;

use super::city::BARAT;
use super::town::{Town, eventually};

/// Sends fixes of B-1, `(seconds from now, metres east, accuracy, speed)`; what became of them.
async fn sends(town: &Town, fixes: &[(i64, f64, f64, f64)]) -> Value {
    let fix = |(secs, east, accuracy, speed): &(i64, f64, f64, f64)| {
        let at = BARAT.offset_m(*east, 0.0);
        let seen = town.now().plus_secs(*secs);
        json!({ "lng": at.lng, "lat": at.lat, "at": seen, "accuracy_m": accuracy, "speed_mps": speed })
    };
    let items: Vec<Value> = fixes.iter().map(fix).collect();
    let path = format!("/v1/units/{}/positions", town.units["B-1"]);
    town.as_user("b-1").post(&path, &json!({ "items": items })).await.ok()
}

async fn reception(town: &Town) -> Value {
    town.as_user("operator").get(&format!("/v1/units/{}/positions", town.units["B-1"])).await.ok()
}

fn field(town: &Town) -> std::sync::Arc<Field> {
    town.desk("medan").parts.field.clone()
}

/// Writes what was sampled so far, and waits until the table has so many points of B-1 in all.
async fn keeps(town: &Town, count: usize) {
    let kept = field(town).take_tracks();
    if !kept.is_empty() {
        town.app.store.write(vec![tracks::insert_fixes(&kept)]).await.unwrap();
    }
    let (unit, now) = (town.units["B-1"], town.now());
    eventually("the track to be kept", async || {
        let track = town.app.store.track(unit, now.plus_secs(-3600), now.plus_secs(1), 100).await.unwrap();
        track.len() == count
    })
    .await;
}

fn east_m(town: &Town) -> f64 {
    field(town).fix(town.units["B-1"]).unwrap().point().distance_m(BARAT)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_out_is_counted_with_its_reason_and_the_unit_stays_where_it_is() {
    let town = Town::new().await;
    assert_eq!(reception(&town).await["freshness"], "never");
    assert_eq!(sends(&town, &[(0, 0.0, 5.0, 0.0)]).await["taken"], 1);
    town.clock.advance(60);
    // A batch in any order: wander, a mast, a leap, and one that comes late.
    let batch = [(-50, 6.0, 5.0, 0.2), (-30, 700.0, 900.0, 0.0), (-40, -7.0, 5.0, 0.0), (-20, 50_000.0, 5.0, 10.0)];
    let taken = sends(&town, &batch).await;
    assert_eq!(
        taken,
        json!({ "taken": 0, "still": 2, "late": 0, "coarse": 1, "jumps": 1, "refused": 0 }),
        "sorted by their own clock"
    );
    assert!(east_m(&town) < 0.01);
    assert_eq!(sends(&town, &[(-45, 3.0, 5.0, 0.0)]).await["late"], 1);
    let seen = reception(&town).await;
    assert_eq!((&seen["freshness"], &seen["stands"]), (&json!("fresh"), &json!(true)));
    assert_eq!(seen["fix"]["at"], json!(town.now().plus_secs(-40)), "seen where it stands by the newest good fix");
    assert_eq!(seen["kept_out"]["why"], "jump");
    assert!((seen["kept_out"]["away_m"].as_f64().unwrap() - 50_000.0).abs() < 100.0);
    let counts = &seen["counts"];
    let told = ["taken", "still", "late", "coarse", "jumps"].map(|name| counts[name].as_u64().unwrap());
    assert_eq!(told, [1, 2, 1, 1, 1]);
    // It drives off: the first fix that says so is its place.
    assert_eq!(sends(&town, &[(0, 12.0, 5.0, 8.0)]).await["taken"], 1);
    assert!((east_m(&town) - 12.0).abs() < 0.1);
    // Numbers that are no fix, and a point elsewhere, are counted too.
    let path = format!("/v1/units/{}/positions", town.units["B-1"]);
    let london = json!({ "items": [{ "lng": -0.12, "lat": 51.5, "at": town.now() }] });
    assert_eq!(town.as_user("b-1").post(&path, &london).await.ok()["refused"], 1);
    assert_eq!(reception(&town).await["counts"]["outside"], 1);
    // A tablet whose clock is a day ahead is set right and says so; its batch keeps its order.
    town.clock.advance(30);
    let ahead = [(86_380, 30.0, 5.0, 9.0), (86_400, 200.0, 5.0, 9.0), (86_390, 110.0, 5.0, 9.0)];
    assert_eq!(sends(&town, &ahead).await["taken"], 3);
    assert!((east_m(&town) - 200.0).abs() < 0.1);
    assert_eq!(reception(&town).await["clock_ahead_s"], 86_400.0);
    // Whoever does not see the unit does not see this either; its crew does.
    town.as_user("t-1").get(&path).await.problem(404, "not_found");
    assert_eq!(town.as_user("b-1").get(&path).await.ok()["counts"]["jumps"], 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_grows_stale_then_lost_then_counts_at_its_post_and_comes_back() {
    let town = Town::new().await;
    let unit = town.units["B-1"];
    let post = town.look("medan", move |desk| desk.units[&unit].post).await;
    let away = post.offset_m(0.0, 900.0);
    let fix = json!({ "lng": away.lng, "lat": away.lat, "at": town.now(), "speed_mps": 9.0 });
    let path = format!("/v1/units/{unit}/positions");
    town.as_user("b-1").post(&path, &json!({ "items": [fix] })).await.ok();
    for (secs, state) in [(60, "fresh"), (1, "stale"), (839, "stale"), (1, "lost")] {
        town.clock.advance(secs);
        assert_eq!(reception(&town).await["freshness"], state);
    }
    // Its last place is still told; it counts at its post, for offers and for ways.
    let field = field(&town);
    assert_eq!(field.fix(unit).map(|fix| fix.point()), Some(away));
    assert_eq!(field.place(unit, town.now()), Some(post));
    field.forget_lost(town.now());
    let nearest = |field: &Field| {
        use sigap::dispatch::world::World;
        field.nearest(away, 9, &|id| id == unit)
    };
    assert_eq!(nearest(&field).iter().map(|n| (n.at, n.fix_at)).collect::<Vec<_>>(), [(post, None)]);
    // Also when its status changes meanwhile.
    town.as_user("b-1").post(&format!("/v1/units/{unit}/status"), &json!({ "status": "break" })).await.ok();
    town.as_user("b-1").post(&format!("/v1/units/{unit}/status"), &json!({ "status": "available" })).await.ok();
    assert_eq!(nearest(&field)[0].at, post);
    let back = json!({ "lng": away.lng, "lat": away.lat, "at": town.now() });
    assert_eq!(town.as_user("b-1").post(&path, &json!({ "items": [back] })).await.ok()["still"], 1);
    assert_eq!(nearest(&field)[0].fix_at, Some(town.now()));
    assert_eq!(reception(&town).await["freshness"], "fresh");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_track_is_played_back_by_those_who_may_and_each_look_is_an_entry() {
    let town = Town::new().await;
    let unit = town.units["B-1"];
    let begin = town.now();
    // It drives 40 s, stands two minutes, is silent for five and drives on.
    for n in 0..20_i32 {
        sends(&town, &[(0, f64::from(n) * 20.0, 5.0, 10.0)]).await;
        town.clock.advance(2);
    }
    for n in 0..60_i32 {
        sends(&town, &[(0, 400.0 + f64::from(n % 3), 5.0, 0.0)]).await;
        town.clock.advance(2);
    }
    town.clock.advance(300);
    sends(&town, &[(0, 600.0, 5.0, 10.0)]).await;
    keeps(&town, 13).await;
    town.clock.advance(1);
    let path = format!("/v1/units/{unit}/track?from={begin}&to={}", town.now());
    let before = town.look("medan", |desk| desk.seq).await;
    let track = town.as_user("operator").get(&path).await.ok();
    let items = track["items"].as_array().unwrap();
    let secs: Vec<i64> = items
        .iter()
        .map(|fix| {
            let at: sigap::model::clock::Timestamp = fix["at"].as_str().unwrap().parse().unwrap();
            (at.micros() - begin.micros()) / 1_000_000
        })
        .collect();
    // One in five seconds or so on the way, one in thirty while standing, the end of the stand, the new place.
    assert_eq!(secs, [0, 6, 12, 18, 24, 30, 36, 40, 70, 100, 130, 158, 460], "{secs:?}");
    let place = |n: usize| LngLat::new(items[n]["lng"].as_f64().unwrap(), items[n]["lat"].as_f64().unwrap());
    assert!(place(7).distance_m(place(11)) < 0.01, "it stood in one place");
    // The look is an entry, with who and what; the crew's own is none.
    let journal = town.journal("medan").await;
    let (seq, last) = (journal.len() as u64, journal.last().unwrap());
    assert_eq!((seq, last.seq), (before + 1, before + 1));
    let Event::TrackViewed(TrackViewed { unit: of, by, from, .. }) = &last.event else { panic!("{:?}", last.event) };
    assert_eq!((*of, *from, last.actor), (unit, begin, Actor::User(*by)));
    town.as_user("b-1").get(&path).await.ok();
    assert_eq!(town.look("medan", |desk| desk.seq).await, seq);
    town.as_user("t-1").get(&path).await.problem(404, "not_found");
    let long = format!("/v1/units/{unit}/track?from={}&to={}", begin.plus_secs(-25 * 3600), town.now());
    town.as_user("operator").get(&long).await.problem(422, "invalid");
    let turned = format!("/v1/units/{unit}/track?from={}&to={begin}", town.now());
    town.as_user("operator").get(&turned).await.problem(422, "invalid");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_remembers_where_units_were_last_seen() {
    let town = Town::new().await;
    let unit = town.units["B-1"];
    sends(&town, &[(0, 250.0, 5.0, 10.0)]).await;
    let seen = field(&town).fix(unit).unwrap();
    keeps(&town, 1).await;
    let last = town.app.store.last_fixes("medan", town.now().plus_secs(-3600)).await.unwrap();
    assert_eq!(last, [(unit, seen)]);
    assert_eq!(town.app.store.last_fixes("medan", town.now().plus_secs(1)).await.unwrap(), []);
    town.finish().await;
}
