//! A synthetic city for demonstrations, load and policy tests: invented, and said so everywhere.
//!
//! The people in it (citizens, crews, operators) are clients of the public surface over loopback;
//! nothing here reaches into the engine.

pub mod areas;
pub mod call_taker;
pub mod callers;
pub mod citizens;
pub mod city;
pub mod crew;
pub mod crews;
pub mod driving;
mod gazetteer;
pub mod gowa_double;
pub mod graph_double;
pub mod graph_media;
pub mod invented;
pub mod lab;
pub mod names;
pub mod nation;
mod network;
pub mod noise;
pub mod operator;
pub mod operator_bot;
pub mod place_words;
pub mod seed;
mod streets;
pub mod webhook;
