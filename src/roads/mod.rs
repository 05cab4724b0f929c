//! TRAVEL: how long a unit needs over the streets to reach a place.
//!
//! A [`graph::RoadGraph`] comes from an import, from a road file or from the synthetic city; a
//! [`travel_time::TravelTime`] answers with seconds and metres. Nothing here reads a file.

pub mod cch;
pub mod class;
pub mod closures;
pub mod file;
pub mod graph;
pub mod lines;
pub mod network;
pub mod osm;
mod search;
mod segments;
mod snaps;
pub mod steps;
pub mod travel_time;
