//! The plans of an office through time, folded from the journal: which count, and every version before.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::command::Refusal;
use super::desk::Desk;
use crate::model::InvalidStep;
use crate::model::administration::{Administered, PlansChanged};
use crate::model::clock::Timestamp;
use crate::model::plan::PlanSet;

/// Versions kept on the desk; the journal keeps all.
const MOST_VERSIONS: usize = 200;

/// One version of an office's plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanVersion {
    /// What was changed, and by whom.
    pub changed: PlansChanged,
    /// When.
    pub at: Timestamp,
}

/// The versions of an office's plans, the newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBook {
    /// Each of them.
    pub versions: VecDeque<PlanVersion>,
}

impl PlanBook {
    /// Number of the version that counts; 0 as long as nothing was changed.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.versions.back().map_or(0, |last| last.changed.version)
    }

    /// The office's own plans; none when those of the program count.
    #[must_use]
    pub fn set(&self) -> Option<&PlanSet> {
        self.versions.back()?.changed.set.as_ref()
    }

    /// A version by its number.
    #[must_use]
    pub fn find(&self, version: u32) -> Option<&PlanVersion> {
        self.versions.iter().find(|it| it.changed.version == version)
    }

    pub(super) fn apply(&mut self, done: &Administered, at: Timestamp) {
        let Administered::Plans(changed) = done else { return };
        self.versions.push_back(PlanVersion { changed: changed.clone(), at });
        while self.versions.len() > MOST_VERSIONS {
            self.versions.pop_front();
        }
    }
}

impl Desk {
    /// Whether an administrator's change may be recorded: plans only after the version he saw.
    ///
    /// # Errors
    /// Somebody else changed them meanwhile.
    pub(super) fn may_administer(&self, wanted: &Administered) -> Result<(), Refusal> {
        match wanted {
            Administered::Plans(changed) if changed.version != self.plans.version() + 1 => {
                Err(InvalidStep { step: "change the plans", state: "changed by someone else meanwhile" }.into())
            }
            _ => Ok(()),
        }
    }
}
