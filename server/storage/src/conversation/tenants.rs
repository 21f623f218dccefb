//! Tenants as readers see them: the applied pack, the logo, the campaigns and rounds that it made.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, OrganisationId, RoundId};
use domain::round_type::RoundType;

use super::{Conversation, Reading, Writing, text};
use crate::feed::Change;
use crate::packs::{self, StoredTenant, TenantRow};
use crate::tenancy::column;
use crate::{Result, key_log};

/// A round as the pack has it.
#[derive(Clone, Copy, Debug)]
pub struct NewRound<'a> {
    /// Which round.
    pub id: RoundId,
    /// Whose stage it is.
    pub campaign: CampaignId,
    /// Its short name.
    pub slug: &'a str,
    /// What people do in it.
    pub round_type: &'a RoundType,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// When it closes.
    pub closes_at: DateTime<Utc>,
    /// Since when it is paused.
    pub paused_at: Option<DateTime<Utc>>,
}

/// Every table, each before those that it points at.
const TABLES: &[&str] = &[
    "audit_entry",
    "round_type",
    "round_pin",
    "own_state",
    "shared_state",
    "round_post",
    "round_result",
    "round_counted",
    "published_figure",
    "moderation_count",
    "suspension",
    "moderation_note",
    "report",
    "moderation_case",
    "vote",
    "post_version",
    "post",
    "refused_acts",
    "waiting_session",
    "waiting",
    "credential",
    "session",
    "sealed_code",
    "participant",
    "daily_count",
    "key_log",
    "round",
    "campaign",
    "organisation",
];

impl Writing {
    /// Deletes everything of this transaction's tenant, and the tenant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_tenant(&self) -> Result<()> {
        packs::erase(&self.0, TABLES).await
    }
}

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

    /// How many entries the key log has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log_length(&self) -> Result<i64> {
        key_log::length(&self.0).await
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
    /// Holds the list of tenants against others who add one or change what one is served at, until the end of this transaction. Taken
    /// before [`take_tenant`](Self::take_tenant).
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_tenants(&self) -> Result<()> {
        packs::take_list(&self.reading.0).await
    }

    /// This transaction's tenant, held against other writers until its end.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_tenant(&self) -> Result<Option<StoredTenant>> {
        packs::take(&self.reading.0).await
    }

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
    pub async fn put_round(&mut self, round: &NewRound<'_>) -> Result<()> {
        let sql =
            "INSERT INTO round (tenant_id, id, campaign_id, slug, round_type, opens_at, closes_at, paused_at, revision)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET opens_at = excluded.opens_at,
                   closes_at = excluded.closes_at, paused_at = excluded.paused_at, revision = round.revision + 1,
                   dated_at_revision = CASE WHEN round.opens_at = excluded.opens_at AND round.closes_at = excluded.closes_at
                       AND coalesce(round.paused_at, 0) = coalesce(excluded.paused_at, 0)
                       THEN round.dated_at_revision ELSE round.revision + 1 END";
        let values = vec![
            round.id.0.into(),
            round.campaign.0.into(),
            round.slug.into(),
            round.round_type.slug().into(),
            round.opens_at.timestamp().into(),
            round.closes_at.timestamp().into(),
            round.paused_at.map(|at| at.timestamp()).into(),
        ];
        self.0.execute(sql, values).await?;
        let id = round.id;
        self.will_tell(Change::Round(self.0.tenant(), id));
        Ok(())
    }
}
