//! Ends a device's session.

use credentials::SessionToken;

use crate::{ActionError, Actions, Tenant};

impl Actions {
    /// Ends the session that `token` stands for, on every process. An unknown token is left be.
    ///
    /// # Errors
    /// Database faults.
    pub async fn leave(&self, tenant: &Tenant, token: &str) -> Result<(), ActionError> {
        let Ok(token) = SessionToken::parse(token) else { return Ok(()) };
        let hash = token.hash(&self.pepper).0;
        let mut write = self.conversation.write(tenant.id).await?;
        write.end_session(hash).await?;
        write.commit().await?;
        self.conversation.forget_session(hash);
        Ok(())
    }
}
