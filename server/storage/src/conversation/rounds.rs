//! Rounds: their times, their revision, and what changed since one.

use std::collections::HashMap;

use chrono::DateTime;
use domain::board::PAGE_SIZE;
use domain::ids::{CampaignId, ParticipantId, PostId, RoundId};
use domain::round::Round;
use domain::vote::{VoteCounts, VoteValue};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::{Reading, Writing};
use crate::feed::Change;
use crate::tenancy::column;
use crate::{Result, StorageError};

/// A round at one moment, with one reader's votes on some of its posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The round; its revision says what the votes go with.
    pub round: Round,
    /// The reader's votes, by post.
    pub votes: HashMap<PostId, VoteValue>,
    /// How many of the reader's own posts in it a moderator has hidden or asked about.
    pub from_moderators: i64,
}

/// One post that changed after some revision: enough to bring a page up to date, and no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundDelta {
    /// Which post.
    pub id: PostId,
    /// The contribution that it is a comment on; none for a contribution.
    pub contribution: Option<PostId>,
    /// Whether readers may see it.
    pub visible: bool,
    /// Whether a moderator changed its text.
    pub amended: bool,
    /// The revision at which it was written.
    pub written_at: i64,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
}

pub(super) const ROUND: &str =
    "r.campaign_id, r.opens_at, r.closes_at, r.revision, r.paused_at, r.dated_at_revision";
/// How many columns [`ROUND`] has.
pub(super) const ROUND_COLUMNS: usize = 6;

pub(super) fn round_of(row: &QueryResult, id: RoundId) -> Result<Round> {
    let at = |seconds: i64| {
        DateTime::from_timestamp(seconds, 0).ok_or_else(|| StorageError::Corrupt(format!("time {seconds}")))
    };
    let instant = |index| at(column(row, index)?);
    Ok(Round {
        id,
        campaign: CampaignId(column(row, 0)?),
        opens_at: instant(1)?,
        closes_at: instant(2)?,
        revision: column(row, 3)?,
        paused_at: column::<Option<i64>>(row, 4)?.map(at).transpose()?,
        dated_at: column(row, 5)?,
    })
}

/// A stored vote value.
pub(super) fn vote_value(sign: i16) -> Result<VoteValue> {
    VoteValue::from_sign(sign).ok_or_else(|| StorageError::Corrupt(format!("vote {sign}")))
}

impl Reading {
    /// The round.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round(&self, id: RoundId) -> Result<Option<Round>> {
        let sql = format!("SELECT {ROUND} FROM round r WHERE r.tenant_id = $1 AND r.id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.map(|row| round_of(&row, id)).transpose()
    }

    /// The round and `reader`'s votes on `posts` (at most [`PAGE_SIZE`]), in one statement.
    ///
    /// # Errors
    /// Database faults.
    pub async fn moment(
        &self,
        id: RoundId,
        reader: ParticipantId,
        posts: &[PostId],
    ) -> Result<Option<Moment>> {
        let places: Vec<String> = (4..4 + PAGE_SIZE).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {ROUND}, v.post_id, v.value,
                 (SELECT count(*) FROM post p JOIN moderation_case c ON c.tenant_id = p.tenant_id AND c.post_id = p.id
                  WHERE p.tenant_id = $1 AND p.author_id = $3 AND p.round_id = $2 AND p.state <> 'withdrawn'
                  AND c.state IN ('asked', 'hidden'))
             FROM round r
             LEFT JOIN vote v ON v.tenant_id = r.tenant_id AND v.participant_id = $3 AND v.post_id IN ({})
             WHERE r.tenant_id = $1 AND r.id = $2",
            places.join(", ")
        );
        let mut values: Vec<Value> = vec![id.0.into(), reader.0.into()];
        // Always the same number, so that the statement is prepared once.
        let padded = posts.iter().map(|post| post.0).chain(std::iter::repeat(Uuid::nil()));
        values.extend(padded.take(PAGE_SIZE).map(Value::from));
        let rows = self.0.all(sql, values).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut votes = HashMap::new();
        for row in &rows {
            if let Some(post) = column::<Option<Uuid>>(row, 6)? {
                votes.insert(PostId(post), vote_value(column(row, 7)?)?);
            }
        }
        Ok(Some(Moment { round: round_of(first, id)?, votes, from_moderators: column(first, 8)? }))
    }

    /// What changed after `revision`, oldest change first, at most `most` posts.
    ///
    /// # Errors
    /// Database faults.
    pub async fn changes_since(&self, id: RoundId, revision: i64, most: u64) -> Result<Vec<RoundDelta>> {
        let sql = "SELECT id, contribution_id, state, written_at_revision, agrees, disagrees, passes, comments, amended FROM post
                   WHERE tenant_id = $1 AND round_id = $2 AND changed_at_revision > $3
                   ORDER BY changed_at_revision LIMIT $4";
        let rows = self.0.all(sql, vec![id.0.into(), revision.into(), most.cast_signed().into()]).await?;
        rows.iter().map(delta_of).collect()
    }
}

fn delta_of(row: &QueryResult) -> Result<RoundDelta> {
    Ok(RoundDelta {
        id: PostId(column(row, 0)?),
        contribution: column::<Option<Uuid>>(row, 1)?.map(PostId),
        visible: column::<String>(row, 2)? == "visible",
        written_at: column(row, 3)?,
        votes: VoteCounts { agree: column(row, 4)?, disagree: column(row, 5)?, pass: column(row, 6)? },
        comments: column(row, 7)?,
        amended: column(row, 8)?,
    })
}

impl Writing {
    /// Takes the round for writing and gives it its next revision, under which this transaction's changes are numbered. Other
    /// writers of the same round wait until this transaction ends; those who follow the round are told when it commits.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_round(&mut self, id: RoundId) -> Result<Option<Round>> {
        let sql = "UPDATE round SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2
                   RETURNING campaign_id, opens_at, closes_at, revision, paused_at, dated_at_revision";
        let row = self.0.one(sql, vec![id.0.into()]).await?;
        self.will_tell(Change::Round(self.0.tenant(), id));
        row.map(|row| round_of(&row, id)).transpose()
    }
}
