//! `/v1/uploads`: files in pieces, by the tus protocol 1.0.0 (core, creation, creation-with-upload,
//! expiration, checksum, termination). How much has come is read from the sealed file itself, so it
//! survives a restart; what has come whole is looked at and gets a `MediaId`.

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Who;
use super::citizen_auth::Citizen;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::upload_parts::{self, Part, Promise};
use crate::app::App;
use crate::model::clock::Timestamp;
use crate::model::id::{MediaId, UnitId};
use crate::model::media::{MediaOrigin, MediaState};
use crate::model::viewer::Scope;
use crate::runtime::media::{Kept, MediaError, NewMedia};
use crate::store::media::{self, Media};

/// Version of the protocol.
pub const TUS: &str = "1.0.0";

/// What of the protocol is spoken beside its core.
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";

/// Uploads one owner may have under way.
const MOST_OPEN: u64 = 10;

/// Sent by the page of the citizen app.
const CITIZEN: HeaderName = HeaderName::from_static("sigap-citizen");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const MEDIA_ID: HeaderName = HeaderName::from_static("upload-media-id");

/// Who sends a file.
#[derive(Debug, Clone)]
pub struct Uploader {
    /// Whose uploads these are.
    pub owner: String,
    /// The office.
    pub polres: String,
    /// Who brings it.
    pub origin: MediaOrigin,
}

impl Uploader {
    async fn citizen(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let citizen = Citizen::from_request_parts(parts, app).await?;
        Ok(Self { owner: citizen.owner(), polres: citizen.polres, origin: MediaOrigin::App })
    }
}

/// How the owner of a crew's uploads is written.
#[must_use]
pub fn unit_owner(unit: UnitId) -> String {
    format!("unit:{unit}")
}

impl FromRequestParts<App> for Uploader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let who = match Who::from_request_parts(parts, app).await {
            // The page of the citizen app says so: an officer may be logged in to the same browser.
            _ if parts.headers.contains_key(CITIZEN) => return Self::citizen(parts, app).await,
            Err(refused) => return Self::citizen(parts, app).await.map_err(|_| refused),
            Ok(who) => who,
        };
        let (owner, origin) = match who.viewer.scope {
            Scope::Unit(unit) => (unit_owner(unit), MediaOrigin::Unit),
            _ => (format!("user:{}", who.dispatcher()?.user), MediaOrigin::Operator),
        };
        Ok(Self { owner, polres: who.viewer.polres, origin })
    }
}

/// How far an upload has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// Its id.
    pub id: MediaId,
    /// Bytes that have come.
    pub offset: u64,
    /// Bytes it will have.
    pub length: u64,
    /// `uploading`, `kept` or `refused`.
    pub state: MediaState,
    /// Why it was refused.
    pub why: Option<crate::model::media::MediaProblem>,
    /// Its id as a file, once it is kept.
    pub media_id: Option<MediaId>,
}

