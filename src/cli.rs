//! Commands at a prompt.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;

use crate::config::{self, Config, Loaded};
use crate::demo::{self, DemoOptions};
use crate::import_osm::OsmOptions;
use crate::model::clock::SystemClock;
use crate::model::jurisdiction::Office;
use crate::model::place::INDONESIA;
use crate::store::{Store, StoreSettings, offices};
use crate::{foretell, import, import_osm, journal_tools, prompts, serving, simulate, train};

/// Dispatch engine with a realtime map for Indonesian city police.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    /// Settings file; without it `sigap.toml` here, if there is one.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the configured office.
    Serve {
        /// Address and port, over `server.listen`.
        #[arg(long)]
        listen: Option<String>,
    },
    /// A synthetic Medan with a simulated day, on one port, with printed logins.
    Demo(DemoOptions),
    /// Takes over an office's own data.
    #[command(subcommand)]
    Import(Import),
    /// Brings the store's tables up to date.
    Migrate,
    /// Users.
    #[command(subcommand)]
    User(User),
    /// The journal.
    #[command(subcommand)]
    Journal(Journal),
    /// Reads one message per line (or JSON lines `{id, text, thread?}`), prints what it means.
    Understand {
        /// The office that received them.
        #[arg(long)]
        office: Option<String>,
    },
    /// Learns to read messages from labelled ones and prints how well it does.
    Train(train::TrainOptions),
    /// Reads one phrase per line (or JSON lines `{id, text}`), prints where it may be.
    Locate {
        /// The office whose names are used.
        #[arg(long)]
        office: Option<String>,
    },
    /// Lets days pass under different rules of who is sent, and compares the response times.
    Simulate(simulate::SimulateOptions),
    /// Foretells each shift of past records from what was known before it, and says how wrong that was.
    Forecast(foretell::ForecastOptions),
    /// Prints the effective settings with their sources.
    Config,
    /// Prints the `OpenAPI` document.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Areas: GeoJSON with kode, nama, `kode_kecamatan`, kecamatan.
    Boundaries {
        /// The file.
        file: PathBuf,
        /// The office they belong to; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
        /// CSV that groups areas into Polsek: `kode_kecamatan,polsek` or `kode,polsek`.
        #[arg(long)]
        polsek: Option<PathBuf>,
        /// Only what lies in these regions, by code: `12.71`, or several with commas.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
    /// Units: CSV `call_sign,kind,polsek,crew,lng,lat`.
    Units {
        /// The file.
        file: PathBuf,
        /// The office they belong to; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
    },
    /// Streets and names: an `OpenStreetMap` extract, cut to the areas of the offices with a margin.
    Osm {
        /// The file: `.osm.pbf`, `.osm` or `.osm.gz`.
        file: PathBuf,
        /// The office the names of the margin go to; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
        /// How far beyond the areas streets are kept, metres.
        #[arg(long, default_value_t = 3000.0, value_parser = margin)]
        margin_m: f64,
        /// Writes the names as CSV to this file too.
        #[arg(long)]
        gazetteer: Option<PathBuf>,
    },
    /// Names: CSV `name,kind,lng,lat,radius_m,kelurahan,kecamatan,kecamatan_code,desa_code,aliases`, a list
    /// of desa as the ministry gives it, or GeoJSON with these properties.
    Gazetteer {
        /// The file.
        file: PathBuf,
        /// The office they belong to; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
        /// Only what lies in these regions, by code: `12.71`, or several with commas.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum User {
    /// Adds a user; the password is read from standard input.
    Add {
        /// Login name.
        username: String,
        /// operator, supervisor, patrol, commander, admin, auditor or integration.
        #[arg(long)]
        role: String,
        /// Name for people; without it the login name.
        #[arg(long)]
        name: Option<String>,
        /// The office; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
        /// Code of the Polsek the user is confined to.
        #[arg(long)]
        polsek: Option<String>,
        /// Call sign of the unit, for patrol.
        #[arg(long)]
        unit: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Journal {
    /// Checks every hash.
    Verify,
    /// Folds the journal again and writes every table that follows from it anew.
    Replay,
    /// Prints the journal as JSON lines.
    Export {
        /// The office; without it `office.code`.
        #[arg(long)]
        office: Option<String>,
    },
}

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    crate::feedback::transport::use_ring();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error).context("starting the runtime")),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "sigap: {error:#}");
    ExitCode::FAILURE
}

fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("SIGAP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    if std::env::var("SIGAP_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.with_target(false).compact().init();
    }
}

