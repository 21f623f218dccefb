//! An operator invites the first comms lead of a tenant, who then invites everybody else.

use policy::Role;

use super::{AccountRefusal, Accounts, Invited, NewAccount};
use crate::actor::record_alone;
use crate::{ActionError, Actor, Tenant};

impl Accounts {
    /// Whether somebody is comms lead of a tenant, or was invited to be.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_lead(&self, tenant: &Tenant) -> Result<bool, ActionError> {
        let listed = self.list_accounts(tenant).await?;
        Ok(listed.iter().any(|listed| listed.roles.contains(&Role::CommsLead)))
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
        if self.has_lead(tenant).await? {
            return Err(AccountRefusal::LeadThere);
        }
        let roles = vec![Role::CommsLead];
        let new = NewAccount { email: email.to_owned(), name: name.to_owned(), roles };
        let invited = self.invite_account(actor, tenant, &new, welcome).await?;
        let now = self.clock.now();
        record_alone(&self.identity, actor, now, "tenant.invite-lead", &tenant.slug, "").await?;
        Ok(invited)
    }
}
