//! Whole conversations in and out: many rows a statement.

use chrono::NaiveDate;
use domain::contribution::PostState;
use domain::ids::{CampaignId, ParticipantId, PostId, PromptId, RoundId};
use domain::round::Feeling;
use domain::vote::VoteCounts;
use sea_orm::Value;

use super::posts::{POST, Post, post_of};
use super::rounds::vote_value;
use super::votes::ROWS_PER_STATEMENT;
use super::{Reading, Writing, text};
use crate::Result;
use crate::tenancy::column;

/// A post that comes from somewhere else, with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferredPost {
    /// The same whenever the same conversation comes again.
    pub id: PostId,
    /// The prompt that a contribution answers.
    pub prompt: Option<PromptId>,
    /// The contribution that a comment is on; written before it.
    pub contribution: Option<PostId>,
    /// The comment that a comment answers; written before it.
    pub reply_to: Option<PostId>,
    /// Who wrote it.
    pub author: Option<ParticipantId>,
    /// The author's voice in the thread.
    pub voice: i32,
    /// The text.
    pub body: String,
    /// A contribution's theme.
    pub theme: Option<String>,
    /// How a contribution's author feels about it.
    pub feeling: Option<Feeling>,
    /// What readers see of it.
    pub state: PostState,
    /// The day on which it was written.
    pub written_on: NaiveDate,
    /// Whether it was changed since.
    pub edited: bool,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
}

/// A vote that comes from somewhere else.
pub type TransferredVote = super::StandingVote;

/// How many took part in a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Participation {
    /// Participants of the campaign.
    pub joined: i64,
}

impl Writing {
    /// Writes participants that are not there yet.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_participants(
        &self,
        campaign: CampaignId,
        participants: &[(ParticipantId, i64)],
    ) -> Result<()> {
        for chunk in participants.chunks(ROWS_PER_STATEMENT) {
            let rows: Vec<String> =
                (0..chunk.len()).map(|row| format!("($1, $2, ${}, ${})", row * 2 + 3, row * 2 + 4)).collect();
            let sql = format!(
                "INSERT INTO participant (tenant_id, campaign_id, id, seed) VALUES {} ON CONFLICT DO NOTHING",
                rows.join(", ")
            );
            let ids = chunk.iter().flat_map(|(id, seed)| [Value::from(id.0), Value::from(*seed)]);
            self.0.execute(sql, std::iter::once(campaign.0.into()).chain(ids).collect()).await?;
        }
        Ok(())
    }

    /// Writes posts in the order given, each at a revision of its own from `first_revision` on, replacing those already there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_posts(
        &self,
        round: RoundId,
        posts: &[TransferredPost],
        first_revision: i64,
    ) -> Result<()> {
        let sql = "INSERT INTO post (tenant_id, id, round_id, prompt_id, contribution_id, reply_to, author_id, voice, body,
                   theme, feeling, state, written_on, edited, agrees, disagrees, passes, comments, written_at_revision,
                   changed_at_revision)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body, state = excluded.state,
                   agrees = excluded.agrees, disagrees = excluded.disagrees, passes = excluded.passes,
                   comments = excluded.comments, changed_at_revision = excluded.changed_at_revision";
        for (post, revision) in posts.iter().zip(first_revision..) {
            let values = vec![
                post.id.0.into(),
                round.0.into(),
                post.prompt.map(|id| id.0).into(),
                post.contribution.map(|id| id.0).into(),
                post.reply_to.map(|id| id.0).into(),
                post.author.map(|id| id.0).into(),
                post.voice.into(),
                post.body.clone().into(),
                text(post.theme.as_deref()),
                text(post.feeling.map(Feeling::slug)),
                post.state.slug().into(),
                post.written_on.into(),
                post.edited.into(),
                post.votes.agree.into(),
                post.votes.disagree.into(),
                post.votes.pass.into(),
                post.comments.into(),
                revision.into(),
            ];
            self.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Moves the round on to `revision`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn advance_round(&self, round: RoundId, revision: i64) -> Result<()> {
        let sql = "UPDATE round SET revision = $3 WHERE tenant_id = $1 AND id = $2 AND revision < $3";
        self.0.execute(sql, vec![round.0.into(), revision.into()]).await?;
        Ok(())
    }
}

impl Reading {
    /// Every post of the round, in the order written.
    ///
    /// # Errors
    /// Database faults.
    pub async fn all_posts(&self, round: RoundId) -> Result<Vec<Post>> {
        let sql = format!(
            "SELECT {POST} FROM post p WHERE p.tenant_id = $1 AND p.round_id = $2 ORDER BY p.written_at_revision, p.id"
        );
        self.0.all(sql, vec![round.0.into()]).await?.iter().map(post_of).collect()
    }

    /// Every vote in the round.
    ///
    /// # Errors
    /// Database faults.
    pub async fn all_votes(&self, round: RoundId) -> Result<Vec<TransferredVote>> {
        let sql = "SELECT v.post_id, v.participant_id, v.value FROM vote v
                   JOIN post p ON p.tenant_id = v.tenant_id AND p.id = v.post_id
                   WHERE v.tenant_id = $1 AND p.round_id = $2 ORDER BY v.post_id, v.participant_id";
        let rows = self.0.all(sql, vec![round.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(TransferredVote {
                    post: PostId(column(row, 0)?),
                    participant: ParticipantId(column(row, 1)?),
                    value: vote_value(column(row, 2)?)?,
                })
            })
            .collect()
    }

    /// How many took part.
    ///
    /// # Errors
    /// Database faults.
    pub async fn participation(&self, campaign: CampaignId) -> Result<Participation> {
        let sql = "SELECT count(*) FROM participant WHERE tenant_id = $1 AND campaign_id = $2";
        match self.0.one(sql, vec![campaign.0.into()]).await? {
            Some(row) => Ok(Participation { joined: column(&row, 0)? }),
            None => Ok(Participation::default()),
        }
    }
}
