//! A contribution with its thread of comments, as one reader sees it.

use domain::ids::{ParticipantId, PostId};
use domain::vote::VoteValue;

use super::Reading;
use super::posts::{NOT_YET, POST, POST_COLUMNS, Post, post_of};
use super::rounds::vote_value;
use crate::Result;
use crate::tenancy::column;

/// A post of a thread with the reader's vote on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPost {
    /// The post.
    pub post: Post,
    /// The reader's vote.
    pub own_vote: Option<VoteValue>,
}

impl Reading {
    /// The contribution, whatever its state.
    ///
    /// # Errors
    /// Database faults.
    pub async fn contribution(&self, id: PostId, reader: ParticipantId) -> Result<Option<ThreadPost>> {
        let sql = format!(
            "SELECT {POST}, v.value FROM post p
             LEFT JOIN vote v ON v.tenant_id = p.tenant_id AND v.post_id = p.id AND v.participant_id = $3
             WHERE p.tenant_id = $1 AND p.id = $2 AND p.contribution_id IS NULL"
        );
        self.0.one(sql, vec![id.0.into(), reader.0.into()]).await?.map(|row| thread_post(&row)).transpose()
    }

    /// At most `most` comments of the thread under `contribution`, in any state, in the order written, from behind revision
    /// `after`; none that nobody but its author has ever seen.
    ///
    /// # Errors
    /// Database faults.
    pub async fn comments(
        &self,
        contribution: PostId,
        reader: ParticipantId,
        after: i64,
        most: u64,
    ) -> Result<Vec<ThreadPost>> {
        let sql = format!(
            "SELECT {POST}, v.value FROM post p
             LEFT JOIN vote v ON v.tenant_id = p.tenant_id AND v.post_id = p.id AND v.participant_id = $3
             WHERE p.tenant_id = $1 AND p.contribution_id = $2 AND p.written_at_revision > $4
             AND p.written_at_revision < {NOT_YET} ORDER BY p.written_at_revision, p.id LIMIT $5"
        );
        let values = vec![contribution.0.into(), reader.0.into(), after.into(), most.cast_signed().into()];
        self.0.all(sql, values).await?.iter().map(thread_post).collect()
    }
}

fn thread_post(row: &sea_orm::QueryResult) -> Result<ThreadPost> {
    let sign: Option<i16> = column(row, POST_COLUMNS)?;
    Ok(ThreadPost { post: post_of(row)?, own_vote: sign.map(vote_value).transpose()? })
}
