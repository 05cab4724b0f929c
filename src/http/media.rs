//! `/v1/media/{id}`: photos, videos, sounds and documents, for those who handle the report.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Path, Query};
use crate::app::App;
use crate::model::id::{MediaId, ReportId, UnitId};
use crate::model::media::{MediaKind, MediaProblem, MediaState};
use crate::model::report::ReportState;
use crate::model::viewer::Scope;
use crate::runtime::media::{MediaError, Version};
use crate::store::media::Media;
use crate::store::sealed_file::SealedReader;

/// Nothing that is served from here may run anything.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// A file as a conversation shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaView {
    /// Its id, for `/v1/media/{id}` once it is kept.
    pub id: MediaId,
    /// What it is, once it was looked at.
    pub kind: Option<MediaKind>,
    /// How far it has come.
    pub state: MediaState,
    /// Why it is not kept.
    pub why: Option<MediaProblem>,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// Width of what is shown, pixels.
    pub width: Option<u32>,
    /// Height of what is shown, pixels.
    pub height: Option<u32>,
}

impl From<&Media> for MediaView {
    fn from(media: &Media) -> Self {
        Self {
            id: media.id,
            kind: media.kind,
            state: media.state,
            why: media.why,
            size_bytes: media.size_bytes,
            width: media.width,
            height: media.height,
        }
    }
}

/// Which version of a file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MediaQuery {
    /// The file as it came, as a download: evidence with everything that was hidden in it.
    #[serde(default)]
    original: bool,
}

/// One file: a photo as a JPEG without hidden data, anything else as it came. Part of it with `Range`.
///
/// # Errors
/// 403 the role does not work with reports; 404 none that the caller may see; 416 a range beyond its end.
#[utoipa::path(get, path = "/v1/media/{id}", tag = "media", params(("id" = MediaId, Path), MediaQuery),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 403, body = Problem), (status = 404, body = Problem), (status = 416, body = Problem)))]
pub async fn show(
    State(app): State<App>,
    who: Who,
    Path(id): Path<MediaId>,
    Query(wanted): Query<MediaQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let media = visible(&app, &who, id).await?;
    if media.state != MediaState::Kept {
        return Err(ApiError::not_found("media"));
    }
    let version = match media.kind {
        Some(MediaKind::Picture) if !wanted.original => Version::Shown,
        _ => Version::Original,
    };
    let reader = app.media.open(id, version).await?;
    serve(&media, version, wanted.original, reader, &headers)
}

/// A file for somebody who may see it: a photo as a JPEG without hidden data, anything else as it came.
///
/// # Errors
/// 404 it is not kept (yet); 416 a range beyond its end.
pub(super) async fn shown(app: &App, id: MediaId, headers: &HeaderMap) -> Result<Response, ApiError> {
    let kept = app.store.media(id).await?.filter(|media| media.state == MediaState::Kept);
    let media = kept.ok_or_else(|| ApiError::not_found("media"))?;
    let picture = media.kind == Some(MediaKind::Picture);
    let version = if picture { Version::Shown } else { Version::Original };
    let reader = app.media.open(id, version).await?;
    serve(&media, version, false, reader, headers)
}

/// A file the caller may see: of a report he handles, or his own.
///
/// # Errors
/// 403, 404.
pub async fn visible(app: &App, who: &Who, id: MediaId) -> Result<Media, ApiError> {
    let missing = || ApiError::not_found("media");
    let media = app.store.media(id).await?.ok_or_else(missing)?;
    if let Scope::Unit(unit) = who.viewer.scope {
        let own = media.owner.as_deref() == Some(&super::uploads::unit_owner(unit));
        let sent_there = match media.report {
            Some(report) => is_sent_to(app, who, unit, report).await?,
            None => false,
        };
        return if own || sent_there { Ok(media) } else { Err(missing()) };
    }
    who.dispatcher()?;
    match media.report {
        Some(report) => {
            // Handed over, the conversation went along.
            let here = who.desk(app)?.look(move |desk| desk.handed.get(&report).copied()).await?;
            super::reports::visible(app, who, here.unwrap_or(report)).await.map_err(|_| missing())?;
        }
        // Not of a report yet: only what officers of this office brought, never a citizen's unsent photo.
        None if media.polres == who.viewer.polres && media.reporter.is_none() => {}
        None => return Err(missing()),
    }
    Ok(media)
}

/// Whether a crew is on its way to the incident of this report, or there.
async fn is_sent_to(app: &App, who: &Who, unit: UnitId, report: ReportId) -> Result<bool, ApiError> {
    let looking = who.desk(app)?.look(move |desk| {
        let report = desk.reports.get(desk.handed.get(&report).unwrap_or(&report))?;
        let ReportState::Attached { incident } = report.state else { return None };
        let incident = desk.incidents.get(&incident)?;
        desk.live_assignments(incident).any(|assignment| assignment.unit == unit).then_some(())
    });
    Ok(looking.await?.is_some())
}

