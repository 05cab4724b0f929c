//! `sigap demo`: a synthetic Medan, a simulated day, printed logins. Everything in it is invented.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Demo, ROADS};
use crate::cli::{listen, open, say, until_told_to_stop};
use crate::config::{Config, ConfigError, DEMO_APP_SECRET, DEMO_VERIFY_TOKEN, Loaded};
use crate::dispatch::command::{ArrangeTeams, Command, NewUnit};
use crate::http::{auth, router, server};
use crate::locate::gazetteer_entry::PlaceKind;
use crate::model::clock::{Clock, SystemClock};
use crate::model::entry::Actor;
use crate::model::id::{Ids, UnitId, UserId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Service};
use crate::model::team::Team;
use crate::model::unit::{Unit, UnitKind, UnitStatus};
use crate::model::viewer::Role;
use crate::sim::call_taker::CallTaker;
use crate::sim::callers::{self, Exchange, Voices};
use crate::sim::citizens::{Citizens, Line, Pace, run as run_citizens};
use crate::sim::city::{City, SeedUnit, synthetic_medan};
use crate::sim::crews::{CrewLogin, CrewWorld, run as run_crews};
use crate::sim::graph_double::{GraphDouble, post_notices};
use crate::sim::operator::Patience;
use crate::sim::operator_bot::{OperatorBot, OperatorLogin};
use crate::sim::webhook::Webhook;
use crate::store::users::{SessionKind, User};
use crate::store::vault::Vault;
use crate::store::{Store, offices, users};

/// Seed of the city: everybody's demonstration is the same city.
const SEED: u64 = 1;

/// Meta's id of the demonstration's numbers.
const LINES: [(&str, &str); 2] = [("106540352242922", "medan"), ("106540352242923", "belawan")];

/// Login name of the telephone exchange, and of the simulated operator at the telephone.
const EXCHANGE: &str = "sentral-110";
const CALL_TAKER: &str = "regu-01";

/// Mean seconds from one call to 110 to the next, over the day.
const CALL_GAP_S: f64 = 75.0;

/// Messages the double remembers.
const REMEMBERED: usize = 5000;

/// How `sigap demo` is to run.
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Address and port, over `server.listen`.
    #[arg(long)]
    pub listen: Option<String>,
    /// Where it keeps its data; a second start goes on from there.
    #[arg(long, default_value = ".data/demo")]
    pub data: PathBuf,
    /// Writes the logins as JSON to this file.
    #[arg(long)]
    pub logins: Option<PathBuf>,
    /// The city and the units, without events.
    #[arg(long)]
    pub no_simulator: bool,
    /// Units and citizens move this many times faster.
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Units of Polrestabes Medan.
    #[arg(long, default_value_t = 40)]
    pub units: usize,
}

/// One login of the demonstration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoLogin {
    /// What he does.
    pub role: Role,
    /// Login name.
    pub username: String,
    /// Password.
    pub password: String,
    /// Bearer token.
    pub token: String,
    /// The office.
    pub polres: String,
    /// The Polsek he is confined to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polsek: Option<String>,
    /// The unit he rides in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
}

