//! Tenants, their organisations and campaigns, as the tenant pack has them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CampaignId, OrganisationId};
use domain::tenant_pack::{OrganisationFile, TenantFile};
use sea_orm::{DbBackend, QueryResult};

use super::{Reading, Writing};
use crate::packs::{self, StoredTenant};
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
    /// The smallest group that its figures show, frozen at the launch.
    pub smallest_group: Option<i32>,
}

const CAMPAIGN: &str = "id, closes_at, launched_on, erased_on, smallest_group";

impl Reading {
    /// The digest of the pack that was last applied from a folder, if one was.
    ///
    /// # Errors
    /// Database faults.
    pub async fn folder_digest(&self) -> Result<Option<String>> {
        let sql = "SELECT folder_digest FROM tenant WHERE id = $1";
        match self.0.one(sql, vec![]).await? {
            Some(row) => column(&row, 0),
            None => Ok(None),
        }
    }

    /// The digest of the pack as it is now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn pack_digest(&self) -> Result<Option<String>> {
        match self.0.one("SELECT pack_digest FROM tenant WHERE id = $1", vec![]).await? {
            Some(row) => column(&row, 0),
            None => Ok(None),
        }
    }

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

    /// Notes the day of the launch, and the smallest group that figures show from then on.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_launched(&self, id: CampaignId, day: NaiveDate, smallest_group: u32) -> Result<()> {
        let sql =
            "UPDATE campaign SET launched_on = $3, smallest_group = $4 WHERE tenant_id = $1 AND id = $2";
        let smallest_group = i32::try_from(smallest_group).unwrap_or(i32::MAX);
        self.0.0.execute(sql, vec![id.0.into(), day.into(), smallest_group.into()]).await?;
        Ok(())
    }

    /// Holds the list of tenants against others who add one or change what one is served at, until the end of this transaction. Taken
    /// before [`take_tenant`](Self::take_tenant).
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_tenants(&self) -> Result<()> {
        packs::take_list(&self.0.0).await
    }

    /// This transaction's tenant, held against other writers until its end.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_tenant(&self) -> Result<Option<StoredTenant>> {
        packs::take(&self.0.0).await
    }

    /// Notes that the pack as it is now came from a folder.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_from_folder(&self) -> Result<()> {
        let sql = "UPDATE tenant SET folder_digest = pack_digest WHERE id = $1";
        self.0.0.execute(sql, vec![]).await?;
        Ok(())
    }
}

/// Every table, each before those that it points at.
const TABLES: &[&str] = &[
    "audit_entry",
    "support_access",
    "console_session",
    "sign_in_try",
    "spent_question",
    "recovery_code",
    "passkey",
    "account_invitation",
    "role_grant",
    "account",
    "campaign_draft",
    "no_email",
    "undelivered",
    "job_file",
    "job",
    "mailing_item",
    "mailing",
    "published_figure",
    "daily_count",
    "key_log",
    "cohort_organisation",
    "cohort",
    "login",
    "held_row",
    "roll_import",
    "person",
    "campaign",
    "organisation",
];

impl Writing {
    /// Deletes everything of this transaction's tenant, and the tenant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_tenant(&self) -> Result<()> {
        packs::erase(&self.0.0, TABLES).await
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
        smallest_group: column(row, 4)?,
    })
}
