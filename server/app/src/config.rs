//! What a deployment decides: read from a TOML file and the environment, checked, and then never looked up again.
//!
//! `CANDOUR__SECTION__KEY` in the environment wins over `key` of `[section]` in the file. docs/operating/configuration.md
//! describes every key.

mod file;
mod mail;
mod round_types;
mod storage;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use actions::round_types::RoundTypeSettings;
use credentials::Pepper;
use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use web::edge::address::{Network, TrustedProxies};

use crate::addresses::{PublicUrl, Scheme};
use crate::data_folder::{IDENTITY_SECRET_FILE, PEPPER_FILE};
use crate::secrets::PepperSource;
use file::{ConfigFile, SecretsSection, ServerSection};
pub use mail::{MailSettings, MailWay, NotifySettings};
pub use storage::{Databases, StorageSettings};

/// Read when `--config` names no other and this one is there.
pub const DEFAULT_FILE: &str = "candour.toml";
/// The site's port unless told otherwise; operations has the next one.
pub const DEFAULT_PORT: u16 = 8080;
/// The data folder unless told otherwise.
pub const DEFAULT_DATA: &str = "candour-data";
/// What is logged unless told otherwise.
const DEFAULT_LEVEL: &str = "info";
/// The longest name of the other side's owner, characters.
const OWNER_CHARACTERS: usize = 100;
/// Said of `server.other_side_url`.
pub const OTHER_SIDE_MISSING: &str =
    "is missing: each side sends people to the other, so write where that is";

/// Everything that a deployment decides.
#[derive(Clone)]
pub struct Config {
    /// Where and how it serves.
    pub server: ServerSettings,
    /// Where its data lies.
    pub storage: StorageSettings,
    /// Where the conversation side's pepper comes from.
    pub pepper: PepperSource,
    /// Where the identity side's secret comes from: what keys its hashes, and what its cohorts' private keys are sealed under.
    pub identity_secret: PepperSource,
    /// How emails leave.
    pub mail: MailSettings,
    /// Secrets that identity providers gave us, by `tenant/organisation`.
    pub single_sign_on_secrets: HashMap<String, String>,
    /// Where round types are compiled, and whose are admitted.
    pub round_types: RoundTypeSettings,
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
    /// Which side it serves.
    pub side: Side,
    /// Under which address people come.
    pub public_url: PublicUrl,
    /// Under which address they come to the other side, where the two run apart.
    pub other_side_url: Option<PublicUrl>,
    /// Who runs the other side, where that is somebody else: the pages for participants name them.
    pub other_side_owner: Option<String>,
    /// The proxies whose word about their client is taken.
    pub trusted_proxies: TrustedProxies,
    /// Said on every page of a demonstration; no file sets it.
    pub demo_note: Option<web::DemoNote>,
}

/// Which side a process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// The roll, sign-up and signing: who may come in.
    Identity,
    /// What is said: the conversation.
    Conversation,
    /// Both, in one process.
    Both,
}

