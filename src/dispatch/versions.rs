//! What an office has made its own through time, folded from the journal: its response plans, its categories;
//! which count, and every version before.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::command::Refusal;
use super::desk::Desk;
use crate::model::InvalidStep;
use crate::model::administration::{Administered, CategoriesChanged, PlansChanged};
use crate::model::category::CategorySet;
use crate::model::clock::Timestamp;
use crate::model::id::UserId;
use crate::model::plan::PlanSet;
use crate::model::report::Category;

/// Versions kept on the desk; the journal keeps all.
const MOST_VERSIONS: usize = 200;

/// Something an office changes as a whole.
pub trait Changed {
    /// What is changed.
    type Set;

    /// 1, 2, 3 … for each office.
    fn version(&self) -> u32;
    /// The office's own; none puts the program's back.
    fn set(&self) -> Option<&Self::Set>;
    /// Who changed it.
    fn by(&self) -> UserId;
}

impl Changed for PlansChanged {
    type Set = PlanSet;

    fn version(&self) -> u32 {
        self.version
    }

    fn set(&self) -> Option<&PlanSet> {
        self.set.as_ref()
    }

    fn by(&self) -> UserId {
        self.by
    }
}

impl Changed for CategoriesChanged {
    type Set = CategorySet;

    fn version(&self) -> u32 {
        self.version
    }

    fn set(&self) -> Option<&CategorySet> {
        self.set.as_ref()
    }

    fn by(&self) -> UserId {
        self.by
    }
}

/// One version of what an office changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version<C> {
    /// What was changed, and by whom.
    pub changed: C,
    /// When.
    pub at: Timestamp,
}

/// The versions of what an office changes, the newest last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions<C> {
    /// Each of them.
    pub versions: VecDeque<Version<C>>,
}

/// The response plans of an office.
pub type PlanBook = Versions<PlansChanged>;

/// The categories of an office.
pub type CategoryBook = Versions<CategoriesChanged>;

impl<C> Default for Versions<C> {
    fn default() -> Self {
        Self { versions: VecDeque::new() }
    }
}

impl<C: Changed + Clone> Versions<C> {
    /// Number of the version that counts; 0 as long as nothing was changed.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.versions.back().map_or(0, |last| last.changed.version())
    }

    /// The office's own; none when the program's count.
    #[must_use]
    pub fn set(&self) -> Option<&C::Set> {
        self.versions.back()?.changed.set()
    }

    /// A version by its number.
    #[must_use]
    pub fn find(&self, version: u32) -> Option<&Version<C>> {
        self.versions.iter().find(|it| it.changed.version() == version)
    }

    fn push(&mut self, changed: &C, at: Timestamp) {
        self.versions.push_back(Version { changed: changed.clone(), at });
        while self.versions.len() > MOST_VERSIONS {
            self.versions.pop_front();
        }
    }
}

impl Desk {
    /// What the office calls a category.
    #[must_use]
    pub fn category_name(&self, category: Category) -> &str {
        self.categories.set().map_or(category.label(), |own| own.name(category))
    }

    pub(super) fn apply_administered(&mut self, done: &Administered, at: Timestamp) {
        match done {
            Administered::Plans(changed) => self.plans.push(changed, at),
            Administered::Categories(changed) => self.categories.push(changed, at),
            Administered::User(_) | Administered::Office(_) => {}
        }
    }

    /// Whether an administrator's change may be recorded: plans and categories only after the version he saw.
    ///
    /// # Errors
    /// Somebody else changed them meanwhile.
    pub(super) fn may_administer(&self, wanted: &Administered) -> Result<(), Refusal> {
        let (step, next, wanted) = match wanted {
            Administered::Plans(changed) => ("change the plans", self.plans.version() + 1, changed.version),
            Administered::Categories(changed) => {
                ("change the categories", self.categories.version() + 1, changed.version)
            }
            Administered::User(_) | Administered::Office(_) => return Ok(()),
        };
        if wanted == next {
            return Ok(());
        }
        Err(InvalidStep { step, state: "changed by someone else meanwhile" }.into())
    }
}
