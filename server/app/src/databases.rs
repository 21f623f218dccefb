//! Opening the two databases, and bringing them up to date first.

use std::sync::Arc;

use actions::Actions;
use anyhow::{Error, Result, anyhow, bail};
use domain::{Clock, Entropy};
use migrations::{Report, Side};
use storage::{Databases, Storage};

use crate::config::Config;
use crate::data_folder;

/// Makes what a deployment needs before its first start, and brings both databases up to date: the data folder, the pepper,
/// the schema. The second time it changes nothing. Gives back what was done to the identity side and to the conversation side.
///
/// # Errors
/// When one of them cannot be made; says which.
pub async fn prepare(config: &Config, entropy: &dyn Entropy) -> Result<[Report; 2]> {
    data_folder::make(&config.storage.data)?;
    config.pepper.read_or_make(entropy)?;
    let (urls, role) = (&config.storage.migrate, config.storage.app_role.as_deref());
    let identity = migrations::migrate(&urls.identity_url, Side::Identity, role).await;
    let conversation = migrations::migrate(&urls.conversation_url, Side::Conversation, role).await;
    Ok([
        identity.map_err(|fault| unready("identity", &urls.identity_url, &fault.to_string()))?,
        conversation.map_err(|fault| unready("conversation", &urls.conversation_url, &fault.to_string()))?,
    ])
}

/// Both databases.
///
/// # Errors
/// When one cannot be reached or is not up to date.
pub async fn open(databases: &Databases) -> Result<Storage> {
    let (identity, conversation) = tokio::join!(
        up_to_date("identity", &databases.identity_url, Side::Identity),
        up_to_date("conversation", &databases.conversation_url, Side::Conversation),
    );
    identity?;
    conversation?;
    Ok(Storage::open(databases).await?)
}

/// Every use case, on the databases of `config`.
///
/// # Errors
/// When a database or the pepper cannot be read.
pub async fn open_actions(
    config: &Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Actions> {
    let storage = open(&config.storage.databases).await?;
    Ok(Actions::new(storage, clock, entropy, config.pepper.read()?))
}

/// How one database stands.
///
/// # Errors
/// When it cannot be reached, or lacks changes of its schema; says what to do.
pub async fn up_to_date(name: &str, url: &str, side: Side) -> Result<()> {
    let pending = migrations::pending(url, side).await;
    match pending.map_err(|fault| unready(name, url, &fault.to_string()))? {
        0 => Ok(()),
        lacking => {
            bail!("the {name} database lacks {lacking} change(s) of its schema: run `candour migrate`")
        }
    }
}

/// How the driver begins to say that a database has had changes which this side of this version does not know.
const UNKNOWN_CHANGES: &str = "this migration has been applied but its file is missing";

fn unready(name: &str, url: &str, fault: &str) -> Error {
    let what_to_do = if fault.contains(UNKNOWN_CHANGES) {
        format!(
            "the {name} database is the other side's, or a later version of Candour has changed it: check storage.{name}_url, or \
             run that version"
        )
    } else if url.starts_with("sqlite:") {
        format!(
            "the {name} database cannot be opened: run `candour migrate` to make it, or check storage.data"
        )
    } else {
        format!("the {name} database does not answer: check storage.{name}_url, and that PostgreSQL runs")
    };
    // The fault's own words hold its causes' already.
    anyhow!("{what_to_do} ({fault})")
}
