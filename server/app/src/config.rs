//! What a deployment decides: read from a TOML file and the environment, checked, and then never looked up again.
//!
//! `CANDOUR__SECTION__KEY` in the environment wins over `key` of `[section]` in the file. docs/operating/configuration.md
//! describes every key.

mod file;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use credentials::Pepper;
use storage::Databases;
use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use web::edge::address::{Network, TrustedProxies};

use crate::addresses::{PublicUrl, Scheme};
use crate::data_folder::{CONVERSATION_FILE, IDENTITY_FILE, PEPPER_FILE, sqlite_url};
use crate::secrets::PepperSource;
use file::{ConfigFile, ServerSection, StorageSection};

/// Read when `--config` names no other and this one is there.
pub const DEFAULT_FILE: &str = "candour.toml";
/// The site's port unless told otherwise; operations has the next one.
pub const DEFAULT_PORT: u16 = 8080;
/// The data folder unless told otherwise.
pub const DEFAULT_DATA: &str = "candour-data";
/// What is logged unless told otherwise.
const DEFAULT_LEVEL: &str = "info";

/// Everything that a deployment decides.
#[derive(Clone)]
pub struct Config {
    /// Where and how it serves.
    pub server: ServerSettings,
    /// Where its data lies.
    pub storage: StorageSettings,
    /// Where the pepper comes from.
    pub pepper: PepperSource,
    /// What it logs, and how.
    pub logs: LogSettings,
}

/// Where and how the server serves.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where the site listens; port 0 takes any free one.
    pub address: SocketAddr,
    /// Where health, readiness and metrics listen: for the operator only.
    pub operations_address: SocketAddr,
    /// Under which address people come.
    pub public_url: PublicUrl,
    /// The proxies whose word about their client is taken.
    pub trusted_proxies: TrustedProxies,
    /// Said on every page of a demonstration; no file sets it.
    pub demo_note: Option<String>,
}

/// Where the data lies.
#[derive(Clone)]
pub struct StorageSettings {
    /// The data folder: SQLite's files, the pepper, the lock.
    pub data: PathBuf,
    /// What the server works with.
    pub databases: Databases,
    /// The same databases as the role that may change their schema; SQLite's files are made if missing.
    pub migrate: Databases,
    /// The PostgreSQL role of the server, granted what it needs by `candour migrate`.
    pub app_role: Option<String>,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Lines for people or for programs.
    pub format: LogFormat,
    /// A level, or filters such as `warn,candour::request=debug`.
    pub level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A key with a value that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {reason}")]
pub struct KeyProblem {
    /// The key, with its section.
    pub key: &'static str,
    /// What is wrong, and what to write.
    pub reason: String,
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigRefusal {
    /// The file or a variable cannot be read as configuration.
    #[error(transparent)]
    Unreadable(#[from] config::ConfigError),
    /// Values that cannot be; every one of them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Keys(Vec<KeyProblem>),
}

impl Config {
    /// Reads the configuration: `file`, or [`DEFAULT_FILE`] if it is there, then `environment` over it.
    ///
    /// # Errors
    /// A [`ConfigRefusal`].
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigRefusal> {
        let (file, required) = (file.unwrap_or(Path::new(DEFAULT_FILE)), file.is_some());
        let file = config::File::from(file).format(config::FileFormat::Toml).required(required);
        let environment: HashMap<_, _> = environment.into_iter().collect();
        let environment =
            config::Environment::with_prefix("CANDOUR").separator("__").source(Some(environment));
        let values = config::Config::builder().add_source(file).add_source(environment).build()?;
        Self::check(values.try_deserialize()?)
    }

    /// A deployment on SQLite in the folder `data`, for this machine only, on any two free ports. Reads nothing.
    ///
    /// # Errors
    /// When the path is not UTF-8.
    pub fn local(data: &Path) -> Result<Self, ConfigRefusal> {
        let data = data.to_str().map(str::to_owned);
        let not_utf8 = || problem("storage.data", "is not UTF-8: choose another folder");
        let mut file = ConfigFile::default();
        file.storage.data = Some(data.ok_or_else(not_utf8)?);
        file.server.address = Some("127.0.0.1:0".to_owned());
        file.server.operations_address = Some("127.0.0.1:0".to_owned());
        Self::check(file)
    }

    fn check(file: ConfigFile) -> Result<Self, ConfigRefusal> {
        let mut problems = Problems::default();
        let server = problems.server(file.server);
        let storage = problems.storage(file.storage);
        let pepper = match (&file.secrets.pepper, &file.secrets.pepper_file) {
            (Some(_), Some(_)) => {
                problems.add("secrets.pepper_file", "secrets.pepper is given as well: keep one of the two");
                None
            }
            (Some(digits), None) => {
                problems.checked("secrets.pepper", Pepper::from_hex(digits)).map(PepperSource::Given)
            }
            (None, Some(path)) => Some(PepperSource::File(path.into())),
            (None, None) => {
                storage.as_ref().map(|storage| PepperSource::File(storage.data.join(PEPPER_FILE)))
            }
        };
        let level = file.logs.level.unwrap_or_else(|| DEFAULT_LEVEL.to_owned());
        problems.checked("logs.level", log_filter(&level));
        let format = match file.logs.format.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                problems.add("logs.format", format!("`{other}` is no format: write text or json"));
                LogFormat::Text
            }
        };
        let logs = LogSettings { format, level };
        match (server, storage, pepper) {
            (Some(server), Some(storage), Some(pepper)) if problems.0.is_empty() => {
                Ok(Self { server, storage, pepper, logs })
            }
            _ => Err(ConfigRefusal::Keys(problems.0)),
        }
    }
}

fn problem(key: &'static str, reason: &str) -> ConfigRefusal {
    ConfigRefusal::Keys(vec![KeyProblem { key, reason: reason.to_owned() }])
}

#[derive(Default)]
struct Problems(Vec<KeyProblem>);

impl Problems {
    fn add(&mut self, key: &'static str, reason: impl Into<String>) {
        self.0.push(KeyProblem { key, reason: reason.into() });
    }

