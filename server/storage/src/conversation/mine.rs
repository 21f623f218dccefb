//! What one participant wrote and voted, and what of theirs could not be done when they were let in.

use std::collections::BTreeMap;

use domain::ids::{ParticipantId, RoundId};
use domain::vote::VoteValue;

use super::posts::{POST, POST_COLUMNS, Post, post_of};
use super::rounds::vote_value;
use super::{Reading, Writing};
use crate::Result;
use crate::tenancy::column;

/// A post of one's own.
pub type OwnPost = Post;

/// A vote of one's own, with the post that it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnVote {
    /// The post.
    pub post: Post,
    /// The vote.
    pub value: VoteValue,
}

impl Reading {
    /// At most `most` posts that `author` wrote in `round` and has not withdrawn, newest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_posts(&self, round: RoundId, author: ParticipantId, most: u64) -> Result<Vec<OwnPost>> {
        let sql = format!(
            "SELECT {POST} FROM post p WHERE p.tenant_id = $1 AND p.author_id = $2 AND p.round_id = $3
             AND p.state <> 'withdrawn'
             ORDER BY p.written_at_revision DESC, p.changed_at_revision DESC LIMIT $4"
        );
        let values = vec![author.0.into(), round.0.into(), most.cast_signed().into()];
        self.0.all(sql, values).await?.iter().map(post_of).collect()
    }

    /// At most `most` votes of `participant` on visible posts of `round`, newest post first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_votes(
        &self,
        round: RoundId,
        participant: ParticipantId,
        most: u64,
    ) -> Result<Vec<OwnVote>> {
        let sql = format!(
            "SELECT {POST}, v.value FROM vote v JOIN post p ON p.tenant_id = v.tenant_id AND p.id = v.post_id
             WHERE v.tenant_id = $1 AND v.participant_id = $2 AND p.round_id = $3 AND p.state = 'visible'
             ORDER BY p.written_at_revision DESC LIMIT $4"
        );
        let values = vec![participant.0.into(), round.0.into(), most.cast_signed().into()];
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok(OwnVote { post: post_of(row)?, value: vote_value(column(row, POST_COLUMNS)?)? }))
            .collect()
    }

    /// What `participant` sent while they waited and could not be done, as the actions wrote it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn refused_acts(&self, participant: ParticipantId) -> Result<Option<String>> {
        let sql = "SELECT acts FROM refused_acts WHERE tenant_id = $1 AND participant_id = $2";
        self.0.one(sql, vec![participant.0.into()]).await?.map(|row| column(&row, 0)).transpose()
    }
}

impl Writing {
    /// Writes what could not be done of those who are let in: all of a group at once, in the order of their random ids.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_refused_acts(&self, refused: &BTreeMap<ParticipantId, String>) -> Result<()> {
        for (participant, acts) in refused {
            let sql = "INSERT INTO refused_acts (tenant_id, participant_id, acts) VALUES ($1, $2, $3)";
            self.0.execute(sql, vec![participant.0.into(), acts.clone().into()]).await?;
        }
        Ok(())
    }

    /// Deletes what could not be done of `participant`'s.
    ///
    /// # Errors
    /// Database faults.
    pub async fn delete_refused_acts(&self, participant: ParticipantId) -> Result<()> {
        let sql = "DELETE FROM refused_acts WHERE tenant_id = $1 AND participant_id = $2";
        self.0.execute(sql, vec![participant.0.into()]).await?;
        Ok(())
    }
}
