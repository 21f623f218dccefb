//! Votes, many at a time: one statement for all of a batch, so that a commit to disk serves everybody in it.
//!
//! `CROSS JOIN` and `IN` tell SQLite to go from the batch to the table; left to itself (3.50) it reads the tenant's whole table
//! and looks each row up in the batch.

use std::collections::HashMap;

use domain::contribution::PostState;
use domain::ids::{ParticipantId, PostId, RoundId};
use domain::vote::{VoteCounts, VoteValue};
use sea_orm::Value;

use super::posts::post_state;
use super::rounds::vote_value;
use super::{Reading, Writing};
use crate::Result;
use crate::tenancy::{column, placeholders};

/// Rows written by one statement; SQLite binds at most 32,766 values.
pub(super) const ROWS_PER_STATEMENT: usize = 1_000;

/// A vote that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingVote {
    /// On what.
    pub post: PostId,
    /// Whose.
    pub participant: ParticipantId,
    /// What.
    pub value: VoteValue,
}

/// What a vote becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteChange {
    /// On what.
    pub post: PostId,
    /// Whose.
    pub participant: ParticipantId,
    /// What it is from now on; nothing when withdrawn.
    pub value: Option<VoteValue>,
}

impl Reading {
    /// The round and state of each of `posts`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn vote_targets(&self, posts: &[PostId]) -> Result<HashMap<PostId, (RoundId, PostState)>> {
        let sql = format!(
            "SELECT p.id, p.round_id, p.state FROM (VALUES {}) AS k CROSS JOIN post p
             WHERE p.tenant_id = $1 AND p.id = k.column1",
            placeholders(2, posts.len(), 1)
        );
        let rows = self.0.all(sql, posts.iter().map(|post| post.0.into()).collect()).await?;
        rows.iter()
            .map(|row| {
                let state = post_state(&column::<String>(row, 2)?)?;
                Ok((PostId(column(row, 0)?), (RoundId(column(row, 1)?), state)))
            })
            .collect()
    }

    /// The votes that stand for each of `keys`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn standing_votes(&self, keys: &[(PostId, ParticipantId)]) -> Result<Vec<StandingVote>> {
        let sql = format!(
            "SELECT v.post_id, v.participant_id, v.value FROM (VALUES {}) AS k
             CROSS JOIN vote v WHERE v.tenant_id = $1 AND v.post_id = k.column1 AND v.participant_id = k.column2",
            placeholders(2, keys.len(), 2)
        );
        let values = keys.iter().flat_map(|(post, who)| [Value::from(post.0), Value::from(who.0)]).collect();
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(StandingVote {
                    post: PostId(column(row, 0)?),
                    participant: ParticipantId(column(row, 1)?),
                    value: vote_value(column(row, 2)?)?,
                })
            })
            .collect()
    }
}

impl Writing {
    /// Writes what votes become; each (post, participant) at most once in `changes`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_votes(&self, changes: &[VoteChange]) -> Result<()> {
        let (cast, withdrawn): (Vec<&VoteChange>, Vec<&VoteChange>) =
            changes.iter().partition(|vote| vote.value.is_some());
        for chunk in cast.chunks(ROWS_PER_STATEMENT) {
            let rows: Vec<String> = (0..chunk.len())
                .map(|row| format!("($1, ${}, ${}, ${})", row * 3 + 2, row * 3 + 3, row * 3 + 4))
                .collect();
            let sql = format!(
                "INSERT INTO vote (tenant_id, post_id, participant_id, value) VALUES {}
                 ON CONFLICT (tenant_id, post_id, participant_id) DO UPDATE SET value = excluded.value",
                rows.join(", ")
            );
            let values = chunk.iter().flat_map(|vote| {
                let sign = vote.value.map_or(0, VoteValue::sign);
                [Value::from(vote.post.0), Value::from(vote.participant.0), Value::from(sign)]
            });
            self.0.execute(sql, values.collect()).await?;
        }
        for vote in withdrawn {
            let sql = "DELETE FROM vote WHERE tenant_id = $1 AND post_id = $2 AND participant_id = $3";
            self.0.execute(sql, vec![vote.post.0.into(), vote.participant.0.into()]).await?;
        }
        Ok(())
    }

    /// Adds `differences` to the counts of posts, at `revision`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_votes(&self, differences: &[(PostId, VoteCounts)], revision: i64) -> Result<()> {
        if differences.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "WITH k AS (VALUES {})
             UPDATE post SET agrees = agrees + (SELECT column2 FROM k WHERE column1 = post.id),
             disagrees = disagrees + (SELECT column3 FROM k WHERE column1 = post.id),
             passes = passes + (SELECT column4 FROM k WHERE column1 = post.id), changed_at_revision = $2
             WHERE tenant_id = $1 AND id IN (SELECT column1 FROM k)",
            placeholders(3, differences.len(), 4)
        );
        let mut values: Vec<Value> = vec![revision.into()];
        for (post, counts) in differences {
            values.extend([post.0.into(), counts.agree.into(), counts.disagree.into(), counts.pass.into()]);
        }
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