/// Runs the demonstration until told to stop.
///
/// # Errors
/// The data folder cannot be used, the address is taken, or the store cannot be opened.
pub async fn run(
    options: DemoOptions,
    load: impl Fn(&Config, &[(&str, String)]) -> Result<Loaded, ConfigError>,
) -> Result<()> {
    let bar = progress();
    std::fs::create_dir_all(&options.data).with_context(|| format!("making {}", options.data.display()))?;
    let (double, double_url, notices, double_stop) = start_double().await?;
    let defaults = demo_config(&options.data, &double_url)?;
    let flags: Vec<(&str, String)> = options.listen.iter().map(|listen| ("server.listen", listen.clone())).collect();
    let config = load(&defaults, &flags)?.config;
    step(&bar, "membuka penyimpanan");
    let store = open(&config).await?;
    let fresh = store.offices().await?.is_empty();
    if fresh {
        step(&bar, "membangun kota Medan sintetis");
        build_city(&store).await?;
    }
    step(&bar, "membaca jurnal, wilayah dan jalan");
    let listener = listen(&config.server.listen).await?;
    let address = listener.local_addr()?;
    let demo = Demo { double };
    let running = App::start(config, store, Arc::new(SystemClock), Some(demo)).await?;
    let app = running.app.clone();
    step(&bar, "menyiapkan satuan dan akun");
    let logins = prepare_people(&app, &options).await?;
    bar.finish_and_clear();
    let base_url = format!("http://{}", loopback(address));
    let stop = running.app.stop.clone();
    let serving = tokio::spawn(server::serve(listener, router(app.clone()), stop.clone()));
    announce(&app, &base_url, &options.data, &logins);
    if let Some(file) = &options.logins {
        write_logins(file, &logins)?;
    }
    let webhook = Webhook::new(&base_url, first_secret(&app))?;
    tokio::spawn(stop.clone().run_until_cancelled_owned(post_notices(
        notices,
        webhook.clone(),
        Arc::new(SystemClock),
        Duration::from_millis(400),
    )));
    if !options.no_simulator {
        simulate(&app, &options, &base_url, webhook, &logins)?;
    }
    until_told_to_stop().await;
    say("berhenti …");
    stop.cancel();
    let _ = serving.await;
    running.stop().await;
    double_stop.cancel();
    Ok(())
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(4);
    let style = ProgressStyle::with_template("[{pos}/{len}] {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar
}

fn step(bar: &ProgressBar, what: &str) {
    bar.inc(1);
    bar.set_message(format!("{what} …"));
    // A bar is hidden where there is no terminal; the words are for every log.
    if bar.is_hidden() {
        say(&format!("{what} …"));
    }
}

fn first_secret(app: &App) -> &str {
    app.config.whatsapp.app_secret.split(',').next().unwrap_or_default().trim()
}

/// An address a client on this machine can reach.
fn loopback(address: std::net::SocketAddr) -> std::net::SocketAddr {
    if address.ip().is_unspecified() { std::net::SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}

type Double = (GraphDouble, String, tokio::sync::mpsc::Receiver<crate::sim::graph_double::Notice>, CancellationToken);

async fn start_double() -> Result<Double> {
    let (double, notices) = GraphDouble::new(REMEMBERED, fastrand::u64(..), Arc::new(SystemClock));
    double.media().invent();
    let listener = TcpListener::bind("127.0.0.1:0").await.context("starting the Graph double")?;
    let url = format!("http://{}/v25.0", listener.local_addr()?);
    let stop = CancellationToken::new();
    tokio::spawn(server::serve(listener, double.router(), stop.clone()));
    Ok((double, url, notices, stop))
}

fn demo_config(data: &Path, graph_url: &str) -> Result<Config> {
    let mut config = Config::default();
    config.database.url = format!("sqlite:{}", data.join("sigap.db").display());
    config.privacy.keys = privacy_key(&data.join("privacy.key"))?;
    config.office.code = "medan".to_owned();
    config.office.name = "Polrestabes Medan (sintetis)".to_owned();
    config.whatsapp.app_secret = DEMO_APP_SECRET.to_owned();
    config.whatsapp.verify_token = DEMO_VERIFY_TOKEN.to_owned();
    config.whatsapp.access_token = "demo-access-token".to_owned();
    config.whatsapp.graph_url = graph_url.to_owned();
    config.call110.lines = LINES.map(|(_, office)| format!("110-{office}={office}")).join(",");
    config.gps.accept_call_signs = true;
    config.call110.whatsapp_links = LINES.map(|(_, office)| format!("{office}=https://wa.me/628110000110")).join(",");
    config.whatsapp.phone_numbers = LINES.map(|(number, office)| format!("{number}={office}")).join(",");
    Ok(config)
}

/// The key of this demonstration's invented people: made once, kept beside the data.
fn privacy_key(path: &Path) -> Result<String> {
    if let Ok(key) = std::fs::read_to_string(path) {
        return Ok(key.trim().to_owned());
    }
    let key = Vault::fresh_key(1).context("making a privacy key")?;
    write_private(path, &key)?;
    Ok(key)
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| format!("writing {}", path.display()))
}

/// Records the synthetic city: offices, areas, names and roads.
///
/// # Errors
/// The city cannot be built, or storage failed.
pub async fn build_city(store: &Store) -> Result<()> {
    let city: City = tokio::task::spawn_blocking(|| synthetic_medan(SEED)).await??;
    let mut job = vec![offices::put_blob(ROADS, city.roads.encode())];
    let owner_of: HashMap<&str, &str> = city.areas.iter().map(|a| (a.code.as_str(), a.polres.as_str())).collect();
    for office in &city.offices {
        let code = office.code.as_str();
        let areas: Vec<_> = city.areas.iter().filter(|area| area.polres == code).cloned().collect();
        let polseks: Vec<_> = city.polseks.iter().filter(|polsek| polsek.polres == code).cloned().collect();
        // A name whose kelurahan belongs to nobody is kept with the first office.
        let owner = |desa: &str| owner_of.get(desa).copied().unwrap_or(city.offices[0].code.as_str());
        let places: Vec<_> = city.places.iter().filter(|place| owner(&place.desa_code) == code).cloned().collect();
        job.push(offices::upsert_office(office));
        job.extend(offices::replace_polseks(code, &polseks));
        job.extend(offices::replace_areas(code, &areas, 1));
        job.extend(offices::replace_places(code, &places));
    }
    store.write(job).await.context("recording the city")
}

/// Units on duty, users with logins: made at the first start, read again at the next.
async fn prepare_people(app: &App, options: &DemoOptions) -> Result<Vec<DemoLogin>> {
    let kept = options.data.join("logins.json");
    if let Ok(text) = std::fs::read_to_string(&kept)
        && let Ok(logins) = serde_json::from_str::<Vec<DemoLogin>>(&text)
    {
        return Ok(logins);
    }
    let seeds = tokio::task::spawn_blocking(|| synthetic_medan(SEED)).await??.units;
    for (office, desk) in &app.desks {
        let known = desk.look(|desk| desk.units.len()).await?;
        if known == 0 {
            let units = new_units(&seeds, office, options.units);
            desk.submit(Actor::System, Command::RegisterUnits(units)).await?;
        }
        for unit in desk.look(|desk| desk.units.keys().copied().collect::<Vec<_>>()).await? {
            // A unit that is bound already is on duty already.
            let _ = desk.submit(Actor::System, Command::SetUnitStatus(unit, UnitStatus::Available)).await;
        }
    }
    let logins = make_logins(app).await?;
    arrange_teams(app).await?;
    write_logins(&kept, &logins)?;
    Ok(logins)
}

fn new_units(seeds: &[SeedUnit], office: &str, wanted: usize) -> Vec<NewUnit> {
    let own: Vec<&SeedUnit> = seeds.iter().filter(|unit| unit.polres == office).collect();
    let count = if office == "medan" { wanted } else { own.len() };
    let unit = |(n, seed): (usize, &&SeedUnit)| {
        // More than there are: copies with a number behind the name, a little apart.
        let round = n / own.len();
        let call_sign = if round == 0 { seed.call_sign.clone() } else { format!("{}-{}", seed.call_sign, round + 1) };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred copies")]
        let apart = 40.0 * round as f64;
        NewUnit {
            call_sign,
            kind: serde_json::from_value(seed.kind.clone().into()).unwrap_or(UnitKind::Car),
            polsek: seed.polsek.clone(),
            crew: seed.crew,
            post: seed.post.offset_m(apart, -apart),
        }
    };
    own.iter().cycle().take(if own.is_empty() { 0 } else { count }).enumerate().map(unit).collect()
}

async fn make_logins(app: &App) -> Result<Vec<DemoLogin>> {
    let (random, _) = auth::fresh_token().map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let password: String = random.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let hash = auth::hash_password(&password).map_err(|error| anyhow::anyhow!("hashing: {error}"))?;
    let mut wanted = vec![
        person(Role::Operator, "operator", "Operator Regu 1", "medan"),
        person(Role::Supervisor, "supervisor", "Perwira Siaga", "medan"),
        person(Role::Commander, "kapolres", "Kapolrestabes (contoh)", "medan"),
        person(Role::Admin, "admin", "Admin Sistem", "medan"),
        person(Role::Auditor, "auditor", "Auditor", "medan"),
    ];
    for office in ["medan", "belawan"] {
        let Some(desk) = app.desks.get(office) else { continue };
        let mut units: Vec<Unit> = desk.look(|desk| desk.units.values().cloned().collect()).await?;
        units.sort_by_key(|unit| unit.no);
        wanted.extend(units.iter().map(|unit| {
            let mut crew = person(Role::Patrol, &unit.call_sign.to_lowercase(), &unit.call_sign, office);
            crew.unit = Some(unit.id);
            crew
        }));
    }
    let teams = tokio::task::spawn_blocking(|| synthetic_medan(SEED)).await??.teams;
    wanted.extend(
        teams.iter().enumerate().map(|(n, team)| person(Role::Operator, &format!("regu-{:02}", n + 1), team, "medan")),
    );
    wanted.push(User {
        polsek: Some("sunggal".to_owned()),
        ..person(Role::Operator, "operator-sunggal", "Operator Polsek Sunggal", "medan")
    });
    wanted.push(person(Role::Operator, "operator-belawan", "Operator Belawan", "belawan"));
    wanted.push(person(Role::Commander, "kapolres-belawan", "Kapolres Belawan (contoh)", "belawan"));
    // The exchange serves every line, whatever its office.
    let exchange = person(Role::Integration, EXCHANGE, "Sentral telepon 110 (contoh)", "medan");
    wanted.push(User { polres: None, ..exchange });
    let mut logins = Vec::new();
    let mut job = Vec::new();
    for mut user in wanted {
        user.password_hash.clone_from(&hash);
        let (token, token_hash) = auth::fresh_token().map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        job.push(users::insert_user(&user));
        job.push(users::insert_session(&auth::new_session(&user, SessionKind::Device, token_hash, SystemClock.now())));
        logins.push(DemoLogin {
            role: Role::from_code(&user.role).unwrap_or(Role::Operator),
            username: user.username,
            password: password.clone(),
            token,
            polres: user.polres.unwrap_or_default(),
            polsek: user.polsek,
            unit_id: user.unit,
        });
    }
    app.store.write(job).await.context("recording the demonstration's users")?;
    Ok(logins)
}

/// Twelve teams with an operator each; the last two answer questions about papers and permits.
async fn arrange_teams(app: &App) -> Result<()> {
    let Some(desk) = app.desks.get("medan") else { return Ok(()) };
    let people = app.store.users(Some("medan")).await?;
    let papers = Category::ALL.iter().copied().filter(|one| one.service() == Service::Information);
    let papers: Vec<Category> = papers.collect();
    let mut teams: Vec<Team> = people
        .iter()
        .filter(|user| user.username.starts_with("regu-"))
        .map(|user| Team { name: user.name.clone(), members: vec![user.id], takes: Vec::new() })
        .collect();
    for team in teams.iter_mut().skip(10) {
        team.takes.clone_from(&papers);
    }
    if let (Some(first), Some(operator)) = (teams.first_mut(), people.iter().find(|user| user.username == "operator")) {
        first.members.push(operator.id);
    }
    desk.submit(Actor::System, Command::ArrangeTeams(ArrangeTeams { teams, seen: 0, by: None })).await?;
    Ok(())
}

fn person(role: Role, username: &str, name: &str, polres: &str) -> User {
    let now = SystemClock.now();
    User {
        id: UserId(Ids::random().next(now)),
        username: username.to_owned(),
        name: name.to_owned(),
        role: role.code().to_owned(),
        polres: Some(polres.to_owned()),
        polsek: None,
        unit: None,
        password_hash: String::new(),
        disabled: false,
        created_at: now,
        must_change: false,
    }
}

fn write_logins(file: &Path, logins: &[DemoLogin]) -> Result<()> {
    write_private(file, &serde_json::to_string_pretty(logins)?)
}

fn announce(app: &App, base_url: &str, data: &Path, logins: &[DemoLogin]) {
    say("");
    say("SIGAP DEMO: Medan sintetis. Wilayah, jalan, satuan dan semua orang di dalamnya rekaan.");
    say(&format!("  buka      {base_url}"));
    say("");
    say("  peran        nama masuk            kata sandi");
    let shown = |login: &&DemoLogin| login.role != Role::Patrol && !login.username.starts_with("regu-");
    let crew = logins.iter().find(|login| login.role == Role::Patrol);
    for login in logins.iter().filter(shown).chain(crew) {
        say(&format!("  {:<12} {:<21} {}", login.role.code(), login.username, login.password));
    }
    let count = logins.iter().filter(|login| login.role == Role::Patrol).count();
    let teams = logins.iter().filter(|login| login.username.starts_with("regu-")).count();
    let file = data.join("logins.json");
    say(&format!(
        "  (juga regu-01 sampai regu-{teams:02} dan {count} akun patroli; semuanya ada di {})",
        file.display()
    ));
    say("");
    let whatsapp = &app.config.whatsapp;
    say(&format!("  webhook   {base_url}/v1/channels/whatsapp/webhook"));
    say(&format!("            app secret {}, verify token {}", first_secret(app), whatsapp.verify_token));
    say(&format!("            phone_number_id {}", whatsapp.phone_numbers));
    say(&format!("  terkirim  {base_url}/demo/outbox"));
    say("");
}

/// Lets the invented city live: citizens write, crews drive, operators help out.
fn simulate(app: &App, options: &DemoOptions, base_url: &str, webhook: Webhook, logins: &[DemoLogin]) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stop = &app.stop;
    let citizens = Citizens::new(citizen_lines(app), fastrand::u64(..)).context("the citizens' script")?;
    let pace = Pace { speed: options.speed, ..Pace::default() };
    tokio::spawn(stop.clone().run_until_cancelled_owned(run_citizens(citizens, pace, webhook, clock.clone())));
    telephone(app, options, base_url, logins, &clock)?;
    for office in ["medan", "belawan"] {
        let Some(desk) = app.desks.get(office) else { continue };
        let crews: Vec<CrewLogin> =
            logins.iter().filter(|l| l.polres == office).filter_map(|l| crew_login(l, desk)).collect();
        let room = desk.parts.room.clone();
        let world = CrewWorld {
            base_url: base_url.to_owned(),
            speed: options.speed,
            seed: SEED,
            streets: desk.parts.field.streets(),
            patrol_points: Arc::new(patrol_points(app, office)),
            is_human: Arc::new(move |unit| room.presence(unit).browsers > 0),
            clock: clock.clone(),
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            if let Err(error) = run_crews(crews, world).await {
                tracing::warn!(error = %error, "the crews cannot drive");
            }
        }));
        if let Some(login) =
            logins.iter().find(|l| l.polres == office && l.role == Role::Operator && l.polsek.is_none())
        {
            let login = OperatorLogin { base_url: base_url.to_owned(), token: login.token.clone() };
            let bot = OperatorBot::new(login, Patience::default(), clock.clone())?;
            tokio::spawn(stop.clone().run_until_cancelled_owned(bot.run(Duration::from_secs(3))));
        }
    }
    Ok(())
}

