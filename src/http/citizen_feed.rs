//! `/v1/citizen/feed` and `/v1/citizen/traffic`: what anybody may know, without a login. Which of it, and
//! how coarse, is decided in [`crate::insight::feed`].

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::citizen::home_office;
use super::citizen_auth::Citizen;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::places::layer;
use super::reports::checked_point;
use crate::app::App;
use crate::dispatch::desk::Desk;
use crate::insight::feed::{self, FeedItem, Happening};
use crate::model::clock::Timestamp;
use crate::model::incident::Disposition;
use crate::model::incident::{Handling, Incident, IncidentState};
use crate::model::place::PlaceSource;

/// How long an answer is good for everybody, seconds: strangers cannot make the desks busy.
const GOOD_FOR_S: f64 = 10.0;

/// What the desks said last.
#[derive(Debug, Default)]
pub struct Told(Mutex<Option<(Timestamp, Arc<Vec<Happening>>)>>);

impl Told {
    async fn happenings(&self, app: &App) -> Result<Arc<Vec<Happening>>, ApiError> {
        let now = app.clock.now();
        if let Some((at, known)) = &*self.0.lock()
            && (0.0..GOOD_FOR_S).contains(&now.secs_since(*at))
        {
            return Ok(known.clone());
        }
        let mut all = Vec::new();
        for desk in app.desks.values() {
            all.extend(desk.look(happenings).await?);
        }
        let all = Arc::new(all);
        *self.0.lock() = Some((now, all.clone()));
        Ok(all)
    }
}

fn happenings(desk: &Desk) -> Vec<Happening> {
    desk.incidents.values().filter(|incident| is_true(incident)).map(happening).collect()
}

/// What turned out to be nothing, or to have been told before, has not happened.
fn is_true(incident: &Incident) -> bool {
    let nothing = |disposition| {
        matches!(
            disposition,
            Disposition::Unfounded | Disposition::Prank | Disposition::Duplicate | Disposition::Cancelled
        )
    };
    !matches!(incident.handling, Handling::Closed { disposition } if nothing(disposition))
}

fn happening(incident: &Incident) -> Happening {
    let place = &incident.place;
    let is_street = |name: &str| ["Jl.", "Jalan ", "Simpang ", "Tol "].iter().any(|start| name.starts_with(start));
    let named = place.source == PlaceSource::Gazetteer && is_street(&place.label);
    Happening {
        category: incident.category,
        at: place.point(),
        street: named.then(|| place.label.clone()),
        kelurahan: incident.jurisdiction.as_ref().map(|j| j.kelurahan.clone()),
        kecamatan: incident.jurisdiction.as_ref().map(|j| j.kecamatan.clone()),
        received_at: incident.received_at,
        closed_at: incident.closed_at,
        attended: incident.state == IncidentState::OnScene,
    }
}

/// What happens and has lately happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    /// Newest first; for a point, nearest first.
    pub items: Vec<FeedItem>,
    /// Server clock.
    pub now: Timestamp,
}

/// What happens in the city: no persons, no exact places, nothing about crime.
///
/// # Errors
/// 503.
#[utoipa::path(get, path = "/v1/citizen/feed", tag = "citizen", responses((status = 200, body = Feed)))]
pub async fn feed(State(app): State<App>) -> Result<Json<Feed>, ApiError> {
    let now = app.clock.now();
    let happenings = app.told.happenings(&app).await?;
    Ok(Json(Feed { items: named(&app, feed::feed(&happenings, now)), now }))
}

/// With the names of the office at home here.
fn named(app: &App, mut items: Vec<FeedItem>) -> Vec<FeedItem> {
    if let Some(desk) = app.desks.get(&home_office(app)) {
        let rules = desk.parts.rules.now();
        for item in &mut items {
            rules.categories.name(item.category).clone_into(&mut item.label);
        }
    }
    items
}

/// Which layer.
#[derive(Debug, Deserialize, IntoParams)]
pub struct MapQuery {
    /// `areas` (kelurahan), `arterial` or `street` (roads).
    layer: String,
}

/// What a small map of the city is drawn from, as GeoJSON.
///
/// # Errors
/// 401 nobody is logged in; 422 a layer that is none.
#[utoipa::path(get, path = "/v1/citizen/map.geojson", tag = "citizen", params(MapQuery),
    responses((status = 200, description = "GeoJSON"), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn map(
    State(app): State<App>,
    _citizen: Citizen,
    Query(query): Query<MapQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = match query.layer.as_str() {
        "areas" => &app.map.areas,
        "arterial" => &app.map.arterials,
        "street" => &app.map.streets,
        _ => return Err(ApiError::invalid("layer", "areas, arterial or street")),
    };
    Ok(layer(found, &headers))
}

/// Where somebody is.
#[derive(Debug, Deserialize, IntoParams)]
pub struct NearQuery {
    /// `lng,lat`: the nearest first, up to 10 km; left out, all of it.
    near: Option<String>,
}

/// Accidents, congestion, fallen trees and floods on the roads now.
///
/// # Errors
/// 422 a point that cannot be.
#[utoipa::path(get, path = "/v1/citizen/traffic", tag = "citizen", params(NearQuery),
    responses((status = 200, body = Feed), (status = 422, body = Problem)))]
pub async fn traffic(State(app): State<App>, Query(query): Query<NearQuery>) -> Result<Json<Feed>, ApiError> {
    let now = app.clock.now();
    let wrong = || ApiError::invalid("near", "expected lng,lat");
    let near = match query.near.as_deref().filter(|near| !near.is_empty()) {
        None => None,
        Some(near) => {
            let (lng, lat) = near.split_once(',').ok_or_else(wrong)?;
            let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
            Some(checked_point(number(lng)?, number(lat)?)?)
        }
    };
    let happenings = app.told.happenings(&app).await?;
    Ok(Json(Feed { items: named(&app, feed::traffic(&happenings, near, now)), now }))
}
