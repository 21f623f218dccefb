//! How many sealed codes were handed to whom: counts and dates, never a code.

use chrono::NaiveDate;
use domain::ids::{CampaignId, OrganisationId};
use uuid::Uuid;

use super::Writing;
use crate::Result;

/// A batch of sealed codes printed for one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeBatch {
    /// Random.
    pub id: Uuid,
    /// The campaign that the codes open.
    pub campaign: CampaignId,
    /// Whose people get them.
    pub organisation: OrganisationId,
    /// How many.
    pub codes: i64,
    /// The day.
    pub issued_on: NaiveDate,
}

impl Writing {
    /// Records that a batch was issued.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_code_batch(&self, batch: CodeBatch) -> Result<()> {
        let sql = "INSERT INTO code_batch (tenant_id, id, campaign_id, organisation_id, codes, issued_on)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            batch.id.into(),
            batch.campaign.0.into(),
            batch.organisation.0.into(),
            batch.codes.into(),
            batch.issued_on.into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
