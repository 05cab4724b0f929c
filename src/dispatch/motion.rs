//! Which of a unit's fixes are believed: poor ones, a standing receiver's wander, jumps and late ones are
//! kept out on purpose, each with its reason.
//!
//! In: fixes as they come, of any order and quality. Out: the position the unit counts from, a [`Verdict`]
//! for each fix, and how often each was given. Never: a newest good position lost to a filter, because
//! what is held is never further from it than the receiver's own error. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::clock::{SECOND, Timestamp};
use crate::model::unit::{Fix, LOST_AFTER_S, STALE_AFTER_S};

/// Faster than this between two fixes is a jump, not a drive: 250 km/h in metres per second.
const FASTEST_MPS: f64 = 70.0;

/// A jump is longer than this beyond the error of both fixes, metres.
const JUMP_M: f64 = 150.0;

/// A device clock may be ahead of ours by this much before it is set to ours, seconds.
const CLOCK_AHEAD_S: i64 = 5;

/// A fix older than this is history, not a position, seconds.
const OLDEST_FIX_S: i64 = 24 * 3600;

/// Worse than this is no satellite fix in a street but wireless networks or a telephone mast, metres.
const COARSE_M: f64 = 50.0;

/// Worse than this says less than the post of the unit does, metres: the width of a Polsek.
const USELESS_M: f64 = 3_000.0;

/// Error of a fix that does not say its own, metres: a telephone under open sky is within 5 to 15.
const UNSAID_M: f64 = 15.0;

/// A standing receiver wanders this far at least and at most without having moved, metres.
const WANDER_M: (f64, f64) = (10.0, 30.0);

/// A receiver that says it is faster than this is on its way, metres per second: a brisk walk.
const WALKING_MPS: f64 = 1.5;

/// A fix is adopted while standing when its error is this share of the held one's: the place is known better.
const BETTER: f64 = 0.7;

/// How fast a known place becomes unknown: of a unit that drove (50 km/h in a city), and of one that stood and
/// has most likely stood since, metres per second.
const DRIFT_MPS: (f64, f64) = (14.0, 1.0);

/// What became of a reported fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the unit's position now.
    Taken,
    /// Within the wander of a receiver that stands: the unit is where it was, seen just now.
    Still,
    /// Not newer than the one we have: for the track only.
    Late,
    /// So inexact that the place held says more.
    Coarse,
    /// Too far from the last one for the time between: held until a second fix agrees.
    Jump,
    /// Older than a day.
    Old,
    /// The telephone says that another program made the position up.
    Mocked,
    /// A point that is not in Indonesia; 0,0 of a receiver without a fix is one.
    Outside,
    /// The device says that it has no fix.
    NoFix,
    /// No such unit.
    Refused,
}

impl Verdict {
    /// Whether the unit was where the fix says, at that time.
    #[must_use]
    pub const fn is_true(self) -> bool {
        matches!(self, Self::Taken | Self::Still | Self::Late)
    }
}

/// How often each verdict was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdicts {
    /// Became the position.
    pub taken: u64,
    /// Stood within its wander.
    pub still: u64,
    /// Came after a newer one.
    pub late: u64,
    /// Too inexact.
    pub coarse: u64,
    /// Too far for the time between.
    pub jumps: u64,
    /// Older than a day.
    pub old: u64,
    /// Made up by another program.
    pub mocked: u64,
    /// Not in Indonesia.
    pub outside: u64,
    /// The device had no fix.
    pub no_fix: u64,
    /// Came from a clock that ran ahead, and was set to ours; also counted above.
    pub clock_ahead: u64,
}

impl Verdicts {
    /// Counts one.
    pub fn count(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Taken => &mut self.taken,
            Verdict::Still => &mut self.still,
            Verdict::Late => &mut self.late,
            Verdict::Coarse => &mut self.coarse,
            Verdict::Jump => &mut self.jumps,
            Verdict::Old => &mut self.old,
            Verdict::Mocked => &mut self.mocked,
            Verdict::Outside => &mut self.outside,
            Verdict::NoFix => &mut self.no_fix,
            Verdict::Refused => return,
        };
        *counter += 1;
    }
}

