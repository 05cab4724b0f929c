//! The turns of the conversation: what the service says to a message, and when it says nothing.
//!
//! In: the report so far and the answer a message wants by itself. Out: at most one message to the
//! reporter (WhatsApp takes one in six seconds), and what follows from it. One missing thing is
//! asked at a time; once a person leads, the machine asks nothing more.

use super::{Decision, JOIN_WITHIN, is_certain};
use crate::dispatch::command::{Receive, Refusal, Understood};
use crate::dispatch::questions::{Questions, is_a_matter};
use crate::model::clock::{SECOND, Timestamp};
use crate::model::entry::{Event, Template};
use crate::model::id::{MessageId, ReportId};
use crate::model::report::{Category, Outcome, Priority, Reading, Report, ReportState};
use crate::model::shield::Lane;
use crate::model::talk::{Talk, Wants};

/// An answer to a question may take this long and still belong to its report. Microseconds.
const ANSWER_WITHIN: i64 = 2 * 3600 * SECOND;

/// A message this old when it arrives was held up on the way: it is not asked about. Seconds.
const LATE_S: f64 = 3600.0;

/// A message this soon after ours was not written in answer to it. Seconds.
const TOO_QUICK_S: f64 = 3.0;

/// Who wrote this lately is still writing: one question at a time, not one a line. Seconds.
const STILL_WRITING_S: f64 = 3.0;

/// From this certainty on, a message is a matter of its own. 0 to 1.
const OWN_MATTER: f64 = 0.5;

/// Where a further message of a reporter belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// To this open report.
    Joins(ReportId),
    /// To a question that was answered with an article: it is opened again for a person.
    FollowsUp(ReportId),
    /// To none: it begins a new one.
    New,
}

impl Belongs {
    /// The report it belongs to.
    #[must_use]
    pub const fn report(self) -> Option<ReportId> {
        match self {
            Self::Joins(report) | Self::FollowsUp(report) => Some(report),
            Self::New => None,
        }
    }
}

/// Whether a message, understood by itself as `alone`, belongs to the latest report of its reporter.
#[must_use]
pub fn belongs(latest: Option<&Report>, alone: &Reading, now: Timestamp) -> Belongs {
    let Some(report) = latest else { return Belongs::New };
    let age = now.micros() - report.last_message_at.micros();
    let young = age <= JOIN_WITHIN;
    if report.is_open() {
        let answers = report.talk.awaits_answer() || report.talk.led_by_person;
        let late_answer = answers && age <= ANSWER_WITHIN && !is_own_matter(alone);
        return if young || late_answer { Belongs::Joins(report.id) } else { Belongs::New };
    }
    let answered = matches!(report.talk.last(), Some(Template::Article | Template::Traffic));
    // "And on Saturdays?" is a question about what was answered, not about services in general.
    let named = !matches!(alone.category, Category::LayananLain) && alone.category != report.reading.category;
    let another = is_own_matter(alone) && named;
    if young && answered && !another { Belongs::FollowsUp(report.id) } else { Belongs::New }
}

fn is_own_matter(alone: &Reading) -> bool {
    let says = !matches!(alone.category, Category::BelumJelas | Category::Salam);
    alone.priority == Priority::P1 || (says && alone.confidence >= OWN_MATTER)
}

/// The first message of the service about a new report; `wanted` is what its message wants by itself.
fn opening(wanted: Template, late: bool, dispatched: bool, about: &Understood, questions: &Questions) -> Template {
    match wanted {
        // A call is over: late or not, the guide is the answer.
        Template::HandedOver | Template::NoCalls => wanted,
        _ if late => Template::ReceivedLate,
        Template::Received if !dispatched => {
            questions.next(&about.reading, about.place.is_some(), &Talk::default()).unwrap_or(wanted)
        }
        _ => wanted,
    }
}

/// Whether an article ends the matter: who asks for a patrol or an escort wants it done, too.
const fn ends_with_article(category: Category) -> bool {
    !matches!(category, Category::Patroli | Category::Pengawalan)
}

