//! `/v1/locate`, `/v1/jurisdiction` and `/v1/map`: names, areas, roads.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;
use tower_http::services::ServeFile;
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::reports::{PlaceCandidate, checked_point};
use crate::app::App;
use crate::model::jurisdiction::Office;
use crate::model::place::{BBox, INDONESIA, Jurisdiction, LngLat, Place};
use crate::runtime::reading::Asking;

/// Characters of a phrase that says a place.
pub(super) const MOST_PHRASE: usize = 500;

/// A phrase that says a place.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LocateQuery {
    /// The phrase, up to 500 characters.
    q: String,
    /// `lng,lat` the asker is roughly at.
    near: Option<String>,
}

/// What the phrase may mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocateAnswer {
    /// Best first.
    pub candidates: Vec<PlaceCandidate>,
    /// Two or more fit equally well.
    pub ambiguous: bool,
    /// The place, when certain enough for the map.
    pub place: Option<Place>,
    /// Why there is none.
    pub note: Option<String>,
}

/// Finds a place by words, coordinates or a map link. Of several places of one name those in the areas
/// of one's own office go first.
///
/// # Errors
/// 422 too long, or `near` is no point.
#[utoipa::path(get, path = "/v1/locate", tag = "places", params(LocateQuery),
    responses((status = 200, body = LocateAnswer), (status = 422, body = Problem)))]
pub async fn locate(
    State(app): State<App>,
    who: Who,
    Query(query): Query<LocateQuery>,
) -> Result<Json<LocateAnswer>, ApiError> {
    if query.q.chars().count() > MOST_PHRASE {
        return Err(ApiError::invalid("q", format!("at most {MOST_PHRASE} characters")));
    }
    let near = query.near.as_deref().map(near_point).transpose()?;
    let found = app.reader.find(&query.q, &Asking::by(&who.viewer.polres, None).near(near));
    Ok(Json(LocateAnswer {
        candidates: found.candidates.into_iter().take(10).map(PlaceCandidate::from).collect(),
        ambiguous: found.ambiguous,
        place: found.place,
        note: found.note,
    }))
}

fn near_point(text: &str) -> Result<LngLat, ApiError> {
    let pair = text.split_once(',').and_then(|(lng, lat)| Some((lng.parse().ok()?, lat.parse().ok()?)));
    let (lng, lat) = pair.ok_or_else(|| ApiError::invalid("near", "expected lng,lat"))?;
    checked_point(lng, lat)
}

/// A point.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PointQuery {
    /// Longitude, degrees.
    lng: f64,
    /// Latitude, degrees.
    lat: f64,
}

/// Whose area a point lies in.
///
/// # Errors
/// 404 nobody's here; 422 no usable point.
#[utoipa::path(get, path = "/v1/jurisdiction", tag = "places", params(PointQuery),
    responses((status = 200, body = Jurisdiction), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn jurisdiction(
    State(app): State<App>,
    _who: Who,
    Query(at): Query<PointQuery>,
) -> Result<Json<Jurisdiction>, ApiError> {
    let point = checked_point(at.lng, at.lat)?;
    app.areas.find(point).map(Json).ok_or_else(|| ApiError::not_found("area at this point"))
}

/// How the map begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapConfig {
    /// Where it looks.
    pub center: LngLat,
    /// How near.
    pub zoom: f64,
    /// West, south, east, north of the office's areas, degrees.
    pub bounds: [f64; 4],
    /// An own style, when one is configured.
    pub style: Option<String>,
    /// An own basemap, when one is configured.
    pub pmtiles: Option<String>,
    /// Areas and streets are invented.
    pub synthetic: bool,
}

/// How the map begins; open to everyone, so that the sign-in page can say that a city is invented.
///
/// # Errors
/// 404 no office yet.
#[utoipa::path(get, path = "/v1/map/config", tag = "places", responses((status = 200, body = MapConfig), (status = 404, body = Problem)))]
pub async fn map_config(State(app): State<App>, who: Result<Who, ApiError>) -> Result<Json<MapConfig>, ApiError> {
    let own = who.ok().and_then(|who| app.desks.get(&who.viewer.polres));
    let first = || app.desks.iter().min_by_key(|(code, _)| *code != &app.config.office.code).map(|(_, desk)| desk);
    let office = &own.or_else(first).ok_or_else(|| ApiError::not_found("office"))?.parts.office;
    let BBox { west, south, east, north } = app.areas.bounds(&office.code).unwrap_or(INDONESIA);
    let set = |text: &String| (!text.is_empty()).then(|| text.clone());
    Ok(Json(MapConfig {
        center: office.seat,
        zoom: 11.5,
        bounds: [west, south, east, north],
        style: set(&app.config.map.style).map(|_| "/v1/map/style.json".to_owned()),
        pmtiles: set(&app.config.map.pmtiles).map(|_| "/v1/map/basemap.pmtiles".to_owned()),
        synthetic: office.synthetic,
    }))
}

