//! What is known of each photo, video, sound and document. The bytes are in sealed files (see
//! [`super::sealed_file`]); names and the channel's own ids are people's data and sealed here.

use serde::{Deserialize, Serialize};

use super::lists::one_row;
use super::value::{code_of, params, texts};
use super::vault::Vault;
use super::{Row, Statement, Store, StoreError};
use crate::model::clock::Timestamp;
use crate::model::id::{MediaId, MessageId, ReportId, ReporterId};
use crate::model::media::{MediaKind, MediaOrigin, MediaProblem, MediaState};

/// What was said of a file; nothing of it is believed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Everything an upload says of itself, as it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// Its id at the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<String>,
    /// Its SHA-256 as the channel says, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_sha256: Option<String>,
    /// Which of our lines it came over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// One file.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// Its id, and the name of its files.
    pub id: MediaId,
    /// Whose it is.
    pub polres: String,
    /// The report it belongs to, once it belongs to one.
    pub report: Option<ReportId>,
    /// The message it came with.
    pub message: Option<MessageId>,
    /// The person it came from, with whom it is erased.
    pub reporter: Option<ReporterId>,
    /// Who sends it to us in pieces.
    pub owner: Option<String>,
    /// Who brought it.
    pub origin: MediaOrigin,
    /// How far it has come.
    pub state: MediaState,
    /// Why it is not kept.
    pub why: Option<MediaProblem>,
    /// What it is, once it was looked at.
    pub kind: Option<MediaKind>,
    /// Its type by content.
    pub mime: Option<String>,
    /// Bytes of the original; of one that is not here yet, as announced.
    pub size_bytes: u64,
    /// SHA-256 of the original.
    pub sha256: Option<Vec<u8>>,
    /// Pixels of what is shown.
    pub width: Option<u32>,
    /// Pixels of what is shown.
    pub height: Option<u32>,
    /// Bytes of what is shown, for a picture.
    pub shown_bytes: Option<u64>,
    /// How often it was asked for.
    pub attempts: u32,
    /// Not to be asked for before.
    pub next_at: Timestamp,
    /// Removed then, unless it belongs to something.
    pub expires_at: Option<Timestamp>,
    /// When it became known.
    pub created_at: Timestamp,
    /// What was said of it.
    pub said: Said,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Media {
    /// A file nobody has looked at yet.
    #[must_use]
    pub fn new(id: MediaId, polres: &str, origin: MediaOrigin, state: MediaState, now: Timestamp) -> Self {
        Self {
            id,
            polres: polres.to_owned(),
            report: None,
            message: None,
            reporter: None,
            owner: None,
            origin,
            state,
            why: None,
            kind: None,
            mime: None,
            size_bytes: 0,
            sha256: None,
            width: None,
            height: None,
            shown_bytes: None,
            attempts: 0,
            next_at: now,
            expires_at: None,
            created_at: now,
            said: Said::default(),
        }
    }
}

/// What a look at a file found; see `runtime::media`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What it is.
    pub kind: MediaKind,
    /// Its type by content.
    pub mime: String,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// SHA-256 of the original.
    pub sha256: [u8; 32],
    /// Pixels of what is shown.
    pub width: Option<u32>,
    /// Pixels of what is shown.
    pub height: Option<u32>,
    /// Bytes of what is shown.
    pub shown_bytes: Option<u64>,
}

macro_rules! media_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, polres, report_id, message_id, reporter_id, owner, origin, state, why, kind, mime, size_bytes,
                sha256, width, height, shown_bytes, attempts, next_us, expires_us, created_us, sealed
            FROM media WHERE ",
            $rest
        )
    };
}

/// Records a file.
///
/// # Errors
/// What was said of it cannot be sealed.
pub fn insert(vault: &Vault, media: &Media) -> Result<Statement, StoreError> {
    let sealed = vault.seal_json(&row_name(media.id), &media.said)?;
    Ok(Statement::one(
        "INSERT INTO media (id, polres, report_id, message_id, reporter_id, owner, origin, state, why, kind, mime,
            size_bytes, sha256, width, height, shown_bytes, attempts, next_us, expires_us, created_us, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        params![
            media.id,
            &media.polres,
            media.report,
            media.message,
            media.reporter,
            media.owner.clone(),
            code_of(&media.origin),
            code_of(&media.state),
            media.why.as_ref().map(code_of),
            media.kind.as_ref().map(code_of),
            media.mime.clone(),
            media.size_bytes,
            media.sha256.clone(),
            media.width,
            media.height,
            media.shown_bytes,
            media.attempts,
            media.next_at,
            media.expires_at,
            media.created_at,
            sealed,
        ],
    ))
}

/// It is ours now.
#[must_use]
pub fn keep(id: MediaId, looked: &Looked) -> Statement {
    let sql = "UPDATE media SET state = 'kept', why = NULL, kind = $2, mime = $3, size_bytes = $4, sha256 = $5,
        width = $6, height = $7, shown_bytes = $8 WHERE id = $1";
    let Looked { kind, mime, size_bytes, sha256, width, height, shown_bytes } = looked;
    Statement::one(sql, params![id, code_of(kind), mime, *size_bytes, *sha256, *width, *height, *shown_bytes])
}

