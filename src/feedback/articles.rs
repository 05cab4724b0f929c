//! The information service: a category of question enters, the office's article leaves.
//!
//! Pure. The examples stand in data/articles.toml; an office replaces them one by one. Who reads the
//! words and checks them is the office, never this program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::report::{Category, Service};

/// Longest text of an article, characters: with its title and last lines it fits one message.
pub const MAX_TEXT_CHARS: usize = 3500;

/// Longest title, characters.
pub const MAX_TITLE_CHARS: usize = 80;

/// Longest source, characters.
pub const MAX_SOURCE_CHARS: usize = 200;

/// The answer of an office to questions of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Questions about what.
    pub category: Category,
    /// What it is called.
    pub title: String,
    /// The answer, as sent: `*bold*`, `_italic_`, lines.
    pub text: String,
    /// Where it comes from: a rule, an office, a person in charge.
    #[serde(default)]
    pub source: String,
    /// From which day it holds, `2026-11-21`.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Nobody of the office has checked it yet: reporters read so.
    #[serde(default)]
    pub example: bool,
}

/// Why an article cannot be used: the field, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct BadArticle {
    /// Which field.
    pub field: &'static str,
    /// What is wrong.
    pub what: &'static str,
}

impl Article {
    /// Whether it can be sent.
    ///
    /// # Errors
    /// [`BadArticle`]: not a category of information, empty, too long, or a day that is none.
    pub fn check(&self) -> Result<(), BadArticle> {
        let bad = |field, what| Err(BadArticle { field, what });
        let chars = |text: &str| text.chars().count();
        if self.category.service() != Service::Information {
            return bad("category", "not a category of information");
        }
        if self.title.trim().is_empty() || chars(&self.title) > MAX_TITLE_CHARS || self.title.contains('\n') {
            return bad("title", "1 to 80 characters on one line");
        }
        if self.text.trim().is_empty() || chars(&self.text) > MAX_TEXT_CHARS {
            return bad("text", "1 to 3,500 characters");
        }
        if chars(&self.source) > MAX_SOURCE_CHARS || self.source.contains('\n') {
            return bad("source", "at most 200 characters on one line");
        }
        let day = |day: &str| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok();
        if self.valid_from.as_deref().is_some_and(|text| !day(text)) {
            return bad("valid_from", "a day like 2026-11-21");
        }
        Ok(())
    }

    /// Whether it holds on the local day `today`, `2026-11-21`. Days in this form sort as they follow.
    #[must_use]
    pub fn holds_on(&self, today: &str) -> bool {
        self.valid_from.as_deref().is_none_or(|from| from <= today)
    }
}

/// Why the file of articles cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadArticles {
    /// Not the TOML we expect.
    #[error("cannot read the articles")]
    Toml(#[from] toml::de::Error),
    /// An article that cannot be sent.
    #[error("the article on {category}: {why}")]
    Article {
        /// Which.
        category: &'static str,
        /// Why.
        why: BadArticle,
    },
}

/// The articles of an office, one for each category of information.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Articles(BTreeMap<Category, Article>);

#[derive(Deserialize)]
struct File {
    article: Vec<Article>,
}

impl Articles {
    /// The examples that come with the program.
    ///
    /// # Errors
    /// Never for the file in the repository: a test reads it.
    pub fn builtin() -> Result<Self, BadArticles> {
        let File { article } = toml::from_str(include_str!("../../data/articles.toml"))?;
        let mut articles = Self::default();
        for article in article {
            let category = article.category.code();
            article.check().map_err(|why| BadArticles::Article { category, why })?;
            articles.set(Article { example: true, ..article });
        }
        Ok(articles)
    }

    /// Puts an article in its place.
    pub fn set(&mut self, article: Article) {
        self.0.insert(article.category, article);
    }

    /// The article on a category, if it holds on the local day `today`.
    #[must_use]
    pub fn on(&self, category: Category, today: &str) -> Option<&Article> {
        self.0.get(&category).filter(|article| article.holds_on(today))
    }

    /// All of them, in the order of the categories.
    pub fn iter(&self) -> impl Iterator<Item = &Article> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_of_information_has_an_example_that_says_so() {
        let articles = Articles::builtin().unwrap();
        for &category in Category::ALL.iter().filter(|category| category.service() == Service::Information) {
            let article = articles.on(category, "2026-11-21");
            assert!(article.is_some_and(|article| article.example), "{category:?}");
        }
    }

    #[test]
    fn an_article_holds_from_its_day_on() {
        let mut article = Articles::builtin().unwrap().on(Category::Sim, "2026-11-21").unwrap().clone();
        article.valid_from = Some("2026-12-01".to_owned());
        assert!(!article.holds_on("2026-11-30") && article.holds_on("2026-12-01"));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_by_field() {
        let good = Articles::builtin().unwrap().on(Category::Sim, "2026-11-21").unwrap().clone();
        let cases = [
            (Article { category: Category::Kejahatan, ..good.clone() }, "category"),
            (Article { title: " ".to_owned(), ..good.clone() }, "title"),
            (Article { title: "a\nb".to_owned(), ..good.clone() }, "title"),
            (Article { text: "x".repeat(3501), ..good.clone() }, "text"),
            (Article { source: "x".repeat(201), ..good.clone() }, "source"),
            (Article { valid_from: Some("21-11-2026".to_owned()), ..good.clone() }, "valid_from"),
        ];
        for (article, field) in cases {
            assert_eq!(article.check().unwrap_err().field, field);
        }
        assert_eq!(good.check(), Ok(()));
    }
}
