//! The doors: HTTP in, commands to a desk, answers out. No rule of the trade is decided here.

pub mod agencies;
pub mod articles;
pub mod assignments;
pub mod auth;
pub mod blocks;
pub mod call_form;
pub mod calls;
pub mod categories;
pub mod citizen;
pub mod citizen_auth;
pub mod citizen_feed;
pub mod citizen_reports;
pub mod citizen_view;
pub mod closures;
pub mod conversation;
mod corrections;
pub mod drain;
pub mod duty;
pub mod entered;
pub mod error;
pub mod extract;
mod gps;
pub mod health;
pub mod help;
pub mod history;
pub mod imports;
pub mod incidents;
pub mod insight;
pub mod limiter;
pub mod list;
mod meanwhile;
pub mod media;
pub mod notes;
pub mod office;
pub mod office_line;
pub mod one_time;
pub mod operation;
pub mod outbox;
pub mod photos;
pub mod places;
mod placing;
pub mod plans;
pub mod proxies;
pub mod referral_page;
pub mod referrals;
pub mod rehearsal;
pub mod reopen;
pub mod reply;
pub mod reports;
pub mod routes;
pub mod search;
pub mod server;
pub mod session;
pub mod setup;
pub mod strikes;
pub mod teams;
pub mod templates;
pub mod together;
pub mod tracks;
pub mod typed;
pub mod unit_messages;
pub mod units;
mod upload_parts;
pub mod uploads;
pub mod users;
pub mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::realtime::{message, socket};

/// Largest JSON body of any other door, bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The document's head, and the schemas that only the socket uses.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sigap",
        description = "Dispatch for city police: reports in, units out.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(message::Snapshot, message::Changed, message::UnitFix))
)]
struct Document;

// In groups: one chain of all doors needs more stack in a debug build than a worker thread has.
fn described() -> OpenApiRouter<App> {
    let webhook = OpenApiRouter::new()
        .routes(routes!(webhook::verify, webhook::receive))
        .routes(routes!(webhook::receive_gowa))
        .layer(DefaultBodyLimit::max(webhook::BODY_LIMIT));
    let tus = |name: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(uploads::TUS))
    };
    let uploads = OpenApiRouter::new()
        .routes(routes!(uploads::options, uploads::create))
        .routes(routes!(uploads::head, uploads::append, uploads::show, uploads::terminate))
        .layer(tus("tus-resumable"))
        .layer(tus("tus-version"));
    let photos = OpenApiRouter::new()
        .routes(routes!(photos::take))
        .routes(routes!(referral_page::show_photo))
        .layer(DefaultBodyLimit::max(photos::BODY_LIMIT));
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(about_reports())
        .merge(about_incidents())
        .merge(about_units())
        .merge(about_places())
        .merge(about_citizens())
        .merge(about_the_office())
        .merge(about_rehearsals())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .merge(webhook)
        .merge(uploads)
        .merge(photos)
        .merge(OpenApiRouter::new().routes(routes!(office::areas)).layer(DefaultBodyLimit::max(office::BODY_LIMIT)))
        .merge(OpenApiRouter::new().routes(routes!(imports::places)).layer(DefaultBodyLimit::max(imports::BODY_LIMIT)))
}

/// What administrators do: the set-up, users, plans, and how the service is.
fn about_the_office() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(setup::state, setup::begin))
        .routes(routes!(office::steps))
        .routes(routes!(office::rename))
        .routes(routes!(office::units))
        .routes(routes!(imports::streets, imports::upload_streets, imports::forget_streets))
        .routes(routes!(imports::apply_streets))
        .routes(routes!(office::restart))
        .routes(routes!(office_line::line))
        .routes(routes!(office_line::check))
        .routes(routes!(office_line::test))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::change))
        .routes(routes!(users::reset_password))
        .routes(routes!(users::sign_out))
        .routes(routes!(users::choose_password))
        .routes(routes!(categories::show, categories::change))
        .routes(routes!(categories::preview))
        .routes(routes!(categories::restore))
        .routes(routes!(categories::history))
        .routes(routes!(plans::show, plans::change))
        .routes(routes!(plans::preview))
        .routes(routes!(plans::restore))
        .routes(routes!(plans::history))
        .routes(routes!(health::show))
}

