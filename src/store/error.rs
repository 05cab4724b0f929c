//! What can go wrong with the store: one variant for each thing somebody can do about it.

use std::error::Error;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer took this number in the journal: catch up, then decide again.
    #[error("changed by someone else meanwhile")]
    Stale,
    /// A rule of the tables says no: the thing exists, or the unit is taken.
    #[error("in conflict with what is stored ({constraint})")]
    Conflict {
        /// Name of the rule, the same for both stores: `one_live_assignment_per_unit`.
        constraint: String,
    },
    /// The backend is away or failed; whether a write arrived is not known. Try again later.
    #[error("storage failed while {doing}")]
    Backend {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Something stored cannot be what we wrote: a person has to look at it.
    #[error("stored data are damaged: {what}")]
    Corrupt {
        /// What, and where.
        what: String,
    },
    /// `database.url` names no store we know.
    #[error("database url must be sqlite:PATH or postgres://…, not {url:?}")]
    BadUrl {
        /// What it says, without a password.
        url: String,
    },
    /// The privacy keys are missing, malformed or not the ones the data were sealed with.
    #[error("privacy keys: {why}")]
    BadKey {
        /// What is wrong with them.
        why: String,
    },
    /// A newer program has been here.
    #[error("the store has schema {found}, this program knows up to {known}: start a newer version")]
    NewerSchema {
        /// Schema in the store.
        found: i64,
        /// Last schema of this program.
        known: i64,
    },
}

impl StoreError {
    /// A failure of the backend while `doing` something.
    pub(crate) fn backend(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Backend { doing, source: source.into() }
    }

    /// Stored data that cannot be read back.
    pub(crate) fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt { what: what.to_string() }
    }

    /// A uniqueness rule that was broken, by its name.
    pub(crate) fn conflict(constraint: &str) -> Self {
        if constraint == "entries_pkey" { Self::Stale } else { Self::Conflict { constraint: constraint.to_owned() } }
    }
}
