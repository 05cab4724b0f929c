//! Where a report is: names, areas and borders.

pub mod gazetteer_entry;
