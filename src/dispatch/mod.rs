//! Decide: the desk of a Polres, its queue, its recommendations and its decisions.
//!
//! In: a command, the desk, the world. Out: events, or a refusal. Pure.

pub mod calls;
pub mod checker;
pub mod closures;
pub mod command;
pub mod crew_talk;
pub mod decide;
mod derived;
pub mod desk;
pub mod duty;
mod helping;
mod lateness;
pub mod matching;
pub mod motion;
mod passing;
mod picturing;
pub mod plan;
pub mod plan_set;
pub mod preempt;
pub mod questions;
pub mod recommend;
mod referring;
mod refusal;
mod report_fold;
mod roster;
pub mod shield;
pub mod teams;
mod together;
pub mod undo;
pub mod unit_index;
pub mod versions;
pub mod what_if;
pub mod world;

#[cfg(test)]
mod tests;
