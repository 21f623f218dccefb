//! Whoever holds an invitation chooses how they will sign in: with a passkey, or with a password and an authenticator app. Looking at an
//! invitation spends nothing: mail scanners open links.

use credentials::{ConsoleToken, Password, RECOVERY_CODES, RecoveryCode, TokenPurpose, TotpSecret, labels};
use domain::account::AccountState;
use domain::clock::random_bytes;
use domain::ids::AccountId;
use storage::identity::{Account, Writing};

use super::{AccountRefusal, Accounts, BegunSession, person};
use crate::actor::record;
use crate::{ActionError, Tenant};

/// What whoever is invited sees.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// Their account.
    pub account: Account,
    /// An authenticator that they can set up.
    pub authenticator: NewAuthenticator,
}

/// An authenticator app's secret that nobody has confirmed yet.
#[derive(Clone, Debug)]
pub struct NewAuthenticator {
    /// What the app reads with its camera: a picture, SVG.
    pub qr: String,
    /// The same to type.
    pub typed: String,
    /// The secret as the form brings it back: sealed, good for this account only.
    pub kept: String,
}

/// What somebody chose, with the first code of their app.
#[derive(Clone, Default)]
pub struct WithPassword {
    /// The new password.
    pub password: String,
    /// [`NewAuthenticator::kept`].
    pub kept: String,
    /// The code that the app shows.
    pub code: String,
}

/// An invitation that was accepted.
#[derive(Debug)]
pub struct Accepted {
    /// They are signed in.
    pub session: BegunSession,
    /// Shown once.
    pub recovery_codes: Vec<String>,
}

/// A password and an authenticator that passed, ready to be stored.
pub(super) struct Chosen {
    hash: String,
    sealed: Vec<u8>,
    step: i64,
}

