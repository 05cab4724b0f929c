//! Response plans as an office states them: how many units of which kinds a matter wants, what its
//! reporter is asked, and which other agencies hear of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::referral::AgencyKind;
use super::report::{Category, Priority};
use super::unit::UnitKind;

/// What an incident is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Categories it fits; empty fits all.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Priorities it fits.
    pub priorities: Vec<Priority>,
    /// How many units it wants.
    pub units: usize,
    /// Unit kinds in order of preference.
    pub kinds: Vec<UnitKind>,
    /// Seconds an offer may stay unanswered.
    pub offer_s: i64,
}

impl Plan {
    /// Whether it is for this matter.
    #[must_use]
    pub fn fits(&self, category: Category, priority: Priority) -> bool {
        self.priorities.contains(&priority) && (self.categories.is_empty() || self.categories.contains(&category))
    }
}

/// Other agencies that hear of a matter: proposed to the operator first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hears {
    /// Of these categories.
    pub categories: Vec<Category>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Which agencies.
    pub agencies: Vec<AgencyKind>,
}

/// One of the five Ws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Di mana.
    Where,
    /// Apa.
    What,
    /// Kapan.
    When,
    /// Siapa.
    Who,
    /// Bagaimana.
    How,
}

/// What an office may change of its response plans, as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSet {
    /// The plans; the first that fits is taken.
    pub plans: Vec<Plan>,
    /// Which other agencies hear of which matters.
    #[serde(default)]
    pub hears: Vec<Hears>,
    /// Categories of which only some Ws are asked.
    #[serde(default)]
    pub asks: BTreeMap<Category, Vec<Question>>,
}