impl Decision<'_> {
    /// Answers the message that began `report`.
    pub(super) fn open_conversation(&mut self, report: ReportId, receive: &Receive, lane: Lane, dispatched: bool) {
        let Some(wanted) = receive.answer else { return };
        // Noise is told what the line is for, not that a report was received.
        let noise = lane == Lane::SetAside && wanted == Template::Received;
        let wanted = if noise { Template::AskDetails } else { wanted };
        let late = self.now.secs_since(receive.sent_at) > LATE_S;
        let template = opening(wanted, late, dispatched, &receive.alone, &self.rules.plans.questions);
        match template {
            // Kept and shown, but no place in the queue until there are words to read.
            Template::AskText | Template::NoCalls => self.events.push(Event::ReportAsked { report, by: None }),
            Template::PersonAsked => self.events.push(Event::PersonAsked { report }),
            _ => {}
        }
        self.tell_reporter(report, template);
        self.end_if_answered(report, template, receive.alone.reading.category);
    }

    /// Answers a further message of an open report; `about` is what all of them mean together.
    pub(super) fn go_on(&mut self, report: &Report, receive: &Receive, about: &Understood, dispatched: bool) {
        let talk = &report.talk;
        let late = self.now.secs_since(receive.sent_at) > LATE_S;
        let led = talk.led_by_person || talk.person_asked_at.is_some();
        let Some(wanted) = receive.answer.filter(|_| !late) else { return };
        if wanted.is_guide() {
            // A voice note says nothing to read: what waited for words still does.
            if report.state == (ReportState::WaitingReporter { by: None }) {
                self.events.push(Event::ReportAsked { report: report.id, by: None });
            }
            // Each call gets its guide; voice notes get one together.
            if wanted == Template::NoCalls || !talk.has_said(wanted) {
                self.tell_reporter(report.id, wanted);
            }
            return;
        }
        let waits = matches!(report.state, ReportState::Queued | ReportState::WaitingReporter { .. });
        if led || dispatched || !waits {
            return;
        }
        if wanted == Template::Article {
            self.tell_reporter(report.id, Template::Article);
            self.end_if_answered(report.id, Template::Article, about.reading.category);
            return;
        }
        // Nothing was said, or nothing new: it was asked back once.
        if wanted == Template::AskDetails && talk.has_said(Template::AskDetails) {
            return;
        }
        // Its own office will write.
        let elsewhere = about.jurisdiction.as_ref().is_some_and(|j| j.polres != self.desk.polres)
            && about.place.as_ref().is_some_and(|place| is_certain(place, self.rules));
        // By when it was written: a message that waited for its turn is no slower answer.
        let too_quick = talk.last_sent_at.is_some_and(|at| receive.sent_at.secs_since(at) < TOO_QUICK_S)
            || receive.sent_at.secs_since(report.last_message_at) < STILL_WRITING_S;
        let has_become_a_matter = !is_a_matter(report.reading.service) && is_a_matter(about.reading.service);
        if elsewhere || too_quick || !(talk.awaits_answer() || has_become_a_matter) {
            return;
        }
        let placed = about.place.is_some();
        match self.rules.plans.questions.next(&about.reading, placed, talk) {
            Some(question) => self.tell_reporter(report.id, question),
            None if is_a_matter(about.reading.service) && !talk.has_said(Template::Noted) => {
                self.tell_reporter(report.id, Template::Noted);
            }
            None => {}
        }
    }

    fn end_if_answered(&mut self, report: ReportId, template: Template, category: Category) {
        let ends = template == Template::Traffic || (template == Template::Article && ends_with_article(category));
        if ends {
            self.events.push(Event::ReportClosed { report, outcome: Outcome::Answered, note: None });
        }
    }

    /// A further question after an article: the machine has said what it knows.
    pub(super) fn follow_up(&mut self, report: ReportId, receive: &Receive) {
        self.events.push(Event::ReportExtended { report, message: receive.message });
        self.events.push(Event::ReportReopened { report });
        if receive.answer.is_some() {
            self.tell_reporter(report, Template::FollowUp);
        }
    }

    pub(super) fn converse(&mut self, id: ReportId, message: MessageId, wants: Wants) -> Result<(), Refusal> {
        let report = self.report(id)?;
        self.events.push(Event::ReportExtended { report: id, message });
        if let Some(block) = self.desk.blocking(report.reporter, report.channel) {
            self.events.push(Event::BlockedContact { block: block.id, message, report: Some(id), alarm: false });
            return Ok(());
        }
        let talk = &report.talk;
        match wants {
            Wants::Status => self.tell_reporter(id, Template::Status),
            Wants::Traffic => self.tell_reporter(id, Template::Traffic),
            Wants::Person => self.ask_person(report),
            Wants::NotDone if !report.is_open() => {
                self.events.push(Event::ReportReopened { report: id });
                self.tell_reporter(id, Template::Reopened);
            }
            Wants::Thanks if !report.is_open() && !talk.has_said(Template::Welcome) => {
                self.tell_reporter(id, Template::Welcome);
            }
            Wants::Done if !report.is_open() && !talk.has_said(Template::AskRating) => {
                self.tell_reporter(id, Template::AskRating);
            }
            Wants::Stars(stars) if !report.is_open() && talk.stars.is_none() => {
                self.rate(id, stars)?;
                self.tell_reporter(id, Template::RatedThanks);
            }
            Wants::NotDone | Wants::Thanks | Wants::Done | Wants::Stars(_) | Wants::Nothing => {}
        }
        Ok(())
    }

    fn ask_person(&mut self, report: &Report) {
        let id = report.id;
        if !report.is_open() {
            self.events.push(Event::ReportReopened { report: id });
        } else if report.talk.person_asked_at.is_some() {
            return;
        }
        self.events.push(Event::PersonAsked { report: id });
        self.tell_reporter(id, Template::PersonAsked);
    }

    pub(super) fn rate(&mut self, id: ReportId, stars: u8) -> Result<(), Refusal> {
        let report = self.report(id)?;
        if !(1..=5).contains(&stars) {
            return Err(Refusal::StarsOutOfRange);
        }
        if report.is_open() {
            return Err(crate::model::InvalidStep { step: "rate", state: report.state.code() }.into());
        }
        self.events.push(Event::ReportRated { report: id, stars });
        Ok(())
    }
}
