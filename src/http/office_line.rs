//! `/v1/office/whatsapp`: what Meta must be told, whether it was, and a test message. Secrets are set
//! where all settings are and never pass through here.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::error::{ApiError, Problem};
use super::extract::{Json, Query};
use super::health::{Lang, LangQuery};
use crate::app::App;
use crate::dispatch::command::Command;
use crate::feedback::graph_words::explain;
use crate::feedback::transport::{Recipient, SendError};
use crate::feedback::wording::Outbound;
use crate::insight::health::Level;
use crate::model::administration::{Administered, OfficeAct, OfficeChanged};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::said::{Said, said};
use crate::runtime::own_address;

/// Where Meta posts to.
const WEBHOOK: &str = "/v1/channels/whatsapp/webhook";

/// One setting of the line, without its value where that is a secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineSetting {
    /// Its name, `whatsapp.app_secret`.
    pub key: String,
    /// Has a value.
    pub set: bool,
    /// The value, of what is no secret.
    pub value: Option<String>,
}

/// The WhatsApp line of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeLine {
    /// Our telephone there: Meta's `phone_number_id`, or the gateway's device; none without one.
    pub line: Option<String>,
    /// A telephone at a gateway instead of Meta's Cloud API.
    pub gateway: bool,
    /// Code of the office, for `whatsapp.phone_numbers`.
    pub office: String,
    /// The address Meta is told to post to; none while the address of the service is not set.
    pub webhook_url: Option<String>,
    /// What is to be set.
    pub settings: Vec<LineSetting>,
    /// When Meta last verified the address, since the start.
    pub verified_at: Option<Timestamp>,
    /// When somebody last came with another verify token.
    pub unverified_at: Option<Timestamp>,
    /// When something with a right signature last came.
    pub signed_at: Option<Timestamp>,
    /// When something with a wrong signature last came.
    pub forged_at: Option<Timestamp>,
}

/// The WhatsApp line of the caller's office.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(get, path = "/v1/office/whatsapp", tag = "setup", responses((status = 200, body = OfficeLine), (status = 403, body = Problem)))]
pub async fn line(State(app): State<App>, who: Who) -> Result<Json<OfficeLine>, ApiError> {
    let polres = who.admin()?.polres.clone();
    let (route, notes, meta) = (app.routes.get(&polres), app.noted.read(), &app.config.whatsapp);
    let secret = |key: &str, value: &str| LineSetting { key: key.to_owned(), set: !value.is_empty(), value: None };
    let open = |key: &str, value: &str| LineSetting {
        key: key.to_owned(),
        set: !value.is_empty(),
        value: Some(value.to_owned()).filter(|value| !value.is_empty()),
    };
    let public = &app.config.server.public_url;
    let mut number = open("whatsapp.phone_numbers", &meta.phone_numbers);
    number.set = route.is_some();
    let settings = vec![
        open("server.public_url", public),
        number,
        secret("whatsapp.access_token", &meta.access_token),
        secret("whatsapp.app_secret", &meta.app_secret),
        secret("whatsapp.verify_token", &meta.verify_token),
        open("whatsapp.templates", &meta.templates),
    ];
    Ok(Json(OfficeLine {
        line: route.map(|route| route.line.clone()),
        gateway: route.is_some_and(|route| !route.transport.has_window()),
        office: polres,
        webhook_url: webhook_url(&app),
        settings,
        verified_at: notes.verified_at,
        unverified_at: notes.unverified_at,
        signed_at: notes.signed_at,
        forged_at: notes.forged_at,
    }))
}

fn webhook_url(app: &App) -> Option<String> {
    let public = app.config.server.public_url.trim_end_matches('/');
    (!public.is_empty()).then(|| format!("{public}{WEBHOOK}"))
}

/// One thing that was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tried {
    /// Stable code: `number`, `address`, `verification`, `message`.
    pub code: String,
    /// How it went.
    pub level: Level,
    /// What was found, in words.
    pub words: String,
    /// What to do; empty when nothing.
    pub hint: String,
}

/// What was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedList {
    /// In the order it was tried.
    pub items: Vec<Tried>,
}

fn tried(lang: Lang, code: &str, level: Level, words: Said, hint: Said) -> Tried {
    Tried { code: code.to_owned(), level, words: lang.of(words), hint: lang.of(hint) }
}

/// Asks Meta about the number, and our own address for what Meta asks it.
///
/// # Errors
/// 403 not an administrator.
#[utoipa::path(post, path = "/v1/office/whatsapp/check", tag = "setup", params(LangQuery),
    responses((status = 200, body = TriedList), (status = 403, body = Problem)))]
pub async fn check(
    State(app): State<App>,
    who: Who,
    Query(asked): Query<LangQuery>,
) -> Result<Json<TriedList>, ApiError> {
    let polres = who.admin()?.polres.clone();
    let lang = asked.lang.unwrap_or_default();
    let items = vec![number(&app, &polres, lang).await, verification(&app, lang).await];
    Ok(Json(TriedList { items }))
}

