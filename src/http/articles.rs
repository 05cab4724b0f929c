//! `/v1/articles`: the answers of an office to questions about its services.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::templates::{handbook, read_again, still_newest};
use crate::app::App;
use crate::feedback::articles::{Article, Articles};
use crate::model::clock::Timestamp;
use crate::model::report::Category;
use crate::store::words::{self, Change};

/// An article with its last change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleView {
    /// The article as it is sent now.
    pub article: Article,
    /// Whether it is sent today: not before its day.
    pub holds: bool,
    /// Counts the changes; 0 as long as there is none.
    pub version: i64,
    /// Who changed it last.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
}

/// The articles of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleList {
    /// In the order of the categories.
    pub items: Vec<ArticleView>,
}

/// A new text for an article.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleChange {
    /// What it is called, 1 to 80 characters.
    pub title: String,
    /// The answer, 1 to 3,500 characters.
    pub text: String,
    /// Where it comes from, at most 200 characters.
    #[serde(default)]
    pub source: String,
    /// From which day it holds, `2026-11-21`.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Still an example: reporters read that it is general information.
    #[serde(default)]
    pub example: bool,
    /// The version that was changed: a newer one is a conflict.
    #[serde(default)]
    pub version: Option<i64>,
}

/// One change of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleVersion {
    /// Its number.
    pub version: i64,
    /// The article; none when the example of the program was put back.
    pub article: Option<Article>,
    /// Who changed it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The changes of an article, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleHistory {
    /// The changes.
    pub items: Vec<ArticleVersion>,
}

/// The articles of the caller's office.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/articles", tag = "articles",
    responses((status = 200, body = ArticleList), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<ArticleList>, ApiError> {
    who.watcher()?;
    let articles = handbook(&app, &who)?.articles();
    let changes = app.store.article_changes(&who.viewer.polres).await?;
    let today = today(&app, &who)?;
    let last = |article: &Article| changes.iter().find(|change| change.code == article.category.code());
    Ok(Json(ArticleList { items: articles.iter().map(|article| view(article, last(article), &today)).collect() }))
}

fn view(article: &Article, last: Option<&Change<Article>>, today: &str) -> ArticleView {
    ArticleView {
        holds: article.holds_on(today),
        article: article.clone(),
        version: last.map_or(0, |change| change.version),
        changed_by: last.map(|change| change.changed_by.clone()),
        changed_at: last.map(|change| change.changed_at),
    }
}

fn today(app: &App, who: &Who) -> Result<String, ApiError> {
    Ok(app.clock.now().local_date(who.desk(app)?.parts.office.utc_offset_h))
}

/// Replaces the article on a category of information.
///
/// # Errors
/// 403 not an administrator; 404 no such category; 409 changed meanwhile; 422 an article that cannot be sent.
#[utoipa::path(put, path = "/v1/articles/{category}", tag = "articles", params(("category" = Category, Path)), request_body = ArticleChange,
    responses((status = 200, body = ArticleView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Path(category): Path<String>,
    Json(wanted): Json<ArticleChange>,
) -> Result<Json<ArticleView>, ApiError> {
    who.admin()?;
    let category = known(&category)?;
    let ArticleChange { title, text, source, valid_from, example, version } = wanted;
    let article = Article { category, title, text, source, valid_from, example };
    article.check().map_err(|bad| ApiError::invalid(bad.field, bad.what))?;
    record(&app, &who, category, Some(article), version).await.map(Json)
}

/// Puts the example of the program back.
///
/// # Errors
/// 403 not an administrator; 404 no such category.
#[utoipa::path(post, path = "/v1/articles/{category}/reset", tag = "articles", params(("category" = Category, Path)),
    responses((status = 200, body = ArticleView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn reset(
    State(app): State<App>,
    who: Who,
    Path(category): Path<String>,
) -> Result<Json<ArticleView>, ApiError> {
    who.admin()?;
    record(&app, &who, known(&category)?, None, None).await.map(Json)
}

async fn record(
    app: &App,
    who: &Who,
    category: Category,
    body: Option<Article>,
    seen: Option<i64>,
) -> Result<ArticleView, ApiError> {
    let handbook = handbook(app, who)?;
    let polres = &who.viewer.polres;
    let changes = app.store.article_changes(polres).await?;
    let version = changes.iter().find(|change| change.code == category.code()).map_or(0, |change| change.version);
    still_newest(version, seen)?;
    let change = Change {
        code: category.code().to_owned(),
        version: version + 1,
        body,
        changed_by: who.user.name.clone(),
        changed_at: app.clock.now(),
    };
    app.store.write(vec![words::insert_article(polres, &change)]).await?;
    read_again(app, handbook, polres).await?;
    let (articles, today) = (handbook.articles(), today(app, who)?);
    let article = articles.iter().find(|article| article.category == category);
    article.map(|article| view(article, Some(&change), &today)).ok_or_else(|| ApiError::not_found("article"))
}

/// The changes of an article.
///
/// # Errors
/// 403 the role does not see them; 404 no such category.
#[utoipa::path(get, path = "/v1/articles/{category}/history", tag = "articles", params(("category" = Category, Path)),
    responses((status = 200, body = ArticleHistory), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn history(
    State(app): State<App>,
    who: Who,
    Path(category): Path<String>,
) -> Result<Json<ArticleHistory>, ApiError> {
    who.watcher()?;
    let category = known(&category)?;
    let changes = app.store.article_changes(&who.viewer.polres).await?;
    let version = |change: Change<Article>| ArticleVersion {
        version: change.version,
        article: change.body,
        changed_by: change.changed_by,
        changed_at: change.changed_at,
    };
    let items = changes.into_iter().filter(|change| change.code == category.code()).map(version).collect();
    Ok(Json(ArticleHistory { items }))
}

/// A category that has articles: the program has an example for each.
fn known(code: &str) -> Result<Category, ApiError> {
    let category = Category::from_code(code).ok_or_else(|| ApiError::not_found("article"))?;
    let examples = Articles::builtin().map_err(|error| {
        tracing::error!(error = %error, "the articles of the program cannot be read");
        ApiError::internal()
    })?;
    let found = examples.iter().any(|article| article.category == category);
    if found { Ok(category) } else { Err(ApiError::not_found("article")) }
}