    fn checked<T, E: ToString>(&mut self, key: &'static str, value: Result<T, E>) -> Option<T> {
        value.map_err(|reason| self.add(key, reason.to_string())).ok()
    }

    fn address(&mut self, key: &'static str, text: Option<String>, port: u16) -> Option<SocketAddr> {
        let Some(text) = text else { return Some((IpAddr::from(Ipv4Addr::LOCALHOST), port).into()) };
        let example = "write an IP address and a port, such as 127.0.0.1:8080 or [::]:8080";
        self.checked(key, text.parse().map_err(|_| format!("`{text}` is no address: {example}")))
    }

    fn server(&mut self, section: ServerSection) -> Option<ServerSettings> {
        let address = self.address("server.address", section.address, DEFAULT_PORT);
        let port = address.map_or(DEFAULT_PORT, |address| address.port());
        let next = port.checked_add(u16::from(port != 0)).unwrap_or_default();
        let operations = self.address("server.operations_address", section.operations_address, next);
        if address.is_some() && address == operations && port != 0 {
            self.add("server.operations_address", "is the site's own address: give it another port");
        }
        let public_url = match section.public_url {
            Some(text) => self.checked("server.public_url", PublicUrl::parse(&text)),
            None => Some(PublicUrl::localhost(port)),
        };
        if let (Some(url), Some(https)) = (&public_url, section.https)
            && https != (url.scheme() == Scheme::Https)
        {
            self.add(
                "server.https",
                format!("is {https}, and server.public_url says otherwise: change one of them"),
            );
        }
        let proxies = section.trusted_proxies.into_iter().flatten();
        let proxies: Vec<Option<Network>> =
            proxies.map(|text| self.checked("server.trusted_proxies", text.parse())).collect();
        Some(ServerSettings {
            address: address?,
            operations_address: operations?,
            public_url: public_url?,
            trusted_proxies: TrustedProxies(proxies.into_iter().collect::<Option<_>>()?),
            demo_note: None,
        })
    }

    fn storage(&mut self, section: StorageSection) -> Option<StorageSettings> {
        let data = PathBuf::from(section.data.unwrap_or_else(|| DEFAULT_DATA.to_owned()));
        let data = self.checked("storage.data", std::path::absolute(data))?;
        let given = match (section.identity_url, section.conversation_url) {
            (Some(identity_url), Some(conversation_url)) => {
                Some(Databases { identity_url, conversation_url })
            }
            (None, None) => None,
            (Some(_), None) => {
                self.add(
                    "storage.conversation_url",
                    "is missing: the two sides are two databases, so give both addresses",
                );
                return None;
            }
            (None, Some(_)) => {
                self.add(
                    "storage.identity_url",
                    "is missing: the two sides are two databases, so give both addresses",
                );
                return None;
            }
        };
        let databases = match given {
            Some(databases) => databases,
            None => Databases {
                identity_url: self.checked("storage.data", sqlite_url(&data.join(IDENTITY_FILE)))?,
                conversation_url: self.checked("storage.data", sqlite_url(&data.join(CONVERSATION_FILE)))?,
            },
        };
        let migrate = Databases {
            identity_url: section
                .migrate_identity_url
                .unwrap_or_else(|| made_if_missing(&databases.identity_url)),
            conversation_url: section
                .migrate_conversation_url
                .unwrap_or_else(|| made_if_missing(&databases.conversation_url)),
        };
        self.database_url("storage.identity_url", &databases.identity_url);
        self.database_url("storage.conversation_url", &databases.conversation_url);
        self.database_url("storage.migrate_identity_url", &migrate.identity_url);
        self.database_url("storage.migrate_conversation_url", &migrate.conversation_url);
        for (key, pair) in
            [("storage.conversation_url", &databases), ("storage.migrate_conversation_url", &migrate)]
        {
            if place(&pair.identity_url) == place(&pair.conversation_url) {
                self.add(
                    key,
                    "is the identity side's database: who takes part and what is said must lie in two databases",
                );
            }
        }
        Some(StorageSettings { data, databases, migrate, app_role: section.app_role })
    }

    /// Never repeats the address: it may hold a password.
    fn database_url(&mut self, key: &'static str, url: &str) {
        if !url.starts_with("sqlite:") && !is_postgres(url) {
            self.add(key, "is no database address: write postgres://user:password@host/database");
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn made_if_missing(url: &str) -> String {
    match url.starts_with("sqlite:") && !url.contains('?') {
        true => format!("{url}?mode=rwc"),
        false => url.to_owned(),
    }
}

/// What tells one database from another in its address. Two names of one server are not seen through here; then the migrations
/// of the second side fail, because they find the first side's.
fn place(url: &str) -> String {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    if let Some(file) = address.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//");
        return std::path::absolute(file).map_or_else(|_| file.to_owned(), |path| path.display().to_string());
    }
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let (host, database) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{}/{database}", host.trim_end_matches(":5432").to_ascii_lowercase())
}

/// A level by name, or a filter. A single word that is no level would be taken for the name of a part of the program, and nothing
/// would be logged.
fn log_filter(level: &str) -> Result<EnvFilter, String> {
    let word = level.chars().all(char::is_alphanumeric);
    if word && level.parse::<LevelFilter>().is_err() {
        return Err(format!("`{level}` is no level: write error, warn, info or debug"));
    }
    EnvFilter::try_new(level).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
