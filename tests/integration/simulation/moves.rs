//! What may be asked next: every command, mostly sensible, sometimes late, wrong or twice.

use sigap::dispatch::command::{Command, Correction, NewUnit, PutPlace, Receive, SameEvent, Understood, WantHelp};
use sigap::dispatch::desk::Desk;
use sigap::dispatch::world::World;
use sigap::model::assignment::{Assignment, AssignmentState, Step};
use sigap::model::clock::Timestamp;
use sigap::model::entry::{DeliveryStatus, Template};
use sigap::model::help::{HelpNews, HelpState, HelpTie, HelpUnit};
use sigap::model::id::{
    AssignmentId, BlockId, HelpId, IncidentId, MessageId, ReportId, ReporterId, StrikeId, UnitId, UserId,
};
use sigap::model::incident::{Disposition, Incident};
use sigap::model::place::{LngLat, Place, PlaceSource};
use sigap::model::report::{Category, Channel, Known, Outcome, Priority, Reading};
use sigap::model::shield::{Noise, Sign};
use sigap::model::unit::{UnitKind, UnitStatus};
use uuid::Uuid;

use super::day::Day;
use super::town::{HALF_M, POLSEKS, Town};

/// People who write in one day.
const REPORTERS: u128 = 150;

/// Operators at work.
const OPERATORS: u128 = 5;

/// A command with the name it is counted under.
pub struct Move {
    /// The name.
    pub name: &'static str,
    /// The command.
    pub command: Command,
}

impl Move {
    /// A command under a name.
    pub fn new(name: &'static str, command: Command) -> Self {
        Self { name, command }
    }

    /// A message that nobody answered for yet.
    pub fn receive(receive: Receive) -> Self {
        Self::new("receive again", Command::Receive(Box::new(receive)))
    }
}

impl Day {
    /// Draws the next command.
    pub fn choose(&mut self) -> Move {
        if let Some(again) = self.unheard.pop() {
            return Move::receive(again);
        }
        match self.rng.u32(..136) {
            127..=132 => self.pass(),
            115..=126 => self.about_agencies(),
            100..=114 => self.about_calls(),
            0..=25 => self.receive(),
            26..=37 => self.about_reports(),
            38..=45 => self.about_incidents(),
            46..=51 => self.offer(),
            52..=75 => self.step(),
            76..=79 | 133.. => self.about_the_shield(),
            80..=84 => {
                let assignment = self.undelivered().unwrap_or_else(|| self.assignment());
                Move::new("delivered", Command::Delivered(assignment))
            }
            85..=86 => {
                let command = Command::ReleaseAssignment { assignment: self.assignment(), reason: "tukar".to_owned() };
                Move::new("release unit", command)
            }
            _ => self.about_units(),
        }
    }

    fn receive(&mut self) -> Move {
        let now = self.now();
        let handed = self.rng.u32(..30) == 0;
        // A handful of origins, so that the same one comes twice.
        let origin = handed.then(|| ReportId(Uuid::from_u128(0xface_0000 + self.rng.u128(..12))));
        // A few write often: they are the ones who are warned and blocked.
        let among = if self.rng.u32(..5) == 0 { 8 } else { REPORTERS };
        let reporter = ReporterId(Uuid::from_u128(0x1000 + self.rng.u128(..among)));
        let alone = self.understood();
        let joined = self.desk.latest.get(&reporter).copied().filter(|_| self.rng.bool());
        let joined = joined.map(|report| (report, self.understood()));
        let message = MessageId(self.outside.next(now));
        let receive = Receive {
            channel: Channel::Whatsapp,
            reporter,
            message,
            more: (0..self.rng.usize(..3) * usize::from(handed)).map(|_| MessageId(self.outside.next(now))).collect(),
            sent_at: now.plus_secs(-self.rng.i64(0..2400)),
            alone,
            joined,
            answer: [None, Some(Template::Received), Some(Template::AskText)][self.rng.usize(..3)],
            handed_from: origin,
            noise: self.noise(),
        };
        Move::new(if handed { "receive handed over" } else { "receive" }, Command::Receive(Box::new(receive)))
    }

    pub(super) fn noise(&mut self) -> Noise {
        let signs = [vec![], vec![Sign::Flirting], vec![Sign::Burst, Sign::Repeated], vec![Sign::Appeal]];
        Noise { score: [0, 0, 40, 70, 100][self.rng.usize(..5)], signs: signs[self.rng.usize(..4)].clone() }
    }

