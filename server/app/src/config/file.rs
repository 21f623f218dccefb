//! The configuration as it is written: every key optional, nothing checked yet but its kind. A key that is not here is refused.

use serde::{Deserialize, Deserializer};

/// `candour.toml`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub server: ServerSection,
    pub storage: StorageSection,
    pub secrets: SecretsSection,
    pub mail: MailSection,
    pub single_sign_on: SingleSignOnSection,
    pub round_types: RoundTypesSection,
    pub logs: LogsSection,
}

/// `[server]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ServerSection {
    pub address: Option<String>,
    pub operations_address: Option<String>,
    pub side: Option<String>,
    pub public_url: Option<String>,
    pub other_side_url: Option<String>,
    pub other_side_owner: Option<String>,
    pub https: Option<bool>,
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Option<Vec<String>>,
}

/// `[storage]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StorageSection {
    pub data: Option<String>,
    pub identity_url: Option<String>,
    pub conversation_url: Option<String>,
    pub migrate_identity_url: Option<String>,
    pub migrate_conversation_url: Option<String>,
    pub app_role: Option<String>,
}

/// `[round_types]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RoundTypesSection {
    pub folder: Option<String>,
    #[serde(deserialize_with = "list")]
    pub publishers: Option<Vec<String>>,
}

/// `[secrets]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SecretsSection {
    pub pepper: Option<String>,
    pub pepper_file: Option<String>,
    pub identity_secret: Option<String>,
    pub identity_secret_file: Option<String>,
}

/// `[mail]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MailSection {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub encryption: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub folder: Option<String>,
    pub authority: Option<String>,
    pub notify_key: Option<String>,
    pub notify_template: Option<String>,
    pub notify_url: Option<String>,
    pub from_name: Option<String>,
    pub from_address: Option<String>,
    pub bounce_address: Option<String>,
    pub dkim_key: Option<String>,
    pub dkim_domain: Option<String>,
    pub dkim_selector: Option<String>,
    /// A tenant's own way, by its short name.
    pub tenants: std::collections::BTreeMap<String, MailSection>,
}

/// `[single_sign_on]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SingleSignOnSection {
    pub secrets: std::collections::HashMap<String, String>,
}

/// `[logs]`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogsSection {
    pub format: Option<String>,
    pub level: Option<String>,
}

/// A list, or, from the environment, one text with commas.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Text(String),
    }
    Ok(Some(match Written::deserialize(deserializer)? {
        Written::List(list) => list,
        Written::Text(text) => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        }
    }))
}
