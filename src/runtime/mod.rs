//! The moving parts: one task per desk, the intake, the outbox, the field of units.

pub mod calls;
pub mod closed_roads;
pub mod courier;
pub mod desks;
pub mod directory;
pub mod duplicates;
pub mod facts;
pub mod field;
pub mod hand_over;
pub mod handbook;
pub mod helping;
pub mod identity;
pub mod intake;
pub mod lines;
pub mod media;
pub mod media_fetch;
pub mod notices;
pub mod outgoing;
pub mod photos;
pub mod rate;
pub mod reading;
pub mod referral_link;
pub mod referring;
pub mod threads;
pub mod trackers;
mod turns;
pub mod webhook_post;
