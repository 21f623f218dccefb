//! Tenants as readers see them: the applied pack, the logo, the campaigns and rounds that it made.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, OrganisationId, RoundId};
use domain::tenant_pack::RoundType;

use super::{Conversation, Reading, Writing, text};
use crate::feed::Change;
use crate::packs::{self, StoredTenant, TenantRow};
use crate::tenancy::column;
use crate::{Result, key_log};

impl Conversation {
    /// Every tenant with its version. The only question that is asked across tenants: which are there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenants(&self) -> Result<Vec<TenantRow>> {
        packs::list(&self.pools).await
    }
}

impl Reading {
    /// This transaction's tenant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenant(&self) -> Result<Option<StoredTenant>> {
        packs::load(&self.0).await
    }

    /// The key log's entries, JSON, in order.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log(&self) -> Result<Vec<String>> {
        key_log::entries(&self.0).await
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

    /// Writes the key log's entry `number`.
    ///
    /// # Errors
    /// Database faults; also when there is one of this number.
    pub async fn add_key_log_entry(&self, number: i64, entry: &str) -> Result<()> {
        key_log::add(&self.reading.0, number, entry).await
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
