//! Accounts of named people, their roles and their invitations. How they sign in is [`means`]' and [`sessions`]'.

mod means;
mod sessions;
mod support;
mod tries;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::account::AccountState;
use domain::ids::AccountId;
use sea_orm::QueryResult;

pub use means::{Means, StoredPasskey};
pub use sessions::{NewSession, SignedInRow, StoredSession};
pub use support::SupportAccess;

use super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// Somebody's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub id: AccountId,
    /// Where they are written to.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What state it is in.
    pub state: AccountState,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
}

const ACCOUNT: &str = "a.id, a.email, a.name, a.state, a.created_at";

impl Reading {
    /// The account with this id.
    ///
    /// # Errors
    /// Database faults.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        let sql = format!("SELECT {ACCOUNT} FROM account a WHERE a.tenant_id = $1 AND a.id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(account_of).transpose()
    }

    /// The account of this address.
    ///
    /// # Errors
    /// Database faults.
    pub async fn account_by_key(&self, email_key: &str) -> Result<Option<Account>> {
        let sql = format!("SELECT {ACCOUNT} FROM account a WHERE a.tenant_id = $1 AND a.email_key = $2");
        self.0.one(sql, vec![email_key.into()]).await?.as_ref().map(account_of).transpose()
    }

    /// Every account by name, each with the names of the roles that it holds at `now`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn accounts(&self, now: DateTime<Utc>) -> Result<Vec<(Account, Vec<String>)>> {
        let sql = format!(
            "SELECT {ACCOUNT}, r.role FROM account a LEFT JOIN role_grant r
                 ON r.tenant_id = a.tenant_id AND r.account_id = a.id AND (r.expires_at IS NULL OR r.expires_at > $2)
             WHERE a.tenant_id = $1 ORDER BY a.id, r.role"
        );
        let mut accounts: BTreeMap<AccountId, (Account, Vec<String>)> = BTreeMap::new();
        for row in self.0.all(sql, vec![now.timestamp().into()]).await? {
            let account = account_of(&row)?;
            let role: Option<String> = column(&row, 5)?;
            accounts.entry(account.id).or_insert_with(|| (account, Vec::new())).1.extend(role);
        }
        let mut accounts: Vec<_> = accounts.into_values().collect();
        accounts.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name).then(one.email.cmp(&other.email)));
        Ok(accounts)
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_accounts(&self) -> Result<usize> {
        let row = self.0.one("SELECT count(*) FROM account WHERE tenant_id = $1", vec![]).await?;
        let count: i64 = row.as_ref().map_or(Ok(0), |row| column(row, 0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The names of the roles that an account holds at `now`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn roles_of(&self, account: AccountId, now: DateTime<Utc>) -> Result<Vec<String>> {
        let sql = "SELECT role FROM role_grant WHERE tenant_id = $1 AND account_id = $2
                   AND (expires_at IS NULL OR expires_at > $3) ORDER BY role";
        let rows = self.0.all(sql, vec![account.0.into(), now.timestamp().into()]).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Whose invitation this is, if it is good at `now`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn invited(&self, hash: [u8; 32], now: DateTime<Utc>) -> Result<Option<Account>> {
        let sql = format!(
            "SELECT {ACCOUNT} FROM account_invitation i
             JOIN account a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
             WHERE i.tenant_id = $1 AND i.hash = $2 AND i.expires_at > $3 AND a.state = 'invited'"
        );
        let values = vec![hash.to_vec().into(), now.timestamp().into()];
        self.0.one(sql, values).await?.as_ref().map(account_of).transpose()
    }
}

impl Writing {
    /// Writes a new account. Gives whether it is one: nothing changes where its address has an account already.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_account(&self, account: &Account, email_key: &str) -> Result<bool> {
        let sql = "INSERT INTO account (tenant_id, id, email, email_key, name, state, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, email_key) DO NOTHING";
        let values = vec![
            account.id.0.into(),
            account.email.clone().into(),
            email_key.into(),
            account.name.clone().into(),
            account.state.slug().into(),
            account.created_at.timestamp().into(),
        ];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Removes an account that nobody has set up, with its invitations and roles. Gives whether there was one in that state.
    ///
    /// # Errors
    /// Database faults.
    pub async fn remove_invited_account(&self, id: AccountId) -> Result<bool> {
        // The invitation first, as who accepts it spends it first: of the two, the later one finds it gone.
        self.drop_invitations(id).await?;
        let sql = "DELETE FROM account WHERE tenant_id = $1 AND id = $2 AND state = 'invited'";
        Ok(self.0.0.execute(sql, vec![id.0.into()]).await?.rows_affected() > 0)
    }

    /// Puts an account into another state.
    ///
    /// # Errors
    /// Database faults.
    pub async fn set_account_state(&self, id: AccountId, state: AccountState) -> Result<()> {
        let sql = "UPDATE account SET state = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.0.execute(sql, vec![id.0.into(), state.slug().into()]).await?;
        Ok(())
    }

    /// Gives an account this invitation, in place of any earlier one.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_invitation(
        &self,
        account: AccountId,
        hash: [u8; 32],
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        self.drop_invitations(account).await?;
        let sql = "INSERT INTO account_invitation (tenant_id, hash, account_id, expires_at) VALUES ($1, $2, $3, $4)";
        let values = vec![hash.to_vec().into(), account.0.into(), expires_at.timestamp().into()];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Takes an account's invitations away. Gives whether there was one.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drop_invitations(&self, account: AccountId) -> Result<bool> {
        let sql = "DELETE FROM account_invitation WHERE tenant_id = $1 AND account_id = $2";
        Ok(self.0.0.execute(sql, vec![account.0.into()]).await?.rows_affected() > 0)
    }

    /// Gives an account a role, until `expires_at` if that is set.
    ///
    /// # Errors
    /// Database faults.
    pub async fn grant_role(
        &self,
        account: AccountId,
        role: &str,
        now: DateTime<Utc>,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let sql = "INSERT INTO role_grant (tenant_id, account_id, role, granted_at, expires_at) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (tenant_id, account_id, role) DO UPDATE SET granted_at = $4, expires_at = $5";
        let expires_at = expires_at.map(|at| at.timestamp());
        let values = vec![account.0.into(), role.into(), now.timestamp().into(), expires_at.into()];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Takes a role from an account.
    ///
    /// # Errors
    /// Database faults.
    pub async fn revoke_role(&self, account: AccountId, role: &str) -> Result<()> {
        let sql = "DELETE FROM role_grant WHERE tenant_id = $1 AND account_id = $2 AND role = $3";
        self.0.0.execute(sql, vec![account.0.into(), role.into()]).await?;
        Ok(())
    }
}

fn account_of(row: &QueryResult) -> Result<Account> {
    let state: String = column(row, 3)?;
    Ok(Account {
        id: AccountId(column(row, 0)?),
        email: column(row, 1)?,
        name: column(row, 2)?,
        state: AccountState::from_slug(&state).ok_or(StorageError::Corrupt(state))?,
        created_at: time(column(row, 4)?)?,
    })
}

fn time(seconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| StorageError::Corrupt(format!("time {seconds}")))
}
