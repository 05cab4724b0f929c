//! What lists have in common: `?after=` cursor, `limit` up to 200, newest first.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::ApiError;
use crate::model::clock::Timestamp;
use crate::model::report::Category;
use crate::model::viewer::{Scope, Viewer};
use crate::store::projections::{Cursor, ListFilter};

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct PageQuery {
    /// Only in this state, by its code.
    state: Option<String>,
    /// Only numbers that start so.
    q: Option<String>,
    /// Only of this category.
    category: Option<String>,
    /// Only of this H3 cell.
    cell: Option<String>,
    /// Received at this instant or later.
    from: Option<String>,
    /// Received before this instant.
    to: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of a page, up to 200.
    limit: Option<usize>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// To be sent as `after` for the next page; none at the end.
    pub next: Option<String>,
}

impl PageQuery {
    /// What to ask the store, within what the viewer may see.
    ///
    /// # Errors
    /// 422 naming the parameter that is none.
    pub fn filter(&self, viewer: &Viewer) -> Result<ListFilter, ApiError> {
        let polsek = match &viewer.scope {
            Scope::Polsek(polsek) => Some(polsek.clone()),
            Scope::Polres => None,
            Scope::Unit(_) => return Err(ApiError::forbidden("a crew has no lists")),
        };
        Ok(ListFilter {
            polres: Some(viewer.polres.clone()),
            polsek,
            state: self.state.clone(),
            number: self.q.clone(),
            from: instant(self.from.as_deref(), "from")?,
            to: instant(self.to.as_deref(), "to")?,
            after: self.after.as_deref().map(cursor).transpose()?,
            limit: self.rows(),
        })
    }

    /// The H3 cell asked for.
    ///
    /// # Errors
    /// 422 it is none.
    pub fn cell(&self) -> Result<Option<h3o::CellIndex>, ApiError> {
        let parse = |cell: &str| cell.parse().map_err(|_| ApiError::invalid("cell", "not an H3 cell"));
        self.cell.as_deref().map(parse).transpose()
    }

    /// The category asked for.
    ///
    /// # Errors
    /// 422 it is none.
    pub fn category(&self) -> Result<Option<Category>, ApiError> {
        let code = self.category.as_deref().filter(|code| !code.is_empty());
        let parse =
            |code: &str| Category::from_code(code).ok_or_else(|| ApiError::invalid("category", "no such category"));
        code.map(parse).transpose()
    }

    /// Rows wanted.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.limit.unwrap_or(50).clamp(1, 200)
    }
}

/// `next` after a row.
#[must_use]
pub fn cursor_after(at: Timestamp, id: uuid::Uuid) -> String {
    format!("{}.{id}", at.micros())
}

/// What `after` says.
///
/// # Errors
/// 422 not a cursor.
pub fn cursor(text: &str) -> Result<Cursor, ApiError> {
    let parsed = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    let (at, id) = parsed.ok_or_else(|| ApiError::invalid("after", "not a cursor of this list"))?;
    Ok(Cursor { received_at: Timestamp(at), id })
}

/// An instant in a query.
///
/// # Errors
/// 422 naming `field`.
pub fn instant(text: Option<&str>, field: &str) -> Result<Option<Timestamp>, ApiError> {
    let parse = |text: &str| text.parse().map_err(|_| ApiError::invalid(field, "not an RFC 3339 instant"));
    text.map(parse).transpose()
}
