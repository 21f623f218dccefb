//! Console sessions: who is signed in, where, since when.

use chrono::{DateTime, Utc};
use domain::account::Misuse;
use domain::ids::{AccountId, ItemId};
use sea_orm::QueryResult;

use super::time;
use crate::Result;
use crate::identity::{Reading, Writing};
use crate::tenancy::column;

/// Who came with a session's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInRow {
    /// The session.
    pub session: ItemId,
    /// Whose.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// When it was last seen.
    pub seen_at: DateTime<Utc>,
    /// When they last showed who they are.
    pub proved_at: DateTime<Utc>,
    /// The names of the roles that they hold now.
    pub roles: Vec<String>,
}

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// A random id.
    pub id: ItemId,
    /// What its token hashes to.
    pub hash: [u8; 32],
    /// Whose.
    pub account: AccountId,
    /// What its owner sees in their list.
    pub device: String,
    /// When its owner last showed who they are.
    pub proved_at: DateTime<Utc>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Which.
    pub id: ItemId,
    /// On what.
    pub device: String,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// Last seen.
    pub seen_at: DateTime<Utc>,
}

impl Reading {
    /// Who came with the session whose token hashes to this, with the roles that they hold at `now`: one statement, as every request of
    /// the console asks. The session must have begun after `started`, and been seen after `seen`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn signed_in(
        &self,
        hash: [u8; 32],
        (started, seen): (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<Option<SignedInRow>> {
        let sql = "SELECT s.id, a.id, a.name, s.seen_at, s.proved_at, r.role FROM console_session s
                   JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
                   LEFT JOIN role_grant r ON r.tenant_id = s.tenant_id AND r.account_id = s.account_id
                       AND (r.expires_at IS NULL OR r.expires_at > $5)
                   WHERE s.tenant_id = $1 AND s.hash = $2 AND s.started_at > $3 AND s.seen_at > $4
                       AND s.ended_at IS NULL AND a.state = 'active'
                   ORDER BY r.role";
        let values = vec![
            hash.to_vec().into(),
            started.timestamp().into(),
            seen.timestamp().into(),
            now.timestamp().into(),
        ];
        let rows = self.0.all(sql, values).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let roles = rows.iter().map(|row| column::<Option<String>>(row, 5));
        Ok(Some(SignedInRow {
            session: ItemId(column(first, 0)?),
            account: AccountId(column(first, 1)?),
            name: column(first, 2)?,
            seen_at: time(column(first, 3)?)?,
            proved_at: time(column(first, 4)?)?,
            roles: roles.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect(),
        }))
    }

    /// Whether this is the token of a session that its owner signed out of.
    ///
    /// # Errors
    /// Database faults.
    pub async fn was_signed_out(&self, hash: [u8; 32]) -> Result<bool> {
        let sql = "SELECT 1 FROM console_session WHERE tenant_id = $1 AND hash = $2 AND ended_at IS NOT NULL";
        Ok(self.0.one(sql, vec![hash.to_vec().into()]).await?.is_some())
    }

    /// An account's sessions that are good, the one last seen first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn sessions_of(
        &self,
        account: AccountId,
        (started, seen): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<StoredSession>> {
        let sql = "SELECT id, device, started_at, seen_at FROM console_session
                   WHERE tenant_id = $1 AND account_id = $2 AND started_at > $3 AND seen_at > $4 AND ended_at IS NULL
                   ORDER BY seen_at DESC, started_at DESC, id";
        let values = vec![account.0.into(), started.timestamp().into(), seen.timestamp().into()];
        self.0.all(sql, values).await?.iter().map(session_of).collect()
    }
}

impl Writing {
    /// Begins a session, and ends the oldest beyond the `most` that they may have.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_session(&self, session: &NewSession, now: DateTime<Utc>, most: usize) -> Result<()> {
        let sql = "INSERT INTO console_session (tenant_id, hash, id, account_id, device, started_at, seen_at, proved_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
        let values = vec![
            session.hash.to_vec().into(),
            session.id.0.into(),
            session.account.0.into(),
            session.device.clone().into(),
            now.timestamp().into(),
            session.proved_at.timestamp().into(),
        ];
        self.0.0.execute(sql, values).await?;
        let sql = "DELETE FROM console_session WHERE tenant_id = $1 AND account_id = $2 AND id IN
                       (SELECT id FROM console_session WHERE tenant_id = $1 AND account_id = $2
                        ORDER BY started_at DESC, id LIMIT 1000 OFFSET $3)";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.0.0.execute(sql, vec![session.account.0.into(), most.into()]).await?;
        Ok(())
    }

    /// Gives a session another token: its owner has just shown again who they are. Gives whether it was still there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn renew_session(&self, id: ItemId, hash: [u8; 32], now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE console_session SET hash = $3, proved_at = $4, seen_at = $4 WHERE tenant_id = $1 AND id = $2";
        let values = vec![id.0.into(), hash.to_vec().into(), now.timestamp().into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Notes that a session was seen.
    ///
    /// # Errors
    /// Database faults.
    pub async fn see_session(&self, id: ItemId, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE console_session SET seen_at = $3 WHERE tenant_id = $1 AND id = $2 AND seen_at < $3";
        self.0.0.execute(sql, vec![id.0.into(), now.timestamp().into()]).await?;
        Ok(())
    }

    /// Ends a session whose owner signs out: it is worth nothing from now on, and known if somebody comes with it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn sign_out(&self, id: ItemId, now: DateTime<Utc>) -> Result<()> {
        let sql =
            "UPDATE console_session SET ended_at = $3 WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL";
        self.0.0.execute(sql, vec![id.0.into(), now.timestamp().into()]).await?;
        Ok(())
    }

    /// Notes that a session was misused. Gives whose it is, the first time that it was misused so.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_misuse(&self, hash: [u8; 32], how: Misuse) -> Result<Option<AccountId>> {
        let sql = "UPDATE console_session SET misused = misused | $3
                   WHERE tenant_id = $1 AND hash = $2 AND misused & $3 = 0 RETURNING account_id";
        let row = self.0.0.one(sql, vec![hash.to_vec().into(), (how as i32).into()]).await?;
        row.as_ref().map(|row| column(row, 0).map(AccountId)).transpose()
    }

    /// Ends a session of an account. Gives whether it was there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_session(&self, account: AccountId, id: ItemId) -> Result<bool> {
        let sql = "DELETE FROM console_session WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
        Ok(self.0.0.execute(sql, vec![account.0.into(), id.0.into()]).await?.rows_affected() > 0)
    }

    /// Ends every session of an account but `kept`. Gives how many.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_sessions(&self, account: AccountId, kept: Option<ItemId>) -> Result<u64> {
        let sql = "DELETE FROM console_session WHERE tenant_id = $1 AND account_id = $2 AND id <> $3";
        let kept = kept.map_or(uuid::Uuid::nil(), |id| id.0);
        Ok(self.0.0.execute(sql, vec![account.0.into(), kept.into()]).await?.rows_affected())
    }
}

fn session_of(row: &QueryResult) -> Result<StoredSession> {
    Ok(StoredSession {
        id: ItemId(column(row, 0)?),
        device: column(row, 1)?,
        started_at: time(column(row, 2)?)?,
        seen_at: time(column(row, 3)?)?,
    })
}
