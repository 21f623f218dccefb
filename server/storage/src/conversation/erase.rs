//! Everything that one participant wrote and voted: to be given to them, or erased at their wish.
//!
//! What is left of somebody who was erased is that their credential or code has been used, so that nobody comes in with it again,
//! and the empty places of their posts, which then are nobody's.

use std::collections::BTreeMap;

use domain::contribution::PostState;
use domain::ids::{CampaignId, ParticipantId, PostId, RoundId};
use domain::vote::{VoteCounts, VoteValue};

use super::posts::{POST, POST_COLUMNS, post_of};
use super::rounds::vote_value;
use super::votes::ROWS_PER_STATEMENT;
use super::{OwnVote, Pass, Post, Reading, Writing};
use crate::feed::Change;
use crate::tenancy::column;
use crate::{Result, StorageError};

impl Reading {
    /// The campaign's rounds, by id.
    ///
    /// # Errors
    /// Database faults.
    pub async fn rounds_of(&self, campaign: CampaignId) -> Result<Vec<RoundId>> {
        let sql = "SELECT id FROM round WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY id";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter().map(|row| Ok(RoundId(column(row, 0)?))).collect()
    }

    /// Every post that `author` wrote in `round`, in any state, oldest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn every_own_post(&self, round: RoundId, author: ParticipantId) -> Result<Vec<Post>> {
        let sql = format!(
            "SELECT {POST} FROM post p WHERE p.tenant_id = $1 AND p.author_id = $2 AND p.round_id = $3
             ORDER BY p.written_at_revision"
        );
        let values = vec![author.0.into(), round.0.into()];
        self.0.all(sql, values).await?.iter().map(post_of).collect()
    }

    /// What `author`'s posts in `round` said before they were edited, by post, oldest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_earlier_words(
        &self,
        round: RoundId,
        author: ParticipantId,
    ) -> Result<BTreeMap<PostId, Vec<String>>> {
        let sql = "SELECT v.post_id, v.body FROM post_version v
                   JOIN post p ON p.tenant_id = v.tenant_id AND p.id = v.post_id
                   WHERE v.tenant_id = $1 AND p.author_id = $2 AND p.round_id = $3 ORDER BY v.post_id, v.version";
        let mut words: BTreeMap<PostId, Vec<String>> = BTreeMap::new();
        for row in self.0.all(sql, vec![author.0.into(), round.0.into()]).await? {
            words.entry(PostId(column(&row, 0)?)).or_default().push(column(&row, 1)?);
        }
        Ok(words)
    }

    /// Every vote of `participant` in `round`, whatever became of the post that it is on.
    ///
    /// # Errors
    /// Database faults.
    pub async fn every_own_vote(&self, round: RoundId, participant: ParticipantId) -> Result<Vec<OwnVote>> {
        let sql = format!(
            "SELECT {POST}, v.value FROM vote v JOIN post p ON p.tenant_id = v.tenant_id AND p.id = v.post_id
             WHERE v.tenant_id = $1 AND v.participant_id = $2 AND p.round_id = $3 ORDER BY p.written_at_revision"
        );
        let rows = self.0.all(sql, vec![participant.0.into(), round.0.into()]).await?;
        rows.iter()
            .map(|row| Ok(OwnVote { post: post_of(row)?, value: vote_value(column(row, POST_COLUMNS)?)? }))
            .collect()
    }
}

