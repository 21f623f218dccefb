//! Tenants as readers see them: the applied pack, the logo, the campaigns and rounds that it made.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, OrganisationId, RoundId, TenantId};
use domain::tenant_pack::RoundType;
use sea_orm::{ConnectionTrait, Statement};

use super::{Conversation, Reading, Writing, text};
use crate::Result;
use crate::feed::Change;
use crate::tenancy::column;

/// A tenant as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTenant {
    /// Which tenant.
    pub id: TenantId,
    /// The applied pack, JSON.
    pub pack: String,
    /// SHA-256 of pack and pictures, hexadecimal.
    pub digest: String,
    /// The logo, PNG.
    pub logo: Option<Vec<u8>>,
    /// The browser's little picture, PNG.
    pub favicon: Vec<u8>,
}

/// What identifies a stored tenant and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// Which tenant.
    pub id: TenantId,
    /// SHA-256 of pack and pictures, hexadecimal.
    pub digest: String,
}

impl Conversation {
    /// Every tenant with its version. The only question that is asked across tenants: which are there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenants(&self) -> Result<Vec<TenantRow>> {
        let statement =
            Statement::from_string(self.pools.backend(), "SELECT id, pack_digest FROM tenant ORDER BY slug");
        let rows = self.pools.read.query_all_raw(statement).await?;
        rows.iter()
            .map(|row| Ok(TenantRow { id: TenantId(column(row, 0)?), digest: column(row, 1)? }))
            .collect()
    }
}

impl Reading {
    /// This transaction's tenant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenant(&self) -> Result<Option<StoredTenant>> {
        let sql = "SELECT pack, pack_digest, logo, favicon FROM tenant WHERE id = $1";
        let Some(row) = self.0.one(sql, vec![]).await? else { return Ok(None) };
        Ok(Some(StoredTenant {
            id: self.0.tenant(),
            pack: column(&row, 0)?,
            digest: column(&row, 1)?,
            logo: column(&row, 2)?,
            favicon: column(&row, 3)?,
        }))
    }

    /// The note of the round's campaign about where its content came from.
    pub(super) async fn source_note(&self, round: RoundId) -> Result<Option<String>> {
        let sql = "SELECT c.source_note FROM round r JOIN campaign c ON c.tenant_id = r.tenant_id AND c.id = r.campaign_id
                   WHERE r.tenant_id = $1 AND r.id = $2";
        match self.0.one(sql, vec![round.0.into()]).await? {
            Some(row) => column(&row, 0),
            None => Ok(None),
        }
    }
}

impl Writing {
    /// Writes the tenant, or brings it up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_tenant(&self, slug: &str, tenant: &StoredTenant) -> Result<()> {
        let sql =
            "INSERT INTO tenant (id, slug, pack, pack_digest, logo, favicon) VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (id) DO UPDATE SET pack = excluded.pack, pack_digest = excluded.pack_digest,
                   logo = excluded.logo, favicon = excluded.favicon";
        let values = vec![
            slug.into(),
            tenant.pack.clone().into(),
            tenant.digest.clone().into(),
            tenant.logo.clone().into(),
            tenant.favicon.clone().into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes an organisation if it is not there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_organisation(&self, id: OrganisationId, slug: &str) -> Result<()> {
        let sql = "INSERT INTO organisation (tenant_id, id, slug) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.0.execute(sql, vec![id.0.into(), slug.into()]).await?;
        Ok(())
    }

    /// Writes a campaign if it is not there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_campaign(&self, id: CampaignId, slug: &str) -> Result<()> {
        let sql = "INSERT INTO campaign (tenant_id, id, slug) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.0.execute(sql, vec![id.0.into(), slug.into()]).await?;
        Ok(())
    }

    /// Says on the campaign's pages where its content came from.
    ///
    /// # Errors
    /// Database faults.
    pub async fn set_source_note(&self, campaign: CampaignId, note: Option<&str>) -> Result<()> {
        let sql = "UPDATE campaign SET source_note = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![campaign.0.into(), text(note)]).await?;
        Ok(())
    }

    /// Writes a round, or brings its times up to date; those who follow it are told.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_round(
        &mut self,
        id: RoundId,
        campaign: CampaignId,
        slug: &str,
        round_type: RoundType,
        times: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<()> {
        let sql =
            "INSERT INTO round (tenant_id, id, campaign_id, slug, round_type, opens_at, closes_at, revision)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET opens_at = excluded.opens_at,
                   closes_at = excluded.closes_at, revision = round.revision + 1";
        let values = vec![
            id.0.into(),
            campaign.0.into(),
            slug.into(),
            round_type.slug().into(),
            times.0.timestamp().into(),
            times.1.timestamp().into(),
        ];
        self.0.execute(sql, values).await?;
        self.will_tell(Change::Round(self.0.tenant(), id));
        Ok(())
    }
}
