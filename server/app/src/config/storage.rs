//! `[storage]`: where the data lies.

use std::path::PathBuf;

use super::file::StorageSection;
use super::{DEFAULT_DATA, Problems, Side};
use crate::data_folder::{CONVERSATION_FILE, IDENTITY_FILE, sqlite_url};

/// Where the databases are, of those sides that are served.
#[derive(Clone, Debug, Default)]
pub struct Databases {
    /// `sqlite://…` or `postgres://…` of the identity side.
    pub identity_url: Option<String>,
    /// `sqlite://…` or `postgres://…` of the conversation side; never the same database.
    pub conversation_url: Option<String>,
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

impl Problems {
    pub(super) fn storage(&mut self, section: StorageSection, side: Side) -> Option<StorageSettings> {
        let data = PathBuf::from(section.data.unwrap_or_else(|| DEFAULT_DATA.to_owned()));
        let data = self.checked("storage.data", std::path::absolute(data))?;
        let (identity_url, conversation_url) = (section.identity_url, section.conversation_url);
        let in_folder = identity_url.is_none() && conversation_url.is_none();
        let mut url = |served: bool, key: &'static str, given: Option<String>, file: &str| match given {
            _ if !served => None,
            Some(url) => Some(url),
            None if in_folder => self.checked("storage.data", sqlite_url(&data.join(file))),
            None => {
                self.add(key, "is missing: the two sides are two databases, so give both addresses");
                None
            }
        };
        let databases = Databases {
            identity_url: url(side.identity(), "storage.identity_url", identity_url, IDENTITY_FILE),
            conversation_url: url(
                side.conversation(),
                "storage.conversation_url",
                conversation_url,
                CONVERSATION_FILE,
            ),
        };
        let made = |url: &Option<String>| url.as_deref().map(made_if_missing);
        let migrate = Databases {
            identity_url: section.migrate_identity_url.or_else(|| made(&databases.identity_url)),
            conversation_url: section.migrate_conversation_url.or_else(|| made(&databases.conversation_url)),
        };
        self.database_url("storage.identity_url", databases.identity_url.as_deref());
        self.database_url("storage.conversation_url", databases.conversation_url.as_deref());
        self.database_url("storage.migrate_identity_url", migrate.identity_url.as_deref());
        self.database_url("storage.migrate_conversation_url", migrate.conversation_url.as_deref());
        for (key, pair) in
            [("storage.conversation_url", &databases), ("storage.migrate_conversation_url", &migrate)]
        {
            if let (Some(identity), Some(conversation)) = (&pair.identity_url, &pair.conversation_url)
                && place(identity) == place(conversation)
            {
                self.add(
                    key,
                    "is the identity side's database: who takes part and what is said must lie in two databases",
                );
            }
        }
        Some(StorageSettings { data, databases, migrate, app_role: section.app_role })
    }

    /// Never repeats the address: it may hold a password.
    fn database_url(&mut self, key: &'static str, url: Option<&str>) {
        if url.is_some_and(|url| !url.starts_with("sqlite:") && !is_postgres(url)) {
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
