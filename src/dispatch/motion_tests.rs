//! The filter against drawn drives: a true position is never lost, a made-up one never believed.

use proptest::prelude::*;

use super::*;
use crate::model::place::LngLat;

const MEDAN: LngLat = LngLat::new(98.67, 3.59);
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn fix(secs: f64, east_m: f64, accuracy_m: f32, speed_mps: Option<f32>) -> Fix {
    let at = MEDAN.offset_m(east_m, 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "some hours")]
    let at_us = NOW.0 + (secs * 1e6) as i64;
    let accuracy_m = Some(accuracy_m);
    Fix { lng: at.lng, lat: at.lat, at: Timestamp(at_us), accuracy_m, speed_mps, heading_deg: None }
}

/// Hears a fix at the moment it was taken.
fn hear(motion: &mut Motion, fix: Fix) -> Verdict {
    motion.hear(fix, fix.at)
}

fn east_m(motion: &Motion) -> f64 {
    let held = motion.held().unwrap().point();
    held.distance_m(MEDAN).copysign(held.lng - MEDAN.lng)
}

#[test]
fn a_standing_car_stays_on_the_map_and_is_seen_all_the_time() {
    let mut motion = Motion::default();
    assert_eq!(hear(&mut motion, fix(0.0, 0.0, 8.0, Some(0.0))), Verdict::Taken);
    for (n, wander) in [4.0, -7.0, 9.5, 2.0, -9.0].into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "five")]
        let at = (n + 1) as f64;
        assert_eq!(hear(&mut motion, fix(at, wander, 8.0, Some(0.3))), Verdict::Still);
        assert!(east_m(&motion).abs() < 0.01 && motion.stands());
        assert_eq!(motion.held().unwrap().at, fix(at, 0.0, 8.0, None).at);
    }
    // It rolls: at once where the receiver says so, else once it has left its error behind.
    assert_eq!(hear(&mut motion, fix(6.0, 5.0, 8.0, Some(4.0))), Verdict::Taken);
    assert!(!motion.stands());
    assert_eq!(hear(&mut motion, fix(7.0, 9.0, 8.0, None)), Verdict::Still);
    assert_eq!(hear(&mut motion, fix(8.0, 16.0, 8.0, None)), Verdict::Taken);
    assert_eq!(motion.counts(), Verdicts { taken: 3, still: 6, ..Verdicts::default() });
}

#[test]
fn a_place_becomes_better_known_while_standing() {
    let mut motion = Motion::default();
    hear(&mut motion, fix(0.0, 25.0, 40.0, Some(0.0)));
    assert_eq!(hear(&mut motion, fix(5.0, 2.0, 6.0, Some(0.0))), Verdict::Taken);
    assert!((east_m(&motion) - 2.0).abs() < 0.1);
    assert_eq!(hear(&mut motion, fix(6.0, 6.0, 6.0, Some(0.0))), Verdict::Still);
}

#[test]
fn a_telephone_mast_moves_nobody_until_it_says_more_than_the_last_fix_does() {
    let mut driving = Motion::default();
    hear(&mut driving, fix(0.0, 0.0, 6.0, Some(10.0)));
    assert_eq!(hear(&mut driving, fix(10.0, 600.0, 800.0, None)), Verdict::Coarse);
    assert_eq!(hear(&mut driving, fix(50.0, 600.0, 800.0, None)), Verdict::Coarse);
    assert!(east_m(&driving).abs() < 0.01, "it is where it was seen");
    let kept = driving.kept_out().unwrap();
    assert_eq!((kept.why, kept.accuracy_m), (Verdict::Coarse, Some(800.0)));
    assert!((kept.away_m.unwrap() - 600.0).abs() < 1.0);
    // After a minute a patrol may be anywhere within 800 m: now the mast is the better witness.
    assert_eq!(hear(&mut driving, fix(60.0, 600.0, 800.0, None)), Verdict::Taken);
    // Satellites are believed at once, and that is no jump although it is far for a second.
    assert_eq!(hear(&mut driving, fix(61.0, 300.0, 6.0, None)), Verdict::Taken);
    // What stood may have started; it is not as soon as far away.
    let mut standing = Motion::default();
    hear(&mut standing, fix(0.0, 0.0, 6.0, Some(0.0)));
    assert_eq!(hear(&mut standing, fix(300.0, 600.0, 800.0, None)), Verdict::Coarse);
    assert_eq!(hear(&mut standing, fix(800.0, 600.0, 800.0, None)), Verdict::Taken);
    assert_eq!(hear(&mut standing, fix(810.0, 100.0, 700.0, None)), Verdict::Still, "masts wander further");
    // Worse than its post is never a position; a mast is one where nothing is known.
    let mut new = Motion::default();
    assert_eq!(hear(&mut new, fix(0.0, 0.0, 5_000.0, None)), Verdict::Coarse);
    assert_eq!(new.held(), None);
    assert_eq!(hear(&mut new, fix(1.0, 0.0, 1_000.0, None)), Verdict::Taken);
}

