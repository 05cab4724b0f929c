//! What can be asked of a desk, and the ways it says no.

pub use super::crew_talk::{CrewTalk, ToUnits, WriteNote};
pub use super::refusal::Refusal;
use crate::model::administration::Administered;
use crate::model::assignment::Step;
use crate::model::call::{CallNews, Dismissal, PlaceProblem};
use crate::model::clock::Timestamp;
use crate::model::closure::{ClosureReason, Drawing};
use crate::model::entry::{DeliveryStatus, Template};
use crate::model::help::{HelpNews, HelpTie};
use crate::model::id::{
    AgencyId, AssignmentId, BlockId, CallId, ClosureId, HelpId, IncidentId, MediaId, MessageId, ReferralId, ReportId,
    ReporterId, ShiftId, StrikeId, UnitId, UserId,
};
use crate::model::incident::Disposition;
use crate::model::media::MediaKind;
use crate::model::place::{Jurisdiction, LngLat, Place};
use crate::model::referral::{ReferralEnd, Subject};
use crate::model::report::{Category, Channel, Outcome, Priority, Reading, Report};
use crate::model::shield::{Lane, Noise};
use crate::model::talk::Wants;
use crate::model::team::Team;
use crate::model::unit::{UnitKind, UnitStatus};

/// What the earlier stages made of the messages of one report.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// What it is about.
    pub reading: Reading,
    /// Where it is, when certain enough to put on the map.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
}

/// A message that came in, understood alone and, where the sender has an open report, with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receive {
    /// The door.
    pub channel: Channel,
    /// Who.
    pub reporter: ReporterId,
    /// What was said, in the vault.
    pub message: MessageId,
    /// Further messages that came with it: what was typed so far in another Polres.
    pub more: Vec<MessageId>,
    /// By the reporter's clock.
    pub sent_at: Timestamp,
    /// Understood by itself.
    pub alone: Understood,
    /// Understood together with the messages of this report.
    pub joined: Option<(ReportId, Understood)>,
    /// The answer this message wants; none when it wants none (an operator typed it).
    pub answer: Option<Template>,
    /// The report in another Polres's journal that it continues.
    pub handed_from: Option<ReportId>,
    /// What speaks for noise: of the report read together where it has one, else of this message.
    pub noise: Noise,
}

/// What tells of the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameEvent {
    /// A report that waits.
    Report(ReportId),
    /// An open incident.
    Incident(IncidentId),
}

/// A matter to be passed to another agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refer {
    /// What.
    pub subject: Subject,
    /// To whom.
    pub agency: AgencyId,
    /// Words for the agency, in the vault.
    pub note: Option<MessageId>,
    /// Seconds the link opens the page.
    pub lasts_s: i64,
    /// Seconds without an answer until a reminder, and between reminders; 0 for none.
    pub remind_every_s: i64,
    /// The reporters hear of it.
    pub tell: bool,
    /// Its page shows the photos of the matter.
    pub photos: bool,
}

/// A road to be closed or slowed.
#[derive(Debug, Clone, PartialEq)]
pub struct CloseRoad {
    /// What was drawn.
    pub geometry: Drawing,
    /// How many times slower; none for closed.
    pub factor: Option<f64>,
    /// Why.
    pub reason: ClosureReason,
    /// Names of the streets it meets; an unnamed one counts with an empty name.
    pub streets: Vec<String>,
    /// Holds from then on; none for now.
    pub from_at: Option<Timestamp>,
    /// Ends then by itself.
    pub until_at: Option<Timestamp>,
    /// Who drew it.
    pub by: UserId,
}

/// Another Polres asks for help: what happened and where, nothing about people.
#[derive(Debug, Clone, PartialEq)]
pub struct WantHelp {
    /// Who asks, and for which of its incidents.
    pub tie: HelpTie,
    /// Its category.
    pub category: Category,
    /// Its priority.
    pub priority: Priority,
    /// Where.
    pub place: Place,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// When the first report of it came there.
    pub received_at: Timestamp,
}

/// A shift that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverShift {
    /// Its id.
    pub shift: ShiftId,
    /// Who goes.
    pub by: UserId,
    /// The Polsek it is of.
    pub polsek: Option<String>,
    /// Notes for who comes, in the vault.
    pub note: Option<MessageId>,
}

/// The teams of operators, as they are to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangeTeams {
    /// All of them, in the order the office lists them.
    pub teams: Vec<Team>,
    /// Number of the entry they were seen as; 0 when there were none.
    pub seen: u64,
    /// Who arranges them.
    pub by: Option<UserId>,
}

