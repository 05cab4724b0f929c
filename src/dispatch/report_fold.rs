//! The fold of one report: what an entry about it changes in it.
//!
//! Enters: a report and an entry. Leaves: the report changed. Queue, memory and whom it follows are the
//! desk's (`desk.rs`, `together.rs`).

use crate::model::clock::Timestamp;
use crate::model::entry::{Event, Template};
use crate::model::report::{Priority, Report, ReportState};
use crate::model::shield::Lane;

/// Changes a report as an entry of `at` says.
pub(super) fn change_report(report: &mut Report, event: &Event, at: Timestamp) {
    match event {
        Event::ReportExtended { message, .. } => {
            report.messages.push(*message);
            report.last_message_at = at;
            if let ReportState::WaitingReporter { by } = report.state {
                report.state = by.map_or(ReportState::Queued, |by| ReportState::Claimed { by });
            }
        }
        Event::ReportRead { reading, by_hand, .. } => {
            report.reading = *reading;
            // Whatever made it urgent, it is no noise: held here so that no decision can forget it.
            if report.lane == Lane::SetAside && reading.priority <= Priority::P2 {
                report.lane = Lane::Main;
            }
            report.reading_by_hand |= by_hand;
        }
        Event::ReportLocated { place, jurisdiction, .. } => {
            report.place = Some(place.clone());
            report.jurisdiction.clone_from(jurisdiction);
            report.reading.known.place = true;
            report.stamps.located_at.get_or_insert(at);
        }
        Event::ReportClaimed { by, .. } => {
            report.state = ReportState::Claimed { by: *by };
            report.talk.led_by_person = true;
            report.stamps.claimed_at.get_or_insert(at);
        }
        Event::ReportLaned { lane, noise, .. } => {
            report.lane = *lane;
            report.noise.clone_from(noise);
        }
        Event::ReportReleased { .. } => report.state = ReportState::Queued,
        Event::ReportReopened { .. } => {
            report.state = ReportState::Queued;
            // What is open again wants a person; it is rated anew when it ends.
            report.talk.led_by_person = true;
            report.talk.stars = None;
            report.talk.sent.retain(|sent| !matches!(sent, Template::AskRating | Template::RatedThanks));
            report.talk.closing = None;
            report.stamps.closed_at = None;
            report.ended_with = None;
        }
        Event::ReportAsked { by, .. } => report.state = ReportState::WaitingReporter { by: *by },
        Event::ReportAttached { incident, .. } => report.state = ReportState::Attached { incident: *incident },
        Event::ReportClosed { outcome, .. } => {
            report.ended_with = match report.state {
                ReportState::Joined { into } => Some(into),
                _ => None,
            };
            report.talk.closing = None;
            report.state = ReportState::Closed { outcome: *outcome };
            report.stamps.closed_at = Some(at);
        }
        Event::PersonAsked { .. } => report.talk.person_asked_at = Some(at),
        Event::ReportRated { stars, .. } => report.talk.stars = Some(*stars),
        Event::FeedbackQueued { message, template, .. } => {
            report.talk.note(*template, at);
            report.talk.note_closing(*template, *message);
            report.stamps.first_reply_at.get_or_insert(at);
        }
        Event::FeedbackStatus { message, status, .. } => report.talk.note_status(*message, *status),
        _ => {}
    }
}
