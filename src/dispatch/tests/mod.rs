//! Decisions on drawn cities: `A` `B` units, `*` the incident, one cell 100 m.

mod answering;
mod drawn;
mod folding;
mod joining;
mod judging;
mod passing;
mod ranking;
mod receiving;
mod sharing;
mod shield;
mod undo;
mod writing;
