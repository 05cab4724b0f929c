//! What an app knows of being an exercise: whose, who takes part, and where its messages end.

use std::collections::HashMap;

use parking_lot::Mutex;
use uuid::Uuid;

use crate::feedback::recorder::Recorder;
use crate::http::auth::Who;
use crate::model::id::{CallId, UserId};

/// The mark of an app that is an exercise.
#[derive(Debug)]
pub struct Practice {
    /// Its id.
    pub id: Uuid,
    /// What the trainer called it.
    pub title: String,
    /// Who leads it.
    pub trainer: UserId,
    /// Whether the machine may offer a clear P1 by itself; otherwise the trainee decides everything.
    pub automatic: bool,
    /// Where its messages end.
    pub recorder: Recorder,
    admitted: Mutex<HashMap<[u8; 32], Who>>,
    said: Mutex<HashMap<CallId, String>>,
}

impl Practice {
    /// An exercise nobody takes part in yet.
    #[must_use]
    pub fn new(id: Uuid, title: String, trainer: UserId, automatic: bool) -> Self {
        let (recorder, admitted, said) = (Recorder::default(), Mutex::default(), Mutex::default());
        Self { id, title, trainer, automatic, recorder, admitted, said }
    }

    /// Lets somebody in whom the real office knows and who takes part.
    pub fn admit(&self, who: &Who) {
        self.admitted.lock().insert(who.token_hash, who.clone());
    }

    /// Whoever answers this call hears these words; none at all is a silent call.
    pub(super) fn hears(&self, call: CallId, words: &str) {
        self.said.lock().insert(call, words.to_owned());
    }

    /// What a caller says: in an exercise it is read, for nobody speaks.
    #[must_use]
    pub fn said(&self, call: CallId) -> Option<String> {
        self.said.lock().get(&call).cloned()
    }

    /// Who came in with this token. Sessions of the real office are no sessions here, and the other way round.
    #[must_use]
    pub fn who(&self, token_hash: &[u8; 32]) -> Option<Who> {
        self.admitted.lock().get(token_hash).cloned()
    }
}
