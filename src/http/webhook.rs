//! `/v1/channels/whatsapp/webhook`: Meta's door, and beside it that of a gateway of linked telephones. The signature is checked over the raw bytes before
//! anything is read; the body is durable before the 200.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::error::{ApiError, Problem};
use super::extract::{Query, Raw};
use crate::app::App;
use crate::channels::whatsapp;
use crate::runtime::intake::IntakeError;
use crate::store::inbox::Format;

/// Largest body Meta sends, bytes.
pub const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// Meta's verification of the address.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Verification {
    /// `subscribe`.
    #[serde(rename = "hub.mode", default)]
    mode: String,
    /// What we told Meta.
    #[serde(rename = "hub.verify_token", default)]
    verify_token: String,
    /// To be sent back.
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
}

/// Answers Meta's verification.
///
/// # Errors
/// 403 another token.
#[utoipa::path(get, path = "/v1/channels/whatsapp/webhook", tag = "channels", params(Verification),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 403, body = Problem)))]
pub async fn verify(State(app): State<App>, Query(asked): Query<Verification>) -> Result<String, ApiError> {
    let token = &app.config.whatsapp.verify_token;
    let right = asked.mode == "subscribe" && !token.is_empty() && asked.verify_token == *token;
    app.noted.verification(right, app.clock.now());
    if right { Ok(asked.challenge) } else { Err(ApiError::forbidden("the verify token is another one")) }
}

/// Takes a webhook body.
///
/// # Errors
/// 401 wrong signature; 400 not readable; 413 over 3 MB; 503 not recorded, send it again.
#[utoipa::path(post, path = "/v1/channels/whatsapp/webhook", tag = "channels", request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = 400, body = Problem), (status = 401, body = Problem), (status = 413, body = Problem), (status = 503, body = Problem)))]
pub async fn receive(State(app): State<App>, headers: HeaderMap, Raw(body): Raw) -> Result<StatusCode, ApiError> {
    check(&app, &app.config.whatsapp.secrets(), &headers, &body)?;
    take(&app, Format::Graph, body).await
}

/// Takes a webhook body of a gateway of linked telephones (go-whatsapp-web-multidevice).
///
/// # Errors
/// 401 wrong signature; 400 not readable; 413 over 3 MB; 503 not recorded, send it again.
#[utoipa::path(post, path = "/v1/channels/gowa/webhook", tag = "channels", request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = 400, body = Problem), (status = 401, body = Problem), (status = 413, body = Problem), (status = 503, body = Problem)))]
pub async fn receive_gowa(State(app): State<App>, headers: HeaderMap, Raw(body): Raw) -> Result<StatusCode, ApiError> {
    check(&app, &app.config.gowa.secrets(), &headers, &body)?;
    take(&app, Format::Gowa, body).await
}

fn check(app: &App, secrets: &[String], headers: &HeaderMap, body: &[u8]) -> Result<(), ApiError> {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    let signed = whatsapp::verify(secrets, signature, body);
    app.noted.body(signed, app.clock.now());
    if signed {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::UNAUTHORIZED, "bad_signature", "the signature does not fit the body"))
}

async fn take(app: &App, format: Format, body: Bytes) -> Result<StatusCode, ApiError> {
    match app.intake.accept(format, body).await {
        Ok(()) => Ok(StatusCode::OK),
        Err(IntakeError::Malformed(error)) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, "malformed", error.to_string()))
        }
        Err(IntakeError::Store(error)) => Err(error.into()),
        Err(IntakeError::Closing | IntakeError::Late) => Err(ApiError::away()),
    }
}