/// People telephone 110, and a simulated operator answers what a human leaves ringing.
fn telephone(
    app: &App,
    options: &DemoOptions,
    base_url: &str,
    logins: &[DemoLogin],
    clock: &Arc<dyn Clock>,
) -> Result<()> {
    let token = |name: &str| logins.iter().find(|login| login.username == name).map(|login| login.token.clone());
    // Data of an earlier version have no exchange.
    let (Some(exchange), Some(taker)) = (token(EXCHANGE), token(CALL_TAKER)) else { return Ok(()) };
    let voices = Voices::default();
    let taker = OperatorLogin { base_url: base_url.to_owned(), token: taker };
    let taker = CallTaker::new(taker, voices.clone(), clock.clone())?;
    tokio::spawn(app.stop.clone().run_until_cancelled_owned(taker.run(Duration::from_secs(2))));
    let lines = LINES.map(|(number, office)| (number.to_owned(), format!("110-{office}"))).into();
    let exchange = Exchange { base_url: base_url.to_owned(), token: exchange, lines, voices };
    let citizens = Citizens::new(citizen_lines(app), fastrand::u64(..)).context("the callers' script")?;
    let pace = Pace { mean_gap_s: CALL_GAP_S, speed: options.speed, ..Pace::default() };
    let calling = callers::run(citizens, pace, exchange, clock.clone(), fastrand::u64(..));
    tokio::spawn(app.stop.clone().run_until_cancelled_owned(async move {
        if let Err(error) = calling.await {
            tracing::warn!(error = %error, "nobody can telephone");
        }
    }));
    Ok(())
}

