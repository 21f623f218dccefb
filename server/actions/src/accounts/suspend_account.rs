//! An account is suspended, let in again, or made anew from the beginning; one that nobody has set up goes.

use domain::account::AccountState;
use domain::ids::AccountId;
use storage::identity::{Account, Writing};

use super::open_support::{SUPPORT_EMAIL, end_accesses};
use super::{AccountRefusal, Accounts, Invited};
use crate::actor::record;
use crate::{Actor, Tenant};

impl Accounts {
    /// Suspends an account: its sessions end, and nobody can sign in to it. An operator's accesses to tenants end as well, there and here.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn suspend_account(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<(), AccountRefusal> {
        let (write, found) = self.take_other(actor, tenant, account).await?;
        if found.state == AccountState::Suspended {
            drop(write);
            // An access that could not be ended then is ended now.
            self.end_support_from(actor, tenant, account).await?;
            return Err(AccountRefusal::State);
        }
        write.set_account_state(account, AccountState::Suspended).await?;
        write.drop_invitations(account).await?;
        write.end_sessions(account, None).await?;
        let now = self.clock.now();
        if found.email == SUPPORT_EMAIL {
            end_accesses(&write, actor, &found, now).await?;
        }
        record(write.audit_trail(), actor, now, "account.suspend", &found.name, "").await?;
        write.commit().await?;
        self.end_support_from(actor, tenant, account).await
    }

    /// Lets the person of a suspended account sign in again, as they did before.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn resume_account(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<(), AccountRefusal> {
        let (write, found) = self.take_other(actor, tenant, account).await?;
        if found.state != AccountState::Suspended {
            return Err(AccountRefusal::State);
        }
        let means = write.means_of(account).await?.ok_or(AccountRefusal::Unknown)?;
        let none = means.password.is_none() && write.passkeys_of(account).await?.is_empty();
        // Whoever had not set up anything yet still has to; an operator's account in a tenant has nothing to set up.
        let is_invited = none && found.email != SUPPORT_EMAIL;
        let state = if is_invited { AccountState::Invited } else { AccountState::Active };
        write.set_account_state(account, state).await?;
        record(write.audit_trail(), actor, self.clock.now(), "account.resume", &found.name, "").await?;
        Ok(write.commit().await?)
    }

    /// Has somebody choose anew how they sign in: every earlier way is removed, their sessions end, and they are sent an invitation to
    /// `welcome`. Their roles stay.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn reset_account(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        let (write, found) = self.take_other(actor, tenant, account).await?;
        if found.email == SUPPORT_EMAIL {
            return Err(AccountRefusal::State);
        }
        write.remove_means(account).await?;
        write.end_sessions(account, None).await?;
        write.set_account_state(account, AccountState::Invited).await?;
        record(write.audit_trail(), actor, self.clock.now(), "account.reset", &found.name, "").await?;
        let invited = self.invite(write, actor, tenant, &found, welcome).await?;
        self.end_support_from(actor, tenant, account).await?;
        Ok(invited)
    }

    /// Withdraws an invitation that nobody has accepted: its account goes, so that its address can be invited again.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn withdraw_invitation(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<(), AccountRefusal> {
        let (write, found) = self.take_other(actor, tenant, account).await?;
        if !write.remove_invited_account(account).await? {
            return Err(AccountRefusal::State);
        }
        record(write.audit_trail(), actor, self.clock.now(), "account.withdraw", &found.name, "").await?;
        Ok(write.commit().await?)
    }

    /// Ends what an operator has opened, if `account` is one of the platform's.
    pub(super) async fn end_support_from(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<(), AccountRefusal> {
        match tenant.is_platform() {
            true => Ok(self.end_support_of(actor, account).await?),
            false => Ok(()),
        }
    }

    /// Somebody else's account, for a change that needs proof.
    async fn take_other(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<(Writing, Account), AccountRefusal> {
        self.must_have_proved(actor)?;
        if actor.account == Some(account) {
            return Err(AccountRefusal::Yourself);
        }
        let write = self.identity.write(tenant.id).await?;
        // One change at a time, as with roles: two who suspend each other at once must not both succeed.
        write.take_tenant().await?;
        if let Some(own) = actor.account {
            let active = write.account(own).await?.is_some_and(|own| own.state == AccountState::Active);
            if !active {
                return Err(AccountRefusal::NotAllowed);
            }
        }
        let found = write.account(account).await?.ok_or(AccountRefusal::Unknown)?;
        Ok((write, found))
    }
}