    fn about_the_shield(&mut self) -> Move {
        let by = self.operator();
        let note = MessageId(self.outside.next(self.clock));
        let open: Vec<BlockId> = self.desk.blocks.values().filter(|b| b.ended.is_none()).map(|b| b.id).collect();
        let all: Vec<BlockId> = self.desk.blocks.keys().copied().collect();
        let block = self.draw(&open, &all).unwrap_or_else(|| BlockId(self.nobody()));
        match self.rng.u32(..12) {
            0..=3 => {
                let report = self.of_a_few();
                Move::new("strike", Command::GiveStrike { report, by, note: None })
            }
            4..=6 => {
                let days = [None, Some(0), Some(1)][self.rng.usize(..3)];
                Move::new("confirm block", Command::ConfirmBlock { block, by, days })
            }
            7 => Move::new("decline block", Command::DeclineBlock { block, by, note: None }),
            8 => Move::new("lift block", Command::LiftBlock { block, by, note }),
            9 => Move::new("appeal", Command::AppealBlock { block, appeal: note }),
            10 => {
                let strikes: Vec<StrikeId> = self.desk.strikes.keys().copied().collect();
                let strike = self.draw(&strikes, &strikes).unwrap_or_else(|| StrikeId(self.nobody()));
                Move::new("reverse strike", Command::ReverseStrike { strike, by, note })
            }
            _ => {
                let report = self.report();
                let reporter = self.desk.reports.get(&report).map(|report| report.reporter);
                let reporter = reporter.unwrap_or_else(|| ReporterId(self.nobody()));
                let channel = [Channel::Whatsapp, Channel::Call110][self.rng.usize(..2)];
                Move::new("propose block", Command::ProposeBlock { reporter, channel, report: None, by, note: None })
            }
        }
    }

    /// A report of the handful of people who misuse the line.
    fn of_a_few(&mut self) -> ReportId {
        let theirs = |report: &&sigap::model::report::Report| report.reporter.0.as_u128() < 0x1000 + 8;
        let found: Vec<ReportId> = self.desk.reports.values().filter(theirs).map(|report| report.id).collect();
        self.draw(&found, &found).unwrap_or_else(|| ReportId(self.nobody()))
    }

    pub(super) fn understood(&mut self) -> Understood {
        let category = Category::ALL[self.rng.usize(..Category::ALL.len())];
        let category = if self.rng.bool() { Category::Kejahatan } else { category };
        let priority = self.priority();
        let place = (self.rng.u32(..4) > 0).then(|| self.place());
        let jurisdiction = place.as_ref().and_then(|place| self.town.jurisdiction(place.point()));
        let reading = Reading {
            service: category.service(),
            category,
            priority,
            confidence: self.rng.f64(),
            known: Known { what: self.rng.bool(), place: place.is_some(), ..Known::default() },
        };
        Understood { reading, place, jurisdiction }
    }

    fn point(&mut self) -> LngLat {
        let mut along = || (self.rng.f64() * 2.1 - 1.05) * HALF_M;
        Town::point(along(), along())
    }

    pub(super) fn place(&mut self) -> Place {
        let at = self.point();
        Place {
            lng: at.lng,
            lat: at.lat,
            radius_m: [20.0, 150.0, 900.0][self.rng.usize(..3)],
            source: [PlaceSource::Pin, PlaceSource::Gazetteer][self.rng.usize(..2)],
            label: "Jalan Contoh".to_owned(),
            confidence: 0.5 + self.rng.f64() / 2.0,
            because: "nama jalan".to_owned(),
            parts: Vec::new(),
        }
    }

    fn priority(&mut self) -> Priority {
        [Priority::P1, Priority::P1, Priority::P2, Priority::P3, Priority::P4][self.rng.usize(..5)]
    }

