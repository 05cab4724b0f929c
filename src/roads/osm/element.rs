//! What stands in an extract, whatever its format: points, ways, relations, each with tags.

use super::OsmError;
use crate::model::place::LngLat;

/// Tags of one element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tags<'a>(pub &'a [(&'a str, &'a str)]);

impl<'a> Tags<'a> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    pub(super) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }
}

/// What sort of element a relation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberKind {
    Node,
    Way,
    Relation,
}

/// A member of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub kind: MemberKind,
    pub id: i64,
    pub role: &'a str,
}

/// Takes elements in the order of the file.
pub(super) trait Sink {
    fn node(&mut self, id: i64, at: LngLat, tags: Tags<'_>) -> Result<(), OsmError>;
    fn way(&mut self, id: i64, nodes: &[i64], tags: Tags<'_>) -> Result<(), OsmError>;
    fn relation(&mut self, id: i64, members: &[Member<'_>], tags: Tags<'_>) -> Result<(), OsmError>;
}
