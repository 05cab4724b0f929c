//! The journal's tables: entries go in once, in order; they come out as they went in, or not at all.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lists::one_row;
use super::value::{params, texts};
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Event, GENESIS, Hash, chain};
use crate::model::referral::Subject;
use crate::model::team::TeamEvent;
use crate::model::unit::TrackViewed;

const INSERT: &str = "INSERT INTO entries (polres, seq, at_us, actor, body, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// One reference, two, three: an entry touches no more.
const REFS: [&str; 3] = [
    "INSERT INTO entry_refs (polres, seq, ref_id) VALUES ($1, $2, $3)",
    "INSERT INTO entry_refs (polres, seq, ref_id) VALUES ($1, $2, $3), ($1, $2, $4)",
    "INSERT INTO entry_refs (polres, seq, ref_id) VALUES ($1, $2, $3), ($1, $2, $4), ($1, $2, $5)",
];

const COLUMNS_AFTER: &str = "SELECT polres, seq, at_us, actor, body, prev_hash, hash FROM entries
    WHERE polres = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// Entries looked at in one go while verifying.
const PAGE: usize = 1000;

/// What [`Store::verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Every entry is as it was written.
    Whole {
        /// How many there are.
        entries: u64,
        /// Hash of the last one.
        head: Hash,
    },
    /// Something was changed, removed or put in.
    Broken {
        /// The first number that is not right.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// The statements that write `entries`; [`StoreError::Stale`] when a number is taken already.
#[must_use]
pub fn append(entries: &[Entry]) -> Vec<Statement> {
    let mut job = Vec::with_capacity(entries.len() * 2);
    for entry in entries {
        let Entry { polres, seq, at, body, prev_hash, hash, .. } = entry;
        job.push(Statement::one(INSERT, params![polres, *seq, *at, entry.actor_json(), body, *prev_hash, *hash]));
        let refs = touched(&entry.event);
        if let Some(sql) = refs.len().checked_sub(1).and_then(|width| REFS.get(width)) {
            let mut params = params![polres, *seq];
            params.extend(refs.into_iter().map(Into::into));
            job.push(Statement::one(sql, params));
        }
    }
    job
}

/// The reports, incidents, assignments and units an event is about; no id twice, three at most.
fn touched(event: &Event) -> Vec<Uuid> {
    use Event as E;
    match event {
        E::ReportReceived { report, handed_from, .. } => {
            std::iter::once(report.0).chain(handed_from.map(|from| from.0)).collect()
        }
        E::ReportExtended { report, .. }
        | E::ReportRead { report, .. }
        | E::ReportLocated { report, .. }
        | E::ReportClaimed { report, .. }
        | E::ReportReleased { report }
        | E::ReportAsked { report, .. }
        | E::ReportClosed { report, .. }
        | E::ReportReopened { report }
        | E::PersonAsked { report }
        | E::ReportRated { report, .. }
        | E::ReporterViewed { report, .. }
        | E::FeedbackQueued { report, .. }
        | E::FeedbackStatus { report, .. }
        | E::MediaKept { report, .. }
        | E::ReportLaned { report, .. } => vec![report.0],
        E::ReportRecalled { report } => vec![report.id.0],
        E::ReporterMerged { reporter, kept } => vec![reporter.0, kept.0],
        E::StrikeGiven { strike, report, .. } => vec![strike.0, report.0],
        E::StrikeReversed { strike, .. } => vec![strike.0],
        E::BlockProposed { block, report, .. } | E::BlockedContact { block, report, .. } => {
            std::iter::once(block.0).chain(report.map(|report| report.0)).collect()
        }
        E::BlockConfirmed { block, .. }
        | E::BlockDeclined { block, .. }
        | E::BlockAppealed { block, .. }
        | E::BlockLifted { block, .. }
        | E::BlockExpired { block } => vec![block.0],
        E::ReportAttached { report, incident } => vec![report.0, incident.0],
        E::ReportJoined { report, into } => vec![report.0, into.0],
        E::ReportParted { report, incident } => std::iter::once(report.0).chain(incident.map(|it| it.0)).collect(),
        E::IncidentMerged { incident, into: other, .. } | E::IncidentUnmerged { incident, from: other, .. } => {
            vec![incident.0, other.0]
        }
        E::IncidentOpened { incident, .. }
        | E::IncidentChanged { incident, .. }
        | E::IncidentShort { incident, .. }
        | E::IncidentHeld { incident, .. }
        | E::IncidentResumed { incident }
        | E::IncidentClosed { incident, .. }
        | E::IncidentReopened { incident }
        | E::PhotoApproved { incident, .. }
        | E::PhotoDeclined { incident, .. } => vec![incident.0],
        E::PhotoTaken { incident, assignment, unit, .. } => vec![incident.0, assignment.0, unit.0],
        E::ReferralSent { referral, subject, .. } => {
            let about = match subject {
                Subject::Incident(incident) => incident.0,
                Subject::Report(report) => report.0,
            };
            vec![referral.0, about]
        }
        E::ReferralAcknowledged { referral }
        | E::ReferralReported { referral, .. }
        | E::ReferralReminded { referral, .. }
        | E::ReferralClosed { referral, .. } => vec![referral.0],
        E::AssignmentOffered { assignment, incident, unit, .. } => vec![assignment.0, incident.0, unit.0],
        E::AssignmentDelivered { assignment }
        | E::AssignmentStepped { assignment, .. }
        | E::AssignmentExpired { assignment }
        | E::AssignmentReleased { assignment, .. } => vec![assignment.0],
        E::Help(it) => vec![it.incident().0],
        E::AssignmentPreempted(it) => vec![it.assignment.0, it.taken_for.0],
        E::TransferAsked(it) => vec![it.assignment.0, it.to.0, it.unit.0],
        E::AssignmentTransferred { assignment, to } => vec![assignment.0, to.0],
        E::CallRang(rang) => vec![rang.call.0],
        E::CallAnswered { call, .. }
        | E::CallEnded { call, .. }
        | E::CallClimbed { call, .. }
        | E::CallClaimed { call, .. }
        | E::CallReleased { call }
        | E::CallDiverted { call, .. }
        | E::CallDismissed { call, .. }
        | E::CallCalledBack { call, .. } => vec![call.0],
        E::CallFiled { call, report } | E::CallHandedOver { call, report, .. } => vec![call.0, report.0],
        E::RoadClosed(closure) => vec![closure.id.0],
        E::RoadReopened { closure, .. } => vec![closure.0],
        E::UnitRegistered { unit, .. }
        | E::UnitStatusSet { unit, .. }
        | E::UnitEmergency { unit, .. }
        | E::TrackViewed(TrackViewed { unit, .. }) => vec![unit.0],
        E::UnitMessaged(it) => {
            [it.message.0, it.unit.0].into_iter().chain(it.incident.map(|incident| incident.0)).collect()
        }
        E::UnitMessageArrived(it) | E::UnitMessageRead(it) => {
            [it.message.0, it.unit.0].into_iter().chain(it.incident.map(|incident| incident.0)).collect()
        }
        E::IncidentNoted(it) => [it.incident.0, it.note.0].into_iter().chain(it.unit.map(|unit| unit.0)).collect(),
        E::ShiftHandedOver(handed) => vec![handed.shift.0],
        E::ShiftTaken(taken) => vec![taken.shift.0],
        E::Team(TeamEvent::OutOfTurn(taken)) => vec![taken.report.0],
        E::DayChecked(_) | E::Team(TeamEvent::Arranged { .. }) => Vec::new(),
        E::Administered(done) => done.refs(),
    }
}

impl Store {
    /// Number and hash of the last entry; 0 and [`GENESIS`] before the first.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn head(&self, polres: &str) -> Result<(u64, Hash), StoreError> {
        let sql = "SELECT seq, hash FROM entries WHERE polres = $1 ORDER BY seq DESC LIMIT 1";
        let row = one_row(self.read(sql, params![polres]).await?);
        row.map_or(Ok((0, GENESIS)), |row| Ok((row.number(0)?, hash(&row, 1)?)))
    }

    /// Up to `limit` entries after number `seq`, in order.
    ///
    /// # Errors
    /// A backend that failed; an entry that cannot be read back.
    pub async fn read_after(&self, polres: &str, seq: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.read(COLUMNS_AFTER, params![polres, seq, limit]).await?.iter().map(entry).collect()
    }

    /// Every entry that touches one of `ids` (reports, incidents, assignments, units) in one journal,
    /// in order: a timeline.
    ///
    /// # Errors
    /// A backend that failed; an entry that cannot be read back.
    pub async fn entries_of(&self, polres: &str, ids: &[Uuid]) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT polres, seq, at_us, actor, body, prev_hash, hash FROM entries
            WHERE polres = $1 AND seq IN (SELECT seq FROM entry_refs WHERE polres = $1 AND ref_id IN (TEXTS($2)))
            ORDER BY seq";
        self.read(sql, params![polres, texts(ids)]).await?.iter().map(entry).collect()
    }

    /// The last entries that touch one thing (a unit has thousands), in order.
    ///
    /// # Errors
    /// A backend that failed; an entry that cannot be read back.
    pub async fn last_entries_of(&self, polres: &str, id: Uuid, most: usize) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT polres, seq, at_us, actor, body, prev_hash, hash FROM entries
            WHERE polres = $1
              AND seq IN (SELECT seq FROM entry_refs WHERE polres = $1 AND ref_id = $2 ORDER BY seq DESC LIMIT $3)
            ORDER BY seq";
        self.read(sql, params![polres, id, most]).await?.iter().map(entry).collect()
    }

    /// The numbers of the entries that touch each of `ids` in one journal, in order.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn entry_numbers_of(&self, polres: &str, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<u64>>, StoreError> {
        let sql = "SELECT ref_id, seq FROM entry_refs WHERE polres = $1 AND ref_id IN (TEXTS($2)) ORDER BY seq";
        let mut numbers: HashMap<Uuid, Vec<u64>> = HashMap::new();
        for row in self.read(sql, params![polres, texts(ids)]).await? {
            numbers.entry(row.parsed(0)?).or_default().push(row.number(1)?);
        }
        Ok(numbers)
    }

    /// The offices that have a journal, by code.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn polres_list(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT polres FROM entries ORDER BY polres";
        self.read(sql, params![]).await?.iter().map(|row| row.string(0)).collect()
    }

    /// Reads a whole journal and checks its numbers and its chain of hashes.
    ///
    /// # Errors
    /// A backend that failed. What is wrong with the journal itself is a [`Verdict`].
    pub async fn verify(&self, polres: &str) -> Result<Verdict, StoreError> {
        let (mut seq, mut head) = (0, GENESIS);
        loop {
            let rows = self.read(COLUMNS_AFTER, params![polres, seq, PAGE]).await?;
            if rows.is_empty() {
                return Ok(Verdict::Whole { entries: seq, head });
            }
            for row in &rows {
                match follows(row, polres, seq, &head) {
                    Ok(hash) => (seq, head) = (seq + 1, hash),
                    Err(why) => return Ok(Verdict::Broken { seq: seq + 1, why }),
                }
            }
        }
    }
}

