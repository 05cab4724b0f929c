//! The directory of other agencies. Names, numbers and addresses are sealed; what it is, what it is
//! for and where, is not.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::one_row;
use super::value::{code_of, json, params};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::AgencyId;
use crate::model::referral::AgencyKind;
use crate::model::report::Category;

/// How an agency is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgencyChannel {
    /// Somebody calls.
    Phone,
    /// A WhatsApp message with the link.
    Whatsapp,
    /// An e-mail with the link.
    Email,
    /// A signed POST with the link.
    Webhook,
}

/// What is sealed of an agency: names and numbers may be a person's.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyCard {
    /// What people call it.
    pub name: String,
    /// WhatsApp number (digits), e-mail address or webhook address, by its channel.
    #[serde(default)]
    pub contact: String,
    /// Telephone number, for the operator's hand.
    #[serde(default)]
    pub phone: String,
    /// When somebody is there.
    #[serde(default)]
    pub hours: String,
    /// For the operator.
    #[serde(default)]
    pub note: String,
    /// Signs webhooks.
    #[serde(default)]
    pub secret: String,
}

impl std::fmt::Debug for AgencyCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgencyCard").finish_non_exhaustive()
    }
}

/// Another agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// Whose directory it stands in.
    pub polres: String,
    /// What it is.
    pub kind: AgencyKind,
    /// Which matters are its business; none for all.
    pub categories: Vec<Category>,
    /// Codes of kecamatan and kelurahan it works in; none for everywhere.
    pub areas: Vec<String>,
    /// How it is told.
    pub channel: AgencyChannel,
    /// Came with the program and was not yet changed.
    pub example: bool,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When it was taken out of the directory.
    pub removed_at: Option<Timestamp>,
    /// Name, numbers, words.
    pub card: AgencyCard,
}

impl Agency {
    /// Whether a matter is its business.
    #[must_use]
    pub fn is_for(&self, category: Category) -> bool {
        self.categories.is_empty() || self.categories.contains(&category)
    }

    /// Whether it works in this kelurahan: its code, or that of a kecamatan around it, stands in the list.
    #[must_use]
    pub fn works_in(&self, desa_code: Option<&str>) -> bool {
        let inside = |area: &String| {
            desa_code.is_some_and(|desa| {
                desa == area || desa.strip_prefix(area.as_str()).is_some_and(|r| r.starts_with('.'))
            })
        };
        self.areas.is_empty() || self.areas.iter().any(inside)
    }
}

macro_rules! agencies {
    ($rest:literal) => {
        concat!(
            "SELECT id, polres, kind, categories, areas, channel, example, created_us, updated_us, removed_us, sealed
            FROM agencies ",
            $rest
        )
    };
}

/// Writes an agency whole.
///
/// # Errors
/// It cannot be sealed.
pub fn upsert_agency(vault: &Vault, agency: &Agency) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&row_name(agency.id), &agency.card)?;
    Ok(Statement::one(
        "INSERT INTO agencies (id, polres, kind, categories, areas, channel, example, created_us, updated_us,
            removed_us, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, categories = excluded.categories,
            areas = excluded.areas, channel = excluded.channel, example = excluded.example,
            updated_us = excluded.updated_us, removed_us = excluded.removed_us, sealed = excluded.sealed",
        params![
            agency.id,
            &agency.polres,
            code_of(&agency.kind),
            json(&agency.categories),
            json(&agency.areas),
            code_of(&agency.channel),
            agency.example,
            agency.created_at,
            agency.updated_at,
            agency.removed_at,
            sealed,
        ],
    ))
}

fn row_name(id: AgencyId) -> String {
    format!("agencies/{id}")
}

impl Store {
    /// The directory of an office, in the order it was entered; with what was taken out when asked.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn agencies(&self, polres: &str, with_removed: bool) -> Result<Vec<Agency>, StoreError> {
        let sql = agencies!("WHERE polres = $1 ORDER BY id");
        let rows = self.read(sql, params![polres]).await?;
        let all = rows.iter().map(|row| agency(self.vault(), row)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|agency| with_removed || agency.removed_at.is_none()).collect())
    }

    /// One agency, in the directory or taken out of it.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn agency(&self, id: AgencyId) -> Result<Option<Agency>, StoreError> {
        let rows = self.read(agencies!("WHERE id = $1"), params![id]).await?;
        one_row(rows).map(|row| agency(self.vault(), &row)).transpose()
    }
}

fn agency(vault: &Vault, row: &Row) -> Result<Agency, StoreError> {
    let id = row.parsed(0)?;
    let removed = row.opt_int(9)?;
    Ok(Agency {
        id,
        polres: row.string(1)?,
        kind: row.code(2)?,
        categories: row.json(3)?,
        areas: row.json(4)?,
        channel: row.code(5)?,
        example: row.flag(6)?,
        created_at: row.at(7)?,
        updated_at: row.at(8)?,
        removed_at: removed.map(Timestamp),
        card: vault.open_json(&row_name(id), row.blob(10)?)?,
    })
}
