//! The accounts of a tenant.

use policy::Role;
use storage::identity::Account;

use super::{Accounts, roles_of};
use crate::{ActionError, Tenant};

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
}
