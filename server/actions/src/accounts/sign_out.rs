//! Sessions end: one's own on this device, one on another, or all others.

use domain::account::session_limits;
use domain::ids::ItemId;
use storage::identity::StoredSession;

use super::prove_again::own_id;
use super::{AccountRefusal, Accounts};
use crate::actor::record;
use crate::{ActionError, SignedIn, Tenant};

impl Accounts {
    /// The sessions of whoever is signed in, the one last seen first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_sessions(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
    ) -> Result<Vec<StoredSession>, ActionError> {
        let Some(account) = who.actor.account else { return Ok(Vec::new()) };
        Ok(self
            .identity
            .read(tenant.id)
            .await?
            .sessions_of(account, session_limits(self.clock.now()))
            .await?)
    }

    /// Ends this session. Its token is worth nothing from now on, on every process.
    ///
    /// # Errors
    /// Database faults.
    pub async fn sign_out(&self, tenant: &Tenant, who: &SignedIn) -> Result<(), ActionError> {
        let (write, now) = (self.identity.write(tenant.id).await?, self.clock.now());
        write.sign_out(who.session, now).await?;
        record(write.audit_trail(), &who.actor, now, "account.sign-out", &who.actor.name, "").await?;
        Ok(write.commit().await?)
    }

    /// Ends another session of one's own.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn end_session(
        &self,
        tenant: &Tenant,
        who: &SignedIn,
        session: ItemId,
    ) -> Result<(), AccountRefusal> {
        let (write, account) = (self.identity.write(tenant.id).await?, own_id(who)?);
        if !write.end_session(account, session).await? {
            return Err(AccountRefusal::State);
        }
        self.note(write, who, "account.end-session", "one").await
    }

    /// Ends every session of one's own but this one. Gives how many.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn end_other_sessions(&self, tenant: &Tenant, who: &SignedIn) -> Result<u64, AccountRefusal> {
        let (write, account) = (self.identity.write(tenant.id).await?, own_id(who)?);
        let ended = write.end_sessions(account, Some(who.session)).await?;
        if ended > 0 {
            self.note(write, who, "account.end-session", &format!("{ended} others")).await?;
        }
        Ok(ended)
    }
}