/// An own `MapLibre` style, when `map.style` names a file.
///
/// # Errors
/// 401; 404 none is configured.
#[utoipa::path(get, path = "/v1/map/style.json", tag = "places", responses((status = 200, description = "MapLibre style"), (status = 404, body = Problem)))]
pub async fn style(State(app): State<App>, who: Who, request: Request) -> Result<Response, ApiError> {
    own_file(&app, &who, &app.config.map.style, request).await
}

/// An own basemap, when `map.pmtiles` names a file; in ranges.
///
/// # Errors
/// 401; 404 none is configured.
#[utoipa::path(get, path = "/v1/map/basemap.pmtiles", tag = "places", responses((status = 200, description = "PMTiles"), (status = 206, description = "a range of it"), (status = 404, body = Problem)))]
pub async fn basemap(State(app): State<App>, who: Who, request: Request) -> Result<Response, ApiError> {
    own_file(&app, &who, &app.config.map.pmtiles, request).await
}

async fn own_file(app: &App, who: &Who, file: &str, request: Request) -> Result<Response, ApiError> {
    who.desk(app)?;
    if file.is_empty() {
        return Err(ApiError::not_found("file on this map"));
    }
    match ServeFile::new(file).oneshot(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(never) => match never {},
    }
}

/// The offices of this installation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offices {
    /// By name.
    pub items: Vec<Office>,
}

/// The offices a report can be handed to, and one's own.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/v1/offices", tag = "places", responses((status = 200, body = Offices), (status = 401, body = Problem)))]
pub async fn offices(State(app): State<App>, _who: Who) -> Json<Offices> {
    let mut items: Vec<Office> = app.desks.values().map(|desk| desk.parts.office.clone()).collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Json(Offices { items })
}

/// Kelurahan areas, and the borders of Polsek and Polres, as GeoJSON.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/v1/map/areas.geojson", tag = "places", responses((status = 200, description = "GeoJSON"), (status = 401, body = Problem)))]
pub async fn areas(State(app): State<App>, _who: Who, headers: HeaderMap) -> Response {
    layer(&app.map.areas, &headers)
}

/// Polsek borders and seats as GeoJSON.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/v1/map/polsek.geojson", tag = "places", responses((status = 200, description = "GeoJSON"), (status = 401, body = Problem)))]
pub async fn polseks(State(app): State<App>, _who: Who, headers: HeaderMap) -> Response {
    layer(&app.map.polseks, &headers)
}

/// Which roads.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RoadQuery {
    /// `arterial` or `street`.
    class: String,
}

/// Roads as GeoJSON lines.
///
/// # Errors
/// 401; 422 a class that is none.
#[utoipa::path(get, path = "/v1/map/roads.geojson", tag = "places", params(RoadQuery),
    responses((status = 200, description = "GeoJSON"), (status = 422, body = Problem)))]
pub async fn roads(
    State(app): State<App>,
    _who: Who,
    Query(query): Query<RoadQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    match query.class.as_str() {
        "arterial" => Ok(layer(&app.map.arterials, &headers)),
        "street" => Ok(layer(&app.map.streets, &headers)),
        _ => Err(ApiError::invalid("class", "arterial or street")),
    }
}

/// Named places as GeoJSON points.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/v1/map/places.geojson", tag = "places", responses((status = 200, description = "GeoJSON"), (status = 401, body = Problem)))]
pub async fn places(State(app): State<App>, _who: Who, headers: HeaderMap) -> Response {
    layer(&app.map.places, &headers)
}

/// A map layer kept ready: its bytes and what they are known by.
#[derive(Debug, Clone)]
pub struct Layer {
    bytes: Bytes,
    etag: Arc<str>,
}

impl Layer {
    /// A layer of GeoJSON text.
    #[must_use]
    pub fn new(geojson: String) -> Self {
        use sha2::{Digest, Sha256};
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(geojson.as_bytes())[..8]));
        Self { bytes: Bytes::from(geojson), etag: etag.into() }
    }
}

pub(super) fn layer(layer: &Layer, headers: &HeaderMap) -> Response {
    let etag = HeaderValue::from_str(&layer.etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let json = HeaderValue::from_static("application/geo+json");
    let cache = HeaderValue::from_static("private, no-cache");
    let headers = [(header::CONTENT_TYPE, json), (header::ETAG, etag), (header::CACHE_CONTROL, cache)];
    (headers, layer.bytes.clone()).into_response()
}
