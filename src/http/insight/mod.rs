//! `/v1/insight`: figures for those who lead. No persons; every figure leads to its entries.

pub mod behind;
pub mod calls;
mod chosen;
pub mod coverage;
pub mod evaluation;
pub mod forecast;
pub mod heat;
pub mod load;
pub mod patrol;
pub mod span;
mod standing;
pub mod times;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The doors.
#[must_use]
pub fn doors() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(heat::cells))
        .routes(routes!(heat::csv))
        .routes(routes!(times::categories))
        .routes(routes!(times::categories_csv))
        .routes(routes!(times::times))
        .routes(routes!(times::times_csv))
        .routes(routes!(times::fairness))
        .routes(routes!(times::fairness_csv))
        .routes(routes!(load::load))
        .routes(routes!(load::load_csv))
        .routes(routes!(load::deeds_of))
        .routes(routes!(behind::behind_figure))
        .routes(routes!(behind::behind_csv))
        .routes(routes!(behind::entries))
        .routes(routes!(coverage::coverage))
        .routes(routes!(coverage::csv))
        .routes(routes!(forecast::forecast))
        .routes(routes!(forecast::csv))
        .routes(routes!(evaluation::morning))
        .routes(routes!(evaluation::evaluation))
        .routes(routes!(evaluation::pdf))
        .routes(routes!(evaluation::csv))
        .routes(routes!(calls::call_answers))
        .routes(routes!(calls::calls_csv))
}

/// A table to keep.
fn table(name: &str, text: String) -> Response {
    file(name, "text/csv; charset=utf-8", text.into_bytes())
}

/// A file to keep. Names are ours: plain letters.
fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(kind);
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// A map as GeoJSON.
fn geojson(map: &serde_json::Value) -> Response {
    let kind = HeaderValue::from_static("application/geo+json");
    ([(header::CONTENT_TYPE, kind)], map.to_string()).into_response()
}
