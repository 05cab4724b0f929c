//! How fast one person writes: instants of messages in, whether a burst begins or goes on out.

use std::collections::VecDeque;

use crate::model::clock::{SECOND, Timestamp};

/// The span that is counted, microseconds.
const MINUTE: i64 = 60 * SECOND;

/// The messages of one person within the last minute.
#[derive(Debug, Clone, Default)]
pub struct Rate(VecDeque<Timestamp>);

/// Where a message stands in a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// As many as are allowed, or more: that is a sign.
    pub is_full: bool,
    /// More than are allowed: not answered, not read again with what was said before.
    pub is_over: bool,
}

impl Rate {
    /// Counts a message; `most` a minute are ordinary.
    pub fn count(&mut self, at: Timestamp, most: u32) -> Reached {
        while self.0.front().is_some_and(|first| at.micros() - first.micros() >= MINUTE) {
            self.0.pop_front();
        }
        let most = most.max(1) as usize;
        self.0.push_back(at);
        // What is far beyond the rate need not be told apart: the newest are enough.
        while self.0.len() > most + 1 {
            self.0.pop_front();
        }
        Reached { is_full: self.0.len() >= most, is_over: self.0.len() > most }
    }

    /// Whether anything of it lies within the last minute.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.0.back().is_some_and(|last| now.micros() - last.micros() < MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_begins_beyond_the_rate_and_ends_when_a_minute_is_calm_again() {
        let mut rate = Rate::default();
        let at = |secs: i64| Timestamp::from_secs(1000 + secs);
        let over: Vec<bool> = (0..5_i64).map(|n| rate.count(at(n), 3).is_over).collect();
        assert_eq!(over, [false, false, false, true, true]);
        assert!(rate.is_live(at(60)) && !rate.is_live(at(64)));
        assert_eq!(rate.count(at(70), 3), Reached { is_full: false, is_over: false });
        assert!(!rate.count(at(71), 3).is_full && rate.count(at(72), 3).is_full);
    }
}
