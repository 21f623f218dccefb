//! A session of somebody's was misused: that goes on record, once for each session and way, so that nobody can fill the record with it.

use credentials::{ConsoleToken, TokenPurpose};
use domain::account::Misuse;

use super::{Accounts, somebody};
use crate::actor::record;
use crate::{ActionError, Tenant};

impl Accounts {
    /// Records that the session with this token was misused, if there is one.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_misuse(&self, tenant: &Tenant, token: &str, how: Misuse) -> Result<(), ActionError> {
        let Ok(token) = ConsoleToken::parse(token) else { return Ok(()) };
        let hash = token.hash(&self.secret, TokenPurpose::Session).0;
        let write = self.identity.write(tenant.id).await?;
        let Some(account) = write.note_misuse(hash, how).await? else { return Ok(()) };
        let Some(account) = write.account(account).await? else { return Ok(()) };
        let why = match how {
            Misuse::Replayed => {
                "a session's token came after its owner had signed out: somebody else may have it"
            }
            Misuse::CrossSite => "another site sent a form in their name; it was refused",
        };
        let (who, now) = (somebody(tenant), self.clock.now());
        record(write.audit_trail(), &who, now, "account.session-misused", &account.name, why).await?;
        Ok(write.commit().await?)
    }
}
