//! The decisions: pure functions from a desk, the world and a command to events, or a refusal.
//!
//! No I/O, no clock, no randomness: time and ids are arguments. What is decided here is recorded
//! by the runtime before anyone hears of it.

mod assignments;
mod calls;
mod closures;
mod conversation;
mod crew_talk;
mod duty;
mod helping;
mod incidents;
mod late;
mod passing;
mod photos;
mod referrals;
mod reports;
mod sharing;
mod shield;
mod together;
mod undo;
mod units;

pub use conversation::{Belongs, belongs};
pub use crew_talk::MOST_NOTES;
pub use referrals::MOST_PHOTOS;
pub use reports::similar_incidents;
pub use shield::MOST_DAYS;

use std::collections::BTreeSet;

use super::command::{Command, Correction, Refusal};
use super::desk::Desk;
use super::plan::Plans;
use super::shield::ShieldRules;
use super::world::World;
use crate::model::category::CategorySet;
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::{Event, Template};
use crate::model::id::{Ids, IncidentId, MessageId, ReportId, UnitId};
use crate::model::place::Place;

/// Messages of one person within this time of each other are one report. Microseconds.
pub const JOIN_WITHIN: i64 = 10 * 60 * SECOND;

/// The rules an office can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Response plans.
    pub plans: Plans,
    /// What categories are called, and where they are offered.
    pub categories: CategorySet,
    /// Noise, warnings and blocks.
    pub shield: ShieldRules,
}

/// Decides one command at `now`.
///
/// # Errors
/// [`Refusal`]: the state does not allow it; nothing happens.
#[expect(clippy::too_many_lines, reason = "a line for each command")]
pub fn decide(
    desk: &Desk,
    world: &dyn World,
    rules: &Rules,
    command: &Command,
    now: Timestamp,
    ids: &mut Ids,
) -> Result<Vec<Event>, Refusal> {
    let mut d =
        Decision { desk, world, rules, now, ids, events: Vec::new(), taken: BTreeSet::new(), served: BTreeSet::new() };
    match command {
        Command::Receive(receive) => d.receive(receive),
        Command::Append { report, receive } => d.append(*report, receive),
        Command::Claim { report, polsek, by } => d.claim(*report, polsek.as_deref(), *by)?,
        Command::Release(report) => d.release(*report)?,
        Command::CorrectReport(report, correction) => d.correct_report(*report, correction)?,
        Command::Lane { report, lane } => d.lane(*report, *lane)?,
        Command::Reply { report, message } => d.reply(*report, *message)?,
        Command::Resolve { report, outcome, note } => d.resolve(*report, *outcome, *note)?,
        Command::Escalate { report, incident } => d.escalate(*report, *incident)?,
        Command::Join { report, into } => d.join(*report, *into)?,
        Command::Part(report) => d.part(*report)?,
        Command::Reopen { report, message } => d.reopen_report(*report, *message)?,
        Command::UndoEnd(wanted) => d.undo_end(wanted)?,
        Command::TakeBack(origin) => d.take_back(*origin)?,
        Command::Converse { report, message, wants } => d.converse(*report, *message, *wants)?,
        Command::Rate { report, stars } => d.rate(*report, *stars)?,
        Command::Recall(report) => d.recall(report)?,
        Command::MergeReporters { reporter, kept } => d.merge_reporters(*reporter, *kept),
        Command::ViewReporter { report, by } => d.view_reporter(*report, *by),
        Command::ViewTrack { unit, by, from, to } => d.view_track(*unit, *by, *from, *to)?,
        Command::CorrectIncident(incident, correction) => d.correct_incident(*incident, correction)?,
        Command::Offer { incident, unit, reason, held } => d.offer(*incident, *unit, reason.as_deref(), *held)?,
        Command::Preempt { incident, unit, from, reason } => d.preempt(*incident, *unit, *from, reason.as_deref())?,
        Command::Transfer { assignment, to, key, reason } => d.transfer(*assignment, *to, key, reason)?,
        Command::WantHelp(wanted) => d.want_help(wanted),
        Command::AskHelp { incident, tie } => d.ask_help(*incident, tie)?,
        Command::AnswerHelp { incident, yes, reason } => d.answer_help(*incident, *yes, reason.as_deref())?,
        Command::NoteHelp { incident, help, news } => d.note_help(*incident, *help, news)?,
        Command::WithdrawHelp(incident) => d.withdraw_help(*incident)?,
        Command::Hold { incident, by } => d.hold(*incident, *by)?,
        Command::Resume(incident) => d.resume(*incident)?,
        Command::CloseIncident { incident, disposition, note } => d.close(*incident, *disposition, *note)?,
        Command::ReopenIncident(incident) => d.reopen(*incident)?,
        Command::Merge { incident, into } => d.merge(*incident, *into)?,
        Command::Unmerge(incident) => d.unmerge(*incident)?,
        Command::Refer(wanted) => d.refer(wanted)?,
        Command::AcknowledgeReferral(referral) => d.acknowledge_referral(*referral)?,
        Command::ReportReferral { referral, done, note, photo } => {
            d.report_referral(*referral, *done, *note, *photo)?;
        }
        Command::CloseReferral(referral, how) => d.close_referral(*referral, *how)?,
        Command::TakePhoto { incident, unit, photo, key } => d.take_photo(*incident, *unit, *photo, key)?,
        Command::ApprovePhoto(photo) => d.approve_photo(*photo)?,
        Command::DeclinePhoto { photo, note } => d.decline_photo(*photo, *note)?,
        Command::Delivered(assignment) => d.delivered(*assignment)?,
        Command::TakeStep { assignment, step, key, device_at, at, reason } => {
            d.take_step(*assignment, *step, key, *device_at, *at, reason.as_deref())?;
        }
        Command::ReleaseAssignment { assignment, reason } => d.release_assignment(*assignment, reason)?,
        Command::RegisterUnits(units) => d.register_units(units)?,
        Command::SetUnitStatus(unit, status) => d.set_unit_status(*unit, *status)?,
        Command::Emergency(unit, on) => d.emergency(*unit, *on)?,
        Command::FeedbackStatus { report, message, status } => {
            d.events.push(Event::FeedbackStatus { report: *report, message: *message, status: *status });
        }
        Command::KeepMedia { report, message, media, kind } => {
            let (report, message, media, media_kind) = (*report, *message, *media, *kind);
            d.events.push(Event::MediaKept { report, message, media, media_kind });
        }
        Command::CallEvent(event) => d.call_event(event),
        Command::ClaimCall { call, by } => d.claim_call(*call, *by)?,
        Command::ReleaseCall { call, by, anyone } => d.release_call(*call, *by, *anyone)?,
        Command::FileCall(filed) => d.file_call(filed)?,
        Command::CallHandedOver { call, report, to } => d.call_handed_over(*call, *report, to)?,
        Command::DivertCall { call, by, message } => d.divert_call(*call, *by, *message)?,
        Command::DismissCall { call, by, reason } => d.dismiss_call(*call, *by, *reason)?,
        Command::CallBack { call, by } => d.call_back(*call, *by)?,
        Command::GiveStrike { report, by, note } => d.give_strike(*report, *by, *note)?,
        Command::ReverseStrike { strike, by, note } => d.reverse_strike(*strike, *by, *note)?,
        Command::ProposeBlock { reporter, channel, report, by, note } => {
            d.propose_block(*reporter, *channel, *report, *by, *note)?;
        }
        Command::ConfirmBlock { block, by, days } => d.confirm_block(*block, *by, *days)?,
        Command::DeclineBlock { block, by, note } => d.decline_block(*block, *by, *note)?,
        Command::LiftBlock { block, by, note } => d.lift_block(*block, *by, *note)?,
        Command::AppealBlock { block, appeal } => d.appeal_block(*block, *appeal)?,
        Command::ViewBlocked { block, by } => d.view_blocked(*block, *by)?,
        Command::CloseRoad(wanted) => d.close_road(wanted)?,
        Command::ReopenRoad { closure, by } => d.reopen_road(*closure, *by)?,
        Command::TakeOver { report, by } => d.take_over(*report, *by)?,
        Command::HandOverShift(wanted) => d.hand_over_shift(wanted),
        Command::TakeShift { shift, by } => d.take_shift(*shift, *by)?,
        Command::Administer(wanted) => {
            d.desk.may_administer(wanted)?;
            d.events.push(Event::Administered(wanted.clone()));
        }
        Command::CrewTalk(talk) => d.crew_talk(talk)?,
        Command::ArrangeTeams(wanted) => d.arrange_teams(wanted)?,
        Command::CheckDay { day, by, note } => d.check_day(*day, *by, *note)?,
        Command::Tick => {
            d.tick_closures();
            d.tick();
            d.tick_calls();
            d.settle_wordless();
            d.remind();
        }
    }
    d.followers_follow();
    Ok(d.events)
}

