//! See: what happened, as figures that can be traced to their entries. Pure.

pub mod answers;
pub mod coverage;
pub mod fairness;
pub mod feed;
pub mod health;
pub mod heatmap;
pub mod response;
