//! Somebody who is signed in shows again who they are, before what asks for it. The session gets a new token then.

use credentials::{ConsoleToken, PasskeyRefusal, TokenPurpose};
use domain::clock::random_bytes;
use domain::ids::AccountId;
use domain::roll::EmailAddress;
use storage::identity::{Means, StoredPasskey, Writing};

use super::{AccountRefusal, Accounts, PasskeyAnswer, PasskeyQuestion, PasskeySite, email_key};
use crate::actor::record;
use crate::{ActionError, SignedIn, Tenant};

/// By what somebody can show who they are.
pub struct Provable {
    /// The question to their passkeys, if they have any.
    pub passkey: Option<PasskeyQuestion>,
    /// Their address.
    pub email: String,
    /// Whether they have a password.
    pub password: bool,
}

impl Accounts {
    /// By what whoever is signed in can show who they are; by a passkey only at a `site` that can have some.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn ask_to_prove(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        site: Option<&PasskeySite>,
    ) -> Result<Provable, AccountRefusal> {
        let (means, passkeys) = self.own(tenant, who).await?;
        let passkey = match site {
            Some(site) if !passkeys.is_empty() => {
                Some(self.ask_for_passkey_of(site, means.account.id, &passkeys)?)
            }
            _ => None,
        };
        Ok(Provable { passkey, password: means.password.is_some(), email: means.account.email })
    }

    /// Takes password and second factor as proof; gives the session's new token.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn prove_with_password(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        password: &str,
        code: &str,
    ) -> Result<String, AccountRefusal> {
        let (means, _) = self.own(tenant, who).await?;
        let email = EmailAddress::parse(&means.account.email)?;
        let checked = self.check_password(tenant, &email_key(&email), password, code).await?;
        self.proved(checked.write, who, checked.with).await
    }

    /// Takes a passkey as proof; gives the session's new token.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn prove_with_passkey(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
    ) -> Result<String, AccountRefusal> {
        let (stored, account) = self.claimed_passkey(tenant, answer).await?;
        if who.actor.account != Some(account.id) {
            return Err(PasskeyRefusal::DoesNotFit.into());
        }
        let (sealed, spent) = self.used_passkey(site, answer, &stored)?;
        let write = self.identity.write(tenant.id).await?;
        self.spend_question(&write, &spent).await?;
        if !write.use_passkey(&stored.credential_id, &sealed, self.clock.now()).await? {
            return Err(PasskeyRefusal::DoesNotFit.into());
        }
        self.proved(write, who, "passkey").await
    }

    async fn proved(&self, write: Writing, who: &SignedIn, with: &str) -> Result<String, AccountRefusal> {
        let now = self.clock.now();
        let token = ConsoleToken::from_bytes(random_bytes(&*self.entropy));
        let hash = token.hash(&self.secret, TokenPurpose::Session).0;
        if !write.renew_session(who.session, hash, now).await? {
            return Err(AccountRefusal::Unknown);
        }
        record(write.audit_trail(), &who.actor, now, "account.prove", &who.actor.name, with).await?;
        write.commit().await?;
        Ok(token.reveal())
    }

    /// What whoever is signed in signs in with.
    pub(super) async fn own(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
    ) -> Result<(Means, Vec<StoredPasskey>), AccountRefusal> {
        let account = own_id(who)?;
        let reading = self.identity.read(tenant.id).await?;
        let means = reading.means_of(account).await?.ok_or(AccountRefusal::Unknown)?;
        Ok((means, reading.passkeys_of(account).await?))
    }
}

/// Whose account is at work.
pub(super) fn own_id(who: &SignedIn) -> Result<AccountId, AccountRefusal> {
    who.actor.account.ok_or_else(|| ActionError::Fault("a session without an account".to_owned()).into())
}
