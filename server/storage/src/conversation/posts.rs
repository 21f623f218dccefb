//! Posts: contributions and comments, written, edited, withdrawn.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::contribution::PostState;
use domain::ids::{ParticipantId, PostId, PromptId, RoundId};
use domain::round::Feeling;
use domain::vote::VoteCounts;
use sea_orm::QueryResult;
use uuid::Uuid;

use super::{Reading, Writing, text};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// Stands for the revision at which a post was written, until others have seen it for the first time: nobody had it, so nobody is told of it.
pub(super) const NOT_YET: i64 = i64::MAX;

/// A stored post, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Which post.
    pub id: PostId,
    /// The round it belongs to.
    pub round: RoundId,
    /// The prompt that a contribution answers.
    pub prompt: Option<PromptId>,
    /// The contribution that a comment is on.
    pub contribution: Option<PostId>,
    /// The comment that a comment answers.
    pub reply_to: Option<PostId>,
    /// Who wrote it; nobody, once erased.
    pub author: Option<ParticipantId>,
    /// The author's voice in the thread.
    pub voice: i32,
    /// The text, plain.
    pub body: String,
    /// A contribution's theme.
    pub theme: Option<String>,
    /// How a contribution's author feels about it.
    pub feeling: Option<Feeling>,
    /// What readers see of it.
    pub state: PostState,
    /// The day on which it was written, in the tenant's time zone.
    pub written_on: NaiveDate,
    /// Whether it was changed since.
    pub edited: bool,
    /// Whether a moderator changed it.
    pub amended: bool,
    /// Whether a moderator has ended the comments under it.
    pub locked: bool,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
    /// The revision at which others could see it first; the highest number there is, until they can.
    pub written_at: i64,
}

/// A post to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// Random.
    pub id: PostId,
    /// The round it belongs to.
    pub round: RoundId,
    /// The prompt that a contribution answers.
    pub prompt: Option<PromptId>,
    /// The contribution that a comment is on.
    pub contribution: Option<PostId>,
    /// The comment that a comment answers.
    pub reply_to: Option<PostId>,
    /// Who writes it.
    pub author: ParticipantId,
    /// The author's voice in the thread.
    pub voice: i32,
    /// The text, cleaned.
    pub body: String,
    /// A contribution's theme.
    pub theme: Option<String>,
    /// How a contribution's author feels about it.
    pub feeling: Option<Feeling>,
    /// Today, in the tenant's time zone.
    pub written_on: NaiveDate,
    /// Whether others see it at once.
    pub state: PostState,
}

/// What an edit leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostEdit {
    /// The new text, cleaned.
    pub body: String,
    /// The new theme.
    pub theme: Option<String>,
    /// The new feeling.
    pub feeling: Option<Feeling>,
}

/// The columns that [`post_of`] reads, for a table named `p`.
pub(super) const POST: &str = "p.id, p.round_id, p.prompt_id, p.contribution_id, p.reply_to, p.author_id, p.voice, p.body, \
     p.theme, p.feeling, p.state, p.written_on, p.edited, p.agrees, p.disagrees, p.passes, p.comments, p.written_at_revision, \
     p.amended, p.locked";
/// How many columns [`POST`] has.
pub(super) const POST_COLUMNS: usize = 20;

/// The post in a row that begins with [`POST`].
pub(super) fn post_of(row: &QueryResult) -> Result<Post> {
    let optional = |index| column::<Option<Uuid>>(row, index);
    Ok(Post {
        id: PostId(column(row, 0)?),
        round: RoundId(column(row, 1)?),
        prompt: optional(2)?.map(PromptId),
        contribution: optional(3)?.map(PostId),
        reply_to: optional(4)?.map(PostId),
        author: optional(5)?.map(ParticipantId),
        voice: column(row, 6)?,
        body: column(row, 7)?,
        theme: column(row, 8)?,
        feeling: column::<Option<String>>(row, 9)?.as_deref().and_then(Feeling::from_slug),
        state: post_state(&column::<String>(row, 10)?)?,
        written_on: column(row, 11)?,
        edited: column(row, 12)?,
        votes: VoteCounts { agree: column(row, 13)?, disagree: column(row, 14)?, pass: column(row, 15)? },
        comments: column(row, 16)?,
        written_at: column(row, 17)?,
        amended: column(row, 18)?,
        locked: column(row, 19)?,
    })
}

/// A stored post state.
pub(super) fn post_state(slug: &str) -> Result<PostState> {
    PostState::from_slug(slug).ok_or_else(|| StorageError::Corrupt(format!("post state {slug}")))
}

impl Reading {
    /// The post, whatever its state.
    ///
    /// # Errors
    /// Database faults.
    pub async fn post(&self, id: PostId) -> Result<Option<Post>> {
        let sql = format!("SELECT {POST} FROM post p WHERE p.tenant_id = $1 AND p.id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.map(|row| post_of(&row)).transpose()
    }

    /// How many posts `author` has in `round`, in any state.
    ///
    /// # Errors
    /// Database faults.
    pub async fn posts_by(&self, round: RoundId, author: ParticipantId) -> Result<u64> {
        let sql = "SELECT count(*) FROM post WHERE tenant_id = $1 AND author_id = $2 AND round_id = $3";
        let row = self.0.one(sql, vec![author.0.into(), round.0.into()]).await?;
        row.map_or(Ok(0), |row| Ok(column::<i64>(&row, 0)?.cast_unsigned()))
    }

    /// How often a post was edited.
    ///
    /// # Errors
    /// Database faults.
    pub async fn edits(&self, id: PostId) -> Result<u64> {
        let sql = "SELECT count(*) FROM post_version WHERE tenant_id = $1 AND post_id = $2";
        let row = self.0.one(sql, vec![id.0.into()]).await?;
        row.map_or(Ok(0), |row| Ok(column::<i64>(&row, 0)?.cast_unsigned()))
    }

    /// The voice that `author` has in the thread under `contribution`, if any, and all that are taken there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn voices(
        &self,
        contribution: PostId,
        author: ParticipantId,
    ) -> Result<(Option<i32>, HashSet<i32>)> {
        let sql =
            "SELECT voice, author_id FROM post WHERE tenant_id = $1 AND (id = $2 OR contribution_id = $2)";
        let rows = self.0.all(sql, vec![contribution.0.into()]).await?;
        let (mut own, mut taken) = (None, HashSet::with_capacity(rows.len()));
        for row in &rows {
            let voice = column(row, 0)?;
            taken.insert(voice);
            if column::<Option<Uuid>>(row, 1)? == Some(author.0) {
                own = Some(voice);
            }
        }
        Ok((own, taken))
    }
}

