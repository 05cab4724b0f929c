//! Response plans: category and priority give how many units, of which kinds, and how long an
//! offer may stay unanswered. Read from data/plans.toml.

use serde::Deserialize;

pub use super::plan_set::BadPlans;
use super::plan_set::plan_for;
use super::questions::Questions;
pub use crate::model::plan::{Hears, Plan};
use crate::model::referral::AgencyKind;
use crate::model::report::{Category, Priority};

/// How sure the engine must be to offer an emergency without an operator.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Automatic {
    /// Of service and category, 0 to 1.
    pub reading_confidence: f64,
    /// Of the place, 0 to 1.
    pub place_confidence: f64,
    /// Largest uncertainty of the place, metres.
    pub place_radius_m: f64,
    /// Oldest message, seconds: a late redelivery never dispatches as new.
    pub message_age_s: i64,
    /// Of the service and category of a question, 0 to 1, to answer it with an article at once.
    #[serde(default = "answer_confidence")]
    pub answer_confidence: f64,
}

const fn answer_confidence() -> f64 {
    0.5
}

/// How long reporters have for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// Days after its end a report can be rated or opened again by its reporter; at least one.
    pub late_days: i64,
    /// Hours a voice note or a call without written words waits for them; then it is settled as
    /// unanswered. Below 24, so that nothing is older than a day without a state.
    pub wordless_hours: i64,
    /// Seconds in which an end can be taken back before its reporter hears of it: `[dispatch] undo_s`.
    #[serde(skip)]
    pub undo_s: i64,
}

impl Answers {
    /// Seconds after its end a report can be rated or opened again.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "days of a year")]
    pub fn late_s(&self) -> f64 {
        self.late_days.clamp(1, 366) as f64 * 24.0 * 3600.0
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self { late_days: 7, wordless_hours: 12, undo_s: 5 }
    }
}

/// For what a unit may be taken from a lesser job. Proposed to an operator, never done by the machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PreemptionRules {
    /// Only for incidents of these priorities.
    pub for_priorities: Vec<Priority>,
    /// The other job is lesser by at least so many priorities.
    pub gap: u8,
}

impl PreemptionRules {
    /// Whether a unit may be taken from a job of priority `from` for one of priority `to`.
    #[must_use]
    pub fn allow(&self, to: Priority, from: Priority) -> bool {
        self.for_priorities.contains(&to) && from.number() >= to.number().saturating_add(self.gap.max(1))
    }
}

impl Default for PreemptionRules {
    fn default() -> Self {
        Self { for_priorities: vec![Priority::P1], gap: 2 }
    }
}

/// The response plans of an office.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    /// When a person need not confirm.
    pub automatic: Automatic,
    /// What the service asks a reporter by itself.
    #[serde(default)]
    pub questions: Questions,
    /// How long reporters have for an answer.
    #[serde(default)]
    pub answers: Answers,
    /// For what a unit may be taken from a lesser job.
    #[serde(default)]
    pub preemption: PreemptionRules,
    /// The plans; the first that fits is taken.
    #[serde(rename = "plan")]
    pub plans: Vec<Plan>,
    /// Which other agencies hear of which matters.
    #[serde(default)]
    pub hears: Vec<Hears>,
}

/// Why a file of plans cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not TOML of the expected shape.
    #[error("plans: {0}")]
    Shape(#[from] toml::de::Error),
    /// A plan that cannot be, or a matter without one.
    #[error("{0}")]
    Bad(#[from] BadPlans),
}

impl Plans {
    /// Reads plans and checks that every incident has one.
    ///
    /// # Errors
    /// [`PlanError`]: the shape is wrong, or a category and priority has no plan.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let plans: Self = toml::from_str(text)?;
        plans.set().check()?;
        Ok(plans)
    }

    /// The set that ships with the program.
    ///
    /// # Errors
    /// Never for an unchanged build: a test reads it.
    pub fn builtin() -> Result<Self, PlanError> {
        Self::parse(include_str!("../../data/plans.toml"))
    }

    /// The agencies that hear of a matter.
    #[must_use]
    pub fn hears(&self, category: Category, priority: Priority) -> Vec<AgencyKind> {
        let fits = |it: &&Hears| it.categories.contains(&category) && it.priorities.contains(&priority);
        self.hears.iter().filter(fits).flat_map(|it| it.agencies.iter().copied()).collect()
    }

    /// The plan for an incident.
    #[must_use]
    pub fn find(&self, category: Category, priority: Priority) -> Option<&Plan> {
        plan_for(&self.plans, category, priority).and_then(|n| self.plans.get(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unit::UnitKind;

    #[test]
    fn every_category_and_priority_has_a_plan() {
        let plans = Plans::builtin().unwrap();
        let plan = plans.find(Category::LakaLantas, Priority::P1).unwrap();
        assert_eq!(plan.kinds[0], UnitKind::Traffic);
    }

    #[test]
    fn a_gap_is_named() {
        let text = include_str!("../../data/plans.toml").replace(
            "[2, 3, 4]\nunits = 1\nkinds = [\"car\", \"motorcycle\", \"traffic\", \"d",
            "[2, 3]\nunits = 1\nkinds = [\"car\", \"motorcycle\", \"traffic\", \"d",
        );
        let error = Plans::parse(&text).unwrap_err().to_string();
        assert_eq!(error, "no plan fits category sim with priority 4");
    }

    #[test]
    fn a_matter_of_the_office_s_own_has_a_plan_before_anybody_writes_one() {
        let plans = Plans::builtin().unwrap();
        for category in Category::OWN.iter().copied() {
            for priority in [Priority::P1, Priority::P2, Priority::P3, Priority::P4] {
                assert_eq!(plans.find(category, priority), plans.find(category.common(), priority), "{category:?}");
            }
        }
        // An office that names every matter of the program in its plans, and none of its own.
        let mut set = plans.set();
        for plan in set.plans.iter_mut().filter(|plan| plan.categories.is_empty()) {
            plan.categories = Category::ALL.to_vec();
        }
        assert_eq!(set.check(), Ok(()));
        let own = plans.with(&set);
        assert_eq!(own.find(Category::OwnPolice8, Priority::P3), own.find(Category::Kamtibmas, Priority::P3));
        assert!(own.find(Category::OwnInfo4, Priority::P4).is_some());
        // A plan of its own counts before that, and is reached.
        let plan = Plan { categories: vec![Category::OwnPolice8], units: 3, ..set.plans[2].clone() };
        set.plans.push(plan.clone());
        assert_eq!(set.check(), Ok(()));
        assert_eq!(plans.with(&set).find(Category::OwnPolice8, Priority::P3), Some(&plan));
    }
}
