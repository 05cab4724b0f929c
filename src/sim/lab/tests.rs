//! The laboratory on towns small enough to know the answer.

use super::*;
use crate::roads::travel_time::{Route, TravelTime};

/// Everything on one line at 10 m/s; a river at longitude 98.70 costs 300 s.
struct Line;

const RIVER: f64 = 98.70;

impl TravelTime for Line {
    fn many_to_one(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        let secs =
            |at: &LngLat| at.distance_m(to) / 10.0 + if (at.lng < RIVER) == (to.lng < RIVER) { 0.0 } else { 300.0 };
        from.iter().map(|at| Some(secs(at))).collect()
    }

    fn route(&self, _: LngLat, _: LngLat) -> Option<Route> {
        None
    }
}

fn metres_east(metres: f64) -> LngLat {
    LngLat::new(RIVER, 3.59).offset_m(metres, 0.0)
}

fn town(posts: &[f64]) -> Town {
    let post = |(n, metres): (usize, &f64)| Post {
        call_sign: format!("U-{n}"),
        kind: UnitKind::Car,
        polsek: Some("kota".to_owned()),
        at: metres_east(*metres),
    };
    Town {
        travel: Arc::new(Line),
        posts: posts.iter().enumerate().map(post).collect(),
        polsek_of: Box::new(|_| Some("kota".to_owned())),
        plans: Plans::builtin().unwrap(),
    }
}

fn call(at_s: f64, metres: f64) -> Call {
    Call {
        at_s,
        place: metres_east(metres),
        priority: Priority::P1,
        category: Category::Kekerasan,
        entry_s: 0.0,
        turnout_s: 0.0,
        service_s: 600.0,
    }
}

fn travel(town: &Town, policy: Policy, calls: &[Call]) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds")]
    live(town, policy, calls).into_iter().map(|outcome| outcome.unwrap().travel_s.round() as i64).collect()
}

#[test]
fn the_straight_line_sends_a_unit_from_across_the_river() {
    let town = town(&[-100.0, 600.0]);
    let calls = [call(0.0, 100.0)];
    assert_eq!(travel(&town, Policy::Straight, &calls), [320]);
    for policy in [Policy::Travel, Policy::Recommended, Policy::Shared] {
        assert_eq!(travel(&town, policy, &calls), [50], "{policy:?}");
    }
    let outcome = live(&town, Policy::Straight, &calls)[0].unwrap();
    assert!((outcome.lost_s - 270.0).abs() < 1.0, "{outcome:?}");
}

#[test]
fn who_is_bound_cannot_be_sent_and_who_waits_is_served_when_somebody_comes_free() {
    let town = town(&[100.0]);
    let outcomes = live(&town, Policy::Travel, &[call(0.0, 100.0), call(10.0, 200.0)]);
    let second = outcomes[1].unwrap();
    assert!((second.waited_s - 590.0).abs() < 0.1, "{second:?}");
    assert!((second.response_s - 600.0).abs() < 0.2, "from the first scene, 100 m away: {second:?}");
}

#[test]
fn those_who_wait_together_share_the_units_so_that_the_ways_are_short() {
    // Both bound until 600 s; then two wait, the first a little nearer to both.
    let town = town(&[100.0, 1000.0]);
    let early = [call(0.0, 100.0), call(0.0, 1000.0)];
    let calls = [early[0].clone(), early[1].clone(), call(300.0, 900.0), call(301.0, 1100.0)];
    let last: i64 = travel(&town, Policy::Recommended, &calls)[2..].iter().sum();
    let shared: i64 = travel(&town, Policy::Shared, &calls)[2..].iter().sum();
    assert!(shared <= last, "{shared} {last}");
}

