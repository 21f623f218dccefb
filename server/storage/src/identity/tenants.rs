//! Tenants, their organisations and campaigns, as the tenant pack has them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CampaignId, OrganisationId};
use domain::tenant_pack::{OrganisationFile, TenantFile};
use sea_orm::{DbBackend, QueryResult};

use super::{Reading, Writing};
use crate::packs::StoredTenant;
use crate::tenancy::column;
use crate::{Result, StorageError};

/// A campaign as the identity side knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignRow {
    /// Which campaign.
    pub id: CampaignId,
    /// When its last round closes.
    pub closes_at: DateTime<Utc>,
    /// The day on which its cohorts and keys were made.
    pub launched_on: Option<NaiveDate>,
    /// The day on which its roll was deleted.
    pub erased_on: Option<NaiveDate>,
}

const CAMPAIGN: &str = "id, closes_at, launched_on, erased_on";

impl Reading {
    /// The campaign, if the pack has it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<CampaignRow>> {
        let sql = format!("SELECT {CAMPAIGN} FROM campaign WHERE tenant_id = $1 AND id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(campaign_of).transpose()
    }

    /// Every campaign.
    ///
    /// # Errors
    /// Database faults.
    pub async fn campaigns(&self) -> Result<Vec<CampaignRow>> {
        let sql = format!("SELECT {CAMPAIGN} FROM campaign WHERE tenant_id = $1 ORDER BY slug");
        self.0.all(sql, vec![]).await?.iter().map(campaign_of).collect()
    }
}

impl Writing {
    /// Writes the tenant, or brings it up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_tenant(&self, file: &TenantFile, stored: &StoredTenant) -> Result<()> {
        let sql =
            "INSERT INTO tenant (id, slug, name, pack, pack_digest, logo, favicon) VALUES ($1, $2, $3, $4, $5, $6, $7)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name, pack = excluded.pack,
                   pack_digest = excluded.pack_digest, logo = excluded.logo, favicon = excluded.favicon";
        let values = vec![
            file.slug.clone().into(),
            file.name.clone().into(),
            stored.pack.clone().into(),
            stored.digest.clone().into(),
            stored.logo.clone().into(),
            stored.favicon.clone().into(),
        ];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes an organisation, or brings it up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_organisation(&self, id: OrganisationId, organisation: &OrganisationFile) -> Result<()> {
        let sql = "INSERT INTO organisation (tenant_id, id, slug, name, entry_route) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, entry_route = excluded.entry_route";
        let values = vec![
            id.0.into(),
            organisation.slug.clone().into(),
            organisation.name.clone().into(),
            organisation.entry_route.slug().into(),
        ];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes a campaign, or brings its closing time up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_campaign(&self, id: CampaignId, slug: &str, closes_at: DateTime<Utc>) -> Result<()> {
        let sql = "INSERT INTO campaign (tenant_id, id, slug, closes_at) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET closes_at = excluded.closes_at";
        self.0.0.execute(sql, vec![id.0.into(), slug.into(), closes_at.timestamp().into()]).await?;
        Ok(())
    }

    /// The campaign, held against other writers until the end of this transaction.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_campaign(&self, id: CampaignId) -> Result<Option<CampaignRow>> {
        // SQLite has one writer: this transaction.
        let lock = if self.0.0.backend() == DbBackend::Postgres { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT {CAMPAIGN} FROM campaign WHERE tenant_id = $1 AND id = $2{lock}");
        self.0.0.one(sql, vec![id.0.into()]).await?.as_ref().map(campaign_of).transpose()
    }

    /// Notes the day of the launch.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_launched(&self, id: CampaignId, day: NaiveDate) -> Result<()> {
        let sql = "UPDATE campaign SET launched_on = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.0.execute(sql, vec![id.0.into(), day.into()]).await?;
        Ok(())
    }
}

fn campaign_of(row: &QueryResult) -> Result<CampaignRow> {
    let closes_at = DateTime::from_timestamp(column(row, 1)?, 0)
        .ok_or_else(|| StorageError::Corrupt("campaign.closes_at".to_owned()))?;
    Ok(CampaignRow {
        id: CampaignId(column(row, 0)?),
        closes_at,
        launched_on: column(row, 2)?,
        erased_on: column(row, 3)?,
    })
}
