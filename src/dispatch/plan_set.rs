//! An office's own response plans: checked by name before they count, laid over those of the program,
//! and compared on incidents that have happened.

use super::plan::Plans;
use crate::model::plan::{Plan, PlanSet};
use crate::model::report::{Category, Priority};

/// Plans of an office, at most; the built-in set has six.
pub const MOST_PLANS: usize = 100;

/// Units one plan may want.
const MOST_UNITS: usize = 20;

/// Seconds an offer may stand: nobody presses within less, and nobody comes after more.
const OFFER_S: std::ops::RangeInclusive<i64> = 2..=900;

const PRIORITIES: [Priority; 4] = [Priority::P1, Priority::P2, Priority::P3, Priority::P4];

/// Why plans cannot be used. Plans are counted from 1, as people do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPlans {
    /// There is none, or there are too many.
    #[error("1 to {MOST_PLANS} plans, not {count}")]
    Count {
        /// How many.
        count: usize,
    },
    /// A plan for no priority.
    #[error("plan {plan} names no priority")]
    NoPriority {
        /// Which, from 1.
        plan: usize,
    },
    /// A plan that sends nobody.
    #[error("plan {plan} names no kind of unit")]
    NoKind {
        /// Which, from 1.
        plan: usize,
    },
    /// The same thing twice.
    #[error("plan {plan} names {what} twice")]
    Twice {
        /// Which, from 1.
        plan: usize,
        /// What stands there twice.
        what: &'static str,
    },
    /// Too many or too few units.
    #[error("plan {plan} wants {units} units; 1 to {MOST_UNITS} can be wanted")]
    Units {
        /// Which, from 1.
        plan: usize,
        /// How many it wants.
        units: usize,
    },
    /// An offer that stands too short or too long.
    #[error("plan {plan} lets an offer stand {offer_s} s; 2 to 900 can be")]
    Offer {
        /// Which, from 1.
        plan: usize,
        /// Seconds.
        offer_s: i64,
    },
    /// Plans before it take every matter it is for.
    #[error("plan {plan} is never reached: earlier plans take everything it is for")]
    NeverReached {
        /// Which, from 1.
        plan: usize,
    },
    /// Some incident would have no plan.
    #[error("no plan fits category {category} with priority {priority}")]
    Missing {
        /// Category without a plan.
        category: &'static str,
        /// Priority without a plan.
        priority: u8,
    },
    /// A rule for agencies that names nothing or nobody.
    #[error("rule {rule} for agencies names no category, no priority or no agency")]
    EmptyRule {
        /// Which, from 1.
        rule: usize,
    },
}

impl BadPlans {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Count { .. } => "plan_count",
            Self::NoPriority { .. } => "plan_no_priority",
            Self::NoKind { .. } => "plan_no_kind",
            Self::Twice { .. } => "plan_twice",
            Self::Units { .. } => "plan_units",
            Self::Offer { .. } => "plan_offer",
            Self::NeverReached { .. } => "plan_never_reached",
            Self::Missing { .. } => "plan_missing",
            Self::EmptyRule { .. } => "plan_empty_rule",
        }
    }

    /// The part of the set it is about, as a path: `plans[2].units`, `laka_lantas/1`.
    #[must_use]
    pub fn field(&self) -> String {
        let plan = |plan: usize, of: &str| format!("plans[{}]{of}", plan - 1);
        match self {
            Self::Count { .. } => "plans".to_owned(),
            Self::NoPriority { plan: n } => plan(*n, ".priorities"),
            Self::NoKind { plan: n } => plan(*n, ".kinds"),
            Self::Twice { plan: n, .. } | Self::NeverReached { plan: n } => plan(*n, ""),
            Self::Units { plan: n, .. } => plan(*n, ".units"),
            Self::Offer { plan: n, .. } => plan(*n, ".offer_s"),
            Self::Missing { category, priority } => format!("{category}/{priority}"),
            Self::EmptyRule { rule } => format!("hears[{}]", rule - 1),
        }
    }
}

impl PlanSet {
    /// Checks that every matter has a plan, and every plan a matter.
    ///
    /// # Errors
    /// [`BadPlans`]: the first thing that is wrong, by name.
    pub fn check(&self) -> Result<(), BadPlans> {
        if self.plans.is_empty() || self.plans.len() > MOST_PLANS {
            return Err(BadPlans::Count { count: self.plans.len() });
        }
        for (n, plan) in (1..).zip(&self.plans) {
            check_plan(n, plan)?;
        }
        let mut reached = vec![false; self.plans.len()];
        for category in Category::every() {
            for priority in PRIORITIES {
                let found = plan_for(&self.plans, category, priority);
                let missing = BadPlans::Missing { category: category.code(), priority: priority.number() };
                if let Some(seen) = reached.get_mut(found.ok_or(missing)?) {
                    *seen = true;
                }
            }
        }
        if let Some(plan) = reached.iter().position(|reached| !reached) {
            return Err(BadPlans::NeverReached { plan: plan + 1 });
        }
        let empty = self
            .hears
            .iter()
            .position(|rule| rule.categories.is_empty() || rule.priorities.is_empty() || rule.agencies.is_empty());
        empty.map_or(Ok(()), |rule| Err(BadPlans::EmptyRule { rule: rule + 1 }))
    }
}

