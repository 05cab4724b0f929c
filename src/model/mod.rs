//! The words of the trade. Pure: no I/O, no clock, no randomness.

pub mod clock;
pub mod id;
pub mod jurisdiction;
pub mod place;
