//! Wrong tries, questions that were answered, and the end of what has run out.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::identity::Writing;
use crate::tenancy::column;

impl Writing {
    /// Counts one more try at the address that hashes to this, before anybody looks whether it is right. Gives how many that makes in a
    /// row; none while the address is locked, or if somebody else holds it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_try(&self, hash: [u8; 32], now: DateTime<Utc>) -> Result<Option<i64>> {
        let sql = "INSERT INTO sign_in_try (tenant_id, hash, failed, locked_until, last_at) VALUES ($1, $2, 1, 0, $3)
                   ON CONFLICT (tenant_id, hash) DO UPDATE SET failed = sign_in_try.failed + 1, last_at = $3
                   WHERE sign_in_try.locked_until <= $3 RETURNING failed";
        let values = vec![hash.to_vec().into(), now.timestamp().into()];
        self.0.0.one(sql, values).await?.as_ref().map(|row| column(row, 0)).transpose()
    }

    /// Locks an address.
    ///
    /// # Errors
    /// Database faults.
    pub async fn lock_tries(&self, hash: [u8; 32], until: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE sign_in_try SET locked_until = $3 WHERE tenant_id = $1 AND hash = $2";
        self.0.0.execute(sql, vec![hash.to_vec().into(), until.timestamp().into()]).await?;
        Ok(())
    }

    /// Forgets the tries at an address: one was right.
    ///
    /// # Errors
    /// Database faults.
    pub async fn forget_tries(&self, hash: [u8; 32]) -> Result<()> {
        let sql = "DELETE FROM sign_in_try WHERE tenant_id = $1 AND hash = $2";
        self.0.0.execute(sql, vec![hash.to_vec().into()]).await?;
        Ok(())
    }

    /// Notes that a question to a passkey was answered. Gives whether this was the first time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn spend_question(&self, hash: [u8; 32], expires_at: DateTime<Utc>) -> Result<bool> {
        let sql = "INSERT INTO spent_question (tenant_id, hash, expires_at) VALUES ($1, $2, $3)
                   ON CONFLICT (tenant_id, hash) DO NOTHING";
        let values = vec![hash.to_vec().into(), expires_at.timestamp().into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Deletes what is of no use any more: sessions that began before `started` or were seen last before `seen`, tries before `tries`, and
    /// what ran out before `now`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn sweep_accounts(
        &self,
        (started, seen): (DateTime<Utc>, DateTime<Utc>),
        tries: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let bound = &self.0.0;
        let sql = "DELETE FROM console_session WHERE tenant_id = $1 AND (started_at <= $2 OR seen_at <= $3)";
        bound.execute(sql, vec![started.timestamp().into(), seen.timestamp().into()]).await?;
        let sql = "DELETE FROM sign_in_try WHERE tenant_id = $1 AND last_at <= $2";
        bound.execute(sql, vec![tries.timestamp().into()]).await?;
        for sql in [
            "DELETE FROM account_invitation WHERE tenant_id = $1 AND expires_at <= $2",
            "DELETE FROM spent_question WHERE tenant_id = $1 AND expires_at <= $2",
            "DELETE FROM role_grant WHERE tenant_id = $1 AND expires_at <= $2",
        ] {
            bound.execute(sql, vec![now.timestamp().into()]).await?;
        }
        Ok(())
    }
}