/// Sessions, and what people told us.
fn about_reports() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::log_in, session::show, session::log_out))
        .routes(routes!(session::make_token))
        .routes(routes!(reports::queue))
        .routes(routes!(reports::next))
        .routes(routes!(reports::list, entered::create))
        .routes(routes!(search::words))
        .routes(routes!(search::people))
        .routes(routes!(reports::show, reports::correct))
        .routes(routes!(history::of_report))
        .routes(routes!(reports::reveal))
        .routes(routes!(reports::claim))
        .routes(routes!(reports::take_over))
        .routes(routes!(reports::release))
        .routes(routes!(reply::reply))
        .routes(routes!(reports::resolve))
        .routes(routes!(reports::escalate))
        .routes(routes!(reports::hand))
        .routes(routes!(reopen::reopen_report))
        .routes(routes!(strikes::give))
        .routes(routes!(strikes::reverse))
        .routes(routes!(strikes::bulk))
        .routes(routes!(strikes::lane))
        .routes(routes!(blocks::list, blocks::propose))
        .routes(routes!(blocks::show))
        .routes(routes!(blocks::contacts))
        .routes(routes!(blocks::confirm))
        .routes(routes!(blocks::decline))
        .routes(routes!(blocks::lift))
        .routes(routes!(blocks::appeal))
        .routes(routes!(blocks::reveal))
}

/// What happened, and who else hears of it.
fn about_incidents() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(together::duplicates))
        .routes(routes!(together::join))
        .routes(routes!(together::part))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::show, incidents::correct))
        .routes(routes!(incidents::recommendation))
        .routes(routes!(incidents::compare))
        .routes(routes!(incidents::offer))
        .routes(routes!(help::choices, help::ask))
        .routes(routes!(help::answer))
        .routes(routes!(help::withdraw))
        .routes(routes!(incidents::hold))
        .routes(routes!(incidents::resume))
        .routes(routes!(incidents::close))
        .routes(routes!(incidents::reopen))
        .routes(routes!(incidents::feedback))
        .routes(routes!(incidents::timeline))
        .routes(routes!(notes::list, notes::write))
        .routes(routes!(together::merge))
        .routes(routes!(together::unmerge))
        .routes(routes!(photos::approve))
        .routes(routes!(photos::decline))
        .routes(routes!(agencies::list, agencies::create))
        .routes(routes!(agencies::change, agencies::remove))
        .routes(routes!(referrals::of_incident, referrals::refer_incident))
        .routes(routes!(referrals::of_report, referrals::refer_report))
        .routes(routes!(referrals::suggestions))
        .routes(routes!(referrals::report_suggestions))
        .routes(routes!(referrals::close))
        .routes(routes!(referral_page::show))
        .routes(routes!(referral_page::acknowledge))
        .routes(routes!(referral_page::report))
        .routes(routes!(referral_page::photo))
}

/// Calls to 110, and those who are sent.
fn about_units() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(calls::event))
        .routes(routes!(calls::list))
        .routes(routes!(calls::show))
        .routes(routes!(calls::claim))
        .routes(routes!(calls::release))
        .routes(routes!(calls::divert))
        .routes(routes!(calls::close))
        .routes(routes!(calls::call_back))
        .routes(routes!(call_form::notes))
        .routes(routes!(call_form::report))
        .routes(routes!(call_form::hand_over))
        .routes(routes!(routes::of_assignment))
        .routes(routes!(assignments::step))
        .routes(routes!(assignments::release))
        .routes(routes!(assignments::reliefs, assignments::transfer))
        .routes(routes!(units::list, units::create))
        .routes(routes!(units::status))
        .routes(routes!(units::emergency))
        .routes(routes!(unit_messages::list, unit_messages::send))
        .routes(routes!(unit_messages::send_to_several))
        .routes(routes!(unit_messages::read))
        .routes(routes!(tracks::reception, units::positions))
        .routes(routes!(tracks::track))
        .routes(routes!(gps::osmand, gps::osmand_post))
        .routes(routes!(gps::owntracks))
        .routes(routes!(gps::trackers, gps::set_trackers))
        .routes(routes!(gps::of_office))
        .routes(routes!(media::show))
}