fn serve(
    media: &Media,
    version: Version,
    download: bool,
    reader: SealedReader,
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    let len = reader.len();
    let range = match asked.get(header::RANGE).and_then(|value| value.to_str().ok()) {
        Some(text) => parse_range(text, len).map_err(|()| beyond_the_end(len))?,
        None => None,
    };
    let (from, to) = range.unwrap_or((0, len));
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mime = if version == Version::Shown { "image/jpeg" } else { original_mime(media, download) };
    // Only what we wrote ourselves is opened by a browser in its own right.
    let disposition = if version == Version::Shown && !download { "inline" } else { "attachment" };
    let mut response = (status, body(reader, from, to)).into_response();
    let text = |text: String| HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    let mut set = |name: HeaderName, value: HeaderValue| drop(response.headers_mut().insert(name, value));
    set(header::CONTENT_TYPE, text(mime.to_owned()));
    set(header::CONTENT_DISPOSITION, text(format!("{disposition}; filename=\"{}.{}\"", media.id, extension(mime))));
    set(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    set(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    set(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    set(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    set(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if range.is_some() {
        set(header::CONTENT_RANGE, text(format!("bytes {from}-{}/{len}", to - 1)));
    }
    Ok(response)
}

fn beyond_the_end(len: u64) -> ApiError {
    let detail = format!("the file has {len} bytes");
    ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail).field("range")
}

/// The type an original is served as: sounds and videos are played, anything else is only saved.
fn original_mime(media: &Media, download: bool) -> &str {
    match media.kind {
        Some(MediaKind::Video | MediaKind::Sound) if !download => media.mime.as_deref(),
        Some(MediaKind::Document) => media.mime.as_deref(),
        _ => None,
    }
    .unwrap_or("application/octet-stream")
}

fn extension(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/3gpp" => "3gp",
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/aac" => "aac",
        "application/pdf" => "pdf",
        _ => "bin",
    }
}

/// `bytes=from-to` as a half-open span; none when it is not one simple range (then all is sent).
fn parse_range(text: &str, len: u64) -> Result<Option<(u64, u64)>, ()> {
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Ok(None);
    };
    let span = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.saturating_add(1).min(len)),
        (Ok(from), Err(_)) if to.is_empty() => (from, len),
        (Err(_), Ok(last)) if from.is_empty() => (len.saturating_sub(last), len),
        _ => return Ok(None),
    };
    if span.0 < span.1 { Ok(Some(span)) } else { Err(()) }
}

fn body(reader: SealedReader, from: u64, to: u64) -> Body {
    let pieces = stream::unfold((reader, from), move |(mut reader, at)| async move {
        match reader.piece(at, to.saturating_sub(at)).await {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => {
                let next = at + piece.len() as u64;
                Some((Ok(Bytes::from(piece)), (reader, next)))
            }
            Err(error) => {
                tracing::error!(error = %error, "a sealed file cannot be read");
                Some((Err(error), (reader, to)))
            }
        }
    });
    Body::from_stream(pieces)
}

impl From<MediaError> for ApiError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Refused(problem) => {
                let (status, code) = refusal(problem);
                Self::new(status, code, problem.to_string()).field("file")
            }
            MediaError::Missing => Self::not_found("media"),
            MediaError::Busy => {
                Self::new(StatusCode::LOCKED, "busy", "the file is being written already").retry_after(1)
            }
            MediaError::Store(error) => error.into(),
            error @ (MediaError::Full | MediaError::Disk(_)) => {
                tracing::error!(error = %crate::runtime::desks::Chain(&error), "a file could not be kept");
                Self::away()
            }
        }
    }
}

/// Status and stable code of a refused file.
fn refusal(problem: MediaProblem) -> (StatusCode, &'static str) {
    match problem {
        MediaProblem::Kind => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "kind"),
        MediaProblem::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        MediaProblem::TooManyPixels => (StatusCode::PAYLOAD_TOO_LARGE, "too_many_pixels"),
        MediaProblem::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "empty"),
        MediaProblem::Broken => (StatusCode::UNPROCESSABLE_ENTITY, "broken"),
        MediaProblem::Changed => (StatusCode::UNPROCESSABLE_ENTITY, "changed"),
        MediaProblem::Gone => (StatusCode::GONE, "gone"),
        MediaProblem::ForeignAddress => (StatusCode::UNPROCESSABLE_ENTITY, "foreign_address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        assert_eq!(parse_range("bytes=0-0", 10), Ok(Some((0, 1))));
        assert_eq!(parse_range("bytes=2-", 10), Ok(Some((2, 10))));
        assert_eq!(parse_range("bytes=-3", 10), Ok(Some((7, 10))));
        assert_eq!(parse_range("bytes=-30", 10), Ok(Some((0, 10))));
        assert_eq!(parse_range("bytes=5-99", 10), Ok(Some((5, 10))));
        assert_eq!(parse_range("bytes=10-", 10), Err(()));
        assert_eq!(parse_range("bytes=-0", 10), Err(()));
        for odd in ["bytes=0-1,4-5", "items=0-1", "bytes=x-1", "bytes=5-2", "bytes=-", ""] {
            assert_eq!(parse_range(odd, 10), Ok(None), "{odd}");
        }
    }
}
