//! Instants and where they come from. Time is an argument everywhere else.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: microseconds since 1970-01-01 UTC. Written as RFC 3339 on every wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// One second in the unit of [`Timestamp`].
pub const SECOND: i64 = 1_000_000;

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

impl Timestamp {
    /// From whole seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// Microseconds since 1970, as stored.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `secs` seconds.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(SECOND)))
    }

    /// Seconds from `earlier` to this instant (negative when it is later).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "spans of a service desk are far below 2^53 us")]
    pub fn secs_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1e6
    }

    /// The calendar day `YYYYMMDD` at `utc_offset_h` hours east of Greenwich.
    #[must_use]
    pub fn local_day(self, utc_offset_h: i32) -> u32 {
        let local = self.plus_secs(i64::from(utc_offset_h) * 3600).to_datetime();
        u32::try_from(local.year()).unwrap_or(0) * 10_000 + local.month() * 100 + local.day()
    }

    /// The midnight with which a calendar day `YYYYMMDD` begins at `utc_offset_h` hours east of
    /// Greenwich; none for a day that is none.
    #[must_use]
    pub fn day_begins(day: u32, utc_offset_h: i32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(i32::try_from(day / 10_000).ok()?, day / 100 % 100, day % 100)?;
        let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
        Some(Self::from_secs(midnight - i64::from(utc_offset_h) * 3600))
    }

    /// The midnight with which it ends.
    #[must_use]
    pub fn day_ends(day: u32, utc_offset_h: i32) -> Option<Self> {
        Some(Self::day_begins(day, utc_offset_h)?.plus_secs(24 * 3600))
    }

    /// The calendar day `2026-11-21` at `utc_offset_h` hours east of Greenwich.
    #[must_use]
    pub fn local_date(self, utc_offset_h: i32) -> String {
        self.plus_secs(i64::from(utc_offset_h) * 3600).to_datetime().format("%Y-%m-%d").to_string()
    }

    /// The day `22 November 2026`, as Indonesians write it, at `utc_offset_h` hours east of Greenwich.
    #[must_use]
    pub fn local_date_in_words(self, utc_offset_h: i32) -> String {
        let day = self.local_day(utc_offset_h);
        let month = MONTHS.get((day / 100 % 100).saturating_sub(1) as usize).copied().unwrap_or_default();
        format!("{} {month} {}", day % 100, day / 10_000)
    }

    /// The time of day `14.05`, as Indonesians write it, at `utc_offset_h` hours east of Greenwich.
    #[must_use]
    pub fn local_clock(self, utc_offset_h: i32) -> String {
        self.plus_secs(i64::from(utc_offset_h) * 3600).to_datetime().format("%H.%M").to_string()
    }

    fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(DateTime::parse_from_rfc3339(text)?.timestamp_micros()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// Where the present moment comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// A clock that is turned by hand: tests and rehearsals.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Turns the clock forward by `secs` seconds.
    pub fn advance(&self, secs: i64) {
        self.0.fetch_add(secs * SECOND, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_at_the_midnights_of_the_office() {
        let begins = Timestamp::day_begins(20_261_121, 7).unwrap();
        assert_eq!(begins.to_string(), "2026-11-20T17:00:00.000000Z");
        assert_eq!(begins.local_day(7), 20_261_121);
        assert_eq!(begins.local_date_in_words(7), "21 November 2026");
        assert_eq!(begins.plus_secs(-1).local_day(7), 20_261_120);
        assert_eq!(Timestamp::day_ends(20_261_231, 9), Timestamp::day_begins(20_270_101, 9));
        assert_eq!(Timestamp::day_begins(20_260_230, 7), None);
        assert_eq!(Timestamp::day_begins(0, 7), None);
    }
}
