<<<<<<< HEAD
//! Where a report is: names, areas and borders.

mod area_shape;
pub mod areas_geojson;
pub mod boundaries;
pub mod boundary_checks;
pub mod gazetteer_entry;
pub mod jurisdiction_index;
pub mod units_csv;
=======
//! Locate: words, pins and links in, a place with its uncertainty and reasons out. Pure.

pub mod address;
pub mod coordinates;
pub mod gazetteer;
pub mod gazetteer_entry;
pub mod geocode;
>>>>>>> meaning