#[test]
fn a_jump_needs_a_witness() {
    let mut motion = Motion::default();
    hear(&mut motion, fix(0.0, 0.0, 5.0, Some(10.0)));
    assert_eq!(hear(&mut motion, fix(1.0, 40_000.0, 5.0, Some(10.0))), Verdict::Jump);
    assert_eq!(hear(&mut motion, fix(2.0, 20.0, 5.0, Some(10.0))), Verdict::Taken);
    // The one that was refuted is no witness for the next.
    assert_eq!(hear(&mut motion, fix(3.0, 40_020.0, 5.0, Some(10.0))), Verdict::Jump);
    assert_eq!(hear(&mut motion, fix(4.0, 40_030.0, 5.0, Some(10.0))), Verdict::Taken);
    assert_eq!(motion.counts().jumps, 2);
}

#[test]
fn a_clock_ahead_is_set_to_ours_and_a_batch_keeps_its_order() {
    let day = 24.0 * 3600.0;
    let mut motion = Motion::default();
    assert_eq!(motion.hear(fix(day, 0.0, 5.0, Some(9.0)), NOW), Verdict::Taken);
    assert_eq!((motion.held().unwrap().at, motion.clock_ahead_s()), (NOW, Some(day)));
    let later = NOW.plus_secs(30);
    let batch = [10.0, 20.0, 30.0].map(|secs| fix(day + secs, secs * 9.0, 5.0, Some(9.0)));
    let verdicts = batch.map(|one| motion.hear_shifted(one, shift_us(one.at, batch[2].at, later), later));
    assert_eq!(verdicts, [Verdict::Taken; 3]);
    assert_eq!(motion.held().unwrap().at, later);
    assert!((east_m(&motion) - 270.0).abs() < 0.1, "the newest of them is the position");
    // One absurd clock among good ones shifts nobody else.
    let mixed = [fix(40.0, 300.0, 5.0, Some(9.0)), fix(50.0, 390.0, 5.0, Some(9.0)), fix(1e9, 390.0, 5.0, Some(9.0))];
    let now = NOW.plus_secs(52);
    let shifts = mixed.map(|one| shift_us(one.at, mixed[2].at, now));
    assert_eq!(&shifts[..2], [0, 0]);
    assert_eq!(motion.hear_shifted(mixed[0], shifts[0], now), Verdict::Taken);
    assert_eq!(motion.hear(fix(55.0, 400.0, 5.0, Some(9.0)), now), Verdict::Taken, "five seconds are nothing");
    assert_eq!(motion.clock_ahead_s(), None);
    assert_eq!(motion.hear(fix(-25.0 * 3600.0, 0.0, 5.0, None), now), Verdict::Old);
}

#[test]
fn freshness_is_told_by_the_age_of_the_position() {
    let seen = fix(0.0, 0.0, 5.0, None);
    let after = |secs| Freshness::of(Some(&seen), NOW.plus_secs(secs));
    assert_eq!([after(0), after(60), after(61)], [Freshness::Fresh, Freshness::Fresh, Freshness::Stale]);
    assert_eq!([after(900), after(901)], [Freshness::Stale, Freshness::Lost]);
    assert_eq!(Freshness::of(None, NOW), Freshness::Never);
}

/// What a receiver may send between two true fixes.
#[derive(Debug, Clone)]
enum Rubbish {
    Nothing,
    /// A mast, this far away and this inexact.
    Mast(f64, f32),
    /// One fix far away.
    Leap(f64),
    /// The fix before once more.
    Again,
}

