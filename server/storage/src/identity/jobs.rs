//! Work that takes longer than a request may: asked for, claimed for a while, made part by part, fetched, thrown away.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, ItemId, PersonId};
use sea_orm::{DbBackend, QueryResult};

use super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// An organisation's comms toolkit, one zip file.
    Toolkit,
    /// An organisation's login details as letters to print, sealed.
    Letters,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Nobody has begun.
    Waiting,
    /// A process is at it.
    Working,
    /// All of it is there.
    Done,
    /// It could not be made.
    Failed,
}

/// Work to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// A random id.
    pub id: ItemId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// What.
    pub kind: JobKind,
    /// For which organisation: its short name.
    pub about: String,
    /// The version of the dates in it.
    pub version: i64,
    /// A digest of what it is made of; empty where that was not kept.
    pub facts: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// About how many parts it has.
    pub parts: i64,
}

/// Work that was asked for.
#[derive(Clone, Debug)]
pub struct StoredJob {
    /// As it was asked for.
    pub asked: NewJob,
    /// How far it is.
    pub state: JobState,
    /// Parts that are made.
    pub done: i64,
    /// Letters: the last person whose letter is made.
    pub reached: Option<PersonId>,
    /// Why it failed, if it did.
    pub why: String,
    /// Until when the last claim on it holds. Each claim ends later than those before, so this tells it from them.
    pub lease_until: DateTime<Utc>,
}

/// A part that is made.
#[derive(Clone, Debug)]
pub struct JobFile {
    /// Its name.
    pub file: String,
    /// What it is.
    pub media_type: String,
    /// Its bytes; sealed if it holds login details.
    pub content: Vec<u8>,
}

const JOB: &str =
    "id, campaign_id, kind, about, version, asked_at, parts, state, done, reached, why, facts, lease_until";

impl JobKind {
    fn slug(self) -> &'static str {
        match self {
            Self::Toolkit => "toolkit",
            Self::Letters => "letters",
        }
    }
}

impl JobState {
    fn slug(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Reading {
    /// A campaign's work, newest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn jobs(&self, campaign: CampaignId) -> Result<Vec<StoredJob>> {
        let sql = format!(
            "SELECT {JOB} FROM job WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY asked_at DESC, id LIMIT 200"
        );
        self.0.all(sql, vec![campaign.0.into()]).await?.iter().map(job_of).collect()
    }

    /// Whether there is work that nobody is at.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_open_jobs(&self, now: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT 1 FROM job WHERE tenant_id = $1 AND (state = 'waiting' OR state = 'working' AND lease_until <= $2) LIMIT 1";
        Ok(self.0.one(sql, vec![now.timestamp().into()]).await?.is_some())
    }

    /// Whether anything was asked for before `before`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_jobs_before(&self, before: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT 1 FROM job WHERE tenant_id = $1 AND asked_at < $2 LIMIT 1";
        Ok(self.0.one(sql, vec![before.timestamp().into()]).await?.is_some())
    }

    /// One piece of work.
    ///
    /// # Errors
    /// Database faults.
    pub async fn job(&self, id: ItemId) -> Result<Option<StoredJob>> {
        let sql = format!("SELECT {JOB} FROM job WHERE tenant_id = $1 AND id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(job_of).transpose()
    }

    /// A part of it, from 1.
    ///
    /// # Errors
    /// Database faults.
    pub async fn job_file(&self, id: ItemId, number: i64) -> Result<Option<JobFile>> {
        let sql = "SELECT file, media_type, content FROM job_file WHERE tenant_id = $1 AND job_id = $2 AND number = $3";
        let row = self.0.one(sql, vec![id.0.into(), number.into()]).await?;
        row.map(|row| {
            Ok(JobFile { file: column(&row, 0)?, media_type: column(&row, 1)?, content: column(&row, 2)? })
        })
        .transpose()
    }
}

