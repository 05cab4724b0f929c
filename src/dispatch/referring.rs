//! The fold of referrals: they stand with the incident or report they are about.
//!
//! Enters: an entry of a referral. Leaves: its subject changed, and the timer that reminds the agency.

use super::desk::{Desk, Touched};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::ReferralId;
use crate::model::referral::{Referral, ReferralState, Subject};

impl Desk {
    pub(super) fn apply_referral(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::ReferralSent { referral, subject, agency, note, expires_at, remind_at, remind_every_s, photos } => {
                let new = Referral {
                    id: *referral,
                    agency: *agency,
                    state: ReferralState::Sent,
                    sent_at: at,
                    expires_at: *expires_at,
                    remind_at: *remind_at,
                    remind_every_s: *remind_every_s,
                    reminders: 0,
                    acknowledged_at: None,
                    reported_at: None,
                    closed_at: None,
                    notes: note.iter().copied().collect(),
                    photos: *photos,
                    shown: Vec::new(),
                };
                self.start_referral(new, *subject, touched);
            }
            Event::ReferralAcknowledged { referral } => self.change_referral(*referral, touched, |it| {
                it.state = ReferralState::Acknowledged;
                it.acknowledged_at.get_or_insert(at);
                it.remind_at = None;
            }),
            Event::ReferralReported { referral, done, note, photo } => self.change_referral(*referral, touched, |it| {
                it.state = if *done { ReferralState::Done } else { ReferralState::Acknowledged };
                it.acknowledged_at.get_or_insert(at);
                it.reported_at = Some(at);
                it.remind_at = None;
                it.notes.extend(note);
                it.shown.extend(photo);
                if *done {
                    it.closed_at = Some(at);
                }
            }),
            Event::ReferralReminded { referral, next_at } => self.change_referral(*referral, touched, |it| {
                it.reminders = it.reminders.saturating_add(1);
                it.remind_at = *next_at;
            }),
            Event::ReferralClosed { referral, .. } => self.change_referral(*referral, touched, |it| {
                it.state = ReferralState::Closed;
                it.closed_at = Some(at);
                it.remind_at = None;
            }),
            _ => {}
        }
    }

    /// A referral and what it is about.
    #[must_use]
    pub fn referral(&self, id: ReferralId) -> Option<(&Referral, Subject)> {
        let subject = *self.referrals.get(&id)?;
        let all = match subject {
            Subject::Incident(incident) => &self.incidents.get(&incident)?.referrals,
            Subject::Report(report) => &self.reports.get(&report)?.referrals,
        };
        Some((all.iter().find(|referral| referral.id == id)?, subject))
    }

    fn start_referral(&mut self, new: Referral, subject: Subject, touched: &mut Touched) {
        let (id, remind_at) = (new.id, new.remind_at);
        let Some(all) = self.referrals_of(subject, touched) else { return };
        all.push(new);
        self.referrals.insert(id, subject);
        if let Some(at) = remind_at {
            self.reminders.insert((at, id));
        }
    }

    fn change_referral(&mut self, id: ReferralId, touched: &mut Touched, change: impl FnOnce(&mut Referral)) {
        let Some(subject) = self.referrals.get(&id).copied() else { return };
        let Some(all) = self.referrals_of(subject, touched) else { return };
        let Some(found) = all.iter_mut().find(|referral| referral.id == id) else { return };
        let before = found.remind_at;
        change(found);
        let after = found.remind_at;
        if let Some(at) = before {
            self.reminders.remove(&(at, id));
        }
        if let Some(at) = after {
            self.reminders.insert((at, id));
        }
    }

    fn referrals_of(&mut self, subject: Subject, touched: &mut Touched) -> Option<&mut Vec<Referral>> {
        match subject {
            Subject::Incident(incident) => {
                touched.incidents.insert(incident);
                Some(&mut self.incidents.get_mut(&incident)?.referrals)
            }
            Subject::Report(report) => {
                touched.reports.insert(report);
                Some(&mut self.reports.get_mut(&report)?.referrals)
            }
        }
    }

    /// Their subject leaves the desk.
    pub(super) fn forget_referrals(&mut self, gone: &[Referral]) {
        for referral in gone {
            self.referrals.remove(&referral.id);
            if let Some(at) = referral.remind_at {
                self.reminders.remove(&(at, referral.id));
            }
        }
    }
}
