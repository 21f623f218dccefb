//! Password and second factor, checked: with the same work whether or not the address has an account, whether or not that is locked.
//!
//! A try is taken before anybody looks whether it is right, so that many at once cannot slip through; it is forgotten when it was.

use chrono::{DateTime, TimeDelta, Utc};
use credentials::totp::CODE_DIGITS;
use credentials::{Password, PasswordHash, RecoveryCode, TotpRefusal, TotpSecret, labels};
use domain::account::lock_after;
use storage::identity::{Means, Writing};

use super::{AccountRefusal, Accounts, is_active, somebody};
use crate::actor::record;
use crate::{ActionError, Tenant};

/// A try at an address.
struct Taken {
    /// How many that makes in a row; none while the address is locked.
    failed: Option<i64>,
    /// How long the address is locked if this one is wrong, too.
    lock: Option<TimeDelta>,
}

/// Somebody whose password and second factor fit.
pub(super) struct Checked {
    /// Whose they are.
    pub means: Means,
    /// The transaction in which the code was spent: nothing is, until it is committed.
    pub write: Writing,
    /// What they showed, for the record.
    pub with: &'static str,
}

impl Accounts {
    /// Checks a password with the code of an authenticator app or a recovery code, as typed for the account whose address has this key. A
    /// wrong try counts, and is recorded where it is the first or locks.
    pub(super) async fn check_password(
        &self,
        tenant: &Tenant,
        key: &str,
        password: &str,
        code: &str,
    ) -> Result<Checked, AccountRefusal> {
        let now = self.clock.now();
        let hash = self.secret.derive(labels::SIGN_IN_TRIES).mac(&[tenant.id.0.as_bytes(), key.as_bytes()]);
        let taken = self.take_try(tenant, hash, now).await?;
        let means = self.identity.read(tenant.id).await?.means_by_key(key).await?;
        let stored = means.as_ref().and_then(|means| means.password.clone());
        let stored = stored.map(PasswordHash::from_stored).transpose();
        let stored = stored.map_err(|fault| ActionError::Fault(fault.to_string()))?;
        let fits = self.hashing.fits(Password::typed(password), stored).await?;
        let Some(means) = means else { return Err(AccountRefusal::SignIn) };
        let write = self.identity.write(tenant.id).await?;
        let found = match taken.failed {
            Some(_) if is_active(&means.account) => {
                self.second_factor(&write, tenant, &means, fits, code, now).await?
            }
            _ => Err("the account is locked or cannot sign in"),
        };
        match found {
            Ok(with) => {
                write.forget_tries(hash).await?;
                Ok(Checked { means, write, with })
            }
            Err(why) => {
                drop(write);
                self.record_refusal(tenant, &means, &taken, why, now).await?;
                Err(AccountRefusal::SignIn)
            }
        }
    }

    async fn take_try(
        &self,
        tenant: &Tenant,
        hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Taken, ActionError> {
        let write = self.identity.write(tenant.id).await?;
        let failed = write.take_try(hash, now).await?;
        let lock = failed.and_then(lock_after);
        if let Some(lock) = lock {
            write.lock_tries(hash, now + lock).await?;
        }
        write.commit().await?;
        Ok(Taken { failed, lock })
    }

    /// Spends the second factor in `write`. Gives what was shown, or what was wrong with it.
    async fn second_factor(
        &self,
        write: &Writing,
        tenant: &Tenant,
        means: &Means,
        password_fits: bool,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<&'static str, &'static str>, AccountRefusal> {
        let account = means.account.id;
        if means.password.is_some() && !password_fits {
            return Ok(Err("the password was wrong"));
        }
        if !is_app_code(code) {
            let Ok(code) = RecoveryCode::parse(code) else { return Ok(Err("there was no code")) };
            let spent =
                write.spend_recovery_code(account, code.hash(&self.secret, tenant.id, account).0).await?;
            // Whoever has passkeys only and lost their devices has nothing but the paper: 80 random bits, each good once.
            let with = match means.password {
                Some(_) => "password and recovery code",
                None => "recovery code",
            };
            return Ok(if spent { Ok(with) } else { Err("the recovery code was wrong, or used before") });
        }
        let (Some(sealed), Some(_)) = (&means.totp_secret, &means.password) else {
            return Ok(Err("the account has no password with an authenticator app"));
        };
        let secret = TotpSecret::open(&self.secret.derive(labels::TOTP_SECRETS), account, sealed);
        let secret =
            secret.ok_or_else(|| ActionError::Fault("an authenticator's secret is damaged".to_owned()))?;
        match secret.verify(code, now.timestamp(), means.totp_step) {
            Ok(step) if write.take_totp_step(account, step).await? => {
                Ok(Ok("password and authenticator app"))
            }
            Ok(_) | Err(TotpRefusal::Replayed) => Ok(Err("the app's code was used before")),
            Err(_) => Ok(Err("the app's code was wrong")),
        }
    }

    /// The first wrong try in a row is recorded, and each that locks: never one line a guess.
    async fn record_refusal(
        &self,
        tenant: &Tenant,
        means: &Means,
        taken: &Taken,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<(), ActionError> {
        let detail = match (taken.failed, taken.lock) {
            (Some(failed), Some(lock)) => {
                format!("{why}; wrong try {failed} in a row; locked for {} minutes", lock.num_minutes())
            }
            (Some(1), None) => why.to_owned(),
            _ => return Ok(()),
        };
        let write = self.identity.write(tenant.id).await?;
        let (who, what) = (somebody(tenant), "account.sign-in-refused");
        record(write.audit_trail(), &who, now, what, &means.account.name, &detail).await?;
        Ok(write.commit().await?)
    }
}

/// Whether this is meant for an app's code: digits, as many as one has.
fn is_app_code(typed: &str) -> bool {
    let digits = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let all = digits.clone().all(|c| c.is_ascii_digit());
    all && digits.count() <= usize::from(CODE_DIGITS)
}
