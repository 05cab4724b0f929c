//! Hours and weekdays by the office's own clock, and the shifts they make. Instants enter.

use crate::model::clock::{SECOND, Timestamp};

/// Shifts of a day begin at this hour and last [`SHIFT_H`] hours each: 07–15, 15–23, 23–07.
pub const FIRST_SHIFT_H: i64 = 7;

/// Length of a shift, hours.
pub const SHIFT_H: i64 = 8;

/// Shifts of a week.
pub const SHIFTS_A_WEEK: i64 = 7 * 24 / SHIFT_H;

/// One hour, microseconds.
const HOUR: i64 = 3600 * SECOND;

/// An instant as the office's clock on the wall shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// Days since 1970-01-01.
    pub day: i64,
    /// 1 Monday to 7 Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

/// The wall clock of an office `offset_h` hours east of Greenwich.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "remainders of 7 and of 24")]
pub const fn local(at: Timestamp, offset_h: i32) -> Local {
    let hours = at.0.div_euclid(HOUR) + offset_h as i64;
    let day = hours.div_euclid(24);
    // 1970-01-01 was a Thursday.
    Local { day, weekday: (day + 3).rem_euclid(7) as u8 + 1, hour: hours.rem_euclid(24) as u8 }
}

/// Which hours and weekdays count; all of them unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    hours: Option<(u8, u8)>,
    weekdays: [bool; 7],
    offset_h: i32,
}

impl When {
    /// Every hour of every day.
    #[must_use]
    pub const fn always(offset_h: i32) -> Self {
        Self { hours: None, weekdays: [true; 7], offset_h }
    }

    /// `hours` as `22-5` (from 22.00 to before 05.00), `weekdays` as `1,2,7` (1 is Monday).
    ///
    /// # Errors
    /// The name of the parameter that is none.
    pub fn parse(hours: Option<&str>, weekdays: Option<&str>, offset_h: i32) -> Result<Self, &'static str> {
        let mut when = Self::always(offset_h);
        if let Some(text) = hours.filter(|text| !text.is_empty()) {
            let pair = text.split_once('-').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
            when.hours = Some(pair.filter(|(from, to): &(u8, u8)| *from < 24 && *to <= 24).ok_or("hours")?);
        }
        if let Some(text) = weekdays.filter(|text| !text.is_empty()) {
            when.weekdays = [false; 7];
            for word in text.split(',') {
                let number = word.trim().parse::<usize>().ok().filter(|n| (1..=7).contains(n)).ok_or("weekdays")?;
                when.weekdays[number - 1] = true;
            }
        }
        Ok(when)
    }

    /// Whether an instant counts.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.holds_day(at) && self.holds_hour(local(at, self.offset_h).hour)
    }

    /// Whether the day of an instant counts, whatever the hour.
    #[must_use]
    pub fn holds_day(&self, at: Timestamp) -> bool {
        self.weekdays[usize::from(local(at, self.offset_h).weekday) - 1]
    }

    /// Whether an hour of the day counts. `22-5` goes over midnight; `8-8` is the whole day.
    #[must_use]
    pub const fn holds_hour(&self, hour: u8) -> bool {
        match self.hours {
            None => true,
            Some((from, to)) if from < to => hour >= from && hour < to,
            Some((from, to)) => hour >= from || hour < to,
        }
    }
}

/// The number of the shift an instant belongs to, counted from 1970; three a day.
#[must_use]
pub const fn shift_of(at: Timestamp, offset_h: i32) -> i64 {
    (at.0.div_euclid(HOUR) + offset_h as i64 - FIRST_SHIFT_H).div_euclid(SHIFT_H)
}

/// When a shift begins.
#[must_use]
pub const fn shift_begins(number: i64, offset_h: i32) -> Timestamp {
    Timestamp((number * SHIFT_H + FIRST_SHIFT_H - offset_h as i64) * HOUR)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_clock_on_the_wall_is_the_offices() {
        // 2026-11-21 is a Saturday; 23:30 UTC is half past six on Sunday morning in Medan.
        let at: Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
        let wall = local(at, 7);
        assert_eq!((wall.weekday, wall.hour), (7, 6));
        assert_eq!(shift_begins(shift_of(at, 7), 7).to_string(), "2026-11-21T16:00:00.000000Z");
        assert_eq!(local(Timestamp(0), 0).weekday, 4);
    }

    #[test]
    fn a_stretch_of_hours_may_go_over_midnight() {
        let night = When::parse(Some("22-5"), Some("6,7"), 7).unwrap();
        let hours: Vec<u8> = (0..24).filter(|hour| night.holds_hour(*hour)).collect();
        assert_eq!(hours, [0, 1, 2, 3, 4, 22, 23]);
        assert!(night.holds("2026-11-21T16:00:00Z".parse().unwrap()), "Saturday, 23.00");
        assert!(!night.holds("2026-11-20T16:00:00Z".parse().unwrap()), "Friday, 23.00");
        for (hours, weekdays, field) in
            [("25-3", "1", "hours"), ("7", "1", "hours"), ("1-2", "0", "weekdays"), ("1-2", "x", "weekdays")]
        {
            assert_eq!(When::parse(Some(hours), Some(weekdays), 7), Err(field));
        }
    }

    proptest! {
        #[test]
        fn each_instant_lies_in_its_shift(us in -1_000_000_000_000_000_i64..4_000_000_000_000_000, offset in 7..=9_i32) {
            let at = Timestamp(us);
            let number = shift_of(at, offset);
            prop_assert!(shift_begins(number, offset) <= at && at < shift_begins(number + 1, offset));
            let hour = local(shift_begins(number, offset), offset).hour;
            prop_assert!([7, 15, 23].contains(&hour), "{}", hour);
        }
    }
}
