//! Trackers' words: the query or body of a position enters, [`Tracked`] leaves.
//!
//! Pure. Three dialects: `OsmAnd` as the Traccar client speaks it (query or form; JSON since its 9.0),
//! and `OwnTracks` over HTTP. Shapes after Traccar's `OsmAndProtocolDecoder` and the booklet of `OwnTracks`.
//! Numbers that are no numbers are refused by name; a fix that is a number but no use (mocked,
//! outside Indonesia) is counted and let go, so that a client that queues does not stick to it.

use super::json::{Node, too_deep};
use crate::model::clock::Timestamp;
use crate::model::place::{BadPoint, LngLat};
use crate::model::unit::Fix;

/// Metres per second of one knot.
const KNOT_MPS: f64 = 1852.0 / 3600.0;

/// Metres per second of one kilometre per hour.
pub(super) const KMH_MPS: f64 = 1.0 / 3.6;

/// Unix times above this are milliseconds: as seconds it is the year 5138.
const MILLIS_ABOVE: f64 = 1e11;

/// Characters of a device's name.
const MOST_ID: usize = 64;

/// What a tracker said.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// What it calls itself; none when the body did not say.
    pub device: Option<String>,
    /// Where it is; none when the message tells of something else, or the place is of no use.
    pub fix: Option<Fix>,
    /// Why there is no fix although there was a place.
    pub unusable: Option<Unusable>,
}

/// Why a readable place is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The telephone says that the position is made up by another program.
    Mocked,
    /// A real point, but not in Indonesia; 0,0 of a receiver without a fix is one.
    OutsideIndonesia,
    /// The device says that it has no fix.
    NoFix,
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTrack {
    /// Neither a query, a form nor a JSON object.
    #[error("the body is not a JSON object")]
    Malformed,
    /// A value that is not what it should be.
    #[error("{field}: {why}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}

const fn bad(field: &'static str, why: &'static str) -> BadTrack {
    BadTrack::Field { field, why }
}

/// Reads an `OsmAnd` query: `id` or `deviceid`, `lat` and `lon` or `location=lat,lon`, `timestamp`
/// (seconds, milliseconds or ISO 8601; left out: `now`), `speed` in knots, `bearing` or `heading`, `accuracy`.
///
/// # Errors
/// [`BadTrack`]: no place, or a value that is no number in its range.
pub fn osmand<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, now: Timestamp) -> Result<Tracked, BadTrack> {
    let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
    let find = |names: &[&str]| {
        pairs.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    };
    let device = find(&["id", "deviceid"]).map(device).transpose()?;
    let (lat, lon) = match find(&["location"]) {
        Some(both) => both.split_once(',').ok_or_else(|| bad("location", "`lat,lon` is wanted"))?,
        None => (
            find(&["lat"]).ok_or_else(|| bad("lat", "is missing"))?,
            find(&["lon", "lng"]).ok_or_else(|| bad("lon", "is missing"))?,
        ),
    };
    let said = Said {
        lat: number("lat", lat)?,
        lon: number("lon", lon)?,
        at: find(&["timestamp"]).map(instant).transpose()?.unwrap_or(now),
        accuracy_m: known("accuracy", find(&["accuracy"]))?,
        speed_mps: known("speed", find(&["speed"]))?.map(|knots| knots * KNOT_MPS),
        heading_deg: known("bearing", find(&["bearing", "heading"]))?,
        mocked: matches!(find(&["mock"]), Some("true" | "1")),
        fixed: !matches!(find(&["valid"]), Some("false" | "0")),
    };
    said.tracked(device)
}

/// Reads the JSON of newer Traccar clients: `{device_id, location: {timestamp, coords: {latitude,
/// longitude, accuracy, speed (m/s), heading}, mock}}`; −1 means unknown.
///
/// # Errors
/// As [`osmand`].
pub fn osmand_json(body: &[u8], now: Timestamp) -> Result<Tracked, BadTrack> {
    let text = object(body)?;
    let node = Node::read(text).ok_or(BadTrack::Malformed)?;
    let device = named(&node, &["device_id", "deviceId", "id"])?;
    let location = node.node("location").ok_or_else(|| bad("location", "an object is wanted"))?;
    let coords = location.node("coords").ok_or_else(|| bad("coords", "an object is wanted"))?;
    let said = Said {
        lat: number("latitude", coords.raw("latitude").ok_or_else(|| bad("latitude", "is missing"))?)?,
        lon: number("longitude", coords.raw("longitude").ok_or_else(|| bad("longitude", "is missing"))?)?,
        at: location.raw("timestamp").map(|raw| instant(raw.trim_matches('"'))).transpose()?.unwrap_or(now),
        accuracy_m: known("accuracy", coords.raw("accuracy"))?,
        speed_mps: known("speed", coords.raw("speed"))?,
        heading_deg: known("heading", coords.raw("heading"))?,
        mocked: location.is_true("mock") || coords.is_true("mock"),
        fixed: true,
    };
    said.tracked(device)
}

