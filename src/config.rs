//! Settings: defaults < `sigap.toml` < `SIGAP__SECTION__KEY` < flags. Every secret also as `…_FILE`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::dispatch::shield::ShieldRules;
use crate::http::proxies::Proxies;

/// Secrets that only `sigap demo` may use.
pub const DEMO_APP_SECRET: &str = "demo-app-secret";
/// Verify token that only `sigap demo` may use.
pub const DEMO_VERIFY_TOKEN: &str = "demo-verify-token";

/// Keys that are never printed.
const SECRETS: [&str; 6] = [
    "whatsapp.app_secret",
    "whatsapp.access_token",
    "whatsapp.verify_token",
    "privacy.keys",
    "gowa.secret",
    "gowa.password",
];

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens.
    pub server: Server,
    /// Where it records.
    pub database: Database,
    /// How nodes talk.
    pub bus: Bus,
    /// The office, for a store that has none yet.
    pub office: OfficeConfig,
    /// How units are sent.
    pub dispatch: Dispatch,
    /// How messages are read.
    pub understand: Understand,
    /// WhatsApp.
    pub whatsapp: Whatsapp,
    /// WhatsApp over a linked telephone.
    pub gowa: Gowa,
    /// Photos and videos.
    pub media: Media,
    /// Trackers of the units.
    pub gps: Gps,
    /// Telephone 110.
    pub call110: Call110,
    /// Noise, warnings and blocks.
    pub shield: ShieldRules,
    /// People's data.
    pub privacy: Privacy,
    /// The map.
    pub map: Map,
    /// Matters passed to other agencies.
    pub referrals: Referrals,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// What browsers call it; their Origin must be exactly this. Empty: the Host they came to.
    pub public_url: String,
    /// Our own proxies, addresses and networks (`10.0.0.0/8`) separated by commas: only what they say of a
    /// client's address (`X-Forwarded-For`) is believed. Empty: the peer of the socket is the client.
    pub trusted_proxies: String,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8110".to_owned(), public_url: String::new(), trusted_proxies: String::new() }
    }
}

impl Server {
    /// Whose word about a client's address is believed.
    ///
    /// # Errors
    /// A part that is no address and no network.
    pub fn proxies(&self) -> Result<Proxies, ConfigError> {
        Proxies::parse(&self.trusted_proxies).map_err(|part| ConfigError::Value {
            key: "server.trusted_proxies".to_owned(),
            problem: format!("expected an address or a network like 10.0.0.0/8, found {part:?}"),
        })
    }
}

/// `[database]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`
    pub url: String,
    /// Folder your copies of the data go to: the health page tells the age of the newest file in it. Empty: not watched.
    pub backups: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:sigap.db".to_owned(), backups: String::new() }
    }
}

/// `[bus]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bus {
    /// Empty: one node.
    pub url: String,
}

/// `[office]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfficeConfig {
    /// Code, `medan`.
    pub code: String,
    /// Name, `Polrestabes Medan`.
    pub name: String,
    /// Prefix of human numbers; empty: the first letters of the code.
    pub prefix: String,
    /// `Asia/Jakarta` (WIB), `Asia/Makassar` (WITA) or `Asia/Jayapura` (WIT).
    pub timezone: String,
}

impl Default for OfficeConfig {
    fn default() -> Self {
        Self {
            code: "polres".to_owned(),
            name: "Polres".to_owned(),
            prefix: String::new(),
            timezone: "Asia/Jakarta".to_owned(),
        }
    }
}

/// `[whatsapp]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Whatsapp {
    /// What we told Meta.
    pub verify_token: String,
    /// Signs webhooks; two separated by a comma while one replaces the other.
    pub app_secret: String,
    /// Lets us send.
    pub access_token: String,
    /// Base of the Graph API, with its version.
    pub graph_url: String,
    /// `phone_number_id=office`, separated by commas.
    pub phone_numbers: String,
    /// Templates Meta has approved, `name:language`, separated by commas: sent when a reporter last
    /// wrote more than 24 hours ago.
    pub templates: String,
    /// Hosts that photos and videos may be fetched from, separated by commas, beside the Graph API's own.
    pub media_hosts: String,
}

impl Default for Whatsapp {
    fn default() -> Self {
        Self {
            verify_token: String::new(),
            app_secret: String::new(),
            access_token: String::new(),
            graph_url: "https://graph.facebook.com/v25.0".to_owned(),
            phone_numbers: String::new(),
            templates: String::new(),
            media_hosts: "lookaside.fbsbx.com".to_owned(),
        }
    }
}

