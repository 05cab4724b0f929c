//! What an office says in its own words: its answers to questions, its messages to reporters. Every
//! change is kept; the newest one counts.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::value::{json, params};
use super::{Row, Statement, Store, StoreError};
use crate::feedback::articles::Article;
use crate::feedback::wording::OtherWords;
use crate::model::clock::Timestamp;

/// One change of an article or a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T> {
    /// Category of the article, or code of the message.
    pub code: String,
    /// 1, 2, 3 … for each code.
    pub version: i64,
    /// The new words; none puts those of the program back.
    pub body: Option<T>,
    /// Name of who changed it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// Records a change of an article. [`StoreError::Conflict`] (`one_article_per_version`) when
/// somebody else changed it meanwhile.
#[must_use]
pub fn insert_article(polres: &str, change: &Change<Article>) -> Statement {
    let sql = "INSERT INTO articles (polres, category, version, body, changed_by, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6)";
    insert(sql, polres, change)
}

/// Records a change of a message. [`StoreError::Conflict`] (`one_template_per_version`) when
/// somebody else changed it meanwhile.
#[must_use]
pub fn insert_template(polres: &str, change: &Change<OtherWords>) -> Statement {
    let sql = "INSERT INTO templates (polres, code, version, body, changed_by, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6)";
    insert(sql, polres, change)
}

fn insert<T: Serialize>(sql: &'static str, polres: &str, change: &Change<T>) -> Statement {
    Statement::one(
        sql,
        params![
            polres,
            &change.code,
            change.version,
            change.body.as_ref().map(json),
            &change.changed_by,
            change.changed_at,
        ],
    )
}

impl Store {
    /// Every change of an office's articles, the newest of each category first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn article_changes(&self, polres: &str) -> Result<Vec<Change<Article>>, StoreError> {
        let sql = "SELECT category, version, body, changed_by, changed_us FROM articles
            WHERE polres = $1 ORDER BY category, version DESC";
        self.read(sql, params![polres]).await?.iter().map(change).collect()
    }

    /// Every change of an office's messages, the newest of each code first.
    ///
    /// # Errors
    /// A backend that failed; a row that cannot be read back.
    pub async fn template_changes(&self, polres: &str) -> Result<Vec<Change<OtherWords>>, StoreError> {
        let sql = "SELECT code, version, body, changed_by, changed_us FROM templates
            WHERE polres = $1 ORDER BY code, version DESC";
        self.read(sql, params![polres]).await?.iter().map(change).collect()
    }
}

fn change<T: DeserializeOwned>(row: &Row) -> Result<Change<T>, StoreError> {
    Ok(Change {
        code: row.string(0)?,
        version: row.int(1)?,
        body: row.opt_text(2)?.map(|_| row.json(2)).transpose()?,
        changed_by: row.string(3)?,
        changed_at: row.at(4)?,
    })
}
