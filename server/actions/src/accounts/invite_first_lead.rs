//! An operator invites the first comms lead of a tenant, who then invites everybody else. Until somebody has come they can be invited again: an
//! email may never arrive, or an address be wrong.

use chrono::{DateTime, Utc};
use domain::account::AccountState;
use domain::ids::AccountId;
use domain::roll::EmailAddress;
use policy::Role;
use storage::identity::{Account, Reading, Writing};

use super::invite_account::check_roles;
use super::{AccountRefusal, Accounts, Invited, NewAccount, email_key, roles_of};
use crate::actor::{record, record_alone};
use crate::{ActionError, Actor, Tenant};

impl Accounts {
    /// Whether somebody can sign in to a tenant as its comms lead.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_lead(&self, tenant: &Tenant) -> Result<bool, ActionError> {
        let reading = self.identity.read(tenant.id).await?;
        Ok(!leads(&reading, self.clock.now(), AccountState::Active).await?.is_empty())
    }

    /// Who was invited to be comms lead of a tenant and has not come yet; their invitation may have run out.
    ///
    /// # Errors
    /// Database faults.
    pub async fn invited_lead(&self, tenant: &Tenant) -> Result<Option<Account>, ActionError> {
        let reading = self.identity.read(tenant.id).await?;
        Ok(leads(&reading, self.clock.now(), AccountState::Invited).await?.into_iter().next())
    }

    /// Invites somebody to be comms lead of a tenant in which none can sign in. Whoever was invited before and has not come is not to be any
    /// more, and their link is good no longer; `instead` is the one of them that the operator knows of. On record there and in the tenant of
    /// `actor`, an operator, also if the email does not leave.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn invite_first_lead(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        (name, email): (&str, &str),
        instead: Option<AccountId>,
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        self.must_have_proved(actor)?;
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        // One at a time: of two operators who invite at once, the second is told of the first's.
        write.take_tenant().await?;
        if !leads(&write, now, AccountState::Active).await?.is_empty() {
            return Err(AccountRefusal::LeadThere);
        }
        let waiting = leads(&write, now, AccountState::Invited).await?;
        if waiting.first().map(|account| account.id) != instead {
            return Err(AccountRefusal::LeadMeanwhile);
        }
        let known = write.account_by_key(&email_key(&EmailAddress::parse(email)?)).await?;
        let known = known.filter(|known| known.state == AccountState::Invited);
        let kept = known.as_ref().map(|known| known.id);
        for earlier in waiting.iter().filter(|earlier| Some(earlier.id) != kept) {
            withdraw(&write, actor, earlier, now).await?;
        }
        let invited = match known {
            Some(known) => {
                make_lead(&write, actor, tenant, &known, now).await?;
                self.invite(write, actor, tenant, &known, welcome).await?
            }
            None => {
                let roles = vec![Role::CommsLead];
                let new = NewAccount { email: email.to_owned(), name: name.to_owned(), roles };
                self.invite_new(write, actor, tenant, &new, welcome).await?
            }
        };
        record_alone(&self.identity, actor, now, "tenant.invite-lead", &tenant.slug, "").await?;
        Ok(invited)
    }
}

/// The comms leads whose accounts are in `state`, by name.
async fn leads(
    reading: &Reading,
    now: DateTime<Utc>,
    state: AccountState,
) -> Result<Vec<Account>, ActionError> {
    let lead = Role::CommsLead.slug();
    let accounts = reading.accounts(now).await?.into_iter();
    let leads =
        accounts.filter(|(account, roles)| account.state == state && roles.iter().any(|role| role == lead));
    Ok(leads.map(|(account, _)| account).collect())
}

/// Takes an invitation back: its link is good no more, and whoever is invited by this address later is no lead by it. The account goes, unless
/// its person is to be something else as well.
async fn withdraw(
    write: &Writing,
    actor: &Actor,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(), AccountRefusal> {
    write.drop_invitations(account.id).await?;
    write.revoke_role(account.id, Role::CommsLead.slug()).await?;
    if write.roles_of(account.id, now).await?.is_empty() {
        write.remove_invited_account(account.id).await?;
    }
    Ok(record(write.audit_trail(), actor, now, "account.withdraw", &account.name, "").await?)
}

/// Has somebody who was invited before be comms lead, beside what else they are to be.
async fn make_lead(
    write: &Writing,
    actor: &Actor,
    tenant: &Tenant,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(), AccountRefusal> {
    let lead = Role::CommsLead;
    let mut roles = roles_of(&write.roles_of(account.id, now).await?);
    if !roles.contains(&lead) {
        roles.push(lead);
    }
    check_roles(tenant, &roles)?;
    write.grant_role(account.id, lead.slug(), now, None).await?;
    Ok(record(write.audit_trail(), actor, now, "account.invite", &account.name, lead.title()).await?)
}