impl Whatsapp {
    /// The secrets valid now.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.app_secret.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
    }

    /// Language of each approved template, by name.
    ///
    /// # Errors
    /// A pair without `:`.
    pub fn approved(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        let pairs = self.templates.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let bad = |pair: &str| ConfigError::Value {
            key: "whatsapp.templates".to_owned(),
            problem: format!("expected name:language, found {pair:?}"),
        };
        pairs
            .map(|pair| {
                let (name, language) = pair.split_once(':').ok_or_else(|| bad(pair))?;
                Ok((name.trim().to_owned(), language.trim().to_owned()))
            })
            .collect()
    }

    /// The hosts photos and videos may be fetched from.
    #[must_use]
    pub fn media_hosts(&self) -> Vec<String> {
        self.media_hosts.split(',').map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect()
    }

    /// Office by `phone_number_id`.
    ///
    /// # Errors
    /// A pair without `=`.
    pub fn lines(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        pairs(&self.phone_numbers, "whatsapp.phone_numbers", "phone_number_id=office")
    }
}

/// `[call110]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Call110 {
    /// `line=office`, separated by commas: the exchange's names of our lines.
    pub lines: String,
    /// `office=https://wa.me/62…`, separated by commas: where callers with no emergency are pointed to.
    pub whatsapp_links: String,
}

impl Call110 {
    /// Office by line.
    ///
    /// # Errors
    /// A pair without `=`.
    pub fn lines(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        pairs(&self.lines, "call110.lines", "line=office")
    }

    /// WhatsApp link by office.
    ///
    /// # Errors
    /// A pair without `=`.
    pub fn links(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        pairs(&self.whatsapp_links, "call110.whatsapp_links", "office=link")
    }
}

/// `a=b,c=d` as pairs; `shape` says what is expected.
fn pairs(text: &str, key: &str, shape: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let bad =
        |pair: &str| ConfigError::Value { key: key.to_owned(), problem: format!("expected {shape}, found {pair:?}") };
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let split = |pair: &str| {
        let (name, office) = pair.split_once('=').ok_or_else(|| bad(pair))?;
        Ok((name.trim().to_owned(), office.trim().to_owned()))
    };
    pairs.map(split).collect()
}

/// `[gps]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gps {
    /// Address and port for trackers that speak GT06 over TCP; empty: none.
    pub gt06_listen: String,
    /// A unit's call sign and id count as names of its tracker. For trials: anybody who knows a call
    /// sign could then move its unit on the map.
    #[serde(deserialize_with = "flag")]
    pub accept_call_signs: bool,
    /// Days the tracks of units are kept: where officers were is data about people. 0 for ever.
    #[serde(deserialize_with = "number")]
    pub track_days: i64,
}

impl Default for Gps {
    fn default() -> Self {
        Self { gt06_listen: String::new(), accept_call_signs: false, track_days: 90 }
    }
}

/// `[dispatch]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dispatch {
    /// File of own response plans, shaped like data/plans.toml; empty: the built-in ones.
    pub plans: String,
    /// Seconds the news that a report ended waits, so that an end by mistake can be taken back before its
    /// reporter hears of it; 0 tells at once, 60 is the most.
    #[serde(deserialize_with = "number")]
    pub undo_s: i64,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self { plans: String::new(), undo_s: 5 }
    }
}

/// `[understand]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Understand {
    /// File of own weights, written by `sigap train`; empty: the built-in ones.
    pub model: String,
}

/// `[privacy]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// `id:base64` of 32 bytes, separated by commas; the first one seals.
    pub keys: String,
}

/// `[gowa]`: a go-whatsapp-web-multidevice gateway, for an office without the Cloud API.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gowa {
    /// Where it listens, `http://127.0.0.1:3000`.
    pub url: String,
    /// Signs its webhooks; two separated by a comma while one replaces the other. Its own default is refused.
    pub secret: String,
    /// Who may send over it.
    pub user: String,
    /// His password.
    pub password: String,
    /// `device=office`, separated by commas; a device is its number or its JID.
    pub devices: String,
}

impl Gowa {
    /// The gateway's own default secret, which everybody knows.
    pub const KNOWN_SECRET: &str = "secret";

