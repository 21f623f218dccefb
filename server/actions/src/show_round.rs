//! A campaign's current round, and where its content came from.

use domain::round::Round;

use crate::{ActionError, Actions, Campaign, Tenant};

impl Actions {
    /// The stored round of `campaign` that counts now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn current_round(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Option<Round>, ActionError> {
        let reading = self.storage.conversation.read(tenant.id).await?;
        Ok(reading.round(campaign.round_at(self.clock.now()).id).await?)
    }

    /// The campaign's note about where its content came from.
    ///
    /// # Errors
    /// Database faults.
    pub async fn source_note(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Option<String>, ActionError> {
        Ok(self.storage.conversation.read(tenant.id).await?.source_note(campaign.id).await?)
    }
}
