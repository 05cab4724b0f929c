//! A synthetic city for demonstrations, load and policy tests: invented, and said so everywhere.
//!
//! The people in it (citizens, crews, operators) are clients of the public surface over loopback;
//! nothing here reaches into the engine.

<<<<<<< HEAD
<<<<<<< HEAD
pub mod noise;
pub mod seed;
=======
pub mod areas;
pub mod city;
mod gazetteer;
pub mod names;
mod network;
pub mod noise;
pub mod seed;
mod streets;
>>>>>>> city
=======

pub mod citizens;
pub mod crew;
pub mod crews;
pub mod driving;
pub mod graph_double;
pub mod place_words;
pub mod webhook;
>>>>>>> channels
