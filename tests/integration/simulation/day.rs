//! One day: a desk, the part of its journal that is on disk, and what has not been flushed yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sigap::dispatch::checker::violations;
use sigap::dispatch::command::{Command, Receive, Refusal};
use sigap::dispatch::decide::{Rules, decide};
use sigap::dispatch::desk::Desk;
use sigap::dispatch::plan::Plans;
use sigap::dispatch::shield::ShieldRules;
use sigap::model::assignment::{AssignmentState, TakesOver};
use sigap::model::clock::{SECOND, Timestamp};
use sigap::model::entry::{Actor, Entry, Event, GENESIS, Hash, chain};
use sigap::model::id::{Ids, MessageId, UnitId};
use sigap::model::unit::UnitStatus;

use super::moves::Move;
use super::town::Town;

/// 2026-11-21 22:00 WIB: the day crosses midnight.
const START: Timestamp = Timestamp::from_secs(1_795_273_200);

/// One in this many batches ends in a crash.
const CRASH: u32 = 40;

/// A day under way.
pub struct Day {
    /// What is drawn at random; the only source.
    pub rng: fastrand::Rng,
    /// The desk with everything decided, flushed or not.
    pub desk: Desk,
    /// Where its units are.
    pub town: Town,
    /// Ids of what is made outside of decisions.
    pub outside: Ids,
    /// The clock of the machine; it may be turned back.
    pub clock: Timestamp,
    /// Times each command came out in each way.
    pub commands: BTreeMap<String, u32>,
    /// Times the process died.
    pub crashes: u32,
    /// Entries that were decided and never flushed.
    pub lost_entries: usize,
    /// Messages the desk answered for, that channels will send once more.
    pub sent: Vec<Receive>,
    /// Messages whose sender heard nothing: sent again until taken.
    pub unheard: Vec<Receive>,
    ids: Ids,
    rules: Rules,
    journal: Vec<Entry>,
    durable: Desk,
    batch: Vec<Entry>,
    batch_messages: Vec<Receive>,
    acknowledged: BTreeSet<MessageId>,
    numbers: BTreeSet<String>,
}

impl Day {
    /// A desk with a dozen units, before the first report.
    pub fn new(seed: u64) -> Self {
        let desk = Desk::new("medan", "MDN", 7);
        let mut day = Self {
            rng: fastrand::Rng::with_seed(seed),
            durable: desk.clone(),
            desk,
            town: Town::new(),
            outside: Ids::seeded(seed ^ 0x5eed),
            clock: START,
            commands: BTreeMap::new(),
            crashes: 0,
            lost_entries: 0,
            sent: Vec::new(),
            unheard: Vec::new(),
            ids: Ids::seeded(seed),
            rules: Rules {
                plans: Plans::builtin().unwrap(),
                categories: sigap::model::category::CategorySet::builtin(),
                shield: ShieldRules::default(),
            },
            journal: Vec::new(),
            batch: Vec::new(),
            batch_messages: Vec::new(),
            acknowledged: BTreeSet::new(),
            numbers: BTreeSet::new(),
        };
        let units = day.new_units(14);
        day.submit(Move::new("register", Command::RegisterUnits(units)));
        for unit in day.desk.units.keys().copied().collect::<Vec<UnitId>>() {
            day.submit(Move::new("status", Command::SetUnitStatus(unit, UnitStatus::Available)));
        }
        day.flush();
        day
    }

    /// The desk's present moment: its clock, but never before its last entry.
    pub fn now(&self) -> Timestamp {
        self.clock.max(self.desk.last_at)
    }

    /// One more command; then perhaps a flush, perhaps a crash.
    pub fn live(&mut self) {
        self.turn_clock();
        let chosen = self.choose();
        self.submit(chosen);
        if self.tick_is_due() {
            self.submit(Move::new("tick", Command::Tick));
            let late = self.desk.offers.first().is_some_and(|(at, _)| *at <= self.now());
            assert!(!late, "an offer outlived its time");
            assert!(self.desk.calls.next_due().is_none_or(|at| at > self.now()), "a call outlived its ten seconds");
        }
        if self.rng.u32(..3) == 0 {
            if self.rng.u32(..CRASH) == 0 { self.crash() } else { self.flush() }
        }
    }

