//! Who caused an entry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::{AgencyId, ReporterId, UnitId, UserId};

/// Who caused an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Actor {
    /// The engine itself: a timer, an automatic offer.
    System,
    /// A person with a login.
    User(UserId),
    /// A crew, over its tablet.
    Unit(UnitId),
    /// A reporter, over a channel.
    Reporter(ReporterId),
    /// Another agency, over the link it was sent.
    Agency(AgencyId),
}
