//! The words of the trade: what a report, an incident, an assignment and a unit are, and which
//! steps they may take. Pure: no I/O, no clock, no randomness.

pub mod administration;
pub mod assignment;
pub mod call;
pub mod category;
pub mod clock;
pub mod closure;
pub mod crew_talk;
pub mod duty;
pub mod entry;
pub mod help;
pub mod id;
pub mod incident;
pub mod jurisdiction;
mod line;
pub mod media;
pub mod photo;
pub mod place;
pub mod plan;
pub mod referral;
pub mod report;
pub mod said;
pub mod shield;
pub mod shortfall;
pub mod talk;
pub mod team;
pub mod template;
pub mod timeline;
pub mod unit;
pub mod viewer;

/// A step that the present state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot {step}: it is {state}")]
pub struct InvalidStep {
    /// What was asked.
    pub step: &'static str,
    /// What it is now.
    pub state: &'static str,
}
