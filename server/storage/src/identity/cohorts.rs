//! Cohorts: which organisations share a key, and the key itself, sealed.

use domain::ids::{CampaignId, OrganisationId};
use sea_orm::QueryResult;

use super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// A cohort with its sealed private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCohort {
    /// Its short name.
    pub name: String,
    /// SHA-256 of its public key.
    pub key_id: [u8; 32],
    /// The private key under the identity side's secret.
    pub sealed_key: Vec<u8>,
}

/// A cohort to write.
#[derive(Clone, Debug)]
pub struct NewCohort<'a> {
    /// Its short name.
    pub name: &'a str,
    /// The organisations whose people it covers.
    pub organisations: &'a [OrganisationId],
    /// How many were eligible at the launch.
    pub eligible: u32,
    /// SHA-256 of its public key.
    pub key_id: [u8; 32],
    /// The private key under the identity side's secret.
    pub sealed_key: Vec<u8>,
}

impl Reading {
    /// The cohort of an organisation's people.
    ///
    /// # Errors
    /// Database faults.
    pub async fn cohort(
        &self,
        campaign: CampaignId,
        organisation: OrganisationId,
    ) -> Result<Option<StoredCohort>> {
        let sql = "SELECT c.name, c.key_id, c.sealed_key FROM cohort_organisation o
                   JOIN cohort c ON c.tenant_id = o.tenant_id AND c.campaign_id = o.campaign_id AND c.name = o.cohort
                   WHERE o.tenant_id = $1 AND o.campaign_id = $2 AND o.organisation_id = $3";
        let row = self.0.one(sql, vec![campaign.0.into(), organisation.0.into()]).await?;
        row.as_ref().map(cohort_of).transpose()
    }
}

impl Writing {
    /// Writes a cohort with the organisations that it covers.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_cohort(&self, campaign: CampaignId, cohort: &NewCohort<'_>) -> Result<()> {
        let sql = "INSERT INTO cohort (tenant_id, campaign_id, name, eligible, key_id, sealed_key)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            campaign.0.into(),
            cohort.name.into(),
            i64::from(cohort.eligible).into(),
            cohort.key_id.to_vec().into(),
            cohort.sealed_key.clone().into(),
        ];
        self.0.0.execute(sql, values).await?;
        for organisation in cohort.organisations {
            let sql = "INSERT INTO cohort_organisation (tenant_id, campaign_id, organisation_id, cohort)
                       VALUES ($1, $2, $3, $4)";
            let values = vec![campaign.0.into(), organisation.0.into(), cohort.name.into()];
            self.0.0.execute(sql, values).await?;
        }
        Ok(())
    }
}

fn cohort_of(row: &QueryResult) -> Result<StoredCohort> {
    let key_id: Vec<u8> = column(row, 1)?;
    Ok(StoredCohort {
        name: column(row, 0)?,
        key_id: key_id.try_into().map_err(|_| StorageError::Corrupt("cohort.key_id".to_owned()))?,
        sealed_key: column(row, 2)?,
    })
}
