//! Emails to many of a roll: how far each is, and who is still to get it. Whoever was written to leaves no row behind.

mod items;
mod undelivered;

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CampaignId, OrganisationId};
use domain::mailing::{MailingCounts, MailingState};
use sea_orm::{DbBackend, QueryResult, Value};

use super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

pub use items::{DueItem, REFERENCE_BYTES, Settled};
pub use undelivered::UndeliveredCount;

/// Which email of which campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailingKey {
    /// The campaign.
    pub campaign: CampaignId,
    /// The plan's short name for it.
    pub slug: String,
}

/// An email to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMailing {
    /// Which.
    pub key: MailingKey,
    /// How far it is.
    pub state: MailingState,
    /// When its turn came.
    pub begun_at: DateTime<Utc>,
    /// When it was over, if it is.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it rests, was cancelled or missed; or that somebody let it go on.
    pub why: String,
    /// Before this, nobody tries: the mail server could not be reached.
    pub rests_until: DateTime<Utc>,
    /// What became of it.
    pub counts: MailingCounts,
}

/// Who is to get an email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipients<'a> {
    /// People of these organisations; everybody's, if none is named.
    pub organisations: &'a [OrganisationId],
    /// Only those who hold no credential.
    pub not_joined: bool,
    /// Only those of the roll to whom no login details have left.
    pub without_login: bool,
}

/// Why an address gets no email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEmail {
    /// Its owner said so.
    Stopped,
    /// It does not exist any more.
    Bounced,
    /// Its owner called an email of ours spam.
    Complained,
}

impl NoEmail {
    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// Rows named by one statement; SQLite binds at most 32,766 values.
const ROWS_PER_STATEMENT: usize = 500;

const MAILING: &str = "campaign_id, slug, state, begun_at, ended_at, why, rests_until, addressed, sent, left_out, refused, unsure";

impl Reading {
    /// Every email to many whose turn has come, of all campaigns or of one.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mailings(&self, campaign: Option<CampaignId>) -> Result<Vec<StoredMailing>> {
        let only = if campaign.is_some() { " AND campaign_id = $2" } else { "" };
        let sql = format!("SELECT {MAILING} FROM mailing WHERE tenant_id = $1{only} ORDER BY begun_at, slug");
        let values = campaign.map(|campaign| campaign.0.into()).into_iter().collect();
        self.0.all(sql, values).await?.iter().map(mailing_of).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mailing(&self, key: &MailingKey) -> Result<Option<StoredMailing>> {
        let sql =
            format!("SELECT {MAILING} FROM mailing WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3");
        self.0.one(sql, key.values()).await?.as_ref().map(mailing_of).transpose()
    }

    /// How many people an email would go to if its turn came now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_recipients(&self, campaign: CampaignId, to: &Recipients<'_>) -> Result<i64> {
        let (condition, values) = to.condition(3);
        let sql = format!(
            "SELECT COUNT(*) FROM person p WHERE p.tenant_id = $1 AND p.campaign_id = $2 {condition}"
        );
        let values = std::iter::once(campaign.0.into()).chain(values).collect();
        match self.0.one(sql, values).await? {
            Some(row) => column(&row, 0),
            None => Ok(0),
        }
    }

    /// Which of `addresses`, keyed hashes, get no email.
    ///
    /// # Errors
    /// Database faults.
    pub async fn wanting_none(&self, addresses: &[[u8; 32]]) -> Result<HashSet<[u8; 32]>> {
        let mut found = HashSet::new();
        for chunk in addresses.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "SELECT address FROM no_email WHERE tenant_id = $1 AND address IN ({})",
                places(2, chunk.len())
            );
            let rows = self.0.all(sql, chunk.iter().map(|hash| hash.to_vec().into()).collect()).await?;
            for row in &rows {
                let hash: Vec<u8> = column(row, 0)?;
                found.extend(<[u8; 32]>::try_from(hash.as_slice()).ok());
            }
        }
        Ok(found)
    }

    /// How many addresses of the tenant get no email since `since`, by reason.
    ///
    /// # Errors
    /// Database faults.
    pub async fn no_email_since(&self, why: NoEmail, since: NaiveDate) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM no_email WHERE tenant_id = $1 AND why = $2 AND since >= $3";
        match self.0.one(sql, vec![why.slug().into(), since.into()]).await? {
            Some(row) => column(&row, 0),
            None => Ok(0),
        }
    }
}

impl Writing {
    /// Writes that an email's turn has come, once: false if it had come before.
    ///
    /// # Errors
    /// Database faults.
    pub async fn begin_mailing(
        &self,
        key: &MailingKey,
        state: MailingState,
        now: DateTime<Utc>,
        why: &str,
    ) -> Result<bool> {
        let ended: Option<i64> = state.is_over().then(|| now.timestamp());
        let sql = "INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at, ended_at, why)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, campaign_id, slug) DO NOTHING";
        let values = key.values_and([state.slug().into(), now.timestamp().into(), ended.into(), why.into()]);
        Ok(self.0.0.execute(sql, values).await?.rows_affected() == 1)
    }