impl Writing {
    /// Writes a post at `revision`; a comment is counted on its contribution.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_post(&self, post: &NewPost, revision: i64) -> Result<()> {
        let sql = "INSERT INTO post (tenant_id, id, round_id, prompt_id, contribution_id, reply_to, author_id, voice, body,
                   theme, feeling, state, written_on, written_at_revision, changed_at_revision)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, $12, $15, $13)";
        let values = vec![
            post.id.0.into(),
            post.round.0.into(),
            post.prompt.map(|id| id.0).into(),
            post.contribution.map(|id| id.0).into(),
            post.reply_to.map(|id| id.0).into(),
            post.author.0.into(),
            post.voice.into(),
            post.body.clone().into(),
            text(post.theme.as_deref()),
            text(post.feeling.map(Feeling::slug)),
            post.written_on.into(),
            revision.into(),
            post.state.slug().into(),
            if post.state == PostState::Visible { revision } else { NOT_YET }.into(),
        ];
        self.0.execute(sql, values).await?;
        match (post.contribution, post.state) {
            (Some(contribution), PostState::Visible) => self.count_comments(contribution, 1, revision).await,
            _ => Ok(()),
        }
    }

    /// Replaces a post's text at `revision` and keeps what it was.
    ///
    /// # Errors
    /// Database faults.
    pub async fn edit_post(&self, id: PostId, edit: &PostEdit, revision: i64) -> Result<()> {
        let keep = "INSERT INTO post_version (tenant_id, post_id, version, body, theme, feeling)
                    SELECT p.tenant_id, p.id, (SELECT count(*) + 1 FROM post_version v
                        WHERE v.tenant_id = p.tenant_id AND v.post_id = p.id), p.body, p.theme, p.feeling
                    FROM post p WHERE p.tenant_id = $1 AND p.id = $2";
        self.0.execute(keep, vec![id.0.into()]).await?;
        let replace =
            "UPDATE post SET body = $3, theme = $4, feeling = $5, edited = TRUE, changed_at_revision = $6
                       WHERE tenant_id = $1 AND id = $2";
        let values = vec![
            id.0.into(),
            edit.body.clone().into(),
            text(edit.theme.as_deref()),
            text(edit.feeling.map(Feeling::slug)),
            revision.into(),
        ];
        self.0.execute(replace, values).await?;
        Ok(())
    }

    /// Shows a post or hides it, at `revision`. What appears comes in as newly written, so that open pages announce it; a comment that has
    /// answers keeps its place among them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_post(&self, post: &Post, state: PostState, revision: i64) -> Result<()> {
        if post.state == state {
            return Ok(());
        }
        let sql = format!(
            "UPDATE post SET state = $3, changed_at_revision = $4, written_at_revision = CASE
             WHEN $3 = 'visible' AND (written_at_revision = {NOT_YET} OR NOT EXISTS (SELECT 1 FROM post r
                 WHERE r.tenant_id = $1 AND r.contribution_id = post.contribution_id AND r.reply_to = post.id))
             THEN $4 ELSE written_at_revision END WHERE tenant_id = $1 AND id = $2"
        );
        self.0.execute(sql, vec![post.id.0.into(), state.slug().into(), revision.into()]).await?;
        let by = if state == PostState::Visible { 1 } else { -1 };
        match post.contribution {
            Some(contribution) => self.count_comments(contribution, by, revision).await,
            None => Ok(()),
        }
    }

    /// Takes a post back at `revision`: its text and every earlier version are erased, and what was said about it with moderators; its place
    /// and its comments stay.
    ///
    /// # Errors
    /// Database faults.
    pub async fn withdraw_post(&self, post: &Post, revision: i64) -> Result<()> {
        let values = || vec![post.id.0.into()];
        for table in ["post_version", "moderation_note", "report", "moderation_case"] {
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND post_id = $2");
            self.0.execute(sql, values()).await?;
        }
        let sql = "UPDATE post SET state = 'withdrawn', body = '', theme = NULL, feeling = NULL, changed_at_revision = $3
                   WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![post.id.0.into(), revision.into()]).await?;
        match (post.contribution, post.state) {
            // A hidden comment is counted no longer, so it must not be counted down again.
            (Some(contribution), PostState::Visible) => self.count_comments(contribution, -1, revision).await,
            _ => Ok(()),
        }
    }

    async fn count_comments(&self, contribution: PostId, by: i64, revision: i64) -> Result<()> {
        let sql = "UPDATE post SET comments = comments + $3, changed_at_revision = $4 WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![contribution.0.into(), by.into(), revision.into()]).await?;
        Ok(())
    }
}