#[test]
fn the_same_seed_gives_the_same_days_and_their_number_is_near_the_rate() {
    let spots: Vec<LngLat> = (0..50).map(|n| metres_east(f64::from(n) * 100.0)).collect();
    let days = |seed| {
        let mut rng = fastrand::Rng::with_seed(seed);
        let rate = days::Rate { per_day: 200.0, hot_share: 0.3 };
        (0..20).map(|_| days::draw(rate, &spots, &spots[..3], &mut rng)).collect::<Vec<_>>()
    };
    assert_eq!(days(1), days(1));
    assert_ne!(days(1), days(2));
    let calls = days(1).iter().map(Vec::len).sum::<usize>();
    assert!((3_700..4_300).contains(&calls), "{calls} of 4,000");
    assert!(days(1).iter().all(|day| day.is_sorted_by(|a, b| a.at_s <= b.at_s)));
}

#[test]
fn figures_and_their_intervals() {
    let outcome = |response_s, lost_s| Some(Outcome { response_s, waited_s: 0.0, travel_s: response_s, lost_s });
    let days = vec![vec![outcome(300.0, 0.0), outcome(700.0, 40.0)], vec![outcome(500.0, 5.0), None]];
    let figures = figures::of(&days, 1);
    assert_eq!((figures.calls, figures.unreached), (3, 1));
    assert!((figures.p50_s.value - 500.0).abs() < 1e-9);
    assert!((figures.in_clock.value - 2.0 / 3.0).abs() < 1e-9 && (figures.wrong.value - 1.0 / 3.0).abs() < 1e-9);
    assert!(figures.p50_s.low <= figures.p50_s.value && figures.p50_s.value <= figures.p50_s.high);
    let slower: Vec<Vec<Option<Outcome>>> =
        vec![vec![outcome(310.0, 0.0), outcome(710.0, 0.0)], vec![outcome(510.0, 0.0), None]];
    let gain = figures::gain(&slower, &days, 1);
    assert!((gain.value - 10.0).abs() < 1e-9 && (gain.low - 10.0).abs() < 1e-9, "{gain:?}");
}

#[test]
fn records_are_replayed_once_an_incident_and_a_bad_line_is_named() {
    let spots = [metres_east(0.0), metres_east(1000.0)];
    let csv = "incident_id,received,dispatch,response,priority,latitude,longitude\n\
        7,2018-01-13T00:09:05,2018-01-13T00:09:35,2018-01-13T00:10:00,1,37.70,-122.50\n\
        7,2018-01-13T00:09:05,2018-01-13T00:09:35,,1,37.70,-122.50\n\
        8,2018-01-14T23:00:00,,,E,37.80,-122.40\n";
    let read = |csv: &str| read_replay(csv, &spots, &mut fastrand::Rng::with_seed(1));
    let days = read(csv).unwrap();
    assert_eq!(days.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let first = &days[0][0];
    assert_eq!((first.at_s, first.entry_s, first.turnout_s, first.priority), (545.0, 30.0, 25.0, Priority::P1));
    assert_eq!((first.place, days[1][0].place), (spots[0], spots[1]), "laid over the town from corner to corner");
    assert_eq!(days[1][0].priority, Priority::P3);
    let line = |csv: &str| read(csv).unwrap_err().to_string();
    assert!(line("received,latitude\n").contains("longitude"));
    assert!(line(&csv.replace("37.80", "x")).starts_with("records line 4: latitude is no coordinate"));
    assert!(line(&csv.replace("2018-01-14T23:00:00", "yesterday")).starts_with("records line 4: no time"));
    assert_eq!(read("received,latitude,longitude\n"), Err(BadReplay::Empty));
}

#[test]
fn a_plot_holds_every_policy_by_name() {
    let svg = plot::svg("A < B", &[("one", vec![60.0, 120.0, 900.0]), ("two", vec![])]);
    assert!(svg.starts_with("<svg") && svg.contains("A &lt; B") && svg.contains(">one<") && svg.contains(">two<"));
    assert!(!svg.contains("NaN"), "{svg}");
}