/// One decision under way: what it may look at, and what it has decided so far.
struct Decision<'a> {
    desk: &'a Desk,
    world: &'a dyn World,
    rules: &'a Rules,
    now: Timestamp,
    ids: &'a mut Ids,
    events: Vec<Event>,
    /// Units already promised by this decision.
    taken: BTreeSet<UnitId>,
    /// Incidents this decision has already found units for.
    served: BTreeSet<IncidentId>,
}

impl Decision<'_> {
    /// What a person says it is must be a category of this office.
    fn may_be(&self, correction: &Correction) -> Result<(), Refusal> {
        let unknown = correction.category.is_some_and(|category| !self.rules.categories.has(category));
        if unknown { Err(Refusal::NoSuchCategory) } else { Ok(()) }
    }

    /// Records a message to the reporter; the runtime writes it into the outbox with the entry.
    fn tell_reporter(&mut self, report: ReportId, template: Template) {
        let message = MessageId(self.ids.next(self.now));
        self.events.push(Event::FeedbackQueued { report, message, template });
    }

    /// Tells every reporter of an incident.
    fn tell_reporters(&mut self, incident: IncidentId, template: Template) {
        let Some(incident) = self.desk.incidents.get(&incident) else { return };
        let reports: Vec<ReportId> = self.desk.open_reports(incident).map(|report| report.id).collect();
        for report in reports {
            self.tell_reporter(report, template);
        }
    }
}

/// Whether a place is good enough to send someone without asking.
fn is_certain(place: &Place, rules: &Rules) -> bool {
    let automatic = &rules.plans.automatic;
    place.confidence >= automatic.place_confidence && place.radius_m <= automatic.place_radius_m
}
