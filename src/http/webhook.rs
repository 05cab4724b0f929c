//! `/v1/channels/whatsapp/webhook`: Meta's door. The signature is checked over the raw bytes before
//! anything is read; the body is durable before the 200.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::error::{ApiError, Problem};
use super::extract::{Query, Raw};
use crate::app::App;
use crate::channels::whatsapp;
use crate::runtime::intake::IntakeError;

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
    if asked.mode == "subscribe" && !token.is_empty() && asked.verify_token == *token {
        Ok(asked.challenge)
    } else {
        Err(ApiError::forbidden("the verify token is another one"))
    }
}

/// Takes a webhook body.
///
/// # Errors
/// 401 wrong signature; 400 not readable; 413 over 3 MB; 503 not recorded, send it again.
#[utoipa::path(post, path = "/v1/channels/whatsapp/webhook", tag = "channels", request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = 400, body = Problem), (status = 401, body = Problem), (status = 413, body = Problem), (status = 503, body = Problem)))]
pub async fn receive(State(app): State<App>, headers: HeaderMap, Raw(body): Raw) -> Result<StatusCode, ApiError> {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if !whatsapp::verify(&app.config.whatsapp.secrets(), signature, &body) {
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "bad_signature", "the signature does not fit the body"));
    }
    match app.intake.accept(body).await {
        Ok(()) => Ok(StatusCode::OK),
        Err(IntakeError::Malformed(error)) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, "malformed", error.to_string()))
        }
        Err(IntakeError::Store(error)) => Err(error.into()),
        Err(IntakeError::Closing | IntakeError::Late) => Err(ApiError::away()),
    }
}
