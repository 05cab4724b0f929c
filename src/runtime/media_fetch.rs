//! Fetches what reporters attach: the id of a webhook becomes an address, the address bytes, the
//! bytes a file that is kept or refused.
//!
//! Only the configured hosts are asked, no redirect is followed, no more bytes are taken than a file
//! may have. What is to be fetched stands in the table `media`, so a restart forgets nothing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::desks::{Chain, ClockDebug, DeskHandle, Rows};
use super::media::{MediaError, MediaVault};
use crate::dispatch::command::Command;
use crate::feedback::transport::use_ring;
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::MediaId;
use crate::model::media::{MediaProblem, MediaState};
use crate::store::Store;
use crate::store::media::{self, Looked, Media};

/// Error answers within an hour after which we stop asking for a while: a provider (360dialog) locks
/// media away for 30 minutes after 20.
const MOST_ERRORS: usize = 15;
const ERRORS_WITHIN_S: f64 = 3600.0;

/// Ids of webhooks live 7 days (Meta, June 2026); we ask a little less long. Seconds.
const ASK_FOR_S: f64 = 6.5 * 24.0 * 3600.0;

/// First and longest wait before a file is asked for again, seconds.
const FIRST_WAIT_S: i64 = 5;
const LONGEST_WAIT_S: i64 = 3600;

/// A file that is not the announced one is fetched this often: it may have been cut off on its way.
const TRIES_OF_A_CHANGED_FILE: u32 = 3;

/// Files fetched at the same time.
const AT_ONCE: usize = 4;

/// Longest wait for an answer, and between two pieces of a file.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where files may lie, and how we show who we are.
#[derive(Debug, Clone)]
pub struct Source {
    /// Base of the Graph API, with its version.
    pub graph: String,
    /// Bearer token.
    pub token: String,
    /// Hosts that files may be fetched from, over https, beside the Graph API's own.
    pub hosts: Vec<String>,
    /// The gateway of linked telephones.
    pub gateway: GatewaySource,
}

/// Where a gateway keeps the attachments of its telephones.
#[derive(Debug, Clone, Default)]
pub struct GatewaySource {
    /// Its telephones.
    pub lines: HashSet<String>,
    /// Its address.
    pub url: String,
    /// Who may read there.
    pub user: String,
    /// His password.
    pub password: String,
}

impl GatewaySource {
    /// Whether a file came over this gateway.
    fn has(&self, file: &Media) -> bool {
        file.said.line.as_ref().is_some_and(|line| self.lines.contains(line))
    }

    /// The address of an attachment; none when it does not lie in the gateway's own folder.
    fn address(&self, path: &str) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let mut parts = path.split('/');
        let own = parts.next() == Some("statics") && path.len() <= 200;
        let tame = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
        (own && path.contains('/') && parts.all(tame)).then(|| format!("{}/{path}", self.url))
    }
}

impl Source {
    /// Whether a file may be fetched from this address: one of the hosts over https, or exactly the
    /// host, port and scheme of the Graph API itself. Compared whole, after the address was read.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let named = url.username().is_empty() && url.password().is_none();
        let graph = Url::parse(&self.graph).ok();
        let own = graph.is_some_and(|graph| graph.origin() == url.origin() && graph.origin().is_tuple());
        let known = url.scheme() == "https"
            && url.port().is_none()
            && url.host_str().is_some_and(|host| self.hosts.iter().any(|known| known == host));
        named && (own || known)
    }
}

/// How one try ended, when it gave no file.
#[derive(Debug)]
enum Failure {
    /// Try again later.
    Later,
    /// Try again later; the channel said no, which counts.
    Error(StatusCode),
    /// Never.
    LetGo(MediaState, MediaProblem),
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        tracing::debug!(error = %error.without_url(), "a file could not be fetched yet");
        Self::Later
    }
}

impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Refused(why) => Self::LetGo(MediaState::Refused, why),
            error => {
                tracing::warn!(error = %Chain(&error), "a file could not be kept yet");
                Self::Later
            }
        }
    }
}

/// What the Graph API says of a file.
#[derive(Debug, Deserialize)]
struct Lies {
    url: String,
    #[serde(default)]
    file_size: Option<u64>,
}

/// Fetches files until told to stop.
#[derive(Debug)]
pub struct MediaFetch {
    /// Where it is recorded.
    pub store: Store,
    /// Where files are kept.
    pub vault: MediaVault,
    /// The desks, which hear that a file is there.
    pub desks: HashMap<String, DeskHandle>,
    /// Where files lie.
    pub source: Source,
    /// The present moment.
    pub clock: Arc<dyn ClockDebug>,
    client: reqwest::Client,
    errors: Mutex<VecDeque<Timestamp>>,
}

