//! Looking after what people write: cases, what was said about them, reports, suspensions, and the counts of the public ledger.

mod cases;
mod notes;
mod queue;

use chrono::NaiveDate;
use domain::ids::{CampaignId, ParticipantId, PostId};

pub use cases::Case;
pub use notes::{CaseNote, Report};
pub use queue::{ModeratedPost, QueuedPost};

use super::{Reading, Writing, text};
use crate::Result;
use crate::tenancy::column;

/// Somebody may not write for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The post for which it was done.
    pub post: PostId,
    /// The reason's name in the codebook.
    pub reason: String,
    /// What the moderator wrote to them.
    pub note: Option<String>,
    /// The first day on which they may write again; none: until a moderator ends it.
    pub until: Option<NaiveDate>,
}

/// A suspension that holds, as moderators see it: for which words, never whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingSuspension {
    /// The suspension.
    pub suspension: Suspension,
    /// The words of the post for which it was done; none where its author has taken them back.
    pub body: String,
}

impl Reading {
    /// The suspension of `participant` that holds on `today` and ends last, if any.
    ///
    /// # Errors
    /// Database faults.
    pub async fn suspension(
        &self,
        participant: ParticipantId,
        today: NaiveDate,
    ) -> Result<Option<Suspension>> {
        let sql = "SELECT post_id, reason, note, until FROM suspension
                   WHERE tenant_id = $1 AND participant_id = $2 AND (until IS NULL OR until > $3)
                   ORDER BY CASE WHEN until IS NULL THEN 0 ELSE 1 END, until DESC LIMIT 1";
        let row = self.0.one(sql, vec![participant.0.into(), today.into()]).await?;
        row.as_ref().map(suspension_of).transpose()
    }

    /// The suspension that was made for `post`, if it holds on `today`. Tells nothing of others of the same person's.
    ///
    /// # Errors
    /// Database faults.
    pub async fn suspension_for(&self, post: PostId, today: NaiveDate) -> Result<Option<Suspension>> {
        let sql = "SELECT s.post_id, s.reason, s.note, s.until FROM post p
                   JOIN suspension s ON s.tenant_id = p.tenant_id AND s.participant_id = p.author_id AND s.post_id = p.id
                   WHERE p.tenant_id = $1 AND p.id = $2 AND (s.until IS NULL OR s.until > $3)";
        let row = self.0.one(sql, vec![post.0.into(), today.into()]).await?;
        row.as_ref().map(suspension_of).transpose()
    }

    /// The suspensions for posts of `campaign` that hold on `today`, those without an end first, at most `most`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn suspensions(
        &self,
        campaign: CampaignId,
        today: NaiveDate,
        most: u64,
    ) -> Result<Vec<StandingSuspension>> {
        let sql = "SELECT s.post_id, s.reason, s.note, s.until, p.body FROM suspension s
                   JOIN post p ON p.tenant_id = s.tenant_id AND p.id = s.post_id
                   JOIN round r ON r.tenant_id = p.tenant_id AND r.id = p.round_id
                   WHERE s.tenant_id = $1 AND r.campaign_id = $2 AND (s.until IS NULL OR s.until > $3)
                   ORDER BY CASE WHEN s.until IS NULL THEN 0 ELSE 1 END, s.until DESC, s.post_id LIMIT $4";
        let values = vec![campaign.0.into(), today.into(), most.cast_signed().into()];
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok(StandingSuspension { suspension: suspension_of(row)?, body: column(row, 4)? }))
            .collect()
    }

    /// How often what was done in `campaign`, and for which reason, by both names.
    ///
    /// # Errors
    /// Database faults.
    pub async fn moderation_counts(&self, campaign: CampaignId) -> Result<Vec<(String, String, i64)>> {
        let sql = "SELECT what, reason, times FROM moderation_count WHERE tenant_id = $1 AND campaign_id = $2
                   ORDER BY what, reason";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?, column(row, 2)?))).collect()
    }
}

fn suspension_of(row: &sea_orm::QueryResult) -> Result<Suspension> {
    Ok(Suspension {
        post: PostId(column(row, 0)?),
        reason: column(row, 1)?,
        note: column(row, 2)?,
        until: column(row, 3)?,
    })
}

impl Writing {
    /// Stops `participant` from writing, in the place of an earlier suspension for the same post.
    ///
    /// # Errors
    /// Database faults.
    pub async fn suspend(&self, participant: ParticipantId, suspension: &Suspension) -> Result<()> {
        let sql = "INSERT INTO suspension (tenant_id, participant_id, post_id, reason, note, until)
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, participant_id, post_id) DO UPDATE SET
                   reason = excluded.reason, note = excluded.note, until = excluded.until";
        let values = vec![
            participant.0.into(),
            suspension.post.0.into(),
            suspension.reason.clone().into(),
            text(suspension.note.as_deref()),
            suspension.until.into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Ends the suspension of `participant` that was made for `post`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_suspension(&self, participant: ParticipantId, post: PostId) -> Result<()> {
        let sql = "DELETE FROM suspension WHERE tenant_id = $1 AND participant_id = $2 AND post_id = $3";
        self.0.execute(sql, vec![participant.0.into(), post.0.into()]).await?;
        Ok(())
    }

    /// Counts, for the public ledger, that `what` was done in `campaign` for `reason` (empty for none).
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_moderation(&self, campaign: CampaignId, what: &str, reason: &str) -> Result<()> {
        let sql = "INSERT INTO moderation_count (tenant_id, campaign_id, what, reason, times) VALUES ($1, $2, $3, $4, 1)
                   ON CONFLICT (tenant_id, campaign_id, what, reason) DO UPDATE SET times = moderation_count.times + 1";
        self.0.execute(sql, vec![campaign.0.into(), what.into(), reason.into()]).await?;
        Ok(())
    }

    /// Ends the comments under a contribution, or lets them go on, at `revision`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn lock_comments(&self, post: PostId, locked: bool, revision: i64) -> Result<()> {
        let sql = "UPDATE post SET locked = $3, changed_at_revision = $4 WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![post.0.into(), locked.into(), revision.into()]).await?;
        Ok(())
    }

    /// Marks a post as changed by a moderator.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_amended(&self, post: PostId) -> Result<()> {
        let sql = "UPDATE post SET amended = TRUE WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![post.0.into()]).await?;
        Ok(())
    }
}
