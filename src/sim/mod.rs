//! A synthetic city for demonstrations, load and policy tests: invented, and said so everywhere.
<<<<<<< HEAD

// pub mod areas;
// pub mod city;
// pub mod names;
pub mod noise;
pub mod seed;
// pub mod streets;
=======
//!
//! The people in it (citizens, crews, operators) are clients of the public surface over loopback;
//! nothing here reaches into the engine.

pub mod citizens;
pub mod graph_double;
pub mod webhook;
>>>>>>> channels
