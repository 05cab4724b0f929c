//! Decisions of the shield: which lane, strikes and their reversal, blocks from proposal to end, and
//! what becomes of the messages of somebody who is blocked.

use super::Decision;
use crate::dispatch::command::{Receive, Refusal};
use crate::model::InvalidStep;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::{Event, Template};
use crate::model::id::{BlockId, MessageId, ReportId, ReporterId, StrikeId, UserId};
use crate::model::report::{Channel, Outcome, Priority, Reading, Report, ReportState};
use crate::model::shield::{Block, BlockState, Lane, Noise, Sign};

/// Within this time of somebody's last message WhatsApp lets us write freely (Meta). Microseconds.
const SERVICE_WINDOW: i64 = 24 * 3600 * SECOND;

/// What an earlier warning adds to the score of noise; alone it sets nothing aside.
const WARNED_SCORE: u8 = 10;

/// The longest block by days; longer is said as "for ever".
pub const MOST_DAYS: u32 = 3650;

impl<'a> Decision<'a> {
    /// What speaks for noise, with what the desk remembers of the person; none when nothing does.
    pub(super) fn noise_of(&self, receive: &Receive) -> Option<Noise> {
        let mut noise = receive.noise.clone();
        noise.signs.retain(|sign| *sign != Sign::Appeal);
        if noise.score > 0 && self.desk.counting_strikes(receive.reporter, receive.channel).next().is_some() {
            noise.score = noise.score.saturating_add(WARNED_SCORE).min(100);
            noise.signs.push(Sign::Warned);
        }
        (!noise.signs.is_empty()).then_some(noise)
    }

    /// The line of the queue for an ordinary sender. Urgent matters are never set aside, whatever
    /// the signs say.
    pub(super) fn lane_for(&self, reading: &Reading, noise: Option<&Noise>) -> Lane {
        let noisy = noise.is_some_and(|noise| self.is_noisy(noise));
        if noisy && reading.priority > Priority::P2 { Lane::SetAside } else { Lane::Main }
    }

    /// Whether this is noise enough to come after everything else.
    pub(super) fn is_noisy(&self, noise: &Noise) -> bool {
        u32::from(noise.score) >= self.rules.shield.set_aside_score
    }

    /// Whether nothing may be sent to a report without an operator.
    pub(super) fn is_guarded(&self, report: &Report) -> bool {
        report.lane == Lane::Guarded || self.desk.blocking(report.reporter, report.channel).is_some()
    }

    /// A further message was read: more may be said now, or it may have become noise.
    pub(super) fn relane(&mut self, found: &Report, reading: &Reading, receive: &Receive) {
        let waits = matches!(found.state, ReportState::Queued | ReportState::WaitingReporter { .. });
        let blocked = self.desk.blocking(found.reporter, found.channel).is_some();
        if (found.lane == Lane::Guarded && blocked) || found.reading_by_hand {
            return;
        }
        let noise = self.noise_of(receive);
        let lane = self.lane_for(reading, noise.as_ref());
        // What somebody has taken is not set aside under his hands; what is urgent comes back always.
        let changes = (lane, &noise) != (found.lane, &found.noise);
        if changes && (waits || lane == Lane::Main) {
            self.events.push(Event::ReportLaned { report: found.id, lane, noise });
        }
    }

    /// A person said what it is: it is no noise any more.
    pub(super) fn lane_by_hand(&mut self, report: &Report, reading: &Reading) {
        use crate::model::report::Service;
        let serious = !matches!(reading.service, Service::OffTopic | Service::Prank);
        if report.lane == Lane::SetAside && (serious || reading.priority <= Priority::P2) {
            self.events.push(Event::ReportLaned { report: report.id, lane: Lane::Main, noise: report.noise.clone() });
        }
    }

    /// A person sets a report aside, or takes it back into the queue. Nothing urgent is set aside, and
    /// what is guarded stays guarded.
    pub(super) fn lane(&mut self, id: ReportId, lane: Lane) -> Result<(), Refusal> {
        let report = self.report(id)?;
        report.can_settle("set aside")?;
        if report.lane == lane {
            return Ok(());
        }
        let state = if report.lane == Lane::Guarded || lane == Lane::Guarded {
            "guarded"
        } else if lane == Lane::SetAside && report.reading.priority <= Priority::P2 {
            "urgent"
        } else {
            self.events.push(Event::ReportLaned { report: id, lane, noise: report.noise.clone() });
            // What is set aside is in nobody's hands.
            if lane == Lane::SetAside && matches!(report.state, ReportState::Claimed { .. }) {
                self.events.push(Event::ReportReleased { report: id });
            }
            return Ok(());
        };
        Err(InvalidStep { step: "set aside", state }.into())
    }

