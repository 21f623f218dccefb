//! Operators' access to a tenant, for a time.

use chrono::{DateTime, Utc};
use domain::ids::{AccountId, ItemId};
use sea_orm::QueryResult;

use super::{Account, account_of, time};
use crate::Result;
use crate::identity::{Reading, Writing};
use crate::tenancy::column;

/// An operator's access to a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportAccess {
    /// Which.
    pub id: ItemId,
    /// The operator's account in this tenant.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub begins_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: DateTime<Utc>,
}

impl Reading {
    /// At most `most` accesses: those that last first, then those that ended last.
    ///
    /// # Errors
    /// Database faults.
    pub async fn support_accesses(&self, most: u64) -> Result<Vec<SupportAccess>> {
        let sql = "SELECT s.id, s.account_id, a.name, s.reason, s.begins_at, s.ends_at FROM support_access s
                   JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
                   WHERE s.tenant_id = $1 ORDER BY s.ends_at DESC, s.begins_at DESC, s.id LIMIT $2";
        let rows = self.0.all(sql, vec![most.cast_signed().into()]).await?;
        rows.iter().map(access_of).collect()
    }

    /// The access with this id.
    ///
    /// # Errors
    /// Database faults.
    pub async fn support_access(&self, id: ItemId) -> Result<Option<SupportAccess>> {
        let sql = "SELECT s.id, s.account_id, a.name, s.reason, s.begins_at, s.ends_at FROM support_access s
                   JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
                   WHERE s.tenant_id = $1 AND s.id = $2";
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(access_of).transpose()
    }

    /// Whose arrival this is, if it is good at `now`: an account that is active already.
    ///
    /// # Errors
    /// Database faults.
    pub async fn arriving(&self, hash: [u8; 32], now: DateTime<Utc>) -> Result<Option<Account>> {
        let sql = "SELECT a.id, a.email, a.name, a.state, a.created_at FROM account_invitation i
                   JOIN account a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
                   WHERE i.tenant_id = $1 AND i.hash = $2 AND i.expires_at > $3 AND a.state = 'active'";
        let values = vec![hash.to_vec().into(), now.timestamp().into()];
        self.0.one(sql, values).await?.as_ref().map(account_of).transpose()
    }
}

impl Writing {
    /// Notes an access.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_support_access(&self, access: &SupportAccess) -> Result<()> {
        let sql = "INSERT INTO support_access (tenant_id, id, account_id, reason, begins_at, ends_at)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            access.id.0.into(),
            access.account.0.into(),
            access.reason.clone().into(),
            access.begins_at.timestamp().into(),
            access.ends_at.timestamp().into(),
        ];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Ends every access of an account at `now`. Gives whether one lasted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_support_accesses(&self, account: AccountId, now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE support_access SET ends_at = $3 WHERE tenant_id = $1 AND account_id = $2 AND ends_at > $3";
        let values = vec![account.0.into(), now.timestamp().into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }
}

fn access_of(row: &QueryResult) -> Result<SupportAccess> {
    Ok(SupportAccess {
        id: ItemId(column(row, 0)?),
        account: AccountId(column(row, 1)?),
        name: column(row, 2)?,
        reason: column(row, 3)?,
        begins_at: time(column(row, 4)?)?,
        ends_at: time(column(row, 5)?)?,
    })
}
