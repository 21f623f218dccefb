//! The accounts of a tenant.

use domain::account::AccountState;
use policy::{Action, Kind, Role};
use storage::identity::Account;

use super::{Accounts, roles_of};
use crate::{ActionError, Actor, Tenant};

/// An account with its roles.
#[derive(Clone, Debug)]
pub struct ListedAccount {
    /// The account.
    pub account: Account,
    /// The roles that it holds now.
    pub roles: Vec<Role>,
}

impl Accounts {
    /// Every account of a tenant, by name. There are [`MAX_ACCOUNTS`](domain::account::MAX_ACCOUNTS) at most.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_accounts(&self, tenant: &Tenant) -> Result<Vec<ListedAccount>, ActionError> {
        let listed = self.identity.read(tenant.id).await?.accounts(self.clock.now()).await?;
        Ok(listed
            .into_iter()
            .map(|(account, roles)| ListedAccount { account, roles: roles_of(&roles) })
            .collect())
    }

    /// Whether anybody who can sign in may do `action` to `kind`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn someone_may(
        &self,
        tenant: &Tenant,
        kind: Kind,
        action: Action,
    ) -> Result<bool, ActionError> {
        let all = self.list_accounts(tenant).await?;
        Ok(all.iter().any(|one| {
            one.account.state == AccountState::Active
                && tenant.policy().permissions(&one.roles).may(kind, action)
        }))
    }

    /// Whether anybody but `actor` who can sign in may do `action` to `kind`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn someone_else_may(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        kind: Kind,
        action: Action,
    ) -> Result<bool, ActionError> {
        let others = self.list_accounts(tenant).await?;
        Ok(others.iter().any(|other| {
            Some(other.account.id) != actor.account
                && other.account.state == AccountState::Active
                && tenant.policy().permissions(&other.roles).may(kind, action)
        }))
    }
}
