//! The vocabulary under any input: instants, points, ids.

use proptest::prelude::*;
use sigap::model::clock::Timestamp;
use sigap::model::id::Ids;
use sigap::model::place::{BadPoint, INDONESIA, LngLat};

/// 9999-12-31 in seconds: RFC 3339 has four digits for a year.
const LAST_S: i64 = 253_402_300_799;

proptest! {
    #[test]
    fn an_instant_reads_back_to_the_microsecond(micros in 0..LAST_S * 1_000_000) {
        let at = Timestamp(micros);
        prop_assert_eq!(at.to_string().parse::<Timestamp>(), Ok(at));
        let text = serde_json::to_string(&at).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), at);
    }

    #[test]
    fn later_instants_are_later_in_writing(a in 0..LAST_S * 1_000_000, b in 0..LAST_S * 1_000_000) {
        prop_assert_eq!(Timestamp(a).to_string().cmp(&Timestamp(b).to_string()), a.cmp(&b));
    }

    #[test]
    fn every_pair_of_numbers_is_a_point_in_indonesia_or_says_why_not(lng in any::<f64>(), lat in any::<f64>()) {
        judge(lng, lat)?;
    }

    #[test]
    fn points_near_the_country_are_judged_by_its_edges(lng in -200.0..200.0f64, lat in -200.0..200.0f64) {
        judge(lng, lat)?;
    }

    #[test]
    fn inside_is_taken_and_exchanged_is_seen(lng in 94.5..=141.5f64, lat in -11.5..=6.5f64) {
        prop_assert_eq!(LngLat::checked(lng, lat), Ok(LngLat::new(lng, lat)));
        prop_assert_eq!(LngLat::checked(lat, lng), Err(BadPoint::Swapped));
    }

    #[test]
    fn ids_of_later_milliseconds_sort_later_and_repeat_for_a_seed(
        seed in any::<u64>(), first in 0..4_000_000_000_000i64, wait in 1..1_000_000i64,
    ) {
        let mut ids = Ids::seeded(seed);
        let (a, b) = (ids.next(Timestamp(first * 1000)), ids.next(Timestamp((first + wait) * 1000)));
        prop_assert!(a < b);
        prop_assert_eq!(a.get_version_num(), 7);
        prop_assert_eq!(Ids::seeded(seed).next(Timestamp(first * 1000)), a);
    }
}

/// The classes written out once more, without their order of checks.
fn judge(lng: f64, lat: f64) -> Result<(), TestCaseError> {
    let said = LngLat::checked(lng, lat);
    let inside = INDONESIA.contains(LngLat::new(lng, lat));
    let mirrored = INDONESIA.contains(LngLat::new(lat, lng));
    let on_earth = lng.abs() <= 180.0 && lat.abs() <= 90.0;
    match said {
        Ok(point) => prop_assert!(inside && point == LngLat::new(lng, lat)),
        Err(BadPoint::NotFinite) => prop_assert!(!lng.is_finite() || !lat.is_finite()),
        Err(BadPoint::Swapped) => prop_assert!(mirrored && !inside),
        Err(BadPoint::OutOfRange) => prop_assert!(!on_earth && !mirrored),
        Err(BadPoint::OutsideIndonesia) => prop_assert!(on_earth && !inside && !mirrored),
    }
    Ok(())
}
