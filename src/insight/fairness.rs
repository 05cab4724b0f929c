//! Whether reports were taken in order of arrival. In: when each came and was first taken. Out: how many
//! were taken, and how many of them in their turn.

use std::collections::BTreeMap;

use crate::model::clock::Timestamp;
use crate::model::report::Priority;

/// A report that an operator took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Its lane.
    pub priority: Priority,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was first taken.
    pub claimed_at: Timestamp,
}

/// How many of these were taken in their turn: none that came earlier in the same lane was taken later.
#[must_use]
pub fn in_turn(taken: &[Taken]) -> usize {
    let mut lanes: BTreeMap<Priority, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for one in taken {
        lanes.entry(one.priority).or_default().push((one.received_at, one.claimed_at));
    }
    lanes.into_values().map(of_lane).sum()
}

fn of_lane(mut lane: Vec<(Timestamp, Timestamp)>) -> usize {
    lane.sort_unstable();
    let mut latest: Option<Timestamp> = None;
    let mut in_turn = 0;
    for (_, claimed_at) in lane {
        if latest.is_none_or(|latest| claimed_at >= latest) {
            in_turn += 1;
            latest = Some(claimed_at);
        }
    }
    in_turn
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken(priority: Priority, received: i64, claimed: i64) -> Taken {
        Taken { priority, received_at: Timestamp(received), claimed_at: Timestamp(claimed) }
    }

    #[test]
    fn who_came_earlier_is_taken_earlier_within_a_lane() {
        let (p1, p3) = (Priority::P1, Priority::P3);
        assert_eq!(in_turn(&[taken(p3, 1, 10), taken(p3, 2, 11), taken(p1, 3, 4)]), 3, "lanes do not wait for another");
        assert_eq!(in_turn(&[taken(p3, 1, 12), taken(p3, 2, 11), taken(p3, 3, 13)]), 2, "one was taken too early");
        assert_eq!(in_turn(&[]), 0);
    }

    proptest! {
        #[test]
        fn a_plain_look_at_every_pair_says_the_same(times in proptest::collection::vec((0_i64..40, 0_i64..40), 0..30)) {
            // Distinct arrivals: of two that came at one instant either may be first.
            let lane: Vec<Taken> =
                (0_i64..).zip(&times).map(|(n, (received, claimed))| taken(Priority::P2, received * 100 + n, *claimed)).collect();
            let overtook = |one: &&Taken| {
                !lane.iter().any(|other| other.received_at < one.received_at && other.claimed_at > one.claimed_at)
            };
            prop_assert_eq!(in_turn(&lane), lane.iter().filter(overtook).count());
        }
    }
}