    /// A message of somebody who is blocked: kept and counted. Words of danger make a report in the
    /// guarded lane; an open report goes on; nothing is answered but the first appeal.
    pub(super) fn receive_blocked(&mut self, block: &Block, receive: &Receive, open: Option<ReportId>) {
        let alarm = receive.alone.reading.priority <= Priority::P2;
        let report = match open {
            Some(open) => {
                self.extend(open, &Receive { answer: None, ..receive.clone() });
                Some(open)
            }
            None if alarm => Some(self.start(&Receive { answer: None, ..receive.clone() }, Lane::Guarded)),
            None => None,
        };
        self.events.push(Event::BlockedContact { block: block.id, message: receive.message, report, alarm });
        if receive.noise.is_appeal() && block.appeal.is_none() {
            let message = Some(MessageId(self.ids.next(self.now)));
            self.events.push(Event::BlockAppealed { block: block.id, appeal: receive.message, message });
        }
    }

    /// A person counts a misuse; the report is its evidence and ends as a prank.
    pub(super) fn give_strike(&mut self, id: ReportId, by: UserId, note: Option<MessageId>) -> Result<(), Refusal> {
        let report = self.report(id)?;
        if report.channel == Channel::Desk {
            return Err(InvalidStep { step: "warn", state: "entered by an officer" }.into());
        }
        if self.desk.strikes.values().any(|strike| strike.report == id && strike.reversed.is_none()) {
            return Err(InvalidStep { step: "warn", state: "already warned for this report" }.into());
        }
        let strike = StrikeId(self.ids.next(self.now));
        let level = self.next_level(report.reporter, report.channel);
        self.events.push(Event::StrikeGiven {
            strike,
            report: id,
            number: report.number.clone(),
            reporter: report.reporter,
            channel: report.channel,
            messages: report.messages.clone(),
            level,
            by,
            note,
        });
        if report.can_settle("warn").is_ok() {
            self.events.push(Event::ReportClosed { report: id, outcome: Outcome::Prank, note: None });
        }
        if self.desk.open_block(report.reporter).is_some() {
            return Ok(());
        }
        match self.rules.shield.strikes_to_block(report.channel) {
            Some(most) if level >= most => self.propose(report.reporter, report.channel, Some(id), by, note),
            Some(most) if level + 1 == most => self.tell_reporter(id, Template::Strike2),
            _ => self.tell_reporter(id, Template::Strike1),
        }
        Ok(())
    }

