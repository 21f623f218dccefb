//! The record of what named people did, as they and whoever checks them read it. Each side keeps its own.

use credentials::audit_chain::{AuditBreak, AuditHead, Chain, ChainedEntry};
use domain::audit::Deed;
use storage::{AuditEntry, AuditTrail};

use crate::actor::{record, record_alone};
use crate::moderation::hour;
use crate::{Accounts, ActionError, Actions, Actor, Tenant};

/// Deeds on one page.
pub const DEEDS_PER_PAGE: u64 = 50;
/// Entries that are read at a time when the whole record is.
pub const ENTRIES_PER_READ: u64 = 1_000;
/// What the record says of somebody who carried it away.
const EXPORTED: &str = "audit.export";

/// A page of the record, newest deed first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The deeds.
    pub deeds: Vec<Deed>,
    /// Where the next page begins: below this number. None: this is the oldest page.
    pub below: Option<i64>,
}

/// A whole record of one side, checked.
#[derive(Clone, Debug)]
pub struct CheckedAudit {
    /// How many entries it has.
    pub entries: u64,
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

    /// At most [`ENTRIES_PER_READ`] entries of the identity side's record from number `from` on, oldest first, as they were chained.
    ///
    /// # Errors
    /// Database faults.
    pub async fn audit_entries(&self, tenant: &Tenant, from: i64) -> Result<Vec<ChainedEntry>, ActionError> {
        onward(&self.identity.read(tenant.id).await?.audit_trail(), from).await
    }

    /// Checks the identity side's whole record; with a `known` head also that it still holds it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn check_audit(
        &self,
        tenant: &Tenant,
        known: Option<&AuditHead>,
    ) -> Result<CheckedAudit, ActionError> {
        check(self.identity.read(tenant.id).await?.audit_trail(), known).await
    }

    /// Notes that `actor` carries the identity side's record away: before it is read, so that it says so itself.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_audit_export(&self, actor: &Actor) -> Result<(), ActionError> {
        record_alone(&self.identity, actor, self.clock.now(), EXPORTED, "", "").await
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

    /// At most [`ENTRIES_PER_READ`] entries of the conversation side's record from number `from` on, oldest first, as they were chained.
    ///
    /// # Errors
    /// Database faults.
    pub async fn audit_entries(&self, tenant: &Tenant, from: i64) -> Result<Vec<ChainedEntry>, ActionError> {
        onward(&self.conversation.read(tenant.id).await?.audit_trail(), from).await
    }

    /// Checks the conversation side's whole record; with a `known` head also that it still holds it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn check_audit(
        &self,
        tenant: &Tenant,
        known: Option<&AuditHead>,
    ) -> Result<CheckedAudit, ActionError> {
        check(self.conversation.read(tenant.id).await?.audit_trail(), known).await
    }

    /// Notes that `actor` carries the conversation side's record away: before it is read, so that it says so itself.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_audit_export(&self, actor: &Actor) -> Result<(), ActionError> {
        let write = self.conversation.write(actor.tenant).await?;
        record(write.audit_trail(), actor, hour(self.clock.now()), EXPORTED, "", "").await?;
        Ok(write.commit().await?)
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

async fn onward(trail: &AuditTrail<'_>, from: i64) -> Result<Vec<ChainedEntry>, ActionError> {
    let chained = |stored: AuditEntry| ChainedEntry {
        number: stored.number,
        entry: stored.entry,
        digest: stored.digest,
    };
    Ok(trail.onward(from, ENTRIES_PER_READ).await?.into_iter().map(chained).collect())
}

/// A page of entries at a time: a long record is never in memory.
async fn check(trail: AuditTrail<'_>, known: Option<&AuditHead>) -> Result<CheckedAudit, ActionError> {
    let (mut entries, mut from) = (0, 0);
    let mut chain = Ok(Chain::new(known.cloned()));
    loop {
        let more = onward(&trail, from).await?;
        let Some(last) = more.last() else { break };
        (entries, from) = (entries + more.len() as u64, last.number + 1);
        chain = chain.and_then(|mut chain: Chain| {
            more.iter().try_for_each(|entry| chain.follow(entry)).map(|()| chain)
        });
    }
    Ok(CheckedAudit { entries, head: chain.and_then(Chain::end) })
}
