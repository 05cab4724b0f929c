//! The rows of a referral: the words for the agency, the link on its way, and what the reporters are
//! told. They are recorded with the entries that say so.

use std::sync::Arc;

use super::desks::Rows;
use super::outgoing::{Outgoing, out_rows};
use super::referral_link::token;
use crate::dispatch::desk::Desk;
use crate::feedback::referral::{Facts, message, title};
use crate::feedback::wording::Params;
use crate::model::entry::{Entry, Event, Template};
use crate::model::id::MessageId;
use crate::model::referral::AgencyKind;
use crate::store::agencies::{Agency, AgencyChannel};
use crate::store::referrals::{Delivery, Parcel, ReferralNote, insert_delivery, insert_note};
use crate::store::{Statement, Store, StoreError};

/// What is needed to pass a matter on.
#[derive(Debug)]
pub struct Passing {
    /// Seals what is said.
    pub store: Store,
    /// Words for the reporters.
    pub outgoing: Arc<Outgoing>,
    /// How this server is called from outside.
    pub base_url: String,
    /// To whom.
    pub agency: Agency,
    /// What.
    pub facts: Facts,
    /// Words for the agency, and their id.
    pub note: Option<(MessageId, String)>,
    /// How long the link opens its page.
    pub hours: i64,
}

/// The rows that go with the entries of a referral.
#[must_use]
pub fn rows(passing: Passing) -> Rows {
    Box::new(move |entries, desk| {
        let mut rows = Vec::new();
        for entry in entries {
            rows.extend(passing.rows_of(entry, desk)?);
        }
        Ok(rows)
    })
}

impl Passing {
    fn rows_of(&self, entry: &Entry, desk: &Desk) -> Result<Vec<Statement>, StoreError> {
        match &entry.event {
            Event::ReferralSent { referral, expires_at, .. } => {
                let vault = self.store.vault();
                let code = token(vault, &desk.polres, *referral, *expires_at);
                // Behind the #: a browser sends it to nobody, so it stands in no log.
                let url = format!("{}/rujukan#{code}", self.base_url);
                let card = &self.agency.card;
                let note = self.note.as_ref().map(|(_, text)| text.as_str());
                let office = &self.outgoing.office;
                let delivery = Delivery {
                    referral: *referral,
                    polres: desk.polres.clone(),
                    agency: self.agency.id,
                    channel: self.agency.channel,
                    state: if self.agency.channel == AgencyChannel::Phone { "by_hand" } else { "waiting" }.to_owned(),
                    attempts: 0,
                    reminders: 0,
                    next_at: entry.at,
                    created_at: entry.at,
                    sent_at: None,
                    error: None,
                    parcel: Parcel {
                        contact: card.contact.clone(),
                        secret: card.secret.clone(),
                        title: title(office, &self.facts),
                        text: message(office, &card.name, &self.facts, note, &url, self.hours),
                        url,
                        number: self.facts.number.clone(),
                    },
                };
                let mut rows = vec![insert_delivery(vault, &delivery)?];
                if let Some((id, text)) = &self.note {
                    let note = ReferralNote {
                        id: *id,
                        referral: *referral,
                        from_agency: false,
                        at: entry.at,
                        text: text.clone(),
                    };
                    rows.push(insert_note(vault, &note)?);
                }
                Ok(rows)
            }
            Event::FeedbackQueued { report, message, template: Template::Referred } => {
                let Some(report) = desk.reports.get(report) else { return Ok(Vec::new()) };
                let params = Params {
                    office: Some(self.outgoing.office.clone()),
                    number: Some(report.number.clone()),
                    text: Some(self.name_for_reporters()),
                    ..Params::default()
                };
                let outbound = self.outgoing.handbook.wording().compose(Template::Referred, &params);
                let vault = self.store.vault();
                out_rows(vault, &desk.polres, report, *message, Template::Referred, &outbound, entry.at)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// A community figure is a person: reporters do not read the name.
    fn name_for_reporters(&self) -> String {
        match self.agency.kind {
            AgencyKind::Community => "tokoh masyarakat setempat".to_owned(),
            _ => self.agency.card.name.clone(),
        }
    }
}