    /// The last flush, then the whole journal against the desk.
    pub fn end(&mut self) {
        for again in std::mem::take(&mut self.unheard) {
            self.submit(Move::receive(again));
        }
        // The next day: blocks for a day end.
        self.clock.0 = self.now().micros() + 25 * 3600 * SECOND;
        self.submit(Move::new("tick", Command::Tick));
        self.flush();
        assert_eq!(self.refold(), self.desk, "the journal tells another story than the desk");
        let snapshot = serde_json::to_vec(&self.desk).unwrap();
        assert_eq!(serde_json::from_slice::<Desk>(&snapshot).unwrap(), self.desk, "the snapshot is another desk");
        let mut times: HashMap<MessageId, u32> = HashMap::new();
        for entry in &self.journal {
            let kept = match &entry.event {
                Event::ReportReceived { message, .. }
                | Event::ReportExtended { message, .. }
                | Event::BlockedContact { message, report: None, .. } => Some(message),
                _ => None,
            };
            if let Some(message) = kept {
                *times.entry(*message).or_default() += 1;
            }
        }
        for message in &self.acknowledged {
            assert_eq!(times.get(message), Some(&1), "a message that was answered for is not there exactly once");
        }
    }

    /// Hash of the last durable entry.
    pub fn head(&self) -> Hash {
        self.journal.last().map_or(GENESIS, |entry| entry.hash)
    }

