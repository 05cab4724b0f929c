//! `/v1/categories`: what an office calls its categories, in which order and to whom it offers them, and by
//! which words its people mean them: changed, looked at before it counts, put back.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::Json;
use super::plans::{changers, stale};
use crate::app::App;
use crate::dispatch::command::{Command, Refusal};
use crate::dispatch::versions::Version;
use crate::model::administration::{Administered, CategoriesChanged};
use crate::model::category::{BadCategories, CategorySet, CategoryStyle};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::report::Category;
use crate::runtime::desks::SubmitError;
use crate::store::projections::{Cursor, ListFilter, PAGE_LIMIT};

/// Reports a preview counts, at most; an office has about 100 a day.
const MOST_REPORTS: usize = 2000;

/// The categories of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesView {
    /// Counts the changes; 0 as long as there is none.
    pub version: u32,
    /// Who changed them last.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
    /// Those that count.
    pub set: CategorySet,
    /// Those of the program.
    pub original: CategorySet,
}

/// Other categories.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoriesChange {
    /// All of them, in order.
    pub set: CategorySet,
    /// The version that was changed: a newer one is a conflict.
    pub version: u32,
}

/// Categories to be looked at before they count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoriesTrial {
    /// All of them, in order.
    pub set: CategorySet,
}

/// Which version is to count again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoriesRestore {
    /// Its number; 0 for the categories of the program.
    pub to: u32,
    /// The version that counts now, as seen.
    pub version: u32,
}

/// A category that would be named or offered otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryOtherwise {
    /// As it is.
    pub before: CategoryStyle,
    /// As it would be.
    pub after: CategoryStyle,
    /// Reports since the beginning of yesterday that carry it: they keep it, under its new name.
    pub reports: usize,
}

/// What other categories would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesPreview {
    /// From the beginning of yesterday, by the office's calendar.
    pub from: Timestamp,
    /// Each that would be otherwise, in the new order.
    pub items: Vec<CategoryOtherwise>,
    /// They would be offered in another order.
    pub reordered: bool,
}

/// One version of the categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesVersion {
    /// Its number.
    pub version: u32,
    /// Who.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The categories; none when those of the program were put back.
    pub set: Option<CategorySet>,
    /// The version it was taken from.
    pub restored: Option<u32>,
}

/// The versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesHistory {
    /// Each of them.
    pub items: Vec<CategoriesVersion>,
}

