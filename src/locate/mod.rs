//! Locate: words, pins and links in, a place with its uncertainty and reasons out. Pure.

pub mod address;
pub mod coordinates;
pub mod gazetteer;
pub mod gazetteer_entry;
pub mod geocode;
