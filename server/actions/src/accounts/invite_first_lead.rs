//! An operator invites the first comms lead of a tenant, who then invites everybody else.

use chrono::{DateTime, Utc};
use policy::Role;
use storage::identity::Reading;

use super::{AccountRefusal, Accounts, Invited, NewAccount};
use crate::actor::record_alone;
use crate::{ActionError, Actor, Tenant};

impl Accounts {
    /// Whether somebody is comms lead of a tenant, or was invited to be.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_lead(&self, tenant: &Tenant) -> Result<bool, ActionError> {
        has_lead(&self.identity.read(tenant.id).await?, self.clock.now()).await
    }

    /// Invites somebody to be comms lead of a tenant that has none; on record there and in the tenant of `actor`, an operator.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn invite_first_lead(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        (name, email): (&str, &str),
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        self.must_have_proved(actor)?;
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        // One at a time: two operators who invite at once must not both find none.
        write.take_tenant().await?;
        if has_lead(&write, now).await? {
            return Err(AccountRefusal::LeadThere);
        }
        let roles = vec![Role::CommsLead];
        let new = NewAccount { email: email.to_owned(), name: name.to_owned(), roles };
        let invited = self.invite_new(write, actor, tenant, &new, welcome).await?;
        record_alone(&self.identity, actor, now, "tenant.invite-lead", &tenant.slug, "").await?;
        Ok(invited)
    }
}

async fn has_lead(reading: &Reading, now: DateTime<Utc>) -> Result<bool, ActionError> {
    let lead = Role::CommsLead.slug();
    Ok(reading.accounts(now).await?.iter().any(|(_, roles)| roles.iter().any(|role| role == lead)))
}