    /// The secrets valid now.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let secrets = self.secret.split(',').map(str::trim);
        secrets.filter(|s| !s.is_empty() && *s != Self::KNOWN_SECRET).map(str::to_owned).collect()
    }

    /// Office by device.
    ///
    /// # Errors
    /// A pair without `=`.
    pub fn devices(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        pairs(&self.devices, "gowa.devices", "device=office")
    }
}

/// `[media]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// Folder of the sealed files; empty: `media` beside the SQLite file.
    pub dir: String,
    /// Largest file, bytes.
    #[serde(deserialize_with = "whole_number")]
    pub max_bytes: u64,
}

impl Default for Media {
    fn default() -> Self {
        Self { dir: String::new(), max_bytes: 100 * 1024 * 1024 }
    }
}

impl Config {
    /// Folder of the sealed files.
    #[must_use]
    pub fn media_dir(&self) -> std::path::PathBuf {
        if !self.media.dir.is_empty() {
            return self.media.dir.clone().into();
        }
        let file = self.database.url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        file.and_then(|file| Path::new(file).parent()).unwrap_or_else(|| Path::new("")).join("media")
    }
}

/// A whole number, also where it comes from the environment as text.
fn whole_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(number) => Ok(number),
        Written::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

/// `[map]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// File of an own `MapLibre` style; empty: drawn from areas and roads.
    pub style: String,
    /// File of an own basemap, `PMTiles`; empty: none.
    pub pmtiles: String,
}

/// `[referrals]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Referrals {
    /// Minutes without an answer until an agency is reminded; 0 for never.
    #[serde(deserialize_with = "number")]
    pub remind_min: i64,
    /// Hours a link opens its page.
    #[serde(deserialize_with = "number")]
    pub lasts_h: i64,
    /// Approved template of Meta with one variable, for agencies that have not written to us; empty: plain text.
    pub whatsapp_template: String,
    /// Mail program that takes a letter on its input (`/usr/sbin/sendmail -t -i`); empty: no e-mail.
    pub sendmail: String,
    /// Sender of those letters.
    pub mail_from: String,
    /// Lets webhooks lead into our own network, and over plain http.
    #[serde(deserialize_with = "flag")]
    pub allow_private: bool,
}

impl Default for Referrals {
    fn default() -> Self {
        Self {
            remind_min: 15,
            lasts_h: 72,
            whatsapp_template: String::new(),
            sendmail: String::new(),
            mail_from: String::new(),
            allow_private: false,
        }
    }
}

/// A whole number, also as text: the environment has nothing else.
fn number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    match Value::deserialize(from)? {
        Value::Integer(number) => Ok(number),
        Value::String(text) => text.trim().parse().map_err(serde::de::Error::custom),
        _ => Err(serde::de::Error::custom("expected a whole number")),
    }
}

/// Yes or no, also as text.
fn flag<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match Value::deserialize(from)? {
        Value::Boolean(flag) => Ok(flag),
        Value::String(text) => text.trim().parse().map_err(serde::de::Error::custom),
        _ => Err(serde::de::Error::custom("expected true or false")),
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, or not our keys.
    #[error("settings: {0}")]
    Shape(#[from] toml::de::Error),
    /// A value that cannot be used.
    #[error("setting {key}: {problem}")]
    Value {
        /// Which.
        key: String,
        /// Why.
        problem: String,
    },
}

/// Effective settings and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// `section.key` → `default`, a file, a variable or a flag.
    pub sources: BTreeMap<String, String>,
}

/// Puts the layers together: `defaults`, the file, the environment, the flags.
///
/// # Errors
/// [`ConfigError`]: a file that cannot be read, an unknown key, a wrong value.
pub fn load(
    defaults: &Config,
    file: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
    flags: &[(&str, String)],
) -> Result<Loaded, ConfigError> {
    let mut table = Table::try_from(defaults).unwrap_or_default();
    let mut sources = BTreeMap::new();
    if let Some(path) = file {
        let text = read(path)?;
        let name = path.display().to_string();
        for (section, keys) in text.parse::<Table>()? {
            let Value::Table(keys) = keys else {
                return Err(ConfigError::Value { key: section, problem: "must stand in a [section]".to_owned() });
            };
            for (key, value) in keys {
                put(&mut table, &mut sources, &section, &key, value, &name)?;
            }
        }
    }
    for (name, value) in env {
        if let Some((section, key)) = name.strip_prefix("SIGAP__").and_then(|rest| rest.split_once("__")) {
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            put(&mut table, &mut sources, &section, &key, Value::String(value), &name)?;
        }
    }
    for (key, value) in flags {
        if let Some((section, name)) = key.split_once('.') {
            put(&mut table, &mut sources, section, name, Value::String(value.clone()), "flag")?;
        }
    }
    Ok(Loaded { config: table.try_into()?, sources })
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.display().to_string(), source })
}

