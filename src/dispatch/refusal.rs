//! The ways a desk says no.

use crate::model::InvalidStep;
use crate::model::id::UserId;

/// Why a command is not carried out. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing on this desk. (http: 404)
    #[error("no such {0}")]
    NotFound(&'static str),
    /// A closure that cannot be. (http: 422)
    #[error("{why}")]
    BadClosure {
        /// Which part of it.
        field: &'static str,
        /// Why.
        why: &'static str,
    },
    /// It is another crew's. (http: 403)
    #[error("not sent to this {0}")]
    NotYours(&'static str),
    /// Its state does not allow it: someone else was first, or it has passed. (http: 409)
    #[error(transparent)]
    Step(#[from] InvalidStep),
    /// The unit cannot be sent. (http: 409)
    #[error("unit {call_sign} is not available")]
    UnitTaken {
        /// Which.
        call_sign: String,
    },
    /// Its other job may not be given up for this: too grave, on scene, or being handed over. (http: 409)
    #[error("the unit may not be taken from its job for this incident")]
    NotTakeable,
    /// That office was asked already and has not said no. (http: 409)
    #[error("that office was asked already")]
    HelpAsked,
    /// Not the recommended unit, and no reason given. (http: 422)
    #[error("{recommended} is recommended; say why another unit is sent")]
    ReasonNeeded {
        /// The recommended unit's call sign.
        recommended: String,
    },
    /// Nothing is guessed onto the map: place it first. (http: 422)
    #[error("the report has no place yet")]
    PlaceNeeded,
    /// None closes without an action or a reason. (http: 422)
    #[error("no unit cleared it; say why it is closed")]
    NoteNeeded,
    /// The name is taken. (http: 409)
    #[error("call sign {0} is taken")]
    CallSignTaken(String),
    /// Nobody would see it: the crew is off duty. (http: 409)
    #[error("{call_sign} is off duty: nobody would read it")]
    OffDuty {
        /// Which.
        call_sign: String,
    },
    /// The status follows from assignments and cannot be set by hand. (http: 422)
    #[error("this status cannot be set by hand")]
    StatusNotSettable,
    /// Somebody else has the call. (http: 409, with his name)
    #[error("somebody else has this call")]
    CallTaken {
        /// Who.
        by: UserId,
    },
    /// Nobody has the call: claim it first. (http: 409)
    #[error("claim the call first")]
    CallUnclaimed,
    /// It was said already what came of the call. (http: 409)
    #[error("it was said already what came of this call")]
    CallSettled,
    /// A place for a matter of the office's own that has no name. (http: 422)
    #[error("no such category in this office")]
    NoSuchCategory,
    /// Stars are 1 to 5. (http: 422)
    #[error("stars are 1 to 5")]
    StarsOutOfRange,
    /// Who proposed a block does not confirm it too. (http: 409)
    #[error("a second officer confirms it")]
    SecondOfficer,
    /// A report of that day, or from before, is in nobody's hands. (http: 409)
    #[error("{count} reports are in nobody's hands, {first} first")]
    WithoutState {
        /// How many.
        count: usize,
        /// Number of the eldest.
        first: String,
    },
    /// The queue is empty. (http: 204)
    #[error("nothing is waiting")]
    NothingWaiting,
}
