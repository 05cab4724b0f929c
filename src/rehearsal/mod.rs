//! The rehearsal room: a past stretch of a journal or a synthetic one enters, an office at work that is none
//! leaves, and at its end a score.
//!
//! An exercise is a whole app of its own beside the real one: a store of its own (a file under a key that
//! exists in memory only, removed at the end), a desk, rooms, a clock that is turned, and an office whose
//! name and numbers say LATIHAN. It shares with the real app only what nobody writes: areas, names,
//! streets. Nothing leaves it: its way out is a [`Recorder`](crate::feedback::recorder::Recorder). Nothing
//! of it enters the real journal or its tables; only the result is kept, as a blob beside them.

pub mod crews;
pub mod exercise;
#[cfg(test)]
mod fixtures;
pub mod likeness;
mod phone;
pub mod practice;
pub mod results;
pub mod ringers;
pub mod room;
pub mod score;
pub mod script;
pub mod switchboard;
