//! An operator works in a tenant for some hours, seen by the tenant: with a role there that ends by itself, for a reason that stands on
//! record on both sides.

use chrono::{DateTime, TimeDelta};
use credentials::{ConsoleToken, TokenPurpose};
use domain::account::AccountState;
use domain::clock::random_bytes;
use domain::ids::{AccountId, ItemId};
use policy::Role;
use storage::identity::{Account, SupportAccess, Writing};
use thiserror::Error;

use super::{AccountRefusal, Accounts, person};
use crate::actor::record;
use crate::{ActionError, Actor, Tenant};

/// The longest access, hours.
pub const MAX_SUPPORT_HOURS: i64 = 8;
/// Fewest characters of the reason.
pub const MIN_SUPPORT_REASON: usize = 10;
/// Most characters of the reason.
pub const MAX_SUPPORT_REASON: usize = 300;
/// For how long the link into the tenant's console is good, minutes.
pub const ARRIVAL_MINUTES: i64 = 10;
/// What stands for the address of an operator's account in a tenant: no address, so nobody can be invited to it.
pub(super) const SUPPORT_EMAIL: &str = "platform support";
/// Accesses that a tenant is shown.
const SHOWN_ACCESSES: u64 = 100;

/// What an operator asks for.
#[derive(Clone, Debug)]
pub struct SupportForm {
    /// Why, in words for the tenant.
    pub reason: String,
    /// For how many hours.
    pub hours: i64,
}

/// Why there is no access.
#[derive(Debug, Error)]
pub enum SupportRefusal {
    /// It needs a reason.
    #[error("Say why, in {MIN_SUPPORT_REASON} to {MAX_SUPPORT_REASON} characters. The tenant reads it.")]
    Reason,
    /// It ends by itself.
    #[error("Choose from 1 to {MAX_SUPPORT_HOURS} hours.")]
    Hours,
    /// Operators alone, in the platform's own tenant, into another one.
    #[error("Only an operator can open support access, and not to the platform itself.")]
    NotAnOperator,
    /// The link is old, or was used.
    #[error("This link has run out, or was used already. Open the access again from the platform's console.")]
    Arrival,
    /// About the account.
    #[error(transparent)]
    Account(#[from] AccountRefusal),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for SupportRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Accounts {
    /// Lets `actor`, an operator of `platform`, into `tenant`. Gives the token for the tenant's own console, good once.
    ///
    /// # Errors
    /// A [`SupportRefusal`].
    pub async fn open_support(
        &self,
        actor: &Actor,
        platform: &Tenant,
        tenant: &Tenant,
        form: &SupportForm,
    ) -> Result<String, SupportRefusal> {
        if !(1..=MAX_SUPPORT_HOURS).contains(&form.hours) {
            return Err(SupportRefusal::Hours);
        }
        let reason = form.reason.trim();
        if !(MIN_SUPPORT_REASON..=MAX_SUPPORT_REASON).contains(&reason.chars().count()) {
            return Err(SupportRefusal::Reason);
        }
        let operator = actor.account.filter(|_| platform.is_platform() && !tenant.is_platform());
        let operator = operator.ok_or(SupportRefusal::NotAnOperator)?;
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        let account = self.operators_account(&write, actor, operator).await?;
        let access = SupportAccess {
            id: ItemId::random(&*self.entropy),
            account: account.id,
            name: account.name.clone(),
            reason: reason.to_owned(),
            begins_at: now,
            ends_at: now + TimeDelta::hours(form.hours),
        };
        write.add_support_access(&access).await?;
        write.grant_role(account.id, Role::Support.slug(), now, Some(access.ends_at)).await?;
        let token = ConsoleToken::from_bytes(random_bytes(&*self.entropy));
        let hash = token.hash(&self.secret, TokenPurpose::Invitation).0;
        write.put_invitation(account.id, hash, now + TimeDelta::minutes(ARRIVAL_MINUTES)).await?;
        let detail = format!("for {} h: {reason}", form.hours);
        record(write.audit_trail(), &person(tenant, &account), now, "support.open", &account.name, &detail)
            .await?;
        write.commit().await?;
        let write = self.identity.write(platform.id).await?;
        record(write.audit_trail(), actor, now, "support.open", &tenant.slug, &detail).await?;
        write.commit().await?;
        Ok(token.reveal())
    }

    /// Begins the session of an operator who comes with a token of [`Accounts::open_support`]. Good once. Gives the session's token.
    ///
    /// # Errors
    /// A [`SupportRefusal`].
    pub async fn arrive_for_support(
        &self,
        tenant: &Tenant,
        token: &str,
        device: &str,
    ) -> Result<String, SupportRefusal> {
        let token = ConsoleToken::parse(token).map_err(|_| SupportRefusal::Arrival)?;
        let (now, hash) = (self.clock.now(), token.hash(&self.secret, TokenPurpose::Invitation).0);
        let write = self.identity.write(tenant.id).await?;
        let account = write.arriving(hash, now).await?.ok_or(SupportRefusal::Arrival)?;
        if !write.drop_invitations(account.id).await? {
            return Err(SupportRefusal::Arrival);
        }
        let session = self.begin_session(&write, account.id, device, (now, DateTime::UNIX_EPOCH)).await?;
        record(write.audit_trail(), &person(tenant, &account), now, "support.arrive", &account.name, "")
            .await?;
        write.commit().await?;
        Ok(session)
    }

    /// The accesses that operators had or have to the tenant, newest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_support(&self, tenant: &Tenant) -> Result<Vec<SupportAccess>, ActionError> {
        Ok(self.identity.read(tenant.id).await?.support_accesses(SHOWN_ACCESSES).await?)
    }

    /// Ends an access now. Nothing if there is none that lasts.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_support(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        id: ItemId,
    ) -> Result<Option<()>, ActionError> {
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        let access = write.support_accesses(SHOWN_ACCESSES).await?.into_iter().find(|access| access.id == id);
        let Some(access) = access else { return Ok(None) };
        if !write.end_support_access(id, now).await? {
            return Ok(None);
        }
        write.revoke_role(access.account, Role::Support.slug()).await?;
        write.drop_invitations(access.account).await?;
        write.end_sessions(access.account, None).await?;
        write.remove_means(access.account).await?;
        record(write.audit_trail(), actor, now, "support.end", &access.name, "").await?;
        write.commit().await?;
        Ok(Some(()))
    }

    /// The operator's account in this tenant, made the first time. It has no way to sign in: only [`Accounts::arrive_for_support`].
    async fn operators_account(
        &self,
        write: &Writing,
        actor: &Actor,
        operator: AccountId,
    ) -> Result<Account, SupportRefusal> {
        let key = format!("operator:{operator}");
        let account = Account {
            id: AccountId::random(&*self.entropy),
            email: SUPPORT_EMAIL.to_owned(),
            name: format!("{} (platform support)", actor.name),
            state: AccountState::Active,
            created_at: self.clock.now(),
        };
        if write.add_account(&account, &key).await? {
            return Ok(account);
        }
        let known = write.account_by_key(&key).await?;
        known
            .filter(|account| account.state == AccountState::Active)
            .ok_or(SupportRefusal::Account(AccountRefusal::State))
    }
}
