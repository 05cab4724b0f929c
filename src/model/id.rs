//! Names of things: `UUIDv7` newtypes, and the source they are drawn from.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::clock::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.parse()?))
            }
        }
    )+};
}

ids! {
    /// What one person told us.
    ReportId,
    /// What happened.
    IncidentId,
    /// One unit sent to one incident; also the `delivery` a tablet acknowledges.
    AssignmentId,
    /// A patrol that can be sent.
    UnitId,
    /// A person who reports; the person's data are in the vault.
    ReporterId,
    /// One message of a conversation, in or out.
    MessageId,
    /// Someone with a login.
    UserId,
    /// A photo, video, sound or document that was sent to us or taken by a crew.
    MediaId,
    /// A call to 110.
    CallId,
    /// One counted misuse.
    StrikeId,
    /// A block, proposed or in force.
    BlockId,
    /// Another agency: fire service, PLN, a community figure.
    AgencyId,
    /// A matter passed to another agency.
    ReferralId,
    /// A road closed or slowed.
    ClosureId,
    /// A wish for help between two Polres.
    HelpId,
    /// A shift handed over.
    ShiftId,
}

/// Draws ids. An argument of every decision, so that a decision holds no randomness of its own.
#[derive(Debug)]
pub struct Ids {
    rng: fastrand::Rng,
}

impl Ids {
    /// Ids that repeat for the same seed (tests, simulations).
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed) }
    }

    /// Ids seeded from the operating system.
    #[must_use]
    pub fn random() -> Self {
        Self::seeded(getrandom::u64().unwrap_or_else(|_| fastrand::u64(..)))
    }

    /// The next `UUIDv7` for the instant `now` (millisecond order, 74 random bits).
    pub fn next(&mut self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
        let mut random = [0; 10];
        self.rng.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
