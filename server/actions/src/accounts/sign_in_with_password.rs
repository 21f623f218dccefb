//! Signing in with a password.

use domain::roll::EmailAddress;

use super::{AccountRefusal, Accounts, BegunSession, email_key, person};
use crate::Tenant;
use crate::actor::record;

/// What somebody typed to sign in, or to show again who they are.
#[derive(Clone, Default)]
pub struct PasswordForm {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The code of their authenticator app, or a recovery code.
    pub code: String,
}

impl Accounts {
    /// Signs somebody in with password and authenticator app or recovery code. One answer, and the same work, whether the address is
    /// known, has a password, is locked or suspended.
    ///
    /// # Errors
    /// [`AccountRefusal::SignIn`], when too much is to be done [`ActionError::Busy`](crate::ActionError::Busy), and database faults.
    pub async fn sign_in_with_password(
        &self,
        tenant: &Tenant,
        form: &PasswordForm,
        device: &str,
    ) -> Result<BegunSession, AccountRefusal> {
        // What is no address is nobody's: it is tried like any other that is not known.
        let key = match EmailAddress::parse(&form.email) {
            Ok(email) => email_key(&email),
            Err(_) => String::new(),
        };
        let checked = self.check_password(tenant, &key, &form.password, &form.code).await?;
        let (account, write, now) = (checked.means.account, checked.write, self.clock.now());
        let token = self.begin_session(&write, account.id, device, (now, now)).await?;
        let who = person(tenant, &account);
        record(write.audit_trail(), &who, now, "account.sign-in", &account.name, checked.with).await?;
        write.commit().await?;
        Ok(BegunSession { token, name: account.name })
    }
}
