//! A synthetic city for demonstrations, load and policy tests: invented, and said so everywhere.

pub mod areas;
pub mod city;
mod gazetteer;
pub mod names;
mod network;
pub mod noise;
pub mod seed;
mod streets;
