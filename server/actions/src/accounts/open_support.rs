//! An operator works in a tenant for some hours, seen by the tenant: with a role there that ends by itself, for a reason that stands on
//! record on both sides.

use chrono::{DateTime, TimeDelta, Utc};
use credentials::{ConsoleToken, TokenPurpose};
use domain::account::AccountState;
use domain::clock::random_bytes;
use domain::ids::{AccountId, ItemId};
use policy::Role;
use storage::identity::{Account, SupportAccess, Writing};
use thiserror::Error;

use super::{AccountRefusal, Accounts, is_active, person, roles_of};
use crate::actor::{record, record_alone};
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
/// Accesses that a tenant is shown: those that last, and those that ended last.
pub const SHOWN_ACCESSES: u64 = 100;

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
        record_alone(&self.identity, actor, now, "support.open", &tenant.slug, &detail).await?;
        // Whoever was suspended meanwhile has had their other accesses ended, but not this one.
        if !self.is_active_operator(platform, operator).await? {
            self.end_support_of(actor, operator).await?;
            return Err(SupportRefusal::NotAnOperator);
        }
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

    /// The accesses that operators had or have to the tenant, those that last first; at most [`SHOWN_ACCESSES`].
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_support(&self, tenant: &Tenant) -> Result<Vec<SupportAccess>, ActionError> {
        Ok(self.identity.read(tenant.id).await?.support_accesses(SHOWN_ACCESSES).await?)
    }

    /// Ends an access now, and whatever else its operator has here. Nothing if there is none that lasts.
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
        let lasting = write.support_access(id).await?.filter(|access| access.ends_at > now);
        let Some(access) = lasting else { return Ok(None) };
        let Some(account) = write.account(access.account).await? else { return Ok(None) };
        end_accesses(&write, actor, &account, now).await?;
        write.commit().await?;
        Ok(Some(()))
    }

    /// Ends at once every access that the platform's `operator` has to any tenant: their account there has been suspended, or must be made anew.
    pub(super) async fn end_support_of(&self, actor: &Actor, operator: AccountId) -> Result<(), ActionError> {
        for tenant in self.tenants.all().await?.iter().filter(|tenant| !tenant.is_platform()) {
            let key = support_key(operator);
            if self.identity.read(tenant.id).await?.account_by_key(&key).await?.is_none() {
                continue;
            }
            let write = self.identity.write(tenant.id).await?;
            if let Some(account) = write.account_by_key(&key).await? {
                let by = Actor {
                    account: None,
                    name: format!("{} (platform)", actor.name),
                    ..Actor::command_line(tenant.id)
                };
                end_accesses(&write, &by, &account, self.clock.now()).await?;
            }
            write.commit().await?;
        }
        Ok(())
    }

    async fn is_active_operator(&self, platform: &Tenant, operator: AccountId) -> Result<bool, ActionError> {
        let reading = self.identity.read(platform.id).await?;
        let active = reading.account(operator).await?.is_some_and(|account| is_active(&account));
        let roles = roles_of(&reading.roles_of(operator, self.clock.now()).await?);
        Ok(active && roles.contains(&Role::Operator))
    }

    /// The operator's account in this tenant, made the first time. It has no way to sign in: only [`Accounts::arrive_for_support`].
    async fn operators_account(
        &self,
        write: &Writing,
        actor: &Actor,
        operator: AccountId,
    ) -> Result<Account, SupportRefusal> {
        let key = support_key(operator);
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

/// What tells the account of one operator from those of others, in each tenant.
fn support_key(operator: AccountId) -> String {
    format!("operator:{operator}")
}

/// Ends all that an operator's account has in a tenant; on record if an access lasted.
pub(super) async fn end_accesses(
    write: &Writing,
    by: &Actor,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(), ActionError> {
    let lasted = write.end_support_accesses(account.id, now).await?;
    write.revoke_role(account.id, Role::Support.slug()).await?;
    write.drop_invitations(account.id).await?;
    write.end_sessions(account.id, None).await?;
    write.remove_means(account.id).await?;
    if lasted {
        record(write.audit_trail(), by, now, "support.end", &account.name, "").await?;
    }
    Ok(())
}