impl Verdicts {
    /// Each with its name.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u64); 10] {
        [
            ("taken", self.taken),
            ("still", self.still),
            ("late", self.late),
            ("coarse", self.coarse),
            ("jump", self.jumps),
            ("old", self.old),
            ("mocked", self.mocked),
            ("outside", self.outside),
            ("no_fix", self.no_fix),
            ("clock_ahead", self.clock_ahead),
        ]
    }
}

/// How fresh a unit's position is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Seen within a minute.
    Fresh,
    /// Not for a minute: shown, penalised, never "nearest" without a mark.
    Stale,
    /// Not for a quarter of an hour: the unit counts at its post.
    Lost,
    /// Never: the unit counts at its post.
    Never,
}

impl Freshness {
    /// Of a position at `now`.
    #[must_use]
    pub fn of(fix: Option<&Fix>, now: Timestamp) -> Self {
        match fix.map(|fix| now.secs_since(fix.at)) {
            None => Self::Never,
            Some(age) if age > LOST_AFTER_S => Self::Lost,
            Some(age) if age > STALE_AFTER_S => Self::Stale,
            Some(_) => Self::Fresh,
        }
    }
}

/// The last fix that was kept out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptOut {
    /// When it came, by our clock.
    pub at: Timestamp,
    /// Why.
    pub why: Verdict,
    /// How far from the position held, metres, where that can be said.
    pub away_m: Option<f64>,
    /// Its own error, metres, when it said so.
    pub accuracy_m: Option<f32>,
}

/// What is known of where one unit is, and how well its fixes come in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Motion {
    held: Option<Fix>,
    stands: bool,
    suspect: Option<Fix>,
    heard_at: Option<Timestamp>,
    kept_out: Option<KeptOut>,
    counts: Verdicts,
    clock_ahead_s: Option<f64>,
}

impl Motion {
    /// The position.
    #[must_use]
    pub const fn held(&self) -> Option<Fix> {
        self.held
    }

    /// Whether it was seen to stand.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.stands
    }

    /// When anything was heard of it, by our clock.
    #[must_use]
    pub const fn heard_at(&self) -> Option<Timestamp> {
        self.heard_at
    }

    /// The last fix that was kept out.
    #[must_use]
    pub const fn kept_out(&self) -> Option<KeptOut> {
        self.kept_out
    }

    /// How often each verdict was given.
    #[must_use]
    pub const fn counts(&self) -> Verdicts {
        self.counts
    }

    /// By how many seconds its clock ran ahead, when the last fix came from one that does.
    #[must_use]
    pub const fn clock_ahead_s(&self) -> Option<f64> {
        self.clock_ahead_s
    }

    /// Takes over a position of an earlier run of the server, as it was judged then.
    pub fn recall(&mut self, fix: Fix) {
        self.stands = fix.speed_mps.is_some() && is_slow(&fix);
        self.held = Some(fix);
    }

    /// Counts anew: a duty begins.
    pub fn begin(&mut self) {
        self.counts = Verdicts::default();
        self.kept_out = None;
    }

    /// Judges a fix, its time by the device's clock; `now` is ours.
    pub fn hear(&mut self, fix: Fix, now: Timestamp) -> Verdict {
        self.hear_shifted(fix, shift_us(fix.at, fix.at, now), now)
    }

    /// Judges a fix whose clock is to be set back by `ahead_us` (see [`shift_us`]).
    pub fn hear_shifted(&mut self, mut fix: Fix, ahead_us: i64, now: Timestamp) -> Verdict {
        fix.at.0 = fix.at.0.saturating_sub(ahead_us);
        self.clock_ahead_s = (ahead_us > 0).then(|| Timestamp(ahead_us).secs_since(Timestamp(0)));
        self.counts.clock_ahead += u64::from(ahead_us > 0);
        let away_m = self.held.map(|held| held.point().distance_m(fix.point()));
        let verdict = self.judge(fix, now);
        self.told(verdict, now, away_m, fix.accuracy_m);
        verdict
    }

    /// Counts a message that had no place to judge.
    pub fn note(&mut self, verdict: Verdict, now: Timestamp) {
        self.told(verdict, now, None, None);
    }

    fn told(&mut self, verdict: Verdict, now: Timestamp, away_m: Option<f64>, accuracy_m: Option<f32>) {
        self.heard_at = Some(now);
        self.counts.count(verdict);
        if !verdict.is_true() {
            self.kept_out = Some(KeptOut { at: now, why: verdict, away_m, accuracy_m });
        }
    }

    fn judge(&mut self, fix: Fix, now: Timestamp) -> Verdict {
        if fix.at < now.plus_secs(-OLDEST_FIX_S) {
            return Verdict::Old;
        }
        if error_m(&fix) > USELESS_M {
            return Verdict::Coarse;
        }
        let Some(held) = self.held else { return self.take(fix) };
        if fix.at <= held.at {
            return if error_m(&fix) > COARSE_M { Verdict::Coarse } else { Verdict::Late };
        }
        if self.says_less(&held, &fix) {
            return Verdict::Coarse;
        }
        let confirmed = self.suspect.is_some_and(|suspect| !is_jump(&suspect, &fix));
        if is_jump(&held, &fix) && !confirmed {
            self.suspect = Some(fix);
            return Verdict::Jump;
        }
        if wanders(&held, &fix) {
            // The place stays; that it was seen there is new.
            self.held = Some(Fix { at: fix.at, speed_mps: Some(0.0), ..held });
            (self.stands, self.suspect) = (true, None);
            return Verdict::Still;
        }
        self.take(fix)
    }

    fn take(&mut self, fix: Fix) -> Verdict {
        self.stands = fix.speed_mps.is_some() && is_slow(&fix);
        self.suspect = None;
        self.held = Some(fix);
        Verdict::Taken
    }

    /// Whether an inexact fix says less of where the unit is now than the held one does, whose place has
    /// become uncertain with time.
    fn says_less(&self, held: &Fix, fix: &Fix) -> bool {
        let drift = if self.stands { DRIFT_MPS.1 } else { DRIFT_MPS.0 };
        error_m(fix) > COARSE_M && error_m(fix) > error_m(held) + drift * fix.at.secs_since(held.at)
    }
}