    /// The email, held against other writers until the end of this transaction.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_mailing(&self, key: &MailingKey) -> Result<Option<StoredMailing>> {
        let lock = self.row_lock(" FOR UPDATE");
        let sql = format!(
            "SELECT {MAILING} FROM mailing WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3{lock}"
        );
        self.0.0.one(sql, key.values()).await?.as_ref().map(mailing_of).transpose()
    }

    /// Addresses an email to `to`, whoever of them is not to get it already; gives how many were added.
    ///
    /// # Errors
    /// Database faults.
    pub async fn address_mailing(
        &self,
        key: &MailingKey,
        to: &Recipients<'_>,
        now: DateTime<Utc>,
    ) -> Result<i64> {
        let (condition, values) = to.condition(5);
        let sql = format!(
            "INSERT INTO mailing_item (tenant_id, campaign_id, slug, person_id, due_at)
             SELECT p.tenant_id, p.campaign_id, $3, p.id, $4 FROM person p
             WHERE p.tenant_id = $1 AND p.campaign_id = $2 {condition}
             ON CONFLICT (tenant_id, campaign_id, slug, person_id) DO NOTHING"
        );
        let values = key.values_and(std::iter::once(now.timestamp().into()).chain(values));
        let added = self.0.0.execute(sql, values).await?.rows_affected().cast_signed();
        let sql = "UPDATE mailing SET addressed = addressed + $4 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3";
        self.0.0.execute(sql, key.values_and([added.into()])).await?;
        Ok(added)
    }

    /// Changes how far an email is.
    ///
    /// # Errors
    /// Database faults.
    pub async fn set_mailing(
        &self,
        key: &MailingKey,
        state: MailingState,
        now: DateTime<Utc>,
        why: &str,
    ) -> Result<()> {
        let ended: Option<i64> = state.is_over().then(|| now.timestamp());
        let sql = "UPDATE mailing SET state = $4, ended_at = $5, why = $6 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3";
        self.0.0.execute(sql, key.values_and([state.slug().into(), ended.into(), why.into()])).await?;
        Ok(())
    }

    /// Writes that an address, a keyed hash, gets no email from today on; what was said first stands. Gives whether this is the first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn stop_email(&self, address: [u8; 32], why: NoEmail, today: NaiveDate) -> Result<bool> {
        let sql = "INSERT INTO no_email (tenant_id, address, why, since) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant_id, address) DO NOTHING";
        let values = vec![address.to_vec().into(), why.slug().into(), today.into()];
        Ok(self.0.0.execute(sql, values).await?.rows_affected() == 1)
    }

    fn row_lock(&self, postgres: &'static str) -> &'static str {
        // SQLite has one writer: this transaction.
        if self.0.0.backend() == DbBackend::Postgres { postgres } else { "" }
    }
}

impl MailingKey {
    fn values(&self) -> Vec<Value> {
        self.values_and([])
    }

    /// The campaign as `$2`, the short name as `$3`, and what follows.
    fn values_and(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        [self.campaign.0.into(), self.slug.clone().into()].into_iter().chain(more).collect()
    }
}

impl Recipients<'_> {
    /// For a table named `p`; placeholders begin at `$first`.
    fn condition(&self, first: usize) -> (String, Vec<Value>) {
        let mut sql = "AND p.email IS NOT NULL".to_owned();
        if !self.organisations.is_empty() {
            sql += &format!(" AND p.organisation_id IN ({})", places(first, self.organisations.len()));
        }
        if self.not_joined {
            sql += " AND p.request IS NULL";
        }
        if self.without_login {
            sql += " AND p.origin = 'roll' AND NOT EXISTS (SELECT 1 FROM login l
                     WHERE l.tenant_id = p.tenant_id AND l.person_id = p.id AND NOT l.unsent)";
        }
        (sql, self.organisations.iter().map(|organisation| organisation.0.into()).collect())
    }
}

/// `$first, …`, `number` of them.
fn places(first: usize, number: usize) -> String {
    (first..first + number).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

fn mailing_of(row: &QueryResult) -> Result<StoredMailing> {
    let state: String = column(row, 2)?;
    let at = |seconds: i64| {
        DateTime::from_timestamp(seconds, 0).ok_or_else(|| StorageError::Corrupt(format!("time {seconds}")))
    };
    Ok(StoredMailing {
        key: MailingKey { campaign: CampaignId(column(row, 0)?), slug: column(row, 1)? },
        state: MailingState::from_slug(&state).ok_or(StorageError::Corrupt(state))?,
        begun_at: at(column(row, 3)?)?,
        ended_at: column::<Option<i64>>(row, 4)?.map(at).transpose()?,
        why: column(row, 5)?,
        rests_until: at(column(row, 6)?)?,
        counts: MailingCounts {
            addressed: column(row, 7)?,
            sent: column(row, 8)?,
            left_out: column(row, 9)?,
            refused: column(row, 10)?,
            unsure: column(row, 11)?,
        },
    })
}
