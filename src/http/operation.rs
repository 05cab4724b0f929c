//! Operation: is it alive, is it ready, what does it measure, what does it offer.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::ApiError;
use crate::app::App;

/// The screens, built by `make build`.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Web;

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200)))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// Entries can be recorded.
///
/// # Errors
/// 503 the write path is broken.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200), (status = 503, body = super::error::Problem)))]
pub async fn readyz(State(app): State<App>) -> Result<&'static str, ApiError> {
    app.store.ping_write().await?;
    Ok("ready")
}

/// Prometheus text; only for callers on this machine, so that it is closed where a proxy stands before it.
///
/// # Errors
/// 403 another machine asks.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200), (status = 403, body = super::error::Problem)))]
pub async fn metrics(
    State(app): State<App>,
    source: super::auth::Source,
    headers: HeaderMap,
) -> Result<String, ApiError> {
    if !source.0.is_loopback() || headers.contains_key("x-forwarded-for") {
        return Err(ApiError::forbidden("metrics are for this machine only"));
    }
    Ok(app.metrics.render())
}

/// `GET /openapi.json`
pub async fn openapi() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], super::openapi_json()).into_response()
}

/// `GET /asyncapi.json`
pub async fn asyncapi() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], include_str!("asyncapi.json")).into_response()
}

/// `GET /docs`: the `OpenAPI` document for people.
pub async fn docs() -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_static(
        "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    ([(header::CONTENT_TYPE, html), (header::CONTENT_SECURITY_POLICY, policy)], include_str!("docs.html"))
        .into_response()
}

/// What the demonstration sent to reporters, newest last; nothing of the kind outside a demonstration.
///
/// # Errors
/// 404 this is no demonstration.
pub async fn demo_outbox(State(app): State<App>) -> Result<Response, ApiError> {
    let demo = app.demo.as_ref().ok_or_else(|| ApiError::not_found("resource"))?;
    Ok(super::extract::Json(serde_json::json!({ "items": demo.sent() })).into_response())
}

/// The screens: `/`, `/command`, `/tablet`, `/insight`, `/admin`, `/rujukan` and what they load.
pub async fn web(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let name = match path {
        "" => "index.html",
        "command" => "command.html",
        "tablet" => "tablet.html",
        "insight" => "insight.html",
        "lapor" => "lapor.html",
        "admin" => "admin.html",
        "latihan" => "latihan.html",
        "rujukan" => "rujukan.html",
        other => other,
    };
    let Some(file) = Web::get(name) else { return missing(path) };
    let kind =
        HeaderValue::from_str(file.metadata.mimetype()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // Names under /assets carry a hash of their content.
    let forever = name.starts_with("assets/");
    let cache = HeaderValue::from_static(if forever { "public, max-age=31536000, immutable" } else { "no-cache" });
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], file.data).into_response()
}

fn missing(path: &str) -> Response {
    if path.is_empty() {
        let words = "the screens are not built into this program: run `make build`";
        return (StatusCode::NOT_FOUND, words).into_response();
    }
    ApiError::not_found("resource").into_response()
}
