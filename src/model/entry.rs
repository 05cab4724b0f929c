//! The journal's vocabulary: each thing that can happen, written once, in order, never changed.
//! No words, names or numbers of people: those live in the vault and are referred to by id.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administration::Administered;
pub use super::assignment::Reason;
use super::assignment::{HandOver, Preemption, Step, TakesOver};
use super::call::{Dismissal, Level, Rang};
use super::clock::Timestamp;
use super::closure::Closure;
use super::crew_talk::{IncidentNoted, MessageMark, UnitMessaged};
use super::duty::{DayCheck, ShiftHandOver, ShiftTaken};
use super::id::{
    AgencyId, AssignmentId, BlockId, CallId, ClosureId, IncidentId, MediaId, MessageId, ReferralId, ReportId,
    ReporterId, StrikeId, UnitId, UserId,
};
use super::incident::Disposition;
pub use super::line::{Actor, Entry, GENESIS, Hash, chain};
use super::media::MediaKind;
use super::place::{Jurisdiction, LngLat, Place};
use super::referral::{ReferralEnd, Subject};
use super::report::{Category, Channel, Outcome, Priority, Reading, Report};
use super::shield::{Lane, Noise};
use super::shortfall::Shortfall;
use super::team::TeamEvent;
pub use super::template::{DeliveryStatus, Template};
use super::unit::{TrackViewed, UnitKind, UnitStatus};