/// What the server speaks.
#[utoipa::path(options, path = "/v1/uploads", tag = "uploads", responses((status = 204)))]
pub async fn options(State(app): State<App>) -> Response {
    let size = HeaderValue::from(app.media.max_bytes());
    let fixed = |name, text| (HeaderName::from_static(name), HeaderValue::from_static(text));
    let headers = [
        fixed("tus-extension", EXTENSIONS),
        fixed("tus-checksum-algorithm", "sha1,sha256"),
        (HeaderName::from_static("tus-max-size"), size),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begins an upload; with a body, its first piece comes along.
///
/// # Errors
/// 400 no length; 403 the role does not send files; 412 another version; 413 too large; 422 empty;
/// 429 too many under way.
#[utoipa::path(post, path = "/v1/uploads", tag = "uploads", request_body(content = String, content_type = "application/offset+octet-stream"),
    responses((status = 201), (status = 400, body = Problem), (status = 403, body = Problem), (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    by: Uploader,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    upload_parts::speaks_tus(&headers)?;
    let promise = Promise::read(&headers, app.media.max_bytes())?;
    if app.store.uploads_of(&by.owner).await? >= MOST_OPEN {
        let why = format!("at most {MOST_OPEN} uploads at a time");
        return Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", why).retry_after(60));
    }
    let id = app.media.next_id();
    let writing = app.media.lock(id)?;
    let row = begin(&app, &by, id, promise).await?;
    let mut offset = 0;
    let mut response = if upload_parts::has_piece(&headers) {
        let part = Part::read(&headers, 0, row.size_bytes)?;
        offset = upload_parts::append(&app.media, id, part, body, writing).await?;
        ended(&app, &row, offset).await?
    } else {
        drop(writing);
        Response::default()
    };
    *response.status_mut() = StatusCode::CREATED;
    let location = HeaderValue::from_str(&format!("/v1/uploads/{id}")).unwrap_or(HeaderValue::from_static(""));
    response.headers_mut().insert(header::LOCATION, location);
    Ok(progress(response, &row, offset))
}

async fn begin(app: &App, by: &Uploader, id: MediaId, promise: Promise) -> Result<Media, ApiError> {
    let new = NewMedia {
        owner: Some(by.owner.clone()),
        filename: promise.filename,
        declared_mime: promise.mime,
        ..NewMedia::of(&by.polres, by.origin)
    };
    let mut row = new.row(id, MediaState::Uploading, app.clock.now());
    row.size_bytes = promise.length;
    row.said.metadata = promise.metadata;
    let insert = media::insert(app.store.vault(), &row)?;
    let begun = async {
        app.media.create(id).await?.sync().await?;
        app.store.write(vec![insert]).await?;
        Ok::<_, MediaError>(())
    };
    if let Err(error) = begun.await {
        app.media.remove_files(id).await;
        return Err(error.into());
    }
    Ok(row)
}

/// How much of it has come.
///
/// # Errors
/// 404 no such upload of the caller; 410 its time is over; 412 another version.
#[utoipa::path(head, path = "/v1/uploads/{id}", tag = "uploads", params(("id" = MediaId, Path)),
    responses((status = 200), (status = 404, body = Problem), (status = 410, body = Problem), (status = 412, body = Problem)))]
pub async fn head(
    State(app): State<App>,
    by: Uploader,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    upload_parts::speaks_tus(&headers)?;
    let (row, offset) = found(&app, &by, id).await?;
    let mut response = ended(&app, &row, offset).await.unwrap_or_default();
    let text = |text: &str| HeaderValue::from_str(text).ok();
    if let Some(metadata) = row.said.metadata.as_deref().and_then(text) {
        response.headers_mut().insert(METADATA, metadata);
    }
    response.headers_mut().insert(LENGTH, HeaderValue::from(row.size_bytes));
    Ok(progress(response, &row, offset))
}

/// The next piece.
///
/// # Errors
/// 400 no offset, or a checksum of another kind; 404, 410, 412 as for its state; 409 not where it
/// stands; 413 more than was announced; 415 not a piece, or a file that is not kept; 423 another
/// piece is under way; 460 the checksum does not fit; 503 the disk is full.
#[utoipa::path(patch, path = "/v1/uploads/{id}", tag = "uploads", params(("id" = MediaId, Path)), request_body(content = String, content_type = "application/offset+octet-stream"),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem), (status = 412, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 423, body = Problem), (status = 460, body = Problem), (status = 503, body = Problem)))]
pub async fn append(
    State(app): State<App>,
    by: Uploader,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    upload_parts::speaks_tus(&headers)?;
    upload_parts::is_piece(&headers)?;
    let wanted = upload_parts::offset(&headers)?;
    let (row, offset) = found(&app, &by, id).await?;
    if wanted != offset || row.state != MediaState::Uploading {
        return Err(upload_parts::wrong_offset(offset));
    }
    let part = Part::read(&headers, offset, row.size_bytes)?;
    let writing = app.media.lock(id)?;
    let offset = upload_parts::append(&app.media, id, part, body, writing).await?;
    let mut response = ended(&app, &row, offset).await?;
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(progress(response, &row, offset))
}

/// How far it has come, for programs.
///
/// # Errors
/// 404 no such upload of the caller; 410 its time is over.
#[utoipa::path(get, path = "/v1/uploads/{id}", tag = "uploads", params(("id" = MediaId, Path)),
    responses((status = 200, body = UploadView), (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn show(State(app): State<App>, by: Uploader, Path(id): Path<MediaId>) -> Result<Json<UploadView>, ApiError> {
    let (row, offset) = found(&app, &by, id).await?;
    // A refusal is an answer here.
    let _ = ended(&app, &row, offset).await;
    let row = app.store.media(id).await?.ok_or_else(|| ApiError::not_found("upload"))?;
    Ok(Json(UploadView {
        id,
        offset,
        length: row.size_bytes,
        state: row.state,
        why: row.why,
        media_id: (row.state == MediaState::Kept).then_some(id),
    }))
}

/// Gives an upload up; what has come of it is removed.
///
/// # Errors
/// 404 no such upload of the caller; 409 it belongs to a report; 412 another version; 423 a piece is under way.
#[utoipa::path(delete, path = "/v1/uploads/{id}", tag = "uploads", params(("id" = MediaId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 423, body = Problem)))]
pub async fn terminate(
    State(app): State<App>,
    by: Uploader,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    upload_parts::speaks_tus(&headers)?;
    let (row, _) = found(&app, &by, id).await?;
    if row.report.is_some() {
        return Err(ApiError::new(StatusCode::CONFLICT, "attached", "the file belongs to a report"));
    }
    let _writing = app.media.lock(id)?;
    app.media.remove_files(id).await;
    app.store.write(vec![media::remove(id)]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An upload of the caller, and how much of it has come.
async fn found(app: &App, by: &Uploader, id: MediaId) -> Result<(Media, u64), ApiError> {
    let missing = || ApiError::not_found("upload");
    let row = app.store.media(id).await?.filter(|row| row.owner.as_deref() == Some(&by.owner)).ok_or_else(missing)?;
    if row.expires_at.is_some_and(|at| at <= app.clock.now()) {
        return Err(ApiError::new(StatusCode::GONE, "expired", "the upload was not finished in time"));
    }
    let offset = match row.state {
        MediaState::Uploading => app.media.received(id).await?,
        _ => row.size_bytes,
    };
    Ok((row, offset))
}

/// Looks at a file that has come whole, once; its id as a file goes into the answer.
async fn ended(app: &App, row: &Media, offset: u64) -> Result<Response, ApiError> {
    let mut response = Response::default();
    if offset < row.size_bytes || matches!(row.state, MediaState::Refused | MediaState::Gone) {
        return Ok(response);
    }
    if row.state == MediaState::Uploading {
        settle(app, row.id).await?;
    }
    let id = HeaderValue::from_str(&row.id.to_string()).unwrap_or(HeaderValue::from_static(""));
    response.headers_mut().insert(MEDIA_ID, id);
    Ok(response)
}

async fn settle(app: &App, id: MediaId) -> Result<Kept, ApiError> {
    let _writing = app.media.lock(id)?;
    Ok(app.media.settle(id).await?)
}

/// Adds how far an upload has come.
fn progress(mut response: Response, row: &Media, offset: u64) -> Response {
    response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
    if let Some(at) = row.expires_at.filter(|_| offset < row.size_bytes) {
        response.headers_mut().insert(EXPIRES, http_date(at));
    }
    response
}

/// An instant as HTTP writes it (RFC 9110, 5.6.7).
fn http_date(at: Timestamp) -> HeaderValue {
    let date = chrono::DateTime::from_timestamp_micros(at.micros()).unwrap_or_default();
    HeaderValue::from_str(&date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).unwrap_or(HeaderValue::from_static(""))
}