fn rubbish() -> impl Strategy<Value = Rubbish> {
    prop_oneof![
        4 => Just(Rubbish::Nothing),
        1 => (-3_000.0..3_000.0, 200.0_f32..3_000.0).prop_map(|(away, error)| Rubbish::Mast(away, error)),
        1 => (30_000.0..90_000.0).prop_map(Rubbish::Leap),
        1 => Just(Rubbish::Again),
    ]
}

proptest! {
    #[test]
    fn the_newest_true_position_is_never_lost(
        steps in prop::collection::vec((0.5..10.0_f64, -40.0..40.0_f64, 3.0_f32..45.0, any::<bool>(), -1.0..1.0_f64, rubbish()), 1..80),
    ) {
        let mut motion = Motion::default();
        let (mut secs, mut east) = (0.0, 0.0);
        let mut last = None;
        for (span, mps, error, says_speed, noise, between) in steps {
            if let Some(last) = last {
                let verdict = match between {
                    Rubbish::Nothing => None,
                    Rubbish::Mast(away, error) => Some((hear(&mut motion, fix(secs + span / 2.0, east + away, error, None)), Verdict::Coarse)),
                    Rubbish::Leap(away) => Some((hear(&mut motion, fix(secs + span / 2.0, east + away, 5.0, None)), Verdict::Jump)),
                    Rubbish::Again => Some((hear(&mut motion, last), Verdict::Late)),
                };
                prop_assert!(verdict.is_none_or(|(given, wanted)| given == wanted), "{:?}", verdict);
            }
            (secs, east) = (secs + span, east + mps * span);
            #[expect(clippy::cast_possible_truncation, reason = "a speed")]
            let speed = says_speed.then_some(mps.abs() as f32);
            let seen = fix(secs, east + noise * f64::from(error), error, speed);
            let verdict = hear(&mut motion, seen);
            prop_assert!(matches!(verdict, Verdict::Taken | Verdict::Still), "{:?}", verdict);
            let held = motion.held().unwrap();
            prop_assert_eq!(held.at, seen.at);
            prop_assert!(held.point().distance_m(seen.point()) <= WANDER_M.1 + 0.01, "held {:?}, seen {:?}", held, seen);
            if says_speed && mps.abs() >= WALKING_MPS {
                prop_assert_eq!(held.point(), seen.point(), "who drives is shown where he is");
            }
            last = Some(seen);
        }
    }

    #[test]
    fn a_standing_receiver_never_moves_its_unit(
        spots in prop::collection::vec((-5.0..5.0_f64, 5.0_f32..12.0, prop::option::of(0.0_f32..1.4)), 1..200),
    ) {
        let mut motion = Motion::default();
        hear(&mut motion, fix(0.0, 0.0, 8.0, Some(0.0)));
        for (n, (wander, error, speed)) in spots.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "some hundred")]
            let seen = fix((n + 1) as f64, wander, error, speed);
            prop_assert_eq!(hear(&mut motion, seen), Verdict::Still);
            prop_assert_eq!(motion.held().unwrap().at, seen.at);
        }
        prop_assert!(east_m(&motion).abs() < 0.01);
    }

    #[test]
    fn whatever_comes_time_never_runs_backwards_and_every_fix_is_counted(
        fixes in prop::collection::vec((-1e5..1e5_f64, -1e6..1e6_f64, any::<f32>(), prop::option::of(any::<f32>())), 1..60),
    ) {
        let mut motion = Motion::default();
        let mut before = None;
        let count = fixes.len() as u64;
        for (secs, east, error, speed) in fixes {
            let verdict = motion.hear(fix(secs, east, error, speed), NOW);
            let at = motion.held().map(|held| held.at);
            prop_assert!(at >= before && at.is_none_or(|at| at <= NOW.plus_secs(5)), "{:?}", verdict);
            before = at;
        }
        let Verdicts { taken, still, late, coarse, jumps, old, mocked, outside, no_fix, clock_ahead: _ } = motion.counts();
        prop_assert_eq!(taken + still + late + coarse + jumps + old + mocked + outside + no_fix, count);
    }
}