/// Everything that can happen, `{kind, data}` in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum Event {
    /// The first message of a report is durably ours.
    ReportReceived {
        /// The new report.
        report: ReportId,
        /// Human number.
        number: String,
        /// The door.
        channel: Channel,
        /// Who.
        reporter: ReporterId,
        /// What was said, in the vault.
        message: MessageId,
        /// By the reporter's clock.
        sent_at: Timestamp,
        /// The report in another Polres's journal that it continues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handed_from: Option<ReportId>,
        /// Which line of the queue it stands in.
        #[serde(default, skip_serializing_if = "Lane::is_main")]
        lane: Lane,
        /// What speaks for noise, if anything does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        noise: Option<Noise>,
    },
    /// It stands in another line of the queue now, or other signs speak for noise.
    ReportLaned {
        /// The report.
        report: ReportId,
        /// Its lane now.
        lane: Lane,
        /// What speaks for noise now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        noise: Option<Noise>,
    },
    /// A person counted a misuse.
    StrikeGiven {
        /// The new strike.
        strike: StrikeId,
        /// For which report.
        report: ReportId,
        /// Human number of the report.
        number: String,
        /// Whose.
        reporter: ReporterId,
        /// Over which door.
        channel: Channel,
        /// The evidence, in the vault.
        messages: Vec<MessageId>,
        /// Its number on the ladder.
        level: u32,
        /// Who gave it.
        by: UserId,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// A strike was taken back.
    StrikeReversed {
        /// Which.
        strike: StrikeId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: MessageId,
    },
    /// Somebody is to be blocked; a second officer decides.
    BlockProposed {
        /// The new block.
        block: BlockId,
        /// Who.
        reporter: ReporterId,
        /// The door of the misuse.
        channel: Channel,
        /// The report that led to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<ReportId>,
        /// Who proposed it.
        by: UserId,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// A second officer confirmed a block, or upheld it after an appeal.
    BlockConfirmed {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// Ends then; none is for ever.
        expires_at: Option<Timestamp>,
        /// What the person is told, in the vault and the outbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// WhatsApp itself is asked to block him; the order is in the outbox.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_channel: bool,
    },
    /// The second officer said no.
    BlockDeclined {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// Somebody who is blocked asks that it be looked at again.
    BlockAppealed {
        /// Which.
        block: BlockId,
        /// What was said, in the vault.
        appeal: MessageId,
        /// What the person is told, in the vault and the outbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// A named person ended a block.
    BlockLifted {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: MessageId,
        /// What the person is told, in the vault and the outbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// Time ended a block.
    BlockExpired {
        /// Which.
        block: BlockId,
    },
    /// Somebody who is blocked wrote: kept, counted, not answered.
    BlockedContact {
        /// His block.
        block: BlockId,
        /// What was said, in the vault.
        message: MessageId,
        /// The report it made or joined, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<ReportId>,
        /// Words of danger stand in it.
        #[serde(default)]
        alarm: bool,
    },
    /// A further message of the same person within the joining window.
    ReportExtended {
        /// The report.
        report: ReportId,
        /// What was said, in the vault.
        message: MessageId,
    },
    /// Understood, by the machine or corrected by a person.
    ReportRead {
        /// The report.
        report: ReportId,
        /// The judgement.
        reading: Reading,
        /// A person said so.
        by_hand: bool,
    },
    /// Placed on the map.
    ReportLocated {
        /// The report.
        report: ReportId,
        /// Where.
        place: Place,
        /// Whose area.
        jurisdiction: Option<Jurisdiction>,
    },
    /// An operator took it.
    ReportClaimed {
        /// The report.
        report: ReportId,
        /// Who.
        by: UserId,
    },
    /// It went back to the queue, with its first arrival time.
    ReportReleased {
        /// The report.
        report: ReportId,
    },
    /// Something was asked of the reporter.
    ReportAsked {
        /// The report.
        report: ReportId,
        /// Who asked, if a person.
        by: Option<UserId>,
    },
    /// It belongs to an incident now.
    ReportAttached {
        /// The report.
        report: ReportId,
        /// The incident.
        incident: IncidentId,
    },
    /// It tells of the same event as another waiting report and goes its way from now on.
    ReportJoined {
        /// The report.
        report: ReportId,
        /// The one it follows.
        into: ReportId,
    },
    /// It goes its own way again: back to the queue, with its first arrival time.
    ReportParted {
        /// The report.
        report: ReportId,
        /// The incident it belonged to, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
    },
    /// It ended.
    ReportClosed {
        /// The report.
        report: ReportId,
        /// How.
        outcome: Outcome,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// It was opened again.
    ReportReopened {
        /// The report.
        report: ReportId,
    },
    /// The reporter asked for a person instead of the machine.
    PersonAsked {
        /// The report.
        report: ReportId,
    },
    /// The reporter rated how it was handled.
    ReportRated {
        /// The report.
        report: ReportId,
        /// 1 (bad) to 5 (good).
        stars: u8,
    },
    /// An answer came after the desk had forgotten a report: it is there again, as the tables kept it.
    ReportRecalled {
        /// The report as it was when it left.
        report: Box<Report>,
    },
    /// Two reporters turned out to be one person: warnings and blocks follow.
    ReporterMerged {
        /// The one that goes.
        reporter: ReporterId,
        /// The one that stays.
        kept: ReporterId,
    },
    /// Somebody looked at the reporter's name and number.
    ReporterViewed {
        /// The report.
        report: ReportId,
        /// Who looked.
        by: UserId,
    },
    /// A photo, video, sound or document of the reporter is ours; its bytes are sealed elsewhere.
    MediaKept {
        /// The report.
        report: ReportId,
        /// The message it came with, in the vault.
        message: MessageId,
        /// The file.
        media: MediaId,
        /// What it is.
        media_kind: MediaKind,
    },
    /// A message to the reporter was recorded in the outbox.
    FeedbackQueued {
        /// The report.
        report: ReportId,
        /// The message, in the vault and the outbox.
        message: MessageId,
        /// Which words.
        template: Template,
    },
    /// A message to the reporter came further.
    FeedbackStatus {
        /// The report.
        report: ReportId,
        /// The message.
        message: MessageId,
        /// How far.
        status: DeliveryStatus,
    },
    /// Something happened that wants a unit.
    IncidentOpened {
        /// The new incident.
        incident: IncidentId,
        /// Human number.
        number: String,
        /// Its category.
        category: Category,
        /// Its priority.
        priority: Priority,
        /// Where.
        place: Place,
        /// Whose area.
        jurisdiction: Option<Jurisdiction>,
        /// When the first report of it came: the start of the Polri clock.
        received_at: Timestamp,
        /// Offered without an operator.
        automatic: bool,
    },
    /// Category, priority or place were corrected.
    IncidentChanged {
        /// The incident.
        incident: IncidentId,
        /// Its category now.
        category: Category,
        /// Its priority now.
        priority: Priority,
        /// Its place now.
        place: Place,
        /// Whose area that is.
        jurisdiction: Option<Jurisdiction>,
    },
    /// No unit could be found; said once per reason.
    IncidentShort {
        /// The incident.
        incident: IncidentId,
        /// Why.
        shortfall: Shortfall,
    },
    /// Set aside.
    IncidentHeld {
        /// The incident.
        incident: IncidentId,
        /// Who.
        by: UserId,
    },
    /// Taken up again.
    IncidentResumed {
        /// The incident.
        incident: IncidentId,
    },
    /// Ended.
    IncidentClosed {
        /// The incident.
        incident: IncidentId,
        /// How.
        disposition: Disposition,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// Opened again.
    IncidentReopened {
        /// The incident.
        incident: IncidentId,
    },
    /// It is the same as another incident and ends in it; its open reports go along.
    IncidentMerged {
        /// The one that ends.
        incident: IncidentId,
        /// The one that goes on.
        into: IncidentId,
        /// The reports that go along.
        reports: Vec<ReportId>,
    },
    /// It was not the same after all: open again, with its reports.
    IncidentUnmerged {
        /// The one that is open again.
        incident: IncidentId,
        /// The one it had ended in.
        from: IncidentId,
        /// The reports that come back.
        reports: Vec<ReportId>,
    },
    /// Passed to another agency, by a link of its own.
    ReferralSent {
        /// The new referral.
        referral: ReferralId,
        /// What is passed on.
        subject: Subject,
        /// To whom; who that is, is in the directory.
        agency: AgencyId,
        /// Words of the operator, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
        /// The link opens nothing after this.
        expires_at: Timestamp,
        /// When the agency is reminded, if it has not answered.
        remind_at: Option<Timestamp>,
        /// Seconds between two reminders.
        remind_every_s: i64,
        /// Its page shows the photos of the matter.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        photos: bool,
    },
    /// The agency has it.
    ReferralAcknowledged {
        /// The referral.
        referral: ReferralId,
    },
    /// The agency says how it went.
    ReferralReported {
        /// The referral.
        referral: ReferralId,
        /// It is done.
        done: bool,
        /// Its words, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
        /// A photo it sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        photo: Option<MediaId>,
    },
    /// No answer in time: the agency was reminded.
    ReferralReminded {
        /// The referral.
        referral: ReferralId,
        /// When it is reminded again.
        next_at: Option<Timestamp>,
    },
    /// Ended by an operator.
    ReferralClosed {
        /// The referral.
        referral: ReferralId,
        /// How.
        how: ReferralEnd,
    },
    /// A crew that was there shows the place.
    PhotoTaken {
        /// The picture.
        photo: MediaId,
        /// Of which incident.
        incident: IncidentId,
        /// The crew's assignment.
        assignment: AssignmentId,
        /// The crew.
        unit: UnitId,
        /// Idempotency key of the tablet.
        key: String,
    },
    /// The reporters may see it.
    PhotoApproved {
        /// The picture.
        photo: MediaId,
        /// Of which incident.
        incident: IncidentId,
    },
    /// They may not.
    PhotoDeclined {
        /// The picture.
        photo: MediaId,
        /// Of which incident.
        incident: IncidentId,
        /// Why, in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// A unit was offered an incident.
    AssignmentOffered {
        /// The new assignment.
        assignment: AssignmentId,
        /// What for.
        incident: IncidentId,
        /// Who.
        unit: UnitId,
        /// First unit of the incident.
        primary: bool,
        /// An unanswered offer ends here.
        expires_at: Timestamp,
        /// Travel time by road, seconds, when a way was found.
        travel_time_s: Option<f64>,
        /// No person chose it.
        automatic: bool,
        /// Why an operator chose otherwise than recommended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        override_reason: Option<String>,
        /// Why this unit.
        reasons: Vec<Reason>,
        /// The next best unit, if there was one; the recommended one where an operator chose otherwise.
        runner_up: Option<UnitId>,
        /// What it takes from another assignment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        takes_over: Option<TakesOver>,
    },
    /// The tablet acknowledged the offer.
    AssignmentDelivered {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// The crew took a step.
    AssignmentStepped {
        /// The assignment.
        assignment: AssignmentId,
        /// Which.
        step: Step,
        /// Idempotency key of the tablet.
        key: String,
        /// By the clock of the tablet.
        device_at: Timestamp,
        /// Where the tablet was.
        at: Option<LngLat>,
        /// Why, for a refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// No answer in time.
    AssignmentExpired {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Taken back.
    AssignmentReleased {
        /// The assignment.
        assignment: AssignmentId,
        /// Why.
        reason: String,
    },
    /// Its unit was taken for something more urgent; the incident waits again, in its old place.
    AssignmentPreempted(Preemption),
    /// Another crew is asked to take the job over.
    TransferAsked(HandOver),
    /// The other crew has accepted: the job is theirs.
    AssignmentTransferred {
        /// The assignment that ended.
        assignment: AssignmentId,
        /// The one that goes on.
        to: AssignmentId,
    },
    /// Help between two Polres.
    Help(super::help::HelpEvent),
    /// A unit joined the office.
    UnitRegistered {
        /// The new unit.
        unit: UnitId,
        /// Its short number.
        no: u32,
        /// Radio name.
        call_sign: String,
        /// What it can do.
        unit_kind: UnitKind,
        /// Its Polsek.
        polsek: Option<String>,
        /// Officers in it.
        crew: u8,
        /// Where it counts from without a fix.
        post: LngLat,
    },
    /// A crew set its status.
    UnitStatusSet {
        /// The unit.
        unit: UnitId,
        /// Its status now.
        status: UnitStatus,
    },
    /// Panic button pressed, or cleared.
    UnitEmergency {
        /// The unit.
        unit: UnitId,
        /// Pressed (true) or cleared.
        on: bool,
    },
    /// Somebody played back where a unit was.
    TrackViewed(TrackViewed),
    /// The desk wrote to a crew, or a crew to the desk.
    UnitMessaged(UnitMessaged),
    /// A message is on the tablet.
    UnitMessageArrived(MessageMark),
    /// A crew has read a message.
    UnitMessageRead(MessageMark),
    /// Something was noted about an incident.
    IncidentNoted(IncidentNoted),
    /// The exchange told of a call for the first time, or what it had left out before.
    CallRang(Rang),
    /// The telephone was picked up.
    CallAnswered {
        /// The call.
        call: CallId,
        /// By the exchange.
        answered_at: Timestamp,
    },
    /// The telephone was hung up.
    CallEnded {
        /// The call.
        call: CallId,
        /// By the exchange; by our clock when it never said.
        ended_at: Timestamp,
        /// The exchange never said so; it cannot last that long.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        assumed: bool,
    },
    /// Nobody answered in time: the next level ought to.
    CallClimbed {
        /// The call.
        call: CallId,
        /// Who ought to answer now.
        level: Level,
    },
    /// An operator took it, and sees the caller's number from here on.
    CallClaimed {
        /// The call.
        call: CallId,
        /// Who.
        by: UserId,
    },
    /// An operator gave it back.
    CallReleased {
        /// The call.
        call: CallId,
    },
    /// It became a report.
    CallFiled {
        /// The call.
        call: CallId,
        /// The report.
        report: ReportId,
    },
    /// Its report went to another Polres.
    CallHandedOver {
        /// The call.
        call: CallId,
        /// Its report here.
        report: ReportId,
        /// Code of the Polres.
        to: String,
    },
    /// Not an emergency: the caller is sent the WhatsApp link and nothing else.
    CallDiverted {
        /// The call.
        call: CallId,
        /// The message, in the vault and the outbox.
        message: MessageId,
    },
    /// Nothing to report.
    CallDismissed {
        /// The call.
        call: CallId,
        /// Why.
        reason: Dismissal,
    },
    /// An abandoned call was called back.
    CallCalledBack {
        /// The call.
        call: CallId,
        /// Who did.
        by: UserId,
    },
    /// A road is closed or slowed, now or from a stated time on.
    RoadClosed(Closure),
    /// It is open again.
    RoadReopened {
        /// Which closure.
        closure: ClosureId,
        /// Who opened it; none for the clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// A shift goes and leaves its notes.
    ShiftHandedOver(ShiftHandOver),
    /// The next one has come; what the other held follows as claims.
    ShiftTaken(ShiftTaken),
    /// A day was looked through and signed.
    DayChecked(DayCheck),
    /// An administrator changed something of the office.
    Administered(Administered),
    /// The teams were arranged, or a report was taken out of turn.
    Team(TeamEvent),
}
