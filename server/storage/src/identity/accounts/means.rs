//! What an account signs in with: password, authenticator, passkeys, recovery codes.

use chrono::{DateTime, Utc};
use domain::ids::{AccountId, ItemId};
use sea_orm::QueryResult;

use super::{Account, account_of, time};
use crate::Result;
use crate::identity::{Reading, Writing};
use crate::tenancy::{column, placeholders};

/// What an account signs in with, passkeys apart.
#[derive(Clone)]
pub struct Means {
    /// Whose they are.
    pub account: Account,
    /// The password's hash.
    pub password: Option<String>,
    /// What their authenticator app counts with, sealed.
    pub totp_secret: Option<Vec<u8>>,
    /// The last step whose code was accepted.
    pub totp_step: Option<i64>,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
}

/// A passkey as stored.
#[derive(Clone)]
pub struct StoredPasskey {
    /// What it is known by on pages.
    pub id: ItemId,
    /// What the device calls it.
    pub credential_id: Vec<u8>,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// Public key and counter, sealed.
    pub passkey: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub used_at: Option<DateTime<Utc>>,
}

const MEANS: &str = "a.id, a.email, a.name, a.state, a.created_at, a.password, a.totp_secret, a.totp_step,
    (SELECT count(*) FROM recovery_code c WHERE c.tenant_id = a.tenant_id AND c.account_id = a.id)";
const PASSKEY: &str = "id, credential_id, account_id, name, passkey, created_at, used_at";

impl Reading {
    /// What the account of this address signs in with.
    ///
    /// # Errors
    /// Database faults.
    pub async fn means_by_key(&self, email_key: &str) -> Result<Option<Means>> {
        let sql = format!("SELECT {MEANS} FROM account a WHERE a.tenant_id = $1 AND a.email_key = $2");
        self.0.one(sql, vec![email_key.into()]).await?.as_ref().map(means_of).transpose()
    }

    /// What this account signs in with.
    ///
    /// # Errors
    /// Database faults.
    pub async fn means_of(&self, account: AccountId) -> Result<Option<Means>> {
        let sql = format!("SELECT {MEANS} FROM account a WHERE a.tenant_id = $1 AND a.id = $2");
        self.0.one(sql, vec![account.0.into()]).await?.as_ref().map(means_of).transpose()
    }

    /// An account's passkeys, oldest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn passkeys_of(&self, account: AccountId) -> Result<Vec<StoredPasskey>> {
        let sql = format!(
            "SELECT {PASSKEY} FROM passkey WHERE tenant_id = $1 AND account_id = $2 ORDER BY created_at, id"
        );
        self.0.all(sql, vec![account.0.into()]).await?.iter().map(passkey_of).collect()
    }

    /// The passkey that devices call this.
    ///
    /// # Errors
    /// Database faults.
    pub async fn passkey(&self, credential_id: &[u8]) -> Result<Option<StoredPasskey>> {
        let sql = format!("SELECT {PASSKEY} FROM passkey WHERE tenant_id = $1 AND credential_id = $2");
        self.0.one(sql, vec![credential_id.to_vec().into()]).await?.as_ref().map(passkey_of).transpose()
    }
}

impl Writing {
    /// Gives an account another password, by its hash.
    ///
    /// # Errors
    /// Database faults.
    pub async fn set_password(&self, account: AccountId, hash: &str) -> Result<()> {
        let sql = "UPDATE account SET password = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.0.execute(sql, vec![account.0.into(), hash.into()]).await?;
        Ok(())
    }

