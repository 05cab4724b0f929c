//! `/v1/templates`: the messages to reporters, in the office's own words.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use crate::app::App;
use crate::feedback::wording::{
    BadWording, MAX_INTERACTIVE_CHARS, MAX_TEXT_CHARS, OtherWords, PLACEHOLDERS, Params, QUICK_REPLIES, Wording, codes,
    template_of,
};
use crate::model::clock::Timestamp;
use crate::runtime::desks::Chain;
use crate::runtime::handbook::{Handbook, HandbookError};
use crate::store::words::{self, Change};

/// A message to reporters.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateView {
    /// Stable code, `received`.
    pub code: String,
    /// Its words, with placeholders.
    pub text: String,
    /// Titles of its buttons, in their order.
    pub titles: Vec<String>,
    /// The words of the program.
    pub original: String,
    /// The titles of the program.
    pub original_titles: Vec<String>,
    /// Carries the button that shares a location.
    pub ask_location: bool,
    /// Name of Meta's template that is sent after 24 hours, if there is one.
    pub meta_template: Option<String>,
    /// Longest text, characters.
    pub most_chars: usize,
    /// Names that may stand in braces.
    pub placeholders: Vec<String>,
    /// Counts the changes; 0 as long as there is none.
    pub version: i64,
    /// Who changed it last.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
}

/// The messages of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Templates {
    /// In the order of a conversation.
    pub items: Vec<TemplateView>,
}

/// Lines an operator inserts with one press.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuickReplies {
    /// The lines.
    pub items: Vec<String>,
}

/// New words for a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// The words, with placeholders.
    pub text: String,
    /// Titles of its buttons: as many as it has.
    #[serde(default)]
    pub titles: Vec<String>,
    /// The version that was changed: a newer one is a conflict.
    #[serde(default)]
    pub version: Option<i64>,
}

/// A message as a telephone shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The words with invented facts.
    pub text: String,
    /// Titles of its buttons.
    pub buttons: Vec<String>,
    /// Carries the button that shares a location.
    pub ask_location: bool,
}

/// One change of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateVersion {
    /// Its number.
    pub version: i64,
    /// The words; none when those of the program were put back.
    pub text: Option<String>,
    /// Titles of the buttons.
    pub titles: Vec<String>,
    /// Who changed it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The changes of a message, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateHistory {
    /// The changes.
    pub items: Vec<TemplateVersion>,
}

/// The messages of the caller's office.
///
/// # Errors
/// 403 the role does not see them.
#[utoipa::path(get, path = "/v1/templates", tag = "templates",
    responses((status = 200, body = Templates), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Templates>, ApiError> {
    who.watcher()?;
    let handbook = handbook(&app, &who)?;
    let changes = app.store.template_changes(&who.viewer.polres).await?;
    let (wording, original) = (handbook.wording(), program()?);
    let view = |code| view(code, &wording, &original, changes.iter().find(|change| change.code == code));
    Ok(Json(Templates { items: codes().filter_map(view).collect() }))
}

fn view(code: &str, wording: &Wording, original: &Wording, last: Option<&Change<OtherWords>>) -> Option<TemplateView> {
    let (now, was) = (wording.pattern(code)?, original.pattern(code)?);
    let interactive = now.ask_location || !now.buttons.is_empty();
    let placeholders: &[&str] = if code == QUICK_REPLIES { &[] } else { &PLACEHOLDERS };
    Some(TemplateView {
        code: code.to_owned(),
        text: now.text.trim_end().to_owned(),
        titles: now.buttons.iter().map(|button| button.title.clone()).collect(),
        original: was.text.trim_end().to_owned(),
        original_titles: was.buttons.iter().map(|button| button.title.clone()).collect(),
        ask_location: now.ask_location,
        meta_template: now.meta_template.clone(),
        most_chars: if interactive { MAX_INTERACTIVE_CHARS } else { MAX_TEXT_CHARS },
        placeholders: placeholders.iter().map(|&name| name.to_owned()).collect(),
        version: last.map_or(0, |change| change.version),
        changed_by: last.map(|change| change.changed_by.clone()),
        changed_at: last.map(|change| change.changed_at),
    })
}

/// Lines an operator inserts with one press.
///
/// # Errors
/// 403 not an operator.
#[utoipa::path(get, path = "/v1/quick-replies", tag = "templates",
    responses((status = 200, body = QuickReplies), (status = 403, body = Problem)))]
pub async fn quick_replies(State(app): State<App>, who: Who) -> Result<Json<QuickReplies>, ApiError> {
    who.dispatcher()?;
    let wording = handbook(&app, &who)?.wording();
    Ok(Json(QuickReplies { items: wording.quick_replies().map(str::to_owned).collect() }))
}

