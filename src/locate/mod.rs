//! Where a report is: names, areas and borders.

<<<<<<< HEAD
mod area_shape;
pub mod gazetteer_entry;
pub mod jurisdiction_index;
pub mod units_csv;
=======
pub mod gazetteer_entry;
>>>>>>> store