/// The map, the figures, and the running of the program.
fn about_places() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(places::locate))
        .routes(routes!(places::jurisdiction))
        .routes(routes!(places::offices))
        .routes(routes!(places::map_config))
        .routes(routes!(places::style))
        .routes(routes!(places::basemap))
        .routes(routes!(places::areas))
        .routes(routes!(places::polseks))
        .routes(routes!(places::roads))
        .routes(routes!(places::places))
        .routes(routes!(routes::route))
        .routes(routes!(closures::list, closures::create))
        .routes(routes!(closures::remove))
        .merge(insight::doors())
        .routes(routes!(duty::check, duty::sign))
        .routes(routes!(duty::csv))
        .routes(routes!(duty::list, duty::hand_over))
        .routes(routes!(duty::take))
        .routes(routes!(teams::list, teams::arrange))
        .routes(routes!(operation::healthz))
        .routes(routes!(operation::readyz))
        .routes(routes!(operation::metrics))
}

/// The citizen app, and the words of the office.
fn about_citizens() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(citizen::register, citizen::change))
        .routes(routes!(citizen::log_in, citizen::signed_in, citizen::log_out))
        .routes(routes!(citizen_reports::create, citizen_reports::list))
        .routes(routes!(citizen_reports::report))
        .routes(routes!(citizen_reports::write))
        .routes(routes!(citizen_reports::rate))
        .routes(routes!(citizen_reports::reopen))
        .routes(routes!(citizen_reports::media))
        .routes(routes!(categories::for_citizens))
        .routes(routes!(citizen_feed::feed))
        .routes(routes!(citizen_feed::traffic))
        .routes(routes!(citizen_feed::map))
        .routes(routes!(templates::list))
        .routes(routes!(templates::change))
        .routes(routes!(templates::preview))
        .routes(routes!(templates::reset))
        .routes(routes!(templates::history))
        .routes(routes!(templates::quick_replies))
        .routes(routes!(articles::list))
        .routes(routes!(articles::change))
        .routes(routes!(articles::reset))
        .routes(routes!(articles::history))
        .routes(routes!(outbox::list))
        .routes(routes!(outbox::retry))
}

/// The rehearsal room.
fn about_rehearsals() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(rehearsal::list, rehearsal::begin))
        .routes(routes!(rehearsal::show))
        .routes(routes!(rehearsal::join))
        .routes(routes!(rehearsal::set_speed))
        .routes(routes!(rehearsal::inject))
        .routes(routes!(rehearsal::end))
        .routes(routes!(rehearsal::result))
        .routes(routes!(rehearsal::result_csv))
}

/// The `OpenAPI` document as committed in `web/openapi.json`.
#[must_use]
pub fn openapi_json() -> String {
    let mut api = described().split_for_parts().1;
    for path in api.paths.paths.values_mut() {
        let methods = [&mut path.get, &mut path.post, &mut path.patch, &mut path.put, &mut path.delete];
        let methods = methods.into_iter().chain([&mut path.head, &mut path.options]);
        for operation in methods.filter_map(Option::as_mut) {
            // `list` of reports and `list` of units are two operations: with the tag their names are unique.
            let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
        }
    }
    api.to_pretty_json().unwrap_or_default() + "\n"
}

/// All doors of one app, put together.
pub type Doors = Router;

/// Everything served on the one port.
pub fn router(app: App) -> Doors {
    let (router, _) = described().split_for_parts();
    let header =
        |name: HeaderName, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .route("/v1/realtime", get(socket::open))
        .route("/openapi.json", get(operation::openapi))
        .route("/asyncapi.json", get(operation::asyncapi))
        .route("/docs", get(operation::docs))
        .route("/demo/outbox", get(operation::demo_outbox))
        .fallback(rehearsal::or_web)
        .method_not_allowed_fallback(|| async { error::ApiError::method_not_allowed() })
        .layer(axum::middleware::from_fn(drain::heard))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(error::ApiError::internal())))
        .with_state(app)
}

/// Texts are; files that were sent to us are not, and a part of one must stay the part that was asked for.
fn worth_compressing() -> impl Predicate {
    let files = ["video/", "audio/", "application/pdf", "application/octet-stream"];
    let [video, audio, pdf, other] = files.map(NotForContentType::const_new);
    DefaultPredicate::new().and(video).and(audio).and(pdf).and(other)
}

/// Everything comes from ourselves; `MapLibre` needs its worker and inline styles.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self'; style-src 'self' 'unsafe-inline'; \
    worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
