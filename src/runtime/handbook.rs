//! What one office says: its wording and its articles as they stand now. Read by the desk when it
//! composes a message, replaced as a whole when an administrator changes something.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::feedback::articles::{Article, Articles, BadArticles};
use crate::feedback::wording::{BadWording, OtherWords, Wording};
use crate::model::report::Category;
use crate::store::words::Change;
use crate::store::{Store, StoreError};

/// Why an office's words cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HandbookError {
    /// The wording of the program is broken.
    #[error("the wording of the program")]
    Wording(#[from] BadWording),
    /// The articles of the program are broken.
    #[error("the articles of the program")]
    Articles(#[from] BadArticles),
    /// The store is away.
    #[error("reading an office's words")]
    Store(#[from] StoreError),
}

/// The words of one office.
#[derive(Debug)]
pub struct Handbook {
    wording: RwLock<Arc<Wording>>,
    articles: RwLock<Arc<Articles>>,
}

impl Handbook {
    /// The words that come with the program.
    ///
    /// # Errors
    /// A data file of the program is broken; a test reads them.
    pub fn builtin() -> Result<Self, HandbookError> {
        let (wording, articles) = (Arc::new(Wording::builtin()?), Arc::new(Articles::builtin()?));
        Ok(Self { wording: RwLock::new(wording), articles: RwLock::new(articles) })
    }

    /// The words of an office, as last changed.
    ///
    /// # Errors
    /// The store is away, or a data file of the program is broken.
    pub async fn read(store: &Store, polres: &str) -> Result<Self, HandbookError> {
        let handbook = Self::builtin()?;
        handbook.read_again(store, polres).await?;
        Ok(handbook)
    }

    /// Takes over what was changed in the store.
    ///
    /// # Errors
    /// The store is away; the words stay as they were.
    pub async fn read_again(&self, store: &Store, polres: &str) -> Result<(), HandbookError> {
        let wording = reworded(Wording::builtin()?, store.template_changes(polres).await?);
        let mut articles = Articles::builtin()?;
        for change in newest(store.article_changes(polres).await?) {
            change.body.into_iter().for_each(|article: Article| articles.set(article));
        }
        *self.wording.write() = Arc::new(wording);
        *self.articles.write() = Arc::new(articles);
        Ok(())
    }

    /// The messages to reporters.
    #[must_use]
    pub fn wording(&self) -> Arc<Wording> {
        self.wording.read().clone()
    }

    /// The answers to questions.
    #[must_use]
    pub fn articles(&self) -> Arc<Articles> {
        self.articles.read().clone()
    }

    /// Whether there is an answer to questions of this category on the local day `today`.
    #[must_use]
    pub fn answers(&self, category: Category, today: &str) -> bool {
        self.articles.read().on(category, today).is_some()
    }
}

/// The last change of each code. They come newest first.
fn newest<T>(changes: Vec<Change<T>>) -> impl Iterator<Item = Change<T>> {
    let mut last = None;
    changes.into_iter().filter(move |change| last.replace(change.code.clone()).as_ref() != Some(&change.code))
}

/// Words kept by an earlier version may lack a button of today: then those of the program stand.
fn reworded(mut wording: Wording, changes: Vec<Change<OtherWords>>) -> Wording {
    for change in newest(changes) {
        let Some(other) = change.body else { continue };
        match wording.with(&change.code, &other) {
            Ok(changed) => wording = changed,
            Err(error) => {
                tracing::warn!(template = change.code, error = %error, "an office's own words cannot be used");
            }
        }
    }
    wording
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::wording::Params;
    use crate::model::clock::Timestamp;
    use crate::model::entry::Template;

    fn change(code: &str, version: i64, text: Option<&str>) -> Change<OtherWords> {
        let body = text.map(|text| OtherWords { text: text.to_owned(), titles: Vec::new() });
        Change { code: code.to_owned(), version, body, changed_by: "Admin".to_owned(), changed_at: Timestamp(1) }
    }

    #[test]
    fn the_newest_change_counts_and_an_empty_one_puts_the_old_words_back() {
        let builtin = Wording::builtin().unwrap();
        let said = |wording: &Wording, template| wording.compose(template, &Params::default()).text;
        let changes = vec![
            change("noted", 2, None),
            change("noted", 1, Some("Satu")),
            change("welcome", 3, Some("Tiga")),
            change("welcome", 2, Some("Dua")),
            change("closed", 1, Some("tanpa tombol")),
        ];
        let wording = reworded(builtin.clone(), changes);
        assert_eq!(said(&wording, Template::Noted), said(&builtin, Template::Noted));
        assert_eq!(said(&wording, Template::Welcome), "Tiga");
        assert_eq!(said(&wording, Template::Closed), said(&builtin, Template::Closed), "it lacks its buttons");
    }
}
