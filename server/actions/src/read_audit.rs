//! The record of what named people did, as they and whoever checks them read it. Each side keeps its own.

use credentials::audit_chain::{AuditBreak, AuditHead, Chain, ChainedEntry};
use domain::audit::Deed;
use storage::AuditTrail;

use crate::{Accounts, ActionError, Actions, Tenant};

/// Deeds on one page.
pub const DEEDS_PER_PAGE: u64 = 50;
/// Entries that are read at a time when the whole record is.
const ENTRIES_PER_READ: u64 = 1_000;

/// A page of the record, newest deed first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The deeds.
    pub deeds: Vec<Deed>,
    /// Where the next page begins: below this number. None: this is the oldest page.
    pub below: Option<i64>,
}

/// The whole record of one side, checked.
#[derive(Clone, Debug)]
pub struct WholeAudit {
    /// Its entries, oldest first, exactly as they were chained.
    pub entries: Vec<ChainedEntry>,
    /// Its head, none if it is empty; or where the chain is broken.
    pub head: Result<Option<AuditHead>, AuditBreak>,
}

impl Accounts {
    /// A page of the identity side's record: the newest deeds, or those below number `below`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn read_audit(&self, tenant: &Tenant, below: Option<i64>) -> Result<AuditPage, ActionError> {
        page(self.identity.read(tenant.id).await?.audit_trail(), below).await
    }

    /// The identity side's whole record, checked; with a `known` head also that it still holds it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn whole_audit(
        &self,
        tenant: &Tenant,
        known: Option<&AuditHead>,
    ) -> Result<WholeAudit, ActionError> {
        whole(self.identity.read(tenant.id).await?.audit_trail(), known).await
    }
}

impl Actions {
    /// A page of the conversation side's record: the newest deeds, or those below number `below`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn read_audit(&self, tenant: &Tenant, below: Option<i64>) -> Result<AuditPage, ActionError> {
        page(self.conversation.read(tenant.id).await?.audit_trail(), below).await
    }

    /// The conversation side's whole record, checked; with a `known` head also that it still holds it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn whole_audit(
        &self,
        tenant: &Tenant,
        known: Option<&AuditHead>,
    ) -> Result<WholeAudit, ActionError> {
        whole(self.conversation.read(tenant.id).await?.audit_trail(), known).await
    }
}

async fn page(trail: AuditTrail<'_>, below: Option<i64>) -> Result<AuditPage, ActionError> {
    let entries = trail.page(below.unwrap_or(i64::MAX), DEEDS_PER_PAGE).await?;
    let below = entries.last().map(|last| last.number).filter(|number| *number > 0);
    let deeds = entries.iter().map(|entry| serde_json::from_str(&entry.entry));
    let deeds = deeds.collect::<Result<_, _>>();
    Ok(AuditPage {
        deeds: deeds.map_err(|error| ActionError::Fault(format!("audit entry: {error}")))?,
        below,
    })
}

async fn whole(trail: AuditTrail<'_>, known: Option<&AuditHead>) -> Result<WholeAudit, ActionError> {
    let mut entries: Vec<ChainedEntry> = Vec::new();
    let mut chain = Ok(Chain::new(known.cloned()));
    loop {
        let from = entries.last().map_or(0, |last| last.number + 1);
        let more = trail.onward(from, ENTRIES_PER_READ).await?;
        if more.is_empty() {
            break;
        }
        for stored in more {
            let entry = ChainedEntry { number: stored.number, entry: stored.entry, digest: stored.digest };
            chain = chain.and_then(|mut chain: Chain| chain.follow(&entry).map(|()| chain));
            entries.push(entry);
        }
    }
    Ok(WholeAudit { entries, head: chain.and_then(|chain| chain.end()) })
}

/// Checks a record that was carried away; with a `known` head also that it still holds it. Gives its head, none if it is empty.
///
/// # Errors
/// Where the chain is broken.
pub fn check_record(
    entries: &[ChainedEntry],
    known: Option<&AuditHead>,
) -> Result<Option<AuditHead>, AuditBreak> {
    credentials::audit_chain::verify(entries, known.cloned())
}