impl Side {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Conversation => "conversation",
            Self::Both => "both",
        }
    }

    /// Whether the identity side is served.
    pub fn identity(self) -> bool {
        self != Self::Conversation
    }

    /// Whether the conversation side is served.
    pub fn conversation(self) -> bool {
        self != Self::Identity
    }
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
    /// Reads the configuration: `file`, or [`DEFAULT_FILE`] if it is there, then `environment` over it. With `side` it is about that
    /// side, whatever they say; where the other side is found need not be written then.
    ///
    /// # Errors
    /// A [`ConfigRefusal`].
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        side: Option<Side>,
    ) -> Result<Self, ConfigRefusal> {
        let (file, required) = (file.unwrap_or(Path::new(DEFAULT_FILE)), file.is_some());
        let file = config::File::from(file).format(config::FileFormat::Toml).required(required);
        let environment: HashMap<_, _> = environment.into_iter().collect();
        let environment =
            config::Environment::with_prefix("CANDOUR").separator("__").source(Some(environment));
        let values = config::Config::builder().add_source(file).add_source(environment).build()?;
        Self::check(values.try_deserialize()?, side)
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
        Self::check(file, None)
    }

    fn check(file: ConfigFile, side: Option<Side>) -> Result<Self, ConfigRefusal> {
        let mut problems = Problems::default();
        let server = problems.server(file.server, side);
        let side = server.as_ref().map_or(Side::Both, |server| server.side);
        let storage = problems.storage(file.storage, side);
        let data = storage.as_ref().map(|storage| storage.data.clone()).unwrap_or_default();
        let (pepper, identity_secret) = problems.secrets(file.secrets, &data);
        let mail = problems.mail(file.mail, &data);
        let round_types = problems.round_types(file.round_types, &data);
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
        match (server, storage, pepper, identity_secret, mail, round_types) {
            (
                Some(server),
                Some(storage),
                Some(pepper),
                Some(identity_secret),
                Some(mail),
                Some(round_types),
            ) if problems.0.is_empty() => {
                let single_sign_on_secrets = file.single_sign_on.secrets;
                Ok(Self {
                    server,
                    storage,
                    pepper,
                    identity_secret,
                    mail,
                    single_sign_on_secrets,
                    round_types,
                    logs,
                })
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

    /// The conversation side's pepper and the identity side's secret.
    fn secrets(
        &mut self,
        section: SecretsSection,
        data: &Path,
    ) -> (Option<PepperSource>, Option<PepperSource>) {
        let mut source = |keys: [&'static str; 2],
                          given: Option<String>,
                          file: Option<String>,
                          usual: &str| match (given, file) {
            (Some(_), Some(_)) => {
                self.add(keys[1], format!("{} is given as well: keep one of the two", keys[0]));
                None
            }
            (Some(digits), None) => self.checked(keys[0], Pepper::from_hex(&digits)).map(PepperSource::Given),
            (None, Some(path)) => Some(PepperSource::File(path.into())),
            (None, None) => Some(PepperSource::File(data.join(usual))),
        };
        let pepper = source(
            ["secrets.pepper", "secrets.pepper_file"],
            section.pepper,
            section.pepper_file,
            PEPPER_FILE,
        );
        let identity = source(
            ["secrets.identity_secret", "secrets.identity_secret_file"],
            section.identity_secret,
            section.identity_secret_file,
            IDENTITY_SECRET_FILE,
        );
        let same = match (&pepper, &identity) {
            (Some(PepperSource::Given(pepper)), Some(PepperSource::Given(identity))) => {
                pepper.to_hex() == identity.to_hex()
            }
            (Some(PepperSource::File(pepper)), Some(PepperSource::File(identity))) => pepper == identity,
            _ => false,
        };
        if same {
            self.add("secrets.identity_secret", "is the pepper: each side has a secret of its own");
        }
        (pepper, identity)
    }

    fn side(&mut self, text: Option<&str>) -> Side {
        match text {
            None | Some("both") => Side::Both,
            Some("identity") => Side::Identity,
            Some("conversation") => Side::Conversation,
            Some(other) => {
                self.add("server.side", format!("`{other}` is none: write identity, conversation or both"));
                Side::Both
            }
        }
    }

    fn address(&mut self, key: &'static str, text: Option<String>, port: u16) -> Option<SocketAddr> {
        let Some(text) = text else { return Some((IpAddr::from(Ipv4Addr::LOCALHOST), port).into()) };
        let example = "write an IP address and a port, such as 127.0.0.1:8080 or [::]:8080";
        self.checked(key, text.parse().map_err(|_| format!("`{text}` is no address: {example}")))
    }

    fn server(&mut self, section: ServerSection, told: Option<Side>) -> Option<ServerSettings> {
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
        let side = told.unwrap_or_else(|| self.side(section.side.as_deref()));
        let other_side_url = match section.other_side_url {
            Some(text) => self.checked("server.other_side_url", PublicUrl::parse(&text)),
            None => None,
        };
        if side != Side::Both && told.is_none() && other_side_url.is_none() {
            self.add("server.other_side_url", OTHER_SIDE_MISSING);
        }
        let other_side_owner =
            section.other_side_owner.and_then(|name| self.checked("server.other_side_owner", owner(&name)));
        if side == Side::Both && told.is_none() && other_side_owner.is_some() {
            self.add("server.other_side_owner", "has no meaning where one process serves both sides");
        }
        Some(ServerSettings {
            side,
            other_side_url,
            other_side_owner,
            address: address?,
            operations_address: operations?,
            public_url: public_url?,
            trusted_proxies: TrustedProxies(proxies.into_iter().collect::<Option<_>>()?),
            demo_note: None,
        })
    }
}

/// The name of whoever runs the other side, as participants read it.
fn owner(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > OWNER_CHARACTERS || name.contains(char::is_control) {
        return Err(format!(
            "write the name of whoever runs the other side, in 1 to {OWNER_CHARACTERS} characters"
        ));
    }
    Ok(name.to_owned())
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
