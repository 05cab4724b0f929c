//! What the socket says: snapshots, entries with what they changed, and who may see which.

use std::sync::OnceLock;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::dispatch::desk::{Desk, Touched};
use crate::model::assignment::Assignment;
use crate::model::call::{Call, CallState};
use crate::model::clock::Timestamp;
use crate::model::closure::Closure;
use crate::model::crew_talk::UnitMessage;
use crate::model::entry::{Actor, Entry};
use crate::model::id::{AssignmentId, IncidentId, MessageId, UnitId};
use crate::model::incident::Incident;
use crate::model::report::Report;
use crate::model::unit::{Fix, Unit};
use crate::model::viewer::Scope;

/// Reports, incidents, assignments and units as they stand after an entry; clients upsert by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// Reports.
    pub reports: Vec<Report>,
    /// Incidents.
    pub incidents: Vec<Incident>,
    /// Assignments.
    pub assignments: Vec<Assignment>,
    /// Units.
    pub units: Vec<Unit>,
    /// Calls to 110.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// Roads closed or slowed; one with `ended_at` is open again.
    #[serde(default)]
    pub closures: Vec<Closure>,
    /// Messages between the desk and its crews, of the last day; their words are asked for by unit.
    #[serde(default)]
    pub messages: Vec<UnitMessage>,
}

/// Abandoned calls in a snapshot, at most, the youngest; `GET /v1/calls` has the rest.
const ABANDONED_SHOWN: usize = 200;

impl Changed {
    /// What `touched` names, as it stands on the desk.
    #[must_use]
    pub fn of(desk: &Desk, touched: &Touched) -> Self {
        Self {
            reports: touched.reports.iter().filter_map(|id| desk.reports.get(id)).cloned().collect(),
            incidents: touched.incidents.iter().filter_map(|id| desk.incidents.get(id)).cloned().collect(),
            assignments: touched.assignments.iter().filter_map(|id| desk.assignments.get(id)).cloned().collect(),
            units: touched.units.iter().filter_map(|id| desk.units.get(id)).cloned().collect(),
            calls: touched.calls.iter().filter_map(|id| desk.calls.get(*id)).cloned().collect(),
            closures: touched.closures.iter().filter_map(|id| desk.closures.get(id)).cloned().collect(),
            messages: touched.messages.iter().filter_map(|id| desk.messages.get(*id)).cloned().collect(),
        }
    }

    /// Everything on the desk.
    #[must_use]
    pub fn all(desk: &Desk) -> Self {
        Self {
            reports: desk.reports.values().cloned().collect(),
            incidents: desk.incidents.values().cloned().collect(),
            assignments: desk.assignments.values().cloned().collect(),
            units: desk.units.values().cloned().collect(),
            calls: open_calls(desk),
            closures: desk.closures.values().filter(|closure| closure.is_open()).cloned().collect(),
            messages: desk.messages.all().cloned().collect(),
        }
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
            && self.incidents.is_empty()
            && self.assignments.is_empty()
            && self.units.is_empty()
            && self.calls.is_empty()
            && self.closures.is_empty()
            && self.messages.is_empty()
    }

    fn seen_by(&self, scope: &Scope, around: &Around) -> Self {
        Self {
            reports: self.reports.iter().filter(|r| scope.sees_report(r)).cloned().collect(),
            incidents: self.incidents.iter().filter(|i| scope.sees_incident(i, around.crews(i.id))).cloned().collect(),
            assignments: self.assignments.iter().filter(|a| around.shows(scope, a)).cloned().collect(),
            units: self.units.iter().filter(|u| scope.sees_unit(u)).cloned().collect(),
            calls: self.calls.iter().filter(|c| scope.sees_call(c)).cloned().collect(),
            // Everybody who drives must know.
            closures: self.closures.clone(),
            messages: self
                .messages
                .iter()
                .filter(|m| around.unit(m.unit).is_some_and(|u| scope.sees_unit(u)))
                .cloned()
                .collect(),
        }
    }
}

/// Every call that needs somebody, the abandoned ones up to [`ABANDONED_SHOWN`].
fn open_calls(desk: &Desk) -> Vec<Call> {
    let (mut abandoned, mut calls): (Vec<Call>, Vec<Call>) =
        desk.calls.open().cloned().partition(|call| call.state == CallState::Abandoned);
    abandoned.sort_by_key(|call| std::cmp::Reverse((call.stamps.received_at, call.id)));
    abandoned.truncate(ABANDONED_SHOWN);
    calls.extend(abandoned);
    calls
}