impl MediaFetch {
    /// A fetcher that has asked for nothing yet.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(
        store: Store,
        vault: MediaVault,
        desks: HashMap<String, DeskHandle>,
        source: Source,
        clock: Arc<dyn ClockDebug>,
    ) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder()
            .connect_timeout(TIMEOUT)
            .read_timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { store, vault, desks, source, clock, client, errors: Mutex::default() })
    }

    /// Fetches until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let fetched = stop.run_until_cancelled(self.round()).await;
            let Some(fetched) = fetched else { return };
            let pause = Duration::from_millis(if fetched > 0 { 20 } else { 300 });
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Fetches what is due once; how many files were asked for.
    pub async fn round(&self) -> usize {
        if self.too_many_errors() {
            return 0;
        }
        let due = match self.store.media_due(self.clock.now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "it cannot be read which files are to be fetched");
                return 0;
            }
        };
        futures_util::future::join_all(due.iter().map(|file| self.settle(file))).await;
        due.len()
    }

    fn too_many_errors(&self) -> bool {
        let now = self.clock.now();
        let mut errors = self.errors.lock();
        errors.retain(|at| now.secs_since(*at) < ERRORS_WITHIN_S);
        errors.len() >= MOST_ERRORS
    }

    async fn settle(&self, file: &Media) {
        // Somebody writes it: it cannot be due.
        let Ok(_writing) = self.vault.lock(file.id) else { return };
        let outcome = self.fetch(file).await;
        let code = match &outcome {
            Ok(_) => "kept",
            Err(Failure::LetGo(..)) => "let_go",
            Err(_) => "later",
        };
        metrics::counter!("sigap_media_fetched_total", "outcome" => code).increment(1);
        let recorded = match outcome {
            Ok(looked) => self.keep(file, &looked).await,
            Err(failure) => {
                self.vault.remove_files(file.id).await;
                self.store.write(vec![self.after(file, failure)]).await.map_err(MediaError::from)
            }
        };
        if let Err(error) = recorded {
            tracing::warn!(media.id = %file.id, error = %Chain(&error), "what became of a file was not recorded; it is fetched again");
            self.vault.remove_files(file.id).await;
        }
    }

    /// What follows from a try that gave no file.
    fn after(&self, file: &Media, failure: Failure) -> crate::store::Statement {
        let now = self.clock.now();
        if let Failure::Error(status) = failure {
            tracing::warn!(media.id = %file.id, status = status.as_u16(), "the channel did not give a file");
            self.errors.lock().push_back(now);
        }
        match failure {
            Failure::LetGo(state, why) => {
                tracing::info!(media.id = %file.id, why = %why, "a file is not kept");
                media::let_go(file.id, state, why)
            }
            _ if now.secs_since(file.created_at) > ASK_FOR_S => {
                media::let_go(file.id, MediaState::Gone, MediaProblem::Gone)
            }
            _ => {
                let wait = FIRST_WAIT_S.saturating_mul(1 << file.attempts.min(12)).min(LONGEST_WAIT_S);
                media::ask_again(file.id, now.plus_secs(wait))
            }
        }
    }

    async fn keep(&self, file: &Media, looked: &Looked) -> Result<(), MediaError> {
        let row = media::keep(file.id, looked);
        let desk = self.desks.get(&file.polres);
        let (Some(report), Some(message), Some(desk)) = (file.report, file.message, desk) else {
            return Ok(self.store.write(vec![row]).await?);
        };
        let command = Command::KeepMedia { report, message, media: file.id, kind: looked.kind };
        let rows: Rows = Box::new(move |_, _| Ok(vec![row]));
        let recorded = desk.submit_with(Actor::System, command, Some(rows)).await;
        recorded.map(drop).map_err(|error| MediaError::Disk(std::io::Error::other(error)))
    }

    async fn fetch(&self, file: &Media) -> Result<Looked, Failure> {
        let answer = self.request(file).await?.send().await?;
        match answer.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => {
                return Err(Failure::LetGo(MediaState::Refused, MediaProblem::ForeignAddress));
            }
            StatusCode::NOT_FOUND if self.source.gateway.has(file) => {
                return Err(Failure::LetGo(MediaState::Gone, MediaProblem::Gone));
            }
            status => return Err(Failure::Error(status)),
        }
        self.pour(file.id, answer).await?;
        let looked = self.vault.look(file.id).await?;
        match &file.said.channel_sha256 {
            Some(said) if !is_hash(said, &looked.sha256) => Err(changed(file)),
            _ => Ok(looked),
        }
    }

    /// The request for the bytes of a file.
    async fn request(&self, file: &Media) -> Result<RequestBuilder, Failure> {
        let gateway = &self.source.gateway;
        if gateway.has(file) {
            let address = file.said.channel_id.as_deref().and_then(|path| gateway.address(path));
            // The gateway did not fetch it: WhatsApp gives it to nobody else.
            let address = address.ok_or(Failure::LetGo(MediaState::Gone, MediaProblem::Gone))?;
            return Ok(self.client.get(address).basic_auth(&gateway.user, Some(&gateway.password)));
        }
        let lies = self.where_it_lies(file).await?;
        let foreign = Failure::LetGo(MediaState::Refused, MediaProblem::ForeignAddress);
        let url = Url::parse(&lies.url).ok().filter(|url| self.source.allows(url)).ok_or(foreign)?;
        if lies.file_size.is_some_and(|bytes| bytes > self.vault.max_bytes()) {
            return Err(MediaError::from(MediaProblem::TooLarge).into());
        }
        Ok(self.client.get(url).bearer_auth(&self.source.token))
    }

    /// First step: the id becomes an address, which lives for minutes.
    async fn where_it_lies(&self, file: &Media) -> Result<Lies, Failure> {
        let gone = || Failure::LetGo(MediaState::Gone, MediaProblem::Gone);
        let id = file.said.channel_id.as_deref().filter(|id| is_plain(id)).ok_or_else(gone)?;
        let url = format!("{}/{id}", self.source.graph.trim_end_matches('/'));
        let answer = self.client.get(url).bearer_auth(&self.source.token).send().await?;
        let status = answer.status();
        if !status.is_success() {
            let text = answer.text().await?;
            // 100 (subcode 33): no such object, or no longer.
            let code =
                serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|body| body["error"]["code"].as_i64());
            let missing = status == StatusCode::NOT_FOUND || code == Some(100);
            return Err(if missing { gone() } else { Failure::Error(status) });
        }
        answer.json().await.map_err(Failure::from)
    }

    /// Second step: the bytes, no more than a file may have.
    async fn pour(&self, id: MediaId, mut answer: Response) -> Result<(), Failure> {
        // What an earlier try left.
        self.vault.remove_files(id).await;
        let mut writer = self.vault.create(id).await?;
        while let Some(bytes) = answer.chunk().await? {
            if writer.len() + bytes.len() as u64 > self.vault.max_bytes() {
                return Err(MediaError::from(MediaProblem::TooLarge).into());
            }
            writer.write(&bytes).await.map_err(MediaError::from)?;
        }
        writer.sync().await.map_err(MediaError::from)?;
        Ok(())
    }
}