/// The categories of the caller's office.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/categories", tag = "categories",
    responses((status = 200, body = CategoriesView), (status = 403, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who) -> Result<Json<CategoriesView>, ApiError> {
    who.watcher()?;
    view(&app, &who).await.map(Json)
}

async fn view(app: &App, who: &Who) -> Result<CategoriesView, ApiError> {
    let desk = who.desk(app)?;
    let last = desk.look(|desk| desk.categories.versions.back().cloned()).await?;
    let names = changers(app, last.iter()).await?;
    Ok(CategoriesView {
        version: last.as_ref().map_or(0, |last| last.changed.version),
        changed_by: last.as_ref().and_then(|last| names.get(&last.changed.by).cloned()),
        changed_at: last.as_ref().map(|last| last.at),
        set: desk.parts.rules.now().categories.clone(),
        original: desk.parts.rules.base().categories.clone(),
    })
}

/// Changes the categories: they count from the next screen and the next message on.
///
/// # Errors
/// 403 not an administrator; 409 changed meanwhile; 422 categories that cannot be, by name.
#[utoipa::path(put, path = "/v1/categories", tag = "categories", request_body = CategoriesChange,
    responses((status = 200, body = CategoriesView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<CategoriesChange>,
) -> Result<Json<CategoriesView>, ApiError> {
    who.admin()?;
    let before = seen(&who, &app, wanted.version).await?;
    let set = checked(wanted.set, &before)?;
    record(&app, &who, Some(set), wanted.version, None).await?;
    view(&app, &who).await.map(Json)
}

/// The categories of the version that was changed.
async fn seen(who: &Who, app: &App, version: u32) -> Result<CategorySet, ApiError> {
    let desk = who.desk(app)?;
    let (newest, own) = desk.look(|desk| (desk.categories.version(), desk.categories.set().cloned())).await?;
    if newest != version {
        return Err(stale());
    }
    Ok(own.unwrap_or_else(|| desk.parts.rules.base().categories.clone()))
}

fn checked(set: CategorySet, before: &CategorySet) -> Result<CategorySet, ApiError> {
    let set = set.tidied().after(before);
    set.check()?;
    Ok(set)
}

/// Lets an old version count again, as a new one.
///
/// # Errors
/// 403 not an administrator; 404 no such version; 409 changed meanwhile.
#[utoipa::path(post, path = "/v1/categories/restore", tag = "categories", request_body = CategoriesRestore,
    responses((status = 200, body = CategoriesView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<CategoriesRestore>,
) -> Result<Json<CategoriesView>, ApiError> {
    who.admin()?;
    let before = seen(&who, &app, wanted.version).await?;
    let desk = who.desk(&app)?;
    let old = match wanted.to {
        0 => None,
        to => {
            let found = desk.look(move |desk| desk.categories.find(to).cloned()).await?;
            found.ok_or_else(|| ApiError::not_found("version"))?.changed.set
        }
    };
    // Matters of the office's own that the old version did not know stay, retired.
    let program = &desk.parts.rules.base().categories;
    let set = checked(old.unwrap_or_else(|| program.clone()), &before)?;
    record(&app, &who, Some(set).filter(|set| set != program), wanted.version, Some(wanted.to)).await?;
    view(&app, &who).await.map(Json)
}

async fn record(
    app: &App,
    who: &Who,
    set: Option<CategorySet>,
    seen: u32,
    restored: Option<u32>,
) -> Result<(), ApiError> {
    let by = who.viewer.user;
    let changed = CategoriesChanged { version: seen.saturating_add(1), by, set, restored };
    let command = Command::Administer(Administered::Categories(changed));
    match who.desk(app)?.submit(Actor::User(by), command).await {
        Ok(_) => Ok(()),
        Err(SubmitError::Refused(Refusal::Step(_))) => Err(stale()),
        Err(error) => Err(error.into()),
    }
}

/// What would be otherwise, and how many reports since the beginning of yesterday it is about.
///
/// # Errors
/// 403 the role does not see them; 422 categories that cannot be, by name.
#[utoipa::path(post, path = "/v1/categories/preview", tag = "categories", request_body = CategoriesTrial,
    responses((status = 200, body = CategoriesPreview), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<CategoriesTrial>,
) -> Result<Json<CategoriesPreview>, ApiError> {
    who.watcher()?;
    let desk = who.desk(&app)?;
    let before = desk.parts.rules.now();
    let after = checked(wanted.set, &before.categories)?;
    let (now, offset) = (app.clock.now(), desk.parts.office.utc_offset_h);
    let yesterday = now.plus_secs(-24 * 3600);
    let from = Timestamp::day_begins(yesterday.local_day(offset), offset).unwrap_or(yesterday);
    let counts = counts(&app, &who, from).await?;
    let otherwise = |(before, after): (CategoryStyle, CategoryStyle)| {
        let reports = counts.get(&after.code).copied().unwrap_or(0);
        CategoryOtherwise { before, after, reports }
    };
    let items = after.changed_from(&before.categories).into_iter().map(otherwise).collect();
    Ok(Json(CategoriesPreview { from, items, reordered: !after.same_order(&before.categories) }))
}

async fn counts(app: &App, who: &Who, from: Timestamp) -> Result<HashMap<Category, usize>, ApiError> {
    let mut filter = ListFilter {
        polres: Some(who.viewer.polres.clone()),
        from: Some(from),
        limit: PAGE_LIMIT,
        ..ListFilter::default()
    };
    let (mut counts, mut seen) = (HashMap::new(), 0);
    while seen < MOST_REPORTS {
        let page = app.store.reports(&filter).await?;
        let Some(last) = page.last() else { break };
        filter.after = Some(Cursor { received_at: last.item.stamps.received_at, id: last.item.id.0 });
        seen += page.len();
        for filed in page {
            *counts.entry(filed.item.reading.category).or_default() += 1;
        }
    }
    Ok(counts)
}

/// The versions of the categories, newest first.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/categories/history", tag = "categories",
    responses((status = 200, body = CategoriesHistory), (status = 403, body = Problem)))]
pub async fn history(State(app): State<App>, who: Who) -> Result<Json<CategoriesHistory>, ApiError> {
    who.watcher()?;
    let versions: Vec<Version<CategoriesChanged>> =
        who.desk(&app)?.look(|desk| desk.categories.versions.iter().rev().cloned().collect()).await?;
    let names = changers(&app, versions.iter()).await?;
    let item = |version: Version<CategoriesChanged>| CategoriesVersion {
        version: version.changed.version,
        changed_by: names.get(&version.changed.by).cloned().unwrap_or_default(),
        changed_at: version.at,
        set: version.changed.set,
        restored: version.changed.restored,
    };
    Ok(Json(CategoriesHistory { items: versions.into_iter().map(item).collect() }))
}

/// A matter citizens may choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenCategory {
    /// Its code.
    pub code: Category,
    /// Its Indonesian name.
    pub name_id: String,
    /// The office's own English name.
    pub name_en: Option<String>,
    /// The Indonesian name is the office's own, and no word of a page stands before it.
    pub own: bool,
}

/// What citizens may choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenCategories {
    /// In order.
    pub items: Vec<CitizenCategory>,
}

/// The matters citizens may choose on their form, as the office at home here offers them.
///
/// # Errors
/// 404 no office is served here.
#[utoipa::path(get, path = "/v1/citizen/categories", tag = "citizen", operation_id = "categories",
    responses((status = 200, body = CitizenCategories), (status = 404, body = Problem)))]
pub async fn for_citizens(State(app): State<App>) -> Result<Json<CitizenCategories>, ApiError> {
    let desk = app.desks.get(&super::citizen::home_office(&app)).ok_or_else(|| ApiError::not_found("office"))?;
    let rules = desk.parts.rules.now();
    let offered = rules.categories.items.iter().filter(|style| style.on_form);
    let item = |style: &CategoryStyle| CitizenCategory {
        code: style.code,
        name_id: rules.categories.name(style.code).to_owned(),
        name_en: style.name_en.clone(),
        own: style.name_id.is_some(),
    };
    Ok(Json(CitizenCategories { items: offered.map(item).collect() }))
}

impl From<BadCategories> for ApiError {
    fn from(bad: BadCategories) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, bad.code(), bad.to_string()).field(&bad.field())
    }
}
