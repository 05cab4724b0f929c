//! A customizable contraction hierarchy: ordered once per map, weighted anew when a road closes,
//! asked for the time of every unit to one place in one sweep.
//!
//! After Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies (2016). What is contracted
//! here are *arcs* (one direction of one edge), so that turns have a cost and can be forbidden. The
//! order comes from cutting the map in two again and again where few streets cross ([`dissect`]); the
//! queries walk the elimination tree ([`query`]).

pub mod dissect;
pub mod hierarchy;
pub mod query;
pub mod reach;

/// No way: more than any time, and two of them added still fit.
pub const NEVER: u32 = u32::MAX / 4;

#[cfg(test)]
mod tests;
