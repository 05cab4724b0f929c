//! The offices, their areas and names of places, as imported, and large objects made from imports.
//!
//! An import replaces what an office had in one job: readers see the old map or the new one.

use geo::MultiPolygon;

use super::lists::one_row;
use super::value::{json, params};
use super::{Row, Statement, Store, StoreError, Value};
use crate::locate::gazetteer_entry::GazetteerEntry;
use crate::model::clock::Timestamp;
use crate::model::jurisdiction::{Area, Office, Polsek};
use crate::model::place::LngLat;

/// Rows written by one statement.
const CHUNK: usize = 500;

/// Records an office or replaces what is known of it.
#[must_use]
pub fn upsert_office(office: &Office) -> Statement {
    Statement::one(
        "INSERT INTO offices (code, name, prefix, utc_offset_h, lng, lat, synthetic) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, prefix = excluded.prefix,
            utc_offset_h = excluded.utc_offset_h, lng = excluded.lng, lat = excluded.lat, synthetic = excluded.synthetic",
        params![
            &office.code, &office.name, &office.prefix, office.utc_offset_h, office.seat.lng, office.seat.lat,
            office.synthetic,
        ],
    )
}

/// Replaces the Polsek of an office.
#[must_use]
pub fn replace_polseks(polres: &str, polseks: &[Polsek]) -> Vec<Statement> {
    let mut job = vec![Statement::one("DELETE FROM polseks WHERE polres = $1", params![polres])];
    job.extend(polseks.iter().map(|polsek| {
        let sql = "INSERT INTO polseks (polres, code, name, lng, lat) VALUES ($1, $2, $3, $4, $5)";
        Statement::one(sql, params![polres, &polsek.code, &polsek.name, polsek.seat.lng, polsek.seat.lat])
    }));
    job
}

/// Replaces the areas of an office; `version` counts its imports.
#[must_use]
pub fn replace_areas(polres: &str, areas: &[Area], version: i64) -> Vec<Statement> {
    let mut job = vec![Statement::one("DELETE FROM areas WHERE polres = $1", params![polres])];
    job.extend(areas.iter().map(|area| {
        let geometry = geojson::Geometry::from(&area.shape).to_string();
        Statement::one(
            "INSERT INTO areas (polres, code, name, kecamatan_code, kecamatan, polsek, geometry, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                polres,
                &area.code,
                &area.name,
                &area.kecamatan_code,
                &area.kecamatan,
                &area.polsek,
                geometry,
                version,
            ],
        )
    }));
    job
}

/// Replaces the gazetteer of an office.
#[must_use]
pub fn replace_places(polres: &str, places: &[GazetteerEntry]) -> Vec<Statement> {
    let mut job = vec![Statement::one("DELETE FROM places WHERE polres = $1", params![polres])];
    let numbered: Vec<_> = places.iter().enumerate().collect();
    job.extend(numbered.chunks(CHUNK).map(|chunk| {
        // one statement for many rows: a city has some ten thousand names
        Statement::one(
            "INSERT INTO places (polres, line, name, kind, lng, lat, body)
            SELECT $1, CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2,
                CAST(value ->> 3 AS DOUBLE PRECISION), CAST(value ->> 4 AS DOUBLE PRECISION), value ->> 5
            FROM ROWS($2)",
            vec![polres.into(), Value::Text(json(&chunk.iter().map(place_fields).collect::<Vec<_>>()))],
        )
    }));
    job
}

fn place_fields((line, place): &(usize, &GazetteerEntry)) -> serde_json::Value {
    serde_json::json!([line, place.name, place.kind, place.at.lng, place.at.lat, json(*place)])
}

/// Replaces the names an office has from an `OpenStreetMap` extract; they stand beside its own.
#[must_use]
pub fn put_osm_places(polres: &str, places: &[GazetteerEntry]) -> Statement {
    put_blob(&osm_places(polres), json(places).into_bytes())
}

/// Name of the large object that holds them.
fn osm_places(polres: &str) -> String {
    format!("osm-places:{polres}")
}

/// Name under which it is kept when the names of an office were imported.
#[must_use]
pub fn places_of(polres: &str) -> String {
    format!("places:{polres}")
}

/// Keeps when something was imported.
#[must_use]
pub fn put_imported(what: &str, at: Timestamp) -> Statement {
    put_blob(&imported(what), json(&at).into_bytes())
}

fn imported(what: &str) -> String {
    format!("imported:{what}")
}

