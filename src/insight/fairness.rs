//! Whether reports were taken in order of arrival. In: when each came and was first taken. Out: how many
//! were taken, and which of them in their turn.

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
    taken.len() - out_of_turn(taken).len()
}

/// Positions of those that were taken before one that came earlier in the same lane, ascending.
#[must_use]
pub fn out_of_turn(taken: &[Taken]) -> Vec<usize> {
    let mut lanes: BTreeMap<Priority, Vec<(Timestamp, Timestamp, usize)>> = BTreeMap::new();
    for (at, one) in taken.iter().enumerate() {
        lanes.entry(one.priority).or_default().push((one.received_at, one.claimed_at, at));
    }
    let mut early: Vec<usize> = lanes.into_values().flat_map(of_lane).collect();
    early.sort_unstable();
    early
}

fn of_lane(mut lane: Vec<(Timestamp, Timestamp, usize)>) -> Vec<usize> {
    lane.sort_unstable();
    let mut latest: Option<Timestamp> = None;
    let mut early = Vec::new();
    for (_, claimed_at, at) in lane {
        if latest.is_none_or(|latest| claimed_at >= latest) {
            latest = Some(claimed_at);
        } else {
            early.push(at);
        }
    }
    early
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
        let one_too_early = [taken(p3, 1, 12), taken(p3, 2, 11), taken(p3, 3, 13)];
        assert_eq!((in_turn(&one_too_early), out_of_turn(&one_too_early)), (2, vec![1]));
        assert_eq!(in_turn(&[]), 0);
    }

    proptest! {
        #[test]
        fn a_plain_look_at_every_pair_says_the_same(times in proptest::collection::vec((0_i64..40, 0_i64..40), 0..30)) {
            // Distinct arrivals: of two that came at one instant either may be first.
            let lane: Vec<Taken> =
                (0_i64..).zip(&times).map(|(n, (received, claimed))| taken(Priority::P2, received * 100 + n, *claimed)).collect();
            let overtook = |one: &Taken| {
                lane.iter().any(|other| other.received_at < one.received_at && other.claimed_at > one.claimed_at)
            };
            let early: Vec<usize> = (0..lane.len()).filter(|at| overtook(&lane[*at])).collect();
            prop_assert_eq!(in_turn(&lane), lane.len() - early.len());
            prop_assert_eq!(out_of_turn(&lane), early);
        }
    }
}
