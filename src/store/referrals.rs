//! What goes with a referral and is nobody else's business: the words for the agency and from it, and
//! the one message that carries the link, until it is taken.

use serde::{Deserialize, Serialize};

use super::agencies::AgencyChannel;
use super::lists::one_row;
use super::value::{code_of, params, texts};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::{AgencyId, MessageId, ReferralId};

/// Words about a referral.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferralNote {
    /// Its id, as in the journal.
    pub id: MessageId,
    /// About which.
    pub referral: ReferralId,
    /// The agency said it, not an operator.
    pub from_agency: bool,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub text: String,
}

impl std::fmt::Debug for ReferralNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReferralNote").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a delivery carries; sealed at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Number, address or webhook, by the channel.
    pub contact: String,
    /// Signs a webhook.
    pub secret: String,
    /// First line, for an e-mail.
    pub title: String,
    /// The words, with the link.
    pub text: String,
    /// The link.
    pub url: String,
    /// Human number of what is passed on.
    pub number: String,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parcel").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The link on its way to an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Of which referral.
    pub referral: ReferralId,
    /// Whose.
    pub polres: String,
    /// To whom.
    pub agency: AgencyId,
    /// How.
    pub channel: AgencyChannel,
    /// `waiting`, `sent`, `dead`, or `by_hand` when somebody calls.
    pub state: String,
    /// How often it was tried since it was last due.
    pub attempts: u32,
    /// Reminders it was sent for.
    pub reminders: u32,
    /// Not before.
    pub next_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was taken last.
    pub sent_at: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
    /// What is carried.
    pub parcel: Parcel,
}

macro_rules! deliveries {
    ($rest:literal) => {
        concat!(
            "SELECT referral_id, polres, agency_id, channel, state, attempts, reminders, next_us, created_us, sent_us,
                error, sealed
            FROM referral_deliveries ",
            $rest
        )
    };
}

/// Records words about a referral.
///
/// # Errors
/// They cannot be sealed.
pub fn insert_note(vault: &Vault, note: &ReferralNote) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&note_row(note.id), &note.text)?;
    let sql = "INSERT INTO referral_notes (id, referral_id, from_agency, at_us, sealed) VALUES ($1, $2, $3, $4, $5)";
    Ok(Statement::one(sql, params![note.id, note.referral, note.from_agency, note.at, sealed]))
}

/// Records the link to be sent.
///
/// # Errors
/// It cannot be sealed.
pub fn insert_delivery(vault: &Vault, delivery: &Delivery) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&delivery_row(delivery.referral), &delivery.parcel)?;
    Ok(Statement::one(
        "INSERT INTO referral_deliveries (referral_id, polres, agency_id, channel, state, attempts, reminders, next_us,
            created_us, sealed)
        VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8)",
        params![
            delivery.referral,
            &delivery.polres,
            delivery.agency,
            code_of(&delivery.channel),
            &delivery.state,
            delivery.next_at,
            delivery.created_at,
            sealed,
        ],
    ))
}

/// The agency took it. Nothing changes when a reminder became due meanwhile: that is still to be sent.
#[must_use]
pub fn mark_delivered(delivery: &Delivery, at: Timestamp) -> Statement {
    let sql = "UPDATE referral_deliveries SET state = 'sent', sent_us = $3, error = NULL, attempts = attempts + 1
        WHERE referral_id = $1 AND reminders = $2";
    Statement::one(sql, params![delivery.referral, delivery.reminders, at])
}

/// It failed; it is tried again at `next_at`.
#[must_use]
pub fn retry_delivery(delivery: &Delivery, next_at: Timestamp, error: &str) -> Statement {
    let sql = "UPDATE referral_deliveries SET next_us = $3, error = $4, attempts = attempts + 1
        WHERE referral_id = $1 AND reminders = $2";
    Statement::one(sql, params![delivery.referral, delivery.reminders, next_at, error])
}

/// It failed for good.
#[must_use]
pub fn dead_delivery(delivery: &Delivery, error: &str) -> Statement {
    let sql = "UPDATE referral_deliveries SET state = 'dead', error = $3, attempts = attempts + 1
        WHERE referral_id = $1 AND reminders = $2";
    Statement::one(sql, params![delivery.referral, delivery.reminders, error])
}

/// No answer yet: the link goes out once more, as a reminder.
#[must_use]
pub fn remind_delivery(referral: ReferralId, at: Timestamp) -> Statement {
    let sql = "UPDATE referral_deliveries SET state = 'waiting', attempts = 0, reminders = reminders + 1, next_us = $2
        WHERE referral_id = $1 AND state <> 'by_hand'";
    Statement::one(sql, params![referral, at])
}

/// The referral has ended: nothing more is sent for it.
#[must_use]
pub fn stop_delivery(referral: ReferralId) -> Statement {
    let sql = "UPDATE referral_deliveries SET state = 'dead', error = 'ended by an operator'
        WHERE referral_id = $1 AND state = 'waiting'";
    Statement::one(sql, params![referral])
}

fn note_row(id: MessageId) -> String {
    format!("referral_notes/{id}")
}

fn delivery_row(id: ReferralId) -> String {
    format!("referral_deliveries/{id}")
}

impl Store {
    /// Words about these referrals, in order of time.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn referral_notes(&self, referrals: &[ReferralId]) -> Result<Vec<ReferralNote>, StoreError> {
        let sql = "SELECT id, referral_id, from_agency, at_us, sealed FROM referral_notes
            WHERE referral_id IN (TEXTS($1)) ORDER BY at_us, id";
        let rows = self.read(sql, params![texts(referrals)]).await?;
        rows.iter()
            .map(|row| {
                let id = row.parsed(0)?;
                Ok(ReferralNote {
                    id,
                    referral: row.parsed(1)?,
                    from_agency: row.flag(2)?,
                    at: row.at(3)?,
                    text: self.vault().open_json(&note_row(id), row.blob(4)?)?,
                })
            })
            .collect()
    }

    /// How the links of these referrals fare.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn deliveries(&self, referrals: &[ReferralId]) -> Result<Vec<Delivery>, StoreError> {
        let sql = deliveries!("WHERE referral_id IN (TEXTS($1)) ORDER BY referral_id");
        self.opened_deliveries(sql, params![texts(referrals)]).await
    }

    /// Links to be sent now, eldest first.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn due_deliveries(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let sql = deliveries!("WHERE state = 'waiting' AND next_us <= $1 ORDER BY next_us, referral_id LIMIT $2");
        self.opened_deliveries(sql, params![now, limit]).await
    }

    /// The office a referral belongs to.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn office_of_referral(&self, referral: ReferralId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT polres FROM referral_deliveries WHERE referral_id = $1";
        one_row(self.read(sql, params![referral]).await?).map(|row| row.string(0)).transpose()
    }

    async fn opened_deliveries(
        &self,
        sql: &'static str,
        params: Vec<super::Value>,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read(sql, params).await?.iter().map(|row| delivery(self.vault(), row)).collect()
    }
}

fn delivery(vault: &Vault, row: &Row) -> Result<Delivery, StoreError> {
    let referral = row.parsed(0)?;
    Ok(Delivery {
        referral,
        polres: row.string(1)?,
        agency: row.parsed(2)?,
        channel: row.code(3)?,
        state: row.string(4)?,
        attempts: row.number(5)?,
        reminders: row.number(6)?,
        next_at: row.at(7)?,
        created_at: row.at(8)?,
        sent_at: row.opt_at(9)?,
        error: row.opt_text(10)?,
        parcel: vault.open_json(&delivery_row(referral), row.blob(11)?)?,
    })
}