/// A line for whoever runs the command.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn run(cli: Cli) -> Result<()> {
    let file = cli.config.clone().or_else(|| Some(PathBuf::from("sigap.toml")).filter(|path| path.exists()));
    let load =
        |defaults: &Config, flags: &[(&str, String)]| config::load(defaults, file.as_deref(), std::env::vars(), flags);
    match cli.command {
        Command::Demo(options) => return demo::run(options, load).await,
        Command::Openapi => {
            say(crate::http::openapi_json().trim_end());
            return Ok(());
        }
        Command::Serve { listen } => {
            let flags: Vec<(&str, String)> = listen.into_iter().map(|listen| ("server.listen", listen)).collect();
            let settings = || Ok(load(&Config::default(), &flags)?.config);
            let listener = self::listen(&settings()?.server.listen).await?;
            return serving::serve(settings, listener, Arc::new(SystemClock), None, until_told_to_stop()).await;
        }
        _ => {}
    }
    let Loaded { config, sources } = load(&Config::default(), &[])?;
    let office = |wanted: &Option<String>| wanted.clone().unwrap_or_else(|| config.office.code.clone());
    match cli.command {
        Command::Import(import) => import_file(&config, import).await,
        Command::Migrate => {
            open(&config).await?;
            say("the tables are up to date");
            Ok(())
        }
        Command::User(User::Add { username, role, name, office: wanted, polsek, unit }) => {
            let store = open(&config).await?;
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password).context("reading the password")?;
            let name = name.unwrap_or_else(|| username.clone());
            let new = import::NewUser { username, role, name, polres: office(&wanted), polsek, unit };
            import::add_user(&store, &new, password.trim_end_matches(['\r', '\n'])).await
        }
        Command::Journal(Journal::Verify) => journal_tools::verify(&open(&config).await?).await,
        Command::Journal(Journal::Replay) => journal_tools::replay(&open(&config).await?).await,
        Command::Journal(Journal::Export { office: wanted }) => {
            journal_tools::export(&open(&config).await?, &office(&wanted)).await
        }
        Command::Understand { office: wanted } => prompts::understand(wanted.as_deref(), &config),
        Command::Train(options) => train::run(&config, &options).await,
        Command::Simulate(options) => tokio::task::spawn_blocking(move || simulate::simulate(&options)).await?,
        Command::Forecast(options) => tokio::task::spawn_blocking(move || foretell::foretell(&options)).await?,
        Command::Locate { office: wanted } => prompts::locate(&config, &office(&wanted)).await,
        Command::Config => {
            Loaded { config, sources }.lines().iter().for_each(|line| say(line));
            Ok(())
        }
        Command::Demo(_) | Command::Openapi | Command::Serve { .. } => Ok(()),
    }
}

async fn import_file(config: &Config, import: Import) -> Result<()> {
    let read = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let store = open(config).await?;
    let office = |wanted: Option<String>| wanted.unwrap_or_else(|| config.office.code.clone());
    match import {
        Import::Boundaries { file, office: wanted, polsek, only } => {
            let code = office(wanted);
            ensure_office(&store, config, &code).await?;
            let table = polsek.as_ref().map(read).transpose()?;
            import::boundaries(&store, &code, &read(&file)?, table.as_deref(), &only).await
        }
        Import::Units { file, office: wanted } => {
            let code = office(wanted);
            let office = ensure_office(&store, config, &code).await?;
            import::units(&store, &office, &read(&file)?).await
        }
        Import::Osm { file, office: wanted, margin_m, gazetteer } => {
            let office = ensure_office(&store, config, &office(wanted)).await?;
            import_osm::osm(&store, &office, OsmOptions { file, margin_m, gazetteer }).await
        }
        Import::Gazetteer { file, office: wanted, only } => {
            let code = office(wanted);
            ensure_office(&store, config, &code).await?;
            import::gazetteer(&store, &code, &read(&file)?, &only).await
        }
    }
}

fn margin(text: &str) -> Result<f64, String> {
    let metres: f64 = text.parse().map_err(|_| "expected metres".to_owned())?;
    if (0.0..=100_000.0).contains(&metres) { Ok(metres) } else { Err("expected 0 to 100000 metres".to_owned()) }
}

/// Opens the configured store.
///
/// # Errors
/// No privacy keys, or a store that cannot be opened.
pub async fn open(config: &Config) -> Result<Store> {
    ensure!(
        !config.privacy.keys.is_empty(),
        "privacy.keys is not set: people's data are sealed with it; make one with `echo \"1:$(openssl rand -base64 32)\"`"
    );
    let settings = StoreSettings { url: config.database.url.clone(), keys: config.privacy.keys.clone() };
    Store::open(&settings).await.context("opening the store")
}

/// The office with this code; made from the settings, or from defaults with a warning.
///
/// # Errors
/// Storage failed.
pub async fn ensure_office(store: &Store, config: &Config, code: &str) -> Result<Office> {
    if let Some(office) = store.offices().await?.into_iter().find(|office| office.code == code) {
        return Ok(office);
    }
    if config.office.code != code {
        tracing::warn!(office = code, "this office is not configured: built-in defaults are used");
    }
    let utc_offset_h = match config.office.timezone.as_str() {
        "Asia/Jakarta" | "Asia/Pontianak" => 7,
        "Asia/Makassar" => 8,
        "Asia/Jayapura" => 9,
        other => bail!("office.timezone must be Asia/Jakarta, Asia/Makassar or Asia/Jayapura, not {other:?}"),
    };
    let prefix: String = match config.office.prefix.as_str() {
        "" => code.chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>().to_uppercase(),
        prefix => prefix.to_owned(),
    };
    let name = if config.office.code == code { config.office.name.clone() } else { format!("Polres {code}") };
    let seat = crate::model::place::LngLat::new(f64::midpoint(INDONESIA.west, INDONESIA.east), -2.5);
    let office = Office { code: code.to_owned(), name, prefix, utc_offset_h, seat, synthetic: false };
    store.write(vec![offices::upsert_office(&office)]).await?;
    Ok(office)
}

/// Binds an address.
///
/// # Errors
/// The address is wrong or taken.
pub async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn until_told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