    fn about_reports(&mut self) -> Move {
        let report = self.report();
        let by = self.operator();
        let note = MessageId(self.outside.next(self.clock));
        match self.rng.u32(..24) {
            0..=3 | 18 | 22 | 23 => {
                let report = (self.rng.u32(..3) == 0).then_some(report);
                let polsek = (self.rng.u32(..3) == 0).then(|| POLSEKS[self.rng.usize(..4)].to_owned());
                Move::new("claim", Command::Claim { report, polsek, by })
            }
            4 | 19..=20 => Move::new("release", Command::Release(report)),
            5 => Move::new("correct report", Command::CorrectReport(report, self.correction())),
            6 => Move::new("reply", Command::Reply { report, message: note }),
            7..=8 => {
                let outcome = [Outcome::Answered, Outcome::Resolved, Outcome::Prank, Outcome::HandedOver];
                let outcome = outcome[self.rng.usize(..4)];
                Move::new("resolve", Command::Resolve { report, outcome, note: None })
            }
            9..=12 => {
                let incident = (self.rng.u32(..3) == 0).then(|| self.incident());
                Move::new("escalate", Command::Escalate { report, incident })
            }
            13 => Move::new("reopen report", Command::Reopen { report, message: note }),
            14 | 15 => {
                let other = if self.rng.bool() {
                    SameEvent::Report(self.report())
                } else {
                    SameEvent::Incident(self.incident())
                };
                Move::new("join", Command::Join { report, into: other })
            }
            16 => {
                let together = self.together().unwrap_or(report);
                Move::new("part", Command::Part(together))
            }
            17 => Move::new("view", Command::ViewReporter { report, by }),
            _ => {
                let command = Command::FeedbackStatus { report, message: note, status: DeliveryStatus::Delivered };
                Move::new("feedback", command)
            }
        }
    }

    fn about_incidents(&mut self) -> Move {
        let incident = self.incident();
        match self.rng.u32(..14) {
            10..=12 => Move::new("merge", Command::Merge { incident, into: self.incident() }),
            13 => Move::new("unmerge", Command::Unmerge(self.merged().unwrap_or(incident))),
            0 => Move::new("correct incident", Command::CorrectIncident(incident, self.correction())),
            1 => Move::new("hold", Command::Hold { incident, by: self.operator() }),
            2..=3 => Move::new("resume", Command::Resume(self.held().unwrap_or(incident))),
            4..=7 => {
                let all = [Disposition::Resolved, Disposition::Prank, Disposition::Cancelled, Disposition::Duplicate];
                let disposition = all[self.rng.usize(..4)];
                let note = (self.rng.u32(..3) > 0).then(|| MessageId(self.outside.next(self.clock)));
                Move::new("close", Command::CloseIncident { incident, disposition, note })
            }
            _ => Move::new("reopen incident", Command::ReopenIncident(incident)),
        }
    }

    fn offer(&mut self) -> Move {
        let reason = self.rng.bool().then(|| "lebih kenal tempatnya".to_owned());
        let command = Command::Offer { incident: self.incident(), unit: self.unit(), reason, held: self.rng.bool() };
        Move::new("offer", command)
    }

    /// A unit is taken from its job, or a job is handed on: mostly of those that stand.
    fn pass(&mut self) -> Move {
        if self.rng.u32(..3) == 0 {
            return self.help();
        }
        if self.rng.bool() {
            let lesser = |a: &&Assignment| self.desk.incidents[&a.incident].priority >= Priority::P3;
            let taken = self.under_way(&lesser).or_else(|| self.live_assignment());
            let grave = |i: &&Incident| i.is_open() && i.priority == Priority::P1;
            let found = self.desk.incidents.values().find(grave).map(|i| i.id);
            let incident = found.unwrap_or_else(|| self.incident());
            let (from, unit) = taken.map_or_else(|| (self.assignment(), self.unit()), |a| (a.id, a.unit));
            let reason = (self.rng.u32(..4) > 0).then(|| "lebih gawat".to_owned());
            return Move::new("preempt", Command::Preempt { incident, unit, from, reason });
        }
        let found = self.under_way(&|_: &&Assignment| true).filter(|_| self.rng.u32(..5) > 0);
        let assignment = found.map_or_else(|| self.assignment(), |found| found.id);
        let free: Vec<UnitId> =
            self.desk.units.values().filter(|unit| unit.status == UnitStatus::Available).map(|unit| unit.id).collect();
        let to = self.draw(&free, &free).unwrap_or_else(|| self.unit());
        let key = self.outside.next(self.clock).to_string();
        let command = Command::Transfer { assignment, to, key, reason: "ganti kru".to_owned() };
        Move::new("transfer", command)
    }

    /// A job its crew has taken and not yet reached, of those that `fit`.
    fn under_way(&self, fit: &dyn Fn(&&Assignment) -> bool) -> Option<Assignment> {
        let early = |a: &&Assignment| matches!(a.state, AssignmentState::Accepted | AssignmentState::EnRoute);
        self.desk.assignments.values().filter(early).find(|a| fit(a)).cloned()
    }

