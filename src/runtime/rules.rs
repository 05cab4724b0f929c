//! The rules of one office as they stand now: those of the program and the settings, with the plans the
//! office has changed laid over them. Replaced as a whole once a change is recorded.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::dispatch::decide::Rules;
use crate::dispatch::plan_book::PlanBook;

/// Rules that can change while the office works; cheap to clone, all clones share them.
#[derive(Debug, Clone)]
pub struct OfficeRules {
    base: Arc<Rules>,
    now: Arc<RwLock<(u32, Arc<Rules>)>>,
}

impl OfficeRules {
    /// Those of the program and the settings.
    #[must_use]
    pub fn new(base: Arc<Rules>) -> Self {
        let now = Arc::new(RwLock::new((0, base.clone())));
        Self { base, now }
    }

    /// The rules that count now.
    #[must_use]
    pub fn now(&self) -> Arc<Rules> {
        self.now.read().1.clone()
    }

    /// The rules without the office's own plans.
    #[must_use]
    pub fn base(&self) -> &Rules {
        &self.base
    }

    /// Takes over what the journal says; nothing to do when it says nothing new.
    pub fn follow(&self, book: &PlanBook) {
        if self.now.read().0 == book.version() {
            return;
        }
        let rules = book.set().map_or_else(
            || self.base.clone(),
            |own| Arc::new(Rules { plans: self.base.plans.with(own), shield: self.base.shield.clone() }),
        );
        *self.now.write() = (book.version(), rules);
    }
}
