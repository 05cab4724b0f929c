//! Who is first, why, and what would change it.

use super::drawn::City;
use crate::dispatch::command::Command;
use crate::dispatch::recommend::Recommendation;
use crate::model::report::{Category, Priority};
use crate::model::shortfall::Shortfall;
use crate::model::unit::UnitKind;

/// "B 400 m, A 412 m": in the order of the recommendation.
fn by_distance(answer: &Recommendation) -> String {
    let one = |c: &crate::dispatch::recommend::Candidate| format!("{} {:.0} m", c.call_sign, c.distance_m);
    answer.candidates.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// "A 40 = `travel_time` 40": cost and reasons in seconds.
fn reasons(answer: &Recommendation, call_sign: &str) -> String {
    let found = answer.candidates.iter().find(|c| c.call_sign == call_sign).unwrap();
    let parts: Vec<String> = found.reasons.iter().map(|r| format!("{} {:.0}", r.code, r.cost_s)).collect();
    format!("{:.0} = {}", found.cost_s, parts.join(" + "))
}

fn order(answer: &Recommendation) -> String {
    answer.candidates.iter().map(|c| c.call_sign.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_nearest_by_road_is_first() {
    let city = City::drawn(concat!(
        ".A.....\n", //
        ".......\n",
        ".......\n",
        ".......\n",
        "*...B..\n",
        "......C\n",
    ));
    assert_eq!(by_distance(&city.rank(Category::Kamtibmas, Priority::P2, &[])), "B 400 m, A 412 m, C 608 m");
}

#[test]
fn a_river_between_sends_the_one_who_looks_farther() {
    let mut city = City::drawn("A.*....B");
    city.map.detours_s.insert(city.unit("A"), Some(600.0));
    let answer = city.rank(Category::Kamtibmas, Priority::P2, &[]);
    assert_eq!(by_distance(&answer), "B 500 m, A 200 m");
    assert_eq!(answer.counterfactual.as_deref(), Some("A akan dipilih bila B lebih lambat 9 menit"));
}

#[test]
fn units_that_cost_the_same_are_ranked_by_call_sign() {
    let city = City::drawn("C..*..A\n.......\n.......\n...B...");
    assert_eq!(order(&city.rank(Category::Kamtibmas, Priority::P2, &[])), "A B C");
}

#[test]
fn an_old_fix_costs_a_minute_and_none_three() {
    let mut city = City::drawn("A.*....B\n..C.....");
    city.seen("A", Some(61));
    city.seen("C", None);
    let answer = city.rank(Category::Kamtibmas, Priority::P2, &[]);
    assert_eq!(order(&answer), "B A C");
    assert_eq!(reasons(&answer, "B"), "50 = travel_time 50");
    assert_eq!(reasons(&answer, "A"), "80 = travel_time 20 + stale_fix 60");
    assert_eq!(reasons(&answer, "C"), "190 = travel_time 10 + no_fix 180");
    assert_eq!(answer.counterfactual.as_deref(), Some("A akan dipilih bila bukan: posisi terakhir 61 detik lalu"));
}

#[test]
fn a_fix_of_exactly_a_minute_is_fresh_and_of_more_than_a_quarter_hour_is_none() {
    let mut city = City::drawn("A*B");
    city.seen("A", Some(60));
    city.seen("B", Some(901));
    let answer = city.rank(Category::Kamtibmas, Priority::P2, &[]);
    assert_eq!(reasons(&answer, "A"), "10 = travel_time 10");
    assert_eq!(reasons(&answer, "B"), "190 = travel_time 10 + no_fix 180");
}

#[test]
fn the_last_unit_of_a_polsek_is_spared() {
    let mut city = City::drawn("A*....BC");
    city.make("A", UnitKind::Car, "baru");
    let answer = city.rank(Category::Kamtibmas, Priority::P2, &[]);
    assert_eq!(reasons(&answer, "A"), "160 = travel_time 10 + other_polsek 60 + reserve 90");
    assert_eq!(order(&answer), "B C A");
}

#[test]
fn the_wrong_kind_comes_last_and_a_second_choice_costs_half_a_minute() {
    let mut city = City::drawn("A*B\n.C.\n.D.");
    city.make("A", UnitKind::Detective, "kota");
    city.make("B", UnitKind::Motorcycle, "kota");
    city.make("C", UnitKind::Traffic, "kota");
    let answer = city.rank(Category::LakaLantas, Priority::P1, &[]);
    assert_eq!(order(&answer), "C D B A");
    assert_eq!(reasons(&answer, "D"), "50 = travel_time 20 + kind_rank 30");
    assert_eq!(reasons(&answer, "B"), "70 = travel_time 10 + kind_rank 60");
    assert_eq!(reasons(&answer, "A"), "310 = travel_time 10 + wrong_kind 300");
}

#[test]
fn who_has_worked_today_comes_a_little_later() {
    let mut city = City::drawn("A.*...B");
    let theft = city.robbery();
    city.hears(1, theft);
    city.serve("A");
    let incident = city.incident();
    city.serve("B");
    city.ask(Command::CloseIncident {
        incident,
        disposition: crate::model::incident::Disposition::Resolved,
        note: None,
    })
    .unwrap();
    assert_eq!(reasons(&city.rank(Category::Kamtibmas, Priority::P2, &[]), "A"), "30 = travel_time 20 + workload 10");
}

#[test]
fn without_a_way_by_road_the_straight_line_is_an_estimate() {
    let mut city = City::drawn("A*...B");
    city.map.detours_s.insert(city.unit("A"), None);
    assert_eq!(reasons(&city.rank(Category::Kamtibmas, Priority::P2, &[]), "A"), "17 = no_way 17");
}

#[test]
fn what_is_missing_is_said_in_words() {
    let city = City::drawn("A*");
    let words = |short: Option<Shortfall>| short.map(|short| short.text);
    let short = |declined: &[_]| words(city.rank(Category::Kejahatan, Priority::P1, declined).shortfall);
    assert_eq!(short(&[]).as_deref(), Some("rencana meminta 2 unit, hanya 1 yang siap"));
    let declined = [city.unit("A")];
    let said = "tidak ada unit lain yang siap; 1 unit menolak atau tidak menjawab";
    assert_eq!(short(&declined).as_deref(), Some(said));
    let empty = City::drawn("*");
    let said = words(empty.rank(Category::Kejahatan, Priority::P1, &[]).shortfall);
    assert_eq!(said.as_deref(), Some("tidak ada unit yang siap"));
    let enough = City::drawn("A*B").rank(Category::Kejahatan, Priority::P1, &[]);
    assert_eq!(enough.shortfall, None);
}

#[test]
fn a_unit_that_called_for_help_is_not_a_candidate() {
    let mut city = City::drawn("A*.B");
    city.ask(Command::Emergency(city.unit("A"), true)).unwrap();
    assert_eq!(order(&city.rank(Category::Kamtibmas, Priority::P2, &[])), "B");
}