    /// Two offices help each other: what either side of it may hear, in any order.
    fn help(&mut self) -> Move {
        let incident = self.incident();
        let tie = HelpTie {
            help: HelpId(Uuid::from_u128(0x4000 + self.rng.u128(..6))),
            polres: "belawan".to_owned(),
            theirs: IncidentId(Uuid::from_u128(0x5000 + self.rng.u128(..6))),
            number: "BLW-1".to_owned(),
        };
        let wanted_here = |desk: &Desk| {
            let open = |i: &&Incident| i.is_open() && i.helps.as_ref().is_some_and(|help| help.state.is_open());
            desk.incidents.values().filter(open).max_by_key(|i| i.opened_at).map(|i| i.id)
        };
        let asked = self.desk.incidents.values().find_map(|i| Some((i.id, i.helped_by.last()?.id)));
        match self.rng.u32(..6) {
            0 => {
                let wanted = WantHelp {
                    tie,
                    category: Category::Kebakaran,
                    priority: self.priority(),
                    place: self.place(),
                    jurisdiction: None,
                    received_at: self.clock,
                };
                Move::new("want help", Command::WantHelp(Box::new(wanted)))
            }
            1 => Move::new("ask help", Command::AskHelp { incident, tie }),
            2 | 3 => {
                let incident = wanted_here(&self.desk).unwrap_or(incident);
                let yes = self.rng.u32(..3) > 0;
                let reason = self.rng.bool().then(|| "semua bertugas".to_owned());
                Move::new("answer help", Command::AnswerHelp { incident, yes, reason })
            }
            4 => {
                let (incident, help) = asked.unwrap_or((incident, tie.help));
                let states = [AssignmentState::Offered, AssignmentState::EnRoute, AssignmentState::Cleared];
                let unit =
                    HelpUnit { call_sign: "L-1".to_owned(), state: states[self.rng.usize(..3)], travel_time_s: None };
                let state = if self.rng.bool() { HelpState::Agreed } else { HelpState::Ended };
                let news = HelpNews { state, reason: None, unit: self.rng.bool().then_some(unit) };
                Move::new("note help", Command::NoteHelp { incident, help, news })
            }
            _ => Move::new("withdraw help", Command::WithdrawHelp(wanted_here(&self.desk).unwrap_or(incident))),
        }
    }

    fn step(&mut self) -> Move {
        use sigap::model::assignment::AssignmentState as S;
        let found = self.live_assignment().filter(|_| self.rng.u32(..10) > 0);
        let wild = [Step::Accept, Step::Refuse, Step::EnRoute, Step::OnScene, Step::Clear][self.rng.usize(..5)];
        let sensible = found.as_ref().map_or(wild, |assignment| match assignment.state {
            S::Offered | S::Delivered if self.rng.u32(..4) == 0 => Step::Refuse,
            S::Offered | S::Delivered => Step::Accept,
            S::Accepted => Step::EnRoute,
            S::EnRoute => Step::OnScene,
            _ => Step::Clear,
        });
        let step = if self.rng.u32(..6) == 0 { wild } else { sensible };
        let old_key = found.as_ref().and_then(|assignment| assignment.keys.last().cloned());
        let key =
            old_key.filter(|_| self.rng.u32(..6) == 0).unwrap_or_else(|| self.outside.next(self.clock).to_string());
        let command = Command::TakeStep {
            assignment: found.map_or_else(|| self.assignment(), |assignment| assignment.id),
            step,
            key,
            device_at: self.clock,
            at: self.rng.bool().then(|| self.point()),
            reason: (step == Step::Refuse).then(|| "ban kempes".to_owned()),
        };
        Move::new("step", command)
    }

    fn about_units(&mut self) -> Move {
        let unit = self.unit();
        match self.rng.u32(..13) {
            0..=7 => {
                let all = [UnitStatus::Available, UnitStatus::Break, UnitStatus::OffDuty, UnitStatus::EnRoute];
                let status = if self.rng.bool() { UnitStatus::Available } else { all[self.rng.usize(..4)] };
                Move::new("status", Command::SetUnitStatus(unit, status))
            }
            8..=9 => Move::new("emergency", Command::Emergency(unit, self.rng.u32(..3) == 0)),
            10 => {
                let mut units = self.new_units(1);
                if self.rng.bool() {
                    units[0].call_sign = "Patroli-1".to_owned();
                }
                Move::new("register", Command::RegisterUnits(units))
            }
            _ => {
                let (at, now) = (self.point(), self.now());
                if let Some(unit) = self.desk.units.get(&unit) {
                    self.town.seen(unit, at, now);
                }
                Move::new("tick", Command::Tick)
            }
        }
    }

