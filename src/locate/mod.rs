//! Locate: words, pins and links in, a place with its uncertainty and reasons out; and whose area
//! it lies in. Pure.

pub mod address;
mod area_shape;
pub mod areas_geojson;
pub mod boundaries;
pub mod boundary_checks;
pub mod coordinates;
pub mod gazetteer;
pub mod gazetteer_entry;
pub mod geocode;
pub mod jurisdiction_index;
pub mod units_csv;