/// Changes the words of a message.
///
/// # Errors
/// 403 not an administrator; 404 no such message; 409 changed meanwhile; 422 words that cannot be sent.
#[utoipa::path(put, path = "/v1/templates/{code}", tag = "templates", params(("code" = String, Path)), request_body = TemplateChange,
    responses((status = 200, body = TemplateView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Path(code): Path<String>,
    Json(wanted): Json<TemplateChange>,
) -> Result<Json<TemplateView>, ApiError> {
    who.admin()?;
    let other = OtherWords { text: wanted.text, titles: wanted.titles };
    program()?.with(&code, &other).map_err(refused)?;
    record(&app, &who, &code, Some(other), wanted.version).await.map(Json)
}

/// Puts the words of the program back.
///
/// # Errors
/// 403 not an administrator; 404 no such message.
#[utoipa::path(post, path = "/v1/templates/{code}/reset", tag = "templates", params(("code" = String, Path)),
    responses((status = 200, body = TemplateView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn reset(State(app): State<App>, who: Who, Path(code): Path<String>) -> Result<Json<TemplateView>, ApiError> {
    who.admin()?;
    known(&code)?;
    record(&app, &who, &code, None, None).await.map(Json)
}

async fn record(
    app: &App,
    who: &Who,
    code: &str,
    body: Option<OtherWords>,
    seen: Option<i64>,
) -> Result<TemplateView, ApiError> {
    let handbook = handbook(app, who)?;
    let polres = &who.viewer.polres;
    let changes = app.store.template_changes(polres).await?;
    let version = changes.iter().find(|change| change.code == code).map_or(0, |change| change.version);
    still_newest(version, seen)?;
    let change = Change {
        code: code.to_owned(),
        version: version + 1,
        body,
        changed_by: who.user.name.clone(),
        changed_at: app.clock.now(),
    };
    app.store.write(vec![words::insert_template(polres, &change)]).await?;
    read_again(app, handbook, polres).await?;
    view(code, &handbook.wording(), &program()?, Some(&change)).ok_or_else(|| ApiError::not_found("message"))
}

/// A message with these words, as a telephone would show it, with invented facts.
///
/// # Errors
/// 403 the role does not see them; 404 no such message; 422 words that cannot be sent.
#[utoipa::path(post, path = "/v1/templates/{code}/preview", tag = "templates", params(("code" = String, Path)), request_body = TemplateChange,
    responses((status = 200, body = Preview), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    who: Who,
    Path(code): Path<String>,
    Json(wanted): Json<TemplateChange>,
) -> Result<Json<Preview>, ApiError> {
    who.watcher()?;
    let other = OtherWords { text: wanted.text, titles: wanted.titles };
    let wording = program()?.with(&code, &other).map_err(refused)?;
    let office = who.desk(&app)?.parts.office.name.clone();
    let shown = match template_of(&code) {
        Some(template) => wording.compose(template, &invented(&office)),
        None => {
            return Ok(Json(Preview { text: other.text, buttons: Vec::new(), ask_location: false }));
        }
    };
    let buttons = shown.buttons.into_iter().map(|(_, title)| title).collect();
    Ok(Json(Preview { text: shown.text, buttons, ask_location: shown.ask_location }))
}

/// Facts that could be true.
fn invented(office: &str) -> Params {
    let some = |text: &str| Some(text.to_owned());
    Params {
        office: some(office),
        hello: some(office),
        number: some("CTH-20261121-0042"),
        ahead: Some(3),
        turn: Some(4),
        eta_min: Some(6),
        call_sign: some("Sabhara-07"),
        place: some("Jl. Contoh No. 1"),
        text: some("contoh keterangan"),
        state: some("menunggu dibaca petugas"),
        sent_clock: some("14.05"),
        title: some("Judul artikel"),
        source: some("contoh sumber"),
        caution: some("Ini informasi umum; mohon pastikan lagi kepada petugas."),
    }
}

/// The changes of a message.
///
/// # Errors
/// 403 the role does not see them; 404 no such message.
#[utoipa::path(get, path = "/v1/templates/{code}/history", tag = "templates", params(("code" = String, Path)),
    responses((status = 200, body = TemplateHistory), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn history(
    State(app): State<App>,
    who: Who,
    Path(code): Path<String>,
) -> Result<Json<TemplateHistory>, ApiError> {
    who.watcher()?;
    known(&code)?;
    let changes = app.store.template_changes(&who.viewer.polres).await?;
    let version = |change: Change<OtherWords>| TemplateVersion {
        version: change.version,
        titles: change.body.iter().flat_map(|body| body.titles.clone()).collect(),
        text: change.body.map(|body| body.text),
        changed_by: change.changed_by,
        changed_at: change.changed_at,
    };
    let items = changes.into_iter().filter(|change| change.code == code).map(version).collect();
    Ok(Json(TemplateHistory { items }))
}

fn known(code: &str) -> Result<(), ApiError> {
    codes().find(|known| *known == code).map(|_| ()).ok_or_else(|| ApiError::not_found("message"))
}

fn program() -> Result<Wording, ApiError> {
    Wording::builtin().map_err(|error| {
        tracing::error!(error = %Chain(&error), "the wording of the program cannot be read");
        ApiError::internal()
    })
}

fn refused(error: BadWording) -> ApiError {
    match error {
        BadWording::Unknown => ApiError::not_found("message"),
        BadWording::Buttons(_) => ApiError::invalid("titles", error.to_string()),
        error => ApiError::invalid("text", error.to_string()),
    }
}

/// Nobody's change is overwritten unseen.
///
/// # Errors
/// 409: `seen` is not the newest version.
pub(super) fn still_newest(version: i64, seen: Option<i64>) -> Result<(), ApiError> {
    if seen.is_some_and(|seen| seen != version) {
        let said = "somebody else changed it meanwhile; read it again";
        return Err(ApiError::new(axum::http::StatusCode::CONFLICT, "stale", said));
    }
    Ok(())
}

/// The words of the caller's office.
///
/// # Errors
/// 404: his office is not served here.
pub(super) fn handbook<'a>(app: &'a App, who: &Who) -> Result<&'a Handbook, ApiError> {
    Ok(&who.desk(app)?.parts.outgoing.handbook)
}

/// Makes a recorded change count from the next message on.
///
/// # Errors
/// 503: it is recorded, and counts from the next change or start on.
pub(super) async fn read_again(app: &App, handbook: &Handbook, polres: &str) -> Result<(), ApiError> {
    handbook.read_again(&app.store, polres).await.map_err(|error| match error {
        HandbookError::Store(error) => error.into(),
        error => {
            tracing::error!(error = %Chain(&error), "the words of an office cannot be read");
            ApiError::internal()
        }
    })
}