    /// Units that join the office.
    pub fn new_units(&mut self, count: usize) -> Vec<NewUnit> {
        let known = self.desk.units.len();
        let kinds = [UnitKind::Car, UnitKind::Motorcycle, UnitKind::Traffic, UnitKind::Detective];
        (known + 1..=known + count)
            .map(|n| NewUnit {
                call_sign: format!("Patroli-{n}"),
                kind: kinds[self.rng.usize(..4)],
                polsek: (self.rng.u32(..5) > 0).then(|| POLSEKS[self.rng.usize(..4)].to_owned()),
                crew: 2,
                post: self.point(),
            })
            .collect()
    }

    pub(super) fn correction(&mut self) -> Correction {
        Correction {
            category: self.rng.bool().then_some(Category::LakaLantas),
            priority: self.rng.bool().then(|| self.priority()),
            place: self.rng.bool().then(|| PutPlace::Point(self.point())),
        }
    }

    pub(super) fn operator(&mut self) -> UserId {
        UserId(Uuid::from_u128(0x2000 + self.rng.u128(..OPERATORS)))
    }

    fn nobody(&mut self) -> Uuid {
        self.outside.next(Timestamp::default())
    }

    // Late things are asked for too: one draw in six is any report, open or not, one in fifty unknown.
    pub fn report(&mut self) -> ReportId {
        let open: Vec<ReportId> = self.desk.reports.values().filter(|r| r.is_open()).map(|r| r.id).collect();
        let all: Vec<ReportId> = self.desk.reports.keys().copied().collect();
        self.draw(&open, &all).unwrap_or_else(|| ReportId(self.nobody()))
    }

    pub fn incident(&mut self) -> IncidentId {
        let open: Vec<IncidentId> = self.desk.incidents.values().filter(|i| i.is_open()).map(|i| i.id).collect();
        let all: Vec<IncidentId> = self.desk.incidents.keys().copied().collect();
        self.draw(&open, &all).unwrap_or_else(|| IncidentId(self.nobody()))
    }

    fn held(&mut self) -> Option<IncidentId> {
        use sigap::model::incident::IncidentState;
        self.desk.incidents.values().find(|i| i.state == IncidentState::Held).map(|i| i.id)
    }

    fn merged(&mut self) -> Option<IncidentId> {
        let all: Vec<IncidentId> =
            self.desk.incidents.values().filter(|i| i.merged_into.is_some()).map(|i| i.id).collect();
        (!all.is_empty()).then(|| all[self.rng.usize(..all.len())])
    }

    /// A report that follows another one.
    fn together(&mut self) -> Option<ReportId> {
        use sigap::model::report::ReportState;
        let follows = |r: &&sigap::model::report::Report| matches!(r.state, ReportState::Joined { .. });
        let all: Vec<ReportId> = self.desk.reports.values().filter(follows).map(|r| r.id).collect();
        (!all.is_empty()).then(|| all[self.rng.usize(..all.len())])
    }

    pub fn unit(&mut self) -> UnitId {
        let all: Vec<UnitId> = self.desk.units.keys().copied().collect();
        self.draw(&all, &all).unwrap_or_else(|| UnitId(self.nobody()))
    }

    fn live_assignment(&mut self) -> Option<Assignment> {
        let live: Vec<&Assignment> = self.desk.assignments.values().filter(|a| a.state.is_live()).collect();
        (!live.is_empty()).then(|| live[self.rng.usize(..live.len())].clone())
    }

    fn undelivered(&mut self) -> Option<AssignmentId> {
        use sigap::model::assignment::AssignmentState;
        let found = self.desk.assignments.values().find(|a| a.state == AssignmentState::Offered).map(|a| a.id);
        found.filter(|_| self.rng.bool())
    }

    pub fn assignment(&mut self) -> AssignmentId {
        let live: Vec<AssignmentId> =
            self.desk.assignments.values().filter(|a| a.state.is_live()).map(|a| a.id).collect();
        let all: Vec<AssignmentId> = self.desk.assignments.keys().copied().collect();
        self.draw(&live, &all).unwrap_or_else(|| AssignmentId(self.nobody()))
    }

    pub(super) fn draw<T: Copy>(&mut self, likely: &[T], all: &[T]) -> Option<T> {
        let from = if self.rng.u32(..4) > 0 && !likely.is_empty() { likely } else { all };
        if from.is_empty() || self.rng.u32(..50) == 0 {
            return None;
        }
        Some(from[self.rng.usize(..from.len())])
    }
}
