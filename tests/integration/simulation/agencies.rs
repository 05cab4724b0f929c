//! Moves about other agencies and after-photos.

use sigap::dispatch::command::{Command, Refer};
use sigap::model::id::{AgencyId, MediaId, MessageId, ReferralId};
use sigap::model::photo::PhotoState;
use sigap::model::referral::{ReferralEnd, Subject};
use uuid::Uuid;

use super::day::Day;
use super::moves::Move;

/// Agencies an office works with.
const AGENCIES: u128 = 4;

impl Day {
    /// A referral, an answer to one, or an after-photo.
    pub fn about_agencies(&mut self) -> Move {
        match self.rng.u32(..16) {
            0..=4 => self.refer(),
            5..=9 => self.answer_referral(),
            10..=13 => self.take_photo(),
            _ => self.judge_photo(),
        }
    }

    fn refer(&mut self) -> Move {
        let subject = if self.rng.bool() { Subject::Incident(self.incident()) } else { Subject::Report(self.report()) };
        let wanted = Refer {
            subject,
            agency: AgencyId(Uuid::from_u128(0x3000 + self.rng.u128(..AGENCIES))),
            note: self.rng.bool().then(|| MessageId(self.outside.next(self.clock))),
            lasts_s: self.rng.i64(60..7200),
            remind_every_s: [0, 30, 300][self.rng.usize(..3)],
            photos: false,
            tell: self.rng.bool(),
        };
        Move::new("refer", Command::Refer(wanted))
    }

    fn answer_referral(&mut self) -> Move {
        let all: Vec<ReferralId> = self.desk.referrals.keys().copied().collect();
        let drawn = (!all.is_empty()).then(|| all[self.rng.usize(..all.len())]);
        let referral = drawn.unwrap_or_else(|| ReferralId(Uuid::nil()));
        match self.rng.u32(..4) {
            0 => Move::new("acknowledge referral", Command::AcknowledgeReferral(referral)),
            1 => Move::new("close referral", Command::CloseReferral(referral, ReferralEnd::Settled)),
            _ => {
                let note = self.rng.bool().then(|| MessageId(self.outside.next(self.clock)));
                Move::new(
                    "report referral",
                    Command::ReportReferral { referral, done: self.rng.bool(), note, photo: None },
                )
            }
        }
    }

    fn take_photo(&mut self) -> Move {
        let assignment = self.assignment();
        let of = self.desk.assignments.get(&assignment).map(|a| (a.incident, a.unit));
        let (incident, unit) = of.unwrap_or_else(|| (self.incident(), self.unit()));
        let unit = if self.rng.u32(..8) == 0 { self.unit() } else { unit };
        let photo = MediaId(self.outside.next(self.clock));
        let key = format!("foto-{}", self.rng.u32(..40));
        Move::new("take photo", Command::TakePhoto { incident, unit, photo, key })
    }

    fn judge_photo(&mut self) -> Move {
        let photos = self.desk.incidents.values().flat_map(|incident| &incident.photos);
        let waiting = photos.filter(|photo| photo.state == PhotoState::Waiting || photo.key.ends_with('7'));
        let all: Vec<MediaId> = waiting.map(|photo| photo.id).collect();
        let photo = if all.is_empty() { MediaId(Uuid::nil()) } else { all[self.rng.usize(..all.len())] };
        if self.rng.bool() {
            return Move::new("approve photo", Command::ApprovePhoto(photo));
        }
        Move::new("decline photo", Command::DeclinePhoto { photo, note: None })
    }
}