impl Writing {
    /// Asks for work.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_job(&self, job: &NewJob) -> Result<()> {
        let sql = "INSERT INTO job (tenant_id, id, campaign_id, kind, about, version, asked_at, parts, state, facts)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)";
        let values = vec![
            job.id.0.into(),
            job.campaign.0.into(),
            job.kind.slug().into(),
            job.about.clone().into(),
            job.version.into(),
            job.asked_at.timestamp().into(),
            job.parts.into(),
            job.facts.clone().into(),
        ];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Claims the oldest work that nobody is at until `lease`; also that of a process which has let its lease run out.
    ///
    /// # Errors
    /// Database faults.
    pub async fn claim_job(&self, now: DateTime<Utc>, lease: DateTime<Utc>) -> Result<Option<StoredJob>> {
        // SQLite has one writer: this transaction.
        let lock = if self.0.0.backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "SELECT {JOB} FROM job WHERE tenant_id = $1 AND (state = 'waiting' OR state = 'working' AND lease_until <= $2)
             ORDER BY asked_at, id LIMIT 1{lock}"
        );
        let Some(row) = self.0.0.one(sql, vec![now.timestamp().into()]).await? else { return Ok(None) };
        let job = job_of(&row)?;
        let sql = "UPDATE job SET state = 'working', lease_until = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.0.execute(sql, vec![job.asked.id.0.into(), lease.timestamp().into()]).await?;
        Ok(Some(StoredJob { state: JobState::Working, lease_until: lease, ..job }))
    }

    /// Gives a claim back, so that any process may go on with the work at once.
    ///
    /// # Errors
    /// Database faults.
    pub async fn release_job(&self, id: ItemId) -> Result<()> {
        let sql = "UPDATE job SET lease_until = 0 WHERE tenant_id = $1 AND id = $2 AND state = 'working'";
        self.0.0.execute(sql, vec![id.0.into()]).await?;
        Ok(())
    }

    /// Keeps the part after those that are made; `reached` is whose letter was the last in it. The claim holds until `lease`. False if another
    /// process has gone on meanwhile: then nothing is kept.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_part(
        &self,
        job: &StoredJob,
        file: &JobFile,
        reached: Option<PersonId>,
        lease: DateTime<Utc>,
    ) -> Result<bool> {
        let sql = "UPDATE job SET done = done + 1, reached = $4, lease_until = $5
                   WHERE tenant_id = $1 AND id = $2 AND state = 'working' AND done = $3";
        let reached = reached.map(|person| person.0);
        let values = vec![job.asked.id.0.into(), job.done.into(), reached.into(), lease.timestamp().into()];
        if self.0.0.execute(sql, values).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO job_file (tenant_id, job_id, number, file, media_type, content) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            job.asked.id.0.into(),
            (job.done + 1).into(),
            file.file.clone().into(),
            file.media_type.clone().into(),
            file.content.clone().into(),
        ];
        self.0.0.execute(sql, values).await?;
        Ok(true)
    }

    /// Ends work that is claimed until `lease`: it is all there, or why not. Nothing happens if another process has claimed it since, or ended it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_job(&self, id: ItemId, lease: DateTime<Utc>, state: JobState, why: &str) -> Result<()> {
        let sql = "UPDATE job SET state = $4, why = $5
                   WHERE tenant_id = $1 AND id = $2 AND state = 'working' AND lease_until = $3";
        let values = vec![id.0.into(), lease.timestamp().into(), state.slug().into(), why.into()];
        self.0.0.execute(sql, values).await?;
        Ok(())
    }

    /// Throws away what was made.
    ///
    /// # Errors
    /// Database faults.
    pub async fn delete_job(&self, id: ItemId) -> Result<()> {
        for sql in [
            "DELETE FROM job_file WHERE tenant_id = $1 AND job_id = $2",
            "DELETE FROM job WHERE tenant_id = $1 AND id = $2",
        ] {
            self.0.0.execute(sql, vec![id.0.into()]).await?;
        }
        Ok(())
    }

    /// Throws away what was asked for before `before`; gives how many pieces of work these were.
    ///
    /// # Errors
    /// Database faults.
    pub async fn delete_jobs_before(&self, before: DateTime<Utc>) -> Result<u64> {
        let sql = "DELETE FROM job_file WHERE tenant_id = $1 AND job_id IN (SELECT id FROM job WHERE tenant_id = $1 AND asked_at < $2)";
        self.0.0.execute(sql, vec![before.timestamp().into()]).await?;
        let sql = "DELETE FROM job WHERE tenant_id = $1 AND asked_at < $2";
        Ok(self.0.0.execute(sql, vec![before.timestamp().into()]).await?.rows_affected())
    }
}

fn job_of(row: &QueryResult) -> Result<StoredJob> {
    let (kind, state): (String, String) = (column(row, 2)?, column(row, 7)?);
    let at = |seconds: i64| {
        DateTime::from_timestamp(seconds, 0).ok_or_else(|| StorageError::Corrupt(format!("time {seconds}")))
    };
    Ok(StoredJob {
        asked: NewJob {
            id: ItemId(column(row, 0)?),
            campaign: CampaignId(column(row, 1)?),
            kind: match kind.as_str() {
                "toolkit" => JobKind::Toolkit,
                "letters" => JobKind::Letters,
                _ => return Err(StorageError::Corrupt(kind)),
            },
            about: column(row, 3)?,
            version: column(row, 4)?,
            facts: column(row, 11)?,
            asked_at: at(column(row, 5)?)?,
            parts: column(row, 6)?,
        },
        state: match state.as_str() {
            "waiting" => JobState::Waiting,
            "working" => JobState::Working,
            "done" => JobState::Done,
            "failed" => JobState::Failed,
            _ => return Err(StorageError::Corrupt(state)),
        },
        done: column(row, 8)?,
        reached: column::<Option<uuid::Uuid>>(row, 9)?.map(PersonId),
        why: column(row, 10)?,
        lease_until: at(column(row, 12)?)?,
    })
}
