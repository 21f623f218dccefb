//! Posts as moderators see them: without an author.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::contribution::PostState;
use domain::ids::{CampaignId, ParticipantId, PostId, PromptId, RoundId};
use domain::moderation::CaseState;
use domain::vote::VoteCounts;
use sea_orm::QueryResult;
use uuid::Uuid;

use super::super::Reading;
use super::super::posts::post_state;
use super::cases::{CASE, CASE_COLUMNS, Case, case_of, in_campaign, order};
use crate::Result;
use crate::tenancy::column;

/// A post as moderators see it. It has an author only in this: whether there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeratedPost {
    /// Which post.
    pub id: PostId,
    /// Its round.
    pub round: RoundId,
    /// The prompt that a contribution answers.
    pub prompt: Option<PromptId>,
    /// The contribution that a comment is on.
    pub contribution: Option<PostId>,
    /// What that contribution says.
    pub thread: Option<String>,
    /// Whether its author is still here.
    pub has_author: bool,
    /// The author's voice in this thread alone.
    pub voice: i32,
    /// The words.
    pub body: String,
    /// What others see of it.
    pub state: PostState,
    /// The day on which it was written.
    pub written_on: NaiveDate,
    /// Whether its author changed it since.
    pub edited: bool,
    /// Whether a moderator did.
    pub amended: bool,
    /// Whether comments under it have been ended.
    pub locked: bool,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
}

/// A case with its post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedPost {
    /// The case.
    pub case: Case,
    /// The post.
    pub post: ModeratedPost,
}

/// The columns that [`post_of`] reads, for tables named `p` and `q`.
const POST: &str = "p.id, p.round_id, p.prompt_id, p.contribution_id, q.body, p.voice, p.body, p.state, p.written_on, p.edited, \
     p.amended, p.locked, p.agrees, p.disagrees, p.passes, p.comments, CASE WHEN p.author_id IS NULL THEN 0 ELSE 1 END";
/// The post that `p` is, and the contribution that it is a comment on.
const WITH_THREAD: &str = "LEFT JOIN post q ON q.tenant_id = p.tenant_id AND q.id = p.contribution_id";

fn post_of(row: &QueryResult, from: usize) -> Result<ModeratedPost> {
    let optional = |index: usize| column::<Option<Uuid>>(row, from + index);
    Ok(ModeratedPost {
        id: PostId(column(row, from)?),
        round: RoundId(column(row, from + 1)?),
        prompt: optional(2)?.map(PromptId),
        contribution: optional(3)?.map(PostId),
        thread: column(row, from + 4)?,
        voice: column(row, from + 5)?,
        body: column(row, from + 6)?,
        state: post_state(&column::<String>(row, from + 7)?)?,
        written_on: column(row, from + 8)?,
        edited: column(row, from + 9)?,
        amended: column(row, from + 10)?,
        locked: column(row, from + 11)?,
        votes: VoteCounts {
            agree: column(row, from + 12)?,
            disagree: column(row, from + 13)?,
            pass: column(row, from + 14)?,
        },
        comments: column(row, from + 15)?,
        has_author: column::<i32>(row, from + 16)? == 1,
    })
}

impl Reading {
    /// A post as moderators see it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn moderated_post(&self, id: PostId) -> Result<Option<ModeratedPost>> {
        let sql = format!("SELECT {POST} FROM post p {WITH_THREAD} WHERE p.tenant_id = $1 AND p.id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.map(|row| post_of(&row, 0)).transpose()
    }

    /// The cases of `campaign` in one of `states`, in the order of `states`, then the oldest first: at most `most` behind the first `skip`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn queue(
        &self,
        campaign: CampaignId,
        states: &[CaseState],
        skip: u64,
        most: u64,
    ) -> Result<Vec<QueuedPost>> {
        let sql = format!(
            "SELECT {CASE}, {POST} FROM moderation_case c
             JOIN post p ON p.tenant_id = c.tenant_id AND p.id = c.post_id {WITH_THREAD}
             WHERE c.tenant_id = $1 AND {} ORDER BY {} LIMIT $3 OFFSET $4",
            in_campaign(states),
            order(states)
        );
        let values = vec![campaign.0.into(), most.cast_signed().into(), skip.cast_signed().into()];
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok(QueuedPost { case: case_of(row)?, post: post_of(row, CASE_COLUMNS)? }))
            .collect()
    }

    /// How many cases of `campaign` stand where.
    ///
    /// # Errors
    /// Database faults.
    pub async fn case_counts(&self, campaign: CampaignId) -> Result<HashMap<CaseState, i64>> {
        let sql = format!(
            "SELECT c.state, count(*) FROM moderation_case c WHERE c.tenant_id = $1 AND {} GROUP BY c.state",
            in_campaign(&CaseState::ALL)
        );
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        let mut counts = HashMap::new();
        for row in &rows {
            if let Some(state) = CaseState::from_slug(&column::<String>(row, 0)?) {
                counts.insert(state, column(row, 1)?);
            }
        }
        Ok(counts)
    }

    /// The cases of the posts of `author` in `round`: for the author alone.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_cases(
        &self,
        round: RoundId,
        author: ParticipantId,
        most: u64,
    ) -> Result<Vec<QueuedPost>> {
        let sql = format!(
            "SELECT {CASE}, {POST} FROM post p JOIN moderation_case c ON c.tenant_id = p.tenant_id AND c.post_id = p.id
             {WITH_THREAD} WHERE p.tenant_id = $1 AND p.author_id = $2 AND p.round_id = $3 AND p.state <> 'withdrawn'
             ORDER BY p.written_at_revision DESC, p.changed_at_revision DESC LIMIT $4"
        );
        let values = vec![author.0.into(), round.0.into(), most.cast_signed().into()];
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok(QueuedPost { case: case_of(row)?, post: post_of(row, CASE_COLUMNS)? }))
            .collect()
    }
}
