//! Whether people come in with codes on paper.

use crate::{ActionError, Actions, Tenant};

impl Actions {
    /// Whether sealed codes were given out for any of `tenant`'s campaigns and are not deleted yet.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_sealed_codes(&self, tenant: &Tenant) -> Result<bool, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        for campaign in &tenant.campaigns {
            if !reading.codes_by_organisation(campaign.id).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
