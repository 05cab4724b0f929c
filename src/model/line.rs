//! One line of the journal: an event with its place in the order, sealed to everything before it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::entry::Event;
use super::id::{AgencyId, ReporterId, UnitId, UserId};

/// SHA-256, 32 bytes.
pub type Hash = [u8; 32];

/// The hash before the first entry.
pub const GENESIS: Hash = [0; 32];

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

/// One line of the book.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whose journal.
    pub polres: String,
    /// 1, 2, 3 … without a gap.
    pub seq: u64,
    /// Server clock.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// `{kind, data}` exactly as stored and hashed.
    pub body: String,
    /// Hash of the entry before.
    pub prev_hash: Hash,
    /// Hash of this entry.
    pub hash: Hash,
}

impl Entry {
    /// Seals an event as the entry that follows `prev_hash`.
    #[must_use]
    pub fn seal(polres: &str, seq: u64, at: Timestamp, actor: Actor, event: Event, prev_hash: Hash) -> Self {
        let body = json(&event);
        let hash = chain(polres, seq, at, &json(&actor), &body, &prev_hash);
        Self { polres: polres.to_owned(), seq, at, actor, event, body, prev_hash, hash }
    }

    /// The actor as stored and hashed.
    #[must_use]
    pub fn actor_json(&self) -> String {
        json(&self.actor)
    }
}

/// What an entry's hash covers: the hash before it and every column, each with its length.
#[must_use]
pub fn chain(polres: &str, seq: u64, at: Timestamp, actor: &str, body: &str, prev: &Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update(prev);
    sha.update(seq.to_be_bytes());
    sha.update(at.micros().to_be_bytes());
    for text in [polres, actor, body] {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text.as_bytes());
    }
    sha.finalize().into()
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