/// Whether a fix tells of no movement: slow, of the same kind as the one held, its place not much better known,
/// and within the error of both.
fn wanders(held: &Fix, fix: &Fix) -> bool {
    let error = error_m(held).max(error_m(fix));
    let reach = if error > COARSE_M { error } else { error.clamp(WANDER_M.0, WANDER_M.1) };
    let alike = (error_m(held) > COARSE_M) == (error_m(fix) > COARSE_M);
    let better = error_m(held) > WANDER_M.0 && error_m(fix) < BETTER * error_m(held);
    is_slow(fix) && alike && !better && held.point().distance_m(fix.point()) <= reach
}

/// By how many microseconds the clock of a device is to be set back for a fix of `at` in a batch whose newest
/// is of `newest`: all by what the newest is ahead of ours, so that they keep their order and their distances
/// in time. What lies more than a day before the newest has another clock, and is judged alone.
#[must_use]
pub fn shift_us(at: Timestamp, newest: Timestamp, now: Timestamp) -> i64 {
    let ahead = |at: Timestamp| {
        let ahead = at.0.saturating_sub(now.0);
        if ahead > CLOCK_AHEAD_S * SECOND { ahead } else { 0 }
    };
    let of_one_clock = newest.0.saturating_sub(at.0) <= OLDEST_FIX_S * SECOND;
    if of_one_clock { ahead(newest) } else { ahead(at) }
}

/// Error of a fix, metres.
fn error_m(fix: &Fix) -> f64 {
    fix.accuracy_m.map_or(UNSAID_M, |said| if said >= 0.0 { f64::from(said) } else { UNSAID_M })
}

/// Whether it does not say that it is on its way.
fn is_slow(fix: &Fix) -> bool {
    fix.speed_mps.is_none_or(|mps| f64::from(mps) < WALKING_MPS)
}

fn is_jump(from: &Fix, to: &Fix) -> bool {
    let said = |fix: &Fix| fix.accuracy_m.map_or(0.0, |_| error_m(fix));
    let metres = from.point().distance_m(to.point()) - said(from) - said(to);
    metres > JUMP_M && metres > FASTEST_MPS * to.at.secs_since(from.at).abs()
}

#[cfg(test)]
#[path = "motion_tests.rs"]
mod tests;