    /// The number the next strike of a person would have.
    fn next_level(&self, reporter: ReporterId, channel: Channel) -> u32 {
        let counting = self.desk.counting_strikes(reporter, channel).count();
        u32::try_from(counting).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn propose(
        &mut self,
        reporter: ReporterId,
        channel: Channel,
        report: Option<ReportId>,
        by: UserId,
        note: Option<MessageId>,
    ) {
        let block = BlockId(self.ids.next(self.now));
        self.events.push(Event::BlockProposed { block, reporter, channel, report, by, note });
    }

    /// Takes a strike back; a block that waits and no longer has enough strikes falls with it.
    pub(super) fn reverse_strike(&mut self, id: StrikeId, by: UserId, note: MessageId) -> Result<(), Refusal> {
        let strike = self.desk.strikes.get(&id).ok_or(Refusal::NotFound("strike"))?;
        if strike.reversed.is_some() {
            return Err(InvalidStep { step: "take back", state: "taken back already" }.into());
        }
        self.events.push(Event::StrikeReversed { strike: id, by, note });
        let left = self.desk.counting_strikes(strike.reporter, strike.channel).filter(|other| other.id != id).count();
        let enough = self.rules.shield.strikes_to_block(strike.channel);
        let waiting = self.desk.open_block(strike.reporter).filter(|block| {
            block.state == BlockState::Proposed && block.report.is_some() && block.channel == strike.channel
        });
        if let Some(block) = waiting.filter(|_| enough.is_none_or(|enough| left < enough as usize)) {
            self.events.push(Event::BlockDeclined { block: block.id, by, note: Some(note) });
        }
        Ok(())
    }

    pub(super) fn propose_block(
        &mut self,
        reporter: ReporterId,
        channel: Channel,
        report: Option<ReportId>,
        by: UserId,
        note: Option<MessageId>,
    ) -> Result<(), Refusal> {
        if !channel.is_written() {
            return Err(InvalidStep { step: "block", state: "over a line that is never closed" }.into());
        }
        if let Some(block) = self.desk.open_block(reporter) {
            return Err(InvalidStep { step: "propose", state: block.state.code() }.into());
        }
        self.propose(reporter, channel, report, by, note);
        Ok(())
    }

    /// The second officer says yes; of a block in force that was appealed: it stays.
    pub(super) fn confirm_block(&mut self, id: BlockId, by: UserId, days: Option<u32>) -> Result<(), Refusal> {
        let block = self.block(id)?;
        if block.proposed_by == by {
            return Err(Refusal::SecondOfficer);
        }
        let mut at_channel = false;
        let (expires_at, message) = match block.state {
            BlockState::Proposed => {
                at_channel = self.rules.shield.block_at_channel && block.channel == Channel::Whatsapp;
                let days = days.unwrap_or_else(|| self.rules.shield.block_days(block.channel));
                (self.in_days(days), self.notice(block))
            }
            BlockState::Active if block.appeal.is_some() => {
                (days.map_or(block.expires_at, |days| self.in_days(days)), None)
            }
            state => return Err(InvalidStep { step: "confirm", state: state.code() }.into()),
        };
        self.events.push(Event::BlockConfirmed { block: id, by, expires_at, message, at_channel });
        Ok(())
    }

    fn in_days(&self, days: u32) -> Option<Timestamp> {
        (1..=MOST_DAYS).contains(&days).then(|| self.now.plus_secs(i64::from(days) * 24 * 3600))
    }

    /// A message to a blocked person, as long as the channel lets us write to him.
    fn notice(&mut self, block: &Block) -> Option<MessageId> {
        let last = self.desk.latest.get(&block.reporter).and_then(|id| self.desk.reports.get(id));
        let said_at = block.last_contact_at.max(last.map(|report| report.last_message_at))?;
        (self.now.micros() - said_at.micros() < SERVICE_WINDOW).then(|| MessageId(self.ids.next(self.now)))
    }

    pub(super) fn decline_block(&mut self, id: BlockId, by: UserId, note: Option<MessageId>) -> Result<(), Refusal> {
        match self.block(id)?.state {
            BlockState::Proposed => self.events.push(Event::BlockDeclined { block: id, by, note }),
            state => return Err(InvalidStep { step: "decline", state: state.code() }.into()),
        }
        Ok(())
    }

    pub(super) fn lift_block(&mut self, id: BlockId, by: UserId, note: MessageId) -> Result<(), Refusal> {
        let block = self.block(id)?;
        if block.state != BlockState::Active {
            return Err(InvalidStep { step: "lift", state: block.state.code() }.into());
        }
        let message = self.notice(block);
        self.events.push(Event::BlockLifted { block: id, by, note, message });
        Ok(())
    }

    /// An appeal an officer heard elsewhere, at the desk or by telephone.
    pub(super) fn appeal_block(&mut self, id: BlockId, appeal: MessageId) -> Result<(), Refusal> {
        match self.block(id)?.state {
            BlockState::Proposed | BlockState::Active => {
                self.events.push(Event::BlockAppealed { block: id, appeal, message: None });
            }
            state => return Err(InvalidStep { step: "appeal", state: state.code() }.into()),
        }
        Ok(())
    }

    pub(super) fn view_blocked(&mut self, id: BlockId, by: UserId) -> Result<(), Refusal> {
        let block = self.block(id)?;
        // A block by number alone has no report: its own id stands for it.
        self.events.push(Event::ReporterViewed { report: block.report.unwrap_or(ReportId(id.0)), by });
        Ok(())
    }

    /// Blocks whose time has come.
    pub(super) fn expire_blocks(&mut self) {
        let open = self.desk.standing.values().filter_map(|standing| self.desk.blocks.get(&standing.block?));
        let over = |block: &&Block| block.expires_at.is_some_and(|at| at <= self.now);
        let ended: Vec<BlockId> =
            open.filter(|block| block.state == BlockState::Active).filter(over).map(|block| block.id).collect();
        self.events.extend(ended.into_iter().map(|block| Event::BlockExpired { block }));
    }

    fn block(&self, id: BlockId) -> Result<&'a Block, Refusal> {
        self.desk.blocks.get(&id).ok_or(Refusal::NotFound("block"))
    }
}
