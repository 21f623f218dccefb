//! A campaign's current round.

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
        let reading = self.conversation.read(tenant.id).await?;
        Ok(reading.round(campaign.round_at(self.clock.now()).id).await?)
    }
}