async fn number(app: &App, polres: &str, lang: Lang) -> Tried {
    let Some(route) = app.routes.get(polres) else {
        let words = said("Kantor ini belum punya nomor WhatsApp.", "This office has no WhatsApp number yet.");
        let hint = said(
            format!("Isi whatsapp.phone_numbers dengan PHONE_NUMBER_ID={polres}, lalu tekan Muat ulang."),
            format!("Set whatsapp.phone_numbers to PHONE_NUMBER_ID={polres}, then press Restart."),
        );
        return tried(lang, "number", Level::Bad, words, hint);
    };
    match route.transport.about(&route.line).await {
        Ok(None) => {
            let words = said("Nomor tersambung lewat telepon tertaut.", "The number is linked over a telephone.");
            tried(lang, "number", Level::Ok, words, Said::default())
        }
        Ok(Some(about)) => {
            app.noted.quality(about.quality.clone());
            let shown = [about.display, about.name].into_iter().flatten().collect::<Vec<_>>().join(", ");
            let words = said(format!("Meta mengenal nomor ini: {shown}."), format!("Meta knows this number: {shown}."));
            tried(lang, "number", Level::Ok, words, Said::default())
        }
        Err(error) => {
            let (words, hint) = explain(&error);
            tried(lang, "number", Level::Bad, words, hint)
        }
    }
}

/// Asks our own address what Meta asks it when the webhook is entered.
async fn verification(app: &App, lang: Lang) -> Tried {
    let token = &app.config.whatsapp.verify_token;
    if token.is_empty() {
        let words = said("Token verifikasi belum diisi.", "The verify token is not set.");
        let hint = said(
            "Karang satu kata sandi panjang, isi whatsapp.verify_token, lalu tulis yang sama di Meta.",
            "Make up a long word, set whatsapp.verify_token, and write the same at Meta.",
        );
        return tried(lang, "verification", Level::Bad, words, hint);
    }
    let Some(url) = webhook_url(app) else {
        let words = said(
            "Alamat layanan belum diisi: Meta tidak tahu ke mana mengirim.",
            "The address of the service is not set: Meta does not know where to post.",
        );
        let hint = said(
            "Isi server.public_url dengan alamat https layanan ini.",
            "Set server.public_url to the https address of this service.",
        );
        return tried(lang, "verification", Level::Bad, words, hint);
    };
    let challenge = format!("{:x}", fastrand::u64(..));
    match own_address::verify(&url, token, &challenge).await {
        Ok(()) => {
            let words = said(
                format!("{url} menjawab seperti yang diminta Meta."),
                format!("{url} answers as Meta asks it to."),
            );
            tried(lang, "verification", Level::Ok, words, Said::default())
        }
        Err(why) => {
            let words = said(
                format!("{url} tidak dapat dibuka dari server ini: {why}."),
                format!("{url} cannot be opened from this server: {why}."),
            );
            let hint = said(
                "Periksa nama domain, sertifikat, dan penerusan dari proxy ke Sigap.",
                "Look at the domain name, the certificate, and the way from the proxy to Sigap.",
            );
            tried(lang, "verification", Level::Bad, words, hint)
        }
    }
}

/// To whom a test message goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMessage {
    /// A number of one's own, as people write it: `0812 3456 7890`.
    pub to: String,
}

/// Sends a test message the way every message leaves, and says what became of it.
///
/// # Errors
/// 403 not an administrator; 422 no number.
#[utoipa::path(post, path = "/v1/office/whatsapp/test", tag = "setup", params(LangQuery), request_body = TestMessage,
    responses((status = 200, body = Tried), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn test(
    State(app): State<App>,
    who: Who,
    Query(asked): Query<LangQuery>,
    Json(wanted): Json<TestMessage>,
) -> Result<Json<Tried>, ApiError> {
    let viewer = who.admin()?;
    let lang = asked.lang.unwrap_or_default();
    let digits = super::blocks::national(&wanted.to)?;
    let desk = who.desk(&app)?;
    let Some(route) = app.routes.get(&viewer.polres) else {
        return Ok(Json(number(&app, &viewer.polres, lang).await));
    };
    let office = &desk.parts.office.name;
    let text =
        format!("Ini pesan percobaan dari {office}. Nomor layanan sudah tersambung; pesan ini tidak perlu dibalas.");
    let out = Outbound { text, ..Outbound::default() };
    let sent = route.transport.deliver(&route.line, &Recipient::Phone(digits.clone()), &out, None).await;
    let done = OfficeChanged { by: viewer.user, act: OfficeAct::TestSent, count: None };
    desk.submit(Actor::User(viewer.user), Command::Administer(Administered::Office(done))).await?;
    Ok(Json(match sent {
        Ok(_) => {
            let words = said(
                format!("WhatsApp menerima pesan percobaan untuk +{digits}. Lihat telepon itu."),
                format!("WhatsApp took the test message to +{digits}. Look at that telephone."),
            );
            let hint = said(
                "Bila tidak tiba dalam satu menit: kirim dulu satu pesan dari telepon itu ke nomor layanan, lalu coba lagi.",
                "If it does not arrive within a minute: send one message from that telephone to the service number, then try again.",
            );
            tried(lang, "message", Level::Ok, words, hint)
        }
        Err(error) => refused(lang, &error),
    }))
}

fn refused(lang: Lang, error: &SendError) -> Tried {
    let (words, hint) = explain(error);
    tried(lang, "message", Level::Bad, words, hint)
}
