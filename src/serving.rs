//! `sigap serve`: one app after another on the same port. What only counts from a start on (areas, streets,
//! settings, a new office) is taken up without ending the process: doors wait, nobody is refused.

use std::future::Future;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::{ensure_office, open, say};
use crate::config::{Config, DEMO_APP_SECRET, OfficeConfig};
use crate::http::{one_time, router, server};
use crate::runtime::desks::ClockDebug;

/// Asked for when something counts only from a start on.
#[derive(Debug, Clone, Default)]
pub struct Restart {
    asked: CancellationToken,
    heard: CancellationToken,
}

impl Restart {
    /// Whether somebody hears it; in a demonstration nobody does, and it counts from the next start on.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.heard.is_cancelled()
    }

    /// Asks for it.
    pub fn ask(&self) {
        self.asked.cancel();
    }
}

/// Refuses settings that `serve` must not run with.
///
/// # Errors
/// A secret of the demonstration; a bus.
pub fn checked(config: Config) -> Result<Config> {
    ensure!(
        !config.whatsapp.secrets().iter().any(|secret| secret == DEMO_APP_SECRET),
        "whatsapp.app_secret is the secret of the demonstration; `serve` refuses it"
    );
    ensure!(config.bus.url.is_empty(), "bus.url is set, but this version runs as a single node; leave it empty");
    Ok(config)
}

/// Serves on `listener` until `until` ends; `load` reads the settings, at the start and at each restart.
/// `first_code` opens the set-up of an empty store; without one it is drawn and printed.
///
/// # Errors
/// Settings that cannot be used, a store that cannot be opened or read.
pub async fn serve(
    load: impl Fn() -> Result<Config>,
    listener: TcpListener,
    clock: Arc<dyn ClockDebug>,
    first_code: Option<String>,
    until: impl Future<Output = ()>,
) -> Result<()> {
    let listener = Arc::new(listener);
    let address = listener.local_addr()?;
    let mut config = checked(load()?)?;
    tokio::pin!(until);
    loop {
        let store = open(&config).await?;
        let has_admin = store.has_admin().await?;
        let unnamed = config.office.code == OfficeConfig::default().code;
        // An office nobody named is asked for in the set-up, and none is made beside those that are there.
        if !unnamed || (has_admin && store.offices().await?.is_empty()) {
            ensure_office(&store, &config, &config.office.code).await?;
        }
        let running = App::start(config.clone(), store, clock.clone(), None).await?;
        running.app.restart.heard.cancel();
        say(&format!("Sigap listens on http://{address}"));
        if !has_admin {
            let code = first_code.clone().map_or_else(one_time::fresh, Ok).context("no random numbers for a code")?;
            say("There is no administrator yet. Open this address in a browser and give the code:");
            say(&format!("  Kode penyiapan: {}", code.to_uppercase()));
            running.app.setup.open(code);
        }
        let (stop, asked) = (running.app.stop.clone(), running.app.restart.asked.clone());
        let serving = tokio::spawn(server::serve(listener.clone(), router(running.app.clone()), stop.clone()));
        let again = tokio::select! {
            () = &mut until => false,
            () = asked.cancelled() => true,
        };
        stop.cancel();
        let _ = serving.await;
        running.stop().await;
        if !again {
            return Ok(());
        }
        say("Sigap starts anew");
        match load().and_then(checked) {
            Ok(read) => config = read,
            // What ran until now goes on running.
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the settings cannot be used; the old ones stay");
            }
        }
    }
}
