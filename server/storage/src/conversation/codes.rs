//! Sealed codes: keyed hashes, spent or not. Never who spent one, never when.

use domain::ids::{CampaignId, OrganisationId};

use super::{CodeState, Reading, Writing};
use crate::Result;
use crate::tenancy::column;

/// Codes written by one statement.
const CODES_PER_STATEMENT: usize = 500;

impl Reading {
    /// What is known of a code; nothing if there is no such code in this campaign. Asked before the write lock is taken, which a guess is
    /// not worth.
    ///
    /// # Errors
    /// Database faults.
    pub async fn code_state(&self, campaign: CampaignId, hash: [u8; 32]) -> Result<Option<CodeState>> {
        let sql = "SELECT c.spent OR w.code_hash IS NOT NULL FROM sealed_code c
                   LEFT JOIN waiting w ON w.tenant_id = c.tenant_id AND w.code_hash = c.hash
                   WHERE c.tenant_id = $1 AND c.campaign_id = $2 AND c.hash = $3";
        let row = self.0.one(sql, vec![campaign.0.into(), hash.to_vec().into()]).await?;
        row.map(|row| Ok(if column(&row, 0)? { CodeState::Spent } else { CodeState::Good })).transpose()
    }

    /// How many codes each organisation was given for `campaign`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn codes_by_organisation(&self, campaign: CampaignId) -> Result<Vec<(OrganisationId, i64)>> {
        let sql =
            "SELECT organisation_id, COUNT(*) FROM sealed_code WHERE tenant_id = $1 AND campaign_id = $2
                   GROUP BY organisation_id ORDER BY organisation_id";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter().map(|row| Ok((OrganisationId(column(row, 0)?), column(row, 1)?))).collect()
    }
}

impl Writing {
    /// Stores codes' hashes. The caller has shuffled them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_codes(
        &self,
        campaign: CampaignId,
        organisation: OrganisationId,
        hashes: &[[u8; 32]],
    ) -> Result<()> {
        for chunk in hashes.chunks(CODES_PER_STATEMENT) {
            let rows: Vec<String> =
                (0..chunk.len()).map(|row| format!("($1, ${}, $2, $3)", row + 4)).collect();
            let sql = format!(
                "INSERT INTO sealed_code (tenant_id, hash, campaign_id, organisation_id) VALUES {}",
                rows.join(", ")
            );
            let ids = [campaign.0.into(), organisation.0.into()];
            let values = ids.into_iter().chain(chunk.iter().map(|hash| hash.to_vec().into())).collect();
            self.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Spends a code.
    pub(super) async fn spend_code(&self, campaign: CampaignId, hash: [u8; 32]) -> Result<()> {
        let sql =
            "UPDATE sealed_code SET spent = TRUE WHERE tenant_id = $1 AND campaign_id = $2 AND hash = $3";
        self.0.execute(sql, vec![campaign.0.into(), hash.to_vec().into()]).await?;
        Ok(())
    }

    /// Deletes a campaign's codes; gives how many.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_codes(&self, campaign: CampaignId) -> Result<u64> {
        let sql = "DELETE FROM sealed_code WHERE tenant_id = $1 AND campaign_id = $2";
        Ok(self.0.execute(sql, vec![campaign.0.into()]).await?.rows_affected())
    }
}