fn crew_login(login: &DemoLogin, desk: &crate::runtime::desks::DeskHandle) -> Option<CrewLogin> {
    let unit_id = login.unit_id?;
    let (polsek, post) = desk.parts.field.home(unit_id)?;
    Some(CrewLogin { unit_id, token: login.token.clone(), polsek, post })
}

fn citizen_lines(app: &App) -> Vec<Line> {
    let gazetteer = app.reader.gazetteer();
    let line = |(number, office): (String, String)| {
        let own = |at: LngLat| app.areas.containing(at).is_some_and(|area| area.polres == office);
        let places = gazetteer.entries().filter(|place| own(place.at)).collect();
        Line { phone_number_id: number, places }
    };
    app.config.whatsapp.lines().unwrap_or_default().into_iter().map(line).collect()
}

/// Street points to patrol between, by Polsek.
fn patrol_points(app: &App, office: &str) -> HashMap<String, Vec<LngLat>> {
    let mut points: HashMap<String, Vec<LngLat>> = HashMap::new();
    for place in app.reader.gazetteer().entries() {
        if matches!(place.kind, PlaceKind::Street | PlaceKind::Landmark | PlaceKind::Intersection)
            && let Some(area) = app.areas.containing(place.at).filter(|area| area.polres == office)
        {
            points.entry(area.polsek.clone()).or_default().push(place.at);
        }
    }
    points
}
