//! Somebody changes what they sign in with. All of it needs proof: a session that was left open must not be enough to lock its owner out.

use credentials::labels;
use domain::account::{MAX_PASSKEYS, name};
use domain::clock::random_bytes;
use domain::ids::{AccountId, ItemId};
use storage::identity::{Account, StoredPasskey, StoredSession, Writing};

use super::passkey_questions::Spent;
use super::prove_again::own_id;
use super::{
    Accepted, AccountRefusal, Accounts, NewAuthenticator, PasskeyAnswer, PasskeyQuestion, PasskeySite,
    WithPassword,
};
use crate::actor::record;
use crate::{SignedIn, Tenant};

/// What somebody sees of their own account.
pub struct OwnAccount {
    /// The account.
    pub account: Account,
    /// Whether it has a password, and with it an authenticator app.
    pub has_password: bool,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// Its passkeys, oldest first.
    pub passkeys: Vec<StoredPasskey>,
    /// Its sessions, the one last seen first.
    pub sessions: Vec<StoredSession>,
}

/// What the page for changing it begins with.
pub struct NewMeans {
    /// The question that makes another passkey; none where there are as many as can be.
    pub passkey: Option<PasskeyQuestion>,
    /// An authenticator that can be set up.
    pub authenticator: NewAuthenticator,
}

