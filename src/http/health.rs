//! `/v1/health`: how the service is, in words; for administrators all of it, for supervisors a line.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use crate::app::App;
use crate::insight::health::{self, Level};
use crate::model::clock::Timestamp;
use crate::model::said::Said;
use crate::model::viewer::Role;
use crate::runtime::wellbeing;

/// In which language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// The words in this language.
    #[must_use]
    pub fn of(self, said: Said) -> String {
        match self {
            Self::Id => said.id,
            Self::En => said.en,
        }
    }
}

/// How the answer is worded.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LangQuery {
    /// `id` (when left out) or `en`.
    #[param(inline)]
    pub lang: Option<Lang>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthItem {
    /// Stable code for programs, `outbox`.
    pub code: String,
    /// How grave.
    pub level: Level,
    /// What is, in words.
    pub words: String,
    /// What to do; empty when nothing.
    pub hint: String,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// The gravest level.
    pub level: Level,
    /// When it was looked at.
    pub at: Timestamp,
    /// The gravest first; for a supervisor only what is not well.
    pub items: Vec<HealthItem>,
}

/// How the service is.
///
/// # Errors
/// 403 neither administrator nor supervisor; 503 the store cannot be read.
#[utoipa::path(get, path = "/v1/health", tag = "health", params(LangQuery),
    responses((status = 200, body = Health), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn show(State(app): State<App>, who: Who, Query(asked): Query<LangQuery>) -> Result<Json<Health>, ApiError> {
    let all = who.viewer.role == Role::Admin;
    if !all && who.viewer.role != Role::Supervisor {
        return Err(ApiError::forbidden("only administrators and supervisors see this"));
    }
    let lang = asked.lang.unwrap_or_default();
    let facts = wellbeing::measure(&app, who.desk(&app)?).await?;
    let items = health::judge(&facts);
    let level = health::worst(&items);
    let shown = items.into_iter().filter(|item| all || item.level >= Level::Warn);
    let said = |item: health::Item| HealthItem {
        code: item.code.to_owned(),
        level: item.level,
        words: lang.of(item.words),
        hint: lang.of(item.hint),
        since: item.since,
    };
    Ok(Json(Health { level, at: facts.now, items: shown.map(said).collect() }))
}
