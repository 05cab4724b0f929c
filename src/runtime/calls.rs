//! From the exchange's word to a call on a desk: which office, which call, who calls, and where.
//!
//! A word that comes twice makes nothing new; one that comes before its beginning makes the call. The
//! caller's number goes into the vault with the entry that names him, never into the journal.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::desks::{Chain, ClockDebug, DeskHandle, Rows, SubmitError};
use super::reading::{Asking, Reader};
use crate::channels::call_center::{CallNotice, Caller, NetworkPlace, may_have_whatsapp};
use crate::dispatch::command::{CallEvent, Command};
use crate::model::call::{Call, CallNews, CallResult, Dismissal};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event};
use crate::model::id::{CallId, Ids, ReporterId};
use crate::model::place::{Jurisdiction, LngLat, Place, PlaceSource};
use crate::model::shield::Noise;
use crate::store::calls::{self, Paper, number_aliases};
use crate::store::people::{self, Profile};
use crate::store::{Statement, Store, StoreError};
use crate::understand::screen::{CallEnd, PastCall, call_score};

/// Tries to make a caller known while WhatsApp makes him known too.
const TRIES: u32 = 5;

/// Calls of one number are looked at over this span, seconds.
const CALLS_WITHIN_S: i64 = 3600;

/// An answered call this short was hung up at once. Seconds.
const HUNG_UP_WITHIN_S: f64 = 3.0;

/// A place outside every configured area is kept, but never certain.
const OUTSIDE_CONFIDENCE: f64 = 0.4;

/// How sure a network's place is, by its radius in metres: a street, a neighbourhood, a cell.
const CONFIDENCE: [(f64, f64); 2] = [(200.0, 0.9), (600.0, 0.75)];
const CELL_CONFIDENCE: f64 = 0.5;

/// What the exchange wrote of the caller; sealed beside the call.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerPaper {
    /// The exchange's own name of the call.
    pub call_id: String,
    /// The caller as it was written.
    pub given: String,
}

/// What became of a word of the exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Whose desk has it.
    pub polres: String,
    /// The call as it stands.
    pub call: Call,
    /// It had been said before.
    pub again: bool,
}

/// The way in for telephone exchanges.
#[derive(Debug)]
pub struct Exchange {
    /// Where callers are known.
    pub store: Store,
    /// The desks by Polres.
    pub desks: HashMap<String, DeskHandle>,
    /// Office of each line.
    pub lines: BTreeMap<String, String>,
    /// Names places and knows whose they are.
    pub reader: Arc<Reader>,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
    /// Held while somebody is made known, so that two calls of one new number make one person.
    strangers: tokio::sync::Mutex<()>,
    ids: Mutex<Ids>,
}

/// A caller as the vault knows him, with the rows that make him known when he is new.
struct Known {
    reporter: ReporterId,
    rows: Vec<Statement>,
}

impl Exchange {
    /// A way in to these desks.
    #[must_use]
    pub fn new(
        store: Store,
        desks: HashMap<String, DeskHandle>,
        lines: BTreeMap<String, String>,
        reader: Arc<Reader>,
        clock: Arc<dyn ClockDebug>,
    ) -> Self {
        let (strangers, ids) = (tokio::sync::Mutex::new(()), Mutex::new(Ids::random()));
        Self { store, desks, lines, reader, clock, strangers, ids }
    }