/// The units and incidents around what changed: needed to say who may see it.
#[derive(Debug, Clone, Default)]
struct Around {
    units: Vec<Unit>,
    incidents: Vec<(Incident, Vec<UnitId>)>,
}

impl Around {
    fn of(desk: &Desk, changed: &Changed) -> Self {
        let mut incidents: Vec<IncidentId> = changed.incidents.iter().map(|i| i.id).collect();
        incidents.extend(changed.assignments.iter().map(|a| a.incident));
        incidents.sort_unstable();
        incidents.dedup();
        let mut units: Vec<UnitId> = changed.assignments.iter().map(|a| a.unit).collect();
        units.extend(changed.messages.iter().map(|message| message.unit));
        units.sort_unstable();
        units.dedup();
        let with_crews = |incident: &Incident| {
            (incident.clone(), desk.live_assignments(incident).map(|a| a.unit).collect::<Vec<_>>())
        };
        Self {
            units: units.iter().filter_map(|id| desk.units.get(id)).cloned().collect(),
            incidents: incidents.iter().filter_map(|id| desk.incidents.get(id)).map(with_crews).collect(),
        }
    }

    fn crews(&self, incident: IncidentId) -> &[UnitId] {
        self.incidents.iter().find(|(i, _)| i.id == incident).map_or(&[], |(_, crews)| crews.as_slice())
    }

    fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    fn shows(&self, scope: &Scope, assignment: &Assignment) -> bool {
        let unit = self.unit(assignment.unit);
        let incident = self.incidents.iter().find(|(i, _)| i.id == assignment.incident).map(|(i, _)| i);
        scope.sees_assignment(assignment, unit, incident)
    }
}

/// One entry on its way to the screens: encoded once for those who see the whole Polres.
#[derive(Debug)]
pub struct Frame {
    /// Number of the entry.
    pub seq: u64,
    /// The full text, for a scope of the whole Polres; made when the first screen wants it.
    full: OnceLock<Bytes>,
    body: String,
    header: Header,
    changed: Changed,
    around: Around,
}

#[derive(Debug, Serialize)]
struct Header {
    #[serde(rename = "type")]
    kind_of_frame: &'static str,
    polres: String,
    seq: u64,
    at: Timestamp,
    actor: Actor,
}

#[derive(Serialize)]
struct FullFrame<'a> {
    #[serde(flatten)]
    header: &'a Header,
    kind: &'a str,
    data: &'a RawValue,
    changed: &'a Changed,
}

#[derive(Serialize)]
struct PartFrame<'a> {
    #[serde(flatten)]
    header: &'a Header,
    changed: Changed,
}

#[derive(Deserialize)]
struct Body<'a> {
    kind: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Frame {
    /// Frames an entry with what it changed, as the desk stands after it.
    #[must_use]
    pub fn new(entry: &Entry, desk: &Desk, touched: &Touched) -> Self {
        let changed = Changed::of(desk, touched);
        let around = Around::of(desk, &changed);
        let header = Header {
            kind_of_frame: "entry",
            polres: entry.polres.clone(),
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
        };
        Self { seq: entry.seq, full: OnceLock::new(), body: entry.body.clone(), header, changed, around }
    }

    fn full(&self) -> &Bytes {
        self.full.get_or_init(|| {
            serde_json::from_str::<Body<'_>>(&self.body)
                .map(|Body { kind, data }| {
                    json(&FullFrame { header: &self.header, kind, data, changed: &self.changed })
                })
                .unwrap_or_default()
        })
    }

    /// Whether every crew is to hear of it: a road was closed or opened.
    pub(super) fn is_for_all_crews(&self) -> bool {
        !self.changed.closures.is_empty()
    }

    /// Whether it tells of an incident two offices have to do with.
    #[must_use]
    pub fn is_about_help(&self) -> bool {
        self.changed.incidents.iter().any(|incident| incident.helps.is_some() || !incident.helped_by.is_empty())
    }

    /// The units whose crews may see something of it, each once.
    pub(super) fn crews(&self) -> impl Iterator<Item = UnitId> + '_ {
        let incidents = self.changed.incidents.iter().flat_map(|incident| self.around.crews(incident.id)).copied();
        let assignments = self.changed.assignments.iter().map(|assignment| assignment.unit);
        let messages = self.changed.messages.iter().map(|message| message.unit);
        let mut units: Vec<UnitId> =
            incidents.chain(assignments).chain(messages).chain(self.changed.units.iter().map(|u| u.id)).collect();
        units.sort_unstable();
        units.dedup();
        units.into_iter()
    }

    /// The frame as `scope` may see it; none when nothing of it concerns him.
    #[must_use]
    pub fn text_for(&self, scope: &Scope) -> Option<Bytes> {
        if *scope == Scope::Polres {
            return Some(self.full().clone());
        }
        let changed = self.changed.seen_by(scope, &self.around);
        (!changed.is_empty()).then(|| json(&PartFrame { header: &self.header, changed }))
    }

    /// Offers in this frame for `unit` that its tablet has yet to acknowledge.
    pub fn offers_for(&self, unit: UnitId) -> impl Iterator<Item = AssignmentId> + '_ {
        self.changed.assignments.iter().filter(move |a| a.unit == unit && a.state.is_offer()).map(|a| a.id)
    }
}

