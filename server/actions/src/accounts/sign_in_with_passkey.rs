//! Signing in with a passkey. Nobody types who they are: the device says it, and proves it.

use credentials::{PasskeyRefusal, Passkeys};
use storage::identity::{Account, StoredPasskey};

use super::{
    AccountRefusal, Accounts, BegunSession, PasskeyAnswer, PasskeySite, is_active, person, somebody,
};
use crate::Tenant;
use crate::actor::record;

impl Accounts {
    /// Signs somebody in with the answer to [`ask_for_passkey`](Self::ask_for_passkey). Works while wrong passwords have locked the address.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn sign_in_with_passkey(
        &self,
        tenant: &Tenant,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
        device: &str,
    ) -> Result<BegunSession, AccountRefusal> {
        let (stored, account) = self.claimed_passkey(tenant, answer).await?;
        let (sealed, spent) = match self.used_passkey(site, answer, &stored) {
            Err(AccountRefusal::Passkey(PasskeyRefusal::Copied)) => {
                self.record_copy(tenant, &account, &stored).await?;
                return Err(PasskeyRefusal::Copied.into());
            }
            used => used?,
        };
        if !is_active(&account) {
            return Err(AccountRefusal::SignIn);
        }
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        self.spend_question(&write, &spent).await?;
        if !write.use_passkey(&stored.credential_id, &sealed, now).await? {
            return Err(PasskeyRefusal::DoesNotFit.into());
        }
        let token = self.begin_session(&write, account.id, device, (now, now)).await?;
        let (who, detail) = (person(tenant, &account), format!("passkey: {}", stored.name));
        record(write.audit_trail(), &who, now, "account.sign-in", &account.name, &detail).await?;
        write.commit().await?;
        Ok(BegunSession { token, name: account.name })
    }

    /// The passkey that an answer says it is from, and whose it is. Nothing is verified yet.
    pub(super) async fn claimed_passkey(
        &self,
        tenant: &Tenant,
        answer: &PasskeyAnswer,
    ) -> Result<(StoredPasskey, Account), AccountRefusal> {
        let id = Passkeys::claimed_id(&answer.answer)?;
        let reading = self.identity.read(tenant.id).await?;
        let stored = reading.passkey(&id).await?.ok_or(PasskeyRefusal::DoesNotFit)?;
        let account = reading.account(stored.account).await?.ok_or(PasskeyRefusal::DoesNotFit)?;
        Ok((stored, account))
    }

    /// Only who holds the key, or a copy, comes here: not one line a guess.
    pub(super) async fn record_copy(
        &self,
        tenant: &Tenant,
        account: &Account,
        stored: &StoredPasskey,
    ) -> Result<(), AccountRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let (who, what) = (somebody(tenant), "account.sign-in-refused");
        let detail = format!("there may be a copy of the passkey: {}", stored.name);
        record(write.audit_trail(), &who, self.clock.now(), what, &account.name, &detail).await?;
        Ok(write.commit().await?)
    }
}