impl Writing {
    /// Erases all that `participant` wrote and voted in `campaign`, their sessions and themselves, whether they are in or wait. Gives the
    /// keyed hashes of the sessions that ended. Their credential or code stays used.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_participant(
        &mut self,
        campaign: CampaignId,
        participant: ParticipantId,
    ) -> Result<Vec<[u8; 32]>> {
        self.take_door(campaign).await?;
        let ended = match self.erase_waiting(campaign, participant).await? {
            Some(ended) => ended,
            None => self.erase_admitted(campaign, participant).await?,
        };
        for hash in &ended {
            self.will_tell(Change::SessionEnded(*hash));
        }
        Ok(ended)
    }

    /// Nothing if they do not wait.
    async fn erase_waiting(
        &self,
        campaign: CampaignId,
        participant: ParticipantId,
    ) -> Result<Option<Vec<[u8; 32]>>> {
        let mut waiting = self.waiting(campaign).await?;
        let Some(at) = waiting.iter().position(|newcomer| newcomer.participant == participant) else {
            return Ok(None);
        };
        let gone = waiting.remove(at);
        self.put_waiting(campaign, &mut waiting).await?;
        match gone.pass {
            Pass::Credential { device_key, cohort } => {
                let sql =
                    "INSERT INTO credential (tenant_id, device_key, campaign_id, cohort, participant_id)
                           VALUES ($1, $2, $3, $4, NULL)";
                let values = vec![device_key.to_vec().into(), campaign.0.into(), cohort.into()];
                self.0.execute(sql, values).await?;
            }
            Pass::Code(hash) => self.spend_code(campaign, hash).await?,
        }
        Ok(Some(gone.sessions.into_iter().map(|(hash, _)| hash).collect()))
    }

    async fn erase_admitted(
        &mut self,
        campaign: CampaignId,
        participant: ParticipantId,
    ) -> Result<Vec<[u8; 32]>> {
        // In the order of their ids, as everybody takes rounds, so that two transactions cannot wait for each other.
        for round in self.rounds_of(campaign).await? {
            if let Some(round) = self.take_round(round).await? {
                self.erase_votes(round.id, participant, round.revision).await?;
                self.erase_posts(round.id, participant, round.revision).await?;
            }
        }
        let whose = || vec![participant.0.into()];
        let sessions = "DELETE FROM session WHERE tenant_id = $1 AND participant_id = $2 RETURNING hash";
        let rows = self.0.all(sessions, whose()).await?;
        let hashes = rows.iter().map(|row| {
            let hash: Vec<u8> = column(row, 0)?;
            hash.try_into().map_err(|_| StorageError::Corrupt("session.hash".to_owned()))
        });
        let hashes = hashes.collect::<Result<_>>()?;
        let used = "UPDATE credential SET participant_id = NULL WHERE tenant_id = $1 AND participant_id = $2";
        self.0.execute(used, whose()).await?;
        self.delete_refused_acts(participant).await?;
        self.0.execute("DELETE FROM participant WHERE tenant_id = $1 AND id = $2", whose()).await?;
        Ok(hashes)
    }

    async fn erase_votes(&self, round: RoundId, participant: ParticipantId, revision: i64) -> Result<()> {
        let votes = self.every_own_vote(round, participant).await?;
        let less = |vote: &OwnVote| {
            let one = match vote.value {
                VoteValue::Agree => VoteCounts { agree: -1, ..VoteCounts::default() },
                VoteValue::Disagree => VoteCounts { disagree: -1, ..VoteCounts::default() },
                VoteValue::Pass => VoteCounts { pass: -1, ..VoteCounts::default() },
            };
            (vote.post.id, one)
        };
        let differences: Vec<_> = votes.iter().map(less).collect();
        for chunk in differences.chunks(ROWS_PER_STATEMENT) {
            self.count_votes(chunk, revision).await?;
        }
        let sql = "DELETE FROM vote WHERE tenant_id = $1 AND participant_id = $2
                   AND post_id IN (SELECT id FROM post WHERE tenant_id = $1 AND round_id = $3)";
        self.0.execute(sql, vec![participant.0.into(), round.0.into()]).await?;
        Ok(())
    }

    async fn erase_posts(&self, round: RoundId, author: ParticipantId, revision: i64) -> Result<()> {
        for post in self.every_own_post(round, author).await? {
            if post.state != PostState::Withdrawn {
                self.withdraw_post(&post, revision).await?;
            }
        }
        let sql =
            "UPDATE post SET author_id = NULL WHERE tenant_id = $1 AND author_id = $2 AND round_id = $3";
        self.0.execute(sql, vec![author.0.into(), round.0.into()]).await?;
        Ok(())
    }
}
