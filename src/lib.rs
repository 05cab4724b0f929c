//! Sigap: reports from citizens become the right patrol unit at the right place.
//!
//! The modules stand in the order a report travels.

pub mod model;

pub mod locate;

pub mod dispatch;

pub mod store;