/// It is not kept: refused, or gone.
#[must_use]
pub fn let_go(id: MediaId, state: MediaState, why: MediaProblem) -> Statement {
    let sql = "UPDATE media SET state = $2, why = $3 WHERE id = $1";
    Statement::one(sql, params![id, code_of(&state), code_of(&why)])
}

/// It is asked for again at `next_at`.
#[must_use]
pub fn ask_again(id: MediaId, next_at: Timestamp) -> Statement {
    Statement::one("UPDATE media SET next_us = $2, attempts = attempts + 1 WHERE id = $1", params![id, next_at])
}

/// It belongs to a report now, and stays as long as the report does.
#[must_use]
pub fn attach(id: MediaId, report: ReportId, message: Option<MessageId>, reporter: Option<ReporterId>) -> Statement {
    let sql = "UPDATE media SET report_id = $2, message_id = COALESCE($3, message_id),
        reporter_id = COALESCE($4, reporter_id), expires_us = NULL WHERE id = $1";
    Statement::one(sql, params![id, report, message, reporter])
}

/// Its bytes and everything said of it are gone; that it was there stays known.
///
/// # Errors
/// Nothing cannot be sealed.
pub fn erase(vault: &Vault, id: MediaId) -> Result<Statement, StoreError> {
    let nothing = vault.seal_json(&row_name(id), &Said::default())?;
    let sql = "UPDATE media SET state = 'gone', why = 'gone', sha256 = NULL, reporter_id = NULL, owner = NULL,
        expires_us = NULL, sealed = $2 WHERE id = $1";
    Ok(Statement::one(sql, params![id, nothing]))
}

/// It never was.
#[must_use]
pub fn remove(id: MediaId) -> Statement {
    Statement::one("DELETE FROM media WHERE id = $1", params![id])
}

fn row_name(id: MediaId) -> String {
    format!("media/{id}")
}

impl Store {
    /// One file.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn media(&self, id: MediaId) -> Result<Option<Media>, StoreError> {
        Ok(self.media_rows(media_where!("id = $1"), params![id]).await?.into_iter().next())
    }

    /// Pictures of these reports that are kept, in order.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn pictures_of(&self, reports: &[ReportId]) -> Result<Vec<Media>, StoreError> {
        let sql = media_where!("report_id IN (TEXTS($1)) AND state = 'kept' AND kind = 'picture' ORDER BY id");
        self.media_rows(sql, params![texts(reports)]).await
    }

    /// The files that came with these messages.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn media_of_messages(&self, messages: &[MessageId]) -> Result<Vec<Media>, StoreError> {
        self.media_rows(media_where!("message_id IN (TEXTS($1)) ORDER BY created_us, id"), params![texts(messages)])
            .await
    }

    /// Everything a person sent.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn media_of_reporter(&self, reporter: ReporterId) -> Result<Vec<Media>, StoreError> {
        self.media_rows(media_where!("reporter_id = $1 ORDER BY created_us, id"), params![reporter]).await
    }

    /// Up to `limit` files to ask the channel for now.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn media_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Media>, StoreError> {
        let sql = media_where!("state = 'waiting' AND next_us <= $1 ORDER BY next_us, id LIMIT $2");
        self.media_rows(sql, params![now, limit]).await
    }

    /// Up to `limit` files that belong to nothing and whose time is over.
    ///
    /// # Errors
    /// A backend that failed; a row that does not open.
    pub async fn media_expired(&self, now: Timestamp, limit: usize) -> Result<Vec<Media>, StoreError> {
        let sql = media_where!("expires_us IS NOT NULL AND expires_us <= $1 ORDER BY expires_us, id LIMIT $2");
        self.media_rows(sql, params![now, limit]).await
    }

    /// How many unfinished uploads somebody has.
    ///
    /// # Errors
    /// A backend that failed.
    pub async fn uploads_of(&self, owner: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM media WHERE state = 'uploading' AND owner = $1";
        one_row(self.read(sql, params![owner]).await?).map_or(Ok(0), |row| row.number(0))
    }

    async fn media_rows(&self, sql: &'static str, params: Vec<super::Value>) -> Result<Vec<Media>, StoreError> {
        self.read(sql, params).await?.iter().map(|row| media(self.vault(), row)).collect()
    }
}

fn media(vault: &Vault, row: &Row) -> Result<Media, StoreError> {
    let id = row.parsed(0)?;
    Ok(Media {
        id,
        polres: row.string(1)?,
        report: row.opt_parsed(2)?,
        message: row.opt_parsed(3)?,
        reporter: row.opt_parsed(4)?,
        owner: row.opt_text(5)?,
        origin: row.code(6)?,
        state: row.code(7)?,
        why: row.opt_code(8)?,
        kind: row.opt_code(9)?,
        mime: row.opt_text(10)?,
        size_bytes: row.number(11)?,
        sha256: row.opt_blob(12)?,
        width: row.opt_number(13)?,
        height: row.opt_number(14)?,
        shown_bytes: row.opt_number(15)?,
        attempts: row.number(16)?,
        next_at: row.at(17)?,
        expires_at: row.opt_at(18)?,
        created_at: row.at(19)?,
        said: vault.open_json(&row_name(id), row.blob(20)?)?,
    })
}
