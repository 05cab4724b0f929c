//! A synthetic city for demonstrations, load and policy tests: invented, and said so everywhere.

// pub mod areas;
// pub mod city;
// pub mod names;
pub mod noise;
pub mod seed;
// pub mod streets;