impl Accounts {
    /// What whoever is signed in sees of their own account.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn show_own_account(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
    ) -> Result<OwnAccount, AccountRefusal> {
        let (means, passkeys) = self.own(tenant, who).await?;
        Ok(OwnAccount {
            has_password: means.password.is_some(),
            recovery_codes: means.recovery_codes,
            account: means.account,
            passkeys,
            sessions: self.list_sessions(tenant, who).await?,
        })
    }

    /// What another passkey, or another authenticator, begins with; `kept` is the authenticator's [`NewAuthenticator::kept`] that a form
    /// brought back, if one did.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn ask_for_new_means(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        site: Option<&PasskeySite>,
        kept: &str,
    ) -> Result<NewMeans, AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let (means, held) = self.own(tenant, who).await?;
        let Account { id, email, name, .. } = &means.account;
        let passkey = match site {
            Some(site) if held.len() < MAX_PASSKEYS => {
                Some(self.ask_to_make_passkey(site, *id, email, name, &held)?)
            }
            _ => None,
        };
        Ok(NewMeans { passkey, authenticator: self.new_authenticator(tenant, &means.account, kept)? })
    }

    /// Adds a passkey, called `label`.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn add_passkey(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
        label: &str,
    ) -> Result<(), AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let (of, passkey, spent) = self.new_passkey(site, answer, label)?;
        if own_id(who)? != of {
            return Err(AccountRefusal::Stale);
        }
        let write = self.identity.write(tenant.id).await?;
        if write.passkeys_of(of).await?.len() >= MAX_PASSKEYS {
            return Err(AccountRefusal::TooManyPasskeys);
        }
        self.put_passkey(&write, &passkey, &spent).await?;
        self.note(write, who, "account.add-passkey", &passkey.name).await
    }

    /// Removes a passkey, unless nothing else would be left.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn remove_passkey(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        id: ItemId,
    ) -> Result<(), AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let account = own_id(who)?;
        let write = self.identity.write(tenant.id).await?;
        // Held: two who remove one each at once must leave one.
        write.take_tenant().await?;
        let means = write.means_of(account).await?.ok_or(AccountRefusal::Unknown)?;
        let held = write.passkeys_of(account).await?;
        let removed = held.iter().find(|passkey| passkey.id == id).ok_or(AccountRefusal::State)?;
        if held.len() == 1 && means.password.is_none() {
            return Err(AccountRefusal::LastMeans);
        }
        write.remove_passkey(account, id).await?;
        self.note(write, who, "account.remove-passkey", &removed.name).await
    }

    /// Changes a password that there is. Other sessions end: whoever knew the old one is out.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn change_password(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        typed: &str,
    ) -> Result<(), AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let (means, _) = self.own(tenant, who).await?;
        if means.password.is_none() {
            return Err(AccountRefusal::State);
        }
        let password = self.new_password(tenant, &means.account, typed)?;
        let hash = self.hashing.hash(password, random_bytes(&*self.entropy)).await?;
        let write = self.identity.write(tenant.id).await?;
        write.set_password(means.account.id, hash.as_str()).await?;
        write.end_sessions(means.account.id, Some(who.session)).await?;
        self.note(write, who, "account.change-password", "").await
    }

    /// Sets up a password with an authenticator app, in place of any earlier ones. Other sessions end.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn set_up_password(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        form: &WithPassword,
    ) -> Result<(), AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let (means, _) = self.own(tenant, who).await?;
        let chosen = self.choose_password(tenant, &means.account, form).await?;
        let write = self.identity.write(tenant.id).await?;
        self.put_chosen(&write, means.account.id, &chosen).await?;
        write.end_sessions(means.account.id, Some(who.session)).await?;
        self.note(write, who, "account.set-up-password", "password and authenticator app").await
    }

    /// Makes new recovery codes; earlier ones are worth nothing from now on. Shown once.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn new_recovery_codes(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
    ) -> Result<Vec<String>, AccountRefusal> {
        self.must_have_proved(&who.actor)?;
        let write = self.identity.write(tenant.id).await?;
        let codes = self.put_recovery_codes(&write, tenant, own_id(who)?).await?;
        self.note(write, who, "account.new-recovery-codes", "").await?;
        Ok(codes)
    }

    /// What whoever is invited makes a passkey with.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub fn ask_invited_for_passkey(
        &self,
        site: &PasskeySite,
        account: &Account,
    ) -> Result<PasskeyQuestion, AccountRefusal> {
        self.ask_to_make_passkey(site, account.id, &account.email, &account.name, &[])
    }

    /// Accepts an invitation with a passkey, called `label`.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn accept_with_passkey(
        &self,
        tenant: &Tenant,
        token: &str,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
        label: &str,
    ) -> Result<Accepted, AccountRefusal> {
        let hash = self.invitation_hash(token).ok_or(AccountRefusal::Invitation)?;
        let (of, passkey, spent) = self.new_passkey(site, answer, label)?;
        let (write, account) = self.take_invitation(tenant, hash, of).await?;
        self.put_passkey(&write, &passkey, &spent).await?;
        self.accept(write, tenant, &account, "passkey", label).await
    }

    fn new_passkey(
        &self,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
        label: &str,
    ) -> Result<(AccountId, StoredPasskey, Spent), AccountRefusal> {
        let (account, passkey, spent) = self.made_passkey(site, answer)?;
        let stored = StoredPasskey {
            id: ItemId::random(&*self.entropy),
            credential_id: passkey.credential_id().to_vec(),
            account,
            name: name(label)?,
            passkey: passkey.seal(
                &self.secret.derive(labels::PASSKEYS),
                random_bytes(&*self.entropy),
                account,
            ),
            created_at: self.clock.now(),
            used_at: None,
        };
        Ok((account, stored, spent))
    }

    async fn put_passkey(
        &self,
        write: &Writing,
        passkey: &StoredPasskey,
        spent: &Spent,
    ) -> Result<(), AccountRefusal> {
        self.spend_question(write, spent).await?;
        match write.add_passkey(passkey).await? {
            true => Ok(()),
            false => Err(AccountRefusal::Stale),
        }
    }

    /// Records what somebody did to their own account, and commits.
    pub(super) async fn note(
        &self,
        write: Writing,
        who: &SignedIn,
        what: &str,
        detail: &str,
    ) -> Result<(), AccountRefusal> {
        record(write.audit_trail(), &who.actor, self.clock.now(), what, &who.actor.name, detail).await?;
        Ok(write.commit().await?)
    }
}