/// A new unit.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUnit {
    /// Radio name, unique within the Polres.
    pub call_sign: String,
    /// What it can do.
    pub kind: UnitKind,
    /// Its Polsek.
    pub polsek: Option<String>,
    /// Officers in it.
    pub crew: u8,
    /// Where it counts from without a fix.
    pub post: LngLat,
}

/// A correction of category, priority or place by a person; what is none stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Correction {
    /// The right category.
    pub category: Option<Category>,
    /// The right priority.
    pub priority: Option<Priority>,
    /// The right place.
    pub place: Option<PutPlace>,
}

/// Where a person says that it is.
#[derive(Debug, Clone, PartialEq)]
pub enum PutPlace {
    /// A point on the map.
    Point(LngLat),
    /// One of the places he was shown, with the gazetteer's name, its radius and the parts that matched.
    Found(Place),
}

/// One word of the exchange about a call; it may come twice, late, or out of order.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEvent {
    /// The call.
    pub call: CallId,
    /// What happened.
    pub news: CallNews,
    /// When, by the clock of the exchange.
    pub at: Timestamp,
    /// The line that was called.
    pub line: String,
    /// Who calls.
    pub reporter: ReporterId,
    /// The number is withheld.
    pub anonymous: bool,
    /// Where the telephone network says it is.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// Why the place that came with it is kept out.
    pub place_problem: Option<PlaceProblem>,
    /// What the number did lately that speaks for noise; none when nothing does.
    pub noise: Option<Noise>,
}

/// A filled call-taking form.
#[derive(Debug, Clone, PartialEq)]
pub struct FileCall {
    /// The call.
    pub call: CallId,
    /// Who filled it.
    pub by: UserId,
    /// The report it becomes, as the machine reads it.
    pub receive: Receive,
    /// What the operator chose.
    pub chosen: Correction,
    /// Into the queue, for whoever is next; else it stays with him who filled it.
    pub to_queue: bool,
}

