//! Who is what. Counts from the next request on, in every process, because roles are read with each.

use domain::ids::AccountId;
use policy::{Action, Kind, Role};
use storage::identity::Account;

use super::invite_account::check_roles;
use super::open_support::SUPPORT_EMAIL;
use super::{AccountRefusal, Accounts, roles_of};
use crate::actor::record;
use crate::{Actor, Tenant};

impl Accounts {
    /// Gives an account these roles and no others; who is an operator no longer has no open access to a tenant either. Nobody takes from themselves the power to give roles, so that somebody always has it.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn set_roles(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
        roles: &[Role],
    ) -> Result<Account, AccountRefusal> {
        self.must_have_proved(actor)?;
        check_roles(tenant, roles)?;
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        // One change at a time: two who take it from each other at once must not both succeed.
        write.take_tenant().await?;
        let found = write.account(account).await?.ok_or(AccountRefusal::Unknown)?;
        if found.email == SUPPORT_EMAIL {
            return Err(AccountRefusal::State);
        }
        let grants = |roles: &[Role]| tenant.policy().permissions(roles).may(Kind::Role, Action::Grant);
        if let Some(own) = actor.account {
            if !grants(&roles_of(&write.roles_of(own, now).await?)) {
                return Err(AccountRefusal::NotAllowed);
            }
            if own == account && !grants(roles) {
                return Err(AccountRefusal::LastGrant);
            }
        }
        let before = roles_of(&write.roles_of(account, now).await?);
        for role in before.iter().filter(|role| !roles.contains(role)) {
            write.revoke_role(account, role.slug()).await?;
            record(write.audit_trail(), actor, now, "role.revoke", &found.name, role.title()).await?;
        }
        for role in roles.iter().filter(|role| !before.contains(role)) {
            write.grant_role(account, role.slug(), now, None).await?;
            record(write.audit_trail(), actor, now, "role.grant", &found.name, role.title()).await?;
        }
        write.commit().await?;
        if before.contains(&Role::Operator) && !roles.contains(&Role::Operator) {
            self.end_support_from(actor, tenant, account).await?;
        }
        Ok(found)
    }
}
