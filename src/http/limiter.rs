//! How often something may be asked: so many times in so many seconds, for each key.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use parking_lot::Mutex;

use crate::model::clock::Timestamp;

/// Keys remembered before the quiet ones are let go.
const MOST_KEYS: usize = 10_000;

/// Counts what was asked in a sliding window of time.
#[derive(Debug)]
pub struct Limiter<K> {
    most: usize,
    window_s: f64,
    seen: Mutex<HashMap<K, VecDeque<Timestamp>>>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// At most `most` times in `window_s` seconds.
    #[must_use]
    pub fn new(most: usize, window_s: f64) -> Self {
        Self { most, window_s, seen: Mutex::default() }
    }

    /// Whether this key may now; counted when it may.
    ///
    /// # Errors
    /// Seconds to wait, at least one.
    pub fn take(&self, key: K, now: Timestamp) -> Result<(), u32> {
        let mut seen = self.seen.lock();
        let fresh = |at: &Timestamp| now.secs_since(*at) < self.window_s;
        if seen.len() > MOST_KEYS {
            seen.retain(|_, times| times.back().is_some_and(fresh));
        }
        let times = seen.entry(key).or_default();
        while times.front().is_some_and(|at| !fresh(at)) {
            times.pop_front();
        }
        if times.len() >= self.most {
            let waited = times.front().map_or(0.0, |at| now.secs_since(*at));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the window")]
            return Err((self.window_s - waited).clamp(1.0, self.window_s).ceil() as u32);
        }
        times.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_measure_waits_until_the_eldest_is_old() {
        let limiter = Limiter::new(2, 60.0);
        let at = Timestamp::from_secs;
        assert_eq!(limiter.take("a", at(100)), Ok(()));
        assert_eq!(limiter.take("a", at(130)), Ok(()));
        assert_eq!(limiter.take("a", at(140)), Err(20));
        assert_eq!(limiter.take("b", at(140)), Ok(()), "another key is another matter");
        assert_eq!(limiter.take("a", at(160)), Ok(()));
        assert_eq!(limiter.take("a", at(161)), Err(29));
    }
}