    /// Gives an account another authenticator, whose code of `step` was just accepted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn set_authenticator(&self, account: AccountId, sealed: &[u8], step: i64) -> Result<()> {
        let sql = "UPDATE account SET totp_secret = $3, totp_step = $4 WHERE tenant_id = $1 AND id = $2";
        self.0.0.execute(sql, vec![account.0.into(), sealed.to_vec().into(), step.into()]).await?;
        Ok(())
    }

    /// Takes the code of `step`, unless one of that step or a later one was taken before: of many who race, one is let through.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_totp_step(&self, account: AccountId, step: i64) -> Result<bool> {
        let sql = "UPDATE account SET totp_step = $3 WHERE tenant_id = $1 AND id = $2
                   AND (totp_step IS NULL OR totp_step < $3)";
        Ok(self.0.0.execute(sql, vec![account.0.into(), step.into()]).await?.rows_affected() > 0)
    }

    /// Writes a new passkey. Gives whether it is one: a device's name for a key is nobody else's.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_passkey(&self, passkey: &StoredPasskey) -> Result<bool> {
        let sql = "INSERT INTO passkey (tenant_id, credential_id, id, account_id, name, passkey, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, credential_id) DO NOTHING";
        let values = vec![
            passkey.credential_id.clone().into(),
            passkey.id.0.into(),
            passkey.account.0.into(),
            passkey.name.clone().into(),
            passkey.passkey.clone().into(),
            passkey.created_at.timestamp().into(),
        ];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Writes a passkey as it is after it was used. Gives whether it is still there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn use_passkey(&self, credential_id: &[u8], sealed: &str, now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE passkey SET passkey = $3, used_at = $4 WHERE tenant_id = $1 AND credential_id = $2";
        let values = vec![credential_id.to_vec().into(), sealed.into(), now.timestamp().into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Removes a passkey of an account. Gives whether it was there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn remove_passkey(&self, account: AccountId, id: ItemId) -> Result<bool> {
        let sql = "DELETE FROM passkey WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
        Ok(self.0.0.execute(sql, vec![account.0.into(), id.0.into()]).await?.rows_affected() > 0)
    }

    /// Gives an account these recovery codes, by their hashes, in place of all earlier ones.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_recovery_codes(&self, account: AccountId, hashes: &[[u8; 32]]) -> Result<()> {
        let sql = "DELETE FROM recovery_code WHERE tenant_id = $1 AND account_id = $2";
        self.0.0.execute(sql, vec![account.0.into()]).await?;
        let rows = placeholders(3, hashes.len(), 1).replace('(', "($1, $2, ");
        let sql = format!("INSERT INTO recovery_code (tenant_id, account_id, hash) VALUES {rows}");
        let hashes = hashes.iter().map(|hash| hash.to_vec().into());
        self.0.0.execute(sql, std::iter::once(account.0.into()).chain(hashes).collect()).await?;
        Ok(())
    }

    /// Spends a recovery code. Gives whether it was there: of many who race, one is let through.
    ///
    /// # Errors
    /// Database faults.
    pub async fn spend_recovery_code(&self, account: AccountId, hash: [u8; 32]) -> Result<bool> {
        let sql = "DELETE FROM recovery_code WHERE tenant_id = $1 AND account_id = $2 AND hash = $3";
        Ok(self.0.0.execute(sql, vec![account.0.into(), hash.to_vec().into()]).await?.rows_affected() > 0)
    }

    /// Removes everything that an account signs in with.
    ///
    /// # Errors
    /// Database faults.
    pub async fn remove_means(&self, account: AccountId) -> Result<()> {
        for sql in [
            "UPDATE account SET password = NULL, totp_secret = NULL, totp_step = NULL WHERE tenant_id = $1 AND id = $2",
            "DELETE FROM passkey WHERE tenant_id = $1 AND account_id = $2",
            "DELETE FROM recovery_code WHERE tenant_id = $1 AND account_id = $2",
        ] {
            self.0.0.execute(sql, vec![account.0.into()]).await?;
        }
        Ok(())
    }
}

fn means_of(row: &QueryResult) -> Result<Means> {
    Ok(Means {
        account: account_of(row)?,
        password: column(row, 5)?,
        totp_secret: column(row, 6)?,
        totp_step: column(row, 7)?,
        recovery_codes: column(row, 8)?,
    })
}

fn passkey_of(row: &QueryResult) -> Result<StoredPasskey> {
    let used_at: Option<i64> = column(row, 6)?;
    Ok(StoredPasskey {
        id: ItemId(column(row, 0)?),
        credential_id: column(row, 1)?,
        account: AccountId(column(row, 2)?),
        name: column(row, 3)?,
        passkey: column(row, 4)?,
        created_at: time(column(row, 5)?)?,
        used_at: used_at.map(time).transpose()?,
    })
}
