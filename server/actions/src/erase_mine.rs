//! A participant erases everything that they wrote and voted, and themselves: at any time, also after the close and before they are let in.

use crate::{ActionError, Actions, Session, Tenant};

impl Actions {
    /// Erases all that the session's participant wrote and voted in their campaign, and ends all their sessions. Threads keep empty places
    /// without an author; the credential or code stays used. Doing it twice changes nothing.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_mine(&self, tenant: &Tenant, session: &Session) -> Result<(), ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let ended = write.erase_participant(session.campaign, session.participant).await?;
        write.commit().await?;
        for hash in ended {
            self.conversation.forget_session(hash);
        }
        let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == session.campaign);
        for round in campaign.iter().flat_map(|campaign| campaign.rounds.iter()) {
            self.round_types.parts().forget(round.id, self.token(round, session.participant));
        }
        self.forget_order().await;
        Ok(())
    }
}
