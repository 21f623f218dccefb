//! How many came in, and how many did what: by the cohort whose key signed their credential, never per person.

use domain::ids::CampaignId;

use super::Reading;
use crate::Result;
use crate::figures::{self, FigureShelf};
use crate::tenancy::column;

/// People of one cohort, by what they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakingPart {
    /// The cohort; none for those who came in without a credential, by a sealed code.
    pub cohort: Option<String>,
    /// People who were let in.
    pub came_in: i64,
    /// Those of whom an idea can be read.
    pub wrote_ideas: i64,
    /// Those of whom a comment can be read.
    pub wrote_comments: i64,
    /// Those of whom either can be read.
    pub wrote: i64,
    /// Those of whom a vote stands.
    pub voted: i64,
}

/// What can be read of a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    /// Ideas.
    pub ideas: i64,
    /// Comments.
    pub comments: i64,
    /// Votes on either.
    pub votes: i64,
}

impl Reading {
    /// The smallest groups that figures show, of the campaigns for which they are frozen.
    ///
    /// # Errors
    /// Database faults.
    pub async fn smallest_groups(&self) -> Result<Vec<(CampaignId, u32)>> {
        figures::frozen(&self.0).await
    }

    /// What is published of `campaign`.
    pub fn figures(&self, campaign: CampaignId) -> FigureShelf<'_> {
        FigureShelf(&self.0, campaign)
    }

    /// People by cohort; cohorts of which nobody came in are not listed.
    ///
    /// # Errors
    /// Database faults.
    pub async fn taking_part(&self, campaign: CampaignId) -> Result<Vec<TakingPart>> {
        let wrote = |which: &str| {
            format!(
                "COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM post w WHERE w.tenant_id = p.tenant_id
                 AND w.author_id = p.id AND w.state = 'visible'{which}))"
            )
        };
        let sql = format!(
            "SELECT c.cohort, COUNT(*), {}, {}, {}, COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM vote v
             WHERE v.tenant_id = p.tenant_id AND v.participant_id = p.id))
             FROM participant p LEFT JOIN credential c ON c.tenant_id = p.tenant_id
             AND c.campaign_id = p.campaign_id AND c.participant_id = p.id
             WHERE p.tenant_id = $1 AND p.campaign_id = $2 GROUP BY c.cohort",
            wrote(" AND w.contribution_id IS NULL"),
            wrote(" AND w.contribution_id IS NOT NULL"),
            wrote("")
        );
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(TakingPart {
                    cohort: column(row, 0)?,
                    came_in: column(row, 1)?,
                    wrote_ideas: column(row, 2)?,
                    wrote_comments: column(row, 3)?,
                    wrote: column(row, 4)?,
                    voted: column(row, 5)?,
                })
            })
            .collect()
    }

    /// What can be read of all rounds of `campaign`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn acts(&self, campaign: CampaignId) -> Result<Acts> {
        let sql = "SELECT COUNT(*) FILTER (WHERE contribution_id IS NULL),
                   COUNT(*) FILTER (WHERE contribution_id IS NOT NULL),
                   CAST(COALESCE(SUM(agrees + disagrees + passes), 0) AS BIGINT) FROM post
                   WHERE tenant_id = $1 AND state = 'visible'
                   AND round_id IN (SELECT id FROM round WHERE tenant_id = $1 AND campaign_id = $2)";
        let row = self.0.one(sql, vec![campaign.0.into()]).await?;
        row.map_or(Ok(Acts::default()), |row| {
            Ok(Acts { ideas: column(&row, 0)?, comments: column(&row, 1)?, votes: column(&row, 2)? })
        })
    }
}