fn changed(file: &Media) -> Failure {
    if file.attempts + 1 < TRIES_OF_A_CHANGED_FILE {
        Failure::Later
    } else {
        Failure::LetGo(MediaState::Refused, MediaProblem::Changed)
    }
}

/// Ids of media are words: anything else could lead the request elsewhere.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=128).contains(&id.len()) && id.chars().all(plain)
}

/// Webhooks write the hash in base64, the Graph API in hexadecimal digits.
fn is_hash(said: &str, hash: &[u8; 32]) -> bool {
    said.eq_ignore_ascii_case(&hex::encode(hash)) || STANDARD.decode(said).is_ok_and(|bytes| bytes == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(graph: &str) -> Source {
        let hosts = vec!["lookaside.fbsbx.com".to_owned()];
        Source { graph: graph.to_owned(), token: String::new(), hosts, gateway: GatewaySource::default() }
    }

    fn allowed(source: &Source, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| source.allows(&url))
    }

    #[test]
    fn only_the_configured_hosts_are_asked() {
        let meta = source("https://graph.facebook.com/v25.0");
        for url in ["https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", "https://graph.facebook.com/x"]
        {
            assert!(allowed(&meta, url), "{url}");
        }
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com.evil.example/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://lookaside.fbsbx.com@127.0.0.1/x",
            "https://user:pass@lookaside.fbsbx.com/x",
            "https://evil.example/?lookaside.fbsbx.com",
            "http://127.0.0.1/x",
            "http://2130706433/x",
            "http://0x7f.1/x",
            "http://[::1]/x",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_INFO",
            "data:text/plain,x",
            "//lookaside.fbsbx.com/x",
            "",
        ] {
            assert!(!allowed(&meta, url), "{url}");
        }
        let double = source("http://127.0.0.1:4100/v25.0");
        assert!(allowed(&double, "http://127.0.0.1:4100/media/7"));
        for url in ["http://127.0.0.1:4101/media/7", "https://127.0.0.1:4100/media/7", "http://127.0.0.1/media/7"] {
            assert!(!allowed(&double, url), "{url}");
        }
    }

    #[test]
    fn a_gateway_is_asked_for_its_own_files_only() {
        let gateway = GatewaySource { url: "http://127.0.0.1:3000".to_owned(), ..GatewaySource::default() };
        let path = "statics/media/1752404751-ad9e37ac.jpeg";
        assert_eq!(gateway.address(path), Some(format!("http://127.0.0.1:3000/{path}")));
        for path in [
            "",
            "statics",
            "app/logout",
            "statics/../app/logout",
            "statics//x",
            "/statics/x",
            "statics/x?y",
            "statics/%2e%2e/x",
            "https://mmg.whatsapp.net/x",
        ] {
            assert_eq!(gateway.address(path), None, "{path}");
        }
    }

    #[test]
    fn ids_that_lead_elsewhere_are_no_ids() {
        assert!(is_plain("1003383421387256") && is_plain("wa_7-x"));
        for id in ["", "../me", "1/2", "1?x", "1#x", "http://x", "1 2", "é", &"9".repeat(129)] {
            assert!(!is_plain(id), "{id}");
        }
    }

    #[test]
    fn hashes_are_known_in_both_spellings() {
        let hash = [0xab; 32];
        assert!(is_hash(&STANDARD.encode(hash), &hash) && is_hash(&"AB".repeat(32), &hash));
        assert!(!is_hash("", &hash) && !is_hash(&STANDARD.encode([1; 32]), &hash));
    }
}