    /// The office a notice belongs to: that of its line; without one the office where the call is
    /// known, else `home`.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn office(&self, notice: &CallNotice, home: &str) -> Result<String, SubmitError> {
        if let Some(office) = self.lines.get(&notice.line).filter(|office| self.desks.contains_key(*office)) {
            return Ok(office.clone());
        }
        for office in self.desks.keys() {
            if self.known(office, self.id_of(office, notice)).await?.is_some() {
                return Ok(office.clone());
            }
        }
        if !notice.line.is_empty() {
            tracing::warn!(line = notice.line, polres = home, "a line belongs to no office; its call rings at home");
        }
        Ok(home.to_owned())
    }

    fn id_of(&self, office: &str, notice: &CallNotice) -> CallId {
        calls::call_id(self.store.vault(), &format!("{office}/{}", notice.call_id))
    }

    /// A call on the desk, or one that has left it.
    async fn known(&self, office: &str, id: CallId) -> Result<Option<Call>, SubmitError> {
        if let Some(desk) = self.desks.get(office)
            && let Some(call) = desk.look(move |desk| desk.calls.get(id).cloned()).await?
        {
            return Ok(Some(call));
        }
        Ok(self.store.call(id).await.map_err(away)?.map(|filed| filed.item))
    }

    /// Takes one word of the exchange; durable when this returns.
    ///
    /// # Errors
    /// Storage is away: nothing was recorded, the exchange is to say it again.
    pub async fn take(&self, office: &str, notice: &CallNotice, actor: Actor) -> Result<Taken, SubmitError> {
        let desk = self.desks.get(office).ok_or(SubmitError::Away)?;
        let id = self.id_of(office, notice);
        let before = self.known(office, id).await?;
        if let Some(call) = &before
            && desk.look(move |desk| desk.calls.get(id).is_none()).await?
        {
            // It left the desk long ago: a very late repetition.
            return Ok(Taken { polres: office.to_owned(), call: call.clone(), again: true });
        }
        for _ in 0..TRIES {
            match self.submit(desk, id, before.as_ref(), notice, actor).await {
                // The number became known meanwhile, over WhatsApp: look again.
                Err(SubmitError::Conflict(_)) => {}
                entries => {
                    let again = entries?.is_empty();
                    let call = desk.look(move |desk| desk.calls.get(id).cloned()).await?.ok_or(SubmitError::Away)?;
                    return Ok(Taken { polres: office.to_owned(), call, again });
                }
            }
        }
        Err(SubmitError::Away)
    }

    async fn submit(
        &self,
        desk: &DeskHandle,
        id: CallId,
        before: Option<&Call>,
        notice: &CallNotice,
        actor: Actor,
    ) -> Result<Vec<Entry>, SubmitError> {
        let now = self.clock.now();
        let says_more = notice.news == CallNews::Ringing && before.is_none_or(|call| call.stamps.rang_at.is_none());
        let kept = before.filter(|_| !says_more || notice.caller.number.is_none());
        let (known, _making) = match kept {
            Some(call) => (Known { reporter: call.reporter, rows: Vec::new() }, None),
            None => self.who(&notice.caller, now).await.map_err(away)?,
        };
        let noise = self.noise_of(&desk.parts.office.code, id, known.reporter, says_more, now).await.map_err(away)?;
        let (place, jurisdiction) = notice.place.map(|place| self.placed(place)).unzip();
        let command = Command::CallEvent(Box::new(CallEvent {
            call: id,
            news: notice.news,
            at: notice.at.unwrap_or(now),
            line: notice.line.clone(),
            reporter: known.reporter,
            anonymous: notice.caller.number.is_none() && before.is_none_or(|call| call.anonymous),
            place,
            jurisdiction: jurisdiction.flatten(),
            place_problem: notice.place_problem,
            noise,
        }));
        let rows = self.rows(id, known, notice, now);
        desk.submit_with(actor, command, Some(rows)).await
    }

    /// Who calls. One withheld number is one person: nothing tells two of them apart.
    async fn who(
        &self,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(Known, Option<tokio::sync::MutexGuard<'_, ()>>), StoreError> {
        let vault = self.store.vault();
        let Some(digits) = &caller.number else {
            let reporter = self.next_reporter(now);
            let rows = vec![people::insert_reporter(vault, reporter, &Profile::default(), now)?];
            return Ok((Known { reporter, rows }, None));
        };
        let aliases = number_aliases(vault, digits);
        let bare = aliases.map(|(_, alias)| alias);
        if let Some(reporter) = self.store.reporter_by_aliases(&bare).await? {
            return Ok((Known { reporter, rows: Vec::new() }, None));
        }
        let making = self.strangers.lock().await;
        if let Some(reporter) = self.store.reporter_by_aliases(&bare).await? {
            return Ok((Known { reporter, rows: Vec::new() }, None));
        }
        let reporter = self.next_reporter(now);
        let profile = Profile {
            phone: Some(format!("+{digits}")),
            wa_id: may_have_whatsapp(digits).then(|| digits.clone()),
            ..Profile::default()
        };
        let mut rows = vec![people::insert_reporter(vault, reporter, &profile, now)?];
        rows.extend(aliases.iter().map(|(kind, alias)| people::insert_alias(alias, kind, reporter)));
        Ok((Known { reporter, rows }, Some(making)))
    }

    /// What speaks for noise in a call that begins to ring: how the calls of the same person to this
    /// office went within the last hour. A withheld number has no past.
    async fn noise_of(
        &self,
        polres: &str,
        id: CallId,
        caller: ReporterId,
        rings: bool,
        now: Timestamp,
    ) -> Result<Option<Noise>, StoreError> {
        if !rings {
            return Ok(None);
        }
        let people = self.store.same_person(caller).await?;
        let past = self.store.calls_since(polres, &people, now.plus_secs(-CALLS_WITHIN_S)).await?;
        let past: Vec<PastCall> = past.iter().filter(|call| call.id != id).map(past_call).collect();
        Ok(Some(call_score(&past, now)).filter(|noise| noise.score > 0))
    }

    fn next_reporter(&self, now: Timestamp) -> ReporterId {
        ReporterId(self.ids.lock().next(now))
    }

    /// The person and what was written of him, recorded with the entry that names him.
    fn rows(&self, id: CallId, known: Known, notice: &CallNotice, now: Timestamp) -> Rows {
        let store = self.store.clone();
        let paper = CallerPaper { call_id: notice.call_id.clone(), given: notice.caller.given.clone() };
        Box::new(move |entries, _| {
            if !entries.iter().any(|entry| matches!(entry.event, Event::CallRang(_))) {
                return Ok(Vec::new());
            }
            let mut rows = known.rows;
            rows.push(calls::keep(store.vault(), id, known.reporter, Paper::Caller, &paper, now)?);
            Ok(rows)
        })
    }

    /// A network's place with a name and its area.
    fn placed(&self, found: NetworkPlace) -> (Place, Option<Jurisdiction>) {
        let jurisdiction = self.reader.areas().find(found.at);
        let by_radius = CONFIDENCE.iter().find(|(radius_m, _)| found.radius_m <= *radius_m);
        let sure = by_radius.map_or(CELL_CONFIDENCE, |(_, confidence)| *confidence);
        let confidence = if jurisdiction.is_some() { sure } else { OUTSIDE_CONFIDENCE };
        let named = self.reader.find("", &Asking { pin: Some(found.at), ..Asking::default() });
        let label = named.place.map(|place| place.label);
        let place = Place {
            lng: found.at.lng,
            lat: found.at.lat,
            radius_m: found.radius_m,
            source: PlaceSource::Network,
            label: label.unwrap_or_default(),
            confidence,
            because: "lokasi dari jaringan telepon".to_owned(),
            parts: Vec::new(),
        };
        (place, jurisdiction)
    }

    /// The other office a point belongs to: whose area it lies in, else whose seat is nearest; none
    /// when that is `own` or there is no other.
    #[must_use]
    pub fn office_at(&self, at: LngLat, own: &str) -> Option<String> {
        if let Some(area) = self.reader.areas().find(at) {
            return Some(area.polres).filter(|polres| polres != own && self.desks.contains_key(polres));
        }
        let seat_m = |desk: &DeskHandle| desk.parts.office.seat.distance_m(at);
        let nearest = self.desks.values().min_by(|a, b| seat_m(a).total_cmp(&seat_m(b)))?;
        Some(nearest.parts.office.code.clone()).filter(|polres| polres != own)
    }
}

/// An earlier call as the shield sees it. One that still goes on counts for a burst only.
fn past_call(call: &Call) -> PastCall {
    let end = match &call.result {
        Some(CallResult::Filed { .. } | CallResult::HandedOver { .. }) => CallEnd::Reported,
        Some(CallResult::Dismissed { reason: Dismissal::Silent }) => CallEnd::Silent,
        Some(CallResult::Dismissed { reason: Dismissal::Prank }) => CallEnd::Prank,
        None if !call.is_live() && call.talk_s().is_none_or(|talk_s| talk_s <= HUNG_UP_WITHIN_S) => CallEnd::HungUp,
        Some(CallResult::Dismissed { .. } | CallResult::Diverted) | None => CallEnd::Spoken,
    };
    PastCall { at: call.stamps.received_at, end }
}

fn away(error: StoreError) -> SubmitError {
    tracing::warn!(error = %Chain(&error), "people's data cannot be reached");
    SubmitError::Away
}
