//! Locate: words, pins and links in, a place with its uncertainty and reasons out; and whose area
//! it lies in. Pure.

pub mod address;
mod address_words;
pub mod area_names;
mod area_shape;
pub mod areas_geojson;
pub mod boundaries;
pub mod boundary_checks;
pub mod coordinates;
mod extent;
mod fits;
pub mod gazetteer;
pub mod gazetteer_csv;
pub mod gazetteer_entry;
pub mod gazetteer_geojson;
pub mod geocode;
pub mod home;
pub mod jurisdiction_index;
mod letters;
mod map_codes;
mod name_index;
pub mod plus_code;
pub mod regencies;
mod shortlist;
pub mod street_groups;
pub mod units_csv;
mod windows;