impl Accounts {
    /// Whose invitation this is; none if it is not good any more. `kept` is the [`NewAuthenticator::kept`] that a form brought back, if one
    /// did: the authenticator stays the same then.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_invitation(
        &self,
        tenant: &Tenant,
        token: &str,
        kept: &str,
    ) -> Result<Option<Welcome>, ActionError> {
        let Some(hash) = self.invitation_hash(token) else { return Ok(None) };
        let account = self.identity.read(tenant.id).await?.invited(hash, self.clock.now()).await?;
        let Some(account) = account else { return Ok(None) };
        Ok(Some(Welcome { authenticator: self.new_authenticator(tenant, &account, kept)?, account }))
    }

    /// Accepts an invitation with a password and an authenticator app.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn accept_with_password(
        &self,
        tenant: &Tenant,
        token: &str,
        form: &WithPassword,
        device: &str,
    ) -> Result<Accepted, AccountRefusal> {
        let hash = self.invitation_hash(token).ok_or(AccountRefusal::Invitation)?;
        let account = self.identity.read(tenant.id).await?.invited(hash, self.clock.now()).await?;
        let account = account.ok_or(AccountRefusal::Invitation)?;
        let chosen = self.choose_password(tenant, &account, form).await?;
        let (write, account) = self.take_invitation(tenant, hash, account.id).await?;
        self.put_chosen(&write, account.id, &chosen).await?;
        self.accept(write, tenant, &account, "password and authenticator app", device).await
    }

    /// A secret for an authenticator app of `account`: the one that a form brought back as `kept`, for an app may know it already, or a new one.
    pub(super) fn new_authenticator(
        &self,
        tenant: &Tenant,
        account: &Account,
        kept: &str,
    ) -> Result<NewAuthenticator, ActionError> {
        let key = self.secret.derive(labels::TOTP_SECRETS);
        let brought = from_hex(kept)
            .and_then(|sealed| TotpSecret::open(&key, account.id, &sealed).map(|secret| (secret, sealed)));
        let (secret, sealed) = brought.unwrap_or_else(|| {
            let secret = TotpSecret::from_bytes(random_bytes(&*self.entropy));
            let sealed = secret.seal(&key, random_bytes(&*self.entropy), account.id);
            (secret, sealed)
        });
        let address = secret.otpauth(&tenant.branding.service_name, &account.email);
        let qr = documents::code_sheet::qr_svg(&address)
            .map_err(|refusal| ActionError::Fault(refusal.to_string()))?;
        Ok(NewAuthenticator { qr, typed: secret.for_typing(), kept: hex(&sealed) })
    }

    /// Checks a new password, and that the app shows the codes of the secret that it was given.
    pub(super) async fn choose_password(
        &self,
        tenant: &Tenant,
        account: &Account,
        form: &WithPassword,
    ) -> Result<Chosen, AccountRefusal> {
        let password = self.new_password(tenant, account, &form.password)?;
        let sealed = from_hex(&form.kept).ok_or(AccountRefusal::Stale)?;
        let secret = TotpSecret::open(&self.secret.derive(labels::TOTP_SECRETS), account.id, &sealed);
        let step =
            secret.ok_or(AccountRefusal::Stale)?.verify(&form.code, self.clock.now().timestamp(), None)?;
        let hash = self.hashing.hash(password, random_bytes(&*self.entropy)).await?;
        Ok(Chosen { hash: hash.as_str().to_owned(), sealed, step })
    }

    /// A new password of `account`, if it will do.
    pub(super) fn new_password(
        &self,
        tenant: &Tenant,
        account: &Account,
        typed: &str,
    ) -> Result<Password, AccountRefusal> {
        let local = account.email.split('@').next().unwrap_or_default();
        let about =
            account.name.split_whitespace().chain([local, &tenant.branding.service_name, &tenant.short_name]);
        Ok(Password::choose(typed, &about.collect::<Vec<_>>())?)
    }

    pub(super) async fn put_chosen(
        &self,
        write: &Writing,
        account: AccountId,
        chosen: &Chosen,
    ) -> Result<(), AccountRefusal> {
        write.set_password(account, &chosen.hash).await?;
        Ok(write.set_authenticator(account, &chosen.sealed, chosen.step).await?)
    }

    pub(super) fn invitation_hash(&self, token: &str) -> Option<[u8; 32]> {
        ConsoleToken::parse(token).ok().map(|token| token.hash(&self.secret, TokenPurpose::Invitation).0)
    }

    /// Takes the invitation: of many who accept it at once, one is let through.
    pub(super) async fn take_invitation(
        &self,
        tenant: &Tenant,
        hash: [u8; 32],
        account: AccountId,
    ) -> Result<(Writing, Account), AccountRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let invited = write.invited(hash, self.clock.now()).await?;
        let invited = invited.filter(|invited| invited.id == account).ok_or(AccountRefusal::Invitation)?;
        match write.drop_invitations(account).await? {
            true => Ok((write, invited)),
            false => Err(AccountRefusal::Invitation),
        }
    }

    /// Makes the account one that works, gives it recovery codes, and signs its person in.
    pub(super) async fn accept(
        &self,
        write: Writing,
        tenant: &Tenant,
        account: &Account,
        with: &str,
        device: &str,
    ) -> Result<Accepted, AccountRefusal> {
        let now = self.clock.now();
        write.set_account_state(account.id, AccountState::Active).await?;
        let recovery_codes = self.put_recovery_codes(&write, tenant, account.id).await?;
        let token = self.begin_session(&write, account.id, device, (now, now)).await?;
        let who = person(tenant, account);
        record(write.audit_trail(), &who, now, "account.accept", &account.name, with).await?;
        write.commit().await?;
        Ok(Accepted { session: BegunSession { token, name: account.name.clone() }, recovery_codes })
    }

    /// Gives the account new recovery codes in place of all others.
    pub(super) async fn put_recovery_codes(
        &self,
        write: &Writing,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<Vec<String>, AccountRefusal> {
        let draw = || RecoveryCode::from_bytes(random_bytes(&*self.entropy));
        let codes: Vec<RecoveryCode> = std::iter::repeat_with(draw).take(RECOVERY_CODES).collect();
        let hashes: Vec<_> = codes.iter().map(|code| code.hash(&self.secret, tenant.id, account).0).collect();
        write.put_recovery_codes(account, &hashes).await?;
        Ok(codes.iter().map(ToString::to_string).collect())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