/// Reads an `OwnTracks` message: `_type: location` with `lat`, `lon`, `tst` (seconds), `vel` (km/h), `cog`,
/// `acc`; other types say nothing of a place. The device is the end of `topic`, else `tid`.
///
/// # Errors
/// As [`osmand`]; also no `_type`.
pub fn owntracks(body: &[u8], now: Timestamp) -> Result<Tracked, BadTrack> {
    let text = object(body)?;
    let node = Node::read(text).ok_or(BadTrack::Malformed)?;
    let device = match node.word("topic").as_deref().and_then(|topic| topic.rsplit('/').next()) {
        Some(end) if !end.is_empty() => Some(device(end)?),
        _ => named(&node, &["tid"])?,
    };
    match node.word("_type").as_deref() {
        None => return Err(bad("_type", "is missing")),
        Some("location") => {}
        Some(_) => return Ok(Tracked { device, fix: None, unusable: None }),
    }
    let said = Said {
        lat: number("lat", node.raw("lat").ok_or_else(|| bad("lat", "is missing"))?)?,
        lon: number("lon", node.raw("lon").ok_or_else(|| bad("lon", "is missing"))?)?,
        at: node.raw("tst").map(|raw| instant(raw.trim_matches('"'))).transpose()?.unwrap_or(now),
        accuracy_m: known("acc", node.raw("acc"))?,
        speed_mps: known("vel", node.raw("vel"))?.map(|kmh| kmh * KMH_MPS),
        heading_deg: known("cog", node.raw("cog"))?,
        mocked: false,
        fixed: true,
    };
    said.tracked(device)
}

/// A message as its dialect said it, in our units.
pub(super) struct Said {
    pub lat: f64,
    pub lon: f64,
    pub at: Timestamp,
    pub accuracy_m: Option<f64>,
    pub speed_mps: Option<f64>,
    pub heading_deg: Option<f64>,
    pub mocked: bool,
    pub fixed: bool,
}

impl Said {
    #[expect(clippy::cast_possible_truncation, reason = "metres, metres per second and degrees fit a single")]
    pub(super) fn tracked(self, device: Option<String>) -> Result<Tracked, BadTrack> {
        let useless = |unusable| Ok(Tracked { device: device.clone(), fix: None, unusable: Some(unusable) });
        match LngLat::checked(self.lon, self.lat) {
            Ok(_) if self.mocked => useless(Unusable::Mocked),
            Ok(_) if !self.fixed => useless(Unusable::NoFix),
            Err(BadPoint::OutsideIndonesia) => useless(Unusable::OutsideIndonesia),
            Err(BadPoint::Swapped) => Err(bad("lat", "latitude and longitude look swapped")),
            Err(BadPoint::NotFinite | BadPoint::OutOfRange) => Err(bad("lat", "lat is within ±90, lon within ±180")),
            Ok(at) => {
                let fix = Fix {
                    lng: at.lng,
                    lat: at.lat,
                    at: self.at,
                    accuracy_m: self.accuracy_m.map(|m| m as f32),
                    speed_mps: self.speed_mps.map(|mps| mps as f32),
                    heading_deg: self.heading_deg.map(|deg| deg.rem_euclid(360.0) as f32),
                };
                Ok(Tracked { device, fix: Some(fix), unusable: None })
            }
        }
    }
}

fn object(body: &[u8]) -> Result<&str, BadTrack> {
    let text = std::str::from_utf8(body).map_err(|_| BadTrack::Malformed)?;
    if too_deep(text) { Err(BadTrack::Malformed) } else { Ok(text) }
}

fn named(node: &Node<'_>, keys: &[&str]) -> Result<Option<String>, BadTrack> {
    let written = keys.iter().find_map(|key| node.raw(key).map(|raw| raw.trim_matches('"').to_owned()));
    written.filter(|name| !name.is_empty()).as_deref().map(device).transpose()
}

fn device(name: &str) -> Result<String, BadTrack> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_ID || name.chars().any(char::is_control) {
        return Err(bad("id", "1 to 64 characters, none of them a control character"));
    }
    Ok(name.to_owned())
}

fn number(field: &'static str, written: &str) -> Result<f64, BadTrack> {
    let number: Option<f64> = written.trim().trim_matches('"').parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| bad(field, "a finite number with a decimal point is wanted"))
}

/// A measure that may be missing or, below zero, unknown.
fn known(field: &'static str, written: Option<&str>) -> Result<Option<f64>, BadTrack> {
    let value = written.map(|written| number(field, written)).transpose()?;
    Ok(value.filter(|value| (0.0..1e6).contains(value)))
}

/// Seconds or milliseconds since 1970, RFC 3339, or `2026-11-22 09:00:00` in UTC.
fn instant(written: &str) -> Result<Timestamp, BadTrack> {
    let wrong = || bad("timestamp", "Unix seconds, milliseconds or RFC 3339 is wanted");
    if let Ok(at) = written.parse() {
        return Ok(at);
    }
    if let Ok(at) = format!("{}Z", written.replacen(' ', "T", 1)).parse() {
        return Ok(at);
    }
    let number: f64 = written.parse().map_err(|_| wrong())?;
    let secs = if number > MILLIS_ABOVE { number / 1000.0 } else { number };
    #[expect(clippy::cast_possible_truncation, reason = "within 10^18 microseconds")]
    (0.0..1e12).contains(&secs).then_some(Timestamp((secs * 1e6) as i64)).ok_or_else(wrong)
}

#[cfg(test)]
#[path = "gps_tests.rs"]
mod tests;
