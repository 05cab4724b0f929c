//! One error for every door: a status, a stable code for programs, a sentence for people.
//! Written as `application/problem+json` (RFC 9457).

use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::meanwhile::Meanwhile;
use crate::dispatch::command::Refusal;
use crate::runtime::desks::{Chain, SubmitError};
use crate::store::StoreError;

/// What a caller is told when something is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code for programs.
    pub code: String,
    /// Short words for people.
    pub title: String,
    /// What exactly.
    pub detail: String,
    /// The field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What happened meanwhile, for a step of a crew that came too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meanwhile: Option<Meanwhile>,
}

/// Why a request was not carried out.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    retry_after_s: Option<u32>,
    meanwhile: Option<Box<Meanwhile>>,
}

impl ApiError {
    /// An error with a stable code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None, retry_after_s: None, meanwhile: None }
    }

    /// The field it is about.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// What happened meanwhile, as far as it is known.
    #[must_use]
    pub fn meanwhile(mut self, meanwhile: Option<Meanwhile>) -> Self {
        self.meanwhile = meanwhile.map(Box::new);
        self
    }

    /// When to try again, seconds.
    #[must_use]
    pub const fn retry_after(mut self, secs: u32) -> Self {
        self.retry_after_s = Some(secs);
        self
    }

    /// 401: nobody is logged in.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "log in first")
    }

    /// 403: this role may not.
    #[must_use]
    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: there is none, or none that the caller may see.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("no such {what}"))
    }

    /// 422: a value that cannot be used.
    #[must_use]
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).field(field)
    }

    /// 503: storage is away.
    #[must_use]
    pub fn away() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage_away", "storage is away; nothing was recorded, try again")
            .retry_after(2)
    }

    /// 405: the address is there, the method is not.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address does not take this method")
    }

    /// 408: the request was not finished in time.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the request was not finished in time")
    }

    /// 500: a fault of ours, already logged.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "internal error")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem {
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            title: self.status.canonical_reason().unwrap_or("error").to_owned(),
            detail: self.detail,
            field: self.field,
            meanwhile: self.meanwhile.map(|meanwhile| *meanwhile),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => refusal.into(),
            SubmitError::Conflict(constraint) => {
                Self::new(StatusCode::CONFLICT, "conflict", format!("in conflict with what is stored ({constraint})"))
            }
            SubmitError::Away => Self::away(),
            SubmitError::Fault => Self::internal(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        match refusal {
            Refusal::NotFound(what) => Self::not_found(what),
            Refusal::NotYours(_) => Self::forbidden("this unit was not sent there"),
            Refusal::Step(_) => Self::new(StatusCode::CONFLICT, "wrong_state", detail),
            Refusal::UnitTaken { .. } => Self::new(StatusCode::CONFLICT, "unit_taken", detail),
            Refusal::OffDuty { .. } => Self::new(StatusCode::CONFLICT, "unit_off_duty", detail),
            Refusal::HelpAsked => Self::new(StatusCode::CONFLICT, "help_asked", detail),
            Refusal::NotTakeable => Self::new(StatusCode::CONFLICT, "not_takeable", detail),
            Refusal::CallSignTaken(_) => Self::new(StatusCode::CONFLICT, "call_sign_taken", detail).field("call_sign"),
            Refusal::ReasonNeeded { .. } => Self::new(unprocessable, "reason_needed", detail).field("override_reason"),
            Refusal::BadClosure { field, .. } => Self::new(unprocessable, "invalid", detail).field(field),
            Refusal::PlaceNeeded => Self::new(unprocessable, "place_needed", detail).field("place"),
            Refusal::NoteNeeded => Self::new(unprocessable, "note_needed", detail).field("note"),
            Refusal::StatusNotSettable => Self::new(unprocessable, "status_not_settable", detail).field("status"),
            Refusal::CallTaken { .. } => Self::new(StatusCode::CONFLICT, "call_taken", detail),
            Refusal::CallUnclaimed => Self::new(StatusCode::CONFLICT, "call_unclaimed", detail),
            Refusal::CallSettled => Self::new(StatusCode::CONFLICT, "call_settled", detail),
            Refusal::NoSuchCategory => Self::new(unprocessable, "invalid", detail).field("category"),
            Refusal::StarsOutOfRange => Self::new(unprocessable, "invalid", detail).field("stars"),
            Refusal::SecondOfficer => Self::new(StatusCode::CONFLICT, "second_officer", detail),
            Refusal::WithoutState { .. } => Self::new(StatusCode::CONFLICT, "without_state", detail),
            Refusal::NothingWaiting => Self::new(StatusCode::NOT_FOUND, "nothing_waiting", detail),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { constraint } => {
                Self::new(StatusCode::CONFLICT, "conflict", format!("in conflict with what is stored ({constraint})"))
            }
            StoreError::Stale => Self::new(StatusCode::CONFLICT, "stale", "changed by someone else meanwhile"),
            StoreError::Backend { .. } => {
                tracing::error!(error = %Chain(&error), "storage is away");
                Self::away()
            }
            error => {
                tracing::error!(error = %Chain(&error), "storage cannot be used");
                Self::internal()
            }
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let status = rejection.status();
        let code = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::BAD_REQUEST => "malformed",
            _ => "invalid",
        };
        Self::new(status, code, inner_words(&rejection.body_text()))
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "malformed" };
        Self::new(rejection.status(), code, "the body cannot be taken")
    }
}

impl From<WebSocketUpgradeRejection> for ApiError {
    fn from(rejection: WebSocketUpgradeRejection) -> Self {
        Self::new(rejection.status(), "no_socket", "this address is a WebSocket")
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::not_found("resource")
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", inner_words(&rejection.body_text()))
    }
}

/// What serde says, without the name of the Rust type in front.
fn inner_words(text: &str) -> String {
    text.rsplit_once("target type: ").map_or(text, |(_, words)| words).to_owned()
}