/// Writes a large object.
#[must_use]
pub fn put_blob(name: &str, data: Vec<u8>) -> Statement {
    let sql = "INSERT INTO blobs (name, data) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET data = excluded.data";
    Statement::one(sql, params![name, data])
}

/// Removes a large object.
#[must_use]
pub fn delete_blob(name: &str) -> Statement {
    Statement::one("DELETE FROM blobs WHERE name = $1", params![name])
}

impl Store {
    /// When something was imported; none when that was never, or by a program that did not keep it.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn imported_at(&self, what: &str) -> Result<Option<Timestamp>, StoreError> {
        let kept = self.blob(&imported(what)).await?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// All offices, by code.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn offices(&self) -> Result<Vec<Office>, StoreError> {
        let sql = "SELECT code, name, prefix, utc_offset_h, lng, lat, synthetic FROM offices ORDER BY code";
        self.read(sql, params![]).await?.iter().map(office).collect()
    }

    /// The Polsek of an office, by code.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn polseks(&self, polres: &str) -> Result<Vec<Polsek>, StoreError> {
        let sql = "SELECT polres, code, name, lng, lat FROM polseks WHERE polres = $1 ORDER BY code";
        self.read(sql, params![polres]).await?.iter().map(polsek).collect()
    }

    /// The areas of an office, by code; of all offices without one.
    ///
    /// # Errors
    /// A backend that failed; a shape that is not GeoJSON of polygons.
    pub async fn areas(&self, polres: Option<&str>) -> Result<Vec<Area>, StoreError> {
        let sql = "SELECT code, name, kecamatan_code, kecamatan, polsek, polres, geometry FROM areas
            WHERE CAST($1 AS TEXT) IS NULL OR polres = $1 ORDER BY polres, code";
        self.read(sql, params![polres]).await?.iter().map(area).collect()
    }

    /// Which import the areas of an office are from; 0 before the first.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn areas_version(&self, polres: &str) -> Result<i64, StoreError> {
        let sql = "SELECT COALESCE(MAX(version), 0) FROM areas WHERE polres = $1";
        one_row(self.read(sql, params![polres]).await?).map_or(Ok(0), |row| row.int(0))
    }

    /// The gazetteer of an office, in the order it was given, then what an extract named.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn places(&self, polres: &str) -> Result<Vec<GazetteerEntry>, StoreError> {
        let sql = "SELECT body FROM places WHERE polres = $1 ORDER BY line";
        let rows = self.read(sql, params![polres]).await?;
        let mut places: Vec<GazetteerEntry> = rows.iter().map(|row| row.json(0)).collect::<Result<_, _>>()?;
        if let Some(bytes) = self.blob(&osm_places(polres)).await? {
            let named: Vec<GazetteerEntry> = serde_json::from_slice(&bytes).map_err(StoreError::corrupt)?;
            places.extend(named);
        }
        Ok(places)
    }

    /// How many names of its own an office has, those of an extract apart.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn own_places(&self, polres: &str) -> Result<usize, StoreError> {
        let rows = self.read("SELECT count(*) FROM places WHERE polres = $1", params![polres]).await?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// A large object.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn blob(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = one_row(self.read("SELECT data FROM blobs WHERE name = $1", params![name]).await?);
        row.map(|row| row.blob(0).map(<[u8]>::to_vec)).transpose()
    }
}

fn office(row: &Row) -> Result<Office, StoreError> {
    Ok(Office {
        code: row.string(0)?,
        name: row.string(1)?,
        prefix: row.string(2)?,
        utc_offset_h: row.number(3)?,
        seat: LngLat::new(row.real(4)?, row.real(5)?),
        synthetic: row.flag(6)?,
    })
}

fn polsek(row: &Row) -> Result<Polsek, StoreError> {
    Ok(Polsek {
        polres: row.string(0)?,
        code: row.string(1)?,
        name: row.string(2)?,
        seat: LngLat::new(row.real(3)?, row.real(4)?),
    })
}

fn area(row: &Row) -> Result<Area, StoreError> {
    Ok(Area {
        code: row.string(0)?,
        name: row.string(1)?,
        kecamatan_code: row.string(2)?,
        kecamatan: row.string(3)?,
        polsek: row.string(4)?,
        polres: row.string(5)?,
        shape: shape(row.text(6)?)?,
    })
}

fn shape(text: &str) -> Result<MultiPolygon<f64>, StoreError> {
    let geometry: geojson::Geometry = text.parse().map_err(StoreError::corrupt)?;
    MultiPolygon::try_from(geometry).map_err(StoreError::corrupt)
}
