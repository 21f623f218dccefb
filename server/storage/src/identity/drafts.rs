//! Campaigns that are being prepared.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, DraftId};
use sea_orm::QueryResult;

use super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// A draft as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// Which draft.
    pub id: DraftId,
    /// The campaign's short name.
    pub slug: String,
    /// Its JSON.
    pub draft: String,
    /// Rises with each change.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

const DRAFT: &str = "id, slug, draft, version, changed_at";

impl Reading {
    /// Every draft, the one last changed first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drafts(&self) -> Result<Vec<StoredDraft>> {
        let sql =
            format!("SELECT {DRAFT} FROM campaign_draft WHERE tenant_id = $1 ORDER BY changed_at DESC, slug");
        self.0.all(sql, vec![]).await?.iter().map(draft_of).collect()
    }

    /// A draft.
    ///
    /// # Errors
    /// Database faults.
    pub async fn draft(&self, id: DraftId) -> Result<Option<StoredDraft>> {
        let sql = format!("SELECT {DRAFT} FROM campaign_draft WHERE tenant_id = $1 AND id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(draft_of).transpose()
    }
}

impl Writing {
    /// Writes a new draft, of version 1.
    ///
    /// # Errors
    /// Database faults; also when there is one of this short name.
    pub async fn add_draft(&self, id: DraftId, slug: &str, draft: &str, now: DateTime<Utc>) -> Result<()> {
        let sql = "INSERT INTO campaign_draft (tenant_id, id, slug, draft, version, changed_at)
                   VALUES ($1, $2, $3, $4, 1, $5)";
        let values = vec![id.0.into(), slug.into(), draft.into(), now.timestamp().into()];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes a draft anew if it still has this `version`. Gives whether it had.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_draft(
        &self,
        id: DraftId,
        version: i64,
        draft: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let sql = "UPDATE campaign_draft SET draft = $4, version = version + 1, changed_at = $5
                   WHERE tenant_id = $1 AND id = $2 AND version = $3";
        let values = vec![id.0.into(), version.into(), draft.into(), now.timestamp().into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() > 0)
    }

    /// Removes a draft of this `version`. Gives whether it was there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn remove_draft(&self, id: DraftId, version: i64) -> Result<bool> {
        let sql = "DELETE FROM campaign_draft WHERE tenant_id = $1 AND id = $2 AND version = $3";
        Ok(self.0.0.execute(sql, vec![id.0.into(), version.into()]).await?.rows_affected() > 0)
    }

    /// Removes a campaign that was never launched, with the people that were put on its roll. Gives how many those were.
    ///
    /// # Errors
    /// Database faults.
    pub async fn remove_unlaunched(&self, campaign: CampaignId) -> Result<u64> {
        let bound = &self.0.0;
        let values = || vec![campaign.0.into()];
        let mut people = 0;
        for sql in [
            "DELETE FROM held_row WHERE tenant_id = $1 AND import_id IN
                 (SELECT id FROM roll_import WHERE tenant_id = $1 AND campaign_id = $2)",
            "DELETE FROM roll_import WHERE tenant_id = $1 AND campaign_id = $2",
            "DELETE FROM person WHERE tenant_id = $1 AND campaign_id = $2",
            "DELETE FROM campaign WHERE tenant_id = $1 AND id = $2 AND launched_on IS NULL",
        ] {
            let gone = bound.execute(sql, values()).await?.rows_affected();
            people = if sql.contains("FROM person") { gone } else { people };
        }
        Ok(people)
    }
}

fn draft_of(row: &QueryResult) -> Result<StoredDraft> {
    let changed_at = DateTime::from_timestamp(column(row, 4)?, 0)
        .ok_or_else(|| StorageError::Corrupt("campaign_draft.changed_at".to_owned()))?;
    Ok(StoredDraft {
        id: DraftId(column(row, 0)?),
        slug: column(row, 1)?,
        draft: column(row, 2)?,
        version: column(row, 3)?,
        changed_at,
    })
}
