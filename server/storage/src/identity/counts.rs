//! How many are eligible, and for how many something was signed: totals, never per person.

use chrono::NaiveDate;
use domain::ids::{CampaignId, OrganisationId};

use super::{Reading, Writing};
use crate::Result;
use crate::figures::{self, FigureShelf};
use crate::tenancy::column;

/// What was published for one day: totals at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyCount {
    /// The day, in the tenant's zone.
    pub day: NaiveDate,
    /// People on the roll.
    pub eligible: i64,
    /// People for whom something was signed.
    pub issued: i64,
}

/// How many of an organisation's people are on the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrganisationCount {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// People on the roll.
    pub eligible: i64,
}

/// How many of a cohort and staff group are on the roll, and for how many of them something was signed: to be published in whole groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedCount {
    /// The cohort; none before the launch, and for organisations that came after it.
    pub cohort: Option<String>,
    /// The staff group as the roll has it.
    pub staff_group: Option<String>,
    /// People on the roll.
    pub eligible: i64,
    /// People for whom something was signed.
    pub joined: i64,
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

    /// People by cohort and staff group.
    ///
    /// # Errors
    /// Database faults.
    pub async fn joined_by_group(&self, campaign: CampaignId) -> Result<Vec<JoinedCount>> {
        let sql = "SELECT o.cohort, p.staff_group, COUNT(*), COUNT(p.request) FROM person p
                   LEFT JOIN cohort_organisation o ON o.tenant_id = p.tenant_id AND o.campaign_id = p.campaign_id
                   AND o.organisation_id = p.organisation_id
                   WHERE p.tenant_id = $1 AND p.campaign_id = $2 GROUP BY o.cohort, p.staff_group";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(JoinedCount {
                    cohort: column(row, 0)?,
                    staff_group: column(row, 1)?,
                    eligible: column(row, 2)?,
                    joined: column(row, 3)?,
                })
            })
            .collect()
    }

    /// People on the roll by organisation; organisations without any are not listed.
    ///
    /// # Errors
    /// Database faults.
    pub async fn eligible_by_organisation(&self, campaign: CampaignId) -> Result<Vec<OrganisationCount>> {
        let sql = "SELECT organisation_id, COUNT(*) FROM person WHERE tenant_id = $1 AND campaign_id = $2
                   GROUP BY organisation_id ORDER BY organisation_id";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(OrganisationCount {
                    organisation: OrganisationId(column(row, 0)?),
                    eligible: column(row, 1)?,
                })
            })
            .collect()
    }

    /// People who came by the roll and have an address, by organisation, and to how many of them login details have left.
    ///
    /// # Errors
    /// Database faults.
    pub async fn logins_by_organisation(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<(OrganisationId, i64, i64)>> {
        let sql = "SELECT p.organisation_id, COUNT(DISTINCT p.id), COUNT(DISTINCT l.person_id) FROM person p
                   LEFT JOIN login l ON l.tenant_id = p.tenant_id AND l.person_id = p.id AND NOT l.unsent
                   WHERE p.tenant_id = $1 AND p.campaign_id = $2 AND p.origin = 'roll' AND p.email IS NOT NULL
                   GROUP BY p.organisation_id ORDER BY p.organisation_id";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter()
            .map(|row| Ok((OrganisationId(column(row, 0)?), column(row, 1)?, column(row, 2)?)))
            .collect()
    }

    /// People on the roll, and how many of them something was signed for.
    ///
    /// # Errors
    /// Database faults.
    pub async fn totals(&self, campaign: CampaignId) -> Result<(i64, i64)> {
        let sql = "SELECT COUNT(*), COUNT(request) FROM person WHERE tenant_id = $1 AND campaign_id = $2";
        let row = self.0.one(sql, vec![campaign.0.into()]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((column(&row, 0)?, column(&row, 1)?)))
    }

    /// What was published, by day.
    ///
    /// # Errors
    /// Database faults.
    pub async fn daily_counts(&self, campaign: CampaignId) -> Result<Vec<DailyCount>> {
        let sql = "SELECT day, eligible, issued FROM daily_count WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY day";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(DailyCount { day: column(row, 0)?, eligible: column(row, 1)?, issued: column(row, 2)? })
            })
            .collect()
    }
}

impl Writing {
    /// Publishes a day's totals, unless they are published.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_daily_count(&self, campaign: CampaignId, count: DailyCount) -> Result<()> {
        let sql = "INSERT INTO daily_count (tenant_id, campaign_id, day, eligible, issued) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT DO NOTHING";
        let values = vec![campaign.0.into(), count.day.into(), count.eligible.into(), count.issued.into()];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }
}