/// The plan for a matter, by its place: the first that fits. A matter of the office's own that none names goes by
/// the plan of the program's matter it is one of, so that naming it never leaves an incident without a plan.
pub(super) fn plan_for(plans: &[Plan], category: Category, priority: Priority) -> Option<usize> {
    let first = |category| plans.iter().position(|plan| plan.fits(category, priority));
    first(category).or_else(|| first(category.common()))
}

fn check_plan(n: usize, plan: &Plan) -> Result<(), BadPlans> {
    if plan.priorities.is_empty() {
        return Err(BadPlans::NoPriority { plan: n });
    }
    if plan.kinds.is_empty() {
        return Err(BadPlans::NoKind { plan: n });
    }
    if repeats(&plan.kinds) {
        return Err(BadPlans::Twice { plan: n, what: "a kind of unit" });
    }
    if repeats(&plan.categories) {
        return Err(BadPlans::Twice { plan: n, what: "a category" });
    }
    if repeats(&plan.priorities) {
        return Err(BadPlans::Twice { plan: n, what: "a priority" });
    }
    if !(1..=MOST_UNITS).contains(&plan.units) {
        return Err(BadPlans::Units { plan: n, units: plan.units });
    }
    if !OFFER_S.contains(&plan.offer_s) {
        return Err(BadPlans::Offer { plan: n, offer_s: plan.offer_s });
    }
    Ok(())
}

fn repeats<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(n, item)| items.iter().skip(n + 1).any(|other| other == item))
}

impl Plans {
    /// What an office may change of them.
    #[must_use]
    pub fn set(&self) -> PlanSet {
        PlanSet { plans: self.plans.clone(), hears: self.hears.clone(), asks: self.questions.only.clone() }
    }

    /// The same with an office's own plans; how sure the engine must be and how long answers count stay.
    #[must_use]
    pub fn with(&self, own: &PlanSet) -> Self {
        let mut plans = Self { plans: own.plans.clone(), hears: own.hears.clone(), ..self.clone() };
        plans.questions.only.clone_from(&own.asks);
        plans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unit::UnitKind;

    fn set() -> PlanSet {
        Plans::builtin().unwrap().set()
    }

    fn refused(change: impl FnOnce(&mut PlanSet)) -> (&'static str, String) {
        let mut set = set();
        change(&mut set);
        let error = set.check().unwrap_err();
        (error.code(), error.field())
    }

    #[test]
    fn the_plans_of_the_program_are_lawful_and_stay_the_same_laid_over_themselves() {
        let plans = Plans::builtin().unwrap();
        assert_eq!(plans.set().check(), Ok(()));
        assert_eq!(plans.with(&plans.set()), plans);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(refused(|set| set.plans.clear()), ("plan_count", "plans".to_owned()));
        assert_eq!(refused(|set| set.plans[1].kinds.clear()), ("plan_no_kind", "plans[1].kinds".to_owned()));
        assert_eq!(refused(|set| set.plans[0].priorities.clear()).0, "plan_no_priority");
        assert_eq!(refused(|set| set.plans[2].units = 0), ("plan_units", "plans[2].units".to_owned()));
        assert_eq!(refused(|set| set.plans[2].units = 21).0, "plan_units");
        assert_eq!(refused(|set| set.plans[2].offer_s = 1), ("plan_offer", "plans[2].offer_s".to_owned()));
        assert_eq!(refused(|set| set.plans[0].kinds = vec![UnitKind::Car, UnitKind::Car]).0, "plan_twice");
        assert_eq!(refused(|set| set.hears[0].agencies.clear()), ("plan_empty_rule", "hears[0]".to_owned()));
    }

    #[test]
    fn a_matter_without_a_plan_and_a_plan_without_a_matter_are_refused() {
        let (code, field) = refused(|set| drop(set.plans.pop()));
        assert_eq!(code, "plan_missing");
        assert!(field.ends_with("/2"), "{field}");
        // A plan for everything in front leaves nothing for those after it.
        let all = Plan {
            categories: Vec::new(),
            priorities: PRIORITIES.into(),
            units: 1,
            kinds: vec![UnitKind::Car],
            offer_s: 30,
        };
        let (code, field) = refused(|set| set.plans.insert(0, all));
        assert_eq!((code, field.as_str()), ("plan_never_reached", "plans[1]"));
    }
}
