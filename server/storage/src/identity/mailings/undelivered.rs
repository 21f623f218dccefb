//! How many of a tenant's emails did not arrive and why, what is said of the others, and what follows from it: emails that rest.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::mailing::{UNDELIVERED_DAYS, Undelivered};
use domain::reputation::Reputation;
use sea_orm::QueryResult;

use super::{MailingKey, NoEmail};
use crate::identity::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// How many emails of a day did not arrive for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UndeliveredCount {
    /// The day, in the tenant's zone.
    pub day: NaiveDate,
    /// Why.
    pub why: Undelivered,
    /// How many, exactly.
    pub emails: i64,
}

impl Reading {
    /// How many emails did not arrive, or perhaps did not, since `since`: by day, the newest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn undelivered(&self, since: NaiveDate) -> Result<Vec<UndeliveredCount>> {
        let sql = "SELECT day, why, emails FROM undelivered WHERE tenant_id = $1 AND day >= $2 ORDER BY day DESC, why";
        self.0.all(sql, vec![since.into()]).await?.iter().map(count_of).collect()
    }

    /// What was said of the tenant's emails: of those that began to go since `begun`, from the day `since` on.
    ///
    /// # Errors
    /// Database faults.
    pub async fn reputation(&self, begun: DateTime<Utc>, since: NaiveDate) -> Result<Reputation> {
        let sql = "SELECT CAST(COALESCE(SUM(sent), 0) AS BIGINT), CAST(COALESCE(SUM(refused), 0) AS BIGINT) FROM mailing
                   WHERE tenant_id = $1 AND begun_at >= $2";
        let (sent, refused) = match self.0.one(sql, vec![begun.timestamp().into()]).await? {
            Some(row) => (column(&row, 0)?, column(&row, 1)?),
            None => (0, 0),
        };
        let gone = self.no_email_since(NoEmail::Bounced, since).await?;
        let complained = self.no_email_since(NoEmail::Complained, since).await?;
        Ok(Reputation { sent, refused, gone, complained })
    }
}

impl Writing {
    /// Adds emails that did not arrive on `day`, and forgets those of more than [`UNDELIVERED_DAYS`] ago.
    pub(super) async fn add_undelivered(&self, day: NaiveDate, why: Undelivered, emails: i64) -> Result<()> {
        let sql = "INSERT INTO undelivered (tenant_id, day, why, emails) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant_id, day, why) DO UPDATE SET emails = undelivered.emails + excluded.emails";
        self.0.0.execute(sql, vec![day.into(), why.slug().into(), emails.into()]).await?;
        let sql = "DELETE FROM undelivered WHERE tenant_id = $1 AND day <= $2";
        self.0.0.execute(sql, vec![(day - Days::new(UNDELIVERED_DAYS)).into()]).await?;
        Ok(())
    }

    /// Lets every email of the tenant that is on its way rest, but those of which somebody has said that they are to go on. Gives how many.
    ///
    /// # Errors
    /// Database faults.
    pub async fn pause_mailings(&self, why: &str) -> Result<u64> {
        let sql = "UPDATE mailing SET state = 'paused', why = $2 WHERE tenant_id = $1 AND state = 'going' AND why = ''";
        Ok(self.0.0.execute(sql, vec![why.into()]).await?.rows_affected())
    }

    /// Has nobody try an email before `until`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn rest_mailing(&self, key: &MailingKey, until: DateTime<Utc>) -> Result<()> {
        let sql =
            "UPDATE mailing SET rests_until = $4 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3";
        self.0.0.execute(sql, key.values_and([until.timestamp().into()])).await?;
        Ok(())
    }
}

fn count_of(row: &QueryResult) -> Result<UndeliveredCount> {
    let why: String = column(row, 1)?;
    Ok(UndeliveredCount {
        day: column(row, 0)?,
        why: Undelivered::from_slug(&why).ok_or(StorageError::Corrupt(why))?,
        emails: column(row, 2)?,
    })
}
