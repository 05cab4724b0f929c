//! The telephone exchange's word about a call: a raw JSON body enters, a [`CallNotice`] leaves.
//!
//! Pure. A call is never lost for a poor detail: numbers that are no place, a clock that cannot be
//! read or a withheld caller are said beside the notice. Refused is only what names no call.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::{Node, too_deep, without_nan};
use super::pidf;
use crate::model::call::{CallNews, PlaceProblem};
use crate::model::clock::Timestamp;
use crate::model::place::{BadPoint, LngLat};

/// Characters of the exchange's name for a call (a SIP Call-ID is rarely above 100).
const MOST_ID: usize = 255;

/// Characters of the name of a line.
const MOST_LINE: usize = 64;

/// Uncertainty of a network's place that says none, metres: a cell in a city.
const UNSAID_M: f64 = 500.0;

/// Uncertainties are taken between these, metres.
const NARROWEST_M: f64 = 10.0;
const WIDEST_M: f64 = 50_000.0;

/// Unix times above this are milliseconds: as seconds it is the year 5138.
const MILLIS_ABOVE: f64 = 1e11;

/// Digits of a telephone number with its country (E.164: 15 at most).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Words exchanges write for a withheld number.
const WITHHELD: [&str; 7] = ["anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "invalid"];

/// What the exchange said of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallNotice {
    /// The exchange's own name of the call: what duplicates are recognised by.
    pub call_id: String,
    /// What happened.
    pub news: CallNews,
    /// Who calls.
    pub caller: Caller,
    /// The line that was called; empty when the body did not say.
    pub line: String,
    /// When, by the exchange; none when it did not say, or not readably.
    pub at: Option<Timestamp>,
    /// It said when, but not as an instant.
    pub time_problem: bool,
    /// Where the telephone network says it is.
    pub place: Option<NetworkPlace>,
    /// Why what came as a place is none.
    pub place_problem: Option<PlaceProblem>,
}

/// A place as a telephone network knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetworkPlace {
    /// The middle.
    pub at: LngLat,
    /// Uncertainty, metres.
    pub radius_m: f64,
}

impl NetworkPlace {
    /// A place with an uncertainty that may be missing or nonsense.
    pub(super) fn new(at: LngLat, radius_m: Option<f64>) -> Self {
        let said = radius_m.filter(|radius| radius.is_finite() && *radius > 0.0);
        Self { at, radius_m: said.unwrap_or(UNSAID_M).clamp(NARROWEST_M, WIDEST_M) }
    }
}

/// Who calls, as far as the exchange says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caller {
    /// The number with its country, digits only (`6281234567890`); none when withheld or no number.
    pub number: Option<String>,
    /// As the exchange wrote it; people's data.
    pub given: String,
}

/// Why a body names no call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNotice {
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    Malformed,
    /// A value without which there is no call.
    #[error("{why}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Reads one body.
///
/// # Errors
/// [`BadNotice`]: not an object, or `call_id`, `event` or `line` cannot be used.
pub fn parse(body: &[u8]) -> Result<CallNotice, BadNotice> {
    let text = std::str::from_utf8(body).map_err(|_| BadNotice::Malformed)?;
    if too_deep(text) {
        return Err(BadNotice::Malformed);
    }
    let mended = without_nan(text);
    let had_nan = matches!(mended, std::borrow::Cow::Owned(_));
    let node = Node::read(&mended).ok_or(BadNotice::Malformed)?;
    let (at, time_problem) = match node.raw("at") {
        None => (None, false),
        Some(raw) => instant(raw).map_or((None, true), |at| (Some(at), false)),
    };
    let (place, place_problem) = match place(&node, had_nan) {
        Ok(place) => (place, None),
        Err(problem) => (None, Some(problem)),
    };
    Ok(CallNotice {
        call_id: call_id(&node)?,
        news: news(&node)?,
        caller: caller(&node),
        line: line(&node)?,
        at,
        time_problem,
        place,
        place_problem,
    })
}

fn call_id(node: &Node<'_>) -> Result<String, BadNotice> {
    let bad = |why| BadNotice::Field { field: "call_id", why };
    let id = node.word("call_id").ok_or_else(|| bad("the exchange's own id of the call is wanted, as text"))?;
    if id.chars().count() > MOST_ID || id.chars().any(char::is_control) {
        return Err(bad("at most 255 characters, none of them a control character"));
    }
    Ok(id)
}

fn news(node: &Node<'_>) -> Result<CallNews, BadNotice> {
    match node.text("event").as_deref() {
        Some("ringing") => Ok(CallNews::Ringing),
        Some("answered") => Ok(CallNews::Answered),
        Some("ended") => Ok(CallNews::Ended),
        _ => Err(BadNotice::Field { field: "event", why: "one of ringing, answered, ended is wanted" }),
    }
}

