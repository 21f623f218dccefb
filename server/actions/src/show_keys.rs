//! The public key log and the published counts, as each side keeps them.

use chrono::NaiveDate;
use credentials::key_log::{check, extends};
use credentials::{ChainBreak, Head, KeyLogEntry};
use domain::ids::TenantId;
use storage::identity::DailyCount;
use thiserror::Error;

use crate::{ActionError, Actions, Campaign, Enrolment, Tenant};

/// Why this side does not take a key log.
#[derive(Debug, Error)]
pub enum KeyLogRefusal {
    /// It does not hold together, or says something else than it did before.
    #[error("{0}: do not use this log, and ask whoever gave it to you how it came to be")]
    Broken(#[from] ChainBreak),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for KeyLogRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// The key log.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log(&self, tenant: &Tenant) -> Result<Vec<KeyLogEntry>, ActionError> {
        entries(self.identity.read(tenant.id).await?.key_log().await?)
    }

    /// What this side published of `campaign`, by day.
    ///
    /// # Errors
    /// Database faults.
    pub async fn daily_counts(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<DailyCount>, ActionError> {
        Ok(self.identity.read(tenant.id).await?.daily_counts(campaign.id).await?)
    }
}

impl Actions {
    /// The key log as this side knows it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log(&self, tenant: &Tenant) -> Result<Vec<KeyLogEntry>, ActionError> {
        entries(self.conversation.read(tenant.id).await?.key_log().await?)
    }

    /// Takes the identity side's log, if it holds together and goes on from what this side knows. Gives how many entries were new.
    ///
    /// # Errors
    /// A [`KeyLogRefusal`].
    pub async fn learn_keys(&self, tenant: &Tenant, log: &[KeyLogEntry]) -> Result<usize, KeyLogRefusal> {
        self.learn_keys_of(tenant.id, log).await
    }

    /// The same, by the tenant's id.
    pub(crate) async fn learn_keys_of(
        &self,
        tenant: TenantId,
        log: &[KeyLogEntry],
    ) -> Result<usize, KeyLogRefusal> {
        check(log)?;
        let write = self.conversation.write(tenant).await?;
        let known = entries(write.key_log().await?)?;
        extends(&known, log)?;
        for entry in &log[known.len()..] {
            let number = i64::try_from(entry.index).unwrap_or(i64::MAX);
            write.add_key_log_entry(number, &entry_text(entry)?).await?;
        }
        write.commit().await?;
        Ok(log.len() - known.len())
    }

    /// How many credentials had come in by the end of each day.
    ///
    /// # Errors
    /// Database faults.
    pub async fn daily_registered(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<(NaiveDate, i64)>, ActionError> {
        Ok(self.conversation.read(tenant.id).await?.daily_registered(campaign.id).await?)
    }
}

/// The head of `log` as it is printed on letters and posters; nothing for a log without entries.
pub fn printed_head(log: &[KeyLogEntry]) -> Option<String> {
    log.last().map(|last| Head(last.hash.clone()).for_print())
}

/// Whether `log` ended once in the head that was printed as `printed`: then nothing of what there was at that time has been taken off its end.
/// Spaces and capital letters do not matter.
pub fn contains_head(log: &[KeyLogEntry], printed: &str) -> bool {
    let digits = |text: &str| text.split_whitespace().collect::<String>().to_ascii_lowercase();
    log.iter().any(|entry| digits(&Head(entry.hash.clone()).for_print()) == digits(printed))
}

/// The beginning of the key's SHA-256, in groups as the head is printed; nothing for a key that is none.
pub fn key_fingerprint(entry: &KeyLogEntry) -> Option<String> {
    entry.key().ok().map(|key| Head(key.id().to_string()).for_print())
}

/// Stored entries, read.
pub(crate) fn entries(stored: Vec<String>) -> Result<Vec<KeyLogEntry>, ActionError> {
    let read = |entry: &String| serde_json::from_str(entry);
    let entries: Result<Vec<KeyLogEntry>, _> = stored.iter().map(read).collect();
    entries.map_err(|error| ActionError::Fault(format!("key log: {error}")))
}

/// An entry as it is stored.
pub(crate) fn entry_text(entry: &KeyLogEntry) -> Result<String, ActionError> {
    serde_json::to_string(entry).map_err(|error| ActionError::Fault(error.to_string()))
}