    /// How often each kind of entry was recorded.
    pub fn event_counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for entry in &self.journal {
            let value: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
            *counts.entry(value["kind"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }

    // Mostly seconds; now and then half an hour; now and then somebody sets it back.
    fn turn_clock(&mut self) {
        let micros = match self.rng.u32(..100) {
            0..=69 => self.rng.i64(0..12 * SECOND),
            70..=92 => self.rng.i64(0..90 * SECOND),
            93..=95 => self.rng.i64(0..1800 * SECOND),
            96..=97 => -self.rng.i64(0..60 * SECOND),
            98 => -self.rng.i64(0..3600 * SECOND),
            _ => 0,
        };
        self.clock.0 += micros;
    }

    fn tick_is_due(&mut self) -> bool {
        let ended = self.desk.offers.first().is_some_and(|(at, _)| *at <= self.now());
        let climbs = self.desk.calls.next_due().is_some_and(|at| at <= self.now());
        ended || climbs || self.rng.u32(..8) == 0
    }

    /// Decides, applies and judges one command.
    pub fn submit(&mut self, chosen: Move) {
        let now = self.now();
        let decided = decide(&self.desk, &self.town, &self.rules, &chosen.command, now, &mut self.ids);
        let outcome = match &decided {
            Ok(events) if events.is_empty() => "nothing new".to_owned(),
            Ok(_) => "done".to_owned(),
            Err(refusal) => said(refusal),
        };
        *self.commands.entry(format!("{}: {outcome}", chosen.name)).or_default() += 1;
        if let (Ok(_), Command::Receive(receive)) = (&decided, &chosen.command) {
            self.batch_messages.push((**receive).clone());
        }
        let Ok(events) = decided else { return };
        let before = self.desk.clone();
        for event in events {
            self.judge_event(&before, &event, &chosen);
            self.write(event, now);
        }
        let wrong = violations(&self.desk);
        assert!(wrong.is_empty(), "after {:?} at entry {}: {wrong:#?}", chosen.command, self.desk.seq);
    }

    fn write(&mut self, event: Event, now: Timestamp) {
        assert!(now >= self.desk.last_at, "time ran backwards");
        let (seq, head) = (self.desk.seq, self.desk.head);
        let entry = Entry::seal("medan", seq + 1, now, Actor::System, event, head);
        self.desk.apply(&entry);
        assert_eq!((self.desk.seq, self.desk.head), (seq + 1, entry.hash));
        self.batch.push(entry);
    }

    fn judge_event(&mut self, before: &Desk, event: &Event, chosen: &Move) {
        match event {
            Event::ReportReceived { number, .. } | Event::IncidentOpened { number, .. } => {
                assert!(!self.numbers.contains(number), "{number} was given before");
                let sends = matches!(event, Event::IncidentOpened { automatic: true, .. });
                if let (true, Command::Receive(receive)) = (sends, &chosen.command) {
                    let blocked = before.blocking(receive.reporter, receive.channel).is_some();
                    assert!(!blocked || receive.handed_from.is_some(), "somebody was sent for a blocked person");
                }
            }
            Event::ReportClaimed { report, .. }
                if matches!(chosen.command, Command::Claim { report: None, polsek: None, .. }) =>
            {
                assert_eq!(before.queue.first().map(|head| head.2), Some(*report), "somebody was skipped");
            }
            Event::AssignmentOffered { unit, incident, automatic, takes_over, .. } => {
                let found = &before.units[unit];
                if let Some(TakesOver::Unit(from)) = takes_over {
                    assert_eq!(found.assignment, Some(*from), "{} was taken from another job", found.call_sign);
                    assert_ne!(found.status, UnitStatus::OnScene, "{} was taken from a scene", found.call_sign);
                    assert!(!automatic, "the machine took {} away", found.call_sign);
                    let (to, from) = (before.incidents[incident].priority, before.assignments[from].incident);
                    assert!(to < before.incidents[&from].priority, "{} was taken for less", found.call_sign);
                } else {
                    assert_eq!(found.status, UnitStatus::Available, "{} was offered twice", found.call_sign);
                }
                let declined = before.incidents.get(incident).is_some_and(|i| i.declined.contains(unit));
                assert!(!(*automatic && declined), "{} had declined", found.call_sign);
                assert!(!found.emergency, "{} needs help itself", found.call_sign);
                let done = before.incidents.get(incident).is_some_and(|incident| is_dealt_with(before, incident));
                assert!(!(*automatic && done), "a unit was sent by the machine to what is dealt with");
            }
            _ => {}
        }
    }

    /// The batch is on disk: its callers hear of it, its numbers are given.
    pub fn flush(&mut self) {
        for entry in &self.batch {
            if let Event::ReportReceived { number, .. } | Event::IncidentOpened { number, .. } = &entry.event {
                assert!(self.numbers.insert(number.clone()), "{number} was given before");
            }
        }
        self.journal.append(&mut self.batch);
        self.acknowledged.extend(self.batch_messages.iter().filter(|r| r.handed_from.is_none()).map(|r| r.message));
        self.sent.append(&mut self.batch_messages);
        self.durable = self.desk.clone();
        self.desk.units.values().for_each(|unit| self.town.update(unit));
    }

    /// The process dies with its batch; the next one reads the journal, as text.
    fn crash(&mut self) {
        self.crashes += 1;
        self.lost_entries += self.batch.len();
        self.batch.clear();
        self.unheard.append(&mut self.batch_messages);
        self.desk = self.refold();
        assert_eq!(self.desk, self.durable, "the journal tells another story than the desk that died");
        self.town = Town::new();
        self.desk.units.values().for_each(|unit| self.town.update(unit));
    }

    /// The desk as the durable journal tells it; every hash checked on the way.
    fn refold(&self) -> Desk {
        let mut desk = Desk::new("medan", "MDN", 7);
        for (n, entry) in (1..).zip(&self.journal) {
            assert_eq!((entry.seq, entry.prev_hash), (n, desk.head), "a gap in the journal");
            let actor = entry.actor_json();
            assert_eq!(chain("medan", n, entry.at, &actor, &entry.body, &desk.head), entry.hash);
            let event: Event = serde_json::from_str(&entry.body).unwrap();
            assert_eq!(event, entry.event, "an entry reads back as something else");
            desk.apply(&Entry { event, ..entry.clone() });
        }
        desk
    }
}

/// Whether a unit has cleared it since it was last opened.
fn is_dealt_with(desk: &Desk, incident: &sigap::model::incident::Incident) -> bool {
    let since = incident.reopened_at.unwrap_or(incident.opened_at);
    let own = incident.assignments.iter().filter_map(|id| desk.assignments.get(id));
    own.into_iter().any(|a| a.state == AssignmentState::Cleared && a.stamps.offered_at >= since)
}

/// A refusal without the names in it.
fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotFound(what) => format!("no such {what}"),
        Refusal::Step(_) => "cannot".to_owned(),
        Refusal::UnitTaken { .. } => "unit is not available".to_owned(),
        Refusal::ReasonNeeded { .. } => "say why".to_owned(),
        Refusal::NoteNeeded => "say why it is closed".to_owned(),
        Refusal::CallSignTaken(_) => "call sign is taken".to_owned(),
        other => other.to_string(),
    }
}
