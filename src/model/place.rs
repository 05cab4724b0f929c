//! Where things are: points, boxes, distances, and a located place with its uncertainty.
//!
//! One [`LngLat`] for the whole program, longitude first as in GeoJSON. Other libraries order
//! differently; they are converted here and nowhere else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Mean earth radius R1 of GRS 80 (Moritz 2000), in metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Metres of one degree of latitude on the sphere of [`EARTH_RADIUS_M`].
pub const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// Indonesia with its waters, generously: what lies outside is never placed as certain.
pub const INDONESIA: BBox = BBox { west: 94.5, south: -11.5, east: 141.5, north: 6.5 };

/// A point on the earth, WGS 84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LngLat {
    /// Longitude, degrees east, −180 to 180.
    pub lng: f64,
    /// Latitude, degrees north, −90 to 90.
    pub lat: f64,
}

/// Why a pair of numbers is not a point we may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BadPoint {
    /// NaN or infinite.
    #[error("coordinates must be finite numbers")]
    NotFinite,
    /// Beyond ±180 / ±90.
    #[error("coordinates out of range: lng must be within ±180 and lat within ±90")]
    OutOfRange,
    /// Latitude and longitude look exchanged: the mirrored point lies in Indonesia.
    #[error("latitude and longitude look swapped")]
    Swapped,
    /// A real point, but not in Indonesia.
    #[error("the point lies outside Indonesia")]
    OutsideIndonesia,
}

impl LngLat {
    /// A point from raw numbers, without any judgement; see [`LngLat::checked`] for what comes from outside.
    #[must_use]
    pub const fn new(lng: f64, lat: f64) -> Self {
        Self { lng, lat }
    }

    /// A point that came from outside, checked.
    ///
    /// # Errors
    /// [`BadPoint`]: not finite, out of range, swapped, or outside Indonesia (which includes 0,0).
    pub fn checked(lng: f64, lat: f64) -> Result<Self, BadPoint> {
        if !lng.is_finite() || !lat.is_finite() {
            return Err(BadPoint::NotFinite);
        }
        // Indonesian longitudes are above 90, so an exchanged pair fails as a latitude: say so.
        if INDONESIA.contains(Self::new(lat, lng)) {
            return Err(BadPoint::Swapped);
        }
        if lng.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(BadPoint::OutOfRange);
        }
        let point = Self::new(lng, lat);
        if INDONESIA.contains(point) { Ok(point) } else { Err(BadPoint::OutsideIndonesia) }
    }

    /// Great-circle distance in metres (haversine on the mean sphere; within 0.5 % of the ellipsoid).
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let dlat = lat2 - lat1;
        let dlng = (other.lng - self.lng).to_radians();
        let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlng / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_M * a.sqrt().min(1.0).asin()
    }

    /// The point `east_m` and `north_m` metres away (flat around the point; good within 50 km).
    #[must_use]
    pub fn offset_m(self, east_m: f64, north_m: f64) -> Self {
        Self {
            lng: self.lng + east_m / (METRES_PER_DEGREE * self.lat.to_radians().cos()),
            lat: self.lat + north_m / METRES_PER_DEGREE,
        }
    }
}

/// A plane in metres around an origin (equirectangular): distances good to about 0.1 % within 50 km.
#[derive(Debug, Clone, Copy)]
pub struct Plane {
    origin: LngLat,
    metres_per_lng: f64,
}

impl Plane {
    /// A plane that touches the earth at `origin`.
    #[must_use]
    pub fn around(origin: LngLat) -> Self {
        Self { origin, metres_per_lng: METRES_PER_DEGREE * origin.lat.to_radians().cos() }
    }

    /// `[x, y]` in metres east and north of the origin.
    #[must_use]
    pub fn to_xy(&self, at: LngLat) -> [f64; 2] {
        [(at.lng - self.origin.lng) * self.metres_per_lng, (at.lat - self.origin.lat) * METRES_PER_DEGREE]
    }

    /// The point at `[x, y]` metres east and north of the origin.
    #[must_use]
    pub fn to_lnglat(&self, xy: [f64; 2]) -> LngLat {
        LngLat { lng: self.origin.lng + xy[0] / self.metres_per_lng, lat: self.origin.lat + xy[1] / METRES_PER_DEGREE }
    }
}

/// A box in degrees; edges belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BBox {
    /// Western edge, degrees.
    pub west: f64,
    /// Southern edge, degrees.
    pub south: f64,
    /// Eastern edge, degrees.
    pub east: f64,
    /// Northern edge, degrees.
    pub north: f64,
}

impl BBox {
    /// Whether `at` lies inside or on the edge.
    #[must_use]
    pub fn contains(&self, at: LngLat) -> bool {
        (self.west..=self.east).contains(&at.lng) && (self.south..=self.north).contains(&at.lat)
    }
}

/// How a place was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceSource {
    /// The reporter shared a location pin.
    Pin,
    /// Coordinates written in the text.
    Coordinates,
    /// A map link in the text.
    MapLink,
    /// A name found in the gazetteer.
    Gazetteer,
    /// An operator put it on the map.
    Operator,
    /// The telephone network said so, with the call.
    Network,
}

/// What a part of a phrase names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// The place itself.
    Name,
    /// The kelurahan or desa it lies in.
    Kelurahan,
    /// The kecamatan it lies in.
    Kecamatan,
    /// The kabupaten or kota it lies in.
    Regency,
    /// Another place of the phrase, beside it.
    Beside,
}

/// A part of a phrase and the name it was matched with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MatchedPart {
    /// What it names.
    pub part: PartKind,
    /// The gazetteer's name, never the reporter's words.
    pub name: String,
    /// How alike they are, 0 to 1, in hundredths.
    pub likeness: f64,
}

/// A located place: a point with an uncertainty, and why we believe it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Longitude, degrees.
    pub lng: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Radius within which the true place lies, metres.
    pub radius_m: f64,
    /// How it was found.
    pub source: PlaceSource,
    /// Name from the gazetteer (never words of the reporter).
    pub label: String,
    /// 0 to 1: how sure the locator is.
    pub confidence: f64,
    /// The parts that matched, for people.
    pub because: String,
    /// Which parts of the phrase matched which names; none for a bare point.
    #[serde(default)]
    pub parts: Vec<MatchedPart>,
}

impl Place {
    /// The point itself.
    #[must_use]
    pub const fn point(&self) -> LngLat {
        LngLat::new(self.lng, self.lat)
    }
}

/// Which Polsek and Polres a point belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Jurisdiction {
    /// Code of the Polres whose journal the report goes to.
    pub polres: String,
    /// Code of the Polsek.
    pub polsek: String,
    /// Code of the kelurahan or desa (Ministry of Home Affairs).
    pub desa_code: String,
    /// Name of the kelurahan or desa.
    pub kelurahan: String,
    /// Name of the kecamatan.
    pub kecamatan: String,
    /// Distance to the nearest border of the Polsek area, metres.
    pub border_distance_m: f64,
    /// Other Polsek within 300 m: real borders disagree between sources, never decide on a hard edge alone.
    pub neighbours: Vec<String>,
}