/// Everything that can be asked of a desk.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A message came in.
    Receive(Box<Receive>),
    /// A message for one report, however old that is; to be received like any other when it has ended.
    Append {
        /// Which.
        report: ReportId,
        /// The message.
        receive: Box<Receive>,
    },
    /// An operator takes this report, or the head of the queue.
    Claim {
        /// Which; none for the head of the queue.
        report: Option<ReportId>,
        /// Only reports of this Polsek's area.
        polsek: Option<String>,
        /// Who.
        by: UserId,
    },
    /// Back to the queue.
    Release(ReportId),
    /// A person corrects what the machine read.
    CorrectReport(ReportId, Correction),
    /// A person sets it aside, or takes it back into the queue.
    Lane {
        /// Which.
        report: ReportId,
        /// `main` or `set_aside`.
        lane: Lane,
    },
    /// Words to the reporter.
    Reply {
        /// To the reporter of which report.
        report: ReportId,
        /// The words, in the vault.
        message: MessageId,
    },
    /// It ends without an incident.
    Resolve {
        /// Which.
        report: ReportId,
        /// How.
        outcome: Outcome,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// It becomes an incident, or joins one.
    Escalate {
        /// Which.
        report: ReportId,
        /// The incident it joins; none makes a new one.
        incident: Option<IncidentId>,
    },
    /// It tells of the same event as another report or an incident, and goes its way.
    Join {
        /// Which.
        report: ReportId,
        /// Whose way.
        into: SameEvent,
    },
    /// It was another event after all: back to the queue with its first arrival time.
    Part(ReportId),
    /// The reporter says it is not over: back to the queue with its first arrival time.
    Reopen {
        /// Which.
        report: ReportId,
        /// What was said, in the vault.
        message: MessageId,
    },
    /// An end is taken back by hand.
    UndoEnd(super::undo::UndoEnd),
    /// A report another office handed here goes back: the id it has there.
    TakeBack(ReportId),
    /// A message that tells nothing new about the matter: how far is it, a person please, thanks.
    Converse {
        /// About which report, open or lately closed.
        report: ReportId,
        /// What was said, in the vault.
        message: MessageId,
        /// What is wanted.
        wants: Wants,
    },
    /// The reporter rates how it was handled.
    Rate {
        /// Which report.
        report: ReportId,
        /// 1 (bad) to 5 (good).
        stars: u8,
    },
    /// A report that ended lately and has left the desk is needed again.
    Recall(Box<Report>),
    /// Two reporters turned out to be one person.
    MergeReporters {
        /// The one that goes.
        reporter: ReporterId,
        /// The one that stays.
        kept: ReporterId,
    },
    /// Somebody looks at the reporter's name and number.
    ViewReporter {
        /// Of which report.
        report: ReportId,
        /// Who.
        by: UserId,
    },
    /// Somebody plays back where a unit was.
    ViewTrack {
        /// Of which unit.
        unit: UnitId,
        /// Who.
        by: UserId,
        /// From this instant.
        from: Timestamp,
        /// To before this one.
        to: Timestamp,
    },
    /// Category, priority or place of an incident.
    CorrectIncident(IncidentId, Correction),
    /// A unit is offered an incident by a person.
    Offer {
        /// What for.
        incident: IncidentId,
        /// Who.
        unit: UnitId,
        /// Why not the recommended one.
        reason: Option<String>,
        /// It stood first on the screen, and no other is much better since.
        held: bool,
    },
    /// A unit is taken from a lesser job for a graver incident, by a person.
    Preempt {
        /// What for.
        incident: IncidentId,
        /// Who.
        unit: UnitId,
        /// The assignment it is taken from, as it was seen.
        from: AssignmentId,
        /// Why, where the engine would do something else.
        reason: Option<String>,
    },
    /// A job is handed to another crew; it stays until that crew accepts.
    Transfer {
        /// Of which assignment.
        assignment: AssignmentId,
        /// To whom.
        to: UnitId,
        /// Idempotency key.
        key: String,
        /// Why.
        reason: String,
    },
    /// Another Polres asks us for help.
    WantHelp(Box<WantHelp>),
    /// We have asked another Polres for help.
    AskHelp {
        /// With which of our incidents.
        incident: IncidentId,
        /// The other side of it.
        tie: HelpTie,
    },
    /// An operator says whether we help.
    AnswerHelp {
        /// The incident that was opened for it.
        incident: IncidentId,
        /// Yes.
        yes: bool,
        /// Why not.
        reason: Option<String>,
    },
    /// The Polres we asked says how far it is.
    NoteHelp {
        /// With which of our incidents.
        incident: IncidentId,
        /// Which wish.
        help: HelpId,
        /// What it says.
        news: HelpNews,
    },
    /// Whoever asked us does not need it any more; the incident that was opened for it.
    WithdrawHelp(IncidentId),
    /// Set aside.
    Hold {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: UserId,
    },
    /// Taken up again.
    Resume(IncidentId),
    /// Ended, with its reports; the reporters hear of it.
    CloseIncident {
        /// Which.
        incident: IncidentId,
        /// How.
        disposition: Disposition,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// Opened again.
    ReopenIncident(IncidentId),
    /// One incident turned out to be another one.
    Merge {
        /// The one that ends.
        incident: IncidentId,
        /// The one that goes on.
        into: IncidentId,
    },
    /// It was not: open again with its reports.
    Unmerge(IncidentId),
    /// Passed to another agency.
    Refer(Refer),
    /// The agency has it.
    AcknowledgeReferral(ReferralId),
    /// The agency says how it went.
    ReportReferral {
        /// Which.
        referral: ReferralId,
        /// It is done.
        done: bool,
        /// Its words, in the vault.
        note: Option<MessageId>,
        /// A photo it sent.
        photo: Option<MediaId>,
    },
    /// An operator ends a referral.
    CloseReferral(ReferralId, ReferralEnd),
    /// A crew that was there shows the place.
    TakePhoto {
        /// Of which incident.
        incident: IncidentId,
        /// The crew.
        unit: UnitId,
        /// The picture.
        photo: MediaId,
        /// Idempotency key.
        key: String,
    },
    /// The reporters may see an after-photo.
    ApprovePhoto(MediaId),
    /// They may not.
    DeclinePhoto {
        /// Which.
        photo: MediaId,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// The tablet has the offer.
    Delivered(AssignmentId),
    /// The crew takes a step.
    TakeStep {
        /// Of which assignment.
        assignment: AssignmentId,
        /// Which.
        step: Step,
        /// Idempotency key.
        key: String,
        /// By the clock of the tablet.
        device_at: Timestamp,
        /// Where the tablet was.
        at: Option<LngLat>,
        /// Why, for a refusal.
        reason: Option<String>,
    },
    /// An operator takes a unit back.
    ReleaseAssignment {
        /// Which.
        assignment: AssignmentId,
        /// Why.
        reason: String,
    },
    /// New units join the office.
    RegisterUnits(Vec<NewUnit>),
    /// A crew sets its status.
    SetUnitStatus(UnitId, UnitStatus),
    /// Panic button pressed (true) or cleared.
    Emergency(UnitId, bool),
    /// A file that came with a message is ours.
    KeepMedia {
        /// Of which report.
        report: ReportId,
        /// The message it came with.
        message: MessageId,
        /// The file.
        media: MediaId,
        /// What it is.
        kind: MediaKind,
    },
    /// A message to a reporter came further.
    FeedbackStatus {
        /// Of which report.
        report: ReportId,
        /// Which message.
        message: MessageId,
        /// How far.
        status: DeliveryStatus,
    },
    /// The telephone exchange says something.
    CallEvent(Box<CallEvent>),
    /// An operator takes a call.
    ClaimCall {
        /// Which.
        call: CallId,
        /// Who.
        by: UserId,
    },
    /// He gives it back.
    ReleaseCall {
        /// Which.
        call: CallId,
        /// Who does.
        by: UserId,
        /// Also when somebody else has it: he has gone and left it.
        anyone: bool,
    },
    /// The form becomes a report.
    FileCall(Box<FileCall>),
    /// Its report was taken by another Polres.
    CallHandedOver {
        /// Which.
        call: CallId,
        /// Its report here.
        report: ReportId,
        /// Code of the Polres.
        to: String,
    },
    /// Not an emergency: the caller gets the WhatsApp link.
    DivertCall {
        /// Which.
        call: CallId,
        /// Who has it.
        by: UserId,
        /// The message, in the vault and the outbox.
        message: MessageId,
    },
    /// Nothing to report.
    DismissCall {
        /// Which.
        call: CallId,
        /// Who has it.
        by: UserId,
        /// Why.
        reason: Dismissal,
    },
    /// An abandoned call was called back.
    CallBack {
        /// Which.
        call: CallId,
        /// Who called.
        by: UserId,
    },
    /// A road is closed or slowed.
    CloseRoad(CloseRoad),
    /// It is open again.
    ReopenRoad {
        /// Which.
        closure: ClosureId,
        /// Who.
        by: UserId,
    },
    /// A supervisor takes a report out of another's hands.
    TakeOver {
        /// Which.
        report: ReportId,
        /// Who.
        by: UserId,
    },
    /// A shift goes and leaves its notes.
    HandOverShift(HandOverShift),
    /// The next one takes what it held.
    TakeShift {
        /// Which.
        shift: ShiftId,
        /// Who comes.
        by: UserId,
    },
    /// An administrator changes something of the office.
    Administer(Administered),
    /// A day is signed: nothing of it lies in nobody's hands.
    CheckDay {
        /// By the office's calendar, `20261121`.
        day: u32,
        /// Who signs.
        by: UserId,
        /// Words to it, in the vault.
        note: Option<MessageId>,
    },
    /// The teams of operators are arranged anew.
    ArrangeTeams(ArrangeTeams),
    /// A person counts a misuse.
    GiveStrike {
        /// The report that is its evidence.
        report: ReportId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// A strike is taken back.
    ReverseStrike {
        /// Which.
        strike: StrikeId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: MessageId,
    },
    /// Somebody is to be blocked.
    ProposeBlock {
        /// Who.
        reporter: ReporterId,
        /// The door of the misuse.
        channel: Channel,
        /// The report that led to it.
        report: Option<ReportId>,
        /// Who proposes it.
        by: UserId,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// The second officer says yes, or upholds a block after an appeal.
    ConfirmBlock {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// For how long; 0 is for ever, none is as the office has set.
        days: Option<u32>,
    },
    /// The second officer says no.
    DeclineBlock {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: Option<MessageId>,
    },
    /// A block ends.
    LiftBlock {
        /// Which.
        block: BlockId,
        /// Who.
        by: UserId,
        /// Why, in the vault.
        note: MessageId,
    },
    /// Somebody asks that a block be looked at again.
    AppealBlock {
        /// Which.
        block: BlockId,
        /// What was said, in the vault.
        appeal: MessageId,
    },
    /// Somebody looks at the name and number of a person who is blocked.
    ViewBlocked {
        /// Which block.
        block: BlockId,
        /// Who.
        by: UserId,
    },
    /// The desk and a crew write to each other; somebody notes something about an incident.
    CrewTalk(CrewTalk),
    /// Time has passed: offers end, waiting incidents are served, calls climb.
    Tick,
}