fn line(node: &Node<'_>) -> Result<String, BadNotice> {
    let line = node.text("line").unwrap_or_default().trim().to_owned();
    if line.chars().count() > MOST_LINE || line.chars().any(char::is_control) {
        return Err(BadNotice::Field { field: "line", why: "at most 64 characters, none of them a control character" });
    }
    Ok(line)
}

/// `From` can be forged: what the network asserts (P-Asserted-Identity) comes first, when it is a number.
fn caller(node: &Node<'_>) -> Caller {
    let (asserted, given) = (node.word("asserted"), node.word("caller"));
    let sure = asserted.as_deref().and_then(number);
    let said = || given.as_deref().and_then(number);
    Caller { number: sure.or_else(said), given: asserted.or(given).unwrap_or_default() }
}

/// The digits of a telephone number with its country, from any of the ways exchanges write it:
/// `+62 812…`, `62812…`, `0812…`, `tel:…`, `"Name" <sip:0812…@host>`. None for withheld numbers and
/// for local ones without an area.
#[must_use]
pub fn number(written: &str) -> Option<String> {
    let inner = written.split_once('<').map_or(written, |(_, rest)| rest.split('>').next().unwrap_or_default());
    let bare = inner.trim();
    let bare = ["sips:", "sip:", "tel:"]
        .iter()
        .find_map(|scheme| {
            bare.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)).and(bare.get(scheme.len()..))
        })
        .unwrap_or(bare);
    let user = bare.split(['@', ';', '?']).next().unwrap_or_default().replace("%2B", "+").replace("%2b", "+");
    let user = user.trim();
    if WITHHELD.iter().any(|word| user.eq_ignore_ascii_case(word)) {
        return None;
    }
    let (plus, rest) = user.strip_prefix('+').map_or((false, user), |rest| (true, rest));
    let digits: String = rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let full = with_country(plus, digits);
    (DIGITS.contains(&full.len()) && !full.starts_with('0') && !full.starts_with("620")).then_some(full)
}

/// Indonesia's numbers begin with 0 at home and with 62 abroad; mobile ones with 8 behind it.
fn with_country(plus: bool, digits: String) -> String {
    if plus {
        return digits;
    }
    if let Some(abroad) = digits.strip_prefix("00") {
        return abroad.to_owned();
    }
    if let Some(home) = digits.strip_prefix('0') {
        return format!("62{home}");
    }
    let length = digits.len();
    if digits.starts_with('8') && (9..=12).contains(&length) {
        return format!("62{digits}");
    }
    // Without a country and without an area it could be anybody's.
    if length < 10 { String::new() } else { digits }
}

/// Whether a number could have WhatsApp: Indonesian ones only when they are mobile.
#[must_use]
pub fn may_have_whatsapp(digits: &str) -> bool {
    digits.strip_prefix("62").is_none_or(|rest| rest.starts_with('8'))
}

fn instant(raw: &str) -> Option<Timestamp> {
    let text = raw.trim_matches('"');
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let number: f64 = text.parse().ok()?;
    let secs = if number > MILLIS_ABOVE { number / 1000.0 } else { number };
    // From 2001 to 2286: what lies outside is no time of a call.
    #[expect(clippy::cast_possible_truncation, reason = "within 10^16 microseconds")]
    (1e9..1e10).contains(&secs).then_some(Timestamp((secs * 1e6) as i64))
}

/// `lng` and `lat` when they are there, else the location document.
fn place(node: &Node<'_>, had_nan: bool) -> Result<Option<NetworkPlace>, PlaceProblem> {
    let real = |key| node.raw(key).map(|raw| raw.trim_matches('"').trim().parse::<f64>().ok());
    match (real("lng"), real("lat")) {
        (None, None) if had_nan && node.raw("geolocation").is_none() => Err(BadPoint::NotFinite.into()),
        (None, None) => node.word("geolocation").map(|document| document_place(&document)).transpose(),
        (Some(Some(lng)), Some(Some(lat))) => {
            Ok(Some(NetworkPlace::new(LngLat::checked(lng, lat)?, real("accuracy_m").flatten())))
        }
        _ if had_nan => Err(BadPoint::NotFinite.into()),
        _ => Err(PlaceProblem::Incomplete),
    }
}

/// A PIDF-LO document, alone or inside a SIP body, as text or as base64 of it.
fn document_place(document: &str) -> Result<NetworkPlace, PlaceProblem> {
    if document.contains('<') {
        return pidf::place(document);
    }
    let packed: String = document.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = STANDARD.decode(packed).map_err(|_| PlaceProblem::Unreadable)?;
    pidf::place(&String::from_utf8_lossy(&bytes))
}

#[cfg(test)]
#[path = "call_center_tests.rs"]
mod tests;
