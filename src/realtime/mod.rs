//! Tell the screens: entries in order without a gap, positions within the view.

pub mod batch;
pub mod hub;
pub mod lookers;
pub mod message;
pub mod positions;
pub mod socket;