/// A unit's last position, as in snapshots and position batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitFix {
    /// Which unit.
    pub unit_id: UnitId,
    /// Its short number.
    pub no: u32,
    /// Where, when, how well.
    #[serde(flatten)]
    pub fix: Fix,
}

/// The first thing a screen hears: everything it may see.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Snapshot {
    /// `snapshot`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whose journal.
    pub polres: String,
    /// Entries up to this number are in it.
    pub seq: u64,
    /// Server clock.
    pub at: Timestamp,
    /// Everything on the desk.
    #[serde(flatten)]
    pub all: Changed,
    /// Last positions.
    pub fixes: Vec<UnitFix>,
}

impl Snapshot {
    /// The desk as `scope` may see it.
    #[must_use]
    pub fn of(desk: &Desk, fixes: Vec<UnitFix>, scope: &Scope, now: Timestamp) -> Self {
        let all = Changed::all(desk);
        let all = if *scope == Scope::Polres {
            all
        } else {
            let around = Around::of(desk, &all);
            all.seen_by(scope, &around)
        };
        let seen = |fix: &UnitFix| all.units.iter().any(|unit| unit.id == fix.unit_id);
        let fixes = fixes.into_iter().filter(seen).collect();
        Self { kind: "snapshot".to_owned(), polres: desk.polres.clone(), seq: desk.seq, at: now, all, fixes }
    }
}

/// What a client may say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// What its map shows.
    View {
        /// West, south, east, north, degrees.
        bbox: [f64; 4],
        /// Zoom of the map.
        #[serde(default)]
        zoom: f64,
        /// Binary tile frames instead of JSON.
        #[serde(default)]
        binary: bool,
    },
    /// What an operator has open; nothing without `kind` and `id`.
    Look {
        /// What kind of thing.
        #[serde(default)]
        kind: Option<super::lookers::Looked>,
        /// Which.
        #[serde(default)]
        id: Option<uuid::Uuid>,
        /// Something is being typed to it.
        #[serde(default)]
        typing: bool,
    },
    /// The tablet has an offer.
    Ack {
        /// The assignment.
        delivery: AssignmentId,
    },
    /// The tablet has the words of these messages.
    Got {
        /// Which, 100 at most.
        messages: Vec<MessageId>,
    },
    /// Whether we are there; answered by `pong`.
    Ping,
    /// Where the tablet is.
    Position {
        /// Longitude, degrees.
        lng: f64,
        /// Latitude, degrees.
        lat: f64,
        /// Device clock.
        at: Timestamp,
        /// Metres.
        #[serde(default)]
        accuracy_m: Option<f32>,
        /// Metres per second.
        #[serde(default)]
        speed_mps: Option<f32>,
        /// Degrees from north.
        #[serde(default)]
        heading_deg: Option<f32>,
    },
}

/// JSON text of a frame.
pub fn json<T: Serialize>(value: &T) -> Bytes {
    Bytes::from(serde_json::to_vec(value).unwrap_or_default())
}