fn put(
    table: &mut Table,
    sources: &mut BTreeMap<String, String>,
    section: &str,
    key: &str,
    value: Value,
    source: &str,
) -> Result<(), ConfigError> {
    let (key, value) = match (key.strip_suffix("_file"), &value) {
        (Some(secret), Value::String(path)) => (secret, Value::String(read(Path::new(path))?.trim().to_owned())),
        _ => (key, value),
    };
    let keys = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(keys) = keys {
        keys.insert(key.to_owned(), value);
    }
    sources.insert(format!("{section}.{key}"), source.to_owned());
    Ok(())
}

impl Loaded {
    /// One line a setting: `section.key = value  # source`; secrets only as set or not.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let table = Table::try_from(&self.config).unwrap_or_default();
        let mut lines = Vec::new();
        for (section, keys) in &table {
            for (key, value) in keys.as_table().into_iter().flatten() {
                let name = format!("{section}.{key}");
                let source = self.sources.get(&name).map_or("default", String::as_str);
                let secret = SECRETS.contains(&name.as_str()) && value.as_str().is_some_and(|text| !text.is_empty());
                let shown = if secret { "\"(set)\"".to_owned() } else { value.to_string() };
                lines.push(format!("{name} = {shown}  # {source}"));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> std::vec::IntoIter<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn later_layers_win_and_say_so() {
        let variables =
            env(&[("SIGAP__SERVER__LISTEN", "0.0.0.0:80"), ("SIGAP__WHATSAPP__APP_SECRET", "geheim"), ("HOME", "/x")]);
        let loaded = load(&Config::default(), None, variables, &[("server.listen", "127.0.0.1:9".to_owned())]).unwrap();
        assert_eq!(loaded.config.server.listen, "127.0.0.1:9");
        let lines = loaded.lines().join("\n");
        assert!(lines.contains("server.listen = \"127.0.0.1:9\"  # flag"), "{lines}");
        assert!(lines.contains("whatsapp.app_secret = \"(set)\"  # SIGAP__WHATSAPP__APP_SECRET"), "{lines}");
        assert!(!lines.contains("geheim"));
    }

    #[test]
    fn files_lie_beside_the_database_unless_said_otherwise() {
        let mut config = Config::default();
        config.database.url = "sqlite:/var/lib/sigap/sigap.db".to_owned();
        assert_eq!(config.media_dir(), Path::new("/var/lib/sigap/media"));
        config.database.url = "postgres://db/sigap".to_owned();
        assert_eq!(config.media_dir(), Path::new("media"));
        let loaded = load(&config, None, env(&[("SIGAP__MEDIA__DIR", "/m"), ("SIGAP__MEDIA__MAX_BYTES", "7")]), &[]);
        let loaded = loaded.unwrap().config;
        assert_eq!((loaded.media_dir().as_path(), loaded.media.max_bytes), (Path::new("/m"), 7));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = load(&Config::default(), None, env(&[("SIGAP__SERVER__LISTNE", "x")]), &[]).unwrap_err();
        assert!(error.to_string().contains("listne"), "{error}");
    }

    #[test]
    fn two_secrets_and_two_lines_are_read() {
        let whatsapp = Whatsapp {
            app_secret: "a, b".to_owned(),
            phone_numbers: "1=medan,2=belawan".to_owned(),
            ..Whatsapp::default()
        };
        assert_eq!(whatsapp.secrets(), ["a", "b"]);
        assert_eq!(
            whatsapp.lines().unwrap().into_iter().collect::<Vec<_>>(),
            [("1".to_owned(), "medan".to_owned()), ("2".to_owned(), "belawan".to_owned())]
        );
        assert!(Whatsapp { phone_numbers: "1".to_owned(), ..whatsapp.clone() }.lines().is_err());
        let approved = |templates: &str| Whatsapp { templates: templates.to_owned(), ..whatsapp.clone() }.approved();
        let one = [("laporan_selesai".to_owned(), "id".to_owned())];
        assert_eq!(approved("laporan_selesai:id,").unwrap().into_iter().collect::<Vec<_>>(), one);
        assert!(approved("laporan_selesai").is_err());
    }
}
