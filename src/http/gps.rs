//! `/v1/gps/…` and `/v1/units/{id}/trackers`: positions as trackers and telephones send them.
//!
//! Clients of these protocols keep what was not taken and send it again, before anything newer. So what
//! can be read is answered 200 with what became of it, also when it is of no use; refused is what
//! cannot be read, and a tracker nobody knows.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Who, bearer};
use super::error::{ApiError, Problem};
use super::extract::{Json, Path, Raw};
use super::units::PositionsTaken;
use crate::app::App;
use crate::channels::gps::{self, BadTrack, Tracked};
use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::viewer::Scope;
use crate::runtime::trackers::{Dialect, KnownTracker};

/// Trackers in one unit, at most.
const MOST_TRACKERS: usize = 8;

/// A fix as the `OsmAnd` protocol says it: `?id=&lat=&lon=&timestamp=&speed=&bearing=&accuracy=&batt=`.
///
/// # Errors
/// 404 no such tracker; 422 naming the parameter.
#[utoipa::path(get, path = "/v1/gps/osmand", tag = "gps",
    responses((status = 200, body = PositionsTaken), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn osmand(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<PositionsTaken>, ApiError> {
    let tracked = read_query(&app, &query.unwrap_or_default())?;
    take(&app, &headers, tracked, Dialect::Osmand).await.map(Json)
}

/// The same as a form, or the JSON of newer clients.
///
/// # Errors
/// 400 neither; 404 no such tracker; 422 naming the value.
#[utoipa::path(post, path = "/v1/gps/osmand", tag = "gps",
    responses((status = 200, body = PositionsTaken), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn osmand_post(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Json<PositionsTaken>, ApiError> {
    let tracked = if body.trim_ascii_start().starts_with(b"{") {
        gps::osmand_json(&body, app.clock.now()).map_err(refusal)?
    } else {
        let form = std::str::from_utf8(&body).map_err(|_| refusal(BadTrack::Malformed))?;
        read_query(&app, &format!("{}&{form}", query.unwrap_or_default()))?
    };
    take(&app, &headers, tracked, Dialect::Osmand).await.map(Json)
}

/// A message of `OwnTracks` over HTTP. The tracker is the user of HTTP Basic, `X-Limit-D`, the end of `topic`,
/// or `tid`, whichever comes first.
///
/// # Errors
/// 400 no JSON object; 404 no such tracker; 422 naming the value.
#[utoipa::path(post, path = "/v1/gps/owntracks", tag = "gps",
    responses((status = 200, body = [Object], description = "nothing for the device"), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn owntracks(State(app): State<App>, headers: HeaderMap, Raw(body): Raw) -> Result<Json<[(); 0]>, ApiError> {
    let mut tracked = gps::owntracks(&body, app.clock.now()).map_err(refusal)?;
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    tracked.device = basic_user(&headers).or_else(|| header("x-limit-d")).or(tracked.device);
    take(&app, &headers, tracked, Dialect::Owntracks).await?;
    Ok(Json([]))
}

/// The names of the trackers in a unit.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackersOfUnit {
    /// IMEI, or the identifier typed into the app; up to 8 of 1 to 64 characters.
    pub items: Vec<String>,
}

/// The trackers of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trackers {
    /// By name.
    pub items: Vec<KnownTracker>,
    /// Since when they are listened to: the start of the server. Who was not heard may be silent for longer.
    pub since: Timestamp,
    /// Our clock.
    pub at: Timestamp,
}

/// Every tracker of the office, and when it was last heard.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(get, path = "/v1/trackers", tag = "gps", operation_id = "office_trackers",
    responses((status = 200, body = Trackers), (status = 403, body = Problem)))]
pub async fn of_office(State(app): State<App>, who: Who) -> Result<Json<Trackers>, ApiError> {
    who.admin()?;
    let (items, since) = app.trackers.of_office(&who.viewer.polres);
    Ok(Json(Trackers { items, since, at: app.clock.now() }))
}

/// The trackers in a unit.
///
/// # Errors
/// 403 not an administrator; 404.
#[utoipa::path(get, path = "/v1/units/{id}/trackers", tag = "gps", params(("id" = UnitId, Path)),
    responses((status = 200, body = TrackersOfUnit), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn trackers(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
) -> Result<Json<TrackersOfUnit>, ApiError> {
    who.admin()?;
    super::units::find(who.desk(&app)?, id).await?;
    Ok(Json(TrackersOfUnit { items: app.trackers.of(id) }))
}

/// Says which trackers sit in a unit. One that sat in another is moved.
///
/// # Errors
/// 403 not an administrator; 404; 422.
#[utoipa::path(put, path = "/v1/units/{id}/trackers", tag = "gps", params(("id" = UnitId, Path)), request_body = TrackersOfUnit,
    responses((status = 200, body = TrackersOfUnit), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_trackers(
    State(app): State<App>,
    who: Who,
    Path(id): Path<UnitId>,
    Json(wanted): Json<TrackersOfUnit>,
) -> Result<Json<TrackersOfUnit>, ApiError> {
    who.admin()?;
    super::units::find(who.desk(&app)?, id).await?;
    if wanted.items.len() > MOST_TRACKERS {
        return Err(ApiError::invalid("items", "at most 8 trackers in a unit"));
    }
    let mut names: Vec<String> = wanted.items.iter().map(|name| name.trim().to_owned()).collect();
    if names.iter().any(|name| name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control)) {
        return Err(ApiError::invalid("items", "names of 1 to 64 characters"));
    }
    names.sort_unstable();
    names.dedup();
    app.trackers.replace(&who.viewer.polres, id, &names).await?;
    Ok(Json(TrackersOfUnit { items: app.trackers.of(id) }))
}

fn read_query(app: &App, query: &str) -> Result<Tracked, ApiError> {
    let pairs: Vec<(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)> =
        form_urlencoded::parse(query.as_bytes()).collect();
    gps::osmand(pairs.iter().map(|(name, value)| (&**name, &**value)), app.clock.now()).map_err(refusal)
}

fn refusal(bad: BadTrack) -> ApiError {
    match bad {
        BadTrack::Malformed => ApiError::new(StatusCode::BAD_REQUEST, "malformed", bad.to_string()),
        BadTrack::Field { field, why } => ApiError::invalid(field, why),
    }
}

/// Whose fix it is: the unit of the token it came with, else the unit its tracker sits in.
async fn take(app: &App, headers: &HeaderMap, tracked: Tracked, dialect: Dialect) -> Result<PositionsTaken, ApiError> {
    let (polres, unit) = if let Some(who) = bearer(app, headers).await? {
        let Scope::Unit(unit) = who.viewer.scope else {
            return Err(ApiError::forbidden("only the token of a unit reports its position"));
        };
        (who.viewer.polres, unit)
    } else {
        let device = tracked.device.as_deref().ok_or_else(|| ApiError::invalid("id", "is missing"))?;
        app.trackers.find(device).await.ok_or_else(|| ApiError::not_found("tracker"))?
    };
    let mut taken = PositionsTaken::default();
    if let Some(device) = tracked.device.as_deref() {
        app.trackers.hear(device, dialect);
    }
    if let Some(fix) = tracked.fix {
        taken.count(app.trackers.report(&polres, unit, fix));
    } else if let Some(why) = tracked.unusable {
        taken.count(app.trackers.note(&polres, unit, why));
    }
    Ok(taken)
}

/// The user of HTTP Basic: `OwnTracks` sends the name of the account there.
fn basic_user(headers: &HeaderMap) -> Option<String> {
    let coded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let both = String::from_utf8(STANDARD.decode(coded).ok()?).ok()?;
    both.split_once(':').map(|(user, _)| user.to_owned()).filter(|user| !user.is_empty())
}
