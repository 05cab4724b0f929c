//! Who looks at what: told to the other screens of the desk, kept nowhere. Only the latest state counts;
//! a screen that missed one hears the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::model::id::UserId;
use crate::model::viewer::Scope;

/// What kind of thing is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// A report.
    Report,
    /// An incident.
    Incident,
    /// A call to 110.
    Call,
}

/// One open screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Looker {
    /// Whose screen.
    pub user: UserId,
    /// Name for people.
    pub name: String,
    /// What kind of thing is open on it; none when nothing is.
    pub kind: Option<Looked>,
    /// Which.
    pub id: Option<Uuid>,
    /// Something is being typed to it.
    pub typing: bool,
    /// Who may hear of it.
    #[serde(skip)]
    pub scope: Scope,
}

/// The open screens of one desk.
#[derive(Debug)]
pub struct Lookers {
    next: AtomicU64,
    open: Mutex<BTreeMap<u64, Looker>>,
    latest: watch::Sender<Arc<Vec<Looker>>>,
}

impl Default for Lookers {
    fn default() -> Self {
        Self { next: AtomicU64::new(1), open: Mutex::default(), latest: watch::channel(Arc::default()).0 }
    }
}

/// A screen's place among the lookers, for as long as it lives.
#[derive(Debug)]
pub struct Seat {
    lookers: Arc<Lookers>,
    no: u64,
}

impl Lookers {
    /// Takes a seat: somebody is here, looking at nothing yet.
    pub fn sit(self: &Arc<Self>, user: UserId, name: &str, scope: &Scope) -> Seat {
        let no = self.next.fetch_add(1, Ordering::Relaxed);
        let looker = Looker { user, name: name.to_owned(), kind: None, id: None, typing: false, scope: scope.clone() };
        self.change(|open| drop(open.insert(no, looker)));
        Seat { lookers: self.clone(), no }
    }

    /// Hears every change, the latest only.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Vec<Looker>>> {
        self.latest.subscribe()
    }

    fn change(&self, how: impl FnOnce(&mut BTreeMap<u64, Looker>)) {
        let mut open = self.open.lock();
        how(&mut open);
        self.latest.send_replace(Arc::new(open.values().cloned().collect()));
    }
}

impl Seat {
    /// Looks at something else, or begins or ends typing.
    pub fn look(&self, at: Option<(Looked, Uuid)>, typing: bool) {
        self.lookers.change(|open| {
            if let Some(looker) = open.get_mut(&self.no) {
                looker.kind = at.map(|(kind, _)| kind);
                looker.id = at.map(|(_, id)| id);
                looker.typing = typing && at.is_some();
            }
        });
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.lookers.change(|open| drop(open.remove(&self.no)));
    }
}

/// What a screen of this scope hears: a Polres all, a Polsek its own people.
#[must_use]
pub fn heard_by<'a>(scope: &Scope, all: &'a [Looker]) -> Vec<&'a Looker> {
    all.iter().filter(|looker| *scope == Scope::Polres || looker.scope == *scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sits_down_is_seen_until_the_screen_closes() {
        let lookers = Arc::new(Lookers::default());
        let watch = lookers.watch();
        let user = UserId(Uuid::from_u128(7));
        let seat = lookers.sit(user, "Dewi", &Scope::Polres);
        let polsek = Scope::Polsek("barat".to_owned());
        let other = lookers.sit(UserId(Uuid::from_u128(8)), "Rudi", &polsek);
        let report = Uuid::from_u128(9);
        seat.look(Some((Looked::Report, report)), true);
        let seen = watch.borrow().clone();
        assert_eq!((seen.len(), seen[0].id, seen[0].typing), (2, Some(report), true));
        assert_eq!(heard_by(&Scope::Polres, &seen).len(), 2);
        assert_eq!(heard_by(&polsek, &seen), [&seen[1]], "a Polsek hears of its own people");
        seat.look(None, true);
        assert!(!watch.borrow()[0].typing, "nobody types to nothing");
        drop(other);
        drop(seat);
        assert!(watch.borrow().is_empty());
    }
}
