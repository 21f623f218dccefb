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
        let waiting = self.conversation.session(tenant.id, hash).await?.filter(|session| session.waiting);
        let mut write = self.conversation.write(tenant.id).await?;
        if let Some(session) = waiting {
            write.take_door(session.campaign).await?;
            let mut newcomers = write.waiting(session.campaign).await?;
            for newcomer in &mut newcomers {
                newcomer.sessions.retain(|(known, _)| *known != hash);
            }
            write.put_waiting(session.campaign, &mut newcomers).await?;
        }
        // Also of those who waited: they may have been let in a moment ago.
        write.end_session(hash).await?;
        write.commit().await?;
        self.conversation.forget_session(hash);
        Ok(())
    }
}
