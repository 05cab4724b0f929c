//! The moving parts: one task per desk, the intake, the outbox, the field of units.

pub mod calls;
pub mod desks;
pub mod facts;
pub mod field;
pub mod hand_over;
pub mod handbook;
pub mod intake;
pub mod media;
pub mod media_fetch;
pub mod outgoing;
pub mod reading;
pub mod threads;
mod turns;
