//! The rules of one office as they stand now: those of the program and the settings, with the plans and the
//! categories the office has changed laid over them. Replaced as a whole once a change is recorded.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::dispatch::decide::Rules;
use crate::dispatch::desk::Desk;

/// The versions of plans and categories the rules are made of.
type Made = (u32, u32);

/// Rules that can change while the office works; cheap to clone, all clones share them.
#[derive(Debug, Clone)]
pub struct OfficeRules {
    base: Arc<Rules>,
    now: Arc<RwLock<(Made, Arc<Rules>)>>,
}

impl OfficeRules {
    /// Those of the program and the settings.
    #[must_use]
    pub fn new(base: Arc<Rules>) -> Self {
        let now = Arc::new(RwLock::new(((0, 0), base.clone())));
        Self { base, now }
    }

    /// The rules that count now.
    #[must_use]
    pub fn now(&self) -> Arc<Rules> {
        self.now.read().1.clone()
    }

    /// The rules without what the office has made its own.
    #[must_use]
    pub fn base(&self) -> &Rules {
        &self.base
    }

    /// Takes over what the journal says; nothing to do when it says nothing new.
    pub fn follow(&self, desk: &Desk) {
        let made = (desk.plans.version(), desk.categories.version());
        if self.now.read().0 == made {
            return;
        }
        let plans = desk.plans.set().map_or_else(|| self.base.plans.clone(), |own| self.base.plans.with(own));
        let categories = desk.categories.set().unwrap_or(&self.base.categories).clone();
        *self.now.write() = (made, Arc::new(Rules { plans, categories, shield: self.base.shield.clone() }));
    }
}