/// The hash of the row if it rightly follows entry `seq`, else what is wrong.
fn follows(row: &Row, polres: &str, seq: u64, head: &Hash) -> Result<Hash, String> {
    let said = |error: StoreError| error.to_string();
    let number: u64 = row.number(1).map_err(said)?;
    if number != seq + 1 {
        return Err(format!("missing, the next one is {number}"));
    }
    if hash(row, 5).map_err(said)? != *head {
        return Err("does not follow the entry before it".to_owned());
    }
    let (at, actor, body) = (row.at(2).map_err(said)?, row.text(3).map_err(said)?, row.text(4).map_err(said)?);
    let due = chain(polres, number, at, actor, body, head);
    if hash(row, 6).map_err(said)? != due {
        return Err("was changed after it was written".to_owned());
    }
    serde_json::from_str::<Event>(body).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(due)
}

fn hash(row: &Row, column: usize) -> Result<Hash, StoreError> {
    row.blob(column)?.try_into().map_err(|_| StoreError::corrupt("a hash in the journal is not 32 bytes long"))
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let at: Timestamp = row.at(2)?;
    Ok(Entry {
        polres: row.string(0)?,
        seq: row.number(1)?,
        at,
        actor: row.json(3)?,
        event: row.json(4)?,
        body: row.string(4)?,
        prev_hash: hash(row, 5)?,
        hash: hash(row, 6)?,
    })
}
