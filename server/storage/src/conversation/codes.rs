//! Sealed codes: keyed hashes, spent or not. Never who spent one, never when.

use domain::ids::{CampaignId, OrganisationId};

use super::{Reading, Writing};
use crate::Result;

/// Codes written by one statement.
const CODES_PER_STATEMENT: usize = 500;

/// What became of a code that somebody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It was good, and is spent now.
    Now,
    /// It was spent before.
    Before,
    /// No such code in this campaign.
    Unknown,
}

impl Reading {
    /// Whether there is such a code, spent or not: asked before the write lock is taken, which a guess is not worth.
    ///
    /// # Errors
    /// Database faults.
    pub async fn knows_code(&self, campaign: CampaignId, hash: [u8; 32]) -> Result<bool> {
        let sql = "SELECT 1 FROM sealed_code WHERE tenant_id = $1 AND campaign_id = $2 AND hash = $3";
        Ok(self.0.one(sql, vec![campaign.0.into(), hash.to_vec().into()]).await?.is_some())
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

    /// Spends the code, if it is there and unspent: one statement, so that two who race get one participant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn redeem_code(&self, campaign: CampaignId, hash: [u8; 32]) -> Result<Redeemed> {
        let sql = "UPDATE sealed_code SET spent = TRUE
                   WHERE tenant_id = $1 AND campaign_id = $2 AND hash = $3 AND spent = FALSE RETURNING spent";
        let values = || vec![campaign.0.into(), hash.to_vec().into()];
        if self.0.one(sql, values()).await?.is_some() {
            return Ok(Redeemed::Now);
        }
        let known = self.knows_code(campaign, hash).await?;
        Ok(if known { Redeemed::Before } else { Redeemed::Unknown })
    }
}
