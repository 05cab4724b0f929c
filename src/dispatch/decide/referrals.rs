//! Decisions about referrals: a matter passed to another agency, its answers, reminders, its end.

use super::Decision;
use crate::dispatch::command::{Refer, Refusal};
use crate::model::InvalidStep;
use crate::model::entry::{Event, Template};
use crate::model::id::{MediaId, MessageId, ReferralId, ReportId};
use crate::model::referral::{Referral, ReferralEnd, ReferralState, Subject};

/// An agency that does not answer is reminded this often; then only the operator's card says so.
const MOST_REMINDERS: u8 = 3;

/// Photos an agency may send back with one referral.
pub const MOST_PHOTOS: usize = 10;

impl Decision<'_> {
    pub(super) fn refer(&mut self, wanted: &Refer) -> Result<(), Refusal> {
        let present = match wanted.subject {
            Subject::Incident(id) => {
                let incident = self.incident(id)?;
                if !incident.is_open() {
                    return Err(InvalidStep { step: "refer", state: incident.state.code() }.into());
                }
                &incident.referrals
            }
            Subject::Report(id) => {
                let report = self.report(id)?;
                report.can_settle("refer")?;
                &report.referrals
            }
        };
        if present.iter().any(|referral| referral.agency == wanted.agency && referral.is_live()) {
            return Err(InvalidStep { step: "refer", state: "with this agency already" }.into());
        }
        self.events.push(Event::ReferralSent {
            referral: ReferralId(self.ids.next(self.now)),
            subject: wanted.subject,
            agency: wanted.agency,
            note: wanted.note,
            expires_at: self.now.plus_secs(wanted.lasts_s),
            remind_at: (wanted.remind_every_s > 0).then(|| self.now.plus_secs(wanted.remind_every_s)),
            remind_every_s: wanted.remind_every_s,
            photos: wanted.photos,
        });
        if wanted.tell {
            self.tell_subject(wanted.subject);
        }
        Ok(())
    }

    /// Tells the reporters that their matter was passed on.
    fn tell_subject(&mut self, subject: Subject) {
        match subject {
            Subject::Incident(incident) => self.tell_reporters(incident, Template::Referred),
            Subject::Report(report) => {
                let followers = self.desk.reports.get(&report).map(|found| found.followers.clone());
                let all: Vec<ReportId> = std::iter::once(report).chain(followers.into_iter().flatten()).collect();
                all.into_iter().for_each(|report| self.tell_reporter(report, Template::Referred));
            }
        }
    }

    pub(super) fn acknowledge_referral(&mut self, id: ReferralId) -> Result<(), Refusal> {
        let referral = self.answerable(id, "acknowledge")?;
        if referral.state == ReferralState::Sent {
            self.events.push(Event::ReferralAcknowledged { referral: id });
        }
        Ok(())
    }

    pub(super) fn report_referral(
        &mut self,
        id: ReferralId,
        done: bool,
        note: Option<MessageId>,
        photo: Option<MediaId>,
    ) -> Result<(), Refusal> {
        let referral = self.answerable(id, "report on")?;
        if photo.is_some() && referral.shown.len() >= MOST_PHOTOS {
            return Err(InvalidStep { step: "show", state: "with as many photos as one matter may have" }.into());
        }
        self.events.push(Event::ReferralReported { referral: id, done, note, photo });
        Ok(())
    }

    pub(super) fn close_referral(&mut self, id: ReferralId, how: ReferralEnd) -> Result<(), Refusal> {
        let (referral, _) = self.desk.referral(id).ok_or(Refusal::NotFound("referral"))?;
        referral.can_answer("close")?;
        self.events.push(Event::ReferralClosed { referral: id, how });
        Ok(())
    }

    fn answerable(&self, id: ReferralId, step: &'static str) -> Result<&Referral, Refusal> {
        let (referral, _) = self.desk.referral(id).ok_or(Refusal::NotFound("referral"))?;
        referral.can_answer(step)?;
        if self.now >= referral.expires_at {
            return Err(InvalidStep { step, state: "past its time" }.into());
        }
        Ok(referral)
    }

    /// Agencies that have not answered in time are reminded.
    pub(super) fn remind(&mut self) {
        let due: Vec<ReferralId> =
            self.desk.reminders.iter().take_while(|(at, _)| *at <= self.now).map(|(_, id)| *id).collect();
        for id in due {
            let Some((referral, _)) = self.desk.referral(id) else { continue };
            let next_at = self.now.plus_secs(referral.remind_every_s);
            let more = referral.reminders + 1 < MOST_REMINDERS && next_at < referral.expires_at;
            self.events.push(Event::ReferralReminded { referral: id, next_at: more.then_some(next_at) });
        }
    }
}
